"""Backtest of `zr.usage.forecast` on ten kinds of sender that the sandbox does not know.

    python benchmarks/senders.py [--first-seed 1000] [--seeds 100] [--days 7 21] [--against OTHER.py]

Every seed makes one series of each kind, by plain numpy and without the sandbox: steady, growth, decline, shift (the
level changes in the weeks before the running month or on its 1st), burst (the month's last days), biller (most on one
to three days of the month), office (working days alone), nights (codes, day and night), holidays (shops) and campaigns
(a few days with many times as much). The forecast is made after the 3rd, 7th, 14th, 21st and 27th, from half a year of
days (`statuses`) and from counts alone (`months`: a year of whole months and the running one). `--against` names
another file with a function `forecast`, to be compared on the same series: how far the medians differ, and the standard
error of that (bootstrap over seeds, both rules drawn together). Seeds 0 to 99 were looked at while building.
"""

from __future__ import annotations

import argparse
import importlib.util
import sys
from collections.abc import Callable, Iterable, Iterator
from datetime import date, timedelta
from typing import Any

import numpy as np
import polars as pl
from holidays import country_holidays
from numpy.typing import NDArray

from zrtools import usage
from zrtools.periods import month_end, months_before
from zrtools.schemas import COUNTS, DAILY_USAGE

KINDS = (
    *("steady", "growth", "decline", "shift", "burst", "biller", "office", "nights", "holidays", "campaigns"),
)
CUTS = (3, 7, 14, 21, 27)
LEVEL = 0.8
_RESTS = country_holidays("JP", years=range(2023, 2028))
Floats = NDArray[np.float64]


def series(kind: str, seed: int) -> tuple[list[date], Floats, date]:
    """Make a sender's days, and the month that is judged, their last."""
    rng = np.random.default_rng([seed, KINDS.index(kind)])
    month = months_before(date(2026, 11, 1), int(rng.integers(0, 14)))
    first, last = months_before(month, 13), month_end(month)
    days = [first + timedelta(n) for n in range((last - first).days + 1)]
    rest = np.array([d in _RESTS for d in days])
    weekday = np.array([d.weekday() for d in days])
    works = (weekday < 5) & ~rest
    age = np.array([(d - month).days for d in days], dtype=float)
    level = np.full(len(days), float(np.exp(rng.uniform(np.log(200), np.log(20_000)))))
    # every level wanders a little
    level *= np.exp(np.cumsum(rng.normal(0, 0.004, len(days))))
    factor = np.ones(len(days))
    factor[weekday == 5] = rng.uniform(0.3, 1.0)
    factor[(weekday == 6) | rest] = rng.uniform(0.2, 0.9)
    noise = rng.uniform(0.04, 0.2)
    if kind in ("growth", "decline"):
        rate = rng.uniform(0.04, 0.12) * (1 if kind == "growth" else -1)
        level *= np.exp(np.log1p(rate) * age / 30.4)
    elif kind == "shift":
        begin = 0 if rng.random() < 0.5 else -int(rng.integers(1, 41))
        level[age >= begin] *= rng.uniform(1.4, 2.5) if rng.random() < 0.6 else rng.uniform(0.4, 0.7)
    elif kind == "burst":
        size, length, calendar = rng.uniform(2, 6), int(rng.integers(2, 6)), rng.random() < 0.5
        for at, d in enumerate(days):
            ahead = [d + timedelta(n) for n in range((month_end(d) - d).days + 1)]
            left = len(ahead) if calendar else sum(a.weekday() < 5 and a not in _RESTS for a in ahead)
            if left <= length and (calendar or works[at]):
                factor[at] *= size
    elif kind == "biller":
        share, roll = rng.uniform(0.5, 0.8), str(rng.choice(["none", "forward", "back"]))
        chosen = rng.choice(np.arange(1, 29), int(rng.integers(1, 4)), replace=False)
        bills = {rolled(date(d.year, d.month, int(n)), roll) for d in days if d.day == 1 for n in chosen}
        factor[np.array([d in bills for d in days])] *= 1 + 30 * share / (1 - share) / len(chosen)
    elif kind == "office":
        # offices rest around New Year, too
        factor[
            ~works | np.array([(d.month, d.day) in ((12, 30), (12, 31), (1, 2), (1, 3)) for d in days])
        ] = 0.0
    elif kind == "nights":
        factor[weekday >= 5] = rng.uniform(0.9, 1.4)
        factor[rest & (weekday < 5)] = rng.uniform(0.9, 1.3)
        noise = rng.uniform(0.02, 0.08)
    elif kind == "holidays":
        factor[weekday >= 5] = rng.uniform(1.2, 2.2)
        factor[rest] = rng.uniform(1.3, 2.5)
    elif kind == "campaigns":
        big = rng.random(len(days)) < rng.uniform(0.04, 0.12)
        factor[big] *= rng.lognormal(1.3, 0.5, int(big.sum()))
    return (
        days,
        rng.poisson(level * factor * rng.lognormal(-(noise**2) / 2, noise, len(days))).astype(float),
        month,
    )


def rolled(day: date, roll: str) -> date:
    """Move a day to the working day after or before it."""
    step = timedelta({"none": 0, "forward": 1, "back": -1}[roll])
    while step and (day.weekday() >= 5 or day in _RESTS):
        day += step
    return day


def known(days: list[date], values: Floats, month: date, through: date) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Give the counts and the days' sums as they stood after a day."""
    rows = pl.DataFrame({"send_date": days, "n": values.astype(int)}).filter(pl.col("send_date") <= through)
    one = {"carrier_id": pl.lit("101"), "carrier": pl.lit("au")}
    counts = (
        rows.group_by(month=pl.col("send_date").dt.truncate("1mo"))
        .agg(separated_success_count=pl.col("n").sum())
        .with_columns(
            **one,
            client_id=pl.lit("1"),
            through=pl.min_horizontal(pl.col("month").dt.month_end(), pl.lit(through)),
        )
        .filter(pl.col("month") > months_before(month, 13))
    )
    daily = rows.filter(pl.col("send_date") > through - timedelta(182)).with_columns(
        **one,
        **{c: pl.col("n") for c in ("messages", "delivered", "delivered_count")},
        **{
            c: pl.lit(0)
            for c in DAILY_USAGE
            if c not in ("send_date", "messages", "delivered", "delivered_count")
            and c not in ("client_id", "carrier_id", "carrier")
        },
        client_id=pl.lit("1"),
    )
    return (
        counts.select(pl.col(c).cast(t) for c, t in COUNTS.items()),
        daily.select(pl.col(c).cast(t) for c, t in DAILY_USAGE.items()),
    )


def judged(
    seed: int, kind: str, rules: dict[str, Callable[..., pl.DataFrame]], cuts: Iterable[int] = CUTS
) -> Iterator[dict[str, Any]]:
    """Forecast one series after each cut, and compare with what its month came to."""
    days, values, month = series(kind, seed)
    end = sum(v for d, v in zip(days, values, strict=True) if d >= month)
    for cut in cuts:
        counts, daily = known(days, values, month, month + timedelta(cut - 1))
        for rule, forecast in rules.items():
            for method, statuses in (("statuses", daily), ("months", None)):
                row = forecast(counts, statuses, level=LEVEL).row(-1, named=True)
                yield {
                    "rule": rule,
                    "method": method,
                    "seed": seed,
                    "kind": kind,
                    "day": cut,
                    "bias": row["forecast"] / end - 1,
                    "error": abs(row["forecast"] / end - 1),
                    "held": row["low"] <= end <= row["high"],
                    "width": (row["high"] - row["low"]) / end,
                }


def differences(found: pl.DataFrame) -> pl.DataFrame:
    """Say how far the rules' median errors differ, by method and kind, and the standard error of that."""
    rng = np.random.default_rng(0)
    pairs = found.pivot("rule", index=["method", "kind", "seed", "day"], values="error")
    every = pairs.with_columns(kind=pl.lit("all"))
    rows = []
    for (method, kind), part in pl.concat([pairs, every]).group_by("method", "kind", maintain_order=True):
        of_seed = [mine.select("now", "other").to_numpy() * 100 for _, mine in part.group_by("seed")]
        drawn = (
            np.median(np.concatenate([of_seed[n] for n in draw]), axis=0)
            for draw in rng.integers(0, len(of_seed), (1000, len(of_seed)))
        )
        now, other = np.median(np.concatenate(of_seed), axis=0)
        spread = float(np.std([a - b for a, b in drawn]))
        rows.append((method, kind, now, other, now - other, spread, now / other))
    names = ["method", "kind", "now", "other", "difference", "standard error", "ratio"]
    return pl.DataFrame(rows, schema=names, orient="row")


def main() -> None:
    """Run and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--first-seed", type=int, default=1000)
    parser.add_argument("--seeds", type=int, default=100)
    parser.add_argument("--against")
    parser.add_argument("--days", nargs="*", type=int, default=list(CUTS))
    parser.add_argument("--kinds", nargs="*", default=list(KINDS))
    options = parser.parse_args()
    rules: dict[str, Callable[..., pl.DataFrame]] = {"now": usage.forecast}
    if options.against:
        spec = importlib.util.spec_from_file_location("other", options.against)
        assert spec is not None
        assert spec.loader is not None
        other = sys.modules["other"] = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(other)
        rules["other"] = other.forecast
    seeds = range(options.first_seed, options.first_seed + options.seeds)
    found = pl.DataFrame(
        [row for seed in seeds for kind in options.kinds for row in judged(seed, kind, rules, options.days)]
    )
    per_cent = [
        (pl.col("error").median() * 100).alias("median error"),
        (pl.col("error").quantile(0.9) * 100).alias("90th"),
        (pl.col("bias").median() * 100).alias("bias"),
        (pl.col("held").mean() * 100).alias("held"),
        (pl.col("width").median() * 100).alias("width"),
    ]
    with pl.Config(
        tbl_rows=-1, tbl_hide_dataframe_shape=True, tbl_hide_column_data_types=True, float_precision=2
    ):
        for by in (["kind"], ["day"], []):
            print(found.group_by("method", "rule", *by).agg(per_cent).sort("method", *by, "rule"))
        if options.against:
            print(differences(found))


if __name__ == "__main__":
    main()
