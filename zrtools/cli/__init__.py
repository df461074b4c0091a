"""The command line: each command lives in a file of its own and loads when it is called."""

from __future__ import annotations

import codecs
import sys
import unicodedata
from importlib import import_module

import click

from zrtools import __version__
from zrtools.cli.options import Group, spoken
from zrtools.errors import ConfigurationError, Interrupted, ZrtoolsError
from zrtools.words import told

__all__ = ["COMMANDS", "main", "root"]

COMMANDS = (
    *("check", "clean", "demo", "erase", "forget", "mcp", "profile", "receive", "report", "sandbox"),
    *("sync", "watch"),
)


_LIKE = {"–": "-", "—": "-", "‑": "-", "−": "-", "±": "+/-", "×": "x", "·": ".", "•": "*", "〜": "~"}


def _instead(error: UnicodeError) -> tuple[str, int]:
    """Write what a console's encoding lacks as what is like it, else as its code; never as a question mark."""
    assert isinstance(error, UnicodeEncodeError)  # noqa: S101 - nothing is read with it
    lost = error.object[error.start : error.end]
    made = []
    for letter in lost:
        plain = _LIKE.get(letter) or unicodedata.normalize("NFKD", letter).encode("ascii", "ignore").decode()
        made.append(plain or letter.encode("ascii", "backslashreplace").decode())
    return "".join(made), error.end


class _Commands(Group):
    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = import_module(f"zrtools.cli.{cmd_name}").command
        return command


@click.group(
    cls=_Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110}
)
@click.version_option(__version__, prog_name="zrtools")
def root() -> None:
    """Work with 絶対リーチ! SMS communicationPlatform: frames, reports, cleaning, delivery reports."""


def main(args: list[str] | None = None) -> None:
    """Run the command line and leave with its exit code.

    0 done, 1 failed, 2 used wrongly, 130 interrupted.
    """
    spoken()
    # a Windows console in CP932 cannot show every character, and a report must not die of it
    codecs.register_error("zrtools", _instead)
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="zrtools")
    try:
        # without standalone mode a ctx.exit(code) comes back as the return value
        code = root.main(args=args, prog_name="zrtools", standalone_mode=False)
    except click.UsageError as error:
        # no other use of the command mends a setting, which is said in the language that is on
        if isinstance(setting := error.__context__, ConfigurationError):
            click.echo(f"zrtools: {told(setting, spoken())}", err=True)
            code = 1
        else:
            error.show()
            code = error.exit_code
    except click.ClickException as error:
        error.show()
        code = 1
    except Interrupted as error:
        click.echo(f"zrtools: {error}", err=True)
        code = 130
    except (click.Abort, KeyboardInterrupt):
        click.echo("zrtools: interrupted.", err=True)
        code = 130
    except ZrtoolsError as error:
        click.echo(f"zrtools: {told(error, spoken())}", err=True)
        code = 1
    except OSError as error:
        where = f" ({error.filename})" if error.filename else ""
        click.echo(
            f"zrtools: {error.strerror or type(error).__name__}{where}. Choose another place or free it.",
            err=True,
        )
        code = 1
    sys.exit(code if isinstance(code, int) else 0)
