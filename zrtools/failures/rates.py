"""Failures by any of the frame's columns, each rate with its interval."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from zrtools import schemas
from zrtools.arguments import checked
from zrtools.failures.traffic import Statuses, Traffic, grouped, joined, keys_of, plain, sums
from zrtools.intervals import clustered, share, wilson

__all__ = ["breakdown", "finished"]


@checked
def breakdown(
    frame: Statuses, by: Sequence[str] | str = ("carrier", "failure_category"), *, cluster: str | None = None
) -> pl.DataFrame:
    """Count failures by columns of the frame, most failures first.

    Takes what `classify` takes, classified or not (then it is classified first), and gives a polars
    DataFrame: the `by` columns, then the columns of `schemas.BREAKDOWN`. `by` may also name columns of
    `features` that are not there yet. `settled` and `pending` count the messages that share the group's keys
    other than `failure_*` (for au x network: all on au). Groups without failures stay where no key is a
    `failure_*` one; nulls are a group.

    The interval is Wilson's at 95%, which takes messages as independent. `cluster` names the column whose
    messages share a fate ("campaign", "send_date"): the interval then allows for it. Messages where that column is
    null stand each for itself. `few_clusters` marks groups most of whose messages are in one or two clusters: how
    clusters differ cannot be told from them, and the interval may be far too narrow.

    Raises `InputError` for a column that is not there.

    Examples
    --------
    >>> import zrtools as zr
    >>> with zr.Client.sandbox(seed=1, today="2026-11-02", messages_per_day=200) as client:
    ...     statuses = client.status("2026-10-05", progress=False)
    >>> zr.failures.breakdown(statuses, by="carrier").columns[:6]
    ['carrier', 'failed', 'settled', 'failure_rate', 'rate_low', 'rate_high']
    """
    keys = keys_of(by, schemas.BREAKDOWN)
    extra = [] if cluster is None else [cluster]
    counted, numbers = Traffic.of(frame, [*keys, *extra]).counts(keys, extra, numbers=True)
    return finished(counted, numbers, keys, cluster)


def finished(
    counted: pl.DataFrame, numbers: pl.DataFrame | None, keys: list[str], cluster: str | None = None
) -> pl.DataFrame:
    """Work out rates and intervals from counts by keys, cluster and outcome: the fine half."""
    of = sums()
    around = plain(keys)
    found = grouped(counted, keys, failed=of["failed"])
    if around != keys:
        found = found.filter(pl.col("failed") > 0)
    found = joined(found, grouped(counted, around, settled=of["settled"], pending=of["pending"]), around)
    if numbers is None:
        found = found.with_columns(numbers=pl.lit(None, pl.Int64))
    else:
        found = joined(found, numbers, keys).with_columns(pl.col("numbers").fill_null(0))
    found = (
        found.with_columns(size=pl.col("settled"), few_clusters=pl.lit(None, pl.Boolean))
        if cluster is None
        else _worth(found, counted, keys, cluster)
    )
    rate = share(pl.col("failed"), pl.col("settled"))
    low, high = wilson(rate, pl.col("size"))
    return (
        found.with_columns(
            failure_rate=rate,
            rate_low=low,
            rate_high=high,
            share_of_failures=share(pl.col("failed"), pl.col("failed").sum()),
        )
        .select(*keys, *(pl.col(c).cast(t) for c, t in schemas.BREAKDOWN.items()))
        .sort("failed", *keys, descending=[True, *(False for _ in keys)], nulls_last=True)
    )


def _worth(found: pl.DataFrame, counted: pl.DataFrame, keys: list[str], cluster: str) -> pl.DataFrame:
    """Add `size`: how many independent messages each group is worth, given its clusters."""
    of, around = sums(), plain(keys)
    inside = counted.with_columns(_cluster=pl.col(cluster))
    clusters = grouped(inside, [*around, "_cluster"], n=of["settled"]).filter(pl.col("n") > 0)
    failures = joined(
        grouped(inside, [*keys, "_cluster"], f=of["failed"]).filter(pl.col("f") > 0),
        clusters,
        [*around, "_cluster"],
    )
    alone = pl.col("_cluster").is_null()
    n, f = pl.col("n").cast(pl.Float64), pl.col("f").cast(pl.Float64)
    sizes = grouped(
        clusters,
        around,
        nn=pl.when(alone).then(n).otherwise(n * n).sum(),
        clusters=pl.when(alone).then(n).otherwise(1).sum(),
    )
    products = grouped(
        failures,
        keys,
        fn=pl.when(alone).then(f).otherwise(f * n).sum(),
        ff=pl.when(alone).then(f).otherwise(f * f).sum(),
    )
    groups = joined(joined(found, sizes, around), products, keys)
    return clustered(groups.with_columns(pl.col("nn", "clusters", "fn", "ff").fill_null(0)))
