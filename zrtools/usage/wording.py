"""How months, days and carriers are named for people in charts and reports of usage."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from zrtools import words
from zrtools.usage.source import ALL

if TYPE_CHECKING:
    from datetime import date

__all__ = ["name_carriers", "name_day", "name_month", "name_weekday", "say"]


def say(key: str, lang: str | None = None, **values: object) -> str:
    """Give a wording of usage."""
    return words.text(f"usage.{key}", lang, **values)


def name_month(month: date, lang: str | None = None) -> str:
    """Name a month."""
    return say("month_name", lang, year=month.year, month=month.month)


def name_day(day: date, lang: str | None = None) -> str:
    """Name a day."""
    return say("day_name", lang, year=day.year, month=day.month, day=day.day, weekday=name_weekday(day, lang))


def name_weekday(day: date, lang: str | None = None) -> str:
    """Name a day's weekday in short."""
    names = say("weekdays", lang)
    return (names.split(" ") if " " in names else names)[day.weekday()]


def name_carriers(frame: pl.DataFrame, lang: str | None = None) -> pl.Series:
    """Name the carriers of a frame's rows, all of them together as the total."""
    total = say("total", lang)
    names = [
        total if number == ALL else words.carrier(name, lang)
        for number, name in frame.select("carrier_id", "carrier").iter_rows()
    ]
    return pl.Series("carrier", names, dtype=pl.String)
