"""What usage costs, in exact decimals."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import polars as pl

from zrtools.arguments import checked
from zrtools.engines import AnyFrame
from zrtools.errors import InputError
from zrtools.schemas import BILL, COST, check
from zrtools.texts import said
from zrtools.usage.inputs import Prices, client_names, holding, offered, read_prices
from zrtools.usage.months import as_daily
from zrtools.usage.source import billed_in, is_counts, newest

__all__ = ["bill", "cost", "shared"]

# a price of 4 decimals times a rate of 4 decimals stays exact
_EXACT = pl.Decimal(38, 8)
_UNPRICED = {c: pl.lit(None, dtype=COST[c]) for c in ("over", "unit_price")}


@checked
def cost(
    counts_or_statuses: AnyFrame,
    prices: Prices | str | Path,
    *,
    clients: pl.DataFrame | Mapping[str, str] | str | Path | None = None,
    closing_day: int | None = None,
) -> pl.DataFrame:
    """Price usage line by line: month x client x carrier x price x tier.

    Takes COUNTS (plan `delivered` only) or statuses on any engine, and prices or the path of their file; gives
    COST, whose amounts are exact and not rounded: `bill` rounds and adds tax. A tier's messages are counted from
    the month's beginning, across a change of price as well. Counts cannot be split by day, so a price that changes
    within the month is taken as on the first day, and `problem` says so; statuses are split. From statuses, plan
    `delivered` bills the billable messages of delivered ones, plan `accepted` each message that the service took.
    A line without a price has a null amount and says so in `problem`. `closing_day` (20: the 21st to the 20th) as in
    `monthly`.

    Raises `InputError` when the plan needs statuses and counts were given.
    """
    if not isinstance(prices, Prices):
        prices = read_prices(prices)
    if is_counts(counts_or_statuses):
        if closing_day is not None:
            raise InputError(said("usage.calendar_months"))
        if prices.plan == "accepted":
            raise InputError(said("usage.accepted"))
        lines = newest(counts_or_statuses).select(
            pl.col("month").alias("day"),
            "month",
            "client_id",
            "carrier_id",
            "carrier",
            pl.col("separated_success_count").alias("quantity"),
        )
        by_day = False
    else:
        days = as_daily(counts_or_statuses)
        lines = days.select(
            pl.col("send_date").alias("day"),
            billed_in(pl.col("send_date"), closing_day).alias("month"),
            "client_id",
            "carrier_id",
            "carrier",
            pl.col("messages" if prices.plan == "accepted" else "delivered_count").alias("quantity"),
        )
        by_day = True
    priced = _priced(lines, prices.table, by_day=by_day)
    return (
        _tiered(priced, prices)
        .join(client_names(clients), on="client_id", how="left")
        .with_columns(
            client=pl.coalesce("client", "client_id"),
            amount=pl.col("quantity").cast(pl.Decimal(38, 0)) * pl.col("unit_price"),
        )
        .select(pl.col(c).cast(t) for c, t in COST.items())
        .sort("month", "client_id", "carrier_id", "since", "over", nulls_last=True)
    )


@checked
def bill(
    costs: pl.DataFrame, prices: Prices | str | Path, *, whole: pl.DataFrame | None = None
) -> pl.DataFrame:
    """Add a month's lines up, round once for each invoice, and add tax once.

    An invoice is a client's month, or with `bill_by` "account" the month of all clients together: then each client's
    row is its share of the one invoice (largest remainder), and the rows sum to it to the yen.

    Takes COST and gives BILL. What has no price is in `unpriced`, not in the amounts. `whole` (columns `month` and
    `complete`) tells which months are over; without it all count as such. Raises `InputError`.
    """
    if not isinstance(prices, Prices):
        prices = read_prices(prices)
    rate = pl.lit(prices.tax_rate).cast(_EXACT)
    total = pl.col("amount").cast(_EXACT).sum()
    check(costs, COST, "COST")
    made = (
        costs.group_by("month", "client_id", "client")
        .agg(
            pl.col("quantity").sum(),
            unpriced=pl.col("quantity").filter(pl.col("unit_price").is_null()).sum(),
            sum=total,
        )
        .sort("month", "client_id", nulls_last=True)
    )
    invoice = ["month"] if prices.bill_by == "account" else ["month", "client_id", "client"]
    first = "gross" if prices.tax_included else "net"
    made = made.with_columns(shared(pl.col("sum"), prices, invoice).alias(first))
    divisor = pl.lit(1).cast(_EXACT) + rate if prices.tax_included else pl.lit(1).cast(_EXACT)
    # of the sum, not the sum of quotients, each of which is cut
    whole_tax = _rounded((pl.col(first).sum().over(invoice) * rate / divisor).cast(_EXACT), prices)
    made = (
        made.with_columns(whole_tax=whole_tax)
        .with_columns(
            tax=shared((pl.col(first) * rate / divisor).cast(_EXACT), prices, invoice, pl.col("whole_tax"))
        )
        .with_columns(
            net=pl.col(first) - pl.col("tax") if prices.tax_included else pl.col("net"),
            gross=pl.col(first) if prices.tax_included else pl.col("net") + pl.col("tax"),
        )
    )
    over = pl.DataFrame(schema={"month": pl.Date, "complete": pl.Boolean})
    if whole is not None:
        check(whole, pl.Schema({"month": pl.Date, "complete": pl.Boolean}), "MONTHLY")
        over = whole.group_by("month").agg(pl.col("complete").all())
    return (
        made.join(over, on="month", how="left")
        .with_columns(final=pl.col("complete").fill_null(value=True) & (pl.col("unpriced") == 0))
        .select(pl.col(c).cast(t) for c, t in BILL.items())
        .sort("month", "client_id", nulls_last=True)
    )


def _priced(lines: pl.DataFrame, table: pl.DataFrame, *, by_day: bool) -> pl.DataFrame:
    """Find for each line whose price holds on its day, most special first, and add days of one price up."""
    keys = ["month", "client_id", "carrier_id", "carrier"]
    lines = lines.with_row_index("line")
    match = offered(lines, table)
    holds = holding(match)
    changes = (
        pl.DataFrame(schema={"line": lines.schema["line"], "changes": pl.Date})
        if by_day
        else match.filter(
            (pl.col("since") > pl.col("month")) & (pl.col("since") <= pl.col("month").dt.month_end())
        )
        .join(holds.select("line", best="rank"), on="line", how="left")
        .filter(pl.col("best").is_null() | (pl.col("rank") <= pl.col("best")))
        .group_by("line")
        .agg(changes=pl.col("since").min())
    )
    return (
        lines.join(holds.select("line", "since", "of_client", "of_carrier"), on="line", how="left")
        .join(changes, on="line", how="left")
        .group_by(*keys, "since", "of_client", "of_carrier", "changes")
        .agg(pl.col("quantity").sum(), first=pl.col("day").min())
    )


def _tiered(priced: pl.DataFrame, prices: Prices) -> pl.DataFrame:
    """Split each line by the tiers of its price."""
    scope = {
        "carrier": ["month", "client_id", "carrier_id"],
        "client": ["month", "client_id"],
        "account": ["month"],
    }[prices.tier_by]
    tiers = prices.table.rename({"client_id": "of_client", "carrier": "of_carrier"}).sort(
        "of_client", "of_carrier", "since", "over"
    )
    tiers = tiers.with_columns(
        upto=pl.col("over").shift(-1).over("of_client", "of_carrier", "since"),
    )
    quantity = pl.col("quantity")
    lines = priced.sort(*scope, "since", nulls_last=True).with_columns(
        before=quantity.cum_sum().over(scope) - quantity, volume=quantity.sum().over(scope)
    )
    keys = ["of_client", "of_carrier", "since"]
    split = lines.join(tiers, on=keys, how="left")
    if prices.tiers == "each":
        end = pl.col("before") + quantity
        inside = pl.min_horizontal(end, pl.col("upto")) - pl.max_horizontal("before", "over")
        split = split.with_columns(
            quantity=pl.when(pl.col("since").is_null()).then(quantity).otherwise(inside.clip(0))
        )
        # what lies below the lowest tier has no price, and must not vanish
        below = (
            lines.join(tiers.group_by(keys).agg(pl.col("over").min().alias("lowest")), on=keys, how="inner")
            .with_columns(quantity=(pl.min_horizontal(end, "lowest") - pl.col("before")).clip(0))
            .filter(quantity > 0)
            .drop("lowest")
            .with_columns(**_UNPRICED)
        )
        kept = split.filter((quantity > 0) | pl.col("since").is_null() | ((pl.col("over") == 0) & (end == 0)))
        split = pl.concat([kept, below], how="diagonal")
    else:
        reached = (pl.col("over") < pl.col("volume")) | (pl.col("over") == 0)
        chosen = split.filter(reached & (pl.col("upto").is_null() | (pl.col("volume") <= pl.col("upto"))))
        rest = lines.join(chosen.select(*scope, *keys), on=[*scope, *keys], how="anti", nulls_equal=True)
        split = pl.concat(
            [
                chosen,
                rest.with_columns(**_UNPRICED),
            ],
            how="diagonal",
        )
    return split.filter((quantity > 0) | pl.col("unit_price").is_not_null()).with_columns(
        problem=pl.when(pl.col("unit_price").is_null())
        .then(pl.lit("no price"))
        .when(pl.col("changes").is_not_null())
        .then(
            pl.format(
                "price changes on {}; taken as on the first day", pl.col("changes").dt.to_string("%Y-%m-%d")
            )
        )
    )


def shared(amount: pl.Expr, prices: Prices, over: list[str], total: pl.Expr | None = None) -> pl.Expr:
    """Share a total within `over` out by largest remainder: the one given, else the amounts' sum, rounded once."""
    unit = pl.lit(10**prices.decimals).cast(_EXACT)
    exact = (amount * unit).cast(_EXACT)
    whole = exact.floor().cast(_EXACT)
    total = ((_rounded(amount.sum(), prices) if total is None else total.first().cast(_EXACT)) * unit).cast(
        _EXACT
    )
    # of equal remainders the first row's goes first
    place = (exact - whole).rank("ordinal", descending=True).over(over)
    missing = (total - whole.sum()).over(over)
    return ((whole + (place.cast(_EXACT) <= missing).cast(pl.Int64).cast(_EXACT)) / unit).cast(_EXACT)


def _rounded(amount: pl.Expr, prices: Prices) -> pl.Expr:
    unit = pl.lit(10**prices.decimals).cast(pl.Decimal(38, 0))
    shifted = (amount * unit).cast(_EXACT)
    whole = {
        "down": shifted.floor(),
        "half up": shifted.round(0, mode="half_away_from_zero"),
        "up": shifted.ceil(),
    }[prices.rounding]
    return (whole.cast(_EXACT) / unit.cast(_EXACT)).cast(_EXACT)
