"""Measure how often 95 % intervals of failure rates hold the long-run rate, in quiet sandbox traffic.

    python benchmarks/failure_intervals.py --seeds 200-211

Each week of campaign messages is a sample. The long-run rate is that of all weeks of all seeds together: the traffic is
made by one recipe, only the campaigns differ.
"""

from __future__ import annotations

import argparse

import polars as pl
from incidents import numbers, traffic

import zrtools as zr
from zrtools.failures import breakdown, features

FIXED = ("otp", "reminder", "delivery", "invoice")
MONTHS = ["2026-08", "2026-09", "2026-10"]


def campaigns_of(seed: int, messages_per_day: int) -> pl.DataFrame:
    """Fetch three quiet months of campaign messages, classified, week by week."""
    frames, _ = traffic(seed, MONTHS, messages_per_day, planted=False)
    return (
        features(zr.classify(pl.concat(frames)))
        .filter(pl.col("campaign").is_not_null() & ~pl.col("campaign").is_in(FIXED))
        .with_columns(week=pl.col("day").dt.truncate("1w"))
        .select("week", "day", "carrier", "campaign", "outcome", "failure_category")
    )


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", default="200-205")
    parser.add_argument("--messages-per-day", type=int, default=4000)
    options = parser.parse_args()
    weeks = [
        week
        for seed in numbers(options.seeds)
        for week in campaigns_of(seed, options.messages_per_day).partition_by("week")
        if week["day"].n_unique() == 7
    ]
    everything = pl.concat(weeks)
    print(f"{len(weeks)} weeks, {everything.height / len(weeks):,.0f} campaign messages in each")
    print(
        f"{'rate of':28} {'samples':>7} {'Wilson':>7} {'campaign':>8} {'send_date':>9}   width against Wilson's"
    )
    for title, by in (("all failures", []), ("a carrier", ["carrier"]), ("a category", ["failure_category"])):
        truth = (
            breakdown(everything, by)
            .select(*by, truth="failure_rate", all="failed")
            .filter(pl.col("all") > 200)
        )
        held: dict[str | None, list[tuple[bool, float]]] = {}
        for cluster in (None, "campaign", "day"):
            for week in weeks:
                got = breakdown(week, by, cluster=cluster)
                got = got.join(truth, on=by, nulls_equal=True) if by else got.join(truth, how="cross")
                hit = got.select(
                    pl.col("truth").is_between("rate_low", "rate_high"),
                    pl.col("rate_high") - pl.col("rate_low"),
                )
                held.setdefault(cluster, []).extend(hit.iter_rows())
        share = {c: sum(h for h, _ in rows) / len(rows) for c, rows in held.items()}
        width = {c: sum(w for _, w in rows) / len(rows) for c, rows in held.items()}
        print(
            f"{title:28} {len(held[None]):7} {share[None]:7.3f} {share['campaign']:8.3f} {share['day']:9.3f}   "
            f"campaign {width['campaign'] / width[None]:.2f}, send_date {width['day'] / width[None]:.2f}"
        )


if __name__ == "__main__":
    main()
