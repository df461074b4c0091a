"""Kinds of day in Japan, which sending follows: holidays, weekends, 五十日 and month-ends."""

from __future__ import annotations

from datetime import date, timedelta
from functools import lru_cache

__all__ = ["KINDS", "is_holiday", "kind_of_day"]

KINDS = ("business day", "五十日", "month-end", "saturday", "sunday or holiday")


@lru_cache(maxsize=64)
def _holidays(year: int) -> frozenset[date]:
    from holidays import country_holidays

    return frozenset(country_holidays("JP", years=year))


def is_holiday(day: date) -> bool:
    """Tell whether a day is a public holiday in Japan, or one of the days around New Year when offices rest."""
    return day in _holidays(day.year) or (day.month, day.day) in ((12, 30), (12, 31), (1, 2), (1, 3))


@lru_cache(maxsize=4096)
def kind_of_day(day: date) -> str:
    """Tell which of `KINDS` a day is: 五十日 falls on the business day before, where its own is at rest."""
    if day.weekday() == 6 or is_holiday(day):
        return "sunday or holiday"
    if day.weekday() == 5:
        return "saturday"
    following = day + timedelta(1)
    run = [day.day]
    while following.weekday() >= 5 or is_holiday(following):
        run.append(following.day)
        following += timedelta(1)
    if following.month != day.month:
        return "month-end"
    return "五十日" if any(d % 5 == 0 and d <= 30 for d in run) else "business day"
