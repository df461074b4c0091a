"""`zrtools report`: reports as files, from an archive, from the service, or from the sandbox."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from zrtools import periods, words
from zrtools.cli.options import Group, language, profile
from zrtools.errors import InputError, Interrupted, PartialResultError

if TYPE_CHECKING:
    import polars as pl

    from zrtools.client import Client

__all__ = ["command"]


_LIST = click.Path(dir_okay=False, path_type=Path)


class _Reports(Group):
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
@click.option(
    "--keep-for",
    type=click.FloatRange(min=0),
    default=48,
    show_default=True,
    help="For how many hours a message is worth sending again.",
)
@click.option("--drop-list", type=_LIST, help="Write the numbers to drop to a file, .csv or .xlsx.")
@click.option(
    "--resend-list", type=_LIST, help="Write the messages to send again, with their times, to such a file."
)
@click.option("--plain-numbers", is_flag=True, help="Do not mask the phone numbers in these two files.")
@click.option(
    "--encoding",
    type=click.Choice(["utf-8", "cp932"]),
    default="utf-8",
    show_default=True,
    help="Of these two files, where they are .csv.",
)
@profile
@language
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
    keep_for: float,
    drop_list: Path | None,
    resend_list: Path | None,
    plain_numbers: bool,
    encoding: str,
    lang: str | None,
    out: Path | None,
) -> None:
    """Write the failure report: what did not arrive, why, since when, what changed, who acts, what to do.

    Numbers are masked. Compares with the period just before where its statuses are there to be had. The two lists go
    straight into a suppression list (`Suppressions.add`) and an outbox (`Outbox.add`), with --plain-numbers.
    """
    import polars as pl

    import zrtools as zr
    from zrtools import codes

    if place and sandbox:
        raise click.UsageError("Choose one of --archive and --sandbox.")
    if out is not None and out.suffix.lower() not in (".html", ".htm"):
        raise click.UsageError(f"{out.name} must end in .html.")
    for path in (drop_list, resend_list):
        if path is not None and path.suffix.lower() not in (".csv", ".tsv", ".xlsx"):
            raise click.UsageError(f"{path.name} must end in .csv, .tsv or .xlsx.")
    if plain_numbers and drop_list is None and resend_list is None:
        raise click.UsageError(
            "--plain-numbers is of --drop-list and --resend-list; the report is always masked."
        )
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
        now = datetime.now(periods.TOKYO)
        period = period or _month_before(now.date())
    else:
        with zr.Client.sandbox() if sandbox else zr.Client() as client:
            client.today()
            now = client.now()
            period = period or _month_before(now.date())
            spans = [period] if no_compare else [before or periods.just_before(*period), period]
            source, missing = _fetched(client, [*spans, *_after(period, now.date())])
    found = zr.investigate(
        source,
        period,
        compare_to=False if no_compare else before,
        codes=own,
        min_excess=min_excess,
        # so that there is time to look at the list
        now=now + timedelta(hours=1) if resend_list else now,
        keep_for=keep_for,
        mask=not (drop_list or resend_list),
        lang=lang,
    )
    path = zr.reports.failures(found, out)
    for file, name in ((drop_list, "to_drop"), (resend_list, "to_resend")):
        if file is not None:
            # as Outbox.add reads them, from a file too
            listed = getattr(found, name).with_columns(pl.selectors.datetime().dt.strftime("%Y-%m-%d %H:%M"))
            listed = listed if plain_numbers else zr.mask(listed, keep=["failed_client_tag"])
            try:
                zr.tables.write(listed, file, encoding="utf-8-sig" if encoding == "utf-8" else encoding)
            except InputError as error:
                raise click.UsageError(f"{file.name} (--encoding): {error}") from None
            click.echo(words.text("reports.listed", lang, path=file, n=listed.height))
    click.echo(words.text("reports.written", lang, path=path))
    if missing:
        told = words.text("reports.days_missing", lang, n=len(missing), days=words.days(missing, lang=lang))
        click.echo(told, err=True)
        click.get_current_context().exit(1)


def _span(start: str | None, end: str | None) -> tuple[date, date] | None:
    if start is None and end is None:
        return None
    days = periods.days(start or end or "", end)
    return days[0], days[-1]


def _after(period: tuple[date, date], today: date) -> list[tuple[date, date]]:
    """Give the days in which a period's failures may have been delivered after all."""
    last = min(period[1] + timedelta(days=7), today)
    return [(period[1] + timedelta(days=1), last)] if last > period[1] else []


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
