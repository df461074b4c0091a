"""The shape of an answer: what a vendor needs to see of one that cannot be read, without what it says."""

from __future__ import annotations

import re

from zrtools.wire import read_json

__all__ = ["shape"]

_MOST = 6  # fields, items or levels
_LONGEST = 160
_NAME = re.compile(r"[A-Za-z][A-Za-z_]{0,30}")


def shape(body: bytes) -> str:
    """Write an answer down by names and kinds of its fields; a text by its letters and digits, made alike."""
    value = read_json(body)
    if isinstance(value, dict | list):
        return f"{len(body):,} bytes of JSON: {_of(value)}"
    return f"{len(body):,} bytes, no JSON: {_alike(body[: 4 * _LONGEST].decode('utf-8', 'replace'))}"


def _of(value: object, depth: int = 0) -> str:
    if isinstance(value, dict):
        if depth == _MOST:
            return "{…}"
        shown = [f"{_named(str(k))}: {_of(v, depth + 1)}" for k, v in list(value.items())[: 3 * _MOST]]
        return "{" + ", ".join([*shown, *(["…"] if len(value) > len(shown) else [])]) + "}"
    if isinstance(value, list):
        if depth == _MOST or not value:
            return f"[{len(value)}]"
        return f"[{len(value)} of {_of(value[0], depth + 1)}]"
    if isinstance(value, str):
        return f'"{_alike(value)}"'
    if value is None or isinstance(value, bool):
        return str(value).lower() if value is not None else "null"
    return _alike(str(value))


def _named(name: str) -> str:
    """Keep a field's name as the service spells its own; another one may be anything."""
    return name if _NAME.fullmatch(name) or name in ("101", "103", "105", "106") else f'"{_alike(name)}"'


def _alike(text: str) -> str:
    """Put 9 for digits, a and A for letters, あ for other scripts; what runs on is cut."""
    cut = text[:_LONGEST]
    kept = "".join(
        "9"
        if c.isdigit()
        else ("A" if c.isupper() else "a")
        if c.isascii() and c.isalpha()
        else c
        if c.isascii() and c.isprintable()
        else "あ"
        if c.isalpha()
        else " "
        for c in cut
    )
    kept = re.sub(r"(9|a|A|あ| )\1{7,}", lambda run: f"{run[1] * 3}…", kept)
    return kept + ("…" if len(text) > len(cut) else "")
