"""The admin screen's CSV export, whose columns differ from customer to customer, as a STATUS frame."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import polars as pl

from zrtools import phones, schemas, tables
from zrtools.codes import CARRIERS
from zrtools.errors import InputError
from zrtools.privacy import DIGITS, mask_text

__all__ = ["read_export"]

_STATUSES = {
    0: ("unknown", "不明"),
    1: ("message is sending", "sending", "送信中", "配信中", "処理中"),
    2: (
        "message delivered",
        "delivered",
        "success",
        "送達",
        "到達",
        "成功",
        "送信成功",
        "配信済",
        "配信済み",
    ),
    3: ("message delivery failed", "failed", "不達", "失敗", "送信失敗", "配信失敗", "エラー"),
}
_WRITTEN = (
    r"^(\d{4})[-/.年]\s*(\d{1,2})[-/.月]\s*(\d{1,2})日?(?:\(.\)|（.）)?"
    r"(?:[\sT　]+(\d{1,2})[:時](\d{1,2})(?:[:分](\d{1,2})(?:\.(\d{1,3}))?)?[秒分]?)?$"
)
_CLOSE = r"^(\d{4})(\d{2})(\d{2})(?:[\sT]?(\d{2})(\d{2})(\d{2})?(\d{3})?)?$"
_UNDEFINED_WHILE_PENDING = ("carrier_id", "carrier", "detailed_status_id", "separated_success_count")


def read_export(
    path: str | Path,
    columns: Mapping[str, str],
    *,
    encoding: str | None = None,
    statuses: Mapping[str, int] | None = None,
) -> pl.DataFrame:
    """Read a CSV or Excel export of the admin screen as a STATUS frame.

    `columns` maps columns of STATUS to headers of the file, such as `{"phone_number": "電話番号", "send_date":
    "送信日時", "status_id": "状態"}`; what it leaves out is null. UTF-8 (with or without BOM), UTF-16 or CP932 are
    recognised, or `encoding` says which. Dates and times may be written in the usual Japanese and ISO ways and mean
    Japan; `send_date` takes the day of a time; a carrier may be a number or a name; a status a number or a word, more
    words through `statuses`, such as `{"配信完了": 2}`. A number that is not a mobile number is null.

    Raises `InputError`, with `.row` where one row is at fault, for a column, day or status that cannot be read.
    """
    if strange := sorted(set(columns) - set(schemas.STATUS)):
        raise InputError(f"{strange[0]!r} is no column of STATUS: use {', '.join(schemas.STATUS)}.")
    if not {"send_date", "status_id"} <= set(columns):
        raise InputError(
            'columns must name the headers of "send_date" and "status_id": without them a status is none.'
        )
    table = tables.read(path, encoding=encoding)
    if missing := [header for header in columns.values() if header not in table.columns]:
        raise InputError(
            f"The file has no column {missing[0]!r}. It has: {mask_text(', '.join(table.columns))}."
        )
    raw = table.select(pl.col(header).str.strip_chars().alias(name) for name, header in columns.items())
    read = raw.with_columns(
        **{name: expr for name, expr in _readings(statuses or {}).items() if name in columns},
    )
    for name in ("send_date", "date_time", "status_id"):
        if name in columns:
            _all_read(raw[name], read[name], name)
    if read["send_date"].null_count():
        row = int(read["send_date"].is_null().arg_max() or 0)
        raise InputError(
            f"There is no send_date in row {row + 2} of the file (the header is row 1): fill it in or leave the row "
            "out.",
            row=row,
        )
    for name, other, names in (
        ("carrier", "carrier_id", {c.id: c.name for c in CARRIERS.values()}),
        ("carrier_id", "carrier", {c.name: c.id for c in CARRIERS.values()}),
    ):
        if name not in columns and other in columns:
            read = read.with_columns(
                pl.col(other).replace_strict(names, default=None, return_dtype=pl.String).alias(name)
            )
    return read.select(
        (pl.col(name) if name in read.columns else pl.lit(None)).cast(dtype).alias(name)
        for name, dtype in schemas.STATUS.items()
    ).with_columns(
        pl.when(pl.col("status_id") > 1).then(pl.col(name)).alias(name) for name in _UNDEFINED_WHILE_PENDING
    )


def _readings(statuses: Mapping[str, int]) -> dict[str, pl.Expr]:
    words = {word: number for number, all_ in _STATUSES.items() for word in all_} | {
        word.strip().lower(): number for word, number in statuses.items()
    }
    carriers = {
        word.lower(): c.name for c in CARRIERS.values() for word in (c.id, c.name, c.label.ja, c.label.en)
    } | {"kddi": "au", "ntt docomo": "docomo", "楽天": "Rakuten Mobile"}
    status = _ascii("status_id")
    return {
        "send_date": _time("send_date").dt.date(),
        "date_time": _time("date_time").dt.replace_time_zone(schemas.ZONE),
        "phone_number": phones.normalised("phone_number"),
        "status_id": pl.coalesce(
            status.cast(pl.Int16, strict=False),
            status.str.to_lowercase().replace_strict(words, default=None, return_dtype=pl.Int16),
        ),
        "carrier": pl.coalesce(
            pl.col("carrier")
            .str.to_lowercase()
            .replace_strict(carriers, default=None, return_dtype=pl.String),
            pl.col("carrier"),
        ),
        "separated_success_count": _ascii("separated_success_count").cast(pl.Int32, strict=False),
    }


def _ascii(name: str) -> pl.Expr:
    return pl.col(name).str.replace_many(list(DIGITS), list(DIGITS.values()))


def _time(name: str) -> pl.Expr:
    """Read 2026/1/5, 2026-01-05 9:30, 2026年1月5日 9時30分, 20260105, 20260105 093000123 and their like."""
    text = _ascii(name)
    part = text.str.extract_groups(_WRITTEN)
    close = text.str.extract_groups(_CLOSE)

    def value(n: int) -> pl.Expr:
        # group names are their numbers
        return pl.coalesce(part.struct.field(str(n)), close.struct.field(str(n))).cast(pl.Int32, strict=False)

    def in_range(n: int, top: int) -> pl.Expr:
        return value(n).fill_null(0).is_between(0, top)

    def digits(n: int, width: int) -> pl.Expr:
        return value(n).cast(pl.String).str.zfill(width)

    day = pl.concat_str(digits(1, 4), digits(2, 2), digits(3, 2)).str.to_date("%Y%m%d", strict=False)
    clock = pl.duration(
        hours=value(4).fill_null(0),
        minutes=value(5).fill_null(0),
        seconds=value(6).fill_null(0),
        milliseconds=pl.coalesce(part.struct.field("7").str.pad_end(3, "0"), close.struct.field("7"))
        .cast(pl.Int32, strict=False)
        .fill_null(0),
    )
    return pl.when(in_range(4, 23) & in_range(5, 59) & in_range(6, 59)).then(
        (day.cast(pl.Datetime("ms")) + clock).cast(pl.Datetime("ms"))
    )


def _all_read(raw: pl.Series, read: pl.Series, name: str) -> None:
    lost = read.is_null() & raw.is_not_null() & (raw != "")
    if lost.any():
        row = int(lost.arg_max() or 0)
        advice = (
            'give statuses={"word": 0 unknown, 1 sending, 2 delivered, 3 failed}'
            if name == "status_id"
            else "write it as 2026-10-31 or 2026-10-31 09:30:00"
        )
        raise InputError(
            f"{name} {mask_text(raw[row])!r} in row {row + 2} of the file (the header is row 1) cannot be read: "
            f"{advice}.",
            row=row,
        )
