"""The contract, version 1: the names, parameters, columns and errors that users have come to rely on."""

from __future__ import annotations

import inspect

import polars as pl
import pytest

import zrtools as zr

CLIENT = {
    "status": "start=None, end=None, *, client_tag=None, rawdata=False, progress=True",
    "counts": "start, end=None, *, client_id=None",
    "clean": "numbers, reference_date, *, max_requests=None, store=None, progress=True",
    "reservations": "start=None, end=None, *, schedule_time=None, client_tag=None, group_tag=None",
    "templates": "",
    "send": "phone_number, message, *, client_tag=None, carrier_id=None, schedule_time=None, group_tag=None",
    "cancel": "client_tag",
    "cancel_all": "start=None, end=None, *, group_tag=None, everything=False",
    "shorten": "long_url, *, name=None, domain=None",
    "close": "",
}
SETTINGS = {"token", "client_id", "sms_code", "base_url", "timeout", "pace", "at_once"}
TIME = pl.Datetime("ms", "Asia/Tokyo")
TEXT = pl.String()
FRAMES = {
    "STATUS": [
        ("send_date", pl.Date()),
        ("date_time", TIME),
        ("phone_number", TEXT),
        ("message", TEXT),
        ("sms_code", TEXT),
        ("carrier_id", TEXT),
        ("carrier", TEXT),
        ("status_id", pl.Int16()),
        ("client_tag", TEXT),
        ("detailed_status_id", TEXT),
        ("separated_success_count", pl.Int32()),
    ],
    "COUNTS": [
        ("month", pl.Date()),
        ("client_id", TEXT),
        ("carrier_id", TEXT),
        ("carrier", TEXT),
        ("separated_success_count", pl.Int64()),
        ("through", pl.Date()),
    ],
    "CLEANING": [
        ("input", TEXT),
        ("phone_number", TEXT),
        ("reference_date", pl.Date()),
        ("status", TEXT),
        ("error", TEXT),
    ],
    "RESERVATIONS": [
        ("schedule_time", TIME),
        ("phone_number", TEXT),
        ("message", TEXT),
        ("sms_code", TEXT),
        ("client_tag", TEXT),
    ],
    "TEMPLATES": [("title", TEXT), ("content", TEXT), ("parameters", pl.List(pl.String()))],
    "DLR": [
        ("date_time", TIME),
        ("message_id", TEXT),
        ("phone_number", TEXT),
        ("message", TEXT),
        ("sms_code", TEXT),
        ("carrier_id", TEXT),
        ("carrier", TEXT),
        ("client_id", TEXT),
        ("client_tag", TEXT),
        ("status_id", pl.Int16()),
        ("status_description", TEXT),
        ("detailed_status_id", TEXT),
        ("separated_success_count", pl.Int32()),
    ],
}
ADDED = [
    "outcome",
    "failure_module",
    "failure_carrier",
    "failure_code",
    "failure_category",
    "failure_origin",
    "failure_action",
]
BROKEN_DOWN = ["failed", "settled", "failure_rate", "rate_low", "rate_high", "share_of_failures"]


def _parameters(call: object) -> str:
    plain = [
        p.replace(annotation=inspect.Parameter.empty)
        for p in inspect.signature(call).parameters.values()  # type: ignore[arg-type]
        if p.name != "self"
    ]
    return str(inspect.Signature(plain))[1:-1]


@pytest.mark.parametrize("name", CLIENT)
def test_client_calls_have_their_parameters(name: str) -> None:
    """Each call takes what the contract says, in its order; what was added since can be left out."""
    agreed, given = CLIENT[name], _parameters(getattr(zr.Client, name))
    assert given.startswith(agreed)
    added = given[len(agreed) :].strip(", ")
    assert not added or ("*" in given and all("=" in parameter for parameter in added.split(", ")))


def test_client_is_made_as_agreed() -> None:
    """Every setting is a keyword; the sandbox takes seed, today and messages_per_day."""
    made = inspect.signature(zr.Client.__init__).parameters
    assert set(made) >= SETTINGS
    assert made["pace"].default == 100
    assert made["at_once"].default == 16
    embedded = inspect.signature(zr.Client.sandbox).parameters
    assert {"seed", "today", "messages_per_day"} <= set(embedded)
    assert embedded["seed"].default == 0
    assert all(p.kind is not p.POSITIONAL_OR_KEYWORD for p in embedded.values())


@pytest.mark.parametrize("name", FRAMES)
def test_frames_have_their_columns(name: str) -> None:
    """Names, order and types stand."""
    assert list(getattr(zr.schemas, name).items()) == FRAMES[name]


def test_classify_and_breakdown_add_their_columns() -> None:
    """What is added stands behind what was there, in its order."""
    frame = zr.schemas.empty(zr.schemas.STATUS)
    assert zr.classify(frame).columns == [*frame.columns, *ADDED]
    assert zr.classify(frame.lazy()).collect_schema().names() == [*frame.columns, *ADDED]
    found = zr.failures.breakdown(frame, by=["carrier", "failure_category"])
    assert found.columns[:8] == ["carrier", "failure_category", *BROKEN_DOWN]


def test_errors_stand_in_their_tree() -> None:
    """What a user catches is there and carries what it promises."""
    for name in (
        "ConfigurationError",
        "InputError",
        "ApiError",
        "TransportError",
        "UnexpectedResponseError",
        "PartialResultError",
    ):
        assert issubclass(getattr(zr, name), zr.ZrtoolsError)
    assert zr.InputError("x").row is None
    refused = zr.ApiError("x", code=110, message="Invalid token.", field="token")
    assert (refused.code, refused.message, refused.field) == (110, "Invalid token.", "token")
    assert zr.TransportError("x").status_code is None
    partial = zr.Interrupted("x", frame=pl.DataFrame(), missing=["2026-10-01"])
    assert isinstance(partial, KeyboardInterrupt)
    assert isinstance(partial, zr.PartialResultError)
    assert partial.missing == ["2026-10-01"]
