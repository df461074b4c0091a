"""The receiver at its edges: who is let in, what counts as the last word, and what a restart finds."""

from __future__ import annotations

import asyncio
import base64
import json
import shutil
import threading
import time
from collections.abc import AsyncIterator, Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import polars as pl
import pytest

from zrtools import receiver, schemas
from zrtools.errors import ArchiveError, ConfigurationError
from zrtools.periods import TOKYO

if TYPE_CHECKING:
    from starlette.applications import Starlette


def report(
    message: str | None = "m", status: int | None = 2, at: str = "2026/10/30 09:30:15", **more: Any
) -> bytes:
    """Make a notification with one report."""
    fields = {"messageId": message, "statusId": status, "dateTime": at, "clientTag": f"tag-{message}", **more}
    return json.dumps({"eventNotifications": [{"type": "DLR", **fields}]}).encode()


def keep(store: receiver.Store, *bodies: bytes, content_type: str | None = "application/json") -> None:
    """Add bodies one after the other and wait until each is durable."""
    for body in bodies:
        store.add(body, content_type).result(30)


def seen(store: receiver.Store) -> list[tuple[str | None, int | None]]:
    """List what a fresh reader sees."""
    return receiver.Store(store.path).scan().select("message_id", "status_id").collect().rows()


@pytest.fixture
def store(tmp_path: Path) -> Iterator[receiver.Store]:
    """An empty store whose logs fill quickly."""
    with receiver.Store(tmp_path / "store", log_bytes=400) as made:
        yield made


class Talk:
    """Requests to an application as if from an address."""

    def __init__(self, made: Starlette, host: str = "127.0.0.1") -> None:
        self._transport = httpx.ASGITransport(made, client=(host, 5))

    def ask(self, method: str, path: str, content: Any = None, **headers: str) -> httpx.Response:
        """Send one request; bytes in a list are sent in pieces, their length not announced."""

        async def pieces() -> AsyncIterator[bytes]:
            for piece in content:
                yield piece

        async def asking() -> httpx.Response:
            async with httpx.AsyncClient(transport=self._transport, base_url="http://x") as client:
                sent = pieces() if isinstance(content, list) else content
                return await client.request(method, path, content=sent, headers=headers)

        return asyncio.run(asking())

    def post(self, path: str, content: Any, **headers: str) -> httpx.Response:
        """Push a body."""
        return self.ask("POST", path, content, **headers)

    def get(self, path: str, **headers: str) -> httpx.Response:
        """Look."""
        return self.ask("GET", path, **headers)


def talking(store: receiver.Store, host: str = "127.0.0.1", **options: Any) -> Talk:
    """Talk to a receiver with a secret path."""
    return Talk(receiver.app(store, **{"path": "secret", **options}), host)


# ------------------------------------------------------------------------------------------------- who is let in


@pytest.mark.parametrize(
    ("allowed", "host", "status"),
    [
        (["203.0.113.7"], "203.0.113.7", 200),
        (["203.0.113.7"], "::ffff:203.0.113.7", 200),
        (["203.0.113.0/24"], "::ffff:203.0.113.255", 200),
        (["203.0.113.7"], "203.0.113.8", 403),
        (["203.0.113.7"], "::ffff:203.0.113.8", 403),
        (["203.0.113.0/24"], "203.0.114.0", 403),
        (["203.0.113.9/24"], "203.0.113.7", 200),
        ([" 203.0.113.7 ", "2001:db8::/32"], "2001:db8::1", 200),
        (["2001:db8::/32"], "2001:db9::1", 403),
        (["2001:db8::/32"], "203.0.113.7", 403),
        (["0.0.0.0/0"], "a unix socket", 403),
        ([], "a unix socket", 200),
    ],
)
def test_an_address_is_itself_however_it_is_written(
    store: receiver.Store, allowed: list[str], host: str, status: int
) -> None:
    """An IPv4 address stays one inside IPv6, and what is no address is not let in."""
    store.open()
    peer = talking(store, host, addresses=allowed)
    assert peer.post("/secret", content=report()).status_code == status
    assert peer.get("/secret/counters").status_code == status
    assert peer.get("/healthz").status_code == 200
    assert len(seen(store)) == (status == 200)


@pytest.mark.parametrize(
    ("authorization", "status"),
    [
        (b"u:p", 200),
        (b"u:", 401),
        (b":p", 401),
        (b"u:p:", 401),
        (b"U:p", 401),
        (b"u:pp", 401),
        (None, 401),
    ],
)
def test_reports_and_counters_ask_for_the_same_password(
    store: receiver.Store, authorization: bytes | None, status: int
) -> None:
    """Both are closed to who does not know it; health is open to all."""
    headers = {}
    if authorization is not None:
        headers = {"Authorization": "basic  " + base64.b64encode(authorization).decode()}
    peer = talking(store, username="u", password="p")
    for answer in (
        peer.post("/secret", content=report(), **headers),
        peer.get("/secret/counters", **headers),
    ):
        assert answer.status_code == status
        assert ("WWW-Authenticate" in answer.headers) == (status == 401)
    assert peer.get("/healthz", **headers).json() == {"status": "ok"}
    assert store.counters["bodies"] == (status == 200)


@pytest.mark.parametrize("one", [{"username": "u"}, {"password": "p"}])
def test_a_password_without_a_name_is_refused_and_the_other_way_round(
    store: receiver.Store, one: dict[str, str]
) -> None:
    """Half of it would leave the door open."""
    with pytest.raises(ConfigurationError, match="both or none"):
        receiver.app(store, **one)


def test_an_empty_password_is_a_password(store: receiver.Store) -> None:
    """Given and empty is not the same as not given."""
    peer = talking(store, username="", password="")
    assert peer.post("/secret", content=report()).status_code == 401
    authorization = "Basic " + base64.b64encode(b":").decode()
    assert peer.post("/secret", content=report(), Authorization=authorization).status_code == 200


@pytest.mark.parametrize("given", ["secret", "/secret", "/secret/", "secret/"])
def test_a_path_is_the_same_with_and_without_slashes(store: receiver.Store, given: str) -> None:
    """Reports go to it, counters stand below it."""
    peer = talking(store, path=given)
    assert peer.post("/secret", content=report("a")).text == "OK"
    assert peer.post("/secret/", content=report("b")).status_code == 200
    assert peer.get("/secret/counters").json()["bodies"] == 2
    assert peer.get("/secret/counters/").status_code == 200


def test_without_a_path_reports_go_to_the_root(store: receiver.Store) -> None:
    """And counters to /counters."""
    peer = Talk(receiver.app(store))
    assert peer.post("/", content=report()).status_code == 200
    assert peer.get("/counters").json()["bodies"] == 1


def test_every_refusal_has_its_own_answer_and_is_counted(store: receiver.Store) -> None:
    """Who is refused learns a number and no more, and the connection ends."""
    peer = talking(store, limit=10)
    wrong = [
        (peer.post("/else", content=b"x"), 404, None),
        (peer.ask("PUT", "/secret", b"x"), 405, "POST"),
        (peer.get("/secret"), 405, "POST"),
        (peer.post("/secret/counters", content=b"x"), 405, "GET"),
        (peer.ask("DELETE", "/secret/counters"), 405, "GET"),
        (peer.post("/secret", content=b"x" * 11), 413, None),
        (peer.post("/secret", content=[b"x" * 6, b"x" * 5]), 413, None),
    ]
    for answer, status, allow in wrong:
        assert (answer.status_code, answer.text) == (status, f"{status}\n")
        assert (answer.headers["Connection"], answer.headers.get("Allow")) == ("close", allow)
    counters = peer.get("/secret/counters").json()
    assert counters == {
        "bodies": 0,
        "reports": 0,
        "repeats": 0,
        "odd": 0,
        "quarantined": 0,
        "failed": 0,
        "last": None,
        "refused": {"path": 1, "method": 4, "size": 2},
    }
    assert peer.post("/secret", content=b"x" * 10).status_code == 200


def test_the_limit_holds_for_each_body_and_is_given_back(store: receiver.Store) -> None:
    """Many bodies below it pass, one after the other, also after one that was refused."""
    peer = talking(store, limit=1000)
    for number in range(5):
        assert peer.post("/secret", content=b"x" * 1001).status_code == 413
        assert peer.post("/secret", content=report(str(number))).status_code == 200
    assert len(seen(store)) == 5


# -------------------------------------------------------------------------------------------------- the last word


@pytest.mark.parametrize("end", [2, 3])
@pytest.mark.parametrize("late", [0, 1, None, 9])
def test_an_end_stays_an_end_whatever_comes_late(store: receiver.Store, end: int, late: int | None) -> None:
    """Failed or delivered, then a late "sending", in either order and with a later time: the end stays."""
    keep(store, report("a", end, "2026/10/30 09:00:00"), report("a", late, "2026/10/30 10:00:00"))
    keep(store, report("b", late, "2026/10/30 10:00:00"), report("b", end, "2026/10/30 09:00:00"))
    assert store.latest().select("message_id", "status_id").collect().sort("message_id").rows() == [
        ("a", end),
        ("b", end),
    ]


def test_of_two_ends_the_later_time_wins_then_the_later_receipt(store: receiver.Store) -> None:
    """A time that is missing comes before any other."""
    early, late = "2026/10/30 09:00:00", "2026/10/30 09:00:01"
    keep(store, report("a", 2, late), report("a", 3, early))
    keep(store, report("b", 2, early), report("b", 3, early))
    keep(store, report("c", 2, early), report("c", 3, ""))
    keep(store, report("d", 0, late), report("d", 1, early))
    latest = store.latest().select("message_id", "status_id").collect().sort("message_id")
    assert latest.rows() == [("a", 2), ("b", 3), ("c", 2), ("d", 0)]


def test_messages_are_told_apart_by_id_then_tag_then_everything(store: receiver.Store) -> None:
    """A tag that looks like an id is not one, and reports with neither stay apart."""
    keep(
        store,
        report("x", 1, clientTag="t"),
        report(None, 2, clientTag="x"),
        report(None, 3, clientTag="x", at="2026/10/30 09:30:16"),
        report(None, 2, clientTag="", phoneNumber="+819012345678"),
        report(None, 2, clientTag="", phoneNumber="+819012345679"),
    )
    latest = store.latest().select("message_id", "client_tag", "status_id", "phone_number").collect()
    assert sorted(latest.rows(), key=str) == sorted(
        [
            ("x", "t", 1, None),
            (None, "x", 3, None),
            (None, None, 2, "+819012345678"),
            (None, None, 2, "+819012345679"),
        ],
        key=str,
    )


@pytest.mark.parametrize("part", [{"messageId": "n"}, {"statusId": 3}, {"dateTime": "2026/10/30 09:30:16"}])
def test_a_repeat_is_the_same_in_all_three_parts(store: receiver.Store, part: dict[str, Any]) -> None:
    """One that differs in one of them is another report; one that differs elsewhere is not."""
    keep(store, report(), report(), report(phoneNumber="+819012345678"))
    assert len(seen(store)) == 1
    body = json.loads(report())
    body["eventNotifications"][0].update(part)
    keep(store, json.dumps(body).encode())
    assert len(seen(store)) == 2
    assert (store.counters["reports"], store.counters["repeats"]) == (4, 2)


# ------------------------------------------------------------------------------------------------------- the files


def files(store: receiver.Store) -> list[str]:
    """List the files of a store but for its lock."""
    return sorted(
        f.relative_to(store.path).as_posix()
        for f in store.path.rglob("*")
        if f.is_file() and f.name != "version" and not f.name.startswith("writer.lock")
    )


def test_a_log_becomes_files_of_its_number_when_it_is_full(tmp_path: Path) -> None:
    """Numbers go up from 1, over restarts too; bodies that cannot be read lie beside the reports."""
    with receiver.Store(tmp_path / "store", log_bytes=1) as store:
        keep(store, report("a"), b"hello", report("b"))
        assert store.counters["reports"] == 2  # asking waits until all is read
        assert files(store) == [
            "intake/0000000003.log",
            "quarantine/0000000002.log",
            "reports/0000000001.parquet",
            "reports/0000000002.parquet",
        ]
    with receiver.Store(tmp_path / "store", log_bytes=10_000) as store:
        keep(store, report("c"), report("d"))
        assert files(store)[0] == "intake/0000000004.log"
    assert files(store)[-1] == "reports/0000000004.parquet"
    assert [name for name, _ in seen(store)] == ["a", "b", "c", "d"]
    assert not [name for name in files(store) if name.endswith(".draft")]


def test_an_open_store_that_got_nothing_leaves_nothing(store: receiver.Store) -> None:
    """No empty files pile up with restarts."""
    for _ in range(3):
        store.open()
        store.close()
    assert files(store) == []


def killed(store: receiver.Store, place: Path) -> receiver.Store:
    """Leave a store as a process that is killed now would."""
    shutil.copytree(store.path, place, ignore=shutil.ignore_patterns("writer.lock*"))
    return receiver.Store(place)


def test_a_killed_process_leaves_what_it_acknowledged(tmp_path: Path) -> None:
    """Read by others before anybody mends it, then finished by the next writer, in order and once."""
    with receiver.Store(tmp_path / "store", log_bytes=10_000) as store:
        keep(store, report("a"), b"hello", report("a"), report("b", detailedStatusId=31823))
        left = killed(store, tmp_path / "left")
    for _ in range(2):
        assert seen(left) == [("a", 2), ("b", 2)]
        assert left.quarantine().select("content_type", "body").rows() == [("application/json", b"hello")]
        left.open()
        left.close()
    assert files(left) == ["quarantine/0000000001.log", "reports/0000000001.parquet"]


def test_a_log_that_is_done_already_is_not_read_twice(tmp_path: Path) -> None:
    """Killed between the Parquet file and the end of the log: the file counts, the log goes."""
    with receiver.Store(tmp_path / "store", log_bytes=10_000) as store:
        keep(store, report("a"), b"hello")
        left = killed(store, tmp_path / "left")
    for name in ("reports/0000000001.parquet", "quarantine/0000000001.log"):
        shutil.copy2(store.path / name, left.path / name)
    assert seen(left) == [("a", 2)]
    assert left.quarantine().height == 1
    with left:
        keep(left, report("b"))
        assert files(left)[0] == "intake/0000000002.log"
        assert seen(left) == [("a", 2), ("b", 2)]
        assert left.quarantine().height == 1


@pytest.mark.parametrize("cut", ["magic", "check", "head", "body"])
def test_a_damaged_end_of_a_log_is_kept_aside(tmp_path: Path, cut: str) -> None:
    """What stands before it is read; from the damage on the bytes are kept as one body that cannot be read."""
    with receiver.Store(tmp_path / "store", log_bytes=10_000) as store:
        keep(store, report("a"))
        one = (store.path / "intake" / "0000000001.log").read_bytes()
        keep(store, report("b"))
        left = killed(store, tmp_path / "left")
    log = left.path / "intake" / "0000000001.log"
    two = log.read_bytes()[len(one) :]
    rest = {
        "magic": b"?" + two[1:],
        "check": two[:-1] + b"?",
        "head": two[:10],
        "body": two[:-1],
    }[cut]
    log.write_bytes(one + rest)
    assert seen(left) == [("a", 2)]
    assert left.quarantine().height == 0
    with left:
        keep(left, report("b"))
    assert seen(left) == [("a", 2), ("b", 2)]
    assert left.quarantine().select("content_type", "body").rows() == [(None, rest)]


def test_what_was_kept_is_told_with_its_time(store: receiver.Store) -> None:
    """Reports and broken bodies have the time of their receipt, and stand in its order."""
    before = datetime.now(TOKYO) - timedelta(seconds=1)
    keep(store, b"one", report("a"), content_type=None)
    keep(store, b"two", content_type="text/plain; charset=x")
    received = store.scan(received=True).collect()
    broken = store.quarantine()
    after = datetime.now(TOKYO) + timedelta(seconds=1)
    assert before < received["received_at"].item() < after
    assert broken["received_at"].is_sorted()
    assert broken["received_at"].is_between(before, after).all()
    assert broken.select("content_type", "body").rows() == [(None, b"one"), ("text/plain; charset=x", b"two")]
    assert broken.schema == schemas.QUARANTINE


def test_counters_tell_what_came_and_stay_after_the_end(store: receiver.Store) -> None:
    """From opening on; a store that is opened again begins anew."""
    nothing = {"bodies": 0, "reports": 0, "repeats": 0, "odd": 0, "quarantined": 0, "failed": 0, "last": None}
    assert store.counters == nothing
    start = time.time()
    keep(store, report("a"), b"hello", report("a"))
    two = json.loads(report("b"))
    two["eventNotifications"] *= 2
    keep(store, json.dumps(two).encode())
    for _ in range(2):
        counters = store.counters
        assert start <= (counters.pop("last") or 0) <= time.time()
        assert counters == {"bodies": 4, "reports": 4, "repeats": 2, "odd": 0, "quarantined": 1, "failed": 0}
        store.close()
    assert store.healthy
    store.open()
    assert store.counters == nothing


def test_a_store_says_where_it_is_and_what_keeps_it_from_writing(tmp_path: Path) -> None:
    """A file in the folder's place is an error before anything is answered."""
    assert repr(receiver.Store(tmp_path)) == f"Store({str(tmp_path)!r})"
    (tmp_path / "file").write_text("")
    with pytest.raises(
        ArchiveError, match=r"file cannot be written \(.+\): free space, or choose another folder"
    ):
        receiver.Store(tmp_path / "file").open()
    with pytest.raises(ArchiveError, match="check the folder's name"):
        receiver.Store(tmp_path).scan()


def test_a_second_receiver_is_refused_and_takes_over_later(store: receiver.Store) -> None:
    """It names the folder; when the first ends, the second may write."""
    keep(store, report("a"))
    other = receiver.Store(store.path)
    with pytest.raises(ArchiveError, match=f"writes to the store {store.path}: stop it first"):
        other.open()
    store.close()
    keep(other, report("b"))
    with pytest.raises(ArchiveError, match="Another receiver"):
        store.add(report("c"))
    other.close()
    assert seen(store) == [("a", 2), ("b", 2)]


def test_pushes_from_many_at_once_are_each_kept_once(tmp_path: Path) -> None:
    """Twenty senders with repeats between them, in one store."""
    with receiver.Store(tmp_path / "store", log_bytes=2_000) as store:

        def push(n: int) -> None:
            keep(store, *(report(f"{n % 10}-{k}") for k in range(5)))

        senders = [threading.Thread(target=push, args=(n,)) for n in range(20)]
        for sender in senders:
            sender.start()
        for sender in senders:
            sender.join(30)
        assert store.counters["repeats"] == 50
    assert sorted(name for name, _ in seen(store) if name) == sorted(
        f"{n}-{k}" for n in range(10) for k in range(5)
    )


# ------------------------------------------------------------------------------------------------ beside a status


def test_a_status_fills_in_what_a_push_lacks_and_comes_first(store: receiver.Store) -> None:
    """Number and carrier of the status where both have them; the last status of a tag, the last word of a push."""

    def at(second: int) -> datetime:
        return datetime(2026, 10, 30, 9, 30, second, tzinfo=TOKYO)

    keep(
        store,
        report("a", 2, clientTag="t", phoneNumber="+819000000001", carrierId="101"),
        report("b", 2, clientTag="u", phoneNumber="+819000000002", carrierId="103"),
    )
    rows = [
        (date(2026, 10, 30), at(second), number, None, "1", None, carrier, status, "t", None, None)
        for second, number, carrier, status in (
            (25, "+819000000009", "docomo", 3),
            (20, "+819000000008", "au", 1),
        )
    ]
    joined = store.join(pl.DataFrame(rows, schema=schemas.STATUS, orient="row"))
    assert joined.select(
        "client_tag", "came", "phone_number", "carrier", "status_id", "push_status_id", "lag", "agree"
    ).rows() == [
        ("t", "both", "+819000000009", "docomo", 3, 2, timedelta(seconds=10), False),
        ("u", "push", "+819000000002", "docomo", None, 2, None, None),
    ]
