"""What became of each message, and why it failed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

import narwhals as nw
import polars as pl

from zrtools import codes as tables
from zrtools import schemas
from zrtools.arguments import checked
from zrtools.codes import Category
from zrtools.engines import portable, require
from zrtools.errors import InputError
from zrtools.texts import said

__all__ = ["CLASSIFIED", "classified", "classify", "own_codes"]

_Frame = TypeVar("_Frame")

CLASSIFIED = tuple(schemas.CLASSIFIED)


@checked
def classify(frame: _Frame, *, codes: Mapping[str, Category] | None = None) -> _Frame:
    """Add what became of each message and, where it failed, why.

    Takes STATUS and DLR frames as a polars DataFrame or LazyFrame, a DuckDB relation or a PySpark DataFrame,
    and gives the same kind back, its rows unchanged, with the columns of `schemas.CLASSIFIED` added:
    `outcome` and, for failures, else null, `failure_module`, `failure_carrier`, `failure_code`,
    `failure_category`, `failure_origin`, `failure_action`. The last three digits of the detailed code decide
    the category, whatever its module; a five-digit code that is in no table is `unlisted`, anything else
    `unrecognised`.

    `codes` names codes of one's own, as `zr.codes.read(path)` reads them: a whole detailed code, or the last
    three digits of five-digit ones; they come before the service's tables.

    Raises `InputError` for another kind of frame and for one without `status_id` and `detailed_status_id`.
    Source: the tables in `zrtools.codes`.
    """
    read = portable(frame)
    require(read, "status_id", "detailed_status_id")
    done: Any = classified(read, codes).to_native()
    return done.collect() if isinstance(frame, pl.DataFrame) else done  # type: ignore[no-any-return] # same kind


def classified(frame: nw.LazyFrame[Any], codes: Mapping[str, Category] | None = None) -> nw.LazyFrame[Any]:
    """Classify inside the heavy half: the portable expressions behind `classify`."""
    own = own_codes(codes or {})
    whole = {code: category for code, category in own.items() if not _is_suffix(code)}
    listed = {**tables.CATEGORIES, **{code: category for code, category in own.items() if _is_suffix(code)}}

    status = nw.col("status_id")
    outcome = _choose(
        {v: status == k for k, v in tables.OUTCOMES.items() if v != "unknown"}, nw.lit("unknown")
    )
    # the mask comes first, so that the text work is on failures only
    raw = nw.when(status == 3).then(nw.col("detailed_status_id"))
    text = nw.col("_raw")
    # five characters, none left when ASCII digits are stripped: full-width digits are not a code
    digits = (text.str.len_chars() == 5) & (text.str.strip_chars("0123456789") == "")
    module, code, category = nw.col("failure_module"), nw.col("failure_code"), nw.col("failure_category")

    found = _choose(
        {listed_.name: _among(code, codes_) for listed_, codes_ in _grouped(listed)},
        nw.when(~code.is_null()).then(nw.lit(tables.UNLISTED.name)).otherwise(_null()),
    )
    found = (
        nw.when((nw.col("outcome") == "failed") & code.is_null())
        .then(nw.lit(tables.UNRECOGNISED.name))
        .otherwise(found)
    )
    found = _choose({own_.name: _among(text, codes_) for own_, codes_ in _grouped(whole)}, found)

    # a name decides origin and action: `own_codes` refuses one name with two meanings
    everything = {
        c.name: c for c in (*listed.values(), *whole.values(), tables.UNLISTED, tables.UNRECOGNISED)
    }.values()
    return (
        frame.with_columns(outcome.alias("outcome"), raw.alias("_raw"))
        .with_columns(nw.when(digits).then(text).otherwise(_null()).alias("_five"))
        .with_columns(
            nw.col("_five").str.slice(0, 2).alias("failure_module"),
            _null().alias("failure_carrier"),
            nw.col("_five").str.slice(2, 3).alias("failure_code"),
        )
        .with_columns(
            _choose(
                {
                    carrier: module.is_in([m for m, c in tables.MODULES.items() if c == carrier])
                    for carrier in dict.fromkeys(tables.MODULES.values())
                },
                _null(),
            ).alias("failure_carrier"),
            found.alias("failure_category"),
        )
        .with_columns(
            _choose(
                {o: category.is_in([c.name for c in everything if c.origin == o]) for o in tables.ORIGINS},
                _null(),
            ).alias("failure_origin"),
            _choose(
                {a: category.is_in([c.name for c in everything if c.action == a]) for a in tables.ACTIONS},
                _null(),
            ).alias("failure_action"),
        )
        .drop("_raw", "_five")
    )


def _null() -> nw.Expr:
    return nw.lit(None, nw.String)


def _choose(cases: Mapping[str, nw.Expr], otherwise: nw.Expr) -> nw.Expr:
    """Write one `when` inside another, the first case outermost: long chains fail on some engines."""
    for value, condition in reversed(list(cases.items())):
        otherwise = nw.when(condition).then(nw.lit(value)).otherwise(otherwise)
    return otherwise


def _among(expr: nw.Expr, values: list[str]) -> nw.Expr:
    return expr == values[0] if len(values) == 1 else expr.is_in(values)


def _grouped(named: Mapping[str, Category]) -> list[tuple[Category, list[str]]]:
    groups: dict[str, tuple[Category, list[str]]] = {}
    for code, category in named.items():
        groups.setdefault(category.name, (category, []))[1].append(code)
    return list(groups.values())


def _is_suffix(code: str) -> bool:
    return len(code) == 3 and code.isascii() and code.isdigit()


def own_codes(own: Mapping[str, Category]) -> Mapping[str, Category]:
    """Make sure that codes of one's own are categories, each name with one meaning. Raises `InputError`."""
    meaning = {
        c.name: (c.origin, c.action)
        for c in (*tables.CATEGORIES.values(), tables.UNLISTED, tables.UNRECOGNISED)
    }
    for code, category in own.items():
        if not isinstance(category, Category):
            raise InputError(said("failures.codes", code=code))
        given = (category.origin, category.action)
        if meaning.setdefault(category.name, given) != given:
            raise InputError(said("failures.same_category", name=category.name, code=code))
    return own
