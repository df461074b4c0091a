"""What all charts of failures say about their frame: its days, its sums, why there is nothing to draw."""

from __future__ import annotations

from typing import Any

import polars as pl

from zrtools import words
from zrtools.charts import style

__all__ = ["in_order", "rates", "say", "summary", "why_nothing"]


def summary(span: tuple[Any, Any], summed: dict[str, int], lang: str | None) -> str:
    """Say a frame's days, its failures and what is pending."""
    said = say(
        "summary" if span[0] is not None else "summary_undated",
        lang,
        period="–" if None in span else words.span(*span, lang),
        settled=style.count_text(summed["settled"]),
        failed=style.count_text(summed["failed"]),
        rate=words.percent(summed["failed"] / summed["settled"]),
    )
    if not summed["pending"]:
        return said
    return said + say("summary_pending", lang, pending=style.count_text(summed["pending"]))


def why_nothing(summed: dict[str, int], lang: str | None) -> str:
    """Say why there is nothing to draw."""
    if summed["settled"]:
        return say("no_failures", lang, settled=style.count_text(summed["settled"]))
    if summed["pending"]:
        return say("none_settled", lang, pending=style.count_text(summed["pending"]))
    return say("no_rows", lang)


def in_order(carriers: pl.DataFrame) -> pl.DataFrame:
    """Sort carriers as people know them, new ones after them, unknown last."""
    order = list(style.CARRIERS)
    # an enum knows only its own names
    rank = (
        pl.col("carrier")
        .cast(pl.String)
        .replace_strict(order, range(len(order)), default=len(order), return_dtype=pl.Int32)
    )
    return carriers.sort(
        pl.col("carrier").is_null(), rank, "settled", "carrier", descending=[False, False, True, False]
    )


def rates(lang: str | None) -> dict[str, str]:
    """Write rate and interval in words, inside the chart."""
    text = style.RATE_TEXT.format
    low, high = (f"' + {text(end)} + '" for end in ("rate_low", "rate_high"))
    return {"rate": text("failure_rate"), "interval": f"'{words.between(low, high, lang)}'"}


def say(key: str, lang: str | None, **values: object) -> str:
    """Give a wording of the charts."""
    return words.text(f"charts.{key}", lang, **values)
