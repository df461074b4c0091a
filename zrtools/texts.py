"""The texts of errors, which keep both languages: English for logs and searches, Japanese for whoever reads it.

What they say stands in `zrtools.words.errors`.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from importlib import import_module
from typing import Any, Literal

__all__ = ["Said", "in_both", "in_notebook", "japanese", "joined", "said"]


class Said(str):
    """A text in English that carries its Japanese."""

    __slots__ = ("ja",)
    ja: str

    def __new__(cls, en: str, ja: str) -> Said:
        """Make it of both."""
        made = super().__new__(cls, en)
        made.ja = ja
        return made

    def __getnewargs__(self) -> tuple[str, str]:  # type: ignore[override]  # a str's are one
        return str(self), self.ja


def said(key: str, /, **facts: Any) -> Said:
    """Look up why something was refused, and fill its {fields}; a fact that has both languages is said in both."""
    label = import_module("zrtools.words.errors").TEXTS[key]
    return Said(
        label.en.format(**facts),
        label.ja.format(**{name: japanese(fact) for name, fact in facts.items()}),
    )


def japanese(value: Any) -> Any:
    """Give a text, or that of an error, in Japanese where it has both languages; anything else as it is."""
    if isinstance(value, Exception) and value.args and isinstance(value.args[0], Said):
        value = value.args[0]
    return value.ja if isinstance(value, Said) else value


def joined(texts: Iterable[str], separator: str = ", ") -> Said:
    """List texts in both languages; `separator` is the English one."""
    listed = [*texts]
    return Said(separator.join(listed), "、".join(map(japanese, listed)))


def in_both(say: Callable[[Literal["ja", "en"]], str]) -> Said:
    """Say the same in both languages."""
    return Said(say("en"), say("ja"))


def in_notebook() -> bool:
    """Tell whether a notebook's kernel runs this."""
    shell = sys.modules.get("IPython")
    return shell is not None and type(shell.get_ipython()).__name__ == "ZMQInteractiveShell"
