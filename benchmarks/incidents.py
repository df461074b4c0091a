"""Judge the incident detector against the sandbox's planted incidents, beside a three-sigma rule.

    python benchmarks/incidents.py --seeds 130-139 --quiet 220-225

An incident counts when its failure rate is at least doubled and it has at least 100 failures too many; found means the
same segment and an overlap in time of at least 0.3 (intersection over union). What is found of planted incidents that
are too small to count is neither right nor wrong. Seeds below 130 were used while the detector was built.
"""

from __future__ import annotations

import argparse
import time
from datetime import date, timedelta

import polars as pl

import zrtools as zr
from zrtools.failures import features, incidents
from zrtools.sandbox import Sandbox

TODAY = "2026-11-20"
OVERLAP = 0.3


def traffic(
    seed: int, months: list[str], messages_per_day: int, *, planted: bool
) -> tuple[list[pl.DataFrame], pl.DataFrame]:
    """Fetch months of a sandbox, and the truth."""
    with Sandbox(seed=seed, today=TODAY, messages_per_day=messages_per_day, incidents=planted) as sandbox:
        with zr.Client(
            token=sandbox.token,
            client_id=sandbox.client_ids[0],
            sms_code=sandbox.sms_code,
            base_url=sandbox.url,
            pace=None,
        ) as client:
            frames = [client.status(month, progress=False) for month in months]
        return frames, sandbox.incidents()


def truth_of(planted: pl.DataFrame, month: str) -> pl.DataFrame:
    """List the incidents planted in a month as dimension and segment, and which of them count."""
    first = zr.periods.month(month)
    begin = pl.lit(first).cast(pl.Datetime("ms")).dt.replace_time_zone("Asia/Tokyo")
    finish = begin.dt.offset_by("1mo")
    # of an incident that reaches over the month's edge a part is seen: neither right nor wrong
    whole = (pl.col("start") >= begin) & (pl.col("end") <= finish)
    return planted.filter((pl.col("start") < finish) & (pl.col("end") > begin)).select(
        "kind",
        "excess_failures",
        "rate_multiplier",
        dimension=pl.when(pl.col("carrier").is_not_null())
        .then(pl.lit("carrier"))
        .when(pl.col("sms_code").is_not_null())
        .then(pl.lit("sms_code"))
        .otherwise(pl.lit("campaign")),
        segment=pl.coalesce("carrier", "sms_code", "campaign"),
        counts=whole & (pl.col("rate_multiplier") >= 2) & (pl.col("excess_failures") >= 100),
        start=pl.max_horizontal("start", begin),
        end=pl.min_horizontal("end", finish),
    )


def overlap(a: dict[str, object], b: dict[str, object]) -> float:
    """Give intersection over union of two stretches of time."""
    shared = min(a["end"], b["end"]) - max(a["start"], b["start"])  # type: ignore[type-var, operator]
    whole = max(a["end"], b["end"]) - min(a["start"], b["start"])  # type: ignore[type-var, operator]
    return max(shared / whole, 0.0) if whole else 0.0


def judge(truth: pl.DataFrame, found: pl.DataFrame) -> dict[str, int]:
    """Count what was found, missed and wrongly reported."""
    rows = truth.to_dicts()
    matched: set[int] = set()
    wrong = 0
    for report in found.to_dicts():
        hits = [
            n
            for n, row in enumerate(rows)
            if (row["dimension"], row["segment"]) == (report["dimension"], report["segment"])
            and overlap(row, report) >= OVERLAP
        ]
        matched.update(hits)
        wrong += not hits
    counting = [n for n, row in enumerate(rows) if row["counts"]]
    return {
        "planted": len(counting),
        "found": sum(n in matched for n in counting),
        "wrong": wrong,
        "small": sum(n in matched for n, row in enumerate(rows) if not row["counts"]),
    }


def three_sigma(frame: pl.DataFrame) -> pl.DataFrame:
    """Report the hours of a segment whose rate lies three standard deviations above its mean, neighbours joined.

    The rule gets the same segments, and the same floor of 80 failures too many and a rate 1.8 times the usual one.
    """
    hourly = (
        features(zr.classify(frame.lazy()))
        .filter(pl.col("outcome").is_in(["failed", "delivered"]))
        .with_columns(
            at=pl.col("date_time").dt.truncate("1h"), failing=(pl.col("outcome") == "failed").cast(pl.Int64)
        )
    )
    found = []
    for dimension in ("carrier", "sms_code", "campaign"):
        cells = (
            hourly.drop_nulls(dimension)
            .group_by(dimension, "at")
            .agg(n=pl.len(), f=pl.col("failing").sum())
            .filter(pl.col("n") >= 20)
            .with_columns(rate=pl.col("f") / pl.col("n"))
            .with_columns(mean=pl.col("rate").mean().over(dimension), sd=pl.col("rate").std().over(dimension))
            .filter(pl.col("rate") > pl.col("mean") + 3 * pl.col("sd"))
            .sort(dimension, "at")
            .with_columns(
                step=(pl.col("at").diff().over(dimension) > pl.duration(hours=2)).fill_null(value=True)
            )
            .with_columns(run=pl.col("step").cum_sum())
            .group_by(dimension, "run")
            .agg(
                start=pl.col("at").min(),
                end=pl.col("at").max() + pl.duration(hours=1),
                f=pl.col("f").sum(),
                usual=(pl.col("mean") * pl.col("n")).sum(),
            )
            .filter((pl.col("f") - pl.col("usual") >= 80) & (pl.col("f") >= 1.8 * pl.col("usual")))
            .select(pl.lit(dimension).alias("dimension"), pl.col(dimension).alias("segment"), "start", "end")
        )
        found.append(cells.collect())
    return pl.concat(found)


def numbers(text: str) -> list[int]:
    """Read "100-104" or "1,5"."""
    if "-" in text:
        first, last = map(int, text.split("-"))
        return list(range(first, last + 1))
    return [int(n) for n in text.split(",") if n]


def main() -> None:
    """Judge and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", default="130-139", help="seeds with planted incidents")
    parser.add_argument("--quiet", default="220-225", help="seeds of quiet traffic")
    parser.add_argument("--months", type=int, default=3, help="whole months of each seed")
    parser.add_argument("--messages-per-day", type=int, default=4000)
    parser.add_argument("--show", action="store_true", help="list what was missed and wrongly reported")
    options = parser.parse_args()
    first = date.fromisoformat(TODAY).replace(day=1)
    months = []
    for _ in range(options.months):
        first = (first - timedelta(1)).replace(day=1)
        months.insert(0, f"{first:%Y-%m}")
    totals = {
        name: {"planted": 0, "found": 0, "wrong": 0, "small": 0, "quiet": 0}
        for name in ("incidents", "three sigma")
    }
    quiet_months, spent, rows = 0, 0.0, 0
    for planted, seeds in ((True, numbers(options.seeds)), (False, numbers(options.quiet))):
        for seed in seeds:
            frames, planned = traffic(seed, months, options.messages_per_day, planted=planted)
            for month, frame in zip(months, frames, strict=True):
                begin = time.perf_counter()
                reports = {"incidents": incidents(frame)}
                spent += time.perf_counter() - begin
                rows += frame.height
                reports["three sigma"] = three_sigma(frame)
                truth = truth_of(planned, month)
                quiet_months += not planted
                for name, report in reports.items():
                    if planted:
                        for key, value in judge(truth, report).items():
                            totals[name][key] += value
                    else:
                        totals[name]["quiet"] += report.height
                if options.show:
                    show(seed, month, truth, reports["incidents"])
    print(f"{'':12} planted found recall precision small  false alarms in a quiet month")
    for name, t in totals.items():
        recall = t["found"] / t["planted"] if t["planted"] else float("nan")
        reported = t["found"] + t["small"] + t["wrong"]
        precision = (reported - t["wrong"]) / reported if reported else float("nan")
        alarms = t["quiet"] / quiet_months if quiet_months else float("nan")
        print(
            f"{name:12} {t['planted']:7} {t['found']:5} {recall:6.3f} {precision:9.3f} {t['small']:5} {alarms:6.2f}"
        )
    print(f"{rows:,} statuses, {spent / rows * 1e6:.1f} s a million")


def show(seed: int, month: str, truth: pl.DataFrame, found: pl.DataFrame) -> None:
    """List what was missed and wrongly reported."""
    reports = found.to_dicts()
    for row in truth.filter("counts").to_dicts():
        same = [r for r in reports if (r["dimension"], r["segment"]) == (row["dimension"], row["segment"])]
        if not any(overlap(row, r) >= OVERLAP for r in same):
            print("missed", seed, month, {k: str(v) for k, v in row.items()})
    for r in reports:
        same = [
            t for t in truth.to_dicts() if (r["dimension"], r["segment"]) == (t["dimension"], t["segment"])
        ]
        if not any(overlap(t, r) >= OVERLAP for t in same):
            keys = (
                "dimension",
                "segment",
                "failure_category",
                "start",
                "end",
                "failed",
                "expected",
                "excess",
                "ratio",
                "p_value",
            )
            print("wrong ", seed, month, {k: str(r[k]) for k in keys})


if __name__ == "__main__":
    main()
