"""Failures over time, and which days can be trusted yet."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal, get_args

import narwhals as nw
import polars as pl

from zrtools import periods
from zrtools.engines import gather, require
from zrtools.errors import InputError
from zrtools.failures.rates import counts, finished, grouped, joined, named, prepared, sums
from zrtools.failures.traits import days
from zrtools.intervals import share
from zrtools.schemas import COVERAGE, TIME, TREND, ZONE

__all__ = ["PENDING_LIMIT", "Every", "by_day", "coverage", "day_basis", "trend"]

Every = Literal["1h", "1d", "1w"]

PENDING_LIMIT = 0.01
"""A day counts as final when a smaller part than this of its messages is pending."""


def trend(
    frame: Any, every: Every = "1d", by: Sequence[str] | str = (), *, cluster: str | None = None
) -> pl.DataFrame:
    """Count failures over time.

    Takes what `breakdown` takes and gives a polars DataFrame in order of time: the `by` columns, then those of
    `schemas.TREND`. Days are send_date, and where there is none the date of date_time (`day_basis`); weeks begin on
    Monday; hours are those in which the **status was received**. `pending` messages stand beside the rates, never in
    them; a pending message has no carrier yet. Stretches with a day of which 1 % or more is pending are not
    `is_final`. Intervals as in `breakdown`, `cluster` too. Stretches without messages have no row.

    Raises `InputError` for another `every` and for a column that is not there.
    """
    if every not in get_args(Every):
        raise InputError(f'every must be "1h", "1d" or "1w", not {every!r}.')
    keys = [by] if isinstance(by, str) else list(by)
    if taken := [k for k in keys if k in TREND]:
        raise InputError(f"by={taken}: these are the result's own columns. Rename yours first.")
    extra = [] if cluster is None or cluster in keys else [cluster]
    read, raw = prepared(frame, [*keys, *extra])
    require(read, "date_time")
    received = nw.col("date_time").dt
    if every == "1h":
        read = read.with_columns(received.date().alias("_day"), nw.lit(1).cast(nw.Int64).alias("_by_time"))
    else:
        read = days(read.drop("day", strict=False)).with_columns(nw.col("day").alias("_day"))
    hour = received.hour().cast(nw.Int64) if every == "1h" else nw.lit(0).cast(nw.Int64)
    inner = [*keys, *extra, "_day", "_hour", "_by_time"]
    counted = gather(counts(read.with_columns(hour.alias("_hour")), inner, raw=raw))[0]
    counted = (named(counted) if raw else counted).with_columns(
        pl.col("_by_time").cast(pl.Int64), start=_start(every)
    )
    around = grouped(counted, ["start"], _by_time=pl.col("_by_time").mean()).with_columns(
        day_basis=day_basis()
    )
    done = finished(counted, None, ["start", *keys], cluster)
    return (
        joined(joined(done, around, ["start"]), _final(counted), ["start"])
        .select(*keys, *(pl.col(c).cast(t) for c, t in TREND.items()))
        .sort("start", *keys, nulls_last=True)
    )


def coverage(frame: Any, start: periods.Day | None = None, end: periods.Day | None = None) -> pl.DataFrame:
    """Tell day by day how many messages there are and whether the day can be trusted yet.

    Takes what `breakdown` takes and gives the columns of `schemas.COVERAGE`, one row a day. With `start` and `end`
    days without any message have a row too. A day of which 1 % or more is pending is not `is_final`, nor is one
    without messages.

    Raises `InputError` for missing columns, and for a start without an end, or days that cannot be read or are
    reversed.
    """
    if (start is None) != (end is None):
        raise InputError("Give both start and end, or neither: coverage fills the days between them.")
    listed = [] if start is None else periods.days(start, end)
    found = by_day(frame)
    if listed:
        whole = pl.DataFrame({"day": listed})
        found = pl.concat([found, whole.join(found, on="day", how="anti")], how="diagonal")
    messages = pl.col("messages").fill_null(0)
    return (
        found.with_columns(pl.col("messages", "delivered", "failed", "pending").fill_null(0))
        .with_columns(is_final=(messages > 0) & (pl.col("pending") < PENDING_LIMIT * messages))
        .select(pl.col(c).cast(t) for c, t in COVERAGE.items())
        .sort("day", nulls_last=True)
    )


def by_day(frame: Any) -> pl.DataFrame:
    """Count messages by day and outcome: the heavy half of `coverage`."""
    read, raw = prepared(frame, [])
    read = days(read.drop("day", strict=False))
    counted = gather(counts(read, ["day", "_by_time"], raw=raw))[0]
    counted = named(counted) if raw else counted
    of = sums()
    return grouped(
        counted.with_columns(pl.col("_by_time").cast(pl.Int64)),
        ["day"],
        messages=pl.col("messages").cast(pl.Int64).sum(),
        delivered=of["settled"] - of["failed"],
        failed=of["failed"],
        pending=of["pending"],
        _by_time=pl.col("_by_time").mean(),
    ).with_columns(day_basis=day_basis())


def day_basis() -> pl.Expr:
    """Say which date a day is, from the share of rows that had no day of sending."""
    by_time = pl.col("_by_time")
    return (
        pl.when(by_time == 0)
        .then(pl.lit("send_date"))
        .when(by_time == 1)
        .then(pl.lit("date_time"))
        .otherwise(pl.lit("mixed"))
    )


def _start(every: Every) -> pl.Expr:
    day = pl.col("_day").dt.truncate("1w") if every == "1w" else pl.col("_day")
    return (
        (day.cast(pl.Datetime("ms")) + pl.duration(hours=pl.col("_hour")))
        .dt.replace_time_zone(ZONE)
        .cast(TIME)
    )


def _final(counted: pl.DataFrame) -> pl.DataFrame:
    """Tell which stretches hold only days that are final: an hour is as final as its day."""
    of = sums()
    pending = share(pl.col("pending"), pl.col("pending") + pl.col("settled"))
    daily = grouped(counted, ["_day"], settled=of["settled"], pending=of["pending"])
    daily = daily.with_columns(is_final=(pending < PENDING_LIMIT).fill_null(value=False))
    steps = joined(counted.select("start", "_day").unique(), daily.select("_day", "is_final"), ["_day"])
    return grouped(steps, ["start"], is_final=pl.col("is_final").all())
