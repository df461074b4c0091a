"""The monthly usage report as a file: a workbook, a page or a PDF, for one client or for each of an agency's."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl

from zrtools import charts, formats, tables, words
from zrtools import usage as room
from zrtools.arguments import checked
from zrtools.engines import AnyFrame
from zrtools.errors import InputError
from zrtools.periods import Day, Month, months_before
from zrtools.reports import printing
from zrtools.reports.handover import Handover, file_name, handover_of
from zrtools.reports.monthly import Account, UsageReport, gather, reportable
from zrtools.reports.page import Figure, Kind, Page
from zrtools.texts import said
from zrtools.usage.source import snapshots

__all__ = [
    "ENDINGS",
    "UsageReport",
    "each",
    "gather",
    "money_text",
    "reportable",
    "save",
    "usage",
    "usage_each",
]

ENDINGS = (".xlsx", ".html", ".htm", ".pdf")
_MOST_LISTED = 30
_MOST_LINES = 200
_MOST_MONTHS = 12


@checked
def usage(
    counts: pl.DataFrame | pl.LazyFrame,
    path: str | Path,
    *,
    month: Month | None = None,
    months: int = 12,
    statuses: AnyFrame | Mapping[str, AnyFrame] | None = None,
    coverage: Any = None,
    prices: room.Prices | str | Path | None = None,
    invoice: pl.DataFrame | str | Path | None = None,
    invoice_columns: Mapping[str, str] | None = None,
    clients: pl.DataFrame | Mapping[str, str] | str | Path | None = None,
    client_id: str | None = None,
    statuses_of: str | None = None,
    settings: Handover | str | Path | None = None,
    tolerance: float = 0,
    today: Day | None = None,
    lang: str | None = None,
) -> Path:
    """Write the monthly usage report as a workbook (.xlsx), a self-contained page (.html) or a PDF, all or nothing.

    What cannot be used or is missing is said in the report, and the rest is made. The report names no client that is
    not in `counts`, and with `client_id` that one alone.

    Parameters
    ----------
    counts
        COUNTS, or snapshots of an archive.
    path
        The file; its ending says the kind. A PDF needs Chromium, Chrome or Edge.
    month, months
        The month reported, else the last complete one, after `months` - 1 before it.
    statuses
        Statuses on any engine or an archive, or several by client id: with them counts are reconciled, the running
        month is projected better, and messages, delivery rate, reasons of failure and incidents are reported.
    coverage, tolerance
        As in `usage.reconcile`.
    prices, invoice, invoice_columns, clients
        As in `usage.cost`, `usage.read_invoice` and `usage.monthly`; files are read. They come before those in
        `settings`.
    client_id
        The client whom the report is about, left out all that the counts name.
    statuses_of
        Whose the statuses are, where their rows do not tell it and the counts are of several clients.
    settings
        A `report.toml` or a `Handover`: addressee, author, logo, comment, budget, closing day.
    today
        The day that the report says it was made on, else today in Japan.
    lang
        "ja" or "en", else ZRTOOLS_LANG, else Japanese.

    Returns
    -------
    The path.

    Raises
    ------
    InputError
        When the counts, the client, the settings, the month or the path's ending cannot be used.
    ConfigurationError
        When a PDF is wanted and there is no browser to print it: it says how to print by hand.
    """
    path = Path(path)
    _writable([path.suffix])
    report = gather(
        counts,
        month=month,
        months=months,
        statuses=statuses,
        coverage=coverage,
        prices=prices,
        invoice=invoice,
        invoice_columns=invoice_columns,
        clients=clients,
        client_id=client_id,
        statuses_of=statuses_of,
        settings=settings,
        tolerance=tolerance,
        today=today,
        lang=lang,
    )
    return save(report, path)


@checked
def usage_each(
    counts: pl.DataFrame | pl.LazyFrame,
    folder: str | Path,
    *,
    formats: Sequence[str] = ("xlsx",),
    month: Month | None = None,
    months: int = 12,
    statuses: AnyFrame | Mapping[str, AnyFrame] | None = None,
    statuses_of: str | None = None,
    prices: room.Prices | str | Path | None = None,
    clients: pl.DataFrame | Mapping[str, str] | str | Path | None = None,
    settings: Handover | str | Path | None = None,
    today: Day | None = None,
    lang: str | None = None,
) -> dict[str, list[Path]]:
    """Write a report for each client of an agency, into files named by client and month that name no other client.

    Parameters
    ----------
    counts
        COUNTS of all clients (`client.counts(..., client_id="all")`), or an archive's snapshots.
    folder
        Where the files go; it is made where it is not there.
    formats
        One or several of "xlsx", "html", "pdf".
    statuses
        Statuses or archives by client id; a client without any gets the report from counts, which says so.
    statuses_of, month, months, prices, clients, settings, today, lang
        As in `usage`; what `settings` says of a client holds for that client.

    Returns
    -------
    The files of each client, by its id.

    Raises
    ------
    InputError
        When the counts, the settings, the month or a format cannot be used.
    ConfigurationError
        When a PDF is wanted and there is no browser to print it.
    """
    options: dict[str, Any] = {
        "month": month,
        "months": months,
        "statuses": statuses,
        "statuses_of": statuses_of,
        "prices": prices,
        "clients": clients,
        "today": today,
        "lang": lang,
    }
    made = each(counts, Path(folder), formats, settings=settings, **options)
    return {report.client[0]: paths for report, paths in made if report.client is not None}


def each(
    counts: pl.DataFrame | pl.LazyFrame,
    folder: Path,
    formats: Sequence[str],
    *,
    settings: Any = None,
    **options: Any,
) -> Iterator[tuple[UsageReport, list[Path]]]:
    """Make a report for each client and write it; arguments as in `usage_each`."""
    endings = [f".{f.lower().lstrip('.')}" for f in formats]
    _writable(endings)
    given = handover_of(settings).without_the_agencys()
    frame = snapshots(counts)
    whose = frame["client_id"].drop_nulls().unique().sort()
    if whose.is_empty():
        raise InputError(said("reports.no_client_id"))
    statuses = options.get("statuses")
    if (
        statuses is not None
        and not isinstance(statuses, Mapping)
        and options.get("statuses_of") is None
        and len(whose) > 1
    ):
        raise InputError(said("reports.whose"))
    for client_id in whose:
        # a logo that is none is told before anything is written
        try:
            given.for_client(client_id).picture()
        except InputError as error:
            raise InputError(said("reports.of_client", client_id=client_id, error=error)) from None
    account = Account(frame)
    taken: set[str] = set()
    for client_id in whose:
        report = gather(frame, client_id=client_id, settings=given, account=account, **options)
        assert report.client is not None  # noqa: S101 - it is about one
        paths = [folder / file_name(report.month, ending, *report.client) for ending in endings]
        if clash := taken & {path.name.casefold() for path in paths}:
            raise InputError(said("reports.same_name", client_id=client_id, min=min(clash)))
        taken |= {path.name.casefold() for path in paths}
        yield report, [save(report, path) for path in paths]


def _writable(endings: Sequence[str]) -> None:
    wrong = [e for e in endings if e.lower() not in ENDINGS]
    if wrong or not endings:
        raise InputError(
            said("reports.ending", either=", ".join(wrong) if endings else said("reports.nothing"))
        )
    if ".pdf" in [e.lower() for e in endings]:
        printing.needed()


def save(report: UsageReport, path: str | Path) -> Path:
    """Write a report as .xlsx, .html or .pdf, all or nothing. Raises `InputError` for another ending."""
    path = Path(path)
    _writable([path.suffix])
    if path.suffix.lower() == ".xlsx":
        from zrtools.reports.workbook import fill

        return tables.replace_file(path, lambda part: fill(report, part))
    if path.suffix.lower() == ".pdf":
        return printing.print_to(_page(report).html(), path)
    return _page(report).save(path)


def _page(report: UsageReport) -> Page:
    say = report.say
    page = Page(
        say("title", month=report.name_month(report.month)),
        say(
            "subtitle",
            first=report.name_month(report.first),
            last=report.name_month(report.month),
            made=report.name_day(report.made),
        ),
        report.lang,
    )
    page.cover(report.cover, report.handover.picture(), report.handover.comment)
    page.lead(*report.headline())
    page.figures(_figures(report))
    if report.problems:
        page.section(say("problems"))
        page.points(report.problems)
    page.section(say("summary"))
    page.chart(charts.usage_months(report.monthly, lang=report.lang), say("months_title"))
    table = report.by_carrier()
    if table.height:
        page.table(*_columns(report, table, _BY_CARRIER), bold_last=True)
    _deliveries(page, report)
    if report.forecast.height:
        month = report.name_month(report.forecast["month"][0])
        page.section(say("forecast_title", month=month))
        page.chart(
            charts.usage_forecast(report.forecast, report.everything, lang=report.lang),
            say("forecast_title", month=month),
        )
        rows = report.forecast.with_columns(carrier=report.name_carriers(report.forecast))
        page.table(*_columns(report, rows, _FORECAST), bold_last=True)
    page.section(say("by_carrier"))
    page.chart(charts.usage_shares(report.monthly, lang=report.lang), say("shares_title"))
    wide = report.wide()
    names: dict[str, tuple[str, Kind]] = {c: (c, "count") for c in wide.columns if c != "month"}
    page.subheading(say("counts_section"))
    page.table(wide, {"month": (say("month"), "month"), **names})
    page.subheading(say("changes_section"))
    sums = report.sums()
    page.table(*_columns(report, sums, _SUMS))
    _terms(page, report)
    if report.client is None:
        _clients(page, report)
    _reconciliation(page, report)
    _cost(page, report)
    page.section(say("notes"))
    for heading, sentences in report.notes():
        if sentences is not report.problems:
            page.subheading(heading)
            page.points(sentences)
    page.on_screen(say("how_print"))
    return page


def _deliveries(page: Page, report: UsageReport) -> None:
    """Say what became of the month's messages, why some failed, and what was unusual."""
    say = report.say
    page.section(say("deliveries"))
    outcomes = report.outcomes()
    if not outcomes.height:
        page.text(say("no_deliveries"))
        return
    page.text(say("deliveries_gloss"), report.whose)
    counted = ("messages", "delivered", "failed", "pending", "parts")
    rates = {
        name: (report.delivery(months_before(report.month, back)) or {}).get("rate")
        for name, back in (("rate", 0), ("previous_rate", 1), ("year_rate", 12))
    }
    total = outcomes.select(pl.lit(say("total")).alias("carrier"), pl.col(counted).sum()).with_columns(
        pl.lit(rate, pl.Float64).alias(name) for name, rate in rates.items()
    )
    kinds: dict[str, Kind] = {
        "carrier": "text",
        **dict.fromkeys(("messages", "delivered", "failed", "pending"), "count"),
        **dict.fromkeys(("rate", "previous_rate", "year_rate"), "rate"),
        "parts": "count",
    }
    page.table(*_columns(report, pl.concat([outcomes, total], how="diagonal"), kinds), bold_last=True)
    page.subheading(say("reasons_section"))
    reasons = report.failed_for()
    if reasons.height:
        carriers: dict[str, tuple[str, Kind]] = {
            c: (say("total") if c == "total" else c, "count") for c in reasons.columns if c != "reason"
        }
        page.table(reasons, {"reason": (say("reason"), "text"), **carriers})
    else:
        page.text(say("no_failures"))
    page.subheading(say("incidents_section"))
    page.points(report.incidents["sentence"].to_list() or [say("no_incidents")])
    page.subheading(say("by_day"))
    days = report.by_day().rename({"send_date": "date"})
    daily: dict[str, Kind] = {"date": "day", **{c: k for c, k in kinds.items() if c in days.columns}}
    page.table(*_columns(report, days, daily))


def _terms(page: Page, report: UsageReport) -> None:
    """Set the month into its fiscal year, against budget and plan, and count up to a closing day."""
    say = report.say
    page.section(say("terms"))
    quarters = quarters_of(report)
    if quarters.height:
        year = quarters["fiscal_year"][0]
        page.subheading(say("fiscal_section", year=year))
        worded = quarters.rename({"year_before": "period_before", "year_change_rate": "period_change_rate"})
        kinds: dict[str, Kind] = {
            "quarter": "text",
            "separated_success_count": "count",
            "to_date": "count",
            "period_before": "count",
            "period_change_rate": "rate_change",
        }
        page.table(*_columns(report, worded, kinds))
    page.text(*limits(report))
    if report.budget.height:
        unit = say("yen" if report.handover.budget_in == "yen" else "parts_unit")
        page.subheading(say("budget_section", unit=unit))
        money: tuple[str, ...] = ("budget", "actual", "forecast", "budget_to_date", "actual_to_date")
        rows = report.budget.with_columns(pl.col(*money, "difference_to_budget").round(0).cast(pl.Int64))
        if report.handover.budget_in == "yen":
            rows = rows.with_columns(pl.col(c).map_elements("¥{:,}".format, pl.String) for c in money)
        number: Kind = "interval" if report.handover.budget_in == "yen" else "count"
        kinds = {
            "month": "month",
            **dict.fromkeys(("budget", "actual"), number),
            "difference_to_budget": "change",
        }
        kinds |= {"used": "rate", "forecast": number, "forecast_used": "rate"}
        kinds |= {"budget_to_date": number, "actual_to_date": number, "used_to_date": "rate"}
        page.table(*_columns(report, rows, kinds))
    closed = closed_of(report)
    if closed.height:
        page.subheading(say("closed_section", day=report.handover.closing_day))
        kinds = {"closed_period": "text", "parts": "count"}
        if "net" in closed.columns:
            closed = _money(closed, report, "net", "tax", "gross")
            kinds |= {"net": "interval", "tax": "interval", "gross": "interval"}
        page.table(*_columns(report, closed, {**kinds, "status": "text"}))


def _clients(page: Page, report: UsageReport) -> None:
    say = report.say
    page.section(say("clients"))
    # as many months as A4 holds upright
    newest = report.monthly["month"].unique().sort().tail(_MOST_MONTHS)
    shown = report.monthly.filter(pl.col("month").is_in(newest.implode()))
    across = room.pivot(shown, rows="client", columns="month", totals=False)
    listed = across.sort("total", descending=True).with_columns(pl.col("client").fill_null("–"))
    listed = listed.rename({"total": say("total")})
    counts: dict[str, tuple[str, Kind]] = {
        c: (c[2:].replace("-", "/") if c[:2] == "20" else c, "count") for c in listed.columns if c != "client"
    }
    cut = say("last_months", n=len(newest)) if report.months > len(newest) else ""
    page.table(listed, {"client": (say("client"), "text"), **counts}, note=cut)
    moved, silent = moved_of(report), report.movers.filter(pl.col("movement").is_in(["silent", "stopped"]))
    if moved.height:
        page.subheading(say("movers_section"))
        kinds: dict[str, Kind] = {
            "client": "text",
            "movement": "text",
            "separated_success_count": "count",
            "previous": "count",
            "change": "change",
            "change_rate": "rate_change",
        }
        page.table(*_columns(report, moved.head(_MOST_LISTED), kinds))
    if silent.height:
        page.subheading(say("silent_section"))
        names = silent["client"].fill_null("–").head(200).to_list()
        more = ["…"] if silent.height > len(names) else []
        page.text(("、" if report.lang == "ja" else ", ").join(names + more))


def moved_of(report: UsageReport) -> pl.DataFrame:
    """Give the movers with their movement in words."""
    return report.movers.filter(pl.col("movement") != "silent").with_columns(
        movement=pl.Series(
            [
                report.say(f"movement {m}")
                for m in report.movers.filter(pl.col("movement") != "silent")["movement"]
            ],
            dtype=pl.String,
        )
    )


def quarters_of(report: UsageReport) -> pl.DataFrame:
    """Give the fiscal year's quarters with their names."""
    made = report.fiscal()
    named = [
        report.say(
            "quarter_name",
            n=row["period_of_year"],
            first=report.name_month(row["first"]),
            last=report.name_month(row["last"]),
        )
        for row in made.iter_rows(named=True)
    ]
    return made.with_columns(quarter=pl.Series(named, dtype=pl.String))


def limits(report: UsageReport) -> list[str]:
    """Say how much of the plan the month and the running month take."""
    limit = report.handover.plan_limit
    if limit is None:
        return []
    used = int(report.this_month["separated_success_count"].sum())
    over = ("" if report.lang == "ja" else " ") + report.say("over_limit")
    told = {"limit": f"{limit:,}"}
    said = [
        report.say(
            "limit",
            month=report.name_month(report.month),
            count=f"{used:,}",
            share=f"{used / limit:.1%}",
            **told,
        )
        + (over if used > limit else "")
    ]
    if report.forecast.height:
        row = report.forecast.row(-1, named=True)
        said.append(
            report.say(
                "limit_forecast",
                month=report.name_month(row["month"]),
                count=f"{row['forecast']:,}",
                share=f"{row['forecast'] / limit:.1%}",
                **told,
            )
            + (over if row["forecast"] > limit else "")
        )
    return said


def closed_of(report: UsageReport) -> pl.DataFrame:
    """Give the periods up to the closing day, all carriers and clients together, with what they cost."""
    if not report.closed.height:
        return report.closed
    day = report.handover.closing_day
    rows = (
        report.closed.group_by("month")
        .agg(
            parts=pl.col("separated_success_count").sum(),
            through=pl.col("through").max(),
            complete=pl.col("complete").all(),
        )
        .sort("month")
        .with_columns(
            first=pl.col("month").dt.offset_by("-1mo").dt.offset_by(f"{day}d"),
            last=pl.col("month").dt.offset_by(f"{(day or 1) - 1}d"),
        )
    )
    spans = [
        words.between(report.name_day(a), report.name_day(b), report.lang)
        for a, b in rows.select("first", "last").iter_rows()
    ]
    states = [report.say("complete") if whole else report.say("no_final") for whole in rows["complete"]]
    rows = rows.with_columns(
        closed_period=pl.Series(spans, dtype=pl.String), status=pl.Series(states, dtype=pl.String)
    )
    if report.closed_bill.height:
        money = report.closed_bill.group_by("month").agg(pl.col("net", "tax", "gross").sum())
        rows = rows.join(money, on="month", how="left").sort("month")
    return rows


def _reconciliation(page: Page, report: UsageReport) -> None:
    say = report.say
    page.section(say("reconciliation"))
    if report.reconciliation.height:
        page.text(report.whose, say("basis_is", basis=say(f"basis {report.reconciliation['basis'][0]}")))
        if report.gaps or not report.reconciliation["agrees"].count():
            page.chart(charts.usage_gaps(report.reconciliation, lang=report.lang), say("gaps_title"))
        rows = report.explained()
        shown = rows.filter((pl.col("month") == report.month) | ~pl.col("agrees").fill_null(value=False))
        others = say("others_agree", n=rows.height - shown.height) if rows.height > shown.height else ""
        worded = shown
        # a month that all rows share need not stand in each
        kinds = {c: k for c, k in _RECONCILIATION.items() if c != "month" or worded["month"].n_unique() > 1}
        page.text(report.name_month(report.month) if "month" not in kinds else "")
        page.table(*_columns(report, worded, kinds), note=others)
    else:
        page.text(say("no_statuses"))


def _cost(page: Page, report: UsageReport) -> None:
    say = report.say
    page.section(say("cost"))
    if report.cost.height:
        added = pl.col("quantity", "unpriced", "net", "tax", "gross").sum()
        bills = report.bill.group_by("month").agg(added).sort("month")
        page.subheading(say("bill_section"))
        page.table(*_columns(report, _money(bills, report, "net", "tax", "gross"), _BILL))
        if report.client is None:
            page.subheading(say("clients_cost", month=report.name_month(report.month)))
            mine = report.bill.filter(pl.col("month") == report.month)
            total = mine.select(pl.lit(say("total")).alias("client"), added)
            mine = pl.concat([mine, total], how="diagonal_relaxed") if mine.height > 1 else mine
            page.table(
                *_columns(report, _money(mine, report, "net", "tax", "gross"), _BILL_OF_CLIENT),
                bold_last=mine.height > 1,
            )
        page.subheading(say("lines_section", month=report.name_month(report.month)))
        lines, kinds = report.priced(), _COST
        if report.client is not None:
            kinds = {c: k for c, k in _COST.items() if c != "client"}
        if lines.height > _MOST_LINES:
            # a page is for reading: the workbook has them all
            keys = ["carrier", "over", "unit_price", "problem"]
            added = pl.col("quantity", "amount").sum()
            lines = lines.group_by(keys, maintain_order=True).agg(added).with_columns(client=None)
            kinds = {c: k for c, k in _COST.items() if c != "client"}
        page.table(*_columns(report, _money(lines, report, "unit_price", "amount"), kinds))
    else:
        page.text(say("no_prices"))


_BY_CARRIER: dict[str, Kind] = {
    "carrier": "text",
    "count": "count",
    "share": "rate",
    "previous": "count",
    "change_rate": "rate_change",
    "year_before": "count",
    "year_change_rate": "rate_change",
}
_SUMS: dict[str, Kind] = {
    "month": "month",
    "count": "count",
    "change": "change",
    "change_rate": "rate_change",
    "year_change": "change",
    "year_change_rate": "rate_change",
}
_FORECAST: dict[str, Kind] = {
    "carrier": "text",
    "counted": "count",
    "forecast": "count",
    "low": "count",
    "high": "count",
}
_RECONCILIATION: dict[str, Kind] = {
    "month": "month",
    "carrier": "text",
    "counts": "count",
    "statuses": "count",
    "difference": "change",
    "pending": "count",
    "invoice": "count",
    "invoice_difference": "change",
    "verdict": "text",
    "why": "text",
}
_BILL: dict[str, Kind] = {
    "month": "month",
    "quantity": "count",
    "unpriced": "count",
    "net": "interval",
    "tax": "interval",
    "gross": "interval",
}
_BILL_OF_CLIENT: dict[str, Kind] = {"client": "text", **{c: k for c, k in _BILL.items() if c != "month"}}
_COST: dict[str, Kind] = {
    "client": "text",
    "carrier": "text",
    "over": "count",
    "quantity": "count",
    "unit_price": "interval",
    "amount": "interval",
    "problem": "text",
}
_LABELS = {
    "verdict": "agrees",
    "why": "reasons",
    "pending": "pending_messages",
    "separated_success_count": "count",
    "forecast": "forecast",
}


def _columns(
    report: UsageReport, frame: pl.DataFrame, kinds: dict[str, Kind]
) -> tuple[pl.DataFrame, dict[str, tuple[str, Kind]]]:
    """Give a table's columns their headings."""
    # tiers and missing prices are seldom
    shown = {
        c: k for c, k in kinds.items() if c not in ("over", "unpriced") or (frame[c].fill_null(0) != 0).any()
    }
    return frame, {c: (report.say(_LABELS.get(c, c)), kind) for c, kind in shown.items()}


def _figures(report: UsageReport) -> list[Figure]:
    say = report.say
    rows = report.by_carrier()
    if not rows.height:
        return []
    total = rows.row(-1, named=True)
    made = [
        Figure(f"{say('count')} {report.name_month(report.month)}", say("figure", n=f"{total['count']:,}"))
    ]
    sent, before = report.delivery(), report.delivery(months_before(report.month, 1))
    if sent is not None:
        made.append(
            Figure(
                say("rate"),
                words.percent(sent["rate"]) if sent["rate"] is not None else "–",
                " / ".join(say("messages_figure", n=f"{sent[c]:,}") for c in ("delivered", "messages"))
                + (
                    f"　{say('previous')} {words.percent(before['rate'])}"
                    if before and before["rate"] is not None
                    else ""
                ),
            )
        )
    for key, base in (("change_rate", "previous"), ("year_change_rate", "year_before")):
        if total[key] is not None:
            made.append(
                Figure(
                    say(key),
                    formats.write(total[key], "rate_change", report.lang),
                    f"{say(base)} {total[base]:,}",
                )
            )
    if report.forecast.height:
        row = report.forecast.row(-1, named=True)
        reach = formats.between(row["low"], row["high"], "count", report.lang)
        made.append(
            Figure(
                say("forecast"),
                say("figure", n=f"{row['forecast']:,}"),
                f"{report.name_month(row['month'])}{report.colon}{reach}",
            )
        )
    if report.reconciliation["agrees"].count():
        gaps = report.gaps
        counted = say("gap" if gaps == 1 else "gaps", n=gaps) if gaps else ""
        made.append(
            Figure(
                say("reconciliation"),
                say("no") if gaps else say("yes"),
                counted or (f"{len(report.compared)} / {report.clients.height}" if report.whose else ""),
                is_bad=bool(gaps),
            )
        )
    bill = report.bill.filter(pl.col("month") == report.month)
    if bill.height:
        made.append(Figure(f"{say('cost')} ({say('gross')})", money_text(sum(bill["gross"]), report)))
    return made


def money_text(value: Any, report: UsageReport) -> str:
    """Write an amount of money with its decimals."""
    decimals = report.prices.decimals if report.prices else 0
    return f"¥{value:,.{decimals}f}"


def _money(frame: pl.DataFrame, report: UsageReport, *columns: str) -> pl.DataFrame:
    exact = {"unit_price", "amount"}

    def worded(value: Decimal, column: str) -> str:
        return f"¥{value.normalize():,f}" if column in exact else money_text(value, report)

    return frame.with_columns(
        pl.Series(c, [None if v is None else worded(v, c) for v in frame[c]], dtype=pl.String)
        for c in columns
    )
