"""The command line: each command lives in a file of its own and loads when it is called."""

from __future__ import annotations

import re
import sys

import click

from zrtools import __version__, words
from zrtools.cli.console import whole
from zrtools.cli.options import LANGUAGE, Group, language, spoken, variable, worded
from zrtools.errors import InputError, Interrupted

__all__ = ["COMMANDS", "main", "root"]

COMMANDS = (
    *("check", "clean", "demo", "erase", "forget", "mcp", "profile", "receive", "report", "sandbox"),
    *("sync", "watch"),
)


@click.group(cls=Group)
@click.version_option(__version__, message="zrtools %(version)s")
@language
def root(lang: str | None) -> None:
    """Work with 絶対リーチ! SMS communicationPlatform: frames, reports, cleaning, delivery reports."""


root.listed(*COMMANDS)


def main(args: list[str] | None = None) -> None:
    """Run the command line and leave with its exit code.

    0 done, 1 failed, 2 used wrongly, 130 interrupted.
    """
    whole()
    try:
        # for its help, its errors, and what it starts
        with variable(LANGUAGE, spoken(sys.argv[1:] if args is None else args)):
            sys.exit(_run(args))
    except InputError as error:
        # ZRTOOLS_LANG is neither language
        for lang in ("en", "ja"):
            click.echo(f"zrtools: {words.told(error, lang)}", err=True)
        sys.exit(1)


def _run(args: list[str] | None) -> int:
    def said(text: str, code: int) -> int:
        # click joins its phrases as English is joined
        told = re.sub(r"(?<=[：。]) |(?<=')\.$", "", text) if words.language() == "ja" else text
        click.echo(f"zrtools: {told}", err=True)
        return code

    try:
        # without standalone mode a ctx.exit(code) comes back as the return value
        code = worded(root, "").main(args=args, prog_name="zrtools", standalone_mode=False)
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.format_message(), err=True)
        return error.exit_code
    except click.ClickException as error:
        said(error.format_message(), error.exit_code)
        if isinstance(error, click.UsageError) and error.ctx is not None:
            click.echo(words.text("cli.see", command=error.ctx.command_path), err=True)
        return error.exit_code
    except Interrupted as error:
        return said(words.told(error), 130)
    except (click.Abort, KeyboardInterrupt) as error:
        if isinstance(error, click.Abort):
            # a question stands on the line
            click.echo(err=True)
        return said(words.text("cli.interrupted"), 130)
    except OSError as error:
        where = f" ({error.filename})" if error.filename else ""
        return said(words.text("cli.disk", why=error.strerror or type(error).__name__, where=where), 1)
    return code if isinstance(code, int) else 0
