"""What every form that acts has: a line for messages, actions that run once at a time, both languages."""

from __future__ import annotations

import asyncio
import html
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

import ipywidgets as w

from zrtools import privacy, words
from zrtools.client.retry import clock
from zrtools.errors import ZrtoolsError
from zrtools.forms.web import Heading

if TYPE_CHECKING:
    from zrtools.client import Client

__all__ = ["Panel", "heading", "side_by_side", "table"]

_Result = TypeVar("_Result")

_SHORT = 16  # characters of a cell that stays on one line
_LOOK = 0.5  # seconds after which, and between two times that, a form says what it is doing
_STEP = 5  # seconds in whose steps it says for how long already


def heading(text: str, lang: str | None = None) -> Heading:
    """Write a form's title."""
    return Heading(value=text, ends=[words.text(f"forms.{end}", lang) for end in ("from", "to")])


def side_by_side(*widgets: w.Widget) -> w.HBox:
    """Set widgets side by side, on the next line where there is no room."""
    box = w.HBox(widgets)
    box.add_class("zrtools-row")
    return box


def table(head: Sequence[str], rows: Iterable[Sequence[str]], *, bad: int = 0, figures: bool = True) -> str:
    """Write a small table, the first `bad` rows marked; `figures` sets cells that begin with a digit to the right."""

    def cell(text: str, tag: str = "td") -> str:
        shown = html.escape(text).replace("\n", "<br>")
        kinds = {"zrtools-number": figures and text[:1].isdigit(), "zrtools-short": len(text) <= _SHORT}
        return f'<{tag} class="{" ".join(k for k, there in kinds.items() if there)}">{shown}</{tag}>'

    state = ' data-state="bad"'
    body = "".join(
        f"<tr{state if n < bad else ''}>{''.join(map(cell, cells))}</tr>" for n, cells in enumerate(rows)
    )
    return f'<table class="zrtools-table"><tr>{"".join(cell(h, "th") for h in head)}</tr>{body}</table>'


class Panel(w.VBox):  # type: ignore[misc] # ipywidgets has no types
    """A form: a box of widgets with a message line below them."""

    def __init__(self, lang: str | None) -> None:
        self.lang = words.language(lang)
        self.note = w.HTML()
        self.hurdle = w.HTML()
        self.busy = False
        self._doing = ""
        super().__init__()
        self.add_class("zrtools-form")

    def __repr__(self) -> str:
        # the base class would write out every widget and what stands in it
        return f"<{type(self).__name__}>"

    def t(self, key: str, **values: object) -> str:
        """Give a wording of the forms in the form's language."""
        return words.text(f"forms.{key}", self.lang, **values)

    def say(self, text: str, state: str = "plain") -> None:
        """Show a message to the person, numbers masked."""
        shown = html.escape(privacy.mask_text(text)).replace("\n", "<br>")
        self.note.value = f'<div role="status" data-state="{state}">{shown}</div>' if text else ""

    def hold(self, missing: Sequence[str], wrong: Sequence[str] = ()) -> None:
        """Say beside the button to the next step what keeps it off: what is still missing, and what is wrong."""
        lines = [(why, "bad") for why in wrong] + [(why, "plain") for why in missing]
        self.hurdle.value = "".join(
            f'<div data-state="{state}">{html.escape(privacy.mask_text(why))}</div>' for why, state in lines
        )

    def told(self, error: Exception) -> str:
        """Say an error in the form's language where there are words for it, else as it is."""
        return words.told(error, self.lang)

    def fail(self, error: Exception) -> None:
        """Show an error where the person looks."""
        if isinstance(error, ZrtoolsError):
            self.say(self.t("failed", error=self.told(error)), "bad")
        else:
            # what we did not expect may hold anything: its kind is enough to report it
            self.say(self.t("bug", kind=type(error).__name__), "bad")

    def react(self, action: Callable[[], object]) -> Callable[..., None]:
        """Make a widget's callback of an action; an error in it is shown in the form."""

        def callback(*_: object) -> None:
            try:
                action()
            except Exception as error:  # noqa: BLE001 - else it would vanish in the kernel's log
                self.fail(error)

        return callback

    def act(
        self, work: Callable[[], _Result], done: Callable[[_Result], None], doing: str | None = None
    ) -> bool:
        """Run `work` beside the kernel's main thread and `done`, or the message of its error, on it.

        One action at a time: while one runs, another is refused with False. After half a second the form says what it
        is `doing`, and for how long. `work` must not touch widgets.
        """
        if self.busy:
            return False
        self.busy = True
        self.refresh()

        def finish(result: Any, error: Exception | None) -> None:
            self.busy = False
            if self.note.value == self._doing:
                self.say("")
            try:
                if error is None:
                    done(result)
                else:
                    self.fail(error)
            except Exception as unexpected:  # noqa: BLE001 - a form keeps working and says what happened
                self.fail(unexpected)
            self.refresh()

        def run() -> tuple[Any, Exception | None]:
            try:
                return work(), None
            except Exception as error:  # noqa: BLE001 - shown in the form
                return None, error

        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            finish(*run())
        else:
            began, doing = time.monotonic(), doing or self.t("working")
            self.every(_LOOK, lambda: self._tell(doing, time.monotonic() - began))
            threading.Thread(
                target=lambda: loop.call_soon_threadsafe(finish, *run()), name="zrtools-form", daemon=True
            ).start()
        return True

    def _tell(self, doing: str, seconds: float) -> None:
        """Say what is being done, or until when the service asks to wait, unless something else was said meanwhile."""
        if self.note.value not in ("", self._doing):
            return
        client: Client | None = getattr(self, "_client", None)
        until = None if client is None else client.waiting_until
        if until is not None:
            self.working(words.text("client.waiting", self.lang, until=clock(until)))
        elif seconds < _STEP:
            self.working(doing)
        else:
            self.working(self.t("doing", what=doing, seconds=int(seconds // _STEP * _STEP)))

    def working(self, doing: str | None = None) -> None:
        """Say what is being done, until something else is said."""
        self.say(doing or self.t("working"))
        self._doing = self.note.value

    def every(self, seconds: float, action: Callable[[], object]) -> None:
        """Repeat an action on the kernel's main thread while the form is busy."""
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            return

        def repeat() -> None:
            if self.busy:
                self.react(action)()
                loop.call_later(seconds, repeat)

        loop.call_later(seconds, repeat)

    def shower(self) -> Callable[[Callable[[], None]], object]:
        """Give what a worker calls to change widgets: it runs the change on the kernel's main thread."""
        try:
            return asyncio.get_running_loop().call_soon_threadsafe
        except RuntimeError:
            return lambda change: change()

    def refresh(self) -> None:
        """Enable what can be pressed now and disable the rest."""
