"""The client: nine calls of the service as typed frames."""

from __future__ import annotations

import queue
import threading
import uuid
import weakref
from collections.abc import Awaitable, Callable, Coroutine, Iterable, Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from numbers import Real
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn, Self, TypeVar

import polars as pl

from zrtools import arguments, periods, phones, schemas, wire
from zrtools.arguments import checked
from zrtools.client import profiles, retry, sending
from zrtools.client.engine import STATUS_AT_ONCE, Engine, Run
from zrtools.client.progress import bar, tick
from zrtools.client.sending import Outgoing, SendReceipt
from zrtools.client.settings import ANSWER_LIMIT, Secret, Settings, UnpicklableError, usable
from zrtools.errors import (
    ApiError,
    ConfigurationError,
    InputError,
    Interrupted,
    PartialResultError,
    TransportError,
    ZrtoolsError,
)
from zrtools.privacy import mask_text
from zrtools.texts import in_both, said
from zrtools.wire import ShortUrl
from zrtools.words import notice, text

if TYPE_CHECKING:
    from zrtools.sandbox import Sandbox

__all__ = ["Client", "ShortUrl", "new_tag"]

_T = TypeVar("_T")
_PAST = 140
_SLICE = 0.1  # seconds
_GIVE_UP = 3  # so many days, months or tags in a row without an answer: the service is gone


class Client:
    """Speak with the service: every call gives a typed frame or raises a `ZrtoolsError`.

    What is left out is read from the `profile`, an account kept with `zrtools profile set` or `client.save_profile`,
    or the one that ZRTOOLS_PROFILE names; without one from ZRTOOLS_TOKEN, ZRTOOLS_CLIENT_ID, ZRTOOLS_SMS_CODE and
    ZRTOOLS_BASE_URL. A profile's token that was replaced is taken up in the middle of a run.
    `timeout` is in seconds: after so many without a byte one try is given up, and a request with all its tries after
    ten times as many. `pace` is requests started in a second, evenly spaced over all calls of this client (at most
    600; None, on this machine only, is unlimited); `at_once` is requests in flight, `answer_limit` the bytes that an
    answer may hold once it is unpacked. `now` tells the time, else the system does. Days, months and times are Japan's.

    A client may be used from several threads, and inside a running event loop. Close it, or use it in a `with` block.
    """

    embedded: Sandbox | None = None
    """The sandbox that `Client.sandbox` started, which ends with the client."""

    def __init__(
        self,
        *,
        token: str | None = None,
        client_id: str | int | None = None,
        sms_code: str | int | None = None,
        base_url: str | None = None,
        timeout: float = 30.0,
        pace: float | None = 100.0,
        at_once: int = 16,
        answer_limit: int = ANSWER_LIMIT,
        now: Callable[[], datetime] | None = None,
        profile: str | None = None,
    ) -> None:
        # the text leaves this frame's variables before anything can be raised here
        secret = None if token is None else Secret(str(token))
        del token
        kinds: dict[str, Any] = {
            "client_id": client_id,
            "sms_code": sms_code,
            "timeout": timeout,
            "pace": pace,
        }
        # a number that cannot be is told with its bounds, where all settings are read
        kinds = {name: it for name, it in kinds.items() if not isinstance(it, Real)}
        arguments.hold(Client.__init__, base_url=base_url, now=now, profile=profile, **kinds)
        self._settings = Settings.read(
            token=secret,
            client_id=client_id,
            sms_code=sms_code,
            base_url=base_url,
            timeout=timeout,
            pace=pace,
            at_once=at_once,
            answer_limit=answer_limit,
            profile=profile,
        )
        self._clock = now
        self._engine = Engine(self._settings)
        self._end: weakref.finalize[..., Any] = weakref.finalize(self, self._engine.close)

    @classmethod
    @checked
    def sandbox(
        cls,
        *,
        seed: int = 0,
        today: periods.Day | None = None,
        messages_per_day: int | None = None,
        timeout: float = 30.0,
        pace: float | None = None,
        at_once: int = 16,
        **options: Any,
    ) -> Self:
        """Start the embedded sandbox and speak with it; the same arguments give the same sandbox, others another.

        Further keyword arguments are the sandbox's own (`months`, `incidents`, …). Its clock is the client's.
        Raises `InputError`.
        """
        from zrtools.sandbox import Sandbox

        if today is not None:
            options["today"] = periods.day(today, "today")
        if messages_per_day is not None:
            options["messages_per_day"] = messages_per_day
        sandbox = Sandbox(seed=seed, **options)
        sandbox.start()
        try:
            client = cls(
                token=sandbox.token,
                client_id=sandbox.client_id,
                sms_code=sandbox.sms_code,
                base_url=sandbox.url,
                timeout=timeout,
                pace=pace,
                at_once=at_once,
                now=sandbox.now,
            )
        except BaseException:
            sandbox.close()
            raise
        client.embedded = sandbox
        client._end.detach()
        client._end = weakref.finalize(client, _close_both, client._engine, sandbox)
        return client

    @property
    def base_url(self) -> str:
        """Where the service is."""
        return self._settings.base_url

    @property
    def client_id(self) -> str:
        """The account's client id."""
        return self._settings.client_id

    @property
    def sms_code(self) -> str:
        """The sender code.

        Raises `ConfigurationError` when none was given.
        """
        if self._settings.sms_code is None:
            raise ConfigurationError(said("client.no_sms_code"))
        return self._settings.sms_code

    @property
    def origin(self) -> str:
        """The account by name: its service, any sandbox on this machine being one, and its client id."""
        return self._settings.origin

    @property
    def at_once(self) -> int:
        """Requests in flight, at most."""
        return self._settings.at_once

    @property
    def waiting_until(self) -> datetime | None:
        """Until when, in Japan, the service asked to wait, and None when it does not: no request got through since."""
        return self._engine.waiting_until()

    def now(self) -> datetime:
        """Tell the time in Japan by the service's clock, once it has answered; till then by the system's.

        What was given as `now`, or an embedded sandbox's clock, comes before both.
        """
        moment = datetime.now(periods.TOKYO) if self._clock is None else self._clock()
        ahead = self._engine.ahead
        # HTTP tells the time to the second: less than that is no difference
        if self._clock is None and ahead is not None and abs(ahead) > timedelta(seconds=2):
            moment += ahead
        return moment.astimezone(periods.TOKYO) if moment.tzinfo else moment.replace(tzinfo=periods.TOKYO)

    def today(self) -> date:
        """Tell the day in Japan by the service's clock, asking once where it has not answered yet.

        Where no answer comes the system's clock tells it.
        """
        if self._clock is None and self._engine.ahead is None:
            # the lightest question; whatever the answer says, it tells the time
            with suppress(ZrtoolsError):
                self._run(lambda: self._engine.ask(wire.templates(), retry.never, patience=0))
        return self.now().date()

    def close(self) -> None:
        """End the client, its connections and its thread, and the embedded sandbox. Closing twice is fine."""
        self._end()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __repr__(self) -> str:
        settings = getattr(self, "_settings", None)
        if settings is None:
            return "Client(refused)"
        return (
            f"Client(base_url={settings.base_url!r}, client_id={settings.client_id!r}, pace={settings.pace}, "
            f"at_once={settings.at_once})"
        )

    def __reduce__(self) -> NoReturn:
        raise UnpicklableError(said("client.not_pickled"))

    # ------------------------------------------------------------------------------------- asking

    @checked
    def status(
        self,
        start: periods.Day | None = None,
        end: periods.Day | None = None,
        *,
        client_tag: str | Iterable[str] | None = None,
        rawdata: bool = False,
        progress: bool = True,
        exact: bool = True,
    ) -> pl.DataFrame:
        """Fetch the statuses of messages sent on days (both ends included; a month means its days), or by their tags.

        Rows of other tags than the one asked for are left out, unless `exact=False`: whether the service matches the
        beginning of a tag, too, is not known.

        Columns: `schemas.STATUS`, with `rawdata=True` also that column. Times are Japan's; the unit of
        `separated_success_count` is billable messages. Rows stand in the order of days or tags, then as answered.

        Raises `InputError`, `ApiError`, `TransportError`, `UnexpectedResponseError` and, for many days or tags,
        `PartialResultError` or `Interrupted`. Source: https://doc.aossms.com/zettai-reach/openapi.html
        """
        if (client_tag is None) == (start is None):
            raise InputError(said("client.days_or_tag"))
        schema = pl.Schema({**schemas.STATUS, "rawdata": pl.String()}) if rawdata else schemas.STATUS
        engine = self._engine
        if client_tag is None:
            assert start is not None  # noqa: S101 - tells the type checker what was made sure of above
            asks: dict[Any, wire.Ask] = {day: wire.status(day=day) for day in periods.days(start, end)}

            async def one(day: date) -> pl.DataFrame:
                # held until the answer is decoded and released, so that memory stays bounded
                async with engine.large():
                    answer = await engine.ask(asks[day], retry.reading)
                    frame: pl.DataFrame = await engine.apart(
                        answer.read, wire.status_frame, send_date=day, rawdata=rawdata
                    )
                    return frame

            return self._gather(list(asks), one, schema, "days", width=STATUS_AT_ONCE, progress=progress)
        if end is not None:
            raise InputError(said("client.end_beside_tag"))
        tags = [client_tag] if isinstance(client_tag, str) else list(client_tag)
        asks = _each(tags, lambda tag: wire.status(client_tag=tag))

        async def by_tag(tag: str) -> pl.DataFrame:
            answer = await engine.ask(asks[tag], retry.reading)
            frame: pl.DataFrame = await engine.apart(
                answer.read, wire.status_frame, send_date=None, rawdata=rawdata
            )
            return frame.filter(sending.tagged(tag)) if exact else frame

        return self._gather(list(asks), by_tag, schema, "tags", width=self.at_once, progress=progress)

    @checked
    def counts(
        self,
        start: periods.Month,
        end: periods.Month | None = None,
        *,
        client_id: str | int | None = None,
        progress: bool = True,
    ) -> pl.DataFrame:
        """Fetch the billable messages of months, both ends included, by client and carrier.

        `client_id` is another client's, or "all" for agencies. Columns: `schemas.COUNTS`; the unit is billable messages
        (通数); the running month reaches up to yesterday in Japan.

        Raises `InputError`, `ApiError`, `TransportError`, `UnexpectedResponseError` and, for many months,
        `PartialResultError` or `Interrupted`. Source: https://doc.aossms.com/zettai-reach/openapi.html
        """
        whose = self.client_id if client_id is None else str(client_id)
        if whose != "all" and not (whose.isascii() and whose.isdigit()):
            raise InputError(said("client.client_id"))
        months = periods.months(start, end)

        async def one(month: date) -> pl.DataFrame:
            ask = wire.counts(month)
            ask = replace(ask, fields={**ask.fields, "clientId": whose})
            answer = await self._engine.ask(ask, retry.reading)
            yesterday = self.now().date() - timedelta(days=1)
            return answer.read(
                wire.counts_frame, month=month, through=min(periods.month_end(month), yesterday)
            )

        return self._gather(months, one, schemas.COUNTS, "months", width=self.at_once, progress=progress)

    @checked
    def clean(
        self,
        numbers: str | int | Iterable[object] | pl.Series,
        reference_date: periods.Day | Iterable[object] | pl.Series,
        *,
        max_requests: int | None = None,
        store: str | Path | None = None,
        progress: bool = True,
        lang: str | None = None,
        stop: threading.Event | None = None,
        doubtful: phones.Doubtful = "leave out",
    ) -> pl.DataFrame:
        """Ask which numbers changed hands since the day on which each was known to be right. This is billed.

        `reference_date` is one day or one for each number, from two years ago up to today in Japan. Each (number, date)
        is asked once, invalid numbers not at all; how many calls that makes is said before the first one, and more than
        `max_requests` are refused. With `store`, a file of one's own, answers are kept as they come, and the same call
        again asks only the rest; the file holds phone numbers, and takes the answers of one account alone. Numbers
        that are given to nobody, such as 090-0000-0000, are not asked (their `error` is `doubtful`) unless
        `doubtful="take"`, and counted before the first call, as 020 numbers are, where nobody reads
        (`zr.phones.remark` marks both).
        `progress=False` turns bar and notice off; `lang` is their language. When `stop` is set, the run ends as on
        Ctrl-C: what has not left is not asked, what is on its way is heard.

        Columns: `schemas.CLEANING`, a row for each input in its order; a number's own error stays in its row.

        Raises `InputError`, `ApiError`, `TransportError`, `ArchiveError` for the store and, for many numbers,
        `PartialResultError` or `Interrupted`. Source: https://doc.aossms.com/zettai-reach/openapi.html
        """
        from zrtools.client.cleaning import Cleaning, prepared

        frame = prepared(numbers, reference_date, self.now().date(), doubtful)
        cleaning = Cleaning(frame, store, self.origin)
        run = cleaning.run
        try:
            calls = len(run.items)
            if max_requests is not None and calls > max_requests:
                raise InputError(said("client.max_requests", calls=calls, max_requests=max_requests))
            if progress:
                notice(
                    text(
                        "client.cost",
                        lang,
                        calls=calls,
                        given=cleaning.given,
                        repeated=cleaning.repeated,
                        invalid=cleaning.invalid,
                        known=cleaning.known,
                    )
                )
                for key, count in (("doubtful", cleaning.doubtful), ("machines", cleaning.machines)):
                    if count:
                        notice(text(f"client.{key}", lang, count=count))
            if calls:
                self._work(
                    run,
                    lambda: cleaning.work(self._engine, self.at_once),
                    "numbers",
                    progress=progress,
                    frame=cleaning.frame,
                    lang=lang,
                    stop=None if stop is None else stop.is_set,
                )
        finally:
            cleaning.close()
        return cleaning.frame()

    @checked
    def reservations(
        self,
        start: periods.Day | None = None,
        end: periods.Day | None = None,
        *,
        schedule_time: periods.Time | None = None,
        client_tag: str | None = None,
        group_tag: str | None = None,
    ) -> pl.DataFrame:
        """Fetch the reservations that wait, by days (both ends included), by one time, or by one tag.

        `group_tag` narrows days or a time to one batch. Days that have passed hold none, and are not asked for.
        Columns: `schemas.RESERVATIONS`; times are Japan's.

        Raises `InputError`, `ConfigurationError` without a sender code, `ApiError` (130: it has gone out),
        `TransportError`, `UnexpectedResponseError` and, for many days, `PartialResultError` or `Interrupted`.
        Source: https://doc.aossms.com/zettai-reach/openapi.html
        """
        if sum(given is not None for given in (start, schedule_time, client_tag)) != 1:
            raise InputError(said("client.days_time_or_tag"))
        if start is None and end is not None:
            raise InputError(said("client.end_without_start"))
        if client_tag is not None and group_tag is not None:
            raise InputError(said("client.group_beside_tag"))
        sms_code = self.sms_code
        if start is None:
            when = None if schedule_time is None else periods.time(schedule_time)
            asks: dict[Any, wire.Ask] = {
                when or client_tag: wire.reservations(
                    sms_code=sms_code, client_tag=client_tag, schedule_time=when, group_tag=group_tag
                )
            }
        else:
            today = self.now().date()
            asks = {
                day: wire.reservations(sms_code=sms_code, schedule_date=day, group_tag=group_tag)
                for day in periods.days(start, end)
                if day >= today
            }

        async def one(item: object) -> pl.DataFrame:
            answer = await self._engine.ask(asks[item], retry.reading)
            try:
                return answer.read(wire.reservations_frame)
            except ApiError as error:
                # a day that ended before the question came, by the service's clock
                if start is not None and error.code == _PAST:
                    return schemas.empty(schemas.RESERVATIONS)
                raise

        return self._gather(list(asks), one, schemas.RESERVATIONS, "days", width=self.at_once, progress=False)

    def templates(self) -> pl.DataFrame:
        """Fetch the account's message templates.

        Columns: `schemas.TEMPLATES`. Raises `ApiError`, `TransportError`, `UnexpectedResponseError`.
        Source: https://doc.aossms.com/zettai-reach/openapi.html
        """
        return self._run(lambda: self._engine.ask(wire.templates(), retry.reading)).read(wire.templates_frame)

    @checked
    def check(self, *, lang: str | None = None) -> pl.DataFrame:
        """Find out what works, having spent and changed nothing: reachable, token, each option, the clock.

        Columns: `check`, `works` (Boolean, null where it could not be found out), `detail`; a row for each thing tried,
        in Japanese or English.
        Raises `ConfigurationError` only.
        """
        from zrtools.client.checks import found

        return self._run(lambda: found(self._engine, self._settings, self.now, lang))

    @checked
    def support_report(self, *, lang: str | None = None) -> str:
        """Write what whoever helps needs: versions, settings without secrets, what works, shapes of odd answers.

        Holds no token, client id, sender code, number or text, and may be sent to the vendor. Makes the same questions
        as `check`. Raises `ConfigurationError` only.
        """
        from zrtools.client.support import written

        return written(self.check(lang=lang), self._settings, list(self._engine.odd))

    def replace_token(self, token: str | None = None) -> None:
        """Go on with another access token, in the middle of a run, too; without one the profile's is read again.

        Raises `ConfigurationError` for what cannot be a token.
        """
        secret = None if token is None else Secret(str(token))
        del token
        if secret is None:
            if self._settings.profile is None:
                raise ConfigurationError(said("client.no_profile"))
            secret = profiles.token_of(self._settings.profile)
        self._settings.token.become(usable(secret))

    # -------------------------------------------------------------------------------------- acting

    @checked
    def send(
        self,
        phone_number: str | float | Decimal,
        message: str,
        *,
        client_tag: str | None = None,
        carrier_id: str | None = None,
        schedule_time: periods.Time | None = None,
        group_tag: str | None = None,
    ) -> SendReceipt:
        """Send one message, now or at a time in Japan; the number is normalised, a tag made unique when left out.

        After a lost answer it is tried again under the same tag only, and what became of it is asked.

        Raises `InputError`, `ConfigurationError` without a sender code, `ApiError`, `TransportError` and
        `UnexpectedResponseError`, each with `.client_tag` and `.sent`: False when the message surely was not accepted,
        None when that is not known. Source: https://doc.aossms.com/zettai-reach/openapi.html
        """
        tag = new_tag() if client_tag is None else client_tag
        trip = sending.Trip()
        try:
            outgoing = Outgoing(phone_number, message, tag, carrier_id, schedule_time, group_tag)
            ask = sending.prepare(outgoing, self.sms_code)
            return self._run(lambda: sending.deliver(self._engine, ask, trip))
        except ZrtoolsError as error:
            error.client_tag = tag
            raise
        except KeyboardInterrupt as interrupt:
            interrupt.add_note(
                "Whether the message was accepted is not known: ask "
                f"client.status(client_tag={mask_text(repr(tag))}) before you send it again."
                if trip.lost
                else "The message had not left: it was not sent."
            )
            raise

    @checked
    def send_each(
        self, outgoing: Iterable[Outgoing], *, stopped: Callable[[], bool] | None = None
    ) -> Iterator[tuple[Outgoing, SendReceipt | ZrtoolsError]]:
        """Send many messages at the pace, and give each with its receipt or its error as it completes.

        Messages are taken up one by one, never more than `at_once` being in flight, and no single one's failure is
        raised: errors carry `.client_tag` and `.sent`. When the iterable ends or raises, what is in flight is still
        given. Leaving the loop early cancels what is in flight. `stopped` is asked some times a second: once it says
        True, nothing more is taken up, and messages that have not left, or wait to be tried again, come back at once
        with an error whose `.sent` is False, or None when an earlier try may have been accepted.

        Raises `ConfigurationError` without a sender code.
        """
        return self._send_each(iter(outgoing), self.sms_code, stopped or (lambda: False))

    @checked
    def cancel(self, client_tag: str) -> None:
        """Cancel one reservation.

        Raises `InputError`, `ApiError` (130: it has gone out), `TransportError`, `UnexpectedResponseError`.
        Source: https://doc.aossms.com/zettai-reach/openapi.html
        """
        ask = wire.cancel(client_tag)
        self._run(lambda: sending.cancel(self._engine, ask, sms_code=self._settings.sms_code))

    @checked
    def cancel_all(
        self,
        start: periods.Day | None = None,
        end: periods.Day | None = None,
        *,
        group_tag: str | None = None,
        everything: bool = False,
    ) -> None:
        """Cancel the reservations from start on, up to end, of a group, or all that fit together.

        `everything=True`, and no filter beside it, cancels every reservation of the account; that is never tried again.

        Raises `InputError`, `ApiError`, `TransportError`, `UnexpectedResponseError`.
        Source: https://doc.aossms.com/zettai-reach/openapi.html
        """
        filtered = (start, end, group_tag) != (None, None, None)
        if filtered == everything:
            raise InputError(said("client.everything_alone" if filtered else "client.everything"))
        first = None if start is None else periods.days(start)[0]
        last = None if end is None else periods.days(end)[-1]
        if start is None and end is None and not everything:
            # one reading of the rules cancels everything without a date, another only the group: this suits both
            first = self.now().date()
        ask = wire.cancel_all(first, last, group_tag)
        when = retry.never if everything else retry.reading
        unsettled = said("client.not_sure_what_was_cancelled")
        self._run(lambda: sending.act(self._engine, ask, wire.accepted, when, unsettled))

    @checked
    def shorten(self, long_url: str, *, name: str | None = None, domain: str | None = None) -> ShortUrl:
        """Make a short URL; it is never tried again, since that would make a second one.

        Raises `InputError`, `ApiError`, `TransportError`, `UnexpectedResponseError`.
        Source: https://doc.aossms.com/zettai-reach/openapi.html
        """
        ask = wire.shorten(long_url, name=name, domain=domain)
        return self._run(
            lambda: sending.act(
                self._engine, ask, wire.short_url, retry.never, said("client.not_sure_shortened")
            )
        )

    # --------------------------------------------------------------------------------------- inner

    def _run(self, work: Callable[[], Coroutine[Any, Any, _T]]) -> _T:
        return self._engine.run(work)

    def _gather(
        self,
        items: list[Any],
        one: Callable[[Any], Awaitable[pl.DataFrame]],
        schema: pl.Schema,
        what: str,
        *,
        width: int,
        progress: bool,
    ) -> pl.DataFrame:
        """Fetch a frame for each item and put them together in the items' order."""
        run: Run[Any, pl.DataFrame] = Run(items)

        silent = 0

        async def counted(item: Any) -> pl.DataFrame:
            nonlocal silent
            came = await one(item)
            silent = 0
            return came

        def fatal(error: ZrtoolsError) -> bool:
            nonlocal silent
            silent += 1
            if isinstance(error, ApiError) or (
                isinstance(error, TransportError) and (error.status_code in (401, 403) or error.retry_after)
            ):
                return True
            return silent >= _GIVE_UP

        def frame() -> pl.DataFrame:
            came = [run.results[n] for n in sorted(run.results)]
            return pl.concat(came, rechunk=False) if came else schemas.empty(schema)

        if items:
            self._work(
                run,
                lambda: run.side_by_side(counted, width=width, fatal=fatal),
                what,
                progress=progress,
                frame=frame,
            )
        return frame()

    def _work(
        self,
        run: Run[Any, Any],
        work: Callable[[], Coroutine[Any, Any, None]],
        what: str,
        *,
        progress: bool,
        frame: Callable[[], pl.DataFrame],
        lang: str | None = None,
        stop: Callable[[], bool] | None = None,
    ) -> None:
        """Do a run, under a bar; a single item's failure is raised as it is, else what is missing is told."""
        many = len(run.items)
        interrupted = False
        closed: ConfigurationError | None = None
        try:
            with bar(many, what, lambda: (run.done, len(run.failures)), shown=progress, lang=lang):
                self._engine.run(work, run=run, stop=stop)
        except KeyboardInterrupt:
            interrupted = True
        except ConfigurationError as error:
            closed = error
        missing = run.missing
        if not missing and not interrupted:
            return
        noun = in_both(lambda lang: text(f"client.noun.{what}", lang))
        if interrupted:
            raise Interrupted(
                said("client.interrupted", number=many - len(missing), many=many, noun=noun),
                frame=frame(),
                missing=missing,
            )
        failure = closed or next(reversed(run.failures.values()))
        if many == 1 or (closed is not None and len(missing) == many):
            raise failure
        partial = PartialResultError(
            said("client.partial", count=len(missing), many=many, noun=noun, failure=failure),
            frame=frame(),
            missing=missing,
        )
        partial.retry_after = failure.retry_after
        raise partial from failure

    def _send_each(
        self, messages: Iterator[Outgoing], sms_code: str, stopped: Callable[[], bool]
    ) -> Iterator[tuple[Outgoing, SendReceipt | ZrtoolsError]]:
        settled: queue.SimpleQueue[tuple[Outgoing, SendReceipt | ZrtoolsError]] = queue.SimpleQueue()
        leaving = sending.Leaving(self._engine, settled)
        ended: BaseException | None = None
        in_flight = 0
        more = True
        try:
            while more or in_flight:
                if stopped():
                    more = False
                    leaving.stop()
                batch: list[tuple[Outgoing, wire.Ask]] = []
                refused: list[tuple[Outgoing, ZrtoolsError]] = []
                while more and in_flight + len(batch) + len(refused) < self.at_once:
                    try:
                        message = next(messages)
                    except StopIteration:
                        more = False
                    except Exception as error:  # noqa: BLE001 - raised below, when what is in flight is told
                        more, ended = False, error
                    else:
                        try:
                            batch.append((message, sending.prepare(message, sms_code)))
                        except ZrtoolsError as error:
                            refused.append((message, sending.told(error, message, sent=False)))
                # many at a time, for each word to the other thread costs as much as a request
                leaving.start(batch)
                in_flight += len(batch)
                yield from refused
                # waits in slices: elsewhere than on POSIX an endless wait cannot be interrupted
                came = []
                tick(self._engine.waiting_until())
                with suppress(queue.Empty):
                    if in_flight:
                        came.append(settled.get(timeout=_SLICE))
                    while True:
                        came.append(settled.get_nowait())
                in_flight -= len(came)
                yield from came
        finally:
            leaving.cancel()
        if ended is not None:
            raise ended


def new_tag() -> str:
    """Make a client tag that nobody has used."""
    return f"zr-{uuid.uuid4().hex}"


def _close_both(engine: Engine, sandbox: Sandbox) -> None:
    engine.close()
    sandbox.close()


def _each(values: list[Any], make: Callable[[Any], wire.Ask]) -> dict[Any, wire.Ask]:
    """Make a request for each distinct value; an `InputError` tells its row."""
    asks: dict[Any, wire.Ask] = {}
    for row, value in enumerate(values):
        if value not in asks:
            try:
                asks[value] = make(value)
            except InputError as error:
                error.row = row
                raise
    return asks
