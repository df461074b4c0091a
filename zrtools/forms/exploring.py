"""The failure explorer: choose, see where and when, read the messages behind a cell, take them along."""

from __future__ import annotations

import html
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import ipywidgets as w
import polars as pl

from zrtools import periods, privacy, tables, words
from zrtools.arguments import checked
from zrtools.charts.located import located
from zrtools.charts.style import count_text, svg
from zrtools.charts.telling import in_order
from zrtools.engines import opened
from zrtools.errors import InputError, ZrtoolsError
from zrtools.failures.traffic import grouped, sums
from zrtools.failures.traits import CampaignRule
from zrtools.forms import cube
from zrtools.forms.cube import OTHERS, Choice, Cube
from zrtools.forms.drawing import Course, Matrix, course_svg, few_of, shade
from zrtools.forms.panel import Panel, heading, side_by_side
from zrtools.forms.private import PrivateDownload
from zrtools.texts import said

__all__ = ["ExploreForm", "failures"]

_SHOWN = 30
_LONG = 40
_MOST_CAMPAIGNS = 8
_MOST_EXCEL = 1_000_000
_MOST_HOURS, _MOST_DAYS = timedelta(days=31), timedelta(days=800)
_NEUTRAL = "", ""
_DAYS_APART = 300


@checked
def failures(
    source: Any,
    *,
    start: periods.Day | None = None,
    end: periods.Day | None = None,
    campaign: CampaignRule = None,
    codes: Any = None,
    lang: str | None = None,
) -> ExploreForm:
    """Show an explorer of failures: filters, linked drawings, the messages behind a cell, export.

    `source` is a frame of statuses or delivery reports (polars DataFrame or LazyFrame) or an archive. It is read once
    and counted; every later change is answered from the counts. `start` and `end` limit what is read, as `Archive.scan`
    takes them: days, both included; a month means its days, `start` alone that day or month, `end` alone all up to
    it. `campaign` says how a client tag names its campaign, as in
    `failures.features`, and `codes` names codes of one's own, as in `classify`. Numbers are masked, in exports too
    unless the box is ticked.
    """
    return ExploreForm(source, start=start, end=end, campaign=campaign, codes=codes, lang=lang)


class ExploreForm(Panel):
    """An explorer of failures; `rows` are the chosen failures, numbers unmasked."""

    def __init__(
        self,
        source: Any,
        *,
        start: periods.Day | None = None,
        end: periods.Day | None = None,
        campaign: CampaignRule = None,
        codes: Any = None,
        lang: str | None = None,
    ) -> None:
        super().__init__(lang)
        self._cube: Cube | None = None
        self._shown: Choice | None = None
        self._silent = False
        self._axis: list[tuple[Any, ...]] = []
        self._starts: list[datetime] = []
        self._over_time: tuple[pl.DataFrame, Choice] | None = None
        self.add_class("zrtools-explorer")
        self.period = w.SelectionRangeSlider(
            options=["–"],
            description=self.x("period"),
            continuous_update=False,
        )
        self.unit = w.Dropdown(
            options=[(self.x(f"unit_{unit}"), unit) for unit in ("1h", "1d", "1w")],
            value="1d",
            description=self.x("unit"),
        )
        self.carrier, self.category, self.campaign = (
            w.Dropdown(options=[(self.x("all"), ...)], description=self.x(name))
            for name in ("carrier", "category", "campaign")
        )
        self.reset = w.Button(description=self.x("reset"))
        self.why = w.Button(description=self.x("why"), tooltip=self.x("why_tip"))
        self.reason = w.HTML()
        self.summary = w.HTML()
        self.matrix = Matrix(corner=self.x("corner"))
        self.matrix_note, self.course_note = w.HTML(), w.HTML()
        self.course = Course()
        self.campaigns = Matrix(corner=self.x("campaigns_corner"))
        self.table = w.HTML()
        self.unmasked = w.Checkbox(
            description=self.x("unmasked"), indent=False, layout=w.Layout(width="auto")
        )
        self.csv, self.excel = (_Download(self, kind, description=self.x(kind)) for kind in ("csv", "excel"))
        filters = w.Box([self.period, self.unit, self.carrier, self.category, self.campaign, self.reset])
        filters.add_class("zrtools-filters")
        self.children = (
            heading(self.x("title"), self.lang),
            filters,
            self.note,
            side_by_side(self.summary, self.why),
            self.reason,
            _small(self.x("matrix")),
            self.matrix,
            self.matrix_note,
            _small(self.x("course")),
            self.course,
            self.course_note,
            _small(self.x("campaigns")),
            self.campaigns,
            self.table,
            side_by_side(self.csv, self.excel, self.unmasked),
        )
        for control in (self.period, self.unit, self.carrier, self.category, self.campaign):
            control.observe(self.react(self._changed), "value")
        self.reset.on_click(self.react(self._reset))
        self.why.on_click(self.react(self._asked))
        self.matrix.on_pick(self._cell_picked)
        self.course.on_pick(self._time_picked)
        self.campaigns.on_pick(self._campaign_picked)
        self.course.observe(self.react(self._draw), "room")
        self.say(self.x("counting"))
        self.act(
            lambda: cube.build(
                opened(source, start, end, wanted=said("forms.explore")), campaign=campaign, codes=codes
            ),
            self._ready,
        )

    def x(self, key: str, **values: object) -> str:
        """Give a wording of the explorer in the form's language."""
        return words.text(f"explorer.{key}", self.lang, **values)

    @property
    def rows(self) -> pl.DataFrame:
        """The chosen failures, newest first, numbers unmasked."""
        if self._cube is None or self._shown is None:
            return pl.DataFrame()
        return self._cube.behind(self._shown)

    # ------------------------------------------------------------------------------------------ choosing

    def _ready(self, counted: Cube) -> None:
        days = counted.days
        if not days:
            self.say(self.x("nothing"))
            return
        self.say("")
        self._cube = counted
        self._silent = True
        try:
            self.period.options = [
                (f"{day:%m/%d}" if len(days) < _DAYS_APART else f"{day}", day) for day in days
            ]
            self.period.value = (days[0], days[-1])
            self._options(self.carrier, "carrier", self._carrier)
            self._options(self.category, "failure_category", self._category)
            self._options(self.campaign, "campaign", self._campaign)
        finally:
            self._silent = False
        self._changed()

    def _options(self, control: w.Dropdown, column: str, name: Callable[[Any], str]) -> None:
        assert self._cube is not None  # noqa: S101 - called when it is there
        of = sums()
        n = of["failed"] if column == "failure_category" else of["settled"]
        sizes = grouped(self._cube.counts, [column], n=n).filter(pl.col("n") > 0)
        values = sizes.sort("n", column, descending=[True, False])[column]
        control.options = [(self.x("all"), ...), *((name(value), value) for value in values)]

    def _choice(self) -> Choice:
        first, last = self.period.value
        return Choice(
            first, last, self.carrier.value, self.category.value, self.campaign.value, self.unit.value
        )

    def _changed(self) -> None:
        """Show what is chosen now; while an answer is on its way, only the last choice is asked next."""
        if self._silent or self._cube is None or self.busy:
            return
        choice, counted = self._choice(), self._cube
        self.act(lambda: self._answered(counted, choice), lambda answer: self._show(choice, answer))

    def _reset(self) -> None:
        days = self._cube.days if self._cube is not None else []
        if days:
            self._set(
                {
                    self.period: (days[0], days[-1]),
                    self.unit: "1d",
                    self.carrier: ...,
                    self.category: ...,
                    self.campaign: ...,
                }
            )

    def _set(self, values: dict[Any, Any]) -> None:
        """Change several controls and answer once."""
        self._silent = True
        try:
            for control, value in values.items():
                control.value = value
        finally:
            self._silent = False
        self._changed()

    def _cell_picked(self, place: list[int]) -> None:
        row, column = (self._axis[n][i] for n, i in enumerate(place))
        again = (self.category.value, self.carrier.value) == (row, column)
        self._set({self.category: ... if again else row, self.carrier: ... if again else column})

    def _campaign_picked(self, place: list[int]) -> None:
        value = self._axis[2][place[1]]
        self._set({self.campaign: ... if self.campaign.value == value else value})

    def _time_picked(self, place: int) -> None:
        if self._over_time is None:
            return
        start = self._starts[place].date()
        last = start + timedelta(days=6 if self._over_time[1].unit == "1w" else 0)
        days = self._cube.days if self._cube is not None else []
        chosen = [day for day in days if start <= day <= last]
        if chosen and self.period.value != (chosen[0], chosen[-1]):
            self._set({self.period: (chosen[0], chosen[-1]), self.unit: "1h" if len(chosen) == 1 else "1d"})

    def _asked(self) -> None:
        """Locate what is chosen; a later choice takes the answer away."""
        counted, choice, lang = self._cube, self._shown, self.lang
        if counted is None or choice is None or self.busy:
            return

        def work() -> str | ZrtoolsError:
            try:
                found, why = counted.why(choice, lang)
            except ZrtoolsError as error:
                return error
            shown = f"<p>{html.escape(why)}</p>"
            if found.height:
                told = "".join(f"<li>{html.escape(sentence)}</li>" for sentence in found["sentence"])
                shown += f"{svg(located(found, lang=lang))}<ul>{told}</ul>"
            return shown

        self.working(self.x("why_working"))
        self.act(work, self._explain)

    def _explain(self, answer: str | ZrtoolsError) -> None:
        self.say("")
        if isinstance(answer, ZrtoolsError):
            self.fail(answer)
        else:
            self.reason.value = answer
        self._follow()

    # ----------------------------------------------------------------------------------------- answering

    def _answered(self, counted: Cube, choice: Choice) -> dict[str, Any]:
        """Work out what is shown; runs beside the kernel's main thread."""
        length = choice.last - choice.first
        unit = "1d" if choice.unit == "1h" and length >= _MOST_HOURS else choice.unit
        unit = "1w" if unit == "1d" and length >= _MOST_DAYS else unit
        drawn = replace(choice, unit=unit)
        behind, cells = counted.behind(choice), counted.cells(choice)
        return {
            "summary": self._told(counted.summary(choice), choice),
            "matrix": self._matrix(cells, choice),
            "matrix_note": self._unknown_told(cells),
            "course": (_completed(counted.course(drawn), drawn.unit), drawn),
            "campaigns": self._campaigns(counted.campaigns(choice, _MOST_CAMPAIGNS), choice),
            "table": self._rows(behind),
            "note": self.x(f"course_{unit}") if unit != choice.unit else "",
        }

    def _show(self, choice: Choice, answer: dict[str, Any]) -> None:
        self._shown = choice
        self.reason.value = ""
        self.say(answer["note"])
        self.summary.value = answer["summary"]
        (rows, columns), traits = answer["matrix"]
        campaigns, campaign_traits = answer["campaigns"]
        self._axis = [rows, columns, campaigns]
        self._over_time = answer["course"]
        self._draw()
        self.matrix_note.value = answer["matrix_note"]
        for widget, values in ((self.matrix, traits), (self.campaigns, campaign_traits)):
            with widget.hold_sync():
                for name, value in values.items():
                    setattr(widget, name, value)
        self.table.value = answer["table"]
        self._follow()

    def _follow(self) -> None:
        """Answer anew where the choice changed while the form was busy."""
        if self._choice() != self._shown:
            self._changed()

    def _told(self, summed: dict[str, Any], choice: Choice) -> str:
        names = [
            name(value)
            for value, name in (
                (choice.carrier, self._carrier),
                (choice.category, self._category),
                (choice.campaign, self._campaign),
            )
            if value is not ...
        ]
        what = self.x("and").join(names) or self.x("everything")
        if not summed["settled"]:
            told = self.x("summary_none", what=what)
        else:
            told = self.x(
                "summary",
                what=what,
                settled=count_text(summed["settled"]),
                failed=count_text(summed["failed"]),
                rate=words.percent(summed["failure_rate"]),
                **{end: words.percent(summed[f"rate_{end}"]) for end in ("low", "high")},
            )
        for key in ("pending", "unplaced"):
            if summed[key]:
                told += self.x(f"summary_{key}", pending=count_text(summed[key]))
        if summed["few_clusters"]:
            told += self.x("few_clusters")
        return f'<div class="zrtools-sum">{html.escape(told)}</div>'

    def _matrix(
        self, cells: pl.DataFrame, choice: Choice
    ) -> tuple[tuple[list[Any], list[Any]], dict[str, Any]]:
        sizes = dict(cells.select("carrier", "settled").unique().iter_rows())
        columns = in_order(cells.select("carrier", "settled").unique())["carrier"].to_list()
        by_row = (
            cells.drop_nulls("failure_category")
            .group_by("failure_category")
            .agg(pl.col("failed").sum())
            .sort("failed", "failure_category", descending=[True, False])
        )
        rows = by_row["failure_category"].to_list()
        found = {(c, f): n for c, f, n in cells.select("carrier", "failure_category", "failed").iter_rows()}
        named = [n / sizes[c] for (c, f), n in found.items() if c is not None and f is not None]
        highest = max(named or [n / sizes[c] for (c, _), n in found.items()], default=0) or 1
        whole = sum(sizes.values())
        lost = _lost(cells)

        def cell(row: Any, column: Any) -> dict[str, str]:
            failed = sum(
                n
                for (c, f), n in found.items()
                if f is not None and (row is ... or f == row) and (column is ... or c == column)
            )
            settled = whole if column is ... else sizes[column]
            rate = failed / settled if settled else 0.0
            rated = column is not None or not lost
            coloured = failed and rated and ... not in (row, column)
            fill, ink = shade(rate, highest) if coloured else _NEUTRAL
            tip = self.x(
                "tip" if rated else "tip_unknown",
                category=self.x("total") if row is ... else self._category(row),
                carrier=self.x("whole") if column is ... else words.carrier(column, self.lang),
                settled=count_text(settled),
                failed=count_text(failed),
                rate=words.percent(rate),
            )
            count = self.x("count", n=count_text(failed))
            return {
                "text": "0" if not failed else words.percent(rate) if rated else count,
                "sub": count if failed and rated else "",
                "fill": fill,
                "ink": ink,
                "tip": tip,
            }

        all_rows, all_columns = [*rows, ...], [*columns, ...]
        picked = (
            [all_rows.index(choice.category), all_columns.index(choice.carrier)]
            if choice.category in all_rows and choice.carrier in all_columns
            else []
        )
        heads = [
            f"{self.x('whole') if c is ... else words.carrier(c, self.lang)}\n"
            + self.x(
                "failed_only" if c is None and lost else "settled",
                n=count_text(whole if c is ... else sizes[c]),
            )
            for c in all_columns
        ]
        return (all_rows, all_columns), {
            "columns": heads,
            "rows": [self.x("total") if r is ... else self._category(r) for r in all_rows],
            "cells": [[cell(r, c) for c in all_columns] for r in all_rows],
            "picked": picked if (choice.category, choice.carrier) != (..., ...) else [],
        }

    def _campaigns(self, found: pl.DataFrame, choice: Choice) -> tuple[list[Any], dict[str, Any]]:
        names = found["campaign"].to_list()
        rates = [failed / settled for failed, settled in found.select("failed", "settled").iter_rows()]
        highest = max(rates, default=0) or 1
        cells = []
        for (failed, settled), rate in zip(found.select("failed", "settled").iter_rows(), rates, strict=True):
            fill, ink = shade(rate, highest)
            text = {"text": words.percent(rate), "sub": self.x("count", n=count_text(failed))}
            tip = f"{count_text(failed)} / {count_text(settled)}"
            cells.append({**text, "fill": fill, "ink": ink, "tip": tip})
        return names, {
            "columns": [self._campaign(name) for name in names],
            "rows": [self.x("failed")] if names else [],
            "cells": [cells] if names else [],
            "picked": [0, names.index(choice.campaign)] if choice.campaign in names else [],
        }

    def _unknown_told(self, cells: pl.DataFrame) -> str:
        lost = _lost(cells)
        return f"<p>{html.escape(self.x('unknown_note', n=count_text(lost)))}</p>" if lost else ""

    def _draw(self) -> None:
        """Draw what is chosen over time, for the room that there is."""
        if self._over_time is None or self._cube is None:
            return
        course, choice = self._over_time
        self._starts = course["start"].to_list()
        tips = [
            self.x(
                "course_tip",
                when=self._when(row["start"], choice.unit),
                **{
                    key: words.percent(row[name])
                    for key, name in (("rate", "failure_rate"), ("low", "rate_low"), ("high", "rate_high"))
                },
                **{name: count_text(row[name]) for name in ("failed", "settled", "pending")},
            )
            for row in course.iter_rows(named=True)
        ]
        self.course.svg = course_svg(
            course,
            _labels(self._starts, choice.unit, self.lang),
            tips,
            described=self.x("course_drawn"),
            words={key: self.x(key) for key in ("delivered", "failed", "pending")},
            width=self.course.room,
        )
        basis = "hour" if choice.unit == "1h" else self._cube.basis
        told = [self.x("course_note"), words.text(f"charts.by_{basis}", self.lang)]
        few = few_of(course)
        if not course.filter(pl.col("settled").is_between(1, few, closed="left")).is_empty():
            told.insert(1, self.x("course_few", few=few))
        note = html.escape(self.x("semicolon").join(told))
        self.course_note.value = f'<div class="zrtools-small">{note}</div>' if len(self._starts) else ""

    def _when(self, start: datetime, unit: str) -> str:
        if unit == "1h":
            end = f"{start + timedelta(hours=1):%H:%M}"
            return words.between(words.moment(start, self.lang, short=False), end, self.lang)
        if unit == "1d":
            return words.day(start, self.lang)
        return words.span(start, start + timedelta(days=6), self.lang)

    def _rows(self, behind: pl.DataFrame) -> str:
        if behind.is_empty():
            return f"<p>{html.escape(self.x('rows_none'))}</p>"
        names = ("date_time", "phone_number", "carrier", "category", "code", "client_tag", "message")
        shown = privacy.mask(behind.head(_SHOWN)).select(
            pl.col("date_time").map_elements(
                lambda when: words.moment(when, self.lang, short=False), pl.String
            ),
            "phone_number",
            pl.col("carrier").map_elements(
                lambda c: words.carrier(c, self.lang), pl.String, skip_nulls=False
            ),
            category=pl.col("failure_category").map_elements(
                lambda c: words.category(c, self.lang), pl.String, skip_nulls=False
            ),
            code=pl.col("detailed_status_id"),
            client_tag="client_tag",
            message=pl.when(pl.col("message").str.len_chars() > _LONG)
            .then(pl.col("message").str.slice(0, _LONG) + "…")
            .otherwise("message"),
        )
        told = self.x("rows", n=count_text(behind.height), shown=shown.height)
        none = "–"
        head = "".join(f"<th>{html.escape(self.x(n))}</th>" for n in names)
        body = "".join(
            f"<tr>{''.join(f'<td>{html.escape(str(v or none))}</td>' for v in row)}</tr>"
            for row in shown.select(names).iter_rows()
        )
        return (
            f'<div class="zrtools-part">{html.escape(told)}</div><div class="zrtools-rows" tabindex="0">'
            f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"
        )

    # ------------------------------------------------------------------------------------------ exporting

    def export(self, kind: str) -> tuple[str, bytes]:
        """Write the chosen failures as a CSV (UTF-8 with BOM) or Excel file: its name and its bytes.

        Numbers are masked unless the box is ticked. Raises `InputError` when there are more rows than Excel takes.
        """
        return self._written(kind, self._shown, masked=not self.unmasked.value)

    def _written(self, kind: str, choice: Choice | None, *, masked: bool) -> tuple[str, bytes]:
        if self._cube is None or choice is None:
            raise InputError(self.x("nothing"))
        found = self._cube.behind(choice)
        if kind == "excel" and found.height > _MOST_EXCEL:
            raise InputError(self.x("too_many", most=count_text(_MOST_EXCEL), n=count_text(found.height)))
        if masked:
            found = privacy.mask(found)
        others = pl.col("campaign").replace(OTHERS, None)
        found = found.drop("day").with_columns(others, pl.col("date_time").dt.replace_time_zone(None))
        name = f"failures-{choice.first}-{choice.last}"
        if kind == "csv":
            return f"{name}.csv", tables.as_csv(found)
        return f"{name}.xlsx", tables.as_excel(found, sheet="failures")

    def refresh(self) -> None:
        """Let what can be pressed be pressed: while an answer is on its way the choice may still change."""
        ready = self._cube is not None
        for control in (self.period, self.unit, self.carrier, self.category, self.campaign, self.reset):
            control.disabled = not ready
        nothing = self._shown is None
        self.csv.disabled = self.excel.disabled = self.why.disabled = nothing

    def _carrier(self, name: Any) -> str:
        return words.carrier(name, self.lang)

    def _category(self, name: Any) -> str:
        return words.category(name, self.lang, coded=True)

    def _campaign(self, name: Any) -> str:
        if name is None:
            return words.text("failures.no_tag", self.lang)
        return self.x("others") if name == OTHERS else privacy.mask_text(str(name))


def _lost(cells: pl.DataFrame) -> int:
    """Count what has no carrier only because it failed before one was known, 0 where that is not all of it."""
    unknown = cells.filter(pl.col("carrier").is_null())
    settled, failed = unknown.select(pl.col("settled").max(), pl.col("failed").sum()).row(0)
    return int(failed) if settled == failed and cells["carrier"].count() else 0


def _completed(found: pl.DataFrame, unit: str) -> pl.DataFrame:
    """Give every stretch of time from the first to the last a row."""
    if found.is_empty():
        return found
    ends = pl.col("start").min(), pl.col("start").max()
    whole = found.select(start=pl.datetime_range(*ends, unit, time_unit="ms"))
    return whole.join(found, on="start", how="left", maintain_order="left").with_columns(
        pl.col("failed", "settled", "pending").fill_null(0), pl.col("is_final").fill_null(value=True)
    )


class _Download(PrivateDownload):
    """A download whose file is made beside the kernel's main thread, of what is shown at the click."""

    def __init__(self, form: ExploreForm, kind: str, **traits: Any) -> None:
        self._form, self._kind = form, kind
        super().__init__(lambda: form.export(kind), **traits)

    def _receive(self, _widget: object, content: Any, _buffers: object) -> None:
        if isinstance(content, dict) and content.get("wanted") and not self.disabled:
            form, kind = self._form, self._kind
            choice, masked = form._shown, not form.unmasked.value

            def work() -> tuple[str, bytes] | ZrtoolsError:
                try:
                    return form._written(kind, choice, masked=masked)
                except ZrtoolsError as error:
                    return error

            form.act(work, self._hand_over)

    def _hand_over(self, made: tuple[str, bytes] | ZrtoolsError) -> None:
        form = self._form
        if isinstance(made, ZrtoolsError):
            form.fail(made)
        else:
            name, body = made
            self.send({"name": name}, [body])
            form.say(form.x("exported", name=name, n=count_text(form.rows.height)), "good")
        form._follow()


def _labels(starts: list[datetime], unit: str, lang: str) -> list[str]:
    """Choose what stands under a course: no more words than there is room for."""
    count = len(starts)
    if unit == "1h":
        step = 24 if count > 72 else 6 if count > 30 else 3
        return [
            "" if s.hour % step else f"{s.month}/{s.day}" if s.hour == 0 else f"{s.hour}:00" for s in starts
        ]
    if unit == "1d" and count <= 9:
        return [words.day(s, lang, short=True) for s in starts]
    if unit == "1d" and count <= 100:
        return [words.day(s, lang, short=True) if s.weekday() == 0 else "" for s in starts]
    if unit == "1d":
        return [f"{s.year}/{s.month}" if s.day == 1 else "" for s in starts]
    step = -(-count // 14)
    return [f"{s.month}/{s.day}" if n % step == 0 else "" for n, s in enumerate(starts)]


def _small(text: str) -> w.HTML:
    return w.HTML(f'<div class="zrtools-part">{html.escape(text)}</div>')
