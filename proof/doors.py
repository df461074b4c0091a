"""Attack every door, small and bounded, on fresh servers on loopback, and print what came of it.

    python proof/doors.py           print the table
    python proof/doors.py --write   and put it into docs/reliability.md

Each attack says what was tried and how much of it; the answer is `held` (others were served meanwhile, nothing was
lost), `told` (an error says what is wrong) or `refused`. Memory is what the process grew by, at its highest.
"""

from __future__ import annotations

import argparse
import errno
import http.server
import io
import itertools
import json
import socket
import sys
import tempfile
import threading
import time
import warnings
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from unittest import mock

import httpx
import polars as pl
import xlsxwriter

import zrtools as zr
from zrtools import receiver

PAGE = Path(__file__).parent.parent / "docs" / "reliability.md"
GET = b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"
TOKEN = "x" * 32
Attack = Callable[[Path], tuple[str, str]]


def report(name: str) -> bytes:
    """Make a notification with one report."""
    return json.dumps({"messageId": name, "statusId": "2", "dateTime": "2026/10/30 09:30:15"}).encode()


def resident() -> int:
    """Tell this process's memory now, in MB; 0 where the system does not say."""
    with suppress(OSError):
        for line in Path("/proc/self/status").read_text().splitlines():
            if line.startswith("VmRSS"):
                return int(line.split()[1]) // 1024
    return 0


class Watch:
    """How much memory something took at its highest."""

    def __enter__(self) -> Watch:
        self.before = self.most = resident()
        self.ended = threading.Event()
        self.thread = threading.Thread(target=self.look)
        self.thread.start()
        return self

    def look(self) -> None:
        """Look again and again."""
        while not self.ended.wait(0.01):
            self.most = max(self.most, resident())

    def __exit__(self, *_: object) -> None:
        self.ended.set()
        self.thread.join()

    @property
    def grown(self) -> int:
        """Tell by how many MB."""
        return self.most - self.before


def waited(server: receiver.Running, name: str) -> float:
    """Push a report beside an attack, and tell how long its answer took."""
    start = time.monotonic()
    answer = httpx.post(f"http://127.0.0.1:{server.port}/p", content=report(name), timeout=20)
    assert answer.status_code == 200, answer.status_code
    return time.monotonic() - start


def held_heads(folder: Path) -> tuple[str, str]:
    """300 connections that hold half of a second request."""
    with receiver.running(folder, path="p") as server, ExitStack() as held:
        for n in range(300):
            source = f"127.0.{n // 50}.9" if sys.platform == "linux" else "127.0.0.1"
            one = socket.create_connection(("127.0.0.1", server.port), 20, source_address=(source, 0))
            held.enter_context(one).sendall(GET + GET[:20])
        return "held", f"the next report waited {waited(server, 'a') * 1000:.0f} ms"


def crowd(folder: Path) -> tuple[str, str]:
    """300 connections of one address, doing nothing."""
    with receiver.running(folder, path="p") as server, ExitStack() as held:
        for _ in range(300):
            held.enter_context(socket.create_connection(("127.0.0.1", server.port), 20))
        return "held", f"the next report waited {waited(server, 'a') * 1000:.0f} ms"


def dawdling(folder: Path) -> tuple[str, str]:
    """A first line that comes byte by byte."""
    with receiver.running(folder, path="p") as server:
        start = time.monotonic()
        with socket.create_connection(("127.0.0.1", server.port), 20) as one, suppress(OSError):
            for byte in GET * 10:
                one.sendall(bytes([byte]))
                time.sleep(0.25)
        return "refused", f"hung up on after {time.monotonic() - start:.1f} s"


def large_body(folder: Path) -> tuple[str, str]:
    """A body of 7 MB with 45,000 reports."""
    items = [{"messageId": str(n), "statusId": "2", "messageText": "x" * 90} for n in range(45_000)]
    body = json.dumps({"eventNotifications": items}).encode()
    with receiver.Store(folder) as store, receiver.running(store, path="p") as server:
        url = f"http://127.0.0.1:{server.port}/p"
        pushing = threading.Thread(target=lambda: httpx.post(url, content=body, timeout=30))
        pushing.start()
        most = max(waited(server, f"n{n}") for n in range(20))
        pushing.join()
    return "held", f"reports beside it waited {most * 1000:.0f} ms at most"


def two_lengths(folder: Path) -> tuple[str, str]:
    """Content-Length and Transfer-Encoding in one request."""
    head = b"POST /p HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
    with (
        receiver.running(folder, path="p") as server,
        socket.create_connection(("127.0.0.1", server.port), 20) as one,
    ):
        one.sendall(head)
        answer = one.recv(65536)
        waited(server, "a")
    return "refused", answer.split(b"\r\n")[0].decode()


def entities(folder: Path) -> tuple[str, str]:
    """XML with entities that would grow to a billion."""
    names = "abcdefghij"
    defined = "".join(f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in itertools.pairwise(names))
    bomb = f'<!DOCTYPE x [<!ENTITY a "ha">{defined}]><eventNotifications>&j;</eventNotifications>'
    with receiver.Store(folder) as store:
        store.add(bomb.encode()).result(20)
    kept = receiver.Store(folder).quarantine()
    return "told", f"kept in quarantine: {kept['reason'][0][:60]}…"


@contextmanager
def answering(body: bytes, headers: dict[str, str]) -> Iterator[str]:
    """Answer every request with a body."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            for name, value in {"Content-Type": "application/json", **headers}.items():
                self.send_header(name, value)
            self.end_headers()
            with suppress(OSError):
                self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def asked(url: str, **options: int) -> str:
    """Ask for templates, and give what went wrong."""
    with zr.Client(token=TOKEN, client_id="1", base_url=url, timeout=2, **options) as client:
        try:
            client.templates()
        except zr.ZrtoolsError as error:
            return f"{type(error).__name__}: {str(error)[:70]}…"
    return "answered"


def bomb(_: Path) -> tuple[str, str]:
    """An answer of 0.9 MB gzip that unpacks to 1 GB, where 64 MB are allowed."""
    packing = zlib.compressobj(9, zlib.DEFLATED, 31)
    packed = b"".join(packing.compress(b" " * (1 << 20)) for _ in range(1024)) + packing.flush()
    with answering(packed, {"Content-Encoding": "gzip"}) as url:
        start = time.monotonic()
        said = asked(url, answer_limit=64 << 20)
        return "told", f"after {time.monotonic() - start:.1f} s (the rest packs it): {said}"


def other_encoding(_: Path) -> tuple[str, str]:
    """An answer that says Shift_JIS and is none."""
    with answering(
        b'{"responseCode":0,"x":"\x81\xff\xfd"}', {"Content-Type": "application/json; charset=Shift_JIS"}
    ) as url:
        return "told", asked(url)


def rebinding(_: Path) -> tuple[str, str]:
    """The sandbox asked under a foreign Host, and by a page of elsewhere."""
    with zr.sandbox.Sandbox(messages_per_day=10) as sandbox:
        url = f"{sandbox.url}/p5/api/mt.json"
        got = [
            httpx.post(url, data={"token": sandbox.token}, headers=given).status_code
            for given in (
                {"Host": "evil.example"},
                {"Origin": "https://evil.example"},
                {"Sec-Fetch-Site": "cross-site"},
            )
        ]
    return "refused", f"HTTP {', '.join(map(str, got))}"


def stray(folder: Path) -> tuple[str, str]:
    """A conflicted copy in the receiver's store."""
    with receiver.Store(folder) as store:
        store.add(report("a")).result(20)
    (folder / "reports" / "0000000001 (conflicted copy).parquet").write_bytes(b"x")
    with warnings.catch_warnings(record=True) as heard:
        warnings.simplefilter("always")
        rows = receiver.Store(folder).scan().collect().height
    return "told", f"{rows} report read, {len(heard)} warning that names the file"


def broken_text(folder: Path) -> tuple[str, str]:
    """A broken byte in a message of the journal."""
    file = folder / "outbox.sqlite"
    with zr.Outbox(file) as outbox:
        outbox.add(pl.DataFrame({"phone_number": ["09012345678"], "message": ["himitsu"]}))
    file.write_bytes(file.read_bytes().replace(b"himitsu", b"\xffimitsu"))
    said = ""
    try:
        zr.Outbox(file).frame()
    except zr.ArchiveError as error:
        said = str(error)
    assert said
    assert "imitsu" not in said
    return "told", said.partition("used: ")[2][:70] + "…"


def slow_bodies_full_disk(folder: Path) -> tuple[str, str]:
    """20 bodies that dawdle while the disk is full, then free again."""
    head = b"POST /p HTTP/1.1\r\nHost: x\r\nContent-Length: 9999\r\n\r\n{"
    full = OSError(errno.ENOSPC, "No space left on device")
    with receiver.Store(folder) as store, receiver.running(store, path="p") as server, ExitStack() as held:
        for _ in range(20):
            one = held.enter_context(socket.create_connection(("127.0.0.1", server.port), 20))
            one.sendall(head)
        with mock.patch.object(receiver.store, "_append", side_effect=full):
            url = f"http://127.0.0.1:{server.port}/p"
            refused = httpx.post(url, content=report("a"), timeout=20).status_code
        took = waited(server, "b")
    rows = receiver.Store(folder).scan().collect()["message_id"].to_list()
    assert rows == ["b"], rows
    return (
        "held",
        f"HTTP {refused} while full, then kept after {took * 1000:.0f} ms; what was acknowledged is there",
    )


def bomb_of_another_encoding(_: Path) -> tuple[str, str]:
    """A gzip bomb of 256 MB that says Shift_JIS, where 16 MB are allowed."""
    packed = zlib.compress(b" " * (256 << 20), 1, wbits=31)
    headers = {"Content-Encoding": "gzip", "Content-Type": "application/json; charset=Shift_JIS"}
    with answering(packed, headers) as url:
        return "told", asked(url, answer_limit=16 << 20)


def foreign_endless(_: Path) -> tuple[str, str]:
    """The sandbox asked under a foreign Host, with a body that never ends."""
    with zr.sandbox.Sandbox(messages_per_day=10) as sandbox:
        host, _, port = sandbox.url.removeprefix("http://").rpartition(":")
        with socket.create_connection((host, int(port)), 20) as one:
            one.sendall(
                b"POST /p5/api/mt.json HTTP/1.1\r\nHost: evil.example\r\nContent-Length: 99999999\r\n\r\nt"
            )
            start = time.monotonic()
            answer = one.recv(65536)
            assert not sandbox.calls
    return "refused", f"{answer[:12].decode()} after {(time.monotonic() - start) * 1000:.0f} ms"


def endless_body(_: Path) -> tuple[str, str]:
    """A body to the sandbox that never ends, under its own name."""
    with zr.sandbox.Sandbox(messages_per_day=10) as sandbox:
        host, _, port = sandbox.url.removeprefix("http://").rpartition(":")
        with socket.create_connection((host, int(port)), 20) as one:
            one.sendall(
                f"POST /p5/api/mt.json HTTP/1.1\r\nHost: {host}:{port}\r\nContent-Length: 999\r\n\r\nt".encode()
            )
            start = time.monotonic()
            answer = one.recv(65536)
    return "refused", f"{answer[:12].decode()} after {time.monotonic() - start:.1f} s"


def refused_table(body: bytes) -> tuple[str, str]:
    """Read a workbook, and give what went wrong."""
    try:
        zr.tables.read(body, name="a.xlsx")
    except zr.InputError as error:
        return "told", f"{str(error)[:90]}…"
    return "read", ""


def far_corner(_: Path) -> tuple[str, str]:
    """A workbook with one cell at XFD1048576."""
    file = io.BytesIO()
    with xlsxwriter.Workbook(file) as book:
        sheet = book.add_worksheet()
        sheet.write(0, 0, "a")
        sheet.write(1_048_575, 16_383, "b")
    return refused_table(file.getvalue())


def packed_workbook(_: Path) -> tuple[str, str]:
    """A workbook of 1 MB that unpacks to 1.1 GB."""
    file = io.BytesIO(zr.tables.as_excel(pl.DataFrame({"a": [1]})))
    with zipfile.ZipFile(file, "a", zipfile.ZIP_DEFLATED) as book, book.open("xl/more.xml", "w") as part:
        for _ in range(1100):
            part.write(b" " * (1 << 20))
    return refused_table(file.getvalue())


def many_links(folder: Path) -> tuple[str, str]:
    """70,000 addresses, written to a workbook."""
    folder.mkdir()
    with warnings.catch_warnings(record=True) as heard:
        warnings.simplefilter("always")
        path = zr.tables.write(pl.DataFrame({"a": ["https://example.jp/"] * 70_000}), folder / "a.xlsx")
        rows = zr.tables.read(path).height
    return "held", f"{rows:,} rows of text, {len(heard)} warnings"


ATTACKS: tuple[Attack, ...] = (
    held_heads,
    crowd,
    dawdling,
    large_body,
    two_lengths,
    entities,
    bomb,
    other_encoding,
    rebinding,
    endless_body,
    stray,
    broken_text,
    far_corner,
    packed_workbook,
    many_links,
    slow_bodies_full_disk,
    bomb_of_another_encoding,
    foreign_endless,
)


def main() -> None:
    """Run every attack and print the table."""
    parser = argparse.ArgumentParser(description="Attack every door, and print what came of it.")
    parser.add_argument("--write", action="store_true", help="put the table into docs/reliability.md")
    write = parser.parse_args().write
    # what is loaded once is no attack's memory
    with zr.Client.sandbox(messages_per_day=10) as client:
        client.templates()
    lines = ["| attack | came to | | s | MB |", "|---|---|---|---|---|"]
    for attack in ATTACKS:
        with tempfile.TemporaryDirectory() as folder, Watch() as watch:
            start = time.monotonic()
            verdict, said = attack(Path(folder) / "store" if attack is not broken_text else Path(folder))
            took = time.monotonic() - start
        lines.append(
            f"| {(attack.__doc__ or '').rstrip('.')} | {verdict} | {said} | {took:.1f} | {watch.grown} |"
        )
        print(lines[-1], flush=True)
    if write:
        text = PAGE.read_text("utf-8")
        before, mark, rest = text.partition("<!-- doors -->\n")
        assert mark, "docs/reliability.md has no place for the table"
        PAGE.write_text(
            before + mark + "\n".join(lines) + "\n<!-- end -->\n" + rest.partition("<!-- end -->\n")[2],
            "utf-8",
        )


if __name__ == "__main__":
    main()
