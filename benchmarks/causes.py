"""Judge causes and owners against incidents whose cause is known.

    python benchmarks/causes.py --worlds 1000-1039 --sandbox 300-311

Into quiet worlds (`worlds.py`) and quiet months of the sandbox one incident of each cause is planted, some days apart:
delivered messages of a segment and a window become failures with the codes of the cause. Planting knows nothing of
`zrtools`. What `incidents` finds at that time is judged by `failures.causes`; what it does not find is counted apart,
since that is the detector's matter. Worlds up to seed 99 and the sandbox's seeds below 300 are for building.
"""

from __future__ import annotations

import argparse
import time
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from datetime import datetime, timedelta
from typing import Any

import numpy as np
import polars as pl
import worlds

CAUSES = {
    "carrier fault": "carrier and vendor",
    "service fault": "vendor",
    "sender or text blocked": "vendor",
    "stale list": "list owner",
    "handset side": "nobody",
    "unknown code": "vendor",
}
"""What is planted, and who ought to act."""
MODULES = {"au": "12", "docomo": "31", "SoftBank": "51", "Rakuten Mobile": "61"}
KINDS = [kind for kind in worlds.KINDS if kind not in ("no tags", "random tags", "new codes")]
OVERLAP = 0.3
LEAST, MOST = 150, 3000
APART = timedelta(days=3)
TODAY = "2026-11-20"
MONTHS = ("2026-08", "2026-09", "2026-10")


def planted(frame: pl.DataFrame, rng: np.random.Generator) -> tuple[pl.DataFrame, list[dict[str, Any]]]:
    """Plant one incident of each cause where there is room, and say what was planted."""
    frame = frame.with_columns(_campaign=pl.col("client_tag").str.extract(r"^(.*)[-_/]"))
    truth: list[dict[str, Any]] = []
    first, last = frame["date_time"].min(), frame["date_time"].max()
    assert isinstance(first, datetime)
    assert isinstance(last, datetime)
    for cause in rng.permutation(list(CAUSES)):
        for _ in range(400):
            day = first.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(
                days=int(rng.integers(2, max((last - first).days - 1, 3)))
            )
            if any(abs(day - t["start"]) < APART for t in truth):
                continue
            made = _tried(frame, str(cause), day, rng)
            if made is not None:
                frame, row = made
                truth.append(row)
                break
    return frame.drop("_campaign").sort("date_time"), truth


def _tried(
    frame: pl.DataFrame, cause: str, day: datetime, rng: np.random.Generator
) -> tuple[pl.DataFrame, dict[str, Any]] | None:
    """Draw a segment, a window and a strength, and plant where that is enough to be seen, and is one cause."""
    shape, codes, hours, chance = _drawn(cause, rng)
    start = day + timedelta(hours=int(rng.integers(9, 16)))
    if hours is None:
        start, end = day, day + timedelta(days=1)
    else:
        end = start + timedelta(hours=hours)
    inside = pl.col("date_time").is_between(start, end, closed="left") & pl.col("carrier").is_in(
        list(MODULES)
    )
    inside &= pl.col("status_id").is_in([2, 3])
    here = frame.filter(inside)
    if here.is_empty():
        return None
    own = inside
    if shape != "everything":
        column = {"carrier": "carrier", "sender": "sms_code", "text": "_campaign"}[shape]
        sizes = here.drop_nulls(column).group_by(column).len().sort(column)
        if sizes.height < 2:
            return None
        sizes = sizes.filter(pl.col("len") * chance >= LEAST)
        if sizes.is_empty():
            return None
        value, size = sizes.row(int(rng.integers(sizes.height)))
        if size > 0.7 * here.height:
            return None
        own = inside & (pl.col(column) == value)
    hit = frame.filter(own)
    failed = int((hit["status_id"] == 3).sum())
    extra = chance * (hit.height - failed)
    if not LEAST <= extra <= MOST or extra < 1.5 * failed:
        return None
    # a carrier's or the service's fault shows in more than one campaign, a blocked sender or stale list on all carriers
    across = ["_campaign"] if shape in ("carrier", "everything") else ["carrier"]
    if any(hit[c].value_counts()["count"].max() > 0.7 * hit.height for c in across):
        return None
    names, parts = zip(*codes.items(), strict=True)
    drawn = rng.choice(len(names), frame.height, p=np.array(parts) / sum(parts))
    struck = pl.Series(rng.random(frame.height) < chance)
    late = pl.Series(rng.random(frame.height) < 0.7)
    new = own & (pl.col("status_id") == 2) & pl.col("_struck")
    code = pl.col("carrier").replace_strict(MODULES, default="31") + pl.col("_code")
    # au reports what failed about twenty minutes later
    delay = pl.when(pl.col("carrier") == "au", pl.col("_late")).then(20).otherwise(0)
    done = frame.with_columns(
        _struck=struck, _late=late, _code=pl.Series(names, dtype=pl.String).gather(drawn)
    ).with_columns(
        status_id=pl.when(new).then(3).otherwise("status_id").cast(pl.Int16),
        detailed_status_id=pl.when(new).then(code).otherwise("detailed_status_id"),
        date_time=pl.when(new).then(pl.col("date_time") + pl.duration(minutes=delay)).otherwise("date_time"),
    )
    excess = int((done["status_id"] == 3).sum() - (frame["status_id"] == 3).sum())
    times = hit["date_time"]
    row = {"cause": cause, "shape": shape, "start": times.min(), "end": times.max(), "excess": excess}
    return done.drop("_struck", "_late", "_code"), row


def _drawn(cause: str, rng: np.random.Generator) -> tuple[str, dict[str, float], float | None, float]:
    """Draw shape, codes (last three digits with their parts), hours (none: a day) and the chance to fail more."""
    codes: dict[str, float]
    if cause == "carrier fault":
        codes = [{"721": 0.85, "821": 0.15}, {"823": 0.9, "824": 0.1}][int(rng.integers(2))]
        return "carrier", codes, float(rng.uniform(2, 8)), float(rng.uniform(0.15, 0.6))
    if cause == "service fault":
        codes = [{"721": 1.0}, {"823": 0.7, "721": 0.3}][int(rng.integers(2))]
        return "everything", codes, float(rng.uniform(1.5, 6)), float(rng.uniform(0.12, 0.5))
    if cause == "sender or text blocked":
        shape = str(rng.choice(["sender", "sender", "text"]))
        return shape, {"834": 1.0}, float(rng.uniform(8, 30)), float(rng.uniform(0.12, 0.5))
    if cause == "stale list":
        return "text", {"732": 1.0}, None, float(rng.uniform(0.15, 0.5))
    if cause == "handset side":
        shape = str(rng.choice(["everything", "everything", "text"]))
        return shape, {"824": 0.5, "833": 0.5}, float(rng.uniform(3, 9)), float(rng.uniform(0.12, 0.35))
    shape = str(rng.choice(["carrier", "sender", "everything", "text"]))
    code = str(rng.choice(["799", "845", "712", "901"]))
    return shape, {code: 1.0}, float(rng.uniform(3, 12)), float(rng.uniform(0.12, 0.5))


def overlap(a: dict[str, Any], b: dict[str, Any]) -> float:
    """Give intersection over union of two stretches of time."""
    shared = min(a["end"], b["end"]) - max(a["start"], b["start"])
    whole = max(a["end"], b["end"]) - min(a["start"], b["start"])
    return max(shared / whole, 0.0) if whole else 0.0


def judged(place: str, frame: pl.DataFrame, rng: np.random.Generator) -> list[tuple[str, str, str, str]]:
    """Plant, look, and give place, cause, what was said of it and the owner; `not found` where nothing was."""
    from zrtools.failures import causes, incidents

    frame, truth = planted(frame, rng)
    found = incidents(frame, lang="en")
    said = causes(frame, found, lang="en")
    told = [{**f, **s} for f, s in zip(found.to_dicts(), said.to_dicts(), strict=True)]
    rows = []
    for row in truth:
        near = [t for t in told if overlap(row, t) >= OVERLAP]
        best = max(near, key=lambda t: t["excess"], default=None)
        cause, owner = (best["cause"], best["owner"]) if best else ("not found", "not found")
        if best and cause != row["cause"]:
            print(
                place,
                row,
                {k: str(best[k]) for k in ("dimension", "segment", "failure_category", "cause", "why")},
            )
        rows.append((place, row["cause"], cause, owner))
    return rows


def of_world(seed: int) -> list[tuple[str, str, str, str]]:
    """Judge a world."""
    rng = np.random.default_rng([seed, 21])
    per_day = int(np.exp(rng.uniform(np.log(3000), np.log(9000))))
    made = worlds.world(seed, KINDS[seed % len(KINDS)], per_day=per_day, quiet=True)
    return judged(f"world {seed}", made.frame, rng)


def of_sandbox(seed: int) -> list[tuple[str, str, str, str]]:
    """Judge months of a sandbox."""
    import zrtools as zr
    from zrtools.sandbox import Sandbox

    rows = []
    with Sandbox(seed=seed, today=TODAY, messages_per_day=5000, incidents=False) as sandbox:
        client = zr.Client(
            token=sandbox.token,
            client_id=sandbox.client_ids[0],
            sms_code=sandbox.sms_code,
            base_url=sandbox.url,
            pace=None,
        )
        for n, month in enumerate(MONTHS):
            frame = client.status(month, progress=False)
            rows += judged(f"sandbox {seed} {month}", frame, np.random.default_rng([seed, n, 21]))
        client.close()
    return rows


def main() -> None:
    """Judge what the command line names."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--worlds", default="")
    parser.add_argument("--sandbox", default="")
    parser.add_argument("--processes", type=int, default=1)
    options = parser.parse_args()
    begin = time.perf_counter()
    jobs = [(of_world, n) for n in numbers(options.worlds)] + [
        (of_sandbox, n) for n in numbers(options.sandbox)
    ]
    rows: list[tuple[str, str, str, str]] = []
    with ProcessPoolExecutor(options.processes) as pool:
        for done in [pool.submit(work, n) for work, n in jobs]:
            rows += done.result()
    for place in ("world", "sandbox"):
        own = [row for row in rows if row[0].startswith(place)]
        if own:
            _told(place, own)
    print(f"{time.perf_counter() - begin:.0f} s")


def numbers(text: str) -> list[int]:
    """Read "100-104" or "7"."""
    first, _, last = text.partition("-")
    return list(range(int(first), int(last or first) + 1)) if first else []


def _told(place: str, rows: list[tuple[str, str, str, str]]) -> None:
    """Print how often each cause was told as which, and the shares that are right of those found."""
    table = Counter((cause, said) for _, cause, said, _ in rows)
    names = [*CAUSES, "unclear"]
    print(f"\n{place:24}" + "".join(f"{name[:12]:>14}" for name in [*names, "not found"]))
    for cause in CAUSES:
        print(f"{cause:24}" + "".join(f"{table[cause, said]:14}" for said in [*names, "not found"]))
    found = [row for row in rows if row[2] != "not found"]
    right = sum(cause == said for _, cause, said, _ in found)
    owner = sum(CAUSES[cause] == said for _, cause, _, said in found)
    print(f"planted {len(rows)}, found {len(found)}; cause right {right / max(len(found), 1):.3f}", end="")
    print(f", owner right {owner / max(len(found), 1):.3f}")


if __name__ == "__main__":
    main()
