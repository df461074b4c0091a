"""Numbers never to be sent to."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import polars as pl
import pytest

import zrtools as zr
from zrtools import schemas

NUMBERS = ["+819011110000", "+819011110001", "+819011110002"]


@pytest.fixture
def listed(tmp_path: Path) -> Iterator[zr.Suppressions]:
    """Give an empty list."""
    with zr.Suppressions(tmp_path / "stop.list") as made:
        yield made


def test_numbers_are_added_once_with_reason_and_day(listed: zr.Suppressions) -> None:
    """However a number is written it is one, and its first reason stays."""
    assert listed.add(["090-1111-0000", 9011110001], "opted out", "2026-10-31") == 2
    assert listed.add("＋８１９０１１１１００００", "another reason") == 0
    frame = listed.frame()
    assert frame.schema == schemas.SUPPRESSIONS
    assert frame.select("phone_number", "reason", "suppressed_on").rows() == [
        (NUMBERS[0], "opted out", date(2026, 10, 31)),
        (NUMBERS[1], "opted out", date(2026, 10, 31)),
    ]
    assert len(listed) == 2
    assert "0000" not in repr(listed).replace(str(listed.path), "")


def test_a_bad_number_keeps_all_out(listed: zr.Suppressions) -> None:
    """A list with a landline in it is refused with its row, and nothing is added."""
    with pytest.raises(zr.InputError, match="Row 1") as caught:
        listed.add(["09011110000", "03-1234-5678"], "opted out")
    assert caught.value.row == 1
    assert len(listed) == 0
    with pytest.raises(zr.InputError, match="why"):
        listed.add("09011110000")
    with pytest.raises(zr.InputError, match="phone_number"):
        listed.add(pl.DataFrame({"電話": ["09011110000"]}), "opted out")


def test_a_bad_number_may_be_left_out(listed: zr.Suppressions) -> None:
    """One bad cell need not keep people off the list who opted out; it is said."""
    with pytest.warns(UserWarning, match="1 of 3 numbers were left out"):
        assert listed.add(["09011110000", "x", "09011110001"], "opted out", skip_invalid=True) == 2
    with pytest.raises(zr.InputError, match="counted from 0; 1 of 2 are no numbers"):
        listed.add(["09011110000", "x"], "opted out")


def test_numbers_whose_digits_are_gone_keep_all_out(listed: zr.Suppressions) -> None:
    """9012345678 in a Float32 is somebody else's number, who would never be written to again."""
    column = pl.Series("phone_number", [9012345678.0])
    for numbers in (column.cast(pl.Float32), list(np.array([9012345678], "float32")), column / 10):
        with pytest.raises(zr.InputError, match="Row 0"):
            listed.add(numbers, "opted out")
    assert len(listed) == 0
    assert listed.add(column.cast(pl.Decimal(38, 2)), "opted out") == 1
    assert listed.frame()["phone_number"].to_list() == ["+819012345678"]


def test_answers_of_cleaning_give_the_numbers_that_changed_hands(listed: zr.Suppressions) -> None:
    """Of a CLEANING frame only status T is taken."""
    frame = pl.DataFrame(
        {
            "input": NUMBERS,
            "phone_number": NUMBERS,
            "reference_date": [date(2026, 1, 1)] * 3,
            "status": ["T", "N", "ERROR"],
            "error": [None] * 3,
        },
        schema=schemas.CLEANING,
    )
    assert listed.add(frame) == 1
    assert listed.frame().select("phone_number", "reason").rows() == [(NUMBERS[0], "changed hands")]


def test_advice_on_failing_numbers_gives_those_to_drop(listed: zr.Suppressions) -> None:
    """Of `failures.numbers` and `failures.retry_plan` only what is to be dropped is taken."""
    numbers = pl.DataFrame({"phone_number": NUMBERS, "advice": ["drop", "keep", "watch"]})
    plan = pl.DataFrame({"phone_number": NUMBERS, "step": ["leave", "drop the number", "send again later"]})
    assert listed.add(numbers) == 1
    assert listed.add(plan, "two days not in service") == 1
    assert listed.frame()["reason"].to_list() == ["not in service", "two days not in service"]


def test_taking_a_number_off_needs_a_reason_that_is_kept(listed: zr.Suppressions) -> None:
    """A number comes off the list only for a reason."""
    listed.add(NUMBERS, "opted out")
    with pytest.raises(zr.InputError, match="why"):
        listed.remove(NUMBERS[0], " ")
    assert listed.remove([NUMBERS[0], "08099999999"], "asked for it") == 1
    assert listed.frame()["phone_number"].to_list() == NUMBERS[1:]


def test_history_keeps_which_numbers_were_added_and_taken_off(listed: zr.Suppressions) -> None:
    """The numbers, their reasons and days stay in the file, also of what is on the list no more."""
    listed.add(NUMBERS[:2], "opted out", "2026-10-31")
    listed.add(NUMBERS, "complained", "2026-11-01")
    listed.remove(NUMBERS[0], "asked for it")
    history = listed.history()
    assert history.columns == ["at", "what", "detail"]
    assert [json.loads(detail) for detail in history["detail"]] == [
        {"numbers": NUMBERS[:2], "reason": "opted out", "date": "2026-10-31"},
        {"numbers": NUMBERS[2:], "reason": "complained", "date": "2026-11-01"},
        {"numbers": [[NUMBERS[0], "opted out", "2026-10-31"]], "why": "asked for it"},
    ]


def test_a_closed_list_shows_itself_as_closed(listed: zr.Suppressions) -> None:
    """Its repr raises nothing: it is asked for where something else is being looked into."""
    listed.close()
    assert "closed" in repr(listed)


def test_the_outbox_does_not_send_to_listed_numbers(tmp_path: Path) -> None:
    """Listed before or after they were queued, they are not sent to; an override is journalled."""
    people = pl.DataFrame({"phone_number": NUMBERS, "message": ["x"] * 3})
    path = tmp_path / "stop.list"
    with (
        zr.Client.sandbox(messages_per_day=10, months=1) as client,
        zr.Outbox(tmp_path / "a.outbox", suppressions=path) as outbox,
    ):
        listed = outbox.suppressions
        assert listed is not None
        listed.add(NUMBERS[0], "opted out")
        added = outbox.add(people, lang="en")
        assert added["intake"].to_list() == ["suppressed", "queued", "queued"]
        assert added["problem"][0] == "the number is on the suppression list (opted out)"
        listed.add(NUMBERS[1], "changed hands")
        outbox.send(client, progress=False)
        assert outbox.frame()["sending_state"].to_list() == ["suppressed", "suppressed", "accepted"]
        assert "changed hands" in outbox.frame()["error"][1]
        assert outbox.preview().suppressed == 2
        with pytest.raises(zr.InputError, match="why"):
            outbox.override([NUMBERS[0]], why="")
        assert outbox.override([NUMBERS[0]], why="asked for this message by phone") == 1
        outbox.send(client, progress=False)
        assert client.embedded is not None
        assert sorted(m.phone_number for m in client.embedded.accepted) == [NUMBERS[0], NUMBERS[2]]
        assert "by phone" in outbox.history().filter(pl.col("what") == "override")["detail"][0]


# ------------------------------------------------------------------------------------- after a reservation


@pytest.fixture
def client() -> Iterator[zr.Client]:
    """Give a client of a sandbox of its own."""
    with zr.Client.sandbox(messages_per_day=10, months=1) as made:
        yield made


@pytest.fixture
def reserved(tmp_path: Path, client: zr.Client) -> Iterator[zr.Outbox]:
    """Give an outbox with three reservations, of which two are for numbers that have opted out since."""
    people = pl.DataFrame({"phone_number": NUMBERS, "message": ["お知らせです"] * 3})
    with zr.Outbox(tmp_path / "a.outbox", suppressions=tmp_path / "stop.list") as outbox:
        outbox.add(people, campaign="later", schedule_time=client.now() + timedelta(hours=3))
        outbox.send(client, progress=False)
        assert outbox.suppressions is not None
        outbox.suppressions.add(NUMBERS[:2], "opted out")
        yield outbox


def waiting(client: zr.Client) -> list[str]:
    """List the numbers that the service has reservations for."""
    found = client.reservations((client.now() + timedelta(hours=3)).date())
    return sorted(found["phone_number"])


def states(outbox: zr.Outbox) -> list[str]:
    """List the states of the messages in order."""
    return outbox.frame()["sending_state"].to_list()


def test_who_opted_out_after_a_reservation_is_told(
    reserved: zr.Outbox,
    client: zr.Client,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Whoever sends, looks or takes back hears that the reservations wait, and how they are cancelled."""
    monkeypatch.setenv("ZRTOOLS_LANG", "en")
    found = reserved.suppressed_reservations(client)
    assert found.schema == schemas.OUTBOX
    assert found["phone_number"].to_list() == NUMBERS[:2]
    for act in (reserved.send, reserved.status):
        act(client)
        assert "2 reservation(s) wait for numbers that are on the suppression list" in capsys.readouterr().err
    told = reserved.status(client)["error"].to_list()
    assert told[2] is None
    assert all("opted out" in line and "cancel_suppressed" in line for line in told[:2])
    # by this machine's clock, too, where no client tells the time
    reserved.add(
        pl.DataFrame({"phone_number": NUMBERS[2:], "message": ["その後で"]}), schedule_time="2099-01-01 09:00"
    )
    reserved.send(client, progress=False)
    assert reserved.suppressions is not None
    reserved.suppressions.add(NUMBERS[2], "complained")
    preview = reserved.preview(campaign="")
    assert preview.reserved == 1
    assert ("reserved for suppressed numbers (to be cancelled)", "1") in preview.rows("en")
    capsys.readouterr()
    reserved.withdraw(campaign="")
    assert "1 reservation(s)" in capsys.readouterr().err
    assert reserved.preview(campaign="none").reserved == 0


def test_reservations_for_who_opted_out_are_cancelled_in_one_call(
    reserved: zr.Outbox, client: zr.Client
) -> None:
    """They do not go out, the others do; the journal keeps what was cancelled, and why."""
    found = reserved.cancel_suppressed(client, progress=False)
    assert found["sending_state"].to_list() == ["withdrawn"] * 2
    assert states(reserved) == ["withdrawn", "withdrawn", "accepted"]
    assert waiting(client) == NUMBERS[2:]
    events = reserved.history().filter(pl.col("what") == "cancel")["detail"]
    assert [json.loads(event)["number"] for event in events] == NUMBERS[:2]
    assert all("opted out" in event for event in events)
    assert client.embedded is not None
    asked = client.embedded.calls["cancel"]
    assert reserved.cancel_suppressed(client, progress=False).is_empty()
    assert client.embedded.calls["cancel"] == asked
    other = zr.Client(token="t" * 32, client_id=100, sms_code=12345)
    with other, pytest.raises(zr.InputError, match="another outbox"):
        reserved.cancel_suppressed(other)


def test_who_was_let_through_keeps_the_reservation(tmp_path: Path, client: zr.Client) -> None:
    """An override that was given with its reason holds."""
    people = pl.DataFrame({"phone_number": NUMBERS, "message": ["お知らせです"] * 3})
    with zr.Outbox(tmp_path / "a.outbox", suppressions=tmp_path / "stop.list") as outbox:
        assert outbox.suppressions is not None
        outbox.suppressions.add(NUMBERS, "opted out")
        outbox.add(people, schedule_time=client.now() + timedelta(hours=3))
        outbox.override(NUMBERS[:1], why="asked for it")
        outbox.send(client, progress=False)
        assert outbox.suppressed_reservations(client).is_empty()
        assert outbox.cancel_suppressed(client, progress=False).is_empty()
    assert waiting(client) == NUMBERS[:1]


def test_a_reservation_that_went_out_or_is_gone_is_told_as_it_is(
    reserved: zr.Outbox, client: zr.Client
) -> None:
    """Gone out it stays accepted; cancelled elsewhere it is withdrawn."""
    assert client.embedded is not None
    first, second = reserved.suppressed_reservations(client)["client_tag"]
    client.embedded.faults.add(
        "code", "cancel", response_code=130, message="Already send.", when=lambda f: f["clientTag"] == first
    )
    client.cancel(second)
    found = reserved.cancel_suppressed(client, progress=False)
    assert found["sending_state"].to_list() == ["accepted", "withdrawn"]
    assert "had gone out" in found["error"][0]
    assert "waits for it any more" in found["error"][1]


@pytest.mark.parametrize("kind", ["drop_after", "drop_before"])
def test_a_lost_answer_to_a_cancellation_is_settled(
    reserved: zr.Outbox, client: zr.Client, kind: str
) -> None:
    """Cut off before or after it took effect, the reservation is cancelled once and told so."""
    assert client.embedded is not None
    client.embedded.faults.add(kind, "cancel", times=2)  # type: ignore[arg-type]  # one of the kinds
    reserved.cancel_suppressed(client, progress=False)
    assert states(reserved) == ["withdrawn", "withdrawn", "accepted"]
    assert waiting(client) == NUMBERS[2:]


def test_what_could_not_be_cancelled_is_told_and_can_be_tried_again(
    reserved: zr.Outbox, client: zr.Client
) -> None:
    """A service that fails leaves the rest reserved and named; the next call goes on."""
    assert client.embedded is not None
    second = reserved.suppressed_reservations(client)["client_tag"][1]
    client.embedded.faults.add(
        "code", "cancel", times=None, response_code=500, when=lambda f: f["clientTag"] == second
    )
    with pytest.raises(zr.PartialResultError, match="1 of 2 reservations") as caught:
        reserved.cancel_suppressed(client, progress=False)
    assert caught.value.missing == [second]
    assert states(reserved) == ["withdrawn", "accepted", "accepted"]
    client.embedded.faults.clear()
    # nobody can tell whether it waits: then it is not said to be gone
    client.embedded.faults.add("code", "cancel", times=None, response_code=110, message="Invalid clientTag.")
    client.embedded.faults.add("code", "reservations", times=None, response_code=500)
    with pytest.raises(zr.PartialResultError):
        reserved.cancel_suppressed(client, progress=False)
    assert states(reserved) == ["withdrawn", "accepted", "accepted"]
    client.embedded.faults.clear()
    reserved.cancel_suppressed(client, progress=False)
    assert states(reserved) == ["withdrawn", "withdrawn", "accepted"]
    assert waiting(client) == NUMBERS[2:]
