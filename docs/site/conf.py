"""The documentation site, one build a language: `poe site`.

The pages are the repository's own Markdown files and notebooks, where they stand, so that every link works here
and in the repository alike; the tag `ja` chooses the Japanese half.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sphinx.application import Sphinx

ROOT = Path(__file__).parents[2]
JA = tags.has("ja")  # type: ignore[name-defined] # noqa: F821 # given by Sphinx

PARTS = {  # of the menu; a guide stands here by the name of its English file
    ("Guides", "手引き"): (
        "connecting", "failures", "usage", "cleaning", "files", "outbox", "receiving", "archive", "watching",
        "assistants", "scale", "security", "troubleshooting", "gallery",
    ),
    ("Notebooks", "ノートブック"): "notebooks/*.ipynb",
    ("Look it up", "調べる"): ("reference", "dictionary", "CHANGELOG"),
    ("Proof", "検証"): ("reliability", "performance", "first-contact"),
    ("For contributors", "開発に加わる"): ("CONTRIBUTING", "SECURITY", "docs/decisions/*.md"),
}  # fmt: skip


def in_language(page: str) -> str:
    """Give the page in the language of this build, or the English one where there is no other."""
    return f"{page}.ja" if JA and (ROOT / f"{page}.ja.md").exists() else page


def found(names: str | tuple[str, ...]) -> list[str]:
    """List the pages of a part of the menu."""
    listed: list[str] = []
    for name in (names,) if isinstance(names, str) else names:
        if "*" in name:
            listed += sorted(str(p.relative_to(ROOT).with_suffix("").as_posix()) for p in ROOT.glob(name))
        elif (ROOT / f"{name}.md").exists():
            listed.append(in_language(name))
        elif (ROOT / f"docs/{name}.md").exists():
            listed.append(in_language(f"docs/{name}"))
    return listed


MENU = {names[JA]: found(pages) for names, pages in PARTS.items()}

project = "zrtools"
author = "zrtools contributors"
language = "ja" if JA else "en"
root_doc = in_language("README")
extensions = ["myst_nb"]
include_patterns = [f"{page}.*" for page in (root_doc, *(page for pages in MENU.values() for page in pages))]
exclude_patterns = [] if JA else ["**.ja.md"]
myst_heading_anchors = 4
myst_links_external_new_tab = True
nb_execution_mode = "off"  # the tests run them, and hold their outputs
html_theme = "furo"
html_title = "zrtools"
html_show_sphinx = False
html_show_copyright = False
html_copy_source = False
html_static_path = [str(Path(__file__).with_name("static"))]
html_css_files = ["site.css"]
templates_path = [str(Path(__file__).with_name("templates"))]
html_sidebars = {
    "**": ["sidebar/brand.html", "language.html", "find.html", "sidebar/scroll-start.html",
           "sidebar/navigation.html", "sidebar/scroll-end.html"]
}  # fmt: skip

# The line in which a page names its other half; on the site the menu does.
OTHER_HALF = re.compile(r"\n\[(?:日本語|English)\]\([\w.-]+\.md\)\n")
LINK = re.compile(r"(?<=\]\()([\w./-]+)\.md(#[\w-]+)?(?=\))")


def source_read(_app: Sphinx, page: str, source: list[str]) -> None:
    """Take out the line that names the other half, stay in the language, give the first page the menu."""
    if not page.startswith("notebooks/"):
        source[0] = OTHER_HALF.sub("", source[0], count=1)
    if JA:
        here = (ROOT / page).parent

        def stay(link: re.Match[str]) -> str:
            return f"{link[1]}.ja.md" if (here / f"{link[1]}.ja.md").exists() else link[0]

        source[0] = LINK.sub(stay, source[0])
    if page == root_doc:
        for caption, pages in MENU.items():
            listed = "\n".join(f"/{listed}" for listed in pages)
            source[0] += f"\n```{{toctree}}\n:hidden:\n:caption: {caption}\n\n{listed}\n```\n"


def page_context(_app: Sphinx, page: str, _template: str, context: dict[str, Any], _tree: object) -> None:
    """Tell a page where it stands in the other language."""
    plain = page.removesuffix(".ja")
    other = plain if JA else f"{plain}.ja" if (ROOT / f"{plain}.ja.md").exists() else plain
    up = "../" * (page.count("/") + 1)
    context["site"] = up
    context["other_language"] = f"{up}{'en' if JA else 'ja'}/{other}.html"


def setup(app: Sphinx) -> None:
    """Join in."""
    app.connect("source-read", source_read)
    app.connect("html-page-context", page_context)
