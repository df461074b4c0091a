"""A SQLite file that survives what happens to the process and to the file: opened with care, durable, private."""

from __future__ import annotations

import os
import secrets
import signal
import sqlite3
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import Any

import polars as pl

from zrtools.errors import ArchiveError
from zrtools.periods import TOKYO
from zrtools.privacy import mask_text
from zrtools.texts import said

__all__ = ["Database", "stamp"]

_BUSY = 30.0  # seconds to wait for another process's transaction
_SLICE = 0.1  # seconds of it that cannot be interrupted
# KiB at most: with SQLite's own 2 MiB the indexes of 200,000 messages are written over and over
_CACHE = 64 * 1024
_LOCKED = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)
_INTERRUPTS: list[tuple[Any, ...]] = []  # heard by the main thread in the middle of a transaction


def stamp(moment: datetime | None = None) -> str:
    """Write a moment, or the present one, as the files keep it: Japan time to the millisecond."""
    return (moment or datetime.now(TOKYO)).astimezone(TOKYO).strftime("%Y-%m-%d %H:%M:%S.%f")[:-3]


class Database:
    """One file of one kind and version, used by any thread and by several processes.

    `tables` makes a file of the newest version, and each of `changes` brings one of the version before to the next:
    a file of version 1 is brought through all of them when it is opened. A transaction that has returned is on disk.
    It is open during a transaction, or while it is `kept_open`: between them the one file is complete, and may be
    copied by any means.

    Raises `ArchiveError` for a file that is of another kind or of a newer version, is damaged, cannot be written, or
    is not the one any more that was opened first.
    """

    def __init__(
        self, path: str | Path, *, what: str, application: int, tables: str, changes: Sequence[str] = ()
    ) -> None:
        self.path = Path(path)
        self.what = what
        self._application = application
        self._version = 1 + len(changes)
        self._lock = threading.RLock()
        self._connection: sqlite3.Connection | None = None
        self._users = self._depth = 0
        self._closed = False
        if not os.path.lexists(self.path):
            with suppress(FileExistsError):  # another process made it meanwhile
                self._make(tables)
        self._same = self._identity()
        if not self.path.is_file() or not os.access(self.path, os.W_OK):
            raise ArchiveError(said("sqlite.read_only", what=what, path=path))
        with self._told(), closing(self._connect()) as connection:
            self._prepare(connection, changes)

    def close(self) -> None:
        """Refuse further use; closing twice is allowed."""
        self._closed = True

    @contextmanager
    def kept_open(self) -> Iterator[None]:
        """Keep the file open between transactions, for a run of many."""
        opened = False
        try:
            with self._using():
                self._users += 1
                opened = True
            yield
        finally:
            if opened:
                with self._lock, _uninterrupted():
                    self._users -= 1
                    self._let_go()

    @contextmanager
    def transaction(self, *, patience: float = _BUSY) -> Iterator[Callable[..., sqlite3.Cursor]]:
        """Read and write as one: all of it is on disk afterwards, or none of it.

        Ctrl-C is heard while it waits for another process, at most for `patience` seconds, and after its end.
        """
        with self._within("begin immediate", patience) as run:
            yield run

    @contextmanager
    def reading(self) -> Iterator[Callable[..., sqlite3.Cursor]]:
        """Read what belongs together, waiting for nobody who writes."""
        with self._within("begin", _BUSY) as run:
            yield run

    def write(self, statement: str, rows: Iterable[Sequence[Any] | Mapping[str, Any]]) -> None:
        """Run one statement for many rows."""
        with self.transaction(), self._told():
            assert self._connection is not None  # noqa: S101 - it is open within a transaction
            self._connection.executemany(statement, rows)

    def frame(
        self, statement: str, values: Sequence[Any] | dict[str, Any] = (), *, schema: pl.Schema
    ) -> pl.DataFrame:
        """Read a frame of a schema; times are kept as text in Japan time, dates as text."""
        stored = {
            name: pl.String() if isinstance(dtype, pl.Datetime | pl.Date) else dtype
            for name, dtype in schema.items()
        }
        with self.reading() as run:
            rows = run(statement, values).fetchall()
        try:
            return pl.DataFrame(rows, schema=stored, orient="row").with_columns(
                pl.col(name).str.to_datetime(
                    "%Y-%m-%d %H:%M:%S%.f", time_unit="ms", time_zone=dtype.time_zone
                )
                if isinstance(dtype, pl.Datetime)
                else pl.col(name).str.to_date("%Y-%m-%d")
                for name, dtype in schema.items()
                if isinstance(dtype, pl.Datetime | pl.Date)
            )
        except (pl.exceptions.PolarsError, TypeError, ValueError, OverflowError):
            # whose words quote the values
            pass
        raise ArchiveError(
            said("sqlite.damaged_value", what=self.what, path=self.path, damaged=said("sqlite.damaged"))
        )

    def copy(self, to: str | Path) -> Path:
        """Make a whole copy, at any time, readable to its owner alone where the system can.

        Raises `ArchiveError` where something is there already or nothing can be written.
        """
        target = Path(to)
        try:
            with (
                self._using() as connection,
                _new_file(target, self.what) as place,
                closing(sqlite3.connect(place)) as made,
            ):
                connection.backup(made)
        except FileExistsError:
            raise ArchiveError(said("sqlite.copy_exists", target=target)) from None
        return target

    # --------------------------------------------------------------------------------------- inner

    @contextmanager
    def _within(self, begin: str, patience: float) -> Iterator[Callable[..., sqlite3.Cursor]]:
        with self._using() as connection:
            if self._depth:
                yield connection.execute
                return
            self._depth += 1
            try:
                _patiently(connection, begin, patience)
                # what holds a lock for long is the end of another's writing, and then reading waits, too
                _patiently(connection, "select 1 from sqlite_schema limit 1", patience)
                yield connection.execute
                connection.execute("commit")
            finally:
                self._depth -= 1
                if connection.in_transaction:
                    with suppress(sqlite3.Error):
                        connection.execute("rollback")

    @contextmanager
    def _using(self) -> Iterator[sqlite3.Connection]:
        """Hold the connection; the outermost use opens the file, unless it is kept open, and closes it."""
        with self._told(), self._lock:
            if self._depth:
                assert self._connection is not None  # noqa: S101 - it is open within a transaction
                yield self._connection
                return
            if self._closed:
                raise ArchiveError(said("sqlite.closed", what=self.what, path=self.path))
            if self._identity() != self._same:
                raise ArchiveError(self._replaced())
            with _uninterrupted():
                try:
                    if self._connection is None:
                        self._connection = self._connect()
                        if _kind(self._connection) != (self._application, self._version):
                            raise ArchiveError(self._replaced())
                    yield self._connection
                finally:
                    self._let_go()

    def _let_go(self) -> None:
        if not self._users and not self._depth and self._connection is not None:
            connection, self._connection = self._connection, None
            connection.close()

    def _replaced(self) -> str:
        return said("sqlite.replaced", what=self.what, path=self.path)

    def _identity(self) -> tuple[int, int]:
        try:
            found = self.path.stat()
        except OSError as error:
            raise ArchiveError(
                said("sqlite.gone", what=self.what, path=self.path, why=error.strerror)
            ) from None
        if not found.st_size:
            raise ArchiveError(said("sqlite.empty", what=self.what, path=self.path))
        return found.st_dev, found.st_ino

    def _make(self, tables: str) -> None:
        """Make the file under another name and move it into place, so that it is never there in part."""
        with self._told(), _new_file(self.path, self.what) as place, closing(_connected(place)) as made:
            made.execute("pragma journal_mode = wal")
            made.execute("begin")
            for statement in tables.split(";"):
                made.execute(statement)
            made.execute(f"pragma application_id = {self._application}")
            made.execute(f"pragma user_version = {self._version}")
            made.execute("commit")

    def _prepare(self, connection: sqlite3.Connection, changes: Sequence[str]) -> None:
        run = connection.execute
        _patiently(connection, "begin immediate", _BUSY)
        try:
            found, have = _kind(connection)
            if found != self._application:
                raise ArchiveError(said("sqlite.other", path=self.path, what=self.what))
            if have > self._version:
                raise ArchiveError(
                    said("sqlite.newer", path=self.path, what=self.what, have=have, version=self._version)
                )
            if have < self._version:
                for statement in ";".join(changes[have - 1 :]).split(";"):
                    run(statement)
                run(f"pragma user_version = {self._version}")
        except BaseException:
            run("rollback")
            raise
        run("commit")
        # not inside the transaction: others write on while a large file is looked through
        if run("pragma quick_check(1)").fetchone()[0] != "ok":
            raise sqlite3.DatabaseError("database disk image is malformed")
        # SQLite itself does not wait for others while it switches a file to write-ahead logging
        _patiently(connection, "pragma journal_mode = wal", _BUSY)

    def _connect(self) -> sqlite3.Connection:
        return _connected(self.path)

    @contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            raise ArchiveError(
                said("sqlite.unusable", what=self.what, path=self.path, reason=_reason(error))
            ) from None


def _connected(path: Path) -> sqlite3.Connection:
    """Open a file that is there."""
    uri = path.absolute().as_uri()
    if not uri.startswith("file:///"):
        # the name of a share belongs to the path, says SQLite
        uri = "file:////" + uri.removeprefix("file://")
    connection = sqlite3.connect(
        f"{uri}?mode=rw", uri=True, timeout=_SLICE, isolation_level=None, check_same_thread=False
    )
    connection.execute("pragma synchronous = full")
    connection.execute(f"pragma cache_size = {-_CACHE}")
    return connection


def _kind(connection: sqlite3.Connection) -> tuple[int, int]:
    application, version = (
        _patiently(connection, f"pragma {name}", _BUSY).fetchone()[0]
        for name in ("application_id", "user_version")
    )
    return application, version


def _patiently(connection: sqlite3.Connection, statement: str, patience: float) -> sqlite3.Cursor:
    """Run a statement, waiting for another process's lock so that Ctrl-C is heard."""
    end = time.monotonic() + patience
    while True:
        try:
            return connection.execute(statement)
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF not in _LOCKED or time.monotonic() > end:
                raise
            if _INTERRUPTS and threading.current_thread() is threading.main_thread():
                raise KeyboardInterrupt from None


@contextmanager
def _uninterrupted() -> Iterator[None]:
    """Hear Ctrl-C at the end: in the middle of a transaction it would leave the file locked for everybody."""
    before = signal.getsignal(signal.SIGINT)
    if threading.current_thread() is not threading.main_thread() or not callable(before):
        yield
        return
    earlier = len(_INTERRUPTS)
    signal.signal(signal.SIGINT, lambda *given: _INTERRUPTS.append(given))
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
        heard = _INTERRUPTS[earlier:]
        del _INTERRUPTS[earlier:]
        if heard:
            before(*heard[0])


@contextmanager
def _new_file(target: Path, what: str) -> Iterator[Path]:
    """Give an empty private file that takes the place of `target` in the end, unless something is there already.

    Raises `FileExistsError` then, and `ArchiveError` where nothing can be written.
    """
    place = target.with_name(f".zrtools-{secrets.token_hex(8)}.new")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        # SQLite gives its side files the mode of the file itself
        os.close(os.open(place, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
    except OSError as error:
        raise ArchiveError(said("sqlite.unwritable", what=what, target=target, why=error.strerror)) from None
    try:
        yield place
        try:
            # unlike a move, this never takes the place of a file that is there
            os.link(place, target)
        except FileExistsError:
            raise
        except OSError:
            # a file system without links
            if os.path.lexists(target):
                raise FileExistsError(target) from None
            place.rename(target)
        _sync(target.parent)
    finally:
        place.unlink(missing_ok=True)


def _sync(folder: Path) -> None:
    """Put the folder's entries on disk, where the system lets a folder be opened."""
    with suppress(OSError):
        number = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(number)
        finally:
            os.close(number)


def _reason(error: sqlite3.Error) -> str:
    if str(error).startswith("Could not decode"):
        # it goes on with the text itself
        return said("sqlite.no_text", damaged=said("sqlite.damaged"))
    problem = mask_text(str(error))
    if "full" in problem:
        return said("sqlite.full", problem=problem)
    if "locked" in problem or "busy" in problem:
        return said("sqlite.locked", problem=problem)
    if isinstance(error, sqlite3.OperationalError | sqlite3.ProgrammingError):
        return said("sqlite.rights", problem=problem)
    return said("sqlite.else", problem=problem, damaged=said("sqlite.damaged"))
