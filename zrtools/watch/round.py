"""A round of the watch: bring the archive up to date, look, and deliver what is new to where it is wanted."""

from __future__ import annotations

import os
import shlex
import sqlite3
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from zrtools import files, words
from zrtools.arguments import Archive, checked
from zrtools.errors import ArchiveError, InputError, Interrupted, ZrtoolsError
from zrtools.texts import said
from zrtools.watch.digest import LEVELS, Digest, Finding
from zrtools.watch.looking import HISTORY, Reports, japan, look, weekly
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
@checked
def alone(path: Path, patience: float, waiting: Callable[[], object]) -> Iterator[None]:
    """Let one round at a time go on; the system lets go of it whatever happens to the process.

    `waiting` is called once when another is going on. Raises `ArchiveError` after `patience` seconds.
    """
    place = path.with_name(path.name + ".lock")
    with suppress(FileExistsError):
        files.create(place).close()
    end, told = time.monotonic() + patience, False
    with ExitStack() as held:
        while True:
            try:
                connection = held.enter_context(
                    closing(sqlite3.connect(place, timeout=0, isolation_level=None))
                )
                connection.execute("begin exclusive")
                break
            except sqlite3.Error as error:
                held.close()
                if getattr(error, "sqlite_errorcode", 0) & 0xFF != sqlite3.SQLITE_BUSY:
                    raise ArchiveError(said("watch.lock", place=place, why=error)) from None
            if time.monotonic() >= end:
                raise ArchiveError(said("watch.busy", path=path, seconds=patience))
            if not told:
                waiting()
                told = True
            time.sleep(0.2)
        yield


@checked
def go_round(
    archive: Archive,
    state: State,
    *,
    now: datetime,
    sync: Callable[[date | None], str] | None,
    store: Reports | None = None,
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
    now = japan(now)
    targets = _targets(show, out, program, of_week=of_week)
    left = _delivered(state, state.pending(), targets)
    levels = [digest.level for digest, given, _ in left if given]
    blind = ""
    try:
        if sync is not None:
            blind = sync(now.date() - timedelta(HISTORY) if _is_new(archive) else None)
        if archive.days().is_empty():
            raise InputError(said("watch.empty"))
        found = [_blind(now, blind, lang)] if blind else []
        if of_week:
            lines = [] if state.has_week(now) else weekly(archive, now, lang=lang)
            made = state.record_week(now, lines, found, lang, list(targets))
        else:
            found += _look(archive, state, now, store, min_excess, lang)
            made = state.record(found, now, lang, looked=not blind, targets=list(targets))
    except Interrupted:
        raise
    except ZrtoolsError as error:
        blind = words.told(error, lang)
        made = state.record([_blind(now, blind, lang)], now, lang, looked=False, targets=list(targets))
    if made is not None:
        left += _delivered(state, [made], targets)
        levels.append(made.level)
    undelivered = [why for _, _, failures in left for why in failures]
    return Told(max(levels, key=LEVELS.index, default="nothing"), undelivered, blind)


def _is_new(archive: Any) -> bool:
    try:
        return bool(archive.days().is_empty())
    except ArchiveError:
        # what is damaged says so when it is synced
        return True


def _look(
    archive: Any, state: State, now: datetime, store: Any | None, min_excess: float | None, lang: words.Lang
) -> list[Finding]:
    since = min(state.since() or now.date(), now.date() - timedelta(1))
    since = max(since, now.date() - timedelta(_LOOK_BACK))
    return look(archive, now, since, store=store, min_excess=min_excess, lang=lang)


def _blind(now: datetime, why: str, lang: words.Lang) -> Finding:
    said = words.text("watch.blind", lang, why=why)
    return Finding("blind", "blind", [], "blind", now, now, 1.0, is_over=False, sentence=said)


def _targets(
    show: Callable[[str], object] | None, out: Sequence[Path], program: str | None, *, of_week: bool
) -> dict[str, Callable[[Digest], str]]:
    """Name the targets of a round, each with what brings a digest to it and says why that failed.

    The weekly round's program and terminal are others than the daily one's.
    """
    own = "weekly " if of_week else ""
    made: dict[str, Callable[[Digest], str]] = {}
    if show is not None:
        made[f"{own}terminal"] = partial(_shown, show)
    made |= {f"file {path.resolve()}": partial(_written, path) for path in out}
    if program is not None:
        made[f"{own}program"] = partial(_through, program)
    return made


def _delivered(
    state: State, digests: Sequence[Digest], targets: dict[str, Callable[[Digest], str]]
) -> list[tuple[Digest, int, list[str]]]:
    """Bring digests to each of this round's targets that is to have them; give to how many, and what failed.

    A digest stays until all that it was made for have it, in whatever round.
    """
    done = []
    hung: set[str] = set()
    for digest in digests:
        given, failures = 0, []
        for name in digest.targets:
            if name not in targets or name in hung or state.is_delivered(digest, name):
                continue
            try:
                why = targets[name](digest)
            except subprocess.TimeoutExpired as error:
                # the others wait for the next round, or this one would last for hours
                hung.add(name)
                why = _not_taken(digest, error.cmd, f"{_PROGRAM_SECONDS} s")
            if why:
                failures.append(why)
            else:
                state.delivered(digest, name)
                given += 1
        state.done(digest)
        done.append((digest, given, failures))
    return done


def _shown(show: Callable[[str], object], digest: Digest) -> str:
    try:
        show(digest.text())
    except OSError as error:
        return _not_written(digest, "stdout", error)
    return ""


def _written(path: Path, digest: Digest) -> str:
    text = _FORMATS[path.suffix.lower()](digest)
    try:
        files.replace_file(path, lambda part: part.write_text(text, "utf-8"))
    except OSError as error:
        return _not_written(digest, str(path), error)
    return ""


def _not_written(digest: Digest, target: str, error: OSError) -> str:
    why = error.strerror or type(error).__name__
    return words.text("watch.not_written", digest.lang, target=target, why=why)


def _not_taken(digest: Digest, command: str | list[str], why: object) -> str:
    # what stands behind the name may be a secret
    program = command.split(maxsplit=1)[0] if isinstance(command, str) else command[0]
    return words.text("watch.not_run", digest.lang, program=program, why=why)


def _through(line: str, digest: Digest) -> str:
    """Give a digest to a program of the user's on standard input, as Markdown in UTF-8."""
    # Windows takes a program's line as it is
    command = line if os.name == "nt" else shlex.split(line)
    kept = {name: value for name, value in os.environ.items() if name not in _SECRETS}
    told = {"ZRTOOLS_DIGEST": digest.id, "ZRTOOLS_LEVEL": digest.level}
    try:
        run = subprocess.run(  # noqa: S603 - the program that the user named
            command,
            input=digest.markdown().encode(),
            env={**kept, **told},
            timeout=_PROGRAM_SECONDS,
            check=False,
        )
    except OSError as error:
        return _not_taken(digest, command, error.strerror or type(error).__name__)
    return _not_taken(digest, command, run.returncode) if run.returncode else ""
