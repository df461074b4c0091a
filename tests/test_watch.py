"""Watching an archive: what is new is told once, whatever happens to the process, and to each who is to have it."""

from __future__ import annotations

import json
import os
import re
import shutil
import sqlite3
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
from hypothesis import given, settings
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
@pytest.mark.skipif(os.name == "nt", reason="a program that kills its parent is POSIX here")
def test_a_killed_run_loses_no_alert_and_makes_none_twice(tmp_path: Path) -> None:
    """Kill -9 in the middle of a delivery: the next run brings the same digest, by its number, then there is peace."""
    seen = tmp_path / "taken.txt"
    die = "if len(sys.argv) > 1: os.kill(os.getppid(), signal.SIGKILL)"
    command = program(tmp_path, f"import os, signal\n{die}")
    run = (
        "import sys, zrtools.watch as w, zrtools as zr\n"
        "from datetime import datetime\n"
        "from zrtools.periods import TOKYO\n"
        "t = w.go_round(zr.Archive(sys.argv[1]), w.State(sys.argv[2]), now=datetime(2026, 11, 13, 10, tzinfo=TOKYO), "
        "sync=lambda _: 'Nothing came.', program=sys.argv[3], lang='en')\nprint(t.level)\n"
    )
    levels = []
    for ending in (" die", "", ""):
        done = subprocess.run(
            [
                *(sys.executable, "-c", run, str(tmp_path / "none"), str(tmp_path / "s.sqlite")),
                command + ending,
            ],
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        levels.append(done.stdout.strip())
    assert levels == ["", "blind", "nothing"]
    numbers = re.findall(r"number (\w+)", seen.read_text("utf-8"))
    assert (seen.read_text("utf-8").count("**new:**"), len(numbers)) == (2, 1)


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
    assert "Delivery statuses cannot be looked at" in said
    told, said = go(place, state, sync=gone)
    assert (told.level, bool(told.blind), said) == ("nothing", True, "")
    told, said = go(place, state, sync=lambda _: "")
    assert (told.level, told.blind) == ("incident", "")
    assert "over: Delivery statuses can be looked at again." in said
    assert "new: docomo" in said


@pytest.mark.slow
def test_the_week_is_told_once_a_week(place: Path, state: watch.State) -> None:
    """The seven days until yesterday against the seven before, with what is missing; once in each week from Monday."""
    told, said = go(place, state, of_week=True, sync=lambda _: "A day is missing.")
    assert (told.level, told.blind) == ("blind", "A day is missing.")
    for part in ("2026-11-06 to 2026-11-12", "docomo", "A day is missing."):
        assert part in said
    for later, news in ((0, False), (2, False), (3, True), (9, False), (10, True), (48, True), (52, True)):
        digest = state.record_week(NOW + timedelta(days=later), ["said"], [], "en")
        assert (digest is not None) == news, later
    assert digest is not None
    assert "2027-01-04" in digest.title


def test_a_week_in_which_nothing_was_sent_is_no_fault(state: watch.State) -> None:
    """Over the new year all days are there and empty; days that are not there are told as such."""
    empty = Quiet()
    days = pl.DataFrame({"send_date": pl.date_range(date(2026, 12, 1), date(2027, 1, 3), eager=True)})
    monday = datetime(2027, 1, 4, 9, tzinfo=TOKYO)
    for known, told in ((days, "nothing"), (days.head(-1), "blind")):
        empty.days = lambda known=known: known
        said: list[str] = []
        came = watch.go_round(
            empty, state, now=monday, sync=lambda _: "", show=said.append, of_week=True, lang="en"
        )
        assert came.level == told
        monday += timedelta(days=7 if told == "nothing" else 0)
        if told == "nothing":
            assert "No messages were sent from 2026-12-28 to 2027-01-03." in said[0]


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


@settings(max_examples=20)
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
    assert "Delivery statuses cannot be looked at" in nothing.output


# ------------------------------------------------------------------------------------------------ faults in pairs


class Quiet(Shelf):
    """An archive in which nothing happens."""

    def __init__(self) -> None:
        super().__init__(pl.DataFrame(schema=zr.schemas.STATUS), timedelta(0))

    def days(self) -> pl.DataFrame:
        """Say that there is a day."""
        return pl.DataFrame({"send_date": [NOW.date()]})


def quietly(state: watch.State, *, missing: str = "", **more: Any) -> tuple[watch.Told, str]:
    """Go a round in which nothing is found but, if so, that days are missing."""
    said: list[str] = []
    options: dict[str, Any] = {"now": NOW, "show": said.append, "lang": "en", **more}
    return watch.go_round(Quiet(), state, sync=lambda _: missing, **options), "".join(said)


def program(tmp_path: Path, body: str) -> str:
    """Write a program that notes each digest and then does this, and give its command."""
    script = tmp_path / "take.py"
    note = f"open({str(tmp_path / 'taken.txt')!r}, 'ab').write(sys.stdin.buffer.read())"
    script.write_text(f"import sys, time\n{note}\n{body}\n", "utf-8")
    return f'"{sys.executable}" "{script}"'


def test_a_digest_stays_until_all_have_it_for_whom_it_was_made(
    state: watch.State, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither a person's look in between nor the weekly line of the same minute takes it from those who lack it."""
    monkeypatch.setenv("ZRTOOLS_TOKEN", "secret")
    blocked, taken = tmp_path / "folder", tmp_path / "taken.txt"
    blocked.write_text("in the way")
    outs = [blocked / "new.md", tmp_path / "b.html"]
    for refused in ("no-such-program-here --token secret", program(tmp_path, "sys.exit(7)")):
        told, said = quietly(state, missing="No day came.", program=refused, out=outs)
        assert ("No day came." in said) == ("--token" in refused)
        assert len(told.undelivered) == 2
        assert "secret" not in "".join(told.undelivered)
    assert "(7)" in told.undelivered[1]
    assert "No day came." in outs[1].read_text("utf-8")
    outs[1].unlink()
    taken.unlink()
    assert quietly(state, missing="No day came.") == (watch.Told("nothing", [], "No day came."), "")
    weekly = {"of_week": True, "out": [tmp_path / "week.md"], "program": program(tmp_path, "")}
    told, said = quietly(state, **weekly)
    assert (told.undelivered, said, taken.exists(), (tmp_path / "week.md").exists()) == ([], "", False, False)
    blocked.unlink()
    own = "import os\nassert 'ZRTOOLS_TOKEN' not in os.environ and os.environ['ZRTOOLS_LEVEL'] == 'blind'"
    told, said = quietly(state, missing="No day came.", out=outs, program=program(tmp_path, own))
    assert (told.level, told.undelivered, said, outs[1].exists()) == ("blind", [], "", False)
    for got in (outs[0].read_text("utf-8"), taken.read_text("utf-8")):
        assert got.count("No day came.") == 1
        assert "may come twice" in got
    assert not state.pending()


def test_a_program_that_hangs_is_not_waited_for_again_and_again(
    state: watch.State, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of what was left over one is tried, and of what is new; a line of the crontab is never held for hours."""
    monkeypatch.setattr("zrtools.watch.round._PROGRAM_SECONDS", 0.5)
    for n in range(3):
        state.record([finding(n * 8, 1, 50)], NOW, "en", looked=True, targets=["program"])
    told, _ = quietly(state, missing="x", program=program(tmp_path, "time.sleep(20)"))
    assert len(told.undelivered) == 2
    assert "0.5 s" in told.undelivered[0]
    assert len(state.pending()) == 4


@pytest.mark.parametrize(
    "damage",
    [
        "update digests set body = '{'",
        "update digests set body = '[1]'",
        "update alerts set names = '['",
        "update alerts set began = 'noon'",
        "update facts set value = 'x'",
    ],
)
def test_a_state_that_cannot_be_read_says_what_to_do(state: watch.State, damage: str) -> None:
    """No traceback, but that the file may be deleted."""
    state.record([finding(1, 1, 50)], NOW, "en", looked=True, targets=["program"])
    with sqlite3.connect(state.path) as file:
        file.execute(damage)
    file.close()
    use = {
        "digests": state.pending,
        "facts": state.since,
        "alerts": lambda: state.record([finding(1, 1, 50)], NOW, "en", looked=True),
    }[damage.split()[1]]
    with pytest.raises(zr.ArchiveError, match="may also be deleted"):
        use()


@pytest.mark.parametrize("body", [b"", b"x" * 5000])
def test_a_state_that_was_cut_or_overwritten_says_what_to_do(tmp_path: Path, body: bytes) -> None:
    """The same where the whole file is damaged."""
    (tmp_path / "s.sqlite").write_bytes(body)
    with pytest.raises(zr.ArchiveError, match="may also be deleted"):
        watch.State(tmp_path / "s.sqlite")


@pytest.mark.parametrize("what", ["garbage", "folder"])
def test_a_lock_that_is_none_says_what_to_do(tmp_path: Path, what: str) -> None:
    """A folder or another file in place of the lock is no traceback."""
    lock = tmp_path / "s.sqlite.lock"
    if what == "folder":
        lock.mkdir()
    else:
        lock.write_bytes(b"x" * 5000)
    with pytest.raises(zr.ArchiveError, match="remove it"), watch.alone(tmp_path / "s.sqlite", 5, list):
        pass


def test_an_incident_is_held_against_its_own_name_first(state: watch.State) -> None:
    """A larger one of a sender at the same time is told, and the carrier's is not told once more."""
    docomo = finding(1, 2, 50)
    sender = finding(1, 2, 80, dimension="sms_code", values=["51000"], sentence="the sender")
    state.record([docomo], NOW, "en", looked=True)
    digest = state.record([sender, docomo], NOW, "en", looked=True)
    assert digest is not None
    assert [item["sentence"] for item in digest.items] == ["the sender"]
    assert state.record([docomo, sender], NOW, "en", looked=True) is None


def test_reports_are_missed_by_the_services_clock_as_well_as_by_ours(
    statuses: pl.DataFrame, tmp_path: Path
) -> None:
    """Behind: what was settled before the receiver began is not missed; ahead: nor what may still come."""
    rows = statuses.filter(pl.col("client_tag").is_not_null(), pl.col("status_id").is_in([2, 3]))
    rows = rows.filter(pl.col("send_date") == date(2026, 11, 12)).sort("date_time")
    moment = datetime.now(TOKYO)

    def missed(first: timedelta, pushed: slice, ahead: timedelta, last: timedelta) -> list[Finding]:
        """Look with statuses a second apart from then on, one much later, and reports of some of them."""
        frame = rows.head(200).with_columns(
            date_time=pl.lit(moment + first).cast(pl.Datetime("ms", "Asia/Tokyo"))
            + pl.duration(seconds=pl.int_range(200))
            + pl.when(pl.int_range(200) == 199).then(last).otherwise(timedelta(0)),
            send_date=pl.lit(moment.date()),
        )
        folder = tmp_path / str(first)
        with zr.receiver.Store(folder) as store:
            for tag, when in frame.select("client_tag", "date_time").rows()[pushed]:
                told = {"statusId": "2", "clientTag": tag, "dateTime": f"{when:%Y/%m/%d %H:%M:%S}"}
                body = json.dumps({"eventNotifications": [told]}).encode()
                store.add(body, "application/json").result(30)
        shelf = Shelf(frame, timedelta(0))
        now = frame["date_time"].max() + ahead
        found = watch.look(shelf, now, moment.date(), store=zr.receiver.Store(folder), lang="en")
        return [f for f in found if f.dimension == "reports"]

    hour = timedelta(hours=1)
    assert missed(hour, slice(100, None), hour, 5 * hour) == []
    assert missed(2 * hour, slice(0, 100), hour, timedelta(0)) == []
    assert len(missed(3 * hour, slice(0, 100), hour, 5 * hour)) == 1


@pytest.mark.slow
def test_the_services_clock_tells_what_yesterday_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A computer whose clock is days ahead looks at the service's yesterday."""
    with zr.sandbox.Sandbox(messages_per_day=20, months=1, today="2026-11-13") as service:
        for name, value in (
            ("BASE_URL", service.url),
            ("TOKEN", service.token),
            ("CLIENT_ID", service.client_ids[0]),
            ("SMS_CODE", service.sms_code),
        ):
            monkeypatch.setenv(f"ZRTOOLS_{name}", value)
        done = CliRunner().invoke(cli.root, ["watch", "--archive", str(tmp_path / "a"), "-v", "--lang", "en"])
    assert "2026-11-13 10:0" in done.output
    assert zr.Archive(tmp_path / "a").days()["send_date"].max() <= date(2026, 11, 13)


def test_a_round_that_cannot_look_is_never_silent_and_wrong_programs_are_refused(tmp_path: Path) -> None:
    """The second round has no news but says why it ends with 1; an open quotation mark tells nobody anything."""
    line = ["watch", "--archive", str(tmp_path / "none"), "--no-sync", "--lang", "en"]
    for program_line in ('"open', "'", " "):
        done = CliRunner().invoke(cli.root, [*line, "--program", program_line])
        assert (done.exit_code, "--program" in done.output) == (2, True)
    for _ in range(2):
        done = CliRunner().invoke(cli.root, line)
        assert (done.exit_code, "Delivery statuses cannot be looked at" in done.stderr) == (1, True)
    assert done.stdout == ""
