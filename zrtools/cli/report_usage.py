"""`zrtools report usage`: the monthly usage report, from an archive, from the service, or from the sandbox."""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from zrtools import words
from zrtools.cli.options import profile
from zrtools.periods import months_before

if TYPE_CHECKING:
    import polars as pl

__all__ = ["command"]

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command(
    epilog="Leaves with 0 when the report is whole, 1 when it could not be made, or was made without a table that "
    "could not be used (which it says), 2 when used wrongly, 130 when interrupted. The file is replaced in one step."
)
@click.option("--month", help="The month to report, YYYY-MM.  [default: the last complete one]")
@click.option(
    "--months",
    type=click.IntRange(1, 120),
    default=12,
    show_default=True,
    help="How many months the report shows, ending with --month.",
)
@click.option("--archive", "place", metavar="DIR", help="Take counts and statuses from an archive.")
@click.option("--prices", type=_FILE, help="Prices, as TOML or a table.")
@click.option("--invoice", type=_FILE, help="Invoice lines, as a table.")
@click.option(
    "--invoice-column",
    "columns",
    multiple=True,
    metavar="NAME=HEADING",
    help="Which column of the invoice is month, carrier, quantity or amount; once for each.",
)
@click.option("--clients", type=_FILE, help="Names of clients, as a table of client_id and client.")
@click.option("--all-clients", is_flag=True, help="Ask the service for all clients' counts (agencies).")
@click.option(
    "--client-id",
    help="The client whose statuses are compared, where counts are of several.  [default: ZRTOOLS_CLIENT_ID]",
)
@click.option(
    "--tolerance",
    type=click.FloatRange(min=0),
    default=0,
    show_default=True,
    help="Gaps to let pass: a number of messages, or below 1 a part of the figure.",
)
@click.option(
    "--statuses/--no-statuses",
    "with_statuses",
    default=None,
    help="Reconcile with statuses.  [default: from an archive and the sandbox; from the service only when asked]",
)
@click.option("--sandbox", is_flag=True, help="From the embedded sandbox: no credentials, no network.")
@profile
@click.option("--lang", type=click.Choice(["ja", "en"]), help="Language.  [default: ZRTOOLS_LANG, else ja]")
@click.option(
    "--out", type=click.Path(dir_okay=False, path_type=Path), required=True, help="The file, .xlsx or .html."
)
def command(
    month: str | None,
    months: int,
    place: str | None,
    prices: Path | None,
    invoice: Path | None,
    columns: tuple[str, ...],
    clients: Path | None,
    all_clients: bool,
    client_id: str | None,
    tolerance: float,
    with_statuses: bool | None,
    sandbox: bool,
    lang: str | None,
    out: Path,
) -> None:
    """Write the monthly usage report: months by carrier and client, forecast, reconciliation, cost."""
    if place and sandbox:
        raise click.UsageError("Choose one of --archive and --sandbox.")
    if out.suffix.lower() not in (".xlsx", ".html", ".htm"):
        raise click.UsageError(f"{out.name} must end in .xlsx or .html.")
    mapping = dict(column.split("=", 1) for column in columns if "=" in column)
    if len(mapping) < len(columns):
        raise click.UsageError(
            "Write --invoice-column NAME=HEADING, for example --invoice-column month=利用月."
        )

    from zrtools.errors import InputError
    from zrtools.reports.usage import gather

    words.language(lang)
    wanted = _Wanted(month, months, client_id, all_clients or clients is not None, with_statuses)
    try:
        source = _from_archive(place, wanted) if place else _from_service(wanted, sandbox=sandbox)
    except InputError as error:
        raise click.UsageError(str(error)) from None
    report = gather(
        source.counts,
        month=source.month,
        months=months,
        statuses=source.statuses,
        coverage=source.coverage,
        prices=prices,
        invoice=invoice,
        invoice_columns=mapping or None,
        clients=clients,
        client_id=source.client_id,
        tolerance=tolerance,
        today=source.today,
        lang=lang,
    )
    written = report.save(out)
    click.echo(words.text("usage.cli_written", lang, path=written))
    for problem in report.problems:
        click.echo(words.text("usage.cli_problem", lang, problem=problem), err=True)
    if report.failed:
        raise click.exceptions.Exit(1)


@dataclass(frozen=True)
class _Wanted:
    month: str | None
    months: int
    client_id: str | None
    all_clients: bool
    statuses: bool | None


@dataclass(frozen=True)
class _Source:
    counts: pl.DataFrame
    month: str | date | None
    client_id: str | None
    statuses: Any = None
    coverage: Any = None
    today: date | None = None


def _from_archive(place: str, wanted: _Wanted) -> _Source:
    import zrtools as zr
    from zrtools.reports.usage import reportable

    archive = zr.Archive(place)
    counts = archive.counts_history()
    if wanted.month is not None:
        reportable(wanted.month, counts, datetime.now(zr.periods.TOKYO).date())
    whose = _own(wanted.client_id or os.environ.get("ZRTOOLS_CLIENT_ID"), counts)
    if wanted.statuses is False:
        return _Source(counts, wanted.month, whose)
    return _Source(counts, wanted.month, whose, archive.scan(), archive.days())


def _from_service(wanted: _Wanted, *, sandbox: bool) -> _Source:
    import zrtools as zr
    from zrtools.reports.usage import reportable

    nothing = zr.schemas.empty(zr.schemas.COUNTS)
    try:
        client = zr.Client.sandbox() if sandbox else zr.Client()
    except zr.ConfigurationError as error:
        raise click.ClickException(f"{error} Or name an archive with --archive, or try --sandbox.") from None
    with client:
        today = client.today()
        running = today.replace(day=1)
        target = reportable(wanted.month, nothing, today) if wanted.month else months_before(running, 1)
        # a year more than is shown, for the same month last year; the running month, for the forecast
        asked = "all" if wanted.all_clients else None
        counts = client.counts(
            months_before(target, wanted.months + 11), running, client_id=asked, progress=False
        )
        whose = _own(wanted.client_id or client.client_id, counts)
        if not (wanted.statuses or (sandbox and wanted.statuses is None)):
            return _Source(counts, target, whose, today=today)
        # the forecast learns the shape of days from the two months before
        first, last = min(target, months_before(running, 2)), today - timedelta(1)
        statuses = client.status(first, last, progress=False)
        return _Source(counts, target, whose, statuses, zr.periods.days(first, last), today)


def _own(client_id: str | None, counts: pl.DataFrame) -> str | None:
    """Name the client whose statuses are compared, where the counts are of several."""
    several = counts["client_id"].n_unique() > 1
    return client_id if several and client_id in counts["client_id"] else None
