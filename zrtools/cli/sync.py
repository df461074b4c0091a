"""`zrtools sync`: bring an archive up to date, from cron or by hand."""

from __future__ import annotations

from typing import Any

import click

from zrtools import words
from zrtools.cli.options import Command, language, profile

__all__ = ["command"]


@click.command(cls=Command)
@click.option("--archive", "place", required=True, metavar="DIR")
@click.option("--from", "start", metavar="DAY")
@click.option("--to", "end", metavar="DAY")
@click.option("--numbers", type=click.Choice(["plain", "hashed"]))
@click.option("--messages/--no-messages", default=None)
@click.option("--rawdata", is_flag=True, default=None)
@click.option("--counts/--no-counts", default=True)
@click.option("--force", is_flag=True)
@click.option("--verbose", "-v", is_flag=True)
@click.option("--sandbox", is_flag=True)
@profile
@language
def command(
    place: str,
    start: str | None,
    end: str | None,
    numbers: Any,
    messages: bool | None,
    rawdata: bool | None,
    counts: bool,
    force: bool,
    verbose: bool,
    sandbox: bool,
    lang: str | None,
) -> None:
    """Fetch the statuses and counts that an archive lacks or that may still change."""
    import polars as pl

    import zrtools as zr

    words.language(lang)
    stopped: zr.Interrupted | None = None
    archive = zr.Archive(place, numbers=numbers, messages=messages, rawdata=rawdata)
    with zr.Client.sandbox() if sandbox else zr.Client() as client:
        # in Python a lone day means that day; for a cron job an open end is today
        until = end or (client.now().date() if start else None)
        days = archive.sync(client, start, until, force=force)
        months = zr.schemas.empty(zr.schemas.COUNTS_SYNC)
        if counts and client.waiting_until is None:
            try:
                months = archive.sync_counts(client, force=force)
            except zr.Interrupted as error:
                # what was found out before is told first
                stopped, months = error, error.frame

    bad = pl.concat(
        frame.filter(pl.col("action").is_in(["failed", "refused"])).select(
            pl.col(frame.columns[0]).cast(pl.String).str.head(length).alias("when"), "action", "why"
        )
        for frame, length in ((days, 10), (months, 7))
    )
    for when, action, why in bad.iter_rows():
        click.echo(
            words.text("archive.day", lang, day=when, action=words.text(f"archive.{action}", lang), why=why),
            err=True,
        )
    if stopped is not None:
        raise stopped
    if verbose:
        done = dict(days["action"].value_counts().iter_rows())
        fetched = sum(done.get(action, 0) for action in ("fetched", "replaced", "closed"))
        click.echo(
            words.text(
                "archive.days", lang, fetched=fetched, kept=done.get("kept", 0), pending=days["pending"].sum()
            )
        )
        click.echo(words.text("archive.months", lang, stored=months.filter(action="stored").height))
    if bad.height:
        click.echo(words.text("archive.again", lang, count=bad.height), err=True)
        click.get_current_context().exit(1)
