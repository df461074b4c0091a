"""When and where failures were abnormal."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import combinations
from math import exp, lgamma, log, log1p, sqrt
from typing import Any

import numpy as np
import polars as pl

from zrtools import words
from zrtools.arguments import checked
from zrtools.errors import InputError
from zrtools.failures.grid import DAY, Grid, dimensions_of, grid_of, spread_of
from zrtools.failures.traffic import Statuses
from zrtools.failures.traits import campaign_of, learnt_rule
from zrtools.failures.wording import named_incident
from zrtools.intervals import CONFIDENCE, Z
from zrtools.periods import TOKYO
from zrtools.schemas import INCIDENTS, empty
from zrtools.texts import said

__all__ = ["both_lists", "incidents", "watch_list"]

Floats = np.ndarray[Any, np.dtype[Any]]
Ints = np.ndarray[Any, np.dtype[np.int64]]
Flags = np.ndarray[Any, np.dtype[np.bool_]]

# windows that are looked at, in bins in which something was sent
_LENGTHS = tuple(dict.fromkeys(round(2 ** (n / 2)) for n in range(36)))
_ROUNDS = 3
_MOST = 60
# sets of carriers are looked at for so many carriers, and up to that part of all messages
_WHOLE = 0.98
_MOST_CARRIERS = 5
# log likelihood that an edge of an incident must add to belong to it
_NOTHING = 2.0
# log likelihood that usual times within an incident must have to part it in two
_SPLIT = 7.0
# log likelihood that another segment must add from some time on to part it, and times that are tried
_PARTED, _CUTS, _WORK = 10.0, 48, 100_000
# the part of an excess that does not stretch an incident to three times its length
_THIN = 0.15
# excess failures from which something is reported: that part of a day's messages, within limits
_PART_OF_DAY, _LEAST_EXCESS, _MOST_EXCESS = 0.02, 15.0, 80.0
_WATCHED_EXCESS, _WATCHED_PART = 10.0, 0.25
# the watch list takes what chance alone would show so often in all windows of a frame
_WATCHED = 0.3
# log likelihood that a segment must explain to be named beside others: where only one sender sends, and that one only a
# campaign, it is the campaign's doing; a set of carriers must explain more than everything does
_COST = {"campaign": 0.0, "sms_code": 4.0, "all": 4.5, "carrier": 5.5}
# rates are raised that much at the most, and steps in which it is looked how much
_MOST_RATIO, _HALVINGS = 64.0, 12
# that something is wrong is shown; where, is told less strictly
_LENIENT = 20.0
# expected failures after an incident that show it to be over
_AFTER = 3.0
# a category that is so much of an incident is named alone, others from that part on, and not more than so many
_ALONE, _NAMED, _MOST_NAMED = 0.8, 0.1, 3
# windows overlap and dimensions share the error
_DIMENSIONS = 4
# a window weaker than that (log likelihood ratio) is not looked at closely
_FIRST_LOOK = 6.0
# how much days of a segment differ without anything being wrong (variance of the relative rate), at the least
_LEAST_SPREAD = {"all": 0.004, "carrier": 0.004, "sms_code": 0.008, "campaign": 0.05}


@dataclass(slots=True, eq=False)
class _Table:
    """Segments of one dimension, each with a row for every bin in which something was sent."""

    dimension: str
    values: list[tuple[int, ...]]
    begin: Ints
    bin: Ints
    row: np.ndarray[Any, np.dtype[np.int32]]
    """The row of each cell of the grid; one beyond the last for none."""
    clusters: int
    failed: Floats = field(init=False)
    usual: Floats = field(init=False)
    shared: Floats = field(init=False)
    """How much clusters add to the variance, as if each lay in the window with all of its messages."""
    spread: Floats = field(init=False)
    """The same, by failures expected."""
    daily: float = _LEAST_SPREAD["campaign"]

    @property
    def segment(self) -> Ints:
        """Tell each row's segment."""
        return np.repeat(np.arange(len(self.values)), np.diff(self.begin))


@dataclass(slots=True, eq=False)
class _Incident:
    table: _Table
    index: int
    start: int
    end: int
    score: float
    p_value: float = 1.0
    failed: float = 0.0
    usual: float = 0.0
    variance: float = 0.0
    looks: float = 1.0
    settled: float = 0.0

    @property
    def chance(self) -> float:
        """Give how many windows as unlikely as that are to be expected by chance in the frame."""
        return self.p_value * self.looks

    @property
    def excess(self) -> float:
        return self.failed - self.usual


class _Look:
    """What is expected where, and what of it stands out; what was found is taken for expected."""

    def __init__(self, grid: Grid, tables: list[_Table], weight: Floats) -> None:
        self.grid = grid
        self.left_out = weight == 0
        self.usual = grid.usual.copy()
        self.carriers = len(grid.values["carrier"])
        count = len(grid.spread)
        pair = grid.codes["carrier"] * count + grid.cluster
        size = (self.carriers, count)
        self.cluster_failed = np.bincount(pair, grid.failed, self.carriers * count).reshape(size)
        self.cluster_usual = np.bincount(pair, self.usual, self.carriers * count).reshape(size)
        self.least_seen = 1 / np.maximum(grid.spread, 1e-4)
        # where a campaign was found to be raised, some carriers may lie below what that explains
        self.least_level = np.zeros(count)
        self.tables = tables
        everything = slice(0, len(self.usual))
        for table in self.tables:
            table.failed = np.bincount(table.row, grid.failed, len(table.bin) + 1)[:-1]
            table.usual, table.shared, table.spread = np.zeros((3, len(table.bin)))
            self._sum(table, everything)
        for dimension in ("all", "carrier", "sms_code"):
            # sets of carriers vary as carriers do
            own = [t for t in self.tables if t.dimension == dimension]
            alone = [self._daily(t) for t in own if len(t.values[0]) < 2]
            for table in own:
                table.daily = float(np.mean(alone))

    def _sum(self, table: _Table, part: slice) -> None:
        """Sum cells up into a table's rows; a part holds whole days."""
        grid, row = self.grid, table.row[part]
        usual, cluster = self.usual[part], grid.cluster[part]
        # clusters stand in order of time, as cells do
        first = int(cluster.min())
        near = slice(first, int(cluster.max()) + 1)
        whole = self.cluster_usual[:, near]
        if table.dimension == "carrier":
            # a campaign that fails on other carriers, too, is no carrier's doing
            own = list(table.values[0])
            others = [c for c in range(self.carriers) if c not in own]
            seen = self.cluster_failed[others, near].sum(axis=0) + self.least_seen[near]
            level = seen / (whole[others].sum(axis=0) + self.least_seen[near])
            level = np.maximum(level, self.least_level[near])
            each = level / seen
            weights = level, each, each * level * whole[own].sum(axis=0)
        else:
            spread = grid.spread[near]
            weights = np.ones(len(spread)), spread, spread * whole.sum(axis=0)
        rows = len(table.bin) + 1
        touched: Any = slice(None)
        if len(usual) < len(self.usual):
            touched = np.flatnonzero(np.bincount(row, minlength=rows)[:-1])
        for to, weight in zip((table.usual, table.spread, table.shared), weights, strict=True):
            to[touched] = np.bincount(row, usual * weight.take(cluster - first), rows)[:-1][touched]

    def _daily(self, table: _Table) -> float:
        """Measure how much days differ beyond what clusters make them."""
        least = _LEAST_SPREAD[table.dimension]
        key, at = np.unique(table.segment * self.grid.days + table.bin // DAY, return_inverse=True)
        clean = np.ones(len(table.bin) + 1)
        clean[table.row[self.left_out]] = 0
        clean = clean[:-1]
        f, m, shared = (np.bincount(at, x * clean) for x in (table.failed, table.usual, table.shared))
        use = m >= 5
        group, when = key // self.grid.days, key % self.grid.days
        found = spread_of(group[use], when[use], f[use], m[use], (m + shared)[use], least, 8, part=0.65)
        return 2 * least if found is None else found

    def windows(self, table: _Table, lo: int, hi: int, min_ratio: float, least: float) -> list[_Incident]:
        """Find the most unlikely window of each segment among rows, roughly."""
        segment = (
            table.segment[lo:hi]
            if hi - lo == len(table.bin)
            else np.full(hi - lo, int(np.searchsorted(table.begin, lo, "right")) - 1)
        )
        sums = self._cumulated(table, lo, hi)
        seen, usual = sums[0], sums[1]
        best_score = np.zeros(len(table.values))
        best = np.zeros((len(table.values), 2), dtype=np.int64)
        count = hi - lo
        bins = table.bin[lo:hi]
        for length in _LENGTHS:
            if length > count:
                break
            starts = np.arange(0, count - length + 1, max(length // 8, 1))
            if length > 1:
                # a last window that ends with the last row
                starts = np.append(starts, count - length)
            ends = starts + length
            f, m = seen[ends] - seen[starts], usual[ends] - usual[starts]
            use = (segment[starts] == segment[ends - 1]) & (f - m >= least) & (f >= 0.85 * min_ratio * m)
            use &= bins[starts] >= self.grid.scanned_from
            if not use.any():
                continue
            starts, ends = starts[use], ends[use]
            score = _score([s[ends] - s[starts] for s in sums], table.daily)
            of = segment[starts]
            order = np.lexsort((-score, of))
            firsts = order[np.unique(of[order], return_index=True)[1]]
            better = firsts[score[firsts] > best_score[of[firsts]]]
            best_score[of[better]] = score[better]
            best[of[better], 0], best[of[better], 1] = starts[better], ends[better]
        return [
            self._refined(table, n, lo, sums, int(best[n, 0]), int(best[n, 1]))
            for n in np.flatnonzero(best_score >= _FIRST_LOOK).tolist()
        ]

    def _cumulated(self, table: _Table, lo: int, hi: int) -> list[Floats]:
        usual, bins = table.usual[lo:hi], table.bin[lo:hi]
        day = bins // DAY
        turn = np.concatenate([[True], (day[1:] != day[:-1]) | (bins[1:] < bins[:-1])])
        of = np.cumsum(turn) - 1
        by_day = usual * np.bincount(of, usual)[of]
        columns = (table.failed[lo:hi], usual, table.shared[lo:hi], table.spread[lo:hi], by_day)
        return [np.concatenate([[0.0], np.cumsum(c)]) for c in columns]

    def _refined(
        self,
        table: _Table,
        index: int,
        lo: int,
        sums: list[Floats],
        start: int,
        end: int,
        within: tuple[int, int] | None = None,
    ) -> _Incident:
        """Move the edges of a window to where it is the most unlikely, within bins."""
        first, last = int(table.begin[index]) - lo, int(table.begin[index + 1]) - lo
        own = table.bin[lo + first : lo + last]
        earliest, latest = within or (0, self.grid.bins)
        bounds = np.searchsorted(own, [max(self.grid.scanned_from, earliest), latest])
        first, last = first + int(bounds[0]), first + int(bounds[1])

        def score(a: Any, b: Any) -> Any:
            # when an incident began is told within clusters and days, so that what they share does not count
            return _raw(sums[0][b] - sums[0][a], sums[1][b] - sums[1][a])

        for _ in range(8):
            before = start, end
            starts = np.arange(max(first, start - 200), min(end, start + 200))
            start = int(starts[np.argmax(score(starts, np.full(len(starts), end)))])
            ends = np.arange(max(start + 1, end - 200), min(last, end + 200) + 1)
            end = int(ends[np.argmax(score(np.full(len(ends), start), ends))])
            # two runs with usual times between them are two incidents
            gap = _gap([s[start : end + 1] - s[start] for s in sums])
            if gap is not None:
                start, end = max(
                    (start, start + gap[0]), (start + gap[1], end), key=lambda w: float(score(*w))
                )
                first, last = max(first, start), min(last, end)
            if (start, end) == before:
                break
        # hours that add next to nothing are not part of it
        least = float(score(start, end)) - _NOTHING
        starts = np.arange(start, end)
        start = int(starts[np.flatnonzero(score(starts, np.full(len(starts), end)) >= least)[-1]])
        ends = np.arange(start + 1, end + 1)
        end = int(ends[np.flatnonzero(score(np.full(len(ends), start), ends) >= least)[0]])
        if table.dimension == "campaign":
            start, end = _dense(sums, table.bin[lo : lo + len(sums[0]) - 1], start, end)
        parts = [float(s[end] - s[start]) for s in sums]
        f, m, variance = parts[0], parts[1], float(_variance(parts, table.daily))
        return _Incident(
            table,
            index,
            int(table.bin[lo + start]),
            int(table.bin[lo + end - 1]) + 1,
            float(_score(parts, table.daily)),
            _tail(f, m, max((variance - m) / max(m, 1e-9) ** 2, 1e-6)),
            f,
            m,
            variance,
            self.looks(table, m / variance),
        )

    def looks(self, table: _Table, chance: float) -> float:
        """Say among how many windows one is the clearest: beyond chance rates vary by cluster."""
        return _DIMENSIONS * (table.clusters + chance * len(table.bin) / 16)

    def named(self, incident: _Incident, limit: float) -> _Incident:
        """Give the segment that explains a window's failures best, with the window that is its own."""
        tried = {(id(incident.table), incident.index)}
        for _ in range(3):
            for table, index in self._explaining(incident)[:3]:
                if (table, index) == (incident.table, incident.index):
                    return incident
                if (id(table), index) in tried:
                    continue
                tried.add((id(table), index))
                other = self._own(table, index, (incident.start, incident.end))
                if other is not None and other.chance <= _LENIENT * limit:
                    incident = other
                    break
            else:
                return incident
        return incident

    def wider(self, incident: _Incident, limit: float) -> _Incident:
        """Give the sender for one of its campaigns where its own, longer time explains more."""
        if incident.table.dimension != "campaign":
            return incident
        at = int(np.argmax(self.grid.owner["campaign"] == incident.table.values[incident.index][0]))
        sender = int(self.grid.owner["sms_code"][at])
        for table in (t for t in self.tables if t.dimension == "sms_code"):
            own = self._own(table, sender, (incident.start, incident.end))
            if own is not None and own.chance <= _LENIENT * limit:
                each = [
                    float(_Window(self, i).explained(i.table)[i.index]) - _COST[i.table.dimension]
                    for i in (own, incident)
                ]
                return own if each[0] > each[1] else incident
        return incident

    def parted(self, incident: _Incident, limit: float) -> _Incident:
        """Cut a window where what explains its failures changes, and give the clearer part."""
        window = _Window(self, incident)
        segments = self._explaining(incident)
        each = [window.halves(table, index) for table, index in segments]
        left, right = (np.stack(x) for x in zip(*each, strict=True))
        gain = left.max(axis=0) + right.max(axis=0) - (left + right).max(axis=0)
        # days differ, so that large numbers tell less than they seem to
        daily = incident.usual / max((incident.end - incident.start) / DAY, 1)
        gain = gain / (1 + incident.table.daily * daily)
        if not gain.size or gain.max() < _PARTED:
            return incident
        cut = int(np.argmax(gain))
        # where exactly, its edges tell
        bins = (
            (incident.start, int(window.cuts[min(cut + 2, len(window.cuts) - 1)])),
            (int(window.cuts[cut]), incident.end),
        )
        part, within = max(zip((left, right), bins, strict=True), key=lambda p: p[0][:, cut].max())
        table, index = segments[int(np.argmax(part[:, cut]))]
        found = self._own(table, index, within, bounded=True)
        if found is None or found.chance > _LENIENT * limit or within == (incident.start, incident.end):
            return incident
        return self.parted(found, limit)

    def apart(self, incident: _Incident, limit: float) -> _Incident:
        """Give the clearer one where a set of carriers is two incidents at once: times, strengths or reasons differ."""
        values = incident.table.values[0] if incident.table.dimension == "carrier" else ()
        tables = {t.values[0]: t for t in self.tables if t.dimension == "carrier"}
        best, most = incident, _PARTED
        for own in (s for n in range(1, len(values) // 2 + 1) for s in combinations(values, n)):
            rest = tuple(v for v in values if v not in own)
            span = incident.start, incident.end
            parts = [self._own(tables[s], 0, span) for s in (own, rest) if s in tables]
            told = [p for p in parts if p is not None and p.chance <= _LENIENT * limit]
            if len(told) < 2:
                continue
            # days of carriers differ, so that large numbers tell less than they seem to
            gain = _Window(self, *told, incident).gain(told, incident) * incident.usual / incident.variance
            reasons = {_reason(self.grid, p) for p in told} - {None}
            if gain > most or (len(reasons) == 2 and best is incident):
                best, most = max(told, key=lambda p: p.score), max(gain, most)
        return best if best is incident else self.apart(best, limit)

    def _explaining(self, incident: _Incident) -> list[tuple[_Table, int]]:
        """List segments by how well each explains the failures of a window, the best first."""
        window = _Window(self, incident)
        scores = []
        for n, table in enumerate(self.tables):
            each = window.explained(table)
            best = int(np.argmax(each))
            scores.append((float(each[best]) - _COST[table.dimension], n, best))
        return [(self.tables[n], index) for _, n, index in sorted(scores, reverse=True)]

    def _own(
        self, table: _Table, index: int, window: tuple[int, int], *, bounded: bool = False
    ) -> _Incident | None:
        """Find a segment's own window about that of another, or within it."""
        lo, hi = int(table.begin[index]), int(table.begin[index + 1])
        start, end = np.searchsorted(table.bin[lo:hi], window)
        if start >= end:
            return None
        within = window if bounded else (0, self.grid.bins)
        found = self._refined(table, index, lo, self._cumulated(table, lo, hi), int(start), int(end), within)
        # what lies elsewhere is another incident
        return found if found.start < window[1] and window[0] < found.end else None

    def cells(self, incident: _Incident) -> Ints:
        """List the cells of an incident."""
        grid, table = self.grid, incident.table
        lo, hi = np.searchsorted(grid.bin, [incident.start, incident.end])
        if table.dimension == "all":
            return np.arange(lo, hi)
        own = np.isin(grid.codes[table.dimension][lo:hi], table.values[incident.index])
        return np.asarray(lo + np.flatnonzero(own))

    def explain(self, incident: _Incident) -> None:
        """Count what an incident explains as expected."""
        grid, cells = self.grid, self.cells(incident)
        self.usual[cells] *= incident.failed / incident.usual
        if incident.table.dimension in ("sms_code", "campaign"):
            self.least_level[grid.cluster[cells]] = 1
        lo, hi = np.searchsorted(grid.bin, [incident.start // DAY * DAY, -(-incident.end // DAY) * DAY])
        part = slice(int(lo), int(hi))
        first = int(grid.cluster[part].min())
        count = int(grid.cluster[part].max()) + 1 - first
        pair = grid.codes["carrier"][part] * count + grid.cluster[part] - first
        sums = np.bincount(pair, self.usual[part], self.carriers * count).reshape(self.carriers, -1)
        self.cluster_usual[:, first : first + count] = sums
        for table in self.tables:
            self._sum(table, part)


class _Window:
    """Failures of a stretch of time by cluster, to see which segment explains them.

    The levels of clusters are gamma-distributed; the likelihood is that of all messages of a cluster, within the
    window and out of it.
    """

    def __init__(self, look: _Look, *incidents: _Incident) -> None:
        self.grid = grid = look.grid
        span = min(i.start for i in incidents), max(i.end for i in incidents)
        lo, hi = np.searchsorted(grid.bin, span)
        cluster = grid.cluster[lo:hi]
        first, last = int(cluster.min()), int(cluster.max()) + 1
        near = slice(first, last)
        self.count = last - first
        self.owner = {name: of[near] for name, of in grid.owner.items()}
        self.carrier, self.of, self.bin = grid.codes["carrier"][lo:hi], cluster - first, grid.bin[lo:hi]
        self.seen, self.usual = grid.failed[lo:hi], look.usual[lo:hi]
        size = 1 / grid.spread[near]
        self.all_seen = size + look.cluster_failed[:, near].sum(axis=0)
        self.all_usual = size + look.cluster_usual[:, near].sum(axis=0)
        cuts = np.unique(self.bin)
        self.cuts = cuts[:: -(-len(cuts) // max(min(_CUTS, _WORK // self.count), 1))]

    def _sums(self, table: _Table, blocks: Ints | None = None, count: int = 1) -> tuple[Floats, Floats]:
        own: Any = slice(None)
        if table.dimension == "carrier":
            own = np.isin(self.carrier, table.values[0])
        key = self.of[own] if blocks is None else self.of[own] * count + blocks[own]
        f, m = (np.bincount(key, x[own], self.count * count) for x in (self.seen, self.usual))
        return f.reshape(self.count, count), m.reshape(self.count, count)

    def explained(self, table: _Table) -> Floats:
        """Tell of each segment of a table how well it explains the window's failures."""
        f, m = self._sums(table)
        of = self.owner.get(table.dimension, np.zeros(self.count, dtype=np.int64))
        found = _explained(of, len(table.values), f[:, 0], m[:, 0] / self.all_usual, self.all_seen)
        found[np.diff(table.begin) == 0] = 0
        return found

    def gain(self, parts: list[_Incident], whole: _Incident) -> float:
        """Tell how much better parts of a set of carriers, each with its time and rate, explain it (log likelihood)."""
        hit = self._struck(whole)
        f, m = (np.bincount(self.of[hit], x[hit], self.count) for x in (self.seen, self.usual))
        raised = f.sum() / max(m.sum(), 1e-9)
        # what other carriers and times tell of each cluster
        level = self.all_seen / (self.all_usual + (raised - 1) * m)
        usual = self.usual * level[self.of]
        each, one = (
            sum(float(_raw(self.seen[hit].sum(), usual[hit].sum())) for hit in map(self._struck, of))
            for of in (parts, [whole])
        )
        return each - one

    def _struck(self, incident: _Incident) -> Flags:
        within = (self.bin >= incident.start) & (self.bin < incident.end)
        return within & np.isin(self.carrier, incident.table.values[0])

    def halves(self, table: _Table, index: int) -> tuple[Floats, Floats]:
        """Tell how well a segment explains what lies before each cut but the first, and what lies after it."""
        count = len(self.cuts)
        blocks = np.searchsorted(self.cuts, self.bin, "right") - 1
        f, m = self._sums(table, blocks, count)
        if table.dimension in self.owner:
            own = self.owner[table.dimension] == table.values[index][0]
        else:
            own = np.ones(self.count, dtype=bool)
        f, m = f[own].cumsum(axis=1), m[own].cumsum(axis=1)
        of = np.tile(np.arange(count - 1), len(f))
        seen, usual = (np.repeat(x[own], count - 1) for x in (self.all_seen, self.all_usual))
        left, right = (
            _explained(of, count - 1, x.ravel(), y.ravel() / usual, seen)
            for x, y in ((f[:, :-1], m[:, :-1]), (f[:, -1:] - f[:, :-1], m[:, -1:] - m[:, :-1]))
        )
        return left, right


def _tables(grid: Grid) -> list[_Table]:
    count = len(grid.bin)
    tables = [_table_of(grid, "all", [()], np.zeros(count, dtype=np.int64))]
    carrier = grid.codes["carrier"]
    size = np.bincount(carrier, grid.sent, len(grid.values["carrier"]))
    large = [int(c) for c in np.argsort(-size) if size[c] >= 0.005 * size.sum()]
    sets: list[tuple[int, ...]] = [(c,) for c in range(len(size)) if len(size) > 1]
    for n in range(2, min(len(large), _MOST_CARRIERS)):
        sets += [tuple(sorted(s)) for s in combinations(large[:_MOST_CARRIERS], n)]
    for each in sets:
        if len(each) > 1 and size[list(each)].sum() > _WHOLE * size.sum():
            continue
        tables.append(_table_of(grid, "carrier", [each], np.isin(carrier, each) - 1))
    for dimension in ("sms_code", "campaign"):
        code = grid.codes[dimension]
        inside = code >= 0
        # what is nearly all of what it belongs to is no segment of its own
        around = (
            np.full(count, grid.sent.sum())
            if dimension == "sms_code"
            else np.bincount(grid.codes["sms_code"], grid.sent)[grid.codes["sms_code"]]
        )
        inside &= np.bincount(code + 1, grid.sent)[code + 1] < 0.95 * around
        if not inside.any():
            continue
        values: list[tuple[int, ...]] = [(n,) for n in range(len(grid.values[dimension]))]
        tables.append(_table_of(grid, dimension, values, np.where(inside, code, -1)))
    return tables


def _table_of(grid: Grid, dimension: str, values: list[tuple[int, ...]], index: Ints) -> _Table:
    """Give each value's bins a row; `index` says to which value each cell belongs, -1 to none."""
    # cells stand in order of time
    order = np.argsort(index, kind="stable")
    order = order[np.count_nonzero(index < 0) :]
    own, when = index[order], grid.bin[order]
    new = np.ones(len(order), dtype=bool)
    new[1:] = (own[1:] != own[:-1]) | (when[1:] != when[:-1])
    row = np.full(len(index), np.count_nonzero(new), dtype=np.int32)
    row[order] = np.cumsum(new) - 1
    begin = np.searchsorted(own[new], np.arange(len(values) + 1))
    clusters = int(np.count_nonzero(np.bincount(grid.cluster[order])))
    return _Table(dimension, values, begin, when[new], row, clusters)


def _variance(parts: Sequence[Any], daily: float) -> Any:
    """Give the variance of a window's failures from its sums: seen, usual, shared, spread, by day."""
    _, usual, shared, spread, by_day = parts
    # a cluster, or a day, is in the window with all of its messages at the most
    return usual + np.minimum(shared, spread * usual) + daily * np.minimum(usual**2, by_day)


def _raw(seen: Any, usual: Any) -> Any:
    usual = np.maximum(usual, 1e-3)
    return np.where(seen > usual, seen * np.log(np.maximum(seen, 1e-9) / usual) - (seen - usual), 0.0)


def _explained(of: Ints, count: int, seen: Floats, part: Floats, failed: Floats) -> Floats:
    """Give how much better a raised rate explains each segment's failures than the usual one (log likelihood).

    `of` is the segment of each cluster, -1 for none, `seen` its failures within, `part` the part of what is expected
    of it that lies within, `failed` all of its failures, both with what is known beforehand.
    """
    inside = np.flatnonzero((of >= 0) & (part > 0))
    of, seen, part, failed = of[inside], seen[inside], part[inside], failed[inside]
    low, high = np.zeros(count), np.full(count, log(_MOST_RATIO))
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        ratio = np.exp(middle)[of]
        rising = np.bincount(of, seen - failed * ratio * part / (1 + (ratio - 1) * part), count) > 0
        low, high = np.where(rising, middle, low), np.where(rising, high, middle)
    return np.bincount(of, seen * low[of] - failed * np.log1p(np.expm1(low)[of] * part), count)


def _score(parts: Sequence[Any], daily: float) -> Any:
    """Give the log likelihood ratio of a window, as much weaker as its rates vary more than by chance."""
    variance = np.maximum(_variance(parts, daily), 1e-3)
    return _raw(parts[0], parts[1]) * np.maximum(parts[1], 1e-3) / variance


def _dense(sums: list[Floats], bins: Ints, start: int, end: int) -> tuple[int, int]:
    """Give the short stretch of nearly all of the excess where a list was sent at once: the rest came late."""
    more = (sums[0] - sums[1])[start : end + 1]
    first = int(np.flatnonzero(more - more[0] <= _THIN / 2 * (more[-1] - more[0]))[-1])
    last = int(np.flatnonzero(more - more[0] >= (1 - _THIN / 2) * (more[-1] - more[0]))[0])
    if (
        last > first
        and (bins[start + last - 1] - bins[start + first] + 1) * 3 <= bins[end - 1] - bins[start] + 1
    ):
        return start + first, start + last
    return start, end


def _gap(sums: list[Floats]) -> tuple[int, int] | None:
    """Find the stretch within a window that is clearly as usual, where there is one."""
    seen, usual = sums[:2]
    rate = seen[-1] / max(usual[-1], 1e-3)
    # how much more likely what was seen is at the usual rate than at the window's
    better = usual * (rate - 1) - seen * log(max(rate, 1.0001))
    low = np.minimum.accumulate(better)
    end = int(np.argmax(better - low))
    start = int(np.argmin(better[: end + 1]))
    if start == 0 or end >= len(seen) - 1:
        return None
    inside = [float(x[end] - x[start]) for x in sums]
    clear = (better[end] - better[start]) * inside[1] / max(float(_variance(inside, 0.0)), 1e-3)
    return (start, end) if clear > _SPLIT else None


def _search(
    look: _Look, floor: float, min_ratio: float
) -> tuple[list[_Incident], list[_Incident], list[_Incident]]:
    """Take the clearest incident out, count what it explains as expected, and look again."""
    grid = look.grid
    small = min(floor, max(_WATCHED_EXCESS, _WATCHED_PART * floor))
    least = 0.7 * small
    best: list[_Incident] = []
    for table in look.tables:
        best += look.windows(table, 0, len(table.bin), min_ratio, least)
    found: list[_Incident] = []
    watched: list[_Incident] = []
    raised: list[_Incident] = []
    for limit in (1 - CONFIDENCE, _WATCHED):
        for _ in range(_MOST):
            clear = [i for i in best if i.chance <= limit]
            if not clear:
                break
            # first what can be told, then what is raised without being an incident
            first = max(clear, key=lambda i: (i.excess >= small and i.failed >= min_ratio * i.usual, i.score))
            taken = look.apart(look.parted(look.wider(look.named(first, limit), limit), limit), limit)
            cells = look.cells(taken)
            taken.settled = float(grid.sent[cells].sum())
            large = taken.excess >= floor and taken.failed >= min_ratio * taken.usual
            if large and limit == 1 - CONFIDENCE:
                found.append(taken)
            elif taken.excess >= small and taken.failed >= min_ratio * taken.usual:
                watched.append(taken)
            raised.append(taken)
            look.explain(taken)
            again, kept = {(id(t), 0) for t in look.tables if t.dimension == "carrier"}, []
            for i in best:
                if i.start < taken.end + DAY and taken.start < i.end + DAY:
                    again.add((id(i.table), i.index))
                elif (id(i.table), i.index) not in again:
                    kept.append(i)
            best = kept
            for table in look.tables:
                for index in sorted(n for t, n in again if t == id(table)):
                    best += look.windows(
                        table, int(table.begin[index]), int(table.begin[index + 1]), min_ratio, least
                    )
    # what lies beside an incident is most likely part of it
    watched = [
        w
        for w in watched
        if not any(w.start < i.end + DAY // 8 and i.start < w.end + DAY // 8 for i in found)
    ]
    return found, watched, raised


def _tail(seen: float, usual: float, spread: float) -> float:
    """Give the chance of so many failures or more where the rate varies like that (negative binomial)."""
    size = 1 / spread
    f = round(seen)
    if f <= usual:
        return 1.0
    stay, move = size * (log(size) - log(size + usual)), log(usual) - log(size + usual)

    def point(n: int) -> float:
        return lgamma(n + size) - lgamma(n + 1) - lgamma(size) + stay + n * move

    first = point(f)
    total, term, n = 1.0, 1.0, f
    while term > 1e-12 and n - f < 200_000:
        term *= (n + size) / (n + 1) * exp(move)
        total += term
        n += 1
    return min(1.0, exp(min(first + log1p(total - 1), 0.0)))


@checked
def incidents(
    frame: Statuses,
    *,
    history: Statuses | None = None,
    min_excess: float | None = None,
    min_ratio: float = 1.8,
    lang: str | None = None,
) -> pl.DataFrame:
    """Find when and where failures were abnormal: by carriers, sender and campaign, a quarter of an hour to months.

    Each incident is a segment and a stretch of time in which messages were **sent** that failed more often than
    usual; a set of carriers is a segment, too. What is usual is learnt from `history` where it is given, else from the
    frame's own times that lie low together: carriers, senders and campaigns with their daily and weekly course, and
    how late each carrier reports failures. Differences between campaigns, hours and days that are nothing unusual are
    measured and allowed for (negative binomial). The chance that anything reported is nothing but chance is held at
    5 % for the frame as a whole.

    Parameters
    ----------
    frame
        What `breakdown` takes (on engines other than polars without campaigns, unless the frame has them).
    history
        Days before the frame, as a frame of the same kind.
    min_excess
        Failures more than usual from which an incident is reported; left out, 2 % of a day's messages, at least 15
        and at most 80.
    min_ratio
        How many times the usual rate an incident must have at least.
    lang
        "ja" or "en", for `sentence`.

    Returns
    -------
    INCIDENTS, the largest excess first. All figures are of all categories of failures together;
    `failure_category` is that of most of them. `excess` has its 95 % interval. `is_over` is false for what still goes
    on where the frame ends.

    Raises
    ------
    InputError
        For missing columns and for limits that make no sense.
    """
    return both_lists(frame, history=history, min_excess=min_excess, min_ratio=min_ratio, lang=lang)[0]


@checked
def watch_list(
    frame: Statuses,
    *,
    history: Statuses | None = None,
    min_excess: float | None = None,
    min_ratio: float = 1.8,
    lang: str | None = None,
) -> pl.DataFrame:
    """List what is probable but small: raised failures that `incidents` does not report.

    Takes what `incidents` takes and gives INCIDENTS, the largest excess first: segments with fewer failures more than
    usual than an incident must have, and those that chance would show in up to three of ten frames.

    Raises `InputError` as `incidents` does.
    """
    return both_lists(frame, history=history, min_excess=min_excess, min_ratio=min_ratio, lang=lang)[1]


def both_lists(
    frame: Any,
    *,
    history: Any | None = None,
    min_excess: float | None = None,
    min_ratio: float = 1.8,
    lang: str | None = None,
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Give `incidents` and `watch_list` in one go."""
    if (min_excess is not None and min_excess < 1) or min_ratio <= 1:
        raise InputError(said("failures.min_excess"))
    dimensions = dimensions_of(frame)
    if "carrier" not in dimensions:
        raise InputError(said("failures.no_carrier"))
    if "campaign" in dimensions and isinstance(frame, pl.DataFrame | pl.LazyFrame):
        # frame and history read their tags by one rule
        rule = (
            campaign_of(learnt_rule(frame))
            if "campaign" not in frame.lazy().collect_schema()
            else pl.col("campaign")
        )
        frame, history = (
            part.with_columns(campaign=rule)
            if isinstance(part, pl.DataFrame | pl.LazyFrame)
            and "campaign" not in (there := part.lazy().collect_schema())
            and "client_tag" in there
            else part
            for part in (frame, history)
        )
    grid = grid_of(frame, history, dimensions, min(min_excess or _WATCHED_EXCESS, _WATCHED_EXCESS))
    if grid is None:
        return empty(INCIDENTS), empty(INCIDENTS)
    here = grid.bin >= grid.scanned_from
    volume = grid.sent[here].sum() / max(len(np.unique(grid.bin[here] // DAY)), 1)
    floor = min_excess or float(np.clip(_PART_OF_DAY * volume, _LEAST_EXCESS, _MOST_EXCESS))
    weight, tables = np.ones(len(grid.bin)), _tables(grid)
    for _ in range(_ROUNDS):
        # what is raised is left out of what is usual, then looked for again
        grid.fit(weight)
        look = _Look(grid, tables, weight)
        found, watched, raised = _search(look, floor, min_ratio)
        before, weight = weight, np.ones(len(grid.bin))
        for incident in raised:
            weight[look.cells(incident)] = 0
        if (weight == before).all():
            break
    return _table(grid, found, lang), _table(grid, watched, lang)


def _table(grid: Grid, found: list[_Incident], lang: str | None) -> pl.DataFrame:
    midnight = datetime.combine(grid.first, datetime.min.time())
    rows = []
    for i in found:
        start, end = (midnight + timedelta(minutes=15 * b) for b in (i.start, i.end))
        dimension = i.table.dimension
        values = [] if dimension == "all" else [grid.values[dimension][v] for v in i.table.values[i.index]]
        # a carrier is unknown only of what failed: of all such messages all failed, always
        if dimension == "carrier" and values == [None]:
            continue
        values.sort(key=lambda value: value or "")
        half = Z * sqrt(max(i.failed, 1) + max(i.variance - i.usual, 0))
        categories, codes = _mix(grid, i)
        row: dict[str, Any] = {
            "dimension": dimension,
            # a carrier that nobody knows is null alone, and has no name in a set
            "segment": values[0] if len(values) == 1 else ", ".join(v or "–" for v in values) or None,
            "values": values,
            "failure_category": categories[0][0] if categories else None,
            "start": start.replace(tzinfo=TOKYO),
            "end": end.replace(tzinfo=TOKYO),
            "is_over": _is_over(grid, i),
            "hours": (end - start).total_seconds() / 3600,
            "failed": round(i.failed),
            "settled": max(round(i.settled), round(i.failed)),
            "failure_rate": min(i.failed / i.settled, 1.0),
            "usual_rate": i.usual / i.settled,
            "expected": i.usual,
            "excess": i.excess,
            "excess_low": max(i.excess - half, 0.0),
            "excess_high": i.excess + half,
            "ratio": i.failed / i.usual,
            "codes": codes,
            "p_value": i.p_value,
        }
        row["sentence"] = _sentence(row, categories, lang)
        rows.append(row)
    return pl.DataFrame(rows, schema=INCIDENTS).sort("excess", "start", descending=[True, False])


def _is_over(grid: Grid, incident: _Incident) -> bool:
    """Tell whether an incident's segment went on as usual afterwards, as far as the frame shows."""
    table = incident.table
    lo, hi = table.begin[incident.index], table.begin[incident.index + 1]
    after = table.usual[lo:hi][table.bin[lo:hi] >= incident.end].sum()
    return bool(after >= _AFTER or incident.end < int(grid.bin[-1]) - DAY)


def _more(grid: Grid, incident: _Incident, key: str) -> pl.DataFrame:
    """Count an incident's failures by category or code beside those of other times, what has most more first."""
    dimension = incident.table.dimension
    own, mine = pl.lit(value=True), np.ones(len(grid.bin), dtype=bool)
    if dimension != "all":
        index = incident.table.values[incident.index]
        own = pl.col(dimension).is_in([grid.values[dimension][v] for v in index], nulls_equal=True)
        mine = np.isin(grid.codes[dimension], index)
    # reports come up to an hour late as a rule
    inside = (pl.col("_bin") >= incident.start) & (pl.col("_bin") < incident.end + DAY // 24)
    within = mine & (grid.bin >= incident.start) & (grid.bin < incident.end)
    sent = float(grid.sent[within].sum())
    part = sent / max(float(grid.sent[mine].sum()) - sent, 1.0)
    return (
        grid.reported.filter(own)
        .group_by(key)
        .agg(here=pl.col("f").filter(inside).sum(), elsewhere=pl.col("f").filter(~inside).sum())
        .with_columns(more=pl.col("here") - pl.min_horizontal("elsewhere", pl.col("elsewhere") * part))
        .sort("more", key, descending=[True, False])
    )


def _mix(grid: Grid, incident: _Incident) -> tuple[list[tuple[str, float]], str]:
    """List the categories, each with its part, and the detailed codes of which there were more than elsewhere."""
    by_category = _more(grid, incident, "failure_category").filter(pl.col("here") > 0)
    whole = max(float(by_category["more"].clip(0).sum()), 1e-9)
    categories = [
        (name, max(count, 0.0) / whole)
        for name, count in by_category.select("failure_category", "more").iter_rows()
    ]
    codes = _more(grid, incident, "code").filter(
        (pl.col("here") > 0) & (pl.col("more") >= max(0.05 * incident.excess, 1))
    )
    return categories, ", ".join(
        f"{code or '–'} x{here}" for code, here in codes.select("code", "here").iter_rows()
    )


def _reason(grid: Grid, incident: _Incident) -> str | None:
    """Give the category that is nearly all of an incident, and surely not of other times; None where there is none."""
    by = _more(grid, incident, "failure_category")
    here, elsewhere = by["more"].clip(0), by["elsewhere"] + 1
    size = max(float(here.sum()), 1e-9)
    part, usual = min(here[0] / size, 1 - 1e-9), min(elsewhere[0] / elsewhere.sum(), 1 - 1e-9)
    clear = size * (part * log(max(part, 1e-9) / usual) + (1 - part) * log((1 - part) / (1 - usual)))
    return by.item(0, 0) if part >= _ALONE and clear > _PARTED else None


def _sentence(row: dict[str, Any], categories: list[tuple[str, float]], lang: str | None) -> str:
    named = [(words.category(name, lang), part) for name, part in categories if part >= _NAMED] or [
        ("–", 1.0)
    ]
    main = named[0][0]
    if named[0][1] < _ALONE:
        main = words.text("failures.list", lang).join(
            f"{name} {part:.0%}" for name, part in named[:_MOST_NAMED]
        )
    return words.text(
        "failures.incident" if row["is_over"] else "failures.incident_open",
        lang,
        when=words.stretch(row["start"], row["end"], lang),
        start=words.moment(row["start"], lang),
        end=words.moment(row["end"], lang),
        segment=named_incident(row, lang),
        category=main,
        excess=f"{row['excess']:,.0f}",
        rate=words.percent(row["failure_rate"]),
        usual=words.percent(row["usual_rate"]),
    )
