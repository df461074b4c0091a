"""Incidents: when and where failures were abnormal."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

import numpy as np
import polars as pl
import pytest
from failures_frames import kinds
from polars.testing import assert_frame_equal

import zrtools as zr
from zrtools import schemas
from zrtools.jcalendar import kind_of_day

FIRST = date(2026, 10, 1)
CARRIERS = ["au", "docomo", "SoftBank", "Rakuten Mobile"]


def traffic(
    seed: int, days: int = 12, fault: dict[str, Any] | None = None, other: dict[str, Any] | None = None
) -> pl.DataFrame:
    """Make days of 2,400 messages of two senders and daily campaigns; a fault fails more of one segment's messages."""
    rng = np.random.default_rng(seed)
    size = 2400 * days
    day = np.sort(rng.integers(0, days, size))
    listed = rng.random(size) < 0.4
    hour = np.where(listed, 10 + rng.random(size) * 2, 7 + rng.random(size) * 15)
    carrier = rng.choice(4, size, p=[0.3, 0.4, 0.2, 0.1])
    level = rng.lognormal(0, 0.2, days)
    chance = np.where(listed, 0.05 * level[day], 0.04)
    code = rng.choice(["721", "732", "823", "834"], size, p=[0.1, 0.4, 0.3, 0.2])
    failed = rng.random(size) < chance
    names = np.char.add(np.where(rng.random(size) < 0.4, "cpa", "cpb"), (day + 100).astype(str))
    campaign = np.where(listed, names, "service")
    at = day * 24 + hour
    for each in (fault, other):
        if each is None:
            continue
        struck = (at >= each["from"]) & (at < each["to"]) & ~failed & (rng.random(size) < each["strength"])
        if "carrier" in each:
            struck &= np.isin(carrier, [CARRIERS.index(c) for c in each["carrier"].split(", ")])
        if "campaign" in each:
            struck &= campaign == each["campaign"]
        if "listed" in each:
            struck &= listed == each["listed"]
        failed |= struck
        code = np.where(struck, each["code"], code)
    seconds = (day * 86_400 + hour * 3600 + np.where(failed & (carrier == 0), 1200, 5)).astype(np.int64)
    module = np.array(["11", "31", "51", "61"])[carrier]
    return pl.DataFrame(
        {
            "send_date": [FIRST + timedelta(int(d)) for d in day],
            "date_time": pl.Series(seconds * 1000).cast(pl.Duration("ms")) + datetime(2026, 10, 1),
            "sms_code": np.where(listed, "22222", "11111"),
            "carrier": np.array(CARRIERS)[carrier],
            "status_id": np.where(failed, 3, 2).astype(np.int16),
            "client_tag": np.char.add(np.char.add(campaign, "-"), (np.arange(size) + 100_000).astype(str)),
            "detailed_status_id": np.where(failed, np.char.add(module, code), "2"),
        }
    ).with_columns(pl.col("date_time").dt.replace_time_zone("Asia/Tokyo"))


def worsened(frame: pl.DataFrame, worse: pl.Expr) -> pl.DataFrame:
    """Let some messages fail, those that had arrived for a reason of the network."""
    arrived = worse & (pl.col("status_id") == 2)
    return frame.with_columns(
        status_id=pl.when(worse).then(pl.lit(3, pl.Int16)).otherwise("status_id"),
        detailed_status_id=pl.when(arrived).then(pl.lit("31823")).otherwise("detailed_status_id"),
    )


def at(hours: float) -> datetime:
    """Give the moment so many hours after the first midnight."""
    return datetime(2026, 10, 1, tzinfo=zr.periods.TOKYO) + timedelta(hours=hours)


@pytest.mark.parametrize(
    ("fault", "dimension", "segment", "category"),
    [
        (
            {"carrier": "docomo", "from": 150, "to": 156, "strength": 0.5, "code": "823"},
            "carrier",
            "docomo",
            "network",
        ),
        (
            {"carrier": "au", "from": 132, "to": 138, "strength": 0.6, "code": "721"},
            "carrier",
            "au",
            "congestion",
        ),
        (
            {"campaign": "cpb106", "from": 144, "to": 168, "strength": 0.3, "code": "732"},
            "campaign",
            "cpb106",
            "not in service",
        ),
        (
            {"listed": False, "from": 106, "to": 140, "strength": 0.15, "code": "834"},
            "sms_code",
            "11111",
            "handset error",
        ),
    ],
)
def test_a_fault_is_found_with_its_segment_and_time(
    fault: Any, dimension: str, segment: str, category: str
) -> None:
    """One incident, where it was, about when it was, with the codes that carried it."""
    got = zr.failures.incidents(traffic(1, fault=fault), lang="en")
    assert got.schema == schemas.INCIDENTS
    assert got.select("dimension", "segment", "failure_category").rows() == [(dimension, segment, category)]
    row = got.row(0, named=True)
    start, end = at(fault["from"]), at(fault["to"])
    if "campaign" in fault:
        start, end = at(144 + 10), at(144 + 12)
    shared = min(end, row["end"]) - max(start, row["start"])
    assert shared / (max(end, row["end"]) - min(start, row["start"])) > 0.7
    assert fault["code"] in row["codes"].split(" ")[0]
    assert row["excess_low"] < row["excess"] < row["excess_high"]
    assert row["failed"] <= row["settled"]
    assert row["ratio"] == pytest.approx(row["failure_rate"] / row["usual_rate"], rel=1e-6)
    assert zr.words.text("failures.whole", "en") not in row["sentence"]


def test_a_set_of_carriers_is_an_answer() -> None:
    """Two carriers of four hit at once stand in `segment` and `values`, sorted; the sentence names both."""
    fault = {"carrier": "au, docomo", "from": 150, "to": 156, "strength": 0.4, "code": "823"}
    row = zr.failures.incidents(traffic(5, fault=fault), lang="en").row(0, named=True)
    assert (row["dimension"], row["segment"], row["values"]) == ("carrier", "au, docomo", ["au", "docomo"])
    assert row["sentence"].startswith("au, docomo: ")


@pytest.mark.parametrize(
    ("other", "apart"),
    [
        ({"from": 154, "to": 161, "strength": 0.4, "code": "823"}, "onset"),
        ({"from": 150, "to": 156, "strength": 0.4, "code": "721"}, "category"),
        ({"from": 150, "to": 156, "strength": 0.9, "code": "823"}, "strength"),
    ],
)
def test_two_at_once_on_different_carriers_are_two(other: Any, apart: str) -> None:
    """Where onset, category or strength tells two incidents apart, each carrier has its own; else they are a set."""
    fault = {"carrier": "SoftBank", "from": 150, "to": 156, "strength": 0.3, "code": "823"}
    frame = traffic(13, fault=fault, other={"carrier": "docomo", **other})
    found = zr.failures.incidents(frame, lang="en")
    assert sorted(found["segment"]) == ["SoftBank", "docomo"], apart
    assert found["dimension"].unique().to_list() == ["carrier"]


def test_what_follows_at_once_is_parted_and_laid_to_the_narrower_segment() -> None:
    """A carrier's incident ends where a sender's begins; where only that sender sends it is not everybody's."""
    first = {"carrier": "docomo", "from": 150, "to": 158, "strength": 0.2, "code": "823"}
    second = {"listed": False, "from": 158, "to": 170, "strength": 0.2, "code": "834"}
    found = zr.failures.incidents(traffic(21, fault=first, other=second)).sort("start")
    assert found.select("dimension", "segment").rows() == [("carrier", "docomo"), ("sms_code", "11111")]


def test_a_new_list_of_unknown_quality_does_not_make_everything_of_a_sender() -> None:
    """Beside a sender's incident a bad list, which proves little, is told by itself."""
    first = {"listed": False, "from": 154, "to": 160, "strength": 0.12, "code": "834"}
    second = {"campaign": "cpa106", "from": 154, "to": 157, "strength": 0.4, "code": "732"}
    found = zr.failures.incidents(traffic(20, fault=first, other=second))
    assert sorted(found.select("dimension", "segment").rows()) == [
        ("campaign", "cpa106"),
        ("sms_code", "11111"),
    ]


def test_one_value_is_a_list_of_one_and_everything_a_list_of_none() -> None:
    """`values` says the same as `segment`."""
    fault = {"from": 152, "to": 158, "strength": 0.3, "code": "721"}
    row = zr.failures.incidents(traffic(6, fault=fault)).row(0, named=True)
    assert (row["dimension"], row["segment"], row["values"]) == ("all", None, [])
    single = {"carrier": "docomo", "from": 150, "to": 156, "strength": 0.5, "code": "823"}
    assert zr.failures.incidents(traffic(1, fault=single))["values"].to_list() == [["docomo"]]


@pytest.mark.slow
@pytest.mark.parametrize("days", [12, 20, 29])
def test_what_lasts_is_found_and_not_over(days: int) -> None:
    """One carrier at three times its rate for most of a month is told by the days before it, as not over."""
    fault = {"carrier": "docomo", "from": (60 - days) * 24, "to": 60 * 24, "strength": 0.09, "code": "823"}
    whole = traffic(8, days=60, fault=fault)
    here = pl.col("send_date") >= FIRST + timedelta(30)
    found = zr.failures.incidents(whole.filter(here), history=whole.filter(~here), lang="en")
    assert found.select("dimension", "segment", "is_over").rows() == [("carrier", "docomo", False)]
    row = found.row(0, named=True)
    assert abs((row["start"] - at(fault["from"])).total_seconds()) < 2 * 86_400
    assert "not over" in row["sentence"]


def test_small_accounts_are_seen() -> None:
    """At 600 messages a day a fault of some forty failures is told; a floor of one's own leaves it out."""
    fault = {"carrier": "docomo", "from": 200, "to": 212, "strength": 0.3, "code": "823"}
    part = traffic(9, days=24, fault=fault).gather_every(4)
    found = zr.failures.incidents(part)
    assert found.select("dimension", "segment").rows() == [("carrier", "docomo")]
    assert 25 < found["excess"].item() < 80
    strict = zr.failures.incidents(part, min_excess=200)
    assert strict.is_empty()
    watched = zr.failures.watch_list(part, min_excess=200)
    assert watched.schema == schemas.INCIDENTS
    assert watched.select("dimension", "segment").rows() == [("carrier", "docomo")]


def test_the_whole_excess_is_told_and_its_mix_named() -> None:
    """Where several categories rise together the excess is that of all of them, and the sentence names the shares."""
    frame = traffic(10)
    hours = pl.col("date_time").is_between(at(150), at(157))
    struck = (
        hours
        & (pl.col("carrier") == "docomo")
        & (pl.col("status_id") == 2)
        & (pl.int_range(pl.len()) % 3 > 0)
    )
    code = pl.when(pl.int_range(pl.len()) % 3 == 1).then(pl.lit("31823")).otherwise(pl.lit("31721"))
    mixed = frame.with_columns(
        status_id=pl.when(struck).then(pl.lit(3, pl.Int16)).otherwise("status_id"),
        detailed_status_id=pl.when(struck).then(code).otherwise("detailed_status_id"),
    )
    planted = frame.select(struck.sum()).item()
    row = zr.failures.incidents(mixed, lang="en").row(0, named=True)
    assert row["excess"] == pytest.approx(planted, rel=0.15)
    assert words_of("network") in row["sentence"]
    assert words_of("congestion") in row["sentence"]


def words_of(category: str) -> str:
    """Name a category as sentences do."""
    return zr.words.category(category, "en")


@pytest.mark.parametrize("ends", ["abcde", "01HXYZ", "uuid"])
def test_campaigns_are_read_from_tags_with_random_ends(ends: str) -> None:
    """A stale list is found, though each tag ends with letters of its own."""
    fault = {"campaign": "cpb106", "from": 144, "to": 168, "strength": 0.3, "code": "732"}
    frame = traffic(1, fault=fault)
    rng = np.random.default_rng(4)
    letters = np.array(list("abcdefghjkmnpqrstuvwxyz" if ends == "abcde" else "0123456789abcdef"))
    size = {"abcde": 5, "01HXYZ": 26, "uuid": 12}[ends]
    random = pl.Series(letters[rng.integers(0, len(letters), (frame.height, size))].view(f"<U{size}").ravel())
    tags = pl.col("client_tag").str.split("-").list.first() + pl.lit("-x") + random.str.head(3) + "-" + random
    found = zr.failures.incidents(frame.with_columns(client_tag=tags))
    assert found.select("dimension", "segment").rows() == [("campaign", "cpb106")]


def test_as_many_campaigns_as_messages_is_warned_of() -> None:
    """Where no rule makes campaigns of tags, a warning says what to do."""
    rng = np.random.default_rng(5)
    letters = np.array(list("abcdefghjkmnpqrstuvwxyz"))
    tags = pl.Series(letters[rng.integers(0, 23, (2400, 14))].view("<U14").ravel())
    frame = traffic(1, days=1).with_columns(client_tag=tags, message=pl.lit("hello"))
    with pytest.warns(UserWarning, match="as many campaigns as messages"):
        zr.failures.features(frame)


@pytest.mark.slow
@pytest.mark.parametrize("days", [30, 60])
def test_weekends_and_noons_that_are_always_worse_are_usual(days: int) -> None:
    """Weekends at four times the rate, but not holidays, and maintenance each noon are no incidents."""
    frame = traffic(11, days=days)
    rng = np.random.default_rng(12)
    chance = rng.random(frame.height)
    day = pl.col("send_date").dt.weekday() >= 6
    noon = (
        (pl.col("date_time").dt.hour() == 13)
        & (pl.col("date_time").dt.minute() < 30)
        & (pl.col("carrier") == "au")
    )
    worse = (day & (pl.Series(chance) < 0.13)) | (noon & (pl.Series(chance) < 0.3))
    assert zr.failures.incidents(worsened(frame, worse)).is_empty()


def test_weekends_teach_what_is_usual_though_they_stand_out() -> None:
    """What comes back each week is learnt from all of its days, those that first looked like incidents, too."""
    frame = traffic(12, days=30).gather_every(6)
    chance = pl.Series(np.random.default_rng(12).random(frame.height))
    worse = (pl.col("send_date").dt.weekday() >= 6) & (chance < 0.2)
    assert zr.failures.incidents(worsened(frame, worse)).is_empty()


def test_a_daily_maintenance_is_usual_on_busy_days_too() -> None:
    """Half an hour in which most of one carrier's messages fail each day is no incident on days when many are sent."""
    frame = traffic(15, days=28)
    frame = frame.filter((pl.col("sms_code") == "11111") | (pl.col("send_date").dt.day() % 7 == 0))
    half = pl.col("date_time").dt.time().is_between(time(10, 30), time(11))
    struck = half & (pl.col("carrier") == "docomo") & (pl.int_range(pl.len()) % 4 > 0)
    worse = frame.with_columns(
        status_id=pl.when(struck).then(pl.lit(3, pl.Int16)).otherwise("status_id"),
        detailed_status_id=pl.when(struck).then(pl.lit("31823")).otherwise("detailed_status_id"),
    )
    assert zr.failures.incidents(worse, min_excess=8).is_empty()


@pytest.mark.parametrize("seed", [2, 3])
def test_quiet_traffic_has_no_incidents(seed: int) -> None:
    """Campaigns of different levels and late failures of au are nothing unusual."""
    assert zr.failures.incidents(traffic(seed)).is_empty()


def test_chance_is_held_to_a_few_of_many_quiet_frames() -> None:
    """However low the floor, hardly a frame of messages that fail independently has an incident: 5 % are promised."""
    frames = (
        traffic(seed, days=4).sample(fraction=0.2, seed=seed).sort("date_time") for seed in range(100, 120)
    )
    told = [zr.failures.incidents(frame, min_excess=2).height > 0 for frame in frames]
    assert sum(told) <= 3


def test_history_tells_what_is_usual() -> None:
    """A single bad day can be told by the days before it, and only the frame's own days are reported."""
    fault = {"carrier": "docomo", "from": 270, "to": 280, "strength": 0.3, "code": "823"}
    whole = traffic(4, fault=fault)
    last = pl.col("send_date") == FIRST + timedelta(11)
    got = zr.failures.incidents(whole.filter(last), history=whole.filter(~last))
    assert got.select("dimension", "segment").rows() == [("carrier", "docomo")]
    assert got["start"].item() >= at(11 * 24)


@pytest.mark.slow
def test_order_of_rows_and_kind_of_frame_do_not_matter() -> None:
    """Shuffled and classified rows give the same; DuckDB does too, where campaigns are a column."""
    frame = traffic(1, fault={"carrier": "docomo", "from": 150, "to": 156, "strength": 0.5, "code": "823"})
    expected = zr.failures.incidents(frame)
    shuffled = zr.classify(frame).sample(fraction=1, shuffle=True, seed=1)
    assert_frame_equal(zr.failures.incidents(shuffled), expected)
    tagged = frame.with_columns(campaign=pl.col("client_tag").str.split("-").list.first())
    assert_frame_equal(zr.failures.incidents(kinds(tagged)["duckdb"]), zr.failures.incidents(tagged))


def test_nothing_settled_gives_no_incidents() -> None:
    """Empty and pending frames have the schema; limits that make no sense are refused."""
    assert zr.failures.incidents(schemas.empty(schemas.STATUS)).schema == schemas.INCIDENTS
    pending = traffic(2, days=1).with_columns(status_id=pl.lit(1, pl.Int16))
    assert zr.failures.incidents(pending).is_empty()
    delivered = traffic(2, days=1).filter(pl.col("status_id") == 2)
    assert zr.failures.incidents(delivered).is_empty()
    for limits in ({"min_excess": 0}, {"min_ratio": 1}):
        with pytest.raises(zr.InputError, match="min_excess must be at least 1"):
            zr.failures.incidents(delivered, **limits)
    with pytest.raises(zr.InputError, match="No column carrier"):
        zr.failures.incidents(delivered.drop("carrier"))


@pytest.mark.parametrize(
    ("day", "kind"),
    [
        ("2026-10-12", "sunday or holiday"),  # スポーツの日
        ("2026-10-09", "五十日"),  # the 10th is a Saturday
        ("2026-10-10", "saturday"),
        ("2026-10-15", "五十日"),
        ("2026-10-14", "business day"),
        ("2026-10-30", "month-end"),
        ("2026-12-31", "sunday or holiday"),
        ("2026-05-06", "sunday or holiday"),  # a substitute holiday
        ("2026-05-01", "bridge day"),  # between two holidays
    ],
)
def test_days_are_known_as_in_japan(day: str, kind: str) -> None:
    """Holidays, 五十日 moved before days of rest, month-ends."""
    assert kind_of_day(date.fromisoformat(day)) == kind
