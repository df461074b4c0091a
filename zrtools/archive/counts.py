"""Counts kept by snapshot: each day's answer for a month that may still change."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import polars as pl

from zrtools import periods, schemas
from zrtools.archive.layout import naive, runs, with_zone, without_zone
from zrtools.archive.settings import VERSION
from zrtools.errors import ConfigurationError, InputError, Interrupted, PartialResultError, ZrtoolsError
from zrtools.texts import said

if TYPE_CHECKING:
    from deltalake import DeltaTable

    from zrtools.archive.delta import Table
    from zrtools.client import Client

__all__ = ["Snapshots", "newest"]

_FIRST = 24
_NONE = "the service named no messages, or keeps the month no more"


@dataclass(frozen=True)
class Snapshots:
    """The table of snapshots."""

    table: Table

    def history(self) -> pl.DataFrame:
        """Give every snapshot: COUNTS_HISTORY, in the order taken."""
        return self._read(self.table.open()) if self.table.exists() else schemas.empty(schemas.COUNTS_HISTORY)

    def sync(
        self,
        client: Client,
        start: periods.Month | None,
        end: periods.Month | None,
        *,
        client_id: str | None,
        force: bool,
        final_after: timedelta,
        progress: bool,
    ) -> pl.DataFrame:
        """Ask for the months that may still change and keep what is new: COUNTS_SYNC, one row a month.

        Raises `Interrupted` when what came until then is stored.
        """
        self.table.make(
            naive(schemas.COUNTS_HISTORY), partition_by=None, properties={"zrtools.archive": str(VERSION)}
        )
        asked = client.now()
        this = asked.date().replace(day=1)
        kept = newest(self.history())
        if client_id not in (None, "all"):
            kept = kept.filter(client_id=client_id)
        held: list[date] = kept["month"].to_list() or [periods.months_before(this, _FIRST)]
        last = end if end is not None or start is not None else this
        months = [m for m in periods.months(start or min(held[0], this), last) if m <= this]
        taken: dict[Any, datetime] = dict(kept.group_by("month").agg(pl.col("taken").min()).iter_rows())
        final = {m for m, when in taken.items() if when.date() > periods.month_end(m) + final_after}

        done: dict[date, tuple[str, str | None]] = {
            m: ("kept", "final: it is not asked for again") for m in months if m in final and not force
        }
        todo = [m for m in months if m not in done]
        answers = [schemas.empty(schemas.COUNTS)]
        stopped, later = False, ""
        refused: ZrtoolsError | None = None
        for run in runs(todo, len(months), months=True):
            why: dict[date, str] = {}
            if later:
                done |= dict.fromkeys(run, ("failed", later))
                continue
            try:
                answers.append(client.counts(run[0], run[-1], client_id=client_id, progress=progress))
            except PartialResultError as error:
                answers.append(error.frame)
                why = {periods.month(m): str(error) for m in error.missing}
                stopped = isinstance(error, KeyboardInterrupt)
                later = str(error) if error.retry_after else ""
            except (ConfigurationError, InputError) as error:
                # no other month would fare better; what came before is stored all the same
                refused = error
                break
            except ZrtoolsError as error:
                why = dict.fromkeys(run, str(error))
                later = str(error) if error.retry_after else ""
            done |= {m: ("empty", _NONE) for m in run if m not in why}
            if stopped:
                break
            done |= {m: ("failed", reason) for m, reason in why.items()}
        answer = pl.concat(answers)
        changed, rows = self.table.update(lambda table: self._append(table, answer, asked))
        if refused is not None:
            raise refused
        done |= {m: ("stored" if m in changed else "unchanged", None) for m in answer["month"]}
        report = pl.DataFrame(
            [(m, action, rows.get(m, 0), why) for m, (action, why) in sorted(done.items())],
            schema=schemas.COUNTS_SYNC,
            orient="row",
        )
        if stopped:
            missing = [m for m in todo if m not in done]
            raise Interrupted(
                said("archive.counts_stopped", count=len(missing)),
                frame=report,
                missing=missing,
            )
        return report

    def _read(self, table: DeltaTable) -> pl.DataFrame:
        files = [self.table.address(path) for path in self.table.files(table)["path"]]
        if not files:
            return schemas.empty(schemas.COUNTS_HISTORY)
        return (
            pl.scan_parquet(files, storage_options=dict(self.table.options or {}) or None)
            .with_columns(with_zone("taken"))
            .select(pl.col(name).cast(dtype) for name, dtype in schemas.COUNTS_HISTORY.items())
            .sort("taken", "month", "client_id", "carrier_id")
            .collect()
        )

    def _append(
        self, table: DeltaTable, answer: pl.DataFrame, asked: datetime
    ) -> tuple[set[date], dict[date, int]]:
        """Append the months that differ from the newest kept; say which, and the rows of each month."""
        kept = newest(self._read(table))
        same = [name for name in schemas.COUNTS.names() if name != "carrier"]
        changed = set(answer.join(kept, on=same, how="anti", nulls_equal=True)["month"])
        new = answer.filter(pl.col("month").is_in(list(changed))).with_columns(
            pl.lit(asked).cast(schemas.TIME).alias("taken")
        )
        if new.height:
            self.table.append(table, new.with_columns(without_zone("taken")))
        rows: dict[Any, int] = dict(newest(pl.concat([kept, new])).group_by("month").len().iter_rows())
        return changed, rows


def newest(history: pl.DataFrame) -> pl.DataFrame:
    """Give the newest snapshot of each month and client."""
    return history.filter(pl.col("taken") == pl.col("taken").max().over("month", "client_id")).sort(
        "month", "client_id", "carrier_id"
    )
