"""The sandbox: the service's API on a loopback port, with its clock, its faults and what it saw."""

from __future__ import annotations

import asyncio
import hashlib
import socket
import string
import threading
from collections import Counter, deque
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from email.utils import format_datetime
from time import monotonic
from typing import TYPE_CHECKING, Any, Literal, Self

from zrtools.arguments import checked
from zrtools.errors import ConfigurationError, InputError
from zrtools.sandbox.clock import DEFAULT_TODAY, Clock
from zrtools.sandbox.faults import Fault, Faults
from zrtools.sandbox.people import People
from zrtools.sandbox.rules import fields_of
from zrtools.sandbox.service import ROUTES, CountsRule, Message, Service
from zrtools.texts import said

if TYPE_CHECKING:
    import polars as pl
    import uvicorn

    from zrtools.sandbox.push import Pusher
    from zrtools.sandbox.traffic import Traffic

__all__ = ["Arrival", "Sandbox"]

_FORM = "application/x-www-form-urlencoded"
_JSON = b"application/json; charset=UTF-8"
_LARGEST_BODY = 1 << 20
_BODY_WITHIN = 10.0  # seconds
_CONNECTIONS = 1100
_SLICE = 1 << 20


@dataclass(frozen=True, slots=True)
class Arrival:
    """A request that arrived: its call (None for an unknown path), its fields without the token, and when."""

    call: str | None
    method: str
    path: str
    fields: dict[str, str]
    time: datetime
    monotonic: float


class Sandbox:
    """The whole API of the service on loopback, with simulated traffic; the same arguments make the same sandbox.

    `today` is a date or "YYYY-MM-DD" (left out, one fixed day); its clock starts at 10:00 in Japan and ticks.
    `messages_per_day` is the average of a week, `months` how many whole months before the running one are kept.
    `incidents=False` leaves the same traffic without anything planted, "subtle" plants weak, national, lasting and
    mixed ones, too. `quota` is how many sends are accepted
    (then 300), `settle_after` the seconds until a message sent through the API has its result. Counts take
    delivered and failed messages by month of sending (`counts_follow="settled"`) or delivered ones alone
    ("delivered"); `counts_off={("2026-10", "103"): -12}` plants a difference. With a `dlr_url` delivery reports
    of tagged messages sent through the API are pushed there as `dlr_format`, tried again after `dlr_retry`
    seconds. `domain` is the account's own short-URL domain. Raises `InputError` and, when the port is taken,
    `ConfigurationError`.

    `token`, `client_id`, `sms_codes` identify the account. `faults` are switched on and off; `requests` holds what
    arrived (the last 50,000), `calls` how often each call did, `max_in_flight` how many were open at once, and
    `accepted` the messages that were taken.
    """

    @checked
    def __init__(
        self,
        *,
        seed: int = 0,
        today: date | str | None = None,
        messages_per_day: int = 4000,
        months: int = 4,
        port: int = 0,
        incidents: bool | str = True,
        quota: int | None = None,
        settle_after: float = 2.0,
        counts_follow: CountsRule = "settled",
        counts_off: dict[tuple[str, str], int] | None = None,
        dlr_url: str | None = None,
        dlr_format: Literal["json", "xml"] = "json",
        dlr_retry: float = 1.0,
        domain: str | None = "go.example.jp",
    ) -> None:
        self.today = _day(today)
        if not 1 <= messages_per_day <= 1_000_000:
            raise InputError(said("sandbox.messages_per_day", given=messages_per_day))
        if not 1 <= months <= 24:
            raise InputError(said("sandbox.months", months=months))
        if counts_follow not in ("settled", "delivered"):
            raise InputError(said("sandbox.counts_follow", given=counts_follow))
        if incidents not in (True, False, "subtle"):
            raise InputError(said("sandbox.incidents", given=incidents))
        if dlr_format not in ("json", "xml"):
            raise InputError(said("sandbox.dlr_format", given=dlr_format))
        self.seed = seed
        self.messages_per_day = messages_per_day
        self.first = _months_before(self.today, months)
        self._port = port
        self._incidents = incidents

        # everything about the account follows from what makes the sandbox this one
        text = f"zrtools sandbox|{seed}|{self.today}|{messages_per_day}|{months}"
        digest = hashlib.sha512(text.encode()).digest()
        letters = string.ascii_letters + string.digits
        self.token = "".join(letters[byte % len(letters)] for byte in digest[:32])
        self.client_id = str(10_000 + int.from_bytes(digest[32:34]) % 80_000)
        codes = [int.from_bytes(digest[n : n + 4]) for n in range(34, 50, 4)]
        self.sms_codes = (
            str(20_000 + codes[0] % 20_000),
            str(40_000 + codes[1] % 20_000),
            str(200_000 + codes[2] % 300_000),
            str(500_000 + codes[3] % 400_000),
        )
        self._root = int.from_bytes(digest[50:57])

        self._people = People(root=self._root, today=self.today, messages_per_day=messages_per_day)
        self.clock = Clock(self.today)
        self.faults = Faults(self._root)
        self.requests: deque[Arrival] = deque(maxlen=50_000)
        self.calls: Counter[str] = Counter()
        self.in_flight = 0
        self.max_in_flight = 0
        self.service = Service(
            seed_text=text,
            token=self.token,
            client_id=self.client_id,
            sms_codes=self.sms_codes,
            clock=self.clock,
            people=self._people,
            traffic=self._made_traffic,
            quota=quota,
            counts_follow=counts_follow,
            counts_off={(_month(m), c): n for (m, c), n in (counts_off or {}).items()},
            settle_after=settle_after,
            domain=domain,
        )
        self._dlr = (dlr_url, dlr_format, dlr_retry)
        self._pusher: Pusher | None = None
        self._server: uvicorn.Server | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._closing = asyncio.Event()
        self._transports: set[asyncio.Transport] = set()
        self._thread: threading.Thread | None = None
        self._ready = threading.Event()
        self._socket: socket.socket | None = None
        self._address: tuple[str, int] | None = None

    @property
    def sms_code(self) -> str:
        """The first of the account's sender codes."""
        return self.sms_codes[0]

    @property
    def client_ids(self) -> tuple[str, ...]:
        """The account's own client id, then those of the customers that it may see the counts of."""
        return self.service.clients

    @property
    def url(self) -> str:
        """The base URL, once started."""
        if self._address is None:
            raise ConfigurationError(said("sandbox.not_started"))
        return "http://{}:{}".format(*self._address)

    @property
    def accepted(self) -> list[Message]:
        """The messages that were accepted through the API, in order, cancelled ones included."""
        return self.service.accepted

    @property
    def pushed(self) -> list[dict[str, Any]]:
        """The delivery reports that were pushed: their fields, `attempts` and `answer` (None: not taken)."""
        return [] if self._pusher is None else self._pusher.pushed

    def now(self) -> datetime:
        """Tell the time in Japan by the sandbox's ticking clock."""
        return self.clock.now()

    @checked
    def advance(self, by: timedelta) -> None:
        """Move the clock forward: reservations come due, pending messages settle. Raises `InputError`."""
        self.clock.advance(by)

    def incidents(self) -> pl.DataFrame:
        """List the planted incidents up to now, in order of time, with what they truly did.

        Gives PLANTED. The segment is a carrier, a sender code or a campaign, null meaning any. `messages` and
        `failures` are those of the segment and window of sending, as if all had settled; between `seen_start` and
        `seen_end` 95% of the excess failures were reported.
        """
        return self.service.traffic.incidents(self.clock.seen())

    def _made_traffic(self) -> Traffic:
        from zrtools.sandbox.traffic import Traffic

        return Traffic(
            root=self._root,
            today=self.today,
            messages_per_day=self.messages_per_day,
            first=self.first,
            incidents=self._incidents,
            senders=list(self.sms_codes),
            people=self._people,
        )

    def start(self) -> Self:
        """Listen on a loopback port, in a thread of its own. Raises `ConfigurationError` when the port is taken."""
        if self._thread is not None:
            return self
        import uvicorn

        from zrtools import doors

        if self._dlr[0] is not None:
            from zrtools.sandbox.push import Pusher

            self._pusher = Pusher(self.service, *self._dlr)
        self._closing = asyncio.Event()
        listening = doors.listening("127.0.0.1", self._port)
        self._socket = listening
        self._address = listening.getsockname()
        config = uvicorn.Config(
            self._app,
            interface="asgi3",
            http=_protocol(self._transports),
            proxy_headers=False,
            ws="none",
            lifespan="off",
            loop="asyncio",
            log_config=None,
            access_log=False,
            server_header=False,
            date_header=False,
            timeout_keep_alive=60,
        )
        self._server = _server(config, self._closing)
        self._thread = threading.Thread(target=self._run, name="zrtools-sandbox", daemon=True)
        self._ready.clear()
        self._thread.start()
        self._ready.wait()
        if self._pusher is not None:
            self._pusher.start()
        return self

    def _run(self) -> None:
        asyncio.run(self._serve())

    async def _serve(self) -> None:
        assert self._server is not None  # noqa: S101 - set before the thread starts, and types need to know
        assert self._socket is not None  # noqa: S101 - the same
        self._loop = asyncio.get_running_loop()
        self._ready.set()
        await self._server.serve(sockets=[self._socket])

    def _end(self) -> None:
        assert self._server is not None  # noqa: S101 - only called while it runs, and types need to know
        assert self._loop is not None  # noqa: S101 - the same
        self._server.should_exit = True
        self._closing.set()
        # idle connections are closed by the server; whoever is still reading a long answer then is cut off
        self._loop.call_later(0.5, self._abort_all)

    def _abort_all(self) -> None:
        for transport in list(self._transports):
            transport.abort()

    async def _closed_within(self, seconds: float) -> bool:
        try:
            await asyncio.wait_for(self._closing.wait(), seconds)
        except TimeoutError:
            return False
        return True

    def close(self) -> None:
        """Stop listening and leave nothing behind. Closing twice is allowed."""
        if self._pusher is not None:
            self._pusher.close()
        if self._thread is None:
            return
        if self._loop is not None:
            self._loop.call_soon_threadsafe(self._end)
        self._thread.join(timeout=15)
        if self._socket is not None:
            self._socket.close()
        self._thread = self._server = self._socket = self._loop = None

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *exc: object) -> None:
        self.close()

    def __repr__(self) -> str:
        where = "not started" if self._address is None else self.url
        return (
            f"<Sandbox {where} seed={self.seed} today={self.today} messages_per_day={self.messages_per_day}>"
        )

    # the web side: one thin ASGI app, for sending and cleaning in bulk must not wait for it

    async def _app(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            return
        self.in_flight += 1
        self.max_in_flight = max(self.max_in_flight, self.in_flight)

        async def dated(event: Any) -> None:
            if event["type"] == "http.response.start":
                moment = format_datetime(self.service.clock.now().astimezone(UTC), usegmt=True)
                event = {**event, "headers": [*event["headers"], (b"date", moment.encode())]}
            await send(event)

        try:
            await self._handle(scope, receive, dated)
        finally:
            self.in_flight -= 1

    async def _handle(self, scope: Any, receive: Any, send: Any) -> None:
        method, path = scope["method"], scope["path"]
        if not self._of_this_machine(scope["headers"]):
            await _answer(send, 403, _error(403, "Forbidden"), [(b"connection", b"close")])
            return
        if path not in ROUTES:
            self._note(None, method, path, {})
            await _answer(send, 404, _error(404, "Not Found"))
            return
        expected, call = ROUTES[path]
        encoded = scope["query_string"]
        if method == "POST":
            try:
                body = await asyncio.wait_for(_body(receive), _BODY_WITHIN)
            except TimeoutError:
                await _answer(send, 408, _error(408, "Request Timeout"), [(b"connection", b"close")])
                return
            if body is None:
                return
            kind = next((v for k, v in scope["headers"] if k == b"content-type"), b"").decode("latin-1")
            # any parameters and a trailing semicolon are fine; another type holds no fields
            encoded = body if kind.split(";")[0].strip().lower() == _FORM else b""
        fields = fields_of(encoded)
        self._note(call, method, path, fields)
        if method != expected:
            await _answer(send, 405, _error(405, "Method Not Allowed"), [(b"allow", expected.encode())])
            return
        wait, fault = self.faults.pick(call, {k: v for k, v in fields.items() if k != "token"})
        if wait and await self._closed_within(wait):
            await _cut(scope, receive)
            return
        if fault is not None:
            answer = await self._answered(call, fields) if fault.effect else b""
            await self._strike(fault, answer, call, fields, scope, receive, send)
            return
        await _answer(send, 200, await self._answered(call, fields))

    def _of_this_machine(self, headers: list[tuple[bytes, bytes]]) -> bool:
        """Tell whether a request is for this server by its own name, and made by no web page of elsewhere."""
        assert self._address is not None  # noqa: S101 - it listens, and types need to know
        port = self._address[1]
        hosts = {f"{name}:{port}".encode() for name in ("127.0.0.1", "localhost")}
        for name, value in headers:
            if (
                (name == b"host" and value.lower() not in hosts)
                or (name == b"origin" and value.lower().removeprefix(b"http://") not in hosts)
                or (name == b"sec-fetch-site" and value not in (b"same-origin", b"none"))
            ):
                return False
        return True

    def _note(self, call: str | None, method: str, path: str, fields: dict[str, str]) -> None:
        self.calls[call or "unknown"] += 1
        shown = {k: v for k, v in fields.items() if k != "token"}
        self.requests.append(Arrival(call, method, path, shown, self.clock.now(), monotonic()))

    async def _answered(self, call: str, fields: dict[str, str]) -> bytes:
        if self.service.heavy(call, fields):
            return await asyncio.get_running_loop().run_in_executor(None, self.service.answer, call, fields)
        return self.service.answer(call, fields)

    async def _strike(
        self,
        fault: Fault,
        answer: bytes,
        call: str,
        fields: dict[str, str],
        scope: Any,
        receive: Any,
        send: Any,
    ) -> None:
        kind, status = fault.kind, fault.status
        if kind in ("drop_before", "drop_after"):
            await _cut(scope, receive)
        elif kind == "cut":
            head = [(b"content-type", _JSON), (b"content-length", str(len(answer)).encode())]
            await send({"type": "http.response.start", "status": 200, "headers": head})
            await send({"type": "http.response.body", "body": answer[: len(answer) // 2], "more_body": True})
            await _cut(scope, receive, first_write=True)
        elif kind == "bad_type":
            await _answer(send, 200, answer, content_type=b"text/plain; charset=UTF-8")
        elif kind == "code":
            await _answer(send, 200, self.service.refusal(call, fields, fault.response_code, fault.message))
        elif kind == "html":
            page = b"<!DOCTYPE html><html><body><h1>Service Temporarily Unavailable</h1></body></html>"
            await _answer(send, status, page, content_type=b"text/html; charset=UTF-8")
        elif kind == "not_json":
            await _answer(send, status, b'{"responseCode":0,"responseMessage":"Succ')
        elif kind == "no_code":
            await _answer(send, status, b'{"result":"ok"}')
        elif kind == "echo_token":
            query = "&".join(f"{k}={v}" for k, v in fields.items())
            await _answer(send, status, _error(status, f"cannot handle {scope['path']}?{query}"))
        elif kind == "redirect":
            query = scope["query_string"].decode("latin-1")
            where = fault.location + ("?" + query if query else "")
            await _answer(
                send, status, _error(status, "Found"), [(b"location", where.encode("latin-1", "replace"))]
            )
        else:
            head = [] if fault.retry_after is None else [(b"retry-after", fault.retry_after.encode())]
            await _answer(send, status, _error(status, fault.message), head)


async def _cut(scope: Any, receive: Any, *, first_write: bool = False) -> None:
    """End a connection in the middle; what was written already may go out first."""
    transport = scope["state"]["transport"]
    if first_write:
        transport.close()
    else:
        transport.abort()
    # the server must know that the client is gone before this ends, else it logs an error
    while (await receive())["type"] != "http.disconnect":
        continue


async def _body(receive: Any) -> bytes | None:
    """Read a body, None when the client left; what is larger than any real request counts as empty."""
    parts: list[bytes] = []
    size = 0
    while True:
        event = await receive()
        if event["type"] == "http.disconnect":
            return None
        size += len(event["body"])
        if size <= _LARGEST_BODY:
            parts.append(event["body"])
        if not event.get("more_body", False):
            return b"".join(parts) if size <= _LARGEST_BODY else b""


async def _answer(
    send: Any,
    status: int,
    body: bytes,
    headers: list[tuple[bytes, bytes]] | None = None,
    content_type: bytes = _JSON,
) -> None:
    head = [(b"content-type", content_type), (b"content-length", str(len(body)).encode()), *(headers or [])]
    await send({"type": "http.response.start", "status": status, "headers": head})
    # a day of 200,000 statuses goes out as the client reads it, and is not held twice
    for begin in range(0, len(body) - _SLICE, _SLICE):
        await send({"type": "http.response.body", "body": body[begin : begin + _SLICE], "more_body": True})
    await send({"type": "http.response.body", "body": body[(max(len(body) - 1, 0)) // _SLICE * _SLICE :]})


def _error(code: int, message: str) -> bytes:
    import json

    return json.dumps({"code": code, "message": message}, ensure_ascii=False).encode()


def _server(config: uvicorn.Config, closing: asyncio.Event) -> uvicorn.Server:
    """Make a uvicorn server that ends when it is told to, not at its next look at the clock."""
    from zrtools import doors

    class Server(doors.Server):
        async def main_loop(self) -> None:
            await self.on_tick(0)
            await closing.wait()

        async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
            # as uvicorn's own, without its pauses: a test suite closes hundreds of sandboxes
            for server in self.servers:
                server.close()
                # who is just being let in must be inside before all are asked to leave
                await server.wait_closed()
            for connection in list(self.server_state.connections):
                connection.shutdown()
            while self.server_state.connections or self.server_state.tasks:
                await asyncio.sleep(0.002)

    # whoever tries things out opens hundreds of connections from this one machine
    return Server(config, doors.Limits(connections=_CONNECTIONS, per_address=_CONNECTIONS, head=doors.HEAD))


def _protocol(live: set[asyncio.Transport]) -> type[asyncio.Protocol]:
    """Make uvicorn's HTTP protocol hand its transport to the app, so that faults can cut a connection."""
    from zrtools import doors

    class Protocol(doors.Protocol):
        def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn types it
            live.add(transport)
            self.app_state = {**self.app_state, "transport": transport}
            super().connection_made(transport)

        def connection_lost(self, exc: Exception | None) -> None:
            live.discard(self.transport)
            super().connection_lost(exc)

    return Protocol


def _day(today: date | str | None) -> date:
    if today is None:
        return DEFAULT_TODAY
    if isinstance(today, datetime):
        return today.date()
    if isinstance(today, date):
        return today
    try:
        return date.fromisoformat(today)
    except ValueError:
        raise InputError(said("sandbox.today", given=today)) from None


def _month(text: str) -> date:
    try:
        return datetime.strptime(text, "%Y-%m").date()  # noqa: DTZ007 - only the month is read
    except ValueError:
        raise InputError(said("sandbox.counts_off", given=text)) from None


def _months_before(day: date, months: int) -> date:
    total = day.year * 12 + day.month - 1 - months
    return date(total // 12, total % 12 + 1, 1)
