"""Options that several commands have."""

from __future__ import annotations

import os
from collections.abc import Callable
from difflib import get_close_matches
from typing import Any

import click

from zrtools import words
from zrtools.errors import InputError

__all__ = ["Group", "language", "profile", "spoken"]

_PROFILE, _LANGUAGE = "ZRTOOLS_PROFILE", "ZRTOOLS_LANG"
# what a command said outlives it: its errors are told after its end
_SPOKEN: dict[str, str] = {}


def _chosen(ctx: click.Context, option: click.Parameter, value: str | None) -> str | None:
    """Set the variable that the option stands for, while the command runs."""
    if value is None:
        return None
    variable = _LANGUAGE if option.name == "lang" else _PROFILE
    before = os.environ.get(variable)
    os.environ[variable] = value
    _SPOKEN[variable] = value

    def back() -> None:
        os.environ.pop(variable, None)
        if before is not None:
            os.environ[variable] = before

    ctx.call_on_close(back)
    return value


class Group(click.Group):
    """Commands of which one that does not exist is answered with the one that was probably meant."""

    def resolve_command(self, ctx: click.Context, args: list[str]) -> Any:
        """Find the command that is called."""
        try:
            return super().resolve_command(ctx, args)
        except click.UsageError as error:
            close = " or ".join(map(repr, get_close_matches(args[0], self.list_commands(ctx))))
            if not close:
                raise
            raise click.UsageError(f"{error.message} (Did you mean {close}?)", ctx) from None


def profile(function: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the option --profile: every client that it makes is of that account."""
    return click.option(
        "--profile",
        metavar="NAME",
        expose_value=False,
        is_eager=True,
        callback=_chosen,
        help="The account, as kept by zrtools profile.  [default: ZRTOOLS_PROFILE]",
    )(function)


def language(function: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the option --lang: all that it says, errors too, is in that language."""
    return click.option(
        "--lang",
        type=click.Choice(["ja", "en"]),
        is_eager=True,
        callback=_chosen,
        help="Language.  [default: ZRTOOLS_LANG, else ja]",
    )(function)


def spoken() -> str | None:
    """Tell once which language the last command was given, English where ZRTOOLS_LANG is none."""
    try:
        return words.language(_SPOKEN.pop(_LANGUAGE, None))
    except InputError:
        return "en"
