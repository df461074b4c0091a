"""Judge the incident detector against planted incidents.

    python benchmarks/incidents.py --worlds main=1000-1059 quiet=1000-1039 small=1000-1039 smallquiet=1000-1039
                                   lasting=1000-1013
    python benchmarks/incidents.py --speed
    python benchmarks/incidents.py --seeds 130-139 --quiet 220-225        # the sandbox's own, beside a three-sigma rule

An incident counts when its failure rate is at least doubled and it has at least 100 failures too many (small accounts:
20). Found means the same segment; strictly, with an overlap in time of at least 0.3 (intersection over union), loosely,
with any. What is found of planted incidents that are too small to count is neither right nor wrong. "Can be told" are
those that one could tell who knows all rates but not how good a new list is (p below 1e-6, of small accounts 1e-4), and
whose segment explains failures better than any other (log likelihood more than 3, all rates and the interval known).
Worlds up to seed 99 and the sandbox's seeds below 130 were used while the detector was built.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import threading
import time
from collections import defaultdict
from concurrent.futures import ProcessPoolExecutor
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import worlds

import zrtools as zr
from zrtools.failures import features, incidents
from zrtools.failures.detector import both_lists
from zrtools.sandbox import Sandbox

TODAY = "2026-11-20"
OVERLAP = 0.3
AHEAD = 3.0


def traffic(
    seed: int, months: list[str], messages_per_day: int, *, planted: bool | str
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
        .when(pl.col("campaign").is_not_null())
        .then(pl.lit("campaign"))
        .otherwise(pl.lit("all")),
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


def world_of(kind: str, seed: int) -> worlds.World:
    """Make the world of a seed."""
    if kind == "lasting":
        return worlds.world(seed, lasting=(3, 7, 12, 16, 20, 25, 29)[seed % 7], history_days=30)
    if kind == "national":
        return worlds.world(seed, national=True, days=15, history_days=30)
    return worlds.world(seed, quiet=kind.endswith("quiet"), small=kind.startswith("small"))


def looked(
    job: tuple[str, int],
) -> tuple[str, int, str, list[dict[str, Any]], list[dict[str, Any]], list[dict[str, Any]], float, int]:
    """Look for a world's incidents."""
    kind, seed = job
    made = world_of(kind, seed)
    begin = time.process_time()
    found, watched = both_lists(made.frame, history=made.history if made.history.height else None, lang="en")
    spent = time.process_time() - begin
    return (
        kind,
        seed,
        made.kind,
        made.truth.to_dicts(),
        found.to_dicts(),
        watched.to_dicts(),
        spent,
        made.frame.height,
    )


def hits(planted: dict[str, Any], reports: list[dict[str, Any]]) -> float:
    """Give the largest overlap of reports of the same segment, -1 for none."""
    own = (planted["dimension"], planted["values"])
    shared = [overlap(planted, r) for r in reports if (r["dimension"], r["values"]) == own]
    return max((s for s in shared if s > 0), default=-1.0)


def judge_worlds(jobs: list[tuple[str, int]], processes: int, *, show: bool) -> None:
    """Judge and print, by kind of incident and strength."""
    totals: dict[str, defaultdict[str, float]] = defaultdict(lambda: defaultdict(float))
    by: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0, 0])
    with ProcessPoolExecutor(processes) as pool:
        for kind, seed, sort, truth, found, watched, spent, rows in pool.map(looked, jobs):
            t, small = totals[kind], kind.startswith("small")
            t["worlds"] += 1
            t["seconds"] += spent
            t["rows"] += rows
            lines = []
            for planted in truth:
                loose, strict = hits(planted, found) > 0, hits(planted, found) >= OVERLAP
                listed = loose or hits(planted, watched) > 0
                if planted["strength"] < 2 or planted["excess"] < (20 if small else 100):
                    continue
                shown = planted["p_value"] < (1e-4 if small else 1e-6)
                told = shown and planted["ahead"] > AHEAD
                names = ["planted", *(["shown"] if shown else []), *(["told"] if told else [])]
                for name in names:
                    t[name] += 1
                    t[f"{name} loose"] += loose
                    t[f"{name} strict"] += strict
                    t[f"{name} listed"] += listed
                if kind == "main" and told:
                    strength = planted["strength"]
                    band = (
                        "2 to 2.5" if strength < 2.5 else "2.5 to 3.5" if strength < 3.5 else "3.5 and more"
                    )
                    for name in (planted["kind"].removesuffix(" (ramp)"), band):
                        by[name][0] += 1
                        by[name][1] += loose
                        by[name][2] += strict
                if not strict:
                    lines.append(
                        f"  missed{' strictly' if loose else ' (watched)' if listed else ''} {planted}"
                    )
            for name, reports in (("reported", found), ("watched", watched)):
                for report in reports:
                    right = [hits(planted, [report]) for planted in truth]
                    t[name] += 1
                    t[f"{name} loose"] += max(right, default=-1) > 0
                    t[f"{name} strict"] += max(right, default=-1) >= OVERLAP
                    if max(right, default=-1) < OVERLAP:
                        lines.append(f"  {name} {report}")
            if show and lines:
                print(kind, seed, sort, *lines, sep="\n")
    for kind, t in totals.items():
        print(f"{kind}: {t['worlds']:.0f} worlds, {t['seconds'] / max(t['rows'], 1) * 1e6:.1f} s a million")
        for name, which in (
            ("planted", "planted"),
            ("shown", "that chance does not explain"),
            ("told", "that can be told"),
        ):
            if t[name]:
                parts = ", ".join(
                    f"{p} {t[f'{name} {p}'] / t[name]:.3f}" for p in ("loose", "strict", "listed")
                )
                print(f"  {t[name]:.0f} {which}: {parts}")
        for name in ("reported", "watched"):
            loose, strict = (t[f"{name} {p}"] / max(t[name], 1) for p in ("loose", "strict"))
            wrong = (t[name] - t[f"{name} loose"]) / t["worlds"]
            print(f"  {t[name]:.0f} {name}: precision {loose:.3f} / {strict:.3f}, {wrong:.2f} wrong a world")
    for name, counted in sorted(by.items()):
        print(f"    {name}: {counted[0]} can be told, {counted[1]} found, {counted[2]} strictly")


CROWDS = {
    "a month of 1 million messages, 620 short campaigns": (1_000_000, 620, 6, 30),
    "1,000 campaigns": (1_000_000, 1000, 6, 30),
    "5,000 campaigns": (1_000_000, 5000, 6, 30),
    "1,000 senders": (1_000_000, 10, 1000, 30),
    "three years of 39,000 messages": (39_000, 40, 4, 1096),
}


def timed(name: str) -> None:
    """Look once and print the seconds, those of the processor, and the peak of memory above the frame."""
    rows, campaigns, senders, days = CROWDS[name]
    frame = worlds.crowd(rows, campaigns=campaigns, senders=senders, days=days)
    incidents(frame.head(1000))
    with Peak() as peak:
        wall, processor = time.perf_counter(), time.process_time()
        found = incidents(frame)
        wall, processor = time.perf_counter() - wall, time.process_time() - processor
    print(
        f"{name}: {wall:.1f} s ({processor:.1f} s of the processor), {peak.mebibytes:.0f} MiB over the frame, "
        f"{found.height} found",
        flush=True,
    )


class Peak:
    """Follow this process's memory (Linux) for a while."""

    def __enter__(self) -> Peak:
        self._base = self._top = self._now()
        self._on = True
        self._thread = threading.Thread(target=self._follow)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._on = False
        self._thread.join()

    @property
    def mebibytes(self) -> float:
        """Give the peak above what stood before."""
        return (self._top - self._base) / 2**20

    def _follow(self) -> None:
        while self._on:
            self._top = max(self._top, self._now())
            time.sleep(0.01)

    @staticmethod
    def _now() -> int:
        return int(Path("/proc/self/statm").read_text().split()[1]) * 4096


def main() -> None:
    """Judge and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", default="130-139", help="seeds with planted incidents")
    parser.add_argument("--quiet", default="220-225", help="seeds of quiet traffic")
    parser.add_argument("--months", type=int, default=3, help="whole months of each seed")
    parser.add_argument("--messages-per-day", type=int, default=4000)
    parser.add_argument(
        "--subtle", action="store_true", help="plant weak, national, lasting and mixed ones, too"
    )
    parser.add_argument("--show", action="store_true", help="list what was missed and wrongly reported")
    parser.add_argument("--worlds", nargs="+", help="kinds of worlds and their seeds instead of the sandbox")
    parser.add_argument("--speed", nargs="?", const="all", help="how long it takes, instead")
    parser.add_argument("--processes", type=int, default=2)
    options = parser.parse_args()
    if options.speed is not None:
        for name in CROWDS if options.speed == "all" else [options.speed]:
            if options.speed == "all":
                subprocess.run([sys.executable, __file__, "--speed", name], check=True)
            else:
                timed(name)
        return
    if options.worlds:
        jobs = [
            (kind, seed)
            for kind, _, seeds in (w.partition("=") for w in options.worlds)
            for seed in numbers(seeds)
        ]
        judge_worlds(jobs, options.processes, show=options.show)
        return
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
            frames, planned = traffic(
                seed,
                months,
                options.messages_per_day,
                planted=planted and ("subtle" if options.subtle else True),
            )
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
