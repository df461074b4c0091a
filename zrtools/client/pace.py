"""Requests started in a second: evenly spaced, slowed at once by throttling, and brought back gradually."""

from __future__ import annotations

import asyncio

from zrtools.client.waits import waiting

__all__ = ["HOLD", "LONGEST", "RECOVERY", "Pace"]

LONGEST = 30.0
"""Seconds for which all requests are held back, at most, when the service asks to wait."""


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
        self._held = self._asked = self._asked_at = float("-inf")
        self._slowed_at = float("-inf")
        self._slowed_from = self._slowed_to = 0.0
        self._second, self._starts, self._rate_seen = 0.0, 0, 0.0
        self.heard = False
        """Whether any request got through."""

    def rate(self, now: float) -> float | None:
        """Requests a second as of now; None is unlimited."""
        since = now - self._slowed_at - HOLD
        if since >= RECOVERY:
            return self._full
        return self._slowed_to + (self._slowed_from - self._slowed_to) * max(0.0, since) / RECOVERY

    def asked(self, now: float) -> float:
        """Seconds for which the service still asks to wait, 0 when it does not."""
        return max(0.0, self._asked - now)

    async def turn(self, patience: float) -> float | None:
        """Wait for this request's turn, and give the time of its start.

        None, at once, when the service asks to wait and the turn would come later than in `patience` seconds.
        """
        clock = asyncio.get_running_loop().time
        now = clock()
        if self.rate(now) is None and max(self._next, self._held) <= now:
            self._count(now)
            return now
        latest = now + patience
        if self._held > latest:
            return None
        waited_for = self._lock.locked()
        with waiting():
            await self._lock.acquire()
        try:
            if not waited_for:
                self._next = max(self._next, clock())
            while (wait := max(self._next, self._held) - clock()) > 0:
                if self._held > latest:
                    return None
                with waiting():
                    await asyncio.sleep(wait)
            now = clock()
            rate = self.rate(now)
            if rate is not None:
                self._next = max(self._next, now - _LATE) + 1 / rate
            self._count(now)
            return now
        finally:
            self._lock.release()

    def slow(self, started: float, now: float, retry_after: float | None) -> None:
        """Halve the pace after a throttled answer, and start nothing for `retry_after` seconds, at most `LONGEST`.

        Answers to requests that had started before the last slowing say nothing new.
        """
        if retry_after is not None:
            self._held = max(self._held, now + min(retry_after, LONGEST))
            self._asked, self._asked_at = max(self._asked, now + retry_after), now
        if started <= self._slowed_at:
            return
        current = self.rate(now)
        if current is None:
            current = max(self._rate_seen, float(self._starts), _UNLIMITED)
        if now - self._slowed_at - HOLD >= RECOVERY:
            self._slowed_from = self._full if self._full is not None else current
        self._slowed_to = max(current / 2, min(_SLOWEST, current))
        self._slowed_at = now

    def answered(self, started: float) -> None:
        """Hear that a request got through: the service does not ask to wait any more."""
        self.heard = True
        if started >= self._asked_at:
            self._asked = float("-inf")

    def _count(self, now: float) -> None:
        if now - self._second >= 1:
            self._rate_seen = self._starts / (now - self._second) if now - self._second < 2 else 0.0
            self._second, self._starts = now, 0
        self._starts += 1
