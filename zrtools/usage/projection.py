"""What the running month will come to, from the shape of days in Japan."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import polars as pl

from zrtools.arguments import checked
from zrtools.engines import AnyFrame
from zrtools.errors import InputError
from zrtools.jcalendar import is_holiday, kind_of_day
from zrtools.periods import Day, day, month_end
from zrtools.schemas import FORECAST, INCREMENTS
from zrtools.usage.months import as_daily
from zrtools.usage.source import ALL, newest, snapshots

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

__all__ = ["forecast", "increments"]

# days that are looked back on, and how fast older ones lose weight in the level
_LAST_YEAR = 2199
_WINDOW = 182
_HALF_LIFE = 28.0
# how many days' worth of the mean an own weekday starts from, so that few days do not decide alone
_SHRINK = 1.0
_SHRINK_SPECIAL = 2.0
# a month with fewer days of shape at hand than this is projected from months alone
_ENOUGH_DAYS = 21
# without days at hand: what a Saturday, Sunday or holiday carries against a working day, and how unsure that is
_WEEKEND, _WEEKEND_RANGE = 0.7, (0.4, 1.0)
_DAY_NOISE = 0.35
_MONTH_NOISE = 0.12
_MARKS = {"五十日": 1, "month-end": 2}


class _Projection(NamedTuple):
    rest: float
    spread: float
    freedom: float


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
    """
    if not 0.5 <= level < 1:
        raise InputError(f"level must be from 0.5 to below 1, such as 0.8, not {level}.")
    now = None if today is None else day(today, "today")
    if now is not None and now.year > _LAST_YEAR:
        raise InputError(f"today={now}: give a day before {_LAST_YEAR + 1}.")
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
    rows = [_row(sums, shape, key, name, running, through, level) for key, name in carriers.iter_rows()]
    everything = _row(sums, shape, ALL, ALL, running, through, level)
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
        raise InputError(
            "Growth by day needs snapshots: give archive.counts_history(), which has a column taken."
        )
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
) -> dict[str, Any]:
    method, days = shape
    chosen = pl.lit(value=True) if carrier_id == ALL else pl.col("carrier_id").eq_missing(pl.lit(carrier_id))
    mine = sums.filter(chosen).group_by("month").agg(pl.col("separated_success_count").sum()).sort("month")
    counted = int(mine.filter(pl.col("month") == running)["separated_success_count"].sum())
    left = [through + timedelta(n) for n in range(1, (month_end(running) - through).days + 1)]
    values = days.filter(chosen).group_by("day").agg(pl.col("value").sum()).sort("day")
    if method == "months" or not values.height:
        method = "months"
        whole = mine.filter(pl.col("month") < running)
        made = _from_months(whole, counted, running, left)
    else:
        known = _known(days["day"].unique().sort().to_list(), through)
        by_day: dict[date, float] = dict(values.iter_rows())
        y = np.array([by_day.get(d, 0.0) for d in known])
        made = _from_days(known, y, left, _scale(mine, values, known, running))
    rest = max(made.rest, 0.0)
    half = _student(0.5 + level / 2, made.freedom) * made.spread
    return {
        "month": running,
        "carrier_id": carrier_id,
        "carrier": carrier,
        "through": through,
        "days_left": len(left),
        "counted": counted,
        "forecast": counted + round(rest),
        "low": counted + round(max(rest - half, 0.0)),
        "high": counted + round(rest + half),
        "level": level,
        "method": method,
    }


def _known(held: list[date], through: date) -> list[date]:
    """List the days that count: those held, and those of a kind of which most are empty (offices that rest on Sundays).

    Any other day without a message is taken as not at hand rather than as a 0.
    """
    every = [held[0] + timedelta(n) for n in range((through - held[0]).days + 1)]
    kinds = _kinds(every)[0]
    here = np.isin(np.array(every, dtype="datetime64[D]"), np.array(held, dtype="datetime64[D]"))
    share = np.bincount(kinds, here, minlength=8) / np.maximum(np.bincount(kinds, minlength=8), 1)
    return [d for d, kind, is_held in zip(every, kinds, here, strict=True) if is_held or share[kind] < 0.5]


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


def _from_days(days: list[date], y: Floats, left: list[date], scale: float) -> _Projection:
    """Weekday, holiday and 五十日 shape times a level that follows the newest days; noise as the days showed it."""
    age = np.array([(days[-1] - d).days for d in days], dtype=float)
    recent = np.exp2(-age / _HALF_LIFE)
    kinds, special = _kinds(days)
    next_kinds, next_special = _kinds(left)
    weights, bonus = np.ones(8), np.ones(3)
    # the two shapes lean on each other: settle them in turn
    for _ in range(5):
        rate = _over(float(y.sum()), float((weights[kinds] * bonus[special]).sum()))
        for kind in range(8):
            of = kinds == kind
            own = float(y[of].sum()) + _SHRINK * rate * _prior(kind, weights)
            weights[kind] = _over(own, rate * (float(bonus[special[of]].sum()) + _SHRINK))
        for mark in (1, 2):
            of = special == mark
            plain = rate * float(weights[kinds[of]].sum())
            bonus[mark] = _over(float(y[of].sum()) + _SHRINK_SPECIAL * rate, plain + _SHRINK_SPECIAL * rate)
    shape = weights[kinds] * bonus[special]
    level = _over(float((recent * y).sum()), float((recent * shape).sum()))
    fitted = level * shape
    expected_left = level * weights[next_kinds] * bonus[next_special]
    rest = float(expected_left.sum())
    # noise in proportion to the day, as campaigns make it: it grows faster than chance alone would
    freedom = max(len(days) - 10.0, 4.0)
    noise = float(((y - fitted) ** 2).sum()) / max(float((fitted**2).sum()), 1e-9) * len(days) / freedom
    together = _correlation((y - fitted) / np.maximum(fitted, 1e-9))
    own = noise * together * float((expected_left**2).sum())
    effective = float((recent * fitted).sum()) ** 2 / max(float(((recent * fitted) ** 2).sum()), 1e-9)
    of_level = noise * together / max(effective, 1.0) * rest**2
    # each weekday's and each special day's factor was learnt from so many days
    of_shape = noise * sum(
        float(expected_left[ahead == n].sum()) ** 2 / (float((behind == n).sum()) + shrink)
        for behind, ahead, numbers, shrink in (
            (kinds, next_kinds, range(8), _SHRINK),
            (special, next_special, (1, 2), _SHRINK_SPECIAL),
        )
        for n in numbers
    )
    spread = float(np.sqrt(own + of_level + of_shape))
    return _Projection(scale * rest, scale * spread, freedom)


def _from_months(whole: pl.DataFrame, counted: int, running: date, left: list[date]) -> _Projection:
    """A day's level from past months and the running one, each as far as it can be trusted."""

    def of(weekend: float) -> tuple[float, float]:
        weights = np.array([1.0, 1.0, 1.0, 1.0, 1.0, weekend, weekend, weekend])
        elapsed = [running + timedelta(n) for n in range((month_end(running) - running).days + 1 - len(left))]
        w_left = float(weights[_kinds(left)[0]].sum())
        w_seen = float(weights[_kinds(elapsed)[0]].sum()) if elapsed else 0.0
        rates = np.array(
            [
                value
                / float(
                    weights[_kinds([m + timedelta(n) for n in range((month_end(m) - m).days + 1)])[0]].sum()
                )
                for m, value in whole.tail(6).select("month", "separated_success_count").iter_rows()
            ]
        )
        steps = np.abs(np.diff(np.log(np.maximum(rates, 1e-9))))
        month_noise = max(_MONTH_NOISE, float(np.sqrt((steps**2).mean())) if len(steps) > 1 else 0.0)
        prior = float(np.average(rates, weights=np.exp2(np.arange(len(rates))))) if len(rates) else None
        now = counted / w_seen if w_seen else None
        if prior is None and now is None:
            return 0.0, 0.0
        base = prior if now is None else now if prior is None else (prior + now) / 2
        assert base is not None  # noqa: S101 - one of the two is there
        own = (_DAY_NOISE * base) ** 2 / w_seen if w_seen else np.inf
        past = (month_noise * base) ** 2 if prior is not None else np.inf
        trust = 0.0 if now is None else 1.0 if prior is None else past / (past + own) if past + own else 0.5
        level = trust * (now or 0.0) + (1 - trust) * (prior or 0.0)
        unsure = trust**2 * (own if now is not None else 0.0) + (1 - trust) ** 2 * (
            past if prior is not None else 0.0
        )
        rest = level * w_left
        return rest, float(np.sqrt(unsure * w_left**2 + (_DAY_NOISE * level) ** 2 * w_left))

    rest, spread = of(_WEEKEND)
    others = [of(weekend)[0] for weekend in _WEEKEND_RANGE]
    # the weekends' share is assumed: what a wrong one would change counts as doubt
    doubt = (max(others) - min(others)) / 2
    return _Projection(rest, float(np.hypot(spread, doubt)), 10.0)


def _kinds(days: list[date]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Sort days into Monday to Sunday and holidays (7), and mark 五十日 (1) and the month's last working day (2)."""
    kinds = [7 if d.weekday() < 5 and is_holiday(d) else d.weekday() for d in days]
    marks = [_MARKS.get(kind_of_day(d), 0) for d in days]
    return np.array(kinds, dtype=np.int64), np.array(marks, dtype=np.int64)


def _prior(kind: int, weights: Floats) -> float:
    """Start a holiday as a Sunday, any other day as the mean of its like."""
    return float(weights[6]) if kind == 7 else 1.0


def _over(part: float, whole: float) -> float:
    return part / whole if whole > 0 else 0.0


def _correlation(residuals: Floats) -> float:
    """Say by how much days that go high or low together widen the sum of many."""
    centred = residuals - residuals.mean()
    total = float((centred**2).sum())
    if len(centred) < 14 or total <= 0:
        return 1.0
    lags = [float((centred[k:] * centred[:-k]).sum()) / total * (1 - k / 8) for k in range(1, 8)]
    return float(np.clip(1 + 2 * sum(lags), 0.7, 3.0))


def _student(probability: float, freedom: float) -> float:
    """Find Student's quantile from the normal one (Cornish and Fisher)."""
    from statistics import NormalDist

    z = NormalDist().inv_cdf(probability)
    return z + (z**3 + z) / (4 * freedom) + (5 * z**5 + 16 * z**3 + 3 * z) / (96 * freedom**2)
