"""Measure the receiver of delivery reports: `python benchmarks/receive.py [kill|soak]`.

- `kill`: reports pour in, the receiver is killed (-9) at a random moment and started again; whatever it had
  acknowledged must be in the store. Ends with 1 if a single one is not.
- `soak`: an even stream of reports, half XML, half JSON; how long each answer took, counted from the moment at
  which the report was due, and how much memory the receiver held.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import random
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from urllib.parse import quote

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from zrtools.receiver import Store  # noqa: E402 - found only from here on

PATH = "secret"
_SERVE = """
import sys
sys.path.insert(0, sys.argv[1])
from zrtools import receiver
receiver.serve(receiver.Store(sys.argv[2], log_bytes=int(sys.argv[4])), port=int(sys.argv[3]), path="secret")
"""


def report(number: str, *, xml: bool) -> bytes:
    """Make one pushed report, as the form field that the service sends."""
    fields = {
        "dateTime": "2026/10/30 09:30:15",
        "messageId": number,
        "phoneNumber": "+819012345678",
        "smsCode": "51234",
        "carrierId": "103",
        "carrierName": "NTT Docomo",
        "messageText": "【サンプル社】ご請求額が確定しました。詳しくはこちら https://ai9.jp/000001 配信停止 https://ai9.jp/0PT0UT",
        "clientId": "123",
        "clientTag": f"autumn-{number}",
        "statusId": "2",
        "statusDescription": "Message delivered",
        "detailedStatusId": "2",
        "separatedSuccessCount": "2",
    }
    if xml:
        inside = "".join(f"<{name}><![CDATA[{value}]]></{name}>" for name, value in fields.items())
        text = f'<eventNotifications><eventNotification type="DLR">{inside}</eventNotification></eventNotifications>'
        return b"xml=" + quote(f'<?xml version="1.0" encoding="UTF-8"?>{text}', safe="").encode()
    listed = {"eventNotifications": [{"type": "DLR", **fields, "rawdata": None}]}
    return b"json=" + quote(json.dumps(listed, ensure_ascii=False), safe="").encode()


def start(store: Path, port: int, log_bytes: int = 8_000_000) -> subprocess.Popen[bytes]:
    """Start a receiver in a process of its own."""
    command = [sys.executable, "-c", _SERVE, str(ROOT), str(store), str(port), str(log_bytes)]
    return subprocess.Popen(command)


def free_port() -> int:
    """Find a port that nobody listens on."""
    import socket

    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


class Sender:
    """One connection that posts reports and waits for their answers."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._writer: asyncio.StreamWriter | None = None

    async def post(self, body: bytes) -> bool:
        """Post a body; True when it was answered with 200."""
        if self._writer is None:
            self._reader, self._writer = await asyncio.open_connection("127.0.0.1", self._port)
        head = (
            f"POST /{PATH} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-www-form-urlencoded\r\n"
            f"Content-Length: {len(body)}\r\n\r\n"
        )
        self._writer.write(head.encode() + body)
        answer = await self._reader.readuntil(b"\r\n\r\n")
        length = int(answer.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
        await self._reader.readexactly(length)
        return answer.startswith(b"HTTP/1.1 200 ")

    def close(self) -> None:
        """Drop the connection."""
        if self._writer is not None:
            self._writer.close()
            self._writer = None


async def _wait_until_up(port: int) -> None:
    for _ in range(600):
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", port)
        except OSError:
            await asyncio.sleep(0.05)
        else:
            writer.close()
            return
    raise RuntimeError("the receiver did not start")


async def _pour(port: int, name: str, acknowledged: set[str], numbers: count[int]) -> None:
    sender = Sender(port)
    try:
        while True:
            number = f"{name}-{next(numbers)}"
            if await sender.post(report(number, xml=hash(number) % 2 == 0)):
                acknowledged.add(number)
    except (OSError, asyncio.IncompleteReadError):
        # the receiver has been killed
        return
    finally:
        sender.close()


async def _killed_while_pouring(
    process: subprocess.Popen[bytes], port: int, name: str, seconds: float
) -> set[str]:
    acknowledged: set[str] = set()
    numbers = count()
    await _wait_until_up(port)
    pouring = [asyncio.ensure_future(_pour(port, name, acknowledged, numbers)) for _ in range(8)]
    await asyncio.sleep(seconds)
    process.kill()
    process.wait()
    await asyncio.gather(*pouring)
    return acknowledged


def kill(
    store: Path, rounds: int, *, seed: int = 0, longest: float = 1.0, log_bytes: int = 200_000
) -> tuple[int, int]:
    """Kill the receiver again and again; tell how many reports it acknowledged and how many of these are lost."""
    chance = random.Random(seed)
    acknowledged: set[str] = set()
    for number in range(rounds):
        port = free_port()
        process = start(store, port, log_bytes)
        try:
            seconds = chance.uniform(0, longest)
            acknowledged |= asyncio.run(_killed_while_pouring(process, port, f"r{number}", seconds))
        finally:
            process.kill()
            process.wait()
    kept = set(Store(store).scan().select("message_id").collect()["message_id"])
    return len(acknowledged), len(acknowledged - kept)


@dataclass
class Soaked:
    """What a soak has measured."""

    seconds: list[float] = field(default_factory=list)
    refused: int = 0
    memory: list[int] = field(default_factory=list)


async def _soak(process: subprocess.Popen[bytes], port: int, rate: float, duration: float) -> Soaked:
    found = Soaked()
    await _wait_until_up(port)
    bodies = [report("0" * 32, xml=xml) for xml in (False, True)]
    begin = time.perf_counter() + 0.1
    numbers = count()

    async def worker() -> None:
        sender = Sender(port)
        while (number := next(numbers)) < rate * duration:
            due = begin + number / rate
            await asyncio.sleep(max(0.0, due - time.perf_counter()))
            body = bodies[number % 2].replace(b"0" * 32, b"%032d" % number)
            try:
                good = await sender.post(body)
            except (OSError, asyncio.IncompleteReadError):
                good = False
                sender.close()
            found.seconds.append(time.perf_counter() - due)
            found.refused += not good
        sender.close()

    async def watch() -> None:
        while True:
            await asyncio.sleep(1)
            with contextlib.suppress(OSError):
                status = Path(f"/proc/{process.pid}/status").read_text()
                found.memory.append(int(status.split("VmRSS:")[1].split()[0]) * 1024)

    watching = asyncio.ensure_future(watch())
    await asyncio.gather(*(worker() for _ in range(64)))
    watching.cancel()
    return found


def soak(store: Path, rate: float, duration: float) -> Soaked:
    """Send reports at an even pace, and measure."""
    port = free_port()
    process = start(store, port)
    try:
        return asyncio.run(_soak(process, port, rate, duration))
    finally:
        process.terminate()
        process.wait(60)


def main() -> None:
    """Run what is asked for and print figures."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("what", choices=["kill", "soak"])
    options.add_argument("--rounds", type=int, default=50, help="kills")
    options.add_argument("--rate", type=float, default=600, help="reports a second")
    options.add_argument("--duration", type=float, default=600, help="seconds of soak")
    options.add_argument(
        "--store", type=Path, help="folder on the disk to measure  [default: a temporary one]"
    )
    given = options.parse_args()
    with tempfile.TemporaryDirectory(dir=given.store) as folder:
        store = Path(folder) / "store"
        if given.what == "kill":
            acknowledged, lost = kill(store, given.rounds)
            print(f"{given.rounds} kills, {acknowledged:,} reports acknowledged, {lost} lost")
            sys.exit(1 if lost else 0)
        found = soak(store, given.rate, given.duration)
        times = sorted(found.seconds)
        size = len(times)
        kept = Store(store).scan().select("message_id").collect()["message_id"].n_unique()
        print(f"{size:,} reports at {given.rate:g} a second, {found.refused} refused, {kept:,} kept")
        print(
            f"answer, counted from when it was due: p50 {times[size // 2] * 1e3:.1f} ms, "
            f"p99 {times[int(size * 0.99)] * 1e3:.1f} ms, max {times[-1] * 1e3:.1f} ms  (aim: under 1 s)"
        )
        if memory := found.memory:
            quarter = max(1, len(memory) // 4)
            early, late = max(memory[: 2 * quarter]), max(memory[-quarter:])
            print(
                f"memory: {memory[0] / 1e6:.0f} MB after a second, at most {early / 1e6:.0f} MB in the first half, "
                f"{late / 1e6:.0f} MB in the last quarter"
            )


if __name__ == "__main__":
    main()
