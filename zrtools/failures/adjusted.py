"""The failure rate without the incidents, and how much of a change they explain."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from math import sqrt
from typing import Any

import narwhals as nw
import polars as pl

from zrtools.failures.changes import compare
from zrtools.failures.rates import breakdown
from zrtools.failures.traffic import Traffic, sums
from zrtools.failures.wording import values_of

__all__ = ["Period", "adjusted"]

# reports come up to an hour late as a rule
_LATE = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Period:
    """A period's counts and its incidents."""

    counted: Traffic
    incidents: pl.DataFrame

    def final(self, left_out: list[date]) -> Period:
        """Leave days out, with the incidents that began on them."""
        began = pl.col("start").dt.date()
        return Period(
            self.counted.where(~nw.col("day").is_in(left_out)), self.incidents.filter(~began.is_in(left_out))
        )

    def settled(self) -> int:
        """Count what settled."""
        return int(self.counted.counts([])[0].select(sums()["settled"]).item())

    def without(self) -> Traffic:
        """Leave out the messages in the incidents' segments and stretches."""
        rows, failed = self.counted.rows.to_native(), self.counted.failures().to_native()
        when = pl.col("_received").cast(pl.Datetime("ms")) + pl.duration(minutes=15 * pl.col("_quarter"))
        outside = pl.lit(value=True)
        for row in self.incidents.iter_rows(named=True):
            start, end = (row[c].replace(tzinfo=None) for c in ("start", "end"))
            inside = when.is_between(start, end + _LATE, closed="left")
            if row["dimension"] != "all":
                inside &= pl.col(row["dimension"]).is_in(values_of(row), nulls_equal=True)
            outside &= ~inside
        return replace(
            self.counted,
            rows=nw.from_native(rows.filter(outside)),
            failed=nw.from_native(failed.filter(outside)),
        )

    def excess(self) -> tuple[float, float]:
        """Give the failures that incidents added, and half the width of its interval."""
        halves = (self.incidents["excess_high"] - self.incidents["excess_low"]) / 2
        return float(self.incidents["excess"].sum()), sqrt(float((halves**2).sum()))


def adjusted(
    overview: pl.DataFrame, here: Period, earlier: Period | None, changes: pl.DataFrame, left_out: list[date]
) -> pl.DataFrame:
    """Fill in the parts of OVERVIEW that tell of incidents; `changes` is what was compared over days that are final."""
    rows = []
    for row, period in zip(overview.iter_rows(named=True), (here, earlier), strict=False):
        own = _without(row, period) if period is not None else {}
        rows.append({**row, **own})
    if earlier is not None and changes.height:
        rows[0].update(_explained(earlier.final(left_out), here.final(left_out), changes.row(0, named=True)))
    return pl.DataFrame(rows, schema=overview.schema)


def _without(row: Mapping[str, Any], period: Period) -> dict[str, float | int | None]:
    settled = int(row["delivered"]) + int(row["failed"])
    if not settled:
        return {"incidents": period.incidents.height}
    if period.incidents.is_empty():
        same = {f"adjusted_{end}": row[f"rate_{end}"] for end in ("low", "high")}
        return {"incidents": 0, "adjusted_rate": row["failure_rate"], **same}
    excess, half = (x / settled for x in period.excess())
    rate = max(row["failure_rate"] - excess, 0.0)
    rest = breakdown(period.without(), by=[], cluster="campaign").row(0, named=True)
    # what is left tells how far chance and campaigns spread it
    low, high = rate, rate
    if rest["settled"]:
        low = rate - sqrt((rest["failure_rate"] - rest["rate_low"]) ** 2 + half**2)
        high = rate + sqrt((rest["rate_high"] - rest["failure_rate"]) ** 2 + half**2)
    return {
        "incidents": period.incidents.height,
        "adjusted_rate": rate,
        "adjusted_low": max(low, 0.0),
        "adjusted_high": min(high, 1.0),
    }


def _explained(old: Period, new: Period, change: Mapping[str, Any]) -> dict[str, float]:
    """Part a change in what incidents make of it and the rest."""
    (lost, lost_half), (more, more_half) = (
        tuple(x / period.settled() for x in period.excess()) for period in (old, new)
    )
    explained, half = more - lost, sqrt(lost_half**2 + more_half**2)
    rest = change["total_after"] - change["total_before"] - explained
    width = change
    if old.incidents.height + new.incidents.height:
        parts = [period.without() for period in (old, new)]
        if all(Period(part, old.incidents).settled() for part in parts):
            width = compare(parts[0], parts[1], by=["carrier"], unsettled_days=True).row(0, named=True)
    spread = sqrt(((width["change_high"] - width["change_low"]) / 2) ** 2 + half**2)
    return {
        "explained": explained,
        "explained_low": explained - half,
        "explained_high": explained + half,
        "rest": rest,
        "rest_low": rest - spread,
        "rest_high": rest + spread,
    }
