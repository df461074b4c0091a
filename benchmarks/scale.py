"""How far one machine goes: the breakdown over an archive of many rows, as ratios in one run.

    python benchmarks/scale.py [--rows 100000000] [--days 365] [--rounds 3] [--pandas-rows 5000000]
                               [--spark] [--over 10]

Makes an archive of that many rows (a few GB; `--archive DIR` keeps it and uses it again) and runs, each in a process of
its own, over the same files:

- `zrtools`: `breakdown(archive.scan())`, with intervals and all
- `polars by hand`, `DuckDB by hand`: the same counts, rates and distinct numbers, written out for this one question
- `zrtools on DuckDB`, and with `--spark` `zrtools on Spark`: the same analysis on those engines
- with `--over N` `zrtools, many times over`: each file read N times, for more rows than the disk should hold
- on the first `--pandas-rows` rows, which is what pandas can hold, `zrtools` again, `pandas by hand`, which reads only
  the columns that the question needs, and `pandas, whole rows`, which reads every column, as people write it

Every way must find the same failures. Times are the best of the rounds after a first one; memory is the process's peak.
Aims: at most 1.1 times the faster hand-written query; ten times as fast as pandas.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

import zrtools as zr  # noqa: E402 - from this checkout, which the line above names
from zrtools import schemas  # noqa: E402 - the same

LAST = date(2026, 10, 31)
CATEGORIES = {c.code: c.name for c in zr.codes.CATEGORIES.values()}
ALL = 0
PANDAS_COLUMNS = ["carrier", "status_id", "detailed_status_id", "phone_number"]


def day_of_traffic(day: date, rows: int) -> pl.DataFrame:
    """Make a day: four carriers, 7 % failures, two campaigns, every number now and then."""
    chance = np.random.default_rng(day.toordinal())
    carrier = chance.choice(4, rows, p=(0.30, 0.40, 0.22, 0.08)).astype(np.int8)
    status = chance.choice((2, 3, 0, 1), rows, p=(0.92, 0.07, 0.005, 0.005)).astype(np.int16)
    module, category = chance.choice(("1", "3", "5", "6"), rows), chance.choice(tuple(CATEGORIES), rows)
    received = np.sort(chance.integers(9 * 3600_000, 21 * 3600_000, rows))
    settled = pl.col("status_id") > 1
    ids, names = ("101", "103", "105", "106"), ("au", "docomo", "SoftBank", "Rakuten Mobile")
    frame = pl.DataFrame(
        {
            "date_time": pl.Series(received).cast(pl.Duration("ms")),
            "phone_number": pl.Series(chance.integers(0, 10_000_000, rows)),
            "carrier_id": pl.Series(np.array(ids)[carrier]),
            "carrier": pl.Series(np.array(names)[carrier]),
            "status_id": pl.Series(status),
            "tag": pl.Series(np.arange(rows)),
            "code": pl.Series(np.char.add(np.char.add(module, "1"), category)),
            "separated_success_count": pl.Series(chance.integers(1, 4, rows).astype(np.int32)),
        }
    )
    start = pl.lit(datetime.combine(day, datetime.min.time())).cast(pl.Datetime("ms"))
    return frame.select(
        pl.lit(day).alias("send_date"),
        (start + pl.col("date_time")).dt.replace_time_zone(schemas.ZONE).alias("date_time"),
        pl.format("+8190{}", pl.col("phone_number").cast(pl.String).str.zfill(8)).alias("phone_number"),
        pl.lit(f"【サンプル社】{day.month}月分のご請求額が確定しました https://ai9.jp/0PT0UT").alias("message"),
        pl.lit("51234").alias("sms_code"),
        pl.when(settled).then("carrier_id"),
        pl.when(settled).then("carrier"),
        "status_id",
        pl.format("campaign-{}-{}-{}", pl.lit(day.isoformat()), pl.col("tag") % 2, "tag").alias("client_tag"),
        pl.when(pl.col("status_id") == 3).then("code").when(settled).then(pl.lit("2")).alias("detailed_status_id"),
        pl.when(settled).then("separated_success_count"),
    ).select(schemas.STATUS.names())  # fmt: skip


def make(place: Path, rows: int, days: int) -> zr.Archive:
    """Fill the archive, or take it as it is when it has the rows asked for."""
    archive = zr.Archive(place)
    wanted = rows // days * days
    if place.exists():
        found = archive.days()
        held = int(found["rows"].sum())
        if held != wanted:
            sys.exit(
                f"The archive in {place} holds {held:,} rows, not {wanted:,}: "
                f"ask for --rows {held} --days {found.height}, or name another folder."
            )
        return archive
    start = time.perf_counter()
    for n in range(days):
        day = LAST - timedelta(days - 1 - n)
        archive.add(day_of_traffic(day, rows // days))
        if sys.stderr.isatty():
            print(f"\r{n + 1} of {days} days", end="", file=sys.stderr)
    archive.compact()
    print(f"archive made in {time.perf_counter() - start:.0f} s")
    return archive


def shaped(frame: pl.DataFrame) -> list[list[Any]]:
    """Take what every way must agree on."""
    columns = ["carrier", "failure_category", "failed", "settled", "numbers"]
    return [list(row) for row in frame.select(columns).sort(columns[:2]).iter_rows()]


def files_for(archive: zr.Archive, rows: int) -> list[str]:
    """List the files that hold about so many rows, all of them for 0."""
    files = archive.files()
    if rows == ALL:
        return files
    each = pl.scan_parquet(files[0]).select(pl.len()).collect().item()
    return files[: max(rows // each, 1)]


def by_zrtools(archive: zr.Archive, rows: int) -> Callable[[], list[list[Any]]]:
    """The analysis as users call it."""
    last = LAST if rows == ALL else _day(files_for(archive, rows)[-1])
    return lambda: shaped(zr.failures.breakdown(archive.scan(end=last)))


def by_zrtools_over(archive: zr.Archive, rows: int) -> Callable[[], list[list[Any]]]:
    """The analysis as users call it, on so many rows by reading every file again and again."""
    files = archive.files()
    times = rows // int(archive.days()["rows"].sum())
    return lambda: shaped(zr.failures.breakdown(pl.scan_parquet(files * times, hive_partitioning=True)))


def by_polars(archive: zr.Archive, rows: int) -> Callable[[], list[list[Any]]]:
    """The same question in polars, by hand."""
    files = files_for(archive, rows)

    def run() -> list[list[Any]]:
        scan = pl.scan_parquet(files, hive_partitioning=False)
        suffix = pl.col("detailed_status_id").str.slice(2, 3)
        counted = scan.group_by("carrier", "status_id").len()
        failed = (
            scan.filter(pl.col("status_id") == 3)
            .group_by(
                "carrier", suffix.replace_strict(CATEGORIES, default="unlisted").alias("failure_category")
            )
            .agg(pl.len().alias("failed"), pl.col("phone_number").n_unique().alias("numbers"))
        )
        one, two = pl.collect_all([counted, failed])
        settled = (
            one.filter(pl.col("status_id") > 1).group_by("carrier").agg(pl.col("len").sum().alias("settled"))
        )
        found = two.join(settled, on="carrier").with_columns(
            failure_rate=pl.col("failed") / pl.col("settled"), share=pl.col("failed") / pl.col("failed").sum()
        )
        return shaped(found)

    return run


def by_duckdb(archive: zr.Archive, rows: int) -> Callable[[], list[list[Any]]]:
    """The same question in SQL, by hand."""
    import duckdb

    connection = duckdb.connect()
    relation = connection.read_parquet(files_for(archive, rows), hive_partitioning=False)
    relation.create_view("statuses")
    category = " ".join(f"WHEN '{code}' THEN '{name}'" for code, name in CATEGORIES.items())
    question = f"""
        WITH failed AS (
            SELECT carrier, CASE substr(detailed_status_id, 3, 3) {category} ELSE 'unlisted' END AS failure_category,
                   count(*) AS failed, count(DISTINCT phone_number) AS numbers
            FROM statuses WHERE status_id = 3 GROUP BY ALL
        ), settled AS (
            SELECT carrier, count(*) AS settled FROM statuses WHERE status_id > 1 GROUP BY ALL
        )
        SELECT *, failed / settled AS failure_rate, failed / sum(failed) OVER () AS share
        FROM failed JOIN settled USING (carrier)
    """
    return lambda: shaped(connection.sql(question).pl())


def by_pandas(
    archive: zr.Archive, rows: int, columns: list[str] | None = PANDAS_COLUMNS
) -> Callable[[], list[list[Any]]]:
    """The same question in pandas, by hand, from the columns that it needs (None: from all)."""
    import pandas as pd

    files = files_for(archive, rows)

    def run() -> list[list[Any]]:
        frame = pd.concat([pd.read_parquet(file, columns=columns, partitioning=None) for file in files])
        settled = frame[frame["status_id"] > 1].groupby("carrier").size().rename("settled")
        failed = frame[frame["status_id"] == 3]
        category = failed["detailed_status_id"].str.slice(2, 5).map(CATEGORIES).fillna("unlisted")
        found = (
            failed.assign(failure_category=category)
            .groupby(["carrier", "failure_category"])
            .agg(failed=("phone_number", "size"), numbers=("phone_number", "nunique"))
            .reset_index()
            .join(settled, on="carrier")
        )
        return shaped(pl.from_pandas(found))

    return run


def by_whole_pandas(archive: zr.Archive, rows: int) -> Callable[[], list[list[Any]]]:
    """The same in pandas as one pastes it: whole rows are read first."""
    return by_pandas(archive, rows, None)


def on_duckdb(archive: zr.Archive, rows: int) -> Callable[[], list[list[Any]]]:
    """The analysis as users call it, on a DuckDB relation."""
    import duckdb

    connection = duckdb.connect()
    files = files_for(archive, rows)
    return lambda: shaped(zr.failures.breakdown(connection.read_parquet(files, hive_partitioning=True)))


def on_spark(archive: zr.Archive, rows: int) -> Callable[[], list[list[Any]]]:
    """The analysis as users call it, on a Spark cluster inside this machine."""
    os.environ["PYSPARK_PYTHON"] = sys.executable
    from pyspark.sql import SparkSession

    spark = (
        SparkSession.builder.master("local[*]")
        .config("spark.ui.enabled", "false")
        .config("spark.driver.memory", "6g")
        .config("spark.sql.session.timeZone", "Asia/Tokyo")
        .getOrCreate()
    )
    spark.sparkContext.setLogLevel("ERROR")
    frame = spark.read.option("basePath", archive.root).parquet(*files_for(archive, rows))
    return lambda: shaped(zr.failures.breakdown(frame))


WAYS = {
    "zrtools": by_zrtools,
    "zrtools, many times over": by_zrtools_over,
    "polars by hand": by_polars,
    "DuckDB by hand": by_duckdb,
    "zrtools on DuckDB": on_duckdb,
    "zrtools on Spark": on_spark,
    "pandas by hand": by_pandas,
    "pandas, whole rows": by_whole_pandas,
}


def _day(file: str) -> date:
    return date.fromisoformat(Path(file).parent.name.removeprefix("send_date="))


def measure(way: str, place: str, rows: int, rounds: int) -> None:
    """Run one way and print its times, its peak of memory and its answer."""
    run = WAYS[way](zr.Archive(place), rows)
    times = []
    for _ in range(rounds + 1):
        start = time.perf_counter()
        answer = run()
        times.append(time.perf_counter() - start)
    lines = Path("/proc/self/status").read_text().splitlines()
    peak = int(next(line for line in lines if line.startswith("VmHWM")).split()[1])
    print(json.dumps({"first": times[0], "best": min(times[1:]), "peak": peak * 1024, "answer": answer}))


def compared(ways: list[str], place: Path, rows: int, rounds: int) -> dict[str, dict[str, Any]]:
    """Run some ways, one process each, and hold their answers against each other."""
    found: dict[str, dict[str, Any]] = {}
    for way in ways:
        command = [sys.executable, __file__, "--way", way, "--archive", str(place), "--rows", str(rows)]
        out = subprocess.run(
            [*command, "--rounds", str(rounds)], stdout=subprocess.PIPE, text=True, check=True
        ).stdout
        found[way] = json.loads(out.splitlines()[-1])
        seconds, peak = found[way]["best"], found[way]["peak"] / 2**30
        print(
            f"  {way:<24} {seconds:8.2f} s   first {found[way]['first']:8.2f} s   peak {peak:6.2f} GiB",
            flush=True,
        )
        assert found[way]["answer"] == found[ways[0]]["answer"], f"{way} found other failures than {ways[0]}"
    return found


def main() -> None:
    """Read the arguments and run."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rows", type=int, default=100_000_000)
    parser.add_argument("--days", type=int, default=365)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--pandas-rows", type=int, default=5_000_000)
    parser.add_argument("--spark", action="store_true")
    parser.add_argument(
        "--over", type=int, help="how often to read each file for the way with many more rows"
    )
    parser.add_argument("--archive", type=Path, help="keep the archive here, or use the one that is there")
    parser.add_argument("--way", choices=WAYS, help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.way:
        measure(args.way, str(args.archive), args.rows, args.rounds)
        return
    with tempfile.TemporaryDirectory() as folder:
        place = args.archive or Path(folder) / "archive"
        archive = make(place, args.rows, args.days)
        rows = int(archive.days()["rows"].sum())
        size = sum(Path(file).stat().st_size for file in archive.files())
        print(
            f"{rows:,} rows of {archive.days().height} days, {size / 2**30:.2f} GiB, {os.cpu_count()} cores"
        )
        ways = ["zrtools", "polars by hand", "DuckDB by hand", "zrtools on DuckDB"]
        found = compared([*ways, *(["zrtools on Spark"] if args.spark else [])], place, ALL, args.rounds)
        faster = min(found["polars by hand"]["best"], found["DuckDB by hand"]["best"])
        print(f"zrtools takes {found['zrtools']['best'] / faster:.2f} of the faster hand-written query")
        if args.over:
            print(f"each file {args.over} times over: {rows * args.over:,} rows")
            over = compared(["zrtools, many times over"], place, rows * args.over, 1)
            once = found["zrtools"]["answer"]
            expected = [
                [*keys, failed * args.over, settled * args.over, n] for *keys, failed, settled, n in once
            ]
            assert over["zrtools, many times over"]["answer"] == expected
        print(f"what pandas can hold: {min(args.pandas_rows, rows):,} rows")
        pandas = ("pandas by hand", "pandas, whole rows")
        few = compared(["zrtools", *pandas], place, args.pandas_rows, args.rounds)
        for way in pandas:
            print(f"zrtools is {few[way]['best'] / few['zrtools']['best']:.1f} times as fast as {way}")


if __name__ == "__main__":
    main()
