"""The web application that takes reports, and the server it runs in."""

from __future__ import annotations

import asyncio
import base64
import binascii
import functools
import secrets
import threading
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from contextlib import asynccontextmanager, closing, contextmanager
from pathlib import Path

import uvicorn
from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from zrtools import doors
from zrtools.arguments import checked
from zrtools.errors import ArchiveError, ConfigurationError
from zrtools.receiver.store import Store
from zrtools.texts import said

__all__ = ["Running", "app", "running", "serve"]

_BYTES_AT_ONCE = 64_000_000


@checked
def app(
    store: Store | Path | str,
    *,
    path: str = "/",
    addresses: Iterable[str] = (),
    username: str | None = None,
    password: str | None = None,
    limit: int = 8_000_000,
    patience: float = 8.0,
    per_address: int = doors.PER_ADDRESS,
) -> Starlette:
    """Make the ASGI application that takes reports by POST at a path and keeps them in a store.

    It answers 200 once the report is durable, and never before. Only `addresses` (IP addresses or networks, all if
    empty) and, with `username` and `password`, basic authentication are let in; bodies over `limit` bytes and
    those that take longer than `patience` seconds are refused, as is more than `per_address` requests at a time from
    one address. `/healthz` answers whether reports can be kept,
    `counters` below the path what came so far. Mounted under another application, close the store when that ends.

    Raises `ConfigurationError`, `ArchiveError`.
    """
    if (username is None) != (password is None):
        raise ConfigurationError(said("receiver.basic"))
    gate = _Gate(
        store=store if isinstance(store, Store) else Store(store),
        path=f"/{path.strip('/')}",
        networks=[doors.network(a) for a in addresses],
        credentials=None if username is None else f"{username}:{password}".encode(),
        limit=limit,
        patience=patience,
        per_address=per_address,
    )

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        await asyncio.to_thread(gate.store.open)
        try:
            yield
        finally:
            await asyncio.to_thread(gate.store.close)

    methods = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]
    made = Starlette(
        routes=[Route("/healthz", gate.health), Route("/{rest:path}", gate.answer, methods=methods)],
        lifespan=lifespan,
    )
    made.state.store = gate.store
    return made


class _Gate:
    """Who is let in, and what is answered."""

    def __init__(
        self,
        *,
        store: Store,
        path: str,
        networks: list[doors.Network],
        credentials: bytes | None,
        limit: int,
        patience: float,
        per_address: int,
    ) -> None:
        self.store = store
        self._path = path.encode()
        self._counters = f"{path.rstrip('/')}/counters".encode()
        self._networks = networks
        self._credentials = credentials
        self._limit = limit
        self._patience = patience
        self._per_address = per_address
        self._bytes = 0
        self._under_way: Counter[str] = Counter()
        self._refused: Counter[str] = Counter()

    async def health(self, _: Request) -> Response:
        well = self.store.healthy or await asyncio.to_thread(self.store.try_again)
        return JSONResponse({"status": "ok" if well else "failing"}, 200 if well else 503)

    async def answer(self, request: Request) -> Response:
        host = request.client.host if request.client else ""
        if host and self._under_way[host] >= self._per_address:
            return self._refuse("crowd", 503)
        self._under_way[host] += 1
        try:
            return await self._answer(request)
        finally:
            self._under_way[host] -= 1
            if not self._under_way[host]:
                del self._under_way[host]

    async def _answer(self, request: Request) -> Response:
        if "content-length" in request.headers and "transfer-encoding" in request.headers:
            # whatever stands in front may have believed the other one
            return self._refuse("length", 400)
        if not self._from_allowed_address(request):
            return self._refuse("address", 403)
        asked = f"/{request.path_params['rest'].rstrip('/')}".encode()
        # both are compared in constant time, so that nobody can feel a secret path out
        reports = secrets.compare_digest(asked, self._path)
        counters = secrets.compare_digest(asked, self._counters)
        if not reports and not counters:
            return self._refuse("path", 404)
        if not self._knows_password(request):
            return self._refuse("password", 401, {"WWW-Authenticate": 'Basic realm="reports"'})
        if counters and request.method == "GET":
            counted = await asyncio.to_thread(lambda: self.store.counters)
            return JSONResponse({**counted, "refused": dict(self._refused)})
        if request.method != "POST" or counters:
            return self._refuse("method", 405, {"Allow": "GET" if counters else "POST"})
        return await self._take(request)

    async def _take(self, request: Request) -> Response:
        announced = request.headers.get("content-length", "")
        if announced.isdecimal() and int(announced) > self._limit:
            return self._refuse("size", 413)
        if self._bytes + self.store.unread > _BYTES_AT_ONCE:
            return self._refuse("load", 503)
        parts: list[bytes] = []
        size = 0
        try:
            async with asyncio.timeout(self._patience):
                async for part in request.stream():
                    size += len(part)
                    self._bytes += len(part)
                    if size > self._limit:
                        return self._refuse("size", 413)
                    parts.append(part)
            kept = self.store.add(b"".join(parts), request.headers.get("content-type"))
            # shielded: the report is kept even when the sender hangs up before the answer
            await asyncio.shield(asyncio.wrap_future(kept))
        except TimeoutError:
            return self._refuse("slow", 408)
        except ClientDisconnect:
            return self._refuse("cut", 400)
        except ArchiveError:
            return self._refuse("disk", 503)
        finally:
            self._bytes -= size
        return PlainTextResponse("OK")

    def _refuse(self, why: str, status: int, headers: dict[str, str] | None = None) -> Response:
        self._refused[why] += 1
        # the rest of a body that nobody reads must not be taken for the next request
        return PlainTextResponse(f"{status}\n", status, {"Connection": "close", **(headers or {})})

    def _from_allowed_address(self, request: Request) -> bool:
        if not self._networks:
            return True
        if request.client is None:
            return False
        address = doors.address_of(request.client.host)
        return address is not None and any(address in network for network in self._networks)

    def _knows_password(self, request: Request) -> bool:
        if self._credentials is None:
            return True
        scheme, _, given = request.headers.get("authorization", "").partition(" ")
        try:
            told = base64.b64decode(given.strip(), validate=True)
        except (binascii.Error, ValueError):
            told = b""
        return scheme.lower() == "basic" and secrets.compare_digest(told, self._credentials)


# ---------------------------------------------------------------------------------------------------------- server


class _Server(doors.Server):
    """A server that ends in peace when it is told to end."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        with super().capture_signals():
            yield
            # else the signal is raised again after the end, and the process dies of it
            self._captured_signals.clear()


def _server(
    made: Starlette,
    *,
    per_address: int = doors.PER_ADDRESS,
    head: float = doors.HEAD,
    certificate: Path | str | None = None,
    key: Path | str | None = None,
    proxies: Iterable[str] = (),
) -> _Server:
    trusted = list(proxies)
    limits = doors.Limits(
        per_address=per_address, head=head, proxies=tuple(doors.network(proxy) for proxy in trusted)
    )
    config = uvicorn.Config(
        made,
        http=doors.Protocol,
        ws="none",
        lifespan="on",
        log_config=None,
        log_level="error",
        # it would write the secret path into a log
        access_log=False,
        server_header=False,
        timeout_keep_alive=15,
        timeout_graceful_shutdown=3,
        proxy_headers=bool(trusted),
        forwarded_allow_ips=trusted or None,
        ssl_certfile=certificate,
        ssl_keyfile=key,
    )
    if certificate is None and key is not None:
        raise ConfigurationError(said("receiver.key_alone"))
    try:
        config.load()
    except OSError as error:
        # ssl.SSLError is an OSError, too
        raise ConfigurationError(
            said("receiver.certificate", certificate=certificate, why=error.strerror or error)
        ) from error
    return _Server(config, limits)


@checked
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
    per_address: int = doors.PER_ADDRESS,
    started: Callable[[], None] | None = None,
) -> None:
    """Take reports until SIGTERM or Ctrl-C, then finish what is under way and return.

    `certificate` and `key` are PEM files for TLS; `proxies` are the addresses whose X-Forwarded-For is believed;
    `per_address` is how many connections one address may hold, a proxy's aside, of which its requests are counted;
    `started` is called once the port listens. The rest is as in `app`.

    Raises `ConfigurationError`, `ArchiveError`.
    """
    made = app(
        store,
        path=path,
        addresses=addresses,
        username=username,
        password=password,
        limit=limit,
        patience=patience,
        per_address=per_address,
    )
    server = _server(made, per_address=per_address, certificate=certificate, key=key, proxies=proxies)
    with closing(made.state.store) as kept, closing(doors.listening(host, port)) as bound:
        kept.open()
        if started is not None:
            started()
        server.run(sockets=[bound])


@checked
def running(store: Store | Path | str, *, port: int = 0, path: str = "/") -> Running:
    """Take reports on loopback, in a thread beside a notebook.

    Use it as `with running(store) as server:`, or call `start()` and `close()`; reports go to `server.url`.

    Raises `ConfigurationError`, `ArchiveError`.
    """
    return Running(app(store, path=path), port=port, path=path)


class Running:
    """An application that runs on loopback in a thread, from `start` to `close` or as long as a `with` block lasts."""

    def __init__(self, made: Starlette, *, port: int, path: str, head: float = doors.HEAD) -> None:
        self._made = made
        self._head = head
        self._socket = doors.listening("127.0.0.1", port)
        self._thread: threading.Thread | None = None
        self.port = int(self._socket.getsockname()[1])
        self.url = f"http://127.0.0.1:{self.port}/{path.strip('/')}"

    def __repr__(self) -> str:
        return f"Running({self.url})"

    def __enter__(self) -> Running:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.close()

    def start(self) -> Running:
        """Begin to take reports.

        Raises `ArchiveError` when another process writes to the store.
        """
        self._made.state.store.open()
        self._server = _server(self._made, head=self._head)
        started = threading.Event()
        self._thread = threading.Thread(
            target=functools.partial(asyncio.run, self._run(started)), name="zrtools-receiver", daemon=True
        )
        self._thread.start()
        started.wait(30)
        return self

    def close(self) -> None:
        """Finish what is under way, and end."""
        if self._thread is not None:
            self._server.should_exit = True
            self._thread.join()
        self._socket.close()

    async def _run(self, started: threading.Event) -> None:
        serving = asyncio.ensure_future(self._server.serve([self._socket]))
        while not self._server.started and not serving.done():
            await asyncio.sleep(0.005)
        started.set()
        await serving
