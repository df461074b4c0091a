"""Numbers that keep failing, retry plans, contradicting modules and unknown codes."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import polars as pl
import pytest
from failures_frames import ODD, kinds, statuses
from polars.testing import assert_frame_equal
from scipy import stats
from statsmodels.stats.proportion import proportion_confint

import zrtools as zr
from zrtools import schemas
from zrtools.periods import TOKYO

START = datetime(2026, 10, 1, 12, tzinfo=TOKYO)


def sent(
    *events: tuple[float, str | None], number: str = "+819011112222", **more: Any
) -> list[dict[str, Any]]:
    """List messages to one number: after so many hours, with that code (None: delivered, "sending": pending)."""
    rows = []
    for hours, code in events:
        when = START + timedelta(hours=hours)
        status = 2 if code is None else 1 if code == "sending" else 3
        rows.append(
            {
                "send_date": when.date(),
                "date_time": when,
                "phone_number": number,
                "status_id": status,
                "detailed_status_id": "2" if code is None else code,
                **more,
            }
        )
    return rows


def one(*events: tuple[float, str | None]) -> dict[str, Any]:
    """Work out the history of one number."""
    return zr.failures.numbers(statuses(sent(*events)), least=1).row(0, named=True)


@pytest.mark.parametrize(
    ("events", "advice", "days"),
    [
        ([(0, "31732"), (24, "31732")], "drop", 2),
        ([(0, "31732"), (1, "31732")], "watch", 1),
        ([(0, "31732"), (24, None), (48, "31732")], "watch", 1),
        ([(0, "31732"), (24, "31732"), (48, None)], "keep", 0),
        ([(0, "31732"), (24, "31721"), (72, "51732")], "drop", 2),
        ([(0, "31834"), (24, "31834")], "use another channel", 0),
        ([(0, "31834"), (24, "31721")], "watch", 0),
    ],
)
def test_a_number_is_dropped_only_after_different_days_with_no_delivery_since(
    events: list[tuple[float, str | None]], advice: str, days: int
) -> None:
    """732 also means circumstances that pass, so one day is never enough."""
    got = one(*events)
    assert (got["advice"], got["not_in_service_days"]) == (advice, days)


def test_history_and_counts_of_a_number() -> None:
    """Counts, times and the last messages in words; pending ones are shown."""
    got = one((0, None), (24, "31732"), (48, "31721"), (49, "sending"))
    assert (got["failed"], got["delivered"], got["pending"], got["failed_since"], got["failed_days"]) == (
        2,
        1,
        1,
        2,
        2,
    )
    assert got["last_category"] == "congestion"
    assert got["last_delivery"] == START
    assert got["history"] == "10-01 delivered, 10-02 not in service, 10-03 congestion, 10-03 sending"


def test_numbers_are_masked_unless_asked_for() -> None:
    """The middle is hidden by default, and masking merges nothing."""
    frame = statuses(
        sent((0, "31732"), (24, "31732")) + sent((0, "31732"), (24, "31732"), number="+819099992222")
    )
    assert zr.failures.numbers(frame)["phone_number"].to_list() == ["+8190****2222"] * 2
    assert zr.failures.numbers(frame, mask=False)["phone_number"].to_list() == [
        "+819011112222",
        "+819099992222",
    ]
    assert zr.failures.numbers(frame, least=3).is_empty()


def step(*events: tuple[float, str | None], **options: Any) -> tuple[str, str]:
    """Plan for the first message of a number."""
    more = {k: options.pop(k) for k in ("message",) if k in options}
    plan = zr.failures.retry_plan(statuses(sent(*events, **more)), **options)
    row = plan.sort("date_time").row(0, named=True)
    return row["step"], row["reason"]


@pytest.mark.parametrize(
    ("events", "expected"),
    [
        ([(0, "31721")], ("send again later", "may be reached later")),
        ([(0, "31721"), (1, None)], ("leave", "delivered since")),
        ([(0, "31721"), (1, "31721")], ("leave", "tried again since")),
        ([(0, "31721"), (1, "sending")], ("leave", "a later try is pending")),
        ([(0, "31732")], ("send again later", "not in service for the first time")),
        ([(0, "31834")], ("use another channel", "refused by the handset")),
        ([(0, "12832")], ("look into it", "unknown code")),
    ],
)
def test_each_failed_message_gets_its_next_step(events: Any, expected: tuple[str, str]) -> None:
    """What came later of the same text decides first, then the category."""
    assert step(*events) == expected


def test_a_number_out_of_service_on_two_days_is_dropped_whatever_fails_next() -> None:
    """The newest of its failures carries the step; the texts differ, so that none replaces the other."""
    rows = [
        {**r, "message": f"text {i}"} for i, r in enumerate(sent((0, "31732"), (24, "31732"), (48, "31721")))
    ]
    plan = zr.failures.retry_plan(statuses(rows))
    assert plan["step"].unique().to_list() == ["drop the number"]
    assert plan["message"].null_count() == 3


@pytest.mark.parametrize(
    "message",
    [
        "【銀行】認証コード: 123456",
        "Your verification code is 1234",
        "確認番号は 12 です",
        "ワンタイムパスワード 99",
        "OTP 1234",
        "お客様のOTPは123456です",
        "ＯＴＰ：123456",
        "otp123456",
        "本日のOTP",
    ],
)
def test_one_time_codes_and_opt_outs_are_not_sent_again(message: str) -> None:
    """A code is stale by the time it could be sent; who opted out stays out."""
    assert step((0, "31721"), message=message) == ("leave", "one-time code")
    assert step((0, "31721"), message="hello", opted_out=["+819011112222"]) == ("leave", "opted out")


@pytest.mark.parametrize(
    "message", ["LAPTOPの修理が終わりました", "Adoption day", "ＬＡＰＴＯＰ", "配送番号は12です"]
)
def test_words_that_only_hold_such_letters_are_sent_again(message: str) -> None:
    """A one-time code is told by whole words, in Japanese text as in English."""
    assert step((0, "31721"), message=message)[0] == "send again later"


def test_times_fall_into_the_hours_of_sending() -> None:
    """Nobody is woken at night, and nothing is planned for the past."""
    late = statuses(sent((10.5, "31721")))
    at = zr.failures.retry_plan(late)["at"].item()
    assert at == datetime(2026, 10, 2, 9, tzinfo=TOKYO)
    at = zr.failures.retry_plan(late, now="2026-10-05 15:00", keep_for=200)["at"].item()
    assert at == datetime(2026, 10, 5, 15, tzinfo=TOKYO)
    with pytest.raises(zr.InputError, match="hours="):
        zr.failures.retry_plan(late, hours=(20, 9))


def evidence_frame() -> pl.DataFrame:
    """Make 100 congested numbers tried again after half an hour, in vain mostly, and 100 after a day, with success."""
    rows: list[dict[str, Any]] = []
    for n in range(200):
        wait, good = (0.5, n % 10 == 0) if n < 100 else (26, n % 10 != 0)
        texts = sent((0, "31721"), (wait, None if good else "31721"), number=f"+8190{n:08d}")
        rows += [{**r, "message": f"text {i}"} for i, r in enumerate(texts)]
    return statuses(rows)


def test_the_wait_is_what_the_data_says_of_the_category() -> None:
    """Half an hour failed nine times in ten, a day succeeded nine times in ten: so a day, with that chance."""
    got = zr.failures.retry_evidence(evidence_frame())
    assert got.select("failure_category", "wait", "tries", "delivered").rows() == [
        ("congestion", "0-1h", 100, 10),
        ("congestion", "1-3d", 100, 90),
    ]
    assert got.select("chance_low", "chance_high").row(1) == pytest.approx(
        proportion_confint(90, 100, method="wilson")
    )
    plan = zr.failures.retry_plan(evidence_frame(), now="2026-10-01 12:00").filter(
        pl.col("step") == "send again later"
    )
    assert plan["chance"].unique().to_list() == [0.9]
    assert plan["evidence"].unique().to_list() == [100]
    # failed at noon: a day later is noon; the retry failed at 14:00 the day after, and a day later is 14:00
    assert plan["at"].min() == datetime(2026, 10, 2, 12, tzinfo=TOKYO)


def test_order_of_rows_does_not_matter_to_histories_and_plans() -> None:
    """Shuffled rows give the same tables, classified before or not, lazily too."""
    frame = evidence_frame()
    for name in ("numbers", "retry_evidence", "retry_plan"):
        work = getattr(zr.failures, name)
        expected = work(frame)
        assert dict(expected.schema) == dict(schemas.FRAMES[name.upper()])
        for other in (frame.sample(fraction=1, shuffle=True, seed=3), zr.classify(frame), frame.lazy()):
            assert_frame_equal(work(other), expected)
        assert dict(work(frame.clear()).schema) == dict(schemas.FRAMES[name.upper()])


def test_histories_on_other_engines_are_refused() -> None:
    """The message names what is taken."""
    with pytest.raises(zr.InputError, match="worked out on polars frames"):
        zr.failures.numbers(kinds(statuses(ODD))["duckdb"])
    with pytest.raises(zr.InputError, match="least=0"):
        zr.failures.numbers(statuses(ODD), least=0)


# --- oddities


def test_modules_that_contradict_the_carrier_are_listed() -> None:
    """Over failures with a listed module: unknown carriers and unlisted modules do not count."""
    rows = (
        [("au", "11721")] * 6
        + [("au", "31721")] * 3
        + [("au", "51732")]
        + [("au", "99721"), (None, "31721"), ("docomo", "31721")]
    )
    frame = statuses([{"carrier": c, "detailed_status_id": code, "status_id": 3} for c, code in rows])
    got = zr.failures.carrier_mismatch(frame)
    assert got.schema == schemas.MISMATCH
    assert got.select("carrier", "failure_carrier", "failed", "listed", "codes").rows() == [
        ("au", "docomo", 3, 10, "31721 x3"),
        ("au", "SoftBank", 1, 10, "51732 x1"),
    ]
    assert got.select("rate_low", "rate_high").row(0) == pytest.approx(
        proportion_confint(3, 10, method="wilson")
    )
    for kind in kinds(frame).values():
        assert_frame_equal(zr.failures.carrier_mismatch(kind), got)
    assert zr.failures.carrier_mismatch(frame.clear()).schema == schemas.MISMATCH


def codes_frame() -> pl.DataFrame:
    """Make four weeks of 100 messages a day; 99999 appears in the last, 12832 all along."""
    rows: list[dict[str, Any]] = []
    for day in range(28):
        codes = ["12832"] + (["99999"] * 4 if day >= 21 else []) + ["31721"] * 3
        rows += [
            {**r, "status_id": 3, "detailed_status_id": code}
            for code in codes
            for r in sent((24 * day, None))
        ]
        rows += sent(*[(24 * day, None)] * (100 - len(codes)))
    return statuses(rows)


def test_unknown_codes_are_put_in_front_when_they_grow() -> None:
    """A new code stands first and is marked; an old one that stays is listed; known ones are not."""
    frame = codes_frame()
    got = zr.failures.unknown_codes(frame)
    assert got.schema == schemas.UNKNOWN_CODES
    assert got.select("detailed_status_id", "failed", "recent", "earlier", "is_growing").rows() == [
        ("99999", 28, 28, 0, True),
        ("12832", 28, 7, 21, False),
    ]
    assert got["p_value"].to_list() == pytest.approx(
        [stats.binom.sf(27, 28, 0.25), stats.binom.sf(6, 28, 0.25)]
    )
    assert got["growth"].to_list() == [None, pytest.approx(1.0)]
    for kind in (*kinds(frame).values(), zr.classify(frame), frame.reverse()):
        assert_frame_equal(zr.failures.unknown_codes(kind), got)
    assert zr.failures.unknown_codes(frame.clear()).schema == schemas.UNKNOWN_CODES


def test_codes_named_by_the_user_are_unknown_no_more() -> None:
    """What has a name of one's own leaves the list."""
    label = zr.codes.Label("話中", "busy")
    own = {"99999": zr.codes.Category("99999", "busy", label, "handset", "send again later")}
    got = zr.failures.unknown_codes(zr.classify(codes_frame(), codes=own))
    assert got["detailed_status_id"].to_list() == ["12832"]


def test_day_column_of_ones_own_does_not_matter() -> None:
    """Days are those of the messages, whatever a column of that name holds."""
    frame = statuses(sent((0, "31721"), (30, "99999"), (60, "31732")))
    own = frame.with_columns(day=pl.lit("Monday"))
    for work in (zr.failures.numbers, zr.failures.unknown_codes, zr.failures.coverage):
        assert_frame_equal(work(own), work(frame))


def test_a_code_at_a_constant_share_of_uneven_days_does_not_grow() -> None:
    """Failures that come in a few large lists count as fewer: two lists in the last week are no growth."""
    rows: list[dict[str, Any]] = []
    for day in range(28):
        codes = ["12799"] * (30 if day in (3, 12, 24, 26) else 0)
        rows += [
            {**r, "status_id": 3, "detailed_status_id": code}
            for code in codes
            for r in sent((24 * day, None))
        ]
        rows += sent(*[(24 * day, None)] * (100 - len(codes)))
    row = zr.failures.unknown_codes(statuses(rows)).row(0, named=True)
    assert (row["recent"], row["earlier"]) == (60, 60)
    assert stats.binom.sf(59, 120, 0.25) < 1e-6
    assert not row["is_growing"]


def test_groups_of_one_cluster_are_marked() -> None:
    """Where one campaign holds nearly all messages the table says that its interval cannot allow for campaigns."""
    rows = [{"client_tag": f"big-{n:06}", "carrier": "au", "status_id": 2 + (n % 9 == 0)} for n in range(400)]
    rows += [
        {"client_tag": f"c{n % 12}x-{n:06}", "carrier": "docomo", "status_id": 2 + (n % 9 == 0)}
        for n in range(400)
    ]
    frame = statuses(rows).with_columns(campaign=pl.col("client_tag").str.split("-").list.first())
    got = zr.failures.breakdown(frame, "carrier", cluster="campaign")
    assert dict(got.select("carrier", "few_clusters").iter_rows()) == {"au": True, "docomo": False}
    assert zr.failures.breakdown(frame, "carrier")["few_clusters"].to_list() == [None, None]
