"""Answers of number cleaning, kept in a SQLite file as they come.

The file holds phone numbers: it is made readable to its owner alone where the system can. Several processes may
use it at once: each number is claimed before it is asked, and a claim lapses soon after its process has died.
"""

from __future__ import annotations

import asyncio
import os
import queue
import sqlite3
import threading
import time
import uuid
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Literal

import polars as pl

from zrtools.errors import ArchiveError

__all__ = ["Store", "Verdict", "use_wal"]

_APPLICATION = 0x7A72_636C
_VERSION = 1
_CLAIM = 4.0  # seconds for which a claim holds unless it is renewed
_RENEWAL = 1.0
_BUSY = 30.0
_TABLES = """
create table if not exists origin (name text not null);
create table if not exists answers (
    phone_number text not null, reference_date text not null, status text, error text, asked_at text not null,
    primary key (phone_number, reference_date)) without rowid;
create table if not exists claims (
    phone_number text not null, reference_date text not null, owner text not null, until real not null,
    primary key (phone_number, reference_date)) without rowid;
"""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is known of one number on one day: a status, or the number's own error."""

    status: str | None
    error: str | None


_Pair = tuple[str, date]
_Work = Callable[[sqlite3.Connection], Any]


class Store:
    """One run's use of a store: a thread that writes what is asked of it, many things in one commit."""

    def __init__(self, path: str | Path, origin: str) -> None:
        """Open or make the file; `origin` names the account whose answers it holds, and no other's may join them."""
        self.path = Path(path)
        self._origin = origin
        self._owner = uuid.uuid4().hex
        self._waiting: queue.SimpleQueue[tuple[_Work, asyncio.Future[Any]] | None] = queue.SimpleQueue()
        _make_private(self.path)
        self._connection = self._open()
        self._thread: threading.Thread | None = None

    def known(self, dates: list[date]) -> pl.DataFrame:
        """Read the answers for reference dates: `phone_number`, `reference_date`, `status`, `error`."""
        days = [day.isoformat() for day in dates]
        columns = "phone_number, reference_date, status, error"
        try:
            rows = self._connection.execute(
                f"select {columns} from answers where reference_date in (select value from json_each(?))",  # noqa: S608 - no value is spliced in
                [_json(days)],
            ).fetchall()
        except sqlite3.Error as error:
            raise self._broken(error) from None
        return pl.DataFrame(
            rows, schema={name: pl.String() for name in columns.split(", ")}, orient="row"
        ).with_columns(pl.col("reference_date").str.to_date("%Y-%m-%d"))

    async def claim(self, pair: _Pair) -> Verdict | Literal["ours", "theirs"]:
        """Claim a number for this run, unless it is answered already or another run is about to ask it."""
        number, day = pair[0], pair[1].isoformat()

        def work(connection: sqlite3.Connection) -> Verdict | Literal["ours", "theirs"]:
            answer = connection.execute(
                "select status, error from answers where phone_number = ? and reference_date = ?",
                (number, day),
            ).fetchone()
            if answer is not None:
                return Verdict(*answer)
            now = time.time()
            claimed = connection.execute(
                "insert into claims values (?, ?, ?, ?) on conflict do update "
                "set owner = excluded.owner, until = excluded.until where until < ? or owner = excluded.owner",
                (number, day, self._owner, now + _CLAIM, now),
            )
            return "ours" if claimed.rowcount else "theirs"

        verdict: Verdict | Literal["ours", "theirs"] = await self._do(work)
        return verdict

    async def keep(self, pair: _Pair, verdict: Verdict) -> None:
        """Keep an answer; when this returns it is on disk."""
        number, day = pair[0], pair[1].isoformat()

        def work(connection: sqlite3.Connection) -> None:
            connection.execute(
                "insert or replace into answers values (?, ?, ?, ?, ?)",
                (
                    number,
                    day,
                    verdict.status,
                    verdict.error,
                    time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
                ),
            )
            connection.execute(
                "delete from claims where phone_number = ? and reference_date = ?", (number, day)
            )

        await self._do(work)

    async def release(self, pair: _Pair) -> None:
        """Give a claim back without an answer."""
        number, day = pair[0], pair[1].isoformat()
        await self._do(
            lambda connection: connection.execute(
                "delete from claims where phone_number = ? and reference_date = ? and owner = ?",
                (number, day, self._owner),
            )
        )

    def start(self) -> None:
        """Start the writing thread."""
        self._thread = threading.Thread(target=self._write, name="zrtools-store", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Write what waits, give every claim back and close the file."""
        if self._thread is not None:
            self._waiting.put(None)
            self._thread.join()
        with suppress(sqlite3.Error):
            self._connection.execute("delete from claims where owner = ?", [self._owner])
        self._connection.close()

    async def _do(self, work: _Work) -> Any:
        future: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self._waiting.put((work, future))
        return await future

    def _write(self) -> None:
        renewed = time.monotonic()
        ending = False
        while not ending:
            batch: list[tuple[_Work, asyncio.Future[Any]]] = []
            with suppress(queue.Empty):
                # waits for the first, then takes all that is there
                item = self._waiting.get(timeout=_RENEWAL)
                while item is not None:
                    batch.append(item)
                    item = self._waiting.get_nowait()
                ending = True
            renew = time.monotonic() - renewed > _RENEWAL
            if renew:
                renewed = time.monotonic()
            outcome = self._commit([work for work, _ in batch], renew=renew)
            by_loop: dict[asyncio.AbstractEventLoop, list[tuple[asyncio.Future[Any], Any]]] = {}
            for n, (_, future) in enumerate(batch):
                value = outcome if isinstance(outcome, ArchiveError) else outcome[n]
                by_loop.setdefault(future.get_loop(), []).append((future, value))
            for loop, settled in by_loop.items():
                with suppress(RuntimeError):  # the loop has ended: nobody waits any more
                    loop.call_soon_threadsafe(_resolve, settled)

    def _commit(self, works: list[_Work], *, renew: bool) -> list[Any] | ArchiveError:
        if not works and not renew:
            return []
        try:
            self._connection.execute("begin immediate")
            try:
                if renew:
                    self._connection.execute(
                        "update claims set until = ? where owner = ?", (time.time() + _CLAIM, self._owner)
                    )
                values = [work(self._connection) for work in works]
                self._connection.execute("commit")
            except BaseException:
                self._connection.execute("rollback")
                raise
        except sqlite3.Error as error:
            return self._broken(error)
        return values

    def _open(self) -> sqlite3.Connection:
        try:
            connection = sqlite3.connect(
                self.path, timeout=_BUSY, isolation_level=None, check_same_thread=False
            )
        except sqlite3.Error as error:
            raise self._broken(error) from None
        try:
            # of two processes that open a new file at once one makes it, and the other waits until it is whole
            connection.execute("begin immediate")
            application, version, tables = (
                connection.execute(question).fetchone()[0]
                for question in (
                    "pragma application_id",
                    "pragma user_version",
                    "select count(*) from sqlite_master",
                )
            )
            if (tables and application != _APPLICATION) or version > _VERSION:
                raise ArchiveError(
                    f"{self.path} is no store of cleaned numbers, or one of a newer zrtools: choose another file."
                )
            if not tables:
                for statement in _TABLES.split(";"):
                    connection.execute(statement)
                connection.execute(f"pragma application_id = {_APPLICATION}")
                connection.execute(f"pragma user_version = {_VERSION}")
                connection.execute("insert into origin values (?)", [self._origin])
            connection.execute("commit")
            use_wal(connection, _BUSY)
            connection.execute("pragma synchronous = full")
            if connection.execute("select name from origin").fetchone() != (self._origin,):
                raise ArchiveError(
                    f"{self.path} holds the answers of another account or of a sandbox: name another file."
                )
        except sqlite3.Error as error:
            connection.close()
            raise self._broken(error) from None
        except ArchiveError:
            connection.close()
            raise
        return connection

    def _broken(self, error: sqlite3.Error) -> ArchiveError:
        return ArchiveError(
            f"The store {self.path} cannot be used ({error}): free space, close what holds it, or name another file."
        )


def use_wal(connection: sqlite3.Connection, seconds: float) -> None:
    """Switch a file to write-ahead logging; SQLite itself does not wait for others while it switches."""
    end = time.monotonic() + seconds
    while True:
        try:
            connection.execute("pragma journal_mode = wal")
        except sqlite3.OperationalError:
            if time.monotonic() > end:
                raise
            time.sleep(0.02)
        else:
            return


def _resolve(settled: list[tuple[asyncio.Future[Any], Any]]) -> None:
    for future, value in settled:
        if future.done():
            continue
        if isinstance(value, ArchiveError):
            future.set_exception(value)
        else:
            future.set_result(value)


def _make_private(path: Path) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        # SQLite gives its side files the mode of the file itself
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
    except OSError as error:
        raise ArchiveError(
            f"The store {path} cannot be written ({error.strerror}): name another file."
        ) from None


def _json(values: list[str]) -> str:
    return "[" + ",".join(f'"{value}"' for value in values) + "]"
