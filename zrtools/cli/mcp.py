"""`zrtools mcp`: answer assistants from an archive, over standard input and output."""

from __future__ import annotations

import os
import sys
from importlib.util import find_spec
from pathlib import Path

import click

from zrtools import words
from zrtools.cli.options import language

__all__ = ["command"]

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command(
    epilog="Read-only: it sends nothing, asks the service nothing, and opens no connection. Leaves with 0 when the "
    "assistant closes its standard input, 1 when it cannot begin, 2 when used wrongly, 130 when interrupted."
)
@click.option("--archive", "place", required=True, metavar="DIR", help="The archive, a folder.")
@click.option(
    "--prices", type=_FILE, help="A price file, as zrtools report usage takes it: gives the tool usage_cost."
)
@click.option("--clients", type=_FILE, help="A table of client_id and client: names for clients.")
@click.option(
    "--drafts",
    type=click.Path(file_okay=False, path_type=Path),
    help="A folder for lists to send again, which hold numbers and texts; without it none are written.",
)
@click.option("--tags", is_flag=True, help="Show client tags; else only the campaign that a tag names.")
@language
def command(
    place: str, prices: Path | None, clients: Path | None, drafts: Path | None, tags: bool, lang: str | None
) -> None:
    """Answer assistants (Model Context Protocol) from an archive: read-only, phone numbers masked, no bodies.

    An assistant's program starts it; docs/assistants.md shows how it is set up.
    """
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
