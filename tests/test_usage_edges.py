"""Usage worked out a second time, in plain Python, and at its edges: the last day counted, the message of the limit."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime, timedelta
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, Decimal
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import zrtools as zr
from zrtools import usage
from zrtools.periods import TOKYO, days, month_end, months_before
from zrtools.schemas import COUNTS, INVOICE, PRICES, STATUS

CARRIERS = {"101": "au", "103": "docomo", "105": "SoftBank", "106": "Rakuten Mobile"}
OCTOBER = date(2026, 10, 1)
Cells = dict[tuple[str, str, str | None], int]


def counts(cells: Cells, through: date | None = None) -> pl.DataFrame:
    """Make COUNTS from {(month, client, carrier id): count}; every month reaches its end, or a day."""
    rows = [
        (first, client, carrier, CARRIERS.get(carrier or ""), count, through or month_end(first))
        for (month, client, carrier), count in cells.items()
        for first in [date.fromisoformat(f"{month}-01")]
    ]
    return pl.DataFrame(rows, schema=COUNTS, orient="row")


def statuses(*rows: tuple[str, str | None, int, int | None], late: bool = False) -> pl.DataFrame:
    """Make STATUS from (day sent, carrier id, status id, billable count); late ones are told a month later."""
    made = [
        {
            "send_date": date.fromisoformat(day),
            "date_time": datetime.fromisoformat(f"{day}T12:00").replace(tzinfo=TOKYO) + timedelta(31 * late),
            "carrier_id": carrier,
            "carrier": CARRIERS.get(carrier or ""),
            "status_id": status,
            "separated_success_count": count,
        }
        for day, carrier, status, count in rows
    ]
    return pl.DataFrame(made, schema=STATUS)


def invoice(*rows: tuple[str, str, int]) -> pl.DataFrame:
    """Make INVOICE from (month, carrier id, quantity)."""
    made = [
        (date.fromisoformat(f"{month}-01"), carrier, CARRIERS.get(carrier, carrier), quantity, None)
        for month, carrier, quantity in rows
    ]
    return pl.DataFrame(made, schema=INVOICE, orient="row")


# ------------------------------------------------------------------------------------------------- month by month


@pytest.mark.slow
@settings(max_examples=50)
@given(
    st.dictionaries(
        st.tuples(
            st.sampled_from(["2025-09", "2025-10", "2026-08", "2026-09", "2026-10"]),
            st.sampled_from(["7", "8"]),
            st.sampled_from(["101", "103"]),
        ),
        st.integers(0, 5),
        min_size=1,
    ),
    st.booleans(),
)
def test_months_are_what_plain_python_makes_of_them(cells: Cells, running: bool) -> None:
    """Shares and changes of every line, with whole and running months, months that are known and such that are not."""
    last = max(month for month, _, _ in cells)
    data = counts(cells).with_columns(
        through=pl.when(pl.col("month") == date.fromisoformat(f"{last}-01"))
        .then(pl.col("month").dt.month_end() - timedelta(int(running)))
        .otherwise("through")
    )
    known = {month for month, _, _ in cells}
    rows = {
        (f"{row['month']:%Y-%m}", row["client_id"], row["carrier_id"]): row
        for row in usage.monthly(data).to_dicts()
    }
    assert set(rows) == set(cells)
    for (month, client, carrier), count in cells.items():
        row = rows[month, client, carrier]
        of_client = sum(n for (m, c, _), n in cells.items() if (m, c) == (month, client))
        of_month = sum(n for (m, _, _), n in cells.items() if m == month)
        assert row["share"] == (count / of_client if of_client else None)
        assert row["share_of_month"] == (count / of_month if of_month else None)
        assert row["complete"] == (not running or month != last)
        for back, value, change in ((1, "previous", "change"), (12, "year_before", "year_change")):
            before = f"{months_before(date.fromisoformat(f'{month}-01'), back):%Y-%m}"
            then = cells.get((before, client, carrier), 0) if before in known else None
            assert row[value] == then
            grown = count - then if then is not None and row["complete"] else None
            assert row[change] == grown
            assert row[f"{change}_rate"] == (grown / then if grown is not None and then else None)


@pytest.mark.parametrize(("through", "complete"), [("2026-10-30", False), ("2026-10-31", True)])
def test_a_month_counted_to_its_last_day_but_one_is_not_complete(through: str, complete: bool) -> None:
    """Counted to the 30th of 31 days it is not compared, to the 31st it is."""
    data = pl.concat(
        [
            counts({("2026-09", "7", "101"): 4}),
            counts({("2026-10", "7", "101"): 6}, date.fromisoformat(through)),
        ]
    )
    row = usage.monthly(data).row(1, named=True)
    assert (row["complete"], row["previous"], row["change"]) == (complete, 4, 2 if complete else None)


def test_a_month_after_one_that_is_not_complete_has_no_change() -> None:
    """Half a month before is nothing to compare with, and one client's half month is everybody's."""
    data = pl.concat(
        [
            counts({("2026-09", "7", "101"): 4}),
            counts({("2026-09", "8", "101"): 4}, date(2026, 9, 29)),
            counts({("2026-10", "7", "101"): 6}),
        ]
    )
    rows = usage.monthly(data).to_dicts()
    assert [row["complete"] for row in rows] == [True, False, True]
    assert (rows[2]["previous"], rows[2]["change"]) == (4, None)


@pytest.mark.parametrize(
    ("through", "ends"),
    [
        (None, ["2026-09-30", "2026-10-05"]),
        ("2026-10-20", ["2026-09-30", "2026-10-20"]),
        ("2026-10-03", ["2026-09-30", "2026-10-05"]),
    ],
)
def test_months_from_statuses_end_with_the_last_day_known(through: str | None, ends: list[str]) -> None:
    """Earlier months are whole; the last reaches its last message, or further when that is told."""
    found = usage.monthly(statuses(("2026-09-02", "101", 2, 1), ("2026-10-05", "101", 2, 2)), through=through)
    assert [str(day) for day in found["through"]] == ends
    with pytest.raises(zr.InputError, match="through must be a day"):
        usage.monthly(statuses(("2026-09-02", "101", 2, 1)), through="soon")


def test_both_bases_add_up_what_they_name() -> None:
    """Failed messages' parts are in by default, and out with delivered alone; pending ones never count."""
    frame = statuses(
        ("2026-10-01", "101", 2, 3),
        ("2026-10-01", "101", 3, 2),
        ("2026-10-01", "101", 3, None),
        ("2026-10-01", None, 1, None),
    )
    assert usage.monthly(frame)["separated_success_count"].to_list() == [5]
    assert usage.monthly(frame, basis="delivered")["separated_success_count"].to_list() == [3]


def test_a_pivot_stands_in_the_services_order() -> None:
    """Carriers as the service numbers them, new ones then, the unknown one last; totals stand at the end."""
    data = counts(
        {("2026-10", "7", c): n for n, c in enumerate(["106", "101", None, "105", "103", "102"], 1)}
    )
    data = pl.concat([data, counts({("2026-09", "7", "101"): 9})]).with_columns(
        carrier=pl.when(pl.col("carrier_id") == "102").then(pl.lit("Nova")).otherwise("carrier")
    )
    wide = usage.pivot(data)
    assert wide.columns == ["month", "au", "docomo", "SoftBank", "Rakuten Mobile", "Nova", "unknown", "total"]
    assert wide.rows() == [
        (date(2026, 9, 1), 9, 0, 0, 0, 0, 0, 9),
        (OCTOBER, 2, 5, 4, 1, 6, 3, 21),
        (None, 11, 5, 4, 1, 6, 3, 30),
    ]
    assert usage.pivot(data, totals=False).height == 2
    shares = usage.pivot(data, values="share", totals=False)
    assert shares.row(1)[1:] == (2 / 21, 5 / 21, 4 / 21, 1 / 21, 6 / 21, 3 / 21, 1.0)
    by_month = usage.pivot(data, rows="carrier", columns="month")
    assert by_month.columns == ["carrier", "2026-09", "2026-10", "total"]
    assert usage.pivot(data, rows=["month", "client_id"]).columns[:2] == ["month", "client_id"]
    nothing = usage.pivot(counts({("2026-10", "7", "101"): 0}), values="share")
    assert nothing.select("au", "total").rows() == [(None, None)] * 2
    for wrong, says in (
        ({"rows": "carrier_id"}, "not carrier_id"),
        ({"columns": "day"}, "not day"),
        ({"rows": "carrier"}, "carrier cannot stand both down and across"),
    ):
        with pytest.raises(zr.InputError, match=says):
            usage.pivot(data, **wrong)


# -------------------------------------------------------------------------------------------------------- money


PLACES = st.integers(0, 3)
UNITS = st.integers(0, 99999).map(lambda n: Decimal(n) / 10000)


def rounded(amount: Decimal, rounding: str, decimals: int) -> Decimal:
    """Round as the contract says."""
    how = {"down": ROUND_FLOOR, "half up": ROUND_HALF_UP, "up": ROUND_CEILING}[rounding]
    return amount.quantize(Decimal(1).scaleb(-decimals), how)


@pytest.mark.slow
@settings(max_examples=40)
@given(
    quantities=st.lists(st.integers(0, 400), min_size=1, max_size=4),
    units=st.lists(UNITS, min_size=1, max_size=3),
    rounding=st.sampled_from(["down", "half up", "up"]),
    decimals=PLACES,
    included=st.booleans(),
    rate=st.sampled_from([Decimal(0), Decimal("0.08"), Decimal("0.10")]),
)
def test_a_bill_is_what_plain_decimals_make_of_it(
    quantities: list[int], units: list[Decimal], rounding: str, decimals: int, included: bool, rate: Decimal
) -> None:
    """Lines are exact; net, tax and gross are rounded once each, from the sum, with tax on top or inside."""
    ids = list(CARRIERS)
    data = counts({("2026-10", "7", ids[n]): q for n, q in enumerate(quantities)})
    table = pl.DataFrame(
        [("*", "*" if n == 0 else ids[n], date(2026, 1, 1), 0, unit) for n, unit in enumerate(units)],
        schema=PRICES,
        orient="row",
    )
    prices = usage.Prices(
        table=table, rounding=rounding, decimals=decimals, tax_included=included, tax_rate=rate
    )
    lines = usage.cost(data, prices)
    of = [units[n] if 0 < n < len(units) else units[0] for n in range(len(quantities))]
    exact = [q * unit for q, unit in zip(quantities, of, strict=True)]
    assert lines["amount"].to_list() == exact
    assert lines["unit_price"].to_list() == of
    net = gross = rounded(sum(exact, Decimal(0)), rounding, decimals)
    if included:
        # eight places are kept on the way, which no rounding to three can see but at its very edge
        tax = rounded((gross * rate / (1 + rate)).quantize(Decimal("1e-8")), rounding, decimals)
        net = gross - tax
    else:
        tax = rounded(net * rate, rounding, decimals)
        gross = net + tax
    bill = usage.bill(lines, prices).row(0, named=True)
    assert (bill["net"], bill["gross"], bill["quantity"], bill["unpriced"]) == (
        net,
        gross,
        sum(quantities),
        0,
    )
    assert bill["tax"] == tax
    assert bill["final"]


@pytest.mark.slow
@settings(max_examples=40)
@given(
    volume=st.dictionaries(
        st.sampled_from(["7", "8"]), st.lists(st.integers(0, 30), min_size=2, max_size=2), min_size=1
    ),
    edges=st.sets(st.integers(1, 40), max_size=2),
    tier_by=st.sampled_from(["carrier", "client", "account"]),
)
def test_the_reached_tier_prices_everything(
    volume: dict[str, list[int]], edges: set[int], tier_by: str
) -> None:
    """The tier is found from what is added up; the message of the edge itself belongs to the lower tier."""
    starts = [0, *sorted(edges)]
    data = counts(
        {("2026-10", client, ("101", "103")[n]): q for client, of in volume.items() for n, q in enumerate(of)}
    )
    table = pl.DataFrame(
        [("*", "*", date(2026, 1, 1), start, Decimal(10 - n)) for n, start in enumerate(starts)],
        schema=PRICES,
        orient="row",
    )
    lines = usage.cost(data, usage.Prices(table=table, tiers="all", tier_by=tier_by))
    for row in lines.to_dicts():
        client, n = row["client_id"], ("101", "103").index(row["carrier_id"])
        reached = {
            "carrier": volume[client][n],
            "client": sum(volume[client]),
            "account": sum(map(sum, volume.values())),
        }[tier_by]
        tier = max(k for k, start in enumerate(starts) if start < reached or start == 0)
        assert (row["unit_price"], row["over"], row["quantity"]) == (
            10 - tier,
            starts[tier],
            volume[client][n],
        )
    assert lines["quantity"].sum() == sum(map(sum, volume.values()))


@pytest.mark.parametrize(
    ("since", "on_statuses", "problem"),
    [
        ("2026-09-30", [(6, 2)], None),
        ("2026-10-01", [(6, 2)], None),
        ("2026-10-02", [(2, 1), (4, 2)], "price changes on 2026-10-02; taken as on the first day"),
        ("2026-10-31", [(5, 1), (1, 2)], "price changes on 2026-10-31; taken as on the first day"),
        ("2026-11-01", [(6, 1)], None),
    ],
)
def test_a_price_changes_on_its_day(
    since: str, on_statuses: list[tuple[int, int]], problem: str | None
) -> None:
    """Statuses are split at that day; counts cannot be, which is said where it matters, edges of the month included."""
    table = pl.DataFrame(
        [("*", "*", date(2026, 1, 1), 0, Decimal(1)), ("*", "*", date.fromisoformat(since), 0, Decimal(2))],
        schema=PRICES,
        orient="row",
    )
    prices = usage.Prices(table=table)
    frame = statuses(("2026-10-01", "101", 2, 2), ("2026-10-02", "101", 2, 3), ("2026-10-31", "101", 2, 1))
    lines = usage.cost(frame, prices)
    assert [(q, int(unit)) for q, unit in lines.select("quantity", "unit_price").rows()] == on_statuses
    assert lines["problem"].null_count() == lines.height
    counted = usage.cost(counts({("2026-10", "7", "101"): 6}), prices)
    first = 2 if since <= "2026-10-01" else 1
    assert counted.select("quantity", "unit_price", "problem").rows() == [(6, first, problem)]


def test_a_line_without_a_price_is_in_no_amount_and_makes_no_bill_final() -> None:
    """Before a price holds, or for a carrier that has none; a month that is not over is not final either."""
    table = pl.DataFrame([("7", "101", date(2026, 10, 1), 0, Decimal(3))], schema=PRICES, orient="row")
    prices = usage.Prices(table=table)
    data = counts(
        {
            ("2026-09", "7", "101"): 1,
            ("2026-10", "7", "101"): 2,
            ("2026-10", "7", "103"): 4,
            ("2026-10", "8", "101"): 5,
        }
    )
    lines = usage.cost(data, prices)
    assert lines.select("month", "client_id", "quantity", "amount", "problem").rows() == [
        (date(2026, 9, 1), "7", 1, None, "no price"),
        (OCTOBER, "7", 2, Decimal(6), None),
        (OCTOBER, "7", 4, None, "no price"),
        (OCTOBER, "8", 5, None, "no price"),
    ]
    bill = usage.bill(lines, prices)
    assert bill.select("quantity", "unpriced", "net", "final").rows() == [
        (1, 1, 0, False),
        (6, 4, 6, False),
        (5, 5, 0, False),
    ]
    whole = usage.cost(counts({("2026-10", "7", "101"): 2}), prices)
    for complete in (True, False):
        over = pl.DataFrame({"month": [OCTOBER], "complete": [complete]})
        assert usage.bill(whole, prices, whole=over)["final"].to_list() == [complete]
    assert usage.bill(whole, prices, whole=over.clear())["final"].to_list() == [True]


# ----------------------------------------------------------------------------------- counts, statuses and invoice


def explained(
    data: pl.DataFrame, frame: pl.DataFrame, *lines: tuple[str, str, int], **options: Any
) -> dict[str, Any]:
    """Reconcile and give the one row."""
    found = usage.reconcile(data, frame, invoice(*lines) if lines else None, **options)
    assert found.height == 1
    return found.row(0, named=True)


@pytest.mark.parametrize(
    ("tolerance", "agrees"),
    [(0, False), (1, False), (2, True), (3, True), (0.19, False), (0.2, True), (0.5, True)],
)
def test_a_gap_of_the_tolerance_itself_is_borne(tolerance: float, agrees: bool) -> None:
    """Ten against eight: two messages, or a fifth of the larger figure, in either direction."""
    for counted, summed in ((10, 8), (8, 10)):
        row = explained(
            counts({("2026-10", "7", "101"): counted}),
            statuses(("2026-10-05", "101", 2, summed)),
            tolerance=tolerance,
        )
        assert row["agrees"] is agrees
        assert row["difference"] == counted - summed
        assert row["reasons"] == ([] if agrees else ["not explained"])
    with pytest.raises(zr.InputError, match="tolerance must be 0 or more"):
        usage.reconcile(counts({}), statuses(), tolerance=-0.1)


@pytest.mark.parametrize(
    ("covered", "reasons"),
    [
        (days("2026-10"), ["not explained"]),
        (days("2026-10")[:-1], ["days not covered"]),
        (days("2026-10")[1:], ["days not covered"]),
        ([str(d) for d in days("2026-10")], ["not explained"]),
        (days("2026-09"), ["days not covered"]),
        ([*days("2026-10")[1:], date(2026, 10, 2)], ["days not covered"]),
    ],
)
def test_every_day_of_the_month_must_be_covered(covered: Any, reasons: list[str]) -> None:
    """One missing day at either end explains what the counts have more; a day named twice is one day."""
    data, frame = counts({("2026-10", "7", "101"): 10}), statuses(("2026-10-05", "101", 2, 8))
    assert explained(data, frame, coverage=covered)["reasons"] == reasons
    fewer = counts({("2026-10", "7", "101"): 6})
    assert explained(fewer, frame, coverage=covered)["reasons"] == ["not explained"]


def test_an_archives_gaps_are_not_covered() -> None:
    """Of `archive.days()` only days that hold an answer count."""
    listed = days("2026-10")
    coverage = pl.DataFrame(
        {"send_date": listed, "state": ["settled"] * 29 + ["missing", "forgotten"], "rows": [1] * 31}
    )
    data, frame = counts({("2026-10", "7", "101"): 10}), statuses(("2026-10-05", "101", 2, 8))
    row = explained(data, frame, coverage=coverage)
    assert (row["days_missing"], row["reasons"]) == (2, ["days not covered"])
    assert explained(data, frame, coverage=coverage.rename({"send_date": "day"}))["days_missing"] == 2
    with pytest.raises(zr.InputError, match="no column send_date"):
        usage.reconcile(data, frame, coverage=coverage.select("state"))
    with pytest.raises(zr.InputError, match="coverage must be a day"):
        usage.reconcile(data, frame, coverage=["soon"])


@pytest.mark.parametrize(("more", "reasons"), [(2, ["pending statuses"]), (3, ["not explained"])])
def test_pending_messages_explain_no_more_than_they_can_be_worth(more: int, reasons: list[str]) -> None:
    """One pending message, as long as the others of two parts each, can be two and not three."""
    frame = statuses(("2026-10-05", "101", 2, 2), ("2026-10-06", "101", 2, 2), ("2026-10-06", None, 1, None))
    found = usage.reconcile(counts({("2026-10", "7", "101"): 4 + more}), frame)
    row = found.filter(carrier_id="101").row(0, named=True)
    assert row["reasons"] == reasons


def test_what_was_told_a_month_later_explains_the_boundary() -> None:
    """Late in one month, early in the next: exactly that many are the boundary, fewer may be."""
    frame = pl.concat(
        [
            statuses(("2026-09-05", "101", 2, 6), ("2026-10-05", "101", 2, 6)),
            statuses(("2026-09-29", "101", 2, 3), late=True),
        ]
    )
    for september, october, reason in (
        (6, 9, "month boundary"),
        (7, 8, "month boundary possible"),
        (5, 10, "not explained"),
    ):
        data = counts({("2026-09", "7", "101"): september, ("2026-10", "7", "101"): october})
        found = usage.reconcile(data, frame, basis="delivered")
        assert found["reasons"].to_list() == [[reason], [reason]]


@pytest.mark.parametrize(
    ("line", "reasons"),
    [
        (8, []),
        (10, ["invoice follows statuses", "invoice is right"]),
        (13, ["invoice bills failed messages", "invoice is right"]),
        (12, ["invoice is right"]),
    ],
)
def test_an_invoice_is_set_beside_both_sums(line: int, reasons: list[str]) -> None:
    """Eight counted, ten delivered and three failed: which of them the invoice follows is said."""
    frame = statuses(("2026-10-05", "101", 2, 10), ("2026-10-05", "101", 3, 3))
    row = explained(counts({("2026-10", "7", "101"): 8}), frame, ("2026-10", "101", line), basis="delivered")
    assert (row["invoice_difference"], row["invoice_reasons"]) == (line - 8, reasons)
    assert row["agrees"] is False


def test_a_bill_that_names_some_carriers_names_all_it_bills() -> None:
    """A carrier that the invoice leaves out was billed 0; one line for all stands beside the sum."""
    data = counts({("2026-10", "7", "101"): 5, ("2026-10", "7", "103"): 7})
    frame = statuses(("2026-10-05", "101", 2, 5), ("2026-10-05", "103", 2, 7))
    found = usage.reconcile(data, frame, invoice(("2026-10", "101", 5)))
    assert found.select("carrier_id", "invoice", "agrees").rows() == [("101", 5, True), ("103", 0, False)]
    everything = usage.reconcile(data, frame, invoice(("2026-10", "*", 12)))
    assert sorted(everything.select("carrier_id", "counts", "invoice", "agrees").rows()) == [
        ("*", 12, 12, True),
        ("101", 5, None, True),
        ("103", 7, None, True),
    ]


@pytest.mark.parametrize(
    ("counted", "basis"),
    [(10, "delivered"), (11, "delivered"), (13, "delivered and failed"), (12, "delivered and failed")],
)
def test_the_basis_is_the_sum_that_fits_better(counted: int, basis: str) -> None:
    """Ten delivered and three failed: what the counts are nearer to."""
    frame = statuses(("2026-10-05", "101", 2, 10), ("2026-10-05", "101", 3, 3))
    data = counts({("2026-10", "7", "101"): counted})
    assert explained(data, frame)["basis"] == basis
    assert explained(data, frame, basis="delivered")["basis"] == "delivered"
    assert explained(data, statuses(("2026-10-05", "101", 2, 10)))["basis"] == "undecided"


def test_statuses_after_the_last_day_counted_wait() -> None:
    """The day counted last is in, the next is not."""
    data = counts({("2026-10", "7", "101"): 3}, date(2026, 10, 15))
    frame = statuses(("2026-10-15", "101", 2, 3), ("2026-10-16", "101", 2, 4))
    row = explained(data, frame)
    assert (row["statuses"], row["agrees"], row["reasons"]) == (3, True, [])
    more = explained(counts({("2026-10", "7", "101"): 4}, date(2026, 10, 15)), frame)
    assert more["reasons"] == ["running month"]


def test_days_are_added_up_by_what_became_of_the_messages() -> None:
    """Each day and carrier: messages, how many were delivered, failed and are open, and their parts."""
    rows = [
        ("2026-10-01", "101", 2, 3),
        ("2026-10-01", "101", 3, 2),
        ("2026-10-01", "101", 3, None),
        ("2026-10-01", "999", 2, 1),
        ("2026-10-01", None, 0, None),
        ("2026-10-02", "101", 2, 1),
        ("2026-10-02", None, 1, 5),
    ]
    expected: dict[tuple[str, str | None], list[int]] = defaultdict(lambda: [0] * 6)
    for day, carrier, status, parts in rows:
        of = expected[day, None if carrier == "999" else carrier]
        of[0] += 1
        of[1] += status == 2
        of[2] += status == 3
        of[3] += status not in (2, 3)
        of[4] += (parts or 0) * (status == 2)
        of[5] += (parts or 0) * (status == 3)
    made = usage.daily(statuses(*rows))
    sums = made.group_by("send_date", "carrier_id").agg(
        pl.col("messages", "delivered", "failed", "pending", "delivered_count", "failed_count").sum()
    )
    assert {(str(row[0]), row[1]): list(row[2:]) for row in sums.rows()} == dict(expected)
    assert made["send_date"].is_sorted()
