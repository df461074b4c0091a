"""Watching an archive: what is new is told once, whatever happens to the process, and to each who is to have it."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

import zrtools as zr
from zrtools import cli, watch
from zrtools.periods import TOKYO
from zrtools.watch.digest import Finding

NOW = datetime(2026, 11, 13, 10, tzinfo=TOKYO)
STRUCK = datetime(2026, 11, 12, 12, tzinfo=TOKYO)


@pytest.fixture(scope="module")
def statuses() -> pl.DataFrame:
    """Give five weeks of quiet traffic; for three hours of yesterday nearly nothing reaches docomo."""
    with zr.Client.sandbox(seed=5, today="2026-11-13", messages_per_day=900) as client:
        frame = client.status("2026-10-08", "2026-11-12", progress=False)
    hit = (pl.col("carrier") == "docomo") & (pl.col("status_id") == 2)
    hit &= pl.col("date_time").is_between(STRUCK, STRUCK + timedelta(hours=4))
    return frame.with_columns(
        status_id=pl.when(hit).then(3).otherwise("status_id").cast(pl.Int16),
        detailed_status_id=pl.when(hit).then(pl.lit("31823")).otherwise("detailed_status_id"),
    )


@pytest.fixture(scope="module")
def kept(statuses: pl.DataFrame, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Keep them in an archive, which each test copies."""
    folder = tmp_path_factory.mktemp("kept") / "archive"
    zr.Archive(folder).add(statuses)
    return folder


@pytest.fixture
def place(kept: Path, tmp_path: Path) -> Path:
    """Give an archive of one's own."""
    return Path(shutil.copytree(kept, tmp_path / "archive"))


@pytest.fixture
def state(tmp_path: Path) -> Iterator[watch.State]:
    """Give a state of one's own."""
    made = watch.State(tmp_path / "state.sqlite")
    yield made
    made.close()


class Shelf:
    """An archive whose statuses lie so much later."""

    def __init__(self, frame: pl.DataFrame, later: timedelta) -> None:
        days = timedelta(days=round(later / timedelta(days=1)))
        self.frame = frame.with_columns(pl.col("date_time") + later, pl.col("send_date") + days)

    def scan(self, *_: date) -> pl.LazyFrame:
        """Give all of it."""
        return self.frame.lazy()


def go(place: Path, state: watch.State, **more: Any) -> tuple[watch.Told, str]:
    """Go a round at NOW, without a service, and give what it said."""
    said: list[str] = []
    options: dict[str, Any] = {"now": NOW, "sync": None, "show": said.append, "lang": "en", **more}
    return watch.go_round(zr.Archive(place), state, **options), "".join(said)


@pytest.mark.slow
def test_an_incident_is_told_once_with_its_cause_and_a_text_to_send(
    place: Path, state: watch.State, tmp_path: Path
) -> None:
    """To the terminal, a page and Markdown, masked, in either language; the next round has nothing to say."""
    page, note = tmp_path / "new.html", tmp_path / "new.md"
    told, said = go(place, state, out=[page, note])
    assert (told.level, told.undelivered, told.blind) == ("incident", [], "")
    assert said.count("new: docomo") == 1
    assert "Who acts: carrier (its notices) and vendor" in said
    assert "Sample clientTags:" in note.read_text("utf-8")
    assert "Sample clientTags:" in page.read_text("utf-8")
    assert not re.search(r"(?:\+81|0)90\d{8}", said + page.read_text("utf-8") + note.read_text("utf-8"))
    page.unlink()
    told, said = go(place, state, out=[page, note])
    assert (told.level, said) == ("nothing", "")
    assert not page.exists()


@pytest.mark.slow
def test_what_a_program_does_not_take_is_brought_again_to_it_alone(
    place: Path, state: watch.State, tmp_path: Path
) -> None:
    """A failing, missing or slow program leaves the digest for the next round, which says so; others had theirs."""
    taken = tmp_path / "taken.txt"
    refuse = f'"{sys.executable}" -c "raise SystemExit(3)"'
    for program in (refuse, "no-such-program-here"):
        told, said = go(place, state, program=program)
        assert len(told.undelivered) == 1
        assert "did not take it" in told.undelivered[0]
        assert ("new: docomo" in said) == (program == refuse)
    script = tmp_path / "take.py"
    script.write_text(
        "import os, sys, pathlib\n"
        f"pathlib.Path({str(taken)!r}).write_bytes(sys.stdin.buffer.read())\n"
        "assert 'ZRTOOLS_TOKEN' not in os.environ and os.environ['ZRTOOLS_LEVEL'] == 'incident'\n",
        "utf-8",
    )
    os.environ["ZRTOOLS_TOKEN"] = "secret"
    try:
        told, said = go(place, state, program=f'"{sys.executable}" "{script}"')
    finally:
        del os.environ["ZRTOOLS_TOKEN"]
    assert (told.level, told.undelivered, said) == ("incident", [], "")
    assert "**new:** docomo" in taken.read_text("utf-8")
    assert "may come twice" in taken.read_text("utf-8")
    assert go(place, state)[0].level == "nothing"


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="a program that kills its parent is POSIX here")
def test_a_killed_run_loses_no_alert_and_makes_none_twice(place: Path, tmp_path: Path) -> None:
    """Kill -9 in the middle of a delivery: the next run brings the same digest, by its number, then there is peace."""
    seen = tmp_path / "seen.txt"
    script = tmp_path / "take.py"
    script.write_text(
        "import os, signal, sys\n"
        "sys.stdin.read()\n"
        f"with open({str(seen)!r}, 'a') as file: file.write(os.environ['ZRTOOLS_DIGEST'] + chr(10))\n"
        "if len(sys.argv) > 1: os.kill(os.getppid(), signal.SIGKILL)\n",
        "utf-8",
    )
    run = (
        "import sys, zrtools.watch as w, zrtools as zr\n"
        "from datetime import datetime\n"
        "from zrtools.periods import TOKYO\n"
        "s = w.State(sys.argv[2])\n"
        "t = w.go_round(zr.Archive(sys.argv[1]), s, now=datetime(2026, 11, 13, 10, tzinfo=TOKYO), sync=None, "
        "program=sys.argv[3], lang='en')\nprint(t.level)\n"
    )
    command = f'"{sys.executable}" "{script}"'
    levels = []
    for ending in (" die", "", ""):
        done = subprocess.run(
            [sys.executable, "-c", run, str(place), str(tmp_path / "s.sqlite"), command + ending],
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        levels.append(done.stdout.strip())
    assert levels == ["", "incident", "nothing"]
    ids = seen.read_text("utf-8").split()
    assert len(ids) == 2
    assert len(set(ids)) == 1


@pytest.mark.slow
def test_reports_that_never_came_are_told_when_the_receiver_is_known(
    place: Path, state: watch.State, statuses: pl.DataFrame, tmp_path: Path
) -> None:
    """Reports until noon, none later: so many of so many messages with a tag are missing."""
    rows = statuses.filter(pl.col("client_tag").is_not_null(), pl.col("status_id").is_in([2, 3]))
    rows = rows.filter(pl.col("send_date") == date(2026, 11, 12))
    bodies = [
        f'{{"eventNotifications": [{{"type": "DLR", "messageId": "{n}", "statusId": "2", "clientTag": "{tag}", '
        f'"dateTime": "2026/11/12 11:00:00"}}]}}'
        for n, tag in enumerate(rows.filter(pl.col("date_time") < STRUCK)["client_tag"])
    ]
    with zr.receiver.Store(tmp_path / "pushed") as store:
        for body in bodies:
            store.add(body.encode(), "application/json").result(30)
    # what a store received counts from then on, by this computer's clock
    moment = datetime.now(TOKYO)
    shelf = Shelf(statuses, moment - STRUCK)
    day = (datetime(2026, 11, 12, tzinfo=TOKYO) + (moment - STRUCK)).date()
    pushed = zr.receiver.Store(tmp_path / "pushed")
    found = watch.look(shelf, moment + timedelta(hours=20), day, store=pushed, lang="en")
    reports = [f for f in found if f.dimension == "reports"]
    assert [f.level for f in reports] == ["incident"]
    assert "Pushed delivery reports never came" in reports[0].sentence
    early = watch.look(shelf, moment + timedelta(minutes=5), day, store=pushed, lang="en")
    assert not [f for f in early if f.dimension == "reports"]
    told, said = go(place, state, store=zr.receiver.Store(tmp_path / "nowhere"))
    assert told.blind
    assert "There is no store" in said


@pytest.mark.slow
def test_a_round_that_cannot_look_says_so_once_and_says_when_it_can_again(
    place: Path, state: watch.State
) -> None:
    """The service is gone for two rounds, then back: one alarm, its end, and the incident meanwhile."""

    def gone(_: date | None) -> str:
        raise zr.TransportError("The service cannot be reached.")

    told, said = go(place, state, sync=gone)
    assert (told.level, bool(told.blind)) == ("blind", True)
    assert "Nothing can be seen" in said
    told, said = go(place, state, sync=gone)
    assert (told.level, bool(told.blind), said) == ("nothing", True, "")
    told, said = go(place, state, sync=lambda _: "")
    assert (told.level, told.blind) == ("incident", "")
    assert "over: It can be seen again." in said
    assert "new: docomo" in said


@pytest.mark.slow
def test_the_week_is_told_once_a_week(place: Path, state: watch.State) -> None:
    """The seven days until yesterday against the seven before; next week's digest is another."""
    told, said = go(place, state, of_week=True)
    assert told.level == "nothing"
    assert "2026-11-06 to 2026-11-12" in said
    assert "docomo" in said
    assert go(place, state, of_week=True)[1] == ""
    assert "2026-11-07 to 2026-11-13" in go(place, state, of_week=True, now=NOW + timedelta(days=1))[1]


def test_two_rounds_at_once_wait_for_each_other(tmp_path: Path) -> None:
    """The second says that it waits, and goes on when the first has ended, or gives up in words."""
    waited: list[bool] = []
    place = tmp_path / "state.sqlite"
    order = []

    def second() -> None:
        with watch.alone(place, 20, lambda: waited.append(True)):
            order.append("second")

    with watch.alone(place, 0, lambda: None):
        other = threading.Thread(target=second)
        other.start()
        while not waited:
            pass
        with pytest.raises(zr.ArchiveError, match="Another watch"), watch.alone(place, 0, lambda: None):
            pass
        order.append("first")
    other.join(20)
    assert order == ["first", "second"]


def finding(start: float, hours: float, excess: float, **more: Any) -> Finding:
    """Make a finding of docomo so many hours after midnight."""
    begin = NOW.replace(hour=0) + timedelta(hours=start)
    base = {
        "level": "incident",
        "dimension": "carrier",
        "values": ["docomo"],
        "group": "busy",
        "is_over": False,
    }
    made = {
        **base,
        "start": begin,
        "end": begin + timedelta(hours=hours),
        "excess": excess,
        "sentence": "said",
        **more,
    }
    return Finding(**made)


@pytest.mark.parametrize(
    ("steps", "news"),
    [
        ([finding(1, 1, 50), finding(1.25, 2, 60)], ["new", None]),
        ([finding(1, 1, 50), finding(1, 3, 101)], ["new", "worse"]),
        (
            [finding(1, 1, 50), finding(1, 1, 50, is_over=True), finding(1, 1, 50, is_over=True)],
            ["new", "over", None],
        ),
        ([finding(1, 1, 50), finding(9, 1, 50)], ["new", "new"]),
        ([finding(1, 1, 50), finding(1, 1, 50, values=["au"])], ["new", "new"]),
        ([finding(1, 1, 50), finding(1, 1, 50, values=["au", "docomo"])], ["new", None]),
        ([finding(1, 1, 50), finding(1, 1, 50, dimension="sms_code", values=["51000"])], ["new", None]),
        ([finding(1, 1, 50), finding(1, 1, 50, group="refused")], ["new", "new"]),
        ([finding(1, 1, 20, level="watch"), finding(1, 1, 30)], ["new", "worse"]),
        ([finding(1, 1, 30), finding(1, 1, 20, level="watch"), finding(1, 1, 30)], ["new", None, None]),
    ],
)
def test_what_is_new_about_an_incident_seen_again(
    state: watch.State, steps: list[Finding], news: list[Any]
) -> None:
    """It is the same while it is of the same kind and near in time; worse and over are told once."""
    for step, expected in zip(steps, news, strict=True):
        digest = state.record([step], NOW, "en", looked=True)
        assert (None if digest is None else digest.items[0]["what"]) == expected


@given(
    sizes=st.lists(
        st.tuples(st.floats(0, 20), st.floats(0.25, 6), st.floats(1, 500), st.booleans()), max_size=8
    )
)
def test_whatever_is_seen_twice_is_told_once(tmp_path_factory: pytest.TempPathFactory, sizes: Any) -> None:
    """Two incidents at once are both told; the same looks again say nothing."""
    found = [finding(a, h, e, is_over=o, values=[f"c{n}"]) for n, (a, h, e, o) in enumerate(sizes)]
    state = watch.State(tmp_path_factory.mktemp("s") / "s.sqlite")
    digest = state.record(found, NOW, "en", looked=True)
    assert (0 if digest is None else len(digest.items)) == len(found)
    assert state.record(found[::-1], NOW, "en", looked=True) is None
    state.close()


@pytest.mark.slow
def test_the_command_makes_an_archive_looks_and_leaves_with_a_code(tmp_path: Path) -> None:
    """A new user's first line: it syncs four weeks by itself; what is wrong on the line is said with code 2."""
    run = CliRunner()
    line = ["watch", "--archive", str(tmp_path / "a"), "--sandbox", "-v", "--lang", "en"]
    first = run.invoke(cli.root, line)
    assert (first.exit_code, "nothing new" in first.output) == (0, True)
    assert zr.Archive(tmp_path / "a").days().height >= 28
    for wrong in (["--out", "x.pdf"], ["--program", " "], ["--wait", "-1"]):
        assert run.invoke(cli.root, [*line, *wrong]).exit_code == 2
    nothing = run.invoke(
        cli.root, ["watch", "--archive", str(tmp_path / "none"), "--no-sync", "--lang", "en"]
    )
    assert nothing.exit_code == 1
    assert "Nothing can be seen" in nothing.output
