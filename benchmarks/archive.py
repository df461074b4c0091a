"""What the archive costs, as ratios in one run, and whether it survives being killed: `python benchmarks/archive.py`.

    python benchmarks/archive.py [--messages 4300000] [--days 365] [--rounds 5]
    python benchmarks/archive.py --kills 100

First way: a month of `--messages` is served on loopback by a process of its own and fetched through the client
(download plus decode), then synced (aim: at most 1.5 times that), each in a fresh process. Then, beside the same rows
in plain Parquet files: a day replaced, a day read, and `--days` such days scanned and grouped.

Second way (the gate): a process that syncs without a pause is killed with SIGKILL again and again; after each kill
every day must be one whole answer, never an older one than before, none lost and none doubled.
"""

from __future__ import annotations

import argparse
import http.server
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path
from statistics import median

import polars as pl

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests"), str(ROOT / "benchmarks")]

import zrtools as zr  # noqa: E402 - from this checkout, which the line above names
from zrtools import wire  # noqa: E402 - the same

LAST = date(2026, 10, 31)
FIRST = date(2026, 10, 1)


def serve(rows: int) -> None:
    """Answer every status request with the same day, until the parent goes away."""
    from decode import body

    answer = body(rows)

    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_: object) -> None: ...

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    print(server.server_port, flush=True)
    server.serve_forever()


@contextmanager
def service(rows: int) -> Iterator[str]:
    """Run the service in a process of its own."""
    with subprocess.Popen(
        [sys.executable, __file__, "--serve", str(rows)], stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        try:
            yield f"http://127.0.0.1:{process.stdout.readline().strip()}"
        finally:
            process.kill()


def fetch(url: str, place: str) -> None:
    """Fetch October, into an archive or (without a place) into nothing; print the seconds and the peak of memory."""
    from datetime import datetime

    from zrtools.periods import TOKYO

    client = zr.Client(
        token="0" * 32,
        client_id="10",
        sms_code="12345",
        base_url=url,
        pace=None,
        now=lambda: datetime(2026, 11, 10, tzinfo=TOKYO),
    )
    client.status(FIRST, FIRST, progress=False)
    archive = zr.Archive(place) if place else None
    start = time.perf_counter()
    if archive:
        report = archive.sync(client, FIRST, LAST, progress=False)
        assert set(report["action"]) <= {"fetched", "closed"}, report
    else:
        # four days at a time, as the sync does: a month in one frame is another load
        for n in range(0, 31, 4):
            client.status(FIRST + timedelta(n), min(FIRST + timedelta(n + 3), LAST), progress=False)
    seconds = time.perf_counter() - start
    peak = int(next(x for x in Path("/proc/self/status").read_text().splitlines() if "VmHWM" in x).split()[1])
    print(json.dumps({"seconds": seconds, "peak_mib": peak // 1024}), flush=True)


def child(*args: str) -> dict[str, float]:
    """Run one measurement in a fresh process."""
    out = subprocess.run([sys.executable, __file__, *args], capture_output=True, text=True, check=True).stdout
    result: dict[str, float] = json.loads(out.splitlines()[-1])
    return result


def timed(work: Callable[[], object], rounds: int) -> float:
    """Take the median of some rounds, the first left out."""
    times = []
    for _ in range(rounds + 1):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return median(times[1:])


def costs(messages: int, days: int, rounds: int, folder: Path) -> None:
    """Print what the archive costs beside not having it."""
    per_day = messages // 31
    fetched, synced = [], []
    with service(per_day) as url:
        for n in range(min(rounds, 3)):
            fetched.append(child("--fetch", url))
            synced.append(child("--fetch", url, "--place", str(folder / f"month-{n}")))
            shutil.rmtree(folder / f"month-{n}")
    a, b = (min(x["seconds"] for x in runs) for runs in (fetched, synced))
    print(
        f"month of {per_day * 31:,} messages: download plus decode {a:.2f} s, sync {b:.2f} s, ratio {b / a:.2f}"
    )
    print(f"peak of memory: {fetched[0]['peak_mib']:.0f} MiB fetched, {synced[0]['peak_mib']:.0f} MiB synced")

    from decode import body

    frame = wire.status_frame(body(per_day), send_date=LAST)
    archive = zr.Archive(folder / "year")
    plain = folder / "plain"
    plain.mkdir()
    for n in range(days):
        day = LAST - timedelta(n)
        archive.add(frame.with_columns(send_date=pl.lit(day)))
        frame.with_columns(send_date=pl.lit(day)).write_parquet(plain / f"{day}.parquet")
    archive.compact()

    def replace_plain() -> None:
        frame.write_parquet(plain / "new")
        (plain / "new").replace(plain / f"{LAST}.parquet")

    by = ("carrier", "status_id")
    for what, ours, theirs in (
        ("one day replaced", lambda: archive.add(frame, force=True), replace_plain),
        (
            "one day read",
            lambda: archive.scan(LAST).collect(),
            lambda: pl.read_parquet(plain / f"{LAST}.parquet"),
        ),
        (
            f"{days} days ({days * per_day:,} rows) scanned and grouped",
            lambda: archive.scan().group_by(by).len().collect(),
            lambda: pl.scan_parquet(plain / "*.parquet").group_by(by).len().collect(),
        ),
    ):
        x, y = timed(ours, rounds), timed(theirs, rounds)
        print(f"{what}: {x * 1000:.0f} ms, plain Parquet {y * 1000:.0f} ms, ratio {x / y:.2f}")
    size = [
        sum(f.stat().st_size for f in files)
        for files in (folder.glob("year/statuses/*/*"), plain.glob("*.parquet"))
    ]
    print(f"size: {size[0] / 2**20:.0f} MiB, plain Parquet {size[1] / 2**20:.0f} MiB")


_SYNC = """
import sys
from archive_service import Service
from zrtools.archive import Archive
service = Service(rows=int(sys.argv[2]))
archive = Archive(sys.argv[1])
print("ready", flush=True)
while True:
    service.rows += 1
    service.later(seconds=1)
    archive.sync(service, "2026-10-26", "2026-10-31", force=True, progress=False)
    if service.rows % 5 == 0:
        archive.compact()
"""


def _commits(folder: Path) -> int:
    return sum(1 for _ in (folder / "killed/statuses/_delta_log").glob("*.json"))


def kills(count: int, folder: Path) -> None:
    """Kill syncs, compactions among them, and look at every row after each."""
    from archive_service import status
    from polars.testing import assert_frame_equal

    archive = zr.Archive(folder / "killed")
    env = os.environ | {"PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "tests")])}
    chance = random.Random(0)
    before: dict[date, int] = {}
    changed = 0
    for n in range(count):
        rows = max(before.values(), default=2_000)
        with subprocess.Popen(
            [sys.executable, "-c", _SYNC, archive.path, str(rows)], env=env, stdout=subprocess.PIPE
        ) as process:
            assert process.stdout is not None
            process.stdout.readline()
            # the first change of this process, then some moment within the ones that follow
            commits = _commits(folder)
            while process.poll() is None and _commits(folder) == commits:
                time.sleep(0.005)
            time.sleep(chance.uniform(0, 0.6))
            process.kill()
        now: dict[date, int] = {}
        if (folder / "killed/statuses/_delta_log/00000000000000000000.json").exists():
            for (day,), kept in archive.scan().collect().partition_by("send_date", as_dict=True).items():
                assert_frame_equal(kept, status(day, kept.height))
                now[day] = kept.height
        assert all(now.get(day, 0) >= rows for day, rows in before.items()), (before, now)
        changed += now != before
        before = now
        print(f"\r{n + 1} kills, {changed} of them after a change, {len(now)} days whole", end="", flush=True)
    print("\nnothing lost, doubled or half-replaced")


def main() -> None:
    """Read the arguments and run."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--messages", type=int, default=4_300_000, help="of the month")
    parser.add_argument("--days", type=int, default=365, help="to scan and group")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--kills", type=int, help="instead: how often to kill")
    parser.add_argument("--serve", type=int, help=argparse.SUPPRESS)
    parser.add_argument("--fetch", help=argparse.SUPPRESS)
    parser.add_argument("--place", default="", help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.serve:
        serve(args.serve)
    elif args.fetch:
        fetch(args.fetch, args.place)
    else:
        with tempfile.TemporaryDirectory() as folder:
            if args.kills:
                kills(args.kills, Path(folder))
            else:
                costs(args.messages, args.days, args.rounds, Path(folder))


if __name__ == "__main__":
    main()
