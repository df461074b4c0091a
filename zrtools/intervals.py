"""How sure a rate is: intervals of 95%, for independent messages and for messages that share a fate."""

from __future__ import annotations

from collections.abc import Sequence
from math import exp, fsum, lgamma, log, log1p
from statistics import NormalDist
from typing import TypeVar

import polars as pl

__all__ = [
    "CONFIDENCE",
    "FEW_CLUSTERS",
    "PRIOR_CLUSTERS",
    "Z",
    "binomial_tail",
    "clustered",
    "discoveries",
    "share",
    "student",
    "wilson",
]

CONFIDENCE = 0.95
Z = NormalDist().inv_cdf(0.5 + CONFIDENCE / 2)

_Number = TypeVar("_Number", float, pl.Expr)

PRIOR_CLUSTERS = 4
"""How many clusters the table's common likeness weighs, beside those that a group has of its own."""


FEW_CLUSTERS = 3
"""Of fewer equal clusters than that nobody can tell how they differ."""


def share(part: pl.Expr, whole: pl.Expr) -> pl.Expr:
    """Divide, null where there is nothing to divide by."""
    return pl.when(whole > 0).then(part / whole)


def wilson(rate: pl.Expr, size: pl.Expr) -> tuple[pl.Expr, pl.Expr]:
    """Give the ends of Wilson's score interval of a rate over so many messages, null where there are none."""
    square = Z * Z
    centre = rate + square / (2 * size)
    half = Z * (rate * (1 - rate) / size + square / (4 * size * size)).sqrt()
    scale = 1 + square / size
    seen = pl.when(size > 0)
    # at 0 and 1 the formula's end is exact but its floating point is not
    return (
        seen.then(pl.when(rate <= 0).then(0.0).otherwise(((centre - half) / scale).clip(0, 1))),
        seen.then(pl.when(rate >= 1).then(1.0).otherwise(((centre + half) / scale).clip(0, 1))),
    )


def student(freedom: _Number, probability: float = 0.5 + CONFIDENCE / 2) -> _Number:
    """Give a point of Student's t, 97.5 % if not told, for 4 or more degrees of freedom (Cornish-Fisher, to 0.1 %)."""
    z, v = NormalDist().inv_cdf(probability), freedom
    return (
        z
        + (z**3 + z) / (4 * v)
        + (5 * z**5 + 16 * z**3 + 3 * z) / (96 * v**2)
        + (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / (384 * v**3)
        + (79 * z**9 + 776 * z**7 + 1482 * z**5 - 1920 * z**3 - 945 * z) / (92160 * v**4)
    )


def clustered(groups: pl.DataFrame) -> pl.DataFrame:
    """Add `size`, the number of independent messages that a group's messages are worth, and `few_clusters`.

    Takes one row a group: `failed` and `settled`, and over its clusters the number `clusters`, and the sums of
    squares and products `nn` (settled x settled), `fn` (failed x settled) and `ff` (failed x failed). The variance of
    the rate between clusters (of the ratio of two sums) is weighed with what the likeness inside clusters, common
    to all groups of the table, makes of it: a group of few clusters cannot tell its own. It is never taken as less
    than for independent messages, and Student's t for the clusters there are stands in for the normal distribution.
    """
    rate = pl.col("failed") / pl.col("settled")
    usable = (pl.col("settled") > 0) & (pl.col("clusters") > 1)
    spread = pl.col("ff") - 2 * rate * pl.col("fn") + rate * rate * pl.col("nn")
    chance = rate * (1 - rate)
    found = groups.with_columns(
        _between=pl.when(usable).then(spread * pl.col("clusters") / (pl.col("clusters") - 1)),
        _chance=pl.when(usable).then(chance),
        # unequal clusters are worth fewer equal ones
        _equal=share(pl.col("settled").pow(2), pl.col("nn")),
        _crowd=pl.col("nn") / pl.col("settled") - 1,
    )
    alike = found.filter(pl.col("_chance") > 0).select(
        (pl.col("_between") - pl.col("_chance") * pl.col("settled")).sum()
        / (pl.col("_chance") * (pl.col("nn") - pl.col("settled"))).sum()
    )
    value = alike.item()
    likeness = min(max(value, 0.0), 1.0) if value is not None and value == value else 0.0
    own = pl.when(pl.col("_chance") > 0).then(pl.col("_between") / (pl.col("_chance") * pl.col("settled")))
    common = 1 + likeness * pl.col("_crowd")
    weight = (pl.col("_equal") - 1).clip(0)
    effect = pl.when(own.is_not_null()).then(
        (weight * own + PRIOR_CLUSTERS * common) / (weight + PRIOR_CLUSTERS)
    )
    return (
        found.with_columns(_effect=effect.otherwise(common).clip(1), _t=student(weight + PRIOR_CLUSTERS))
        .with_columns(
            # where nothing is shared the clusters say nothing, and the interval is Wilson's own
            size=pl.when(pl.col("_effect") > 1)
            .then(pl.col("settled") / pl.col("_effect") * (Z / pl.col("_t")).pow(2))
            .otherwise(pl.col("settled").cast(pl.Float64))
        )
        .with_columns(few_clusters=(pl.col("_equal") < FEW_CLUSTERS) & (pl.col("settled") > pl.col("_equal")))
        .drop("_between", "_chance", "_equal", "_crowd", "_effect", "_t")
    )


def binomial_tail(hits: int, tries: int, chance: float) -> float:
    """Give the exact probability of so many hits or more."""
    if hits <= 0:
        return 1.0
    if hits > tries or chance <= 0:
        return 0.0
    if chance >= 1:
        return 1.0
    whole = lgamma(tries + 1)
    terms = [
        whole - lgamma(k + 1) - lgamma(tries - k + 1) + k * log(chance) + (tries - k) * log1p(-chance)
        for k in range(hits, tries + 1)
    ]
    top = max(terms)
    return min(1.0, exp(top) * fsum(exp(t - top) for t in terms))


def discoveries(chances: Sequence[float], rate: float = 1 - CONFIDENCE) -> list[bool]:
    """Tell which tests stand when all are taken together, at that rate of false discoveries (Benjamini-Hochberg)."""
    order = sorted(range(len(chances)), key=chances.__getitem__)
    last = max((n for n, i in enumerate(order, 1) if chances[i] <= rate * n / len(chances)), default=0)
    stands = [False] * len(chances)
    for i in order[:last]:
        stands[i] = True
    return stands
