"""How long messages take to be delivered, where that can be known."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from zrtools.arguments import checked
from zrtools.errors import InputError
from zrtools.failures.classes import classify
from zrtools.failures.traffic import keys_of
from zrtools.intervals import share, wilson
from zrtools.schemas import LATENCY, STATUS, ZONE, check
from zrtools.texts import said

__all__ = ["latency"]

# reports name whole seconds, and two clocks are never quite alike
_TOLERANCE = 2.0
_SOON = 30
_KEYS = ("carrier", "campaign", "hour", "day")


@checked
def latency(
    sent: pl.DataFrame, statuses: pl.DataFrame | None = None, by: Sequence[str] | str = ()
) -> pl.DataFrame:
    """Measure the time from acceptance of a message to the status that it was delivered.

    What it cannot know: the service says when **it** learnt of a delivery, not when the handset had the message; its
    clock and the sending computer's may differ; messages that were not sent through an outbox, or have no clientTag,
    are not in it. Pending messages count as longer than all delivered ones, so that slow ones are not left out.

    Parameters
    ----------
    sent
        The journal of an outbox: `outbox.frame()` (OUTBOX) or what became of it (SENT).
    statuses
        STATUS or delivery reports (DLR) of these messages, joined by clientTag; not needed where `sent` is SENT.
    by
        Any of carrier, campaign, hour and day (of sending, Japan); none for all together.

    Returns
    -------
    pl.DataFrame
        The `by` columns, then LATENCY (seconds), in the order of the `by` columns. The time runs from acceptance, of a
        reservation from its time; failed messages have none.

    Raises
    ------
    InputError
        For missing columns and for other columns in `by`.
    """
    keys = keys_of(by, LATENCY)
    if wrong := [k for k in keys if k not in _KEYS]:
        raise InputError(
            said("failures.by_one_of", keys=keys, names=", ".join(wrong), names2=", ".join(_KEYS))
        )
    _require("sent", sent, ["client_tag", "settled_at", "sending_state"])
    messages = sent.filter(pl.col("sending_state") == "accepted", pl.col("client_tag").is_not_null())
    if statuses is not None:
        needed = ["client_tag", "date_time", "status_id"]
        _require("statuses", statuses, needed)
        check(statuses, pl.Schema({name: STATUS[name] for name in needed}), "STATUS")
        messages = messages.drop("date_time", "carrier", "status_id", strict=False).join(
            _first(statuses), on="client_tag", how="left"
        )
    else:
        _require("sent", messages, ["date_time", "status_id"])
    messages = _timed(messages)
    return _summed(messages, keys)


def _require(name: str, frame: pl.DataFrame, columns: Sequence[str]) -> None:
    if missing := [c for c in columns if c not in frame.columns]:
        hint = said("failures.hint_sent" if name == "sent" else "failures.hint_statuses")
        raise InputError(said("failures.needs_column", name=name, names=", ".join(missing), hint=hint))


def _first(statuses: pl.DataFrame) -> pl.DataFrame:
    """Give each tag's first delivery, else its newest status: a report may come more than once."""
    there = [c for c in ("carrier",) if c in statuses.columns]
    delivered = (pl.col("status_id") == 2).fill_null(value=False)
    when = pl.col("date_time")
    return (
        statuses.filter(pl.col("client_tag").is_not_null())
        .sort(delivered, pl.when(delivered).then(when), when, descending=[True, False, True], nulls_last=True)
        .unique("client_tag", keep="first", maintain_order=True)
        .select("client_tag", "date_time", "status_id", *there)
    )


def _timed(messages: pl.DataFrame) -> pl.DataFrame:
    """Add the outcome, when a message set out, and the seconds until it was delivered."""
    planned = pl.col("schedule_time") if "schedule_time" in messages.columns else pl.lit(None)
    lacking = [pl.lit(None, pl.String).alias(c) for c in ("carrier", "campaign") if c not in messages.columns]
    start = pl.max_horizontal("settled_at", planned)
    local = start.dt.convert_time_zone(ZONE)
    coded = (
        messages
        if "detailed_status_id" in messages.columns
        else messages.with_columns(detailed_status_id=pl.lit(None, pl.String))
    )
    seconds = (pl.col("date_time") - start).dt.total_milliseconds() / 1000
    return classify(coded).with_columns(
        *lacking,
        hour=local.dt.hour().cast(pl.Int8),
        day=local.dt.date(),
        _seconds=pl.when((pl.col("outcome") == "delivered") & (seconds >= -_TOLERANCE)).then(
            pl.max_horizontal(seconds, pl.lit(0.0))
        ),
    )


def _summed(messages: pl.DataFrame, keys: list[str]) -> pl.DataFrame:
    delivered = pl.col("outcome") == "delivered"
    pending = pl.col("outcome").is_in(["sending", "unknown"])
    # what is still pending took longer than all that can be timed
    times = pl.when(pending).then(pl.lit(float("inf"))).otherwise("_seconds").drop_nulls()
    size = times.len()

    def quantile(part: float) -> pl.Expr:
        # the smallest time that so large a part of the messages does not exceed
        place = (size * part - 1e-9).ceil().cast(pl.Int64) - 1
        value = times.sort().get(place.clip(0), null_on_oob=True)
        return pl.when(value.is_finite()).then(value)

    totals = {
        "messages": pl.len(),
        "delivered": delivered.sum(),
        "pending": pending.sum(),
        "untimed": (delivered & pl.col("_seconds").is_null()).sum(),
        "median": quantile(0.5),
        "p90": quantile(0.9),
        "p95": quantile(0.95),
        "_soon": (times <= _SOON).sum(),
        "_size": size,
    }
    found = messages.group_by(keys).agg(**totals) if keys else messages.select(**totals)
    part = share(pl.col("_soon"), pl.col("_size"))
    low, high = wilson(part, pl.col("_size"))
    return (
        found.with_columns(within_30s=part, within_30s_low=low, within_30s_high=high)
        .sort(keys or "messages", nulls_last=True)
        .select(*keys, *(pl.col(c).cast(t) for c, t in LATENCY.items()))
    )
