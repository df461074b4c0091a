"""Which numbers keep failing, and what to do next with each failed message."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

import narwhals as nw
import polars as pl

from zrtools import periods, privacy
from zrtools.arguments import checked
from zrtools.engines import gather, require
from zrtools.errors import InputError
from zrtools.failures.traffic import PolarsStatuses, Traffic
from zrtools.intervals import share, wilson
from zrtools.schemas import NUMBERS, RETRY_EVIDENCE, RETRY_PLAN, TIME, ZONE

__all__ = ["DROP_AFTER_DAYS", "WAITS", "numbers", "retry_evidence", "retry_plan"]

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

HOURS = (9, 20)
"""The hours of the day in which messages may go out (Japan)."""

_ENOUGH = 30
_FIRST_WAIT = 0.5
# where one's own data says too little yet: a while for what passes by itself, a day for a number out of service
_USUAL_WAIT = {"send again later": "1-6h", "drop the number": "1-3d"}
_HISTORY = 10
_CLASSES = ("outcome", "failure_category", "failure_action")
# no \b: it takes Japanese letters for a part of the word, and costs seventy times as much
_APART = "A-Za-zＡ-Ｚａ-ｚ"
_ONE_TIME = (
    r"(?i)(?:認証|確認|検証|ワンタイム|本人確認|セキュリティ)用?(?:コード|番号|パスワード|キー)|ワンタイム|暗証番号"
    r"|(?:verification|security|confirmation|login|access|authentication)\s+code|one[- ]?time|passcode"
    rf"|(?:^|[^{_APART}])(?:OTP|ＯＴＰ)(?:$|[^{_APART}])"
)


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
        raise InputError(f"least={least}: a number must have failed at least once to be listed.")
    return numbers_of(history(frame), least=least, mask=mask)


def numbers_of(past: History, *, least: int = 2, mask: bool = True) -> pl.DataFrame:
    """List the numbers as `numbers` does."""
    failed = pl.col("outcome") == "failed"
    often = past.messages.group_by("phone_number").agg(times=failed.sum()).filter(pl.col("times") >= least)
    found = _by_number(past.messages.join(often.select("phone_number"), on="phone_number", how="semi"))
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
    return _evidence(history(frame).messages).collect()


@checked
def retry_plan(
    frame: PolarsStatuses,
    *,
    now: datetime | str | None = None,
    opted_out: Iterable[str] = (),
    hours: tuple[int, int] = HOURS,
    mask: bool = True,
) -> pl.DataFrame:
    """Plan each failed message's next step, and when, from what the data says of its category.

    Takes what `numbers` takes and gives RETRY_PLAN, one row a failed message. Left alone are messages delivered or
    tried again since, one-time codes (told by their wording) and numbers in `opted_out` (+81 form). Numbers are
    dropped as in `numbers`. For the rest `chance` is how often the next message to the same number was delivered
    after that category and a like wait; the wait is the shortest of at least 30 tries that is not clearly worse
    than the best, else one hour (not in service: a day). `at` falls into `hours` of the day (Japan) and never
    before `now` (the newest status of the frame, if not given); it is null where a message is left alone or its
    number dropped.

    `phone_number` and numbers in `message` are masked unless `mask=False`; `message` is null where nothing is to be
    sent. Raises `InputError` for another kind of frame, missing columns, and hours that make no sense.
    """
    if not 0 <= hours[0] < hours[1] <= 24:
        raise InputError(
            f"hours={hours}: give the first hour and the hour that ends sending, for example (9, 20)."
        )
    moment = None if now is None else periods.time(now, "now")
    return plan_of(history(frame), moment, [str(number) for number in opted_out], hours, mask=mask)


def plan_of(
    past: History,
    now: datetime | None = None,
    opted_out: Sequence[str] = (),
    hours: tuple[int, int] = HOURS,
    *,
    mask: bool = True,
    days: tuple[date, date] | None = None,
) -> pl.DataFrame:
    """Plan as `retry_plan` does, of failures of these days alone where they are given."""
    moment = now or past.newest
    state = _by_number(past.messages).select(
        "phone_number", _drop=pl.col("not_in_service_days") >= DROP_AFTER_DAYS
    )
    chosen = pl.lit(value=True) if days is None else pl.col("day").is_between(*days)
    failed = (
        _what_came_later(past.messages, chosen)
        .join(state, on="phone_number", how="left")
        .join(_waits(_evidence(past.messages)), on="failure_category", how="left")
    )
    cases: list[tuple[pl.Expr, str, str]] = [
        (pl.col("_delivered_since"), "leave", "delivered since"),
        (pl.col("_pending_since"), "leave", "a later try is pending"),
        (pl.col("_tried_since"), "leave", "tried again since"),
        (pl.col("phone_number").is_in(opted_out), "leave", "opted out"),
        (pl.col("message").str.contains(_ONE_TIME), "leave", "one-time code"),
        (pl.col("phone_number").is_null(), "look into it", "no number"),
        (pl.col("_drop"), "drop the number", "not in service on two days or more"),
        (
            pl.col("failure_action") == "drop the number",
            "send again later",
            "not in service for the first time",
        ),
        (pl.col("failure_action") == "use another channel", "use another channel", "refused by the handset"),
        (pl.col("failure_action") == "send again later", "send again later", "may be reached later"),
    ]
    step, reason = pl.lit("look into it"), pl.lit("unknown code")
    for condition, what, why in reversed(cases):
        step = pl.when(condition).then(pl.lit(what)).otherwise(step)
        reason = pl.when(condition).then(pl.lit(why)).otherwise(reason)
    again = pl.col("step") == "send again later"
    usual = pl.col("failure_action").replace_strict(
        {action: max(WAITS[wait][0], _FIRST_WAIT) for action, wait in _USUAL_WAIT.items()}, default=24.0
    )
    after = pl.col("date_time") + pl.duration(minutes=(pl.coalesce("_hours", usual) * 60).cast(pl.Int64))
    done = (
        failed.with_columns(step=step, reason=reason)
        .with_columns(
            at=pl.when(again)
            .then(_within(pl.max_horizontal(after, pl.lit(moment, TIME)), hours))
            .when(~pl.col("step").is_in(["leave", "drop the number"]))
            .then(pl.lit(moment, TIME)),
            message=pl.when(again | (pl.col("step") == "use another channel")).then("message"),
            **{c: pl.when(again).then(c) for c in ("chance", "chance_low", "chance_high", "evidence")},
        )
        .select(pl.col(c).cast(t) for c, t in RETRY_PLAN.items())
        .sort("at", "date_time", "phone_number", nulls_last=True)
        .collect()
    )
    return privacy.mask(done) if mask else done


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
        pl.col(c) if c in there else pl.lit(None, t).alias(c)
        for c, t in (("send_date", pl.Date), ("client_tag", pl.String), ("carrier", pl.String))
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


def _by_number(messages: pl.LazyFrame) -> pl.LazyFrame:
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


def _evidence(messages: pl.LazyFrame) -> pl.LazyFrame:
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
        .sort("failure_category", pl.col("wait").replace_strict(_hours(), return_dtype=pl.Float64))
        .select(pl.col(c).cast(t) for c, t in RETRY_EVIDENCE.items())
    )


def _hours() -> dict[str, float]:
    return {name: max(start, _FIRST_WAIT) for name, (start, _) in WAITS.items()}


def _waits(evidence: pl.LazyFrame) -> pl.LazyFrame:
    """Choose each category's wait: the shortest that is not clearly worse than the best."""
    enough = evidence.filter(pl.col("tries") >= _ENOUGH).with_columns(
        _hours=pl.col("wait").replace_strict(_hours(), return_dtype=pl.Float64),
        _best=pl.col("chance").max().over("failure_category"),
    )
    return (
        enough.filter(pl.col("chance_high") >= pl.col("_best"))
        .sort("_hours")
        .unique("failure_category", keep="first", maintain_order=True)
        .select("failure_category", "_hours", "chance", "chance_low", "chance_high", evidence="tries")
    )


def _what_came_later(messages: pl.LazyFrame, chosen: pl.Expr) -> pl.LazyFrame:
    """Tell of the chosen failures whether the same text went to the same number again, and what became of it."""
    outcome = pl.col("outcome")
    ordered = messages.sort("date_time", "outcome", maintain_order=True).with_row_index("_at")
    failed = ordered.filter((outcome == "failed") & chosen)
    same = ["phone_number", "message"]
    kinds = {
        "_delivered_since": outcome == "delivered",
        "_tried_since": outcome == "failed",
        "_pending_since": outcome.is_in(["sending", "unknown"]),
    }
    last = ordered.group_by(same).agg(pl.col("_at").filter(kind).max().alias(c) for c, kind in kinds.items())
    # without a number or a text, nothing is the same
    return failed.join(last, on=same, how="left", maintain_order="left").with_columns(
        (pl.col(c) > pl.col("_at")).fill_null(value=False) for c in kinds
    )


def _within(moment: pl.Expr, hours: tuple[int, int]) -> pl.Expr:
    """Move a time that falls outside the hours of sending to the next morning."""
    local = moment.dt.replace_time_zone(None)
    opening = local.dt.truncate("1d") + pl.duration(hours=hours[0])
    kept = (
        pl.when(local.dt.hour() < hours[0])
        .then(opening)
        .when(local.dt.hour() >= hours[1])
        .then(opening + pl.duration(days=1))
        .otherwise(local)
    )
    return kept.dt.replace_time_zone(ZONE).cast(TIME)
