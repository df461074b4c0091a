"""What the running month will come to, from the shape of days in Japan."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from zrtools.arguments import checked
from zrtools.engines import AnyFrame
from zrtools.errors import InputError
from zrtools.intervals import student
from zrtools.periods import Day, day, month_end
from zrtools.schemas import FORECAST, INCREMENTS
from zrtools.texts import said
from zrtools.usage.daymodel import Habits, kind, project
from zrtools.usage.monthmodel import outlook
from zrtools.usage.months import as_daily
from zrtools.usage.source import ALL, newest, snapshots

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

__all__ = ["forecast", "increments"]

_LAST_YEAR = 2199
# days that are looked back on
_WINDOW = 182
# a month with fewer days of shape at hand than this is projected from months alone
_ENOUGH_DAYS = 21


@checked
def forecast(
    counts: pl.DataFrame | pl.LazyFrame,
    statuses: AnyFrame | None = None,
    *,
    today: Day | None = None,
    level: float = 0.8,
) -> pl.DataFrame:
    """Project the running month to its end, by carrier and for all of them (`*`), with an interval.

    Takes COUNTS, best as snapshots (`archive.counts_history()`), and where there are any statuses on any engine.
    The shape of days (weekday, holidays of Japan, 五十日 and the month's end) and their noise are learnt from the
    statuses' days, else from the growth between snapshots, else from whole months alone, which knows the least;
    `method` says which. Clients are added up: filter the counts for one of them. `level` is how often the interval
    should hold the truth. Without `today` the running month is the last one whose count does not reach its end; a
    month that is complete has no forecast, so the frame may be empty. Gives FORECAST.

    Raises `InputError`.

    Examples
    --------
    >>> import zrtools as zr
    >>> with zr.Client.sandbox(seed=1, today="2026-11-12", messages_per_day=200) as client:
    ...     counts = client.counts("2026-08", "2026-11", progress=False)
    >>> zr.usage.forecast(counts, today="2026-11-12").select("low", "forecast", "high").height
    5
    """
    if not 0.5 <= level < 1:
        raise InputError(said("usage.level", level=level))
    now = None if today is None else day(today, "today")
    if now is not None and now.year > _LAST_YEAR:
        raise InputError(said("usage.today", now=now, number=_LAST_YEAR + 1))
    history = snapshots(counts)
    if now is not None:
        history = history.filter(pl.col("month") <= now)
    latest = newest(history)
    running, through = _running(latest, now)
    if running is None or through is None:
        return pl.DataFrame(schema=FORECAST)
    sums = latest.group_by("month", "carrier_id", "carrier").agg(
        pl.col("separated_success_count").sum(), pl.col("through").max()
    )
    shape = _days(history, statuses, through)
    carriers = sums.select("carrier_id", "carrier").unique().sort("carrier_id", nulls_last=True)
    everything, habits = _row(sums, shape, ALL, ALL, running, through, level)
    # a sender's habits are the same on every carrier
    rows = [
        _row(sums, shape, key, name, running, through, level, habits)[0] for key, name in carriers.iter_rows()
    ]
    if rows:
        # the whole is what its carriers come to; only its interval is its own, since they rise and fall together
        shift = sum(row["forecast"] for row in rows) - everything["forecast"]
        low, counted = everything["low"] + shift, everything["counted"]
        everything |= {
            "forecast": everything["forecast"] + shift,
            "low": max(low, counted),
            "high": everything["high"] + shift,
        }
    return pl.DataFrame([*rows, everything], schema=FORECAST)


@checked
def increments(history: pl.DataFrame | pl.LazyFrame) -> pl.DataFrame:
    """Tell from snapshots of counts how many billable messages each day added, by carrier.

    Takes `archive.counts_history()` and gives INCREMENTS: what several days without a snapshot between them added
    is shared out evenly. Clients are added up. Raises `InputError` when the column `taken` is not there.
    """
    frame = snapshots(history)
    if "taken" not in frame.columns:
        raise InputError(said("usage.snapshots"))
    key = ["month", "client_id", "carrier_id", "carrier"]
    # the last answer of those that reach the same day
    steps = (
        frame.sort("taken")
        .group_by(*key, "through", maintain_order=True)
        .agg(pl.col("separated_success_count").last())
        .sort(*key, "through", nulls_last=True)
        .with_columns(
            start=pl.col("through").shift(1).over(key).dt.offset_by("1d").fill_null(pl.col("month")),
            grown=pl.col("separated_success_count")
            - pl.col("separated_success_count").shift(1).over(key).fill_null(0),
        )
        .filter(pl.col("through") >= pl.col("start"))
    )
    return (
        steps.with_columns(
            days_between=(pl.col("through") - pl.col("start")).dt.total_days().cast(pl.Int32) + 1,
            day=pl.date_ranges("start", "through"),
        )
        .with_columns(separated_success_count=pl.col("grown") / pl.col("days_between"))
        .explode("day")
        .group_by("day", "carrier_id", "carrier")
        .agg(pl.col("separated_success_count").sum(), pl.col("days_between").max())
        .select(pl.col(c).cast(t) for c, t in INCREMENTS.items())
        .sort("day", "carrier_id", nulls_last=True)
    )


def _running(latest: pl.DataFrame, now: date | None) -> tuple[date | None, date | None]:
    if now is not None:
        running = now.replace(day=1)
        rows = latest.filter(pl.col("month") == running)
        return running, rows["through"].max() if rows.height else now - timedelta(1)  # type: ignore[return-value]  # a Date column's maximum is a date
    rows = latest.filter(pl.col("month") == pl.col("month").max())
    if not rows.height:
        return None, None
    running, through = rows["month"][0], rows["through"].max()
    return (running, through) if through < month_end(running) else (None, None)  # type: ignore[operator,return-value]  # dates


def _days(history: pl.DataFrame, statuses: AnyFrame | None, through: date) -> tuple[str, pl.DataFrame]:
    """Collect days and what they carried, by carrier, from the best source at hand."""
    begin = through - timedelta(_WINDOW)
    schema = {"day": pl.Date, "carrier_id": pl.String, "value": pl.Float64}
    if statuses is not None:
        days = as_daily(statuses).filter(pl.col("send_date").is_between(begin, through, closed="right"))
        settled = pl.col("delivered") + pl.col("failed")
        whole = pl.col("messages").sum() / settled.sum()
        # a pending message has no carrier yet: its day is taken as if it went the way of the day's others
        made = days.group_by("send_date").agg(lift=pl.when(settled.sum() > 0).then(whole).otherwise(1.0))
        found = (
            days.filter(settled > 0)
            .join(made, on="send_date")
            .select(
                pl.col("send_date").alias("day"),
                "carrier_id",
                ((pl.col("delivered_count") + pl.col("failed_count").fill_null(0)) * pl.col("lift")).alias(
                    "value"
                ),
            )
        )
        if found["day"].n_unique() >= _ENOUGH_DAYS:
            return "statuses", found
    if "taken" in history.columns:
        grown = increments(history).filter(pl.col("day").is_between(begin, through, closed="right"))
        # a first snapshot late in a month says nothing about single days
        found = grown.filter(pl.col("days_between") <= 7).select(
            "day", "carrier_id", pl.col("separated_success_count").alias("value")
        )
        if found["day"].n_unique() >= _ENOUGH_DAYS:
            return "snapshots", found
    return "months", pl.DataFrame(schema=schema)


def _row(
    sums: pl.DataFrame,
    shape: tuple[str, pl.DataFrame],
    carrier_id: str | None,
    carrier: str | None,
    running: date,
    through: date,
    level: float,
    habits: Habits | None = None,
) -> tuple[dict[str, Any], Habits | None]:
    method, days = shape
    chosen = pl.lit(value=True) if carrier_id == ALL else pl.col("carrier_id").eq_missing(pl.lit(carrier_id))
    mine = sums.filter(chosen).group_by("month").agg(pl.col("separated_success_count").sum()).sort("month")
    counted = int(mine.filter(pl.col("month") == running)["separated_success_count"].sum())
    left = [through + timedelta(n) for n in range(1, (month_end(running) - through).days + 1)]
    values = days.filter(chosen).group_by("day").agg(pl.col("value").sum()).sort("day")
    if method == "months" or not values.height:
        method = "months"
        whole = mine.filter(pl.col("month") < running).select("month", "separated_success_count")
        rest, low, high = outlook(list(whole.iter_rows()), counted, running, len(left), level)
    else:
        known = _known(days["day"].unique().sort().to_list(), through)
        by_day: dict[date, float] = dict(values.iter_rows())
        y = np.array([by_day.get(d, 0.0) for d in known])
        scale = _scale(mine, values, known, running)
        made = project(known, y, left, habits)
        habits, rest = made.habits, scale * made.rest
        half = scale * student(made.freedom, 0.5 + level / 2) * made.spread
        low, high = max(rest - half, 0.0), rest + half
    return {
        "month": running,
        "carrier_id": carrier_id,
        "carrier": carrier,
        "through": through,
        "days_left": len(left),
        "counted": counted,
        "forecast": counted + round(rest),
        "low": counted + round(low),
        "high": counted + round(high),
        "level": level,
        "method": method,
    }, habits


def _known(held: list[date], through: date) -> list[date]:
    """List the days that count: those held, and those of a kind of which most are empty (offices that rest on Sundays).

    Any other day without a message is taken as not at hand rather than as a 0.
    """
    every = [held[0] + timedelta(n) for n in range((through - held[0]).days + 1)]
    kinds = np.array([kind(d) for d in every])
    here = np.isin(np.array(every, dtype="datetime64[D]"), np.array(held, dtype="datetime64[D]"))
    share = np.bincount(kinds, here, minlength=8) / np.maximum(np.bincount(kinds, minlength=8), 1)
    return [d for d, of, is_held in zip(every, kinds, here, strict=True) if is_held or share[of] < 0.5]


def _scale(mine: pl.DataFrame, values: pl.DataFrame, known: list[date], running: date) -> float:
    """Say how the counts relate to the days' sums, over the months that the days cover."""
    months = (
        pl.DataFrame({"day": known})
        .group_by(pl.col("day").dt.truncate("1mo").alias("month"))
        .agg(held=pl.len())
    )
    whole = months.filter(
        (pl.col("held") == pl.col("month").dt.days_in_month())
        | ((pl.col("month") == running) & (pl.col("held") >= 7))
    )
    both = (
        values.group_by(pl.col("day").dt.truncate("1mo").alias("month"))
        .agg(pl.col("value").sum())
        .join(whole, on="month")
        .join(mine, on="month")
    )
    total, counted = float(both["value"].sum()), int(both["separated_success_count"].sum())
    return min(max(counted / total, 0.1), 10.0) if total > 0 and counted > 0 else 1.0
