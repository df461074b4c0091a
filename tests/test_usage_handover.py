"""The monthly report as it is handed over: what an agency's forty clients need to be true."""

from __future__ import annotations

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
