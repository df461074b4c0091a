"""Incidents: when and where failures were abnormal."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import numpy as np
import polars as pl
import pytest
from failures_frames import kinds
from polars.testing import assert_frame_equal
from scipy import stats

import zrtools as zr
from zrtools import schemas
from zrtools.failures.detector import _likelihood, _spread, _tail
from zrtools.jcalendar import kind_of_day

FIRST = date(2026, 10, 1)
CARRIERS = ["au", "docomo", "SoftBank", "Rakuten Mobile"]


def traffic(seed: int, days: int = 12, fault: dict[str, Any] | None = None) -> pl.DataFrame:
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
    if fault is not None:
        at = day * 24 + hour
        struck = (at >= fault["from"]) & (at < fault["to"]) & ~failed & (rng.random(size) < fault["strength"])
        if "carrier" in fault:
            struck &= carrier == CARRIERS.index(fault["carrier"])
        if "campaign" in fault:
            struck &= campaign == fault["campaign"]
        if "listed" in fault:
            struck &= listed == fault["listed"]
        failed |= struck
        code = np.where(struck, fault["code"], code)
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


@pytest.mark.parametrize("seed", [2, 3])
def test_quiet_traffic_has_no_incidents(seed: int) -> None:
    """Campaigns of different levels and late failures of au are nothing unusual."""
    assert zr.failures.incidents(traffic(seed)).is_empty()


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
    ("seen", "usual", "spread"), [(30, 10.0, 0.05), (200, 100.0, 0.02), (12, 10.0, 0.5), (5, 8.0, 0.1)]
)
def test_tail_is_the_negative_binomials(seen: int, usual: float, spread: float) -> None:
    """The chance of so many failures or more is scipy's."""
    expected = 1.0 if seen <= usual else stats.nbinom.sf(seen - 1, 1 / spread, 1 / (1 + spread * usual))
    assert _tail(seen, usual, spread) == pytest.approx(expected, rel=1e-6)


def test_strength_is_the_most_likely_one() -> None:
    """The likelihood's maximum over a fine grid is where the iteration ends."""
    rng = np.random.default_rng(1)
    usual, signal = np.full(40, 0.7), np.concatenate([np.zeros(10), np.full(30, 12.0)])
    seen = rng.poisson(usual + 0.2 * signal).astype(float)
    grid = np.linspace(0.001, 0.999, 2000)
    scores = [(seen * np.log1p(q * signal / usual)).sum() - q * signal.sum() for q in grid]
    score, strength = _likelihood(seen, usual, signal)
    assert strength == pytest.approx(grid[int(np.argmax(scores))], abs=2e-3)
    assert score == pytest.approx(max(scores), abs=1e-3)


def test_spread_is_that_of_the_rates_and_unmoved_by_incidents() -> None:
    """Days whose relative rate varies by 30 % are told as such, a few wild ones among them."""
    rng = np.random.default_rng(2)
    usual = np.full(400, 60.0)
    seen = rng.poisson(usual * rng.gamma(1 / 0.09, 0.09, 400)).astype(float)
    seen[:12] *= 8
    assert _spread(seen, usual) == pytest.approx(0.09, rel=0.35)


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
        ("2026-05-01", "五十日"),  # the 5th lies in the holidays
    ],
)
def test_days_are_known_as_in_japan(day: str, kind: str) -> None:
    """Holidays, 五十日 moved before days of rest, month-ends."""
    assert kind_of_day(date.fromisoformat(day)) == kind
