"""What travels: requests' fields on the way out, typed frames on the way in. No input or output happens here.

The only place that knows the service's spellings. Nothing here sees the token: the client adds it and the
clientId. Source: https://doc.aossms.com/zettai-reach/openapi.html and the service's API specification 1.47.

Answers are read generously: what can be coerced is coerced, what is unknown is kept, and only what is not an
answer of this API (not JSON, no responseCode, a success without its list) raises. Where a record names a field
twice, the first counts.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Literal, NamedTuple, NoReturn

import msgspec
import polars as pl

from zrtools import cells, schemas
from zrtools.codes import CARRIERS, RESULTS
from zrtools.errors import ApiError, InputError, UnexpectedResponseError
from zrtools.periods import TOKYO
from zrtools.privacy import mask, mask_text
from zrtools.texts import Said, said

__all__ = [
    "Ask",
    "Sent",
    "ShortUrl",
    "accepted",
    "as_text",
    "cancel",
    "cancel_all",
    "carrier_name",
    "clean",
    "cleaning",
    "counts",
    "counts_frame",
    "http_error_message",
    "integers",
    "null_if_empty",
    "numbers",
    "read_json",
    "reservations",
    "reservations_frame",
    "send",
    "send_answer",
    "short_url",
    "shorten",
    "status",
    "status_frame",
    "templates",
    "templates_frame",
    "times",
]

_TAG_LIMIT = 200
# the longest clientTag whose status may be asked is longer than the longest that may be sent
_STATUS_TAG_LIMIT = 203
_MESSAGE_LIMIT = 660
_URL_LIMIT = 2048
_NAME_LIMIT = 256
_ERROR_LIMIT = 200
_CODE_LIMIT = 10**8
_SAID = {"Required": 100, "Invalid": 110, "too long": 120, "Past": 140}

_NUMBER = re.compile(r"(?:\+81|0)(?:[26789]0[0-9]{8}|20[0-9]{11})")
_SMS_CODE = re.compile(r"[0-9]{5,6}")
_TOKEN_LIKE = re.compile(r"(?<![0-9A-Za-z])[0-9A-Za-z]{32}(?![0-9A-Za-z])")
_LONE = re.compile("[\ud800-\udfff]")
_NAMED_FIELD = re.compile(
    r"\s*(?:(?:Required|Invalid|Past)\s+(?P<after>\w+)|(?P<before>\w+)\s+too\s+long)\s*[.。]?\s*", re.ASCII
)


@dataclass(frozen=True, slots=True, repr=False)
class Ask:
    """One request: which call, where to, and its fields without token and clientId.

    Its repr shows no number and no message.
    """

    call: str
    method: Literal["GET", "POST"]
    path: str
    fields: dict[str, str]

    def __repr__(self) -> str:
        shown = {name: _shown(name, value) for name, value in self.fields.items()}
        return f"Ask({self.call}, {self.method} {self.path}, {shown})"


class Sent(NamedTuple):
    """What the service says it took for sending."""

    phone_number: str | None
    message: str | None


@dataclass(frozen=True, slots=True)
class ShortUrl:
    """A short URL and the name under which the service keeps it."""

    short_url: str
    name: str | None


# ---------------------------------------------------------------------------------------------- requests


def send(
    phone_number: str,
    message: str,
    *,
    sms_code: str,
    client_tag: str,
    carrier_id: str | None = None,
    schedule_time: datetime | None = None,
    group_tag: str | None = None,
) -> Ask:
    """Ask to send one message, now or at a time (to the minute; naive means Japan).

    Raises `InputError`.
    """
    fields = {
        "smsCode": _sms_code(sms_code),
        "phoneNumber": _phone(phone_number),
        "message": _text("message", message, _MESSAGE_LIMIT, said("wire.advice_message")),
        "clientTag": _tag("client_tag", client_tag),
    }
    if carrier_id is not None:
        carrier = CARRIERS.get(str(carrier_id))
        if carrier is None or not carrier.sendable:
            known = ", ".join(f"{c.id} {c.name}" for c in CARRIERS.values() if c.sendable)
            raise InputError(said("wire.carrier_id", known=known, carrier_id=mask_text(repr(carrier_id))))
        fields["carrierId"] = carrier.id
    if schedule_time is not None:
        fields["scheduleTime"] = _minute(schedule_time)
    if group_tag is not None:
        fields["groupTag"] = _tag("group_tag", group_tag)
    return Ask("send", "POST", "/p5/api/mt.json", fields)


def reservations(
    *,
    sms_code: str,
    client_tag: str | None = None,
    schedule_time: datetime | None = None,
    schedule_date: date | None = None,
    group_tag: str | None = None,
) -> Ask:
    """Ask which reservations wait, by exactly one of tag, time and day; a group narrows time and day.

    Raises `InputError`.
    """
    _exactly_one(client_tag=client_tag, schedule_time=schedule_time, schedule_date=schedule_date)
    fields = {"smsCode": _sms_code(sms_code)}
    if client_tag is not None:
        fields["clientTag"] = _tag("client_tag", client_tag)
    if schedule_time is not None:
        fields["scheduleTime"] = _minute(schedule_time)
    if schedule_date is not None:
        fields["scheduleDate"] = _day(schedule_date)
    if group_tag is not None:
        fields["groupTag"] = _tag("group_tag", group_tag)
    return Ask("reservations", "GET", "/p5/api/checkreservation.json", fields)


def cancel(client_tag: str) -> Ask:
    """Ask to cancel one reservation.

    Raises `InputError`.
    """
    return Ask(
        "cancel", "GET", "/p5/api/cancelreservation.json", {"clientTag": _tag("client_tag", client_tag)}
    )


def cancel_all(start: date | None = None, end: date | None = None, group_tag: str | None = None) -> Ask:
    """Ask to cancel the reservations from start to end, of a group, or both together.

    Without any filter this cancels every reservation of the account, and one of the sources reads a lone
    group so, too: the caller guards both.

    Raises `InputError`.
    """
    if start is not None and end is not None and end < start:
        raise InputError(said("periods.reversed", start=start, end=end))
    fields = {}
    if start is not None:
        fields["startDate"] = _day(start)
    if end is not None:
        fields["endDate"] = _day(end)
    if group_tag is not None:
        fields["groupTag"] = _tag("group_tag", group_tag)
    return Ask("cancel_all", "GET", "/p5/api/cancelreservationall.json", fields)


def status(client_tag: str | None = None, day: date | None = None) -> Ask:
    """Ask the statuses of one tag or of one day of sending.

    Raises `InputError`.
    """
    _exactly_one(client_tag=client_tag, day=day)
    if client_tag is not None:
        fields = {"clientTag": _tag("client_tag", client_tag, _STATUS_TAG_LIMIT)}
    else:
        assert day is not None  # noqa: S101 - tells the type checker what _exactly_one has made sure of
        fields = {"date": _day(day)}
    return Ask("status", "GET", "/p5/api/status.json", fields)


def shorten(long_url: str, name: str | None = None, domain: str | None = None) -> Ask:
    """Ask for a short URL.

    Raises `InputError`.
    """
    fields = {"longUrl": _text("long_url", long_url, _URL_LIMIT, said("wire.advice_url"))}
    if name is not None:
        fields["name"] = _text("name", name, _NAME_LIMIT, said("wire.advice_name"))
    if domain is not None:
        fields["domain"] = _text("domain", domain, _URL_LIMIT, said("wire.advice_domain"))
    return Ask("shorten", "POST", "/p1/api/shortenurl.json", fields)


def templates() -> Ask:
    """Ask for the account's templates."""
    return Ask("templates", "GET", "/p5/api/template.json", {})


def clean(phone_number: str, reference_date: date, *, today: date | None = None) -> Ask:
    """Ask whether a number changed hands since a day, which must lie in the two years before today, if given.

    Raises `InputError`.
    """
    if today is not None:
        # two years before 29 February there is no such day: the day after it is the first one allowed
        oldest = (
            date(today.year - 2, 3, 1)
            if (today.month, today.day) == (2, 29)
            else today.replace(year=today.year - 2)
        )
        if not oldest <= reference_date <= today:
            raise InputError(
                said("wire.reference_date", oldest=oldest, today=today, reference_date=reference_date)
            )
    fields = {"phoneNumber": _phone(phone_number), "referenceDate": _day(reference_date)}
    return Ask("clean", "GET", "/p5/api/numbercleaning.json", fields)


def counts(month: date) -> Ask:
    """Ask for the billable messages of a month."""
    return Ask("counts", "GET", "/p5/api/separatedsuccesscount.json", {"month": _day(month)[:6]})


def _text(name: str, value: str, limit: int, advice: str) -> str:
    if not isinstance(value, str):
        raise InputError(said("wire.text", name=name, kind=type(value).__name__))
    if not 1 <= len(value) <= limit:
        raise InputError(said("wire.length", name=name, limit=limit, count=len(value), advice=advice))
    try:
        value.encode()
    except UnicodeEncodeError as error:
        where = error.start + 1
    else:
        return value
    raise InputError(said("wire.half_character", name=name, where=where))


def _tag(name: str, value: str, limit: int = _TAG_LIMIT) -> str:
    return _text(name, value, limit, said("wire.advice_shorter" if value else "wire.advice_give"))


def _sms_code(value: str) -> str:
    if not _SMS_CODE.fullmatch(str(value)):
        raise InputError(said("wire.sms_code", value=mask_text(repr(value))))
    return value


def _phone(value: str) -> str:
    if not _NUMBER.fullmatch(str(value)):
        raise InputError(said("wire.phone_number", value=mask(str(value))))
    return value


def _exactly_one(**given: object) -> None:
    named = [name for name, value in given.items() if value is not None]
    if len(named) != 1:
        got = "none was" if not named else f"{' and '.join(named)} were"
        raise InputError(said("wire.exactly_one", names=", ".join(given), got=got))


def _day(value: date) -> str:
    return value.strftime("%Y%m%d") if value.year > 999 else value.isoformat()[:10].replace("-", "")


def _minute(value: datetime) -> str:
    here = value.astimezone(TOKYO) if value.tzinfo else value
    return here.replace(tzinfo=None).isoformat(" ", "minutes")


def _shown(name: str, value: str) -> str:
    if name == "phoneNumber":
        return mask(value)
    if name == "message":
        return f"<{len(value)} characters>"
    return value if name in ("scheduleTime", "smsCode") else mask_text(value)


# ----------------------------------------------------------------------------------------------- answers


def status_frame(body: bytes, *, send_date: date | None, rawdata: bool = False) -> pl.DataFrame:
    """Read an answer of status.

    Columns: `schemas.STATUS`, with `rawdata` also that column (JSON as text); rows as answered. With statusId
    0 and 1 the fields that the service leaves undefined are null. Times are Japan's.

    Raises `ApiError`, `UnexpectedResponseError`.
    """
    text = _fast_statuses(body, rawdata)
    if text is None:
        records = _records(_accepted(body), "status", _STATUS_TEXT)
        text = _text_columns(records, _STATUS_TEXT)
        if rawdata:
            text = text.with_columns(
                pl.Series("rawdata", [_as_json(r.get("rawdata")) for r in records], dtype=pl.String)
            )
    return _typed_statuses(text, send_date)


def counts_frame(body: bytes, *, month: date, through: date) -> pl.DataFrame:
    """Read an answer of counts.

    Columns: `schemas.COUNTS`; the unit is billable messages (通数). A client that is named has the four
    carriers, 0 where left out, then unknown ones; an answer without clients has no rows.

    Raises `ApiError`, `UnexpectedResponseError`.
    """
    rows: list[tuple[str | None, str | None, int | None]] = []
    for record in _records(_accepted(body), "separatedSuccessCount", _COUNTED):
        client = as_text(record.get("clientId")) or None
        found = {key: value for key, value in record.items() if key.isascii() and key.isdigit()}
        # a carrier under a new kind of name is still a count; other new fields are none
        found |= {
            k: v for k, v in record.items() if k not in found and k != "clientId" and _as_int(v) is not None
        }
        named = [c.id for c in CARRIERS.values() if c.sendable] if client else []
        for carrier in dict.fromkeys((*named, *found)):
            value = found.get(carrier)
            rows.append((client, as_text(carrier), 0 if value is None else _as_int(value)))
    frame = pl.DataFrame(
        rows,
        schema={"client_id": pl.String(), "carrier_id": pl.String(), "separated_success_count": pl.Int64()},
        orient="row",
    )
    return frame.select(
        pl.lit(month.replace(day=1), pl.Date()).alias("month"),
        "client_id",
        "carrier_id",
        carrier_name(pl.col("carrier_id")).alias("carrier"),
        "separated_success_count",
        pl.lit(through, pl.Date()).alias("through"),
    )


def reservations_frame(body: bytes) -> pl.DataFrame:
    """Read an answer of reservations.

    Columns: `schemas.RESERVATIONS`; times are Japan's.

    Raises `ApiError`, `UnexpectedResponseError`.
    """
    names = {
        "schedule_time": "scheduleTime",
        "phone_number": "phoneNumber",
        "message": "message",
        "sms_code": "smsCode",
        "client_tag": "clientTag",
    }
    frame = _text_columns(_records(_accepted(body), "status", names.values()), list(names.values()))
    return frame.rename({wire: ours for ours, wire in names.items()}).with_columns(
        _japan(_first_time("schedule_time", _TIMES)), null_if_empty("client_tag")
    )


def templates_frame(body: bytes) -> pl.DataFrame:
    """Read an answer of templates.

    Columns: `schemas.TEMPLATES`.

    Raises `ApiError`, `UnexpectedResponseError`.
    """
    records = _records(_accepted(body), "templates", ("title", "default_content", "parameters"))
    return pl.DataFrame(
        {
            "title": [as_text(r.get("title")) for r in records],
            "content": [as_text(r.get("default_content")) for r in records],
            "parameters": [_parameters(r.get("parameters")) for r in records],
        },
        schema=schemas.TEMPLATES,
    )


def cleaning(body: bytes) -> str | None:
    """Read an answer of number cleaning: T, N, ERROR, what else may come, or None.

    Raises `ApiError`, `UnexpectedResponseError`.
    """
    return as_text(_accepted(body).get("status")) or None


def send_answer(body: bytes) -> Sent:
    """Read an answer of send.

    Raises `ApiError`, `UnexpectedResponseError`.
    """
    answer = _accepted(body)
    return Sent(as_text(answer.get("phoneNumber")), as_text(answer.get("smsMessage")))


def short_url(body: bytes) -> ShortUrl:
    """Read an answer of the short URL.

    Raises `ApiError`, and `UnexpectedResponseError` also where the answer says success and has no URL.
    """
    answer = _accepted(body)
    url = as_text(answer.get("shortUrl"))
    if not url:
        raise UnexpectedResponseError(said("wire.no_short_url"))
    return ShortUrl(url, as_text(answer.get("name")))


def accepted(body: bytes) -> None:
    """Make sure that an answer says: accepted (both cancel calls).

    Raises `ApiError`, `UnexpectedResponseError`.
    """
    _accepted(body)


def http_error_message(body: bytes) -> str | None:
    """Read what the body of an HTTP error says, masked and cut to a line; None where it says nothing."""
    answer = read_json(body)
    if not isinstance(answer, dict):
        return None
    named = [as_text(answer.get(name)) for name in ("message", "responseMessage", "code", "responseCode")]
    message, code = named[0] or named[1], named[2] or named[3]
    parts = [part for part in (message, f"(code {code})" if code else None) if part]
    return _harmless(" ".join(parts)) or None


def carrier_name(carrier_id: pl.Expr) -> pl.Expr:
    """Give the plain name of a carrierId, null where it is not listed."""
    names = {c.id: c.name for c in CARRIERS.values()}
    return carrier_id.replace_strict(names, default=None, return_dtype=pl.String)


# ------------------------------------------------------------------------------- one answer, generously

_Json = dict[str, Any]
# beside the numbers of carriers
_COUNTED = ("clientId",)


def _accepted(body: bytes) -> _Json:
    answer = read_json(body)
    if not isinstance(answer, dict):
        _refuse(body)
    code = answer.get("responseCode")
    number = None if isinstance(code, bool) else _as_int(code)
    # a code is shown in the error: what is long enough to be a phone number is none
    if number is None or abs(number) >= _CODE_LIMIT:
        raise UnexpectedResponseError(said("wire.no_code"))
    if number != 0:
        raise _api_error(number, as_text(answer.get("responseMessage")) or "")
    return answer


def _refuse(body: bytes) -> NoReturn:
    start = body[:200].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if not start:
        kind = said("wire.is_empty")
    elif start.startswith(b"<"):
        page = UnexpectedResponseError(said("wire.web_page", count=len(body)))
        page.reason = "page"
        raise page
    elif start.startswith((b"{", b"[")):
        kind = said("wire.broken_json")
    else:
        kind = said("wire.not_json")
    raise UnexpectedResponseError(said("wire.other_body", count=len(body), kind=kind))


def _api_error(code: int, message: str) -> ApiError:
    message = _harmless(message)
    named = _NAMED_FIELD.fullmatch(message)
    # cleaning writes "Invalid …" under a code that says nothing: the words are right
    result = RESULTS.get(code) or next((RESULTS[c] for w, c in _SAID.items() if named and w in message), None)
    advice, label = said("wire.ask_meaning"), said("wire.not_accepted")
    if result:
        advice = Said(result.advice.en, result.advice.ja.rstrip("。"))
        label = Said(result.label.en, result.label.ja)
    spoken = message.rstrip(".")
    meaning = Said(
        f"{code} {spoken or (label if result else 'no message')}",
        f"{label.ja}（{f'{code} {spoken}'.strip()}）",
    )
    return ApiError(
        said("wire.refused", meaning=meaning, advice=advice),
        code=code,
        message=message,
        field=(named["after"] or named["before"]) if named else None,
    )


def _harmless(text: str) -> str:
    line = " ".join("".join(c if c.isprintable() else " " for c in text[: 4 * _ERROR_LIMIT]).split())
    # again at the end, for what masking or cutting leaves may be of a token's form
    line = mask_text(_TOKEN_LIKE.sub("****", line))
    line = line if len(line) <= _ERROR_LIMIT else line[: _ERROR_LIMIT - 1] + "…"
    return _TOKEN_LIKE.sub("****", line)


def _records(answer: _Json, name: str, known: Collection[str]) -> list[_Json]:
    """Give the rows of an answer.

    Raises `UnexpectedResponseError` where the list is gone, or where no row knows a field of this API: a renamed key
    would make every day look empty.
    """
    value = answer.get(name)
    if not isinstance(value, list):
        # that nothing is there may be said by the count alone
        if value is None and _as_int(answer.get("count")) == 0:
            return []
        raise UnexpectedResponseError(
            said("wire.no_list", name=name, either=said("wire.missing" if value is None else "wire.not_list"))
        )
    # what is no record is kept as an empty one, so that the number of rows stays right
    rows = [item if isinstance(item, dict) else {} for item in value]
    if rows and not any(_knows(row, known) for row in rows):
        raise UnexpectedResponseError(said("wire.no_fields", name=name))
    return rows


def _knows(row: _Json, known: Collection[str]) -> bool:
    return any(name in known or (known is _COUNTED and name.isascii() and name.isdigit()) for name in row)


def read_json(body: bytes | str) -> Any:
    """Read JSON as generously as can be; None where it is none."""
    try:
        return json.loads(
            body if isinstance(body, str) else body.decode("utf-8-sig", "replace"),
            strict=False,
            object_pairs_hook=_first_wins,
            parse_int=_integer,
            parse_float=_float,
            parse_constant=str,
        )
    except (ValueError, RecursionError):
        # no cause is kept: it would hold the whole body
        return None


def _first_wins(pairs: list[tuple[str, Any]]) -> _Json:
    return dict(reversed(pairs)) if len({name for name, _ in pairs}) < len(pairs) else dict(pairs)


def _integer(digits: str) -> int | str:
    # Python refuses to read numbers beyond 4,300 digits
    return int(digits) if len(digits) < 4000 else digits


def _float(text: str) -> float | int | str:
    number = float(text)
    if not math.isfinite(number):
        return text
    return int(number) if number.is_integer() else number


def as_text(value: Any) -> str | None:
    """Give a JSON value as text; what is nested as JSON text."""
    if value is None:
        return None
    if isinstance(value, str):
        return _LONE.sub("\N{REPLACEMENT CHARACTER}", value)
    return _as_json(value)


def _as_json(value: Any) -> str | None:
    return None if value is None else as_text(json.dumps(value, ensure_ascii=False))


def _as_int(value: Any) -> int | None:
    """Read a 64-bit integer from a number or its text."""
    if isinstance(value, bool):
        return None
    if isinstance(value, str):
        if len(value) > 40:
            return None
        try:
            value = int(value)
        except ValueError:
            try:
                value = _float(value)
            except ValueError:
                return None
    return value if isinstance(value, int) and -(2**63) <= value < 2**63 else None


def _parameters(value: Any) -> list[str]:
    items = [value] if isinstance(value, (dict, str)) else value if isinstance(value, list) else []
    names = (item.get("parameter_name") if isinstance(item, dict) else item for item in items)
    return [text for name in names if (text := as_text(name))]


def _text_columns(records: list[_Json], names: Iterable[str]) -> pl.DataFrame:
    return pl.DataFrame(
        [pl.Series(name, [as_text(r.get(name)) for r in records], dtype=pl.String) for name in names],
    )


# -------------------------------------------------------------------------------------------- statuses

_STATUS_TEXT = [
    "dateTime",
    "phoneNumber",
    "message",
    "smsCode",
    "carrierId",
    "statusId",
    "clientTag",
    "detailedStatusId",
    "separatedSuccessCount",
]
_STATUS_SCHEMA = pl.Schema({name: pl.String() for name in _STATUS_TEXT})
_AT_ONCE = 50_000
# the years 1952 to 9998 in milliseconds: Japan's clocks were never turned, and Python knows them
_PLAIN = (-568_080_000_000, 253_370_764_800_000)
_TIMES = ("%Y-%m-%d %H:%M", "%Y-%m-%d %H:%M:%S", "%Y/%m/%d %H:%M:%S", "%Y/%m/%d %H:%M", "%Y%m%d %H%M%S")


class _Answer(msgspec.Struct):
    responseCode: msgspec.Raw  # noqa: N815 - the service's spelling
    status: list[msgspec.Raw]


class _RawData(msgspec.Struct):
    rawdata: msgspec.Raw = msgspec.Raw(b"null")


_ANSWER = msgspec.json.Decoder(_Answer)
_RAWDATA = msgspec.json.Decoder(_RawData)


def _fast_statuses(body: bytes, rawdata: bool) -> pl.DataFrame | None:
    """Read the statuses as text on all cores; None where the answer is not quite as it should be.

    msgspec checks the JSON (it refuses lone surrogates, which polars would turn into NUL) and splits it into
    records without looking inside; polars parses those side by side and turns numbers into text.
    """
    try:
        answer = _ANSWER.decode(body)
        if bytes(answer.responseCode) not in (b"0", b'"0"'):
            return None
        records = answer.status
        rows = len(records)
        if not rows:
            return pl.DataFrame(schema={**_STATUS_SCHEMA, **({"rawdata": pl.String()} if rawdata else {})})
        raw = [_raw_text(_RAWDATA.decode(record).rawdata) for record in records] if rawdata else []
        frame = _parsed(records)
        if frame is None and b"\n" in body:
            # pretty-printed: a line end is white space here, for msgspec refuses it inside text
            frame = _parsed(_ANSWER.decode(body.replace(b"\n", b" ")).status)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return None
    if frame is None or frame.height != rows:
        return None
    if all(frame[name].null_count() == rows for name in frame.columns):
        # nulls, or fields of another name: the other way looks closer
        return None
    return frame.with_columns(pl.Series("rawdata", raw, dtype=pl.String)) if rawdata else frame


def _parsed(records: list[msgspec.Raw]) -> pl.DataFrame | None:
    try:
        # some megabytes at a time: faster than all at once, and without a second copy of the whole body
        return pl.concat(
            pl.read_ndjson(b"\n".join(records[start : start + _AT_ONCE]), schema=_STATUS_SCHEMA)
            for start in range(0, len(records), _AT_ONCE)
        )
    except pl.exceptions.PolarsError:
        return None


def _raw_text(value: msgspec.Raw) -> str | None:
    text = bytes(value).decode()
    return None if text == "null" else text


def _typed_statuses(text: pl.DataFrame, send_date: date | None) -> pl.DataFrame:
    text = text.with_columns(
        times(text["dateTime"], "%Y%m%d %H%M%S%3f"),
        integers(text["statusId"], pl.Int16()),
        integers(text["separatedSuccessCount"], pl.Int32()),
    )
    settled = ~pl.col("statusId").is_in([0, 1]).fill_null(value=False)
    carrier = pl.when(settled).then(null_if_empty("carrierId"))
    columns = {
        "send_date": pl.lit(send_date, pl.Date()),
        "date_time": pl.col("dateTime"),
        "phone_number": pl.col("phoneNumber"),
        "message": pl.col("message"),
        "sms_code": pl.col("smsCode"),
        "carrier_id": carrier,
        "carrier": carrier_name(carrier),
        "status_id": pl.col("statusId"),
        "client_tag": null_if_empty("clientTag"),
        "detailed_status_id": pl.when(settled).then(null_if_empty("detailedStatusId")),
        "separated_success_count": pl.when(settled).then(pl.col("separatedSuccessCount")),
    }
    if "rawdata" in text.columns:
        columns["rawdata"] = pl.when(settled).then(pl.col("rawdata"))
    return text.select(expr.alias(name) for name, expr in columns.items())


def times(text: pl.Series, spelling: str) -> pl.Series:
    """Read naive times of Japan in one spelling, and in other ones only where there are any."""
    read = text.str.to_datetime(spelling, time_unit="ms", strict=False, exact=True)
    if read.null_count() > text.null_count():
        other = pl.coalesce(read, _first_time(text.name, _TIMES), cells.moments(pl.col(text.name)))
        read = text.to_frame().select(other).to_series()
    # as integers, since Python knows no year 0 and none beyond 9999
    first, last = read.to_physical().min(), read.to_physical().max()
    if isinstance(first, int) and isinstance(last, int) and _PLAIN[0] <= first <= last < _PLAIN[1]:
        # fixed hours since then: many times faster than asking the zone's rules
        return (read - timedelta(hours=9)).dt.replace_time_zone("UTC").dt.convert_time_zone(schemas.ZONE)
    return read.to_frame().select(_japan(pl.col(read.name))).to_series()


def _first_time(name: str, formats: Iterable[str]) -> pl.Expr:
    column = pl.col(name).str.strip_chars()
    return pl.coalesce(column.str.to_datetime(f, time_unit="ms", strict=False) for f in formats)


def _japan(naive: pl.Expr) -> pl.Expr:
    # Japan had summer time from 1948 to 1951; no status is from then, but none may break the frame
    known = pl.when(naive.dt.year().is_between(2, 9998)).then(naive)
    return known.dt.replace_time_zone(schemas.ZONE, ambiguous="earliest", non_existent="null")


def numbers(text: pl.Series) -> pl.Series:
    """Give numbers their `+` again, which a form has made a blank, or an integer has lost; others stay."""
    return text.str.replace(r"^ ?(81(?:[26789]0[0-9]{8}|20[0-9]{11}))$", "+$1")


def integers(text: pl.Series, dtype: pl.DataType) -> pl.Series:
    """Read integers from text; "2.0", " 2" and "2e0" are integers too, what is none becomes null."""
    read = text.cast(dtype, strict=False)
    if read.null_count() == text.null_count():
        return read
    number = text.str.strip_chars().cast(pl.Float64(), strict=False)
    whole = number.set(number != number.floor(), None)
    return pl.select(pl.coalesce(read, whole.cast(dtype, strict=False))).to_series().alias(text.name)


def null_if_empty(name: str) -> pl.Expr:
    """Make empty text null."""
    return pl.when(pl.col(name) != "").then(pl.col(name))
