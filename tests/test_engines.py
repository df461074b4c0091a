"""The heavy half of the analyses gives one answer on polars, DuckDB and Spark, cell by cell."""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import sys
import warnings
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import narwhals as nw
import polars as pl
import pytest
from archive_service import Service
from needs import need
from polars.testing import assert_frame_equal

import zrtools as zr
from zrtools import schemas
from zrtools.archive import Archive
from zrtools.failures import breakdown, compare, coverage, trend
from zrtools.periods import TOKYO

FIRST, LAST = date(2026, 9, 28), date(2026, 10, 4)

# what a real month holds now and then: codes out of every table, and carriers at odds with them
_ODD_CODES = (
    "11721",
    "12832",
    "31732",
    "5182４",
    "3",
    "",
    "51 34",
    "610000",
    "62999",
    None,
    "99721",
    "１１７２１",
)
_CARRIERS = (
    ("101", "au"),
    ("103", "docomo"),
    ("105", "SoftBank"),
    ("106", "Rakuten Mobile"),
    ("999", None),
    (None, None),
)
_STATUSES = (2, 2, 2, 3, 3, 0, 1, 2, 3, 7, None)


def odd_day(day: date, rows: int = 700) -> pl.DataFrame:
    """Make a day with every kind of row; `message` is unique, so that rows can be put in order anywhere."""

    def pick(values: tuple[Any, ...], step: int, dtype: Any) -> pl.Series:
        return pl.Series([values[(n * step + day.day) % len(values)] for n in range(rows)], dtype=dtype)

    status_id = pick(_STATUSES, 1, pl.Int16)
    settled = status_id.is_in([2, 3]).fill_null(value=False)
    start = datetime(day.year, day.month, day.day, tzinfo=TOKYO)
    # some reports come days later, some in the next month, one at midnight sharp
    delays = [
        timedelta(seconds=(n * 7919) % 90_000, milliseconds=n % 1000, days=(n % 53) // 50 * 3)
        for n in range(rows)
    ]
    frame = pl.DataFrame(
        {
            "send_date": pl.Series([day] * rows, dtype=pl.Date),
            "date_time": pl.Series([start + delay for delay in delays], dtype=schemas.TIME),
            "phone_number": pl.Series([None if n % 41 == 0 else f"+8190{n % 97:08d}" for n in range(rows)]),
            "message": pl.Series([f"{day} 本文 {n:05d}" for n in range(rows)]),
            "sms_code": pick(("12345", "54321", None), 5, pl.String),
            "carrier_id": pick(tuple(c[0] for c in _CARRIERS), 7, pl.String),
            "carrier": pick(tuple(c[1] for c in _CARRIERS), 7, pl.String),
            "status_id": status_id,
            "client_tag": pick(("spring-1", "spring-2", "autumn-1", None), 3, pl.String),
            "detailed_status_id": pick(_ODD_CODES, 5, pl.String),
            "separated_success_count": pick((1, 2, 10, None, 0), 3, pl.Int32),
        }
    )
    undefined = ("carrier_id", "carrier", "detailed_status_id", "separated_success_count")
    return frame.with_columns(pl.when(settled).then(pl.col(c)).alias(c) for c in undefined).select(
        schemas.STATUS.names()
    )


class Odd(Service):
    """A service of odd days."""

    def frame(self, day: date) -> pl.DataFrame:
        """Give the day."""
        return odd_day(day)


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Archive:
    """A week of odd days over a month's end, one day replaced since."""
    archive = Archive(tmp_path_factory.mktemp("engines") / "archive")
    archive.add(odd_day(date(2026, 10, 1), 10))
    archive.sync(Odd(today="2026-10-20"), FIRST, LAST, progress=False)
    return archive


@pytest.fixture(scope="module")
def spark(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """A local Spark cluster of two workers, each a process of its own."""
    need(importlib.util.find_spec("pyspark"), "PySpark is not installed: pip install 'zrtools[spark]'")
    need(shutil.which("java") or os.environ.get("JAVA_HOME"), "Spark needs Java 17 or newer")
    from pyspark.sql import SparkSession

    folder = tmp_path_factory.mktemp("spark")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYSPARK_PYTHON", sys.executable)
        patch.setenv("SPARK_LOCAL_IP", "127.0.0.1")
        patch.setenv("SPARK_WORKER_DIR", str(folder))
        # workers find Spark where the driver has it
        patch.setenv("SPARK_HOME", str(Path(importlib.util.find_spec("pyspark").origin).parent))
        session = (
            SparkSession.builder.master("local-cluster[2,1,1024]")
            .config("spark.executor.memory", "1g")
            .config("spark.ui.enabled", "false")
            .config("spark.ui.showConsoleProgress", "false")
            .config("spark.sql.shuffle.partitions", "2")
            .config("spark.sql.session.timeZone", "Asia/Tokyo")
            .config("spark.local.dir", str(folder))
            .config("spark.sql.warehouse.dir", str(folder / "warehouse"))
            .getOrCreate()
        )
        session.sparkContext.setLogLevel("ERROR")
        yield session
        session.stop()


def duckdb_relation(archive: Archive, request: pytest.FixtureRequest) -> Any:
    """Read the archive's files with DuckDB."""
    need(importlib.util.find_spec("duckdb"), "DuckDB is not installed: pip install 'zrtools[duckdb]'")
    import duckdb

    return duckdb.connect().read_parquet(archive.files(), hive_partitioning=True)


def spark_frame(archive: Archive, request: pytest.FixtureRequest) -> Any:
    """Read the archive's files with Spark."""
    spark = request.getfixturevalue("spark")
    return spark.read.option("basePath", archive.root).parquet(*archive.files())


ENGINES: dict[str, Callable[[Archive, pytest.FixtureRequest], Any]] = {
    "lazy": lambda archive, request: archive.scan(),
    "duckdb": duckdb_relation,
    "spark": spark_frame,
}


@pytest.fixture(
    params=[pytest.param(name, marks=pytest.mark.spark if name == "spark" else ()) for name in ENGINES]
)
def statuses(request: pytest.FixtureRequest, archive: Archive) -> Any:
    """The archive as a frame of each engine."""
    return ENGINES[request.param](archive, request)


def gathered(frame: Any) -> pl.DataFrame:
    """Bring any engine's frame to polars, rows in the order of `message`, times as the archive stores them."""
    found = nw.from_native(frame).lazy()
    made: pl.DataFrame = (
        found.collect().to_native()
        if found.implementation.is_polars()
        else found.collect("polars").to_native()
    )
    naive = (
        pl.col("date_time")
        .cast(pl.Datetime("ms", made.schema["date_time"].time_zone))
        .dt.replace_time_zone(None)
    )
    return made.with_columns(naive).sort("message")


def test_every_engine_reads_the_same_rows(archive: Archive, statuses: Any) -> None:
    """The replaced day stands once, and no cell differs."""
    expected = gathered(archive.scan().collect())
    assert expected.height == 7 * 700
    found = gathered(statuses)
    assert_frame_equal(found.select(expected.columns), expected, check_dtypes=False, check_exact=True)


def test_classify_gives_the_same_rows_everywhere(archive: Archive, statuses: Any) -> None:
    """The same kind of frame comes back, with the same labels on the same rows."""
    classified = zr.classify(statuses)
    assert type(classified) is type(statuses)
    expected = gathered(zr.classify(archive.scan().collect()))
    found = gathered(classified).select(expected.columns)
    assert_frame_equal(found, expected, check_dtypes=False, check_exact=True)
    assert expected["failure_category"].n_unique() > 4


@pytest.mark.parametrize(
    "by",
    [
        ["carrier", "failure_category"],
        ["carrier"],
        ["send_date", "failure_origin", "failure_action"],
        ["sms_code", "outcome"],
        ["failure_module", "failure_carrier", "failure_code"],
        [],
    ],
    ids=lambda by: "+".join(by) or "all",
)
def test_breakdown_is_the_same_everywhere(archive: Archive, statuses: Any, by: list[str]) -> None:
    """Counts, rates, intervals, numbers and the order of rows."""
    assert_frame_equal(breakdown(statuses, by), breakdown(archive.scan().collect(), by), check_exact=True)


def test_breakdown_of_classified_frames_is_the_same(archive: Archive, statuses: Any) -> None:
    """Classifying first changes nothing."""
    assert_frame_equal(breakdown(zr.classify(statuses)), breakdown(archive.scan()), check_exact=True)


def test_breakdown_by_clusters_is_the_same_everywhere(archive: Archive, statuses: Any) -> None:
    """Intervals that allow for campaigns, too: sums of floats in any order."""
    expected = breakdown(archive.scan().collect(), cluster="client_tag")
    assert_frame_equal(breakdown(statuses, cluster="client_tag"), expected, rel_tol=1e-12)


@pytest.mark.parametrize("every", ["1h", "1d", "1w"])
@pytest.mark.parametrize("by", [[], ["carrier"]], ids=["all", "carrier"])
def test_trend_is_the_same_everywhere(archive: Archive, statuses: Any, every: Any, by: list[str]) -> None:
    """Hours, days and weeks fall where they fall in Japan."""
    expected = trend(archive.scan().collect(), every, by)
    assert_frame_equal(trend(statuses, every, by), expected, check_exact=True)
    assert expected.height > 1 or every == "1w"


def test_coverage_and_comparison_are_the_same_everywhere(archive: Archive, statuses: Any) -> None:
    """What an investigation begins with runs where the rows are."""
    eager = archive.scan().collect()
    assert_frame_equal(coverage(statuses), coverage(eager), check_exact=True)
    alone = {"cluster": None, "unsettled_days": True}
    assert_frame_equal(compare(statuses, statuses, **alone), compare(eager, eager, **alone), check_exact=True)


@pytest.mark.parametrize("basis", ["delivered", "delivered and failed"])
def test_monthly_usage_is_the_same_everywhere(archive: Archive, statuses: Any, basis: Any) -> None:
    """Months, shares and changes."""
    expected = zr.usage.monthly(archive.scan().collect(), basis=basis)
    assert expected["month"].n_unique() == 2
    assert_frame_equal(zr.usage.monthly(statuses, basis=basis), expected, check_exact=True)


def test_daily_usage_is_the_same_everywhere(archive: Archive, statuses: Any) -> None:
    """The sums that monthly usage is made of, late reports apart."""
    expected = zr.usage.daily(archive.scan().collect())
    assert expected["late_delivered_count"].sum() > 0
    assert_frame_equal(zr.usage.daily(statuses), expected, check_exact=True)


def test_rows_without_a_day_of_sending_are_the_same_everywhere(
    tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    """Statuses asked by tag have no send_date: the date of date_time stands in."""
    frame = odd_day(date(2026, 10, 1)).with_columns(
        send_date=pl.when(pl.col("message").str.ends_with("7")).then(pl.col("send_date"))
    )
    frame.with_columns(pl.col("date_time").dt.replace_time_zone(None)).write_parquet(
        tmp_path / "tagged.parquet"
    )
    need(importlib.util.find_spec("duckdb"), "DuckDB is not installed: pip install 'zrtools[duckdb]'")
    import duckdb

    relation = duckdb.connect().read_parquet(str(tmp_path / "tagged.parquet"))
    for analysis in (trend, zr.usage.daily, zr.usage.monthly, breakdown):
        assert_frame_equal(analysis(relation), analysis(frame), check_exact=True)


@pytest.mark.parametrize(
    ("select", "told"),
    [
        ("* exclude (send_date), send_date AS SEND_DATE", "Write SEND_DATE in small letters"),
        ("* replace (send_date::VARCHAR AS send_date)", "send_date must be a date, not String"),
        ("* replace (date_time::VARCHAR AS date_time)", "date_time must be a date with a time, not String"),
        ("* replace (timezone('UTC', date_time) AS date_time)", "days and hours mean Japan's"),
    ],
)
@pytest.mark.parametrize("analysis", [trend, zr.usage.daily])
def test_columns_that_would_mislead_an_engine_are_refused(
    archive: Archive, analysis: Callable[[Any], object], select: str, told: str
) -> None:
    """What an engine would take for another column, or answer with an error of its own, is named beforehand."""
    need(importlib.util.find_spec("duckdb"), "DuckDB is not installed: pip install 'zrtools[duckdb]'")
    import duckdb

    connection = duckdb.connect()
    connection.execute("SET TimeZone = 'UTC'")
    statuses = connection.read_parquet(archive.files(), hive_partitioning=True)
    with pytest.raises(zr.InputError, match=told):
        analysis(statuses.project(select))


@pytest.mark.parametrize("analysis", [zr.classify, breakdown, trend, zr.usage.monthly, zr.usage.daily])
@pytest.mark.parametrize("kind", ["pandas", "arrow", "rows"])
def test_other_frames_are_refused_with_what_is_supported(
    archive: Archive, analysis: Callable[[Any], object], kind: str
) -> None:
    """pandas, Arrow and lists of rows: one sentence says what to give instead."""
    frame = archive.scan().head(5).collect()
    other = {
        "pandas": lambda: _pandas(frame),
        "arrow": frame.to_arrow,
        "rows": frame.to_dicts,
    }[kind]()
    with pytest.raises(zr.InputError, match=r"polars .*DuckDB relation .*PySpark"):
        analysis(other)


@pytest.mark.parametrize("engine", ["lazy", "duckdb", pytest.param("spark", marks=pytest.mark.spark)])
def test_a_change_is_located_alike_on_every_engine(
    engine: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    """Counts come from the engine, the segment and every figure are those of the same rows in polars."""
    periods = []
    for name, rate in (("before", 40), ("after", 5)):
        number = pl.int_range(8000, eager=True)
        carrier, sender = (number % 4).cast(pl.String), (number // 4 % 3).cast(pl.String)
        struck = (carrier == "1") & (sender == "2")
        failed = (number * 7919 % 1009 % 40 == 0) | (struck & (number * 31 % 997 % rate == 0))
        at = pl.Series([datetime(2026, 10, 1, 12, tzinfo=TOKYO)] * 8000, dtype=schemas.TIME)
        frame = pl.DataFrame(
            {
                "send_date": at.dt.date(),
                "date_time": at,
                "carrier": carrier,
                "sms_code": sender,
                "status_id": failed.cast(pl.Int16) + 2,
                "detailed_status_id": pl.Series(["2", "12721"]).gather(failed.cast(pl.UInt32)),
            }
        )
        frame.write_parquet(tmp_path / f"{name}.parquet")
        periods.append(frame)
    files = [str(tmp_path / f"{name}.parquet") for name in ("before", "after")]
    if engine == "spark":
        read = request.getfixturevalue("spark").read.parquet
    elif engine == "duckdb":
        need(importlib.util.find_spec("duckdb"), "DuckDB is not installed: pip install 'zrtools[duckdb]'")
        import duckdb

        connection = duckdb.connect()
        connection.execute("SET TimeZone = 'Asia/Tokyo'")
        read = connection.read_parquet
    else:
        read = pl.scan_parquet
    expected, why = zr.failures.locate(*periods, ["carrier", "sms_code"], lang="en", explain=True)
    assert expected["where"].to_list() == [
        [{"column": "carrier", "value": "1"}, {"column": "sms_code", "value": "2"}]
    ]
    found = zr.failures.locate(
        read(files[0]), read(files[1]), ["carrier", "sms_code"], lang="en", explain=True
    )
    assert_frame_equal(found[0], expected, rel_tol=1e-9)
    assert found[1] == why


def _pandas(frame: pl.DataFrame) -> Any:
    need(importlib.util.find_spec("pandas"), "pandas is not installed")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return frame.to_pandas()


@pytest.mark.parametrize("engine", ["duckdb", pytest.param("spark", marks=pytest.mark.spark)])
def test_recipe_in_the_docs_runs(
    archive: Archive, engine: str, request: pytest.FixtureRequest, capsys: pytest.CaptureFixture[str]
) -> None:
    """The reader that the docs show for an engine is five lines and gives the archive's breakdown."""
    ENGINES[engine](archive, request)
    page = Path(__file__).parent.parent / "docs" / "scale.md"
    (recipe,) = re.findall(
        rf"^```python {engine}\n(.*?)^```", page.read_text("utf-8"), re.MULTILINE | re.DOTALL
    )
    exec(compile(recipe, "recipe", "exec"), {"archive": archive})
    assert capsys.readouterr().out == f"{breakdown(archive.scan('2026-10'))}\n"
