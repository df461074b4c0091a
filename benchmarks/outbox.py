"""The outbox under kill -9, and how fast it sends.

    python benchmarks/outbox.py --kills 200      # a campaign of 2,000, the sender killed at 200 random moments
    python benchmarks/outbox.py --rate 600       # messages a second, held over some seconds
    python benchmarks/outbox.py --add 1000000    # how long adding takes, and how long another process waits for it

The sandbox runs in a process of its own; in the kill test it also cuts connections, before and after a message
took effect. A campaign counts as held when no number got the message twice, none was left out, and the last run
ended by itself with every message accepted.
"""

from __future__ import annotations

import argparse
import json
import random
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

import polars as pl

import zrtools as zr

HERE = Path(__file__).resolve()
PACE = 100  # messages a second in the kill test, so that its moments are spread over the campaign
CUT = 0.05  # share of sends whose connection is cut before they took effect, and the same share after


class Child:
    """The sandbox in a process of its own, asked over pipes."""

    def __init__(self, *, cut: float) -> None:
        self._process = subprocess.Popen(
            [sys.executable, str(HERE), "--serve", str(cut)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=_environment(),
        )
        self.account: dict[str, str] = self._line()

    def ask(self, what: str) -> Any:
        """Ask how many messages were accepted ("count"), or for their numbers ("numbers")."""
        assert self._process.stdin is not None
        self._process.stdin.write(what + "\n")
        self._process.stdin.flush()
        return self._line()

    def close(self) -> None:
        """End the process."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait(30)
        assert self._process.stdout is not None
        self._process.stdout.close()

    def _line(self) -> Any:
        assert self._process.stdout is not None
        return json.loads(self._process.stdout.readline())


def serve(cut: float) -> None:
    """Be the sandbox until the pipe closes."""
    from zrtools.sandbox import Sandbox

    with Sandbox(messages_per_day=10, months=1) as sandbox:
        if cut:
            sandbox.faults.add("drop_before", "send", times=None, probability=cut)
            sandbox.faults.add("drop_after", "send", times=None, probability=cut)
        account = {
            "base_url": sandbox.url,
            "token": sandbox.token,
            "client_id": sandbox.client_id,
            "sms_code": sandbox.sms_code,
        }
        print(json.dumps(account), flush=True)
        for line in sys.stdin:
            accepted = sandbox.accepted
            answer = len(accepted) if line.strip() == "count" else [m.phone_number for m in accepted]
            print(json.dumps(answer), flush=True)


def send(journal: str, account: str) -> None:
    """Be the sender: run until nothing is left to send."""
    with zr.Client(**json.loads(account), pace=PACE, timeout=5) as client, zr.Outbox(journal) as outbox:
        print("up", flush=True)
        outbox.send(client, progress=False)


def campaign(messages: int) -> pl.DataFrame:
    """Make a campaign to so many different numbers."""
    numbers = pl.int_range(messages, eager=True).cast(pl.String).str.zfill(7)
    return pl.DataFrame({"phone_number": "0901" + numbers, "message": ["本日のお知らせです。"] * messages})


def killed(*, kills: int, messages: int, seed: int, quiet: bool = False) -> dict[str, Any]:
    """Kill the sender at random moments, let the last one finish, and count what arrived."""
    dice = random.Random(seed)
    moments = sorted(dice.uniform(0, messages) for _ in range(kills))
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        journal = str(Path(folder) / "campaign.outbox")
        with zr.Outbox(journal) as outbox:
            outbox.add(campaign(messages), campaign="kill-test")
        child = Child(cut=CUT)
        try:
            for n, moment in enumerate(moments, 1):
                sender = _sender(journal, child.account)
                assert sender.stdout is not None
                if dice.random() < 0.1:
                    # while the process starts
                    time.sleep(dice.uniform(0, 1))
                else:
                    sender.stdout.readline()
                    while child.ask("count") < moment and sender.poll() is None:
                        time.sleep(0.005)
                    time.sleep(dice.uniform(0, 0.1))
                early = sender.poll() is not None
                sender.kill()
                sender.wait(30)
                sender.stdout.close()
                if not quiet and (n % 10 == 0 or early):
                    print(
                        f"  {n} kills, {child.ask('count'):,} accepted, {time.monotonic() - began:.0f} s",
                        flush=True,
                    )
            last = _sender(journal, child.account)
            assert last.stdout is not None
            ended = last.wait(600) == 0
            last.stdout.close()
            numbers = pl.Series(child.ask("numbers"), dtype=pl.String)
        finally:
            child.close()
        with zr.Outbox(journal) as outbox:
            states = outbox.counts()
            wanted = outbox.frame()["phone_number"]
    return {
        "kills": kills,
        "messages": messages,
        "arrived": numbers.len(),
        "doubled": numbers.len() - numbers.n_unique(),
        "lost": wanted.filter(~wanted.is_in(numbers.implode())).len(),
        "ended by itself": ended,
        "states": states,
        "seconds": round(time.monotonic() - began),
    }


def rate(*, pace: float, seconds: int, at_once: int) -> dict[str, Any]:
    """Send at a pace and measure what was held, from the first to the last answer."""
    messages = int(pace * seconds)
    with tempfile.TemporaryDirectory() as folder:
        child = Child(cut=0)
        try:
            with (
                zr.Outbox(Path(folder) / "rate.outbox") as outbox,
                zr.Client(**child.account, pace=pace, at_once=at_once) as client,
            ):
                began = time.monotonic()
                outbox.add(campaign(messages))
                added = time.monotonic() - began
                client.status(client_tag="warm")
                began = time.monotonic()
                outbox.send(client, progress=False)
                taken = time.monotonic() - began
                states = outbox.counts()
        finally:
            child.close()
    return {
        "messages": messages,
        "add_seconds": round(added, 2),
        "send_seconds": round(taken, 2),
        "messages a second": round(messages / taken, 1),
        "asked for": pace,
        "states": states,
    }


def wait(journal: str) -> None:
    """Be another process that writes to the journal all the time, and tell how long it waited at most."""
    longest = 0.0
    ended = threading.Event()
    threading.Thread(target=lambda: (sys.stdin.readline(), ended.set()), daemon=True).start()
    with zr.Outbox(journal) as outbox:
        print("up", flush=True)
        while not ended.is_set():
            began = time.monotonic()
            outbox.withdraw(campaign="of nobody")
            longest = max(longest, time.monotonic() - began)
            time.sleep(0.1)
    print(round(longest, 2), flush=True)


def adding(messages: int) -> dict[str, Any]:
    """Add so many messages beside another process that writes."""
    with tempfile.TemporaryDirectory() as folder, zr.Outbox(Path(folder) / "large.outbox") as outbox:
        frame = campaign(messages)
        other = subprocess.Popen(
            [sys.executable, str(HERE), "--wait", str(outbox.path)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=_environment(),
        )
        assert other.stdout is not None
        other.stdout.readline()
        began = time.monotonic()
        added = outbox.add(frame, campaign="large")
        taken = time.monotonic() - began
        waited, _ = other.communicate("end\n", timeout=60)
        return {
            "messages": messages,
            "add_seconds": round(taken, 1),
            "queued": int((added["intake"] == "queued").sum()),
            "longest wait of another process": float(waited),
        }


def _sender(journal: str, account: dict[str, str]) -> subprocess.Popen[str]:
    command = [sys.executable, str(HERE), "--send", journal, json.dumps(account)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=_environment())


def _environment() -> dict[str, str]:
    import os

    return {
        **os.environ,
        "PYTHONPATH": os.pathsep.join([str(HERE.parent.parent), os.environ.get("PYTHONPATH", "")]),
    }


def main() -> int:
    """Run what was asked for and say whether it held."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--kills", type=int)
    parser.add_argument("--messages", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--rate", type=float)
    parser.add_argument("--seconds", type=int, default=20)
    parser.add_argument("--at-once", type=int, default=64)
    parser.add_argument("--add", type=int)
    parser.add_argument("--wait", help=argparse.SUPPRESS)
    parser.add_argument("--serve", type=float, help=argparse.SUPPRESS)
    parser.add_argument("--send", nargs=2, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.serve is not None:
        serve(options.serve)
    elif options.send is not None:
        send(*options.send)
    elif options.wait is not None:
        wait(options.wait)
    elif options.add is not None:
        for name, value in adding(options.add).items():
            print(f"{name:>32}: {value}")
    elif options.kills is not None:
        found = killed(kills=options.kills, messages=options.messages, seed=options.seed)
        for name, value in found.items():
            print(f"{name:>16}: {value}")
        held = not found["doubled"] and not found["lost"] and found["ended by itself"]
        held = held and found["states"] == {"accepted": options.messages}
        print("held" if held else "NOT HELD")
        return 0 if held else 1
    else:
        for name, value in rate(
            pace=options.rate or 600, seconds=options.seconds, at_once=options.at_once
        ).items():
            print(f"{name:>20}: {value}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
