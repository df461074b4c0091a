"""What stands between here and the service: each failure names its cause and the setting that mends it."""

from __future__ import annotations

import re
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import closing

import pytest

import zrtools as zr

SERVICE = "https://sms-api.example.invalid"
TOKEN = "t" * 32


@pytest.fixture(autouse=True)
def short_waits(monkeypatch):
    """Waits between tries are short here, and no proxy of this machine counts."""
    monkeypatch.setattr("zrtools.client.retry._FIRST", 0.001)
    monkeypatch.setattr("zrtools.client.pace._SLOWEST", 100.0)
    for name in ("HTTPS_PROXY", "https_proxy", "NO_PROXY", "no_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def proxy() -> Iterator[Callable[[bytes], str]]:
    """Start proxies on loopback that answer every CONNECT with the same words, or hang up."""
    listening: list[socket.socket] = []

    def start(words: bytes) -> str:
        server = socket.create_server(("127.0.0.1", 0))
        listening.append(server)

        def answer() -> None:
            while True:
                try:
                    connection, _ = server.accept()
                except OSError:
                    return
                with closing(connection):
                    connection.recv(4096)
                    connection.sendall(words)

        threading.Thread(target=answer, daemon=True).start()
        return f"127.0.0.1:{server.getsockname()[1]}"

    yield start
    for server in listening:
        server.close()


def send(base_url: str) -> zr.ZrtoolsError:
    """Send a message to where it cannot arrive, and give the error."""
    with (
        zr.Client(token=TOKEN, client_id="1", sms_code="12345", base_url=base_url, timeout=5) as client,
        pytest.raises(zr.ZrtoolsError) as failed,
    ):
        client.send("09012345678", "x")
    assert TOKEN not in str(failed.value)
    return failed.value


@pytest.mark.parametrize(
    ("answer", "reason", "says"),
    [
        (
            b"HTTP/1.1 407 Proxy Authentication Required\r\n\r\n",
            "proxy_407",
            "HTTPS_PROXY as http://user:password",
        ),
        (b"HTTP/1.1 403 Forbidden\r\n\r\n", "proxy_refused", "403.*allow sms-api.example.invalid"),
        (b"HTTP/1.1 502 Bad Gateway\r\n\r\n", "proxy_refused", "502.*HTTPS_PROXY"),
    ],
)
def test_proxy_that_refuses_is_named(proxy, monkeypatch, answer, reason, says):
    """What a proxy says no to has not left, and the proxy's setting is named."""
    monkeypatch.setenv("HTTPS_PROXY", f"http://{proxy(answer)}")
    failure = send(SERVICE)
    assert (failure.reason, failure.sent) == (reason, False)
    assert re.search(says, str(failure))


def test_proxy_that_is_not_there_is_named(monkeypatch):
    """A proxy that does not listen is told as that, not as the service's refusal."""
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")
    failure = send(SERVICE)
    assert (failure.reason, failure.sent) == ("proxy_gone", False)
    assert "HTTPS_PROXY" in str(failure)


@pytest.mark.parametrize(
    "setting",
    [
        "http://DOMAIN\\user:word@127.0.0.1:8080",
        "http://user:pa#ss@127.0.0.1:8080",
        "http://user:pa?ss@127.0.0.1:8080",
        "http://user:pa/ss@127.0.0.1:8080",
        "http://us@er:word@127.0.0.1:8080",
        '"http://127.0.0.1:8080"',
        "'127.0.0.1:8080'",
        "http://127.0.0.1:eighty",
        "http://127.0.0.1:99999",
        "http://127.0.0.1:0",
        "http://127.0.0.1 :8080",
        "socks5://127.0.0.1:1080",
        "http://",
        "http://[::1",
    ],
)
def test_proxy_setting_that_cannot_be_read_is_refused_before_anything_leaves(monkeypatch, setting):
    """A proxy setting that is read wrongly, or half, is told with its name and surely nothing has left."""
    monkeypatch.setenv("HTTPS_PROXY", setting)
    failure = send(SERVICE)
    assert isinstance(failure, zr.ConfigurationError)
    assert failure.sent is False
    assert "HTTPS_PROXY" in str(failure)
    assert "pa" not in str(failure).replace("password", "")
    assert "プロキシの設定を読み取れません。HTTPS_PROXY は" in zr.words.told(failure, "ja")
    with (
        zr.Client(token=TOKEN, client_id="1", base_url=SERVICE) as client,
        pytest.raises(zr.ConfigurationError, match="HTTPS_PROXY"),
    ):
        client.check()


@pytest.mark.parametrize(
    "setting",
    [
        "{}",
        "http://{}",
        "http://{}/",
        "http://user:word@{}",
        "http://DOMAIN%5Cuser:p%40s%23@{}",
        "http://user:a:b@{}",
    ],
)
def test_proxy_setting_that_can_be_read_is_used(proxy, monkeypatch, setting):
    """The usual ways of writing a proxy down all lead to it."""
    monkeypatch.setenv("HTTPS_PROXY", setting.format(proxy(b"HTTP/1.1 403 Forbidden\r\n\r\n")))
    assert send(SERVICE).reason == "proxy_refused"


def test_host_that_cannot_be_found_is_told():
    """Without a name service, or behind a proxy that was not named, the cause is told as that."""
    failure = send(SERVICE)
    assert (failure.reason, failure.sent) == ("dns", False)
    assert "HTTPS_PROXY" in str(failure)


@pytest.mark.parametrize(
    ("lang", "said"), [("en", "not tested: a proxy is used"), ("ja", "確認していません")]
)
def test_check_does_not_test_tls_beside_the_proxy(proxy, monkeypatch, lang, said):
    """What goes through a proxy is not tested by another way, which may be closed or lead elsewhere."""
    monkeypatch.setenv("HTTPS_PROXY", f"http://{proxy(b'HTTP/1.1 407 Proxy Authentication Required')}")
    with zr.Client(token=TOKEN, client_id="1", base_url=SERVICE, timeout=2) as client:
        found = client.check(lang=lang)
    assert found["works"][1] is None
    assert said in found["detail"][1]


FAILING = {
    401: "アカウント情報",
    403: "API 限定 IP 設定",
    404: "base_url",
    302: "sign in to the network",
    503: "maintenance",
    429: "pace",
}


@pytest.mark.parametrize("status", FAILING)
def test_http_error_names_its_cause_and_what_to_do(own, connected, status):
    """Each HTTP error says what it may mean, and where in the admin screen the setting is found."""
    own.faults.add("http" if status != 302 else "redirect", "templates", status=status, times=None)
    client = connected()
    with pytest.raises(zr.TransportError, match=FAILING[status]) as failed:
        client.templates()
    assert failed.value.status_code == status
    assert (failed.value.retry_after, failed.value.reason) == (None, "http")


def test_service_that_answered_before_throttles(own, connected):
    """A 503 after an answer, with words of the service, is throttling; a 503 on the very first request is none."""
    client = connected()
    client.templates()
    own.faults.add("http", "templates", status=503, times=None)
    with pytest.raises(zr.TransportError, match="pace"):
        client.templates()
    own.faults.clear()
    own.faults.add("html", "templates", status=503, times=None)
    with pytest.raises(zr.TransportError, match="maintenance"):
        client.templates()


def test_sign_in_page_is_told_as_that(own, connected):
    """A page under 200, as a hotel's network gives, is told as one, with what to do."""
    own.faults.add("html", "templates")
    with pytest.raises(zr.UnexpectedResponseError, match=r"sign-in page.*browser.*HTTPS_PROXY") as failed:
        connected().templates()
    assert failed.value.reason == "page"


def test_every_reason_can_be_said_in_both_languages(own, connected):
    """Check tells the causes in the language that is on."""
    for fault in ({"kind": "html"}, {"kind": "http", "status": 403}, {"kind": "http", "status": 503}):
        own.faults.clear()
        own.faults.add(times=None, **fault)
        told = {lang: connected().check(lang=lang)["detail"][2] for lang in ("ja", "en")}
        assert any("ぁ" <= c <= "ヿ" for c in told["ja"])
        assert told["en"].isascii() or "アカウント情報" in told["en"]
    own.faults.clear()
    client = connected(base_url="http://127.0.0.1:9")
    assert "接続できません" in client.check(lang="ja")["detail"][0]
