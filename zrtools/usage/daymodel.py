"""A sender's days as a regression: level, trend and steps times the shape of weeks and months in Japan.

The expected count of a day is log-linear; its variance grows with the power 1.5 of it, between chance (1) and campaigns
(2). Every coefficient has a prior, so that few days do not decide alone, and those of single days of the month a heavy
tail (Student's, one degree of freedom), so that a biller's days are not drawn towards none. It is fitted by penalised,
iteratively reweighted least squares; where the level stepped is looked for by score tests.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from zrtools.jcalendar import is_holiday, kind_of_day

__all__ = ["Habits", "Projection", "kind", "project"]

Floats = NDArray[np.float64]
Habits = tuple[str, float]

_POWER = 1.5
# prior standard deviations of logarithms; the trend's is by month
_LEVEL, _WEEKDAY, _WEEKEND, _MARK, _STEP = 5.0, 0.15, 2.0, 0.25, 1.0
# a sender grows, or stays as it is, which is likelier by so many nats before any day is seen
_TRENDS = (0.12, 0.01)
_STAYS = 2.0
_PLAIN, _MARKED = 0.01, 0.08
_WANDERS = (1e-6, 0.005, 0.02, 0.06)
_ROLLS = ("none", "forward", "back")
# a step is believed when its score passes this (a likelihood ratio), and there are at most so many
_SURE, _MOST_STEPS = 13.0, 3
_ROUNDS = 6
_NEW_YEAR = {(12, 29), (12, 30), (12, 31), (1, 1), (1, 2), (1, 3)}


class Projection(NamedTuple):
    """What is expected of the days left, how unsure that is, how many days tell so, and the sender's habits."""

    rest: float
    spread: float
    freedom: float
    habits: Habits | None = None


class _Fit(NamedTuple):
    columns: Floats
    beta: Floats
    covariance: Floats
    scale: float
    evidence: float
    mean: Floats
    freedom: float


def project(
    days: Sequence[date], values: Floats, left: Sequence[date], habits: Habits | None = None
) -> Projection:
    """Project the days that are left from those that are known.

    `habits`, left out, are those that explain the days best: where a day of the month goes that falls on a day of
    rest, and whether single days of the month stand out.
    """
    # kinds of day on which nothing was ever sent have no part in it
    idle = _at_rest(days, values)
    held = [n for n, d in enumerate(days) if kind(d) not in idle]
    days, values, left = [days[n] for n in held], values[held], [d for d in left if kind(d) not in idle]
    unit = float(values.mean()) if held else 0.0
    if not left or unit <= 0:
        return Projection(0.0, 0.0, 4.0, habits)
    y = values / unit
    every = [*days, *left]

    def fitted(
        habits: Habits, wander: float = _WANDERS[-2], trend: float = _TRENDS[0], steps: Sequence[int] = ()
    ) -> _Fit:
        return _fitted(*_design(every, len(days), *habits, wander, trend, steps), y)

    if habits is None:
        fits = {h: fitted(h) for h in (("none", _PLAIN), *((roll, _MARKED) for roll in _ROLLS))}
        habits = max(fits, key=lambda h: fits[h].evidence)
    fit = fitted(habits)
    steps: list[int] = []
    plain = np.array([(d.month, d.day) not in _NEW_YEAR for d in days])
    while len(steps) < _MOST_STEPS and (at := _step(y, fit, plain)) is not None:
        steps.append(at)
        fit = fitted(habits, steps=steps)
    # how far the level wanders, and whether it has a trend, is seldom sure: each guess counts as far as the days
    # bear it out
    made = [_ahead(fitted(habits, w, t, steps), len(y)) for w in _WANDERS for t in _TRENDS]
    evidence = np.array([m[2] for m in made]) + np.tile([0.0, _STAYS], len(_WANDERS))
    weights = np.exp(evidence - evidence.max())
    weights /= weights.sum()
    rests, variances = (np.array([m[n] for m in made]) for n in (0, 1))
    rest = float(weights @ rests)
    variance = float(weights @ (variances + (rests - rest) ** 2))
    freedom = float(weights @ np.array([m[3] for m in made]))
    return Projection(unit * rest, unit * float(np.sqrt(variance)), freedom, habits)


def _ahead(fit: _Fit, known: int) -> tuple[float, float, float, float]:
    """Sum up what a fit expects of the days that are left, its variance, evidence and freedom."""
    ahead = fit.columns[known:]
    mean = _mean(ahead, fit.beta)
    gradient = mean @ ahead
    variance = float(gradient @ fit.covariance @ gradient) + fit.scale * float((mean**_POWER).sum())
    return float(mean.sum()), variance, fit.evidence, fit.freedom


def kind(day: date) -> int:
    """Sort days into Monday to Sunday and holidays (7)."""
    return 7 if day.weekday() < 5 and is_holiday(day) else day.weekday()


def _at_rest(days: Sequence[date], values: Floats) -> set[int]:
    """Find the kinds of day that are always empty; of few holidays Sundays tell."""
    kinds = np.array([kind(d) for d in days])
    seen = np.bincount(kinds, minlength=8)
    empty = np.bincount(kinds, values, minlength=8) == 0
    return {n for n in range(8) if empty[n] and (seen[n] >= 3 or (n == 7 and empty[6] and seen[6] >= 3))}


def _design(
    days: Sequence[date],
    known: int,
    roll: str,
    marked: float,
    wander: float,
    trend: float,
    steps: Sequence[int],
) -> tuple[Floats, Floats, NDArray[np.bool_]]:
    """Make the columns of all days, each with its prior's deviation and whether its tail is heavy."""
    ages = np.array([(d - days[known - 1]).days for d in days], dtype=float)
    columns: list[Floats] = [np.ones(len(days)), ages / 30.4]
    deviations, heavy = [_LEVEL, trend], [False, False]

    def add(column: Floats, deviation: float, *, tail: bool = False) -> None:
        if column.any():
            columns.append(column)
            deviations.append(deviation)
            heavy.append(tail)

    # the level wanders from week to week, in the days that are left too
    for edge in range(-7 * (int(-ages[0]) // 7), int(ages[-1]) + 1, 7):
        add((ages > edge).astype(float), wander)
    kinds = np.array([_traits(d, roll) for d in days])
    weekday, holiday, mark, from_end, position, calendar = kinds.T
    for n in range(5):
        add(((weekday == n) & (holiday == 0)).astype(float), _WEEKDAY)
    add((weekday == 5).astype(float), _WEEKEND)
    add(((weekday == 6) | ((holiday == 1) & (weekday != 5))).astype(float), _WEEKEND)
    add((holiday == 1).astype(float), _WEEKEND / 3)
    # around New Year each sender has habits of its own, and a level learnt from these days would be none
    add(np.array([(d.month, d.day) in _NEW_YEAR for d in days], dtype=float), _STEP)
    add((mark == 1).astype(float), _MARK)
    for n in range(1, 6):
        add((from_end == n).astype(float), marked * 2, tail=True)
        add((calendar == n).astype(float), marked * 2, tail=True)
    for n in range(1, 32):
        add((position == n).astype(float), marked, tail=True)
    for at in steps:
        add((np.arange(len(days)) >= at).astype(float), _STEP)
    return np.column_stack(columns), np.array(deviations), np.array(heavy)


@lru_cache(maxsize=8192)
def _traits(day: date, roll: str) -> tuple[int, int, int, int, int, int]:
    """Tell a day's weekday, whether it is a holiday and a 五十日, and where in its month it stands.

    From the month's end: working days and days. From its beginning: the day whose work this day does, which a day of
    rest leaves to the working day after or before it.
    """
    rests = is_holiday(day)
    last = (day.replace(day=28) + timedelta(4)).replace(day=1) - timedelta(1)
    ahead = [day + timedelta(n) for n in range((last - day).days + 1)]
    works = [d for d in ahead if d.weekday() < 5 and not is_holiday(d)]
    at_work = day.weekday() < 5 and not rests
    position = day.day
    if roll != "none":
        step = timedelta(-1 if roll == "forward" else 1)
        position = day.day if at_work else 0
        other = day + step
        # of several days whose work falls on this one: a 五十日 or a pay day, else its own
        while at_work and (other.weekday() >= 5 or is_holiday(other)):
            if other.day % 5 == 0 or other.day in (26, 27, 28):
                position = other.day
            other += step
    return (
        day.weekday(),
        int(rests),
        int(kind_of_day(day) == "五十日"),
        len(works) if at_work else 0,
        position,
        len(ahead) if len(ahead) < 6 else 0,
    )


def _fitted(columns: Floats, deviations: Floats, heavy: NDArray[np.bool_], y: Floats) -> _Fit:
    """Fit by iteratively reweighted least squares, the heavy tails and the scale settled in turn."""
    x = columns[: len(y)]
    n, p = x.shape
    beta: Floats = np.zeros(p)
    beta[0] = np.log(max(float(y.mean()), 1e-9))
    scale = 0.05
    precision = 1 / deviations**2
    covariance: Floats = np.eye(p)
    mean = _mean(x, beta)
    effective = float(p)
    for turn in range(_ROUNDS):
        for _ in range(4 if turn == 0 else 2):
            mean = _mean(x, beta)
            weight = mean ** (2 - _POWER) / scale
            pulled = np.log(mean) + np.clip((y - mean) / mean, -2, 4)
            weighted = x * weight[:, None]
            gram = weighted.T @ x
            covariance = np.asarray(np.linalg.inv(gram + np.diag(precision)), dtype=np.float64)
            beta = covariance @ (weighted.T @ pulled)
        mean = _mean(x, beta)
        effective = float(np.einsum("ij,ji->", covariance, gram))
        scale = max(float(((y - mean) ** 2 / mean**_POWER).sum()) / max(n - effective, n / 4), 1e-10)
        spread = beta**2 + np.diag(covariance)
        precision = np.where(heavy, 2 / (deviations**2 + spread), 1 / deviations**2)
    quadratic = float(((y - mean) ** 2 / mean**_POWER).sum()) / scale
    evidence = -0.5 * (
        quadratic
        + n * np.log(scale)
        + _POWER * float(np.log(mean).sum())
        + float((precision * beta**2).sum())
        - float(np.log(precision).sum())
        - float(np.linalg.slogdet(covariance)[1])
    )
    return _Fit(columns, beta, covariance, scale, float(evidence), mean, max(n - effective, 4.0))


def _mean(x: Floats, beta: Floats) -> Floats:
    mean: Floats = np.exp(np.clip(x @ beta, -9, 6))
    return mean


def _step(y: Floats, fit: _Fit, plain: NDArray[np.bool_]) -> int | None:
    """Find where a step of the level would explain most, None where none is sure: two plain days must bear it out."""
    x = fit.columns[: len(y)]
    weight = fit.mean ** (2 - _POWER) / fit.scale
    slope = (y - fit.mean) / fit.mean * weight
    # sums over all days from each day on
    score = np.cumsum(slope[::-1])[::-1]
    weighted = np.cumsum((x * weight[:, None])[::-1], axis=0)[::-1]
    own = np.cumsum(weight[::-1])[::-1]
    information = own - np.einsum("ij,jk,ik->i", weighted, fit.covariance, weighted)
    found = score**2 / (np.maximum(information, 1e-9) + 1 / _STEP**2)
    found[:7] = 0.0
    found[np.cumsum(plain[::-1])[::-1] < 2] = 0.0
    at = int(found.argmax())
    return at if found[at] > _SURE else None
