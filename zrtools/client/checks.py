"""What works: the service, the account and its options, found out without spending or changing anything."""

from __future__ import annotations

import asyncio
import ssl
import uuid
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Protocol
from urllib.parse import urlsplit

import polars as pl

from zrtools import wire
from zrtools.client import retry
from zrtools.errors import ApiError, TransportError, ZrtoolsError
from zrtools.schemas import CHECK
from zrtools.words import text, told

if TYPE_CHECKING:
    from zrtools.client.engine import Engine
    from zrtools.client.settings import Settings

__all__ = ["found"]

_CLOCK = 30.0  # seconds by which this machine's clock may differ
_PAST = 140
_OF_THE_ACCOUNT = ("token", "clientId")
_Row = tuple[str, bool | None, str]


class _Words(Protocol):
    def __call__(self, key: str, **values: object) -> str: ...


async def found(
    engine: Engine, settings: Settings, now: Callable[[], datetime], lang: str | None
) -> pl.DataFrame:
    """Try everything and tell what works, as `CHECK`; what could not be found out is null."""

    def words(key: str, **values: object) -> str:
        return text(f"client.{key}", lang, **values)

    failure: ZrtoolsError | None = None
    told_at: str | None = None
    try:
        # a tag that nobody has used: an empty answer proves the token
        unused = wire.status(client_tag=f"zrtools-check-{uuid.uuid4().hex}")
        answer = await engine.ask(unused, retry.never, patience=0)
        told_at = answer.date
        answer.read(wire.status_frame, send_date=None)
    except ZrtoolsError as error:
        failure = error
    reached: bool | None = not isinstance(failure, TransportError) or failure.status_code is not None
    said = words("usable") if failure is None else told(failure, lang)
    rows: list[_Row] = [
        (
            "reachable",
            None if not reached and _asks_to_wait(failure) else reached,
            words("answers", url=settings.base_url) if reached else said,
        ),
        ("tls", *await _tls(settings, words)),
    ]
    if reached:
        outcomes: dict[str, ZrtoolsError | str] = {"status": failure or words("usable")}
        proved = failure is None
        for name, ask, meant in _probes(settings, now().date()):
            outcomes[name] = await _asked(engine, ask, meant, words)
            # one call that is accepted proves token and client id: what then refuses them is not in the contract
            proved = proved or (meant is None and isinstance(outcomes[name], str))
        rows += [
            ("token", True if proved else _token_works(failure), words("usable") if proved else said),
            # a sandbox may be at any day, and is followed
            ("clock", *_clock(told_at, now() if settings.loopback else datetime.now(UTC), words)),
        ]
        for name, outcome in outcomes.items():
            if isinstance(outcome, str):
                rows.append((name, True, outcome))
            elif proved and _token_works(outcome) is False:
                rows.append((name, False, words("no_option", said=told(outcome, lang))))
            else:
                rows.append((name, None if _asks_to_wait(outcome) else False, told(outcome, lang)))
        if settings.sms_code is None:
            rows += [(name, False, words("no_sms_code")) for name in ("send", "reservations")]
    return pl.DataFrame(
        [(words(f"check.{name}"), works, detail) for name, works, detail in rows], schema=CHECK, orient="row"
    )


def _probes(settings: Settings, today: date) -> list[tuple[str, wire.Ask, str | None]]:
    """List what to ask, and the field that is left out where the call would do something."""
    shorten = wire.shorten("https://example.com/")
    clean = wire.clean("+819000000000", today)
    probes: list[tuple[str, wire.Ask, str | None]] = [
        ("counts", wire.counts(today.replace(day=1)), None),
        ("templates", wire.templates(), None),
        ("cleaning", _without(clean, "phoneNumber"), "phoneNumber"),
        ("short_url", _without(shorten, "longUrl"), "longUrl"),
    ]
    if settings.sms_code is None:
        return probes
    send = wire.send("+819000000000", "-", sms_code=settings.sms_code, client_tag="-")
    return [
        *probes,
        # neither a number nor a text nor a tag: nothing that could go out
        ("send", _without(send, "phoneNumber", "message", "clientTag"), "message"),
        ("reservations", wire.reservations(sms_code=settings.sms_code, schedule_date=today), None),
    ]


def _without(ask: wire.Ask, *names: str) -> wire.Ask:
    return wire.Ask(ask.call, ask.method, ask.path, {k: v for k, v in ask.fields.items() if k not in names})


async def _asked(
    engine: Engine, ask: wire.Ask, left_out: str | None, words: Callable[..., str]
) -> ZrtoolsError | str:
    try:
        answer = await engine.ask(ask, retry.hasty if left_out is None else retry.never, patience=0)
        answer.read(wire.accepted)
    except ApiError as error:
        if left_out is not None and error.field in (left_out, "phoneNumber"):
            return words("refused_as_meant")
        # midnight came between our clock's day and the service's
        return words("usable") if error.code == _PAST else error
    except ZrtoolsError as error:
        return error
    return words("usable")


def _asks_to_wait(failure: ZrtoolsError | None) -> bool:
    return failure is not None and bool(failure.retry_after)


async def _tls(settings: Settings, words: _Words) -> tuple[bool | None, str]:
    from zrtools.client.transport import proxied, tls

    parts = urlsplit(settings.base_url)
    if parts.scheme == "http":
        return True, words("local")
    if proxied(settings):
        return None, words("tls_proxy")
    try:
        async with asyncio.timeout(settings.timeout):
            _, writer = await asyncio.open_connection(parts.hostname, parts.port or 443, ssl=tls())
    except ssl.SSLError as error:
        return False, getattr(error, "verify_message", "") or error.reason or type(error).__name__
    except (OSError, TimeoutError) as error:
        return False, getattr(error, "strerror", None) or type(error).__name__
    version = writer.get_extra_info("ssl_object").version()
    writer.close()
    return True, words("tls", version=version)


def _token_works(failure: ZrtoolsError | None) -> bool | None:
    if isinstance(failure, ApiError) and failure.field in _OF_THE_ACCOUNT:
        return False
    if isinstance(failure, TransportError) and failure.status_code in (401, 403):
        return False
    # any other failure, such as a page of a proxy's, tells nothing about the token
    return True if failure is None else None


def _clock(told_at: str | None, now: datetime, words: _Words) -> tuple[bool | None, str]:
    moment = retry.heard(told_at)
    if moment is None:
        return None, words("clock_unknown")
    seconds = (now - moment).total_seconds()
    near = abs(seconds) <= _CLOCK
    return near, words("clock" if near else "clock_off", seconds=seconds)
