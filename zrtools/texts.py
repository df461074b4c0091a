"""The texts of errors, which keep both languages: English for logs and searches, Japanese for whoever reads it.

What they say stands in `zrtools.words.errors`.
"""

from __future__ import annotations

import sys
from importlib import import_module
from typing import Any

__all__ = ["Said", "in_notebook", "said"]


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
        label.ja.format(
            **{name: fact.ja if isinstance(fact, Said) else fact for name, fact in facts.items()}
        ),
    )


def in_notebook() -> bool:
    """Tell whether a notebook's kernel runs this."""
    shell = sys.modules.get("IPython")
    return shell is not None and type(shell.get_ipython()).__name__ == "ZMQInteractiveShell"
