"""No public call answers a wrong argument with an error of some library's: each says what is wanted instead."""

from __future__ import annotations

import importlib
import inspect
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from edges import Given, calls, odd_values

import zrtools as zr

ROOMS = ("failures", "usage", "charts", "reports", "forms", "archive", "receiver", "dlr")
# wrong wherever neither a mapping nor a function is wanted
NEVER = ("an object", "a function", "a dict", "an expression")


@pytest.fixture(scope="module")
def swept(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    """Give every call with arguments that fit, and the values that do not."""
    folder, before = tmp_path_factory.mktemp("edges"), Path.cwd()
    os.chdir(folder)
    made = Given(folder)
    table = {name: call for name, call in calls(made).items() if name.partition(".")[0] in ROOMS}
    try:
        yield table, odd_values(made.frame)
    finally:
        made.close()
        os.chdir(before)


@pytest.mark.slow
def test_every_public_function_is_swept(swept: tuple[dict[str, Any], dict[str, Any]]) -> None:
    """A new public function, and a new argument of one, must be given values here."""
    table, _ = swept
    for room in ROOMS:
        module = importlib.import_module(f"zrtools.{room}")
        for name in module.__all__:
            thing = getattr(module, name)
            if inspect.isfunction(thing) and (room, name) not in {
                ("receiver", "serve"),
                ("receiver", "running"),
            }:
                call, arguments = table[f"{room}.{name}"]
                assert set(inspect.signature(call).parameters) <= set(arguments)


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
                if what in NEVER:
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
