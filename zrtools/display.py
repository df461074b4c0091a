"""How a frame is shown to people in a notebook: headings, per cent, thousands and days in their language."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import polars as pl

from zrtools import words
from zrtools.arguments import checked
from zrtools.codes.causes import CAUSES, OWNERS, SURE
from zrtools.errors import InputError
from zrtools.texts import said
from zrtools.words.columns import JAPANESE, OTHER_ENGLISH, VALUES
from zrtools.words.failures import TEXTS

__all__ = ["Shown", "show"]

_POINTS = re.compile(r"rate_part|share_part|contribution\w*|explained\w*|rest\w*|change_low|change_high")
_PERCENT = re.compile(
    r"(\w+_)?(rate|share|chance|used)(_\w+)?|within_30s\w*|level|sure|adjusted_\w+|total_(before|after)"
)
_SIGNED = re.compile(r"(\w+_)?(change|difference)(_\w+)?")
_PLAIN = re.compile(r"\w+_id|row|year|fiscal_year|period_of_year|weekday|hour|\w*code")
_NAMES: dict[str, Callable[[str | None, str | None], str]] = {
    "carrier": words.carrier,
    "failure_carrier": words.carrier,
    "failure_category": words.category,
    "last_category": words.category,
    "category": words.category,
    "failure_origin": words.origin,
    "failure_action": words.action,
    "outcome": words.outcome,
}
_LABELS = VALUES | {
    "cause": {name: cause.label for name, cause in CAUSES.items()},
    "owner": OWNERS,
    "how_sure": SURE,
}
_STYLE = (
    "<style>.zrtools-table{overflow-x:auto}"
    ".zrtools-table table{border-collapse:collapse;font-variant-numeric:tabular-nums}"
    ".zrtools-table :is(th,td){text-align:left;vertical-align:top;padding:.25em .7em;max-width:28em;white-space:normal}"
    ".zrtools-table thead th{border-bottom:1px solid currentColor;font-weight:600;white-space:nowrap}"
    ".zrtools-table :is(.n,.t){white-space:nowrap}.zrtools-table .n{text-align:right}"
    ".zrtools-table caption{caption-side:bottom;text-align:left;padding:.3em .7em}"
    "</style>"
)


@dataclass(frozen=True, slots=True)
class Shown:
    """A frame as a table for people; `frame` is the frame itself."""

    frame: pl.DataFrame = field(repr=False)
    lang: words.Lang
    most: int

    @property
    def headings(self) -> list[str]:
        """Give the headings of the columns."""
        return [_heading(name, self.lang) for name in self.frame.columns]

    @property
    def cells(self) -> list[list[str]]:
        """Give what stands in the cells, row by row."""
        shown = self.frame.head(self.most)
        columns = [_cells(series, self.lang) for series in shown]
        return [list(row) for row in zip(*columns, strict=True)]

    @property
    def note(self) -> str:
        """Say how many rows are not shown; empty where all are."""
        rows = self.frame.height
        if not rows:
            return words.text("files.shown_none", self.lang)
        if rows <= self.most:
            return ""
        return words.text("files.shown_more", self.lang, n=f"{rows - self.most:,}", all=f"{rows:,}")

    def _repr_html_(self) -> str:
        kinds = [_kind(series) for series in self.frame]
        head = _row('th scope="col"', self.headings, kinds)
        body = "".join(_row("td", row, kinds) for row in self.cells)
        note = f"<caption>{html.escape(self.note)}</caption>" if self.note else ""
        return (
            f'<div class="zrtools-table">{_STYLE}<table lang="{self.lang}">{note}<thead>{head}</thead>'
            f"<tbody>{body}</tbody></table></div>"
        )

    def __str__(self) -> str:
        columns = [
            pl.Series([row[at] for row in self.cells], dtype=pl.String) for at in range(self.frame.width)
        ]
        # headings may be alike: 同（上限）
        names = [
            f"{name}{chr(0x200B) * self.headings[:at].count(name)}" for at, name in enumerate(self.headings)
        ]
        plain = pl.DataFrame(dict(zip(names, columns, strict=True)))
        with pl.Config(
            tbl_hide_column_data_types=True,
            tbl_hide_dataframe_shape=True,
            tbl_rows=-1,
            tbl_cols=-1,
            tbl_width_chars=-1,
            fmt_str_lengths=60,
        ):
            return "\n".join(line for line in (str(plain), self.note) if line)


@checked
def show(frame: pl.DataFrame, *, lang: str | None = None, most: int = 30) -> Shown:
    """Show a frame to people: headings, per cent, thousands, days and names in their language, figures on the right.

    Parameters
    ----------
    frame
        Any frame of zrtools, or one made of their columns; columns it does not know keep their name.
    lang
        The language, as everywhere.
    most
        How many rows are shown; below them it says how many more there are.

    Returns
    -------
    Shown
        A table that a notebook shows light or dark, and `print` as text; `frame` is the frame as it was.

    Raises
    ------
    InputError
        For what is no polars DataFrame, and for `most` below 1.

    Examples
    --------
    >>> import polars as pl
    >>> import zrtools as zr
    >>> shown = zr.show(pl.DataFrame({"carrier": ["docomo"], "failed": [1234], "failure_rate": [0.0514]}), lang="ja")
    >>> shown.headings, shown.cells
    (['キャリア', '不達', '不達率'], [['ドコモ', '1,234', '5.1%']])
    """
    if most < 1:
        raise InputError(said("files.most", most=most))
    return Shown(frame, words.language(lang), most)


def _heading(name: str, lang: words.Lang) -> str:
    known = JAPANESE.get(name)
    if known is None:
        return name
    return known if lang == "ja" else OTHER_ENGLISH.get(name, name.replace("_", " "))


def _row(tag: str, cells: list[str], kinds: list[str]) -> str:
    each = (f"<{tag}{kind}>{html.escape(cell)}</{tag[:2]}>" for cell, kind in zip(cells, kinds, strict=True))
    return f"<tr>{''.join(each)}</tr>"


def _kind(series: pl.Series) -> str:
    if series.dtype.is_numeric() and not _PLAIN.fullmatch(series.name):
        return " class=n"
    return " class=t" if series.dtype.is_temporal() else ""


def _cells(series: pl.Series, lang: words.Lang) -> list[str]:
    within_a_year = (
        series.dtype.is_temporal()
        and series.dtype != pl.Duration
        and series.dt.year().drop_nulls().n_unique() <= 1
    )
    return [_cell(series.name, value, lang, with_year=not within_a_year) for value in series]


def _cell(name: str, value: Any, lang: words.Lang, *, with_year: bool) -> str:
    if name in _NAMES and (value is None or isinstance(value, str)):
        return _NAMES[name](value, lang)
    if value is None:
        return "–"
    if isinstance(value, str):
        if name == "dimension":
            return _heading(value, lang) if value != "all" else words.text("failures.segment_all", lang)
        label = _LABELS.get(name, {}).get(value) or TEXTS.get(f"{name} {value}")
        return words.label(label, lang) if label else value
    if isinstance(value, bool):
        return words.text(f"files.shown_{'yes' if value else 'no'}", lang)
    if isinstance(value, date):
        return _moment(name, value, lang, with_year=with_year)
    if name == "weekday" and value in range(1, 8):
        return words.text(f"failures.weekday_{value}", lang)
    if isinstance(value, int | float | Decimal):
        return _figure(name, value)
    if isinstance(value, pl.Series | list):
        joined = words.text("files.shown_list", lang).join(
            _cell("", one, lang, with_year=with_year) for one in value
        )
        return joined or "–"
    if isinstance(value, dict) and {"column", "value"} == set(value):
        # a segment of LOCATED
        told = _cell(value["column"], value["value"], lang, with_year=with_year)
        return f"{_heading(value['column'], lang)} {told}"
    return str(value)


def _figure(name: str, value: float | Decimal) -> str:
    if _PLAIN.fullmatch(name):
        return str(value)
    if isinstance(value, float):
        if _POINTS.fullmatch(name):
            return words.points(value)
        if name == "p_value":
            return "<0.0001" if value < 0.0001 else f"{value:.2g}"
        if _PERCENT.fullmatch(name) and not _SIGNED.fullmatch(name):
            return words.percent(value)
        if name.endswith("change_rate"):
            return f"{value:+.1%}".replace("-", "−")
    sign = "+" if _SIGNED.fullmatch(name) and value else ""
    if isinstance(value, Decimal):
        digits = max(0, -int(value.normalize().as_tuple().exponent))
    else:
        digits = 0 if isinstance(value, int) or abs(value) >= 100 else 1
    return f"{value:{sign},.{digits}f}".replace("-", "−")


def _moment(name: str, value: date, lang: words.Lang, *, with_year: bool) -> str:
    ja = lang == "ja"
    if name in ("month", "last_month"):
        return f"{value.year}年{value.month}月" if ja else f"{value:%Y-%m}"
    weekday = words.weekdays(lang)[value.weekday()]
    if ja:
        said = f"{f'{value.year}/' if with_year else ''}{value.month}/{value.day}（{weekday}）"
    else:
        said = f"{value:%Y-%m-%d} ({weekday})" if with_year else f"{value.day} {value:%b} ({weekday})"
    if not isinstance(value, datetime):
        return said
    return f"{said}{'' if ja else ' '}{value.hour}:{value:%M}"
