"""A form that finds reservations and cancels one, many, a group or all of them."""

from __future__ import annotations

import html
from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING

import ipywidgets as w
import polars as pl

from zrtools import privacy, schemas, words
from zrtools.arguments import checked
from zrtools.errors import InputError, TransportError, ZrtoolsError
from zrtools.forms.panel import Panel, heading, side_by_side, table
from zrtools.forms.private import PrivateTable

if TYPE_CHECKING:
    from zrtools.client import Client
else:
    from zrtools.arguments import Client

__all__ = ["ReservationsForm", "reservations"]

_SHOWN = 28  # characters of a text in the list
_NAMED = 10  # reservations that a confirmation names one by one


@checked
def reservations(client: Client, *, lang: str | None = None) -> ReservationsForm:
    """Show a form that searches reservations by days or tag and cancels what is chosen, after a confirmation.

    What was found is cancelled one by one, so that nothing reserved since is hit; each is named first, and the list is
    read anew afterwards. For a whole group or everything the service cannot tell how many there are, and everything
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
        self.chosen = PrivateTable(
            head=[self.t(key) for key in ("when_out", "number_masked", "tag", "group", "message")],
            all=self.t("choose_all"),
        )
        self._list = w.VBox([w.Label(self.t("choose")), self.chosen])
        wide = w.Layout(width="auto")
        self.cancel_chosen = w.Button(layout=wide)
        self.cancel_found = w.Button(layout=wide)
        self.cancel_group = w.Button(description=self.t("cancel_group"), layout=wide)
        self.cancel_everything = w.Button(
            description=self.t("cancel_everything"), layout=wide, button_style="warning"
        )
        self.confirmation = w.HTML()
        self.word = w.Text(description=self.t("type_word"))
        self.go = w.Button(description=self.t("do_cancel"), button_style="danger")
        self.back = w.Button(description=self.t("back"))
        self._asked = w.VBox([self.confirmation, self.word, side_by_side(self.go, self.back)])
        self._choices = side_by_side(self.cancel_chosen, self.cancel_found, self.hurdle)
        # what hits more than is shown stands apart from what is done every day
        self._apart = w.VBox(
            [
                w.HTML(html.escape(self.t("beyond_list"))),
                side_by_side(self.cancel_group, self.cancel_everything),
            ]
        )
        self._apart.add_class("zrtools-apart")
        self.children = (
            heading(self.t("reservations_title")),
            self.by,
            self.start,
            self.end,
            self.group,
            self.tag,
            side_by_side(self.search),
            self._list,
            self._choices,
            self._asked,
            self.note,
            self._apart,
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

    def _reserved(self, asked: tuple[object, ...]) -> pl.DataFrame:
        kind, *values = asked
        if kind == "tag":
            return self._client.reservations(client_tag=values[0])  # type: ignore[arg-type] # text
        start, end, group = values
        if start is None or end is None:
            raise InputError(self.t("days_missing"))
        return self._client.reservations(start, end, group_tag=group)  # type: ignore[arg-type] # dates, text

    def _search(self) -> None:
        asked = self._filter()

        def work() -> pl.DataFrame:
            return self._reserved(asked)

        def done(frame: pl.DataFrame) -> None:
            self._show(frame, asked)
            self.say(self.t("found", count=frame.height) if frame.height else self.t("found_none"))

        self.working(self.t("doing_search"))
        self.act(work, done, self.t("doing_search"))

    def _show(self, frame: pl.DataFrame, asked: tuple[object, ...]) -> None:
        self.found, self._searched = frame, asked
        self.chosen.rows = self._cells(frame)

    def _cells(self, frame: pl.DataFrame) -> list[list[str]]:
        """Write reservations for people: time, number (masked), tag, group as far as it was searched for, text."""
        group = self._searched[3] if self._searched is not None and self._searched[0] == "days" else None
        text = pl.col("message")
        shown = privacy.mask(frame).select(
            pl.col("schedule_time").map_elements(
                lambda when: words.moment(when, self.lang, short=False), pl.String
            ),
            "phone_number",
            pl.col("client_tag").fill_null("-"),
            pl.lit(group or self.t("group_untold")),
            pl.when(text.str.len_chars() > _SHOWN).then(text.str.head(_SHOWN) + "…").otherwise(text),
        )
        return [[cell or "" for cell in row] for row in shown.iter_rows()]

    # ----------------------------------------------------------------------------------------- cancelling

    def _ask_chosen(self) -> None:
        self._ask_these(self.found[self.chosen.value])

    def _ask_found(self) -> None:
        self._ask_these(self.found)

    def _ask_these(self, rows: pl.DataFrame) -> None:
        """Name what would be cancelled; a yes cancels just these, whatever was reserved since."""
        tags = rows["client_tag"].drop_nulls().to_list()

        def work() -> tuple[int | None, int, str]:
            done, failed, last = 0, 0, ""
            for tag in tags:
                try:
                    self._client.cancel(tag)
                    done += 1
                except ZrtoolsError as error:
                    failed, last = failed + 1, self.told(error)
                    if isinstance(error, TransportError):
                        # without the service each further one would wait as long
                        failed += len(tags) - done - failed
                        break
            return done, failed, last

        cells = self._cells(rows.filter(pl.col("client_tag").is_not_null()))
        named = table(self.chosen.head, cells[:_NAMED])
        if len(cells) > _NAMED:
            named += f"<p>{html.escape(self.t('more_reservations', count=len(cells) - _NAMED))}</p>"
        self._ask(self.t("confirm_selected", count=len(tags)), work, named=named)

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

    def _ask(
        self, text: str, work: Callable[[], tuple[int | None, int, str]], *, word: str = "", named: str = ""
    ) -> None:
        if self.busy:
            return
        self._pending = (word, work)
        self.word.value = ""
        self.confirmation.value = f"<b>{html.escape(text)}</b>{named}"
        self.say("")
        self.refresh()

    def _go(self) -> None:
        if self._pending is None or self.busy or not self._word_typed():
            return
        _, work = self._pending
        # gone before the request leaves: a second click finds nothing to do
        self._pending = None

        searched = self._searched

        def cancel_and_look() -> tuple[int | None, int, str, pl.DataFrame | None]:
            result = work()
            try:
                # what waits now is asked, not reckoned
                return *result, None if searched is None else self._reserved(searched)
            except ZrtoolsError:
                return *result, None

        def done(result: tuple[int | None, int, str, pl.DataFrame | None]) -> None:
            count, failed, why, left = result
            if left is not None and searched is not None:
                self._show(left, searched)
            else:
                # the list stays as it was found, but its number is that of before
                self._searched = None
            if failed:
                said, state = self.t("cancelled_some", count=count, failed=failed, error=why), "bad"
            elif count is None:
                said, state = self.t("cancelled_unknown"), "good"
            else:
                said, state = self.t("cancelled", count=count), "good"
            more = self.t("search_again") if left is None else self.t("still_wait", count=left.height)
            self.say(f"{said} {more}".strip(), state)

        self.working(self.t("doing_cancel"))
        self.act(cancel_and_look, done, self.t("doing_cancel"))

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
        asking = self._pending is not None
        # while it is asked, what is named there is what is looked at
        self._list.layout.display = None if self.found.height and not asking else "none"
        self._asked.layout.display = None if asking else "none"
        self._choices.layout.display = "none" if asking or not self.found.height else None
        self._apart.layout.display = "none" if asking else None
        self.word.layout.display = None if self._pending is not None and self._pending[0] else "none"

        chosen = len(self._chosen_tags())
        # the count belongs to the days that were searched, not to what was typed since
        counted = days and self._searched == self._filter() and self.found.height > 0
        self.hold([] if chosen or counted or self.busy else [self.t("needs_choice")])
        self.chosen.disabled = self.busy or asking
        self.cancel_chosen.description = self.t("cancel_selected", count=chosen)
        self.cancel_found.description = self.t("cancel_found", count=self.found.height)
        self.search.disabled = self.busy or (not days and not self.tag.value.strip())
        self.cancel_chosen.disabled = self.busy or not chosen
        self.cancel_found.disabled = self.busy or not counted
        self.cancel_group.disabled = self.busy or not days or not self.group.value.strip()
        self.cancel_everything.disabled = self.busy
        self.go.disabled = self.busy or not self._word_typed()
        self.back.disabled = self.busy
