"""A file that keeps for good what was done with it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from zrtools.sqlite import Database, stamp

__all__ = ["Journal"]

_EVENTS = (
    "create table events (id integer primary key, at text not null, what text not null, detail text not null)"
)


class Journal(Database):
    """A `Database` with a table of events beside its own."""

    def __init__(self, path: str | Path, *, what: str, application: int, version: int, tables: str) -> None:
        super().__init__(
            path, what=what, application=application, version=version, tables=f"{_EVENTS};{tables}"
        )

    def note(self, what: str, **detail: Any) -> None:
        """Keep an event."""
        with self.transaction() as run:
            run(
                "insert into events (at, what, detail) values (?, ?, ?)",
                (stamp(), what, json.dumps(detail, ensure_ascii=False)),
            )
