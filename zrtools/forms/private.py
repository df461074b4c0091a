"""Widgets whose content never becomes widget state, so that no saved notebook holds it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import anywidget
import traitlets

from zrtools.forms.web import WEB

__all__ = ["PrivateDownload", "PrivateHTML", "PrivateTable", "PrivateText"]


class PrivateText(anywidget.AnyWidget):
    """A labelled field for a token, a phone number or a list of numbers.

    What is typed travels to the kernel in messages, not as a trait: `text` reads it, `on_text` is called with
    every change, `clear` empties the field. Only `hint`, the line below the field, is state. Each view shows what the
    kernel holds: a new one asks for it, and what is typed in one goes to the others. What is `secret` never goes back
    to a page: when a new view asks, it is forgotten, and `gone` is said.
    """

    _esm = WEB / "private_text.js"

    description = traitlets.Unicode().tag(sync=True)
    placeholder = traitlets.Unicode().tag(sync=True)
    hint = traitlets.Unicode().tag(sync=True)
    state = traitlets.Enum(("plain", "good", "bad"), default_value="plain").tag(sync=True)
    secret = traitlets.Bool(False).tag(sync=True)
    lines = traitlets.Int(1).tag(sync=True)
    disabled = traitlets.Bool(False).tag(sync=True)

    def __init__(self, *, gone: str = "", **traits: Any) -> None:
        super().__init__(**traits)
        self._typed = ""
        self._gone = gone
        self._callbacks: list[Callable[[str], None]] = []
        self.on_msg(self._receive)

    @property
    def text(self) -> str:
        """What stands in the field now."""
        return self._typed

    def on_text(self, callback: Callable[[str], None]) -> None:
        """Call back with the text after every change."""
        self._callbacks.append(callback)

    def say(self, hint: str, state: str = "plain") -> None:
        """Show a line below the field; `state` is "plain", "good" or "bad"."""
        with self.hold_sync():
            self.hint, self.state = hint, state

    def fill(self, text: str) -> None:
        """Put text into the field, here and on the page, as if a person had typed it."""
        self.send({"text": "" if self.secret else text})
        self._take(text)

    def clear(self) -> None:
        """Empty the field, here and on the page."""
        self.fill("")

    def _take(self, text: str) -> None:
        self._typed = text
        for callback in self._callbacks:
            callback(text)

    def _receive(self, _widget: object, content: Any, _buffers: object) -> None:
        if not isinstance(content, dict):
            return
        text, view = content.get("text"), content.get("view")
        if text is None and not self.secret:
            self.send({"text": self._typed, "to": view})
        elif text is None and self._typed:
            self.clear()
            self.say(self._gone, "bad")
        elif isinstance(text, str) and text != self._typed:
            if not self.secret:
                self.send({"text": text, "by": view})
            self._take(text)


class PrivateHTML(anywidget.AnyWidget):
    """What a person about to send sees as it leaves: `value` goes to the page in messages and is no state."""

    _esm = WEB / "private_html.js"

    def __init__(self, **traits: Any) -> None:
        super().__init__(**traits)
        self._value = ""
        self.on_msg(lambda *_: self._show())

    @property
    def value(self) -> str:
        """The HTML that is shown."""
        return self._value

    @value.setter
    def value(self, html: str) -> None:
        self._value = html
        self._show()

    def _show(self) -> None:
        self.send({"html": self._value})


class PrivateTable(anywidget.AnyWidget):
    """A table whose rows can be ticked: `value` is a list of the places of those that are; the cells are no state."""

    _esm = WEB / "private_table.js"

    head = traitlets.List(traitlets.Unicode()).tag(sync=True)
    all = traitlets.Unicode().tag(sync=True)
    value = traitlets.List(traitlets.Int()).tag(sync=True)
    disabled = traitlets.Bool(False).tag(sync=True)

    def __init__(self, **traits: Any) -> None:
        super().__init__(**traits)
        self._rows: list[list[str]] = []
        self.on_msg(lambda *_: self._show())

    @property
    def rows(self) -> list[list[str]]:
        """The cells that are shown; new ones take the ticks away."""
        return self._rows

    @rows.setter
    def rows(self, rows: list[list[str]]) -> None:
        self._rows = rows
        self.value = []
        self._show()

    def _show(self) -> None:
        self.send({"rows": self._rows})


class PrivateDownload(anywidget.AnyWidget):
    """A button that hands a file to the browser; the file's bytes are made on the click and are no state."""

    _esm = WEB / "private_download.js"

    description = traitlets.Unicode().tag(sync=True)
    disabled = traitlets.Bool(False).tag(sync=True)

    def __init__(self, make: Callable[[], tuple[str, bytes]], **traits: Any) -> None:
        super().__init__(**traits)
        self._make = make
        self.on_msg(self._receive)

    def _receive(self, _widget: object, content: Any, _buffers: object) -> None:
        if isinstance(content, dict) and content.get("wanted") and not self.disabled:
            name, body = self._make()
            self.send({"name": name}, [body])
