"""Numbers never to be sent to, with the reason and the day."""

from __future__ import annotations

import json
import warnings
from collections.abc import Iterable
from contextlib import AbstractContextManager
from datetime import datetime
from pathlib import Path
from typing import Self

import polars as pl

from zrtools import periods, phones
from zrtools.arguments import checked
from zrtools.errors import ArchiveError, InputError
from zrtools.outbox.journal import Journal
from zrtools.schemas import SUPPRESSIONS
from zrtools.sqlite import stamp
from zrtools.texts import said

__all__ = ["Suppressions", "normalised_all"]

_TABLES = """
create table suppressions (
    phone_number text primary key, reason text not null, suppressed_on text not null, added_at text not null
) without rowid;
"""
_COLUMNS = ", ".join(SUPPRESSIONS)
_HANDED_ON = "changed hands"


class Suppressions:
    """A list of numbers never to be sent to: opt-outs, numbers out of service, numbers that changed hands.

    It is a file (SQLite), private to its owner where the system can; several processes may use it at once. Which
    numbers were added and taken off, when and why, is kept in it for good (`history`). Raises `ArchiveError` for a
    file that cannot be used.
    """

    @checked
    def __init__(self, path: str | Path) -> None:
        self._file = Journal(
            path, what=said("sqlite.what_suppressions"), application=0x7A72_7375, tables=_TABLES
        )

    @property
    def path(self) -> Path:
        """Where the list is kept."""
        return self._file.path

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def kept_open(self) -> AbstractContextManager[None]:
        """Keep the file open for a run that looks into it again and again."""
        return self._file.kept_open()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __len__(self) -> int:
        with self._file.reading() as run:
            return int(run("select count(*) from suppressions").fetchone()[0])

    def __repr__(self) -> str:
        try:
            size = f"numbers={len(self)}"
        except ArchiveError:
            # a repr is asked for where something else is being looked into
            size = "closed"
        return f"<Suppressions {self.path} {size}>"

    @checked
    def add(
        self,
        numbers: str | Iterable[object] | pl.Series | pl.DataFrame,
        reason: str | None = None,
        date: periods.Day | None = None,
        *,
        skip_invalid: bool = False,
    ) -> int:
        """Put numbers on the list and tell how many are new; one that is there keeps its first reason and day.

        `numbers` is one, several, a Series, or a frame with `phone_number`: of an answer of `client.clean` the
        numbers that changed hands (status T) are taken, with that as the reason; of `zr.failures.numbers` and
        `zr.failures.retry_plan` those that are to be dropped. `reason` and `date` (today in Japan) go with
        all of them. Raises `InputError` for a number that is none (`.row`), or without a reason; nothing is added
        then. With `skip_invalid` the others are added, and a warning says how many were left out.
        """
        if isinstance(numbers, pl.DataFrame):
            numbers, reason = _from_frame(numbers, reason)
        if not reason or not reason.strip():
            raise InputError(said("outbox.suppress_why"))
        day = (datetime.now(periods.TOKYO).date() if date is None else periods.day(date)).isoformat()
        found = sorted(set(normalised_all(numbers, skip_invalid=skip_invalid)))
        with self._file.transaction() as run:
            new = [
                number
                for (number,) in run(
                    "select value from json_each(?) where value not in (select phone_number from suppressions)",
                    (json.dumps(found),),
                )
            ]
            self._file.write(
                f"insert into suppressions ({_COLUMNS}) values (?, ?, ?, ?)",  # noqa: S608 - the columns of the schema
                [(number, reason.strip(), day, stamp()) for number in new],
            )
            self._file.note("add", numbers=new, reason=reason.strip(), date=day)
        return len(new)

    @checked
    def remove(self, numbers: str | Iterable[object] | pl.Series, why: str) -> int:
        """Take numbers off the list and tell how many were on it; `why` is kept with the numbers, reasons and days.

        Raises `InputError` for a number that is none, or without a `why`.
        """
        if not why.strip():
            raise InputError(said("outbox.remove_why"))
        found = sorted(set(normalised_all(numbers)))
        with self._file.transaction() as run:
            gone = run(
                "select phone_number, reason, suppressed_on from suppressions "
                "where phone_number in (select value from json_each(?)) order by phone_number",
                (json.dumps(found),),
            ).fetchall()
            self._file.write("delete from suppressions where phone_number = ?", [(n,) for n, *_ in gone])
            self._file.note("remove", numbers=gone, why=why)
        return len(gone)

    def frame(self) -> pl.DataFrame:
        """Give the list: SUPPRESSIONS, in the order of the numbers."""
        return self._file.frame(
            f"select {_COLUMNS} from suppressions order by phone_number",  # noqa: S608 - the columns of the schema
            schema=SUPPRESSIONS,
        )

    @checked
    def copy(self, to: str | Path) -> Path:
        """Make a copy of the list, at any time, and give its path.

        Raises `ArchiveError` where a file is there already, or nothing can be written.
        """
        return self._file.copy(to)

    def history(self) -> pl.DataFrame:
        """Give what was done with the list, in order of time: HISTORY, `detail` as JSON that holds the numbers."""
        return self._file.history()

    @checked
    def erase(self, number: str | int) -> int:
        """Take a number out of the history, which then tells what was done and when, but not of whom.

        That it is suppressed stays, with reason and day: without it, it would be written to again. Tells how many
        events were touched. Raises `InputError` for what is no number.
        """
        return self._file.erase(phones.normalise(number))

    @checked
    def forget(self, before: periods.Day) -> int:
        """Remove the history before a day for good; what is on the list stays. Tells how many events.

        Raises `InputError`.
        """
        return self._file.forget(periods.day(before, "before"))

    @checked
    def among(self, numbers: Iterable[str]) -> dict[str, str]:
        """Tell which of some numbers, in the form +81…, are on the list, each with its reason."""
        text = json.dumps(list(numbers))
        with self._file.reading() as run:
            return dict(
                run(
                    "select phone_number, reason from suppressions "
                    "where phone_number in (select value from json_each(?))",
                    (text,),
                ).fetchall()
            )


def _from_frame(frame: pl.DataFrame, reason: str | None) -> tuple[pl.Series, str | None]:
    if "phone_number" not in frame.columns:
        raise InputError(said("outbox.no_number_column"))
    if "reference_date" in frame.columns and "status" in frame.columns:
        changed = frame.filter(pl.col("status") == "T")
        return changed["phone_number"], reason or _HANDED_ON
    for column, word in (("advice", "drop"), ("step", "drop the number")):
        if column in frame.columns:
            return frame.filter(pl.col(column) == word)["phone_number"], reason or "not in service"
    return frame["phone_number"], reason


def normalised_all(numbers: str | Iterable[object] | pl.Series, *, skip_invalid: bool = False) -> list[str]:
    """Bring numbers to the form +81….

    Raises `InputError` for one that is none (`.row`), unless those are left out, with a warning.
    """
    if isinstance(numbers, str):
        return [phones.normalise(numbers)]
    column = (
        phones.as_text(numbers)
        if isinstance(numbers, pl.Series)
        else pl.Series([phones.value_as_text(n) for n in numbers], dtype=pl.String)
    )
    frame = column.alias("number").to_frame().with_columns(good=phones.normalised("number"))
    bad = frame["good"].is_null()
    if bad.any() and skip_invalid:
        warnings.warn(
            f"{int(bad.sum())} of {frame.height} numbers were left out: they are no mobile numbers.",
            stacklevel=3,
        )
        return frame["good"].drop_nulls().to_list()
    if bad.any():
        row = int(bad.arg_max() or 0)
        try:
            phones.normalise(frame["number"][row])
        except InputError as error:
            raise InputError(
                said("outbox.bad_row", row=row, int=int(bad.sum()), height=frame.height, error=error),
                row=row,
            ) from None
    return frame["good"].to_list()
