"""Codes that nobody knows, and failures that another carrier's network reports."""

from __future__ import annotations

from math import ceil

import polars as pl

from zrtools.arguments import checked
from zrtools.errors import InputError
from zrtools.failures.rates import finished
from zrtools.failures.traffic import DETAIL, Statuses, Traffic, grouped, joined, sums
from zrtools.intervals import binomial_tail, discoveries, share, wilson
from zrtools.schemas import MISMATCH, UNKNOWN_CODES
from zrtools.texts import said

__all__ = ["carrier_mismatch", "unknown_codes"]

_UNKNOWN = ("unlisted", "unrecognised")
_FEW = 5
# days beyond the two rates that tell how days differ
_DAYS = 3
_MOST_DAYS = 36_500


@checked
def carrier_mismatch(frame: Statuses) -> pl.DataFrame:
    """List failures whose module belongs to another carrier than carrier_id says: ported numbers, or routing.

    Takes what `breakdown` takes and gives MISMATCH, most failures first. `listed` counts the carrier's failures with
    a listed module, `rate` is failed / listed with its 95 % interval (Wilson), `codes` the detailed codes with how
    often each stood. Failures without a known carrier or with a module in no table are not counted.
    """
    keys = ["carrier", "failure_carrier"]
    counted, numbers = Traffic.of(frame, keys).counts(keys, [DETAIL], numbers=True)
    pairs = finished(counted, numbers, keys).drop_nulls(keys)
    codes = grouped(counted, [*keys, DETAIL], failed=sums()["failed"])
    listed = pairs.group_by("carrier").agg(listed=pl.col("failed").sum())
    rate = share(pl.col("failed"), pl.col("listed"))
    low, high = wilson(rate, pl.col("listed"))
    return (
        pairs.filter(pl.col("carrier") != pl.col("failure_carrier"))
        .join(listed, on="carrier", how="left")
        .join(_told(codes, keys, DETAIL, "codes"), on=keys)
        .with_columns(rate=rate, rate_low=low, rate_high=high)
        .select(pl.col(c).cast(t) for c, t in MISMATCH.items())
        .sort("failed", "carrier", "failure_carrier", descending=[True, False, False])
    )


@checked
def unknown_codes(frame: Statuses, *, recent_days: int = 7) -> pl.DataFrame:
    """Count the codes that no table explains, those that grow first.

    Takes what `breakdown` takes and gives UNKNOWN_CODES, one row a code of the categories `unlisted` and
    `unrecognised` (a missing code has a row, too). The frame's last `recent_days` days are set against the days
    before; `p_value` is the binomial chance of as many recent failures or more at an unchanged rate: exact where the
    code's days differ by chance alone; where they differ by more its failures count as fewer. `is_growing` says which
    codes grew beyond chance when all are tested together (Benjamini-Hochberg, 5%; at least 5 recent failures).

    Raises `InputError` for missing columns.

    Examples
    --------
    >>> import zrtools as zr
    >>> with zr.Client.sandbox(seed=1, today="2026-11-02", messages_per_day=200) as client:
    ...     statuses = client.status("2026-10-05", progress=False)
    >>> zr.failures.unknown_codes(statuses).columns[:3]
    ['detailed_status_id', 'failure_category', 'failed']
    """
    if not 1 <= recent_days <= _MOST_DAYS:
        raise InputError(said("failures.recent_days", recent_days=recent_days, most_days=_MOST_DAYS))
    keys = [DETAIL, "failure_category"]
    read = Traffic.of(frame, ["carrier", "failure_category"]).timed()
    counted, numbers = read.counts(keys, ["day", "carrier"], numbers=True)
    unknown = counted.filter(pl.col("failure_category").is_in(_UNKNOWN))
    last = counted["day"].max()
    late = (pl.col("day") > pl.lit(last, pl.Date) - pl.duration(days=recent_days)).fill_null(value=False)
    of = sums()
    messages = pl.col("messages").cast(pl.Int64)
    settled = pl.col("outcome").is_in(["failed", "delivered"])
    recent_settled = counted.select(messages.filter(settled & late).sum()).item()
    all_settled = counted.select(of["settled"]).item()
    all_failed = counted.select(of["failed"]).item()
    found = grouped(
        unknown,
        keys,
        failed=messages.sum(),
        recent=messages.filter(late).sum(),
        first_day=pl.col("day").min(),
        last_day=pl.col("day").max(),
    )
    by_carrier = grouped(unknown, [*keys, "carrier"], failed=messages.sum())
    found = joined(found, _told(by_carrier, keys, "carrier", "carriers"), keys)
    found = (
        found.with_columns(numbers=pl.lit(None, pl.Int64))
        if numbers is None
        else joined(found, numbers, keys)
    ).rename({DETAIL: "detailed_status_id"})
    part = recent_settled / all_settled if all_settled else 0.0
    found = joined(found, _dispersion(counted, unknown, late), ["detailed_status_id", "failure_category"])
    chances = [
        binomial_tail(int(k / d), ceil(n / d), part)
        for k, n, d in found.select("recent", "failed", "dispersion").iter_rows()
    ]
    found = found.with_columns(
        p_value=pl.Series(chances, dtype=pl.Float64),
        earlier=pl.col("failed") - pl.col("recent"),
        recent_settled=pl.lit(recent_settled),
        earlier_settled=pl.lit(all_settled - recent_settled),
        share_of_failures=share(pl.col("failed"), pl.lit(all_failed)),
    )
    recent = share(pl.col("recent"), pl.col("recent_settled"))
    before = share(pl.col("earlier"), pl.col("earlier_settled"))
    grew = pl.Series(discoveries(chances), dtype=pl.Boolean)
    return (
        found.with_columns(growth=share(recent, before), is_growing=grew & (pl.col("recent") >= _FEW))
        .select(pl.col(c).cast(t) for c, t in UNKNOWN_CODES.items())
        .sort("is_growing", "failed", "detailed_status_id", descending=[True, True, False], nulls_last=True)
    )


def _dispersion(counted: pl.DataFrame, unknown: pl.DataFrame, late: pl.Expr) -> pl.DataFrame:
    """Tell for each code how many times as much its days differ as by chance (Pearson), each period by its own rate."""
    keys = ["detailed_status_id", "failure_category"]
    days = counted.group_by("day").agg(settled=sums()["settled"]).filter(pl.col("settled") > 0)
    codes = unknown.rename({DETAIL: "detailed_status_id"})
    daily = (
        codes.select(keys)
        .unique()
        .join(days.with_columns(late=late), how="cross")
        .join(
            codes.group_by(*keys, "day").agg(seen=pl.col("messages").cast(pl.Int64).sum()),
            on=[*keys, "day"],
            how="left",
            nulls_equal=True,
        )
        .with_columns(pl.col("seen").fill_null(0))
        .with_columns(
            due=pl.col("settled") * (pl.col("seen").sum() / pl.col("settled").sum()).over(*keys, "late")
        )
        .filter(pl.col("due") > 0)
    )
    freedom = pl.len() - pl.col("late").n_unique()
    pearson = ((pl.col("seen") - pl.col("due")) ** 2 / pl.col("due")).sum()
    found = daily.group_by(keys).agg(
        dispersion=pl.when(freedom >= _DAYS).then((pearson / freedom).clip(1)).otherwise(1.0)
    )
    return (
        codes.select(keys)
        .unique()
        .join(found, on=keys, how="left", nulls_equal=True)
        .with_columns(pl.col("dispersion").fill_null(1.0))
    )


def _told(counted: pl.DataFrame, keys: list[str], what: str, name: str) -> pl.DataFrame:
    """Write the values of a column with how often each stood, most frequent first."""
    value = pl.col(what).fill_null("–")
    return (
        counted.sort("failed", what, descending=[True, False], nulls_last=True)
        .group_by(keys, maintain_order=True)
        .agg(pl.format("{} x{}", value, pl.col("failed")).str.join(", ").alias(name))
    )
