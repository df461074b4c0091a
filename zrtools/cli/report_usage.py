"""`zrtools report usage`: the monthly usage report, from an archive, from the service, or from the sandbox."""

from __future__ import annotations

import os
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from zrtools import words
from zrtools.cli.console import step
from zrtools.cli.options import Command, language, profile
from zrtools.errors import InputError
from zrtools.periods import months_before
from zrtools.tables import LeftOutWarning
from zrtools.texts import joined, said

if TYPE_CHECKING:
    import polars as pl

    from zrtools.reports.handover import Handover

__all__ = ["command"]

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_FOLDER = click.Path(file_okay=False, path_type=Path)
_MOST_NAMED = 10


@click.command(cls=Command)
@click.option("--month", metavar="MONTH")
@click.option("--months", type=click.IntRange(1, 120), default=12, show_default=True)
@click.option("--archive", "place", metavar="DIR")
@click.option("--archives", type=click.Path(exists=True, path_type=Path))
@click.option("--settings", type=_FILE)
@click.option("--prices", type=_FILE)
@click.option("--invoice", type=_FILE)
@click.option("--invoice-column", "columns", multiple=True, metavar="NAME=HEADING")
@click.option("--clients", type=_FILE)
@click.option("--client-column", "client_columns", multiple=True, metavar="NAME=HEADING")
@click.option("--sheet", "sheets", multiple=True, metavar="FILE=NAME")
@click.option("--header-row", "header_rows", multiple=True, metavar="FILE=ROW")
@click.option("--all-clients", is_flag=True)
@click.option("--client", "client_id", metavar="ID")
@click.option("--each-client", type=_FOLDER, metavar="DIR")
@click.option("--format", "formats", type=click.Choice(["xlsx", "html", "pdf"]), multiple=True)
@click.option("--client-id", "statuses_of", metavar="ID")
@click.option("--tolerance", type=click.FloatRange(min=0), default=0, show_default=True)
@click.option("--statuses/--no-statuses", "with_statuses", default=None)
@click.option("--sandbox", is_flag=True)
@profile
@language
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path))
def command(
    month: str | None,
    months: int,
    place: str | None,
    archives: Path | None,
    settings: Path | None,
    prices: Path | None,
    invoice: Path | None,
    columns: tuple[str, ...],
    clients: Path | None,
    client_columns: tuple[str, ...],
    sheets: tuple[str, ...],
    header_rows: tuple[str, ...],
    all_clients: bool,
    client_id: str | None,
    each_client: Path | None,
    formats: tuple[str, ...],
    statuses_of: str | None,
    tolerance: float,
    with_statuses: bool | None,
    sandbox: bool,
    lang: str | None,
    out: Path | None,
) -> None:
    """Write the monthly usage report: what was sent, delivered and billed, to whom, at what cost, and how sure."""
    if place and sandbox:
        raise InputError(said("cli.one_of", first="--archive", second="--sandbox"))
    if (out is None) == (each_client is None):
        raise InputError(said("cli.where_to"))
    if each_client is not None and (client_id or invoice):
        raise InputError(said("cli.of_one_report"))
    if out is not None and formats:
        raise InputError(said("cli.format_of_each"))

    import zrtools as zr
    from zrtools.reports.handover import handover_of
    from zrtools.reports.usage import ENDINGS, each, gather, save

    if out is not None and out.suffix.lower() not in ENDINGS:
        raise InputError(said("cli.out_ending", option="--out", known=joined(ENDINGS), name=out.name))
    mapping = _mapping(columns, "--invoice-column", "month=利用月")
    words.language(lang)
    given = handover_of(settings)
    of_command = {"prices": prices, "invoice": invoice, "clients": clients, "archives": archives}
    given = replace(given, places=_places(given, of_command, sheets, header_rows))
    naming = _mapping(client_columns, "--client-column", "client=取引先名") or given.client_columns
    names = clients or given.clients
    table = (
        None
        if names is None
        else (zr.usage.read_clients(names, naming, **given.places.get("clients", {})) if naming else names)
    )
    several = all_clients or each_client is not None or names is not None or client_id is not None
    wanted = _Wanted(month, months, statuses_of, several, with_statuses)
    source = _from_archive(place, wanted) if place else _from_service(wanted, sandbox=sandbox)
    by_client = _archives(archives or given.archives, source.counts, given.places.get("archives", {}))
    statuses, owner = source.statuses, source.client_id
    if statuses is not None and (client_id or each_client) and not (owner := owner or _only(source.counts)):
        # they are of one account, and must not be told as another client's
        click.echo(words.text("usage.cli_whose", lang), err=True)
        statuses = None
    if by_client is not None:
        if statuses is not None and owner is not None:
            by_client.setdefault(owner, statuses)
        statuses = by_client
    options: dict[str, Any] = {
        "month": source.month,
        "months": months,
        "statuses": statuses,
        "statuses_of": None if by_client is not None else owner,
        "prices": prices,
        "clients": table,
        "settings": given,
        "today": source.today,
        "lang": lang,
    }
    if each_client is not None:
        with _telling(lang), step("writing_each", lang):
            made = list(each(source.counts, each_client, formats or ("xlsx",), **options))
            expected = _expected(given, table)
        _tell_each(made, expected, each_client, lang)
        failed = any(report.failed for report, _ in made)
    else:
        assert out is not None  # noqa: S101 - one of the two was given
        with _telling(lang), step("analysing", lang):
            report = gather(
                source.counts,
                coverage=source.coverage,
                invoice=invoice,
                invoice_columns=mapping,
                client_id=client_id,
                tolerance=tolerance,
                **options,
            )
        with step("writing", lang):
            written = save(report, out)
        click.echo(words.text("usage.cli_written", lang, path=written))
        for problem in report.problems:
            click.echo(words.text("usage.cli_problem", lang, problem=problem), err=True)
        # a month without any count is no success
        failed = report.failed or report.month not in report.everything["month"].to_list()
    if failed:
        raise click.exceptions.Exit(1)


def _mapping(columns: tuple[str, ...], option: str, example: str) -> dict[str, str] | None:
    mapping = dict(column.split("=", 1) for column in columns if "=" in column)
    if len(mapping) < len(columns):
        raise InputError(said("cli.equals", option=option, example=example))
    return mapping or None


@contextmanager
def _telling(lang: str | None) -> Iterator[None]:
    """Say what of the files was not read, once for each."""
    with warnings.catch_warnings(record=True) as heard:
        warnings.simplefilter("always", UserWarning)
        try:
            yield
        finally:
            left_out = (w.message for w in heard)
            for told in dict.fromkeys(
                " ".join(words.left_out(m.table, lang)) if isinstance(m, LeftOutWarning) else str(m)
                for m in left_out
            ):
                click.echo(words.text("usage.cli_problem", lang, problem=told), err=True)


def _places(
    given: Handover, files: Mapping[str, Path | None], sheets: tuple[str, ...], rows: tuple[str, ...]
) -> dict[str, dict[str, Any]]:
    """Join where the settings' tables are with what the command says; another file has nothing of the settings."""
    made = {name: dict(place) for name, place in given.places.items() if files.get(name) is None}
    for option, key, texts, example in (
        ("--sheet", "sheet", sheets, "invoice=東日本"),
        ("--header-row", "header", rows, "invoice=3"),
    ):
        for name, value in (_mapping(texts, option, example) or {}).items():
            if name not in files or (key == "header" and not value.isdecimal()):
                raise InputError(
                    said(
                        "cli.place",
                        option=option,
                        example=example,
                        names=joined(files),
                        given=f"{name}={value}",
                    )
                )
            if files[name] is None and getattr(given, name) is None:
                raise InputError(
                    said("cli.place_without_file", option=option, given=f"{name}={value}", name=name)
                )
            made.setdefault(name, {})[key] = int(value) if key == "header" else value
    return made


def _expected(given: Handover, table: Any) -> set[str]:
    """List the clients that settings and table name: the service leaves those without a message out of its counts."""
    import zrtools as zr

    clients = set(given.of)
    # a table that cannot be used is told in the reports
    with suppress(InputError):
        if isinstance(table, Path):
            table = zr.usage.read_clients(table, **given.places.get("clients", {}))
        clients |= set() if table is None else set(table["client_id"])
    return clients


def _tell_each(
    made: list[tuple[Any, list[Path]]], expected: set[str], folder: Path, lang: str | None
) -> None:
    """Say what was written, once for all, what is missing in which reports, and whose there is none."""
    comma = "、" if words.language(lang) == "ja" else ", "
    click.echo(words.text("usage.cli_each", lang, n=len(made), folder=folder))
    named: dict[str, list[str]] = {}
    for report, _ in made:
        for problem in report.problems:
            named.setdefault(problem, []).append(report.client[1])
    for problem, clients in named.items():
        listed = comma.join(clients[:_MOST_NAMED]) + ("…" if len(clients) > _MOST_NAMED else "")
        whose = (
            listed
            if len(clients) == 1
            else words.text("usage.cli_clients", lang, n=len(clients), clients=listed)
        )
        told = words.text("usage.cli_client", lang, client=whose, problem=problem)
        click.echo(words.text("usage.cli_problem", lang, problem=told), err=True)
    if absent := sorted(expected - {report.client[0] for report, _ in made}):
        click.echo(words.text("usage.cli_absent", lang, clients=comma.join(absent)), err=True)


@dataclass(frozen=True)
class _Wanted:
    month: str | None
    months: int
    statuses_of: str | None
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


def _archives(place: Path | None, counts: pl.DataFrame, where: Mapping[str, Any]) -> dict[str, Any] | None:
    """Find the archive of each client that the counts name."""
    if place is None:
        return None
    import zrtools as zr

    there = counts["client_id"].drop_nulls().unique().sort()
    if place.is_dir():
        listed = {client: place / client for client in there if (place / client).is_dir()}
        if not listed:
            raise InputError(
                said(
                    "cli.no_archives",
                    place=place,
                    example=f"{place.name}/{there[0] if len(there) else 11111}",
                )
            )
    else:
        table = zr.usage.read_clients(place, {"client": "archive"}, **where)
        listed = {c: place.parent / folder for c, folder in table.iter_rows() if c in set(there)}
    return {client: zr.Archive(where) for client, where in listed.items()}


def _only(counts: pl.DataFrame) -> str | None:
    whose = counts["client_id"].drop_nulls().unique()
    return whose[0] if len(whose) == 1 else None


def _from_archive(place: str, wanted: _Wanted) -> _Source:
    import zrtools as zr
    from zrtools.reports.usage import reportable

    archive = zr.Archive(place)
    with step("reading"):
        counts = archive.counts_history()
    if wanted.month is not None:
        reportable(wanted.month, counts, datetime.now(zr.periods.TOKYO).date())
    whose = _own(wanted.statuses_of or os.environ.get("ZRTOOLS_CLIENT_ID"), counts)
    days = archive.days()
    if wanted.statuses is False or days.is_empty():
        return _Source(counts, wanted.month, whose)
    return _Source(counts, wanted.month, whose, archive.scan(), days)


def _from_service(wanted: _Wanted, *, sandbox: bool) -> _Source:
    import zrtools as zr
    from zrtools.reports.usage import reportable

    nothing = zr.schemas.empty(zr.schemas.COUNTS)
    try:
        client = zr.Client.sandbox() if sandbox else zr.Client()
    except zr.ConfigurationError as error:
        raise zr.ConfigurationError(said("cli.or_archive", error=error)) from None
    with client:
        today = client.today()
        running = today.replace(day=1)
        target = reportable(wanted.month, nothing, today) if wanted.month else months_before(running, 1)
        # a year more than is shown, for the same month last year; the running month, for the forecast
        asked = "all" if wanted.all_clients else None
        click.echo(words.text("cli.counting"), err=True)
        counts = client.counts(months_before(target, wanted.months + 11), running, client_id=asked)
        whose = _own(wanted.statuses_of or client.client_id, counts)
        if not (wanted.statuses or (sandbox and wanted.statuses is None)):
            return _Source(counts, target, whose, today=today)
        # the forecast learns the shape of days from the two months before
        first, last = min(target, months_before(running, 2)), today - timedelta(1)
        click.echo(words.text("cli.fetching", first=first, last=last), err=True)
        statuses = client.status(first, last)
        return _Source(counts, target, whose, statuses, zr.periods.days(first, last), today)


def _own(client_id: str | None, counts: pl.DataFrame) -> str | None:
    """Name the client whose statuses are compared, where the counts are of several."""
    several = counts["client_id"].n_unique() > 1
    return client_id if several and client_id in counts["client_id"] else None
