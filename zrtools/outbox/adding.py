"""One intake at a time: rows go into the journal in pieces, and are there when all of them are."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from zrtools.errors import ArchiveError
from zrtools.outbox.lease import Lease, alive
from zrtools.texts import said
from zrtools.words import notice, text

if TYPE_CHECKING:
    import polars as pl

    from zrtools.outbox.journal import Journal

__all__ = ["UNUSED", "Intake", "go_on", "intake"]

_PIECE = 10_000  # rows that are written in one transaction: others wait for that long, not for the whole
_LOOK = 0.1  # seconds between two looks whether another intake is done
_PATIENCE = 2.0  # seconds of waiting until that is said
_INSERT = (
    "insert into messages (added_at, campaign, phone_number, message, client_tag, carrier_id, schedule_time, "
    "group_tag, parts, held, error, kind, at_night, sending_state, run) "
    "values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'adding', ?)"
)
UNUSED = "sending_state in ('refused', 'withdrawn') and coalesce(result_code, -1) not in (0, 400)"
"""Whose tag the service has not taken, as far as it said: neither accepted nor known from before."""
# such a tag goes to the message that was added again
_FREE = f"update messages set client_tag = client_tag || '#' || id where client_tag = ? and {UNUSED}"  # noqa: S608 - constants
_SHOW = "update messages set sending_state = held, held = null, run = null"
_SOME = "id in (select id from messages where sending_state = 'adding' and run = ? order by id limit ?)"


class Intake:
    """The intake that is going on."""

    def __init__(self, file: Journal, lease: Lease) -> None:
        self._file = file
        self._lease = lease
        self.added: bool | None = None
        """Whether all of it is there, or nothing; None while that is open."""

    def take(self, rows: pl.DataFrame, event: dict[str, Any]) -> None:
        """Put rows into the journal, and decide with the last of them that the whole of it is added, whatever happens.

        They have the columns of `_INSERT`, `held` being the state that they will have. Raises `ArchiveError` when
        another process has taken over.
        """
        last = max(0, rows.height - 1) // _PIECE * _PIECE
        for piece in rows.head(last).iter_slices(_PIECE):
            with self._file.transaction() as run:
                self._write(run, piece)
        with self._file.transaction() as run:
            self._write(run, rows.slice(last))
            run("insert into facts values ('added', ?)", (self._lease.name,))
            self._file.note("add", **event)

    def _write(self, run: Callable[..., sqlite3.Cursor], piece: pl.DataFrame) -> None:
        if not self._lease.held(run):
            raise ArchiveError(said("outbox.held_up"))
        self._file.write(_FREE, ((tag,) for tag in piece["client_tag"]))
        self._file.write(_INSERT, ((*row, self._lease.name) for row in piece.iter_rows()))


@contextmanager
def intake(file: Journal, lang: str | None) -> Iterator[Intake]:
    """Wait for the turn; at the end all rows are there, or none."""
    lease = Lease(file)
    going_on = Intake(file, lease)
    try:
        _wait_for_turn(file, lease, lang)
        yield going_on
    finally:
        going_on.added = _end(file, lease.name) if lease.stop() else False


def go_on(file: Journal) -> None:
    """Bring an intake to its end whose process is gone."""
    with file.reading() as run:
        holder, lives = _holder(run)
    if holder is not None and not lives:
        _end(file, holder)


def _holder(run: Callable[..., sqlite3.Cursor]) -> tuple[str | None, bool]:
    """Tell who adds, and whether that process lives."""
    found = run(
        "select value, exists (select 1 from runs where run = value and until between :now and :furthest) "
        "from facts where name = 'intake'",
        alive(),
    ).fetchone()
    return (None, False) if found is None else (found[0], bool(found[1]))


def _wait_for_turn(file: Journal, lease: Lease, lang: str | None) -> None:
    began, said = time.monotonic(), False
    while True:
        go_on(file)
        with file.transaction() as run:
            holder, _ = _holder(run)
            if holder is None:
                lease.start()
                run("insert into facts values ('intake', ?)", (lease.name,))
                return
        if not said and time.monotonic() - began > _PATIENCE:
            notice(text("outbox.other_intake", lang))
            said = True
        time.sleep(_LOOK)


def _end(file: Journal, name: str) -> bool:
    """Let the rows of an intake be there if the whole of it was added, else remove them, and let others add."""
    more, added = True, False
    while more:
        with file.transaction() as run:
            # whoever added it may write no more
            run("delete from runs where run = ?", (name,))
            added = bool(run("select 1 from facts where name = 'added' and value = ?", (name,)).fetchone())
            change = _SHOW if added else "delete from messages"
            more = run(f"{change} where {_SOME}", (name, _PIECE)).rowcount == _PIECE
            if not more:
                run("delete from facts where name in ('intake', 'added') and value = ?", (name,))
    return added
