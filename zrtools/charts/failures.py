"""Charts of failures: where, when, what changed and what was abnormal.

Every chart sums its frame first, so four rows and four million make the same drawing.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, get_args

import narwhals as nw
import polars as pl

from zrtools import words
from zrtools.charts import style
from zrtools.codes import CATEGORIES
from zrtools.failures import breakdown, trend
from zrtools.failures.course import Every
from zrtools.failures.engines import gather, portable
from zrtools.failures.intervals import wilson

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date, datetime

    import altair as alt
    from altair.typing import ChartType

__all__ = ["failures", "failures_by_carrier", "failures_over_time"]

_UNITS = get_args(Every)
_HOURS = {"1h": 1, "1d": 24, "1w": 168}
_MOST_TIMES = 800
_DENSE = 62
_FEW = (30, 10)
_MOST_PANELS = 8
_MOST_CARRIERS = 7
_MOST_CATEGORIES = 14
_CODES = {category.name: code for code, category in CATEGORIES.items()}


def failures(frame: Any, *, lang: str | None = None) -> ChartType:
    """Draw failures by carrier and reason as a heat map, with the rate and the number in each cell.

    Takes what `classify` takes, classified or not. Each cell is one reason's failures on one carrier as a share of
    all messages settled on that carrier; the last row and the last column hold the sums. The tooltip adds the 95 %
    interval, where the cause lies and what to do. Raises `InputError` for a frame without statuses.
    """
    import altair as alt

    title = _say("failures", lang)
    slim = _slim(frame)
    cells = breakdown(slim, ["carrier", "failure_category", "failure_origin", "failure_action"])
    carriers = breakdown(slim, ["carrier"])
    summed = {name: int(carriers[name].sum()) for name in ("failed", "settled", "pending")}
    if not summed["failed"]:
        return style.nothing(title, _why_nothing(summed, lang))

    grid, rows, columns = _grid(cells, carriers, lang)
    # what has no carrier has usually failed, all of it: it must not set the colours of the others
    inner = grid.filter(~pl.col("is_sum"))
    named = inner.filter((pl.col("carrier_name") != words.carrier(None, lang)) & (pl.col("failed") > 0))
    highest: float = (inner if named.is_empty() else named).select(pl.col("failure_rate").max()).item()
    base = (
        alt.Chart(grid)
        .transform_calculate(**_rates())
        .encode(
            x=alt.X(
                "column:N",
                sort=columns,
                title=None,
                axis=alt.Axis(
                    orient="top",
                    labelAngle=0,
                    labelExpr="split(datum.value, '\\n')",
                    domain=False,
                    ticks=False,
                    labelPadding=22,
                ),
            ),
            y=alt.Y(
                "category_name:N",
                sort=rows,
                title=None,
                axis=alt.Axis(domain=False, ticks=False, labelPadding=10, labelLimit=300),
            ),
            tooltip=[
                alt.Tooltip("carrier_name:N", title=_say("carrier", lang)),
                alt.Tooltip("category_name:N", title=_say("category", lang)),
                alt.Tooltip("failed:Q", title=_say("failed", lang), format=","),
                alt.Tooltip("settled:Q", title=_say("settled", lang), format=","),
                alt.Tooltip("rate:N", title=_say("rate", lang)),
                alt.Tooltip("interval:N", title=_say("interval", lang)),
                alt.Tooltip("share_of_failures:Q", title=_say("share", lang), format=".1%"),
                alt.Tooltip("origin:N", title=_say("origin", lang)),
                alt.Tooltip("action:N", title=_say("action", lang)),
            ],
        )
    )
    dark = f"!datum.is_sum && sqrt(datum.failure_rate / {highest!r}) > {style.DARK_FROM}"
    ink = alt.condition(dark, alt.value("#FFFFFF"), alt.value("#000000"))
    chart = alt.layer(
        base.transform_filter("!datum.is_sum")
        .mark_rect(stroke="#FFFFFF", strokeWidth=3)
        .encode(
            color=alt.Color(
                "failure_rate:Q",
                scale=alt.Scale(type="sqrt", domain=[0, highest], range=list(style.SEQUENCE), clamp=True),
                legend=None,
            )
        ),
        base.transform_filter("datum.is_sum").mark_rect(color="#EDF0F3", stroke="#FFFFFF", strokeWidth=3),
        base.transform_filter("datum.failed > 0")
        .mark_text(dy=-7, fontSize=14, fontWeight=600)
        .encode(text="rate:N", color=ink),
        base.transform_filter("datum.failed > 0")
        .mark_text(dy=10, fontSize=11.5)
        .encode(text="count_text:N", color=ink),
        base.transform_filter("datum.failed == 0")
        .mark_text(fontSize=13, color=style.MUTED)
        .encode(text=alt.value("0")),
    ).properties(width=alt.Step(108), height=alt.Step(46))
    return style.finish(chart, title, [_summary(_span(slim), summed, lang), _say("matrix_note", lang)])


def failures_over_time(frame: Any, *, every: Every = "1d", lang: str | None = None) -> ChartType:
    """Draw the failure rate over time with its 95 % interval, above the number of messages.

    Takes what `classify` takes. Days are days of sending, or of receiving the status where the frame has no day
    of sending; hours are hours in which the status was received; the axis says which. Where 1 % or more of the
    messages is still pending the point is hollow. More than 800 points are summed to the next longer unit, and
    the chart says so. Raises `InputError` for a frame without statuses and for another `every`.
    """
    import altair as alt

    title = _say("failures_over_time", lang)
    times = _times(_slim(frame), every, None, lang)
    if not times.summed["settled"]:
        return style.nothing(title, _why_nothing(times.summed, lang))
    chart: alt.VConcatChart = alt.vconcat(
        _rates_panel(times, lang, _top(times.frame), bare=True).properties(width=style.WIDTH, height=220),
        _volumes_panel(times, lang).properties(width=style.WIDTH, height=100),
        spacing=8,
    ).resolve_scale(color="independent")
    return style.finish(chart, title, [_summary(times.span, times.summed, lang), *_notes(times, lang)])


def failures_by_carrier(frame: Any, *, every: Every = "1d", lang: str | None = None) -> ChartType:
    """Draw the failure rate over time in one small panel a carrier, all on the same scale.

    Reads times as `failures_over_time` does. A pending message has no carrier yet, so where 1 % or more of a
    time's messages is pending the points of all carriers are hollow. Raises `InputError` for a frame without
    statuses and for another `every`.
    """
    import altair as alt

    title = _say("failures_by_carrier", lang)
    times = _times(_slim(frame), every, "carrier", lang)
    if not times.summed["settled"]:
        return style.nothing(title, _why_nothing(times.summed, lang))
    parts = times.frame.partition_by("carrier", as_dict=True)
    sizes = times.frame.group_by("carrier").agg(pl.col("settled").sum()).top_k(_MOST_PANELS, by="settled")
    kept = [parts[(name,)] for name in _in_order(sizes)["carrier"]]
    # a carrier of a few messages must not flatten the others: it gets a scale of its own, and says so
    large = [part for part in kept if part["settled"].sum() >= 0.05 * times.summed["settled"]]
    common = max(_top(part) for part in large or kept)
    chart: alt.ConcatChart = alt.concat(
        *(_carrier_panel(replace(times, frame=part), common, lang) for part in kept), columns=2, spacing=22
    )
    return style.finish(chart, title, [_summary(times.span, times.summed, lang), *_notes(times, lang)])


def _carrier_panel(times: _Times, common: float, lang: str | None) -> ChartType:
    import altair as alt

    own = _top(times.frame)
    failed, settled = (int(times.frame[name].sum()) for name in ("failed", "settled"))
    said = (
        f"{style.percent_text(failed / settled)} ({style.count_text(failed)} / {style.count_text(settled)})"
    )
    name = words.carrier(times.frame["carrier"][0], lang)
    title = alt.TitleParams(
        name,
        subtitle=said + (f"  {_say('own_scale', lang)}" if own > 2 * common else ""),
        anchor="start",
        fontSize=14,
        fontWeight=600,
        color=style.INK,
        subtitleColor=style.MUTED,
        subtitleFontSize=12,
        offset=8,
    )
    panel = _rates_panel(times, lang, own if own > 2 * common else common)
    return panel.properties(width=(style.WIDTH - 60) // 2, height=120, title=title)


@dataclass(frozen=True, slots=True)
class _Times:
    """Failures by time, every time of the stretch present and worded for tooltips."""

    frame: pl.DataFrame
    every: Every
    asked: Every
    span: tuple[date | None, date | None]
    summed: dict[str, int]
    dated: str
    few: int


def _times(frame: Any, every: Every, by: str | None, lang: str | None) -> _Times:
    def counted(unit: Every) -> pl.DataFrame:
        found = trend(frame, unit, by or ())
        return found.with_columns(time=pl.col("start").dt.replace_time_zone(None)).drop_nulls("time")

    found, unit = counted(every), every
    while unit != _UNITS[-1] and _length(found) > _MOST_TIMES * _HOURS[unit]:
        unit = _UNITS[_UNITS.index(unit) + 1]
        found = counted(unit)
    basis = set(found["day_basis"])
    dated = "send_date" if basis == {"send_date"} else "date_time" if basis == {"date_time"} else "mixed"
    summed = {name: int(found[name].sum()) for name in ("failed", "settled", "pending")}
    # a rate of two messages says nothing and would set the scale for all others
    sizes = found.filter(pl.col("settled") > 0)["settled"]
    few = next((few for few in _FEW if (sizes >= few).sum() * 2 >= sizes.len()), 0)
    if summed["settled"]:
        found = _completed(found, unit, by, few, lang)
    return _Times(found, unit, every, _span(frame), summed, f"by_{dated}", few)


def _length(found: pl.DataFrame) -> float:
    """Tell how many hours a trend covers."""
    return float(found.select((pl.col("time").max() - pl.col("time").min()).dt.total_hours()).item() or 0)


def _completed(found: pl.DataFrame, unit: Every, by: str | None, few: int, lang: str | None) -> pl.DataFrame:
    ends = pl.col("time").min(), pl.col("time").max()
    whole = found.select(pl.datetime_range(*ends, unit, time_unit="ms").alias("time"))
    if by:
        whole = whole.join(found.filter(pl.col("settled") > 0).select(by).unique(), how="cross")
    keys = ["time", by] if by else ["time"]
    step = pl.col("until") - pl.col("time")
    centred = unit in ("1d", "1w")
    weekday = (
        pl.col("time").dt.weekday().replace_strict(range(1, 8), style.weekdays(lang), return_dtype=pl.String)
    )
    worded = {
        "1h": pl.col("time").dt.strftime("%Y-%m-%d %H:%M") + pl.col("until").dt.strftime(" – %H:%M"),
        "1d": pl.format("{} ({})", pl.col("time").dt.strftime("%Y-%m-%d"), weekday),
        "1w": pl.col("time").dt.strftime("%Y-%m-%d")
        + (pl.col("until") - pl.duration(days=1)).dt.strftime(" – %m-%d"),
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


def _top(times: pl.DataFrame) -> float:
    """Choose how high a scale of rates reaches: the intervals of sparse times must not squash the rest."""
    rates: tuple[float | None, ...] = times.select(
        highest=pl.col("failure_rate").max(),
        usual=pl.col("rate_high").quantile(0.9, "higher"),
        furthest=pl.col("rate_high").max(),
    ).row(0)
    highest, usual, furthest = (float(rate or 0) for rate in rates)
    return min(max(usual, min(furthest, 1.35 * highest), 0.001) * 1.04, 1.0)


def _rates_panel(times: _Times, lang: str | None, top: float, *, bare: bool = False) -> ChartType:
    """Draw rates with intervals: a line for each where they are few, a band where they are many."""
    import altair as alt

    drawn = times.frame.select(
        "at", "when", "failed", "settled", "pending", "failure_rate", "rate_low", "rate_high", "is_open"
    )
    base = (
        alt.Chart(drawn)
        .transform_calculate(**_rates())
        .encode(
            x=_time(times, lang, "at", bare=bare),
            y=alt.Y(
                "failure_rate:Q",
                title=_say("rate", lang),
                axis=alt.Axis(format=".2~%" if top < 0.01 else ".1~%", tickCount=5),
                scale=alt.Scale(domain=[0, top], nice=False),
            ),
            tooltip=[
                alt.Tooltip("when:N", title=_say("period", lang)),
                alt.Tooltip("rate:N", title=_say("rate", lang)),
                alt.Tooltip("interval:N", title=_say("interval", lang)),
                *(
                    alt.Tooltip(f"{c}:Q", title=_say(c, lang), format=",")
                    for c in ("failed", "settled", "pending")
                ),
            ],
        )
    )
    colour = style.FAILED
    if _is_dense(times):
        interval = base.mark_area(color=colour, opacity=0.22, clip=True)
    else:
        interval = base.mark_rule(color=colour, opacity=0.45, strokeWidth=2, clip=True)
    points = base.transform_filter(f"datum.is_open || {str(not _is_dense(times)).lower()}").mark_point(
        color=colour,
        size=12 if _is_dense(times) else 42,
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


def _volumes_panel(times: _Times, lang: str | None) -> alt.Chart:
    import altair as alt

    kinds = {"delivered": style.DELIVERED, "failed": style.FAILED, "pending": style.PENDING}
    names = {kind: _say(kind, lang) for kind in kinds}
    gap = 0.0 if _is_dense(times) else 0.08
    long = (
        times.frame.unpivot(
            list(kinds), index=["left", "right", "when"], variable_name="kind", value_name="messages"
        )
        .with_columns(right=pl.col("right") - (pl.col("right") - pl.col("left")) * gap)
        # unpivot keeps the order of kinds, so the sums stack them in it
        .with_columns(high=pl.col("messages").cum_sum().over("left"))
        .with_columns(low=pl.col("high") - pl.col("messages"), outcome=pl.col("kind").replace_strict(names))
        .filter(pl.col("messages") > 0)
    )
    chart: alt.Chart = (
        alt.Chart(long)
        .mark_rect()
        .encode(
            x=_time(times, lang, "left"),
            x2="right:T",
            y=alt.Y("low:Q", title=_say("messages", lang), axis=alt.Axis(tickCount=3, format=",.0f")),
            y2="high:Q",
            color=alt.Color(
                "outcome:N",
                title=None,
                scale=alt.Scale(domain=list(names.values()), range=list(kinds.values())),
                legend=alt.Legend(orient="bottom", direction="horizontal"),
            ),
            tooltip=[
                alt.Tooltip("when:N", title=_say("period", lang)),
                alt.Tooltip("outcome:N", title=_say("outcome", lang)),
                alt.Tooltip("messages:Q", title=_say("messages", lang), format=","),
            ],
        )
    )
    return chart


def _time(times: _Times, lang: str | None, column: str, *, bare: bool = False) -> alt.X:
    """Make the time axis; a bare one leaves its words to the panel below."""
    import altair as alt

    ends: tuple[datetime, datetime] = times.frame.select(pl.col("left").min(), pl.col("right").max()).row(0)
    dated = "by_hour" if times.every == "1h" else times.dated
    axis = style.day_axis(
        max((ends[1] - ends[0]).days, 1),
        lang=lang,
        hours=times.every == "1h",
        title=None if bare else _say(dated, lang),
    )
    if bare:
        axis.labels = False
    domain = [
        alt.DateTime(year=end.year, month=end.month, date=end.day, hours=end.hour, minutes=end.minute)
        for end in ends
    ]
    return alt.X(f"{column}:T", scale=alt.Scale(domain=domain), axis=axis)


def _is_dense(times: _Times) -> bool:
    return times.frame["time"].n_unique() > _DENSE


def _notes(times: _Times, lang: str | None) -> list[str]:
    notes = [_say("band_note" if _is_dense(times) else "lines_note", lang)]
    if times.frame["is_open"].any():
        notes.append(_say("open_note", lang))
    if times.frame.filter(pl.col("settled") > 0)["failure_rate"].null_count():
        notes.append(_say("few_note", lang, few=times.few))
    if times.every != times.asked:
        notes.append(_say("coarser", lang, unit=_say(f"unit_{times.every}", lang)))
    return notes


def _grid(
    cells: pl.DataFrame, carriers: pl.DataFrame, lang: str | None
) -> tuple[pl.DataFrame, list[str], list[str]]:
    """Complete the matrix with zeros and sums, worded; and give its rows and columns in order."""
    whole, total = _say("all_carriers", lang), _say("all_failures", lang)
    carriers = _in_order(carriers.filter(pl.col("settled") > 0))
    column_of = _labels(carriers, "carrier", "settled", _MOST_CARRIERS, lang)
    row_of = _labels(cells, "failure_category", "failed", _MOST_CATEGORIES, lang)
    sizes = carriers.select(column_of.alias("carrier_name"), "settled")
    sizes = pl.concat([sizes, sizes.with_columns(pl.lit(whole).alias("carrier_name"))])
    sizes = sizes.group_by("carrier_name", maintain_order=True).sum()
    long = cells.select(
        column_of.alias("carrier_name"),
        row_of.alias("category_name"),
        "failed",
        "failure_origin",
        "failure_action",
    )
    long = pl.concat([long, long.with_columns(pl.lit(whole).alias("carrier_name"))])
    rows = (
        long.group_by("category_name")
        .agg(pl.col("failed").sum())
        .sort("failed", "category_name", descending=[True, False])
    )
    long = pl.concat([long, long.with_columns(pl.lit(total).alias("category_name"))])

    def only(column: str) -> pl.Expr:
        return pl.when(pl.col(column).n_unique() == 1).then(pl.col(column).first()).alias(column)

    found = long.group_by("carrier_name", "category_name").agg(
        pl.col("failed").sum(), only("failure_origin"), only("failure_action")
    )
    row_names = [*rows["category_name"], total]
    grid = (
        sizes.join(pl.DataFrame({"category_name": row_names}), how="cross")
        .join(found, on=["carrier_name", "category_name"], how="left", maintain_order="left")
        .with_columns(pl.col("failed").fill_null(0))
        .with_columns((pl.col("failed") / pl.col("settled")).alias("failure_rate"))
    )
    low, high = wilson(pl.col("failure_rate"), pl.col("settled"))
    grid = grid.with_columns(
        low.alias("rate_low"),
        high.alias("rate_high"),
        (pl.col("failed") / cells["failed"].sum()).alias("share_of_failures"),
        ((pl.col("carrier_name") == whole) | (pl.col("category_name") == total)).alias("is_sum"),
        _worded("failure_origin", words.origin, lang).alias("origin"),
        _worded("failure_action", words.action, lang).alias("action"),
        pl.format("{}\n{}", "carrier_name", _counted("settled", "settled_count", lang)).alias("column"),
        _counted("failed", "count", lang).alias("count_text"),
    )
    return grid, row_names, list(dict.fromkeys(grid["column"]))


def _in_order(carriers: pl.DataFrame) -> pl.DataFrame:
    """Sort carriers as people know them, new ones after them, unknown last."""
    order = list(style.CARRIERS)
    rank = pl.col("carrier").replace_strict(
        order, range(len(order)), default=len(order), return_dtype=pl.Int32
    )
    return carriers.sort(
        pl.col("carrier").is_null(), rank, "settled", "carrier", descending=[False, False, True, False]
    )


def _rates() -> dict[str, str]:
    """Write rate and interval in words, inside the chart."""
    text = style.RATE_TEXT.format
    return {"rate": text("failure_rate"), "interval": f"{text('rate_low')} + ' – ' + {text('rate_high')}"}


def _summary(span: tuple[Any, Any], summed: dict[str, int], lang: str | None) -> str:
    said = _say(
        "summary",
        lang,
        period=_period(*span, lang),
        settled=style.count_text(summed["settled"]),
        failed=style.count_text(summed["failed"]),
        rate=style.percent_text(summed["failed"] / summed["settled"]),
    )
    if not summed["pending"]:
        return said
    return said + _say("summary_pending", lang, pending=style.count_text(summed["pending"]))


def _why_nothing(summed: dict[str, int], lang: str | None) -> str:
    if summed["settled"]:
        return _say("no_failures", lang, settled=style.count_text(summed["settled"]))
    if summed["pending"]:
        return _say("none_settled", lang, pending=style.count_text(summed["pending"]))
    return _say("no_rows", lang)


def _span(frame: Any) -> tuple[date | None, date | None]:
    """Find the first and the last day: of sending, or of receiving the status where no day of sending is known."""
    read = portable(frame)
    names = read.collect_schema().names()
    days = [nw.col("date_time").dt.date()] if "date_time" in names else []
    if "send_date" in names:
        days.insert(0, nw.col("send_date"))
    if not days:
        return None, None
    found = gather(
        read.select(nw.coalesce(*days).alias("day")).select(
            nw.col("day").min().alias("a"), nw.col("day").max().alias("b")
        )
    )
    return found[0].row(0)


def _period(first: date | None, last: date | None, lang: str | None) -> str:
    if first is None or last is None:
        return "–"
    if first == last:
        return f"{first:%Y-%m-%d}"
    return f"{first:%Y-%m-%d}{'〜' if words.language(lang) == 'ja' else ' to '}{last:%Y-%m-%d}"


def _slim(frame: Any) -> Any:
    """Drop what no chart of counts needs, so that a polars frame is not scanned for its texts and numbers."""
    if not isinstance(frame, pl.DataFrame | pl.LazyFrame):
        return frame
    needed = ("phone_number", "message", "client_tag", "rawdata")
    return frame.lazy().drop(needed, strict=False)


def _labels(frame: pl.DataFrame, column: str, size: str, most: int, lang: str | None) -> pl.Expr:
    """Name a column's values for people: the largest ones by name, what is beyond `most` as others, null as unknown."""
    name = words.carrier if column == "carrier" else _category
    sizes = (
        frame.group_by(column)
        .agg(pl.col(size).sum())
        .sort(size, column, descending=[True, False], nulls_last=True)
    )
    kept = sizes[column].drop_nulls().to_list()[:most]
    named = {value: name(value, lang) for value in kept}
    return (
        pl.when(pl.col(column).is_null())
        .then(pl.lit(name(None, lang)))
        .otherwise(pl.col(column).replace_strict(named, default=_say("others", lang), return_dtype=pl.String))
    )


def _worded(column: str, name: Callable[[str | None, str | None], str], lang: str | None) -> pl.Expr:
    return pl.col(column).map_elements(lambda value: name(value, lang), return_dtype=pl.String).fill_null("–")


def _category(name: str | None, lang: str | None) -> str:
    code = _CODES.get(name or "")
    return f"{code} {words.category(name, lang)}" if code else words.category(name, lang)


def _counted(column: str, key: str, lang: str | None) -> pl.Expr:
    return pl.col(column).map_elements(
        lambda n: _say(key, lang, n=style.count_text(n)), return_dtype=pl.String
    )


def _say(key: str, lang: str | None, **values: object) -> str:
    return words.text(f"charts.{key}", lang, **values)
