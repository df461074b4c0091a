"""A list of messages to send again, written to a file for a person to look at: nothing of it stands in an answer."""

from __future__ import annotations

import polars as pl

from zrtools import failures, tables
from zrtools.assistant.asked import AskDraft
from zrtools.assistant.desk import Desk
from zrtools.assistant.models import Draft
from zrtools.errors import InputError
from zrtools.files import create_folder, replace_file

__all__ = ["draft"]


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
    path = folder / f"resend-{span[0]:%Y%m%d}-{span[1]:%Y%m%d}.csv"
    try:
        create_folder(folder)
        replace_file(path, lambda part: tables.write(found, part))
    except OSError as error:
        raise InputError(desk.say("not_drafted", why=type(error).__name__)) from None
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
