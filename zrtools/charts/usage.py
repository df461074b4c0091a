"""Charts of monthly usage: months by carrier, shares over time, the running month's forecast, gaps found."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import polars as pl

from zrtools import words
from zrtools.arguments import checked
from zrtools.charts import style
from zrtools.engines import AnyFrame
from zrtools.schemas import FORECAST, MONTHLY, RECONCILIATION, check
from zrtools.usage import ALL, monthly
from zrtools.usage.wording import name_carriers, name_day, name_month, say

if TYPE_CHECKING:
    import altair as alt
    from altair.typing import ChartType

__all__ = ["usage_forecast", "usage_gaps", "usage_months", "usage_shares"]

_MOST_GAPS = 24
_ORDER = list(style.CARRIERS)


@checked
def usage_months(counts_or_statuses: AnyFrame, *, lang: str | None = None) -> ChartType:
    """Stack the billable messages of each month by carrier, with the month's sum on top.

    Takes MONTHLY, COUNTS, or statuses as `usage.monthly` does. A month that is not over is drawn paler, and the
    subtitle says how far it is counted. Raises `InputError`.
    """
    import altair as alt

    title = say("months_title", lang)
    frame = _usage(counts_or_statuses)
    if not frame["separated_success_count"].sum():
        return style.nothing(title, say("no_usage", lang))
    cells, names, scale = _cells(frame, lang)
    sums = cells.group_by("at", "month", "whole").agg(pl.col("count").sum()).sort("month")
    base = alt.Chart(cells).encode(x=_month_axis(cells, lang))
    bars = base.mark_bar().encode(
        y=alt.Y("count:Q", stack="zero", title=say("count", lang), axis=alt.Axis(format=",.0f", tickCount=5)),
        color=alt.Color(
            "name:N",
            title=None,
            scale=scale,
            sort=names,
            legend=alt.Legend(orient="bottom", direction="horizontal", columns=8),
        ),
        order=alt.Order("rank:Q", sort="ascending"),
        opacity=alt.condition("datum.whole", alt.value(1), alt.value(0.55)),
        tooltip=[
            alt.Tooltip("at:O", title=say("month", lang)),
            alt.Tooltip("name:N", title=say("carrier", lang)),
            alt.Tooltip("count:Q", title=say("count", lang), format=","),
        ],
    )
    width, highest = _width(sums), int(sums["count"].max() or 0)  # type: ignore[arg-type]  # an integer
    # sums that do not fit side by side stand upright
    upright = len(style.count_text(highest)) * 6.5 > width / sums.height
    place: dict[str, Any] = {"angle": 270, "align": "left", "dx": 6} if upright else {"dy": -8}
    texts = (
        alt.Chart(sums)
        .mark_text(fontSize=11, color=style.INK, baseline="middle", **place)
        .encode(
            x=_month_axis(cells, lang),
            y=alt.Y("count:Q", scale=alt.Scale(domain=[0, highest * (1.3 if upright else 1.1)])),
            text=alt.Text("count:Q", format=",.0f"),
        )
    )
    both = alt.layer(bars, texts).properties(width=width, height=320)
    return style.finish(both, title, _partial(frame, lang))


@checked
def usage_shares(counts_or_statuses: AnyFrame, *, lang: str | None = None) -> ChartType:
    """Draw each carrier's part of the month over time.

    Takes what `usage_months` takes. Raises `InputError`.
    """
    import altair as alt

    title = say("shares_title", lang)
    frame = _usage(counts_or_statuses)
    if not frame["separated_success_count"].sum():
        return style.nothing(title, say("no_usage", lang))
    cells, names, scale = _cells(frame, lang)
    whole = pl.col("count").sum().over("at")
    cells = cells.filter(whole > 0).with_columns(share=pl.col("count") / whole)
    base = alt.Chart(cells).encode(
        x=_month_axis(cells, lang),
        y=alt.Y("share:Q", title=say("share", lang), axis=alt.Axis(format=".0%", tickCount=5)),
        color=alt.Color("name:N", scale=scale, sort=names, legend=None),
        tooltip=[
            alt.Tooltip("at:O", title=say("month", lang)),
            alt.Tooltip("name:N", title=say("carrier", lang)),
            alt.Tooltip("share:Q", title=say("share", lang), format=".1%"),
            alt.Tooltip("count:Q", title=say("count", lang), format=","),
        ],
    )
    last = cells.filter(pl.col("month") == pl.col("month").max()).sort("share", "rank")
    # labels at the lines' ends, kept apart where the lines are close
    apart, heights = 0.055 * float(cells["share"].max() or 0), [-1.0]  # type: ignore[arg-type]  # a float
    for share in last["share"]:
        heights.append(max(share, heights[-1] + apart))
    ends = last.with_columns(
        height=pl.Series(heights[1:], dtype=pl.Float64),
        text=pl.format("{} {}%", "name", (pl.col("share") * 100).round(1)),
    )
    named = alt.Chart(ends).encode(x=_month_axis(cells, lang), y="height:Q")
    # the colour stands beside the words: words in it would be hard to read
    key = named.mark_square(size=90, opacity=1, xOffset=16).encode(
        color=alt.Color("name:N", scale=scale, sort=names, legend=None)
    )
    labels = named.mark_text(align="left", dx=26, fontSize=12, color=style.INK).encode(text="text:N")
    lines = alt.layer(
        base.mark_line(strokeWidth=2.5), base.mark_point(filled=True, size=45, opacity=1), key, labels
    )
    return style.finish(lines.properties(width=style.WIDTH - 130, height=300), title, _partial(frame, lang))


@checked
def usage_forecast(
    forecast: pl.DataFrame, counts_or_statuses: AnyFrame | None = None, *, lang: str | None = None
) -> ChartType:
    """Draw where the running month is heading: counted, still expected, and the interval, after the past months' sums.

    Takes FORECAST and, for the past months, what `usage_months` takes. Raises `InputError`.
    """
    import altair as alt

    check(forecast, FORECAST, "FORECAST")
    found = forecast.filter(pl.col("carrier_id") == ALL)
    if not found.height:
        return style.nothing(say("forecast_title", lang, month=""), say("no_running", lang))
    row = found.row(0, named=True)
    running: date = row["month"]
    bars = pl.DataFrame(
        {
            "at": [f"{running:%Y-%m}"] * 2,
            "kind": ["counted", "expected"],
            "low": [0, row["counted"]],
            "high": [row["counted"], row["forecast"]],
        }
    )
    if counts_or_statuses is not None:
        past = _usage(counts_or_statuses).filter(pl.col("month") < running)
        sums = past.group_by("month").agg(high=pl.col("separated_success_count").sum()).sort("month").tail(12)
        before = sums.select(
            at=pl.col("month").dt.strftime("%Y-%m"),
            kind=pl.lit("counted"),
            low=pl.lit(0, dtype=pl.Int64),
            high="high",
        )
        bars = pl.concat([before, bars])
    words_of = {"counted": say("counted", lang), "expected": say("expected", lang)}
    bars = bars.with_columns(name=pl.col("kind").replace_strict(words_of))
    end = pl.DataFrame({"at": [f"{running:%Y-%m}"], **{c: [row[c]] for c in ("forecast", "low", "high")}})
    x = _month_axis(bars, lang)
    drawn = (
        alt.Chart(bars)
        .mark_bar()
        .encode(
            x=x,
            y=alt.Y("low:Q", title=say("count", lang), axis=alt.Axis(format=",.0f", tickCount=5)),
            y2="high:Q",
            color=alt.Color(
                "name:N",
                title=None,
                scale=alt.Scale(domain=list(words_of.values()), range=[style.DELIVERED, style.EXPECTED]),
                legend=alt.Legend(orient="bottom", direction="horizontal"),
            ),
            tooltip=[
                alt.Tooltip("at:O", title=say("month", lang)),
                alt.Tooltip("high:Q", format=",", title=say("count", lang)),
            ],
        )
    )
    # the value stands beside the bar's end: on top of the interval it would read as its upper end
    whisker = alt.Chart(end).encode(x=x)
    level = f"{row['level']:.0%}"
    layers = alt.layer(
        drawn,
        whisker.mark_rule(color=style.INK, strokeWidth=2).encode(y="low:Q", y2="high:Q"),
        whisker.mark_tick(color=style.INK, width=14, thickness=2).encode(y="low:Q"),
        whisker.mark_tick(color=style.INK, width=14, thickness=2).encode(y="high:Q"),
        whisker.mark_text(
            align="left", dx=alt.expr("bandwidth('x') / 2 + 5"), fontSize=12, fontWeight=600, color=style.INK
        ).encode(y="forecast:Q", text=alt.Text("forecast:Q", format=",.0f")),
    )
    note = say(
        "forecast_note",
        lang,
        day=name_day(row["through"], lang),
        level=level,
        **{c: style.count_text(row[c]) for c in ("counted", "forecast", "low", "high")},
    )
    title = say("forecast_title", lang, month=name_month(running, lang))
    return style.finish(
        layers.properties(width=_width(bars), height=300), title, [note, say(f"method {row['method']}", lang)]
    )


@checked
def usage_gaps(reconciliation: pl.DataFrame, *, lang: str | None = None) -> ChartType:
    """Draw the gaps between counts, statuses and invoice, largest first, each with its likeliest reason.

    Takes RECONCILIATION. Raises `InputError`.
    """
    import altair as alt

    check(reconciliation, RECONCILIATION, "RECONCILIATION")
    title = say("gaps_title", lang)
    if not reconciliation["agrees"].count():
        return style.nothing(title, say("nothing_compared", lang))
    kinds = (
        ("difference", "reasons", "gap_counts"),
        ("invoice_difference", "invoice_reasons", "gap_invoice"),
    )
    gaps = pl.concat(
        reconciliation.filter((pl.col("agrees") == False) & (pl.col(gap) != 0)).select(  # noqa: E712 - null is neither
            "month",
            "carrier_id",
            "carrier",
            gap=gap,
            reason=pl.col(reasons).list.first(),
            kind=pl.lit(say(word, lang)),
        )
        for gap, reasons, word in kinds
    )
    if not gaps.height:
        return style.nothing(title, say("no_gaps", lang))
    kept = gaps.sort(pl.col("gap").abs(), descending=True, maintain_order=True).head(_MOST_GAPS)
    named = kept.select(
        pl.format(
            "{}  {}",
            pl.col("month").dt.strftime("%Y年%-m月" if words.language(lang) == "ja" else "%Y-%m"),
            name_carriers(kept, lang),
        ).alias("row"),
        "gap",
        "kind",
        pl.Series("why", [say(f"reason {r}", lang) if r else "" for r in kept["reason"]], dtype=pl.String),
    )
    figures = pl.Series([f"{gap:+,}".replace("-", "−") for gap in named["gap"]], dtype=pl.String)
    named = named.with_columns(signed=pl.format("{}  {}", figures, "why"))
    panels = []
    for (kind,), part in named.partition_by("kind", as_dict=True, maintain_order=True).items():
        most = float(part["gap"].abs().max() or 1)  # type: ignore[arg-type]  # an integer
        edge = [-most * 1.1, most * 1.1]
        base = alt.Chart(part).encode(
            y=alt.Y("row:N", sort=part["row"].to_list(), title=None, axis=alt.Axis(labelLimit=240))
        )
        bars = base.mark_bar(height=14).encode(
            x=alt.X(
                "gap:Q",
                title=str(kind),
                scale=alt.Scale(domain=edge, nice=False),
                axis=alt.Axis(format="+,.0f", tickCount=5, labelExpr="datum.value == 0 ? '0' : datum.label"),
            ),
            color=alt.condition("datum.gap > 0", alt.value(style.FAILED), alt.value(style.DELIVERED)),
            tooltip=[
                alt.Tooltip("row:N", title=" "),
                alt.Tooltip("gap:Q", title=str(kind), format="+,"),
                alt.Tooltip("why:N", title=" "),
            ],
        )
        whys = base.mark_text(align="left", fontSize=11.5, color=style.MUTED).encode(
            x=alt.value(300 + 12), text="signed:N"
        )
        panels.append(alt.layer(bars, whys).properties(width=300, height=alt.Step(24)))
    chart: ChartType = alt.vconcat(*panels, spacing=26).resolve_scale(y="independent", x="independent")
    return style.finish(chart, title, say("gaps_note", lang, n=_MOST_GAPS))


def _usage(source: AnyFrame) -> pl.DataFrame:
    if isinstance(source, pl.DataFrame) and "share_of_month" in source.columns:
        check(source, MONTHLY, "MONTHLY")
        return source
    return monthly(source)


def _cells(frame: pl.DataFrame, lang: str | None) -> tuple[pl.DataFrame, list[str], alt.Scale]:
    """Add clients up; name carriers in the order of all charts; and give the colours that go with the names."""
    summed = frame.group_by("month", "carrier_id", "carrier").agg(
        count=pl.col("separated_success_count").sum(), whole=pl.col("complete").all()
    )
    used = summed.filter(pl.col("count") > 0)
    plain = used.select("carrier_id", "carrier").unique()["carrier"].unique().to_list()
    order = [c for c in _ORDER if c in plain] + sorted(c for c in plain if c is not None and c not in _ORDER)
    order += [None] if None in plain else []
    names = [words.carrier(c, lang) for c in order]
    ranks = pl.DataFrame(
        {"carrier": order, "rank": range(len(order)), "name": names}, schema_overrides={"carrier": pl.String}
    )
    cells = (
        used.join(ranks, on="carrier", how="left", nulls_equal=True)
        .with_columns(at=pl.col("month").dt.strftime("%Y-%m"))
        .group_by("month", "at", "name", "rank", "whole")
        .agg(pl.col("count").sum())
        .sort("month", "rank")
    )
    return cells, names, style.carrier_scale(order, lang=lang)


def _partial(frame: pl.DataFrame, lang: str | None) -> list[str]:
    """Say which months are not over; of many, the last two by name."""
    open_months = (
        frame.filter(~pl.col("complete")).group_by("month").agg(pl.col("through").min()).sort("month")
    )
    more = [say("partial_more", lang, n=open_months.height - 2)] if open_months.height > 2 else []
    return more + [
        say("partial", lang, month=name_month(month, lang), day=name_day(through, lang))
        for month, through in open_months.tail(2).iter_rows()
    ]


def _width(months: pl.DataFrame) -> int:
    """Make a plot no wider than its months need."""
    return min(style.WIDTH, 110 * months["at"].n_unique())


def _month_axis(frame: pl.DataFrame, lang: str | None) -> alt.X:
    """Name months, and years below where they begin."""
    import altair as alt

    count, first = frame["at"].n_unique(), int(frame["at"].sort()[0][5:])
    step = max(1, count // 18)
    # the first year is written where the next one leaves it room
    early = first == 1 or (13 - first) * _width(frame) / count > 50
    number = "parseInt(slice(datum.value, 5))"
    if words.language(lang) == "ja":
        month, year = f"{number} + '月'", "slice(datum.value, 0, 4) + '年'"
    else:
        month, year = f"monthAbbrevFormat({number} - 1)", "slice(datum.value, 0, 4)"
    shown = f"({number} - 1) % {step} == 0 ? {month} : ''"
    text = f"[{shown}, datum.index == 0 && {str(early).lower()} || {number} == 1 ? {year} : '']"
    return alt.X("at:O", title=None, axis=alt.Axis(labelExpr=text, labelAngle=0, labelOverlap=False))
