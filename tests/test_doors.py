"""What strangers may do to a server of ours: hold connections, dawdle, send too much, name other hosts."""

from __future__ import annotations

import asyncio
import errno
import json
import shutil
import socket
import ssl
import subprocess
import sys
import threading
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack, contextmanager
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import httpx
import pytest
import trustme
from needs import need

import zrtools as zr
from zrtools import receiver
from zrtools.receiver import store as store_module
from zrtools.receiver import web
from zrtools.sandbox import server

GET = b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"


def report(name: str, text: str = "") -> bytes:
    """Make a notification with one report."""
    fields = {"messageId": name, "statusId": "2", "dateTime": "2026/10/30 09:30:15", "messageText": text}
    return json.dumps({"eventNotifications": [fields]}).encode()


@contextmanager
def running(store: receiver.Store, head: float = 1.0, **options: Any) -> Iterator[web.Running]:
    """Run a receiver on loopback."""
    with web.Running(web.app(store, path="p", **options), port=0, path="p", head=head) as made:
        yield made


@pytest.fixture
def store(tmp_path: Path) -> Iterator[receiver.Store]:
    """An empty store."""
    with receiver.Store(tmp_path / "store") as made:
        yield made


def post(port: int, body: bytes, timeout: float = 20) -> int:
    """Push once and give the answer's status."""
    connection = HTTPConnection("127.0.0.1", port, timeout=timeout)
    try:
        connection.request("POST", "/p", body, {"Content-Type": "application/json"})
        return connection.getresponse().status
    finally:
        connection.close()


def connected(port: int, source: str = "127.0.0.1") -> socket.socket:
    """Open a connection from one of this machine's own addresses."""
    return socket.create_connection(("127.0.0.1", port), 20, source_address=(source, 0))


def answered(connection: socket.socket) -> bool:
    """Read one answer of the health check, and tell whether it says that all is well."""
    got = b""
    while not got.endswith(b"}"):
        got += connection.recv(1)
    return got.startswith(b"HTTP/1.1 200")


def ended(connection: socket.socket, timeout: float = 10) -> bool:
    """Tell whether the other side ends a connection within a while."""
    connection.settimeout(timeout)
    try:
        while connection.recv(65536):
            pass
    except TimeoutError:
        return False
    except OSError:
        pass
    return True


@pytest.mark.parametrize("bytes_first", [b"", b"GET", GET, GET + GET[:20], GET + GET + GET[:20]])
def test_no_head_is_waited_for_for_ever(store: receiver.Store, bytes_first: bytes) -> None:
    """Nothing at all, half of a first request or of a later one, also sent along with the one before: hung up on."""
    with running(store, head=0.4) as server, connected(server.port) as connection:
        connection.sendall(bytes_first)
        if bytes_first == GET:
            # by and by, so that it is never idle for long
            for byte in GET[:30]:
                time.sleep(0.05)
                try:
                    connection.sendall(bytes([byte]))
                except OSError:
                    break
        assert ended(connection, 5)
        assert post(server.port, report("a")) == 200


@pytest.mark.slow
def test_held_connections_keep_nobody_out(store: receiver.Store) -> None:
    """600 connections from many addresses that hold half of a second request: the next report is taken at once."""
    if sys.platform != "linux":
        pytest.skip("only Linux has all of 127.0.0.0/8")
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(4096, hard), hard))
    try:
        with running(store, head=30) as server, ExitStack() as held:
            for n in range(600):
                one = held.enter_context(connected(server.port, f"127.0.{n // 50}.9"))
                one.sendall(GET + GET[:20])
            start = time.monotonic()
            assert post(server.port, report("a")) == 200
            assert time.monotonic() - start < 2
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def test_one_address_holds_so_many_connections(store: receiver.Store) -> None:
    """One more than its number closes the one that was idle longest; the others stay."""
    with running(store, head=30) as server, ExitStack() as held:
        ones = [held.enter_context(connected(server.port)) for _ in range(64)]
        for one in ones:
            one.sendall(GET)
            assert answered(one)
        assert post(server.port, report("a")) == 200
        assert ended(ones[0])
        ones[-1].sendall(GET)
        assert answered(ones[-1])


def test_half_handshakes_are_ended_and_keep_nobody_out(tmp_path: Path) -> None:
    """200 connections that never finish their TLS handshake leave the next report its place, and are closed."""
    authority = trustme.CA()
    issued = authority.issue_cert("127.0.0.1")
    pem, key = tmp_path / "cert.pem", tmp_path / "key.pem"
    issued.cert_chain_pems[0].write_to_path(pem)
    issued.private_key_pem.write_to_path(key)
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "zrtools", "receive", "--store", str(tmp_path / "store"), "--path", "p"]
    command += ["--port", str(port), "--cert", str(pem), "--key", str(key), "--lang", "en"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server, ExitStack() as held:
        try:
            assert server.stdout is not None
            assert "https://" in server.stdout.readline()
            halves = [held.enter_context(connected(port)) for _ in range(200)]
            for half in halves:
                half.sendall(b"\x16\x03\x01\x02\x00")
            context = ssl.create_default_context()
            authority.configure_trust(context)
            answer = httpx.post(
                f"https://127.0.0.1:{port}/p", content=report("a"), verify=context, timeout=10
            )
            assert answer.status_code == 200
            assert all(ended(half, 12) for half in halves)
        finally:
            server.terminate()
            server.wait(20)


@pytest.mark.parametrize(
    "path", ["/p/../../etc/passwd", "/%2e%2e/%2e%2e/etc/passwd", "/p%2f..%2fcounters", "//p/counters/.."]
)
def test_no_path_leads_out_of_the_receiver(store: receiver.Store, path: str) -> None:
    """A path is compared, never opened: with dots, encoded or not, it is 404, and nothing is kept."""
    with running(store) as server:
        connection = HTTPConnection("127.0.0.1", server.port, timeout=20)
        for method in ("GET", "POST"):
            connection.request(method, path, report("a"))
            assert connection.getresponse().status == 404
            connection.close()
    assert store.counters["bodies"] == 0


def test_both_lengths_are_refused(store: receiver.Store) -> None:
    """A request with Content-Length and Transfer-Encoding is answered 400, and the connection ends."""
    with running(store) as server, connected(server.port) as connection:
        connection.sendall(
            b"POST /p HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
            b"POST /p HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello"
        )
        got = b""
        while more := connection.recv(65536):
            got += more
        assert got.count(b"HTTP/1.1") == 1
        assert got.startswith(b"HTTP/1.1 400")
    assert store.counters["bodies"] == 0


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["json", "xml"])
def test_a_large_body_keeps_no_report_waiting(store: receiver.Store, kind: str) -> None:
    """While eight megabytes of reports are read, the next report is answered at once; all of them are kept."""
    if kind == "json":
        one = {"messageId": "{}", "statusId": "2", "dateTime": "2026/10/30 09:30:15", "messageText": "x" * 60}
        large = json.dumps({"eventNotifications": [{**one, "messageId": str(n)} for n in range(45_000)]})
    else:
        items = "".join(
            f'<eventNotification type="DLR"><messageId>{n}</messageId><statusId>2</statusId>'
            "<dateTime>2026/10/30 09:30:15</dateTime></eventNotification>"
            for n in range(55_000)
        )
        large = f"<eventNotifications>{items}</eventNotifications>"
    assert 5_000_000 < len(large) < 8_000_000
    with running(store) as server:
        started = threading.Thread(target=post, args=(server.port, large.encode()))
        started.start()
        waits = []
        for n in range(30):
            start = time.monotonic()
            assert post(server.port, report(f"next-{n}")) == 200
            waits.append(time.monotonic() - start)
        started.join()
        assert max(waits) < 1.5
        while store.unread:
            time.sleep(0.05)
    store.close()
    assert store.scan().collect().height == (45_000 if kind == "json" else 55_000) + 30


def test_a_disk_that_is_free_again_is_well(store: receiver.Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """After a full disk is free again the health check says so, without a report having come."""
    append = store_module._append

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with running(store) as server:
        url = f"http://127.0.0.1:{server.port}/healthz"
        monkeypatch.setattr(store_module, "_append", full)
        assert post(server.port, report("a")) == 503
        assert httpx.get(url).status_code == 503
        monkeypatch.setattr(store_module, "_append", append)
        end = time.monotonic() + 5
        while httpx.get(url).status_code != 200:
            assert time.monotonic() < end
            time.sleep(0.1)
    assert [path for path in (store.path / "intake").iterdir() if path.suffix != ".log"] == []


def test_slow_bodies_beside_a_full_disk_lose_nothing(
    store: receiver.Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Bodies that dawdle get 408 and those that come 503; nothing is acknowledged that is not kept, and all goes on."""
    append = store_module._append

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    head = b"POST /p HTTP/1.1\r\nHost: x\r\nContent-Length: 9999\r\n\r\n"
    with running(store, patience=1.0) as server, ExitStack() as held:
        slow = [held.enter_context(connected(server.port)) for _ in range(20)]
        for connection in slow:
            connection.sendall(head + report("slow"))
        monkeypatch.setattr(store_module, "_append", full)
        assert [post(server.port, report(f"lost {n}")) for n in range(3)] == [503] * 3
        monkeypatch.setattr(store_module, "_append", append)
        assert post(server.port, report("kept")) == 200
        assert all(connection.recv(100).startswith(b"HTTP/1.1 408") for connection in slow)
        assert post(server.port, report("after")) == 200
        assert httpx.get(f"http://127.0.0.1:{server.port}/healthz").status_code == 200
    assert sorted(store.scan().collect()["message_id"]) == ["after", "kept"]


def test_requests_of_one_forwarded_address_are_counted(store: receiver.Store) -> None:
    """Behind a proxy one peer's many slow requests are refused from a number on, and another's are not."""
    app = receiver.app(store, path="p", per_address=3)

    async def body(go: asyncio.Event) -> AsyncIterator[bytes]:
        await go.wait()
        yield report("a")

    async def talk() -> tuple[list[int], int]:
        go = asyncio.Event()

        def client(host: str) -> httpx.AsyncClient:
            transport = httpx.ASGITransport(app, client=(host, 1))
            return httpx.AsyncClient(transport=transport, base_url="http://x")

        async with client("203.0.113.5") as one, client("203.0.113.6") as other:
            asked = [asyncio.create_task(one.post("/p", content=body(go))) for _ in range(5)]
            await asyncio.sleep(0.2)
            elsewhere = (await other.post("/p", content=report("b"))).status_code
            go.set()
            return sorted([(await task).status_code for task in asked]), elsewhere

    assert asyncio.run(talk()) == ([200, 200, 200, 503, 503], 200)


NGINX = """
daemon off; pid {folder}/pid; error_log stderr;
events {{ worker_connections 256; }}
http {{
  access_log off; client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/f; uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;
  server {{
    listen 127.0.0.1:{front};
    {settings}
  }}
}}
"""


@pytest.mark.slow
def test_nginx_in_front_as_documented(tmp_path: Path) -> None:
    """The documented settings bring a report through with the sender's address, and refuse a body that is too large."""
    nginx = shutil.which("nginx") or shutil.which("/usr/sbin/nginx")
    need(nginx, "nginx is not installed")
    guide = (Path(__file__).parent.parent / "docs" / "receiving.md").read_text("utf-8")
    settings = guide.partition("```nginx\n")[2].partition("```")[0]
    assert settings
    with socket.create_server(("127.0.0.1", 0)) as one, socket.create_server(("127.0.0.1", 0)) as two:
        front, back = one.getsockname()[1], two.getsockname()[1]
    config = tmp_path / "nginx.conf"
    config.write_text(
        NGINX.format(
            folder=tmp_path, front=front, settings=settings.replace("127.0.0.1:8443", f"127.0.0.1:{back}")
        ),
        "utf-8",
    )
    command = [sys.executable, "-m", "zrtools", "receive", "--store", str(tmp_path / "store"), "--path", "p"]
    command += ["--port", str(back), "--proxy", "127.0.0.1", "--allow", "127.0.0.7", "--lang", "en"]
    with (
        subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server,
        subprocess.Popen([str(nginx), "-c", str(config), "-p", str(tmp_path)]) as proxy,
    ):
        try:
            assert server.stdout is not None
            assert "http://" in server.stdout.readline()
            # the address that nginx forwards is the sender's: one is let in, the other is not
            seen = {}
            for source in ("127.0.0.7", "127.0.0.8"):
                transport = httpx.HTTPTransport(local_address=source, retries=5)
                with httpx.Client(transport=transport, base_url=f"http://127.0.0.1:{front}") as client:
                    spoofed = {"X-Forwarded-For": "127.0.0.7"}
                    seen[source] = client.post("/p", content=report(source), headers=spoofed).status_code
                    large = client.post("/p", content=b"x" * 9_000_000).status_code
            assert seen == {"127.0.0.7": 200, "127.0.0.8": 403}
            assert large == 413
        finally:
            for process in (proxy, server):
                process.terminate()
                process.wait(20)
    assert receiver.Store(tmp_path / "store").scan().collect()["message_id"].to_list() == ["127.0.0.7"]


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Host": "evil.example"}, 403),
        ({"Host": "127.0.0.1:1"}, 403),
        ({"Host": "localhost:{port}"}, 200),
        ({"Origin": "https://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Origin": "http://127.0.0.1:{port}"}, 200),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-origin"}, 200),
    ],
)
def test_a_web_page_cannot_use_the_sandbox(headers: dict[str, str], status: int) -> None:
    """Another name for this machine (DNS rebinding) and requests that a page of elsewhere makes are refused."""
    with zr.sandbox.Sandbox(messages_per_day=10) as sandbox:
        port = sandbox.url.rpartition(":")[2]
        given = {name: value.format(port=port) for name, value in headers.items()}
        answer = httpx.post(f"{sandbox.url}/p5/api/mt.json", data={"token": sandbox.token}, headers=given)
        assert (answer.status_code == 403) == (status == 403)
        assert (sum(sandbox.calls.values()) == 0) == (status == 403)


def test_the_sandbox_waits_for_no_head_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    """Half a request to the sandbox is hung up on after a few seconds, too."""
    from zrtools import doors

    monkeypatch.setattr(doors, "HEAD", 0.4)
    with zr.sandbox.Sandbox(messages_per_day=10) as sandbox:
        port = int(sandbox.url.rpartition(":")[2])
        for first in (b"", GET[:20], GET + GET[:20]):
            with connected(port) as connection:
                connection.sendall(first)
                assert ended(connection, 5)


def test_a_foreign_host_is_refused_before_its_body_is_read() -> None:
    """A page of elsewhere that announces more than it sends, or sends two lengths, is refused at its head."""
    with zr.sandbox.Sandbox(messages_per_day=10) as sandbox:
        port = int(sandbox.url.rpartition(":")[2])
        for lengths in (b"Content-Length: 99999999", b"Content-Length: 9\r\nTransfer-Encoding: chunked"):
            with connected(port) as connection:
                connection.sendall(
                    b"POST /p5/api/mt.json HTTP/1.1\r\nHost: evil.example\r\n" + lengths + b"\r\n\r\n"
                )
                assert connection.recv(100)[:12] in (b"HTTP/1.1 403", b"HTTP/1.1 400")
                assert ended(connection, 5)
        assert sandbox.calls == {}


def test_the_sandbox_waits_for_no_body_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    """Half a body, and one that goes on byte by byte, are answered 408, hung up on, and no request was made."""
    monkeypatch.setattr(server, "_BODY_WITHIN", 0.4)
    head = b"POST /p5/api/mt.json HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nContent-Length: 99999\r\n"
    head += b"Content-Type: application/x-www-form-urlencoded\r\n\r\ntoken="
    with zr.sandbox.Sandbox(messages_per_day=10) as sandbox:
        port = int(sandbox.url.rpartition(":")[2])
        with connected(port) as half, connected(port) as slow:
            half.sendall(head % port)
            slow.sendall(head % port)
            hung_up, end = False, time.monotonic() + 20
            while not hung_up and time.monotonic() < end:
                try:
                    slow.sendall(b"a")
                except OSError:
                    hung_up = True
                time.sleep(0.05)
            assert hung_up
            assert half.recv(100).startswith(b"HTTP/1.1 408")
            assert ended(half, 5)
        assert sandbox.calls == {}
        assert httpx.post(f"{sandbox.url}/p5/api/mt.json", data={"token": sandbox.token}).status_code == 200
