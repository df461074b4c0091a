"""The archive at its edges: the last day on which a day is open, the second of two answers, the first of a month."""

from __future__ import annotations

import shutil
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from archive_service import Service, status
from polars.testing import assert_frame_equal

import zrtools as zr
from zrtools import schemas
from zrtools.archive import Archive
from zrtools.periods import TOKYO, days, months

KEY = b"0123456789abcdef0123456789abcdef"
DAY = date(2026, 10, 20)


@pytest.fixture
def service() -> Service:
    """A service on 2026-10-31."""
    return Service(rows=3)


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    """A new archive."""
    return Archive(tmp_path / "archive")


def at(day: date, hour: int = 12, minute: int = 0, second: int = 0, micro: int = 0) -> datetime:
    """A time in Japan."""
    return datetime(day.year, day.month, day.day, hour, minute, second, micro, TOKYO)


def one(report: pl.DataFrame) -> dict[str, Any]:
    """The one row of a report."""
    assert report.height == 1
    return report.row(0, named=True)


# ------------------------------------------------------------------------------------------ when a day is final


@pytest.mark.parametrize("settle_after", [0, 1, 2, 5])
def test_a_day_is_settled_from_that_many_days_on(tmp_path: Path, service: Service, settle_after: int) -> None:
    """At midnight of that day, and not a second before."""
    archive = Archive(tmp_path / "a", settle_after=settle_after)
    final = at(DAY + timedelta(settle_after), 0)
    service.time = final - timedelta(seconds=1) if settle_after else final
    report = one(archive.sync(service, DAY))
    assert report["why"] == ("young: carriers may still report" if settle_after else None)
    assert archive.days()["state"].to_list() == ["open" if settle_after else "settled"]
    service.time = final
    assert one(archive.sync(service, DAY))["why"] == (None if settle_after else "settled")
    assert archive.days()["state"].to_list() == ["settled"]
    assert one(archive.sync(service, DAY)) == {
        "send_date": DAY,
        "action": "kept",
        "rows": 3,
        "pending": 0,
        "why": "settled",
    }


@pytest.mark.parametrize(("after", "action"), [(13, "fetched"), (14, "closed"), (15, "closed")])
def test_a_pending_day_is_closed_from_close_after_on(
    archive: Archive, service: Service, after: int, action: str
) -> None:
    """Thirteen days later it stays open, at midnight of the fourteenth it is closed."""
    service.time = at(DAY + timedelta(after), 0)
    service.pending[DAY] = 1
    report = one(archive.sync(service, DAY))
    assert (report["action"], report["pending"]) == (action, 1)
    assert archive.days()["state"].to_list() == ["closed" if action == "closed" else "open"]
    kept = one(archive.sync(service, DAY))
    closed = "closed: it did not settle in time"
    assert (kept["action"], kept["why"]) == (
        ("kept", closed) if action == "closed" else ("replaced", "1 pending")
    )


@pytest.mark.parametrize(("after", "action"), [(13, "refused"), (14, "closed")])
def test_fewer_rows_close_a_day_only_when_it_is_overdue(
    archive: Archive, service: Service, after: int, action: str
) -> None:
    """Before that the day is asked for again; the rows stay either way, and so does what is pending."""
    service.pending[DAY] = 1
    service.time = at(DAY)
    archive.sync(service, DAY)
    service.time = at(DAY + timedelta(after), 0)
    service.sizes[DAY] = 2
    report = one(archive.sync(service, DAY))
    why = "2 rows came, fewer than the 3 kept, which stay"
    assert report == {
        "send_date": DAY,
        "action": action,
        "rows": 3,
        "pending": 1,
        "why": f"{why}; "
        + ("the day is not asked for again" if action == "closed" else "force=True would replace them"),
    }
    assert archive.days()["state"].to_list() == ["closed" if action == "closed" else "open"]
    service.sizes[DAY] = 4
    assert one(archive.sync(service, DAY))["rows"] == (3 if action == "closed" else 4)


def test_as_many_rows_replace_a_day(archive: Archive, service: Service) -> None:
    """Only fewer are refused."""
    service.pending[DAY] = 3
    archive.sync(service, DAY)
    service.pending[DAY] = 2
    assert one(archive.sync(service, DAY))["pending"] == 2
    assert archive.scan().collect()["status_id"].to_list().count(2) == 1


def test_zero_and_one_are_pending_and_two_is_not(archive: Archive, service: Service) -> None:
    """Both open statuses keep a day open."""
    for number in (0, 1, 2, 3):
        day = DAY - timedelta(number)
        archive.add(status(day, 1).with_columns(status_id=pl.lit(number, pl.Int16)))
    assert archive.days()["pending"].to_list() == [0, 0, 1, 1]


@pytest.mark.parametrize(
    ("ahead", "asked_again"),
    [(timedelta(days=1), False), (timedelta(days=1, seconds=1), True)],
)
def test_an_answer_of_a_clock_up_to_a_day_ahead_counts(
    archive: Archive, service: Service, ahead: timedelta, asked_again: bool
) -> None:
    """A time zone that was wrong is borne, a clock that ran away is not."""
    later = Service(rows=3)
    later.time = service.time + ahead
    archive.sync(later, DAY)
    assert one(archive.sync(service, DAY))["action"] == ("replaced" if asked_again else "kept")
    assert len(service.asked) == int(asked_again)


@pytest.mark.parametrize(
    ("newer", "action"),
    [
        (timedelta(0), "replaced"),
        (timedelta(milliseconds=500), "replaced"),
        (timedelta(seconds=1), "kept"),
        (timedelta(days=1), "kept"),
        (timedelta(days=1, seconds=1), "replaced"),
    ],
)
def test_only_a_newer_answer_of_another_sync_stays(archive: Archive, newer: timedelta, action: str) -> None:
    """Of two syncs at once the later answer is kept, a runaway clock's is not."""
    fast = Service("2026-10-21", rows=5)

    class Slow(Service):
        def frame(self, day: date) -> pl.DataFrame:
            fast.time = self.time + newer
            Archive(archive.path).sync(fast, day, progress=False)
            return super().frame(day)

    report = one(archive.sync(Slow("2026-10-21", rows=5), DAY))
    assert report["action"] == action
    if action == "kept":
        assert report["why"] == "another sync stored a newer answer"


def test_days_settle_and_close_by_whole_days_that_are_checked(tmp_path: Path) -> None:
    """Equal is allowed, backwards and below zero are not."""
    for settle, close in ((0, 0), (3, 3)):
        Archive(tmp_path / "a", settle_after=settle, close_after=close)
    for settle, close in ((-1, 3), (4, 3)):
        with pytest.raises(zr.InputError, match="settle_after and close_after"):
            Archive(tmp_path / "a", settle_after=settle, close_after=close)


# --------------------------------------------------------------------------------------------- what is asked for


def test_today_is_kept_and_tomorrow_is_left_out(archive: Archive, service: Service) -> None:
    """The last day asked for is the service's today, in Japan."""
    service.time = at(date(2026, 10, 31), 0)
    assert archive.sync(service, "2026-10-31", "2026-11-05")["send_date"].to_list() == [date(2026, 10, 31)]
    with pytest.raises(zr.InputError, match=r"2026-11-01 has not come yet: .* up to today, 2026-10-31"):
        archive.sync(service, "2026-11-01")


def test_an_end_before_the_first_day_held_is_that_day(archive: Archive, service: Service) -> None:
    """Without a start the period begins with the first day held, or with the end where that is earlier."""
    archive.sync(service, DAY)
    service.asked.clear()
    archive.sync(service, end="2026-10-18")
    assert service.asked == [date(2026, 10, 18)]
    archive.sync(service, end="2026-10-21")
    assert service.asked == [date(2026, 10, day) for day in (18, 19, 21)]
    assert archive.days(end="2026-10-19")["send_date"].to_list() == days("2026-10-18", "2026-10-19")
    assert archive.files(end="2026-10-18") == archive.files("2026-10-18")
    assert archive.scan(end="2026-10-19").collect().height == 6


def test_a_service_that_answers_now_and_then_is_asked_to_the_end(archive: Archive, service: Service) -> None:
    """Two groups of four in a row without an answer are given up, two with one between are not."""
    service.failing = {*days("2026-10-01", "2026-10-04"), *days("2026-10-09", "2026-10-12")}
    report = archive.sync(service, "2026-10-01", "2026-10-16")
    assert service.asked == days("2026-10-01", "2026-10-16")
    assert set(report.filter(action="failed")["send_date"]) == service.failing
    service.asked.clear()
    service.failing = set(days("2026-09-01", "2026-09-20"))
    report = archive.sync(service, "2026-09-01", "2026-09-20")
    assert service.asked == days("2026-09-01", "2026-09-08")
    assert (report["rows"].sum(), report["pending"].sum()) == (0, 0)
    assert (
        report["why"].to_list()[8:]
        == ["not asked for, since the days before got no answer: sync again later"] * 12
    )


def test_any_error_of_the_service_fails_its_days_alone(archive: Archive, service: Service) -> None:
    """The error's own words stand in the report, and the next group is asked."""

    class Broken(Service):
        def status(self, start: date, end: date, **options: bool) -> pl.DataFrame:
            if start == date(2026, 10, 1):
                self.asked += days(start, end)
                raise zr.TransportError("The service answered with HTTP 503.")
            return super().status(start, end, **options)

    broken = Broken(rows=3)
    report = archive.sync(broken, "2026-10-01", "2026-10-08")
    assert report["action"].to_list() == ["failed"] * 4 + ["fetched"] * 4
    assert report["why"].to_list() == ["The service answered with HTTP 503."] * 4 + [None] * 4
    assert broken.asked == days("2026-10-01", "2026-10-08")


def test_an_answer_in_any_order_is_stored_by_day(archive: Archive) -> None:
    """Days that come mixed are taken apart, and the rows of a day keep their order."""

    class Mixed(Service):
        def status(self, start: date, end: date, **options: bool) -> pl.DataFrame:
            answer = super().status(start, end, **options)
            return answer[::-1]

    service = Mixed(rows=3)
    archive.sync(service, "2026-10-01", "2026-10-04")
    expected = pl.concat([service.frame(day)[::-1] for day in days("2026-10-01", "2026-10-04")])
    assert_frame_equal(archive.scan().collect(), expected)


def test_gaps_are_asked_for_in_runs_without_the_days_between(archive: Archive, service: Service) -> None:
    """A settled day between two missing ones is left in peace."""
    archive.sync(service, "2026-10-03")
    service.asked.clear()
    report = archive.sync(service, "2026-10-01", "2026-10-06")
    assert service.asked == [date(2026, 10, n) for n in (1, 2, 4, 5, 6)]
    assert report["action"].to_list() == ["fetched"] * 2 + ["kept"] + ["fetched"] * 3


def test_a_report_counts_what_is_pending_on_every_day_named(archive: Archive, service: Service) -> None:
    """On days kept, failed and fetched alike."""
    service.pending = {date(2026, 10, 1): 1, date(2026, 10, 29): 2, date(2026, 10, 30): 3}
    archive.sync(service, "2026-10-01")
    archive.sync(service, "2026-10-28", "2026-10-30")
    service.failing = {date(2026, 10, 29)}
    report = pl.concat(
        [archive.sync(service, "2026-10-01"), archive.sync(service, "2026-10-27", "2026-10-30")]
    )
    assert report.select("action", "rows", "pending").rows() == [
        ("kept", 3, 1),
        ("fetched", 3, 0),
        ("kept", 3, 0),
        ("failed", 3, 2),
        ("replaced", 3, 3),
    ]


# --------------------------------------------------------------------------------------------------- forgetting


def test_forgetting_takes_the_days_before_and_no_other(archive: Archive, service: Service) -> None:
    """The day itself stays, and so do the counts; with nothing before it nothing is removed."""
    service.totals = {date(2026, 10, 1): 500}
    archive.sync(service, "2026-10-10", "2026-10-12")
    archive.sync_counts(service, "2026-10")
    assert archive.forget(before="2026-10-10").height == 0
    gone = archive.forget(before="2026-10-11")
    assert gone.schema == schemas.SYNC
    assert gone.select("send_date", "action", "rows", "pending").rows() == [
        (date(2026, 10, 10), "forgotten", 0, 0)
    ]
    assert archive.days()["send_date"].to_list() == days("2026-10-11", "2026-10-12")
    assert archive.counts().height == 4
    with pytest.raises(zr.InputError, match=r"^before must be a day"):
        archive.forget(before="soon")


def test_a_day_never_kept_is_forgotten_too(archive: Archive, service: Service) -> None:
    """Whatever lies before the mark stays away, also what was never asked for; force brings it back."""
    archive.sync(service, DAY)
    archive.forget(before=DAY)
    service.asked.clear()
    report = one(archive.sync(service, DAY - timedelta(1)))
    assert (report["action"], report["why"]) == (
        "forgotten",
        "removed by forget(); force=True would fetch it again",
    )
    assert service.asked == []
    added = one(archive.add(status(DAY - timedelta(1), 3)))
    assert (added["action"], added["rows"], added["why"]) == ("forgotten", 0, "removed by forget() meanwhile")
    assert archive.scan().collect().height == 3
    forced = one(archive.add(status(DAY - timedelta(1), 3), force=True))
    assert (forced["action"], forced["why"]) == (
        "fetched",
        "from elsewhere: the next sync asks the service too",
    )
    assert archive.days(DAY - timedelta(1))["state"].to_list() == ["open"]
    assert one(archive.sync(service, DAY - timedelta(1)))["action"] == "replaced"


# ------------------------------------------------------------------------------------------------ what is kept


def test_a_status_frame_may_lack_the_carriers_data(tmp_path: Path) -> None:
    """An archive that keeps rawdata takes frames without, as null."""
    archive = Archive(tmp_path / "a", rawdata=True)
    archive.add(status(DAY, 2))
    assert archive.scan().collect()["rawdata"].to_list() == [None, None]


def test_bodies_are_left_out_of_a_plain_archive_too(tmp_path: Path, service: Service) -> None:
    """messages=False keeps numbers and tags as they are, and no body."""
    archive = Archive(tmp_path / "a", messages=False)
    archive.sync(service, DAY)
    assert_frame_equal(
        archive.scan().collect(), service.frame(DAY).with_columns(message=pl.lit(None, pl.String))
    )


def test_a_plain_archive_keeps_numbers_in_texts_as_they_are(archive: Archive) -> None:
    """Only a hashed archive masks."""
    frame = status(DAY, 1, message="09012345678").with_columns(client_tag=pl.lit("09012345678"))
    archive.add(frame)
    assert_frame_equal(archive.scan().collect(), frame)


def test_settings_are_kept_with_the_archive(tmp_path: Path, service: Service) -> None:
    """Opened again without settings, an archive keeps what it was made to keep."""
    for n, given in enumerate(
        ({"rawdata": True}, {"messages": False}, {"numbers": "hashed", "key": KEY}, {"numbers": "plain"})
    ):
        place = tmp_path / str(n)
        Archive(place, **given).sync(service, DAY)
        again = Archive(place, key=given.get("key"))
        again.sync(service, "2026-10-21")
        kept = again.scan().collect()
        assert ("rawdata" in kept.columns) == (given.get("rawdata") is True)
        assert kept["message"].is_null().all() == (given.get("messages") is False)
        assert kept["phone_number"].str.starts_with("+").any() == (given.get("numbers") != "hashed")
        kind = given.get("numbers", "plain")
        assert repr(again) == f"<zrtools.Archive {place} (numbers={kind!r})>"
        Archive(place, **given)


def test_a_key_has_sixteen_bytes_and_no_blanks_around(tmp_path: Path, service: Service) -> None:
    """Sixteen will do, in a file with a line end too; fifteen will not; the same key in any form is the same."""
    short, enough = b"x" * 15, b"x" * 16
    with pytest.raises(zr.ConfigurationError, match="fewer than 16 bytes"):
        Archive(tmp_path / "a", numbers="hashed", key=short).sync(service, DAY)
    assert not (tmp_path / "a").exists()
    Archive(tmp_path / "a", numbers="hashed", key=enough).sync(service, DAY)
    for n, text in enumerate((enough + b"\n", b" " + enough + b"\r\n")):
        (tmp_path / f"key{n}").write_bytes(text)
        Archive(tmp_path / "a", key=tmp_path / f"key{n}").sync(service, f"2026-10-2{n + 1}")
    assert Archive(tmp_path / "a").days().height == 3
    (tmp_path / "a" / "key").write_bytes(enough)
    with pytest.raises(zr.ConfigurationError, match="inside the archive"):
        Archive(tmp_path / "b" / ".." / "a", key=tmp_path / "a" / "key").sync(service, DAY)


def test_a_key_in_the_environment_is_found_in_the_users_folder(
    tmp_path: Path, service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`~` in the name of the file means the user's own folder; the key itself comes before the file."""
    for name in ("HOME", "USERPROFILE"):
        monkeypatch.setenv(name, str(tmp_path))
    (tmp_path / "key").write_bytes(KEY)
    monkeypatch.setenv("ZRTOOLS_HASH_KEY_FILE", "~/key")
    Archive("~/a", numbers="hashed").sync(service, DAY)
    assert (tmp_path / "a" / "statuses").is_dir()
    monkeypatch.setenv("ZRTOOLS_HASH_KEY", "another key of a good length")
    with pytest.raises(zr.ConfigurationError, match="not the key"):
        Archive("~/a").sync(service, DAY)
    Archive("~/a", key=KEY).sync(service, DAY)


def test_the_key_is_not_in_the_archive(tmp_path: Path, service: Service) -> None:
    """Only a fingerprint, from which nobody finds the key."""
    archive = Archive(tmp_path / "a", numbers="hashed", key=KEY)
    archive.sync(service, DAY)
    everything = b"".join(f.read_bytes() for f in Path(archive.path).rglob("*") if f.is_file())
    assert KEY not in everything
    assert KEY[:16] not in everything


# ---------------------------------------------------------------------------------------------------- the place


def test_hidden_files_and_empty_folders_of_ours_do_not_keep_an_archive_out(
    tmp_path: Path, service: Service
) -> None:
    """What a desktop leaves in a folder, and what a killed first sync does."""
    (tmp_path / ".DS_Store").write_text("")
    for name in ("statuses", "counts"):
        (tmp_path / name).mkdir()
    archive = Archive(tmp_path)
    assert repr(archive) == f"<zrtools.Archive {tmp_path} (new)>"
    archive.sync(service, DAY)
    assert archive.days().height == 1


def test_an_archive_without_days_is_empty_everywhere(archive: Archive, service: Service) -> None:
    """Counts alone, no status: every reader answers with its schema."""
    service.totals = {date(2026, 10, 1): 500}
    archive.sync_counts(service, "2026-10")
    assert_frame_equal(archive.days(), schemas.empty(schemas.DAYS))
    assert archive.files() == []
    assert archive.files("2026-10") == []
    assert_frame_equal(archive.scan("2026-10-01").collect(), schemas.empty(schemas.STATUS))
    assert archive.days("2026-10-01")["state"].to_list() == ["missing"]
    archive.compact()


@pytest.mark.parametrize(
    ("said", "advice"),
    [
        (
            "Generic LocalFileSystem error: No space left on device (os error 28)",
            "The disk is full: free space",
        ),
        ("File too large (os error 27)", "The disk is full"),
        ("There is not enough space on the disk. (os error 112)", "The disk is full"),
        ("Permission denied (os error 13)", "check the rights"),
        ("Read-only file system (os error 30)", "check the rights"),
        ("Access is denied. (os error 5)", "check the rights"),
        ("NoSuchBucket: The specified bucket does not exist", "check the address and the region"),
        ("Client error with status 403 Forbidden", "check the keys in storage_options"),
        ("InvalidAccessKeyId", "check the keys in storage_options"),
        ("error sending request for url", "The storage did not answer"),
        ("operation TIMED OUT", "The storage did not answer"),
        ("Unknown reader feature: x", "update zrtools and deltalake"),
        ("Parquet error: EOF", "damaged or missing"),
    ],
)
@pytest.mark.parametrize("kind", [OSError, ValueError])
def test_what_the_storage_says_becomes_what_to_do(
    archive: Archive,
    service: Service,
    monkeypatch: pytest.MonkeyPatch,
    said: str,
    advice: str,
    kind: type[Exception],
) -> None:
    """One masked line of the storage's words, the place, and the remedy; what was stored stays."""
    archive.sync(service, DAY)

    def broken(*args: object, **options: object) -> None:
        raise kind(f"{said} +819012345678\nsecond line")

    monkeypatch.setattr("deltalake.write_deltalake", broken)
    with pytest.raises(zr.ArchiveError) as raised:
        archive.sync(service, "2026-10-21")
    assert str(raised.value).startswith(f"The archive at {archive.path} cannot be used as it is. ")
    assert advice in str(raised.value)
    assert str(raised.value).endswith(f"What was stored stays as it was. ({said} +8190****5678)")
    assert raised.value.__cause__ is None
    assert archive.days().height == 1


def test_a_storage_without_a_word_is_answered_all_the_same(
    archive: Archive, service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An error without text, and one of a page."""
    said = " "

    def broken(*args: object, **options: object) -> None:
        raise OSError(said)

    monkeypatch.setattr("deltalake.write_deltalake", broken)
    with pytest.raises(zr.ArchiveError, match=r"\(no reason given\)$"):
        archive.sync(service, DAY)
    said = "x" * 1000
    with pytest.raises(zr.ArchiveError, match=r" \(x{300}\)$"):
        archive.sync(service, DAY)


@pytest.mark.slow
def test_a_change_that_others_always_forestall_gives_up_and_says_so(
    archive: Archive, service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The tries are many, and bounded; when nobody else wrote, the first refusal is final."""
    from deltalake import write_deltalake
    from deltalake.exceptions import CommitFailedError

    archive.sync(service, DAY)
    tries = []

    def forestalled(*args: Any, **options: Any) -> None:
        tries.append(1)
        Archive(archive.path).forget(before=date(2000, 1, len(tries) % 2 + 1))
        raise CommitFailedError("a concurrent transaction")

    monkeypatch.setattr("time.sleep", lambda _: None)
    monkeypatch.setattr("deltalake.write_deltalake", forestalled)
    with pytest.raises(zr.ArchiveError, match=r"without a pause .* nothing was lost"):
        archive.sync(service, "2026-10-21")
    assert len(tries) == 60

    def refused(*args: Any, **options: Any) -> None:
        tries.append(1)
        raise CommitFailedError("a concurrent transaction")

    monkeypatch.setattr("deltalake.write_deltalake", refused)
    with pytest.raises(zr.ArchiveError, match="cannot be used as it is"):
        archive.sync(service, "2026-10-21")
    assert len(tries) == 61
    monkeypatch.setattr("deltalake.write_deltalake", write_deltalake)
    assert one(archive.sync(service, "2026-10-21"))["action"] == "fetched"


def test_a_moved_archive_goes_on_where_it_is(archive: Archive, service: Service, tmp_path: Path) -> None:
    """Nothing in it names its place."""
    archive.sync(service, DAY)
    shutil.copytree(archive.path, tmp_path / "copy 写し")
    copied = Archive(tmp_path / "copy 写し")
    copied.sync(service, "2026-10-21")
    assert copied.scan().collect().height == 6
    assert archive.scan().collect().height == 3


# ------------------------------------------------------------------------------------------------------- counts


@pytest.mark.parametrize(("after", "action"), [(14, "unchanged"), (15, "kept")])
def test_counts_are_final_when_taken_close_after_days_after_the_month(
    archive: Archive, service: Service, after: int, action: str
) -> None:
    """Taken on the fourteenth day after the month's end they may still change, a day later not."""
    september = date(2026, 9, 1)
    service.totals = {september: 700}
    service.time = at(date(2026, 9, 30) + timedelta(after), 23)
    archive.sync_counts(service, "2026-09")
    service.later(days=10)
    report = archive.sync_counts(service, "2026-09")
    assert report["action"].to_list() == [action]
    assert report["why"].to_list() == [None if action == "unchanged" else "final: it is not asked for again"]
    assert report["rows"].to_list() == [4]
    service.totals = {september: 701}
    assert archive.sync_counts(service, "2026-09", force=True)["action"].to_list() == ["stored"]
    assert archive.counts().filter(carrier="docomo")["separated_success_count"].to_list() == [701]


def test_time_to_be_final_follows_close_after(tmp_path: Path, service: Service) -> None:
    """The user's own period counts for the counts, too."""
    archive = Archive(tmp_path / "a", close_after=3)
    service.totals = {date(2026, 9, 1): 700}
    service.time = at(date(2026, 10, 4))
    archive.sync_counts(service, "2026-09")
    assert archive.sync_counts(service, "2026-09")["action"].to_list() == ["kept"]


def test_counts_begin_two_years_back_then_with_the_first_month_kept(
    archive: Archive, service: Service
) -> None:
    """And end with the running month; a start alone is that month, months to come are left out."""
    service.totals = {date(2026, 8, 1): 1, date(2026, 10, 1): 2}
    assert archive.sync_counts(service)["month"].to_list() == months("2024-10", "2026-10")
    assert archive.sync_counts(service)["month"].to_list() == months("2026-08", "2026-10")
    assert archive.sync_counts(service, "2026-07")["month"].to_list() == [date(2026, 7, 1)]
    assert archive.sync_counts(service, "2026-10", "2026-12")["month"].to_list() == [date(2026, 10, 1)]
    assert archive.sync_counts(service, end="2026-09")["month"].to_list() == months("2026-08", "2026-09")


def test_a_month_is_final_for_one_client_and_not_for_another(archive: Archive) -> None:
    """An agency's month is final when the oldest answer of all its clients is."""

    class Agency(Service):
        def counts(self, start: date, end: date | None = None, **options: Any) -> pl.DataFrame:
            answer = super().counts(start, end, **options)
            wanted = options["client_id"]
            named = ["100", "200"] if wanted == "all" else [wanted]
            return pl.concat([answer.with_columns(client_id=pl.lit(n)) for n in named])

    agency = Agency("2026-10-20")
    agency.totals = {date(2026, 9, 1): 700}
    archive.sync_counts(agency, "2026-09", client_id="100")
    assert archive.sync_counts(agency, "2026-09", client_id="200")["action"].to_list() == ["stored"]
    assert archive.sync_counts(agency, "2026-09", client_id="100")["action"].to_list() == ["kept"]
    agency.time = at(date(2026, 10, 10))
    archive.sync_counts(agency, "2026-09", client_id="300")
    agency.time = at(date(2026, 10, 21))
    report = archive.sync_counts(agency, "2026-09", client_id="all")
    assert report.select("action", "rows").rows() == [("unchanged", 12)]
    assert archive.counts().select("client_id").unique().height == 3


def test_a_count_that_changes_in_any_part_is_a_new_snapshot(archive: Archive, service: Service) -> None:
    """Only what changed is stored, whole months of it; a carrier's name alone is no change."""
    service.totals = {date(2026, 9, 1): 700, date(2026, 10, 1): 500}
    archive.sync_counts(service, "2026-09", "2026-10")
    service.later(hours=1)
    service.totals[date(2026, 10, 1)] = 501

    class Renamed(Service):
        def counts(self, start: date, end: date | None = None, **options: Any) -> pl.DataFrame:
            return service.counts(start, end, **options).with_columns(carrier=pl.lit("x"))

    renamed = Renamed()
    renamed.time = service.time
    report = archive.sync_counts(renamed, "2026-09", "2026-10")
    assert report["action"].to_list() == ["kept", "stored"]
    assert (
        archive.counts_history()["taken"].to_list()
        == [at(date(2026, 10, 31))] * 8 + [at(date(2026, 10, 31), 13)] * 4
    )
    assert archive.counts().height == 8


def test_the_bar_of_counts_is_shown_or_not(archive: Archive, service: Service) -> None:
    """As asked."""
    archive.sync_counts(service, "2026-10", progress=False)
    archive.sync_counts(service, "2026-10")
    assert service.bars == [False, True]


def test_a_service_that_asks_to_wait_is_left_in_peace(archive: Archive) -> None:
    """Told to come back later, a sync asks for no further day, and says so on each."""

    class Throttled(Service):
        def status(self, start: date, end: date, **options: bool) -> pl.DataFrame:
            if start > date(2026, 10, 4):
                self.asked += days(start, end)
                error = zr.TransportError("It asks to wait until 10:00 (Japan): try again then.")
                error.retry_after = 600.0
                raise error
            return super().status(start, end, **options)

    throttled = Throttled(rows=3)
    report = archive.sync(throttled, "2026-10-01", "2026-10-20")
    assert throttled.asked == days("2026-10-01", "2026-10-08")
    assert report["action"].to_list() == ["fetched"] * 4 + ["failed"] * 16
    assert set(report["why"].to_list()[4:]) == {"It asks to wait until 10:00 (Japan): try again then."}
