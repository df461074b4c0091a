"""The monthly report as it is handed over: what an agency's forty clients need to be true."""

from __future__ import annotations

import zipfile
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

import zrtools as zr
from zrtools.cli.report_usage import command
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


@settings(max_examples=60, deadline=None)
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


@settings(max_examples=40, deadline=None)
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


def _said(path: Path) -> str:
    """Everything that a file says: a page's text, or every cell, header, footer and property of a workbook."""
    if path.suffix == ".html":
        return path.read_text("utf-8")
    with zipfile.ZipFile(path) as book:
        return "".join(book.read(n).decode("utf-8", "replace") for n in book.namelist() if n.endswith(".xml"))
