"""The guides by heading: Markdown that travels in the wheel, or stands in docs/ beside the sources."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from importlib import resources
from pathlib import Path

__all__ = ["GUIDES", "Section", "outline", "section", "sections", "title"]

_IN_JAPANESE = (
    *("assistants", "failures", "usage", "dictionary", "archive", "watching", "files", "cleaning", "outbox"),
    *("receiving", "connecting", "troubleshooting"),
)
GUIDES = (
    *(name for guide in _IN_JAPANESE for name in (guide, f"{guide}.ja")),
    *("first-contact", "scale", "reliability", "security"),
)
"""The guides, by the name of their file; pyproject.toml lists the same for the wheel."""


@dataclass(frozen=True, slots=True)
class Section:
    """A part of a guide under one heading."""

    slug: str
    heading: str
    text: str


@cache
def _text(guide: str) -> str:
    packed = resources.files("zrtools.assistant") / "pages" / f"{guide}.md"
    if packed.is_file():
        return packed.read_text("utf-8")
    return (Path(__file__).parents[2] / "docs" / f"{guide}.md").read_text("utf-8")


def title(guide: str) -> str:
    """Give a guide's title."""
    return next((line[2:].strip() for line in _text(guide).splitlines() if line.startswith("# ")), guide)


@cache
def sections(guide: str) -> tuple[Section, ...]:
    """Cut a guide at its headings (# and ##), which do not count inside code."""
    found: list[tuple[str, list[str]]] = []
    code = False
    for line in _text(guide).splitlines():
        code ^= line.lstrip().startswith("```")
        if not code and re.match("##? ", line):
            found.append((line.lstrip("# ").strip(), []))
        if found:
            found[-1][1].append(line)
    made: dict[str, Section] = {}
    for heading, lines in found:
        slug = base = re.sub(r"[^\w.-]+", "-", heading).strip("-").lower() or "section"
        number = 2
        while slug in made:
            slug = f"{base}-{number}"
            number += 1
        made[slug] = Section(slug, heading, "\n".join(lines).strip() + "\n")
    return tuple(made.values())


def section(guide: str, slug: str) -> Section | None:
    """Find a section; None where there is no such guide or heading."""
    if guide not in GUIDES:
        return None
    return next((one for one in sections(guide) if one.slug == slug), None)


def outline(guide: str) -> str:
    """Give a guide's first section and its headings, each with the address of its section."""
    first, *rest = sections(guide)
    listed = "\n".join(f"- [{one.heading}](zrtools://guides/{guide}/{one.slug})" for one in rest)
    return f"{first.text}\n{listed}\n"
