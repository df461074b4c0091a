"""A form that sends a frame of messages through an outbox: dry run, confirm, send, pause, resume."""

from __future__ import annotations

import html
import os
import threading
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import chain, count
from pathlib import Path
from typing import TYPE_CHECKING

import ipywidgets as w
import polars as pl

from zrtools import codes, messages, phones, privacy, tables, words
from zrtools.arguments import checked
from zrtools.codes import MessageKind
from zrtools.errors import InputError
from zrtools.failures import classify
from zrtools.forms import telling
from zrtools.forms.panel import Panel, heading, side_by_side, table
from zrtools.forms.private import PrivateDownload, PrivateHTML
from zrtools.forms.scheduling import Schedule, Templates
from zrtools.outbox import Outbox
from zrtools.outbox.guards import GUARDS, is_night, who
from zrtools.outbox.preview import estimate
from zrtools.periods import Time
from zrtools.schemas import OUTBOX, empty
from zrtools.texts import said

if TYPE_CHECKING:
    from zrtools.client import Client
    from zrtools.outbox.intake import Unsendable
    from zrtools.usage import Prices
else:
    from zrtools.arguments import Client, Prices

__all__ = ["CampaignForm", "campaign"]

_EXAMPLES = 5
_REASONS = 8
_LATELY = timedelta(
    days=7
)  # for which the same text to the same number is taken for a mistake, until it is wanted
_TAKEN = (
    *("phone_number", "carrier_id", "client_tag", "schedule_time", "group_tag"),
    *("consent_date", "consent_source"),
)


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
    kind: MessageKind | None = None
    sender: str | None = None
    despite: Mapping[str, str] = field(default_factory=dict)
    again: bool = False


@checked
def campaign(
    client: Client,
    frame: pl.DataFrame,
    *,
    outbox: Outbox | str | Path = "outbox.sqlite",
    column: str | None = None,
    name: str | None = None,
    template: str | None = None,
    schedule_time: Time | None = None,
    group_tag: str | None = None,
    prices: Prices | Mapping[str, Decimal | int | str] | Decimal | int | str | None = None,
    type_above: int = 100,
    by: str | None = None,
    kind: MessageKind | None = None,
    sender: str | None = None,
    consent: pl.DataFrame | None = None,
    lang: str | None = None,
) -> CampaignForm:
    """Show a form that sends a frame of messages, each exactly once, through an outbox on disk.

    The frame has a column of numbers, and `message` or the columns that a template names; `carrier_id`,
    `client_tag`, `schedule_time` and `group_tag` are taken where they stand. A dry run says row by row what would
    happen; nothing leaves before the confirmation. Closing the notebook loses nothing: the same form again goes on.
    A list keeps its name until it is done or taken back, and whoever got the same text in the last seven days, or for
    whom it waits, under whatever name, is shown and left out unless you say otherwise.

    `column`, `name`, `template` (a title), `schedule_time` (Japan) and `group_tag` are filled in. The confirmation
    shows what goes out, three messages as they leave and, with `prices` as `Outbox.preview` takes them, the cost. More
    than `type_above` messages need their number typed. The journal keeps what was confirmed, and who did, `by` (else
    the user of this machine); its caps hold (`Outbox.cap`). `kind`, `sender` and `consent` are as in `Outbox.add`: an
    advertisement that fails a guard is held until words, which the journal keeps, are typed for it.
    Raises `InputError` for what is no polars DataFrame, a column that is not there and a price that is none.
    """
    return CampaignForm(
        client,
        frame,
        outbox=outbox,
        column=column,
        name=name,
        template=template,
        schedule_time=schedule_time,
        group_tag=group_tag,
        prices=prices,
        type_above=type_above,
        by=by,
        kind=kind,
        sender=sender,
        consent=consent,
        lang=lang,
    )


class CampaignForm(Panel):
    """A form for a campaign; `checked` is the frame of the last dry run, `outbox` the journal."""

    def __init__(
        self,
        client: Client,
        frame: pl.DataFrame,
        *,
        outbox: Outbox | str | Path = "outbox.sqlite",
        column: str | None = None,
        name: str | None = None,
        template: str | None = None,
        schedule_time: Time | None = None,
        group_tag: str | None = None,
        prices: Prices | Mapping[str, Decimal | int | str] | Decimal | int | str | None = None,
        type_above: int = 100,
        by: str | None = None,
        kind: MessageKind | None = None,
        sender: str | None = None,
        consent: pl.DataFrame | None = None,
        lang: str | None = None,
    ) -> None:
        given: object = frame
        if not isinstance(given, pl.DataFrame):
            raise InputError(said("forms.campaign_frame", kind=type(given).__name__))
        if column is not None and column not in _columns(frame):
            raise InputError(said("forms.no_number_column", column=column))
        super().__init__(lang)
        self._client = client
        self._frame = frame
        self._prices = prices
        if prices is not None:
            self._cost(pl.DataFrame(schema={"carrier_id": pl.String(), "parts": pl.Int64()}))
        self._type_above = type_above
        self._consent = consent
        self._by = by or os.environ.get("JUPYTERHUB_USER") or who()
        self.outbox = outbox if isinstance(outbox, Outbox) else Outbox(outbox)
        self._stop = threading.Event()
        self._stage = "editing"
        self._templates: dict[str, str] = {}
        self._plan: _Plan | None = None
        self._waits = empty(OUTBOX)
        self._reserved = 0
        self._room: int | None = None
        self._to_add = False
        self._confirmed: dict[str, object] = {}
        self._found_in_dry_run: pl.DataFrame | None = None
        self.checked: pl.DataFrame | None = None

        self.column = w.Dropdown(
            description=self.t("column"), options=_columns(frame), value=column or _numbers(frame)
        )
        self._name = self._usual_name()
        self.name = w.Text(description=self.t("campaign_name"), value=name or self._name)
        own = [(self.t("template_column"), "")] if "message" in frame.columns else []
        self.template = Templates(description=self.t("template"), options=own)
        kinds = [(words.label(said, self.lang), name) for name, said in codes.MESSAGE_KINDS.items()]
        self.kind = w.Dropdown(
            description=self.t("kind"), options=[(self.t("kind_unsaid"), ""), *kinds], value=kind or ""
        )
        self.sender = w.Text(description=self.t("sender"), value=sender or "")
        self.despite = {
            guard: w.Text(
                description=self.t(f"despite {guard}"),
                placeholder=self.t("despite_hint"),
                layout=w.Layout(width="auto", display="none"),
            )
            for guard in GUARDS
        }
        self.mend = w.Checkbox(description=self.t("mend"), value=True, layout=w.Layout(width="auto"))
        self.mend_names = w.Checkbox(description=self.t("mend_names"), layout=w.Layout(width="auto"))
        self.schedule = Schedule(self.lang)
        self.schedule.preset(schedule_time, group_tag)
        wide = w.Layout(width="max-content")
        self.dry_run = w.Button(description=self.t("dry_run"), button_style="primary", layout=wide)
        self.findings = PrivateHTML()
        self.left_out = PrivateDownload(self._left_out, description=self.t("download_left_out"))
        self.again = w.Checkbox(indent=False, layout=w.Layout(width="auto", display="none"))
        self.cancel = w.Button(button_style="warning", layout=w.Layout(width="max-content", display="none"))
        self.drop = w.Button(description=self.t("drop"), layout=w.Layout(width="max-content", display="none"))
        self.review = w.Button(button_style="warning", layout=wide)
        self.confirmation = PrivateHTML()
        self.number = w.Text(description=self.t("type_number"))
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
                self.kind,
                self.sender,
                self.mend,
                self.mend_names,
                self.schedule,
                side_by_side(self.dry_run, self.review, self.hurdle),
                side_by_side(self.drop, self.cancel),
                self.findings,
                self.left_out,
                *self.despite.values(),
                self.again,
            ]
        )
        self._asked = w.VBox([self.confirmation, self.number, side_by_side(self.go, self.back)])
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
        for widget in (
            *(self.column, self.name, self.template, self.kind, self.sender),
            *(self.mend, self.mend_names, *self.despite.values()),
        ):
            widget.observe(self.react(self._changed), "value")
        self.again.observe(self.react(self._choose), "value")
        self.number.observe(self.react(self.refresh), "value")
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
        if template is not None:
            self.template.value = template
        self._changed()
        self.act(self._client.templates, self._offer_templates, self.t("doing_templates"))

    # ------------------------------------------------------------------------------------------ editing

    def _offer_templates(self, found: pl.DataFrame) -> None:
        self._templates = dict(found.select("title", "content").drop_nulls().iter_rows())
        lacking = {title: self._lacking(content) for title, content in self._templates.items()}
        usable = [title for title, names in lacking.items() if not names]
        missed = self.template.offer([(title, title) for title in usable])
        unusable = [
            self.t("template_lacks", title=title, names=", ".join(names))
            for title, names in lacking.items()
            if names
        ]
        said = [self.t("template_unusable", names=self.t("comma").join(unusable))] if unusable else []
        if missed is not None and missed not in lacking:
            said.insert(0, self.t("template_unknown", title=missed))
        self.say("\n".join(said), "plain" if missed is None else "bad")

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
        self._waits = empty(OUTBOX)
        self._reserved = 0
        self._room = None
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
        mend: Unsendable = "mend" if self.mend.value else "refuse"
        if self.mend_names.value:
            mend = "mend names"
        plan = _Plan(frame, name, template, at, group, mend, since, self.kind.value or None)
        if plan.kind != "advertisement":
            return plan
        why = {guard: box.value.strip() for guard, box in self.despite.items() if box.value.strip()}
        return replace(plan, sender=self.sender.value.strip() or None, despite=why)

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
            kind=plan.kind,
            sender=plan.sender,
            consent=self._consent if plan.kind == "advertisement" else None,
            despite=plan.despite,
            dry_run=dry_run,
            lang=self.lang,
        )

    def _dry_run(self) -> None:
        if self.busy or self._stage != "editing":
            return
        self._changed()
        plan = self._plan = self._planned()
        self.working(self.t("doing_dry_run"))

        def work() -> tuple[pl.DataFrame, pl.DataFrame, int, int | None]:
            reserved = self.outbox.suppressed_reservations(self._client).height
            waits = self.outbox.frame(campaign=plan.campaign).filter(
                pl.col("sending_state").is_in(["queued", "leaving"])
            )
            room = self.outbox.room(plan.campaign, client=self._client)
            return self._add(plan, dry_run=True), waits, reserved, room

        def done(answer: tuple[pl.DataFrame, pl.DataFrame, int, int | None]) -> None:
            if self._plan is not plan:
                self.say(self.t("changed_meanwhile"), "bad")
                return
            self._found_in_dry_run, self._waits, self._reserved, self._room = answer
            self._choose()
            said = [self.t("campaign_waiting", count=self._waits.height)] if self._waits.height else []
            if self._reserved:
                said.append(self.t("campaign_reserved", count=self._reserved))
            self.say("\n".join(said), "bad" if self._reserved else "plain")

        self.act(work, done, self.t("doing_dry_run"))

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
        asked = set(self.checked["guards"].explode()) | ({"night"} if self._waits_for_morning() else set())
        for guard in asked & set(GUARDS):
            self.despite[guard].layout.display = None
        self.again.description = self.t("again", count=self._repeats())
        self.refresh()

    def _waits_for_morning(self) -> bool:
        """Tell whether advertisements of the plan would leave now, at night, with nobody having said why."""
        plan = self._plan
        return (
            plan is not None
            and plan.kind == "advertisement"
            and "night" not in plan.despite
            and is_night(self._client.now(), self.outbox.night)
            and self.checked is not None
            and self.checked.filter(pl.col("intake") == "queued")["schedule_time"].null_count() > 0
        )

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

        self.act(
            lambda: self.outbox.cancel_suppressed(self._client, progress=False), done, self.t("doing_cancel")
        )

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
        """Say what a dry run found: how many of each kind, what is left out and why, and what should be looked at."""
        counts = dict(checked.group_by("intake").len().iter_rows())
        queued = checked.filter(pl.col("intake") == "queued")
        figures = [(self.t(f"intake_{key}"), f"{counts.get(key, 0):,}") for key in _INTAKES]
        figures += [(self.t(f"intake_{key}"), f"{counts[key]:,}") for key in _SELDOM if counts.get(key)]
        figures.append((self.t("parts_estimate"), f"{int(queued['parts'].sum()):,}"))
        shown = table([self.t("what"), self.t("people")], figures)
        reasons = _reasons(checked)
        if not reasons.is_empty():
            shown += table(
                [self.t("left_out_why"), self.t("people"), self.t("rows")],
                (
                    (privacy.mask_text(why), f"{n:,}", self._some_rows(rows, n))
                    for why, n, rows in reasons.head(_REASONS).iter_rows()
                ),
            )
            if reasons.height > _REASONS:
                more = self.t("more_reasons", count=reasons.height - _REASONS)
                shown += f"<p>{html.escape(more)}</p>"
        for line in self._to_look_at(queued):
            shown += f'<div data-state="bad">{html.escape(line)}</div>'
        if checked["message"].str.contains(codes.OPT_OUT_URL, literal=True).any():
            shown += f"<p>{html.escape(words.text('messages.opt-out option', self.lang))}</p>"
        if not queued.is_empty():
            body = html.escape(queued["message"][0])
            shown += f'<p>{html.escape(self.t("first_message"))}</p><div class="zrtools-message">{body}</div>'
        return shown

    def _some_rows(self, rows: list[int], count: int) -> str:
        """Name the first rows, counted from 1 without the heading."""
        named = self.t("comma").join(f"{row + 1:,}" for row in rows)
        return named + ("…" if count > len(rows) else "")

    def _to_look_at(self, queued: pl.DataFrame) -> list[str]:
        """Point at what can be sent but may be meant otherwise."""
        lines: list[str] = []
        if self._waits_for_morning():
            first, last = self.outbox.night
            lines.append(self.t("night_waits", first=first, last=last))
        several = (
            queued.group_by("phone_number", maintain_order=True)
            .agg(pl.col("message").n_unique().alias("texts"), pl.col("row").head(_EXAMPLES))
            .filter(pl.col("texts") > 1)
        )
        if several.height:
            rows = several["row"].explode().head(_EXAMPLES).sort().to_list()
            named = self._some_rows(rows, int(several["row"].list.len().sum()))
            lines.append(self.t("several_texts", count=several.height, rows=named))
        long = queued.filter(pl.col("parts") > 1).group_by("parts").len().sort("parts")
        lines += [self.t("long_messages", parts=parts, count=n) for parts, n in long.iter_rows()]
        for reason, n, rows in _reasons(queued, "queued").iter_rows():
            lines.append(self.t("in_rows", said=reason, count=n, rows=self._some_rows(rows, n)))
        twice = queued.select("row", found=telling.in_rows(pl.col("message"))).drop_nulls()
        for found, times, rows in (
            twice.group_by("found", maintain_order=True)
            .agg(pl.len(), pl.col("row").head(_EXAMPLES))
            .iter_rows()
        ):
            said = self.t("doubled", found=found)
            lines.append(self.t("in_rows", said=said, count=times, rows=self._some_rows(rows, times)))
        return lines

    def _left_out(self) -> tuple[str, bytes]:
        """Give a workbook of the rows that are not sent: where they stand, what was given, and why."""
        assert self._found_in_dry_run is not None  # noqa: S101 - offered after a dry run
        assert self._plan is not None  # noqa: S101 - as above
        given = self._plan.frame.select(given=phones.as_text(pl.col("phone_number")))["given"]
        rows = self._found_in_dry_run.with_columns(given=given).filter(pl.col("intake") != "queued")
        said = {key: self.t(f"intake_{key}") for key in (*_INTAKES, *_SELDOM)}
        frame = rows.select(
            (pl.col("row") + 1).alias(self.t("row")),
            pl.col("given").alias(self.t("number")),
            pl.col("intake")
            .replace_strict(said, default=None, return_dtype=pl.String)
            .alias(self.t("state")),
            pl.col("problem").alias(self.t("problem")),
            pl.col("message").alias(self.t("message")),
        )
        return f"left-out-{self._client.now():%Y%m%d-%H%M}.xlsx", tables.as_excel(frame)

    def _ready(self) -> int:
        return 0 if self.checked is None else int((self.checked["intake"] == "queued").sum())

    def _going(self) -> int:
        """Count what a confirmation would send: what the dry run found, and what waits from an earlier run."""
        return 0 if self.checked is None else self._ready() + self._waits.height

    # --------------------------------------------------------------------------------- review and sending

    def _review(self) -> None:
        if self.busy or self._stage != "editing" or not self._going() or not self._in_time():
            return
        if self._over():
            return
        going = self._leaving()
        figures = self._question(going)
        self.confirmation.value = (
            f"<b>{html.escape(self.t('campaign_confirm', count=going.height))}</b>"
            + table([self.t("what"), self.t("detail")], figures, figures=False)
            + "".join(f'<div data-state="bad">{html.escape(line)}</div>' for line in self._to_look_at(going))
            + f"<p>{html.escape(self.t('three_messages'))}</p>"
            + "".join(
                telling.labelled(telling.number(number), html.escape(text))
                for number, text in _three(going).iter_rows()
            )
        )
        # what the journal keeps of it: what was shown, without numbers and bodies
        self._confirmed = {"figures": dict(figures), "messages": going.height}
        self.number.value = ""
        self.number.placeholder = self.t("type_number_hint", count=going.height)
        self.go.description = self.t("campaign_start", count=going.height)
        self.say("")
        self._enter("confirming")

    def _leaving(self) -> pl.DataFrame:
        """Give the messages that a yes would let go: those of the list that are new, and those that wait."""
        assert self.checked is not None  # noqa: S101 - asked after a dry run only
        assert self._plan is not None  # noqa: S101 - as above
        columns = (
            "row",
            "phone_number",
            "message",
            "parts",
            "schedule_time",
            "carrier_id",
            "intake",
            "problem",
        )
        frame = self._plan.frame
        given = (
            frame["carrier_id"].cast(pl.String) if "carrier_id" in frame.columns else pl.lit(None, pl.String)
        )
        new = self.checked.with_columns(carrier_id=given).filter(pl.col("intake") == "queued")
        waits = self._waits.with_columns(
            row=pl.lit(None, pl.Int64()), intake=pl.lit("queued"), problem=pl.lit(None, pl.String())
        )
        return pl.concat([new.select(columns), waits.select(columns)], how="vertical_relaxed")

    def _question(self, going: pl.DataFrame) -> list[tuple[str, str]]:
        """List what the person is asked to confirm."""
        assert self.checked is not None  # noqa: S101 - asked after a dry run only
        assert self._plan is not None  # noqa: S101 - as above
        plan = self._plan
        left_out = [
            self.t("reason_count", why=privacy.mask_text(why), count=n)
            for why, n, _ in _reasons(self.checked).iter_rows()
        ]
        if plan.again and self._repeats():
            left_out.append(self.t("campaign_confirm_again", count=self._repeats()))
        figures = {
            "campaign_name": plan.campaign,
            "sms_code": self._client.sms_code or self.t("none"),
            "template": self.template.label or self.t("none"),
            "kind": self.kind.label if plan.kind else None,
            "despite": "\n".join(
                f"{self.t(f'despite {guard}')}{self.t('colon')}{why}" for guard, why in plan.despite.items()
            )
            or None,
            "messages_out": self.t(
                "messages_of", count=going.height, numbers=going["phone_number"].n_unique()
            ),
            "waiting_before": f"{self._waits.height:,}" if self._waits.height else None,
            "parts_estimate": f"{int(going['parts'].sum()):,}",
            "cost": self._money(going),
            "when_out": self._when(going),
            "group": plan.group_tag,
            "left_out_why": "\n".join(left_out[:_REASONS]) or self.t("none"),
            "room": None if self._room is None else self.t("room_left", count=self._room),
        }
        return [(self.t(key), value) for key, value in figures.items() if value is not None]

    def _cost(self, going: pl.DataFrame) -> tuple[Decimal, Decimal]:
        assert self._prices is not None  # noqa: S101 - asked where there are some
        by_carrier = going.group_by("carrier_id").agg(pl.len().alias("messages"), pl.col("parts").sum())
        return estimate(by_carrier, self._prices, self._client.now().date(), self._client.client_id)

    def _money(self, going: pl.DataFrame) -> str:
        if self._prices is None:
            return self.t("cost_without_prices")
        low, high = (f"{figure:,}" for figure in self._cost(going))
        key = "preview_one_cost" if low == high else "preview_cost_range"
        return words.text(f"outbox.{key}", self.lang, low=low, high=high)

    def _when(self, going: pl.DataFrame) -> str:
        """Say when what is confirmed goes out: at once, at one time, or from the first to the last."""
        first, last = going.select(pl.col("schedule_time").min(), last=pl.col("schedule_time").max()).row(0)
        at_once = going["schedule_time"].null_count()
        if first is None:
            return self.t("now")
        said = self.schedule.say(first)
        if first != last:
            said = self.t("first_to_last", when=words.stretch(first, last, self.lang))
        return self.t("some_at_once", count=at_once, rest=said) if at_once else said

    def _over(self) -> str | None:
        """Say which cap keeps the campaign off, None where none does."""
        if self._room is None or self._going() <= self._room:
            return None
        return self.t("over_cap", going=self._going(), room=self._room)

    def _typed(self) -> bool:
        """Tell whether the number of messages was typed, where it has to be."""
        if self._going() <= self._type_above:
            return True
        typed = unicodedata.normalize("NFKC", self.number.value).replace(",", "").strip()
        return typed == str(self._going())

    def _in_time(self) -> bool:
        """Tell whether the time that was checked has not passed since; if it has, say so and have it mended."""
        at, now = self._plan.schedule_time if self._plan is not None else None, self._client.now()
        if at is None or at > now:
            return True
        if self._stage == "paused":
            self._enter("editing")
        self._changed()
        self.say(self.t("when_past", now=words.moment(now, self.lang, short=False)), "bad")
        return False

    def _go(self) -> None:
        # a second click arrives when the stage has moved on; and the journal takes each message once anyway
        if self.busy or self._stage != "confirming" or not self._typed() or not self._in_time():
            return
        assert self._plan is not None  # noqa: S101 - asked before
        self.outbox.confirmed(self._plan.campaign, by=self._by, what=self._confirmed)
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
        self.working(self.t("doing_send"))

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

        self.act(work, done, self.t("doing_send"))
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
        self.working(self.t("doing_check"))

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

        self.act(
            lambda: self.outbox.status(self._client, campaign=plan.campaign), done, self.t("doing_check")
        )

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
        over = self._over()
        missing = []
        if not self.name.value.strip():
            missing.append(self.t("needs_name"))
        elif self.checked is None:
            missing.append(self.t("needs_dry_run"))
        elif not self._going():
            missing.append(self.t("nothing_to_send"))
        self.hold([] if self.busy else missing, [over] if over else [])
        self.dry_run.disabled = self.busy or not self.name.value.strip()
        self.review.disabled = self.busy or not self._going() or over is not None
        found = self._found_in_dry_run
        some = found is not None and bool((found["intake"] != "queued").any())
        self.left_out.layout.display = None if some else "none"
        self.number.layout.display = None if self._going() > self._type_above else "none"
        self.review.description = self.t("review")
        self.sender.layout.display = None if self.kind.value == "advertisement" else "none"
        self.again.layout.display = None if self._repeats() else "none"
        self.drop.layout.display = None if self.checked is not None and self._waits.height else "none"
        self.cancel.description = self.t("cancel_suppressed", count=self._reserved)
        self.cancel.layout.display = None if self._reserved else "none"
        self.drop.disabled = self.again.disabled = self.cancel.disabled = self.busy
        self.go.disabled = self.busy or not self._typed()
        self.back.disabled = self.busy
        self.pause.disabled = stage != "sending" or self._stop.is_set()
        self.resume.disabled = self.busy or stage != "paused"
        self.check.disabled = self.busy or stage == "sending"


_INTAKES = ("queued", "duplicate", "invalid", "suppressed")
_SELDOM = ("doubtful", "held", "repeat")


def _reasons(checked: pl.DataFrame, of: str | None = None) -> pl.DataFrame:
    """Count why rows are left out (or what is remarked of those `of` an intake), the most frequent first.

    Each has its first rows.
    """
    kept = (
        pl.col("intake") != "queued"
        if of is None
        else (pl.col("intake") == of) & pl.col("problem").is_not_null()
    )
    # where in its text a character stands makes no reason of its own
    why = pl.col("problem").str.replace_all(r"\d+文字目：|Character \d+: ", "")
    return (
        checked.filter(kept)
        .group_by(why, maintain_order=True)
        .agg(pl.len(), pl.col("row").head(_EXAMPLES))
        .sort("len", descending=True, maintain_order=True)
    )


def _three(going: pl.DataFrame) -> pl.DataFrame:
    """Take three messages: the longest, the first, and the last of the rest."""
    longest = going.sort("parts", pl.col("message").str.len_chars(), descending=True, maintain_order=True)
    first, rest = longest.head(1), longest.slice(1).sort("row", nulls_last=True, maintain_order=True)
    picked = [first, rest.head(1), rest.slice(1).tail(1)]
    return pl.concat(picked).select("phone_number", "message")


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
