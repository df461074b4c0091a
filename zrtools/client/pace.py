"""Requests started in a second: evenly spaced, slowed at once by throttling, and brought back gradually."""

from __future__ import annotations

import asyncio

__all__ = ["HOLD", "RECOVERY", "Pace"]

HOLD = 2.0
"""Seconds for which a slowed pace stays as it is."""
RECOVERY = 30.0
"""Seconds that it then takes to come back to the full pace."""
_LATE = 0.02  # seconds by which a start may lag behind its time and still be made up for
_SLOWEST = 0.5  # requests a second
_UNLIMITED = 40.0  # requests a second that an unlimited pace counts as, at least, when it is slowed


class Pace:
    """One pace for all requests of a client; lives on one event loop.

    A start that comes after a pause earns no credit, so no burst follows one. Only the lateness of our own
    waking is made up for, and no more than a few hundredths of a second of it: else the rate would fall short.
    """

    def __init__(self, rate: float | None) -> None:
        self._full = rate
        self._lock = asyncio.Lock()
        self._next = 0.0
        self._slowed_at = float("-inf")
        self._slowed_from = self._slowed_to = 0.0
        self._second, self._starts, self._rate_seen = 0.0, 0, 0.0

    def rate(self, now: float) -> float | None:
        """Requests a second as of now; None is unlimited."""
        since = now - self._slowed_at - HOLD
        if since >= RECOVERY:
            return self._full
        return self._slowed_to + (self._slowed_from - self._slowed_to) * max(0.0, since) / RECOVERY

    async def turn(self) -> float:
        """Wait for this request's turn, and give the time of its start."""
        clock = asyncio.get_running_loop().time
        now = clock()
        if self.rate(now) is None and self._next <= now:
            self._count(now)
            return now
        waited_for = self._lock.locked()
        async with self._lock:
            if not waited_for:
                self._next = max(self._next, clock())
            while (wait := self._next - clock()) > 0:
                await asyncio.sleep(wait)
            now = clock()
            rate = self.rate(now)
            if rate is not None:
                self._next = max(self._next, now - _LATE) + 1 / rate
            self._count(now)
            return now

    def slow(self, started: float, now: float, retry_after: float | None) -> None:
        """Halve the pace after a throttled answer, and start nothing before `retry_after` seconds are over.

        Answers to requests that had started before the last slowing say nothing new.
        """
        if retry_after is not None:
            self._next = max(self._next, now + retry_after)
        if started <= self._slowed_at:
            return
        current = self.rate(now)
        if current is None:
            current = max(self._rate_seen, float(self._starts), _UNLIMITED)
        if now - self._slowed_at - HOLD >= RECOVERY:
            self._slowed_from = self._full if self._full is not None else current
        self._slowed_to = max(current / 2, min(_SLOWEST, current))
        self._slowed_at = now

    def _count(self, now: float) -> None:
        if now - self._second >= 1:
            self._rate_seen = self._starts / (now - self._second) if now - self._second < 2 else 0.0
            self._second, self._starts = now, 0
        self._starts += 1
