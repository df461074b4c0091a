"""Which frames the heavy half of the analyses takes, and how it reads them.

The heavy half (scan, classify, group) is written in Narwhals' portable subset: no regular expressions, no
`n_unique` inside a group, no `replace_strict`, no sums of booleans, no `over`, no time literals, no zone
conversion. What stays within it gives the same answer on polars, DuckDB and Spark.
"""

from __future__ import annotations

from typing import Annotated, Any

import narwhals as nw
import polars as pl

from zrtools import periods
from zrtools.arguments import Kind, refused
from zrtools.errors import InputError
from zrtools.privacy import mask_text
from zrtools.schemas import ZONE
from zrtools.texts import Said, said

__all__ = ["WANTED", "AnyFrame", "gather", "is_store", "opened", "portable", "readable", "require"]

WANTED = "frame"
"""The key of what may be given, in `words.errors`."""
_DISTRIBUTED = (nw.Implementation.DUCKDB, nw.Implementation.PYSPARK, nw.Implementation.PYSPARK_CONNECT)


def portable(frame: Any) -> nw.LazyFrame[Any]:
    """Read a frame through Narwhals, lazily.

    Takes a polars DataFrame or LazyFrame, a DuckDB relation or a PySpark DataFrame, a Narwhals frame over
    one of these, and what `is_store` tells. Raises `InputError` for anything else.
    """
    if isinstance(frame, pl.DataFrame | pl.LazyFrame) or is_store(frame):
        return nw.from_native(opened(frame))
    if read := _through_narwhals(frame):
        return read.lazy()
    raise refused("frame", frame, said(f"arguments.{WANTED}"))


def readable(frame: Any) -> bool:
    """Tell whether `portable` takes it."""
    return (
        isinstance(frame, pl.DataFrame | pl.LazyFrame)
        or is_store(frame)
        or _through_narwhals(frame) is not None
    )


AnyFrame = Annotated[Any, Kind(readable, WANTED)]
"""A frame on any engine, or what is kept in an archive or a store."""


def _through_narwhals(frame: Any) -> nw.LazyFrame[Any] | nw.DataFrame[Any] | None:
    try:
        read = nw.from_native(frame)
    except TypeError:
        return None
    is_frame = isinstance(read, nw.LazyFrame | nw.DataFrame)
    return (
        read
        if is_frame and (read.implementation in _DISTRIBUTED or read.implementation.is_polars())
        else None
    )


def is_store(source: Any) -> bool:
    """Tell whether statuses are kept there and scanned by days: an archive, or a receiver's store."""
    return callable(getattr(type(source), "scan", None))


def opened(
    source: Any,
    start: periods.Day | None = None,
    end: periods.Day | None = None,
    *,
    wanted: Said | None = None,
) -> pl.LazyFrame:
    """Open the statuses of some days, both included, of a polars frame or of what is kept.

    `start` alone means that day or month, `end` alone all up to it. Raises `InputError` for another source, and
    where nothing is kept yet.
    """
    if is_store(source):
        if callable(held := getattr(source, "days", None)) and held().is_empty():
            raise InputError(said("engines.empty_archive"))
        whole = start is None and end is None
        scanned: pl.LazyFrame = source.scan() if whole else source.scan(start, end)
        return scanned
    if not isinstance(source, pl.DataFrame | pl.LazyFrame):
        raise InputError(
            said(
                "engines.source",
                wanted=wanted or said("engines.investigate"),
                kind=type(source).__name__,
                refused=refused("source", source, said("arguments.one_of")),
            )
        )
    names = source.collect_schema()
    if (start is None and end is None) or "date_time" not in names:
        return source.lazy()
    for name, kind in (("date_time", pl.Datetime), ("send_date", pl.Date)):
        if name in names and not isinstance(names[name], kind):
            raise InputError(said("engines.column_kind", name=name, kind=kind.__name__, names=names[name]))
    day = pl.col("date_time").dt.replace_time_zone(None).dt.date()
    if "send_date" in names:
        day = pl.coalesce("send_date", day)
    if start is None:
        return source.lazy().filter(day <= periods.days(end)[-1])  # type: ignore[arg-type]  # one of the two is there
    days = periods.days(start, end)
    return source.lazy().filter(day.is_between(days[0], days[-1]))


def gather(*frames: nw.LazyFrame[Any]) -> list[pl.DataFrame]:
    """Collect small results as polars frames, on polars side by side."""
    if all(frame.implementation.is_polars() for frame in frames):
        # one scan for all would read every column of every row that any of them wants
        apart = pl.QueryOptFlags(comm_subplan_elim=False)
        return pl.collect_all([frame.to_native() for frame in frames], optimizations=apart)
    return [frame.collect("polars").to_native() for frame in frames]


def require(frame: nw.LazyFrame[Any], *columns: str) -> nw.Schema:
    """Make sure that the columns are there, hold what they should, and that times are Japan's.

    Raises `InputError` that names the columns there are, or what to do about the one that is wrong.
    """
    schema = frame.collect_schema()
    wanted = {*columns, "send_date"}
    if misspelt := [c for c in schema if c not in wanted and c.lower() in wanted and c.lower() not in schema]:
        # SQL takes SEND_DATE for send_date; here it would be one more column, and the day of sending unknown
        raise InputError(said("engines.small_letters", names=", ".join(misspelt)))
    missing = [column for column in columns if column not in schema]
    if missing:
        raise InputError(
            said("engines.no_column", names=", ".join(missing), names2=mask_text(", ".join(schema)) or "none")
        )
    if "status_id" in columns and not schema["status_id"].is_integer():
        raise InputError(said("engines.status_id", schema=schema["status_id"]))
    if "detailed_status_id" in columns and schema["detailed_status_id"] not in (nw.String, nw.Unknown):
        raise InputError(said("engines.detailed_status_id", schema=schema["detailed_status_id"]))
    if schema.get("send_date", nw.Date) not in (nw.Date, nw.Unknown):
        raise InputError(said("engines.send_date", schema=schema["send_date"]))
    if "date_time" in columns and not isinstance(schema["date_time"], nw.Datetime):
        raise InputError(said("engines.date_time", schema=schema["date_time"]))
    zone = getattr(schema.get("date_time"), "time_zone", None)
    if "date_time" in columns and zone not in (None, ZONE):
        raise InputError(said("engines.zone", zone=zone, zone2=ZONE))
    return schema
