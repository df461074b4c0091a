"""The forms that act, as people see and reach them: both themes, two widths, two languages, in one page."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from axe import contrasts, violations
from lab import Lab, browser, lab, pictures, set_theme

from zrtools.sandbox import Sandbox

__all__ = ["browser", "lab", "pictures"]

pytestmark = pytest.mark.browser

CHART = "import polars as pl, zrtools as zr; zr.charts.failures(pl.DataFrame(schema=zr.schemas.STATUS))"
CELL = """
import ipywidgets, polars as pl
import zrtools as zr
from datetime import datetime
client = zr.Client(
    token={token!r}, client_id={client_id!r}, sms_code={sms_code!r}, base_url={url!r},
    now=lambda: datetime.fromisoformat({now!r}),
)
people = pl.DataFrame({{"phone_number": ["090-1111-2222", "03-1111-2222"], "code": ["1", "2"],
                       "会員の電話番号（平日の日中に連絡がつくもの、2026年度の更新分）": ["a", "b"]}})
forms = [
    zr.forms.connect(base_url=client.base_url, lang={lang!r}),
    send := zr.forms.send(client, lang={lang!r}),
    clean := zr.forms.clean(client, lang={lang!r}),
    campaign := zr.forms.campaign(client, people, outbox="looks-{lang}.sqlite", lang={lang!r}),
    zr.forms.reservations(client, lang={lang!r}),
]
send.number.fill("090-1111-2222")
send.message.fill("髙橋様")
clean.numbers.fill("090-1111-2222\\n03-1111-2222")
ipywidgets.VBox(forms)
"""

GRID = """
() => [...document.querySelectorAll(".zrtools-form")].map((form) => {
  const left = form.getBoundingClientRect().left;
  const shown = (all) => [...form.querySelectorAll(all)].filter((e) => e.checkVisibility() && e.offsetWidth);
  const edge = (e, side) => Math.round(e.getBoundingClientRect()[side] - left);
  const labels = shown(":is(.widget-inline-hbox, .widget-toggle-buttons) > .widget-label, .zrtools-private label");
  const fields = shown("select, .widget-text input, .zrtools-private :is(input, textarea)");
  return {
    labels: labels.filter((e) => e.textContent).map((e) => edge(e, "right")),
    fields: fields.map((e) => edge(e, "left")),
    ends: shown("*").map((e) => edge(e, "right")),
    room: form.clientWidth,
  };
})
"""

FOCUSED = """
() => {
  const here = document.activeElement;
  const style = getComputedStyle(here);
  const seen = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
  here.dataset.reached = "yes";
  return [here.outerHTML, seen || here.closest(".zrtools-form") === null];
}
"""

CONTROLS = "button:not(:disabled), input:not(:disabled), select:not(:disabled), textarea:not(:disabled)"


@pytest.fixture(scope="module")
def page(lab: Lab) -> Any:
    """Open one page with the forms in Japanese, and in English below."""
    with Sandbox(seed=5, messages_per_day=50) as sandbox:
        known = {name: getattr(sandbox, name) for name in ("token", "client_id", "sms_code", "url")}
        now = sandbox.now().isoformat()
        cells = [CELL.format(**known, now=now, lang=lang) for lang in ("ja", "en")]
        page = lab.open("looks", *cells, CHART, height=2600)
        page.locator(".zrtools-form").nth(9).wait_for()
        page.get_by_text("髙").nth(1).wait_for()
        yield page
        page.close()


@pytest.mark.parametrize(("theme", "words"), [("Light", "rgba(0, 0, 0"), ("Dark", "rgba(255, 255, 255")])
def test_chart_has_the_colours_of_the_page_and_fits_its_cell(page: Any, theme: str, words: str) -> None:
    """A chart's words follow JupyterLab's theme, its background is clear, and it is no wider than the cell."""
    set_theme(page, theme)
    page.set_viewport_size({"width": 700, "height": 2600})
    chart = page.locator(".zrtools-chart svg")
    fill = "e => getComputedStyle(e).fill"
    assert chart.locator("text").first.evaluate(fill).startswith(words)
    assert chart.locator("> rect").evaluate(fill) == "none"
    assert chart.evaluate(
        "e => e.getBoundingClientRect().right <= e.closest('.jp-OutputArea').getBoundingClientRect().right"
    )
    page.set_viewport_size({"width": 1000, "height": 2600})


@pytest.mark.parametrize("theme", ["Light", "Dark"])
def test_forms_are_seen_in_both_themes_and_widths(page: Any, pictures: Path, theme: str) -> None:
    """No contrast below 4.5, nothing that axe-core finds, labels and fields on one grid inside the form."""
    set_theme(page, theme)
    for width in (1000, 700):
        page.set_viewport_size({"width": width, "height": 2600})
        for number, lang in enumerate(("ja", "en")):
            shown = page.locator(".widget-vbox:has(> .zrtools-form)")
            if (
                (theme == "Light") ^ (width == 1000) ^ (lang == "ja")
            ):  # each pair once is enough for the gallery
                shown.nth(number).screenshot(path=pictures / f"forms-{theme.lower()}-{width}-{lang}.png")
        for form in page.evaluate(GRID):
            assert max(form["labels"]) - min(form["labels"]) <= 2, form["labels"]
            assert max(form["fields"]) - min(form["fields"]) <= 2, form["fields"]
            assert max(form["ends"]) <= form["room"] + 1
        assert violations(page, ".zrtools-form") == []
        lowest = contrasts(page, ".zrtools-form")
        assert len(lowest) > 60
        assert lowest[0][0] >= 4.5, lowest[:5]
    page.set_viewport_size({"width": 1000, "height": 2600})


def test_every_control_is_reached_and_its_focus_seen(page: Any) -> None:
    """Tab alone comes to each control that can be used, and each shows that it has the focus."""
    controls = page.locator(".widget-vbox:has(> .zrtools-form)").first.locator(CONTROLS).filter(visible=True)
    count = controls.count()
    assert count > 20
    controls.first.focus()
    unseen: set[str] = set()
    for _ in range(2 * count):
        name, seen = page.evaluate(FOCUSED)
        if not seen:
            unseen.add(name)
        page.keyboard.press("Tab")
    assert unseen == set()
    assert controls.evaluate_all("all => all.filter(e => !e.dataset.reached).map(e => e.outerHTML)") == []


def test_nothing_is_cut_or_counted_wrongly(page: Any) -> None:
    """A long heading shows whole in its drop-down, and the file button counts no files."""
    column = page.locator(".zrtools-form").nth(3).get_by_label("番号の列")
    column.select_option("会員の電話番号（平日の日中に連絡がつくもの、2026年度の更新分）")
    needed = column.evaluate(
        """select => {
            const text = document.createElement("span");
            text.style.cssText = "position:absolute;visibility:hidden;white-space:nowrap";
            text.style.font = getComputedStyle(select).font;
            text.textContent = select.selectedOptions[0].textContent;
            document.body.append(text);
            const width = text.offsetWidth;
            text.remove();
            return width - (select.clientWidth - 30);
        }"""
    )
    assert needed <= 0
    assert page.locator(".widget-upload").first.inner_text().strip() == "ファイルを選択"
