"""The receiver beside a service that pushes in any order: repeats, restarts, kills, broken bodies and a full disk."""

from __future__ import annotations

import errno
import json
import os
import shutil
import sys
import tempfile
import threading
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, invariant, rule
from polars.testing import assert_frame_equal

from zrtools import receiver
from zrtools.receiver import web

SYNC = os.fsync
Report = tuple[str, int, str]


def body_of(reports: list[Report]) -> bytes:
    """Write a notification."""
    listed = [
        {"messageId": name, "statusId": str(status), "dateTime": at, "clientTag": f"tag-{name}"}
        for name, status, at in reports
    ]
    return json.dumps({"eventNotifications": listed}).encode()


def post(url: str, body: bytes) -> int:
    """Push once and give the answer's status."""
    _, _, place = url.partition("//")
    host, _, path = place.partition("/")
    connection = HTTPConnection(host, timeout=30)
    try:
        connection.request("POST", f"/{path}", body, {"Content-Type": "application/json"})
        return connection.getresponse().status
    finally:
        connection.close()


class _Pushed(RuleBasedStateMachine):
    """What the receiver promises: answered 200 is kept, once, in the order of receipt, and the last word is final."""

    bodies = Bundle("bodies")

    @initialize()
    def begin(self) -> None:
        self.folder = Path(tempfile.mkdtemp())
        self.place = self.folder / "0"
        self.kept: list[Report] = []
        self.perhaps: set[Report] = set()
        self.broken: list[bytes] = []
        self.full = False
        self.patched = mock.patch.object(os, "fsync", self.sync)
        self.patched.start()
        self.start()

    def start(self) -> None:
        self.store = receiver.Store(self.place, log_bytes=600)
        self.running = web.Running(web.app(self.store, path="p"), port=0, path="p").start()

    def teardown(self) -> None:
        if hasattr(self, "running"):
            self.running.close()
            self.store.close()
            self.patched.stop()
            shutil.rmtree(self.folder)

    def sync(self, file: int) -> None:
        if self.full:
            raise OSError(errno.ENOSPC, "No space left on device")
        SYNC(file)

    @rule(
        target=bodies,
        reports=st.lists(
            st.tuples(
                st.sampled_from("ab"),
                st.sampled_from([0, 1, 2, 3]),
                st.sampled_from(["2026/10/30 09:00:00", "2026/10/30 09:00:05", ""]),
            ),
            min_size=1,
            max_size=3,
        ),
    )
    def a_report_is_pushed(self, reports: list[Report]) -> list[Report]:
        self.push_again(reports)
        return reports

    @rule(reports=bodies)
    def push_again(self, reports: list[Report]) -> None:
        status = post(self.running.url, body_of(reports))
        assert status == (503 if self.full else 200)
        if self.full:
            # not acknowledged: it may be there or not, and will be pushed again
            self.perhaps.update(reports)
        else:
            self.kept += reports

    @rule(broken=st.sampled_from([b"hello", b"xml=%3Ca", b"{", b"\x00\xff"]))
    def a_body_that_cannot_be_read_comes(self, broken: bytes) -> None:
        status = post(self.running.url, broken)
        assert status == (503 if self.full else 200)
        if not self.full:
            self.broken.append(broken)

    @rule()
    def the_disk_is_full_or_not_any_more(self) -> None:
        self.full = not self.full
        if not self.full:
            assert post(self.running.url, body_of([("well", 2, "")])) == 200
            self.kept.append(("well", 2, ""))

    @rule()
    def it_is_restarted(self) -> None:
        self.full = False
        self.running.close()
        self.store.close()
        self.start()

    @rule()
    def it_is_killed(self) -> None:
        # what lies on the disk at this moment is all that a killed process leaves
        self.full = False
        left = self.folder / str(int(self.place.name) + 1)
        shutil.copytree(self.place, left, ignore=shutil.ignore_patterns("writer.lock*"))
        self.running.close()
        self.store.close()
        self.place = left
        self.start()

    @invariant()
    def what_was_answered_is_kept_once_and_in_order(self) -> None:
        if not hasattr(self, "store"):
            return
        reader = receiver.Store(self.place)
        seen = [
            (name, status, at and at.strftime("%Y/%m/%d %H:%M:%S"))
            for name, status, at in reader.scan()
            .select("message_id", "status_id", "date_time")
            .collect()
            .rows()
        ]
        assert len(seen) == len(set(seen))
        told = [(name, status, at or None) for name, status, at in dict.fromkeys(self.kept)]
        perhaps = {(name, status, at or None) for name, status, at in self.perhaps}
        assert [one for one in seen if one in told or one not in perhaps] == [
            one for one in seen if one in told
        ]
        assert set(told) <= set(seen)
        if not perhaps & set(told):
            assert [one for one in seen if one in told] == told
        assert reader.quarantine()["body"].to_list() == self.broken
        latest = reader.latest().collect()
        assert_frame_equal(self.store.latest().collect(), latest)
        for name, status in latest.select("message_id", "status_id").rows():
            ends = {s for n, s, _ in seen if n == name} & {2, 3}
            assert status in (ends or {s for n, s, _ in seen if n == name})

    @invariant()
    def its_health_is_the_last_attempts(self) -> None:
        if hasattr(self, "store") and not self.full:
            assert self.store.healthy


_Pushed.TestCase.settings = settings(max_examples=12, stateful_step_count=12)
TestPushed = pytest.mark.slow(_Pushed.TestCase)


@pytest.mark.skipif(sys.platform == "darwin", reason="there another call syncs the disk")
def test_the_disk_has_the_report_before_the_answer_leaves(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The body is written, then synced, then answered: with the sync held up, no answer comes."""
    store = receiver.Store(tmp_path / "store")
    store.open()
    entered, gate, on_disk = threading.Event(), threading.Event(), []

    def held(file: int) -> None:
        on_disk.append(b"".join(f.read_bytes() for f in (store.path / "intake").glob("*.log")))
        entered.set()
        assert gate.wait(20)
        SYNC(file)

    answers: list[int] = []
    with receiver.running(store, path="p") as server:
        monkeypatch.setattr(os, "fsync", held)
        pushing = threading.Thread(target=lambda: answers.append(post(server.url, body_of([("a", 2, "")]))))
        pushing.start()
        assert entered.wait(20)
        pushing.join(0.4)
        assert answers == []
        assert b"tag-a" in on_disk[0]
        gate.set()
        pushing.join(20)
        assert answers == [200]
    store.close()


def test_a_failed_sync_is_no_answer_and_its_bytes_are_no_report(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A disk that takes the bytes and fails to sync them: 503, then a kill, then the same push again: once."""
    store = receiver.Store(tmp_path / "store")
    push = body_of([("a", 2, "")])

    def failing(file: int) -> None:
        raise OSError(errno.EIO, "Input/output error")

    with receiver.running(store, path="p") as server:
        assert post(server.url, body_of([("b", 2, "")])) == 200
        with monkeypatch.context() as patched:
            patched.setattr(os, "fsync", failing)
            assert post(server.url, push) == 503
            assert not store.healthy
        shutil.copytree(store.path, tmp_path / "killed", ignore=shutil.ignore_patterns("writer.lock*"))
        assert post(server.url, push) == 200
        assert store.healthy
        counters: dict[str, Any] = store.counters
        assert (counters["bodies"], counters["failed"], counters["repeats"]) == (2, 1, 0)
    store.close()
    with receiver.Store(tmp_path / "killed") as again:
        assert again.scan().collect()["message_id"].to_list() == ["b"]
        again.add(push).result(20)
        assert again.scan().collect()["message_id"].to_list() == ["b", "a"]
        assert again.quarantine().height == 0
