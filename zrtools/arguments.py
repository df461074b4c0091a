"""The edge of every public function: an argument of the wrong kind is refused before anything is done with it."""

from __future__ import annotations

import builtins
import functools
import inspect
import os
import types
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from itertools import islice
from numbers import Integral, Real
from pathlib import Path
from typing import Annotated, Any, Literal, NamedTuple, TypeVar, Union, get_args, get_origin

from zrtools.errors import InputError
from zrtools.texts import Said, joined, said

__all__ = ["Archive", "ChartType", "Client", "Kind", "Prices", "checked", "hold", "refused"]

_Call = TypeVar("_Call", bound=Callable[..., Any])

_SECRETS = ("token", "password", "key")
_MOST_NAME = 255
_MOST_LOOKED = 1000
# what a column of whole numbers can hold
_LARGE = 2**63 - 1
_NAMES: dict[Any, str] = {
    Any: "any",
    str: "str",
    bool: "bool",
    int: "int",
    float: "float",
    bytes: "bytes",
    date: "date",
    datetime: "datetime",
    type(None): "none",
    os.PathLike: "path",
}


class Kind(NamedTuple):
    """A kind of argument that no type can tell: stands in `Annotated[Any, Kind(...)]`."""

    fits: Callable[[Any], bool]
    wanted: str


# what annotations name for types alone, so that no library loads before it is used
Client = Annotated[
    Any, Kind(lambda it: callable(getattr(it, "now", None)) and not isinstance(it, date), "client")
]
Archive = Annotated[Any, Kind(lambda it: callable(getattr(it, "scan", None)), "archive")]
Prices = Annotated[Any, Kind(lambda it: type(it).__name__ == "Prices", "prices")]
ChartType = Annotated[Any, Kind(lambda it: type(it).__module__.startswith("altair."), "chart")]


def checked(function: _Call) -> _Call:
    """Hold what a function, or a class when it is made, is given against the annotations.

    It then raises `InputError` that names the argument, what came and what is wanted. What annotations name for types
    alone is taken on trust.
    """
    if isinstance(function, type):
        function.__init__ = checked(function.__init__)  # type: ignore[misc]  # of the class itself
        return function
    signature = inspect.signature(function)
    kinds: dict[str, Any] = {}

    @functools.wraps(function)
    def call(*args: Any, **options: Any) -> Any:
        if not kinds:
            kinds.update(_kinds(function, signature))
        _hold(kinds, signature.bind(*args, **options).arguments)
        return function(*args, **options)

    return call  # type: ignore[return-value]  # it takes and gives the same


def hold(function: Callable[..., Any], **given: Any) -> None:
    """Hold some of what a function was given against its annotations, where all of it must not stand in one more frame.

    Raises `InputError`.
    """
    _hold(_kinds(function, inspect.signature(function)), given)


def _hold(kinds: Mapping[str, Any], given: Mapping[str, Any]) -> None:
    for name, value in given.items():
        kind = kinds[name]
        if not _fits(value, kind):
            raise refused(name, value, _wanted(kind))
        if any((get_origin(one) or one) in (Path, os.PathLike) for one in get_args(kind)) and not _is_place(
            value
        ):
            raise refused(name, value, said("arguments.place"))


def refused(name: str, value: Any, wanted: Said) -> InputError:
    """Make the error: which argument, what came, what is wanted and how to get there."""
    return InputError(
        said("arguments.refused", name=name, wanted=wanted, came=_came(name, value), advice=_advice(value))
    )


class _Known(dict[str, Any]):
    """The names that a module knows; others, there for types alone, may be anything."""

    def __missing__(self, name: str) -> Any:
        return vars(builtins).get(name, Any)


def _kinds(function: Callable[..., Any], signature: inspect.Signature) -> dict[str, Any]:
    """Read the annotations."""
    known = _Known(inspect.unwrap(function).__globals__)
    trusted = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)
    return {
        name: Any if p.kind in trusted or not isinstance(p.annotation, str) else eval(p.annotation, {}, known)  # noqa: S307 - our own source
        for name, p in signature.parameters.items()
    }


def _fits(value: Any, kind: Any) -> bool:
    origin, inner = get_origin(kind), get_args(kind)
    if kind is Any:
        return True
    if kind is None or kind is type(None):
        return value is None
    if origin is Annotated:
        return next((k.fits(value) for k in inner[1:] if isinstance(k, Kind)), _fits(value, inner[0]))
    if origin in (Union, types.UnionType):
        return any(_fits(value, one) for one in inner)
    if origin is Literal:
        return any(value is one or (type(value) is type(one) and value == one) for one in inner)
    if isinstance(kind, TypeVar):
        return any(_fits(value, one) for one in kind.__constraints__) or not kind.__constraints__
    if kind is int:
        return _is_number(value, Integral)
    if kind is float:
        return _is_number(value, Real)
    if kind is Decimal:
        return isinstance(value, Decimal) and value.is_finite()
    if kind in (date, datetime):
        return isinstance(value, kind) and value == value
    if origin is not None:
        return _holds(value, origin, inner)
    if not isinstance(kind, type) or getattr(kind, "_is_protocol", False):
        return True
    return isinstance(value, kind)


def _is_number(value: Any, kind: type) -> bool:
    if not isinstance(value, kind) or isinstance(value, bool):
        return False
    # of a half-precision float neither bound can be compared
    number = int(value) if isinstance(value, Integral) else float(value)  # type: ignore[arg-type]  # it is a Real
    return -_LARGE <= number <= _LARGE


def _holds(value: Any, origin: type[Any], inner: tuple[Any, ...]) -> bool:
    """Tell whether a collection is of its kind, and what it holds of its own."""
    if not isinstance(value, origin):
        return False
    if issubclass(origin, Mapping):
        return all(_fits(k, inner[0]) and _fits(v, inner[1]) for k, v in value.items())
    if not issubclass(origin, Iterable):
        return True
    # a text would be taken letter by letter, a frame column by column
    if isinstance(value, str | bytes | Mapping) or hasattr(value, "columns"):
        return False
    if origin is tuple and inner[-1] is not ...:
        return len(value) == len(inner) and all(map(_fits, value, inner))
    # what can be gone through only once is not looked into
    first = [] if isinstance(value, Iterator) else islice(value, _MOST_LOOKED)
    return all(_fits(one, inner[0]) for one in first)


def _is_place(value: Any) -> bool:
    """Tell whether a file or folder can be called that."""
    if not isinstance(value, str | os.PathLike):
        return True
    text = os.fspath(value)
    return (
        bool(text.strip())
        and "\0" not in text
        and all(len(os.fsencode(p)) <= _MOST_NAME for p in Path(text).parts)
    )


def _wanted(kind: Any) -> Said:
    origin, inner = get_origin(kind), get_args(kind)
    if origin is Annotated:
        return next(
            (said(f"arguments.{k.wanted}") for k in inner[1:] if isinstance(k, Kind)), _wanted(inner[0])
        )
    if origin in (Union, types.UnionType):
        return _either(_wanted(one) for one in inner)
    if origin is Literal:
        return _either(_as_is(f'"{one}"' if isinstance(one, str) else repr(one)) for one in inner)
    if isinstance(kind, TypeVar):
        return _either(_wanted(one) for one in kind.__constraints__)
    if origin is not None and issubclass(origin, Mapping):
        return said("arguments.mapping")
    if origin is tuple and inner[-1] is not ...:
        each = [_wanted(one) for one in inner]
        return said("arguments.values", count=len(each), names=joined(each))
    if origin is not None and issubclass(origin, Iterable):
        return said("arguments.list", wanted=_wanted(inner[0]))
    if kind in _NAMES:
        return said(f"arguments.{_NAMES[kind]}")
    if kind is None:
        return _as_is("None")
    if origin is not None:
        return said("arguments.function")
    name = getattr(kind, "__name__", "").removeprefix("_") or said("arguments.else")
    in_polars = getattr(kind, "__module__", "").partition(".")[0] == "polars"
    return said("arguments.polars" if in_polars else "arguments.class", name=name)


def _as_is(name: str) -> Said:
    return Said(name, name)


def _either(wanted: Iterable[Said]) -> Said:
    *most, last = dict.fromkeys(wanted)
    if not most:
        return last
    return said("arguments.or", most=joined(most), last=last)


def _came(name: str, value: Any) -> str:
    kind = type(value)
    # neither a secret nor a phone number is ever shown
    if name not in _SECRETS and isinstance(value, str | int | float | date | None):
        text = value if isinstance(value, str) and value.strip() else repr(value)
        if len(text) <= 40 and text.isprintable() and sum(c.isdigit() for c in text) < 9:
            return text if isinstance(value, str) else f"{name}={text}"
    room = kind.__module__.partition(".")[0]
    return kind.__name__ if room == "builtins" else f"{room} {kind.__name__}"


def _advice(value: Any) -> str:
    kind = type(value)
    room = kind.__module__.partition(".")[0]
    if room == "pandas" and hasattr(value, "columns"):
        return said("arguments.pandas")
    if room == "pyarrow":
        return said("arguments.arrow")
    if kind.__name__ == "LazyFrame":
        return said("arguments.lazy")
    if isinstance(value, Sequence) and value and isinstance(value[0], Mapping):
        return said("arguments.rows")
    return ""
