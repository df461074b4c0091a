"""What people read, in Japanese and in English, and which of the two is on.

`text("charts.failures", lang)` looks a wording up; each file of this package holds the wordings of one kind of
reader, as `{key: Label(ja, en)}`.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Collection
from datetime import date
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
    "carrier",
    "category",
    "days",
    "failure",
    "in_notebook",
    "label",
    "language",
    "left_out",
    "notice",
    "origin",
    "outcome",
    "percent",
    "points",
    "text",
    "told",
]

Lang = Literal["ja", "en"]

_UNKNOWN = Label("不明", "unknown")
_OUTCOMES = {
    "delivered": Label("到達", "delivered"),
    "failed": Label("不達", "failed"),
    "sending": Label("送信中", "sending"),
    "unknown": Label("不明", "unknown"),
    "pending": Label("未確定", "pending"),
}
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
    """Name a carrier for people; null is 不明 / unknown, a name that is not listed stays."""
    return _named(_CARRIERS, name, lang)


def category(name: str | None, lang: str | None = None, *, coded: bool = False) -> str:
    """Name a failure category for people, `coded` with its three digits in front; a name that is not listed stays."""
    named = _named(_CATEGORIES, name, lang)
    return f"{_CODES[name]} {named}" if coded and name in _CODES else named


def origin(name: str | None, lang: str | None = None) -> str:
    """Say for people where the cause of a failure lies."""
    return _named(ORIGINS, name, lang)


def action(name: str | None, lang: str | None = None) -> str:
    """Say for people what to do about a failure."""
    return _named(ACTIONS, name, lang)


def outcome(name: str | None, lang: str | None = None) -> str:
    """Name an outcome for people."""
    return _named(_OUTCOMES, name, lang)


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


def days(listed: Collection[date | None], most: int = 5) -> str:
    """List days, the first ones where there are many; a day that is not known is a dash."""
    shown = ", ".join(f"{day or '–'}" for day in islice(listed, most))
    return shown + (", …" if len(listed) > most else "")


def notice(said: str) -> None:
    """Say one line: in a notebook among the output, else beside it, on stderr."""
    stream = sys.stdout if in_notebook() else sys.stderr
    if stream is not None:
        stream.write(said + "\n")
        stream.flush()


def _named(table: dict[str, Label], name: str | None, lang: str | None) -> str:
    if name is None:
        return label(_UNKNOWN, lang)
    return label(table[name], lang) if name in table else name
