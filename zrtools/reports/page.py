"""The page that all reports share: one HTML file, complete in itself, for a screen, a phone and A4 paper."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl

from zrtools import charts, formats, privacy, tables, words
from zrtools.charts.placed import placed
from zrtools.formats import Kind

if TYPE_CHECKING:
    from altair.typing import ChartType
    from jinja2 import Environment

__all__ = ["Figure", "Kind", "Page"]

_WEB = Path(__file__).with_name("web")
_MOST_CARDS = 6
_SHORT = 10
# of its size that a narrow drawing keeps; what does not fit scrolls
_LEAST = 0.85


_ROLES = re.compile(r' (?:role|aria-[a-z]+)="[^"]*"')


@dataclass(frozen=True, slots=True)
class Figure:
    """A key figure: its name, its value in words, and a line below it."""

    name: str
    value: str
    note: str = ""
    is_bad: bool = False


@dataclass(slots=True)
class Page:
    """A report being put together: call for each part in the reader's order, then `save`.

    Every text may hold anything: it is escaped, and phone numbers in it are masked, by the template alone.
    """

    title: str
    subtitle: str
    lang: str
    _parts: list[tuple[str, Any]] = field(default_factory=list)
    _sections: list[str] = field(default_factory=list)
    _drawings: list[str] = field(default_factory=list)
    _noted: set[str] = field(default_factory=set)
    _named: str = ""
    _cover: dict[str, Any] | None = None

    def cover(self, rows: Iterable[tuple[str, str]], logo: bytes | None = None, comment: str = "") -> None:
        """Put whom it is about, for whom and by whom under the title, with a PNG and words of one's own."""
        self._cover = {
            "rows": list(rows),
            "logo": base64.b64encode(logo).decode() if logo else "",
            "comment": [line for line in comment.splitlines() if line.strip()],
        }

    def lead(self, *sentences: str) -> None:
        """Put the message of the report at its top, in words."""
        self._parts.append(("lead", sentences))

    def figures(self, figures: Iterable[Figure]) -> None:
        """Show key figures side by side, in rows of like length."""
        shown = list(figures)
        rows = -(-len(shown) // _MOST_CARDS) or 1
        self._parts.append(("figures", {"figures": shown, "columns": -(-len(shown) // rows)}))

    def section(self, heading: str, *paragraphs: str) -> None:
        """Begin a section."""
        self._sections.append(heading)
        self._named = heading
        self._parts.append(("section", {"number": len(self._sections), "heading": heading}))
        self.text(*paragraphs)

    def subheading(self, heading: str) -> None:
        """Head a part of a section; in print it stays with what follows."""
        self._named = heading
        self._parts.append(("subheading", heading))

    def on_screen(self, paragraph: str) -> None:
        """Add a paragraph that paper does without."""
        self._parts.append(("on_screen", paragraph))

    def text(self, *paragraphs: str) -> None:
        """Add paragraphs."""
        self._parts.append(("text", paragraphs))

    def points(self, points: Iterable[str | tuple[str, str]]) -> None:
        """Add a list; a pair is a point with its own bold beginning."""
        self._parts.append(("points", list(points)))

    def facts(
        self, heading: str, sentences: Iterable[str], pairs: Iterable[tuple[str, str]], number: int = 0
    ) -> None:
        """Add what is known of one thing: its heading, sentences, and names with what they are."""
        given = {"number": number, "heading": heading, "sentences": list(sentences), "pairs": list(pairs)}
        self._parts.append(("facts", given))

    def quoted(self, heading: str, text: str, *, is_open: bool = False) -> None:
        """Add a text to copy, its lines as they are, that opens on a click."""
        self._parts.append(("quoted", {"heading": heading, "text": text, "is_open": is_open}))

    def chart(self, chart: ChartType, described: str, *, titled: bool = True, known: int = 0) -> None:
        """Add a drawing in a wide and a narrow form, and in a few words what it shows for those who do not see it.

        A note that an earlier chart has is not said again, nor the first `known` ones, which the page says itself. What
        would be empty is said in words.
        """
        drawn = placed(chart)
        if drawn.nothing:
            self.text(drawn.nothing)
            return
        notes = [line for line in drawn.notes[known:] if line not in self._noted]
        self._noted.update(notes)
        made = {
            "title": drawn.title if titled else "",
            "name": drawn.title,
            "notes": notes,
            "described": described,
            "wide": self._drawing(drawn.wide),
            "narrow": self._drawing(drawn.narrow, _LEAST),
        }
        self._parts.append(("chart", made))

    def table(
        self,
        frame: pl.DataFrame,
        columns: Mapping[str, tuple[str, Kind]],
        *,
        note: str = "",
        bold_last: bool = False,
    ) -> None:
        """Add a table of a small frame: each column with its heading and the kind of its values.

        Columns without any value are left out, but for the first. `bold_last` marks a row of sums.
        """
        first = next(iter(columns))
        shown = {
            column: named
            for column, named in columns.items()
            if column == first or not (frame[column].is_null() | (frame[column].cast(pl.String) == "")).all()
        }
        kinds = [kind for _, kind in shown.values()]
        rows = [
            [formats.write(value, kind, self.lang) for value, kind in zip(row, kinds, strict=True)]
            for row in frame.select(shown.keys()).iter_rows()
        ]
        longest = [max(map(len, cells), default=0) for cells in zip(*rows, strict=True)] or [0] * len(kinds)
        heads = [
            (heading, "n" if kind in formats.NUMBERS else "t" if kind == "text" and length > _SHORT else "d")
            for (heading, kind), length in zip(shown.values(), longest, strict=True)
        ]
        given = {"name": self._named or self.title, "heads": heads, "rows": rows}
        self._parts.append(("table", {**given, "bold_last": bold_last, "note": note}))

    def html(self) -> str:
        """Write the whole page."""
        from markupsafe import Markup

        faces = charts.typeface.faces(*self._drawings)
        return (
            _templates()
            .get_template("page.html.jinja")
            .render(
                page=self,
                parts=self._parts,
                sections=self._sections,
                cover=self._cover,
                style=Markup(faces + (_WEB / "page.css").read_text("utf-8")),  # noqa: S704 - our own styles
                words={key: words.text(f"reports.{key}", self.lang) for key in ("footer", "contents")},
            )
        )

    def save(self, path: str | Path) -> Path:
        """Write the page to a file, all or nothing, and give its path."""
        text = self.html()
        return tables.replace_file(Path(path), lambda part: part.write_text(text, "utf-8"))

    def _drawing(self, svg: str, least: float = 0) -> Any:
        """Fit a drawing into the page behind its `<svg`: names of its own, nothing from outside, legible."""
        from markupsafe import Markup

        self._drawings.append(svg)
        name = f"c{len(self._drawings)}"
        # two drawings in one page would share the names of their clipping paths
        svg = re.sub(r'\bid="(?=[\w-]+")', f'id="{name}-', svg[svg.index("<svg") + len("<svg") :])
        svg = re.sub(r"url\(#", f"url(#{name}-", svg)
        # one picture with one description: what its groups say of themselves is none
        svg = re.sub(r"<[a-z][^>]*>", lambda tag: _ROLES.sub("", tag[0]), svg)
        width = re.search(r'width="([\d.]+)"', svg)
        size = f' style="min-width:{float(width[1]) * least:.0f}px"' if width and least else ""
        return Markup(size + re.sub(r' xmlns(:xlink)?="[^"]*"', "", svg))  # noqa: S704 - Vega escapes its texts


@lru_cache(maxsize=1)
def _templates() -> Environment:
    """Read the templates: what they write of a value is masked, then escaped."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined
    from markupsafe import Markup

    def masked(value: Any) -> Any:
        return value if isinstance(value, Markup) else privacy.mask_text(str(value))

    return Environment(
        loader=FileSystemLoader(_WEB),
        autoescape=True,
        finalize=masked,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
