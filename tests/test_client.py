"""The nine calls, against the real sandbox on loopback."""

from __future__ import annotations

import asyncio
import copy
import gc
import os
import pickle
import subprocess
import sys
import threading
import time
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import polars as pl
import pytest

import zrtools as zr
from zrtools import schemas
from zrtools.client import Client

DAY = date(2026, 11, 10)
NOON = datetime(2026, 11, 20, 12, 0)


# ------------------------------------------------------------------------------------------ settings


def test_missing_token_says_what_to_set():
    """Without a token the client says which variable to set, and that there is a sandbox."""
    with pytest.raises(zr.ConfigurationError, match=r"ZRTOOLS_TOKEN.*sandbox"):
        zr.Client(client_id="1")


def test_missing_client_id_says_what_to_set():
    """Without a client id the client says which variable to set."""
    with pytest.raises(zr.ConfigurationError, match="ZRTOOLS_CLIENT_ID"):
        zr.Client(token="t" * 32)


def test_settings_come_from_the_environment(monkeypatch, sandbox):
    """What is left out is read from the four variables."""
    monkeypatch.setenv("ZRTOOLS_TOKEN", sandbox.token)
    monkeypatch.setenv("ZRTOOLS_CLIENT_ID", sandbox.client_id)
    monkeypatch.setenv("ZRTOOLS_SMS_CODE", sandbox.sms_code)
    monkeypatch.setenv("ZRTOOLS_BASE_URL", sandbox.url + "/")
    with zr.Client() as client:
        assert client.base_url == sandbox.url
        assert client.sms_code == sandbox.sms_code
        assert client.templates().height > 0


@pytest.mark.parametrize(
    "url",
    [
        "http://sms-api.aossms.com",
        "http://127.0.0.1.example.com",
        "http://127.0.0.1@example.com",
        "http://example.com:8000",
        "http://10.0.0.1",
        "http://0.0.0.0:8000",
        "https://user:word@example.com",
        "https://example.com/?token=x",
        "ftp://127.0.0.1",
        "127.0.0.1:8000",
        "http://[::1",
        "https://",
    ],
)
def test_url_that_would_show_the_token_is_refused(url):
    """Plain http is for this machine alone, and a URL holds nothing but host and path."""
    with pytest.raises(zr.ConfigurationError) as refused:
        zr.Client(token="t" * 32, client_id="1", base_url=url)
    assert isinstance(refused.value, zr.InputError)


@pytest.mark.parametrize(
    "url", ["http://localhost:1", "http://127.0.0.9:1", "http://[::1]:1", "https://a.example"]
)
def test_loopback_and_https_are_taken(url):
    """Plain http is fine on every spelling of this machine, https anywhere."""
    zr.Client(token="t" * 32, client_id="1", base_url=url).close()


@pytest.mark.parametrize(
    "options",
    [
        {"pace": 601},
        {"pace": 0},
        {"pace": None},
        {"at_once": 0},
        {"at_once": True},
        {"timeout": 0},
        {"client_id": "all"},
        {"sms_code": "123"},
        {"token": "short"},
        {"token": "with space " * 4},
    ],
)
def test_setting_that_cannot_be_used_is_refused(options):
    """A setting out of its range is refused before anything starts."""
    with pytest.raises(zr.InputError):
        zr.Client(**{"token": "t" * 32, "client_id": "1", **options})


def test_missing_sms_code_fails_where_it_is_needed(own, connected):
    """Reading works without a sender code; sending and reservations say that it is missing."""
    client = connected(sms_code=None)
    assert client.templates().height > 0
    with pytest.raises(zr.ConfigurationError, match="ZRTOOLS_SMS_CODE") as failed:
        client.send("09012345678", "x")
    assert failed.value.client_tag
    with pytest.raises(zr.ConfigurationError, match="ZRTOOLS_SMS_CODE"):
        client.reservations(DAY)


# --------------------------------------------------------------------------------------------- status


def test_status_of_days_stands_in_their_order(client):
    """Days come back in their order, whatever came first, with the schema of STATUS."""
    frame = client.status("2026-11-08", "20261112", progress=False)
    assert frame.schema == schemas.STATUS
    assert frame["send_date"].is_sorted()
    assert frame["send_date"].unique().to_list() == [date(2026, 11, d) for d in range(8, 13)]


def test_status_of_a_month_means_its_days(client):
    """A month as the start means all its days."""
    month = client.status("2026-10", progress=False)
    assert month["send_date"].n_unique() == 31


def test_status_with_rawdata_has_one_more_column(client):
    """With rawdata there is one more column of JSON text."""
    frame = client.status(DAY, rawdata=True, progress=False)
    assert frame.schema == pl.Schema({**schemas.STATUS, "rawdata": pl.String()})
    assert frame["rawdata"].drop_nulls().str.json_decode(pl.List(pl.Struct({"type": pl.String}))).len() > 0


def test_empty_day_has_the_same_schema(client):
    """A day without messages gives the same columns and no rows."""
    frame = client.status("2030-01-01", progress=False)
    assert frame.schema == schemas.STATUS
    assert frame.height == 0


def test_status_by_tags_has_no_send_date(client):
    """By tags, one or many, rows stand in the order of the tags and send_date is null."""
    tags = (
        client.status(DAY, progress=False)["client_tag"]
        .drop_nulls()
        .unique(maintain_order=True)
        .to_list()[:3]
    )
    frame = client.status(client_tag=[*reversed(tags), "nobody"], progress=False)
    assert frame["client_tag"].to_list() == tags[::-1]
    assert frame["send_date"].null_count() == frame.height
    assert client.status(client_tag=tags[0]).height == 1
    assert client.status(client_tag=[]).schema == schemas.STATUS


@pytest.mark.parametrize(
    ("args", "options"),
    [
        ((), {}),
        (("2026-11-01",), {"client_tag": "x"}),
        ((None, "2026-11-02"), {}),
        ((None, "2026-11-02"), {"client_tag": "x"}),
        (("2026-11-02", "2026-11-01"), {}),
        (("2026-02-30",), {}),
        (("yesterday",), {}),
        ((), {"client_tag": "x" * 204}),
        ((), {"client_tag": ""}),
    ],
)
def test_status_input_is_refused_before_anything_is_sent(sandbox, client, args, options):
    """Exactly one of days and tags, in order and readable: else nothing travels."""
    before = len(sandbox.requests)
    with pytest.raises(zr.InputError):
        client.status(*args, **options)
    assert len(sandbox.requests) == before


def test_wrong_tag_among_many_names_its_row(client):
    """One tag over its length tells which one it is."""
    with pytest.raises(zr.InputError) as refused:
        client.status(client_tag=["fine", "x" * 204])
    assert refused.value.row == 1


# --------------------------------------------------------------------------------------------- counts


def test_counts_name_the_last_day_counted(client):
    """A past month is counted to its end, the running one to yesterday."""
    frame = client.counts("2026-10", date(2026, 11, 30), progress=False)
    assert frame.schema == schemas.COUNTS
    assert frame.group_by("month").agg(pl.col("through").unique().first()).sort("month").rows() == [
        (date(2026, 10, 1), date(2026, 10, 31)),
        (date(2026, 11, 1), date(2026, 11, 15)),
    ]
    assert frame.group_by("month").len()["len"].to_list() == [4, 4]


def test_counts_of_an_agency_name_every_client(sandbox, client):
    """Asked for all, an agency gets the customers that it may see."""
    assert set(client.counts("2026-10", client_id="all")["client_id"]) == set(sandbox.client_ids)
    with pytest.raises(zr.InputError):
        client.counts("2026-10", client_id="everyone")


def test_month_that_is_not_kept_is_not_zero(client):
    """A month without an answer has no rows, not zeroes."""
    frame = client.counts("2020-01")
    assert frame.schema == schemas.COUNTS
    assert frame.height == 0


# --------------------------------------------------------------------------- templates, short URL, check


def test_templates_list_their_parameters(client):
    """Each template has its title, text and the names of its placeholders."""
    frame = client.templates()
    assert frame.schema == schemas.TEMPLATES
    assert frame["parameters"].list.len().max() > 1


def test_short_url_has_a_name(own, connected):
    """A short URL comes with the name given, or with one that the service makes."""
    client = connected()
    assert client.shorten("https://example.com/a", name="spring").name == "spring"
    made = client.shorten("https://example.com/b")
    assert made.short_url.startswith("https://")
    assert made.name
    with pytest.raises(zr.InputError):
        client.shorten("https://example.com/" + "x" * 2048)


def test_short_url_is_never_asked_twice(own, connected):
    """After a lost answer a short URL is not asked again, for that would make a second one."""
    client = connected()
    own.faults.add("drop_after", "shorten", times=None)
    with pytest.raises(zr.TransportError):
        client.shorten("https://example.com/a")
    assert own.calls["shorten"] == 1


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_check_finds_all_working_and_changes_nothing(own, connected, lang):
    """The check tries every option in ways that spend and change nothing."""
    client = connected()
    found = client.check(lang=lang)
    assert found.columns == ["check", "works", "detail"]
    assert found["works"].all()
    assert found.height == 11
    assert own.accepted == []
    assert own.service.short_urls == []
    assert not any(r.call == "clean" and "phoneNumber" in r.fields for r in own.requests)


def test_check_tells_a_wrong_token(own, connected):
    """With a wrong token the service is reachable and nothing else works."""
    found = connected(token="w" * 32).check(lang="en")
    works = dict(found.select("check", "works").iter_rows())
    assert works["reachable"]
    assert not works["token and client id"]
    assert not works["number cleaning"]


def test_check_tells_an_option_that_is_not_there(own, connected):
    """An option that is refused for another reason than the field left out does not work."""
    own.faults.add("code", "clean", times=None, response_code=1, message="Not contracted.")
    found = connected(sms_code=None).check(lang="en")
    works = dict(found.select("check", "works").iter_rows())
    assert not works["number cleaning"]
    assert works["short URL"]
    assert not works["send"]


def test_check_says_that_the_clock_could_not_be_checked(own, connected):
    """Without an answer this machine's clock is not known to be right; a sandbox's day, whatever it is, is followed."""
    followed = connected().check(lang="en")
    assert followed.filter(check="clock")["works"].to_list() == [True]
    own.faults.add("html", status=503, times=None)
    for lang, name, detail in (("ja", "時計", "確認できません"), ("en", "clock", "not checked")):
        found = connected().check(lang=lang)
        assert found.columns == ["check", "works", "detail"]
        [(works, said)] = found.filter(check=name).select("works", "detail").iter_rows()
        assert works is None
        assert said.startswith(detail)


def test_check_does_not_blame_the_token_for_another_failure(own, connected):
    """A page of HTML in the place of the answer says nothing about the token; another call that works proves it."""
    own.faults.add("html", times=None)
    works = dict(connected().check(lang="en").select("check", "works").iter_rows())
    assert works["token and client id"] is None
    assert works["status"] is False
    own.faults.clear()
    own.faults.add("html", "status", times=None)
    works = dict(connected().check(lang="en").select("check", "works").iter_rows())
    assert works["token and client id"] is True
    assert works["status"] is False


def test_required_field_that_is_asked_for_first_proves_no_token(own, connected):
    """A service that looks for missing fields before it looks at the token does not make a wrong token right."""
    own.faults.add("code", "clean", times=None, response_code=100, message="Required phoneNumber.")
    found = connected(token="w" * 32).check(lang="en")
    works = dict(found.select("check", "works").iter_rows())
    assert works["token and client id"] is False
    assert works["number cleaning"]


@pytest.mark.parametrize(
    ("lang", "said"), [("en", "not in your contract, it seems"), ("ja", "契約に含まれていないと思われます")]
)
@pytest.mark.parametrize(
    "fault",
    [
        {"kind": "code", "response_code": 110, "message": "Invalid clientId."},
        {"kind": "code", "response_code": 1, "message": "Invalid token."},
        {"kind": "http", "status": 403},
        {"kind": "http", "status": 401},
    ],
)
@pytest.mark.parametrize(("call", "row"), [("clean", 7), ("counts", 5), ("shorten", 8), ("status", 4)])
def test_check_tells_an_option_that_is_not_in_the_contract(own, connected, call, row, fault, lang, said):
    """Where other calls prove token and client id, one that refuses them is not a wrong setting."""
    own.faults.add(call=call, times=None, **fault)
    found = connected().check(lang=lang)
    assert found["detail"].str.contains(said).sum() == 1
    assert said in found["detail"][row]
    assert found["works"][row] is False
    assert found["works"][2] is True


def test_days_that_passed_hold_no_reservation(own, connected):
    """The month that has begun can be asked for whole: only days from today on are asked."""
    client = connected()
    client.send("09012345678", "x", client_tag="t-1", schedule_time="2026-11-20 12:00")
    assert client.reservations("2026-11")["client_tag"].to_list() == ["t-1"]
    asked = [r.fields["scheduleDate"] for r in own.requests if r.call == "reservations"]
    assert sorted(asked) == [f"202611{day}" for day in range(16, 31)]
    assert client.reservations("2026-10").schema == schemas.RESERVATIONS
    assert client.reservations("2026-11-01", "2026-11-15").is_empty()
    assert own.calls["reservations"] == 15


def test_day_that_ends_while_it_is_asked_for_is_no_failure(own, connected):
    """A clock that is behind the service's asks for a day that has passed: there is no row, and check is content."""
    client = connected(now=lambda: own.now() - timedelta(days=2))
    client.send("09012345678", "x", client_tag="t-1", schedule_time="2026-11-17 12:00")
    assert client.reservations("2026-11-14", "2026-11-18")["client_tag"].to_list() == ["t-1"]
    assert client.reservations("2026-11-15").is_empty()
    found = client.check(lang="en").filter(check="reservations")
    assert found["works"].to_list() == [True]
    with pytest.raises(zr.ApiError) as failed:
        client.reservations(schedule_time="2026-11-15 12:00")
    assert failed.value.code == 140


def test_status_by_tag_gives_that_tag_alone(own, connected, monkeypatch):
    """A service that matches the beginning of a tag does not mix messages up, unless that is asked for."""
    client = connected()
    client.send("09012345678", "one", client_tag="t-1")
    client.send("09012345678", "ten", client_tag="t-10", schedule_time="2026-11-20 12:00")

    def longer(fields):
        if fields.get("clientTag") == "t-1":
            own.service._by_tag["t-1"] = own.service._by_tag["t-10"]
        return False

    own.advance(timedelta(days=5))
    assert client.status(client_tag="t-1")["client_tag"].to_list() == ["t-1"]
    own.faults.add("delay", "status", times=None, when=longer)
    assert client.status(client_tag="t-1").is_empty()
    assert client.status(client_tag="t-1", exact=False)["client_tag"].to_list() == ["t-10"]


@pytest.mark.parametrize(
    "token",
    [
        "short",
        "a" * 20,
        "a" * 31,
        "a" * 33,
        '"' + "a" * 30 + '"',
        "'" + "a" * 32 + "'",
        "a" * 31 + "é",
        "a" * 31 + "-",
        "a" * 15 + "\n" + "a" * 16,
        "a" * 31 + "１",
    ],
)
def test_token_of_another_shape_is_refused(token):
    """What is not 32 letters and digits is no token, and the error says so without showing it."""
    with pytest.raises(zr.InputError, match=r"32 letters and digits.*アカウント情報") as refused:
        zr.Client(token=token, client_id="1")
    assert token not in str(refused.value)


def test_blanks_around_a_token_are_no_part_of_it(own, connected):
    """A line end that came along with the copy is left out."""
    assert connected(token=f" {own.token}\n").templates().height > 0


def test_check_of_a_dead_service_says_so(connected):
    """Where nothing listens the first row says why, and nothing more is tried."""
    client = connected(base_url="http://127.0.0.1:9", timeout=1)
    found = client.check(lang="en")
    assert found["works"].to_list()[0] is False
    assert "connection" in found["detail"][0]


# ------------------------------------------------------------------------------------------ reservations


def test_reservations_are_found_by_day_time_and_tag(own, connected):
    """A reservation is found by its day, its time and its tag, and a group narrows."""
    client = connected()
    one = client.send("09012345678", "a", schedule_time="2026-11-20 12:00", group_tag="g")
    client.send("09012345679", "b", schedule_time=NOON, client_tag="b-1")
    client.send("09012345670", "c", schedule_time=datetime(2026, 11, 21, 0, 30, tzinfo=ZoneInfo("UTC")))
    assert client.reservations("2026-11-20").schema == schemas.RESERVATIONS
    assert client.reservations("2026-11-20")["message"].to_list() == ["a", "b"]
    assert client.reservations("2026-11-20", "2026-11-21")["message"].to_list() == ["a", "b", "c"]
    assert client.reservations("2026-11-20", group_tag="g")["client_tag"].to_list() == [one.client_tag]
    assert client.reservations(schedule_time=NOON).height == 2
    assert client.reservations(client_tag="b-1")["schedule_time"].dt.hour().to_list() == [12]
    assert client.reservations("2026-11-22").schema == schemas.RESERVATIONS


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"start": DAY, "client_tag": "x"},
        {"schedule_time": NOON, "client_tag": "x"},
        {"group_tag": "g"},
        {"end": DAY},
        {"client_tag": "x", "group_tag": "g"},
        {"schedule_time": "noon"},
    ],
)
def test_reservations_need_exactly_one_way(client, options):
    """None or several of days, time and tag raise, and so does a group alone."""
    with pytest.raises(zr.InputError):
        client.reservations(**options)


def test_cancel_takes_one_reservation_back(own, connected):
    """A reservation is cancelled by its tag; one that has gone out is not (130)."""
    client = connected()
    client.send("09012345678", "a", schedule_time=NOON, client_tag="a-1")
    client.send("09012345678", "b", schedule_time=NOON, client_tag="b-1")
    client.cancel("a-1")
    assert client.reservations("2026-11-20")["client_tag"].to_list() == ["b-1"]
    own.advance(timedelta(days=5))
    with pytest.raises(zr.ApiError) as refused:
        client.cancel("b-1")
    assert refused.value.code == 130


@pytest.mark.parametrize("code", [110, 130])
def test_cancel_refused_on_a_repeat_is_settled(own, connected, code):
    """After a lost answer a refusal of the repeat means that the first request did it, as reservations show."""
    client = connected()
    client.send("09012345678", "a", schedule_time=NOON, client_tag="a-1")
    own.faults.add("drop_after", "cancel")
    if code == 130:
        own.faults.add("code", "cancel", response_code=130, message="Already send.")
    client.cancel("a-1")
    assert client.reservations("2026-11-20").height == 0
    assert own.calls["cancel"] == 2


def test_cancel_of_what_has_gone_out_is_not_taken_for_done(own, connected):
    """Where reservations say that it went out, the refusal stays."""
    client = connected()
    client.send("09012345678", "a", client_tag="a-1")
    own.faults.add("drop_before", "cancel")
    with pytest.raises(zr.ApiError) as refused:
        client.cancel("a-1")
    assert refused.value.code == 130


def test_cancel_all_needs_a_filter(own, connected):
    """Without a filter nothing is cancelled unless everything is said; both together are refused, too."""
    client = connected()
    for options in ({}, {"everything": True, "group_tag": "g"}, {"start": "2026-11-02", "end": "2026-11-01"}):
        with pytest.raises(zr.InputError):
            client.cancel_all(**options)
    assert own.calls["cancel_all"] == 0


def test_cancel_all_of_a_lone_group_sends_today(own, connected):
    """A lone group also sends today as the start, where both readings of the rules cancel only the group."""
    client = connected()
    client.send("09012345678", "a", schedule_time=NOON, group_tag="g")
    client.send("09012345678", "b", schedule_time=NOON, group_tag="h")
    client.cancel_all(group_tag="g")
    assert own.requests[-1].fields["startDate"] == "20261116"
    assert client.reservations("2026-11-20")["message"].to_list() == ["b"]
    client.cancel_all("2026-11-20", "2026-11-20")
    assert client.reservations("2026-11-20").height == 0


def test_cancel_all_with_a_filter_is_tried_again(own, connected):
    """With a filter a repeat does no harm."""
    own.faults.add("drop_before", "cancel_all", times=2)
    connected().cancel_all(end="2026-11-30")
    assert own.calls["cancel_all"] == 3


def test_cancel_everything_is_never_tried_again(own, connected):
    """Everything is asked once: what was reserved in between would go, too."""
    own.faults.add("drop_before", "cancel_all", times=None)
    with pytest.raises(zr.TransportError):
        connected().cancel_all(everything=True)
    assert own.calls["cancel_all"] == 1


# ------------------------------------------------------------------------------------------- life


def test_sandbox_is_the_same_for_the_same_arguments():
    """The same arguments give the same statuses, another seed gives others; the clock is the sandbox's."""
    frames = []
    for seed in (5, 5, 6):
        with Client.sandbox(seed=seed, today="2026-05-20", messages_per_day=20, months=1) as client:
            assert client.now().date() == date(2026, 5, 20)
            assert client.embedded.url == client.base_url
            frames.append(client.status("2026-05-18", progress=False))
    assert frames[0].equals(frames[1])
    assert not frames[0].equals(frames[2])


def test_works_inside_a_running_event_loop(client):
    """A notebook's loop is running when a call is made, which works all the same."""

    async def cell() -> int:
        return client.status(DAY, progress=False).height

    assert asyncio.run(cell()) > 0


def test_close_leaves_no_thread_and_no_socket(sandbox):
    """After close, twice being fine, neither thread nor socket is left, and a call says so."""
    sockets = _sockets()
    threads = set(threading.enumerate())
    client = zr.Client(token=sandbox.token, client_id=sandbox.client_id, base_url=sandbox.url)
    client.status("2026-11-01", "2026-11-06", progress=False)
    assert set(threading.enumerate()) > threads
    client.close()
    client.close()
    assert set(threading.enumerate()) <= threads
    deadline = time.monotonic() + 3
    while _sockets() > sockets and time.monotonic() < deadline:
        time.sleep(0.02)  # the server's ends close a moment later
    assert _sockets() <= sockets
    with pytest.raises(zr.ConfigurationError, match="closed"):
        client.templates()


def test_forgotten_client_ends_by_itself(sandbox):
    """A client that nobody holds any more takes its thread with it."""
    threads = set(threading.enumerate())
    client = zr.Client(token=sandbox.token, client_id=sandbox.client_id, base_url=sandbox.url)
    client.templates()
    del client
    gc.collect()
    assert set(threading.enumerate()) <= threads


@pytest.mark.slow
def test_script_that_forgets_to_close_ends(sandbox, tmp_path):
    """A script that never closes its client ends quietly."""
    script = (
        "import sys, zrtools as zr\n"
        f"client = zr.Client(token={sandbox.token!r}, client_id={sandbox.client_id!r}, base_url={sandbox.url!r})\n"
        "print(client.templates().height > 0)\n"
    )
    ended = _python(script)
    assert (ended.returncode, ended.stdout.strip(), ended.stderr) == (0, "True", "")


def test_client_is_neither_pickled_nor_copied(client):
    """A client holds a token and connections, and refuses to travel."""
    for travel in (pickle.dumps, copy.copy, copy.deepcopy):
        with pytest.raises(zr.ConfigurationError, match="token"):
            travel(client)


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")
def test_forked_client_says_so(sandbox):
    """A client in a forked process has no thread: it says so instead of waiting for ever."""
    script = (
        "import os, warnings, zrtools as zr\n"
        "warnings.simplefilter('ignore')\n"
        f"client = zr.Client(token={sandbox.token!r}, client_id={sandbox.client_id!r}, base_url={sandbox.url!r})\n"
        "client.templates()\n"
        "child = os.fork()\n"
        "if not child:\n"
        "    try:\n"
        "        client.templates()\n"
        "    except zr.ConfigurationError as error:\n"
        "        print(error, flush=True)\n"
        "    client.close()\n"
        "    os._exit(0)\n"
        "os.waitpid(child, 0)\n"
        "print(client.templates().height > 0)\n"
    )
    ended = _python(script)
    assert "another process" in ended.stdout
    assert ended.stdout.endswith("True\n")


def test_importing_the_client_loads_no_httpx():
    """Neither httpx nor aiohttp loads before the first request."""
    script = (
        "import sys, zrtools as zr\n"
        "zr.Client(token='t' * 32, client_id='1')\n"
        "print(sorted({'httpx', 'aiohttp', 'tqdm', 'sqlite3'} & set(sys.modules)))\n"
    )
    assert _python(script).stdout == "[]\n"


def _sockets() -> int:
    folder = Path("/proc/self/fd")
    if not folder.exists():
        return 0
    return sum(
        1 for entry in folder.iterdir() if entry.is_symlink() and str(entry.readlink()).startswith("socket")
    )


def _python(script: str) -> subprocess.CompletedProcess[str]:
    root = str(Path(__file__).parents[1])
    return subprocess.run(
        [sys.executable, "-c", script],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        env={**os.environ, "PYTHONPATH": root},
    )
