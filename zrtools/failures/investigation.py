"""A whole investigation in one call."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

import polars as pl

from zrtools import periods, privacy, words
from zrtools.errors import InputError
from zrtools.failures import presentation
from zrtools.failures.changes import compare
from zrtools.failures.classes import CLASSIFIED, classify
from zrtools.failures.course import coverage, trend
from zrtools.failures.detector import incidents
from zrtools.failures.oddities import carrier_mismatch, unknown_codes
from zrtools.failures.rates import breakdown
from zrtools.failures.recipients import numbers, retry_plan
from zrtools.failures.traits import CampaignRule, features
from zrtools.schemas import COMPARISON, NEXT_STEPS, OVERVIEW, empty

if TYPE_CHECKING:
    from zrtools.codes import Category

__all__ = ["Investigation", "Period", "explained", "investigate"]

Period = periods.Day | Sequence[periods.Day]

# a category has one origin and one action
_CELLS = ("carrier", "failure_category", "failure_origin", "failure_action")
_NEEDED = (
    *("send_date", "date_time", "phone_number", "message", "sms_code", "carrier", "status_id", "client_tag"),
    "detailed_status_id",
)
_MAY_LACK = ("client_tag", "message", "carrier", "phone_number")


@dataclass(frozen=True, slots=True)
class Investigation:
    """What failed in a period, why, since when, what changed, and what to do: every part a frame.

    Shows itself in a notebook, in Japanese or English; `str` and `markdown` give the same as text. `sentences` are
    the findings in plain words, in that order: what is covered and pending, the summary, incidents, what changed,
    next steps.
    """

    lang: words.Lang
    overview: pl.DataFrame
    """OVERVIEW: the period in one row, and the one it is compared to in another."""
    coverage: pl.DataFrame
    """COVERAGE: which days there are, and which can be trusted yet."""
    breakdown: pl.DataFrame
    """BREAKDOWN by carrier and failure category, with its origin and action; intervals allow for campaigns."""
    trend: pl.DataFrame
    """TREND by day."""
    incidents: pl.DataFrame
    """INCIDENTS of the period."""
    changes: pl.DataFrame
    """COMPARISON by carrier and failure category, over days that are final; without rows where nothing is compared."""
    changes_by_campaign: pl.DataFrame
    """COMPARISON by campaign."""
    numbers: pl.DataFrame
    """NUMBERS that keep failing."""
    plan: pl.DataFrame
    """RETRY_PLAN of the period's failures."""
    steps: pl.DataFrame
    """NEXT_STEPS: the plan, counted."""
    unknown_codes: pl.DataFrame
    """UNKNOWN_CODES."""
    carrier_mismatch: pl.DataFrame
    """MISMATCH."""
    left_out: list[date] = field(default_factory=list)
    """Days that the comparison leaves out, since they are not final."""

    @property
    def sentences(self) -> list[str]:
        """Say the findings in plain words."""
        return presentation.sentences(self)

    @property
    def markdown(self) -> str:
        """Write the investigation as Markdown."""
        return presentation.markdown(self)

    def __str__(self) -> str:
        return self.markdown

    def __repr__(self) -> str:
        row = self.overview.row(0, named=True)
        return f"<Investigation {row['first_day']} – {row['last_day']}: {row['failed']} of {row['messages']} failed>"

    def _repr_html_(self) -> str:
        return presentation.html(self)

    def _repr_markdown_(self) -> str:
        return self.markdown


def investigate(
    source: Any,
    period: Period | None = None,
    *,
    compare_to: Period | bool | None = None,
    campaign: CampaignRule = None,
    codes: Mapping[str, Category] | None = None,
    mask: bool = True,
    lang: str | None = None,
) -> Investigation:
    """Investigate the failures of a period: coverage first, then what failed, incidents, what changed, next steps.

    Takes a STATUS or DLR frame (polars DataFrame or LazyFrame) or an archive, and gives an `Investigation` whose
    parts are frames. `period` is a day, a month or (first, last), all of the frame if left out (an archive needs
    one); `compare_to` likewise; left out it is the month before a month, else the period of equal length just
    before, where the data has all of it; False compares with nothing. Days of which 1% or more is pending are
    shown but not compared. `campaign` as in `features`, `codes` as in `classify`; a frame that is
    classified already keeps its classes where `codes` is left out. Numbers are masked unless `mask=False`.

    Raises `InputError` for another kind of frame, for a period without messages, and for missing columns.
    """
    chosen = words.language(lang)
    now = _span(period)
    before = None if compare_to is False else _span(compare_to if compare_to is not True else None)
    whole = _read(source, now, before, look_back=compare_to in (None, True))
    frame = explained(whole, codes, campaign).collect()
    now = now or _all_of(frame)
    here = frame.filter(pl.col("day").is_between(*now))
    if here.is_empty():
        raise InputError(
            f"There are no messages from {now[0]} to {now[1]}: choose another period, or sync it first."
        )
    days = coverage(here, *now)
    earlier = None
    if compare_to is not False:
        span = before or periods.just_before(*now)
        earlier = frame.filter(pl.col("day").is_between(*span))
        # an assumed period counts only where the data reaches back over all of it
        if before is None and (earlier.is_empty() or earlier["day"].min() > span[0]):  # type: ignore[operator]  # dates
            earlier = None
        elif earlier.is_empty():
            raise InputError(f"There are no messages from {span[0]} to {span[1]} to compare with.")
    changes, by_campaign, left_out = _changed(earlier, here, chosen)
    seen = frame.filter(pl.col("day") <= now[1])
    plan = retry_plan(seen, mask=False)
    plan = plan.filter(pl.coalesce("send_date", pl.col("date_time").dt.date()).is_between(*now))
    found = incidents(here, history=earlier, lang=chosen)
    if mask:
        found = found.with_columns(privacy.mask_within(pl.col("segment")))
        by_campaign = by_campaign.with_columns(privacy.mask_within(pl.col("campaign")))
    overview = [_overview("this", here, now)]
    if earlier is not None:
        overview.append(_overview("before", earlier, (earlier["day"].min(), earlier["day"].max())))  # type: ignore[arg-type]  # dates
    return Investigation(
        lang=chosen,
        overview=pl.concat(overview),
        coverage=days,
        breakdown=breakdown(here, _CELLS, cluster="campaign"),
        trend=trend(here, cluster="campaign"),
        incidents=found,
        changes=changes,
        changes_by_campaign=by_campaign,
        numbers=numbers(seen, mask=mask),
        plan=privacy.mask(plan) if mask else plan,
        steps=_steps(plan),
        unknown_codes=unknown_codes(here),
        carrier_mismatch=carrier_mismatch(here),
        left_out=left_out,
    )


def _span(period: Period | bool | None) -> tuple[date, date] | None:
    if period is None or isinstance(period, bool):
        return None
    if isinstance(period, date | str):
        days = periods.days(period)
    else:
        if len(period) != 2:
            raise InputError("Give a period as a day, a month, or (first, last).")
        days = periods.days(*period)
    return days[0], days[-1]


def _read(
    source: Any, now: tuple[date, date] | None, before: tuple[date, date] | None, *, look_back: bool
) -> pl.LazyFrame:
    """Open what is needed of the period and the one it is compared to."""
    if hasattr(source, "scan") and hasattr(source, "days"):
        if now is None:
            raise InputError('Say which days of the archive: investigate(archive, "2026-10").')
        reach = before or (periods.just_before(*now) if look_back else now)
        first, last = min(now[0], reach[0]), max(now[1], reach[1])
        held = source.days()
        if held.is_empty():
            raise InputError("The archive is empty: sync the days first.")
        first = max(first, held["send_date"].min())
        if first > last:
            raise InputError(f"The archive has no days from {now[0]} to {now[1]}: sync them first.")
        source = source.scan(first, last)
    if not isinstance(source, pl.DataFrame | pl.LazyFrame):
        raise InputError(
            "Investigate a polars DataFrame or LazyFrame of statuses, or an archive, not "
            f"{type(source).__name__}. From another engine, collect the days in question first."
        )
    there = source.collect_schema().names()
    if missing := [c for c in ("date_time", "status_id", "detailed_status_id") if c not in there]:
        raise InputError(f"No column {', '.join(missing)}: give statuses as client.status(...) returns them.")
    return source.lazy()


def _all_of(frame: pl.DataFrame) -> tuple[date, date]:
    days = frame["day"].drop_nulls()
    if days.is_empty():
        raise InputError("There are no messages to investigate.")
    return days.min(), days.max()  # type: ignore[return-value]  # dates


def explained(
    frame: pl.LazyFrame, codes: Mapping[str, Category] | None, campaign: CampaignRule
) -> pl.LazyFrame:
    """Keep what an investigation needs, null where it lacks, with classes and features; classes that are there stay."""
    there = frame.collect_schema().names()
    ready = codes is None and set(CLASSIFIED) <= set(there)
    own = campaign.meta.root_names() if isinstance(campaign, pl.Expr) else []
    wanted = dict.fromkeys([*_NEEDED, *(CLASSIFIED if ready else ()), *own])
    kept = frame.select(c for c in wanted if c in there).with_columns(
        pl.lit(None, pl.String).alias(c) for c in _MAY_LACK if c not in there
    )
    return features(kept if ready else classify(kept, codes=codes), campaign=campaign)


def _changed(
    earlier: pl.DataFrame | None, here: pl.DataFrame, lang: words.Lang
) -> tuple[pl.DataFrame, pl.DataFrame, list[date]]:
    keys = ["carrier", "failure_category"], ["campaign"]
    nothing = [empty(pl.Schema({**dict.fromkeys(k, pl.String()), **COMPARISON})) for k in keys]
    if earlier is None:
        return nothing[0], nothing[1], []
    left_out: list[date] = []
    parts = []
    for part in (earlier, here):
        open_days = coverage(part).filter(~pl.col("is_final"))["day"].to_list()
        left_out += open_days
        parts.append(part.filter(~pl.col("day").is_in(open_days)))
    settled = [p.filter(pl.col("outcome").is_in(["failed", "delivered"])).height for p in parts]
    if not all(settled):
        return nothing[0], nothing[1], left_out
    done = [compare(parts[0], parts[1], by=k, lang=lang) for k in keys]
    return done[0], done[1], left_out


def _overview(name: str, frame: pl.DataFrame, span: tuple[date, date]) -> pl.DataFrame:
    row = breakdown(frame, by=[], cluster="campaign").row(0, named=True)
    days = coverage(frame, *span)
    return pl.DataFrame(
        {
            "period": [name],
            "first_day": [span[0]],
            "last_day": [span[1]],
            "day_basis": [_basis(days)],
            "days": [days.height],
            "final_days": [days["is_final"].sum()],
            "messages": [row["settled"] + row["pending"]],
            "delivered": [row["settled"] - row["failed"]],
            **{
                c: [row[c]] for c in ("failed", "pending", "failure_rate", "rate_low", "rate_high", "numbers")
            },
        },
        schema=OVERVIEW,
    )


def _basis(days: pl.DataFrame) -> str | None:
    found = days["day_basis"].drop_nulls().unique().to_list()
    return found[0] if len(found) == 1 else "mixed" if found else None


def _steps(plan: pl.DataFrame) -> pl.DataFrame:
    return (
        plan.group_by("step", "reason")
        .agg(
            messages=pl.len().cast(pl.Int64),
            numbers=pl.col("phone_number").n_unique().cast(pl.Int64),
            at=pl.col("at").min(),
        )
        .select(pl.col(c).cast(t) for c, t in NEXT_STEPS.items())
        .sort("messages", "step", "reason", descending=[True, False, False])
    )
