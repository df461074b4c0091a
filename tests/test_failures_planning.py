"""Plans that follow incidents and the clock, what became of failed messages, and the time to delivery."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import polars as pl
import pytest
from failures_frames import statuses
from hypothesis import example, given
from hypothesis import strategies as st

import zrtools as zr
from zrtools import schemas
from zrtools.jcalendar import kind_of_day
from zrtools.periods import TOKYO

NOON = datetime(2026, 10, 1, 12, tzinfo=TOKYO)
LATER = NOON + timedelta(hours=4)
CODES = ("31721", "31732", "31823", "31824", "31834", "31799", "3", "2")
TEXTS = ("お荷物をお届けに伺いました", "認証コード 123456", "News", "予約のご案内")


def failed(when: datetime, code: str = "31824", n: int = 1, **more: Any) -> dict[str, Any]:
    """Make a message of which a status came then."""
    status = 2 if code == "2" else 3
    base = {"phone_number": f"+8190{n:08d}", "status_id": status, "detailed_status_id": code}
    return {"send_date": when.date(), "date_time": when, "client_tag": f"news-{n:06d}", **base, **more}


def incident(**more: Any) -> pl.DataFrame:
    """Make an incident of docomo on 1 October, 10:00 to 13:00."""
    row = {
        "dimension": "carrier",
        "segment": "docomo",
        "values": ["docomo"],
        "failure_category": "network",
        "start": NOON - timedelta(hours=2),
        "end": NOON + timedelta(hours=1),
        "is_over": True,
        "hours": 3.0,
        "failed": 60,
        "settled": 100,
        "failure_rate": 0.6,
        "usual_rate": 0.02,
        "expected": 2.0,
        "excess": 58.0,
        "excess_low": 40.0,
        "excess_high": 70.0,
        "ratio": 30.0,
        "codes": "",
        "p_value": 0.0,
        "sentence": "",
    }
    return pl.DataFrame([{**row, **more}], schema=schemas.INCIDENTS)


def struck(code: str, column: str, value: str) -> pl.DataFrame:
    """Make 60 failures of a segment at noon, and quiet traffic of everything on the days before and after."""
    rows = [
        failed(NOON, code, n, carrier=("docomo", "au", "SoftBank")[n % 3], sms_code=str(51000 + n % 2))
        for n in range(60)
    ]
    rows = [{**r, column: value, "client_tag": f"{'ab'[n % 2]}-{n:06d}"} for n, r in enumerate(rows)]
    quiet = [
        failed(
            NOON + timedelta(days=d, minutes=n),
            "2",
            1000 + 100 * d + n,
            carrier=c,
            sms_code=str(51000 + n % 2),
        )
        for d in (-2, -1, 0)
        for n, c in enumerate(("docomo", "au", "SoftBank") * 30)
    ]
    return statuses(rows + quiet)


@pytest.mark.parametrize(
    ("code", "column", "value", "more", "expected"),
    [
        ("31823", "carrier", "docomo", {"end": LATER}, ("send again later", "may be reached later")),
        ("31823", "carrier", "docomo", {"is_over": False}, ("leave", "incident not over")),
        ("31834", "sms_code", "52000", {}, ("ask the vendor first", "sender or text blocked")),
        ("31732", "sms_code", "52000", {}, ("stop the list and clean it", "not in service on a stale list")),
        ("31799", "carrier", "docomo", {}, ("ask the vendor first", "unknown code in an incident")),
        ("31732", "carrier", "docomo", {}, ("ask the vendor first", "not in service in a fault")),
    ],
)
def test_a_message_of_an_incident_is_planned_by_its_cause(
    code: str, column: str, value: str, more: dict[str, Any], expected: tuple[str, str]
) -> None:
    """Nobody is told that recipients refused, or that a stale list is to be sent again."""
    frame = struck(code, column, value)
    category = zr.classify(frame)["failure_category"].drop_nulls()[0]
    of = incident(dimension=column, segment=value, values=[value], failure_category=category, **more)
    plan = zr.failures.retry_plan(frame, incidents=of, now="2026-10-01 12:30")
    assert plan.select("step", "reason").unique().rows() == [expected]
    if expected[0] == "send again later":
        assert plan["at"].min() >= of["end"][0]


def test_a_message_that_is_no_longer_worth_it_is_not_sent_again() -> None:
    """48 hours after it was sent, or what is said of its campaign or template; by another channel neither."""
    frame = statuses(
        [failed(NOON, n=1), failed(NOON, "31834", n=2), failed(NOON, n=3, client_tag="slow-000001")]
    )
    late = zr.failures.retry_plan(frame, now="2026-10-05 10:00")
    assert late["step"].unique().to_list() == ["expired"]
    assert late["at"].null_count() == late["message"].null_count() == 3
    longer = zr.failures.retry_plan(frame, now="2026-10-05 10:00", expires={"slow": 200})
    assert longer.filter(pl.col("step") != "expired")["client_tag"].to_list() == ["slow-000001"]
    short = zr.failures.retry_plan(frame, now="2026-10-01 13:00", expires={"hello": timedelta(0)})
    assert short["step"].unique().to_list() == ["expired"]
    for keep_for in (-1, 1e9, float("nan")):
        with pytest.raises(zr.InputError, match="keep_for="):
            zr.failures.retry_plan(frame, keep_for=keep_for)


def test_nothing_goes_out_on_days_of_rest_unless_asked_for() -> None:
    """Friday evening's failure waits for Monday, over the year's end for 4 January; the holiday of 3 November too."""
    for when, at in (
        (datetime(2026, 10, 2, 19, 30, tzinfo=TOKYO), datetime(2026, 10, 5, 9, tzinfo=TOKYO)),
        (datetime(2026, 11, 2, 19, 30, tzinfo=TOKYO), datetime(2026, 11, 4, 9, tzinfo=TOKYO)),
        (datetime(2026, 12, 29, 19, 30, tzinfo=TOKYO), datetime(2027, 1, 4, 9, tzinfo=TOKYO)),
    ):
        frame = statuses([failed(when)])
        assert zr.failures.retry_plan(frame, keep_for=500)["at"].to_list() == [at]
        asked = zr.failures.retry_plan(frame, keep_for=500, on_rest_days=True)["at"].item()
        assert asked.date() == (when + timedelta(days=1)).date()


CODED = """認証コード 123456|ログインコードは1234です|パスコード:1234|PIN: 1234|PINコード 1234|二段階認証 1234
２段階認証:1|SMS認証|Your code is 123456|Your Example Co. code: 123456|G-123456 is your Example code|2FA 1234
確認用番号 1234|認証用のコード:1234|認証 1234|ワンタイムパスワード|ＰＩＮ：1234|アクセスコード 1234
コード：123456（10分以内に入力）|本人認証|暗証番号|Verification No. 12|認証ｺｰﾄﾞ 1|セキュリティコード|OTP 1234
ｏｎｅ－ｔｉｍｅ|一時パスワード"""
PLAIN = """クーポンコード ABC|会員番号のご確認|郵便番号 100-0001|登録番号 T1234567890123|本日 10:00 に伺います
オピニオン|Pinterest|スピンオフ|your order 1234 is ready|1234 is your queue number|STOPINFO|注文番号 123456"""


def test_one_time_codes_are_told_by_any_wording_and_never_sent_again() -> None:
    """Codes, PINs and passwords in both languages, full and half width; other numbers are not taken for one."""
    texts = [text for part in (CODED, PLAIN) for text in part.replace("\n", "|").split("|")]
    frame = statuses([failed(NOON, n=n, message=text) for n, text in enumerate(texts)])
    plan = zr.failures.retry_plan(frame, now=LATER, mask=False).sort("client_tag")
    told = [text for text, why in zip(texts, plan["reason"], strict=True) if why == "one-time code"]
    assert told == CODED.replace("\n", "|").split("|")
    assert plan.filter(reason="one-time code")["at"].null_count() == len(told)


@pytest.mark.parametrize(
    "number", ["+819000000001", "090-0000-0001", "０９０　００００　０００１", "9000000001"]
)
def test_who_opted_out_is_left_alone_however_the_number_is_written(number: str) -> None:
    """A spelling that nobody can read, a masked number too, is refused: it would be written to."""
    frame = statuses([failed(NOON, n=1), failed(NOON, n=2)])
    plan = zr.failures.retry_plan(frame, now=LATER, opted_out=[number], mask=False)
    assert plan.filter(reason="opted out")["phone_number"].to_list() == ["+819000000001"]
    with pytest.raises(zr.InputError, match="cannot be used"):
        zr.failures.retry_plan(frame, opted_out=[number, "+8190****0002"])


@pytest.mark.parametrize(
    "now",
    ["2026-10-01 16:00:01", datetime(2026, 10, 1, 16, 0, 0, 1), datetime(2026, 10, 1, 7, 0, 59, tzinfo=UTC)],
)
def test_a_minute_that_has_begun_is_past(now: datetime | str) -> None:
    """With seconds, as text too, the next minute is the first."""
    plan = zr.failures.retry_plan(statuses([failed(NOON)]), now=now)
    assert plan["at"].item() == datetime(2026, 10, 1, 16, 1, tzinfo=TOKYO)
    assert zr.failures.retry_plan(statuses([failed(NOON)]), now="2026-10-01 16:00:00")["at"].item() == LATER


moments = st.datetimes(datetime(2026, 9, 18), datetime(2027, 1, 8)).map(lambda t: t.replace(tzinfo=TOKYO))


@given(
    now=moments,
    messages=st.lists(
        st.tuples(st.integers(0, 400), st.sampled_from(CODES), st.integers(1, 4), st.sampled_from(TEXTS)),
        max_size=12,
    ),
    hours=st.tuples(st.integers(0, 12), st.integers(13, 24)),
    keep_for=st.sampled_from([0, 3, 48, 200]),
    resting=st.booleans(),
)
@example(
    datetime(2026, 10, 31, 23, 59, 59, 999_000, tzinfo=TOKYO), [(0, "31824", 1, "News")], (9, 20), 48, False
)
def test_no_step_lies_in_the_past_at_night_or_on_a_holiday_and_nothing_expired_is_sent(
    now: datetime, messages: Any, hours: tuple[int, int], keep_for: int, resting: bool
) -> None:
    """Whatever failed whenever: times are open times from now on, sends come before their message expires."""
    rows = [
        failed(now - timedelta(hours=back), code, n, message=text, client_tag=f"news-{i:06d}")
        for i, (back, code, n, text) in enumerate(messages)
    ]
    plan = zr.failures.retry_plan(
        statuses(rows), now=now, hours=hours, keep_for=keep_for, on_rest_days=resting, mask=False
    )
    for row in plan.iter_rows(named=True):
        sends = row["step"] in ("send again later", "use another channel")
        assert (row["message"] is not None) == sends
        assert row["at"] is not None if sends else True
        if "コード" in (row["message"] or ""):
            raise AssertionError("a one-time code is sent again")
        if row["at"] is not None:
            assert row["at"] >= now - timedelta(milliseconds=1)
            assert hours[0] <= row["at"].hour < hours[1]
            assert row["at"].second == row["at"].microsecond == 0
            assert resting or kind_of_day(row["at"].date()) not in ("saturday", "sunday or holiday")
        if sends:
            assert row["at"] <= row["date_time"] + timedelta(hours=keep_for)


def test_what_became_of_numbers_is_counted_only_where_it_could_be_seen() -> None:
    """Reached after half an hour, 23 hours, six days, and not yet; the newest failure is not watched for long."""
    rows = []
    for n, wait in enumerate((0.5, 23, 144, None), 1):
        rows.append(failed(NOON, n=n))
        if wait is not None:
            rows.append(failed(NOON + timedelta(hours=wait), "2", n, message="another"))
    rows.append(failed(NOON + timedelta(days=7, hours=-3), n=9))
    rows.append(failed(NOON + timedelta(days=7), "2", n=8))
    told = zr.failures.reached_later(statuses(rows), by=[])
    assert told.select("within", "failed", "watched", "reached").rows() == [
        ("1h", 5, 5, 1),
        ("24h", 5, 4, 2),
        ("7d", 5, 4, 3),
    ]
    by = zr.failures.reached_later(statuses(rows))
    assert by.columns[:2] == ["failure_category", "carrier"]
    assert zr.failures.retry_plan(statuses(rows))["reached_at"].null_count() == 2
    with pytest.raises(zr.InputError, match="is none of failure_category"):
        zr.failures.reached_later(statuses(rows), by="message")


def journal(rows: list[dict[str, Any]]) -> pl.DataFrame:
    """Make the journal of an outbox."""
    base = {"added_at": NOON, "campaign": "news", "sending_state": "accepted", "settled_at": NOON}
    return pl.DataFrame([{**base, **row} for row in rows], schema=schemas.OUTBOX)


def test_time_to_delivery_is_from_acceptance_or_the_reserved_time_and_pending_ones_are_slowest() -> None:
    """Ten messages: eight delivered after 1 to 8 seconds, one reserved for later, one pending."""
    tags = [f"news-{n}" for n in range(10)]
    sent = journal(
        [{"client_tag": t} for t in tags[:8]]
        + [{"client_tag": tags[8], "schedule_time": NOON + timedelta(hours=1)}, {"client_tag": tags[9]}]
        + [{"client_tag": "refused", "sending_state": "refused"}]
    )
    reports = statuses(
        [failed(NOON + timedelta(seconds=n + 1), "2", client_tag=tags[n]) for n in range(8)]
        + [failed(NOON + timedelta(hours=1, seconds=40), "2", client_tag=tags[8])]
        + [failed(NOON + timedelta(hours=3), "2", client_tag=tags[0])]
        + [failed(NOON, client_tag=tags[9], status_id=1, detailed_status_id=None)]
    )
    row = zr.failures.latency(sent, reports).row(0, named=True)
    assert (row["messages"], row["delivered"], row["pending"], row["untimed"]) == (10, 9, 1, 0)
    assert (row["median"], row["p90"], row["p95"]) == (5.0, 40.0, None)
    assert row["within_30s"] == 0.8
    by = zr.failures.latency(sent, reports, by="hour")
    assert by.select("hour", "messages").rows() == [(12, 9), (13, 1)]
    early = statuses([failed(NOON - timedelta(minutes=5), "2", client_tag=tags[0])])
    assert zr.failures.latency(sent.head(1), early)["untimed"].item() == 1
    with pytest.raises(zr.InputError, match="no column date_time"):
        zr.failures.latency(sent)
    for lang in ("ja", "en"):
        # ten messages, one of them failed: the share is of nine
        mixed = by.with_columns(
            messages=pl.lit(10, pl.Int64), delivered=pl.lit(8, pl.Int64), pending=pl.lit(1, pl.Int64)
        )
        drawn = zr.charts.svg(zr.charts.latency(mixed, lang=lang))
        assert ("（9件）" if lang == "ja" else "(9)") in drawn
    assert date(2026, 10, 1) in zr.failures.latency(sent, reports, by="day")["day"].to_list()


def test_what_a_faulty_network_says_of_numbers_is_no_word_against_them() -> None:
    """Not in service on two days, one of them in the middle of a carrier's fault: the number is not dropped."""
    frame = struck("31732", "carrier", "docomo")
    again = [
        failed(NOON + timedelta(days=4), "31732", n, message="another", carrier="docomo") for n in range(60)
    ]
    of = incident(failure_category="not in service")
    plan = zr.failures.retry_plan(pl.concat([frame, statuses(again)]), incidents=of, keep_for=200)
    assert dict(plan["step"].value_counts().iter_rows()) == {
        "ask the vendor first": 60,
        "send again later": 60,
    }
    without = zr.failures.retry_plan(pl.concat([frame, statuses(again)]), incidents=of.clear())
    assert without["step"].unique().to_list() == ["drop the number"]


def test_lists_to_act_on_hold_each_number_and_text_once_and_need_the_numbers() -> None:
    """Two numbers that look alike when masked are two; a masked investigation says what to do."""
    rows = [
        failed(NOON + timedelta(days=d), "31732", message=f"text {d}", phone_number=number)
        for d in range(2)
        for number in ("+819011112222", "+819099992222")
    ]
    rows += [failed(NOON + timedelta(days=1), n=n, message="same") for n in (1, 1, 2)]
    options: dict[str, Any] = {"compare_to": False, "now": "2026-10-02 13:00", "lang": "en"}
    found = zr.investigate(statuses(rows), mask=False, **options)
    assert sorted(found.to_drop["phone_number"]) == ["+819011112222", "+819099992222"]
    assert sorted(found.to_resend["phone_number"]) == ["+819000000001", "+819000000002"]
    masked = zr.investigate(statuses(rows), **options)
    for name in ("to_drop", "to_resend"):
        with pytest.raises(zr.InputError, match="mask=False"):
            getattr(masked, name)


def test_categories_in_place_of_text_are_planned_and_investigated_alike() -> None:
    """Carriers as a Categorical column give what text gives."""
    frame = struck("31823", "carrier", "docomo")
    other = frame.with_columns(pl.col("carrier").cast(pl.Categorical))
    options: dict[str, Any] = {"compare_to": False, "now": "2026-10-01 14:00", "lang": "en"}
    assert zr.investigate(other, **options).sentences == zr.investigate(frame, **options).sentences
