"""What the page on files says of cells is what the reader does, in both languages."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

from zrtools import cells

DOCS = Path(__file__).parent.parent / "docs"
PAGES = {name: (DOCS / name).read_text("utf-8") for name in ("files.md", "files.ja.md")}
READERS: dict[str, Callable[[pl.Expr], pl.Expr]] = {
    "Days": lambda text: cells.days(text).dt.to_string("%Y-%m-%d"),
    "Months": lambda text: cells.months(text).dt.to_string("%Y-%m"),
    "Times": lambda text: cells.moments(text).dt.to_string("%Y-%m-%d %H:%M:%S%.3f").str.strip_suffix(".000"),
    "Figures": cells.figures,
}
HEADINGS = {"Days": "日付", "Months": "月", "Times": "時刻", "Figures": "数値"}


def rows(page: str, heading: str) -> list[tuple[str, str | None]]:
    """Take the table below a heading: what is written, and what it is read as (None: refused)."""
    section = re.split(r"^## ", page, flags=re.MULTILINE)
    [found] = [part for part in section if part.startswith(f"{heading}\n")]
    listed = re.findall(r"^\| `(.+?)` \| (?:`(.+?)`|\S+) \|$", found, re.MULTILINE)
    return [(written, meant or None) for written, meant in listed]


@pytest.mark.parametrize("kind", READERS)
def test_every_way_to_write_a_cell_is_read_as_the_page_says(kind: str) -> None:
    """Each row of the tables is read as it stands there, and both pages have the same rows."""
    listed = rows(PAGES["files.md"], kind)
    assert len(listed) > 5
    assert rows(PAGES["files.ja.md"], HEADINGS[kind]) == listed
    frame = pl.DataFrame({"written": [written for written, _ in listed]})
    assert frame.select(READERS[kind](pl.col("written"))).to_series().to_list() == [
        meant for _, meant in listed
    ]


def test_both_pages_have_the_same_examples() -> None:
    """What runs in one language runs in the other."""
    english, japanese = (re.findall(r"```python\n.*?```", page, re.DOTALL) for page in PAGES.values())
    assert english == japanese
    assert len(english) == 2
