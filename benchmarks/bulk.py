"""Many requests at once, as ratios in one run against a loopback service with 20 ms a request.

    python benchmarks/bulk.py [--seconds 2] [--rounds 3]     requests a second, beside bare aiohttp, httpx and requests
    python benchmarks/bulk.py --pace [--seconds 60]          600 requests a second, kept evenly
    python benchmarks/bulk.py --month [--messages 40000]     a month of days, beside download plus decode alone
    python benchmarks/bulk.py --kill [--numbers 100000]      a cleaning killed with -9 three times, then finished
    python benchmarks/bulk.py --send [--seconds 10]          send_each at 600 messages a second

Aims: the engine at least 0.85 of bare aiohttp at 64 at once and no slower at 256 than at 64; 600 requests a second
within 1 % over a minute; a month at most 1.3 times download plus decode. Gate: after the kills every number was
asked once, but for those that were in flight. The service is a process of its own; it only counts and answers.
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import json
import os
import resource
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from statistics import median
from typing import ClassVar
from urllib.parse import parse_qs
from urllib.request import urlopen

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "benchmarks")]

import zrtools as zr  # noqa: E402 - from this checkout, which the line above names
from zrtools import wire  # noqa: E402 - the same
from zrtools.client import Outgoing, retry  # noqa: E402 - the same
from zrtools.client.engine import Run  # noqa: E402 - the same

TOKEN = "t" * 32
DAY = date(2026, 5, 10)
DELAY = 0.02
PATH = "/p5/api/numbercleaning.json"
AT_ONCE = (8, 32, 64, 128, 256)


# ------------------------------------------------------------------------------------------ the service


class Service(asyncio.Protocol):
    """Answer cleaning, send and status after 20 ms; remember who was asked, and when."""

    asked: ClassVar[Counter[str]] = Counter()
    times: ClassVar[list[float]] = []
    day = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin."""
        self.transport = transport
        self.buffer = b""

    def data_received(self, data: bytes) -> None:
        """Take requests apart."""
        self.buffer += data
        while (end := self.buffer.find(b"\r\n\r\n")) >= 0:
            head, body = self.buffer[:end], b""
            if head.startswith(b"POST"):
                length = int(head.lower().split(b"content-length:")[1].split(b"\r\n")[0])
                if len(self.buffer) < end + 4 + length:
                    return
                body = self.buffer[end + 4 : end + 4 + length]
            self.buffer = self.buffer[end + 4 + len(body) :]
            self.answer(head.split(b" ", 2)[1].decode(), body)

    def answer(self, target: str, body: bytes) -> None:
        """Answer one request."""
        cls = type(self)
        path, _, query = target.partition("?")
        loop = asyncio.get_running_loop()
        if path == "/figures":
            times, cls.times = cls.times, []
            asked, cls.asked = cls.asked, Counter()
            self.write(json.dumps({"times": times, "asked": dict(asked)}).encode())
            return
        cls.times.append(loop.time())
        if path == PATH:
            cls.asked[parse_qs(query)["phoneNumber"][0]] += 1
            answer = b'{"responseCode":0,"responseMessage":"Success.","phoneNumber":"","referenceDate":"","status":"N"}'
        elif body:
            answer = b'{"responseCode":0,"responseMessage":"Success.","phoneNumber":"","smsMessage":""}'
        else:
            answer = cls.day
        loop.call_later(DELAY, self.write, answer)

    def write(self, body: bytes) -> None:
        """Write one answer."""
        if not self.transport.is_closing():
            head = f"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {len(body)}\r\n\r\n"
            self.transport.write(head.encode() + body)


async def serve(messages: int) -> None:
    """Serve until the parent goes away."""
    if messages:
        from decode import body

        Service.day = body(messages)
    server = await asyncio.get_running_loop().create_server(Service, "127.0.0.1", 0, backlog=1024)
    print(server.sockets[0].getsockname()[1], flush=True)
    await asyncio.to_thread(sys.stdin.read)


@contextmanager
def service(messages: int = 0) -> Iterator[str]:
    """Start the service in a process of its own, and give its address."""
    process = subprocess.Popen(
        [sys.executable, __file__, "--serve", str(messages)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        yield f"http://127.0.0.1:{process.stdout.readline().strip()}"
    finally:
        process.stdin.close()
        process.wait(10)


def figures(url: str) -> dict:
    """Ask the service what it saw since the last time."""
    with urlopen(url + "/figures", timeout=60) as answer:
        return json.load(answer)


# ------------------------------------------------------------------------------------------ the rates


def fields(n: int) -> dict[str, str]:
    """Make the fields of request n."""
    return {
        "token": TOKEN,
        "clientId": "1",
        "phoneNumber": f"+81901234{n % 10000:04d}",
        "referenceDate": "20260510",
    }


async def keep_up(one: Callable[[int], Awaitable[object]], at_once: int, seconds: float) -> float:
    """Ask for some seconds, so many at once; give requests a second."""
    loop = asyncio.get_running_loop()
    done = 0

    async def work(ending: float) -> None:
        nonlocal done
        while loop.time() < ending:
            await one(done)
            done += 1

    await asyncio.gather(
        *(work(loop.time() + 0.3) for _ in range(at_once))
    )  # connections are made, code is warm
    done, started = 0, loop.time()
    await asyncio.gather(*(work(started + seconds) for _ in range(at_once)))
    return done / (loop.time() - started)


async def bare(url: str, at_once: int, seconds: float) -> float:
    """Ask with aiohttp alone."""
    import aiohttp

    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=at_once)) as session:

        async def one(n: int) -> bytes:
            async with session.get(url + PATH, params=fields(n)) as response:
                return await response.read()

        return await keep_up(one, at_once, seconds)


async def pool(url: str, at_once: int, seconds: float) -> float:
    """Ask with httpx's own pool."""
    import httpx

    limits = httpx.Limits(max_connections=at_once, max_keepalive_connections=at_once)
    async with httpx.AsyncClient(limits=limits, timeout=60, trust_env=False) as client:

        async def one(n: int) -> bytes:
            return (await client.get(url + PATH, params=fields(n))).content

        return await keep_up(one, at_once, seconds)


def engine(url: str, at_once: int, seconds: float) -> float:
    """Ask with the client's engine: window, pace-keeper, retries and token safety included."""
    with connect(url, at_once=at_once) as client:
        inner = client._engine

        async def one(n: int) -> bytes:
            return (await inner.ask(wire.clean(f"+81901234{n % 10000:04d}", DAY), retry.cleaning)).body

        return inner.run(lambda: keep_up(one, at_once, seconds))


def whole(url: str, at_once: int, seconds: float) -> float:
    """Clean through the public call, from a list of numbers to a frame."""
    numbers = [f"0901{n:07d}" for n in range(int(seconds * 1500))]
    with connect(url, at_once=at_once) as client:
        client.clean(numbers[:at_once], DAY, progress=False)
        started = time.perf_counter()
        frame = client.clean(numbers, DAY, progress=False)
        assert frame["status"].null_count() == 0
        return len(numbers) / (time.perf_counter() - started)


def loop(url: str, seconds: float) -> float:
    """Ask with requests, one after the other, as scripts do."""
    import requests

    ending = time.perf_counter() + seconds
    done, started = 0, time.perf_counter()
    with requests.Session() as session:
        while time.perf_counter() < ending:
            assert session.get(url + PATH, params=fields(done), timeout=60).content
            done += 1
    return done / (time.perf_counter() - started)


def connect(url: str, **options: object) -> zr.Client:
    """Make a client of the service."""
    return zr.Client(
        **{"token": TOKEN, "client_id": "1", "sms_code": "12345", "base_url": url, "pace": None, **options},
        now=lambda: zr.periods.time("2026-11-16 10:00"),
    )


def rates(seconds: float, rounds: int) -> None:
    """Print requests a second of each way, the median of some rounds, side by side."""
    ways: dict[str, Callable[[str, int, float], float]] = {
        "aiohttp": lambda *a: asyncio.run(bare(*a)),
        "engine": engine,
        "clean()": whole,
        "httpx": lambda *a: asyncio.run(pool(*a)),
    }
    print(
        f"requests a second, 20 ms each, median of {rounds}\n{'at once':>8}",
        *(f"{w:>9}" for w in ways),
        "  engine/aiohttp",
    )
    found: dict[int, float] = {}
    ratio: dict[int, float] = {}
    with service() as url:
        for at_once in AT_ONCE:
            seen: dict[str, list[float]] = {way: [] for way in ways}
            for _ in range(rounds):
                for way, ask in ways.items():
                    seen[way].append(ask(url, at_once, seconds))
            middle = {way: median(values) for way, values in seen.items()}
            found[at_once] = middle["engine"]
            ratio[at_once] = median(e / a for e, a in zip(seen["engine"], seen["aiohttp"], strict=True))
            print(
                f"{at_once:>8}",
                *(f"{middle[way]:>9,.0f}" for way in ways),
                f"{ratio[at_once]:>16.2f}",
                flush=True,
            )
        print(f"requests, one after the other: {loop(url, seconds):,.0f}")
    verdict("engine / aiohttp at 64", ratio[64], ratio[64] >= 0.85, "at least 0.85")
    verdict("engine at 256 / at 64", found[256] / found[64], found[256] >= found[64], "at least 1")


# ------------------------------------------------------------------------------------------- the pace


def pace(seconds: float) -> None:
    """Print how closely 600 requests a second are kept, as the service sees them."""
    with service() as url:
        with connect(url, pace=600, at_once=64) as client:
            inner = client._engine
            count = int(600 * seconds)
            run: Run[int, bytes] = Run(list(range(count)))

            async def one(n: int) -> bytes:
                return (await inner.ask(wire.clean(f"+81901234{n % 10000:04d}", DAY), retry.cleaning)).body

            inner.run(lambda: run.side_by_side(one, width=64, fatal=lambda _: True), run=run)
        report_pace(figures(url)["times"], seconds)


def send(seconds: float) -> None:
    """Print how closely send_each keeps 600 messages a second."""
    with service() as url:
        with connect(url, pace=600, at_once=64) as client:
            made = (Outgoing(f"0901{n:07d}", "hello", f"t-{n}") for n in range(int(600 * seconds)))
            assert all(isinstance(outcome, zr.SendReceipt) for _, outcome in client.send_each(made))
        report_pace(figures(url)["times"], seconds)


def report_pace(times: list[float], seconds: float) -> None:
    """Print rate and evenness of arrivals."""
    times = sorted(times)
    rate = (len(times) - 1) / (times[-1] - times[0])
    gaps = sorted(b - a for a, b in itertools.pairwise(times))
    most, first = 0, 0
    for last, moment in enumerate(times):
        while times[first] <= moment - 1:
            first += 1
        most = max(most, last - first + 1)
    print(f"{len(times):,} requests in {times[-1] - times[0]:.2f} s; most in any second {most}")
    print(f"gap: median {median(gaps) * 1000:.2f} ms, 99 % {gaps[int(len(gaps) * 0.99)] * 1000:.2f} ms")
    verdict(f"rate over {seconds:g} s", rate, abs(rate - 600) <= 6, "600 within 1 %")


# ------------------------------------------------------------------------------------------- a month


def month(messages: int, rounds: int) -> None:
    """Print the time of a month through the client beside download plus decode alone."""
    import aiohttp

    days = zr.periods.days("2026-10")

    async def download(url: str) -> float:
        async with aiohttp.ClientSession() as session:
            waiting = iter(days)

            async def work() -> None:
                for day in waiting:
                    async with session.get(
                        f"{url}/p5/api/status.json", params={"date": f"{day:%Y%m%d}"}
                    ) as response:
                        await response.read()

            started = time.perf_counter()
            await asyncio.gather(*(work() for _ in range(4)))
            return time.perf_counter() - started

    ratios = []
    with service(messages) as url:
        with urlopen(f"{url}/p5/api/status.json?date=20261001", timeout=60) as answer:
            body = answer.read()
        print(f"31 days of {messages:,} messages, {len(body) / 1e6:.1f} MB each")
        for _ in range(rounds):
            fetched = asyncio.run(download(url))
            started = time.perf_counter()
            for day in days:
                wire.status_frame(body, send_date=day)
            decoded = time.perf_counter() - started
            with connect(url) as client:
                client.status("2026-10-01", progress=False)  # imports and connections are not the question
                started = time.perf_counter()
                frame = client.status("2026-10", progress=False)
                taken = time.perf_counter() - started
            assert frame.height == messages * 31
            del frame
            ratios.append(taken / (fetched + decoded))
            print(
                f"download {fetched:.2f} s + decode {decoded:.2f} s; status() {taken:.2f} s: {ratios[-1]:.2f}",
                flush=True,
            )
    print(f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:,.0f} MB")
    verdict("status() / (download + decode)", median(ratios), median(ratios) <= 1.3, "at most 1.3")


# ------------------------------------------------------------------------------------------- killed


def clean(url: str, store: str, count: int) -> None:
    """Clean numbers; a process of its own does this, and is killed."""
    numbers = [f"0901{n:07d}" for n in range(count)]
    with connect(url, at_once=64) as client:
        frame = client.clean(numbers, DAY, store=store, progress=False)
    assert frame.height == count
    assert frame["status"].null_count() == 0


def kill(count: int) -> None:
    """Kill a cleaning three times, finish it, and print how often each number was asked."""
    with tempfile.TemporaryDirectory() as folder, service() as url:
        command = [sys.executable, __file__, "--clean", url, str(Path(folder) / "answers.db"), str(count)]
        asked: Counter[str] = Counter()
        started = time.perf_counter()
        for part in (0.2, 0.45, 0.75):
            process = subprocess.Popen(command)
            while sum(asked.values()) < part * count and process.poll() is None:
                time.sleep(0.1)
                asked.update(figures(url)["asked"])
            process.send_signal(signal.SIGKILL)
            process.wait(10)
            time.sleep(0.2)
            asked.update(figures(url)["asked"])
            print(f"killed after {sum(asked.values()):,} requests", flush=True)
        subprocess.run(command, check=True, timeout=3600)
        asked.update(figures(url)["asked"])
        print(f"finished after {time.perf_counter() - started:.0f} s, {sum(asked.values()):,} requests")
    again = Counter(asked.values())
    print("asked so often: " + ", ".join(f"{n}x {k:,}" for n, k in sorted(again.items())))
    verdict("numbers never asked", count - len(asked), len(asked) == count, "0")
    verdict(
        "requests too many",
        sum(asked.values()) - count,
        sum(asked.values()) - count <= 3 * 64,
        "at most 3 x 64",
    )


def verdict(what: str, value: float, met: bool, aim: str) -> None:
    """Print a figure beside its aim."""
    print(f"{what}: {value:,.2f} ({aim}: {'met' if met else 'MISSED'})", flush=True)


def main() -> None:
    """Run what is asked for."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    for name in ("pace", "month", "kill", "send"):
        parser.add_argument(f"--{name}", action="store_true")
    parser.add_argument("--seconds", type=float)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--messages", type=int, default=40_000)
    parser.add_argument("--numbers", type=int, default=100_000)
    parser.add_argument("--serve", type=int, help=argparse.SUPPRESS)
    parser.add_argument("--clean", nargs=3, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.serve is not None:
        asyncio.run(serve(given.serve))
    elif given.clean:
        clean(given.clean[0], given.clean[1], int(given.clean[2]))
    elif given.pace:
        pace(given.seconds or 60)
    elif given.send:
        send(given.seconds or 10)
    elif given.month:
        month(given.messages, given.rounds)
    elif given.kill:
        kill(given.numbers)
    else:
        print(f"{os.cpu_count()} processors")
        rates(given.seconds or 2, given.rounds)


if __name__ == "__main__":
    main()
