"""One event loop on a thread of its own: many requests side by side, from scripts and from notebooks alike.

JupyterLab runs a loop on the main thread, so the requests have theirs elsewhere. The thread starts with the first
request and ends with `close`, or when the client is no longer used.
"""

from __future__ import annotations

import asyncio
import logging
import os
import threading
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Iterable, Iterator
from concurrent.futures import CancelledError, Future, ThreadPoolExecutor
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Generic, TypeVar, cast

from zrtools.client import profiles, progress
from zrtools.client.pace import Pace
from zrtools.client.retry import LIMIT, Again, again, heard, in_japan, seconds_to_wait, until
from zrtools.client.settings import usable
from zrtools.client.shape import shape
from zrtools.client.waits import Halt, waiting
from zrtools.errors import (
    ApiError,
    ConfigurationError,
    TransportError,
    UnexpectedResponseError,
    ZrtoolsError,
)
from zrtools.texts import said
from zrtools.wire import Ask, accepted, http_error_message

if TYPE_CHECKING:
    import httpx

    from zrtools.client.settings import Settings
    from zrtools.client.transport import TokenTransport

__all__ = ["STATUS_AT_ONCE", "Answer", "Engine", "Run"]

STATUS_AT_ONCE = 4
"""Answers of status are large, so only so many are fetched at a time."""

_LOG = logging.getLogger("zrtools.client")
_TICK = 0.1  # seconds between two looks at the progress, and at Ctrl-C where waiting hides it
_GRACE = 0.4  # seconds that requests in flight get to finish after Ctrl-C
_PATIENCE = 5.0  # and after a stop by a button: what is on its way may be billed
_ENDING = 5.0  # seconds that closing may take
_THREADS = 4
_ODD = 10

_T = TypeVar("_T")
_Item = TypeVar("_Item")
_Result = TypeVar("_Result")


@dataclass(frozen=True, slots=True, repr=False)
class Answer:
    """The body of an answer under HTTP 2xx, and the time of the Date header."""

    body: bytes
    date: str | None
    call: str
    odd: deque[tuple[str, str]]

    def read(self, function: Callable[..., _T], **options: Any) -> _T:
        """Read the body; the shape of one that is not this API's is remembered.

        Raises `ApiError`, `UnexpectedResponseError`.
        """
        try:
            return function(self.body, **options)
        except UnexpectedResponseError:
            self.odd.append((self.call, shape(self.body)))
            raise


@dataclass(slots=True, repr=False)
class Run(Generic[_Item, _Result]):
    """A run over many items: what came, what failed, and whether it is to stop.

    `results` and `failures` are by position. It is written on the loop's thread and read on the caller's.
    """

    items: list[_Item]
    results: dict[int, _Result] = field(default_factory=dict)
    failures: dict[int, ZrtoolsError] = field(default_factory=dict)
    halt: Halt = field(default_factory=Halt)

    @property
    def stopped(self) -> bool:
        """Nothing more is taken up."""
        return self.halt.stopped

    @property
    def done(self) -> int:
        """Items that are settled, either way."""
        return len(self.results) + sum(n not in self.results for n in list(self.failures))

    @property
    def missing(self) -> list[_Item]:
        """Items without a result, in the caller's order."""
        return [item for n, item in enumerate(self.items) if n not in self.results]

    async def side_by_side(
        self,
        one: Callable[[_Item], Awaitable[_Result | None]],
        *,
        width: int,
        fatal: Callable[[ZrtoolsError], bool],
        positions: Iterable[int] | None = None,
        billed: bool = False,
    ) -> None:
        """Work through the items, `width` at a time; a fatal failure stops the rest at once.

        What is on its way is still heard where it is `billed`. An item whose result is None is left open.
        """
        upcoming = iter(range(len(self.items)) if positions is None else positions)
        workers: list[asyncio.Task[None]] = []

        async def work() -> None:
            self.halt.join()
            for n in upcoming:
                if self.stopped:
                    return
                try:
                    result = await one(self.items[n])
                except ZrtoolsError as error:
                    self.failures[n] = error
                    if fatal(error):
                        self.halt.stop()
                        for other in () if billed else workers:
                            if other is not asyncio.current_task():
                                other.cancel()
                else:
                    if result is not None:
                        self.results[n] = result

        workers += [asyncio.create_task(work()) for _ in range(min(width, len(self.items)))]
        try:
            outcomes = await asyncio.gather(*workers, return_exceptions=True)
        except asyncio.CancelledError:
            for worker in workers:
                worker.cancel()
            await asyncio.gather(*workers, return_exceptions=True)
            raise
        for outcome in outcomes:
            if isinstance(outcome, Exception):
                raise outcome


class Engine:
    """The requests of one client: its loop, pace, window and transport."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._process = os.getpid()
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._closed = False
        self._loop: asyncio.AbstractEventLoop
        self._transport: TokenTransport
        self._pace: Pace
        self._window: asyncio.Semaphore
        self._large: asyncio.Semaphore
        self._request: Callable[..., httpx.Request]
        self._url: Callable[..., httpx.URL]
        self._urls: dict[str, httpx.URL] = {}
        self._fields_key = self._large_key = ""
        self._renewing: asyncio.Lock
        self.ahead: timedelta | None = None
        """By how much the service's clock is ahead of this machine's, as its last answer told."""
        self.odd: deque[tuple[str, str]] = deque(maxlen=_ODD)
        """The calls that were answered oddly of late, and the shapes of those answers."""

    # ------------------------------------------------------------------------ on the caller's thread

    def run(
        self,
        work: Callable[[], Coroutine[Any, Any, _T]],
        *,
        run: Run[Any, Any] | None = None,
        stop: Callable[[], bool] | None = None,
    ) -> _T:
        """Do work on the loop and wait for it; a bar that this thread shows is kept up to date.

        When the person interrupts, or `stop` says so, the `run` takes nothing more up, what waits is given back,
        requests in flight get a moment, and the rest is cancelled. Raises `KeyboardInterrupt` after both.
        """
        future = self.submit(work)
        moment = _GRACE
        try:
            # in slices: elsewhere than on POSIX an endless wait cannot be interrupted
            while not future.done():
                with suppress(TimeoutError):
                    return future.result(_TICK)
                progress.tick(self.waiting_until())
                if stop is not None and stop():
                    moment = _PATIENCE
                    raise KeyboardInterrupt
            return future.result()
        except CancelledError:
            pass  # by another thread, which closed the client
        except BaseException:
            if not future.done():
                if run is not None:
                    with suppress(ConfigurationError):
                        self.post(run.halt.stop)
                    _settle(future, moment)
                future.cancel()
                _settle(future, _GRACE)
            raise
        raise ConfigurationError(said("client.closed"))

    def waiting_until(self) -> datetime | None:
        """Tell until when, in Japan, the service asks to wait; None when it does not."""
        if self._thread is None:
            return None
        seconds = self._pace.asked(self._loop.time())
        return in_japan(seconds) if seconds else None

    def submit(self, work: Callable[[], Coroutine[Any, Any, _T]]) -> Future[_T]:
        """Start work on the loop."""
        with self._started():
            return asyncio.run_coroutine_threadsafe(work(), self._loop)

    def post(self, function: Callable[[], object]) -> None:
        """Call a function on the loop soon, without waiting.

        Raises `ConfigurationError` when the client is closed.
        """
        with self._started():
            self._loop.call_soon_threadsafe(function)

    def close(self) -> None:
        """Cancel what runs, close every connection and end the thread."""
        if self._process != os.getpid():
            return
        with self._lock:
            self._closed = True
            thread, self._thread = self._thread, None
        if thread is None or not thread.is_alive():
            return
        ending = asyncio.run_coroutine_threadsafe(self._end(), self._loop)
        if threading.current_thread() is thread:
            # the last reference was dropped on the loop itself, which cannot wait for its own end
            ending.add_done_callback(lambda _: self._loop.stop())
            return
        with suppress(Exception):
            ending.result(_ENDING)
        self._loop.call_soon_threadsafe(self._loop.stop)
        thread.join(_ENDING)

    @contextmanager
    def _started(self) -> Iterator[None]:
        """Have the loop running, and not closed by another thread meanwhile."""
        if self._process != os.getpid():
            raise ConfigurationError(said("client.forked"))
        with self._lock:
            if self._closed:
                raise ConfigurationError(said("client.closed"))
            if self._thread is None:
                ready: Future[None] = Future()
                thread = threading.Thread(
                    target=self._live, args=(ready,), name="zrtools-client", daemon=True
                )
                thread.start()
                ready.result()
                self._thread = thread
            yield

    # ---------------------------------------------------------------------------- on the loop's thread

    def _live(self, ready: Future[None]) -> None:
        self._loop = loop = asyncio.new_event_loop()
        loop.set_exception_handler(_quietly)
        loop.set_default_executor(ThreadPoolExecutor(_THREADS, thread_name_prefix="zrtools-client"))
        try:
            loop.run_until_complete(self._open())
        except BaseException as error:  # noqa: BLE001 - raised by who waits for it
            loop.run_until_complete(loop.shutdown_default_executor())
            loop.close()
            ready.set_exception(error)
            return
        ready.set_result(None)
        try:
            loop.run_forever()
        finally:
            loop.close()

    async def _open(self) -> None:
        import httpx

        from zrtools.client.transport import FIELDS, LARGE, TokenTransport

        try:
            self._transport = TokenTransport(self._settings)
        except OSError as error:
            raise ConfigurationError(
                said("client.certificates", why=error.strerror or type(error).__name__)
            ) from None
        self._request, self._url, self._fields_key, self._large_key = httpx.Request, httpx.URL, FIELDS, LARGE
        self._pace = Pace(self._settings.pace)
        self._window = asyncio.Semaphore(self._settings.at_once)
        self._renewing = asyncio.Lock()
        self._large = asyncio.Semaphore(STATUS_AT_ONCE)

    async def _end(self) -> None:
        others = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)
        await self._transport.aclose()
        await asyncio.sleep(0)
        await self._loop.shutdown_default_executor()

    async def ask(self, ask: Ask, when: Again, *, patience: float | None = None) -> Answer:
        """Ask, try again as `when` says, and give the answer.

        Raises `TransportError`.
        """
        return await self.again(lambda: self.answer(ask, patience=patience), when)

    async def again(self, once: Callable[[], Awaitable[_T]], when: Again) -> _T:
        """Try, and try again as `when` says, within the client's time-outs.

        Raises the last `TransportError`.
        """
        return await again(once, when, self._settings.timeout)

    async def answer(
        self, ask: Ask, *, patience: float | None = None, leaving: Callable[[], None] | None = None
    ) -> Answer:
        """Ask once, in turn, and give the answer; `leaving` is called when the request is about to leave.

        Raises `TransportError` for anything but HTTP 2xx, and at once when the service asks to wait so that this could
        not begin in `patience` seconds, else in `LIMIT` times the time-out.
        """
        with waiting():
            await self._window.acquire()
        try:
            patience = LIMIT * self._settings.timeout if patience is None else patience
            used = self._settings.token.version
            try:
                answer = await self._once(ask, patience, leaving)
                if not (len(answer.body) < _SMALL and _refuses_token(answer.body)):
                    return answer
            except TransportError as error:
                if error.status_code not in (401, 403) or not await self._renewed(used):
                    raise
            else:
                if not await self._renewed(used):
                    return answer
            # refused for its token alone, so not done: once more, with the one that stands in its place
            return await self._once(ask, patience, leaving)
        finally:
            self._window.release()

    async def _renewed(self, used: int) -> bool:
        """Read the profile's token again; True when it is another one than the request had."""
        name = self._settings.profile
        if name is None:
            return self._settings.token.version != used
        async with self._renewing:
            if self._settings.token.version == used:
                try:
                    self._settings.token.become(usable(await self.apart(profiles.token_of, name)))
                except ConfigurationError:
                    return False
        return self._settings.token.version != used

    @asynccontextmanager
    async def large(self) -> AsyncIterator[None]:
        """Ask for a status in here, and keep its answer in memory until it is decoded."""
        with waiting():
            await self._large.acquire()
        try:
            yield
        finally:
            self._large.release()

    async def apart(self, function: Callable[..., _T], *values: Any, **options: Any) -> _T:
        """Run what takes the processor for long beside the loop."""
        return await self._loop.run_in_executor(None, lambda: function(*values, **options))

    async def _once(self, ask: Ask, patience: float, leaving: Callable[[], None] | None) -> Answer:
        url = self._urls.get(ask.path)
        if url is None:
            url = self._urls[ask.path] = self._url(self._settings.base_url + ask.path)
        started = await self._pace.turn(patience)
        if started is None:
            raise self._told_to_wait()
        if leaving is not None:
            leaving()
        extensions: dict[str, Any] = {self._fields_key: {"clientId": self._settings.client_id, **ask.fields}}
        if ask.call == "status":
            extensions[self._large_key] = True
        response = await self._transport.handle_async_request(
            self._request(ask.method, url, extensions=extensions)
        )
        if 200 <= response.status_code < 300:
            self._pace.answered(started)
            if (moment := heard(response.headers.get("date"))) is not None:
                self.ahead = moment - datetime.now(UTC)
            return Answer(_body(response), response.headers.get("date"), ask.call, self.odd)
        self.odd.append((ask.call, f"HTTP {response.status_code}, {shape(_body(response))}"))
        raise self._refused(response, started)

    def _told_to_wait(self) -> TransportError:
        from zrtools.client.transport import told

        seconds = self._pace.asked(self._loop.time())
        error = told("asked_to_wait", sent=False, until=until(seconds))
        error.retry_after = seconds
        return error

    def _refused(self, response: httpx.Response, started: float) -> TransportError:
        from zrtools.client.transport import told

        status = response.status_code
        said = http_error_message(_body(response))
        wait = seconds_to_wait(response.headers.get("retry-after"))
        if status in (429, 503):
            self._pace.slow(started, self._loop.time(), wait)
            # a page, or no other answer before it, is not what throttling looks like
            closed = status == _CLOSED_STATUS and not (said and self._pace.heard)
            advice = "http_wait" if wait else "http_closed" if closed else "http_throttled"
        elif status in (301, 302, 303, 307, 308):
            advice = "http_redirect"
        else:
            advice = _ADVICE.get(status, "http_else")
        error = told(
            "http",
            sent=False if status < 500 and status != 408 else None,
            status_code=status,
            status=str(status),
            said=f": {said}" if said else "",
            advice=advice,
            until=until(wait or 0.0),
        )
        error.retry_after = wait
        return error


_CLOSED_STATUS = 503
_SMALL = 2000  # bytes; a refusal is no longer
_ADVICE = {401: "http_forbidden", 403: "http_forbidden", 404: "http_elsewhere"}


def _refuses_token(body: bytes) -> bool:
    if b"oken" not in body:
        return False
    try:
        accepted(body)
    except ApiError as error:
        return error.field == "token"
    except UnexpectedResponseError:
        pass
    return False


def _body(response: httpx.Response) -> bytes:
    return b"".join(cast("httpx.ByteStream", response.stream))


def _settle(future: Future[Any], seconds: float) -> None:
    with suppress(BaseException):
        future.result(seconds)


def _quietly(_: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    # what asyncio would print names transports and tasks; their reprs are not ours to vouch for
    _LOG.debug("%s (%s)", context.get("message"), type(context.get("exception")).__name__)
