"""What months alone tell of the running one: its level from those before, its shape unknown.

Totals hold no days, so that how a month's traffic lies within it is a matter of probability: evenly, on working days,
at weekends, at the month's end, on one day or two, or in a few campaigns. Each such shape has a prior weight; how far
the running month has come, against what the months before let expect, weighs them anew. The forecast
is the median over all shapes and levels together, the interval its quantiles.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from functools import lru_cache
from statistics import NormalDist
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from zrtools.jcalendar import is_holiday
from zrtools.periods import month_end

__all__ = ["Outlook", "outlook"]

Floats = NDArray[np.float64]

_MONTHS = 14
# how fast level and trend of the logarithm follow, of which the past months choose
_FOLLOW = (
    *((0.3, 0.0), (0.6, 0.0), (0.9, 0.0), (0.3, 0.2)),
    *((0.6, 0.2), (0.3, 0.5), (0.6, 0.5), (0.9, 0.5)),
)
_DAMPED = 0.98
# a month's level differs from what was expected by so much, as so many months would tell; else it has stepped
_NOISE, _NOISE_MONTHS = 0.035, 3.0
_STEPS, _STEP = 0.48, 0.5
_WEEKENDS = ((0.0, 0.12), (0.3, 0.13), (0.55, 0.25), (0.8, 0.15), (1.0, 0.08), (1.6, 0.07))
_CAMPAIGNS, _BURSTS, _BILLERS = 0.06, 0.2, 0.2
_DAY_NOISE, _CAMPAIGN_NOISE = 0.12, 0.9
_BILL_NOISE = 0.2
_PLACES = (*((n,) for n in range(31)), *((n, m) for n in range(1, 30, 4) for m in range(n + 4, 30, 4)))
_SHARES = (0.6, 0.85, 0.93)
_LEVELS = np.linspace(-2.5, 2.5, 161)
_NOISES = np.array([NormalDist().inv_cdf((n + 0.5) / 15) for n in range(15)])


class Outlook(NamedTuple):
    """What is expected of the days that are left: the median and the interval's ends."""

    rest: float
    low: float
    high: float


class _Shape(NamedTuple):
    weight: float
    noise: float
    days: Floats


def outlook(
    totals: Sequence[tuple[date, float]], counted: float, running: date, left: int, level: float
) -> Outlook:
    """Project the days that are left of the running month from the whole months before and what is counted of it."""
    past = [(m, v) for m, v in totals if v > 0][-_MONTHS:]
    gone = month_end(running).day - left
    if left <= 0 or (not past and counted <= 0):
        return Outlook(0.0, 0.0, 0.0)
    rests, weights = [], []
    for n, shape in enumerate(_shapes(running)):
        seen, ahead = float(shape.days[:gone].sum()), float(shape.days[gone:].sum())
        whole = seen + ahead
        rates = np.array([np.log(v / _sizes(m)[n]) for m, v in past])
        centre, spread = _expected(rates) if past else (np.log(max(counted, 1.0) / max(seen, 1e-6)), 1.0)
        grid = centre + _LEVELS
        ordinary, stepped = (np.exp(-0.5 * (_LEVELS / s) ** 2) / s for s in (spread, np.hypot(spread, _STEP)))
        prior = (1 - _STEPS) * ordinary + _STEPS * stepped
        if gone:
            # days of which the shape expects next to nothing may still hold a little
            effective = max(float((shape.days[:gone] ** 2).sum()), 1e-9) ** 0.5 / max(seen, 1e-9)
            noise = float(np.hypot(shape.noise * effective, 0.02))
            mean = grid + np.log(max(seen, 1e-3 * whole))
            observed = np.log(max(counted, 0.5))
            likely = np.exp(-0.5 * ((observed - mean) / noise) ** 2) / noise
        else:
            likely = np.ones_like(grid)
        density = shape.weight * prior * likely + 1e-300
        own = shape.noise * float((shape.days[gone:] ** 2).sum()) ** 0.5 / max(ahead, 1e-9)
        rests.append((np.exp(grid)[:, None] * ahead * np.exp(own * _NOISES - own**2 / 2)[None]).ravel())
        weights.append(np.repeat(density / len(_NOISES), len(_NOISES)))
    rest, weight = np.concatenate(rests), np.concatenate(weights)
    order = np.argsort(rest)
    reached = np.cumsum(weight[order]) / weight.sum()

    def quantile(part: float) -> float:
        return float(rest[order][min(int(np.searchsorted(reached, part)), len(rest) - 1)])

    return Outlook(quantile(0.5), quantile(0.5 - level / 2), quantile(0.5 + level / 2))


def _expected(rates: Floats) -> tuple[float, float]:
    """Find where the next month's level is expected, and how far off such an expectation is."""
    best: tuple[float, float, Floats] | None = None
    for fast, slow in _FOLLOW:
        at, slope = float(rates[0]), 0.0
        errors: list[float] = []
        for rate in rates[1:]:
            error = float(rate) - at - slope
            errors.append(error)
            at, slope = at + slope + fast * error, _DAMPED * (slope + fast * slow * error)
        wrong = (
            float(np.mean(np.abs(errors[1:])))
            if len(errors) > 2
            else (0.0 if slow == 0 and fast == 0.6 else 1.0)
        )
        if best is None or wrong < best[0]:
            best = wrong, at + slope, np.array(errors[1:])
    assert best is not None  # noqa: S101 - there are ways to follow
    # one month that stepped must not widen all that follow
    wrongs = np.minimum(np.abs(best[2]), 0.3)
    spread = np.sqrt((float((wrongs**2).sum()) + _NOISE_MONTHS * _NOISE**2) / (len(wrongs) + _NOISE_MONTHS))
    return best[1], float(spread)


@lru_cache(maxsize=512)
def _sizes(month: date) -> Floats:
    """Say how much traffic each shape puts into a month."""
    return np.array([float(s.days.sum()) for s in _shapes(month)])


@lru_cache(maxsize=512)
def _shapes(month: date) -> tuple[_Shape, ...]:
    """Make every shape of a month's days."""
    return tuple(_made(month))


def _made(month: date) -> Iterator[_Shape]:
    days = [month + timedelta(n) for n in range(month_end(month).day)]
    works = np.array([d.weekday() < 5 and not is_holiday(d) for d in days])

    def plain(weekend: float) -> Floats:
        return np.where(works, 1.0, weekend)

    for weekend, weight in _WEEKENDS:
        yield _Shape(weight, _DAY_NOISE, plain(weekend))
    yield _Shape(_CAMPAIGNS, _CAMPAIGN_NOISE, plain(0.6))
    left = np.cumsum(works[::-1])[::-1]
    for length in (2, 3, 5):
        for size in (2.5, 4.5):
            yield _Shape(_BURSTS / 6, _DAY_NOISE, np.where(left <= length, size, 1.0) * plain(0.6))
    # most of it on one day, or on two
    for places in _PLACES:
        for share in _SHARES:
            one = plain(0.6)
            for n in places:
                one[min(n, len(days) - 1)] += plain(0.6).sum() * share / (1 - share) / len(places)
            yield _Shape(_BILLERS / len(_PLACES) / len(_SHARES), _BILL_NOISE, one)
