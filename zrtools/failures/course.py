"""Failures over time, and which days can be trusted yet."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import polars as pl

from zrtools import periods
from zrtools.arguments import checked
from zrtools.errors import InputError
from zrtools.failures.rates import finished
from zrtools.failures.traffic import Statuses, Traffic, grouped, joined, keys_of, sums
from zrtools.intervals import share
from zrtools.schemas import COVERAGE, TIME, TREND, ZONE
from zrtools.texts import said

__all__ = ["PENDING_LIMIT", "Every", "coverage", "day_basis", "finality", "is_final", "placed", "trend"]

Every = Literal["1h", "1d", "1w"]

STEPS: dict[Every, tuple[str, ...]] = {
    "1h": ("_received", "_hour"),
    "1d": ("day", "_by_time"),
    "1w": ("day", "_by_time"),
}

PENDING_LIMIT = 0.01
"""A day counts as final when a smaller part than this of its messages is pending."""


@checked
def trend(
    frame: Statuses, every: Every = "1d", by: Sequence[str] | str = (), *, cluster: str | None = None
) -> pl.DataFrame:
    """Count failures over time.

    Takes what `breakdown` takes and gives a polars DataFrame in order of time: the `by` columns, then those of
    `schemas.TREND`. Days are send_date, and where there is none the date of date_time (`day_basis`); weeks begin on
    Monday; hours are those in which the **status was received**. `pending` messages stand beside the rates, never in
    them; a pending message has no carrier yet. Stretches with a day of which 1 % or more is pending are not
    `is_final`. Intervals as in `breakdown`, `cluster` too. Stretches without messages have no row.

    Raises `InputError` for another `every` and for a column that is not there.

    Examples
    --------
    >>> import zrtools as zr
    >>> with zr.Client.sandbox(seed=1, today="2026-11-02", messages_per_day=200) as client:
    ...     statuses = client.status("2026-10-05", progress=False)
    >>> zr.failures.trend(statuses, "1d").select("start", "is_final").height
    1
    """
    keys = keys_of(by, TREND)
    extra = [] if cluster is None else [cluster]
    read = Traffic.of(frame, [*keys, *extra]).timed()
    counted = placed(read.counts([*keys, *extra, *STEPS[every]])[0], every)
    around = grouped(counted, ["start"], _by_time=pl.col("_by_time").mean())
    return (
        joined(
            joined(finished(counted, None, ["start", *keys], cluster), around, ["start"]),
            finality(counted),
            ["start"],
        )
        .with_columns(day_basis=day_basis())
        .select(*keys, *(pl.col(c).cast(t) for c, t in TREND.items()))
        .sort("start", *keys, nulls_last=True)
    )


@checked
def coverage(
    frame: Statuses, start: periods.Day | None = None, end: periods.Day | None = None
) -> pl.DataFrame:
    """Tell day by day how many messages there are and whether the day can be trusted yet.

    Takes what `breakdown` takes and gives the columns of `schemas.COVERAGE`, one row a day. With `start` and `end`
    days without any message have a row too. A day of which 1 % or more is pending is not `is_final`, nor is one
    without messages.

    Raises `InputError` for missing columns, and for a start without an end, or days that cannot be read or are
    reversed.
    """
    if (start is None) != (end is None):
        raise InputError(said("failures.start_and_end"))
    listed = [] if start is None else periods.days(start, end)
    of, messages = sums(), pl.col("messages").cast(pl.Int64)
    found = grouped(
        Traffic.of(frame).timed().counts(["day", "_by_time"])[0],
        ["day"],
        messages=messages.sum(),
        delivered=of["settled"] - of["failed"],
        failed=of["failed"],
        pending=of["pending"],
        _by_time=pl.col("_by_time").mean(),
    ).with_columns(day_basis=day_basis())
    if listed:
        whole = pl.DataFrame({"day": listed})
        found = pl.concat([found, whole.join(found, on="day", how="anti")], how="diagonal")
    return (
        found.with_columns(pl.col("messages", "delivered", "failed", "pending").fill_null(0))
        .with_columns(is_final=is_final())
        .select(pl.col(c).cast(t) for c, t in COVERAGE.items())
        .sort("day", nulls_last=True)
    )


def is_final() -> pl.Expr:
    """Tell whether so few of the `messages` are `pending` that their rate can be trusted; none are not final."""
    return share(pl.col("pending"), pl.col("messages")).fill_null(1.0) < PENDING_LIMIT


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


def placed(counted: pl.DataFrame, every: Every) -> pl.DataFrame:
    """Add `start`, when each stretch begins, to counts by the times of `STEPS`; hours are those of the status."""
    by_hour = every == "1h"
    day = pl.col("_received" if by_hour else "day")
    start = (day.dt.truncate("1w") if every == "1w" else day).cast(pl.Datetime("ms"))
    if by_hour:
        start = start + pl.duration(hours="_hour")
        counted = counted.with_columns(_by_time=pl.lit(1))
    return counted.with_columns(_day=day, start=start.dt.replace_time_zone(ZONE).cast(TIME))


def finality(counted: pl.DataFrame) -> pl.DataFrame:
    """Tell which stretches hold only days that are final: an hour is as final as its day."""
    of = sums()
    daily = grouped(counted, ["_day"], pending=of["pending"], messages=of["settled"] + of["pending"])
    steps = counted.select("start", "_day").unique()
    final = joined(steps, daily.select("_day", is_final=is_final()), ["_day"])
    return grouped(final, ["start"], is_final=pl.col("is_final").all())
