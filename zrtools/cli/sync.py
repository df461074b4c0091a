"""`zrtools sync`: bring an archive up to date, from cron or by hand."""

from __future__ import annotations

from typing import Any

import click

from zrtools import words
from zrtools.cli.options import language, profile

__all__ = ["command"]


@click.command(
    epilog="Leaves with 0 when all went well, 1 when a day or month failed or was refused or the archive cannot be "
    "used, 2 when used wrongly, 130 when interrupted. Running it twice at once is harmless."
)
@click.option("--archive", "place", required=True, metavar="DIR", help="The archive: a folder, or s3://…")
@click.option("--from", "start", metavar="DAY", help="The first day.  [default: the first one archived]")
@click.option("--to", "end", metavar="DAY", help="The last day.  [default: today]")
@click.option(
    "--numbers",
    type=click.Choice(["plain", "hashed"]),
    help="How a new archive keeps phone numbers.  [default: plain]",
)
@click.option(
    "--messages/--no-messages", default=None, help="Of a new archive: keep the bodies.  [default: keep]"
)
@click.option(
    "--rawdata", is_flag=True, default=None, help="Of a new archive: keep the carriers' raw error data."
)
@click.option("--counts/--no-counts", default=True, help="Keep the monthly counts too.  [default: keep]")
@click.option("--force", is_flag=True, help="Ask again for settled days too, and take fewer rows.")
@click.option("--verbose", "-v", is_flag=True, help="Say what was done.")
@click.option("--sandbox", is_flag=True, help="From the embedded sandbox: no credentials, no network.")
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
    """Fetch the statuses and counts that an archive lacks or that may still change.

    Says nothing unless something failed. Credentials come from ZRTOOLS_TOKEN and ZRTOOLS_CLIENT_ID, the key of
    hashed numbers from ZRTOOLS_HASH_KEY.
    """
    import polars as pl

    import zrtools as zr

    words.language(lang)
    stopped: zr.Interrupted | None = None
    try:
        archive = zr.Archive(place, numbers=numbers, messages=messages, rawdata=rawdata)
        with zr.Client.sandbox() if sandbox else zr.Client() as client:
            # in Python a lone day means that day; for a cron job an open end is today
            until = end or (client.now().date() if start else None)
            days = archive.sync(client, start, until, force=force, progress=verbose)
            months = zr.schemas.empty(zr.schemas.COUNTS_SYNC)
            if counts and client.waiting_until is None:
                try:
                    months = archive.sync_counts(client, force=force, progress=verbose)
                except zr.Interrupted as error:
                    # what was found out before is told first
                    stopped, months = error, error.frame
    except zr.InputError as error:
        raise click.UsageError(str(error)) from None

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
