"""The monthly usage report: what stands in the workbook and on the page, and what happens when something is missing."""

from __future__ import annotations

import re
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import xlsxwriter
from click.testing import CliRunner

import zrtools as zr
from zrtools import charts, tables, words
from zrtools.cli.report_usage import command
from zrtools.periods import TOKYO, month_end
from zrtools.reports.usage import UsageReport, gather, save, usage
from zrtools.schemas import COUNTS, FORECAST, RECONCILIATION, STATUS, empty

CARRIERS = {"101": "au", "103": "docomo"}


def counts(**more: dict[str, int]) -> pl.DataFrame:
    """Make COUNTS of two clients over two years and 18 days, by hand: au 300 and docomo 700 a month, growing by 10."""
    rows = []
    for n in range(25):
        first = date(2024 + (10 + n) // 12, (10 + n) % 12 + 1, 1)
        through = date(2026, 11, 18) if first == date(2026, 11, 1) else month_end(first)
        for client, size in (("7", 1), ("8", 2)):
            rows += [
                (first, client, "101", "au", size * (300 + 10 * n), through),
                (first, client, "103", "docomo", size * 700, through),
            ]
    return pl.DataFrame(rows, schema=COUNTS, orient="row")


def statuses(off: int = 0) -> pl.DataFrame:
    """Make STATUS that add up to client 7's October: au 530 (less `off`) and docomo 700."""
    cells = [("101", "au", 2, 500 - off), ("101", "au", 3, 30), ("103", "docomo", 2, 700)]
    rows = [
        {
            "send_date": date(2026, 10, 5),
            "date_time": datetime(2026, 10, 5, 12, tzinfo=TOKYO),
            "phone_number": "+819012345678",
            "message": "お電話は 090-1234-5678 まで",
            "carrier_id": carrier,
            "carrier": name,
            "status_id": status,
            "separated_success_count": count,
        }
        for carrier, name, status, count in cells
    ]
    return pl.DataFrame(rows, schema=STATUS)


@pytest.fixture
def prices(tmp_path: Path) -> Path:
    """Give a price for au alone."""
    path = tmp_path / "prices.toml"
    path.write_text('[[price]]\ncarrier = "au"\nunit_price = "8.5"\n', "utf-8")
    return path


@pytest.fixture
def invoice(tmp_path: Path) -> Path:
    """Give an invoice that bills 3 docomo messages more than were counted."""
    path = tmp_path / "invoice.csv"
    path.write_text("month,carrier,quantity\n2026年10月,au,530\n2026年10月,ドコモ,703\n", "cp932")
    return path


def test_sentences_are_worked_by_hand() -> None:
    """October: au 3 x 530, docomo 3 x 700, after 3 x 520 and 3 x 700, and 3 x 410 and 3 x 700 a year before."""
    report = gather(counts(), month="2026-10", today="2026-11-19", lang="en")
    assert report.headline()[:2] == [
        "3,690 billable messages in 2026-10, +0.8% on the month before and +10.8% on the year before.",
        "Most went to docomo: 2,100 (56.9%).",
    ]
    table = report.by_carrier()
    assert table["carrier"].to_list() == ["docomo", "au", "total"]
    assert table["count"].to_list() == [2100, 1590, 3690]
    assert table["change"].to_list() == [0, 30, 30]
    assert table["year_change"].to_list() == [0, 360, 360]
    assert table["share"].to_list() == [2100 / 3690, 1590 / 3690, 1.0]
    assert report.monthly["month"].n_unique() == 12
    assert report.forecast["month"].unique().to_list() == [date(2026, 11, 1)]
    assert report.problems == []


def test_last_complete_month_is_the_one_reported() -> None:
    """On the 19th of November the report is October's, unless November is asked for."""
    assert gather(counts()).month == date(2026, 10, 1)
    running = gather(counts(), month="2026-11", lang="ja")
    assert running.headline()[0] == "2026年11月の課金通数は2026年11月18日（水）までで3,720通です。"
    assert ("未確定のもの", ["2026年11月は2026年11月18日（水）までの値です。"]) in running.notes()


def test_everything_agrees_when_it_does(tmp_path: Path) -> None:
    """Counts, statuses and invoice that agree are said to agree."""
    lines = tmp_path / "invoice.csv"
    lines.write_text("month,carrier,quantity\n2026-10,101,530\n2026-10,103,700\n", "utf-8")
    report = gather(counts(), statuses=statuses(), invoice=lines, statuses_of="7", lang="en")
    assert report.reconciliation["agrees"].to_list() == [True, True]
    assert report.headline()[-2:] == [
        "Counts, statuses and invoice agree.",
        "Only the clients with statuses were reconciled: 7 (1 of 2). The others were not compared.",
    ]


def test_gaps_are_counted_and_explained(invoice: Path) -> None:
    """A short archive and a larger bill are two gaps, each with its reason."""
    report = gather(
        counts(),
        statuses=statuses(off=4),
        coverage=["2026-10-05"],
        invoice=invoice,
        statuses_of="7",
        lang="ja",
    )
    assert report.gaps == 2
    rows = report.explained().select("carrier", "verdict", "why").rows()
    assert rows == [
        ("au", "差あり", "保存されていない日がある"),
        ("ドコモ", "差あり", "提供元の規定により請求書が正"),
    ]


def test_missing_pieces_are_said_and_the_rest_is_made(tmp_path: Path, prices: Path) -> None:
    """A month without counts, a silent client, a missing price, and files that do not fit leave a report with notes."""
    bad = tmp_path / "bad.csv"
    bad.write_text("年,数\n1,2\n", "utf-8")
    known = counts().filter(pl.col("month") != date(2026, 8, 1))
    asleep = counts().filter(pl.col("month") == date(2026, 9, 1), pl.col("client_id") == "7")
    asleep = asleep.with_columns(client_id=pl.lit("9"), separated_success_count=pl.lit(0, pl.Int64))
    report = gather(
        pl.concat([known, asleep]),
        statuses=statuses(),
        prices=prices,
        invoice=bad,
        clients={"7": "北店", "9": "休眠"},
        lang="en",
        statuses_of="7",
    )
    assert report.failed
    assert [p.split(":")[0] for p in report.problems] == [
        "The invoice could not be used",
        "There are no counts of 2026-08 (not kept any more, or never fetched). That is not zero.",
        "Client 休眠 has no billable messages in 2026-10.",
        "No price for these carriers, whose cost is left out",
    ]
    assert report.bill.filter(pl.col("month") == report.month)["net"].to_list() == [
        Decimal(4505),
        Decimal(9010),
    ]
    broken = gather(known, prices=bad, clients=bad, lang="en")
    assert [p.split(":")[0] for p in broken.problems[:2]] == [
        "The table of clients could not be used",
        "The prices could not be used",
    ]
    assert broken.month == date(2026, 10, 1)


@pytest.mark.parametrize("ending", ["html", "xlsx"])
@pytest.mark.parametrize("lang", ["ja", "en"])
def test_a_clients_report_names_no_other_client(
    tmp_path: Path, prices: Path, ending: str, lang: words.Lang
) -> None:
    """An agency's whole tables and deliveries beside the counts of one client leave no other client in its report."""
    mine = counts().filter(pl.col("client_id") == "7")
    names = tmp_path / "clients.csv"
    # the name that stands there twice would be told in the error as well
    names.write_text("client_id,client\n7,北店\n8,南店\n90210,ひみつ商事\n90210,ひみつ興業\n", "utf-8")
    plan = tmp_path / "accepted.toml"
    plan.write_text('plan = "accepted"\n' + prices.read_text("utf-8"), "utf-8")
    pushed = (
        statuses()
        .with_columns(client_id=pl.lit("7"))
        .vstack(statuses().with_columns(client_id=pl.lit("90210")))
    )
    path = tmp_path / f"report.{ending}"
    usage(mine, path, statuses=pushed, prices=plan, clients=names, lang=lang)
    if ending == "html":
        said = path.read_text("utf-8")
    else:
        said = str([cell for rows in _cells(path).values() for row in rows for cell in row])
    assert re.search(r"\b1,?230\b", said)
    assert not re.search("南店|ひみつ|90210", said)


@pytest.mark.slow
def test_page_of_many_clients_stays_small(tmp_path: Path) -> None:
    """A hundred clients more in 24 months take under twenty bytes a cell; all charts share their letters."""
    one = counts().filter(pl.col("client_id") == "7")
    pages = []
    for clients in (10, 110):
        many = pl.concat(one.with_columns(client_id=pl.lit(f"{n:03}")) for n in range(clients))
        written = usage(many, tmp_path / "page.html", months=24, month="2026-10", lang="ja")
        pages.append(written.read_text("utf-8"))
    assert (len(pages[1]) - len(pages[0])) / (100 * 26) < 20
    assert pages[1].count("data:font") == 2


def test_plan_that_needs_statuses_is_said(tmp_path: Path) -> None:
    """Prices by accepted message cannot be applied to counts alone."""
    path = tmp_path / "prices.toml"
    path.write_text('plan = "accepted"\n[[price]]\nunit_price = "8"\n', "utf-8")
    report = gather(counts(), prices=path, lang="en")
    assert report.problems[0].startswith("The cost could not be computed")
    with_them = gather(counts(), prices=path, statuses=statuses(), statuses_of="7")
    assert with_them.cost["quantity"].sum() == 3


def _cells(path: Path) -> dict[str, list[list[Any]]]:
    from openpyxl import load_workbook

    # what Excel shows: each formula's figure
    book = load_workbook(path, data_only=True)
    return {sheet.title: [[c.value for c in row] for row in sheet.iter_rows()] for sheet in book.worksheets}


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_workbook_holds_sheets_charts_and_formats(
    tmp_path: Path, prices: Path, invoice: Path, lang: str
) -> None:
    """Sheets on A4 upright, frozen headers, formulas as totals, native charts, number formats, a Japanese font."""
    from openpyxl import load_workbook

    path = usage(
        counts(),
        tmp_path / "usage.xlsx",
        statuses=statuses(),
        coverage=["2026-10-05"],
        prices=prices,
        invoice=invoice,
        clients={"7": "北店", "8": "南店"},
        statuses_of="7",
        today="2026-11-19",
        lang=lang,
    )
    book = load_workbook(path)
    names = [
        words.text(f"usage.{n}", lang)
        for n in (
            *("summary", "deliveries", "by_day", "by_carrier", "terms", "clients", "agency"),
            *("reconciliation", "cost", "notes"),
        )
    ]
    assert book.sheetnames == [n for n in names if n != words.text("usage.agency", lang)]
    summary, deliveries, days, months, _, clients, compared, cost, _ = book.worksheets
    # days carry their weekday in the report's language, by the language's number, which every program knows
    assert days["A3"].number_format.startswith("[$-411]" if lang == "ja" else "[$-409]")
    assert days["A3"].value == datetime(2026, 10, 5)
    assert days.print_title_rows == "$2:$2"
    assert {sheet.page_setup.orientation for sheet in book} == {"portrait"}
    assert all(sheet.print_title_rows and "&P / &N" in sheet.oddFooter.right.text for sheet in book)
    assert "=SUM(B7:B8)" in [row[1].value for row in deliveries.iter_rows()]
    assert len(summary._charts) == 3
    assert all(
        int(sheet.page_setup.paperSize) == 9 and sheet.sheet_properties.pageSetUpPr.fitToPage
        for sheet in book
    )
    assert months.freeze_panes == "B5"
    assert compared.freeze_panes is not None
    assert compared.print_title_rows is not None
    assert (months["B5"].number_format, months["A5"].number_format) == ("#,##0", "yyyy/mm")
    assert {cell.font.name for row in months.iter_rows() for cell in row if cell.value is not None} == {
        "Yu Gothic"
    }
    assert months["A5"].value == datetime(2025, 11, 1)
    assert months["B17"].value == "=SUM(B5:B16)"
    assert [months.cell(16, n).value for n in (1, 2, 3, 4)] == [datetime(2026, 10, 1), 1590, 2100, 3690]
    total = words.text("usage.total", lang)
    assert (
        next(row for row in _cells(path)[clients.title] if row[0] == total)[-1] == 42_300
    )  # 3 x (12 x 1,000 + 10 x 210)
    money = [
        c
        for row in cost.iter_rows()
        for c in row
        if isinstance(c.value, (int, float)) and "¥" in c.number_format
    ]
    # client 8 in October: 1,060 x 8.5 = 9,010, with 901 of tax
    assert {9010, 901, 9911} <= {c.value for c in money}
    texts = [str(v) for rows in _cells(path).values() for row in rows for v in row if v is not None]
    assert not [t for t in texts if "9012345678" in t or "1234-5678" in t]


def test_workbook_of_nothing_is_a_workbook(tmp_path: Path) -> None:
    """Counts without rows give an honest file when a month is named, and an error when none is."""
    path = usage(empty(COUNTS), tmp_path / "usage.xlsx", month="2026-10", lang="en")
    assert "There are no counts of 2026-10." in [row[0] for row in _cells(path)["Summary"]]
    page = usage(empty(COUNTS), tmp_path / "usage.html", month="2026-10", lang="en")
    assert "There are no counts of 2026-10." in page.read_text("utf-8")
    with pytest.raises(zr.InputError, match="no month to report"):
        usage(empty(COUNTS), tmp_path / "usage.xlsx")


@pytest.mark.slow
@pytest.mark.parametrize("lang", ["ja", "en"])
def test_page_stands_on_its_own(tmp_path: Path, prices: Path, invoice: Path, lang: str) -> None:
    """The page has its charts inside, calls for nothing from outside, and shows no number."""
    path = usage(
        counts(),
        tmp_path / "usage.html",
        statuses=statuses(),
        prices=prices,
        invoice=invoice,
        statuses_of="7",
        today="2026-11-19",
        lang=lang,
    )
    text = path.read_text("utf-8")
    assert text.count("<figure>") == 4
    assert "http://" not in text
    assert "https://" not in text
    assert "9012345678" not in text
    assert all(figure in text for figure in ("3,690", "+10.8%", "¥13,515"))


def test_many_clients_do_not_fill_the_summary(tmp_path: Path, prices: Path) -> None:
    """An agency's twelve clients stand on their own sheets; the summary has their sum."""
    one = counts().filter(pl.col("client_id") == "7", pl.col("month") == date(2026, 10, 1))
    many = pl.concat(one.with_columns(client_id=pl.lit(str(n))) for n in range(12))
    cells = _cells(usage(many, tmp_path / "usage.xlsx", prices=prices, lang="en"))
    # twelve times 530 x 8.5 = 4,505, with 450 of tax
    assert next(row for row in cells["Summary"] if row[2] == 12 * 4505)[:5] == [
        "total",
        12 * 1230,
        54_060,
        5_400,
        59_460,
    ]
    assert len([row for row in cells["Cost"] if row[4] == 4505]) == 12


def test_other_endings_are_refused_before_any_work(tmp_path: Path) -> None:
    """A report is a workbook, a page or a PDF."""
    with pytest.raises(zr.InputError, match=r"must end in \.xlsx, \.html or \.pdf"):
        usage(counts(), tmp_path / "usage.docx")
    with pytest.raises(zr.InputError, match="months must be 1 or more"):
        usage(counts(), tmp_path / "usage.xlsx", months=0)


def test_failed_write_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The file is replaced in one step or not at all."""
    path = usage(counts(), tmp_path / "usage.xlsx")
    before = path.read_bytes()

    def broken(report: UsageReport, part: Path) -> None:
        part.write_bytes(b"half")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("zrtools.reports.workbook.fill", broken)
    with pytest.raises(OSError, match="No space"):
        usage(counts(), path)
    assert path.read_bytes() == before
    assert [p.name for p in tmp_path.iterdir()] == ["usage.xlsx"]


@pytest.mark.slow
@pytest.mark.parametrize("lang", ["ja", "en"])
def test_charts_draw_what_the_frames_say(lang: str) -> None:
    """Each chart holds the figures of its frame, aggregated, and says so when there is nothing."""
    data = counts()
    months = charts.usage_months(data, lang=lang).to_dict()
    cells = [row for rows in months["datasets"].values() for row in rows if "rank" in row]
    assert sum(row["count"] for row in cells) == data["separated_success_count"].sum()
    shares = charts.usage_shares(zr.usage.monthly(data), lang=lang).to_dict()
    parts = [
        row["share"]
        for rows in shares["datasets"].values()
        for row in rows
        if row["at"] == "2026-10" and "height" not in row
    ]
    assert sorted(parts) == pytest.approx([1590 / 3690, 2100 / 3690])
    forecast = zr.usage.forecast(data)
    drawn = charts.usage_forecast(forecast, data, lang=lang).to_dict()
    bars = [row for rows in drawn["datasets"].values() for row in rows if row.get("kind") == "expected"]
    assert bars == [bars[0] | {"low": forecast["counted"][-1], "high": forecast["forecast"][-1]}]
    compared = zr.usage.reconcile(data, statuses(off=4), client_id="7")
    gaps = charts.usage_gaps(compared, lang=lang).to_dict()
    assert [row["gap"] for rows in gaps["datasets"].values() for row in rows] == [4]
    for chart in (
        charts.usage_months(empty(COUNTS), lang=lang),
        charts.usage_shares(empty(COUNTS), lang=lang),
        charts.usage_forecast(empty(FORECAST), lang=lang),
        charts.usage_gaps(empty(RECONCILIATION), lang=lang),
        charts.usage_gaps(zr.usage.reconcile(data, statuses(), client_id="7"), lang=lang),
    ):
        assert charts.svg(chart).startswith("<svg")


@pytest.mark.slow
def test_command_reports_from_an_archive(tmp_path: Path, prices: Path, invoice: Path) -> None:
    """An archive alone is enough: no credentials, statuses reconciled, exit 0; a table that does not fit, exit 1."""
    archive = zr.Archive(tmp_path / "archive")
    with zr.Client.sandbox(messages_per_day=60, today="2026-11-10") as client:
        archive.sync(client, "2026-10-01", "2026-11-10", progress=False)
        archive.sync_counts(client)
    out = tmp_path / "report.xlsx"
    arguments = [
        "--archive",
        str(tmp_path / "archive"),
        "--month",
        "2026-10",
        "--lang",
        "en",
        "--out",
        str(out),
    ]
    done = CliRunner().invoke(command, [*arguments, "--prices", str(prices)])
    assert done.exit_code == 0, done.output
    assert "No price for these carriers" in done.stderr
    rows = _cells(out)["Reconciliation"]
    verdicts = [
        row[-2] if "agrees" not in row else "agrees" for row in rows if row[0] == datetime(2026, 10, 1)
    ]
    assert verdicts
    assert set(verdicts) == {"agrees"}
    bad = tmp_path / "bad.csv"
    bad.write_text("a,b\n1,2\n", "utf-8")
    half = CliRunner().invoke(command, [*arguments, "--invoice", str(bad)])
    assert half.exit_code == 1
    assert "The invoice could not be used" in half.stderr
    mapped = ["--invoice-column", "month=a", "--invoice-column", "quantity=b"]
    assert (
        "'1' is not a month"
        in CliRunner().invoke(command, [*arguments, "--invoice", str(bad), *mapped]).stderr
    )
    bad.write_text("month,quantity\n2025-01,5\n2025/2/1 0:00,6\n", "utf-8")
    other = CliRunner().invoke(command, [*arguments, "--invoice", str(bad)])
    assert other.exit_code == 1
    assert "no line of 2025-11 to 2026-10; its months are 2025-01, 2025-02" in other.stderr
    book = tmp_path / "請求.xlsx"
    with xlsxwriter.Workbook(book) as made:
        for name, rows in {
            "東": [("2026-10", 1)],
            "西": [("請求書",), ("利用月", "通数"), ("2026-10", 2)],
        }.items():
            sheet = made.add_worksheet(name)
            for n, row in enumerate(rows):
                sheet.write_row(n, 0, row)
    given = [*arguments, "--invoice", str(book)]
    for more, code, said in (
        ([], 1, "has 2 sheets that hold something: 東, 西"),
        (["--sheet", "invoice=西"], 1, "with header="),
        (["--sheet", "invoice=南", "--header-row", "invoice=2"], 1, "has no sheet '南'"),
        (["--sheet", "西"], 2, "Write --sheet with an equals sign"),
        (["--sheet", "x=西"], 2, "one of prices, invoice, clients, archives"),
        (["--header-row", "invoice=two"], 2, "Write --header-row invoice=3"),
        (["--sheet", "prices=西"], 2, "there is no file of prices; give --prices"),
    ):
        done = CliRunner().invoke(command, [*given, *more])
        assert (done.exit_code, said in done.output) == (code, True), done.output
    right = CliRunner().invoke(command, [*given, "--sheet", "invoice=西", "--header-row", "invoice=2"])
    assert right.exit_code == 0, right.output
    written = tmp_path / "report.toml"
    written.write_text('[invoice]\nfile = "請求.xlsx"\nsheet = "西"\nheader = 2\n', "utf-8")
    kept = CliRunner().invoke(command, [*arguments, "--settings", str(written)])
    assert (kept.exit_code, kept.stderr) == (0, right.stderr)
    another = CliRunner().invoke(command, [*arguments, "--settings", str(written), "--invoice", str(bad)])
    assert "its months are 2025-01, 2025-02" in another.stderr


def test_what_of_an_invoice_is_not_read_is_told_by_the_command(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Hidden rows are counted and a hidden sheet is named, in the command's language and without a line of code."""
    book = tmp_path / "請求.xlsx"
    with xlsxwriter.Workbook(book) as made:
        sheet = made.add_worksheet("明細")
        for n, row in enumerate([("利用月", "通数"), ("2026-10", 1), ("2026-10", 2)]):
            sheet.write_row(n, 0, row)
        sheet.set_row(2, None, None, {"hidden": True})
        old = made.add_worksheet("旧")
        old.write(0, 0, "x")
        old.hide()
    with pytest.warns(tables.LeftOutWarning, match="1 hidden rows, the hidden sheet 旧") as heard:
        zr.usage.read_invoice(book)
    assert [w.filename for w in heard] == [__file__]
    monkeypatch.setenv("ZRTOOLS_TOKEN", "")
    folder = zr.Archive(tmp_path / "archive")
    with zr.Client.sandbox(messages_per_day=10, today="2026-11-10") as client:
        folder.sync_counts(client)
    given = ["--archive", str(tmp_path / "archive"), "--month", "2026-10", "--no-statuses", "--out"]
    for lang, said in {"ja": "非表示", "en": "hidden"}.items():
        done = CliRunner().invoke(
            command, [*given, str(tmp_path / "r.html"), "--lang", lang, "--invoice", str(book)]
        )
        assert (done.exit_code, said in done.stderr, "旧" in done.stderr) == (0, True, True), done.output
        assert "Warning" not in done.stderr


def test_every_table_of_a_report_may_stand_below_a_title(tmp_path: Path) -> None:
    """Prices, clients, archives and budget, too, are read from the sheet and row that the settings say."""
    given = {
        "prices": [("キャリア", "単価"), ("*", "8")],
        "clients": [("取引先ID", "取引先名"), ("7", "甲")],
        "budget": [("利用月", "予算"), ("2026-10", "5000")],
    }
    text = ""
    for name, rows in given.items():
        with xlsxwriter.Workbook(tmp_path / f"{name}.xlsx") as book:
            book.add_worksheet("説明").write_row(0, 0, ["a", "b"])
            sheet = book.add_worksheet("表")
            for n, row in enumerate([("表題",), *rows]):
                sheet.write_row(n, 0, row)
        text += f'[{name}]\nfile = "{name}.xlsx"\nsheet = "表"\nheader = 2\n'
    path = tmp_path / "report.toml"
    path.write_text(text, "utf-8")
    report = gather(counts(), settings=path, lang="en")
    assert not [p for p in report.problems if "could not be used" in p]
    assert report.monthly.filter(pl.col("client_id") == "7")["client"].unique().to_list() == ["甲"]
    assert report.bill.height > 0
    assert report.budget.filter(pl.col("month") == date(2026, 10, 1))["budget"].to_list() == [5000.0]
    path.write_text(text + '[client."7"]\nname = "甲"\n', "utf-8")
    own = zr.reports.read_handover(path).for_client("7")
    assert ("prices" in own.places, "budget" in own.places) == (True, False)
    path.write_text(text + '[client."7"]\nprices = "other.csv"\n', "utf-8")
    assert "prices" not in zr.reports.read_handover(path).for_client("7").places
    for wrong in ("sheet = 3", 'header = "2"', "row = 2"):
        path.write_text(f'[prices]\nfile = "prices.xlsx"\n{wrong}\n', "utf-8")
        with pytest.raises(zr.InputError, match=r"report\.toml: prices\."):
            zr.reports.read_handover(path)
    with pytest.raises(zr.InputError, match="TOML, which has no sheets"):
        zr.usage.read_prices(path, sheet="表")
    plan = zr.tables.read(tmp_path / "budget.xlsx", sheet="表", header=2)
    assert zr.usage.budget(counts(), plan)["budget"].drop_nulls().to_list() == [5000.0]


def test_command_without_anything_to_ask_says_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No credentials and no archive: a clear error, and nothing is written."""
    for name in ("ZRTOOLS_TOKEN", "ZRTOOLS_CLIENT_ID", "ZRTOOLS_BASE_URL"):
        monkeypatch.delenv(name, raising=False)
    out = tmp_path / "report.xlsx"
    done = CliRunner().invoke(command, ["--out", str(out)])
    assert done.exit_code == 1
    assert "--archive" in done.output
    assert not out.exists()
    wrong = CliRunner().invoke(command, ["--out", str(out), "--sandbox", "--archive", "x"])
    assert wrong.exit_code == 2
    assert CliRunner().invoke(command, ["--out", "report.docx"]).exit_code == 2
    assert CliRunner().invoke(command, ["--out", str(out), "--invoice-column", "month"]).exit_code == 2


def test_planted_differences_are_found_on_the_sandbox(tmp_path: Path) -> None:
    """Counts, statuses and invoice of a settled month agree to the message, but where a difference was planted."""
    planted = {("2026-10", "103"): 25}
    with zr.Client.sandbox(messages_per_day=80, today="2026-11-10", counts_off=planted) as client:
        data = client.counts("2026-09", "2026-10")
        sent = client.status("2026-10", progress=False)
        truth = data.with_columns(
            pl.when((pl.col("month") == date(2026, 10, 1)) & (pl.col("carrier_id") == "103"))
            .then(pl.col("separated_success_count") - 25)
            .otherwise("separated_success_count")
        )
    path = tables.write(
        truth.filter(pl.col("month") == date(2026, 10, 1)).select(
            "month", "carrier", quantity="separated_success_count"
        ),
        tmp_path / "invoice.csv",
    )
    report = gather(data, statuses=sent, invoice=path, coverage=zr.periods.days("2026-10"), month="2026-10")
    rows = report.reconciliation.filter(pl.col("carrier_id").is_not_null())
    assert rows.filter(pl.col("agrees"))["carrier"].to_list() == ["au", "SoftBank", "Rakuten Mobile"]
    odd = rows.filter(~pl.col("agrees")).row(0, named=True)
    assert (odd["difference"], odd["invoice_difference"]) == (25, -25)
    assert odd["invoice_reasons"][0] == "invoice follows statuses"


@pytest.fixture(scope="module")
def counted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give an archive that holds counts."""
    place = tmp_path_factory.mktemp("usage") / "archive"
    with zr.Client.sandbox(messages_per_day=20, today="2026-11-10") as client:
        archive = zr.Archive(place)
        archive.sync(client, "2026-11-08", "2026-11-09", progress=False)
        archive.sync_counts(client)
    return place


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--month", "2026-13"], "must be a month"),
        (["--month", "9999-01"], "has not begun"),
        (["--month", "0026-10"], "cannot be meant"),
        (["--tolerance", "-1"], "--tolerance"),
        (["--months", "0"], "--months"),
    ],
)
@pytest.mark.parametrize("source", ["archive", "sandbox"])
def test_command_refuses_what_cannot_be_reported(
    counted: Path, tmp_path: Path, options: list[str], said: str, source: str
) -> None:
    """A month that is none, that has not begun or that lies centuries back is wrong use: exit 2, and no file."""
    place = ["--archive", str(counted)] if source == "archive" else ["--sandbox"]
    out = tmp_path / "new" / "report.html"
    done = CliRunner().invoke(command, [*place, *options, "--out", str(out), "--lang", "en"])
    assert done.exit_code == 2, done.output
    assert said in done.stderr
    assert not out.exists()


def test_month_that_has_not_begun_is_refused() -> None:
    """A report of next year would be an empty page; a month that the counts know is never refused."""
    with pytest.raises(zr.InputError, match="2027-05 has not begun: report a month up to 2026-11"):
        gather(counts(), month="2027-05", today="2026-11-19")
    assert gather(counts(), month="2026-11", today="2026-10-05").month == date(2026, 11, 1)
    with pytest.raises(zr.InputError, match="cannot be meant"):
        gather(counts(), month="0201-01")
    with pytest.raises(zr.InputError, match="at most"):
        gather(counts(), months=100_000)


@pytest.mark.slow
@pytest.mark.parametrize("ending", [".html", ".xlsx"])
@pytest.mark.parametrize("encoding", ["cp932", "utf-16"])
def test_odd_month_is_reported_into_a_new_folder(tmp_path: Path, ending: str, encoding: str) -> None:
    """A month without messages, a carrier of a new number, Japanese file names, and tables as Excel saves them."""
    data = counts().filter(pl.col("month") >= date(2026, 8, 1))
    new = data.filter(pl.col("carrier_id") == "101").with_columns(
        carrier_id=pl.lit("107"), carrier=pl.lit(None, dtype=pl.String)
    )
    october = pl.col("month") == date(2026, 10, 1)
    data = pl.concat([data, new]).with_columns(
        separated_success_count=pl.when(~october).then("separated_success_count").otherwise(0)
    )
    names = tmp_path / "取引先　一覧.csv"
    names.write_bytes("client_id,client\n7,北店\n8,髙橋商店\n".encode(encoding))
    # the only price begins after the month
    prices = tmp_path / "単価表.csv"
    prices.write_bytes("carrier,unit_price,since\nドコモ,8.5,2026/11/01\n*,9,2026/08/01\n".encode(encoding))
    invoice = tmp_path / "請求書.csv"
    invoice.write_bytes("month,carrier,quantity\n2026年10月,au,0\n".encode(encoding))
    report = gather(
        data, month="2026-10", clients=names, prices=prices, invoice=invoice, statuses_of="7", lang="ja"
    )
    assert report.headline()[0].startswith("2026年10月の課金通数は0通でした")
    assert not report.failed
    path = save(report, tmp_path / "新しい フォルダー" / f"利用レポート{ending}")
    assert path.stat().st_size > 1000


@pytest.mark.slow
@pytest.mark.parametrize(("lang", "words"), [("ja", ["3,690通", "2件"]), ("en", ["3,690", "2 gaps"])])
def test_key_figures_have_their_units(tmp_path: Path, invoice: Path, lang: str, words: list[str]) -> None:
    """A bare number on a card says nothing: messages are 通, gaps are counted as such."""
    path = usage(
        counts(),
        tmp_path / "report.html",
        statuses=statuses(off=4),
        coverage=["2026-10-05"],
        invoice=invoice,
        statuses_of="7",
        month="2026-10",
        today="2026-11-19",
        lang=lang,
    )
    cards = path.read_text("utf-8").split('<div class="cards"')[1].split("<h2")[0]
    assert all(f">{word}</div>" in cards for word in words)


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_gaps_are_written_with_one_kind_of_minus(lang: str) -> None:
    """The axis and the figures write a minus alike, and nought has no sign."""
    report = gather(
        counts().with_columns(pl.col("separated_success_count") - 1), statuses=statuses(), statuses_of="7"
    )
    drawn = charts.svg(charts.usage_gaps(report.reconciliation, lang=lang))
    texts = re.findall(r">([^<>]+)</text>", drawn)
    assert any(text.startswith("−1  ") for text in texts)
    assert "0" in texts
    assert not any(text.startswith(("+0", "-")) for text in texts)


def test_forecast_is_not_written_on_its_upper_end() -> None:
    """The value stands at the height of the bar's end, beside it, and not on top of the interval."""
    report = gather(counts(), month="2026-10", today="2026-11-19")
    drawn = charts.usage_forecast(report.forecast).to_dict()
    text = next(layer for layer in drawn["layer"] if layer["mark"]["type"] == "text")
    assert text["encoding"]["y"]["field"] == "forecast"
    assert text["mark"]["align"] == "left"


def test_days_that_are_too_few_are_not_denied() -> None:
    """With some days at hand, but too few, the chart does not say that there were none."""
    report = gather(counts(), statuses=statuses(), month="2026-10", today="2026-11-19")
    assert report.forecast["method"].unique().to_list() == ["months"]
    for lang, said in (("ja", "足りないため"), ("en", "too few days")):
        assert said in charts.svg(charts.usage_forecast(report.forecast, lang=lang))


@pytest.mark.parametrize("kind", ["html", "xlsx"])
def test_one_clients_costs_stand_by_month_without_a_column_of_clients(
    tmp_path: Path, prices: Path, kind: str
) -> None:
    """Parts of a section have headings of their own; months sum to the total, and the only client is not repeated."""
    path = usage(
        counts(),
        tmp_path / f"one.{kind}",
        prices=prices,
        client_id="8",
        clients={"8": "南店"},
        month="2026-10",
        lang="en",
    )
    if kind == "html":
        text = path.read_text("utf-8")
        assert re.findall("<h3>(.*?)</h3>", text)[:2] == ["Billable messages", "Changes"]
        cost = text[text.index("Totals by month") : text.index("Lines of 2026-10")]
        assert "¥9,911" in cost
        assert "南店" not in cost
        assert re.search(r'<p class="small screen">[^<]*Ctrl\+P', text)
        return
    rows = _cells(path)["Cost"]
    for first in ("month", "carrier"):
        assert "client" not in next(row for row in rows if row[0] == first)
    total = next(row for row in rows if row[0] == "total")
    months = [row for row in rows if isinstance(row[0], datetime)]
    assert [sum(row[n] for row in months) for n in (1, 3)] == [total[1], total[3]]
