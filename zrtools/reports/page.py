"""The page that all reports share: one HTML file, complete in itself, for a screen, a phone and A4 paper."""

from __future__ import annotations

import base64
import html
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import polars as pl

from zrtools import charts, privacy, tables, words

if TYPE_CHECKING:
    from altair.typing import ChartType

__all__ = ["Figure", "Kind", "Page"]

Kind = Literal["text", "count", "rate", "points", "day", "time", "interval"]


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

    Every text may hold anything: it is escaped, and phone numbers in it are masked.
    """

    title: str
    subtitle: str
    lang: str
    _body: list[str] = field(default_factory=list)
    _contents: list[str] = field(default_factory=list)
    _drawings: list[str] = field(default_factory=list)
    _tables: int = 0
    _cover: str = ""

    def cover(self, rows: Iterable[tuple[str, str]], logo: bytes | None = None, comment: str = "") -> None:
        """Put whom it is about, for whom and by whom under the title, with a PNG and words of one's own."""
        pairs = "".join(f"<dt>{_text(name)}</dt><dd>{_text(value)}</dd>" for name, value in rows)
        picture = (
            f'<img class="logo" alt="" src="data:image/png;base64,{base64.b64encode(logo).decode()}">'
            if logo
            else ""
        )
        words = "".join(f"<p>{_text(line)}</p>" for line in comment.splitlines() if line.strip())
        self._cover = f'<div class="cover"><dl>{pairs}</dl>{picture}</div>' + (
            f'<div class="comment">{words}</div>' if words else ""
        )

    def lead(self, *sentences: str) -> None:
        """Put the message of the report at its top, in words."""
        first, *rest = sentences
        self._body.append(
            f'<div class="lead"><p class="headline">{_text(first)}</p>'
            + "".join(f"<p>{_text(sentence)}</p>" for sentence in rest)
            + "</div>"
        )

    def figures(self, figures: Iterable[Figure]) -> None:
        """Show key figures side by side."""
        cards = "".join(
            f'<div class="card{" bad" if figure.is_bad else ""}"><div class="name">{_text(figure.name)}</div>'
            f'<div class="value">{_text(figure.value)}</div><div class="note">{_text(figure.note)}</div></div>'
            for figure in figures
        )
        self._body.append(f'<div class="cards">{cards}</div>')

    def section(self, heading: str, *paragraphs: str) -> None:
        """Begin a section."""
        number = len(self._contents) + 1
        self._contents.append(f'<a href="#s{number}">{_text(heading)}</a>')
        self._body.append(f'<h2 id="s{number}">{_text(heading)}</h2>')
        self.text(*paragraphs)

    def subheading(self, heading: str) -> None:
        """Head a part of a section; in print it stays with what follows."""
        self._body.append(f"<h3>{_text(heading)}</h3>")

    def on_screen(self, paragraph: str) -> None:
        """Add a paragraph that paper does without."""
        self._body.append(f'<p class="small screen">{_text(paragraph)}</p>')

    def text(self, *paragraphs: str) -> None:
        """Add paragraphs."""
        self._body.extend(f"<p>{_text(paragraph)}</p>" for paragraph in paragraphs if paragraph)

    def points(self, points: Iterable[str | tuple[str, str]]) -> None:
        """Add a list; a pair is a point with its own bold beginning."""
        items = "".join(
            f"<li>{_text(point)}</li>"
            if isinstance(point, str)
            else f"<li><strong>{_text(point[0])}</strong> {_text(point[1])}</li>"
            for point in points
        )
        self._body.append(f"<ul>{items}</ul>")

    def quoted(self, heading: str, text: str, *, is_open: bool = False) -> None:
        """Add a text to copy, its lines as they are, that opens on a click."""
        state = " open" if is_open else ""
        self._body.append(
            f"<details{state}><summary>{_text(heading)}</summary><pre>{_text(text)}</pre></details>"
        )

    def chart(self, chart: ChartType, described: str) -> None:
        """Add a drawing, and in a few words what it shows for those who do not see it."""
        drawing = charts.style.drawing(chart)
        self._drawings.append(drawing)
        placed = _drawing(drawing, f"c{len(self._drawings)}", described)
        self._body.append(f'<figure><div class="wide">{placed}</div></figure>')

    def table(
        self,
        frame: pl.DataFrame,
        columns: Mapping[str, tuple[str, Kind]],
        *,
        note: str = "",
        bold_last: bool = False,
    ) -> None:
        """Add a table of a small frame: each column with its heading and the kind of its values.

        Kinds: text, count (1,234), rate (5.9%), points (a difference of rates, +0.80), day, time, interval (a text of
        two rates). Numbers stand to the right. `bold_last` marks a row of sums.
        """
        self._tables += 1
        self._body.append(
            f'<div class="wide">{_table(frame, columns, f"t{self._tables}", bold_last, self.lang)}</div>'
        )
        if note:
            self._body.append(f'<p class="small">{_text(note)}</p>')

    def html(self) -> str:
        """Write the whole page."""
        contents = f"<nav>{' '.join(self._contents)}</nav>" if len(self._contents) > 2 else ""
        return (
            f'<!DOCTYPE html>\n<html lang="{self.lang}">\n<head>\n<meta charset="utf-8">\n'
            '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
            f"<title>{_text(self.title)}</title>\n<style>{charts.typeface.faces(*self._drawings)}{_STYLE}</style>\n</head>\n<body>\n<main>\n"
            f'<header><h1>{_text(self.title)}</h1><p class="subtitle">{_text(self.subtitle)}</p></header>\n'
            + self._cover
            + "\n".join([*self._body[:2], contents, *self._body[2:]])
            + f"\n<footer>{_text(words.text('reports.footer', self.lang))}</footer>\n</main>\n</body>\n</html>\n"
        )

    def save(self, path: str | Path) -> Path:
        """Write the page to a file, all or nothing, and give its path."""
        text = self.html()
        return tables.replace_file(Path(path), lambda part: part.write_text(text, "utf-8"))


def _text(text: str) -> str:
    return html.escape(privacy.mask_text(text))


def _drawing(svg: str, name: str, described: str) -> str:
    """Fit a drawing into a page: names of its own, no outside addresses, its size a limit and no more."""
    svg = svg[svg.index("<svg") :]
    # two drawings in one page would share the names of their clipping paths
    svg = re.sub(r'\bid="(?=[\w-]+")', f'id="{name}-', svg)
    svg = re.sub(r"url\(#", f"url(#{name}-", svg)
    svg = re.sub(r' xmlns(:xlink)?="[^"]*"', "", svg)
    width = re.search(r'width="([\d.]+)"', svg)
    size = f"max-width:{width[1]}px" if width else ""
    return svg.replace(
        "<svg", f'<svg role="img" aria-label="{html.escape(described, quote=True)}" style="{size}"', 1
    )


def _table(
    frame: pl.DataFrame, columns: Mapping[str, tuple[str, Kind]], name: str, bold_last: bool, lang: str
) -> str:
    from great_tables import GT, loc, style

    kinds: dict[Kind, list[str]] = {}
    for column, (_, kind) in columns.items():
        kinds.setdefault(kind, []).append(column)
    shown = frame.select(columns.keys()).with_columns(
        *(pl.col(c).map_elements(privacy.mask_text, pl.String).fill_null("–") for c in kinds.get("text", ())),
        *(pl.col(c).map_elements(words.percent, pl.String) for c in kinds.get("rate", ())),
        *(pl.col(c).map_elements(words.points, pl.String) for c in kinds.get("points", ())),
        *(pl.col(c).map_elements(_count, pl.String) for c in kinds.get("count", ())),
        *(
            pl.col(c).map_elements(partial(words.day, lang=lang, short=True), pl.String)
            for c in kinds.get("day", ())
        ),
        *(pl.col(c).map_elements(partial(words.moment, lang=lang), pl.String) for c in kinds.get("time", ())),
    )
    numbers = [c for kind in ("count", "rate", "points", "interval") for c in kinds.get(kind, [])]
    made = (
        GT(shown, id=name)
        .cols_label({column: heading for column, (heading, _) in columns.items()})
        .cols_align("right", numbers)
        .cols_align("left", [c for c in columns if c not in numbers])
        .sub_missing(missing_text="–")
    )
    if bold_last:
        made = made.tab_style(style.text(weight="bold"), loc.body(rows=[shown.height - 1]))
    written = str(made.as_raw_html())
    # the page has one style for all tables; a long one is mostly what would stand in each of its cells
    written = re.sub(r"<style>.*?</style>", "", written, flags=re.DOTALL)
    written = re.sub(r"<td[^>]*>", lambda cell: _PLAIN.sub("", cell[0]), written)
    return re.sub(r">\s*\n\s*<", ">\n<", written)


def _count(value: float) -> str:
    return f"{value:,.0f}".replace("-", "−")


_PLAIN = re.compile(r' headers="[^"]*"| class="gt_row gt_right"|(?<=class=")gt_row ')


_STYLE = """
:root{--ink:#1f2933;--muted:#52606d;--line:#dfe3e8;--soft:#f5f7f9;--bad:#a84300;--accent:#0072b2}
*{box-sizing:border-box}
body{margin:0;background:#fff;color:var(--ink);font:16px/1.75 "Hiragino Sans","Yu Gothic UI","Yu Gothic",Meiryo,
"Noto Sans JP","Noto Sans CJK JP",system-ui,sans-serif;-webkit-text-size-adjust:100%;overflow-wrap:anywhere}
main{max-width:1000px;margin:0 auto;padding:32px 24px 48px}
header{border-bottom:3px solid var(--accent);margin-bottom:24px}
h1{font-size:1.75rem;line-height:1.35;margin:0}
.subtitle{margin:4px 0 14px;color:var(--muted)}
h2{font-size:1.25rem;margin:44px 0 10px;padding-left:12px;border-left:5px solid var(--accent);line-height:1.4}
h3{font-size:1rem;margin:26px 0 4px;line-height:1.5}
p{margin:8px 0}
.lead{background:var(--soft);border-radius:8px;padding:16px 22px}
.headline{font-size:1.2rem;font-weight:700;line-height:1.6}
.cards{display:grid;grid-template-columns:repeat(auto-fit,minmax(140px,1fr));gap:12px;margin:18px 0}
.card{border:1px solid var(--line);border-radius:8px;padding:12px 16px}
.card .name{color:var(--muted);font-size:.875rem}
.card .value{font-size:1.6rem;font-weight:700;line-height:1.4;font-variant-numeric:tabular-nums}
.card.bad .value{color:var(--bad)}
.card .note{color:var(--muted);font-size:.8125rem;line-height:1.5}
nav{display:flex;flex-wrap:wrap;gap:4px 18px;margin:18px 0 0;font-size:.9rem}
a{color:#005a8c}
.cover{display:flex;justify-content:space-between;align-items:flex-start;gap:24px;margin:0 0 18px}
.cover dl{display:grid;grid-template-columns:max-content 1fr;gap:2px 18px;margin:0}
.cover dt{color:var(--muted)}.cover dd{margin:0;font-weight:600}
.logo{max-width:200px;max-height:80px;flex:none}
.comment{border-left:5px solid var(--line);padding:2px 14px;margin:0 0 18px}
figure{margin:18px 0}
.wide{overflow-x:auto;margin:14px 0}
svg{display:block;width:100%;height:auto;min-width:620px}
table{border-collapse:collapse;width:100%;font-size:.92rem;font-variant-numeric:tabular-nums;line-height:1.5}
th{background:var(--soft);font-weight:600;border-bottom:2px solid #b8c0c8;text-align:left}
th{word-break:keep-all}th,td{padding:7px 10px;vertical-align:top;overflow-wrap:normal}
td:first-child{min-width:5.5em}td.gt_left:first-child{min-width:8em;overflow-wrap:anywhere}
td{border-bottom:1px solid var(--line);text-align:right;white-space:nowrap}
.gt_right{text-align:right!important;white-space:nowrap}
th.gt_right,td.gt_left{white-space:normal}.gt_left{text-align:left}
ul{padding-left:1.4em}li{margin:6px 0}
details{margin:6px 0 22px}summary{cursor:pointer;color:#005a8c}
pre{background:var(--soft);border-radius:8px;padding:12px 16px;margin:8px 0;white-space:pre-wrap;font:inherit;
font-size:.9rem}
.small,footer{color:var(--muted);font-size:.85rem}
footer{margin-top:48px;border-top:1px solid var(--line);padding-top:12px}
@media (max-width:640px){main{padding:18px 14px 32px}h1{font-size:1.35rem}.headline{font-size:1.05rem}
.lead{padding:12px 14px}.cards{grid-template-columns:repeat(2,1fr)}.card{padding:10px 12px}
.card .value{font-size:1.3rem}
h2{font-size:1.1rem;margin-top:32px}table{font-size:.85rem;min-width:520px}th,td{padding:6px 7px}}
@media print{details::details-content{content-visibility:visible}
@page{size:A4 portrait;margin:14mm 13mm 16mm;@bottom-right{content:counter(page) " / " counter(pages);
font:8pt sans-serif;color:#52606d}}body{font-size:10pt;line-height:1.55}main{max-width:none;padding:0}
nav,.screen{display:none}h2{margin-top:22px}h3{margin-top:14px}h2,h3{break-after:avoid}figure,.card,.lead,tr{break-inside:avoid}
.wide{overflow:visible}svg{min-width:0}table{font-size:8.5pt}th,td{padding:4px 6px}thead{display:table-header-group}
.lead,th{-webkit-print-color-adjust:exact;print-color-adjust:exact}a{color:inherit;text-decoration:none}
.cards{grid-template-columns:repeat(auto-fit,minmax(110px,1fr));gap:8px}.card{padding:6px 10px}
.card .value{font-size:14pt}.logo{max-width:150px}footer{margin-top:10px;padding-top:4px;break-before:avoid}}
"""
