"""Frames shown to people."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import polars as pl
import pytest

import zrtools as zr
from zrtools import schemas


@pytest.mark.parametrize(
    ("column", "value", "ja", "en"),
    [
        ("failure_rate", 0.0514, "5.1%", "5.1%"),
        ("contribution", -0.0012, "−0.12", "−0.12"),
        ("p_value", 0.00001, "<0.0001", "<0.0001"),
        ("separated_success_count", 1234567, "1,234,567", "1,234,567"),
        ("change", -1234, "−1,234", "−1,234"),
        ("year_change_rate", 0.25, "+25.0%", "+25.0%"),
        ("status_id", 1003, "1003", "1003"),
        ("unit_price", Decimal("8.5000"), "8.5", "8.5"),
        ("amount", Decimal("12345.0000"), "12,345", "12,345"),
        ("carrier", None, "キャリア不明", "unknown carrier"),
        ("numbers", None, "–", "–"),
        ("failure_category", "congestion", "輻輳", "congestion"),
        ("dimension", "sms_code", "送信元SMSコード", "sender code"),
        ("step", "drop the number", "番号を除外", "drop the number"),
        ("is_over", False, "いいえ", "no"),
        ("day", date(2026, 10, 4), "10/4（日）", "4 Oct (Sun)"),
        ("start", datetime(2026, 10, 4, 3, 5, tzinfo=UTC), "10/4（日）3:05", "4 Oct (Sun) 3:05"),
        ("month", date(2026, 10, 1), "2026年10月", "2026-10"),
        ("weekday", 7, "日曜", "Sunday"),
        ("values", ["au", "docomo"], "au・docomo", "au, docomo"),
        ("where", [{"column": "carrier", "value": "docomo"}], "キャリア ドコモ", "carrier docomo"),
    ],
)
def test_cell_is_written_for_its_reader(column: str, value: Any, ja: str, en: str) -> None:
    """Per cent, points, thousands, days and names stand as people write them, in both languages."""
    frame = pl.DataFrame({column: [value]})
    assert zr.show(frame, lang="ja").cells == [[ja]]
    assert zr.show(frame, lang="en").cells == [[en]]


def test_days_of_two_years_have_their_year() -> None:
    """Where a column spans years each day says which."""
    frame = pl.DataFrame({"day": [date(2025, 12, 31), None, date(2026, 1, 1)]})
    assert [row[0] for row in zr.show(frame, lang="ja").cells] == ["2025/12/31（水）", "–", "2026/1/1（木）"]


def test_every_column_has_a_heading_in_japanese() -> None:
    """No frame of zrtools shows an English name to Japanese readers; other columns keep theirs."""
    for name, schema in vars(schemas).items():
        if isinstance(schema, pl.Schema):
            headings = zr.show(schemas.empty(schema), lang="ja").headings
            assert not [h for h in headings if h.isascii() and h != "clientTag"], name
    assert zr.show(pl.DataFrame({"my_own": [1]}), lang="ja").headings == ["my_own"]


def test_table_escapes_aligns_and_says_what_is_left_out() -> None:
    """Strangers' words are text, figures stand right, and rows that are not shown are counted."""
    frame = pl.DataFrame({"campaign": ["<b>&x</b>"] * 5, "failed": [1234] * 5})
    shown = zr.show(frame, lang="en", most=2)
    page = shown._repr_html_()
    assert "&lt;b&gt;&amp;x&lt;/b&gt;" in page
    assert "<b>" not in page
    assert page.count("<td class=n>1,234</td>") == 2
    assert '<th scope="col" class=n>failed</th>' in page
    assert "3 more rows (5 in all)" in page
    assert "1,234" in str(shown)
    assert "3 more rows" in str(shown)
    assert "no rows" in zr.show(frame.clear(), lang="en")._repr_html_()
    assert shown.frame is frame


def test_nothing_else_is_shown() -> None:
    """Only frames, and at least a row."""
    with pytest.raises(zr.InputError, match="at least one row"):
        zr.show(pl.DataFrame({"a": [1]}), most=0)
    with pytest.raises(zr.InputError, match="DataFrame"):
        zr.show([1])  # type: ignore[arg-type] # that is the test
