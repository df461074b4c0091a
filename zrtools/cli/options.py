"""Commands and the options that several of them have, in the language that is on."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from importlib import import_module
from typing import Any

import click
from click import core, decorators, exceptions, formatting, parser, termui, types

from zrtools import words
from zrtools.cli.console import Formatter
from zrtools.errors import ConfigurationError, InputError, Interrupted, ZrtoolsError
from zrtools.words.cli import CLICK, PYTHON, TEXTS

__all__ = ["LANGUAGE", "Command", "Group", "language", "profile", "spoken", "variable", "worded"]

LANGUAGE, _PROFILE = "ZRTOOLS_LANG", "ZRTOOLS_PROFILE"


def _of_click(english: str) -> str:
    # whether ZRTOOLS_LANG is a language is seen elsewhere
    return CLICK.get(english, english) if os.environ.get(LANGUAGE, "ja") == "ja" else english


# click looks its own wording up with gettext, which would need compiled catalogues in a folder of their own
for _module in (core, decorators, exceptions, formatting, parser, termui, types):
    for _name, _look_up in (
        ("_", _of_click),
        ("ngettext", lambda one, many, n: _of_click(one if n == 1 else many)),
    ):
        if hasattr(_module, _name):
            setattr(_module, _name, _look_up)


class Context(click.Context):
    """A context whose help counts wide characters."""

    formatter_class = Formatter

    def __init__(self, command: click.Command, *args: Any, **settings: Any) -> None:
        super().__init__(command, *args, **{"help_option_names": ["-h", "--help"], **settings})
        self.max_content_width = 100


class _Spoken(click.Command):
    context_class = Context

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        try:
            return super().parse_args(ctx, args)
        except click.UsageError as error:
            # an option without its value does not say whose it is
            if error.ctx is None:
                raise click.UsageError(error.format_message(), ctx) from None
            raise


class Command(_Spoken):
    """A command whose errors are in the reader's language, and speak of its options."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command."""
        try:
            return super().invoke(ctx)
        except (Interrupted, click.ClickException):
            raise
        except ZrtoolsError as error:
            told = _of_options(words.told(error, ctx.params.get("lang")), self)
            # no other use of the command mends a setting, which is an InputError, too
            if isinstance(error, InputError) and not isinstance(error, ConfigurationError):
                raise click.UsageError(told, ctx) from error
            raise click.ClickException(told) from error


class Group(_Spoken, click.Group):
    """Commands that load when they are called."""

    command_class = Command
    key = ""

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Find a command, with its help in the language that is on."""
        if cmd_name not in self.commands:
            return None
        key = f"{self.key}.{cmd_name}".removeprefix(".")
        found: click.Command | None = self.commands[cmd_name]
        if found is None:
            found = import_module(f"zrtools.cli.{key.replace('.', '_')}").command
        return worded(found, key)

    def listed(self, *names: str) -> None:
        """Name commands that load when they are called, each from a file of its own."""
        self.commands.update(dict.fromkeys(names))  # type: ignore[arg-type]  # click has no commands to come


def worded(command: click.Command, key: str) -> click.Command:
    """Give a command, its arguments and options their help in the language that is on."""

    def said(*keys: str) -> str:
        return words.label(TEXTS[next((one for one in keys if one in TEXTS), keys[0])])

    # the first line is empty, for click takes the indentation of what follows the first off
    command.help = "\n" + said(key or "root")
    command.short_help = command.help.splitlines()[1]
    command.epilog = "\n" + said(f"{key or 'root'}.notes")
    command.options_metavar = said("options")
    if isinstance(command, Group):
        command.key, command.subcommand_metavar = key, said("commands")
    for param in command.get_params(Context(command)):
        if isinstance(param.type, types.IntParamType | types.FloatParamType) and not param.metavar:
            param.metavar = "N"
        if isinstance(param, click.Option | click.Argument):
            # click's own have names of its own
            name = param.opts[-1].lstrip("-") if (param.name or "_").startswith("_") else param.name
            param.help = said(f"{key}.{name}", f"option.{name}")
    return command


def _of_options(text: str, command: click.Command) -> str:
    """Say an error of a call in Python as one of a command: by the names of its options."""
    options = {p.name: p.opts[0] for p in command.params if isinstance(p, click.Option) and p.name}
    for needed, pattern, replacement in PYTHON:
        if not needed or needed in options or f"--{needed}" in options.values():
            text = re.sub(pattern, replacement, text)
    for name, option in options.items():
        pattern = rf"(?<![\w-]){name}(?:=|\b)" if "_" in name else rf"(?<![\w-]){name}=(?!\w)|^{name}(?= )"
        text = re.sub(pattern, option, text)
    return text


def _chosen(ctx: click.Context, option: click.Parameter, value: str | None) -> None:  # noqa: ARG001
    """Set the variable that the option stands for, while the command runs."""
    if value is not None:
        ctx.with_resource(variable(_PROFILE, value))


@contextmanager
def variable(name: str, value: str) -> Iterator[None]:
    """Set a variable of the environment for a while."""
    before = os.environ.get(name)
    os.environ[name] = value
    try:
        yield
    finally:
        os.environ.pop(name)
        if before is not None:
            os.environ[name] = before


def profile(function: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the option --profile: every client that it makes is of that account."""
    return click.option("--profile", metavar="NAME", expose_value=False, is_eager=True, callback=_chosen)(
        function
    )


def language(function: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the option --lang, which `spoken` finds before anything is said."""
    return click.option("--lang", type=click.Choice(["ja", "en"]), is_eager=True)(function)


def spoken(args: Sequence[str]) -> words.Lang:
    """Tell which language a command line is answered in: --lang, then ZRTOOLS_LANG, the system's, Japanese.

    Raises `InputError` for a ZRTOOLS_LANG that is none. A wrong --lang is refused by its option.
    """
    asked = None
    for word, following in zip(args, [*args[1:], ""], strict=False):
        if word == "--":
            break
        asked = (
            following
            if word == "--lang"
            else word.removeprefix("--lang=")
            if word.startswith("--lang=")
            else asked
        )
    if asked in ("ja", "en"):
        return words.language(asked)
    return words.language(os.environ.get(LANGUAGE) or _of_system())


def _of_system() -> str | None:
    """Name the language of the system's surface, where it is one of the two."""
    if sys.platform == "win32":
        import ctypes

        return {0x09: "en", 0x11: "ja"}.get(ctypes.windll.kernel32.GetUserDefaultUILanguage() & 0x3FF)
    named = next(filter(None, map(os.environ.get, ("LC_ALL", "LC_MESSAGES", "LANG"))), "")
    found = re.match(r"(ja|en)(?![A-Za-z])", named)
    return found and found[1]
