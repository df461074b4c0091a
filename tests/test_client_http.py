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


@pytest.mark.parametrize("repeat", [False, True])
@pytest.mark.parametrize("fault", [{"kind": "http", "status": 403}, {"kind": "http", "status": 400}])
def test_a_repeat_that_surely_failed_leaves_the_first_attempt_open(
    own: Any, connected: Any, repeat: bool, fault: dict[str, Any]
) -> None:
    """What an earlier attempt did is not undone by a refusal of this one."""
    own.faults.add(call="send", times=None, **fault)
    message = zr.client.Outgoing("09012345678", "hello", "t-1", repeat=repeat)
    [(given, outcome)] = connected().send_each([message])
    assert given is message
    assert (outcome.client_tag, outcome.sent) == ("t-1", None if repeat else False)


@pytest.mark.parametrize(("text", "sent"), [("hello", True), ("other", None)])
def test_a_repeat_finds_out_what_became_of_the_first_attempt(
    own: Any, connected: Any, text: str, sent: bool | None
) -> None:
    """The tag is known to the service: with the same text it was this message, else nobody knows."""
    client = connected()
    client.send("09012345678", "hello", client_tag="t-1")
    [(_, outcome)] = client.send_each([zr.client.Outgoing("09012345678", text, "t-1", repeat=True)])
    assert len(own.accepted) == 1
    if sent:
        assert (outcome.client_tag, outcome.phone_number) == ("t-1", "+819012345678")
    else:
        assert outcome.sent is None


@pytest.mark.parametrize(
    "message",
    [
        "Not CONTRACTED.",
        "no such option",
        "Permission denied",
        "Unauthorized",
        "CLIENT ID?",
        "契約外です",
        "オプション未契約",
        "権限がありません",
        "bad Token",
    ],
)
def test_a_refusal_of_the_account_ends_cleaning_with_its_first_number(
    own: Any, connected: Any, message: str
) -> None:
    """Whatever its code and its letters' case: no further number is asked, and paid for, in vain."""
    own.faults.add("code", "clean", times=None, response_code=777, message=message)
    numbers = [f"0901234{n:04}" for n in range(40)]
    with pytest.raises(zr.ZrtoolsError):
        connected(at_once=1).clean(numbers, DAY, progress=False)
    assert own.calls["clean"] == 1


def test_cleaning_answers_in_the_order_asked_and_asks_each_pair_once(own: Any, connected: Any) -> None:
    """Repeats, other spellings and invalid numbers keep their rows; the requests go out in the list's order."""
    numbers = ["09012345679", "x", "09012345678", "090-1234-5679", None, "09012345670"]
    frame = connected(at_once=1).clean(numbers, DAY, progress=False)
    assert frame["input"].to_list() == numbers
    assert frame["phone_number"].to_list() == [
        "+819012345679",
        None,
        "+819012345678",
        "+819012345679",
        None,
        "+819012345670",
    ]
    asked = [r.fields["phoneNumber"] for r in own.requests if r.call == "clean"]
    assert asked == ["+819012345679", "+819012345678", "+819012345670"]
    assert frame["status"].is_null().to_list() == [False, True, False, False, True, False]
    assert frame["status"][0] == frame["status"][3]
