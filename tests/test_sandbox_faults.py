"""Faults on demand and pushed delivery reports, over raw HTTP."""

from __future__ import annotations

import http.client
import http.server
import json
import threading
import time
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest

from zrtools.errors import InputError
from zrtools.sandbox import CALLS, KINDS, Sandbox

SEND = "/p5/api/mt.json"
TEMPLATES = "/p5/api/template.json"


@pytest.fixture
def box() -> Iterator[Sandbox]:
    """A sandbox of one's own."""
    with Sandbox(messages_per_day=20) as one:
        yield one


def send(
    box: Sandbox, tag: str | None = None, number: str = "09011112222", **fields: str
) -> tuple[int, Any, bytes]:
    """Send a message; answers status, headers and body."""
    whole = {"smsCode": box.sms_code, "message": "a]]>b", "phoneNumber": number, **fields}
    if tag is not None:
        whole["clientTag"] = tag
    body = urlencode({"token": box.token, "clientId": box.client_id, **whole})
    return request(box, "POST", SEND, body.encode())


def templates(box: Sandbox) -> tuple[int, Any, bytes]:
    """Ask for the templates, which changes nothing."""
    return request(box, "GET", f"{TEMPLATES}?{urlencode({'token': box.token, 'clientId': box.client_id})}")


def request(box: Sandbox, method: str, path: str, body: bytes | None = None) -> tuple[int, Any, bytes]:
    """Send one request over a connection of its own."""
    connection = http.client.HTTPConnection(urlsplit(box.url).netloc, timeout=10)
    try:
        connection.request(method, path, body, {"Content-Type": "application/x-www-form-urlencoded"})
        response = connection.getresponse()
        return response.status, response.headers, response.read()
    finally:
        connection.close()


def test_a_delay_gives_the_true_answer_late(box: Sandbox) -> None:
    """The answer is right, only slow."""
    box.faults.add("delay", "send", seconds=0.2)
    begin = time.monotonic()
    assert json.loads(send(box)[2])["responseCode"] == 0
    assert time.monotonic() - begin >= 0.2
    begin = time.monotonic()
    send(box)
    assert time.monotonic() - begin < 0.2


@pytest.mark.parametrize(
    ("status", "after"), [(429, 2), (503, None), (500, None), (401, None), (403, None), (404, None)]
)
def test_an_http_error_carries_json_and_changes_nothing(box: Sandbox, status: int, after: int | None) -> None:
    """Throttling may say when to come back; the request took no effect."""
    box.faults.add("http", "send", status=status, retry_after=after, message="Busy")
    got, headers, body = send(box, "a")
    assert (got, headers["Retry-After"]) == (status, None if after is None else str(after))
    assert json.loads(body) == {"code": status, "message": "Busy"}
    assert box.accepted == []
    assert send(box, "a")[0] == 200


def test_a_connection_is_dropped_before_or_after_the_effect(box: Sandbox) -> None:
    """No answer comes in either case; only afterwards the tag is used."""
    box.faults.add("drop_before", "send")
    box.faults.add("drop_after", "send")
    for sent in (0, 1):
        with pytest.raises((ConnectionError, http.client.RemoteDisconnected)):
            send(box, "a")
        assert len(box.accepted) == sent
    assert json.loads(send(box, "a")[2])["responseCode"] == 400


def test_a_body_is_cut_in_the_middle(box: Sandbox) -> None:
    """Half of what was announced arrives, and the request took effect."""
    box.faults.add("cut", "send")
    with pytest.raises(http.client.IncompleteRead) as caught:
        send(box)
    assert caught.value.expected
    assert len(box.accepted) == 1


def test_wrong_types_and_bodies(box: Sandbox) -> None:
    """HTML, text, broken JSON and JSON of something else come as asked for."""
    for kind in ("html", "bad_type", "not_json", "no_code"):
        box.faults.add(kind, "templates")
    status, headers, body = templates(box)
    assert (status, headers.get_content_type(), body[:9]) == (200, "text/html", b"<!DOCTYPE")
    status, headers, body = templates(box)
    assert (status, headers.get_content_type(), json.loads(body)["count"]) == (200, "text/plain", 4)
    status, headers, body = templates(box)
    assert (status, headers.get_content_type()) == (200, "application/json")
    with pytest.raises(json.JSONDecodeError):
        json.loads(body)
    assert "responseCode" not in json.loads(templates(box)[2])


def test_the_token_comes_back_in_an_error_and_in_a_redirect(box: Sandbox) -> None:
    """Both are what a careless server does, for a client to keep from showing."""
    box.faults.add("echo_token", "templates", status=401)
    box.faults.add("redirect", "templates", location="http://127.0.0.2:9/x")
    status, _, body = templates(box)
    assert status == 401
    assert box.token in json.loads(body)["message"]
    status, headers, _ = templates(box)
    assert status == 302
    assert headers["Location"].startswith(f"http://127.0.0.2:9/x?token={box.token}")


@pytest.mark.parametrize("name", CALLS)
def test_a_refusal_on_demand_has_the_shape_of_its_call(box: Sandbox, name: str) -> None:
    """Any code and message, known or not, under HTTP 200."""
    box.faults.add("code", name, response_code=777, message="Something new.")
    body = box.service.refusal(name, {"clientTag": "a"}, 777, "Something new.")
    paths = {path: call for path, (_, call) in _routes().items()}
    path = next(p for p, call in paths.items() if call == name)
    method = "POST" if name in ("send", "shorten") else "GET"
    encoded = urlencode({"token": box.token, "clientId": box.client_id, "clientTag": "a"})
    got = request(box, method, path if method == "POST" else f"{path}?{encoded}", encoded.encode())
    assert (got[0], got[2]) == (200, body)


def _routes() -> dict[str, tuple[str, str]]:
    from zrtools.sandbox.service import ROUTES

    return ROUTES


def test_faults_strike_as_often_and_as_likely_as_told(box: Sandbox) -> None:
    """Times are counted down, a probability is kept, other calls and other fields are spared, clear ends all."""
    box.faults.add("http", "templates", times=2)
    assert [templates(box)[0] for _ in range(3)] == [503, 503, 200]
    box.faults.add("http", "*", times=None, probability=0.5)
    struck = [templates(box)[0] for _ in range(60)].count(503)
    assert 15 < struck < 45
    assert box.faults.struck == {"http": 2 + struck}
    box.faults.clear()
    assert templates(box)[0] == 200
    box.faults.add("http", "send", times=None, when=lambda fields: fields.get("clientTag") == "b")
    assert [send(box, tag)[0] for tag in ("a", "b", "c")] == [200, 503, 200]
    assert templates(box)[0] == 200


def test_a_fault_may_take_effect_all_the_same(box: Sandbox) -> None:
    """A 503 after the message was accepted is the worst of both."""
    box.faults.add("http", "send", effect=True)
    assert send(box, "a")[0] == 503
    assert [m.client_tag for m in box.accepted] == ["a"]


def test_faults_that_do_not_exist_are_refused(box: Sandbox) -> None:
    """Kind, call and probability are checked."""
    with pytest.raises(InputError, match="no fault 'explode'"):
        box.faults.add("explode")  # type: ignore[arg-type] # wrong on purpose
    with pytest.raises(InputError, match="no call 'sned'"):
        box.faults.add("http", "sned")
    with pytest.raises(InputError, match="probability"):
        box.faults.add("http", probability=2)
    assert all(KINDS.values())


# ---- delivery reports


class Receiver:
    """A customer's server: keeps what it is sent, answers what it is told to."""

    def __init__(self) -> None:
        self.bodies: list[bytes] = []
        self.answers: list[int] = []
        self.types: set[str] = set()
        receiver = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                receiver.bodies.append(self.rfile.read(int(self.headers["Content-Length"])))
                receiver.types.add(self.headers["Content-Type"])
                self.send_response(receiver.answers.pop(0) if receiver.answers else 200)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_: Any) -> None:
                return

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/reports?key=1"
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True)
        self.thread.start()

    def close(self) -> None:
        """Stop answering."""
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()

    def wait(self, count: int) -> list[bytes]:
        """Wait until so many bodies came."""
        end = time.monotonic() + 5
        while len(self.bodies) < count and time.monotonic() < end:
            time.sleep(0.005)
        return self.bodies


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """A customer's server on loopback."""
    one = Receiver()
    yield one
    one.close()


def json_of(body: bytes) -> dict[str, Any]:
    """Read the one report in a form field json=."""
    [text] = parse_qs(body.decode(), strict_parsing=True)["json"]
    [report] = json.loads(text)["eventNotifications"]
    return dict(report)


def test_reports_are_pushed_for_each_new_status_of_tagged_messages_alone(receiver: Receiver) -> None:
    """Sending, then the result; nothing for a message without a tag or one that was cancelled."""
    with Sandbox(messages_per_day=20, dlr_url=receiver.url, settle_after=3600) as box:
        send(box, "good", carrierId="101")
        send(box, "bad", "09011110834", carrierId="105")
        send(box)
        send(box, "later", scheduleTime="2026-11-16 10:30")
        receiver.wait(2)
        box.advance(timedelta(minutes=31))
        receiver.wait(3)
        box.advance(timedelta(hours=2))
        reports = [json_of(body) for body in receiver.wait(6)]
    assert receiver.types == {"application/x-www-form-urlencoded"}
    assert sorted((r["clientTag"], r["statusId"]) for r in reports) == [
        *(("bad", "1"), ("bad", "3"), ("good", "1"), ("good", "2"), ("later", "1"), ("later", "2")),
    ]
    by = {(r["clientTag"], r["statusId"]): r for r in reports}
    good, bad, first = by["good", "2"], by["bad", "3"], by["good", "1"]
    assert good == {
        "type": "DLR",
        "dateTime": "2026/11/16 11:00:00",
        "messageId": good["messageId"],
        "phoneNumber": "+819011112222",
        "smsCode": box.sms_code,
        "carrierId": "101",
        "carrierName": "AU",
        "messageText": "a]]>b",
        "clientId": box.client_id,
        "clientTag": "good",
        "statusId": "2",
        "statusDescription": "Message delivered",
        "detailedStatusId": 2,
        "separatedSuccessCount": 1,
        "rawdata": {"carrier": "101", "type": "", "data": dict.fromkeys(RAW_FIELDS, "")},
    }
    assert len(good["messageId"]) == 32
    assert good["messageId"] == first["messageId"] != bad["messageId"]
    assert (bad["statusDescription"], bad["detailedStatusId"]) == ("Message delivery failed", 51834)
    assert bad["separatedSuccessCount"] == 0
    assert bad["rawdata"]["carrier"] == "105"
    assert bad["rawdata"]["data"]["msgState"]
    assert (first["statusDescription"], first["rawdata"]) == ("Message is Sending", None)
    assert {r["answer"] for r in box.pushed} == {200}


RAW_FIELDS = (
    *("sepmaxnum", "sepseqnum", "code", "submission_status", "msgState", "ntwkErr", "submission_err_code"),
    *("status", "commandStatus", "networkErrorCode"),
)


def test_reports_may_come_as_xml(receiver: Receiver) -> None:
    """One notification a call, all as text, the text null where a failed one has nothing."""
    with Sandbox(messages_per_day=20, dlr_url=receiver.url, dlr_format="xml", settle_after=0) as box:
        send(box, "bad", "09011110732", carrierId="103")
        send(box, "good", carrierId="103")
        bodies = receiver.wait(4)
    found = {}
    for body in bodies:
        [text] = parse_qs(body.decode(), strict_parsing=True)["xml"]
        root = ET.fromstring(text)
        [event] = root
        assert (root.tag, event.tag, event.attrib) == (
            "eventNotifications",
            "eventNotification",
            {"type": "DLR"},
        )
        found[event.findtext("clientTag"), event.findtext("statusId")] = event
    bad, good, sending = found["bad", "3"], found["good", "2"], found["good", "1"]
    assert bad.findtext("messageText") == "a]]>b"
    assert bad.findtext("separatedSuccessCount") == "0"
    assert bad.findtext("rawdata/data/msgState") == "null"
    assert bad.findtext("detailedStatusId") == "31732"
    assert good.findtext("separatedSuccessCount") == "1"
    assert good.findtext("rawdata/type") == ""
    assert {element.tag: element.text for element in good.find("rawdata/data")} == dict.fromkeys(RAW_FIELDS)
    assert sending.find("rawdata") is None


def test_a_report_that_is_not_taken_is_pushed_three_more_times(receiver: Receiver) -> None:
    """Any 2xx ends it; after the fourth failure it is given up."""
    receiver.answers = [500, 404, 503, 500]
    with Sandbox(messages_per_day=20, dlr_url=receiver.url, dlr_retry=0.01, settle_after=3600) as box:
        send(box, "lost")
        receiver.wait(4)
        receiver.answers = [500, 204]
        send(box, "kept")
        receiver.wait(6)
        time.sleep(0.1)
        assert len(receiver.bodies) == 6
        assert [(r["clientTag"], r["attempts"], r["answer"]) for r in box.pushed] == [
            ("lost", 4, None),
            ("kept", 2, 204),
        ]


def test_a_receiver_that_is_not_there_holds_nothing_up() -> None:
    """Sending goes on, and closing does not wait for it."""
    with Sandbox(messages_per_day=20, dlr_url="http://127.0.0.1:9/", dlr_retry=30) as box:
        assert send(box, "a")[0] == 200
        begin = time.monotonic()
    assert time.monotonic() - begin < 2
    threads = threading.active_count()
    with pytest.raises(InputError, match="dlr_url"):
        Sandbox(dlr_url="receiver.example").start()
    assert threading.active_count() == threads
