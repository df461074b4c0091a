"""What one can break failures down by: calendar, campaign, shape and length of the body."""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterable, Sequence
from typing import Any, TypeVar

import narwhals as nw
import polars as pl

from zrtools import messages
from zrtools.arguments import checked
from zrtools.engines import require
from zrtools.errors import InputError
from zrtools.schemas import FEATURES
from zrtools.texts import said

__all__ = ["TIMES", "CampaignRule", "campaign_of", "clock", "features", "learnt_rule", "timed", "with_traits"]

_Frame = TypeVar("_Frame", pl.DataFrame, pl.LazyFrame)

TIMES = ("day", "_by_time", "_received", "_hour", "_quarter")
"""What `timed` adds."""

CampaignRule = int | str | Sequence[str] | re.Pattern[str] | pl.Expr | None

_NEEDS = {
    "campaign": "client_tag",
    **dict.fromkeys(("template", "parts", "url_host", "message_length"), "message"),
}
# a tag's own end: counters, dates and ids (a part with three digits or more, or eight and more hexadecimal ones)
_COUNTERS = r"(?:[-_.:/#| ]+(?:[^-_.:/#| ]*[0-9]{3}[^-_.:/#| ]*|[0-9]+|[0-9A-Fa-f]{8,}))+$"
# a tag that is nothing but a counter or an id names no campaign
_ID = r"^(?:[0-9]+|[0-9A-Fa-f]{8,})$"
_DIGITS = "0-9０-９"
_SEPARATORS = r"[-_.:/#| ]+"
# a rule is learnt from so many tags, and holds where a campaign has so many messages in the mean
_SAMPLE, _LEARNT, _SIZE = 20_000, 500, 5
_MOST_PARTS, _MOST_PREFIX = 5, 16
_URL = r"https?://[^\s　]+"
_DATE = (
    rf"[{_DIGITS}]{{1,4}}(?:[/／.-][{_DIGITS}]{{1,2}}){{1,2}}"
    rf"|(?:[{_DIGITS}]{{2,4}}年)?[{_DIGITS}]{{1,2}}月(?:[{_DIGITS}]{{1,2}}日)?"
)
_CLOCK = rf"[{_DIGITS}]{{1,2}}[:：時][{_DIGITS}]{{0,2}}分?"
_NUMBER = rf"[{_DIGITS}](?:[{_DIGITS},，-]*[{_DIGITS}])?"
_NAME = r"[^\s　、。，．,.!！?？:：>】」』)）]{1,12}様"


@checked
def features(frame: _Frame, *, campaign: CampaignRule = None) -> _Frame:
    """Add what one can break failures down by.

    Takes STATUS and DLR frames as a polars DataFrame or LazyFrame and gives the same kind back with the columns of
    `schemas.FEATURES` added: `day` (send_date, and where there is none the date of date_time; `day_basis` says
    which), `weekday` (1 Monday to 7 Sunday, of that day) and `hour` (0 to 23, Japan, in which the status was
    received), `campaign` (from client_tag), `template` (the body with URLs, dates, times, names before 様 and
    numbers masked), `parts` (billable parts, an estimate), `url_host` and `message_length` (UTF-16 units, as SMS
    counts).

    `campaign` says how a tag names its campaign: None takes off counters, dates and ids at the tag's end, and where
    that leaves nearly every message a campaign of its own it keeps as many of the tag's first parts as name campaigns
    of several messages, learnt from the tags themselves (a warning says so where nothing does); a number
    is the length of the prefix; a text is the separator before which the campaign stands; a list holds the
    prefixes themselves, the longest that fits counts; a compiled regular expression gives its first group or all
    that it finds; a polars expression is taken as it is.

    Raises `InputError` for columns that are missing and for a rule that polars cannot read.
    """
    schema = require(nw.from_native(frame.lazy()), "date_time", "client_tag", "message")
    return frame.with_columns(**_traits(schema, learnt_rule(frame) if campaign is None else campaign))


def with_traits(frame: nw.LazyFrame[Any], wanted: Iterable[str]) -> nw.LazyFrame[Any]:
    """Add those columns of `features` that are wanted and not there; beside polars engines know `day` and `hour`."""
    there = frame.collect_schema().names()
    missing = [c for c in FEATURES if c in wanted and c not in there]
    if not missing:
        return frame
    schema = require(frame, *{_NEEDS.get(c, "date_time") for c in missing})
    if frame.implementation.is_polars():
        native: pl.LazyFrame = frame.to_native()
        made = _traits(schema, learnt_rule(native) if "campaign" in missing else None)
        return nw.from_native(native.with_columns(**{c: made[c] for c in missing}))
    if others := [c for c in missing if c not in ("day", "hour")]:
        raise InputError(said("failures.polars_only", names=", ".join(others)))
    times = timed(frame).with_columns(nw.col("_hour").cast(nw.Int8).alias("hour"))
    return times.select(*there, *missing)


def _traits(schema: nw.Schema, campaign: CampaignRule) -> dict[str, pl.Expr]:
    received = clock(schema) if "date_time" in schema else pl.lit(None, pl.Datetime)
    date = received.dt.date()
    basis: pl.Expr = pl.when(date.is_not_null()).then(pl.lit("date_time"))
    day = date
    if "send_date" in schema:
        day = pl.coalesce("send_date", date)
        basis = pl.when(pl.col("send_date").is_not_null()).then(pl.lit("send_date")).otherwise(basis)
    body = pl.col("message").cast(pl.String)
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


def learnt_rule(frame: pl.DataFrame | pl.LazyFrame) -> CampaignRule:
    """Learn from a frame's tags how they name campaigns: None where taking off counters, dates and ids does.

    Warns where no rule makes campaigns of more than a message or two.
    """
    if "client_tag" not in frame.collect_schema():
        return None
    first = frame.lazy().select(pl.col("client_tag").cast(pl.String)).head(_SAMPLE)
    tags = first.drop_nulls().collect()["client_tag"]
    if tags.len() < _LEARNT:
        return None

    def size(rule: pl.Expr) -> float:
        """Say how many messages a campaign has in the mean, 0 where the rule names none."""
        named = tags.to_frame().select(rule)["client_tag"].drop_nulls()
        return named.len() / named.n_unique() if named.len() > tags.len() / 2 else 0.0

    if (plain := tags.to_frame().select(campaign_of(None))["client_tag"].drop_nulls()).len() < tags.len() / 2:
        # tags that are nothing but counters name no campaign
        return None
    if plain.len() / plain.n_unique() >= _SIZE:
        return None
    for parts in range(_MOST_PARTS, 0, -1):
        pattern = rf"^((?:[^-_.:/#| ]+{_SEPARATORS}){{{parts - 1}}}[^-_.:/#| ]+){_SEPARATORS}"
        rule = pl.col("client_tag").str.extract(pattern, 1)
        if size(rule) >= _SIZE:
            return pl.coalesce(rule, campaign_of(None))
    for length in range(_MOST_PREFIX, 2, -1):
        if size(pl.col("client_tag").str.head(length)) >= _SIZE:
            return length
    if plain.len() < 2 * plain.n_unique():
        warnings.warn(
            "There are about as many campaigns as messages: say how a client_tag names its campaign, for example "
            'campaign="-" (what stands before the first hyphen).',
            stacklevel=3,
        )
    return None


def campaign_of(rule: CampaignRule, column: str = "client_tag") -> pl.Expr:
    """Tell a tag's campaign by a rule of `features`.

    Raises `InputError` for a rule that makes no sense or that polars cannot read.
    """
    tag = pl.col(column).cast(pl.String)
    if rule is None:
        found = tag.str.replace(_COUNTERS, "").str.replace(_ID, "")
    elif isinstance(rule, pl.Expr):
        return rule
    elif isinstance(rule, bool) or (isinstance(rule, int) and rule < 1):
        raise InputError(said("failures.prefix_length", rule=rule))
    elif isinstance(rule, int):
        found = tag.str.head(rule)
    elif isinstance(rule, str):
        if not rule:
            raise InputError(said("failures.separator"))
        found = tag.str.split(rule).list.first()
    elif isinstance(rule, re.Pattern):
        found = _extract(tag, rule)
    else:
        prefixes = sorted(rule, key=len, reverse=True)
        if not prefixes or not all(prefixes):
            raise InputError(said("failures.prefixes"))
        found = pl.coalesce(pl.when(tag.str.starts_with(p)).then(pl.lit(p)) for p in prefixes)
    return pl.when(found != "").then(found)


def timed(frame: nw.LazyFrame[Any]) -> nw.LazyFrame[Any]:
    """Add the times to count by, inside the heavy half.

    `day` is the day of sending, and where there is none that of the status (then `_by_time` is 1, else 0);
    `_received`, `_hour` and `_quarter` (of an hour, from midnight) say when the status came.
    """
    there = require(frame, "date_time")
    if frame.implementation.is_polars():
        frame = nw.from_native(frame.to_native().with_columns(_clock=clock(there)))
    when = nw.col("_clock" if frame.implementation.is_polars() else "date_time").dt
    date, hour, minute = when.date(), when.hour().cast(nw.Int64), when.minute()
    quarter = nw.lit(0)
    for n in (1, 2, 3):
        quarter = nw.when(minute < 15 * n).then(quarter).otherwise(nw.lit(n))
    sent = nw.col("send_date") if "send_date" in there else nw.lit(None, nw.Date)
    timed = frame.with_columns(
        nw.when(sent.is_null()).then(date).otherwise(sent).alias("day"),
        nw.when(sent.is_null()).then(nw.lit(1)).otherwise(nw.lit(0)).cast(nw.Int64).alias("_by_time"),
        date.alias("_received"),
        hour.alias("_hour"),
        (hour * 4 + quarter.cast(nw.Int64)).alias("_quarter"),
    )
    return timed.drop("_clock", strict=False)


def clock(schema: nw.Schema) -> pl.Expr:
    """Give `date_time` as Japan's clock shows it, without a zone.

    Japan has stood nine hours before UTC since 1951; looking each time up in the zone's history takes longer than all
    the counting.
    """
    time = pl.col("date_time")
    if getattr(schema["date_time"], "time_zone", None) is None:
        return time
    return time.dt.convert_time_zone("UTC").dt.replace_time_zone(None) + pl.duration(hours=9)


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
            said("failures.pattern", pattern=rule.pattern, splitlines=str(error).splitlines()[0])
        ) from None
    return found
