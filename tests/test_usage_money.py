"""Prices, tiers, rounding and tax, worked by hand; the tables that users keep; counts against statuses and invoice."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

import zrtools as zr
from zrtools import usage, words
from zrtools.periods import TOKYO, month_end
from zrtools.schemas import BILL, COST, COUNTS, INVOICE, PRICES, RECONCILIATION, STATUS, empty
from zrtools.usage.reconciliation import REASONS

CARRIERS = {"101": "au", "103": "docomo", "105": "SoftBank", "106": "Rakuten Mobile"}
YEN = Decimal


def counts(cells: dict[tuple[str, str, str], int], *, through: dict[str, date] | None = None) -> pl.DataFrame:
    """Make COUNTS from {(month, client, carrier id): count}."""
    rows = [
        (first, client, carrier, CARRIERS.get(carrier), count, (through or {}).get(month, month_end(first)))
        for (month, client, carrier), count in cells.items()
        for first in [date.fromisoformat(f"{month}-01")]
    ]
    return pl.DataFrame(rows, schema=COUNTS, orient="row")


def statuses(*rows: tuple[str, str | None, int, int | None], received: str | None = None) -> pl.DataFrame:
    """Make STATUS from (day sent, carrier id, status id, billable count)."""
    made = [
        {
            "send_date": date.fromisoformat(day),
            "date_time": datetime.fromisoformat(f"{received or day}T12:00").replace(tzinfo=TOKYO),
            "carrier_id": carrier,
            "carrier": CARRIERS.get(carrier or ""),
            "status_id": status,
            "separated_success_count": count,
        }
        for day, carrier, status, count in rows
    ]
    return pl.DataFrame(made, schema=STATUS)


def prices(*rows: tuple[str, str, int, str], client: str = "*", **options: Any) -> usage.Prices:
    """Make prices from (carrier, since, over, unit price)."""
    table = pl.DataFrame(
        [
            (client, carrier, date.fromisoformat(since), over, YEN(price))
            for carrier, since, over, price in rows
        ],
        schema=PRICES,
        orient="row",
    )
    return usage.Prices(table=table, **options)


def invoice(*rows: tuple[str, str, int]) -> pl.DataFrame:
    """Make INVOICE from (month, carrier id, quantity)."""
    made = [
        (date.fromisoformat(f"{month}-01"), carrier, CARRIERS.get(carrier, carrier), quantity, None)
        for month, carrier, quantity in rows
    ]
    return pl.DataFrame(made, schema=INVOICE, orient="row")


def test_lines_are_exact_and_the_bill_rounds_once() -> None:
    """3 x 8.5 + 7 x 9.25 is 90.25: 90 yen and 9 of tax rounded down, where rounding each line would give 89."""
    data = counts({("2026-10", "7", "101"): 3, ("2026-10", "7", "103"): 7})
    table = prices(("101", "2026-01-01", 0, "8.5"), ("103", "2026-01-01", 0, "9.25"))
    lines = usage.cost(data, table)
    assert lines.schema == COST
    assert lines["amount"].to_list() == [YEN("25.5"), YEN("64.75")]
    total = usage.bill(lines, table)
    assert total.schema == BILL
    assert total.select("net", "tax", "gross").row(0) == (YEN(90), YEN(9), YEN(99))


@pytest.mark.parametrize(
    ("rounding", "net", "tax"),
    [("down", "14", "1"), ("half up", "15", "2"), ("up", "15", "2")],
)
def test_rounding_is_as_the_contract_says(rounding: str, net: str, tax: str) -> None:
    """14.5 yen: 切捨て 14, 四捨五入 15, 切上げ 15; the tax of 10 % on that rounds the same way."""
    table = prices(("*", "2026-01-01", 0, "14.5"), rounding=rounding)
    row = usage.bill(usage.cost(counts({("2026-10", "7", "101"): 1}), table), table).row(0, named=True)
    assert (row["net"], row["tax"], row["gross"]) == (YEN(net), YEN(tax), YEN(net) + YEN(tax))


@pytest.mark.parametrize(("rounding", "tax"), [("down", "9"), ("half up", "9"), ("up", "10")])
def test_tax_inside_the_price_is_taken_out(rounding: str, tax: str) -> None:
    """Of 100 yen with 10 % inside, 9.0909… is tax."""
    table = prices(("*", "2026-01-01", 0, "10"), tax_included=True, rounding=rounding)
    row = usage.bill(usage.cost(counts({("2026-10", "7", "101"): 10}), table), table).row(0, named=True)
    assert (row["net"], row["tax"], row["gross"]) == (YEN(100) - YEN(tax), YEN(tax), YEN(100))


def test_whole_tax_inside_the_price_is_not_rounded_away() -> None:
    """Of 110 yen exactly 10 are tax, whichever way one rounds."""
    for rounding in ("down", "half up", "up"):
        table = prices(("*", "2026-01-01", 0, "11"), tax_included=True, rounding=rounding)
        row = usage.bill(usage.cost(counts({("2026-10", "7", "101"): 10}), table), table).row(0, named=True)
        assert row["tax"] == YEN(10)


def test_each_tier_has_its_own_price() -> None:
    """2,500 messages: 1,000 at 10, 1,000 at 9, 500 at 8 make 23,000."""
    table = prices(
        ("101", "2026-01-01", 0, "10"), ("101", "2026-01-01", 1000, "9"), ("101", "2026-01-01", 2000, "8")
    )
    lines = usage.cost(counts({("2026-10", "7", "101"): 2500}), table)
    assert lines.select("over", "quantity", "amount").rows() == [
        (0, 1000, YEN(10000)),
        (1000, 1000, YEN(9000)),
        (2000, 500, YEN(4000)),
    ]


def test_the_edge_of_a_tier_belongs_to_the_lower_one() -> None:
    """The 1,000th message still costs the first price."""
    table = prices(("101", "2026-01-01", 0, "10"), ("101", "2026-01-01", 1000, "9"))
    assert usage.cost(counts({("2026-10", "7", "101"): 1000}), table)["amount"].to_list() == [YEN(10000)]
    every = prices(("101", "2026-01-01", 0, "10"), ("101", "2026-01-01", 1000, "9"), tiers="all")
    assert usage.cost(counts({("2026-10", "7", "101"): 1000}), every)["amount"].to_list() == [YEN(10000)]
    assert usage.cost(counts({("2026-10", "7", "101"): 1001}), every)["amount"].to_list() == [YEN(9009)]


def test_reached_tier_may_price_all_by_the_volume_of_a_client_or_the_account() -> None:
    """600 on au and 600 on docomo are one volume of 1,200 where the contract adds carriers up."""
    data = counts({("2026-10", "7", "101"): 600, ("2026-10", "7", "103"): 600, ("2026-10", "8", "101"): 900})
    rows = (("*", "2026-01-01", 0, "10"), ("*", "2026-01-01", 1000, "9"), ("*", "2026-01-01", 2000, "8"))
    amounts = {
        by: usage.cost(data, prices(*rows, tiers="all", tier_by=by))["amount"].to_list()
        for by in ("carrier", "client", "account")
    }
    assert amounts["carrier"] == [YEN(6000), YEN(6000), YEN(9000)]
    assert amounts["client"] == [YEN(5400), YEN(5400), YEN(9000)]
    assert amounts["account"] == [YEN(4800), YEN(4800), YEN(7200)]
    with pytest.raises(zr.InputError, match='use tiers "all"'):
        prices(*rows, tier_by="account")


def test_missing_price_is_named_and_the_rest_is_priced() -> None:
    """Rakuten without a price stays in the table with its quantity, and the bill says how much it leaves out."""
    data = counts({("2026-10", "7", "101"): 10, ("2026-10", "7", "106"): 4})
    table = prices(("101", "2026-01-01", 0, "10"))
    lines = usage.cost(data, table)
    assert lines.select("carrier", "quantity", "amount", "problem").rows() == [
        ("au", 10, YEN(100), None),
        ("Rakuten Mobile", 4, None, "no price"),
    ]
    row = usage.bill(lines, table).row(0, named=True)
    assert (row["quantity"], row["unpriced"], row["net"], row["final"]) == (14, 4, YEN(100), False)


def test_messages_below_the_first_tier_are_not_lost() -> None:
    """A price that begins over 100 leaves the first 100 without one."""
    for tiers, expected in (("each", [(100, None), (50, YEN(450))]), ("all", [(150, YEN(1350))])):
        table = prices(("101", "2026-01-01", 100, "9"), tiers=tiers)
        lines = usage.cost(counts({("2026-10", "7", "101"): 150}), table).sort(
            "quantity", descending=tiers == "each"
        )
        assert lines.select("quantity", "amount").rows() == expected
    few = usage.cost(
        counts({("2026-10", "7", "101"): 60}), prices(("101", "2026-01-01", 100, "9"), tiers="all")
    )
    assert few.select("quantity", "amount", "problem").rows() == [(60, None, "no price")]


def test_the_most_special_price_holds() -> None:
    """A client's own price goes before the carrier's, the carrier's before the one for all."""
    table = pl.concat(
        [
            prices(("*", "2026-01-01", 0, "10"), ("101", "2026-01-01", 0, "9")).table,
            prices(("101", "2026-01-01", 0, "8"), client="7").table,
        ]
    )
    data = counts({("2026-10", "7", "101"): 1, ("2026-10", "8", "101"): 1, ("2026-10", "8", "103"): 1})
    lines = usage.cost(data, usage.Prices(table=table))
    assert lines["unit_price"].to_list() == [YEN(8), YEN(9), YEN(10)]


def test_price_holds_from_its_day() -> None:
    """Before the first day there is no price; statuses are split where it changes, counts are not."""
    table = prices(("101", "2026-10-01", 0, "10"), ("101", "2026-10-16", 0, "12"))
    data = counts({("2026-09", "7", "101"): 5, ("2026-10", "7", "101"): 4, ("2026-11", "7", "101"): 3})
    lines = usage.cost(data, table)
    assert lines.select("since", "amount", "problem").rows() == [
        (None, None, "no price"),
        (date(2026, 10, 1), YEN(40), "price changes on 2026-10-16; taken as on the first day"),
        (date(2026, 10, 16), YEN(36), None),
    ]
    by_day = usage.cost(
        statuses(("2026-10-15", "101", 2, 3), ("2026-10-16", "101", 2, 1), ("2026-10-16", "101", 3, 7)), table
    )
    assert by_day.select("since", "quantity", "amount").rows() == [
        (date(2026, 10, 1), 3, YEN(30)),
        (date(2026, 10, 16), 1, YEN(12)),
    ]


def test_tiers_run_on_over_a_change_of_price() -> None:
    """80 messages before the change and 40 after it: the last 20 are over 100."""
    table = prices(
        ("101", "2026-10-01", 0, "10"),
        ("101", "2026-10-01", 100, "9"),
        ("101", "2026-10-16", 0, "20"),
        ("101", "2026-10-16", 100, "18"),
    )
    lines = usage.cost(statuses(("2026-10-01", "101", 2, 80), ("2026-10-20", "101", 2, 40)), table)
    assert lines.select("over", "quantity", "amount").rows() == [
        (0, 80, YEN(800)),
        (0, 20, YEN(400)),
        (100, 20, YEN(360)),
    ]


def test_accepted_messages_are_billed_whatever_became_of_them() -> None:
    """Delivered, failed and pending messages each cost one price, those without a carrier the price for all."""
    table = prices(("101", "2026-01-01", 0, "10"), ("*", "2026-01-01", 0, "8"), plan="accepted")
    lines = usage.cost(
        statuses(("2026-10-01", "101", 2, 3), ("2026-10-01", "101", 3, 3), ("2026-10-01", None, 1, None)),
        table,
    )
    assert lines.select("carrier", "quantity", "amount").rows() == [("au", 2, YEN(20)), (None, 1, YEN(8))]
    with pytest.raises(zr.InputError, match="give statuses"):
        usage.cost(counts({("2026-10", "7", "101"): 1}), table)


def test_nothing_costs_nothing() -> None:
    """Empty counts give empty frames with their schemas."""
    table = prices(("*", "2026-01-01", 0, "10"))
    lines = usage.cost(empty(COUNTS), table)
    assert (lines.height, lines.schema) == (0, COST)
    assert usage.bill(lines, table).schema == BILL
    assert usage.cost(counts({("2026-10", "7", "101"): 0}), table)["amount"].to_list() == [YEN(0)]


@settings(max_examples=40, deadline=None)
@given(
    st.integers(0, 5000),
    st.sets(st.integers(1, 4000), max_size=4),
    st.lists(st.decimals("0", "99", places=4), min_size=5, max_size=5),
    st.integers(0, 5000),
)
def test_tiers_split_exactly(quantity: int, edges: set[int], units: list[Decimal], later: int) -> None:
    """Whatever the tiers, no message is lost or doubled, and the sum is that of pricing message by message."""
    overs = [0, *sorted(edges)]
    table = prices(*(("101", "2026-01-01", over, str(units[n])) for n, over in enumerate(overs)))
    lines = usage.cost(statuses(("2026-10-01", "101", 2, quantity), ("2026-10-02", "101", 2, later)), table)
    assert lines["quantity"].sum() == quantity + later
    ends = [*overs[1:], quantity + later]
    worked = sum(
        (
            units[n] * max(min(end, quantity + later) - over, 0)
            for n, (over, end) in enumerate(zip(overs, ends, strict=True))
        ),
        Decimal(0),
    )
    assert (lines["amount"].sum() or Decimal(0)) == worked


def test_prices_are_read_from_toml_and_csv(tmp_path: Path) -> None:
    """Japanese words for rounding, names for carriers, floats never: 8.1 stays 8.1."""
    path = tmp_path / "prices.toml"
    path.write_text(
        'rounding = "四捨五入"\ntax_rate = 0.1\n[[price]]\ncarrier = "ドコモ"\nunit_price = 8.1\nsince = 2026-04-01\n'
        '[[price]]\ncarrier = "*"\nunit_price = "9.25"\nover = 1000\nclient_id = 7\n',
        "utf-8",
    )
    read = usage.read_prices(path)
    assert (read.rounding, read.tax_rate, read.plan) == ("half up", YEN("0.1"), "delivered")
    assert read.table.rows() == [
        ("*", "103", date(2026, 4, 1), 0, YEN("8.1")),
        ("7", "*", date(2000, 1, 1), 1000, YEN("9.25")),
    ]
    table = tmp_path / "prices.csv"
    table.write_text(
        'carrier,unit_price,since,over\nソフトバンク,8.1,2026/04/01,\n105,7.9,2026-04-01,"1,000"\n', "cp932"
    )
    assert usage.read_prices(table).table["over"].to_list() == [0, 1000]


def test_prices_are_read_as_excel_leaves_them(tmp_path: Path) -> None:
    """Days without leading zeros, and rows of commas below the last price; a table of such rows alone has no price."""
    path = tmp_path / "単価.csv"
    path.write_text(
        "carrier,unit_price,since\nau,8.1,2026/4/1\nau,8.0,2026年11月1日\nau,7.9,20261201\n,,\n,,\n", "utf-16"
    )
    assert usage.read_prices(path).table["since"].to_list() == [
        date(2026, 4, 1),
        date(2026, 11, 1),
        date(2026, 12, 1),
    ]
    path.write_text("carrier,unit_price\n,\n", "cp932")
    with pytest.raises(zr.InputError, match="holds no price"):
        usage.read_prices(path)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[[price]]\ncarrier = 'vodafone'\nunit_price = 1", "price 1: there is no carrier 'vodafone'"),
        ("[[price]]\ncarrier = '*'", "unit_price is missing"),
        ("[[price]]\ncarrier = '*'\nunit_price = 'cheap'", "must be a number such as 8.5, not 'cheap'"),
        ("[[price]]\ncarrier = '*'\nunit_price = nan", "must be a number such as 8.5"),
        ("[[price]]\ncarrier = '*'\nunit_price = -1", "negative"),
        ("[[price]]\ncarrier = '*'\nunit_price = 1.00001", "more than 4 decimal places"),
        ("[[price]]\ncarrier = '*'\nunit_price = 1\nsince = 'soon'", "price 1: since must be a day"),
        ("[[price]]\ncarrier = '*'\nunit_price = 1\nover = 'many'", "over must be a whole number"),
        ("[[price]]\ncarrier = '*'\nunit_price = 1\nover = -1", "begins below 0"),
        ("[[price]]\ncarrier = '*'\nunit_price = 1\nprize = 2", "prize is not known"),
        ("[[price]]\nunit_price = 1\n[[price]]\nunit_price = 2", "stands there twice"),
        ("plan = 'sent'\n[[price]]\nunit_price = 1", "plan must be"),
        ("rounding = 'up a bit'\n[[price]]\nunit_price = 1", "rounding must be"),
        ("tax_rate = 10\n[[price]]\nunit_price = 1", "a part such as 0.10"),
        ("decimals = '0'\n[[price]]\nunit_price = 1", "decimals must be a whole number"),
        ("price = 3", "under a line"),
        ("currency = 'yen'\n[[price]]\nunit_price = 1", "currency is not a setting"),
        ("", "holds no price"),
        ("[[price]", "is not TOML"),
    ],
)
def test_wrong_prices_are_named(tmp_path: Path, text: str, message: str) -> None:
    """Each mistake in the file is said with its place."""
    path = tmp_path / "prices.toml"
    path.write_text(text, "utf-8")
    with pytest.raises(zr.InputError, match=message):
        usage.read_prices(path)


def test_invoice_lines_are_read_as_people_write_them(tmp_path: Path) -> None:
    """年月, commas, full-width digits, ￥ and 通 are read; a carrier's lines are added up; blank ones left out."""
    path = tmp_path / "invoice.csv"
    path.write_text(
        '利用月,回線,数量,金額\n2026年10月,NTTドコモ,"1,200通",￥10\n2026/10/01,ﾄﾞｺﾓ,３００,"2,500円"\n'
        "202610,KDDI,7,60.5\n,,,\n2026-10,107,1,8\n2026-10,不明,2,16\n",
        "cp932",
    )
    frame = usage.read_invoice(
        path, {"month": "利用月", "carrier": "回線", "quantity": "数量", "amount": "金額"}
    )
    assert frame.schema == INVOICE
    assert frame.rows() == [
        (date(2026, 10, 1), "101", "au", 7, YEN("60.5")),
        (date(2026, 10, 1), "103", "docomo", 1500, YEN(2510)),
        (date(2026, 10, 1), "107", "107", 1, YEN(8)),
        (date(2026, 10, 1), None, None, 2, YEN(16)),
    ]


@pytest.mark.parametrize(
    "written",
    ["46296", "2026/10/1 0:00", "26/10/1", "令和8年10月1日", "R8.10", "２０２６年１０月分", "2026-10"],
)
def test_months_of_an_invoice_are_read_however_they_are_written(tmp_path: Path, written: str) -> None:
    """Serials of Excel and Japanese years are the month that people see."""
    path = tmp_path / "invoice.csv"
    path.write_text(
        f"Ｍｏｎｔｈ,quantity ,amount\r{written},500-,▲1\r{written},1,￥3-\r{written},(2),0.5円(税抜)\r",
        "cp932",
    )
    assert usage.read_invoice(path).rows() == [(date(2026, 10, 1), "*", "*", -501, YEN("-3.5"))]


def test_an_amount_that_cannot_be_read_is_never_left_out_of_a_sum(tmp_path: Path) -> None:
    """The cell is named: a null would make the sum too small without a word."""
    path = tmp_path / "invoice.csv"
    path.write_text("month,quantity,amount\n2026-10,1,8\n2026-10,1,約9円\n", "utf-8")
    with pytest.raises(zr.InputError, match=r"line 3: '約9円' is not a.* amount"):
        usage.read_invoice(path)
    for old in ("4629-06", "1926-10", "9999-01"):
        path.write_text(f"month,quantity\n{old},1\n", "utf-8")
        with pytest.raises(zr.InputError, match=f"line 2: '{old}' is not a month"):
            usage.read_invoice(path)


@pytest.mark.parametrize("read", [usage.read_invoice, usage.read_clients])
def test_headings_without_rows_are_no_empty_invoice(tmp_path: Path, read: Callable[[Path], object]) -> None:
    """A file that was cut off, or exported empty, is said."""
    path = tmp_path / "a.csv"
    path.write_text("month,quantity,client_id,client\n", "utf-8")
    with pytest.raises(zr.InputError, match="no rows below"):
        read(path)


def test_sheets_and_headings_may_be_named(tmp_path: Path) -> None:
    """The right sheet and the row of its headings are given where the file does not say."""
    path = tmp_path / "請求.xlsx"
    with xlsxwriter.Workbook(path) as book:
        for name, count in (("九月", 1), ("十月", 2)):
            made = book.add_worksheet(name)
            made.write_row(0, 0, ["御請求書", ""])
            made.write_row(2, 0, ["month", "quantity", "carrier", "unit_price", "client_id", "client"])
            made.write_row(3, 0, [46296, count, 103, 8.5, 11111, "甲社"])
    with pytest.raises(zr.InputError, match="九月, 十月"):
        usage.read_invoice(path)
    asked: dict[str, Any] = {"sheet": "十月", "header": 3}
    assert usage.read_invoice(path, **asked).row(0) == (date(2026, 10, 1), "103", "docomo", 2, None)
    assert usage.read_clients(path, **asked).row(0) == ("11111", "甲社")
    with pytest.raises(zr.InputError, match="client, month, quantity is not known"):
        usage.read_prices(path, **asked)


def test_clients_and_prices_are_read_as_other_programs_write_them(tmp_path: Path) -> None:
    """11111.0 of pandas is client 11111, 101.0 is au, and a price may have its unit."""
    path = tmp_path / "a.csv"
    path.write_text("client_id;client\n11111.0;甲社\n22222;乙社\n", "utf-8")
    assert usage.read_clients(path)["client_id"].to_list() == ["11111", "22222"]
    path.write_text(
        'carrier,unit_price,since,client_id,over\n101.0,8.5円(税抜),令和8年4月1日,11111.0,"1,000.0"\n',
        "cp932",
    )
    assert usage.read_prices(path).table.row(0) == ("11111", "101", date(2026, 4, 1), 1000, YEN("8.5"))
    path.write_text("carrier,unit_price\nau,▲8.5\n", "utf-8")
    with pytest.raises(zr.InputError, match="negative"):
        usage.read_prices(path)


def test_invoice_without_carriers_means_all_of_them(tmp_path: Path) -> None:
    """A bill with one line a month is read as `*`."""
    path = tmp_path / "invoice.csv"
    path.write_text("month,quantity\n2026-10,1000\n", "utf-8")
    assert usage.read_invoice(path).row(0) == (date(2026, 10, 1), "*", "*", 1000, None)


@pytest.mark.parametrize(
    ("text", "columns", "message"),
    [
        ("いつ,通数\n2026-10,1\n", None, "has no column month; it has いつ, 通数"),
        ("month,quantity\n2026-10,1\n合計,1\n", None, "line 3: '合計' is not a month"),
        ("month,quantity\n2026-13,1\n", None, "line 2: '2026-13' is not a month"),
        ("month,quantity\n2026-10,many\n", None, "line 2: 'many' is not a quantity"),
        ("month,quantity\n2026-10,1.5\n", None, "is not a quantity"),
        ("month,quantity\n2026-10,1\n", {"months": "month"}, "not months"),
        ("month,quantity\n2026-10,1\n", {"month": "month", "quantity": "通数"}, "no column 通数"),
    ],
)
def test_invoice_that_does_not_fit_says_where(
    tmp_path: Path, text: str, columns: dict[str, str] | None, message: str
) -> None:
    """A missing column or a line that is no line is named."""
    path = tmp_path / "invoice.csv"
    path.write_text(text, "utf-8")
    with pytest.raises(zr.InputError, match=message):
        usage.read_invoice(path, columns)


@pytest.mark.parametrize(
    ("read", "text", "columns", "kept"),
    [
        (
            usage.read_invoice,
            "利用月,通数,キャリア,通数\n2026-10,5,au,7\n",
            {"quantity": "通数_duplicated_0"},
            7,
        ),
        (usage.read_invoice, "利用月,通数,キャリア,通数\n2026-10,5,au,7\n", {"quantity": "通数"}, 5),
        (usage.read_invoice, "month,Quantity,quantity\n2026-10,5,7\n", {"quantity": "quantity"}, 7),
        (usage.read_invoice, "利用月,通数,金額,金額\n2026-10,5,1,2\n", {"amount": "金額"}, 5),
        (usage.read_clients, "取引先ID,取引先名,取引先名\n1,甲社,乙社\n", {"client": "取引先名"}, "甲社"),
        (usage.read_prices, "キャリア,単価,単価\nau,8,9\n", None, None),
    ],
)
def test_two_columns_headed_alike_are_a_question(
    tmp_path: Path, read: Callable[..., Any], text: str, columns: dict[str, str] | None, kept: object
) -> None:
    """Neither of two columns with one heading is taken in silence: both are named, and the answer is followed."""
    path = tmp_path / "table.csv"
    path.write_text(text, "utf-8")
    with pytest.raises(zr.InputError) as asked:
        read(path)
    heading = next(iter(columns.values())) if columns else "単価"
    for said in (str(asked.value), words.told(asked.value, "ja")):
        assert said.count(heading.split("_")[0].strip()) >= 2, said
    if columns is not None:
        row = read(path, columns).row(0, named=True)
        assert kept in row.values()


SENT = (
    ("2026-09-30", "101", 2, 10),
    ("2026-09-30", "101", 3, 4),
    ("2026-10-01", "101", 2, 20),
    ("2026-10-02", "101", 3, 5),
    ("2026-10-02", "103", 2, 30),
)


def _cell(frame: pl.DataFrame, month: str, carrier: str | None) -> dict[str, Any]:
    return frame.filter(
        pl.col("month") == date.fromisoformat(f"{month}-01"), pl.col("carrier_id").eq_missing(pl.lit(carrier))
    ).row(0, named=True)


def test_agreement_is_to_the_message() -> None:
    """Counts that follow all billable parts agree with the statuses, and the result says which sum fits."""
    data = counts({("2026-09", "7", "101"): 14, ("2026-10", "7", "101"): 25, ("2026-10", "7", "103"): 30})
    frame = usage.reconcile(data, statuses(*SENT), invoice(("2026-10", "101", 25), ("2026-10", "103", 30)))
    assert frame.schema == RECONCILIATION
    assert frame["basis"].unique().to_list() == ["delivered and failed"]
    assert frame["difference"].to_list() == [0, 0, 0]
    assert frame["invoice_difference"].to_list() == [None, 0, 0]
    assert frame["agrees"].to_list() == [True] * 3
    assert frame["reasons"].explode(empty_as_null=False).to_list() == []


def test_counts_of_delivered_messages_alone_are_recognised() -> None:
    """Where the counts follow delivered messages only, that sum is the one compared."""
    data = counts({("2026-09", "7", "101"): 10, ("2026-10", "7", "101"): 20, ("2026-10", "7", "103"): 30})
    frame = usage.reconcile(data, statuses(*SENT))
    assert frame["basis"].unique().to_list() == ["delivered"]
    assert frame["agrees"].to_list() == [True] * 3


def test_one_cell_on_the_other_basis_is_explained_by_failures() -> None:
    """A carrier whose counts leave failed messages out, while the others' hold them, is named as such."""
    data = counts({("2026-09", "7", "101"): 14, ("2026-10", "7", "101"): 20, ("2026-10", "7", "103"): 30})
    frame = usage.reconcile(data, statuses(*SENT), basis="delivered and failed")
    cell = _cell(frame, "2026-10", "101")
    assert (cell["difference"], cell["agrees"]) == (-5, False)
    assert cell["reasons"] == ["failed messages not counted"]


def test_missing_days_explain_what_counts_have_more() -> None:
    """An archive without the 3rd of October cannot hold what was sent on it."""
    data = counts({("2026-10", "7", "101"): 40, ("2026-10", "7", "103"): 30})
    covered = [d for d in zr.periods.days("2026-10") if d.day != 3]
    frame = usage.reconcile(data, statuses(*SENT[2:]), coverage=covered)
    cell = _cell(frame, "2026-10", "101")
    assert (cell["difference"], cell["days_missing"], cell["reasons"]) == (15, 1, ["days not covered"])
    listed = pl.DataFrame({"send_date": zr.periods.days("2026-10"), "rows": [None, *[5] * 30]})
    assert (
        _cell(usage.reconcile(data, statuses(*SENT[2:]), coverage=listed), "2026-10", "101")["days_missing"]
        == 1
    )
    with pytest.raises(zr.InputError, match="no column send_date"):
        usage.reconcile(data, statuses(*SENT), coverage=pl.DataFrame({"when": [1]}))


def test_pending_and_unknown_carriers_explain_and_are_not_spread() -> None:
    """Statuses without a carrier stand in a row of their own and are named beside the carriers that lack them."""
    data = counts({("2026-10", "7", "101"): 27, ("2026-10", "7", "103"): 30})
    frame = usage.reconcile(
        data, statuses(*SENT[2:], ("2026-10-05", None, 2, 2), ("2026-10-06", None, 1, None))
    )
    assert _cell(frame, "2026-10", "101")["reasons"] == ["pending statuses", "unknown carrier"]
    nobody = _cell(frame, "2026-10", None)
    assert (nobody["statuses"], nobody["counts"], nobody["pending"]) == (2, 0, 1)
    assert nobody["reasons"] == ["unknown carrier"]
    assert frame["statuses"].sum() == 57


def test_messages_around_midnight_of_the_last_day_are_recognised() -> None:
    """When the counts follow the day of the report, the same messages are short in one month and over in the next."""
    late = statuses(("2026-09-30", "101", 2, 6), received="2026-10-01")
    data = counts({("2026-09", "7", "101"): 14, ("2026-10", "7", "101"): 31, ("2026-10", "7", "103"): 30})
    frame = usage.reconcile(data, pl.concat([statuses(*SENT), late]))
    before, after = _cell(frame, "2026-09", "101"), _cell(frame, "2026-10", "101")
    assert (before["difference"], after["difference"]) == (-6, 6)
    assert before["reasons"][0] == after["reasons"][0] == "month boundary"


def test_running_month_is_compared_up_to_its_last_counted_day() -> None:
    """Statuses after the day that the counts reach are left out."""
    data = counts({("2026-10", "7", "101"): 20}, through={"2026-10": date(2026, 10, 1)})
    frame = usage.reconcile(data, statuses(*SENT[2:]))
    assert _cell(frame, "2026-10", "101")["difference"] == 0
    more = counts({("2026-10", "7", "101"): 21}, through={"2026-10": date(2026, 10, 1)})
    assert _cell(usage.reconcile(more, statuses(*SENT[2:])), "2026-10", "101")["reasons"] == ["running month"]


def test_month_that_one_side_does_not_know_is_not_a_zero() -> None:
    """A month that the counts do not keep, or that has no statuses, has no difference and says why."""
    data = counts({("2026-08", "7", "101"): 9, ("2026-10", "7", "101"): 25, ("2026-10", "7", "103"): 30})
    frame = usage.reconcile(data, statuses(*SENT))
    kept, asked = _cell(frame, "2026-09", "101"), _cell(frame, "2026-08", "101")
    assert (kept["counts"], kept["difference"], kept["agrees"]) == (None, None, None)
    assert kept["reasons"] == ["month not kept"]
    assert (asked["statuses"], asked["difference"], asked["reasons"]) == (None, None, ["no statuses"])


def test_invoice_gaps_are_explained_and_the_invoice_prevails() -> None:
    """An invoice that bills failed messages is told from one that follows nothing known."""
    data = counts({("2026-10", "7", "101"): 20, ("2026-10", "7", "103"): 30})
    frame = usage.reconcile(
        data, statuses(*SENT[2:]), invoice(("2026-10", "101", 25), ("2026-10", "103", 33))
    )
    assert _cell(frame, "2026-10", "101")["invoice_reasons"] == [
        "invoice bills failed messages",
        "invoice is right",
    ]
    other = _cell(frame, "2026-10", "103")
    assert (other["invoice_difference"], other["invoice_reasons"]) == (3, ["invoice is right"])
    lacking = usage.reconcile(data, statuses(*SENT[2:]), invoice(("2026-10", "101", 20)))
    assert _cell(lacking, "2026-10", "103")["invoice_difference"] == -30


def test_invoice_for_all_carriers_stands_beside_the_month() -> None:
    """One line a month is compared with the month's sum, in a row of its own."""
    data = counts({("2026-10", "7", "101"): 25, ("2026-10", "7", "103"): 30})
    frame = usage.reconcile(data, statuses(*SENT[2:]), invoice(("2026-10", "*", 56)))
    line = _cell(frame, "2026-10", "*")
    assert (line["counts"], line["statuses"], line["invoice_difference"]) == (55, 55, 1)
    assert _cell(frame, "2026-10", "101")["invoice"] is None


def test_tolerance_is_messages_or_a_part() -> None:
    """One message of 25 is within 1 and within 4 %, not within 3 %."""
    data = counts({("2026-10", "7", "101"): 24, ("2026-10", "7", "103"): 30})

    def agrees(tolerance: float) -> bool:
        frame = usage.reconcile(data, statuses(*SENT[2:]), tolerance=tolerance)
        return bool(_cell(frame, "2026-10", "101")["agrees"])

    assert [agrees(t) for t in (0, 1, 0.04, 0.03)] == [False, True, True, False]
    with pytest.raises(zr.InputError, match="tolerance must be 0 or more"):
        agrees(-1)


def test_several_clients_against_one_clients_statuses() -> None:
    """Counts of all clients cannot agree with the statuses of one; naming it helps."""
    data = counts({("2026-10", "7", "103"): 30, ("2026-10", "8", "103"): 5, ("2026-10", "7", "101"): 25})
    assert "several clients" in _cell(usage.reconcile(data, statuses(*SENT[2:])), "2026-10", "103")["reasons"]
    assert usage.reconcile(data, statuses(*SENT[2:]), client_id="7")["agrees"].all()


def test_gap_that_nothing_explains_says_so() -> None:
    """No reason is made up."""
    data = counts({("2026-10", "7", "101"): 25, ("2026-10", "7", "103"): 31})
    cell = _cell(usage.reconcile(data, statuses(*SENT[2:])), "2026-10", "103")
    assert cell["reasons"] == ["not explained"]


def test_nothing_to_reconcile_is_an_empty_frame() -> None:
    """Empty counts and statuses give no rows of the same schema."""
    frame = usage.reconcile(empty(COUNTS), empty(STATUS))
    assert (frame.height, frame.schema) == (0, RECONCILIATION)


@pytest.mark.parametrize("reason", REASONS)
def test_every_reason_is_worded(reason: str) -> None:
    """People read reasons in both languages."""
    ja, en = (words.text(f"usage.reason {reason}", lang) for lang in ("ja", "en"))
    assert ja != en
