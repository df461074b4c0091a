"""Classification and breakdown."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest
from failures_frames import ODD, as_polars, kinds, statuses
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal
from statsmodels.stats.proportion import proportion_confint

import zrtools as zr
from zrtools import codes, schemas

KEYS = [
    "failure_module",
    "failure_carrier",
    "failure_code",
    "failure_category",
    "failure_origin",
    "failure_action",
]


def one(code: str | None, status: int | None = 3) -> dict[str, Any]:
    """Classify one message."""
    frame = statuses([{"status_id": status, "detailed_status_id": code}])
    return zr.classify(frame).select("outcome", *KEYS).row(0, named=True)


@pytest.mark.parametrize("suffix", sorted(codes.CATEGORIES))
@pytest.mark.parametrize("module", [*codes.MODULES, "99", "00"])
def test_last_three_digits_decide_whatever_the_module(module: str, suffix: str) -> None:
    """Every listed category is found under every module, listed or not."""
    category = codes.CATEGORIES[suffix]
    assert one(module + suffix) == {
        "outcome": "failed",
        "failure_module": module,
        "failure_carrier": codes.MODULES.get(module),
        "failure_code": suffix,
        "failure_category": category.name,
        "failure_origin": category.origin,
        "failure_action": category.action,
    }


def test_other_five_digit_code_is_kept_as_unlisted() -> None:
    """12832 is seen with SoftBank: its module is au's, its category is in no table."""
    assert one("12832") == {
        "outcome": "failed",
        "failure_module": "12",
        "failure_carrier": "au",
        "failure_code": "832",
        "failure_category": "unlisted",
        "failure_origin": "unlisted",
        "failure_action": "look into it",
    }


@pytest.mark.parametrize(
    "code",
    [
        None,
        "",
        "3",
        "1272",
        "127211",
        "１２７２１",
        "1272１",
        "12 21",
        " 12721",
        "12721\n",
        "1272x",
        "-1721",
        "٣٢٧٢١",
    ],
)
def test_what_is_not_five_ascii_digits_is_unrecognised(code: str | None) -> None:
    """Full-width and other digits, blanks and newlines do not make a code."""
    assert one(code) == {
        "outcome": "failed",
        "failure_module": None,
        "failure_carrier": None,
        "failure_code": None,
        "failure_category": "unrecognised",
        "failure_origin": "unlisted",
        "failure_action": "look into it",
    }


@pytest.mark.parametrize(
    ("status", "outcome"),
    [(0, "unknown"), (1, "sending"), (2, "delivered"), (7, "unknown"), (None, "unknown")],
)
def test_only_failures_get_a_reason(status: int | None, outcome: str) -> None:
    """Whatever code stands with another status, it means nothing."""
    assert one("12721", status) == {"outcome": outcome, **dict.fromkeys(KEYS)}


def test_every_kind_of_frame_is_classified_alike_and_comes_back_the_same_kind() -> None:
    """Polars eager and lazy and DuckDB agree cell by cell."""
    expected = zr.classify(statuses(ODD)).drop("date_time")
    for name, frame in kinds(statuses(ODD)).items():
        got = zr.classify(frame)
        assert type(got) is type(frame), name
        assert_frame_equal(as_polars(got).drop("date_time"), expected, check_row_order=name != "duckdb")


def test_classified_columns_match_their_schema_even_without_rows() -> None:
    """An empty frame gets the same columns."""
    for frame in (statuses(ODD), schemas.empty(schemas.STATUS), schemas.empty(schemas.DLR)):
        got = zr.classify(frame)
        assert got.columns == [*frame.columns, *schemas.CLASSIFIED]
        assert {c: t for c, t in got.schema.items() if c in schemas.CLASSIFIED} == dict(schemas.CLASSIFIED)


def test_classifying_twice_changes_nothing() -> None:
    """The columns are written again, not doubled."""
    once = zr.classify(statuses(ODD))
    assert_frame_equal(zr.classify(once), once)


@pytest.mark.parametrize("frame", [[1], "x", None, {"status_id": [3]}])
def test_other_frames_are_refused_by_what_is_supported(frame: Any) -> None:
    """The sentence names what to give instead."""
    with pytest.raises(
        zr.InputError, match="polars DataFrame or LazyFrame, a DuckDB relation or a PySpark DataFrame"
    ):
        zr.classify(frame)


def test_pandas_is_refused_with_the_way_to_polars() -> None:
    """Pandas users learn the one call that helps."""
    pandas = pytest.importorskip("pandas")
    with pytest.raises(zr.InputError, match=r"not pandas DataFrame.*polars\.from_pandas"):
        zr.classify(pandas.DataFrame({"status_id": [3]}))


@pytest.mark.parametrize(
    ("frame", "sentence"),
    [
        (pl.DataFrame({"status_id": [3]}), "No column detailed_status_id"),
        (
            pl.DataFrame({"status_id": ["3"], "detailed_status_id": ["12721"]}),
            "status_id must be a whole number",
        ),
        (pl.DataFrame({"status_id": [3], "detailed_status_id": [12721]}), "detailed_status_id must be text"),
    ],
)
def test_wrong_columns_are_refused(frame: pl.DataFrame, sentence: str) -> None:
    """What cannot be classified is said, not guessed."""
    with pytest.raises(zr.InputError, match=sentence):
        zr.classify(frame)


CSV = """code,category,origin,action
832,busy,handset,send again later
3,rejected,,
12721,au evening,carrier or handset,
"""


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp932"])
def test_codes_of_ones_own_come_from_a_csv_file(tmp_path: Any, encoding: str) -> None:
    """Own names go before the tables, for whole codes and for last digits."""
    file = tmp_path / "codes.csv"
    file.write_bytes(CSV.encode(encoding))
    own = codes.read(file)
    frame = statuses(
        [{"status_id": 3, "detailed_status_id": c} for c in ("12832", "3", "12721", "31721", "99999")]
    )
    for kind in kinds(frame).values():
        got = as_polars(zr.classify(kind, codes=own)).sort("detailed_status_id")
        assert got.select(
            "detailed_status_id", "failure_code", "failure_category", "failure_origin", "failure_action"
        ).rows() == [
            ("12721", "721", "au evening", "carrier or handset", "look into it"),
            ("12832", "832", "busy", "handset", "send again later"),
            ("3", None, "rejected", "unlisted", "look into it"),
            ("31721", "721", "congestion", "carrier or handset", "send again later"),
            ("99999", "999", "unlisted", "unlisted", "look into it"),
        ]


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_name_of_ones_own_code_is_shown_as_it_is(lang: str) -> None:
    """The name in the file is what reports and charts say, in either language."""
    assert zr.words.category("話中", lang) == "話中"
    assert zr.words.category("話中", lang, coded=True) == "話中"
    assert zr.words.category("congestion", lang, coded=True).startswith("721 ")


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"kode,category\n1,a\n", "no column code"),
        (b"code,category\n1,a\n1,b\n", "row 3: code 1 stands twice"),
        (b"code,category\n1,\n", "row 2: give both"),
        (b"code,category,origin\n1,a,moon\n", "row 2: origin must be one of"),
        (b"code,category,action\n1,a,pray\n", "row 2: action must be one of"),
        (b"code,category\n1,\x85\x00\n", "is not text in utf-8-sig or cp932"),
        (b"", "is empty: give a table"),
    ],
)
def test_wrong_code_files_are_refused_with_their_line(tmp_path: Any, content: bytes, sentence: str) -> None:
    """The message says where to look."""
    file = tmp_path / "codes.csv"
    file.write_bytes(content)
    with pytest.raises(zr.InputError, match=sentence):
        codes.read(file)
    with pytest.raises(zr.InputError, match=r"nowhere\.csv cannot be read"):
        codes.read(tmp_path / "nowhere.csv")


def test_one_name_with_two_meanings_is_refused() -> None:
    """A category's name decides its origin and action, so it can have only one of each."""
    label = codes.Label("a", "a")
    own = {"999": codes.Category("999", "network", label, "handset", "drop the number")}
    with pytest.raises(zr.InputError, match="give it another name"):
        zr.classify(statuses(ODD), codes=own)


# --- breakdown


def test_breakdown_counts_what_shares_the_groups_keys() -> None:
    """Failures of a carrier are set against all that settled on that carrier; nulls are a group."""
    got = zr.failures.breakdown(statuses(ODD))
    assert got.columns == ["carrier", "failure_category", *schemas.BREAKDOWN]
    assert got.select("carrier", "failure_category", "failed", "settled", "numbers", "pending").rows() == [
        ("au", "congestion", 2, 3, 1, 0),
        ("docomo", "unlisted", 1, 2, 1, 0),
        ("docomo", "unrecognised", 1, 2, 1, 0),
        (None, "not in service", 1, 2, 1, 1),
        (None, "unrecognised", 1, 2, 0, 1),
    ]
    assert got["share_of_failures"].to_list() == pytest.approx([2 / 6, 1 / 6, 1 / 6, 1 / 6, 1 / 6])


def test_groups_without_failures_stay_where_no_key_is_a_failure_one() -> None:
    """SoftBank has only pending messages: it is shown, without a rate."""
    got = zr.failures.breakdown(statuses(ODD), by="carrier")
    assert got.select("carrier", "failed", "settled", "failure_rate", "rate_low", "pending").rows()[-1] == (
        "SoftBank",
        0,
        0,
        None,
        None,
        3,
    )
    assert got["carrier"].to_list() == ["au", "docomo", None, "SoftBank"]


def test_no_keys_give_the_whole() -> None:
    """One row stands for the frame."""
    assert zr.failures.breakdown(statuses(ODD), by=[]).select(
        "failed", "settled", "numbers", "pending"
    ).rows() == [(6, 7, 4, 4)]


@pytest.mark.parametrize(
    "by",
    [
        ["carrier", "failure_category"],
        ["carrier"],
        [],
        ["outcome"],
        ["send_date", "sms_code"],
        ["status_id", "detailed_status_id"],
    ],
)
def test_breakdown_is_the_same_for_every_kind_and_when_classified_before(by: list[str]) -> None:
    """Where the frame lives and who classified it makes no difference."""
    expected = zr.failures.breakdown(statuses(ODD), by=by)
    for frame in kinds(statuses(ODD)).values():
        assert_frame_equal(zr.failures.breakdown(frame, by=by), expected)
        assert_frame_equal(zr.failures.breakdown(zr.classify(frame), by=by), expected)


def test_breakdown_of_no_rows_has_the_same_columns() -> None:
    """Nothing sent is an empty table with its schema."""
    got = zr.failures.breakdown(schemas.empty(schemas.STATUS))
    assert dict(got.schema) == {"carrier": pl.String, "failure_category": pl.String, **schemas.BREAKDOWN}
    assert got.is_empty()


def test_unknown_key_is_refused_with_the_columns_there_are() -> None:
    """The message lists what one can break down by."""
    with pytest.raises(
        zr.InputError, match=r"No column 'carier' to break down by\. There are: send_date, .*failure_category"
    ):
        zr.failures.breakdown(statuses(ODD), by=["carier"])
    for by in (["carrier", "carrier"], ["settled"]):
        with pytest.raises(zr.InputError, match="Name each column"):
            zr.failures.breakdown(statuses(ODD).with_columns(settled=1), by=by)


def test_numbers_are_unknown_where_the_frame_has_none() -> None:
    """Without phone numbers the count of numbers is null, not zero."""
    assert zr.failures.breakdown(statuses(ODD).drop("phone_number"))["numbers"].null_count() == 5


@pytest.mark.slow
@given(st.integers(0, 400).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
@settings(max_examples=60, deadline=None)
def test_interval_is_wilsons(counts: tuple[int, int]) -> None:
    """The ends equal statsmodels' to the last digits."""
    failed, size = counts
    frame = statuses([{"status_id": 3 if i < failed else 2} for i in range(size)])
    got = zr.failures.breakdown(frame, by=[])
    if size == 0:
        assert got.select("failure_rate", "rate_low", "rate_high").row(0) == (None, None, None)
        return
    assert got.select("rate_low", "rate_high").row(0) == pytest.approx(
        proportion_confint(failed, size, method="wilson"), abs=1e-12
    )


ROWS = st.lists(
    st.fixed_dictionaries(
        {
            "status_id": st.sampled_from([0, 1, 2, 2, 3, 3, 3, None]),
            "detailed_status_id": st.sampled_from(["12721", "31732", "99999", "3", None]),
            "carrier": st.sampled_from(["au", "docomo", None]),
            "phone_number": st.sampled_from(["+819000000001", "+819000000002", None]),
        }
    ),
    max_size=40,
)


@pytest.mark.slow
@given(ROWS, st.randoms())
@settings(max_examples=60, deadline=None)
def test_parts_sum_to_the_whole_and_order_does_not_matter(rows: list[dict[str, Any]], random: Any) -> None:
    """Failures add up over groups, shares to one, and shuffled rows give the same table."""
    got = zr.failures.breakdown(statuses(rows))
    failed = sum(r["status_id"] == 3 for r in rows)
    assert got["failed"].sum() == failed
    assert got["share_of_failures"].sum() == pytest.approx(1 if failed else 0)
    by_carrier = zr.failures.breakdown(statuses(rows), by="carrier")
    assert by_carrier["settled"].sum() + by_carrier["pending"].sum() == len(rows)
    random.shuffle(rows)
    assert_frame_equal(zr.failures.breakdown(statuses(rows)), got)


@pytest.mark.slow
@given(ROWS, ROWS)
@settings(max_examples=40, deadline=None)
def test_splitting_and_adding_up_gives_the_same(
    one_half: list[dict[str, Any]], other: list[dict[str, Any]]
) -> None:
    """Counts of two halves add up to the counts of the whole."""
    whole = zr.failures.breakdown(statuses(one_half + other), by="carrier")
    halves = pl.concat([zr.failures.breakdown(statuses(rows), by="carrier") for rows in (one_half, other)])
    added = halves.group_by("carrier").agg(pl.col("failed", "settled", "pending").sum())
    assert_frame_equal(whole.select("carrier", "failed", "settled", "pending"), added, check_row_order=False)
