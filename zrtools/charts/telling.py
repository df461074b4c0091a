"""What all charts of failures say about their frame: its days, its sums, why there is nothing to draw."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import narwhals as nw
import polars as pl

from zrtools import words
from zrtools.charts import style
from zrtools.engines import gather, portable

if TYPE_CHECKING:
    from datetime import date

__all__ = ["in_order", "rates", "say", "slimmed", "span_of", "summary", "why_nothing"]


def summary(span: tuple[Any, Any], summed: dict[str, int], lang: str | None) -> str:
    """Say a frame's days, its failures and what is pending."""
    said = say(
        "summary" if span[0] is not None else "summary_undated",
        lang,
        period=_period(*span, lang),
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


def span_of(frame: Any) -> tuple[date | None, date | None]:
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


def slimmed(frame: Any) -> Any:
    """Drop what no chart of counts needs, so that a polars frame is not scanned for its texts and numbers."""
    if not isinstance(frame, pl.DataFrame | pl.LazyFrame) or "start" in frame.collect_schema():
        return frame
    needed = ("phone_number", "message", "client_tag", "rawdata")
    return frame.lazy().drop(needed, strict=False)


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


def rates() -> dict[str, str]:
    """Write rate and interval in words, inside the chart."""
    text = style.RATE_TEXT.format
    return {"rate": text("failure_rate"), "interval": f"{text('rate_low')} + ' – ' + {text('rate_high')}"}


def say(key: str, lang: str | None, **values: object) -> str:
    """Give a wording of the charts."""
    return words.text(f"charts.{key}", lang, **values)
