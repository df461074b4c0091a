"""Kinds of day in Japan, which sending follows: holidays, weekends, お盆, bridge days, 五十日 and month-ends."""

from __future__ import annotations

from datetime import date, timedelta
from functools import lru_cache

__all__ = ["KINDS", "is_holiday", "kind_of_day"]

KINDS = ("business day", "五十日", "month-end", "お盆", "bridge day", "saturday", "sunday or holiday")

_OBON = ((8, 13), (8, 14), (8, 15), (8, 16))
# between Showa Day and Constitution Day
_BRIDGE = ((4, 30), (5, 1), (5, 2))


@lru_cache(maxsize=64)
def _holidays(year: int) -> frozenset[date]:
    from holidays import country_holidays

    return frozenset(country_holidays("JP", years=year))


def is_holiday(day: date) -> bool:
    """Tell whether a day is a public holiday in Japan, or one of the days around New Year when offices rest."""
    return day in _holidays(day.year) or (day.month, day.day) in ((12, 30), (12, 31), (1, 2), (1, 3))


@lru_cache(maxsize=4096)
def kind_of_day(day: date) -> str:
    """Tell which of `KINDS` a day is: 五十日 falls on the business day before, where its own is at rest.

    お盆 (13 to 16 August) and the bridge days of Golden Week (30 April to 2 May) are working days by the calendar;
    whether a sender rests on them is for its own data to say.
    """
    if day.weekday() == 6 or is_holiday(day):
        return "sunday or holiday"
    if day.weekday() == 5:
        return "saturday"
    if (day.month, day.day) in _OBON:
        return "お盆"
    if (day.month, day.day) in _BRIDGE:
        return "bridge day"
    following = day + timedelta(1)
    run = [day.day]
    while following.weekday() >= 5 or is_holiday(following):
        run.append(following.day)
        following += timedelta(1)
    if following.month != day.month:
        return "month-end"
    return "五十日" if any(d % 5 == 0 and d <= 30 for d in run) else "business day"
