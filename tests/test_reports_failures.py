"""The failure report: complete in one file, true to the analyses, numbers masked."""

from __future__ import annotations

import html
import itertools
import re
from datetime import date
from pathlib import Path
from typing import Any

import failures_frames as frames
import polars as pl
import pytest
from click.testing import CliRunner

import zrtools as zr
from zrtools import schemas
from zrtools.cli import root
from zrtools.reports.page import Figure, Page


@pytest.fixture(scope="module")
def statuses() -> pl.DataFrame:
    """Fetch two weeks of simulated traffic."""
    with zr.Client.sandbox(seed=2, messages_per_day=300) as client:
        return client.status("2026-10-05", "2026-10-18", progress=False)


@pytest.fixture(scope="module")
def found(statuses: pl.DataFrame) -> zr.failures.Investigation:
    """Investigate the second week, compared with the first."""
    return zr.investigate(statuses, ("2026-10-12", "2026-10-18"), lang="ja")


@pytest.fixture(scope="module")
def page(statuses: pl.DataFrame, tmp_path_factory: pytest.TempPathFactory) -> str:
    """Write the Japanese report of the second week once."""
    path = tmp_path_factory.mktemp("報告") / "不達レポート.html"
    written = zr.reports.failures(statuses, path, period=("2026-10-12", "2026-10-18"), lang="ja")
    assert written == path
    return path.read_text("utf-8")


@pytest.mark.slow
def test_file_loads_nothing_from_outside(page: str) -> None:
    """There is no address in the file that a browser could ask, and no script."""
    assert not re.findall(r"https?://|//cdn|@import|<script|<link|<iframe", page)
    assert not re.findall(r"url\((?!#|data:)", page)


def test_names_inside_the_page_are_unique(page: str) -> None:
    """No two drawings or tables share a name, so that none clips another."""
    names = re.findall(r'\bid="([^"]+)"', page)
    assert len(names) == len(set(names))
    assert set(re.findall(r"url\(#([^)]+)\)", page)) <= set(names)


def test_page_is_told_to_those_who_do_not_see_it(page: str) -> None:
    """Language, headings in order, heads of rows and columns, and drawings described, no two alike."""
    assert '<html lang="ja">' in page
    levels = [int(level) for level in re.findall(r"<h(\d)", page)]
    assert levels[0] == 1
    assert all(after - before <= 1 for before, after in itertools.pairwise(levels))
    for table in re.findall(r"<table>.*?</table>", page, flags=re.DOTALL):
        heads, *rows = re.findall(r"<tr.*?</tr>", table, flags=re.DOTALL)
        assert set(re.findall(r"<th (\w+=\"\w+\")", heads)) == {'scope="col"'}
        assert all(row.count('<th scope="row"') == 1 for row in rows)
    described = re.findall(r'<svg role="img" aria-label="([^"]+)"', page)
    # a wide and a narrow form
    assert len(described) == 2 * page.count("<figure>") == 2 * len(set(described))
    assert len(set(described)) > 3


def test_each_chart_note_stands_once(page: str) -> None:
    """What all charts have in common is said under the first alone."""
    notes = re.findall(r"<figcaption>.*?</figcaption>", page, flags=re.DOTALL)
    said = [line for note in notes for line in re.findall(r"<span>(.*?)</span>", note)]
    assert len(said) == len(set(said)) > 3


def test_no_whole_number_is_in_the_file(page: str, statuses: pl.DataFrame) -> None:
    """Numbers are masked, in whatever form they are written."""
    numbers = statuses["phone_number"].drop_nulls().unique().to_list()
    assert "****" in page
    assert not [n for n in numbers if n in page or n[3:] in page]


def test_report_tells_what_the_analysis_found(page: str, found: zr.failures.Investigation) -> None:
    """The headline holds the investigation's own figures."""
    row = found.overview.row(0, named=True)
    settled = row["delivered"] + row["failed"]
    assert f"確定した{settled:,}件のうち、{row['failed']:,}件" in page
    for heading in (
        "推移",
        "異常検知（不達の急増）",
        "前の期間からの変化",
        "推奨対応",
        "未確定の配信",
        "算出方法",
    ):
        assert f">{heading}</h2>" in page


@pytest.mark.slow
def test_investigation_makes_the_report_too(found: zr.failures.Investigation, tmp_path: Path) -> None:
    """What investigate gave is enough; its language is the report's, another is refused."""
    text = zr.reports.failures(found, tmp_path / "a.html").read_text("utf-8")
    assert f"{found.overview['failed'][0]:,}件" in text
    with pytest.raises(zr.InputError, match='lang="en"'):
        zr.reports.failures(found, tmp_path / "b.html", lang="en")


@pytest.mark.parametrize(
    ("option", "value"),
    [("period", "2026-10-13"), ("compare_to", False), ("campaign", "-"), ("codes", {})],
)
def test_investigation_takes_no_choices_that_it_has_made(
    found: zr.failures.Investigation, tmp_path: Path, option: str, value: object
) -> None:
    """What would change the investigation is refused, not passed over."""
    with pytest.raises(zr.InputError, match=f"has its {option} already: give it to investigate"):
        zr.reports.failures(found, tmp_path / "a.html", **{option: value})  # type: ignore[arg-type]  # one of several


@pytest.mark.slow
def test_own_codes_keep_their_origin_and_action_in_the_report(statuses: pl.DataFrame, tmp_path: Path) -> None:
    """Named codes are reported alike from statuses and from an investigation of them."""
    label = zr.codes.Label("圏内", "圏内")
    own = {
        code: zr.codes.Category(code, "own name", label, "handset", "use another channel")
        for code in zr.codes.CATEGORIES
    }
    plan: dict[str, Any] = {"codes": own, "now": "2026-10-14 10:00", "keep_for": 1000, "lang": "en"}
    investigated = zr.investigate(statuses, "2026-10-13", **plan)
    cells = investigated.breakdown.filter(failure_category="own name")
    assert cells.select("failure_origin", "failure_action").unique().rows() == [
        ("handset", "use another channel")
    ]
    n = investigated.plan.filter(step="use another channel").height
    assert 0 < n <= cells["failed"].sum()
    for path in (
        zr.reports.failures(investigated, tmp_path / "a.html"),
        zr.reports.failures(statuses, tmp_path / "b.html", period="2026-10-13", **plan),
    ):
        text = path.read_text("utf-8")
        assert f"<strong>use another channel</strong> {n:,} messages" in text
        row = html.unescape(text[text.index(">own name</th>") :])
        assert row.index("recipient's handset") < row.index("</tr>")


def test_one_page_writes_numbers_one_way(page: str) -> None:
    """Per cent stand without a blank, messages are counted in 件, and minus signs are real ones."""
    text = re.sub(r"<style>.*?</style>|<svg.*?</svg>|<[^>]+>", " ", page, flags=re.DOTALL)
    assert "95%信頼区間" in text
    assert not re.findall(r"\d %|\d ?通|95%区間|通信事業者|運命", text)
    assert not re.findall(r"(?<![\d-])-\d+\.\d", text)


@pytest.mark.slow
def test_english_report_is_english(statuses: pl.DataFrame, tmp_path: Path) -> None:
    """No Japanese is left in the English report of one day, but for the product's name and campaign texts."""
    path = zr.reports.failures(
        statuses, tmp_path / "en.html", period="2026-10-13", compare_to=False, lang="en"
    )
    text = re.sub(r"<style>.*?</style>", "", path.read_text("utf-8"), flags=re.DOTALL)
    assert "settled messages" in text
    assert not re.findall(r"[ぁ-んァ-ヶ一-龠]{2,}", text)


def test_empty_frame_makes_a_report_that_says_so(tmp_path: Path) -> None:
    """A period without messages is told, not drawn."""
    path = zr.reports.failures(schemas.empty(schemas.STATUS), tmp_path / "empty.html", lang="en")
    assert "There are no messages to report." in path.read_text("utf-8")


@pytest.mark.slow
def test_open_days_are_listed(statuses: pl.DataFrame, tmp_path: Path) -> None:
    """Days that are not settled stand in a table of their own, with how much is pending."""
    last = pl.col("send_date") == pl.col("send_date").max()
    half = last & (pl.int_range(pl.len()) % 2 == 0)
    frame = statuses.filter(pl.col("send_date").dt.day() > 16).with_columns(
        status_id=pl.when(half).then(pl.lit(1, pl.Int16)).otherwise("status_id"),
        detailed_status_id=pl.when(~half).then("detailed_status_id"),
    )
    text = zr.reports.failures(frame, tmp_path / "open.html", lang="en").read_text("utf-8")
    section = text[text.index("Messages still pending</h2>") :]
    assert "10-18 (Sun)" in section
    assert "1% or more of the messages is pending" in section


@pytest.mark.slow
def test_default_name_holds_the_period(
    found: zr.failures.Investigation, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without a path the file is named after its days, in the working folder."""
    monkeypatch.chdir(tmp_path)
    assert zr.reports.failures(found) == Path("failures-2026-10-12-2026-10-18.html")
    assert [p.name for p in tmp_path.iterdir()] == ["failures-2026-10-12-2026-10-18.html"]


def test_texts_are_escaped_and_masked() -> None:
    """Whatever a text holds, it is text, and its numbers are hidden."""
    page = Page("<b>", "x & y", "en")
    page.lead("call 090-1234-5678", "<script>alert(1)</script>")
    page.figures([Figure("a", "1", "<i>")])
    page.section("s")
    page.points([("t", "<u>")])
    page.table(
        pl.DataFrame(
            {"a": ["<img src=x>", "+819012345678"], "n": [1234, 5], "r": [0.0587, None], "e": [None, ""]}
        ),
        {"a": ("name", "text"), "n": ("count", "count"), "r": ("rate", "rate"), "e": ("no column", "text")},
        bold_last=True,
    )
    page.facts("090-1234-5678", ["<i>"], [("<b>", "<i>")], 1)
    page.quoted("<b>", "090-1234-5678 <i>")
    page.chart(zr.charts.style.nothing("t", "<i> 090-1234-5678"), "nothing")
    page.chart(zr.charts.located(schemas.empty(schemas.LOCATED), lang="en"), "nothing")
    text = page.html()
    assert not re.findall(r"<(?:script|img|i|u|b)\b", text)
    assert "1234-5678" not in text
    assert "12345678" not in text
    assert "1,234" in text
    assert "5.9%" in text
    assert "no column" not in text
    assert "<svg" not in text
    assert "No segment explains the change." in text


@pytest.mark.slow
def test_command_writes_the_report(tmp_path: Path, statuses: pl.DataFrame) -> None:
    """`zrtools report failures --archive` reports what the archive holds, compared with the days before."""
    archive = zr.Archive(tmp_path / "archive")
    archive.add(statuses)
    out = tmp_path / "失敗.html"
    command = [
        "report",
        "failures",
        "--archive",
        str(tmp_path / "archive"),
        "--from",
        "2026-10-12",
        "--to",
        "2026-10-18",
    ]
    done = CliRunner().invoke(root, [*command, "--lang", "ja", "--out", str(out)])
    assert done.exit_code == 0, done.output
    assert str(out) in done.output
    assert "前の期間（2026年10月5日〜11日）" in out.read_text("utf-8")


@pytest.mark.parametrize(
    ("options", "why"),
    [
        (["--archive", "a", "--sandbox"], "--archive or --sandbox"),
        (["--sandbox", "--out", "a.pdf"], "must end in .html"),
        (["--sandbox", "--from", "soon"], "must be a day"),
        (["--sandbox", "--from", "2026-10-02", "--to", "2026-10-01"], "reversed"),
    ],
)
def test_command_used_wrongly_says_how(options: list[str], why: str) -> None:
    """Wrong options are refused before anything is fetched."""
    done = CliRunner().invoke(root, ["report", "failures", *options, "--lang", "en"])
    assert done.exit_code == 2
    assert why in done.output


def test_both_reports_are_offered() -> None:
    """`zrtools report` lists the failure and the usage report."""
    assert re.search(r"failures[\s\S]+usage", CliRunner().invoke(root, ["report", "--help"]).output)


@pytest.mark.slow
def test_report_of_few_columns_is_made_as_the_investigation_is(
    statuses: pl.DataFrame, tmp_path: Path
) -> None:
    """A frame without bodies, tags, numbers and carriers is reported as far as it goes."""
    slim = statuses.select("send_date", "date_time", "status_id", "detailed_status_id")
    for name, frame in (("eager", slim), ("lazy", slim.lazy())):
        text = zr.reports.failures(frame, tmp_path / f"{name}.html", lang="en").read_text("utf-8")
        assert "settled messages" in text


def test_empty_lazy_frame_makes_a_report_that_says_so(tmp_path: Path) -> None:
    """It is told as an empty frame is."""
    frame = schemas.empty(schemas.STATUS).lazy()
    path = zr.reports.failures(frame, tmp_path / "empty.html", lang="en")
    assert "There are no messages to report." in path.read_text("utf-8")


@pytest.mark.slow
@pytest.mark.parametrize(("ending", "encoding"), [(".csv", "cp932"), (".xlsx", "utf-8")])
def test_lists_go_straight_into_a_suppression_list_and_an_outbox(
    tmp_path: Path, ending: str, encoding: str
) -> None:
    """Unmasked by a switch alone, tags always; what is to be dropped is suppressed, what is to be sent again queued."""
    drop, resend, page = tmp_path / f"drop{ending}", tmp_path / f"resend{ending}", tmp_path / "a.html"
    line = ["report", "failures", "--sandbox", "--from", "2026-11-13", "--to", "2026-11-15", "--no-compare"]
    line += [
        "--drop-list",
        str(drop),
        "--resend-list",
        str(resend),
        "--out",
        str(page),
        "--encoding",
        encoding,
    ]
    assert CliRunner().invoke(root, [*line, "--plain-numbers"]).exit_code == 0
    numbers, messages = zr.tables.read(drop), zr.tables.read(resend)
    assert numbers.height > 2
    assert messages.height > 5
    assert not messages["message"].str.contains("コード|code").any()
    assert not messages["failed_client_tag"].is_null().all()
    with zr.Suppressions(tmp_path / "stop.sqlite") as suppressions:
        assert suppressions.add(numbers) == numbers.height
    with zr.Outbox(tmp_path / "outbox.sqlite", suppressions=tmp_path / "stop.sqlite") as outbox:
        added = outbox.add(messages, campaign="again")
    assert added["intake"].is_in(["queued", "suppressed"]).all()
    assert added["schedule_time"].null_count() == 0
    found = re.findall(r"(?<![\d.])(?:\+81|0)[6789]0\d{8}(?!\d)", page.read_text("utf-8"))
    assert not set(found) & set(numbers["phone_number"])
    assert CliRunner().invoke(root, line).exit_code == 0
    masked = zr.tables.read(drop)
    assert masked["phone_number"].str.contains(r"\*").all()
    assert masked["failed_client_tag"].to_list() == numbers["failed_client_tag"].to_list()


@pytest.mark.parametrize(
    "wrong", [["--plain-numbers"], ["--drop-list", "a.pdf"], ["--keep-for", "-1"], ["--encoding", "latin-1"]]
)
def test_lists_that_cannot_be_written_are_refused_before_anything_is_asked(wrong: list[str]) -> None:
    """Code 2 and what is wrong, at once."""
    assert CliRunner().invoke(root, ["report", "failures", "--sandbox", *wrong]).exit_code == 2


def test_no_peak_is_left_without_a_word(tmp_path: Path) -> None:
    """A day drawn above the period's interval is named, where no incident names it."""
    rows = [
        {"send_date": date(2026, 10, d), "status_id": 3 if n < (36 if d == 9 else 6) else 2, "carrier": "au"}
        for d in range(1, 15)
        for n in range(120)
    ]
    frame = frames.statuses(rows).with_columns(
        date_time=pl.col("send_date")
        .cast(pl.Datetime("ms"))
        .dt.offset_by("12h")
        .dt.replace_time_zone("Asia/Tokyo")
    )
    pages = {
        least: zr.reports.failures(frame, tmp_path / f"{least}.html", min_excess=least, lang="en").read_text(
            "utf-8"
        )
        for least in (1000, 10)
    }
    assert "1 days lie above the interval of the whole period (10-09 (Fri) 30.0%)" in pages[1000]
    assert "lie above the interval" not in pages[10]
