"""Make the pictures of the gallery anew, from the sandbox: `poe pictures`.

Reports and forms need Chromium (they are left as they are where it is missing).
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from datetime import date
from pathlib import Path

import numpy as np
import polars as pl

import zrtools as zr

ROOT = Path(__file__).parent.parent
FOLDER = Path(__file__).with_name("pictures")
COVER = {
    "ja": zr.reports.Handover(
        name="青葉商事株式会社",
        addressee="青葉商事株式会社 御中",
        author="株式会社サンプル SMS運用チーム",
        comment="10月は月末の請求案内で配信が増えました。",
    ),
    "en": zr.reports.Handover(
        name="Aoba Trading",
        addressee="Aoba Trading",
        author="Sample Inc.",
        comment="Month-end notices grew in October.",
    ),
}
CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")


def accepted(statuses: pl.DataFrame) -> pl.DataFrame:
    """Make a journal with acceptances: the simulated traffic has none, so the times until delivery are drawn."""
    tagged = statuses.filter(pl.col("client_tag").is_not_null()).unique("client_tag", keep="first")
    rng = np.random.default_rng(1)
    usual = {"docomo": 4.0, "au": 6.0, "SoftBank": 5.0, "Rakuten Mobile": 9.0}
    seconds = pl.col("carrier").replace_strict(usual, default=5.0, return_dtype=pl.Float64) * pl.Series(
        rng.lognormal(0, 0.9, tagged.height)
    )
    return tagged.select(
        "client_tag",
        settled_at=pl.col("date_time") - pl.duration(milliseconds=(seconds * 1000).cast(pl.Int64)),
        sending_state=pl.lit("accepted"),
    )


def charts(client: zr.Client) -> None:
    """Draw every chart in both languages."""
    before, month = client.status("2026-09"), client.status("2026-10")
    explained = zr.classify(month)
    week_before, day = (month.filter(month["send_date"] == date(2026, 10, n)) for n in (21, 28))
    counts = client.counts("2026-08", "2026-11")
    monthly = zr.usage.monthly(counts)
    today = client.now().date()
    forecast = zr.usage.forecast(counts, client.status("2026-08-01", today), today=today)
    gaps = zr.usage.reconcile(counts.filter(counts["month"] == date(2026, 10, 1)), month)
    for lang in ("ja", "en"):
        drawn = {
            "failures": zr.charts.failures(explained, lang=lang),
            "failures-over-time": zr.charts.failures_over_time(explained, lang=lang),
            "failures-by-carrier": zr.charts.failures_by_carrier(explained, lang=lang),
            "contributions": zr.charts.contributions(
                zr.failures.compare(before, explained, by="carrier"), lang=lang
            ),
            "located": zr.charts.located(zr.failures.locate(week_before, day, lang=lang), lang=lang),
            # as the report, whose investigation knows the month before
            "incidents": zr.charts.incidents(
                explained, zr.failures.incidents(explained, history=before, lang=lang), lang=lang
            ),
            "latency": zr.charts.latency(
                zr.failures.latency(accepted(month), month, by="carrier"), lang=lang
            ),
            "usage-months": zr.charts.usage_months(monthly, lang=lang),
            "usage-shares": zr.charts.usage_shares(monthly, lang=lang),
            "usage-forecast": zr.charts.usage_forecast(forecast, monthly, lang=lang),
            "usage-gaps": zr.charts.usage_gaps(gaps, lang=lang),
        }
        for name, chart in drawn.items():
            zr.charts.save(chart, FOLDER / f"{name}-{lang}.png", scale=1.5)


def reports(client: zr.Client, folder: Path) -> None:
    """Photograph the top of each HTML report in both languages."""
    if CHROMIUM is None:
        print("Chromium is missing: the pictures of reports stay as they are.")
        return
    from playwright.sync_api import sync_playwright

    both = client.status("2026-09-01", "2026-10-31")
    counts = client.counts("2026-08", "2026-10")
    pages: dict[str, Path] = {}
    for lang in ("ja", "en"):
        # on the Monday after the month
        found = zr.investigate(both, "2026-10", compare_to="2026-09", now="2026-11-02 10:00", lang=lang)
        pages[f"report-failures-{lang}"] = zr.reports.failures(found, folder / f"failures-{lang}.html")
        pages[f"report-usage-{lang}"] = zr.reports.usage(
            counts,
            folder / f"usage-{lang}.html",
            month="2026-10",
            statuses=both,
            client_id=client.client_id,
            settings=COVER[lang],
            today="2026-11-16",
            lang=lang,
        )
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1000, "height": 1300})
        for name, path in pages.items():
            page.goto(path.resolve().as_uri())
            page.screenshot(path=FOLDER / f"{name}.png")
        browser.close()


def forms() -> None:
    """Let the browser tests take the pictures of the forms."""
    if CHROMIUM is None:
        print("Chromium is missing: the pictures of forms stay as they are.")
        return
    subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-m", "browser", "tests"],
        cwd=ROOT,
        env={**os.environ, "ZRTOOLS_PICTURES": str(FOLDER)},
        check=True,
        timeout=1200,
    )


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    off = {("2026-10", "103"): -412, ("2026-10", "106"): 95}
    with zr.Client.sandbox(seed=1, counts_off=off) as sandboxed, tempfile.TemporaryDirectory() as temporary:
        charts(sandboxed)
        reports(sandboxed, Path(temporary))
    forms()
