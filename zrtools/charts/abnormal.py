"""Charts of incidents: all of them on one line of time, and one seen closely."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Literal

import narwhals as nw
import polars as pl

from zrtools import schemas, words
from zrtools.arguments import checked
from zrtools.charts import style
from zrtools.charts.course import Times, notes, rates_panel, time_axis, times_of, top_of, volumes_panel
from zrtools.charts.telling import say, summary, why_nothing
from zrtools.errors import InputError
from zrtools.failures.traffic import PolarsStatuses, Statuses, Traffic
from zrtools.failures.wording import named_incident, values_of
from zrtools.texts import said

if TYPE_CHECKING:
    from altair.typing import ChartType

__all__ = ["incident", "incidents"]

_SHADE = "#56B4E9"
_MOST = 20
_FEW_DAYS = 10
_AROUND = timedelta(hours=36)
_DIMENSIONS = ("all", "carrier", "sms_code", "campaign")


@checked
def incidents(
    frame: Statuses, found: pl.DataFrame | None = None, *, named: bool = True, lang: str | None = None
) -> ChartType:
    """Draw the failure rate over time with every incident shaded, and below it what each one was.

    With `named=False` the number of messages stands below instead, for where the incidents are listed beside.

    Takes what `classify` takes or a daily `trend`, and what `failures.incidents` found (looked for in the statuses
    when left out). The bars stand where the messages of the incident were sent, the points where days or hours are
    (`failures_over_time` says which). Of more than 20 incidents the largest are shown. Raises `InputError` for other
    frames.
    """
    import altair as alt

    title = say("incidents", lang)
    if found is None:
        from zrtools.failures import incidents as look

        found = look(frame, lang=lang)
    schemas.check(found, schemas.INCIDENTS, "INCIDENTS")
    # a trend has its unit already
    is_trend = isinstance(frame, pl.DataFrame) and "start" in frame.columns
    ends = (None, None) if is_trend else Traffic.of(frame).span()
    short = ends[0] is not None and ends[1] is not None and (ends[1] - ends[0]).days < _FEW_DAYS
    times = times_of(frame, "1h" if short else "1d", None, lang, centred=False)
    if not times.summed["settled"]:
        return style.nothing(title, why_nothing(times.summed, lang))
    rows = _rows(found.head(_MOST), lang)
    told = [summary(times.span, times.summed, lang), *notes(times, lang)]
    upper = rates_panel(times, lang, top_of(times.frame), bare=not rows.is_empty())
    if rows.is_empty():
        chart: ChartType = upper.properties(width=style.WIDTH, height=200)
        return style.finish(chart, title, [*told, say("incidents_none", lang)])
    shaded = alt.layer(_shading(rows, times, lang, numbered=True), upper).properties(
        width=style.WIDTH, height=200
    )
    lower = (
        _bars(rows, times, lang).properties(width=style.WIDTH, height=alt.Step(56))
        if named
        else volumes_panel(times, lang).properties(width=style.WIDTH, height=90)
    )
    more = [say("incidents_more", lang, n=found.height - _MOST)] if found.height > _MOST else []
    chart = alt.vconcat(shaded, lower, spacing=10)
    chart = chart if named else chart.resolve_scale(color="independent")
    note = say("incidents_note" if named else "shaded_note", lang)
    return style.finish(chart, title, [*told, note, *more])


@checked
def incident(frame: PolarsStatuses, row: Mapping[str, Any], *, lang: str | None = None) -> ChartType:
    """Draw one incident closely: its segment's failure rate by the hour, with what is usual and the incident shaded.

    Takes a polars frame of statuses and one row of what `failures.incidents` found, `found.row(0, named=True)`. Hours
    are those in which the status was received, the shading where the messages were sent. Raises `InputError`
    for another kind of frame or row.
    """
    import altair as alt

    if missing := [c for c in schemas.INCIDENTS if c not in row]:
        raise InputError(said("charts.incident", missing=missing[0]))
    start, end = (row[side].replace(tzinfo=None) for side in ("start", "end"))
    title = _named(row, lang)
    near = _of_segment(frame, row["dimension"], values_of(row)).timed()
    near = near.where(_not_before(start - _AROUND) & ~_not_before(end + _AROUND))
    times = times_of(near, "1h", None, lang, few=(10,))
    if not times.summed["settled"]:
        return style.nothing(title, why_nothing(times.summed, lang))
    rows = _rows(pl.DataFrame([dict(row)], schema_overrides=schemas.INCIDENTS), lang)
    usual = alt.Chart(alt.InlineData(values=[{"usual": row["usual_rate"], "said": say("usual", lang)}]))
    chart = alt.layer(
        _shading(rows, times, lang, numbered=False),
        rates_panel(times, lang, max(top_of(times.frame), row["usual_rate"] * 1.3)),
        usual.mark_rule(color=style.INK, strokeDash=[6, 4], strokeWidth=1.2).encode(y="usual:Q"),
        usual.mark_text(align="left", dx=5, color=style.INK, fontSize=12).encode(
            x=alt.value(style.WIDTH), y="usual:Q", text="said:N"
        ),
    ).properties(width=style.WIDTH, height=180)
    return style.finish(chart, title, [rows["said"][0], say("shaded_note", lang), *notes(times, lang)])


def _not_before(moment: datetime) -> nw.Expr:
    """Tell which statuses came in the quarter of an hour of a moment, or later."""
    quarter = moment.hour * 4 + moment.minute // 15
    day = nw.col("_received")
    return (day > moment.date()) | ((day == moment.date()) & (nw.col("_quarter") >= quarter))


def _of_segment(frame: Statuses, dimension: str, values: list[str | None]) -> Traffic:
    if dimension not in _DIMENSIONS:
        raise InputError(said("charts.dimension", names=", ".join(_DIMENSIONS), dimension=dimension))
    if dimension == "all":
        return Traffic.of(frame)
    # what is pending has no carrier yet
    value = nw.col(dimension)
    own = value.is_in([v for v in values if v is not None])
    return Traffic.of(frame, [dimension]).where(own | value.is_null() if None in values else own)


def _rows(found: pl.DataFrame, lang: str | None) -> pl.DataFrame:
    """Word incidents for a drawing, in order of time."""
    found = found.sort("start", "excess", descending=[False, True])
    named = [_named(row, lang) for row in found.iter_rows(named=True)]
    said = [
        say(
            "incident_said",
            lang,
            excess=style.count_text(row["excess"]),
            rate=words.percent(row["failure_rate"]),
            usual=words.percent(row["usual_rate"]),
            when=words.stretch(row["start"], row["end"], lang),
        )
        for row in found.iter_rows(named=True)
    ]
    return found.select(
        pl.col("start", "end").dt.replace_time_zone(None),
        number=pl.int_range(1, pl.len() + 1).cast(pl.String),
        name=pl.Series(named, dtype=pl.String),
        said=pl.Series(said, dtype=pl.String),
        codes="codes",
    ).with_columns(label=pl.format("{}. {}", "number", "name"))


def _named(row: Mapping[str, Any], lang: str | None) -> str:
    return f"{style.cut(named_incident(row, lang), 60)} × {words.category(row['failure_category'], lang)}"


def _shading(rows: pl.DataFrame, times: Times, lang: str | None, *, numbered: bool) -> ChartType:
    import altair as alt

    base = alt.Chart(rows)
    rect: alt.Chart = base.mark_rect(color=_SHADE, opacity=0.35).encode(
        x=time_axis(times, lang, "start", bare=numbered),
        x2="end:T",
        tooltip=[alt.Tooltip("label:N", title=say("incident", lang)), alt.Tooltip("said:N", title=" ")],
    )
    if not numbered:
        return rect
    text = base.mark_text(baseline="bottom", fontSize=12, fontWeight=600, color=style.INK).encode(
        x="start:T", y=alt.value(-3), text="number:N"
    )
    chart: ChartType = alt.layer(rect, text)
    return chart


def _bars(rows: pl.DataFrame, times: Times, lang: str | None) -> ChartType:
    import altair as alt

    ends: tuple[datetime, datetime] = times.frame.select(pl.col("left").min(), pl.col("right").max()).row(0)
    middle = pl.col("start") + (pl.col("end") - pl.col("start")) / 2
    # words stay inside the drawing wherever the bar is
    rows = rows.with_columns(middle=middle, place=(middle - ends[0]) / (ends[1] - ends[0]))
    base = alt.Chart(rows).encode(
        y=alt.Y("label:N", sort=rows["label"].to_list(), title=None, axis=None),
        tooltip=[
            alt.Tooltip("label:N", title=say("incident", lang)),
            alt.Tooltip("said:N", title=" "),
            alt.Tooltip("codes:N", title=say("code", lang)),
        ],
    )
    layers: list[ChartType] = [
        base.mark_bar(height=12, yOffset=-18, color=_SHADE, stroke=style.DELIVERED, strokeWidth=1).encode(
            x=time_axis(times, lang, "start"), x2="end:T"
        )
    ]
    sides: dict[str, Literal["left", "center", "right"]] = {
        "datum.place < 0.36": "left",
        "datum.place >= 0.36 && datum.place <= 0.64": "center",
        "datum.place > 0.64": "right",
    }
    for condition, side in sides.items():
        part = base.transform_filter(condition)
        at = {"left": "start:T", "center": "middle:T", "right": "end:T"}[side]
        layers.append(
            part.mark_text(align=side, dy=-2, fontSize=12, fontWeight=600, color=style.INK).encode(
                x=at, text="label:N"
            )
        )
        layers.append(
            part.mark_text(align=side, dy=14, fontSize=12, color=style.INK).encode(x=at, text="said:N")
        )
    chart: ChartType = alt.layer(*layers)
    return chart
