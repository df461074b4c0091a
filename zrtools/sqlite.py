"""A SQLite file that survives what happens to the process: opened with care, written durably, private."""

from __future__ import annotations

import os
import sqlite3
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import Any

import polars as pl

from zrtools.errors import ArchiveError
from zrtools.periods import TOKYO

__all__ = ["Database", "stamp"]

_BUSY = 30.0  # seconds to wait for another process's transaction
# KiB at most: with SQLite's own 2 MiB the indexes of 200,000 messages are written over and over
_CACHE = 64 * 1024


def stamp(moment: datetime | None = None) -> str:
    """Write a moment, or the present one, as the files keep it: Japan time to the millisecond."""
    return (moment or datetime.now(TOKYO)).astimezone(TOKYO).strftime("%Y-%m-%d %H:%M:%S.%f")[:-3]


class Database:
    """One file of one kind and version, used by any thread and by several processes.

    `tables` makes a file of the newest version, and each of `changes` brings one of the version before to the next:
    a file of version 1 is brought through all of them when it is opened. A transaction that has returned is on disk.

    Raises `ArchiveError` for a file that is of another kind or of a newer version, is damaged or cannot be written.
    """

    def __init__(
        self, path: str | Path, *, what: str, application: int, tables: str, changes: Sequence[str] = ()
    ) -> None:
        self.path = Path(path)
        self.what = what
        self._lock = threading.RLock()
        self._depth = 0
        _make_private(self.path, what)
        with self._told():
            self._connection = sqlite3.connect(
                self.path, timeout=_BUSY, isolation_level=None, check_same_thread=False
            )
        try:
            with self._told():
                self._prepare(application, tables, changes)
        except BaseException:
            self._connection.close()
            raise

    def close(self) -> None:
        """Close the file; closing twice is allowed."""
        with self._lock:
            self._connection.close()

    @contextmanager
    def transaction(self) -> Iterator[Callable[..., sqlite3.Cursor]]:
        """Read and write as one: all of it is on disk afterwards, or none of it."""
        with self._lock, self._told():
            if not self._depth:
                self._connection.execute("begin immediate")
            self._depth += 1
            try:
                yield self._connection.execute
            except BaseException:
                self._depth -= 1
                if not self._depth:
                    with suppress(sqlite3.Error):
                        self._connection.execute("rollback")
                raise
            self._depth -= 1
            if not self._depth:
                try:
                    self._connection.execute("commit")
                except sqlite3.Error:
                    with suppress(sqlite3.Error):
                        self._connection.execute("rollback")
                    raise

    def write(self, statement: str, rows: Iterable[Sequence[Any] | Mapping[str, Any]]) -> None:
        """Run one statement for many rows."""
        with self.transaction(), self._told():
            self._connection.executemany(statement, rows)

    def frame(
        self, statement: str, values: Sequence[Any] | dict[str, Any] = (), *, schema: pl.Schema
    ) -> pl.DataFrame:
        """Read a frame of a schema; times are kept as text in Japan time, dates as text."""
        stored = {
            name: pl.String() if isinstance(dtype, pl.Datetime | pl.Date) else dtype
            for name, dtype in schema.items()
        }
        with self._lock, self._told():
            rows = self._connection.execute(statement, values).fetchall()
        return pl.DataFrame(rows, schema=stored, orient="row").with_columns(
            pl.col(name).str.to_datetime("%Y-%m-%d %H:%M:%S%.f", time_unit="ms", time_zone=dtype.time_zone)
            if isinstance(dtype, pl.Datetime)
            else pl.col(name).str.to_date("%Y-%m-%d")
            for name, dtype in schema.items()
            if isinstance(dtype, pl.Datetime | pl.Date)
        )

    def _prepare(self, application: int, tables: str, changes: Sequence[str]) -> None:
        run = self._connection.execute
        version = 1 + len(changes)
        # a file that is being made by another process shows itself only when that one is done
        run("begin immediate")
        try:
            found = run("pragma application_id").fetchone()[0]
            have = run("pragma user_version").fetchone()[0]
            some = run("select count(*) from sqlite_master").fetchone()[0]
            if some and found != application:
                raise ArchiveError(f"{self.path} is no {self.what}: choose another file.")
            if have > version:
                raise ArchiveError(
                    f"{self.path} is a {self.what} of a newer zrtools (version {have}, this one knows {version}): "
                    "update zrtools, or choose another file."
                )
            if have < version:
                for statement in (";".join(changes[have - 1 :]) if some else tables).split(";"):
                    run(statement)
                run(f"pragma application_id = {application}")
                run(f"pragma user_version = {version}")
        except BaseException:
            run("rollback")
            raise
        run("commit")
        # not inside the transaction: others write on while a large file is looked through
        if some and run("pragma quick_check(1)").fetchone()[0] != "ok":
            raise sqlite3.DatabaseError("database disk image is malformed")
        _use_wal(self._connection)
        run("pragma synchronous = full")
        run(f"pragma cache_size = {-_CACHE}")

    @contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            raise ArchiveError(f"The {self.what} {self.path} cannot be used: {_reason(error)}") from None


def _reason(error: sqlite3.Error) -> str:
    said = str(error)
    if "full" in said:
        return f"{said}. Free some space and go on: what is written stands."
    if "locked" in said or "busy" in said:
        return f"{said}. Close the program that holds it, then try again."
    if isinstance(error, sqlite3.ProgrammingError) and "closed" in said:
        return "it was closed. Open it again."
    if isinstance(error, sqlite3.OperationalError | sqlite3.ProgrammingError):
        return f"{said}. Make sure that the file and its folder may be written and are on a local disk."
    return f"{said}. The file is damaged: restore a copy, or choose another file and keep this one."


def _use_wal(connection: sqlite3.Connection) -> None:
    # SQLite itself does not wait for others while it switches a file to write-ahead logging
    end = time.monotonic() + _BUSY
    while True:
        try:
            connection.execute("pragma journal_mode = wal")
        except sqlite3.OperationalError:
            if time.monotonic() > end:
                raise
            time.sleep(0.02)
        else:
            return


def _make_private(path: Path, what: str) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        # SQLite gives its side files the mode of the file itself
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
    except OSError as error:
        advice = (
            "copy it to where it may be written, or name another file"
            if path.is_file()
            else "name another file"
        )
        raise ArchiveError(f"The {what} {path} cannot be written ({error.strerror}): {advice}.") from None
