"""How long an investigation takes and how much memory, as the period grows, beside counting by hand.

    python benchmarks/investigate.py [--rows 400000 1300000 4300000] [--rounds 3] [--beside CHECKOUT] [--data DIR]

Two months of sandbox traffic of each size, and each way in a process of its own on the same rows:

- `investigate`: the second month beside the first, from a frame
- `report`: `reports.failures` of the same month, from an archive
- `retry_plan`, `features`: those alone
- `by hand`: what an investigation counts and nothing else, in polars: days, cells with distinct numbers, the course,
  the change by campaign
- `long bodies`, `all failed`: `investigate` on a million messages of 660 characters, and on messages that all failed

Times are medians, memory the peak above what stood before the call. `--beside` names the checkout of another commit: it
runs in turns with this one, and the ratio of the two is printed.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
MONTHS = ("2026-09", "2026-10")
LONG = 1_000_000
WAYS = ("investigate", "report", "retry_plan", "features", "by hand", "long bodies", "all failed")


def make(folder: Path, rows: int) -> Path:
    """Fetch two months of a sandbox of that size, once, as a file and as an archive."""
    import polars as pl

    import zrtools as zr

    place = folder / f"{rows}.parquet"
    if place.exists():
        return place
    days = sum(len(zr.periods.days(month)) for month in MONTHS)
    with zr.Client.sandbox(seed=5, today="2026-11-02", messages_per_day=round(rows / days * 0.97)) as client:
        frame = pl.concat([client.status(month, progress=False) for month in MONTHS])
    zr.Archive(folder / f"{rows}.archive").add(frame)
    frame.write_parquet(place)
    return place


def by_hand(place: Path) -> Callable[[], object]:
    """What an investigation counts, written out."""
    import polars as pl

    frame = pl.read_parquet(place).lazy()
    codes = {
        "721": "congestion", "732": "not in service", "821": "handset congestion", "823": "network",
        "824": "out of reach", "833": "out of reach or busy", "834": "handset error",
    }  # fmt: skip
    failed = pl.col("status_id") == 3
    month = frame.filter(pl.col("send_date").dt.month() == 10)
    failures = month.filter(failed).with_columns(
        category=pl.col("detailed_status_id").str.slice(2, 3).replace_strict(codes, default="unlisted")
    )
    tag = pl.col("client_tag").str.replace(r"(?:[-_.:/#| ]+[0-9A-Za-z]*[0-9]+)+$", "")
    kinds = frame.with_columns(campaign=tag, month=pl.col("send_date").dt.month())
    queries = [
        month.group_by("send_date", "status_id").len(),
        month.group_by("carrier", "status_id").len(),
        failures.group_by("carrier", "category").agg(pl.len(), pl.col("phone_number").n_unique()),
        kinds.group_by("month", "carrier", "campaign", "send_date", "status_id").len(),
        failures.group_by("detailed_status_id", "send_date", "carrier").len(),
    ]
    return lambda: pl.collect_all(queries)


def way(name: str, place: Path) -> Callable[[], object]:
    """Make ready what is measured."""
    import polars as pl

    import zrtools as zr

    zr.failures.breakdown(zr.schemas.empty(zr.schemas.STATUS))
    if name == "by hand":
        return by_hand(place)
    if name == "report":
        archive, out = zr.Archive(place.with_suffix(".archive")), place.with_suffix(".html")
        zr.charts.failures(zr.schemas.empty(zr.schemas.STATUS))
        return lambda: zr.reports.failures(archive, out, period=MONTHS[1], lang="en")
    frame = pl.read_parquet(place)
    if name == "long bodies":
        frame = frame.tail(LONG).with_columns(message=pl.col("message").str.pad_end(660, "あ"))
        return lambda: zr.investigate(frame, compare_to=False, lang="en")
    if name == "all failed":
        frame = frame.tail(LONG).with_columns(status_id=pl.lit(3, pl.Int16))
        return lambda: zr.investigate(frame, compare_to=False, lang="en")
    return {
        "investigate": lambda: zr.investigate(frame, MONTHS[1], lang="en"),
        "retry_plan": lambda: zr.failures.retry_plan(frame),
        "features": lambda: zr.failures.features(frame),
    }[name]


def resident() -> int:
    """Read how much memory this process holds, in bytes."""
    import psutil

    held: int = psutil.Process().memory_info().rss
    return held


def one(name: str, place: Path) -> None:
    """Run one way and print its seconds and its GiB."""
    work = way(name, place)
    before, peak, done = resident(), [0], threading.Event()

    def watch() -> None:
        while not done.wait(0.005):
            peak[0] = max(peak[0], resident())

    watcher = threading.Thread(target=watch)
    watcher.start()
    start = time.perf_counter()
    work()
    seconds = time.perf_counter() - start
    done.set()
    watcher.join()
    print(seconds, max(peak[0] - before, 0) / 2**30)


def measured(root: Path, name: str, place: Path) -> tuple[float, float]:
    """Run one way in a process of its own, from that checkout."""
    found = subprocess.run(
        [sys.executable, __file__, "--one", name, str(place)],
        env={**os.environ, "PYTHONPATH": str(root)},
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split()
    return float(found[0]), float(found[1])


def compare(args: argparse.Namespace, folder: Path) -> None:
    """Print each way's time and memory, and its ratio to the other commit and to counting by hand."""
    roots = [ROOT, *([args.beside.resolve()] if args.beside else [])]
    for rows in args.rows:
        place = make(folder, rows)
        hand = statistics.median(measured(ROOT, "by hand", place)[0] for _ in range(args.rounds))
        print(f"{rows:,} rows; counted by hand in {hand:.2f} s", flush=True)
        for name in args.ways:
            if name == "by hand" or (name in ("long bodies", "all failed") and rows < LONG):
                continue
            runs = [[measured(root, name, place) for root in roots] for _ in range(args.rounds)]
            seconds, memory = (
                [statistics.median(run[n][k] for run in runs) for n in range(len(roots))] for k in (0, 1)
            )
            beside = (
                f", {seconds[0] / seconds[1]:.2f} of {seconds[1]:.1f} s and {memory[1]:.2f} GiB"
                if args.beside
                else ""
            )
            print(
                f"  {name:12} {seconds[0]:6.1f} s {memory[0]:5.2f} GiB{beside}; {seconds[0] / hand:.1f} times by hand",
                flush=True,
            )


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rows", type=int, nargs="+", default=[400_000, 1_300_000, 4_300_000])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--ways", nargs="+", choices=WAYS, default=list(WAYS))
    parser.add_argument("--beside", type=Path)
    parser.add_argument("--data", type=Path)
    parser.add_argument("--one", nargs=2)
    args = parser.parse_args()
    if args.one:
        one(args.one[0], Path(args.one[1]))
        return
    with tempfile.TemporaryDirectory() as folder:
        if args.data:
            args.data.mkdir(parents=True, exist_ok=True)
        compare(args, args.data or Path(folder))


if __name__ == "__main__":
    main()
