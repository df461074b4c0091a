"""The probable cause of an incident or located segment, who acts on it, and what to write to whom."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import polars as pl

from zrtools import privacy, words
from zrtools.arguments import checked
from zrtools.codes.causes import CAUSES as KNOWN
from zrtools.codes.causes import CONCENTRATED, GROUPS, MAIN_SHARE, OWNERS, RULES, SHAPES, SURE, group_of
from zrtools.errors import InputError
from zrtools.failures.traffic import DETAIL, PolarsStatuses, Traffic
from zrtools.failures.traits import campaign_of, learnt_rule
from zrtools.failures.wording import known_as, named_incident, named_value, named_where, values_of
from zrtools.schemas import CAUSES, INCIDENTS
from zrtools.texts import said

__all__ = ["KEYS", "causes", "causes_of", "masked", "sentence"]

KEYS = ("carrier", "sms_code", "campaign")
_SHAPE_OF = {
    "carrier": "carrier",
    "failure_module": "carrier",
    "failure_carrier": "carrier",
    "sms_code": "sender",
    "campaign": "text",
    "template": "text",
    "url_host": "text",
    "parts": "text",
}
# reports come up to an hour late as a rule
_LATE = timedelta(hours=1)
_SAMPLES, _CODES, _NAMED = 10, 5, 5
# messages by which a segment's own past outweighs that of all others
_PRIOR = 200
# of the additional failures, from where on a value counts as touched, and a reason as sure
_TOUCHED, _CLEAR = 0.05, 0.75
_ALONE = 0.95
_MANY_CARRIERS = 3
_HOUR = pl.col("_received").cast(pl.Datetime("ms")) + pl.duration(minutes=15 * pl.col("_quarter"))


@checked
def causes(
    frame: PolarsStatuses,
    found: pl.DataFrame,
    *,
    history: PolarsStatuses | None = None,
    lang: str | None = None,
    mask: bool = True,
) -> pl.DataFrame:
    """Name the probable cause of each incident or located segment, who acts on it, and what to write to whom.

    Parameters
    ----------
    frame
        The messages in which they were found (a polars DataFrame or LazyFrame of STATUS or DLR), of a located segment
        those of the period after.
    found
        What `incidents` or `watch_list` (INCIDENTS) or `locate` (LOCATED) gave.
    history
        Messages before, which tell what is usual; of located segments the period before, which they need.
    lang
        "ja" or "en", else what is on.
    mask
        Whether phone numbers within tags are masked.

    Returns
    -------
    pl.DataFrame
        CAUSES, one row for each of `found`, in its order. The rules are `zrtools.codes.causes.RULES`: which reasons the
        additional failures have, and whether they lie on a text, a sender, a carrier or everywhere.

    Raises
    ------
    InputError
        For another kind of `found`, missing columns, and located segments without `history`.
    """
    located = {"where", "failed_before"} <= set(found.columns)
    if not located and not set(INCIDENTS) - {"sentence"} <= set(found.columns):
        raise InputError(said("failures.found"))
    if located and history is None:
        raise InputError(said("failures.history"))
    wanted = _columns(found) if located else []
    here = _kept(frame, wanted)
    before = None if history is None else _kept(history, wanted)
    made = causes_of(here, before, found, words.language(lang))
    return masked(made) if mask else made


def causes_of(here: Traffic, before: Traffic | None, found: pl.DataFrame, lang: words.Lang) -> pl.DataFrame:
    """Name causes as `causes` does, of traffic that is counted already; nothing is masked."""
    if found.is_empty():
        return pl.DataFrame(schema=CAUSES)
    parts = [_counted(part, now=now) for part, now in ((here, True), (before, False)) if part is not None]
    counted = pl.concat(parts, how="diagonal_relaxed")
    failures = here.failures().to_native().collect()
    rows = []
    for number, row in enumerate(found.iter_rows(named=True)):
        of = "located" if "where" in row else "incident"
        seen = _Segment.located(row) if of == "located" else _Segment.incident(row)
        told = _told(_Look(seen, counted, failures), row, lang)
        rows.append({"of": of, "row": number, **told})
    return pl.DataFrame(rows, schema=CAUSES)


def sentence(row: Mapping[str, Any], lang: str | None = None) -> str:
    """Say a row of CAUSES in words, of an incident with what to do."""
    return words.text(
        "causes.sentence" if row["of"] == "incident" else "causes.short",
        lang,
        cause=words.label(KNOWN[row["cause"]].label, lang),
        sure=words.label(SURE[row["how_sure"]], lang),
        owner=words.label(OWNERS[row["owner"]], lang),
        to_do=row["to_do"],
    )


def masked(made: pl.DataFrame) -> pl.DataFrame:
    """Mask phone numbers within the texts of CAUSES."""
    return made.with_columns(privacy.mask_within(pl.col("why", "to_do", "to_tell", "ticket")))


def _columns(found: pl.DataFrame) -> list[str]:
    if found.is_empty():
        return []
    named = found["where"].explode(empty_as_null=True, keep_nulls=True).struct.field("column")
    return named.drop_nulls().unique().sort().to_list()


def _kept(frame: Any, wanted: Sequence[str]) -> Traffic:
    """Count a frame by what a shape needs to know."""
    read = Traffic.of(frame, [c for c in wanted if not c.startswith("failure_")])
    there = read.rows.collect_schema().names()
    if "carrier" not in there:
        raise InputError(said("failures.no_carrier"))
    if "campaign" not in there and "client_tag" in there and isinstance(frame, pl.DataFrame | pl.LazyFrame):
        named = frame.lazy().with_columns(campaign=campaign_of(learnt_rule(frame)))
        read = Traffic.of(named, [c for c in wanted if not c.startswith("failure_")])
    keys = list(dict.fromkeys([*KEYS, *wanted]))
    return read.kept(
        [k for k in keys if not k.startswith("failure_")], ("phone_number", "client_tag", "date_time")
    )


def _counted(part: Traffic, *, now: bool) -> pl.DataFrame:
    """Count by segment, time of the status, outcome and reason."""
    names = part.rows.collect_schema().names()
    times = ["_received", "_quarter"]
    keys = [
        c
        for c in names
        if c not in ("_messages", "outcome", "day", "_by_time", "_hour", "_received", "_quarter")
    ]
    counted, _ = part.counts([*keys, *times])
    settled = counted.filter(pl.col("outcome").is_in(["failed", "delivered"]))
    lacking = [pl.lit(None, pl.String).alias(k) for k in KEYS if k not in names]
    return settled.with_columns(*lacking, when=_HOUR, now=pl.lit(now)).with_columns(
        pl.col(KEYS).cast(pl.String)
    )


@dataclass(frozen=True, slots=True)
class _Segment:
    """Where and when: the values of each column, and the stretch of an incident."""

    where: dict[str, list[str | None]]
    start: datetime | None = None
    end: datetime | None = None

    @classmethod
    def incident(cls, row: Mapping[str, Any]) -> _Segment:
        where = {} if row["dimension"] == "all" else {row["dimension"]: values_of(row)}
        return cls(where, row["start"].replace(tzinfo=None), row["end"].replace(tzinfo=None))

    @classmethod
    def located(cls, row: Mapping[str, Any]) -> _Segment:
        where: dict[str, list[str | None]] = {}
        for one in row["where"]:
            where.setdefault(one["column"], []).append(one["value"])
        return cls(where)

    def own(self, columns: Sequence[str]) -> pl.Expr:
        """Tell which rows are of the segment, by those of its columns that there are."""
        conditions = [pl.lit(value=True)]
        conditions += [
            pl.col(c).cast(pl.String).is_in(values, nulls_equal=True)
            for c, values in self.where.items()
            if c in columns
        ]
        return pl.all_horizontal(conditions)

    def inside(self, when: pl.Expr, *, late: bool) -> pl.Expr:
        """Tell which times are of the stretch; what failed is reported late."""
        if self.start is None or self.end is None:
            return pl.lit(value=True)
        return when.is_between(self.start, self.end + (_LATE if late else timedelta()), closed="left")


class _Look:
    """What there was more of in a segment, and where within it."""

    def __init__(self, segment: _Segment, counted: pl.DataFrame, failures: pl.DataFrame) -> None:
        self.segment = segment
        failed = pl.col("outcome") == "failed"
        # what is located lies in the reasons too, of which what was delivered has none
        plain = [c for c in counted.columns if not c.startswith("failure_")]
        during = segment.inside(pl.col("when"), late=False)
        self.inside = counted.filter(
            pl.col("now") & segment.own(plain) & (during | failed & segment.inside(pl.col("when"), late=True))
        )
        reasons = [c for c in segment.where if c.startswith("failure_")]
        if reasons:
            narrowed = segment.own(counted.columns) | ~failed
            self.inside = self.inside.filter(narrowed)
        outside = pl.lit(value=True) if segment.start is None else ~segment.inside(pl.col("when"), late=True)
        self.everywhere = counted.filter(
            ~pl.col("now") if segment.start is None else ~pl.col("now") | outside
        )
        self.outside = self.everywhere.filter(segment.own(plain))
        by = (
            self.more(["failure_category"])
            .filter(pl.col("more") > 0)
            .sort("more", "failure_category", descending=[True, False])
        )
        self.categories: list[tuple[str, float]] = [
            (c or "–", float(m)) for c, m in by.select("failure_category", "more").iter_rows()
        ]
        self.whole = sum(more for _, more in self.categories)
        groups: dict[str, float] = {}
        for name, more in self.categories:
            groups[group_of(name)] = groups.get(group_of(name), 0.0) + more
        self.group, self.share = "mixed", 0.0
        if groups and self.whole > 0:
            best = max(groups, key=lambda g: groups[g])
            self.share = groups[best] / self.whole
            if self.share >= MAIN_SHARE:
                self.group = best
        self.failures = failures.filter(
            segment.own(failures.columns) & segment.inside(_naive(failures), late=True)
        )

    def more(self, keys: list[str], *, main: bool = False) -> pl.DataFrame:
        """Give the failures by keys beyond what is usual; `main` of the group of categories alone."""
        plain = [k for k in keys if not k.startswith("failure_")]
        chosen = pl.col("outcome") == "failed"
        if main and self.group in GROUPS:
            chosen &= pl.col("failure_category").is_in(GROUPS[self.group])

        def counts(frame: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
            n = pl.col("messages").sum().alias("n")
            f = frame.filter(chosen).group_by(keys).agg(pl.col("messages").sum().alias("f"))
            size = frame.group_by(plain).agg(n) if plain else frame.select(n)
            return f, size

        (f, n), (f_out, n_out), (f_all, n_all) = (
            counts(part) for part in (self.inside, self.outside, self.everywhere)
        )

        def joined(left: pl.DataFrame, right: pl.DataFrame, on: list[str], suffix: str) -> pl.DataFrame:
            if not on:
                return left.join(right, how="cross", suffix=suffix)
            return left.join(right, on=on, how="left", nulls_equal=True, suffix=suffix)

        table = joined(joined(joined(f, f_out, keys, "_out"), f_all, keys, "_all"), n, plain, "")
        table = joined(joined(table, n_out, plain, "_out"), n_all, plain, "_all")
        table = table.with_columns(pl.selectors.numeric().fill_null(0))
        level = pl.col("f_all") / pl.max_horizontal("n_all", pl.lit(1))
        usual = (pl.col("f_out") + _PRIOR * level) / (pl.col("n_out") + _PRIOR)
        return table.with_columns(more=pl.col("f") - usual * pl.col("n"))

    def touched(self, column: str) -> int:
        """Count the values of a column that have their part of the additional failures."""
        more = self.more([column], main=True)["more"].clip(0)
        return int((more >= _TOUCHED * max(float(more.sum()), 1)).sum())

    def shapes(self) -> tuple[set[str], set[str]]:
        """Give the shapes of the segment, and those it has only since nothing else was sent."""
        # what so many carriers share is not the fault of one
        own = {
            _SHAPE_OF[c]
            for c, values in self.segment.where.items()
            if c in _SHAPE_OF and (c != "carrier" or len(values) < _MANY_CARRIERS)
        }
        alone: set[str] = set()
        for column in KEYS:
            shape = _SHAPE_OF[column]
            if shape in own:
                continue
            table = self.more([column], main=True)
            sizes = self.inside.group_by(column).agg(pl.col("messages").sum().alias("n"))
            total = max(int(sizes["n"].sum()), 1)
            row = table.filter(pl.col(column).is_not_null()).top_k(1, by="more")
            if row.is_empty() or self.whole <= 0:
                continue
            part = float(row["more"][0]) / max(float(table["more"].clip(0).sum()), 1e-9)
            size = float(row["n"][0]) / total
            if part >= CONCENTRATED and size <= 0.5:
                own.add(shape)
            elif size >= _ALONE:
                alone.add(shape)
        return own or {"everything"}, alone


def _naive(failures: pl.DataFrame) -> pl.Expr:
    """Give the time of each failure without its zone, to the quarter of an hour where it was counted."""
    when = pl.col("date_time") if "date_time" in failures.columns else _HOUR
    return when.dt.replace_time_zone(None) if "date_time" in failures.columns else when


def _judged(look: _Look) -> tuple[str, str, str, list[str]]:
    """Give cause, how sure, shape and what makes it less sure."""
    shapes, alone = look.shapes()
    doubts: list[str] = []
    for rule in RULES:
        if rule.group != look.group or rule.shape not in shapes | (
            alone if shapes == {"everything"} else set()
        ):
            continue
        if rule.shape not in shapes:
            doubts.append("alone")
        if rule.several == "carriers" and look.touched("carrier") < 2:
            doubts.append("narrow")
        if rule.several == "campaigns" and max(look.touched("campaign"), look.touched("sms_code")) < 2:
            doubts.append("narrow")
        sure = "possible" if doubts or (look.share < _CLEAR and rule.group != "unknown") else rule.sure
        return rule.cause, sure, rule.shape, doubts
    shape = next(s for s in ("text", "sender", "carrier", "everything") if s in shapes)
    return "unclear", "possible", shape, doubts


def _told(look: _Look, row: Mapping[str, Any], lang: words.Lang) -> dict[str, Any]:
    """Say what a look found."""
    cause, sure, shape, doubts = _judged(look)
    owner = KNOWN[cause].owner

    def say(key: str, **values: object) -> str:
        return words.text(f"causes.{key}", lang, **values)

    listed = words.text("failures.list", lang)
    located = "where" in row
    segment = named_where(row["where"], lang) if located else named_incident(row, lang)
    carriers = look.segment.where.get("carrier")
    where = listed.join(named_value("carrier", c, lang) for c in carriers) if carriers else say("where_all")
    first, last = _times(look, row)
    start = words.moment(first, lang) if first else "–"
    end = words.moment(last, lang) if last else "–"
    over = located or row["is_over"]
    facts: dict[str, object] = {
        "segment": segment,
        "list": _list(look, segment, lang),
        "where": where,
        "start": start,
        "end": say("until", end=end) if over else say("until_now"),
        "rate": words.percent(row["rate_after"] if located else row["failure_rate"]),
        "usual": words.percent(row["rate_before"] if located else row["usual_rate"]),
    }
    if look.whole <= 0:
        why = say("because_little")
    else:
        main = [
            (c, m)
            for c, m in look.categories
            if look.group in ("mixed", "other") or group_of(c) == look.group
        ]
        named = listed.join(f"{words.category(c, lang)} {m / look.whole:.0%}" for c, m in main[:3])
        why = say(
            "because_mixed" if look.group in ("mixed", "other") else "because",
            share=f"{look.share:.0%}",
            categories=named
            if look.group in ("mixed", "other")
            else listed.join(words.category(c, lang) for c, _ in main[:3]),
            shape=words.label(SHAPES[shape], lang),
            carriers=look.touched("carrier"),
            senders=look.touched("sms_code"),
            campaigns=look.touched("campaign"),
        )
    why = ("" if lang == "ja" else " ").join([why, *(say(doubt) for doubt in doubts)])
    ticket = None if owner == "nobody" else _ticket(look, row, cause, {**facts, "end": end}, lang)
    return {
        "cause": cause,
        "owner": owner,
        "how_sure": sure,
        "why": why,
        "to_do": say(f"do {cause}", **facts),
        "to_tell": say(f"tell {cause}", **facts),
        "ticket": ticket,
    }


def _list(look: _Look, segment: str, lang: words.Lang) -> str:
    """Name the campaign where a segment's failures lie on one."""
    more = look.more(["campaign"], main=True).filter(pl.col("campaign").is_not_null())
    least = CONCENTRATED * max(float(more["more"].clip(0).sum()), 1)
    main = more.filter(pl.col("more") >= least)["campaign"].to_list()
    return (
        words.text("failures.segment_campaign", lang, value=named_value("campaign", main[0], lang))
        if main
        else segment
    )


def _times(look: _Look, row: Mapping[str, Any]) -> tuple[datetime | None, datetime | None]:
    if "start" in row:
        return row["start"], row["end"]
    times = look.inside["when"]
    return times.min(), times.max()  # type: ignore[return-value]  # a column of times


def _ticket(
    look: _Look, row: Mapping[str, Any], cause: str, facts: Mapping[str, object], lang: words.Lang
) -> str:
    """Write to who acts: time, sender, codes, count and ten sample tags."""
    failures = look.failures
    if look.group in GROUPS:
        failures = failures.filter(pl.col("failure_category").is_in(GROUPS[look.group]))

    def most(column: str, count: int) -> list[tuple[str | None, int]]:
        if column not in failures.columns:
            return []
        ordered = failures.group_by(column).len().sort("len", column, descending=[True, False])
        return list(ordered.head(count).iter_rows())

    tags: list[str] = []
    if "client_tag" in failures.columns:
        order = [c for c in ("date_time", "client_tag") if c in failures.columns]
        known = failures.filter(pl.col("client_tag").is_not_null()).sort(order)["client_tag"]
        # spread over the whole stretch
        tags = known.gather_every(max(known.len() // _SAMPLES, 1)).head(_SAMPLES).to_list()
    located = "where" in row
    settled, failed = (
        (row["settled_after"], row["failed_after"]) if located else (row["settled"], row["failed"])
    )
    listed = words.text("failures.list", lang)
    return words.text(
        "causes.ticket_text",
        lang,
        **{k: facts[k] for k in ("segment", "start", "end", "rate", "usual")},
        open="" if located or row["is_over"] else words.text("causes.still_open", lang),
        campaigns=listed.join(named_value("campaign", name, lang) for name, _ in most("campaign", _NAMED))
        or "–",
        senders=", ".join(known_as("sms_code", str(name)) for name, _ in most("sms_code", _NAMED)) or "–",
        carriers=listed.join(named_value("carrier", name, lang) for name, _ in most("carrier", _NAMED))
        or "–",
        settled=f"{settled:,}",
        failed=f"{failed:,}",
        excess=f"{row['excess_failures'] if located else row['excess']:,.0f}",
        codes=", ".join(
            words.text(
                "failures.code_count",
                lang,
                code="–" if code is None else known_as(DETAIL, code),
                n=f"{count:,}",
            )
            for code, count in most(DETAIL, _CODES)
        )
        or "–",
        tags=", ".join(dict.fromkeys(known_as("client_tag", tag) for tag in tags))
        or words.text("causes.no_tags", lang),
        ask=words.text(f"causes.ask {cause}", lang),
    )
