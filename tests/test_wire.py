"""The wire format: requests' fields, and answers to frames, from hand-made answer files."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from zrtools import schemas, wire
from zrtools.errors import ApiError, InputError, UnexpectedResponseError, ZrtoolsError
from zrtools.periods import TOKYO

ANSWERS = Path(__file__).parent / "answers"
DAY = date(2026, 10, 30)
TOKEN = "0123456789abcdef0123456789abcdef"


def answer(name: str) -> bytes:
    """Read an answer file."""
    found = list(ANSWERS.glob(f"{name}.*"))
    assert len(found) == 1, name
    return found[0].read_bytes()


def status(name: str, **options: Any) -> pl.DataFrame:
    """Decode an answer file of status."""
    return wire.status_frame(answer(f"status/{name}"), send_date=DAY, **options)


# requests


def test_send_carries_every_field_in_the_services_spelling() -> None:
    """A full send becomes the fields of the table, the time to the minute in Japan."""
    ask = wire.send(
        "+819012345678",
        "こんにちは",
        sms_code="51234",
        client_tag="a-1",
        carrier_id="103",
        schedule_time=datetime(2026, 10, 31, 0, 30, 59, tzinfo=UTC),
        group_tag="g",
    )
    assert (ask.call, ask.method, ask.path) == ("send", "POST", "/p5/api/mt.json")
    assert ask.fields == {
        "smsCode": "51234",
        "phoneNumber": "+819012345678",
        "message": "こんにちは",
        "clientTag": "a-1",
        "carrierId": "103",
        "scheduleTime": "2026-10-31 09:30",
        "groupTag": "g",
    }


@pytest.mark.parametrize(
    ("ask", "call", "path", "fields"),
    [
        (
            wire.reservations(sms_code="512345", schedule_date=DAY, group_tag="g"),
            "reservations",
            "/p5/api/checkreservation.json",
            {"smsCode": "512345", "scheduleDate": "20261030", "groupTag": "g"},
        ),
        (
            wire.reservations(sms_code="51234", schedule_time=datetime(2026, 1, 2, 3, 4)),
            "reservations",
            "/p5/api/checkreservation.json",
            {"smsCode": "51234", "scheduleTime": "2026-01-02 03:04"},
        ),
        (wire.cancel("a"), "cancel", "/p5/api/cancelreservation.json", {"clientTag": "a"}),
        (
            wire.cancel_all(DAY, date(2026, 10, 31), "g"),
            "cancel_all",
            "/p5/api/cancelreservationall.json",
            {"startDate": "20261030", "endDate": "20261031", "groupTag": "g"},
        ),
        (wire.cancel_all(), "cancel_all", "/p5/api/cancelreservationall.json", {}),
        (wire.status(day=DAY), "status", "/p5/api/status.json", {"date": "20261030"}),
        (wire.status("t" * 203), "status", "/p5/api/status.json", {"clientTag": "t" * 203}),
        (wire.templates(), "templates", "/p5/api/template.json", {}),
        (
            wire.clean("09012345678", date(2026, 4, 1)),
            "clean",
            "/p5/api/numbercleaning.json",
            {"phoneNumber": "09012345678", "referenceDate": "20260401"},
        ),
        (
            wire.counts(date(2026, 10, 30)),
            "counts",
            "/p5/api/separatedsuccesscount.json",
            {"month": "202610"},
        ),
        (wire.counts(date(33, 1, 1)), "counts", "/p5/api/separatedsuccesscount.json", {"month": "003301"}),
    ],
)
def test_reading_calls_are_gets_with_the_tables_fields(
    ask: wire.Ask, call: str, path: str, fields: dict[str, str]
) -> None:
    """Each call knows its path and spells its fields as the service does."""
    assert (ask.call, ask.method, ask.path, ask.fields) == (call, "GET", path, fields)


def test_short_url_goes_to_its_own_path_by_post() -> None:
    """The short URL lives under p1."""
    ask = wire.shorten("https://example.com/", "name", "s.example.com")
    assert (ask.method, ask.path) == ("POST", "/p1/api/shortenurl.json")
    assert ask.fields == {"longUrl": "https://example.com/", "name": "name", "domain": "s.example.com"}


GOOD: dict[str, Any] = {"sms_code": "51234", "client_tag": "a"}


@pytest.mark.parametrize(
    ("make", "names"),
    [
        (lambda: wire.send("0312345678", "x", **GOOD), "phone_number"),
        (lambda: wire.send("090-1234-5678", "x", **GOOD), "phone_number"),
        (lambda: wire.send("+8109012345678", "x", **GOOD), "phone_number"),
        (lambda: wire.send("09012345678\n", "x", **GOOD), "phone_number"),
        (lambda: wire.send("０９０１２３４５６７８", "x", **GOOD), "phone_number"),
        (lambda: wire.send("09012345678", "", **GOOD), "message"),
        (lambda: wire.send("09012345678", "あ" * 661, **GOOD), "message"),
        (lambda: wire.send("09012345678", "a\ud800", **GOOD), "message"),
        (lambda: wire.send("09012345678", None, **GOOD), "message"),  # type: ignore[arg-type] # wrong on purpose
        (lambda: wire.send("09012345678", "x", sms_code="1234", client_tag="a"), "sms_code"),
        (lambda: wire.send("09012345678", "x", sms_code="1234567", client_tag="a"), "sms_code"),
        (lambda: wire.send("09012345678", "x", sms_code="51234", client_tag="t" * 201), "client_tag"),
        (lambda: wire.send("09012345678", "x", sms_code="51234", client_tag=""), "client_tag"),
        (lambda: wire.send("09012345678", "x", **GOOD, group_tag="g" * 201), "group_tag"),
        (lambda: wire.send("09012345678", "x", **GOOD, carrier_id="102"), "carrier_id"),
        (lambda: wire.send("09012345678", "x", **GOOD, carrier_id="au"), "carrier_id"),
        (lambda: wire.reservations(sms_code="51234"), "exactly one"),
        (lambda: wire.reservations(sms_code="51234", client_tag="a", schedule_date=DAY), "exactly one"),
        (wire.status, "exactly one"),
        (lambda: wire.status("a", DAY), "exactly one"),
        (lambda: wire.status("t" * 204), "client_tag"),
        (lambda: wire.cancel("t" * 201), "client_tag"),
        (lambda: wire.cancel_all(DAY, date(2026, 10, 29)), "reversed"),
        (lambda: wire.shorten("https://example.com/" + "x" * 2048), "long_url"),
        (lambda: wire.shorten("https://example.com/", "n" * 257), "name"),
        (lambda: wire.clean("0312345678", DAY), "phone_number"),
        (lambda: wire.clean("09012345678", date(2024, 10, 29), today=DAY), "reference_date"),
        (lambda: wire.clean("09012345678", date(2026, 10, 31), today=DAY), "reference_date"),
        (lambda: wire.clean("09012345678", date(2026, 2, 28), today=date(2028, 2, 29)), "reference_date"),
    ],
)
def test_what_breaks_a_rule_is_refused_and_says_which(make: Any, names: str) -> None:
    """Every field rule is checked before anything could be sent, and no whole number is shown."""
    with pytest.raises(InputError, match=names) as refused:
        make()
    assert "12345678" not in str(refused.value)


@pytest.mark.parametrize(
    "number",
    ["09012345678", "06012345678", "02012345678", "02012345678901", "+819001234567", "+812012345678901"],
)
def test_numbers_of_every_allowed_form_may_be_sent_to(number: str) -> None:
    """The newer prefixes and the fourteen-digit numbers are in."""
    assert wire.send(number, "x", **GOOD).fields["phoneNumber"] == number


def test_limits_are_inclusive() -> None:
    """The longest allowed values pass."""
    ask = wire.send("09012345678", "あ" * 660, sms_code="512345", client_tag="t" * 200, group_tag="g" * 200)
    assert len(ask.fields["message"]) == 660
    wire.clean("09012345678", date(2024, 10, 30), today=DAY)
    wire.clean("09012345678", DAY, today=DAY)
    wire.clean("09012345678", date(2026, 3, 1), today=date(2028, 2, 29))


def test_an_asks_repr_shows_no_number_and_no_text() -> None:
    """What lands in logs and tracebacks names nobody."""
    ask = wire.send("09012345678", "秘密の用件", sms_code="51234", client_tag="for-09087654321")
    assert "12345678" not in repr(ask)
    assert "87654321" not in repr(ask)
    assert "秘密" not in repr(ask)
    assert "51234" in repr(ask)


# answers that refuse, and answers that are none


@pytest.mark.parametrize(
    ("file", "code", "field"),
    [
        ("send/required", 100, "message"),
        ("send/invalid", 110, "phoneNumber"),
        ("send/too_long", 120, "clientTag"),
        ("send/over_quota", 300, None),
        ("send/duplicate_tag", 400, None),
        ("send/system_error", 500, None),
        ("send/code_of_tomorrow", 777, None),
        ("reservations/required", 100, "clientTag"),
        ("reservations/past", 140, "scheduleTime"),
        ("cancel/already_sent", 130, None),
        ("cancel_all/invalid", 110, "startDate"),
        ("status/refused", 110, "date"),
        ("shorten/too_long", 120, "name"),
        ("templates/system_error", 500, None),
        ("clean/code_1", 1, None),
        ("counts/invalid", 110, "month"),
    ],
)
@pytest.mark.parametrize(
    "read",
    [
        lambda body: wire.status_frame(body, send_date=DAY),
        lambda body: wire.counts_frame(body, month=DAY, through=DAY),
        wire.reservations_frame,
        wire.templates_frame,
        wire.cleaning,
        wire.send_answer,
        wire.short_url,
        wire.accepted,
    ],
)
def test_any_code_but_zero_is_an_api_error(file: str, code: int, field: str | None, read: Any) -> None:
    """The code, the service's words and the field they name are kept, whichever call it was; advice follows."""
    with pytest.raises(ApiError, match="What to do: ") as refused:
        read(answer(file))
    assert (refused.value.code, refused.value.field) == (code, field)
    assert refused.value.message
    assert "12345678" not in f"{refused.value} {refused.value.message}"


@pytest.mark.parametrize(
    "file",
    [
        "other/no_code",
        "other/code_is_null",
        "other/code_is_true",
        "other/code_is_a_word",
        "other/array",
        "other/cut",
        "other/empty",
        "other/page",
        "other/plain",
    ],
)
def test_what_is_not_this_apis_answer_is_unexpected(file: str) -> None:
    """Not JSON, cut short or without responseCode: refused, and neither message nor cause holds the body."""
    with pytest.raises(UnexpectedResponseError, match="base_url") as refused:
        wire.status_frame(answer(file), send_date=DAY)
    assert refused.value.__cause__ is None
    assert refused.value.__context__ is None


def test_deep_nesting_is_unexpected_not_a_crash() -> None:
    """A hostile answer ends as any other that is not this API's."""
    with pytest.raises(UnexpectedResponseError):
        wire.accepted(b'{"responseCode":' + b"[" * 200_000)
    with pytest.raises(UnexpectedResponseError):
        wire.accepted(b'{"responseCode":' + b"9" * 10_000 + b"}")


def test_echoed_tokens_and_long_messages_are_cut() -> None:
    """An echoed access key is hidden even here, and a page of text becomes a line."""
    body = json.dumps(
        {"responseCode": 110, "responseMessage": f"Invalid token {TOKEN}\n" + "x " * 1000}
    ).encode()
    with pytest.raises(ApiError) as refused:
        wire.accepted(body)
    assert TOKEN not in str(refused.value)
    assert len(refused.value.message) <= 200
    assert "\n" not in refused.value.message


def test_http_errors_speak_when_they_can() -> None:
    """`{code, message}` under an HTTP error becomes a harmless line; pages and nothing become None."""
    said = wire.http_error_message(answer("other/unauthorized"))
    assert said == "Unauthorized **** for 090****5678 (code 401)"
    assert wire.http_error_message(answer("send/system_error")) == "System error. (code 500)"
    for file in ("other/page", "other/empty", "other/array", "other/plain", "other/no_code"):
        assert wire.http_error_message(answer(file)) is None


# small answers


def test_send_reservations_and_cancel_answers() -> None:
    """The accepted ones come back as what the contract names."""
    assert wire.send_answer(answer("send/accepted")) == ("+819012345678", "本日のご予約の確認です")
    assert wire.send_answer(answer("send/code_as_text")).phone_number == "+819012345678"
    for file in ("cancel/accepted", "cancel/tag_as_list", "cancel_all/accepted"):
        wire.accepted(answer(file))
    frame = wire.reservations_frame(answer("reservations/two"))
    morning = datetime(2026, 10, 31, 9, 30, tzinfo=TOKYO)
    assert frame.schema == schemas.RESERVATIONS
    assert frame.rows() == [
        (
            morning,
            "+819012345678",
            "本日のご予約の確認です",
            "51234",
            "clinic-0001",
        ),
        (datetime(2026, 10, 31, 18, tzinfo=TOKYO), "+817012345678", "明日のご予約の確認です", "051234", None),
    ]
    assert_frame_equal(
        wire.reservations_frame(answer("reservations/none")), schemas.empty(schemas.RESERVATIONS)
    )


def test_short_url_answers() -> None:
    """The URL and its name come back; success without a URL is not taken for one."""
    made = wire.short_url(answer("shorten/accepted"))
    assert (made.short_url, made.name) == ("https://ai9.jp/AbCdEf", "Shorturl-20261030093015123")
    with pytest.raises(UnexpectedResponseError, match="no short URL"):
        wire.short_url(answer("shorten/no_url"))


def test_template_answers() -> None:
    """Templates keep their text; parameters may be objects, texts or missing."""
    frame = wire.templates_frame(answer("templates/two"))
    assert frame.schema == schemas.TEMPLATES
    assert frame.rows() == [
        ("予約の確認", "{{%name%}}様 {{%time%}}にお待ちしております", ["name", "time"]),
        ("お知らせ", "本日は休診です", []),
    ]
    odd = wire.templates_frame(answer("templates/odd"))
    assert odd.rows() == [("古い形", "{{name}}様", ["name"]), (None, None, []), ("7", "x", [])]
    assert_frame_equal(wire.templates_frame(answer("templates/none")), schemas.empty(schemas.TEMPLATES))


@pytest.mark.parametrize(
    ("file", "result"),
    [("changed", "T"), ("same", "N"), ("not_judged", "ERROR"), ("new_answer", "P"), ("null", None)],
)
def test_cleaning_answers(file: str, result: str | None) -> None:
    """Every judgement comes through, one that is not known yet too."""
    assert wire.cleaning(answer(f"clean/{file}")) == result


# counts


def counts(name: str) -> list[tuple[Any, ...]]:
    """Decode an answer file of counts to (client, carrier id, carrier, count)."""
    frame = wire.counts_frame(answer(f"counts/{name}"), month=date(2026, 10, 5), through=DAY)
    assert frame.schema == schemas.COUNTS
    assert frame["month"].to_list() == [date(2026, 10, 1)] * frame.height
    assert frame["through"].to_list() == [DAY] * frame.height
    return frame.drop("month", "through").rows()


def test_carriers_left_out_are_zero() -> None:
    """A client that is named has all four carriers."""
    assert counts("one_client") == [
        ("123", "101", "au", 1200),
        ("123", "103", "docomo", 3400),
        ("123", "105", "SoftBank", 0),
        ("123", "106", "Rakuten Mobile", 80),
    ]


def test_each_client_of_an_agency_is_counted() -> None:
    """Numbers as text count, and a client without messages has four zeros if it is named."""
    rows = counts("agency")
    assert [(r[0], r[3]) for r in rows if r[3]] == [("123", 1), ("456", 2)]
    assert {r[0] for r in rows} == {"123", "456", "789"}
    assert len(rows) == 12


def test_unknown_carriers_of_counts_are_kept() -> None:
    """A new carrier's key is a row; a new field that is no count is not."""
    assert counts("unknown_carrier")[4:] == [("123", "107", None, 5), ("123", "999", None, 1)]


def test_a_count_without_client_is_kept_as_it_came() -> None:
    """No client is named, so nothing is filled in."""
    assert counts("without_client") == [(None, "103", "docomo", 7)]


def test_a_month_not_kept_any_more_is_no_zero() -> None:
    """An empty list has no rows."""
    assert counts("none") == []


# statuses


def test_a_day_of_statuses_is_typed() -> None:
    """Delivered and failed rows are whole; an empty tag is null; times are Japan's to the millisecond."""
    frame = status("day")
    assert frame.schema == schemas.STATUS
    assert frame.rows()[:2] == [
        (
            DAY,
            datetime(2026, 10, 30, 9, 30, 15, 123000, tzinfo=TOKYO),
            "+819012345678",
            "ご請求額が確定しました",
            "51234",
            "103",
            "docomo",
            2,
            "autumn-0001",
            "2",
            1,
        ),
        (
            DAY,
            datetime(2026, 10, 30, 9, 45, 2, 7000, tzinfo=TOKYO),
            "+818012345678",
            "ご請求額が確定しました",
            "51234",
            "101",
            "au",
            3,
            None,
            "11824",
            3,
        ),
    ]


@pytest.mark.parametrize("rawdata", [False, True])
def test_undefined_fields_never_reach_the_analyst(rawdata: bool) -> None:
    """With statusId 0 and 1 carrier, code, count and rawdata mean nothing, so they are null."""
    frame = status("day", rawdata=rawdata).filter(pl.col("status_id") < 2)
    undefined = ["carrier_id", "carrier", "detailed_status_id", "separated_success_count"]
    assert frame["status_id"].to_list() == [1, 0]
    assert set(frame.select(undefined + ["rawdata"] * rawdata).to_dicts()[0].values()) == {None}
    assert frame["message"].null_count() == 0


@pytest.mark.parametrize("rawdata", [False, True])
def test_empty_answers_have_the_schema(rawdata: bool) -> None:
    """An empty list is an empty day."""
    schema = {**schemas.STATUS, **({"rawdata": pl.String()} if rawdata else {})}
    assert_frame_equal(status("none", rawdata=rawdata), pl.DataFrame(schema=schema))


@pytest.mark.parametrize("rawdata", [False, True])
@pytest.mark.parametrize(
    "name", ["status_is_null", "status_is_missing", "status_is_one_record", "status_is_text"]
)
def test_a_list_that_is_none_is_not_taken_for_an_empty_day(name: str, rawdata: bool) -> None:
    """A success without its list may be a renamed key: it says so, and no day looks empty for it."""
    with pytest.raises(UnexpectedResponseError, match=r"status is (?:missing|no list)"):
        status(name, rawdata=rawdata)


ASKED: dict[str, Callable[[bytes], pl.DataFrame]] = {
    "status": lambda body: wire.status_frame(body, send_date=DAY),
    "reservations": wire.reservations_frame,
    "templates": wire.templates_frame,
    "counts": lambda body: wire.counts_frame(body, month=DAY, through=DAY),
}
LISTED_AS = {
    "status": "status",
    "reservations": "status",
    "templates": "templates",
    "counts": "separatedSuccessCount",
}


@pytest.mark.parametrize("call", ASKED)
@pytest.mark.parametrize("value", ["gone", None, {}, {"a": 1}, "", "x", 7, True])
def test_a_success_without_its_list_is_no_answer(call: str, value: Any) -> None:
    """The list gone, null or of another kind is refused by every call that promises one."""
    body: dict[str, Any] = {"responseCode": 0, "responseMessage": "Success."}
    if value != "gone":
        body[LISTED_AS[call]] = value
    with pytest.raises(UnexpectedResponseError, match=f"{LISTED_AS[call]} is (?:missing|no list)"):
        ASKED[call](json.dumps(body).encode())
    empty = {**body, LISTED_AS[call]: []}
    assert ASKED[call](json.dumps(empty).encode()).is_empty()


@pytest.mark.parametrize("call", ASKED)
@pytest.mark.parametrize(
    "row", [{"date_time": "20261030 093015123", "number": "+819012345678"}, {"x": None}, 5]
)
def test_rows_that_know_no_field_of_this_api_are_refused(call: str, row: Any) -> None:
    """Renamed fields do not become rows of nulls; the error shows no value."""
    body = {"responseCode": 0, LISTED_AS[call]: [row, row]}
    with pytest.raises(UnexpectedResponseError, match=f"No row of {LISTED_AS[call]}") as caught:
        ASKED[call](json.dumps(body).encode())
    assert "9012345678" not in str(caught.value)


def test_templates_that_are_none_by_their_count_are_none() -> None:
    """An account without templates may say so by the count alone."""
    assert wire.templates_frame(b'{"responseCode":0,"count":0,"templates":null}').is_empty()


def test_strings_for_numbers_are_read() -> None:
    """A code with a leading zero stays text, numbers in quotes are numbers."""
    row = status("strings_for_numbers").row(0, named=True)
    assert (row["sms_code"], row["status_id"], row["separated_success_count"]) == ("051234", 3, 2)


def test_numbers_for_strings_are_read() -> None:
    """Identifiers that come as numbers, whole floats included, become their text."""
    row = status("numbers_for_strings").row(0, named=True)
    assert row["phone_number"] == "819012345678"
    assert (row["carrier"], row["client_tag"], row["detailed_status_id"]) == ("docomo", "20261030", "31823")
    assert (row["status_id"], row["separated_success_count"], row["message"]) == (3, 2, "0")


def test_missing_null_and_new_fields_are_borne() -> None:
    """A record may hold nothing, only nulls, or more than we know."""
    frame = status("missing_and_null")
    assert frame.schema == schemas.STATUS
    assert frame["status_id"].to_list() == [None, None, 2]
    assert frame["separated_success_count"].to_list() == [None, None, 1]
    assert status("new_fields").rows() == status("day").head(1).rows()


def test_unknown_carriers_are_kept_without_a_name() -> None:
    """999, null and carriers of tomorrow keep their id; only listed ones have a name."""
    assert status("carriers").select("carrier_id", "carrier").rows() == [
        ("101", "au"),
        ("102", "Y!mobile"),
        ("103", "docomo"),
        ("105", "SoftBank"),
        ("106", "Rakuten Mobile"),
        ("999", None),
        (None, None),
        ("107", None),
        (None, None),
    ]


def test_codes_outside_every_table_are_kept() -> None:
    """A detailed code is text that the service may change at any time."""
    codes = ["12832", "3", "11999", "99721", "E-12", None, None]
    assert status("codes")["detailed_status_id"].to_list() == codes


def test_unknown_status_ids_keep_their_fields() -> None:
    """Only 0 and 1 make fields undefined; what is no number is null."""
    frame = status("status_ids")
    assert frame["status_id"].to_list() == [0, 1, 2, 3, 9, None, None, None, None]
    assert frame["carrier"].to_list() == [None, None, *["docomo"] * 7]


def test_rawdata_is_json_text() -> None:
    """The carrier's data comes as it was, and is null where there is none or it means nothing."""
    frame = status("rawdata", rawdata=True)
    assert frame.columns == [*schemas.STATUS.names(), "rawdata"]
    texts = frame["rawdata"].to_list()
    assert json.loads(texts[0])[0]["data"]["sepmaxnum"] == "2"
    assert json.loads(texts[1])[0]["data"]["submission_err_code"] == 10234
    assert json.loads(texts[3]) == [{"carrier": "102", "type": None, "data": None}]
    assert texts[4:] == [None, None, None]
    assert status("rawdata").columns == schemas.STATUS.names()


def test_times_in_other_spellings_are_read() -> None:
    """What is a time is read, what is none is null, and an hour that summer time skipped breaks nothing."""
    at = datetime(2026, 10, 30, 9, 30, 15, tzinfo=TOKYO)
    whole = at.replace(microsecond=123000)
    assert status("times")["date_time"].to_list()[:8] == [whole, at, at, at, None, None, None, None]


def test_a_lone_surrogate_shows_as_replacement_character() -> None:
    """Half a character must not become NUL, which the fast way would make of it."""
    assert status("lone_surrogate")["message"].to_list() == ["a\ufffdb", "ご請求額が確定しました"]
    assert status("surrogate_pair")["message"][0] == "a😀b"
    assert status("nul_character")["message"][0] == "a\0b"


def test_broken_text_is_read_as_far_as_it_goes() -> None:
    """Line ends inside text and bytes that are not UTF-8 do not cost the day."""
    assert status("line_end_in_text")["message"][0] == "a\nb"
    assert status("not_utf8")["message"].to_list() == ["\ufffd\ufffd", "ご請求額が確定しました"]


def test_the_first_of_duplicate_keys_counts() -> None:
    """Both ways of reading agree, so that an answer never depends on which one was taken."""
    assert status("duplicate_keys")["status_id"].to_list() == [2, 2]
    slow = answer("status/duplicate_keys").replace("ご".encode(), rb"\ud800")
    assert wire.status_frame(slow, send_date=DAY)["status_id"].to_list() == [2, 2]


def test_nested_values_become_json_text() -> None:
    """An object where text was promised is kept as text, and is no number."""
    row = status("nested_for_text").row(0, named=True)
    assert json.loads(row["message"]) == {"text": "a"}
    assert json.loads(row["client_tag"]) == ["b", 1]
    assert (json.loads(row["carrier_id"]), row["carrier"], row["status_id"]) == (["103"], None, None)


def test_numbers_beyond_every_type_become_null_or_text() -> None:
    """Huge numbers break nothing."""
    row = status("odd_numbers").row(0, named=True)
    assert (row["separated_success_count"], row["sms_code"], row["status_id"]) == (None, "1e400", 2)


def test_what_is_no_record_keeps_its_row() -> None:
    """The number of rows is the number that the service sent."""
    frame = status("odd_records")
    assert frame["status_id"].to_list() == [2, None, None, None, None]


def test_layout_does_not_matter() -> None:
    """Pretty-printed, compact, with a byte order mark, escaped: the same frame."""
    pretty = answer("status/day")
    data = json.loads(pretty)
    expected = status("day")
    for other in (
        json.dumps(data, ensure_ascii=False, separators=(",", ":")),
        json.dumps(data),
        json.dumps(data, indent="\t").replace("\n", "\r\n"),
        "\ufeff" + json.dumps(data),
    ):
        assert_frame_equal(wire.status_frame(other.encode(), send_date=DAY), expected)
    assert status("byte_order_mark").height == 2


def test_asked_by_tag_the_day_is_null() -> None:
    """Who asks by tag does not learn the day of sending."""
    assert wire.status_frame(answer("status/day"), send_date=None)["send_date"].null_count() == 4


def test_more_records_than_one_bite_keep_their_order() -> None:
    """A large day is parsed in several bites and comes out in the order of the answer."""
    records = ",".join(f'{{"statusId":2,"clientTag":"{n}"}}' for n in range(50_003))
    frame = wire.status_frame(f'{{"responseCode":0,"status":[{records}]}}'.encode(), send_date=DAY)
    assert frame["client_tag"].to_list() == [str(n) for n in range(50_003)]


# any JSON the service could send

SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=8)
    | st.sampled_from(
        ["20261030 093015123", "2026-10-31 09:30", "103", "3", "2.0", "", "null", "\ud800", "0"]
    )
)
VALUES = st.recursive(
    SCALARS,
    lambda v: st.lists(v, max_size=3) | st.dictionaries(st.text(max_size=4), v, max_size=3),
    max_leaves=6,
)
FIELDS = st.sampled_from(
    [
        "dateTime",
        "phoneNumber",
        "message",
        "smsCode",
        "carrierId",
        "carrierName",
        "statusId",
        "clientTag",
        "rawdata",
    ]
)
OTHER_FIELDS = st.sampled_from(
    [
        "detailedStatusId",
        "separatedSuccessCount",
        "scheduleTime",
        "title",
        "default_content",
        "parameters",
        "clientId",
    ]
)
MORE_FIELDS = st.sampled_from(["101", "109", "parameter_name"])
RECORDS = st.dictionaries(FIELDS | OTHER_FIELDS | MORE_FIELDS | st.text(max_size=4), VALUES, max_size=8)
LISTS = st.lists(RECORDS | VALUES, max_size=4) | VALUES
ANY_ANSWER = st.fixed_dictionaries(
    {"responseCode": st.sampled_from([0, "0", 0.0]) | VALUES},
    optional={
        "responseMessage": VALUES,
        "status": LISTS,
        "templates": LISTS,
        "separatedSuccessCount": LISTS,
        "count": VALUES,
        "shortUrl": VALUES,
        "name": VALUES,
        "phoneNumber": VALUES,
        "smsMessage": VALUES,
    },
)


@pytest.mark.slow
@settings(max_examples=150, deadline=None)
@given(ANY_ANSWER | VALUES, st.booleans())
def test_any_json_gives_the_schema_or_a_zrtools_error(data: Any, escaped: bool) -> None:
    """Whatever JSON comes, each call ends in its schema or in one of our errors."""
    body = json.dumps(data, ensure_ascii=escaped).encode("utf-8", "surrogatepass")
    frames = {
        "STATUS": lambda: wire.status_frame(body, send_date=DAY),
        "RAW": lambda: wire.status_frame(body, send_date=None, rawdata=True).drop("rawdata"),
        "COUNTS": lambda: wire.counts_frame(body, month=DAY, through=DAY),
        "RESERVATIONS": lambda: wire.reservations_frame(body),
        "TEMPLATES": lambda: wire.templates_frame(body),
    }
    for name, read in frames.items():
        with suppress(ZrtoolsError):
            assert read().schema == schemas.FRAMES.get(name, schemas.STATUS)
    for small in (wire.cleaning, wire.send_answer, wire.short_url, wire.accepted):
        with suppress(ZrtoolsError):
            small(body)
    wire.http_error_message(body)


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=40), st.booleans())
def test_any_bytes_give_the_schema_or_a_zrtools_error(body: bytes, inside: bool) -> None:
    """Bytes that are no JSON at all end the same way, inside an answer too."""
    body = b'{"responseCode":0,"status":[' + body + b"]}" if inside else body
    with suppress(ZrtoolsError):
        assert wire.status_frame(body, send_date=DAY).schema == schemas.STATUS


PLAIN = st.none() | st.integers() | st.text(st.characters(exclude_characters="\\\0"), max_size=8)
PLAIN_RECORDS = st.fixed_dictionaries(
    {},
    optional=dict.fromkeys(
        ("dateTime", "message", "smsCode", "carrierId", "statusId", "clientTag", "separatedSuccessCount"),
        PLAIN,
    ),
)


@pytest.mark.slow
@settings(max_examples=100, deadline=None)
@given(st.lists(PLAIN_RECORDS, min_size=1, max_size=5).filter(any))
def test_the_fast_and_the_tolerant_way_agree(records: list[dict[str, Any]]) -> None:
    """A byte order mark sends the same answer down the tolerant way: same frame."""
    body = json.dumps({"responseCode": 0, "status": records}).encode()
    fast = wire.status_frame(body, send_date=DAY, rawdata=True)
    assert_frame_equal(wire.status_frame(b"\xef\xbb\xbf" + body, send_date=DAY, rawdata=True), fast)
