"""The sheets of Excel and LibreOffice files as text, read so that no file can take the program down.

Sizes and dimensions are looked at before a cell is read; where they cannot be known beforehand the reader runs in a
process of its own.
"""

from __future__ import annotations

import io
import json
import os
import re
import subprocess
import sys
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

import polars as pl

from zrtools.errors import InputError
from zrtools.texts import Said, said

if TYPE_CHECKING:
    import fastexcel

__all__ = ["CELLS", "ENDINGS", "MEMORY", "UNPACKED", "Sheet", "is_workbook", "read"]

ENDINGS = (".xlsx", ".xlsm", ".xlsb", ".xls", ".ods")

UNPACKED = 2**30
"""How many bytes the parts of a workbook may have when unpacked; set it higher for larger files."""

CELLS = 60_000_000
"""How many cells the used area of a sheet may have, empty ones among them; set it higher for larger files."""

MEMORY = 4 * 2**30
"""How many bytes the process may use that reads a file whose size cannot be known beforehand (not on Windows)."""

_TEXT_AT_ONCE = 2**28
_SECONDS = 600
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
# an encrypted .xlsx is a container of the old kind with such a part; an encrypted .xls has a FilePass record behind the
# first one, or behind WriteProtect
_PACKAGE = "EncryptedPackage".encode("utf-16-le")
_FILE_PASS = re.compile(rb"\x09\x08(?:\x08\x00.{8}|\x10\x00.{16})(?:\x86\x00\x00\x00)?\x2f\x00", re.DOTALL)
_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_STRICT = "{http://purl.oclc.org/ooxml/spreadsheetml/main}"
_ROW = re.compile(rb"<(?:\w+:)?row\s[^>]*>")
_ROW_NUMBER = re.compile(rb"""\sr=["'](\d{1,9})["']""")
_HIDDEN = re.compile(rb"""\shidden=["'](?:1|true)["']""")
_CELL = re.compile(rb"<(?:\w+:)?c[\s>/]")
_VALUE = re.compile(rb"<(?:\w+:)?(?:v|is)[\s>]")


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet's cells as text, from its first row on.

    `hidden_rows` counts rows from 1, None where it is not known (only .xlsx and .xlsm tell); `hidden` names the hidden
    sheets that hold something, where this one was not asked for by name; `filled` all that hold something.
    """

    name: str
    cells: pl.DataFrame
    hidden_rows: tuple[int, ...] | None
    hidden: tuple[str, ...] = ()
    filled: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Found:
    """What is known of a sheet before its cells are read."""

    name: str
    visible: bool
    filled: bool
    hidden_rows: tuple[int, ...] | None = None


def is_workbook(body: bytes) -> bool:
    """Tell whether bytes are those of a workbook, whatever their file is called."""
    return body.startswith((_OLE, b"PK\x03\x04"))


def read(body: bytes, name: str, sheet: str | None = None) -> Sheet:
    """Read one sheet: the one named, else the only visible one that holds anything.

    Raises `InputError` that names the file: it cannot be read, is protected or too large, or there are several
    filled sheets to choose from.
    """
    import fastexcel

    if body.startswith(_OLE):
        if _PACKAGE in body or _FILE_PASS.search(body):
            raise _protected(name)
        if not name.lower().endswith(".xls"):
            raise InputError(said("workbooks.protected_or_none", name=name))
    packed = zipfile.is_zipfile(io.BytesIO(body))
    if name.lower().endswith((".xlsx", ".xlsm")):
        if not packed:
            raise _broken(name, "it is no zip file")
        found, text = _looked_at(body, name)
        chosen = _choice(found, name, sheet)
        if text > _TEXT_AT_ONCE:
            large = _apart(body, name, found[chosen].name)
            return _sheet(found, chosen, large.cells, sheet)
        try:
            return _sheet(found, chosen, _cells(fastexcel.read_excel(body), chosen), sheet)
        except KeyboardInterrupt:
            raise
        except BaseException as error:  # noqa: BLE001 - the reader's own, also when it panics
            why = type(error).__name__
        raise _broken(name, why)
    if packed:
        _unpacked(body, name)
    return _apart(body, name, sheet)


def _sheet(found: Sequence[_Found], chosen: int, cells: pl.DataFrame, asked: str | None) -> Sheet:
    hidden = [one.name for one in found if one.filled and not one.visible and asked is None]
    return Sheet(found[chosen].name, cells, found[chosen].hidden_rows, tuple(hidden), _filled(found))


def _filled(found: Sequence[_Found]) -> tuple[str, ...]:
    return tuple(one.name for one in found if one.filled)


def _choice(found: Sequence[_Found], name: str, sheet: str | None) -> int:
    if sheet is not None:
        for n, one in enumerate(found):
            if one.name == sheet:
                return n
        raise InputError(said("workbooks.no_sheet", name=name, sheet=sheet, found=_names(found)))
    filled = [n for n, one in enumerate(found) if one.filled and one.visible]
    if len(filled) == 1:
        return filled[0]
    if filled:
        raise InputError(
            said(
                "workbooks.several_sheets",
                name=name,
                count=len(filled),
                it=_names([found[n] for n in filled]),
            ),
            choices={"sheet": _filled(found)},
        )
    if hidden := [one for one in found if one.filled]:
        raise InputError(
            said("workbooks.hidden_sheets", name=name, hidden=_names(hidden)),
            choices={"sheet": _filled(found)},
        )
    raise InputError(said("tables.empty", name=name))


def _names(found: Sequence[_Found]) -> str:
    return ", ".join(one.name for one in found)


def _protected(name: str) -> InputError:
    return InputError(said("workbooks.protected", name=name))


def _broken(name: str, why: str) -> InputError:
    return InputError(said("workbooks.unreadable", name=name, why=why))


def _too_large(name: str, what: str, setting: str) -> InputError:
    return InputError(said("workbooks.too_large", name=name, what=what, setting=setting))


# -------------------------------------------------------------------------------------------- looking first


def _unpacked(body: bytes, name: str) -> zipfile.ZipFile:
    archive = zipfile.ZipFile(io.BytesIO(body))
    size = sum(part.file_size for part in archive.infolist())
    if size > UNPACKED:
        raise _too_large(name, said("workbooks.unpacked", mib=size / 2**20), "UNPACKED")
    if "META-INF/manifest.xml" in archive.namelist() and b"encryption-data" in archive.read(
        "META-INF/manifest.xml"
    ):
        raise _protected(name)
    return archive


def _looked_at(body: bytes, name: str) -> tuple[list[_Found], int]:
    """Look at every sheet of an .xlsx, and at how much text the largest can hold."""
    from defusedxml import ElementTree

    why = ""
    try:
        archive = _unpacked(body, name)
        parts = {part.lower(): part for part in archive.namelist()}
        workbook = ElementTree.fromstring(archive.read(parts["xl/workbook.xml"]), forbid_dtd=True)
        relations = ElementTree.fromstring(archive.read(parts["xl/_rels/workbook.xml.rels"]), forbid_dtd=True)
        targets = {r.get("Id"): str(r.get("Target")) for r in relations}
        longest = 0
        if (texts := parts.get("xl/sharedstrings.xml")) is not None:
            longest = max(map(len, re.split(rb"</(?:\w+:)?si>", archive.read(texts))))
        found, text = [], 0
        for item in workbook.iter():
            if item.tag not in (f"{_MAIN}sheet", f"{_STRICT}sheet"):
                continue
            related = next((v for k, v in item.attrib.items() if k.endswith("}id")), "")
            path = _path(targets.get(related, "")).lower()
            # a sheet of a chart has no cells
            content = archive.read(parts[path]) if "worksheets/" in path else b""
            area = _area(content, name, str(item.get("name")))
            found.append(
                _Found(
                    str(item.get("name")),
                    item.get("state", "visible") == "visible",
                    _VALUE.search(content) is not None,
                    area,
                )
            )
            text = max(text, len(content) + longest * len(_CELL.findall(content)))
    except InputError:
        raise
    except (
        zipfile.BadZipFile,
        KeyError,
        ValueError,
        OSError,
        EOFError,
        NotImplementedError,
        RuntimeError,
    ) as error:
        why = type(error).__name__
    except SyntaxError as error:  # what ElementTree raises
        why = type(error).__name__
    if why:
        raise _broken(name, why)
    return found, text


def _path(target: str) -> str:
    return target.lstrip("/") if target.startswith("/") else str(PurePosixPath("xl") / target)


def _area(content: bytes, name: str, sheet: str) -> tuple[int, ...]:
    """Refuse a sheet whose used area is too large; else give its hidden rows."""
    rows, hidden = 0, []
    for found in _ROW.finditer(content):
        number = _ROW_NUMBER.search(found[0])
        here = int(number[1]) if number else rows + 1
        if _HIDDEN.search(found[0]):
            hidden.append(here)
        rows = max(rows, here)
    widest = CELLS // max(rows, 1)
    if widest < 16_384 and _beyond(widest).search(content):
        raise _too_large(
            name,
            f"the used area of sheet {sheet!r} has {rows:,} rows and more than {widest:,} columns, most of them empty",
            "CELLS",
        )
    return tuple(hidden)


def _beyond(column: int) -> re.Pattern[bytes]:
    """Match a cell that stands in a later column than this one (counted from 1)."""
    letters = ""
    while column > 0:
        column, rest = divmod(column - 1, 26)
        letters = chr(ord("A") + rest) + letters
    later = [
        f"{letters[:n]}[{chr(ord(letter) + 1)}-Z][A-Z]{{{len(letters) - n - 1}}}"
        for n, letter in enumerate(letters)
        if letter != "Z"
    ]
    later.append(f"[A-Z]{{{len(letters) + 1},}}")
    return re.compile(rf"""<(?:\w+:)?c\s[^>]*?\br=["'](?:{"|".join(later)})\d""".encode())


# --------------------------------------------------------------------------------------------- reading cells


def _cells(reader: fastexcel.ExcelReader, sheet: int) -> pl.DataFrame:
    read = reader.load_sheet(sheet, header_row=None, skip_rows=0, dtypes="string")
    return read.to_polars() if read.width else pl.DataFrame()


def _apart(body: bytes, name: str, sheet: str | None) -> Sheet:
    """Read in a process of its own, which alone ends where the reader aborts."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(p for p in sys.path if p)}
    try:
        done = subprocess.run(
            [sys.executable, "-m", "zrtools.workbooks"],
            input=json.dumps([name, sheet, MEMORY]).encode() + b"\n" + body,
            capture_output=True,
            env=environment,
            timeout=_SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise _broken(name, type(error).__name__) from None
    head, _, cells = done.stdout.partition(b"\n")
    answer = json.loads(head) if done.returncode == 0 else {}
    if "refused" in answer:
        raise InputError(Said(*answer["refused"]), choices=answer.get("choices"))
    if not answer:
        raise _too_large(name, said("workbooks.memory"), "MEMORY")
    return Sheet(
        answer["name"],
        pl.read_ipc(io.BytesIO(cells)) if cells else pl.DataFrame(),
        None,
        tuple(answer["hidden"]),
        tuple(answer["filled"]),
    )


def _child() -> None:
    name, sheet, memory = json.loads(sys.stdin.buffer.readline())
    try:
        import resource
    except ImportError:
        pass
    else:
        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    out, answer = io.BytesIO(), dict[str, Any]()
    try:
        read = _whole(sys.stdin.buffer.read(), name, sheet)
        if read.cells.width:
            read.cells.write_ipc(out)
        answer = {"name": read.name, "hidden": read.hidden, "filled": read.filled}
    except InputError as error:
        answer = {"refused": (str(error), error.args[0].ja), "choices": error.choices}
    except MemoryError:
        sys.exit(1)
    except Exception as error:  # noqa: BLE001 - the reader's own exceptions share no base
        # its words may quote cells: the kind says enough, but for a password
        problem = _protected(name) if "assword" in str(error) else _broken(name, type(error).__name__)
        answer = {"refused": (str(problem), problem.args[0].ja)}
    sys.stdout.buffer.write(json.dumps(answer).encode() + b"\n" + out.getvalue())


def _whole(body: bytes, name: str, sheet: str | None) -> Sheet:
    import fastexcel

    reader = fastexcel.read_excel(body)
    found = []
    for n, title in enumerate(reader.sheet_names):
        one = reader.load_sheet(n, header_row=None, n_rows=1, dtypes="string")
        found.append(_Found(title, one.visible == "visible", one.width > 0 and one.total_height > 0))
    chosen = _choice(found, name, sheet)
    return _sheet(found, chosen, _cells(reader, chosen), sheet)


if __name__ == "__main__":
    _child()
