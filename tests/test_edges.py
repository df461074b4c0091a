"""No public call answers a wrong argument with an error of some library's: each says what is wanted instead."""

from __future__ import annotations

import importlib
import inspect
import os
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from edges import Given, calls, odd_values

import zrtools as zr

ROOMS = (
    *(
        "display",
        "failures",
        "usage",
        "charts",
        "reports",
        "forms",
        "archive",
        "receiver",
        "dlr",
        "client",
        "outbox",
        "tables",
    ),
    *("phones", "messages", "privacy", "codes", "periods", "erasure", "sandbox", "watch"),
)
APART = {
    # they go on until they are stopped
    *("receiver.serve", "receiver.running"),
    # they serve the rooms themselves
    *("tables.Table.refuse", "tables.replace_file", "tables.excel", "sandbox.Message.code"),
    "sandbox.Message.status",
    # its functions are the command's own
    "watch.go_round",
    # they have refusals of their own, and serve tests
    *("sandbox.Faults.add", "sandbox.Faults.pick", "sandbox.Sandbox.advance"),
}
# wrong wherever neither a mapping nor a function is wanted
NEVER = ("an object", "a function", "a dict", "an expression")


@pytest.fixture(scope="module")
def swept(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    """Give every call with arguments that fit, and the values that do not."""
    folder, before = tmp_path_factory.mktemp("edges"), Path.cwd()
    os.chdir(folder)
    profiles = os.environ.get("ZRTOOLS_PROFILES")
    os.environ["ZRTOOLS_PROFILES"] = str(folder / "profiles.json")
    made = Given(folder)
    table = {name: call for name, call in calls(made).items() if name.partition(".")[0] in ROOMS}
    try:
        yield table, odd_values(made.frame)
    finally:
        made.close()
        os.chdir(before)
        if profiles is None:
            del os.environ["ZRTOOLS_PROFILES"]
        else:
            os.environ["ZRTOOLS_PROFILES"] = profiles


@pytest.mark.slow
def test_every_public_function_is_swept(swept: tuple[dict[str, Any], dict[str, Any]]) -> None:
    """A new public function, and a new argument of one, must be given values here."""
    table, _ = swept
    for room in ROOMS:
        module = importlib.import_module(f"zrtools.{room}")
        for name in module.__all__:
            thing = getattr(module, name)
            if inspect.isclass(thing) and issubclass(thing, Exception):
                continue
            if inspect.isclass(thing):
                calls_of = [
                    (f"{room}.{name}.{method}", function)
                    for method, function in inspect.getmembers(thing, callable)
                    if not method.startswith("_")
                ]
            else:
                calls_of = [(f"{room}.{name}", thing)] if inspect.isfunction(thing) else []
            for key, function in calls_of:
                wanted = set(inspect.signature(function).parameters) - {"self", "options"}
                if wanted and key not in APART:
                    assert wanted <= set(table[key][1]), key


@pytest.mark.slow
def test_what_fits_is_taken(swept: tuple[dict[str, Any], dict[str, Any]]) -> None:
    """The sweep begins with calls that work, or it would prove nothing."""
    table, _ = swept
    for call, arguments in table.values():
        call(**arguments)


@pytest.mark.slow
@pytest.mark.parametrize("room", ROOMS)
def test_a_wrong_argument_is_refused_in_words(
    swept: tuple[dict[str, Any], dict[str, Any]], room: str
) -> None:
    """Any argument of any call, replaced by what people hand over by mistake: taken, or refused by name."""
    table, odd = swept
    number = 0
    for name, (call, arguments) in table.items():
        if name.partition(".")[0] != room:
            continue
        for argument in arguments:
            number += 1
            for n, (what, value) in enumerate(odd.items()):
                # a report takes long: each of its arguments meets another third
                if room == "reports" and what not in NEVER and (n + number) % 3:
                    continue
                refusal = ""
                try:
                    call(**{**arguments, argument: value})
                except zr.ZrtoolsError as error:
                    refusal = str(error)
                if what in NEVER and not (what == "a dict" and argument == "values"):
                    assert not refusal or argument in refusal, (name, argument, what)


def test_a_refusal_says_what_came_and_how_to_get_there() -> None:
    """Frames of other libraries are told how they become one, and no number or secret is repeated."""
    frame = zr.schemas.empty(zr.schemas.STATUS)
    for given_, told in (
        (
            frame.to_pandas(),
            "not pandas DataFrame. A pandas frame becomes a polars one with polars.from_pandas",
        ),
        (frame.to_arrow(), "not pyarrow Table. An Arrow table becomes a polars frame with polars.from_arrow"),
        ([{"status_id": 2}], "not list. A list of dicts becomes a frame with polars.DataFrame"),
        (None, "not frame=None"),
    ):
        with pytest.raises(zr.InputError, match=r"^frame must be a polars DataFrame or LazyFrame") as caught:
            zr.failures.breakdown(given_)
        assert told in str(caught.value)
    with pytest.raises(zr.InputError, match=r'^every must be "1h", "1d" or "1w", not every=7\.$'):
        zr.failures.trend(frame, 7)
    with pytest.raises(zr.InputError, match=r"^least must be a whole number, not least=True"):
        zr.failures.numbers(frame, least=True)
    with pytest.raises(zr.InputError, match=r"^parts must be a polars DataFrame, not polars LazyFrame"):
        zr.usage.part_limits(frame.lazy())
    with pytest.raises(zr.InputError) as caught:
        zr.failures.breakdown("+819012345678")
    assert "9012345678" not in str(caught.value)


@pytest.mark.parametrize(
    ("setting", "value", "says"),
    [
        ("now", 3, "now must be a function or None, not now=3"),
        ("timeout", "x", "timeout must be a number, not x"),
        ("timeout", True, "timeout must be more than 0"),
        ("timeout", None, "timeout must be a number, not timeout=None"),
        ("pace", float("nan"), "pace must be more than 0"),
        ("at_once", 2.5, "at_once must be a whole number from 1 to 1024"),
        ("client_id", 1.5, "The client id must be digits"),
        ("base_url", Path("x"), "base_url must be a text or None, not pathlib"),
        ("profile", 3, "profile must be a text or None, not profile=3"),
    ],
)
def test_a_setting_of_the_wrong_kind_is_refused_by_name(setting: str, value: Any, says: str) -> None:
    """A client is told so when it is made, and its signature and its frames stay as they were."""
    with pytest.raises(zr.InputError) as caught:
        zr.Client(**{"token": "t" * 32, "client_id": 1, setting: value})
    assert str(caught.value).startswith(says)
    assert list(inspect.signature(zr.Client).parameters)[:3] == ["token", "client_id", "sms_code"]
    frames = [entry.frame.f_locals for entry in caught.traceback if "zrtools" in Path(entry.path).parts]
    assert frames
    assert "t" * 32 not in repr(frames)


def test_a_schedule_is_read_to_the_minute_however_it_is_given(tmp_path: Path) -> None:
    """Seconds are left out of text, of a datetime and of both kinds of column; what is no time is refused."""
    import pandas as pd

    minute = datetime(2030, 10, 31, 9, 30, tzinfo=zr.periods.TOKYO)
    rows = pl.DataFrame({"phone_number": ["09012345678"], "message": ["hello"]})
    with zr.Outbox(tmp_path / "o.sqlite") as outbox:
        for given in (
            "2030-10-31 09:30:59.5",
            datetime(2030, 10, 31, 9, 30, 59),
            pd.Timestamp(2030, 10, 31, 9, 30, 1),
        ):
            assert outbox.add(rows, schedule_time=given, dry_run=True)["schedule_time"].to_list() == [minute]
            for column in (pl.Series([str(given)]), pl.Series([given])):
                listed = rows.with_columns(schedule_time=column)
                assert outbox.add(listed, dry_run=True)["schedule_time"].to_list() == [minute]
        for wrong in (pd.NaT, date(2030, 10, 31), 1.5):
            with pytest.raises(
                zr.InputError, match=r"^schedule_time must be a datetime, a text or None, not "
            ):
                outbox.add(rows, schedule_time=wrong, dry_run=True)
    with zr.Client(token="t" * 32, client_id=1, sms_code=12345, base_url="http://127.0.0.1:9") as client:
        cases: list[tuple[dict[str, Any], str]] = [
            ({"schedule_time": pd.NaT}, "schedule_time must be a datetime, a text or None"),
            ({"message": " \u3000\n"}, "The message is empty"),
            ({"message": 3}, "message must be a text, not message=3"),
            ({"phone_number": None}, "phone_number must be"),
            ({"carrier_id": 101}, "carrier_id must be a text or None"),
        ]
        for arguments, says in cases:
            with pytest.raises(zr.InputError, match=f"^{says}") as caught:
                client.send(**{"phone_number": "09012345678", "message": "hello", **arguments})
            assert caught.value.sent is False
        with pytest.raises(zr.InputError, match=r"^start must be a date or a text, not start=202610\.0"):
            client.counts(202610.0)
        with pytest.raises(zr.InputError, match="more than a hundred years"):
            client.counts("2026-10", "9999-12")


def test_a_frame_of_another_library_is_told_how_it_becomes_one(tmp_path: Path) -> None:
    """By the outbox, masking and files as by the analyses; a path that cannot be is told, too."""
    rows = pl.DataFrame({"phone_number": ["09012345678"], "message": ["hello"]})
    with zr.Outbox(tmp_path / "o.sqlite") as outbox:
        for call in (outbox.add, zr.mask, zr.tables.as_csv, zr.privacy.touched):
            for given, told in (
                (rows.to_pandas(), "polars.from_pandas"),
                (rows.to_arrow(), "polars.from_arrow"),
                (rows.to_dicts(), "polars.DataFrame(rows)"),
            ):
                with pytest.raises(zr.InputError, match=r"^(frame|value) must be ") as caught:
                    call(given)
                assert told in str(caught.value)
                assert "9012345678" not in str(caught.value)
    for opened in (zr.Outbox, zr.Suppressions, zr.Archive, zr.receiver.Store, zr.tables.read, zr.codes.read):
        for place in (str(tmp_path / ("x" * 300)), "a\0b", "  "):
            with pytest.raises(zr.InputError, match="must be the path of a file or folder that can be"):
                opened(place)
