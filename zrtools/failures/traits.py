"""What one can break failures down by: calendar, campaign, shape and length of the body."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any, TypeVar

import narwhals as nw
import polars as pl

from zrtools import messages
from zrtools.engines import require
from zrtools.errors import InputError
from zrtools.schemas import FEATURES

__all__ = ["CampaignRule", "campaign_of", "days", "features", "with_traits"]

_Frame = TypeVar("_Frame", pl.DataFrame, pl.LazyFrame)

CampaignRule = int | str | Sequence[str] | re.Pattern[str] | pl.Expr | None

# a tag's own end: counters, dates and ids (a part with three digits or more, or eight and more hexadecimal ones)
_COUNTERS = r"(?:[-_.:/#| ]+(?:[^-_.:/#| ]*[0-9]{3}[^-_.:/#| ]*|[0-9]+|[0-9A-Fa-f]{8,}))+$"
# a tag that is nothing but a counter or an id names no campaign
_ID = r"^(?:[0-9]+|[0-9A-Fa-f]{8,})$"
_DIGITS = "0-9０-９"
_URL = r"https?://[^\s　]+"
_DATE = (
    rf"[{_DIGITS}]{{1,4}}(?:[/／.-][{_DIGITS}]{{1,2}}){{1,2}}"
    rf"|(?:[{_DIGITS}]{{2,4}}年)?[{_DIGITS}]{{1,2}}月(?:[{_DIGITS}]{{1,2}}日)?"
)
_CLOCK = rf"[{_DIGITS}]{{1,2}}[:：時][{_DIGITS}]{{0,2}}分?"
_NUMBER = rf"[{_DIGITS}](?:[{_DIGITS},，-]*[{_DIGITS}])?"
_NAME = r"[^\s　、。，．,.!！?？:：>】」』)）]{1,12}様"


def features(frame: _Frame, *, campaign: CampaignRule = None) -> _Frame:
    """Add what one can break failures down by.

    Takes STATUS and DLR frames as a polars DataFrame or LazyFrame and gives the same kind back with the columns of
    `schemas.FEATURES` added: `day` (send_date, and where there is none the date of date_time; `day_basis` says
    which), `weekday` (1 Monday to 7 Sunday, of that day) and `hour` (0 to 23, Japan, in which the status was
    received), `campaign` (from client_tag), `template` (the body with URLs, dates, times, names before 様 and
    numbers masked), `parts` (billable parts, an estimate), `url_host` and `message_length` (UTF-16 units, as SMS
    counts).

    `campaign` says how a tag names its campaign: None takes off counters, dates and ids at the tag's end; a number
    is the length of the prefix; a text is the separator before which the campaign stands; a list holds the
    prefixes themselves, the longest that fits counts; a compiled regular expression gives its first group or all
    that it finds; a polars expression is taken as it is.

    Raises `InputError` for columns that are missing and for a rule that polars cannot read.
    """
    if not isinstance(frame, pl.DataFrame | pl.LazyFrame):
        raise InputError(f"features takes a polars DataFrame or LazyFrame, not {type(frame).__name__}.")
    there = require(nw.from_native(frame.lazy()), "date_time", "client_tag", "message").names()
    return frame.with_columns(**_traits(there, campaign))


def with_traits(frame: nw.LazyFrame[Any], wanted: Iterable[str]) -> nw.LazyFrame[Any]:
    """Add those columns of `features` that are wanted and not there; beside polars engines know `day` and `hour`."""
    there = frame.collect_schema().names()
    missing = [c for c in FEATURES if c in wanted and c not in there]
    needs = {
        "campaign": "client_tag",
        **dict.fromkeys(("template", "parts", "url_host", "message_length"), "message"),
    }
    if missing:
        require(frame, *{needs.get(c, "date_time") for c in missing})
    if missing and frame.implementation.is_polars():
        made = _traits(there, None)
        native: pl.LazyFrame = frame.to_native()
        return nw.from_native(native.with_columns(**{c: made[c] for c in missing}))
    if "day" in missing:
        frame = days(frame).drop("_by_time")
    if "hour" in missing:
        frame = frame.with_columns(nw.col("date_time").dt.hour().cast(nw.Int8).alias("hour"))
    if others := [c for c in missing if c not in ("day", "hour")]:
        raise InputError(
            f"{', '.join(others)} is worked out on polars frames only: add the column on your engine, or collect "
            "the days in question."
        )
    return frame


def _traits(there: Sequence[str], campaign: CampaignRule) -> dict[str, pl.Expr]:
    received = pl.col("date_time").dt.replace_time_zone(None)
    date = received.dt.date()
    basis: pl.Expr = pl.when(date.is_not_null()).then(pl.lit("date_time"))
    day = date
    if "send_date" in there:
        day = pl.coalesce("send_date", date)
        basis = pl.when(pl.col("send_date").is_not_null()).then(pl.lit("send_date")).otherwise(basis)
    body = pl.col("message")
    length = body.str.len_chars() + body.str.count_matches(r"[\x{10000}-\x{10FFFF}]")
    return {
        "day": day,
        "day_basis": basis,
        "weekday": day.dt.weekday(),
        "hour": received.dt.hour(),
        "campaign": campaign_of(campaign),
        "template": _shape(body),
        "parts": messages.parts(body).cast(pl.Int32),
        "url_host": body.str.extract(r"https?://([^\s　/:?#]+)", 1).str.to_lowercase(),
        "message_length": length.cast(pl.Int32),
    }


def campaign_of(rule: CampaignRule, column: str = "client_tag") -> pl.Expr:
    """Tell a tag's campaign by a rule of `features`.

    Raises `InputError` for a rule that makes no sense or that polars cannot read.
    """
    tag = pl.col(column)
    if rule is None:
        found = tag.str.replace(_COUNTERS, "").str.replace(_ID, "")
    elif isinstance(rule, pl.Expr):
        return rule
    elif isinstance(rule, bool) or (isinstance(rule, int) and rule < 1):
        raise InputError(f"campaign={rule!r}: give the length of the prefix, 1 or more.")
    elif isinstance(rule, int):
        found = tag.str.head(rule)
    elif isinstance(rule, str):
        if not rule:
            raise InputError('campaign="": give the separator after the campaign, for example campaign="-".')
        found = tag.str.split(rule).list.first()
    elif isinstance(rule, re.Pattern):
        found = _extract(tag, rule)
    else:
        prefixes = sorted(rule, key=len, reverse=True)
        if not prefixes or not all(prefixes):
            raise InputError("campaign=[...]: give the prefixes as texts, at least one.")
        found = pl.coalesce(pl.when(tag.str.starts_with(p)).then(pl.lit(p)) for p in prefixes)
    return pl.when(found != "").then(found)


def days(frame: nw.LazyFrame[Any]) -> nw.LazyFrame[Any]:
    """Add `day` and `_by_time` (1 where the day is that of date_time) inside the heavy half."""
    there = require(frame, "date_time").names()
    date = nw.col("date_time").dt.date()
    if "send_date" not in there:
        return frame.with_columns(date.alias("day"), nw.lit(1).cast(nw.Int64).alias("_by_time"))
    missing = nw.col("send_date").is_null()
    return frame.with_columns(
        nw.when(missing).then(date).otherwise(nw.col("send_date")).alias("day"),
        nw.when(missing).then(nw.lit(1)).otherwise(nw.lit(0)).cast(nw.Int64).alias("_by_time"),
    )


def _shape(body: pl.Expr) -> pl.Expr:
    shape = body
    for pattern, mark in (
        (_URL, "<URL>"),
        (_DATE, "<日>"),
        (_CLOCK, "<時>"),
        (_NUMBER, "<数>"),
        (_NAME, "<名>様"),
    ):
        shape = shape.str.replace_all(pattern, mark)
    return shape


def _extract(tag: pl.Expr, rule: re.Pattern[str]) -> pl.Expr:
    pattern = ("(?i)" if rule.flags & re.IGNORECASE else "") + rule.pattern
    found = tag.str.extract(pattern, 1 if rule.groups else 0)
    try:
        pl.select(pl.lit("").alias(tag.meta.output_name())).select(found)
    except pl.exceptions.PolarsError as error:
        raise InputError(
            f"campaign={rule.pattern!r}: polars cannot read this expression (look-around and back-references are "
            f"not for columns): {str(error).splitlines()[0]}"
        ) from None
    return found
