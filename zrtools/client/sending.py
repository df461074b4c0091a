"""Sending and cancelling so that a lost answer is settled by asking, never by sending anew."""

from __future__ import annotations

import asyncio
import queue
import re
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, TypeVar

import polars as pl

from zrtools import messages, phones, wire, words
from zrtools.client import retry
from zrtools.client.waits import Halt, waiting
from zrtools.codes import OPT_OUT_URL
from zrtools.errors import ApiError, ConfigurationError, TransportError, UnexpectedResponseError, ZrtoolsError
from zrtools.periods import Time, time
from zrtools.privacy import mask, mask_text
from zrtools.texts import Said, said

if TYPE_CHECKING:
    from zrtools.client.engine import Engine

__all__ = [
    "Leaving",
    "Outgoing",
    "SendReceipt",
    "Trip",
    "act",
    "cancel",
    "deliver",
    "prepare",
    "tagged",
    "told",
    "unproven",
]

_T = TypeVar("_T")

_USED_BEFORE, _GONE_OUT, _INVALID = 400, 130, 110
_LOOKS = (0.0, 1.0, 2.0)  # seconds before each look for a message whose answer was lost


@dataclass(frozen=True, slots=True, repr=False)
class SendReceipt:
    """A message that the service accepted: its tag, the number in the form +81…, and its text.

    Its repr, which a notebook keeps, shows no whole number and no text.
    """

    client_tag: str
    phone_number: str
    message: str

    def __repr__(self) -> str:
        return f"SendReceipt({_shown(self)})"


@dataclass(frozen=True, slots=True, repr=False)
class Outgoing:
    """A message to send; its repr shows no whole number and no text.

    `repeat` says that an earlier attempt under this tag may have been accepted, its answer having been lost.
    """

    phone_number: str | float | Decimal
    message: str
    client_tag: str
    carrier_id: str | None = None
    schedule_time: Time | None = None
    group_tag: str | None = None
    repeat: bool = False

    def __repr__(self) -> str:
        return f"Outgoing({_shown(self)})"


def _shown(message: SendReceipt | Outgoing) -> str:
    return (
        f"client_tag={mask_text(str(message.client_tag))!r}, phone_number={mask(str(message.phone_number))!r}, "
        f"message=<{len(str(message.message))} characters>"
    )


def prepare(message: Outgoing, sms_code: str) -> wire.Ask:
    """Check a message and make its request.

    Raises `InputError`.
    """
    return wire.send(
        phones.normalise(message.phone_number),
        messages.check(message.message),
        sms_code=sms_code,
        client_tag=message.client_tag,
        carrier_id=message.carrier_id,
        schedule_time=None if message.schedule_time is None else time(message.schedule_time),
        group_tag=message.group_tag,
    )


@dataclass(slots=True)
class Trip:
    """What is known of a request that does something, over all its tries.

    `reached` says that one may have reached the service, `lost` that one may have done the thing without our hearing
    of it.
    """

    reached: bool = False
    lost: bool = False

    async def once(self, engine: Engine, ask: wire.Ask, read: Callable[[bytes], _T]) -> _T:
        """Ask once and read the answer."""
        before = self.lost

        def leaving() -> None:
            self.lost = True

        try:
            answer = await engine.answer(ask, leaving=leaving)
            read_answer = answer.read(read)
        except TransportError as error:
            self.reached = self.reached or error.sent is None or error.status_code is not None
            if error.sent is False:
                self.lost = before
            raise
        except ApiError:
            self.lost = before
            raise
        self.lost = before
        return read_answer


async def act(
    engine: Engine,
    ask: wire.Ask,
    read: Callable[[bytes], _T],
    when: retry.Again,
    unsettled: Said | None,
    trip: Trip | None = None,
) -> _T:
    """Ask for something to be done, try again as `when` says, and read the answer.

    Raises `ApiError`, `TransportError` or `UnexpectedResponseError` with `sent`: False when it surely was not done;
    None when that is not known, which the error then says in the words of `unsettled`.
    """
    trip = trip or Trip()
    try:
        return await engine.again(lambda: trip.once(engine, ask, read), when)
    except (ApiError, TransportError, UnexpectedResponseError) as error:
        error.sent = None if trip.lost else False
        if trip.lost and unsettled:
            _say(error, unsettled)
        raise


def unproven(error: ZrtoolsError, number: str) -> bool:
    """Say in a refusal of a 060 number that the service may not take such numbers yet, and tell whether it is one."""
    found = isinstance(error, ApiError) and error.field == "phoneNumber" and number.startswith("+8160")
    if found:
        _say(error, said("client.unproven"))
    return found


def _say(error: ZrtoolsError, more: Said) -> None:
    error.args = (Said(f"{error} {more}", f"{words.told(error, 'ja').rstrip('。')}。{more.ja}"),)


async def deliver(engine: Engine, ask: wire.Ask, trip: Trip | None = None) -> SendReceipt:
    """Send one message, trying again under the same tag, and settle what became of a lost answer.

    Raises `ApiError`, `TransportError` or `UnexpectedResponseError` with `client_tag` and `sent`: False when the
    message surely was not accepted, None when that is not known.
    """
    fields = ask.fields
    receipt = SendReceipt(fields["clientTag"], fields["phoneNumber"], fields["message"])
    trip = trip or Trip()
    failure: ZrtoolsError
    try:
        await act(engine, ask, wire.send_answer, retry.reading, None, trip)
    except (ApiError, TransportError, UnexpectedResponseError) as error:
        failure = error
    else:
        return receipt
    failure.client_tag = receipt.client_tag
    unproven(failure, receipt.phone_number)
    # a tag that was used before: by an earlier try, perhaps
    if trip.reached and isinstance(failure, ApiError) and failure.code == _USED_BEFORE:
        trip.lost = True
    failure.sent = False
    if trip.lost:
        accepted = await _accepted(engine, ask)
        if accepted:
            return receipt
        if accepted is None:
            failure.sent = None
            _say(failure, said("client.unsettled"))
    raise failure


class Leaving:
    """Messages on their way: started from the caller's thread, sent on the engine's, told through a queue."""

    def __init__(
        self, engine: Engine, settled: queue.SimpleQueue[tuple[Outgoing, SendReceipt | ZrtoolsError]]
    ) -> None:
        self._engine = engine
        self._settled = settled
        self._tasks: set[asyncio.Task[None]] = set()
        self._halt = Halt()
        self._stopping = False

    def start(self, batch: list[tuple[Outgoing, wire.Ask]]) -> None:
        """Send messages."""
        if not batch:
            return
        try:
            self._engine.post(lambda: self._create(batch))
        except ConfigurationError as error:
            for message, _ in batch:
                self._settled.put((message, told(ConfigurationError(error.args[0]), message, sent=False)))

    def stop(self) -> None:
        """Give back what has not left, or waits to be tried again; hear what is on its way."""
        if not self._stopping:
            self._stopping = True
            with suppress(ConfigurationError):
                self._engine.post(self._halt.stop)

    def cancel(self) -> None:
        """Give up what is in flight."""
        with suppress(ConfigurationError):
            self._engine.post(lambda: [task.cancel() for task in list(self._tasks)])

    def _create(self, batch: list[tuple[Outgoing, wire.Ask]]) -> None:
        for message, ask in batch:
            task = asyncio.get_running_loop().create_task(self._send(message, ask))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _send(self, message: Outgoing, ask: wire.Ask) -> None:
        self._halt.join()
        trip = Trip(reached=message.repeat, lost=message.repeat)
        outcome: SendReceipt | ZrtoolsError | None = None
        try:
            outcome = await deliver(self._engine, ask, trip)
        except ZrtoolsError as error:
            outcome = told(error, message, sent=error.sent)
        finally:
            # cancelled: by a stop, by the client's end, or by who left the loop
            self._settled.put((message, _cancelled(message, trip) if outcome is None else outcome))


def told(error: ZrtoolsError, message: Outgoing, *, sent: bool | None) -> ZrtoolsError:
    """Say in an error which message it is about, and whether it was sent."""
    error.client_tag, error.sent = message.client_tag, sent
    return error


def _cancelled(message: Outgoing, trip: Trip) -> ZrtoolsError:
    if trip.lost:
        lost = TransportError(said("client.stopped_waiting"))
        return told(lost, message, sent=None)
    return told(TransportError(said("client.stopped_before")), message, sent=False)


async def cancel(engine: Engine, ask: wire.Ask, *, sms_code: str | None) -> None:
    """Cancel one reservation; what became of a lost answer is settled through reservations.

    Raises `ApiError`, `TransportError`, `UnexpectedResponseError` with `sent`: None when it is not known whether it was
    cancelled.
    """
    trip = Trip()
    tag = ask.fields["clientTag"]
    failure: ZrtoolsError
    try:
        await act(engine, ask, wire.accepted, retry.reading, None, trip)
    except (ApiError, TransportError, UnexpectedResponseError) as error:
        failure = error
    else:
        return
    if trip.lost:
        waits = None if sms_code is None else await _waits(engine, tag, sms_code)
        if waits is False:
            return
        if waits is None:
            _say(failure, said("client.not_sure_cancelled"))
        else:
            # it has gone out, or waits as before: no request cancelled it
            failure.sent = False
    raise failure


async def _waits(engine: Engine, tag: str, sms_code: str) -> bool | None:
    """Find out whether a reservation waits under a tag, or has gone out; None when that stays unknown."""
    try:
        answer = await engine.ask(wire.reservations(sms_code=sms_code, client_tag=tag), retry.reading)
        return answer.read(wire.reservations_frame).filter(tagged(tag)).height > 0
    except ApiError as error:
        return {_INVALID: False, _GONE_OUT: True}.get(error.code)
    except (TransportError, UnexpectedResponseError):
        return None


async def _accepted(engine: Engine, ask: wire.Ask) -> bool | None:
    """Find out by its tag whether a message was accepted; None when that stays unknown."""
    for pause in _LOOKS:
        with waiting():
            await asyncio.sleep(pause)
        try:
            answer = await engine.ask(wire.status(client_tag=ask.fields["clientTag"]), retry.reading)
            rows = answer.read(wire.status_frame, send_date=None)
            rows = rows.filter(tagged(ask.fields["clientTag"]))
            if rows.height:
                return _any_same(ask, rows)
            if "scheduleTime" in ask.fields:
                reserved = await _reserved(engine, ask)
                if reserved is not None:
                    return reserved
        except (ApiError, UnexpectedResponseError):
            continue
        except TransportError:
            return None
    return None


async def _reserved(engine: Engine, ask: wire.Ask) -> bool | None:
    question = wire.reservations(sms_code=ask.fields["smsCode"], client_tag=ask.fields["clientTag"])
    try:
        answer = await engine.ask(question, retry.reading)
    except ApiError as error:
        return True if error.code == _GONE_OUT else None
    rows = answer.read(wire.reservations_frame).filter(tagged(ask.fields["clientTag"]))
    if not rows.height:
        return None
    return _any_same(ask, rows)


def tagged(tag: str) -> pl.Expr:
    """Keep the rows of a tag alone: whether the service gives those of longer ones, too, is not known."""
    return pl.col("client_tag").eq(tag).fill_null(value=True)


def _any_same(ask: wire.Ask, rows: pl.DataFrame) -> bool | None:
    """Tell whether one of some rows under the message's tag is the message: None where only its text differs."""
    texts = rows.filter(pl.col("phone_number") == ask.fields["phoneNumber"])["message"]
    if not texts.len():
        return False
    # the service puts each recipient's own link in the place of every opt-out URL
    pieces = map(re.escape, ask.fields["message"].split(OPT_OUT_URL))
    alike = re.compile(".*".join(pieces), re.DOTALL)
    # a text may have been altered on its way: the tag and the number alone settle nothing
    return any(alike.fullmatch(text or "") for text in texts) or None
