"""The access token never shows: a test for each way by which one gets out."""

from __future__ import annotations

import asyncio
import copy
import gc
import io
import logging
import pickle
import sys
import traceback
import warnings
from collections.abc import Iterator
from types import FrameType
from typing import Any

import pytest

import zrtools as zr
from zrtools.client.settings import Secret, Settings
from zrtools.client.transport import FIELDS, TokenTransport

TOKEN = "S3cretS3cretS3cretS3cretS3cret99"
NUMBER = "09012345678"


@pytest.fixture(autouse=True)
def short_waits(monkeypatch):
    """Waits between tries are short here."""
    monkeypatch.setattr("zrtools.client.retry._FIRST", 0.001)
    monkeypatch.setattr("zrtools.client.sending._LOOKS", (0.0,))
    monkeypatch.setattr("zrtools.client.pace._SLOWEST", 100.0)


@pytest.fixture
def holder(own, monkeypatch):
    """A client with a recognisable token, which its sandbox takes."""
    monkeypatch.setattr(own.service, "token", TOKEN)
    with zr.Client(
        token=TOKEN, client_id=own.client_id, sms_code=own.sms_code, base_url=own.url, pace=None, now=own.now
    ) as client:
        yield client


@pytest.fixture
def everything_logged() -> Iterator[io.StringIO]:
    """Take what every logger says, at every level, and every warning."""
    heard = io.StringIO()
    handler = logging.StreamHandler(heard)
    handler.setFormatter(logging.Formatter("%(name)s %(message)s %(args)s %(exc_info)s"))
    root = logging.getLogger()
    names = [
        root,
        *(logging.getLogger(name) for name in (*root.manager.loggerDict, "httpx", "aiohttp", "asyncio")),
    ]
    levels = [(logger, logger.level) for logger in names]
    for logger in names:
        logger.setLevel(logging.DEBUG)
    root.addHandler(handler)
    yield heard
    root.removeHandler(handler)
    for logger, level in levels:
        logger.setLevel(level)


FAILURES: dict[str, tuple[str, dict[str, Any]]] = {
    "cut": ("cut", {}),
    "dropped": ("drop_before", {}),
    "echoed": ("echo_token", {"status": 500}),
    "echoed as forbidden": ("echo_token", {"status": 403}),
    "html": ("html", {}),
    "no code": ("no_code", {}),
    "not json": ("not_json", {}),
    "redirect elsewhere": ("redirect", {}),
    "refused": ("code", {"message": f"Invalid token {TOKEN}."}),
    "refused, token inside": ("code", {"message": f"token={TOKEN}&clientId=1"}),
    "slow": ("delay", {"seconds": 2}),
    "throttled": ("http", {"status": 429, "message": TOKEN}),
}


def calls(client: zr.Client) -> dict[str, Any]:
    """List all nine calls and the check."""
    return {
        "status": lambda: client.status("2026-11-10", progress=False),
        "days": lambda: client.status("2026-11-10", "2026-11-11", progress=False),
        "counts": lambda: client.counts("2026-10"),
        "clean": lambda: client.clean(NUMBER, "2026-05-10", progress=False),
        "reservations": lambda: client.reservations("2026-11-20"),
        "templates": client.templates,
        "send": lambda: client.send(NUMBER, "hello"),
        "cancel": lambda: client.cancel("t-1"),
        "cancel_all": lambda: client.cancel_all("2026-11-20"),
        "shorten": lambda: client.shorten("https://example.com/"),
        "check": client.check,
        "send_each": lambda: list(client.send_each([zr.client.Outgoing(NUMBER, "hello", "t-2")])),
    }


@pytest.mark.slow
@pytest.mark.parametrize("name", FAILURES)
def test_no_failure_shows_the_token(own, holder, monkeypatch, everything_logged, name):
    """Errors, their causes, every variable of their frames and what was logged and warned of hold no token."""
    kind, options = FAILURES[name]
    own.faults.add(kind, times=None, **options)
    if kind == "delay":
        # aiohttp's own limits are read when the transport is made
        client = zr.Client(
            token=TOKEN,
            client_id=own.client_id,
            sms_code=own.sms_code,
            base_url=own.url,
            pace=None,
            timeout=0.05,
        )
    else:
        client = holder
    with warnings.catch_warnings(record=True) as warned:
        warnings.simplefilter("always")
        for call, ask in calls(client).items():
            try:
                outcome = ask()
            except zr.ZrtoolsError as error:
                _assert_hidden(error, f"{name} {call}")
            else:
                assert TOKEN not in repr(outcome), call
                for _, failed in outcome if call == "send_each" else ():
                    _assert_hidden(failed, f"{name} {call}")
        client.close()
        gc.collect()
    assert TOKEN not in everything_logged.getvalue()
    assert not any(TOKEN in str(warning) for warning in warned)


def test_success_logs_no_token(holder, everything_logged):
    """A call that works leaves no token in any log either."""
    for call, ask in calls(holder).items():
        if call != "cancel":
            ask()
    assert TOKEN not in everything_logged.getvalue()


def test_debug_mode_of_asyncio_shows_no_token(own, holder, monkeypatch, everything_logged):
    """What asyncio tells in its debug mode, slow callbacks and lost tasks included, holds no token."""
    monkeypatch.setenv("PYTHONASYNCIODEBUG", "1")
    own.faults.add("drop_before", "status", times=3)
    holder.status("2026-11-10", progress=False)
    loop = holder._engine._loop
    assert loop.get_debug() or sys.flags.ignore_environment
    loop.slow_callback_duration = 0
    holder.templates()
    assert TOKEN not in everything_logged.getvalue()


def test_refused_connection_shows_no_token(everything_logged):
    """Where nobody listens the error holds no token."""
    with zr.Client(token=TOKEN, client_id="1", base_url="http://127.0.0.1:9") as client:
        for ask in (client.templates, lambda: client.shorten("https://example.com/")):
            with pytest.raises(zr.TransportError) as failed:
                ask()
            _assert_hidden(failed.value, "refused")
    assert TOKEN not in everything_logged.getvalue()


@pytest.mark.parametrize(
    "options",
    [
        {"base_url": "http://example.com"},
        {"pace": 1000},
        {"client_id": None},
        {"client_id": "x"},
        {"timeout": -1},
        {"token": TOKEN + " " + TOKEN},
        {"token": TOKEN + "\n\x00"},
    ],
)
def test_refused_setting_shows_no_token(options, monkeypatch):
    """A client that cannot be made tells why without the token, its frames included."""
    with pytest.raises(zr.ConfigurationError) as failed:
        zr.Client(**{"token": TOKEN, "client_id": "1", **options})
    _assert_hidden(failed.value, "settings")
    monkeypatch.setenv("ZRTOOLS_TOKEN", TOKEN + " " + TOKEN)
    with pytest.raises(zr.ConfigurationError) as failed:
        zr.Client(client_id="1")
    _assert_hidden(failed.value, "settings")


def test_unreadable_certificates_show_no_token(tmp_path, monkeypatch):
    """A client whose certificates cannot be read says so without the token."""
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "none.pem"))
    with zr.Client(token=TOKEN, client_id="1", base_url="https://127.0.0.1:9") as client:
        with pytest.raises(zr.ConfigurationError, match="SSL_CERT_FILE") as failed:
            client.templates()
        _assert_hidden(failed.value, "certificates")


def test_client_shows_no_token(holder):
    """Neither repr nor attributes, however deep, nor what a notebook displays holds the token."""
    holder.templates()
    shown = [repr(holder), str(holder), f"{holder}", repr(vars(holder)), repr(dir(holder))]
    for name in ("_repr_html_", "_repr_mimebundle_", "_repr_pretty_", "_ipython_display_"):
        assert not hasattr(holder, name)
    assert TOKEN not in "".join(shown)
    assert not _found(holder)


@pytest.mark.slow
def test_notebook_shows_no_token(own):
    """What IPython writes for a client and for a failure, with every variable, holds no token."""
    from IPython.core.interactiveshell import InteractiveShell
    from IPython.utils.capture import capture_output

    shell = InteractiveShell()
    shell.run_line_magic("xmode", "Verbose")
    with zr.Client(token=TOKEN, client_id=own.client_id, sms_code=own.sms_code, base_url=own.url) as client:
        shell.user_ns["client"] = client
        own.faults.add("drop_before", times=None)
        with capture_output() as shown:
            for cell in ("client", "vars(client)", "client.templates()", "client.send('09012345678', 'x')"):
                shell.run_cell(cell)
        bundle = shell.display_formatter.format(client)
    text = shown.stdout + shown.stderr + repr(bundle) + repr([output.data for output in shown.outputs])
    assert "TransportError" in text
    assert TOKEN not in text


def test_token_is_not_pickled(holder, own):
    """Neither client, settings nor secret can be pickled or copied; errors can, without the token."""
    for thing in (holder, holder._settings, Secret(TOKEN)):
        for travel in (pickle.dumps, copy.copy, copy.deepcopy):
            if thing is holder._settings and travel is copy.copy:
                continue
            with pytest.raises((zr.ConfigurationError, TypeError)):
                travel(thing)
    own.faults.add("echo_token", "send", times=None)
    with pytest.raises(zr.ZrtoolsError) as failed:
        holder.send(NUMBER, "x")
    travelled = pickle.loads(pickle.dumps(failed.value))
    assert TOKEN.encode() not in pickle.dumps(failed.value)
    assert (travelled.client_tag, str(travelled)) == (failed.value.client_tag, str(failed.value))


def test_token_goes_to_no_other_host(own):
    """The transport itself refuses a request to any other host, scheme or port than the client's."""
    settings = Settings.read(
        token=Secret(TOKEN), client_id="1", sms_code=None, base_url=own.url, timeout=1, pace=1, at_once=1
    )

    async def ask(url: str) -> Any:
        import httpx

        transport = TokenTransport(settings)
        try:
            return await transport.handle_async_request(httpx.Request("GET", url, extensions={FIELDS: {}}))
        finally:
            await transport.aclose()

    for url in (
        "http://127.0.0.1:1/p5/api/status.json",
        own.url.replace("127.0.0.1", "localhost") + "/p5/api/status.json",
        own.url.replace("http", "https") + "/p5/api/status.json",
        own.url.replace("127.0.0.1", "127.0.0.1.example.com") + "/p5/api/status.json",
        own.url.replace("//", "//x@") + "/p5/api/status.json",
    ):
        with pytest.raises(zr.TransportError, match="own host"):
            asyncio.run(ask(url))
    assert len(own.requests) == 0


def test_request_and_response_hold_no_token(own, monkeypatch):
    """Neither the request nor the response that httpx's hooks and reprs could show holds the token."""
    monkeypatch.setattr(own.service, "token", TOKEN)
    settings = Settings.read(
        token=Secret(TOKEN),
        client_id=own.client_id,
        sms_code=None,
        base_url=own.url,
        timeout=1,
        pace=1,
        at_once=1,
    )
    own.faults.add("redirect", "templates")

    async def ask() -> Any:
        import httpx

        transport = TokenTransport(settings)
        request = httpx.Request(
            "GET", own.url + "/p5/api/template.json", extensions={FIELDS: {"clientId": own.client_id}}
        )
        response = await transport.handle_async_request(request)
        await transport.aclose()
        return request, response, repr(transport)

    request, response, shown = asyncio.run(ask())
    assert response.status_code == 302
    assert response.request is request
    assert own.requests[-1].fields["clientId"] == own.client_id
    text = f"{request.url!r} {request.headers!r} {response!r} {response.headers!r} {vars(request)} {shown}"
    assert TOKEN not in text
    assert TOKEN.encode() not in b"".join(response.stream)


@pytest.mark.parametrize("token", ["plus+and/slash=1234" + "a" * 13, "percent%41%42%43xyz" + "a" * 13])
def test_token_that_a_url_spells_otherwise_is_refused(token):
    """A token is letters and digits, so that it has one spelling, and hiding that one hides it."""
    with pytest.raises(zr.InputError, match="32 letters and digits") as refused:
        zr.Client(token=token, client_id="1")
    _assert_hidden(refused.value, "refused")


def _assert_hidden(error: BaseException, where: str) -> None:
    """Look for the token in an error, in its causes, and in every variable of every frame but the test's own."""
    seen: set[int] = set()
    waiting: list[BaseException | None] = [error]
    while waiting:
        current = waiting.pop()
        if current is None or id(current) in seen:
            continue
        seen.add(id(current))
        waiting += [current.__cause__, current.__context__]
        shown = "".join(traceback.TracebackException.from_exception(current, capture_locals=True).format())
        for line in shown.splitlines():
            assert TOKEN not in line or "test_token.py" in shown.split(line)[0][-4000:], (
                f"{where}: {line[:200]}"
            )
        assert TOKEN not in f"{current} {current!r} {vars(current)} {current.args}", where
        frames = [frame for frame, _ in traceback.walk_tb(current.__traceback__)]
        for frame in frames:
            if "test_token" not in frame.f_code.co_filename:
                _assert_frame_hidden(frame, where)


def _assert_frame_hidden(frame: FrameType, where: str) -> None:
    for name, value in frame.f_locals.items():
        assert TOKEN not in repr(value), f"{where}: {name} of {frame.f_code.co_qualname}"
        assert not _found(value), f"{where}: inside {name} of {frame.f_code.co_qualname}"


def _found(value: object, depth: int = 6, seen: set[int] | None = None) -> bool:
    """Look for the token in a value's items and attributes, some levels deep."""
    seen = set() if seen is None else seen
    if id(value) in seen or depth < 0:
        return False
    seen.add(id(value))
    if isinstance(value, str):
        return TOKEN in value
    if isinstance(value, bytes | bytearray):
        return TOKEN.encode() in value
    if isinstance(value, int | float | type(None) | type | type(sys)) or type(value).__module__.startswith(
        ("polars", "zrtools.sandbox")
    ):
        return False
    inside: list[object] = []
    if isinstance(value, dict):
        inside += [*value.keys(), *value.values()]
    elif isinstance(value, list | tuple | set | frozenset):
        inside += value
    inside += getattr(value, "__dict__", {}).values()
    for kind in type(value).__mro__:
        slots = kind.__dict__.get("__slots__", ())
        inside += [
            getattr(value, s, None) for s in ([slots] if isinstance(slots, str) else slots) if s[:2] != "__"
        ]
    return any(_found(item, depth - 1, seen) for item in inside)
