"""Generated answers and notifications: a small share of what proof/fuzz.py reads."""

from __future__ import annotations

import importlib.util
import json
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from types import ModuleType

import pytest

from zrtools import errors, wire

NUMBER = "+819048151623"
TOKEN = "S3cretS3cretS3cretS3cretS3cret99"


@pytest.fixture(scope="module")
def fuzz() -> Iterator[ModuleType]:
    """Load proof/fuzz.py."""
    spec = importlib.util.spec_from_file_location("fuzz", Path(__file__).parents[1] / "proof" / "fuzz.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    # dataclasses look their module up by name
    sys.modules["fuzz"] = module
    spec.loader.exec_module(module)
    yield module
    del sys.modules["fuzz"]


@pytest.mark.slow
def test_two_thousand_cases_give_the_schema_or_a_zrtools_error(fuzz: ModuleType) -> None:
    """Whatever comes is read or refused, nothing else, and no error shows a number or a token."""
    found = fuzz.search(11, range(2_000))
    assert [fuzz.show(11, number) for number, _ in found.wrong] == []
    # every decoder was reached, and both ways of ending were
    assert {decoder for decoder, _ in found.outcomes} == set(fuzz.DECODERS)
    assert {"frame", "value", "ApiError", "UnexpectedResponseError"} <= {kind for _, kind in found.outcomes}


def test_a_case_is_always_the_same(fuzz: ModuleType) -> None:
    """A case that failed can be read again by its seed and number, and others differ."""
    assert fuzz.case(3, 5) == fuzz.case(3, 5)
    assert len({fuzz.case(3, n).body for n in range(200)}) > 150


@pytest.mark.parametrize(
    "text",
    [
        "no 090-4815-1623",
        "no ０９０ ４８１５ １６２３",
        f"no {NUMBER}",
        "no 8190(4815)1623",
        "no 02048151623421",
        f"token={TOKEN}&x=1",
    ],
)
def test_what_may_not_show_is_found(fuzz: ModuleType, text: str) -> None:
    """The search finds numbers in every spelling, and tokens, and lets masked ones pass."""
    assert fuzz.leak(text)
    assert not fuzz.leak("at 20261030 093015123: +8190****1623, 090****1623, 110 Invalid phoneNumber.")


@pytest.mark.parametrize(
    ("raised", "said"),
    [
        (KeyError("x"), "KeyError"),
        (errors.ZrtoolsError(f"the answer was {NUMBER}"), "shows"),
        (errors.ApiError("refused", code=110, message=f"token {TOKEN}"), "shows"),
    ],
)
def test_what_is_wrong_is_noted(
    fuzz: ModuleType, monkeypatch: pytest.MonkeyPatch, raised: Exception, said: str
) -> None:
    """Another exception, and an error that shows too much, are noted with the case."""

    def decoder(body: bytes, **_: object) -> str:
        raise raised

    monkeypatch.setattr(fuzz, "DECODERS", dict.fromkeys(fuzz.DECODERS, decoder))
    found = fuzz.search(0, range(3))
    assert [number for number, _ in found.wrong] == [0, 1, 2]
    assert all(said in why for _, why in found.wrong)
    assert "WRONG" in fuzz.show(0, 0)


@pytest.mark.parametrize("code", ['"+819048151623"', "9048151623", '"090 4815 1623"', "-9048151623"])
def test_a_number_in_place_of_the_code_is_not_shown(code: str) -> None:
    """What stands as the responseCode is told in the error, but never a phone number."""
    with pytest.raises(errors.UnexpectedResponseError) as failed:
        wire.accepted(f'{{"responseCode": {code}, "responseMessage": "x"}}'.encode())
    assert "4815" not in str(failed.value)


@pytest.mark.parametrize(
    "told", ["0 093015123", "00000101 000000000", "99991231 235959999", "+12345-01-01 00:00"]
)
def test_a_time_that_python_cannot_hold_is_null(told: str) -> None:
    """A year before the first or beyond the last that Python knows costs its cell, not the frame."""
    good = {"dateTime": "20261030 093015123", "statusId": 2}
    body = json.dumps({"responseCode": 0, "status": [{**good, "dateTime": told}, good]}).encode()
    frame = wire.status_frame(body, send_date=None)
    assert [None if time is None else time.year for time in frame["date_time"].to_list()] == [None, 2026]


def test_half_a_character_in_a_name_is_replaced() -> None:
    """A carrier under a name that no text can hold is still a count."""
    body = rb'{"responseCode": 0, "separatedSuccessCount": [{"clientId": "1", "10\ud8003": 7}]}'
    frame = wire.counts_frame(body, month=date(2026, 10, 1), through=date(2026, 10, 31))
    assert frame.filter(carrier_id="10\N{REPLACEMENT CHARACTER}3")["separated_success_count"].to_list() == [7]
