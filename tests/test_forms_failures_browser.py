"""The failure explorer as a person meets it: JupyterLab in Chromium, by mouse and keys, both languages and themes."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from axe import contrasts, violations
from lab import Lab, browser, lab, pictures, set_theme

import zrtools as zr

__all__ = ["browser", "lab", "pictures"]

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def statuses() -> pl.DataFrame:
    """Fetch two weeks of simulated traffic."""
    with zr.Client.sandbox(seed=2, messages_per_day=400) as client:
        return client.status("2026-10-05", "2026-10-18", progress=False)


@pytest.fixture(scope="module")
def failed(statuses: pl.DataFrame) -> pl.DataFrame:
    """Give the failures."""
    return zr.classify(statuses).filter(outcome="failed")


@pytest.fixture(scope="module")
def page(lab: Lab, statuses: pl.DataFrame, failed: pl.DataFrame) -> Any:
    """Open one page with the explorer in Japanese and in English."""
    statuses.write_parquet(lab.folder / "statuses.parquet")
    page = lab.open(
        "explore",
        "import polars as pl\nimport zrtools as zr",
        *(f'zr.forms.failures(pl.read_parquet("statuses.parquet"), lang="{lang}")' for lang in ("ja", "en")),
        height=2300,
    )
    page.get_by_text(f"うち不達 {failed.height}件").wait_for()
    page.get_by_text(f"{failed.height} of").wait_for()
    return page


def explorer(page: Any, lang: str) -> Any:
    """Find the explorer in a language."""
    form = page.locator(".zrtools-form").nth(["ja", "en"].index(lang))
    form.scroll_into_view_if_needed()
    return form


def said(lang: str, ja: str, en: str) -> str:
    """Choose the words of a language."""
    return {"ja": ja, "en": en}[lang]


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_explorer_narrows_down_and_exports(page: Any, lab: Lab, failed: pl.DataFrame, lang: str) -> None:
    """Click a cell, a day, reset, save: the drawings follow, and no whole number is in page, notebook or file."""
    form = explorer(page, lang)
    au = failed.filter(carrier="au").height
    whole = said(lang, f"うち不達 {failed.height}件", f"{failed.height} of")
    sums = form.get_by_role("button", name=said(lang, "不達 合計／au", "all failures on au"))
    sums.click()
    form.get_by_text(said(lang, f"うち不達 {au}件", f"{au} of")).first.wait_for()
    assert sums.get_attribute("aria-pressed") == "true"
    form.locator(".zrtools-course [data-pick='3']").click()
    form.get_by_text(said(lang, "配信結果の取得時刻", "hour the status was received")).wait_for()
    form.get_by_role("button", name=said(lang, "条件を戻す", "Reset")).click()
    form.get_by_text(whole).wait_for()
    with page.expect_download() as waiting:
        form.get_by_role("button", name=said(lang, "CSV で保存", "Save as CSV")).click()
    saved = pl.read_csv(io.BytesIO(Path(waiting.value.path()).read_bytes()), infer_schema=False)
    assert saved.height == failed.height
    assert saved["phone_number"].str.contains("****", literal=True).all()
    text = page.inner_text("body") + lab.saved(page, "explore")
    assert not [n for n in failed["phone_number"].unique() if n in text or "0" + n[3:] in text]


def test_explorer_by_keyboard(page: Any) -> None:
    """Matrix and course are one stop of Tab each: arrows move, Enter and Space choose, and the focus is seen."""
    form = explorer(page, "ja")
    for drawing in (".zrtools-matrix", ".zrtools-course"):
        assert form.locator(f"{drawing} >> nth=0 >> [tabindex='0']").count() == 1
    focused = "document.activeElement.getAttribute('aria-label')"
    form.locator(".zrtools-matrix [tabindex='0']").first.focus()
    page.keyboard.press("Home")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowDown")
    outline = "getComputedStyle(document.activeElement).outline"
    assert "3px" in page.evaluate(outline)
    chosen = page.evaluate(focused)
    assert "／au" in chosen
    page.keyboard.press("Space")
    form.locator(".zrtools-matrix [aria-pressed=true]").wait_for()
    assert page.evaluate(focused) == chosen
    page.keyboard.press("Tab")
    assert "不達率" in page.evaluate(focused)
    page.keyboard.press("End")
    page.keyboard.press("ArrowLeft")
    assert "2026年10月17日（土）" in page.evaluate(focused)
    page.keyboard.press("Enter")
    form.get_by_text("10/17-10/17").or_(form.get_by_text("10/17 - 10/17")).wait_for()
    form.get_by_role("button", name="条件を戻す").click()
    form.get_by_text("10/05-10/18").or_(form.get_by_text("10/05 - 10/18")).wait_for()


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_why_names_place_and_cause(page: Any, pictures: Path, lang: str) -> None:
    """Choose a day that stands out, press the button: the segment and its probable cause, drawn and in words."""
    form = explorer(page, lang)
    form.locator(".zrtools-course [data-pick='12']").click()
    form.get_by_text(said(lang, "2026年10月17日（土）00:00", "2026-10-17 (Sat) 00:00")).first.wait_for(
        state="attached"
    )
    form.get_by_role("button", name=said(lang, "なぜ？", "Why?")).click()
    form.locator("li").first.wait_for()
    told = form.locator("li").all_inner_texts()
    assert any("survey" in sentence for sentence in told)
    assert any(said(lang, "原因", "cause") in sentence for sentence in told)
    assert form.locator("li svg, p ~ svg").count() == 1
    form.screenshot(path=pictures / f"form-explorer-why-{lang}.png")
    form.get_by_role("button", name=said(lang, "条件を戻す", "Reset")).click()
    form.locator("li").first.wait_for(state="detached")


@pytest.mark.parametrize("theme", ["Light", "Dark"])
def test_explorer_is_seen_in_both_themes_and_widths(page: Any, pictures: Path, theme: str) -> None:
    """No contrast below 4.5, nothing that axe-core finds; at 700 px all columns and a chart of that width."""
    set_theme(page, theme)
    for width in (1000, 700):
        page.set_viewport_size({"width": width, "height": 2300})
        for lang in ("ja", "en"):
            form = explorer(page, lang)
            # the chart is drawn anew for the room that it has: its letters keep their size
            page.wait_for_function(
                """form => {
                    const chart = form.querySelector(".zrtools-course");
                    const room = chart.parentElement.clientWidth;
                    const drawn = chart.viewBox.baseVal.width;
                    return drawn <= room && drawn > room - 21;
                }""",
                arg=form.element_handle(),
            )
            cut = form.evaluate(
                """form => {
                    const end = (e) => e.getBoundingClientRect().right;
                    return [...form.querySelectorAll(".zrtools-drawing, .zrtools-rows")]
                        .filter((e) => e.scrollWidth > e.clientWidth || end(e) > end(form) + 1)
                        .map((e) => e.className);
                }"""
            )
            assert cut == []
            if (
                (theme == "Light") ^ (width == 1000) ^ (lang == "ja")
            ):  # each pair once is enough for the gallery
                form.screenshot(path=pictures / f"form-explorer-{theme.lower()}-{width}-{lang}.png")
        assert violations(page, ".zrtools-form") == []
        lowest = contrasts(page, ".zrtools-form")
        assert len(lowest) > 200
        assert lowest[0][0] >= 4.5, lowest[:5]
    page.set_viewport_size({"width": 1000, "height": 2300})
