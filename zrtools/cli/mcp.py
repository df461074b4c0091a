"""`zrtools mcp`: answer assistants from an archive, over standard input and output."""

from __future__ import annotations

import os
import sys
from importlib.util import find_spec
from pathlib import Path

import click

from zrtools import words
from zrtools.cli.options import Command, language

__all__ = ["command"]

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command(cls=Command)
@click.option("--archive", "place", required=True, metavar="DIR")
@click.option("--prices", type=_FILE)
@click.option("--clients", type=_FILE)
@click.option("--drafts", type=click.Path(file_okay=False, path_type=Path))
@click.option("--tags", is_flag=True)
@language
def command(
    place: str, prices: Path | None, clients: Path | None, drafts: Path | None, tags: bool, lang: str | None
) -> None:
    """Answer assistants (Model Context Protocol) from an archive: read-only, phone numbers masked, no bodies."""
    # whatever follows, this process cannot ask the service anything
    os.environ.pop("ZRTOOLS_TOKEN", None)
    chosen = words.language(lang)
    if "://" in place:
        raise click.UsageError(words.text("assistant.folder_only", chosen))
    if find_spec("mcp") is None:
        raise click.ClickException(words.text("assistant.needs_extra", chosen))
    from zrtools import usage
    from zrtools.assistant import serve
    from zrtools.assistant.desk import Settings

    settings = Settings(
        archive=Path(place).expanduser().absolute(),
        prices=None if prices is None else usage.read_prices(prices),
        clients=None if clients is None else usage.read_clients(clients),
        drafts=None if drafts is None else drafts.expanduser().absolute(),
        tags=tags,
        lang=chosen,
    )
    if sys.stdin is None:
        raise click.ClickException(words.text("assistant.no_stdin", chosen))
    if sys.stdout is None:
        raise click.ClickException(words.text("assistant.no_stdout", chosen))
    if sys.stdin.isatty():
        click.echo(words.text("assistant.serving", chosen), err=True)
    serve(settings)
