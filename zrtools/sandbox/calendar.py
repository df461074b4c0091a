"""The business calendar that Japanese traffic follows: holidays, 五十日 and month-ends."""

from __future__ import annotations

from datetime import date, timedelta
from functools import lru_cache

__all__ = ["is_business_day", "is_five_ten_day", "is_holiday", "is_month_end"]


_FIXED = ((1, 1), (2, 11), (2, 23), (4, 29), (5, 3), (5, 4), (5, 5), (8, 11), (11, 3), (11, 23))
_MONDAYS = ((1, 2), (7, 3), (9, 3), (10, 2))
"""Month, and which Monday of it."""


@lru_cache(maxsize=64)
def _holidays(year: int) -> frozenset[date]:
    """List a year's public holidays by the rules in force since 2022.

    By rule and not from a library, so that traffic stays the same when a library is updated.
    """
    shift = year - 1980
    equinoxes = (int(20.8431 + 0.242194 * shift) - shift // 4, int(23.2488 + 0.242194 * shift) - shift // 4)
    days = {date(year, month, day) for month, day in _FIXED}
    days |= {date(year, 3, equinoxes[0]), date(year, 9, equinoxes[1])}
    for month, which in _MONDAYS:
        first = date(year, month, 1)
        days.add(first + timedelta(-first.weekday() % 7 + 7 * (which - 1)))
    # a day between two holidays is one, and one that falls on a Sunday moves to the next free day
    days |= {d + timedelta(1) for d in days if d + timedelta(2) in days and (d + timedelta(1)).weekday() != 6}
    for sunday in sorted(d for d in days if d.weekday() == 6):
        free = sunday
        while free in days:
            free += timedelta(1)
        days.add(free)
    return frozenset(days)


def is_holiday(day: date) -> bool:
    """Say whether a day is a public holiday in Japan, or one of the days around New Year when offices rest."""
    return day in _holidays(day.year) or (day.month, day.day) in ((12, 30), (12, 31), (1, 2), (1, 3))


def is_business_day(day: date) -> bool:
    """Say whether offices work on that day."""
    return day.weekday() < 5 and not is_holiday(day)


def is_five_ten_day(day: date) -> bool:
    """Say whether it is 五十日: a business day that ends in 5 or 0, or the last one before such a date at rest."""
    if not is_business_day(day):
        return False
    following = day
    while True:
        if following.day % 5 == 0 and following.day <= 30:
            return True
        following += timedelta(1)
        if is_business_day(following):
            return False


def is_month_end(day: date) -> bool:
    """Say whether it is one of the last two business days of its month."""
    later = [day + timedelta(n) for n in range(1, 10)]
    rest = [d for d in later if d.month == day.month and is_business_day(d)]
    return is_business_day(day) and len(rest) < 2
