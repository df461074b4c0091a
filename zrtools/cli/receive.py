"""`zrtools receive`: take the delivery reports that the service pushes."""

from __future__ import annotations

import os
import re
import secrets
from pathlib import Path

import click

from zrtools import files, words
from zrtools.cli.options import language
from zrtools.errors import ConfigurationError

__all__ = ["command"]

_PATH_FILE = "secret-path.txt"


@click.command()
@click.option(
    "--store",
    "folder",
    type=click.Path(file_okay=False, path_type=Path),
    required=True,
    help="Folder that keeps the reports; made when it is not there.",
)
@click.option(
    "--host", default="127.0.0.1", show_default=True, help="Address to listen on; 0.0.0.0: every one."
)
@click.option(
    "--port", type=click.IntRange(1, 65535), default=8443, show_default=True, help="Port to listen on."
)
@click.option(
    "--path",
    envvar="ZRTOOLS_RECEIVER_PATH",
    help="Secret path of the URL.  [default: ZRTOOLS_RECEIVER_PATH, else made once and kept in the folder]",
)
@click.option(
    "--allow", multiple=True, metavar="ADDRESS", help="IP address or network to let in; repeat for more."
)
@click.option(
    "--user",
    metavar="NAME",
    help="Ask for basic authentication; the password comes from ZRTOOLS_RECEIVER_PASSWORD.",
)
@click.option(
    "--cert", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="TLS certificate, PEM."
)
@click.option("--key", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="Its key, PEM.")
@click.option(
    "--proxy",
    multiple=True,
    metavar="ADDRESS",
    help="Reverse proxy whose X-Forwarded-For is believed; repeat for more.",
)
@click.option(
    "--limit-mb",
    type=click.IntRange(1, 64),
    default=8,
    show_default=True,
    help="Largest body taken, in megabytes.",
)
@click.option(
    "--per-address",
    type=click.IntRange(1, 512),
    default=64,
    show_default=True,
    help="Connections, and requests at a time, of one address.",
)
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
    """Take pushed delivery reports until SIGTERM or Ctrl-C, and keep them in a folder.

    A report is answered with 200 only after it is safe on disk. Read them meanwhile with
    `zr.receiver.Store(folder).scan()`. The service pushes to HTTPS: give --cert and --key, or put a proxy in front.
    """
    from zrtools import receiver

    def say(name: str, **values: object) -> None:
        click.echo(words.text(f"receiver.{name}", lang, **values))

    words.language(lang)
    password = os.environ.get("ZRTOOLS_RECEIVER_PASSWORD") if user is not None else None
    if user is not None and not password:
        raise ConfigurationError("--user needs a password: set ZRTOOLS_RECEIVER_PASSWORD.")
    files.create_folder(folder)
    path = (path or _kept_path(folder)).strip("/")
    if not re.fullmatch(r"[A-Za-z0-9_.~/-]*", path):
        raise ConfigurationError(
            f"The secret path (--path, or the one in {folder / _PATH_FILE}) must be letters, digits and "
            "any of - _ . ~ /."
        )
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
        raise ConfigurationError(
            f"{file} is empty: write the secret path into it, or delete it to have one made."
        )
    return path
