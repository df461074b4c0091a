"""What all charts share: fonts, colours, titles, numbers, and the way out to a file or a notebook.

Nothing here touches altair's own themes or renderers, except `use`, which a person calls.
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TypeVar

from zrtools import words
from zrtools.arguments import checked
from zrtools.charts import shown, typeface
from zrtools.errors import InputError
from zrtools.texts import said

if TYPE_CHECKING:
    import altair as alt
    from altair.typing import ChartType

    _Chart = TypeVar("_Chart", bound=ChartType)
else:
    from zrtools.arguments import ChartType

__all__ = [
    "CARRIERS",
    "DARK_FROM",
    "DELIVERED",
    "EXPECTED",
    "FAILED",
    "FONTS",
    "GRID",
    "INK",
    "MUTED",
    "OTHERS",
    "PAGE",
    "PENDING",
    "RATE_TEXT",
    "SEQUENCE",
    "SHARPNESS",
    "WIDTH",
    "Renderer",
    "carrier_scale",
    "count_text",
    "cut",
    "day_axis",
    "drawing",
    "finish",
    "in_our_font",
    "nothing",
    "save",
    "svg",
    "use",
    "width_of",
]

Renderer = Literal["svg", "png", "jupyter"]

FONTS = (
    typeface.FAMILY,
    "Noto Sans CJK JP",
    "Noto Sans JP",
    "Hiragino Sans",
    "Hiragino Kaku Gothic ProN",
    "BIZ UDPGothic",
    "Yu Gothic",
    "YuGothic",
    "Meiryo",
    "IPAexGothic",
    "IPAGothic",
    "TakaoPGothic",
    "VL PGothic",
    "sans-serif",
)
"""The font that comes along, then Japanese typefaces of every platform for where a drawing is kept from bringing it."""

WIDTH = 720
"""The usual width of a chart's plot, in pixels."""

# a colour means one thing: what became of messages has others than carriers have
DELIVERED = "#5A6BA0"
FAILED = "#C92A2A"
PENDING = "#B8B8B8"
EXPECTED = "#BFC8E0"
"""What is still to come of a count that `DELIVERED` draws."""
INK = "#1F2933"
MUTED = "#52606D"
PAGE = "#FFFFFF"
GRID = "#E4E7EB"

# Okabe and Ito's, which people with any kind of colour blindness tell apart
CARRIERS: dict[str, str] = {
    "docomo": "#D55E00",
    "au": "#E69F00",
    "SoftBank": "#0072B2",
    "Rakuten Mobile": "#CC79A7",
    "Y!mobile": "#009E73",
}
"""One colour a carrier, the same on every chart, by plain name."""
OTHERS = ("#8C6D31", "#7B5EA7", "#5B8C2A")
"""Colours for carriers that are new; unknown is `PENDING`."""

SEQUENCE = ("#FFF7EC", "#FDD49E", "#FC8D59", "#D7301F", "#7F0000")
"""Low to high, evenly darker, so that it reads in grey as well."""

SHARPNESS = 0.7
"""Places grow with this power of the rate, so that small rates differ too."""

DARK_FROM = 0.725
"""From this place on `SEQUENCE` (0 to 1) text is white; below it, black."""

RATE_TEXT = (
    "datum.{0} == null ? '–' : datum.{0} == 0 ? '0%' : datum.{0} < 0.0001 ? '<0.01%' : "
    "format(datum.{0}, datum.{0} < 0.01 ? '.2%' : '.1%')"
)
"""A Vega expression that writes the rate in column {0}: more digits where it is small."""


@checked
def use(renderer: Renderer = "svg", *, font_folder: str | Path | None = None) -> None:
    """Choose how charts show in this notebook: "svg" and "png" are pictures, "jupyter" is interactive.

    All three work offline, and the first two survive saving and printing. Pictures, also of your own charts that
    name no font, are drawn in one that comes along, wherever they are made and seen; `font_folder` names a folder of
    fonts for letters that it lacks.

    Raises `InputError` for another renderer, or a folder that is not there.
    """
    import altair as alt

    if font_folder is not None:
        _register(Path(font_folder))
    typeface.register()
    if renderer == "jupyter":
        alt.renderers.enable("jupyter", offline=True)
        return
    alt.renderers.enable(renderer)
    plain: Any = alt.renderers.get()

    def draw(spec: dict[str, Any], **metadata: Any) -> dict[str, Any]:
        made: dict[str, Any] = plain(in_our_font(spec), **metadata)
        return {kind: typeface.bring(v) if isinstance(v, str) else v for kind, v in made.items()}

    name = f"zrtools-{renderer}"
    alt.renderers.register(name, draw)
    alt.renderers.enable(name, **({"ppi": 144} if renderer == "png" else {}))


@checked
def save(chart: ChartType, path: str | Path, *, scale: float = 2.0) -> Path:
    """Write a chart to a file by its ending: .png, .svg, or .html (interactive, works offline).

    `scale` enlarges a PNG. Returns the path. Raises `InputError` for another ending.
    """
    import vl_convert

    path = Path(path)
    kind = path.suffix.lower()
    if kind == ".html":
        path.write_text(chart.to_html(inline=True), "utf-8")
    elif kind == ".png":
        typeface.register()
        path.write_bytes(vl_convert.vegalite_to_png(_written(chart), scale=scale))
    elif kind == ".svg":
        path.write_text(svg(chart), "utf-8")
    else:
        raise InputError(said("charts.ending", suffix=path.suffix))
    return path


@checked
def svg(chart: ChartType) -> str:
    """Draw a chart as SVG text that brings the letters it uses, so that it looks the same everywhere."""
    return typeface.bring(drawing(chart))


def drawing(chart: ChartType) -> str:
    """Draw a chart as SVG text, for a page that brings the letters of all its drawings at once."""
    import vl_convert

    typeface.register()
    drawn: str = vl_convert.vegalite_to_svg(_written(chart))
    return drawn


def finish(chart: _Chart, title: str, subtitle: str | Sequence[str] = ()) -> _Chart:
    """Give a chart its title, the lines under it, and the common look."""
    import altair as alt

    # however the chart is shown later
    typeface.register()
    lines = [subtitle] if isinstance(subtitle, str) else list(subtitle)
    made: _Chart = (
        chart.properties(
            title=alt.TitleParams(
                title,
                subtitle=[line for line in lines if line],
                anchor="start",
                frame="bounds",
                fontSize=17,
                fontWeight=600,
                color=INK,
                subtitleFontSize=12.5,
                subtitleColor=MUTED,
                subtitleLineHeight=18,
                subtitlePadding=6,
                offset=16,
            ),
            background=PAGE,
            padding=14,
        )
        .configure(font=_stack(), numberFormat=",")
        .configure_view(stroke=None)
        .configure_axis(
            labelColor=INK,
            titleColor=MUTED,
            labelFontSize=12,
            titleFontSize=12,
            titleFontWeight="normal",
            titlePadding=10,
            labelLimit=260,
            gridColor=GRID,
            domainColor="#9AA5B1",
            tickColor="#9AA5B1",
        )
        .configure_legend(
            labelColor=INK,
            titleColor=MUTED,
            labelFontSize=12,
            titleFontSize=12,
            titleFontWeight="normal",
            labelLimit=260,
        )
        .configure_header(
            labelColor=INK, titleColor=MUTED, labelFontSize=13, labelFontWeight=600, labelLimit=260
        )
    )
    return shown.in_notebooks(made)


def nothing(title: str, why: str) -> alt.Chart:
    """Make the chart that stands where there is nothing to draw, and says so."""
    import altair as alt

    chart: alt.Chart = (
        alt.Chart(alt.InlineData(values=[{"text": why}]), width=WIDTH, height=120)
        .mark_text(fontSize=15, color=MUTED)
        .encode(text="text:N")
    )
    # a page says it in words
    return finish(chart, title).properties(usermeta={"nothing": why})


def carrier_scale(names: Iterable[str | None], *, lang: str | None = None) -> alt.Scale:
    """Make the colour scale for carriers as people read them; null is unknown and grey."""
    import altair as alt

    spare = iter(OTHERS * 8)
    domain, colours = [], []
    for name in names:
        domain.append(words.carrier(name, lang))
        colours.append(PENDING if name is None else CARRIERS.get(name) or next(spare))
    return alt.Scale(domain=domain, range=colours)


def day_axis(
    days: int, *, lang: str | None = None, hours: bool = False, title: str | None = None
) -> alt.Axis:
    """Make a time axis that suits a stretch of days: with weekdays when short, with months when long."""
    import altair as alt

    ja = words.language(lang) == "ja"
    # Vega counts from Sunday
    names = json.dumps([words.weekdays(lang)[-1], *words.weekdays(lang)[:-1]], ensure_ascii=False)
    weekday = f"{names}[day(datum.value)]"
    day = "timeFormat(datum.value, '%-m/%-d')" if ja else "timeFormat(datum.value, '%-d %b')"
    with_weekday = f"{day} + '（' + {weekday} + '）'" if ja else f"{weekday} + ' ' + {day}"
    month = "timeFormat(datum.value, '%Y/%-m')" if ja else "timeFormat(datum.value, '%b %Y')"
    common: dict[str, Any] = {"title": title, "grid": False, "labelFlush": False, "labelOverlap": "greedy"}
    if hours and days <= 3:
        text = f"hours(datum.value) == 0 ? {day} : timeFormat(datum.value, '%-H') + '{'時' if ja else ':00'}'"
        return alt.Axis(labelExpr=text, tickCount=8, **common)
    if days <= 10:
        return alt.Axis(labelExpr=with_weekday, tickCount=alt.TimeIntervalStep("day", 1), **common)
    if days <= 62:
        # a tick a day, a word a week: weekly patterns are the first thing to look for
        text = f"day(datum.value) == 1 ? {with_weekday} : ''"
        return alt.Axis(labelExpr=text, tickCount=alt.TimeIntervalStep("day", 1), **common)
    return alt.Axis(
        labelExpr=month, tickCount=alt.TimeIntervalStep("month", 1 if days <= 400 else 3), **common
    )


def width_of(text: str) -> int:
    """Tell how wide a text is, in half-width letters."""
    return sum(2 if unicodedata.east_asian_width(letter) in "FWA" else 1 for letter in text)


def cut(text: str, most: int) -> str:
    """Shorten a text to a width in its middle: names of a series differ at their ends."""
    if width_of(text) <= most:
        return text
    head = tail = text
    while width_of(head) > (most - 1) // 2:
        head = head[:-1]
    while width_of(tail) > most // 2:
        tail = tail[1:]
    return f"{head}…{tail}"


def count_text(value: float) -> str:
    """Write a count with thousands separators."""
    return f"{value:,.0f}"


def _stack() -> str:
    return ", ".join(name if "-" in name else f'"{name}"' for name in FONTS)


def _written(chart: ChartType) -> str:
    return json.dumps(in_our_font(chart.to_dict()), ensure_ascii=False)


def in_our_font(spec: dict[str, Any]) -> dict[str, Any]:
    """Give a chart that names no font, such as a user's own, the one that comes along."""
    return spec | {"config": {"font": _stack()} | spec.get("config", {})}


def _register(folder: Path) -> None:
    import vl_convert

    if not folder.is_dir():
        raise InputError(said("charts.folder", folder=folder))
    vl_convert.register_font_directory(str(folder))
