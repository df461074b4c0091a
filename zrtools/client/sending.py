"""Sending and cancelling so that a lost answer is settled by asking, never by sending anew."""

from __future__ import annotations

import asyncio
import queue
import re
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from zrtools import messages, phones, wire
from zrtools.client import retry
from zrtools.codes import OPT_OUT_URL
from zrtools.errors import ApiError, ConfigurationError, TransportError, UnexpectedResponseError, ZrtoolsError
from zrtools.periods import Time, time
from zrtools.privacy import mask, mask_text

if TYPE_CHECKING:
    from zrtools.client.engine import Engine

__all__ = ["Leaving", "Outgoing", "SendReceipt", "cancel", "deliver", "prepare", "told"]

_USED_BEFORE, _GONE_OUT, _INVALID = 400, 130, 110
_UNSETTLED = (
    "It is not settled whether the message was accepted: ask client.status(client_tag=...) later, and do not send it "
    "under another tag before you know."
)
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

    phone_number: str | int
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


async def deliver(engine: Engine, ask: wire.Ask, *, repeat: bool = False) -> SendReceipt:
    """Send one message, trying again under the same tag, and settle what became of a lost answer.

    Raises `ApiError`, `TransportError` or `UnexpectedResponseError` with `client_tag` and `sent`: False when the
    message surely was not accepted, None when that is not known.
    """
    fields = ask.fields
    receipt = SendReceipt(fields["clientTag"], fields["phoneNumber"], fields["message"])
    reached = lost = repeat

    async def once() -> None:
        nonlocal reached, lost
        try:
            answer = await engine.answer(ask)
        except TransportError as error:
            reached = reached or error.sent is None or error.status_code is not None
            lost = lost or error.sent is None
            raise
        wire.send_answer(answer.body)

    failure: ZrtoolsError
    try:
        await engine.again(once, retry.reading)
    except ApiError as error:
        failure = error
        doubtful = reached if error.code == _USED_BEFORE else lost
    except TransportError as error:
        failure, doubtful = error, lost
    except UnexpectedResponseError as error:
        failure, doubtful = error, True
    else:
        return receipt
    failure.client_tag = receipt.client_tag
    failure.sent = False
    if doubtful:
        accepted = await _accepted(engine, ask)
        if accepted:
            return receipt
        if accepted is None:
            failure.sent = None
            failure.args = (f"{failure} {_UNSETTLED}",)
    raise failure


class Leaving:
    """Messages on their way: started from the caller's thread, sent on the engine's, told through a queue."""

    def __init__(
        self, engine: Engine, settled: queue.SimpleQueue[tuple[Outgoing, SendReceipt | ZrtoolsError]]
    ) -> None:
        self._engine = engine
        self._settled = settled
        self._tasks: set[asyncio.Task[None]] = set()

    def start(self, batch: list[tuple[Outgoing, wire.Ask]]) -> None:
        """Send messages."""
        if not batch:
            return
        try:
            self._engine.post(lambda: self._create(batch))
        except ConfigurationError as error:
            for message, _ in batch:
                self._settled.put((message, told(ConfigurationError(str(error)), message, sent=False)))

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
        outcome: SendReceipt | ZrtoolsError | None = None
        try:
            outcome = await deliver(self._engine, ask, repeat=message.repeat)
        except ZrtoolsError as error:
            outcome = told(error, message, sent=error.sent)
        finally:
            # cancelled: by the client's end, or by who left the loop
            self._settled.put((message, _closed(message) if outcome is None else outcome))


def told(error: ZrtoolsError, message: Outgoing, *, sent: bool | None) -> ZrtoolsError:
    """Say in an error which message it is about, and whether it was sent."""
    error.client_tag, error.sent = message.client_tag, sent
    return error


def _closed(message: Outgoing) -> ZrtoolsError:
    lost = TransportError("The client was closed before the answer came: ask the status of this tag.")
    return told(lost, message, sent=None)


async def cancel(engine: Engine, ask: wire.Ask, *, sms_code: str | None) -> None:
    """Cancel one reservation; a refusal of a repeat is settled through reservations.

    Raises `ApiError`, `TransportError`, `UnexpectedResponseError`.
    """
    lost = False

    async def once() -> None:
        nonlocal lost
        try:
            answer = await engine.answer(ask)
        except TransportError as error:
            lost = lost or error.sent is None
            raise
        wire.accepted(answer.body)

    try:
        await engine.again(once, retry.reading)
    except ApiError as error:
        if not lost or error.code not in (_GONE_OUT, _INVALID) or sms_code is None:
            raise
        refused = error
    else:
        return
    tag = ask.fields["clientTag"]
    try:
        answer = await engine.ask(wire.reservations(sms_code=sms_code, client_tag=tag), retry.reading)
        waits = wire.reservations_frame(answer.body).height > 0
    except ApiError as error:
        waits = error.code != _INVALID
    if waits:
        # it has gone out, or waits as before: the first request did not cancel it
        raise refused


async def _accepted(engine: Engine, ask: wire.Ask) -> bool | None:
    """Find out by its tag whether a message was accepted; None when that stays unknown."""
    for pause in _LOOKS:
        await asyncio.sleep(pause)
        try:
            answer = await engine.ask(wire.status(client_tag=ask.fields["clientTag"]), retry.reading)
            rows = wire.status_frame(answer.body, send_date=None)
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
    rows = wire.reservations_frame(answer.body)
    if not rows.height:
        return None
    return _any_same(ask, rows)


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
