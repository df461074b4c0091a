"""A form that sends or schedules one message."""

from __future__ import annotations

import html
from typing import TYPE_CHECKING

import ipywidgets as w
import polars as pl

from zrtools import codes, failures, messages, phones, privacy, words
from zrtools.arguments import checked
from zrtools.client import Outgoing, new_tag
from zrtools.errors import InputError, ZrtoolsError
from zrtools.forms import telling
from zrtools.forms.panel import Panel, heading, side_by_side
from zrtools.forms.private import PrivateHTML, PrivateText
from zrtools.forms.scheduling import Schedule, Templates
from zrtools.periods import Time

if TYPE_CHECKING:
    from zrtools.client import Client, SendReceipt
else:
    from zrtools.arguments import Client

__all__ = ["SendForm", "send"]


@checked
def send(
    client: Client,
    *,
    template: str | None = None,
    schedule_time: Time | None = None,
    group_tag: str | None = None,
    lang: str | None = None,
) -> SendForm:
    """Show a form that sends or schedules one message after a confirmation.

    Number and message are typed into fields that are no widget state, so a saved notebook holds neither. Preview and
    confirmation show them as they leave, on the page alone. `template` (a title), `schedule_time` (Japan) and
    `group_tag` are filled in. Errors are shown in the form.
    Raises `InputError` for a `schedule_time` that is none, and for a `group_tag` without one.
    """
    return SendForm(client, template=template, schedule_time=schedule_time, group_tag=group_tag, lang=lang)


class SendForm(Panel):
    """A form for one message; `receipt` is what the service accepted, None before."""

    def __init__(
        self,
        client: Client,
        *,
        template: str | None = None,
        schedule_time: Time | None = None,
        group_tag: str | None = None,
        lang: str | None = None,
    ) -> None:
        super().__init__(lang)
        self._client = client
        self._draft: Outgoing | None = None
        self._stage = "editing"
        self.receipt: SendReceipt | None = None

        self.number = PrivateText(description=self.t("number"), placeholder=self.t("number_example"))
        self.template = Templates(description=self.t("template"), options=[(self.t("template_none"), "")])
        self.fields = w.VBox()
        self.message = PrivateText(
            description=self.t("message"), placeholder=self.t("message_example"), lines=4
        )
        self.mend = w.Button(
            description=self.t("mend"), layout=w.Layout(width="max-content", margin="0 0 4px 138px")
        )
        self.carrier = w.Dropdown(
            description=self.t("carrier"),
            options=[
                (self.t("carrier_auto"), ""),
                *((words.carrier(c.name, self.lang), c.id) for c in codes.CARRIERS.values() if c.sendable),
            ],
        )
        self.schedule = Schedule(self.lang)
        self.schedule.preset(schedule_time, group_tag)
        self.preview = PrivateHTML()
        self.review = w.Button(description=self.t("review"), button_style="primary")
        self.confirmation = PrivateHTML()
        self.go = w.Button(button_style="danger")
        self.back = w.Button(description=self.t("back"))
        self.check = w.Button(description=self.t("check"))
        self.another = w.Button(description=self.t("another"))

        self._templates: dict[str, str] = {}
        self._ready = False
        self._editor = w.VBox(
            [
                self.number,
                self.template,
                self.fields,
                self.message,
                self.carrier,
                self.schedule,
                self.preview,
                self.mend,
                side_by_side(self.review, self.hurdle),
            ]
        )
        self._asked = w.VBox([self.confirmation, side_by_side(self.go, self.back)])
        self._after = side_by_side(self.check, self.another)
        self.children = (heading(self.t("send_title")), self._editor, self._asked, self.note, self._after)

        self.number.on_text(self.react(self._edited))
        self.message.on_text(self.react(self._edited))
        self.template.observe(self.react(self._template_chosen), "value")
        self.schedule.on_change(self.react(self._edited))
        self.mend.on_click(self.react(self._mend))
        self.review.on_click(self.react(self._review))
        self.go.on_click(self.react(self._go))
        self.back.on_click(self.react(self._edit_again))
        self.check.on_click(self.react(self._check))
        self.another.on_click(self.react(self._start_over))
        if template is not None:
            self.template.value = template
        self._edited()
        self.act(self._read_templates, self._offer_templates, self.t("doing_templates"))

    # ------------------------------------------------------------------------------------------ editing

    def _read_templates(self) -> pl.DataFrame | ZrtoolsError:
        try:
            return self._client.templates()
        except ZrtoolsError as error:
            return error

    def _offer_templates(self, found: pl.DataFrame | ZrtoolsError) -> None:
        if isinstance(found, ZrtoolsError):
            self.say(self.t("template_failed", error=self.told(found)), "bad")
            return
        self._templates = dict(found.select("title", "content").drop_nulls().iter_rows())
        lacking = self.template.offer([(title, title) for title in self._templates])
        if lacking is not None:
            self.say(self.t("template_unknown", title=lacking), "bad")

    def _template_chosen(self) -> None:
        content = self._templates.get(self.template.value or "", "")
        boxes = [PrivateText(description=name) for name in telling.gaps(content)]
        for box in boxes:
            box.on_text(self.react(self._edited))
        self.fields.children = tuple(boxes)
        self._edited()

    def _values(self) -> dict[str, str]:
        return {box.description: box.text for box in self.fields.children}

    def _text(self) -> str:
        """Give the message as it would go out."""
        content = self._templates.get(self.template.value or "")
        if content is None:
            return self.message.text
        return messages.render(content, {name: text or None for name, text in self._values().items()})

    def _mend(self) -> None:
        for box in (self.message, *self.fields.children):
            better = messages.mended(box.text, names=self._names_alone)
            if better != box.text:
                box.fill(better)

    def _edited(self) -> None:
        self._ready = False
        template = self._templates.get(self.template.value or "")
        self.message.layout.display = None if template is None else "none"
        self._judge_number()
        missing = [] if self.number.text else [self.t("needs_number")]
        wrong = [self.t("wrong_number")] if self.number.state == "bad" else []
        body, text = "", ""
        try:
            text = self._text()
            body = html.escape(text) or html.escape(self.t("preview_empty"))
            missing += [] if text else [self.t("needs_message")]
        except InputError as error:
            values = {name: value.strip() for name, value in self._values().items()}
            body = telling.filled(template or "", values)
            empty = [name for name, value in values.items() if not value]
            if empty:
                missing.append(self.t("fields_empty", names=self.t("comma").join(empty)))
            else:
                wrong.append(self.told(error))
        lint = messages.lint(text) if text else None
        found = lint.problems if lint else ()
        problems = [problem.words(self.lang) for problem in found]
        count = self.t("count", characters=len(text), limit=messages.LIMIT, parts=messages.parts(text))
        notes = [words.text("messages.opt-out option", self.lang)] if lint and lint.opt_out else []
        notes += self._twice(text)
        advice = "\n".join([count, *problems, *notes]) if text else ""
        state = "bad" if problems or self._twice(text) else "plain"
        self.message.say(advice, state)
        self.preview.value = telling.labelled(self.t("preview"), body)
        if template is not None and text:
            self.preview.value += (
                f'<div class="zrtools-indent" data-state="{state}">{html.escape(advice)}</div>'
            )
        mends = [problem for problem in found if problem.suggestion is not None]
        # letters of names are the last to go, by a press of their own
        self._names_alone = all(problem.in_a_name for problem in mends)
        self.mend.description = self.t("mend_names" if mends and self._names_alone else "mend")
        self.mend.layout.display = None if mends else "none"
        wrong += problems
        try:
            self.schedule.read(self._client.now())
        except InputError as error:
            (wrong if self.schedule.when.value else missing).append(str(error))
        self._ready = not missing and not wrong
        self.hold(missing, wrong)
        self.refresh()

    def _twice(self, text: str) -> list[str]:
        return [self.t("doubled", found=found) for found in telling.doubled(text)]

    def _judge_number(self) -> None:
        if not self.number.text:
            self.number.say("")
            return
        try:
            number = phones.normalise(self.number.text)
        except InputError as error:
            typed = pl.DataFrame({"number": [self.number.text.encode("utf-8", "replace").decode()]})
            why = typed.select(phones.problem("number", lang=self.lang)).item()
            self.number.say(why if self.lang == "ja" and why else str(error), "bad")
        else:
            self.number.say(self.t("number_good", number=privacy.mask(number)), "good")

    # --------------------------------------------------------------------------------- review and sending

    def _review(self) -> None:
        if self.busy or self._stage != "editing":
            return
        try:
            number = phones.normalise(self.number.text)
            message = messages.check(self._text())
            at, group = self.schedule.read(self._client.now())
        except InputError as error:
            self.fail(error)
            return
        # what is confirmed gets its tag here, once, so that it can go out only once
        self._draft = Outgoing(number, message, new_tag(), self.carrier.value or None, at, group)
        text = self.t(
            "confirm",
            number=telling.number(number),
            parts=messages.parts(message),
            when=self.schedule.say(at),
            sms_code=self._client.sms_code,
            carrier=self.carrier.label,
        )
        warned = "".join(f'<div data-state="bad">{html.escape(line)}</div>' for line in self._twice(message))
        shown = telling.labelled(self.t("message"), html.escape(message))
        self.confirmation.value = f"<b>{html.escape(text)}</b>{shown}{warned}"
        self.go.description = self.t("send" if at is None else "reserve")
        self.say("")
        self._enter("confirming")

    def _go(self) -> None:
        draft = self._draft
        # a second click arrives when the stage has moved on, and finds nothing to send
        if self.busy or self._stage != "confirming" or draft is None:
            return
        self._stage = "sending"
        self.working(self.t("doing_send"))

        def work() -> SendReceipt | ZrtoolsError:
            try:
                return self._client.send(
                    draft.phone_number,
                    draft.message,
                    client_tag=draft.client_tag,
                    carrier_id=draft.carrier_id,
                    schedule_time=draft.schedule_time,
                    group_tag=draft.group_tag,
                )
            except ZrtoolsError as error:
                return error

        self.act(work, self._answered, self.t("doing_send"))

    def _answered(self, answer: SendReceipt | ZrtoolsError) -> None:
        draft = self._draft
        assert draft is not None  # noqa: S101 - only a confirmed draft is sent
        if not isinstance(answer, ZrtoolsError):
            self.receipt = answer
            self.say(self.t("sent", number=privacy.mask(answer.phone_number), tag=draft.client_tag), "good")
            self._enter("sent")
        elif answer.sent is None:
            self.say(self.t("unsettled", tag=draft.client_tag, error=self.told(answer)), "bad")
            self._enter("unsettled")
        else:
            self.say(self.t("not_sent", error=self.told(answer)), "bad")
            self._enter("editing")

    def fail(self, error: Exception) -> None:
        """Show the error; after one that nobody foresaw it is not known whether the message went out."""
        super().fail(error)
        if self._stage == "sending" and not self.busy and self._draft is not None:
            kind = type(error).__name__
            self.say(self.t("unsettled", tag=self._draft.client_tag, error=kind), "bad")
            self._enter("unsettled")

    def _check(self) -> None:
        draft = self._draft
        if draft is None or self.busy:
            return
        self.working(self.t("doing_check"))

        def work() -> tuple[pl.DataFrame, pl.DataFrame | None]:
            statuses = self._client.status(client_tag=draft.client_tag, progress=False)
            waits = None
            if statuses.is_empty() and draft.schedule_time is not None:
                waits = self._client.reservations(client_tag=draft.client_tag)
            return statuses, waits

        def done(found: tuple[pl.DataFrame, pl.DataFrame | None]) -> None:
            statuses, waits = found
            if not statuses.is_empty():
                row = failures.classify(statuses).row(-1, named=True)
                self.say(
                    self.t(
                        "status_is",
                        time=words.moment(self._client.now(), self.lang, short=False),
                        outcome=words.outcome(row["outcome"], self.lang),
                        carrier=self.t("carrier_in", carrier=words.carrier(row["carrier"], self.lang))
                        if row["carrier"]
                        else "",
                    ),
                    "good" if row["outcome"] == "delivered" else "plain",
                )
            elif waits is not None and not waits.is_empty():
                self.say(
                    self.t(
                        "status_waiting", time=words.moment(waits["schedule_time"][0], self.lang, short=False)
                    )
                )
            else:
                self.say(self.t("status_none"))

        self.act(work, done, self.t("doing_check"))

    def _edit_again(self) -> None:
        if self._stage == "confirming":
            self.say("")
            self._enter("editing")

    def _start_over(self) -> None:
        if self._stage not in ("sent", "unsettled") or self.busy:
            return
        self._draft = None
        for box in (self.number, self.message, *self.fields.children):
            box.clear()
        self.schedule.later.value = False
        self.say("")
        self._enter("editing")
        self._edited()

    def _enter(self, stage: str) -> None:
        self._stage = stage
        self.refresh()

    def refresh(self) -> None:
        """Show and enable what fits the form's stage."""
        editing = self._stage == "editing"
        self._editor.layout.display = None if editing else "none"
        self._asked.layout.display = None if self._stage in ("confirming", "sending") else "none"
        self._after.layout.display = None if self._stage in ("sent", "unsettled") else "none"
        self.review.disabled = self.busy or not self._ready
        self.go.disabled = self.back.disabled = self.busy or self._stage != "confirming"
        self.check.disabled = self.another.disabled = self.busy
