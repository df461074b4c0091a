"""The small table that answers every question of the failure explorer, made in one pass over the messages."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import narwhals as nw
import polars as pl

from zrtools import schemas
from zrtools.engines import require
from zrtools.errors import InputError
from zrtools.failures.course import PENDING_LIMIT, Every
from zrtools.failures.investigation import explained
from zrtools.intervals import share, wilson

if TYPE_CHECKING:
    from zrtools.failures.traits import CampaignRule

__all__ = ["OTHERS", "Choice", "Cube", "build"]

OTHERS = "\x00others"
"""Stands in the cube for all campaigns beyond the most frequent ones."""

_MOST_CAMPAIGNS = 300
_KEYS = ["day", "hour", "carrier", "failure_category", "campaign", "outcome"]
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

    def all_cells(self) -> Choice:
        """Widen the choice to every carrier and category."""
        return replace(self, carrier=..., category=...)


@dataclass(frozen=True, slots=True)
class Cube:
    """Messages counted by day, hour, carrier, category, campaign and outcome, and the failures themselves."""

    counts: pl.DataFrame
    rows: pl.DataFrame
    basis: str

    @property
    def days(self) -> list[date]:
        """List every day from the first to the last."""
        ends: tuple[date | None, date | None] = self.counts.select(
            pl.col("day").min().alias("a"), pl.col("day").max().alias("b")
        ).row(0)
        if ends[0] is None or ends[1] is None:
            return []
        return [ends[0] + timedelta(n) for n in range((ends[1] - ends[0]).days + 1)]

    def cells(self, choice: Choice) -> pl.DataFrame:
        """Count failures by carrier and category, with the messages settled on the carrier."""
        chosen = self.counts.filter(_within(choice.all_cells(), ("day", "campaign")))
        settled = chosen.group_by("carrier").agg(_settled().alias("settled")).filter(pl.col("settled") > 0)
        failed = (
            chosen.filter(pl.col("outcome") == "failed")
            .group_by("carrier", "failure_category")
            .agg(failed=pl.col("n").sum())
        )
        return settled.join(failed, on="carrier", how="left", nulls_equal=True).with_columns(
            pl.col("failed").fill_null(0)
        )

    def course(self, choice: Choice) -> pl.DataFrame:
        """Count the chosen failures over time, as `failures.trend` does."""
        chosen = self.counts.filter(_within(choice, ("day", "carrier", "campaign")))
        if choice.unit == "1h":
            start = pl.col("hour")
        else:
            start = pl.col("day").dt.truncate(choice.unit).cast(pl.Datetime("ms"))
        # what is pending has no carrier yet: it counts whatever carrier is chosen
        pending = self.counts.filter(_within(choice, ("day", "campaign")) & (pl.col("outcome") == "pending"))
        of_time = pending.group_by(start=start).agg(pending=pl.col("n").sum())
        # hours of messages without a result are no hours of sending
        counts_in = pl.lit(value=True) if choice.unit != "1h" else pl.col("outcome") != "pending"
        whole = (
            self.counts.filter(_within(choice, ("day", "campaign")) & counts_in)
            .group_by(start=start)
            .agg(messages=pl.col("n").sum())
        )
        counted = chosen.group_by(start=start).agg(failed=_failed(choice), settled=_settled())
        rate = share(pl.col("failed"), pl.col("settled"))
        low, high = wilson(rate, pl.col("settled"))
        return (
            whole.join(counted, on="start", how="left", nulls_equal=True)
            .join(of_time, on="start", how="left", nulls_equal=True)
            .drop_nulls("start")
            .with_columns(pl.col("failed", "settled", "pending").fill_null(0))
            .with_columns(
                failure_rate=rate,
                rate_low=low,
                rate_high=high,
                is_final=pl.col("pending") < PENDING_LIMIT * pl.col("messages"),
            )
            .drop("messages")
            .sort("start")
        )

    def summary(self, choice: Choice) -> dict[str, Any]:
        """Sum the choice: failed, settled, pending, and the rate with its interval."""
        chosen = self.counts.filter(_within(choice, ("day", "carrier", "campaign")))
        pending = self.counts.filter(_within(choice, ("day", "campaign")) & (pl.col("outcome") == "pending"))
        rate = share(pl.col("failed"), pl.col("settled"))
        low, high = wilson(rate, pl.col("settled"))
        found = chosen.select(failed=_failed(choice), settled=_settled())
        return found.with_columns(
            pl.lit(int(pending["n"].sum())).alias("pending"),
            rate.alias("rate"),
            low.alias("low"),
            high.alias("high"),
        ).row(0, named=True)

    def campaigns(self, choice: Choice, most: int) -> pl.DataFrame:
        """List the campaigns with the most chosen failures."""
        chosen = self.counts.filter(_within(replace(choice, campaign=...), ("day", "carrier")))
        return (
            chosen.group_by("campaign")
            .agg(failed=_failed(choice), settled=_settled())
            .filter(pl.col("failed") > 0)
            .sort("failed", "campaign", descending=[True, False], nulls_last=True)
            .head(most)
        )

    def behind(self, choice: Choice) -> pl.DataFrame:
        """Give the chosen failures themselves, newest first, numbers unmasked."""
        found = self.rows.filter(_within(choice, ("day", "carrier", "failure_category", "campaign")))
        return found.sort("date_time", descending=True, nulls_last=True)


def build(frame: pl.DataFrame | pl.LazyFrame, *, campaign: CampaignRule = None, codes: Any = None) -> Cube:
    """Count a frame of statuses once, so that later questions need not read it again.

    A frame that is classified already keeps its classes where `codes` is left out.

    Raises `InputError` for another kind of frame and for missing columns.
    """
    if not isinstance(frame, pl.DataFrame | pl.LazyFrame):
        raise InputError(f"The explorer takes a polars frame or an archive, not {type(frame).__name__}.")
    require(nw.from_native(frame.lazy()), "date_time", "status_id", "detailed_status_id")
    read = explained(frame.lazy(), codes, campaign)
    hour = pl.col("date_time").dt.replace_time_zone(None).dt.truncate("1h").cast(pl.Datetime("ms"))
    settled = pl.col("outcome").is_in(["delivered", "failed"])
    slim = read.select(
        "day",
        "day_basis",
        "carrier",
        "failure_category",
        "campaign",
        hour=hour,
        outcome=pl.when(settled).then("outcome").otherwise(pl.lit("pending")),
    )
    counts = slim.group_by([*_KEYS, "day_basis"]).agg(n=pl.len().cast(pl.Int64)).collect()
    there = read.collect_schema().names()
    rows = (
        read.filter(pl.col("outcome") == "failed")
        .select("day", *(c if c in there else pl.lit(None, schemas.STATUS[c]).alias(c) for c in _ROWS))
        .collect()
    )
    sizes = counts.group_by("campaign").agg(pl.col("n").sum()).top_k(_MOST_CAMPAIGNS, by="n")["campaign"]
    if counts["campaign"].n_unique() > _MOST_CAMPAIGNS:
        kept = pl.col("campaign").is_null() | pl.col("campaign").is_in(sizes.drop_nulls().implode())
        rare = pl.when(kept).then("campaign").otherwise(pl.lit(OTHERS)).alias("campaign")
        counts, rows = counts.with_columns(rare), rows.with_columns(rare)
    basis = set(counts["day_basis"].drop_nulls())
    counts = counts.group_by(_KEYS).agg(pl.col("n").sum())
    return Cube(counts, rows, basis.pop() if len(basis) == 1 else "mixed")


def _within(choice: Choice, keys: tuple[str, ...]) -> pl.Expr:
    wanted = {
        "carrier": choice.carrier,
        "failure_category": choice.category,
        "campaign": choice.campaign,
    }
    found = pl.col("day").is_between(choice.first, choice.last) if "day" in keys else pl.lit(value=True)
    for key, value in wanted.items():
        if key in keys and value is not ...:
            found &= pl.col(key).is_null() if value is None else (pl.col(key) == value).fill_null(value=False)
    return found


def _settled() -> pl.Expr:
    return pl.col("n").filter(pl.col("outcome") != "pending").sum()


def _failed(choice: Choice) -> pl.Expr:
    failed = pl.col("outcome") == "failed"
    if choice.category is not ...:
        failed &= pl.col("failure_category") == choice.category
    return pl.col("n").filter(failed).sum()
