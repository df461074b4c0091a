"""Widgets whose content never becomes widget state, so that no saved notebook holds it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import anywidget
import traitlets

__all__ = ["PrivateDownload", "PrivateText"]


class PrivateText(anywidget.AnyWidget):
    """A labelled field for a token, a phone number or a list of numbers.

    What is typed travels to the kernel in messages, not as a trait: `text` reads it, `on_text` is called with
    every change, `clear` empties the field. Only `hint`, the line below the field, is state.
    """

    _esm = """
    function render({ model, el }) {
      const id = "zrtools-" + Math.random().toString(36).slice(2);
      const label = document.createElement("label");
      label.htmlFor = id;
      const many = model.get("lines") > 1;
      const box = document.createElement(many ? "textarea" : "input");
      box.id = id;
      box.autocomplete = "off";
      box.spellcheck = false;
      if (many) box.rows = model.get("lines");
      else box.type = model.get("secret") ? "password" : "text";
      const hint = document.createElement("div");
      hint.className = "zrtools-hint";
      hint.setAttribute("role", "status");
      const field = document.createElement("div");
      field.className = "zrtools-field";
      field.append(box, hint);
      el.classList.add("zrtools-private");
      el.append(label, field);

      const show = () => {
        label.textContent = model.get("description");
        box.placeholder = model.get("placeholder");
        box.disabled = model.get("disabled");
        hint.textContent = model.get("hint");
        hint.dataset.state = model.get("state");
      };
      show();
      model.on("change", show);
      let waiting;
      box.addEventListener("input", () => {
        clearTimeout(waiting);
        waiting = setTimeout(() => model.send({ text: box.value }), many ? 200 : 0);
      });
      box.addEventListener("change", () => {
        clearTimeout(waiting);
        model.send({ text: box.value });
      });
      // the notebook's own shortcuts must not fire while someone types
      box.addEventListener("keydown", (event) => event.stopPropagation());
      const onMessage = (message) => { if ("text" in message) box.value = message.text; };
      model.on("msg:custom", onMessage);
      return () => { model.off("change", show); model.off("msg:custom", onMessage); };
    }
    export default { render };
    """
    _css = """
    .zrtools-private { display: flex; gap: 8px; align-items: flex-start; margin: 2px; }
    .zrtools-private label { width: 130px; text-align: right; line-height: 28px; flex: none; }
    .zrtools-private .zrtools-field { flex: 1; max-width: 480px; }
    .zrtools-private input, .zrtools-private textarea {
      width: 100%; box-sizing: border-box; min-height: 28px; padding: 2px 8px; font: inherit;
      border: 1px solid var(--jp-widgets-input-border-color, #9e9e9e);
      background: var(--jp-widgets-input-background-color, white); color: var(--jp-widgets-input-color, black);
    }
    .zrtools-private input:focus, .zrtools-private textarea:focus { outline: 2px solid #0072b2; }
    .zrtools-private .zrtools-hint {
      min-height: 18px; font-size: 12px; white-space: pre-line; color: var(--jp-ui-font-color2, #555);
    }
    .zrtools-private .zrtools-hint[data-state="good"] { color: #00664b; }
    .zrtools-private .zrtools-hint[data-state="bad"] { color: #b03a00; }
    """

    description = traitlets.Unicode().tag(sync=True)
    placeholder = traitlets.Unicode().tag(sync=True)
    hint = traitlets.Unicode().tag(sync=True)
    state = traitlets.Enum(("plain", "good", "bad"), default_value="plain").tag(sync=True)
    secret = traitlets.Bool(False).tag(sync=True)
    lines = traitlets.Int(1).tag(sync=True)
    disabled = traitlets.Bool(False).tag(sync=True)

    def __init__(self, **traits: Any) -> None:
        super().__init__(**traits)
        self._typed = ""
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
        self.send({"text": text})
        self._take(text)

    def clear(self) -> None:
        """Empty the field, here and on the page."""
        self.fill("")

    def _take(self, text: str) -> None:
        self._typed = text
        for callback in self._callbacks:
            callback(text)

    def _receive(self, _widget: object, content: Any, _buffers: object) -> None:
        text = content.get("text") if isinstance(content, dict) else None
        if isinstance(text, str) and text != self._typed:
            self._take(text)


class PrivateDownload(anywidget.AnyWidget):
    """A button that hands a file to the browser; the file's bytes are made on the click and are no state."""

    _esm = """
    function render({ model, el }) {
      const button = document.createElement("button");
      button.className = "lm-Widget jupyter-widgets jupyter-button widget-button";
      button.style.width = "auto";
      const show = () => {
        button.textContent = model.get("description");
        button.disabled = model.get("disabled");
      };
      show();
      model.on("change", show);
      button.addEventListener("click", () => model.send({ wanted: true }));
      const onMessage = (message, buffers) => {
        if (!message.name) return;
        const link = document.createElement("a");
        link.href = URL.createObjectURL(new Blob([buffers[0]]));
        link.download = message.name;
        link.click();
        setTimeout(() => URL.revokeObjectURL(link.href), 10000);
      };
      model.on("msg:custom", onMessage);
      el.append(button);
      return () => { model.off("change", show); model.off("msg:custom", onMessage); };
    }
    export default { render };
    """

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
