"""One bar for a run of many requests, touched by the caller's thread alone."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from zrtools.words import text

__all__ = ["bar", "notice"]


@contextmanager
def bar(
    total: int, what: str, told: Callable[[], tuple[int, int]], *, shown: bool, lang: str | None = None
) -> Iterator[Callable[[], None]]:
    """Show how far a run is: rate, what failed and time left; give the function that brings it up to date.

    A widget in JupyterLab, a line in a terminal, nothing in a pipe or for a single item. `what` is one of days,
    months, tags, numbers and messages; `told` gives how many items are settled, and how many of these failed.
    """
    if not shown or total < 2:
        yield lambda: None
        return
    from tqdm.auto import tqdm

    class Bar(tqdm):  # type: ignore[misc] # tqdm ships no types
        # tqdm's own thread and multiprocessing lock would outlive the bar
        monitor_interval = 0
        _lock = threading.RLock()

    with Bar(total=total, desc=text(f"client.{what}", lang), unit="", disable=None, leave=True) as shown_bar:

        def look() -> None:
            done, failed = told()
            if failed:
                shown_bar.set_postfix_str(text("client.failed", lang, count=failed), refresh=False)
            shown_bar.update(done - shown_bar.n)

        try:
            yield look
        finally:
            look()


def notice(words: str) -> None:
    """Say one line: in a notebook among the output, else beside it, on stderr."""
    stream = sys.stdout if _in_notebook() else sys.stderr
    if stream is not None:
        stream.write(words + "\n")
        stream.flush()


def _in_notebook() -> bool:
    shell = sys.modules.get("IPython")
    return shell is not None and type(shell.get_ipython()).__name__ == "ZMQInteractiveShell"
