"""The monthly usage report: one month and those before it, as an Excel workbook or an HTML page."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl

from zrtools import charts, tables, words
from zrtools import usage as room
from zrtools.arguments import checked
from zrtools.engines import AnyFrame
from zrtools.errors import InputError, ZrtoolsError
from zrtools.periods import TOKYO, Day, Month, day, month_end, months, months_before
from zrtools.periods import month as month_of
from zrtools.reports.page import Figure, Kind, Page
from zrtools.schemas import BILL, COST, DAILY_USAGE, FORECAST, INVOICE, RECONCILIATION, check
from zrtools.usage import wording
from zrtools.usage.inputs import client_names
from zrtools.usage.months import as_daily
from zrtools.usage.source import newest

__all__ = ["UsageReport", "gather", "reportable", "usage"]


@dataclass(slots=True)
class UsageReport:
    """Everything that a monthly usage report says, as frames and sentences.

    `monthly` holds the months reported, `everything` all months that the counts know (both MONTHLY), `forecast`,
    `reconciliation`, `cost` and `bill` their frames, without rows where they could not be made; `problems` says
    what could not, or needs a person's eye.
    """

    month: date
    first: date
    made: date
    lang: words.Lang
    monthly: pl.DataFrame
    everything: pl.DataFrame
    forecast: pl.DataFrame
    reconciliation: pl.DataFrame
    cost: pl.DataFrame
    bill: pl.DataFrame
    prices: room.Prices | None
    problems: list[str] = field(default_factory=list)
    failed: bool = False

    def say(self, key: str, **values: object) -> str:
        """Give a wording of usage in the report's language."""
        return wording.say(key, self.lang, **values)

    def name_month(self, month: date) -> str:
        """Name a month for people."""
        return wording.name_month(month, self.lang)

    def name_day(self, day: date) -> str:
        """Name a day for people."""
        return wording.name_day(day, self.lang)

    def name_carriers(self, frame: pl.DataFrame) -> pl.Series:
        """Name the carriers of a frame's rows for people."""
        return wording.name_carriers(frame, self.lang)

    @property
    def months(self) -> int:
        """How many months are reported."""
        return self.monthly["month"].n_unique()

    @property
    def this_month(self) -> pl.DataFrame:
        """The rows of the reported month."""
        return self.monthly.filter(pl.col("month") == self.month)

    @property
    def gaps(self) -> int:
        """How many cells of the reconciliation differ, those of no carrier aside: they can never agree."""
        return self.reconciliation.filter(~pl.col("agrees") & pl.col("carrier_id").is_not_null()).height

    def headline(self) -> list[str]:
        """Say in words what the report comes to."""
        rows = self.this_month
        if not rows.height:
            return [self.say("headline_none", month=self.name_month(self.month))]
        count = rows["separated_success_count"].sum()
        named = {"month": self.name_month(self.month), "count": f"{count:,}"}
        said = []
        if not rows["complete"].all():
            said.append(self.say("headline_running", day=self.name_day(rows["through"].min()), **named))  # type: ignore[arg-type]  # a Date column's minimum is a date
        else:
            previous, year = self._rate("change", "previous"), self._rate("year_change", "year_before")
            ending = (
                ""
                if previous is None
                else self.say("headline_previous", rate=f"{previous:+.1%}")
                if year is None
                else self.say("headline_year", rate=f"{previous:+.1%}", year=f"{year:+.1%}")
            )
            said.append(self.say("headline", previous=ending, **named))
        if count:
            top = self.by_carrier().row(0, named=True)
            said.append(
                self.say(
                    "largest", carrier=top["carrier"], count=f"{top['count']:,}", share=f"{top['share']:.1%}"
                )
            )
        if self.forecast.height:
            row = self.forecast.row(-1, named=True)
            figures = {c: f"{row[c]:,}" for c in ("counted", "forecast", "low", "high")}
            title = self.say("forecast_title", month=self.name_month(row["month"]))
            note = self.say(
                "forecast_note", day=self.name_day(row["through"]), level=f"{row['level']:.0%}", **figures
            )
            said.append(f"{title}: {note}")
        if self.reconciliation["agrees"].count():
            billed = self.reconciliation["invoice"].count() > 0
            said.append(
                self.say("disagree", n=self.gaps)
                if self.gaps
                else self.say("agree_invoice" if billed else "agree")
            )
        return said

    def by_carrier(self) -> pl.DataFrame:
        """Add the reported month's clients up: each carrier with its share and changes, most first, then the sum."""
        rows = self.this_month
        summed = rows.group_by("carrier_id", "carrier").agg(
            pl.col("separated_success_count").sum().alias("count"),
            *(pl.when(pl.col(c).count() > 0).then(pl.col(c).sum()).alias(c) for c in _COMPARED),
        )
        summed = summed.with_columns(carrier=self.name_carriers(summed)).sort(
            "count", "carrier_id", descending=[True, False], nulls_last=True
        )
        total = summed.select(
            pl.lit(room.ALL).alias("carrier_id"),
            pl.lit(self.say("total")).alias("carrier"),
            pl.col("count").sum(),
            *(pl.when(pl.col(c).count() > 0).then(pl.col(c).sum()).alias(c) for c in _COMPARED),
        )
        whole = summed["count"].sum()
        return pl.concat([summed, total]).select(
            "carrier",
            "count",
            share=pl.when(pl.lit(whole) > 0).then(pl.col("count") / whole),
            previous="previous",
            change="change",
            change_rate=_part("change", "previous"),
            year_before="year_before",
            year_change="year_change",
            year_change_rate=_part("year_change", "year_before"),
        )[: None if whole else 0]

    def wide(self, values: Any = "separated_success_count") -> pl.DataFrame:
        """Lay months x carriers out with the carriers named for people."""
        wide = room.pivot(self.monthly, values=values, totals=False)
        labels = {
            c: self.say("total") if c == "total" else words.carrier(None if c == "unknown" else c, self.lang)
            for c in wide.columns
            if c != "month"
        }
        return wide.rename(labels)

    def sums(self) -> pl.DataFrame:
        """Give each month's sum with its changes and whether it is complete."""
        return (
            self.monthly.group_by("month")
            .agg(
                pl.col("separated_success_count").sum().alias("count"),
                *(pl.when(pl.col(c).count() > 0).then(pl.col(c).sum()).alias(c) for c in _COMPARED),
                pl.col("through").min(),
                pl.col("complete").all(),
            )
            .sort("month")
            .with_columns(
                change_rate=_part("change", "previous"), year_change_rate=_part("year_change", "year_before")
            )
        )

    def heading(self) -> pl.DataFrame:
        """Give past months' sums, what is counted of the running month, and what is still expected of it."""
        past = (
            self.everything.group_by("month")
            .agg(counted=pl.col("separated_success_count").sum())
            .filter(pl.col("month") >= self.first)
            .sort("month")
            .tail(13)
        )
        total = self.forecast.filter(pl.col("carrier_id") == room.ALL)
        return past.join(
            total.select(
                "month", (pl.col("forecast") - pl.col("counted")).alias("expected"), "forecast", "low", "high"
            ),
            on="month",
            how="left",
        )

    def explained(self) -> pl.DataFrame:
        """Give the reconciliation with verdicts and reasons in words."""
        frame = self.reconciliation
        reasons = [
            "、".join(worded) if self.lang == "ja" else "; ".join(worded)
            for one, two in frame.select("reasons", "invoice_reasons").iter_rows()
            for worded in [[self.say(f"reason {r}") for r in dict.fromkeys([*one, *two])]]
        ]
        return frame.with_columns(
            carrier=self.name_carriers(frame),
            verdict=pl.when(pl.col("agrees"))
            .then(pl.lit(self.say("yes")))
            .when(~pl.col("agrees"))
            .then(pl.lit(self.say("no")))
            .otherwise(pl.lit(self.say("not_compared"))),
            why=pl.Series(reasons, dtype=pl.String),
        )

    def priced(self) -> pl.DataFrame:
        """Give the reported month's cost lines with carriers and problems in words."""
        frame = self.cost.filter(pl.col("month") == self.month)
        return frame.with_columns(
            carrier=self.name_carriers(frame),
            problem=pl.when(pl.col("problem") == "no price")
            .then(pl.lit(self.say("no price")))
            .when(pl.col("problem").is_not_null())
            .then(pl.lit(self.say("price_changes"))),
        )

    def notes(self) -> list[tuple[str, list[str]]]:
        """Say how it was computed and what is not final, under headings."""
        how = [self.say("how_counts"), self.say("how_changes")]
        how += [self.say("how_forecast")] if self.forecast.height else []
        if self.reconciliation.height:
            basis = self.say(f"basis {self.reconciliation['basis'][0]}")
            how += [self.say("how_reconcile"), self.say("basis_is", basis=basis), self.say("how_invoice")]
        if self.prices is not None and self.cost.height:
            rate = f"{float(self.prices.tax_rate):.1%}".replace(".0%", "%")
            tax = self.say("tax_inside" if self.prices.tax_included else "tax_outside", rate=rate)
            rounding = self.say(f"rounding {self.prices.rounding}")
            how.append(
                self.say("how_cost", plan=self.say(f"plan {self.prices.plan}"), tax=tax, rounding=rounding)
            )
        pending = int(self.reconciliation["pending"].sum() or 0)
        unfinished = [
            self.say(
                "not_final_month", month=self.name_month(row["month"]), day=self.name_day(row["through"])
            )
            for row in self.sums().filter(~pl.col("complete")).iter_rows(named=True)
        ]
        unfinished += [self.say("not_final_pending", n=f"{pending:,}")] if pending else []
        made = [(self.say("problems"), self.problems)] if self.problems else []
        return [*made, (self.say("how"), how), (self.say("not_final"), unfinished or [self.say("all_final")])]

    def save(self, path: str | Path) -> Path:
        """Write the report as .xlsx or .html, all or nothing. Raises `InputError` for another ending."""
        path = Path(path)
        if path.suffix.lower() == ".xlsx":
            from zrtools.reports.workbook import fill

            return tables.replace_file(path, lambda part: fill(self, part))
        if path.suffix.lower() in (".html", ".htm"):
            return _page(self).save(path)
        raise InputError(f"{path.name} must end in .xlsx or .html.")

    def _rate(self, change: str, before: str) -> float | None:
        rows = self.this_month
        base, difference = int(rows[before].sum()), int(rows[change].sum())
        return difference / base if base and rows[change].count() else None


# SMS began in 1997 in Japan: before it only a slip of the hand names a month
_EARLIEST = date(1997, 1, 1)
_MOST_MONTHS = 1200
_COMPARED = ("previous", "change", "year_before", "year_change")


@checked
def usage(
    counts: pl.DataFrame | pl.LazyFrame,
    path: str | Path,
    *,
    month: Month | None = None,
    months: int = 12,
    statuses: AnyFrame | None = None,
    coverage: Any = None,
    prices: room.Prices | str | Path | None = None,
    invoice: pl.DataFrame | str | Path | None = None,
    invoice_columns: Mapping[str, str] | None = None,
    clients: pl.DataFrame | Mapping[str, str] | str | Path | None = None,
    client_id: str | None = None,
    tolerance: float = 0,
    today: Day | None = None,
    lang: str | None = None,
) -> Path:
    """Write the monthly usage report as an Excel workbook (.xlsx) or a self-contained page (.html), all or nothing.

    `counts` are COUNTS, or snapshots of an archive; with `statuses` (on any engine) they are reconciled and the
    running month is projected better. `month` is the month reported, else the last complete one, after `months` - 1
    before it. `coverage`, `tolerance`, `invoice` and `client_id` are as in `usage.reconcile`, `prices` and
    `clients` as in `usage.cost` and `usage.monthly`; files are read (`invoice_columns` as in `usage.read_invoice`).
    The report names no client that is not in `counts`. `today` is the day that the report says it was made on, else
    today in Japan. What cannot be used or is missing is said in the report, and the rest is made. Returns the path.

    Raises `InputError` when the counts themselves, the month or the path's ending cannot be used.
    """
    path = Path(path)
    if path.suffix.lower() not in (".xlsx", ".html", ".htm"):
        raise InputError(f"{path.name} must end in .xlsx or .html.")
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
        tolerance=tolerance,
        today=today,
        lang=lang,
    )
    return report.save(path)


def gather(
    counts: pl.DataFrame | pl.LazyFrame,
    *,
    month: Month | None = None,
    months: int = 12,
    statuses: AnyFrame | None = None,
    coverage: Any = None,
    prices: room.Prices | str | Path | None = None,
    invoice: pl.DataFrame | str | Path | None = None,
    invoice_columns: Mapping[str, str] | None = None,
    clients: pl.DataFrame | Mapping[str, str] | str | Path | None = None,
    client_id: str | None = None,
    tolerance: float = 0,
    today: Day | None = None,
    lang: str | None = None,
) -> UsageReport:
    """Put the report together without writing it; arguments as in `usage`. Raises `InputError`."""
    if months < 1:
        raise InputError(f"months must be 1 or more, not {months}.")
    if months > _MOST_MONTHS:
        raise InputError(f"months must be {_MOST_MONTHS} at most, not {months}.")
    made = day(today, "today") if today is not None else datetime.now(TOKYO).date()
    chosen = words.language(lang)
    problems: list[str] = []
    said = _Attempts(chosen, problems)
    counted = newest(counts)
    # a report may go to the client that it is about: of others it says nothing
    whose = counted["client_id"]
    named = said.attempt("problem_clients", lambda: client_names(clients, of=whose))
    everything = room.monthly(counted, clients=named)
    target = _target(everything, month, made)
    first = months_before(target, months - 1)
    scope = everything.filter(pl.col("month").is_between(first, target))
    days = None if statuses is None else said.attempt("problem_reconcile", lambda: as_daily(statuses))
    if days is not None and counted.height:
        days = days.filter(pl.col("client_id").is_in(whose.unique().implode()).fill_null(value=True))
    table = said.attempt(
        "problem_prices", lambda: room.read_prices(prices) if isinstance(prices, (str, Path)) else prices
    )
    lines = said.attempt(
        "problem_invoice",
        lambda: room.read_invoice(invoice, invoice_columns) if isinstance(invoice, (str, Path)) else invoice,
    )
    if lines is not None:
        lines = said.attempt("problem_invoice", lambda: _of_months(lines, first, target))
    inside = counted.filter(pl.col("month").is_between(first, target))
    forecast = said.attempt("problem_forecast", lambda: room.forecast(counts, days))
    reconciliation = None
    if days is not None or lines is not None:
        kept = _days_of(days, first, target)
        compared = inside
        if days is not None:
            # a month of which nothing is at hand on either side is nothing to reconcile
            at_hand = pl.concat(
                [kept["send_date"].dt.truncate("1mo"), *([lines["month"]] if lines is not None else [])]
            )
            compared = inside.filter(pl.col("month").is_in(at_hand.unique().implode()))
        reconciliation = said.attempt(
            "problem_reconcile",
            lambda: room.reconcile(
                compared, kept, lines, coverage=coverage, tolerance=tolerance, client_id=client_id
            ),
        )
    cost, bill = _costs(said, inside, days, table, named, scope, first, target)
    report = UsageReport(
        month=target,
        first=first,
        made=made,
        lang=chosen,
        monthly=scope,
        everything=everything,
        forecast=forecast if forecast is not None else pl.DataFrame(schema=FORECAST),
        reconciliation=reconciliation if reconciliation is not None else pl.DataFrame(schema=RECONCILIATION),
        cost=cost,
        bill=bill,
        prices=table,
        problems=problems,
        failed=bool(problems),
    )
    problems += _absences(report, named)
    return report


class _Attempts:
    """Makes parts of a report; one that cannot be made is said, and the rest goes on."""

    def __init__(self, lang: words.Lang, problems: list[str]) -> None:
        self.lang = lang
        self.problems = problems

    def attempt(self, key: str, make: Callable[[], Any]) -> Any:
        try:
            return make()
        except ZrtoolsError as why:
            self.problems.append(words.text(f"usage.{key}", self.lang, why=why))
            return None


def _of_months(lines: pl.DataFrame, first: date, target: date) -> pl.DataFrame:
    check(lines, INVOICE, "INVOICE")
    inside = lines.filter(pl.col("month").is_between(first, target))
    if lines.height and not inside.height:
        has = ", ".join(f"{m:%Y-%m}" for m in lines["month"].unique().sort())
        raise InputError(f"It has no line of {first:%Y-%m} to {target:%Y-%m}; its months are {has}.")
    return inside


def _days_of(days: pl.DataFrame | None, first: date, target: date) -> pl.DataFrame:
    if days is None:
        return pl.DataFrame(schema=DAILY_USAGE)
    return days.filter(pl.col("send_date").is_between(first, month_end(target)))


def _costs(
    said: _Attempts,
    inside: pl.DataFrame,
    days: pl.DataFrame | None,
    table: room.Prices | None,
    clients: Any,
    scope: pl.DataFrame,
    first: date,
    target: date,
) -> tuple[pl.DataFrame, pl.DataFrame]:
    empty = pl.DataFrame(schema=COST), pl.DataFrame(schema=BILL)
    if table is None:
        return empty
    # counts name their client; statuses are needed only where the plan bills what was accepted
    base: Any = inside if table.plan == "delivered" or days is None else _days_of(days, first, target)
    lines = said.attempt("problem_cost", lambda: room.cost(base, table, clients=clients))
    if lines is None:
        return empty
    return lines, room.bill(lines, table, whole=scope)


def reportable(month: Month, counts: pl.DataFrame, today: date) -> date:
    """Read the month to report: one that has begun, by the day or by the counts. Raises `InputError`."""
    chosen = month_of(month)
    newest_month: Any = counts["month"].max()
    latest = max(today.replace(day=1), newest_month or date.min)
    if chosen > latest:
        raise InputError(f"{chosen:%Y-%m} has not begun: report a month up to {latest:%Y-%m}.")
    if chosen < _EARLIEST:
        raise InputError(f"The year {chosen.year} cannot be meant: report a month from {_EARLIEST:%Y-%m} on.")
    return chosen


def _target(everything: pl.DataFrame, month: Month | None, today: date) -> date:
    if month is not None:
        return reportable(month, everything, today)
    whole = everything.filter(pl.col("complete"))
    found: Any = (whole if whole.height else everything)["month"].max()
    if found is None:
        raise InputError("There are no counts, so there is no month to report: name one with month=.")
    last: date = found
    return last


def _absences(report: UsageReport, clients: pl.DataFrame | None) -> Iterable[str]:
    """Say which months and clients have no rows, and which carriers no price."""
    known = set(report.everything["month"])
    if absent := [m for m in months(report.first, report.month) if m not in known]:
        yield report.say("missing_month", months=_spans(report, absent))
    month = report.name_month(report.month)
    if clients is not None:
        sums = report.this_month.group_by("client_id").agg(pl.col("separated_success_count").sum())
        sent = set(sums.filter(pl.col("separated_success_count") > 0)["client_id"])
        for number, name in clients.iter_rows():
            if number not in sent:
                yield report.say("silent_client", client=name, month=month)
    unpriced = report.cost.filter(pl.col("unit_price").is_null() & (pl.col("quantity") > 0))
    if unpriced.height:
        names = dict.fromkeys(report.name_carriers(unpriced))
        yield report.say("unpriced_carriers", carriers=("、" if report.lang == "ja" else ", ").join(names))


def _spans(report: UsageReport, absent: list[date]) -> str:
    spans: list[list[date]] = []
    for month in absent:
        if spans and months_before(month, 1) == spans[-1][-1]:
            spans[-1].append(month)
        else:
            spans.append([month])
    dash = "〜" if report.lang == "ja" else " to "
    worded = [dash.join(report.name_month(m) for m in dict.fromkeys((s[0], s[-1]))) for s in spans]
    return ("、" if report.lang == "ja" else ", ").join(worded)


def _part(change: str, before: str) -> pl.Expr:
    return pl.when(pl.col(before) > 0).then(pl.col(change) / pl.col(before))


def _page(report: UsageReport) -> Page:
    say = report.say
    page = Page(
        say("title", month=report.name_month(report.month)),
        say(
            "subtitle",
            first=report.name_month(report.first),
            last=report.name_month(report.month),
            made=f"{report.made:%Y-%m-%d}",
        ),
        report.lang,
    )
    page.lead(*report.headline())
    page.figures(_figures(report))
    if report.problems:
        page.section(say("problems"))
        page.points(report.problems)
    page.section(say("summary"))
    page.chart(charts.usage_months(report.monthly, lang=report.lang), say("months_title"))
    table = report.by_carrier()
    if table.height:
        page.table(
            *_columns(report, _signed(table, "change_rate", "year_change_rate"), _BY_CARRIER), bold_last=True
        )
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
    page.table(_text_month(wide), {"month": (say("month"), "text"), **names})
    sums = _signed(_text_month(report.sums()), "change", "change_rate", "year_change", "year_change_rate")
    page.table(*_columns(report, sums, _SUMS))
    page.section(say("clients"))
    across = room.pivot(report.monthly, rows="client", columns="month", totals=False)
    listed = across.sort("total", descending=True).with_columns(pl.col("client").fill_null("–"))
    listed = listed.rename({"total": say("total")})
    counts: dict[str, tuple[str, Kind]] = {
        c: (c.replace("-", "/"), "count") for c in listed.columns if c != "client"
    }
    page.table(listed, {"client": (say("client"), "text"), **counts})
    page.section(say("reconciliation"))
    if report.reconciliation.height:
        page.text(say("basis_is", basis=say(f"basis {report.reconciliation['basis'][0]}")))
        page.chart(charts.usage_gaps(report.reconciliation, lang=report.lang), say("gaps_title"))
        rows = report.explained()
        shown = rows.filter((pl.col("month") == report.month) | ~pl.col("agrees").fill_null(value=False))
        others = say("others_agree", n=rows.height - shown.height) if rows.height > shown.height else ""
        worded = _signed(_text_month(shown), "difference", "invoice_difference")
        # a month that all rows share need not stand in each
        kinds = {c: k for c, k in _RECONCILIATION.items() if c != "month" or worded["month"].n_unique() > 1}
        page.text(report.name_month(report.month) if "month" not in kinds else "")
        page.table(*_columns(report, worded, kinds), note=others)
    else:
        page.text(say("no_statuses"))
    page.section(say("cost"))
    if report.cost.height:
        added = pl.col("quantity", "unpriced", "net", "tax", "gross").sum()
        bills = report.bill.group_by("month").agg(added).sort("month")
        page.text(say("bill_section"))
        page.table(*_columns(report, _money(_text_month(bills), report, "net", "tax", "gross"), _BILL))
        page.text(say("clients_cost", month=report.name_month(report.month)))
        mine = report.bill.filter(pl.col("month") == report.month)
        page.table(*_columns(report, _money(mine, report, "net", "tax", "gross"), _BILL_OF_CLIENT))
        page.text(say("lines_section", month=report.name_month(report.month)))
        page.table(*_columns(report, _money(report.priced(), report, "unit_price", "amount"), _COST))
    else:
        page.text(say("no_prices"))
    page.section(say("notes"))
    for heading, sentences in report.notes():
        if sentences is not report.problems:
            page.text(heading)
            page.points(sentences)
    return page


_BY_CARRIER: dict[str, Kind] = {
    "carrier": "text",
    "count": "count",
    "share": "rate",
    "previous": "count",
    "change_rate": "interval",
    "year_before": "count",
    "year_change_rate": "interval",
}
_SUMS: dict[str, Kind] = {
    "month": "text",
    "count": "count",
    "change": "interval",
    "change_rate": "interval",
    "year_change": "interval",
    "year_change_rate": "interval",
}
_FORECAST: dict[str, Kind] = {
    "carrier": "text",
    "counted": "count",
    "forecast": "count",
    "low": "count",
    "high": "count",
}
_RECONCILIATION: dict[str, Kind] = {
    "month": "text",
    "carrier": "text",
    "counts": "count",
    "statuses": "count",
    "difference": "interval",
    "pending": "count",
    "invoice": "count",
    "invoice_difference": "interval",
    "verdict": "text",
    "why": "text",
}
_BILL: dict[str, Kind] = {
    "month": "text",
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
_LABELS = {"verdict": "agrees", "why": "reasons"}


def _columns(
    report: UsageReport, frame: pl.DataFrame, kinds: dict[str, Kind]
) -> tuple[pl.DataFrame, dict[str, tuple[str, Kind]]]:
    """Choose a table's columns, those without any value left out, with their headings."""
    shown = {c: k for c, k in kinds.items() if k == "text" or frame[c].count()}
    shown = {
        c: k for c, k in shown.items() if c not in ("why", "problem") or frame[c].fill_null("").ne("").any()
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
    for key, before in (("change_rate", "previous"), ("year_change_rate", "year_before")):
        if total[key] is not None:
            made.append(Figure(say(key), f"{total[key]:+.1%}", f"{say(before)} {total[before]:,}"))
    if report.forecast.height:
        row = report.forecast.row(-1, named=True)
        to = "〜" if report.lang == "ja" else "–"
        made.append(
            Figure(
                say("forecast"),
                say("figure", n=f"{row['forecast']:,}"),
                f"{report.name_month(row['month'])}: {row['low']:,}{to}{row['high']:,}",
            )
        )
    if report.reconciliation["agrees"].count():
        gaps = report.gaps
        counted = say("gap" if gaps == 1 else "gaps", n=gaps) if gaps else ""
        made.append(
            Figure(say("reconciliation"), say("no") if gaps else say("yes"), counted, is_bad=bool(gaps))
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


def _signed(frame: pl.DataFrame, *columns: str) -> pl.DataFrame:
    """Write rates as signed per cent and differences as signed counts."""

    def worded(value: Any) -> str:
        return f"{value:+.1%}" if isinstance(value, float) else f"{value:+,}" if value else "0"

    return frame.with_columns(
        pl.Series(c, [None if v is None else worded(v) for v in frame[c]], dtype=pl.String) for c in columns
    )


def _text_month(frame: pl.DataFrame) -> pl.DataFrame:
    # a slash between digits is no place to break a line, a hyphen is
    return frame.with_columns(pl.col("month").dt.strftime("%Y/%m"))
