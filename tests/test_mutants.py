"""The list of mutants that change nothing, held against the code that it speaks of."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
LISTED = tomllib.loads((ROOT / "proof" / "equivalents.toml").read_text("utf-8"))["mutant"]


@pytest.mark.parametrize("mutant", LISTED, ids=lambda m: f"{m['path']}:{m['place']}")
def test_an_equivalent_mutant_is_of_code_that_is_still_there(mutant: dict[str, str]) -> None:
    """Its line stands in its file, it changes something, and a sentence says why nobody could see it."""
    lines = [line.strip() for line in (ROOT / mutant["path"]).read_text("utf-8").splitlines()]
    assert mutant["was"] in " ".join(lines)
    assert mutant["was"] != mutant["now"]
    assert mutant["why"].endswith(".")
    assert sum(all(other[key] == mutant[key] for key in ("path", "place", "now")) for other in LISTED) == 1
