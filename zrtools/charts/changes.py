"""The chart of a change taken apart into what each segment did."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from zrtools import schemas, words
from zrtools.arguments import checked
from zrtools.charts import style
from zrtools.charts.telling import say
from zrtools.errors import InputError
from zrtools.failures.wording import named_segment
from zrtools.texts import said

if TYPE_CHECKING:
    from altair.typing import ChartType

__all__ = ["contributions"]


@checked
def contributions(comparison: pl.DataFrame, *, most: int = 12, lang: str | None = None) -> ChartType:
    """Draw what each segment contributed to the change of the failure rate, step by step from before to after.

    Takes what `failures.compare` gives. Each bar is one segment's contribution in percentage points, its thin line
    the 95 % interval; a pale bar is not significant. Beyond the `most` largest, segments are summed to
    others. Raises `InputError` for another frame and for `most` below 1.
    """
    import altair as alt

    if most < 1:
        raise InputError(said("charts.most", most=most))
    schemas.check(comparison, schemas.COMPARISON, "COMPARISON")
    title = say("contributions", lang)
    if comparison.is_empty():
        return style.nothing(title, say("no_rows", lang))
    totals = comparison.row(0, named=True)
    before, after = float(totals["total_before"]), float(totals["total_after"])
    steps = _steps(comparison, most, before, after, lang)
    order = steps["name"].to_list()
    low = steps.select(pl.min_horizontal("from", "to", "reach_low").min()).item()
    high = steps.select(pl.max_horizontal("from", "to", "reach_high").max()).item()
    pad = max((high - low) * 0.06, 0.0001)

    scale = alt.Scale(
        domain=[max(low - pad, 0) if low >= 0 else low - pad, high + pad * 3], nice=False, zero=False
    )
    digits = ".1%" if high - low > 0.02 else ".2%"
    base = alt.Chart(steps).encode(
        y=alt.Y("name:N", sort=order, title=None, axis=alt.Axis(labelLimit=340, domain=False, ticks=False)),
        tooltip=[
            alt.Tooltip("name:N", title=say("segment", lang)),
            alt.Tooltip("said:N", title=say("contribution", lang)),
            alt.Tooltip("interval:N", title=say("interval", lang)),
            alt.Tooltip("rates:N", title=say("rate", lang)),
            alt.Tooltip("shares:N", title=say("traffic", lang)),
        ],
    )
    moved = base.transform_filter("!datum.is_total")
    ends = base.transform_filter("datum.is_total")
    colour = alt.condition("datum.contribution > 0", alt.value(style.FAILED), alt.value(style.DELIVERED))
    place = alt.X("from:Q", title=say("rate", lang), scale=scale, axis=alt.Axis(format=digits, tickCount=6))
    chart: ChartType = alt.layer(
        base.transform_filter("datum.next != null")
        .mark_rule(color="#9AA5B1", strokeDash=[2, 2])
        .encode(x=alt.X("to:Q", scale=scale), y2=alt.Y2("next:N")),
        moved.mark_bar(height=20).encode(
            x=place,
            x2="to:Q",
            color=colour,
            opacity=alt.condition("datum.is_chance", alt.value(0.4), alt.value(1)),
        ),
        moved.mark_rule(color=style.INK, strokeWidth=1.3).encode(
            x=alt.X("reach_low:Q", scale=scale), x2="reach_high:Q"
        ),
        moved.mark_text(align="left", dx=7, fontSize=12, color=style.INK).encode(
            x="label_at:Q", text="said:N"
        ),
        ends.mark_point(shape="diamond", size=150, filled=True, opacity=1, color=style.INK).encode(
            x=alt.X("to:Q", scale=scale)
        ),
        ends.mark_text(align="left", dx=12, fontSize=13, fontWeight=600, color=style.INK).encode(
            x=alt.X("to:Q", scale=scale), text="said:N"
        ),
    ).properties(width=style.WIDTH - 160, height=alt.Step(34))
    return style.finish(
        chart,
        title,
        [
            say(
                "contributions_summary",
                lang,
                before=words.percent(before),
                after=words.percent(after),
                change=words.points(after - before),
                low=words.points(totals["change_low"]),
                high=words.points(totals["change_high"]),
            ),
            say("contributions_note", lang),
        ],
    )


def _steps(
    comparison: pl.DataFrame, most: int, before: float, after: float, lang: str | None
) -> pl.DataFrame:
    """Lay the contributions end to end between the two totals."""
    keys = comparison.columns[: comparison.columns.index("presence")]
    kept = comparison.with_row_index("_n").with_columns(size=pl.col("contribution").abs())
    kept = kept.sort("size", "_n", descending=[True, False]).drop("_n", "size")
    head, tail = kept.head(most), kept.tail(max(kept.height - most, 0))
    names = [style.cut(named_segment(row, keys, lang), 48) for row in head.iter_rows(named=True)]
    shown = head.select(
        pl.Series("name", names, dtype=pl.String),
        "contribution",
        "contribution_low",
        "contribution_high",
        rates=_arrow("rate_before", "rate_after"),
        shares=_arrow("share_before", "share_after"),
    )
    if tail.height:
        rest = tail.select(
            pl.lit(say("others_n", lang, n=tail.height)).alias("name"),
            pl.col("contribution").sum(),
            pl.lit(None, pl.Float64).alias("contribution_low"),
            pl.lit(None, pl.Float64).alias("contribution_high"),
            rates=pl.lit("–"),
            shares=pl.lit("–"),
        ).head(1)
        shown = pl.concat([shown, rest])
    end = pl.lit(before) + pl.col("contribution").cum_sum()
    low, high = (pl.col(f"contribution_{side}") for side in ("low", "high"))
    start = end - pl.col("contribution")
    points = [_points(c, lang) for c in ("contribution", "contribution_low", "contribution_high")]
    shown = shown.with_columns(
        start.alias("from"),
        end.alias("to"),
        reach_low=start + low,
        reach_high=start + high,
        said=points[0],
        interval=pl.format("{} – {}", points[1], points[2]).fill_null("–"),
        is_chance=((low <= 0) & (high >= 0)).fill_null(value=False),
        is_total=pl.lit(False),
    ).with_columns(label_at=pl.max_horizontal("from", "to", "reach_high"))
    totals = pl.DataFrame(
        {
            "name": [say("before", lang), say("after", lang)],
            "from": [before, after],
            "to": [before, after],
            "said": [words.percent(before), words.percent(after)],
            "is_total": [True, True],
        }
    )
    whole = pl.concat([totals.head(1), shown, totals.tail(1)], how="diagonal")
    return whole.with_columns(next=pl.col("name").shift(-1))


def _points(column: str, lang: str | None) -> pl.Expr:
    unit = say("points", lang)
    return pl.col(column).map_elements(lambda value: f"{words.points(value)}{unit}", pl.String)


def _arrow(before: str, after: str) -> pl.Expr:
    sides = [pl.col(c).map_elements(words.percent, pl.String).fill_null("–") for c in (before, after)]
    return pl.format("{} → {}", *sides)
