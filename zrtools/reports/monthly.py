"""What a monthly usage report says: one client's month, or all of an agency's, as frames and sentences."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, fields
from datetime import date, datetime
from functools import partial
from pathlib import Path
from typing import Any

import polars as pl

from zrtools import failures, words
from zrtools import usage as room
from zrtools.engines import AnyFrame, is_store, opened
from zrtools.errors import InputError, ZrtoolsError
from zrtools.periods import TOKYO, Day, Month, day, month_end, months, months_before
from zrtools.periods import month as month_of
from zrtools.reports.handover import Handover, handover_of
from zrtools.schemas import (
    BILL,
    BREAKDOWN,
    BUDGET,
    COST,
    COUNTS,
    DAILY_USAGE,
    FORECAST,
    INCIDENTS,
    INVOICE,
    MONTHLY,
    MOVERS,
    RECONCILIATION,
    check,
)
from zrtools.texts import said
from zrtools.usage import wording
from zrtools.usage.inputs import budget_of, client_names
from zrtools.usage.months import as_daily
from zrtools.usage.source import is_counts, newest

__all__ = ["Account", "UsageReport", "gather", "reportable"]


@dataclass(slots=True)
class UsageReport:
    """Everything that a monthly usage report says, as frames and sentences.

    `monthly` holds the months reported, `everything` all months that the counts know (both MONTHLY), `forecast`,
    `reconciliation`, `cost` and `bill` their frames, without rows where they could not be made; `problems` says
    what could not, or needs a person's eye. `client` is the id and name of the one client that it is about. `days`
    (DAILY_USAGE) holds what the statuses come to, `reasons` (BREAKDOWN by carrier and category) and `incidents` the
    month's failures, `compared` the clients whose statuses are there, `closed` (MONTHLY) the periods up to a closing
    day, `budget` BUDGET.
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
    handover: Handover = field(default_factory=Handover)
    client: tuple[str, str] | None = None
    days: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=DAILY_USAGE))
    reasons: pl.DataFrame = field(
        default_factory=lambda: pl.DataFrame(
            schema={"carrier": pl.String, "failure_category": pl.String, **BREAKDOWN}
        )
    )
    incidents: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=INCIDENTS))
    sender_codes: list[str] = field(default_factory=list)
    compared: list[str] = field(default_factory=list)
    closed: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=MONTHLY))
    closed_bill: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=BILL))
    budget: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=BUDGET))
    movers: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=MOVERS))
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
            said.append(f"{title}{self.colon}{note}")
        if self.reconciliation["agrees"].count():
            billed = self.reconciliation["invoice"].count() > 0
            said.append(
                self.say("disagree", n=self.gaps)
                if self.gaps
                else self.say("agree_invoice" if billed else "agree")
            )
            if whose := self.whose:
                said.append(whose)
        return said

    @property
    def colon(self) -> str:
        """What stands between a name and its value."""
        return "：" if self.lang == "ja" else ": "

    @property
    def clients(self) -> pl.DataFrame:
        """The clients that the counts name: client_id and client."""
        return self.everything.select("client_id", "client").unique("client_id", maintain_order=True)

    @property
    def whose(self) -> str:
        """Say which clients were reconciled where not all of them were, else nothing."""
        named = self.clients
        if not self.compared or named.height <= len(self.compared):
            return ""
        names = dict(named.iter_rows())
        shown = [names.get(c) or c for c in self.compared]
        listed = ("、" if self.lang == "ja" else ", ").join(shown[:10]) + ("…" if len(shown) > 10 else "")
        return self.say("compared", n=len(shown), of=named.height, clients=listed)

    @property
    def cover(self) -> list[tuple[str, str]]:
        """Say whom the report is about, of what time, for whom and by whom, as pairs of a heading and a text."""
        given = self.handover
        begin, end = self.month, month_end(self.month)
        rows = [
            ("addressee", given.addressee),
            ("client", self.client[1] if self.client else ""),
            ("client_id", self.client[0] if self.client else ""),
            ("account", given.account),
            ("sender_codes", ("、" if self.lang == "ja" else ", ").join(self.sender_codes)),
            ("period", words.between(self.name_day(begin), self.name_day(end), self.lang)),
            ("author", given.author),
            ("made", self.name_day(self.made)),
        ]
        return [(self.say(key), text) for key, text in rows if text]

    def outcomes(self) -> pl.DataFrame:
        """Add the reported month's messages up by carrier: sent, delivered, failed, pending, billable parts, rates.

        Where the months before are at hand, too, `previous_rate` and `year_rate` are their delivery rates.
        """
        billed = self.days.with_columns(month=pl.col("send_date").dt.truncate("1mo"))
        keys = ["carrier_id", "carrier"]

        def of(month: date) -> pl.DataFrame:
            return (
                billed.filter(pl.col("month") == month)
                .group_by(keys)
                .agg(
                    pl.col("messages", "delivered", "failed", "pending").sum(),
                    parts=pl.col("delivered_count").sum() + pl.col("failed_count").fill_null(0).sum(),
                )
                .with_columns(rate=_delivery_rate())
            )

        made = of(self.month)
        for name, back in (("previous_rate", 1), ("year_rate", 12)):
            before = of(months_before(self.month, back)).select("carrier_id", pl.col("rate").alias(name))
            made = made.join(before, on="carrier_id", how="left", nulls_equal=True)
        return made.with_columns(carrier=self.name_carriers(made)).sort("carrier_id", nulls_last=True)

    def delivery(self, month: date | None = None) -> dict[str, Any] | None:
        """Add all carriers of a month up, the reported one if left out; None where there are no statuses of it."""
        inside = pl.col("send_date").dt.truncate("1mo") == (month or self.month)
        sums = self.days.filter(inside).select(pl.col("messages", "delivered", "failed", "pending").sum())
        row = sums.with_columns(rate=_delivery_rate()).row(0, named=True)
        return row if row["messages"] else None

    def by_day(self) -> pl.DataFrame:
        """Add the reported month's messages up by day."""
        return (
            self.days.filter(pl.col("send_date").dt.truncate("1mo") == self.month)
            .group_by("send_date")
            .agg(
                pl.col("messages", "delivered", "failed", "pending").sum(),
                parts=pl.col("delivered_count").sum() + pl.col("failed_count").fill_null(0).sum(),
            )
            .with_columns(rate=_delivery_rate())
            .sort("send_date")
        )

    def failed_for(self) -> pl.DataFrame:
        """Lay the reasons of the month's failures out by carrier, most first; `total` is the last column."""
        frame = self.reasons.filter(pl.col("failed") > 0).sort("carrier", nulls_last=True)
        if frame.is_empty():
            return pl.DataFrame(schema={"reason": pl.String, "total": pl.Int64})
        wide = frame.with_columns(
            carrier=pl.Series([words.carrier(c, self.lang) for c in frame["carrier"]], dtype=pl.String),
            reason=pl.Series(
                [words.category(c, self.lang, coded=True) for c in frame["failure_category"]], dtype=pl.String
            ),
        ).pivot("carrier", index="reason", values="failed", aggregate_function="sum")
        carriers = [c for c in wide.columns if c != "reason"]
        return (
            wide.with_columns(pl.col(carriers).fill_null(0).cast(pl.Int64))
            .with_columns(total=pl.sum_horizontal(carriers))
            .sort("total", "reason", descending=[True, False])
        )

    def fiscal(self) -> pl.DataFrame:
        """Give the quarters of the fiscal year that the reported month lies in, all clients together."""
        begins = self.handover.fiscal_year_begins
        upto = self.everything.filter(pl.col("month") <= self.month).with_columns(
            client_id=pl.lit(None, pl.String), client=pl.lit(None, pl.String)
        )
        made = room.fiscal(upto, "quarter", begins=begins)
        return made.filter(pl.col("fiscal_year") == pl.col("fiscal_year").max())

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
        how = [self.say("how_messages")] if self.days.height else []
        how += [self.say("how_counts"), self.say("how_brands"), self.say("how_changes")]
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
        if self.prices is not None and self.bill.height:
            how.append(self.say(f"how_bill {self.prices.bill_by}"))
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

    def _rate(self, change: str, before: str) -> float | None:
        rows = self.this_month
        base, difference = int(rows[before].sum()), int(rows[change].sum())
        return difference / base if base and rows[change].count() else None


# SMS began in 1997 in Japan: before it only a slip of the hand names a month
_EARLIEST = date(1997, 1, 1)
_MOST_MONTHS = 1200
_COMPARED = ("previous", "change", "year_before", "year_change")


def _budget(given: Handover) -> float | Mapping[str, float] | pl.DataFrame | Path:
    planned = given.budget
    assert planned is not None  # noqa: S101 - asked for where there is one
    read = budget_of(planned, **given.places.get("budget", {}))
    return planned if read is None else read


def _delivery_rate() -> pl.Expr:
    settled = pl.col("delivered") + pl.col("failed")
    return pl.when(settled > 0).then(pl.col("delivered") / settled)


def gather(
    counts: pl.DataFrame | pl.LazyFrame,
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
    account: Account | None = None,
) -> UsageReport:
    """Put the report together without writing it; arguments as in `usage`.

    `account` is what all of `counts` cost together, where it was computed before. Raises `InputError`.
    """
    if months < 1:
        raise InputError(said("reports.months", months=months))
    if months > _MOST_MONTHS:
        raise InputError(said("reports.most_months", most_months=_MOST_MONTHS, months=months))
    made = day(today, "today") if today is not None else datetime.now(TOKYO).date()
    chosen = words.language(lang)
    problems: list[str] = []
    attempts = _Attempts(chosen, problems)
    given = handover_of(settings)
    if client_id is not None:
        given = given.for_client(client_id)
    counted = _counts_of(counts, client_id)
    # a report may go to the client that it is about: of others it says nothing
    whose = counted["client_id"]
    names = clients if clients is not None else given.clients

    def listed(of: pl.Series | None) -> pl.DataFrame | None:
        place = given.places.get("clients", {})
        found: pl.DataFrame | None = attempts.attempt(
            "problem_clients",
            lambda: client_names(names, of=of, columns=given.client_columns, **place),
        )
        return found

    named = listed(whose)
    # an agency asks after those, too, that the service leaves out since nothing was sent for them
    of_all = named is not None and whose.n_unique() > 1
    every_client = listed(None) if of_all else named
    everything = room.monthly(counted, clients=named)
    target = _target(everything, month, made)
    first = months_before(target, months - 1)
    scope = everything.filter(pl.col("month").is_between(first, target))
    sources = _sources(statuses, client_id, statuses_of, whose)
    days = None if statuses is None else attempts.attempt("problem_reconcile", lambda: _daily(sources))
    if days is not None and counted.height:
        days = days.filter(pl.col("client_id").is_in(whose.unique().implode()).fill_null(value=True))
    price_file = prices if prices is not None else given.prices
    table = attempts.attempt(
        "problem_prices",
        lambda: (
            room.read_prices(price_file, **given.places.get("prices", {}))
            if isinstance(price_file, (str, Path))
            else price_file
        ),
    )
    invoice_file = invoice if invoice is not None else given.invoice
    columns = invoice_columns or given.invoice_columns
    lines = attempts.attempt(
        "problem_invoice",
        lambda: (
            room.read_invoice(
                invoice_file, columns, carriers=given.invoice_carriers, **given.places.get("invoice", {})
            )
            if isinstance(invoice_file, (str, Path))
            else invoice_file
        ),
    )
    if lines is not None:
        lines = attempts.attempt("problem_invoice", lambda: _of_months(lines, first, target))
    inside = counted.filter(pl.col("month").is_between(first, target))
    mine = (
        counts.lazy().filter(pl.col("client_id") == client_id).collect() if client_id is not None else counts
    )
    forecast = attempts.attempt("problem_forecast", lambda: room.forecast(mine, _whole(days, whose)))
    compared: list[str] = []
    reconciliation = None
    if days is not None or lines is not None:
        compared, reconciliation = _reconciled(
            attempts, inside, days, lines, first, target, coverage=coverage, tolerance=tolerance
        )
    cost, bill = pl.DataFrame(schema=COST), pl.DataFrame(schema=BILL)
    if table is not None:
        upto = counted.filter(pl.col("month") >= first)
        base = (
            upto if table.plan == "delivered" or days is None else days.filter(pl.col("send_date") >= first)
        )
        priced = attempts.attempt(
            "problem_cost",
            lambda: _costs(base, table, named, everything, client_id, account or Account(counts)),
        )
        cost, bill = (frame.filter(pl.col("month") >= first) for frame in priced or (cost, bill))
    upto_target = pl.col("month") <= target
    report = UsageReport(
        month=target,
        first=first,
        made=made,
        lang=chosen,
        monthly=scope,
        everything=everything,
        forecast=forecast if forecast is not None else pl.DataFrame(schema=FORECAST),
        reconciliation=reconciliation if reconciliation is not None else pl.DataFrame(schema=RECONCILIATION),
        cost=cost.filter(upto_target),
        bill=bill.filter(upto_target),
        prices=table,
        handover=given,
        client=_client(client_id, named, given),
        days=days if days is not None else pl.DataFrame(schema=DAILY_USAGE),
        compared=compared,
        problems=problems,
    )
    _add_deliveries(report, sources, attempts)
    _add_terms(report, attempts, named, bill)
    if report.client is None and report.clients.height > 1:
        report.movers = room.movers(report.everything, report.month, clients=every_client)
    report.failed = bool(problems)
    problems += _absences(report, named, asked=client_id)
    return report


def _counts_of(counts: pl.DataFrame | pl.LazyFrame, client_id: str | None) -> pl.DataFrame:
    counted = newest(counts)
    if client_id is None:
        return counted
    mine = counted.filter(pl.col("client_id") == client_id)
    if mine.is_empty():
        has = ", ".join(counted["client_id"].drop_nulls().unique().sort().head(5))
        raise InputError(said("reports.no_client", client_id=client_id, has=has or said("reports.nobody")))
    # what others have in a month says that it is known: this client was at 0 in it
    known = (
        counted.select("month", "through")
        .unique("month")
        .filter(~pl.col("month").is_in(mine["month"].implode()))
    )
    zeros = known.with_columns(
        client_id=pl.lit(client_id), carrier_id=pl.lit("101"), carrier=pl.lit("au"), separated_success_count=0
    )
    return pl.concat([mine, zeros.select(pl.col(c).cast(t) for c, t in counted.schema.items())])


def _client(client_id: str | None, named: pl.DataFrame | None, given: Handover) -> tuple[str, str] | None:
    if client_id is None:
        return None
    names = dict(named.iter_rows()) if named is not None else {}
    return client_id, given.name.strip() or (names.get(client_id) or "").strip() or client_id


def _sources(
    statuses: Any, client_id: str | None, statuses_of: str | None, whose: pl.Series
) -> list[tuple[str | None, Any]]:
    """List the statuses with the client that they are of, None where their rows tell it or nobody does."""
    if statuses is None:
        return []
    if isinstance(statuses, Mapping):
        there = set(whose.drop_nulls())
        return [(c, s) for c, s in statuses.items() if (c in there if client_id is None else c == client_id)]
    of = statuses_of or client_id
    if client_id is not None and of != client_id:
        return []
    return [(of, statuses)]


def _daily(sources: list[tuple[str | None, Any]]) -> pl.DataFrame | None:
    frames = []
    for client_id, source in sources:
        days = as_daily(source)
        if client_id is not None:
            # rows that name their client keep it
            days = days.with_columns(pl.col("client_id").fill_null(pl.lit(client_id)))
        frames.append(days)
    return pl.concat(frames) if frames else None


def _whole(days: pl.DataFrame | None, whose: pl.Series) -> pl.DataFrame | None:
    """Give the days where they are those of all clients counted: a part of them tells nothing about the whole."""
    if days is None or days["client_id"].null_count():
        return days
    return days if set(days["client_id"].unique()) >= set(whose.drop_nulls()) else None


def _reconciled(
    said: _Attempts,
    inside: pl.DataFrame,
    days: pl.DataFrame | None,
    lines: pl.DataFrame | None,
    first: date,
    target: date,
    **options: Any,
) -> tuple[list[str], pl.DataFrame | None]:
    """Reconcile the clients whose statuses are there, and say which they are."""
    kept = _days_of(days, first, target)
    compared = inside
    if days is not None:
        # a month of which nothing is at hand on either side is nothing to reconcile
        at_hand = pl.concat(
            [kept["send_date"].dt.truncate("1mo"), *([lines["month"]] if lines is not None else [])]
        )
        compared = inside.filter(pl.col("month").is_in(at_hand.unique().implode()))
    told = kept["client_id"].unique()
    whose: list[str] = []
    if kept.height and not told.null_count():
        whose = sorted(told)
        compared = compared.filter(pl.col("client_id").is_in(told.implode()))
    made = said.attempt("problem_reconcile", lambda: room.reconcile(compared, kept, lines, **options))
    return whose, made


def _of_month(source: Any, month: date) -> pl.DataFrame:
    return opened(source, f"{month:%Y-%m}").collect()


def _add_deliveries(report: UsageReport, sources: list[tuple[str | None, Any]], said: _Attempts) -> None:
    """Add why messages of the month failed, what was unusual, and from which sender codes they came."""
    reasons, incidents, codes = [], [], set()
    names = dict(report.clients.iter_rows())
    for client_id, source in sources:
        if not (isinstance(source, pl.DataFrame | pl.LazyFrame) or is_store(source)):
            continue
        if isinstance(source, pl.DataFrame) and "delivered_count" in source.columns:
            continue
        month = said.attempt("problem_deliveries", partial(_of_month, source, report.month))
        if month is None or month.is_empty():
            continue
        if "sms_code" in month.columns:
            codes |= set(month["sms_code"].drop_nulls().unique())
        if "detailed_status_id" not in month.columns:
            continue
        with warnings.catch_warnings():
            # how tags name campaigns is for who investigates, not for the month's report
            warnings.simplefilter("ignore")
            counted = said.attempt("problem_deliveries", partial(failures.breakdown, month))
            odd = said.attempt("problem_deliveries", partial(failures.incidents, month, lang=report.lang))
        if counted is not None:
            reasons.append(counted)
        if odd is not None and odd.height:
            if len(sources) > 1:
                name = names.get(client_id) or client_id
                odd = odd.with_columns(sentence=pl.lit(f"{name}{report.colon}") + pl.col("sentence"))
            incidents.append(odd)
    if reasons:
        keys = ["carrier", "failure_category"]
        both = pl.concat(reasons).group_by(keys).agg(pl.col("failed").sum())
        whole = pl.col("failed").sum()
        report.reasons = both.with_columns(
            share_of_failures=pl.when(whole > 0).then(pl.col("failed") / whole)
        )
    if incidents:
        report.incidents = pl.concat(incidents).sort("start")
    report.sender_codes = sorted(codes)


def _closed(report: UsageReport, named: pl.DataFrame | None) -> pl.DataFrame:
    """Add days up to the closing day, on the basis that the counts were found to follow."""
    basis = report.reconciliation["basis"].first() if report.reconciliation.height else None
    return room.monthly(
        report.days,
        clients=named,
        closing_day=report.handover.closing_day,
        basis="delivered" if basis == "delivered" else "delivered and failed",
    )


def _add_terms(report: UsageReport, said: _Attempts, named: pl.DataFrame | None, bill: pl.DataFrame) -> None:
    """Add the periods up to a closing day and the budget; `bill` goes on to the running month."""
    given, inside = report.handover, pl.col("month").is_between(report.first, report.month)
    if given.closing_day is not None:
        closed = None
        if report.days.height:
            closed = said.attempt("problem_closing", lambda: _closed(report, named))
        if closed is not None:
            report.closed = closed.filter(inside)
            # billed as the counts are: by what follows them, and at the month's price
            counted = report.closed.select(pl.col(c).cast(t) for c, t in COUNTS.items())
            prices = report.prices
            # which tier all clients reached together up to that day is not known from one client's days
            alone = report.client is not None and prices is not None and prices.tier_by == "account"
            if prices is not None and prices.plan == "delivered" and not alone:
                lines = said.attempt("problem_cost", lambda: room.cost(counted, prices, clients=named))
                if lines is not None:
                    whole = report.closed.select("month", "complete")
                    report.closed_bill = room.bill(lines, prices, whole=whole)
    planned = given.budget
    if planned is not None:
        # the running month, too, for what it is heading for
        months = report.everything.filter(pl.col("month") >= report.first)
        actual: pl.DataFrame | None = months
        if given.budget_in == "yen":
            actual = bill
        if actual is None or actual.is_empty():
            said.problems.append(report.say("no_budget"))
        else:
            forecast = report.forecast if report.forecast.height else None
            made = said.attempt(
                "problem_budget",
                lambda: room.budget(
                    actual,
                    _budget(given),
                    forecast=forecast,
                    begins=given.fiscal_year_begins,
                ),
            )
            report.budget = report.budget if made is None else made


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
        raise InputError(said("reports.no_line", first=first, target=target, has=has))
    return inside


def _days_of(days: pl.DataFrame | None, first: date, target: date) -> pl.DataFrame:
    if days is None:
        return pl.DataFrame(schema=DAILY_USAGE)
    return days.filter(pl.col("send_date").is_between(first, month_end(target)))


class Account:
    """What all clients of an account cost together, computed once for each table of prices."""

    def __init__(self, counts: pl.DataFrame | pl.LazyFrame) -> None:
        self._counts = counts
        self._made: dict[tuple[Any, ...], tuple[pl.DataFrame, pl.DataFrame]] = {}

    def costs(self, prices: room.Prices) -> tuple[pl.DataFrame, pl.DataFrame]:
        """Give COST and BILL of all clients and months."""
        plain = (getattr(prices, f.name) for f in fields(prices) if f.name != "table")
        key = (*plain, *prices.table.rows())
        if key not in self._made:
            counts = newest(self._counts)
            lines = room.cost(counts, prices)
            self._made[key] = lines, room.bill(lines, prices, whole=room.monthly(counts))
        return self._made[key]


def _costs(
    base: pl.DataFrame,
    prices: room.Prices,
    clients: Any,
    everything: pl.DataFrame,
    client_id: str | None,
    account: Account,
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Give COST and BILL: one client's share of the one invoice where the account is billed together."""
    if client_id is not None and "account" in (prices.bill_by, prices.tier_by) and is_counts(base):
        of_one = pl.col("client_id") == client_id
        name = dict(clients.iter_rows()).get(client_id, client_id) if clients is not None else client_id
        lines, bills = (
            frame.filter(of_one).with_columns(client=pl.lit(name)) for frame in account.costs(prices)
        )
        return lines, bills
    lines = room.cost(base, prices, clients=clients)
    return lines, room.bill(lines, prices, whole=everything)


def reportable(month: Month, counts: pl.DataFrame, today: date) -> date:
    """Read the month to report: one that has begun, by the day or by the counts. Raises `InputError`."""
    chosen = month_of(month)
    newest_month: Any = counts["month"].max()
    latest = max(today.replace(day=1), newest_month or date.min)
    if chosen > latest:
        raise InputError(said("reports.not_begun", chosen=chosen, latest=latest))
    if chosen < _EARLIEST:
        raise InputError(said("reports.year", year=chosen.year, earliest=_EARLIEST))
    return chosen


def _target(everything: pl.DataFrame, month: Month | None, today: date) -> date:
    if month is not None:
        return reportable(month, everything, today)
    whole = everything.filter(pl.col("complete"))
    found: Any = (whole if whole.height else everything)["month"].max()
    if found is None:
        raise InputError(said("reports.no_counts"))
    last: date = found
    return last


def _absences(report: UsageReport, clients: pl.DataFrame | None, *, asked: str | None) -> Iterable[str]:
    """Say which months and clients have no rows, what a client's report lacks, and which carriers have no price."""
    if asked is not None and report.delivery() is None:
        yield report.say("only_counts")
    if report.handover.closing_day is not None and not report.days.height:
        yield report.say("no_closing", day=report.handover.closing_day)
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
