"""Which numbers keep failing, and what became of the next message to them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import narwhals as nw
import polars as pl

from zrtools import privacy
from zrtools.arguments import checked
from zrtools.engines import gather, require
from zrtools.errors import InputError
from zrtools.failures.traffic import PolarsStatuses, Traffic, keys_of
from zrtools.intervals import share, wilson
from zrtools.schemas import NUMBERS, REACHED_LATER, RETRY_EVIDENCE, TIME, ZONE
from zrtools.texts import said

__all__ = [
    "DROP_AFTER_DAYS",
    "FIRST_WAIT",
    "WAITS",
    "WITHIN",
    "History",
    "by_number",
    "evidence",
    "history",
    "hours_of",
    "next_delivery",
    "numbers",
    "numbers_of",
    "reached_later",
    "reached_of",
    "retry_evidence",
]

DROP_AFTER_DAYS = 2
"""On how many different days a number must have been not in service, with no delivery since, to be dropped."""

WAITS: dict[str, tuple[float, float]] = {
    "0-1h": (0, 1),
    "1-6h": (1, 6),
    "6-24h": (6, 24),
    "1-3d": (24, 72),
    "3-7d": (72, 168),
    "7d+": (168, float("inf")),
}
"""Waits between a failure and the next message to the same number: from and to, in hours."""

WITHIN = {"1h": timedelta(hours=1), "24h": timedelta(hours=24), "7d": timedelta(days=7)}
"""How soon a number is looked for again by `reached_later`."""

FIRST_WAIT = 0.5
"""The shortest wait, in hours, that is planned."""

_HISTORY = 10
_CLASSES = ("outcome", "failure_category", "failure_action")


@checked
def numbers(frame: PolarsStatuses, *, least: int = 2, mask: bool = True) -> pl.DataFrame:
    """List the numbers to which at least so many messages failed, with their history, worst first.

    Takes STATUS and DLR frames as a polars DataFrame or LazyFrame, classified or not, and gives NUMBERS. A number's
    `advice` is `drop` after "not in service" on two different days or more with no delivery since (the code also
    means a subscriber's own circumstances, which may pass), `use another channel` where all that failed since the
    last delivery was refused by the handset, `keep` where it was reached since, else `watch`. `history` holds its
    last ten messages. Numbers are masked unless `mask=False`.

    Raises `InputError` for another kind of frame and for missing columns.
    """
    if least < 1:
        raise InputError(said("failures.least", least=least))
    return numbers_of(history(frame), least=least, mask=mask)


def numbers_of(past: History, *, least: int = 2, mask: bool = True) -> pl.DataFrame:
    """List the numbers as `numbers` does."""
    failed = pl.col("outcome") == "failed"
    often = past.messages.group_by("phone_number").agg(times=failed.sum()).filter(pl.col("times") >= least)
    found = by_number(past.messages.join(often.select("phone_number"), on="phone_number", how="semi"))
    done = (
        found.with_columns(advice=_advice())
        .select(pl.col(c).cast(t) for c, t in NUMBERS.items())
        .sort("failed_since", "failed", "phone_number", descending=[True, True, False])
        .collect()
    )
    return privacy.mask(done) if mask else done


@checked
def retry_evidence(frame: PolarsStatuses) -> pl.DataFrame:
    """Count what became of the next message to a number after each category of failure, by how long after it came.

    Takes what `numbers` takes and gives RETRY_EVIDENCE: for each category and wait of `WAITS` how many next
    messages to the same number there were (`tries`), how many were delivered, and the share with its 95 % interval
    (Wilson). Categories and waits without tries have no row.
    """
    return evidence(history(frame).messages).collect()


@checked
def reached_later(
    frame: PolarsStatuses, by: Sequence[str] | str = ("failure_category", "carrier")
) -> pl.DataFrame:
    """Count to how many numbers another message was delivered soon after one had failed.

    Parameters
    ----------
    frame
        As `numbers` takes it.
    by
        Any of failure_category, failure_action, carrier, sms_code and campaign; none for all together.

    Returns
    -------
    pl.DataFrame
        The `by` columns, then REACHED_LATER: three rows a group, for an hour, a day and seven days after the failure
        was reported (Japan). Failures that lie too near the newest status to be watched for so long are left out, so
        `watched` differs from `failed`. Most failures first.

    Raises
    ------
    InputError
        For another kind of frame, missing columns, and other columns in `by`.
    """
    keys = keys_of(by, REACHED_LATER)
    known = ("failure_category", "failure_action", "carrier", "sms_code", "campaign")
    if wrong := [k for k in keys if k not in known]:
        raise InputError(
            said("failures.by_one_of", keys=keys, names=", ".join(wrong), names2=", ".join(known))
        )
    return reached_of(history(frame), keys)


def reached_of(past: History, keys: Sequence[str], chosen: pl.Expr | None = None) -> pl.DataFrame:
    """Count as `reached_later` does, of the chosen failures."""
    failed = next_delivery(past.messages).filter(
        pl.col("outcome") == "failed", pl.col("phone_number").is_not_null()
    )
    if chosen is not None:
        failed = failed.filter(chosen)
    after, newest = pl.col("reached_at") - pl.col("date_time"), pl.lit(past.newest, TIME)
    parts = []
    for place, (name, wait) in enumerate(WITHIN.items()):
        watched = pl.col("date_time") + wait <= newest
        totals = {
            "failed": pl.len(),
            "watched": watched.sum(),
            "reached": (watched & (after <= wait)).sum(),
        }
        own = failed.group_by(keys).agg(**totals) if keys else failed.select(**totals)
        parts.append(own.with_columns(within=pl.lit(name), _at=pl.lit(place)))
    chance = share(pl.col("reached"), pl.col("watched"))
    low, high = wilson(chance, pl.col("watched"))
    return (
        pl.concat(parts)
        .with_columns(chance=chance, chance_low=low, chance_high=high)
        .sort("failed", *keys, "_at", descending=[True, *(False for _ in keys), False], nulls_last=True)
        .select(*keys, *(pl.col(c).cast(t) for c, t in REACHED_LATER.items()))
        .collect()
    )


def next_delivery(messages: pl.LazyFrame) -> pl.LazyFrame:
    """Add `reached_at`: when the next message to the same number after this one was delivered."""
    delivered = pl.when(pl.col("outcome") == "delivered").then("date_time")
    later = delivered.shift(-1).backward_fill().over("phone_number")
    return messages.sort("date_time", "outcome", maintain_order=True).with_columns(
        reached_at=pl.when(pl.col("phone_number").is_not_null()).then(later)
    )


@dataclass(frozen=True, slots=True)
class History:
    """All messages to numbers to which at least one failed, and the newest status of all."""

    messages: pl.LazyFrame
    newest: datetime | None


def history(frame: PolarsStatuses) -> History:
    """Read what the analyses of numbers need. Raises `InputError` as they do."""
    read = Traffic.of(frame, _CLASSES[1:])
    there = require(read.rows, "phone_number", "date_time", "message")
    read = read.timed()
    rows: pl.LazyFrame = read.rows.to_native()
    failing = read.failures().select("phone_number").unique()
    numbers, newest = gather(failing, nw.from_native(rows.select(pl.col("date_time").max())))
    optional = [
        pl.col(c).cast(t) if c in there else pl.lit(None, t).alias(c)
        for c, t in (
            *(("send_date", pl.Date), ("client_tag", pl.String), ("carrier", pl.String)),
            *(("sms_code", pl.String), ("campaign", pl.String)),
        )
    ]
    codes = ("status_id", "detailed_status_id") if read.raw else _CLASSES
    some = rows.select(*optional, "phone_number", "message", "date_time", "day", *codes).join(
        numbers.lazy(), on="phone_number", how="semi", nulls_equal=True
    )
    kept: pl.LazyFrame = replace(read, rows=nw.from_native(some)).classified().rows.to_native()
    messages = kept.select(
        *(pl.col(c.meta.output_name()) for c in optional),
        "phone_number",
        "message",
        _time(),
        "day",
        *_CLASSES,
    )
    return History(messages.collect().lazy(), newest.select(_time()).item())


def _time() -> pl.Expr:
    return pl.col("date_time").dt.replace_time_zone(None).dt.replace_time_zone(ZONE).cast(TIME)


def by_number(messages: pl.LazyFrame) -> pl.LazyFrame:
    """Give each number's history in one row."""
    failed, delivered = pl.col("outcome") == "failed", pl.col("outcome") == "delivered"
    when = pl.col("date_time")
    reached = when.filter(delivered).max()
    since = failed & (when > reached).fill_null(value=True)
    told = pl.format(
        "{} {}", pl.col("day").dt.strftime("%m-%d").fill_null("?"), pl.coalesce("failure_category", "outcome")
    )
    return (
        messages.filter(pl.col("phone_number").is_not_null())
        .sort("date_time", "outcome", "failure_category", nulls_last=False)
        .group_by("phone_number", maintain_order=True)
        .agg(
            carrier=pl.col("carrier").drop_nulls().last(),
            failed=failed.sum(),
            delivered=delivered.sum(),
            pending=(~(failed | delivered)).sum(),
            failed_days=pl.col("day").filter(failed).n_unique(),
            failed_since=since.sum(),
            not_in_service_days=pl.col("day")
            .filter(since & (pl.col("failure_action") == "drop the number"))
            .n_unique(),
            _refused=pl.col("day").filter(since & (pl.col("failure_action") == "use another channel")).len(),
            first_failure=when.filter(failed).min(),
            last_failure=when.filter(failed).max(),
            last_delivery=reached,
            last_category=pl.col("failure_category").filter(failed).last(),
            history=told.tail(_HISTORY).str.join(", "),
        )
    )


def _advice() -> pl.Expr:
    return (
        pl.when(pl.col("not_in_service_days") >= DROP_AFTER_DAYS)
        .then(pl.lit("drop"))
        .when(pl.col("failed_since") == 0)
        .then(pl.lit("keep"))
        .when(pl.col("_refused") == pl.col("failed_since"))
        .then(pl.lit("use another channel"))
        .otherwise(pl.lit("watch"))
    )


def evidence(messages: pl.LazyFrame) -> pl.LazyFrame:
    """Count what became of the next message to a number, as `retry_evidence` does."""
    settled = messages.filter(
        pl.col("outcome").is_in(["failed", "delivered"]) & pl.col("phone_number").is_not_null()
    )
    following = settled.sort("phone_number", "date_time", "outcome").with_columns(
        _next=pl.col("date_time").shift(-1).over("phone_number"),
        _then=pl.col("outcome").shift(-1).over("phone_number"),
    )
    hours = (pl.col("_next") - pl.col("date_time")).dt.total_minutes() / 60
    wait = pl.lit(list(WAITS)[-1])
    for name, (_, end) in reversed(list(WAITS.items())[:-1]):
        wait = pl.when(hours < end).then(pl.lit(name)).otherwise(wait)
    chance = share(pl.col("delivered"), pl.col("tries"))
    low, high = wilson(chance, pl.col("tries"))
    return (
        following.filter((pl.col("outcome") == "failed") & pl.col("_then").is_not_null())
        .group_by("failure_category", wait=wait)
        .agg(tries=pl.len().cast(pl.Int64), delivered=(pl.col("_then") == "delivered").sum().cast(pl.Int64))
        .with_columns(chance=chance, chance_low=low, chance_high=high)
        .sort("failure_category", pl.col("wait").replace_strict(hours_of(), return_dtype=pl.Float64))
        .select(pl.col(c).cast(t) for c, t in RETRY_EVIDENCE.items())
    )


def hours_of() -> dict[str, float]:
    """Give the shortest hours of each wait."""
    return {name: max(start, FIRST_WAIT) for name, (start, _) in WAITS.items()}
