"""Damaged and stray files: named, called what they are, and never quoted."""

from __future__ import annotations

import random
import re
import shutil
import warnings
from collections.abc import Callable
from datetime import date
from pathlib import Path

import polars as pl
import pytest

import zrtools as zr
from zrtools import receiver
from zrtools.errors import ArchiveError
from zrtools.schemas import STATUS

NUMBER, BODY = "+819012345678", "ひみつの予約です"


def told(error: BaseException) -> str:
    """Give what a person sees of an error."""
    import traceback

    return "".join(traceback.format_exception(error))


def flip(file: Path, text: str, to: bytes = b"\xff") -> None:
    """Break the first byte of a text wherever it stands in a file."""
    content = file.read_bytes()
    assert text.encode() in content
    file.write_bytes(content.replace(text.encode(), to + text.encode()[len(to) :]))


def outbox(file: Path) -> list[Callable[[], object]]:
    """Queue a message, and give the ways to read it."""
    with zr.Outbox(file) as made:
        made.add(pl.DataFrame({"phone_number": [NUMBER], "message": [BODY]}), campaign="秋の案内")
    opened = zr.Outbox(file)
    return [opened.frame, opened.campaigns, opened.history, opened.counts]


def suppressions(file: Path) -> list[Callable[[], object]]:
    """Suppress a number, and give the ways to read it."""
    with zr.Suppressions(file) as made:
        made.add(NUMBER, BODY)
    opened = zr.Suppressions(file)
    return [opened.frame, opened.history, lambda: opened.among([NUMBER])]


@pytest.mark.parametrize("make", [outbox, suppressions])
@pytest.mark.parametrize("text", [NUMBER, BODY, "2026-"])
def test_a_broken_byte_in_a_text_is_damage_and_is_not_quoted(
    make: Callable[[Path], list[Callable[[], object]]], text: str, tmp_path: Path
) -> None:
    """Reading it says that the file is damaged, with neither the number nor the body, nor advice about rights."""
    file = tmp_path / "file.sqlite"
    ways = make(file)
    before = pl.Series([date.today().isoformat()])[0][:5] if text == "2026-" else text
    flip(file, before)
    failures = []
    for way in ways:
        try:
            way()
        except ArchiveError as error:
            failures.append(error)
    assert failures
    for error in failures:
        assert "damaged" in str(error)
        assert "may be written" not in str(error)
        assert not re.search(f"12345678|{BODY[1:]}", told(error))


def archive(folder: Path) -> zr.Archive:
    """Keep three days of one number."""
    days = [date(2026, 10, day) for day in (1, 2, 3)]
    rows = {"send_date": days, "phone_number": NUMBER, "message": BODY, "status_id": 2}
    frame = pl.DataFrame(rows).with_columns(pl.col("status_id").cast(pl.Int16))
    kept = zr.Archive(folder)
    kept.add(pl.concat([pl.DataFrame(schema=STATUS), frame], how="diagonal_relaxed").cast(dict(STATUS)))
    return kept


@pytest.mark.slow
def test_damage_anywhere_in_an_archive_is_called_damage(tmp_path: Path) -> None:
    """Bytes broken or cut in any file: an error names damage, quotes nothing, and gives no advice about rights."""
    chance = random.Random(7)
    archive(tmp_path / "whole")
    ours, polars = [], []
    for n in range(60):
        place = tmp_path / str(n)
        shutil.copytree(tmp_path / "whole", place)
        files = sorted(p for p in place.rglob("*") if p.is_file() and p.suffix in (".json", ".parquet"))
        file = files[n % len(files)]
        content = bytearray(file.read_bytes())
        if n % 3:
            for _ in range(3):
                content[chance.randrange(len(content))] ^= 1 << chance.randrange(8)
        else:
            content = content[: chance.randrange(len(content))]
        file.write_bytes(content)
        try:
            damaged = zr.Archive(place)
            damaged.days()
            damaged.counts()
            damaged.files()
            damaged.add(damaged.scan("2026-10-01").collect())
        except ArchiveError as error:
            ours.append(told(error))
        except pl.exceptions.PolarsError as error:
            # what a LazyFrame meets when it is collected
            polars.append(told(error))
    assert len(ours) > 20
    for error in ours:
        assert re.search("damaged|newer zrtools|newer program|not an archive", error)
        assert not re.search("rights|keys", error)
    assert [error for error in ours + polars if re.search(f"12345678|{BODY}", error)] == []


def store(folder: Path) -> receiver.Store:
    """Receive three reports into two files and a log."""
    made = receiver.Store(folder, log_bytes=10)
    for name in "abc":
        made.add(b'{"messageId":"%s","statusId":"2","to":"+819012345678"}' % name.encode()).result(20)
    made.add(b"hello").result(20)
    made.close()
    return made


@pytest.mark.parametrize("name", ["{} (conflicted copy)", "{} 2", "~{}", "copy of {}", "x"])
def test_a_stray_file_is_named_and_left(tmp_path: Path, name: str) -> None:
    """A synced folder's conflicted copy ends no read and no start, and stays where it is."""
    kept = store(tmp_path / "store")
    strays = []
    for folder, ending in (("reports", ".parquet"), ("intake", ".log"), ("quarantine", ".log")):
        stray = kept.path / folder / (name.format("0000000001") + ending)
        stray.write_bytes(b"PAR1 anything PAR1")
        strays.append(stray)
    with warnings.catch_warnings(record=True) as heard:
        warnings.simplefilter("always")
        assert kept.scan().collect()["message_id"].to_list() == ["a", "b", "c"]
        assert kept.latest().collect().height == 3
        assert kept.quarantine()["body"].to_list() == [b"hello"]
        kept.add(b'{"messageId":"d","statusId":"2"}').result(20)
        kept.close()
        assert kept.scan().collect().height == 4
    assert {str(stray) for stray in strays} <= {str(w.message).partition(" is not")[0] for w in heard}
    assert all(stray.read_bytes() == b"PAR1 anything PAR1" for stray in strays)


def test_a_cut_report_file_is_called_damaged(tmp_path: Path) -> None:
    """A file that was cut or emptied is named, with what to do."""
    kept = store(tmp_path / "store")
    file = kept.path / "reports" / "0000000002.parquet"
    whole = file.read_bytes()
    for content in (b"", whole[:10], whole[:-5]):
        file.write_bytes(content)
        with pytest.raises(ArchiveError, match=r"0000000002.parquet is damaged: put it back"):
            kept.scan()


def test_stray_files_in_an_archive_are_passed_over(tmp_path: Path) -> None:
    """Conflicted copies of data, of the log and of a day's folder change nothing, also when days are forgotten."""
    kept = archive(tmp_path / "archive")
    statuses = Path(kept.root)
    day = statuses / "send_date=2026-10-01"
    data = next(day.glob("*.parquet"))
    log = max((statuses / "_delta_log").glob("*.json"))
    for file in (data, log):
        shutil.copy(file, file.with_name(f"{file.stem} (conflicted copy){file.suffix}"))
    for name in ("send_date=2026-10-01 (conflicted copy)", "send_date=2026-99-99", "send_date=abcdefghij"):
        shutil.copytree(day, statuses / name)
    again = zr.Archive(tmp_path / "archive")
    assert again.scan().collect().height == 3
    again.forget("2026-10-02")
    assert again.scan().collect().height == 2
    again.compact()
    assert again.days().height == 2


def test_an_archive_copied_log_first_is_whole_whatever_comes_meanwhile(tmp_path: Path) -> None:
    """As documented: where the log is copied before the data, what is stored meanwhile is not in the copy."""
    kept = archive(tmp_path / "archive")
    copy = tmp_path / "copy"
    shutil.copytree(tmp_path / "archive" / "statuses" / "_delta_log", copy / "statuses" / "_delta_log")
    kept.add(kept.scan("2026-10-02").collect(), force=True)
    kept.add(kept.scan("2026-10-01").collect().with_columns(send_date=date(2026, 10, 9)))
    shutil.copytree(
        tmp_path / "archive", copy, dirs_exist_ok=True, ignore=lambda folder, names: ["_delta_log"]
    )
    assert zr.Archive(copy).scan().collect().height == 3
