"""`zrtools check`: what works, on the screen and as a file for whoever helps."""

from __future__ import annotations

from pathlib import Path

import click

from zrtools import words
from zrtools.cli.options import Command, language, profile

__all__ = ["command"]

_SIGNS = {True: "○", False: "×", None: "－"}


@click.command(cls=Command)
@click.option("--report", "file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--sandbox", is_flag=True)
@profile
@language
def command(file: Path | None, sandbox: bool, lang: str | None) -> None:
    """Find out what works: the way to the service, TLS, token, clock and each call of the account."""
    import zrtools as zr

    words.language(lang)
    with zr.Client.sandbox() if sandbox else zr.Client() as client:
        found = client.check(lang=lang)
        if file is not None:
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(client.support_report(lang=lang), "utf-8")
    for check, works, detail in found.iter_rows():
        click.echo(f"{_SIGNS[works]} {check}: {detail}")
    if file is not None:
        click.echo(words.text("client.report_written", lang, file=file))
    if found.filter(works=False).height:
        click.get_current_context().exit(1)
