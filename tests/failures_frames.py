"""Small STATUS frames for the tests of failures."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import polars as pl
import pytest

from zrtools import schemas
from zrtools.periods import TOKYO


def statuses(rows: list[dict[str, Any]]) -> pl.DataFrame:
    """Make a STATUS frame of rows that name only what matters."""
    base = {
        "send_date": date(2026, 10, 1),
        "date_time": datetime(2026, 10, 1, 12, tzinfo=TOKYO),
        "phone_number": "+819000000001",
        "message": "hello",
        "sms_code": "12345",
        "carrier_id": "101",
        "carrier": "au",
        "status_id": 2,
    }
    return pl.DataFrame([{**base, **row} for row in rows], schema=schemas.STATUS)


def kinds(frame: pl.DataFrame) -> dict[str, Any]:
    """Give the same rows as every kind of frame that needs no cluster."""
    duckdb = pytest.importorskip("duckdb")
    connection = duckdb.connect()
    connection.execute("SET TimeZone = 'Asia/Tokyo'")
    return {"eager": frame, "lazy": frame.lazy(), "duckdb": connection.from_arrow(frame.to_arrow())}


def as_polars(frame: Any) -> pl.DataFrame:
    """Collect any kind."""
    if isinstance(frame, pl.DataFrame):
        return frame
    return frame.collect() if isinstance(frame, pl.LazyFrame) else pl.DataFrame(frame.to_arrow_table())


ODD = [
    {"status_id": s, "detailed_status_id": c, "carrier": k, "phone_number": p}
    for s, c, k, p in [
        (2, "2", "au", "+819000000001"),
        (3, "12721", "au", "+819000000002"),
        (3, "12721", "au", "+819000000002"),
        (3, "31732", None, "+819000000003"),
        (3, "１２７２１", None, None),
        (3, None, "docomo", "+819000000004"),
        (3, "99999", "docomo", "+819000000005"),
        (0, None, None, "+819000000006"),
        (1, None, "SoftBank", "+819000000007"),
        (9, "12721", "SoftBank", "+819000000008"),
        (None, None, "SoftBank", "+819000000009"),
    ]
]
