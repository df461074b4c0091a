"""What tests share: a real sandbox on loopback, and clients of it."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import settings

from zrtools.client import Client
from zrtools.sandbox import Sandbox

# how long an example takes is the machine's affair, not the code's
settings.register_profile("zrtools", deadline=None)
settings.load_profile("zrtools")


def pytest_configure() -> None:
    """Forget the user's own account, and hear Ctrl-C also where a shell has switched it off for the background."""
    pytest_runtest_teardown()
    # the command line looks at the system's language
    os.environ["LC_ALL"] = "C.UTF-8"
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.hookimpl(trylast=True)
def pytest_runtest_teardown() -> None:
    """Let neither a test nor a notebook read an account or a language that a test left in the environment."""
    for name in ("TOKEN", "CLIENT_ID", "SMS_CODE", "BASE_URL", "LANG", "PROFILE"):
        os.environ.pop(f"ZRTOOLS_{name}", None)


@pytest.fixture(scope="session")
def sandbox() -> Iterator[Sandbox]:
    """A small sandbox for all tests that only read."""
    with Sandbox(messages_per_day=200, months=3) as running:
        yield running


@pytest.fixture(scope="session")
def client(sandbox: Sandbox) -> Iterator[Client]:
    """A client of the shared sandbox, without a pace."""
    with connect(sandbox) as connected:
        yield connected


@pytest.fixture(scope="session")
def _reused() -> Iterator[Sandbox]:
    with Sandbox(messages_per_day=20, months=1) as running:
        yield running


@pytest.fixture
def own(_reused: Sandbox) -> Sandbox:
    """A sandbox as if it were new, for what changes it: starting one takes longer than most tests."""
    service, clock = _reused.service, _reused.clock
    _reused.faults.clear()
    _reused.requests.clear()
    _reused.calls.clear()
    _reused.max_in_flight = 0
    for kept in (service.accepted, service.short_urls, service._by_tag, service._waiting):
        kept.clear()
    service.quota = None
    clock._moved = timedelta()
    return _reused


@pytest.fixture
def connected(own: Sandbox) -> Iterator[Callable[..., Client]]:
    """Make clients of the test's own sandbox, closed when the test ends."""
    clients: list[Client] = []

    def make(**options: Any) -> Client:
        clients.append(connect(own, **options))
        return clients[-1]

    yield make
    for made in clients:
        made.close()


def connect(sandbox: Sandbox, **options: Any) -> Client:
    """Make a client of a running sandbox."""
    given = {
        "token": sandbox.token,
        "client_id": sandbox.client_id,
        "sms_code": sandbox.sms_code,
        "base_url": sandbox.url,
        "pace": None,
        "now": sandbox.now,
    }
    return Client(**{**given, **options})
