"""The chart of the segments that explain a change."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl

from zrtools import schemas, words
from zrtools.arguments import checked
from zrtools.charts import style
from zrtools.charts.telling import say
from zrtools.failures.wording import named_where

if TYPE_CHECKING:
    from altair.typing import ChartType

__all__ = ["located"]

_HEIGHT = 58


@checked
def located(found: pl.DataFrame, *, lang: str | None = None) -> ChartType:
    """Draw the segments that explain a change of the failure rate: how many more, or fewer, failed in each.

    Takes what `failures.locate` gives. Each bar is a segment's failures beyond its rate before, its thin line the 95 %
    interval; beside it stand the share of the whole change and, under its name, the two rates. Raises `InputError` for
    another frame.
    """
    import altair as alt

    schemas.check(found, schemas.LOCATED, "LOCATED")
    title = say("located", lang)
    if found.is_empty():
        return style.nothing(title, say("located_none", lang))
    rows = pl.DataFrame([_row(number, row, lang) for number, row in enumerate(found.iter_rows(named=True))])
    ends = [0.0, *rows["low"], *rows["high"], *rows["excess"]]
    pad = (max(ends) - min(ends)) * 0.04
    fall = min(rows["excess"]) < 0
    scale = alt.Scale(
        domain=[min(ends) - (pad * 8 if fall else 0), max(ends) + (0 if fall else pad * 8)], nice=False
    )
    order = rows["place"].to_list()
    base = alt.Chart(rows).encode(
        y=alt.Y("place:O", sort=order, title=None, axis=None),
        tooltip=[
            alt.Tooltip("name:N", title=say("segment", lang)),
            alt.Tooltip("rates:N", title=say("rate", lang)),
            alt.Tooltip("counts:N", title=say("failed", lang)),
            alt.Tooltip("said:N", title=say("located_excess", lang)),
            alt.Tooltip("interval:N", title=say("interval", lang)),
        ],
    )
    excess = alt.X(
        "excess:Q", title=say("located_excess", lang), scale=scale, axis=alt.Axis(format=",d", tickCount=6)
    )
    # the names stand above their bars: segments of four columns have long ones
    text = base.mark_text(align="left", baseline="middle", x=0)
    chart: ChartType = alt.layer(
        base.mark_bar(height=14, yOffset=18).encode(
            x=excess,
            color=alt.condition("datum.excess > 0", alt.value(style.FAILED), alt.value(style.DELIVERED)),
        ),
        base.mark_rule(color=style.INK, strokeWidth=1.3, yOffset=18).encode(
            x=alt.X("low:Q", scale=scale), x2="high:Q"
        ),
        base.mark_text(align="left", dx=7, yOffset=18, fontSize=12, color=style.INK).encode(
            x=alt.X("label_at:Q", scale=scale), text="said:N"
        ),
        text.mark_text(
            align="left", x=0, yOffset=-16, fontSize=13, fontWeight=600, color=style.INK, limit=700
        ).encode(text="name:N"),
        text.mark_text(align="left", x=0, yOffset=0, fontSize=12, color=style.MUTED, limit=700).encode(
            text="detail:N"
        ),
    ).properties(width=style.WIDTH, height=alt.Step(_HEIGHT + 14))
    return style.finish(chart, title, say("located_note", lang))


def _row(place: int, row: dict[str, Any], lang: str | None) -> dict[str, Any]:
    excess, share = row["excess_failures"], row["share_of_change"]
    rates = f"{words.percent(row['rate_before'])} → {words.percent(row['rate_after'])}"
    sizes = [(f"{row[f'failed_{when}']:,}", f"{row[f'settled_{when}']:,}") for when in ("before", "after")]
    counts = say(
        "located_counts",
        lang,
        before=sizes[0][0],
        of_before=sizes[0][1],
        after=sizes[1][0],
        of_after=sizes[1][1],
    )
    more = f"{excess:+,.0f}".replace("-", "−")
    said = (
        say("located_said", lang, excess=more)
        if share is None
        else say("located_share", lang, excess=more, share=words.percent(share))
    )
    return {
        "place": place,
        "name": style.cut(named_where(row["where"], lang), 84),
        "excess": excess,
        "low": row["low"],
        "high": row["high"],
        "label_at": max(row["high"], excess, 0.0),
        "rates": rates,
        "counts": counts,
        "detail": say("located_detail", lang, rates=rates, counts=counts),
        "said": said,
        "interval": f"{row['low']:,.0f} – {row['high']:,.0f}".replace("-", "−"),
    }
