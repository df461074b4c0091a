"""Look whether plans made three hours after incidents of known cause hold steps in the past, at night or too late.

    python benchmarks/plans.py --worlds 1300-1305 --sandbox 360-360

The incidents are those of `causes.py`. Counted are broken promises over all plans, and the steps of the messages that
failed because of an incident.
"""

from __future__ import annotations

import argparse
from collections import Counter, defaultdict
from datetime import timedelta
from typing import Any

import causes
import numpy as np
import polars as pl
import worlds

import zrtools as zr
from zrtools.jcalendar import kind_of_day

WAIT, HISTORY = timedelta(hours=3), timedelta(days=20)
CODES = "認証コード|確認コード|verification code"


def looked(frame: pl.DataFrame, rng: np.random.Generator, broken: Counter[str], steps: Any) -> None:
    """Plan after each incident, and count."""
    after, truth = causes.planted(frame, rng)
    failed = frame.join(after.select("client_tag", then="status_id"), on="client_tag")
    struck = failed.filter(pl.col("status_id") != pl.col("then"))["client_tag"].implode()
    for incident in truth:
        now = incident["end"] + WAIT
        known = after.filter(pl.col("date_time").is_between(now - HISTORY, now))
        plan = zr.failures.retry_plan(known, now=now, mask=False)
        own = plan.filter(
            pl.col("date_time").is_between(incident["start"], now), pl.col("client_tag").is_in(struck)
        )
        steps[incident["cause"]].update(own["step"].to_list())
        sends = plan.filter(pl.col("step").is_in(["send again later", "use another channel"]))
        hour, days = pl.col("at").dt.hour(), plan["at"].drop_nulls().dt.date()
        broken["planned"] += plan.height
        broken["in the past"] += plan.filter(pl.col("at") < now).height
        broken["at night"] += plan.filter((hour < 9) | (hour >= 20)).height
        broken["on a day of rest"] += sum(kind_of_day(d) in ("saturday", "sunday or holiday") for d in days)
        late = pl.col("at") > pl.col("date_time") + timedelta(hours=48)
        broken["sent when expired"] += sends.filter(late).height
        broken["one-time codes sent"] += sends.filter(pl.col("message").str.contains(CODES)).height


def main() -> None:
    """Look at what the command line names."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--worlds", default="")
    parser.add_argument("--sandbox", default="")
    options = parser.parse_args()
    broken: Counter[str] = Counter()
    steps: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for seed in causes.numbers(options.worlds):
        kind = causes.KINDS[seed % len(causes.KINDS)]
        made = worlds.world(seed, kind, per_day=5000, quiet=True)
        looked(made.frame, np.random.default_rng([seed, 22]), broken, steps)
    for seed in causes.numbers(options.sandbox):
        with zr.Client.sandbox(seed=seed, today=causes.TODAY, messages_per_day=5000) as client:
            for n, month in enumerate(causes.MONTHS):
                frame = client.status(month, progress=False)
                looked(frame, np.random.default_rng([seed, n, 22]), broken, steps)
    print(dict(broken))
    for cause, counted in steps.items():
        print(f"{cause:24}", dict(counted.most_common()))


if __name__ == "__main__":
    main()
