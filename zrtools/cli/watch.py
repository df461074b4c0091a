"""`zrtools watch`: look at the last day from cron, and tell what is new."""

from __future__ import annotations

import os
import shlex
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from zrtools import periods, words
from zrtools.cli.options import language, profile
from zrtools.privacy import mask_text

if TYPE_CHECKING:
    from zrtools.archive import Archive
    from zrtools.client import Client

__all__ = ["command"]


@click.command(
    epilog="Leaves with 0 when nothing is new, 3 when something is to be watched or is over, 4 for an incident or "
    "pushed reports that never came, 1 when it could not look or not deliver, 2 when used wrongly, 130 when "
    "interrupted. Says nothing when nothing is new."
)
@click.option("--archive", "place", required=True, metavar="DIR", help="The archive: a folder, or s3://…")
@click.option(
    "--state",
    type=click.Path(dir_okay=False, path_type=Path),
    help="The file that keeps what was told.  [default: DIR-watch.sqlite beside the archive]",
)
@click.option(
    "--receiver", metavar="DIR", help="The receiver's folder: tells which pushed reports never came."
)
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    multiple=True,
    help="Write what is new to a file, .html, .md or .txt.  [may be given several times]",
)
@click.option(
    "--program", metavar="COMMAND", help="Give what is new to a program, as Markdown on its standard input."
)
@click.option(
    "--weekly", "of_week", is_flag=True, help="The digest of the last seven days instead, once a week."
)
@click.option("--no-sync", is_flag=True, help="Look at what is archived, and fetch nothing.")
@click.option("--quiet", is_flag=True, help="Do not write to the terminal what is new.")
@click.option(
    "--min-excess",
    type=click.FloatRange(min=1),
    help="Failures more than usual from which an incident is told.  [default: 2% of a day, 15 to 80]",
)
@click.option(
    "--wait",
    type=click.FloatRange(min=0),
    default=300,
    show_default=True,
    help="Seconds to wait for another watch.",
)
@click.option("--sandbox", is_flag=True, help="From the embedded sandbox: no credentials, no network.")
@click.option("--verbose", "-v", is_flag=True, help="Say also that nothing is new.")
@profile
@language
def command(
    place: str,
    state: Path | None,
    receiver: str | None,
    out: tuple[Path, ...],
    program: str | None,
    of_week: bool,
    no_sync: bool,
    quiet: bool,
    min_excess: float | None,
    wait: float,
    sandbox: bool,
    verbose: bool,
    lang: str | None,
) -> None:
    """Sync, look at the last day and the running hours against the weeks before, and tell what is new.

    Made for cron: an alert is told once, to the terminal, files and a program, also when the run is killed. Numbers are
    masked.
    """
    import zrtools as zr
    from zrtools.watch import State, alone, go_round

    chosen = words.language(lang)
    for path in out:
        if path.suffix.lower() not in (".html", ".htm", ".md", ".txt"):
            raise click.UsageError(f"{path.name} must end in .html, .md or .txt.")
    if state is None and "://" in place:
        raise click.UsageError("Give --state a file on this computer: the archive lies elsewhere.")
    _check(program)
    folder = Path(place)
    kept = state or folder.resolve().with_name(f"{folder.resolve().name}-watch.sqlite")
    kept.parent.mkdir(parents=True, exist_ok=True)
    store = None if receiver is None else zr.receiver.Store(receiver)
    with alone(kept, wait, lambda: click.echo(words.text("watch.waiting", chosen), err=True)):
        archive, told = zr.Archive(place), State(kept)
        client = None if no_sync else zr.Client.sandbox() if sandbox else zr.Client()
        try:
            if client is not None:
                client.today()  # the service's clock is known from its first answer
            now = datetime.now(periods.TOKYO) if client is None else client.now()
            came = go_round(
                archive,
                told,
                now=now,
                sync=None if client is None else _syncing(archive, client, now, chosen, verbose),
                store=store,
                show=None if quiet else lambda text: click.echo(text, nl=False),
                out=out,
                program=program,
                min_excess=min_excess,
                of_week=of_week,
                lang=chosen,
            )
        finally:
            told.close()
            if client is not None:
                client.close()
    for why in (
        *came.undelivered,
        *([words.text("watch.blind", chosen, why=came.blind)] if came.blind else []),
    ):
        click.echo(f"{now:%Y-%m-%d %H:%M} {mask_text(why)}", err=True)
    if verbose and came.level == "nothing" and not came.blind:
        click.echo(words.text("watch.nothing", chosen, at=f"{now:%Y-%m-%d %H:%M}"))
    code = (
        4
        if came.level == "incident"
        else 1
        if came.blind or came.undelivered
        else 3
        if came.level == "watch"
        else 0
    )
    click.get_current_context().exit(code)


def _check(program: str | None) -> None:
    """Refuse what is no command before anything is told."""
    try:
        empty = program is not None and not shlex.split(program)
    except ValueError:
        empty = os.name != "nt"
    if empty:
        raise click.UsageError("--program is no command, or a quotation mark in it stays open: correct it.")


def _syncing(
    archive: Archive, client: Client, now: datetime, lang: words.Lang, verbose: bool
) -> Callable[[date | None], str]:
    """Make what brings the archive up to date and says which of the days that matter did not come."""
    import polars as pl

    def sync(first: date | None) -> str:
        done = archive.sync(client, first, now.date() if first else None, progress=verbose)
        bad = done.filter(pl.col("action") == "failed")
        if bad.is_empty():
            return ""
        why = bad["why"].drop_nulls()
        return words.text(
            "watch.days_missing",
            lang,
            days=words.days(bad["send_date"].to_list(), lang=lang),
            why=why[0] if len(why) else "–",
        )

    return sync
