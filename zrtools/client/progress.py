"""One bar for a run of many requests, touched by the caller's thread alone."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime

from zrtools.client.retry import clock
from zrtools.words import in_notebook, text

__all__ = ["bar", "tick"]


class _Bars(threading.local):
    """The bars that each thread shows, the inner one last."""

    def __init__(self) -> None:
        self.looks: list[Callable[[datetime | None], None]] = []


_BARS = _Bars()


@contextmanager
def bar(
    total: int, what: str, told: Callable[[], tuple[int, int]], *, shown: bool, lang: str | None = None
) -> Iterator[Callable[[], None]]:
    """Show how far a run is: rate, what failed and time left; give the function that brings it up to date.

    A widget in JupyterLab, a line in a terminal, nothing in a pipe or for a single item. `what` is one of days,
    months, tags, numbers and messages; `told` gives how many items are settled, and how many of these failed.
    While the service asks to wait, the bar says until when.
    """
    # pythonw and services have no stream to write to
    if not shown or total < 2 or (sys.stderr is None and not in_notebook()):
        yield lambda: None
        return
    from tqdm.auto import tqdm

    class Bar(tqdm):  # type: ignore[misc] # tqdm ships no types
        # tqdm's own thread and multiprocessing lock would outlive the bar
        monitor_interval = 0
        _lock = threading.RLock()

    with Bar(total=total, desc=text(f"client.{what}", lang), unit="", disable=None, leave=True) as shown_bar:
        said = ""

        def look(until: datetime | None = None) -> None:
            nonlocal said
            done, failed = told()
            notes = [text("client.failed", lang, count=failed)] if failed else []
            if until is not None:
                notes.append(text("client.waiting", lang, until=clock(until)))
            shown_bar.set_postfix_str(", ".join(notes), refresh=False)
            shown_bar.update(done - shown_bar.n)
            if said != (said := ", ".join(notes)):
                shown_bar.refresh()

        _BARS.looks.append(look)
        try:
            yield look
        finally:
            _BARS.looks.remove(look)
            look()


def tick(until: datetime | None) -> None:
    """Bring the bar that this thread shows up to date; `until` is how long the service asks to wait."""
    if _BARS.looks:
        _BARS.looks[-1](until)
