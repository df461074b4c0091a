"""`zrtools clean`: files in, files out, and nothing paid for twice."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import date, datetime, time
from pathlib import Path

import polars as pl
import pytest
import xlsxwriter
from click.testing import CliRunner

from zrtools.cli.clean import command
from zrtools.periods import TOKYO

GIVEN = pl.DataFrame(
    {
        "氏名": ["山田", "高橋", "鈴木", "=1+1"],
        "電話番号": ["090-1234-5678", "8012345678", "03-1111-2222", None],
        "基準日": ["2026/5/10", "2026年4月1日", "20260501", "2026-05-10"],
    }
)


def run(*args: object):
    """Run the command in this process."""
    return CliRunner().invoke(command, [str(a) for a in args], standalone_mode=False)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp932"])
def test_csv_of_every_encoding_is_cleaned(tmp_path, encoding):
    """A CSV file in UTF-8, with or without BOM, or CP932 comes back as Excel with its own columns first."""
    file = tmp_path / "numbers.csv"
    file.write_bytes(GIVEN.write_csv().encode(encoding))
    done = run(file, "--column", "電話番号", "--out", tmp_path / "cleaned.xlsx", "--sandbox")
    assert done.exception is None, done.output
    cleaned = pl.read_excel(tmp_path / "cleaned.xlsx")
    assert cleaned.columns == [*GIVEN.columns, "phone_number", "reference_date", "status", "error"]
    assert cleaned["氏名"].to_list() == GIVEN["氏名"].to_list()
    assert cleaned["phone_number"].to_list() == ["+819012345678", "+818012345678", None, None]
    assert cleaned["status"].is_null().to_list() == [False, False, True, True]
    assert "2件を照会します" in done.stderr
    assert "入力不備 2" in done.stdout


def test_excel_is_cleaned_to_csv(tmp_path):
    """Excel's numbers and dates are read, and a result may be CSV that Excel opens."""
    file = tmp_path / "numbers.xlsx"
    days = pl.Series("基準日", ["2026-05-01", "2026-04-01", "2026-05-01", "2026-05-10"]).str.to_date()
    excel = pl.Series("電話番号", [9012345678, 8012345678, 311112222, None])
    GIVEN.with_columns(excel, days).write_excel(file)
    done = run(file, "--out", tmp_path / "o.csv", "--sandbox", "--lang", "en", "--store", tmp_path / "s.db")
    assert done.exception is None, done.output
    assert (tmp_path / "o.csv").read_bytes().startswith(b"\xef\xbb\xbf")
    cleaned = pl.read_csv(tmp_path / "o.csv", infer_schema=False)
    assert cleaned["phone_number"].to_list()[:2] == ["+819012345678", "+818012345678"]
    assert cleaned["reference_date"].to_list()[:2] == ["2026-05-01", "2026-04-01"]
    assert "2 calls will be made" in done.stderr
    assert "not usable" in done.stdout
    assert (tmp_path / "s.db").exists()


def test_column_that_is_there_keeps_its_name(tmp_path):
    """A file that has such columns already keeps them; what was found gets another name."""
    file = tmp_path / "numbers.csv"
    pl.DataFrame(
        {"phone_number": ["09012345678"], "status": ["old"], "reference_date": ["2026-05-10"]}
    ).write_csv(file)
    done = run(file, "--out", tmp_path / "o.csv", "--sandbox")
    assert done.exception is None, done.output
    cleaned = pl.read_csv(tmp_path / "o.csv", infer_schema=False)
    assert cleaned.columns[:3] == ["phone_number", "status", "reference_date"]
    assert cleaned["cleaned_phone_number"].to_list() == ["+819012345678"]
    assert cleaned["status"].to_list() == ["old"]


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--column", "番号"], "氏名, 電話番号, 基準日"),
        (["--date", "2026-05-10", "--date-column", "基準日"], "どちらか一方"),
        (["--date", "2020-01-01"], "基準日（--date、--date-column）"),
        (["--date-column", "氏名"], "2行目"),
        (["--out", "o.txt"], "拡張子は .xlsx"),
        (["--max-requests", "1"], "--max-requests の1回を超え"),
    ],
)
def test_wrong_use_is_told_before_anything_is_asked(tmp_path, options, said):
    """What is missing or wrong is told with what the file has, and no file is written."""
    file = tmp_path / "numbers.csv"
    file.write_bytes(GIVEN.write_csv().encode())
    done = run(file, "--sandbox", *options)
    assert said in str(done.exception), done.output
    assert not (tmp_path / "numbers-cleaned.xlsx").exists()


@pytest.mark.parametrize("day", ["2026/5/10", "2026年5月10日", "20260510", "2026-05-10"])
def test_day_is_written_on_the_command_as_in_a_column(tmp_path, day):
    """What a column of days may look like, --date may look like."""
    file = tmp_path / "numbers.csv"
    GIVEN.write_csv(file)
    done = run(file, "--sandbox", "--date", day, "--out", tmp_path / "o.csv")
    assert done.exception is None, done.output
    cleaned = pl.read_csv(tmp_path / "o.csv", infer_schema=False)
    assert cleaned["reference_date"].unique().to_list() == ["2026-05-10"]


@pytest.mark.parametrize(
    "day", ["46152", "2026/5/10 0:00", "26/5/10", "令和8年5月10日", "R8.5.10", "２０２６年５月１０日"]
)
def test_days_in_a_column_are_read_however_they_are_written(tmp_path, day):
    """Serials of Excel, its midnights and Japanese years are the day that people see."""
    file = tmp_path / "numbers.csv"
    file.write_text(f"電話番号,基準日\r09012345678,{day}\r", encoding="cp932")
    done = run(file, "--sandbox", "--out", tmp_path / "o.csv")
    assert done.exception is None, done.output
    assert pl.read_csv(tmp_path / "o.csv", infer_schema=False)["reference_date"].to_list() == ["2026-05-10"]


def test_a_file_without_rows_is_said(tmp_path):
    """No numbers are no success."""
    file = tmp_path / "numbers.csv"
    file.write_text("電話番号,基準日\n", encoding="utf-8")
    done = run(file, "--sandbox")
    assert "行がありません" in str(done.exception)


def test_what_is_left_out_is_said_before_anything_is_billed(tmp_path):
    """The sheet, its hidden rows and hidden sheets are named first; a place in an error is the sheet's."""
    file = tmp_path / "名簿.xlsx"
    with xlsxwriter.Workbook(file) as book:
        shown, hidden = book.add_worksheet("東日本"), book.add_worksheet("下書き")
        for made in (shown, hidden):
            made.write_row(2, 0, ["会員名簿", ""])
            made.write_row(3, 0, ["電話番号", "基準日"])
            for n in range(3):
                made.write_row(4 + n, 0, [9012345670 + n, "2026/5/10"])
        shown.set_row(5, None, None, {"hidden": True})
        hidden.hide()
    out = tmp_path / "o.csv"
    assert "--header-row で指定" in str(run(file, "--sandbox", "--out", out).exception)
    done = run(file, "--sandbox", "--header-row", 4, "--out", out, "--lang", "en")
    assert done.exception is None, done.output
    said = done.stderr.splitlines()
    assert said[:3] == [
        "名簿.xlsx: sheet 東日本 was read.",
        "1 hidden rows were left out.",
        "Hidden sheets were not read: 下書き.",
    ]
    assert "2 calls will be made" in said[3]
    done = run(file, "--sandbox", "--header-row", 4, "--hidden-rows", "--sheet", "下書き", "--out", out)
    assert pl.read_csv(out, infer_schema=False).height == 3
    done = run(file, "--sandbox", "--header-row", 4, "--date-column", "電話番号", "--out", out)
    assert "名簿.xlsx のシート 東日本 の5行目" in str(done.exception)


def test_formulas_are_defused_unless_asked_for(tmp_path):
    """A name such as =1+1 stays text where the result is opened; --raw gives it as it was."""
    file = tmp_path / "numbers.csv"
    GIVEN.write_csv(file)
    for options, name in (((), "'=1+1"), (("--raw",), "=1+1")):
        assert run(file, "--sandbox", "--out", tmp_path / "o.csv", *options).exception is None
        assert pl.read_csv(tmp_path / "o.csv", infer_schema=False)["氏名"][3] == name


def test_rows_that_a_sheet_cannot_hold_are_refused_before_they_are_paid_for(tmp_path, monkeypatch):
    """More rows than a sheet of Excel has would be cut off silently, after every call was billed."""
    monkeypatch.setattr("zrtools.cli.clean._MOST_ROWS", 3)
    file = tmp_path / "numbers.csv"
    GIVEN.write_csv(file)
    done = run(file, "--sandbox")
    assert "3行までしか入りません。--out に .csv" in str(done.exception)
    assert not (tmp_path / "numbers-cleaned.xlsx.answers.db").exists()
    assert run(file, "--sandbox", "--out", tmp_path / "新" / "o.csv").exception is None


def test_numbers_that_excel_damaged_are_mended_or_named(tmp_path):
    """A lost zero comes back; 9.01E+09 is not asked, and says why; the empty rows that Excel adds are left out."""
    file = tmp_path / "電話 番号.csv"
    text = (
        "電話番号,基準日\n9012345678,2026/5/10\n9.01E+09,2026/5/10\n９０１２３４５６７９,2026/5/10\n,\n ,\n"
    )
    file.write_bytes(text.encode("utf-16"))
    done = run(file, "--sandbox", "--out", tmp_path / "o.csv")
    assert done.exception is None, done.output
    cleaned = pl.read_csv(tmp_path / "o.csv", infer_schema=False)
    assert cleaned["phone_number"].to_list() == ["+819012345678", None, "+819012345679"]
    assert "Excel" in cleaned["error"][1]


@pytest.mark.slow
def test_stopped_command_goes_on_where_it_was(own, tmp_path, monkeypatch):
    """After a failure the same command asks only the rest; the exit code tells which it was."""
    file = tmp_path / "numbers.csv"
    pl.DataFrame({"電話番号": [f"0901234{n:04d}" for n in range(40)]}).write_csv(file)
    environment = {
        **os.environ,
        "PYTHONPATH": str(Path(__file__).parents[1]),
        "PYTHONUTF8": "1",
        "ZRTOOLS_TOKEN": own.token,
        "ZRTOOLS_CLIENT_ID": own.client_id,
        "ZRTOOLS_BASE_URL": own.url,
    }
    today = _today()
    # the command's client has the system's clock
    monkeypatch.setattr(own.clock, "_start", datetime.combine(today, time(23), TOKYO))

    def clean() -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "zrtools", "clean", str(file), "--date", f"{today}"],
            capture_output=True, text=True, env=environment, timeout=60, check=False,
        )  # fmt: skip

    own.faults.add(
        "code", "clean", times=None, response_code=300, message="Exceed sending count.",
        when=lambda fields: fields["phoneNumber"].endswith("39"),
    )  # fmt: skip
    stopped = clean()
    assert stopped.returncode == 1, stopped.stderr
    assert "もう一度実行" in stopped.stderr
    own.faults.clear()
    before = own.calls["clean"]
    finished = clean()
    assert finished.returncode == 0, finished.stderr
    assert 0 < own.calls["clean"] - before < 40
    assert pl.read_excel(tmp_path / "numbers-cleaned.xlsx")["status"].null_count() == 0


def _today() -> date:
    return datetime.now(TOKYO).date()
