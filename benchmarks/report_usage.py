"""How long the monthly report of a large agency takes, and how large it is.

python benchmarks/report_usage.py [--clients 2000] [--months 36]
"""

from __future__ import annotations

import argparse
import tempfile
import time
from datetime import date
from pathlib import Path

import numpy as np
import polars as pl

import zrtools as zr


def main() -> None:
    """Run and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--clients", type=int, default=2000)
    parser.add_argument("--months", type=int, default=36)
    options = parser.parse_args()
    rng = np.random.default_rng(0)
    months = [zr.periods.months_before(date(2026, 10, 1), n) for n in range(options.months)]
    clients = [str(10_000 + n) for n in range(options.clients)]
    size = rng.lognormal(5, 1.5, (options.clients, 4))
    counts = pl.concat(
        pl.DataFrame(
            {
                "month": month,
                "client_id": np.repeat(clients, 4),
                "carrier_id": ["101", "103", "105", "106"] * options.clients,
                "carrier": ["au", "docomo", "SoftBank", "Rakuten Mobile"] * options.clients,
                "separated_success_count": rng.poisson(size).ravel(),
                "through": zr.periods.month_end(month),
            },
            strict=False,
        ).select(pl.col(c).cast(t) for c, t in zr.schemas.COUNTS.items())
        for month in months
    )
    names = {c: f"株式会社第{c}商会" for c in clients}
    with tempfile.TemporaryDirectory() as folder:
        prices = Path(folder, "prices.toml")
        prices.write_text('bill_by = "account"\n[[price]]\nunit_price = "8.7"\n', "utf-8")
        zr.reports.usage(counts.head(400), Path(folder, "warm.html"), month="2026-10", today="2026-11-10")
        for ending in ("html", "xlsx"):
            path, begun = Path(folder, f"report.{ending}"), time.perf_counter()
            processor = time.process_time()
            zr.reports.usage(
                counts,
                path,
                month="2026-10",
                months=options.months,
                prices=prices,
                clients=names,
                today="2026-11-10",
            )
            print(
                f"{ending}: {time.perf_counter() - begun:.1f} s, "
                f"{time.process_time() - processor:.1f} s of the processor, {path.stat().st_size / 1e6:.2f} MB"
            )


if __name__ == "__main__":
    main()
