"""The failure explorer as a person meets it: JupyterLab in Chromium, clicked, in both languages."""

from __future__ import annotations

import io
from pathlib import Path

import polars as pl
import pytest
from lab import Lab, browser, lab, pictures

import zrtools as zr

__all__ = ["browser", "lab", "pictures"]

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def statuses() -> pl.DataFrame:
    """Fetch two weeks of simulated traffic."""
    with zr.Client.sandbox(seed=2, messages_per_day=400) as client:
        return client.status("2026-10-05", "2026-10-18", progress=False)


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_explorer_narrows_down_and_exports(
    lab: Lab, pictures: Path, statuses: pl.DataFrame, lang: str
) -> None:
    """Click a cell, a day, reset, save: the drawings follow, and no whole number is in page, notebook or file."""
    statuses.write_parquet(lab.folder / "statuses.parquet")
    failed = zr.classify(statuses).filter(outcome="failed")
    au = failed.filter(carrier="au").height
    page = lab.open(
        f"explore-{lang}",
        "import polars as pl\nimport zrtools as zr",
        f'zr.forms.failures(pl.read_parquet("statuses.parquet"), lang="{lang}")',
        lang=lang,
        height=1800,
    )
    whole = {"ja": f"うち不達 {failed.height}件", "en": f"{failed.height} of"}[lang]
    page.get_by_text(whole).wait_for()
    output = page.locator(".jp-OutputArea-output").last
    output.screenshot(path=pictures / f"form-explorer-{lang}.png")

    sums = {"ja": "不達 合計／au", "en": "all failures on au"}[lang]
    page.get_by_role("button", name=sums).click()
    page.get_by_text({"ja": f"うち不達 {au}件", "en": f"{au} of"}[lang]).first.wait_for()
    assert page.get_by_role("button", name=sums).get_attribute("aria-pressed") == "true"
    page.locator(".zrtools-course [data-pick='3']").click()
    page.get_by_text({"ja": "状況を受信した時刻", "en": "hour the status was received"}[lang]).wait_for()

    page.get_by_role("button", name={"ja": "条件を戻す", "en": "Reset"}[lang]).click()
    page.get_by_text(whole).wait_for()
    with page.expect_download() as waiting:
        page.get_by_role("button", name={"ja": "CSV で保存", "en": "Save as CSV"}[lang]).click()
    saved = pl.read_csv(io.BytesIO(Path(waiting.value.path()).read_bytes()), infer_schema=False)
    assert saved.height == failed.height
    assert saved["phone_number"].str.contains("****", literal=True).all()

    text = page.inner_text("body") + lab.saved(page, f"explore-{lang}")
    assert not [n for n in failed["phone_number"].unique() if n in text or "0" + n[3:] in text]
    page.close()
