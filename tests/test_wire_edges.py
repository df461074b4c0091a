"""The wire format at its edges: the longest and the shortest, one field too many, odd spellings side by side."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zrtools import wire, words
from zrtools.errors import ApiError, InputError, UnexpectedResponseError
from zrtools.periods import TOKYO

if TYPE_CHECKING:
    import polars as pl

DAY = date(2026, 10, 30)
GOOD: dict[str, Any] = {"sms_code": "51234", "client_tag": "a"}


def body(**fields: Any) -> bytes:
    """Make an answer of the service; `responseCode` is 0 unless given."""
    return json.dumps({"responseCode": 0, **fields}).encode()


def statuses(*records: Any, tolerant: bool = False, rawdata: bool = False) -> pl.DataFrame:
    """Read records of status; a byte order mark sends them down the tolerant way."""
    made = b"\xef\xbb\xbf" * tolerant + body(status=list(records))
    return wire.status_frame(made, send_date=DAY, rawdata=rawdata)


def counts(*records: Any) -> list[tuple[Any, ...]]:
    """Read records of counts to (month, client, carrier id, carrier, count, through)."""
    frame = wire.counts_frame(
        body(separatedSuccessCount=list(records)), month=date(2026, 10, 31), through=DAY
    )
    return frame.rows()


# requests


def test_only_what_is_given_is_sent() -> None:
    """No optional field travels empty."""
    assert wire.send("09012345678", "x", **GOOD).fields == {
        "smsCode": "51234",
        "phoneNumber": "09012345678",
        "message": "x",
        "clientTag": "a",
    }
    assert wire.reservations(sms_code="51234", client_tag="t").fields == {
        "smsCode": "51234",
        "clientTag": "t",
    }
    assert wire.cancel_all(start=DAY).fields == {"startDate": "20261030"}
    assert wire.cancel_all(end=DAY).fields == {"endDate": "20261030"}
    assert wire.cancel_all(DAY, DAY).fields == {"startDate": "20261030", "endDate": "20261030"}
    assert wire.cancel_all(group_tag="g").fields == {"groupTag": "g"}
    assert wire.shorten("u").fields == {"longUrl": "u"}
    assert wire.shorten("u", "n").fields == {"longUrl": "u", "name": "n"}
    assert wire.shorten("u", domain="d").fields == {"longUrl": "u", "domain": "d"}
    assert wire.shorten("u").call == "shorten"


def test_times_travel_to_the_minute_in_japan() -> None:
    """A naive time is Japan's, an aware one is converted, seconds are dropped."""
    when = datetime(2026, 10, 31, 0, 30, 59, 999999, tzinfo=UTC)
    assert (
        wire.reservations(sms_code="51234", schedule_time=when).fields["scheduleTime"] == "2026-10-31 09:30"
    )
    sent = wire.send("09012345678", "x", **GOOD, schedule_time=datetime(2026, 10, 31, 9, 30, 59))
    assert sent.fields["scheduleTime"] == "2026-10-31 09:30"


@pytest.mark.parametrize("year", [1, 999, 1000, 2026, 9999])
def test_a_day_has_eight_digits_in_every_year(year: int) -> None:
    """The year has four digits, whatever the platform's strftime makes of it."""
    assert wire.status(day=date(year, 1, 2)).fields["date"] == f"{year:04}0102"


@pytest.mark.parametrize("carrier", ["101", "103", "105", "106", 101])
def test_every_carrier_that_may_be_named_travels_as_text(carrier: Any) -> None:
    """A number is as good as its text."""
    assert wire.send("09012345678", "x", **GOOD, carrier_id=carrier).fields["carrierId"] == str(carrier)


@pytest.mark.parametrize(
    ("make", "longest"),
    [
        (lambda n: wire.send("09012345678", "x" * n, **GOOD), 660),
        (lambda n: wire.send("09012345678", "x", sms_code="51234", client_tag="t" * n), 200),
        (lambda n: wire.send("09012345678", "x", **GOOD, group_tag="g" * n), 200),
        (lambda n: wire.reservations(sms_code="51234", client_tag="t" * n), 200),
        (lambda n: wire.reservations(sms_code="51234", schedule_date=DAY, group_tag="g" * n), 200),
        (lambda n: wire.cancel("t" * n), 200),
        (lambda n: wire.cancel_all(group_tag="g" * n), 200),
        (lambda n: wire.status("t" * n), 203),
        (lambda n: wire.shorten("u" * n), 2048),
        (lambda n: wire.shorten("u", "n" * n), 256),
        (lambda n: wire.shorten("u", domain="d" * n), 2048),
    ],
)
def test_one_to_the_longest_pass_and_no_others(make: Callable[[int], wire.Ask], longest: int) -> None:
    """Both ends of every length are in; nothing at all and one more are not, and the error says the lengths."""
    for length in (1, longest):
        make(length)
    for length in (0, longest + 1):
        with pytest.raises(InputError, match=f"must have 1 to {longest} characters, not {length}: "):
            make(length)


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (
            lambda: wire.send("09012345678", "x", **GOOD, carrier_id="09087654321"),
            "carrier_id must be one of 101 au, 103 docomo, 105 SoftBank, 106 Rakuten Mobile, not '090\\*{4}4321'",
        ),
        (
            lambda: wire.send("0901234567", "x", **GOOD),
            "phone_number must be .*, not '090?\\*\\*\\*\\*4567'|\\*",
        ),
        (
            lambda: wire.send("09012345678", "x", sms_code="08012345678", client_tag="a"),
            "sms_code must have 5 or 6 digits, not '080\\*{4}5678'",
        ),
        (
            lambda: wire.send("09012345678", "x", sms_code="51234", client_tag=""),
            "client_tag .* not 0: give one",
        ),
        (
            lambda: wire.send("09012345678", "x", sms_code="51234", client_tag="t" * 201),
            "client_tag .* not 201: choose a shorter one",
        ),
        (lambda: wire.send("09012345678", 5, **GOOD), "message must be text, not int"),  # type: ignore[arg-type] # wrong on purpose
        (lambda: wire.send("09012345678", "ab\ud800", **GOOD), "message holds half .* at position 3:"),
        (wire.status, "^Give exactly one of client_tag, day: none was given"),
        (
            lambda: wire.status("a", DAY),
            "^Give exactly one of client_tag, day: client_tag and day were given",
        ),
        (
            lambda: wire.reservations(sms_code="51234"),
            "^Give exactly one of client_tag, schedule_time, schedule_date: none was given",
        ),
        (
            lambda: wire.reservations(
                sms_code="51234", schedule_time=datetime(2026, 1, 1), schedule_date=DAY
            ),
            "schedule_time and schedule_date were given",
        ),
        (lambda: wire.cancel_all(DAY, date(2026, 10, 29)), "start is 2026-10-30, end is 2026-10-29"),
        (
            lambda: wire.clean("09012345678", date(2024, 10, 29), today=DAY),
            "between 2024-10-30 and 2026-10-30, not on 2024-10-29",
        ),
        (
            lambda: wire.clean("09012345678", date(2026, 2, 28), today=date(2028, 2, 29)),
            "between 2026-03-01 and 2028-02-29",
        ),
    ],
)
def test_a_refusal_names_the_field_the_rule_and_what_was_given(make: Callable[[], object], says: str) -> None:
    """Who reads the error finds what to correct, and no whole number."""
    with pytest.raises(InputError, match=says) as refused:
        make()
    assert "12345678" not in str(refused.value)


@pytest.mark.parametrize("wrong", [None, 5, b"a", ["a"]])
def test_what_is_no_text_is_refused_wherever_text_is_asked(wrong: Any) -> None:
    """Tags, names and addresses must be text."""
    for name, make in (
        ("client_tag", lambda: wire.cancel(wrong)),
        ("long_url", lambda: wire.shorten(wrong)),
    ):
        with pytest.raises(InputError, match=f"^{name} must be text, not {type(wrong).__name__}"):
            make()


def test_a_day_of_reference_is_free_where_today_is_not_known() -> None:
    """Without today nothing is checked; a common year's last day of February is two years old to the day."""
    assert wire.clean("09012345678", date(1999, 1, 1)).fields["referenceDate"] == "19990101"
    wire.clean("09012345678", date(2025, 2, 28), today=date(2027, 2, 28))
    with pytest.raises(InputError):
        wire.clean("09012345678", date(2025, 2, 27), today=date(2027, 2, 28))
    wire.clean("09012345678", date(2026, 2, 28), today=date(2028, 2, 28))


def test_an_ask_shows_what_it_is_and_hides_who_it_is_about() -> None:
    """Path, times and sender code are shown; numbers are masked in every field, and the message is counted."""
    ask = wire.send(
        "09012345678",
        "こんにちは",
        sms_code="51234",
        client_tag="for-09087654321",
        schedule_time=datetime(2026, 10, 31, 9, 30),
    )
    assert repr(ask) == (
        "Ask(send, POST /p5/api/mt.json, {'smsCode': '51234', 'phoneNumber': '090****5678', "
        "'message': '<5 characters>', 'clientTag': 'for-090****4321', 'scheduleTime': '2026-10-31 09:30'})"
    )
    assert repr(wire.shorten("https://e.jp/09012345678")) == (
        "Ask(shorten, POST /p1/api/shortenurl.json, {'longUrl': 'https://e.jp/090****5678'})"
    )


# what an answer is


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (b"", "(0 bytes) is empty"),
        (b"\xef\xbb\xbf \t\r\n", "is empty"),
        (b" \n<HTML>" + b"x" * 1993, "(2,001 bytes) is a web page or XML"),
        (b"\xef\xbb\xbf<?xml", "is a web page or XML"),
        (b'{"responseCode":', "is JSON that is broken, cut short or no object"),
        (b"[0]", "is JSON that is broken, cut short or no object"),
        (b"OK", "is not JSON"),
        (b"0", "is not JSON"),
    ],
)
def test_what_is_no_answer_is_told_apart(answer: bytes, kind: str) -> None:
    """A person learns whether a page, a cut answer or nothing came, and how much of it."""
    with pytest.raises(UnexpectedResponseError) as refused:
        wire.accepted(answer)
    assert f"{kind}, so it is not one of this API" in str(refused.value)


@pytest.mark.parametrize("code", [0, "0", 0.0, "0.0", " 0", "00"])
def test_zero_is_accepted_however_it_is_written(code: object) -> None:
    """The tables say string and integer."""
    wire.accepted(body(responseCode=code))


@pytest.mark.parametrize("code", [1, -1, "777", 777.0, 99_999_999, -99_999_999])
def test_any_other_code_is_refused_under_its_number(code: object) -> None:
    """Codes of tomorrow, however written, keep their number."""
    with pytest.raises(ApiError) as refused:
        wire.accepted(body(responseCode=code))
    number = int(float(str(code)))
    assert refused.value.code == number
    assert str(refused.value) == (
        f"The service refused the request: {number} no message. "
        "What to do: ask the vendor what this code means."
    )


@pytest.mark.parametrize(
    "code", [True, False, None, "", "x", 0.5, [0], {}, 100_000_000, -100_000_000, "9" * 41, "1e400", "NaN"]
)
def test_what_is_no_code_is_no_answer(code: object) -> None:
    """False is not zero, and what is long enough to be a phone number is never shown as a code."""
    with pytest.raises(UnexpectedResponseError, match="without a usable responseCode"):
        wire.accepted(body(responseCode=code))


@pytest.mark.parametrize(
    ("message", "field", "says"),
    [
        ("Required message.", "message", "110 Required message. What"),
        ("Invalid phoneNumber", "phoneNumber", "110 Invalid phoneNumber. What"),
        ("Past scheduleTime。", "scheduleTime", "110 Past scheduleTime。. What"),
        (" name  too  long . ", "name", "110 name too long . What"),
        ("Invalid", None, "110 Invalid. What"),
        ("The field Invalid token", None, "110 The field Invalid token. What"),
        ("Invalid token sent", None, "110 Invalid token sent. What"),
        ("名前 too long.", None, "110 名前 too long. What"),
        ("", None, "110 a field's content is wrong. What"),
        (None, None, "110 a field's content is wrong. What"),
        (7, None, "110 7. What"),
    ],
)
def test_the_field_at_fault_is_read_from_the_services_words(
    message: object, field: str | None, says: str
) -> None:
    """Only the service's three phrases name a field, and the error keeps its words."""
    with pytest.raises(ApiError) as refused:
        wire.accepted(body(responseCode=110, responseMessage=message))
    assert refused.value.field == field
    assert f"{says} to do: correct the field that is named" in str(refused.value)


@pytest.mark.parametrize(
    ("code", "message", "said"),
    [
        (1, "Invalid referenceDate.", "（1 Invalid referenceDate）。示された項目を直してください"),
        (1, "Required phoneNumber.", "（1 Required phoneNumber）。示された項目を指定してください"),
        (110, "Invalid token.", "token は管理画面の「アカウント情報」"),
        (
            777,
            "Not today.",
            "受け付けられませんでした（777 Not today）。この番号の意味を提供元に確認してください。",
        ),
    ],
)
def test_every_refusal_is_told_in_japanese(code: int, message: str, said: str) -> None:
    """A code that says nothing goes by the field that is named, an unknown one by its words, as in English."""
    with pytest.raises(ApiError) as refused:
        wire.accepted(body(responseCode=code, responseMessage=message))
    assert said in words.told(refused.value, "ja")
    assert words.told(copy.copy(refused.value), "ja") == words.told(refused.value, "ja")


def test_a_message_is_cut_to_two_hundred_characters() -> None:
    """Exactly two hundred stay whole; of more, 199 and a sign that something is missing."""
    for length, kept in ((200, "字" * 200), (201, "字" * 199 + "…"), (5000, "字" * 199 + "…")):
        with pytest.raises(ApiError) as refused:
            wire.accepted(body(responseCode=500, responseMessage="字" * length))
        assert refused.value.message == kept


def test_a_message_becomes_one_harmless_line() -> None:
    """Controls and runs of blanks become one blank; numbers and what looks like a token are masked."""
    token = "0123456789abcdef" * 2
    said = f" a\x1b[31m\r\n\tb\u202e  {token}、090-1234-5678 {token}z "
    with pytest.raises(ApiError) as refused:
        wire.accepted(body(responseCode=500, responseMessage=said))
    assert refused.value.message == f"a [31m b ****、090****5678 {token}z"


def test_masking_and_cutting_leave_nothing_of_a_tokens_form() -> None:
    """What is cut to a token's length in the end is masked then."""
    cut = "字" * 166 + " " + "a" * 32 + "b" * 30
    with pytest.raises(ApiError) as refused:
        wire.accepted(body(responseCode=500, responseMessage=cut))
    assert refused.value.message == "字" * 166 + " ****…"


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ({"message": "m", "responseMessage": "r", "code": "c", "responseCode": 5}, "m (code c)"),
        ({"message": "", "responseMessage": "r", "code": "", "responseCode": 5}, "r (code 5)"),
        ({"message": "m"}, "m"),
        ({"code": 7}, "(code 7)"),
        ({"responseCode": 7}, "(code 7)"),
        ({"other": 7}, None),
        ({"message": " \n"}, None),
    ],
)
def test_an_http_error_says_its_message_and_code(answer: dict[str, object], said: str | None) -> None:
    """Both spellings are read, the plain one first; either may be missing."""
    assert wire.http_error_message(json.dumps(answer).encode()) == said


# JSON, generously


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ('{"a": 1, "a": 2, "b": 3}', {"a": 1, "b": 3}),
        ("[2.0, 2.5, -0.0, 1e3]", [2, 2.5, 0, 1000]),
        ("[NaN, Infinity, -Infinity, 1e999]", ["NaN", "Infinity", "-Infinity", "1e999"]),
        ('"a\nb"', "a\nb"),
        ("\ufeff{}", None),
        ("", None),
        ("{", None),
    ],
)
def test_json_is_read_as_far_as_it_is_json(text: str, value: object) -> None:
    """The first of two names counts, whole floats are integers, what no number can hold stays text."""
    found = wire.read_json(text)
    assert (found, type(found)) == (value, type(value))
    if isinstance(value, list):
        assert list(map(type, found)) == list(map(type, value))
    if text[:1] != "\ufeff":
        assert wire.read_json(b"\xef\xbb\xbf" + text.encode()) == value


def test_numbers_of_any_length_are_read() -> None:
    """Up to 3,999 digits as a number, beyond as their text."""
    assert wire.read_json("9" * 3999) == int("9" * 3999)
    assert wire.read_json("9" * 4000) == "9" * 4000


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, None),
        ("", ""),
        ("a\ud800b\udfff", "a\ufffdb\ufffd"),
        (7, "7"),
        (True, "true"),
        ({"名": ["\ud800"]}, '{"名": ["\ufffd"]}'),
    ],
)
def test_any_value_becomes_text(value: object, text: str | None) -> None:
    """Nothing stays nothing, half characters show as such, and what is nested is JSON in its own letters."""
    assert wire.as_text(value) == text


# counts


def test_a_clients_row_has_its_month_and_its_last_day() -> None:
    """The month is its first day; carriers stand in the table's order, then the unknown ones."""
    first = date(2026, 10, 1)
    assert counts({"clientId": 7, "106": "2", "999": 1, "101": None}) == [
        (first, "7", "101", "au", 0, DAY),
        (first, "7", "103", "docomo", 0, DAY),
        (first, "7", "105", "SoftBank", 0, DAY),
        (first, "7", "106", "Rakuten Mobile", 2, DAY),
        (first, "7", "999", None, 1, DAY),
    ]


def test_only_a_named_client_is_filled_up_with_zeros() -> None:
    """Without a client, or with an empty one, there are the rows that came."""
    for nobody in ({}, {"clientId": None}, {"clientId": ""}):
        assert [row[1:5] for row in counts({**nobody, "103": 5})] == [(None, "103", "docomo", 5)]


def test_what_counts_under_another_kind_of_name_is_kept() -> None:
    """A number under a new name is a count; text, truth values and the client's own number are none."""
    rows = counts(
        {"clientId": "7", "total": "12", "plan": "gold", "active": True, "１０１": 4, "103": "many"}
    )
    assert [(r[2], r[4]) for r in rows[4:]] == [("total", 12), ("１０１", 4)]
    assert rows[1][4] is None


@pytest.mark.parametrize(
    ("value", "count"),
    [
        (2**63 - 1, 2**63 - 1),
        (-(2**63), -(2**63)),
        (2**63, None),
        (-(2**63) - 1, None),
        ("2.0", 2),
        ("2.5", None),
        (True, None),
        ("0" * 39 + "7", 7),
        ("0" * 40 + "7", None),
        ([], None),
    ],
)
def test_a_count_is_a_whole_number_or_nothing(value: object, count: int | None) -> None:
    """What no column can hold is null, never another number."""
    assert counts({"103": value})[0][4] == count


# statuses and reservations


@pytest.mark.parametrize("tolerant", [False, True])
def test_undefined_and_empty_fields_are_null_one_by_one(tolerant: bool) -> None:
    """Of a status that is not settled only carrier, code and count mean nothing; of others empty text is null."""
    whole = {
        "dateTime": "20261030 093015123",
        "phoneNumber": "+819012345678",
        "message": "",
        "smsCode": 51234,
        "carrierId": "103",
        "carrierName": "NTT Docomo",
        "statusId": 1,
        "clientTag": "t",
        "detailedStatusId": "11824",
        "separatedSuccessCount": 0,
        "rawdata": [],
    }
    at = datetime(2026, 10, 30, 9, 30, 15, 123000, tzinfo=TOKYO)
    same = (DAY, at, "+819012345678", "", "51234")
    empty = {"clientTag": "", "carrierId": "", "detailedStatusId": ""}
    frame = statuses(
        whole, {**whole, "statusId": 3}, {**whole, **empty, "statusId": "2"}, tolerant=tolerant, rawdata=True
    )
    assert frame.rows() == [
        (*same, None, None, 1, "t", None, None, None),
        (*same, "103", "docomo", 3, "t", "11824", 0, "[]"),
        (*same, None, None, 2, None, None, 0, "[]"),
    ]


@pytest.mark.parametrize("tolerant", [False, True])
@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("2", 2),
        (" 2 ", 2),
        ("2.0", 2),
        ("2e0", 2),
        ("2.5", None),
        ("-3", -3),
        (32767, 32767),
        (32768, None),
        ("two", None),
        ("", None),
        (None, None),
    ],
)
def test_a_number_is_read_beside_any_other(tolerant: bool, written: object, read: int | None) -> None:
    """An odd spelling is read without costing its neighbours theirs."""
    frame = statuses({"statusId": 3}, {"statusId": written}, {"statusId": "2"}, tolerant=tolerant)
    assert frame["status_id"].to_list() == [3, read, 2]


@pytest.mark.parametrize("tolerant", [False, True])
@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("20261030 093015007", "2026-10-30T09:30:15.007000+09:00"),
        (" 2026-10-30 09:30 ", "2026-10-30T09:30:00+09:00"),
        ("2026-10-30 09:30:15", "2026-10-30T09:30:15+09:00"),
        ("2026/10/30 09:30:15", "2026-10-30T09:30:15+09:00"),
        ("2026/10/30 09:30", "2026-10-30T09:30:00+09:00"),
        ("20261030 093015", "2026-10-30T09:30:15+09:00"),
        ("20261330 093015007", None),
        ("", None),
        # around the years in which Japan had summer time
        ("19500801 120000000", "1950-08-01T12:00:00+10:00"),
        ("19511231 235959999", "1951-12-31T23:59:59.999000+09:00"),
        ("19520101 000000000", "1952-01-01T00:00:00+09:00"),
        ("00011231 235959999", None),
        ("99981231 235959999", "9998-12-31T23:59:59.999000+09:00"),
        ("99990101 000000000", None),
    ],
)
def test_a_time_is_read_beside_any_other(tolerant: bool, written: str, read: str | None) -> None:
    """Each spelling and each year is read by itself; a neighbour in the usual one keeps its milliseconds."""
    usual = {"dateTime": "20261030 093015123"}
    frame = statuses(usual, {"dateTime": written}, tolerant=tolerant)
    assert frame["date_time"][0].isoformat() == "2026-10-30T09:30:15.123000+09:00"
    found = frame["date_time"][1]
    assert (found and found.isoformat()) == read


@given(st.datetimes(datetime(1952, 1, 1), datetime(9998, 12, 31)), st.booleans())
def test_every_time_since_1952_is_nine_hours_ahead(at: datetime, tolerant: bool) -> None:
    """To the millisecond, whichever way the answer is read."""
    text = at.isoformat(" ", "milliseconds").translate({45: None, 58: None, 46: None})
    found = statuses({"dateTime": text}, tolerant=tolerant)["date_time"][0]
    assert found == at.replace(microsecond=at.microsecond // 1000 * 1000, tzinfo=TOKYO)


def test_reservations_are_read_in_every_spelling() -> None:
    """Times to the minute or longer; a tag that is empty is none; what is missing is null."""
    frame = wire.reservations_frame(
        body(
            count="3",
            status=[
                {"scheduleTime": "2026-10-31 09:30", "clientTag": "", "smsCode": 51234, "message": ""},
                {"scheduleTime": " 2026/10/31 09:30:00", "clientTag": "t", "phoneNumber": 819012345678},
                {"scheduleTime": "soon"},
            ],
        )
    )
    at = datetime(2026, 10, 31, 9, 30, tzinfo=TOKYO)
    assert frame.rows() == [
        (at, None, "", "51234", None),
        (at, "819012345678", None, None, "t"),
        (None, None, None, None, None),
    ]


def test_a_template_may_be_one_and_its_parameters_too() -> None:
    """An object or a text where a list of parameters was promised is the only one; what is neither is left out."""
    parameters = [{"parameter_name": "a"}, "b", {"parameter_name": ""}, {}, None, 7]
    frame = wire.templates_frame(
        body(templates=[{"title": "t", "default_content": "c", "parameters": parameters}])
    )
    assert frame.rows() == [("t", "c", ["a", "b", "7"])]
    for one in ({"parameter_name": "a"}, "a"):
        frame = wire.templates_frame(body(templates=[{"parameters": one}]))
        assert frame.rows() == [(None, None, ["a"])]
    assert wire.templates_frame(body(templates=[{"parameters": 7}])).rows() == [(None, None, [])]
    with pytest.raises(UnexpectedResponseError, match="templates is no list"):
        wire.templates_frame(body(templates={"title": "t", "default_content": "c"}))


@pytest.mark.parametrize(
    ("read", "name"),
    [
        (wire.reservations_frame, "status"),
        (wire.templates_frame, "templates"),
        (lambda b: wire.counts_frame(b, month=DAY, through=DAY), "separatedSuccessCount"),
    ],
)
def test_what_is_no_list_is_named(read: Callable[[bytes], pl.DataFrame], name: str) -> None:
    """Text or a number where the rows should be says which name it stood under."""
    for wrong in ("gone", 7, True):
        with pytest.raises(UnexpectedResponseError, match=f"^{name} is no list in"):
            read(body(**{name: wrong}))


def test_small_answers_keep_null_and_empty_apart() -> None:
    """A send's echo is as it came; a judgement that is empty is none; an empty address is no address."""
    assert wire.send_answer(body(phoneNumber=None, smsMessage="")) == (None, "")
    assert wire.send_answer(body(phoneNumber=819012345678)) == ("819012345678", None)
    assert wire.cleaning(body(status="")) is None
    assert wire.cleaning(body(status="T")) == "T"
    assert wire.short_url(body(shortUrl="u")) == wire.ShortUrl("u", None)
    assert wire.short_url(body(shortUrl="u", name="")).name == ""
    with pytest.raises(UnexpectedResponseError, match="no short URL"):
        wire.short_url(body(shortUrl="", name="n"))
