"""How numbers and segments are written in sentences."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from zrtools import words

__all__ = ["named_segment", "named_value", "percent", "points"]

_NAMES = {
    "carrier": words.carrier,
    "failure_carrier": words.carrier,
    "failure_category": words.category,
    "failure_origin": words.origin,
    "failure_action": words.action,
    "outcome": words.outcome,
}


def percent(rate: float | None) -> str:
    """Write a rate as 3.21 %, no rate as –."""
    return "–" if rate is None else f"{rate:.2%}".replace("%", " %")


def points(change: float) -> str:
    """Write a difference of rates in percentage points, with its sign."""
    said = f"{change * 100:+.2f}"
    return "±0.00" if said in ("+0.00", "-0.00") else said


def named_value(key: str, value: Any, lang: str | None = None) -> str:
    """Name the value of a key for people; null is 不明 / unknown."""
    if key in _NAMES or value is None:
        return _NAMES.get(key, words.carrier)(value, lang)
    return str(value)


def named_segment(row: dict[str, Any], keys: Sequence[str], lang: str | None = None) -> str:
    """Name a segment by the values of its keys."""
    if not keys:
        return words.text("failures.whole", lang)
    return words.text("failures.and", lang).join(named_value(key, row[key], lang) for key in keys)
