"""Make the font of the charts anew from an installed Noto Sans CJK (Debian: fonts-noto-cjk): `python docs/font.py`.

It holds what Japanese Windows can write (CP932) and Latin letters, without hints and layout rules, in two weights,
under a name of its own: so no font that a machine has can take its place, and a chart is the same wherever it is made.
"""

from __future__ import annotations

from pathlib import Path

from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont

from zrtools.charts.typeface import FAMILY

ROOT = Path(__file__).parent.parent
FOLDER = ROOT / "zrtools" / "charts" / "fonts"
SOURCES = Path("/usr/share/fonts/opentype/noto")

# Latin with accents, punctuation, currencies, arrows, operators, shapes
BLOCKS = ((0x20, 0x7E), (0xA0, 0x17F), (0x2010, 0x205F), (0x20A0, 0x20BF), (0x2190, 0x22FF), (0x25A0, 0x266F))
# in everyday use (常用漢字, a usual 吉, a wave), though CP932 cannot write them
MORE = "𠮟剝塡頰𠮷〜"


def letters() -> set[int]:
    """Tell which letters the font holds."""
    found = {point for low, high in BLOCKS for point in range(low, high + 1)} | {
        ord(letter) for letter in MORE
    }
    for point in (*range(0x80, 0xD800), *range(0xF900, 0x10000)):
        try:
            chr(point).encode("cp932")
        except UnicodeEncodeError:
            continue
        found.add(point)
    return found


def make(weight: str) -> Path:
    """Cut one weight out of its source."""
    font = TTFont(SOURCES / f"NotoSansCJK-{weight}.ttc", fontNumber=0, recalcTimestamp=False)
    options = Options(layout_features=[], hinting=False, desubroutinize=True, notdef_outline=True)
    options.name_IDs = [0, 1, 2, 3, 4, 5, 6, 13, 14]
    options.drop_tables += ["BASE", "GDEF", "GPOS", "GSUB", "VORG", "vhea", "vmtx"]
    cut = Subsetter(options)
    cut.populate(unicodes=letters())
    cut.subset(font)
    inner = f"{FAMILY.title().replace(' ', '')}-{weight}"
    for number, text in {1: FAMILY, 2: weight, 3: inner, 4: f"{FAMILY} {weight}", 6: inner}.items():
        font["name"].setName(text, number, 3, 1, 0x409)
    table = font["CFF "].cff
    table.fontNames = [inner]
    table.topDictIndex[0].FullName = f"{FAMILY} {weight}"
    table.topDictIndex[0].FamilyName = FAMILY
    path = FOLDER / f"{inner}.otf"
    font.save(path)
    return path


if __name__ == "__main__":
    for weight in ("Regular", "Bold"):
        path = make(weight)
        print(f"{path.relative_to(ROOT)}: {path.stat().st_size:,} bytes")
