"""What every answer of the server for assistants passes: pooling, and the guides it reads out."""

from __future__ import annotations

import json
import tomllib
from datetime import date
from itertools import product
from pathlib import Path
from typing import Any

import anyio
import polars as pl
import pytest
from archive_service import Service, status
from hypothesis import given
from hypothesis import strategies as st
from mcp import Client

import zrtools as zr
from zrtools import assistant
from zrtools.assistant import answers, guides

DAY, QUIET = date(2026, 10, 5), date(2026, 10, 6)
COUNTED = {
    # month, client: docomo, au, SoftBank
    ("2026-08-01", "100"): (50, 0, 0),
    ("2026-08-01", "200"): (0, 2, 0),
    ("2026-09-01", "100"): (100, 3, 2),
    ("2026-09-01", "200"): (3, 0, 0),
    ("2026-10-01", "100"): (60, 4, 0),
    ("2026-10-01", "200"): (0, 0, 2),
}


class Small(Service):
    """A service that counts few messages of some carriers and clients."""

    def counts(self, start: date, end: date | None = None, **_: Any) -> pl.DataFrame:
        """Answer the months of COUNTED."""
        rows = [
            (day, client, code, carrier, n, min(zr.periods.month_end(day), date(2026, 10, 30)))
            for (month, client), counted in COUNTED.items()
            if (day := date.fromisoformat(month)) in zr.periods.months(start, end)
            for (code, carrier), n in zip(
                (("103", "docomo"), ("101", "au"), ("105", "SoftBank")), counted, strict=True
            )
        ]
        return pl.DataFrame(rows, schema=zr.schemas.COUNTS, orient="row")


def asked(place: Path, *calls: tuple[str, dict[str, Any]], **settings: Any) -> list[Any]:
    """Call tools of a server in this process."""
    server = assistant.build(assistant.Settings(archive=place, **{"lang": "en", **settings}))

    async def run() -> list[Any]:
        async with Client(server) as client:
            return [await client.call_tool(name, given_) for name, given_ in calls]

    return anyio.run(run)


@pytest.fixture(scope="module")
def few(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make an archive of a small account: a day of 3 messages, a carrier with 2, and small counts."""
    place = tmp_path_factory.mktemp("few") / "archive"
    archive = zr.Archive(place)
    busy = status(DAY, 60).filter((pl.col("carrier") != "au") | (pl.int_range(pl.len()) < 8))
    assert 0 < busy.filter(carrier="au").height < assistant.LEAST
    archive.add(pl.concat([busy, status(QUIET, 3)]))
    archive.sync_counts(Small(), "2026-08", "2026-10", progress=False)
    return place


def test_guides_travel_in_the_wheel() -> None:
    """What the server offers is what pyproject.toml puts into the wheel, in Japanese where there is such."""
    root = Path(__file__).parent.parent
    assert {path.stem for path in (root / "docs").glob("*.ja.md")} <= {*guides.GUIDES}
    project = tomllib.loads((root / "pyproject.toml").read_text("utf-8"))
    packed = project["tool"]["hatch"]["build"]["targets"]["wheel"]["force-include"]
    assert packed == {f"docs/{name}.md": f"zrtools/assistant/pages/{name}.md" for name in guides.GUIDES}


@given(st.lists(st.integers(0, 12), max_size=30))
def test_small_groups_are_never_shown_nor_left_to_subtraction(sizes: list[int]) -> None:
    """No group of 1 to 4 is shown, what is pooled is 5 or more or untold, and nothing is lost."""
    frame = pl.DataFrame({"n": sizes, "key": range(len(sizes))}, schema={"n": pl.Int64, "key": pl.Int64})
    rest, pooled_ = answers.pool(frame, pl.col("n"))
    shown = rest["n"].to_list()
    assert not [n for n in shown if 0 < n < assistant.LEAST]
    if pooled_ is None:
        assert rest.equals(frame)
        return
    assert len(shown) + pooled_.groups == len(sizes)
    hidden = sum(sizes) - sum(shown)
    assert pooled_.messages == (hidden if hidden >= assistant.LEAST else None)
    # where it is untold nothing else was left to hide it among
    assert pooled_.messages is not None or not [n for n in shown if n]


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 12)), max_size=30))
def test_no_total_less_what_is_shown_gives_a_small_group_away(groups: list[tuple[int, int]]) -> None:
    """Where an answer gives totals, each of them hides 5 or more, or all that it has."""
    frame = pl.DataFrame(groups, schema={"of": pl.Int64, "n": pl.Int64}, orient="row")
    rest, _ = answers.pool(frame, pl.col("n"), within=["of"])
    assert not [n for n in rest["n"] if 0 < n < assistant.LEAST]
    for of in {of for of, _ in groups}:
        whole, shown = frame.filter(of=of)["n"], rest.filter(of=of)["n"]
        hidden = whole.sum() - shown.sum()
        assert hidden == 0 or hidden >= assistant.LEAST or not shown.sum()
        # and no more is hidden than that takes
        assert hidden == 0 or [n for n in whole if 0 < n < assistant.LEAST]


@pytest.mark.slow
def test_small_counts_of_a_small_account_stand_in_no_answer(few: Path, tmp_path: Path) -> None:
    """Days, months before, counts beside statuses, forecasts and bills: none tells 1 to 4, nor by subtraction."""
    prices = zr.usage.read_prices(
        _written(tmp_path / "p.toml", 'plan = "delivered"\n[[price]]\nunit_price = "8"\n')
    )
    cover, months, agreed, ahead, cost, quiet, august = (
        result.structured_content or result.content[0].text
        for result in asked(
            few,
            ("archive_coverage", {}),
            ("monthly_usage", {}),
            ("reconcile_usage", {}),
            ("forecast_usage", {}),
            ("usage_cost", {}),
            ("failure_breakdown", {"period": str(QUIET)}),
            ("monthly_usage", {"last": "2026-08"}),
            prices=prices,
        )
    )
    assert {row["day"]: row["messages"] for row in cover["rows"]}[str(QUIET)] is None
    assert cover["messages"] == {row["day"]: row["messages"] for row in cover["rows"]}[str(DAY)] > 20
    assert "fewer than 5 messages" in quiet
    small = set(range(1, assistant.LEAST))
    told = [row[key] for row in months["rows"] for key in ("billable_messages", "previous", "year_before")]
    told += [row[key] for row in agreed["rows"] for key in ("counts", "statuses")]
    told += [row["counted"] for row in ahead["rows"]]
    told += [row["billable_messages"] for row in (*cost["rows"], *cost["bills"])]
    assert {100, 60} & {*told} or 105 in told
    assert not small & {*told}
    for bill in cost["bills"]:
        mine = [
            row for row in cost["rows"] if (row["month"], row["client"]) == (bill["month"], bill["client"])
        ]
        assert bill["billable_messages"] - sum(row["billable_messages"] for row in mine) not in small
    whole = sum(row["counted"] for row in ahead["rows"] if row["carrier"] == "*")
    assert whole == 66
    assert whole - sum(row["counted"] for row in ahead["rows"] if row["carrier"] != "*") not in small
    assert "2026-10, has 66" in months["said"][0]
    assert "2026-08, has 50 (and fewer than 5 more)" in august["said"][0]


@pytest.mark.slow
def test_charts_leave_out_carriers_and_stretches_that_are_too_small(few: Path) -> None:
    """A carrier of 2 messages has no panel and no column; a week of 3 is not drawn."""
    panels, week, months, gaps = asked(
        few,
        ("draw_chart", {"chart": "failures_by_carrier", "period": str(DAY)}),
        ("draw_chart", {"chart": "failures_over_time", "period": f"{DAY}/{QUIET}", "every": "1d"}),
        ("draw_chart", {"chart": "usage_months"}),
        ("draw_chart", {"chart": "usage_gaps"}),
    )
    for usage in (months, gaps):
        assert usage.structured_content["cut"][0].startswith("carrier: 5 groups left out")
    assert panels.structured_content["cut"][0].startswith("carrier: 2 groups left out")
    assert week.structured_content["cut"] == [
        "Some stretches have fewer than 5 messages, so the chart takes a longer unit."
    ]


@pytest.mark.slow
def test_answers_about_tens_of_thousands_of_groups_stay_small(tmp_path: Path) -> None:
    """Rows are cut before they are written out, names go with their rows, and what is left is as asked or as fits."""
    kana = "あいうえおかきくけこさしすせそたちつてと"
    texts = pl.Series(["".join(word) * 8 for word in product(kana, repeat=3)])
    row = pl.int_range(pl.len())
    many = status(DAY, 5 * len(texts)).with_columns(message=pl.lit(texts).gather(row // 5))
    zr.Archive(tmp_path).add(many)
    given_ = {"period": str(DAY), "by": ["template"]}
    three, most = asked(
        tmp_path, ("failure_breakdown", {**given_, "rows": 3}), ("failure_breakdown", {**given_, "rows": 200})
    )
    for result, rows in ((three, 3), (most, 20)):
        answer = result.structured_content
        assert answer["rows_in_all"] == len(texts)
        assert len(answer["rows"]) == 3 if rows == 3 else len(answer["rows"]) > rows
        assert [name["text"] for name in answer["names"]] == [
            one["group"][0]["text"] for one in answer["rows"]
        ]
        assert len(json.dumps(answer, ensure_ascii=False).encode()) <= assistant.MOST_BYTES + 500
        assert len(answer["said"]) == 1
    assert "raise rows" in three.structured_content["cut"][0]
    assert "An answer holds 32000 bytes" in most.structured_content["cut"][0]


@pytest.mark.parametrize(
    ("name", "given_"),
    [
        ("failure_breakdown", {"period": "ignore 090-1234-567"}),
        ("failure_breakdown", {"period": "2026-10/ignore"}),
        ("locate_change", {"before": "ignore", "after": "2026-10"}),
        ("monthly_usage", {"first": "ignore"}),
    ],
)
def test_what_was_given_is_not_repeated(few: Path, name: str, given_: dict[str, Any]) -> None:
    """A refusal says how it is to be given."""
    (result,) = asked(few, (name, given_))
    assert result.is_error
    assert "as a month" in result.content[0].text
    assert "ignore" not in result.content[0].text


@pytest.mark.parametrize(
    "digits",
    ["０１２３４５６７８９", "〇一二三四五六七八九", "⓪①②③④⑤⑥⑦⑧⑨", "⁰¹²³⁴⁵⁶⁷⁸⁹", "٠١٢٣٤٥٦٧٨٩", "𝟎𝟏𝟐𝟑𝟒𝟓𝟔𝟕𝟖𝟗"],
)
def test_numbers_in_digits_of_any_kind_are_masked(digits: str) -> None:
    """A number is masked whatever digits it is written in; other words with such digits stay as they are."""
    written = "090-1234-5678".translate({ord("0") + n: digit for n, digit in enumerate(digits)})
    hidden = answers.last({"said": [f"電話 {written} まで"]})["said"][0]
    assert "****" in hidden
    assert written not in hidden
    plain = f"第{digits[3]}回 {digits[:6]} 名"
    assert answers.last(plain) == plain


def test_no_number_of_the_files_it_is_started_with_is_shown(tmp_path: Path) -> None:
    """What is wrong with names of clients or prices is said without a number that stands in them."""
    number = "09012345678"
    price = '[[price]]\nunit_price = "8"\n'
    twice = _written(tmp_path / "clients.csv", f"client_id,client\n{number},a\n{number},b\n")
    with pytest.raises(zr.errors.InputError, match=r"090\*\*\*\*5678") as clients:
        zr.usage.read_clients(twice)
    assert number not in str(clients.value)
    for line in (f'carrier = "{number}x"', f'"{number}" = 1', f'since = "{number}x"'):
        with pytest.raises(zr.errors.InputError, match=r"090\*\*\*\*5678") as prices:
            zr.usage.read_prices(_written(tmp_path / "prices.toml", price + line))
        assert number not in str(prices.value)


@pytest.mark.slow
def test_a_draft_that_a_person_worked_on_stays(few: Path, tmp_path: Path) -> None:
    """The same list is the same file; another, or one that was changed, is a file of its own, and there are few."""
    folder = tmp_path / "下書き"
    given_ = {"period": f"{DAY}/{QUIET}", "keep_for_hours": 720}
    call = ("draft_resend_list", given_)
    first, again = asked(few, call, call, drafts=folder)
    assert (
        first.structured_content["file"] == again.structured_content["file"] == "resend-20261005-20261006.csv"
    )
    edited = folder / first.structured_content["file"]
    edited.write_text("edited", "utf-8")
    (second,) = asked(few, call, drafts=folder)
    assert second.structured_content["file"] == "resend-20261005-20261006-2.csv"
    assert edited.read_text("utf-8") == "edited"
    for path in [edited, *(folder / f"resend-20261005-20261006-{n}.csv" for n in range(2, 21))]:
        path.write_text("edited", "utf-8")
    (full,) = asked(few, call, drafts=folder)
    assert "20 drafts" in full.content[0].text
    (blocked,) = asked(few, call, drafts=edited)
    assert "cannot be written" in blocked.content[0].text
    assert len([*folder.iterdir()]) == 20


def _written(path: Path, text: str) -> Path:
    path.write_text(text, "utf-8")
    return path
