"""From a frame of an analyst's to messages that may be queued, each bad row with its reason."""

from __future__ import annotations

from typing import Literal

import polars as pl

from zrtools import messages, phones, words
from zrtools.codes import CARRIERS
from zrtools.errors import InputError
from zrtools.outbox.guards import Guards
from zrtools.periods import Time, time
from zrtools.privacy import mask_text
from zrtools.schemas import ZONE
from zrtools.texts import said

__all__ = ["Unsendable", "checked", "refuse", "sorted_out"]

Unsendable = Literal["refuse", "mend", "mend names", "send"]

_SENDABLE = [c.id for c in CARRIERS.values() if c.sendable]
_TAG = 200
_STATES = ("queued", "leaving", "accepted", "refused", "unsettled", "suppressed", "withdrawn")
_MINUTE = "%Y-%m-%d %H:%M"


def checked(
    frame: pl.DataFrame,
    *,
    template: str | None,
    schedule_time: Time | None,
    group_tag: str | None,
    unsendable: Unsendable,
    guards: Guards,
    lang: str | None,
) -> pl.DataFrame:
    """Bring a frame to the columns of the journal, with a `problem` (null: none) for each row.

    Columns: `row`, `phone_number`, `message`, `client_tag`, `carrier_id`, `schedule_time` (text, to the minute),
    `group_tag`, `parts`, `problem`, `remark` (on the number), `guards` (those that it fails). Raises `InputError`
    where the frame as a whole cannot be used.
    """
    if "phone_number" not in frame.columns:
        raise InputError(said("outbox.no_numbers", names=mask_text(", ".join(frame.columns)) or "none"))
    for name, value in (("schedule_time", schedule_time), ("group_tag", group_tag)):
        if value is not None and name in frame.columns:
            raise InputError(said("outbox.given_twice", name=name))
    if template is not None:
        frame = messages.render(template, frame, missing="null")
    elif "message" not in frame.columns:
        raise InputError(said("outbox.no_message"))
    when = None if schedule_time is None else time(schedule_time).strftime(_MINUTE)
    found = frame.select(
        row=pl.int_range(pl.len(), dtype=pl.Int64),
        given=phones.as_text(pl.col("phone_number")),
        phone_number=phones.normalised("phone_number"),
        message=_text("message"),
        client_tag=_optional(frame, "client_tag"),
        carrier_id=_optional(frame, "carrier_id"),
        schedule_given=_given(frame, "schedule_time"),
        schedule_time=_schedule(frame) if when is None else pl.lit(when),
        group_tag=_optional(frame, "group_tag") if group_tag is None else pl.lit(group_tag),
    )
    if unsendable in ("mend", "mend names"):
        found = found.with_columns(messages.mended(pl.col("message"), names=unsendable == "mend names"))
    found = found.with_columns(lint=messages.lint(pl.col("message"))).unnest("lint")
    if unsendable == "send":
        found = found.with_columns(
            pl.col("problems").list.filter(pl.element().struct.field("kind") != "cannot be sent")
        )
    chosen = words.language(lang)
    found = found.with_columns(phones.remark("phone_number"), guards.failing(frame, found))
    return found.select(
        "row",
        "phone_number",
        "message",
        "client_tag",
        "carrier_id",
        "schedule_time",
        "group_tag",
        "parts",
        "remark",
        "guards",
        problem=pl.coalesce(
            _said("number", phones.problem("given", lang=chosen), chosen),
            _when(pl.lit(template is not None) & pl.col("message").is_null(), "missing_value", chosen),
            _said("message", _in_words(found["problems"], chosen), chosen),
            _when(pl.col("schedule_given") & pl.col("schedule_time").is_null(), "schedule_time", chosen),
            _when(~pl.col("carrier_id").is_in(_SENDABLE), "carrier_id", chosen),
            _when(pl.col("group_tag").str.len_chars() > _TAG, "group_tag", chosen),
            _when(pl.col("client_tag").str.len_chars() > _TAG, "client_tag", chosen),
        ),
    )


def sorted_out(
    rows: pl.DataFrame,
    same: pl.DataFrame,
    tagged: pl.DataFrame,
    elsewhere: pl.DataFrame,
    listed: dict[str, str],
    guards: Guards,
    doubtful: phones.Doubtful,
    lang: str | None,
) -> pl.DataFrame:
    """Say of each row what becomes of it (`intake`), and why, or what is to be known of it (`problem`).

    `same`: the rows whose number and text the campaign has (`used`: whether one was taken back or refused; `known`: the
    state of one that stands); `tagged`: the rows whose own tag the journal has, unless the service never took it (its
    state, and whether it is the same message); `elsewhere`: the
    rows whose number and text stand under another name (`under`, `was`, `day`); `listed`: the suppressed numbers with
    their reasons.
    """
    own = pl.col("client_tag").is_not_null()
    usable = pl.col("problem").is_null()
    message = pl.struct("phone_number", "message")
    for known in (same, tagged, elsewhere):
        rows = rows.join(known, on="row", how="left", maintain_order="left")
    rows = rows.with_columns(
        # within the frame the first of its kind is the one that goes
        twice=usable
        & (
            pl.when(own)
            .then(pl.col("client_tag").cum_count().over("client_tag", usable) > 1)
            .otherwise(message.cum_count().over("phone_number", "message", own, usable) > 1)
        ),
        clash=usable
        & own
        & (~pl.col("alike").fill_null(value=True) | (message.n_unique().over("client_tag", usable) > 1)),
        state=pl.coalesce("known", "tagged"),
        listed=pl.col("phone_number").replace_strict(listed, default=None, return_dtype=pl.String),
    )
    states = {state: words.text(f"outbox.state_{state}", lang) for state in _STATES}
    stated, was = (
        pl.col(column).replace_strict(states, default=None, return_dtype=pl.String)
        for column in ("state", "was")
    )
    chosen = words.language(lang)
    nobody = pl.lit(doubtful == "leave out") & (pl.col("remark") == "doubtful").fill_null(value=False)
    fails = pl.col("guards").list.len() > 0
    asked = guards.words(chosen)
    missing = (
        pl.col("guards")
        .list.eval(pl.element().replace_strict(asked, return_dtype=pl.String))
        .list.join("／" if chosen == "ja" else "; ")
    )
    elsewhere_said = words.text("outbox.elsewhere", lang, campaign="{}", state="{}", day="{}")
    return rows.with_columns(
        intake=pl.when(~usable | pl.col("clash"))
        .then(pl.lit("invalid"))
        .when(pl.col("state").is_not_null())
        .then(pl.lit("duplicate"))
        .when(nobody)
        .then(pl.lit("doubtful"))
        .when(pl.col("twice"))
        .then(pl.lit("duplicate"))
        .when(fails)
        .then(pl.lit("held"))
        .when(pl.col("listed").is_not_null())
        .then(pl.lit("suppressed"))
        .when(pl.col("was").is_not_null())
        .then(pl.lit("repeat"))
        .otherwise(pl.lit("queued")),
        problem=pl.coalesce(
            "problem",
            _when(pl.col("clash"), "tag_taken", chosen),
            pl.format(words.text("outbox.known", lang, state="{}"), stated),
            pl.when(nobody).then(_remark(chosen)),
            _when(pl.col("twice"), "twice", chosen),
            pl.when(fails).then(missing),
            pl.format(words.text("outbox.suppressed", lang, why="{}"), "listed"),
            pl.format(elsewhere_said, pl.col("under").replace("", "–"), was, "day"),
            _remark(chosen),
        ),
    )


def refuse(rows: pl.DataFrame) -> None:
    """Refuse a frame of which a row is bad, or an advertisement that nobody has said may go.

    Raises `InputError` that tells how many there are and the first of them (`.row`).
    """
    bad = rows.filter(pl.col("intake") == "invalid")
    if bad.height:
        row, problem = bad.select("row", "problem").row(0)
        raise InputError(
            said("outbox.invalid", height=bad.height, height2=rows.height, row=row, problem=problem),
            row=row,
        )
    held = rows.filter(pl.col("intake") == "held")
    if held.height:
        row, problem, guards = held.select("row", "problem", "guards").row(0)
        facts = {
            "count": held.height,
            "rows": rows.height,
            "row": row,
            "problem": problem,
            "guard": guards[0],
        }
        raise InputError(said("outbox.held", **facts), row=row)


def _text(name: str) -> pl.Expr:
    return pl.col(name).cast(pl.String)


def _optional(frame: pl.DataFrame, name: str) -> pl.Expr:
    if name not in frame.columns:
        return pl.lit(None, pl.String)
    # an empty cell of a spreadsheet means that nothing was given
    return pl.when(_text(name).str.strip_chars() != "").then(_text(name))


def _given(frame: pl.DataFrame, name: str) -> pl.Expr:
    return _optional(frame, name).is_not_null()


def _schedule(frame: pl.DataFrame) -> pl.Expr:
    dtype = frame.schema.get("schedule_time")
    if dtype is None or dtype == pl.Null:
        return pl.lit(None, pl.String)
    column = pl.col("schedule_time")
    if isinstance(dtype, pl.Datetime):
        local = column.dt.convert_time_zone(ZONE) if dtype.time_zone else column
        return local.dt.strftime(_MINUTE)
    text = column.cast(pl.String).str.strip_chars().str.replace("T", " ", literal=True)
    minute = text.str.extract(
        r"^([0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2})(?::[0-5][0-9](?:\.[0-9]+)?)?$"
    )
    return minute.str.to_datetime(_MINUTE, strict=False).dt.strftime(_MINUTE)


def _when(condition: pl.Expr, key: str, lang: str) -> pl.Expr:
    return pl.when(condition).then(pl.lit(words.text(f"outbox.{key}", lang)))


def _said(key: str, why: pl.Expr, lang: str) -> pl.Expr:
    return pl.format(words.text(f"outbox.{key}", lang, why="{}"), why)


def _remark(lang: str) -> pl.Expr:
    wording = {key: words.label(said, lang) for key, said in phones.REMARKS.items()}
    return _said(
        "number", pl.col("remark").replace_strict(wording, default=None, return_dtype=pl.String), lang
    )


def _in_words(problems: pl.Series, lang: str) -> pl.Expr:
    """Say the first problem of each message."""
    first = problems.list.first().alias("first")
    unique = first.drop_nulls().unique()
    worded = pl.DataFrame(
        {"first": unique, "said": [messages.Problem(**problem).words(lang) for problem in unique]},
        schema={"first": first.dtype, "said": pl.String()},
    )
    return pl.lit(first.to_frame().join(worded, on="first", how="left", maintain_order="left")["said"])
