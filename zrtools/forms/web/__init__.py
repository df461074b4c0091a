"""What forms are made of in the browser: one style sheet for all of them, and a script for each widget of our own."""

from __future__ import annotations

from pathlib import Path

import anywidget
import traitlets

__all__ = ["WEB", "Heading"]

WEB = Path(__file__).parent


class Heading(anywidget.AnyWidget):
    """A form's title; it brings the style sheet, and names for what ipywidgets leaves without."""

    _esm = WEB / "heading.js"
    _css = WEB / "forms.css"

    value = traitlets.Unicode().tag(sync=True)
    ends = traitlets.List(traitlets.Unicode()).tag(sync=True)
