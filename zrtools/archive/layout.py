"""How a day lies in the archive: its columns, times, mark, folder and file."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Self

import polars as pl

from zrtools import periods, privacy, schemas
from zrtools.errors import ArchiveError
from zrtools.texts import said

if TYPE_CHECKING:
    from zrtools.archive.settings import Settings

__all__ = [
    "Day",
    "check_file",
    "folder_day",
    "mark_name",
    "naive",
    "odd",
    "period",
    "prepared",
    "runs",
    "status_schema",
    "with_zone",
    "without_zone",
]

# Japan's clock has stood nine hours before UTC since 1951; looking each time up in the zone's history is what a scan
# would spend most of its time on
_NINE_HOURS = pl.duration(hours=9)


@dataclass(frozen=True)
class Day:
    """What the archive holds of a day: `fetched` is None when its rows came from elsewhere or never came."""

    rows: int = 0
    open: bool = False
    known: bool = False
    fetched: datetime | None = None
    closed: bool = False

    @classmethod
    def of(cls, rows: int, lowest: int | None, mark: int | None) -> Self:
        """Read a day from its rows, its lowest status and its mark."""
        fetched = datetime.fromtimestamp(mark >> 1, periods.TOKYO) if mark and mark > 1 else None
        return cls(
            rows=rows,
            open=lowest is not None and lowest <= 1,
            known=mark is not None or rows > 0,
            fetched=fetched,
            closed=bool(mark and mark & 1),
        )

    @staticmethod
    def mark(fetched: datetime | None, closed: bool) -> int:
        """Write when a day was fetched and whether it is closed as one number."""
        return (int(fetched.timestamp()) << 1 if fetched else 0) | closed


def status_schema(settings: Settings) -> pl.Schema:
    """Give the columns that an archive keeps."""
    return pl.Schema({**schemas.STATUS, "rawdata": pl.String()}) if settings.rawdata else schemas.STATUS


def naive(schema: pl.Schema) -> pl.Schema:
    """Engines disagree on zones: times are stored naive and mean Japan."""
    return pl.Schema({n: pl.Datetime("ms") if t == schemas.TIME else t for n, t in schema.items()})


def with_zone(name: str) -> pl.Expr:
    """Read a stored time as Japan's."""
    utc = (pl.col(name).cast(pl.Datetime("ms")) - _NINE_HOURS).dt.replace_time_zone("UTC")
    return utc.dt.convert_time_zone(schemas.ZONE).alias(name)


def without_zone(name: str) -> pl.Expr:
    """Write a time as it is stored."""
    return (pl.col(name).dt.convert_time_zone("UTC").dt.replace_time_zone(None) + _NINE_HOURS).alias(name)


def prepared(frame: pl.DataFrame, settings: Settings, secret: bytes | None) -> pl.DataFrame:
    """Give a day the archive's own form: columns, naive times, and only what may be kept."""
    schemas.check(frame, schemas.STATUS, "STATUS")
    kept = frame.select(
        pl.col(name) if name in frame.columns else pl.lit(None, dtype).alias(name)
        for name, dtype in status_schema(settings).items()
    )
    if not settings.messages:
        kept = kept.with_columns(pl.lit(None, pl.String).alias("message"))
    if secret is not None:
        kept = privacy.hashed(kept, secret).with_columns(
            privacy.mask_within(pl.col("message")), privacy.mask_within(pl.col("client_tag"))
        )
    return kept.with_columns(without_zone("date_time"))


def odd(day: date) -> pl.Expr:
    """Tell the rows that a day cannot have: of no known status, or of a time before the day."""
    known = pl.col("status_id").is_between(0, 3).fill_null(value=False)
    early = pl.col("date_time").dt.date() < day - timedelta(1)
    return ~known | early.fill_null(value=False)


def mark_name(day: date) -> str:
    """Name the transaction that carries a day's mark."""
    return f"zrtools/day/{day}"


def folder_day(folder: str) -> date | None:
    """Read the day of a partition's folder; None for another folder."""
    found = re.fullmatch(r"send_date=([0-9]{4}-[0-9]{2}-[0-9]{2})", folder)
    try:
        return date.fromisoformat(found[1]) if found else None
    except ValueError:
        return None


def check_file(file: Path, size: int, day: date) -> None:
    """Make sure that a file is there and whole as far as its size tells. Raises `ArchiveError`."""
    try:
        if file.stat().st_size == size:
            return
        what = said("archive.other_size")
    except OSError:
        what = said("archive.missing")
    raise ArchiveError(said("archive.damaged_day", day=day, what=what, file=file))


def period(start: periods.Day | None, end: periods.Day | None, held: Sequence[date]) -> list[date]:
    """List the days asked for: start alone is that day or month; no start is the first day held, no end the last."""
    if start is not None:
        return periods.days(start, end)
    until = held[-1] if end is None else periods.days(end)[-1]
    return periods.days(min(held[0], until), until)


def runs(days: Sequence[date], most: int, *, months: bool = False) -> Iterator[list[date]]:
    """Split days, or first days of months, into runs without a gap, none longer than `most`."""
    run: list[date] = []
    for day in days:
        if run and (
            len(run) == most or day != (periods.month_end(run[-1]) if months else run[-1]) + timedelta(1)
        ):
            yield run
            run = []
        run.append(day)
    if run:
        yield run
