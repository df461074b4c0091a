"""Guides in two languages say the same: the same headings, the same code, the same figures."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
JAPANESE = sorted({ROOT / "README.ja.md", *(ROOT / "docs").glob("*.ja.md")})
BLOCK = re.compile(r"^```.*?\n(.*?)^```", re.MULTILINE | re.DOTALL)
MONTH = "January|February|March|April|May|June|July|August|September|October|November|December"
DATE = re.compile(rf"\d[\d–〜]*月(?:[\d–〜]+日)?|\d+ (?:{MONTH})\b|(?:{MONTH}) \d+")
SPELLED = {
    "ten": "10",
    "fifteen": "15",
    "twenty": "20",
    "thirty": "30",
    "forty": "40",
    "half a second": "0.5",
}
SPELLED |= {f"{n} million": f"{i},000,000" for i, n in enumerate(("a", "two", "three", "four"), 1)}


def english(page: Path) -> Path:
    """The other half of a Japanese page."""
    return page.with_name(page.name.replace(".ja.md", ".md"))


def headings(text: str) -> list[str]:
    """The levels of a page's headings, in order."""
    return re.findall(r"^#+(?= )", BLOCK.sub("", text), re.MULTILINE)


def code(text: str) -> list[str]:
    """A page's code, without what is said in comments, and without the language that is asked for."""
    bare = (re.sub(r"\s*#(?= ).*$", "", block, flags=re.MULTILINE) for block in BLOCK.findall(text))
    return [re.sub(r"""(lang"?[=, ]+"?)(?:ja|en)\b""", r"\1", block) for block in bare]


def in_full(number: re.Match[str]) -> str:
    """Write ten thousands out: 6,000万 is 60,000,000."""
    return f"{int(number[1].replace(',', '')) * 10_000:,}"


def in_words(text: str) -> list[set[str]]:
    """The figures that each section of an English page spells, which Japanese writes in digits."""
    sections = re.split(r"^#+ .*$", BLOCK.sub("", text), flags=re.MULTILINE)[1:]
    return [
        {n for word, n in SPELLED.items() if re.search(rf"\b{word}\b", prose, re.IGNORECASE)}
        for prose in sections
    ]


def figures(text: str) -> list[tuple[str, set[str]]]:
    """The figures of each section: numbers of two digits and more, decimals, shares; dates and code left out."""
    text = re.sub(r"([\d,]+)万", in_full, text)
    sections = re.split(r"^#+ (.*)$", BLOCK.sub("", text), flags=re.MULTILINE)
    return [
        (
            heading,
            set(
                re.findall(
                    r"\d[\d,]*\.\d+|\d[\d,]*\d|\d(?= ?%)",
                    DATE.sub("", re.sub(r"`[^`]*`|\]\([^)]*\)", "", prose)),
                )
            ),
        )
        for heading, prose in zip(sections[1::2], sections[2::2], strict=True)
    ]


@pytest.mark.parametrize("page", JAPANESE, ids=lambda p: p.name)
def test_both_languages_say_the_same(page: Path) -> None:
    """A Japanese guide has the headings, the code and the figures of the English one."""
    ja, en = page.read_text("utf-8"), english(page).read_text("utf-8")
    assert headings(ja) == headings(en)
    assert code(ja) == code(en)
    assert [
        (heading, said - other - spelled)
        for (heading, said), (_, other), spelled in zip(figures(ja), figures(en), in_words(en), strict=True)
        if said - other - spelled
    ] == []
    assert [
        (heading, said - other)
        for (heading, said), (_, other) in zip(figures(en), figures(ja), strict=True)
        if said - other
    ] == []
