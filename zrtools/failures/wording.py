"""How segments are named in sentences."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from zrtools import words
from zrtools.privacy import mask_text
from zrtools.words.failures import TEXTS

__all__ = [
    "known_as",
    "named_codes",
    "named_column",
    "named_incident",
    "named_segment",
    "named_value",
    "named_where",
    "naming",
    "values_of",
]

_LONG = 40

_NAMES = {
    "carrier": words.carrier,
    "failure_carrier": words.carrier,
    "failure_category": words.category,
    "failure_origin": words.origin,
    "failure_action": words.action,
    "outcome": words.outcome,
}

_Namer = Callable[[str, str], str | None]
_NAMER: ContextVar[_Namer | None] = ContextVar("namer", default=None)


@contextmanager
def naming(namer: _Namer) -> Iterator[None]:
    """Let sentences name values by what `namer` gives for a column and its value; None leaves a value as it is.

    Campaigns, templates and the like are words of strangers: where sentences are obeyed, they must not stand in one.
    """
    before = _NAMER.set(namer)
    try:
        yield
    finally:
        _NAMER.reset(before)


def known_as(key: str, value: str) -> str:
    """Give the name that is on for a value, else the value as it is, numbers too."""
    namer = _NAMER.get()
    name = None if namer is None else namer(key, value)
    return value if name is None else name


def named_value(key: str, value: Any, lang: str | None = None) -> str:
    """Name the value of a key for people, numbers masked; null is unknown, and of a campaign no tag."""
    if value is not None and (name := known_as(key, str(value))) != str(value):
        return name
    if key == "campaign" and value is None:
        return words.text("failures.no_tag", lang)
    if key in _NAMES:
        return _NAMES[key](value, lang)
    return words.unknown(lang) if value is None else mask_text(str(value))


def named_segment(row: Mapping[str, Any], keys: Sequence[str], lang: str | None = None) -> str:
    """Name a segment by the values of its keys."""
    if not keys:
        return words.text("failures.whole", lang)
    return words.text("failures.and", lang).join(named_value(key, row[key], lang) for key in keys)


def values_of(row: Mapping[str, Any]) -> list[str | None]:
    """Give the values of a row of INCIDENTS: those of a set, else its one segment."""
    values = row.get("values") or []
    return list(values) if len(values) > 1 else [row["segment"]]


def named_incident(row: Mapping[str, Any], lang: str | None = None) -> str:
    """Name the segment of a row of INCIDENTS."""
    if row["dimension"] == "all":
        return words.text("failures.segment_all", lang)
    value = words.text("failures.list", lang).join(
        named_value(row["dimension"], v, lang) for v in values_of(row)
    )
    if row["segment"] is None and row["dimension"] == "campaign":
        return value
    return words.text(f"failures.segment_{row['dimension']}", lang, value=value)


def named_where(where: Sequence[Mapping[str, Any]], lang: str | None = None) -> str:
    """Name a segment of LOCATED: the values of one column joined by or, the columns by x."""
    columns: dict[str, list[str | None]] = {}
    for one in where:
        columns.setdefault(one["column"], []).append(one["value"])
    either = words.text("failures.or", lang)
    said = []
    for column, values in columns.items():
        key = f"where_{column}" if f"where_{column}" in TEXTS else "where"
        named = [_named_text(column, value, lang) for value in values]
        if column == "hour" and len(values) > 1 and None not in values:
            named = _ranges(sorted(int(value) for value in values if value is not None), lang)
        said.append(words.text(f"failures.{key}", lang, column=column, value=either.join(named)))
    return words.text("failures.and", lang).join(said)


def named_codes(listed: str, most: int, lang: str | None = None) -> str:
    """Name the first of an incident's `codes`, each with its count."""
    codes = listed.split(", ")
    said = [
        words.text("failures.code_count", lang, code=code, n=n) if n else code
        for code, _, n in (one.rpartition(" x") for one in codes[:most])
    ]
    comma = words.text("failures.comma", lang)
    return comma.join(said) + (f"{comma}…" if len(codes) > most else "")


def named_column(column: str, lang: str | None = None) -> str:
    """Name a column one can break failures down by; others keep their own name."""
    key = f"column_{column}"
    return words.text(f"failures.{key}", lang) if key in TEXTS else mask_text(column)


def _ranges(hours: list[int], lang: str | None) -> list[str]:
    """Join hours that follow each other."""
    said: list[list[int]] = []
    for hour in hours:
        if said and hour == said[-1][-1] + 1:
            said[-1].append(hour)
        else:
            said.append([hour])
    return [words.between(str(run[0]), str(run[-1]), lang) if len(run) > 1 else str(run[0]) for run in said]


def _named_text(column: str, value: str | None, lang: str | None) -> str:
    if column == "weekday" and value in set("1234567"):
        return words.text(f"failures.weekday_{value}", lang)
    said = named_value(column, value, lang)
    return said if len(said) <= _LONG else said[: _LONG - 1] + "…"
