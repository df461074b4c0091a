"""Usage month by month: shares, changes, and the table for a slide."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Literal

import polars as pl

from zrtools.arguments import checked
from zrtools.codes import CARRIERS
from zrtools.engines import AnyFrame
from zrtools.errors import InputError
from zrtools.periods import Day, day
from zrtools.schemas import DAILY_USAGE, MONTHLY
from zrtools.texts import said
from zrtools.usage.inputs import client_names
from zrtools.usage.source import Basis, by_month, daily, ends, is_counts, newest

__all__ = ["monthly", "pivot"]

_KEY = ("month", "client_id", "carrier_id")


@checked
def monthly(
    counts_or_statuses: AnyFrame,
    *,
    clients: pl.DataFrame | Mapping[str, str] | str | Path | None = None,
    basis: Basis = "delivered and failed",
    through: Day | None = None,
    closing_day: int | None = None,
) -> pl.DataFrame:
    """Tell how many billable messages went to each carrier, month by month, for whom, and what changed.

    Takes COUNTS (archive snapshots too: the newest of each month counts) or statuses on any engine, and gives
    MONTHLY: month x client x carrier. `clients` names clients: a frame, mapping or CSV of `client_id` and
    `client`. From statuses, `basis` says whether failed messages' billable counts are in, and `through` how far
    the statuses of the last month reach when that is later than their last message. Where the month is closed on
    another day than its last, `closing_day` says so, from statuses alone: with 20, October is September 21 to
    October 20; it is `complete` when the statuses hold its first day or one before.

    A carrier or client that is missing in a month which others have was 0 in it; a month that nobody has is not
    known, so changes against it are null. Changes from or to a month that is not complete are null too: the
    forecast is the thing to compare.

    Raises `InputError`. Source: separatedSuccessCount of the counts and status calls.
    """
    begun: pl.Expr = pl.lit(value=True)
    if is_counts(counts_or_statuses):
        if closing_day is not None:
            raise InputError(said("usage.calendar_months"))
        frame = newest(counts_or_statuses)
    else:
        end = None if through is None else day(through, "through")
        days = as_daily(counts_or_statuses)
        frame = by_month(days, basis=basis, through=end, closing_day=closing_day)
        if closing_day is not None:
            first = pl.lit(days["send_date"].min(), dtype=pl.Date)
            begun = first <= ends(pl.col("month").dt.offset_by("-1mo"), closing_day).dt.offset_by("1d")
    names = client_names(clients)
    count = pl.col("separated_success_count")
    of_client, of_month = count.sum().over("month", "client_id"), count.sum().over("month")
    over = (pl.col("through") == ends(pl.col("month"), closing_day)) & begun
    months = frame.group_by("month").agg(whole=over.all())
    return (
        frame.join(names, on="client_id", how="left")
        .with_columns(
            client=pl.coalesce("client", "client_id"),
            complete=over,
            share=pl.when(of_client > 0).then(count / of_client),
            share_of_month=pl.when(of_month > 0).then(count / of_month),
        )
        .pipe(_against, frame, months, "1mo", "previous", "change")
        .pipe(_against, frame, months, "1y", "year_before", "year_change")
        .select(pl.col(c).cast(t) for c, t in MONTHLY.items())
        .sort("month", "client_id", "carrier_id", nulls_last=True)
    )


def as_daily(statuses: AnyFrame) -> pl.DataFrame:
    """Take statuses, or days that were added up before, as DAILY_USAGE."""
    if isinstance(statuses, pl.DataFrame) and "delivered_count" in statuses.columns:
        return statuses.with_columns(
            pl.lit(None, dtype=t).alias(c) for c, t in DAILY_USAGE.items() if c not in statuses.columns
        )
    return daily(statuses)


@checked
def pivot(
    counts_or_statuses: AnyFrame,
    *,
    rows: str | list[str] = "month",
    columns: Literal["carrier", "client", "client_id", "month"] = "carrier",
    values: Literal["separated_success_count", "share"] = "separated_success_count",
    totals: bool = True,
    clients: pl.DataFrame | Mapping[str, str] | str | Path | None = None,
) -> pl.DataFrame:
    """Lay usage out as people put it on a slide: months down, carriers across, with totals.

    Takes MONTHLY, COUNTS or statuses. A null carrier's column is `unknown`; `total` is the last column and, with
    `totals`, a last row whose first column is null. Each value is a sum of billable messages; with
    `values="share"` each row's part of its total. Carriers stand in the service's order, months as text `YYYY-MM`
    where they go across.

    Raises `InputError`.
    """
    made = counts_or_statuses
    if "share_of_month" not in _names(made):
        made = monthly(made, clients=clients)
    if not isinstance(made, pl.DataFrame):
        raise InputError(said("usage.monthly_frame"))
    keys = [rows] if isinstance(rows, str) else list(rows)
    if wrong := [k for k in (*keys, columns) if k not in ("month", "client", "client_id", "carrier")]:
        raise InputError(said("usage.pivot", names=", ".join(wrong)))
    if columns in keys:
        raise InputError(said("usage.pivot_twice", columns=columns))
    across = (
        pl.col("month").dt.strftime("%Y-%m") if columns == "month" else pl.col(columns).fill_null("unknown")
    ).alias("across")
    long = made.select(*keys, across, "separated_success_count")
    wide = (
        long.group_by(*keys, "across")
        .agg(pl.col("separated_success_count").sum())
        .pivot("across", index=keys, values="separated_success_count", aggregate_function="sum")
        .sort(keys, nulls_last=True)
    )
    found = [c for c in wide.columns if c not in keys]
    order = (
        [c.name for c in CARRIERS.values() if c.name in found]
        + sorted(c for c in found if c not in {k.name for k in CARRIERS.values()} and c != "unknown")
        + [c for c in found if c == "unknown"]
        if columns == "carrier"
        else sorted(found)
    )
    wide = wide.select(*keys, pl.col(order).fill_null(0), pl.sum_horizontal(*order, pl.lit(0)).alias("total"))
    if totals and wide.height:
        wide = pl.concat([wide, wide.select(pl.col(*order, "total").sum())], how="diagonal").select(
            wide.columns
        )
    if values == "share":
        total = pl.col("total")
        wide = wide.with_columns(
            pl.when(total > 0).then(pl.col(c) / total).alias(c) for c in (*order, "total")
        )
    return wide


def _names(frame: AnyFrame) -> list[str]:
    import narwhals as nw

    return nw.from_native(frame).collect_schema().names()  # type: ignore[no-any-return,unused-ignore]  # narwhals types differ by version


def _against(
    frame: pl.DataFrame, counts: pl.DataFrame, months: pl.DataFrame, back: str, value: str, change: str
) -> pl.DataFrame:
    earlier = counts.select(
        pl.col("month").dt.offset_by(back),
        "client_id",
        "carrier_id",
        pl.col("separated_success_count").alias(value),
    )
    known = months.select(pl.col("month").dt.offset_by(back), pl.col("whole").alias("then_whole"))
    difference = pl.col("separated_success_count") - pl.col(value)
    return (
        frame.join(earlier, on=list(_KEY), how="left", nulls_equal=True)
        .join(known, on="month", how="left")
        .with_columns(
            pl.when(pl.col("then_whole").is_not_null()).then(pl.col(value).fill_null(0)).alias(value)
        )
        .with_columns(pl.when(pl.col("complete") & pl.col("then_whole")).then(difference).alias(change))
        .with_columns(pl.when(pl.col(value) > 0).then(pl.col(change) / pl.col(value)).alias(f"{change}_rate"))
        .drop("then_whole")
    )
