"""A service for the archive's tests: the client's methods that a sync uses, over answers made up on the spot."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

import polars as pl

from zrtools import schemas
from zrtools.errors import PartialResultError
from zrtools.periods import TOKYO, days, month_end, months

__all__ = ["Service", "status"]

_CARRIERS = ("au", "docomo", "SoftBank", "Rakuten Mobile")


def status(day: date, rows: int, *, pending: int = 0, message: str = "ご予約は10時です") -> pl.DataFrame:
    """Make a day of statuses, the first ones pending; the same arguments give the same frame."""
    n = pl.int_range(rows, dtype=pl.Int64, eager=True)
    frame = n.to_frame("n").with_columns(settled=pl.col("n") >= pending, which=(pl.col("n") + day.day) % 4)
    carrier_id = pl.col("which").replace_strict(dict(enumerate(("101", "103", "105", "106"))))
    failed = pl.col("n") % 7 == 3
    return frame.select(
        pl.lit(day).alias("send_date"),
        (
            pl.lit(datetime.combine(day, time(9), TOKYO)).cast(schemas.TIME) + pl.duration(milliseconds="n")
        ).alias("date_time"),
        ("+8190" + (pl.col("n") % 97 + 10_000_000).cast(pl.String)).alias("phone_number"),
        pl.lit(message).alias("message"),
        pl.lit("12345").alias("sms_code"),
        pl.when("settled").then(carrier_id).alias("carrier_id"),
        pl.when("settled").then(pl.col("which").replace_strict(dict(enumerate(_CARRIERS)))).alias("carrier"),
        pl.when("settled")
        .then(pl.when(failed).then(3).otherwise(2))
        .otherwise(pl.col("n") % 2)
        .cast(pl.Int16)
        .alias("status_id"),
        pl.when(pl.col("n") % 3 > 0)
        .then("tag-" + pl.lit(str(day)) + "-" + pl.col("n").cast(pl.String))
        .alias("client_tag"),
        pl.when("settled")
        .then(pl.when(failed).then(pl.lit("31732")).otherwise(pl.lit("2")))
        .alias("detailed_status_id"),
        pl.when("settled").then(pl.lit(1)).cast(pl.Int32).alias("separated_success_count"),
    )


class Service:
    """Answers like a client: `sizes` and `pending` by day, `failing` days, and a clock to set.

    `bars` tells for each question about counts whether a bar was wanted.
    """

    def __init__(self, today: str = "2026-10-31", *, rows: int = 20) -> None:
        self.time = datetime.combine(date.fromisoformat(today), time(12), TOKYO)
        self.rows = rows
        self.sizes: dict[date, int] = {}
        self.pending: dict[date, int] = {}
        self.failing: set[date] = set()
        self.asked: list[date] = []
        self.totals: dict[date, int] = {}
        self.bars: list[bool] = []

    def now(self) -> datetime:
        """Tell the service's time."""
        return self.time

    def later(self, **period: int) -> None:
        """Let time pass."""
        self.time += timedelta(**period)

    def frame(self, day: date) -> pl.DataFrame:
        """Give what the service would answer now."""
        return status(day, self.sizes.get(day, self.rows), pending=self.pending.get(day, 0))

    def status(self, start: date, end: date, *, rawdata: bool = False, progress: bool = True) -> pl.DataFrame:
        """Answer the days, or what could be had of them."""
        assert len(days(start, end)) <= 4
        self.asked += days(start, end)
        came = [schemas.empty(schemas.STATUS)] + [
            self.frame(d) for d in days(start, end) if d not in self.failing
        ]
        frame = pl.concat(came)
        if rawdata:
            frame = frame.with_columns(rawdata=pl.lit('[{"carrier":"103"}]'))
        if missing := [d for d in days(start, end) if d in self.failing]:
            raise PartialResultError(
                f"{len(missing)} days got no answer: try again later.", frame=frame, missing=missing
            )
        return frame

    def counts(
        self,
        start: date,
        end: date | None = None,
        *,
        client_id: str | None = None,
        progress: bool = True,
    ) -> pl.DataFrame:
        """Answer months that have a total; the running month reaches up to yesterday."""
        self.bars.append(progress)
        yesterday = self.time.date() - timedelta(days=1)
        rows = [
            (m, "100", carrier_id, carrier, self.totals[m] * n, min(month_end(m), yesterday))
            for m in months(start, end)
            if m in self.totals
            for n, (carrier_id, carrier) in enumerate(
                zip(("101", "103", "105", "106"), _CARRIERS, strict=True)
            )
        ]
        return pl.DataFrame(rows, schema=schemas.COUNTS, orient="row")

    def frames(self, start: str, end: str) -> pl.DataFrame:
        """Give what a whole period's answer would be."""
        return pl.concat([self.frame(day) for day in days(start, end)])
