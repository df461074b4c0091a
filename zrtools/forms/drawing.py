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

__all__ = ["Course", "Matrix", "course_svg", "shade"]

_WIDTH, _LEFT, _RIGHT = 900, 56, 10
_TOP, _UPPER, _GAP, _LOWER = 12, 170, 14, 64
_FOOT = 30


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
    """A table of buttons: `columns` and `rows` are headings, `cells` rows of {text, sub, fill, ink, tip}."""

    _esm = WEB / "drawing.js"

    corner = traitlets.Unicode().tag(sync=True)
    columns = traitlets.List(traitlets.Unicode()).tag(sync=True)
    rows = traitlets.List(traitlets.Unicode()).tag(sync=True)
    cells = traitlets.List(traitlets.List()).tag(sync=True)
    picked = traitlets.List(traitlets.Int()).tag(sync=True)
    disabled = traitlets.Bool(False).tag(sync=True)


class Course(_Clickable):
    """A course over time as SVG; each stretch of time can be clicked."""

    _esm = WEB / "drawing.js"

    svg = traitlets.Unicode().tag(sync=True)
    disabled = traitlets.Bool(False).tag(sync=True)


def shade(rate: float, highest: float) -> tuple[str, str]:
    """Give the colour of a cell with a rate, and of the text on it."""
    place = (rate / highest) ** style.SHARPNESS if highest else 0.0
    at = min(max(place, 0), 1) * (len(style.SEQUENCE) - 1)
    low, part = style.SEQUENCE[int(at)], at - int(at)
    high = style.SEQUENCE[min(int(at) + 1, len(style.SEQUENCE) - 1)]
    mixed = (round(int(low[i : i + 2], 16) * (1 - part) + int(high[i : i + 2], 16) * part) for i in (1, 3, 5))
    return "#" + "".join(f"{c:02X}" for c in mixed), "#FFFFFF" if place > style.DARK_FROM else "#000000"


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
    course: pl.DataFrame, labels: Sequence[str], tips: Sequence[str], *, described: str, words: dict[str, str]
) -> str:
    """Draw a course: rate with interval above, delivered, failed and pending below.

    `course` holds one row a stretch of time, in order, as `Cube.course` gives it and none missing; `labels` what
    stands under it ("" for nothing) and `tips` what a pointer shows.
    """
    if course.is_empty():
        return ""
    places = _Scale(0, course.height, _LEFT, _WIDTH - _RIGHT)
    top = _highest(course)
    up = _Scale(0, top, _TOP + _UPPER, _TOP)
    most = float(course.select((pl.col("settled") + pl.col("pending")).max()).item() or 1)
    floor = _TOP + _UPPER + _GAP + _LOWER
    down = _Scale(0, most, floor, floor - _LOWER)
    step = places(1) - places(0)
    rows = list(course.iter_rows(named=True))
    parts = [*_grid(up, top, down, most)]
    parts += [
        _interval(i, row, places, up, step) for i, row in enumerate(rows) if row["failure_rate"] is not None
    ]
    parts += _lines(rows, places, up)
    for i, row in enumerate(rows):
        parts.append(_bars(row, places(i), step, down))
        if row["failure_rate"] is not None and (course.height <= 80 or not row["is_final"]):
            fill = style.FAILED if row["is_final"] else "#FFFFFF"
            parts.append(
                f'<circle cx="{places(i + 0.5)}" cy="{up(row["failure_rate"])}" r="3.4" fill="{fill}" '
                f'stroke="{style.FAILED}" stroke-width="1.6"/>'
            )
        parts.append(
            f'<rect data-pick="{i}" role="button" aria-label="{html.escape(tips[i])}" x="{places(i)}" y="{_TOP}" '
            f'width="{step:.1f}" height="{floor - _TOP}"><title>{html.escape(tips[i])}</title></rect>'
        )
        if labels[i]:
            parts.append(
                f'<text x="{places(i + 0.5)}" y="{floor + 16}" text-anchor="middle">{html.escape(labels[i])}</text>'
            )
    parts += _legend(words, floor + 34)
    return (
        f'<svg class="zrtools-course" role="group" aria-label="{html.escape(described)}" '
        f'viewBox="0 0 {_WIDTH} {floor + _FOOT + 14}" width="{_WIDTH}">{"".join(parts)}</svg>'
    )


def _highest(course: pl.DataFrame) -> float:
    found = course.select(
        highest=pl.col("failure_rate").max(),
        usual=pl.col("rate_high").quantile(0.9, "higher"),
        most=pl.col("rate_high").max(),
    ).row(0)
    highest, usual, most = (float(value or 0) for value in found)
    return min(max(min(usual, 3 * highest), min(most, 1.35 * highest), 0.001) * 1.04, 1.0)


def _grid(up: _Scale, top: float, down: _Scale, most: float) -> list[str]:
    parts = []
    for place, scale, ends, form in ((up, top, 4, "{:.3g}%"), (down, most, 2, "{:,.0f}")):
        step = _nice(scale / ends)
        for n in range(int(scale / step) + 1):
            y, value = place(n * step), n * step * (100 if form.endswith("%") else 1)
            parts.append(
                f'<line x1="{_LEFT}" x2="{_WIDTH - _RIGHT}" y1="{y}" y2="{y}" stroke="#8884" stroke-width="1"/>'
            )
            parts.append(f'<text x="{_LEFT - 6}" y="{y + 4}" text-anchor="end">{form.format(value)}</text>')
    return parts


def _nice(step: float) -> float:
    power = 10.0 ** len(str(int(step))) / 10 if step >= 1 else 1.0
    while power > step:
        power /= 10
    return next(power * n for n in (1, 2, 5, 10) if power * n >= step * 0.999)


def _interval(i: int, row: dict[str, Any], places: _Scale, up: _Scale, step: float) -> str:
    return (
        f'<line x1="{places(i + 0.5)}" x2="{places(i + 0.5)}" y1="{up(row["rate_low"])}" y2="{up(row["rate_high"])}" '
        f'stroke="{style.FAILED}" stroke-opacity="0.35" stroke-width="{min(max(step * 0.5, 1), 3):.1f}"/>'
    )


def _lines(rows: list[dict[str, Any]], places: _Scale, up: _Scale) -> list[str]:
    parts: list[str] = []
    run: list[str] = []
    for i, row in enumerate([*rows, {"failure_rate": None}]):
        if row["failure_rate"] is not None:
            run.append(f"{places(i + 0.5)},{up(row['failure_rate'])}")
        elif run:
            parts.append(
                f'<polyline points="{" ".join(run)}" fill="none" stroke="{style.FAILED}" stroke-width="1.5"/>'
            )
            run = []
    return parts


def _bars(row: dict[str, Any], x: float, step: float, down: _Scale) -> str:
    parts, base = "", 0
    sizes = (
        (row["settled"] - row["failed"], style.DELIVERED),
        (row["failed"], style.FAILED),
        (row["pending"], style.PENDING),
    )
    width = step - min(step * 0.12, 2)
    for size, colour in sizes:
        if size:
            y, foot = down(base + size), down(base)
            parts += f'<rect x="{x}" y="{y}" width="{width:.1f}" height="{max(foot - y, 0.4):.1f}" fill="{colour}"/>'
            base += size
    return parts


def _legend(words: dict[str, str], y: float) -> list[str]:
    colours = {"delivered": style.DELIVERED, "failed": style.FAILED, "pending": style.PENDING}
    parts, x = [], float(_LEFT)
    for key, colour in colours.items():
        parts.append(f'<rect x="{x}" y="{y - 9}" width="10" height="10" fill="{colour}"/>')
        parts.append(f'<text x="{x + 15}" y="{y}">{html.escape(words[key])}</text>')
        x += 34 + 13 * len(words[key]) * (1 if words[key].isascii() is False else 0.6)
    parts.append(f'<text x="{x + 10}" y="{y}">{html.escape(words["note"])}</text>')
    return parts
