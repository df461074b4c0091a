"""`zrtools check`: what works, on the screen and as a file for whoever helps."""

from __future__ import annotations

from pathlib import Path

import click

from zrtools import words
from zrtools.cli.options import language, profile

__all__ = ["command"]

_SIGNS = {True: "○", False: "×", None: "－"}


@click.command(
    epilog="Spends and changes nothing. Leaves with 0 when all works, 1 when something does not, 2 when used wrongly."
)
@click.option(
    "--report",
    "file",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Also write versions, settings without secrets, what works, and the shapes of odd answers.",
)
@click.option("--sandbox", is_flag=True, help="Check the embedded sandbox: no credentials, no network.")
@profile
@language
def command(file: Path | None, sandbox: bool, lang: str | None) -> None:
    """Find out what works: the way to the service, TLS, token, clock and each call of the account.

    The report is safe to send to the vendor.
    """
    import zrtools as zr

    words.language(lang)
    try:
        with zr.Client.sandbox() if sandbox else zr.Client() as client:
            found = client.check(lang=lang)
            if file is not None:
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_text(client.support_report(lang=lang), "utf-8")
    except zr.InputError as error:
        raise click.UsageError(str(error)) from None
    for check, works, detail in found.iter_rows():
        click.echo(f"{_SIGNS[works]} {check}: {detail}")
    if file is not None:
        click.echo(words.text("client.report_written", lang, file=file))
    if found.filter(works=False).height:
        click.get_current_context().exit(1)
