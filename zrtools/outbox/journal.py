"""A file that keeps for good what was done with it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from zrtools.schemas import HISTORY
from zrtools.sqlite import Database, stamp

if TYPE_CHECKING:
    import polars as pl

__all__ = ["Journal"]

_EVENTS = (
    "create table events (id integer primary key, at text not null, what text not null, detail text not null)"
)


class Journal(Database):
    """A `Database` with a table of events beside its own."""

    def __init__(
        self, path: str | Path, *, what: str, application: int, tables: str, changes: Sequence[str] = ()
    ) -> None:
        super().__init__(
            path, what=what, application=application, tables=f"{_EVENTS};{tables}", changes=changes
        )

    def note(self, what: str, **detail: Any) -> None:
        """Keep an event."""
        with self.transaction() as run:
            run(
                "insert into events (at, what, detail) values (?, ?, ?)",
                (stamp(), what, json.dumps(detail, ensure_ascii=False)),
            )

    def erase(self, number: str, *statements: str) -> int:
        """Run deletions of what is kept of a number, hide it in the events, and leave no byte of it in free pages.

        Tells how many rows and events were touched.
        """
        with self.transaction() as run:
            run("pragma secure_delete = on")
            gone = sum(run(statement, (number,)).rowcount for statement in statements)
            events = run(
                "update events set detail = replace(detail, :number, 'erased') where instr(detail, :number)",
                {"number": number},
            )
            return gone + events.rowcount

    def forget(self, limit: date, *statements: str) -> int:
        """Run deletions of what is older than a day, and remove the events before it; tell how many rows."""
        with self.transaction() as run:
            run("pragma secure_delete = on")
            every = (*statements, "delete from events where at < ?")
            return sum(run(statement, (str(limit),)).rowcount for statement in every)

    def history(self) -> pl.DataFrame:
        """Give the events as HISTORY, in order of time."""
        return self.frame("select at, what, detail from events order by id", schema=HISTORY)
