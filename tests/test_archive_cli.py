"""`zrtools sync`: what it stores, says and leaves with."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from archive_service import Service
from polars.testing import assert_frame_equal

import zrtools as zr
from zrtools.cli import main


class _Client(Service):
    waiting_until = None

    def __enter__(self) -> _Client:
        return self

    def __exit__(self, *_: object) -> None: ...


@pytest.fixture
def service(monkeypatch: pytest.MonkeyPatch) -> _Client:
    """A service that the command finds as its client."""
    made = _Client()
    made.totals[date(2026, 10, 1)] = 500
    monkeypatch.setattr(zr, "Client", lambda: made, raising=False)
    monkeypatch.setenv("ZRTOOLS_LANG", "en")
    return made


def run(*args: object) -> int | str | None:
    """Run the command line and give its exit code."""
    with pytest.raises(SystemExit) as left:
        main(["sync", *map(str, args)])
    return left.value.code


def test_sync_is_quiet_and_leaves_with_0(
    service: _Client, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Cron hears nothing when all went well, the second time as the first."""
    for _ in range(2):
        assert run("--archive", tmp_path / "a") == 0
    assert capsys.readouterr() == ("", "")
    archive = zr.Archive(tmp_path / "a")
    assert_frame_equal(archive.scan().collect(), service.frames("2026-10-17", "2026-10-31"))
    assert archive.counts().height == 4


@pytest.mark.slow
@pytest.mark.parametrize(
    ("period", "first", "last"),
    [
        (("--from", "2026-10-20"), 20, 31),
        (("--from", "20261020", "--to", "2026-10-22"), 20, 22),
        (("--from", "2026-10"), 1, 31),
    ],
)
def test_sync_takes_a_period(
    service: _Client, tmp_path: Path, period: tuple[str, ...], first: int, last: int
) -> None:
    """An open end is today."""
    assert run("--archive", tmp_path / "a", "--no-counts", *period) == 0
    assert service.asked == [date(2026, 10, n) for n in range(first, last + 1)]


def test_failed_days_leave_with_1_and_are_named(
    service: _Client, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The other days are stored all the same."""
    service.failing = {date(2026, 10, 21)}
    assert run("--archive", tmp_path / "a", "--from", "2026-10-20", "--to", "2026-10-22") == 1
    told = capsys.readouterr()
    assert told.out == ""
    assert "2026-10-21: failed. 1 days got no answer" in told.err
    assert "1 of them could not be taken in" in told.err
    assert zr.Archive(tmp_path / "a").days()["rows"].to_list() == [20, 0, 20]


def test_sync_says_what_was_done_when_asked(
    service: _Client, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """In the language that is on."""
    run("--archive", tmp_path / "a", "-v", "--from", "2026-10-20")
    assert "12 days fetched, 0 settled before, 0 messages pending" in capsys.readouterr().out
    run("--archive", tmp_path / "a", "-v", "--lang", "ja")
    assert "2日分を取得、10日分は確定済み" in capsys.readouterr().out


def test_bars_are_shown_on_a_terminal_alone(
    service: _Client, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Statuses and counts ask for their bar, which is none where stderr is a pipe or a file, as under cron."""
    run("--archive", tmp_path / "a", "--from", "2026-10-01", "--to", "2026-10-05")
    assert service.bars == [True]
    assert capsys.readouterr() == ("", "")


def test_interrupted_counts_leave_with_130(
    service: _Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ctrl-C is no failure of a month."""

    def stop(start: date, *_: object, **options: object) -> None:
        raise zr.Interrupted("Stopped.", frame=zr.schemas.empty(zr.schemas.COUNTS), missing=[start])

    monkeypatch.setattr(service, "counts", stop)
    assert run("--archive", tmp_path / "a") == 130


@pytest.mark.parametrize(
    "wrong",
    [
        (),
        ("--archive", "a", "--from", "tomorrow"),
        ("--archive", "a", "--from", "2026-11-05", "--to", "2026-11-06"),
    ],
)
def test_wrong_use_leaves_with_2(
    service: _Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, wrong: tuple[str, ...]
) -> None:
    """A period that cannot be read, or no archive at all."""
    monkeypatch.chdir(tmp_path)
    assert run(*wrong) == 2


def test_place_that_is_no_archive_leaves_with_1(
    service: _Client, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Somebody's folder is left alone."""
    (tmp_path / "mine.txt").write_text("mine")
    assert run("--archive", tmp_path) == 1
    assert "is not an archive" in capsys.readouterr().err
    assert [f.name for f in tmp_path.iterdir()] == ["mine.txt"]
