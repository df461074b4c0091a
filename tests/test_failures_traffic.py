"""A period that was counted once answers as its rows do, wherever they came from."""

from __future__ import annotations

import json
import pickle
import re
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from failures_frames import statuses
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

import zrtools as zr
from zrtools.failures.traffic import Traffic
from zrtools.forms.cube import Choice, build
from zrtools.periods import TOKYO

FIRST = date(2026, 10, 1)
KEYS = ("carrier", "sms_code", "campaign")


@st.composite
def rows(draw: st.DrawFn) -> dict[str, Any]:
    """Make one message of a small week, anything missing now and then."""
    when = datetime(2026, 10, 1, tzinfo=TOKYO) + timedelta(minutes=draw(st.integers(0, 9 * 24 * 60)))
    return {
        "send_date": draw(st.sampled_from([None, *(FIRST + timedelta(n) for n in range(9))])),
        "date_time": draw(st.sampled_from([when, when, when, None])),
        "phone_number": draw(st.sampled_from([None, "+819000000001", "+819000000002", "+819000000003"])),
        "sms_code": draw(st.sampled_from(["1", "2", None])),
        "carrier": draw(st.sampled_from(["au", "docomo", None])),
        "status_id": draw(st.sampled_from([2, 2, 2, 3, 3, 1, 0, None, 7])),
        "client_tag": draw(st.sampled_from(["spring-001", "autumn-002", None])),
        "detailed_status_id": draw(st.sampled_from(["11721", "31732", "99999", "x", None])),
    }


frames = st.lists(rows(), min_size=1, max_size=60).map(statuses)


def counted(frame: pl.DataFrame) -> Traffic:
    """Count a frame once, for all the questions below."""
    return Traffic.of(frame, ["campaign"]).kept(KEYS)


@pytest.mark.slow
@settings(max_examples=30)
@given(frame=frames)
def test_a_counted_period_answers_as_its_rows_do(frame: pl.DataFrame) -> None:
    """Rates, numbers, times, coverage, comparison, odd codes: no cell depends on what was counted first."""
    once = counted(frame)
    for by in (
        [],
        ["carrier"],
        ["carrier", "failure_category"],
        ["campaign", "failure_origin"],
        ["sms_code"],
    ):
        for cluster in (None, "campaign"):
            assert_frame_equal(
                zr.failures.breakdown(once, by, cluster=cluster),
                zr.failures.breakdown(frame, by, cluster=cluster),
                rel_tol=1e-12,
            )
    for every in ("1h", "1d", "1w"):
        for by in ([], ["carrier"], ["failure_category"]):
            assert_frame_equal(zr.failures.trend(once, every, by), zr.failures.trend(frame, every, by))
    assert_frame_equal(zr.failures.coverage(once), zr.failures.coverage(frame))
    assert_frame_equal(zr.failures.unknown_codes(once), zr.failures.unknown_codes(frame))
    assert_frame_equal(zr.failures.carrier_mismatch(once), zr.failures.carrier_mismatch(frame))
    if frame["status_id"].is_in([2, 3]).any():
        for by in (["carrier"], ["campaign", "failure_category"]):
            found, truth = (
                zr.failures.compare(f, f, by, unsettled_days=True, cluster="campaign") for f in (once, frame)
            )
            assert_frame_equal(found, truth, rel_tol=1e-12)


@settings(max_examples=40)
@given(
    frame=frames, unit=st.sampled_from(["1h", "1d", "1w"]), campaign=st.sampled_from([..., None, "spring"])
)
def test_explorer_and_trend_call_the_same_times_final(frame: pl.DataFrame, unit: Any, campaign: Any) -> None:
    """An hour is as final as its day and a week as its days, in the explorer as in `trend` and the report."""
    cube = build(frame)
    if not cube.days:
        return
    found = cube.course(Choice(cube.days[0], cube.days[-1], campaign=campaign, unit=unit))
    known = zr.failures.features(frame).drop_nulls("day")
    if campaign is not ...:
        known = known.filter(pl.col("campaign").eq_missing(pl.lit(campaign)))
    truth = zr.failures.trend(known, unit, cluster="campaign").drop_nulls("start")
    truth = truth.with_columns(pl.col("start").dt.replace_time_zone(None))
    if unit == "1h":
        truth = truth.filter(pl.col("settled") > 0)
    columns = ["start", "failed", "settled", "pending", "failure_rate", "rate_low", "rate_high", "is_final"]
    assert_frame_equal(found.select(columns), truth.select(columns))


def test_an_hour_of_an_open_day_is_open_in_the_explorer() -> None:
    """One pending message opens all hours of its day and its whole week, whatever carrier is chosen."""
    day = [{"date_time": datetime(2026, 10, 1, hour, tzinfo=TOKYO), "status_id": 2} for hour in range(9, 19)]
    frame = statuses(
        [*day, {"date_time": datetime(2026, 10, 1, 9, tzinfo=TOKYO), "status_id": 1, "carrier": None}]
    )
    cube = build(frame)
    for unit in ("1h", "1d", "1w"):
        for carrier in (..., "au"):
            course = cube.course(Choice(FIRST, FIRST, carrier=carrier, unit=unit))
            assert not course["is_final"].any()
    assert cube.course(Choice(FIRST, FIRST, unit="1h")).height == 10


def test_a_choice_of_carrier_and_category_counts_what_breakdown_counts() -> None:
    """The summary of each cell of the explorer is the breakdown's row."""
    frame = statuses(
        [
            {"carrier": c, "status_id": s, "detailed_status_id": d}
            for c in ("au", "docomo", None)
            for s, d in ((2, "2"), (3, "11721"), (3, "31732"), (3, "31732"), (1, None))
        ]
    )
    cube = build(frame)
    for row in zr.failures.breakdown(frame, cluster="campaign").iter_rows(named=True):
        found = cube.summary(Choice(FIRST, FIRST, row["carrier"], row["failure_category"]))
        names = ("failed", "settled", "failure_rate", "rate_low", "rate_high")
        assert [found[n] for n in names] == [row[n] for n in names]


@pytest.fixture
def week() -> pl.DataFrame:
    """Make ten days of messages with tags, the last one open."""
    return statuses(
        [
            {
                "send_date": FIRST + timedelta(n // 30),
                "date_time": datetime(2026, 10, 1, 10, tzinfo=TOKYO) + timedelta(days=n // 30, minutes=n),
                "phone_number": f"+8190{n % 17:08d}",
                "client_tag": f"spring-{n:04d}",
                "status_id": 3 if n % 7 == 0 else 1 if n == 299 else 2,
                "detailed_status_id": "11721",
            }
            for n in range(300)
        ]
    )


def test_a_store_of_pushed_reports_is_read_by_days_as_an_archive_is(
    week: pl.DataFrame, tmp_path: Path
) -> None:
    """Analyses, the explorer and an investigation take it; days are those of the status."""
    with zr.receiver.Store(tmp_path / "store") as store:
        sent = [
            {
                "type": "DLR",
                "messageId": f"{n}",
                "phoneNumber": row["phone_number"],
                "dateTime": f"{row['date_time']:%Y/%m/%d %H:%M:%S}",
                "statusId": f"{row['status_id']}",
                "detailedStatusId": "11721",
                "clientTag": row["client_tag"],
            }
            for n, row in enumerate(week.iter_rows(named=True))
        ]
        store.add(json.dumps({"eventNotifications": sent}).encode(), "application/json").result(30)
    kept = store.scan().collect()
    assert kept.height == week.height
    assert_frame_equal(zr.failures.trend(store), zr.failures.trend(kept))
    assert (
        store.scan("2026-10-02").collect().height
        == store.scan("2026-10-02", "2026-10-02").collect().height
        == 30
    )
    assert store.scan(end="2026-10-03").collect().height == 90
    form = zr.forms.failures(store, start="2026-10-02", end="2026-10-04", lang="en")
    assert [str(day) for _, day in form.period.options] == ["2026-10-02", "2026-10-03", "2026-10-04"]
    found = zr.investigate(store, ("2026-10-06", "2026-10-10"), lang="en")
    assert found.overview["messages"].to_list() == [150, 150]
    assert found.overview["day_basis"].unique().to_list() == ["date_time"]


def test_an_archive_is_analysed_as_its_frame_is(week: pl.DataFrame, tmp_path: Path) -> None:
    """Every analysis takes what is kept, not only frames."""
    archive = zr.Archive(tmp_path / "archive")
    archive.add(week)
    kept = archive.scan().collect()
    for analysis in (
        zr.failures.breakdown,
        zr.failures.trend,
        zr.failures.coverage,
        zr.failures.unknown_codes,
        zr.failures.carrier_mismatch,
        zr.usage.daily,
    ):
        assert_frame_equal(analysis(archive), analysis(kept))
    assert zr.charts.failures(archive, lang="en").to_dict()["title"]


def test_what_an_investigation_keeps_names_nobody(week: pl.DataFrame) -> None:
    """Its counts hold no phone number, alone or in a campaign's name, yet know how many differ."""
    tagged = week.with_columns(client_tag=pl.format("{}-list", "phone_number"))
    found = zr.investigate(tagged, compare_to=False)
    held = found.counted.failures().collect("polars").to_native()
    assert found.breakdown["numbers"].sum() == held["phone_number"].n_unique()
    text = pickle.dumps([held, found.counted.rows.collect("polars").to_native(), str(found)])
    assert not [n for n in week["phone_number"].unique() if n[3:].encode() in text]
    plain = zr.investigate(tagged, compare_to=False, mask=False)
    assert plain.counted.failures().collect("polars").to_native()["phone_number"].str.starts_with("+81").any()


@pytest.mark.slow
def test_report_of_an_investigation_is_that_of_its_statuses(week: pl.DataFrame, tmp_path: Path) -> None:
    """What investigate gave holds all that the report shows, to the last drawing."""
    made = [
        zr.reports.failures(source, tmp_path / name, lang="en").read_text("utf-8")
        for name, source in (("a.html", week), ("b.html", zr.investigate(week, lang="en")))
    ]
    # drawings count their parts through a whole session
    words = [re.sub(r"<svg.*?</svg>", "<svg>", text, flags=re.DOTALL) for text in made]
    # and the two were made at times of their own
    words = [re.sub(r"/ made [-0-9]+ [0-9:]+", "/ made", text) for text in words]
    assert words[0] == words[1]
    assert words[0].count("<svg>") >= 3
