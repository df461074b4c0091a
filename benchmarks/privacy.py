"""How long masking and hashing a month of statuses takes.

    python benchmarks/privacy.py [--rows 4300000] [--rounds 3]

Bodies of six campaigns with names and links, one in fifty with somebody's mobile number in it; as many different
recipients as a third of the rows. Prints the median of the rounds and the memory above what stood before, beside
what a notebook would write by hand for the two columns that have numbers.
"""

from __future__ import annotations

import argparse
import hmac
import resource
import statistics
import time
from collections.abc import Callable

import numpy as np
import polars as pl

import zrtools as zr
from zrtools import schemas

KEY = b"0123456789abcdef0123456789abcdef"
NAMES = ("佐藤", "鈴木", "高橋", "田中", "伊藤")
BODIES = (
    "【サンプル社】{}様、10月分のご請求額は{}円です。明細は https://example.jp/b/{} へ。お問い合わせ 03-1234-5678",
    "【予約】{}様 2026/10/31 {}時のご予約を承りました。番号 20261031{} 停止 https://ai9.jp/0PT0UT",
    "{}様、認証コードは{}です。10分以内にご入力ください。({})",
    "【配送】{}様 お荷物 {} をお届けに上がりましたが不在でした。再配達は 0120-123-456 へ {}",
    "{}様、{}ポイントの期限が近づいています。https://example.jp/p/{}",
    "{}様 {} 至急ご連絡ください 担当 田中 090-1111-{}",
)
BY_HAND = r"(?:0|\+?81)[6789]0-?[0-9]{4}-?([0-9]{4})"


def month(rows: int) -> pl.DataFrame:
    """Make the statuses of a month."""
    chance = np.random.default_rng(0)
    kinds = chance.choice(len(BODIES), rows, p=(0.3, 0.3, 0.18, 0.1, 0.1, 0.02))
    frame = pl.DataFrame(
        {
            "kind": kinds,
            "name": np.array(NAMES)[chance.integers(0, len(NAMES), rows)],
            "a": chance.integers(1000, 99999, rows),
            "b": chance.integers(1000, 9999, rows),
            "number": chance.integers(0, max(rows // 3, 1), rows),
            "at": np.sort(chance.integers(0, 30 * 86_400_000, rows)),
        }
    )
    bodies = pl.when(pl.col("kind") < 0).then(pl.lit(""))
    for kind, body in enumerate(BODIES):
        bodies = bodies.when(pl.col("kind") == kind).then(pl.format(body, "name", "a", "b"))
    return frame.select(
        send_date=pl.date(2026, 10, 1),
        date_time=pl.datetime(2026, 10, 1, time_zone=schemas.ZONE) + pl.duration(milliseconds="at"),
        phone_number=pl.format("+8190{}", pl.col("number").cast(pl.String).str.zfill(8)),
        message=bodies,
        sms_code=pl.lit("51234"),
        carrier_id=pl.lit("103"),
        carrier=pl.lit("docomo"),
        status_id=pl.lit(2, pl.Int16),
        client_tag=pl.format("campaign-2026-10-{}-{}", "kind", pl.int_range(pl.len())),
        detailed_status_id=pl.lit("2"),
        separated_success_count=pl.lit(1, pl.Int32),
    ).select(pl.col(c).cast(t) for c, t in schemas.STATUS.items())


def by_hand(frame: pl.DataFrame) -> pl.DataFrame:
    """Mask as a notebook would: one expression for the plainest spellings."""
    return frame.with_columns(
        pl.col("phone_number", "message", "client_tag").str.replace_all(BY_HAND, "****$1")
    )


def hashed_by_hand(frame: pl.DataFrame) -> pl.DataFrame:
    """Hash as a notebook would: once for each different number, then a join."""
    unique = frame["phone_number"].unique()
    table = pl.DataFrame(
        {"phone_number": unique, "h": [hmac.new(KEY, n.encode(), "sha256").hexdigest()[:32] for n in unique]}
    )
    return frame.join(table, on="phone_number", how="left", maintain_order="left")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rows", type=int, default=4_300_000)
    parser.add_argument("--rounds", type=int, default=3)
    given = parser.parse_args()
    frame = month(given.rows)
    ways: dict[str, Callable[[], object]] = {
        "zr.mask": lambda: zr.mask(frame),
        "zr.mask, bodies hidden": lambda: zr.mask(frame, messages="hidden"),
        "one expression by hand": lambda: by_hand(frame),
        "zr.privacy.hashed": lambda: zr.privacy.hashed(frame, KEY),
        "hashed by hand": lambda: hashed_by_hand(frame),
    }
    print(f"{given.rows:,} rows, polars {pl.__version__}, {pl.thread_pool_size()} threads")
    for name, work in ways.items():
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        seconds = []
        for _ in range(given.rounds):
            began = time.perf_counter()
            work()
            seconds.append(time.perf_counter() - began)
        more = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 2**20
        print(f"{name:>24}: {statistics.median(seconds):6.2f} s   peak +{more:.2f} GiB")


if __name__ == "__main__":
    main()
