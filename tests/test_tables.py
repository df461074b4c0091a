"""Tables as people keep them."""

from __future__ import annotations

import io
import stat
import struct
import sys
import zipfile
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import polars as pl
import pytest
import xlsxwriter
from hypothesis import example, given
from hypothesis import strategies as st

import zrtools as zr
from zrtools import tables, workbooks

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
        (b"\xef\xbb\xbf", "a.csv", "is empty"),
        (b"sep=;", "a.csv", "is empty"),
        (b"sep=;\r\n", "a.csv", "is empty"),
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
    with pytest.raises(zr.InputError, match="no encoding 'klingon'"):
        tables.write(FRAME, tmp_path / "a.csv", encoding="klingon")


# ------------------------------------------------------------------------------------------ text files


@pytest.mark.parametrize("end", ["\r", "\n", "\r\n"])
@pytest.mark.parametrize("quote", ['"', ""])
def test_every_line_end_ends_a_line(end: str, quote: str) -> None:
    """Excel for Mac ends lines with CR; nothing is lost, and a line end inside quotes stays."""
    cell = f"{quote}x{quote}" if not quote else f'"x{end}y"'
    body = end.join(["電話番号,備考", f"09012345678,{cell}", f"08011112222,{cell}", ""])
    table = tables.load(body.encode("cp932"), name="a.csv")
    assert table.frame["電話番号"].to_list() == ["09012345678", "08011112222"]
    assert table.frame["備考"].to_list() == [cell.strip('"')] * 2
    assert table.line(1) == (4 if quote else 3)


@pytest.mark.parametrize(
    ("body", "name"),
    [
        ("番号\t名\n1\t2\n".encode("utf-16"), "a.txt"),
        ("番号\t名\n1\t2\n".encode("cp932"), "a.csv"),
        ("番号;名\n1;2\n".encode(), "a.csv"),
        ("sep=;\n番号;名\n1;2\n".encode(), "a.csv"),
        ("sep=\t\r\n番号\t名\r\n1\t2\r\n".encode("utf-16"), "a.csv"),
        ("\ufeff番号,名\r\n1,2\r\n\x1a".encode(), "a.csv"),
        (" 番号 , 名\n1,2\n,\n ,\n".encode(), "a.csv"),
        ("\n,,\n番号,名,\n1,2,\n".encode(), "a.csv"),
    ],
)
def test_every_separator_and_encoding_gives_the_same_table(body: bytes, name: str) -> None:
    """What Excel and other programs write as text is read as one table, without its empty edges."""
    assert tables.read(body, name=name).to_dict(as_series=False) == {"番号": ["1"], "名": ["2"]}


def test_headings_without_rows_are_said() -> None:
    """An empty result is never taken for an empty list of customers."""
    for body in (b"number,name\n", b"number,name\n,\n ,\n", b"number"):
        with pytest.raises(zr.InputError, match=r"a\.csv has headings in line 1 and no rows below"):
            tables.read(body, name="a.csv")


def test_a_title_above_the_headings_is_told() -> None:
    """A title is not taken for the headings, and the row of the headings may be named."""
    body = "会員一覧 090-1234-5678,,\n\n番号,名,x\n1,2,3\n".encode()
    with pytest.raises(zr.InputError, match=r"line 1 holds only .*title.*--header-row") as caught:
        tables.read(body, name="a.csv")
    assert "1234" not in str(caught.value)
    table = tables.load(body, name="a.csv", header=3)
    assert table.frame.columns == ["番号", "名", "x"]
    assert table.place(0) == "a.csv, line 4"
    with pytest.raises(zr.InputError, match="fewer than 9 lines"):
        tables.read(body, name="a.csv", header=9)
    with pytest.raises(zr.InputError, match="header must be"):
        tables.read(body, name="a.csv", header=0)


def test_headings_that_repeat_or_are_missing_get_names() -> None:
    """No column replaces another, and none that holds something is lost."""
    assert tables.read(b"a,a ,,\n1,2,3,\n", name="a.csv").to_dict(as_series=False) == {
        "a": ["1"],
        "a_duplicated_0": ["2"],
        "column_3": ["3"],
    }


# ------------------------------------------------------------------------------------------ workbooks


def workbook(fill: Callable[[xlsxwriter.Workbook], object]) -> bytes:
    """Make a workbook."""
    made = io.BytesIO()
    with xlsxwriter.Workbook(made) as book:
        fill(book)
    return made.getvalue()


def sheet(book: xlsxwriter.Workbook, name: str, *rows: list[Any], first: int = 0) -> Any:
    """Fill a sheet."""
    made = book.add_worksheet(name)
    for n, row in enumerate(rows):
        made.write_row(first + n, 0, row)
    return made


def test_several_filled_sheets_are_to_be_chosen_from() -> None:
    """With 東日本 and 西日本 no half is lost in silence."""
    body = workbook(
        lambda book: (sheet(book, "東日本", ["n"], [1]), sheet(book, "西日本", ["n"], [2]), sheet(book, "空"))
    )
    with pytest.raises(zr.InputError, match=r"2 sheets that hold something: 東日本, 西日本.*--sheet"):
        tables.read(body, name="a.xlsx")
    assert tables.read(body, name="a.xlsx", sheet="西日本")["n"].to_list() == ["2"]
    with pytest.raises(zr.InputError, match="no sheet '南'; it has: 東日本, 西日本, 空"):
        tables.read(body, name="a.xlsx", sheet="南")
    with pytest.raises(zr.InputError, match="has no sheets"):
        tables.read(b"n\n1\n", name="a.csv", sheet="西日本")


def test_hidden_sheets_and_rows_are_left_out_and_said() -> None:
    """What a filter hides is neither asked nor billed, and the reader is told so."""

    def fill(book: xlsxwriter.Workbook) -> None:
        sheet(book, "下書き", ["n"], [9]).hide()
        shown = sheet(book, "名簿", ["n"], [1], [2], [3])
        shown.activate()
        shown.set_first_sheet()
        shown.set_row(2, None, None, {"hidden": True})

    body = workbook(fill)
    table = tables.load(body, name="a.xlsx")
    assert table.frame["n"].to_list() == ["1", "3"]
    assert (table.sheet, table.hidden_rows, table.hidden_sheets) == ("名簿", 1, ("下書き",))
    assert [table.line(row) for row in range(2)] == [2, 4]
    with pytest.warns(UserWarning, match="1 hidden rows, the hidden sheet 下書き"):
        tables.read(body, name="a.xlsx")
    assert tables.load(body, name="a.xlsx", hidden_rows=True).frame["n"].to_list() == ["1", "2", "3"]
    assert tables.read(body, name="a.xlsx", sheet="下書き")["n"].to_list() == ["9"]


def test_only_hidden_sheets_are_never_the_default() -> None:
    """A file whose visible sheet is empty says where something is."""

    def fill(book: xlsxwriter.Workbook) -> None:
        book.add_worksheet("表")
        sheet(book, "裏", ["n"], [9]).hide()

    with pytest.raises(zr.InputError, match="hidden sheets only: 裏"):
        tables.read(workbook(fill), name="a.xlsx")


def test_places_in_a_sheet_are_those_that_people_see() -> None:
    """Empty rows and a title above the headings do not move the rows of an error."""
    body = workbook(lambda book: sheet(book, "名簿", ["n", "名 "], [1, 2], [], [3, 4], first=3))
    table = tables.load(body, name="a.xlsx")
    assert table.frame.columns == ["n", "名"]
    assert [table.place(row) for row in range(3)] == [f"a.xlsx, sheet 名簿, row {n}" for n in (5, 6, 7)]
    titled = workbook(lambda book: sheet(book, "名簿", ["会員一覧"], [], ["n", "m"], [1, 2]))
    with pytest.raises(zr.InputError, match="row 1 holds only '会員一覧'"):
        tables.read(titled, name="a.xlsx")
    assert tables.load(titled, name="a.xlsx", header=3).place(0) == "a.xlsx, sheet Sheet1, row 4".replace(
        "Sheet1", "名簿"
    )
    with pytest.raises(zr.InputError, match="nothing in row 2"):
        tables.read(titled, name="a.xlsx", header=2)


def compound(content: bytes) -> bytes:
    """Make a container of the old Excel (MS-CFB) with one stream, `Workbook`."""
    content = content.ljust(4096, b"\0")
    sectors, none, end = len(content) // 512, 0xFFFFFFFF, 0xFFFFFFFE
    mark = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
    head = struct.pack("<8s16s5H6x6I", mark, b"", 0x3E, 3, 0xFFFE, 9, 6, 0, 1, 1, 0, 4096, end)
    head += struct.pack("<3I", 0, end, 0) + struct.pack("<109I", 0, *[none] * 108)
    chain = [0xFFFFFFFD, end, *range(3, sectors + 2), end]

    def entry(name: str, kind: int, child: int, start: int, size: int) -> bytes:
        raw = name.encode("utf-16-le") + b"\0\0"
        return struct.pack(
            "<64sHBB3I16sIQQIQ", raw, len(raw), kind, 1, none, none, child, b"", 0, 0, 0, start, size
        )

    listed = entry("Root Entry", 5, 1, end, 0) + entry("Workbook", 2, none, 2, len(content))
    return (
        head + struct.pack("<128I", *chain, *[none] * (128 - len(chain))) + listed.ljust(512, b"\0") + content
    )


def encrypted() -> list[tuple[str, bytes]]:
    """Encrypt a workbook as Excel does today, and as Excel 97 to 2003 marked it."""
    # written by msoffcrypto-tool, password "secret"
    today = (Path(__file__).parent / "files" / "protected.xlsx").read_bytes()
    first = struct.pack("<HHHHHHII", 0x809, 16, 0x600, 5, 0xDBB, 0x7CC, 0, 6)
    protect, key = struct.pack("<HH", 0x86, 0), struct.pack("<HHHHH", 0x2F, 54, 1, 1, 1) + bytes(48)
    endings = ("a.xlsx", "a.xlsm", "a.xlsb", "a.ods", "a.xls")
    old = [("b.xls", compound(first + key)), ("c.xls", compound(first + protect + key))]
    return [*((name, today) for name in endings), *old]


def test_a_password_is_told() -> None:
    """A protected workbook of today and of old is named as such, whatever its ending; another file is not."""
    for name, body in encrypted():
        with pytest.raises(zr.InputError, match=rf"^{name} is protected by a password: open it"):
            tables.read(body, name=name)
    with pytest.raises(zr.InputError, match=r"^a\.xlsx is protected by a password, or is no workbook"):
        tables.read(compound(b""), name="a.xlsx")
    with pytest.raises(zr.InputError, match=r"^a\.xls is empty"):
        tables.read(compound(b""), name="a.xls")


PAIRS = {
    "CP932, CR": lambda text: text.encode("cp932").replace(b"\n", b"\r"),
    "CP932, CR LF, tabs": lambda text: text.replace(",", "\t").replace("\n", "\r\n").encode("cp932"),
    "UTF-16, CR, semicolons": lambda text: text.replace(",", ";").replace("\n", "\r").encode("utf-16"),
    "UTF-8, BOM, sep=": lambda text: ("sep=;\n" + text.replace(",", ";")).encode("utf-8-sig"),
}


@pytest.mark.parametrize("kind", PAIRS)
@pytest.mark.parametrize("title", [0, 1, 3])
def test_an_invoice_with_several_oddities_at_once_is_read(tmp_path: Path, kind: str, title: int) -> None:
    """Encoding, line ends, separator, a title above the headings, eras and signs, all in one file."""
    lines = [*["請求書", "", "株式会社甲 御中"][:title], "利用月,キャリア,通数,金額"]
    rows = [
        "令和8年10月分,ＮＴＴドコモ,１２通,▲500円",
        "H30.4,au(UQ含む),3,(20)",
        "2026/4/1 0:00,ソフトバンク,5,￥40-",
    ]
    path = tmp_path / "請求.csv"
    path.write_bytes(PAIRS[kind]("\n".join([*lines, *rows]) + "\n"))
    header = len(lines) + kind.endswith("sep=")
    read = zr.usage.read_invoice(path, header=header if title else None)
    assert read.select("month", "carrier_id", "quantity").rows() == [
        (date(2018, 4, 1), "101", 3),
        (date(2026, 4, 1), "105", 5),
        (date(2026, 10, 1), "103", 12),
    ]
    assert [float(a) for a in read["amount"]] == [-20, -40, -500]
    path.write_bytes(PAIRS[kind]("\n".join([*lines, *rows, "2026-13,au,1,1"]) + "\n"))
    with pytest.raises(zr.InputError, match=rf"請求\.csv, line {header + 4}: '2026-13' is not a month"):
        zr.usage.read_invoice(path, header=header if title else None)
    if title:
        with pytest.raises(zr.InputError, match="header="):
            zr.usage.read_invoice(path)


@pytest.mark.parametrize("name", ["a.csv", "a.txt", "a.tsv"])
def test_a_workbook_with_the_ending_of_a_text_is_called_one(name: str) -> None:
    """Renamed by hand, it is no text in a strange encoding."""
    for body in (tables.as_excel(pl.DataFrame({"a": [1]})), compound(b"")):
        with pytest.raises(zr.InputError, match=rf"^{name} is a workbook or an archive, not text"):
            tables.read(body, name=name)


def test_an_old_workbook_is_read_in_a_process_of_its_own() -> None:
    """Kinds of files whose size cannot be known beforehand give the same answers."""
    two = workbook(lambda book: (sheet(book, "東", ["n"], [1]), sheet(book, "西", ["n"], [2]).hide()))
    table = tables.load(two, name="a.xlsb")
    assert (table.frame["n"].to_list(), table.sheet, table.hidden_sheets) == (["1"], "東", ("西",))
    with pytest.raises(zr.InputError, match="it has: 東, 西"):
        tables.read(two, name="a.xlsb", sheet="南")
    with pytest.raises(zr.InputError, match=r"a\.xls cannot be read as Excel"):
        tables.read(b"no workbook", name="a.xls")


def test_a_cell_at_the_far_corner_is_refused_before_it_is_read() -> None:
    """A used area of 17 thousand million cells would end the process."""
    body = workbook(lambda book: (made := book.add_worksheet(), made.write(1_048_575, 16_383, "x")))
    with pytest.raises(zr.InputError, match=r"too large.*1,048,576 rows.*CELLS"):
        tables.read(body, name="a.xlsx")
    wide = workbook(
        lambda book: (made := book.add_worksheet(), made.write_row(0, 0, range(16_384)), made.write(1, 0, 1))
    )
    assert tables.read(wide, name="a.xlsx").width == 16_384


def test_limits_are_settable(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who trusts a large file may read it; the limit to raise is named."""
    body = workbook(lambda book: sheet(book, "s", list("abc"), *[[1, 2, 3]] * 10))
    monkeypatch.setattr(workbooks, "CELLS", 30)
    with pytest.raises(zr.InputError, match=r"11 rows and more than 2 columns.*zrtools\.workbooks\.CELLS"):
        tables.read(body, name="a.xlsx")
    monkeypatch.setattr(workbooks, "CELLS", 33)
    assert tables.read(body, name="a.xlsx").shape == (10, 3)
    monkeypatch.setattr(workbooks, "UNPACKED", 1000)
    with pytest.raises(zr.InputError, match=r"unpacked it has .* MiB.*zrtools\.workbooks\.UNPACKED"):
        tables.read(body, name="a.xlsx")


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="memory of a process is not limited there")
def test_a_workbook_that_would_use_up_the_memory_ends_its_own_process_alone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """One long text, referred to by every cell, becomes gigabytes: the kernel lives on and the sentence says why."""
    body = workbook(
        lambda book: (made := book.add_worksheet(), [made.write(n, 0, "x" * 32_000) for n in range(60_000)])
    )
    assert len(body) < 2**20
    monkeypatch.setattr(workbooks, "MEMORY", 2**30)
    with pytest.raises(zr.InputError, match="lack of memory"):
        tables.read(body, name="a.xlsx")


@pytest.mark.parametrize("part", ["xl/workbook.xml", "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml"])
def test_a_damaged_workbook_is_named_without_its_cells(part: str) -> None:
    """A file with a part that is cut or missing is an InputError, whatever the reader makes of it."""
    body = workbook(lambda book: sheet(book, "s", ["number"], ["09012345678"]))
    for damage in (lambda content: content[: len(content) // 2], lambda content: b"", None):
        made = io.BytesIO()
        with zipfile.ZipFile(io.BytesIO(body)) as old, zipfile.ZipFile(made, "w") as new:
            for name in old.namelist():
                if name != part:
                    new.writestr(name, old.read(name))
                elif damage is not None:
                    new.writestr(name, damage(old.read(name)))
        with pytest.raises(zr.InputError, match=r"a\.xlsx") as caught:
            tables.read(made.getvalue(), name="a.xlsx")
        assert "09012345678" not in str(caught.value)


# ------------------------------------------------------------------------------------------ writing


def test_every_frame_can_be_written_to_a_sheet(tmp_path: Path) -> None:
    """Times with a zone, lists, structs and large integers come back as people read them, no digit lost."""
    frame = pl.DataFrame(
        {
            "time": pl.Series([datetime(2026, 10, 31, 0, 30, tzinfo=UTC)]).dt.convert_time_zone(
                "Europe/Paris"
            ),
            "duration": [timedelta(hours=1)],
            "clock": [time(9, 30)],
            "list": [["a", "b"]],
            "array": pl.Series([[1, 2]], dtype=pl.Array(pl.Int64, 2)),
            "struct": [{"a": 1, "b": "あ"}],
            "decimal": [Decimal("8.50")],
            "category": pl.Series(["x"], dtype=pl.Categorical),
            "large": [2**53 + 1],
            "unsigned": pl.Series([2**64 - 1], dtype=pl.UInt64),
            "nan": [float("nan")],
            "null": [None],
            "A": ["upper"],
            "a": ["lower"],
        }
    )
    for ending in ("xlsx", "csv"):
        back = tables.read(tables.write(frame, tmp_path / f"a.{ending}"))
        assert back["list"].item() == '["a","b"]'
        assert back["array"].item() == "[1,2]"
        assert back["struct"].item() == '{"a":1,"b":"あ"}'
        assert back["large"].item() == str(2**53 + 1)
        assert back["unsigned"].item() == str(2**64 - 1)
        assert back.row(0)[-2:] == ("upper", "lower")
    assert tables.read(tmp_path / "a.xlsx")["time"].item() == "2026-10-31 09:30:00"
    tables.write(frame.clear(), tmp_path / "empty.xlsx")
    assert openpyxl.load_workbook(tmp_path / "empty.xlsx").active["A1"].value == "time"


@pytest.mark.parametrize(
    "column", [pl.Series("写し", [b"x"]), pl.Series("写し", [object()], dtype=pl.Object)]
)
@pytest.mark.parametrize("ending", ["xlsx", "csv"])
def test_columns_that_no_file_holds_are_named(tmp_path: Path, column: pl.Series, ending: str) -> None:
    """Bytes and objects are refused before a file is begun."""
    with pytest.raises(zr.InputError, match="写し"):
        tables.write(column.to_frame(), tmp_path / f"a.{ending}")
    assert not list(tmp_path.iterdir())


def test_what_a_sheet_cannot_hold_is_told(tmp_path: Path) -> None:
    """More rows than a sheet has, and texts longer than a cell, are refused with what to do."""
    with pytest.raises(zr.InputError, match=r"1,048,576 rows.*write it as \.csv"):
        tables.write(pl.DataFrame({"n": range(1_048_576)}), tmp_path / "a.xlsx")
    with pytest.raises(zr.InputError, match="'m' has a text of 32,768 characters"):
        tables.write(pl.DataFrame({"m": ["x" * 32_768]}), tmp_path / "a.xlsx")
    assert not list(tmp_path.iterdir())


FORMULAS = [
    '=HYPERLINK("http://x","click")',
    "+1+1",
    "-2+3",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "＝1+1",
    "+81-90-1234-5678",
]
FIGURES = ["+819012345678", "-500", "-8.5", "1,200", "090-1234-5678", "安心=信頼", "", "a@b.jp"]


def test_no_text_of_a_csv_file_becomes_a_formula(tmp_path: Path) -> None:
    """What a spreadsheet would work out gets an apostrophe; figures and numbers keep their sign."""
    frame = pl.DataFrame({"=head": [*FORMULAS, *FIGURES]})
    path = tables.write(frame, tmp_path / "a.csv")
    back = pl.read_csv(path, infer_schema=False).fill_null("")
    assert back.columns == ["'=head"]
    assert back.to_series().to_list() == [*("'" + f for f in FORMULAS), *FIGURES]
    assert tables.as_csv(frame) == path.read_bytes()
    raw = pl.read_csv(tables.as_csv(frame, defuse=False), infer_schema=False).fill_null("")
    assert raw.to_dict(as_series=False) == frame.to_dict(as_series=False)


@given(st.text(st.sampled_from("'=+-@＝\t\r\n1a,\" "), min_size=1, max_size=5))
@example("'=1")
@example("''+5,0")
def test_a_text_comes_back_from_a_csv_file_as_it_was(text: str) -> None:
    """What was kept from being a formula is read without its apostrophe, whatever the text began with."""
    frame = pl.DataFrame({"n": ["1"], "t": [text]})
    back = tables.read(tables.as_csv(frame), name="a.csv")
    assert back["t"].to_list() == [text]


def test_a_list_without_rows_is_read_where_it_may_be(tmp_path: Path) -> None:
    """Nothing to send again is no wrong file, where one says so."""
    path = tables.write(FRAME.clear(), tmp_path / "a.csv")
    assert tables.read(path, empty=True).equals(AS_TEXT.clear())
    with pytest.raises(zr.InputError, match="no rows below them"):
        tables.read(path)


def test_what_an_encoding_cannot_hold_is_refused_with_its_place(tmp_path: Path) -> None:
    """No text is changed silently on its way to people; what stood there before stays."""
    path = tables.write(FRAME, tmp_path / "a.csv")
    before = path.read_bytes()
    frame = pl.DataFrame({"番号": ["090-1234-5678"] * 2, "本文": ["10時〜髙①", "秘密😀"]})
    with pytest.raises(
        zr.InputError, match=r"'😀' \(U\+1F600; column 本文, row 1 counted from 0\)"
    ) as raised:
        tables.write(frame, path, encoding="cp932")
    assert (raised.value.row, "秘密" in str(raised.value)) == (1, False)
    with pytest.raises(zr.InputError, match="a heading"):
        tables.as_csv(pl.DataFrame({"é": ["x"]}), encoding="cp932")
    assert path.read_bytes() == before
    assert tables.as_csv(frame.head(1), encoding="cp932").decode("cp932").count("髙") == 1


def test_no_text_of_a_sheet_becomes_a_formula_a_link_or_a_number(tmp_path: Path) -> None:
    """Text stays text, a formula's result as well as 70,000 addresses, and nothing is said on stderr."""
    texts = [*FORMULAS, "http://example.jp/x", "mailto:a@b.jp", "00123", "1e5"]
    cells = openpyxl.load_workbook(io.BytesIO(tables.as_excel(pl.DataFrame({"t": texts})))).active["A"]
    assert [cell.data_type for cell in cells] == ["s"] * (len(texts) + 1)
    # a CR is escaped in the file
    assert [cell.value.replace("_x000D_", "\r") for cell in cells[1:]] == texts
    assert not any(cell.hyperlink for cell in cells)


@pytest.mark.slow
def test_many_addresses_make_no_links(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """Excel allows 65,530 links a sheet; addresses are text and make none."""
    tables.write(pl.DataFrame({"u": [f"https://example.jp/{n}" for n in range(70_000)]}), tmp_path / "a.xlsx")
    assert capfd.readouterr().err == ""


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp932", "utf-16"])
def test_a_file_written_in_pieces_is_one_file(encoding: str) -> None:
    """A long table in another encoding has one head and one mark."""
    frame = pl.DataFrame({"番号": [str(n) for n in range(100_001)]})
    body = tables.as_csv(frame, encoding=encoding)
    assert body == frame.write_csv().encode(encoding)
    assert tables.read(body, name="a.csv").equals(frame)


@pytest.mark.skipif(sys.platform == "win32", reason="rights are those of the user's profile there")
@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_a_file_is_private_from_its_first_byte(tmp_path: Path, ending: str) -> None:
    """A table of numbers is readable by its owner alone."""
    path = tables.write(FRAME, tmp_path / f"a.{ending}")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


# ------------------------------------------------------------------------------------------ as people make them

_cell = st.text(
    st.characters(codec="utf-8", exclude_characters="\0\r", exclude_categories=("Cs", "Cc")), max_size=12
).map(str.strip)


@st.composite
def _sheets(draw: st.DrawFn) -> tuple[list[str], list[list[str]], int]:
    width = draw(st.integers(2, 4))
    heads = [f"列{n}" for n in range(width)]
    rows = draw(st.lists(st.lists(_cell, min_size=width, max_size=width), min_size=1, max_size=6))
    # a last row with something in it, and empty rows above the headings
    return heads, [*rows, ["x"] * width], draw(st.integers(0, 3))


@pytest.mark.slow
@given(
    _sheets(),
    st.sampled_from(["\r", "\n", "\r\n"]),
    st.sampled_from([",", "\t", ";"]),
    st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
)
def test_no_cell_is_lost_or_moved_in_text_files(
    made: tuple[list[str], list[list[str]], int], end: str, separator: str, encoding: str
) -> None:
    """Whatever ends its lines and parts its cells, a table comes back cell by cell, each row with its place."""
    heads, rows, above = made
    lines = [separator.join(f'"{c.replace(chr(34), chr(34) * 2)}"' for c in row) for row in rows]
    body = end.join([*[separator] * above, separator.join(heads), *lines, ""])
    table = tables.load(body.encode(encoding), name="a.txt")
    assert table.frame.columns == heads
    assert [[c or "" for c in row] for row in table.frame.iter_rows()] == rows
    assert [table.line(n) for n in range(len(rows))] == [above + 2 + n for n in range(len(rows))]


@pytest.mark.slow
@given(_sheets(), st.sets(st.integers(0, 5)))
def test_no_cell_is_lost_or_moved_in_sheets(
    made: tuple[list[str], list[list[str]], int], hide: set[int]
) -> None:
    """A sheet comes back cell by cell, each row with its place, hidden ones counted."""
    heads, rows, above = made
    hide = {n for n in hide if n < len(rows) - 1}

    def fill(book: xlsxwriter.Workbook) -> None:
        filled = book.add_worksheet("名簿")
        for n, row in enumerate([heads, *rows]):
            for column, cell in enumerate(row):
                filled.write_string(above + n, column, cell)
        for n in hide:
            filled.set_row(above + 1 + n, None, None, {"hidden": True})

    table = tables.load(workbook(fill), name="a.xlsx")
    shown = [n for n in range(len(rows)) if n not in hide]
    assert [[c or "" for c in row] for row in table.frame.iter_rows()] == [rows[n] for n in shown]
    assert [table.line(n) for n in range(len(shown))] == [above + 2 + n for n in shown]
    assert table.hidden_rows == sum(any(rows[n]) for n in hide)
