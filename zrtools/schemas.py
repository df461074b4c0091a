"""One schema a frame, every column explained once.

All text is `String`; all times are `Datetime("ms", "Asia/Tokyo")`. A frame has its schema whatever came, an
empty answer included.
"""

from __future__ import annotations

import polars as pl

__all__ = [
    "CLEANING",
    "COLUMNS",
    "COUNTS",
    "DLR",
    "FRAMES",
    "RESERVATIONS",
    "STATUS",
    "TEMPLATES",
    "TIME",
    "ZONE",
    "check",
    "empty",
]

ZONE = "Asia/Tokyo"
TIME = pl.Datetime("ms", ZONE)

STATUS = pl.Schema(
    {
        "send_date": pl.Date(),
        "date_time": TIME,
        "phone_number": pl.String(),
        "message": pl.String(),
        "sms_code": pl.String(),
        "carrier_id": pl.String(),
        "carrier": pl.String(),
        "status_id": pl.Int16(),
        "client_tag": pl.String(),
        "detailed_status_id": pl.String(),
        "separated_success_count": pl.Int32(),
    }
)

COUNTS = pl.Schema(
    {
        "month": pl.Date(),
        "client_id": pl.String(),
        "carrier_id": pl.String(),
        "carrier": pl.String(),
        "separated_success_count": pl.Int64(),
        "through": pl.Date(),
    }
)

CLEANING = pl.Schema(
    {
        "input": pl.String(),
        "phone_number": pl.String(),
        "reference_date": pl.Date(),
        "status": pl.String(),
        "error": pl.String(),
    }
)

RESERVATIONS = pl.Schema(
    {
        "schedule_time": TIME,
        "phone_number": pl.String(),
        "message": pl.String(),
        "sms_code": pl.String(),
        "client_tag": pl.String(),
    }
)

TEMPLATES = pl.Schema({"title": pl.String(), "content": pl.String(), "parameters": pl.List(pl.String())})

DLR = pl.Schema(
    {
        "date_time": TIME,
        "message_id": pl.String(),
        "phone_number": pl.String(),
        "message": pl.String(),
        "sms_code": pl.String(),
        "carrier_id": pl.String(),
        "carrier": pl.String(),
        "client_id": pl.String(),
        "client_tag": pl.String(),
        "status_id": pl.Int16(),
        "status_description": pl.String(),
        "detailed_status_id": pl.String(),
        "separated_success_count": pl.Int32(),
    }
)

FRAMES: dict[str, pl.Schema] = {
    "STATUS": STATUS,
    "COUNTS": COUNTS,
    "CLEANING": CLEANING,
    "RESERVATIONS": RESERVATIONS,
    "TEMPLATES": TEMPLATES,
    "DLR": DLR,
}

COLUMNS: dict[str, str] = {
    "send_date": "the day of sending that was asked for; null when asked by client tag",
    "date_time": "when the service got this status from the carrier: not when the message was sent",
    "phone_number": "the recipient in international form, +81…; null where it is not a mobile number",
    "message": "the body",
    "sms_code": "the sender code, 5 or 6 digits",
    "carrier_id": "the carrier's number; null when unknown, and while the status is unknown or sending",
    "carrier": "the plain name of carrier_id; null if not known",
    "status_id": "0 unknown, 1 sending, 2 delivered, 3 failed",
    "client_tag": "the sender's own name for the message; null when none was given",
    "detailed_status_id": "the carrier's detailed code; undefined, so null, while unknown or sending",
    "separated_success_count": (
        "billable messages (通数): of one message in STATUS (delivered and failed) and DLR "
        "(delivered only), of the month in COUNTS"
    ),
    "rawdata": "the carrier's own error data as JSON text; deprecated by the service",
    "month": "the first day of the month",
    "client_id": "the client whose messages these are",
    "through": "the last day counted: the month's end, or yesterday for the running month",
    "input": "the number as it was given",
    "reference_date": "the day on which the number was known to be that person's",
    "status": "T now another person's, N still that person's, ERROR cannot be judged, null not asked",
    "error": "why there is no status; null if none",
    "schedule_time": "when the message is to go out",
    "title": "the template's name",
    "content": "the template's text, placeholders as {{%name%}}",
    "parameters": "the names of the placeholders",
    "message_id": "the service's own id of the message",
    "status_description": "status_id in the service's words",
}


def empty(schema: pl.Schema) -> pl.DataFrame:
    """Make a frame without rows."""
    return pl.DataFrame(schema=schema)


def check(frame: pl.DataFrame | pl.LazyFrame, schema: pl.Schema, name: str) -> None:
    """Make sure that a frame has the columns of a schema, more being allowed.

    Raises `InputError` that names what was expected and what was got.
    """
    from zrtools.errors import InputError

    got = frame.collect_schema()
    wrong = [
        f"{column}: expected {dtype}, got {got.get(column, 'no such column')}"
        for column, dtype in schema.items()
        if got.get(column) != dtype
    ]
    if wrong:
        raise InputError(f"This is not a {name} frame. " + "; ".join(wrong) + ".")
