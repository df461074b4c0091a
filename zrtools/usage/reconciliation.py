"""Counts beside statuses beside the invoice: do they agree, and if not, why."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

import polars as pl

from zrtools.arguments import checked
from zrtools.engines import AnyFrame
from zrtools.errors import InputError
from zrtools.messages import EACH_PART, LIMIT
from zrtools.periods import day
from zrtools.schemas import INVOICE, RECONCILIATION, check
from zrtools.texts import said
from zrtools.usage.months import as_daily
from zrtools.usage.source import ALL, UNKNOWN, Basis, newest

__all__ = ["REASONS", "reconcile"]

REASONS = (
    "failed messages counted",
    "failed messages not counted",
    "month boundary",
    "days not covered",
    "pending statuses",
    "unknown carrier",
    "month boundary possible",
    "no statuses",
    "month not kept",
    "several clients",
    "running month",
    "invoice follows statuses",
    "invoice bills failed messages",
    "invoice leaves failed messages out",
    "invoice has no such line",
    "invoice is right",
    "not explained",
)
"""Every reason that `reconcile` gives; `zrtools.words` explains them."""

_KEY = ["month", "carrier_id"]


@checked
def reconcile(
    counts: pl.DataFrame | pl.LazyFrame,
    statuses: AnyFrame,
    invoice: pl.DataFrame | None = None,
    *,
    coverage: pl.DataFrame | Iterable[date | str] | None = None,
    tolerance: float = 0,
    client_id: str | None = None,
    basis: Basis | None = None,
) -> pl.DataFrame:
    """Set counts beside the sums of statuses and the invoice's lines, by month and carrier, and say why they differ.

    Gives RECONCILIATION. Statuses are taken up to the day that the counts reach. Whether the counts follow
    delivered messages alone or failed ones as well is not documented: `basis` is the sum that fits the whole frame
    better (over months whose days are all there, where there are any), or the one given. `coverage` is
    `archive.days()`, or the days that the statuses hold; without it a day without messages cannot be told from a
    day that is missing. `tolerance`: up to this many billable messages, or below 1 this part of the larger figure.
    `client_id` takes that client's counts. A null carrier is a row of its own and never spread over the others;
    `*` is an invoice line for all carriers.

    Raises `InputError`.
    """
    if tolerance < 0:
        raise InputError(said("usage.tolerance"))
    counted = newest(counts)
    if client_id is not None:
        counted = counted.filter(pl.col("client_id") == client_id)
    several = counted["client_id"].n_unique() > 1
    # the service writes an unknown carrier as 999, or leaves it out
    counted = counted.with_columns(carrier_id=pl.col("carrier_id").replace(UNKNOWN, None))
    counted = counted.group_by(*_KEY, "carrier").agg(
        counts=pl.col("separated_success_count").sum(), through=pl.col("through").min()
    )
    days = as_daily(statuses).with_columns(month=pl.col("send_date").dt.truncate("1mo"))
    if client_id is not None and days["client_id"].null_count() < days.height:
        days = days.filter(pl.col("client_id") == client_id)
        several = False
    if days.height and not days["client_id"].null_count():
        several = False
    months = _months(counted, days, coverage)
    days = days.join(months.select("month", "through"), on="month", how="left").filter(
        pl.col("send_date") <= pl.col("through")
    )
    sums = days.group_by(*_KEY, "carrier").agg(
        pl.col("delivered_count", "pending", "late_delivered_count").sum(),
        # a source that does not tell stays unknown
        pl.when(pl.col("failed_count").count() > 0).then(pl.col("failed_count", "late_failed_count").sum()),
    )
    lines = invoice if invoice is not None else pl.DataFrame(schema=INVOICE)
    check(lines, INVOICE, "INVOICE")
    lines = lines.group_by(*_KEY, "carrier").agg(invoice=pl.col("quantity").sum())
    cells = (
        pl.concat([f.select(*_KEY, "carrier") for f in (counted, sums, lines)])
        .group_by(_KEY)
        .agg(pl.col("carrier").drop_nulls().first())
        .join(months, on="month", how="left")
        .pipe(_join, counted.select(*_KEY, "counts"))
        .pipe(_join, sums.drop("carrier"))
        .pipe(_join, lines.select(*_KEY, "invoice"))
        .pipe(_whole_months)
    )
    return _explained(cells, tolerance=tolerance, basis=basis, several=several, billed=invoice is not None)


def _months(
    counted: pl.DataFrame, days: pl.DataFrame, coverage: pl.DataFrame | Iterable[date | str] | None
) -> pl.DataFrame:
    """Tell for each month how far it is counted, how many of its days are missing, and what is pending in it."""
    ends = counted.group_by("month").agg(through=pl.col("through").min())
    seen = days.group_by("month").agg(
        month_pending=pl.col("pending").sum(),
        unknown=(pl.col("delivered_count") + pl.col("failed_count").fill_null(0))
        .filter(pl.col("carrier_id").is_null())
        .sum(),
        most_parts=pl.col("most_parts").max(),
        last=pl.col("send_date").max(),
    )
    months = ends.join(seen, on="month", how="full", coalesce=True).with_columns(
        in_counts=pl.col("through").is_not_null(),
        in_statuses=pl.col("last").is_not_null(),
        through=pl.coalesce("through", pl.col("month").dt.month_end()),
    )
    if coverage is None:
        return months.with_columns(days_missing=pl.lit(None, dtype=pl.Int32)).drop("last")
    covered = pl.DataFrame({"day": _covered(coverage)}, schema={"day": pl.Date}).unique()
    held = (
        covered.with_columns(month=pl.col("day").dt.truncate("1mo"))
        .join(months.select("month", "through"), on="month", how="inner")
        .filter(pl.col("day") <= pl.col("through"))
        .group_by("month")
        .agg(held=pl.len())
    )
    wanted = (pl.col("through") - pl.col("month")).dt.total_days() + 1
    return (
        months.join(held, on="month", how="left")
        .with_columns(days_missing=(wanted - pl.col("held").fill_null(0)).cast(pl.Int32))
        .drop("last", "held")
    )


def _covered(coverage: pl.DataFrame | Iterable[date | str]) -> list[date]:
    if not isinstance(coverage, pl.DataFrame):
        return [day(d, "coverage") for d in coverage]
    frame = coverage
    column = next((c for c in ("send_date", "day", "date") if c in frame.columns), None)
    if column is None:
        raise InputError(said("usage.coverage"))
    # days that an archive lists as gaps are not covered
    if "rows" in frame.columns:
        frame = frame.filter(pl.col("rows").is_not_null())
    if "state" in frame.columns:
        frame = frame.filter(~pl.col("state").is_in(["missing", "forgotten"]))
    return frame[column].to_list()


def _join(cells: pl.DataFrame, more: pl.DataFrame) -> pl.DataFrame:
    return cells.join(more, on=_KEY, how="left", nulls_equal=True)


def _whole_months(cells: pl.DataFrame) -> pl.DataFrame:
    """Within a month that a source knows, what it does not name is 0; in another it is unknown."""
    line = pl.col("carrier_id") == ALL
    sources = {
        "counts": "in_counts",
        **dict.fromkeys(("delivered_count", "failed_count", "pending"), "in_statuses"),
        **dict.fromkeys(("late_delivered_count", "late_failed_count"), "in_statuses"),
    }
    tells = cells["failed_count"].count() > 0 or cells["delivered_count"].count() == 0
    for column, known in sources.items():
        if column in ("failed_count", "late_failed_count") and not tells:
            continue
        # an invoice line for all carriers stands beside the sums of the month
        everything = pl.col(column).sum().over("month")
        cells = cells.with_columns(
            pl.when(pl.col(known).fill_null(value=False))
            .then(
                pl.when(line.fill_null(value=False)).then(everything).otherwise(pl.col(column).fill_null(0))
            )
            .alias(column)
        )
    by_carrier = (~line).fill_null(value=True) & pl.col("invoice").is_not_null()
    return cells.with_columns(
        invoiced=by_carrier.any().over("month"), pending=pl.col("pending").fill_null(0)
    ).with_columns(
        # a month billed line by line bills 0 for the carriers it leaves out
        invoice=pl.when(pl.col("invoiced") & pl.col("carrier_id").is_not_null())
        .then(pl.col("invoice").fill_null(0))
        .otherwise("invoice")
    )


def _explained(
    cells: pl.DataFrame, *, tolerance: float, basis: Basis | None, several: bool, billed: bool
) -> pl.DataFrame:
    failed = pl.col("failed_count").fill_null(0)
    late = {"delivered": pl.col("late_delivered_count")}
    late["delivered and failed"] = late["delivered"] + pl.col("late_failed_count").fill_null(0)
    sums = {
        "delivered": pl.col("delivered_count"),
        "delivered and failed": pl.col("delivered_count") + failed,
    }
    chosen = basis or _fitting(cells, sums)
    one, other = (
        ("delivered", "delivered and failed")
        if chosen == "delivered"
        else ("delivered and failed", "delivered")
    )

    def close(left: pl.Expr, right: pl.Expr) -> pl.Expr:
        gap = (left - right).abs()
        limit = (
            pl.lit(tolerance)
            if tolerance >= 1 or tolerance == 0
            else tolerance * pl.max_horizontal(left.abs(), right.abs())
        )
        return (gap <= limit).fill_null(value=False)

    before = pl.col("late").shift(1)
    following = pl.col("month").shift(1) == pl.col("month").dt.offset_by("-1mo")
    cells = (
        cells.with_columns(statuses=sums[one], other=sums[other], late=late[one])
        .sort("carrier_id", "month", nulls_last=True)
        .with_columns(
            late_before=pl.when(following.over("carrier_id")).then(before.over("carrier_id")).fill_null(0)
        )
        .with_columns(
            difference=pl.col("counts") - pl.col("statuses"),
            invoice_difference=pl.col("invoice") - pl.coalesce("counts", "statuses"),
            boundary=pl.col("late_before") - pl.col("late"),
            all_late=pl.col("late_before") + pl.col("late"),
        )
    )
    counts, statuses, invoice = pl.col("counts"), pl.col("statuses"), pl.col("invoice")
    gap = pl.col("difference")
    differs, nobody = ~close(counts, statuses), pl.col("carrier_id").is_null()
    boundary = (pl.col("boundary") != 0) & close(gap, pl.col("boundary"))
    # the other basis explains a gap only where the two differ
    by_failures = close(counts, pl.col("other")) & (pl.col("other") != statuses)
    # what pending messages could be billed, each as the month's longest, and those of no carrier
    hidden = pl.col("month_pending") * pl.col("most_parts").fill_null(-(-LIMIT // EACH_PART)) + pl.col(
        "unknown"
    )
    listed = [
        (by_failures, "failed messages counted" if one == "delivered" else "failed messages not counted"),
        (boundary, "month boundary"),
        ((gap > 0) & (pl.col("days_missing") > 0), "days not covered"),
        ((gap > 0) & (pl.col("month_pending") > 0) & (gap <= hidden), "pending statuses"),
        (
            (~nobody & (gap > 0) & (pl.col("unknown") > 0) & (gap <= hidden)) | (nobody & (gap != 0)),
            "unknown carrier",
        ),
        (~boundary & (pl.col("all_late") > 0) & (gap.abs() <= pl.col("all_late")), "month boundary possible"),
        (pl.lit(several), "several clients"),
        (pl.col("through") < pl.col("month").dt.month_end(), "running month"),
    ]
    absent = (
        pl.when(counts.is_null())
        .then(pl.lit("month not kept"))
        .when(statuses.is_null())
        .then(pl.lit("no statuses"))
    )
    reasons = pl.concat_list(
        [pl.when(test.fill_null(value=False)).then(pl.lit(name)) for test, name in listed]
    ).list.drop_nulls()
    invoice_differs = pl.col("invoice_difference").is_not_null() & ~close(
        invoice, pl.coalesce(counts, statuses)
    )
    parted = sums["delivered"] != sums["delivered and failed"]
    follows = close(invoice, statuses) & differs & ~by_failures
    with_failed, without = sums["delivered and failed"], sums["delivered"]
    billed_listed = [
        (follows, "invoice follows statuses"),
        (
            ~follows & parted & close(invoice, with_failed) & ~close(counts, with_failed),
            "invoice bills failed messages",
        ),
        (
            ~follows & parted & close(invoice, without) & ~close(counts, without),
            "invoice leaves failed messages out",
        ),
        ((pl.col("boundary") != 0) & close(invoice - statuses, pl.col("boundary")), "month boundary"),
        (pl.col("through") < pl.col("month").dt.month_end(), "running month"),
        (pl.lit(value=True), "invoice is right"),
    ]
    unbilled = pl.col("invoiced") & invoice.is_null() & ((counts > 0) | (statuses > 0))
    empty = pl.lit([], dtype=pl.List(pl.String))
    return (
        cells.with_columns(
            reasons=pl.when(counts.is_null() | statuses.is_null())
            .then(pl.concat_list(absent).list.drop_nulls())
            .when(differs)
            .then(pl.when(reasons.list.len() > 0).then(reasons).otherwise(pl.lit(["not explained"])))
            .otherwise(empty),
            invoice_reasons=pl.when(pl.lit(billed) & unbilled)
            .then(pl.lit(["invoice has no such line"]))
            .when(invoice_differs)
            .then(
                pl.concat_list(
                    [pl.when(test.fill_null(value=False)).then(pl.lit(name)) for test, name in billed_listed]
                ).list.drop_nulls()
            )
            .otherwise(empty),
            agrees=pl.when(gap.is_not_null() | pl.col("invoice_difference").is_not_null()).then(
                ~(gap.is_not_null() & differs)
                & ~invoice_differs
                & ~(pl.lit(billed) & unbilled).fill_null(value=False)
            ),
            basis=pl.lit(chosen),
        )
        .select(pl.col(c).cast(t) for c, t in RECONCILIATION.items())
        .sort(_KEY, nulls_last=True)
    )


def _fitting(cells: pl.DataFrame, sums: dict[str, pl.Expr]) -> Any:
    """Find the sum of statuses that the counts are nearer to: over months whose days are all there, else over all."""
    both = cells.filter(
        pl.col("counts").is_not_null()
        & pl.col("delivered_count").is_not_null()
        & (pl.col("carrier_id") != ALL).fill_null(value=True)
    )
    whole = both.filter(pl.col("days_missing").fill_null(0) == 0)
    gaps = (whole if whole.height else both).select(
        (pl.col("counts") - parts).abs().sum().alias(name) for name, parts in sums.items()
    )
    delivered, everything = gaps.row(0) if gaps.height else (0, 0)
    if delivered == everything:
        return "undecided"
    return "delivered" if delivered < everything else "delivered and failed"
