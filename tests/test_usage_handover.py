"""The monthly report as it is handed over: what an agency's forty clients need to be true."""

from __future__ import annotations

import re
import zipfile
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import polars as pl
import pytest
from click.testing import CliRunner
from hypothesis import example, given, settings
from hypothesis import strategies as st

import zrtools as zr
from zrtools.cli.report_usage import command
from zrtools.reports.usage import gather
from zrtools.sandbox import Sandbox

# ------------------------------------------------------------------------------ the service's clock


@pytest.fixture(scope="module")
def earlier() -> Sandbox:
    """A sandbox that stands at a day of its own, as `zrtools sandbox --today` makes it."""
    with Sandbox(seed=4, today=date(2026, 8, 20), messages_per_day=60, months=4) as box:
        yield box


def _connected(box: Sandbox) -> zr.Client:
    return zr.Client(
        token=box.token, client_id=box.client_id, sms_code=box.sms_code, base_url=box.url, pace=None
    )


def test_the_services_clock_says_how_far_a_month_is_counted(earlier: Sandbox) -> None:
    """Counts reach to yesterday by the service's Date, not by this machine's clock."""
    with _connected(earlier) as client:
        counts = client.counts("2026-08", progress=False)
        assert counts["through"].unique().to_list() == [date(2026, 8, 19)]
        assert client.now().date() == date(2026, 8, 20)
        assert zr.usage.forecast(counts)["days_left"].unique().to_list() == [12]


def test_a_client_can_ask_what_day_it_is(earlier: Sandbox) -> None:
    """`today` asks once where the service has not answered yet; without an answer the system tells it."""
    with _connected(earlier) as client:
        assert client.today() == date(2026, 8, 20)
    with zr.Client(token="a" * 32, client_id="1", base_url="http://127.0.0.1:9", timeout=1) as nobody:
        assert nobody.today() - nobody.now().date() <= timedelta(1)


@pytest.mark.slow
def test_the_command_reports_the_services_last_month(
    earlier: Sandbox, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Which month is the last complete one is asked of the service."""
    for name, value in {
        "TOKEN": earlier.token,
        "CLIENT_ID": earlier.client_id,
        "BASE_URL": earlier.url,
    }.items():
        monkeypatch.setenv(f"ZRTOOLS_{name}", value)
    out = tmp_path / "report.html"
    result = CliRunner().invoke(command, ["--out", str(out), "--lang", "en", "--months", "2"])
    assert "Monthly usage report 2026-07" in out.read_text("utf-8"), result.output


# ------------------------------------------------------------------------------ the tables that people keep

_SUB_BRANDS = {
    "101": [
        "KDDI（au）",
        "KDDI株式会社",
        "UQ",
        "UQモバイル",
        "povo",
        "povo2.0",
        "au・UQ",
        "au（UQ・povo含む）",
    ],
    "103": ["ahamo", "irumo", "ドコモ（ahamo含む）", "㈱NTTドコモ"],
    "105": ["ワイモバイル", "Y!mobile", "LINEMO", "ソフトバンク・ワイモバイル"],
    "102": ["102", "Y!mobile（旧ウィルコム）"],
    "106": ["楽天モバイル"],
}


@pytest.mark.parametrize("month", ["2026年10月分", "令和8年10月", "R8.10", "2026年10月ご利用分"])
def test_an_invoice_is_read_as_it_is_printed(tmp_path: Path, month: str) -> None:
    """Sub-brands are their network's, alone and together; usual Japanese headings need no mapping."""
    path = tmp_path / "invoice.csv"
    lines = [f'{month},{name},"1"' for names in _SUB_BRANDS.values() for name in names]
    path.write_text("ご利用内訳,,\n\n利用月,キャリア,通数\n" + "\n".join(lines), "utf-8")
    frame = zr.usage.read_invoice(path, header=3)
    assert dict(frame.select("carrier_id", "quantity").iter_rows()) == {
        number: len(names) for number, names in _SUB_BRANDS.items()
    }
    assert frame["month"].unique().to_list() == [date(2026, 10, 1)]


@pytest.mark.parametrize("name", ["格安SIM", "au・ドコモ", "その他", "mvno"])
def test_an_unknown_carrier_is_a_question(tmp_path: Path, name: str) -> None:
    """A name that is no carrier's, or of two, is asked about with its place, and can be answered."""
    path = tmp_path / "invoice.csv"
    path.write_text(f"month,carrier,quantity\n2026-10,au,5\n2026-10,{name},7\n", "utf-8")
    with pytest.raises(zr.InputError, match=rf"line 3: which carrier is '{name}'\?"):
        zr.usage.read_invoice(path)
    frame = zr.usage.read_invoice(path, carriers={name: "ドコモ"})
    assert frame["carrier_id"].to_list() == ["101", "103"]
    with pytest.raises(zr.InputError, match="no carrier"):
        zr.usage.read_invoice(path, carriers={name: name})


@pytest.mark.parametrize(
    "heading", ["契約クライアントID,取引先名", "クライアントID,会社名", "取引先ID,取引先", "Client_ID,Client"]
)
def test_a_client_table_with_japanese_headings_is_read(tmp_path: Path, heading: str) -> None:
    """Everywhere that takes a table of clients."""
    path = tmp_path / "clients.csv"
    path.write_text(f"{heading}\n11111,青葉\n22222,若葉\n", "cp932")
    assert zr.usage.read_clients(path).rows() == [("11111", "青葉"), ("22222", "若葉")]
    counts = _counts({"11111": 5})
    assert zr.usage.monthly(counts, clients=path)["client"].unique().to_list() == ["青葉"]


def _counts(sent: dict[str, int], month: date = date(2026, 10, 1), carrier: str = "101") -> pl.DataFrame:
    end = zr.periods.month_end(month)
    rows = [(month, client, carrier, zr.codes.CARRIERS[carrier].name, n, end) for client, n in sent.items()]
    return pl.DataFrame(rows, schema=zr.schemas.COUNTS, orient="row")


# ------------------------------------------------------------------------------ one invoice for all clients

_YEN = pl.Decimal(38, 8)


def _prices(price: str = "8.7", **more: Any) -> zr.usage.Prices:
    table = pl.DataFrame(
        [("*", "*", date(2000, 1, 1), 0, Decimal(price))], schema=zr.schemas.PRICES, orient="row"
    )
    return zr.usage.Prices(table, **more)


@settings(max_examples=25, deadline=None)
@example(sent=[16, 413, 8616], price="0.09", rounding="down", inside=True, decimals=0)
@given(
    sent=st.lists(st.integers(0, 10_000), min_size=1, max_size=45),
    price=st.decimals("0.01", 30, places=2).map(str),
    rounding=st.sampled_from(["down", "half up", "up"]),
    inside=st.booleans(),
    decimals=st.sampled_from([0, 2]),
)
def test_forty_clients_come_to_the_vendors_one_invoice(
    sent: list[int], price: str, rounding: Any, inside: bool, decimals: int
) -> None:
    """Billed by account, clients' rows sum to one rounding of the whole, each within a unit of its exact share."""
    options: dict[str, Any] = {"rounding": rounding, "tax_included": inside, "decimals": decimals}
    prices = _prices(price, bill_by="account", **options)
    counts = _counts({str(n): count for n, count in enumerate(sent, 1)})
    cost = zr.usage.cost(counts, prices)
    rows = zr.usage.bill(cost, prices)
    one = zr.usage.bill(
        cost.with_columns(client_id=pl.lit("1"), client=pl.lit("1")), _prices(price, **options)
    )
    assert rows.select(pl.col("net", "tax", "gross").sum()).row(0) == one.select("net", "tax", "gross").row(0)
    unit = Decimal(1).scaleb(-decimals)
    exact = [Decimal(n) * Decimal(price) for n in sent]
    first = "gross" if inside else "net"
    by_id = dict(rows.select("client_id", first).iter_rows())
    assert all(abs(by_id[str(n)] - share) < unit for n, share in enumerate(exact, 1))
    assert rows.filter(pl.col("net") + pl.col("tax") != pl.col("gross")).is_empty()


def test_bill_by_is_read_from_the_prices_file(tmp_path: Path) -> None:
    """As a setting of the TOML file; another word is refused."""
    path = tmp_path / "prices.toml"
    path.write_text('bill_by = "account"\n[[price]]\nunit_price = "8.7"\n', "utf-8")
    assert zr.usage.read_prices(path).bill_by == "account"
    path.write_text('bill_by = "all"\n[[price]]\nunit_price = "8.7"\n', "utf-8")
    with pytest.raises(zr.InputError, match='bill_by must be "client" or "account"'):
        zr.usage.read_prices(path)


# ------------------------------------------------------------------------------ what is pending


def _statuses(rows: list[tuple[str, str | None, int, int | None, int]]) -> pl.DataFrame:
    """Statuses of October 2026: day, carrier, state, billed parts and length of the text."""
    frame = pl.DataFrame(
        [
            {
                "send_date": date.fromisoformat(day),
                "carrier_id": carrier,
                "carrier": zr.codes.CARRIERS[carrier].name if carrier else None,
                "status_id": state,
                "separated_success_count": parts,
                "message": "あ" * length,
            }
            for day, carrier, state, parts, length in rows
        ],
        infer_schema_length=None,
    ).with_columns(date_time=pl.col("send_date").cast(pl.Datetime("ms")).dt.replace_time_zone("Asia/Tokyo"))
    return (
        zr.schemas.empty(zr.schemas.STATUS)
        .select(
            pl.lit(None, dtype=t).alias(c) for c, t in zr.schemas.STATUS.items() if c not in frame.columns
        )
        .clear(frame.height)
        .hstack(frame)
        .select(pl.col(c).cast(t) for c, t in zr.schemas.STATUS.items())
    )


@settings(max_examples=15, deadline=None)
@given(
    pending=st.lists(st.integers(1, 660), min_size=1, max_size=6),
    others=st.lists(st.integers(1, 70), min_size=1, max_size=30),
)
def test_what_only_pending_messages_explain_is_explained(pending: list[int], others: list[int]) -> None:
    """Long messages of one carrier that wait among many short ones: each may be billed as its own length."""
    parts = [zr.messages.parts("あ" * n) for n in pending]
    short = [("2026-10-05", "103", 2, 1, n) for n in others]
    waiting = [("2026-10-06", None, 1, None, n) for n in pending]
    counts = pl.concat([_counts({"7": len(others)}, carrier="103"), _counts({"7": sum(parts)})])
    found = zr.usage.reconcile(counts, _statuses([*short, *waiting]))
    assert found.filter(carrier_id="101")["reasons"].to_list() == [["pending statuses"]]
    beyond = pl.concat(
        [_counts({"7": len(others)}, carrier="103"), _counts({"7": len(pending) * max(parts) + 1})]
    )
    found = zr.usage.reconcile(beyond, _statuses([*short, *waiting]))
    assert found.filter(carrier_id="101")["reasons"].to_list() == [["not explained"]]


# ------------------------------------------------------------------------------ whose the report is

_MONTHS = [date(2026, 8, 1), date(2026, 9, 1), date(2026, 10, 1)]


def _id(n: int) -> str:
    """A client's id, of digits that no drawing has."""
    return f"7345190{n:04}"


def _agency(clients: int = 3) -> pl.DataFrame:
    """Counts of several clients over three months, each of its own size."""
    return pl.concat(
        _counts({_id(n): 100 * n + 10 * k for n in range(1, clients + 1)}, month, carrier)
        for k, month in enumerate(_MONTHS)
        for carrier in ("101", "103")
    )


def _sent(au: int, docomo: int, failed: int = 2) -> pl.DataFrame:
    """October's statuses that add up to a client's counts: one part each, `failed` of them failed."""
    rows: list[Any] = [("2026-10-05", "101", 2, 1, 10)] * (au - failed) + [
        ("2026-10-05", "101", 3, 1, 10)
    ] * failed
    rows += [("2026-10-06", "103", 2, 1, 10)] * docomo
    coded = pl.when(pl.col("status_id") == 3).then(pl.lit("11732")).otherwise(pl.lit("2"))
    return _statuses(rows).with_columns(detailed_status_id=coded, sms_code=pl.lit("48222"))


@pytest.mark.slow
def test_it_is_said_which_clients_were_compared(tmp_path: Path) -> None:
    """Statuses of one client of three: the sentence, the section and the figure say so, in both languages."""
    for lang, said in (("en", "A (1 of 3)"), ("ja", "A（3社中1社）")):
        path = zr.reports.usage(
            _agency(),
            tmp_path / "all.html",
            statuses=_sent(120, 120),
            statuses_of=_id(1),
            clients={_id(1): "A", _id(2): "B", _id(3): "C"},
            month="2026-10",
            today="2026-11-10",
            lang=lang,
        )
        text = path.read_text("utf-8")
        assert text.count(said) >= 3
        assert "1 / 3" in text


@pytest.mark.slow
def test_all_clients_compared_need_no_word(tmp_path: Path) -> None:
    """Statuses of every client: all are compared, and no remark is made."""
    each = {_id(n): _sent(100 * n + 20, 100 * n + 20) for n in (1, 2, 3)}
    path = zr.reports.usage(
        _agency(), tmp_path / "all.html", statuses=each, month="2026-10", today="2026-11-10", lang="en"
    )
    text = path.read_text("utf-8")
    assert "Counts and statuses agree." in text
    assert "were reconciled:" not in text


@pytest.fixture(scope="module")
def forty(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, str]]:
    """An agency's forty reports, as page and workbook, with a settings file, names and statuses of some."""
    folder = tmp_path_factory.mktemp("forty")
    names = {_id(n): f"第{n}商事株式会社" for n in range(1, 41)}
    rows = "".join(f"{number},{name}\n" for number, name in names.items())
    (folder / "clients.csv").write_text(f"契約クライアントID,取引先名\n{rows}", "cp932")
    (folder / "prices.toml").write_text(
        'bill_by = "account"\n[[price]]\nunit_price = "8.7"\n[[price]]\nclient_id = "50002"\nunit_price = "7.1"\n',
        "utf-8",
    )
    (folder / "report.toml").write_text(
        'author = "運用チーム"\nprices = "prices.toml"\nclosing_day = 20\nbudget = 5000\nbudget_in = "parts"\n'
        'addressee = "代理店 御中"\n[clients]\nfile = "clients.csv"\n'
        + "".join(
            f'[client."{i}"]\naddressee = "{n} ご担当者様"\ncomment = "{n}の10月"\n' for i, n in names.items()
        ),
        "utf-8",
    )
    options: dict[str, Any] = {
        "statuses": {_id(n): _sent(100 * n + 20, 100 * n + 20) for n in range(1, 4)},
        "settings": folder / "report.toml",
        "month": "2026-10",
        "today": "2026-11-10",
        "lang": "ja",
    }
    made = zr.reports.usage_each(_agency(40), folder / "reports", **options)
    assert sum(map(len, made.values())) == 40
    # a page takes longer than a workbook: some are enough to see that it says the same
    for number in (_id(1), _id(2), _id(40)):
        path = made[number][0].with_suffix(".html")
        zr.reports.usage(_agency(40), path, client_id=number, **options)
    return folder / "reports", names


@pytest.mark.slow
def test_forty_reports_name_no_other_client(forty: tuple[Path, dict[str, str]]) -> None:
    """Each file has its client's name and id, and not one letter of the other thirty-nine."""
    folder, names = forty
    files = sorted(folder.iterdir())
    assert len(files) == 43
    for number, name in names.items():
        own = [f for f in files if f.name.startswith(f"{number}_")]
        assert {f.stem for f in own} == {f"{number}_{name}_2026-10"}
        for file in own:
            said = _said(file)
            assert name in said
            assert f"{name} ご担当者様" in said
            assert "代理店 御中" not in said
            others = [word for other, title in names.items() if other != number for word in (other, title)]
            # 第1商事 stands in 第21商事: what is a client's own name is taken out first
            rest = said.replace(name, "")
            assert not [word for word in others if word in rest]


@pytest.mark.slow
def test_a_client_without_statuses_gets_what_counts_tell(forty: tuple[Path, dict[str, str]]) -> None:
    """And a line that says what is missing; one with statuses has its deliveries, reasons and sender codes."""
    folder, names = forty
    bare, whole = (_said(folder / f"{n}_{names[n]}_2026-10.html") for n in (_id(40), _id(1)))
    assert "この月の配信状況（ステータス）がないため" in bare
    assert "20日締めの集計には配信状況（ステータス）が必要です。" in bare
    assert "この月の配信状況（ステータス）がないため" not in whole
    assert all(
        word in whole
        for word in ("到達率", "732 欠番・顧客都合", "48222", "2026年9月21日（月）〜2026年10月20日（火）")
    )


def test_the_sheet_of_the_fiscal_year_can_be_read_on_paper(forty: tuple[Path, dict[str, str]]) -> None:
    """On A4 upright, whose margins leave 7.27 inches of 96 dots, it is made smaller by a fifth at most."""
    book = openpyxl.load_workbook(next(forty[0].glob(f"{_id(1)}*.xlsx")))
    sheet = book["年度・予算"]
    used = {cell.column_letter for row in sheet.iter_rows() for cell in row if cell.value is not None}
    dots = sum(sheet.column_dimensions[letter].width * 7 + 5 for letter in used)
    assert len(used) >= 4
    assert 7.27 * 96 / dots >= 0.8


def _said(path: Path) -> str:
    """Everything that a file says: a page's text, or every cell, header, footer and property of a workbook."""
    if path.suffix == ".html":
        return path.read_text("utf-8")
    with zipfile.ZipFile(path) as book:
        return "".join(book.read(n).decode("utf-8", "replace") for n in book.namelist() if n.endswith(".xml"))


@pytest.mark.slow
def test_the_command_writes_a_report_for_each_client(tmp_path: Path) -> None:
    """From archives by client: one without is told, a wrong one is refused, and --client gives that client's."""
    with zr.Client.sandbox(seed=2, messages_per_day=30, today="2026-11-05", months=3) as client:
        own = client.client_id
        whole = zr.Archive(tmp_path / "whole")
        whole.sync_counts(client, "2026-10", "2026-11", client_id="all", progress=False)
        zr.Archive(tmp_path / "archives" / own).sync(client, "2026-10-01", "2026-10-31", progress=False)
    common = ["--archive", str(tmp_path / "whole"), "--month", "2026-10", "--months", "1", "--lang", "en"]
    each = [*common, "--archives", str(tmp_path / "archives"), "--each-client", str(tmp_path / "reports")]
    done = CliRunner().invoke(command, each)
    assert done.exit_code == 0, done.output
    files = sorted(f.name for f in (tmp_path / "reports").iterdir())
    assert len(files) == 3
    assert f"{own}_2026-10.xlsx" in files
    assert "2 clients (" in done.stderr
    said = _said(tmp_path / "reports" / f"{own}_2026-10.xlsx")
    assert "Counts and statuses agree." in said
    assert not [f for f in files if not f.startswith(own) and f.split("_")[0] in said]
    empty = CliRunner().invoke(
        command, [*common, "--archives", str(tmp_path / "reports"), "--each-client", "x"]
    )
    assert empty.exit_code == 2
    assert "holds no archive of these clients" in empty.stderr
    one = CliRunner().invoke(command, [*common, "--client", own, "--out", str(tmp_path / "one.html")])
    assert one.exit_code == 0, one.output
    assert own in (tmp_path / "one.html").read_text("utf-8")
    other = CliRunner().invoke(command, [*common, "--client", "1", "--out", str(tmp_path / "no.html")])
    assert other.exit_code == 2
    assert "There are no counts of client 1" in other.stderr
    for wrong in (["--each-client", "x", "--out", "y.xlsx"], [], ["--out", "y.xlsx", "--format", "pdf"]):
        assert CliRunner().invoke(command, [*common, *wrong]).exit_code == 2


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("autor = 'x'", "autor is not a setting"),
        ("author = 3", "author must be a text"),
        ("closing_day = 31", "closing_day must be 1 to 27"),
        ("closing_day = '20'", "closing_day must be a whole number"),
        ("fiscal_year_begins = 13", "must be a month from 1 to 12"),
        ("budget = -1", "budget must be a figure"),
        ("plan_limit = 0", "plan_limit must be 1 or more"),
        ("budget_in = 'dollars'", "budget_in must be"),
        ("client = 3", "what is one client's under"),
        ("[client.1]\nclosing_day = 20", "is the same for all clients"),
        ("[invoice]\nfiles = 'x'", "invoice.files is not a setting"),
        ("author = ", "is not TOML"),
        ("budget = nan", "budget must be a figure"),
        ("budget = inf", "budget must be a figure"),
        ("[invoice]\nfile = 'i.csv'\ncolumns = 3", "invoice.columns must be names and texts"),
        ("[invoice.carriers]\nx = { y = 1 }", "invoice.carriers must be names and texts"),
        ("autor = 1", "^report.toml: autor"),
    ],
)
def test_a_settings_file_that_does_not_fit_says_where(tmp_path: Path, text: str, said: str) -> None:
    """The file is named once, the key, and what it takes, also of figures that are none and tables that are none."""
    path = tmp_path / "report.toml"
    path.write_text(text, "utf-8")
    with pytest.raises(zr.InputError, match=said):
        zr.reports.read_handover(path)


def test_a_logo_that_is_none_is_refused(tmp_path: Path) -> None:
    """A JPEG with the wrong ending, or a file that is not there, is named before anything is written."""
    logo = tmp_path / "logo.png"
    for data, said in ((b"\xff\xd8\xff", "is no PNG"), (None, "cannot be read")):
        logo.write_bytes(data) if data else logo.unlink()
        given = zr.reports.Handover(logo=logo)
        with pytest.raises(zr.InputError, match=said):
            zr.reports.usage(_agency(), tmp_path / "a.xlsx", settings=given, month="2026-10")
    assert not (tmp_path / "a.xlsx").exists()


def test_without_a_browser_a_pdf_says_how_to_print(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Before any work: write HTML, and print that."""
    monkeypatch.setenv("ZRTOOLS_BROWSER", "no-such-browser")
    with pytest.raises(zr.ConfigurationError, match=r"Ctrl\+P"):
        zr.reports.usage(_agency(), tmp_path / "a.pdf", month="2026-10")


@pytest.mark.browser
def test_a_pdf_is_made_where_a_browser_is(tmp_path: Path) -> None:
    """A4 upright, several pages."""
    path = zr.reports.usage(_agency(), tmp_path / "a.pdf", month="2026-10", today="2026-11-10")
    data = path.read_bytes()
    assert data.startswith(b"%PDF")
    assert re.search(rb"/MediaBox ?\[ ?0 0 59[45]\.?\d* 84[12]", data)
    assert data.count(b"/Type /Page\n") + data.count(b"/Type /Page ") >= 2


# ------------------------------------------------------------------------------ units, terms, entries


def _tagged(sent: list[tuple[str | None, str, int, int]]) -> pl.DataFrame:
    """Statuses of October: tag, carrier, state and billed parts of each message."""
    return _statuses([("2026-10-05", c, s, n, 10) for _, c, s, n in sent]).with_columns(
        client_tag=pl.Series([t for t, *_ in sent], dtype=pl.String)
    )


_UNITS = {"sales-": "営業部", "sales-east-": "東日本営業部", "hr-": "人事部"}


@settings(max_examples=20, deadline=None)
@given(
    sent=st.lists(
        st.tuples(
            st.sampled_from(["sales-1", "sales-east-2", "hr-3", "other", None]),
            st.sampled_from(["101", "103"]),
            st.sampled_from([2, 3]),
            st.integers(0, 9),
        ),
        min_size=1,
        max_size=60,
    ),
    price=st.decimals("0.01", 30, places=2).map(str),
    inside=st.booleans(),
)
def test_units_sum_to_the_bill_to_the_yen(
    sent: list[tuple[str | None, str, int, int]], price: str, inside: bool
) -> None:
    """Money to the bill's, messages to the statuses'; the longest prefix counts, and what is nobody's is shown."""
    frame, prices = _tagged(sent), _prices(price, tax_included=inside)
    rows = zr.usage.allocate(frame, _UNITS, prices)
    bill = zr.usage.bill(zr.usage.cost(frame, prices), prices)
    assert rows.schema == zr.schemas.ALLOCATION
    assert rows.select(pl.col("net", "tax", "gross").sum()).row(0) == bill.select(
        pl.col("net", "tax", "gross").sum()
    ).row(0)
    assert rows["messages"].sum() == len(sent)
    whose = {"sales-1": "営業部", "sales-east-2": "東日本営業部", "hr-3": "人事部", "other": None, None: None}
    parts: dict[str | None, int] = {}
    for tag, _, state, n in sent:
        parts[whose[tag]] = parts.get(whose[tag], 0) + (n if state == 2 else 0)
    assert dict(rows.select("unit", "quantity").iter_rows()) == parts


def test_units_sum_to_the_bill_of_the_counts(tmp_path: Path) -> None:
    """What the bill has more than the statuses is nobody's; the table may be a file with Japanese headings."""
    table = tmp_path / "units.csv"
    table.write_text("タグ,部署\nsales-,営業部\nhr-,人事部\n", "cp932")
    frame, prices = _tagged([("sales-1", "101", 2, 3), ("hr-2", "103", 2, 2)]), _prices("8.7")
    counts = pl.concat([_counts({"7": 10}), _counts({"7": 2}, carrier="103")])
    bill = zr.usage.bill(zr.usage.cost(counts, prices), prices)
    rows = zr.usage.allocate(frame, table, prices, bill=bill)
    assert rows.select("unit", "quantity", "net").rows() == [
        ("営業部", 3, Decimal(26)),
        ("人事部", 2, Decimal(17)),
        (None, 7, Decimal(61)),
    ]
    assert rows["gross"].sum() == bill["gross"].sum()
    by_tag = zr.usage.allocate(frame, "tag", separator="-")
    assert by_tag["unit"].to_list() == ["sales", "hr"]
    assert by_tag["net"].null_count() == 2
    for by, said in (
        ("campagne", 'by=campagne: use "campaign"'),
        ({"": "x"}, None),
        (frame, "no column prefix"),
    ):
        if said:
            with pytest.raises(zr.InputError, match=said):
                zr.usage.allocate(frame, by)


def test_fiscal_years_are_counted_by_hand() -> None:
    """April to March: quarters, the year to date, and the same quarter a year before, whole ones alone."""
    months = [date(2025 + (3 + n) // 12, (3 + n) % 12 + 1, 1) for n in range(19)]
    counts = pl.concat(_counts({"7": 100 + n}, m) for n, m in enumerate(months))
    rows = zr.usage.fiscal(counts)
    assert rows.schema == zr.schemas.FISCAL
    found = rows.select(
        "fiscal_year", "period_of_year", "separated_success_count", "to_date", "complete"
    ).rows()
    assert found == [
        (2025, 1, 303, 303, True),
        (2025, 2, 312, 615, True),
        (2025, 3, 321, 936, True),
        (2025, 4, 330, 1266, True),
        (2026, 1, 339, 339, True),
        (2026, 2, 348, 687, True),
        (2026, 3, 118, 805, False),
    ]
    assert rows["year_before"].to_list() == [None, None, None, None, 303, 312, 321]
    assert rows["year_change_rate"].to_list()[-3:] == [36 / 303, 36 / 312, None]
    assert zr.usage.fiscal(counts, "year", begins=1)["fiscal_year"].to_list() == [2025, 2026]
    with pytest.raises(zr.InputError, match="begins must be"):
        zr.usage.fiscal(counts, begins=0)


def test_a_budget_is_set_against_what_came_and_what_will(tmp_path: Path) -> None:
    """Month by month and to date, in parts or yen; the running month with what it is heading for."""
    counts = pl.concat(
        [
            _counts({"7": 100}, date(2026, 9, 1)),
            _counts({"7": 60}, date(2026, 10, 1)).with_columns(through=date(2026, 10, 15)),
        ]
    )
    forecast = zr.usage.forecast(counts)
    table = tmp_path / "budget.csv"
    table.write_text("利用月,予算\n2026年9月,80\n令和8年10月,120\n", "cp932")
    rows = zr.usage.budget(counts, table, forecast=forecast, begins=9)
    assert rows.select("budget", "actual", "used", "used_to_date").rows() == [
        (80, 100, 1.25, 1.25),
        (120, 60, 0.5, 0.8),
    ]
    assert rows["forecast"].to_list() == [None, forecast["forecast"][-1]]
    prices = _prices("10")
    yen = zr.usage.budget(zr.usage.bill(zr.usage.cost(counts, prices), prices), 1000, forecast=forecast)
    assert yen["used"].to_list() == [1.0, 0.6]
    assert yen["forecast"][1] == pytest.approx(10 * forecast["forecast"][-1])
    with pytest.raises(zr.InputError, match="month twice"):
        zr.usage.budget(counts, pl.DataFrame({"month": [date(2026, 9, 1)] * 2, "budget": [1.0, 2.0]}))


@settings(max_examples=10, deadline=None)
@given(st.dates(date(2024, 1, 1), date(2028, 12, 31)), st.integers(1, 27))
def test_a_day_is_billed_in_the_month_that_its_period_ends(day: date, closing: int) -> None:
    """Up to the closing day its own month, after it the next; the statuses' first period is not whole."""
    frame = _statuses([(str(day), "101", 2, 1, 10)])
    rows = zr.usage.monthly(frame, closing_day=closing)
    own = day.replace(day=1)
    following = (own + timedelta(31)).replace(day=1)
    assert rows["month"].to_list() == [own if day.day <= closing else following]
    assert rows["through"].to_list() == [day]
    assert rows["complete"].to_list() == [False]
    whole = [(str(day - timedelta(n)), "101", 2, 1, 10) for n in range(70)]
    periods = zr.usage.monthly(_statuses(whole), closing_day=closing)
    assert periods.filter("complete")["separated_success_count"].is_between(28, 31).all()
    assert periods["separated_success_count"].sum() == 70
    assert zr.usage.cost(_statuses(whole), _prices("1"), closing_day=closing)["quantity"].sum() == 70


def test_movers_and_silent_clients_are_told_apart() -> None:
    """Up, down, started, stopped, and silent ones that only the table knows; a month nobody has is not a zero."""
    before, now = {"1": 100, "2": 100, "3": 100, "5": 9}, {"1": 130, "2": 70, "3": 101, "4": 50}
    counts = pl.concat([_counts(before, date(2026, 9, 1)), _counts(now, date(2026, 10, 1))])
    rows = zr.usage.movers(counts, clients={"6": "休眠"})
    assert rows.select("client", "movement", "change").rows() == [
        ("4", "started", 50),
        ("1", "up", 30),
        ("2", "down", -30),
        ("5", "stopped", -9),
        ("休眠", "silent", 0),
    ]
    assert rows["last_month"].to_list()[3:] == [date(2026, 9, 1), None]
    alone = zr.usage.movers(_counts(now), "2026-10")
    assert alone["movement"].to_list() == []


@pytest.mark.parametrize("ending", ["html", "xlsx"])
def test_clients_that_only_the_table_knows_are_without_traffic(tmp_path: Path, ending: str) -> None:
    """An agency's report names whom the service leaves out of its counts; a client's own names nobody else."""
    names = {_id(1): "青葉", _id(2): "紅葉", "99999": "休眠商事"}
    options: dict[str, Any] = {"clients": names, "month": "2026-10", "today": "2026-11-10", "lang": "ja"}
    said = _said(zr.reports.usage(_agency(2), tmp_path / f"all.{ending}", **options))
    assert "利用のない契約クライアント" in said
    assert "休眠商事" in said
    alone = _said(zr.reports.usage(_agency(2), tmp_path / f"one.{ending}", client_id=_id(1), **options))
    assert "休眠商事" not in alone
    one = _said(zr.reports.usage(_agency(1), tmp_path / f"only.{ending}", **options))
    assert "休眠商事" not in one


def test_entries_are_written_as_accounting_systems_want(tmp_path: Path) -> None:
    """CP932 by default, columns by a mapping; a letter that CP932 lacks is refused, and nothing is written."""
    prices = _prices("10", bill_by="account")
    counts = _counts({"11": 100, "22": 0, "33": 7})
    bill = zr.usage.bill(zr.usage.cost(counts, prices, clients={"11": "青葉", "33": "髙橋"}), prices)
    path = tmp_path / "entries.csv"
    columns = {
        "date": "取引日",
        "client_id": "取引先コード",
        "account": "勘定科目",
        "tax_class": "税区分",
        "gross": "金額",
        "text": "摘要",
    }
    zr.usage.accounting(bill, path, columns=columns, closing_day=20)
    assert path.read_bytes().decode("cp932").splitlines() == [
        "取引日,取引先コード,勘定科目,税区分,金額,摘要",
        "2026-10-20,11,通信費,課税仕入10%,1100,2026年10月分 SMS利用料 青葉",
        "2026-10-20,33,通信費,課税仕入10%,77,2026年10月分 SMS利用料 髙橋",
    ]
    named = bill.with_columns(client=pl.lit("𠮷野"))
    with pytest.raises(zr.InputError, match="cannot be written in cp932"):
        zr.usage.accounting(named, tmp_path / "no.csv")
    assert not (tmp_path / "no.csv").exists()
    zr.usage.accounting(named, tmp_path / "utf8.csv", encoding="utf-8-sig")
    with pytest.raises(zr.InputError, match="columns names"):
        zr.usage.accounting(bill, path, columns={"amount": "金額"})


def test_what_is_the_agencys_goes_to_no_client() -> None:
    """One report's settings are its own; where clients have theirs, addressee, budget and limit for all are not."""
    alone = zr.reports.Handover(addressee="青葉 御中", budget=5.0, author="A")
    assert alone.for_client("1").addressee == "青葉 御中"
    agency = zr.reports.Handover(
        addressee="代理店 御中",
        budget=5.0,
        plan_limit=9,
        author="A",
        of={"1": {"addressee": "青葉 御中"}, "2": {}},
    )
    mine, other = agency.for_client("1"), agency.for_client("2")
    assert (mine.addressee, mine.budget, mine.plan_limit, mine.author) == ("青葉 御中", None, None, "A")
    assert (other.addressee, dict(other.of)) == ("", {})


# ------------------------------------------------------------------------------ what broke when it was tried


@pytest.mark.parametrize(
    "rule",
    [
        {"bill_by": "account"},
        {"bill_by": "account", "tax_included": True, "rounding": "up"},
        {"tiers": "all", "tier_by": "account"},
        {"tiers": "all", "tier_by": "account", "bill_by": "account"},
    ],
)
def test_a_clients_report_costs_what_the_agencys_says(tmp_path: Path, rule: dict[str, Any]) -> None:
    """Tiers and rounding of the whole account hold in each client's report too: the reports sum to the invoice."""
    table = pl.DataFrame(
        [("*", "*", date(2000, 1, 1), over, Decimal(price)) for over, price in ((0, "8.73"), (9000, "5.31"))],
        schema=zr.schemas.PRICES,
        orient="row",
    )
    prices = zr.usage.Prices(table, **rule)
    counts, names = _agency(12), {_id(n): f"第{n}商事" for n in range(1, 13)}
    options: dict[str, Any] = {"prices": prices, "clients": names, "month": "2026-10", "settings": None}
    whole = gather(counts, **options)
    own = {number: gather(counts, client_id=number, **options) for number in names}
    for number, report in own.items():
        assert report.bill.equals(whole.bill.filter(client_id=number))
        assert report.cost.equals(whole.cost.filter(client_id=number))
        assert not [name for other, name in names.items() if other != number and name in str(report.bill)]
    told = sum(report.bill.filter(month=date(2026, 10, 1))["gross"].sum() for report in own.values())
    assert told == whole.bill.filter(month=date(2026, 10, 1))["gross"].sum()
    # the running month's money stands against the budget in the same way
    budget = zr.reports.Handover(budget=100_000.0)
    found = gather(counts, client_id=_id(12), **options | {"settings": budget}).budget
    assert found["actual"].to_list() == whole.bill.filter(client_id=_id(12))["net"].cast(float).to_list()


def test_a_budget_is_summed_up_to_date_as_far_as_it_goes() -> None:
    """After a month without a budget, or without counts, a sum to date would set unlike months side by side."""
    months = [date(2026, 4 + n, 1) for n in range(5)]
    counts = pl.concat(_counts({"7": 100}, m) for m in months)
    planned = {"2026-04": 100.0, "2026-05": 100.0, "2026-07": 100.0, "2026-08": 100.0}
    rows = zr.usage.budget(counts, planned)
    assert rows["budget_to_date"].to_list() == [100, 200, None, None, None]
    assert rows["used_to_date"].to_list() == [1, 1, None, None, None]
    gap = zr.usage.budget(counts.filter(pl.col("month") != months[1]), 100)
    assert gap["actual_to_date"].to_list() == [100, None, None, None]


def test_a_wrong_logo_of_one_client_stops_all_before_the_first(tmp_path: Path) -> None:
    """A PNG that is cut off, or not there, is told with its client, and no report is written."""
    (tmp_path / "cut.png").write_bytes(b"\x89PNG\r\n\x1a\n" + b"\0" * 40)
    for logo, said in (("cut.png", "is not whole"), ("none.png", "cannot be read")):
        given = zr.reports.Handover(of={_id(2): {"logo": tmp_path / logo}})
        with pytest.raises(zr.InputError, match=f"Client {_id(2)}: The logo {logo} {said}"):
            zr.reports.usage_each(_agency(), tmp_path / "out", settings=given, month="2026-10")
    assert not (tmp_path / "out").exists()


def test_file_names_fit_every_system(tmp_path: Path) -> None:
    """At most 255 bytes, whatever the client is called; two clients whose names would be one are told."""
    counts = _agency(2).with_columns(pl.col("client_id").replace({_id(1): "a:b", _id(2): "A/B"}))
    with pytest.raises(zr.InputError, match=r"would both be a_b_2026-10\.xlsx"):
        zr.reports.usage_each(counts, tmp_path, month="2026-10")
    names = {_id(1): "😀" * 90, _id(2): "  "}
    made = zr.reports.usage_each(_agency(2), tmp_path, month="2026-10", clients=names)
    assert max(len(path.name.encode()) for paths in made.values() for path in paths) <= 200
    assert made[_id(2)][0].name == f"{_id(2)}_2026-10.xlsx"


def test_a_full_disk_is_an_error_of_the_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A workbook that cannot be written is told as any file: no other error, nothing half done."""

    def full(*_: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(zipfile.ZipFile, "write", full)
    for write in (
        lambda path: zr.reports.usage(_agency(), path, month="2026-10"),
        lambda path: zr.tables.write(_agency(), path),
    ):
        with pytest.raises(OSError, match="No space left"):
            write(tmp_path / "a.xlsx")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.slow
def test_the_command_tells_an_agency_whom_it_has_nothing_of(tmp_path: Path) -> None:
    """What many reports lack is one line; clients of settings and table that the counts lack are named."""
    with zr.Client.sandbox(seed=2, messages_per_day=5, today="2026-11-05", months=2) as client:
        zr.Archive(tmp_path / "whole").sync_counts(
            client, "2026-10", "2026-11", client_id="all", progress=False
        )
    (tmp_path / "clients.csv").write_text("client_id,client\n99999,居ない社\n", "utf-8")
    (tmp_path / "report.toml").write_text(
        'closing_day = 20\nclients = "clients.csv"\n[client."77777"]\nname = "打ち間違い"\n', "utf-8"
    )
    common = ["--archive", str(tmp_path / "whole"), "--month", "2026-10", "--months", "1", "--lang", "en"]
    settings = ["--settings", str(tmp_path / "report.toml")]
    done = CliRunner().invoke(command, [*common, *settings, "--each-client", str(tmp_path / "out")])
    assert done.exit_code == 0, done.output
    assert done.stderr.count("Periods that close on the 20th need statuses") == 1
    assert "3 clients (" in done.stderr
    assert "77777, 99999" in done.stderr
    assert "居ない社" not in "".join(_said(path) for path in (tmp_path / "out").iterdir())
    # an archive of counts alone holds nobody's statuses
    assert "--client-id" not in done.stderr
