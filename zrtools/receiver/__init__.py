"""Take the delivery reports that the service pushes, and keep them.

`Store` is the place on disk, `app` the web application for those who have a server of their own, `serve` and
`running` bring one along. A report is answered with 200 only after it is durable on disk; what cannot be read is
kept as it came.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from zrtools.receiver.store import Store

if TYPE_CHECKING:
    from zrtools.receiver.web import app, running, serve

__all__ = ["Store", "app", "running", "serve"]


def __getattr__(name: str) -> Any:
    # the web server loads when it is first used
    if name in __all__:
        return getattr(import_module("zrtools.receiver.web"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
