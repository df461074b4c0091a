"""Tables as people keep them."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl
import pytest

import zrtools as zr
from zrtools import tables

FRAME = pl.DataFrame(
    {"電話番号": ["09012345678", "9012345678", None], "件数": [1, 2, 3], "日付": [date(2026, 10, 1)] * 3}
)
AS_TEXT = FRAME.select(pl.all().cast(pl.String))


@pytest.mark.parametrize(
    ("name", "encoding"),
    [
        ("一覧.csv", "utf-8"),
        ("一覧.csv", "utf-8-sig"),
        ("一覧.csv", "cp932"),
        ("一覧.csv", "utf-16"),
        ("一覧.tsv", "utf-8"),
        ("一覧.xlsx", ""),
    ],
)
def test_a_table_comes_back_as_text(tmp_path: Path, name: str, encoding: str) -> None:
    """Whatever the encoding and the kind of file, the same cells come back, the leading zero included."""
    path = tables.write(FRAME, tmp_path / name, **({"encoding": encoding} if encoding else {}))
    assert tables.read(path).equals(AS_TEXT)
    assert tables.read(path.read_bytes(), name=name).equals(AS_TEXT)


def test_a_table_is_written_whole_or_not_at_all(tmp_path: Path) -> None:
    """A write that fails leaves the old file and nothing beside it."""
    path = tables.write(FRAME, tmp_path / "a.csv")
    before = path.read_bytes()

    def fail(part: Path) -> None:
        part.write_bytes(b"half")
        raise OSError(28, "No space left on device")

    with pytest.raises(OSError, match="No space"):
        tables.replace_file(path, fail)
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize(
    ("body", "name", "message"),
    [
        (b"", "a.csv", "is empty"),
        (b" \r\n", "a.csv", "is empty"),
        (b"n\n09012345678,1\n", "a.csv", "is not a regular table"),
        (b'n\n"09012345678\n', "a.csv", "is not a regular table"),
        (b"n\n\x82\xff\xfe\x80\n", "a.csv", "is not text in"),
        ("番号\n09012345678\n".encode("utf-16-le"), "a.csv", "is not text in"),
        (b"PK junk 09012345678", "a.xlsx", "cannot be read as Excel"),
    ],
)
def test_what_is_no_table_is_refused_without_its_cells(body: bytes, name: str, message: str) -> None:
    """The error names the file and never quotes a number."""
    with pytest.raises(zr.InputError, match=message) as caught:
        tables.read(body, name=name)
    assert name in str(caught.value)
    assert "09012345678" not in str(caught.value)


def test_a_missing_file_says_so(tmp_path: Path) -> None:
    """A wrong path is bad input."""
    with pytest.raises(zr.InputError, match=r"numbers\.csv cannot be read"):
        tables.read(tmp_path / "numbers.csv")


def test_an_unknown_ending_is_refused(tmp_path: Path) -> None:
    """Only kinds of files that can be opened again are written."""
    with pytest.raises(zr.InputError, match="must end in"):
        tables.write(FRAME, tmp_path / "a.pdf")
