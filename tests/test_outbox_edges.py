"""The outbox at its edges: what is leaving, the minute that has begun, failures in a row, and what the disk keeps."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest

import zrtools as zr
from zrtools.client import sending
from zrtools.outbox import run


def people(count: int, **columns: Any) -> pl.DataFrame:
    """Make a frame of so many different recipients."""
    numbers = {"phone_number": [f"0901{n:07d}" for n in range(count)], "message": ["お知らせです"] * count}
    return pl.DataFrame(numbers).with_columns(**columns)


@pytest.fixture
def client() -> Iterator[zr.Client]:
    """Give a client of a sandbox of its own that sends one message after the other."""
    with zr.Client.sandbox(messages_per_day=10, months=1, at_once=1) as made:
        yield made


@pytest.fixture
def outbox(tmp_path: Path) -> Iterator[zr.Outbox]:
    """Give an empty outbox with a list of numbers not to be sent to."""
    with zr.Outbox(tmp_path / "test.outbox", suppressions=tmp_path / "stop.list") as made:
        yield made


@pytest.fixture(autouse=True)
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let settling and backing off take no time."""
    monkeypatch.setattr(sending, "_LOOKS", (0.0,))
    monkeypatch.setattr(run, "_BACKOFF", 0.0)


def states(outbox: zr.Outbox) -> list[str]:
    """List the states of the messages in order."""
    return outbox.frame()["sending_state"].to_list()


@pytest.mark.parametrize("what", ["outbox", "suppressions", "cleaning"])
def test_every_file_is_written_with_full_durability(
    tmp_path: Path, client: zr.Client, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    """A transaction that has returned survives a power cut: SQLite's `synchronous` is FULL or more."""
    durable: list[int] = []

    class Watched(sqlite3.Connection):
        def close(self) -> None:
            """Look before the connection is gone."""
            with suppress(sqlite3.ProgrammingError):
                durable.append(int(self.execute("pragma synchronous").fetchone()[0]))
            super().close()

    connect = sqlite3.connect
    monkeypatch.setattr(
        sqlite3, "connect", lambda *args, **options: connect(*args, factory=Watched, **options)
    )
    if what == "outbox":
        with zr.Outbox(tmp_path / "a") as outbox:
            outbox.add(people(1))
            outbox.send(client, progress=False)
    elif what == "suppressions":
        with zr.Suppressions(tmp_path / "a") as listed:
            listed.add("09012345678", "opted out")
    else:
        client.clean(["09012345678"], client.now().date(), store=tmp_path / "a", progress=False)
    assert durable
    assert min(durable) >= 2


def test_a_message_that_is_leaving_cannot_be_withdrawn(outbox: zr.Outbox, client: zr.Client) -> None:
    """Only what is still queued is taken back; what is on its way comes to its end."""
    sandbox = client.embedded
    assert sandbox is not None
    withdrawn: list[int] = []

    def withdraw(fields: dict[str, str]) -> bool:
        if not withdrawn:
            withdrawn.append(outbox.withdraw())
        return False

    sandbox.faults.add("delay", "send", times=None, when=withdraw)
    outbox.add(people(1))
    outbox.send(client, progress=False)
    assert withdrawn == [0]
    assert states(outbox) == ["accepted"]
    assert len(sandbox.accepted) == 1


def test_a_withdrawn_message_never_leaves_and_another_campaigns_does(
    outbox: zr.Outbox, client: zr.Client
) -> None:
    """Withdrawing one campaign tells how many, leaves the other, and cannot be done twice."""
    outbox.add(people(2), campaign="a")
    outbox.add(people(3), campaign="b")
    assert outbox.withdraw(campaign="a") == 2
    assert outbox.withdraw(campaign="a") == 0
    outbox.send(client, progress=False)
    assert states(outbox) == ["withdrawn"] * 2 + ["accepted"] * 3
    assert outbox.withdraw() == 0


def test_a_suppressed_message_whose_fate_is_open_stays_open(outbox: zr.Outbox, client: zr.Client) -> None:
    """It may have arrived, so it is not called suppressed; it is not sent again, and a status settles it."""
    sandbox, listed = client.embedded, outbox.suppressions
    assert sandbox is not None
    assert listed is not None
    outbox.add(people(2))
    sandbox.faults.add("html", "send", times=None, effect=True)
    sandbox.faults.add("http", "status", status=404, times=None)
    with pytest.raises(zr.PartialResultError):
        outbox.send(client, progress=False)
    assert "unsettled" in states(outbox)
    sandbox.faults.clear()
    sent = sandbox.calls["send"]
    listed.add(["09010000000", "09010000001"], reason="asked by phone")
    outbox.send(client, progress=False)
    frame = outbox.frame()
    opened = frame.filter(pl.col("sending_state") == "unsettled")
    assert opened.height >= 1
    assert opened["error"].str.contains("suppressed: asked by phone").all()
    assert set(states(outbox)) <= {"unsettled", "suppressed"}
    assert sandbox.calls["send"] == sent


@pytest.mark.parametrize(("minutes", "state"), [(-1, "refused"), (0, "refused"), (1, "accepted")])
def test_a_time_of_this_very_minute_has_passed(
    outbox: zr.Outbox, client: zr.Client, minutes: int, state: str
) -> None:
    """The minute that has begun is too late, the next is not; what is too late never leaves."""
    sandbox = client.embedded
    assert sandbox is not None
    when = client.now().replace(second=0, microsecond=0) + timedelta(minutes=minutes)
    outbox.add(people(1, schedule_time=pl.lit(f"{when:%Y-%m-%d %H:%M}")))
    outbox.send(client, progress=False)
    row = outbox.frame().row(0, named=True)
    assert row["sending_state"] == state
    assert sandbox.calls["send"] == (state == "accepted")
    if state == "refused":
        assert f"The schedule time {when:%Y-%m-%d %H:%M} (Japan) has passed" in row["error"]


def test_what_did_not_leave_gives_its_try_and_its_time_back(outbox: zr.Outbox, client: zr.Client) -> None:
    """Stopped after the first answer: the others are as if they had never been taken up."""
    sandbox = client.embedded
    assert sandbox is not None
    stop = threading.Event()
    sandbox.faults.add("delay", "send", times=None, when=lambda _: bool(stop.set()))
    outbox.add(people(10))
    before = outbox.frame()
    outbox.send(client, stop=stop, progress=False)
    left, kept = outbox.frame().head(1), outbox.frame().tail(9)
    assert left.select("sending_state", "attempts").rows() == [("accepted", 1)]
    assert kept.equals(before.tail(9))
    assert set(kept["attempts"]) == {0}
    assert kept["settled_at"].null_count() == 9
    outbox.send(client, progress=False)
    assert outbox.frame().select("sending_state", "attempts").unique().rows() == [("accepted", 1)]


@pytest.mark.parametrize(("in_a_row", "ends"), [(4, False), (5, True)])
def test_only_failures_in_a_row_end_a_run(
    outbox: zr.Outbox, client: zr.Client, in_a_row: int, ends: bool
) -> None:
    """An answer between them begins the count anew, however many there are in all."""
    sandbox = client.embedded
    assert sandbox is not None
    asked = 0

    def failing(_: dict[str, str]) -> bool:
        nonlocal asked
        asked += 1
        return asked % (in_a_row + 1) != 0

    sandbox.faults.add("code", "send", times=None, response_code=500, when=failing)
    outbox.add(people(12))
    if not ends:
        outbox.send(client, progress=False)
        assert sandbox.calls["send"] > 2 * in_a_row
        assert "accepted" in states(outbox)
        return
    with pytest.raises(zr.PartialResultError, match="Sending stopped"):
        outbox.send(client, progress=False)
    assert sandbox.calls["send"] == 5
    assert set(states(outbox)) == {"queued"}


def test_a_refusal_between_failures_is_an_answer(outbox: zr.Outbox, client: zr.Client) -> None:
    """The service that refuses a message is there: four failures, a refusal, four failures do not end the run."""
    sandbox = client.embedded
    assert sandbox is not None
    asked = 0

    def fifth(_: dict[str, str]) -> bool:
        nonlocal asked
        asked += 1
        return asked == 5

    sandbox.faults.add("code", "send", response_code=120, message="message too long.", when=fifth)
    sandbox.faults.add("code", "send", times=8, response_code=500)
    outbox.add(people(9))
    outbox.send(client, progress=False)
    assert sorted(set(states(outbox))) == ["accepted", "refused"]
    assert states(outbox).count("refused") == 1


def unsettled(outbox: zr.Outbox, client: zr.Client, count: int = 1, **columns: Any) -> list[str]:
    """Have messages whose fate is open, and give their tags."""
    sandbox = client.embedded
    assert sandbox is not None
    outbox.add(people(count, **columns))
    sandbox.faults.add("html", "send", times=None, effect=True)
    sandbox.faults.add("http", "status", status=404, times=None)
    sandbox.faults.add("http", "reservations", status=404, times=None)
    with suppress(zr.PartialResultError):
        outbox.send(client, progress=False)
    sandbox.faults.clear()
    return outbox.frame().filter(pl.col("sending_state") == "unsettled")["client_tag"].to_list()


@pytest.mark.parametrize(("accepted", "state"), [(True, "accepted"), (False, "refused")])
def test_a_decision_by_hand_is_final_and_kept_with_its_reason(
    outbox: zr.Outbox, client: zr.Client, accepted: bool, state: str
) -> None:
    """The state, the words and the history, in the letters they were written in; twice is once too often."""
    [tag] = unsettled(outbox, client)
    outbox.decide(tag, accepted=accepted, why="電話で確認")
    row = outbox.frame().row(0, named=True)
    assert (row["sending_state"], row["error"]) == (state, "Decided by hand: 電話で確認")
    last = outbox.history().row(-1, named=True)
    assert last["what"] == "decide"
    assert '"why": "電話で確認"' in last["detail"]
    assert f'"accepted": {str(accepted).lower()}' in last["detail"]
    for wrong in (tag, "never"):
        with pytest.raises(zr.InputError, match="No unsettled message"):
            outbox.decide(wrong, accepted=True, why="again")
    with pytest.raises(zr.InputError, match="how you know"):
        outbox.decide(tag, accepted=True, why=" ")


@pytest.mark.parametrize("gone_out", [False, True])
def test_a_reservation_whose_fate_is_open_is_settled_by_asking(
    outbox: zr.Outbox, client: zr.Client, gone_out: bool
) -> None:
    """It waits, or it has gone out: accepted either way, and nothing is sent for it."""
    sandbox = client.embedded
    assert sandbox is not None
    when = client.now() + timedelta(hours=1)
    tags = unsettled(outbox, client, schedule_time=pl.lit(f"{when:%Y-%m-%d %H:%M}"))
    assert len(tags) == 1
    if gone_out:
        sandbox.faults.add("code", "reservations", response_code=130, message="Already send.")
    sent = sandbox.calls["send"]
    found = outbox.settle(client)
    assert found.select("client_tag", "sending_state").rows() == [(tags[0], "accepted")]
    assert sandbox.calls["send"] == sent


def test_what_was_left_out_is_counted_and_has_no_tag(outbox: zr.Outbox) -> None:
    """Invalid, duplicate and suppressed rows by their kind, in the answer, the preview and the history."""
    assert outbox.suppressions is not None
    outbox.suppressions.add(["09010000002"], reason="asked")
    frame = pl.concat([people(3), people(1), people(1, phone_number=pl.lit("03-1234-5678"))])
    added = outbox.add(frame, campaign="秋", skip_invalid=True)
    assert added["intake"].to_list() == ["queued", "queued", "suppressed", "duplicate", "invalid"]
    assert added["client_tag"].is_null().to_list() == [False, False, False, False, True]
    preview = outbox.preview()
    assert (preview.messages, preview.numbers) == (2, 2)
    assert (preview.duplicates, preview.invalid, preview.suppressed) == (1, 1, 1)
    other = outbox.preview(campaign="other")
    assert (other.messages, other.duplicates, other.invalid, other.suppressed) == (0, 0, 0, 0)
    assert '"campaign": "秋"' in outbox.history()["detail"][0]
    again = outbox.add(frame, campaign="秋", skip_invalid=True)
    assert again["intake"].to_list() == ["duplicate"] * 4 + ["invalid"]
    assert outbox.counts() == {"queued": 2, "suppressed": 1}


def test_the_journal_alone_tells_what_is_known(outbox: zr.Outbox, client: zr.Client) -> None:
    """Without a source, and with an empty one, each message stands there without a status."""
    outbox.add(people(2))
    for frame in (
        outbox.status(),
        outbox.status(client),
        outbox.status(client.status("2020-01-01", progress=False)),
    ):
        assert frame.schema == zr.schemas.SENT
        assert frame["sending_state"].to_list() == ["queued"] * 2
        assert frame["status_id"].null_count() == 2


def test_a_stopped_run_counts_what_it_had_accepted(outbox: zr.Outbox, client: zr.Client) -> None:
    """The history tells of each run what became of its messages."""
    outbox.add(people(3))
    outbox.send(client, progress=False)
    last = outbox.history().row(-1, named=True)
    assert last["what"] == "send"
    assert '"accepted": 3' in last["detail"]
