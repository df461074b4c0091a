"""Masking and keyed hashing of phone numbers, for frames and for one value.

A mask shows how a number begins and its last four digits: `+8190****5678`, `090****5678`.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Iterable
from typing import Literal, TypeVar, overload

import polars as pl

from zrtools.errors import InputError

__all__ = ["DIGITS", "SEPARATORS", "hashed", "mask", "mask_text", "mask_within"]

DIGITS = dict(zip("０１２３４５６７８９", "0123456789", strict=True))
"""Full-width digits and what they mean."""

SEPARATORS = (
    " \t\r\n\u00a0\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000"
    "\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\u2066\u2067\u2068\u2069\ufeff"
    "-\u2010\u2011\u2012\u2013\u2014\u2015\u2043\u2212\u2500\u2501\u30fc\ufe58\ufe63\uff0d\uff70"
    "().[]（）［］〔〕．・･·"
)
"""What people put between a number's digits: spaces, unseen marks, hyphens and dashes, brackets and dots."""

_Frame = TypeVar("_Frame", pl.DataFrame, pl.LazyFrame)

_NUMBER_COLUMNS = ("phone_number", "input")
_TEXT_COLUMNS = ("message", "client_tag")

_KNOWN = r"^[='\"’‘＇＂`]*((?:\+|00|010)?81|0)?0?([26789]0)[0-9]{4}(?:[0-9]{3})?([0-9]{4})[\"＂]?$"
_MASKED = r"^(?:(?:(?:\+|00|010)?81|0)?[26789]0)?\*{4}[0-9]{0,4}$"

_S = "[" + "".join(f"\\{c}" if c in "-[]()." else c for c in SEPARATORS) + "]*"
_D = "[0-9０-９]"
_FOUR = f"(?:{_S}{_D}){{4}}"
_LAST = f"{_S}((?:{_D}{_S}){{3}}{_D})"
_COUNTRY = f"(?:[+＋]|(?:[0０]{_S}(?:[1１]{_S})?[0０]))?{_S}[8８]{_S}[1１]{_S}(?:[0０]{_S})?"
_MOBILE = f"[6-9６-９]{_S}[0０]"
_M2M = f"[2２]{_S}[0０]"
_PREFIX = f"(?:{_COUNTRY}|[0０]{_S})"
_BESIDE = "(^|[^0-9０-９])"
_AFTER = "($|[^0-9０-９])"
# Both engines know this syntax. Neither may look ahead (polars cannot), so what stands beside a number is taken
# along and given back, and each pattern is applied twice for numbers that share one such character.
_WITHIN = (
    # a time to the millisecond, whose 0701 and the like is no 070: kept apart until the end
    (
        r"(^|[^0-9])(20[0-9]{2}(?:0[1-9]|1[0-2]))((?:0[1-9]|[12][0-9]|3[01])[0-9]{9})($|[^0-9])",
        "${1}${2}\ufffe${3}${4}",
    ),
    # by itself: with country code or zero, or without where no date is like it
    (_BESIDE + f"({_PREFIX}{_M2M}){_FOUR}(?:{_S}{_D}){{3}}{_LAST}" + _AFTER, "${1}${2}****${3}${4}"),
    (_BESIDE + f"({_PREFIX}(?:{_MOBILE}|{_M2M})|{_MOBILE}){_FOUR}{_LAST}" + _AFTER, "${1}${2}****${3}${4}"),
    # inside a longer run of digits, such as a date and a number written together
    ("((?:0|81)[6-9]0)[0-9]{4}([0-9]{4})", "${1}****${2}"),
    ("\ufffe", ""),
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
def mask(
    value: _Frame, *, columns: Iterable[str] = (), messages: Literal["masked", "hidden"] = "masked"
) -> _Frame: ...
def mask(
    value: str | pl.Series | pl.Expr | pl.DataFrame | pl.LazyFrame | None,
    *,
    columns: Iterable[str] = (),
    messages: Literal["masked", "hidden"] = "masked",
) -> str | pl.Series | pl.Expr | pl.DataFrame | pl.LazyFrame | None:
    """Hide the middle of phone numbers: `+8190****5678`.

    Of a frame the columns `phone_number`, `input` and those named in `columns` are masked, and every number that
    stands inside `message` and `client_tag`; the other columns stay. `messages="hidden"` leaves nothing of a body.
    What is not a mobile number becomes `****` and, from nine digits on, its last four.
    """
    if value is None:
        return None
    if isinstance(value, str):
        return str(pl.DataFrame({"_": [_readable(value)]}).select(_masked(pl.col("_"))).item())
    if isinstance(value, pl.Expr):
        return _masked(value)
    if isinstance(value, pl.Series):
        return value.to_frame("_").select(_masked(pl.col("_"))).to_series().alias(value.name)
    have = value.collect_schema().names()
    bodies = mask_within(pl.col("message")) if messages == "masked" else _hidden(pl.col("message"))
    texts = {"message": bodies, "client_tag": mask_within(pl.col("client_tag"))}
    return value.with_columns(
        *(_masked(pl.col(c)) for c in dict.fromkeys((*_NUMBER_COLUMNS, *columns)) if c in have),
        *(texts[c] for c in _TEXT_COLUMNS if c in have),
    )


def mask_text(text: str) -> str:
    """Hide every mobile number that stands inside other text, dates and times left as they are."""
    for pattern, replacement in _WITHIN_PYTHON:
        text = pattern.sub(replacement, pattern.sub(replacement, text))
    return text


def mask_within(expr: pl.Expr) -> pl.Expr:
    """Hide every mobile number inside a text column, dates and times left as they are."""
    for pattern, replacement in _WITHIN:
        expr = expr.str.replace_all(pattern, replacement).str.replace_all(pattern, replacement)
    return expr


@overload
def hashed(value: str, key: bytes) -> str: ...
@overload
def hashed(value: pl.Series, key: bytes) -> pl.Series: ...
@overload
def hashed(value: pl.Expr, key: bytes) -> pl.Expr: ...
@overload
def hashed(value: _Frame, key: bytes) -> _Frame: ...
def hashed(
    value: str | pl.Series | pl.Expr | pl.DataFrame | pl.LazyFrame, key: bytes
) -> str | pl.Series | pl.Expr | pl.DataFrame | pl.LazyFrame:
    """Replace phone numbers by a keyed hash (HMAC-SHA-256, 32 hexadecimal digits), the same for the same number.

    Of a frame the columns `phone_number` and `input` are replaced. Keep the key away from the data: who has both
    can find the numbers again. Raises `InputError` when the key has fewer than 16 bytes.
    """
    if len(key) < 16:
        raise InputError("The hashing key needs at least 16 bytes: make one with secrets.token_bytes(32).")
    if isinstance(value, str):
        return _digest(value, key)
    if isinstance(value, pl.Expr):
        return _hash(value, key)
    if isinstance(value, pl.Series):
        return value.to_frame("_").select(_hash(pl.col("_"), key)).to_series().alias(value.name)
    have = value.collect_schema().names()
    return value.with_columns(*(_hash(pl.col(c), key) for c in _NUMBER_COLUMNS if c in have))


_WITHIN_PYTHON = tuple(
    (re.compile(pattern), replacement.replace("${", r"\g<").replace("}", ">"))
    for pattern, replacement in _WITHIN
)


def _masked(expr: pl.Expr) -> pl.Expr:
    text = expr.cast(pl.String)
    compact = text.str.replace_many(
        [*DIGITS, "＋", *SEPARATORS], [*DIGITS.values(), "+", *[""] * len(SEPARATORS)]
    )
    digits = compact.str.replace_all("[^0-9]", "")
    return (
        pl.when(text.str.contains(_MASKED))
        .then(text)
        .when(compact.str.contains(_KNOWN))
        .then(compact.str.replace(_KNOWN, "${1}${2}****${3}"))
        .when(digits.str.len_bytes() >= 9)
        .then(pl.lit("****") + digits.str.slice(-4))
        .when(text.is_not_null())
        .then(pl.lit("****"))
    )


def _hidden(expr: pl.Expr) -> pl.Expr:
    return pl.when(expr.is_not_null()).then(expr.str.replace("(?s)^.*$", "****"))


def _hash(expr: pl.Expr, key: bytes) -> pl.Expr:
    def digests(numbers: pl.Series) -> pl.Series:
        unique = numbers.unique().drop_nulls()
        new = pl.Series([_digest(n, key) for n in unique], dtype=pl.String)
        return numbers.replace_strict(unique, new, default=None, return_dtype=pl.String)

    return expr.cast(pl.String).map_batches(digests, return_dtype=pl.String, is_elementwise=True)


def _digest(number: str, key: bytes) -> str:
    return hmac.new(key, number.encode("utf-8", "replace"), hashlib.sha256).hexdigest()[:32]


def _readable(text: str) -> str:
    return text.encode("utf-8", "replace").decode()
