"""What a client may be told: where each setting comes from, and the edges of what is taken."""

from __future__ import annotations

import copy
import pickle
from datetime import UTC, datetime
from typing import Any

import pytest

import zrtools as zr
from zrtools.periods import TOKYO

TOKEN = "0123456789abcdef0123456789abcdef"
GIVEN: dict[str, Any] = {
    "token": TOKEN,
    "client_id": "123",
    "sms_code": "51234",
    "base_url": "http://127.0.0.1:9",
}
FAR = "https://sms.example.com"


def made(**options: Any) -> zr.Client:
    """Make a client that never asks anything."""
    return zr.Client(**{**GIVEN, **options})


@pytest.mark.parametrize(
    ("setting", "taken"),
    [
        ("timeout", [0.001, 1, 3600]),
        ("pace", [0.001, 1, 100, 600, 600.0, None]),
        ("at_once", [1, 16, 1024]),
        ("client_id", ["1", 123, " 123 ", "0"]),
        ("sms_code", ["12345", "123456", 12345, " 51234 "]),
        ("token", [TOKEN, "Z" * 32, f" {TOKEN}\n"]),
        (
            "base_url",
            [
                "http://localhost:8080",
                "http://LOCALHOST",
                "http://127.0.0.2:1/path/",
                "http://[::1]:8080",
                "https://sms.example.com:8443/proxy/",
                " https://sms.example.com ",
            ],
        ),
    ],
)
def test_settings_are_taken_up_to_their_edges(setting: str, taken: list[Any]) -> None:
    """Numbers or text, blanks around them, loopback in every spelling."""
    for value in taken:
        made(**{setting: value}).close()


@pytest.mark.parametrize(
    ("setting", "refused", "says"),
    [
        ("timeout", [0, -1, 3600.1, float("nan")], "timeout must be more than 0 and at most 3600"),
        ("pace", [0, -1, 600.1, float("nan")], "pace must be more than 0 and at most 600 requests"),
        ("at_once", [0, -1, 1025, 1.0, True, "16"], "at_once must be a whole number from 1 to 1024"),
        ("client_id", ["x", "12a", "-1", "１２３", 1.5, "1 2"], "client id must be digits"),
        ("sms_code", ["1234", "1234567", "1234a", "１２３４５", ""], "sender code must be 5 or 6 digits"),
        (
            "token",
            ["!" * 7, f"{TOKEN} x", f"{TOKEN}あ", "a\x7f" * 8, "a b" * 5],
            "must be 32 letters and digits",
        ),
        (
            "base_url",
            ["ftp://127.0.0.1", "127.0.0.1:9", "https://", "http:///x"],
            "must look like https://sms-api",
        ),
        ("base_url", ["https://[::1", "https://x:port"], "cannot be read"),
        (
            "base_url",
            ["https://u@x.jp", "https://u:p@x.jp", "https://x.jp?a=1", "https://x.jp#a"],
            "no user name, query or fragment",
        ),
        (
            "base_url",
            [
                "http://sms.example.com",
                "http://192.168.0.1",
                "http://128.0.0.1",
                "http://localhost.example.com",
            ],
            "for this machine only",
        ),
    ],
)
def test_settings_beyond_their_edges_are_refused(setting: str, refused: list[Any], says: str) -> None:
    """One more, one less, or of another kind: refused as a wrong setting and as wrong input, the token never shown."""
    for value in refused:
        with pytest.raises(zr.ConfigurationError, match=says) as wrong:
            made(**{setting: value})
        assert isinstance(wrong.value, zr.InputError)
        assert TOKEN not in str(wrong.value)


def test_an_unlimited_pace_is_for_this_machine_alone() -> None:
    """Anywhere else it would be too fast."""
    with pytest.raises(zr.ConfigurationError, match="pace=None"):
        made(base_url=FAR, pace=None)
    made(base_url=FAR, pace=600).close()
    made(base_url=FAR).close()


@pytest.mark.parametrize(
    ("missing", "says"),
    [
        ({"token": None}, "ZRTOOLS_TOKEN"),
        ({"token": "  "}, "ZRTOOLS_TOKEN"),
        ({"client_id": None}, "ZRTOOLS_CLIENT_ID"),
        ({"client_id": " "}, "ZRTOOLS_CLIENT_ID"),
    ],
)
def test_what_is_missing_says_where_to_put_it(missing: dict[str, Any], says: str) -> None:
    """The environment's name and the argument's."""
    with pytest.raises(zr.ConfigurationError, match=f"There is no .*{says}"):
        made(**missing)


def test_what_is_given_comes_before_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each setting by itself; an empty variable is none; the service's own address is the last resort."""
    for name, value in (("TOKEN", "e" * 32), ("CLIENT_ID", "9"), ("SMS_CODE", "99999"), ("BASE_URL", FAR)):
        monkeypatch.setenv(f"ZRTOOLS_{name}", value)
    with zr.Client() as client:
        assert (client.base_url, client.client_id, client.sms_code) == (FAR, "9", "99999")
    with made() as client:
        assert (client.base_url, client.client_id, client.sms_code) == ("http://127.0.0.1:9", "123", "51234")
    for name in ("SMS_CODE", "BASE_URL"):
        monkeypatch.setenv(f"ZRTOOLS_{name}", "")
    with zr.Client() as client:
        assert client.base_url == "https://sms-api.aossms.com"
        with pytest.raises(zr.ConfigurationError, match=r"ZRTOOLS_SMS_CODE .*5 or 6 digits"):
            assert client.sms_code


def test_a_client_names_its_account_and_never_its_token() -> None:
    """Any sandbox on this machine is one service; a path and a port tell services apart."""
    with made() as client:
        assert client.origin == "loopback 123"
        assert client.at_once == 16
        assert (
            repr(client) == "Client(base_url='http://127.0.0.1:9', client_id='123', pace=100.0, at_once=16)"
        )
    with made(base_url="https://SMS.example.com:8443/proxy/", pace=5, at_once=2) as client:
        assert client.base_url == "https://SMS.example.com:8443/proxy"
        assert client.origin == "sms.example.com:8443/proxy 123"
        assert repr(client).endswith("pace=5.0, at_once=2)")
        assert TOKEN not in repr(client) + repr(vars(client))
        for copied in (pickle.dumps, copy.copy, copy.deepcopy):
            with pytest.raises(zr.ConfigurationError, match="not pickled or copied"):
                copied(client)


def test_a_clock_of_ones_own_tells_japans_time() -> None:
    """Aware times are converted, naive ones are Japan's; without one it is the system's."""
    with made(now=lambda: datetime(2026, 10, 31, 20, tzinfo=UTC)) as client:
        assert client.now().isoformat() == "2026-11-01T05:00:00+09:00"
    with made(now=lambda: datetime(2026, 10, 31, 20)) as client:
        assert client.now().isoformat() == "2026-10-31T20:00:00+09:00"
    with made() as client:
        assert abs((client.now() - datetime.now(TOKYO)).total_seconds()) < 60
        assert client.now().tzinfo is TOKYO


def test_a_closed_client_says_so_however_often_it_is_closed() -> None:
    """Closing twice is fine; asking then is an error that says what to do."""
    client = made()
    for _ in range(2):
        client.close()
    with pytest.raises(zr.ConfigurationError, match="closed: make a new one"):
        client.templates()


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"token": ""}, "ZRTOOLS_TOKEN を設定する"),
        ({"token": "a" * 20}, "半角英数字32文字"),
        ({"token": f'"{"a" * 32}"'}, "引用符"),
        ({"client_id": ""}, "ZRTOOLS_CLIENT_ID を設定する"),
        ({"client_id": "abc"}, "「クライアント情報」"),
        ({"sms_code": "1"}, "ZRTOOLS_SMS_CODE"),
        ({"base_url": "http://example.com"}, "この端末内に限ります"),
    ],
)
def test_a_setting_that_cannot_be_used_is_told_in_japanese_too(
    monkeypatch: pytest.MonkeyPatch, given: dict[str, Any], said: str
) -> None:
    """A form says in Japanese what the exception says in English."""
    for name in ("TOKEN", "CLIENT_ID", "SMS_CODE", "BASE_URL", "PROFILE"):
        monkeypatch.delenv(f"ZRTOOLS_{name}", raising=False)
    with pytest.raises(zr.ConfigurationError) as refused:
        zr.Client(**{"token": "a" * 32, "client_id": "1", "sms_code": "12345", **given})
    assert said in zr.words.told(refused.value, "ja")
    assert zr.words.told(refused.value, "en") == str(refused.value)
