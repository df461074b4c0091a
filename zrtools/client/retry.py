"""Which failures are tried again, and when.

stamina is not used here: it reports each retry through hooks that are set for the whole process and print to
stderr by default, and it costs 50 µs even where nothing fails, an eighth of a request's time.
"""

from __future__ import annotations

import asyncio
import email.utils
import math
import random
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from time import monotonic
from typing import TypeVar

from zrtools.client.waits import waiting
from zrtools.errors import TransportError
from zrtools.periods import TOKYO

__all__ = [
    "LIMIT",
    "TRIES",
    "Again",
    "again",
    "cleaning",
    "clock",
    "hasty",
    "heard",
    "in_japan",
    "never",
    "reading",
    "seconds_to_wait",
    "until",
]

TRIES = 6
LIMIT = 10
"""A request with all its tries ends after so many times the time-out of one."""
_FIRST, _LONGEST = 0.25, 20.0  # seconds

Again = Callable[[TransportError], bool]
_T = TypeVar("_T")


def reading(error: TransportError) -> bool:
    """Try again after anything that may pass: asking changes nothing."""
    return error.status_code is None or error.status_code in (408, 429, 500, 502, 503, 504)


def cleaning(error: TransportError) -> bool:
    """Try again only what got no answer: an answer is billed."""
    return error.status_code is None or error.status_code in (429, 502, 503, 504)


def hasty(error: TransportError) -> bool:
    """Try again as when reading, but not where the service throttles or asks to wait."""
    return error.status_code not in (429, 503) and not error.retry_after and reading(error)


def never(_: TransportError) -> bool:
    """Give up at once: trying again could do the thing twice."""
    return False


async def again(once: Callable[[], Awaitable[_T]], when: Again, timeout: float) -> _T:
    """Try, and try again with growing, jittered waits, or as long as Retry-After says.

    Raises the last `TransportError`, whose `sent` is None when that is not known of an earlier try; no try begins
    later than `LIMIT` times `timeout` seconds from now.
    """
    ending = monotonic() + LIMIT * timeout
    lost = False
    for tries in range(1, TRIES + 1):
        try:
            return await once()
        except TransportError as error:
            lost = lost or error.sent is None
            if lost:
                error.sent = None
            wait = _wait(tries, error)
            if tries == TRIES or not when(error) or monotonic() + wait > ending:
                raise
        with waiting():
            await asyncio.sleep(wait)
    raise AssertionError


def seconds_to_wait(retry_after: str | None) -> float | None:
    """Read a Retry-After header: seconds or a date; None where there is none that can be read."""
    if not retry_after:
        return None
    try:
        seconds = float(retry_after)
    except ValueError:
        moment = heard(retry_after)
        if moment is None:
            return None
        seconds = (moment - datetime.now(UTC)).total_seconds()
    return max(0.0, seconds) if math.isfinite(seconds) else None


def heard(date: str | None) -> datetime | None:
    """Read a time of HTTP, in Japan; None where there is none that can be read."""
    try:
        moment = email.utils.parsedate_to_datetime(date or "")
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(TOKYO)
    except (ValueError, OverflowError):
        return None


_LAST = datetime.max.replace(tzinfo=TOKYO)


def in_japan(seconds: float) -> datetime:
    """Tell the time in Japan in so many seconds; what is thousands of years away is Python's last day."""
    try:
        return datetime.now(TOKYO) + timedelta(seconds=seconds)
    except OverflowError:
        return _LAST


def until(seconds: float) -> str:
    """Write the time in Japan in so many seconds: "12:05", with the day when that is another one than today."""
    return clock(in_japan(seconds))


def clock(moment: datetime) -> str:
    """Write a time by which a wait is over: to the minute, rounded up, with the day when it is not today."""
    if moment.second and moment < _LAST:
        moment += timedelta(seconds=60 - moment.second)
    return f"{moment:%H:%M}" if moment.date() == datetime.now(TOKYO).date() else f"{moment:%Y-%m-%d %H:%M}"


def _wait(tries: int, error: TransportError) -> float:
    longest: float = min(_LONGEST, _FIRST * 2 ** (tries - 1))
    backoff = longest * random.uniform(0.5, 1)
    return max(backoff, error.retry_after or 0.0)
