"""The outbox beside a service and a computer that fail: any faults, in any order, and each message at most once."""

from __future__ import annotations

import shutil
import sqlite3
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

import zrtools as zr
from zrtools.client import retry, sending
from zrtools.outbox import lease, run
from zrtools.sandbox import Sandbox

CAMPAIGNS = ("spring", "autumn")
AT_ONCE = 4

Message = tuple[str, str]  # number and text, which names its campaign

DONE: Counter[str] = Counter()
"""How often each step was taken, for who runs more of them."""


class Disk(sqlite3.Connection):
    """A file on a disk that may be full: what is committed finds no room."""

    room: float = float("inf")

    def execute(self, statement: str, *values: Any) -> sqlite3.Cursor:
        """Run a statement."""
        if statement == "commit":
            if Disk.room <= 0:
                full = sqlite3.OperationalError("database or disk is full")
                full.sqlite_errorcode = sqlite3.SQLITE_FULL
                raise full
            Disk.room -= 1
        return super().execute(statement, *values)


class Machine(RuleBasedStateMachine):
    """A journal, its list, and who uses them; what was wanted is remembered apart from both."""

    sandbox: Sandbox
    """The service, the same for all examples."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="zrtools-states-"))
        self.wanted: dict[Message, bool] = {}  # whether it is a reservation
        self.opted_out: dict[str, int] = {}  # how many messages the number had got by then
        self.forgotten: set[Message] = set()  # sent, says the service, but the journal that knew it is gone
        self.newest = 0
        self.files = 0
        self.ahead = 0.0
        self.real_time = time.time
        time.time = lambda: self.real_time() + self.ahead
        kept = self.sandbox
        for lists in (kept.faults, kept.requests, kept.calls, kept.service.accepted):
            lists.clear()
        kept.service._by_tag.clear()
        kept.service._waiting.clear()
        self.client = self.connect()
        self.listed = zr.Suppressions(self.folder / "stop.list")
        self.outbox = self.open(self.folder / "0.outbox")

    def teardown(self) -> None:
        """In the end everything is told as it is, and what was wanted has arrived."""
        try:
            self.sandbox.faults.clear()
            self.ahead = 0.0
            for message, (state, _) in self.journal().items():
                if state == "refused":
                    self.put([message], message[1].partition("-")[0], self.wanted[message])
            for _ in range(3):
                self.send()
            self.outbox.settle(self.client)
            self.each_message_at_most_once_and_told()
            states = {m: state for m, (state, _) in self.journal().items()}
            for message in self.wanted:
                got = self.arrived()[message]
                if message[0] not in self.opted_out:
                    assert (states[message], got) == ("accepted", 1), message
                else:
                    assert states[message] in ("suppressed", "accepted", "withdrawn", "unsettled")
                    assert (states[message] == "accepted") <= (got == 1)
        finally:
            time.time = self.real_time
            self.outbox.close()
            self.listed.close()
            self.client.close()
            shutil.rmtree(self.folder)

    # what people and programs do

    @initialize(count=st.integers(1, 6))
    def begin(self, count: int) -> None:
        """Begin with something to send."""
        self.add("spring", 0, count, scheduled=False)

    @rule(
        campaign=st.sampled_from(CAMPAIGNS),
        first=st.integers(0, 8),
        count=st.integers(1, 8),
        scheduled=st.booleans(),
    )
    def add(self, campaign: str, first: int, count: int, *, scheduled: bool) -> None:
        """Add a list, of which some may be there already."""
        DONE["add"] += 1
        text = f"{campaign}{'-later' if scheduled else ''}"
        self.put([(f"+81901{n:07d}", text) for n in range(first, first + count)], campaign, scheduled)

    def something_new(self) -> None:
        """Add messages to numbers that had none, so that there is something to be disturbed."""
        self.newest += 1
        first = 100 * self.newest
        self.put([(f"+81901{n:07d}", "spring") for n in range(first, first + 10)], "spring", scheduled=False)

    def put(self, messages: list[Message], campaign: str, scheduled: bool) -> None:
        """Add messages of one campaign, and remember that they are wanted."""
        frame = pl.DataFrame(messages, schema=["phone_number", "message"], orient="row")
        when = self.sandbox.now() + timedelta(days=1) if scheduled else None
        self.outbox.add(frame, campaign=campaign, schedule_time=when)
        self.wanted.update(dict.fromkeys(messages, scheduled))

    @rule()
    def send(self) -> None:
        """Send all there is."""
        DONE["send"] += 1
        with suppress(zr.PartialResultError):
            self.outbox.send(self.client, progress=False)

    @rule(campaign=st.sampled_from(CAMPAIGNS))
    def send_one(self, campaign: str) -> None:
        """Send one campaign."""
        DONE["send_one"] += 1
        with suppress(zr.PartialResultError):
            self.outbox.send(self.client, campaign=campaign, progress=False)

    @rule(campaign=st.sampled_from(CAMPAIGNS))
    def withdraw(self, campaign: str) -> None:
        """Take back what is queued, and add it again."""
        DONE["withdraw"] += 1
        queued = self.outbox.frame(campaign=campaign).filter(pl.col("sending_state") == "queued")
        assert self.outbox.withdraw(campaign=campaign) == queued.height
        for message in queued.select("phone_number", "message").rows():
            self.put([message], campaign, self.wanted[message])

    @rule()
    def look(self) -> None:
        """Ask for the status of everything, which settles what it finds."""
        DONE["look"] += 1
        with suppress(zr.ZrtoolsError):
            self.outbox.status(self.client)

    @rule()
    def settle(self) -> None:
        """Ask what became of what is open."""
        DONE["settle"] += 1
        with suppress(zr.ZrtoolsError):
            self.outbox.settle(self.client)

    @rule(n=st.integers(0, 12))
    def opt_out(self, n: int) -> None:
        """Somebody opts out, perhaps after a message was reserved."""
        DONE["opt_out"] += 1
        number = f"+81901{n:07d}"
        if self.listed.add(number, "opted out"):
            self.opted_out[number] = self.received(number)

    @rule()
    def cancel_reserved(self) -> None:
        """Cancel what is reserved for who opted out."""
        DONE["cancel_reserved"] += 1
        with suppress(zr.PartialResultError):
            self.outbox.cancel_suppressed(self.client, progress=False)
            assert not [m for m in self.waiting() if m[0] in self.opted_out and m not in self.forgotten]

    # what services and networks do

    @rule(
        kind=st.sampled_from(["drop_after", "drop_before", "cut", "html", "http", "echo_token"]),
        call=st.sampled_from(["send", "send", "send", "status", "reservations", "cancel"]),
        times=st.integers(1, 5),
    )
    def lose(self, kind: Any, call: str, times: int) -> None:
        """Lose answers, before or after they took effect."""
        DONE["lose"] += 1
        self.sandbox.faults.add(kind, call, times=times)

    @rule(status=st.sampled_from([429, 503]), wait=st.sampled_from([None, 0, 3600]), times=st.integers(1, 8))
    def throttle(self, status: int, wait: int | None, times: int) -> None:
        """Throttle, and perhaps ask to wait."""
        DONE["throttle"] += 1
        self.sandbox.faults.add("http", "send", status=status, retry_after=wait, times=times)

    @rule(code=st.sampled_from([110, 300, 400, 500]), effect=st.booleans(), times=st.integers(1, 4))
    def refuse(self, code: int, effect: bool, times: int) -> None:
        """Refuse, though it may have taken effect: a tag that was used before, and errors inside the service."""
        DONE["refuse"] += 1
        said = {110: "Invalid message.", 300: "Exceed sending count.", 400: "Duplicate client tag."}
        # "not accepted" is stated for every code but that of a used tag
        effect = effect and code == 400
        message = said.get(code, "System error.")
        self.sandbox.faults.add(
            "code", "send", response_code=code, message=message, effect=effect, times=times
        )

    @rule()
    def recover(self) -> None:
        """All is well again, and a client that was asked to wait is another one."""
        DONE["recover"] += 1
        self.sandbox.faults.clear()
        self.client.close()
        self.client = self.connect()

    # what computers do

    @rule(at=st.integers(1, 9), effect=st.booleans())
    def kill(self, at: int, effect: bool) -> None:
        """Kill a sender at one of its requests: its files are as they were then, and nothing more leaves."""
        self.something_new()
        left = self.fresh()
        struck, stop = threading.Event(), threading.Event()
        requests = iter(range(1, 1000))

        def killed(_: dict[str, str]) -> bool:
            if struck.is_set():
                return True
            if next(requests) != at:
                return False
            for kind in ("", "-wal"):
                with suppress(FileNotFoundError):
                    shutil.copyfile(f"{self.outbox.path}{kind}", f"{left}{kind}")
            struck.set()
            stop.set()
            return not effect

        fault = self.sandbox.faults.add("drop_before", "send", times=None, when=killed)
        with suppress(zr.PartialResultError):
            self.outbox.send(self.client, stop=stop, progress=False)
        fault.left = 0
        self.sandbox.faults._faults.remove(fault)
        if struck.is_set():
            DONE["kill"] += 1
            self.move(left)

    @rule()
    def pause(self) -> None:
        """Pause a sender for longer than its lease, let another send everything, and wake it."""
        DONE["pause"] += 1
        self.something_new()
        held_up = threading.Event()

        def first() -> None:
            with (
                self.connect(at_once=2) as own,
                zr.Outbox(self.outbox.path, suppressions=self.listed) as same,
                suppress(zr.PartialResultError),
            ):
                same.send(own, progress=False)

        slow = self.sandbox.faults.add(
            "delay", "send", times=2, seconds=0.5, when=lambda _: not held_up.set()
        )
        usual, lease.RENEWAL = lease.RENEWAL, 60.0
        thread = threading.Thread(target=first)
        thread.start()
        held_up.wait(0.3)
        lease.RENEWAL = usual
        if held_up.is_set():
            slow.left = 0
            time.sleep(lease.LENGTH)
        else:
            slow.left = 0
        self.send()
        thread.join(60)
        assert not thread.is_alive()

    @rule()
    def two_senders(self) -> None:
        """Two send at once."""
        DONE["two_senders"] += 1
        self.something_new()

        def other() -> None:
            with (
                self.connect() as own,
                zr.Outbox(self.outbox.path, suppressions=self.listed) as same,
                suppress(zr.PartialResultError),
            ):
                same.send(own, progress=False)

        thread = threading.Thread(target=other)
        thread.start()
        self.send()
        thread.join(60)
        assert not thread.is_alive()

    @rule(commits=st.integers(0, 12))
    def fill_the_disk(self, commits: int) -> None:
        """Send and add while the disk gets full, and have room again afterwards."""
        DONE["fill_the_disk"] += 1
        self.something_new()
        Disk.room = commits
        try:
            with suppress(zr.PartialResultError, zr.ArchiveError):
                self.outbox.send(self.client, progress=False)
            Disk.room = 0
            with pytest.raises(zr.ArchiveError, match="Free some space"):
                self.add("spring", 90, 1, scheduled=False)
            with pytest.raises(zr.ArchiveError, match="Free some space"):
                self.listed.add("+819010000099", "opted out")
        finally:
            Disk.room = float("inf")

    @rule(ahead=st.sampled_from([0.0, 3600.0, 86400.0, -3600.0]))
    def set_clock(self, ahead: float) -> None:
        """Set this machine's clock."""
        DONE["set_clock"] += 1
        self.ahead = ahead

    @rule(alone=st.booleans())
    def copy(self, alone: bool) -> None:
        """Go on with a copy: of the one file by whatever means, or made by the outbox."""
        DONE["copy"] += 1
        to = self.fresh()
        if alone:
            shutil.copyfile(self.outbox.path, to)
        else:
            self.outbox.copy(to)
        self.move(to)

    @rule(replace=st.booleans())
    def lose_the_file(self, replace: bool) -> None:
        """Delete or replace the file while it is open: nothing goes on; a new one is filled with the same lists."""
        DONE["lose_the_file"] += 1
        path = self.outbox.path
        for side in (path, Path(f"{path}-wal"), Path(f"{path}-shm")):
            side.unlink(missing_ok=True)
        if replace:
            zr.Outbox(path).close()
        sent = self.sandbox.calls["send"]
        for act in (
            lambda: self.outbox.send(self.client, progress=False),
            lambda: self.add("spring", 0, 1, scheduled=False),
        ):
            with pytest.raises(zr.ArchiveError):
                act()
        assert self.sandbox.calls["send"] == sent
        self.move(path)
        self.forgotten = set(self.arrived())
        for message, scheduled in list(self.wanted.items()):
            self.put([message], message[1].partition("-")[0], scheduled)

    # what is promised

    @invariant()
    def each_message_at_most_once_and_told(self) -> None:
        """No message arrives twice, and what the service took is told as taken, or as not known yet."""
        arrived = self.arrived()
        assert not [message for message, count in arrived.items() if count > 1]
        journal = self.journal()
        # a new journal knows what became of a message once it has sent it under its tag
        self.forgotten = {m for m in self.forgotten if journal[m][0] in ("queued", "suppressed")}
        cancelled = {(m.phone_number, m.message) for m in self.sandbox.accepted if m.cancelled}
        for message, (state, _) in journal.items():
            taken = arrived[message] > 0
            assert not (state == "accepted" and not taken), (message, state)
            if taken and message not in self.forgotten | cancelled:
                assert state in ("accepted", "unsettled", "leaving"), (message, state)

    @invariant()
    def nobody_who_opted_out_gets_more(self) -> None:
        """What a number had been sent, or had reserved, when it opted out is all it gets."""
        for number, before in self.opted_out.items():
            assert self.received(number) <= before, number

    # inner

    def connect(self, **options: Any) -> zr.Client:
        """Make a client of the sandbox's account."""
        box = self.sandbox
        account = {
            "token": box.token,
            "client_id": box.client_id,
            "sms_code": box.sms_code,
            "base_url": box.url,
        }
        return zr.Client(
            **{**account, "pace": None, "at_once": AT_ONCE, "now": box.now, "timeout": 5, **options}
        )

    def open(self, path: Path) -> zr.Outbox:
        """Open a journal with the list."""
        return zr.Outbox(path, suppressions=self.listed)

    def fresh(self) -> Path:
        """Name a file that is not there."""
        self.files += 1
        return self.folder / f"{self.files}.outbox"

    def move(self, to: Path) -> None:
        """Go on with another file."""
        self.outbox.close()
        self.outbox = self.open(to)

    def arrived(self) -> Counter[Message]:
        """Count what the service took: sent, reserved, or reserved and cancelled."""
        return Counter((m.phone_number, m.message) for m in self.sandbox.accepted)

    def received(self, number: str) -> int:
        """Count the messages that the service took for a number."""
        return sum(m.phone_number == number for m in self.sandbox.accepted)

    def waiting(self) -> set[Message]:
        """List the reservations that wait."""
        return {(m.phone_number, m.message) for m in self.sandbox.accepted if m.scheduled and not m.cancelled}

    def journal(self) -> dict[Message, tuple[str, str]]:
        """Give the state and the tag of each message."""
        rows = self.outbox.frame().select("phone_number", "message", "sending_state", "client_tag").rows()
        # of several the last: what was taken back stands before what was added again
        return {(number, text): (state, tag) for number, text, state, tag in rows}


@pytest.fixture
def hasty(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[], Sandbox]]:
    """Let waits take no time, and give the service."""
    hurry(monkeypatch.setattr)
    with Sandbox(messages_per_day=10, months=1) as sandbox:
        yield lambda: sandbox


def hurry(put: Callable[[Any, str, Any], None]) -> None:
    """Shorten every wait, so that a step takes hundredths of a second."""
    put(sending, "_LOOKS", (0.0,))
    put(run, "_BACKOFF", 0.0)
    put(retry, "_FIRST", 0.001)
    put(lease, "LENGTH", 0.25)
    put(lease, "RENEWAL", 0.05)
    put(sqlite3, "connect", partial(sqlite3.connect, factory=Disk))
    import zrtools.client.pace as pace

    put(pace, "LONGEST", 0.05)


@pytest.mark.slow
def test_whatever_happens_in_whatever_order_each_message_arrives_at_most_once(
    hasty: Callable[[], Sandbox],
) -> None:
    """Lost answers, waits, kills, pauses, two senders, clocks, copies, deletions, full disks, opt-outs: no doubles."""
    Machine.sandbox = hasty()
    run_state_machine_as_test(
        Machine,
        settings=settings(
            max_examples=8,
            stateful_step_count=12,
            deadline=None,
            derandomize=True,
            database=None,
            phases=[Phase.generate],
        ),
    )
