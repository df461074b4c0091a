"""Files in the hands of people and computers: copied, deleted, replaced, cut off, and locked by somebody else."""

from __future__ import annotations

import _thread
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest

import zrtools as zr
from zrtools.outbox import adding as adding_in_pieces
from zrtools.outbox import lease
from zrtools.sqlite import Database

if TYPE_CHECKING:
    from zrtools.sandbox import Sandbox

NUMBERS = [f"+81901{n:07d}" for n in range(100)]
DAY = "2026-10-01"


def people(count: int, text: str = "お知らせです") -> pl.DataFrame:
    """Make a frame of so many recipients."""
    return pl.DataFrame({"phone_number": NUMBERS[:count], "message": [text] * count})


@pytest.fixture
def client(own: Sandbox, connected: Callable[..., zr.Client]) -> zr.Client:
    """Give a client of a sandbox as if it were new."""
    return connected()


@pytest.fixture
def outbox(tmp_path: Path) -> Iterator[zr.Outbox]:
    """Give an empty outbox."""
    with zr.Outbox(tmp_path / "a" / "test.outbox") as made:
        yield made


@pytest.fixture
def listed(tmp_path: Path) -> Iterator[zr.Suppressions]:
    """Give an empty list."""
    with zr.Suppressions(tmp_path / "a" / "stop.list") as made:
        yield made


# ----------------------------------------------------------------------------------------- copied


def test_a_journal_copied_while_it_is_open_is_whole(
    outbox: zr.Outbox, own: Sandbox, client: zr.Client, tmp_path: Path
) -> None:
    """The one file, copied by any means, has all that was added and sent: its copy sends nothing again."""
    with zr.Outbox(outbox.path):
        outbox.add(people(20))
        added = tmp_path / "added.outbox"
        shutil.copyfile(outbox.path, added)
        outbox.send(client, progress=False)
        sent = tmp_path / "sent.outbox"
        shutil.copyfile(outbox.path, sent)
    for path, states in ((added, {"queued": 20}), (sent, {"accepted": 20})):
        with zr.Outbox(path) as copied:
            assert copied.counts() == states
            assert set(copied.add(people(20))["intake"]) == {"duplicate"}
            copied.send(client, progress=False)
            assert copied.counts() == {"accepted": 20}
    assert sorted(m.phone_number for m in own.accepted) == NUMBERS[:20]


def test_a_list_copied_while_it_is_open_is_whole(listed: zr.Suppressions, tmp_path: Path) -> None:
    """Who opted out is on the copy."""
    listed.add(NUMBERS[0], "opted out")
    shutil.copyfile(listed.path, tmp_path / "copy.list")
    with zr.Suppressions(tmp_path / "copy.list") as copied:
        assert copied.frame().equals(listed.frame())


def test_a_store_of_cleaned_numbers_is_one_whole_file_after_each_run(
    own: Sandbox, client: zr.Client, tmp_path: Path
) -> None:
    """What was paid for is in the copy."""
    client.clean(NUMBERS, DAY, store=tmp_path / "cleaned", progress=False)
    assert [path.name for path in tmp_path.iterdir()] == ["cleaned"]
    shutil.copyfile(tmp_path / "cleaned", tmp_path / "copy")
    asked = own.calls["clean"]
    client.clean(NUMBERS, DAY, store=tmp_path / "copy", progress=False)
    assert own.calls["clean"] == asked


def test_copies_are_made_at_any_time_and_never_over_another_file(
    outbox: zr.Outbox, listed: zr.Suppressions, own: Sandbox, client: zr.Client, tmp_path: Path
) -> None:
    """In the middle of a run a copy is whole; it is private, and takes no file's place."""
    outbox.add(people(12))
    copies = iter(range(12))

    def copy(_: dict[str, str]) -> bool:
        with zr.Outbox(outbox.path) as other:
            other.copy(tmp_path / f"{next(copies)}.copy")
        return False

    own.faults.add("delay", "send", times=None, when=copy)
    outbox.send(client, progress=False)
    made = sorted(tmp_path.glob("*.copy"))
    assert len(made) == 12
    for path in (made[0], made[5], made[-1]):
        with zr.Outbox(path) as copied:
            assert copied.frame().height == 12
            assert copied.counts()["leaving"] > 0
        if os.name == "posix":
            assert path.stat().st_mode & 0o077 == 0
    with pytest.raises(zr.ArchiveError, match="already"):
        outbox.copy(made[0])
    listed.add(NUMBERS[0], "opted out")
    with zr.Suppressions(listed.copy(tmp_path / "new" / "stop.list")) as copied_list:
        assert len(copied_list) == 1
    assert not [path.name for path in tmp_path.rglob("*.new")]


# ------------------------------------------------------------------------------- deleted, replaced, cut off


def gone(path: Path) -> None:
    """Delete a file."""
    path.unlink()


def replaced(path: Path) -> None:
    """Move an empty file of the same kind into a file's place."""
    fresh = path.with_name("fresh")
    (zr.Outbox if path.suffix == ".outbox" else zr.Suppressions)(fresh).close()
    fresh.replace(path)


def written_over(path: Path) -> None:
    """Copy another journal over a file, as `cp` does it."""
    fresh = path.with_name("fresh")
    zr.Outbox(fresh).close()
    shutil.copyfile(fresh, path)


def cut(path: Path) -> None:
    """Cut a file to nothing."""
    path.write_bytes(b"")


@pytest.mark.parametrize("harm", [gone, replaced, written_over, cut])
def test_a_journal_that_is_not_the_one_any_more_sends_and_takes_nothing(
    outbox: zr.Outbox, own: Sandbox, client: zr.Client, harm: Callable[[Path], None]
) -> None:
    """Deleted, replaced or cut off while it was open, it says so instead of going on without its past."""
    outbox.add(people(3))
    outbox.send(client, progress=False)
    harm(outbox.path)
    with pytest.raises(zr.ArchiveError, match=r"gone|not the file any more|Another outbox|empty"):
        outbox.add(people(3))
    with pytest.raises(zr.ArchiveError, match=r"gone|not the file any more|Another outbox|empty"):
        outbox.send(client, progress=False)
    assert len(own.accepted) == 3
    assert "closed" in repr(outbox) or harm is written_over


@pytest.mark.parametrize("harm", [gone, replaced, cut])
def test_a_list_that_is_not_the_one_any_more_lets_nothing_out(
    outbox: zr.Outbox,
    listed: zr.Suppressions,
    own: Sandbox,
    client: zr.Client,
    harm: Callable[[Path], None],
) -> None:
    """Without the list that was named nothing is sent: a number may be on it."""
    listed.add(NUMBERS[0], "opted out")
    with zr.Outbox(outbox.path, suppressions=listed) as guarded:
        outbox.add(people(3))
        harm(listed.path)
        with pytest.raises(zr.ArchiveError, match=r"gone|not the file any more|empty"):
            listed.add(NUMBERS[1], "opted out")
        with pytest.raises(zr.ArchiveError, match=r"gone|not the file any more|empty"):
            guarded.send(client, progress=False)
        with pytest.raises(zr.ArchiveError, match=r"gone|not the file any more|empty"):
            guarded.add(people(3), campaign="b")
    assert not own.accepted
    assert outbox.counts() == {"queued": 3}


@pytest.mark.parametrize("harm", [gone, replaced])
def test_a_journal_that_goes_away_in_a_run_stops_it(
    outbox: zr.Outbox, own: Sandbox, client: zr.Client, harm: Callable[[Path], None]
) -> None:
    """Nothing leaves that could not be journalled where the journal lies."""
    struck = threading.Event()

    def strike(_: dict[str, str]) -> bool:
        if not struck.is_set():
            struck.set()
            harm(outbox.path)
        return False

    outbox.add(people(100))
    own.faults.add("delay", "send", times=None, when=strike)
    with pytest.raises(zr.ArchiveError, match=r"gone|not the file any more"):
        outbox.send(client, progress=False)
    # at most the batch that was journalled before
    assert len(own.accepted) <= 64


def kinds(path: Path, client: zr.Client) -> list[Callable[[], Any]]:
    """Give what opens each kind of file."""
    return [
        lambda: zr.Outbox(path).close(),
        lambda: zr.Suppressions(path).close(),
        lambda: client.clean(NUMBERS[:1], DAY, store=path, progress=False),
    ]


def test_an_empty_file_is_damage_and_never_a_new_file(client: zr.Client, tmp_path: Path) -> None:
    """Cut to 0 bytes it is refused as such and left as it is, whatever kind it was."""
    path = tmp_path / "cut"
    for open_it in kinds(path, client):
        path.write_bytes(b"")
        with pytest.raises(zr.ArchiveError, match="is empty, so it was damaged: restore a copy"):
            open_it()
        assert path.read_bytes() == b""


def test_a_new_file_is_there_whole_or_not_at_all(client: zr.Client, tmp_path: Path) -> None:
    """Opened by many at once each gets the same one, and nothing else is left in the folder."""
    for turn, open_it in enumerate(kinds(tmp_path / "new", client)):
        with ThreadPoolExecutor(8) as pool:
            list(pool.map(lambda _: open_it(), range(8)))  # noqa: B023 - all are done before the next turn
        assert [path.name for path in tmp_path.iterdir()] == ["new"], turn
        (tmp_path / "new").unlink()


def test_names_that_mean_something_in_an_address_are_names(tmp_path: Path) -> None:
    """Blanks, #, ?, % and Japanese letters in a path are letters."""
    path = tmp_path / "50% of #1? 秋の 案内" / "送信?mode=ro.outbox"
    with zr.Outbox(path) as outbox:
        outbox.add(people(1))
    assert [found.name for found in path.parent.iterdir()] == [path.name]
    with zr.Outbox(path) as outbox:
        assert outbox.counts() == {"queued": 1}


# ------------------------------------------------------------------------------------------- locks


@pytest.fixture
def held(outbox: zr.Outbox, listed: zr.Suppressions) -> Iterator[list[sqlite3.Connection]]:
    """Hold the locks of an outbox and a list, as another process does that writes."""
    outbox.add(people(10))
    locks = []
    for path in (outbox.path, listed.path):
        lock = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        lock.execute("begin immediate")
        locks.append(lock)
    yield locks
    for lock in locks:
        lock.close()


@pytest.mark.parametrize("what", ["send", "add", "list", "withdraw"])
@pytest.mark.slow
def test_ctrl_c_while_a_journal_waits_gives_the_lock_back(
    outbox: zr.Outbox, listed: zr.Suppressions, client: zr.Client, held: list[sqlite3.Connection], what: str
) -> None:
    """It is heard at once, and afterwards everybody can write, this process too."""
    acts: dict[str, Callable[[], object]] = {
        "send": lambda: outbox.send(client, progress=False),
        "add": lambda: outbox.add(people(20)),
        "list": lambda: listed.add(NUMBERS[0], "opted out"),
        "withdraw": outbox.withdraw,
    }
    interrupt = threading.Timer(0.7, _thread.interrupt_main)
    release = threading.Timer(3, lambda: [lock.execute("rollback") for lock in held])
    interrupt.start()
    release.start()
    began = time.monotonic()
    with pytest.raises(zr.Interrupted if what in ("send", "add") else KeyboardInterrupt):
        acts[what]()
    # a run says what it left, and for that waits until the lock is free
    assert time.monotonic() - began < (6 if what in ("send", "add") else 2)
    release.join()
    for lock in held:
        lock.execute("begin immediate")
        lock.execute("rollback")
    assert outbox.counts() == {"queued": 10}
    assert listed.add(NUMBERS[1], "opted out") == 1
    assert outbox.add(people(20))["intake"].to_list() == ["duplicate"] * 10 + ["queued"] * 10


@pytest.mark.slow
def test_ctrl_c_at_any_moment_leaves_no_lock_and_no_half(listed: zr.Suppressions) -> None:
    """Wherever in a transaction it strikes, the file is free afterwards, and what was written is whole."""
    dice = random.Random(0)
    other = sqlite3.connect(listed.path, timeout=0, isolation_level=None)
    interrupted = 0
    for turn in range(60):
        timer = threading.Timer(dice.uniform(0, 0.03), _thread.interrupt_main)
        try:
            timer.start()
            try:
                for n in range(1000):
                    listed.add([f"090{turn:04}{n:04}", f"080{turn:04}{n:04}"], "opted out")
            finally:
                timer.join()
        except KeyboardInterrupt:
            interrupted += 1
        other.execute("begin immediate")
        other.execute("rollback")
        assert len(listed) % 2 == 0
    other.close()
    assert interrupted == 60
    assert len(listed) == 2 * listed.history().height


def test_ctrl_c_in_a_transaction_is_heard_when_it_is_whole(tmp_path: Path) -> None:
    """What is being written is written to its end, and then the person is heard, once."""
    tables = "create table things (n integer)"
    file = Database(tmp_path / "f", what="test", application=7, tables=tables)
    before = signal.getsignal(signal.SIGINT)

    def interrupted() -> None:
        with file.transaction() as run:
            run("insert into things values (1)")
            _thread.interrupt_main()
            time.sleep(0.01)
            run("insert into things values (2)")

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    with file.reading() as run:
        assert run("select n from things").fetchall() == [(1,), (2,)]
    assert signal.getsignal(signal.SIGINT) is before


_WRITER = """
import sys
import polars as pl
import zrtools as zr
with zr.Outbox(sys.argv[1]) as outbox:
    print("up", flush=True)
    sys.stdin.readline()
    n = int(sys.argv[2])
    numbers = [f"0801{i:07d}" for i in range(n)]
    outbox.add(pl.DataFrame({"phone_number": numbers, "message": ["x"] * n}), campaign="large")
"""


def adding(outbox: zr.Outbox, count: int) -> subprocess.Popen[str]:
    """Start another process that is about to add so many messages."""
    process = subprocess.Popen(
        [sys.executable, "-c", _WRITER, str(outbox.path), str(count)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    process.stdout.readline()
    return process


@pytest.mark.slow
def test_an_intake_killed_halfway_has_added_nothing(outbox: zr.Outbox, client: zr.Client) -> None:
    """All or nothing also in pieces: what a killed process had written is in no count, and is never sent."""
    process = adding(outbox, 150_000)
    process.stdin.write("go\n")  # type: ignore[union-attr]
    process.stdin.flush()  # type: ignore[union-attr]
    with sqlite3.connect(outbox.path) as look:
        while look.execute("select count(*) from messages").fetchone()[0] < 20_000:
            time.sleep(0.01)
    look.close()
    process.kill()
    process.communicate()
    assert outbox.counts() == {}
    assert outbox.frame().is_empty()
    assert outbox.campaigns().is_empty()
    assert outbox.send(client, progress=False).is_empty()
    assert set(outbox.add(people(3), campaign="large")["intake"]) == {"queued"}
    with sqlite3.connect(outbox.path) as look:
        assert look.execute("select count(*) from messages").fetchone()[0] == 3
    look.close()


def test_an_intake_held_up_for_long_gives_way_and_adds_nothing(
    outbox: zr.Outbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Paused for longer than its lease it finds that another has added since: all of one, nothing of the other."""
    monkeypatch.setattr(lease, "LENGTH", 0.2)
    monkeypatch.setattr(lease, "RENEWAL", 60.0)
    monkeypatch.setattr(adding_in_pieces, "_PIECE", 5)
    paused, woken = threading.Event(), threading.Event()
    slices = pl.DataFrame.iter_slices

    def held_up(frame: pl.DataFrame, n_rows: int) -> Iterator[pl.DataFrame]:
        for piece in slices(frame, n_rows):
            yield piece
            if threading.current_thread().name == "first" and n_rows == 5:
                paused.set()
                woken.wait(20)

    monkeypatch.setattr(pl.DataFrame, "iter_slices", held_up)
    failures: list[zr.ZrtoolsError] = []

    def first() -> None:
        with zr.Outbox(outbox.path) as same:
            try:
                same.add(people(20), campaign="spring")
            except zr.ZrtoolsError as error:
                failures.append(error)

    thread = threading.Thread(target=first, name="first")
    thread.start()
    assert paused.wait(20)
    assert outbox.counts() == {}
    time.sleep(0.3)
    assert set(outbox.add(people(12), campaign="spring")["intake"]) == {"queued"}
    woken.set()
    thread.join(30)
    [error] = failures
    assert isinstance(error, zr.ArchiveError)
    assert "nothing of this was added" in str(error)
    assert outbox.counts() == {"queued": 12}
    assert outbox.frame()["phone_number"].to_list() == NUMBERS[:12]


@pytest.mark.slow
def test_others_send_and_withdraw_while_a_large_list_is_added(outbox: zr.Outbox, client: zr.Client) -> None:
    """Nobody waits for the whole of it, and only who adds waits for who adds."""
    outbox.add(people(50))
    process = adding(outbox, 150_000)
    process.stdin.write("go\n")  # type: ignore[union-attr]
    process.stdin.flush()  # type: ignore[union-attr]
    with sqlite3.connect(outbox.path) as look:
        while look.execute("select count(*) from messages").fetchone()[0] < 20_000:
            time.sleep(0.01)
    look.close()
    outbox.send(client, campaign="", progress=False)
    assert process.poll() is None
    assert outbox.counts()["accepted"] == 50
    # the same list at the same time: it waits, and finds all of it there
    found = outbox.add(
        pl.DataFrame({"phone_number": ["08010149999", "08010000000"], "message": ["x", "x"]}),
        campaign="large",
    )
    assert found["intake"].to_list() == ["duplicate"] * 2
    assert process.wait(60) == 0
    process.stdin.close()  # type: ignore[union-attr]
    process.stdout.close()  # type: ignore[union-attr]
    assert outbox.counts() == {"accepted": 50, "queued": 150_000}


@pytest.mark.slow
def test_ctrl_c_while_adding_says_whether_it_was_added(outbox: zr.Outbox) -> None:
    """Interrupted before the end nothing is there, and the next try adds all of it."""
    size = 60_000
    frame = pl.DataFrame({"phone_number": [f"0801{i:07d}" for i in range(size)], "message": ["x"] * size})
    timer = threading.Timer(0.3, _thread.interrupt_main)
    timer.start()
    with pytest.raises(zr.Interrupted, match="nothing was added") as caught:
        outbox.add(frame)
    timer.join()
    assert caught.value.frame.schema == zr.schemas.ADDED
    assert outbox.counts() == {}
    with sqlite3.connect(outbox.path) as look:
        assert look.execute("select count(*) from messages").fetchone()[0] == 0
    look.close()
    assert set(outbox.add(frame)["intake"]) == {"queued"}
