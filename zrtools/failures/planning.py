"""What to do next with each failed message, and when."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import narwhals as nw
import polars as pl

from zrtools import periods, phones, privacy, words
from zrtools.arguments import checked
from zrtools.codes import MESSAGE_KINDS, MessageKind
from zrtools.codes.causes import GROUPS
from zrtools.errors import InputError
from zrtools.failures.causes import KEYS, causes_of
from zrtools.failures.detector import both_lists
from zrtools.failures.recipients import (
    DROP_AFTER_DAYS,
    FIRST_WAIT,
    WAITS,
    History,
    by_number,
    evidence,
    history,
    hours_of,
    next_delivery,
)
from zrtools.failures.traffic import PolarsStatuses, Traffic
from zrtools.failures.traits import campaign_of, learnt_rule, with_traits
from zrtools.failures.wording import values_of
from zrtools.jcalendar import kind_of_day
from zrtools.schemas import INCIDENTS, RETRY_PLAN, TIME, ZONE, empty
from zrtools.texts import said

__all__ = [
    "HOURS",
    "KEEP_FOR",
    "Choice",
    "Found",
    "Hours",
    "chosen",
    "messages_to_resend",
    "numbers_to_drop",
    "plan_of",
    "retry_plan",
]

HOURS = (9, 20)
"""The hours of the day in which messages may go out (Japan)."""

KEEP_FOR = 48.0
"""For how many hours a message is worth sending again, where nothing else is said."""

Hours = float | int | timedelta

_REST = ("saturday", "sunday or holiday")
_ENOUGH = 30
# where one's own data says too little yet: a while for what passes by itself, a day for a number out of service
_USUAL_WAIT = {"send again later": "1-6h", "drop the number": "1-3d"}
# reports come up to an hour late as a rule
_LATE = timedelta(hours=1)
# of text in NFKC; no \b: it takes Japanese letters for a part of the word, and costs seventy times as much
_CODE = "(?:コード|番号|パスワード|キー)"
_ONE_TIME = (
    rf"(?i)(?:認証|確認|検証|本人確認|セキュリティ)用?の?{_CODE}|(?:ログイン|サインイン)用?の?(?:コード|番号)"
    r"|ワンタイム|暗証番号|パスコード|PINコード|アクセスコード|(?:[2二]段階|2要素|二要素|SMS|本人)認証|一時パスワード"
    r"|(?:verification|security|confirmation|login|log-in|sign-in|access|authentication)\s+(?:code|number|no\.|pin)"
    r"|one[- ]?time|passcode|your\s(?:[a-z0-9.&'-]+\s){0,3}(?:code|pin)(?:\s+is)?\s*:?\s*[0-9]"
    r"|認証[^0-9]{0,4}[0-9]{4,8}|コード[^0-9]{0,6}[0-9]{4,8}[^0-9]+[0-9]+分|[0-9]{4,8}\s+is\s+your\s.*(?:code|pin|password)|(?:^|[^A-Za-z])(?:OTP|PIN|2FA)(?:$|[^A-Za-z])"
)
_LONGEST = 24 * 3660.0


@dataclass(frozen=True, slots=True)
class Choice:
    """When messages may go out again, and until when they are worth it (hours)."""

    now: datetime | None = None
    opted_out: Sequence[str] = ()
    hours: tuple[int, int] = HOURS
    on_rest_days: bool = False
    keep_for: float = KEEP_FOR
    expires: Mapping[str, float] | None = None
    kinds: Mapping[str, MessageKind] | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """Incidents and their causes, row by row."""

    incidents: pl.DataFrame
    causes: pl.DataFrame


@checked
def retry_plan(
    frame: PolarsStatuses,
    *,
    now: datetime | str | None = None,
    opted_out: Iterable[str] = (),
    hours: tuple[int, int] = HOURS,
    on_rest_days: bool = False,
    keep_for: Hours = KEEP_FOR,
    expires: Mapping[str, Hours] | None = None,
    kinds: Mapping[str, MessageKind] | None = None,
    incidents: pl.DataFrame | None = None,
    mask: bool = True,
) -> pl.DataFrame:
    """Plan each failed message's next step, and when, from the incidents, the clock and what the data says.

    Left alone are messages delivered or tried again since, one-time codes (told by `kinds`, else by their wording)
    and numbers in `opted_out`. In an incident of a stale list what was not in service is to be cleaned; where a
    sender or text was blocked, the service was at fault or the code is unknown, the vendor is asked first; nothing
    is sent again before an incident is over. Numbers are dropped as in `numbers`. For the rest `chance` is how
    often the next message to the same number was delivered after that category and a like wait; the wait is the
    shortest of at least 30 tries that is not clearly worse than the best, else one hour (not in service: a day).

    Parameters
    ----------
    frame
        STATUS or DLR, classified or not (a polars DataFrame or LazyFrame).
    now
        The service's clock (`client.now()`); the newest status of the frame where it is left out.
    opted_out
        Numbers that must not be written to, in any spelling.
    hours
        The hours in which messages may go out (Japan): the first, and the one that ends sending.
    on_rest_days
        Whether messages may go out on Saturdays, Sundays, public holidays and 30 December to 3 January.
    keep_for
        For how long a message is worth sending again, from its sending: hours or a timedelta.
    expires
        The same for single campaigns or templates, by their name in `features`.
    kinds
        What single campaigns or templates are for, by the same names, as `Outbox.add` takes it.
    incidents
        What `incidents` found in the frame; looked for where left out and the frame has carriers.
    mask
        Whether numbers in `phone_number` and `message` are masked.

    Returns
    -------
    pl.DataFrame
        RETRY_PLAN, a row a failed message. `at` (Japan, whole minutes) lies in `hours` of a working day and never
        before `now`; it is null where a message is left alone, expired, or its number dropped, and `message` where
        nothing is to be sent.

    Raises
    ------
    InputError
        For another kind of frame, missing columns, hours or times that make no sense, and numbers that are none.
    """
    choice = chosen(
        now=now,
        opted_out=opted_out,
        hours=hours,
        on_rest_days=on_rest_days,
        keep_for=keep_for,
        expires=expires,
        kinds=kinds,
    )
    if (
        not isinstance(frame, Traffic)
        and {"client_tag"} <= set(there := frame.lazy().collect_schema())
        and "campaign" not in there
    ):
        frame = frame.with_columns(campaign=campaign_of(learnt_rule(frame)))
    past = history(frame)
    found = _looked_for(frame, incidents)
    return plan_of(past, choice, found, mask=mask)


def chosen(
    *,
    now: datetime | str | None = None,
    opted_out: Iterable[str] = (),
    hours: tuple[int, int] = HOURS,
    on_rest_days: bool = False,
    keep_for: Hours = KEEP_FOR,
    expires: Mapping[str, Hours] | None = None,
    kinds: Mapping[str, MessageKind] | None = None,
) -> Choice:
    """Read what `retry_plan` is told. Raises `InputError` as it does."""
    if not 0 <= hours[0] < hours[1] <= 24:
        raise InputError(said("failures.hours", hours=hours))
    moment = None if now is None else periods.time(now, "now")
    seconds = (
        now.strip()[16:].strip(":0") if isinstance(now, str) else now and (now.second or now.microsecond)
    )
    if moment is not None and seconds:
        # a minute that has begun is past
        moment += timedelta(minutes=1)
    kept = {str(name): _hours(f"expires[{str(name)!r}]", value) for name, value in (expires or {}).items()}
    named = {str(name): kind for name, kind in (kinds or {}).items()}
    if any(kind not in MESSAGE_KINDS for kind in named.values()):
        raise InputError(said("outbox.kinds", kinds=", ".join(map(repr, MESSAGE_KINDS))))
    return Choice(
        moment,
        [phones.normalise(number) for number in opted_out],
        hours,
        on_rest_days,
        _hours("keep_for", keep_for),
        kept,
        named,
    )


def _hours(name: str, value: Hours) -> float:
    hours = value.total_seconds() / 3600 if isinstance(value, timedelta) else float(value)
    if not 0 <= hours <= _LONGEST:
        raise InputError(said("failures.keep_for", mask_text=privacy.mask_text(name), value=value))
    return hours


def _looked_for(frame: Any, incidents: pl.DataFrame | None) -> Found:
    """Find incidents where they are not given, and the causes of each."""
    nothing = Found(empty(INCIDENTS), pl.DataFrame())
    kept = Traffic.of(frame).kept(KEYS, ("phone_number", "client_tag", "date_time"))
    if incidents is None:
        if "carrier" not in kept.rows.collect_schema().names():
            return nothing
        incidents = both_lists(kept, lang="en")[0]
    elif not set(INCIDENTS) - {"sentence"} <= set(incidents.columns):
        raise InputError(said("failures.plan_incidents"))
    if incidents.is_empty():
        return nothing
    return Found(incidents, causes_of(kept, None, incidents, words.language("en")))


def plan_of(
    past: History,
    choice: Choice,
    found: Found,
    *,
    mask: bool = True,
    days: tuple[date, date] | None = None,
) -> pl.DataFrame:
    """Plan as `retry_plan` does, of failures of these days alone where they are given."""
    moment = choice.now or past.newest
    messages = _in_incidents(past.messages, found)
    # what a faulty network says of a number is no word against it
    sound = ~(_faulty() & (pl.col("failure_action") == "drop the number")).fill_null(value=False)
    state = by_number(messages.filter(sound)).select(
        "phone_number", _drop=pl.col("not_in_service_days") >= DROP_AFTER_DAYS
    )
    failures = pl.lit(value=True) if days is None else pl.col("day").is_between(*days)
    failed = (
        _what_came_later(messages, failures)
        .join(state, on="phone_number", how="left")
        .join(_waits(evidence(past.messages)), on="failure_category", how="left")
        .with_columns(pl.col("_drop").fill_null(value=False))
    )
    failed = _expiring(failed, choice)
    step, reason = _steps(choice)
    again = pl.col("step") == "send again later"
    usual = pl.col("failure_action").replace_strict(
        {action: max(WAITS[wait][0], FIRST_WAIT) for action, wait in _USUAL_WAIT.items()}, default=24.0
    )
    after = pl.col("date_time") + pl.duration(minutes=(pl.coalesce("_hours", usual) * 60).cast(pl.Int64))
    sends = pl.col("step").is_in(["send again later", "use another channel"])
    late = sends & (pl.col("at") > pl.col("_until"))
    planned = (
        failed.with_columns(step=step, reason=reason)
        .with_columns(
            at=pl.when(again)
            .then(pl.max_horizontal(after, "_ends", pl.lit(moment, TIME)))
            .when(~pl.col("step").is_in(["leave", "drop the number"]))
            .then(pl.lit(moment, TIME)),
        )
        .collect()
    )
    done = (
        planned.with_columns(at=_open(planned["at"], choice))
        # where nothing is open any more within reach, nothing is sent
        .with_columns(_late=late | sends & pl.col("at").is_null())
        .with_columns(
            step=pl.when("_late").then(pl.lit("expired")).otherwise("step"),
            reason=pl.when("_late").then(pl.lit("too late by then")).otherwise("reason"),
            at=pl.when(~pl.col("_late")).then("at"),
        )
        .with_columns(
            message=pl.when(sends).then("message"),
            **{c: pl.when(again).then(c) for c in ("chance", "chance_low", "chance_high", "evidence")},
        )
        .select(pl.col(c).cast(t) for c, t in RETRY_PLAN.items())
        .sort("at", "date_time", "phone_number", nulls_last=True)
    )
    return privacy.mask(done) if mask else done


def numbers_to_drop(plan: pl.DataFrame) -> pl.DataFrame:
    """List the numbers of a plan that are to be dropped, each once, the last failure first."""
    return (
        _unmasked(plan)
        .filter(pl.col("step") == "drop the number")
        .sort("date_time", "client_tag", descending=True)
        .unique("phone_number", keep="first", maintain_order=True)
        .select("phone_number", "step", "reason", "date_time", failed_client_tag="client_tag")
    )


def messages_to_resend(plan: pl.DataFrame) -> pl.DataFrame:
    """List the messages of a plan that are to be sent again, in order of their times; each text to a number once."""
    return (
        _unmasked(plan)
        .filter(pl.col("step") == "send again later")
        .sort("at", "date_time", "client_tag")
        .unique(["phone_number", "message"], keep="last", maintain_order=True)
        .select(
            "phone_number",
            "message",
            "reason",
            "failure_category",
            "chance",
            schedule_time="at",
            failed_client_tag="client_tag",
        )
    )


def _unmasked(plan: pl.DataFrame) -> pl.DataFrame:
    if plan["phone_number"].str.contains("*", literal=True).any():
        raise InputError(said("failures.masked"))
    return plan


def _steps(choice: Choice) -> tuple[pl.Expr, pl.Expr]:
    """Say the step and the reason of each failure: what came later first, then the incident, then the category."""
    cause, action = pl.col("_cause"), pl.col("failure_action")
    cases: list[tuple[pl.Expr, str, str]] = [
        (pl.col("_delivered_since"), "leave", "delivered since"),
        (pl.col("_pending_since"), "leave", "a later try is pending"),
        (pl.col("_tried_since"), "leave", "tried again since"),
        (pl.col("phone_number").is_in(choice.opted_out), "leave", "opted out"),
        (pl.col("_code"), "leave", "one-time code"),
        (pl.col("phone_number").is_null(), "look into it", "no number"),
        (cause == "sender or text blocked", "ask the vendor first", "sender or text blocked"),
        (cause == "unknown code", "ask the vendor first", "unknown code in an incident"),
        (_faulty() & (action == "drop the number"), "ask the vendor first", "not in service in a fault"),
        ((cause == "service fault") & ~pl.col("_over"), "ask the vendor first", "fault of the service"),
        (pl.col("_drop"), "drop the number", "not in service on two days or more"),
        (cause == "stale list", "stop the list and clean it", "not in service on a stale list"),
        (
            action.is_in(["send again later", "drop the number"]) & ~pl.col("_over"),
            "leave",
            "incident not over",
        ),
        (action == "drop the number", "send again later", "not in service for the first time"),
        (action == "use another channel", "use another channel", "refused by the handset"),
        (action == "send again later", "send again later", "may be reached later"),
    ]
    step, reason = pl.lit("look into it"), pl.lit("unknown code")
    for condition, what, why in reversed(cases):
        step = pl.when(condition).then(pl.lit(what)).otherwise(step)
        reason = pl.when(condition).then(pl.lit(why)).otherwise(reason)
    return step, reason


def _faulty() -> pl.Expr:
    return pl.col("_cause").is_in(["carrier fault", "service fault"])


def _in_incidents(messages: pl.LazyFrame, found: Found) -> pl.LazyFrame:
    """Add of each failure the cause and the end of its incident, and whether that is over; null without one."""
    if found.incidents.is_empty():
        return messages.with_columns(
            _cause=pl.lit(None, pl.String), _ends=pl.lit(None, TIME), _over=pl.lit(None, pl.Boolean)
        )
    told = found.incidents.select(
        _incident=pl.int_range(pl.len(), dtype=pl.Int64),
        _cause=found.causes["cause"],
        _ends=pl.col("end"),
        _over=pl.col("is_over"),
    )
    number = pl.when(pl.col("outcome") == "failed").then(_incident(found.incidents))
    return messages.with_columns(_incident=number).join(
        told.lazy(), on="_incident", how="left", maintain_order="left"
    )


def _incident(incidents: pl.DataFrame) -> pl.Expr:
    """Give the row of the incident that a failure belongs to, the largest where several hold it."""
    number = pl.lit(None, pl.Int64)
    for row, incident in reversed(list(enumerate(incidents.iter_rows(named=True)))):
        when = pl.col("date_time").is_between(incident["start"], incident["end"] + _LATE, closed="left")
        dimension = incident["dimension"]
        if dimension in KEYS:
            when &= pl.col(dimension).is_in(values_of(incident), nulls_equal=True)
        elif dimension != "all":
            continue
        alike = next((names for names in GROUPS.values() if incident["failure_category"] in names), None)
        if alike is not None:
            when &= pl.col("failure_category").is_in(alike)
        number = pl.when(when).then(pl.lit(row, pl.Int64)).otherwise(number)
    return number


def _expiring(failed: pl.LazyFrame, choice: Choice) -> pl.LazyFrame:
    """Add `_code` (a one-time code), and `_until`: to when a message is worth sending again.

    It was sent on send_date, and before its status came.
    """
    midnight = (
        (pl.col("send_date") + pl.duration(days=1))
        .cast(pl.Datetime("ms"))
        .dt.replace_time_zone(ZONE)
        .cast(TIME)
    )
    keep = pl.lit(choice.keep_for)
    code = pl.col("message").str.normalize("NFKC").str.contains(_ONE_TIME)
    if choice.expires or choice.kinds:
        failed = with_traits(nw.from_native(failed), ["template"]).to_native()
    if choice.kinds:
        told = [
            pl.col(c).replace_strict(choice.kinds, default=None, return_dtype=pl.String)
            for c in ("campaign", "template")
        ]
        code = pl.coalesce(pl.coalesce(told) == "one-time code", code)
    if choice.expires:
        own = [
            pl.col(c).replace_strict(choice.expires, default=None, return_dtype=pl.Float64)
            for c in ("campaign", "template")
        ]
        keep = pl.coalesce(pl.min_horizontal(own), keep)
    sent = pl.min_horizontal("date_time", midnight)
    return failed.with_columns(_code=code, _until=sent + pl.duration(minutes=(keep * 60).cast(pl.Int64)))


def _open(moments: pl.Series, choice: Choice) -> pl.Series:
    """Move times to the next whole minute within the hours of sending of a day on which messages may go out."""
    if moments.null_count() == len(moments):
        return moments
    first, last = choice.hours
    naive = pl.col("at").dt.replace_time_zone(None)
    whole = (naive + pl.duration(milliseconds=59_999)).dt.truncate("1m")
    day = (
        pl.when(whole.dt.hour() >= last)
        .then(whole.dt.date() + pl.duration(days=1))
        .otherwise(whole.dt.date())
    )
    frame = moments.rename("at").to_frame().with_columns(_whole=whole, _day=day)
    days = frame["_day"].drop_nulls().unique().to_list()
    rolled = {d: d if choice.on_rest_days else _working(d) for d in days}
    opening = pl.col("_to").cast(pl.Datetime("ms")) + pl.duration(hours=first)
    at = pl.max_horizontal(opening, pl.when(pl.col("_to") == pl.col("_whole").dt.date()).then("_whole"))
    done = frame.with_columns(_to=pl.col("_day").replace_strict(rolled, default=None, return_dtype=pl.Date))
    return done.select(
        pl.when(pl.col("_to").is_not_null()).then(at).dt.replace_time_zone(ZONE).cast(TIME).alias("at")
    )["at"]


def _working(day: date) -> date:
    """Find the first day from this one on that is no day of rest."""
    while kind_of_day(day) in _REST:
        day += timedelta(1)
    return day


def _waits(told: pl.LazyFrame) -> pl.LazyFrame:
    """Choose each category's wait: the shortest that is not clearly worse than the best."""
    enough = told.filter(pl.col("tries") >= _ENOUGH).with_columns(
        _hours=pl.col("wait").replace_strict(hours_of(), return_dtype=pl.Float64),
        _best=pl.col("chance").max().over("failure_category"),
    )
    return (
        enough.filter(pl.col("chance_high") >= pl.col("_best"))
        .sort("_hours")
        .unique("failure_category", keep="first", maintain_order=True)
        .select("failure_category", "_hours", "chance", "chance_low", "chance_high", evidence="tries")
    )


def _what_came_later(messages: pl.LazyFrame, failures: pl.Expr) -> pl.LazyFrame:
    """Tell of these failures whether the same text went to the same number again, and what became of it."""
    outcome = pl.col("outcome")
    ordered = next_delivery(messages).with_row_index("_at")
    failed = ordered.filter((outcome == "failed") & failures)
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
