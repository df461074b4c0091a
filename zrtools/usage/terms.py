"""Periods as companies count: fiscal years and their quarters, closing days other than the month's end, budgets."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Literal

import polars as pl

from zrtools.arguments import checked
from zrtools.engines import AnyFrame
from zrtools.errors import InputError
from zrtools.schemas import BILL, BUDGET, FISCAL, FORECAST, check
from zrtools.texts import said
from zrtools.usage.inputs import budget_of
from zrtools.usage.months import monthly
from zrtools.usage.source import ALL

__all__ = ["budget", "fiscal"]

_MONTHS = {"month": 1, "quarter": 3, "half": 6, "year": 12}


@checked
def fiscal(
    counts_or_statuses: AnyFrame,
    by: Literal["month", "quarter", "half", "year"] = "quarter",
    *,
    begins: int = 4,
    clients: pl.DataFrame | Mapping[str, str] | str | Path | None = None,
) -> pl.DataFrame:
    """Add usage up by the periods of fiscal years, for each client, with the year to date.

    Parameters
    ----------
    counts_or_statuses
        What `monthly` takes, or a MONTHLY frame.
    by
        The period: month, quarter, half or year.
    begins
        The fiscal year's first month, April if left out.
    clients
        Names, as in `monthly`.

    Returns
    -------
    FISCAL: `year_before` is the same period a year before, null where one of its months is not known; a period is
    `complete` when all its months are there and over, and only such are compared.

    Raises
    ------
    InputError
        For a month that is none, and what `monthly` refuses.
    """
    if not 1 <= begins <= 12:
        raise InputError(said("usage.begins", begins=begins))
    given = counts_or_statuses
    is_monthly = isinstance(given, pl.DataFrame) and "share_of_month" in given.columns
    made: pl.DataFrame = given if is_monthly else monthly(given, clients=clients)
    year, at = _year(pl.col("month"), begins), (pl.col("month").dt.month().cast(pl.Int32) - begins) % 12
    size = _MONTHS[by]
    count = pl.col("separated_success_count")
    months = (
        made.group_by("month", "client_id", "client")
        .agg(count.sum(), pl.col("complete").all())
        .with_columns(fiscal_year=year, period_of_year=at // size + 1)
    )
    keys, of_year = ["fiscal_year", "period_of_year", "client_id", "client"], ["fiscal_year", "client_id"]
    periods = (
        months.group_by(keys)
        .agg(count.sum(), months=pl.len(), complete=pl.col("complete").all() & (pl.len() == size))
        .with_columns(
            first=pl.date(pl.col("fiscal_year"), begins, 1).dt.offset_by(
                pl.format("{}mo", (pl.col("period_of_year") - 1) * size)
            )
        )
        .with_columns(last=pl.col("first").dt.offset_by(f"{size}mo").dt.offset_by("-1d"))
        .sort(keys, nulls_last=True)
        .with_columns(to_date=count.cum_sum().over(of_year), counted=pl.col("months").cum_sum().over(of_year))
        .with_columns(
            # a year whose beginning nobody has cannot be summed up to date
            to_date=pl.when(
                pl.col("counted") == (pl.col("period_of_year") - 1) * size + pl.col("months")
            ).then("to_date")
        )
    )
    before = periods.filter("complete").select(
        pl.col("fiscal_year") + 1, "period_of_year", "client_id", year_before="separated_success_count"
    )
    earlier = pl.col("year_before")
    return (
        periods.join(before, on=["fiscal_year", "period_of_year", "client_id"], how="left", nulls_equal=True)
        .with_columns(
            year_change_rate=pl.when(pl.col("complete") & (earlier > 0)).then((count - earlier) / earlier)
        )
        .select(pl.col(c).cast(t) for c, t in FISCAL.items())
        .sort("first", "client_id", nulls_last=True)
    )


@checked
def budget(
    actual: pl.DataFrame | pl.LazyFrame,
    planned: float | Mapping[str, float] | pl.DataFrame | str | Path,
    *,
    forecast: pl.DataFrame | None = None,
    begins: int = 4,
) -> pl.DataFrame:
    """Set what months came to, and what the running one will come to, against a budget.

    Parameters
    ----------
    actual
        A BILL (money before tax, all clients together), or what `monthly` takes (billable messages).
    planned
        So much each month, or by month: a mapping from "2026-10", a frame or the path of a table with the columns
        `month` and `budget` (利用月 and 予算), also as `tables.read` gives it.
    forecast
        FORECAST of the running month; of a BILL it is priced at the month's mean price so far.
    begins
        The fiscal year's first month: `*_to_date` begin anew there.

    Returns
    -------
    BUDGET, in the unit of `actual`, a row a month that is in `actual`.

    Raises
    ------
    InputError
        For a budget that is below 0 or cannot be read.
    """
    if not 1 <= begins <= 12:
        raise InputError(said("usage.begins", begins=begins))
    frame = actual.lazy().collect()
    if {"net", "gross"} <= set(frame.columns):
        check(frame, BILL, "BILL")
        sums = frame.group_by("month").agg(
            actual=pl.col("net").cast(pl.Float64).sum(),
            parts=pl.col("quantity").sum(),
            complete=pl.col("final").all(),
        )
    else:
        made = frame if "share_of_month" in frame.columns else monthly(frame)
        parts = pl.col("separated_success_count").sum()
        sums = made.group_by("month").agg(
            actual=parts.cast(pl.Float64), parts=parts, complete=pl.col("complete").all()
        )
    table = budget_of(planned)
    plan = (
        sums.select("month").with_columns(budget=pl.lit(planned, pl.Float64))
        if table is None
        else sums.select("month").join(table, on="month", how="left")
    )
    expected = pl.DataFrame(schema={"month": pl.Date, "whole": pl.Int64})
    if forecast is not None:
        check(forecast, FORECAST, "FORECAST")
        expected = forecast.filter(pl.col("carrier_id") == ALL).select("month", whole="forecast")
    price = pl.col("actual") / pl.col("parts")
    share = pl.col("budget") > 0
    return (
        sums.join(plan, on="month")
        .join(expected, on="month", how="left")
        .with_columns(forecast=pl.when(pl.col("parts") > 0).then(pl.col("whole") * price))
        .sort("month")
        .with_columns(
            year=_year(pl.col("month"), begins), at=(pl.col("month").dt.month().cast(pl.Int32) - begins) % 12
        )
        .with_columns(
            # after a month that is not there, or has no figure, a year cannot be summed up to date
            pl.when(pl.col(c).is_not_null().cast(pl.Int32).cum_sum().over("year") == pl.col("at") + 1)
            .then(pl.col(c).cum_sum().over("year"))
            .alias(f"{c}_to_date")
            for c in ("budget", "actual")
        )
        .with_columns(
            difference_to_budget=pl.col("actual") - pl.col("budget"),
            used=pl.when(share).then(pl.col("actual") / pl.col("budget")),
            forecast_used=pl.when(share).then(pl.col("forecast") / pl.col("budget")),
            used_to_date=pl.when(pl.col("budget_to_date") > 0).then(
                pl.col("actual_to_date") / pl.col("budget_to_date")
            ),
        )
        .select(pl.col(c).cast(t) for c, t in BUDGET.items())
    )


def _year(month: pl.Expr, begins: int) -> pl.Expr:
    return month.dt.year().cast(pl.Int32) - (month.dt.month() < begins).cast(pl.Int32)
