"""A list of messages to send again, written to a file for a person to look at: nothing of it stands in an answer."""

from __future__ import annotations

import io
from pathlib import Path

import polars as pl

from zrtools import failures, tables
from zrtools.assistant.asked import AskDraft
from zrtools.assistant.desk import Desk
from zrtools.assistant.models import Draft
from zrtools.errors import InputError
from zrtools.files import create, create_folder

__all__ = ["draft"]

_MOST = 20


def draft(desk: Desk, asked: AskDraft) -> Draft:
    """Write what `Investigation.to_resend` lists to a file of --drafts; the server chooses its name."""
    folder = desk.settings.drafts
    if folder is None:
        raise InputError(desk.say("no_drafts"))
    span = desk.span(asked.period)
    found = failures.investigate(
        desk.archive, span, compare_to=False, keep_for=asked.keep_for_hours, mask=False, lang=desk.lang
    ).to_resend
    desk.go_on()
    if found.filter(~pl.col("phone_number").str.starts_with("+81")).height:
        raise InputError(desk.say("hashed"))
    if found["message"].null_count():
        raise InputError(desk.say("no_bodies"))
    if found.is_empty():
        return Draft(**desk.common(span, 0, said=[desk.say("nothing_to_send")]), file=None, messages=0)
    try:
        create_folder(folder)
        path = _written(folder, f"resend-{span[0]:%Y%m%d}-{span[1]:%Y%m%d}", tables.as_csv(found))
    except OSError as error:
        raise InputError(desk.say("not_drafted", why=type(error).__name__)) from None
    if path is None:
        raise InputError(desk.say("many_drafts", most=_MOST))
    line = f"zr.forms.campaign(client, zr.tables.read({str(path)!r}))"
    return Draft(
        **desk.common(
            span,
            0,
            said=[desk.say("drafted", n=f"{found.height:,}")],
            then=[desk.command("next_campaign", line)],
        ),
        file=path.name,
        messages=found.height,
    )


def _written(folder: Path, name: str, body: bytes) -> Path | None:
    """Write a new file; one that is there may have been worked on, so it stays, and serves where it is the same."""
    for number in range(1, _MOST + 1):
        path = folder / (f"{name}.csv" if number == 1 else f"{name}-{number}.csv")
        try:
            file = create(path)
        except FileExistsError:
            if path.is_file() and path.read_bytes() == body:
                return path
            continue
        try:
            with io.BufferedWriter(file) as whole:
                whole.write(body)
        except OSError:
            path.unlink(missing_ok=True)
            raise
        return path
    return None
