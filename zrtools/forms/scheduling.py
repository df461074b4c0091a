"""What the forms that send have in common: when something goes out (now, or at a time in Japan), and the templates."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

import ipywidgets as w
from traitlets import validate

from zrtools import periods, words
from zrtools.errors import InputError
from zrtools.texts import said

__all__ = ["Schedule", "Templates"]


class Templates(w.Dropdown):  # type: ignore[misc] # ipywidgets has no types
    """A list of templates that arrive later: one that is wished for before is chosen when it comes."""

    value: Any
    options: Any

    def __init__(self, **traits: Any) -> None:
        self.wish: str | None = None
        self._pending = True
        super().__init__(**traits)

    @validate("value")
    def _validate_value(self, proposal: Any) -> Any:
        if self._pending and isinstance(proposal.value, str) and proposal.value not in self._options_values:
            self.wish = proposal.value
            return self.value
        return super()._validate_value(proposal)

    def offer(self, options: Sequence[tuple[str, str]]) -> str | None:
        """Add templates, and choose the one that was wished for; give that wish where it is not among them."""
        self._pending = False
        chosen = self.value
        self.options = (*self.options, *options)
        self.value = self.wish if self.wish in self._options_values else chosen
        return None if self.wish is None or self.value == self.wish else self.wish


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
            raise InputError(self._t("when_past", now=words.moment(now, self._lang, short=False)))
        return at, self.group.value.strip() or None

    def preset(self, time: periods.Time | None, group: str | None) -> None:
        """Fill in a time, and a group tag for it.

        Raises `InputError` for what is no time, and for a group without one.
        """
        if time is None:
            if group is not None:
                raise InputError(said("forms.group_tag"))
            return
        self.later.value = True
        self.when.value = periods.time(time, "schedule_time").replace(tzinfo=None)
        self.group.value = group or ""

    def say(self, at: datetime | None) -> str:
        """Say a time for people."""
        return self._t("now") if at is None else self._t("at", time=words.moment(at, self._lang, short=False))

    def _t(self, key: str, **values: object) -> str:
        return words.text(f"forms.{key}", self._lang, **values)

    def _show(self) -> None:
        for widget in (self.when, self.group):
            widget.layout.display = None if self.later.value else "none"
