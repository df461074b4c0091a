"""What an archive keeps, as recorded in it, and the key of hashed numbers."""

from __future__ import annotations

import hmac
import os
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Literal, Self

from zrtools.archive.delta import is_remote
from zrtools.errors import ConfigurationError
from zrtools.texts import said

__all__ = ["VERSION", "Settings", "find_key", "fingerprint"]

VERSION = 1
"""The archive's own version; a newer one is refused."""


@dataclass(frozen=True)
class Settings:
    """What is kept; `key` is the fingerprint of the key, not the key."""

    numbers: Literal["plain", "hashed"] = "plain"
    messages: bool = True
    rawdata: bool = False
    key: str = ""

    def properties(self) -> dict[str, str]:
        """Write the settings as properties of the table."""
        return {
            "zrtools.archive": str(VERSION),
            **{f"zrtools.{f.name}": str(getattr(self, f.name)) for f in fields(self)},
            # statistics stand in the log as plain text and outlive the day: none of anything personal
            "delta.dataSkippingStatsColumns": "status_id",
        }

    @classmethod
    def read(cls, properties: Mapping[str, str]) -> Self:
        """Read the settings from the properties of a table."""
        texts = {f.name: properties.get(f"zrtools.{f.name}", "") for f in fields(cls)}
        return cls(
            numbers="hashed" if texts["numbers"] == "hashed" else "plain",
            messages=texts["messages"] == "True",
            rawdata=texts["rawdata"] == "True",
            key=texts["key"],
        )


def find_key(given: bytes | os.PathLike[str] | None, *, archive: str) -> bytes:
    """Find the key of hashed numbers: the one given, else the environment's, never inside the archive.

    Raises `ConfigurationError`.
    """
    file: Path | None = None
    key = b""
    if isinstance(given, bytes):
        key = given
    elif given is not None:
        file = Path(os.fspath(given))
    elif text := os.environ.get("ZRTOOLS_HASH_KEY"):
        key = text.encode()
    elif name := os.environ.get("ZRTOOLS_HASH_KEY_FILE"):
        file = Path(name).expanduser()
    else:
        raise ConfigurationError(said("archive.no_key"))
    if file is not None:
        if not is_remote(archive) and file.resolve().is_relative_to(Path(archive).resolve()):
            raise ConfigurationError(said("archive.key_inside"))
        try:
            key = file.read_bytes().strip()
        except OSError as error:
            raise ConfigurationError(said("archive.key_unreadable", file=file, why=error.strerror)) from None
    if len(key) < 16:
        raise ConfigurationError(said("archive.short_key"))
    return key


def fingerprint(key: bytes) -> str:
    """Tell keys apart without telling the key."""
    return hmac.digest(key, b"zrtools archive", "sha256").hex()[:16]
