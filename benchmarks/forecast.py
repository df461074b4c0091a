"""Backtest of `zr.usage.forecast` on the sandbox's months: how far off, and how often the interval held.

    python benchmarks/forecast.py [--seeds 20] [--first-seed 0] [--months 12] [--messages-per-day 4000]

Every seed is another customer. For each whole month, from the fifth on, the forecast is made as of several days, from
what was known then: statuses that had arrived, snapshots of the counts, or months alone. `naive` carries the mean day
on.
"""

from __future__ import annotations

import argparse
from datetime import date, datetime, time, timedelta

import numpy as np
import polars as pl

from zrtools import usage
from zrtools.codes import CARRIERS
from zrtools.periods import TOKYO, month_end
from zrtools.sandbox import Sandbox
from zrtools.schemas import COUNTS, COUNTS_HISTORY, DAILY_USAGE

TODAY = date(2026, 11, 20)
CARRIER_IDS = ("101", "103", "105", "106", None)
CUTS = (3, 7, 14, 21, 27)
LEVEL = 0.8


class Customer:
    """One seed's traffic, added up by day as it was seen at a moment."""

    def __init__(self, seed: int, months: int, messages_per_day: int) -> None:
        # never started: only its traffic is looked at, without the network
        sandbox = Sandbox(seed=seed, today=TODAY, messages_per_day=messages_per_day, months=months + 3)
        self.first = sandbox.first
        self.traffic = sandbox.service.traffic
        self._final: dict[date, np.ndarray] = {}

    def sums(self, day: date, seen: datetime) -> np.ndarray:
        """Add a day up: messages, delivered, failed, delivered count, failed count by carrier (last row: pending)."""
        if day in self._final:
            return self._final[day]
        made = self.traffic.day(day)
        known = (made.settles <= made.reached(seen)) & ~made.undefined
        table = np.zeros((6, 5), dtype=np.int64)
        for column, which, weights in (
            (1, known & ~made.failed, None),
            (2, known & made.failed, None),
            (3, known & ~made.failed, made.parts),
            (4, known & made.failed, made.parts),
        ):
            table[:5, column] = np.bincount(
                made.carrier[which], None if weights is None else weights[which], minlength=5
            )
        table[:5, 0] = table[:5, 1] + table[:5, 2]
        table[5, 0] = int((~known).sum())
        if seen.date() - day > timedelta(5):
            self._final[day] = table
        return table

    def days(self, begin: date, end: date, seen: datetime) -> pl.DataFrame:
        """Give DAILY_USAGE as it was seen."""
        rows = []
        for n in range((end - begin).days + 1):
            day = begin + timedelta(n)
            for at, (messages, delivered, failed, parts, failed_parts) in enumerate(self.sums(day, seen)):
                carrier = None if at == 5 else CARRIER_IDS[at]
                name = CARRIERS[carrier].name if carrier else None
                pending = messages - delivered - failed
                rows.append(
                    (
                        day,
                        None,
                        carrier,
                        name,
                        messages,
                        delivered,
                        failed,
                        pending,
                        parts,
                        failed_parts,
                        0,
                        0,
                        1,
                    )
                )
        keys = ["send_date", "client_id", "carrier_id", "carrier"]
        return (
            pl.DataFrame(rows, schema=DAILY_USAGE, orient="row")
            .group_by(keys)
            .agg(pl.all().sum())
            .select(DAILY_USAGE.names())
            .sort(keys, nulls_last=True)
        )


def counts_of(days: pl.DataFrame, through: date) -> pl.DataFrame:
    """Add days up as the service does: delivered and failed, known carriers only."""
    return (
        days.filter(pl.col("carrier_id").is_not_null())
        .group_by(pl.col("send_date").dt.truncate("1mo").alias("month"), "carrier_id", "carrier")
        .agg(separated_success_count=(pl.col("delivered_count") + pl.col("failed_count")).sum())
        .with_columns(
            client_id=pl.lit("1"), through=pl.min_horizontal(pl.col("month").dt.month_end(), pl.lit(through))
        )
        .select(pl.col(c).cast(t) for c, t in COUNTS.items())
    )


def main() -> None:
    """Run and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=20)
    parser.add_argument("--first-seed", type=int, default=0)
    parser.add_argument("--months", type=int, default=12)
    parser.add_argument("--messages-per-day", type=int, default=4000)
    options = parser.parse_args()
    found = []
    for seed in range(options.first_seed, options.first_seed + options.seeds):
        customer = Customer(seed, options.months, options.messages_per_day)
        whole = customer.days(customer.first, TODAY - timedelta(6), datetime.combine(TODAY, time(3), TOKYO))
        truth = counts_of(whole, TODAY)
        snapshots: list[pl.DataFrame] = []
        day = customer.first
        months = sorted(m for m in truth["month"].unique() if m < TODAY.replace(day=1))
        while day <= months[-1] + timedelta(27):
            seen = datetime.combine(day + timedelta(1), time(3), TOKYO)
            known = customer.days(max(customer.first, day.replace(day=1)), day, seen)
            snapshots.append(
                counts_of(known, day).with_columns(pl.lit(seen).cast(COUNTS_HISTORY["taken"]).alias("taken"))
            )
            if day.day in CUTS and day.replace(day=1) in months[4:]:
                found += judged(seed, day, customer, truth, pl.concat(snapshots), seen)
            day += timedelta(1)
    report(pl.DataFrame(found), options.seeds)


def judged(
    seed: int, through: date, customer: Customer, truth: pl.DataFrame, history: pl.DataFrame, seen: datetime
) -> list[dict[str, object]]:
    """Compare one day's forecasts with what the month came to."""
    month = through.replace(day=1)
    running = counts_of(customer.days(month, through, seen), through)
    counts = pl.concat([truth.filter(pl.col("month") < month), running])
    statuses = customer.days(through - timedelta(181), through, seen)
    made = {
        "statuses": usage.forecast(counts, statuses, level=LEVEL),
        "snapshots": usage.forecast(history, level=LEVEL),
        "months": usage.forecast(counts, level=LEVEL),
    }
    real = truth.filter(pl.col("month") == month)
    by_carrier = {**dict(real.select("carrier_id", "separated_success_count").iter_rows())}
    by_carrier[usage.ALL] = sum(by_carrier.values())
    rows = []
    for method, frame in made.items():
        for row in frame.filter(pl.col("carrier_id").is_not_null()).iter_rows(named=True):
            end = by_carrier[row["carrier_id"]]
            rows.append(
                {
                    "method": method,
                    "day": through.day,
                    "whole": row["carrier_id"] == usage.ALL,
                    "error": abs(row["forecast"] / end - 1),
                    "bias": row["forecast"] / end - 1,
                    "held": row["low"] <= end <= row["high"],
                    "width": (row["high"] - row["low"]) / end,
                    "seed": seed,
                }
            )
            if method == "months":
                naive = row["counted"] / through.day * month_end(month).day
                rows.append(
                    rows[-1]
                    | {
                        "method": "naive",
                        "error": abs(naive / end - 1),
                        "bias": naive / end - 1,
                        "held": None,
                    }
                )
    return rows


def report(found: pl.DataFrame, seeds: int) -> None:
    """Print error and coverage by method and day of the month."""
    with pl.Config(
        tbl_rows=-1, tbl_hide_dataframe_shape=True, tbl_hide_column_data_types=True, float_precision=2
    ):
        for whole in (True, False):
            print(
                f"\n{'all carriers together' if whole else 'single carriers'}, {seeds} seeds, level {LEVEL}, per cent"
            )
            print(
                found.filter(pl.col("whole") == whole)
                .group_by("method", "day")
                .agg(
                    median_error=pl.col("error").median() * 100,
                    p90_error=pl.col("error").quantile(0.9) * 100,
                    bias=pl.col("bias").mean() * 100,
                    coverage=pl.col("held").mean() * 100,
                    width=pl.col("width").median() * 100,
                    forecasts=pl.len(),
                )
                .sort("method", "day")
            )


if __name__ == "__main__":
    main()
