"""What the client does when requests fail: what is tried again, when, and what is told at the end."""

from __future__ import annotations

import itertools
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import date

import polars as pl
import pytest

import zrtools as zr
from zrtools import schemas
from zrtools.client.pace import HOLD, RECOVERY, Pace
from zrtools.client.retry import seconds_to_wait
from zrtools.codes import OPT_OUT_URL

DAY = date(2026, 11, 10)


@pytest.fixture(autouse=True)
def short_waits(monkeypatch):
    """Waits between tries are short here; how they grow is tested by itself."""
    monkeypatch.setattr("zrtools.client.retry._FIRST", 0.01)
    monkeypatch.setattr("zrtools.client.sending._LOOKS", (0.0, 0.02))


@pytest.fixture
def alone() -> Iterator[Callable[..., zr.Client]]:
    """Make a client whose sandbox has seen no other, where requests in flight are counted."""
    with ExitStack() as clients:
        yield lambda **options: clients.enter_context(
            zr.Client.sandbox(messages_per_day=20, months=1, **options)
        )


@pytest.fixture
def quick(monkeypatch):
    """Throttling slows the pace here, but not to a crawl."""
    monkeypatch.setattr("zrtools.client.pace._SLOWEST", 100.0)
    monkeypatch.setattr("zrtools.client.pace._UNLIMITED", 200.0)


@pytest.mark.parametrize("kind", ["drop_before", "drop_after", "cut"])
@pytest.mark.parametrize("call", ["status", "counts", "reservations", "templates", "clean"])
def test_asking_is_tried_again_after_a_lost_answer(own, connected, call, kind):
    """What only asks is asked again until an answer comes."""
    client = connected()
    own.faults.add(kind, call, times=2)
    ask = {
        "status": lambda: client.status(DAY),
        "counts": lambda: client.counts("2026-10"),
        "reservations": lambda: client.reservations("2026-11-20"),
        "templates": client.templates,
        "clean": lambda: client.clean("09012345678", DAY, progress=False),
    }[call]
    assert isinstance(ask(), pl.DataFrame)
    assert own.calls[call] == 3


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
def test_asking_is_tried_again_after_a_passing_http_error(own, connected, status):
    """An HTTP error that may pass is waited out."""
    own.faults.add("http", "templates", status=status)
    assert connected().templates().height > 0
    assert own.calls["templates"] == 2


@pytest.mark.parametrize("status", [400, 401, 403, 404, 405])
def test_lasting_http_error_is_told_at_once(own, connected, status):
    """An HTTP error that will not pass is not asked again."""
    own.faults.add("http", "templates", status=status, times=None, message="no 09012345678 here")
    with pytest.raises(zr.TransportError) as failed:
        connected().templates()
    assert failed.value.status_code == status
    assert "12345678" not in str(failed.value)
    assert own.calls["templates"] == 1


def test_throttling_is_told_after_the_last_retry(own, connected):
    """A service that goes on throttling ends in a TransportError with its status."""
    own.faults.add("http", "templates", status=429, times=None)
    with pytest.raises(zr.TransportError, match="pace") as failed:
        connected().templates()
    assert failed.value.status_code == 429
    assert own.calls["templates"] == 6


def test_refusal_is_not_asked_again(own, connected):
    """An answer is an answer: a result code other than 0 is told at once."""
    own.faults.add("code", "templates", response_code=500)
    with pytest.raises(zr.ApiError) as failed:
        connected().templates()
    assert (failed.value.code, failed.value.message) == (500, "System error.")
    assert own.calls["templates"] == 1


@pytest.mark.parametrize("kind", ["html", "not_json", "no_code"])
def test_foreign_answer_is_told(own, connected, kind):
    """An answer that is not one of this API is told as that."""
    own.faults.add(kind, "templates")
    with pytest.raises(zr.UnexpectedResponseError):
        connected().templates()


def test_wrong_content_type_is_no_obstacle(own, connected):
    """What is JSON of this API is read whatever it is announced as."""
    own.faults.add("bad_type", "templates")
    assert connected().templates().height > 0


def test_redirect_is_not_followed(own, connected):
    """A redirect is told, and nobody goes where it points."""
    own.faults.add("redirect", "templates", location=own.url + "/p5/api/template.json")
    with pytest.raises(zr.TransportError, match="redirect") as failed:
        connected().templates()
    assert failed.value.status_code == 302
    assert own.calls["templates"] == 1


@pytest.mark.slow
def test_retry_after_is_kept(own, connected):
    """The service's own wish when to come back counts."""
    own.faults.add("http", "templates", status=503, retry_after=1)
    started = time.monotonic()
    connected().templates()
    assert time.monotonic() - started > 0.95


def test_retry_after_beyond_the_time_limit_is_not_waited_for(own, connected):
    """A wait that is longer than all tries may take is told instead."""
    own.faults.add("http", "templates", status=503, retry_after=3600)
    started = time.monotonic()
    with pytest.raises(zr.TransportError) as failed:
        connected(timeout=2).templates()
    assert failed.value.retry_after == 3600
    assert time.monotonic() - started < 1


def test_timeout_is_told(own, connected):
    """A service that does not answer in time is told as that, and not for ever."""
    own.faults.add("delay", "templates", seconds=5, times=None)
    client = connected(timeout=0.1)
    started = time.monotonic()
    with pytest.raises(zr.TransportError, match="in time") as failed:
        client.templates()
    assert failed.value.status_code is None
    assert time.monotonic() - started < 2


def test_refused_connection_is_told(connected):
    """A port on which nobody listens is told as no connection."""
    with pytest.raises(zr.TransportError, match="No connection"):
        connected(base_url="http://127.0.0.1:9").templates()


# --------------------------------------------------------------------------------------------- sending


@pytest.mark.parametrize("schedule_time", [None, "2026-11-20 12:00"])
@pytest.mark.parametrize("kind", ["drop_before", "drop_after", "cut", "html"])
def test_message_with_a_lost_answer_goes_out_once(own, connected, kind, schedule_time):
    """Whatever became of the answer, the message is accepted once and its receipt comes."""
    own.faults.add(kind, "send", effect=kind != "drop_before")
    receipt = connected().send("090-1234-5678", "hello", schedule_time=schedule_time)
    assert [m.client_tag for m in own.accepted] == [receipt.client_tag]
    assert receipt.phone_number == "+819012345678"


@pytest.mark.parametrize("status", [429, 500, 503])
@pytest.mark.parametrize("effect", [True, False])
def test_message_after_an_http_error_goes_out_once(own, connected, status, effect):
    """An HTTP error tells nothing about what happened to the message; asking does."""
    own.faults.add("http", "send", status=status, effect=effect)
    connected().send("09012345678", "hello", client_tag="t-1")
    assert len(own.accepted) == 1


def test_first_answer_400_is_a_refusal(own, connected):
    """A tag that was used before is refused, and that error says so: surely not accepted."""
    client = connected()
    client.send("09012345678", "one", client_tag="t-1")
    with pytest.raises(zr.ApiError) as failed:
        client.send("09012345678", "two", client_tag="t-1")
    assert (failed.value.code, failed.value.client_tag, failed.value.sent) == (400, "t-1", False)
    assert len(own.accepted) == 1


def test_tag_of_another_message_is_no_proof(own, connected):
    """A 400 after a lost answer is not taken for success when the tag belongs to another message."""
    client = connected()
    client.send("09012345678", "one", client_tag="t-1")
    own.faults.add("drop_before", "send")
    with pytest.raises(zr.ApiError) as failed:
        client.send("09099999999", "one", client_tag="t-1")
    assert failed.value.sent is False


def test_same_tag_and_number_with_another_text_is_not_settled(own, connected):
    """A text may have been altered on its way, so it is neither taken for success nor said to be unsent."""
    client = connected()
    client.send("09012345678", "one", client_tag="t-1")
    own.faults.add("drop_before", "send")
    with pytest.raises(zr.ApiError, match="not settled") as failed:
        client.send("09012345678", "two", client_tag="t-1")
    assert failed.value.sent is None


@pytest.mark.parametrize("schedule_time", [None, "2026-11-20 12:00"])
def test_message_with_two_opt_out_links_is_known_again(own, connected, schedule_time):
    """The service puts the recipient's own link for each of them, and it is the same message all the same."""

    def replaced(_: dict[str, str]) -> bool:
        for message in own.accepted:
            message.message = message.message.replace(OPT_OUT_URL, "https://ai9.jp/Ab12Cd")
        return False

    for call in ("status", "reservations"):
        own.faults.add("delay", call, times=None, when=replaced)
    own.faults.add("drop_after", "send")
    text = f"(1) {OPT_OUT_URL}\n.* {OPT_OUT_URL} [end]"
    receipt = connected().send("09012345678", text, client_tag="t-1", schedule_time=schedule_time)
    assert receipt.message == text
    assert len(own.accepted) == 1
    assert OPT_OUT_URL not in own.accepted[0].message


def test_lost_answer_that_cannot_be_settled_says_so(own, connected):
    """When no answer ever comes, the error says that it is not known, and carries the tag."""
    client = connected()
    own.faults.add("drop_after", "send", times=None)
    own.faults.add("http", "status", status=404, times=None)
    with pytest.raises(zr.ZrtoolsError, match="not settled") as failed:
        client.send("09012345678", "one", client_tag="t-1")
    assert (failed.value.client_tag, failed.value.sent) == ("t-1", None)
    assert len(own.accepted) == 1


def test_all_answers_lost_is_settled_by_asking(own, connected):
    """When every answer was lost but the message went out, the receipt comes all the same."""
    own.faults.add("drop_after", "send", times=None)
    assert connected().send("09012345678", "one", client_tag="t-1").client_tag == "t-1"
    assert len(own.accepted) == 1


@pytest.mark.parametrize("lost", ["drop_before", "drop_after", "cut", "http"])
def test_lost_answer_and_then_throttling_is_not_settled(own, connected, quick, lost):
    """Once an answer was lost, later refusals of the service do not prove that nothing was sent."""
    own.faults.add(lost, "send", **({"status": 408} if lost == "http" else {}))
    own.faults.add("http", "send", status=429, times=None)
    own.faults.add("http", "status", status=429, times=None)
    with pytest.raises(zr.TransportError, match="not settled") as failed:
        connected().send("09012345678", "one", client_tag="t-1")
    assert (failed.value.status_code, failed.value.sent, failed.value.client_tag) == (429, None, "t-1")


@pytest.mark.parametrize("effect", [True, False])
def test_request_that_timed_out_at_the_service_is_open(own, connected, quick, effect):
    """HTTP 408 tells nothing about whether the message was taken: asking does, and where it cannot, it stays open."""
    own.faults.add("http", "send", status=408, times=None, effect=effect)
    own.faults.add("http", "status", status=404, times=None)
    with pytest.raises(zr.TransportError, match="not settled") as failed:
        connected().send("09012345678", "one", client_tag="t-1")
    assert failed.value.sent is None
    own.faults.clear()
    own.faults.add("http", "send", status=408, effect=effect)
    connected().send("09012345678", "two", client_tag="t-2")
    assert [m.client_tag for m in own.accepted].count("t-2") == 1


def reserved(client: zr.Client) -> zr.Client:
    """Have a reservation t-1 in group g that waits."""
    client.send("09012345678", "x", client_tag="t-1", schedule_time="2026-11-20 12:00", group_tag="g")
    return client


@pytest.mark.parametrize("lost", ["drop_before", "drop_after"])
def test_lost_answer_of_a_cancel_and_then_throttling_is_not_settled(own, connected, quick, lost):
    """The same for a cancel, when reservations cannot be asked either."""
    client = reserved(connected())
    own.faults.add(lost, "cancel")
    own.faults.add("http", "cancel", status=429, times=None)
    own.faults.add("http", "reservations", status=429, times=None)
    with pytest.raises(zr.TransportError, match="not settled") as failed:
        client.cancel("t-1")
    assert failed.value.sent is None


@pytest.mark.parametrize("lost", ["drop_before", "drop_after"])
def test_lost_answer_of_a_cancel_is_settled_by_asking(own, connected, quick, lost):
    """Where reservations can be asked, they tell what became of it, whatever came after the lost answer."""
    client = reserved(connected())
    own.faults.add(lost, "cancel")
    own.faults.add("http", "cancel", status=429, times=None)
    if lost == "drop_after":
        client.cancel("t-1")
    else:
        with pytest.raises(zr.TransportError) as failed:
            client.cancel("t-1")
        assert failed.value.sent is False
    assert own.accepted[0].cancelled is (lost == "drop_after")


def test_cancelling_what_never_existed_fails(own, connected):
    """A tag that nobody has used is refused: nothing is taken for cancelled."""
    client = reserved(connected())
    with pytest.raises(zr.ApiError) as failed:
        client.cancel("t-other")
    assert (failed.value.code, failed.value.field, failed.value.sent) == (110, "clientTag", False)
    assert not own.accepted[0].cancelled


@pytest.mark.parametrize("effect", [True, False])
@pytest.mark.parametrize("everything", [True, False])
def test_lost_answer_of_cancelling_many_says_that_it_is_not_settled(
    own, connected, quick, everything, effect
):
    """Neither a lost answer nor what comes after it is told as "surely not cancelled"."""
    client = reserved(connected())
    own.faults.add("drop_before", "cancel_all", effect=effect)
    own.faults.add("http", "cancel_all", status=429, times=None)
    with pytest.raises(zr.TransportError, match="not settled") as failed:
        client.cancel_all(**({"everything": True} if everything else {"group_tag": "g"}))
    assert failed.value.sent is None
    assert own.calls["cancel_all"] == (1 if everything else 6)


def test_lost_answer_of_a_short_url_says_that_one_may_be_there(own, connected):
    """A short URL whose answer was lost is never asked for again, and the error says where to look."""
    own.faults.add("drop_after", "shorten")
    with pytest.raises(zr.TransportError, match=r"not settled .* admin screen") as failed:
        connected().shorten("https://example.com/")
    assert failed.value.sent is None
    assert own.calls["shorten"] == 1


def test_message_that_never_left_says_so(connected):
    """Without a connection the message surely was not accepted."""
    with pytest.raises(zr.TransportError) as failed:
        connected(base_url="http://127.0.0.1:9").send("09012345678", "one")
    assert failed.value.sent is False
    assert failed.value.client_tag


@pytest.mark.parametrize(
    ("number", "message", "options"),
    [
        ("0312345678", "x", {}),
        ("09012345678", "", {}),
        ("09012345678", "あ" * 661, {}),
        ("09012345678", "x", {"client_tag": "t" * 201}),
        ("09012345678", "x", {"client_tag": ""}),
        ("09012345678", "x", {"carrier_id": "102"}),
        ("09012345678", "x", {"schedule_time": "tomorrow"}),
        ("09012345678", "x", {"group_tag": "g" * 201}),
    ],
)
def test_send_refuses_before_anything_is_sent(own, connected, number, message, options):
    """A message that cannot be sent is refused, surely not sent, with its tag."""
    with pytest.raises(zr.InputError) as refused:
        connected().send(number, message, **options)
    assert own.calls["send"] == 0
    assert refused.value.sent is False
    assert refused.value.client_tag is not None
    assert "0312345678" not in str(refused.value)


def test_tag_is_made_unique(own, connected):
    """Left out, the tag is one that nobody has."""
    client = connected()
    assert client.send("09012345678", "x").client_tag != client.send("09012345678", "x").client_tag


def test_quota_is_told(connected, own):
    """A refusal for the plan's limit is told with its code."""
    own.service.quota = 0
    with pytest.raises(zr.ApiError) as failed:
        connected().send("09012345678", "x")
    assert (failed.value.code, failed.value.sent) == (300, False)


# -------------------------------------------------------------------------------------------- send_each


def outgoing(n: int, **options):
    """Make message n."""
    return zr.client.Outgoing(f"0901234{n:04d}", f"message {n}", f"t-{n}", **options)


def test_each_message_comes_with_its_outcome(own, connected):
    """Receipts and errors come as they complete, one for each message, and none is raised."""
    messages = [outgoing(n) for n in range(20)]
    messages[3] = zr.client.Outgoing("0312345678", "landline", "t-3")
    messages[4] = zr.client.Outgoing("09012345678", "again", "t-0")
    outcomes = dict(connected().send_each(messages))
    assert set(outcomes) == set(messages)
    assert isinstance(outcomes[messages[3]], zr.InputError)
    assert outcomes[messages[3]].sent is False
    codes = {getattr(o, "code", 0) for m, o in outcomes.items() if m.client_tag == "t-0"}
    assert codes == {0, 400}
    assert len(own.accepted) == 18


def test_messages_are_taken_up_lazily(alone):
    """Never more messages are taken up than are in flight, and each outcome is given before more are taken."""
    client = alone(at_once=4)
    client.embedded.faults.add("delay", "send", seconds=0.05, times=None)
    taken: list[int] = []

    def feed():
        for n in range(12):
            taken.append(n)
            yield outgoing(n)

    given = 0
    for _ in client.send_each(feed()):
        given += 1
        assert len(taken) - given < 4
    assert given == 12
    assert client.embedded.max_in_flight <= 4


def test_source_that_breaks_off_still_tells_what_was_sent(own, connected):
    """When the iterable raises, what is in flight is told first."""

    def feed():
        yield outgoing(1)
        yield outgoing(2)
        raise OSError("the journal is gone")

    outcomes = connected().send_each(feed())
    assert sorted(next(outcomes)[0].client_tag for _ in range(2)) == ["t-1", "t-2"]
    with pytest.raises(OSError, match="journal"):
        next(outcomes)


def test_closed_client_tells_what_is_not_known(alone):
    """When the client is closed on the way, messages in flight are unsettled and later ones surely not sent."""
    client = alone(at_once=3)
    client.embedded.faults.add(
        "delay", "send", seconds=5, times=None, when=lambda fields: fields["clientTag"] != "t-0"
    )
    outcomes = client.send_each(outgoing(n) for n in range(6))
    assert next(outcomes)[0].client_tag == "t-0"
    threading.Timer(0.2, client.close).start()
    rest = dict(outcomes)
    assert len(rest) == 5
    assert {m.client_tag: o.sent for m, o in rest.items()}["t-1"] is None
    assert {m.client_tag: o.sent for m, o in rest.items()}["t-5"] is False
    with pytest.raises(zr.ConfigurationError, match="closed"):
        client.send("09012345678", "x")


def test_leaving_the_loop_early_cancels_what_is_in_flight(alone):
    """Whoever leaves the loop early has no more messages taken up, and the client goes on working."""
    client = alone(at_once=2)
    client.embedded.faults.add(
        "delay", "send", seconds=0.2, times=None, when=lambda fields: fields["clientTag"] != "t-0"
    )
    taken: list[int] = []
    outcomes = client.send_each(outgoing(taken.append(n) or n) for n in range(50))
    next(outcomes)
    outcomes.close()
    assert len(taken) <= 3
    assert client.templates().height > 0


@pytest.mark.parametrize("schedule_time", [None, "2026-11-20 12:00"])
def test_repeat_is_settled_as_accepted(own, connected, schedule_time):
    """A repeat whose first attempt was accepted is known by the same number and message."""
    client = connected()
    first = outgoing(1, schedule_time=schedule_time)
    [(_, receipt)] = client.send_each([first])
    [(_, again)] = client.send_each([outgoing(1, schedule_time=schedule_time, repeat=True)])
    assert again == receipt
    other = zr.client.Outgoing("09099999999", "other", "t-1", schedule_time=schedule_time, repeat=True)
    [(_, refused)] = client.send_each([other])
    assert (refused.code, refused.sent) == (400, False)


def test_repeat_of_what_never_arrived_is_sent(own, connected):
    """A repeat whose first attempt did not arrive goes out now."""
    [(_, receipt)] = connected().send_each([outgoing(1, repeat=True)])
    assert receipt.client_tag == "t-1"
    assert len(own.accepted) == 1


def test_repeat_that_nothing_is_known_of_is_unsettled(own, connected):
    """A 400 on a repeat that neither status nor reservations know stays unsettled."""
    own.faults.add("code", "send", response_code=400, message="Duplicate client tag.")
    [(_, failed)] = connected().send_each([outgoing(1, repeat=True)])
    assert (failed.code, failed.sent, failed.client_tag) == (400, None, "t-1")


# --------------------------------------------------------------------------------------- many requests


def test_days_that_failed_are_named(own, connected):
    """A month with a day that does not come raises, with what came and what did not."""
    own.faults.add("http", "status", status=404, times=None, when=lambda fields: fields["date"] == "20261103")
    with pytest.raises(zr.PartialResultError, match="1 of 5 days") as failed:
        connected().status("2026-11-01", "2026-11-05", progress=False)
    assert failed.value.missing == [date(2026, 11, 3)]
    assert failed.value.frame.schema == schemas.STATUS
    assert date(2026, 11, 4) in failed.value.frame["send_date"].to_list()
    assert isinstance(failed.value.__cause__, zr.TransportError)


def test_error_of_the_account_stops_all_days(own, connected):
    """A wrong token stops the run at once; a single day raises the refusal itself."""
    client = connected(token="w" * 32)
    with pytest.raises(zr.PartialResultError) as failed:
        client.status("2026-10", progress=False)
    assert len(failed.value.missing) == 31
    assert failed.value.frame.height == 0
    assert isinstance(failed.value.__cause__, zr.ApiError)
    assert own.calls["status"] <= 8
    with pytest.raises(zr.ApiError) as refused:
        client.status(DAY)
    assert (refused.value.code, refused.value.field) == (110, "token")


def test_scattered_failures_do_not_end_a_run(own, connected):
    """Only failures in a row mean that the service is gone: a few among many tags are named, the rest comes."""
    lost = {f"t-{n}" for n in range(0, 100, 20)}
    own.faults.add("http", "status", status=404, times=None, when=lambda fields: fields["clientTag"] in lost)
    with pytest.raises(zr.PartialResultError) as failed:
        connected(at_once=1).status(client_tag=[f"t-{n}" for n in range(100)], progress=False)
    assert set(failed.value.missing) == lost
    own.faults.clear()
    own.faults.add("http", "status", status=404, times=None)
    before = own.calls["status"]
    with pytest.raises(zr.PartialResultError):
        connected(at_once=1).status(client_tag=[f"t-{n}" for n in range(100)], progress=False)
    assert own.calls["status"] - before == 3


@pytest.mark.slow
def test_run_of_a_closed_client_tells_what_came(own, connected):
    """When another thread closes the client, a run ends at once with what came, a single call says so."""
    own.faults.add(
        "delay", "status", seconds=30, times=None, when=lambda fields: fields["date"] >= "20261103"
    )
    client = connected()
    threading.Timer(0.8, client.close).start()
    with pytest.raises(zr.PartialResultError) as failed:
        client.status("2026-11-01", "2026-11-10", progress=False)
    assert failed.value.missing == [date(2026, 11, d) for d in range(3, 11)]
    client = connected()
    threading.Timer(0.3, client.close).start()
    with pytest.raises(zr.ConfigurationError, match="closed"):
        client.status("2026-11-05")


def test_months_that_failed_are_named(own, connected):
    """The same holds for months of counts."""
    own.faults.add("html", "counts", times=None, when=lambda fields: fields["month"] == "202610")
    with pytest.raises(zr.PartialResultError) as failed:
        connected().counts("2026-09", "2026-11", progress=False)
    assert failed.value.missing == [date(2026, 10, 1)]


def test_at_most_four_days_are_in_flight(alone):
    """Answers of status are large: four at a time at most; other calls use the whole window."""
    client = alone(at_once=8)
    own = client.embedded
    own.faults.add("delay", times=None, seconds=0.02)
    client.status("2026-11-01", "2026-11-12", progress=False)
    assert own.max_in_flight == 4
    client.clean([f"0901234{n:04d}" for n in range(24)], DAY, progress=False)
    assert own.max_in_flight == 8


@pytest.mark.slow
def test_pace_is_even_and_gives_no_credit(own, connected):
    """Requests start evenly, also after a rest: no burst on top of the pace."""
    client = connected(pace=50)
    client.templates()
    time.sleep(0.3)
    own.requests.clear()
    client.clean([f"0901234{n:04d}" for n in range(40)], DAY, progress=False)
    times = [r.monotonic for r in own.requests]
    assert 0.7 < times[-1] - times[0] < 1.4
    assert max(sum(t <= u < t + 0.2 for u in times) for t in times) <= 14


def test_pace_is_shared_by_all_calls(own, connected):
    """Two threads share one pace."""
    client = connected(pace=40)
    threads = [threading.Thread(target=lambda: [client.templates() for _ in range(10)]) for _ in range(2)]
    started = time.monotonic()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert time.monotonic() - started > 0.45


@pytest.mark.slow
def test_throttling_slows_everything_at_once(own, connected):
    """One throttled answer holds all calls back, for as long as it asks."""
    client = connected()
    own.faults.add("http", "clean", status=429, retry_after=0.5)
    client.clean([f"0901234{n:04d}" for n in range(60)], DAY, progress=False)
    times = [r.monotonic for r in own.requests]
    assert max(b - a for a, b in itertools.pairwise(times)) > 0.4
    assert own.calls["clean"] == 61


def test_slowed_pace_comes_back_gradually():
    """A throttled pace is halved, held, and then grows until it is whole; later throttling halves it further."""
    pace = Pace(100)
    assert pace.rate(10) == 100
    pace.slow(started=9, now=10, retry_after=None)
    pace.slow(started=9.5, now=10.1, retry_after=None)
    rates = [pace.rate(10 + s) for s in (0, HOLD, HOLD + RECOVERY / 2, HOLD + RECOVERY)]
    assert rates == [50, 50, 75, 100]
    pace.slow(started=11, now=12, retry_after=None)
    assert pace.rate(12) == 25
    for second in range(13, 40):
        pace.slow(started=second - 0.5, now=second, retry_after=None)
    assert 0 < pace.rate(40) < 1


def test_unlimited_pace_is_limited_while_throttled():
    """Without a pace, throttling sets one for a while."""
    pace = Pace(None)
    pace.slow(started=0, now=1, retry_after=None)
    assert pace.rate(1) == 20
    assert pace.rate(1 + HOLD + RECOVERY) is None


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("7", 7),
        ("0.5", 0.5),
        ("-1", 0),
        ("nan", None),
        ("inf", None),
        ("soon", None),
        ("", None),
        (None, None),
        ("Wed, 21 Oct 2015 07:28:00 GMT", 0),
        ("Wed, 21 Oct 2015 07:28:00 -0000", 0),
    ],
)
def test_retry_after_is_seconds_or_a_date(header, seconds):
    """Both forms of Retry-After are read, what cannot be read is none."""
    assert seconds_to_wait(header) == seconds


@pytest.mark.skipif(os.name == "nt", reason="a signal cannot be sent to one's own process there")
def test_interrupt_stops_within_a_second(own, connected):
    """Ctrl-C stops a run within a second, and tells what came and what did not."""
    own.faults.add("delay", "clean", seconds=0.05, times=None)
    client = connected(at_once=2)
    numbers = [f"0901234{n:04d}" for n in range(500)]
    pressed: list[float] = []

    def press():
        pressed.append(time.monotonic())
        os.kill(os.getpid(), signal.SIGINT)

    threading.Timer(0.6, press).start()
    with pytest.raises(zr.Interrupted) as stopped:
        client.clean(numbers, DAY, progress=False)
    assert time.monotonic() - pressed[0] < 1
    error = stopped.value
    assert isinstance(error, KeyboardInterrupt)
    assert 0 < error.frame.height < 500
    assert error.frame.height + len(error.missing) == 500
    assert error.frame.schema == schemas.CLEANING
    assert own.calls["clean"] <= error.frame.height + 2
    own.faults.clear()
    assert client.templates().height > 0


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="a signal cannot be sent to one's own process there")
def test_interrupt_of_days_keeps_what_came(own, connected):
    """The same for days, whose answers are slow: what came stays, the rest is listed."""
    own.faults.add(
        "delay", "status", seconds=30, times=None, when=lambda fields: fields["date"] >= "20261105"
    )
    threading.Timer(0.8, lambda: os.kill(os.getpid(), signal.SIGINT)).start()
    started = time.monotonic()
    with pytest.raises(zr.Interrupted) as stopped:
        connected().status("2026-11-01", "2026-11-10", progress=False)
    assert time.monotonic() - started < 1.8
    assert stopped.value.missing == [date(2026, 11, d) for d in range(5, 11)]
    assert stopped.value.frame["send_date"].n_unique() == 4
