"""The failure report: what did not arrive, why, what to do, and how sure that is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

import polars as pl

from zrtools import charts, formats, privacy, words
from zrtools.arguments import checked
from zrtools.codes import Category
from zrtools.codes.causes import CAUSES, OWNERS, SURE
from zrtools.errors import InputError
from zrtools.failures import Investigation, breakdown, coverage, investigate, presentation
from zrtools.failures.investigation import Period
from zrtools.failures.planning import KEEP_FOR, Hours
from zrtools.failures.traits import CampaignRule
from zrtools.failures.wording import named_codes, named_incident, named_segment
from zrtools.periods import TOKYO
from zrtools.reports.page import Figure, Page
from zrtools.texts import joined, said

__all__ = ["failures"]

_MOST_ROWS = 15
_MOST_CHANGES = 8
_CLOSE_UPS = 3
_PEAK, _MOST_PEAKS = 30, 5
_STEPS = {
    "send again later": "next_send",
    "ask the vendor first": "next_ask",
    "stop the list and clean it": "next_clean",
    "use another channel": "next_other",
    "drop the number": "next_drop",
    "look into it": "next_look",
    "expired": "next_expired",
    "leave": "next_leave",
}


@checked
def failures(
    source: Any,
    path: str | Path | None = None,
    *,
    period: Period | None = None,
    compare_to: Period | bool | None = None,
    campaign: CampaignRule = None,
    codes: Mapping[str, Category] | None = None,
    min_excess: float | None = None,
    now: datetime | str | None = None,
    keep_for: Hours | None = None,
    expires: Mapping[str, Hours] | None = None,
    lang: str | None = None,
) -> Path:
    """Write a failure report as one HTML file that works offline, and give its path.

    `source` is a frame of statuses or delivery reports (polars DataFrame or LazyFrame), an archive, or what
    `investigate` gave; the rest is as in `investigate`, which has settled it where its own result is given. `now` is
    the service's clock (`client.now()`), else this computer's: nothing is planned for a time before it. The file holds
    a summary in words, key figures, charts, incidents with causes and texts to send, what changed, next steps, unknown
    codes, days that are not settled yet and how all was computed; phone numbers are masked, times are Japan's. `path`
    defaults to `failures-<first day>-<last day>.html` in the working folder.

    Raises `InputError` for another kind of source, for a period without messages, and for an investigation with
    another language than `lang` or with anything else that it has settled.
    """
    if isinstance(source, Investigation):
        settled = {
            "period": period,
            "compare_to": compare_to,
            "campaign": campaign,
            "codes": codes,
            "min_excess": min_excess,
            "now": now,
            "keep_for": keep_for,
            "expires": expires,
        }
        if given := [name for name, value in settled.items() if value is not None]:
            raise InputError(
                said(
                    "reports.has_already",
                    names=joined(given, " and "),
                    either=said("reports.them" if given[1:] else "reports.it"),
                )
            )
        if lang is not None and words.language(lang) != source.lang:
            raise InputError(said("reports.other_language", lang=source.lang, lang2=lang))
        found = source
    elif (
        period is None
        and isinstance(source, pl.DataFrame | pl.LazyFrame)
        and source.lazy().head(1).collect().is_empty()
    ):
        # an empty frame has nothing to investigate, and its report says so
        return _empty(source, words.language(lang)).save(path if path is not None else "failures.html")
    else:
        found = investigate(
            source,
            period,
            compare_to=compare_to,
            campaign=campaign,
            codes=codes,
            min_excess=min_excess,
            now=datetime.now(TOKYO) if now is None else now,
            keep_for=KEEP_FOR if keep_for is None else keep_for,
            expires=expires,
            lang=lang,
        )
    report = _Report(found)
    return report.page().save(path if path is not None else report.name)


def _empty(frame: pl.DataFrame | pl.LazyFrame, lang: words.Lang) -> Page:
    coverage(frame)
    say = partial(_say, lang)
    page = Page(say("title"), say("subtitle", period=say("no_period"), made=_now(lang)), lang)
    page.lead(say("headline_empty"))
    return page


class _Report:
    """A report being written from an investigation."""

    def __init__(self, found: Investigation) -> None:
        self.found = found
        self.lang = found.lang
        self.say = partial(_say, found.lang)
        self.count = partial(formats.write, kind="count")
        self.now = found.overview.row(0, named=True)
        self.before = found.overview.row(1, named=True) if found.overview.height > 1 else None
        self.failed, self.pending = int(self.now["failed"]), int(self.now["pending"])
        self.settled = int(self.now["delivered"]) + self.failed
        keys = ["failure_category", "failure_origin", "failure_action"]
        self.reasons = breakdown(found.counted, keys)
        carriers = breakdown(found.counted, ["carrier"], cluster="campaign")
        self.carriers = carriers.filter(pl.col("settled") > 0).sort("settled", descending=True)

    @property
    def name(self) -> str:
        return f"failures-{self.now['first_day']}-{self.now['last_day']}.html"

    def page(self) -> Page:
        page = Page(
            self.say("title"),
            self.say("subtitle", period=self.period(self.now), made=_now(self.lang)),
            self.lang,
        )
        # what a manager reads comes first, on two sheets of paper
        page.lead(*self.lead())
        page.figures(self.figures())
        if self.settled:
            self.course(page)
        if self.failed:
            self.incidents(page)
            self.next_steps(page)
            self.causes(page)
            self.changes(page)
            self.where(page)
            self.by_carrier(page)
            self.plan(page)
            self.numbers(page)
            self.unknown_codes(page)
        self.open_days(page)
        self.method(page)
        return page

    def spans(self, low: str, high: str, kind: formats.Kind) -> pl.Expr:
        def written(ends: Mapping[str, Any]) -> str:
            return formats.between(ends[low], ends[high], kind, self.lang)

        return pl.struct(low, high).map_elements(written, pl.String)

    def period(self, row: Mapping[str, Any]) -> str:
        return words.span(row["first_day"], row["last_day"], self.lang)

    # ---------------------------------------------------------------------------------------- the top

    def lead(self) -> list[str]:
        counts = {"settled": self.count(self.settled), "pending": self.count(self.pending)}
        if not self.settled:
            return [self.say("headline_unsettled" if self.pending else "headline_empty", **counts)]
        rate = words.percent(self.now["failure_rate"])
        said = [
            self.say("headline", failed=self.count(self.failed), rate=rate, **counts)
            if self.failed
            else self.say("headline_none", **counts)
        ]
        if self.failed:
            said += self.lead_incidents()
        said += self.lead_change()
        if self.failed:
            top = self.reasons.row(0, named=True)
            said.append(
                self.say(
                    "main_reason",
                    category=words.category(top["failure_category"], self.lang),
                    failed=self.count(top["failed"]),
                    share=words.percent(top["share_of_failures"]),
                )
            )
        if self.pending:
            said.append(self.say("still_pending", **counts))
        return said

    def lead_change(self) -> list[str]:
        """Say what changed; where there were incidents, with and without them."""
        if without := presentation.without_incidents(self.found):
            return without
        if self.before is None or self.found.changes.is_empty():
            return []
        row = self.found.changes.row(0, named=True)
        change = row["total_after"] - row["total_before"]
        key = "up" if change > 0 else "down"
        if row["change_low"] <= 0 <= row["change_high"]:
            key = "same"
        return [
            self.say(
                f"change_{key}",
                period=self.period(self.before),
                before=words.percent(row["total_before"]),
                after=words.percent(row["total_after"]),
                change=f"{abs(change) * 100:.2f}",
            )
        ]

    def lead_incidents(self) -> list[str]:
        found = self.found.incidents
        if found.is_empty():
            return [self.say("incidents_none")]
        part = words.percent(min(float(found["excess"].sum()) / self.failed, 1.0))
        return [self.say("incidents_found", n=found.height, share=part), found["sentence"][0]]

    def figures(self) -> list[Figure]:
        total = self.settled + self.pending
        low, high, numbers = (self.now[name] for name in ("rate_low", "rate_high", "numbers"))
        delivered = int(self.now["delivered"])
        reached = (
            self.say("of_settled", share=words.percent(delivered / self.settled)) if self.settled else ""
        )
        failed_note = "" if numbers is None else self.say("failed_note", numbers=self.count(numbers))
        rate_note = (
            self.say("rate_note", low=words.percent(low), high=words.percent(high)) if self.settled else ""
        )
        figures = [
            Figure(self.say("messages"), self.count(total), self.say("messages_note", days=self.now["days"])),
            Figure(self.say("delivered"), self.count(delivered), reached),
            Figure(self.say("failed"), self.count(self.failed), failed_note, is_bad=self.failed > 0),
            Figure(
                self.say("rate"), words.percent(self.now["failure_rate"]), rate_note, is_bad=self.failed > 0
            ),
            Figure(self.say("pending"), self.count(self.pending), self.say("pending_note")),
        ]
        if self.before is not None:
            rate = words.percent(self.before["failure_rate"])
            figures.append(Figure(self.say("rate_before"), rate, self.period(self.before)))
        return figures

    def course(self, page: Page) -> None:
        """Show the period, its incidents numbered, and say a word on every peak."""
        page.section(self.say("course"))
        found, counted = self.found.incidents, self.found.counted
        drawn = (
            charts.incidents(counted, found, named=False, lang=self.lang)
            if found.height
            else charts.failures_over_time(counted, lang=self.lang)
        )
        rate = words.percent(self.now["failure_rate"])
        page.chart(drawn, self.say("course_drawn", rate=rate), titled=False, known=1)
        page.text(self.peaks())

    def incidents(self, page: Page) -> None:
        """Show the largest incidents with their causes, each by the number that it has in the drawing."""
        found = self.found.incidents
        page.section(self.say("incidents"), *([] if found.height else [self.say("incidents_none")]))
        if found.height:
            page.text(words.text("causes.intro", self.lang))
        for number, row in enumerate(found.head(_CLOSE_UPS).iter_rows(named=True)):
            page.facts(
                _name_of(row, self.lang),
                [self.incident_said(row)],
                self.named_causes(number, "cause", "owner", "to_do"),
                self.drawn_as[number],
            )
        if (rest := found.height - _CLOSE_UPS) > 0:
            where = words.text("causes.heading", self.lang)
            page.text(self.say("incidents_rest", n=rest, where=where))

    def incident_said(self, row: Mapping[str, Any]) -> str:
        return self.say(
            "incidents_said",
            period=words.stretch(row["start"], row["end"], self.lang),
            excess=self.count(row["excess"]),
            interval=formats.between(row["excess_low"], row["excess_high"], "count", self.lang),
            rate=words.percent(row["failure_rate"]),
            usual=words.percent(row["usual_rate"]),
        )

    @property
    def drawn_as(self) -> list[int]:
        """Number the incidents as the drawing does, which has them in the order of time."""
        order = pl.struct("start", -pl.col("excess"))
        return self.found.incidents.select(order.rank("ordinal"))["start"].to_list()

    def named_causes(self, number: int, *keys: str) -> list[tuple[str, str]]:
        told = self.found.causes.filter(pl.col("of") == "incident", pl.col("row") == number)
        if told.is_empty():
            return []
        row = told.row(0, named=True)
        named = {
            "cause": self.say(
                "cause_sure",
                cause=words.label(CAUSES[row["cause"]].label, self.lang),
                sure=words.label(SURE[row["how_sure"]], self.lang),
            ),
            "owner": words.label(OWNERS[row["owner"]], self.lang),
            **{key: row[key] or "" for key in ("why", "to_do", "to_tell")},
            "ticket": row["ticket"] or "",
        }
        return [(words.text(f"causes.{key}", self.lang), named[key]) for key in keys if named[key]]

    # ------------------------------------------------------------------------------------- the findings

    def causes(self, page: Page) -> None:
        """Show each incident closely, what speaks for its cause, and the texts to send."""
        found, watch = self.found.incidents, self.found.watch
        if found.is_empty() and watch.is_empty():
            return
        page.section(words.text("causes.heading", self.lang))
        if found.height:
            self.table_of_incidents(page, found, self.say("incidents_note"), numbers=self.drawn_as)
        for number, row in enumerate(found.head(_CLOSE_UPS).iter_rows(named=True)):
            name = _name_of(row, self.lang)
            within = presentation.looked_into(self.found, number)
            page.facts(name, within, self.named_causes(number, "why", "to_tell"), self.drawn_as[number])
            drawn = charts.incident(self.found.counted, row, lang=self.lang)
            said = self.incident_said(row)
            page.chart(drawn, self.say("incident_drawn", name=name, said=said), titled=False)
            for heading, text in self.named_causes(number, "ticket"):
                page.quoted(heading, text, is_open=number == 0)
        if watch.height:
            page.text(*presentation.watched(self.found))
            self.table_of_incidents(page, watch, self.say("watch_note"))

    def table_of_incidents(
        self, page: Page, found: pl.DataFrame, note: str, numbers: list[int] | None = None
    ) -> None:
        named = [named_incident(row, self.lang) for row in found.iter_rows(named=True)]
        rows = found.with_columns(
            pl.Series("name", named, dtype=pl.String),
            pl.Series("number", numbers or [None] * found.height, dtype=pl.Int64),
            category=_named("failure_category", words.category, self.lang),
            interval=self.spans("excess_low", "excess_high", "count"),
            codes=pl.col("codes").map_elements(lambda said: named_codes(said, 3, self.lang), pl.String),
        )
        page.table(
            rows.head(_MOST_ROWS),
            {
                "name": (self.say("segment"), "text"),
                "number": (self.say("drawn_number"), "count"),
                "category": (self.say("category"), "text"),
                "start": (self.say("start"), "time"),
                "end": (self.say("end"), "time"),
                "excess": (self.say("excess"), "count"),
                "interval": (self.say("interval"), "interval"),
                "failure_rate": (self.say("rate"), "rate"),
                "usual_rate": (self.say("usual"), "rate"),
                "codes": (self.say("detailed_code"), "text"),
            },
            note=note,
        )

    def peaks(self) -> str:
        """Say which days stand above the period's interval without an incident that explains them."""
        high = self.now["rate_high"]
        days = self.found.trend.filter((pl.col("rate_low") > high) & (pl.col("settled") >= _PEAK))
        covered = self.found.incidents.select(first=pl.col("start").dt.date(), last=pl.col("end").dt.date())
        when = pl.col("start").dt.date()
        for first, last in covered.iter_rows():
            days = days.filter(~when.is_between(first, last))
        if days.is_empty():
            return ""
        largest = days.top_k(_MOST_PEAKS, by="failure_rate").sort("start")
        said = [
            f"{words.day(row['start'], self.lang, short=True)} {words.percent(row['failure_rate'])}"
            for row in largest.iter_rows(named=True)
        ]
        return self.say("peaks", n=days.height, days=words.text("failures.list", self.lang).join(said))

    def changes(self, page: Page) -> None:
        if self.before is None or self.found.changes.is_empty():
            return
        page.section(self.say("changes"), *self.lead_change())
        if self.found.located.height:
            page.chart(charts.located(self.found.located, lang=self.lang), self.found.where)
            for number, said in enumerate(self.found.located["sentence"]):
                page.text(" ".join([said, *presentation.cause(self.found, number, "located")]))
        elif self.found.where:
            page.text(self.found.where)
        row = self.found.changes.row(0, named=True)
        ends = {end: words.percent(row[f"total_{end}"]) for end in ("before", "after")}
        drawn = charts.contributions(self.found.changes, most=10, lang=self.lang)
        page.chart(drawn, self.say("changes_drawn", **ends))
        for frame, keys, heading in (
            (self.found.changes, ["carrier", "failure_category"], "by_segment"),
            (self.found.changes_by_campaign, ["campaign"], "by_campaign"),
        ):
            if frame.is_empty():
                continue
            head = frame.head(_MOST_CHANGES)
            names = [named_segment(row, keys, self.lang) for row in head.iter_rows(named=True)]
            page.table(
                head.with_columns(
                    pl.Series("name", names, dtype=pl.String),
                    interval=self.spans("contribution_low", "contribution_high", "points"),
                ),
                {
                    "name": (self.say(heading), "text"),
                    "rate_before": (self.say("rate_before"), "rate"),
                    "rate_after": (self.say("rate_after"), "rate"),
                    "contribution": (self.say("contribution"), "points"),
                    "interval": (self.say("interval"), "interval"),
                    "rate_part": (self.say("rate_part"), "points"),
                    "share_part": (self.say("share_part"), "points"),
                },
            )
        left_out = words.days(sorted(set(self.found.left_out)), 10, self.lang)
        page.text(self.say("changes_note"), self.say("left_out", days=left_out) if left_out else "")

    def where(self, page: Page) -> None:
        page.section(self.say("where"))
        top = self.reasons.row(0, named=True)
        category = words.category(top["failure_category"], self.lang)
        said = self.say("where_drawn", category=category, failed=self.count(top["failed"]))
        drawn = charts.failures(self.found.counted, lang=self.lang)
        page.chart(drawn, said, titled=False, known=1)
        reasons = self.reasons.with_columns(
            category=_named("failure_category", partial(words.category, coded=True), self.lang),
            origin=_named("failure_origin", words.origin, self.lang),
            action=_named("failure_action", words.action, self.lang),
            failure_rate=pl.col("failed") / self.settled,
        )
        page.table(
            reasons,
            {
                "category": (self.say("category"), "text"),
                "failed": (self.say("failed"), "count"),
                "failure_rate": (self.say("rate"), "rate"),
                "share_of_failures": (self.say("share"), "rate"),
                "origin": (self.say("origin"), "text"),
                "action": (self.say("action"), "text"),
            },
            note=self.say("reasons_note"),
        )

    def by_carrier(self, page: Page) -> None:
        page.section(self.say("carriers"))
        rates = [
            f"{words.carrier(name, self.lang)} {words.percent(rate)}"
            for name, rate in self.carriers.select("carrier", "failure_rate").iter_rows()
        ]
        said = self.say("carriers_drawn", rates=words.text("failures.list", self.lang).join(rates))
        drawn = charts.failures_by_carrier(self.found.counted, lang=self.lang)
        page.chart(drawn, said, titled=False, known=1)
        carriers = self.carriers.with_columns(name=_named("carrier", words.carrier, self.lang))
        whole = self.found.overview.head(1).select(
            pl.lit(self.say("total")).alias("name"),
            pl.lit(self.settled).cast(pl.Int64).alias("settled"),
            "failed",
            "failure_rate",
            "rate_low",
            "rate_high",
            "numbers",
        )
        page.table(
            pl.concat([carriers, whole], how="diagonal").with_columns(
                interval=self.spans("rate_low", "rate_high", "rate")
            ),
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
        mismatch = self.found.carrier_mismatch
        if mismatch.height:
            page.text(self.say("mismatch", n=self.count(int(mismatch["failed"].sum()))))

    def next_steps(self, page: Page) -> None:
        page.section(self.say("next"))
        counted = dict(self.found.steps.group_by("step").agg(pl.col("messages").sum()).iter_rows())
        page.points(
            (words.text(f"failures.step {step}", self.lang), self.say(key, n=self.count(counted[step])))
            for step, key in _STEPS.items()
            if step in counted
        )
        page.text(*presentation.later(self.found))

    def plan(self, page: Page) -> None:
        if self.found.steps.is_empty():
            return
        page.section(self.say("plan_heading"), *presentation.reached(self.found), self.say("plan"))
        page.table(
            self.found.steps.with_columns(
                step=_named("step", _plan_word("step"), self.lang),
                reason=_named("reason", _plan_word("reason"), self.lang),
            ),
            {
                "step": (self.say("step"), "text"),
                "reason": (self.say("step_reason"), "text"),
                "messages": (self.say("messages"), "count"),
                "numbers": (self.say("numbers"), "count"),
                "at": (self.say("earliest"), "time"),
            },
        )

    def numbers(self, page: Page) -> None:
        often = self.found.numbers.filter(pl.col("failed_since") > 1)
        if often.is_empty():
            return
        drop = often.filter(pl.col("advice") == "drop").height
        page.section(
            self.say("often"), self.say("often_intro", n=self.count(often.height), drop=self.count(drop))
        )
        page.table(
            privacy.mask(often.head(_MOST_ROWS)).with_columns(
                carrier=_named("carrier", words.carrier, self.lang),
                last_category=_named("last_category", words.category, self.lang),
                advice=_named(
                    "advice", lambda value, lang: words.text(f"reports.advice_{value}", lang), self.lang
                ),
            ),
            {
                "phone_number": (self.say("number"), "code"),
                "carrier": (self.say("carrier"), "text"),
                "failed_since": (self.say("failed_since"), "count"),
                "failed_days": (self.say("failed_days"), "count"),
                "last_category": (self.say("last_category"), "text"),
                "last_failure": (self.say("last_seen"), "time"),
                "advice": (self.say("advice"), "text"),
            },
        )

    def unknown_codes(self, page: Page) -> None:
        found = self.found.unknown_codes
        page.section(self.say("codes"))
        if found.is_empty():
            page.text(self.say("codes_none"))
            return
        page.text(self.say("codes_intro", share=words.percent(int(found["failed"].sum()) / self.failed)))
        growing = (
            found.filter("is_growing")["detailed_status_id"].fill_null(self.say("code_missing")).to_list()
        )
        if growing:
            page.text(self.say("codes_growing", codes=words.text("failures.comma", self.lang).join(growing)))
        page.table(
            found.head(_MOST_ROWS).with_columns(
                pl.col("detailed_status_id").fill_null(self.say("code_missing")),
                category=_named("failure_category", words.category, self.lang),
            ),
            {
                "detailed_status_id": (self.say("detailed_code"), "code"),
                "category": (self.say("category"), "text"),
                "failed": (self.say("failed"), "count"),
                "share_of_failures": (self.say("share"), "rate"),
                "numbers": (self.say("numbers"), "count"),
                "recent": (self.say("recent"), "count"),
                "first_day": (self.say("first_seen"), "day"),
                "last_day": (self.say("last_seen"), "day"),
            },
            note=self.say("codes_more", n=found.height - _MOST_ROWS) if found.height > _MOST_ROWS else "",
        )

    def open_days(self, page: Page) -> None:
        page.section(self.say("open"))
        days = self.found.coverage.filter(~pl.col("is_final") & (pl.col("pending") > 0)).sort(
            "day", descending=True
        )
        missing = self.found.coverage.filter(pl.col("messages") == 0)["day"].to_list()
        if missing:
            page.text(self.say("open_missing", n=len(missing), days=words.days(missing, 10, self.lang)))
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
        keys = [
            "method_rate",
            "method_interval",
            "method_reason",
            f"method_days_{self.now['day_basis'] or 'mixed'}",
        ]
        keys += ["method_incidents"] if self.failed else []
        keys += ["method_changes"] if self.before is not None else []
        page.points(
            [
                *self.found.campaign_notes,
                *(self.say(key) for key in (*keys, "method_source")),
                words.text("usage.how_brands", self.lang),
            ]
        )


def _say(lang: str, key: str, **values: object) -> str:
    return words.text(f"reports.{key}", lang, **values)


def _plan_word(kind: str) -> Callable[[str | None, str | None], str]:
    return lambda value, lang: words.text(f"failures.{kind} {value}", lang)


def _name_of(row: Mapping[str, Any], lang: str) -> str:
    return f"{named_incident(row, lang)} × {words.category(row['failure_category'], lang)}"


def _named(column: str, name: Callable[[str | None, str | None], str], lang: str) -> pl.Expr:
    return pl.col(column).map_elements(lambda value: name(value, lang), pl.String, skip_nulls=False)


def _now(lang: str) -> str:
    return words.moment(datetime.now(TOKYO), lang, short=False)
