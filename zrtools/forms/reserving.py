"""A form that finds reservations and cancels one, many, a group or all of them."""

from __future__ import annotations

import html
from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING

import ipywidgets as w
import polars as pl

from zrtools import privacy, schemas
from zrtools.arguments import checked
from zrtools.errors import InputError, ZrtoolsError
from zrtools.forms.panel import Panel, heading, side_by_side

if TYPE_CHECKING:
    from zrtools.client import Client
else:
    from zrtools.arguments import Client

__all__ = ["ReservationsForm", "reservations"]


@checked
def reservations(client: Client, *, lang: str | None = None) -> ReservationsForm:
    """Show a form that searches reservations by days or tag and cancels what is chosen, after a confirmation.

    Cancelling days says first how many are hit; for a group or everything the service cannot tell, and everything
    needs its name typed. `found` holds the last search, as `schemas.RESERVATIONS`; numbers are shown masked.
    """
    return ReservationsForm(client, lang=lang)


class ReservationsForm(Panel):
    """A form for reservations; `found` is the frame of the last search."""

    def __init__(self, client: Client, *, lang: str | None = None) -> None:
        super().__init__(lang)
        self._client = client
        self.found = schemas.empty(schemas.RESERVATIONS)
        self._searched: tuple[object, ...] | None = None
        self._pending: tuple[str, Callable[[], tuple[int | None, int, str]]] | None = None

        today = client.now().date()
        self.by = w.ToggleButtons(
            options=[(self.t("by_days"), "days"), (self.t("by_tag"), "tag")],
            description=self.t("by"),
        )
        self.start = w.DatePicker(description=self.t("from"), value=today)
        self.end = w.DatePicker(description=self.t("to"), value=today + timedelta(days=7))
        self.group = w.Text(description=self.t("group"))
        self.tag = w.Text(description=self.t("tag"))
        self.search = w.Button(description=self.t("search"), button_style="primary")
        self.chosen = w.SelectMultiple(layout=w.Layout(width="auto", height="170px"))
        self._list = w.VBox([w.Label(self.t("choose")), self.chosen])
        wide = w.Layout(width="auto")
        self.cancel_chosen = w.Button(layout=wide)
        self.cancel_found = w.Button(layout=wide)
        self.cancel_group = w.Button(description=self.t("cancel_group"), layout=wide)
        self.cancel_everything = w.Button(description=self.t("cancel_everything"), layout=wide)
        self.confirmation = w.HTML()
        self.word = w.Text(description=self.t("type_word"))
        self.go = w.Button(description=self.t("do_cancel"), button_style="danger")
        self.back = w.Button(description=self.t("back"))
        self._asked = w.VBox([self.confirmation, self.word, side_by_side(self.go, self.back)])
        self._choices = side_by_side(
            self.cancel_chosen, self.cancel_found, self.cancel_group, self.cancel_everything
        )
        self.children = (
            heading(self.t("reservations_title")),
            self.by,
            self.start,
            self.end,
            self.group,
            self.tag,
            self.search,
            self._list,
            self._choices,
            self._asked,
            self.note,
        )

        for widget in (self.by, self.start, self.end, self.group, self.tag, self.chosen, self.word):
            widget.observe(self.react(self.refresh), "value")
        self.search.on_click(self.react(self._search))
        self.cancel_chosen.on_click(self.react(self._ask_chosen))
        self.cancel_found.on_click(self.react(self._ask_found))
        self.cancel_group.on_click(self.react(self._ask_group))
        self.cancel_everything.on_click(self.react(self._ask_everything))
        self.go.on_click(self.react(self._go))
        self.back.on_click(self.react(self._drop))
        self.refresh()

    # ------------------------------------------------------------------------------------------ searching

    def _filter(self) -> tuple[object, ...]:
        if self.by.value == "tag":
            return ("tag", self.tag.value.strip())
        return ("days", self.start.value, self.end.value, self.group.value.strip() or None)

    def _search(self) -> None:
        asked = self._filter()
        kind, *values = asked

        def work() -> pl.DataFrame:
            if kind == "tag":
                return self._client.reservations(client_tag=values[0])  # type: ignore[arg-type] # text
            start, end, group = values
            if start is None or end is None:
                raise InputError(self.t("days_missing"))
            return self._client.reservations(start, end, group_tag=group)  # type: ignore[arg-type] # dates, text

        def done(frame: pl.DataFrame) -> None:
            self.found, self._searched = frame, asked
            shown = privacy.mask(frame).with_columns(
                pl.col("schedule_time").dt.strftime("%Y-%m-%d %H:%M"), pl.col("message").str.slice(0, 24)
            )
            self.chosen.options = [
                (f"{r['schedule_time']}  {r['phone_number']}  {r['client_tag'] or '-'}  {r['message']}", n)
                for n, r in enumerate(shown.iter_rows(named=True))
            ]
            self.say(self.t("found", count=frame.height) if frame.height else self.t("found_none"))

        self.working()
        self.act(work, done)

    # ----------------------------------------------------------------------------------------- cancelling

    def _ask_chosen(self) -> None:
        tags = self._chosen_tags()

        def work() -> tuple[int | None, int, str]:
            done, failed, last = 0, 0, ""
            for tag in tags:
                try:
                    self._client.cancel(tag)
                    done += 1
                except ZrtoolsError as error:
                    failed, last = failed + 1, self.told(error)
            return done, failed, last

        self._ask(self.t("confirm_selected", count=len(tags)), work)

    def _ask_found(self) -> None:
        _, start, end, group = self._filter()
        count = self.found.height

        def work() -> tuple[int | None, int, str]:
            self._client.cancel_all(start, end, group_tag=group)  # type: ignore[arg-type] # dates, text
            return count, 0, ""

        self._ask(self.t("confirm_selected", count=count), work)

    def _ask_group(self) -> None:
        group = self.group.value.strip()

        def work() -> tuple[int | None, int, str]:
            self._client.cancel_all(group_tag=group)
            return None, 0, ""

        self._ask(self.t("confirm_group", group=group), work)

    def _ask_everything(self) -> None:
        def work() -> tuple[int | None, int, str]:
            self._client.cancel_all(everything=True)
            return None, 0, ""

        word = self.t("everything_word")
        self._ask(self.t("confirm_everything", word=word), work, word=word)

    def _ask(self, text: str, work: Callable[[], tuple[int | None, int, str]], *, word: str = "") -> None:
        if self.busy:
            return
        self._pending = (word, work)
        self.word.value = ""
        self.confirmation.value = f"<b>{html.escape(text)}</b>"
        self.say("")
        self.refresh()

    def _go(self) -> None:
        if self._pending is None or self.busy or not self._word_typed():
            return
        _, work = self._pending
        # gone before the request leaves: a second click finds nothing to do
        self._pending = None

        def done(result: tuple[int | None, int, str]) -> None:
            count, failed, why = result
            if failed:
                self.say(self.t("cancelled_some", count=count, failed=failed, error=why), "bad")
            elif count is None:
                self.say(self.t("cancelled_unknown"), "good")
            else:
                self.say(self.t("cancelled", count=count), "good")
            self.found, self._searched = schemas.empty(schemas.RESERVATIONS), None
            self.chosen.options = []

        self.working()
        self.act(work, done)

    def _drop(self) -> None:
        self._pending = None
        self.refresh()

    def _word_typed(self) -> bool:
        return self._pending is not None and (
            not self._pending[0] or self.word.value.strip() == self._pending[0]
        )

    def _chosen_tags(self) -> list[str]:
        return [tag for n in self.chosen.value if (tag := self.found["client_tag"][n])]

    def refresh(self) -> None:
        """Show and enable what fits the form's stage."""
        days = self.by.value == "days"
        for widget in (self.start, self.end, self.group):
            widget.layout.display = None if days else "none"
        self.tag.layout.display = "none" if days else None
        self._list.layout.display = None if self.found.height else "none"
        asking = self._pending is not None
        self._asked.layout.display = None if asking else "none"
        self._choices.layout.display = "none" if asking else None
        self.word.layout.display = None if self._pending is not None and self._pending[0] else "none"

        chosen = len(self._chosen_tags())
        # the count belongs to the days that were searched, not to what was typed since
        counted = days and self._searched == self._filter() and self.found.height > 0
        self.cancel_chosen.description = self.t("cancel_selected", count=chosen)
        self.cancel_found.description = self.t("cancel_found", count=self.found.height)
        self.search.disabled = self.busy or (not days and not self.tag.value.strip())
        self.cancel_chosen.disabled = self.busy or not chosen
        self.cancel_found.disabled = self.busy or not counted
        self.cancel_group.disabled = self.busy or not days or not self.group.value.strip()
        self.cancel_everything.disabled = self.busy
        self.go.disabled = self.busy or not self._word_typed()
        self.back.disabled = self.busy
