"""Numbers from analysts' files: what is taken, what is refused, and why."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from zrtools import phones
from zrtools.errors import InputError
from zrtools.privacy import IGNORED, SEPARATORS

TAKEN = {
    "09012345678": "+819012345678",
    "060-1234-5678": "+816012345678",
    "070 1234 5678": "+817012345678",
    "02012345678": "+812012345678",
    "02012345678901": "+812012345678901",
    "09001234567": "+819001234567",
    "+819012345678": "+819012345678",
    "+812012345678901": "+812012345678901",
    "０９０ー１２３４ー５６７８": "+819012345678",
    "０９０−１２３４‐５６７８": "+819012345678",
    "090　1234　5678": "+819012345678",
    "(090)1234-5678": "+819012345678",
    "（０９０）１２３４・５６７８": "+819012345678",
    "090.1234.5678": "+819012345678",
    "090.1234.0000": "+819012340000",
    "+81 (0)90-1234-5678": "+819012345678",
    "（＋81）90 1234 5678": "+819012345678",
    "81 90 1234 5678": "+819012345678",
    "0081-90-1234-5678": "+819012345678",
    "010 81 90 1234 5678": "+819012345678",
    "9012345678": "+819012345678",
    "9012345678.0": "+819012345678",
    "819012345678.0": "+819012345678",
    "'09012345678": "+819012345678",
    '="09012345678"': "+819012345678",
    "\u202a090-1234-5678\u202c": "+819012345678",
    "090.12345678": "+819012345678",
    "+81.9012345678": "+819012345678",
    "9.012345678E9": "+819012345678",
    "9.012345678E+09": "+819012345678",
    "8.19012345678e11": "+819012345678",
    "8.12012345678901E+14": "+812012345678901",
    "184-090-1234-5678": "+819012345678",
    "18609012345678": "+819012345678",
}
REFUSED = {
    "": "empty",
    " \u3000": "empty",
    "NaN": "empty",
    "9.01235E+09": "shortened by Excel",
    "9.01234567E+09": "shortened by Excel",
    "9.0123456789E+09": "shortened by Excel",
    "9.012346e9": "digits lost",
    "901234567.8": "fraction",
    "0.9012345678": "fraction",
    "９０１２３４５６７．８": "fraction",
    "184-9012345678": "too long",
    "+8190****5678": "masked",
    "****": "masked",
    "-9012345678": "other characters",
    "090-1234-5678 内線3": "other characters",
    "090+12345678": "other characters",
    "２０２６/10/10": "other characters",
    "+1 415 555 0100": "not Japanese",
    "0044 7700 900123": "not Japanese",
    "2012345678": "leading zero unclear",
    "2012345678901": "leading zero unclear",
    "03-1234-5678": "not a mobile number",
    "050-1234-5678": "not a mobile number",
    "0120-123-456": "not a mobile number",
    "090-1234-567": "too short",
    "901234567": "too short",
    "901234567.0": "too short",
    "901234567.00": "other characters",
    "(20)1234-5678": "leading zero unclear",
    "81901234567": "too short",
    "110": "too short",
    "090-1234-56789": "too long",
    "090-1234-5678 080-1111-2222": "too long",
    "020-1234-56789": "wrong length",
    "+81 20 1234 5678 90": "wrong length",
}


@pytest.mark.parametrize(("written", "number"), TAKEN.items())
def test_every_usual_way_to_write_a_number_is_taken(written: str, number: str) -> None:
    """A number is found whatever an analyst's file put around its digits."""
    assert phones.normalise(written) == number


@pytest.mark.parametrize(("written", "reason"), REFUSED.items())
def test_a_number_that_is_wrong_or_ambiguous_is_refused_with_its_reason(written: str, reason: str) -> None:
    """What cannot be read in exactly one way is refused, and the reason is named."""
    frame = pl.DataFrame({"n": [written]})
    assert frame.select(phones.normalised("n"), phones.problem("n")).row(0) == (None, reason)
    with pytest.raises(InputError):
        phones.normalise(written)


WHOLE = [9012345678, 819012345678, 812012345678901]


@pytest.mark.parametrize(
    "dtype",
    [pl.Int64, pl.UInt64, pl.Int128, pl.Float64, pl.Decimal(38, 0), pl.Decimal(38, 2), pl.Categorical],
)
def test_a_column_that_holds_every_digit_is_taken(dtype: pl.DataType) -> None:
    """A column that Excel or another program turned into numbers is read without its lost zeros."""
    column = pl.Series("n", WHOLE)
    column = column.cast(pl.String).cast(dtype) if dtype == pl.Categorical else column.cast(dtype)
    for frame in (column.to_frame(), column.to_frame().lazy()):
        found = frame.lazy().select(number=phones.normalised("n"), why=phones.problem("n")).collect()
        assert found["number"].to_list() == [f"+81{str(n).removeprefix('81')}" for n in WHOLE]
        assert found["why"].null_count() == len(WHOLE)


@pytest.mark.parametrize("dtype", [pl.Float32, pl.Float16])
def test_a_column_that_cannot_hold_the_digits_is_refused_row_by_row(dtype: pl.DataType) -> None:
    """9012345678 in a Float32 is 9012346000, the number of somebody else: no number comes out of such a column."""
    column = pl.Series("n", [9012345678.0, 9012346000.0, 6.0, 0.0, None, float("nan"), float("inf")]).cast(
        dtype
    )
    found = column.to_frame().select(number=phones.normalised("n"), why=phones.problem("n"))
    assert found["number"].null_count() == found["why"].count() == column.len()
    if dtype == pl.Float32:
        assert found["why"][0] == found["why"][1] == "digits lost"


def test_fractions_are_refused_in_columns_and_alone() -> None:
    """A float or decimal that is not whole is no number, whatever its digits."""
    for column in (pl.Series("n", [901234567.8, 0.9012345678]), pl.Series("n", [Decimal("901234567.80")])):
        found = column.to_frame().select(number=phones.normalised("n"), why=phones.problem("n"))
        assert found["number"].null_count() == column.len()
        assert found["why"].unique().to_list() == ["fraction"]
        for value in column:
            with pytest.raises(InputError, match="fraction"):
                phones.normalise(value)


@pytest.mark.parametrize("value", [*WHOLE, *map(float, WHOLE), *map(Decimal, WHOLE), *map(np.int64, WHOLE)])
def test_one_whole_number_of_any_type_is_taken(value: Any) -> None:
    """What numpy, pandas and decimal hold in full is taken as an int is."""
    assert phones.normalise(value) == f"+81{str(int(value)).removeprefix('81')}"


@pytest.mark.parametrize(
    "column",
    [
        pl.Series("電話", [["09012345678"]]),
        pl.Series("電話", [{"n": "1"}]),
        pl.Series("電話", [b"09012345678"]),
    ],
)
def test_a_column_that_holds_no_single_numbers_is_named(column: pl.Series) -> None:
    """Lists, structs and bytes are refused as a whole, by the column's name."""
    with pytest.raises(InputError, match="電話"):
        column.to_frame().select(phones.normalised("電話"))


@given(st.floats(width=64) | st.decimals(allow_nan=True) | st.integers(), st.sampled_from([1, 1000, 10**9]))
def test_figures_alone_and_in_columns_are_read_alike(value: float | Decimal | int, times: int) -> None:
    """A figure is the number of exactly its digits, or refused, the same in a column as alone."""
    number = value * times if isinstance(value, int) else value
    try:
        alone = phones.normalise(number)
    except InputError:
        alone = None
    if alone is not None:
        assert int(number) == number
        assert re.sub("^(?:0|81|8010|81)*", "", str(int(number)))[-8:] == alone[-8:]
    if isinstance(number, float) or (isinstance(number, int) and -(2**63) <= number < 2**63):
        assert pl.DataFrame({"n": [number]}).select(phones.normalised("n")).item() == alone


@pytest.mark.parametrize(
    "nonsense",
    [
        True,
        None,
        b"09012345678",
        "\ud800",
        float("nan"),
        float("inf"),
        -9012345678,
        np.float32(9012345678),
        np.float16(9012),
        Decimal("NaN"),
        Decimal("sNaN"),
        Decimal("1E+999999"),
        Decimal("9012345678.5"),
    ],
)
def test_what_is_not_a_number_at_all_is_an_input_error(nonsense: object) -> None:
    """Whatever is given, nothing but an InputError leaves."""
    with pytest.raises(InputError):
        phones.normalise(nonsense)  # type: ignore[arg-type]  # wrong on purpose


def test_a_refusal_says_why_and_never_shows_the_whole_number() -> None:
    """The message of a refusal has the reason and what to do, and a masked number."""
    with pytest.raises(InputError, match="digits are missing") as caught:
        phones.normalise("090-1234-567")
    assert "1234" not in str(caught.value).split("Give")[0]
    assert "090-1234-5678 or" in str(caught.value)


def test_reasons_come_in_the_language_asked_for() -> None:
    """People read the reason in Japanese or English."""
    frame = pl.DataFrame({"n": ["03-1234-5678", "09012345678"]})
    assert frame.select(phones.problem("n", lang="ja")).to_series().to_list() == [
        phones.PROBLEMS["not a mobile number"].ja,
        None,
    ]
    assert "landline" in frame.select(phones.problem("n", lang="en")).item(0, 0)
    with pytest.raises(InputError, match="language"):
        phones.problem("n", lang="fr")


_separator = st.text(SEPARATORS, max_size=2)
_digits = st.sampled_from(["0123456789", "０１２３４５６７８９"])


@st.composite
def _written(draw: st.DrawFn) -> tuple[str, str]:
    national = draw(st.from_regex(r"[26789]0[0-9]{8}|20[0-9]{11}", fullmatch=True))
    prefix = draw(st.sampled_from(["0", "+81", "+810", "81", "0081", "01081", "810"]))
    glyphs = draw(_digits)
    body = "".join(draw(_separator) + glyphs[int(c)] for c in national)
    return prefix + body, "+81" + national


@pytest.mark.slow
@given(_written())
def test_separators_and_widths_never_change_which_number_is_read(case: tuple[str, str]) -> None:
    """Whatever separators stand between the digits, the same number comes out."""
    written, number = case
    # a dot before one to three last zeros may be the end of a float, which is refused
    seen = re.sub(f"[{IGNORED}]", "", written)
    assume(not re.search(r"[.．][0０]{1,3}$", seen))
    # and so may one dot between the digits of what has no leading zero
    assume(not re.fullmatch(r"[1-9]\d*[.．]\d+", seen))
    assert phones.normalise(written) == number


@pytest.mark.slow
@given(st.text(alphabet="0123456789+-() .'=\"eE８０ー", max_size=20) | st.text(max_size=12))
def test_each_value_has_either_a_number_or_a_reason(written: str) -> None:
    """Column and single value agree, and every refusal has its words in the table."""
    frame = pl.DataFrame({"n": [written]}).select(
        number=phones.normalised("n"), why=phones.problem("n"), ja=phones.problem("n", lang="ja")
    )
    number, why, ja = frame.row(0)
    assert (number is None) == (why is not None) == (ja is not None)
    if number is None:
        assert why in phones.PROBLEMS
        with pytest.raises(InputError):
            phones.normalise(written)
    else:
        assert number == phones.normalise(written)
        assert pl.Series([number]).str.contains(r"^\+81(?:[26789]0[0-9]{8}|20[0-9]{11})$").item()
        assert phones.normalise(number) == number


# Japan's number plan as it stands, typed from it alone: beginning, digits in all, the digits that may follow, whose
PLAN = [
    ("090", 11, "123456789", "a person's"),
    ("080", 11, "123456789", "a person's"),
    ("070", 11, "123456789", "a person's"),
    ("060", 11, "123456789", "a person's"),
    ("020", 11, "123456789", "a machine's"),
    ("0200", 14, "0123456789", "a machine's"),
]
MARKS = {"a person's": None, "a machine's": "M2M", "nobody's": "doubtful"}


def _whose(national: str) -> str:
    for beginning, length, following, whose in PLAN:
        rest = national.removeprefix(beginning)
        if rest != national and len(national) == length and rest[0] in following:
            return whose
    return "nobody's"


@given(
    st.sampled_from(["090", "080", "070", "060", "020"]),
    st.text("0123456789", min_size=11, max_size=11),
    st.sampled_from(["{}", "+81{}", " {}", "’{}"]),
)
def test_a_number_that_the_plan_gives_to_nobody_is_taken_and_marked(
    beginning: str, digits: str, written: str
) -> None:
    """What the service takes is taken, and each number is marked as the number plan says, however it is written."""
    for national in (beginning + digits[:8], "020" + digits, "0200" + digits[:10]):
        given = written.format(national[1:] if "+" in written else national)
        frame = pl.DataFrame({"n": [given]}).select(phones.normalised("n"), phones.remark("n"))
        assert frame.row(0) == ("+81" + national[1:], MARKS[_whose(national)])
        assert phones.normalise(given) == frame["n"].item()


def test_remarks_are_worded_and_never_made_of_what_is_refused() -> None:
    """The commonest dummy of exports is marked in both languages; what is no number has a problem, not a remark."""
    frame = pl.DataFrame({"n": ["090-0000-0000", "020-1234-5678", "090-1234-5678", "03-0000-0000", None]})
    marks = frame.select(
        "n", key=phones.remark("n"), ja=phones.remark("n", lang="ja"), en=phones.remark("n", lang="en")
    )
    assert marks["key"].to_list() == ["doubtful", "M2M", None, None, None]
    assert marks["ja"].to_list()[:2] == [phones.REMARKS[key].ja for key in ("doubtful", "M2M")]
    assert "nobody reads" in marks["en"][1]
    assert marks.select(phones.remark("n")).to_series().name == "remark"
    with pytest.raises(InputError, match="language"):
        phones.remark("n", lang="fr")


def test_lazy_frames_give_the_same() -> None:
    """The expressions work in a streaming query as well."""
    frame = pl.LazyFrame({"n": [*TAKEN, *REFUSED]})
    found = frame.select(number=phones.normalised("n"), why=phones.problem("n")).collect()
    assert found["number"].to_list() == [*TAKEN.values(), *[None] * len(REFUSED)]
    assert found["why"].to_list() == [*[None] * len(TAKEN), *REFUSED.values()]
