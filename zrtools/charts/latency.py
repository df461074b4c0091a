"""The chart of the time to delivery."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl

from zrtools import schemas, words
from zrtools.arguments import checked
from zrtools.charts import style
from zrtools.charts.telling import say
from zrtools.errors import InputError
from zrtools.failures.wording import named_value
from zrtools.texts import said

if TYPE_CHECKING:
    from altair.typing import ChartType

__all__ = ["latency"]

_MOST = 30


@checked
def latency(found: pl.DataFrame, *, lang: str | None = None) -> ChartType:
    """Draw the time to delivery by carrier, campaign, hour or day: median, 90th and 95th percentile.

    Takes what `failures.latency` gives with at most one column in `by`; of many values those with the most messages are
    drawn. Where so many messages are pending that a percentile cannot be told its mark is left out. Raises `InputError`
    for another frame.
    """
    import altair as alt

    schemas.check(found, schemas.LATENCY, "LATENCY")
    keys = [c for c in found.columns if c not in schemas.LATENCY]
    if len(keys) > 1:
        raise InputError(said("charts.one_key", names=", ".join(keys)))
    title = say("latency", lang)
    shown = found.filter(pl.col("median").is_not_null() | pl.col("within_30s").is_not_null())
    if shown.is_empty():
        return style.nothing(title, say("latency_none", lang))
    shown = shown.top_k(_MOST, by="messages").sort(keys or "messages", nulls_last=True)
    rows = [_row(row, keys, lang) for row in shown.iter_rows(named=True)]
    order = [row["name"] for row in rows]
    names = {key: say(f"latency_{key}", lang) for key in ("median", "p90", "p95")}
    marks = [
        {"name": row["name"], "which": names[key], "seconds": max(row[key], 0.5), "said": row["said"]}
        for row in rows
        for key in names
        if row[key] is not None
    ]
    table = pl.DataFrame(
        marks, schema={"name": pl.String, "which": pl.String, "seconds": pl.Float64, "said": pl.String}
    )
    base = alt.Chart(table).encode(y=alt.Y("name:N", sort=order, title=None, axis=alt.Axis(labelLimit=220)))
    ends = [*table["seconds"], 30.0]
    x = alt.X(
        "seconds:Q",
        title=say("latency_axis", lang),
        scale=alt.Scale(type="log", nice=False, domain=[min(ends) * 0.8, max(ends) * 1.25]),
        axis=alt.Axis(
            values=[1, 3, 10, 30, 60, 300, 1800, 3600, 21600, 86400], labelExpr=say("latency_labels", lang)
        ),
    )
    which, legend = list(names.values()), alt.Legend(title=None, orient="bottom")
    labels = alt.Chart(pl.DataFrame([{k: row[k] for k in ("name", "said")} for row in rows])).mark_text(
        align="left", fontSize=12, color=style.MUTED
    )
    chart: ChartType = alt.layer(
        base.mark_line(color=style.PENDING, strokeWidth=2).encode(x=x, detail="name:N"),
        base.mark_point(filled=True, size=80, opacity=1).encode(
            x=x,
            shape=alt.Shape("which:N", sort=which, scale=alt.Scale(domain=which), legend=legend),
            color=alt.Color(
                "which:N",
                sort=which,
                scale=alt.Scale(domain=which, range=[style.INK, style.DELIVERED, style.PENDING]),
                legend=legend,
            ),
            tooltip=[
                alt.Tooltip("name:N", title=say("segment", lang)),
                alt.Tooltip("which:N", title=title),
                alt.Tooltip("seconds:Q", title=say("latency_axis", lang), format=",.1f"),
            ],
        ),
        labels.encode(y=alt.Y("name:N", sort=order, title=None), x=alt.value(style.WIDTH + 8), text="said:N"),
    ).properties(width=style.WIDTH, height=alt.Step(26))
    return style.finish(chart, title, [say("latency_note", lang), say("latency_right", lang)])


def _row(row: dict[str, Any], keys: list[str], lang: str | None) -> dict[str, Any]:
    value = row[keys[0]] if keys else None
    if not keys:
        name = words.text("failures.whole", lang)
    elif keys == ["hour"]:
        name = say("latency_hour", lang, hour=value)
    else:
        name = named_value(keys[0], value if value is None else str(value), lang)
    said = say(
        "latency_said",
        lang,
        share=words.percent(row["within_30s"]),
        # of those whose time or pending state is known, which the share is of
        messages=style.count_text(row["delivered"] - row["untimed"] + row["pending"]),
    )
    return {"name": style.cut(name, 30), "said": said, **{k: row[k] for k in ("median", "p90", "p95")}}
