"""Two different faults one after the other, over every call: nothing twice, nothing hidden, nothing hangs."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest
from polars.testing import assert_frame_equal

import zrtools as zr

DAY = date(2026, 11, 10)
NUMBER, TAG = "09012345678", "t-1"
SECONDS = 20.0  # that a call may take, whatever happens

FAULTS: dict[str, dict[str, Any]] = {
    "lost before": {"kind": "drop_before"},
    "lost after": {"kind": "drop_after"},
    "403": {"kind": "http", "status": 403},
    "408 done": {"kind": "http", "status": 408, "effect": True},
    "429": {"kind": "http", "status": 429},
    "429 for an hour": {"kind": "http", "status": 429, "retry_after": 3600},
    "503": {"kind": "http", "status": 503},
    "page": {"kind": "html", "effect": True},
    "system error": {"kind": "code"},
    "duplicate": {"kind": "code", "response_code": 400, "message": "Duplicate client tag."},
    "invalid": {"kind": "code", "response_code": 110, "message": "Invalid clientTag."},
}


@dataclass(frozen=True)
class Call:
    """A call: how to make it, whether it does something, and how often the thing was done."""

    make: Callable[[zr.Client], Any]
    done: Callable[[zr.sandbox.Sandbox], int] | None = None
    before: Callable[[zr.Client], object] | None = None


def reserve(client: zr.Client) -> None:
    """Have a reservation that waits."""
    client.send(NUMBER, "x", client_tag=TAG, schedule_time="2026-11-20 12:00", group_tag="g")


def cancelled(sandbox: zr.sandbox.Sandbox) -> int:
    """Count what was cancelled."""
    return sum(message.cancelled for message in sandbox.accepted)


CALLS: dict[str, Call] = {
    "status": Call(lambda c: c.status(DAY)),
    "counts": Call(lambda c: c.counts("2026-10")),
    "clean": Call(lambda c: c.clean(NUMBER, DAY, progress=False)),
    "reservations": Call(lambda c: c.reservations("2026-11-20")),
    "templates": Call(lambda c: c.templates()),
    "send": Call(lambda c: c.send(NUMBER, "x", client_tag=TAG), lambda s: len(s.accepted)),
    "reserve": Call(
        lambda c: c.send(NUMBER, "x", client_tag=TAG, schedule_time="2026-11-20 12:00"),
        lambda s: len(s.accepted),
    ),
    "cancel": Call(lambda c: c.cancel(TAG), cancelled, reserve),
    "cancel_all": Call(lambda c: c.cancel_all(group_tag="g"), cancelled, reserve),
    "everything": Call(lambda c: c.cancel_all(everything=True), cancelled, reserve),
    "shorten": Call(lambda c: c.shorten("https://example.com/a"), lambda s: len(s.service.short_urls)),
}
OF = {"reserve": "send", "everything": "cancel_all"}


@pytest.fixture(autouse=True)
def short_waits(monkeypatch):
    """Waits between tries are short here."""
    monkeypatch.setattr("zrtools.client.retry._FIRST", 0.001)
    monkeypatch.setattr("zrtools.client.pace._SLOWEST", 200.0)
    monkeypatch.setattr("zrtools.client.pace._UNLIMITED", 400.0)
    monkeypatch.setattr("zrtools.client.pace.LONGEST", 0.01)
    monkeypatch.setattr("zrtools.client.sending._LOOKS", (0.0, 0.001))


def settle(own) -> None:
    """Have the sandbox as if nothing had happened."""
    own.faults.clear()
    for kept in (own.accepted, own.service.short_urls, own.service._by_tag, own.service._waiting):
        kept.clear()


@pytest.mark.slow
@pytest.mark.parametrize("name", CALLS)
def test_any_two_faults_in_a_row(own, connected, name):
    """Whatever two faults strike, the second once or for good, the call tells what became of it, and in time."""
    call = CALLS[name]
    client = connected()
    usual = call.make(client) if call.done is None else None
    lasting = itertools.cycle((False, True, True))
    for first, second in itertools.permutations(FAULTS, 2):
        settle(own)
        if call.before is not None:
            call.before(client)
        struck = OF.get(name, name)
        own.faults.add(call=struck, **FAULTS[first])
        own.faults.add(call=struck, times=None if (stays := next(lasting)) else 1, **FAULTS[second])
        pair = f"{name}: {first}, then {second}{' for good' if stays else ''}"
        started = time.monotonic()
        try:
            result = call.make(client)
        except zr.ZrtoolsError as error:
            failure: zr.ZrtoolsError | None = error
        else:
            failure = None
        assert time.monotonic() - started < SECONDS, pair
        if call.done is None:
            # a number's own refusal stands in its row
            if failure is None and (name != "clean" or result["error"].null_count()):
                assert_frame_equal(result, usual)
            continue
        done = call.done(own)
        assert done <= 1, pair
        if failure is None:
            assert done == 1, pair
        elif failure.sent is False:
            assert done == 0, (pair, str(failure))
        else:
            assert "not settled" in str(failure), (pair, str(failure))
            if name in ("send", "reserve"):
                assert failure.client_tag == TAG, pair
