"""`zrtools sandbox`: the service's API on a loopback port, for any client."""

from __future__ import annotations

import os
import signal
import threading
from datetime import datetime
from types import FrameType
from typing import TYPE_CHECKING
from urllib.parse import urlencode

import click

from zrtools import words
from zrtools.cli.options import Command, language

if TYPE_CHECKING:
    from zrtools.sandbox import Sandbox

__all__ = ["command"]


@click.command(cls=Command)
@click.option("--port", type=click.IntRange(0, 65535), default=8765, show_default=True)
@click.option("--seed", type=int, default=0, show_default=True)
@click.option("--today", metavar="DAY", type=click.DateTime(["%Y-%m-%d"]))
@click.option("--messages-per-day", type=click.IntRange(1, 1_000_000), default=4000, show_default=True)
@click.option("--dlr-url", metavar="URL")
@click.option("--dlr-format", type=click.Choice(["json", "xml"]), default="json", show_default=True)
@language
def command(
    port: int,
    seed: int,
    today: datetime | None,
    messages_per_day: int,
    dlr_url: str | None,
    dlr_format: str,
    lang: str | None,
) -> None:
    """Run the sandbox until it is interrupted: the whole API on loopback, with simulated traffic."""
    from zrtools.sandbox import Sandbox

    stop = threading.Event()

    def ended(number: int, frame: FrameType | None) -> None:  # noqa: ARG001 - called as every signal handler is
        stop.set()

    # from here on a signal ends the sandbox cleanly, as early as it may come
    before = {number: signal.signal(number, ended) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        box = Sandbox(
            port=port,
            seed=seed,
            today=None if today is None else today.date(),
            messages_per_day=messages_per_day,
            dlr_url=dlr_url,
            dlr_format="xml" if dlr_format == "xml" else "json",
        )
        with box:
            day = f"{(box.now().replace(day=1)):%Y%m%d}"
            query = urlencode({"token": box.token, "clientId": box.client_id, "date": day})
            for line, value in (
                ("url", box.url),
                ("token", box.token),
                ("client_id", box.client_id),
                ("sms_code", box.sms_code),
                ("now", f"{box.now():%Y-%m-%d %H:%M}"),
            ):
                click.echo(words.text(f"sandbox.{line}", lang, value=value))
            click.echo(words.text("sandbox.try", lang))
            click.echo(f'curl "{box.url}/p5/api/status.json?{query}"')
            click.echo(words.text("sandbox.set", lang))
            click.echo(_settings(box))
            click.echo(words.text("sandbox.stop", lang))
            # in short waits, for on Windows a wait without end would not notice Ctrl-C
            while not stop.wait(0.5):
                continue
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    click.echo(words.text("sandbox.ended", lang))


def _settings(box: Sandbox) -> str:
    """Write what a shell of this system sets, to be pasted."""
    values = {"BASE_URL": box.url, "TOKEN": box.token, "CLIENT_ID": box.client_id, "SMS_CODE": box.sms_code}
    if os.name == "nt":
        return "; ".join(f'$env:ZRTOOLS_{name} = "{value}"' for name, value in values.items())
    return "export " + " ".join(f"ZRTOOLS_{name}={value}" for name, value in values.items())
