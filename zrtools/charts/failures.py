"""Where failures lie, and why: the heat map."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

import polars as pl

from zrtools import words
from zrtools.arguments import checked
from zrtools.charts import style
from zrtools.charts.telling import in_order, rates, say, summary, why_nothing
from zrtools.failures.rates import finished
from zrtools.failures.traffic import Statuses, Traffic
from zrtools.intervals import wilson

if TYPE_CHECKING:
    from altair.typing import ChartType

__all__ = ["failures"]

_MOST_CARRIERS = 7
_MOST_CATEGORIES = 14


@checked
def failures(frame: Statuses, *, lang: str | None = None) -> ChartType:
    """Draw failures by carrier and reason as a heat map, with the rate and the number in each cell.

    Takes what `classify` takes, classified or not, or what `breakdown` gave by carrier and failure category. Each
    cell is one reason's failures on one carrier as a share of all messages settled on that carrier; the last row
    and the last column hold the sums. The tooltip adds the 95 % interval, where the cause lies and what to do (of a
    breakdown, where it is by origin and action, too). Raises `InputError` for a frame without statuses.
    """
    import altair as alt

    title = say("failures", lang)
    cells, carriers, ends = _counted_cells(frame)
    summed = {name: int(carriers[name].sum()) for name in ("failed", "settled", "pending")}
    if not summed["failed"]:
        return style.nothing(title, why_nothing(summed, lang))

    grid, rows, columns = _grid(cells, carriers, lang)
    # what has no carrier has usually failed, all of it: it must not set the colours of the others
    inner = grid.filter(~pl.col("is_sum"))
    named = inner.filter((pl.col("carrier_name") != words.carrier(None, lang)) & (pl.col("failed") > 0))
    highest: float = (inner if named.is_empty() else named).select(pl.col("failure_rate").max()).item()
    note = say("matrix_note", lang)
    if inner.select((pl.col("failure_rate") > highest).any()).item():
        note += say("matrix_beyond", lang, unknown=words.carrier(None, lang))
    base = (
        alt.Chart(grid)
        .transform_calculate(**rates(lang))
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
                alt.Tooltip("carrier_name:N", title=say("carrier", lang)),
                alt.Tooltip("category_name:N", title=say("category", lang)),
                alt.Tooltip("failed:Q", title=say("failed", lang), format=","),
                alt.Tooltip("settled:Q", title=say("settled", lang), format=","),
                alt.Tooltip("rate:N", title=say("rate", lang)),
                alt.Tooltip("interval:N", title=say("interval", lang)),
                alt.Tooltip("share_of_failures:Q", title=say("share", lang), format=".1%"),
                alt.Tooltip("origin:N", title=say("origin", lang)),
                alt.Tooltip("action:N", title=say("action", lang)),
            ],
        )
    )
    # a letter of half width is some 6.5 pixels wide
    wide = max(108, round(6.5 * max(style.width_of(line) for name in columns for line in name.split("\n"))))
    dark = f"!datum.is_sum && pow(datum.failure_rate / {highest!r}, {style.SHARPNESS}) > {style.DARK_FROM}"
    ink = alt.condition(dark, alt.value("#FFFFFF"), alt.value("#000000"))
    chart = alt.layer(
        base.transform_filter("!datum.is_sum")
        .mark_rect(stroke="#FFFFFF", strokeWidth=3)
        .encode(
            color=alt.Color(
                "failure_rate:Q",
                scale=alt.Scale(
                    type="pow",
                    exponent=style.SHARPNESS,
                    domain=[0, highest],
                    range=list(style.SEQUENCE),
                    clamp=True,
                ),
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
    ).properties(width=alt.Step(wide), height=alt.Step(46))
    return style.finish(chart, title, [summary(ends, summed, lang), note])


def _counted_cells(frame: Statuses) -> tuple[pl.DataFrame, pl.DataFrame, tuple[Any, Any]]:
    """Count the cells and the carriers, or read them from a breakdown."""
    keys = ["carrier", "failure_category"]
    if isinstance(frame, pl.DataFrame) and {*keys, "failed", "settled", "failure_rate"} <= set(frame.columns):
        cells = frame.with_columns(
            pl.lit(None, pl.String).alias(c)
            for c in ("failure_origin", "failure_action")
            if c not in frame.columns
        )
        carriers = cells.group_by("carrier").agg(pl.col("settled", "pending").first(), pl.col("failed").sum())
        return cells, carriers, (None, None)
    read = Traffic.of(frame, keys)
    counted, _ = read.counts([*keys, "failure_origin", "failure_action"])
    cells = finished(counted, None, [*keys, "failure_origin", "failure_action"])
    return cells, finished(counted, None, ["carrier"]), read.span()


def _grid(
    cells: pl.DataFrame, carriers: pl.DataFrame, lang: str | None
) -> tuple[pl.DataFrame, list[str], list[str]]:
    """Complete the matrix with zeros and sums, worded; and give its rows and columns in order."""
    whole, total = say("all_carriers", lang), say("all_failures", lang)
    carriers = in_order(carriers.filter(pl.col("settled") > 0))
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


def _labels(frame: pl.DataFrame, column: str, size: str, most: int, lang: str | None) -> pl.Expr:
    """Name a column's values for people: the largest ones by name, what is beyond `most` as others, null as unknown."""
    name = words.carrier if column == "carrier" else partial(words.category, coded=True)
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
        .otherwise(pl.col(column).replace_strict(named, default=say("others", lang), return_dtype=pl.String))
    )


def _worded(column: str, name: Callable[[str | None, str | None], str], lang: str | None) -> pl.Expr:
    return pl.col(column).map_elements(lambda value: name(value, lang), return_dtype=pl.String).fill_null("–")


def _counted(column: str, key: str, lang: str | None) -> pl.Expr:
    return pl.col(column).map_elements(
        lambda n: say(key, lang, n=style.count_text(n)), return_dtype=pl.String
    )
