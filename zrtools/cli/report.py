"""`zrtools report`: reports as files, from an archive, from the service, or from the sandbox."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from zrtools import periods, words
from zrtools.cli.options import profile
from zrtools.errors import InputError, Interrupted, PartialResultError

if TYPE_CHECKING:
    import polars as pl

    from zrtools.client import Client

__all__ = ["command"]


class _Reports(click.Group):
    """Loads each report's options when it is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted([*super().list_commands(ctx), "usage"])

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name == "usage":
            found: click.Command = import_module("zrtools.cli.report_usage").command
            return found
        return super().get_command(ctx, cmd_name)


@click.group(cls=_Reports)
def command() -> None:
    """Write a report: what failed, or what was used."""


@command.command(
    epilog="Leaves with 0 when the report is whole, 1 when it could not be made or days are missing (it is written and "
    "says so), 2 when used wrongly, 130 when interrupted. The file is replaced in one step."
)
@click.option("--from", "start", metavar="DAY", help="The first day, or a month.  [default: last month]")
@click.option("--to", "end", metavar="DAY", help="The last day, or a month.  [default: as --from]")
@click.option(
    "--compare-from", metavar="DAY", help="The first day to compare with.  [default: the period just before]"
)
@click.option("--compare-to", metavar="DAY", help="The last day to compare with.")
@click.option("--no-compare", is_flag=True, help="Compare with nothing.")
@click.option("--archive", "place", metavar="DIR", help="Take the statuses from an archive.")
@click.option("--sandbox", is_flag=True, help="From the embedded sandbox: no credentials, no network.")
@click.option(
    "--codes",
    "names",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="CSV or Excel file with your own names of codes: columns code and category.",
)
@click.option(
    "--min-excess",
    type=click.FloatRange(min=1),
    help="Failures more than usual from which an incident is told.  [default: 2% of a day, 15 to 80]",
)
@profile
@click.option("--lang", type=click.Choice(["ja", "en"]), help="Language.  [default: ZRTOOLS_LANG, else ja]")
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    help="The file, .html.  [default: failures-FIRST-LAST.html]",
)
def failures(
    start: str | None,
    end: str | None,
    compare_from: str | None,
    compare_to: str | None,
    no_compare: bool,
    place: str | None,
    sandbox: bool,
    names: Path | None,
    min_excess: float | None,
    lang: str | None,
    out: Path | None,
) -> None:
    """Write the failure report: what did not arrive, why, since when, what changed, what to do.

    Numbers are masked. Compares with the period just before where its statuses are there to be had.
    """
    import zrtools as zr
    from zrtools import codes

    if place and sandbox:
        raise click.UsageError("Choose one of --archive and --sandbox.")
    if out is not None and out.suffix.lower() not in (".html", ".htm"):
        raise click.UsageError(f"{out.name} must end in .html.")
    words.language(lang)
    try:
        period = _span(start, end)
        before = _span(compare_from, compare_to)
        own = codes.read(names) if names else None
    except InputError as error:
        raise click.UsageError(str(error)) from None

    missing: list[date] = []
    if place:
        source: Any = zr.Archive(place)
        period = period or _month_before(datetime.now(periods.TOKYO).date())
    else:
        with zr.Client.sandbox() if sandbox else zr.Client() as client:
            period = period or _month_before(client.now().date())
            spans = [period] if no_compare else [before or periods.just_before(*period), period]
            source, missing = _fetched(client, spans)
    path = zr.reports.failures(
        source,
        out,
        period=period,
        compare_to=False if no_compare else before,
        codes=own,
        min_excess=min_excess,
        lang=lang,
    )
    click.echo(words.text("reports.written", lang, path=path))
    if missing:
        told = words.text("reports.days_missing", lang, n=len(missing), days=words.days(missing))
        click.echo(told, err=True)
        click.get_current_context().exit(1)


def _span(start: str | None, end: str | None) -> tuple[date, date] | None:
    if start is None and end is None:
        return None
    days = periods.days(start or end or "", end)
    return days[0], days[-1]


def _month_before(today: date) -> tuple[date, date]:
    last = today.replace(day=1) - timedelta(days=1)
    return last.replace(day=1), last


def _fetched(client: Client, spans: list[tuple[date, date]]) -> tuple[pl.DataFrame, list[date]]:
    """Fetch the statuses; days that did not come are named, and the rest is used."""
    import polars as pl

    frames, missing = [], []
    for first, last in spans:
        try:
            frames.append(client.status(first, last))
        except Interrupted:
            raise
        except PartialResultError as error:
            frames.append(error.frame)
            missing += error.missing
    return pl.concat(frames), missing
