"""The sandbox's nine calls, over raw HTTP: what it accepts, refuses, answers and remembers."""

from __future__ import annotations

import http.client
import json
import re
import threading
import time
import warnings
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import quote, urlencode, urlsplit
from zoneinfo import ZoneInfo

import pytest

from zrtools.errors import ConfigurationError, InputError
from zrtools.sandbox import CALLS, Sandbox

TOKYO = ZoneInfo("Asia/Tokyo")
PATHS = {
    "send": "/p5/api/mt.json",
    "reservations": "/p5/api/checkreservation.json",
    "cancel": "/p5/api/cancelreservation.json",
    "cancel_all": "/p5/api/cancelreservationall.json",
    "status": "/p5/api/status.json",
    "shorten": "/p1/api/shortenurl.json",
    "templates": "/p5/api/template.json",
    "clean": "/p5/api/numbercleaning.json",
    "counts": "/p5/api/separatedsuccesscount.json",
}
POSTS = ("send", "shorten")
FORM = "application/x-www-form-urlencoded"


def raw(
    box: Sandbox, method: str, path: str, body: bytes | None = None, kind: str | None = FORM
) -> tuple[int, dict[str, str], bytes]:
    """Send one request as it stands."""
    connection = http.client.HTTPConnection(urlsplit(box.url).netloc, timeout=20)
    try:
        connection.request(method, path, body, {"Content-Type": kind} if body is not None and kind else {})
        response = connection.getresponse()
        return response.status, {k.lower(): v for k, v in response.getheaders()}, response.read()
    finally:
        connection.close()


def identified(box: Sandbox, fields: dict[str, Any]) -> dict[str, Any]:
    """Add the account, and leave out what is None."""
    return {
        k: v for k, v in {"token": box.token, "clientId": box.client_id, **fields}.items() if v is not None
    }


def call(box: Sandbox, name: str, /, **fields: Any) -> dict[str, Any]:
    """Call the service and read its answer."""
    encoded = urlencode(identified(box, fields))
    if name in POSTS:
        status, head, body = raw(box, "POST", PATHS[name], encoded.encode())
    else:
        status, head, body = raw(box, "GET", f"{PATHS[name]}?{encoded}")
    assert status == 200
    assert head["content-type"].startswith("application/json")
    answer: dict[str, Any] = json.loads(body)
    return answer


def send(box: Sandbox, **fields: Any) -> dict[str, Any]:
    """Send a message that is right but for the fields given."""
    return call(
        box,
        "send",
        **{"smsCode": box.sms_code, "message": "こんにちは", "phoneNumber": "09011112222", **fields},
    )


def refused(answer: dict[str, Any]) -> tuple[int, str]:
    """Tell a refusal by its code and message."""
    return answer["responseCode"], answer["responseMessage"]


def later(box: Sandbox, **step: float) -> str:
    """Write a time as the service wants it."""
    return f"{box.now() + timedelta(**step):%Y-%m-%d %H:%M}"


@pytest.fixture(scope="module")
def shared() -> Iterator[Sandbox]:
    """A sandbox for tests that leave nothing in it that another would see."""
    with Sandbox(messages_per_day=300) as box:
        yield box


@pytest.fixture
def box() -> Iterator[Sandbox]:
    """A sandbox of one's own."""
    with Sandbox(messages_per_day=300) as one:
        yield one


# ---- transport


def test_a_form_may_carry_parameters_or_a_trailing_semicolon(shared: Sandbox) -> None:
    """The form type is read whatever follows it."""
    body = urlencode(identified(shared, {"longUrl": "https://example.com/"})).encode()
    for kind in (
        FORM,
        f"{FORM};",
        f"{FORM}; charset=UTF-8",
        "Application/X-WWW-Form-Urlencoded;charset=utf-8;",
    ):
        _, _, answer = raw(shared, "POST", PATHS["shorten"], body, kind)
        assert json.loads(answer)["responseCode"] == 0


@pytest.mark.parametrize("kind", [None, "application/json", "text/plain", "multipart/form-data; boundary=x"])
def test_another_content_type_holds_no_fields(shared: Sandbox, kind: str | None) -> None:
    """Fields in any other type are not read."""
    body = urlencode(identified(shared, {"longUrl": "https://example.com/"})).encode()
    _, _, answer = raw(shared, "POST", PATHS["shorten"], body, kind)
    assert json.loads(answer) == {
        "responseCode": 100,
        "responseMessage": "Required token.",
        "shortUrl": None,
        "name": None,
    }


def test_plus_is_a_space_unless_written_as_2b(shared: Sandbox) -> None:
    """A number with a bare plus is no number; %2B makes it one."""
    rest = f"token={shared.token}&clientId={shared.client_id}&referenceDate=20261101"
    _, _, wrong = raw(shared, "GET", f"{PATHS['clean']}?{rest}&phoneNumber=+819011112222")
    _, _, right = raw(shared, "GET", f"{PATHS['clean']}?{rest}&phoneNumber=%2B819011112222")
    assert refused(json.loads(wrong)) == (110, "Invalid phoneNumber.")
    assert json.loads(right)["phoneNumber"] == "+819011112222"


def test_text_travels_as_utf_8_both_ways(shared: Sandbox) -> None:
    """Japanese and emoji come back as they went."""
    text = '髙橋様 ①㈱ 😀\n"引用" & 100% + 1'
    answer = send(shared, message=text)
    assert answer["smsMessage"] == text


def test_bytes_that_are_not_utf_8_are_an_invalid_field(shared: Sandbox) -> None:
    """A message in Shift_JIS is refused by its field's name."""
    body = urlencode(identified(shared, {"smsCode": shared.sms_code, "phoneNumber": "09011112222"}))
    encoded = f"{body}&message={quote('こんにちは'.encode('shift_jis'))}".encode()
    _, _, answer = raw(shared, "POST", PATHS["send"], encoded)
    assert refused(json.loads(answer)) == (110, "Invalid message.")


def test_an_unknown_path_is_a_404_in_json(shared: Sandbox) -> None:
    """There is nothing beside the nine paths, the version in the path included."""
    for path in ("/", "/p5/api/nothing.json", "/p5/api/shortenurl.json", "/p1/api/mt.json"):
        status, head, body = raw(shared, "GET", path)
        assert status == 404
        assert head["content-type"].startswith("application/json")
        assert json.loads(body) == {"code": 404, "message": "Not Found"}


@pytest.mark.parametrize("name", CALLS)
def test_a_wrong_method_is_a_405(shared: Sandbox, name: str) -> None:
    """Each call has one method, and says which."""
    wrong, right = ("GET", "POST") if name in POSTS else ("POST", "GET")
    status, head, body = raw(shared, wrong, PATHS[name], b"" if wrong == "POST" else None)
    assert status == 405
    assert head["allow"] == right
    assert json.loads(body) == {"code": 405, "message": "Method Not Allowed"}


# ---- who asks, and the shape of refusals

SHAPES: dict[str, dict[str, Any]] = {
    "send": {"phoneNumber": None, "smsMessage": None},
    "reservations": {"count": "0", "status": []},
    "cancel": {"clientTag": None},
    "cancel_all": {},
    "status": {"status": []},
    "shorten": {"shortUrl": None, "name": None},
    "templates": {"count": 0, "templates": None},
    "clean": {"phoneNumber": None, "referenceDate": None, "status": None},
    "counts": {"separatedSuccessCount": None},
}


@pytest.mark.parametrize("name", CALLS)
def test_every_call_wants_the_account_and_refuses_in_its_own_shape(shared: Sandbox, name: str) -> None:
    """A missing, empty or wrong token or clientId is refused, and the answer is shaped as the call's errors are."""
    cases = {
        (100, "Required token."): [{"token": None}, {"token": ""}],
        (100, "Required clientId."): [{"clientId": None}, {"clientId": ""}],
        (110, "Invalid token."): [{"token": "x" * 32}, {"token": shared.token[:-1]}],
        (110, "Invalid clientId."): [{"clientId": "0"}, {"clientId": "x"}],
    }
    for (code, message), wrongs in cases.items():
        for wrong in wrongs:
            answer = call(shared, name, **wrong)
            assert answer == {"responseCode": code, "responseMessage": message, **SHAPES[name]}


@pytest.mark.parametrize(
    ("name", "fields"),
    [
        ("send", ["smsCode", "message", "phoneNumber"]),
        ("reservations", ["smsCode"]),
        ("cancel", ["clientTag"]),
        ("shorten", ["longUrl"]),
        ("clean", ["phoneNumber", "referenceDate"]),
        ("counts", ["month"]),
    ],
)
def test_each_required_field_is_missed_by_name(shared: Sandbox, name: str, fields: list[str]) -> None:
    """What is required is asked for, empty counting as missing."""
    whole = {
        "smsCode": shared.sms_code,
        "message": "a",
        "phoneNumber": "09011112222",
        "clientTag": "never used",
        "longUrl": "https://example.com",
        "referenceDate": "20261101",
        "month": "202610",
    }
    for field in fields:
        for value in (None, ""):
            asked = {**{f: whole[f] for f in fields}, field: value}
            assert refused(call(shared, name, **asked)) == (100, f"Required {field}.")


def test_only_counts_may_be_asked_for_a_customer_or_all(shared: Sandbox) -> None:
    """An agency's customers and `all` belong to counts alone."""
    assert refused(call(shared, "templates", clientId="all")) == (110, "Invalid clientId.")
    assert refused(call(shared, "templates", clientId=shared.client_ids[1])) == (110, "Invalid clientId.")
    assert call(shared, "counts", clientId="all", month="202610")["responseCode"] == 0


# ---- sending


@pytest.mark.parametrize(
    ("number", "same"),
    [
        ("09001234567", "+819001234567"),
        ("08012345678", "+818012345678"),
        ("07012345678", "+817012345678"),
        ("06012345678", "+816012345678"),
        ("02012345678", "+812012345678"),
        ("02012345678901", "+812012345678901"),
        ("+819001234567", "+819001234567"),
        ("+812012345678901", "+812012345678901"),
    ],
)
def test_mobile_numbers_are_taken_and_answered_in_international_form(
    shared: Sandbox, number: str, same: str
) -> None:
    """The domestic and the +81 form of every mobile prefix are the same number."""
    answer = send(shared, phoneNumber=number)
    assert (answer["responseCode"], answer["phoneNumber"]) == (0, same)


@pytest.mark.parametrize(
    "number",
    [
        *(
            "0312345678",
            "05012345678",
            "09012345",
            "090123456789",
            "+8109012345678",
            "819012345678",
            "090-1234-5678",
        ),
        *("０９０１２３４５６７８", " 09012345678", "abc", "020123456789", "+442012345678", "09012345678\n"),
    ],
)
def test_anything_but_a_mobile_number_is_refused(shared: Sandbox, number: str) -> None:
    """Landlines, IP phones, foreign and misspelt numbers are invalid, and the refusal echoes what was sent."""
    answer = send(shared, phoneNumber=number, message="echo")
    assert refused(answer) == (110, "Invalid phoneNumber.")
    assert (answer["phoneNumber"], answer["smsMessage"]) == (number, "echo")


@pytest.mark.parametrize(
    ("wrong", "answer"),
    [
        ({"message": "あ" * 661}, (120, "message too long.")),
        ({"clientTag": "t" * 201}, (120, "clientTag too long.")),
        ({"groupTag": "g" * 201}, (120, "groupTag too long.")),
        ({"smsCode": "1234"}, (110, "Invalid smsCode.")),
        ({"smsCode": "99999"}, (110, "Invalid smsCode.")),
        ({"carrierId": "102"}, (110, "Invalid carrierId.")),
        ({"carrierId": "au"}, (110, "Invalid carrierId.")),
        ({"scheduleTime": "2026-11-20"}, (110, "Invalid scheduleTime.")),
        ({"scheduleTime": "2026/11/20 10:00"}, (110, "Invalid scheduleTime.")),
        ({"scheduleTime": "2026-11-31 10:00"}, (110, "Invalid scheduleTime.")),
        ({"scheduleTime": "2026-11-20 10:00:00"}, (110, "Invalid scheduleTime.")),
        ({"scheduleTime": "2026-11-16 10:00"}, (110, "Invalid scheduleTime.")),
        ({"scheduleTime": "2020-01-01 00:00"}, (110, "Invalid scheduleTime.")),
    ],
)
def test_a_send_that_breaks_a_rule_is_refused_by_its_field(
    shared: Sandbox, wrong: dict[str, str], answer: tuple[int, str]
) -> None:
    """Lengths, codes and times are checked, a past time included."""
    before = len(shared.accepted)
    assert refused(send(shared, **wrong)) == answer
    assert len(shared.accepted) == before


def test_the_longest_allowed_fields_are_taken(box: Sandbox) -> None:
    """660 characters, a tag and a group of 200."""
    assert send(box, message="あ" * 660, clientTag="t" * 200, groupTag="g" * 200)["responseCode"] == 0
    assert box.accepted[0].parts == 10


def test_a_tag_is_used_up_by_an_accepted_request_alone(box: Sandbox) -> None:
    """A refused send leaves its tag free; an accepted one takes it for good, cancelled or not."""
    assert send(box, clientTag="a", phoneNumber="0312345678")["responseCode"] == 110
    assert send(box, clientTag="a", scheduleTime=later(box, hours=1))["responseCode"] == 0
    assert refused(send(box, clientTag="a")) == (400, "Duplicate client tag.")
    assert call(box, "cancel", clientTag="a")["responseCode"] == 0
    assert refused(send(box, clientTag="a")) == (400, "Duplicate client tag.")
    assert send(box)["responseCode"] == send(box)["responseCode"] == 0, "messages without a tag never collide"


def test_a_tag_of_the_simulated_traffic_was_used_before(shared: Sandbox) -> None:
    """What stands in the statuses cannot be sent again under its tag."""
    rows = call(shared, "status", date="20261110")["status"]
    tag = next(row["clientTag"] for row in rows if row["clientTag"])
    assert refused(send(shared, clientTag=tag)) == (400, "Duplicate client tag.")
    assert send(shared, clientTag="otp-20261110-999999")["responseCode"] == 0


def test_the_quota_ends_sending() -> None:
    """Over the plan's limit a send is refused, and uses no tag."""
    with Sandbox(messages_per_day=10, quota=2) as box:
        assert [send(box, clientTag=str(n))["responseCode"] for n in range(3)] == [0, 0, 300]
        assert refused(send(box, clientTag="2")) == (300, "Exceed sending count.")
        assert call(box, "status", clientTag="2")["status"] == []


def test_a_message_is_sending_at_once_and_has_its_result_shortly_after(box: Sandbox) -> None:
    """The status is 1 first, with nothing meant by the other fields, then the result by the number's fate."""
    send(box, clientTag="good", phoneNumber="09011112222", carrierId="103", message="x" * 71)
    send(box, clientTag="bad", phoneNumber="09011110732", carrierId="103")
    [first] = call(box, "status", clientTag="good")["status"]
    assert first["statusId"] == 1
    assert first["carrierId"] != "103"
    box.advance(timedelta(seconds=5))
    [good] = call(box, "status", clientTag="good")["status"]
    [bad] = call(box, "status", clientTag="bad")["status"]
    assert good == {
        "dateTime": good["dateTime"],
        "phoneNumber": "+819011112222",
        "message": "x" * 71,
        "smsCode": int(box.sms_code),
        "carrierId": "103",
        "carrierName": "NTT Docomo",
        "statusId": 2,
        "clientTag": "good",
        "detailedStatusId": "2",
        "separatedSuccessCount": 2,
        "rawdata": [{"carrier": "103", "type": None, "data": None}],
    }
    assert re.fullmatch(r"20261116 10\d{7}", good["dateTime"])
    assert (bad["statusId"], bad["detailedStatusId"]) == (3, "31732")
    assert {r["clientTag"] for r in call(box, "status", date="20261116")["status"]} >= {"good", "bad"}


def test_a_number_always_ends_alike(box: Sandbox) -> None:
    """The same number fails or is reached each time, and most are reached."""
    for n in range(60):
        send(box, clientTag=f"a{n}", phoneNumber=f"0908765{n:04d}")
        send(box, clientTag=f"b{n}", phoneNumber=f"0908765{n:04d}")
    fates = {m.client_tag: (m.fate, m.carrier) for m in box.accepted}
    assert all(fates[f"a{n}"] == fates[f"b{n}"] for n in range(60))
    assert 0 < sum(f is not None for f, _ in fates.values()) < 30
    assert len({c for _, c in fates.values()}) == 4


# ---- reservations


def test_reservations_are_found_by_tag_time_and_day_in_that_order(box: Sandbox) -> None:
    """The tag goes before scheduleTime before scheduleDate; a group narrows the latter two alone."""
    one, two = later(box, hours=1), later(box, hours=2)
    send(box, clientTag="a", scheduleTime=one, groupTag="g", phoneNumber="09011112222")
    send(box, clientTag="b", scheduleTime=two)
    send(box, clientTag="c", scheduleTime=later(box, days=1), groupTag="g")
    send(box, scheduleTime=two, smsCode=box.sms_codes[1])

    def tags(**fields: str) -> list[str]:
        answer = call(box, "reservations", **{"smsCode": box.sms_code, **fields})
        assert answer["responseCode"] == 0
        assert answer["count"] == len(answer["status"])
        return [row["clientTag"] for row in answer["status"]]

    assert tags(scheduleDate="20261116") == ["a", "b"]
    assert tags(scheduleDate="20261116", groupTag="g") == ["a"]
    assert tags(scheduleDate="20261118") == []
    assert tags(scheduleTime=two, scheduleDate="20261117") == ["b"]
    assert tags(scheduleTime=two, groupTag="g") == []
    assert tags(clientTag="a", scheduleTime=two, groupTag="other") == ["a"]
    assert tags(clientTag="never") == []
    assert tags(scheduleTime=two, smsCode=box.sms_codes[1]) == [""]
    [row] = call(box, "reservations", smsCode=box.sms_code, clientTag="a")["status"]
    assert row == {
        "scheduleTime": one,
        "phoneNumber": "+819011112222",
        "message": "こんにちは",
        "smsCode": int(box.sms_code),
        "clientTag": "a",
    }


def test_reservations_refuse_what_is_not_asked_rightly(box: Sandbox) -> None:
    """Nothing to look for, a lone group, past times, and a message that has gone out each have their code."""
    send(box, clientTag="gone")
    asked = [
        ({}, (100, "Required clientTag.")),
        ({"groupTag": "g"}, (100, "Required clientTag.")),
        ({"scheduleTime": "2026-11-16 09:59"}, (140, "Past scheduleTime.")),
        ({"scheduleDate": "20261115"}, (140, "Past scheduleDate.")),
        ({"scheduleDate": "2026-11-17"}, (110, "Invalid scheduleDate.")),
        ({"scheduleTime": "tomorrow"}, (110, "Invalid scheduleTime.")),
        ({"clientTag": "t" * 201}, (120, "clientTag too long.")),
        ({"clientTag": "gone"}, (130, "Already send.")),
        ({"clientTag": "gone", "smsCode": "1"}, (110, "Invalid smsCode.")),
    ]
    for fields, expected in asked:
        answer = call(box, "reservations", **{"smsCode": box.sms_code, **fields})
        assert refused(answer) == expected
        assert (answer["count"], answer["status"]) == ("0", [])


def test_a_reservation_comes_due(box: Sandbox) -> None:
    """It has no status while it waits, goes out at its time, and belongs to the day on which it goes out."""
    send(box, clientTag="a", scheduleTime="2026-11-17 09:00")
    assert call(box, "status", clientTag="a")["status"] == []
    box.advance(timedelta(hours=22, minutes=59))
    assert call(box, "reservations", smsCode=box.sms_code, clientTag="a")["count"] == 1
    box.advance(timedelta(minutes=1))
    assert refused(call(box, "reservations", smsCode=box.sms_code, clientTag="a")) == (130, "Already send.")
    assert [r["statusId"] for r in call(box, "status", clientTag="a")["status"]] == [1]
    box.advance(timedelta(seconds=3))
    [row] = call(box, "status", clientTag="a")["status"]
    assert row["statusId"] == 2
    assert row["dateTime"].startswith("20261117 0900")
    assert "a" in {r["clientTag"] for r in call(box, "status", date="20261117")["status"]}
    assert "a" not in {r["clientTag"] for r in call(box, "status", date="20261116")["status"]}


def test_one_reservation_is_cancelled_once(box: Sandbox) -> None:
    """A waiting one is cancelled, a repeat or an unknown tag is invalid, one that went out stays so."""
    send(box, clientTag="a", scheduleTime=later(box, hours=1))
    send(box, clientTag="gone")
    assert call(box, "cancel", clientTag="a") == {
        "responseCode": 0,
        "responseMessage": "Success.",
        "clientTag": "a",
    }
    assert refused(call(box, "cancel", clientTag="a")) == (110, "Invalid clientTag.")
    assert refused(call(box, "cancel", clientTag="never")) == (110, "Invalid clientTag.")
    assert refused(call(box, "cancel", clientTag="gone")) == (130, "Already send.")
    assert call(box, "cancel", clientTag="gone")["clientTag"] == "gone"
    assert refused(call(box, "cancel", clientTag="t" * 201)) == (120, "clientTag too long.")
    box.advance(timedelta(hours=2))
    assert call(box, "status", clientTag="a")["status"] == []


@pytest.mark.parametrize(
    ("fields", "left"),
    [
        ({"startDate": "20261118"}, {"d16", "d17", "g17"}),
        ({"endDate": "20261117"}, {"d18", "d19", "g19"}),
        ({"startDate": "20261117", "endDate": "20261118"}, {"d16", "d19", "g19"}),
        ({"groupTag": "g"}, {"d16", "d17", "d18", "d19"}),
        ({"groupTag": "g", "startDate": "20261118"}, {"d16", "d17", "d18", "d19", "g17"}),
        ({"groupTag": "other"}, {"d16", "d17", "d18", "d19", "g17", "g19"}),
        ({}, set()),
    ],
)
def test_cancelling_many_takes_the_intersection_and_nothing_means_everything(
    box: Sandbox, fields: dict[str, str], left: set[str]
) -> None:
    """Dates and group narrow what is cancelled; without any of them every reservation of the account goes."""
    for tag in ("d16", "d17", "d18", "d19", "g17", "g19"):
        group = {"groupTag": "g"} if tag[0] == "g" else {}
        send(box, clientTag=tag, scheduleTime=f"2026-11-{tag[1:]} 23:00", **group)
    assert call(box, "cancel_all", **fields) == {"responseCode": 0, "responseMessage": "Success."}
    waiting = {
        row["clientTag"]
        for day in range(16, 20)
        for row in call(box, "reservations", smsCode=box.sms_code, scheduleDate=f"202611{day}")["status"]
    }
    assert waiting == left


def test_cancelling_many_checks_its_dates(box: Sandbox) -> None:
    """Reversed and misspelt dates cancel nothing."""
    send(box, clientTag="a", scheduleTime=later(box, days=1))
    assert refused(call(box, "cancel_all", startDate="20261118", endDate="20261117")) == (
        110,
        "Invalid endDate.",
    )
    assert refused(call(box, "cancel_all", startDate="2026-11-18")) == (110, "Invalid startDate.")
    assert refused(call(box, "cancel_all", groupTag="g" * 201)) == (110, "Invalid groupTag.")
    assert call(box, "reservations", smsCode=box.sms_code, clientTag="a")["count"] == 1


# ---- status


def test_status_wants_a_tag_or_a_day_and_the_tag_goes_first(box: Sandbox) -> None:
    """With neither it is refused; with both the day is not even looked at."""
    send(box, clientTag="a")
    assert refused(call(box, "status")) == (100, "Required clientTag.")
    assert refused(call(box, "status", date="2026-11-16")) == (110, "Invalid date.")
    assert refused(call(box, "status", date="20261131")) == (110, "Invalid date.")
    assert refused(call(box, "status", clientTag="t" * 204)) == (120, "clientTag too long.")
    assert call(box, "status", clientTag="t" * 203)["status"] == []
    assert len(call(box, "status", clientTag="a", date="not a day")["status"]) == 1


def test_days_out_of_reach_are_empty(shared: Sandbox) -> None:
    """Days before the history, and days to come, answer success without rows."""
    for day in ("20260630", "20200101", "20261117", "20270101"):
        assert call(shared, "status", date=day) == {
            "responseCode": 0,
            "responseMessage": "Success.",
            "status": [],
        }
    assert call(shared, "status", date="20260701")["status"]


def test_a_simulated_message_is_found_by_its_tag(shared: Sandbox) -> None:
    """The row by tag is the row of its day."""
    rows = [r for r in call(shared, "status", date="20261015")["status"] if r["clientTag"]]
    assert len({r["clientTag"] for r in rows}) == len(rows)
    for row in rows[::40]:
        assert call(shared, "status", clientTag=row["clientTag"])["status"] == [row]
    for tag in (
        "otp-20261015-999999",
        "nobody-20261015-000001",
        "otp-20261399-000001",
        "alert-20261015-000001",
    ):
        assert call(shared, "status", clientTag=tag)["status"] == []


# ---- templates, short URLs


def test_templates_name_their_parameters(shared: Sandbox) -> None:
    """Each placeholder of a text is listed, in order; a text without any has none."""
    answer = call(shared, "templates")
    assert answer["count"] == len(answer["templates"]) == 4
    for template in answer["templates"]:
        names = re.findall(r"\{\{%(\w+)%\}\}", template["default_content"])
        assert template["parameters"] == [{"parameter_name": name} for name in names]
    assert [len(t["parameters"]) for t in answer["templates"]] == [4, 1, 3, 0]


def test_two_identical_calls_make_two_short_urls(shared: Sandbox) -> None:
    """Nothing is reused, and the service names what has no name."""
    one = call(shared, "shorten", longUrl="https://example.com/a?b=c")
    two = call(shared, "shorten", longUrl="https://example.com/a?b=c", name="秋の案内")
    assert one["responseCode"] == two["responseCode"] == 0
    assert one["shortUrl"] != two["shortUrl"]
    assert one["shortUrl"].startswith("https://ai9.jp/")
    assert re.fullmatch(r"Shorturl-20261116\d{9}", one["name"])
    assert two["name"] == "秋の案内"


def test_short_urls_check_their_fields(shared: Sandbox) -> None:
    """The address must be one, within its length, under a domain of the account."""
    good = "https://example.com/"
    asked = [
        ({"longUrl": good + "a" * 2048}, (120, "longUrl too long.")),
        ({"longUrl": good, "name": "n" * 257}, (120, "name too long.")),
        ({"longUrl": "example.com"}, (110, "Invalid longUrl.")),
        ({"longUrl": "ftp://example.com"}, (110, "Invalid longUrl.")),
        ({"longUrl": "https://exa mple.com"}, (110, "Invalid longUrl.")),
        ({"longUrl": "https://[::1"}, (110, "Invalid longUrl.")),
        ({"longUrl": good, "domain": "other.example"}, (110, "Invalid domain.")),
    ]
    for fields, expected in asked:
        assert refused(call(shared, "shorten", **fields)) == expected
    own = call(shared, "shorten", longUrl=good, domain="go.example.jp", name="n" * 256)
    assert own["shortUrl"].startswith("https://go.example.jp/")


# ---- cleaning


def judged(box: Sandbox, number: str, day: date) -> str:
    """Ask for one judgement."""
    answer = call(box, "clean", phoneNumber=number, referenceDate=f"{day:%Y%m%d}")
    assert answer["responseCode"] == 0
    assert answer["referenceDate"] == f"{day:%Y%m%d}"
    status: str = answer["status"]
    return status


def test_cleaning_answers_t_n_or_error_and_more_t_for_older_days(shared: Sandbox) -> None:
    """A number that changed hands since a day did so since every earlier day; with today hardly any did."""
    judge = shared.service.judged
    today, year, two = date(2026, 11, 16), date(2025, 11, 16), date(2024, 11, 16)
    numbers = [f"+8190{n * 7919 % 100_000_000:08d}" for n in range(3000)]
    found = {day: [judge(n, day) for n in numbers] for day in (today, year, two)}
    assert set(found[two]) == {"T", "N", "ERROR"}
    ts = [found[day].count("T") for day in (today, year, two)]
    assert ts[0] <= 20 < ts[1] < ts[2]
    assert all(b == "T" for a, b in zip(found[year], found[two], strict=True) if a == "T")
    assert all((a == "ERROR") == (b == "ERROR") for a, b in zip(found[year], found[two], strict=True))
    assert judged(shared, numbers[0], year) == found[year][0]


def test_cleaning_checks_number_and_day(shared: Sandbox) -> None:
    """The day reaches from two years ago to today; a refusal is all null."""
    good = {"phoneNumber": "09011112222", "referenceDate": "20261116"}
    assert call(shared, "clean", **good)["phoneNumber"] == "+819011112222"
    assert call(shared, "clean", **{**good, "referenceDate": "20241116"})["responseCode"] == 0
    for day in ("20241115", "20261117", "2026-11-16", "20260230"):
        answer = call(shared, "clean", **{**good, "referenceDate": day})
        assert answer == {
            "responseCode": 110,
            "responseMessage": "Invalid referenceDate.",
            "phoneNumber": None,
            "referenceDate": None,
            "status": None,
        }
    assert refused(call(shared, "clean", **{**good, "phoneNumber": "0312345678"})) == (
        110,
        "Invalid phoneNumber.",
    )


# ---- counts


def summed(box: Sandbox, first: date, last: date, *, statuses: tuple[int, ...]) -> dict[str, int]:
    """Add up the billable parts of all statuses of a period."""
    sums: dict[str, int] = {}
    day = first
    while day <= last:
        for row in call(box, "status", date=f"{day:%Y%m%d}")["status"]:
            if row["statusId"] in statuses and row["carrierId"] in ("101", "103", "105", "106"):
                sums[row["carrierId"]] = sums.get(row["carrierId"], 0) + row["separatedSuccessCount"]
        day += timedelta(1)
    return sums


@pytest.mark.parametrize(("rule", "statuses"), [("settled", (2, 3)), ("delivered", (2,))])
def test_counts_agree_with_the_statuses_under_one_rule(rule: Any, statuses: tuple[int, ...]) -> None:
    """A settled month's counts are the sum of its statuses, to the message, and a planted difference shows."""
    with Sandbox(messages_per_day=60, counts_follow=rule, counts_off={("2026-09", "103"): -5}) as box:
        for month, off in (("202610", 0), ("202609", -5)):
            [row] = call(box, "counts", month=month)["separatedSuccessCount"]
            assert row.pop("clientId") == int(box.client_id)
            first = datetime.strptime(month, "%Y%m").date()
            expected = summed(
                box, first, (first + timedelta(31)).replace(day=1) - timedelta(1), statuses=statuses
            )
            expected["103"] += off
            assert row == expected


def test_the_running_month_is_counted_up_to_yesterday(box: Sandbox) -> None:
    """What is sent today counts tomorrow, and a failed message counts as the rule says."""
    [before] = call(box, "counts", month="202611")["separatedSuccessCount"]
    for n in range(40):
        send(box, carrierId="106", phoneNumber=f"0701234{n + 2000:04d}", message="x" * 100)
    box.advance(timedelta(minutes=1))
    assert call(box, "counts", month="202611")["separatedSuccessCount"] == [before]
    box.advance(timedelta(days=1))
    [after] = call(box, "counts", month="202611")["separatedSuccessCount"]
    quiet = Sandbox(messages_per_day=300)
    with quiet:
        quiet.advance(timedelta(days=1, minutes=1))
        [without] = call(quiet, "counts", month="202611")["separatedSuccessCount"]
    assert after["106"] == without["106"] + 80
    assert after["103"] == without["103"]


def test_carriers_and_clients_without_a_message_are_left_out() -> None:
    """Zeroes are not written, and a month that is not kept any more, or is to come, has no rows at all."""
    with Sandbox(messages_per_day=1, months=1) as box:
        rows = call(box, "counts", month="202610", clientId="all")["separatedSuccessCount"]
        assert rows
        assert all(value > 0 for row in rows for key, value in row.items() if key != "clientId")
        for month in ("202609", "202001", "202612"):
            assert call(box, "counts", month=month, clientId="all")["separatedSuccessCount"] == []
        assert refused(call(box, "counts", month="2026-10")) == (110, "Invalid month.")
        assert refused(call(box, "counts", month="202613")) == (110, "Invalid month.")


def test_an_agency_sees_its_customers(shared: Sandbox) -> None:
    """`all` gives a row a client; a customer's own id gives that row alone."""
    rows = call(shared, "counts", month="202610", clientId="all")["separatedSuccessCount"]
    assert [row["clientId"] for row in rows] == [int(client) for client in shared.client_ids]
    for row in rows:
        assert call(shared, "counts", month="202610", clientId=str(row["clientId"]))[
            "separatedSuccessCount"
        ] == [row]
    assert "106" not in rows[2], "a carrier without messages has no key"


# ---- the sandbox itself


def test_the_same_arguments_make_the_same_sandbox() -> None:
    """Account and traffic follow from the arguments, byte for byte; any other argument makes another."""
    made = []
    for settings in ({}, {}, {"seed": 1}, {"today": "2026-11-15"}, {"messages_per_day": 301}, {"months": 3}):
        with Sandbox(**{"messages_per_day": 300, **settings}) as box:
            _, _, body = raw(
                box, "GET", PATHS["status"] + "?" + urlencode(identified(box, {"date": "20261110"}))
            )
            made.append((box.token, box.client_id, box.sms_codes, body))
            assert re.fullmatch(r"[A-Za-z0-9]{32}", box.token)
            assert all(re.fullmatch(r"\d{5,6}", code) for code in box.sms_codes)
    assert made[0] == made[1]
    assert len({token for token, *_ in made[1:]}) == 5
    assert len({body for *_, body in made[1:]}) == 5


def test_traffic_is_seen_as_of_the_start_unless_the_clock_is_moved(box: Sandbox) -> None:
    """Today's rows stand still while time passes, and go on when it is advanced."""
    first = call(box, "status", date="20261116")["status"]
    time.sleep(0.02)
    assert call(box, "status", date="20261116")["status"] == first
    assert all(row["dateTime"] <= "20261116 100000999" for row in first)
    pending = [r for r in first if r["statusId"] == 1]
    box.advance(timedelta(hours=13))
    second = call(box, "status", date="20261116")["status"]
    assert len(second) > len(first)
    box.advance(timedelta(days=5))
    last = {r["clientTag"]: r for r in call(box, "status", date="20261116")["status"] if r["clientTag"]}
    assert all(last[r["clientTag"]]["statusId"] in (2, 3) for r in pending if r["clientTag"])
    assert call(box, "status", date="20261121")["status"], "traffic goes on after the first day"


def test_the_clock_ticks_and_only_goes_forward(shared: Sandbox) -> None:
    """It starts at ten in Japan on its day."""
    now = shared.now()
    assert now.tzinfo is not None
    assert (now.utcoffset(), now.date()) == (timedelta(hours=9), shared.today)
    assert shared.now() > now
    with pytest.raises(InputError, match="forward"):
        shared.advance(timedelta(seconds=-1))


def test_requests_are_remembered_without_the_token(box: Sandbox) -> None:
    """Call, fields and time are kept for tests; the token is not."""
    send(box, clientTag="a")
    call(box, "templates")
    raw(box, "GET", "/nothing")
    first, second, third = box.requests
    assert (first.call, first.fields["clientTag"], second.call, third.call) == (
        "send",
        "a",
        "templates",
        None,
    )
    assert first.time <= second.time
    assert box.token not in repr(list(box.requests))
    assert box.calls == {"send": 1, "templates": 1, "unknown": 1}
    assert [m.client_tag for m in box.accepted] == ["a"]


def test_requests_in_flight_are_counted(box: Sandbox) -> None:
    """The most that were open at once is kept."""
    box.faults.add("delay", "templates", times=None, seconds=0.15)
    threads = [threading.Thread(target=call, args=(box, "templates")) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert box.max_in_flight == 5


def test_closing_leaves_no_thread_and_no_socket_behind() -> None:
    """Even with a request in flight and a connection idle it ends at once, quietly, and its port is free."""
    before = set(threading.enumerate())
    with warnings.catch_warnings():
        warnings.simplefilter("error", ResourceWarning)
        box = Sandbox(messages_per_day=300).start()
        call(box, "status", date="20261110")
        idle = http.client.HTTPConnection(urlsplit(box.url).netloc, timeout=5)
        idle.request("GET", "/nothing")
        idle.getresponse().read()
        box.faults.add("delay", "templates", seconds=30)
        waiting = http.client.HTTPConnection(urlsplit(box.url).netloc, timeout=5)
        waiting.request("GET", PATHS["templates"])
        while not box.calls["templates"]:
            time.sleep(0.005)
        begin = time.monotonic()
        box.close()
        box.close()
        assert time.monotonic() - begin < 2
        with pytest.raises((http.client.HTTPException, OSError)):
            waiting.getresponse()
        for connection in (idle, waiting):
            connection.close()
    assert set(threading.enumerate()) == before
    with pytest.raises(OSError, match="refused"):
        raw(box, "GET", "/")


def test_a_port_may_be_chosen_and_must_be_free(box: Sandbox) -> None:
    """A taken port says so; a freed one is used again at once."""
    port = urlsplit(box.url).port or 0
    for wrong in (port, -1, 70_000):
        with pytest.raises(ConfigurationError, match=f"port {wrong}"):
            Sandbox(port=wrong).start()
    box.close()
    with Sandbox(port=port, messages_per_day=10) as again:
        assert again.url.endswith(f":{port}")
        assert call(again, "templates")["count"] == 4


def test_settings_that_make_no_sense_are_refused() -> None:
    """Each says what is wrong."""
    for settings in (
        {"messages_per_day": 0},
        {"months": 0},
        {"today": "yesterday"},
        {"counts_follow": "sent"},
        {"counts_off": {("202610", "103"): 1}},
        {"dlr_format": "csv"},
    ):
        with pytest.raises(InputError, match=next(iter(settings))):
            Sandbox(**settings)  # type: ignore[arg-type] # wrong on purpose
    with pytest.raises(ConfigurationError, match="not started"):
        _ = Sandbox().url
