"""The place on disk where reports are kept.

Bodies are appended as they came to a log, many at once for one sync of the disk (group commit); only then is
anybody told that they are safe. A log that is full becomes a Parquet file of reports, beside a file of the bodies
that could not be read, and is deleted. A log that a killed process left behind is finished by the next one.

```
intake/0000000007.log         what came last: bodies as they came
reports/0000000006.parquet    reports
quarantine/0000000006.log     bodies that could not be read
writer.lock                   held by the one process that may write
version                       of the store; a newer one is refused
```
"""

from __future__ import annotations

import hashlib
import os
import queue
import re
import sqlite3
import struct
import sys
import threading
import time
import warnings
import zlib
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO, Protocol, overload, runtime_checkable
from urllib.parse import unquote_to_bytes

import polars as pl

from zrtools import dlr, files, periods, schemas
from zrtools.arguments import checked
from zrtools.engines import opened
from zrtools.errors import ArchiveError
from zrtools.texts import said

__all__ = ["Body", "Store"]

_KEPT = pl.Schema({**schemas.DLR, "received_at": schemas.TIME, "repeat_key": pl.Binary()})
_HEAD = struct.Struct("<4sIIdH")
_MAGIC = b"ZRd1"
_VERSION = 1
_FOLDERS = ("intake", "reports", "quarantine")
_BATCH_BYTES = 4_000_000
_REMEMBERED = 100_000


@runtime_checkable
class _Scannable(Protocol):
    def scan(self) -> pl.LazyFrame: ...


@dataclass(frozen=True, slots=True)
class Body:
    """What one request brought, as it came."""

    body: bytes
    content_type: str | None
    received: float


class Store:
    """Delivery reports on disk: one process writes, any number read meanwhile.

    Reports are kept apart from the archive: they have no day of sending, exist for tagged messages only, and count
    billable messages only where delivered.
    """

    @checked
    def __init__(self, path: Path | str, *, log_bytes: int = 8_000_000) -> None:
        self.path = Path(path)
        self._log_bytes = log_bytes
        self._writer: _Writer | None = None
        self._guard = threading.Lock()
        self._came = dict(_NOTHING)

    def __repr__(self) -> str:
        return f"Store({str(self.path)!r})"

    def __enter__(self) -> Store:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # ------------------------------------------------------------------------------------------ writing

    def open(self) -> None:
        """Become the one writer, and finish what a killed one left behind; `add` does so by itself.

        Raises `ArchiveError` when another process writes, or the folder cannot be used.
        """
        with self._guard:
            self._opened()

    @checked
    def add(self, body: bytes, content_type: str | None = None) -> Future[None]:
        """Keep a pushed body; the future is done when it is durable on disk, and fails with `ArchiveError` if not.

        Raises `ArchiveError` when another process writes to the store.
        """
        with self._guard:
            return self._opened().add(Body(body, content_type, time.time()))

    def _opened(self) -> _Writer:
        if self._writer is None:
            try:
                self._writer = _Writer(self.path, self._log_bytes)
            except OSError as error:
                raise ArchiveError(said("receiver.unwritable", path=self.path, why=error.strerror)) from error
        return self._writer

    def close(self) -> None:
        """Finish what is under way and let others write."""
        with self._guard:
            writer, self._writer = self._writer, None
        if writer is not None:
            writer.close()
            self._came = writer.counters

    @property
    def counters(self) -> dict[str, float | None]:
        """What came since this store was last opened for writing.

        `bodies` kept, `reports` in them, `repeats` and `odd` ones among those (without a time
        that can be read, or a known status), `quarantined` bodies, `failed` ones that could not
        be kept (and were not acknowledged), and `last`, the time of the last one kept, in seconds since 1970.
        """
        writer = self._writer
        if writer is None:
            return dict(self._came)
        writer.reader.catch_up()
        return dict(writer.counters)

    @property
    def healthy(self) -> bool:
        """Whether the last attempt to keep something worked."""
        writer = self._writer
        return writer is None or writer.healthy

    def try_again(self) -> bool:
        """After a failure, see whether the disk takes something now."""
        writer = self._writer
        return writer is None or writer.try_again()

    @property
    def unread(self) -> int:
        """The bytes of bodies that are kept, but not yet read."""
        writer = self._writer
        return 0 if writer is None else writer.reader.unread

    @checked
    def erase(self, number: str) -> int:
        """Remove the reports on a number (+81…) for good, and bodies in quarantine that hold it; tell how many.

        Stop the receiver first. Raises `ArchiveError` while one writes, or when a log cannot be finished.
        """
        digits = number.removeprefix("+81")
        figures = pl.col("phone_number").str.replace_all("[^0-9]", "")
        return self._without(figures.str.ends_with(digits), lambda body: _names(body.body, digits.encode()))

    @checked
    def forget(self, before: periods.Day) -> int:
        """Remove the reports and bodies that came before a day for good; tell how many.

        Stop the receiver first. Raises `InputError`, and `ArchiveError` as `erase`.
        """
        limit = datetime.combine(periods.day(before, "before"), datetime.min.time(), periods.TOKYO)
        return self._without(pl.col("received_at") < limit, lambda body: body.received < limit.timestamp())

    def _without(self, unwanted: pl.Expr, is_unwanted: Callable[[Body], bool]) -> int:
        self.open()
        self.close()
        with closing(_locked(self.path / "writer.lock")):
            if _numbered(self.path / "intake", ".log"):
                raise ArchiveError(said("receiver.unfinished", path=self.path))
            gone = 0
            for file in _numbered(self.path / "reports", ".parquet").values():
                _check_whole(file)
                frame = pl.read_parquet(file)
                rest = frame.filter(~unwanted.fill_null(value=False))
                if rest.height < frame.height:
                    gone += frame.height - rest.height
                    _replace(file, partial(rest.write_parquet, compression="zstd"))
            for file in _numbered(self.path / "quarantine", ".log").values():
                bodies = list(_bodies(file.read_bytes()))
                others = [body for body in bodies if not is_unwanted(body)]
                if len(others) < len(bodies):
                    gone += len(bodies) - len(others)
                    _replace(file, partial(_write, b"".join(map(_framed, others))))
            for folder in _FOLDERS:
                for draft in (self.path / folder).glob("*.draft"):
                    _delete(draft)
        return gone

    # ------------------------------------------------------------------------------------------ reading

    @checked
    def scan(
        self, start: periods.Day | None = None, end: periods.Day | None = None, *, received: bool = False
    ) -> pl.LazyFrame:
        """Read all reports, each once, in the order of receipt, also while a receiver writes.

        With days those whose status is of these days, as `Archive.scan` takes them: both included, `start` alone that
        day or month, `end` alone all up to it. Columns: `schemas.DLR`, with `received` also `received_at`, when it came
        here. Times are Japan's.

        Raises `ArchiveError` when the folder is no store.
        """
        kept = opened(self._kept().unique("repeat_key", keep="first", maintain_order=True), start, end)
        return kept.select(*schemas.DLR.names(), *(["received_at"] if received else []))

    def latest(self) -> pl.LazyFrame:
        """Read the last word on each message: a settled status outweighs others, then the later time wins.

        Columns: `schemas.DLR`. Where a message was reported as sending and then as delivered, only this counts.

        Raises `ArchiveError` when the folder is no store.
        """
        message = pl.coalesce(
            "message_id",
            pl.format("tag {}", "client_tag"),
            pl.format("key {}", pl.col("repeat_key").bin.encode("hex")),
        )
        return (
            self._kept()
            .with_columns(
                message.alias("_message"),
                pl.col("status_id").is_in([2, 3]).fill_null(value=False).alias("_end"),
            )
            .sort("_end", "date_time", "received_at", nulls_last=False, maintain_order=True)
            .unique("_message", keep="last", maintain_order=True)
            .select(schemas.DLR.names())
        )

    def quarantine(self) -> pl.DataFrame:
        """List the bodies that could not be read.

        Columns: `schemas.QUARANTINE`; times are Japan's. A newer version may be able to read some: try
        `zr.dlr.parse`.

        Raises `ArchiveError` when the folder is no store.
        """
        live, _ = self._files()
        bodies = [b for number in live for b in _bodies(live[number]) if _unreadable(b)]
        for number, file in _numbered(self.path / "quarantine", ".log").items():
            if number not in live:
                bodies += _bodies(file.read_bytes())
        bodies.sort(key=lambda b: b.received)
        rows = [(_milliseconds(b.received), b.content_type, _unreadable(b), b.body) for b in bodies]
        raw = pl.DataFrame(rows, schema={**schemas.QUARANTINE, "received_at": pl.Int64()}, orient="row")
        return raw.with_columns(_as_time("received_at"))

    @overload
    def join(self, statuses: pl.DataFrame) -> pl.DataFrame: ...
    @overload
    def join(self, statuses: pl.LazyFrame | _Scannable) -> pl.LazyFrame: ...
    @checked
    def join(self, statuses: pl.DataFrame | pl.LazyFrame | _Scannable) -> pl.DataFrame | pl.LazyFrame:
        """Set what was pushed beside what was asked for, by client tag.

        Takes a STATUS frame or an archive. Columns: `schemas.PUSHED`, a row a tag: whether it came by both ways or
        only by one, both statuses and times (Japan), how far the times lie apart, and whether the statuses agree.
        Messages without a tag are left out: they are never pushed.

        Raises `InputError` when it is no STATUS frame, `ArchiveError` when the folder is no store.
        """
        asked = opened(statuses)
        schemas.check(asked, schemas.STATUS, "STATUS")
        pushed = _last_by_tag(self.latest()).select(
            "client_tag",
            "message_id",
            pl.col("phone_number", "carrier").name.prefix("push_"),
            pl.col("status_id").alias("push_status_id"),
            pl.col("date_time").alias("push_time"),
        )
        polled = _last_by_tag(asked.lazy()).select(
            "client_tag",
            "phone_number",
            "carrier",
            "status_id",
            pl.col("date_time").alias("status_time"),
            came=True,
        )
        joined = (
            pushed.with_columns(pushed=True)
            .join(polled, on="client_tag", how="full", coalesce=True, maintain_order="left_right")
            .with_columns(
                pl.when(pl.col("came").is_null())
                .then(pl.lit("push"))
                .when(pl.col("pushed").is_null())
                .then(pl.lit("status"))
                .otherwise(pl.lit("both"))
                .alias("came"),
                pl.coalesce("phone_number", "push_phone_number").alias("phone_number"),
                pl.coalesce("carrier", "push_carrier").alias("carrier"),
                (pl.col("status_time") - pl.col("push_time")).alias("lag"),
                (pl.col("status_id") == pl.col("push_status_id")).alias("agree"),
            )
            .select(schemas.PUSHED.names())
        )
        return joined.collect() if isinstance(statuses, pl.DataFrame) else joined

    def _kept(self) -> pl.LazyFrame:
        live, sealed = self._files()
        tail = _frame([row for number in live for row in _readable(_bodies(live[number]))])
        parts = [pl.scan_parquet(sealed, schema=_KEPT)] if sealed else []
        return pl.concat([*parts, tail.lazy()])

    def _files(self) -> tuple[dict[int, bytes], list[Path]]:
        """Give the contents of the logs that are no Parquet file yet, and the Parquet files."""
        if not (self.path / "intake").is_dir():
            raise ArchiveError(said("receiver.none", path=self.path))
        _check_version(self.path)
        logs: dict[int, bytes] = {}
        for number, file in _numbered(self.path / "intake", ".log").items():
            # a log that vanishes meanwhile has become a Parquet file, which is listed after it
            with suppress(FileNotFoundError):
                logs[number] = file.read_bytes()
        sealed = _numbered(self.path / "reports", ".parquet")
        for file in sealed.values():
            _check_whole(file)
        return {n: content for n, content in logs.items() if n not in sealed}, [*sealed.values()]


# ------------------------------------------------------------------------------------------------------ the writer

_NOTHING: dict[str, float | None] = {
    "bodies": 0,
    "reports": 0,
    "repeats": 0,
    "odd": 0,
    "quarantined": 0,
    "failed": 0,
    "last": None,
}
_Row = tuple[dlr.Record, float, bytes]
_PATIENCE = 5.0  # seconds to wait for what is kept to be read


class _Reader:
    """The thread that reads what is kept: a large body must not keep the next one from the disk."""

    def __init__(self, path: Path, counters: dict[str, float | None]) -> None:
        self._path = path
        self._counters = counters
        self._waiting: queue.SimpleQueue[Body | int | threading.Event | None] = queue.SimpleQueue()
        self._recent: OrderedDict[bytes, None] = OrderedDict()
        self._rows: list[_Row] = []
        self._bad: list[Body] = []
        self.unread = 0
        self._guard = threading.Lock()
        self._thread = threading.Thread(target=self._run, name="zrtools-receiver-reader", daemon=True)
        self._thread.start()

    def add(self, body: Body) -> None:
        with self._guard:
            self.unread += len(body.body)
        self._waiting.put(body)

    def finish(self, number: int) -> None:
        """Turn a log, of which all bodies were added, into its Parquet file."""
        self._waiting.put(number)

    def catch_up(self) -> None:
        """Wait a while for all that was added before."""
        there = threading.Event()
        self._waiting.put(there)
        there.wait(_PATIENCE)

    def close(self) -> None:
        self._waiting.put(None)
        self._thread.join()

    def _run(self) -> None:
        while (what := self._waiting.get()) is not None:
            if isinstance(what, Body):
                self._read(what)
            elif isinstance(what, int):
                self._finish(what)
            else:
                what.set()

    def _read(self, body: Body) -> None:
        rows = list(_readable([body]))
        if not rows:
            self._bad.append(body)
            self._count("quarantined")
        fresh: list[dlr.Record] = []
        for row in rows:
            self._count("reports")
            if row[2] in self._recent:
                self._count("repeats")
                continue
            self._recent[row[2]] = None
            if len(self._recent) > _REMEMBERED:
                self._recent.popitem(last=False)
            self._rows.append(row)
            fresh.append(row[0])
        self._count("odd", _odd(fresh))
        with self._guard:
            self.unread -= len(body.body)

    def _count(self, what: str, by: int = 1) -> None:
        self._counters[what] = (self._counters[what] or 0) + by

    def _finish(self, number: int) -> None:
        """Where this fails the log stays a log, which loses nothing."""
        rows, bad, self._rows, self._bad = self._rows, self._bad, [], []
        try:
            if rows or bad:
                _seal(self._path, number, rows, bad)
        except BaseException:  # noqa: BLE001 - a panic of polars is none of Exception, and must not stop the intake
            return
        _delete(self._path / "intake" / f"{number:010}.log")


class _Writer:
    """The thread that appends, syncs and acknowledges."""

    def __init__(self, path: Path, log_bytes: int) -> None:
        self._path = path
        self._log_bytes = log_bytes
        _check_version(path)
        for folder in (path, *(path / name for name in _FOLDERS)):
            files.create_folder(folder)
        files.tighten(path)
        self._lock = _locked(path / "writer.lock")
        self._waiting: queue.SimpleQueue[tuple[Body, Future[None]] | None] = queue.SimpleQueue()
        self.counters = dict(_NOTHING)
        self.healthy = True
        self._looked = 0.0
        try:
            if not (path / "version").exists():
                _replace(path / "version", partial(_write, f"{_VERSION}\n".encode()))
            number = self._recover()
            self._begin(number + 1)
        except BaseException:
            self._lock.close()
            raise
        self.reader = _Reader(path, self.counters)
        self._thread = threading.Thread(target=self._run, name="zrtools-receiver-store", daemon=True)
        self._thread.start()

    def add(self, body: Body) -> Future[None]:
        future: Future[None] = Future()
        self._waiting.put((body, future))
        return future

    def close(self) -> None:
        self._waiting.put(None)
        self._thread.join()
        self.reader.close()
        self._lock.close()

    def try_again(self) -> bool:
        """See whether the disk takes a few bytes; asked for by anybody, so at most once a second."""
        if not self.healthy and time.monotonic() - self._looked > 1:
            self._looked = time.monotonic()
            probe = self._path / "intake" / "probe.draft"
            with suppress(OSError):
                with files.create(probe) as file:
                    _append(file, bytes(65536))
                self.healthy = True
            _delete(probe)
        return self.healthy

    def _recover(self) -> int:
        """Finish the logs that a killed process left behind, and tell the highest number used."""
        highest = max(_numbered(self._path / "reports", ".parquet"), default=0)
        for number, file in _numbered(self._path / "intake", ".log").items():
            highest = max(highest, number)
            if not (self._path / "reports" / f"{file.stem}.parquet").exists():
                content = file.read_bytes()
                bodies = list(_bodies(content))
                if rest := content[sum(_size(b) for b in bodies) :]:
                    # never acknowledged, but kept all the same
                    bodies.append(Body(rest, None, time.time()))
                rows = list({row[2]: row for row in _readable(bodies)}.values())
                _seal(self._path, number, rows, [b for b in bodies if _unreadable(b)])
            _delete(file)
        return highest

    def _begin(self, number: int) -> None:
        self._number = number
        self._log: BinaryIO = files.create(self._path / "intake" / f"{number:010}.log")
        _sync_folder(self._path / "intake")
        self._written = 0

    def _run(self) -> None:
        while (first := self._waiting.get()) is not None:
            batch = [first]
            end = False
            with suppress(queue.Empty):
                size = len(first[0].body)
                while size < _BATCH_BYTES:
                    other = self._waiting.get_nowait()
                    if other is None:
                        end = True
                        break
                    batch.append(other)
                    size += _HEAD.size + len(other[0].body)
            self._keep(batch)
            if end:
                break
        self._finish()

    def _keep(self, batch: list[tuple[Body, Future[None]]]) -> None:
        try:
            if self._log.closed or self._written >= self._log_bytes:
                self._finish()
                self._begin(self._number + 1)
            _append(self._log, b"".join(_framed(body) for body, _ in batch))
        except Exception as error:  # noqa: BLE001 - whatever goes wrong, the senders must hear that nothing is kept
            self._give_up(batch, error)
            return
        self.healthy = True
        self._written += sum(_size(body) for body, _ in batch)
        self.counters["bodies"] = (self.counters["bodies"] or 0) + len(batch)
        self.counters["last"] = batch[-1][0].received
        for _, future in batch:
            if future.set_running_or_notify_cancel():
                future.set_result(None)
        for body, _ in batch:
            self.reader.add(body)

    def _give_up(self, batch: list[tuple[Body, Future[None]]], error: Exception) -> None:
        self.healthy = False
        self.counters["failed"] = (self.counters["failed"] or 0) + len(batch)
        # what a failed sync left in the file cannot be trusted: cut it off and go on in another log
        with suppress(OSError, ValueError):
            self._log.truncate(self._written)
        with suppress(OSError):
            self._log.close()
        why = getattr(error, "strerror", None) or type(error).__name__
        for _, future in batch:
            if future.set_running_or_notify_cancel():
                future.set_exception(ArchiveError(said("receiver.not_written", path=self._path, why=why)))

    def _finish(self) -> None:
        """Have the log turned into its Parquet file."""
        self._log.close()
        self.reader.finish(self._number)


def _locked(path: Path) -> sqlite3.Connection:
    """Hold a lock that ends with the process, on every system; SQLite knows how."""
    with suppress(FileExistsError):
        files.create(path).close()
    lock = sqlite3.connect(path, timeout=0, isolation_level=None, check_same_thread=False)
    try:
        lock.execute("BEGIN EXCLUSIVE")
    except sqlite3.Error as error:
        lock.close()
        if error.sqlite_errorcode & 0xFF not in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
            raise ArchiveError(said("receiver.lock", path=path)) from None
        raise ArchiveError(said("receiver.another", parent=path.parent)) from error
    return lock


# --------------------------------------------------------------------------------------------------- logs and files


def _names(body: bytes, digits: bytes) -> bool:
    """Tell whether a body that nobody can read holds a number, however its digits are set apart."""
    return any(digits in re.sub(rb"[^0-9]", b"", text) for text in (body, unquote_to_bytes(body)))


def _numbered(folder: Path, ending: str) -> dict[int, Path]:
    """List the store's own files in order; others, such as a conflicted copy, are named and left."""
    found = {}
    for file in sorted(folder.glob(f"*{ending}")):
        if re.fullmatch(r"[0-9]{10}", file.stem):
            found[int(file.stem)] = file
        else:
            warnings.warn(
                f"{file} is not a file of this store: it is not read, and left as it is.",
                category=UserWarning,
                stacklevel=2,
            )
    return found


def _check_version(path: Path) -> None:
    """Refuse what this version cannot know; a store without the mark is of the first."""
    try:
        found = (path / "version").read_text("ascii").strip()
    except (FileNotFoundError, NotADirectoryError):
        return
    except OSError as error:
        raise ArchiveError(
            said("receiver.version_unreadable", number=path / "version", why=error.strerror)
        ) from None
    except UnicodeDecodeError:
        found = ""
    if not re.fullmatch(r"[0-9]{1,9}", found):
        raise ArchiveError(said("receiver.version_damaged", number=path / "version"))
    if int(found) > _VERSION:
        raise ArchiveError(said("receiver.newer", path=path, found=found, version=_VERSION))


def _check_whole(file: Path) -> None:
    with file.open("rb") as opened_file:
        begin = opened_file.read(4)
        opened_file.seek(max(0, file.stat().st_size - 4))
        if begin == opened_file.read(4) == b"PAR1":
            return
    raise ArchiveError(said("receiver.damaged", file=file))


def _framed(body: Body) -> bytes:
    kind = (body.content_type or "").encode("utf-8", "replace")[:65535]
    return (
        _HEAD.pack(_MAGIC, len(body.body), zlib.crc32(kind + body.body), body.received, len(kind))
        + kind
        + body.body
    )


def _size(body: Body) -> int:
    return _HEAD.size + len((body.content_type or "").encode("utf-8", "replace")[:65535]) + len(body.body)


def _bodies(content: bytes) -> Iterator[Body]:
    """Read a log up to its end, or to where a killed process stopped writing."""
    at = 0
    while at + _HEAD.size <= len(content):
        magic, length, check, received, kind_length = _HEAD.unpack_from(content, at)
        begin = at + _HEAD.size + kind_length
        kind, body = content[at + _HEAD.size : begin], content[begin : begin + length]
        if magic != _MAGIC or len(body) < length or zlib.crc32(kind + body) != check:
            return
        yield Body(body, kind.decode("utf-8", "replace") or None, received)
        at = begin + length


def _readable(bodies: Iterable[Body]) -> Iterator[_Row]:
    for body in bodies:
        reports, _ = _reports(body)
        for record in reports:
            yield record, body.received, _repeat_key(record)


def _unreadable(body: Body) -> str | None:
    """Say why a body cannot be read; None where it can."""
    return _reports(body)[1]


def _reports(body: Body) -> tuple[list[dlr.Record], str | None]:
    try:
        reports = dlr.records(body.body, body.content_type)
    except Exception as error:  # noqa: BLE001 - whatever a body does to its reader, the body is kept
        return [], str(error)
    return reports, None if reports else "It holds no report."


def _odd(reports: list[dlr.Record]) -> int:
    try:
        return dlr.odd(reports)
    except BaseException:  # noqa: BLE001 - a panic of polars is none of Exception, and must not stop the reader
        return len(reports)


def _repeat_key(record: dlr.Record) -> bytes:
    """Tell a report from others: message, status and time; where no message is named, everything."""
    names = ("messageId", "statusId", "dateTime") if record["messageId"] else tuple(record)
    told = "\0".join(f"{record[name]!r}" for name in names)
    return hashlib.blake2b(told.encode(), digest_size=16).digest()


def _frame(rows: list[_Row]) -> pl.DataFrame:
    return (
        dlr.frame(row[0] for row in rows)
        .with_columns(
            pl.Series("received_at", [_milliseconds(row[1]) for row in rows], dtype=pl.Int64),
            pl.Series("repeat_key", [row[2] for row in rows], dtype=pl.Binary),
        )
        .with_columns(_as_time("received_at"))
    )


def _milliseconds(seconds: float) -> int:
    return round(seconds * 1000)


def _as_time(name: str) -> pl.Expr:
    return pl.col(name).cast(pl.Datetime("ms", "UTC")).dt.convert_time_zone(schemas.ZONE)


def _last_by_tag(frame: pl.LazyFrame) -> pl.LazyFrame:
    return (
        frame.filter(pl.col("client_tag").is_not_null())
        .sort("date_time", nulls_last=False, maintain_order=True)
        .unique("client_tag", keep="last", maintain_order=True)
    )


def _seal(path: Path, number: int, rows: list[_Row], bad: list[Body]) -> None:
    if bad:
        content = b"".join(map(_framed, bad))
        _replace(path / "quarantine" / f"{number:010}.log", lambda file: file.write_bytes(content))
    # this file says that the log is done, so it comes last
    frame = _frame(rows)
    _replace(
        path / "reports" / f"{number:010}.parquet", lambda file: frame.write_parquet(file, compression="zstd")
    )


def _replace(file: Path, write: Callable[[Path], Any]) -> None:
    draft = file.with_suffix(".draft")
    _delete(draft)
    files.create(draft).close()
    write(draft)
    with draft.open("rb+") as written:
        _sync(written)
    draft.replace(file)
    _sync_folder(file.parent)


def _write(content: bytes, file: Path) -> None:
    file.write_bytes(content)


def _append(file: BinaryIO, content: bytes) -> None:
    view = memoryview(content)
    while view:
        view = view[file.write(view) :]
    _sync(file)


def _sync(file: BinaryIO) -> None:
    if sys.platform == "darwin":
        # there fsync leaves data in the drive's own memory
        import fcntl

        fcntl.fcntl(file.fileno(), fcntl.F_FULLFSYNC)
    else:
        os.fsync(file.fileno())


def _sync_folder(path: Path) -> None:
    # Windows cannot open a folder, and does not need to
    with suppress(OSError):
        folder = os.open(path, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def _delete(file: Path) -> None:
    # on Windows a reader may hold it open: whoever comes next deletes it
    with suppress(OSError):
        file.unlink(missing_ok=True)
