"""A whole investigation in one call."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any

import narwhals as nw
import polars as pl

from zrtools import periods, privacy, words
from zrtools.arguments import checked
from zrtools.codes import Category
from zrtools.engines import is_store, opened, require
from zrtools.errors import InputError
from zrtools.failures import presentation
from zrtools.failures.adjusted import Period as Adjusting
from zrtools.failures.adjusted import adjusted
from zrtools.failures.causes import KEYS, causes_of, masked
from zrtools.failures.changes import compare
from zrtools.failures.classes import CLASSIFIED, own_codes
from zrtools.failures.course import coverage, trend
from zrtools.failures.detector import both_lists
from zrtools.failures.locate import locate
from zrtools.failures.oddities import carrier_mismatch, unknown_codes
from zrtools.failures.planning import (
    KEEP_FOR,
    Found,
    Hours,
    chosen,
    messages_to_resend,
    numbers_to_drop,
    plan_of,
)
from zrtools.failures.rates import breakdown
from zrtools.failures.recipients import History, history, numbers_of, reached_of
from zrtools.failures.traffic import Traffic, sums
from zrtools.failures.traits import CampaignRule, campaign_of, learnt_rule, with_traits
from zrtools.failures.wording import named_value
from zrtools.schemas import CAUSES, COMPARISON, INCIDENTS, LOCATED, NEXT_STEPS, OVERVIEW, REACHED_LATER, empty
from zrtools.texts import said

__all__ = ["Investigation", "Period", "dated", "explained", "investigate"]

Period = periods.Day | Sequence[periods.Day]

# a category has one origin and one action
_CELLS = ("carrier", "failure_category", "failure_origin", "failure_action")
_NEEDED = (
    *("send_date", "date_time", "phone_number", "message", "sms_code", "carrier", "status_id", "client_tag"),
    "detailed_status_id",
)
_MAY_LACK = ("client_tag", "message", "carrier", "phone_number")

# within an incident the time says nothing
_COLUMNS = ("carrier", "sms_code", "campaign", "template", "parts", "url_host", "failure_module")
_WITHIN = pl.Schema({"incident": pl.Int64(), **LOCATED})
_OF_MESSAGES = ("template", "parts", "url_host")
_BETWEEN = ("carrier", "sms_code", "campaign", "hour", "weekday", "failure_module")
_REACHED = pl.Schema({"failure_category": pl.String(), "carrier": pl.String(), **REACHED_LATER})
_ADJUSTED = list(OVERVIEW)[list(OVERVIEW).index("incidents") :]
# messages that came so long after a period still tell what became of its failures
_DELIVERED_LATER = timedelta(7)
# campaigns of fewer messages each in the mean, of so many or more, are none
_FEW_EACH, _MANY = 2, 100
# incidents that are looked into, and how many days and messages of their segment each is held against
_LOOKED_INTO, _PAST_DAYS, _PAST = 5, 7, 100_000


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
    counted: Traffic = field(repr=False)
    """The period's messages, counted: charts and other analyses take it in a frame's place."""
    left_out: list[date] = field(default_factory=list)
    """Days that the comparison leaves out, since they are not final."""
    watch: pl.DataFrame = field(default_factory=lambda: empty(INCIDENTS))
    """INCIDENTS that are too small or too uncertain to be told as such: `failures.watch_list`."""
    located: pl.DataFrame = field(default_factory=lambda: empty(LOCATED))
    """LOCATED: the segments that explain the change against the period before."""
    where: str = ""
    """What was located between the periods, or why nothing was, in a sentence; empty where nothing is compared."""
    within: pl.DataFrame = field(default_factory=lambda: empty(_WITHIN))
    """LOCATED within each of the first incidents; `incident` is the row of `incidents`, counted from 0."""
    causes: pl.DataFrame = field(default_factory=lambda: empty(CAUSES))
    """CAUSES of the incidents, then of the located segments: who acts, and what to write to whom."""
    campaign_notes: list[str] = field(default_factory=list)
    """How tags were read as campaigns, and whether there are too many or too few of them to rely on."""
    reached: pl.DataFrame = field(default_factory=lambda: empty(_REACHED))
    """REACHED_LATER of the period's failures by category and carrier; first all together."""

    @property
    def sentences(self) -> list[str]:
        """Say the findings in plain words."""
        return presentation.sentences(self)

    @property
    def to_drop(self) -> pl.DataFrame:
        """List the numbers to drop, each once, with the tags that failed: `Suppressions.add` takes it.

        Raises `InputError` where the numbers are masked.
        """
        return numbers_to_drop(self.plan)

    @property
    def to_resend(self) -> pl.DataFrame:
        """List the messages to send again, with their times and the tags that failed: `Outbox.add` takes it.

        Raises `InputError` where the numbers are masked.
        """
        return messages_to_resend(self.plan)

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


@checked
def investigate(
    source: Any,
    period: Period | None = None,
    *,
    compare_to: Period | bool | None = None,
    campaign: CampaignRule = None,
    codes: Mapping[str, Category] | None = None,
    min_excess: float | None = None,
    now: datetime | str | None = None,
    keep_for: Hours = KEEP_FOR,
    expires: Mapping[str, Hours] | None = None,
    mask: bool = True,
    lang: str | None = None,
) -> Investigation:
    """Investigate the failures of a period: coverage first, then what failed, incidents, what changed, next steps.

    Takes a STATUS or DLR frame (polars DataFrame or LazyFrame) or an archive, and gives an `Investigation` whose
    parts are frames. `period` is a day, a month or (first, last), all of the frame if left out (an archive needs
    one); `compare_to` likewise; left out it is the month before a month, else the period of equal length just
    before, where the data has all of it; False compares with nothing. Days of which 1% or more is pending are
    shown but not compared. `campaign` as in `features`, `codes` as in `classify`; a frame that is
    classified already keeps its classes where `codes` is left out, `min_excess` as in `incidents`. `now`, `keep_for`
    and `expires` are as in `retry_plan`; what was delivered after the period counts there, up to seven days of an
    archive. Numbers are masked unless `mask=False`.

    Raises `InputError` for another kind of frame, for a period without messages, and for missing columns.

    Examples
    --------
    >>> import zrtools as zr
    >>> with zr.Client.sandbox(seed=1, today="2026-11-02", messages_per_day=200) as client:
    ...     statuses = client.status("2026-10-05", progress=False)
    >>> found = zr.investigate(statuses, compare_to=False, lang="en")
    >>> found.overview["first_day"].to_list(), len(found.sentences) > 2
    ([datetime.date(2026, 10, 5)], True)
    """
    language = words.language(lang)
    choice = chosen(now=now, keep_for=keep_for, expires=expires)
    span = _span(period, "period")
    before = None if compare_to is False else _span(compare_to, "compare_to")
    if is_store(source):
        if span is None:
            raise InputError(said("failures.which_days"))
        reach = before or (periods.just_before(*span) if compare_to in (None, True) else span)
        source = opened(source, min(span[0], reach[0]), max(span[1] + _DELIVERED_LATER, reach[1]))
    read = explained(opened(source), codes, campaign)
    counted = read.kept(KEYS, ("phone_number", "client_tag", "date_time"))
    span = span or _whole(counted)
    here = counted.where(nw.col("day").is_between(*span))
    if here.span()[0] is None:
        raise InputError(said("failures.no_messages", span=span[0], span2=span[1]))
    earlier = _before(counted, span, before, compare=compare_to is not False)
    changes, by_campaign, left_out = _changed(earlier, here, language)
    located, where = _located(earlier, here, left_out, language)
    found, watched = both_lists(here, history=earlier, min_excess=min_excess, lang=language)
    told = causes_of(here, earlier, found, language)
    past = history(read)
    plan = plan_of(past, choice, Found(found, told), days=span, mask=False)
    if earlier is not None:
        told = pl.concat([told, causes_of(dated(here), dated(earlier), located, language)])
    within = _within(read, found, language)
    overview, other = [_overview("this", here, span)], None
    if earlier is not None:
        overview.append(_overview("before", earlier, _whole(earlier)))
        other = Adjusting(earlier, _incidents_before(counted, earlier, span, min_excess))
    whole = adjusted(pl.concat(overview), Adjusting(here, found), other, changes, left_out)
    if mask:
        located, within = (_masked_where(part) for part in (located, within))
        found, watched = (_masked(part) for part in (found, watched))
        by_campaign = by_campaign.with_columns(privacy.mask_within(pl.col("campaign")))
        told = masked(told)
    return Investigation(
        lang=language,
        overview=whole,
        coverage=coverage(here, *span),
        breakdown=breakdown(here, _CELLS, cluster="campaign"),
        trend=trend(here, cluster="campaign"),
        incidents=found,
        changes=changes,
        changes_by_campaign=by_campaign,
        numbers=_numbers(past, span[1], plan, mask=mask),
        plan=privacy.mask(plan) if mask else plan,
        steps=_steps(plan),
        unknown_codes=unknown_codes(here),
        carrier_mismatch=carrier_mismatch(here),
        left_out=left_out,
        counted=_unnamed(here) if mask else here,
        watch=watched,
        located=located,
        where=where,
        within=within,
        causes=told,
        reached=_reached(past, span),
        campaign_notes=_campaign_notes(read, here, language),
    )


def _campaign_notes(read: Traffic, here: Traffic, lang: words.Lang) -> list[str]:
    """Say by an example how tags were read as campaigns, and what is wrong with the campaigns there are."""
    said = []
    rows: pl.LazyFrame = read.rows.to_native()
    example = rows.select("client_tag", "campaign").drop_nulls().head(1).collect()
    sizes = (
        here.counts(["campaign"])[0].drop_nulls("campaign").group_by("campaign").agg(pl.col("messages").sum())
    )
    if example.height and sizes.height:
        tag, name = (named_value(column, text, lang) for column, text in example.row(0, named=True).items())
        size = sizes["messages"].sum() / sizes.height
        said.append(
            words.text(
                "failures.campaigns_read",
                lang,
                tag=tag,
                campaign=name,
                n=f"{sizes.height:,}",
                size=f"{size:,.0f}",
            )
        )
        if size < _FEW_EACH and sizes.height >= _MANY:
            said.append(words.text("failures.campaigns_many", lang))
    if breakdown(here, by=[], cluster="campaign")["few_clusters"].any():
        return [*said, words.text("failures.few_clusters", lang)]
    few = [
        named_value(key, value, lang)
        for key in ("carrier", "sms_code")
        if key in here.rows.collect_schema().names()
        for value in breakdown(here, key, cluster="campaign").filter("few_clusters")[key].drop_nulls().sort()
    ]
    if few:
        named = words.text("failures.list", lang).join(few)
        said.append(words.text("failures.few_clusters_of", lang, named=named))
    return said


def _before(
    counted: Traffic, span: tuple[date, date], before: tuple[date, date] | None, *, compare: bool
) -> Traffic | None:
    """Give the period to compare with; one that is assumed counts only where the data reaches back over all of it."""
    if not compare:
        return None
    days = before or periods.just_before(*span)
    earlier = counted.where(nw.col("day").is_between(*days))
    there = earlier.span()
    if before is None and (there[0] is None or there[0] > days[0]):
        return None
    if there[0] is None:
        raise InputError(said("failures.nothing_to_compare", days=days[0], days2=days[1]))
    return earlier


def _incidents_before(
    counted: Traffic, earlier: Traffic, span: tuple[date, date], min_excess: float | None
) -> pl.DataFrame:
    """Find the incidents of the period before; both periods together tell what is usual."""
    first, last = _whole(earlier)
    both = counted.where(nw.col("day").is_between(first, last) | nw.col("day").is_between(*span))
    began = pl.col("start").dt.date()
    return both_lists(both, min_excess=min_excess, lang="en")[0].filter(began.is_between(first, last))


def _numbers(past: History, last: date, plan: pl.DataFrame, *, mask: bool) -> pl.DataFrame:
    """List the numbers that keep failing; of what the vendor is asked about first, nothing is said against a number."""
    until = replace(past, messages=past.messages.filter(pl.col("day") <= last))
    asked, dropped = (
        plan.filter(pl.col("step") == step)["phone_number"].drop_nulls().unique().implode()
        for step in ("ask the vendor first", "drop the number")
    )
    number, advice = pl.col("phone_number"), pl.col("advice")
    doubtful = number.is_in(asked) & ~((advice == "drop") & number.is_in(dropped)) & (advice != "keep")
    found = numbers_of(until, mask=False).with_columns(
        advice=pl.when(doubtful).then(pl.lit("watch")).otherwise(advice)
    )
    return privacy.mask(found) if mask else found


def _reached(past: History, span: tuple[date, date]) -> pl.DataFrame:
    """Say how many numbers were reached soon after a failure of these days: in all, by category and carrier."""
    chosen = pl.col("day").is_between(*span)
    parts = [reached_of(past, keys, chosen) for keys in ([], ["failure_category", "carrier"])]
    return pl.concat([empty(_REACHED), *parts], how="diagonal").select(_REACHED.names())


def _masked(found: pl.DataFrame) -> pl.DataFrame:
    values = pl.col("values").list.eval(privacy.mask_within(pl.element()))
    return found.with_columns(privacy.mask_within(pl.col("segment")), values)


def _span(period: Period | bool | None, name: str) -> tuple[date, date] | None:
    if period is None or isinstance(period, bool):
        return None
    ends = (period,) if isinstance(period, date | str) else tuple(period)
    if not 1 <= len(ends) <= 2 or (len(ends) == 1 and not isinstance(period, date | str)):
        raise InputError(said("failures.period", name=name))
    try:
        days = periods.days(*ends)
    except InputError as error:
        raise InputError(said("failures.named", name=name, error=error)) from None
    return days[0], days[-1]


def _whole(counted: Traffic) -> tuple[date, date]:
    first, last = counted.span()
    if first is None or last is None:
        raise InputError(said("failures.nothing"))
    return first, last


def _unnamed(counted: Traffic) -> Traffic:
    """Leave no phone number in what is kept: only how many differ is asked for later."""
    rows, failed = counted.rows.to_native(), counted.failures().to_native()
    names = rows.select(pl.col("campaign").drop_nulls().unique()).collect().to_series()
    masked = names.to_frame().select(privacy.mask_within(pl.col("campaign"))).to_series()
    campaign = pl.col("campaign").replace(names, masked)
    return replace(
        counted,
        rows=nw.from_native(rows.with_columns(campaign)),
        failed=nw.from_native(
            failed.drop("client_tag", "date_time", strict=False)
            .with_columns(campaign, pl.col("phone_number").rank("dense"))
            .collect()
            .lazy()
        ),
    )


def explained(frame: pl.LazyFrame, codes: Mapping[str, Category] | None, campaign: CampaignRule) -> Traffic:
    """Read what an investigation needs, null where it lacks, with days and campaigns; classes that are there stay.

    Raises `InputError` for missing columns.
    """
    there = frame.collect_schema().names()
    if missing := [c for c in ("date_time", "status_id", "detailed_status_id") if c not in there]:
        raise InputError(said("failures.no_column", names=", ".join(missing)))
    ready = codes is None and set(CLASSIFIED) <= set(there)
    own = campaign.meta.root_names() if isinstance(campaign, pl.Expr) else []
    wanted = dict.fromkeys([*_NEEDED, *(CLASSIFIED if ready else ()), *own])
    rows = nw.from_native(
        frame.select(c for c in wanted if c in there).with_columns(
            pl.lit(None, pl.String).alias(c) for c in _MAY_LACK if c not in there
        )
    )
    require(rows, "date_time", "status_id", "detailed_status_id")
    native = rows.to_native()
    named = native.with_columns(campaign=campaign_of(learnt_rule(native) if campaign is None else campaign))
    return Traffic(nw.from_native(named), raw=not ready, codes=own_codes(codes or {})).timed()


def _changed(
    earlier: Traffic | None, here: Traffic, lang: words.Lang
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
        parts.append(part.where(~nw.col("day").is_in(open_days)))
    if not all(part.counts([])[0].select(sums()["settled"]).item() for part in parts):
        return nothing[0], nothing[1], left_out
    done = [compare(parts[0], parts[1], by=k, lang=lang) for k in keys]
    return done[0], done[1], left_out


def _located(
    earlier: Traffic | None, here: Traffic, left_out: list[date], lang: words.Lang
) -> tuple[pl.DataFrame, str]:
    """Locate the change between the periods, over days that are final."""
    if earlier is None:
        return empty(LOCATED), ""
    old, new = (dated(part.where(~nw.col("day").is_in(left_out))) for part in (earlier, here))
    if not all(part.counts([])[0].select(sums()["settled"]).item() for part in (old, new)):
        return empty(LOCATED), ""
    return locate(old, new, _there(_BETWEEN, new), unsettled_days=True, lang=lang, explain=True)


def _there(columns: Sequence[str], read: Traffic) -> list[str]:
    names = {*read.rows.collect_schema().names(), *CLASSIFIED}
    return [c for c in columns if c in names or (c in _OF_MESSAGES and "message" in names)]


def dated(counted: Traffic) -> Traffic:
    """Add the hour in which the status came and the weekday to what was kept."""
    added = (nw.col("_hour").alias("hour"), nw.col("day").dt.weekday().alias("weekday"))
    failed = counted.failures().with_columns(*added)
    return replace(counted, rows=counted.rows.with_columns(*added), failed=failed)


def _within(read: Traffic, found: pl.DataFrame, lang: words.Lang) -> pl.DataFrame:
    """Locate what stands out within incidents: their messages against the same segment's in the days before."""
    rows: pl.LazyFrame = read.rows.to_native()
    parts = []
    for number, incident in enumerate(found.head(_LOOKED_INTO).iter_rows(named=True)):
        start, end = incident["start"], incident["end"]
        when = pl.col("date_time")
        segment = rows
        if incident["dimension"] != "all":
            segment = rows.filter(pl.col(incident["dimension"]).is_in(incident["values"], nulls_equal=True))
        now = segment.filter(when.is_between(start, end, closed="left")).collect()
        days = when.is_between(start - timedelta(_PAST_DAYS), start, closed="left")
        past = segment.filter(days).tail(_PAST).collect()
        by = [c for c in _there(_COLUMNS, read) if c != incident["dimension"]]
        if not all(part["status_id"].is_in([2, 3]).any() for part in (past, now)):
            continue
        old, new = (replace(read, rows=with_traits(nw.from_native(part.lazy()), by)) for part in (past, now))
        one = locate(old, new, by, most=1, unsettled_days=True, lang=lang)
        parts.append(one.select(pl.lit(number, pl.Int64).alias("incident"), pl.all()))
    return pl.concat([empty(_WITHIN), *parts])


def _masked_where(found: pl.DataFrame) -> pl.DataFrame:
    value = privacy.mask_within(pl.element().struct.field("value"))
    one = pl.struct(column=pl.element().struct.field("column"), value=value)
    return found.with_columns(pl.col("where").list.eval(one))


def _overview(name: str, frame: Traffic, span: tuple[date, date]) -> pl.DataFrame:
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
            **{c: [None] for c in _ADJUSTED},
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
