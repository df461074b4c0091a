"""The part of a form that says when something goes out: now, or at a time in Japan, in a group if wanted."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import ipywidgets as w

from zrtools import periods, words
from zrtools.errors import InputError

__all__ = ["Schedule"]


class Schedule(w.VBox):  # type: ignore[misc] # ipywidgets has no types
    """A tick that opens a time and a group tag."""

    def __init__(self, lang: str) -> None:
        self._lang = lang
        self.later = w.Checkbox(description=self._t("schedule"))
        self.when = w.NaiveDatetimePicker(description=self._t("when"))
        self.group = w.Text(description=self._t("group"))
        super().__init__([self.later, self.when, self.group])
        self.later.observe(lambda _: self._show(), "value")
        self._show()

    def on_change(self, callback: Callable[..., None]) -> None:
        """Call back when the tick, the time or the group changes."""
        for widget in (self.later, self.when, self.group):
            widget.observe(callback, "value")

    def read(self, now: datetime) -> tuple[datetime | None, str | None]:
        """Give the time and the group tag, both None for now.

        Raises `InputError` for a time that is missing or past.
        """
        if not self.later.value:
            return None, None
        if self.when.value is None:
            raise InputError(self._t("when_missing"))
        at = periods.time(self.when.value)
        if at <= now:
            raise InputError(self._t("when_past", now=f"{now:%Y-%m-%d %H:%M}"))
        return at, self.group.value.strip() or None

    def say(self, at: datetime | None) -> str:
        """Say a time for people."""
        return self._t("now") if at is None else self._t("at", time=f"{at:%Y-%m-%d %H:%M}")

    def _t(self, key: str, **values: object) -> str:
        return words.text(f"forms.{key}", self._lang, **values)

    def _show(self) -> None:
        for widget in (self.when, self.group):
            widget.layout.display = None if self.later.value else "none"
