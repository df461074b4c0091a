"""Failures by any of the frame's columns, each rate with its interval."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import narwhals as nw
import polars as pl

from zrtools import schemas
from zrtools.errors import InputError
from zrtools.failures.classes import CLASSIFIED, classified
from zrtools.failures.engines import gather, portable, require
from zrtools.failures.intervals import share, wilson

__all__ = ["breakdown"]


def breakdown(frame: Any, by: Sequence[str] | str = ("carrier", "failure_category")) -> pl.DataFrame:
    """Count failures by columns of the frame, most failures first.

    Takes what `classify` takes, classified or not (then it is classified first), and gives a polars
    DataFrame: the `by` columns, then the columns of `schemas.BREAKDOWN`. `settled` and `pending` count the
    messages that share the group's keys other than `failure_*` (for au x network: all on au); the interval is Wilson's at
    95 %, which takes messages as independent. Groups without failures stay where no key is a `failure_*` one;
    nulls are a group.

    Raises `InputError` for a `by` column that is not there.
    """
    keys = [by] if isinstance(by, str) else list(by)
    read = portable(frame)
    names = require(read).names()
    raw = "outcome" not in names or any(k in CLASSIFIED and k not in names for k in keys)
    if raw:
        require(read, "status_id", "detailed_status_id")
    _check_keys(keys, [*names, *(c for c in CLASSIFIED if c not in names)])
    if raw and "outcome" in keys:
        read, raw = classified(read), False

    counted = _counts_of_codes(read, keys) if raw else _counts_of_outcomes(read, keys)
    distinct = [_numbers(read, keys, raw=raw)] if "phone_number" in names else []
    counts, *numbers = gather(counted, *distinct)
    return _finished(_named(counts) if raw else counts, numbers[0] if numbers else None, keys)


def _counts_of_codes(read: nw.LazyFrame[Any], keys: list[str]) -> nw.LazyFrame[Any]:
    """Count by status and code: the codes are few, so that naming them afterwards costs nothing."""
    plain = _plain(keys)
    status = nw.col("status_id")
    return (
        read.select(
            *plain,
            status.alias("_status"),
            nw.when(status == 3).then(nw.col("detailed_status_id")).alias("_code"),
        )
        .group_by([*plain, "_status", "_code"])
        .agg(nw.len().alias("messages"))
    )


def _named(counts: pl.DataFrame) -> pl.DataFrame:
    code = counts.lazy().select(status_id="_status", detailed_status_id="_code")
    labels = classified(nw.from_native(code)).to_native().select(CLASSIFIED).collect()
    return counts.drop("_status", "_code").hstack(labels)


def _counts_of_outcomes(read: nw.LazyFrame[Any], keys: list[str]) -> nw.LazyFrame[Any]:
    columns = list(dict.fromkeys([*keys, "outcome"]))
    return read.select(*columns).group_by(columns).agg(nw.len().alias("messages"))


def _numbers(read: nw.LazyFrame[Any], keys: list[str], *, raw: bool) -> nw.LazyFrame[Any]:
    """Count different numbers by grouping twice: `n_unique` in a group is silently wrong on some engines."""
    failed = (
        classified(read.filter(nw.col("status_id") == 3))
        if raw
        else read.filter(nw.col("outcome") == "failed")
    )
    known = failed.filter(~nw.col("phone_number").is_null())
    once = known.group_by(list(dict.fromkeys([*keys, "phone_number"]))).agg(nw.len().alias("_times"))
    if not keys:
        return once.select(nw.len().alias("numbers"))
    return once.group_by(keys).agg(nw.len().alias("numbers"))


def _finished(counts: pl.DataFrame, numbers: pl.DataFrame | None, keys: list[str]) -> pl.DataFrame:
    messages = pl.col("messages").cast(pl.Int64)
    of = {
        "failed": messages.filter(pl.col("outcome") == "failed").sum(),
        "settled": messages.filter(pl.col("outcome").is_in(["failed", "delivered"])).sum(),
        "pending": messages.filter(~pl.col("outcome").is_in(["failed", "delivered"])).sum(),
    }
    plain = _plain(keys)
    failures_only = plain != keys
    found = _grouped(counts, keys, failed=of["failed"])
    if failures_only:
        found = found.filter(pl.col("failed") > 0)
    found = _joined(found, _grouped(counts, plain, settled=of["settled"], pending=of["pending"]), plain)
    if numbers is None:
        found = found.with_columns(numbers=pl.lit(None, pl.Int64))
    else:
        found = _joined(found, numbers, keys).with_columns(pl.col("numbers").fill_null(0))
    rate = share(pl.col("failed"), pl.col("settled"))
    low, high = wilson(rate, pl.col("settled"))
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


def _plain(keys: list[str]) -> list[str]:
    return [k for k in keys if not k.startswith("failure_")]


def _grouped(counts: pl.DataFrame, keys: list[str], **sums: pl.Expr) -> pl.DataFrame:
    return counts.group_by(keys).agg(**sums) if keys else counts.select(**sums)


def _joined(left: pl.DataFrame, right: pl.DataFrame, keys: list[str]) -> pl.DataFrame:
    return left.join(right, on=keys, how="left", nulls_equal=True) if keys else left.join(right, how="cross")


def _check_keys(keys: list[str], there: list[str]) -> None:
    missing = [k for k in keys if k not in there]
    if missing:
        raise InputError(
            f"No column {', '.join(map(repr, missing))} to break down by. There are: {', '.join(there)}."
        )
    taken = [k for k in keys if k in schemas.BREAKDOWN]
    if taken or len(set(keys)) < len(keys):
        raise InputError(
            f"Name each column of by= once, and none of the result's own {', '.join(schemas.BREAKDOWN)}."
        )
