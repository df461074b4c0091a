"""Failures by any of the frame's columns, each rate with its interval."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import narwhals as nw
import polars as pl

from zrtools import schemas
from zrtools.codes import OUTCOMES
from zrtools.engines import gather, portable, require
from zrtools.errors import InputError
from zrtools.failures.classes import CLASSIFIED, classified
from zrtools.failures.traits import with_traits
from zrtools.intervals import clustered, share, wilson
from zrtools.privacy import mask_text

__all__ = ["breakdown", "counts", "finished", "grouped", "joined", "named", "prepared", "sums"]


def breakdown(
    frame: Any, by: Sequence[str] | str = ("carrier", "failure_category"), *, cluster: str | None = None
) -> pl.DataFrame:
    """Count failures by columns of the frame, most failures first.

    Takes what `classify` takes, classified or not (then it is classified first), and gives a polars
    DataFrame: the `by` columns, then the columns of `schemas.BREAKDOWN`. `by` may also name columns of
    `features` that are not there yet. `settled` and `pending` count the messages that share the group's keys
    other than `failure_*` (for au x network: all on au). Groups without failures stay where no key is a
    `failure_*` one; nulls are a group.

    The interval is Wilson's at 95%, which takes messages as independent. `cluster` names the column whose
    messages share a fate ("campaign", "send_date"): the interval then allows for it. Messages where that column is
    null stand each for itself.

    Raises `InputError` for a column that is not there.
    """
    keys = [by] if isinstance(by, str) else list(by)
    extra = [] if cluster is None else [cluster]
    read, raw = prepared(frame, [*keys, *extra])
    _check_keys(keys)
    failures = _failures(read, keys, raw=raw)
    if cluster is None and raw:
        # failures are few: their codes are looked at apart from the rest
        everything, failed = gather(_by_status(read, keys), failures)
        failed = failed.with_columns(pl.col("messages").cast(pl.Int64).fill_null(0), outcome=pl.lit("failed"))
        counted = pl.concat([everything.pipe(_unfailed), failed.drop("numbers")], how="diagonal_relaxed")
    else:
        counted, failed = gather(
            counts(read, [*keys, *(c for c in extra if c not in keys)], raw=raw), failures
        )
        counted = named(counted) if raw else counted
    numbers = None
    if "phone_number" in read.collect_schema().names():
        numbers = failed.select(*keys, pl.col("numbers").cast(pl.Int64).fill_null(0))
    return finished(counted, numbers, keys, cluster)


def prepared(frame: Any, wanted: Sequence[str]) -> tuple[nw.LazyFrame[Any], bool]:
    """Read a frame, add the features that are wanted, and tell whether its codes are still to be classified.

    Raises `InputError` for a wanted column that is not there.
    """
    read = with_traits(portable(frame), wanted)
    names = require(read).names()
    raw = "outcome" not in names or any(k in CLASSIFIED and k not in names for k in wanted)
    if raw:
        require(read, "status_id", "detailed_status_id")
    there = [*names, *(c for c in CLASSIFIED if c not in names)]
    if missing := [k for k in wanted if k not in there]:
        raise InputError(
            f"No column {', '.join(map(repr, missing))} to break down by. There are: {mask_text(', '.join(there))}."
        )
    if raw and "outcome" in wanted:
        return classified(read), False
    return read, raw


def counts(read: nw.LazyFrame[Any], keys: Sequence[str], *, raw: bool) -> nw.LazyFrame[Any]:
    """Count `messages` by keys and outcome: the heavy half.

    Where the codes are still to be classified they are counted as they are, few as they are, and `named` afterwards.
    """
    if not raw:
        columns = list(dict.fromkeys([*keys, "outcome"]))
        return read.select(*columns).group_by(columns).agg(nw.len().alias("messages"))
    plain = _plain(keys)
    status = nw.col("status_id")
    code = nw.when(status == 3).then(nw.col("detailed_status_id"))
    return (
        read.select(*plain, status.alias("_status"), code.alias("_code"))
        .group_by([*plain, "_status", "_code"])
        .agg(nw.len().alias("messages"))
    )


def named(counted: pl.DataFrame) -> pl.DataFrame:
    """Classify what `counts` counted by status and code."""
    code = counted.lazy().select(status_id="_status", detailed_status_id="_code")
    labels = classified(nw.from_native(code)).to_native().select(CLASSIFIED).collect()
    return counted.drop("_status", "_code").hstack(labels)


def _by_status(read: nw.LazyFrame[Any], keys: Sequence[str]) -> nw.LazyFrame[Any]:
    """Count messages by status and the keys that are not the failure's."""
    columns = [*_plain(keys), "_status"]
    rows = read.select(*_plain(keys), nw.col("status_id").alias("_status"))
    return rows.group_by(columns).agg(nw.len().alias("messages"))


def _unfailed(counted: pl.DataFrame) -> pl.DataFrame:
    """Name what became of all but the failed ones."""
    status = pl.col("_status").cast(pl.Int64)
    names = {status_id: name for status_id, name in OUTCOMES.items() if name != "failed"}
    return (
        counted.filter(status.ne_missing(3))
        .with_columns(
            pl.col("messages").cast(pl.Int64), outcome=status.replace_strict(names, default="unknown")
        )
        .drop("_status")
    )


def _failures(read: nw.LazyFrame[Any], keys: Sequence[str], *, raw: bool) -> nw.LazyFrame[Any]:
    """Count failed `messages` and their different `numbers`.

    Numbers are grouped twice: `n_unique` in a group is silently wrong on some engines.
    """
    failed = (
        classified(read.filter(nw.col("status_id") == 3))
        if raw
        else read.filter(nw.col("outcome") == "failed")
    )
    if "phone_number" not in read.collect_schema().names():
        failed = failed.with_columns(nw.lit(None, nw.String).alias("phone_number"))
    once = (
        failed.group_by(list(dict.fromkeys([*keys, "phone_number"])))
        .agg(nw.len().alias("_times"))
        .with_columns(
            nw.when(~nw.col("phone_number").is_null()).then(1).otherwise(0).cast(nw.Int64).alias("_known")
        )
    )
    totals = (nw.col("_times").sum().alias("messages"), nw.col("_known").sum().alias("numbers"))
    return once.group_by(keys).agg(*totals) if keys else once.select(*totals)


def finished(
    counted: pl.DataFrame, numbers: pl.DataFrame | None, keys: list[str], cluster: str | None
) -> pl.DataFrame:
    """Work out rates and intervals from counts by keys, cluster and outcome: the fine half."""
    of = sums()
    plain = _plain(keys)
    found = grouped(counted, keys, failed=of["failed"])
    if plain != keys:
        found = found.filter(pl.col("failed") > 0)
    found = joined(found, grouped(counted, plain, settled=of["settled"], pending=of["pending"]), plain)
    if numbers is None:
        found = found.with_columns(numbers=pl.lit(None, pl.Int64))
    else:
        found = joined(found, numbers, keys).with_columns(pl.col("numbers").fill_null(0))
    found = (
        found.with_columns(size=pl.col("settled"))
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
    of, plain = sums(), _plain(keys)
    inside = counted.with_columns(_cluster=pl.col(cluster))
    around = grouped(inside, [*plain, "_cluster"], n=of["settled"]).filter(pl.col("n") > 0)
    failures = joined(
        grouped(inside, [*keys, "_cluster"], f=of["failed"]).filter(pl.col("f") > 0),
        around,
        [*plain, "_cluster"],
    )
    alone = pl.col("_cluster").is_null()
    n, f = pl.col("n").cast(pl.Float64), pl.col("f").cast(pl.Float64)
    sizes = grouped(
        around,
        plain,
        nn=pl.when(alone).then(n).otherwise(n * n).sum(),
        clusters=pl.when(alone).then(n).otherwise(1).sum(),
    )
    products = grouped(
        failures,
        keys,
        fn=pl.when(alone).then(f).otherwise(f * n).sum(),
        ff=pl.when(alone).then(f).otherwise(f * f).sum(),
    )
    groups = joined(joined(found, sizes, plain), products, keys)
    return clustered(groups.with_columns(pl.col("nn", "clusters", "fn", "ff").fill_null(0)))


def sums() -> dict[str, pl.Expr]:
    """Give the sums of messages by what became of them, over counts by outcome."""
    messages = pl.col("messages").cast(pl.Int64)
    settled = pl.col("outcome").is_in(["failed", "delivered"])
    return {
        "failed": messages.filter(pl.col("outcome") == "failed").sum(),
        "settled": messages.filter(settled).sum(),
        "pending": messages.filter(~settled).sum(),
    }


def grouped(counted: pl.DataFrame, keys: Sequence[str], **totals: pl.Expr) -> pl.DataFrame:
    """Sum up by keys, by none as one row."""
    return counted.group_by(keys).agg(**totals) if keys else counted.select(**totals)


def joined(left: pl.DataFrame, right: pl.DataFrame, keys: Sequence[str]) -> pl.DataFrame:
    """Join on keys of which null is one like any other."""
    return left.join(right, on=keys, how="left", nulls_equal=True) if keys else left.join(right, how="cross")


def _plain(keys: Sequence[str]) -> list[str]:
    return [k for k in keys if not k.startswith("failure_")]


def _check_keys(keys: list[str]) -> None:
    taken = [k for k in keys if k in schemas.BREAKDOWN]
    if taken or len(set(keys)) < len(keys):
        raise InputError(
            f"Name each column of by= once, and none of the result's own {', '.join(schemas.BREAKDOWN)}."
        )
