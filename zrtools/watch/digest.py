"""What a look found, to be told: items that can be kept, and written as text, Markdown or a page."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from zrtools import words
from zrtools.arguments import checked
from zrtools.errors import InputError
from zrtools.privacy import mask_text
from zrtools.reports.page import Page
from zrtools.texts import said

__all__ = ["LEVELS", "Digest", "Finding"]

LEVELS = ("nothing", "watch", "blind", "incident")
"""How grave a digest is, the gravest last. `blind`: days could not be looked at."""


@dataclass(frozen=True, slots=True)
class Finding:
    """Something found: what it is of, when, how large, and in words. `level` is one of `LEVELS`."""

    level: str
    dimension: str
    values: list[str | None]
    group: str
    start: datetime
    end: datetime
    excess: float
    is_over: bool
    sentence: str
    cause: str = ""
    ticket: str | None = None


@dataclass(frozen=True, slots=True)
class Digest:
    """What is told at once, to `targets`. `items` hold what happened (new, worse, over), sentence, cause and ticket."""

    id: str
    made_at: str
    kind: str
    level: str
    lang: words.Lang
    items: list[dict[str, Any]] = field(default_factory=list)
    targets: list[str] = field(default_factory=list)
    again: bool = False

    @classmethod
    @checked
    def read(cls, text: str, *, again: bool = False) -> Digest:
        """Read what `kept` wrote. Raises `InputError` for other text."""
        try:
            return cls(**{**json.loads(text), "again": again})
        except (ValueError, TypeError):
            raise InputError(said("watch.text")) from None

    def kept(self) -> str:
        """Write it so that it can be told later."""
        return json.dumps(asdict(self), ensure_ascii=False)

    @property
    def title(self) -> str:
        """Say what this is of."""
        return words.text(f"watch.title_{self.kind}", self.lang, at=self.made_at[:16])

    def text(self) -> str:
        """Write it for a terminal and a log."""
        lines = [self.title, *self._notes()]
        for item in self.items:
            lines.append(f"- {self._named(item)}{item['sentence']}")
            lines += [f"  {item['cause']}"] if item.get("cause") else []
        return mask_text("\n".join(lines)) + "\n"

    def markdown(self) -> str:
        """Write it as Markdown, with the texts to send."""
        parts = [f"# {self.title}", *self._notes()]
        for item in self.items:
            parts.append(f"- {self._bold(item)}{item['sentence']}")
            parts += [f"  {item['cause']}"] if item.get("cause") else []
            if item.get("ticket"):
                ticket = item["ticket"].replace("\n", "\n  ")
                parts.append(f"\n  ```text\n  {ticket}\n  ```\n")
        return mask_text("\n".join(parts)) + "\n"

    def html(self) -> str:
        """Write it as a page that is complete in itself."""
        page = Page(self.title, words.text("watch.subtitle", self.lang), self.lang)
        page.lead(words.text(f"watch.lead_{self.level}", self.lang, n=len(self.items)), *self._notes())
        for item in self.items:
            page.points(
                [(self._named(item).strip() or "–", item["sentence"])] if item["what"] else [item["sentence"]]
            )
            page.text(item.get("cause", ""))
            if item.get("ticket"):
                page.quoted(words.text("causes.ticket", self.lang), item["ticket"])
        return page.html()

    def _notes(self) -> list[str]:
        return [words.text("watch.again", self.lang, id=self.id)] if self.again else []

    def _named(self, item: Mapping[str, Any]) -> str:
        return words.text(f"watch.{item['what']}", self.lang) if item["what"] else ""

    def _bold(self, item: Mapping[str, Any]) -> str:
        named = self._named(item).strip()
        return f"**{named}** " if named else ""
