"""The exceptions of zrtools.

```
Exception
└── ZrtoolsError                 anything that zrtools raises on purpose
    ├── ConfigurationError       a setting is missing or cannot be used
    ├── InputError               refused before anything was sent (also a ValueError); .row
    ├── ApiError                 the service answered "not accepted"; .code .message .field
    ├── TransportError           no usable answer came; .status_code
    ├── UnexpectedResponseError  an answer came, but not one of this API
    ├── PartialResultError       a run over many requests could not finish; .frame .missing
    │   └── Interrupted          the person stopped it (also a KeyboardInterrupt)
    └── ArchiveError             an archive, journal or store on disk cannot be used as it is
```

Every message says what to do next. None of them, nor its cause chain, holds the access token or a whole
phone number.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from zrtools.texts import Said, in_notebook

if TYPE_CHECKING:
    import polars as pl

__all__ = [
    "ApiError",
    "ArchiveError",
    "ConfigurationError",
    "InputError",
    "Interrupted",
    "PartialResultError",
    "TransportError",
    "UnexpectedResponseError",
    "ZrtoolsError",
]


class ZrtoolsError(Exception):
    """Anything that zrtools raises on purpose.

    `client_tag` is set on the errors of a send, so that what became of the message can be asked; `sent` is
    False when what was asked for surely was not done, None when that is not known. `retry_after` is the seconds for
    which the service asked to wait, where that ended the call or run. `reason` names the cause where it lies on the
    way ("dns", "certificate", …), and `facts` what belongs to it. The text is English and carries its Japanese:
    `zr.words.told(error)`.
    """

    client_tag: str | None = None
    sent: bool | None = None
    retry_after: float | None = None
    reason: str | None = None
    facts: Mapping[str, str] = MappingProxyType({})

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        # a notebook shows it under the English text
        if args and isinstance(args[0], Said) and in_notebook() and os.environ.get("ZRTOOLS_LANG") != "en":
            self.add_note(args[0].ja)


class ConfigurationError(ZrtoolsError):
    """A setting is missing or cannot be used."""

    sent = False


class InputError(ZrtoolsError, ValueError):
    """Input was refused before anything was sent.

    `row` is the zero-based position of the offending value where it was one of many, else None. `choices` says what of
    a file must be chosen before it can be read: `sheet`, with the names to choose from, or `header`.
    """

    sent = False

    def __init__(
        self, message: str, *, row: int | None = None, choices: Mapping[str, Sequence[str]] | None = None
    ) -> None:
        super().__init__(message)
        self.row = row
        self.choices = dict(choices or {})

    def __reduce__(self) -> tuple[Any, ...]:
        return _rebuild, (type(self), self.args, self.__dict__)


class ApiError(ZrtoolsError):
    """The service answered that the request was not accepted.

    `code` is its responseCode, `message` its own words (numbers masked), `field` the field that the message
    names, or None.
    """

    def __init__(self, text: str, *, code: int, message: str, field: str | None = None) -> None:
        super().__init__(text)
        self.code = code
        self.message = message
        self.field = field

    def __reduce__(self) -> tuple[Any, ...]:
        return _rebuild, (type(self), self.args, self.__dict__)


class TransportError(ZrtoolsError):
    """No usable answer came: time-out, refused connection, HTTP error, or throttling after the last retry.

    `status_code` is the HTTP status where there was one, else None.
    """

    def __init__(self, message: str, *, status_code: int | None = None) -> None:
        super().__init__(message)
        self.status_code = status_code

    def __reduce__(self) -> tuple[Any, ...]:
        return _rebuild, (type(self), self.args, self.__dict__)


class UnexpectedResponseError(ZrtoolsError):
    """An answer came that is not one of this API: not JSON, or without a responseCode."""


class PartialResultError(ZrtoolsError):
    """A run over many requests could not finish.

    `frame` holds what came, with the schema of the whole; `missing` lists what did not: days, months, or
    (number, reference date) pairs, in the caller's order.
    """

    def __init__(self, message: str, *, frame: pl.DataFrame, missing: list[Any]) -> None:
        super().__init__(message)
        self.frame = frame
        self.missing = missing

    def __reduce__(self) -> tuple[Any, ...]:
        return _rebuild, (type(self), self.args, self.__dict__)


class Interrupted(PartialResultError, KeyboardInterrupt):  # noqa: N818 - it is named as Ctrl-C is
    """The person stopped the run; what had come is in `frame`, what had not in `missing`."""


class ArchiveError(ZrtoolsError):
    """An archive, journal or store on disk cannot be used as it is."""


def _rebuild(cls: type[ZrtoolsError], args: tuple[Any, ...], state: dict[str, Any]) -> ZrtoolsError:
    error = cls.__new__(cls, *args)
    error.args = args
    error.__dict__.update(state)
    return error
