"""Files that hold numbers and bodies: whose they are, from their first byte, whatever they replace."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import polars as pl
import pytest

import zrtools as zr
from zrtools import files, tables
from zrtools.schemas import COUNTS, STATUS

pytestmark = pytest.mark.skipif(os.name != "posix", reason="on Windows the profile's own rights decide")

STATUSES = pl.DataFrame(
    {
        "send_date": [date(2026, 10, 1)],
        "phone_number": ["+819012345678"],
        "message": ["x"],
        "status_id": [2],
    },
    schema_overrides={"status_id": pl.Int16},
)


@pytest.fixture(autouse=True)
def usual_umask() -> Iterator[None]:
    """Let new files be readable to everybody, as on most systems."""
    before = os.umask(0o022)
    yield
    os.umask(before)


def open_to_others(place: Path) -> list[str]:
    """Name the files and folders in a place that others may look into."""
    found = [place, *place.rglob("*")]
    return sorted(str(path.relative_to(place.parent)) for path in found if path.lstat().st_mode & 0o077)


def statuses() -> pl.DataFrame:
    """Make a STATUS frame."""
    return pl.concat([pl.DataFrame(schema=STATUS), STATUSES], how="diagonal_relaxed").cast(dict(STATUS))


def archive(folder: Path) -> None:
    """Fill, add to and tidy an archive."""
    kept = zr.Archive(folder / "made")
    kept.add(statuses())
    with zr.Client.sandbox(messages_per_day=20, months=1) as client:
        kept.sync(client, client.now().date(), progress=False)
        kept.sync_counts(client, progress=False)
    kept.compact()


def reports_received(folder: Path) -> None:
    """Receive reports until a log is full, and one that cannot be read."""
    with zr.receiver.Store(folder / "made", log_bytes=10) as store:
        for body in (b'{"messageId":"a","statusId":"2"}', b"hello", b'{"messageId":"b","statusId":"2"}'):
            store.add(body).result(20)


def report(folder: Path) -> None:
    """Make a report."""
    counts = pl.DataFrame(
        [(date(2026, 10, 1), "7", "103", "docomo", 9, date(2026, 10, 31))], schema=COUNTS, orient="row"
    )
    (folder / "made").mkdir(mode=0o700)
    zr.reports.usage(counts, folder / "made" / "report.html")
    zr.reports.usage(counts, folder / "made" / "report.xlsx")


def lists(folder: Path) -> None:
    """Write a list, and keep another."""
    (folder / "made").mkdir(mode=0o700)
    for ending in ("csv", "xlsx"):
        tables.write(STATUSES, folder / "made" / f"drop.{ending}")
    with zr.Suppressions(folder / "made" / "list.sqlite") as kept:
        kept.add("09012345678", "opted out")
        assert open_to_others(folder / "made") == []


def journal(folder: Path) -> None:
    """Queue a message."""
    (folder / "made").mkdir(mode=0o700)
    with zr.Outbox(folder / "made" / "outbox.sqlite") as outbox:
        outbox.add(pl.DataFrame({"phone_number": ["09012345678"], "message": ["x"]}))
        assert open_to_others(folder / "made") == []


@pytest.mark.parametrize("make", [archive, reports_received, report, lists, journal])
def test_what_holds_personal_data_is_its_owners_alone(make: Callable[[Path], None], tmp_path: Path) -> None:
    """Every file and folder that is made can be read by its owner and nobody else."""
    make(tmp_path)
    assert [path for path in (tmp_path / "made").rglob("*") if path.is_file()] != []
    assert open_to_others(tmp_path / "made") == []


def test_a_file_is_private_from_its_first_byte(tmp_path: Path) -> None:
    """Also before it is whole, and beside a file that everybody may read."""
    target = tmp_path / "list.csv"
    target.write_text("old")
    target.chmod(0o644)
    seen = []

    def fill(part: Path) -> None:
        part.write_text("new")
        seen.append(stat.S_IMODE(part.stat().st_mode))

    files.replace_file(target, fill)
    assert seen == [0o600]


@pytest.mark.parametrize("mode", [0o600, 0o640, 0o644])
def test_a_replaced_file_keeps_its_rights(tmp_path: Path, mode: int) -> None:
    """Who made a file private, or shared it, finds it so afterwards."""
    target = tmp_path / "list.csv"
    target.write_text("old")
    target.chmod(mode)
    tables.write(STATUSES, target)
    assert "new" not in target.read_text("utf-8-sig")
    assert stat.S_IMODE(target.stat().st_mode) == mode


def test_a_store_that_others_could_read_is_taken_back(tmp_path: Path) -> None:
    """What an earlier version left readable is private after the next opening."""
    reports_received(tmp_path)
    for path in [tmp_path / "made", *(tmp_path / "made").rglob("*")]:
        path.chmod(0o755)
    with zr.receiver.Store(tmp_path / "made") as store:
        store.open()
        assert open_to_others(tmp_path / "made") == []
