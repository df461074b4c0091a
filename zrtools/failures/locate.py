"""Where exactly a failure rate changed: the few segments that explain it best, and most simply."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp
from typing import Any, Literal, overload

import numpy as np
import polars as pl

from zrtools import words
from zrtools.arguments import checked
from zrtools.engines import portable
from zrtools.errors import InputError
from zrtools.failures.changes import refuse_unsettled
from zrtools.failures.segments import WORTH, Cells, Finding, Ints, Search
from zrtools.failures.traffic import Statuses, Traffic, joined, plain, sums
from zrtools.failures.wording import named_column, named_where
from zrtools.schemas import LOCATED
from zrtools.texts import said

__all__ = ["MOST_COLUMNS", "locate"]

MOST_COLUMNS = 10
"""Columns that `locate` looks at together."""

_USUAL = ("carrier", "sms_code", "campaign", "template", "parts", "hour", "weekday", "url_host")
_SOURCES = {
    **dict.fromkeys(("campaign",), "client_tag"),
    **dict.fromkeys(("template", "parts", "url_host"), "message"),
    **dict.fromkeys(("hour", "weekday"), "date_time"),
}
# failures of a value, in either period, below which it is not looked at by itself: so few can be chance
_LEAST = 5
# failures of both periods together below which nothing can be told
_LITTLE = 20
# cells in which reasons of failure are told apart
_REASONED = 200_000
# what a further segment explains at the least, of what the first does
_FURTHER = 0.1
# findings that turn out not to be worth naming, before the search ends
_TRIES = 3
# settled messages below which a rate before says nothing
_HARDLY = 30
# a segment in which the period of more failures has less than this of the other's messages is a tail
_TAIL = 0.05
# how well all cells together must explain a change for it to be called even
_EVEN = 3.0
_EXCHANGED = (("before", "after"), ("after", "before"))
_OUTCOMES = ("outcome", "status_id", "detailed_status_id")
# names of what is counted
_COUNTED = ("messages", "now", "then", "numbers")
_KINDS = (pl.Boolean, pl.Date, pl.String, pl.Categorical, pl.Enum, pl.Null)


@overload
def locate(
    before: Any,
    after: Any,
    by: Sequence[str] | str | None = None,
    *,
    most: int = 3,
    unsettled_days: bool = False,
    lang: str | None = None,
    explain: Literal[False] = False,
) -> pl.DataFrame: ...
@overload
def locate(
    before: Any,
    after: Any,
    by: Sequence[str] | str | None = None,
    *,
    most: int = 3,
    unsettled_days: bool = False,
    lang: str | None = None,
    explain: Literal[True],
) -> tuple[pl.DataFrame, str]: ...
@checked
def locate(
    before: Statuses,
    after: Statuses,
    by: Sequence[str] | str | None = None,
    *,
    most: int = 3,
    unsettled_days: bool = False,
    lang: str | None = None,
    explain: bool = False,
) -> pl.DataFrame | tuple[pl.DataFrame, str]:
    """Find the few segments that explain the change of the failure rate best, and most simply.

    All combinations of up to four of the columns are looked at, one value or several of each. A segment stands out
    when its cells fail more often (or less) than they used to, and the rest of the traffic does not: what is usual is
    learnt from `before`, cell by cell, sparse cells leaning on their columns. Each column and value that a segment
    names has to be paid for by what it explains.

    Parameters
    ----------
    before, after
        Two frames as `compare` takes them. Counting happens on their engine.
    by
        Up to ten columns, also those of `features` and `classify`. Left out: those of carrier, sms_code, campaign,
        template, parts, hour, weekday, url_host and failure_module that both frames have or that can be worked out.
    most
        How many segments to give at most.
    unsettled_days
        Take days of which 1 % or more is pending, too.
    lang
        "ja" or "en": the language of the sentences.
    explain
        Give the frame and a sentence that says what was found, or why nothing was.

    Returns
    -------
    polars.DataFrame
        Columns as `schemas.LOCATED`, strongest first; no rows where nothing stands out. Rates are failed / settled,
        `excess_failures` those beyond the segment's rate before (where fewer than 30 settled before: beyond what its
        values let expect).
        `low` and `high` bound them (95 %); `p_value` and the bound towards no change allow for all the segments looked
        at, all for fates shared by the messages of one campaign on one day. `share_of_change` is null where the whole
        rate moved the other way, and 1 where one segment does more than the whole.

    Raises
    ------
    InputError
        For a column that one frame lacks or that holds numbers with fractions or times, for more than ten columns,
        for a period without settled messages, and for days of which 1 % or more is pending.

    Examples
    --------
    >>> import zrtools as zr
    >>> with zr.Client.sandbox(seed=1, messages_per_day=500) as client:
    ...     before, after = client.status("2026-10-05"), client.status("2026-10-06")
    >>> found, why = zr.failures.locate(before, after, ["carrier", "sms_code"], lang="en", explain=True)
    >>> found.height
    0

    Notes
    -----
    Values with fewer than five failures in both periods are pooled. A million messages in ten columns, nearly each a
    combination of its own, take half a minute; docs/failures.md says how the search works and what was measured.
    """
    if type(most) is not int or most < 1:
        raise InputError(said("failures.most", most=most))
    words.language(lang)
    keys = _keys(before, after, by)
    counted = [
        _counted(name, frame, keys, unsettled_days=unsettled_days)
        for name, frame in (("before", before), ("after", after))
    ]
    old, new = counted
    table = _Table.of(old, new, keys)
    rows: list[dict[str, Any]] = []
    even = False
    if table is not None:
        rows, even = _found(table, old, new, most)
    told = [{**row, "sentence": _sentence(row, lang)} for row in rows]
    frame = pl.DataFrame(told, schema=LOCATED)
    return (frame, _why(frame, old, new, keys, lang, even=even)) if explain else frame


def _keys(before: Any, after: Any, by: Sequence[str] | str | None) -> list[str]:
    """Choose the columns, and refuse those that cannot be searched."""
    periods = {"before": _schema(before), "after": _schema(after)}
    if by is None:
        keys = [k for k in _USUAL if all(_knows(schema, k) for schema in periods.values())]
        if all({"detailed_status_id", "failure_module"} & {*there} for there, _ in periods.values()):
            keys.append("failure_module")
        if not keys:
            raise InputError(said("failures.nothing_in_common"))
    else:
        keys = [by] if isinstance(by, str) else list(by)
    if not keys or len(set(keys)) < len(keys):
        raise InputError(said("failures.columns_once"))
    if len(keys) > MOST_COLUMNS:
        raise InputError(said("failures.too_many_columns", count=len(keys), most_columns=MOST_COLUMNS))
    for key in keys:
        if key in _OUTCOMES:
            raise InputError(said("failures.column_of_outcome", key=key))
        if key in _COUNTED or key.startswith(("_", "#")):
            raise InputError(said("failures.column_of_counts", key=key))
    for name, (there, _) in periods.items():
        for key in keys:
            kind = there.get(key)
            if kind is not None and not (kind.is_integer() or kind in _KINDS):
                raise InputError(said("failures.column_kind", key=key, kind=kind, name=name))
    return keys


def _schema(frame: Any) -> tuple[dict[str, pl.DataType], bool]:
    """Tell which columns there are, and whether features are worked out for them."""
    if isinstance(frame, Traffic):
        read, polars = frame.rows, frame.rows.implementation.is_polars()
    else:
        read = portable(frame)
        polars = read.implementation.is_polars()
    return {name: _polars_kind(kind) for name, kind in read.collect_schema().items()}, polars


def _polars_kind(kind: Any) -> pl.DataType:
    """Give the polars type of a Narwhals one, as far as this room tells types apart."""
    if kind.is_integer():
        return pl.Int64()
    if kind.is_nested():
        return pl.List(pl.String)
    # a column of nulls alone is of no kind
    name = type(kind).__name__
    return pl.Null() if name == "Unknown" else getattr(pl, name, pl.String)()


def _knows(schema: tuple[dict[str, pl.DataType], bool], key: str) -> bool:
    there, polars = schema
    return key in there or (_SOURCES.get(key) in there and (polars or key == "hour"))


def _counted(name: str, frame: Any, keys: list[str], *, unsettled_days: bool) -> pl.DataFrame:
    """Count by the keys, as text, and by what shares a fate, numbered from 0 in `_cluster`."""
    schema = _schema(frame)
    there = schema[0]
    if not unsettled_days and ("date_time" in there or "day" in there):
        refuse_unsettled(name, frame)
    fates = ["campaign"] if _knows(schema, "campaign") else []
    if {"date_time", "day"} & {*there}:
        fates.append("day")
    counted, _ = Traffic.of(frame, [*keys, *fates]).counts(keys, fates)
    counted = counted.with_columns(pl.col("messages").cast(pl.Int64))
    if not counted.select(sums()["settled"]).item():
        raise InputError(said("failures.nothing_settled", name=name))
    counted = counted.filter(pl.col("outcome").is_in(["failed", "delivered"]))
    if fates:
        known = pl.any_horizontal(pl.col(fates).is_not_null())
        group = counted.select(fates).unique().filter(known).sort(fates, nulls_last=True)
        counted = counted.join(group.with_row_index("_cluster"), on=fates, how="left", nulls_equal=True)
    else:
        counted = counted.with_columns(_cluster=pl.lit(None, pl.UInt32))
    return (
        counted.with_columns(pl.col(keys).cast(pl.String), pl.col("_cluster").cast(pl.Int64))
        .group_by(*keys, "_cluster", "outcome")
        .agg(pl.col("messages").sum())
    )


@dataclass(frozen=True, slots=True)
class _Table:
    """The cells to search, and what their numbers stand for."""

    keys: list[str]
    values: list[list[str | None]]
    rises: Cells
    falls: Cells
    """The periods exchanged: what fell is what was raised before."""

    @classmethod
    def of(cls, old: pl.DataFrame, new: pl.DataFrame, keys: list[str]) -> _Table | None:
        """Number the values, pool what is too rare, and lay the counts out by cell."""
        of = sums()
        both = pl.concat(
            [old.with_columns(_after=False), new.with_columns(_after=True)], how="diagonal_relaxed"
        )
        scale = new.select(of["settled"]).item() / old.select(of["settled"]).item()
        values: dict[str, list[str | None]] = {}
        for key in sorted(keys):
            sizes = both.group_by(key).agg(
                now=pl.col("messages").filter((pl.col("outcome") == "failed") & pl.col("_after")).sum(),
                then=pl.col("messages").filter((pl.col("outcome") == "failed") & ~pl.col("_after")).sum()
                * scale,
            )
            if key.startswith("failure_"):
                sizes = sizes.filter(pl.col(key).is_not_null())
            kept = sizes.filter(pl.max_horizontal("now", "then") >= _LEAST).sort(key, nulls_last=True)
            values[key] = kept[key].to_list()
            numbers = pl.DataFrame({key: kept[key], f"#{key}": pl.arange(kept.height, eager=True)})
            both = joined(both, numbers, [key]).with_columns(pl.col(f"#{key}").fill_null(kept.height))
        kept_keys = _different(both, [k for k in keys if values[k]])
        if not kept_keys:
            return None
        names = [f"#{k}" for k in kept_keys]
        around, failing = (
            [f"#{k}" for k in kept_keys if k.startswith("failure_") == reason] for reason in (False, True)
        )
        place = both.select(around).unique().sort(around) if around else pl.DataFrame({"_": [0]})
        place = place.with_row_index("_cell")
        both = joined(both, place, around)
        reasons = _reasons(both, failing, place.height)
        kinds = max(reasons.height, 1)
        if failing:
            both = joined(both, reasons, failing).with_columns(pl.col("_reason").fill_null(kinds - 1))
        else:
            both = both.with_columns(_reason=pl.lit(0))
        shape = place.height, kinds
        messages: dict[str, Any] = {}
        for name, here in (("before", ~pl.col("_after")), ("after", pl.col("_after"))):
            some = both.filter(here)
            n = np.bincount(some["_cell"].to_numpy(), some["messages"].to_numpy(), shape[0])
            failed = some.filter(pl.col("outcome") == "failed")
            at = failed["_cell"].to_numpy().astype(np.int64) * kinds + failed["_reason"].to_numpy()
            messages[f"n_{name}"] = np.repeat(n, kinds)
            messages[f"f_{name}"] = np.bincount(at, failed["messages"].to_numpy(), shape[0] * kinds)
        codes = np.empty((shape[0] * kinds, len(names)), dtype=np.int64)
        for j, name in enumerate(names):
            codes[:, j] = (
                np.repeat(place[name].to_numpy(), kinds)
                if name in around
                else np.tile(reasons[name].to_numpy(), shape[0])
            )
        common: dict[str, Any] = {
            "codes": codes,
            "named": [len(values[k]) for k in kept_keys],
            "reasons": [k.startswith("failure_") for k in kept_keys],
            "crossed": _crossed(codes, kept_keys),
            "kinds": kinds,
            "follows": {kept_keys.index(k): _next(values[k]) for k in kept_keys if k == "hour"},
        }
        exchanged = {f"{c}_{new}": messages[f"{c}_{old}"] for c in "nf" for old, new in _EXCHANGED}
        return cls(
            kept_keys,
            [values[k] for k in kept_keys],
            Cells(**common, **messages, **_clusters(both.filter("_after"))),
            Cells(**common, **exchanged, **_clusters(both.filter(~pl.col("_after")))),
        )


def _next(hours: list[str | None]) -> Ints:
    """Number the hour after each, -1 where it is none of these."""
    numbers = [int(h) if h and h.isdecimal() and len(h) <= 2 else None for h in hours]
    places = {number: place for place, number in enumerate(numbers) if number is not None}
    after = [-1 if number is None else places.get((number + 1) % 24, -1) for number in numbers]
    return np.array(after, dtype=np.int64)


def _clusters(counted: pl.DataFrame) -> dict[str, Any]:
    """Lay out which messages of a period share a fate."""
    found = counted.group_by("_cell", "_cluster").agg(n=pl.col("messages").sum(), f=sums()["failed"])
    found = found.sort("_cell", "_cluster")
    return {
        "parts": found["_cell"].to_numpy().astype(np.int64),
        "part_cluster": found["_cluster"].fill_null(-1).to_numpy(),
        "part_n": found["n"].to_numpy().astype(float),
        "part_f": found["f"].to_numpy().astype(float),
    }


def _place(key: str) -> tuple[int, str]:
    """Order columns as people name them."""
    return (_USUAL.index(key) if key in _USUAL else len(_USUAL)), key


def _different(both: pl.DataFrame, keys: list[str]) -> list[str]:
    """Leave out columns of one value, and of those that divide the messages in the same way all but one."""
    order = sorted(keys, key=_place)
    sizes = {k: both[f"#{k}"].n_unique() for k in order}
    kept: list[str] = []
    for key in order:
        if sizes[key] > 1 and not any(
            sizes[other] == sizes[key] == both.select(f"#{key}", f"#{other}").n_unique() for other in kept
        ):
            kept.append(key)
    return sorted(kept)


def _reasons(both: pl.DataFrame, failing: list[str], cells: int) -> pl.DataFrame:
    """List the reasons to tell apart, the rest pooled as the last."""
    if not failing:
        return pl.DataFrame()
    failed = both.filter(pl.col("outcome") == "failed")
    sizes = failed.group_by(failing).agg(pl.col("messages").sum()).sort("messages", *failing, descending=True)
    most = max(_REASONED // cells, 1)
    kept = sizes.filter(pl.col("messages") >= _LEAST).head(most).sort(failing)
    rest = both.select(pl.col(failing).max())
    return pl.concat([kept.select(failing), rest]).unique(maintain_order=True).with_row_index("_reason")


def _crossed(codes: Ints, keys: list[str]) -> list[Ints]:
    """Number what belongs together from the start: the reasons of failure that each carrier gives."""
    reasons = [j for j, k in enumerate(keys) if k.startswith("failure_")]
    if not reasons or "carrier" not in keys:
        return []
    carrier = keys.index("carrier")
    return [np.unique(codes[:, [carrier, j]], axis=0, return_inverse=True)[1].ravel() for j in reasons]


def _found(
    table: _Table, old: pl.DataFrame, new: pl.DataFrame, most: int
) -> tuple[list[dict[str, Any]], bool]:
    """Search segment after segment, each on what those before it leave unexplained; tell whether all cells changed."""
    whole = _measured(old, new, [])
    scale = whole["settled_after"] / whole["settled_before"]
    forward = Search(table.rises)
    falls = forward.falls()
    # what fell is what was raised before: it is told best from the period in which it was not
    search = Search(table.falls) if falls else forward
    rows: list[dict[str, Any]] = []
    done: list[Finding] = []
    for _ in range(most + _TRIES):
        score, best = search.find()
        if search.evenly() >= max(score, _EVEN):
            return rows, not rows
        if best is None or len(rows) == most:
            break
        usual = forward.expected(best.segment) if falls else best.expected
        row = _row(best, table, old, new, whole, usual)
        more = row["excess_failures"]
        search.explained(best)
        # told by the segment's own rate, and by what its cells let expect
        if min(more, row["failed_after"] - usual) < WORTH and max(more, row["failed_after"] - usual) > -WORTH:
            continue
        raised, calm = (
            row[f"settled_{name}"] for name in (("before", "after") if falls else ("after", "before"))
        )
        # hours in which hardly more than late failures came have no rate of their own
        if raised < _TAIL * calm * (1 / scale if falls else scale):
            continue
        if rows and not _adds(row, rows[0], best, done, search):
            break
        rows.append(row)
        done.append(best)
    return sorted(rows, key=lambda r: -abs(r["excess_failures"])), False


def _adds(
    row: dict[str, Any], first: dict[str, Any], found: Finding, done: list[Finding], search: Search
) -> bool:
    """Tell whether a further segment explains enough, and is not a part of one that is named already."""
    same = row["excess_failures"] * first["excess_failures"] > 0
    enough = abs(row["excess_failures"]) >= _FURTHER * abs(first["excess_failures"])
    return same and enough and all(search.overlap(found, other) <= 0.5 for other in done)


def _row(
    found: Finding, table: _Table, old: pl.DataFrame, new: pl.DataFrame, whole: dict[str, Any], usual: float
) -> dict[str, Any]:
    where = [
        {"column": table.keys[j], "value": table.values[j][v]}
        for j, chosen in sorted(found.segment.items(), key=lambda c: _place(table.keys[c[0]]))
        for v in chosen
    ]
    row = {"where": where, **_measured(old, new, where)}
    if row["settled_before"] >= _HARDLY:
        usual = row["settled_after"] * row["rate_before"]
    failed = row["failed_after"]
    row["excess_failures"] = failed - usual
    down, up = (found.half, found.far) if row["excess_failures"] > 0 else (found.far, found.half)
    row["low"] = max(failed, 0.5) * exp(-down) - usual
    row["high"] = min(max(failed, 0.5) * exp(up), row["settled_after"]) - usual
    row["p_value"] = found.p
    change = whole["failed_after"] - whole["settled_after"] * whole["rate_before"]
    # where the rest went the other way one segment can do more than the whole
    part = row["excess_failures"] / change if change else 0.0
    row["share_of_change"] = min(part, 1.0) if part > 0 else None
    return row


def _measured(old: pl.DataFrame, new: pl.DataFrame, where: list[dict[str, Any]]) -> dict[str, Any]:
    """Count what settled and failed of a segment in both periods."""
    measured: dict[str, Any] = {}
    for name, counted in (("before", old), ("after", new)):
        inside = {
            key: pl.any_horizontal(
                pl.col(key).eq_missing(pl.lit(w["value"], pl.String)) for w in where if w["column"] == key
            )
            for key in dict.fromkeys(w["column"] for w in where)
        }
        around = counted.filter([inside[k] for k in plain(list(inside))]) if plain(list(inside)) else counted
        failed = around.filter(pl.col("outcome") == "failed")
        reasons = [inside[k] for k in inside if k not in plain([k])]
        failed = failed.filter(reasons) if reasons else failed
        measured[f"settled_{name}"] = int(around["messages"].sum())
        measured[f"failed_{name}"] = int(failed["messages"].sum())
        settled = measured[f"settled_{name}"]
        measured[f"rate_{name}"] = measured[f"failed_{name}"] / settled if settled else None
    return measured


def _sentence(row: dict[str, Any], lang: str | None) -> str:
    key = "located_new" if row["rate_before"] is None else "located"
    said = words.text(
        f"failures.{key}_{'more' if row['excess_failures'] > 0 else 'fewer'}",
        lang,
        segment=named_where(row["where"], lang),
        rate_before=words.percent(row["rate_before"]),
        rate_after=words.percent(row["rate_after"]),
        failed_before=f"{row['failed_before']:,}",
        settled_before=f"{row['settled_before']:,}",
        failed_after=f"{row['failed_after']:,}",
        settled_after=f"{row['settled_after']:,}",
        excess=f"{abs(row['excess_failures']):,.0f}",
        low=f"{min(abs(row['low']), abs(row['high'])):,.0f}",
        high=f"{max(abs(row['low']), abs(row['high'])):,.0f}",
    )
    part = row["share_of_change"]
    if part is None:
        return said
    key = "located_share" if part < 1 else "located_all"
    more = words.text(f"failures.{key}", lang, share=words.percent(part))
    return f"{said} {more}" if words.language(lang) == "en" else said + more


def _why(
    found: pl.DataFrame,
    old: pl.DataFrame,
    new: pl.DataFrame,
    keys: list[str],
    lang: str | None,
    *,
    even: bool,
) -> str:
    """Say what was found, or why nothing was."""
    whole = _measured(old, new, [])
    key = (
        "located_some"
        if found.height
        else "located_little"
        if whole["failed_before"] + whole["failed_after"] < _LITTLE
        else "located_even"
        if even
        else "located_none"
    )
    return words.text(
        f"failures.{key}",
        lang,
        n=found.height,
        before=words.percent(whole["rate_before"]),
        after=words.percent(whole["rate_after"]),
        failed=f"{whole['failed_before'] + whole['failed_after']:,}",
        columns=words.text("failures.list", lang).join(named_column(key, lang) for key in keys),
    )
