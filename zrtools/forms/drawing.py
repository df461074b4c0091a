"""Two drawings that answer a click: a matrix of cells, and a course over time."""

from __future__ import annotations

import html
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import anywidget
import polars as pl
import traitlets

from zrtools.charts import style
from zrtools.forms.web import WEB

__all__ = ["WIDTH", "Course", "Matrix", "course_svg", "few_of", "shade"]

WIDTH = 900
"""How wide a course is drawn before its page has told the room there is."""

_FEW = (30, 10)

_LEFT, _RIGHT, _TOP, _UPPER, _GAP, _LOWER, _FOOT = 56, 10, 12, 170, 14, 64, 42
_HATCHED = (
    '<defs><pattern id="zrtools-pending" width="5" height="5" patternUnits="userSpaceOnUse" '
    'patternTransform="rotate(45)"><rect width="2.2" height="5" fill="{colour}"/></pattern></defs>'
)


class _Clickable(anywidget.AnyWidget):
    """A drawing whose clicks come as messages."""

    def __init__(self, **traits: Any) -> None:
        super().__init__(**traits)
        self._callbacks: list[Callable[[Any], None]] = []
        self.on_msg(self._receive)

    def on_pick(self, callback: Callable[[Any], None]) -> None:
        """Call back with what was clicked."""
        self._callbacks.append(callback)

    def pick(self, what: Any) -> None:
        """Do what a click does."""
        for callback in self._callbacks:
            callback(what)

    def _receive(self, _widget: object, content: Any, _buffers: object) -> None:
        if isinstance(content, dict) and "pick" in content:
            self.pick(content["pick"])


class Matrix(_Clickable):
    """A table of buttons: `columns` and `rows` are headings, `cells` rows of {text, sub, fill, ink, tip}.

    Cells without a `fill` have the theme's own colours.
    """

    _esm = WEB / "drawing.js"

    corner = traitlets.Unicode().tag(sync=True)
    columns = traitlets.List(traitlets.Unicode()).tag(sync=True)
    rows = traitlets.List(traitlets.Unicode()).tag(sync=True)
    cells = traitlets.List(traitlets.List()).tag(sync=True)
    picked = traitlets.List(traitlets.Int()).tag(sync=True)
    disabled = traitlets.Bool(False).tag(sync=True)


class Course(_Clickable):
    """A course over time as SVG; each stretch of time can be clicked, and it tells how much room it has."""

    _esm = WEB / "drawing.js"

    svg = traitlets.Unicode().tag(sync=True)
    disabled = traitlets.Bool(False).tag(sync=True)
    room = traitlets.Int(WIDTH)

    def _receive(self, _widget: object, content: Any, _buffers: object) -> None:
        width = content.get("width") if isinstance(content, dict) else None
        if isinstance(width, int):
            self.room = min(max(width, 280), 2000)
        super()._receive(_widget, content, _buffers)


def shade(rate: float, highest: float) -> tuple[str, str]:
    """Give the colour of a cell with a rate, and of the text on it."""
    place = (rate / highest) ** style.SHARPNESS if highest else 0.0
    at = min(max(place, 0), 1) * (len(style.SEQUENCE) - 1)
    low, part = style.SEQUENCE[int(at)], at - int(at)
    high = style.SEQUENCE[min(int(at) + 1, len(style.SEQUENCE) - 1)]
    mixed = (round(int(low[i : i + 2], 16) * (1 - part) + int(high[i : i + 2], 16) * part) for i in (1, 3, 5))
    fill = tuple(mixed)
    red, green, blue = (
        c / 3294.6 if c <= 10 else ((c / 255 + 0.055) / 1.055) ** 2.4
        for c in fill  # as WCAG defines it
    )
    bright = 0.2126 * red + 0.7152 * green + 0.0722 * blue
    # where black and white stand out alike
    return "#" + "".join(f"{c:02X}" for c in fill), "#FFFFFF" if bright < 0.179 else "#000000"


@dataclass(frozen=True, slots=True)
class _Scale:
    """Places a value between two ends of a drawing."""

    low: float
    high: float
    start: float
    end: float

    def __call__(self, value: float) -> float:
        part = (min(max(value, self.low), self.high) - self.low) / ((self.high - self.low) or 1)
        return round(self.start + (self.end - self.start) * part, 1)


def course_svg(
    course: pl.DataFrame,
    labels: Sequence[str],
    tips: Sequence[str],
    *,
    described: str,
    words: dict[str, str],
    width: int = WIDTH,
) -> str:
    """Draw a course: rate with interval above, delivered, failed and pending below.

    `course` holds one row a stretch of time, in order, as `Cube.course` gives it and none missing; `labels` what
    stands under it ("" for nothing, left out where there is no room) and `tips` what a pointer shows. What reaches
    beyond the scale ends in an arrow.
    """
    if course.is_empty():
        return ""
    right = width - _RIGHT
    places = _Scale(0, course.height, _LEFT, right)
    top = _highest(course)
    up = _Scale(0, top, _TOP + _UPPER, _TOP)
    most = float(course.select((pl.col("settled") + pl.col("pending")).max()).item() or 1)
    floor = _TOP + _UPPER + _GAP + _LOWER
    down = _Scale(0, most, floor, floor - _LOWER)
    step = places(1) - places(0)
    rows = list(course.iter_rows(named=True))
    few = few_of(course)
    parts = [_HATCHED.format(colour=style.PENDING), *_grid(up, top, down, most, right)]
    parts += _lines(rows, places, up, few)
    free = 0.0
    for i, row in enumerate(rows):
        middle = places(i + 0.5)
        parts.append(_bars(row, places(i), step, down))
        if row["failure_rate"] is not None:
            marked = course.height <= 80 or not row["is_final"] or row["settled"] < few
            mark = _rate(row, middle, up, top, step, marked=marked)
            parts.append(f'<g opacity="0.4">{mark}</g>' if row["settled"] < few else mark)
        tip = html.escape(tips[i])
        parts.append(
            f'<rect data-pick="{i}" role="button" aria-label="{tip}" x="{places(i)}" y="{_TOP}" '
            f'width="{step:.1f}" height="{floor - _TOP}"><title>{tip}</title></rect>'
        )
        half = _wide(labels[i]) / 2
        if labels[i] and middle - half >= free:
            parts.append(
                f'<text x="{middle}" y="{floor + 16}" text-anchor="middle">{html.escape(labels[i])}</text>'
            )
            free = middle + half + 8
    parts += _legend(words, floor + 34)
    return (
        f'<svg class="zrtools-course" role="group" aria-label="{html.escape(described)}" '
        f'viewBox="0 0 {width} {floor + _FOOT}" width="{width}">{"".join(parts)}</svg>'
    )


def _wide(text: str) -> float:
    """Estimate how wide a text of 12 px is."""
    return sum(7 if letter.isascii() else 12 for letter in text)


def few_of(course: pl.DataFrame) -> int:
    """Say of how many messages a rate is drawn pale and sets no axis: of fewer than this, if others hold the most."""
    settled = course["settled"]
    return next((few for few in _FEW if 2 * settled.filter(settled >= few).sum() >= (settled.sum() or 1)), 0)


def _highest(course: pl.DataFrame) -> float:
    found = course.filter(pl.col("settled") >= few_of(course)).select(
        highest=pl.col("failure_rate").max(),
        usual=pl.col("rate_high").quantile(0.9, "higher"),
        most=pl.col("rate_high").max(),
    )
    highest, usual, most = (float(value or 0) for value in found.row(0))
    reach = 3 * highest or usual
    return min(max(min(usual, reach), min(most, 1.35 * highest), 0.001) * 1.04, 1.0)


def _grid(up: _Scale, top: float, down: _Scale, most: float, right: float) -> list[str]:
    parts = []
    for place, scale, ends, form in ((up, top, 4, "{:.3g}%"), (down, most, 2, "{:,.0f}")):
        # a count is whole
        step = max(_nice(scale / ends), 0 if form.endswith("%") else 1)
        for n in range(int(scale / step) + 1):
            y, value = place(n * step), n * step * (100 if form.endswith("%") else 1)
            parts.append(f'<line x1="{_LEFT}" x2="{right}" y1="{y}" y2="{y}" class="grid"/>')
            parts.append(f'<text x="{_LEFT - 6}" y="{y + 4}" text-anchor="end">{form.format(value)}</text>')
    return parts


def _nice(step: float) -> float:
    power = 10.0 ** len(str(int(step))) / 10 if step >= 1 else 1.0
    while power > step:
        power /= 10
    parts = (1, 2, 5, 10) if power == 1 else (1, 2, 2.5, 5, 10)  # counts are whole
    return next(power * n for n in parts if power * n >= step * 0.999)


def _rate(row: dict[str, Any], x: float, up: _Scale, top: float, step: float, *, marked: bool) -> str:
    """Draw a rate with its interval; what lies beyond the scale is an arrow at its upper end."""
    rate, low, high = (row[name] for name in ("failure_rate", "rate_low", "rate_high"))
    y, end = up(rate), up(high)
    drawn = (
        f'<line x1="{x}" x2="{x}" y1="{up(low)}" y2="{end}" stroke="{style.FAILED}" stroke-opacity="0.5" '
        f'stroke-width="{min(max(step * 0.5, 1), 3):.1f}"/>'
    )
    if high > top and step >= 4:
        drawn += (
            f'<path class="beyond" d="M{x - 4} {end + 5}L{x} {end - 1}L{x + 4} {end + 5}" fill="none" '
            f'stroke="{style.FAILED}" stroke-width="1.6"/>'
        )
    if rate > top:
        return drawn + f'<path d="M{x - 5} {y + 9}L{x} {y}L{x + 5} {y + 9}Z" fill="{style.FAILED}"/>'
    if marked:
        kind = "" if row["is_final"] else ' class="hollow"'
        drawn += (
            f'<circle cx="{x}" cy="{y}" r="3.4" fill="{style.FAILED}" stroke="{style.FAILED}" '
            f'stroke-width="1.6"{kind}/>'
        )
    return drawn


def _lines(rows: list[dict[str, Any]], places: _Scale, up: _Scale, few: int) -> list[str]:
    """Join the rates of neighbours, those of few messages left out."""
    parts: list[str] = []
    run: list[str] = []
    for i, row in enumerate([*rows, {"failure_rate": None}]):
        if row["failure_rate"] is not None and row["settled"] >= few:
            run.append(f"{places(i + 0.5)},{up(row['failure_rate'])}")
        elif run:
            parts.append(
                f'<polyline points="{" ".join(run)}" fill="none" stroke="{style.FAILED}" stroke-width="1.5"/>'
            )
            run = []
    return parts


_FILLS = {
    "delivered": f'fill="{style.DELIVERED}" fill-opacity="0.55"',
    "failed": f'fill="{style.FAILED}"',
    "pending": f'fill="url(#zrtools-pending)" stroke="{style.PENDING}"',
}
"""Told apart by lightness and pattern, not by their colour alone."""


def _bars(row: dict[str, Any], x: float, step: float, down: _Scale) -> str:
    parts, base = "", 0
    sizes = {"delivered": row["settled"] - row["failed"], "failed": row["failed"], "pending": row["pending"]}
    width = step - min(step * 0.12, 2)
    for kind, size in sizes.items():
        if size:
            y, foot = down(base + size), down(base)
            parts += f'<rect x="{x}" y="{y}" width="{width:.1f}" height="{max(foot - y, 0.4):.1f}" {_FILLS[kind]}/>'
            base += size
    return parts


def _legend(words: dict[str, str], y: float) -> list[str]:
    parts, x = [], float(_LEFT)
    for kind, fill in _FILLS.items():
        parts.append(f'<rect x="{x}" y="{y - 9}" width="10" height="10" {fill}/>')
        parts.append(f'<text x="{x + 15}" y="{y}">{html.escape(words[kind])}</text>')
        x += 34 + _wide(words[kind])
    return parts
