"""The archive: what a sync asks for, keeps and refuses, and what readers see."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
import threading
from collections.abc import Callable
from datetime import date, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import polars as pl
import pytest
from archive_service import Service, status
from deltalake import DeltaTable
from polars.testing import assert_frame_equal

import zrtools as zr
from zrtools import schemas
from zrtools.archive import Archive
from zrtools.periods import TOKYO, days, months

KEY = b"0123456789abcdef0123456789abcdef"


@pytest.fixture
def service() -> Service:
    """A service on 2026-10-31."""
    return Service()


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    """A new archive."""
    return Archive(tmp_path / "archive")


def actions(report: pl.DataFrame) -> dict[str, str]:
    """What was done, by day."""
    return {str(day): action for day, action in report.select("send_date", "action").iter_rows()}


def row(report: pl.DataFrame, day: str) -> dict[str, object]:
    """One day of a report."""
    return report.row(by_predicate=pl.col("send_date") == date.fromisoformat(day), named=True)


def test_scan_gives_back_what_the_service_answered(archive: Archive, service: Service) -> None:
    """Every cell, in the order of days, with the STATUS schema and the zone."""
    service.pending[date(2026, 10, 20)] = 3
    report = archive.sync(service, "2026-10-01", "2026-10-20")
    assert report.schema == schemas.SYNC
    assert set(report["action"]) == {"fetched"}
    scanned = archive.scan()
    assert isinstance(scanned, pl.LazyFrame)
    assert scanned.collect_schema() == schemas.STATUS
    assert_frame_equal(scanned.collect(), service.frames("2026-10-01", "2026-10-20"))


def test_large_day_keeps_the_order_of_the_answer(archive: Archive, service: Service) -> None:
    """Rows of a day stand as answered, however the writer splits its work."""
    service.rows = 300_000
    archive.sync(service, "2026-10-05", "2026-10-05")
    assert_frame_equal(archive.scan().collect(), service.frame(date(2026, 10, 5)))


@pytest.mark.parametrize(
    ("start", "end", "first", "last"),
    [
        (None, None, "2026-09-20", "2026-10-10"),
        ("2026-10", None, "2026-10-01", "2026-10-10"),
        ("20261005", None, "2026-10-05", "2026-10-05"),
        (None, "2026-09-21", "2026-09-20", "2026-09-21"),
        (date(2026, 9, 30), date(2026, 10, 2), "2026-09-30", "2026-10-02"),
    ],
)
def test_scan_takes_periods(
    archive: Archive, service: Service, start: object, end: object, first: str, last: str
) -> None:
    """`start` alone is that day or month; an open end is what the archive holds."""
    service.rows = 2
    archive.sync(service, "2026-09-20", "2026-10-10")
    assert archive.scan(start, end).collect()["send_date"].unique().sort().to_list() == days(first, last)
    assert len(archive.files(start, end)) == len(days(first, last))


def test_scan_reads_only_the_days_filtered(archive: Archive, service: Service) -> None:
    """A filter on send_date leaves the other days' files alone."""
    archive.sync(service, "2026-10-01", "2026-10-10")
    plan = archive.scan().filter(pl.col("send_date") == date(2026, 10, 4)).group_by("carrier").len().explain()
    assert "send_date=2026-10-04" in plan
    assert "send_date=2026-10-05" not in plan


def test_period_without_rows_is_an_empty_status_frame(archive: Archive, service: Service) -> None:
    """An empty scan has the schema, and the days say that they were asked for."""
    service.rows = 0
    report = archive.sync(service, "2026-10-01", "2026-10-02")
    assert "named no messages" in row(report, "2026-10-01")["why"]
    assert_frame_equal(archive.scan().collect(), schemas.empty(schemas.STATUS))
    assert archive.days("2026-10-01", "2026-10-03")["state"].to_list() == ["empty", "empty", "missing"]
    archive.sync(service, "2026-10-01", "2026-10-02")
    assert len(service.asked) == 2


def test_settled_day_is_never_asked_for_again(archive: Archive, service: Service) -> None:
    """A second sync asks only for the days that may still change."""
    archive.sync(service, "2026-10-25", "2026-10-31")
    service.asked.clear()
    report = archive.sync(service, "2026-10-25", "2026-10-31")
    assert service.asked == days("2026-10-30", "2026-10-31")
    assert actions(report)["2026-10-29"] == "kept"
    assert row(report, "2026-10-29") | {"why": ""} == {
        "send_date": date(2026, 10, 29), "action": "kept", "rows": 20, "pending": 0, "why": "",
    }  # fmt: skip


def test_young_day_is_asked_for_again_until_carriers_are_done(archive: Archive, service: Service) -> None:
    """Without anything pending, a day is final two days later, not before."""
    archive.sync(service, "2026-10-31")
    for _ in range(3):
        service.later(days=1)
        archive.sync(service, "2026-10-31")
    assert service.asked == [date(2026, 10, 31)] * 3
    assert archive.days()["state"].to_list() == ["settled"]


def test_pending_day_is_fetched_until_it_settles(archive: Archive, service: Service) -> None:
    """A day with status 0 or 1 is replaced whole once the service says more."""
    day = date(2026, 10, 25)
    service.pending[day] = 2
    report = archive.sync(service, day, day)
    assert (row(report, str(day))["pending"], row(report, str(day))["why"]) == (2, "2 pending")
    assert archive.days().row(0)[1:4] == ("open", 20, 2)
    service.pending.clear()
    report = archive.sync(service, day, day)
    assert actions(report) == {str(day): "replaced"}
    assert archive.days().row(0)[1:4] == ("settled", 20, 0)
    assert_frame_equal(archive.scan().collect(), service.frame(day))


def test_day_that_does_not_settle_is_closed_and_marked(archive: Archive, service: Service) -> None:
    """After two weeks it is fetched once more and then left as it is."""
    day = date(2026, 10, 20)
    service.pending[day] = 2
    archive.sync(service, day)
    service.later(days=3)
    report = archive.sync(service, day)
    assert row(report, str(day)) == {
        "send_date": day,
        "action": "closed",
        "rows": 20,
        "pending": 2,
        "why": "2 still pending after 14 days: it is not asked for again",
    }
    assert len(service.asked) == 2
    kept = archive.sync(service, day)
    assert (row(kept, str(day))["action"], row(kept, str(day))["pending"]) == ("kept", 2)
    assert len(service.asked) == 2
    assert archive.days().row(0)[1:4] == ("closed", 20, 2)


def test_day_asked_for_by_a_clock_that_was_ahead_is_asked_for_again(
    archive: Archive, service: Service
) -> None:
    """A machine whose clock ran ahead neither settles a young day nor keeps later answers out."""
    ahead = Service("2026-12-31", rows=10)
    assert actions(archive.sync(ahead, "2026-10-31")) == {"2026-10-31": "fetched"}
    assert actions(archive.sync(service, "2026-10-31")) == {"2026-10-31": "replaced"}
    assert archive.scan().collect().height == 20
    assert archive.days()["state"].to_list() == ["open"]
    service.later(days=2)
    assert actions(archive.sync(service, "2026-10-31")) == {"2026-10-31": "replaced"}
    assert actions(archive.sync(service, "2026-10-31")) == {"2026-10-31": "kept"}


def test_time_to_settle_can_be_set(tmp_path: Path, service: Service) -> None:
    """Both periods are the user's."""
    archive = Archive(tmp_path / "a", settle_after=0, close_after=3)
    service.pending[date(2026, 10, 28)] = 1
    report = archive.sync(service, "2026-10-28", "2026-10-31")
    assert actions(report)["2026-10-28"] == "closed"
    assert archive.days()["state"].to_list() == ["closed", "settled", "settled", "settled"]
    with pytest.raises(zr.InputError, match="settle_after"):
        Archive(tmp_path / "a", settle_after=5, close_after=3)


def test_fewer_rows_never_replace_a_day(archive: Archive, service: Service) -> None:
    """An answer that shrank is refused with the reason, and asked for again."""
    day = date(2026, 10, 25)
    service.pending[day] = 1
    archive.sync(service, day)
    before = archive.scan().collect()
    service.sizes[day] = 19
    report = archive.sync(service, day)
    assert actions(report) == {str(day): "refused"}
    assert row(report, str(day))["rows"] == 20
    assert row(report, str(day))["pending"] == 1
    assert "19 rows came, fewer than the 20 kept" in row(report, str(day))["why"]
    assert_frame_equal(archive.scan().collect(), before)
    assert archive.days()["state"].to_list() == ["open"]


def test_fewer_rows_replace_a_day_when_forced(archive: Archive, service: Service) -> None:
    """`force` takes the service at its word, settled or not."""
    archive.sync(service, "2026-10-20")
    service.sizes[date(2026, 10, 20)] = 5
    assert actions(archive.sync(service, "2026-10-20")) == {"2026-10-20": "kept"}
    assert actions(archive.sync(service, "2026-10-20", force=True)) == {"2026-10-20": "replaced"}
    assert archive.scan().collect().height == 5


def test_day_that_the_service_dropped_is_closed_with_its_rows(archive: Archive, service: Service) -> None:
    """Past the vendor's retention the rows stay, and the day is left in peace."""
    day = date(2026, 10, 25)
    service.pending[day] = 1
    archive.sync(service, day)
    service.later(days=400)
    service.sizes[day] = 0
    report = archive.sync(service, day)
    assert actions(report) == {str(day): "closed"}
    assert archive.scan().collect().height == 20
    assert actions(archive.sync(service, day)) == {str(day): "kept"}
    assert len(service.asked) == 2


def test_failed_day_leaves_the_old_one_and_says_why(archive: Archive, service: Service) -> None:
    """One day's failure stops neither the others nor the report."""
    archive.sync(service, "2026-10-29", "2026-10-31")
    before = archive.scan("2026-10-31").collect()
    service.failing = {date(2026, 10, 31), date(2026, 10, 28)}
    report = archive.sync(service, "2026-10-28", "2026-10-31")
    assert actions(report) == {
        "2026-10-28": "failed", "2026-10-29": "kept", "2026-10-30": "replaced", "2026-10-31": "failed",
    }  # fmt: skip
    assert row(report, "2026-10-31")["rows"] == 20
    assert "got no answer" in row(report, "2026-10-31")["why"]
    assert_frame_equal(archive.scan("2026-10-31").collect(), before)
    assert archive.days("2026-10-28", "2026-10-29")["state"].to_list() == ["missing", "settled"]


def test_default_period_of_a_new_archive_is_two_weeks(archive: Archive, service: Service) -> None:
    """Without dates a new archive begins as far back as a day can stay open."""
    archive.sync(service)
    assert service.asked == days("2026-10-17", "2026-10-31")


@pytest.mark.slow
def test_default_period_fills_gaps_from_the_first_day(archive: Archive, service: Service) -> None:
    """Later syncs begin with the first day kept and end today."""
    archive.sync(service, "2026-10-01", "2026-10-03")
    archive.sync(service, "2026-10-06", "2026-10-07")
    assert archive.days()["state"].to_list() == ["settled"] * 3 + ["missing"] * 2 + ["settled"] * 2
    service.asked.clear()
    archive.sync(service)
    assert service.asked == [*days("2026-10-04", "2026-10-05"), *days("2026-10-08", "2026-10-31")]


def test_days_to_come_are_left_out(archive: Archive, service: Service) -> None:
    """The running month can be named as a month; a period wholly to come is refused."""
    service.time = datetime(2026, 10, 3, 12, tzinfo=TOKYO)
    assert archive.sync(service, "2026-10")["send_date"].to_list() == days("2026-10-01", "2026-10-03")
    with pytest.raises(zr.InputError, match="not come yet"):
        archive.sync(service, "2026-10-04", "2026-10-31")
    with pytest.raises(zr.InputError, match="reversed"):
        archive.sync(service, "2026-10-03", "2026-10-01")


def test_days_show_when_each_was_asked_for(archive: Archive, service: Service) -> None:
    """Coverage has its schema and the time of asking, in Japan."""
    archive.sync(service, "2026-10-29")
    shown = archive.days()
    assert shown.schema == schemas.DAYS
    assert shown["fetched"].to_list() == [service.time]
    assert archive.days("2026-10-28", "2026-10-29")["fetched"][0] is None


def test_interrupted_sync_keeps_what_is_stored(archive: Archive, service: Service) -> None:
    """Ctrl-C hands back the report so far and the days to go; the next sync goes on there."""

    class Stopped(Service):
        def status(self, start: date, end: date, **options: bool) -> pl.DataFrame:
            if start == date(2026, 10, 5):
                raise zr.Interrupted(
                    "Stopped.", frame=super().status(start, start), missing=days("2026-10-06", end)
                )
            return super().status(start, end, **options)

    with pytest.raises(zr.Interrupted) as stopped:
        archive.sync(Stopped(), "2026-10-01", "2026-10-10")
    assert stopped.value.frame["send_date"].to_list() == days("2026-10-01", "2026-10-05")
    assert stopped.value.missing == days("2026-10-06", "2026-10-10")
    archive.sync(service, "2026-10-01", "2026-10-10")
    assert service.asked == days("2026-10-06", "2026-10-10")


def test_silent_service_is_not_asked_for_every_day_of_a_year(archive: Archive, service: Service) -> None:
    """When nothing answers, the rest is left for the next sync, and the report says so."""
    service.failing = set(days("2026-01-01", "2026-10-31"))
    report = archive.sync(service, "2026-01-01", "2026-10-31")
    assert set(report["action"]) == {"failed"}
    assert len(service.asked) == 8
    assert "not asked for" in row(report, "2026-10-31")["why"]


def test_settings_that_cannot_work_are_raised(archive: Archive, service: Service) -> None:
    """What no day can cure is no failure of a day."""

    class Unset(Service):
        def status(self, start: date, end: date, **options: bool) -> pl.DataFrame:
            raise zr.ConfigurationError("Set ZRTOOLS_TOKEN.")

    with pytest.raises(zr.ConfigurationError, match="ZRTOOLS_TOKEN"):
        archive.sync(Unset(), "2026-10-01")


# ---------------------------------------------------------------- readers and writers at the same time


def test_plan_made_before_a_sync_reads_the_state_of_then(archive: Archive, service: Service) -> None:
    """A LazyFrame never mixes two states."""
    archive.sync(service, "2026-10-30", "2026-10-31")
    plan = archive.scan()
    service.rows = 50
    archive.sync(service, "2026-10-30", "2026-10-31")
    assert plan.collect().height == 40
    assert archive.scan().collect().height == 100


@pytest.mark.slow
def test_readers_during_syncs_see_whole_days(archive: Archive, service: Service) -> None:
    """While days are replaced back to back, no read fails and none sees half a day."""
    service.rows = 1_000
    archive.sync(service, "2026-10-30", "2026-10-31")
    seen: set[tuple[int, ...]] = set()
    problems: list[BaseException] = []
    over = threading.Event()

    def read() -> None:
        reader = Archive(archive.path)
        while not over.is_set():
            try:
                seen.add(tuple(reader.scan().group_by("send_date").len().collect()["len"].unique().sort()))
            except BaseException as error:  # noqa: BLE001 - any failure of a reader is the finding
                problems.append(error)

    readers = [threading.Thread(target=read) for _ in range(2)]
    for reader in readers:
        reader.start()
    for _ in range(10):
        service.rows += 1_000
        archive.sync(service, "2026-10-30", "2026-10-31", progress=False)
    over.set()
    for reader in readers:
        reader.join(60)
    assert problems == []
    assert {n for sizes in seen for n in sizes} <= set(range(1_000, 12_000, 1_000))
    assert len(seen) > 1


@pytest.mark.slow
def test_two_syncs_at_once_lose_nothing(archive: Archive) -> None:
    """Two writers of overlapping days store every day once and whole."""
    services = [Service(rows=50), Service(rows=50)]
    spans = [("2026-10-01", "2026-10-20"), ("2026-10-10", "2026-10-28")]
    reports: list[pl.DataFrame] = []

    def sync(n: int) -> None:
        reports.append(Archive(archive.path).sync(services[n], *spans[n], progress=False))

    writers = [threading.Thread(target=sync, args=(n,)) for n in range(2)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join(120)
    assert len(reports) == 2
    assert {a for report in reports for a in report["action"]} <= {"fetched", "replaced", "kept"}
    assert_frame_equal(archive.scan().collect(), services[0].frames("2026-10-01", "2026-10-28"))
    assert archive.days()["state"].unique().to_list() == ["settled"]


def test_slower_sync_is_judged_against_the_newer_state(archive: Archive, service: Service) -> None:
    """What another sync stored meanwhile counts: its newer rows stay, and fewer never replace more."""
    day = date(2026, 10, 31)
    fast = Service(rows=30)
    fast.later(minutes=5)

    class Slow(Service):
        def frame(self, day: date) -> pl.DataFrame:
            answer = super().frame(day)
            Archive(archive.path).sync(fast, day, progress=False)
            return answer

    report = archive.sync(Slow(rows=40), day)
    assert actions(report) == {"2026-10-31": "kept"}
    assert "newer answer" in row(report, "2026-10-31")["why"]
    fast.later(hours=1)
    fast.rows = 60
    assert actions(archive.sync(Slow(rows=50, today="2026-11-01"), day)) == {"2026-10-31": "refused"}
    assert archive.scan().collect().height == 60


@pytest.mark.slow
def test_day_fetched_by_another_sync_meanwhile_is_not_asked_for(archive: Archive) -> None:
    """Between its groups of days a sync looks what others have done."""
    other = Service(rows=2)

    class Watched(Service):
        def status(self, start: date, end: date, **options: bool) -> pl.DataFrame:
            if not self.asked:
                Archive(archive.path).sync(other, "2026-08-06", "2026-08-31", progress=False)
            return super().status(start, end, **options)

    watched = Watched(rows=2)
    report = archive.sync(watched, "2026-08-01", "2026-08-31")
    assert watched.asked == days("2026-08-01", "2026-08-05")
    assert actions(report)["2026-08-31"] == "kept"


_KILLED = """
import sys
from archive_service import Service
from zrtools.archive import Archive
service = Service(rows=2_000)
archive = Archive(sys.argv[1])
print("ready", flush=True)
while True:
    service.rows += 1
    service.later(seconds=1)
    archive.sync(service, "2026-10-27", "2026-10-31", force=True, progress=False)
"""


@pytest.mark.slow
def test_killed_sync_leaves_only_whole_days(archive: Archive) -> None:
    """After kill -9 every day is one whole answer, and the next sync goes on."""
    for n in range(4):
        running = subprocess.Popen(
            [sys.executable, "-c", _KILLED, archive.path],
            env=os.environ
            | {
                "PYTHONPATH": os.pathsep.join([str(Path(zr.__file__).parents[1]), str(Path(__file__).parent)])
            },
            stdout=subprocess.PIPE,
        )
        assert running.stdout is not None
        running.stdout.readline()
        threading.Event().wait(0.15 + 0.07 * n)
        running.kill()
        running.wait(30)
        running.stdout.close()
        state = Archive(archive.path)
        if DeltaTable.is_deltatable(state.root):
            for (day,), rows in state.scan().collect().partition_by("send_date", as_dict=True).items():
                assert_frame_equal(rows, status(day, rows.height))
    service = Service(rows=10_000, today="2026-11-05")
    archive.sync(service, "2026-10-27", "2026-10-31", force=True)
    assert_frame_equal(archive.scan().collect(), service.frames("2026-10-27", "2026-10-31"))


# ------------------------------------------------------------------------------------- personal data


def _bytes_on_disk(archive: Archive) -> bytes:
    """Every file of an archive, Parquet columns uncompressed, as one text to search."""
    folder = Path(archive.path)
    text = b"".join(file.read_bytes() for file in sorted(folder.rglob("*")) if file.is_file())
    tables = [
        pl.read_parquet(file, hive_partitioning=False).write_ndjson() for file in folder.rglob("*.parquet")
    ]
    return text + "".join(tables).encode()


@pytest.mark.skipif(os.name == "nt", reason="Windows folders inherit their rights")
def test_folder_is_private(archive: Archive, service: Service) -> None:
    """Only the owner may enter."""
    archive.sync(service, "2026-10-20")
    assert stat.S_IMODE(Path(archive.path).stat().st_mode) == 0o700


def test_hashed_archive_holds_neither_numbers_nor_messages(tmp_path: Path) -> None:
    """Not in rows, statistics, logs or checkpoints; the same number keeps one hash."""
    service = Service()
    archive = Archive(tmp_path / "a", numbers="hashed", messages=False, key=KEY)
    archive.sync(service, "2026-10-01", "2026-10-02")
    archive.compact()
    kept = archive.scan().collect()
    plain = service.frames("2026-10-01", "2026-10-02")
    assert kept.schema == schemas.STATUS
    assert kept["message"].null_count() == kept.height
    assert kept["phone_number"].to_list() == zr.privacy.hashed(plain["phone_number"], KEY).to_list()
    on_disk = _bytes_on_disk(archive)
    assert not any(number.encode() in on_disk for number in plain["phone_number"].unique())
    assert KEY not in on_disk
    assert "ご予約".encode() not in on_disk


def test_hashed_archive_masks_numbers_inside_text(tmp_path: Path) -> None:
    """A number in a body or a tag is a number too."""
    archive = Archive(tmp_path / "a", numbers="hashed", key=KEY)
    frame = status(date(2026, 10, 1), 3, message="お電話は09012345678へ").with_columns(
        client_tag=pl.lit("user-090-1234-5678")
    )
    archive.add(frame)
    kept = archive.scan().collect()
    assert kept["message"].unique().to_list() == ["お電話は090****5678へ"]
    assert kept["client_tag"].unique().to_list() == ["user-090****5678"]


def test_log_holds_no_statistics_of_personal_columns(archive: Archive, service: Service) -> None:
    """A plain archive's log, which outlives forgotten days, names no number and no message."""
    archive.sync(service, "2026-10-01", "2026-10-02")
    archive.compact()
    log = b"".join(f.read_bytes() for f in Path(archive.path, "statuses", "_delta_log").iterdir())
    assert b"numRecords" in log
    assert b"+8190" not in log
    assert "ご予約".encode() not in log


def test_hashing_key_is_found_where_it_is_kept(
    tmp_path: Path, service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Argument, environment and key file give the same archive; none says what to do."""
    monkeypatch.delenv("ZRTOOLS_HASH_KEY", raising=False)
    monkeypatch.delenv("ZRTOOLS_HASH_KEY_FILE", raising=False)
    place = tmp_path / "a"
    with pytest.raises(zr.ConfigurationError, match="ZRTOOLS_HASH_KEY"):
        Archive(place, numbers="hashed").sync(service, "2026-10-01")
    assert not place.exists()
    Archive(place, numbers="hashed", key=KEY).sync(service, "2026-10-01")
    (tmp_path / "key").write_bytes(KEY + b"\n")
    Archive(place, key=tmp_path / "key").sync(service, "2026-10-02")
    monkeypatch.setenv("ZRTOOLS_HASH_KEY_FILE", str(tmp_path / "key"))
    Archive(place).sync(service, "2026-10-03")
    monkeypatch.setenv("ZRTOOLS_HASH_KEY", KEY.decode())
    Archive(place).sync(service, "2026-10-04")
    assert Archive(place).scan().collect()["phone_number"].n_unique() == 20


def test_hashed_archive_is_read_without_the_key(
    tmp_path: Path, service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Analysts need no key; only syncs do."""
    monkeypatch.delenv("ZRTOOLS_HASH_KEY", raising=False)
    Archive(tmp_path / "a", numbers="hashed", key=KEY).sync(service, "2026-10-01")
    assert Archive(tmp_path / "a").scan().collect().height == 20
    with pytest.raises(zr.ConfigurationError, match="key"):
        Archive(tmp_path / "a").sync(service, "2026-10-02")


@pytest.mark.parametrize("key", [b"another key of some length", b"short"])
def test_wrong_key_is_refused(tmp_path: Path, service: Service, key: bytes) -> None:
    """One archive has one key, else one number would have two hashes."""
    Archive(tmp_path / "a", numbers="hashed", key=KEY).sync(service, "2026-10-01")
    with pytest.raises(zr.ConfigurationError, match="key"):
        Archive(tmp_path / "a", key=key).sync(service, "2026-10-02")
    assert Archive(tmp_path / "a").days().height == 1


def test_key_file_inside_the_archive_is_refused(tmp_path: Path, service: Service) -> None:
    """The key does not lie beside the data."""
    Archive(tmp_path / "a", numbers="hashed", key=KEY).sync(service, "2026-10-01")
    (tmp_path / "a" / "statuses" / "key").write_bytes(KEY)
    with pytest.raises(zr.ConfigurationError, match="inside the archive"):
        Archive(tmp_path / "a", key=tmp_path / "a" / "statuses" / "key").sync(service, "2026-10-02")


def test_missing_key_file_says_so(tmp_path: Path, service: Service) -> None:
    """A path that leads nowhere is named."""
    with pytest.raises(zr.ConfigurationError, match="nowhere"):
        Archive(tmp_path / "a", numbers="hashed", key=tmp_path / "nowhere").sync(service)


def test_rawdata_is_kept_where_asked_for(tmp_path: Path, service: Service) -> None:
    """The carriers' own error data stand in one more column."""
    archive = Archive(tmp_path / "a", rawdata=True)
    archive.sync(service, "2026-10-01")
    assert archive.scan().collect_schema() == {**schemas.STATUS, "rawdata": pl.String()}
    assert archive.scan().collect()["rawdata"].unique().to_list() == ['[{"carrier":"103"}]']


@pytest.mark.parametrize("other", [{"numbers": "hashed"}, {"messages": False}, {"rawdata": True}])
def test_other_settings_than_recorded_are_refused(
    tmp_path: Path, service: Service, other: dict[str, object]
) -> None:
    """An archive stays as it was made."""
    Archive(tmp_path / "a").sync(service, "2026-10-01")
    with pytest.raises(zr.ArchiveError, match=f"{next(iter(other))}=.* not"):
        Archive(tmp_path / "a", key=KEY, **other)


def test_forgotten_days_are_gone_from_the_disk_and_stay_away(archive: Archive, service: Service) -> None:
    """Older versions go too; no sync brings the days back unless it is forced."""
    service.pending[date(2026, 10, 1)] = 1
    archive.sync(service, "2026-10-01", "2026-10-05")
    archive.sync(service, "2026-10-01", force=True)
    plan = archive.scan()
    gone = archive.forget(before="2026-10-03")
    assert actions(gone) == {"2026-10-01": "forgotten", "2026-10-02": "forgotten"}
    assert "scanned before" in gone["why"][0]
    left = {f.parent.name for f in Path(archive.root).rglob("*.parquet")}
    assert left == {f"send_date=2026-10-0{n}" for n in (3, 4, 5)}
    assert archive.scan().collect()["send_date"].min() == date(2026, 10, 3)
    with pytest.raises((OSError, pl.exceptions.PolarsError)):
        plan.collect()
    service.asked.clear()
    assert actions(archive.sync(service, "2026-10-01", "2026-10-03"))["2026-10-01"] == "forgotten"
    assert service.asked == []
    assert archive.days("2026-10-01", "2026-10-03")["state"].to_list() == [
        "forgotten",
        "forgotten",
        "settled",
    ]
    assert actions(archive.sync(service, "2026-10-02", force=True)) == {"2026-10-02": "fetched"}


def test_forgetting_during_a_sync_wins(archive: Archive, service: Service) -> None:
    """A day fetched before it was forgotten is not stored after, nor left on the disk."""
    archive.sync(service, "2026-10-10")

    class Slow(Service):
        def frame(self, day: date) -> pl.DataFrame:
            Archive(archive.path).forget(before="2026-10-05")
            return super().frame(day)

    assert actions(archive.sync(Slow(), "2026-10-01")) == {"2026-10-01": "forgotten"}
    assert {f.parent.name for f in Path(archive.root).rglob("*.parquet")} == {"send_date=2026-10-10"}


def test_compact_keeps_what_readers_may_need(archive: Archive, service: Service) -> None:
    """Versions older than a week go, younger ones stay, and so do rows and marks."""
    archive.sync(service, "2026-10-30", "2026-10-31")
    plan = archive.scan()
    service.rows = 30
    archive.sync(service, "2026-10-30", "2026-10-31")
    archive.compact()
    assert plan.collect().height == 40
    log = sorted(Path(archive.root, "_delta_log").glob("*.json"))
    _age(log, timedelta(days=8))
    archive.compact()
    assert len(list(Path(archive.root).glob("send_date=*/*.parquet"))) == 2
    assert archive.scan().collect().height == 60
    assert archive.days()["fetched"].null_count() == 0


def _age(log: list[Path], by: timedelta) -> None:
    """Make a table believe that its files were removed earlier, as time would."""
    for file in (*log, *log[0].parent.glob("*.checkpoint.parquet"), log[0].parent / "_last_checkpoint"):
        if file.suffix == ".json":
            lines = [json.loads(line) for line in file.read_text().splitlines()]
            for line in lines:
                if "remove" in line:
                    line["remove"]["deletionTimestamp"] -= int(by.total_seconds() * 1000)
            file.write_text("\n".join(map(json.dumps, lines)))
        else:
            file.unlink(missing_ok=True)


# -------------------------------------------------------------------------------------------- counts


def test_counts_are_kept_as_snapshots_and_the_newest_is_given(archive: Archive, service: Service) -> None:
    """The growth of the running month is known day by day."""
    october, september = date(2026, 10, 1), date(2026, 9, 1)
    service.totals = {september: 1_000, october: 500}
    report = archive.sync_counts(service)
    assert report.schema == schemas.COUNTS_SYNC
    done = dict(report.select("month", "action").iter_rows())
    assert (done[september], done[october], done[date(2026, 8, 1)]) == ("stored", "stored", "empty")
    service.later(days=1)
    service.totals[october] = 520
    archive.sync_counts(service)
    newest = archive.counts()
    assert newest.schema == schemas.COUNTS
    assert newest.filter(month=october, carrier="docomo")["separated_success_count"].to_list() == [520]
    history = archive.counts_history()
    assert history.schema == schemas.COUNTS_HISTORY
    grown = history.filter(month=october, carrier="docomo")
    assert grown["separated_success_count"].to_list() == [500, 520]
    assert grown["through"].to_list() == [date(2026, 10, 30), date(2026, 10, 31)]
    assert grown["taken"].to_list() == [service.time - timedelta(days=1), service.time]


def test_equal_counts_are_not_stored_twice(archive: Archive, service: Service) -> None:
    """A second look on the same day changes nothing."""
    service.totals = {date(2026, 10, 1): 500}
    archive.sync_counts(service, "2026-10")
    service.later(hours=1)
    report = archive.sync_counts(service, "2026-10")
    assert report.row(0) == (date(2026, 10, 1), "unchanged", 4, None)
    assert archive.counts_history().height == 4


def test_final_months_outlive_the_service(archive: Archive, service: Service) -> None:
    """Two weeks after its end a month is final; an answer without rows removes nothing."""
    august, october = date(2026, 8, 1), date(2026, 10, 1)
    service.totals = {august: 800, october: 500}
    archive.sync_counts(service)
    service.totals = {}
    service.later(days=1)
    report = dict(archive.sync_counts(service).select("month", "action").iter_rows())
    assert (report[august], report[october]) == ("kept", "empty")
    assert set(archive.counts()["month"]) == {august, october}


def test_failed_months_are_named(archive: Archive, service: Service) -> None:
    """A month that could not be asked for is in the report, the others are stored."""
    service.totals = {date(2026, 9, 1): 1, date(2026, 10, 1): 1}

    class Broken(Service):
        def counts(self, start: date, end: date | None = None, **options: object) -> pl.DataFrame:
            raise zr.PartialResultError(
                "1 of 2 months could not be fetched: ask again.",
                frame=service.counts(start, start),
                missing=[end],
            )

    report = archive.sync_counts(Broken(), "2026-09", "2026-10")
    assert report["action"].to_list() == ["stored", "failed"]
    assert report["why"][1] == "1 of 2 months could not be fetched: ask again."


def test_interrupted_counts_keep_what_came(archive: Archive, service: Service) -> None:
    """Ctrl-C hands back the report so far and the months to go, over all runs of months; what came is stored."""
    service.totals = {date(2026, n, 1): n for n in range(1, 11)}
    archive.sync_counts(service, "2026-03")
    service.later(days=40)

    class Stopped(Service):
        def counts(self, start: date, end: date | None = None, **options: object) -> pl.DataFrame:
            raise zr.Interrupted(
                "Stopped.", frame=service.counts(start, start), missing=months("2026-02", end)
            )

    stopping = Stopped()
    stopping.time = service.time
    with pytest.raises(zr.Interrupted) as stopped:
        archive.sync_counts(stopping, "2026-01", "2026-05")
    report = stopped.value.frame
    assert report.schema == schemas.COUNTS_SYNC
    assert report.select("month", "action").rows() == [
        (date(2026, 1, 1), "stored"),
        (date(2026, 3, 1), "kept"),
    ]
    assert stopped.value.missing == [date(2026, 2, 1), date(2026, 4, 1), date(2026, 5, 1)]
    assert set(archive.counts()["month"]) == {date(2026, 1, 1), date(2026, 3, 1)}


@pytest.mark.parametrize("error", [zr.ConfigurationError, zr.InputError])
def test_counts_that_cannot_be_asked_for_are_raised(archive: Archive, error: type[zr.ZrtoolsError]) -> None:
    """What no month can cure, such as a closed client or a wrong client id, is no failure of a month."""

    class Unset(Service):
        def counts(self, start: date, end: date | None = None, **options: object) -> pl.DataFrame:
            raise error("Set it right.")

    with pytest.raises(error, match="Set it right"):
        archive.sync_counts(Unset(), "2026-10")


def test_two_counts_at_once_store_one_snapshot(archive: Archive, service: Service) -> None:
    """Another writer's equal snapshot is seen even when it came in between."""
    service.totals = {date(2026, 10, 1): 500}

    class Slow(Service):
        def counts(self, start: date, end: date | None = None, **options: object) -> pl.DataFrame:
            Archive(archive.path).sync_counts(service, "2026-10")
            return service.counts(start, end)

    assert archive.sync_counts(Slow(), "2026-10")["action"].to_list() == ["unchanged"]
    assert archive.counts_history().height == 4


def test_counts_of_an_archive_without_any_are_empty(archive: Archive, service: Service) -> None:
    """No counts yet is an empty frame."""
    archive.sync(service, "2026-10-01")
    assert_frame_equal(archive.counts(), schemas.empty(schemas.COUNTS))
    assert_frame_equal(archive.counts_history(), schemas.empty(schemas.COUNTS_HISTORY))


# ----------------------------------------------------------------------------------------- bad input


def test_reading_an_archive_that_is_not_there_says_so(archive: Archive) -> None:
    """A misspelt path is no empty result, and makes no folder."""
    for read in (archive.scan, archive.days, archive.files, archive.counts, archive.compact):
        with pytest.raises(zr.ArchiveError, match=r"no archive at .* yet"):
            read()
    with pytest.raises(zr.ArchiveError, match="no archive"):
        archive.forget(before="2026-10-01")
    assert not Path(archive.path).exists()


def test_folder_with_other_things_is_refused(tmp_path: Path) -> None:
    """An archive does not move into somebody's folder."""
    (tmp_path / "thesis.docx").write_text("mine")
    with pytest.raises(zr.ArchiveError, match=r"holds 'thesis\.docx'"):
        Archive(tmp_path)
    with pytest.raises(zr.ArchiveError, match="is a file"):
        Archive(tmp_path / "thesis.docx")


def test_empty_path_is_refused() -> None:
    """Nothing is not the current folder."""
    with pytest.raises(zr.InputError, match="folder"):
        Archive("")


def test_foreign_delta_table_is_refused(tmp_path: Path) -> None:
    """A table of somebody else's is not taken over."""
    pl.DataFrame({"a": [1]}).write_delta(tmp_path / "statuses")
    with pytest.raises(zr.ArchiveError, match="not an archive of zrtools"):
        Archive(tmp_path)


def test_newer_archive_is_refused(archive: Archive, service: Service) -> None:
    """What a newer zrtools made is not touched."""
    archive.sync(service, "2026-10-01")
    first = Path(archive.root, "_delta_log", "00000000000000000000.json")
    first.write_text(first.read_text().replace('"zrtools.archive":"1"', '"zrtools.archive":"2"'))
    with pytest.raises(zr.ArchiveError, match=r"newer zrtools .*update"):
        Archive(archive.path)


def test_damaged_log_is_a_clear_error(archive: Archive, service: Service) -> None:
    """Garbage in the log, or a log that lost its beginning, is said, and nothing is written over it."""
    archive.sync(service, "2026-10-01", "2026-10-02")
    log = Path(archive.root, "_delta_log")
    second = log / "00000000000000000001.json"
    second.write_text("garbage{")
    with pytest.raises(zr.ArchiveError, match="damaged or missing: put it back"):
        Archive(archive.path)
    with pytest.raises(zr.ArchiveError, match="damaged"):
        archive.sync(service)
    (log / "00000000000000000000.json").unlink()
    with pytest.raises(zr.ArchiveError, match="damaged"):
        Archive(archive.path)


def test_damaged_day_is_named_and_can_be_fetched_anew(archive: Archive, service: Service) -> None:
    """A missing or cut-off file says which day, and a forced sync mends it."""
    archive.sync(service, "2026-10-01", "2026-10-03")
    cut, missing = map(Path, archive.files("2026-10-01", "2026-10-02"))
    cut.write_bytes(cut.read_bytes()[:100])
    with pytest.raises(zr.ArchiveError, match="file of 2026-10-01 has another size"):
        archive.scan()
    missing.unlink()
    with pytest.raises(zr.ArchiveError, match="file of 2026-10-02 is missing"):
        archive.scan("2026-10-02")
    assert archive.scan("2026-10-03").collect().height == 20
    archive.sync(service, "2026-10-01", "2026-10-02", force=True)
    assert_frame_equal(archive.scan().collect(), service.frames("2026-10-01", "2026-10-03"))


_FULL = """
import resource, sys
from archive_service import Service
from zrtools.archive import Archive
from zrtools.errors import ArchiveError
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[2]), -1))
try:
    Archive(sys.argv[1]).sync(Service(rows=50_000), "2026-10-30", "2026-10-31", progress=False)
except ArchiveError as error:
    print(error)
"""


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="file sizes cannot be limited there")
@pytest.mark.parametrize("limit", [200, 20_000])
def test_full_disk_leaves_the_old_days(archive: Archive, service: Service, limit: int) -> None:
    """When nothing more can be written, the error says so and every day is as before."""
    archive.sync(service, "2026-10-30", "2026-10-31")
    before = archive.scan().collect()
    done = subprocess.run(
        [sys.executable, "-c", _FULL, archive.path, str(limit)],
        env=os.environ
        | {"PYTHONPATH": os.pathsep.join([str(Path(zr.__file__).parents[1]), str(Path(__file__).parent)])},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert "The disk is full: free space" in done.stdout, done.stderr
    assert_frame_equal(archive.scan().collect(), before)
    assert actions(archive.sync(service, "2026-10-31")) == {"2026-10-31": "replaced"}


def test_renamed_archive_is_not_begun_anew(archive: Archive, service: Service) -> None:
    """When its folder is moved while it is in use, the error says so and nothing appears in the old place."""
    service.totals[date(2026, 10, 1)] = 500
    archive.sync(service, "2026-10-01", "2026-10-02")
    moved = Path(archive.path).rename(Path(archive.path).with_name("moved"))
    uses: list[Callable[[], object]] = [
        lambda: archive.sync(service, "2026-10-03"),
        lambda: archive.sync_counts(service, "2026-10"),
        lambda: archive.add(status(date(2026, 10, 3), 2)),
        archive.scan,
        archive.days,
        archive.counts,
    ]
    for use in uses:
        with pytest.raises(zr.ArchiveError, match="not there any more"):
            use()
    assert not Path(archive.path).exists()
    assert Archive(moved).days()["rows"].to_list() == [20, 20]


@pytest.mark.skipif(os.name == "nt", reason="Windows folders inherit their rights")
def test_folder_without_rights_says_so(tmp_path: Path, service: Service) -> None:
    """A place that may not be written is named with what to check."""
    if os.geteuid() == 0:
        pytest.skip("root may write everywhere")
    (tmp_path / "locked").mkdir(mode=0o500)
    with pytest.raises(zr.ArchiveError, match="check the rights"):
        Archive(tmp_path / "locked" / "a").sync(service)


def test_frame_of_another_kind_is_refused(archive: Archive) -> None:
    """Only STATUS frames with their day are stored."""
    with pytest.raises(zr.InputError, match="not a STATUS frame"):
        archive.add(pl.DataFrame({"a": [1]}))
    with pytest.raises(zr.InputError, match="without a send_date"):
        archive.add(status(date(2026, 10, 1), 2).with_columns(send_date=pl.lit(None, pl.Date)))


def test_unknown_kind_of_numbers_is_refused(tmp_path: Path) -> None:
    """The two kinds are named."""
    with pytest.raises(zr.InputError, match='"plain" or "hashed"'):
        Archive(tmp_path, numbers="secret")


# ------------------------------------------------------------------------------------------- exports

_CSV = """送信日時,電話番号,状態,キャリア,通数,本文,備考
2026/10/1 9:30,090-1234-5678,送達,ドコモ,2,"こんにちは、
二行目",x
2026年10月1日(木) 9時30分15秒,9012345678,失敗,KDDI,1,b,
20261001 093000123,+819012345678,送信中,au,1,c,
2026-10-02T09:30:01.5,03-1234-5678,３,Foo,,d,
"""
_MAPPING = {
    "send_date": "送信日時",
    "date_time": "送信日時",
    "phone_number": "電話番号",
    "status_id": "状態",
    "carrier": "キャリア",
    "separated_success_count": "通数",
    "message": "本文",
}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp932"])
def test_export_is_read_whatever_its_encoding(tmp_path: Path, encoding: str) -> None:
    """Dates, numbers, words and names as people write them become a STATUS frame."""
    file = tmp_path / "export.csv"
    file.write_bytes(_CSV.encode(encoding))
    frame = zr.archive.read_export(file, _MAPPING)
    assert frame.schema == schemas.STATUS
    assert frame["send_date"].to_list() == [date(2026, 10, 1)] * 3 + [date(2026, 10, 2)]
    assert frame["date_time"].to_list() == [
        datetime(2026, 10, 1, 9, 30, tzinfo=TOKYO),
        datetime(2026, 10, 1, 9, 30, 15, tzinfo=TOKYO),
        datetime(2026, 10, 1, 9, 30, 0, 123_000, tzinfo=TOKYO),
        datetime(2026, 10, 2, 9, 30, 1, 500_000, tzinfo=TOKYO),
    ]
    assert frame["phone_number"].to_list() == ["+819012345678"] * 3 + [None]
    assert frame["status_id"].to_list() == [2, 3, 1, 3]
    assert frame["carrier"].to_list() == ["docomo", "au", None, "Foo"]
    assert frame["carrier_id"].to_list() == ["103", "101", None, None]
    assert frame["separated_success_count"].to_list() == [2, 1, None, None]
    assert frame["message"][0] == "こんにちは、\n二行目"


@pytest.mark.parametrize(
    ("old", "new", "match"),
    [
        ("送達", "配信完了", "status_id '配信完了' in row 2 .*statuses="),
        ("2026/10/1 9:30", "2026/13/1", "send_date '2026/13/1' in row 2"),
        ("2026/10/1 9:30", "昨日", "send_date '昨日'"),
        ("2026/10/1 9:30", "2026/10/1 25:30", "cannot be read"),
        ("2026/10/1 9:30", "", "no send_date in row 2 of"),
        ("失敗,KDDI,1", "失敗,KDDI,一", "separated_success_count '一' in row 4"),
        ("2026-10-02T09:30:01.5", "1926-10-02T09:30", "send_date '1926-10-02T09:30' in row 6"),
        ("電話番号", "番号", "no column '電話番号'. It has: 送信日時, 番号"),
    ],
)
def test_unreadable_export_says_where(tmp_path: Path, old: str, new: str, match: str) -> None:
    """Nothing is dropped in silence."""
    file = tmp_path / "export.csv"
    file.write_text(_CSV.replace(old, new), encoding="utf-8")
    with pytest.raises(zr.InputError, match=match):
        zr.archive.read_export(file, _MAPPING)


def test_the_log_export_is_read_without_a_mapping(tmp_path: Path) -> None:
    """The headings of the admin screen's log export are known; those that are not there are null."""
    file = tmp_path / "log.csv"
    head = "送信先番号,キャリア,配信日時,配信完了日時,分割数,配信結果,エラーメッセージ"
    file.write_bytes(f"{head}\r\n8012345678,NTTドコモ,2026/10/1 9:30,46296.4,2,成功,\r\n".encode("cp932"))
    frame = zr.archive.read_export(file)
    assert frame.select("send_date", "date_time", "phone_number", "carrier_id", "status_id").row(0) == (
        date(2026, 10, 1),
        datetime(2026, 10, 1, 9, 36, tzinfo=TOKYO),
        "+818012345678",
        "103",
        2,
    )
    assert frame["separated_success_count"].to_list() == [2]
    file.write_text("配信日時,配信結果\n2026/10/1,失敗\n", encoding="utf-8")
    assert zr.archive.read_export(file)["phone_number"].to_list() == [None]
    file.write_text("配信日時,結果\n2026/10/1,失敗\n", encoding="utf-8")
    with pytest.raises(zr.InputError, match=r"no column '.*columns="):
        zr.archive.read_export(file)


def test_export_takes_words_of_ones_own(tmp_path: Path) -> None:
    """A status word of the customer's screen can be added."""
    file = tmp_path / "export.csv"
    file.write_text(_CSV.replace("送達", "配信完了"), encoding="utf-8")
    assert zr.archive.read_export(file, _MAPPING, statuses={"配信完了": 2})["status_id"][0] == 2


@pytest.mark.parametrize(
    ("columns", "match"),
    [({"tel": "電話番号"}, "'tel' is no column of STATUS"), ({"phone_number": "電話番号"}, "send_date")],
)
def test_wrong_mapping_is_refused(tmp_path: Path, columns: dict[str, str], match: str) -> None:
    """The mapping is checked before the file."""
    with pytest.raises(zr.InputError, match=match):
        zr.archive.read_export(tmp_path / "export.csv", columns)


def test_added_days_give_way_to_the_service(archive: Archive, service: Service) -> None:
    """What came from elsewhere is stored, and replaced once the service has as much."""
    report = archive.add(status(date(2026, 10, 1), 15))
    assert actions(report) == {"2026-10-01": "fetched"}
    assert archive.days().row(0) == (date(2026, 10, 1), "open", 15, 0, None)
    assert actions(archive.sync(service, "2026-10-01")) == {"2026-10-01": "replaced"}
    report = archive.add(status(date(2026, 10, 1), 25))
    assert (report["action"][0], report["why"][0]) == ("kept", "the service's own answer stays")
    assert archive.scan().collect().height == 20


def test_added_days_stay_when_the_service_keeps_them_no_more(archive: Archive, service: Service) -> None:
    """Days older than the vendor's retention come from an export and stay."""
    service.sizes[date(2026, 1, 1)] = 0
    archive.add(status(date(2026, 1, 1), 15))
    assert actions(archive.sync(service, "2026-01-01")) == {"2026-01-01": "closed"}
    assert actions(archive.sync(service, "2026-01-01")) == {"2026-01-01": "kept"}
    assert archive.scan().collect().height == 15


@pytest.mark.parametrize(
    "wrong",
    [
        {"status_id": pl.lit(None, pl.Int16)},
        {"status_id": pl.lit(99, pl.Int16)},
        {"status_id": pl.lit(-1, pl.Int16)},
        {"date_time": pl.col("date_time").dt.offset_by("-1y")},
    ],
    ids=["no status", "unknown status", "negative status", "a year before the day"],
)
def test_rows_that_cannot_be_are_kept_told_and_settle_nothing(
    archive: Archive, service: Service, monkeypatch: pytest.MonkeyPatch, wrong: dict[str, pl.Expr]
) -> None:
    """Kept, counted as odd and asked for again; in the end closed as they are, settled where the service mends them."""
    day = date(2026, 10, 20)
    right = service.frame

    def frame(asked: date) -> pl.DataFrame:
        made = right(asked)
        return pl.concat([made.head(10).with_columns(**wrong), made.tail(-10)])

    monkeypatch.setattr(service, "frame", frame)
    told = archive.sync(service, day, day).row(0, named=True)
    assert (told["action"], told["rows"]) == ("fetched", 20)
    assert told["why"].startswith("10 odd: ")
    assert archive.days()["state"].to_list() == ["open"]
    assert archive.scan().collect().height == 20
    assert archive.sync(service, day, day)["action"].to_list() == ["replaced"]
    with monkeypatch.context() as mended:
        mended.setattr(service, "frame", right)
        assert archive.sync(service, day, day)["why"].to_list() == [None]
    assert archive.days()["state"].to_list() == ["settled"]
    service.later(days=30)
    archive.sync(service, day, day, force=True)
    assert archive.days()["state"].to_list() == ["closed"]


class _Renamed(BaseHTTPRequestHandler):
    """Answers every call with a success whose list has another name."""

    def do_GET(self) -> None:
        body = b'{"responseCode":0,"responseMessage":"Success.","statuses":[]}'
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def test_a_renamed_list_makes_no_day_empty(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An answer without its list is no empty, settled day: the sync says so, and the archive keeps what it had."""
    monkeypatch.setenv("ZRTOOLS_LANG", "en")
    archive = zr.Archive(tmp_path / "archive")
    with zr.Client.sandbox(messages_per_day=30, months=1) as client:
        today = client.now().date()
        archive.sync(client, today - timedelta(3), today - timedelta(1), progress=False)
    before = archive.scan().collect()
    assert before.height
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Renamed)
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        url = f"http://127.0.0.1:{server.server_port}"
        with zr.Client(token="a" * 32, client_id="1", base_url=url) as other:
            done = archive.sync(other, today - timedelta(4), today - timedelta(1), force=True, progress=False)
    finally:
        server.shutdown()
        server.server_close()
    assert done["action"].unique().to_list() == ["failed"]
    assert done["why"].str.contains("status is missing").all()
    assert archive.scan().collect().sort(before.columns).equals(before.sort(before.columns))
    assert today - timedelta(4) not in archive.days()["send_date"].to_list()
