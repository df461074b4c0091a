"""Delivery reports: from the bytes that are pushed to the frame."""

from __future__ import annotations

import json
from contextlib import suppress
from datetime import datetime
from typing import Any
from urllib.parse import quote, quote_plus

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

import zrtools as zr
from zrtools import dlr, schemas
from zrtools.errors import UnexpectedResponseError, ZrtoolsError
from zrtools.periods import TOKYO

FORM = "application/x-www-form-urlencoded"
REPORT: dict[str, Any] = {
    "type": "DLR",
    "dateTime": "2026/10/30 09:30:15",
    "messageId": "0123456789abcdef0123456789abcde",
    "phoneNumber": "+819012345678",
    "smsCode": "51234",
    "carrierId": "103",
    "carrierName": "NTT Docomo",
    "messageText": "ご予約の確認です & <1+1>",
    "clientId": "123",
    "clientTag": "clinic-0001",
    "statusId": "2",
    "statusDescription": "Message delivered",
    "detailedStatusId": 2,
    "separatedSuccessCount": 3,
    "rawdata": None,
}
ROW = (
    datetime(2026, 10, 30, 9, 30, 15, tzinfo=TOKYO),
    "0123456789abcdef0123456789abcde",
    "+819012345678",
    "ご予約の確認です & <1+1>",
    "51234",
    "103",
    "docomo",
    "123",
    "clinic-0001",
    2,
    "Message delivered",
    "2",
    3,
)


def as_json(*reports: dict[str, Any]) -> str:
    """Write reports as the service's JSON does."""
    return json.dumps({"eventNotifications": list(reports)}, ensure_ascii=False)


def as_xml(report: dict[str, Any], head: str = '<?xml version="1.0" encoding="UTF-8"?>') -> str:
    """Write a report as the service's XML does, raw data given as markup."""
    fields = "".join(
        f"<{name}>{value if name == 'rawdata' else f'<![CDATA[{value}]]>'}</{name}>"
        for name, value in report.items()
        if name != "type"
    )
    return f'{head}<eventNotifications><eventNotification type="DLR">{fields}</eventNotification></eventNotifications>'


def one(**changes: Any) -> dict[str, Any]:
    """Give a report with changes."""
    return {**REPORT, **changes}


def row(body: str | bytes, content_type: str | None = None) -> dict[str, Any]:
    """Parse a body with one report."""
    frame = dlr.parse(body.encode() if isinstance(body, str) else body, content_type)
    assert frame.schema == schemas.DLR
    return frame.row(0, named=True)


XML_REPORT = {**REPORT, "rawdata": "<carrier/><type/><data><code><![CDATA[13]]></code></data>"}


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (as_json(REPORT), "application/json"),
        (as_json(REPORT), None),
        (" \n" + as_json(REPORT), FORM),
        ("\ufeff" + as_json(REPORT), None),
        (json.dumps({"eventNotifications": [REPORT]}), None),
        (json.dumps({"eventNotifications": REPORT}), None),
        (json.dumps({"eventNotifications": {"eventNotification": REPORT}}), None),
        (json.dumps([REPORT]), None),
        (json.dumps(REPORT), None),
        ("json=" + quote(as_json(REPORT), safe=""), FORM),
        ("json=" + quote_plus(as_json(REPORT)), FORM + "; charset=UTF-8;"),
        ("a=1&json=" + quote_plus(as_json(REPORT)) + "&b=2", FORM),
        ("json=" + as_json(REPORT), FORM),
        (as_xml(XML_REPORT), "text/xml"),
        (as_xml(XML_REPORT), None),
        (as_xml(XML_REPORT, ""), "application/xml; charset=utf-8"),
        ("xml=" + quote(as_xml(XML_REPORT), safe=""), FORM),
        ("xml=" + quote_plus(as_xml(XML_REPORT)), None),
        ("xml=" + as_xml(XML_REPORT), FORM),
    ],
)
def test_every_way_of_pushing_gives_the_same_row(body: str, content_type: str | None) -> None:
    """Form field or raw, XML or JSON, list or object: one report, one row."""
    assert tuple(row(body, content_type).values()) == ROW


@pytest.mark.parametrize(
    "encoding", ["Shift_JIS", "shift-jis", "Windows-31J", "EUC-JP", "ISO-2022-JP", "UTF-16"]
)
def test_declared_encodings_are_read(encoding: str) -> None:
    """The XML's own declaration and the content type's charset are both believed."""
    text = as_xml(one(messageText="予約の確認"), f'<?xml version="1.0" encoding="{encoding}"?>')
    raw = text.encode("cp932" if encoding == "Windows-31J" else encoding)
    assert row(raw)["message"] == "予約の確認"
    assert row("xml=" + quote(raw, safe=""), FORM)["message"] == "予約の確認"
    said = as_json(one(messageText="予約の確認")).encode("cp932" if encoding == "Windows-31J" else encoding)
    assert row(said, f'application/json; charset="{encoding}"')["message"] == "予約の確認"


def test_shift_jis_that_nobody_declared_is_recognised() -> None:
    """Bytes that are no UTF-8 are tried as Shift_JIS, characters of Japanese Windows included."""
    assert row(as_json(one(messageText="①髙﨑")).encode("cp932"), "application/json")["message"] == "①髙﨑"
    assert row(as_xml(one(messageText="①髙﨑")).encode("cp932"))["message"] == "①髙﨑"


def test_a_wrong_declaration_does_not_cost_the_report() -> None:
    """Declared UTF-16 but plain bytes, an encoding nobody knows, one that is a trick: read as UTF-8."""
    for encoding in ("UTF-16", "klingon", "zlib", "unicode_escape"):
        text = as_xml(one(messageText="予約"), f'<?xml version="1.0" encoding="{encoding}"?>')
        assert row(text.encode())["message"] == "予約"


def test_many_reports_are_many_rows() -> None:
    """A JSON list's length is not stated, so any number is taken, in its order."""
    frame = dlr.parse(as_json(*(one(messageId=str(n)) for n in range(300))).encode())
    assert frame["message_id"].to_list() == [str(n) for n in range(300)]
    assert_frame_equal(dlr.parse(b'{"eventNotifications": []}'), schemas.empty(schemas.DLR))
    assert_frame_equal(dlr.parse(b"<eventNotifications/>"), schemas.empty(schemas.DLR))


def test_the_word_null_is_null_in_xml_but_not_in_prose() -> None:
    """A failed report writes null where there is nothing; a message may say null."""
    found = row(as_xml({name: "null" for name in REPORT if name not in ("type", "rawdata")}))
    assert {name for name, value in found.items() if value is not None} == {"message", "client_tag"}
    assert (found["message"], found["client_tag"]) == ("null", "null")


def test_the_word_null_is_a_text_in_json() -> None:
    """JSON has a null of its own."""
    assert row(as_json(one(statusDescription="null")))["status_description"] == "null"
    assert row(as_json(one(statusDescription=None)))["status_description"] is None


@pytest.mark.parametrize("write", [as_json, as_xml])
@pytest.mark.parametrize("nothing", ["", None])
def test_empty_and_missing_values_are_null(write: Any, nothing: Any) -> None:
    """An empty CDATA, an empty string, a null and no field at all mean the same."""
    empty = {name: nothing or "" for name in REPORT if name not in ("type", "rawdata", "messageId")}
    found = row(write({"type": "DLR", "messageId": "a", **empty}))
    assert {name: value for name, value in found.items() if value is not None} == {"message_id": "a"}
    assert row(write({"type": "DLR", "messageId": "a"})) == found


def test_empty_elements_are_null() -> None:
    """A self-closing element has no text."""
    body = "<eventNotification><messageId>a</messageId><clientTag/><statusId/></eventNotification>"
    assert row(body)["client_tag"] is None


@pytest.mark.parametrize("write", [as_json, as_xml])
@pytest.mark.parametrize("status", ["0", "1"])
def test_undefined_fields_are_null_while_unknown_or_sending(write: Any, status: str) -> None:
    """Carrier, detailed code and count mean nothing yet."""
    found = row(write(one(statusId=status, rawdata="")))
    assert found["status_id"] == int(status)
    assert [found[n] for n in ("carrier_id", "carrier", "detailed_status_id", "separated_success_count")] == [
        None
    ] * 4
    assert found["message"] is not None


def test_the_billable_count_is_for_delivered_messages_only() -> None:
    """A failed message keeps its code and has no count here, unlike in STATUS."""
    found = row(as_json(one(statusId="3", detailedStatusId="31823")))
    assert (found["detailed_status_id"], found["separated_success_count"]) == ("31823", None)
    assert row(as_json(one(statusId=9)))["separated_success_count"] is None


@pytest.mark.parametrize(
    "rawdata",
    [
        {"carrier": "103", "type": "2", "data": {"code": "13"}},
        [{"carrier": "103", "type": 2, "data": [{"code": "13"}]}],
        "text",
        7,
    ],
)
def test_rawdata_of_any_shape_is_passed_over(rawdata: Any) -> None:
    """Object or list, the report is read; new fields are passed over, too."""
    assert tuple(row(as_json(one(rawdata=rawdata, network={"a": [1]}))).values()) == ROW


def test_types_may_differ_from_the_table() -> None:
    """Numbers for text and text for numbers are coerced; codes and carriers outside every table are kept."""
    found = row(
        as_json(one(smsCode=51234, carrierId=107, statusId=3.0, detailedStatusId="E-1", clientId=123))
    )
    assert (found["sms_code"], found["carrier_id"], found["carrier"]) == ("51234", "107", None)
    assert (found["status_id"], found["detailed_status_id"], found["client_id"]) == (3, "E-1", "123")
    assert row(as_json(one(separatedSuccessCount="2")))["separated_success_count"] == 2
    assert row(as_json(one(dateTime="2026-10-30 09:30:15")))["date_time"] == ROW[0]
    assert row(as_json(one(dateTime="soon")))["date_time"] is None


def test_namespaces_and_split_cdata_are_read() -> None:
    """A default namespace changes no name; a CDATA cut in two is one text."""
    body = (
        '<n:eventNotifications xmlns:n="urn:x" xmlns="urn:y"><n:eventNotification><messageId>a</messageId>'
        "<messageText><![CDATA[x]]]]><![CDATA[>y]]></messageText></n:eventNotification></n:eventNotifications>"
    )
    assert row(body)["message"] == "x]]>y"


BOMB = '<!DOCTYPE a [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>'
LEAK = '<!DOCTYPE a [<!ENTITY a SYSTEM "file:///etc/passwd">]>'


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (b"", "neither XML nor JSON"),
        (b"hello", "neither XML nor JSON"),
        (b"\x00\xff\x80", "neither XML nor JSON"),
        (b"xml=", "neither XML nor JSON"),
        (b"json=hello", "neither XML nor JSON"),
        (b"<a/>", "no eventNotifications"),
        (b"<eventNotifications><other/></eventNotifications>", "something else"),
        (b"<eventNotifications><eventNotification/></eventNotifications>", "without any field"),
        (as_xml(REPORT)[:-30].encode(), "broken or cut short"),
        (as_json(REPORT)[:-3].encode(), "broken or cut short"),
        (b"[" * 200_000, "broken or cut short"),
        (b"<a>" * 200_000, "broken or cut short"),
        (as_xml(REPORT, BOMB).encode(), "entities"),
        (as_xml(REPORT, LEAK).encode(), "entities"),
        (as_xml(REPORT, "<!DOCTYPE a>").encode(), "entities"),
        (b'{"eventNotifications": [1]}', "no eventNotifications"),
        (b'{"eventNotifications": "x"}', "no eventNotifications"),
        (b'{"hello": 1}', "without any field"),
        (as_json(one(type="MO")).encode(), "another type"),
    ],
)
def test_what_is_no_report_is_refused(body: bytes, why: str) -> None:
    """Each says why, and neither message nor cause holds the body."""
    with pytest.raises(UnexpectedResponseError, match=why) as refused:
        dlr.parse(body)
    assert refused.value.__context__ is None
    assert "12345678" not in str(refused.value)


def test_failure_analyses_take_reports() -> None:
    """`classify` reads a DLR frame as it reads a STATUS frame."""
    bodies = [as_json(one(statusId=s, detailedStatusId=d)) for s, d in (("2", 2), ("3", 31823), ("1", 31721))]
    frame = zr.classify(pl.concat(dlr.parse(b.encode()) for b in bodies))
    assert frame["outcome"].to_list() == ["delivered", "failed", "sending"]
    assert frame["failure_category"].to_list() == [None, "network", None]


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda v: st.lists(v, max_size=2) | st.dictionaries(st.text(max_size=4), v, max_size=2),
    max_leaves=4,
)
REPORTS = st.dictionaries(st.sampled_from([*REPORT, "new"]), VALUES, max_size=8)


@pytest.mark.slow
@settings(max_examples=150, deadline=None)
@given(st.lists(REPORTS | VALUES, max_size=3) | REPORTS | VALUES, st.booleans())
def test_any_json_gives_the_schema_or_a_zrtools_error(content: Any, wrapped: bool) -> None:
    """Whatever JSON is pushed ends in the schema or in one of our errors."""
    body = json.dumps({"eventNotifications": content} if wrapped else content).encode()
    with suppress(ZrtoolsError):
        assert dlr.parse(body).schema == schemas.DLR


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=80), st.sampled_from([b"", b"xml=", b"json=", b"<eventNotifications>", b"{"]))
def test_any_bytes_give_the_schema_or_a_zrtools_error(body: bytes, head: bytes) -> None:
    """Whatever bytes are pushed ends the same way."""
    with suppress(ZrtoolsError):
        assert dlr.parse(head + body, FORM).schema == schemas.DLR


@pytest.mark.parametrize(
    "charset", ["ISO-8859-1", "iso-8859-1", "windows-1252", "Shift_JIS", "EUC-JP", "us-ascii", "x"]
)
@pytest.mark.parametrize("form", [False, True])
def test_json_is_utf8_whatever_a_server_declares(charset: str, form: bool) -> None:
    """A tag in Japanese is not garbled by a header that names another encoding."""
    text = as_json(REPORT | {"clientTag": "秋の案内-0001"})
    body = f"json={quote_plus(text)}".encode() if form else text.encode()
    kind = FORM if form else "application/json"
    assert dlr.parse(body, f"{kind}; charset={charset}")["client_tag"].item() == "秋の案内-0001"


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("2026-10-30T09:30:15", datetime(2026, 10, 30, 9, 30, 15, tzinfo=TOKYO)),
        ("2026-10-30T09:30:15+09:00", datetime(2026, 10, 30, 9, 30, 15, tzinfo=TOKYO)),
        ("2026-10-30T00:30:15Z", datetime(2026, 10, 30, 9, 30, 15, tzinfo=TOKYO)),
        ("2026/10/30 09:30:15.123", datetime(2026, 10, 30, 9, 30, 15, 123_000, tzinfo=TOKYO)),
        ("2026-10-30 09:30:15.123456", datetime(2026, 10, 30, 9, 30, 15, 123_000, tzinfo=TOKYO)),
        ("2026/10/30 24:00", datetime(2026, 10, 31, tzinfo=TOKYO)),
        ("2026/10/30 24:00:00", datetime(2026, 10, 31, tzinfo=TOKYO)),
        ("20261030 093015123", datetime(2026, 10, 30, 9, 30, 15, 123_000, tzinfo=TOKYO)),
    ],
)
def test_times_are_read_in_every_usual_form(written: str, expected: datetime) -> None:
    """ISO forms, milliseconds and 24:00 are times, not nulls."""
    rows = as_json(REPORT | {"dateTime": written}, REPORT)
    assert dlr.parse(rows.encode())["date_time"].to_list() == [expected, ROW[0]]


@pytest.mark.parametrize(
    ("changes", "odd"),
    [
        ({}, False),
        ({"dateTime": "2026-10-30T09:30:15.123+09:00"}, False),
        ({"dateTime": "2026/10/30 24:00"}, False),
        ({"statusId": " 2.0 "}, False),
        ({"dateTime": "soon"}, True),
        ({"dateTime": "2026/02/30 09:30:15"}, True),
        ({"dateTime": ""}, True),
        ({"statusId": "99"}, True),
        ({"statusId": None}, True),
    ],
)
def test_a_time_or_status_that_cannot_be_read_is_counted(
    changes: dict[str, Any], odd: bool, caplog: pytest.LogCaptureFixture
) -> None:
    """Such a report is kept and told in the log, and only such a one; its number and body are not in the log."""
    body = as_json(one(**changes)).encode()
    assert dlr.parse(body).height == 1
    assert (dlr.odd(dlr.records(body)), dlr.odd(dlr.records(body) * 99)) == (int(odd), 99 * odd)
    assert [r.getMessage() for r in caplog.records] == odd * [
        "1 of 1 delivery reports have no time that can be read, or no known status."
    ]


@pytest.mark.parametrize("written", [" 819012345678", "819012345678", 819012345678, "+819012345678"])
def test_numbers_that_lost_their_plus_have_it_again(written: str | int) -> None:
    """A form that was decoded twice, and an integer, are the same number."""
    assert (
        dlr.parse(as_json(REPORT | {"phoneNumber": written}).encode())["phone_number"].item()
        == "+819012345678"
    )


def test_numbers_of_another_form_stay_as_they_came() -> None:
    """What is no Japanese mobile number is kept."""
    for other in ("09012345678", "81312345678", "15551234567", "x"):
        assert dlr.parse(as_json(REPORT | {"phoneNumber": other}).encode())["phone_number"].item() == other
