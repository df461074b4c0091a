"""Receiving delivery reports: the store on disk, and the application that fills it."""

from __future__ import annotations

import base64
import errno
import importlib.util
import json
import os
import signal
import socket
import ssl
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from http.client import HTTPConnection, HTTPResponse, HTTPSConnection
from pathlib import Path
from types import ModuleType
from typing import Any

import polars as pl
import pytest
import trustme
from click.testing import CliRunner
from polars.testing import assert_frame_equal

import zrtools as zr
from zrtools import receiver, schemas
from zrtools.cli.receive import command as receive
from zrtools.errors import ArchiveError, ConfigurationError, InputError
from zrtools.periods import TOKYO
from zrtools.receiver import store as store_module
from zrtools.receiver import web

ROOT = Path(__file__).parent.parent


def report(message: str = "m-1", status: int = 2, at: str = "2026/10/30 09:30:15", **more: Any) -> bytes:
    """Make a raw JSON notification with one report."""
    fields = {
        "messageId": message,
        "statusId": str(status),
        "dateTime": at,
        "clientTag": f"tag-{message}",
        **more,
    }
    return json.dumps({"eventNotifications": [{"type": "DLR", **fields}]}, ensure_ascii=False).encode()


def keep(store: receiver.Store, *bodies: bytes) -> None:
    """Add bodies one after the other and wait until each is durable."""
    for body in bodies:
        store.add(body, "application/json").result(30)


def messages(store: receiver.Store) -> list[tuple[str, int]]:
    """List what a fresh reader sees."""
    return receiver.Store(store.path).scan().select("message_id", "status_id").collect().rows()


@pytest.fixture
def store(tmp_path: Path) -> Iterator[receiver.Store]:
    """An empty store whose logs fill quickly."""
    with receiver.Store(tmp_path / "store", log_bytes=400) as made:
        yield made


# the store


def test_reports_are_read_while_the_store_is_open(store: receiver.Store) -> None:
    """Another reader sees what is acknowledged at once, typed and in the order of receipt."""
    keep(store, report("b"), report("a", 3, detailedStatusId=31823), report("c", 1))
    frame = receiver.Store(store.path).scan().collect()
    assert frame.schema == schemas.DLR
    assert frame.select("message_id", "status_id").rows() == [("b", 2), ("a", 3), ("c", 1)]
    assert frame["date_time"][0] == datetime(2026, 10, 30, 9, 30, 15, tzinfo=TOKYO)


def test_closing_changes_nothing_that_is_read(store: receiver.Store) -> None:
    """Logs become Parquet files, the reports stay the same."""
    keep(store, *(report(str(n)) for n in range(20)), b"hello")
    before = store.scan(received=True).collect()
    quarantined = store.quarantine()
    store.close()
    assert_frame_equal(store.scan(received=True).collect(), before)
    assert_frame_equal(store.quarantine(), quarantined)
    assert list((store.path / "intake").iterdir()) == []
    assert before.columns == [*schemas.DLR.names(), "received_at"]
    assert abs(before["received_at"][0] - datetime.now(TOKYO)) < timedelta(minutes=5)


def test_an_empty_store_has_the_schema(store: receiver.Store) -> None:
    """No report yet: no rows, all columns."""
    store.open()
    assert_frame_equal(store.scan().collect(), schemas.empty(schemas.DLR))
    assert_frame_equal(store.latest().collect(), schemas.empty(schemas.DLR))
    assert store.quarantine().height == 0


def test_a_folder_that_is_no_store_is_not_taken_for_an_empty_one(tmp_path: Path) -> None:
    """A misspelt folder says so."""
    for read in (lambda s: s.scan(), lambda s: s.latest(), lambda s: s.quarantine()):
        with pytest.raises(ArchiveError, match="no store"):
            read(receiver.Store(tmp_path / "tpyo"))


def test_repeats_are_dropped_even_out_of_order_and_after_a_restart(store: receiver.Store) -> None:
    """The same message, status and time is one report, however often and whenever it comes."""
    sending, delivered = report("a", 1, "2026/10/30 09:00:00"), report("a", 2, "2026/10/30 09:00:05")
    keep(store, delivered, sending, report("b"), delivered, sending)
    assert store.counters["repeats"] == 2
    store.close()
    with receiver.Store(store.path) as again:
        keep(again, delivered, report("b"), report("c"))
    assert messages(store) == [("a", 2), ("a", 1), ("b", 2), ("c", 2)]


def test_the_same_status_at_another_time_is_another_report(store: receiver.Store) -> None:
    """Only message, status and time together make a repeat."""
    keep(store, report("a", 3, "2026/10/30 09:00:00"), report("a", 3, "2026/10/30 09:00:01"))
    assert messages(store) == [("a", 3), ("a", 3)]


def test_reports_without_message_id_are_told_apart_by_everything(store: receiver.Store) -> None:
    """Where no message is named, only a report that is equal throughout is a repeat."""
    nameless = [report(messageId=None, clientTag=tag) for tag in ("x", "y", "x")]
    keep(store, *nameless)
    assert store.scan().select("client_tag").collect()["client_tag"].to_list() == ["x", "y"]


def test_the_last_word_on_a_message_is_its_settled_status(store: receiver.Store) -> None:
    """A report of sending never overrides delivery, even when it comes later."""
    keep(
        store,
        report("a", 2, "2026/10/30 09:00:05"),
        report("a", 1, "2026/10/30 09:00:09"),
        report("b", 1, "2026/10/30 09:00:00"),
        report("c", 3, "2026/10/30 09:00:00"),
        report("c", 2, "2026/10/30 09:30:00"),
        report(messageId=None, clientTag="x", status=1),
        report(messageId=None, clientTag="x", status=2),
    )
    latest = store.latest().collect()
    assert latest.schema == schemas.DLR
    assert sorted(latest.select("client_tag", "status_id").rows()) == [
        ("tag-a", 2),
        ("tag-b", 1),
        ("tag-c", 2),
        ("x", 2),
    ]


def test_what_cannot_be_read_is_kept_as_it_came(store: receiver.Store) -> None:
    """The bytes, their content type and the reason wait in quarantine, in order."""
    bodies = [b"hello", b"<a>", b"\x00\xff" * 300, b'{"eventNotifications": []}', b""]
    for body in bodies:
        store.add(body, "text/plain").result(30)
        keep(store, report(f"m-{len(body)}"))
    frame = store.quarantine()
    assert frame["body"].to_list() == bodies
    assert frame["content_type"].to_list() == ["text/plain"] * 5
    assert frame["reason"].str.contains("no delivery report|no report").all()
    assert store.counters["quarantined"] == 5
    assert len(messages(store)) == 5


def test_a_body_that_crashes_its_reader_is_kept(
    store: receiver.Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Even a mistake in the reader neither loses a body nor stops the store."""

    def crash(body: bytes, content_type: str | None) -> Any:
        raise ZeroDivisionError("a mistake")

    with monkeypatch.context() as patched:
        patched.setattr(store_module.dlr, "records", crash)
        keep(store, report("a"))
        assert store.quarantine()["reason"].to_list() == ["a mistake"]
        keep(store, report("b"))
        # the count waits until all are read
        assert store.counters["quarantined"] == 2
    store.close()
    # the mistake is mended: the bodies can be read
    assert [zr.dlr.parse(body)["message_id"][0] for body in store.quarantine()["body"]] == ["a", "b"]


def test_a_store_has_one_writer(store: receiver.Store) -> None:
    """A second receiver on the same folder is refused until the first one ends."""
    store.open()
    other = receiver.Store(store.path)
    with pytest.raises(ArchiveError, match="Another receiver"):
        other.add(report())
    store.close()
    keep(other, report())
    other.close()


def test_a_cut_log_is_read_up_to_the_cut_and_finished_by_the_next(
    store: receiver.Store, tmp_path: Path
) -> None:
    """What a killed process had acknowledged is there; the half-written rest is kept aside, not lost."""
    store.open()
    keep(store, report("a"))
    whole = next((store.path / "intake").iterdir()).read_bytes()
    killed = tmp_path / "killed"
    (killed / "intake").mkdir(parents=True)
    (killed / "intake" / "0000000007.log").write_bytes(whole * 2 + whole[:-5])
    reader = receiver.Store(killed)
    assert messages(reader) == [("a", 2)]
    with receiver.Store(killed) as after:
        keep(after, report("b"))
    assert messages(reader) == [("a", 2), ("b", 2)]
    assert reader.quarantine()["body"].to_list() == [whole[:-5]]
    assert list((killed / "intake").iterdir()) == []


def test_a_full_disk_refuses_and_recovers(store: receiver.Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """A report that could not be written is refused, what came before stays, what comes after is taken."""
    keep(store, report("a"))
    append = store_module._append

    def half(file: Any, content: bytes) -> None:
        file.write(content[: len(content) // 2])
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(store_module, "_append", half)
    with pytest.raises(ArchiveError, match=r"No space left on device.*free space"):
        keep(store, report("b"))
    assert not store.healthy
    assert store.counters["failed"] == 1
    monkeypatch.setattr(store_module, "_append", append)
    keep(store, report("c"))
    assert store.healthy
    store.close()
    assert messages(store) == [("a", 2), ("c", 2)]


def test_a_log_that_cannot_be_finished_stays_a_log(
    store: receiver.Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Trouble with Parquet files neither stops the intake nor loses a report; the next one finishes the logs."""

    class Panic(BaseException):
        pass

    def fail(*_: object) -> None:
        raise Panic

    with monkeypatch.context() as patched:
        patched.setattr(store_module, "_seal", fail)
        keep(store, *(report(str(n)) for n in range(8)))
        assert len(messages(store)) == 8
        store.close()
    assert len(list((store.path / "intake").iterdir())) > 1
    store.open()
    assert len(list((store.path / "intake").iterdir())) == 1
    assert messages(store) == [(str(n), 2) for n in range(8)]


@pytest.mark.slow
def test_readers_never_miss_what_was_acknowledged(store: receiver.Store) -> None:
    """While logs turn into Parquet files back to back, no scan fails or loses a report."""
    done = 0
    wrong: list[str] = []
    ended = threading.Event()

    def read() -> None:
        while not ended.is_set():
            before = done
            try:
                seen = len(messages(store))
            except Exception as error:  # noqa: BLE001 - any is wrong here
                wrong.append(repr(error))
                return
            if seen < before:
                wrong.append(f"{seen} of {before}")

    store.open()
    reading = threading.Thread(target=read)
    reading.start()
    for number in range(150):
        keep(store, report(str(number)))
        done = number + 1
    ended.set()
    reading.join()
    assert wrong == []
    assert store.counters["reports"] == 150  # asking waits until all is read
    assert len(list((store.path / "reports").iterdir())) > 30


def test_many_writers_share_one_sync(store: receiver.Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """What waits while the disk is busy is written together."""
    syncs = 0
    append = store_module._append

    def slow(file: Any, content: bytes) -> None:
        nonlocal syncs
        syncs += 1
        time.sleep(0.02)
        append(file, content)

    monkeypatch.setattr(store_module, "_append", slow)
    for future in [store.add(report(str(n))) for n in range(300)]:
        future.result(30)
    assert syncs < 30
    assert len(messages(store)) == 300


STATUS_ROW = {
    "send_date": date(2026, 10, 30),
    "date_time": datetime(2026, 10, 30, 9, 0, 5, 250000, tzinfo=TOKYO),
    "phone_number": "+819012345678",
    "message": "x",
    "sms_code": "51234",
    "carrier_id": "103",
    "carrier": "docomo",
    "status_id": 2,
    "client_tag": "tag-a",
    "detailed_status_id": "2",
    "separated_success_count": 1,
}


def test_push_and_status_are_set_side_by_side(store: receiver.Store) -> None:
    """By tag: what came by both ways, what by one only, how far the times lie apart, and whether they agree."""
    keep(
        store,
        report("a", 1, "2026/10/30 09:00:00"),
        report("a", 2, "2026/10/30 09:00:05"),
        report("b", 3, "2026/10/30 09:10:00", carrierId="101"),
        report("c", 2, "2026/10/30 09:20:00"),
        report("d", 2, clientTag=""),
    )
    statuses = pl.DataFrame(
        [
            STATUS_ROW,
            {
                **STATUS_ROW,
                "client_tag": "tag-c",
                "status_id": 1,
                "date_time": datetime(2026, 10, 30, 9, tzinfo=TOKYO),
            },
            {**STATUS_ROW, "client_tag": "tag-z"},
            {**STATUS_ROW, "client_tag": None},
        ],
        schema=schemas.STATUS,
    )
    joined = store.join(statuses)
    assert joined.schema == schemas.PUSHED
    assert joined.sort("client_tag").select("client_tag", "came", "carrier", "lag", "agree").rows() == [
        ("tag-a", "both", "docomo", timedelta(milliseconds=250), True),
        ("tag-b", "push", "au", None, None),
        ("tag-c", "both", "docomo", timedelta(minutes=-20), False),
        ("tag-z", "status", "docomo", None, None),
    ]

    class Archive:
        def scan(self) -> pl.LazyFrame:
            return statuses.lazy()

    assert_frame_equal(store.join(Archive()).collect(), joined)
    with pytest.raises(InputError, match="not a STATUS frame"):
        store.join(statuses.drop("client_tag"))


# the application


class Peer:
    """A running receiver, and a way to talk to it."""

    def __init__(self, store: receiver.Store, **options: Any) -> None:
        self.store = store
        patience = options.get("patience", 5.0)
        made = web.app(store, **{"path": "secret", **options})
        self.running = web.Running(made, port=0, path="secret", head=patience)

    def __enter__(self) -> Peer:
        self.running.__enter__()
        self.port = self.running.port
        return self

    def __exit__(self, *_: object) -> None:
        self.running.__exit__()

    def ask(self, method: str, path: str, body: Any = None, **headers: str) -> HTTPResponse:
        """Send one request on a connection of its own."""
        connection = HTTPConnection("127.0.0.1", self.port, timeout=20)
        connection.request(method, path, body, headers)
        answer = connection.getresponse()
        answer.body = answer.read()  # type: ignore[attr-defined] # kept for the test
        connection.close()
        return answer

    def post(self, body: bytes, path: str = "/secret", **headers: str) -> int:
        """Post a body and give the answer's status."""
        return self.ask("POST", path, body, **headers).status

    def raw(self, *parts: bytes, pause: float = 0.0, timeout: float = 20) -> bytes:
        """Send bytes as they are, and give all that comes back until the end."""
        with socket.create_connection(("127.0.0.1", self.port), timeout) as connection:
            got = b""
            try:
                for part in parts:
                    connection.sendall(part)
                    time.sleep(pause)
                while more := connection.recv(65536):
                    got += more
            except (ConnectionError, ssl.SSLError):
                pass
            return got

    def still_well(self) -> bool:
        """Whether a good report is still taken and kept."""
        name = f"well-{time.monotonic_ns()}"
        return self.post(report(name)) == 200 and name in {m for m, _ in messages(self.store)}


@pytest.fixture
def peer(store: receiver.Store) -> Iterator[Peer]:
    """A receiver with a secret path, small limits and little patience."""
    with Peer(store, limit=20_000, patience=0.6) as running:
        yield running


def test_a_report_is_answered_with_200_and_is_on_disk(peer: Peer) -> None:
    """Exactly 200, and a fresh reader finds it at once."""
    assert peer.post(report("a"), **{"Content-Type": "application/json"}) == 200
    assert messages(peer.store) == [("a", 2)]


def test_nothing_is_answered_before_the_disk_has_it(peer: Peer, monkeypatch: pytest.MonkeyPatch) -> None:
    """The answer waits for the sync."""
    gate = threading.Event()
    append = store_module._append

    def held(file: Any, content: bytes) -> None:
        assert gate.wait(20)
        append(file, content)

    monkeypatch.setattr(store_module, "_append", held)
    answers: list[int] = []
    posting = threading.Thread(target=lambda: answers.append(peer.post(report("a"))))
    posting.start()
    posting.join(0.5)
    assert answers == []
    gate.set()
    posting.join(20)
    assert answers == [200]


def test_a_report_that_cannot_be_kept_is_not_acknowledged(
    peer: Peer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A full disk is answered with 503, so that the service tries again, and shows in /healthz."""

    def full(file: Any, content: bytes) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(store_module, "_append", full)
        assert peer.post(report("a")) == 503
        assert peer.ask("GET", "/healthz").status == 503
    assert peer.still_well()
    assert peer.ask("GET", "/healthz").status == 200


BOMB = (
    b'<!DOCTYPE a [<!ENTITY a "aaaaaaaaaa">'
    + b"".join(b'<!ENTITY %c "%s">' % (98 + n, b"&%c;" % (97 + n) * 10) for n in range(9))
    + b"]><eventNotifications><eventNotification><messageId>&j;</messageId></eventNotification></eventNotifications>"
)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"neither",
        b"xml=%3Ceve",
        report()[:-2],
        BOMB,
        b"xml=" + b"%3Ca%3E" * 2000,
        b"[" * 15_000,
        b"\x00" * 15_000,
        b"\x1f\x8b\x08\x00\x00\x00",
        "予約".encode("shift_jis"),
        b'{"eventNotifications": [{"type": "MO"}]}',
    ],
)
def test_what_cannot_be_read_is_acknowledged_and_kept(peer: Peer, body: bytes) -> None:
    """The service would only send the same again: 200, and the body waits in quarantine as it came."""
    assert peer.post(body) == 200
    assert peer.store.quarantine()["body"].to_list() == [body]
    assert peer.still_well()


def test_shift_jis_is_read(peer: Peer) -> None:
    """A body in another encoding than the contract's is still a report."""
    assert peer.post(report("a", messageText="①予約の確認").decode().encode("cp932")) == 200
    assert peer.store.scan().collect()["message"].to_list() == ["①予約の確認"]


@pytest.mark.parametrize("path", ["/", "/secre", "/secret2", "/SECRET", "/secret/x", "/healthz/x", "/%00"])
def test_a_wrong_path_is_not_found(peer: Peer, path: str) -> None:
    """Who does not know the path learns nothing and leaves nothing."""
    assert peer.post(report("a"), path) == 404
    assert messages(peer.store) == []
    assert peer.still_well()


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "PATCH", "DELETE", "OPTIONS"])
def test_a_wrong_method_is_refused(peer: Peer, method: str) -> None:
    """Reports come by POST alone."""
    answer = peer.ask(method, "/secret", report("a") if method in ("PUT", "PATCH") else None)
    assert (answer.status, answer.headers["Allow"]) == (405, "POST")
    assert messages(peer.store) == []
    assert peer.still_well()


def test_a_hundred_megabytes_are_refused_unread(peer: Peer) -> None:
    """Announced or in pieces, a body over the limit is refused as soon as that is clear."""
    head = b"POST /secret HTTP/1.1\r\nHost: x\r\n"
    assert peer.raw(head + b"Content-Length: 100000000\r\n\r\n").startswith(b"HTTP/1.1 413 ")
    piece = b"10000\r\n" + b"a" * 65536 + b"\r\n"
    sent = peer.raw(head + b"Transfer-Encoding: chunked\r\n\r\n", *[piece] * 1600)
    assert sent.startswith(b"HTTP/1.1 413 ") or sent == b""
    assert json.loads(peer.ask("GET", "/secret/counters").body)["refused"] == {"size": 2}  # type: ignore[attr-defined] # see ask
    assert peer.post(b"x" * 20_000) == 200
    assert peer.post(b"x" * 20_001) == 413
    assert peer.still_well()


def test_slow_senders_are_cut_off(peer: Peer) -> None:
    """Who dawdles over the body gets 408, who dawdles over the first line is hung up on; nobody else waits."""
    head = b"POST /secret HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n"
    start = time.monotonic()
    slow = [threading.Thread(target=peer.raw, args=(b"POST /sec",)) for _ in range(20)]
    for thread in slow:
        thread.start()
    assert peer.still_well()
    assert peer.raw(head, b"a").startswith(b"HTTP/1.1 408 ")
    for thread in slow:
        thread.join(20)
    assert time.monotonic() - start < 10
    assert messages(peer.store) != []
    assert peer.still_well()


def test_a_cut_body_is_not_kept(peer: Peer) -> None:
    """Half a body was never acknowledged, so it is no report and not in quarantine."""
    with socket.create_connection(("127.0.0.1", peer.port), 20) as connection:
        connection.sendall(b"POST /secret HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\nhalf")
    assert peer.still_well()
    assert peer.store.quarantine().height == 0


def test_garbage_on_the_line_takes_nothing_down(peer: Peer) -> None:
    """What is no HTTP at all is answered with 400 or hung up on."""
    for garbage in (
        b"\x16\x03\x01\x02\x00\x01",
        b"\x00" * 100,
        b"GET\r\n\r\n",
        b"POST /secret\r\n\r\n",
    ):
        assert not peer.raw(garbage).startswith(b"HTTP/1.1 2")
    assert peer.still_well()


def test_duplicates_out_of_order_are_acknowledged_and_kept_once(peer: Peer) -> None:
    """A repeat is answered like the first, so that the service stops."""
    sending, delivered = report("a", 1), report("a", 2)
    assert {peer.post(b) for b in (delivered, sending, delivered, sending, delivered)} == {200}
    assert messages(peer.store) == [("a", 2), ("a", 1)]
    assert peer.store.counters["repeats"] == 3


def test_only_allowed_addresses_are_let_in(store: receiver.Store) -> None:
    """Addresses and networks, IPv6 too; the others get 403."""
    with Peer(store, addresses=["203.0.113.0/24", "::1"]) as peer:
        assert peer.post(report("a")) == 403
        assert peer.ask("GET", "/healthz").status == 200
    with Peer(store, addresses=["127.0.0.0/8"]) as peer:
        assert peer.post(report("b")) == 200
    assert messages(store) == [("b", 2)]
    with pytest.raises(ConfigurationError, match="neither an IP address nor a network"):
        receiver.app(store, addresses=["example.com"])


def test_basic_authentication_is_asked_for(store: receiver.Store) -> None:
    """A wrong or missing password gets 401, and the right one in."""
    right = base64.b64encode("操作:密".encode()).decode()
    wrong = base64.b64encode(b"user:guess").decode()
    with Peer(store, username="操作", password="密") as peer:
        for authorization in ("", f"Basic {wrong}", "Basic ???", "Bearer x", "Basic"):
            answer = peer.ask("POST", "/secret", report("a"), Authorization=authorization)
            assert (answer.status, answer.headers["WWW-Authenticate"]) == (401, 'Basic realm="reports"')
        assert peer.post(report("b"), Authorization=f"Basic {right}") == 200
    assert messages(store) == [("b", 2)]
    with pytest.raises(ConfigurationError, match="both"):
        receiver.app(store, username="u")


def test_health_and_counters(peer: Peer) -> None:
    """/healthz says nothing but whether it works; the counters stand below the secret path."""
    peer.post(report("a"))
    peer.post(report("a"))
    peer.post(json.dumps({"messageId": "b", "statusId": "2", "dateTime": "soon"}).encode())
    peer.post(b"hello")
    peer.post(b"x", "/wrong")
    assert json.loads(peer.ask("GET", "/healthz").body) == {"status": "ok"}  # type: ignore[attr-defined] # see ask
    counters = json.loads(peer.ask("GET", "/secret/counters").body)  # type: ignore[attr-defined] # see ask
    assert abs(counters.pop("last") - time.time()) < 60
    assert counters == {
        "bodies": 4,
        "reports": 3,
        "repeats": 1,
        "odd": 1,
        "quarantined": 1,
        "failed": 0,
        "refused": {"path": 1},
    }
    assert peer.ask("GET", "/counters").status == 404


def test_the_application_can_be_mounted(store: receiver.Store) -> None:
    """Under another application's path, without its lifespan, the store opens by itself."""
    from starlette.applications import Starlette
    from starlette.routing import Mount

    outer = Starlette(routes=[Mount("/sms", app=receiver.app(store, path="/secret"))])
    outer.state.store = store
    with web.Running(outer, port=0, path="sms/secret") as running:
        connection = HTTPConnection("127.0.0.1", running.port, timeout=20)
        connection.request("POST", "/sms/secret", report("a"))
        assert connection.getresponse().status == 200
        connection.close()
    assert messages(store) == [("a", 2)]


def test_a_taken_port_and_bad_certificates_are_said_plainly(store: receiver.Store, tmp_path: Path) -> None:
    """What cannot work is a ConfigurationError before anything starts."""
    with Peer(store) as peer, pytest.raises(ConfigurationError, match="choose another port"):
        receiver.serve(tmp_path / "other", port=peer.port)
    (tmp_path / "bad.pem").write_text("nothing")
    with pytest.raises(ConfigurationError, match="PEM"):
        receiver.serve(tmp_path / "other", port=1, certificate=tmp_path / "bad.pem", key=tmp_path / "bad.pem")
    with pytest.raises(ConfigurationError, match="certificate"):
        receiver.serve(tmp_path / "other", port=1, key=tmp_path / "bad.pem")


# the command, in a process of its own


def free_port() -> int:
    """Find a port that nobody listens on."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def wait_for(port: int) -> None:
    """Wait until somebody listens."""
    for _ in range(400):
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    pytest.fail("the receiver did not start")


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGTERM to end a process gently")
def test_the_command_receives_over_tls_and_ends_cleanly(tmp_path: Path) -> None:
    """TLS, password, secret path; SIGTERM ends with 0, nothing is lost and the path stays the same."""
    authority = trustme.CA()
    issued = authority.issue_cert("localhost")
    issued.private_key_pem.write_to_path(tmp_path / "key.pem")
    issued.cert_chain_pems[0].write_to_path(tmp_path / "cert.pem")
    context = ssl.create_default_context()
    authority.configure_trust(context)
    folder, port = tmp_path / "store", free_port()
    command = [
        sys.executable,
        "-m",
        "zrtools",
        "receive",
        "--store",
        str(folder),
        "--port",
        str(port),
        "--lang",
        "en",
    ]
    command += ["--cert", str(tmp_path / "cert.pem"), "--key", str(tmp_path / "key.pem"), "--user", "u"]
    command += ["--allow", "127.0.0.1"]
    environment = {**os.environ, "ZRTOOLS_RECEIVER_PASSWORD": "p", "PYTHONPATH": str(ROOT)}
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=environment
    )
    try:
        wait_for(port)
        secret = (folder / "secret-path.txt").read_text().strip()
        connection = HTTPSConnection("localhost", port, timeout=20, context=context)
        authorization = {"Authorization": "Basic " + base64.b64encode(b"u:p").decode()}
        for number in range(3):
            connection.request("POST", f"/{secret}", report(str(number)), authorization)
            answer = connection.getresponse()
            assert (answer.status, answer.read()) == (200, b"OK")
        # a connection that stays open must not hold the end up
        process.send_signal(signal.SIGTERM)
        said, _ = process.communicate(timeout=30)
    finally:
        process.kill()
        process.wait()
    connection.close()
    assert process.returncode == 0
    assert f"https://127.0.0.1:{port}/{secret}" in said
    assert "Ended. 3 bodies taken, 3 reports in them (0 repeats), 0 in quarantine, 0 not kept." in said
    assert len(messages(receiver.Store(folder))) == 3
    assert len(secret) >= 20


@pytest.mark.parametrize(
    ("kept", "options", "said"),
    [
        (b"", [], "is empty"),
        ("秘密".encode(), [], "letters, digits"),
        (b"s\xff", [], "letters, digits"),
        (b"a b", [], "letters, digits"),
        (b"fine", ["--path", "a?b"], "letters, digits"),
        (b"fine", ["--allow", "300.1.1.1"], "neither an IP address"),
        (b"\xef\xbb\xbffine\r\n", ["--port", "TAKEN"], "choose another port"),
    ],
)
def test_the_command_says_what_keeps_it_from_listening(
    tmp_path: Path, kept: bytes, options: list[str], said: str
) -> None:
    """A secret path that no URL can hold, or a port in use, ends the command with a sentence and not with a trace."""
    (tmp_path / "secret-path.txt").write_bytes(kept)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        done = CliRunner().invoke(
            receive,
            ["--store", str(tmp_path), "--lang", "en", *(port if o == "TAKEN" else o for o in options)],
        )
    assert (done.exit_code, said in done.stderr) == (1, True), done.output
    # nothing claims that reports are taken
    assert done.stdout == ""


def benchmark() -> ModuleType:
    """Load benchmarks/receive.py."""
    spec = importlib.util.spec_from_file_location("benchmark_receive", ROOT / "benchmarks" / "receive.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


@pytest.mark.slow
def test_what_was_acknowledged_survives_being_killed(tmp_path: Path) -> None:
    """Killed without warning while reports pour in, and again: not one acknowledged report is missing."""
    acknowledged, lost = benchmark().kill(tmp_path / "store", 2, seed=1, longest=1.2)
    assert acknowledged > 0
    assert lost == 0


# the sandbox pushes, the receiver takes


@pytest.mark.parametrize("form", ["json", "xml"])
def test_what_the_sandbox_pushes_is_what_status_says(store: receiver.Store, form: str) -> None:
    """Messages sent through the client come back by push and by status, and agree."""
    from zrtools.sandbox import Sandbox

    with (
        Peer(store) as peer,
        Sandbox(
            messages_per_day=20,
            months=1,
            settle_after=0.3,
            dlr_url=peer.running.url,
            dlr_format=form,
            dlr_retry=0.1,
        ) as sandbox,
        zr.Client(
            token=sandbox.token, client_id=sandbox.client_id, sms_code=sandbox.sms_code, base_url=sandbox.url
        ) as client,
    ):
        tags = [f"tag-{n}" for n in range(6)]
        for n, tag in enumerate(tags):
            client.send(f"0901234560{n}", "ご予約の確認です <&>]]> null", client_tag=tag)
        deadline = time.monotonic() + 30
        while (
            store.latest().filter(pl.col("status_id") > 1).collect().height < 6
            and time.monotonic() < deadline
        ):
            time.sleep(0.05)
        statuses = client.status(client_tag=tags, progress=False)
    joined = store.join(statuses)
    assert joined["came"].to_list() == ["both"] * 6
    assert joined["agree"].all()
    # a push tells the time to the second
    assert joined["lag"].is_between(timedelta(0), timedelta(seconds=1)).all()
    pushed = store.latest().collect()
    assert set(pushed["client_tag"]) == set(tags)
    assert set(pushed["message"]) == {"ご予約の確認です <&>]]> null"}
    both = pushed.join(statuses, on="client_tag")
    assert_frame_equal(
        both.select("carrier", "detailed_status_id", "phone_number"),
        both.select(
            pl.col("carrier_right", "detailed_status_id_right", "phone_number_right").name.map(
                lambda name: name.removesuffix("_right")
            )
        ),
    )
    assert zr.classify(pushed)["outcome"].is_in(["delivered", "failed"]).all()
