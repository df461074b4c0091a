"""The tools: each the face of one public function."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

import polars as pl

from zrtools import codes, failures, messages, usage, words
from zrtools.assistant import asked as ask
from zrtools.assistant import models
from zrtools.assistant.answers import LEAST, Names, estimate, few, pool, rate, with_interval
from zrtools.assistant.charting import draw
from zrtools.assistant.desk import Desk
from zrtools.assistant.drafting import draft
from zrtools.codes import CARRIERS, CATEGORIES, MODULES, OUTCOMES, RESULTS, UNLISTED, UNRECOGNISED
from zrtools.errors import InputError
from zrtools.failures.detector import both_lists

__all__ = ["TOOLS", "Tool"]

_MOST_HISTORY = 92
_HIDDEN = ("campaign", "client_tag")
_BEFORE = ("rate_before", "low_before", "high_before")
_AFTER = ("rate_after", "low_after", "high_after")
_BILL = ("month", "client_id")
_PERIODS = ("failed_before", "settled_before"), ("failed_after", "settled_after")


@dataclass(frozen=True, slots=True)
class Tool:
    """A tool: what it takes, what it gives, and what works it out."""

    name: str
    asked: type[ask.Asked]
    gives: type[models.Answer]
    work: Callable[[Desk, Any], Any]


def coverage(desk: Desk, asked: ask.AskCoverage) -> models.Coverage:
    """Tell which days and months the archive holds: `Archive.days`, `Archive.counts`."""
    days = desk.days()
    held = days.filter(pl.col("rows") > 0)
    listed = days
    if asked.period is not None:
        first, last = desk.span(asked.period)
        listed = days.filter(pl.col("send_date").is_between(first, last))
    missing = days.filter(pl.col("state") == "missing").height
    months = desk.archive.counts()["month"].unique().sort().dt.strftime("%Y-%m").to_list()
    first_day, last_day = days.select(first=pl.min("send_date"), last=pl.max("send_date")).row(0)
    small = few("rows")
    rows = (
        desk.top("rows", listed.sort("send_date", descending=True))
        .with_columns(pl.when(~small).then(pl.col("rows", "pending")))
        .iter_rows(named=True)
    )
    return models.Coverage(
        **desk.common(
            None,
            listed.height,
            said=[
                desk.say("coverage", first=first_day, last=last_day, held=held.height, missing=missing),
                desk.say("coverage_counts", months=len(months)),
            ],
            then=[desk.command("next_sync", f'zrtools sync --archive "{desk.settings.archive}" --counts')],
        ),
        first_day=first_day,
        last_day=last_day,
        days_held=held.height,
        days_missing=missing,
        messages=int(days.filter(~small)["rows"].sum()),
        months_counted=months,
        rows=[
            models.DayRow(
                day=row["send_date"],
                state=row["state"],
                messages=row["rows"],
                pending=row["pending"],
                fetched=row["fetched"],
            )
            for row in rows
        ],
    )


def failure_breakdown(desk: Desk, asked: ask.AskBreakdown) -> models.Failures:
    """Count failures by columns: `failures.breakdown`."""
    span = desk.span(asked.period)
    by = _columns(desk, asked.by)
    frame = desk.frame(span)
    overall, pending = _overall(frame)
    desk.go_on()
    found = failures.breakdown(frame, by, cluster=_cluster(by))
    rest, desk.pooled = _pooled(found, by)
    return models.Failures(
        **desk.common(span, rest.height, pending, said=[_rated(desk, overall, span)], then=desk.report(span)),
        overall=overall,
        rows=_groups(desk.names, desk.top("rows", rest), by, overall),
    )


def failure_trend(desk: Desk, asked: ask.AskTrend) -> models.Trend:
    """Count failures over time: `failures.trend`."""
    span = desk.span(asked.period)
    by = _columns(desk, asked.by)
    frame = desk.frame(span)
    overall, pending = _overall(frame)
    desk.go_on()
    found = failures.trend(frame, asked.every, by, cluster=_cluster(by))
    rest, desk.pooled = _pooled(found, [*by, "start"])
    basis = found["day_basis"].drop_nulls().unique().sort().to_list()
    whole = [column for column in by if column.startswith("failure_")]
    return models.Trend(
        **desk.common(span, rest.height, pending, said=[_rated(desk, overall, span)], then=desk.report(span)),
        overall=overall,
        day_basis="/".join(basis) or None,
        rows=[
            models.TimeRow(
                start=row["start"],
                group=desk.names.values(row, by),
                failures=rate(row, overall=None if whole else overall),
                pending=row["pending"],
                is_final=row["is_final"],
            )
            for row in desk.top("rows", rest).iter_rows(named=True)
        ],
    )


def failure_incidents(desk: Desk, asked: ask.AskIncidents) -> models.Incidents:
    """Find incidents with their probable cause and who acts: `failures.incidents`, `watch_list`, `causes`."""
    span = desk.span(asked.period)
    frame = desk.frame(span)
    history = None
    if asked.history_days:
        past = span[0] - timedelta(days=asked.history_days), span[0] - timedelta(days=1)
        history = desk.frame(past)
    with desk.naming():
        # `incidents` and `watch_list` in one look
        found, watched = both_lists(frame, history=history, lang=desk.lang)
        desk.go_on()
        why = failures.causes(frame, found, history=history, lang=desk.lang)
        rows = _incidents(desk.names, desk.top("rows", found), why)
        watch = _incidents(desk.names, desk.top("watch", watched), None)
    said = [desk.say("incidents", n=found.height) if rows else desk.say("no_incidents")]
    if watch:
        said.append(desk.say("watched", n=watched.height))
    return models.Incidents(
        **desk.common(span, found.height, said=said, then=desk.report(span)), rows=rows, watch=watch
    )


def investigate(desk: Desk, asked: ask.AskInvestigation) -> models.Investigated:
    """Investigate a period against another: `zr.investigate`."""
    span = desk.span(asked.period)
    before = None if asked.compare_to is None else desk.span(asked.compare_to, "compare_to")
    with desk.naming():
        found = failures.investigate(desk.archive, span, compare_to=before, lang=desk.lang)
        desk.go_on()
        steps = desk.kept("steps", found.steps, pl.col("messages"))
        unknown = desk.kept("unknown", found.unknown_codes, pl.col("failed"))
        # what is too small for a table is too small for a sentence
        said = replace(
            found,
            steps=steps,
            unknown_codes=unknown,
            plan=found.plan.clear(),
            reached=found.reached.filter(pl.col("failed") >= LEAST),
        ).sentences
        why = found.causes.filter(pl.col("of") == "incident")
        incidents = _incidents(desk.names, desk.top("incidents", found.incidents), why)
        located = _located(desk.names, desk.top("located", _compared(desk, "located", found.located)))
        failed = pl.max_horizontal("failed_before", "failed_after")
        changed = desk.kept("moved", _compared(desk, "moved", found.changes), failed)
        moved = _moved(desk.names, desk.top("moved", changed))
    now = found.overview.row(0, named=True)
    overall = rate(
        {**now, "settled": now["delivered"] + now["failed"]},
    )
    by = ["carrier", "failure_category"]
    rest, desk.pooled = _pooled(found.breakdown, by)
    other = found.overview.row(1, named=True) if found.overview.height > 1 else None
    change = found.changes.row(0, named=True) if found.changes.height else None
    return models.Investigated(
        **desk.common(span, rest.height, now["pending"], said=said, then=desk.report(span)),
        overall=overall,
        before=None
        if other is None
        else desk.period((other["first_day"], other["last_day"]), other["pending"]),
        change=None
        if change is None
        else estimate(
            change["total_after"] - change["total_before"], change["change_low"], change["change_high"]
        ),
        without_incidents=estimate(
            now["adjusted_rate"], now["adjusted_low"], now["adjusted_high"], difference=False
        )
        if now["incidents"]
        else None,
        rows=_groups(desk.names, desk.top("rows", rest), by, None),
        incidents=incidents,
        moved=moved,
        located=located,
        steps=_steps(desk.top("steps", steps)),
        unknown=_unknown(desk.names, desk.top("unknown", unknown)),
    )


def locate(desk: Desk, asked: ask.AskLocate) -> models.Located:
    """Find the segments that explain a change: `failures.locate`."""
    before, after = desk.span(asked.before, "before"), desk.span(asked.after, "after")
    by = _columns(desk, asked.by)
    old, new = desk.frame(before), desk.frame(after)
    with desk.naming():
        found, why = failures.locate(old, new, by, lang=desk.lang, explain=True)
        found = _compared(desk, "rows", found)
        rows = _located(desk.names, desk.top("rows", found))
    return models.Located(
        **desk.common(after, found.height, said=[why], then=desk.report(after)),
        before=desk.period(before),
        explained=why,
        rows=rows,
    )


def retry_plan(desk: Desk, asked: ask.AskPlan) -> models.Plan:
    """Count what is to be done about failed messages: `failures.retry_plan`."""
    span = desk.span(asked.period)
    # what was delivered in the week after tells what is left to do
    frame = desk.frame((span[0], span[1] + timedelta(days=7)))
    plan = failures.retry_plan(frame, keep_for=asked.keep_for_hours)
    plan = plan.filter(pl.col("send_date").is_between(*span))
    found = (
        plan.group_by("step", "reason")
        .agg(
            messages=pl.len().cast(pl.Int64),
            numbers=pl.col("phone_number").n_unique().cast(pl.Int64),
            at=pl.col("at").min(),
        )
        .sort("messages", "step", "reason", descending=[True, False, False])
    )
    rest, desk.pooled = pool(found, pl.col("messages"))
    line = (
        f'zrtools report failures --archive "{desk.settings.archive}" --from {span[0]} --to {span[1]} '
        "--resend-list resend.csv --drop-list drop.csv"
    )
    return models.Plan(
        **desk.common(
            span,
            rest.height,
            said=[desk.say("plan", failed=f"{plan.height:,}")],
            then=[
                desk.command("next_lists", line),
                desk.command("next_campaign", "zr.forms.campaign(client, zr.tables.read('resend.csv'))"),
            ],
        ),
        rows=_steps(desk.top("rows", rest)),
    )


def unknown_codes(desk: Desk, asked: ask.AskStatus) -> models.UnknownCodes:
    """Count the codes that no table explains: `failures.unknown_codes`."""
    span = desk.span(asked.period)
    found = failures.unknown_codes(desk.frame(span))
    rest, desk.pooled = pool(found, pl.col("failed"))
    said = desk.say("unknown", n=found.height) if found.height else desk.say("no_unknown")
    return models.UnknownCodes(
        **desk.common(span, rest.height, said=[said], then=desk.report(span)),
        rows=_unknown(desk.names, desk.top("rows", rest)),
    )


def code_dictionary(desk: Desk, asked: ask.AskCodes) -> models.Codes:
    """Say what the service's numbers mean: `zr.codes`."""
    rows = [row for row in _code_rows() if asked.kind in ("all", row.kind)]
    if asked.code is not None:
        wanted = asked.code.strip()
        tails = {wanted, wanted[-3:], wanted[:2]} if re.fullmatch("[0-9]{5}", wanted) else {wanted}
        rows = [
            row
            for row in rows
            if row.code in tails or wanted.casefold() in (row.name.casefold(), row.label_ja)
        ]
    said = desk.say("codes", n=len(rows)) if rows else desk.say("no_codes")
    return models.Codes(**desk.common(None, len(rows), said=[said]), rows=rows)


def monthly_usage(desk: Desk, asked: ask.AskMonths) -> models.Months:
    """Tell the billable messages of each month, client and carrier: `usage.monthly`."""
    found = _of_months(desk, usage.monthly(desk.counts(), clients=desk.settings.clients), asked)
    rest, desk.pooled = pool(found, pl.col("separated_success_count"), within=_BILL)
    said = _summed(desk, found, rest)
    previous, year_before = (pl.when(~few(column)).then(column) for column in ("previous", "year_before"))
    rest = rest.with_columns(
        previous, year_before, change=pl.when(previous.is_not_null()).then("change")
    ).sort("month", descending=True, maintain_order=True)
    return models.Months(
        **desk.common(None, rest.height, said=[said], then=_report_usage(desk)),
        rows=[
            models.UsageRow(
                month=f"{row['month']:%Y-%m}",
                client=_client(desk.names, row),
                carrier=row["carrier"],
                billable_messages=row["separated_success_count"],
                previous=row["previous"],
                change=row["change"],
                year_before=row["year_before"],
                through=row["through"],
                complete=row["complete"],
            )
            for row in desk.top("rows", rest).iter_rows(named=True)
        ],
    )


def reconcile_usage(desk: Desk, asked: ask.AskMonths) -> models.Reconciled:
    """Set counts beside the sums of statuses: `usage.reconcile`."""
    days = desk.days()
    counts = desk.counts()
    found = usage.reconcile(counts, desk.archive.scan(), coverage=days)
    found = _of_months(desk, found, asked).sort("month", descending=True, maintain_order=True)
    n = found.height
    apart = found.filter(~pl.col("agrees").fill_null(value=True)).height
    found = desk.without("rows", found, few("counts", "statuses"))
    return models.Reconciled(
        **desk.common(
            None,
            found.height,
            said=[desk.say("reconciled", n=n, apart=apart)],
            then=_report_usage(desk),
        ),
        rows=[
            models.ReconciledRow(
                month=f"{row['month']:%Y-%m}",
                reasons=[words.text(f"usage.reason {reason}", desk.lang) for reason in row["reasons"] or []],
                **{
                    key: row[key]
                    for key in (
                        *("carrier", "counts", "statuses", "difference", "basis", "pending"),
                        *("days_missing", "agrees"),
                    )
                },
            )
            for row in desk.top("rows", found).iter_rows(named=True)
        ],
    )


def forecast_usage(desk: Desk, _: ask.Asked) -> models.Forecasts:
    """Project the running month to its end: `usage.forecast`."""
    held = not desk.archive.days().is_empty()
    found = usage.forecast(desk.counts(), desk.archive.scan() if held else None)
    whole = pl.col("carrier") == "*"
    found = desk.kept("rows", found, pl.when(~whole).then("counted")).filter(~(whole & few("counted")))
    rows = [
        models.ForecastRow(
            month=f"{row['month']:%Y-%m}",
            forecast=estimate(row["forecast"], row["low"], row["high"], level=row["level"], difference=False),
            **{key: row[key] for key in ("carrier", "through", "days_left", "counted", "method")},
        )
        for row in found.iter_rows(named=True)
    ]
    said = desk.say("no_forecast")
    for last in found.filter(whole).iter_rows(named=True):
        said = desk.say(
            "forecast",
            month=f"{last['month']:%Y-%m}",
            level=f"{last['level']:.0%}",
            **{key: f"{last[key]:,}" for key in ("forecast", "low", "high")},
        )
    return models.Forecasts(**desk.common(None, len(rows), said=[said], then=_report_usage(desk)), rows=rows)


def usage_cost(desk: Desk, asked: ask.AskCost) -> models.Costs:
    """Work out what months cost by the price file: `usage.cost`, `usage.bill`."""
    prices = desk.settings.prices
    if prices is None:
        raise InputError(desk.say("no_prices"))
    counts = desk.counts()
    found = _of_months(desk, usage.cost(counts, prices, clients=desk.settings.clients), asked)
    bills = usage.bill(found, prices, whole=usage.monthly(counts).select("month", "complete"))
    rest, desk.pooled = pool(found, pl.col("quantity"), within=_BILL)
    rest, large = (
        frame.sort("month", descending=True, maintain_order=True)
        for frame in (rest, desk.kept("bills", bills, pl.col("quantity")))
    )
    return models.Costs(
        **desk.common(None, rest.height, said=[desk.say("cost", n=large.height)], then=_report_usage(desk)),
        rows=[
            models.CostRow(
                month=f"{row['month']:%Y-%m}",
                client=_client(desk.names, row),
                billable_messages=row["quantity"],
                **{key: row[key] for key in ("carrier", "unit_price", "amount", "problem")},
            )
            for row in desk.top("rows", rest).iter_rows(named=True)
        ],
        bills=[
            models.BillRow(
                month=f"{row['month']:%Y-%m}",
                client=_client(desk.names, row),
                billable_messages=row["quantity"],
                **{key: row[key] for key in ("unpriced", "net", "tax", "gross", "final")},
            )
            for row in desk.top("bills", large).iter_rows(named=True)
        ],
    )


def check_text(desk: Desk, asked: ask.AskText) -> models.TextAnswer:
    """Check a message text, and estimate its billable parts: `messages.lint`, `messages.fields`."""
    found = messages.lint(asked.text)
    try:
        fields = messages.fields(asked.text)
    except InputError:
        fields = []
    rows = [
        models.ProblemRow(kind=one.kind, position=one.position, name=one.name, suggestion=one.suggestion)
        for one in found.problems
    ]
    said = desk.say("text", characters=found.characters, parts=found.parts, n=len(rows))
    return models.TextAnswer(
        **desk.common(None, len(rows), said=[said]),
        characters=found.characters,
        parts=found.parts,
        opt_out=found.opt_out,
        links=len(found.urls),
        fields=[desk.names.value("field", name) for name in fields[:20]],
        ok=found.ok,
        rows=rows,
    )


def _columns(desk: Desk, by: Sequence[str]) -> list[str]:
    if "client_tag" in by and not desk.settings.tags:
        raise InputError(desk.say("no_tags"))
    return list(dict.fromkeys(by))


def _cluster(by: Sequence[str]) -> str | None:
    # of messages of one campaign one cannot say how campaigns differ
    return None if set(by) & {*_HIDDEN} else "campaign"


def _overall(frame: pl.LazyFrame) -> tuple[models.Rate, int]:
    row = failures.breakdown(frame, [], cluster="campaign").row(0, named=True)
    return rate(row), row["pending"]


def _pooled(found: pl.DataFrame, by: Sequence[str]) -> tuple[pl.DataFrame, models.Pooled | None]:
    reasons = any(column.startswith("failure_") for column in by)
    size = pl.col("failed") if reasons else pl.col("settled") + pl.col("pending")
    return pool(found, size, rates=by) if by else (found, None)


def _rated(desk: Desk, overall: models.Rate, span: tuple[date, date]) -> str:
    return desk.say(
        "rated",
        first=span[0],
        last=span[1],
        failed=f"{overall.failed:,}",
        settled=f"{overall.settled:,}",
        rate=words.percent(overall.rate),
        low=words.percent(overall.low),
        high=words.percent(overall.high),
    )


def _groups(
    names: Names, found: pl.DataFrame, by: Sequence[str], overall: models.Rate | None
) -> list[models.GroupRow]:
    whole = None if any(column.startswith("failure_") for column in by) else overall
    return [
        models.GroupRow(
            group=names.values(row, by),
            failures=rate(row, overall=whole),
            **{key: row[key] for key in ("share_of_failures", "numbers", "pending", "few_clusters")},
        )
        for row in found.iter_rows(named=True)
    ]


def _incidents(names: Names, found: pl.DataFrame, why: pl.DataFrame | None) -> list[models.IncidentRow]:
    told = ("cause", "owner", "how_sure", "why", "to_do", "to_tell", "ticket")
    causes: dict[int, Mapping[str, Any]] = (
        {} if why is None else {row["row"]: row for row in why.iter_rows(named=True)}
    )
    nothing: dict[str, Any] = dict.fromkeys(told)
    rated = with_interval(found, "failed", "settled", ("failure_rate", "rate_low", "rate_high"))
    rows = []
    for number, row in enumerate(rated.iter_rows(named=True)):
        values = row["values"] if len(row["values"] or []) > 1 else [row["segment"]]
        rows.append(
            models.IncidentRow(
                segment=[]
                if row["dimension"] == "all"
                else [names.value(row["dimension"], value) for value in values],
                failures=rate(row),
                excess=estimate(row["excess"], row["excess_low"], row["excess_high"]),
                **{
                    key: row[key]
                    for key in (
                        *("dimension", "failure_category", "start", "end", "is_over", "usual_rate"),
                        *("p_value", "sentence"),
                    )
                },
                **{key: causes.get(number, nothing)[key] for key in told},
            )
        )
    return rows


def _compared(desk: Desk, part: str, found: pl.DataFrame) -> pl.DataFrame:
    """Leave out what is compared with, or in, fewer messages than may be shown."""
    return desk.without(part, found, few("settled_before", "settled_after"))


def _both_rates(
    found: pl.DataFrame, before: tuple[str, str], after: tuple[str, str]
) -> Iterator[tuple[dict[str, Any], models.Rate, models.Rate]]:
    """Give each row with its two rates, which are counted in these columns (failed, settled)."""
    found = with_interval(with_interval(found, *before, _BEFORE), *after, _AFTER)
    for row in found.iter_rows(named=True):
        yield (
            row,
            rate(row, *before, _BEFORE[0], _BEFORE[1:]),
            rate(row, *after, _AFTER[0], _AFTER[1:]),
        )


def _located(names: Names, found: pl.DataFrame) -> list[models.LocatedRow]:
    return [
        models.LocatedRow(
            where=[names.value(one["column"], one["value"]) for one in row["where"]],
            before=before,
            after=after,
            excess=estimate(row["excess_failures"], row["low"], row["high"]),
            **{key: row[key] for key in ("share_of_change", "p_value", "sentence")},
        )
        for row, before, after in _both_rates(found, *_PERIODS)
    ]


def _moved(names: Names, found: pl.DataFrame) -> list[models.MovedRow]:
    return [
        models.MovedRow(
            group=names.values(row, ["carrier", "failure_category"]),
            before=before,
            after=after,
            contribution=estimate(row["contribution"], row["contribution_low"], row["contribution_high"]),
            **{key: row[key] for key in ("presence", "sentence")},
        )
        for row, before, after in _both_rates(found, *_PERIODS)
    ]


def _steps(found: pl.DataFrame) -> list[models.StepRow]:
    return [
        models.StepRow(
            first_at=row["at"], **{key: row[key] for key in ("step", "reason", "messages", "numbers")}
        )
        for row in found.iter_rows(named=True)
    ]


def _unknown(names: Names, found: pl.DataFrame) -> list[models.UnknownRow]:
    counted = ("earlier", "earlier_settled"), ("recent", "recent_settled")
    return [
        models.UnknownRow(
            code=names.value("detailed_status_id", row["detailed_status_id"]),
            recent=recent,
            earlier=earlier,
            **{
                key: row[key]
                for key in (
                    *("failure_category", "failed", "share_of_failures", "first_day", "last_day"),
                    *("p_value", "is_growing"),
                )
            },
        )
        for row, earlier, recent in _both_rates(found, *counted)
    ]


def _code_rows() -> list[models.CodeRow]:
    def row(kind: str, code: object, name: str, label: codes.Label, **more: str | None) -> models.CodeRow:
        return models.CodeRow(
            kind=kind,
            code=None if code is None else str(code),
            name=name,
            label_ja=label.ja,
            label_en=label.en,
            origin=more.get("origin"),
            action=more.get("action"),
        )

    def same(text: str) -> codes.Label:
        return codes.Label(text, text)

    return [
        *(
            row("failure", one.code, one.name, one.label, origin=one.origin, action=one.action)
            for one in (*CATEGORIES.values(), UNLISTED, UNRECOGNISED)
        ),
        *(row("module", code, carrier, same(carrier)) for code, carrier in MODULES.items()),
        *(row("carrier", code, one.name, one.label) for code, one in CARRIERS.items()),
        *(row("status", code, name, same(name)) for code, name in OUTCOMES.items()),
        *(row("result", code, one.label.en, one.label) for code, one in RESULTS.items()),
    ]


def _of_months(desk: Desk, found: pl.DataFrame, asked: ask.AskMonths) -> pl.DataFrame:
    """Keep the months that were asked for, else all."""
    held = found["month"].sort()
    if asked.first is not None or asked.last is not None:
        first = desk.month(asked.first, "first") if asked.first else held.min()
        last = desk.month(asked.last, "last") if asked.last else held.max()
        found = found.filter(pl.col("month").is_between(first, last))
        if found.is_empty():
            raise InputError(
                desk.say(
                    "no_month", held=" – ".join(f"{m:%Y-%m}" for m in (*held.head(1), *held.tail(1))) or "–"
                )
            )
    return found


def _client(names: Names, row: Mapping[str, Any]) -> list[models.Value]:
    keys = ("client_id",) if row["client"] in (None, row["client_id"]) else ("client_id", "client")
    return [names.value(key, row[key]) for key in keys]


def _summed(desk: Desk, found: pl.DataFrame, shown: pl.DataFrame) -> str:
    counted = pl.col("separated_success_count").sum()
    months = found.group_by("month").agg(counted).sort("month")
    if months.is_empty():
        return desk.say("no_usage")
    month, sent = months.row(-1)
    seen = shown.filter(month=month).select(counted).item()
    told = f"{sent:,}"
    if 0 < sent - seen < LEAST:
        told = desk.say("few_more" if seen else "few", n=f"{seen:,}", least=LEAST)
    return desk.say("usage", month=f"{month:%Y-%m}", n=told, months=months.height)


def _report_usage(desk: Desk) -> list[models.Next]:
    return [
        desk.command(
            "next_usage",
            f'zrtools report usage --archive "{desk.settings.archive}" --lang {desk.lang} --out usage.xlsx',
        )
    ]


TOOLS = (
    Tool("archive_coverage", ask.AskCoverage, models.Coverage, coverage),
    Tool("failure_breakdown", ask.AskBreakdown, models.Failures, failure_breakdown),
    Tool("failure_trend", ask.AskTrend, models.Trend, failure_trend),
    Tool("failure_incidents", ask.AskIncidents, models.Incidents, failure_incidents),
    Tool("investigate", ask.AskInvestigation, models.Investigated, investigate),
    Tool("locate_change", ask.AskLocate, models.Located, locate),
    Tool("retry_plan", ask.AskPlan, models.Plan, retry_plan),
    Tool("unknown_codes", ask.AskStatus, models.UnknownCodes, unknown_codes),
    Tool("code_dictionary", ask.AskCodes, models.Codes, code_dictionary),
    Tool("monthly_usage", ask.AskMonths, models.Months, monthly_usage),
    Tool("reconcile_usage", ask.AskMonths, models.Reconciled, reconcile_usage),
    Tool("forecast_usage", ask.Asked, models.Forecasts, forecast_usage),
    Tool("usage_cost", ask.AskCost, models.Costs, usage_cost),
    Tool("check_text", ask.AskText, models.TextAnswer, check_text),
    Tool("draw_chart", ask.AskChart, models.ChartAnswer, draw),
    Tool("draft_resend_list", ask.AskDraft, models.Draft, draft),
)
"""Every tool; the last one is there only with a folder for drafts."""
