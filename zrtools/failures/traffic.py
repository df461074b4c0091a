"""The messages of a period: rows of any engine, classified and featured once, or the counts that stand for them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Annotated, Any

import narwhals as nw
import polars as pl

from zrtools.arguments import Kind
from zrtools.codes import OUTCOMES, Category
from zrtools.engines import WANTED, gather, portable, readable, require
from zrtools.errors import InputError
from zrtools.failures.classes import CLASSIFIED, classified
from zrtools.failures.traits import TIMES, timed, with_traits
from zrtools.privacy import mask_text
from zrtools.texts import said

__all__ = ["DETAIL", "PolarsStatuses", "Statuses", "Traffic", "grouped", "joined", "keys_of", "plain", "sums"]

DETAIL = "failure_detail"
"""The detailed code of what failed: beside other statuses it means nothing."""

_REASONS = (*CLASSIFIED[1:], DETAIL)
_WEIGHT = "_messages"


@dataclass(frozen=True, slots=True)
class Traffic:
    """Messages as rows of any engine, or as counts with the failures one by one beside them.

    Every analysis of failures asks this for counts by the keys it needs. `kept` answers all later questions
    from one scan.
    """

    rows: nw.LazyFrame[Any]
    raw: bool
    codes: Mapping[str, Category] | None = None
    failed: nw.LazyFrame[Any] | None = None
    """Where the rows are counts: the failures themselves, since their different numbers do not add up."""

    @classmethod
    def of(cls, frame: Any, wanted: Iterable[str] = ()) -> Traffic:
        """Read any frame, with those columns of `features` and `classify` that are wanted and not there.

        Raises `InputError` for another kind of frame and for a wanted column that is not there.
        """
        wanted = list(wanted)
        if isinstance(frame, cls):
            names, raw = frame.rows.collect_schema().names(), frame.raw
            read = frame
        else:
            rows = with_traits(portable(frame), wanted)
            names = require(rows).names()
            raw = "outcome" not in names or any(k in CLASSIFIED and k not in names for k in wanted)
            if raw:
                require(rows, "status_id", "detailed_status_id")
            read = cls(rows, raw)
        there = [*names, *(c for c in CLASSIFIED if c not in names)]
        if missing := [k for k in wanted if k not in there]:
            raise InputError(
                said(
                    "failures.no_by", names=", ".join(map(repr, missing)), names2=mask_text(", ".join(there))
                )
            )
        return read.classified() if raw and "outcome" in wanted else read

    def classified(self) -> Traffic:
        """Classify every row, for those who read rows."""
        return replace(self, rows=classified(self.rows, self.codes), raw=False) if self.raw else self

    def timed(self) -> Traffic:
        """Add the times to count by."""
        return self if self.failed is not None else replace(self, rows=timed(self.rows))

    def where(self, condition: nw.Expr) -> Traffic:
        """Keep some of the messages."""
        failed = None if self.failed is None else self.failed.filter(condition)
        return replace(self, rows=self.rows.filter(condition), failed=failed)

    def span(self) -> tuple[date | None, date | None]:
        """Find the first and the last day of sending, or of the status where no day of sending is known."""
        names = self.rows.collect_schema().names()
        rows = self.timed().rows if "date_time" in names else self.rows
        day = next((c for c in ("day", "send_date") if c in rows.collect_schema()), None)
        if day is None:
            return None, None
        ends: tuple[date | None, date | None] = gather(
            rows.select(nw.col(day).min().alias("first"), nw.col(day).max().alias("last"))
        )[0].row(0)
        return ends

    def knows(self, trait: str) -> bool:
        """Tell whether the rows have this column, or whether it is worked out for them."""
        return self.rows.implementation.is_polars() or trait in self.rows.collect_schema()

    def counts(
        self, keys: Sequence[str], extra: Sequence[str] = (), *, numbers: bool = False
    ) -> tuple[pl.DataFrame, pl.DataFrame | None]:
        """Count `messages` by all keys and `outcome`, and the different `numbers` of what failed by `keys` alone.

        Keys that begin with failure_ are null beside other outcomes. Only failures, few as they are, are looked at
        for their reasons.
        """
        every = list(dict.fromkeys([*keys, *extra]))
        failed = self.failures()
        jobs = [_counted(self.rows, [*plain(every), "_fate"], fate=self._fate)]
        if apart := numbers or plain(every) != every:
            jobs.append(_different(failed, list(keys)) if numbers else _counted(failed, every))
        if numbers and extra:
            jobs.append(_counted(failed, every))
        counted, *others = (_whole(found) for found in gather(*jobs))
        counted = self._named(counted)
        if apart:
            counted = pl.concat(
                [
                    counted.filter(pl.col("outcome") != "failed"),
                    others[-1].drop("numbers", strict=False).with_columns(outcome=pl.lit("failed")),
                ],
                how="diagonal_relaxed",
            )
        known = numbers and "phone_number" in failed.collect_schema().names()
        return counted, others[0].select(*keys, "numbers") if known else None

    def failures(self) -> nw.LazyFrame[Any]:
        """Give what failed, classified."""
        if self.failed is not None:
            return self.failed
        status = nw.col("status_id") == 3 if self.raw else nw.col("outcome") == "failed"
        failed = self.rows.filter(status)
        failed = classified(failed, self.codes) if self.raw else failed
        code = (
            nw.col("detailed_status_id")
            if "detailed_status_id" in self.rows.collect_schema()
            else nw.lit(None, nw.String)
        )
        return failed.with_columns(code.alias(DETAIL))

    def kept(self, keys: Sequence[str], also: Sequence[str] = ("phone_number",)) -> Traffic:
        """Count by times and those keys that there are, once and for all; keep the failures with what else is named."""
        read = self.timed()
        there = read.rows.collect_schema().names()
        every = [*(k for k in keys if k in there), *TIMES]
        counted, _ = read.counts([*every, *_REASONS])
        named = dict.fromkeys([*every, *_REASONS, *(c for c in also if c in there)])
        (failures,) = gather(read.failures().select(*named))
        rows = counted.rename({"messages": _WEIGHT})
        return Traffic(nw.from_native(rows.lazy()), raw=False, failed=nw.from_native(failures.lazy()))

    @property
    def _fate(self) -> str:
        return "status_id" if self.raw else "outcome"

    def _named(self, counted: pl.DataFrame) -> pl.DataFrame:
        """Say what became of messages that were counted by status."""
        fate = pl.col("_fate")
        if self.raw:
            fate = fate.cast(pl.Int64).replace_strict(OUTCOMES, default="unknown", return_dtype=pl.String)
        return counted.with_columns(outcome=fate).drop("_fate")


Statuses = Annotated[Any, Kind(lambda frame: isinstance(frame, Traffic) or readable(frame), WANTED)]
"""What the analyses take: messages on any engine, what is kept of them, or what was counted already."""


PolarsStatuses = Annotated[
    Any,
    Kind(
        lambda frame: isinstance(frame, pl.DataFrame | pl.LazyFrame | Traffic),
        "polars_frame",
    ),
]


def keys_of(by: Sequence[str] | str, result: pl.Schema) -> list[str]:
    """Read by=. Raises `InputError` for what names one column twice, or one of the result's own."""
    keys = [by] if isinstance(by, str) else list(by)
    taken = ["messages", *result]
    if len(set(keys)) < len(keys) or any(k in taken for k in keys):
        raise InputError(said("failures.by_once", keys=keys, names=", ".join(taken)))
    return keys


def plain(keys: Sequence[str]) -> list[str]:
    """Leave out the keys that only failures have."""
    return [k for k in keys if not k.startswith("failure_")]


def sums() -> dict[str, pl.Expr]:
    """Give the sums of messages by what became of them, over counts by outcome."""
    messages = pl.col("messages").cast(pl.Int64)
    settled = pl.col("outcome").is_in(["failed", "delivered"])
    return {
        "failed": messages.filter(pl.col("outcome") == "failed").sum(),
        "settled": messages.filter(settled).sum(),
        "pending": messages.filter(~settled).sum(),
    }


def grouped(counted: pl.DataFrame, keys: Sequence[str], **totals: pl.Expr) -> pl.DataFrame:
    """Sum up by keys, by none as one row."""
    return counted.group_by(keys).agg(**totals) if keys else counted.select(**totals)


def joined(left: pl.DataFrame, right: pl.DataFrame, keys: Sequence[str]) -> pl.DataFrame:
    """Join on keys of which null is one like any other."""
    return left.join(right, on=keys, how="left", nulls_equal=True) if keys else left.join(right, how="cross")


def _counted(rows: nw.LazyFrame[Any], keys: Sequence[str], fate: str | None = None) -> nw.LazyFrame[Any]:
    weighed = _WEIGHT in rows.collect_schema().names()
    weight = nw.col(_WEIGHT).sum() if weighed else nw.len()
    columns = [nw.col(fate).alias(k) if k == "_fate" and fate else nw.col(k) for k in keys]
    return (
        rows.select(*columns, *([_WEIGHT] if weighed else []))
        .group_by(list(keys))
        .agg(weight.alias("messages"))
    )


def _different(failed: nw.LazyFrame[Any], keys: list[str]) -> nw.LazyFrame[Any]:
    """Count failed `messages` and their different `numbers`.

    Numbers are grouped twice: `n_unique` in a group is silently wrong on some engines.
    """
    if "phone_number" not in failed.collect_schema().names():
        failed = failed.with_columns(nw.lit(None, nw.String).alias("phone_number"))
    once = (
        failed.group_by(list(dict.fromkeys([*keys, "phone_number"])))
        .agg(nw.len().alias("_times"))
        .with_columns(
            nw.when(~nw.col("phone_number").is_null()).then(1).otherwise(0).cast(nw.Int64).alias("_known")
        )
    )
    totals = (nw.col("_times").sum().alias("messages"), nw.col("_known").sum().alias("numbers"))
    return once.group_by(keys).agg(*totals) if keys else once.select(*totals)


def _whole(counted: pl.DataFrame) -> pl.DataFrame:
    """Give counts one type: engines have their own, and null for no rows."""
    return counted.with_columns(pl.col("^messages|numbers$").cast(pl.Int64).fill_null(0))
