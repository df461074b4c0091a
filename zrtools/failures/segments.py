"""The search behind `locate`: the segments of a table of cells that explain best, and most simply, what changed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from math import erfc, exp, log, sqrt
from typing import Any

import numpy as np

__all__ = ["DEPTH", "WORTH", "Cells", "Finding", "Search"]

Floats = np.ndarray[Any, np.dtype[Any]]
Ints = np.ndarray[Any, np.dtype[np.int64]]
Flags = np.ndarray[Any, np.dtype[np.bool_]]
Segment = dict[int, tuple[int, ...]]

DEPTH = 4
"""Columns that a segment names at most."""

WORTH = 15
"""Failures more, or fewer, below which nothing is worth naming."""

# steps of the log odds by which a segment may have changed, and how much that may differ between its cells (variance)
_STEPS = np.array([0.1, 0.2, 0.3, 0.4, 0.5, 0.65, 0.8, 1.0, 1.2, 1.4, 1.7, 2.0, 2.4, 2.8, 3.3, 3.8, 4.5, 5.5])
_DIFFER, _PAID = (0.02, 0.4), 8.0
# what cells change by without anything being wrong (variance of the log odds)
_RESTLESS = 0.02
# cells of a segment that nothing happened to
_SPARED = 0.05
# what it costs to name one more value of a column, beside the choice of the value
_EITHER = 6.5
# the same where only the number of segments looked at counts
_AMONG = 1.0
# what it costs to tell one more segment
_ROW = 12.0
# what it costs to name a reason of failure: the plain columns come first
_REASON = 3.0
# expected failures below which a value was not known before
_KNOWN = 1.0
# of the logarithm of the change of the others, so much at least
_ALIKE_FROM = 0.5
# of the change in a time, less in the next one is what is reported late
_LATE = 0.6
# of the failures of a time, so many at the most are reported in the next one
_SPILT = 0.3
# of a segment, as much as before is not a part of it, where it changed by less than this of what the others did
_UNTOUCHED, _LEFT = 0.3, 0.2
# chance below which a segment is named
_SURE = 0.02
_SPREADS = np.geomspace(0.002, 2, 13)
# how clusters differ where there are too few to tell
_FEW, _ALIKE = 8, 0.01
# cells above which fewer steps are tried, and cells x combinations up to which all combinations are
_MANY, _VISITS = 100_000, 4_000_000
_SMALL = 8
_KEPT, _CLIMBED = 40, 8
# of the sizes of effects every third is tried at first
_EVERY = 3


@dataclass(slots=True)
class Cells:
    """Settled and failed messages before and after, by combination of values.

    `codes` (cell x column) are numbers from 0; those from `named[column]` on cannot be named. Columns that are
    `reasons` divide failures only: each combination of the others then has `kinds` cells, one after the other, with the
    same settled messages. `crossed` numbers what goes together from the start. `follows` gives, for a column of times,
    the value after each (-1: none). The parts say, by combination of the other columns, which messages of the period
    after share a fate (cluster -1: none).
    """

    codes: Ints
    named: Sequence[int]
    n_before: Floats
    f_before: Floats
    n_after: Floats
    f_after: Floats
    reasons: Sequence[bool] = ()
    crossed: Sequence[Ints] = ()
    kinds: int = 1
    follows: Mapping[int, Ints] = field(default_factory=dict)
    parts: Ints = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    part_cluster: Ints = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    part_n: Floats = field(default_factory=lambda: np.zeros(0))
    part_f: Floats = field(default_factory=lambda: np.zeros(0))


@dataclass(frozen=True, slots=True)
class Finding:
    """A segment (column -> values), what was to be expected of it, and how sure it is.

    The logarithm of its failures is sure within `half` towards no change, where all segments looked at are allowed
    for as in `p`, and within `far` away from it (95 %): being chosen makes a segment look too large, never too small.
    """

    segment: Segment
    cells: Flags
    expected: float
    half: float
    far: float
    p: float


def _gamma(x: Floats) -> Floats:
    """Give the logarithm of the gamma function (Stirling's series, lifted where x is small)."""
    low = x < 8
    y = np.where(low, x + 8, x)
    inverse = 1 / y
    found = (
        (y - 0.5) * np.log(y)
        - y
        + 0.9189385332046727
        + inverse * (1 / 12 - inverse**2 * (1 / 360 - inverse**2 / 1260))
    )
    if low.any():
        small = x[low]
        lift = np.ones_like(small)
        for n in range(8):
            lift *= small + n
        found[low] -= np.log(lift)
    return np.asarray(found)


def _likelihood(f: Floats, n: Floats, mean: Floats, variance: Floats) -> Floats:
    """Give the log likelihood of f failures of n, rates being beta-distributed; variance is that of the log odds."""
    size = 1 / (np.maximum(variance, 1e-9) * mean * (1 - mean))
    a = mean * size
    b = size - a
    return _gamma(f + a) - _gamma(a) + _gamma(n - f + b) - _gamma(b) - _gamma(n + size) + _gamma(size)


def _rate(logit: Floats) -> Floats:
    return np.asarray(1 / (1 + np.exp(-logit)))


def _spread(f: Floats, n: Floats, mean: Floats) -> float:
    """Estimate by maximum likelihood how much rates differ around their means."""
    seen = n > 0
    if not seen.any():
        return 0.5
    f, n, mean = f[seen], n[seen], np.clip(mean[seen], 1e-6, 0.95)
    fits = [_likelihood(f, n, mean, np.full(len(f), v)).sum() for v in _SPREADS]
    return float(_SPREADS[int(np.argmax(fits))])


def _level(values: Ints, f: Floats, expected: Floats, prior: float, count: int) -> Floats:
    """Give the ratio of failures to those expected by value, pulled towards 1, cells that stand out left out."""
    level = np.ones(count)
    kept = np.ones(len(f), dtype=bool)
    for _ in range(4):
        usual = np.bincount(values[kept], expected[kept], count)
        level = (np.bincount(values[kept], f[kept], count) + prior) / (usual + prior)
        mean = level[values] * expected
        kept = np.abs(f - mean) <= 3 * np.sqrt(mean) + 3
    return level


class Search:
    """What was usual in each cell, learnt from the period before, and the segments that depart from it."""

    def __init__(self, cells: Cells) -> None:
        """Learn what is usual: each column's values times each other, pulled to no difference as far as sparse."""
        self.cells = cells
        self.columns = cells.codes.shape[1]
        self.counts = [int(cells.codes[:, j].max(initial=0)) + 1 for j in range(self.columns)]
        self.own, (self.unsure, self.ended), self.familiar, plain, usual = self._learn()
        there = cells.n_after > 0
        self.there = there
        self.codes = np.asfortranarray(cells.codes[there])
        self.n, self.f = cells.n_after[there], cells.f_after[there]
        self.known = cells.f_before[there] + self.own
        self.before = cells.n_before * plain
        self.plain, self.usual = plain[there], usual[there]
        self.levels = [len(np.unique(self.codes[:, j])) for j in range(self.columns)]
        self.dear = [_REASON if reason else 0.0 for reason in cells.reasons] or [0.0] * self.columns
        self.restless = np.full(len(self.n), _RESTLESS)
        self.many = len(self.n) > _MANY
        steps = _STEPS[::3] if self.many else _STEPS
        self.grid = [(step, differ) for differ in (_DIFFER[:1] if self.many else _DIFFER) for step in steps]
        # effects that differ between cells explain more, so they are paid for
        self.paid = np.array([_PAID if differ > _DIFFER[0] else 0.0 for _, differ in self.grid])
        self.weights: Floats | None = None
        self.ranked: list[tuple[float, Segment]] | None = None
        self.sign = 1
        self.alike = self._alike()

    def _learn(self) -> tuple[float, tuple[list[Floats], list[Floats]], list[Flags], Floats, Floats]:
        """Learn the weight of a cell's own past, how unsure values are, which are known, and rates of cells."""
        c = self.cells
        rate = np.full(len(c.n_before), (c.f_before.sum() + 0.5) / (c.n_before.sum() + 1))
        levels = [c.codes[:, j] for j in range(self.columns)] + list(c.crossed)
        counts = [int(x.max(initial=0)) + 1 for x in levels]
        factors = [np.ones(count) for count in counts]
        priors = np.full(len(levels), 2.0)
        for turn in range(4):
            for j, (x, count) in enumerate(zip(levels, counts, strict=True)):
                others = rate / factors[j][x]
                failed = np.bincount(x, c.f_before, count)
                usual = np.bincount(x, c.n_before * others, count)
                if turn:
                    settled = np.bincount(x, c.n_before, count)
                    priors[j] = 1 / _spread(failed, settled, usual / np.maximum(settled, 1))
                factors[j] = (failed + priors[j]) / (usual + priors[j])
                rate = np.minimum(others * factors[j][x], 0.95)
        rate = np.clip(rate, 1e-6, 0.95)
        own = 1 / _spread(c.f_before, c.n_before, rate)
        plain = np.clip(rate * (c.f_before + own) / (c.n_before * rate + own), 1e-6, 0.95)
        # how unsure the level of each value is
        unsure = [
            1 / (np.bincount(c.codes[:, j], c.f_before, count) + priors[j])
            for j, count in enumerate(self.counts)
        ]
        # values that ended: others lean on them, and their own levels do not come again
        ended = [
            np.where(np.bincount(c.codes[:, j], c.n_after * plain, count) < _KNOWN, 1 / priors[j], 0)
            for j, count in enumerate(self.counts)
        ]
        # of a value that is new its own level is no change: the search takes it as it is
        usual = plain
        familiar: list[Flags] = []
        for j, count in enumerate(self.counts):
            x = c.codes[:, j]
            new = np.bincount(x, c.n_before * plain, count) < _KNOWN
            familiar.append(~new)
            if new.any():
                level = _level(x, c.f_after, c.n_after * usual, priors[j], count)
                usual = np.clip(usual * np.where(new, level, 1.0)[x], 1e-6, 0.95)
        return own, (unsure, ended), familiar, plain, usual

    def _alike(self) -> float:
        """Tell how much clusters of messages that share a fate differ (relative variance), large changes left out."""
        c = self.cells
        kept = c.part_cluster >= 0
        if not kept.any():
            return _ALIKE
        number = c.part_cluster[kept]
        usual = np.zeros(len(c.n_after))
        usual[self.there] = self.usual
        rate = usual.reshape(-1, c.kinds).sum(axis=1)
        n = np.bincount(number, c.part_n[kept])
        f = np.bincount(number, c.part_f[kept])
        expected = np.bincount(number, c.part_n[kept] * rate[c.parts[kept]])
        large = expected >= 1
        if large.sum() < _FEW:
            return _ALIKE
        n, f, expected = n[large], f[large], expected[large]
        # what happened to some of them is no sign of what the others do
        odd = np.abs(np.log((f + 0.5) / (expected + 0.5)))
        calm = odd <= 3 * max(float(np.median(odd)), 0.1)
        return max(_spread(f[calm], n[calm], expected[calm] / n[calm]), _RESTLESS / 4)

    def _weigh(self) -> Floats:
        """Weigh each cell's evidence (log likelihood ratio) for each effect of the grid: effect x cell."""
        if self.weights is None:
            self.weights = self._weighed(np.arange(len(self.n)))
        return self.weights

    def _weighed(self, cells: Ints) -> Floats:
        """Weigh some cells."""
        # in few messages differences cannot be told from chance
        small = self.n[cells] <= _SMALL if self.many else np.zeros(len(cells), dtype=bool)
        few, large = cells[small], cells[~small]
        usual = self.usual[large]
        f, n, logit, variance = (
            self.f[large],
            self.n[large],
            np.log(usual / (1 - usual)),
            1 / self.known[large] + self.restless[large],
        )
        none = _likelihood(f, n, _rate(logit), variance)
        found = np.empty((len(self.grid), len(cells)))
        for g, (size, differ) in enumerate(self.grid):
            step = self.sign * size
            found[g, small] = self.f[few] * step - self.n[few] * np.log1p(self.usual[few] * np.expm1(step))
            found[g, ~small] = _likelihood(f, n, _rate(logit + step), variance + differ) - none
            found[g] = np.logaddexp(found[g] + log(1 - _SPARED), log(_SPARED))
        return found

    def _cost(self, segment: Mapping[int, Sequence[int]], either: float = _EITHER) -> float:
        """Say how long a segment's description is: its columns and its values."""
        return sum(
            log(self.columns)
            + self.dear[j]
            + log(self.levels[j])
            + (len(v) - 1) * (either + log(self.levels[j]))
            for j, v in segment.items()
        )

    def _mask(self, segment: Mapping[int, Sequence[int]], codes: Ints | None = None) -> Flags:
        codes = self.codes if codes is None else codes
        mask = np.ones(len(codes), dtype=bool)
        for j, values in segment.items():
            chosen = np.zeros(self.counts[j], dtype=bool)
            chosen[list(values)] = True
            mask &= chosen[codes[:, j]]
        return mask

    def _score(self, segment: Mapping[int, Sequence[int]], either: float = _EITHER) -> float:
        cells = np.flatnonzero(self._mask(segment))
        if not len(cells):
            return -np.inf
        return float((self._weigh()[:, cells].sum(axis=1) - self.paid).max()) - self._cost(segment, either)

    def _sums(self, rows: Ints | None, columns: Sequence[int], every: int = 1) -> tuple[Ints, Floats]:
        """Sum the weights by combination of values of the columns, of some cells or of all."""
        weights = self._weigh()[::every]
        weights = weights if rows is None else weights[:, rows]
        key = np.zeros(weights.shape[1], dtype=np.int64)
        space = 1
        for j in columns:
            key *= self.counts[j]
            key += self.codes[:, j] if rows is None else self.codes[rows, j]
            space *= self.counts[j]
        if space > 4 * len(key) + 1000:
            found, key = np.unique(key, return_inverse=True)
        else:
            found = np.flatnonzero(np.bincount(key, minlength=space))
            numbers = np.empty(space, dtype=np.int64)
            numbers[found] = np.arange(len(found))
            key = numbers[key]
        sums = np.stack([np.bincount(key, w, len(found)) for w in weights], axis=1)
        values = np.empty((len(found), len(columns)), dtype=np.int64)
        for a in range(len(columns) - 1, -1, -1):
            found, values[:, a] = np.divmod(found, self.counts[columns[a]])
        return values, sums

    def _nameable(self, values: Ints, columns: Sequence[int]) -> Flags:
        fine: Flags = np.logical_and.reduce(
            [values[:, a] < self.cells.named[j] for a, j in enumerate(columns)]
        )
        return fine

    def _picked(
        self, values: Ints, sums: Floats, columns: Sequence[int], fixed: Segment
    ) -> Iterator[tuple[float, Segment]]:
        """Give the best combinations, and the best sets of values of one of the columns."""
        fine = self._nameable(values, columns)
        values, sums = values[fine], sums[fine]
        if not len(values):
            return
        best = sums.max(axis=1)
        for i in np.argsort(-best, kind="stable")[:_KEPT]:
            if best[i] > 0:
                segment = {**fixed, **{j: (int(v),) for j, v in zip(columns, values[i], strict=True)}}
                yield float(best[i]) - self._cost(segment), segment
        for a, j in enumerate(columns):
            if self.levels[j] < 3:
                continue
            gain = np.maximum(sums - (_EITHER + log(self.levels[j])), 0)
            gain[~self.familiar[j][values[:, a]]] = 0
            others = [b for b in range(len(columns)) if b != a]
            key = np.zeros(len(values), dtype=np.int64)
            for b in others:
                key = key * self.counts[columns[b]] + values[:, b]
            found, group = np.unique(key, return_inverse=True)
            group = group.ravel()
            order = np.argsort(group, kind="stable")
            starts = np.searchsorted(group[order], np.arange(len(found)))
            total = np.add.reduceat(gain[order], starts, axis=0)
            for q in np.argsort(-total.max(axis=1), kind="stable")[:3]:
                g = int(total[q].argmax())
                chosen = np.flatnonzero((group == q) & (gain[:, g] > 0))
                if 1 < len(chosen) < self.levels[j]:
                    row = values[chosen[0]]
                    segment = {**fixed, **{columns[b]: (int(row[b]),) for b in others}}
                    segment[j] = tuple(sorted(int(v) for v in values[chosen, a]))
                    yield float(sums[chosen, g].sum()) - self._cost(segment), segment

    def _candidates(self) -> list[tuple[float, Segment]]:
        """Give the best of all combinations, as the cells are weighed now."""
        if self.ranked is None:
            self.ranked = self._searched(1 if self.many else _EVERY)
        return self.ranked

    def _searched(self, every: int) -> list[tuple[float, Segment]]:
        """Look at all combinations of columns, or, beyond the bound, at those that go on from the best."""
        found: list[tuple[float, Segment]] = []
        last: list[tuple[float, Segment]] = []
        for depth in range(1, min(DEPTH, self.columns) + 1):
            choices = list(combinations(range(self.columns), depth))
            new: list[tuple[float, Segment]] = []
            if depth <= 2 or len(choices) * len(self.n) <= _VISITS:
                for columns in choices:
                    values, sums = self._sums(None, columns, every)
                    new += self._picked(values, sums, columns, {})
            else:
                for _, segment in sorted(last, key=_rank)[:_KEPT]:
                    rows = np.flatnonzero(self._mask(segment))
                    for j in range(self.columns):
                        if j not in segment:
                            values, sums = self._sums(rows, [j], every)
                            new += self._picked(values, sums, [j], segment)
            last = new
            found += new
        return sorted(found, key=_rank)

    def _climb(
        self, segment: Segment, either: float = _EITHER, held: int | None = None
    ) -> tuple[float, Segment]:
        """Choose the values of one column anew, the others held, while that helps."""
        best = self._score(segment, either)
        while True:
            better: tuple[float, Segment] | None = None
            for j in range(self.columns):
                rest = {b: v for b, v in segment.items() if b != j}
                if len(rest) == DEPTH or j == held:
                    continue
                rows = np.flatnonzero(self._mask(rest))
                if not len(rows):
                    continue
                values, sums = self._sums(rows, [j])
                fine = self._nameable(values, [j]) & self.familiar[j][values[:, 0]]
                gain = np.where(fine[:, None], np.maximum(sums - (either + log(self.levels[j])), 0), 0)
                g = int(gain.sum(axis=0).argmax())
                chosen = tuple(sorted(int(v) for v in values[gain[:, g] > 0, 0]))
                tries: list[Segment] = [{**rest, j: chosen}] if 0 < len(chosen) < self.levels[j] else []
                if rest and j in segment:
                    tries.append(rest)
                for tried in tries:
                    score = self._score(tried, either)
                    if score > best + 1e-9:
                        best, better = score, (score, tried)
            if better is None:
                return best, segment
            segment = better[1]

    def _apart(self, segment: Segment) -> tuple[float, Segment]:
        """Say whether a segment of several values in several columns is better told as segments of one value each.

        Gives the strongest of those and the score of all, else the segment and its own.
        """
        whole = self._score(segment), segment
        several = [j for j, v in segment.items() if len(v) > 1]
        if len(several) < 2:
            return whole
        for j in several:
            parts = [self._climb({**segment, j: (v,)}, held=j) for v in segment[j]]
            together = sum(max(score - _ROW, 0) for score, _ in parts) + _ROW
            if together > whole[0] + 1e-9:
                whole = together, max(parts, key=lambda p: p[0])[1]
        return whole

    def judged(self, segment: Segment) -> Finding | None:
        """Tell what was to be expected of a segment as a whole, and how sure the change is, clusters allowed for."""
        mask = self._mask(segment)
        ever = self._mask(segment, self.cells.codes)
        # of a combination with what is new nobody can say that it changed
        if len(segment) > 1 and not all(self.familiar[j][list(v)].all() for j, v in segment.items()):
            return None
        f = float(self.f[mask].sum())
        views = [(self.plain, False)]
        if any(
            not self.familiar[j][self.codes[mask, j]].all() for j in range(self.columns) if j not in segment
        ):
            # within what is new the rest of it tells its level
            views.append((self.usual, True))
        found = [self._view(segment, mask, ever, rates, settled=settled) for rates, settled in views]
        cost = self._cost(segment, _AMONG)
        sure = [
            (erfc(sqrt(evidence)) * len(found), variance)
            for expected, evidence, variance in found
            if expected
        ]
        expected = found[0][0]
        if not sure or f - expected < WORTH:
            return None
        # one of two directions: twice the tail; a segment's share of the 5 % is what its description leaves it
        chance, variance = min(sure)
        error = sqrt(1 / max(f, 1.0) + variance)
        half, far = (_normal(0.025 * exp(-paid)) * error for paid in (cost, 0.0))
        p = min(chance * exp(min(cost, 500)), 1.0)
        return Finding(segment, mask, expected, min(half, 700), min(far, 700), p)

    def expected(self, segment: Segment) -> float:
        """Give the failures that the cells of a segment let expect."""
        mask = self._mask(segment)
        return float((self.n * self.plain)[mask].sum())

    def _view(
        self, segment: Segment, mask: Flags, ever: Flags, rates: Floats, *, settled: bool
    ) -> tuple[float, float, float]:
        """Give what was to be expected, the evidence against it, and its variance; new levels are settled or open."""
        usual = self.n[mask] * rates[mask]
        expected, n, f = float(usual.sum()), float(self.n[mask].sum()), float(self.f[mask].sum())
        if expected <= 0:
            return 0.0, 0.0, 0.0
        variance = 1 / (float(self.cells.f_before[ever].sum()) + self.own) + self._shared(segment)
        for j, count in enumerate(self.counts):
            share = np.bincount(self.codes[mask, j], usual, count) / expected
            unsure = self.unsure[j]
            told = settled and j not in segment
            if told:
                level = np.bincount(self.codes[:, j], self.f, count)
                unsure = np.where(self.familiar[j], unsure, 1 / (level + 1))
            variance += float((share**2 * unsure).sum())
            past = np.bincount(self.cells.codes[ever, j], self.before[ever], count)
            if not told:
                variance += float((past**2 * self.ended[j]).sum()) / max(float(past.sum()), 1e-9) ** 2
        mean = min(expected / n, 0.95)
        steps = np.linspace(0, 7, 141)
        fits = _likelihood(
            np.full(len(steps), f),
            np.full(len(steps), n),
            _rate(np.log(mean / (1 - mean)) + steps),
            np.full(len(steps), variance),
        )
        return expected, max(float(fits.max() - fits[0]), 0.0), variance

    def _alike_values(self, segment: Segment) -> Segment:
        """Leave out values that changed much less than the rest: either value means the same change."""
        for j, values in segment.items():
            mask = self._mask(segment)
            f = np.bincount(self.codes[mask, j], self.f[mask], self.counts[j])
            usual = np.bincount(self.codes[mask, j], (self.n * self.usual)[mask], self.counts[j])
            changed = np.log((f + 0.5) / (usual + 0.5))
            largest = max(values, key=lambda v: usual[v] * (changed[v] > 0.5 * changed[list(values)].max()))
            kept = tuple(v for v in values if changed[v] >= _ALIKE_FROM * changed[largest])
            if j in self.cells.follows:
                n = np.bincount(self.codes[mask, j], self.n[mask], self.counts[j])
                told = np.stack([f, usual, n], axis=1).tolist()
                pairs = [(u, int(self.cells.follows[j][u])) for u in values]
                late = {v for u, v in pairs if _late(told[u], told[v])}
                # the last of a run of times
                late -= {v for v in late if int(self.cells.follows[j][v]) in values}
                kept = tuple(v for v in kept if v not in late)
            if kept:
                segment = {**segment, j: kept}
        return segment

    def _tail(self, segment: Segment) -> Flags:
        """Tell where failures of a segment that are reported late stand: in the times right after its own."""
        tail = np.zeros(len(self.n), dtype=bool)
        for j, then in self.cells.follows.items():
            if j in segment:
                later = {int(then[v]) for v in segment[j]} - {-1, *segment[j]}
                tail |= self._mask({**segment, j: tuple(later)})
        return tail

    def _narrowed(self, best: Finding, tried: Iterable[Finding]) -> Finding:
        """Choose a smaller segment where a good part of a segment is as before, and the smaller one explains the rest.

        Cells that differ could be told as chance; that they are those of a value is not.
        """
        for found in sorted(tried, key=lambda one: one.p):
            if found.p >= best.p:
                break
            rest = best.cells & ~found.cells
            # what is left out is not what is told
            if any(
                len(v) > max(self.levels[j] / 2, 2) for j, v in found.segment.items() if j not in best.segment
            ):
                continue
            if (found.cells & ~best.cells).any() or not rest.any():
                continue
            spared = rest & ~self._tail(found.segment)
            usual, whole = (float((self.n * self.usual)[cells].sum()) for cells in (spared, best.cells))
            change = log(float(self.f[found.cells].sum()) / found.expected)
            left = log((float(self.f[spared].sum()) + 0.5) / (usual + 0.5))
            if usual >= _UNTOUCHED * whole and left < _LEFT * change:
                return found
        return best

    def _shared(self, segment: Segment) -> float:
        """Give the variance that shared fates add to a segment: of so many clusters as it is worth."""
        c = self.cells
        if not len(c.parts):
            return self.alike
        around = {j: v for j, v in segment.items() if not (c.reasons and c.reasons[j])}
        inside = self._mask(around, c.codes[:: c.kinds])[c.parts]
        known = inside & (c.part_cluster >= 0)
        sizes = np.bincount(c.part_cluster[known], c.part_n[known])
        return self.alike * float((sizes**2).sum()) / max(float(c.part_n[inside].sum()), 1.0) ** 2

    def overlap(self, one: Finding, other: Finding) -> float:
        """Tell how much of the smaller of two segments lies in the other."""
        sizes = [float(self.n[f.cells].sum()) for f in (one, other)]
        return float(self.n[one.cells & other.cells].sum()) / max(min(sizes), 1.0)

    def find(self) -> tuple[float, Finding | None]:
        """Find the segment that explains most, most simply, and how well it does."""
        best: tuple[float, Finding | None] = 0.0, None
        tried: dict[str, Finding | None] = {}
        seen: set[tuple[tuple[int, tuple[int, ...]], ...]] = set()
        for number, (score, segment) in enumerate(self._candidates()[:_KEPT]):
            # what is not sure makes way for the next
            if score <= 0 or (number >= _CLIMBED and best[1] is not None):
                break
            started = {tuple(sorted(s.items())) for s in (segment, self._climb(segment, 1.0)[1])}
            for start in sorted(started - seen):
                seen.add(start)
                climbed = self._apart(self._climb(dict(start))[1])
                # the last step up may be one too many to be sure
                others = [dict(start), *_shorter(climbed[1]), *_shorter(dict(start))]
                for reached, chosen in (climbed, *((self._score(other), other) for other in others)):
                    if reached > 0:
                        found = self._judged_once(self._alike_values(chosen), tried)
                        if found is not None and found.p < _SURE and reached > best[0] + 1e-9:
                            best = reached, found
        if best[1] is not None:
            # told by one effect for all cells
            paid, self.paid = self.paid, np.where(self.paid > 0, np.inf, 0.0)
            plainly = self._climb(best[1].segment)[1]
            self.paid = paid
            self._judged_once(self._alike_values(plainly), tried)
            best = best[0], self._narrowed(best[1], [found for found in tried.values() if found is not None])
        return best

    def _judged_once(self, segment: Segment, tried: dict[str, Finding | None]) -> Finding | None:
        key = str(sorted(segment.items()))
        if key not in tried:
            tried[key] = self.judged(segment)
        return tried[key]

    def falls(self) -> bool:
        """Tell whether a segment that fell stands out more than any that rose."""
        best = {1: max((score for score, _ in self._candidates()), default=0.0)}
        kept = self.grid, self.paid, self.weights, self.ranked
        # a few sizes of effects tell
        every = 1 if self.many else _EVERY
        self.sign, self.grid, self.paid, self.weights = -1, self.grid[::every], self.paid[::every], None
        best[-1] = max((score for score, _ in self._searched(1)), default=0.0)
        self.sign, (self.grid, self.paid, self.weights, self.ranked) = 1, kept
        return best[-1] > max(best[1], 0)

    def evenly(self) -> float:
        """Say how well all cells together explain the change."""
        return float((self._weigh().sum(axis=1) - self.paid).max())

    def explained(self, found: Finding) -> None:
        """Take what a segment did as usual, so that the rest can be looked at."""
        ratio = float(self.f[found.cells].sum()) / found.expected
        inside, tail = found.cells, self._tail(found.segment)
        on_time, after = (
            [float(x[m].sum()) for x in (self.f, self.n * self.usual, self.n)] for m in (inside, tail)
        )
        self.plain[inside] = np.clip(self.plain[inside] * ratio, 1e-6, 0.95)
        self.usual[inside] = np.clip(self.usual[inside] * on_time[0] / max(on_time[1], 1e-9), 1e-6, 0.95)
        self.restless[inside] += _DIFFER[-1]
        # what is reported late is a part of it
        if after[0] > after[1] and _late(on_time, after):
            for rates in (self.plain, self.usual):
                rates[tail] = np.clip(rates[tail] * after[0] / max(after[1], 1e-9), 1e-6, 0.95)
        anew = np.flatnonzero(inside | tail)
        self._weigh()[:, anew] = self._weighed(anew)
        self.ranked = None


def _late(on_time: Sequence[float], after: Sequence[float]) -> bool:
    """Tell whether what failed in a time can be what is reported late of the time before (failed, usual, settled).

    That is less than was on time, and the time itself changed less or hardly has messages of its own.
    """
    (f, usual, n), (later, usually, settled) = on_time, after
    sure = later - sqrt(later)
    weaker = sure / (usually + 0.5) - 1 < _LATE * ((f + 0.5) / (usual + 0.5) - 1)
    beyond, share = f - usual, (later - usually) / max(f - usual, 1e-9)
    return beyond > 0 and ((share < 1 and weaker) or (share < _SPILT and sure * n > f * settled))


def _shorter(segment: Segment) -> Iterator[Segment]:
    """Leave one of several values out."""
    for j, values in segment.items():
        for value in values if len(values) > 1 else ():
            yield {**segment, j: tuple(v for v in values if v != value)}


def _rank(candidate: tuple[float, Segment]) -> tuple[float, int, Iterable[Any]]:
    score, segment = candidate
    return -round(score, 6), len(segment), sorted(segment.items())


def _normal(tail: float) -> float:
    """Give the point of the standard normal distribution above which so little lies."""
    from statistics import NormalDist

    return -NormalDist().inv_cdf(max(tail, 1e-300))
