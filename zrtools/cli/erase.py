"""`zrtools erase`: take one person out of every store."""

from __future__ import annotations

from pathlib import Path

import click

from zrtools import words
from zrtools.cli.console import step
from zrtools.cli.options import Command, language

__all__ = ["command"]

_FILE = click.Path(exists=True, path_type=Path)


@click.command(cls=Command)
@click.option("--archive", metavar="DIR")
@click.option("--outbox", type=_FILE)
@click.option("--suppressions", type=_FILE)
@click.option("--answers", type=_FILE)
@click.option("--reports", type=_FILE)
@click.option("--proof", type=click.Path(dir_okay=False, path_type=Path))
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
    """Take one phone number out of the stores that are named, for good."""
    from zrtools.erasure import erase

    words.language(lang)
    number = click.prompt(words.text("erasure.number", lang), err=True)
    with step("erasing", lang):
        done = erase(
            number,
            archive=archive,
            outbox=outbox,
            suppressions=suppressions,
            answers=answers,
            reports=reports,
            proof=proof,
        )
    for store, place, removed in done.iter_rows():
        click.echo(words.text("erasure.removed", lang, store=store, place=place, removed=f"{removed:,}"))
