"""Tables as people keep them: CSV in UTF-8 (with or without BOM), UTF-16 or CP932, and Excel; every column as text."""

from __future__ import annotations

import codecs
import csv
import inspect
import io
import re
import sys
import unicodedata
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import IO, Any

import polars as pl

from zrtools import workbooks
from zrtools.arguments import checked
from zrtools.cells import folded, unread
from zrtools.errors import InputError
from zrtools.files import replace_file
from zrtools.privacy import mask_text
from zrtools.texts import said

__all__ = [
    "MOST_ROWS",
    "LeftOutWarning",
    "Table",
    "as_csv",
    "as_excel",
    "decode",
    "excel",
    "load",
    "read",
    "replace_file",
    "write",
]

MOST_ROWS = 1_048_575
"""How many rows a sheet of Excel holds below its headings."""

_EXCEL_OPTIONS: dict[str, Any] = {
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    "nan_inf_to_errors": True,
}

_TEXT = (".csv", ".tsv", ".txt")
_MOST_COLUMNS = 16_384
_MOST_CHARACTERS = 32_767
# a float holds every integer up to here, and Excel knows only floats
_EXACT = 2**53
_ZONE = "Asia/Tokyo"
_AT_ONCE = 100_000
# text that a spreadsheet would work out; a plain figure or a number in the form +81… is no such text
_FORMULA = r"^'*[=+\-@\t\r＝＋－＠]"
_GUARDED = r"^'('*[=+\-@\t\r＝＋－＠])"
_REPEATED = r"_duplicated_\d+$"
_FIGURE = r"^[+-]?[0-9]+(?:[.,][0-9]+)*$"
_SHEET = re.compile(r"(?!')[^\[\]:*?/\\\0]{1,31}(?<!')")
_SEP = re.compile(r"sep=(.)[ \t]*(?:\n|$)", re.IGNORECASE)
_BLANK_LINE = re.compile(r'[ \t\u3000,;"]*\r?\n')
_LONE_CR = re.compile(r"\r(?!\n)")
_QUOTED_OR_CR = re.compile(r'("(?:[^"]|"")*")|\r\n?')


class LeftOutWarning(UserWarning):
    """Something of a `table` was not read."""

    def __init__(self, table: Table) -> None:
        super().__init__(table.left_out())
        self.table = table


@dataclass(frozen=True, slots=True)
class Table:
    """A table with every column as text, and where it came from.

    `hidden_sheets` hold something too and were not read; so many `hidden_rows` were left out; `sheets` are all that
    hold something.
    """

    frame: pl.DataFrame
    name: str
    sheet: str | None = None
    hidden_sheets: tuple[str, ...] = ()
    hidden_rows: int = 0
    sheets: tuple[str, ...] = ()
    _lines: Callable[[int], int] | None = field(default=None, repr=False)

    @checked
    def line(self, row: int) -> int:
        """Give the line of the file, or the row of the sheet, of a row of the frame, counted as people see it."""
        return row + 2 if self._lines is None else self._lines(row)

    @checked
    def place(self, row: int) -> str:
        """Say where a row of the frame stands in the file."""
        if self.sheet is None:
            return said("tables.place", name=self.name, line=self.line(row))
        return said("tables.place_sheet", name=self.name, sheet=mask_text(self.sheet), line=self.line(row))

    @checked
    def find(self, name: str) -> str | None:
        """Find the column called so, whatever the width, case and composition of its letters."""
        if name in self.frame.columns:
            return name
        alike = [column for column in self.frame.columns if folded(column) == folded(name)]
        return alike[0] if len(alike) == 1 else None

    @checked
    def headed(self, name: str) -> list[str]:
        """List all columns that the file heads so, from left to right: the frame numbers those that it repeats."""
        return [c for c in self.frame.columns if folded(re.sub(_REPEATED, "", c)) == folded(name)]

    def columns(self) -> str:
        """List the headings for an error, any number in them masked."""
        return mask_text(", ".join(self.frame.columns))

    @checked
    def refuse(self, column: str, read: pl.Series, what: str, advice: str) -> None:
        """Raise `InputError` for the first cell of a column that is filled but could not be read."""
        row = unread(self.frame[column], read)
        if row is not None:
            value = mask_text(repr(self.frame[column][row]))
            raise InputError(
                said(
                    "tables.cell",
                    place=self.place(row),
                    value=value,
                    what=what,
                    column=mask_text(column),
                    advice=advice,
                ),
                row=row,
            )

    def warn(self) -> None:
        """Warn of what was left out, where there is such, at the line outside this package that asked for the table."""
        if not self.left_out():
            return
        level, frame = 1, inspect.currentframe()
        while frame is not None and frame.f_globals.get("__name__", "").startswith("zrtools."):
            level, frame = level + 1, frame.f_back
        warnings.warn(LeftOutWarning(self), stacklevel=level)

    def left_out(self) -> str:
        """Say in English what of the file was not read, empty where it is all there."""
        parts = []
        if self.hidden_rows:
            parts.append(f"{self.hidden_rows} hidden rows")
        parts += [f"the hidden sheet {n}" for n in self.hidden_sheets]
        if not parts:
            return ""
        return f"{self.name}: sheet {self.sheet} is read; left out: {', '.join(parts)}."


@checked
def read(
    source: str | Path | bytes,
    *,
    name: str | None = None,
    encoding: str | None = None,
    sheet: str | None = None,
    header: int | None = None,
    hidden_rows: bool = False,
    empty: bool = False,
) -> pl.DataFrame:
    """Read a table with every column as text, empty cells null.

    `source` is a path, or the file's bytes with its `name`. CSV may be UTF-8, UTF-8 with BOM, UTF-16 with BOM or
    CP932 (`encoding` overrules the guess), its columns separated by commas, tabs or semicolons, its lines ended as on
    Windows, Unix or an old Mac; an apostrophe that keeps a text from being a formula is left out. Of a workbook the
    only visible sheet that holds anything is read, or `sheet`; rows that are hidden are left out unless `hidden_rows`,
    and a warning says so. Excel numbers are written out in full. The headings stand in the first row that holds
    anything, or in row `header` of the file, counted from 1.

    Raises `InputError` when the file cannot be read as a table; it names the file. So does one with headings alone,
    unless `empty`.
    """
    table = load(
        source,
        name=name,
        encoding=encoding,
        sheet=sheet,
        header=header,
        hidden_rows=hidden_rows,
        empty=empty,
    )
    table.warn()
    return table.frame


@checked
def load(
    source: str | Path | bytes,
    *,
    name: str | None = None,
    encoding: str | None = None,
    sheet: str | None = None,
    header: int | None = None,
    hidden_rows: bool = False,
    empty: bool = False,
) -> Table:
    """Read a table as `read` does, with the places of its rows and what was left out.

    Raises `InputError`, for headings without rows too unless `empty`.
    """
    if isinstance(source, bytes):
        name, body = name or "the file", source
    else:
        path = Path(source)
        name = path.name
        try:
            body = path.read_bytes()
        except OSError as error:
            raise InputError(said("tables.unreadable", name=name, why=error.strerror)) from None
    if header is not None and header < 1:
        raise InputError(said("tables.header_row", header=header))
    if Path(name).suffix.lower() in workbooks.ENDINGS:
        return _excel(body, name, sheet, header, hidden_rows=hidden_rows, empty=empty)
    if sheet is not None:
        raise InputError(said("tables.no_sheets", name=name))
    if workbooks.is_workbook(body):
        raise InputError(said("tables.workbook_as_text", name=name))
    return _csv(decode(body, name=name, encoding=encoding), name, header, empty=empty)


@checked
def write(frame: pl.DataFrame, path: str | Path, *, encoding: str = "utf-8-sig", defuse: bool = True) -> Path:
    """Write a table as CSV or Excel, by the path's ending, all or nothing.

    CSV is UTF-8 with BOM, which Excel opens rightly, or `encoding` (for example "cp932"). In CSV a text that a
    spreadsheet would work out as a formula (it begins with = + - @, a tab or a line end, and is no plain figure nor a
    number +81…) gets an apostrophe in front, which `read` takes off again, unless `defuse=False`; in Excel text is
    text. Times of a zone are written as Japan's, lists and structs as JSON.

    Raises `InputError` for another ending, a column of bytes or objects, and what a sheet or the encoding cannot hold.
    """
    path = Path(path)
    ending = path.suffix.lower()
    if ending == ".xlsx":
        return replace_file(path, lambda part: _fill(frame, part))
    if ending not in _TEXT:
        raise InputError(said("tables.ending", name=path.name))
    separator = "," if ending == ".csv" else "\t"

    def fill(part: Path) -> None:
        with part.open("wb") as file:
            _fill_text(frame, file, separator=separator, encoding=encoding, defuse=defuse)

    return replace_file(path, fill)


@checked
def as_excel(frame: pl.DataFrame, *, sheet: str | None = None) -> bytes:
    """Write a table as the bytes of an .xlsx file, as `write` does.

    Raises `InputError`.
    """
    file = io.BytesIO()
    _fill(frame, file, sheet)
    return file.getvalue()


@checked
def as_csv(frame: pl.DataFrame, *, encoding: str = "utf-8-sig", defuse: bool = True) -> bytes:
    """Write a table as the bytes of a .csv file, as `write` does.

    Raises `InputError`.
    """
    file = io.BytesIO()
    _fill_text(frame, file, separator=",", encoding=encoding, defuse=defuse)
    return file.getvalue()


@checked
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
        except (ValueError, LookupError):
            continue
        # UTF-16 without its mark reads as other encodings, every second character being nothing
        if "\0" not in text:
            return text
    raise InputError(said("tables.not_text", name=name, names=" or ".join(guesses)))


# ------------------------------------------------------------------------------------------------ reading


def _csv(text: str, name: str, header: int | None, *, empty: bool) -> Table:
    # an old Mac ends lines with CR alone, DOS a file with Ctrl-Z
    text = text.removesuffix("\x1a")
    if _LONE_CR.search(text):
        text = _QUOTED_OR_CR.sub(lambda found: found[1] or "\n", text)
    if not text.strip():
        raise InputError(said("tables.empty", name=name))
    separator, start, line = None, 0, 1
    if found := _SEP.match(text.replace("\r\n", "\n", 1)):
        separator, start, line = found[1], text.index("\n") + 1 if "\n" in text else len(text), 2
    while line < header if header else _BLANK_LINE.match(text, start):
        end = text.find("\n", start)
        if end < 0:
            raise InputError(said("tables.too_few_lines", name=name, header=header))
        start, line = end + 1, line + 1
    rest = text[start:]
    if not rest.strip():
        raise InputError(said("tables.empty", name=name))
    heading = rest.partition("\n")[0]
    if separator is None:
        separator = "\t" if Path(name).suffix.lower() == ".tsv" else max(",\t;", key=heading.count)
        if separator not in heading:
            # one column, or a title in front of many: what most lines hold tells
            below = [line for line in rest.split("\n", 21)[1:21] if line.strip()]
            held = {s: sum(s in line for line in below) for s in ",\t;"}
            separator = max(held, key=lambda s: held[s] if held[s] * 2 > len(below) else 0)
    try:
        frame = pl.read_csv(
            io.BytesIO(rest.encode()), separator=separator, infer_schema=False, truncate_ragged_lines=False
        )
    except pl.exceptions.PolarsError:
        # the parser's own words quote the cells
        raise InputError(
            said("tables.irregular", name=name),
            choices={"header": ()},
        ) from None
    quoted = '"' in rest
    lines = partial(_line_of, rest if quoted else None, separator, line)
    names = [re.sub(_GUARDED, r"\1", re.sub(r"^_duplicated_\d+$", "", c)) for c in frame.columns]
    frame = frame.with_columns(pl.all().str.replace(_GUARDED, "${1}"))
    return _headed(Table(frame, name, _lines=lines), names, line, empty=empty)


def _line_of(text: str | None, separator: str, line: int, row: int) -> int:
    """Find the line of a row, whose cells or those before it may hold line ends."""
    if text is None:
        return line + row + 1
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    before = 0
    for n, _ in enumerate(reader):
        if n == row + 1:
            return line + before
        before = reader.line_num
    return line + row + 1


def _excel(
    body: bytes, name: str, sheet: str | None, header: int | None, *, hidden_rows: bool, empty: bool
) -> Table:
    found = workbooks.read(body, name, sheet)
    # Excel has no dates, only times: a day comes as its midnight
    cells = found.cells.select(pl.all().str.strip_suffix(" 00:00:00")).with_row_index("_row", 1)
    filled = cells.filter(~_blank(pl.exclude("_row")))
    rows_filled: list[int] = filled["_row"].to_list()
    if not rows_filled:
        raise InputError(said("tables.empty", name=name))
    first = header or rows_filled[0]
    heads = cells.filter(pl.col("_row") == first).drop("_row")
    below = cells.filter(pl.col("_row") > first)
    if first not in rows_filled:
        raise InputError(said("tables.nothing_in_row", name=name, name2=mask_text(found.name), first=first))
    hidden = [] if hidden_rows else [n for n in found.hidden_rows or () if n > first]
    gone = below.filter(pl.col("_row").is_in(hidden) & ~_blank(pl.exclude("_row"))).height
    below = below.filter(~pl.col("_row").is_in(hidden))
    rows = below["_row"]
    table = Table(
        below.drop("_row"),
        name,
        found.name,
        found.hidden,
        gone,
        found.filled,
        _lines=lambda row: int(rows[row]),
    )
    return _headed(table, list(heads.row(0)), first, empty=empty)


def _headed(table: Table, heads: Sequence[str | None], line: int, *, empty: bool) -> Table:
    """Give the columns their headings, and leave out what is empty at the right and at the end."""
    frame = table.frame
    names = [unicodedata.normalize("NFC", head or "").strip() for head in heads]
    used = [
        bool(name) or not frame[column].is_null().all()
        for column, name in zip(frame.columns, names, strict=True)
    ]
    frame = frame.select(c for c, keep in zip(frame.columns, used, strict=True) if keep)
    names = [name for name, keep in zip(names, used, strict=True) if keep]
    height = frame.select((~_blank(pl.all())).arg_true().max() + 1).item() or 0 if frame.width else 0
    where = said("tables.line" if table.sheet is None else "tables.row", line=line)
    if height and len(names) > 1 and sum(map(bool, names)) == 1:
        title = next(filter(None, names))
        raise InputError(
            said("tables.title", name=table.name, where=where, title=mask_text(title)),
            choices={"header": ()},
        )
    if not height and not empty:
        more = said("tables.of_sheet", sheet=mask_text(table.sheet)) if table.sheet else ""
        left = said("tables.hidden", rows=table.hidden_rows) if table.hidden_rows else ""
        raise InputError(said("tables.no_rows", name=table.name, where=where, more=more, left=left))
    frame = frame.head(height)
    frame.columns = _unique(name or f"column_{n}" for n, name in enumerate(names, 1))
    return replace(table, frame=frame)


def _unique(names: Iterable[str], alike: Callable[[str], str] = str) -> list[str]:
    made: dict[str, str] = {}
    for name in names:
        free, n = name, 0
        while alike(free) in made:
            free, n = f"{name}_duplicated_{n}", n + 1
        made[alike(free)] = free
    return [*made.values()]


def _blank(columns: pl.Expr) -> pl.Expr:
    return pl.all_horizontal(columns.fill_null("").str.strip_chars() == "")


# ------------------------------------------------------------------------------------------------ writing


def _plain(frame: pl.DataFrame) -> pl.DataFrame:
    """Bring every column to a type that a file can hold."""
    made = []
    for name, dtype in frame.schema.items():
        column = pl.col(name)
        if dtype in (pl.Binary, pl.Object) or isinstance(dtype, pl.Unknown):
            raise InputError(said("tables.column_kind", name=mask_text(name), dtype=dtype))
        if isinstance(dtype, pl.Struct):
            column = column.struct.json_encode()
        elif isinstance(dtype, pl.List | pl.Array):
            column = pl.struct(column.alias("_")).struct.json_encode().str.extract(r'(?s)^\{"_":(.*)\}$')
            column = pl.when(pl.col(name).is_not_null()).then(column).alias(name)
        elif dtype == pl.Duration:
            column = column.dt.to_string()
        elif isinstance(dtype, pl.Categorical | pl.Enum):
            column = column.cast(pl.String)
        made.append(column.alias(name))
    return frame.select(made)


def _fill(frame: pl.DataFrame, target: Path | IO[bytes], sheet: str | None = None) -> None:
    if frame.height > MOST_ROWS or frame.width > _MOST_COLUMNS:
        raise InputError(
            said(
                "tables.too_large",
                height=frame.height,
                width=frame.width,
                most_rows=MOST_ROWS,
                most_columns=_MOST_COLUMNS,
            )
        )
    plain = _plain(frame)
    made = []
    for name, dtype in plain.schema.items():
        column = pl.col(name)
        if isinstance(dtype, pl.Datetime) and dtype.time_zone is not None:
            column = column.dt.convert_time_zone(_ZONE).dt.replace_time_zone(None)
        elif dtype.is_float():
            column = column.fill_nan(None)
        elif dtype.is_integer():
            large: Any = plain[name].cast(pl.Float64).abs().max()
            column = column.cast(pl.String) if (large or 0) >= _EXACT else column
        elif dtype == pl.String:
            longest: Any = plain[name].str.len_chars().max()
            if (longest or 0) > _MOST_CHARACTERS:
                raise InputError(
                    said(
                        "tables.cell_too_long",
                        name=mask_text(name),
                        longest=longest,
                        most_characters=_MOST_CHARACTERS,
                    )
                )
        made.append(column)
    if sheet is not None and not _SHEET.fullmatch(sheet):
        raise InputError(said("tables.sheet_name"))
    shown = plain.select(made)
    # the headings of a table in Excel differ in more than case
    shown.columns = _unique(shown.columns, str.lower)
    with excel(target) as book:
        shown.write_excel(book, sheet, autofit=True)


@contextmanager
def excel(target: Path | IO[bytes], options: Mapping[str, Any] | None = None) -> Iterator[Any]:
    """Open a new workbook in which text stays text: no formula, link or number is made of it.

    Raises `OSError` where it cannot be written, a full disk as any other.
    """
    import xlsxwriter
    from xlsxwriter.exceptions import FileCreateError

    try:
        with xlsxwriter.Workbook(target, _EXCEL_OPTIONS | dict(options or {})) as book:
            yield book
    except FileCreateError as error:
        why = error.args[0] if error.args else None
        raise why if isinstance(why, OSError) else OSError(str(error)) from None


def _fill_text(frame: pl.DataFrame, file: IO[bytes], *, separator: str, encoding: str, defuse: bool) -> None:
    try:
        "".encode(encoding)
    except (LookupError, ValueError):
        raise InputError(said("tables.encoding", encoding=encoding)) from None
    plain = _plain(frame)
    if defuse:
        plain = plain.with_columns(_defused(pl.col(c)) for c, t in plain.schema.items() if t == pl.String)
        heads = pl.Series("head", plain.columns, dtype=pl.String).to_frame()
        plain.columns = heads.select(_defused(pl.col("head")))["head"].to_list()
    if encoding.lower() in ("utf-8", "utf8", "utf-8-sig"):
        plain.write_csv(file, separator=separator, include_bom=encoding.lower().endswith("sig"))
        return
    for n, piece in enumerate(plain.iter_slices(_AT_ONCE) if plain.height else [plain]):
        text = piece.write_csv(separator=separator, include_header=n == 0)
        try:
            # the mark stands at the beginning alone
            file.write(text.encode(encoding if n == 0 else _unmarked(encoding)))
        except UnicodeEncodeError as error:
            raise _unwritten(plain, text[error.start], encoding) from None


def _unwritten(frame: pl.DataFrame, lost: str, encoding: str) -> InputError:
    """Say which character an encoding does not know, and where it stands."""
    where, row = said("tables.a_heading"), None
    for name, dtype in frame.schema.items():
        if dtype == pl.String and row is None:
            found = frame[name].str.contains(lost, literal=True).fill_null(value=False)
            if found.any():
                row = int(found.arg_max() or 0)
                where = said("tables.where_cell", column=mask_text(name), row=row)
    return InputError(
        said("tables.unwritable_character", lost=lost, code=ord(lost), where=where, encoding=encoding),
        row=row,
        choices={"encoding": ("utf-8-sig", "utf-8")},
    )


def _unmarked(encoding: str) -> str:
    return (
        f"utf-16-{'le' if sys.byteorder == 'little' else 'be'}"
        if codecs.lookup(encoding).name == "utf-16"
        else encoding
    )


def _defused(text: pl.Expr) -> pl.Expr:
    formula = text.str.contains(_FORMULA) & ~text.str.contains(_FIGURE)
    return pl.when(formula).then(text.str.replace("^", "'")).otherwise(text)
