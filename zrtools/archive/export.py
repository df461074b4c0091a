"""The admin screen's CSV export, whose columns differ from customer to customer, as a STATUS frame."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Literal

import polars as pl

from zrtools import cells, phones, schemas, tables
from zrtools.arguments import checked
from zrtools.codes import CARRIER_SPELLINGS, CARRIERS
from zrtools.errors import InputError
from zrtools.privacy import mask_text
from zrtools.texts import said

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
# the headings of the log export, from public notes of its users: to be proven at first contact
_LOG = {
    "phone_number": "送信先番号",
    "carrier": "キャリア",
    "send_date": "配信日時",
    "date_time": "配信完了日時",
    "separated_success_count": "分割数",
    "status_id": "配信結果",
    "detailed_status_id": "エラーメッセージ",
}
_ADVICE: dict[str, Literal["time", "status", "figure"]] = {
    "send_date": "time",
    "date_time": "time",
    "status_id": "status",
    "separated_success_count": "figure",
}
_UNDEFINED_WHILE_PENDING = ("carrier_id", "carrier", "detailed_status_id", "separated_success_count")


@checked
def read_export(
    path: str | Path,
    columns: Mapping[str, str] | None = None,
    *,
    encoding: str | None = None,
    statuses: Mapping[str, int] | None = None,
    sheet: str | None = None,
    header: int | None = None,
) -> pl.DataFrame:
    """Read a CSV or Excel export of the admin screen as a STATUS frame.

    `columns` maps columns of STATUS to headers of the file, such as `{"phone_number": "電話番号", "send_date":
    "送信日時", "status_id": "状態"}`; what it leaves out is null. Without it the headings of the log export are
    looked for: 送信先番号, キャリア, 配信日時, 配信完了日時, 分割数, 配信結果, エラーメッセージ. Encodings, `sheet`
    and `header` as in `tables.read`; days, times and figures may be written as in docs/files.md and mean Japan;
    `send_date` takes the day of a time; a carrier may be a number or a name; a status a number or a word, more words
    through `statuses`, such as `{"配信完了": 2}`. A number that is not a mobile number is null.

    Raises `InputError`, with `.row` where one row is at fault, for a column, day, count or status that cannot be read.
    """
    if strange := sorted(set(columns or {}) - set(schemas.STATUS)):
        raise InputError(
            said("archive.no_status_column", strange=strange[0], names=", ".join(schemas.STATUS))
        )
    if columns is not None and not {"send_date", "status_id"} <= set(columns):
        raise InputError(said("archive.columns"))
    table = tables.load(path, encoding=encoding, sheet=sheet, header=header)
    table.warn()
    found = {name: table.find(heading) for name, heading in (columns or _LOG).items()}
    missing = [(columns or _LOG)[name] for name, there in found.items() if there is None]
    if missing and (columns is not None or found["send_date"] is None or found["status_id"] is None):
        hint = "" if columns is not None else said("archive.which")
        raise InputError(said("archive.no_column", missing=missing[0], columns=table.columns(), hint=hint))
    names = {name: there for name, there in found.items() if there is not None}
    raw = table.frame.select(pl.col(there).str.strip_chars().alias(name) for name, there in names.items())
    read = raw.with_columns(
        **{name: expr for name, expr in _readings(statuses or {}).items() if name in names},
    )
    for name, advice in _ADVICE.items():
        if name in names:
            row = cells.unread(raw[name], read[name])
            if row is not None:
                value = mask_text(repr(raw[name][row]))
                raise InputError(
                    said(
                        "archive.cell",
                        name=name,
                        value=value,
                        line=table.line(row),
                        name2=table.name,
                        advice=cells.advice(advice),
                    ),
                    row=row,
                )
    if read["send_date"].null_count():
        row = int(read["send_date"].is_null().arg_max() or 0)
        raise InputError(
            said("archive.no_date", line=table.line(row), name=table.name),
            row=row,
        )
    for name, other, known in (
        ("carrier", "carrier_id", {c.id: c.name for c in CARRIERS.values()}),
        ("carrier_id", "carrier", {c.name: c.id for c in CARRIERS.values()}),
    ):
        if name not in names and other in names:
            read = read.with_columns(
                pl.col(other).replace_strict(known, default=None, return_dtype=pl.String).alias(name)
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
    status = cells.figures(pl.col("status_id"))
    word = pl.col("status_id").str.normalize("NFKC").str.to_lowercase()
    return {
        "send_date": cells.days(pl.col("send_date")),
        "date_time": cells.moments(pl.col("date_time")).dt.replace_time_zone(schemas.ZONE),
        "phone_number": phones.normalised("phone_number"),
        "status_id": pl.coalesce(
            status.cast(pl.Int16, strict=False),
            word.replace_strict(words, default=None, return_dtype=pl.Int16),
        ),
        **{
            name: cells.identifiers(pl.col(name)) for name in ("carrier_id", "sms_code", "detailed_status_id")
        },
        "carrier": pl.coalesce(
            cells.carriers(pl.col("carrier"), CARRIER_SPELLINGS).replace_strict(
                {c.id: c.name for c in CARRIERS.values()}, default=None, return_dtype=pl.String
            ),
            pl.col("carrier"),
        ),
        "separated_success_count": cells.figures(pl.col("separated_success_count")).cast(
            pl.Int32, strict=False
        ),
    }
