"""Waits that a stop ends: what has not left is given back at once, what is on its way is left alone."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

__all__ = ["Halt", "waiting"]


class Halt:
    """The tasks of one run; `stop` ends those that wait, now or later, and touches no other. Lives on one loop."""

    def __init__(self) -> None:
        self.stopped = False
        self._waiting: set[asyncio.Task[object]] = set()

    def join(self) -> None:
        """Count the running task among those that `stop` ends."""
        _HALT.set(self)

    def stop(self) -> None:
        """End every wait."""
        self.stopped = True
        for task in self._waiting:
            task.cancel()

    @contextmanager
    def wait(self) -> Iterator[None]:
        """Wait in here."""
        task = asyncio.current_task()
        assert task is not None  # noqa: S101 - tells the type checker that this is a coroutine's
        if self.stopped:
            raise asyncio.CancelledError
        self._waiting.add(task)
        try:
            yield
        finally:
            self._waiting.discard(task)


_HALT: ContextVar[Halt | None] = ContextVar("_HALT", default=None)


@contextmanager
def waiting() -> Iterator[None]:
    """Mark a wait before a request leaves, or before it is tried again, as one that a stop ends."""
    halt = _HALT.get()
    if halt is None:
        yield
    else:
        with halt.wait():
            yield
