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
from zrtools.cli.options import Command, language, profile
from zrtools.errors import InputError
from zrtools.privacy import mask_text
from zrtools.texts import joined, said

if TYPE_CHECKING:
    from zrtools.archive import Archive
    from zrtools.client import Client

__all__ = ["command"]


@click.command(cls=Command)
@click.option("--archive", "place", required=True, metavar="DIR")
@click.option("--state", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--receiver", metavar="DIR")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), multiple=True)
@click.option("--program", metavar="COMMAND")
@click.option("--weekly", "of_week", is_flag=True)
@click.option("--no-sync", is_flag=True)
@click.option("--quiet", is_flag=True)
@click.option("--min-excess", type=click.FloatRange(min=1))
@click.option("--wait", type=click.FloatRange(min=0), default=300, show_default=True)
@click.option("--sandbox", is_flag=True)
@click.option("--verbose", "-v", is_flag=True)
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
    """Sync, look at the last day and the running hours against the weeks before, and tell what is new."""
    import zrtools as zr
    from zrtools.watch import State, alone, go_round

    chosen = words.language(lang)
    for path in out:
        if path.suffix.lower() not in (".html", ".htm", ".md", ".txt"):
            raise InputError(
                said("cli.out_ending", option="--out", known=joined([".html", ".md", ".txt"]), name=path.name)
            )
    if state is None and "://" in place:
        raise InputError(said("cli.state"))
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
                sync=None if client is None else _syncing(archive, client, now, chosen),
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
        raise InputError(said("cli.program"))


def _syncing(
    archive: Archive, client: Client, now: datetime, lang: words.Lang
) -> Callable[[date | None], str]:
    """Make what brings the archive up to date and says which of the days that matter did not come."""
    import polars as pl

    def sync(first: date | None) -> str:
        done = archive.sync(client, first, now.date() if first else None)
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
