"""Compare ways from a day of statuses to a classified frame: `python benchmarks/decode.py`.

One body (200,000 statuses, about 80 MB) is made, served on loopback and read by each way in a process of its own:

- `zrtools`: download, `wire.status_frame`, `zr.classify`
- `requests + pandas`: download, `json`, a typed `pandas` frame (not even classified)
- `simdjson`: download and a bare parse into nothing, the limit

Times are the best of some runs; memory is the peak above what the process held after its imports.
"""

from __future__ import annotations

import argparse
import http.client
import http.server
import importlib.metadata
import json
import os
import platform
import random
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

DAY = date(2026, 10, 30)
WAYS = (
    "zrtools",
    "zrtools from bytes",
    "requests + pandas",
    "pandas from bytes",
    "simdjson",
    "simdjson from bytes",
)
_NAMES = {"101": "AU", "103": "NTT Docomo", "105": "Softbank", "106": "楽天モバイル"}


def body(rows: int, seed: int = 0) -> bytes:
    """Make the answer of status for a day, about 400 bytes a message."""
    chance = random.Random(seed)
    start = datetime.combine(DAY, datetime.min.time())
    texts = [
        f"【サンプル社】{n}月分のご請求額が確定しました。詳しくはこちらをご確認ください https://ai9.jp/{n:06d} 配信停止 https://ai9.jp/0PT0UT"
        for n in range(40)
    ]
    records = []
    for n in range(rows):
        carrier = chance.choices(tuple(_NAMES), (30, 40, 22, 8))[0]
        status = chance.choices((2, 3, 1, 0), (92, 6, 1, 1))[0]
        when = start + timedelta(milliseconds=chance.randrange(86_400_000))
        code = (
            "2"
            if status == 2
            else f"{chance.choice((11, 31, 51, 61))}{chance.choice((721, 732, 823, 824, 834))}"
        )
        records.append(
            {
                "dateTime": f"{when:%Y%m%d %H%M%S}{when.microsecond // 1000:03d}",
                "phoneNumber": f"+81{chance.choice((70, 80, 90))}{chance.randrange(10**8):08d}",
                "message": chance.choice(texts),
                "smsCode": 51234,
                "carrierId": carrier,
                "carrierName": _NAMES[carrier],
                "statusId": status,
                "clientTag": f"autumn-2026-{n:07d}",
                "detailedStatusId": code,
                "separatedSuccessCount": 2,
            }
        )
    answer = {"responseCode": 0, "responseMessage": "Success.", "status": records}
    return json.dumps(answer, ensure_ascii=False).encode()


def _download(url: str) -> bytes:
    host, port, path = url.removeprefix("http://").replace("/", ":/", 1).split(":")
    connection = http.client.HTTPConnection(host, int(port))
    connection.request("GET", path)
    got = connection.getresponse().read()
    connection.close()
    return got


def _pandas_typed(answer: dict[str, Any]) -> Any:
    import pandas as pd

    frame = pd.DataFrame(answer["status"])
    when = frame["dateTime"]
    frame["dateTime"] = pd.to_datetime(when + "000", format="%Y%m%d %H%M%S%f").dt.tz_localize("Asia/Tokyo")
    frame["statusId"] = frame["statusId"].astype("Int16")
    frame["separatedSuccessCount"] = frame["separatedSuccessCount"].astype("Int32")
    # what is text is text already in pandas 3
    frame["smsCode"] = frame["smsCode"].astype("str")
    return frame


def _way(name: str) -> Callable[[str, bytes], int]:
    """Give what is timed: from (url, body) to the number of rows; what it needs is imported here, before timing."""
    if name.startswith("zrtools"):
        import zrtools as zr
        from zrtools import wire

        def ours(url: str, given: bytes) -> int:
            got = given or _download(url)
            return int(zr.classify(wire.status_frame(got, send_date=DAY)).height)

        return ours
    if "pandas" in name:
        import pandas as pd
        import requests

        assert pd

        def theirs(url: str, given: bytes) -> int:
            return len(_pandas_typed(json.loads(given) if given else requests.get(url, timeout=60).json()))

        return theirs
    import simdjson

    def limit(url: str, given: bytes) -> int:
        return len(simdjson.Parser().parse(given or _download(url))["status"])

    return limit


def _peak() -> int:
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmHWM"):
            return int(line.split()[1]) * 1024
    raise RuntimeError("no peak of memory here")


def _child(name: str, url: str, file: str, runs: int) -> None:
    run = _way(name)
    run_small = Path(file).with_name("small.json").read_bytes()
    small_url = url.replace("/day", "/small")
    run(small_url, run_small if name.endswith("bytes") else b"")
    given = Path(file).read_bytes() if name.endswith("bytes") else b""
    try:
        Path("/proc/self/clear_refs").write_text("5")
        before = _peak()
    except OSError:
        before = 0
    times, rows, peak = [], 0, 0
    for n in range(runs):
        start = time.perf_counter()
        rows = run(url, given)
        times.append(time.perf_counter() - start)
        if n == 0 and before:
            peak = _peak() - before + len(given)
    print(json.dumps({"seconds": min(times), "rows": rows, "peak": peak}))


def _serve(folder: Path) -> tuple[http.server.ThreadingHTTPServer, str]:
    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            data = (folder / f"{self.path.strip('/')}.json").read_bytes()
            self.send_response(200)
            self.send_header("Content-Type", "application/json;charset=utf-8")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *args: object) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server, f"http://127.0.0.1:{server.server_port}/day"


def main() -> None:
    """Run every way in turn and print what it took."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--rows", type=int, default=200_000)
    options.add_argument("--runs", type=int, default=4, help="how often in one process")
    options.add_argument("--rounds", type=int, default=2, help="how often all ways in turn")
    options.add_argument("--child", nargs=3, metavar=("WAY", "URL", "FILE"), help=argparse.SUPPRESS)
    given = options.parse_args()
    if given.child:
        _child(*given.child, given.runs)
        return
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "day.json"
        file.write_bytes(body(given.rows))
        (Path(folder) / "small.json").write_bytes(body(1000))
        size = file.stat().st_size
        server, url = _serve(Path(folder))
        versions = ", ".join(
            f"{p} {importlib.metadata.version(p)}"
            for p in ("polars", "msgspec", "pandas", "requests", "pysimdjson")
        )
        print(f"Python {platform.python_version()}, {os.cpu_count()} cores, {versions}")
        print(f"{given.rows:,} statuses, {size / 1e6:.1f} MB; best of {given.rounds} x {given.runs} runs\n")
        print(f"{'way':<22}{'seconds':>9}{'peak memory / body':>20}")
        found: dict[str, dict[str, float]] = {}
        for _ in range(given.rounds):
            for way in WAYS:
                command = [
                    sys.executable,
                    __file__,
                    "--runs",
                    str(given.runs),
                    "--child",
                    way,
                    url,
                    str(file),
                ]
                out = subprocess.run(command, capture_output=True, text=True, timeout=600, check=True)
                now = json.loads(out.stdout.splitlines()[-1])
                assert now["rows"] == given.rows
                then = found.setdefault(way, now)
                found[way] = {
                    "seconds": min(now["seconds"], then["seconds"]),
                    "peak": max(now["peak"], then["peak"]),
                }
        for way, took in found.items():
            print(f"{way:<22}{took['seconds']:>9.3f}{took['peak'] / size:>20.2f}")
        server.shutdown()
    ours = found["zrtools"]
    print()
    print(
        f"times faster than requests + pandas  {found['requests + pandas']['seconds'] / ours['seconds']:.2f}  (aim: 5)"
    )
    print(
        f"of download + bare simdjson parse    {ours['seconds'] / found['simdjson']['seconds']:.2f}  (aim: at most 1.6)"
    )
    print(f"peak memory of the body              {ours['peak'] / size:.2f}  (aim: at most 4)")


if __name__ == "__main__":
    main()
