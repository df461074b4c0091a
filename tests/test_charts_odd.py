"""Charts of odd data: all is inside the picture, no two words overlap, axes hold what is possible."""

from __future__ import annotations

import io
import itertools
import os
import re
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

import numpy as np
import polars as pl
import pytest
import vl_convert
from fontTools.ttLib import TTFont
from PIL import Image, ImageChops

import zrtools as zr
from zrtools import charts, schemas

if TYPE_CHECKING:
    from collections.abc import Callable

    from altair.typing import ChartType

CARRIERS = {"docomo": "103", "au": "101", "SoftBank": "105", "Rakuten Mobile": "106"}
CODES = ("11721", "31732", "31823", "99999", "11701", "21747")
LONG = "大阪北支店・解約防止キャンペーン（二〇二六年度下期・既存顧客向け・再送分）第"


def statuses(
    n: int = 4000,
    *,
    days: int = 31,
    first: date = date(2026, 10, 1),
    rate: float = 0.05,
    campaigns: list[str] | None = None,
    carriers: tuple[str | None, ...] = (*CARRIERS,),
    pending: float = 0.0,
    seed: int = 1,
) -> pl.DataFrame:
    """Make statuses of whatever kind, alike each time."""
    rng = np.random.default_rng(seed)
    start = datetime(first.year, first.month, first.day, 9, tzinfo=UTC) - timedelta(hours=9)
    after = rng.integers(0, days, n)
    failed, waits = rng.random(n) < rate, rng.random(n) < pending
    names = campaigns or ["お知らせ"]
    carrier = [carriers[i] for i in rng.integers(0, len(carriers), n)]
    minutes = rng.integers(0, 600, n)
    moments = [start + timedelta(days=int(d), minutes=int(m)) for d, m in zip(after, minutes, strict=True)]
    frame = pl.DataFrame(
        {
            "send_date": [(first + timedelta(days=int(d))) for d in after],
            "date_time": moments,
            "phone_number": [f"+8190{i:08d}" for i in range(n)],
            "client_tag": [f"{names[i % len(names)]}-{i:06d}" for i in range(n)],
            "message": ["お知らせ"] * n,
            "carrier": [None if w else c for c, w in zip(carrier, waits, strict=True)],
            "status_id": [1 if w else 3 if f else 2 for f, w in zip(failed, waits, strict=True)],
            "detailed_status_id": [
                None if w else CODES[i % len(CODES)] if f else "2"
                for i, (f, w) in enumerate(zip(failed, waits, strict=True))
            ],
        }
    ).with_columns(
        pl.col("date_time").dt.convert_time_zone("Asia/Tokyo"),
        pl.col("carrier").cast(pl.String).replace(CARRIERS).alias("carrier_id"),
    )
    absent = [pl.lit(None, t).alias(c) for c, t in schemas.STATUS.items() if c not in frame.columns]
    return frame.with_columns(absent).select(pl.col(c).cast(t) for c, t in schemas.STATUS.items())


def counts(months: int, *, scale: int = 140_000, carriers: int = 4) -> pl.DataFrame:
    """Make monthly counts up to the middle of November 2026."""
    rows = [
        {
            "month": date((n := 2026 * 12 + 10 - back) // 12, n % 12 + 1, 1),
            "client_id": "0001",
            "carrier_id": number,
            "carrier": name,
            "separated_success_count": int(scale * (4 - k) / 10 * (1 + 0.3 * np.sin(back + k))) + 1,
            "through": date(2026, 11, 15)
            if back == 0
            else date(n // 12 + (n % 12 == 11), (n + 1) % 12 + 1, 1) - timedelta(days=1),
        }
        for back in range(months)
        for k, (name, number) in enumerate(list(CARRIERS.items())[:carriers])
    ]
    return pl.DataFrame(rows, schema=schemas.COUNTS)


def changed(by: str, names: list[str] | None = None, **options: Any) -> pl.DataFrame:
    """Compare a month with one that had more failures."""
    before, after = (
        statuses(8000, first=first, rate=rate, campaigns=names, seed=seed, **options)
        for first, rate, seed in ((date(2026, 9, 1), 0.03, 1), (date(2026, 10, 1), 0.08, 2))
    )
    return zr.failures.compare(before, after, by=by)


def located(lang: str) -> ChartType:
    """Locate a cause with a very long name."""
    names = [LONG + str(i) for i in range(6)]
    before, after = (
        statuses(9000, rate=0.02, campaigns=names),
        statuses(9000, rate=0.02, campaigns=names, seed=2),
    )
    worse = statuses(3000, rate=0.4, campaigns=[names[0] + "追加"], seed=3)
    more = statuses(3000, rate=0.02, campaigns=[names[0] + "追加"], seed=4)
    return charts.located(
        zr.failures.locate(pl.concat([before, more]), pl.concat([after, worse]), lang=lang), lang=lang
    )


def incidents(lang: str) -> ChartType:
    """Find an outage at the very end of a month."""
    usual = statuses(30_000, rate=0.03)
    last = statuses(800, days=1, first=date(2026, 10, 31), rate=0.7, carriers=("au",), seed=5)
    frame = pl.concat([usual, last]).sort("date_time")
    return charts.incidents(frame, lang=lang)


def latency(lang: str, names: list[str]) -> ChartType:
    """Draw the time to delivery of campaigns."""
    sent = statuses(6000, campaigns=names)
    journal = sent.select(
        "client_tag",
        settled_at=pl.col("date_time") - pl.duration(seconds=7),
        sending_state=pl.lit("accepted"),
    )
    return charts.latency(zr.failures.latency(journal, sent, by="campaign"), lang=lang)


def forecast(lang: str, months: int) -> ChartType:
    """Draw where November is heading."""
    told = zr.usage.forecast(counts(months), today=date(2026, 11, 16))
    return charts.usage_forecast(told, counts(months), lang=lang)


PICTURES = Path(__file__).with_name("pictures") / "odd"
SCHEMES = [f"list{chr(97 + i // 26)}{chr(97 + i % 26)}" for i in range(200)]
LONG_NAMES = [LONG + str(i) for i in range(5)]
ODD: dict[str, Callable[[str], ChartType]] = {
    "months-1": lambda lang: charts.usage_months(counts(1), lang=lang),
    "months-14": lambda lang: charts.usage_months(counts(14), lang=lang),
    "months-36": lambda lang: charts.usage_months(counts(36), lang=lang),
    "months-36-millions": lambda lang: charts.usage_months(counts(36, scale=99_000_000), lang=lang),
    "months-one-carrier": lambda lang: charts.usage_months(counts(3, carriers=1), lang=lang),
    "months-none": lambda lang: charts.usage_months(counts(3).clear(), lang=lang),
    "shares-1": lambda lang: charts.usage_shares(counts(1), lang=lang),
    "shares-36": lambda lang: charts.usage_shares(counts(36), lang=lang),
    "shares-one-carrier": lambda lang: charts.usage_shares(counts(3, carriers=1), lang=lang),
    "forecast-2": lambda lang: forecast(lang, 2),
    "forecast-36": lambda lang: forecast(lang, 36),
    "failures-one": lambda lang: charts.failures(statuses(1, rate=1.0), lang=lang),
    "failures-all": lambda lang: charts.failures(statuses(rate=1.0), lang=lang),
    "failures-none": lambda lang: charts.failures(statuses(rate=0.0), lang=lang),
    "failures-unknown-carrier": lambda lang: charts.failures(
        statuses(carriers=("au", None, "docomo")), lang=lang
    ),
    "failures-millions": lambda lang: charts.failures(
        zr.failures.breakdown(statuses(), by=["carrier", "failure_category"]).with_columns(
            pl.col("failed", "settled", "pending") * 9_999_999
        ),
        lang=lang,
    ),
    "course-one": lambda lang: charts.failures_over_time(statuses(1, rate=1.0), lang=lang),
    "course-day": lambda lang: charts.failures_over_time(statuses(days=1), lang=lang),
    "course-day-hours": lambda lang: charts.failures_over_time(statuses(days=1), every="1h", lang=lang),
    "course-all-failed": lambda lang: charts.failures_over_time(statuses(rate=1.0), lang=lang),
    "course-years": lambda lang: charts.failures_over_time(statuses(days=1090), every="1w", lang=lang),
    "course-pending": lambda lang: charts.failures_over_time(statuses(pending=0.9), lang=lang),
    "carriers-all-failed": lambda lang: charts.failures_by_carrier(statuses(rate=1.0), lang=lang),
    "carriers-one-of-all": lambda lang: charts.failures_by_carrier(
        pl.concat([statuses(rate=0.04), statuses(300, rate=1.0, carriers=(None,), seed=3)]), lang=lang
    ),
    "carriers-36-months": lambda lang: charts.failures_by_carrier(statuses(days=1090), every="1w", lang=lang),
    "change-long-names": lambda lang: charts.contributions(changed("campaign", LONG_NAMES), lang=lang),
    "change-200": lambda lang: charts.contributions(changed("campaign", SCHEMES), lang=lang),
    "change-one": lambda lang: charts.contributions(changed("carrier", carriers=("au",)), lang=lang),
    "change-none": lambda lang: charts.contributions(
        zr.failures.compare(statuses(), statuses(), by="carrier"), lang=lang
    ),
    "located-long-names": located,
    "incidents-last-day": incidents,
    "latency-long-names": lambda lang: latency(lang, LONG_NAMES),
    "latency-200": lambda lang: latency(lang, SCHEMES),
}


@lru_cache
def _widths(heavy: bool) -> tuple[dict[int, str], Any, int]:
    font = TTFont(
        Path(charts.typeface.__file__).parent / f"fonts/ZrtoolsSans-{'Bold' if heavy else 'Regular'}.otf"
    )
    return font.getBestCmap(), font["hmtx"], font["head"].unitsPerEm


def width(text: str, size: float, *, heavy: bool) -> float:
    """Measure a text in the font that charts are laid out with."""
    names, advances, em = _widths(heavy)
    return sum(advances[names.get(ord(letter), ".notdef")][0] for letter in text) * size / em


def boxes(drawing: str) -> tuple[list[tuple[str, float, float, float, float]], tuple[float, float]]:
    """Find where each text of a drawing stands: left, top, right, bottom; and how large the drawing is."""
    root = ET.fromstring(drawing)
    found: list[tuple[str, float, float, float, float]] = []

    def walk(element: ET.Element, x: float, y: float, *, upright: bool) -> None:
        if element.get("display") == "none" or element.get("opacity") == "0":
            return
        moves = element.get("transform", "")
        if move := re.search(r"translate\(([-\d.e]+),([-\d.e]+)\)", moves):
            x, y = x + float(move[1]), y + float(move[2])
        if turn := re.search(r"rotate\(([-\d.]+)", moves):
            upright = float(turn[1]) % 180 != 0
        if element.tag.endswith("}text"):
            size = float(element.get("font-size", "12px").removesuffix("px"))
            heavy = element.get("font-weight", "normal") in ("bold", "600")
            lines = [t.text or "" for t in element if t.tag.endswith("}tspan")] or [element.text or ""]
            for number, line in enumerate(lines):
                long = width(line, size, heavy=heavy)
                back = {"middle": 0.5, "end": 1.0}.get(element.get("text-anchor", "start"), 0.0) * long
                # the letters' own height: without the room above and below
                high, low = 0.72 * size - number * size * 1.3, -0.1 * size - number * size * 1.3
                if line.strip():
                    box = (
                        (x - high, y - long + back, x - low, y + back)
                        if upright
                        else (x - back, y - high, x - back + long, y - low)
                    )
                    found.append((line, *box))
        for child in element:
            walk(child, x, y, upright=upright)

    walk(root, 0, 0, upright=False)
    return found, (float(root.get("width", 0)), float(root.get("height", 0)))


def differs(drawing: str, kept: Path) -> float:
    """Tell by how much a small picture of a drawing differs from the kept one, at its worst place, of 255."""
    one = Image.open(io.BytesIO(vl_convert.svg_to_png(drawing, scale=0.25))).convert("RGB")
    if os.environ.get("ZRTOOLS_KEEP_PICTURES"):
        one.quantize(16).save(kept, optimize=True)
    other = Image.open(kept).convert("RGB")
    assert one.size == other.size, f"the picture is {one.size} now, and was {other.size}"
    # places of 8 x 8 points: what a hair's breadth of a letter changes does not count
    apart = ImageChops.difference(one, other).convert("L")
    return max(
        apart.resize((apart.width // 8 + 1, apart.height // 8 + 1), Image.Resampling.BOX).get_flattened_data()
    )


@pytest.mark.slow
@pytest.mark.parametrize(("name", "lang"), [(name, ("ja", "en")[at % 2]) for at, name in enumerate(ODD)])
def test_nothing_is_cut_off_and_no_words_overlap(name: str, lang: str) -> None:
    """Every word is inside the picture, with no other word on it; no axis shows what cannot be; it looks as it did.

    Where it is to look otherwise: run with ZRTOOLS_KEEP_PICTURES=1, and look at the pictures.
    """
    drawing = charts.style.drawing(ODD[name](lang))
    texts, (wide, high) = boxes(drawing)
    assert texts
    out = [t for t, *b in texts if b[0] < -1 or b[1] < -1 or b[2] > wide + 1 or b[3] > high + 1]
    assert not out
    overlapping = [
        (one[0], other[0])
        for one, other in itertools.combinations(texts, 2)
        if min(one[3], other[3]) - max(one[1], other[1]) > 1
        and min(one[4], other[4]) - max(one[2], other[2]) > 1
    ]
    assert not overlapping
    assert not [t for t, *_ in texts if (rate := re.fullmatch(r"([\d.]+)%", t)) and float(rate[1]) > 100]
    # names of a series are told apart
    series = [t for t, *_ in texts if "大阪北支店" in t]
    assert len(set(series)) == len(series)
    assert differs(drawing, PICTURES / f"{name}.png") < 24
