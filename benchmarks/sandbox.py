"""Measure the sandbox: how soon it answers, how fast it makes a large day, how many calls a second it takes.

    python benchmarks/sandbox.py --messages-per-day 145000 --requests 8000 --at-once 16

The client here is as thin as can be (raw sockets in one thread), the server a process of its own; its processor time a
request says what it would do on a core of its own.
"""

from __future__ import annotations

import argparse
import os
import re
import selectors
import socket
import subprocess
import sys
import time
from urllib.parse import quote
from urllib.request import urlopen

from zrtools.sandbox import Sandbox


def large_days(messages_per_day: int) -> None:
    """Start one in this process and read days over HTTP."""
    begin = time.perf_counter()
    with Sandbox(messages_per_day=messages_per_day) as box:
        account = f"token={box.token}&clientId={box.client_id}"
        urlopen(f"{box.url}/p5/api/template.json?{account}").read()
        print(f"start to first answer     {time.perf_counter() - begin:8.3f} s")
        for name, day in (
            ("first day, all imports", "20261013"),
            ("another day", "20261014"),
            ("again", "20261014"),
        ):
            begin = time.perf_counter()
            body = urlopen(f"{box.url}/p5/api/status.json?{account}&date={day}").read()
            seconds = time.perf_counter() - begin
            rows = body.count(b'"dateTime"')
            print(f"{name:25} {seconds:8.3f} s  {rows:,} rows, {len(body) / 1e6:.0f} MB")
        begin = time.perf_counter()
    print(f"close                     {time.perf_counter() - begin:8.3f} s")


def calls(kind: str, count: int, at_once: int) -> None:
    """Start one as a process and call it over kept connections."""
    before = os.times()
    begin = time.perf_counter()
    run = subprocess.Popen(
        [sys.executable, "-m", "zrtools", "sandbox", "--port", "0", "--lang", "en"],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    )
    said = ""
    while "Ctrl-C" not in said:
        said += run.stdout.readline() if run.stdout else ""
    ready = time.perf_counter() - begin
    port, token, client, sms = (
        re.search(p, said)[1]  # type: ignore[index] # the command prints all four
        for p in (r":(\d+)", r"token +(\w+)", r"clientId +(\d+)", r"smsCode +(\d+)")
    )
    text = quote("【りんどう運輸】お荷物を本日14:30頃お届けします。")

    def request(n: int) -> bytes:
        account = f"token={token}&clientId={client}"
        host = f"Host: 127.0.0.1:{port}\r\nAccept: */*\r\nAccept-Encoding: gzip, deflate\r\nUser-Agent: bench"
        if kind == "clean":
            query = f"{account}&phoneNumber=%2B8190{n:08d}&referenceDate=20260101"
            return f"GET /p5/api/numbercleaning.json?{query} HTTP/1.1\r\n{host}\r\n\r\n".encode()
        body = f"{account}&smsCode={sms}&message={text}&phoneNumber=090{n:08d}&clientTag=bench-{n}"
        form = f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}"
        return f"POST /p5/api/mt.json HTTP/1.1\r\n{host}\r\n{form}\r\n\r\n{body}".encode()

    chosen = selectors.DefaultSelector()
    sent = done = 0
    begin = time.perf_counter()
    for _ in range(at_once):
        connection = socket.create_connection(("127.0.0.1", int(port)))
        chosen.register(connection, selectors.EVENT_READ)
        connection.sendall(request(sent))
        sent += 1
    while done < count:
        for key, _ in chosen.select():
            connection = key.fileobj  # type: ignore[assignment] # only sockets were registered
            answer = connection.recv(65536)
            while not answer.endswith(b"}"):
                answer += connection.recv(65536)
            assert b'"responseCode":0' in answer, answer
            done += 1
            if sent < count:
                connection.sendall(request(sent))
                sent += 1
    seconds = time.perf_counter() - begin
    run.terminate()
    run.wait()
    after = os.times()
    cpu = after.children_user + after.children_system - before.children_user - before.children_system
    print(
        f"{kind:7} {count / seconds:7,.0f} a second at {at_once} at once; ready after {ready:.2f} s; "
        f"{cpu / count * 1e6:.0f} µs of processor a request, its start included"
    )


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--messages-per-day", type=int, default=145_000)
    parser.add_argument("--requests", type=int, default=8000)
    parser.add_argument("--at-once", type=int, default=16)
    options = parser.parse_args()
    large_days(options.messages_per_day)
    for kind in ("clean", "send"):
        calls(kind, options.requests, options.at_once)


if __name__ == "__main__":
    main()
