"""What people read, in Japanese and in English, and which of the two is on.

`text("charts.failures", lang)` looks a wording up; each file of this package holds the wordings of one kind of
reader, as `{key: Label(ja, en)}`.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Collection
from datetime import date, datetime
from importlib import import_module
from itertools import islice
from math import isnan
from typing import TYPE_CHECKING, Literal

from zrtools.arguments import refused
from zrtools.codes import (
    ACTIONS,
    CARRIERS,
    CATEGORIES,
    ORIGINS,
    UNLISTED,
    UNRECOGNISED,
    Label,
)
from zrtools.errors import InputError
from zrtools.texts import in_notebook, japanese, said

if TYPE_CHECKING:
    from zrtools.tables import Table

__all__ = [
    "Lang",
    "action",
    "between",
    "carrier",
    "category",
    "day",
    "days",
    "failure",
    "in_notebook",
    "label",
    "language",
    "left_out",
    "moment",
    "month",
    "notice",
    "origin",
    "outcome",
    "percent",
    "points",
    "span",
    "stretch",
    "text",
    "told",
    "unknown",
    "weekdays",
]

Lang = Literal["ja", "en"]

_OUTCOMES = {
    "delivered": Label("到達", "delivered"),
    "failed": Label("不達", "failed"),
    "sending": Label("配信中", "sending"),
    "unknown": Label("状態不明", "unknown status"),
    "pending": Label("未確定", "pending"),
}
_UNKNOWN = {
    "carrier": Label("キャリア不明", "unknown carrier"),
    "category": Label("理由不明", "unknown reason"),
    "origin": Label("原因不明", "unknown cause"),
    "action": Label("–", "–"),
    "outcome": _OUTCOMES["unknown"],
    "value": Label("不明", "unknown"),
}
_WEEKDAYS = Label("月火水木金土日", "Mon Tue Wed Thu Fri Sat Sun")
_CARRIERS = {c.name: c.label for c in CARRIERS.values()}
_CATEGORIES = {c.name: c.label for c in (*CATEGORIES.values(), UNLISTED, UNRECOGNISED)}
_CODES = {c.name: code for code, c in CATEGORIES.items()}


def language(lang: str | None = None) -> Lang:
    """Tell which language is on: the one given, else `ZRTOOLS_LANG`, else Japanese.

    Raises `InputError` for any other than "ja" and "en".
    """
    if lang is not None and not isinstance(lang, str):
        raise refused("lang", lang, said("arguments.language"))
    chosen = lang or os.environ.get("ZRTOOLS_LANG") or "ja"
    if chosen not in ("ja", "en"):
        raise InputError(said("words.language", chosen=chosen))
    return chosen  # type: ignore[return-value]  # one of the two, as just made sure


def label(wording: Label, lang: str | None = None) -> str:
    """Give a label in the language that is on."""
    return wording.ja if language(lang) == "ja" else wording.en


def text(key: str, lang: str | None = None, **values: object) -> str:
    """Look a wording up by "file.key" and fill its {fields}."""
    room, _, name = key.partition(".")
    wording: Label = import_module(f"zrtools.words.{room}").TEXTS[name]
    chosen = language(lang)
    if chosen == "ja":
        values = {name: japanese(value) for name, value in values.items()}
    return label(wording, chosen).format(**values)


def told(error: Exception, lang: str | None = None) -> str:
    """Say an error in a language where there are words for it, else as it is."""
    return str(japanese(error) if language(lang) == "ja" else error)


def failure(reason: str, lang: str | None = None, **facts: str) -> str:
    """Say why no usable answer came; `advice` among the facts is a reason itself."""
    if "advice" in facts:
        facts["advice"] = text(f"client.failure.{facts['advice']}", lang, **facts)
    return text(f"client.failure.{reason}", lang, **facts)


def left_out(table: Table, lang: str | None = None) -> list[str]:
    """Say which sheet of a file was read and what was left out; nothing of a file without sheets."""
    if table.sheet is None:
        return []
    said = [text("files.sheet", lang, name=table.name, sheet=table.sheet)]
    if table.hidden_rows:
        said.append(text("files.hidden_rows", lang, rows=table.hidden_rows))
    if table.hidden_sheets:
        said.append(text("files.hidden_sheets", lang, names=", ".join(table.hidden_sheets)))
    return said


def carrier(name: str | None, lang: str | None = None) -> str:
    """Name a carrier for people; null is キャリア不明 / unknown carrier, a name that is not listed stays."""
    return _named("carrier", _CARRIERS, name, lang)


def category(name: str | None, lang: str | None = None, *, coded: bool = False) -> str:
    """Name a failure category for people, `coded` with its three digits in front; a name that is not listed stays."""
    named = _named("category", _CATEGORIES, name, lang)
    return f"{_CODES[name]} {named}" if coded and name in _CODES else named


def origin(name: str | None, lang: str | None = None) -> str:
    """Say for people where the cause of a failure lies."""
    return _named("origin", ORIGINS, name, lang)


def action(name: str | None, lang: str | None = None) -> str:
    """Say for people what to do about a failure."""
    return _named("action", ACTIONS, name, lang)


def outcome(name: str | None, lang: str | None = None) -> str:
    """Name an outcome for people."""
    return _named("outcome", _OUTCOMES, name, lang)


def unknown(lang: str | None = None) -> str:
    """Name what is not known, of a column that has no words of its own for it."""
    return label(_UNKNOWN["value"], lang)


def percent(rate: float | None) -> str:
    """Write a rate in per cent: more digits where it is small; a dash where there is none."""
    if rate is None or isnan(rate):
        return "–"
    if rate == 0:
        return "0%"
    if rate < 0.0001:
        return "<0.01%"
    return f"{rate:.2%}" if rate < 0.01 else f"{rate:.1%}"


def points(change: float) -> str:
    """Write a difference of rates in percentage points, with its sign."""
    said = f"{change * 100:+.2f}"
    return "±0.00" if said in ("+0.00", "-0.00") else said.replace("-", "−")


def weekdays(lang: str | None = None) -> list[str]:
    """Name the weekdays in short, Monday first."""
    named = label(_WEEKDAYS, lang)
    return named.split() if " " in named else list(named)


def day(when: date, lang: str | None = None, *, short: bool = False) -> str:
    """Write a day with its weekday: 2026年10月4日（日） or 2026-10-04 (Sun); `short` without the year."""
    weekday = weekdays(lang)[when.weekday()]
    if language(lang) == "en":
        return f"{when:{'%m-%d' if short else '%Y-%m-%d'}} ({weekday})"
    plain = f"{when.month}/{when.day}" if short else f"{when.year}年{when.month}月{when.day}日"
    return f"{plain}（{weekday}）"


def month(when: date, lang: str | None = None) -> str:
    """Write a month: 2026年10月 or 2026-10."""
    return f"{when.year}年{when.month}月" if language(lang) == "ja" else f"{when:%Y-%m}"


def moment(when: datetime, lang: str | None = None, *, short: bool = True) -> str:
    """Write a time to the minute after its day: 10/4（日）12:30 or 10-04 (Sun) 12:30."""
    return f"{day(when, lang, short=short)}{'' if language(lang) == 'ja' else ' '}{when:%H:%M}"


def between(low: str, high: str, lang: str | None = None) -> str:
    """Write a range."""
    return f"{low}〜{high}" if language(lang) == "ja" else f"{low} to {high}"


def span(first: date, last: date, lang: str | None = None) -> str:
    """Write days from one to another, without weekdays: 2026年10月1日〜31日 or 2026-10-01 to 2026-10-31."""
    if language(lang) == "en":
        return f"{first:%Y-%m-%d}" if first == last else f"{first:%Y-%m-%d} to {last:%Y-%m-%d}"
    start, *parts = (
        f"{first.year}年{first.month}月{first.day}日",
        f"{last.year}年",
        f"{last.month}月",
        f"{last.day}日",
    )
    same = 0 if first.year != last.year else 1 if first.month != last.month else 2
    return start if first == last else f"{start}〜{''.join(parts[same:])}"


def stretch(start: datetime, end: datetime, lang: str | None = None) -> str:
    """Write a time to another, the day once where it is one: 10/4（日）12:30〜15:15."""
    last = f"{end:%H:%M}" if start.date() == end.date() else moment(end, lang)
    return between(moment(start, lang), last, lang)


def days(listed: Collection[date | None], most: int = 5, lang: str | None = None) -> str:
    """List days, the first ones where there are many; a day that is not known is a dash."""
    comma = "、" if language(lang) == "ja" else ", "
    shown = comma.join("–" if when is None else day(when, lang, short=True) for when in islice(listed, most))
    return shown + (f"{comma}…" if len(listed) > most else "")


def notice(said: str) -> None:
    """Say one line: in a notebook among the output, else beside it, on stderr."""
    stream = sys.stdout if in_notebook() else sys.stderr
    if stream is not None:
        stream.write(said + "\n")
        stream.flush()


def _named(kind: str, table: dict[str, Label], name: str | None, lang: str | None) -> str:
    if name is None:
        return label(_UNKNOWN[kind], lang)
    return label(table[name], lang) if name in table else name
