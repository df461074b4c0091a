"""Files as earlier versions wrote them open, go on and give the same answers; newer ones are refused in words."""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from archive_service import Service
from old_files import DAY, KEY, people, rows

import zrtools as zr
from zrtools import receiver
from zrtools.archive import Archive

if TYPE_CHECKING:
    from zrtools.sandbox import Sandbox

FILES = Path(__file__).parent / "files"
VERSIONS = sorted(folder.name for folder in FILES.iterdir() if (folder / "answers.json").exists())


@pytest.fixture(params=VERSIONS)
def old(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """Give a copy of a version's files: the files themselves stay as they were made."""
    return Path(shutil.copytree(FILES / request.param, tmp_path / request.param))


@pytest.fixture
def client(own: Sandbox, connected: Callable[..., zr.Client]) -> zr.Client:
    """Give a client of the account that the files are of."""
    return connected()


def answers(old: Path) -> dict[str, Any]:
    """Read what the version itself read in its files."""
    return json.loads((old / "answers.json").read_text("utf-8"))


def belongs_to(path: Path, statement: str, client: zr.Client) -> None:
    """Let a file be of the test's own account."""
    with sqlite3.connect(path) as file:
        file.execute(statement, (client.origin,))
    file.close()


@pytest.mark.parametrize("name", ["outbox.sqlite", "killed.sqlite"])
def test_an_old_outbox_goes_on(old: Path, own: Sandbox, client: zr.Client, name: str) -> None:
    """Closed or killed, it tells the same, sends what waits and settles what was on its way, nothing twice."""
    belongs_to(old / name, "update facts set value = ? where name = 'account'", client)
    told = answers(old)["outbox"]
    with zr.Outbox(old / name, suppressions=old / "suppressions.sqlite") as outbox:
        assert rows(outbox.frame()) == told["frame"]
        assert outbox.counts() == told["counts"]
        assert rows(outbox.history()) == told["history"]
        again = outbox.add(people(0, 3, "送信済み"), campaign="spring")
        assert set(again["intake"]) == {"duplicate"}
        waiting = [
            row["phone_number"] for row in told["frame"] if row["sending_state"] in ("queued", "leaving")
        ]
        assert len(waiting) == 3
        outbox.send(client, campaign="spring", progress=False)
        states = {row["phone_number"]: row["sending_state"] for row in rows(outbox.frame(campaign="spring"))}
        assert {states[number] for number in waiting} == {"accepted"}
        sent = [message.phone_number for message in own.accepted]
        assert len(sent) == len(set(sent))
        assert set(waiting) <= set(sent)


def test_an_old_list_goes_on(old: Path) -> None:
    """It holds the same numbers, and takes more."""
    told = answers(old)["suppressions"]
    with zr.Suppressions(old / "suppressions.sqlite") as listed:
        assert rows(listed.frame()) == told["frame"]
        assert rows(listed.history()) == told["history"]
        assert listed.add("09099999999", "opted out") == 1
        assert len(listed) == len(told["frame"]) + 1


def test_an_old_store_of_cleaned_numbers_goes_on(old: Path, own: Sandbox, client: zr.Client) -> None:
    """What was paid for is not asked again; what is new is."""
    belongs_to(old / "cleaned.sqlite", "update origin set name = ?", client)
    told = answers(old)["cleaned"]
    numbers = [row["input"] for row in told]
    found = client.clean(
        [*numbers, "09099999999"], "2026-10-01", store=old / "cleaned.sqlite", progress=False
    )
    assert rows(found.head(len(told))) == told
    assert own.calls["clean"] == 1


@pytest.mark.parametrize("numbers", ["plain", "hashed"])
def test_an_old_archive_goes_on(old: Path, numbers: str) -> None:
    """Days and counts are the same, and a sync asks only for what is open or missing."""
    told = answers(old)[numbers]
    archive = Archive(old / numbers, key=KEY if numbers == "hashed" else None)
    assert rows(archive.scan().collect()) == told["scan"]
    assert rows(archive.days()) == told["days"]
    assert rows(archive.counts_history()) == told["counts"]
    service = Service()
    archive.sync(service, DAY, date(2026, 10, 21), progress=False)
    assert service.asked == [DAY, date(2026, 10, 21)]
    assert archive.scan().collect().height == len(told["scan"]) + 20


def test_an_old_receivers_store_goes_on(old: Path) -> None:
    """Reports in full and unfinished logs are there, known ones are repeats, and new ones are kept."""
    told = answers(old)["received"]

    def report(n: int) -> bytes:
        fields = {"messageId": f"m-{n}", "statusId": "2", "dateTime": f"2026/10/30 09:30:{n:02}"}
        return json.dumps(
            {"eventNotifications": [{"type": "DLR", **fields, "clientTag": f"tag-{n}"}]}
        ).encode()

    assert rows(receiver.Store(old / "received").scan(received=True).collect()) == told["scan"]
    with receiver.Store(old / "received") as store:
        assert rows(store.quarantine().select("received_at", "reason")) == told["quarantine"]
        for n in (0, 6, 50):
            store.add(report(n), "application/json").result(30)
        found = rows(store.scan(received=True).collect())
        assert found[:-1] == told["scan"]
        assert found[-1]["message_id"] == "m-50"


def test_a_receivers_store_of_a_newer_version_is_refused_in_words(old: Path) -> None:
    """Nobody reads it, nobody writes into it, and it stays as it is."""
    path = old / "received"
    with receiver.Store(path) as store:
        store.open()
    mark = path / "version"
    assert mark.read_text("ascii") == "1\n"
    mark.write_text("99\n", "ascii")
    before = {file: file.read_bytes() for file in path.rglob("*") if file.is_file()}
    for act in (
        lambda: receiver.Store(path).scan(),
        lambda: receiver.Store(path).latest(),
        lambda: receiver.Store(path).quarantine(),
        lambda: receiver.Store(path).join(zr.schemas.empty(zr.schemas.STATUS)),
        lambda: receiver.Store(path).open(),
        lambda: receiver.Store(path).add(b"{}"),
        lambda: receiver.Store(path).forget("2026-10-01"),
        lambda: receiver.Store(path).erase("+819012345678"),
    ):
        with pytest.raises(zr.ArchiveError, match=r"newer zrtools \(version 99.*update zrtools"):
            act()
    assert {file: file.read_bytes() for file in path.rglob("*") if file.is_file()} == before
    for damaged in (b"", b"x", b"\xff"):
        mark.write_bytes(damaged)
        with pytest.raises(zr.ArchiveError, match="version is damaged: put it back"):
            receiver.Store(path).latest()


@pytest.mark.parametrize("name", ["outbox.sqlite", "suppressions.sqlite", "cleaned.sqlite"])
def test_a_file_of_a_newer_version_is_refused_in_words(old: Path, client: zr.Client, name: str) -> None:
    """It says that zrtools is to be updated, and leaves the file as it is."""
    with sqlite3.connect(old / name) as made:
        made.execute("pragma user_version = 99")
    made.close()
    before = (old / name).read_bytes()
    kinds: dict[str, Callable[[Path], object]] = {
        "outbox.sqlite": zr.Outbox,
        "suppressions.sqlite": zr.Suppressions,
        "cleaned.sqlite": lambda path: client.clean(
            ["09012345678"], "2026-10-01", store=path, progress=False
        ),
    }
    with pytest.raises(zr.ArchiveError, match=r"newer zrtools \(version 99.*update zrtools"):
        kinds[name](old / name)
    assert (old / name).read_bytes() == before


def test_a_newer_archive_is_refused_in_words(old: Path) -> None:
    """It says that zrtools is to be updated."""
    for log in (old / "plain").rglob("_delta_log/*.json"):
        text = log.read_text("utf-8")
        log.write_text(text.replace('"zrtools.archive":"1"', '"zrtools.archive":"99"'), encoding="utf-8")
    with pytest.raises(zr.ArchiveError, match="newer"):
        Archive(old / "plain").days()
