"""What each HTTP status means to each call: how often it is asked, what the error says, and whether it was sent."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

import zrtools as zr

DAY = date(2026, 11, 10)
LATER, REDIRECT, ACCOUNT = "ask the vendor", "redirects are not followed", "Check the token"
ADVICE = {
    300: LATER,
    301: REDIRECT,
    302: REDIRECT,
    307: REDIRECT,
    308: REDIRECT,
    400: LATER,
    401: ACCOUNT,
    403: ACCOUNT,
    404: "Check base_url",
    408: LATER,
    429: "throttling",
    500: LATER,
    501: LATER,
    502: LATER,
    503: "try again later",
    504: LATER,
    599: LATER,
}
PASSING = (408, 429, 500, 502, 503, 504)
CALLS: dict[str, Callable[[zr.Client], object]] = {
    "templates": lambda c: c.templates(),
    "status": lambda c: c.status(DAY),
    "counts": lambda c: c.counts("2026-10"),
    "reservations": lambda c: c.reservations("2026-11-20"),
    "shorten": lambda c: c.shorten("https://example.com/"),
}


@pytest.fixture(autouse=True)
def short_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    """Waits between tries are short here."""
    monkeypatch.setattr("zrtools.client.retry._FIRST", 0.001)
    monkeypatch.setattr("zrtools.client.sending._LOOKS", (0.0,))


@pytest.mark.parametrize("status", ADVICE)
def test_each_status_has_its_advice_and_its_tries(own: Any, connected: Any, status: int) -> None:
    """What may pass is tried six times, the rest once; the error says status, the service's words, and what to do."""
    own.faults.add("http", "templates", status=status, times=None, message="No, 09012345678.")
    with pytest.raises(zr.TransportError) as failed:
        connected().templates()
    assert own.calls["templates"] == (6 if status in PASSING else 1)
    said = str(failed.value)
    assert said.startswith(f"The service answered HTTP {status}: No, 090****5678. (code ")
    assert ADVICE[status] in said
    assert (LATER in said) == (ADVICE[status] == LATER)
    assert (failed.value.status_code, failed.value.retry_after) == (status, None)


@pytest.mark.parametrize("call", CALLS)
def test_what_is_no_2xx_is_never_taken_for_an_answer(own: Any, connected: Any, call: str) -> None:
    """Even where the body would be one."""
    own.faults.add("html", call, status=300, times=None)
    with pytest.raises(zr.TransportError, match="HTTP 300"):
        CALLS[call](connected())
    assert own.calls[call] == 1


@pytest.mark.parametrize(
    ("status", "tries"), [(400, 1), (408, 1), (429, 6), (500, 1), (502, 6), (503, 6), (504, 6)]
)
def test_cleaning_is_asked_again_only_where_no_answer_was_given(
    own: Any, connected: Any, status: int, tries: int
) -> None:
    """An answer is billed: what may have been one is not asked for twice."""
    own.faults.add("http", "clean", status=status, times=None)
    with pytest.raises(zr.ZrtoolsError):
        connected().clean("09012345678", DAY, progress=False)
    assert own.calls["clean"] == tries


@pytest.mark.parametrize("status", [429, 500, 503])
def test_a_short_url_and_cancelling_everything_are_never_repeated(
    own: Any, connected: Any, status: int
) -> None:
    """A second one would be another URL, or would cancel what was reserved since."""
    client = connected()
    for call, ask in (("shorten", CALLS["shorten"]), ("cancel_all", lambda c: c.cancel_all(everything=True))):
        own.faults.add("http", call, status=status, times=None)
        with pytest.raises(zr.TransportError):
            ask(client)
        assert own.calls[call] == 1


@pytest.mark.parametrize(
    ("status", "sent", "tries"),
    [
        (400, False, 1),
        (403, False, 1),
        (404, False, 1),
        (408, None, 6),
        (429, False, 6),
        (499, False, 1),
        (500, None, 6),
        (501, None, 1),
        (503, None, 6),
    ],
)
def test_a_send_says_what_is_known_of_it(
    own: Any, connected: Any, status: int, sent: bool | None, tries: int
) -> None:
    """Refused before it was read: surely not sent. Timed out or broken inside: not known, and said so."""
    own.faults.add("http", "send", status=status, times=None)
    own.faults.add("http", "status", status=404, times=None)
    with pytest.raises(zr.TransportError) as failed:
        connected().send("09012345678", "hello", client_tag="t-1")
    assert (failed.value.sent, failed.value.client_tag) == (sent, "t-1")
    assert ("not settled" in str(failed.value)) == (sent is None)
    assert own.calls["send"] == tries
    assert own.accepted == []


@pytest.mark.parametrize("status", [None, 429])
def test_cancelling_a_tag_that_never_existed_fails(own: Any, connected: Any, status: int | None) -> None:
    """At once, and after an answer that surely did nothing: what was never there was not cancelled."""
    if status is not None:
        own.faults.add("http", "cancel", status=status)
    with pytest.raises(zr.ApiError) as failed:
        connected().cancel("never")
    assert failed.value.code == 110
    assert own.calls["reservations"] == 0


@pytest.mark.parametrize("kind", ["drop_before", "drop_after"])
def test_cancelling_what_waits_succeeds_whatever_answer_is_lost(own: Any, connected: Any, kind: str) -> None:
    """The repeat finds it cancelled or cancels it; either way it does not go out."""
    client = connected()
    client.send("09012345678", "hello", client_tag="t-1", schedule_time="2026-11-20 12:00")
    own.faults.add(kind, "cancel")
    client.cancel("t-1")
    assert [m.cancelled for m in own.accepted] == [True]
