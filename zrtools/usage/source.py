"""What usage is computed from: counts as the service gives them, or statuses added up by day."""

from __future__ import annotations

from datetime import date
from typing import Literal

import narwhals as nw
import polars as pl

from zrtools.arguments import checked
from zrtools.engines import AnyFrame, gather, portable, require
from zrtools.errors import InputError
from zrtools.messages import EACH_PART, FIRST_PART
from zrtools.schemas import COUNTS, DAILY_USAGE, check
from zrtools.texts import said

__all__ = [
    "ALL",
    "UNKNOWN",
    "Basis",
    "billed_in",
    "by_month",
    "daily",
    "ends",
    "is_counts",
    "newest",
    "snapshots",
]

ALL = "*"
"""Stands in `carrier_id` and `carrier` for all carriers together."""

UNKNOWN = "999"
"""The service's number for a carrier that it does not know; null here."""

Basis = Literal["delivered", "delivered and failed"]


@checked
def daily(statuses: AnyFrame) -> pl.DataFrame:
    """Add delivery statuses up by day of sending and carrier: the heavy half, on any engine.

    Takes STATUS or DLR rows as a polars DataFrame or LazyFrame, a DuckDB relation, or a PySpark DataFrame (with
    times as an archive stores them: in Japan, without a zone), and gives DAILY_USAGE, oldest first. The day is
    `send_date`, or the date of `date_time` where that is null. Pending messages have no carrier; 999 is none.
    `client_id` is null where the rows do not tell it; DLR rows tell nothing about what failed messages cost.

    Raises `InputError` when the columns are not there.
    """
    frame = portable(statuses)
    columns = require(
        frame, "date_time", "carrier_id", "carrier", "status_id", "separated_success_count"
    ).names()
    pushed = "send_date" not in columns
    reported = nw.col("date_time").dt.date()
    sent = reported if pushed else nw.coalesce(nw.col("send_date"), reported)
    client = nw.col("client_id") if "client_id" in columns else nw.lit(None)
    carrier_id = nw.col("carrier_id").cast(nw.String)
    late = nw.when(_month(reported) > _month(sent)).then(1).otherwise(0)
    status, billed = nw.col("status_id").cast(nw.Int64), nw.col("separated_success_count").cast(nw.Int64)
    # what a pending message may be billed as; its own count is not defined
    length = nw.col("message").str.len_chars().cast(nw.Int64) if "message" in columns else nw.lit(0)
    usual = nw.when(length > FIRST_PART).then((length - 1) // EACH_PART + 1).otherwise(1)
    rows = frame.select(
        sent.alias("send_date"),
        client.cast(nw.String).alias("client_id"),
        nw.when(carrier_id != UNKNOWN).then(carrier_id).alias("carrier_id"),
        nw.col("carrier").cast(nw.String).alias("carrier"),
        late.alias("late"),
        status.alias("status_id"),
        billed.alias("parts"),
        nw.when((status == 2) | (status == 3)).then(billed).otherwise(usual).cast(nw.Int64).alias("most"),
    )
    keys = ["send_date", "client_id", "carrier_id", "carrier"]
    counted = gather(
        rows.group_by([*keys, "late", "status_id"]).agg(
            nw.len().alias("messages"),
            nw.col("parts").sum().alias("parts"),
            nw.col("most").max().alias("most"),
        )
    )[0]
    # engines give sums in types of their own
    messages, parts = (pl.col(c).cast(pl.Int64).fill_null(0) for c in ("messages", "parts"))
    late_ones, delivered, failed = pl.col("late") == 1, *(pl.col("status_id").eq_missing(n) for n in (2, 3))
    return (
        counted.group_by(keys)
        .agg(
            messages=messages.sum(),
            delivered=messages.filter(delivered).sum(),
            failed=messages.filter(failed).sum(),
            pending=messages.filter(~(delivered | failed)).sum(),
            delivered_count=parts.filter(delivered).sum(),
            failed_count=pl.lit(None) if pushed else parts.filter(failed).sum(),
            late_delivered_count=parts.filter(delivered & late_ones).sum(),
            late_failed_count=pl.lit(None) if pushed else parts.filter(failed & late_ones).sum(),
            most_parts=pl.col("most").max(),
        )
        .select(pl.col(c).cast(t) for c, t in DAILY_USAGE.items())
        .sort("send_date", "client_id", "carrier_id", nulls_last=True)
    )


def is_counts(frame: AnyFrame) -> bool:
    """Tell counts from statuses by their columns. Raises `InputError` when it is neither."""
    columns = portable(frame).collect_schema().names()
    if "through" in columns and "month" in columns:
        return True
    if "status_id" in columns or "delivered_count" in columns:
        return False
    raise InputError(said("usage.neither"))


def snapshots(counts: pl.DataFrame | pl.LazyFrame) -> pl.DataFrame:
    """Take counts as they are, `taken` included where they are snapshots.

    Raises `InputError` when the columns are not those of COUNTS.
    """
    check(counts, COUNTS, "COUNTS")
    return counts.lazy().collect()


def newest(counts: pl.DataFrame | pl.LazyFrame) -> pl.DataFrame:
    """Take the newest count of each month, client and carrier; columns as COUNTS.

    Raises `InputError` when a count stands there twice and no column `taken` says which is newer.
    """
    frame = snapshots(counts)
    if "taken" in frame.columns:
        # an answer is a whole: what a newer one leaves out must not come from an older one
        frame = frame.filter(pl.col("taken") == pl.col("taken").max().over("month", "client_id"))
    frame = frame.select(COUNTS.names())
    twice = frame.filter(frame.select("month", "client_id", "carrier_id").is_duplicated())
    if twice.height:
        first = twice.row(0, named=True)
        raise InputError(
            said(
                "usage.counts_twice",
                first=first["month"],
                first2=first["client_id"],
                first22=first["carrier_id"],
            )
        )
    return frame.sort("month", "client_id", "carrier_id", nulls_last=True)


def billed_in(day: pl.Expr, closing_day: int | None) -> pl.Expr:
    """Tell the month, by its first day, in which days are billed: with a closing day of 20 the 21st is the next one's.

    Raises `InputError`.
    """
    if closing_day is None:
        return day.dt.truncate("1mo")
    if not 1 <= closing_day <= 27:
        raise InputError(said("usage.closing_day_month_end", closing_day=closing_day))
    return day.dt.offset_by(f"-{closing_day}d").dt.truncate("1mo").dt.offset_by("1mo")


def by_month(
    days: pl.DataFrame,
    *,
    basis: Basis = "delivered and failed",
    through: date | None = None,
    closing_day: int | None = None,
) -> pl.DataFrame:
    """Add days (DAILY_USAGE) up to months, with the columns of COUNTS.

    With a closing day a month is named by the one in which it ends. Months before the last count as whole. The last one
    reaches to `through`, else to its last day with a message. Rows whose messages are all pending are left out: they
    have no carrier and no count.
    """
    parts = pl.col("delivered_count")
    if basis == "delivered and failed":
        parts = parts + pl.col("failed_count").fill_null(0)
    last = days["send_date"].max()
    end: date | None = max(through, last) if through and last else last  # type: ignore[assignment]  # a Date column's maximum is a date
    return (
        days.with_columns(month=billed_in(pl.col("send_date"), closing_day))
        .filter(pl.col("delivered") + pl.col("failed") > 0)
        .group_by("month", "client_id", "carrier_id", "carrier")
        .agg(separated_success_count=parts.sum())
        .with_columns(
            through=pl.min_horizontal(ends(pl.col("month"), closing_day), pl.lit(end, dtype=pl.Date))
        )
        .select(pl.col(c).cast(t) for c, t in COUNTS.items())
        .sort("month", "client_id", "carrier_id", nulls_last=True)
    )


def ends(month: pl.Expr, closing_day: int | None) -> pl.Expr:
    """Tell the last day of months, by their first."""
    return month.dt.month_end() if closing_day is None else month.dt.offset_by(f"{closing_day - 1}d")


def _month(day: nw.Expr) -> nw.Expr:
    return day.dt.year().cast(nw.Int64) * 12 + day.dt.month().cast(nw.Int64)
