"""Cleaning many numbers: each asked once, nothing paid for lost."""

from __future__ import annotations

import os
import signal
import sqlite3
import stat
import subprocess
import sys
import threading
import time
from collections import Counter
from datetime import date
from pathlib import Path

import numpy as np
import polars as pl
import pytest

import zrtools as zr
from zrtools import schemas

DAY = date(2026, 5, 10)
SCRIPT = """
import sys, zrtools as zr
url, token, client_id, store, first, last = sys.argv[1:]
numbers = [f"0901234{n:04d}" for n in range(int(first), int(last))]
with zr.Client(token=token, client_id=client_id, base_url=url, pace=None, at_once=8) as client:
    client.now = lambda: __import__("datetime").datetime(2026, 11, 16, 12)
    print("ready", flush=True)
    frame = client.clean(numbers, "2026-05-10", store=store, progress=False)
    print(frame["status"].null_count(), flush=True)
"""


@pytest.fixture(autouse=True)
def short_waits(monkeypatch):
    """Waits between tries are short here."""
    monkeypatch.setattr("zrtools.client.retry._FIRST", 0.01)
    monkeypatch.setattr("zrtools.client.cleaning._POLL", 0.05)


def numbers(count: int, start: int = 0) -> list[str]:
    """Make numbers."""
    return [f"0901234{n:04d}" for n in range(start, start + count)]


def asked(sandbox) -> Counter:
    """Count how often each number was asked."""
    return Counter(r.fields["phoneNumber"] for r in sandbox.requests if r.call == "clean")


# --------------------------------------------------------------------------------------------- frames


def test_numbers_of_nobody_are_counted_and_not_asked_unless_taken(own, connected, capsys):
    """090-0000-0000 costs nothing: its row says doubtful; asked for explicitly it is asked, once, as any other."""
    given = [
        "090-0000-0000",
        "+81 90 0000 0000",
        "020-1234-5678",
        "02012345678901",
        "09012345678",
        "03-1234-5678",
    ]
    client = connected()
    frame = client.clean(given, DAY, lang="ja")
    assert frame["error"].to_list() == ["doubtful", "doubtful", None, "doubtful", None, "not a mobile number"]
    assert frame["phone_number"].to_list()[:2] == ["+819000000000"] * 2
    assert frame["status"].is_not_null().to_list() == [False, False, True, False, True, False]
    assert asked(own) == {"+812012345678": 1, "+819012345678": 1}
    said = capsys.readouterr().err
    assert "2件を照会します" in said
    assert "3件あります" in said
    assert "1件は020の番号" in said
    taken = client.clean(given, DAY, doubtful="take", lang="en")
    assert taken["error"].to_list() == [None] * 5 + ["not a mobile number"]
    assert asked(own)["+819000000000"] == 1
    assert "no one's" not in capsys.readouterr().err


def test_a_refused_060_number_says_that_the_service_may_not_take_them_yet(own, connected):
    """The published rule names 070, 080 and 090 alone: a 110 on a 060 number says so, sent or cleaned."""
    own.faults.add("code", times=None, response_code=110, message="Invalid phoneNumber.")
    client = connected()
    rows = client.clean(["06012345678", "09012345678"], DAY, progress=False)["error"].to_list()
    assert "060" in rows[0]
    assert rows[1] == "110 Invalid phoneNumber."
    for number, says in (("06012345678", True), ("09012345678", False)):
        with pytest.raises(zr.ApiError) as caught:
            client.send(number, "こんにちは")
        assert ("060" in str(caught.value)) is says
        assert ("060の番号" in zr.words.told(caught.value, "ja")) is says


def test_numbers_whose_digits_are_gone_are_never_asked(own, connected):
    """9012345678 in a Float32 is somebody else's number: no call is made, and the row says why."""
    column = pl.Series([9012345678.0])
    for numbers in (column.cast(pl.Float32), list(np.array([9012345678], "float32")), [901234567.8]):
        frame = connected().clean(numbers, DAY, progress=False)
        assert frame["phone_number"].to_list() == [None]
        assert frame["error"].null_count() == 0
    assert not asked(own)
    assert connected().clean(column, DAY, progress=False)["input"].to_list() == ["9012345678"]
    assert asked(own) == {"+819012345678": 1}


def test_each_input_has_its_row(own, connected):
    """Every spelling of a number has a row, in order, and each number is asked once."""
    given = [
        "090-1234-5678",
        "+81 (0)90 1234 5678",
        "０９０１２３４５６７８",
        9012345678,
        None,
        "03-1234-5678",
        "",
    ]
    frame = connected().clean(given, DAY, progress=False)
    assert frame.schema == schemas.CLEANING
    assert frame["input"].to_list() == [None if n is None else str(n) for n in given]
    assert frame["phone_number"].to_list() == ["+819012345678"] * 4 + [None] * 3
    assert frame["status"].is_in(["T", "N", "ERROR"]).to_list()[:4] == [True] * 4
    assert frame["error"].is_null().to_list() == [True] * 4 + [False] * 3
    assert asked(own) == {"+819012345678": 1}


@pytest.mark.parametrize(
    "given",
    [
        "09012345678",
        9012345678,
        pl.Series(["09012345678"]),
        pl.Series([9012345678]),
        pl.Series([9012345678.0]),
        pl.Series(["09012345678"], dtype=pl.Categorical),
        ("09012345678",),
        iter(["09012345678"]),
    ],
)
def test_numbers_come_in_many_forms(own, connected, given):
    """One number, an iterable or a Series of text or of Excel's numbers are all taken."""
    frame = connected().clean(given, DAY, progress=False)
    assert frame["phone_number"].to_list() == ["+819012345678"]


@pytest.mark.parametrize(
    "given", [None, 1.5, b"09012345678", pl.DataFrame({"a": ["09012345678"]}), {"a": 1}, True]
)
def test_what_is_no_list_of_numbers_is_refused(client, given):
    """What is no number and no list of them is refused."""
    with pytest.raises(zr.InputError, match="numbers"):
        client.clean(given, DAY)


def test_no_numbers_give_no_rows(own, connected):
    """Without numbers nothing is asked and the schema stands."""
    frame = connected().clean([], DAY, progress=False)
    assert frame.schema == schemas.CLEANING
    assert frame.height == 0
    assert own.calls["clean"] == 0


def test_each_number_may_have_its_own_date(own, connected):
    """One date for each number, of any spelling; the same number on two days is asked twice."""
    given = ["09012345678", "09012345678", "09012345678"]
    frame = connected().clean(given, ["2026-05-10", "20260511", date(2026, 5, 10)], progress=False)
    assert frame["reference_date"].to_list() == [date(2026, 5, 10), date(2026, 5, 11), date(2026, 5, 10)]
    assert asked(own) == {"+819012345678": 2}
    series = pl.Series([date(2026, 5, 10)] * 3)
    assert connected().clean(given, series, progress=False)["status"].null_count() == 0


@pytest.mark.parametrize(
    ("dates", "row"),
    [
        ("2026-11-17", None),
        ("2024-11-15", None),
        ("2026-13-01", None),
        (["2026-05-10", "2024-01-01"], 1),
        (["2026-05-10", None], 1),
        (["2026-05-10"], None),
        (20260510, None),
        (None, None),
    ],
)
def test_wrong_reference_date_is_refused_before_anything_is_asked(own, connected, dates, row):
    """A date in the future, older than two years or none is refused, with its row where there are many."""
    with pytest.raises(zr.InputError) as refused:
        connected().clean(["09012345678", "09012345679"], dates, progress=False)
    assert refused.value.row == row
    assert own.calls["clean"] == 0


def test_two_years_ago_and_today_are_taken(own, connected):
    """The edges of the window are inside."""
    frame = connected().clean(["09012345678"] * 2, ["2024-11-16", "2026-11-16"], progress=False)
    assert frame["status"].null_count() == 0


# ------------------------------------------------------------------------------------------- cost


def test_notice_says_how_many_calls_before_the_first(own, connected, capsys):
    """Before the first request the number of billed calls is said; progress=False says nothing."""
    client = connected()
    client.clean([*numbers(3), *numbers(2), "03"], DAY)
    said = capsys.readouterr()
    assert "3件" in said.err
    assert said.out == ""
    client.clean(numbers(3), DAY, progress=False)
    assert capsys.readouterr() == ("", "")


def test_notice_is_in_english_when_asked(own, connected, capsys, monkeypatch):
    """The notice follows ZRTOOLS_LANG."""
    monkeypatch.setenv("ZRTOOLS_LANG", "en")
    connected().clean(["09012345678"], DAY)
    assert "1 calls will be made" in capsys.readouterr().err


def test_too_many_requests_are_refused(own, connected):
    """More calls than max_requests are refused before the first; repeats and invalid ones do not count."""
    client = connected()
    with pytest.raises(zr.InputError, match="max_requests"):
        client.clean(numbers(4), DAY, max_requests=3, progress=False)
    assert own.calls["clean"] == 0
    assert client.clean([*numbers(3), *numbers(3), "x"], DAY, max_requests=3, progress=False).height == 7


# ------------------------------------------------------------------------------------------ errors


@pytest.mark.parametrize(
    ("code", "message"), [(110, "Invalid phoneNumber."), (500, "System error."), (1, "")]
)
def test_error_of_a_number_stays_in_its_row(own, connected, code, message):
    """A single number's refusal is told in its row, and the others are answered."""
    own.faults.add(
        "code", "clean", times=None, response_code=code, message=message,
        when=lambda fields: fields["phoneNumber"].endswith("0002"),
    )  # fmt: skip
    frame = connected().clean(numbers(6), DAY, progress=False)
    assert frame["status"].is_null().to_list() == [False, False, True, False, False, False]
    assert frame["error"][2].startswith(str(code))


@pytest.mark.parametrize(
    ("code", "message"),
    [
        (110, "Invalid token."),
        (100, "Required clientId."),
        (300, "Exceed sending count."),
        (500, "Not contracted."),
    ],
)
def test_error_of_the_account_stops_all_at_once(own, connected, code, message):
    """A refusal of the token, the quota or the contract stops the run at once."""
    own.faults.add("code", "clean", times=None, response_code=code, message=message)
    with pytest.raises(zr.PartialResultError) as stopped:
        connected(at_once=4).clean([*numbers(100), "x"], DAY, progress=False)
    assert len(stopped.value.missing) == 100
    assert stopped.value.missing[0] == ("+819012340000", DAY)
    assert stopped.value.frame["input"].to_list() == ["x"]
    assert stopped.value.__cause__.code == code
    assert own.calls["clean"] <= 8
    with pytest.raises(zr.ApiError):
        connected().clean("09012345678", DAY, progress=False)


@pytest.mark.parametrize("count", [2, 100])
def test_refusals_of_all_numbers_are_the_accounts(own, connected, count):
    """Refusals that name nothing and meet every number are the account's: no row is answered by them."""
    own.faults.add("code", "clean", times=None, response_code=1, message="")
    with pytest.raises(zr.PartialResultError) as stopped:
        connected(at_once=4).clean(numbers(count), DAY, progress=False)
    assert stopped.value.frame.height == 0
    assert len(stopped.value.missing) == count
    assert own.calls["clean"] <= 12


def test_answer_is_not_bought_twice(own, connected):
    """An HTTP 500 is an answer, which may be billed: it is not asked again, and its number is missing."""
    own.faults.add("http", "clean", status=500)
    with pytest.raises(zr.PartialResultError) as stopped:
        connected(at_once=1).clean(numbers(5), DAY, progress=False)
    assert stopped.value.missing == [("+819012340000", DAY)]
    assert stopped.value.frame.height == 4
    assert max(asked(own).values()) == 1


def test_service_that_is_gone_stops_the_run(own, connected):
    """When one number after the other gets no answer, the run ends instead of asking them all."""
    own.faults.add("http", "clean", status=404, times=None)
    with pytest.raises(zr.PartialResultError):
        connected(at_once=2).clean(numbers(200), DAY, progress=False)
    assert own.calls["clean"] < 12


def test_refused_number_proves_that_the_service_is_there(own, connected):
    """Numbers without an answer end a run only in a row, and a refusal of a number is an answer."""
    silent = {f"+8190123400{n:02d}" for n in (0, 2, 4, 6, 8, 10)}
    own.faults.add(
        "http", "clean", times=None, status=404, when=lambda fields: fields["phoneNumber"] in silent
    )
    own.faults.add("code", "clean", times=None, response_code=110, message="Invalid phoneNumber.")
    with pytest.raises(zr.PartialResultError) as stopped:
        connected(at_once=1).clean(numbers(12), DAY, progress=False)
    assert {number for number, _ in stopped.value.missing} == silent
    assert stopped.value.frame.height == 6


def test_refused_number_proves_that_the_account_works(own, connected):
    """Refusals that name nothing are the account's only when nothing between them shows that it works."""
    good = {f"+8190123400{n:02d}" for n in (3, 7)}
    own.faults.add(
        "code", "clean", times=None, response_code=110, message="Invalid phoneNumber.",
        when=lambda fields: fields["phoneNumber"] in good,
    )  # fmt: skip
    own.faults.add("code", "clean", times=None, response_code=1, message="")
    frame = connected(at_once=1).clean(numbers(11), DAY, progress=False)
    assert frame["error"].str.starts_with("110").sum() == 2
    assert frame["error"].str.starts_with("1").sum() == 11


# ------------------------------------------------------------------------------------------- store


def test_same_call_again_asks_only_the_rest(own, connected, tmp_path):
    """Answers are kept as they come: a stopped run goes on where it was, and a finished one asks nothing."""
    store = tmp_path / "folder" / "answers.db"
    client = connected(at_once=4)
    own.faults.add("code", "clean", times=None, response_code=110, message="Invalid token.",
                   when=lambda fields: fields["phoneNumber"] >= "+819012340020")  # fmt: skip
    with pytest.raises(zr.PartialResultError) as stopped:
        client.clean(numbers(40), DAY, store=store, progress=False)
    came = stopped.value.frame
    assert came.height >= 17
    own.faults.clear()
    own.requests.clear()
    whole = client.clean(numbers(40), DAY, store=str(store), progress=False)
    assert whole["status"].null_count() == 0
    assert sum(asked(own).values()) == 40 - came.height
    assert whole.head(came.height).equals(came)
    own.requests.clear()
    assert client.clean(numbers(40), DAY, store=store, progress=False).equals(whole)
    assert not asked(own)
    client.clean(numbers(40), "2026-05-11", store=store, progress=False)
    assert sum(asked(own).values()) == 40


def test_refusal_that_may_pass_is_asked_again(own, connected, tmp_path):
    """The store keeps a number's own refusal, and not one that another day may bring an answer for."""
    client = connected()
    own.faults.add("code", "clean", response_code=500, when=lambda f: f["phoneNumber"].endswith("0001"))
    own.faults.add("code", "clean", response_code=110, message="Invalid phoneNumber.",
                   when=lambda f: f["phoneNumber"].endswith("0002"))  # fmt: skip
    first = client.clean(numbers(4), DAY, store=tmp_path / "s.db", progress=False)
    assert first["error"].is_null().to_list() == [True, False, False, True]
    own.requests.clear()
    second = client.clean(numbers(4), DAY, store=tmp_path / "s.db", progress=False)
    assert asked(own) == {"+819012340001": 1}
    assert second["error"].is_null().to_list() == [True, True, False, True]


@pytest.mark.skipif(os.name == "nt", reason="Windows has other rights than modes")
def test_store_is_private(own, connected, tmp_path):
    """The store holds phone numbers: its owner alone may read it, and its side files."""
    store = tmp_path / "answers.db"
    connected().clean(numbers(2), DAY, store=store, progress=False)
    for file in tmp_path.iterdir():
        assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_store_is_closed(own, connected, tmp_path):
    """After a run, finished or not, no thread holds the store and its side files are gone."""
    threads = set(threading.enumerate())
    client = connected()
    client.clean(numbers(2), DAY, store=tmp_path / "s.db", progress=False)
    with pytest.raises(zr.InputError):
        client.clean(numbers(9), DAY, store=tmp_path / "s.db", max_requests=1, progress=False)
    client.close()
    assert set(threading.enumerate()) <= threads
    assert [file.name for file in tmp_path.iterdir()] == ["s.db"]


def test_foreign_file_is_not_used_as_a_store(own, connected, tmp_path):
    """A file of another kind, another program's database, or a folder is refused and left as it is."""
    text = tmp_path / "numbers.csv"
    text.write_text("電話番号\n09012345678\n" * 100, encoding="utf-8")
    other = tmp_path / "other.db"
    with sqlite3.connect(other) as connection:
        connection.execute("create table answers (a)")
    connection.close()
    newer = tmp_path / "newer.db"
    client = connected()
    client.clean("09012345678", DAY, store=newer, progress=False)
    with sqlite3.connect(newer) as connection:
        connection.execute("pragma user_version = 99")
    connection.close()
    for wrong in (text, other, newer, tmp_path):
        before = wrong.read_bytes() if wrong.is_file() else b""
        with pytest.raises(zr.ArchiveError):
            client.clean("09012345679", DAY, store=wrong, progress=False)
        assert (wrong.read_bytes() if wrong.is_file() else b"") == before
    assert own.calls["clean"] == 1


def test_store_of_another_account_is_not_used(own, connected, tmp_path):
    """What a sandbox or another account answered never passes for this one's answers."""
    client = connected()
    client.clean("09012345678", DAY, store=tmp_path / "s.db", progress=False)
    with (
        zr.Client.sandbox(seed=9, messages_per_day=10, months=1) as other,
        pytest.raises(zr.ArchiveError, match="another account"),
    ):
        other.clean("09012345678", DAY, store=tmp_path / "s.db", progress=False)


def test_store_that_breaks_stops_the_buying(own, connected, tmp_path, monkeypatch):
    """When an answer cannot be kept no further one is bought, and those that came are in the frame."""
    kept = zr.client.store.Store.keep
    calls = []

    async def keep(self, pair, verdict):
        calls.append(pair)
        if len(calls) > 5:
            with self._file.transaction() as run:
                run("drop table if exists answers")
        return await kept(self, pair, verdict)

    monkeypatch.setattr(zr.client.store.Store, "keep", keep)
    with pytest.raises(zr.PartialResultError) as stopped:
        connected(at_once=1).clean(numbers(50), DAY, store=tmp_path / "s.db", progress=False)
    assert isinstance(stopped.value.__cause__, zr.ArchiveError)
    assert own.calls["clean"] == stopped.value.frame.height == 6


def test_claim_of_a_dead_process_lapses(own, connected, tmp_path, monkeypatch):
    """What a process claimed before it died is asked by the next one, once the claim has lapsed."""
    store = tmp_path / "s.db"
    client = connected()
    client.clean(numbers(1), DAY, store=store, progress=False)
    with sqlite3.connect(store) as connection:
        connection.execute(
            "insert into claims values (?, ?, 'dead', ?)", ("+819012340001", "2026-05-10", time.time() + 0.4)
        )
    connection.close()
    started = time.monotonic()
    frame = client.clean(numbers(3), DAY, store=store, progress=False)
    assert frame["status"].null_count() == 0
    assert 0.3 < time.monotonic() - started < 3
    assert own.calls["clean"] == 3


def test_claim_of_a_clock_that_was_ahead_is_none(own, connected, tmp_path):
    """A claim that ends later than a claim can holds nothing up."""
    store = tmp_path / "s.db"
    client = connected()
    client.clean(numbers(1), DAY, store=store, progress=False)
    with sqlite3.connect(store) as connection:
        connection.execute(
            "insert into claims values (?, ?, 'dead', ?)", ("+819012340001", "2026-05-10", time.time() + 3600)
        )
    connection.close()
    assert client.clean(numbers(3), DAY, store=store, progress=False)["status"].null_count() == 0
    assert own.calls["clean"] == 3


@pytest.mark.slow
def test_two_processes_ask_each_number_once(own, tmp_path):
    """Two processes on one store and one list share the work: each number is asked once, both get all."""
    own.faults.add("delay", "clean", times=None, seconds=0.01)
    both = [_start(own, tmp_path / "s.db", 0, 150) for _ in range(2)]
    for process in both:
        out, err = process.communicate(timeout=60)
        assert (out.split(), err) == (["ready", "0"], "")
    assert set(asked(own).values()) == {1}
    assert len(asked(own)) == 150


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="there is no SIGKILL there")
def test_killed_run_loses_only_what_was_in_flight(own, tmp_path):
    """After kill -9 the same call again asks the rest, and again at most what was in flight."""
    own.faults.add("delay", "clean", times=None, seconds=0.02)
    process = _start(own, tmp_path / "s.db", 0, 300)
    process.stdout.readline()
    deadline = time.monotonic() + 30
    while own.calls["clean"] < 100 and time.monotonic() < deadline:
        time.sleep(0.01)
    process.send_signal(signal.SIGKILL)
    process.communicate(timeout=30)
    own.faults.clear()
    out, err = _start(own, tmp_path / "s.db", 0, 300).communicate(timeout=60)
    assert (out.split(), err) == (["ready", "0"], "")
    assert len(asked(own)) == 300
    assert sum(asked(own).values()) <= 300 + 8


def _start(sandbox, store: Path, first: int, last: int) -> subprocess.Popen[str]:
    settings = [sandbox.url, sandbox.token, sandbox.client_id, str(store), str(first), str(last)]
    return subprocess.Popen(
        [sys.executable, "-c", SCRIPT, *settings],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[1])},
    )


# ---------------------------------------------------------------------------------------------- progress


def test_bar_tells_rate_failures_and_time_left(own, connected, monkeypatch):
    """In a terminal one bar shows how far the run is and what failed; in a pipe it is silent."""
    own.faults.add("http", "clean", status=404, when=lambda f: f["phoneNumber"].endswith("0000"))
    terminal = _Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    threads = set(threading.enumerate())
    with pytest.raises(zr.PartialResultError):
        connected(at_once=2).clean(numbers(40), DAY)
    assert "40/40" in terminal.text
    assert "it/s" in terminal.text or "/s" in terminal.text
    assert "失敗 1" in terminal.text
    assert {t.name for t in set(threading.enumerate()) - threads} <= {"zrtools-client", "zrtools-client_0"}


class _Terminal:
    """A stream that says it is a terminal."""

    encoding = "utf-8"

    def __init__(self) -> None:
        self.text = ""

    def write(self, text: str) -> int:
        """Take text."""
        self.text += text
        return len(text)

    def flush(self) -> None:
        """Do nothing."""

    def isatty(self) -> bool:
        """Say yes."""
        return True
