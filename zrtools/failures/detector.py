"""When and where failures were abnormal."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from math import exp, lgamma, log, log1p, sqrt
from typing import Any

import numpy as np
import polars as pl

from zrtools import words
from zrtools.errors import InputError
from zrtools.failures.grid import DAY, Grid, dimensions_of, grid_of
from zrtools.failures.wording import named_incident
from zrtools.intervals import CONFIDENCE, Z
from zrtools.periods import TOKYO
from zrtools.schemas import INCIDENTS, empty

__all__ = ["incidents"]

Floats = np.ndarray[Any, np.dtype[Any]]
Ints = np.ndarray[Any, np.dtype[np.int64]]
Flags = np.ndarray[Any, np.dtype[np.bool_]]

# windows that are looked at, in quarters of an hour: half an hour to three days
_WINDOWS = (2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64, 96, 144, 192, 288)
_ROUNDS = 2
_MOST = 60
_FOUR_FIFTHS = 1.6424
# whose fault it is by nature, where two segments explain a run of failures about equally well: numbers out of service
# are a list's, refusals a sender's
_LIKELY = {"not in service": "campaign", "handset error": "sms_code"}
_FAVOUR = 1.1
# log likelihood that the edges of an incident must add to belong to it
_NOTHING = 3.0
# what is looked at closely: weaker than what is reported, since the first look is rough
_FIRST_LOOK = 0.4
# how much segments and days differ without anything being wrong (variance of the relative rate), at the least
_LEAST_SPREAD = {"all": 0.01, "carrier": 0.02, "sms_code": 0.02, "campaign": 0.08}


def incidents(
    frame: Any,
    *,
    history: Any | None = None,
    min_excess: float = 80,
    min_ratio: float = 1.8,
    lang: str | None = None,
) -> pl.DataFrame:
    """Find when and where failures were abnormal: by carrier, sender, campaign and category, hours to days.

    Takes what `breakdown` takes (on engines other than polars without campaigns, unless the frame has them) and
    gives INCIDENTS, the largest excess first. Each is a segment, a category of failures and a stretch of time in
    which messages were **sent** that failed with at least `min_excess` failures more than usual and at least
    `min_ratio` times as often; what is usual is learnt from the frame, and from `history` (days before it) where
    given: each carrier's rates and how late it reports failures, hours, weekdays, Japanese holidays and 五十日,
    senders and campaigns, pooled where they are sparse. Differences between campaigns and days that are nothing
    unusual are allowed for (negative binomial), and of all windows looked at together at most 5 % of those
    reported are expected to be chance (Benjamini-Hochberg).

    `failed`, `settled`, `failure_rate`, `usual_rate` and `ratio` are of all categories; `expected`, `excess` with
    its 95 % interval and `p_value` of the incident's own. `codes` lists the detailed codes behind it. `sentence`
    says it in Japanese or English (`lang`).

    Raises `InputError` for missing columns and for limits that make no sense.
    """
    if min_excess < 1 or min_ratio <= 1:
        raise InputError("min_excess must be at least 1 and min_ratio more than 1.")
    dimensions = dimensions_of(frame)
    if "carrier" not in dimensions:
        raise InputError("No column carrier: give delivery statuses as client.status(...) returns them.")
    grid = grid_of(frame, history, dimensions, max(int(min_excess), 1))
    if grid is None:
        return empty(INCIDENTS)
    # days that stand out are no measure of what is usual
    for _ in range(_ROUNDS):
        kept = ~grid.unusual_days()
        grid.fit(kept)
    kept = ~grid.unusual_days()
    found: list[_Incident] = []
    for _ in range(_ROUNDS):
        # what was found is left out of what is usual, then looked for again
        grid.fit(kept)
        found = _search(grid, kept, min_excess, min_ratio)
        if not found:
            break
        kept = np.ones(grid.failed.shape, dtype=bool)
        for incident in found:
            when = grid.bin[incident.cells]
            kept[:, incident.cells[(when >= incident.start) & (when < incident.end + DAY // 2)]] = False
    return _table(grid, found, lang)


@dataclass(slots=True)
class _Segment:
    """One value of a dimension: which cells are its own, and its stretch of time."""

    dimension: str
    value: str | None
    cells: Ints
    begin: int
    end: int


@dataclass(slots=True)
class _Incident:
    dimension: str
    value: str | None
    category: int
    start: int
    end: int
    score: float
    p_value: float
    cells: Ints = field(repr=False)
    failed: float = 0.0
    settled: float = 0.0
    usual: float = 0.0
    expected: float = 0.0
    excess: float = 0.0
    spread: float = 0.0


def _search(grid: Grid, kept: Flags, min_excess: float, min_ratio: float) -> list[_Incident]:
    """Take the clearest incident out, count what it explains as expected, and look again."""
    expected = grid.usual.copy()
    segments = list(_segments(grid, min_excess))
    spreads = _spreads(grid, segments, kept)
    looks = _looks(grid, segments)
    best: dict[int, list[_Incident]] = {}
    dirty = set(range(len(segments)))
    found: list[_Incident] = []
    refused: set[tuple[str, str | None, int, int]] = set()
    for _ in range(_MOST):
        for i in dirty:
            best[i] = _scan(grid, segments[i], expected, min_excess)
        dirty = set()
        candidates = sorted((c for each in best.values() for c in each), key=lambda c: -_rank(grid, c))
        taken: _Incident | None = None
        for candidate in candidates:
            key = candidate.dimension, candidate.value, candidate.category, candidate.start // DAY
            if key in refused:
                continue
            refined = _refined(grid, candidate, expected, spreads)
            limit = (1 - CONFIDENCE) * (len(found) + 1) / looks
            if refined is None or refined.p_value > limit:
                refused.add(key)
                continue
            taken = refined
            break
        if taken is None:
            break
        # what is real but too small is not reported, nor taken for part of something wider
        size = max(taken.failed - taken.usual, taken.excess)
        if size >= min_excess and taken.usual + size >= min_ratio * taken.usual:
            found.append(taken)
        else:
            refused.add((taken.dimension, taken.value, taken.category, taken.start // DAY))
        _explain(grid, taken, expected)
        for i, segment in enumerate(segments):
            if segment.begin < taken.end + 4 * DAY and taken.start < segment.end:
                dirty.add(i)
    return _merged(found)


def _rank(grid: Grid, candidate: _Incident) -> float:
    likely = _LIKELY.get(grid.categories[candidate.category]) == candidate.dimension
    return candidate.score * (_FAVOUR if likely else 1)


def _segments(grid: Grid, least: float) -> Iterator[_Segment]:
    stream, when = grid.stream, grid.bin
    everything = np.arange(len(stream))
    yield _Segment("all", None, everything, 0, grid.bins)
    for dimension, codes in grid.stream_codes.items():
        of = codes[stream]
        order = np.argsort(of, kind="stable")
        edges = np.searchsorted(of[order], np.arange(len(grid.values[dimension]) + 1))
        for n, value in enumerate(grid.values[dimension]):
            cells = order[edges[n] : edges[n + 1]]
            # messages of no campaign, and of those too small, are nobody's in particular
            if dimension == "campaign" and value is None:
                continue
            if grid.sent[cells].sum() < least:
                continue
            bins = when[cells]
            yield _Segment(dimension, value, cells, int(bins.min()), int(bins.max()) + 1)


def _series(grid: Grid, segment: _Segment, values: Floats) -> Floats:
    at = grid.bin[segment.cells] - segment.begin
    return np.bincount(at, values[segment.cells], segment.end - segment.begin)


def _spreads(grid: Grid, segments: list[_Segment], kept: Flags) -> dict[tuple[str, int], float]:
    """Measure how much the days of segments differ from what is expected beyond chance."""
    seen: dict[tuple[str, int], list[tuple[float, float]]] = {}
    for segment in segments:
        for k in range(len(grid.categories)):
            cells = segment.cells[kept[k, segment.cells]]
            day = grid.bin[cells] // DAY
            f = np.bincount(day, grid.failed[k, cells])
            m = np.bincount(day, grid.usual[k, cells])
            use = m >= 5
            seen.setdefault((segment.dimension, k), []).extend(zip(f[use], m[use], strict=True))
    found = {}
    for (dimension, k), pairs in seen.items():
        least = _LEAST_SPREAD[dimension]
        if len(pairs) < 20:
            found[dimension, k] = 2 * least
            continue
        f, m = np.array(pairs).T
        found[dimension, k] = max(_spread(f, m), least)
    return found


def _spread(seen: Floats, usual: Floats) -> float:
    """Find the variance of the relative rate at which four fifths of all lie as near as they would by chance.

    Incidents are among the last fifth, and so do not count.
    """
    low, high = 0.0, 1.0
    for _ in range(30):
        middle = (low + high) / 2
        distance = np.quantile((seen - usual) ** 2 / (usual + middle * usual**2), 0.8)
        low, high = (middle, high) if distance > _FOUR_FIFTHS else (low, middle)
    return high


def _looks(grid: Grid, segments: list[_Segment]) -> float:
    """Count the windows that are looked at."""
    scanned = sum(max(s.end - max(s.begin, grid.scanned_from), 0) for s in segments)
    return float(max(scanned * len(_WINDOWS) * len(grid.categories), 1))


def _scan(grid: Grid, segment: _Segment, expected: Floats, min_excess: float) -> list[_Incident]:
    """Find each category's most unlikely window in a segment, roughly."""
    offset = max(grid.scanned_from - segment.begin, 0)
    found = []
    for k in range(len(grid.categories)):
        f = np.concatenate([[0.0], np.cumsum(_series(grid, segment, grid.failed[k])[offset:])])
        if f[-1] < _FIRST_LOOK * min_excess:
            continue
        m = np.concatenate([[0.0], np.cumsum(_series(grid, segment, expected[k])[offset:])])
        best = (0.0, 0, 0)
        for length in _WINDOWS:
            size = min(length, len(f) - 1)
            seen, usual = f[size:] - f[:-size], m[size:] - m[:-size] + 0.5
            high = (seen - usual >= _FIRST_LOOK * min_excess) & (seen > 1.5 * usual)
            if high.any():
                score = np.where(high, seen * np.log(np.maximum(seen, 1) / usual) - (seen - usual), 0)
                at = int(score.argmax())
                best = max(best, (float(score[at]), at, at + size))
            if size < length:
                break
        if best[0] > 0:
            shift = segment.begin + offset
            found.append(
                _Incident(
                    segment.dimension,
                    segment.value,
                    k,
                    best[1] + shift,
                    best[2] + shift,
                    best[0],
                    1.0,
                    segment.cells,
                )
            )
    return found


def _refined(
    grid: Grid, rough: _Incident, expected: Floats, spreads: dict[tuple[str, int], float]
) -> _Incident | None:
    """Find when the messages were sent whose failures these are: late reports belong to what was sent before."""
    begin, end = max(rough.start - DAY // 2, grid.scanned_from), min(rough.end + 4 * DAY, grid.bins)
    cells, when, sent = _stretch(grid, rough, begin, end)
    length = end - begin
    k = rough.category
    seen = np.bincount(when, grid.failed[k, cells], length)
    usual = np.bincount(when, expected[k, cells], length) + 1e-6

    scores: dict[tuple[int, int], tuple[float, float]] = {}

    def score(start: int, stop: int) -> tuple[float, float]:
        if (start, stop) not in scores:
            window = np.zeros_like(sent)
            window[:, start:stop] = sent[:, start:stop]
            signal = grid.signal(window, k)
            scores[start, stop] = _likelihood(seen, usual, signal)
        return scores[start, stop]

    start, stop = rough.start - begin, min(rough.end - begin, length)
    # late reports make the rough window too long: begin with the best of the shorter ones
    tried = [(start, stop)]
    tried += [(start, start + w) for w in _WINDOWS if w < stop - start]
    tried += [(stop - w, stop) for w in _WINDOWS if w < stop - start]
    start, stop = max(tried, key=lambda window: score(*window)[0])
    current = score(start, stop)
    for step in (16, 8, 4, 2, 1):
        moved = True
        while moved:
            moved = False
            for da, db in ((-1, 0), (1, 0), (0, -1), (0, 1), (-1, -1), (1, 1)):
                a, b = start + da * step, stop + db * step
                if 0 <= a < b <= length and (trial := score(a, b))[0] > current[0] + 1e-9:
                    start, stop, current, moved = a, b, trial, True
    if current[1] <= 0:
        return None
    # hours that add next to nothing are not part of it: nights, and days of a few messages
    least = current[0] - _NOTHING
    for step in (192, 96, 32, 16, 8, 4, 2, 1):
        while stop - start > step and score(start + step, stop)[0] >= least:
            start += step
        while stop - start > step and score(start, stop - step)[0] >= least:
            stop -= step
    busy = np.flatnonzero(sent[:, start:stop].sum(axis=0))
    if not len(busy):
        return None
    start, stop = start + int(busy[0]), start + int(busy[-1]) + 1
    window = np.zeros_like(sent)
    window[:, start:stop] = sent[:, start:stop]
    signal = grid.signal(window, k)
    strength = _likelihood(seen, usual, signal)[1]
    # of what is expected and seen, the part that belongs to what was sent in the window
    mine = _part(grid, sent, window, k)
    f, m = float((seen * mine).sum()), float((usual * mine).sum())
    spread = spreads.get((rough.dimension, k), 2 * _LEAST_SPREAD[rough.dimension])
    all_usual = 0.0
    all_failed = 0.0
    for other in range(len(grid.categories)):
        part = mine if other == k else _part(grid, sent, window, other)
        all_usual += float((np.bincount(when, expected[other, cells], length) * part).sum())
        all_failed += float((np.bincount(when, grid.failed[other, cells], length) * part).sum())
    return _Incident(
        rough.dimension,
        rough.value,
        k,
        start + begin,
        stop + begin,
        current[0],
        _tail(f, m, spread),
        rough.cells,
        failed=all_failed,
        settled=float(window.sum()),
        usual=all_usual,
        expected=m,
        excess=strength * float(signal.sum()),
        spread=spread,
    )


def _stretch(grid: Grid, incident: _Incident, begin: int, end: int) -> tuple[Ints, Ints, Floats]:
    """Give an incident's cells in a stretch of time, when each is, and what was sent by carrier and time."""
    when = grid.bin[incident.cells]
    cells = incident.cells[(when >= begin) & (when < end)]
    when = grid.bin[cells] - begin
    length = end - begin
    carrier = grid.stream_codes["carrier"][grid.stream[cells]]
    sent = np.bincount(carrier * length + when, grid.sent[cells], len(grid.values["carrier"]) * length)
    return cells, when, sent.reshape(-1, length)


def _part(grid: Grid, sent: Floats, window: Floats, category: int) -> Floats:
    return np.minimum(grid.signal(window, category) / np.maximum(grid.signal(sent, category), 1e-9), 1.0)


def _likelihood(seen: Floats, usual: Floats, signal: Floats) -> tuple[float, float]:
    """Give the log likelihood ratio of so much of a signal beside what is usual, and how much fits best."""
    total = signal.sum()
    if total <= 0:
        return 0.0, 0.0
    strength = max(float((seen - usual)[signal > 0].sum()) / total, 1e-3)
    for _ in range(30):
        # expectation and maximisation: each failure is the signal's with its share of the expectation
        following = float((seen * strength * signal / (usual + strength * signal)).sum() / total)
        if abs(following - strength) < 1e-4 * strength:
            strength = following
            break
        strength = following
    strength = min(strength, 1.0)
    return float((seen * np.log1p(strength * signal / usual)).sum() - strength * total), strength


def _explain(grid: Grid, incident: _Incident, expected: Floats) -> None:
    """Count what an incident explains as expected, in its own cells."""
    begin, end = incident.start, min(incident.end + 4 * DAY, grid.bins)
    cells, when, sent = _stretch(grid, incident, begin, end)
    length = end - begin
    sent[:, incident.end - begin :] = 0
    for k in range(len(grid.categories)):
        part = grid.signal(sent, k)
        seen = np.bincount(when, grid.failed[k, cells], length)
        usual = np.bincount(when, expected[k, cells], length) + 1e-6
        ratio, strength = _likelihood(seen, usual, part)
        # companions of the same cause: little is needed to see them once the incident is known
        if k == incident.category or (ratio > 6 and strength * part.sum() > 0.03 * incident.excess):
            raised = 1 + strength * part / usual
            expected[k, cells] *= raised[when]


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


def _merged(found: list[_Incident]) -> list[_Incident]:
    """Join incidents of one segment that overlap or follow within an hour."""
    done: list[_Incident] = []
    for incident in sorted(found, key=lambda i: (i.dimension, i.value or "", i.start)):
        last = done[-1] if done else None
        if (
            last is not None
            and (last.dimension, last.value) == (incident.dimension, incident.value)
            and incident.start <= last.end + DAY // 24
        ):
            larger = max(last, incident, key=lambda i: i.excess)
            last.start, last.end = min(last.start, incident.start), max(last.end, incident.end)
            last.category, last.p_value = larger.category, min(last.p_value, incident.p_value)
            last.failed, last.settled = max(last.failed, incident.failed), max(last.settled, incident.settled)
            last.usual = min(last.usual, incident.usual)
            last.expected, last.excess, last.spread = larger.expected, larger.excess, larger.spread
        else:
            done.append(incident)
    return done


def _table(grid: Grid, found: list[_Incident], lang: str | None) -> pl.DataFrame:
    midnight = datetime.combine(grid.first, datetime.min.time())
    rows = []
    for i in found:
        start, end = (midnight + timedelta(minutes=15 * b) for b in (i.start, i.end))
        half = Z * sqrt(max(i.expected + i.excess, 1) + i.spread * i.expected**2)
        row: dict[str, Any] = {
            "dimension": i.dimension,
            "segment": i.value,
            "failure_category": grid.categories[i.category],
            "start": start.replace(tzinfo=TOKYO),
            "end": end.replace(tzinfo=TOKYO),
            "hours": (end - start).total_seconds() / 3600,
            "failed": round(i.failed),
            "settled": round(i.settled),
            "failure_rate": i.failed / i.settled,
            "usual_rate": i.usual / i.settled,
            "expected": i.expected,
            "excess": i.excess,
            "excess_low": max(i.excess - half, 0.0),
            "excess_high": i.excess + half,
            "ratio": i.failed / max(i.usual, 1e-9),
            "codes": _codes(grid, i),
            "p_value": i.p_value,
        }
        row["sentence"] = _sentence(row, lang)
        rows.append(row)
    return pl.DataFrame(rows, schema=INCIDENTS).sort("excess", "start", descending=[True, False])


def _codes(grid: Grid, incident: _Incident) -> str:
    """List the detailed codes of which there were more than outside the window, most first."""
    own = (
        pl.lit(value=True)
        if incident.dimension == "all"
        else pl.col(incident.dimension).eq_missing(incident.value)
    )
    # reports come up to an hour late as a rule
    inside = (pl.col("_bin") >= incident.start) & (pl.col("_bin") < incident.end + DAY // 24)
    sent = grid.sent[incident.cells].sum()
    part = incident.settled / max(sent - incident.settled, 1.0)
    rows = (
        grid.codes.filter(own)
        .group_by("code")
        .agg(here=pl.col("f").filter(inside).sum(), elsewhere=pl.col("f").filter(~inside).sum())
        .with_columns(more=pl.col("here") - pl.col("elsewhere") * part)
        .filter(pl.col("more") >= max(0.05 * incident.excess, 1))
        .sort("more", "code", descending=[True, False])
    )
    return ", ".join(f"{code or '–'} x{here}" for code, here in rows.select("code", "here").iter_rows())


def _sentence(row: dict[str, Any], lang: str | None) -> str:
    return words.text(
        "failures.incident",
        lang,
        start=f"{row['start']:%m-%d %H:%M}",
        end=f"{row['end']:%m-%d %H:%M}",
        segment=named_incident(row, lang),
        category=words.category(row["failure_category"], lang),
        excess=f"{row['excess']:,.0f}",
        rate=words.percent(row["failure_rate"]),
        usual=words.percent(row["usual_rate"]),
    )
