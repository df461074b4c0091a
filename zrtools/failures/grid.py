"""What was to be expected: failures by quarter of an hour, from what is usual, and how late failures are reported."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import numpy as np
import polars as pl

from zrtools.failures.traffic import DETAIL, Traffic
from zrtools.jcalendar import KINDS, kind_of_day

__all__ = ["DAY", "Grid", "dimensions_of", "grid_of"]

Floats = np.ndarray[Any, np.dtype[Any]]
Ints = np.ndarray[Any, np.dtype[np.int64]]
Flags = np.ndarray[Any, np.dtype[np.bool_]]

DAY = 96
"""Bins a day: quarters of an hour."""

_HOUR = DAY // 24
_LAGS = 10
_TAIL = 3 * DAY
_TAIL_MEAN = 40.0
_STEPS = 60
_STEPS_WHOLE = 400
_ROUNDS = 3
# how many expected failures each pooled estimate weighs, beside what was seen
_PRIOR = {"kernel": 20.0, "sms_code": 20.0, "campaign": 10.0, "hour": 50.0, "weekday": 100.0, "kind": 100.0}


@dataclass(slots=True)
class Grid:
    """Settled messages and failures of each stream (carrier x sender x campaign) by quarter of an hour.

    The arrays are flat: each stream has a stretch of bins, from its first message to three days after its last.
    """

    first: date
    bins: int
    scanned_from: int
    categories: list[str]
    values: dict[str, list[str | None]]
    stream_codes: dict[str, Ints]
    begins: Ints
    starts: Ints
    lengths: Ints
    sent: Floats
    late: Floats
    failed: Floats
    codes: pl.DataFrame
    stream: Ints = field(init=False)
    bin: Ints = field(init=False)
    kernels: Floats = field(init=False)
    expected: Floats | None = field(init=False, default=None)

    def __post_init__(self) -> None:
        """Tell the stream and the bin of each cell."""
        self.stream = np.repeat(np.arange(len(self.lengths)), self.lengths)
        self.bin = np.arange(len(self.sent)) - np.repeat(self.begins - self.starts, self.lengths)

    @property
    def usual(self) -> Floats:
        """Give the failures to be expected (category x cell), once fitted."""
        assert self.expected is not None  # noqa: S101 - types cannot tell that `fit` comes first
        return self.expected

    def fit(self, kept: Flags) -> None:
        """Learn from the cells that are kept (category x cell) what is usual, and set `expected` and `kernels`.

        First how late each carrier reports each category (by maximum likelihood, sparse ones leaning on the
        carrier's failures as a whole), then how senders, campaigns, hours and kinds of day differ, each
        pulled towards no difference as far as it is sparse. A campaign's difference on a day is learnt from
        its other days.
        """
        stream, when = self.stream, self.bin
        regressors = self._regressors()
        carrier = self.stream_codes["carrier"][stream]
        count = len(self.values["carrier"])
        n_categories = len(self.categories)
        at = carrier * self.bins + when
        size = count * self.bins

        def summed(values: Floats, weight: Floats) -> Floats:
            return np.bincount(at, values * weight, size).astype(float).reshape(count, self.bins)

        weights = kept.astype(float)
        full = np.stack([summed(r, np.ones(len(at))) for r in regressors])
        y = np.stack([summed(f, w) for f, w in zip(self.failed, weights, strict=True)])
        kernels = np.zeros((count, n_categories, len(regressors)))
        reduced = {
            k: np.stack([summed(r, weights[k]) for r in regressors])
            for k in range(n_categories)
            if not kept[k].all()
        }
        for c in range(count):
            whole = _kernel(full[:, c], y[:, c].sum(axis=0, keepdims=True), None, None)
            shape = whole[0] / max(whole.sum(), 1e-12)
            for k in range(n_categories):
                a = reduced.get(k, full)[:, c]
                rate = max(y[k, c].sum() / max(a[0].sum(), 1.0), 1e-7)
                kernels[c, k] = _kernel(a, y[k, c][None], shape, rate)[0]
        self.kernels = kernels
        base = np.empty_like(self.failed)
        for c in range(count):
            cells = carrier == c
            base[:, cells] = kernels[c] @ regressors[:, cells]

        # the differences are not the carriers', and hours suffice: far fewer cells
        apart = [d for d in self.stream_codes if d != "carrier"]
        pairs = np.stack(
            [self.stream_codes[d] for d in apart] or [np.zeros(len(self.lengths), dtype=np.int64)]
        )
        _, group = np.unique(pairs, axis=1, return_inverse=True)
        hours = self.bins // _HOUR
        used, cell = np.unique(group.ravel()[stream] * hours + when // _HOUR, return_inverse=True)
        of_group = np.zeros(int(group.max()) + 1, dtype=np.int64)
        hour = used % hours
        day = hour // 24
        kinds = np.array(
            [KINDS.index(kind_of_day(self.first + timedelta(d))) for d in range(self.bins // DAY)]
        )
        plain = {
            "hour": (hour % 24, 24),
            "weekday": ((self.first.weekday() + day) % 7, 7),
            "kind": (kinds[day], len(KINDS)),
        }
        campaign = None
        for d in apart:
            of_group[group.ravel()] = self.stream_codes[d]
            if d == "campaign":
                campaign = of_group[used // hours].copy()
            else:
                plain[d] = of_group[used // hours].copy(), len(self.values[d])
        for k in range(n_categories):
            failed = np.bincount(cell, self.failed[k] * weights[k], len(used)).astype(float)
            usual = np.bincount(cell, base[k] * weights[k], len(used)).astype(float)
            factors = {name: np.ones(levels) for name, (_, levels) in plain.items()}
            own = np.ones(len(used))
            for _ in range(_ROUNDS):
                product = np.prod([factors[name][index] for name, (index, _) in plain.items()], axis=0)
                for name, (index, levels) in plain.items():
                    others = usual * own * product / factors[name][index]
                    prior = _PRIOR[name]
                    new = (np.bincount(index, failed, levels) + prior) / (
                        np.bincount(index, others, levels) + prior
                    )
                    product *= (new / factors[name])[index]
                    factors[name] = new
                if campaign is not None:
                    own = self._campaigns(failed, usual * product, campaign, day)
            base[k] *= (product * own)[cell]
        self.expected = np.maximum(base, 1e-9)

    def _campaigns(self, failed: Floats, expected: Floats, campaign: Ints, day: Ints) -> Floats:
        """Tell how each campaign differs on each day, from its other days."""
        days = int(day.max(initial=0)) + 1
        levels = len(self.values["campaign"])
        at = campaign * days + day
        f = np.bincount(at, failed, levels * days).reshape(levels, days)
        m = np.bincount(at, expected, levels * days).reshape(levels, days)
        prior = _PRIOR["campaign"]
        factor = (f.sum(axis=1, keepdims=True) - f + prior) / (m.sum(axis=1, keepdims=True) - m + prior)
        return np.asarray(factor.ravel()[at])

    def unusual_days(self) -> Flags:
        """Tell which cells (category x cell) lie on a day that stands out for their carrier, sender or campaign.

        Before anything is fitted a day is held against the median day of its carrier and of its sender.
        """
        day, days = self.bin // DAY, self.bins // DAY
        found = np.zeros(self.failed.shape, dtype=bool)
        for dimension, codes in self.stream_codes.items():
            levels = len(self.values[dimension])
            at = codes[self.stream] * days + day
            sent = np.bincount(at, self.sent, levels * days).reshape(levels, days)
            for k in range(len(self.categories)):
                f = np.bincount(at, self.failed[k], levels * days).reshape(levels, days)
                if self.expected is not None:
                    m = np.bincount(at, self.expected[k], levels * days).reshape(levels, days)
                elif dimension == "campaign":
                    continue
                else:
                    seen = np.where(sent > 0, f / np.maximum(sent, 1), np.nan)
                    m = np.nan_to_num(_medians(seen))[:, None] * sent
                found[k] |= (f > m + 4 * np.sqrt(m + 0.1 * m * m) + 3).ravel()[at]
        return found

    def _regressors(self) -> Floats:
        """Give, by cell, the messages of each of the last bins, and those of the last three days, fading."""
        lagged = np.zeros((_LAGS + 1, len(self.sent)))
        lagged[0] = self.sent
        lagged[_LAGS] = self.late
        offset = np.arange(len(self.sent)) - np.repeat(self.begins, self.lengths)
        for lag in range(1, _LAGS):
            lagged[lag, lag:] = self.sent[:-lag]
            lagged[lag, offset < lag] = 0
        return lagged

    def signal(self, sent: Floats, category: int) -> Floats:
        """Tell when failures of messages sent like that (carrier x bin) would be reported, each failing once."""
        found = np.zeros(sent.shape[1])
        for c in range(sent.shape[0]):
            if sent[c].any():
                kernel = self.kernels[c, category]
                total = kernel.sum()
                shape = kernel / total if total > 0 else np.eye(_LAGS + 1)[0]
                for lag in range(_LAGS):
                    found[lag:] += shape[lag] * sent[c, : sent.shape[1] - lag]
                found += shape[_LAGS] * _faded(sent[c])
        return found


def dimensions_of(frame: Any) -> list[str]:
    """Tell by which of carrier, sms_code and campaign a frame can be looked at."""
    read = Traffic.of(frame)
    there = read.rows.collect_schema().names()
    tagged = "campaign" in there or ("client_tag" in there and read.knows("campaign"))
    return [d for d in ("carrier", "sms_code") if d in there] + (["campaign"] if tagged else [])


def grid_of(frame: Any, history: Any | None, dimensions: Sequence[str], least: int) -> Grid | None:
    """Count a frame, and the history before it, into a grid; None where nothing failed."""
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
    if counted.is_empty():
        return None
    last: date = counted["_day"].max()  # type: ignore[assignment]  # as above
    days = (last - first).days + 1
    bins = days * DAY
    if "campaign" in dimensions:
        # what is too small to be looked at by itself is pooled
        sizes = counted.group_by("campaign").agg(pl.col("messages").sum())
        large = sizes.filter(pl.col("messages") >= least)["campaign"].drop_nulls().to_list()
        counted = counted.with_columns(pl.when(pl.col("campaign").is_in(large)).then("campaign"))
    counted = counted.with_columns(
        _bin=((pl.col("_day") - pl.lit(first)).dt.total_days() * DAY + pl.col("_slot").cast(pl.Int64))
    )
    values: dict[str, list[str | None]] = {}
    for d in dimensions:
        found = counted.select(pl.col(d).cast(pl.String)).unique().sort(d, nulls_last=True)
        values[d] = found[d].to_list()
        counted = counted.with_columns(pl.col(d).cast(pl.String)).join(
            found.with_row_index(f"_{d}"), on=d, how="left", nulls_equal=True
        )
    keys = [f"_{d}" for d in dimensions]
    messages = pl.col("messages").cast(pl.Int64)
    cells = counted.group_by(*keys, "_bin").agg(n=messages.sum())
    streams = (
        cells.group_by(keys)
        .agg(
            _from=pl.col("_bin").min(), _to=pl.min_horizontal(pl.col("_bin").max() + 1 + _TAIL, pl.lit(bins))
        )
        .sort(keys)
        .with_row_index("_stream")
        .with_columns(pl.col("_stream").cast(pl.Int64))
    )
    lengths = (streams["_to"] - streams["_from"]).to_numpy().astype(np.int64)
    begins = np.cumsum(lengths) - lengths
    starts = streams["_from"].to_numpy().astype(np.int64)
    total = int(lengths.sum())

    def placed(table: pl.DataFrame) -> tuple[pl.DataFrame, Ints]:
        table = table.join(streams, on=keys, how="left")
        stream = table["_stream"].to_numpy()
        return table, begins[stream] + table["_bin"].to_numpy() - starts[stream]

    cells, at = placed(cells)
    sent = np.bincount(at, cells["n"].to_numpy(), total).astype(float)
    failures = (
        counted.filter(pl.col("outcome") == "failed")
        .group_by(*keys, "_bin", "failure_category")
        .agg(f=messages.sum())
    )
    categories: list[str] = failures["failure_category"].unique().sort().to_list()
    if not categories:
        return None
    failed = np.zeros((len(categories), total))
    failures, at = placed(failures)
    which = failures["failure_category"].replace_strict(
        categories, range(len(categories)), return_dtype=pl.Int64
    )
    np.add.at(failed, (which.to_numpy(), at), failures["f"].to_numpy())
    late = np.zeros(total)
    for begin, length in zip(begins, lengths, strict=True):
        late[begin : begin + length] = _faded(sent[begin : begin + length])
    codes = {d: streams[f"_{d}"].to_numpy().astype(np.int64) for d in dimensions}
    return Grid(
        first=first,
        bins=bins,
        scanned_from=(start - first).days * DAY,
        categories=categories,
        values=values,
        stream_codes=codes,
        begins=begins,
        starts=starts,
        lengths=lengths,
        sent=sent,
        late=late,
        failed=failed,
        codes=counted.filter(pl.col("outcome") == "failed")
        .group_by("_bin", *dimensions, code="_detail")
        .agg(f=messages.sum()),
    )


def _counted(frame: Any, dimensions: Sequence[str]) -> pl.DataFrame:
    keys = ["_received", "_quarter", *dimensions, "failure_category", DETAIL]
    counted, _ = Traffic.of(frame, [*dimensions, "failure_category"]).timed().counts(keys)
    return counted.rename({"_received": "_day", "_quarter": "_slot", DETAIL: "_detail"})


def _medians(rates: Floats) -> Floats:
    """Give the median of each row, the higher of two middles, leaving out what is not a number; 0 for none."""
    ordered = np.sort(rates, axis=1)
    counts = (~np.isnan(rates)).sum(axis=1)
    return np.asarray(np.where(counts > 0, ordered[np.arange(len(rates)), counts // 2], 0.0))


def _kernel(a: Floats, y: Floats, shape: Floats | None, rate: float | None) -> Floats:
    """Find how many failures follow a message after each lag: maximum likelihood for Poisson counts, by EM."""
    sums = a.sum(axis=1)
    if shape is None or rate is None:
        found = np.full((len(y), len(a)), 1e-3)
        prior = held = np.zeros_like(found)
    else:
        found = np.tile(rate * shape + 1e-9, (len(y), 1))
        prior = np.tile(_PRIOR["kernel"] * shape, (len(y), 1))
        held = prior / found
    bottom = np.maximum(sums[None, :] + held, 1e-9)
    for _ in range(_STEPS_WHOLE if shape is None else _STEPS):
        expected = np.maximum(found @ a, 1e-12)
        found = (found * ((y / expected) @ a.T) + prior) / bottom
    return found


_FADING = np.exp(-np.arange(_TAIL - _LAGS) / _TAIL_MEAN)
_FADING /= _FADING.sum()


def _faded(sent: Floats) -> Floats:
    """Spread messages over the three days after the lags that are told apart."""
    if len(sent) <= _LAGS:
        return np.zeros(len(sent))
    spread = np.convolve(sent, _FADING)[: len(sent) - _LAGS]
    return np.concatenate([np.zeros(_LAGS), spread])
