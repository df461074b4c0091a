"""`zrtools erase`: take one person out of every store."""

from __future__ import annotations

from pathlib import Path

import click

from zrtools import words
from zrtools.cli.options import language

__all__ = ["command"]

_FILE = click.Path(exists=True, path_type=Path)


@click.command()
@click.option("--archive", metavar="DIR", help="The archive: a folder, or s3://…")
@click.option("--outbox", type=_FILE, help="The journal of messages sent.")
@click.option("--suppressions", type=_FILE, help="The list of suppressed numbers; that it is on it stays.")
@click.option("--answers", type=_FILE, help="The store of cleaned numbers.")
@click.option("--reports", type=_FILE, help="The receiver's folder; stop the receiver first.")
@click.option(
    "--proof", type=click.Path(dir_okay=False, path_type=Path), help="File that records what was done."
)
@language
def command(
    archive: str | None,
    outbox: Path | None,
    suppressions: Path | None,
    answers: Path | None,
    reports: Path | None,
    proof: Path | None,
    lang: str | None,
) -> None:
    """Take one phone number out of the stores that are named, for good.

    The number is asked for, so that it stands in no shell's history; from a pipe it is the first line. The key of
    hashed numbers comes from ZRTOOLS_HASH_KEY.
    """
    from zrtools.erasure import erase
    from zrtools.errors import InputError

    words.language(lang)
    number = click.prompt(words.text("erasure.number", lang), err=True)
    try:
        done = erase(
            number,
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
