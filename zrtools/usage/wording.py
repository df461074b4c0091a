"""How months, days and carriers are named for people in charts and reports of usage."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from zrtools import words
from zrtools.usage.source import ALL

if TYPE_CHECKING:
    from datetime import date

__all__ = ["name_carriers", "name_day", "name_month", "say"]


def say(key: str, lang: str | None = None, **values: object) -> str:
    """Give a wording of usage."""
    return words.text(f"usage.{key}", lang, **values)


def name_month(month: date, lang: str | None = None) -> str:
    """Name a month."""
    return words.month(month, lang)


def name_day(day: date, lang: str | None = None) -> str:
    """Name a day."""
    return words.day(day, lang)


def name_carriers(frame: pl.DataFrame, lang: str | None = None) -> pl.Series:
    """Name the carriers of a frame's rows, all of them together as the total."""
    total = say("total", lang)
    names = [
        total if number == ALL else words.carrier(name, lang)
        for number, name in frame.select("carrier_id", "carrier").iter_rows()
    ]
    return pl.Series("carrier", names, dtype=pl.String)
