"""How fast the failure explorer answers on five million messages.

Run: python benchmarks/explorer.py [millions]
"""

from __future__ import annotations

import re
import statistics
import sys
import time

import polars as pl

import zrtools as zr


def main(millions: float = 5.0) -> None:
    """Repeat a month of simulated traffic up to the size, open the explorer, change filters."""
    with zr.Client.sandbox(seed=1) as client:
        month = client.status("2026-10", progress=False)
    times = max(1, round(millions * 1e6 / month.height))
    frame = pl.concat([month] * times)
    print(f"{frame.height:,} messages")
    start = time.perf_counter()
    form = zr.forms.failures(frame, lang="en")
    seconds = time.perf_counter() - start
    print(f"opened in {seconds:.2f} s: {re.sub('<[^>]+>', '', form.summary.value)}")
    days = [day for _, day in form.period.options]
    changes = {
        "carrier": lambda: setattr(form.carrier, "value", "au"),
        "reason": lambda: setattr(form.category, "value", "network"),
        "reset": form.reset.click,
        "period": lambda: setattr(form.period, "value", (days[3], days[17])),
        "hours": lambda: setattr(form.unit, "value", "1h"),
        "cell": lambda: form.matrix.pick([1, 1]),
        "campaign": lambda: form.campaigns.pick([0, 0]),
    }
    taken: dict[str, list[float]] = {}
    for _ in range(5):
        for name, change in changes.items():
            start = time.perf_counter()
            change()
            taken.setdefault(name, []).append(time.perf_counter() - start)
        form.reset.click()
    for name, seconds in taken.items():
        print(
            f"{name:10} median {statistics.median(seconds) * 1000:6.0f} ms, worst {max(seconds) * 1000:6.0f} ms"
        )


if __name__ == "__main__":
    main(*(float(argument) for argument in sys.argv[1:2]))
