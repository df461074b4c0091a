"""How sure a rate is: intervals of 95 %, for independent messages and for messages that share a fate."""

from __future__ import annotations

from statistics import NormalDist

import polars as pl

__all__ = ["CONFIDENCE", "Z", "share", "wilson"]

CONFIDENCE = 0.95
Z = NormalDist().inv_cdf(0.5 + CONFIDENCE / 2)


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
