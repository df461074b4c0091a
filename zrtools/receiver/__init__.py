"""Take the delivery reports that the service pushes, and keep them.

`Store` is the place on disk, `app` the web application for those who have a server of their own, `serve` and
`running` bring one along. A report is answered with 200 only after it is durable on disk; what cannot be read is
kept as it came.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from zrtools.receiver.store import Store

if TYPE_CHECKING:
    from pathlib import Path

    from starlette.applications import Starlette

    from zrtools.receiver.web import Running

__all__ = ["Store", "app", "running", "serve"]


def app(
    store: Store | Path | str,
    *,
    path: str = "/",
    addresses: Iterable[str] = (),
    username: str | None = None,
    password: str | None = None,
    limit: int = 8_000_000,
    patience: float = 8.0,
) -> Starlette:
    """Make the ASGI application that takes reports by POST at a path and keeps them in a store.

    It answers 200 once the report is durable, and never before. Only `addresses` (IP addresses or networks, all if
    empty) and, with `username` and `password`, basic authentication are let in; bodies over `limit` bytes and
    those that take longer than `patience` seconds are refused. `/healthz` answers whether reports can be kept,
    `counters` below the path what came so far. Mounted under another application, close the store when that ends.

    Raises `ConfigurationError`, `ArchiveError`.
    """
    from zrtools.receiver import web

    return web.app(
        store,
        path=path,
        addresses=addresses,
        username=username,
        password=password,
        limit=limit,
        patience=patience,
    )


def serve(
    store: Store | Path | str,
    *,
    host: str = "127.0.0.1",
    port: int = 8443,
    path: str = "/",
    addresses: Iterable[str] = (),
    username: str | None = None,
    password: str | None = None,
    limit: int = 8_000_000,
    patience: float = 8.0,
    certificate: Path | str | None = None,
    key: Path | str | None = None,
    proxies: Iterable[str] = (),
) -> None:
    """Take reports until SIGTERM or Ctrl-C, then finish what is under way and return.

    `certificate` and `key` are PEM files for TLS; `proxies` are the addresses whose X-Forwarded-For is believed. The
    rest is as in `app`.

    Raises `ConfigurationError`, `ArchiveError`.
    """
    from zrtools.receiver import web

    made = web.app(
        store,
        path=path,
        addresses=addresses,
        username=username,
        password=password,
        limit=limit,
        patience=patience,
    )
    web.serve(
        made, host=host, port=port, certificate=certificate, key=key, proxies=proxies, patience=patience
    )


def running(store: Store | Path | str, *, port: int = 0, path: str = "/") -> Running:
    """Take reports on loopback, in a thread beside a notebook.

    Use it as `with running(store) as server:`, or call `start()` and `close()`; reports go to `server.url`.

    Raises `ConfigurationError`, `ArchiveError`.
    """
    from zrtools.receiver import web

    return web.Running(web.app(store, path=path), port=port, path=path)
