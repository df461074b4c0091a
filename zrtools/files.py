"""Files that hold personal data: readable to their owner alone from their first byte, replaced as a whole.

On Windows a folder's own rights decide: those of a user's profile let nobody else in.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

__all__ = ["create", "create_folder", "replace_file", "tighten"]

_OTHERS = 0o077


def create(path: Path) -> BinaryIO:
    """Make a new file, unbuffered. Raises `FileExistsError`, `OSError`."""
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    return open(os.open(path, flags, 0o600), "wb", buffering=0)  # noqa: PTH123 - whoever asked for it closes it


def create_folder(path: Path) -> None:
    """Make a folder of our own, or take the one that is there back from others. Raises `OSError`."""
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    with suppress(OSError):
        path.chmod(0o700)


def replace_file(path: Path, fill: Callable[[Path], object]) -> Path:
    """Let `fill` write a file beside `path`, then put it in its place: a reader sees the old or the whole new one.

    A new file is its owner's alone; one that is replaced keeps the rights that it had.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{secrets.token_hex(8)}{path.suffix}")
    try:
        create(part).close()
        fill(part)
        with suppress(OSError):
            part.chmod(path.stat().st_mode & 0o777)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
    return path


def tighten(folder: Path) -> None:
    """Take from others what another program wrote into a folder of ours."""
    if os.name != "posix":
        return
    for place, folders, files in os.walk(folder):
        for name in (*folders, *files):
            one = Path(place, name)
            # what vanishes meanwhile, or is somebody else's, is none of our business
            with suppress(OSError):
                mode = one.lstat().st_mode
                if mode & _OTHERS and not one.is_symlink():
                    one.chmod(mode & 0o777 & ~_OTHERS)
