"""The business calendar that Japanese traffic follows: holidays, 五十日 and month-ends."""

from __future__ import annotations

from datetime import date, timedelta
from functools import lru_cache

__all__ = ["is_business_day", "is_five_ten_day", "is_holiday", "is_month_end"]


@lru_cache(maxsize=64)
def _holidays(year: int) -> frozenset[date]:
    from holidays import country_holidays

    return frozenset(country_holidays("JP", years=year))


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
