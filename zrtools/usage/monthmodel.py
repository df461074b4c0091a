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
from itertools import product
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
# how far the fit of past months is believed, as a power of its likelihood
_TOLD = 0.5
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


class _Shapes(NamedTuple):
    family: NDArray[np.intp]
    weight: Floats
    noise: Floats
    days: Floats


def outlook(
    totals: Sequence[tuple[date, float]], counted: float, running: date, left: int, level: float
) -> Outlook:
    """Project the days that are left of the running month from the whole months before and what is counted of it."""
    past = [(m, v) for m, v in totals if v > 0][-_MONTHS:]
    gone = month_end(running).day - left
    if left <= 0 or (not past and counted <= 0):
        return Outlook(0.0, 0.0, 0.0)
    family, shares, noise, days = _shapes(running)
    seen, ahead = days[:, :gone].sum(axis=1), days[:, gone:].sum(axis=1)
    if past:
        centre, spread = _expected(
            np.column_stack([np.log(v / _shapes(m).days.sum(axis=1)) for m, v in past])
        )
    else:
        centre, spread = np.log(max(counted, 1.0) / np.maximum(seen, 1e-6)), np.ones(len(days))
    grid = centre[:, None] + _LEVELS
    ordinary, stepped = (
        np.exp(-0.5 * (_LEVELS / s[:, None]) ** 2) / s[:, None] for s in (spread, np.hypot(spread, _STEP))
    )
    likely = np.ones_like(grid)
    if gone:
        # days of which the shape expects next to nothing may still hold a little
        effective = np.sqrt(np.maximum((days[:, :gone] ** 2).sum(axis=1), 1e-9)) / np.maximum(seen, 1e-9)
        wide = np.hypot(noise * effective, 0.02)[:, None]
        mean = grid + np.log(np.maximum(seen, 1e-3 * (seen + ahead)))[:, None]
        likely = np.exp(-0.5 * ((np.log(max(counted, 0.5)) - mean) / wide) ** 2) / wide
    # how well each fits the months before decides within a family alone: totals cannot tell a burst from none
    told = -_TOLD * max(len(past) - 2, 0) * np.log(spread)
    fits = shares * np.exp(told - told.max())
    fits *= (np.bincount(family, shares) / np.bincount(family, fits))[family]
    weights = fits[:, None] * ((1 - _STEPS) * ordinary + _STEPS * stepped) * likely + 1e-300
    # what cannot move a quantile need not be sorted
    kept = weights.max(axis=1) > 1e-6 * weights.max()
    own = (noise * np.sqrt((days[:, gone:] ** 2).sum(axis=1)) / np.maximum(ahead, 1e-9))[kept, None]
    factors = ahead[kept, None] * np.exp(own * _NOISES - own**2 / 2)
    rest = (np.exp(grid[kept])[:, :, None] * factors[:, None]).ravel()
    weight = np.repeat(weights[kept].ravel(), len(_NOISES))
    order = np.argsort(rest)
    reached = np.cumsum(weight[order]) / weight.sum()
    places = np.searchsorted(reached, (0.5, 0.5 - level / 2, 0.5 + level / 2))
    return Outlook(*(float(rest[order[min(at, len(rest) - 1)]]) for at in places))


def _expected(rates: Floats) -> tuple[Floats, Floats]:
    """Find where the next month's level is expected for each row of months, and how far off an expectation is."""
    followed = []
    for fast, slow in _FOLLOW:
        at, slope = rates[:, 0], np.zeros(len(rates))
        errors = np.zeros((len(rates), 0))
        for rate in rates.T[1:]:
            error = rate - at - slope
            errors = np.column_stack([errors, error])
            at, slope = at + slope + fast * error, _DAMPED * (slope + fast * slow * error)
        told = errors.shape[1] > 2
        wrong = (
            np.abs(errors[:, 1:]).mean(axis=1) if told else np.full(len(rates), (fast, slow) != (0.6, 0.0))
        )
        # one month that stepped must not widen all that follow
        wrongs = np.minimum(np.abs(errors[:, 1:]), 0.3)
        variance = ((wrongs**2).sum(axis=1) + _NOISE_MONTHS * _NOISE**2) / (wrongs.shape[1] + _NOISE_MONTHS)
        followed.append((wrong, at + slope, np.sqrt(variance)))
    wrong, level, spread = (np.array(part) for part in zip(*followed, strict=True))
    best = wrong.argmin(axis=0), np.arange(len(rates))
    return level[best], spread[best]


@lru_cache(maxsize=512)
def _shapes(month: date) -> _Shapes:
    """Make every shape of a month's days."""
    family, weight, noise, days = zip(*_made(month), strict=True)
    return _Shapes(np.array(family), np.array(weight), np.array(noise), np.array(days))


def _made(month: date) -> Iterator[tuple[int, float, float, Floats]]:
    days = [month + timedelta(n) for n in range(month_end(month).day)]
    works = np.array([d.weekday() < 5 and not is_holiday(d) for d in days])

    def plain(weekend: float) -> Floats:
        return np.where(works, 1.0, weekend)

    for weekend, weight in _WEEKENDS:
        yield (0, weight, _DAY_NOISE, plain(weekend))
    yield (1, _CAMPAIGNS, _CAMPAIGN_NOISE, plain(0.6))
    left = np.cumsum(works[::-1])[::-1]
    for family, (length, size) in enumerate(product((2, 3, 5), (2.5, 4.5)), 2):
        for weekend, weight in _WEEKENDS:
            burst = np.where(left <= length, size, 1.0) * plain(weekend)
            yield (family, _BURSTS / 6 * weight / 0.8, _DAY_NOISE, burst)
    # most of it on one day, or on two
    for places in _PLACES:
        for share in _SHARES:
            one = plain(0.6)
            for n in places:
                one[min(n, len(days) - 1)] += plain(0.6).sum() * share / (1 - share) / len(places)
            yield (8, _BILLERS / len(_PLACES) / len(_SHARES), _BILL_NOISE, one)
