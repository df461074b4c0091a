"""Days, months and times as people write them, always in Japan."""

from __future__ import annotations

import calendar
import re
from contextlib import suppress
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from zrtools.arguments import checked
from zrtools.errors import InputError
from zrtools.privacy import mask_text
from zrtools.texts import said

__all__ = [
    "TOKYO",
    "Day",
    "Month",
    "Time",
    "day",
    "days",
    "just_before",
    "month",
    "month_end",
    "months",
    "months_before",
    "time",
]

TOKYO = ZoneInfo("Asia/Tokyo")

Day = date | str
Month = date | str
Time = datetime | str

_MOST_DAYS, _MOST_MONTHS = 36_525, 1_200
_DAY = re.compile(r"(\d{4})-?(\d{2})-?(\d{2})", re.ASCII)
_MONTH = re.compile(r"(\d{4})-?(\d{2})", re.ASCII)
_TIME = re.compile(r"(\d{4})-(\d{2})-(\d{2})[ T](\d{2}):(\d{2})(?::[0-5]\d(?:\.\d+)?)?", re.ASCII)


def day(value: Day, name: str = "date") -> date:
    """Read one day: a date, "YYYY-MM-DD" or "YYYYMMDD"; a datetime means its day in Japan.

    Raises `InputError`.
    """
    # pandas' NaT is a datetime, and not equal to itself
    if isinstance(value, datetime) and value == value:
        with suppress(OverflowError):  # the last hours that a datetime can hold
            return (value.astimezone(TOKYO) if value.tzinfo else value).date()
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    if found := _match(_DAY, value):
        try:
            return date(*map(int, found.groups()))
        except ValueError:
            pass
    raise InputError(said("periods.day", name=name, value=mask_text(repr(value))))


def month(value: Month, name: str = "month") -> date:
    """Read one month as its first day: a date, "YYYY-MM" or "YYYYMM".

    Raises `InputError`.
    """
    if isinstance(value, date):
        return day(value).replace(day=1)
    if found := _match(_MONTH, value):
        try:
            return date(int(found[1]), int(found[2]), 1)
        except ValueError:
            pass
    raise InputError(said("periods.month", name=name, value=mask_text(repr(value))))


@checked
def month_end(first: date) -> date:
    """Find the last day of a month."""
    return first.replace(day=calendar.monthrange(first.year, first.month)[1])


@checked
def months_before(first: date, count: int) -> date:
    """Find the first day of the month that lies so many months before another."""
    number = first.year * 12 + first.month - 1 - count
    return date(number // 12, number % 12 + 1, 1)


def days(start: Day, end: Day | None = None) -> list[date]:
    """List the days from start to end, both included; a month means its days.

    Raises `InputError` when a date cannot be read or the end lies before the start.
    """
    first, last = _edges(start, "start")
    if end is not None:
        last = _edges(end, "end")[1]
    if last < first:
        raise InputError(said("periods.reversed", start=first, end=last))
    if (last - first).days > _MOST_DAYS:
        raise InputError(said("periods.too_long", first=first, last=last))
    return [first + timedelta(n) for n in range((last - first).days + 1)]


def months(start: Month, end: Month | None = None) -> list[date]:
    """List the first days of the months from start to end, both included.

    Raises `InputError` when a month cannot be read or the end lies before the start.
    """
    first = month(start, "start")
    last = first if end is None else month(end, "end")
    if last < first:
        raise InputError(said("periods.reversed", start=f"{first:%Y-%m}", end=f"{last:%Y-%m}"))
    count = (last.year - first.year) * 12 + last.month - first.month + 1
    if count > _MOST_MONTHS:
        raise InputError(said("periods.too_long", first=f"{first:%Y-%m}", last=f"{last:%Y-%m}"))
    return [
        date(first.year + (first.month - 1 + n) // 12, (first.month - 1 + n) % 12 + 1, 1)
        for n in range(count)
    ]


@checked
def just_before(first: date, last: date) -> tuple[date, date]:
    """Give the month before a whole month, else as many days just before."""
    first, last = day(first, "first"), day(last, "last")
    try:
        end = first - timedelta(1)
        if first.day == 1 and last == month_end(first):
            return end.replace(day=1), end
        return end - (last - first), end
    except OverflowError:
        raise InputError(said("periods.nothing_before", first=first)) from None


def time(value: Time, name: str = "schedule_time") -> datetime:
    """Read a time to the minute, in Japan: naive means Japan, aware is converted, or "YYYY-MM-DD HH:MM".

    Seconds are left out, of a datetime as of text: the service takes minutes.

    Raises `InputError`.
    """
    if isinstance(value, datetime) and value == value:
        with suppress(OverflowError):  # the last hours that a datetime can hold
            here = value.astimezone(TOKYO) if value.tzinfo else value.replace(tzinfo=TOKYO)
            return here.replace(second=0, microsecond=0)
    elif found := _match(_TIME, value):
        try:
            year, month, day, hour, minute = map(int, found.groups())
            return datetime(year, month, day, hour, minute, tzinfo=TOKYO)
        except ValueError:
            pass
    raise InputError(said("periods.time", name=name, value=mask_text(repr(value))))


def _match(pattern: re.Pattern[str], value: object) -> re.Match[str] | None:
    return pattern.fullmatch(value.strip()) if isinstance(value, str) else None


def _edges(value: Day | Month, name: str) -> tuple[date, date]:
    if _match(_MONTH, value):
        first = month(value, name)
        return first, month_end(first)
    only = day(value, name)
    return only, only
