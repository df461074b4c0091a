"""Failures at their edges: the hundredth message, the hour that ends sending, the instant of a delivery."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import polars as pl
import pytest
from failures_frames import statuses

import zrtools as zr
from zrtools import failures
from zrtools.periods import TOKYO

NOT_IN_SERVICE, OUT_OF_REACH, REFUSED = "31732", "31824", "31834"
MORNING = datetime(2026, 10, 1, 9, tzinfo=TOKYO)


def message(at: datetime = MORNING, code: str | None = None, number: int = 1, **more: Any) -> dict[str, Any]:
    """Make a message that was delivered, or failed with a code."""
    return {
        "send_date": at.date(),
        "date_time": at,
        "phone_number": f"+8190{number:08}",
        "status_id": 2 if code is None else 3,
        "detailed_status_id": code,
        "message": f"to {number}",
        **more,
    }


@pytest.mark.parametrize(
    ("messages", "pending", "final"),
    [(100, 1, False), (101, 1, True), (1000, 10, False), (1000, 9, True), (1, 1, False), (1, 0, True)],
)
def test_a_day_with_one_per_cent_pending_is_not_final(messages: int, pending: int, final: bool) -> None:
    """Exactly one per cent is too much, less is not, by day and by hour alike."""
    rows = [{"status_id": n % 2 if n < pending else 2} for n in range(messages)]
    frame = statuses(rows)
    assert failures.coverage(frame)["is_final"].to_list() == [final]
    for every in ("1h", "1d", "1w"):
        assert failures.trend(frame, every)["is_final"].to_list() == [final]


def test_an_hour_is_as_final_as_its_day_and_a_week_as_its_days() -> None:
    """One open day holds up the hours of that day and its week, and no other."""
    rows = [
        {"send_date": date(2026, 10, day), "date_time": datetime(2026, 10, day, hour, tzinfo=TOKYO)}
        for day in (4, 5, 6)
        for hour in (9, 10)
    ]
    rows[2]["status_id"] = 1
    frame = statuses(rows)
    assert failures.coverage(frame)["is_final"].to_list() == [True, False, True]
    assert failures.trend(frame, "1h")["is_final"].to_list() == [True, True, False, False, True, True]
    # the 4th is a Sunday, the 5th a Monday
    assert failures.trend(frame, "1w")["is_final"].to_list() == [True, False]


def test_days_without_messages_are_named_and_not_final() -> None:
    """With both ends every day has a row; one end alone is refused."""
    found = failures.coverage(statuses([{}]), "2026-09-30", "2026-10-02")
    assert found.select("day", "messages", "pending", "is_final").rows() == [
        (date(2026, 9, 30), 0, 0, False),
        (date(2026, 10, 1), 1, 0, True),
        (date(2026, 10, 2), 0, 0, False),
    ]
    for ends in (("2026-10-01", None), (None, "2026-10-01")):
        with pytest.raises(zr.InputError, match="both start and end"):
            failures.coverage(statuses([{}]), *ends)


# --------------------------------------------------------------------------------------------- what to do with whom


@pytest.mark.parametrize(
    ("later", "since", "advice"),
    [
        (timedelta(milliseconds=-1), 0, "keep"),
        (timedelta(0), 0, "keep"),
        (timedelta(milliseconds=1), 1, "watch"),
    ],
)
def test_a_failure_at_the_instant_of_a_delivery_is_not_after_it(
    later: timedelta, since: int, advice: str
) -> None:
    """Only what failed later than the last delivery counts against a number."""
    frame = statuses(
        [message(), message(MORNING + later, OUT_OF_REACH), message(MORNING - timedelta(1), OUT_OF_REACH)]
    )
    row = failures.numbers(frame).row(0, named=True)
    assert (row["failed"], row["failed_since"], row["advice"]) == (2, since, advice)
    assert row["last_delivery"] == MORNING


@pytest.mark.parametrize(
    ("rows", "advice"),
    [
        ([(0, NOT_IN_SERVICE), (1, NOT_IN_SERVICE)], "drop"),
        ([(0, NOT_IN_SERVICE), (0, NOT_IN_SERVICE)], "watch"),
        ([(0, NOT_IN_SERVICE), (1, None), (2, NOT_IN_SERVICE)], "watch"),
        ([(0, NOT_IN_SERVICE), (1, OUT_OF_REACH), (2, NOT_IN_SERVICE)], "drop"),
        ([(0, REFUSED), (1, REFUSED)], "use another channel"),
        ([(0, REFUSED), (1, OUT_OF_REACH)], "watch"),
        ([(0, OUT_OF_REACH), (1, None), (2, REFUSED)], "use another channel"),
        ([(0, OUT_OF_REACH), (1, OUT_OF_REACH), (2, None)], "keep"),
    ],
)
def test_a_number_is_judged_by_what_failed_since_its_last_delivery(
    rows: list[tuple[int, str | None]], advice: str
) -> None:
    """Two days out of service drop it, a delivery between them does not; refusals alone ask for another channel."""
    frame = statuses([message(MORNING + timedelta(days), code) for days, code in rows])
    assert failures.numbers(frame)["advice"].to_list() == [advice]


def test_only_numbers_that_failed_often_enough_are_listed_worst_first() -> None:
    """`least` is included; those without a delivery since come first; numbers are masked unless asked."""
    frame = statuses(
        [message(MORNING, OUT_OF_REACH, n) for n in (1, 2, 2, 3, 3, 3)]
        + [message(MORNING + timedelta(1), None, 3)]
    )
    assert failures.numbers(frame).select("phone_number", "failed", "failed_since").rows() == [
        ("+8190****0002", 2, 2),
        ("+8190****0003", 3, 0),
    ]
    assert failures.numbers(frame, least=3, mask=False)["phone_number"].to_list() == ["+819000000003"]
    assert failures.numbers(frame, least=1).height == 3
    with pytest.raises(zr.InputError, match="least=0"):
        failures.numbers(frame, least=0)


@pytest.mark.parametrize(
    ("failed", "hours", "at"),
    [
        # an hour after the failure, and only in the hours of sending
        ("2026-10-01 18:59", (9, 20), "2026-10-01 19:59"),
        ("2026-10-01 19:00", (9, 20), "2026-10-02 09:00"),
        ("2026-10-01 23:30", (9, 20), "2026-10-02 09:00"),
        ("2026-10-01 07:59", (9, 20), "2026-10-01 09:00"),
        ("2026-10-01 08:00", (9, 20), "2026-10-01 09:00"),
        ("2026-10-01 08:01", (9, 20), "2026-10-01 09:01"),
        ("2026-10-31 20:00", (8, 21), "2026-11-01 08:00"),
        ("2026-10-01 22:59", (0, 24), "2026-10-01 23:59"),
        ("2026-10-01 23:30", (0, 24), "2026-10-02 00:30"),
    ],
)
def test_a_message_is_planned_within_the_hours_of_sending(
    failed: str, hours: tuple[int, int], at: str
) -> None:
    """The first hour is in, the hour that ends sending is out."""
    when = datetime.fromisoformat(failed).replace(tzinfo=TOKYO)
    plan = failures.retry_plan(
        statuses([message(when, OUT_OF_REACH)]), now=when, hours=hours, on_rest_days=True
    )
    assert plan["step"].to_list() == ["send again later"]
    assert plan["at"].to_list() == [datetime.fromisoformat(at).replace(tzinfo=TOKYO)]


@pytest.mark.parametrize("hours", [(9, 9), (20, 9), (-1, 9), (9, 25)])
def test_hours_that_make_no_sense_are_refused(hours: tuple[int, int]) -> None:
    """An example says what would."""
    with pytest.raises(zr.InputError, match=r"for example \(9, 20\)"):
        failures.retry_plan(statuses([message(MORNING, OUT_OF_REACH)]), hours=hours)


@pytest.mark.parametrize(
    ("code", "more", "later", "step", "reason"),
    [
        (OUT_OF_REACH, {}, [], "send again later", "may be reached later"),
        (NOT_IN_SERVICE, {}, [], "send again later", "not in service for the first time"),
        (REFUSED, {}, [], "use another channel", "refused by the handset"),
        ("99999", {}, [], "look into it", "unknown code"),
        (OUT_OF_REACH, {"phone_number": None}, [], "look into it", "no number"),
        (OUT_OF_REACH, {"message": "認証コード 1234"}, [], "leave", "one-time code"),
        (OUT_OF_REACH, {"phone_number": "+819099999999"}, [], "leave", "opted out"),
        (OUT_OF_REACH, {}, [{"status_id": 2}], "leave", "delivered since"),
        (OUT_OF_REACH, {}, [{"status_id": 1}], "leave", "a later try is pending"),
        (OUT_OF_REACH, {}, [{"status_id": 0}], "leave", "a later try is pending"),
        (
            OUT_OF_REACH,
            {},
            [{"status_id": 2, "message": "other"}],
            "send again later",
            "may be reached later",
        ),
    ],
)
def test_each_failed_message_has_its_next_step(
    code: str, more: dict[str, Any], later: list[dict[str, Any]], step: str, reason: str
) -> None:
    """What came after it with the same text, who asked not to be written to, then what the code says."""
    rows = [message(MORNING, code, **more)]
    rows += [message(MORNING + timedelta(hours=1), None, **{**more, **one}) for one in later]
    plan = failures.retry_plan(statuses(rows), opted_out=["+819099999999"])
    first = plan.filter(pl.col("date_time") == MORNING).row(0, named=True)
    assert (first["step"], first["reason"]) == (step, reason)
    assert (first["at"] is None) == (step == "leave")
    assert (first["message"] is None) == (step not in ("send again later", "use another channel"))


def test_a_number_out_of_service_on_two_days_is_dropped_from_the_plan() -> None:
    """No time is given and no text kept for it."""
    frame = statuses([message(MORNING + timedelta(d), NOT_IN_SERVICE, message=f"text {d}") for d in (0, 1)])
    plan = failures.retry_plan(frame)
    assert plan["step"].to_list() == ["drop the number"] * 2
    assert (plan["at"].null_count(), plan["message"].null_count()) == (2, 2)


# ---------------------------------------------------------------------------------------------------- unknown codes


def unknown(recent: int, *, earlier: int = 0) -> dict[str, Any]:
    """Tell of a code that stood so often in the last seven days, among a hundred messages a day for a month."""
    first = datetime(2026, 10, 1, 12, tzinfo=TOKYO)
    rows = [message(first + timedelta(n // 100), None, n) for n in range(3000)]
    for n in range(recent):
        rows[2999 - n * 100] |= {"status_id": 3, "detailed_status_id": "99999"}
    for n in range(earlier):
        rows[n * 50] |= {"status_id": 3, "detailed_status_id": "99999"}
    found = failures.unknown_codes(statuses(rows))
    assert found.height == 1
    return found.row(0, named=True)


@pytest.mark.parametrize(("recent", "growing"), [(4, False), (5, True), (6, True)])
def test_a_new_code_grows_from_its_fifth_time_on(recent: int, growing: bool) -> None:
    """Four are few, whatever their chance; the fifth counts."""
    row = unknown(recent)
    assert (row["recent"], row["is_growing"]) == (recent, growing)
    assert row["p_value"] == pytest.approx((7 / 30) ** recent)


def test_a_code_as_frequent_as_before_does_not_grow() -> None:
    """Five of thirty in a week of a month is no more than chance."""
    row = unknown(5, earlier=25)
    assert (row["failed"], row["recent"], row["is_growing"]) == (30, 5, False)
    assert row["growth"] == pytest.approx((5 / 700) / (25 / 2300))


@pytest.mark.parametrize(("days", "recent"), [(1, 1), (6, 6), (7, 7), (30, 7)])
def test_the_recent_days_are_counted_from_the_last_one(days: int, recent: int) -> None:
    """The last day is the first of them, and no day more is taken."""
    last = datetime(2026, 10, 31, 12, tzinfo=TOKYO)
    rows = [message(last - timedelta(n), "99999", n) for n in range(7)] + [message(last - timedelta(29))]
    found = failures.unknown_codes(statuses(rows), recent_days=days)
    assert found["recent"].to_list() == [recent]
    with pytest.raises(zr.InputError, match="recent_days=0"):
        failures.unknown_codes(statuses(rows), recent_days=0)


def test_another_carriers_module_is_told_with_its_codes() -> None:
    """Of au's three listed failures one came from docomo's network; codes of no table and no carrier do not count."""
    rows = [
        message(MORNING, code, n, carrier=carrier)
        for n, (code, carrier) in enumerate(
            [
                ("12721", "au"),
                ("12721", "au"),
                ("31823", "au"),
                ("99721", "au"),
                ("31823", None),
                (None, "au"),
            ]
        )
    ]
    found = failures.carrier_mismatch(statuses(rows))
    row = found.row(0, named=True)
    assert found.height == 1
    assert (row["carrier"], row["failure_carrier"], row["failed"], row["listed"]) == ("au", "docomo", 1, 3)
    assert (row["rate"], row["codes"]) == (pytest.approx(1 / 3), "31823 x1")
    assert row["rate_low"] < 1 / 3 < row["rate_high"]


@pytest.mark.parametrize(("first", "compared"), [("2026-09-21", True), ("2026-09-22", False)])
def test_a_period_is_compared_only_where_the_one_before_is_there(first: str, compared: bool) -> None:
    """1-10 October needs all of the ten days before; one missing at their beginning is too much."""
    start = datetime.fromisoformat(first).replace(hour=12, tzinfo=TOKYO)
    count = (datetime(2026, 10, 10, 12, tzinfo=TOKYO) - start).days + 1
    rows = [
        message(start + timedelta(n), OUT_OF_REACH if k == 0 else None, k)
        for n in range(count)
        for k in range(20)
    ]
    found = zr.investigate(statuses(rows), ("2026-10-01", "2026-10-10"))
    assert found.overview.height == (2 if compared else 1)
    assert (found.changes is not None and found.changes.height > 0) == compared
