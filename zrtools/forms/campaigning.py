"""A form that sends a frame of messages through an outbox: dry run, confirm, send, pause, resume."""

from __future__ import annotations

import html
import threading
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import chain, count
from pathlib import Path
from typing import TYPE_CHECKING

import ipywidgets as w
import polars as pl

from zrtools import codes, messages, phones, privacy, words
from zrtools.arguments import checked
from zrtools.errors import InputError
from zrtools.failures import classify
from zrtools.forms.panel import Panel, heading, side_by_side, table
from zrtools.forms.scheduling import Schedule
from zrtools.outbox import Outbox

if TYPE_CHECKING:
    from zrtools.client import Client
    from zrtools.outbox.intake import Unsendable
else:
    from zrtools.arguments import Client

__all__ = ["CampaignForm", "campaign"]

_EXAMPLES = 5
_LATELY = timedelta(
    days=7
)  # for which the same text to the same number is taken for a mistake, until it is wanted
_TAKEN = ("phone_number", "carrier_id", "client_tag", "schedule_time", "group_tag")


@dataclass(frozen=True, slots=True, repr=False)
class _Plan:
    """What the form says at one moment: a dry run checks it, and just this is sent once it is confirmed."""

    frame: pl.DataFrame
    campaign: str
    template: str | None
    schedule_time: datetime | None
    group_tag: str | None
    unsendable: Unsendable
    since: datetime
    again: bool = False


@checked
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
    A list keeps its name until it is done or taken back, and whoever got the same text in the last seven days, or for
    whom it waits, under whatever name, is shown and left out unless you say otherwise.
    Raises `InputError` for what is no polars DataFrame.
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
        given: object = frame
        if not isinstance(given, pl.DataFrame):
            raise InputError(f"A campaign takes a polars DataFrame, not {type(given).__name__}.")
        super().__init__(lang)
        self._client = client
        self._frame = frame
        self.outbox = outbox if isinstance(outbox, Outbox) else Outbox(outbox)
        self._stop = threading.Event()
        self._stage = "editing"
        self._templates: dict[str, str] = {}
        self._plan: _Plan | None = None
        self._waiting = self._reserved = 0
        self._to_add = False
        self._found_in_dry_run: pl.DataFrame | None = None
        self.checked: pl.DataFrame | None = None

        self.column = w.Dropdown(description=self.t("column"), options=_columns(frame), value=_numbers(frame))
        self._name = self._usual_name()
        self.name = w.Text(description=self.t("campaign_name"), value=self._name)
        own = [(self.t("template_column"), "")] if "message" in frame.columns else []
        self.template = w.Dropdown(description=self.t("template"), options=own)
        self.mend = w.Checkbox(description=self.t("mend"), value=True, layout=w.Layout(width="auto"))
        self.schedule = Schedule(self.lang)
        wide = w.Layout(width="max-content")
        self.dry_run = w.Button(description=self.t("dry_run"), button_style="primary", layout=wide)
        self.findings = w.HTML()
        self.again = w.Checkbox(indent=False, layout=w.Layout(width="auto", display="none"))
        self.cancel = w.Button(button_style="warning", layout=w.Layout(width="max-content", display="none"))
        self.drop = w.Button(description=self.t("drop"), layout=w.Layout(width="max-content", display="none"))
        self.review = w.Button(button_style="warning", layout=wide)
        self.confirmation = w.HTML()
        self.go = w.Button(button_style="danger", layout=wide)
        self.back = w.Button(description=self.t("back"))
        self.progress = w.IntProgress()
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
                side_by_side(self.dry_run, self.review, self.drop, self.cancel),
                self.findings,
                self.again,
            ]
        )
        self._asked = w.VBox([self.confirmation, side_by_side(self.go, self.back)])
        self._running = w.VBox(
            [side_by_side(self.progress, self.count), side_by_side(self.pause, self.resume, self.check)]
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

        self.column.observe(self.react(self._rename), "value")
        for widget in (self.column, self.name, self.template, self.mend):
            widget.observe(self.react(self._changed), "value")
        self.again.observe(self.react(self._choose), "value")
        self.drop.on_click(self.react(self._drop))
        self.cancel.on_click(self.react(self._cancel))
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
        lacking = {title: self._lacking(content) for title, content in self._templates.items()}
        usable = [title for title, names in lacking.items() if not names]
        self.template.options = (*self.template.options, *((title, title) for title in usable))
        unusable = [
            self.t("template_lacks", title=title, names=", ".join(names))
            for title, names in lacking.items()
            if names
        ]
        if unusable:
            self.say(self.t("template_unusable", names=self.t("comma").join(unusable)))

    def _lacking(self, content: str) -> list[str]:
        """Name the fields of a template that are no column of the frame."""
        try:
            names = messages.fields(content)
        except InputError:
            return ["{{ }}"]
        # a template makes the column message, so it cannot be filled from one
        return [name for name in names if name == "message" or name not in self._frame.columns]

    def _usual_name(self) -> str:
        """Name the list: as it is named in the journal while something of it is open there, else after the day."""
        today = f"campaign-{self._client.now():%Y%m%d}"
        names = set(self.outbox.campaigns()["campaign"])
        if not names or self.column.value is None:
            return today
        numbers = self._frame.select(phones.normalised(pl.col(self.column.value).cast(pl.String))).to_series()
        own = self.outbox.campaigns(numbers.drop_nulls())
        still_open = own.filter(pl.col("open") > 0)["campaign"]
        if still_open.len():
            return str(still_open[-1])
        taken = names - {*own["campaign"]}
        numbered = chain([today], (f"{today}-{n}" for n in count(2)))
        return next(name for name in numbered if name not in taken)

    def _rename(self) -> None:
        """Name the list anew after another column was chosen, unless a person has named it."""
        if self.name.value == self._name:
            self._name = self.name.value = self._usual_name()

    def _changed(self) -> None:
        """Take back what was found, asked or is being looked for: it belongs to other settings."""
        if self._stage not in ("editing", "confirming"):
            return
        self._stage = "editing"
        self._plan = self.checked = self._found_in_dry_run = None
        self._waiting = self._reserved = 0
        self.again.value = False
        self.findings.value = ""
        self.refresh()

    def _planned(self) -> _Plan:
        """Read the form as it stands: on the kernel's main thread, and once for all that follows."""
        if self.column.value is None:
            raise InputError(self.t("column_missing"))
        frame = self._frame.with_columns(phone_number=pl.col(str(self.column.value)))
        template = self._templates.get(self.template.value or "")
        text = ["message"] if template is None else messages.fields(template)
        if template is None and "message" not in frame.columns:
            raise InputError(self.t("template_missing"))
        # whatever else a list holds is no business of the outbox, nor may it clash with names of its own
        frame = frame.select(name for name in frame.columns if name in {*_TAKEN, *text})
        at, group = self.schedule.read(self._client.now())
        name = self.name.value.strip()
        since = self._client.now() - _LATELY
        return _Plan(frame, name, template, at, group, "mend" if self.mend.value else "refuse", since)

    def _add(self, plan: _Plan, *, dry_run: bool) -> pl.DataFrame:
        return self.outbox.add(
            plan.frame,
            campaign=plan.campaign,
            template=plan.template,
            schedule_time=plan.schedule_time,
            group_tag=plan.group_tag,
            skip_invalid=True,
            unsendable=plan.unsendable,
            sent_since=None if plan.again else plan.since,
            dry_run=dry_run,
            lang=self.lang,
        )

    def _dry_run(self) -> None:
        if self.busy or self._stage != "editing":
            return
        self._changed()
        plan = self._plan = self._planned()
        self.working()

        def work() -> tuple[pl.DataFrame, int, int]:
            reserved = self.outbox.suppressed_reservations(self._client).height
            return self._add(plan, dry_run=True), _left(self.outbox.counts(campaign=plan.campaign)), reserved

        def done(answer: tuple[pl.DataFrame, int, int]) -> None:
            if self._plan is not plan:
                self.say(self.t("changed_meanwhile"), "bad")
                return
            self._found_in_dry_run, self._waiting, self._reserved = answer
            self._choose()
            said = [self.t("campaign_waiting", count=self._waiting)] if self._waiting else []
            if self._reserved:
                said.append(self.t("campaign_reserved", count=self._reserved))
            self.say("\n".join(said), "bad" if self._reserved else "plain")

        self.act(work, done)

    def _choose(self) -> None:
        """Take in or leave out those who have the same text already."""
        if (
            self._found_in_dry_run is None
            or self._plan is None
            or self._stage not in ("editing", "confirming")
        ):
            return
        self._stage = "editing"
        again = bool(self.again.value)
        self._plan = replace(self._plan, again=again)
        self.checked = self._found_in_dry_run
        self.findings.value = self._found(self.checked)
        if again:
            self.checked = self.checked.with_columns(pl.col("intake").replace("repeat", "queued"))
        self.again.description = self.t("again", count=self._repeats())
        self.refresh()

    def _repeats(self) -> int:
        found = self._found_in_dry_run
        return 0 if found is None else int((found["intake"] == "repeat").sum())

    def _cancel(self) -> None:
        """Cancel what is reserved for numbers that are on the suppression list since."""
        if self.busy or self._stage != "editing" or not self._reserved:
            return

        def done(found: pl.DataFrame) -> None:
            self._changed()
            count = int((found["sending_state"] == "withdrawn").sum())
            self.say(self.t("cancelled", count=count), "good")

        self.act(lambda: self.outbox.cancel_suppressed(self._client, progress=False), done)

    def _drop(self) -> None:
        """Give up what waits of this name."""
        plan = self._plan
        if plan is None or self.busy or self._stage != "editing":
            return

        def done(count: int) -> None:
            self._changed()
            self.say(self.t("dropped", count=count), "good")

        self.act(lambda: self.outbox.withdraw(campaign=plan.campaign), done)

    def _found(self, checked: pl.DataFrame) -> str:
        counts = dict(checked.group_by("intake").len().iter_rows())
        parts = int(checked.filter(pl.col("intake") == "queued")["parts"].sum())
        figures = [(self.t(f"intake_{key}"), f"{counts.get(key, 0):,}") for key in _INTAKES]
        if counts.get("repeat"):
            figures.append((self.t("intake_repeat"), f"{counts['repeat']:,}"))
        figures.append((self.t("parts_estimate"), f"{parts:,}"))
        shown = table([self.t("what"), self.t("people")], figures)
        problems = checked.filter(
            pl.col("problem").is_not_null(), ~pl.col("intake").is_in(["repeat", "queued"])
        ).head(_EXAMPLES)
        if not problems.is_empty():
            shown += table(
                [self.t("row"), self.t("number"), self.t("problem")],
                (
                    (f"{r['row'] + 1:,}", r["phone_number"] or "", privacy.mask_text(r["problem"]))
                    for r in privacy.mask(problems).iter_rows(named=True)
                ),
            )
        repeats = (
            checked.filter(pl.col("intake") == "repeat")["problem"].value_counts(sort=True).head(_EXAMPLES)
        )
        if not repeats.is_empty():
            shown += table(
                [self.t("intake_repeat"), self.t("people")],
                ((privacy.mask_text(problem), f"{n:,}") for problem, n in repeats.iter_rows()),
            )
        if checked["message"].str.contains(codes.OPT_OUT_URL, literal=True).any():
            shown += f"<p>{html.escape(words.text('messages.opt-out option', self.lang))}</p>"
        first = checked.filter(pl.col("intake") == "queued").head(1)
        if not first.is_empty():
            text = html.escape(privacy.mask(first)["message"][0])
            shown += f'<p>{html.escape(self.t("first_message"))}</p><div class="zrtools-message">{text}</div>'
        return shown

    def _ready(self) -> int:
        return 0 if self.checked is None else int((self.checked["intake"] == "queued").sum())

    def _going(self) -> int:
        """Count what a confirmation would send: what the dry run found, and what waits from an earlier run."""
        return 0 if self.checked is None else self._ready() + self._waiting

    # --------------------------------------------------------------------------------- review and sending

    def _review(self) -> None:
        if self.busy or self._stage != "editing" or not self._going() or not self._in_time():
            return
        self.confirmation.value = f"<b>{'<br>'.join(map(html.escape, self._question()))}</b>"
        self.go.description = self.t("campaign_start", count=self._going())
        self.say("")
        self._enter("confirming")

    def _question(self) -> list[str]:
        assert self.checked is not None  # noqa: S101 - asked after a dry run only
        assert self._plan is not None  # noqa: S101 - as above
        counts = dict(self.checked.group_by("intake").len().iter_rows())
        asked = self.t(
            "campaign_confirm",
            count=self._ready(),
            parts=int(self.checked.filter(pl.col("intake") == "queued")["parts"].sum()),
            when=self._when(),
            duplicates=counts.get("duplicate", 0),
            invalid=counts.get("invalid", 0),
            suppressed=counts.get("suppressed", 0),
        )
        waits = self.t("campaign_confirm_waiting", count=self._waiting)
        repeats = self.t(
            "campaign_confirm_again" if self._plan.again else "campaign_confirm_left", count=self._repeats()
        )
        lines = ((asked, self._ready()), (repeats, self._repeats()), (waits, self._waiting))
        return [line for line, some in lines if some]

    def _when(self) -> str:
        """Say when what is confirmed goes out: the form's time, or the times of the list's own rows."""
        assert self.checked is not None  # noqa: S101 - asked after a dry run only
        times = self.checked.filter(pl.col("intake") == "queued")["schedule_time"].unique()
        if times.len() > 1:
            return self.t("at_own_times")
        return self.schedule.say(times[0] if times.len() else None)

    def _in_time(self) -> bool:
        """Tell whether the time that was checked has not passed since; if it has, say so and have it mended."""
        at, now = self._plan.schedule_time if self._plan is not None else None, self._client.now()
        if at is None or at > now:
            return True
        if self._stage == "paused":
            self._enter("editing")
        self._changed()
        self.say(self.t("when_past", now=f"{now:%Y-%m-%d %H:%M}"), "bad")
        return False

    def _go(self) -> None:
        # a second click arrives when the stage has moved on; and the journal takes each message once anyway
        if self.busy or self._stage != "confirming" or not self._in_time():
            return
        self._to_add = bool(self._ready())
        self._dispatch()

    def _resume(self) -> None:
        # what waits in the journal has its own times; a list that is yet to be queued has that of the form
        if self._stage == "paused" and (not self._to_add or self._in_time()):
            self._dispatch()

    def _dispatch(self) -> None:
        plan = self._plan
        if plan is None or self.busy:
            return
        self._stop.clear()
        self._enter("sending")
        self.working()

        def work() -> None:
            if self._to_add:
                self._add(plan, dry_run=False)
                self._to_add = False
            self.outbox.send(self._client, campaign=plan.campaign, stop=self._stop, progress=False)

        def done(_: None) -> None:
            left = self._show_counts()
            if left:
                self.say(self.t("paused", left=left))
                self._enter("paused")
            else:
                self.say(self.t("campaign_done"), "good")
                self._enter("done")

        self.act(work, done)
        # while a large list is written into the journal, asking it would wait for that and hold the kernel up
        self.every(0.5, lambda: None if self._to_add else self._show_counts())

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
        assert self._plan is not None  # noqa: S101 - shown for a campaign that was confirmed
        counts = self.outbox.counts(campaign=self._plan.campaign)
        left = _left(counts)
        total = sum(
            counts.get(state, 0) for state in ("queued", "leaving", "accepted", "refused", "unsettled")
        )
        self.progress.max, self.progress.value = max(total, 1), total - left
        self.count.value = self.t("sending_progress", done=total - left, total=total)
        self.result.value = table(
            [self.t("state"), self.t("people")],
            (
                (words.text(f"outbox.state_{s}", self.lang), f"{n:,}")
                for s, n in sorted(counts.items(), key=lambda pair: -pair[1])
            ),
        )
        return left

    def _check(self) -> None:
        plan = self._plan
        if plan is None or self.busy:
            return
        self.working()

        def done(sent: pl.DataFrame) -> None:
            found = classify(sent).group_by("sending_state", "outcome").len().sort("len", descending=True)
            self.result.value = table(
                [self.t("state"), self.t("outcome"), self.t("people")],
                (
                    (words.text(f"outbox.state_{s}", self.lang), words.outcome(o, self.lang), f"{n:,}")
                    for s, o, n in found.iter_rows()
                ),
            )
            self.say("")

        self.act(lambda: self.outbox.status(self._client, campaign=plan.campaign), done)

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
        self.review.disabled = self.busy or not self._going()
        self.review.description = self.t("review")
        self.again.layout.display = None if self._repeats() else "none"
        self.drop.layout.display = None if self.checked is not None and self._waiting else "none"
        self.cancel.description = self.t("cancel_suppressed", count=self._reserved)
        self.cancel.layout.display = None if self._reserved else "none"
        self.drop.disabled = self.again.disabled = self.cancel.disabled = self.busy
        self.go.disabled = self.back.disabled = self.busy
        self.pause.disabled = stage != "sending" or self._stop.is_set()
        self.resume.disabled = self.busy or stage != "paused"
        self.check.disabled = self.busy or stage == "sending"


_INTAKES = ("queued", "duplicate", "invalid", "suppressed")


def _left(counts: dict[str, int]) -> int:
    """Count the messages of a campaign that have still to go, or whose answer has still to be settled."""
    return counts.get("queued", 0) + counts.get("leaving", 0)


def _columns(frame: pl.DataFrame) -> list[str]:
    """List the columns that may hold numbers: those that can be read as text."""
    never = (pl.Object, pl.Binary)
    return [name for name, kind in frame.schema.items() if not kind.is_nested() and kind not in never]


def _numbers(frame: pl.DataFrame) -> str | None:
    """Find the column of numbers: the one named so, else the one with the most of them, else none."""
    if "phone_number" in _columns(frame):
        return "phone_number"
    head = frame.head(200)
    shares = {
        name: head.select(phones.normalised(name).is_not_null().mean()).item() or 0
        for name, kind in head.schema.items()
        if kind == pl.String or kind.is_integer() or kind.is_float()
    }
    best = max(shares, key=lambda name: shares[name], default=None)
    return best if best is not None and shares[best] > 0 else None
