"""How values are written for people: one table of formats, for whatever shows tables."""

from __future__ import annotations

from collections.abc import Callable
from math import isnan
from typing import Any, Literal

from zrtools import words

__all__ = ["FORMATS", "NUMBERS", "Kind", "between", "write"]

Kind = Literal[
    "text",
    "code",
    "interval",
    "count",
    "change",
    "rate",
    "rate_change",
    "points",
    "month",
    "day",
    "time",
]
"""What a value is. `code` is a text in one line, `interval` one of numbers; days and times are those of tables."""

NUMBERS: tuple[Kind, ...] = ("count", "change", "rate", "rate_change", "points", "interval")
"""What stands to the right in a column."""

FORMATS: dict[Kind, Callable[[Any, str | None], str]] = {
    "text": lambda value, _: str(value),
    "code": lambda value, _: str(value),
    "interval": lambda value, _: str(value),
    "count": lambda value, _: f"{value:,.0f}".replace("-", "−"),
    "change": lambda value, _: f"{value:+,.0f}".replace("-", "−") if value else "0",
    "rate": lambda value, _: words.percent(value),
    "rate_change": lambda value, _: f"{value:+.1%}".replace("-", "−"),
    "points": lambda value, _: words.points(value),
    "month": words.month,
    "day": lambda value, lang: words.day(value, lang, short=True),
    "time": words.moment,
}


def write(value: Any, kind: Kind, lang: str | None = None) -> str:
    """Write a value for people; a dash where there is none."""
    if value is None or value == "" or (isinstance(value, float) and isnan(value)):
        return "–"
    return FORMATS[kind](value, lang)


def between(low: Any, high: Any, kind: Kind, lang: str | None = None) -> str:
    """Write a range of two values; a dash where there is none."""
    return "–" if low is None else words.between(write(low, kind, lang), write(high, kind, lang), lang)
