"""A round of the watch: bring the archive up to date, look, and deliver what is new to where it is wanted."""

from __future__ import annotations

import os
import shlex
import sqlite3
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from zrtools import files, words
from zrtools.errors import ArchiveError, InputError, Interrupted, ZrtoolsError
from zrtools.watch.digest import LEVELS, Digest, Finding
from zrtools.watch.looking import HISTORY, look, weekly
from zrtools.watch.state import State

__all__ = ["Told", "alone", "go_round"]

_LOOK_BACK = 7
_PROGRAM_SECONDS = 120
_SECRETS = ("ZRTOOLS_TOKEN", "ZRTOOLS_HASH_KEY")
_FORMATS: dict[str, Callable[[Digest], str]] = {
    ".html": Digest.html,
    ".htm": Digest.html,
    ".md": Digest.markdown,
    ".txt": Digest.text,
}


@dataclass(frozen=True, slots=True)
class Told:
    """What a round came to: the gravest level, what is still to be delivered and why, and why nothing could be seen."""

    level: str
    undelivered: list[str]
    blind: str = ""


@contextmanager
def alone(path: Path, patience: float, waiting: Callable[[], object]) -> Iterator[None]:
    """Let one round at a time go on; the system lets go of it whatever happens to the process.

    `waiting` is called once when another is going on. Raises `ArchiveError` after `patience` seconds.
    """
    place = path.with_name(path.name + ".lock")
    with suppress(FileExistsError):
        files.create(place).close()
    connection = sqlite3.connect(place, timeout=0, isolation_level=None)
    try:
        end = time.monotonic() + patience
        told = False
        while True:
            try:
                connection.execute("begin exclusive")
                break
            except sqlite3.OperationalError as error:
                if "locked" not in str(error):
                    raise ArchiveError(
                        f"The lock {place} cannot be used ({error}): name another --state."
                    ) from None
                if time.monotonic() >= end:
                    raise ArchiveError(
                        f"Another watch of {path} has been going on for {patience:.0f} seconds: wait for it, or end it."
                    ) from None
            if not told:
                waiting()
                told = True
            time.sleep(0.2)
        yield
    finally:
        connection.close()


def go_round(
    archive: Any,
    state: State,
    *,
    now: datetime,
    sync: Callable[[date | None], str] | None,
    store: Any | None = None,
    show: Callable[[str], object] | None = None,
    out: Sequence[Path] = (),
    program: str | None = None,
    min_excess: float | None = None,
    of_week: bool = False,
    lang: words.Lang = "ja",
) -> Told:
    """Deliver what was left over, sync, look, keep what is new, deliver it.

    `sync` gets the first day of a new archive and gives why days are missing, or nothing. What is to be told is on disk
    before it is delivered, and gone from there after: killed in between, it is delivered by the next round, which says
    that it may come twice.
    """
    targets = {"show": show, **{f"file {path}": path for path in out}, "program": program}
    left = _delivered(state, state.pending(), targets)
    levels = [digest.level for digest, failures in left if not failures]
    blind = ""
    try:
        if sync is not None:
            blind = sync(now.date() - timedelta(HISTORY) if _is_new(archive) else None)
        if archive.days().is_empty():
            raise InputError("The archive is empty: sync it first.")
        made = (
            _week(archive, state, now, lang)
            if of_week
            else _look(archive, state, now, blind, store, min_excess, lang)
        )
    except Interrupted:
        raise
    except ZrtoolsError as error:
        blind = words.told(error, lang)
        made = state.record([_blind(now, blind, lang)], now, lang, looked=False)
    if made is not None:
        left += _delivered(state, [made], targets)
        levels.append(made.level)
    undelivered = [why for _, failures in left for why in failures]
    return Told(max(levels, key=LEVELS.index, default="nothing"), undelivered, blind)


def _is_new(archive: Any) -> bool:
    try:
        return bool(archive.days().is_empty())
    except ArchiveError:
        # what is damaged says so when it is synced
        return True


def _look(
    archive: Any,
    state: State,
    now: datetime,
    blind: str,
    store: Any,
    min_excess: float | None,
    lang: words.Lang,
) -> Digest | None:
    since = min(state.since() or now.date(), now.date() - timedelta(1))
    since = max(since, now.date() - timedelta(_LOOK_BACK))
    found = look(archive, now, since, store=store, min_excess=min_excess, lang=lang)
    if blind:
        found.append(_blind(now, blind, lang))
    return state.record(found, now, lang, looked=not blind)


def _week(archive: Any, state: State, now: datetime, lang: words.Lang) -> Digest | None:
    last, lines = weekly(archive, now, lang=lang)
    return state.record_week(last, lines, now, lang)


def _blind(now: datetime, why: str, lang: words.Lang) -> Finding:
    said = words.text("watch.blind", lang, why=why)
    return Finding("blind", "blind", [], "blind", now, now, 1.0, is_over=False, sentence=said)


def _delivered(
    state: State, digests: Sequence[Digest], targets: dict[str, Any]
) -> list[tuple[Digest, list[str]]]:
    """Bring digests to each target that has not had them; give what failed."""
    done = []
    for digest in digests:
        failures: list[str] = []
        for name, target in targets.items():
            if target is None or state.is_delivered(digest, name):
                continue
            why = _to(digest, name, target)
            if why:
                failures.append(why)
            else:
                state.delivered(digest, name)
        if not failures:
            state.done(digest)
        done.append((digest, failures))
    return done


def _to(digest: Digest, name: str, target: Any) -> str:
    """Bring a digest to one target; say why that failed."""
    try:
        if name == "show":
            target(digest.text())
        elif name == "program":
            return _through(digest, target)
        else:
            written = _FORMATS[target.suffix.lower()](digest)
            files.replace_file(target, lambda part: part.write_text(written, "utf-8"))
    except OSError as error:
        return words.text(
            "watch.not_written", digest.lang, target=name, why=error.strerror or type(error).__name__
        )
    return ""


def _through(digest: Digest, command: str) -> str:
    """Give a digest to a program of the user's on standard input, as Markdown in UTF-8."""
    arguments = shlex.split(command, posix=os.name != "nt")
    kept = {name: value for name, value in os.environ.items() if name not in _SECRETS}
    told = {"ZRTOOLS_DIGEST": digest.id, "ZRTOOLS_LEVEL": digest.level}
    try:
        run = subprocess.run(  # noqa: S603 - the program that the user named
            arguments,
            input=digest.markdown().encode(),
            env={**kept, **told},
            timeout=_PROGRAM_SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        why = (
            f"{_PROGRAM_SECONDS} s" if isinstance(error, subprocess.TimeoutExpired) else error.strerror or ""
        )
        return words.text("watch.not_run", digest.lang, program=arguments[0], why=why)
    if run.returncode:
        return words.text("watch.not_run", digest.lang, program=arguments[0], why=run.returncode)
    return ""
