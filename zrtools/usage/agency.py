"""What an agency looks at across its clients: who moved, who fell silent, and entries for the bookkeeping."""

from __future__ import annotations

import codecs
import re
from collections.abc import Mapping
from pathlib import Path

import polars as pl

from zrtools import tables
from zrtools.arguments import checked
from zrtools.engines import AnyFrame
from zrtools.errors import InputError
from zrtools.periods import Day, Month, day
from zrtools.periods import month as month_of
from zrtools.schemas import ACCOUNTING, BILL, MOVERS, check
from zrtools.texts import said
from zrtools.usage.inputs import client_names
from zrtools.usage.months import monthly

__all__ = ["accounting", "movers"]


@checked
def movers(
    counts_or_statuses: AnyFrame,
    month: Month | None = None,
    *,
    clients: pl.DataFrame | Mapping[str, str] | str | Path | None = None,
    least: float = 0.2,
) -> pl.DataFrame:
    """List the clients whose usage moved against the month before, largest change first, and those without traffic.

    Parameters
    ----------
    counts_or_statuses
        What `monthly` takes, or a MONTHLY frame.
    month
        The month, else the last complete one.
    clients
        Names; clients that stand there alone are `silent`.
    least
        From which part of the month before a change is listed: 0.2 is 20 %.

    Returns
    -------
    MOVERS: `started`, `stopped`, `up`, `down`, and `silent` for those without traffic in both months.

    Raises
    ------
    InputError
        When there is no month, and what `monthly` refuses.
    """
    if not least >= 0:
        raise InputError(said("usage.least"))
    given = counts_or_statuses
    is_monthly = isinstance(given, pl.DataFrame) and "share_of_month" in given.columns
    made: pl.DataFrame = given if is_monthly else monthly(given, clients=clients)
    whole = made.filter("complete")
    chosen = month_of(month) if month is not None else (whole if whole.height else made)["month"].max()
    if chosen is None:
        raise InputError(said("usage.no_counts"))
    count = pl.col("separated_success_count")
    sums = made.group_by("month", "client_id", "client").agg(count.sum(), pl.col("complete").all())
    now, then = (
        sums.filter(pl.col("month") == m)
        for m in (chosen, pl.select(pl.lit(chosen).dt.offset_by("-1mo")).item())
    )
    listed = pl.concat([sums.select("client_id", "client"), client_names(clients)]).unique(
        "client_id", maintain_order=True
    )
    seen = (
        sums.filter((pl.col("month") <= chosen) & (count > 0))
        .group_by("client_id")
        .agg(last_month=pl.col("month").max())
    )
    # a month that nobody has is not a zero
    known = (
        bool(then.height)
        and bool(then["complete"].all())
        and bool(now.height)
        and bool(now["complete"].all())
    )
    change, rate = pl.col("change"), pl.col("change_rate")
    frame = (
        listed.join(now.select("client_id", count), on="client_id", how="left", nulls_equal=True)
        .join(then.select("client_id", previous=count), on="client_id", how="left", nulls_equal=True)
        .join(seen, on="client_id", how="left", nulls_equal=True)
        .with_columns(
            count.fill_null(0), pl.when(pl.lit(known)).then(pl.col("previous").fill_null(0)), month=chosen
        )
        .with_columns(change=count - pl.col("previous"))
        .with_columns(change_rate=pl.when(pl.col("previous") > 0).then(change / pl.col("previous")))
        .with_columns(
            movement=pl.when((count == 0) & (pl.col("previous").fill_null(0) == 0))
            .then(pl.lit("silent"))
            .when(count == 0)
            .then(pl.lit("stopped"))
            .when(pl.col("previous") == 0)
            .then(pl.lit("started"))
            .when(rate >= least)
            .then(pl.lit("up"))
            .when(rate <= -least)
            .then(pl.lit("down"))
        )
    )
    return (
        frame.filter(pl.col("movement").is_not_null() & (change.is_null() | (change != 0) | (count == 0)))
        .sort(change.abs().fill_null(-1), "client_id", descending=[True, False], nulls_last=True)
        .select(pl.col(c).cast(t) for c, t in MOVERS.items())
    )


@checked
def accounting(
    bill: pl.DataFrame,
    path: str | Path | None = None,
    *,
    account: str = "通信費",
    tax_class: str = "課税仕入10%",
    text: str = "{month} SMS利用料 {client}",
    columns: Mapping[str, str] | None = None,
    encoding: str = "cp932",
    closing_day: int | None = None,
    dated: Day | None = None,
) -> pl.DataFrame:
    """Make the entries of a bill for an accounting system, and write them as CSV where a path is given.

    Parameters
    ----------
    bill
        BILL: one entry a client and month, those of 0 yen left out.
    path
        A .csv file (or .xlsx).
    account, tax_class
        勘定科目 and 税区分.
    text
        摘要, in which {month}, {client} and {client_id} are filled in.
    columns
        Which columns of ACCOUNTING the file has, in that order, and how they are headed: `{"date": "日付", "gross":
        "金額"}`; all under their own names if left out.
    encoding
        Of a CSV: "cp932" as most accounting systems want, or "utf-8-sig".
    closing_day
        The day of the month on which the entries stand, else the month's last.
    dated
        One day for all entries instead.

    Returns
    -------
    ACCOUNTING, money in yen.

    Raises
    ------
    InputError
        For columns that are not there, and a name that the encoding cannot hold: nothing is written then.
    """
    check(bill, BILL, "BILL")
    if closing_day is not None and not 1 <= closing_day <= 31:
        raise InputError(said("usage.any_closing_day", closing_day=closing_day))
    try:
        codecs.lookup(encoding)
    except (LookupError, ValueError):
        raise InputError(said("usage.csv_encoding")) from None
    unknown = sorted(set(columns or {}) - set(ACCOUNTING))
    if unknown:
        raise InputError(said("usage.column_names", names=", ".join(ACCOUNTING), names2=", ".join(unknown)))
    last = pl.col("month").dt.month_end()
    on = (
        last
        if closing_day is None
        else pl.min_horizontal(last, pl.col("month").dt.offset_by(f"{closing_day - 1}d"))
    )
    name = pl.coalesce("client", "client_id", pl.lit(""))
    month = pl.format("{}年{}月分", pl.col("month").dt.year(), pl.col("month").dt.month())
    filled = {"{month}": month, "{client}": name, "{client_id}": pl.col("client_id").fill_null("")}
    worded = pl.concat_str(filled.get(part, pl.lit(part)) for part in re.split("({[a-z_]+})", text))
    frame = (
        bill.filter(pl.col("gross") != 0)
        .sort("month", "client_id", nulls_last=True)
        .with_columns(
            date=pl.lit(day(dated, "dated")) if dated is not None else on,
            client=name,
            account=pl.lit(account),
            tax_class=pl.lit(tax_class),
            text=worded,
        )
        .select(pl.col(c).cast(t) for c, t in ACCOUNTING.items())
    )
    if path is not None:
        _write(frame, Path(path), columns, encoding)
    return frame


def _write(frame: pl.DataFrame, path: Path, columns: Mapping[str, str] | None, encoding: str) -> None:
    shown = frame.select(
        pl.col(c).alias(heading) for c, heading in (columns or {c: c for c in frame.columns}).items()
    )
    shown = shown.with_columns(
        pl.col(c).cast(pl.Int64) if (shown[c] == shown[c].floor()).all() else pl.col(c)
        for c, t in shown.schema.items()
        if isinstance(t, pl.Decimal)
    )
    tables.write(shown, path, encoding=encoding)
