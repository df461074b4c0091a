"""`zrtools receive`: take the delivery reports that the service pushes."""

from __future__ import annotations

import os
import re
import secrets
from pathlib import Path

import click

from zrtools import files, words
from zrtools.cli.options import Command, language
from zrtools.errors import ConfigurationError
from zrtools.texts import said

__all__ = ["command"]

_PATH_FILE = "secret-path.txt"


@click.command(cls=Command)
@click.option("--store", "folder", type=click.Path(file_okay=False, path_type=Path), required=True)
@click.option("--host", metavar="ADDRESS", default="127.0.0.1", show_default=True)
@click.option("--port", type=click.IntRange(1, 65535), default=8443, show_default=True)
@click.option("--path", metavar="PATH", envvar="ZRTOOLS_RECEIVER_PATH")
@click.option("--allow", multiple=True, metavar="ADDRESS")
@click.option("--user", metavar="NAME")
@click.option("--cert", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--key", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--proxy", multiple=True, metavar="ADDRESS")
@click.option("--limit-mb", type=click.IntRange(1, 64), default=8, show_default=True)
@click.option("--per-address", type=click.IntRange(1, 512), default=64, show_default=True)
@language
def command(
    folder: Path,
    host: str,
    port: int,
    path: str | None,
    allow: tuple[str, ...],
    user: str | None,
    cert: Path | None,
    key: Path | None,
    proxy: tuple[str, ...],
    limit_mb: int,
    per_address: int,
    lang: str | None,
) -> None:
    """Take pushed delivery reports until SIGTERM or Ctrl-C, and keep them in a folder."""
    from zrtools import receiver

    def say(name: str, **values: object) -> None:
        click.echo(words.text(f"receiver.{name}", lang, **values))

    words.language(lang)
    password = os.environ.get("ZRTOOLS_RECEIVER_PASSWORD") if user is not None else None
    if user is not None and not password:
        raise ConfigurationError(said("cli.password"))
    files.create_folder(folder)
    path = (path or _kept_path(folder)).strip("/")
    if not re.fullmatch(r"[A-Za-z0-9_.~/-]*", path):
        raise ConfigurationError(said("cli.secret_path", file=folder / _PATH_FILE))
    scheme = "https" if cert else "http"
    name = f"[{host}]" if ":" in host else host

    def begun() -> None:
        say("begin", url=f"{scheme}://{name}:{port}/{path}", folder=folder)
        if cert is None:
            say("no_tls")

    with receiver.Store(folder) as store:
        store.open()
        receiver.serve(
            store,
            host=host,
            port=port,
            path=path,
            addresses=allow,
            username=user,
            password=password,
            limit=limit_mb * 1_000_000,
            per_address=per_address,
            certificate=cert,
            key=key,
            proxies=proxy,
            started=begun,
        )
        came = store.counters
    say("end", **came)
    if came["odd"]:
        say("odd", **came)


def _kept_path(folder: Path) -> str:
    """Read the secret path, or make one: the service keeps pushing to the URL that it was once told."""
    file = folder / _PATH_FILE
    if not file.exists():
        with files.create(file) as made:
            made.write(f"{secrets.token_urlsafe(18)}\n".encode())
    # an editor may have written it anew, with a mark at its beginning
    path = file.read_bytes().decode("utf-8-sig", "replace").strip()
    if not path:
        raise ConfigurationError(said("cli.secret_path_empty", file=file))
    return path
