"""Options that several commands have."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

import click

__all__ = ["profile"]

_VARIABLE = "ZRTOOLS_PROFILE"


def _chosen(ctx: click.Context, _: click.Parameter, name: str | None) -> None:
    if name is None:
        return
    before = os.environ.get(_VARIABLE)
    os.environ[_VARIABLE] = name

    def back() -> None:
        os.environ.pop(_VARIABLE, None)
        if before is not None:
            os.environ[_VARIABLE] = before

    ctx.call_on_close(back)


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
