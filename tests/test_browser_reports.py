"""Reports as a browser lays them out for paper, a phone and a dark screen, and for those who do not see them."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from axe import contrasts, violations
from lab import browser

import zrtools as zr

__all__ = ["browser"]

pytestmark = pytest.mark.browser

# the width and height of A4 within the report's margins, in CSS pixels
SHEET = (695, 1016)
CUT = """
() => [...document.querySelectorAll("main *")]
  .filter((e) => e.checkVisibility() && !e.closest(".scroll, svg") && e.getBoundingClientRect().right > innerWidth)
  .map((e) => e.outerHTML.slice(0, 80))
"""
LETTERS = """
() => [...document.querySelectorAll(".t")].map((cell) => {
  const [left, right, letter] = ["padding-left", "padding-right", "font-size"]
    .map((name) => parseFloat(getComputedStyle(cell).getPropertyValue(name)));
  return (cell.clientWidth - left - right) / letter;
})
"""
EDGES = """
() => [...document.querySelectorAll(".scroll:not(.narrow), .wide")]
  .map((e) => [e.getBoundingClientRect().left, e.getBoundingClientRect().right].map(Math.round).join())
"""


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Write the report of a week with incidents, compared with the one before, once for all."""
    with zr.Client.sandbox(seed=1, messages_per_day=400) as client:
        statuses = client.status("2026-10-19", "2026-11-01", progress=False)
    path = tmp_path_factory.mktemp("report") / "report.html"
    found = zr.investigate(statuses, ("2026-10-26", "2026-11-01"), now="2026-11-02 10:00", lang="ja")
    assert found.incidents.height
    return zr.reports.failures(found, path).resolve().as_uri()


def test_paper_has_the_finding_and_what_to_do_on_two_sheets(report: str, browser: Any) -> None:
    """A manager reads finding, figures, course, causes and next steps on two of A4; the whole has nine at most."""
    page = browser.new_page(viewport={"width": SHEET[0], "height": SHEET[1]})
    page.goto(report)
    pages = len(re.findall(rb"/Type\s*/Page\b", page.pdf(prefer_css_page_size=True)))
    page.emulate_media(media="print")
    next_steps, details = (
        page.locator("h2", has_text=text).bounding_box()["y"] for text in ("推奨対応", "原因と対応")
    )
    page.close()
    assert next_steps < details < 2 * SHEET[1]
    assert 2 < pages <= 9


def test_phone_cuts_nothing_and_keeps_words_whole(report: str, browser: Any) -> None:
    """At 390 pixels only tables scroll, within themselves; text columns keep eight letters, charts are narrow."""
    page = browser.new_page(viewport={"width": 390, "height": 844})
    page.goto(report)
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    assert page.evaluate(CUT) == []
    assert min(page.evaluate(LETTERS)) >= 8
    shown = page.evaluate(
        "[...document.querySelectorAll('.wide, .narrow')].map(e => [e.className, e.checkVisibility()])"
    )
    page.close()
    assert {name for name, visible in shown if visible} == {"narrow scroll"}


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_report_is_for_everyone_in_both_schemes(report: str, browser: Any, scheme: str) -> None:
    """axe-core finds nothing against WCAG 2.2 AA, and no text has a contrast below 4.5; dark is dark."""
    page = browser.new_page(viewport={"width": 1000, "height": 1400}, color_scheme=scheme)
    page.goto(report)
    lowest, *_ = contrasts(page, "body")
    ground = page.evaluate("getComputedStyle(document.body).backgroundColor")
    found = violations(page, "main")
    edges = page.evaluate(EDGES)
    page.close()
    assert found == []
    assert lowest[0] >= 4.5, lowest
    assert (ground == "rgb(255, 255, 255)") == (scheme == "light")
    assert len(set(edges)) == 1


def test_a_name_without_a_break_pushes_nothing_off_the_page(tmp_path: Path, browser: Any) -> None:
    """A client called by 200 letters in a row, at the width of paper: every table stays within its page."""
    rows = [(date(2026, 10, 1), c, "101", "au", 1_234_567, date(2026, 10, 31)) for c in ("7", "9")]
    counts = pl.DataFrame(rows, schema=zr.schemas.COUNTS, orient="row")
    path = zr.reports.usage(
        counts, tmp_path / "page.html", clients={"9": "a" * 200}, month="2026-10", lang="ja"
    )
    page = browser.new_page(viewport={"width": 690, "height": 980})
    page.emulate_media(media="print")
    page.goto(path.resolve().as_uri())
    ends = page.evaluate("[...document.querySelectorAll('table')].map(t => t.getBoundingClientRect().right)")
    page.close()
    assert len(ends) >= 4
    assert max(ends) <= 690
