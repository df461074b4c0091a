"""Hold `zr.failures.locate` against real incidents with known causes, and against causes planted in made-up traffic.

    python benchmarks/locate.py incidents path/to/localisation
    python benchmarks/locate.py worlds --seeds 40-99 --quiet 100-199

`incidents` takes a folder with cases.parquet (case, minute, columns, failed, total) and labels.json (case, begins, by,
cause), which is not part of this project: 70 incidents of a success rate from production, data set RS of the public
repository riskloc. Before are the minutes before the labelled one, after is the labelled minute alone. The score is F1
over exact segments as sets of column = value; a row with several values of a column is one segment for each. Even
cases were looked at while building, odd ones were not.

`worlds` takes two weeks of `benchmarks/worlds.py`, with a cause of one to three columns and one or two values of each
planted in the second, or none. Exact means: the first row names the planted columns and values, and no others. Two
names can mean the same messages (a second campaign that sent nothing at that hour), which no method can tell apart:
the same figure is given for rows that select the same settled messages, and for 99 % of the same failures. A planted
value in which next to nothing failed cannot be found, either: causes of which each value has 15 failures more are
counted apart.
"""

from __future__ import annotations

import argparse
import json
import statistics
import time
from itertools import product
from pathlib import Path
from typing import Any

import polars as pl
import worlds

import zrtools as zr

Plain = frozenset[tuple[str, str | None]]


def span(text: str) -> range:
    """Read "40-99"."""
    first, _, last = text.partition("-")
    return range(int(first), int(last or first) + 1)


def rows(cells: pl.DataFrame, by: list[str]) -> pl.DataFrame:
    """Make a row a message of counts."""
    parts = [
        cells.select(
            *by,
            date_time=pl.from_epoch("minute", time_unit="s").dt.convert_time_zone("Asia/Tokyo"),
            send_date=pl.from_epoch("minute", time_unit="s").dt.convert_time_zone("Asia/Tokyo").dt.date(),
            status_id=pl.lit(status, pl.Int16),
            detailed_status_id=pl.lit(code),
        )
        .select(pl.all().repeat_by(count))
        .explode(pl.all())
        for status, code, count in (
            (3, "12824", cells["failed"]),
            (2, "2", cells["total"] - cells["failed"]),
        )
    ]
    return pl.concat(parts).drop_nulls("status_id")


def segments(found: pl.DataFrame) -> set[Plain]:
    """Give each located segment as sets of column = value, one for each choice of values."""
    plain: set[Plain] = set()
    for where in found["where"].to_list():
        values: dict[str, list[str | None]] = {}
        for one in where:
            values.setdefault(one["column"], []).append(one["value"])
        plain |= {frozenset(zip(values, chosen, strict=True)) for chosen in product(*values.values())}
    return plain


def incidents(folder: Path) -> None:
    """Score the real incidents."""
    cases = pl.read_parquet(folder / "cases.parquet")
    labels = json.loads((folder / "labels.json").read_text("utf-8"))
    halves: dict[str, list[int]] = {"even": [0, 0, 0], "odd": [0, 0, 0]}
    seconds: list[float] = []
    for number, label in enumerate(labels, 1):
        by = label["by"]
        here = cases.filter(pl.col("case") == label["case"])
        before = rows(here.filter(pl.col("minute") < label["begins"]), by)
        after = rows(here.filter(pl.col("minute") == label["begins"]), by)
        start = time.perf_counter()
        found = zr.failures.locate(before, after, by, lang="en")
        seconds.append(time.perf_counter() - start)
        got, truth = segments(found), {frozenset(cause.items()) for cause in label["cause"]}
        counts = halves["odd" if number % 2 else "even"]
        for place, more in enumerate((got & truth, got - truth, truth - got)):
            counts[place] += len(more)
    both = [sum(pair) for pair in zip(*halves.values(), strict=True)]
    for name, (right, wrong, missed) in {**halves, "all": both}.items():
        print(f"{name}: F1 {2 * right / (2 * right + wrong + missed):.3f} ({right=}, {wrong=}, {missed=})")
    print(f"seconds a case: mean {statistics.mean(seconds):.3f}, largest {max(seconds):.2f}")


def alike(after: pl.DataFrame, got: dict[str, list[str]], where: dict[str, list[str]]) -> tuple[bool, bool]:
    """Tell whether two segments select the same settled messages, and 99 % of the same failures."""
    if not got:
        return False, False
    there = zr.failures.features(after).filter(pl.col("status_id").is_in([2, 3]))
    inside = [
        pl.all_horizontal(
            pl.col(c).cast(pl.String).is_in(values, nulls_equal=True).fill_null(value=False)
            for c, values in segment.items()
        )
        for segment in (got, where)
    ]
    failed = pl.col("status_id") == 3
    other, others, ours = there.select(
        (inside[0] != inside[1]).sum(),
        others=((inside[0] != inside[1]) & failed).sum(),
        ours=(inside[1] & failed).sum(),
    ).row(0)
    return other == 0, others <= 0.01 * ours


def planted(seeds: range, quiet: range, by: list[str] | None) -> None:
    """Score the planted causes."""
    clear = "more, 15 or more in each value"
    bands: dict[str, list[list[bool]]] = {"100 to 150 failures": [], "more": [], clear: []}
    false: list[bool] = []
    for seed in (*seeds, *quiet):
        world: Any = worlds.change(seed, quiet=seed in quiet)
        if not world.where and seed not in quiet:
            continue
        found = zr.failures.locate(world.before, world.after, by, lang="en", unsettled_days=True)
        if seed in quiet:
            false.append(bool(found.height))
            continue
        got: dict[str, list[str]] = {}
        for one in found["where"].to_list()[0] if found.height else []:
            got.setdefault(one["column"], []).append(one["value"])
        right = {k: sorted(v) for k, v in got.items()} == world.where
        hits = [right, *(right or same for same in alike(world.after, got, world.where))]
        bands["more" if world.excess > 150 else "100 to 150 failures"].append(hits)
        if world.excess > 150 and world.least >= 15:
            bands[clear].append(hits)
        if not right:
            told = ", the same messages" if hits[1] else ", 99 % of the same failures" if hits[2] else ""
            print(
                f"  seed {seed}: {world.excess} failures ({world.least} of a value) at {world.where}, found {got}{told}"
            )
    for name, band in bands.items():
        if not band:
            continue
        exact, same, nearly = (sum(hits) for hits in zip(*band, strict=True))
        print(
            f"{name}: of {len(band)} exact {exact}, the same messages {same}, 99 % of the same failures {nearly}"
        )
    print(f"nothing planted: {sum(false)} of {len(false)} say something")


def main() -> None:
    """Read the arguments."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    of = parser.add_subparsers(dest="what", required=True)
    of.add_parser("incidents").add_argument("folder", type=Path)
    made = of.add_parser("worlds")
    made.add_argument("--seeds", type=span, default=span("40-99"))
    made.add_argument("--quiet", type=span, default=span("100-199"))
    made.add_argument("--default-columns", action="store_true", help="leave by= out")
    options = parser.parse_args()
    if options.what == "incidents":
        incidents(options.folder)
    else:
        by = None if options.default_columns else ["carrier", "sms_code", "campaign", "hour"]
        planted(options.seeds, options.quiet, by)


if __name__ == "__main__":
    main()
