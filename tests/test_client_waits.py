"""When the service asks to wait: nothing freezes, everything says until when, and a stop does not wait."""

from __future__ import annotations

import email.utils
import io
import itertools
import re
import sys
import threading
import time
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

import zrtools as zr
from zrtools import schemas
from zrtools.client.retry import seconds_to_wait
from zrtools.periods import TOKYO

DAY = date(2026, 11, 10)
HOUR = "3600"
NUMBERS = [f"0901234{n:04d}" for n in range(60)]


@pytest.fixture(autouse=True)
def short_waits(monkeypatch):
    """Waits between tries are short here."""
    monkeypatch.setattr("zrtools.client.retry._FIRST", 0.01)
    monkeypatch.setattr("zrtools.client.sending._LOOKS", (0.0, 0.02))


def in_an_hour() -> str:
    """Give the date that a Retry-After of an hour may be written as."""
    return email.utils.formatdate(time.time() + 3600, usegmt=True)


def outgoing(n: int) -> zr.client.Outgoing:
    """Make message n."""
    return zr.client.Outgoing(NUMBERS[n], f"message {n}", f"t-{n}")


@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize("header", [HOUR, None, "1e9", "1e300"], ids=["hour", "date", "1e9", "1e300"])
def test_long_wait_is_told_at_once_and_holds_others_for_a_moment_only(
    own, connected, monkeypatch, header, status
):
    """The call that is asked to wait for an hour says until when; the next one begins when the pace is free again."""
    monkeypatch.setattr("zrtools.client.pace.LONGEST", 0.5)
    own.faults.add("http", "templates", status=status, retry_after=header or in_an_hour())
    client = connected()
    started = time.monotonic()
    with pytest.raises(zr.TransportError, match=r"asks to wait until .*\d\d:\d\d \(Japan\)") as failed:
        client.templates()
    assert failed.value.status_code == status
    assert failed.value.retry_after > 3500
    assert client.templates().height > 0
    assert 0.3 < time.monotonic() - started < 3
    assert client.waiting_until is None


def test_pace_is_held_for_30_seconds_at_most():
    """That is the longest for which one answer holds every call back."""
    from zrtools.client import pace

    assert pace.LONGEST == 30


def test_call_that_could_not_begin_in_time_is_refused_at_once(own, connected):
    """A call that would wait longer than ten times its time-out is not begun, and says until when to wait."""
    own.faults.add("http", "templates", status=503, retry_after=HOUR)
    client = connected(timeout=1)
    with pytest.raises(zr.TransportError):
        client.templates()
    until = datetime.now(TOKYO) + timedelta(hours=1)
    own.requests.clear()
    calls = {
        "status": lambda: client.status(DAY),
        "counts": lambda: client.counts("2026-10"),
        "clean": lambda: client.clean(NUMBERS[0], DAY, progress=False),
        "reservations": lambda: client.reservations("2026-11-20"),
        "templates": client.templates,
        "send": lambda: client.send(NUMBERS[0], "x"),
        "cancel": lambda: client.cancel("t-1"),
        "cancel_all": lambda: client.cancel_all(group_tag="g"),
        "everything": lambda: client.cancel_all(everything=True),
        "shorten": lambda: client.shorten("https://example.com/"),
    }
    for name, call in calls.items():
        started = time.monotonic()
        with pytest.raises(zr.TransportError) as failed:
            call()
        assert time.monotonic() - started < 1, name
        assert failed.value.sent is False, name
        assert 3500 < failed.value.retry_after <= 3600, name
        said = re.search(r"until (?:\d{4}-\d\d-\d\d )?(\d\d:\d\d) \(Japan\)", str(failed.value))
        near = [f"{until + timedelta(minutes=m):%H:%M}" for m in (0, 1)]
        assert said, name
        assert said[1] in near, name
    assert not own.requests


def test_check_tells_that_the_service_asks_to_wait_and_does_not_wait_itself(own, connected):
    """Neither a wait that an earlier call was told, nor one that check is told itself, keeps it from answering."""
    own.faults.add("http", times=None, status=503, retry_after=HOUR)
    client = connected()
    for _ in range(2):
        started = time.monotonic()
        found = client.check(lang="en")
        assert time.monotonic() - started < 2
        assert found.schema == schemas.CHECK
        told = found["detail"].str.contains(r"until .*\d\d:\d\d \(Japan\)")
        assert told.any()
        assert found.filter(told)["works"].null_count() == told.sum()


def test_check_does_not_wait_behind_a_call_that_waits(own, connected):
    """While another call sits the wait out, check answers all the same."""
    own.faults.add("http", "templates", status=503, retry_after=4)
    client = connected()
    other = threading.Thread(target=client.templates)
    other.start()
    while client.waiting_until is None:
        time.sleep(0.01)
    threading.Thread(target=client.templates).start()
    time.sleep(0.1)
    started = time.monotonic()
    assert client.check(lang="en")["detail"].str.contains("asked to wait until").any()
    assert time.monotonic() - started < 2
    other.join()


@pytest.mark.parametrize("header", [HOUR, "1e9"])
def test_run_over_many_ends_with_what_came(own, connected, header):
    """Days, tags, months and numbers: what came is kept, what did not is listed, and nobody waits."""
    client = connected()
    fault = {"status": 503, "retry_after": header, "times": None}
    own.faults.add("http", "status", when=lambda f: f.get("date", "") >= "20261105", **fault)
    own.faults.add("http", "status", when=lambda f: f.get("clientTag", "") >= "t-5", **fault)
    own.faults.add("http", "clean", when=lambda f: f["phoneNumber"] >= "+819012340040", **fault)
    runs = {
        "days": lambda: client.status("2026-11-01", "2026-11-30", progress=False),
        "tags": lambda: client.status(client_tag=[f"t-{n}" for n in range(10)], progress=False),
        "numbers": lambda: client.clean(NUMBERS, DAY, progress=False),
    }
    for name, run in runs.items():
        client = connected(at_once=2)
        started = time.monotonic()
        with pytest.raises(zr.PartialResultError, match=r"until .*\d\d:\d\d \(Japan\)") as failed:
            run()
        assert time.monotonic() - started < 3, name
        assert failed.value.missing, name


def test_sync_ends_at_once_and_goes_on_later(own, connected, tmp_path, monkeypatch):
    """A sync stops, what came is stored, the report says until when; the next sync fetches the rest."""
    own.faults.add(
        "http", "status", status=429, retry_after=HOUR, times=None, when=lambda f: f["date"] >= "20261103"
    )
    monkeypatch.setenv("ZRTOOLS_LANG", "en")
    archive = zr.Archive(tmp_path / "a")
    started = time.monotonic()
    report = archive.sync(connected(), "2026-10-20", "2026-11-10", progress=False)
    assert time.monotonic() - started < 5
    failed = report.filter(action="failed")
    assert failed["send_date"].min() <= date(2026, 11, 3)
    assert failed["why"].str.contains(r"until .*\d\d:\d\d \(Japan\)").all()
    assert own.calls["status"] <= 14 + 8
    own.faults.clear()
    again = archive.sync(connected(), "2026-10-20", "2026-11-10", progress=False)
    assert again.filter(action="failed").is_empty()
    assert archive.scan().select("send_date").collect().n_unique() == 22


def test_stop_gives_back_at_once_what_has_not_left(own, connected):
    """Messages that wait, for the pace or for another try, come back surely unsent; what is on its way is heard."""
    own.faults.add("delay", "send", seconds=0.6, times=None, when=lambda f: f["clientTag"] == "t-0")
    own.faults.add("http", "send", status=429, retry_after=20, when=lambda f: f["clientTag"] == "t-1")
    client = connected(at_once=8)
    stop = threading.Event()
    threading.Timer(0.3, stop.set).start()
    started = time.monotonic()
    told = {m.client_tag: o for m, o in client.send_each(map(outgoing, range(60)), stopped=stop.is_set)}
    assert time.monotonic() - started < 3
    assert isinstance(told["t-0"], zr.client.SendReceipt)
    assert told["t-1"].sent is False
    accepted = {m.client_tag for m in own.accepted}
    assert {tag for tag, outcome in told.items() if isinstance(outcome, zr.client.SendReceipt)} == accepted
    assert all(told[tag].sent is False for tag in set(told) - accepted)
    assert len(told) < 60


def test_stop_leaves_open_what_may_have_been_accepted(own, connected):
    """A message whose answer was lost, and that waits for another try, is not said to be unsent."""
    own.faults.add("drop_after", "send")
    own.faults.add("http", "send", status=429, retry_after=20)
    stop = threading.Event()
    threading.Timer(0.5, stop.set).start()
    [(_, failed)] = connected().send_each([outgoing(0)], stopped=stop.is_set)
    assert (failed.sent, failed.client_tag) == (None, "t-0")
    assert len(own.accepted) == 1


def test_stop_of_a_cleaning_does_not_wait(own, connected):
    """A stop ends a cleaning that waits for the service, with what came."""
    own.faults.add("http", "clean", status=429, retry_after=60, when=lambda f: f["phoneNumber"].endswith("9"))
    stop = threading.Event()
    threading.Timer(0.4, stop.set).start()
    started = time.monotonic()
    with pytest.raises(zr.Interrupted) as stopped:
        connected(at_once=2).clean(NUMBERS, DAY, progress=False, stop=stop)
    assert time.monotonic() - started < 2
    assert 0 < stopped.value.frame.height < 60
    assert stopped.value.frame.height + len(stopped.value.missing) == 60


def test_stop_of_a_cleaning_hears_what_is_on_its_way(own, connected):
    """What was asked is billed, so its answer is waited for."""
    own.faults.add("delay", "clean", seconds=1, times=None)
    stop = threading.Event()
    threading.Timer(0.4, stop.set).start()
    with pytest.raises(zr.Interrupted) as stopped:
        connected(at_once=4).clean(NUMBERS, DAY, progress=False, stop=stop)
    assert own.calls["clean"] == 4
    assert stopped.value.frame.height == 4


class Terminal(io.StringIO):
    """A terminal that remembers what was written to it."""

    def isatty(self) -> bool:
        """Say that this is one."""
        return True


@pytest.mark.parametrize(
    ("lang", "said"), [("en", r"waiting for the service until \d\d:\d\d"), ("ja", r"\d\d:\d\d.*まで待機")]
)
def test_bar_says_until_when_the_service_asks_to_wait(own, connected, monkeypatch, lang, said):
    """While a run waits its bar says so, and no longer once the service answers again."""
    monkeypatch.setattr(sys, "stderr", Terminal())
    own.faults.add("http", "clean", status=503, retry_after=1, when=lambda f: f["phoneNumber"].endswith("2"))
    connected(at_once=1).clean(NUMBERS[:9], DAY, lang=lang)
    lines = sys.stderr.getvalue().split("\r")
    assert any(re.search(said, line) for line in lines)
    assert not re.search(said, lines[-1])


def test_bar_of_a_sync_says_until_when_too(own, connected, monkeypatch, tmp_path):
    """A run within a run tells the outer one's bar."""
    monkeypatch.setattr(sys, "stderr", Terminal())
    monkeypatch.setenv("ZRTOOLS_LANG", "en")
    own.faults.add("http", "status", status=503, retry_after=1, when=lambda f: f["date"] == "20261103")
    zr.Archive(tmp_path / "a").sync(connected(), "2026-11-01", "2026-11-10")
    assert "waiting for the service until" in sys.stderr.getvalue()


@given(st.text() | st.floats().map(str) | st.datetimes().map(email.utils.format_datetime))
def test_any_retry_after_is_read_or_ignored(header):
    """Nonsense in the header is no wait; what is read can be told as a time."""
    from zrtools.client.retry import until

    seconds = seconds_to_wait(header)
    if seconds is not None:
        assert seconds >= 0
        assert re.fullmatch(r"(\d{4}-\d\d-\d\d )?\d\d:\d\d", until(seconds))


def test_waits_in_a_row_stay_bounded(own, connected, monkeypatch):
    """A service that asks again and again for an hour is asked again after each moment."""
    monkeypatch.setattr("zrtools.client.pace.LONGEST", 0.3)
    own.faults.add("http", times=None, status=503, retry_after=HOUR)
    client = connected()
    times = [time.monotonic()]
    for _ in range(3):
        with pytest.raises(zr.TransportError):
            client.templates()
        times.append(time.monotonic())
    assert max(b - a for a, b in itertools.pairwise(times)) < 1
