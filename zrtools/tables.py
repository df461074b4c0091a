"""Tables as people keep them: CSV in UTF-8 (with or without BOM) or CP932, and Excel; every column as text."""

from __future__ import annotations

import io
from pathlib import Path

import polars as pl

from zrtools.errors import InputError
from zrtools.files import replace_file

__all__ = ["decode", "read", "replace_file", "write"]

_EXCEL = (".xlsx", ".xlsm", ".xlsb", ".xls", ".ods")
_TEXT = (".csv", ".tsv", ".txt")


def read(source: str | Path | bytes, *, name: str | None = None, encoding: str | None = None) -> pl.DataFrame:
    """Read a table with every column as text, empty cells null.

    `source` is a path, or the file's bytes with its `name`. CSV may be UTF-8, UTF-8 with BOM, UTF-16 with BOM or
    CP932; `encoding` overrules the guess. Tabs separate the columns of `.tsv`. Excel numbers are written out in full.

    Raises `InputError` when the file cannot be read as a table; it names the file.
    """
    if isinstance(source, bytes):
        name, body = name or "the file", source
    else:
        path = Path(source)
        name = path.name
        try:
            body = path.read_bytes()
        except OSError as error:
            raise InputError(f"{name} cannot be read ({error.strerror}): check the path.") from None
    ending = Path(name).suffix.lower()
    if ending in _EXCEL:
        return _excel(body, name)
    if not body.strip():
        raise InputError(f"{name} is empty: give a table with a header line.")
    text = decode(body, name=name, encoding=encoding)
    try:
        frame = pl.read_csv(
            io.BytesIO(text.encode()),
            separator="\t" if ending == ".tsv" else ",",
            infer_schema=False,
            truncate_ragged_lines=False,
        )
    except pl.exceptions.PolarsError:
        # the parser's own words quote the cells
        raise InputError(
            f"{name} is not a regular table: a row has more cells than the header, or a quotation mark stays open. "
            "Save it as CSV again."
        ) from None
    return frame.rename({column: column.strip() for column in frame.columns})


def write(frame: pl.DataFrame, path: str | Path, *, encoding: str = "utf-8-sig") -> Path:
    """Write a table as CSV or Excel, by the path's ending, all or nothing.

    CSV is UTF-8 with BOM, which Excel opens rightly, or `encoding` (for example "cp932"; what it cannot hold is
    written as "?"). Raises `InputError` for another ending.
    """
    path = Path(path)
    ending = path.suffix.lower()
    if ending == ".xlsx":
        return replace_file(path, lambda part: frame.write_excel(part, autofit=True))
    if ending not in _TEXT:
        raise InputError(f"{path.name} must end in .csv, .tsv or .xlsx.")
    text = frame.write_csv(separator="\t" if ending == ".tsv" else ",")
    return replace_file(path, lambda part: part.write_bytes(text.encode(encoding, errors="replace")))


def decode(body: bytes, *, name: str = "the file", encoding: str | None = None) -> str:
    """Read text in UTF-8, UTF-16 with BOM or CP932.

    Raises `InputError`.
    """
    guesses = (
        [encoding]
        if encoding
        else ["utf-16"]
        if body[:2] in (b"\xff\xfe", b"\xfe\xff")
        else ["utf-8-sig", "cp932"]
    )
    for guess in guesses:
        try:
            text = body.decode(guess)
        except (UnicodeDecodeError, LookupError):
            continue
        # UTF-16 without its mark reads as other encodings, every second character being nothing
        if "\0" not in text:
            return text
    raise InputError(f"{name} is not text in {' or '.join(guesses)}: save it as CSV in UTF-8.")


def _excel(body: bytes, name: str) -> pl.DataFrame:
    try:
        frame = pl.read_excel(io.BytesIO(body), engine="calamine", infer_schema_length=0)
    except Exception as error:  # noqa: BLE001 - the reader's own exceptions share no base
        raise InputError(
            f"{name} cannot be read as Excel ({type(error).__name__}): save it as .xlsx or CSV."
        ) from None
    # Excel has no dates, only times: a day comes as its midnight
    return frame.select(pl.all().cast(pl.String).str.strip_suffix(" 00:00:00"))
