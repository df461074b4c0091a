"""docs/troubleshooting.md: every message that it quotes is one that the code raises."""

from __future__ import annotations

import os
import re
import socket
import ssl
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import trustme

import zrtools as zr
from zrtools import wire

PAGE = Path(__file__).parents[1] / "docs" / "troubleshooting.md"
JAPANESE = PAGE.with_name("troubleshooting.ja.md")
QUOTED = re.findall(r"^\| `([^`]+)` \|", PAGE.read_text("utf-8"), re.MULTILINE)
NUMBER = "090-4815-1623"

Raiser = Callable[[zr.Client, Path], object]


def settings(**given: Any) -> Raiser:
    """Make a client with a setting left out or wrong."""
    good = {"token": "t" * 32, "client_id": "1", "sms_code": "12345", "base_url": "http://127.0.0.1:9"}
    return lambda _, __: zr.Client(**{**good, **given})


def fault(kind: str, **options: Any) -> Raiser:
    """Ask for templates while a fault strikes."""

    def ask(client: zr.Client, _: Path) -> object:
        assert client.embedded is not None
        client.embedded.faults.add(kind, times=None, **options)
        return client.templates()

    return ask


def refused(code: int, message: str) -> Raiser:
    """Be refused by the service."""
    return fault("code", response_code=code, message=message)


def closed(client: zr.Client, _: Path) -> object:
    """Use a client that was closed."""
    client.close()
    return client.templates()


def slow(client: zr.Client, _: Path) -> object:
    """Wait less long than the service takes."""
    sandbox = client.embedded
    assert sandbox is not None
    sandbox.faults.add("delay", times=None, seconds=1)
    with zr.Client(
        token=sandbox.token, client_id=sandbox.client_id, base_url=sandbox.url, timeout=0.05
    ) as hasty:
        return hasty.templates()


def without_sender(client: zr.Client, _: Path) -> object:
    """Send without a sender code."""
    with zr.Client(token="t" * 32, client_id="1", base_url=client.base_url) as bare:
        return bare.send(NUMBER, "x")


def elsewhere(_: zr.Client, folder: Path) -> object:
    """Keep an archive where something else is."""
    (folder / "a.txt").touch()
    return zr.Archive(folder).days()


def otherwise(client: zr.Client, folder: Path) -> object:
    """Open an archive with other settings than it was made with."""
    zr.Archive(folder / "a").sync(client, "2026-11-01", "2026-11-01", progress=False)
    return zr.Archive(folder / "a", numbers="hashed", key=b"k" * 32)


def partly(client: zr.Client, _: Path) -> object:
    """Fetch two days of which one is refused."""
    assert client.embedded is not None
    client.embedded.faults.add("http", "status", times=None, when=lambda f: f["date"] == "20261102")
    return client.status("2026-11-01", "2026-11-02", progress=False)


def elsewhere_made(client: zr.Client, _: Path) -> object:
    """Use a client in a process that is not the one it was made in."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("os.getpid", lambda: -1)
        return client.templates()


def without_certificates(_: zr.Client, folder: Path) -> object:
    """Have the trusted certificates where there are none."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SSL_CERT_FILE", str(folder / "none.pem"))
        with zr.Client(token="t" * 32, client_id="1", base_url="https://127.0.0.1:9") as made:
            return made.templates()


def settings_used(**given: Any) -> Raiser:
    """Ask with a setting that leads nowhere."""
    return lambda c, p: settings(**given)(c, p).templates()  # type: ignore[attr-defined] # a client


def serving(take: Callable[[socket.socket], object]) -> socket.socket:
    """Listen, and take up connections until the socket is closed."""
    server = socket.create_server(("127.0.0.1", 0))

    def work() -> None:
        with suppress(OSError):
            while True:
                connection, _ = server.accept()
                with connection, suppress(OSError):
                    take(connection)

    threading.Thread(target=work, daemon=True).start()
    return server


def through_proxy(answer: bytes, setting: str = "http://{}") -> Raiser:
    """Ask through a proxy that answers in these words."""

    def refuse(connection: socket.socket) -> None:
        connection.recv(4096)
        connection.sendall(answer)

    def ask(client: zr.Client, folder: Path) -> object:
        with serving(refuse) as server, pytest.MonkeyPatch.context() as patch:
            patch.setenv("HTTPS_PROXY", setting.format(f"127.0.0.1:{server.getsockname()[1]}"))
            return settings_used(base_url="https://sms-api.example.invalid")(client, folder)

    return ask


def over_tls(name: str, *, trusted: bool = True, days: int = 1) -> Raiser:
    """Ask a server with a certificate for a name."""

    def ask(client: zr.Client, folder: Path) -> object:
        authority = trustme.CA()
        authority.cert_pem.write_to_path(str(folder / "ca.pem"))
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        until = datetime.now(UTC) + timedelta(days=days)
        authority.issue_cert(name, not_after=until).configure_cert(context)
        with (
            serving(lambda connection: context.wrap_socket(connection, server_side=True).close()) as server,
            pytest.MonkeyPatch.context() as patch,
        ):
            if trusted:
                patch.setenv("SSL_CERT_FILE", str(folder / "ca.pem"))
            return settings_used(base_url=f"https://127.0.0.1:{server.getsockname()[1]}")(client, folder)

    return ask


def without_answer(_: zr.Client, __: Path) -> object:
    """Connect to where nobody takes the connection up."""
    with socket.create_server(("127.0.0.1", 0), backlog=0) as server, ExitStack() as held:
        # what waits to be taken up is full: further ones get no answer at all
        for _ in range(4):
            one = held.enter_context(socket.socket())
            one.setblocking(False)
            one.connect_ex(server.getsockname())
        url = f"http://127.0.0.1:{server.getsockname()[1]}"
        with zr.Client(token="t" * 32, client_id="1", base_url=url, timeout=0.05) as made:
            return made.status("2026-11-01")


def open_to_others(_: zr.Client, folder: Path) -> object:
    """Use profiles that others can read."""
    if os.name != "posix":
        pytest.skip("rights are a folder's there")
    (folder / "profiles.json").write_text("{}")
    (folder / "profiles.json").chmod(0o644)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ZRTOOLS_PROFILES", str(folder / "profiles.json"))
        return zr.Client(profile="a")


def without_keyring(_: zr.Client, folder: Path) -> object:
    """Keep a token in a keyring that is not there."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ZRTOOLS_PROFILES", str(folder / "profiles.json"))
        patch.setitem(sys.modules, "keyring", None)
        return zr.client.save_profile("a", token="t" * 32, client_id="1", keyring=True)


def unsettled(client: zr.Client, _: Path) -> object:
    """Lose the answer of a message, and get no other one."""
    assert client.embedded is not None
    client.embedded.faults.add("drop_after", "send")
    client.embedded.faults.add("http", times=None, status=404)
    return client.send(NUMBER, "x")


def asked_to_wait(client: zr.Client, _: Path) -> object:
    """Ask again while the service asks to wait."""
    sandbox = client.embedded
    assert sandbox is not None
    sandbox.faults.add("http", status=503, retry_after=3600)
    with zr.Client(
        token=sandbox.token, client_id=sandbox.client_id, base_url=sandbox.url, timeout=1
    ) as hasty:
        with suppress(zr.TransportError):
            hasty.templates()
        return hasty.templates()


def without_key(client: zr.Client, folder: Path) -> object:
    """Make an archive of hashed numbers without a key."""
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("ZRTOOLS_HASH_KEY", raising=False)
        patch.delenv("ZRTOOLS_HASH_KEY_FILE", raising=False)
        return zr.Archive(folder / "a", numbers="hashed").sync(client, "2026-11-01", "2026-11-01")


def with_another_key(client: zr.Client, folder: Path) -> object:
    """Go on with an archive of hashed numbers with another key."""
    zr.Archive(folder / "a", numbers="hashed", key=b"k" * 32).sync(client, "2026-11-01", "2026-11-01")
    return zr.Archive(folder / "a", key=b"l" * 32).sync(client, "2026-11-02", "2026-11-02")


def of_another_account(client: zr.Client, folder: Path) -> object:
    """Clean for one account with the store of another."""
    client.clean(NUMBER, client.now().date(), store=folder / "answers.db", progress=False)
    with zr.Client.sandbox(seed=1, messages_per_day=10, months=1) as other:
        return other.clean(NUMBER, other.now().date(), store=folder / "answers.db", progress=False)


def outbox(number: str) -> Raiser:
    """Send a message from an outbox, then with another account's client."""

    def send(client: zr.Client, folder: Path) -> object:
        frame = pl.DataFrame({"phone_number": [number], "message": ["x"]})
        with (
            zr.Outbox(folder / "messages.outbox") as messages,
            zr.Client.sandbox(seed=1, messages_per_day=10, months=1) as other,
        ):
            messages.add(frame, campaign="trouble")
            messages.send(client, progress=False)
            return messages.send(other, progress=False)

    return send


def over_the_limit(client: zr.Client, folder: Path) -> object:
    """Send more than the plan allows."""
    assert client.embedded is not None
    client.embedded.faults.add("code", "send", times=None, response_code=300, message="Exceed sending count.")
    return outbox(NUMBER)(client, folder)


def twice_received(_: zr.Client, folder: Path) -> object:
    """Have two receivers write to one store."""
    with zr.receiver.Store(folder) as one, zr.receiver.Store(folder) as two:
        one.open()
        return two.open()


RAISERS: dict[str, Raiser] = {
    "There is no access token": settings(token=None),
    "The access token must be 32 letters and digits": settings(token="a b"),
    "There is no client id": settings(client_id=None),
    "There is no sender code": without_sender,
    "There is no profile": settings(token=None, client_id=None, profile="nobody"),
    "Others than you can read": open_to_others,
    "The system's keyring": without_keyring,
    "http:// is taken for this machine only": settings(base_url="http://example.com"),
    "pace must be more than 0 and at most 600": settings(pace=601),
    "This client is closed": closed,
    "made in another process": elsewhere_made,
    "The trusted certificates cannot be read": without_certificates,
    "Hashed numbers need a key": without_key,
    "This is not the key that the archive's numbers were hashed with": with_another_key,
    "The proxy setting cannot be read": through_proxy(b"", "http://us#er:word@{}"),
    "The host's name cannot be found": settings_used(base_url="https://nowhere.invalid"),
    "The connection timed out": without_answer,
    "The server's certificate is not trusted": over_tls("127.0.0.1", trusted=False),
    "The server's certificate is not valid now": over_tls("127.0.0.1", days=-1),
    "The server's certificate is for another host": over_tls("other.example"),
    "The proxy cannot be reached": through_proxy(b"", "http://127.0.0.1:9"),
    "The proxy asks for a user name and password": through_proxy(b"HTTP/1.1 407 Authenticate\r\n\r\n"),
    "The proxy does not let this connection through": through_proxy(b"HTTP/1.1 403 Forbidden\r\n\r\n"),
    "It is not settled whether": unsettled,
    "The service answered HTTP 302": fault("redirect"),
    "The service answered HTTP 401": fault("http", status=401),
    "The service answered HTTP 429": fault("http", status=429),
    "asked to wait until": asked_to_wait,
    "110 Invalid clientId": refused(110, "Invalid clientId."),
    "No connection could be made": lambda c, p: settings()(c, p).templates(),  # type: ignore[attr-defined] # a client
    "No answer came in time": slow,
    "The connection was lost before an answer came": fault("drop_before"),
    "The service answered HTTP 403": fault("http", status=403),
    "The service answered HTTP 404": fault("http", status=404),
    "The service answered HTTP 503": fault("http", status=503),
    "is a web page or XML": fault("html"),
    "JSON without a usable responseCode": fault("no_code"),
    "This is no delivery report": lambda _, __: zr.dlr.parse(b"hello"),
    "110 Invalid token": refused(110, "Invalid token."),
    "130 Already send": refused(130, "Already send."),
    "300 Exceed sending count": refused(300, "Exceed sending count."),
    "400 Duplicate client tag": refused(400, "Duplicate client tag."),
    "500 System error": refused(500, "System error."),
    "Give exactly one of days (start, end) and client_tag": lambda c, _: c.status(),
    "The period is reversed": lambda c, _: c.status("2026-11-02", "2026-11-01"),
    "must be a day such as": lambda c, _: c.status("yesterday"),
    "message must have 1 to 660 characters": lambda _, __: wire.send(
        "+819048151623", "x" * 661, sms_code="12345", client_tag="t"
    ),
    "Excel has dropped digits": lambda c, _: c.send("9.01E+10", "x"),
    "rows cannot be sent, the first is row": outbox("03-1234-5678"),
    "This outbox sends from the account": outbox(NUMBER),
    "reference_date must lie between": lambda c, _: c.clean(NUMBER, "2020-01-01"),
    "and max_requests is": lambda c, _: c.clean(NUMBER, c.now().date(), max_requests=0),
    "This would cancel every reservation": lambda c, _: c.cancel_all(),
    ":// is not supported": lambda _, __: zr.Archive("gs://bucket/a"),
    "is not an archive": elsewhere,
    "was made with numbers=": otherwise,
    "holds the answers of another account": of_another_account,
    "Another receiver writes to the store": twice_received,
    "did not come. What came is in .frame": partly,
    "messages still queued": over_the_limit,
}


@pytest.fixture
def client(monkeypatch: pytest.MonkeyPatch) -> Iterator[zr.Client]:
    """A client of a sandbox of its own that waits but shortly between its tries."""
    monkeypatch.setattr("zrtools.client.retry._FIRST", 0.001)
    monkeypatch.setattr("zrtools.client.pace._SLOWEST", 100.0)
    with zr.Client.sandbox(messages_per_day=10, months=1) as made:
        yield made


def test_every_quoted_message_is_tried() -> None:
    """The page quotes what is raised here, and all of it."""
    assert sorted(QUOTED) == sorted(RAISERS)


@pytest.mark.parametrize("message", RAISERS)
def test_message_is_raised_as_it_is_quoted(message: str, client: zr.Client, tmp_path: Path) -> None:
    """What the page quotes stands in the error, word for word."""
    with pytest.raises(zr.ZrtoolsError, match=re.escape(message)):
        RAISERS[message](client, tmp_path)


def test_every_message_is_explained_in_japanese_too() -> None:
    """Each row ends with what the message means and what to do, in Japanese."""
    rows = re.findall(r"^\| `([^`]+)` \| (.+) \|$", JAPANESE.read_text("utf-8"), re.MULTILINE)
    assert [message for message, _ in rows] == QUOTED
    assert [text for _, text in rows if not re.search(r"[\u3041-\u3096\u30a1-\u30fa]", text)] == []
