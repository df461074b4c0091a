"""The running month projected: exact where days are exact, honest where they are not."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import zrtools as zr
from zrtools import usage
from zrtools.jcalendar import is_holiday, kind_of_day
from zrtools.periods import TOKYO
from zrtools.schemas import COUNTS, COUNTS_HISTORY, DAILY_USAGE, FORECAST, empty

AU = ("101", "au")
DOCOMO = ("103", "docomo")


def days(begin: str, end: str, value: Any, carrier: tuple[str, str] = AU) -> pl.DataFrame:
    """Make DAILY_USAGE with `value(day)` billable messages delivered a day."""
    rows = [
        (d, None, *carrier, value(d), value(d), 0, 0, value(d), 0, 0, 0, 1)
        for d in zr.periods.days(begin, end)
    ]
    return pl.DataFrame(rows, schema=DAILY_USAGE, orient="row")


def counts(frame: pl.DataFrame, through: str) -> pl.DataFrame:
    """Add days up as the service would have answered."""
    end = date.fromisoformat(through)
    return (
        frame.filter(pl.col("send_date") <= end)
        .group_by(pl.col("send_date").dt.truncate("1mo").alias("month"), "carrier_id", "carrier")
        .agg(pl.col("delivered_count").sum().alias("separated_success_count"))
        .with_columns(
            client_id=pl.lit("7"), through=pl.min_horizontal(pl.col("month").dt.month_end(), pl.lit(end))
        )
        .select(pl.col(c).cast(t) for c, t in COUNTS.items())
    )


def week(day: date) -> int:
    """Say what a customer sends who works on working days alone."""
    return 0 if day.weekday() > 4 or is_holiday(day) else 100


def test_flat_days_are_projected_exactly() -> None:
    """100 a day for 15 of 31 days will be 3,100, without doubt."""
    data = days("2026-07-01", "2026-10-15", lambda _: 100)
    frame = usage.forecast(counts(data, "2026-10-15"), data)
    assert frame.schema == FORECAST
    au = frame.row(0, named=True)
    assert (au["counted"], au["forecast"], au["low"], au["high"]) == (1500, 3100, 3100, 3100)
    assert (au["days_left"], au["method"], au["through"]) == (16, "statuses", date(2026, 10, 15))


def test_weekends_and_holidays_are_known() -> None:
    """Who sends on working days alone sends nothing on Culture Day, Labour Thanksgiving Day and the weekends."""
    data = days("2026-08-01", "2026-11-30", week)
    whole = data.filter(pl.col("send_date") >= date(2026, 11, 1))["delivered_count"].sum()
    assert whole == 1900  # 21 weekdays of November 2026 less the 3rd and the 23rd
    frame = usage.forecast(counts(data, "2026-11-12"), data)
    assert frame["forecast"][0] == pytest.approx(whole, rel=0.02)


def test_all_carriers_come_to_the_sum_of_each() -> None:
    """The row for all (`*`) is the carriers' sum, and no interval ends below what is counted."""
    data = pl.concat(
        [
            days("2026-07-01", "2026-10-10", lambda d: 50 + d.day),
            days("2026-07-01", "2026-10-10", week, DOCOMO),
        ]
    )
    frame = usage.forecast(counts(data, "2026-10-10"), data)
    assert frame["carrier_id"].to_list() == ["101", "103", "*"]
    assert frame["forecast"][2] == frame["forecast"][0] + frame["forecast"][1]
    assert frame.select((pl.col("low") >= pl.col("counted")).all()).item()


def test_level_widens_the_interval() -> None:
    """To be right more often the interval must be wider."""
    data = days("2026-07-01", "2026-10-10", lambda d: 50 + d.day * 3)
    narrow, wide = (
        usage.forecast(counts(data, "2026-10-10"), data, level=p).row(0, named=True) for p in (0.5, 0.95)
    )
    assert wide["low"] < narrow["low"] < narrow["forecast"] < narrow["high"] < wide["high"]
    with pytest.raises(zr.InputError, match="level must be"):
        usage.forecast(empty(COUNTS), level=1)


def test_month_that_is_over_has_no_forecast() -> None:
    """A complete month gives a frame without rows; so do no counts at all."""
    data = days("2026-09-01", "2026-10-31", lambda _: 100)
    assert usage.forecast(counts(data, "2026-10-31"), data).rows() == []
    assert usage.forecast(empty(COUNTS)).schema == FORECAST


def test_first_day_of_a_month_is_projected_from_the_past() -> None:
    """On the first of November nothing is counted yet: today tells that the month runs."""
    data = days("2026-07-01", "2026-10-31", lambda _: 100)
    frame = usage.forecast(counts(data, "2026-10-31"), data, today="2026-11-01")
    au = frame.row(0, named=True)
    assert (au["month"], au["counted"], au["days_left"], au["forecast"]) == (date(2026, 11, 1), 0, 30, 3000)


def test_counts_of_another_scale_keep_theirs() -> None:
    """Where the counts run at 80 % of the statuses' sum, the rest of the month does too."""
    data = days("2026-07-01", "2026-10-15", lambda _: 100)
    less = counts(data, "2026-10-15").with_columns(pl.col("separated_success_count") * 8 // 10)
    assert usage.forecast(less, data)["forecast"][0] == 2480


def test_pending_messages_do_not_pull_the_level_down() -> None:
    """A day of which half is pending counts as if the rest went the same way."""
    data = days("2026-07-01", "2026-10-14", lambda _: 100)
    last = data.filter(pl.col("send_date") == date(2026, 10, 14)).with_columns(send_date=date(2026, 10, 15))
    half = last.with_columns(pl.col("messages", "delivered", "delivered_count") // 2)
    waiting = half.with_columns(
        pl.lit(None, dtype=pl.String).alias("carrier_id"),
        pl.lit(None, dtype=pl.String).alias("carrier"),
        pl.lit(0).alias("delivered"),
        pl.lit(0).alias("delivered_count"),
        pl.lit(50).alias("pending"),
    )
    whole = pl.concat([data, half, waiting.cast(dict(DAILY_USAGE))])
    running = counts(pl.concat([data, half]), "2026-10-15")
    # 1,450 counted and 16 days of 100, times 1,450 counted over 1,500 expected
    assert usage.forecast(running, whole)["forecast"][0] == pytest.approx(1450 + 1600, rel=0.01)


def history(frame: pl.DataFrame, taken_on: list[date]) -> pl.DataFrame:
    """Make snapshots: each taken in the morning of its day, counting up to the day before."""
    answers = []
    for day in taken_on:
        through = day - timedelta(1)
        answer = counts(frame, str(through)).filter(pl.col("month") == through.replace(day=1))
        moment = datetime(day.year, day.month, day.day, 5, tzinfo=TOKYO)
        answers.append(answer.with_columns(pl.lit(moment).cast(COUNTS_HISTORY["taken"]).alias("taken")))
    return pl.concat(answers)


def test_snapshots_give_the_growth_of_each_day() -> None:
    """What one day's answer has more than the day before's is that day; days without a snapshot share."""
    data = days("2026-10-01", "2026-10-06", lambda d: d.day * 10)
    frame = usage.increments(history(data, [date(2026, 10, d) for d in (2, 3, 6)]))
    assert frame.select("day", "separated_success_count", "days_between").rows() == [
        (date(2026, 10, 1), 10, 1),
        (date(2026, 10, 2), 20, 1),
        (date(2026, 10, 3), 40, 3),
        (date(2026, 10, 4), 40, 3),
        (date(2026, 10, 5), 40, 3),
    ]
    with pytest.raises(zr.InputError, match="column taken"):
        usage.increments(empty(COUNTS))


def test_snapshots_alone_are_enough() -> None:
    """Daily snapshots know the weekdays as statuses do."""
    data = days("2026-08-01", "2026-11-30", week)
    taken = [date(2026, 8, 2) + timedelta(n) for n in range(103)]
    frame = usage.forecast(history(data, taken))
    assert frame["method"].unique().to_list() == ["snapshots"]
    assert frame["through"][0] == date(2026, 11, 11)
    assert frame["forecast"][0] == pytest.approx(1900, rel=0.03)


def test_months_alone_still_give_a_wide_answer() -> None:
    """Without days the projection carries past months and the running one on, and says how little it knows."""
    data = days("2026-05-01", "2026-10-31", lambda _: 100)
    frame = usage.forecast(counts(data, "2026-10-10"))
    au = frame.row(0, named=True)
    assert au["method"] == "months"
    assert au["low"] < 3100 < au["high"]
    assert au["forecast"] == pytest.approx(3100, rel=0.05)
    only = usage.forecast(counts(data.filter(pl.col("send_date") >= date(2026, 10, 1)), "2026-10-10"))
    assert only["forecast"][0] == pytest.approx(3100, rel=0.05)
    assert only["high"][0] - only["low"][0] > au["high"] - au["low"]


def test_carrier_without_any_message_stays_at_zero() -> None:
    """Nothing sent so far and never before: nothing is expected."""
    data = days("2026-07-01", "2026-10-15", lambda _: 100)
    none = counts(data, "2026-10-15").with_columns(
        carrier_id=pl.lit("106"),
        carrier=pl.lit("Rakuten Mobile"),
        separated_success_count=pl.lit(0, dtype=pl.Int64),
    )
    frame = usage.forecast(pl.concat([counts(data, "2026-10-15"), none]), data)
    rakuten = frame.filter(pl.col("carrier_id") == "106").row(0, named=True)
    assert (rakuten["forecast"], rakuten["low"], rakuten["high"]) == (0, 0, 0)


@settings(max_examples=25, deadline=None)
@given(
    st.lists(st.integers(0, 10**6), min_size=40, max_size=70),
    st.sampled_from(["2026-02-10", "2026-10-01", "2026-12-30"]),
    st.sampled_from(["statuses", "none"]),
)
def test_any_history_gives_an_ordered_interval(values: list[int], through: str, source: str) -> None:
    """Whatever came before, counted ≤ low ≤ forecast ≤ high."""
    end = date.fromisoformat(through)
    begin = end - timedelta(len(values) - 1)
    data = days(str(begin), str(end), lambda d: values[(d - begin).days])
    frame = usage.forecast(counts(data, through), data if source == "statuses" else None)
    ordered = (
        (pl.col("counted") <= pl.col("low"))
        & (pl.col("low") <= pl.col("forecast"))
        & (pl.col("forecast") <= pl.col("high"))
    )
    assert frame.select(ordered.all()).item()


def test_days_of_japan_are_told_apart() -> None:
    """New Year's rest is a holiday; 五十日 at rest move to the working day before."""
    marked = {
        date(2026, 11, 3): "sunday or holiday",
        date(2026, 12, 31): "sunday or holiday",
        date(2026, 10, 15): "五十日",
        date(2026, 10, 25): "sunday or holiday",
        date(2026, 10, 23): "五十日",
        date(2026, 10, 30): "month-end",
        date(2026, 12, 29): "month-end",
        date(2026, 10, 14): "business day",
        date(2026, 8, 11): "sunday or holiday",
        **dict.fromkeys((date(2026, 8, 13), date(2026, 8, 14)), "お盆"),
        date(2026, 8, 15): "saturday",
        date(2026, 8, 16): "sunday or holiday",
        date(2026, 4, 29): "sunday or holiday",
        **dict.fromkeys((date(2026, 4, 30), date(2026, 5, 1), date(2025, 5, 2)), "bridge day"),
        date(2026, 5, 2): "saturday",
        date(2026, 5, 6): "sunday or holiday",
        date(2026, 5, 7): "business day",
    }
    assert {d: kind_of_day(d) for d in marked} == marked
