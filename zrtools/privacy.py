"""Masking and keyed hashing of phone numbers, for frames and for one value.

A mask shows how a number begins and its last four digits: `+8190****5678`, `090****5678`.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Literal, TypeVar, overload

import polars as pl

from zrtools.arguments import checked
from zrtools.errors import InputError
from zrtools.texts import said

__all__ = ["DIGITS", "IGNORED", "SEPARATORS", "hashed", "mask", "mask_text", "mask_within", "touched"]

DIGITS = dict(zip("０１２３４５６７８９", "0123456789", strict=True))
"""Full-width digits and what they mean."""

SEPARATORS = (
    " \t\r\n\u00a0\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000"
    "\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\u2066\u2067\u2068\u2069\ufeff"
    "-\u2010\u2011\u2012\u2013\u2014\u2015\u2043\u2212\u2500\u2501\u30fc\ufe58\ufe63\uff0d\uff70"
    "().[]（）［］〔〕．・･·"
)
"""What people put between a number's digits: spaces, unseen marks, hyphens and dashes, brackets and dots."""

IGNORED = (
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164"
    "\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufff8\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
)
"""What is not seen and counts as nothing wherever it stands (Default_Ignorable of Unicode), as ranges for a class."""

_Frame = TypeVar("_Frame", pl.DataFrame, pl.LazyFrame)

_NUMBER_COLUMNS = ("phone_number", "input")
_TEXT_COLUMNS = ("message", "client_tag")

_KNOWN = r"^[='\"’‘＇＂`]*((?:\+|00|010)?81|0)?0?([26789]0)[0-9]{4}(?:[0-9]{3})?([0-9]{4})[\"＂]?$"
_MASKED = r"^(?:(?:(?:\+|00|010)?81|0)?[26789]0)?\*{4}[0-9]{0,4}$"

_S = "[" + "".join(f"\\{c}" if c in "-[]()." else c for c in SEPARATORS) + f"{IGNORED}]*"
_D = "[0-9０-９]"
# between the groups of a number written with its zero or country code stands anything, one character of it
_G = f"{_S}(?:[^0-9０-９]{_S})?"
_FOUR = f"(?:{_S}{_D}){{4}}"
_LAST = f"{_S}((?:{_D}{_S}){{3}}{_D})"
_COUNTRY = f"(?:[+＋]|(?:[0０]{_S}(?:[1１]{_S})?[0０]))?{_S}[8８]{_S}[1１]{_G}(?:[0０]{_S})?"
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
    (_BESIDE + f"({_MOBILE}){_FOUR}{_LAST}" + _AFTER, "${1}${2}****${3}${4}"),
    (_BESIDE + f"({_PREFIX}(?:{_MOBILE}|{_M2M})){_G}{_FOUR}{_G}{_LAST}" + _AFTER, "${1}${2}****${3}${4}"),
    # inside a longer run of digits, such as a date and a number written together
    ("((?:0|81)[6-9]0)[0-9]{4}([0-9]{4})", "${1}****${2}"),
    ("\ufffe", ""),
)
# what each of them needs, told in one pass
_EIGHT = f"{_G}{_FOUR}{_G}{_FOUR}"
_ANY = f"{_MOBILE}{_EIGHT}|[01０１]{_S}{_M2M}{_EIGHT}"
_UNSEEN = (pl.Binary, pl.Object)
_PLAIN = r"^\+81[26789]0[0-9]{8}$"
# the smallest figure that mask_within takes for a number, and the types that cannot hold it
_LEAST = 6_000_000_000
_SMALL = (pl.Int8, pl.Int16, pl.Int32, pl.UInt8, pl.UInt16, pl.UInt32, pl.Float16)


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
    value: _Frame,
    *,
    columns: Iterable[str] = (),
    messages: Literal["masked", "hidden"] = "masked",
    keep: Iterable[str] = (),
) -> _Frame: ...
@checked
def mask(
    value: str | pl.Series | pl.Expr | pl.DataFrame | pl.LazyFrame | None,
    *,
    columns: Iterable[str] = (),
    messages: Literal["masked", "hidden"] = "masked",
    keep: Iterable[str] = (),
) -> str | pl.Series | pl.Expr | pl.DataFrame | pl.LazyFrame | None:
    """Hide the middle of phone numbers: `+8190****5678`.

    Of a frame every column of text, figures, lists and structs is looked into, and each mobile number found there is
    hidden, whatever the column is called, also in its name; figures that hold one come back as text. The columns
    `phone_number`, `input` and those named in `columns` hold numbers and nothing else: what is no mobile number there
    becomes `****` and, from nine digits on, its last four. `messages="hidden"` leaves nothing of a body. Columns in
    `keep` stay as they are. Of a LazyFrame the columns of figures are read once beforehand.

    Raises `InputError` for a column that cannot be looked into (Binary, Object) and is not in `keep`.
    """
    if value is None:
        return None
    if isinstance(value, str):
        return str(pl.DataFrame({"_": [_readable(value)]}).select(_masked(pl.col("_"))).item())
    if isinstance(value, pl.Expr):
        return _masked(value)
    if isinstance(value, pl.Series):
        return value.to_frame("_").select(_masked(pl.col("_"))).to_series().alias(value.name)
    kept, whole = {*keep}, {*_NUMBER_COLUMNS, *columns}
    schema = {name: dtype for name, dtype in value.collect_schema().items() if name not in kept}
    inside = {
        name: dtype
        for name, dtype in schema.items()
        if name not in whole or dtype.is_nested() or dtype in _UNSEEN
    }
    if messages == "hidden":
        inside.pop("message", None)
    telling = _telling_figures(value, inside)
    hidden = {name: _looked_into(pl.col(name), dtype, name, telling) for name, dtype in inside.items()}
    hidden |= {name: _masked(pl.col(name)) for name in schema if name in whole - {*inside}}
    if messages == "hidden" and "message" in schema:
        hidden["message"] = _hidden(pl.col("message"))
    done = value.with_columns(expr.alias(name) for name, expr in hidden.items() if expr is not None)
    return done.rename(_masked_names(list(value.collect_schema()), kept))


@checked
def touched(
    frame: pl.DataFrame | pl.LazyFrame,
    *,
    columns: Iterable[str] = (),
    messages: Literal["masked", "hidden"] = "masked",
    keep: Iterable[str] = (),
) -> list[str]:
    """Name the columns in which `mask`, called with the same arguments, hides something, in the frame's order.

    Raises `InputError` as `mask` does.
    """
    before = frame.lazy().collect()
    after = mask(before, columns=columns, messages=messages, keep=keep)
    kept = {*keep}
    return [
        name
        for name, new in zip(before.columns, after.columns, strict=True)
        if name not in kept and (name != new or not before[name].equals(after[new], check_dtypes=True))
    ]


@checked
def mask_text(text: str) -> str:
    """Hide every mobile number that stands inside other text, dates and times left as they are."""
    for pattern, replacement in _WITHIN_PYTHON:
        text = pattern.sub(replacement, pattern.sub(replacement, text))
    return text


@checked
def mask_within(expr: pl.Expr) -> pl.Expr:
    """Hide every mobile number inside a text column, dates and times left as they are."""
    return expr.map_batches(_series_within, return_dtype=pl.String, is_elementwise=True)


@overload
def hashed(value: str, key: bytes) -> str: ...
@overload
def hashed(value: pl.Series, key: bytes) -> pl.Series: ...
@overload
def hashed(value: pl.Expr, key: bytes) -> pl.Expr: ...
@overload
def hashed(value: _Frame, key: bytes) -> _Frame: ...
@checked
def hashed(
    value: str | pl.Series | pl.Expr | pl.DataFrame | pl.LazyFrame, key: bytes
) -> str | pl.Series | pl.Expr | pl.DataFrame | pl.LazyFrame:
    """Replace phone numbers by a keyed hash (HMAC-SHA-256, 32 hexadecimal digits), the same for the same number.

    Of a frame the columns `phone_number` and `input` are replaced. Keep the key away from the data: who has both
    can find the numbers again. Raises `InputError` when the key has fewer than 16 bytes.
    """
    if len(key) < 16:
        raise InputError(said("privacy.key"))
    if isinstance(value, str):
        return _digester(key)(value)
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
    return expr.map_batches(_series_masked, return_dtype=pl.String, is_elementwise=True)


def _series_masked(numbers: pl.Series) -> pl.Series:
    text = _as_text(numbers)
    plain = text.str.contains(_PLAIN)
    if plain.all():
        return _plainly_masked(text)
    rest = ~plain.fill_null(value=False)
    return _plainly_masked(text).scatter(rest.arg_true(), _number_by_number(text.filter(rest)))


def _plainly_masked(text: pl.Series) -> pl.Series:
    column = pl.col("text")
    return (
        text.to_frame("text")
        .select(pl.concat_str(column.str.head(5), pl.lit("****"), column.str.tail(4)).alias(text.name))
        .to_series()
    )


def _number_by_number(numbers: pl.Series) -> pl.Series:
    # the end of a float is no digit of the number
    text = pl.col("text").str.replace(r"\.0$", "").str.replace_all(f"[{IGNORED}]", "")
    compact = text.str.replace_many(
        [*DIGITS, "＋", *SEPARATORS], [*DIGITS.values(), "+", *[""] * len(SEPARATORS)]
    )
    digits = compact.str.replace_all("[^0-9]", "")
    hidden = (
        pl.when(text.str.contains(_MASKED))
        .then(text)
        .when(compact.str.contains(_KNOWN))
        .then(compact.str.replace(_KNOWN, "${1}${2}****${3}"))
        .when(digits.str.len_bytes() >= 9)
        .then(pl.lit("****") + digits.str.slice(-4))
        .when(text.is_not_null())
        .then(pl.lit("****"))
    )
    return numbers.to_frame("text").select(hidden).to_series().alias(numbers.name)


def _series_within(text: pl.Series) -> pl.Series:
    # few texts hold anything like a number: the others are passed over at the cost of one look
    found = text.str.contains(_ANY).fill_null(value=False)
    if not found.any():
        return text
    expr = pl.col("text")
    for pattern, replacement in _WITHIN:
        expr = expr.str.replace_all(pattern, replacement).str.replace_all(pattern, replacement)
    return text.clone().scatter(
        found.arg_true(), text.filter(found).to_frame("text").select(expr).to_series()
    )


def _as_text(column: pl.Series) -> pl.Series:
    text = column.cast(pl.String)
    return text if column.dtype == pl.String else text.str.replace(r"\.0*$", "")


def _looked_into(expr: pl.Expr, dtype: pl.DataType, where: str, telling: set[str]) -> pl.Expr | None:
    """Hide the numbers inside values of any type; None where no number can stand there."""
    if dtype == pl.String:
        return mask_within(expr)
    if isinstance(dtype, pl.Enum):
        return mask_within(expr.cast(pl.String)) if _holds_numbers(dtype.categories) else None
    if isinstance(dtype, pl.Categorical):
        return mask_within(expr.cast(pl.String)).cast(dtype)
    if isinstance(dtype, pl.List | pl.Array):
        inner = _looked_into(pl.element(), _instance(dtype.inner), where + "[]", telling)
        if inner is None:
            return None
        return expr.list.eval(inner) if isinstance(dtype, pl.List) else expr.arr.eval(inner, as_list=False)
    if isinstance(dtype, pl.Struct):
        old = {field.name: expr.struct.field(field.name) for field in dtype.fields}
        new = {
            field.name: _looked_into(
                old[field.name], _instance(field.dtype), f"{where}.{field.name}", telling
            )
            for field in dtype.fields
        }
        if all(looked is None for looked in new.values()):
            return None
        made = pl.struct(
            (old[name] if looked is None else looked).alias(name) for name, looked in new.items()
        )
        return pl.when(expr.is_not_null()).then(made)
    if dtype.is_numeric():
        return (
            expr.map_batches(
                lambda c: _series_within(_as_text(c)), return_dtype=pl.String, is_elementwise=True
            )
            if where in telling
            else None
        )
    if dtype.is_temporal() or dtype in (pl.Boolean, pl.Null):
        return None
    raise InputError(said("privacy.column", where=mask_text(where), dtype=dtype))


def _telling_figures(frame: pl.DataFrame | pl.LazyFrame, schema: Mapping[str, pl.DataType]) -> set[str]:
    """Find the columns of figures, and figures inside lists and structs, that hold a phone number."""
    looks = {
        where: leaf.map_batches(
            lambda c: pl.Series([_holds_numbers(c)]), return_dtype=pl.Boolean, returns_scalar=True
        )
        for name, dtype in schema.items()
        for where, leaf in _figures(pl.col(name), dtype, name)
    }
    if not looks:
        return set()
    found = frame.lazy().select(look.alias(where) for where, look in looks.items()).collect()
    return {where for where, telling in found.row(0, named=True).items() if telling}


def _figures(expr: pl.Expr, dtype: pl.DataType, where: str) -> Iterator[tuple[str, pl.Expr]]:
    if isinstance(dtype, pl.List | pl.Array):
        yield from _figures(expr.explode(), _instance(dtype.inner), where + "[]")
    elif isinstance(dtype, pl.Struct):
        for field in dtype.fields:
            yield from _figures(
                expr.struct.field(field.name), _instance(field.dtype), f"{where}.{field.name}"
            )
    # a number has ten digits at least, and smaller types hold none so large
    elif dtype.is_numeric() and dtype not in _SMALL:
        yield where, expr


def _holds_numbers(column: pl.Series) -> bool:
    if column.dtype.is_numeric():
        column = column.filter(column.abs() >= _LEAST)
    text = _as_text(column)
    return bool((_series_within(text) != text).any())


def _instance(dtype: Any) -> pl.DataType:
    made: pl.DataType = dtype if isinstance(dtype, pl.DataType) else dtype()
    return made


def _masked_names(names: list[str], kept: set[str]) -> dict[str, str]:
    """Hide numbers in columns' names too: a file without a head has its first row there."""
    new = {name: mask_text(name) for name in names if name not in kept}
    changed = {name: masked for name, masked in new.items() if masked != name}
    taken = {*names}
    for name, masked in changed.items():
        free = masked
        while free in taken:
            free += "*"
        taken.add(free)
        changed[name] = free
    return changed


def _hidden(expr: pl.Expr) -> pl.Expr:
    return pl.when(expr.is_not_null()).then(expr.str.replace("(?s)^.*$", "****"))


def _hash(expr: pl.Expr, key: bytes) -> pl.Expr:
    def digests(numbers: pl.Series) -> pl.Series:
        unique = numbers.unique().drop_nulls()
        digest = _digester(key)
        new = pl.Series([digest(n) for n in unique], dtype=pl.String)
        return numbers.replace_strict(unique, new, default=None, return_dtype=pl.String)

    return expr.cast(pl.String).map_batches(digests, return_dtype=pl.String, is_elementwise=True)


def _digester(key: bytes) -> Callable[[str], str]:
    """Make HMAC-SHA-256 for one key, its first blocks worked out once: twice as fast as `hmac.digest` each time."""
    block = (hashlib.sha256(key).digest() if len(key) > 64 else key).ljust(64, b"\0")
    inner = hashlib.sha256(bytes(b ^ 0x36 for b in block)).copy
    outer = hashlib.sha256(bytes(b ^ 0x5C for b in block)).copy

    def digest(number: str) -> str:
        first, last = inner(), outer()
        first.update(number.encode("utf-8", "replace"))
        last.update(first.digest())
        return last.hexdigest()[:32]

    return digest


def _readable(text: str) -> str:
    return text.encode("utf-8", "replace").decode()
