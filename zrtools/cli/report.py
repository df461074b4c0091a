"""`zrtools report`: reports as files, from an archive, from the service, or from the sandbox."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from zrtools import periods, words
from zrtools.cli.console import step
from zrtools.cli.options import Group, language, profile
from zrtools.errors import InputError, Interrupted, PartialResultError
from zrtools.texts import joined, said

if TYPE_CHECKING:
    import polars as pl

    from zrtools.client import Client

__all__ = ["command"]


_LIST = click.Path(dir_okay=False, path_type=Path)


@click.group(cls=Group)
@language
def command(lang: str | None) -> None:
    """Write a report: what failed, or what was used."""


command.listed("usage")


@command.command()
@click.option("--from", "start", metavar="DAY")
@click.option("--to", "end", metavar="DAY")
@click.option("--compare-from", metavar="DAY")
@click.option("--compare-to", metavar="DAY")
@click.option("--no-compare", is_flag=True)
@click.option("--archive", "place", metavar="DIR")
@click.option("--sandbox", is_flag=True)
@click.option("--codes", "names", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--min-excess", type=click.FloatRange(min=1))
@click.option("--keep-for", type=click.FloatRange(min=0), default=48, show_default=True)
@click.option("--drop-list", type=_LIST)
@click.option("--resend-list", type=_LIST)
@click.option("--plain-numbers", is_flag=True)
@click.option("--encoding", type=click.Choice(["utf-8", "cp932"]), default="utf-8", show_default=True)
@profile
@language
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path))
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
    """Write the failure report: what did not arrive, why, since when, what changed, who acts, what to do."""
    import polars as pl

    import zrtools as zr
    from zrtools import codes

    if place and sandbox:
        raise InputError(said("cli.one_of", first="--archive", second="--sandbox"))
    if out is not None and out.suffix.lower() not in (".html", ".htm"):
        raise InputError(said("cli.out_ending", option="--out", known=".html", name=out.name))
    for option, path in (("--drop-list", drop_list), ("--resend-list", resend_list)):
        if path is not None and path.suffix.lower() not in (kinds := (".csv", ".tsv", ".xlsx")):
            raise InputError(said("cli.out_ending", option=option, known=joined(kinds), name=path.name))
    if plain_numbers and drop_list is None and resend_list is None:
        raise InputError(said("cli.plain_numbers"))
    words.language(lang)
    period, before = _span(start, end), _span(compare_from, compare_to)
    own = codes.read(names) if names else None

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
    with step("analysing", lang):
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
    with step("writing", lang):
        path = zr.reports.failures(found, out)
    for file, name in ((drop_list, "to_drop"), (resend_list, "to_resend")):
        if file is not None:
            # as Outbox.add reads them, from a file too
            listed = getattr(found, name).with_columns(pl.selectors.datetime().dt.strftime("%Y-%m-%d %H:%M"))
            listed = listed if plain_numbers else zr.mask(listed, keep=["failed_client_tag"])
            try:
                zr.tables.write(listed, file, encoding="utf-8-sig" if encoding == "utf-8" else encoding)
            except InputError as error:
                raise InputError(said("cli.encoding", name=file.name, error=error)) from None
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
        click.echo(words.text("cli.fetching", first=first, last=last), err=True)
        try:
            frames.append(client.status(first, last))
        except Interrupted:
            raise
        except PartialResultError as error:
            frames.append(error.frame)
            missing += error.missing
    return pl.concat(frames), missing
