"""Who within a client sent how much, at what cost: departments, campaigns or templates, whose sums are the bill's."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl

from zrtools import workbooks
from zrtools.arguments import checked
from zrtools.engines import opened
from zrtools.errors import InputError
from zrtools.failures import features
from zrtools.failures.traits import campaign_of
from zrtools.privacy import mask_text
from zrtools.schemas import ALLOCATION, BILL, check
from zrtools.texts import said
from zrtools.usage.costs import bill as bill_of
from zrtools.usage.costs import cost, shared
from zrtools.usage.inputs import Prices, read_prices, units_of
from zrtools.usage.source import UNKNOWN, daily

__all__ = ["allocate"]

_COUNTS = ("messages", "delivered", "failed", "pending", "quantity")


@checked
def allocate(
    statuses: Any,
    by: str | int | list[str] | Mapping[str, str] | pl.DataFrame | Path = "campaign",
    prices: Prices | str | Path | None = None,
    *,
    bill: pl.DataFrame | None = None,
    separator: str | None = None,
) -> pl.DataFrame:
    """Put messages, billable parts and cost down to departments, campaigns or templates, month by month.

    What is put down to nobody has a null `unit`, so that the rows of a month sum to the whole: messages to those of
    the statuses, money to the month's bill to the yen (largest remainder). Each carrier's money follows its billable
    messages.

    Parameters
    ----------
    statuses
        STATUS rows as a polars frame, or an archive.
    by
        "campaign" or "template" as in `failures.features`, the name of any column, the length of the tag's prefix, a
        list of prefixes, or which prefix of `client_tag` is whose: a mapping, a frame or the path of a table with the
        columns `prefix` and `unit` (タグ and 部署). The longest prefix that fits counts.
    prices
        Prices or their file; without them the money is null.
    bill
        BILL of the same months, as from counts: the money sums to this instead of to the bill of the statuses, and
        what it has more or less than the statuses is in the row of nobody.
    separator
        With `by="tag"`: what of the tag stands before this text is the unit.

    Returns
    -------
    ALLOCATION, most billable messages first, money in yen.

    Raises
    ------
    InputError
        For a column that is not there, a table that does not fit, and a `bill` without prices.
    """
    frame = opened(statuses, wanted=said("usage.allocate"))
    unit = _unit(frame, by, separator)
    if prices is not None and not isinstance(prices, Prices):
        prices = read_prices(prices)
    if bill is not None:
        check(bill, BILL, "BILL")
        if prices is None:
            raise InputError(said("usage.bill_needs_prices"))
    status, parts = pl.col("status_id"), pl.col("separated_success_count").cast(pl.Int64)
    delivered, failed = status.eq_missing(2), status.eq_missing(3)
    names = frame.collect_schema().names()
    reported = pl.col("date_time").dt.date()
    day = pl.coalesce("send_date", reported) if "send_date" in names else reported
    per_message = prices is not None and prices.plan == "accepted"
    carrier = pl.col("carrier_id").cast(pl.String).replace(UNKNOWN, None)
    counted = (
        frame.with_columns(unit=unit, month=day.dt.month_start())
        .group_by("month", "unit", carrier)
        .agg(
            messages=pl.len().cast(pl.Int64),
            delivered=delivered.sum().cast(pl.Int64),
            failed=failed.sum().cast(pl.Int64),
            pending=(~(delivered | failed)).sum().cast(pl.Int64),
            quantity=pl.len().cast(pl.Int64) if per_message else parts.filter(delivered).sum(),
        )
        .collect()
    )
    rows = counted.group_by("month", "unit").agg(pl.col(_COUNTS).sum())
    if prices is None:
        rows = rows.with_columns(
            pl.lit(None, t).alias(c) for c, t in ALLOCATION.items() if c not in rows.columns
        )
    else:
        rows = _priced(rows, counted, cost(daily(frame), prices), prices, bill)
    whole = pl.col("quantity").sum().over("month")
    return (
        rows.with_columns(share_of_month=pl.when(whole > 0).then(pl.col("quantity") / whole))
        .select(pl.col(c).cast(t) for c, t in ALLOCATION.items())
        .sort("month", pl.col("unit").is_null(), pl.col("quantity") * -1, "unit")
    )


def _unit(frame: pl.LazyFrame, by: Any, separator: str | None) -> pl.Expr:
    names = frame.collect_schema().names()
    if isinstance(by, str) and by == "tag":
        by, column = separator or "-", "client_tag"
        _needed(names, column)
        return campaign_of(by)
    if isinstance(by, str) and by in ("campaign", "template"):
        _needed(names, "client_tag" if by == "campaign" else "message")
        made = features(frame.select("date_time", "client_tag", "message")).select(by).collect()
        return pl.lit(made[by])
    if isinstance(by, str) and by in names:
        return pl.col(by).cast(pl.String)
    if isinstance(by, str) and Path(by).suffix.lower() not in (*workbooks.ENDINGS, ".csv", ".tsv", ".txt"):
        raise InputError(said("usage.by", by=by, names=mask_text(", ".join(names))))
    _needed(names, "client_tag")
    if isinstance(by, int | list):
        return campaign_of(by)
    table = units_of(by)
    tag = pl.col("client_tag").cast(pl.String)
    longest = table.sort(pl.col("prefix").str.len_chars(), descending=True)
    return pl.coalesce(
        *(
            pl.when(tag.str.starts_with(p)).then(pl.lit(u))
            for p, u in longest.select("prefix", "unit").iter_rows()
        ),
        pl.lit(None, pl.String),
    )


def _needed(names: list[str], column: str) -> None:
    if column not in names:
        raise InputError(said("usage.no_owner", column=column))


def _priced(
    rows: pl.DataFrame, counted: pl.DataFrame, costs: pl.DataFrame, prices: Prices, bill: pl.DataFrame | None
) -> pl.DataFrame:
    """Share each month's bill out by what each unit's messages cost on each carrier."""
    exact = pl.Decimal(38, 8)
    keys = ["month", "carrier_id"]
    lines = costs.group_by(keys).agg(
        pl.col("amount").cast(exact).sum(), whole=pl.col("quantity").sum().cast(pl.Decimal(38, 0))
    )
    mine = (
        counted.join(lines, on=keys, how="left", nulls_equal=True)
        .with_columns(
            exact=pl.when(pl.col("whole") > 0)
            .then(pl.col("amount") * pl.col("quantity").cast(pl.Decimal(38, 0)) / pl.col("whole"))
            .otherwise(Decimal(0))
            .cast(exact)
        )
        .group_by("month", "unit")
        .agg(pl.col("exact").sum())
    )
    rows = rows.join(mine, on=["month", "unit"], nulls_equal=True)
    bills = bill if bill is not None else bill_of(costs, prices)
    totals = bills.group_by("month").agg(
        pl.col("quantity", "net", "tax", "gross").sum().name.prefix("total_")
    )
    rows = rows.join(totals, on="month", how="left").with_columns(pl.col("^total_.*$").fill_null(0))
    if bill is not None:
        # what the bill has more is nobody's
        gap = (
            rows.group_by("month")
            .agg(
                pl.col("total_quantity", "total_net", "total_tax", "total_gross").first(),
                quantity=pl.col("total_quantity").first() - pl.col("quantity").sum(),
                exact=pl.col("total_gross" if prices.tax_included else "total_net").first().cast(exact)
                - pl.col("exact").sum(),
            )
            .filter(pl.col("quantity") != 0)
            .with_columns(unit=pl.lit(None, pl.String))
        )
        rows = (
            pl.concat([rows, gap], how="diagonal_relaxed")
            .group_by("month", "unit")
            .agg(pl.col(*_COUNTS, "exact").sum(), pl.col("^total_.*$").first())
        )
    rows = rows.sort("month", "unit", nulls_last=True)
    first, second = ("gross", "net") if prices.tax_included else ("net", "gross")
    rate = pl.lit(prices.tax_rate).cast(exact)
    rows = rows.with_columns(
        shared(pl.col("exact"), prices, ["month"], pl.col(f"total_{first}")).alias(first)
    )
    inside = pl.col(first) * rate
    if prices.tax_included:
        inside = inside / (pl.lit(1).cast(exact) + rate)
    rows = rows.with_columns(tax=shared(inside.cast(exact), prices, ["month"], pl.col("total_tax")))
    other = pl.col(first) - pl.col("tax") if prices.tax_included else pl.col(first) + pl.col("tax")
    return rows.with_columns(other.alias(second))
