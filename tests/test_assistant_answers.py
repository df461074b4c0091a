"""What every answer of the server for assistants passes: pooling, and the guides it reads out."""

from __future__ import annotations

import tomllib
from pathlib import Path

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from zrtools import assistant
from zrtools.assistant import answers, guides


def test_guides_travel_in_the_wheel() -> None:
    """What the server offers is what pyproject.toml puts into the wheel."""
    root = Path(__file__).parent.parent
    project = tomllib.loads((root / "pyproject.toml").read_text("utf-8"))
    packed = project["tool"]["hatch"]["build"]["targets"]["wheel"]["force-include"]
    assert packed == {f"docs/{name}.md": f"zrtools/assistant/pages/{name}.md" for name in guides.GUIDES}


@given(st.lists(st.integers(0, 12), max_size=30))
def test_small_groups_are_never_shown_nor_left_to_subtraction(sizes: list[int]) -> None:
    """No group of 1 to 4 is shown, what is pooled is 5 or more or untold, and nothing is lost."""
    frame = pl.DataFrame({"n": sizes, "key": range(len(sizes))}, schema={"n": pl.Int64, "key": pl.Int64})
    rest, pooled_ = answers.pool(frame, pl.col("n"))
    shown = rest["n"].to_list()
    assert not [n for n in shown if 0 < n < assistant.LEAST]
    if pooled_ is None:
        assert rest.equals(frame)
        return
    assert len(shown) + pooled_.groups == len(sizes)
    hidden = sum(sizes) - sum(shown)
    assert pooled_.messages == (hidden if hidden >= assistant.LEAST else None)
    # where it is untold nothing else was left to hide it among
    assert pooled_.messages is not None or not [n for n in shown if n]
