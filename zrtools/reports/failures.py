"""The failure report: what did not arrive, why, what to do, and how sure that is."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any

import polars as pl

from zrtools import charts, schemas, words
from zrtools.charts.style import count_text, percent_text
from zrtools.codes import CATEGORIES, UNLISTED, UNRECOGNISED
from zrtools.failures import breakdown, coverage
from zrtools.periods import TOKYO
from zrtools.reports.page import Figure, Page

__all__ = ["failures"]

_MOST_ROWS = 15
_CODES = {category.name: code for code, category in CATEGORIES.items()}
_STEPS = {
    "send again later": "next_send",
    "drop the number": "next_drop",
    "use another channel": "next_other",
    "look into it": "next_look",
}


def failures(frame: Any, path: str | Path | None = None, *, lang: str | None = None) -> Path:
    """Write a failure report as one HTML file that works offline, and give its path.

    Takes what `classify` takes. The file holds a summary in words, key figures, charts, reasons with what to do
    about each, unknown codes, days that are not settled yet and how all was computed; phone numbers are
    masked, times are Japan's. `path` defaults to `failures-<first day>-<last day>.html` in the working folder.

    Raises `InputError` for a frame without statuses.
    """
    report = _Report(frame, words.language(lang))
    page = report.page()
    return page.save(path if path is not None else report.name)


class _Report:
    def __init__(self, frame: Any, lang: words.Lang) -> None:
        self.frame = frame
        self.lang = lang
        self.days = coverage(frame)
        self.reasons = breakdown(frame, ["failure_category", "failure_origin", "failure_action"])
        self.carriers = breakdown(frame, ["carrier"]).filter(pl.col("settled") > 0)
        self.whole = breakdown(frame, []).row(0, named=True)
        self.failed, self.settled, self.pending = (
            int(self.whole[name]) for name in ("failed", "settled", "pending")
        )
        self.dates: list[date] = self.days["day"].drop_nulls().to_list()

    @property
    def name(self) -> str:
        if not self.dates:
            return "failures.html"
        return f"failures-{self.dates[0]}-{self.dates[-1]}.html"

    def page(self) -> Page:
        page = Page(self.say("title"), self.say("subtitle", period=self.period(), made=_now()), self.lang)
        page.lead(*self.lead())
        page.figures(self.figures())
        if self.settled:
            page.section(self.say("course"))
            page.chart(charts.failures_over_time(self.frame, lang=self.lang), self.say("course_drawn"))
        if self.failed:
            self.where(page)
            self.next_steps(page)
            self.unknown_codes(page)
        self.open_days(page)
        self.method(page)
        return page

    def say(self, key: str, **values: object) -> str:
        return words.text(f"reports.{key}", self.lang, **values)

    def period(self) -> str:
        if not self.dates:
            return self.say("no_period")
        return self.say("period", first=self.dates[0], last=self.dates[-1])

    def lead(self) -> list[str]:
        counts = {"settled": count_text(self.settled), "pending": count_text(self.pending)}
        if not self.settled:
            return [self.say("headline_unsettled" if self.pending else "headline_empty", **counts)]
        if not self.failed:
            said = [self.say("headline_none", **counts)]
        else:
            rate = percent_text(self.failed / self.settled)
            top = self.reasons.row(0, named=True)
            said = [
                self.say("headline", failed=count_text(self.failed), rate=rate, **counts),
                self.say(
                    "main_reason",
                    category=words.category(top["failure_category"], self.lang),
                    failed=count_text(top["failed"]),
                    share=percent_text(top["share_of_failures"]),
                ),
            ]
            # a carrier with few messages, or none that is known, is not the news
            known = self.carriers.filter(
                pl.col("carrier").is_not_null() & (pl.col("settled") >= 0.02 * self.settled)
            )
            if known.height > 1:
                worst = known.sort("failure_rate", descending=True).row(0, named=True)
                said.append(
                    self.say(
                        "worst_carrier",
                        carrier=words.carrier(worst["carrier"], self.lang),
                        rate=percent_text(worst["failure_rate"]),
                        whole=rate,
                    )
                )
        if self.pending:
            said.append(self.say("still_pending", **counts))
        return said

    def figures(self) -> list[Figure]:
        total = self.settled + self.pending
        low, high, numbers = (self.whole[name] for name in ("rate_low", "rate_high", "numbers"))

        def of_all(part: int) -> str:
            return self.say("of_messages", share=percent_text(part / total)) if total else ""

        failed_note = "" if numbers is None else self.say("failed_note", numbers=count_text(numbers))
        rate_note = (
            self.say("rate_note", low=percent_text(low), high=percent_text(high)) if self.settled else ""
        )
        return [
            Figure(self.say("messages"), count_text(total), self.say("messages_note", days=len(self.dates))),
            Figure(
                self.say("delivered"),
                count_text(self.settled - self.failed),
                of_all(self.settled - self.failed),
            ),
            Figure(self.say("failed"), count_text(self.failed), failed_note, is_bad=self.failed > 0),
            Figure(
                self.say("rate"), percent_text(self.whole["failure_rate"]), rate_note, is_bad=self.failed > 0
            ),
            Figure(self.say("pending"), count_text(self.pending), self.say("pending_note")),
        ]

    def where(self, page: Page) -> None:
        page.section(self.say("where"))
        page.chart(charts.failures(self.frame, lang=self.lang), self.say("where_drawn"))
        page.section(self.say("reasons"))
        reasons = self.reasons.with_columns(
            category=_named("failure_category", words.category, self.lang),
            code=pl.col("failure_category").replace_strict(_CODES, default=None, return_dtype=pl.String),
            origin=_named("failure_origin", words.origin, self.lang),
            action=_named("failure_action", words.action, self.lang),
            failure_rate=pl.col("failed") / self.settled,
        )
        page.table(
            reasons,
            {
                "category": (self.say("category"), "text"),
                "code": (self.say("code"), "text"),
                "failed": (self.say("failed"), "count"),
                "failure_rate": (self.say("rate"), "rate"),
                "share_of_failures": (self.say("share"), "rate"),
                "origin": (self.say("origin"), "text"),
                "action": (self.say("action"), "text"),
            },
            note=self.say("reasons_note"),
        )
        page.section(self.say("carriers"))
        page.chart(charts.failures_by_carrier(self.frame, lang=self.lang), self.say("carriers_drawn"))
        carriers = self.carriers.sort("settled", descending=True).with_columns(
            name=_named("carrier", words.carrier, self.lang)
        )
        total = pl.DataFrame([self.whole], schema=schemas.BREAKDOWN).with_columns(
            name=pl.lit(self.say("total"))
        )
        page.table(
            pl.concat([carriers, total], how="diagonal").with_columns(interval=_interval()),
            {
                "name": (self.say("carrier"), "text"),
                "settled": (self.say("settled"), "count"),
                "failed": (self.say("failed"), "count"),
                "failure_rate": (self.say("rate"), "rate"),
                "interval": (self.say("interval"), "interval"),
                "numbers": (self.say("numbers"), "count"),
            },
            note=self.say("carriers_note") if carriers["carrier"].null_count() else "",
            bold_last=True,
        )

    def next_steps(self, page: Page) -> None:
        page.section(self.say("next"))
        actions = (
            self.reasons.group_by("failure_action")
            .agg(pl.col("failed").sum())
            .sort("failed", descending=True)
        )
        page.points(
            (words.action(action, self.lang), self.say(_STEPS.get(action, "next_look"), n=count_text(failed)))
            for action, failed in actions.iter_rows()
        )

    def unknown_codes(self, page: Page) -> None:
        page.section(self.say("codes"))
        unknown = (UNLISTED.name, UNRECOGNISED.name)
        found = breakdown(self.frame, ["failure_category", "detailed_status_id"]).filter(
            pl.col("failure_category").is_in(unknown)
        )
        if found.is_empty():
            page.text(self.say("codes_none"))
            return
        page.text(self.say("codes_intro", share=percent_text(int(found["failed"].sum()) / self.failed)))
        page.table(
            found.head(_MOST_ROWS).with_columns(
                pl.col("detailed_status_id").fill_null(self.say("code_missing")),
                category=_named("failure_category", words.category, self.lang),
            ),
            {
                "detailed_status_id": (self.say("detailed_code"), "text"),
                "category": (self.say("category"), "text"),
                "failed": (self.say("failed"), "count"),
                "share_of_failures": (self.say("share"), "rate"),
                "numbers": (self.say("numbers"), "count"),
            },
            note=self.say("codes_more", n=found.height - _MOST_ROWS) if found.height > _MOST_ROWS else "",
        )

    def open_days(self, page: Page) -> None:
        page.section(self.say("open"))
        days = self.days.filter(~pl.col("is_final") & (pl.col("pending") > 0)).sort("day", descending=True)
        if days.is_empty():
            page.text(self.say("open_none"))
            return
        page.text(self.say("open_intro"))
        page.table(
            days.head(_MOST_ROWS).with_columns(share=pl.col("pending") / pl.col("messages")),
            {
                "day": (self.say("day"), "day"),
                "messages": (self.say("messages"), "count"),
                "failed": (self.say("failed"), "count"),
                "pending": (self.say("pending"), "count"),
                "share": (self.say("pending_share"), "rate"),
            },
            note=self.say("open_more", n=days.height - _MOST_ROWS) if days.height > _MOST_ROWS else "",
        )

    def method(self, page: Page) -> None:
        page.section(self.say("method"))
        basis = set(self.days["day_basis"].drop_nulls())
        dated = "send_date" if basis <= {"send_date"} else "date_time" if basis == {"date_time"} else "mixed"
        page.points(
            self.say(key)
            for key in (
                "method_rate",
                "method_interval",
                "method_reason",
                f"method_days_{dated}",
                "method_source",
            )
        )


def _named(column: str, name: Callable[[str | None, str | None], str], lang: str) -> pl.Expr:
    return pl.col(column).map_elements(lambda value: name(value, lang), pl.String, skip_nulls=False)


def _interval() -> pl.Expr:
    ends = [pl.col(end).map_elements(percent_text, pl.String) for end in ("rate_low", "rate_high")]
    return pl.format("{} – {}", *ends)


def _now() -> str:
    return f"{datetime.now(TOKYO):%Y-%m-%d %H:%M}"
