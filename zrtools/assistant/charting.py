"""Charts as pictures: those of `zrtools.charts`, strangers' words in them named as in sentences."""

from __future__ import annotations

import tempfile
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from zrtools import charts, failures, usage
from zrtools.assistant.answers import LEAST, few, pool, with_interval
from zrtools.assistant.asked import AskChart, AskLocate
from zrtools.assistant.desk import Desk
from zrtools.assistant.models import Chart, ChartAnswer
from zrtools.errors import InputError
from zrtools.failures.course import Every

if TYPE_CHECKING:
    from altair.typing import ChartType

__all__ = ["draw"]

_SCALE = 1.5
_UNITS: tuple[Every, ...] = ("1h", "1d", "1w")
_BY_CARRIER = ("failures", "failures_by_carrier")
_COMPARED = ("contributions", "located")


def draw(desk: Desk, asked: AskChart) -> ChartAnswer:
    """Draw a chart of `zrtools.charts`."""
    kind = asked.chart
    if kind.startswith("usage_"):
        span = None
        made = _of_usage(desk, kind)
    else:
        if asked.period is None:
            raise InputError(desk.say("chart_period", chart=kind))
        span = desk.span(asked.period)
        if kind in _COMPARED:
            if asked.compare_to is None:
                raise InputError(desk.say("chart_compare", chart=kind))
            with desk.naming():
                made = _of_change(desk, kind, desk.span(asked.compare_to, "compare_to"), span)
        else:
            with desk.naming():
                made = _of_failures(desk, asked, span)
    desk.go_on()
    with tempfile.TemporaryDirectory() as folder:
        picture = charts.save(made, Path(folder) / "chart.png", scale=_SCALE).read_bytes()
    desk.picture = picture
    # where a PNG says how large it is
    width, height = (int.from_bytes(picture[at : at + 4], "big") for at in (16, 20))
    return ChartAnswer(
        **desk.common(
            span,
            0,
            said=[desk.say("chart", chart=kind)],
            then=None if span is None else desk.report(span),
        ),
        chart=Chart(kind=kind, width=width, height=height),
    )


def _of_failures(desk: Desk, asked: AskChart, span: tuple[date, date]) -> ChartType:
    frame = _carriers(desk, desk.frame(span)) if asked.chart in _BY_CARRIER else desk.frame(span)
    if asked.chart == "failures":
        return charts.failures(_together(desk, failures.breakdown(frame)), lang=desk.lang)
    unit = _unit(desk, frame, asked.every)
    if asked.chart == "failures_by_carrier":
        return charts.failures_by_carrier(frame, every=unit, lang=desk.lang)
    if asked.chart == "incidents":
        found = failures.incidents(frame, lang=desk.lang)
        desk.go_on()
        unit = _unit(desk, frame, "1h")
        return charts.incidents(frame if unit == "1h" else failures.trend(frame, unit), found, lang=desk.lang)
    return charts.failures_over_time(frame, every=unit, lang=desk.lang)


def _carriers(desk: Desk, frame: pl.LazyFrame) -> pl.LazyFrame:
    """Leave out carriers of which there are fewer messages than may be shown."""
    rest = desk.kept("carrier", failures.breakdown(frame, "carrier"), pl.col("settled") + pl.col("pending"))
    return frame.filter(pl.col("carrier").is_in(rest["carrier"].implode(), nulls_equal=True))


def _together(desk: Desk, cells: pl.DataFrame) -> pl.DataFrame:
    """Move each carrier's small cells into one row of their own, so that every sum stays what it is."""
    parts = []
    for part in cells.partition_by("carrier", maintain_order=True):
        rest, small = pool(part, pl.col("failed"))
        parts.append(rest)
        if small is not None:
            moved = part.head(1).with_columns(
                failure_category=pl.lit(desk.say("small_cells")),
                failed=pl.lit(int(part["failed"].sum()) - int(rest["failed"].sum()), pl.Int64),
            )
            names = ("failure_rate", "rate_low", "rate_high")
            parts.append(with_interval(moved, "failed", "settled", names).select(cells.columns))
    return pl.concat([cells.clear(), *parts])


def _unit(desk: Desk, frame: pl.LazyFrame, every: Every) -> Every:
    """Take the next longer unit where a stretch of time has fewer messages than may be shown."""
    for unit in _UNITS[_UNITS.index(every) :]:
        size = failures.trend(frame, unit).select(pl.col("settled") + pl.col("pending")).to_series()
        if not ((size > 0) & (size < LEAST)).any():
            break
    else:
        raise InputError(desk.say("too_short", least=LEAST))
    if unit != every:
        desk.cut.append(desk.say("longer", least=LEAST))
    return unit


def _of_change(desk: Desk, kind: str, before: tuple[date, date], after: tuple[date, date]) -> ChartType:
    old, new = desk.frame(before), desk.frame(after)
    if kind == "located":
        by = AskLocate.model_fields["by"].default
        return charts.located(failures.locate(old, new, by, lang=desk.lang), lang=desk.lang)
    return charts.contributions(failures.compare(old, new, lang=desk.lang), lang=desk.lang)


def _of_usage(desk: Desk, kind: str) -> ChartType:
    if kind == "usage_gaps":
        found = usage.reconcile(desk.counts(), desk.archive.scan(), coverage=desk.days())
        return charts.usage_gaps(desk.without("carrier", found, few("counts", "statuses")), lang=desk.lang)
    key = ["month", "carrier"]
    counts = desk.counts()
    sums = usage.monthly(counts).group_by(key).agg(pl.col("separated_success_count").sum())
    large = desk.without("carrier", sums, few("separated_success_count"))
    counts = counts.join(large, on=key, how="semi", nulls_equal=True)
    if kind == "usage_months":
        return charts.usage_months(counts, lang=desk.lang)
    if kind == "usage_shares":
        return charts.usage_shares(counts, lang=desk.lang)
    held = desk.archive.days()
    statuses = None if held.is_empty() else desk.archive.scan()
    return charts.usage_forecast(usage.forecast(counts, statuses), counts, lang=desk.lang)
