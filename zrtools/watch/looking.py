"""One look at the last day and the running hours, against the weeks before."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Annotated, Any

import polars as pl

from zrtools import words
from zrtools.arguments import Archive, Kind, checked
from zrtools.codes.causes import group_of
from zrtools.failures import incidents, investigate, watch_list
from zrtools.failures.causes import causes, sentence
from zrtools.failures.wording import values_of
from zrtools.periods import TOKYO
from zrtools.privacy import mask_text
from zrtools.schemas import TIME
from zrtools.watch.digest import Finding

__all__ = ["HISTORY", "Reports", "japan", "look", "weekly"]

HISTORY = 28
"""Days before those that are looked at, which tell what is usual."""

Reports = Annotated[Any, Kind(lambda it: callable(getattr(it, "scan", None)), "receiver_store")]

_NEEDED = (
    "send_date",
    "date_time",
    "phone_number",
    "sms_code",
    "carrier",
    "status_id",
    "client_tag",
    "detailed_status_id",
)
# a report is tried four times; what is younger may still come
_PATIENCE = timedelta(hours=1)
# reports that never came, from which it is told: so many, and that part of those that should have come
_FEW, _SMALL = 10, 0.01


@checked
def look(
    archive: Archive,
    now: datetime,
    since: date,
    *,
    store: Reports | None = None,
    min_excess: float | None = None,
    lang: words.Lang = "ja",
) -> list[Finding]:
    """Find incidents, what is to be watched, and pushed reports that never came, from a day until now.

    Raises `InputError` for days that are none, and what `archive.scan` does.
    """
    now = japan(now)
    first = since - timedelta(HISTORY)
    whole = archive.scan(first, now.date()).select(_NEEDED).collect()
    here, before = (
        whole.filter(part) for part in (pl.col("send_date") >= since, pl.col("send_date") < since)
    )
    found: list[Finding] = []
    if here.height:
        history = before if before.height else None
        for level, finder in (("incident", incidents), ("watch", watch_list)):
            rows = finder(here, history=history, min_excess=min_excess, lang=lang)
            told = causes(here, rows, history=history, lang=lang)
            found += [
                _finding(level, row, cause, lang)
                for row, cause in zip(rows.to_dicts(), told.to_dicts(), strict=True)
            ]
    if store is not None:
        found += _missing_reports(here, store, now, lang)
    return found


def japan(now: datetime) -> datetime:
    """Give a time in Japan; one without a zone is Japan's."""
    return now.astimezone(TOKYO) if now.tzinfo else now.replace(tzinfo=TOKYO)


def _finding(level: str, row: dict[str, Any], cause: dict[str, Any], lang: words.Lang) -> Finding:
    return Finding(
        level,
        row["dimension"],
        # what is kept on disk holds no number
        [None if v is None else mask_text(v) for v in values_of(row)] if row["dimension"] != "all" else [],
        group_of(row["failure_category"]),
        row["start"],
        row["end"],
        row["excess"],
        row["is_over"],
        row["sentence"],
        sentence(cause, lang),
        cause["ticket"],
    )


def _missing_reports(statuses: pl.DataFrame, store: Any, now: datetime, lang: words.Lang) -> list[Finding]:
    """Find settled messages with a tag of which no report was pushed, since reports first came."""
    reports = store.scan(received=True).select("client_tag", "date_time", "received_at").collect()
    # by this computer's clock and by the service's, since one of them may be behind
    first = max(filter(None, reports.select(pl.col("received_at", "date_time").min()).row(0)), default=None)
    newest = statuses["date_time"].max()
    if first is None or not isinstance(newest, datetime):
        return []
    due = statuses.filter(
        pl.col("status_id").is_in([2, 3]),
        pl.col("client_tag").is_not_null(),
        # so too where this computer's is ahead
        pl.col("date_time").is_between(pl.lit(first, TIME), pl.lit(min(now, newest) - _PATIENCE, TIME)),
    )
    missing = due.join(reports.select("client_tag").drop_nulls().unique(), on="client_tag", how="anti")
    if missing.height < max(_FEW, _SMALL * due.height):
        return []
    start, end = missing["date_time"].min(), missing["date_time"].max()
    assert isinstance(start, datetime)  # noqa: S101 - times of rows that there are
    assert isinstance(end, datetime)  # noqa: S101 - the same
    said = words.text(
        "watch.reports",
        lang,
        missing=f"{missing.height:,}",
        due=f"{due.height:,}",
        start=words.moment(start, lang),
        end=words.moment(end, lang),
    )
    last = reports["date_time"].max()
    over = isinstance(last, datetime) and last > end
    return [
        Finding(
            "incident",
            "reports",
            [],
            "reports",
            start,
            end,
            float(missing.height),
            over,
            said,
            words.text("watch.reports_do", lang),
        )
    ]


@checked
def weekly(archive: Archive, now: datetime, *, lang: words.Lang = "ja") -> list[str]:
    """Say what failed in the last seven whole days, against the seven before. Raises what `investigate` does."""
    now = japan(now)
    last = now.date() - timedelta(1)
    week = (last - timedelta(6), last)
    if archive.scan(*week).select(pl.len()).collect().item() == 0:
        there = archive.days()["send_date"].to_list()
        if all(week[0] + timedelta(n) in there for n in range(7)):
            return [words.text("watch.week_empty", lang, first=week[0], last=week[1])]
    earlier = (last - timedelta(13), last - timedelta(7))
    has_earlier = archive.scan(*earlier).select(pl.len()).collect().item() > 0
    found = investigate(archive, week, compare_to=earlier if has_earlier else False, now=now, lang=lang)
    return found.sentences
