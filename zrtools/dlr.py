"""Delivery reports: from a notification's bytes to a frame.

The service pushes them by POST, in XML or JSON, as a form field or as the raw body. What cannot be read raises;
nobody should throw such a body away, for the service does not send it again. Source:
https://doc.aossms.com/zettai-reach/openapi.html and the service's API specification 1.47.
"""

from __future__ import annotations

import codecs
import logging
import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import unquote_to_bytes

import polars as pl
from defusedxml import ElementTree
from defusedxml.common import DefusedXmlException

from zrtools import schemas, wire
from zrtools.arguments import checked
from zrtools.errors import UnexpectedResponseError
from zrtools.texts import said

__all__ = ["FIELDS", "frame", "odd", "parse", "records"]

FIELDS = {
    "date_time": "dateTime",
    "message_id": "messageId",
    "phone_number": "phoneNumber",
    "message": "messageText",
    "sms_code": "smsCode",
    "carrier_id": "carrierId",
    "client_id": "clientId",
    "client_tag": "clientTag",
    "status_id": "statusId",
    "status_description": "statusDescription",
    "detailed_status_id": "detailedStatusId",
    "separated_success_count": "separatedSuccessCount",
}
"""The service's name of each column, where it has one."""

# in these the word null is a text that somebody may have written
_PROSE = ("messageText", "clientTag")
# only encodings that cannot be abused, with the superset that Japanese Windows writes for Shift_JIS
_ENCODINGS = {
    "utf-8": "utf-8",
    "ascii": "utf-8",
    "utf-16": "utf-16",
    "utf-16-le": "utf-16-le",
    "utf-16-be": "utf-16-be",
    "shift_jis": "cp932",
    "cp932": "cp932",
    "euc_jp": "euc_jp",
    "iso2022_jp": "iso2022_jp",
    "iso8859-1": "iso8859-1",
    "cp1252": "cp1252",
}
_SINGLE_BYTE = ("iso8859-1", "cp1252")
_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_CHARSET = re.compile(r"charset\s*=\s*[\"']?([\w.:-]+)", re.ASCII | re.IGNORECASE)
_DECLARED = re.compile(rb"<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([\w.:-]{1,40})", re.IGNORECASE)
_FORM = re.compile(rb"(?:^|&)\s*(xml|json)=")

_LOG = logging.getLogger("zrtools.dlr")
_FEW = 50
_TIME = "%Y/%m/%d %H:%M:%S"

Record = dict[str, str | None]


@checked
def parse(body: bytes, content_type: str | None = None) -> pl.DataFrame:
    """Read one pushed notification: XML or JSON, as form field `xml=` / `json=` or raw, with one report or many.

    Columns: `schemas.DLR`, a row a report; times are Japan's. Missing, empty and null values are null, in XML
    also the word null except in message and client_tag; with statusId 0 and 1 the undefined fields are null, and
    the billable count is null unless the message was delivered. Unknown fields are passed over.

    Raises `UnexpectedResponseError` when the body is no delivery report. A report whose time cannot be
    read (null then) or whose status is none of 0 to 3 is kept, and a warning in the log counts such ones.
    """
    made = frame(records(body, content_type))
    if strange := _odd(made):
        _LOG.warning(
            "%s of %s delivery reports have no time that can be read, or no known status.",
            strange,
            made.height,
        )
    return made


@checked
def records(body: bytes, content_type: str | None = None) -> list[Record]:
    """Read one pushed notification as texts under the service's names, a dictionary a report.

    Raises `UnexpectedResponseError` when the body is no delivery report.
    """
    text = _text(body, content_type)
    return list(_from_xml(text) if text.startswith("<") else _from_json(text))


@checked
def frame(reports: Iterable[Record]) -> pl.DataFrame:
    """Make the frame `schemas.DLR` of reports that `records` has read."""
    rows = list(reports)
    text = pl.DataFrame(
        [
            pl.Series(ours, [row.get(theirs) for row in rows], dtype=pl.String)
            for ours, theirs in FIELDS.items()
        ]
    )
    text = text.with_columns(
        wire.times(text["date_time"], _TIME),
        wire.numbers(text["phone_number"]),
        wire.integers(text["status_id"], pl.Int16()),
        wire.integers(text["separated_success_count"], pl.Int32()),
    )
    status = pl.col("status_id")
    settled = ~status.is_in([0, 1]).fill_null(value=False)
    return (
        text.with_columns(
            pl.when(settled).then(pl.col("carrier_id", "detailed_status_id")),
            pl.when(status == 2).then(pl.col("separated_success_count")),
        )
        .with_columns(wire.carrier_name(pl.col("carrier_id")).alias("carrier"))
        .select(schemas.DLR.names())
    )


@checked
def odd(reports: Sequence[Record]) -> int:
    """Count the reports without a time that can be read, or without a known status: 0 to 3."""
    # a few are looked at one by one, since a frame alone takes a hundred times as long
    doubtful = reports if len(reports) > _FEW else [report for report in reports if not _is_usual(report)]
    return _odd(frame(doubtful)) if doubtful else 0


def _is_usual(report: Record) -> bool:
    try:
        datetime.strptime(report["dateTime"] or "", _TIME)  # noqa: DTZ007 - only whether it is one
    except ValueError:
        return False
    return report["statusId"] in ("0", "1", "2", "3")


def _odd(made: pl.DataFrame) -> int:
    known = pl.col("status_id").is_between(0, 3).fill_null(value=False)
    return made.filter(pl.col("date_time").is_null() | ~known).height


def _plain_name(encoding: str) -> str:
    try:
        return codecs.lookup(encoding).name
    except LookupError:
        return ""


def _refused(why: str) -> UnexpectedResponseError:
    return UnexpectedResponseError(said("dlr.refused", why=said(f"dlr.{why}")))


# ------------------------------------------------------------------------------------------------ bytes to text


def _text(body: bytes, content_type: str | None) -> str:
    declared = [found[1]] if content_type and (found := _CHARSET.search(content_type)) else []
    head = body[:64].lstrip()
    if not head.startswith((b"<", b"{", b"[", *(mark for mark, _ in _MARKS))) and (
        form := _FORM.search(body[:65536])
    ):
        body = body[form.end() :]
        if body[:64].lstrip()[:1] not in (b"<", b"{", b"["):
            # a proper form: the value ends at the next field, a plus is a space
            body = unquote_to_bytes(body.split(b"&", 1)[0].replace(b"+", b" "))
    if found_declared := _DECLARED.search(body[:1024]):
        declared.append(found_declared[1].decode("ascii"))
    for mark, encoding in _MARKS:
        if body.startswith(mark):
            declared = [encoding]
    if body.lstrip()[:1] in (b"{", b"[") and not any(mark in body for mark in (b"\x1b", b"\0")):
        # JSON is UTF-8, whatever a server declares; only these two kinds of encoding look like it and are not
        declared.insert(0, "utf-8")
    elif any(_ENCODINGS.get(_plain_name(name)) in _SINGLE_BYTE for name in declared):
        # what many servers declare of any text: every body can be read so, and few are meant so
        declared.insert(0, "utf-8")
    for name in (*declared, "utf-8", "cp932"):
        try:
            encoding = "utf-8-sig" if name == "utf-8-sig" else _ENCODINGS[codecs.lookup(name).name]
            text = body.decode(encoding).strip().removeprefix("\ufeff")
        except (LookupError, ValueError):
            continue
        if text.startswith(("<", "{", "[")):
            return text
    raise _refused("encoding")


# ----------------------------------------------------------------------------------------------------------- XML


def _from_xml(text: str) -> Iterator[Record]:
    root = None
    why = ""
    try:
        root = ElementTree.fromstring(text, forbid_dtd=True)
    except DefusedXmlException:
        why = "entities"
    except (ElementTree.ParseError, ValueError, RecursionError):
        why = "broken_xml"
    if root is None:
        raise _refused(why)
    if _name(root) not in ("eventNotifications", "eventNotification"):
        raise _refused("no_xml")
    for item in [root] if _name(root) == "eventNotification" else root:
        if _name(item) != "eventNotification":
            raise _refused("else_xml")
        _check_type(item.get("type"))
        found: Record = {}
        for child in item:
            value = "".join(child.itertext())
            found.setdefault(_name(child), None if value == "null" and _name(child) not in _PROSE else value)
        yield _tidy(found)


def _name(element: Any) -> str:
    return str(element.tag).rpartition("}")[2]


# ---------------------------------------------------------------------------------------------------------- JSON


def _from_json(text: str) -> Iterator[Record]:
    content = wire.read_json(text)
    if content is None:
        raise _refused("broken_json")
    # a list, one report alone, or the list one level deeper, as a translation from XML would write it
    for wrapping in ("eventNotifications", "eventNotification"):
        if isinstance(content, dict) and wrapping in content:
            content = content[wrapping]
    if isinstance(content, dict):
        content = [content]
    if not isinstance(content, list) or not all(isinstance(item, dict) for item in content):
        raise _refused("no_json")
    for item in content:
        _check_type(wire.as_text(item.get("type")))
        yield _tidy({name: wire.as_text(item.get(name)) for name in FIELDS.values()})


def _check_type(kind: str | None) -> None:
    if kind and kind.strip().upper() != "DLR":
        raise _refused("type")


def _tidy(found: Record) -> Record:
    tidy: Record = {}
    for name in FIELDS.values():
        value = found.get(name)
        if value is not None and name not in _PROSE:
            value = value.strip()
        tidy[name] = value or None
    if not any(tidy.values()):
        raise _refused("no_field")
    return tidy
