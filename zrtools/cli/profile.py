"""`zrtools profile`: accounts by name, their tokens in no shell's history."""

from __future__ import annotations

from pathlib import Path

import click

from zrtools import words
from zrtools.cli.options import Group, language

__all__ = ["command"]


@click.group(cls=Group)
@language
def command(lang: str | None) -> None:
    """Keep several accounts by name, for --profile and Client(profile=…)."""


@command.command("set")
@click.argument("name")
@click.option("--client-id", metavar="ID")
@click.option("--sms-code", metavar="CODE")
@click.option("--base-url", metavar="URL")
@click.option("--token-file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--keyring/--no-keyring", default=None)
@language
def keep(
    name: str,
    client_id: str | None,
    sms_code: str | None,
    base_url: str | None,
    token_file: Path | None,
    keyring: bool | None,
    lang: str | None,
) -> None:
    """Keep an account, or replace the token of one that is kept. A token is never taken from the command line."""
    import zrtools as zr

    def t(key: str, **values: object) -> str:
        return words.text(f"client.{key}", lang, **values)

    new = name not in zr.client.profile_names()
    if token_file is not None:
        token = token_file.read_text("utf-8")
    else:
        token = click.prompt(t("profile.token"), hide_input=True)
    if new and client_id is None:
        client_id = click.prompt(t("profile.client_id"))
    if new and sms_code is None:
        sms_code = click.prompt(t("profile.sms_code"), default="", show_default=False) or None
    where = zr.client.save_profile(
        name, token=token, client_id=client_id, sms_code=sms_code, base_url=base_url, keyring=keyring
    )
    click.echo(t("profile.saved", name=name, where=t("keyring") if where == "keyring" else where))


@command.command("list")
@language
def show(lang: str | None) -> None:
    """List the accounts that are kept."""
    import zrtools as zr

    click.echo("\n".join(zr.client.profile_names()) or words.text("client.profile.none", lang))


@command.command("remove")
@click.argument("name")
@language
def remove(name: str, lang: str | None) -> None:
    """Forget an account and its token."""
    import zrtools as zr

    zr.client.remove_profile(name)
    click.echo(words.text("client.profile.removed", lang, name=name))
