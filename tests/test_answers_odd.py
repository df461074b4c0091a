"""Answers that are bombs, spell the token otherwise, or come in another encoding."""

from __future__ import annotations

import gzip
import http.server
import json
import threading
import traceback
import tracemalloc
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

import zrtools as zr

TOKEN = "aB3dE6gH9jK2mN5pQ8sT1vW4yZ7bC0eF"


@contextmanager
def answering(
    body: bytes,
    content_type: str = "application/json",
    *,
    status: int = 200,
    packed: str | None = None,
    limit: int = 512 << 20,
) -> Iterator[zr.Client]:
    """Give a client whose every request is answered with a body."""

    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            self.send_response(status)
            self.send_header("Content-Type", content_type)
            self.send_header("Content-Length", str(len(body)))
            if packed:
                self.send_header("Content-Encoding", packed)
            self.end_headers()
            self.wfile.write(body)

        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            self.do_GET()

        def log_message(self, *_: object) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        url = f"http://127.0.0.1:{server.server_port}"
        # a refused answer to a read is asked for again: not for long
        with zr.Client(
            token=TOKEN, client_id="1", sms_code="51234", base_url=url, timeout=0.5, answer_limit=limit
        ) as client:
            yield client
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def test_a_cookie_of_the_service_is_never_sent_back() -> None:
    """Nothing that an answer sets is kept: the requests that follow carry no cookie."""
    came: list[str | None] = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            came.append(self.headers["Cookie"])
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Set-Cookie", "session=1; Path=/")
            self.end_headers()
            self.wfile.write(b'{"responseCode":0,"responseMessage":"Success.","count":0,"templates":[]}')

        def log_message(self, *_: object) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        url = f"http://127.0.0.1:{server.server_port}"
        with zr.Client(token=TOKEN, client_id="1", base_url=url) as client:
            for _ in range(3):
                client.templates()
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
    assert came == [None] * 3


@pytest.mark.parametrize("charset", ["Shift_JIS", "UTF-16", "x-unknown"])
def test_a_bomb_that_names_an_encoding_is_refused_all_the_same(charset: str) -> None:
    """Which encoding an answer names is no way around the limit."""
    kind = f"application/json; charset={charset}"
    with (
        answering(gzip.compress(b" " * (4 << 20)), kind, packed="gzip", limit=1 << 20) as client,
        pytest.raises(zr.ZrtoolsError, match=r"1,048,576 bytes.*answer_limit"),
    ):
        client.templates()


def rows(**more: str) -> dict[str, object]:
    """Make an answer of the status call with one row."""
    return {
        "responseCode": 0,
        "responseMessage": "Success.",
        "status": [{"phoneNumber": "+819012345678", "statusId": 2, **more}],
    }


@pytest.mark.parametrize("packed", ["gzip", "deflate", None])
def test_an_answer_over_the_limit_is_refused_and_never_unpacked(packed: str | None) -> None:
    """A megabyte that unpacks to a gigabyte costs the limit in memory, and ends in an error that names the limit."""
    blanks = b" " * (1 << 26)
    body = b" " * (1 << 21) if packed is None else gzip.compress(blanks, 9)
    tracemalloc.start()
    try:
        with (
            answering(body, packed=packed and "gzip", limit=1 << 20) as client,
            pytest.raises(zr.ZrtoolsError, match=r"1,048,576 bytes.*answer_limit"),
        ):
            client.templates()
        assert tracemalloc.get_traced_memory()[1] < (1 << 26) + (1 << 25)
    finally:
        tracemalloc.stop()


def test_an_answer_within_the_limit_is_taken() -> None:
    """The limit is of what is unpacked, and settable; garbled or cut compression is said."""
    body = json.dumps(rows(message="あ" * 100_000)).encode()
    with answering(gzip.compress(body), packed="gzip") as client:
        assert client.status("2026-10-01", progress=False)["message"][0] == "あ" * 100_000
    with (
        answering(gzip.compress(body), packed="gzip", limit=1 << 16) as client,
        pytest.raises(zr.ZrtoolsError, match="answer_limit"),
    ):
        client.templates()
    for broken in (gzip.compress(body)[:-20], b"\x1f\x8b" + b"x" * 50, b""):
        with answering(broken, packed="gzip") as client, pytest.raises(zr.ZrtoolsError, match="garbled"):
            client.templates()
    with pytest.raises(zr.ConfigurationError, match="answer_limit"):
        zr.Client(token=TOKEN, client_id="1", answer_limit=10)


SPELT = {
    "plain": TOKEN,
    "json": "".join(f"\\u{ord(c):04x}" for c in TOKEN),
    "json in capitals": "".join(f"\\u{ord(c):04X}" for c in TOKEN),
    "json in part": "".join(f"\\u{ord(c):04x}" if n % 3 else c for n, c in enumerate(TOKEN)),
    "address": "".join(f"%{ord(c):02x}" if n % 2 else c for n, c in enumerate(TOKEN)),
    "html": "".join(f"&#x{ord(c):x};" for c in TOKEN),
}


@pytest.mark.parametrize("spelt", SPELT.values(), ids=SPELT)
@pytest.mark.parametrize("where", ["row", "refusal", "error page"])
def test_an_echoed_token_shows_nowhere_however_it_is_spelt(spelt: str, where: str) -> None:
    """In a row, in a refusal and in an error's page the token is hidden, whatever its letters are escaped as."""
    if where == "row":
        body = json.dumps(rows(message="x TOKEN y")).replace("TOKEN", spelt)
    elif where == "refusal":
        body = json.dumps({"responseCode": 120, "responseMessage": "bad TOKEN"}).replace("TOKEN", spelt)
    else:
        body = json.dumps({"message": "bad TOKEN"}).replace("TOKEN", spelt)
    with answering(body.encode(), status=500 if where == "error page" else 200) as client:
        try:
            shown = client.status("2026-10-01", progress=False)["message"][0]
            assert shown == "x *** y"
        except zr.ZrtoolsError as error:
            shown = "".join(traceback.format_exception(error))
            assert where != "row"
    for known in (TOKEN, spelt.lower(), TOKEN[:8]):
        assert known.lower() not in shown.lower()


@pytest.mark.parametrize(
    ("charset", "encoding"),
    [
        ("Shift_JIS", "cp932"),
        ("windows-31j", "cp932"),
        ("EUC-JP", "euc_jp"),
        ("ISO-2022-JP", "iso2022_jp"),
        ("UTF-16", "utf-16"),
        ("Shift_JIS", "utf-8"),
        ("UTF-8", "utf-8"),
        ("x-unknown", "utf-8"),
    ],
)
def test_an_answer_is_read_in_the_encoding_that_it_names(charset: str, encoding: str) -> None:
    """Also where it names one and is UTF-8 all the same; nothing is replaced."""
    text = "ご予約①の確認" if encoding in ("cp932", "utf-8", "utf-16") else "ご予約の確認"
    body = json.dumps(rows(message=text), ensure_ascii=False).encode(encoding)
    with answering(body, f"application/json; charset={charset}") as client:
        assert client.status("2026-10-01", progress=False)["message"].to_list() == [text]


def test_an_answer_that_is_not_what_it_says_is_refused() -> None:
    """Bytes that the named encoding does not have are no text with marks in their place."""
    body = json.dumps(rows(message="@@"), ensure_ascii=False).encode().replace(b"@@", b"\x81\xff\xfd")
    with (
        answering(body, "application/json; charset=Shift_JIS") as client,
        pytest.raises(zr.ZrtoolsError, match="shift_jis, and cannot be read"),
    ):
        client.status("2026-10-01", progress=False)
