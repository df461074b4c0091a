"""What changed between two periods."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl
import pytest
from failures_frames import kinds, statuses
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal
from statsmodels.stats.proportion import confint_proportions_2indep

import zrtools as zr
from zrtools import schemas

CELL = st.tuples(
    st.sampled_from(["au", "docomo", "SoftBank", None]),
    st.sampled_from(["12721", "31732", "3"]),
    st.integers(0, 30),
    st.integers(0, 30),
)
PERIOD = st.lists(CELL, min_size=1, max_size=6)


def period(cells: list[tuple[str | None, str, int, int]]) -> pl.DataFrame:
    """Make so many failed and delivered messages of each carrier and code."""
    rows: list[dict[str, Any]] = [{"carrier": "au", "status_id": 2}]
    for carrier, code, failed, delivered in cells:
        rows += [{"carrier": carrier, "detailed_status_id": code, "status_id": 3}] * failed
        rows += [{"carrier": carrier, "status_id": 2}] * delivered
    return statuses(rows)


@pytest.mark.slow
@pytest.mark.parametrize("by", [["carrier"], ["carrier", "failure_category"], ["failure_category"], []])
@given(before=PERIOD, after=PERIOD)
@settings(max_examples=8, deadline=None)
def test_parts_sum_to_the_change(by: list[str], before: Any, after: Any) -> None:
    """Whatever the segments, also those of one period only, contributions sum to the change of the whole rate."""
    old, new = period(before), period(after)
    got = zr.failures.compare(old, new, by)
    rates = [zr.failures.breakdown(f, [])["failure_rate"].item() for f in (old, new)]
    assert got["contribution"].sum() == pytest.approx((rates[1] - rates[0]) if got.height else 0, abs=1e-12)
    assert_frame_equal(
        got.select(pl.col("rate_part") + pl.col("share_part")),
        got.select(pl.col("contribution").alias("rate_part")),
    )
    assert (got["contribution_low"] <= got["contribution"]).all()


def test_one_period_may_be_classified_already() -> None:
    """A classified frame beside a raw one gives what two raw ones give."""
    with zr.Client.sandbox(seed=4, messages_per_day=200) as client:
        old, new = client.status("2026-10-01", "2026-10-03"), client.status("2026-10-08", "2026-10-10")
    by = ["carrier", "failure_category"]
    plain = zr.failures.compare(old, new, by)
    assert zr.failures.compare(old, zr.classify(new), by).equals(plain)
    assert zr.failures.compare(zr.classify(old), new, by).equals(plain)


def test_midpoint_form_by_hand() -> None:
    """Two carriers, worked out on paper: 10 % and 20 %, then 20 % and 20 % with other shares."""
    old = period([("au", "12721", 10, 89), ("docomo", "31732", 20, 80)])
    new = period([("au", "12721", 60, 239), ("docomo", "31732", 20, 80)])
    got = {r["carrier"]: r for r in zr.failures.compare(old, new).to_dicts()}
    au = got["au"]
    assert (au["share_before"], au["share_after"], au["rate_before"], au["rate_after"]) == pytest.approx(
        (0.5, 0.75, 0.1, 0.2)
    )
    assert au["rate_part"] == pytest.approx((0.5 + 0.75) / 2 * 0.1)
    assert au["share_part"] == pytest.approx(0.25 * (0.15 - (0.15 + 0.2) / 2))
    assert got["docomo"]["share_part"] == pytest.approx(-0.25 * (0.2 - (0.15 + 0.2) / 2))


def test_segments_of_one_period_are_named_and_have_no_rate_of_their_own_to_answer_for() -> None:
    """A new carrier moves the rate by its share alone."""
    old, new = period([("docomo", "31732", 5, 95)]), period([("SoftBank", "51721", 30, 70)])
    got = {r["carrier"]: r for r in zr.failures.compare(old, new, lang="en").to_dicts()}
    assert (got["SoftBank"]["presence"], got["docomo"]["presence"], got["au"]["presence"]) == (
        "after only",
        "before only",
        "both",
    )
    assert got["SoftBank"]["rate_part"] == got["docomo"]["rate_part"] == 0
    assert got["SoftBank"]["rate_before"] is None
    assert "only in the period after" in got["SoftBank"]["sentence"]
    assert "only in the period before" in got["docomo"]["sentence"]


def test_the_change_as_a_whole_has_the_interval_of_two_proportions() -> None:
    """Without clusters and keys it is the usual difference of two proportions."""
    old, new = period([("au", "12721", 60, 939)]), period([("au", "12721", 90, 1109)])
    got = zr.failures.compare(old, new, [], cluster=None).row(0, named=True)
    low, high = confint_proportions_2indep(90, 1200, 60, 1000, method="wald", compare="diff")
    assert (got["change_low"], got["change_high"]) == pytest.approx((low, high), abs=2e-4)
    assert (got["contribution_low"], got["contribution_high"]) == pytest.approx((low, high), abs=2e-4)


@pytest.mark.slow
@pytest.mark.parametrize("campaigns", [30, 6])
def test_intervals_of_contributions_cover_the_truth_when_campaigns_differ(campaigns: int) -> None:
    """Over repeated months with the same true rates, intervals by campaign, few too, hold the true change."""
    rng = np.random.default_rng(5)
    hits = {"campaign": 0, None: 0}
    rounds = 30
    for _ in range(rounds):
        frames = []
        for true in (0.05, 0.08):
            rates = rng.beta(true * 30, (1 - true) * 30, campaigns)
            failing = rng.binomial(100, rates)
            status = np.concatenate([np.repeat([3, 2], [f, 100 - f]) for f in failing]).astype(np.int16)
            tags = np.repeat([f"c{n}" for n in range(campaigns)], 100)
            frames.append(
                pl.DataFrame({"campaign": tags, "status_id": status}).with_columns(
                    detailed_status_id=pl.lit("3")
                )
            )
        for cluster in hits:
            row = zr.failures.compare(*frames, [], cluster=cluster, unsettled_days=True).row(0, named=True)  # type: ignore[arg-type]  # two frames
            hits[cluster] += row["change_low"] <= 0.03 <= row["change_high"]
    assert hits["campaign"] / rounds >= 0.86
    assert hits[None] / rounds <= 0.85


def test_order_of_rows_and_kind_of_frame_do_not_matter() -> None:
    """Shuffled and on DuckDB the comparison is the same."""
    old = period([("docomo", "31732", 5, 95), (None, "3", 3, 40)])
    new = period([("SoftBank", "51721", 30, 70), (None, "3", 9, 40)])
    expected = zr.failures.compare(old, new, ["carrier", "failure_category"])
    assert dict(expected.schema) == {
        "carrier": pl.String,
        "failure_category": pl.String,
        **schemas.COMPARISON,
    }
    shuffled = zr.failures.compare(
        old.sample(fraction=1, shuffle=True, seed=1), new.reverse(), ["carrier", "failure_category"]
    )
    assert_frame_equal(shuffled, expected)
    there = kinds(old)["duckdb"], kinds(new)["duckdb"]
    assert_frame_equal(
        zr.failures.compare(*there, ["carrier", "failure_category"], cluster="day"),
        zr.failures.compare(old, new, ["carrier", "failure_category"], cluster="day"),
    )
    assert zr.failures.compare(*there)["contribution"].len() == 4


def test_unsettled_days_are_refused_unless_told_otherwise() -> None:
    """A rate that may still move is not compared by accident."""
    old, new = period([("au", "12721", 5, 95)]), period([("au", "12721", 5, 45)])
    pending = pl.concat([new, new.head(1).with_columns(status_id=pl.lit(1, pl.Int16))])
    with pytest.raises(
        zr.InputError, match=r"The period after has days .*\(10-01 \(Thu\)\).*unsettled_days=True"
    ):
        zr.failures.compare(old, pending)
    assert zr.failures.compare(old, pending, unsettled_days=True).height == 1


def test_periods_without_settled_messages_and_wrong_columns_are_refused() -> None:
    """There is nothing to compare with nothing."""
    some = period([("au", "12721", 5, 95)])
    with pytest.raises(zr.InputError, match="The period before has no settled message"):
        zr.failures.compare(some.clear(), some)
    with pytest.raises(zr.InputError, match="No column 'carier'"):
        zr.failures.compare(some, some, ["carier"])
    with pytest.raises(zr.InputError, match="the result's own columns"):
        zr.failures.compare(some, some, ["presence"])


@pytest.mark.parametrize(
    ("lang", "words"),
    [("ja", ["au × 輻輳", "不達率", "ポイント"]), ("en", ["au x congestion", "failure rate", "points"])],
)
def test_every_row_is_said_in_a_plain_sentence(lang: str, words: list[str]) -> None:
    """Japanese and English name carrier and category as people do."""
    old, new = period([("au", "12721", 5, 95)]), period([("au", "12721", 50, 95)])
    sentence = zr.failures.compare(old, new, ["carrier", "failure_category"], lang=lang)["sentence"][0]
    assert all(word in sentence for word in words)


def test_what_chance_explains_is_said_to_be_chance() -> None:
    """An interval with zero inside is pointed out."""
    old, new = period([("au", "12721", 5, 95)]), period([("au", "12721", 6, 95)])
    assert "Not statistically significant" in zr.failures.compare(old, new, lang="en")["sentence"][0]


@pytest.mark.parametrize("kind", [pl.Categorical(), pl.Enum(["au", "docomo"])])
def test_periods_may_keep_a_column_in_two_ways(kind: pl.DataType) -> None:
    """Text in one period and categories in the other name the same segments."""
    rows = [
        {"carrier": c, "status_id": s, "detailed_status_id": "11721"}
        for c in ("au", "docomo")
        for s in (2, 3)
    ]
    text = statuses(rows)
    got = zr.failures.compare(text, text.with_columns(pl.col("carrier").cast(kind)))
    assert sorted(got["carrier"]) == ["au", "docomo"]
