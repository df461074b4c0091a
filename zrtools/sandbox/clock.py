"""The sandbox's one clock: Japan time that ticks on from the starting moment and can be moved."""

from __future__ import annotations

import threading
from datetime import date, datetime, time, timedelta
from time import monotonic
from zoneinfo import ZoneInfo

from zrtools.errors import InputError
from zrtools.texts import said

__all__ = ["DEFAULT_TODAY", "OPENING", "TOKYO", "Clock"]

TOKYO = ZoneInfo("Asia/Tokyo")
DEFAULT_TODAY = date(2026, 11, 16)
OPENING = time(10, 0)
"""The time of day at which a sandbox begins."""


class Clock:
    """Tell the time: `now` ticks, `seen` is the moment as of which simulated traffic is told."""

    def __init__(self, today: date) -> None:
        self.opening = today
        self._start = datetime.combine(today, OPENING, TOKYO)
        self._moved = timedelta()
        self._began = monotonic()
        self.changed = threading.Condition()

    def now(self) -> datetime:
        """Tell the time, in Japan."""
        return self._start + self._moved + timedelta(seconds=monotonic() - self._began)

    def seen(self) -> datetime:
        """Tell the moment as of which simulated traffic is seen: it moves by `advance` alone."""
        return self._start + self._moved

    def advance(self, by: timedelta) -> None:
        """Move the clock forward and wake whoever waits for a time.

        Raises `InputError` when the step is backward.
        """
        if by < timedelta():
            raise InputError(said("sandbox.clock", by=by))
        with self.changed:
            self._moved += by
            self.changed.notify_all()
