"""What changed between two periods, taken apart into what each segment did."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
import polars.selectors as cs

from zrtools import words
from zrtools.arguments import checked
from zrtools.errors import InputError
from zrtools.failures.course import coverage
from zrtools.failures.traffic import Statuses, Traffic, grouped, keys_of, plain, sums
from zrtools.failures.wording import named_segment
from zrtools.intervals import student
from zrtools.schemas import COMPARISON
from zrtools.texts import in_both, said

__all__ = ["compare", "refuse_unsettled"]

Floats = np.ndarray[Any, np.dtype[Any]]
Ints = np.ndarray[Any, np.dtype[np.int64]]

_FATE = ("campaign", "day")


@checked
def compare(
    before: Statuses,
    after: Statuses,
    by: Sequence[str] | str = ("carrier",),
    *,
    cluster: Sequence[str] | str | None = _FATE,
    unsettled_days: bool = False,
    lang: str | None = None,
) -> pl.DataFrame:
    """Take the change of the failure rate from one period to another apart, segment by segment, largest first.

    Takes two frames as `breakdown` does and gives the `by` columns, then those of `schemas.COMPARISON`. With w a
    segment's share of the settled messages, r its rate and R the whole rate, it contributed
    mean(w) x (r after - r before) by its rate and (w after - w before) x (mean(r) - mean(R)) by its share:
    Kitagawa's midpoint form, whose parts sum to the change of R exactly. A segment of one period only has its share
    to answer for, not its rate; `presence` names it. With a `failure_*` key among `by` each category's rate is taken
    apart in the same way, and together they sum to the change.

    Intervals (95%) take the traffic as it was and allow for fates shared by the messages of one `cluster` (one
    campaign on one day; on engines other than polars one day); they are never narrower than for independent
    messages, which is what None gives. `sentence` says each row in Japanese or English (`lang`).

    Raises `InputError` where a period has no settled message, for an unknown column, and for days of which 1 % or
    more is pending, unless `unsettled_days=True`. Source: Kitagawa 1955, J. Am. Stat. Assoc. 50:1168.
    """
    keys = keys_of(by, COMPARISON)
    counted: list[pl.DataFrame] = []
    for name, frame in (("before", before), ("after", after)):
        try:
            if not unsettled_days:
                refuse_unsettled(name, frame)
            counted.append(_counted(frame, keys, cluster))
        except InputError as error:
            raise InputError(said("failures.named", name=name, error=error)) from None
        if not counted[-1].select(sums()["settled"]).item():
            raise InputError(said("failures.nothing_settled", name=name))

    around = plain(keys)
    failing = [k for k in keys if k not in around]
    of = sums()
    settled = pl.concat([grouped(c, around, _n=of["settled"]).filter(pl.col("_n") > 0) for c in counted])
    segments = _index(settled, around, "_s")
    failed = pl.col("outcome") == "failed"
    categories = _index(
        pl.concat([c.filter(failed).select("outcome", *failing) for c in counted]), failing, "_c"
    )
    old, new = (_measured(c, around, failing, segments, categories) for c in counted)
    done = _taken_apart(old, new)

    rows = segments.join(categories, how="cross").sort("_s", "_c")
    table = rows.with_columns(**{name: pl.Series(values.ravel()) for name, values in done.items()})
    sizes = {"before": old.n, "after": new.n}
    table = table.with_columns(
        **{f"settled_{name}": pl.Series(np.repeat(n, categories.height)) for name, n in sizes.items()}
    ).with_columns(
        presence=pl.when(pl.col("settled_before") == 0)
        .then(pl.lit("after only"))
        .when(pl.col("settled_after") == 0)
        .then(pl.lit("before only"))
        .otherwise(pl.lit("both")),
        rate_before=pl.when(pl.col("settled_before") > 0).then("rate_before"),
        rate_after=pl.when(pl.col("settled_after") > 0).then("rate_after"),
    )
    told = [_sentence(row, keys, lang) for row in table.iter_rows(named=True)]
    return (
        table.with_columns(sentence=pl.Series(told, dtype=pl.String), _size=pl.col("contribution").abs())
        .sort("_size", *keys, descending=[True, *(False for _ in keys)], nulls_last=True)
        .select(*keys, *(pl.col(c).cast(d) for c, d in COMPARISON.items()))
    )


def _counted(frame: Statuses, keys: list[str], cluster: Sequence[str] | str | None) -> pl.DataFrame:
    """Count by keys and clusters, the clusters numbered from 0 in `_g` (null: each message for itself)."""
    fates = [] if cluster is None else [cluster] if isinstance(cluster, str) else list(dict.fromkeys(cluster))
    if cluster is _FATE and not Traffic.of(frame).knows("campaign"):
        fates = ["day"]
    counted, _ = Traffic.of(frame, [*keys, *fates]).counts(keys, fates)
    # two periods may have kept one column in two ways
    counted = counted.with_columns((cs.categorical() | cs.enum()).cast(pl.String))
    if not fates:
        return counted.with_columns(_g=pl.lit(None, pl.Int64))
    # a message of which no part of the fate is known stands for itself
    known = pl.any_horizontal(pl.col(fates).is_not_null())
    group = counted.select(fates).unique().filter(known).sort(fates, nulls_last=True).with_row_index("_g")
    return counted.join(group, on=fates, how="left", nulls_equal=True).with_columns(
        pl.col("_g").cast(pl.Int64)
    )


def _index(frame: pl.DataFrame, keys: list[str], name: str) -> pl.DataFrame:
    rows = frame.select(keys).unique().sort(keys, nulls_last=True) if keys else pl.DataFrame({"_": [0]})
    return rows.with_row_index(name).with_columns(pl.col(name).cast(pl.Int64)).drop("_", strict=False)


@dataclass(frozen=True, slots=True)
class _Period:
    """A period's counts: `n` by segment, `f` by segment and category, and the products that its variance needs."""

    n: Ints
    f: Ints
    rate: Floats
    own: Floats
    cross: Floats
    whole: Floats
    all_failures: float
    freedom: float


def _measured(
    counted: pl.DataFrame,
    around: list[str],
    failing: list[str],
    segments: pl.DataFrame,
    categories: pl.DataFrame,
) -> _Period:
    of = sums()
    counted = (
        counted.join(segments, on=around, how="left", nulls_equal=True)
        if around
        else counted.with_columns(_s=0)
    )
    failed = counted.filter(pl.col("outcome") == "failed")
    failed = (
        failed.join(categories, on=failing, how="left", nulls_equal=True)
        if failing
        else failed.with_columns(_c=0)
    )
    size = grouped(counted, ["_g", "_s"], n=of["settled"]).filter(pl.col("n") > 0)
    hits = grouped(failed, ["_g", "_s", "_c"], f=of["failed"]).join(size, on=["_g", "_s"], nulls_equal=True)
    # sums of floating point must not depend on the order of groups
    size, hits = size.sort("_g", "_s"), hits.sort("_g", "_s", "_c")
    shape = segments.height, categories.height
    alone_n, alone_f = (t["_g"].is_null().to_numpy() for t in (size, hits))
    clusters = int(counted["_g"].max() + 1) if counted["_g"].null_count() < counted.height else 0  # type: ignore[operator]  # whole numbers
    gn, sn, n = size["_g"].fill_null(clusters).to_numpy(), size["_s"].to_numpy(), size["n"].to_numpy()
    gf, sf, cf = hits["_g"].fill_null(clusters).to_numpy(), hits["_s"].to_numpy(), hits["_c"].to_numpy()
    f, fn = hits["f"].to_numpy(), hits["n"].to_numpy()

    by_segment = np.bincount(sn, n, shape[0])
    failures = np.zeros(shape)
    np.add.at(failures, (sf, cf), f)
    rate = np.divide(failures, by_segment[:, None], out=np.zeros(shape), where=by_segment[:, None] > 0)

    # residuals e = f - r n: their squares by segment, their sums E by cluster, and the products of both;
    # messages that stand alone are clusters of one
    nn = np.bincount(sn, np.where(alone_n, n, n * n.astype(float)), shape[0])
    ff, fxn = np.zeros(shape), np.zeros(shape)
    np.add.at(ff, (sf, cf), np.where(alone_f, f, f * f.astype(float)))
    np.add.at(fxn, (sf, cf), np.where(alone_f, f, f * fn.astype(float)))
    own = ff - 2 * rate * fxn + rate**2 * nn[:, None]
    sums_e = np.zeros((clusters + 1, shape[1]))
    np.add.at(sums_e, (gf, cf), f)
    np.subtract.at(sums_e, gn, rate[sn] * n[:, None])
    sums_e[clusters] = 0
    cross = np.zeros(shape)
    np.add.at(cross, (sf, cf), f * sums_e[gf, cf])
    np.subtract.at(cross, sn, rate[sn] * n[:, None] * sums_e[gn])
    single = np.zeros(shape)
    singles = np.bincount(sn[alone_n], n[alone_n].astype(float), shape[0])
    np.add.at(single, (sf[alone_f], cf[alone_f]), f[alone_f])
    alone = single * (1 - 2 * rate) + rate**2 * singles[:, None]
    cross += alone
    whole = (sums_e**2).sum(axis=0) + alone.sum(axis=0)
    total_e = sums_e.sum(axis=1)
    total = float((total_e**2).sum() + _alone_in_all(single, singles, rate))

    count = len(np.unique(gn[~alone_n])) + singles.sum()
    fair = count / (count - 1) if count > 1 else 1.0
    smooth = (failures + 0.5) / (by_segment[:, None] + 1)
    least = by_segment[:, None] * smooth * (1 - smooth)
    per_cluster = np.bincount(gn[~alone_n], n[~alone_n], clusters + 1)
    equal = by_segment.sum() ** 2 / max(float((per_cluster.astype(float) ** 2).sum() + singles.sum()), 1.0)
    everything = (failures.sum() + 0.5) / (by_segment.sum() + 1)
    return _Period(
        n=by_segment.astype(np.int64),
        f=failures.astype(np.int64),
        rate=rate,
        own=np.maximum(own * fair, least),
        cross=np.where(own * fair > least, cross * fair, least),
        whole=np.maximum(whole * fair, least.sum(axis=0)),
        all_failures=max(total * fair, by_segment.sum() * everything * (1 - everything)),
        freedom=float(equal - 1),
    )


def _alone_in_all(single: Floats, singles: Floats, rate: Floats) -> float:
    together, chance = single.sum(axis=1), rate.sum(axis=1)
    return float((together * (1 - 2 * chance) + chance**2 * singles).sum())


def _taken_apart(old: _Period, new: _Period) -> dict[str, Floats]:
    shape = old.rate.shape
    sizes = float(old.n.sum()), float(new.n.sum())
    w_old, w_new = old.n[:, None] / sizes[0], new.n[:, None] / sizes[1]
    # a segment that is in one period only keeps that period's rate: its share alone has changed
    r_old = np.where(old.n[:, None] > 0, old.rate, new.rate)
    r_new = np.where(new.n[:, None] > 0, new.rate, old.rate)
    total_old, total_new = old.f.sum(axis=0) / sizes[0], new.f.sum(axis=0) / sizes[1]
    shift = w_new - w_old
    rate_part = (w_old + w_new) / 2 * (r_new - r_old)
    share_part = shift * ((r_old + r_new) / 2 - (total_old + total_new) / 2)
    spread = np.zeros(shape)
    for period, size, sign in ((old, sizes[0], -1), (new, sizes[1], 1)):
        spread += (
            np.maximum(period.own - sign * shift * period.cross + shift**2 / 4 * period.whole, 0) / size**2
        )
    freedom = max(old.freedom + new.freedom, 4.0)
    t = student(float(freedom))
    half = t * np.sqrt(spread)
    contribution = rate_part + share_part
    before, after = float(total_old.sum()), float(total_new.sum())
    whole = t * np.sqrt(old.all_failures / sizes[0] ** 2 + new.all_failures / sizes[1] ** 2)
    everywhere = np.ones(shape)
    return {
        "failed_before": old.f.astype(float),
        "rate_before": r_old,
        "share_before": w_old * everywhere,
        "failed_after": new.f.astype(float),
        "rate_after": r_new,
        "share_after": w_new * everywhere,
        "rate_part": rate_part,
        "share_part": share_part,
        "contribution": contribution,
        "contribution_low": contribution - half,
        "contribution_high": contribution + half,
        "total_before": before * everywhere,
        "total_after": after * everywhere,
        "change_low": (after - before - whole) * everywhere,
        "change_high": (after - before + whole) * everywhere,
    }


def refuse_unsettled(name: str, frame: Statuses) -> None:
    """Raise `InputError` where a period has days of which 1 % or more is pending."""
    days = coverage(frame).filter(~pl.col("is_final"))["day"]
    if days.is_empty():
        return
    raise InputError(
        said("failures.pending_days", name=name, days=in_both(lambda lang: words.days(days, lang=lang)))
    )


def _sentence(row: dict[str, Any], keys: list[str], lang: str | None) -> str:
    key = {"both": "changed_both", "after only": "changed_after", "before only": "changed_before"}[
        row["presence"]
    ]
    said = words.text(
        f"failures.{key}",
        lang,
        segment=named_segment(row, keys, lang),
        effect=words.text(
            f"failures.{'lowered' if row['contribution'] < 0 else 'raised'}",
            lang,
            points=words.points(abs(row["contribution"])).lstrip("+±"),
        ),
        low=words.points(row["contribution_low"]),
        high=words.points(row["contribution_high"]),
        **{c: words.points(row[c]) for c in ("rate_part", "share_part")},
        **{c: words.percent(row[c]) for c in ("rate_before", "rate_after", "share_before", "share_after")},
    )
    if row["contribution_low"] <= 0 <= row["contribution_high"]:
        said = (
            f"{said} {words.text('failures.chance', lang)}"
            if words.language(lang) == "en"
            else said + words.text("failures.chance", lang)
        )
    return said
