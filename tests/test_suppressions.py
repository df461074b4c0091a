"""Numbers never to be sent to."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import numpy as np
import polars as pl
import pytest

import zrtools as zr
from zrtools import schemas

NUMBERS = ["+819000000000", "+819000000001", "+819000000002"]


@pytest.fixture
def listed(tmp_path: Path) -> Iterator[zr.Suppressions]:
    """Give an empty list."""
    with zr.Suppressions(tmp_path / "stop.list") as made:
        yield made


def test_numbers_are_added_once_with_reason_and_day(listed: zr.Suppressions) -> None:
    """However a number is written it is one, and its first reason stays."""
    assert listed.add(["090-0000-0000", 9000000001], "opted out", "2026-10-31") == 2
    assert listed.add("＋８１９０００００００００", "another reason") == 0
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
        listed.add(["09000000000", "03-1234-5678"], "opted out")
    assert caught.value.row == 1
    assert len(listed) == 0
    with pytest.raises(zr.InputError, match="why"):
        listed.add("09000000000")
    with pytest.raises(zr.InputError, match="phone_number"):
        listed.add(pl.DataFrame({"電話": ["09000000000"]}), "opted out")


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
