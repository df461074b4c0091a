"""Masking and keyed hashing of phone numbers and bodies, for frames and for one value."""

from __future__ import annotations

import hashlib
import hmac
import re
from typing import TypeVar, overload

import polars as pl

from zrtools.errors import InputError

__all__ = ["DIGITS", "SEPARATORS", "hashed", "mask", "mask_text"]

DIGITS = dict(zip("０１２３４５６７８９", "0123456789", strict=True))
"""Full-width digits and what they mean."""

SEPARATORS = (
    " \t\r\n\u00a0\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000"  # spaces
    "\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\u2066\u2067\u2068\u2069\ufeff"  # unseen marks
    "-\u2010\u2011\u2012\u2013\u2014\u2015\u2043\u2212\u2500\u2501\u30fc\ufe58\ufe63\uff0d\uff70"  # hyphens, dashes, ー
    "().[]（）［］〔〕．・･·"
)
"""What people put between a number's digits."""

_Frame = TypeVar("_Frame", pl.DataFrame, pl.LazyFrame)

_NUMBER_COLUMNS = ("phone_number", "input")
# a mobile number inside other text: separators of every usual kind, half or full width
_IN_TEXT = re.compile(
    r"(?<![0-9０-９])(?:[+＋]?[8８][1１][-－ー\s()（）]*)?(?:[0０][-－ー\s()（）]*)?[26789２６７８９][0０]"
    r"(?:[-－ー‐\s()（）]*[0-9０-９]){8,11}(?![0-9０-９])"
)


@overload
def mask(value: str) -> str: ...
@overload
def mask(value: None) -> None: ...
@overload
def mask(value: pl.Series) -> pl.Series: ...
@overload
def mask(value: pl.Expr) -> pl.Expr: ...
@overload
def mask(value: _Frame) -> _Frame: ...
def mask(
    value: str | pl.Series | pl.Expr | pl.DataFrame | pl.LazyFrame | None,
) -> str | pl.Series | pl.Expr | pl.DataFrame | pl.LazyFrame | None:
    """Hide the middle of phone numbers: `+8190****5678`.

    A frame's `phone_number` and `input` columns are masked, and every number that stands inside its `message`
    and `client_tag`; the other columns stay. A number that is too short to recognise becomes `****`.
    """
    if value is None:
        return None
    if isinstance(value, str):
        return str(pl.select(_masked(pl.lit(value))).item())
    if isinstance(value, pl.Expr):
        return _masked(value)
    if isinstance(value, pl.Series):
        return value.to_frame("_").select(_masked(pl.col("_")).alias(value.name)).to_series()
    columns = value.collect_schema().names()
    return value.with_columns(
        *(_masked(pl.col(c)) for c in _NUMBER_COLUMNS if c in columns),
        *(mask_within(pl.col(c)) for c in ("message", "client_tag") if c in columns),
    )


def mask_text(text: str) -> str:
    """Hide every mobile number that stands inside other text."""
    return _IN_TEXT.sub(lambda found: mask(found[0]), text)


def mask_within(expr: pl.Expr) -> pl.Expr:
    """Hide every mobile number inside a text column."""
    return expr.str.replace_all(
        r"((?:\+?81|0)[-\s()]*[26789]0)(?:[-\s()]*[0-9]){4,7}([-\s()]*[0-9]{4})", "${1}****${2}"
    )


@overload
def hashed(value: str, key: bytes) -> str: ...
@overload
def hashed(value: pl.Series, key: bytes) -> pl.Series: ...
@overload
def hashed(value: _Frame, key: bytes) -> _Frame: ...
def hashed(
    value: str | pl.Series | pl.DataFrame | pl.LazyFrame, key: bytes
) -> str | pl.Series | pl.DataFrame | pl.LazyFrame:
    """Replace phone numbers by a keyed hash (HMAC-SHA-256, 32 hexadecimal digits), the same for the same number.

    Keep the key away from the data: who has both can find the numbers again. Raises `InputError` when the key has
    fewer than 16 bytes.
    """
    if len(key) < 16:
        raise InputError(
            "The hashing key must have at least 16 bytes: make one with secrets.token_bytes(32)."
        )
    if isinstance(value, str):
        return _digest(value, key)
    if isinstance(value, pl.Series):
        return value.to_frame("_").select(_hash_column("_", key).alias(value.name)).to_series()
    columns = value.collect_schema().names()
    return value.with_columns(*(_hash_column(c, key) for c in _NUMBER_COLUMNS if c in columns))


def _masked(expr: pl.Expr) -> pl.Expr:
    text = expr.cast(pl.String)
    return (
        pl.when(text.str.len_chars() >= 9)
        .then(
            pl.concat_str(
                text.str.extract(r"^(\s*(?:[+＋]?[8８][1１]|[0０])?[^0-9０-９]*[0-9０-９]{2})", 1).fill_null(
                    ""
                ),
                pl.lit("****"),
                text.str.slice(-4),
            )
        )
        .when(text.is_not_null())
        .then(pl.lit("****"))
    )


def _hash_column(name: str, key: bytes) -> pl.Expr:
    def digests(numbers: pl.Series) -> pl.Series:
        unique = numbers.unique().drop_nulls()
        return numbers.replace_strict(
            unique,
            pl.Series([_digest(n, key) for n in unique], dtype=pl.String),
            default=None,
            return_dtype=pl.String,
        )

    return pl.col(name).map_batches(digests, return_dtype=pl.String)


def _digest(number: str, key: bytes) -> str:
    return hmac.new(key, number.encode(), hashlib.sha256).hexdigest()[:32]
