"""The font that charts are laid out with, which travels with the package: no chart depends on the fonts of a machine.

A drawing that is shown elsewhere takes along the letters that it uses.
"""

from __future__ import annotations

import base64
import io
import re
from functools import lru_cache
from pathlib import Path
from xml.etree import ElementTree as ET

__all__ = ["FAMILY", "bring", "faces", "register"]

FAMILY = "zrtools Sans"
"""Noto Sans CJK JP under a name of its own, so that no installed version of it takes its place."""

_FOLDER = Path(__file__).with_name("fonts")
_FILES = {"normal": "ZrtoolsSans-Regular.otf", "bold": "ZrtoolsSans-Bold.otf"}


@lru_cache(maxsize=1)
def register() -> None:
    """Let charts be laid out with the font."""
    import vl_convert

    vl_convert.register_font_directory(str(_FOLDER))


def faces(*drawings: str) -> str:
    """Write the CSS that brings every letter which these SVG drawings write in the font."""
    letters: dict[str, set[str]] = {"normal": set(), "bold": set()}
    for drawing in drawings:
        if FAMILY not in drawing:
            continue
        root = ET.fromstring(drawing)  # noqa: S314 - a drawing of our own
        for element in root.iter("{http://www.w3.org/2000/svg}text"):
            weight = element.get("font-weight", "normal")
            heavy = weight == "bold" or (weight.isdigit() and int(weight) > 500)
            letters["bold" if heavy else "normal"].update("".join(element.itertext()))
    return "".join(
        f'@font-face{{font-family:"{FAMILY}";font-weight:{weight};'
        f"src:url(data:font/woff;base64,{_cut(weight, ''.join(sorted(used)))})}}"
        for weight, used in letters.items()
        if used
    )


def bring(drawing: str) -> str:
    """Put into an SVG drawing the letters that it uses."""
    style = faces(drawing)
    return re.sub(r"(<svg[^>]*>)", rf"\1<style>{style}</style>", drawing, count=1) if style else drawing


@lru_cache(maxsize=64)
def _cut(weight: str, letters: str) -> str:
    """Cut the font down to some letters, as WOFF in base64."""
    from fontTools.subset import Options, Subsetter
    from fontTools.ttLib import TTFont

    options = Options(layout_features=[], name_IDs=[], notdef_outline=True)
    with TTFont(_FOLDER / _FILES[weight], lazy=True, recalcTimestamp=False) as font, io.BytesIO() as made:
        cut = Subsetter(options)
        cut.populate(text=letters)
        cut.subset(font)
        font.flavor = "woff"
        font.save(made)
        return base64.b64encode(made.getvalue()).decode("ascii")
