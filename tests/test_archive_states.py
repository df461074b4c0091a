"""The archive beside a service that changes: any order of days passing, syncs, failures, additions and forgetting."""

from __future__ import annotations

import shutil
import tempfile
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest
from archive_service import Service, status
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from polars.testing import assert_frame_equal

import zrtools as zr
from zrtools.archive import Archive
from zrtools.periods import days

FIRST = date(2026, 10, 1)
SPAN = 5
SETTLE, CLOSE = timedelta(2), timedelta(6)


@dataclass(frozen=True)
class _Kept:
    """What the archive should hold of a day."""

    rows: pl.DataFrame
    asked: datetime | None = None
    closed: bool = False
    known: bool = True

    @property
    def pending(self) -> int:
        return int((self.rows["status_id"] <= 1).sum())

    def settled(self, day: date) -> bool:
        return self.asked is not None and not self.pending and self.asked.date() >= day + SETTLE


NOTHING = _Kept(status(FIRST, 0), known=False)


class _Beside(RuleBasedStateMachine):
    """What an archive promises, written a second time: whole answers, never fewer rows, final when it says so."""

    @initialize()
    def begin(self) -> None:
        self.folder = Path(tempfile.mkdtemp())
        self.service = Service("2026-10-03", rows=3)
        self.archive = self.opened()
        self.kept: dict[date, _Kept] = {}
        self.forgotten = date.min
        self.archive.sync(self.service, "2026-10-03", progress=False)
        self.kept[date(2026, 10, 3)] = _Kept(self.service.frame(date(2026, 10, 3)), self.service.now())

    def teardown(self) -> None:
        if hasattr(self, "folder"):
            shutil.rmtree(self.folder)

    def opened(self) -> Archive:
        return Archive(self.folder / "archive", settle_after=SETTLE.days, close_after=CLOSE.days)

    def of(self, day: date) -> _Kept:
        return self.kept.get(day, NOTHING)

    def is_forgotten(self, day: date) -> bool:
        return day < self.forgotten and not self.of(day).rows.height

    # what changes around it

    @rule(hours=st.sampled_from([1, 13, 24, 48]))
    def time_passes(self, hours: int) -> None:
        self.service.later(hours=hours)

    @rule(n=st.integers(0, SPAN), rows=st.integers(0, 5), pending=st.integers(0, 2), failing=st.booleans())
    def the_service_says_something_else(self, n: int, rows: int, pending: int, failing: bool) -> None:
        day = FIRST + timedelta(n)
        self.service.sizes[day], self.service.pending[day] = rows, pending
        (self.service.failing.add if failing else self.service.failing.discard)(day)

    @rule()
    def everything_settles(self) -> None:
        self.service.pending.clear()
        self.service.failing.clear()

    @rule()
    def it_is_opened_anew(self) -> None:
        self.archive = self.opened()

    # what is done with it

    @rule(n=st.integers(0, SPAN), more=st.integers(0, SPAN), force=st.booleans())
    def sync(self, n: int, more: int, force: bool) -> None:
        now = self.service.now()
        first = min(FIRST + timedelta(n), now.date())
        asked = days(first, min(first + timedelta(more), now.date()))
        expected, to_ask = [], []
        for day in asked:
            have = self.of(day)
            if not force and self.is_forgotten(day):
                expected.append((day, "forgotten", 0))
            elif not force and (have.closed or have.settled(day)):
                expected.append((day, "kept", have.rows.height))
            else:
                to_ask.append(day)
                expected.append((day, *self.expect(day, self.service.frame(day), now, force)))
        self.service.asked.clear()
        report = self.archive.sync(self.service, asked[0], asked[-1], force=force, progress=False)
        assert report.select("send_date", "action", "rows").rows() == expected
        assert self.service.asked == to_ask

    def expect(self, day: date, answer: pl.DataFrame, now: datetime, force: bool) -> tuple[str, int]:
        have = self.of(day)
        if day in self.service.failing:
            return "failed", have.rows.height
        overdue = now.date() >= day + CLOSE
        if answer.height < have.rows.height and not force:
            if overdue:
                self.kept[day] = replace(have, asked=now, closed=True)
            return "closed" if overdue else "refused", have.rows.height
        new = not have.known or self.is_forgotten(day)
        made = _Kept(answer, now)
        self.kept[day] = replace(made, closed=overdue and made.pending > 0)
        return "closed" if self.kept[day].closed else "fetched" if new else "replaced", answer.height

    @rule(n=st.integers(0, SPAN), rows=st.integers(1, 5))
    def rows_from_elsewhere_are_added(self, n: int, rows: int) -> None:
        day = FIRST + timedelta(n)
        have, frame = self.of(day), status(day, rows)
        action = self.archive.add(frame)["action"].to_list()
        if self.is_forgotten(day):
            assert action == ["forgotten"]
        elif have.asked is not None:
            assert action == ["kept"]
        elif rows < have.rows.height:
            assert action == ["refused"]
        else:
            assert action == ["replaced" if have.known else "fetched"]
            self.kept[day] = _Kept(frame)

    @rule(n=st.integers(0, SPAN))
    def days_are_forgotten(self, n: int) -> None:
        before = FIRST + timedelta(n)
        gone = [day for day, have in sorted(self.kept.items()) if day < before and have.rows.height]
        assert self.archive.forget(before)["send_date"].to_list() == gone
        self.forgotten = max(self.forgotten, before)
        for day in gone:
            self.kept[day] = replace(self.kept[day], rows=NOTHING.rows)
        on_disk = {file.parent.name for file in Path(self.archive.root).rglob("*.parquet")}
        assert not {f"send_date={day}" for day in gone} & on_disk

    @rule()
    def it_is_compacted(self) -> None:
        self.archive.compact()

    # what must always be so

    @invariant()
    def every_day_is_one_whole_answer(self) -> None:
        if not hasattr(self, "kept"):
            return
        whole = [have.rows for _, have in sorted(self.kept.items())]
        assert_frame_equal(self.archive.scan().collect(), pl.concat([NOTHING.rows, *whole]))

    @invariant()
    def states_say_what_may_be_relied_on(self) -> None:
        if not hasattr(self, "kept"):
            return
        shown = self.archive.days(FIRST, FIRST + timedelta(SPAN))
        for day, state, rows, pending, asked in shown.iter_rows():
            have = self.of(day)
            if self.is_forgotten(day):
                expected = "forgotten"
            elif not have.known:
                expected = "missing"
            elif have.closed:
                expected = "closed"
            elif have.settled(day):
                expected = "settled" if have.rows.height else "empty"
            else:
                expected = "open"
            assert (state, rows, pending) == (expected, have.rows.height, have.pending)
            assert asked == (have.asked and have.asked.replace(microsecond=0))


_Beside.TestCase.settings = settings(max_examples=20, stateful_step_count=12)
TestBeside = pytest.mark.slow(_Beside.TestCase)


def test_forgetting_an_earlier_day_takes_no_later_mark_back(tmp_path: Path) -> None:
    """What was forgotten up to the 20th stays away when somebody forgets up to the 5th."""
    service, archive = Service(rows=2), Archive(tmp_path / "a")
    archive.sync(service, "2026-10-10", "2026-10-25", progress=False)
    archive.forget(before="2026-10-20")
    archive.forget(before="2026-10-05")
    service.asked.clear()
    report = archive.sync(service, "2026-10-19", "2026-10-20", progress=False)
    assert report["action"].to_list() == ["forgotten", "kept"]
    assert service.asked == []
    archive.forget(before="2026-10-21")
    assert archive.days("2026-10-20", "2026-10-21")["state"].to_list() == ["forgotten", "settled"]


def test_a_stopped_sync_is_judged_like_any_other(tmp_path: Path) -> None:
    """A failure, then Ctrl-C, then a service that has fewer rows: what is kept stays, what is open is asked for."""
    service, archive = Service("2026-10-03", rows=4), Archive(tmp_path / "a")
    service.failing = {date(2026, 10, 2)}
    archive.sync(service, "2026-10-01", "2026-10-03", progress=False)

    class Stopped(Service):
        def status(self, start: date, end: date, **options: bool) -> pl.DataFrame:
            raise zr.Interrupted("Stopped.", frame=self.frame(start), missing=days(start, end)[1:])

    with pytest.raises(zr.Interrupted) as stopped:
        archive.sync(Stopped("2026-10-03", rows=3), "2026-10-02", "2026-10-03", progress=False)
    assert stopped.value.frame.select("action", "rows").rows() == [("fetched", 3)]
    assert stopped.value.missing == [date(2026, 10, 3)]
    service.rows = 2
    service.failing.clear()
    report = archive.sync(service, "2026-10-01", "2026-10-03", progress=False)
    assert report.select("action", "rows").rows() == [("kept", 4), ("refused", 3), ("refused", 4)]
