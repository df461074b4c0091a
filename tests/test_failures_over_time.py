"""Features, trends, coverage, and intervals for messages that share a fate."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from typing import Any

import numpy as np
import polars as pl
import pytest
import statsmodels.api as sm
from failures_frames import ODD, kinds, statuses
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal
from scipy import stats

import zrtools as zr
from zrtools import schemas
from zrtools.intervals import PRIOR_CLUSTERS, binomial_tail, discoveries, student
from zrtools.periods import TOKYO


def featured(**row: Any) -> dict[str, Any]:
    """Work out the features of one message."""
    return zr.failures.features(statuses([row])).row(0, named=True)


def test_features_match_their_schema_even_without_rows() -> None:
    """The columns are always the same, lazily too."""
    for frame in (statuses(ODD), schemas.empty(schemas.STATUS)):
        got = zr.failures.features(frame)
        assert got.columns == [*frame.columns, *schemas.FEATURES]
        assert {c: got.schema[c] for c in schemas.FEATURES} == dict(schemas.FEATURES)
        assert_frame_equal(zr.failures.features(frame.lazy()).collect(), got)


def test_day_is_the_day_of_sending_else_the_day_of_receiving() -> None:
    """The basis says which of the two it is; the hour is always that of the status, in Japan."""
    late = datetime(2026, 10, 2, 0, 30, tzinfo=TOKYO)
    got = featured(send_date=date(2026, 10, 1), date_time=late)
    assert (got["day"], got["day_basis"], got["weekday"], got["hour"]) == (
        date(2026, 10, 1),
        "send_date",
        4,
        0,
    )
    got = featured(send_date=None, date_time=late)
    assert (got["day"], got["day_basis"], got["weekday"]) == (date(2026, 10, 2), "date_time", 5)
    assert featured(send_date=None, date_time=None)["day_basis"] is None


def test_times_of_another_zone_are_refused() -> None:
    """Days and hours mean Japan's, so the frame must say them so."""
    elsewhere = statuses(ODD).with_columns(pl.col("date_time").dt.convert_time_zone("UTC"))
    with pytest.raises(zr.InputError, match="convert the column to Asia/Tokyo"):
        zr.failures.features(elsewhere)


@pytest.mark.parametrize(
    ("rule", "tag", "campaign"),
    [
        (None, "spring-20261001-000123", "spring"),
        (None, "spring_sale-A_00012", "spring_sale-A"),
        (None, "cp1001a-20261001-000123", "cp1001a"),
        (None, "news", "news"),
        (None, "00012345", None),
        (None, "550e8400e29b41d4a716446655440000", None),
        (None, None, None),
        (3, "spring-1", "spr"),
        ("_", "spring-1_2_3", "spring-1"),
        (["spring", "spring-a"], "spring-a-1", "spring-a"),
        (["spring"], "autumn-1", None),
        (re.compile(r"^[a-z]+"), "spring-1", "spring"),
        (re.compile(r"-([A-Z]+)-", re.IGNORECASE), "x-ab-1", "ab"),
        (pl.lit("all"), "x", "all"),
    ],
)
def test_campaign_is_told_by_the_rule(rule: Any, tag: str | None, campaign: str | None) -> None:
    """By prefix, separator, list, expression or by taking off counters."""
    got = zr.failures.features(statuses([{"client_tag": tag}]), campaign=rule)
    assert got["campaign"].item() == campaign


@pytest.mark.parametrize("rule", [0, "", [], [""], True, re.compile(r"(?=a)b")])
def test_campaign_rules_that_make_no_sense_are_refused(rule: Any) -> None:
    """The message says what a rule may be."""
    with pytest.raises(zr.InputError, match="campaign="):
        zr.failures.features(statuses(ODD), campaign=rule)


def test_bodies_of_one_shape_are_one_template() -> None:
    """Names, numbers, dates, times and URLs do not tell templates apart, words do."""
    bodies = [
        "【歯科】佐藤様 明日10:30のご予約 変更は 0312345678 https://a.example.jp/x1",
        "【歯科】五十嵐様 明日9:00のご予約 変更は 0312340000 https://a.example.jp/y2",
        "【歯科】佐藤様 本日10:30のご予約 変更は 0312345678 https://a.example.jp/x1",
    ]
    got = zr.failures.features(statuses([{"message": b} for b in bodies]))
    one, two, other = got["template"]
    assert one == two != other
    assert "0312345678" not in one
    assert got["url_host"].unique().to_list() == ["a.example.jp"]


@pytest.mark.parametrize(
    ("body", "length", "parts"),
    [("a" * 70, 70, 1), ("あ" * 71, 71, 2), ("😀" * 36, 72, 2), ("a" * 660, 660, 10)],
)
def test_length_counts_as_sms_does(body: str, length: int, parts: int) -> None:
    """A character outside the basic plane counts two; 70 characters are one part, then 67 each."""
    got = featured(message=body)
    assert (got["message_length"], got["parts"]) == (length, parts)


def test_breakdown_works_features_out_where_they_are_missing() -> None:
    """A column of features may be asked for by name; a column of that name is taken as it is."""
    frame = statuses(ODD)
    assert zr.failures.breakdown(frame, ["hour"])["hour"].to_list() == [12]
    assert zr.failures.breakdown(frame.with_columns(hour=pl.lit(3)), ["hour"])["hour"].to_list() == [3]
    for kind in kinds(frame).values():
        assert_frame_equal(
            zr.failures.breakdown(kind, ["day", "hour"]),
            zr.failures.breakdown(zr.failures.features(frame), ["day", "hour"]),
        )
    assert_frame_equal(
        zr.failures.breakdown(frame, ["weekday", "url_host"]),
        zr.failures.breakdown(zr.failures.features(frame), ["weekday", "url_host"]),
    )


def test_features_that_need_polars_are_refused_elsewhere() -> None:
    """The message says what to do about it."""
    with pytest.raises(zr.InputError, match="template is worked out on polars frames only"):
        zr.failures.breakdown(kinds(statuses(ODD))["duckdb"], ["template"])


# --- trend and coverage


def days_of(rates: list[float], pending: int = 0) -> pl.DataFrame:
    """Make 200 messages a day at noon, so many failing, and pending ones on the last day."""
    rows: list[dict[str, Any]] = []
    for n, rate in enumerate(rates):
        day = date(2026, 10, 1) + timedelta(n)
        when = datetime(day.year, day.month, day.day, 12, tzinfo=TOKYO)
        rows += [
            {
                "send_date": day,
                "date_time": when,
                "status_id": 3 if i < 200 * rate else 2,
                "detailed_status_id": "12721",
            }
            for i in range(200)
        ]
    rows += [{**rows[-1], "status_id": 1} for _ in range(pending)]
    return statuses(rows)


@pytest.mark.parametrize(
    ("every", "starts"), [("1d", [1, 2, 3, 4, 5, 6]), ("1w", [28, 5]), ("1h", [1, 2, 3, 4, 5, 6])]
)
def test_trend_has_one_row_a_stretch(every: Any, starts: list[int]) -> None:
    """Days, weeks from Monday, hours in which the status was received."""
    got = zr.failures.trend(days_of([0.1] * 6), every)
    assert got.schema == schemas.TREND
    assert got["start"].dt.day().to_list() == starts
    assert got["start"].dt.hour().unique().to_list() == [12 if every == "1h" else 0]
    assert got["failed"].sum() == 120
    assert got["day_basis"].unique().to_list() == ["date_time" if every == "1h" else "send_date"]


def test_days_that_are_not_settled_are_marked_not_mixed_in() -> None:
    """Pending messages stand beside the rate; 1 % of them keeps a stretch from being final."""
    got = zr.failures.trend(days_of([0.1, 0.1], pending=3))
    assert got["pending"].to_list() == [0, 3]
    assert got["is_final"].to_list() == [True, False]
    assert got["failure_rate"].to_list() == pytest.approx([0.1, 0.1])
    assert zr.failures.trend(days_of([0.1, 0.1], pending=3), "1w")["is_final"].to_list() == [False]
    assert zr.failures.trend(days_of([0.1, 0.1], pending=2))["is_final"].to_list() == [True, True]


def test_trend_by_keys_equals_breakdown_of_each_stretch() -> None:
    """The trend is nothing but breakdowns side by side, on every kind of frame."""
    frame = days_of([0.1, 0.3])
    got = zr.failures.trend(frame, by=["carrier", "failure_category"])
    for start in got["start"].unique():
        one = zr.failures.breakdown(frame.filter(pl.col("send_date") == start.date()))
        assert_frame_equal(
            got.filter(pl.col("start") == start).select(one.columns[:6]),
            one.select(one.columns[:6]),
            check_row_order=False,
        )
    for kind in kinds(frame).values():
        assert_frame_equal(zr.failures.trend(kind, by=["carrier", "failure_category"]), got)


def test_trend_without_send_date_says_that_days_are_days_of_receiving() -> None:
    """Delivery reports have no day of sending; a mixture is called one."""
    frame = days_of([0.1])
    assert zr.failures.trend(frame.drop("send_date"))["day_basis"].to_list() == ["date_time"]
    mixed = pl.concat([frame, frame.with_columns(send_date=pl.lit(None, pl.Date))])
    assert zr.failures.trend(mixed)["day_basis"].to_list() == ["mixed"]


def test_wrong_steps_and_columns_are_refused() -> None:
    """What cannot be drawn over time is said."""
    with pytest.raises(zr.InputError, match='every must be "1h", "1d" or "1w"'):
        zr.failures.trend(statuses(ODD), "1mo")  # type: ignore[arg-type]  # that is the point
    with pytest.raises(zr.InputError, match="the result's own columns"):
        zr.failures.trend(statuses(ODD), by=["start"])


def test_coverage_shows_days_without_messages() -> None:
    """A gap is a row of its own, and never final."""
    frame = days_of([0.1, 0.1, 0.1]).filter(pl.col("send_date") != date(2026, 10, 2))
    got = zr.failures.coverage(frame, date(2026, 10, 1), date(2026, 10, 4))
    assert got.schema == schemas.COVERAGE
    assert got["messages"].to_list() == [200, 0, 200, 0]
    assert got["is_final"].to_list() == [True, False, True, False]
    assert zr.failures.coverage(schemas.empty(schemas.STATUS)).schema == schemas.COVERAGE


# --- shared fates


def clustered_frame(seed: int, clusters: int, size: int, spread: float, rate: float = 0.06) -> pl.DataFrame:
    """Make campaigns whose failure rates differ (beta-binomial with that intraclass correlation)."""
    rng = np.random.default_rng(seed)
    weight = 1 / spread - 1 if spread else 0.0
    rates = rng.beta(weight * rate, weight * (1 - rate), clusters) if spread else np.full(clusters, rate)
    sizes = rng.poisson(size, clusters) + 1
    failing = rng.binomial(sizes, rates)
    tags = np.repeat([f"c{chr(97 + n // 26)}{chr(97 + n % 26)}" for n in range(clusters)], sizes)
    status = np.concatenate([np.repeat([3, 2], [f, n - f]) for f, n in zip(failing, sizes, strict=True)])
    return pl.DataFrame({"client_tag": tags, "status_id": status.astype(np.int16)}).with_columns(
        campaign="client_tag", detailed_status_id=pl.lit("12721"), carrier=pl.lit("au")
    )


def test_cluster_variance_is_that_of_a_cluster_robust_regression() -> None:
    """With many clusters the interval's variance is statsmodels' cluster-robust one."""
    frame = clustered_frame(3, 60, 80, 0.05)
    y = (frame["status_id"] == 3).cast(pl.Int64).to_numpy()
    groups = frame["campaign"].rank("dense").to_numpy()
    fit = sm.OLS(y, np.ones(len(y))).fit(
        cov_type="cluster", cov_kwds={"groups": groups, "use_correction": False}
    )
    counts = frame.group_by("campaign").agg(
        n=pl.len().cast(pl.Int64), f=(pl.col("status_id") == 3).sum().cast(pl.Int64)
    )
    n, f = counts["n"].to_numpy(), counts["f"].to_numpy()
    p = f.sum() / n.sum()
    robust = float(fit.bse[0]) ** 2 * len(n) / (len(n) - 1)
    assert ((f - p * n) ** 2).sum() / n.sum() ** 2 * len(n) / (len(n) - 1) == pytest.approx(robust, rel=1e-6)
    # one group: its own effect and the table's common one are the same up to the number of clusters
    equal = n.sum() ** 2 / (n**2).sum()
    t = stats.t.ppf(0.975, equal - 1 + PRIOR_CLUSTERS)
    got = zr.failures.breakdown(frame, [], cluster="campaign").row(0, named=True)
    half = (got["rate_high"] - got["rate_low"]) / 2
    assert half == pytest.approx(t * robust**0.5, rel=0.03)


def test_clusters_never_narrow_an_interval_and_lone_messages_leave_it() -> None:
    """Null clusters stand for themselves: then it is Wilson's interval."""
    frame = clustered_frame(5, 30, 50, 0.0)
    plain = zr.failures.breakdown(frame, [])
    alone = zr.failures.breakdown(
        frame.with_columns(campaign=pl.lit(None, pl.String)), [], cluster="campaign"
    )
    assert alone["few_clusters"].to_list() == [False]
    assert plain["few_clusters"].to_list() == [None]
    assert_frame_equal(alone.drop("few_clusters"), plain.drop("few_clusters"), rel_tol=1e-3)
    shared = zr.failures.breakdown(clustered_frame(5, 30, 50, 0.1), [], cluster="campaign")
    independent = zr.failures.breakdown(clustered_frame(5, 30, 50, 0.1), [])
    assert shared["rate_high"].item() - shared["rate_low"].item() > 1.5 * (
        independent["rate_high"].item() - independent["rate_low"].item()
    )


@pytest.mark.slow
def test_intervals_that_know_campaigns_cover_what_they_say() -> None:
    """At an intraclass correlation of 0.05 Wilson covers the true rate in about half of all samples, ours in 95 %."""
    hits = {"wilson": 0, "cluster": 0}
    rounds = 100
    for seed in range(rounds):
        frame = clustered_frame(1000 + seed, 20, 200, 0.05)
        for name, cluster in (("wilson", None), ("cluster", "campaign")):
            row = zr.failures.breakdown(frame, [], cluster=cluster).row(0, named=True)
            hits[name] += row["rate_low"] <= 0.06 <= row["rate_high"]
    assert hits["wilson"] / rounds < 0.65
    assert 0.90 <= hits["cluster"] / rounds <= 0.99


@given(st.floats(4, 500), st.sampled_from([0.75, 0.9, 0.95, 0.975]))
def test_student_quantile_is_scipys(freedom: float, probability: float) -> None:
    """The expansion is within a thousandth from four degrees of freedom on, of a column as of one number."""
    assert student(freedom, probability) == pytest.approx(stats.t.ppf(probability, freedom), rel=1e-3)
    assert pl.select(student(pl.lit(freedom))).item() == student(freedom)


@given(st.integers(0, 60), st.integers(0, 60), st.floats(0, 1))
@settings(deadline=None)
def test_binomial_tail_is_scipys(hits: int, tries: int, chance: float) -> None:
    """Exact, at the edges too."""
    assert binomial_tail(hits, tries, chance) == pytest.approx(
        stats.binom.sf(hits - 1, tries, chance), rel=1e-9, abs=1e-12
    )


@given(st.lists(st.floats(0, 1), max_size=30))
def test_discoveries_are_statsmodels(chances: list[float]) -> None:
    """Benjamini-Hochberg, none for no tests."""
    expected = [] if not chances else sm.stats.multipletests(chances, 0.05, method="fdr_bh")[0].tolist()
    assert discoveries(chances) == expected


@pytest.mark.parametrize(
    ("start", "end"),
    [("2026-10-01", "20261003"), (date(2026, 10, 1), date(2026, 10, 3)), ("2026-10-01", date(2026, 10, 3))],
)
def test_coverage_reads_days_as_everywhere(start: Any, end: Any) -> None:
    """Texts and dates name the same days; each has a row, with messages or without."""
    got = zr.failures.coverage(statuses([{"send_date": date(2026, 10, 2)}]), start, end)
    assert got.select("day", "messages").rows() == [
        (date(2026, 10, 1), 0),
        (date(2026, 10, 2), 1),
        (date(2026, 10, 3), 0),
    ]


@pytest.mark.parametrize(
    ("start", "end", "why"),
    [
        (None, "2026-10-03", "both start and end"),
        ("2026-10-03", None, "both start and end"),
        ("send_date", "date_time", "must be a day"),
        ("2026-10-03", "2026-10-01", "reversed"),
    ],
)
def test_coverage_refuses_half_a_period_and_what_is_no_day(
    start: str | None, end: str | None, why: str
) -> None:
    """One end alone says nothing about what is missing."""
    with pytest.raises(zr.InputError, match=why):
        zr.failures.coverage(statuses([{}]), start, end)
