"""The small table that answers every question of the failure explorer, made in one pass over the messages."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import narwhals as nw
import polars as pl

from zrtools import periods, schemas, words
from zrtools.errors import InputError
from zrtools.failures.causes import causes_of, sentence
from zrtools.failures.course import Every, day_basis, trend
from zrtools.failures.investigation import dated, explained
from zrtools.failures.locate import locate
from zrtools.failures.rates import finished
from zrtools.failures.traffic import Traffic, grouped, joined, sums
from zrtools.failures.traits import TIMES

if TYPE_CHECKING:
    from zrtools.failures.traits import CampaignRule

__all__ = ["OTHERS", "Choice", "Cube", "build"]

OTHERS = "\x00others"
"""Stands in the cube for all campaigns beyond the most frequent ones."""

_MOST_CAMPAIGNS = 300
_KEYS = ["carrier", "failure_category", "campaign"]
_ROWS = (
    "send_date",
    "date_time",
    "phone_number",
    "carrier",
    "failure_category",
    "detailed_status_id",
    "campaign",
    "client_tag",
    "sms_code",
    "message",
)


@dataclass(frozen=True, slots=True)
class Choice:
    """What the explorer is asked to show; `...` stands for all, None for the unknown carrier or no campaign."""

    first: date
    last: date
    carrier: str | Any = ...
    category: str | Any = ...
    campaign: str | Any = ...
    unit: Every = "1d"


@dataclass(frozen=True, slots=True)
class Cube:
    """Messages counted by times, carrier, category, campaign and outcome, and the failures themselves."""

    counts: pl.DataFrame
    rows: pl.DataFrame
    kept: Traffic

    @property
    def basis(self) -> str:
        """Say which date the days are, as `day_basis` does."""
        basis: str = (
            self.counts.drop_nulls("day").select(pl.col("_by_time").mean()).select(day_basis()).item()
        )
        return basis

    @property
    def days(self) -> list[date]:
        """List every day from the first to the last."""
        first, last = self.counts.select(pl.col("day").min(), pl.col("day").max().alias("last")).row(0)
        return [] if first is None else periods.days(first, last)

    def cells(self, choice: Choice) -> pl.DataFrame:
        """Count failures by carrier and category, with the messages settled on the carrier."""
        chosen = self.counts.filter(_within(choice, "day", "campaign"))
        of, keys = sums(), ["carrier", "failure_category"]
        settled = grouped(chosen, ["carrier"], settled=of["settled"]).filter(pl.col("settled") > 0)
        failed = grouped(chosen.filter(pl.col("outcome") == "failed"), keys, failed=of["failed"])
        return joined(settled, failed, ["carrier"]).with_columns(pl.col("failed").fill_null(0))

    def course(self, choice: Choice) -> pl.DataFrame:
        """Give the choice over time, as `failures.trend` does with campaigns as clusters; times are naive.

        Times in which nothing of the choice was settled have no rate, and hours without any result have no row.
        """
        by = [] if choice.carrier is ... else ["carrier"]
        found = trend(self._chosen(choice, "campaign"), choice.unit, by, cluster="campaign")
        known = pl.col("start").is_not_null() & ((pl.col("settled") > 0) | (choice.unit != "1h"))
        # a carrier's days are as final as the days: what is pending has no carrier yet
        times = found.filter(known).select("start", "is_final").unique()
        of_it = found.filter(_within(choice, *by)).drop("is_final")
        return (
            joined(times, of_it, ["start"])
            .with_columns(
                pl.col("failed", "settled", "pending").fill_null(0),
                pl.col("start").dt.replace_time_zone(None),
            )
            .sort("start")
        )

    def summary(self, choice: Choice) -> dict[str, Any]:
        """Sum the choice, as `failures.breakdown` does with campaigns as clusters.

        `unplaced` is what is pending on no carrier yet, where one is chosen.
        """
        taken = {"carrier": choice.carrier, "failure_category": choice.category}
        by = [key for key, value in taken.items() if value is not ...]
        read = self._chosen(replace(choice, category=...), "campaign")
        found = _rates(read, by).filter(_within(choice, *by))
        if found.is_empty():
            # nothing failed so, or nothing is there
            found = _rates(self._chosen(choice, "campaign", "carrier"), [])
        unplaced = 0
        if choice.carrier is not ...:
            pending = self.counts.filter(_within(choice, "day", "campaign")).select(sums()["pending"]).item()
            unplaced = pending - found["pending"].item()
        return found.row(0, named=True) | {"unplaced": unplaced}

    def campaigns(self, choice: Choice, most: int) -> pl.DataFrame:
        """List the campaigns with the most chosen failures."""
        chosen = self.counts.filter(_within(choice, "day", "carrier"))
        return (
            grouped(chosen, ["campaign"], **self._sums(choice))
            .filter(pl.col("failed") > 0)
            .sort("failed", "campaign", descending=[True, False], nulls_last=True)
            .head(most)
        )

    def behind(self, choice: Choice) -> pl.DataFrame:
        """Give the chosen failures themselves, newest first, numbers unmasked."""
        found = self.rows.filter(_within(choice, "day", "carrier", "failure_category", "campaign"))
        return found.sort("date_time", descending=True, nulls_last=True)

    def why(self, choice: Choice, lang: str | None = None) -> tuple[pl.DataFrame, str]:
        """Locate how the choice changed, and its probable causes: against as many days before, else those after.

        Raises `InputError` where there are no other days, or nothing is settled in one of the two.
        """
        length = choice.last - choice.first + timedelta(days=1)
        day = nw.col("day")
        others = day.is_between(choice.first - length, choice.first, closed="left")
        if self.days and self.days[0] >= choice.first:
            others = day > choice.last
        chosen = self._chosen(choice, "campaign", "carrier", days=False)
        taken = {"carrier": choice.carrier, "campaign": choice.campaign, "failure_category": choice.category}
        by = [*(key for key, value in taken.items() if value is ...), "hour", "weekday", "failure_module"]
        before, after = chosen.where(others), chosen.where(day.is_between(choice.first, choice.last))
        settled = nw.col("outcome").is_in(["failed", "delivered"])
        if any(part.where(settled).rows.head(1).collect().is_empty() for part in (before, after)):
            raise InputError(words.text("explorer.why_none", lang))
        found, why = locate(before, after, by, unsettled_days=True, lang=lang, explain=True)
        told = causes_of(after, before, found, words.language(lang))
        causes = pl.Series([sentence(row, lang) for row in told.iter_rows(named=True)], dtype=pl.String)
        return found.with_columns(sentence=pl.col("sentence") + " " + causes), why

    def _chosen(self, choice: Choice, *keys: str, days: bool = True) -> Traffic:
        """Keep what is chosen by these keys; failures for other reasons count as settled only."""
        kept = dated(self.kept)
        if days:
            kept = kept.where(nw.col("day").is_between(choice.first, choice.last))
        for key in keys:
            column, value = nw.col(key), getattr(choice, key)
            if value == OTHERS:
                kept = kept.where(
                    ~column.is_null() & ~column.is_in(self.counts[key].drop_nulls().unique().to_list())
                )
            elif value is not ...:
                kept = kept.where(column.is_null() if value is None else column == value)
        if choice.category is ...:
            return kept
        other = (nw.col("outcome") == "failed") & (nw.col("failure_category") != choice.category)
        outcome = nw.when(other).then(nw.lit("delivered")).otherwise(nw.col("outcome")).alias("outcome")
        failed = kept.failures().filter(nw.col("failure_category") == choice.category)
        return replace(kept, rows=kept.rows.with_columns(outcome), failed=failed)

    @staticmethod
    def _sums(choice: Choice) -> dict[str, pl.Expr]:
        of = sums()
        failed = pl.col("messages").filter(
            (pl.col("outcome") == "failed") & _within(choice, "failure_category")
        )
        return {"failed": failed.sum(), "settled": of["settled"]}


def build(frame: pl.LazyFrame, *, campaign: CampaignRule = None, codes: Any = None) -> Cube:
    """Count statuses once, so that later questions need not read them again.

    Statuses that are classified already keep their classes where `codes` is left out. Campaigns beyond the 300 most
    frequent ones are counted as `OTHERS`.

    Raises `InputError` for missing columns.
    """
    kept = explained(frame.lazy(), codes, campaign).kept(("carrier", "campaign"), also=_ROWS)
    counts = kept.counts([*_KEYS, *TIMES])[0]
    rows = kept.failures().to_native().collect()
    rows = rows.select(
        "day", *(c if c in rows.columns else pl.lit(None, schemas.STATUS[c]).alias(c) for c in _ROWS)
    )
    sizes = grouped(counts, ["campaign"], n=pl.col("messages").sum()).top_k(_MOST_CAMPAIGNS, by="n")
    if counts["campaign"].n_unique() > _MOST_CAMPAIGNS:
        often = pl.col("campaign").is_null() | pl.col("campaign").is_in(
            sizes["campaign"].drop_nulls().implode()
        )
        rare = pl.when(often).then("campaign").otherwise(pl.lit(OTHERS)).alias("campaign")
        counts, rows = counts.with_columns(rare), rows.with_columns(rare)
    keys = [*_KEYS, "outcome", *(c for c in TIMES if c != "_quarter")]
    return Cube(grouped(counts, keys, messages=pl.col("messages").sum()), rows, kept)


def _within(choice: Choice, *keys: str) -> pl.Expr:
    """Keep what is chosen by these keys."""
    wanted = {"carrier": choice.carrier, "failure_category": choice.category, "campaign": choice.campaign}
    found = pl.lit(value=True)
    if "day" in keys:
        found &= pl.col("day").is_between(choice.first, choice.last)
    for key in keys:
        if key in wanted and wanted[key] is not ...:
            found &= pl.col(key).eq_missing(pl.lit(wanted[key], pl.String))
    return found


def _rates(read: Traffic, by: list[str]) -> pl.DataFrame:
    """Give what `failures.breakdown` gives with campaigns as clusters, without counting different numbers."""
    return finished(read.counts(by, ["campaign"])[0], None, by, "campaign")
