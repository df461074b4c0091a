"""What the service asks of a request's fields, read from its published rules alone."""

from __future__ import annotations

import re
from datetime import date, datetime
from urllib.parse import unquote_to_bytes

from zrtools.sandbox.clock import TOKYO

__all__ = ["Refused", "Request", "fields_of", "international"]

_PHONE = re.compile(r"(?:0|\+81)([26789]0[0-9]{8}|20[0-9]{11})")
_DAY = re.compile(r"[0-9]{8}")
_MONTH = re.compile(r"[0-9]{6}")
_TIME = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}")


class Refused(Exception):  # noqa: N818 - a refusal is an answer of the service, not an error of ours
    """The request is answered with a result code other than 0."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


def fields_of(encoded: bytes) -> dict[str, str]:
    """Read URL-encoded fields, the first of each name; bytes that are not UTF-8 become U+FFFD."""
    fields: dict[str, str] = {}
    for pair in encoded.split(b"&"):
        name, _, value = pair.partition(b"=")
        if name:
            fields.setdefault(_text(name), _text(value))
    return fields


def _text(encoded: bytes) -> str:
    return unquote_to_bytes(encoded.replace(b"+", b" ")).decode("utf-8", "replace")


def international(number: str) -> str | None:
    """Write a Japanese mobile number in its +81 form, or None when it is none."""
    found = _PHONE.fullmatch(number)
    return "+81" + found[1] if found else None


class Request:
    """The fields of one request, each taken with the check that belongs to it.

    Every method raises `Refused`.
    """

    def __init__(self, fields: dict[str, str]) -> None:
        self.fields = fields

    def get(self, name: str) -> str | None:
        """Take a field, None when it is absent or empty."""
        return self.fields.get(name) or None

    def require(self, *names: str) -> None:
        """Insist on fields: 100."""
        for name in names:
            if not self.fields.get(name):
                raise Refused(100, f"Required {name}.")

    def text(self, name: str, longest: int) -> str | None:
        """Take a text: 120 when it is too long, 110 when it was not UTF-8."""
        value = self.get(name)
        if value is not None and len(value) > longest:
            raise Refused(120, f"{name} too long.")
        if value is not None and "\N{REPLACEMENT CHARACTER}" in value:
            raise Refused(110, f"Invalid {name}.")
        return value

    def phone(self, name: str = "phoneNumber") -> str:
        """Take a mobile number in its +81 form."""
        number = international(self.fields[name])
        if number is None:
            raise Refused(110, f"Invalid {name}.")
        return number

    def one_of(self, name: str, allowed: tuple[str, ...] | list[str]) -> str | None:
        """Take a field that may only have certain values."""
        value = self.get(name)
        if value is not None and value not in allowed:
            raise Refused(110, f"Invalid {name}.")
        return value

    def day(self, name: str) -> date | None:
        """Take a day, YYYYMMDD."""
        moment = self._read(name, _DAY, "%Y%m%d")
        return None if moment is None else moment.date()

    def month(self, name: str) -> date | None:
        """Take a month, YYYYMM, as its first day."""
        moment = self._read(name, _MONTH, "%Y%m")
        return None if moment is None else moment.date()

    def time(self, name: str) -> datetime | None:
        """Take a time, YYYY-mm-dd HH:MM, in Japan."""
        return self._read(name, _TIME, "%Y-%m-%d %H:%M")

    def _read(self, name: str, form: re.Pattern[str], pattern: str) -> datetime | None:
        value = self.get(name)
        if value is None:
            return None
        try:
            if not form.fullmatch(value):
                raise ValueError
            return datetime.strptime(value, pattern).replace(tzinfo=TOKYO)
        except ValueError:
            raise Refused(110, f"Invalid {name}.") from None
