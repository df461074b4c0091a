"""Where a tool finds what it needs: the archive, opened for each call, prices, names of clients, what it may do."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl

from zrtools import periods, words
from zrtools.archive import Archive
from zrtools.assistant.answers import LEAST, Names, pool
from zrtools.assistant.models import Next, Period, Pooled
from zrtools.errors import InputError
from zrtools.failures.wording import naming
from zrtools.usage import Prices

__all__ = ["Cancelled", "Desk", "Settings"]

_HELD = ("settled", "open", "closed")


class Cancelled(Exception):  # noqa: N818 - it is no error
    """Nobody waits for the answer any more."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What the server was started with."""

    archive: Path
    prices: Prices | None = None
    clients: pl.DataFrame | None = None
    drafts: Path | None = None
    tags: bool = False
    lang: words.Lang = "ja"


@dataclass(slots=True)
class Desk:
    """One call at work."""

    settings: Settings
    rows: int = 20
    stopped: threading.Event = field(default_factory=threading.Event)
    names: Names = field(init=False)
    pooled: Pooled | None = None
    picture: bytes | None = None
    cut: list[str] = field(default_factory=list)
    had: dict[str, int] = field(default_factory=dict)
    _days: pl.DataFrame | None = None
    _archive: Archive | None = None

    def __post_init__(self) -> None:
        self.names = Names(tags=self.settings.tags, lang=self.lang)

    @property
    def lang(self) -> words.Lang:
        """The language of the sentences."""
        return self.settings.lang

    def say(self, key: str, **values: object) -> str:
        """Word something."""
        return words.text(f"assistant.{key}", self.lang, **values)

    def go_on(self) -> None:
        """Stop here when nobody waits any more."""
        if self.stopped.is_set():
            raise Cancelled

    def naming(self) -> AbstractContextManager[None]:
        """Let sentences name strangers' words by names."""
        return naming(self.names)

    @property
    def archive(self) -> Archive:
        """The archive as it is now."""
        self.go_on()
        if self._archive is None:
            place = Path(self.settings.archive)
            if not place.exists() or (place.is_dir() and not any(place.iterdir())):
                raise InputError(self.say("no_archive", archive=self.settings.archive))
            self._archive = Archive(self.settings.archive)
        return self._archive

    def days(self) -> pl.DataFrame:
        """Give the days of the archive: DAYS."""
        if self._days is None:
            self._days = self.archive.days()
            if self._days.is_empty():
                raise InputError(self.say("empty", archive=self.settings.archive))
        return self._days

    def span(self, asked: str, name: str = "period") -> tuple[date, date]:
        """Read days that were asked for, of which the archive holds some."""
        ends = [part.strip() for part in asked.split("/")]
        try:
            each = [periods.days(end) for end in ends]
        except InputError:
            # its sentence repeats what was given
            each = []
        if not 1 <= len(each) <= 2:
            raise InputError(self.say("bad_days", name=name))
        try:
            wanted = periods.days(*ends)
        except InputError as error:
            why = words.told(error, self.lang)
            raise InputError(self.say("bad_days_why", name=name, why=why)) from None
        first, last = wanted[0], wanted[-1]
        if self._held(first, last) == 0:
            held = self.days().filter(pl.col("state").is_in(_HELD))["send_date"].sort()
            raise InputError(
                self.say(
                    "not_covered",
                    first=first,
                    last=last,
                    held=" – ".join(str(day) for day in (*held.head(1), *held.tail(1))) or "–",
                    archive=self.settings.archive,
                )
            )
        if 0 < self.days().filter(pl.col("send_date").is_between(first, last))["rows"].sum() < LEAST:
            raise InputError(self.say("too_few", first=first, last=last, least=LEAST))
        return first, last

    def month(self, asked: str, name: str) -> date:
        """Read a month that was asked for."""
        try:
            return periods.month(asked)
        except InputError:
            raise InputError(self.say("bad_month", name=name)) from None

    def period(self, span: tuple[date, date], pending: int | None = None) -> Period:
        """Tell what of some days the archive holds."""
        first, last = span
        missing = (last - first).days + 1 - self._held(first, last, empty=True)
        return Period(first=first, last=last, missing_days=missing, pending=pending)

    def frame(self, span: tuple[date, date]) -> pl.LazyFrame:
        """Scan the statuses of some days."""
        self.go_on()
        return self.archive.scan(*span)

    def counts(self) -> pl.DataFrame:
        """Give every snapshot of the counts."""
        history = self.archive.counts_history()
        if history.is_empty():
            raise InputError(self.say("no_counts", archive=self.settings.archive))
        return history

    def command(self, key: str, line: str) -> Next:
        """Tell a person what to run."""
        return Next(what=self.say(key), command=line)

    def top(self, part: str, frame: pl.DataFrame) -> pl.DataFrame:
        """Keep as many rows of a part as were asked for: what is cut anyway need not be written out."""
        self.had[part] = frame.height
        return frame.head(self.rows)

    def kept(
        self, part: str, frame: pl.DataFrame, count: pl.Expr, *, within: Sequence[str] = ()
    ) -> pl.DataFrame:
        """Leave small groups out of a part that is not the answer's main one, and say so."""
        rest, small = pool(frame, count, within=within)
        if small is not None:
            self.cut.append(self.say("small", part=part, n=small.groups, least=LEAST))
        return rest

    def without(self, part: str, frame: pl.DataFrame, few: pl.Expr) -> pl.DataFrame:
        """Leave rows with fewer messages out of which no total is told, and say so."""
        rest = frame.filter(~few)
        if rest.height < frame.height:
            self.cut.append(self.say("small", part=part, n=frame.height - rest.height, least=LEAST))
        return rest

    def common(
        self,
        span: tuple[date, date] | None,
        rows: int,
        pending: int | None = None,
        *,
        said: list[str],
        then: list[Next] | None = None,
    ) -> dict[str, Any]:
        """Give what every answer has."""
        return {
            "said": said,
            "period": None if span is None else self.period(span, pending),
            "rows_in_all": rows,
            "cut": self.cut,
            "pooled": self.pooled,
            "names": [],
            "next": then or [],
        }

    def report(self, span: tuple[date, date]) -> list[Next]:
        """Tell how a person has the failure report, and the same in a notebook."""
        first, last = span
        place = str(self.settings.archive)
        return [
            self.command(
                "next_report",
                f'zrtools report failures --archive "{place}" --from {first} --to {last} --lang {self.lang}',
            ),
            self.command(
                "next_form", f'zr.forms.failures(zr.Archive({place!r}), start="{first}", end="{last}")'
            ),
        ]

    def _held(self, first: date, last: date, *, empty: bool = False) -> int:
        states = (*_HELD, "empty") if empty else _HELD
        return (
            self.days()
            .filter(pl.col("send_date").is_between(first, last), pl.col("state").is_in(states))
            .height
        )
