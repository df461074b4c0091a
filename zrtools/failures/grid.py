"""Messages and failures in sparse cells by the time of sending, and how many failures are usual in each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from math import lgamma, log
from statistics import NormalDist
from typing import Any

import numpy as np
import polars as pl

from zrtools.failures.traffic import DETAIL, Traffic
from zrtools.jcalendar import kind_of_day

__all__ = ["DAY", "Grid", "dimensions_of", "grid_of", "spread_of"]

Floats = np.ndarray[Any, np.dtype[Any]]
Ints = np.ndarray[Any, np.dtype[np.int64]]
Flags = np.ndarray[Any, np.dtype[np.bool_]]

DAY = 96
"""Bins a day: quarters of an hour."""

# a failure is reported within two hours of sending (in bins that are told apart), or within three days
_LAGS = 8
_REACH = 3 * DAY
_KERNEL_DAYS = 60
_STEPS = 60
_PASSES = 4
_ROUNDS = 3
# how many expected failures "no difference" weighs beside what was seen
_PRIOR = {
    "carrier": 5.0,
    "sms_code": 10.0,
    "campaign": 5.0,
    "slot": 40.0,
    "all": 12.0,
    "weekday": 40.0,
    "kernel": 20.0,
    "spread": 40.0,
}
# what is learnt, in that order: of whom, and what
_FACTORS = {
    "carrier": ("carrier", "level"),
    "sms_code": ("sms_code", "level"),
    "campaign": ("campaign", "campaign"),
    "slot carrier": ("carrier", "slot"),
    "slot sms_code": ("sms_code", "slot"),
    "all": ("all", "weekday"),
    "weekday carrier": ("carrier", "weekday"),
    "weekday sms_code": ("sms_code", "weekday"),
}
# the part of the hours that are unlike the others, and what such an hour leans on
_FEW, _OWN = 0.02, 1.0
# the part of the time that is surely usual: what lies as low as that
_LOW = 0.4
# values whose own spread is measured, the largest
_MEASURED = 60
# how much lists vary where that cannot be measured, and of how many it can
_UNKNOWN, _FEWEST = 0.3, 15
# campaigns of fewer expected failures are pooled
_KNOWN = 3.0
# days from which a daily course is learnt
_COURSE_DAYS = 6
# campaigns with failures on so many days are known by their other days
_RECURRING = 4


@dataclass(slots=True)
class Grid:
    """Settled messages and failures of each stream (carrier x sender x campaign) by quarter of an hour of sending.

    A cell stands for each stream and bin in which something was sent, no others.
    """

    first: date
    bins: int
    scanned_from: int
    values: dict[str, list[str | None]]
    codes: dict[str, Ints]
    """By dimension, the number of each cell's value; -1 is a campaign that is none, or too small to be told."""
    bin: Ints
    sent: Floats
    failed: Floats
    reported: pl.DataFrame
    """Failures as they were reported, by `_bin`, dimension, detailed code and category."""
    usual: Floats = field(init=False)
    """Failures to be expected in each cell, once fitted."""
    cluster: Ints = field(init=False)
    """Messages that share a fate: a campaign's of one day, else a stream's of three hours (of six without campaign)."""
    spread: Floats = field(init=False)
    """By cluster, how much rates vary between clusters like it (variance of the relative rate)."""
    owner: dict[str, Ints] = field(init=False)
    """By dimension, the number of each cluster's value."""
    days: int = field(init=False)

    def __post_init__(self) -> None:
        """Tell clusters."""
        self.days = self.bins // DAY
        campaign, sender = self.codes["campaign"], self.codes["sms_code"]
        day = self.bin // DAY
        size = len(self.values["campaign"]) + 1
        there = np.unique(campaign * self.days + day) if len(campaign) else campaign
        lasting = np.bincount(there[there >= 0] // self.days, minlength=size) >= _RECURRING
        # 0: a campaign of few days, 1: one of many, 2: none
        sort = np.where(campaign < 0, 2, np.where(lasting[campaign], 1, 0))
        part = np.choose(sort, [day * DAY, self.bin // 12 * 12, self.bin // 24 * 24])
        key = (sort * len(self.values["sms_code"]) + sender) * size + campaign + 1
        found, self.cluster = np.unique(key * (self.bins + 1) + part, return_inverse=True)
        # in order of time, as cells are: what lies near each other is looked up together
        order = np.argsort(found % (self.bins + 1), kind="stable")
        rank = np.empty_like(order)
        rank[order] = np.arange(len(order))
        self.cluster = rank[self.cluster]
        self._family = found[order] // (self.bins + 1) // size
        self.owner = {
            "sms_code": self._family % len(self.values["sms_code"]),
            "campaign": found[order] // (self.bins + 1) % size - 1,
        }

    _family: Ints = field(init=False)

    def fit(self, weight: Floats) -> None:
        """Learn what is usual from the cells, each as far as it is to count, and set `usual` and `spread`.

        Carriers, senders and campaigns have levels, learnt from the times that lie low together (in the history
        alone, where there is one); carriers and senders have a daily and a weekly course. A campaign's level on a day
        is learnt from its other days, and so are courses, so that nothing teaches what is usual to itself.
        """
        day = self.bin // DAY
        n, f = self.sent * weight, self.failed * weight
        base = self.sent * (f.sum() / max(n.sum(), 1.0))
        factors = {name: np.ones(len(base)) for name in _FACTORS}
        codes = {"all": np.zeros_like(day), **self.codes}
        self.usual = base
        block = self._blocks()
        # messages that share a fate count as fewer
        worth = np.ones(len(base))
        for _ in range(_ROUNDS):
            seen, counted = f * worth, weight * worth
            for name, (dimension, what) in _FACTORS.items():
                code = codes[dimension]
                rest = self.usual / factors[name]
                m = rest * counted
                if what == "campaign":
                    found = self._campaigns(f, rest * weight, block)
                elif what == "level":
                    levels = _levels(code, block, seen, m, self._learnt(block, self.bin), _PRIOR[dimension])
                    found = levels[code]
                elif what == "weekday":
                    prior = _PRIOR.get(name, _PRIOR["weekday"])
                    found = self._weekly(code, day, self.failed * worth, rest * worth, weight, prior)
                elif self.days >= _COURSE_DAYS:
                    width = 2 if dimension == "carrier" else 4
                    slot = code * (DAY // width) + self.bin % DAY // width
                    found = _alike(slot, day, seen, m, _PRIOR["slot"], apart=False)
                else:
                    continue
                factors[name], self.usual = found, rest * found
            self.usual = np.maximum(self.usual, 1e-9)
            self._spreads(f, self.usual * weight)
            there = np.bincount(self.cluster, self.usual * weight)
            worth = (1 / (1 + self.spread * there))[self.cluster]

    def _blocks(self) -> Ints:
        """Number the stretches of time that levels are learnt from: days, or shorter where there are few."""
        days = len(np.unique(self.bin // DAY))
        return self.bin // (DAY if days >= 10 else DAY // 4 if days >= 3 else DAY // 24)

    def _learnt(self, block: Ints, bins: Ints) -> Flags | None:
        """Tell which blocks are history, where there is enough of it."""
        if self.scanned_from == 0:
            return None
        before = np.zeros(int(block.max()) + 1, dtype=bool)
        before[block[bins < self.scanned_from]] = True
        return before

    def _campaigns(self, failed: Floats, usual: Floats, block: Ints) -> Floats:
        """Tell how each campaign differs: where it has many days by the usual ones, else on each day by the others."""
        campaign = self.codes["campaign"]
        found = np.ones(len(campaign))
        tagged = campaign >= 0
        lasting = tagged & (self._family[self.cluster] // len(self.values["sms_code"]) == 1)
        if lasting.any():
            _, code = np.unique(campaign[lasting], return_inverse=True)
            of = block[lasting]
            found[lasting] = _levels(
                code,
                of,
                failed[lasting],
                usual[lasting],
                self._learnt(of, self.bin[lasting]),
                _PRIOR["campaign"],
            )[code]
        once = tagged & ~lasting
        if once.any():
            day = self.bin[once] // DAY
            found[once] = _alike(
                campaign[once], day, failed[once], usual[once], _PRIOR["campaign"], apart=True
            )
        return found

    def _weekly(
        self, code: Ints, day: Ints, failed: Floats, usual: Floats, weight: Floats, prior: float
    ) -> Floats:
        """Tell how days of the week differ from the week around them, as far as (nearly) all of a weekday's days do.

        What comes back each week is usual, found to be raised or not; the week around it is without what was found.
        """
        if self.days < 2 * 7:
            return np.ones(len(day))
        size = int(code.max()) + 1
        key = code * self.days + day
        f, m, kept_f, kept_m = (
            np.bincount(key, of, size * self.days).reshape(size, self.days)
            for of in (failed, usual, failed * weight, usual * weight)
        )
        dates = [self.first + timedelta(d) for d in range(self.days)]
        kinds = np.array([d.weekday() for d in dates])
        rest = np.array([kind_of_day(d) == "sunday or holiday" for d in dates]) & (kinds != 6)
        starts = np.clip(np.arange(self.days) - 3, 0, self.days - 7)
        sums_f, sums_m = (
            np.concatenate([np.zeros((size, 1)), x.cumsum(axis=1)], axis=1) for x in (kept_f, kept_m)
        )
        local = (sums_f[:, starts + 7] - sums_f[:, starts] + 1) / (
            sums_m[:, starts + 7] - sums_m[:, starts] + 1
        )
        adjusted = m * local
        ratio = np.where(adjusted > 0.5, f / np.maximum(adjusted, 0.5), np.nan)
        change = np.zeros((size, 7))
        for kind in range(7):
            own = np.flatnonzero((kinds == kind) & ~rest)
            known = adjusted[:, own].sum(axis=1)
            change[:, kind] = _agreed(ratio[:, own]) * known / (known + prior)
        found = 1 + change[:, kinds]
        # holidays are like Sundays, or like the weekday they fall on, whichever theirs were
        off = np.flatnonzero(rest)
        plain, sunday = found[:, off], 1 + change[:, [6]]
        likely = f[:, off] * np.log(sunday / plain) - adjusted[:, off] * (sunday - plain)
        found[:, off] = np.where(likely.sum(axis=1, keepdims=True) > 0, sunday, plain)
        return found[code, day]

    def _spreads(self, failed: Floats, usual: Floats) -> None:
        """Measure, by kind of cluster and sender, how clusters that follow each other differ."""
        count = len(self._family)
        f, m = np.bincount(self.cluster, failed, count), np.bincount(self.cluster, usual, count)
        when = np.full(count, self.bins)
        np.minimum.at(when, self.cluster, self.bin)
        self.spread = np.empty(count)
        senders = len(self.values["sms_code"])
        for sort, least in enumerate((0.02, 0.005, 0.005)):
            here = self._family // senders == sort
            mine = np.flatnonzero(here & (m >= 1))
            common = spread_of(self._family[mine], when[mine], f[mine], m[mine], m[mine], least, 10)
            if sort == 0:
                # lists of a few failures each tell it together
                common = max(common or _UNKNOWN, _moments(f[here], m[here]))
            self.spread[here] = common or least
            families, sizes = np.unique(self._family[mine], return_counts=True)
            for family in families[np.argsort(-sizes)][: min(_MEASURED, int((sizes >= 30).sum()))]:
                own = mine[self._family[mine] == family]
                found = spread_of(self._family[own], when[own], f[own], m[own], m[own], least, 25)
                if found is not None:
                    # few of one sender lean on those of all
                    weight = len(own) / (len(own) + _PRIOR["spread"])
                    self.spread[self._family == family] = weight * found + (1 - weight) * (common or least)


def _moments(seen: Floats, usual: Floats) -> float:
    """Measure by moments how much relative rates vary, without the few that stand out most."""
    if len(seen) < _FEWEST:
        return 0.0
    order = np.argsort(usual - seen)[max(2, len(seen) // 50) :]
    f, m = seen[order], usual[order]
    return float(np.clip(((f - m) ** 2 - m).sum() / max((m**2).sum(), 1e-9), 0, 4))


def spread_of(
    group: Ints,
    when: Ints,
    seen: Floats,
    usual: Floats,
    variance: Floats,
    least: float,
    pairs: int,
    *,
    part: float = 0.8,
) -> float | None:
    """Find how much the relative rate of what follows each other varies beyond chance; None for too few pairs.

    Neighbours in time are set against each other: a change that lasts shows once, and what is raised for long does
    not count as varied. The variance sought is that at which a `part` of all pairs lie as near as they should.
    """
    order = np.lexsort((when, group))
    group, seen, usual, variance = group[order], seen[order], usual[order], variance[order]
    same = group[1:] == group[:-1]
    if same.sum() < pairs:
        return None
    rate = seen / usual
    apart = (rate[1:] - rate[:-1])[same] ** 2
    # chance varies with what the rate is, not with what it should be
    near = np.maximum((seen[1:] + seen[:-1] + 1) / (usual[1:] + usual[:-1] + 1), 0.2)[same]
    chance = near * (variance[1:] / usual[1:] ** 2 + variance[:-1] / usual[:-1] ** 2)[same]
    level = max(float(seen.sum() / usual.sum()), 0.2)
    normal = NormalDist().inv_cdf((1 + part) / 2) ** 2
    low, high = 0.0, 4.0
    for _ in range(20):
        middle = (low + high) / 2
        distance = np.quantile(apart / (chance + 2 * middle * level**2), part)
        low, high = (middle, high) if distance > normal else (low, middle)
    # rates that differ much are skewed (gamma), and four fifths of them say less of the rest
    return max(high * (1 + 0.25 * high + 0.15 * high**2), least)


def _levels(
    code: Ints, block: Ints, failed: Floats, usual: Floats, before: Flags | None, prior: float
) -> Floats:
    """Find each value's level, from the blocks of time that lie low and all that agree with them."""
    size, blocks = int(code.max()) + 1, int(block.max()) + 1
    at = code * blocks + block
    f = np.bincount(at, failed, size * blocks).reshape(size, blocks)
    m = np.bincount(at, usual, size * blocks).reshape(size, blocks)
    varied = _varied(f, m)
    start = m > 0
    if before is not None:
        # what is usual comes from the history, for whom it holds enough
        enough = (m * before).sum(axis=1) >= 10
        start[enough] &= before
    rate = np.where(start, f / np.maximum(m, 1e-9), np.inf)
    order = np.argsort(rate, axis=1, kind="stable")
    sorted_m = np.take_along_axis(np.where(start, m, 0), order, axis=1)
    total = sorted_m.sum(axis=1, keepdims=True)
    low = np.zeros_like(start)
    np.put_along_axis(low, order, sorted_m.cumsum(axis=1) - sorted_m < _LOW * total, axis=1)
    used = low & start
    level = np.ones(size)
    for _ in range(20):
        level = ((f * used).sum(axis=1) + prior) / ((m * used).sum(axis=1) + prior)
        at_most = m * level[:, None]
        # skewed rates reach further up
        reach = (2 + 3 * np.sqrt(varied))[:, None]
        grown = (m > 0) & (f <= at_most + reach * np.sqrt(at_most + varied[:, None] * at_most**2) + 1)
        if before is not None:
            grown |= used & start
        if (grown == used).all():
            break
        used = grown
    return level


def _varied(failed: Floats, usual: Floats) -> Floats:
    """Measure how much the blocks of each value differ, of small ones together."""
    of, when = np.nonzero(usual >= 3)
    common = (
        spread_of(of, when, failed[of, when], usual[of, when], usual[of, when], 0.005, 10, part=0.65) or 0.05
    )
    found = np.full(len(failed), common)
    for value in np.argsort(-usual.sum(axis=1))[:_MEASURED]:
        own = np.flatnonzero(usual[value] >= 3)
        f, m = failed[value, own], usual[value, own]
        found[value] = spread_of(np.zeros_like(own), own, f, m, m, 0.005, 12, part=0.65) or common
    return found


def _alike(group: Ints, day: Ints, failed: Floats, usual: Floats, prior: float, *, apart: bool) -> Floats:
    """Tell how each group differs, from its days without those that stand out; `apart`: for each from the others."""
    days = int(day.max(initial=0)) + 1
    found, at = _numbered(group * days + day)
    of = found // days
    f, m = np.bincount(at, failed, len(found)), np.bincount(at, usual, len(found))
    # of six days or more the worst is left out, of twenty the two worst
    starts = np.flatnonzero(np.diff(of, prepend=-1))
    count = np.diff(starts, append=len(of))
    more, out = f - m, np.zeros(len(found), dtype=bool)
    for least in (6, 20):
        worst = np.flatnonzero(more == np.repeat(np.maximum.reduceat(more, starts), count))
        worst = worst[np.diff(of[worst], prepend=-1) > 0]
        out[worst[count >= least]] = True
        more[worst] = -np.inf
    kept_f, kept_m = np.where(out, 0, f), np.where(out, 0, m)
    total_f, total_m = np.bincount(of, kept_f), np.bincount(of, kept_m)
    if not apart:
        return np.asarray(_pulled(total_f, total_m, prior)[of][at])
    total_f, total_m = total_f[of] - kept_f, total_m[of] - kept_m
    return np.asarray(((total_f + prior) / (total_m + prior))[at])


def _numbered(key: Ints) -> tuple[Ints, Ints]:
    """Do what numpy's unique with its inverse does, without sorting where the keys lie close."""
    if int(key.max(initial=0)) > 4 * len(key):
        found, at = np.unique(key, return_inverse=True)
        return found, at
    there = np.bincount(key) > 0
    return np.flatnonzero(there), (np.cumsum(there) - 1)[key]


def _pulled(seen: Floats, usual: Floats, prior: float) -> Floats:
    """Pull ratios towards 1, but for the few that are surely of their own."""

    def likely(size: float) -> Floats:
        known = size * log(size) - lgamma(size)
        return np.asarray(_lgamma(seen + size) + known - (seen + size) * np.log(usual + size))

    own = 1 / (1 + np.exp(np.clip(likely(prior) - likely(_OWN) - log(_FEW), -50, 50)))
    return own * (seen + _OWN) / (usual + _OWN) + (1 - own) * (seen + prior) / (usual + prior)


_lgamma = np.vectorize(lgamma, otypes=[float])


def _agreed(rates: Floats) -> Floats:
    """Tell how far above or below 1 the rates of each row lie, leaving one of five out; 0 where they differ in that."""
    rows = np.arange(len(rates))
    ordered = np.sort(rates, axis=1)
    count = (~np.isnan(rates)).sum(axis=1)
    out = count // 5
    low, high = (ordered[rows, np.maximum(n, 0)] for n in (out, count - 1 - out))
    return np.where(count >= 3, np.maximum(low - 1, 0) + np.minimum(high - 1, 0), 0.0)


def dimensions_of(frame: Any) -> list[str]:
    """Tell by which of carrier, sms_code and campaign a frame can be looked at."""
    read = Traffic.of(frame)
    there = read.rows.collect_schema().names()
    tagged = "campaign" in there or ("client_tag" in there and read.knows("campaign"))
    return [d for d in ("carrier", "sms_code") if d in there] + (["campaign"] if tagged else [])


def grid_of(frame: Any, history: Any | None, dimensions: Sequence[str], least: float) -> Grid | None:
    """Count a frame, and the history before it, into a grid; None where nothing failed.

    Campaigns with fewer than `least` failures are pooled: they cannot be told.
    """
    counted = _counted(frame, dimensions)
    if counted["_day"].drop_nulls().is_empty():
        return None
    start: date = counted["_day"].min()  # type: ignore[assignment]  # a Date column's minimum is a date
    first = start
    if history is not None:
        before = _counted(history, dimensions).filter(pl.col("_day") < start)
        if not before.is_empty():
            first = before["_day"].min()  # type: ignore[assignment]  # as above
            counted = pl.concat([before, counted], how="diagonal")
    counted = counted.drop_nulls("_day").filter(pl.col("outcome").is_in(["failed", "delivered"]))
    failing = pl.col("outcome") == "failed"
    if not counted.select(failing.any()).item():
        return None
    last: date = counted["_day"].max()  # type: ignore[assignment]  # as above
    days = (last - first).days + 1
    messages = pl.col("messages").cast(pl.Int64)
    counted = counted.with_columns(
        messages,
        _bin=(pl.col("_day") - pl.lit(first)).dt.total_days() * DAY + pl.col("_slot").cast(pl.Int64),
    )
    values: dict[str, list[str | None]] = {}
    for d in ("carrier", "sms_code", "campaign"):
        if d not in dimensions:
            counted = counted.with_columns(pl.lit(None, pl.String).alias(d))
        of = pl.col(d).cast(pl.String)
        found = counted.group_by(of).agg(
            failed=pl.col("messages").filter(failing).sum(), sent=pl.col("messages").sum()
        )
        if d == "campaign":
            # those that should fail but do not say how much campaigns differ
            much = pl.col("sent") * pl.col("failed").sum() / pl.col("sent").sum() >= _KNOWN
            found = found.filter(pl.col(d).is_not_null() & (much | (pl.col("failed") >= least)))
        found = found.sort(d, nulls_last=True).with_row_index(f"_{d}").drop("failed", "sent")
        values[d] = found[d].to_list()
        counted = counted.with_columns(of).join(found, on=d, how="left", nulls_equal=True)
    keys = [f"_{d}" for d in values]
    counted = counted.with_columns(pl.col(keys).cast(pl.Int64).fill_null(-1))
    stream = (pl.col("_carrier") * len(values["sms_code"]) + pl.col("_sms_code")) * (
        len(values["campaign"]) + 1
    )
    counted = counted.with_columns(_stream=stream + pl.col("_campaign") + 1)
    cells = (
        counted.group_by("_stream", *keys, "_bin")
        .agg(n=pl.col("messages").sum(), f=pl.col("messages").filter(failing).sum())
        .sort("_stream", "_bin")
    )
    late = (
        counted.filter(failing)
        .group_by("_stream", "_carrier", "_bin", "failure_category")
        .agg(pl.col("messages").sum())
    )
    categories = late["failure_category"].unique().sort()
    kind = late["failure_category"].replace_strict(
        categories, pl.Series(range(len(categories))), return_dtype=pl.Int64
    )
    key = cells["_stream"].to_numpy() * (days * DAY) + cells["_bin"].to_numpy()
    failed = _by_sending(
        key,
        cells["_carrier"].to_numpy(),
        cells["n"].to_numpy().astype(float),
        days * DAY,
        late["_stream"].to_numpy() * (days * DAY) + late["_bin"].to_numpy(),
        late["_carrier"].to_numpy(),
        kind.to_numpy(),
        late["messages"].to_numpy().astype(float),
    )
    sent = cells["n"].to_numpy() - cells["f"].to_numpy() + failed
    there = np.flatnonzero(sent > 1e-6)
    there = there[np.argsort(cells["_bin"].to_numpy()[there], kind="stable")]
    return Grid(
        first=first,
        bins=days * DAY,
        scanned_from=(start - first).days * DAY,
        values=values,
        codes={d: cells[f"_{d}"].to_numpy()[there] for d in values},
        bin=cells["_bin"].to_numpy()[there],
        sent=sent[there],
        failed=failed[there],
        reported=counted.filter(failing)
        .group_by("_bin", *values, "failure_category", code="_detail")
        .agg(f=pl.col("messages").sum()),
    )


def _counted(frame: Any, dimensions: Sequence[str]) -> pl.DataFrame:
    keys = ["_received", "_quarter", *dimensions, "failure_category", DETAIL]
    counted, _ = Traffic.of(frame, [*dimensions, "failure_category"]).timed().counts(keys)
    return counted.rename({"_received": "_day", "_quarter": "_slot", DETAIL: "_detail"})


def _by_sending(
    key: Ints, carrier: Ints, sent: Floats, bins: int, at: Ints, of: Ints, kind: Ints, failed: Floats
) -> Floats:
    """Lay failures to the cells in which their messages were sent: carriers report some of them late.

    How late each carrier reports each category is learnt (expectation and maximisation for Poisson counts). `key`
    (stream x bins + bin, sorted), `carrier` and `sent` are the cells', `at`, `of` (carrier), `kind` and `failed` the
    reports'.
    """
    shapes = _shapes(key % bins, carrier, sent, bins, at % bins, of, kind, failed)[of, kind]
    floor = at // bins * bins
    own = np.searchsorted(key, at)
    delivered = sent - np.bincount(own, failed, len(key))
    cell = [
        np.minimum(np.searchsorted(key, np.maximum(at - lag, floor)), len(key) - 1) for lag in range(_LAGS)
    ]
    hit = [key[c] == at - lag for lag, c in enumerate(cell)]
    before = np.searchsorted(key, np.maximum(at - _REACH, floor))
    until = np.searchsorted(key, np.maximum(at - _LAGS + 1, floor))
    found = np.bincount(own, failed, len(key))
    for _ in range(_PASSES):
        # what is reported late was not sent then: with each pass it counts less where it was reported
        sent = delivered + found
        total = np.concatenate([[0.0], np.cumsum(sent)])
        early = np.maximum(total[until] - total[before], 0.0)
        weights = np.stack(
            [
                *(
                    np.where(h, sent[c], 0.0) * shapes[:, lag]
                    for lag, (c, h) in enumerate(zip(cell, hit, strict=True))
                ),
                early * shapes[:, _LAGS] / (_REACH - _LAGS),
            ]
        )
        weights[0] = np.maximum(weights[0], 1e-9)
        share = weights / weights.sum(axis=0) * failed
        # what is laid to all of the three days before, by how much was sent in each
        each = np.where(early > 0, share[_LAGS] / np.maximum(early, 1e-300), 0.0)
        steps = np.bincount(before, each, len(key) + 1) - np.bincount(until, each, len(key) + 1)
        found = np.maximum(np.cumsum(steps)[:-1], 0) * sent
        for lag in range(_LAGS):
            found += np.bincount(cell[lag], share[lag], len(key))
    return np.asarray(found)


def _shapes(
    when: Ints, carrier: Ints, sent: Floats, bins: int, at: Ints, of: Ints, kind: Ints, failed: Floats
) -> Floats:
    """Tell how late each carrier reports each category: carrier x category x lag, the last for all up to three days."""
    carriers, kinds = int(carrier.max()) + 1, int(kind.max()) + 1
    days = bins // DAY
    shapes = np.empty((carriers, kinds, _LAGS + 1))
    start = np.concatenate([[1.0, 0.1, 0.05], np.full(_LAGS - 2, 0.02)])
    for c in range(carriers):
        n = np.bincount(when[carrier == c], sent[carrier == c], bins)
        mine = of == c
        y = np.stack(
            [np.bincount(at[mine & (kind == k)], failed[mine & (kind == k)], bins) for k in range(kinds)]
        )
        lagged = np.stack([np.concatenate([np.zeros(lag), n[: bins - lag]]) for lag in range(_LAGS)])
        sums = np.concatenate([[0.0], np.cumsum(n)])
        ends = np.arange(bins)
        tail = sums[np.maximum(ends - _LAGS + 1, 0)] - sums[np.maximum(ends - _REACH + 1, 0)]
        a = np.concatenate([lagged, tail[None] / (_REACH - _LAGS)])
        # days that stand out say little about how late reports are
        n_day, f_day = (x.reshape(days, DAY).sum(axis=1) for x in (n, y.sum(axis=0)))
        busy = np.flatnonzero(n_day > 0)
        if not len(busy):
            shapes[c] = start / start.sum()
            continue
        rate = f_day[busy] / n_day[busy]
        plain = busy[rate <= 2 * np.sort(rate)[(len(rate) - 1) // 2] + 0.01][-_KERNEL_DAYS:]
        use = (plain[:, None] * DAY + np.arange(DAY)).ravel()
        a, y = a[:, use], y[:, use]
        whole = _kernel(
            a, y.sum(axis=0, keepdims=True), start[None] * 1e-2, _PRIOR["kernel"] * start / start.sum()
        )
        shape = whole[0] / whole.sum()
        rates = np.maximum(y.sum(axis=1) / max(a[0].sum(), 1.0), 1e-7)
        each = _kernel(a, y, rates[:, None] * shape + 1e-9, _PRIOR["kernel"] * shape)
        shapes[c] = each / each.sum(axis=1, keepdims=True)
    return shapes


def _kernel(a: Floats, y: Floats, found: Floats, prior: Floats) -> Floats:
    """Find how many failures follow a message after each lag, leaning on what is likely."""
    sums = a.sum(axis=1)[None]
    bottom = np.maximum(
        sums + prior.sum() / np.maximum((y.sum(axis=1) / max(a[0].sum(), 1.0)), 1e-9)[:, None], 1e-9
    )
    for _ in range(_STEPS):
        expected = np.maximum(found @ a, 1e-12)
        found = (found * ((y / expected) @ a.T) + prior) / bottom
    return found
