"""Answers of number cleaning, kept in a SQLite file as they come.

The file holds phone numbers: it is made readable to its owner alone where the system can. Several processes may
use it at once: each number is claimed before it is asked, and a claim lapses soon after its process has died.
"""

from __future__ import annotations

import asyncio
import json
import queue
import sqlite3
import threading
import time
import uuid
from collections.abc import Callable
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime
from datetime import time as clock
from pathlib import Path
from typing import Any, Literal

import polars as pl

from zrtools.errors import ArchiveError
from zrtools.periods import TOKYO
from zrtools.sqlite import Database
from zrtools.texts import said

__all__ = ["Store", "Verdict", "erase", "forget"]

_CLAIM = 4.0  # seconds for which a claim holds unless it is renewed
_RENEWAL = 1.0
_TABLES = """
create table origin (name text not null);
create table answers (
    phone_number text not null, reference_date text not null, status text, error text, asked_at text not null,
    primary key (phone_number, reference_date)) without rowid;
create table claims (
    phone_number text not null, reference_date text not null, owner text not null, until real not null,
    primary key (phone_number, reference_date)) without rowid;
"""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is known of one number on one day: a status, or the number's own error."""

    status: str | None
    error: str | None


_ANSWERS = pl.Schema(
    {"phone_number": pl.String(), "reference_date": pl.Date(), "status": pl.String(), "error": pl.String()}
)

_Pair = tuple[str, date]
_Execute = Callable[..., sqlite3.Cursor]
_Work = Callable[[_Execute], Any]


class Store:
    """One run's use of a store: a thread that writes what is asked of it, many things in one commit."""

    def __init__(self, path: str | Path, origin: str) -> None:
        """Open or make the file; `origin` names the account whose answers it holds, and no other's may join them."""
        self._owner = uuid.uuid4().hex
        self._waiting: queue.SimpleQueue[tuple[_Work, asyncio.Future[Any]] | None] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None
        self._open = ExitStack()
        self._file = _opened(path)
        try:
            with self._file.transaction() as run:
                run("insert into origin select ? where not exists (select * from origin)", [origin])
                same = run("select name from origin").fetchone() == (origin,)
            if not same:
                raise ArchiveError(said("client.other_answers", path=path))
        except BaseException:
            self._file.close()
            raise

    def known(self, dates: list[date]) -> pl.DataFrame:
        """Read the answers for reference dates: `phone_number`, `reference_date`, `status`, `error`."""
        return self._file.frame(
            f"select {', '.join(_ANSWERS)} from answers where reference_date in (select value from json_each(?))",  # noqa: S608 - no value is spliced in
            [json.dumps([day.isoformat() for day in dates])],
            schema=_ANSWERS,
        )

    async def claim(self, pair: _Pair) -> Verdict | Literal["ours", "theirs"]:
        """Claim a number for this run, unless it is answered already or another run is about to ask it."""
        number, day = pair[0], pair[1].isoformat()

        def work(run: _Execute) -> Verdict | Literal["ours", "theirs"]:
            answer = run(
                "select status, error from answers where phone_number = ? and reference_date = ?",
                (number, day),
            ).fetchone()
            if answer is not None:
                return Verdict(*answer)
            now = time.time()
            claimed = run(
                "insert into claims values (?, ?, ?, ?) on conflict do update "
                # one that ends later than a claim can was written by a clock that was ahead, and is none
                "set owner = excluded.owner, until = excluded.until "
                "where until not between ? and ? or owner = excluded.owner",
                (number, day, self._owner, now + _CLAIM, now, now + 2 * _CLAIM),
            )
            return "ours" if claimed.rowcount else "theirs"

        verdict: Verdict | Literal["ours", "theirs"] = await self._do(work)
        return verdict

    async def keep(self, pair: _Pair, verdict: Verdict) -> None:
        """Keep an answer; when this returns it is on disk."""
        number, day = pair[0], pair[1].isoformat()

        def work(run: _Execute) -> None:
            run(
                "insert or replace into answers values (?, ?, ?, ?, ?)",
                (
                    number,
                    day,
                    verdict.status,
                    verdict.error,
                    time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
                ),
            )
            run("delete from claims where phone_number = ? and reference_date = ?", (number, day))

        await self._do(work)

    async def release(self, pair: _Pair) -> None:
        """Give a claim back without an answer."""
        number, day = pair[0], pair[1].isoformat()
        await self._do(
            lambda run: run(
                "delete from claims where phone_number = ? and reference_date = ? and owner = ?",
                (number, day, self._owner),
            )
        )

    def start(self) -> None:
        """Start the writing thread."""
        self._open.enter_context(self._file.kept_open())
        self._thread = threading.Thread(target=self._write, name="zrtools-store", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Write what waits, give every claim back and close the file."""
        if self._thread is not None:
            self._waiting.put(None)
            self._thread.join()
        with suppress(ArchiveError), self._file.transaction() as run:
            run("delete from claims where owner = ?", [self._owner])
        self._open.close()
        self._file.close()

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
            with self._file.transaction() as run:
                if renew:
                    run("update claims set until = ? where owner = ?", (time.time() + _CLAIM, self._owner))
                return [work(run) for work in works]
        except ArchiveError as error:
            return error


def erase(path: str | Path, number: str) -> int:
    """Remove the answers about a number from a store, no byte of it left in free pages, and tell how many there were.

    Raises `ArchiveError`.
    """
    with _opened(path).transaction() as run:
        run("pragma secure_delete = on")
        run("delete from claims where phone_number = ?", (number,))
        return run("delete from answers where phone_number = ?", (number,)).rowcount


def forget(path: str | Path, limit: date) -> int:
    """Remove the answers that came before a day in Japan, and tell how many: they would be asked, and paid, again.

    Raises `ArchiveError`.
    """
    midnight = datetime.combine(limit, clock(), TOKYO).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    with _opened(path).transaction() as run:
        run("pragma secure_delete = on")
        return run("delete from answers where asked_at < ?", (midnight,)).rowcount


def _opened(path: str | Path) -> Database:
    return Database(path, what=said("sqlite.what_cleaned"), application=0x7A72_636C, tables=_TABLES)


def _resolve(settled: list[tuple[asyncio.Future[Any], Any]]) -> None:
    for future, value in settled:
        if future.done():
            continue
        if isinstance(value, ArchiveError):
            future.set_exception(value)
        else:
            future.set_result(value)
