"""`zrtools forget`: remove what is older than so many days from every store."""

from __future__ import annotations

from pathlib import Path

import click

from zrtools import words
from zrtools.cli.options import language

__all__ = ["command"]

_FILE = click.Path(exists=True, path_type=Path)


@click.command()
@click.option("--days", type=click.IntRange(1), required=True, help="How many days before today stay.")
@click.option("--archive", metavar="DIR", help="The archive: a folder, or s3://…")
@click.option("--outbox", type=_FILE, help="The journal of messages sent.")
@click.option("--suppressions", type=_FILE, help="The list of suppressed numbers; what is on it stays.")
@click.option("--answers", type=_FILE, help="The store of cleaned numbers.")
@click.option("--reports", type=_FILE, help="The receiver's folder; stop the receiver first.")
@click.option(
    "--proof", type=click.Path(dir_okay=False, path_type=Path), help="File that records what was done."
)
@language
def command(
    days: int,
    archive: str | None,
    outbox: Path | None,
    suppressions: Path | None,
    answers: Path | None,
    reports: Path | None,
    proof: Path | None,
    lang: str | None,
) -> None:
    """Remove what is older than so many days from the stores that are named, for good; from cron, for example.

    Of an archive days of sending, of a journal settled messages, of a list of suppressed numbers its history alone, of
    answers and reports those that came before.
    """
    from zrtools.erasure import forget
    from zrtools.errors import InputError

    words.language(lang)
    try:
        done = forget(
            days=days,
            archive=archive,
            outbox=outbox,
            suppressions=suppressions,
            answers=answers,
            reports=reports,
            proof=proof,
        )
    except InputError as error:
        raise click.UsageError(str(error)) from None
    for store, place, removed in done.iter_rows():
        click.echo(words.text("erasure.removed", lang, store=store, place=place, removed=f"{removed:,}"))
