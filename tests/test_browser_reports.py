"""Reports as a browser lays them out for paper."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from lab import browser

import zrtools as zr

__all__ = ["browser"]

pytestmark = pytest.mark.browser


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
