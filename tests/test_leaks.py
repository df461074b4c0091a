"""Personal data and the token, path by path: what a person or a file could keep shows neither, unless asked to.

The client's own paths are in test_token.py, the forms that act in test_forms.py. What is made to hold numbers, such as
the frames of a client and the outbox's journal, holds them: docs/connecting.md lists it.
"""

from __future__ import annotations

import dataclasses
import io
import json
import logging
import pickle
import re
import time
import traceback
import zipfile
from collections.abc import Iterable, Iterator
from datetime import timedelta
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import ipywidgets
import polars as pl
import pytest
from click.testing import CliRunner

import zrtools as zr
from zrtools import cli, receiver, wire
from zrtools.privacy import DIGITS, SEPARATORS

PLAIN = str.maketrans({**DIGITS} | dict.fromkeys(SEPARATORS, ""))
PLANTED = "09048151623"


def tails(numbers: Iterable[str | None]) -> set[str]:
    """Give the ten digits by which each number is known, whatever stands before them."""
    return {number[-10:] for number in numbers if number}


def shown(text: str, numbers: set[str]) -> set[str]:
    """Find which numbers stand whole in a text, in any spelling."""
    # XML's and JSON's spellings of separators are no disguise
    text = text.replace("\\u3000", " ").replace("&nbsp;", " ").replace("&#160;", " ")
    return {
        run for part in (text, text.translate(PLAIN)) for run in re.findall(r"(?=([0-9]{10}))", part)
    } & numbers


@pytest.fixture(scope="module")
def account() -> Iterator[zr.Client]:
    """A client of a sandbox of this file's own."""
    with zr.Client.sandbox(seed=41, messages_per_day=150, months=2) as made:
        yield made


@pytest.fixture(scope="module")
def statuses(account: zr.Client) -> pl.DataFrame:
    """Twelve days of traffic whose bodies and tags hold numbers, too."""
    frame = account.status("2026-10-05", "2026-10-16", progress=False)
    dashed = pl.format("{}-{}-{}", *(pl.col("phone_number").str.slice(*s) for s in ((3, 2), (5, 4), (9, 4))))
    return frame.with_columns(
        message=pl.format("お電話は 0{} まで。{}", dashed, "message"),
        client_tag=pl.format("member-0{}-{}", pl.col("phone_number").str.slice(3), "send_date"),
    )


@pytest.fixture(scope="module")
def numbers(statuses: pl.DataFrame) -> set[str]:
    """The numbers that stand in that traffic."""
    found = tails(statuses["phone_number"])
    # the search can fail: it finds them where they are
    assert shown(statuses.write_json(), found) == found
    assert shown(f"0{next(iter(found))[:2]}-{next(iter(found))[2:6]}-{next(iter(found))[6:]}", found)
    return found


@pytest.fixture
def heard(monkeypatch: pytest.MonkeyPatch) -> io.StringIO:
    """Everything that any logger says, at every level, with arguments and tracebacks."""
    text = io.StringIO()

    def note(logger: logging.Logger, record: logging.LogRecord) -> None:
        text.write(f"{record.name} {record.getMessage()} {record.args} {record.exc_info}\n")

    # whatever level a library sets for its loggers, and whether it switched them off
    monkeypatch.setattr(logging.Logger, "isEnabledFor", lambda *_: True)
    monkeypatch.setattr(logging.Logger, "handle", note)
    return text


# ----------------------------------------------------------------------------------------------------- logs


def test_no_log_shows_a_number_or_the_token(tmp_path: Path, heard: io.StringIO) -> None:
    """Calls that work and that fail, an outbox, an archive and a receiver say nothing personal at DEBUG."""
    listed = [f"0904444{n:04}" for n in range(6)]
    with receiver.running(tmp_path / "store") as running:
        options: dict[str, Any] = {"dlr_url": running.url, "settle_after": 0.1, "dlr_retry": 0.1}
        with zr.Client.sandbox(seed=5, messages_per_day=20, months=1, **options) as client:
            sandbox = client.embedded
            assert sandbox is not None
            sandbox.faults.add("drop_after", "send", times=2)
            with zr.Outbox(tmp_path / "o.outbox") as outbox:
                outbox.add(pl.DataFrame({"phone_number": listed, "message": ["電話 09044440000"] * 6}))
                outbox.send(client, progress=False)
                outbox.status(client)
            archive = zr.Archive(tmp_path / "archive")
            archive.sync(client, "2026-11-01", "2026-11-03", progress=False)
            client.clean(listed[:2], client.now().date(), progress=False)
            sandbox.faults.add(
                "code", times=None, response_code=110, message="Invalid phoneNumber 09044440001."
            )
            for ask in (
                lambda: client.clean(listed[2:4], client.now().date(), progress=False),
                lambda: client.send(listed[4], "電話 09044440000"),
                lambda: client.status(client_tag=f"tag-{listed[5]}", progress=False),
            ):
                try:
                    ask()
                except zr.ZrtoolsError as error:
                    assert "110" in str(error)  # noqa: PT017 - cleaning answers with a row instead
            ending = time.monotonic() + 20
            while (
                not receiver.Store(tmp_path / "store").scan().collect().height and time.monotonic() < ending
            ):
                time.sleep(0.05)
            told = archive.scan().collect()
            token = sandbox.token
    # the servers and the loops spoke, so the search had something to search
    assert {"asyncio", "uvicorn"} <= set(re.findall(r"^\w+", heard.getvalue(), re.MULTILINE))
    assert not shown(heard.getvalue(), tails(listed) | tails(told["phone_number"]))
    assert token not in heard.getvalue()


# ------------------------------------------------------------------------------------- what things show of themselves


def test_nothing_shows_numbers_of_itself(tmp_path: Path, account: zr.Client) -> None:
    """The reprs of what people leave as a cell's last line, and what a notebook keeps of them, show no number."""
    frame = pl.DataFrame({"phone_number": [PLANTED], "message": [f"電話 {PLANTED}"]})
    with (
        zr.Outbox(tmp_path / "o.outbox", suppressions=tmp_path / "stop.list") as outbox,
        zr.Suppressions(tmp_path / "stop.list") as stop,
        receiver.running(tmp_path / "store") as running,
    ):
        stop.add("09048151624", reason="opt-out")
        outbox.add(frame)
        preview = outbox.preview(prices="8.5")
        things = [
            account,
            outbox,
            stop,
            preview,
            preview._repr_html_(),
            running,
            receiver.Store(tmp_path / "store"),
            zr.Archive(tmp_path / "archive"),
            account.send(PLANTED, f"電話 {PLANTED}"),
            zr.client.Outgoing(PLANTED, f"電話 {PLANTED}", f"tag-{PLANTED}"),
            wire.send("+819048151623", f"電話 {PLANTED}", sms_code="12345", client_tag=f"tag-{PLANTED}"),
            wire.clean("+819048151623", account.now().date()),
        ]
        text = "".join(f"{thing!r}\n{thing}\n" for thing in things)
    assert "closed" in repr(outbox)
    assert not shown(text, {PLANTED[-10:], "9048151624"})
    assert "****" in text


@pytest.mark.slow
def test_an_investigation_shows_masked_numbers_unless_asked(
    statuses: pl.DataFrame, numbers: set[str]
) -> None:
    """All parts, texts and pages of an investigation are masked; `mask=False` is the one switch."""
    found = zr.investigate(statuses, lang="en")
    texts = [repr(found), found._repr_html_(), found._repr_markdown_()]
    parts = [getattr(found, part.name) for part in dataclasses.fields(found)]
    frames = [part for part in parts if isinstance(part, pl.DataFrame)]
    assert sum(frame.height for frame in frames) > 50
    texts += [frame.write_json() + str(frame) for frame in frames]
    assert not shown("\n".join(texts), numbers)
    asked = zr.investigate(statuses, mask=False, lang="en")
    assert shown(asked.numbers.write_json(), numbers)


@pytest.mark.parametrize("name", ["numbers", "retry_plan"])
def test_lists_of_numbers_are_masked_unless_asked(
    name: str, statuses: pl.DataFrame, numbers: set[str]
) -> None:
    """What lists recipients masks them, in bodies too; `mask=False` is the one switch."""
    make = getattr(zr.failures, name)
    assert not shown(make(statuses).write_json(), numbers)
    assert shown(make(statuses, mask=False).write_json(), numbers)


@pytest.mark.parametrize("name", ["breakdown", "trend", "incidents", "unknown_codes", "carrier_mismatch"])
def test_analyses_by_campaign_show_no_number(name: str, statuses: pl.DataFrame, numbers: set[str]) -> None:
    """A tag that holds a number names a campaign without it."""
    featured = zr.failures.features(zr.classify(statuses))
    options = {"by": ["campaign"]} if name in ("breakdown", "trend") else {}
    assert not shown(getattr(zr.failures, name)(featured, **options).write_json(), numbers)


# ------------------------------------------------------------------------------------------------ charts and files


@pytest.mark.slow
def test_charts_hold_no_number(statuses: pl.DataFrame, numbers: set[str]) -> None:
    """What a chart carries into a notebook, all its data and words, has no whole number."""
    days = pl.col("send_date").dt.day() < 11
    compared = zr.failures.compare(statuses.filter(days), statuses.filter(~days), by=["campaign"])
    found = zr.failures.incidents(statuses)
    charts = [
        zr.charts.failures(statuses),
        zr.charts.failures_over_time(statuses, every="1h"),
        zr.charts.failures_by_carrier(statuses),
        zr.charts.contributions(compared),
        zr.charts.incidents(statuses, found),
        *(zr.charts.incident(statuses, row) for row in found.head(1).iter_rows(named=True)),
    ]
    for chart in charts:
        assert not shown(json.dumps(chart.to_dict(), default=str, ensure_ascii=False), numbers)


@pytest.mark.slow
def test_failure_report_holds_no_number(statuses: pl.DataFrame, numbers: set[str], tmp_path: Path) -> None:
    """The page for one's manager has no whole number, though tags and bodies had some."""
    page = zr.reports.failures(statuses, tmp_path / "f.html", lang="ja").read_text("utf-8")
    assert "****" in page
    assert not shown(page, numbers)


@pytest.mark.slow
@pytest.mark.parametrize("ending", ["html", "xlsx"])
def test_usage_report_holds_no_number(
    ending: str, account: zr.Client, statuses: pl.DataFrame, numbers: set[str], tmp_path: Path
) -> None:
    """The monthly report, its page or workbook with every part of the file, has no whole number."""
    counts = account.counts("2026-09", "2026-10", progress=False)
    prices = tmp_path / "prices.toml"
    prices.write_text('[[price]]\ncarrier = "*"\nunit_price = "8.5"\n', "utf-8")
    clients = {account.client_id: f"顧客 0{next(iter(numbers))}"}
    path = zr.reports.usage(
        counts,
        tmp_path / f"u.{ending}",
        month="2026-10",
        statuses=statuses,
        clients=clients,
        prices=prices,
        today=account.now().date(),
        lang="ja",
    )
    assert not shown(_all_text(path), numbers)


def _all_text(path: Path) -> str:
    if path.suffix == ".xlsx":
        with zipfile.ZipFile(path) as packed:
            return "\n".join(packed.read(name).decode("utf-8", "replace") for name in packed.namelist())
    return path.read_text("utf-8")


@pytest.mark.slow
def test_demo_shows_no_number(tmp_path: Path) -> None:
    """The demo's terminal output and files have no whole number and not the sandbox's token."""
    out = tmp_path / "demo"
    done = CliRunner().invoke(
        cli.root, ["demo", "--out", str(out), "--messages-per-day", "30", "--lang", "en"]
    )
    assert done.exit_code == 0
    with zr.Client.sandbox(messages_per_day=30) as client:
        month = f"{client.now().date().replace(day=1) - timedelta(days=1):%Y-%m}"
        same = tails(client.status(month, progress=False)["phone_number"])
        assert client.embedded is not None
        token = client.embedded.token
    files = sorted(out.iterdir())
    assert {file.suffix for file in files} >= {".html"}
    text = done.output + "".join(file.read_bytes().decode("utf-8", "replace") for file in files)
    assert month in done.output
    assert not shown(text, same)
    assert token not in text


# -------------------------------------------------------------------------------------------------------- forms


@pytest.mark.slow
def test_explorer_keeps_and_exports_masked_numbers(statuses: pl.DataFrame, numbers: set[str]) -> None:
    """The explorer's state and its files are masked until its box is ticked."""
    form = zr.forms.failures(statuses, lang="en")
    assert form.rows.height > 20
    state = json.dumps(ipywidgets.Widget.get_manager_state(), default=repr, ensure_ascii=False)
    assert "****" in state
    assert not shown(state, numbers)
    for unmasked in (False, True):
        form.unmasked.value = unmasked
        _, csv = form.export("csv")
        _, excel = form.export("excel")
        with zipfile.ZipFile(io.BytesIO(excel)) as packed:
            sheets = "".join(packed.read(name).decode("utf-8", "replace") for name in packed.namelist())
        for text in (csv.decode("utf-8-sig"), sheets):
            assert bool(shown(text, numbers)) is unmasked
    state = json.dumps(ipywidgets.Widget.get_manager_state(), default=repr, ensure_ascii=False)
    assert not shown(state, numbers)


@pytest.mark.slow
def test_campaign_form_keeps_no_number(tmp_path: Path) -> None:
    """Column names, samples, findings and results of a campaign form are masked."""
    people = pl.DataFrame(
        {
            "氏名": ["甲", "乙", "丙"],
            "電話": [PLANTED, "090-4815-1624", "03-1234-5678"],
            "message": ["お電話は０９０４８１５１６２３まで", f"{PLANTED} へ", "y"],
        }
    )
    listed = {PLANTED[-10:], "9048151624"}
    with zr.Client.sandbox(seed=6, messages_per_day=10, months=1) as client:
        form = zr.forms.campaign(client, people, outbox=tmp_path / "o.sqlite", lang="ja")
        form.column.value = "電話"
        for button in (form.dry_run, form.review, form.go, form.check):
            button.click()
        state = json.dumps(ipywidgets.Widget.get_manager_state(), default=repr, ensure_ascii=False)
        form.outbox.close()
    assert not shown(state, listed)
    assert not shown(repr(form), listed)


NOTEBOOK = """
import zrtools as zr
from zrtools.sandbox import Sandbox
sandbox = Sandbox(seed=7, messages_per_day=40, months=1)
sandbox.start()
connect = zr.forms.connect(base_url=sandbox.url, lang="ja")
connect.token.fill(sandbox.token)
connect.client_id.value, connect.sms_code.value = sandbox.client_id, sandbox.sms_code
connect.connect.click()
connect
---
import asyncio
while connect.busy:
    await asyncio.sleep(0.05)
client = connect.client
send = zr.forms.send(client, lang="ja")
send.number.fill("NUMBER")
send.message.fill("お電話は NUMBER まで")
send.review.click()
send.go.click()
send
---
while send.busy:
    await asyncio.sleep(0.05)
clean = zr.forms.clean(client, lang="ja")
clean.numbers.fill("NUMBER\\n090-4815-1624")
clean.reference.value = client.now().date()
clean.run.click()
clean
---
while clean.busy:
    await asyncio.sleep(0.05)
frame = client.status("2026-11-02", "2026-11-04", progress=False)
zr.forms.failures(frame, lang="ja")
---
zr.mask(frame)
---
client
---
client.send("NUMBER", "電話 NUMBER")
---
sandbox.faults.add("code", times=None, response_code=110, message="Invalid phoneNumber NUMBER.")
client.templates()
---
%xmode Verbose
sandbox.faults.clear()
sandbox.faults.add("echo_token", times=None, status=403)
client.counts("2026-10")
---
"tails: " + ",".join(n[-10:-2] for n in frame["phone_number"])
"""


@pytest.mark.notebook
@pytest.mark.slow
def test_saved_notebook_holds_neither_token_nor_number() -> None:
    """A notebook run by nbclient, its forms used, its calls failing, saves no token and no whole number."""
    nbformat = pytest.importorskip("nbformat")
    nbclient = pytest.importorskip("nbclient")
    cells = NOTEBOOK.strip().replace("NUMBER", PLANTED).split("\n---\n")
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
    nbclient.NotebookClient(notebook, timeout=60, allow_errors=True, store_widget_state=True).execute()
    with zr.Client.sandbox(seed=7, messages_per_day=40, months=1) as same:
        assert same.embedded is not None
        token = same.embedded.token
    last = notebook.cells.pop()["outputs"][-1]["data"]["text/plain"]
    known = set(re.findall("[0-9]{8}", last))
    assert len(known) > 50
    outputs = json.dumps([cell.get("outputs") for cell in notebook.cells], ensure_ascii=False)
    state = json.dumps(notebook.metadata["widgets"], ensure_ascii=False)
    assert "ApiError" in outputs
    assert "TransportError" in outputs
    assert "利用" in state
    assert token not in outputs + state
    # a traceback shows a cell's own lines, which a person wrote
    said = re.sub(r"\\u001b\[[0-9;]*m", "", outputs)
    for cell in cells:
        for line in cell.splitlines():
            said = said.replace(json.dumps(line, ensure_ascii=False)[1:-1], "")
    assert not shown(state, {PLANTED[-10:], "9048151624"})
    assert not shown(said, {PLANTED[-10:], "9048151624"})
    assert not [run for run in known if run in said + state]


# ------------------------------------------------------------------------------------------------------- errors


def _failures(client: zr.Client, tmp_path: Path) -> Iterator[BaseException]:
    sandbox = client.embedded
    assert sandbox is not None
    table = pl.DataFrame({"phone_number": [PLANTED], "message": ["x"]})
    sandbox.faults.add("code", times=None, response_code=110, message=f"Invalid phoneNumber {PLANTED}.")
    with zr.Outbox(tmp_path / "o.outbox") as outbox:
        outbox.add(table)
        wrong = [
            lambda: client.send(f"{PLANTED}4", "x"),
            lambda: client.send("03" + PLANTED[3:], "x"),
            lambda: client.send(PLANTED, f"電話 {PLANTED}", client_tag="x" * 300),
            lambda: client.send(PLANTED, "x", client_tag="tag"),
            lambda: client.send(PLANTED, "x", schedule_time=PLANTED),
            lambda: client.send(PLANTED, "x", carrier_id=PLANTED),
            lambda: client.status(PLANTED, progress=False),
            lambda: client.status(client_tag=f"tag-{PLANTED}", progress=False),
            lambda: client.clean([PLANTED, PLANTED], PLANTED, progress=False),
            lambda: client.cancel(f"tag-{PLANTED}"),
            lambda: client.shorten(f"https://example.com/{PLANTED}"),
            lambda: outbox.add(table.rename({"phone_number": PLANTED})),
            lambda: outbox.add(table, schedule_time=PLANTED),
            lambda: outbox.add(pl.concat([table, table.with_columns(phone_number=pl.lit("03" + PLANTED))])),
            lambda: outbox.decide(f"tag-{PLANTED}", accepted=True, why=PLANTED),
            lambda: zr.phones.normalise("1" + PLANTED),
            lambda: zr.dlr.parse(f"{PLANTED}".encode()),
            lambda: zr.dlr.parse(f'{{"eventNotifications": "{PLANTED}"}}'.encode()),
            lambda: zr.classify(pl.DataFrame({PLANTED: [1]})),
        ]
        for place, ask in enumerate(wrong):
            try:
                ask()
            except zr.ZrtoolsError as error:
                yield error
            except BaseException as error:
                raise AssertionError(f"number {place} of the list: {type(error).__name__}") from error
        sandbox.faults.clear()
        sandbox.faults.add("code", times=None, response_code=110, message="Invalid token.")
        with pytest.raises(zr.ZrtoolsError) as stopped:
            outbox.send(client, progress=False)
        yield stopped.value


def test_no_error_shows_a_whole_number(tmp_path: Path) -> None:
    """Errors, their causes, what is printed of them and their pickles show no number that was given or answered."""
    with zr.Client.sandbox(seed=8, messages_per_day=10, months=1) as client:
        assert client.embedded is not None
        token = client.embedded.token
        found = list(_failures(client, tmp_path))
    assert len(found) > 15
    kinds = {type(error) for error in found}
    assert {zr.ApiError, zr.InputError, zr.UnexpectedResponseError, zr.PartialResultError} <= kinds
    for error in found:
        text = "".join(traceback.format_exception(error, chain=True))
        # the lines of this file that a traceback quotes are no leak
        said = f"{error}{error!r}{text}".replace("{PLANTED}", "")
        assert not shown(said, {PLANTED[-10:]}), str(error)
        if not isinstance(error, zr.PartialResultError):
            assert PLANTED[-8:].encode() not in pickle.dumps(error), type(error).__name__
            assert str(pickle.loads(pickle.dumps(error))) == str(error)
        assert token.encode() not in pickle.dumps(error)


def test_a_partial_result_keeps_its_numbers_to_itself() -> None:
    """A cleaning that broke off holds what came and what did not, and shows neither in its words."""
    listed = [f"0904815{n:04}" for n in range(1600, 1640)]
    with zr.Client.sandbox(seed=8, messages_per_day=10, months=1) as client:
        assert client.embedded is not None
        client.embedded.faults.add(
            "code",
            "clean",
            times=None,
            response_code=110,
            message="Invalid token.",
            when=lambda f: f["phoneNumber"] > "+819048151620",
        )
        with pytest.raises(zr.PartialResultError) as stopped:
            client.clean(listed, client.now().date(), progress=False)
    error = stopped.value
    assert error.missing
    assert not shown(f"{error}{error!r}" + "".join(traceback.format_exception(error)), tails(listed))


# ------------------------------------------------------------------------------------------------- command line


def test_commands_show_neither_token_nor_number_when_they_fail(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A cleaning, a sync and a report that fail say why without the token and without a number."""
    table = tmp_path / "list.csv"
    table.write_text(f"電話番号\n{PLANTED}\n03-{PLANTED}\n", "utf-8")
    headless = tmp_path / "headless.csv"
    headless.write_text(f"{PLANTED},甲\n090-4815-1624,乙\n", "utf-8")
    with zr.Client.sandbox(seed=9, messages_per_day=10, months=1) as client:
        sandbox = client.embedded
        assert sandbox is not None
        for name in ("token", "client_id", "sms_code"):
            monkeypatch.setenv(f"ZRTOOLS_{name.upper()}", getattr(sandbox, name))
        monkeypatch.setenv("ZRTOOLS_BASE_URL", sandbox.url)
        sandbox.faults.add("echo_token", times=None, status=403)
        day = "2026-11-01"
        for args in (
            ["clean", str(table), "--date", day],
            ["clean", str(headless), "--date", day],
            ["clean", str(headless), "--column", "電話番号", "--date", day],
            ["clean", str(table), "--date", PLANTED],
            ["clean", str(table), "--column", PLANTED, "--date", day],
            ["sync", str(tmp_path / "archive"), "--from", day, "--to", day],
            ["sync", str(tmp_path / "archive"), "--from", PLANTED],
        ):
            with pytest.raises(SystemExit) as ended:
                cli.main(args)
            assert ended.value.code in (1, 2), args
        token = sandbox.token
    printed = capsys.readouterr()
    text = printed.out + printed.err
    assert len(text) > 200
    assert token not in text
    # what was typed as an option may be repeated to the person who typed it, what stood in the file may not
    assert not shown(text.replace(PLANTED, ""), {PLANTED[-10:]})


# ---------------------------------------------------------------------------------------------------- receiver


def test_a_receiver_tells_strangers_nothing(tmp_path: Path) -> None:
    """Answers, refusals and counters of a receiver hold nothing of what was reported."""
    report = {"type": "DLR", "messageId": "m", "phoneNumber": f"+81{PLANTED[1:]}", "statusId": "2"}
    body = json.dumps({"eventNotifications": [report]})
    answers = []
    with receiver.running(tmp_path / "store") as running:
        for method, path, sent in (
            ("POST", "/", body),
            ("POST", "/", body[:-9]),
            ("POST", f"/{PLANTED}", body),
            ("PUT", "/", body),
            ("GET", "/health", None),
            ("GET", f"/health?n={PLANTED}", None),
        ):
            line = HTTPConnection("127.0.0.1", running.port, timeout=20)
            line.request(method, path, sent, {"Content-Type": "application/json"})
            answer = line.getresponse()
            answers.append(f"{answer.status} {answer.headers} {answer.read().decode()}")
            line.close()
    assert answers[0].startswith("200")
    assert not shown("\n".join(answers), {PLANTED[-10:]})
