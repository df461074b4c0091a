"""Charts of failures over time."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any, get_args

import polars as pl

from zrtools import words
from zrtools.arguments import checked
from zrtools.charts import style
from zrtools.charts.telling import in_order, rates, say, summary, why_nothing
from zrtools.failures import trend
from zrtools.failures.course import Every
from zrtools.failures.traffic import Statuses, Traffic
from zrtools.schemas import TREND

if TYPE_CHECKING:
    import altair as alt
    from altair.typing import ChartType

__all__ = [
    "Times",
    "failures_by_carrier",
    "failures_over_time",
    "is_dense",
    "notes",
    "rates_panel",
    "time_axis",
    "times_of",
    "top_of",
    "volumes_panel",
]

_UNITS = get_args(Every)
_HOURS = {"1h": 1, "1d": 24, "1w": 168}
_MOST_TIMES = 800
_DENSE = 62
_MOST_PANELS = 8


@checked
def failures_over_time(frame: Statuses, *, every: Every = "1d", lang: str | None = None) -> ChartType:
    """Draw the failure rate over time with its 95 % interval, above the number of messages.

    Takes what `classify` takes, or what `trend` gave with the same `every` and no `by`. Days are days of sending, or
    of receiving the status where the frame has no day of sending; hours are hours in which the status was
    received; the axis says which. Where 1 % or more of the messages is still pending the point is hollow. More than
    800 points are summed to the next longer unit, and the chart says so. Raises `InputError` for a frame without
    statuses and for another `every`.
    """
    import altair as alt

    title = say("failures_over_time", lang)
    times = times_of(frame, every, None, lang)
    if not times.summed["settled"]:
        return style.nothing(title, why_nothing(times.summed, lang))
    chart: alt.VConcatChart = alt.vconcat(
        rates_panel(times, lang, top_of(times.frame), bare=True).properties(width=style.WIDTH, height=220),
        volumes_panel(times, lang).properties(width=style.WIDTH, height=100),
        spacing=8,
    ).resolve_scale(color="independent")
    return style.finish(chart, title, [summary(times.span, times.summed, lang), *notes(times, lang)])


@checked
def failures_by_carrier(frame: Statuses, *, every: Every = "1d", lang: str | None = None) -> ChartType:
    """Draw the failure rate over time in one small panel a carrier, all on the same scale.

    Reads times as `failures_over_time` does. A pending message has no carrier yet, so where 1 % or more of a
    time's messages is pending the points of all carriers are hollow. Raises `InputError` for a frame without
    statuses and for another `every`.
    """
    import altair as alt

    title = say("failures_by_carrier", lang)
    times = times_of(frame, every, "carrier", lang)
    if not times.summed["settled"]:
        return style.nothing(title, why_nothing(times.summed, lang))
    parts = times.frame.partition_by("carrier", as_dict=True)
    sizes = times.frame.group_by("carrier").agg(pl.col("settled").sum()).top_k(_MOST_PANELS, by="settled")
    kept = [parts[(name,)] for name in in_order(sizes)["carrier"]]
    # without a carrier is what failed before it had one, and an empty panel shows nothing
    drawn = [part for part in kept if part["failure_rate"].count() and not _failed_by_definition(part)]
    left_out = [_left_out(part, lang) for part in kept if drawn and not any(part is one for one in drawn)]
    kept = drawn or kept
    # a carrier of a few messages must not flatten the others: it gets a scale of its own, and says so
    large = [part for part in kept if part["settled"].sum() >= 0.05 * times.summed["settled"]]
    common = max(top_of(part) for part in large or kept)
    chart: alt.ConcatChart = alt.concat(
        *(_carrier_panel(replace(times, frame=part), common, lang) for part in kept), columns=2, spacing=22
    )
    return style.finish(
        chart, title, [summary(times.span, times.summed, lang), *notes(times, lang), *left_out]
    )


def _failed_by_definition(part: pl.DataFrame) -> bool:
    return part["carrier"][0] is None and part["failed"].sum() == part["settled"].sum()


def _left_out(part: pl.DataFrame, lang: str | None) -> str:
    settled = int(part["settled"].sum())
    key = "left_out_failed" if _failed_by_definition(part) else "left_out_few"
    return say(key, lang, carrier=words.carrier(part["carrier"][0], lang), settled=style.count_text(settled))


def _carrier_panel(times: Times, common: float, lang: str | None) -> ChartType:
    import altair as alt

    own = top_of(times.frame)
    failed, settled = (int(times.frame[name].sum()) for name in ("failed", "settled"))
    said = f"{words.percent(failed / settled)} ({style.count_text(failed)} / {style.count_text(settled)})"
    name = words.carrier(times.frame["carrier"][0], lang)
    title = alt.TitleParams(
        name,
        subtitle=said + (f"  {say('own_scale', lang)}" if own > 2 * common else ""),
        anchor="start",
        fontSize=14,
        fontWeight=600,
        color=style.INK,
        subtitleColor=style.MUTED,
        subtitleFontSize=12,
        offset=8,
    )
    panel = rates_panel(times, lang, own if own > 2 * common else common)
    return panel.properties(width=(style.WIDTH - 60) // 2, height=120, title=title)


@dataclass(frozen=True, slots=True)
class Times:
    """Failures by time, every time of the stretch present and worded for tooltips."""

    frame: pl.DataFrame
    every: Every
    asked: Every
    span: tuple[date | None, date | None]
    summed: dict[str, int]
    dated: str
    few: int
    centred: bool
    clustered: bool
    """Whether intervals allow for campaigns, as the report's do."""


def times_of(
    frame: Statuses,
    every: Every,
    by: str | None,
    lang: str | None,
    *,
    centred: bool = True,
    few: Sequence[int] = (30, 10),
) -> Times:
    """Count a frame over time.

    With `centred` a day's mark stands at its midnight, else at its noon. Times with fewer settled messages than the
    first of `few` that at least half of the times reach have no rate.
    """
    ready = isinstance(frame, pl.DataFrame) and set(TREND) <= set(frame.columns)
    counts = isinstance(frame, Traffic) and "campaign" in frame.rows.collect_schema()
    cluster = "campaign" if counts else None

    def counted(unit: Every) -> pl.DataFrame:
        found = frame if ready else trend(frame, unit, by or (), cluster=cluster)
        return found.with_columns(time=pl.col("start").dt.replace_time_zone(None)).drop_nulls("time")

    found, unit = counted(every), every
    while not ready and unit != _UNITS[-1] and _length(found) > _MOST_TIMES * _HOURS[unit]:
        unit = _UNITS[_UNITS.index(unit) + 1]
        found = counted(unit)
    basis = set(found["day_basis"])
    dated = "send_date" if basis == {"send_date"} else "date_time" if basis == {"date_time"} else "mixed"
    summed = {name: int(found[name].sum()) for name in ("failed", "settled", "pending")}
    # a rate of two messages says nothing and would set the scale for all others
    sizes = found.filter(pl.col("settled") > 0)["settled"]
    least = next((size for size in few if (sizes >= size).sum() * 2 >= sizes.len()), 0)
    if summed["settled"]:
        found = _completed(found, unit, by, least, lang, centred=centred)
    return Times(
        found,
        unit,
        every,
        _days_of(found) if ready else Traffic.of(frame).span(),
        summed,
        f"by_{dated}",
        least,
        centred,
        cluster is not None,
    )


def _days_of(found: pl.DataFrame) -> tuple[date | None, date | None]:
    ends: tuple[date | None, date | None] = found.select(
        pl.col("time").dt.date().min().alias("first"), pl.col("time").dt.date().max().alias("last")
    ).row(0)
    return ends


def _length(found: pl.DataFrame) -> float:
    """Tell how many hours a trend covers."""
    return float(found.select((pl.col("time").max() - pl.col("time").min()).dt.total_hours()).item() or 0)


def _completed(
    found: pl.DataFrame, unit: Every, by: str | None, few: int, lang: str | None, *, centred: bool
) -> pl.DataFrame:
    ends = pl.col("time").min(), pl.col("time").max()
    whole = found.select(pl.datetime_range(*ends, unit, time_unit="ms").alias("time"))
    if by:
        whole = whole.join(found.filter(pl.col("settled") > 0).select(by).unique(), how="cross")
    keys = ["time", by] if by else ["time"]
    step = pl.col("until") - pl.col("time")
    centred &= unit != "1h"
    worded = {
        "1h": pl.format(
            words.between("{}", "{}", lang),
            _each("time", partial(words.moment, lang=lang, short=False)),
            pl.col("until").dt.strftime("%H:%M"),
        ),
        "1d": _each("time", partial(words.day, lang=lang)),
        "1w": _each("time", lambda start: words.span(start, start + timedelta(days=6), lang)),
    }
    seen = pl.col("settled") >= max(few, 1)
    return (
        whole.join(found, on=keys, how="left", nulls_equal=True)
        .with_columns(
            pl.col("failed", "settled", "pending").fill_null(0), until=pl.col("time").dt.offset_by(unit)
        )
        .with_columns(
            pl.when(seen).then(pl.col("failure_rate", "rate_low", "rate_high")),
            when=worded[unit],
            left=pl.col("time") - step / 2 if centred else pl.col("time"),
            right=pl.col("until") - step / 2 if centred else pl.col("until"),
            at=pl.col("time") if centred else pl.col("time") + step / 2,
            delivered=pl.col("settled") - pl.col("failed"),
            is_open=~pl.col("is_final").fill_null(value=True),
        )
        .sort(keys, nulls_last=True)
    )


def _each(column: str, write: Callable[[Any], str]) -> pl.Expr:
    return pl.col(column).map_elements(write, pl.String)


def top_of(times: pl.DataFrame) -> float:
    """Choose how high a scale of rates reaches: the intervals of sparse times must not squash the rest."""
    rates: tuple[float | None, ...] = times.select(
        highest=pl.col("failure_rate").max(),
        usual=pl.col("rate_high").quantile(0.9, "higher"),
        furthest=pl.col("rate_high").max(),
    ).row(0)
    highest, usual, furthest = (float(rate or 0) for rate in rates)
    return min(max(usual, min(furthest, 1.35 * highest), 0.001) * 1.04, 1.0)


def rates_panel(times: Times, lang: str | None, top: float, *, bare: bool = False) -> ChartType:
    """Draw rates with intervals: a line for each where they are few, a band where they are many."""
    import altair as alt

    drawn = times.frame.select(
        "at", "when", "failed", "settled", "pending", "failure_rate", "rate_low", "rate_high", "is_open"
    )
    base = (
        alt.Chart(drawn)
        .transform_calculate(**rates(lang))
        .encode(
            x=time_axis(times, lang, "at", bare=bare),
            y=alt.Y(
                "failure_rate:Q",
                title=say("rate", lang),
                axis=alt.Axis(format=".2~%" if top < 0.01 else ".1~%", tickCount=5),
                scale=alt.Scale(domain=[0, top], nice=False),
            ),
            tooltip=[
                alt.Tooltip("when:N", title=say("period", lang)),
                alt.Tooltip("rate:N", title=say("rate", lang)),
                alt.Tooltip("interval:N", title=say("interval", lang)),
                *(
                    alt.Tooltip(f"{c}:Q", title=say(c, lang), format=",")
                    for c in ("failed", "settled", "pending")
                ),
            ],
        )
    )
    colour = style.FAILED
    if is_dense(times):
        interval = base.mark_area(color=colour, opacity=0.22, clip=True)
    else:
        interval = base.mark_rule(color=colour, opacity=0.45, strokeWidth=2, clip=True)
    points = base.transform_filter(f"datum.is_open || {str(not is_dense(times)).lower()}").mark_point(
        color=colour,
        size=12 if is_dense(times) else 42,
        filled=True,
        opacity=1,
        strokeWidth=1.6,
        stroke=colour,
    )
    chart: ChartType = alt.layer(
        interval.encode(y="rate_low:Q", y2="rate_high:Q"),
        base.mark_line(color=colour, strokeWidth=1.5, clip=True),
        points.encode(fill=alt.condition("datum.is_open", alt.value("#FFFFFF"), alt.value(colour))),
    )
    return chart


def volumes_panel(times: Times, lang: str | None) -> alt.Chart:
    """Draw the number of messages by outcome."""
    import altair as alt

    kinds = {"delivered": style.DELIVERED, "failed": style.FAILED, "pending": style.PENDING}
    names = {kind: say(kind, lang) for kind in kinds}
    # a bar of one day must not fill the plot
    gap = 0.0 if is_dense(times) else max(0.08, 1 - times.frame["time"].n_unique() / 12)
    long = (
        times.frame.unpivot(
            list(kinds), index=["left", "right", "when"], variable_name="kind", value_name="messages"
        )
        .with_columns(inset=(pl.col("right") - pl.col("left")) * (gap / 2))
        .with_columns(left=pl.col("left") + pl.col("inset"), right=pl.col("right") - pl.col("inset"))
        .drop("inset")
        # unpivot keeps the order of kinds, so the sums stack them in it
        .with_columns(high=pl.col("messages").cum_sum().over("left"))
        .with_columns(low=pl.col("high") - pl.col("messages"), outcome=pl.col("kind").replace_strict(names))
        .filter(pl.col("messages") > 0)
    )
    chart: alt.Chart = (
        alt.Chart(long)
        .mark_rect()
        .encode(
            x=time_axis(times, lang, "left"),
            x2="right:T",
            y=alt.Y(
                "low:Q", title=say("messages", lang), axis=alt.Axis(tickCount=3, tickMinStep=1, format=",.0f")
            ),
            y2="high:Q",
            color=alt.Color(
                "outcome:N",
                title=None,
                scale=alt.Scale(domain=list(names.values()), range=list(kinds.values())),
                legend=alt.Legend(orient="bottom", direction="horizontal"),
            ),
            tooltip=[
                alt.Tooltip("when:N", title=say("period", lang)),
                alt.Tooltip("outcome:N", title=say("outcome", lang)),
                alt.Tooltip("messages:Q", title=say("messages", lang), format=","),
            ],
        )
    )
    return chart


def time_axis(times: Times, lang: str | None, column: str, *, bare: bool = False) -> alt.X:
    """Make the time axis; a bare one leaves its words to the panel below."""
    import altair as alt

    ends: tuple[datetime, datetime] = times.frame.select(pl.col("left").min(), pl.col("right").max()).row(0)
    dated = "by_hour" if times.every == "1h" else times.dated
    axis = style.day_axis(
        max((ends[1] - ends[0]).days, 1),
        lang=lang,
        hours=times.every == "1h",
        title=None if bare else say(dated, lang),
    )
    if bare:
        axis.labels = False
    if not times.centred and times.every == "1d" and (ends[1] - ends[0]).days <= _DENSE:
        # a day's word stands under its mark
        axis.values = [_moment(noon) for noon in times.frame["at"].unique().sort()]
    return alt.X(f"{column}:T", scale=alt.Scale(domain=[_moment(end) for end in ends]), axis=axis)


def _moment(time: datetime) -> alt.DateTime:
    import altair as alt

    return alt.DateTime(year=time.year, month=time.month, date=time.day, hours=time.hour, minutes=time.minute)


def is_dense(times: Times) -> bool:
    """Tell whether there are too many times for a mark and a line each."""
    return times.frame["time"].n_unique() > _DENSE


def notes(times: Times, lang: str | None) -> list[str]:
    """Say how a course is to be read."""
    shape = "band_note" if is_dense(times) else "lines_note"
    said = [say(shape, lang) + (say("clustered_note", lang) if times.clustered else "")]
    if times.frame["is_open"].any():
        said.append(say("open_note", lang))
    if times.frame.filter(pl.col("settled") > 0)["failure_rate"].null_count():
        said.append(say("few_note", lang, few=times.few))
    if times.every != times.asked:
        said.append(say("coarser", lang, unit=say(f"unit_{times.every}", lang)))
    return said
