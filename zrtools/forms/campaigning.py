"""A form that sends a frame of messages through an outbox: dry run, confirm, send, pause, resume."""

from __future__ import annotations

import html
import threading
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import ipywidgets as w
import polars as pl

from zrtools import messages, phones, privacy, words
from zrtools.errors import InputError
from zrtools.failures import classify
from zrtools.forms.panel import Panel, heading, table
from zrtools.forms.scheduling import Schedule
from zrtools.outbox import Outbox

if TYPE_CHECKING:
    from zrtools.client import Client

__all__ = ["CampaignForm", "campaign"]

_EXAMPLES = 5


def campaign(
    client: Client,
    frame: pl.DataFrame,
    *,
    outbox: Outbox | str | Path = "outbox.sqlite",
    lang: str | None = None,
) -> CampaignForm:
    """Show a form that sends a frame of messages, each exactly once, through an outbox on disk.

    The frame has a column of numbers, and `message` or the columns that a template names; `carrier_id`,
    `client_tag`, `schedule_time` and `group_tag` are taken where they stand. A dry run says row by row what would
    happen; nothing leaves before the confirmation. Closing the notebook loses nothing: the same form again goes on.
    """
    return CampaignForm(client, frame, outbox=outbox, lang=lang)


class CampaignForm(Panel):
    """A form for a campaign; `checked` is the frame of the last dry run, `outbox` the journal."""

    def __init__(
        self,
        client: Client,
        frame: pl.DataFrame,
        *,
        outbox: Outbox | str | Path = "outbox.sqlite",
        lang: str | None = None,
    ) -> None:
        super().__init__(lang)
        self._client = client
        self._frame = frame
        self.outbox = outbox if isinstance(outbox, Outbox) else Outbox(outbox)
        self._stop = threading.Event()
        self._stage = "editing"
        self._templates: dict[str, str] = {}
        self.checked: pl.DataFrame | None = None

        style = {"description_width": "130px"}
        self.column = w.Dropdown(
            description=self.t("column"), options=frame.columns, value=_numbers(frame), style=style
        )
        self.name = w.Text(
            description=self.t("campaign_name"), value=f"campaign-{client.now():%Y%m%d}", style=style
        )
        own = [(self.t("template_column"), "")] if "message" in frame.columns else []
        self.template = w.Dropdown(description=self.t("template"), options=own, style=style)
        self.mend = w.Checkbox(
            description=self.t("mend"), value=True, style=style, layout=w.Layout(width="auto")
        )
        self.schedule = Schedule(self.lang)
        wide = w.Layout(width="max-content")
        self.dry_run = w.Button(description=self.t("dry_run"), button_style="primary", layout=wide)
        self.findings = w.HTML()
        self.review = w.Button(button_style="warning", layout=wide)
        self.confirmation = w.HTML()
        self.go = w.Button(button_style="danger", layout=wide)
        self.back = w.Button(description=self.t("back"))
        self.progress = w.IntProgress(layout=w.Layout(width="420px"))
        self.count = w.Label()
        self.pause = w.Button(description=self.t("pause"))
        self.resume = w.Button(description=self.t("resume"), button_style="primary")
        self.check = w.Button(description=self.t("check"))
        self.result = w.HTML()

        self._editor = w.VBox(
            [
                self.column,
                self.name,
                self.template,
                self.mend,
                self.schedule,
                w.HBox([self.dry_run, self.review]),
                self.findings,
            ]
        )
        self._asked = w.VBox([self.confirmation, w.HBox([self.go, self.back])])
        self._running = w.VBox(
            [w.HBox([self.progress, self.count]), w.HBox([self.pause, self.resume, self.check])]
        )
        rows = self.t("campaign_rows", count=frame.height)
        self.children = (
            heading(f"{self.t('campaign_title')} ({rows})"),
            self._editor,
            self._asked,
            self._running,
            self.note,
            self.result,
        )

        for widget in (self.column, self.name, self.template, self.mend):
            widget.observe(self.react(self._changed), "value")
        self.schedule.on_change(self.react(self._changed))
        self.dry_run.on_click(self.react(self._dry_run))
        self.review.on_click(self.react(self._review))
        self.go.on_click(self.react(self._go))
        self.back.on_click(self.react(self._edit_again))
        self.pause.on_click(self.react(self._pause))
        self.resume.on_click(self.react(self._resume))
        self.check.on_click(self.react(self._check))
        self._changed()
        self.act(self._client.templates, self._offer_templates)

    # ------------------------------------------------------------------------------------------ editing

    def _offer_templates(self, found: pl.DataFrame) -> None:
        self._templates = dict(found.select("title", "content").drop_nulls().iter_rows())
        # only those whose every field is a column of the frame can be filled
        usable = [
            t
            for t, content in self._templates.items()
            if set(messages.fields(content)) <= set(self._frame.columns)
        ]
        self.template.options = (*self.template.options, *((title, title) for title in usable))

    def _changed(self) -> None:
        """Take back what was found: it belongs to other settings."""
        self.checked = None
        self.findings.value = ""
        self.refresh()

    def _prepared(self) -> tuple[pl.DataFrame, str | None]:
        """Give the frame as the outbox takes it, and the template's text."""
        if self.column.value is None:
            raise InputError(self.t("column_missing"))
        column = str(self.column.value)
        frame = self._frame
        if column != "phone_number":
            frame = frame.drop("phone_number", strict=False).rename({column: "phone_number"})
        template = self._templates.get(self.template.value or "")
        if template is not None:
            frame = frame.drop("message", strict=False)
        elif "message" not in frame.columns:
            raise InputError(self.t("template_missing"))
        return frame, template

    def _add(self, *, dry_run: bool) -> pl.DataFrame:
        frame, template = self._prepared()
        at, group = self.schedule.read(self._client.now())
        return self.outbox.add(
            frame,
            campaign=self.name.value.strip(),
            template=template,
            schedule_time=at,
            group_tag=group,
            skip_invalid=True,
            unsendable="mend" if self.mend.value else "refuse",
            dry_run=dry_run,
            lang=self.lang,
        )

    def _dry_run(self) -> None:
        self.say(self.t("working"))

        def done(checked: pl.DataFrame) -> None:
            self.checked = checked
            self.findings.value = self._found(checked)
            self.say("")

        self.act(lambda: self._add(dry_run=True), done)

    def _found(self, checked: pl.DataFrame) -> str:
        counts = dict(checked.group_by("intake").len().iter_rows())
        parts = int(checked.filter(pl.col("intake") == "queued")["parts"].sum())
        figures = [(self.t(f"intake_{key}"), f"{counts.get(key, 0):,}") for key in _INTAKES]
        figures.append((self.t("parts_estimate"), f"{parts:,}"))
        shown = table([self.t("what"), self.t("people")], figures)
        problems = checked.filter(pl.col("problem").is_not_null()).head(_EXAMPLES)
        if not problems.is_empty():
            shown += table(
                [self.t("row"), self.t("number"), self.t("problem")],
                (
                    (f"{r['row']:,}", r["phone_number"] or "", privacy.mask_text(r["problem"]))
                    for r in privacy.mask(problems).iter_rows(named=True)
                ),
            )
        first = checked.filter(pl.col("intake") == "queued").head(1)
        if not first.is_empty():
            text = html.escape(privacy.mask(first)["message"][0])
            shown += (
                f"<p style='margin:6px 0 2px'>{html.escape(self.t('first_message'))}</p>"
                "<div style='white-space:pre-wrap;border:1px solid #bdbdbd;border-radius:8px;padding:6px 10px;"
                f"max-width:460px;line-height:1.5'>{text}</div>"
            )
        return shown

    def _ready(self) -> int:
        return 0 if self.checked is None else int((self.checked["intake"] == "queued").sum())

    # --------------------------------------------------------------------------------- review and sending

    def _review(self) -> None:
        if self.busy or self._stage != "editing" or self.checked is None or not self._ready():
            return
        counts = dict(self.checked.group_by("intake").len().iter_rows())
        at, _ = self.schedule.read(self._client.now())
        self.confirmation.value = f"<b>{html.escape(self._question(counts, at))}</b>"
        self.go.description = self.t("campaign_start", count=self._ready())
        self._enter("confirming")

    def _question(self, counts: dict[str, int], at: datetime | None) -> str:
        assert self.checked is not None  # noqa: S101 - asked after a dry run only
        return self.t(
            "campaign_confirm",
            count=self._ready(),
            parts=int(self.checked.filter(pl.col("intake") == "queued")["parts"].sum()),
            when=self.schedule.say(at),
            duplicates=counts.get("duplicate", 0),
            invalid=counts.get("invalid", 0),
            suppressed=counts.get("suppressed", 0),
        )

    def _go(self) -> None:
        # a second click arrives when the stage has moved on; and the journal takes each message once anyway
        if self._stage != "confirming":
            return
        self._dispatch(add=True)

    def _resume(self) -> None:
        if self._stage == "paused":
            self._dispatch(add=False)

    def _dispatch(self, *, add: bool) -> None:
        self._stop.clear()
        self._enter("sending")
        self.say(self.t("working"))
        name = self.name.value.strip()

        def work() -> None:
            if add:
                self._add(dry_run=False)
            self.outbox.send(self._client, campaign=name, stop=self._stop, progress=False)

        def done(_: None) -> None:
            left = self._show_counts()
            if left:
                self.say(self.t("paused", left=left))
                self._enter("paused")
            else:
                self.say(self.t("campaign_done"), "good")
                self._enter("done")

        self.act(work, done)
        self.every(0.5, self._show_counts)

    def fail(self, error: Exception) -> None:
        """Show the error; a run that was broken off can be resumed."""
        super().fail(error)
        if self._stage == "sending" and not self.busy:
            self._show_counts()
            self._enter("paused")

    def _pause(self) -> None:
        self._stop.set()
        self.pause.disabled = True

    def _show_counts(self) -> int:
        """Show how far the campaign is; give how many messages are left."""
        counts = self.outbox.counts(campaign=self.name.value.strip())
        left = counts.get("queued", 0) + counts.get("leaving", 0)
        total = sum(
            counts.get(state, 0) for state in ("queued", "leaving", "accepted", "refused", "unsettled")
        )
        self.progress.max, self.progress.value = max(total, 1), total - left
        self.count.value = self.t("sending_progress", done=total - left, total=total)
        self.result.value = table(
            [self.t("state"), self.t("people")],
            (
                (
                    words.text("outbox.state_suppressed" if s == "suppressed" else f"outbox.{s}", self.lang),
                    f"{n:,}",
                )
                for s, n in sorted(counts.items(), key=lambda pair: -pair[1])
            ),
        )
        return left

    def _check(self) -> None:
        self.say(self.t("working"))
        name = self.name.value.strip()

        def done(sent: pl.DataFrame) -> None:
            found = classify(sent).group_by("sending_state", "outcome").len().sort("len", descending=True)
            self.result.value = table(
                [self.t("state"), self.t("outcome"), self.t("people")],
                (
                    (
                        words.text(
                            "outbox.state_suppressed" if s == "suppressed" else f"outbox.{s}", self.lang
                        ),
                        words.outcome(o, self.lang),
                        f"{n:,}",
                    )
                    for s, o, n in found.iter_rows()
                ),
            )
            self.say("")

        self.act(lambda: self.outbox.status(self._client, campaign=name), done)

    def _edit_again(self) -> None:
        if self._stage == "confirming":
            self._enter("editing")

    def _enter(self, stage: str) -> None:
        self._stage = stage
        self.refresh()

    def refresh(self) -> None:
        """Show and enable what fits the form's stage."""
        stage = self._stage
        self._editor.layout.display = None if stage == "editing" else "none"
        self._asked.layout.display = None if stage == "confirming" else "none"
        self._running.layout.display = None if stage in ("sending", "paused", "done") else "none"
        self.dry_run.disabled = self.busy or not self.name.value.strip()
        self.review.disabled = self.busy or not self._ready()
        self.review.description = self.t("review")
        self.go.disabled = self.back.disabled = self.busy
        self.pause.disabled = stage != "sending" or self._stop.is_set()
        self.resume.disabled = self.busy or stage != "paused"
        self.check.disabled = self.busy or stage == "sending"


_INTAKES = ("queued", "duplicate", "invalid", "suppressed")


def _numbers(frame: pl.DataFrame) -> str | None:
    """Find the column of numbers: the one named so, else the one with the most of them, else none."""
    if "phone_number" in frame.columns:
        return "phone_number"
    head = frame.head(200)
    shares = {
        name: head.select(phones.normalised(pl.col(name).cast(pl.String)).is_not_null().mean()).item() or 0
        for name, kind in head.schema.items()
        if kind == pl.String or kind.is_integer()
    }
    best = max(shares, key=lambda name: shares[name], default=None)
    return best if best is not None and shares[best] > 0 else None
