"""One process's claim on what it has taken up in a journal: renewed while it lives, gone once another takes over."""

from __future__ import annotations

import sqlite3
import threading
import time
import uuid
from collections.abc import Callable
from typing import TYPE_CHECKING

from zrtools.errors import ZrtoolsError
from zrtools.sqlite import stamp

if TYPE_CHECKING:
    from zrtools.outbox.journal import Journal

__all__ = ["LENGTH", "RENEWAL", "Lease", "alive"]

LENGTH, RENEWAL = 4.0, 1.0  # seconds for which a lease holds, and between its signs of life
_KEPT = 86_400.0  # seconds after which a lapsed lease that nobody took over is cleared away

_Execute = Callable[..., sqlite3.Cursor]


def alive() -> dict[str, float]:
    """Give the values of `:now` and `:furthest`, between which a lease that holds ends.

    One that ends later than a lease can was written by a clock that was ahead, and is none.
    """
    now = time.time()
    return {"now": now, "furthest": now + 2 * LENGTH}


class Lease:
    """A row of the journal's `runs` with this run's name.

    Whoever takes over what a run has on its way deletes the row in the same transaction. So the row tells, within a
    transaction, whether the run may still write, however late it is.
    """

    def __init__(self, file: Journal) -> None:
        self._file = file
        self.name = uuid.uuid4().hex
        self.lost = False
        self._ended = threading.Event()
        self._heart = threading.Thread(target=self._beat, name="zrtools-outbox", daemon=True)
        self._renewed = _clocks()

    def start(self) -> None:
        """Take the lease, and renew it until `stop`."""
        with self._file.transaction() as run:
            run("delete from runs where until < ?", (time.time() - _KEPT,))
            run("insert into runs values (?, ?, ?)", (self.name, time.time() + LENGTH, stamp()))
        self._renewed = _clocks()
        self._heart.start()

    def held(self, run: _Execute) -> bool:
        """Tell within a transaction whether nobody has taken over."""
        if run("select 1 from runs where run = ?", (self.name,)).fetchone() is None:
            self.lost = True
        return not self.lost

    def sure(self) -> bool:
        """Tell whether the lease holds now; the journal is asked only where it was not renewed in time."""
        late = max(now - then for now, then in zip(_clocks(), self._renewed, strict=True))
        if late > LENGTH and not self.lost:
            self._renew()
        return not self.lost

    def stop(self) -> bool:
        """Give no more signs of life; tell whether there were any until now."""
        if self._ended.is_set() or self._heart.ident is None:
            return False
        self._ended.set()
        self._heart.join()
        return True

    def _renew(self) -> None:
        began = _clocks()
        with self._file.transaction(patience=LENGTH) as run:
            if self.held(run):
                run("update runs set until = ? where run = ?", (time.time() + LENGTH, self.name))
                self._renewed = began

    def _beat(self) -> None:
        while not self._ended.wait(RENEWAL) and not self.lost:
            try:
                self._renew()
            except ZrtoolsError:
                # the run itself meets the same trouble, and tells it
                continue


def _clocks() -> tuple[float, float]:
    # one of them stands still while a computer sleeps, the other can be set
    return time.monotonic(), time.time()
