"""Taking one person out of every store, with a record that does not name them."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl

from zrtools import periods, phones, privacy
from zrtools.archive import Archive
from zrtools.archive.delta import is_remote
from zrtools.arguments import checked
from zrtools.client import store
from zrtools.errors import InputError
from zrtools.outbox import Outbox, Suppressions
from zrtools.outbox.journal import Journal
from zrtools.receiver import Store
from zrtools.schemas import ERASED
from zrtools.texts import said

__all__ = ["erase", "forget", "record"]


@checked
def erase(
    number: str | int,
    *,
    archive: Archive | str | Path | None = None,
    outbox: Outbox | str | Path | None = None,
    suppressions: Suppressions | str | Path | None = None,
    answers: str | Path | None = None,
    reports: Store | str | Path | None = None,
    proof: str | Path | None = None,
    key: bytes | None = None,
) -> pl.DataFrame:
    """Take a phone number out of the stores that are named, for good, and tell what was removed: ERASED.

    Parameters
    ----------
    number
        The number, in any usual form.
    archive, outbox, suppressions, answers, reports
        The stores, or where they are. A list of suppressed numbers keeps the fact that the number is on it, with
        reason and day; its history then tells no number. Stop syncs, sends and the receiver first.
    proof
        A file that records when how much was taken out of which store, and never the number.
    key
        With it the record holds the number's keyed hash, so that its erasure can be shown to whoever has both.

    Returns
    -------
    ERASED: one row a store.

    Raises
    ------
    InputError
        For what is no number, without a store, and where a store is not there; nothing is erased then.
    ArchiveError
        When a store cannot be used as it is. What was erased before stays erased: run it again.

    Notes
    -----
    Exports, reports, notebooks and backups are not reached, nor what the service itself keeps; other people's
    messages that mention the number stay.
    """
    normal = phones.normalise(number)
    whose = {} if key is None else {"hash": privacy.hashed(normal, key)}
    stores = _given(archive, outbox, suppressions, answers, reports)
    frame = _done(stores, lambda one: one.erase(normal))
    _note(proof, "erase", frame, **whose)
    return frame


@checked
def forget(
    before: periods.Day | None = None,
    *,
    days: int | None = None,
    archive: Archive | str | Path | None = None,
    outbox: Outbox | str | Path | None = None,
    suppressions: Suppressions | str | Path | None = None,
    answers: str | Path | None = None,
    reports: Store | str | Path | None = None,
    proof: str | Path | None = None,
) -> pl.DataFrame:
    """Remove what is older than a day from the stores that are named, for good, and tell what was removed: ERASED.

    `before` is the first day that stays, or `days` how many days before today in Japan stay. Of the archive whole
    days of sending go, of the outbox what is settled, of a list of suppressed numbers the history alone, of answers and
    reports those that came before. `proof` records it, as in `erase`. Raises `InputError` and `ArchiveError`.
    """
    if (before is None) == (days is None):
        raise InputError(said("erasure.before_or_days"))
    if days is not None and days < 1:
        raise InputError(said("erasure.days", days=days))
    today = datetime.now(periods.TOKYO).date()
    limit = periods.day(before, "before") if before is not None else today - timedelta(days or 0)
    stores = _given(archive, outbox, suppressions, answers, reports)
    frame = _done(stores, lambda one: one.forget(limit))
    _note(proof, "forget", frame, before=str(limit))
    return frame


@checked
def record(proof: str | Path) -> pl.DataFrame:
    """Read a record of erasures: HISTORY, `detail` as JSON. Raises `InputError`, `ArchiveError`."""
    if not Path(proof).exists():
        raise InputError(said("erasure.no_record", proof=proof))
    return _journal(proof).history()


def _given(*stores: Any) -> dict[str, Any]:
    names = ("archive", "outbox", "suppressions", "answers", "reports")
    given = {name: store for name, store in zip(names, stores, strict=True) if store is not None}
    if not given:
        raise InputError(said("erasure.no_store", names=", ".join(names)))
    for name, one in given.items():
        if isinstance(one, str | Path) and not is_remote(str(one)) and not Path(one).exists():
            raise InputError(said("erasure.missing", name=name, one=one))
    return given


def _done(stores: dict[str, Any], work: Callable[[Any], Any]) -> pl.DataFrame:
    rows = []
    for name, one in stores.items():
        with _opened(name, one) as opened:
            removed = work(opened)
        # an archive tells its days
        count = removed.height if isinstance(removed, pl.DataFrame) else removed
        rows.append((name, str(getattr(one, "path", one)), count))
    return pl.DataFrame(rows, schema=ERASED, orient="row")


@dataclass(frozen=True)
class _Answers:
    path: Path

    def erase(self, number: str) -> int:
        return store.erase(self.path, number)

    def forget(self, before: date) -> int:
        return store.forget(self.path, before)


def _opened(name: str, given: Any) -> AbstractContextManager[Any]:
    """Open a store that was given by its place; one that was given open stays so."""
    if not isinstance(given, str | Path):
        return nullcontext(given)
    if name == "archive":
        return nullcontext(Archive(given))
    if name == "answers":
        return nullcontext(_Answers(Path(given)))
    made: AbstractContextManager[Any] = {"outbox": Outbox, "suppressions": Suppressions, "reports": Store}[
        name
    ](given)
    return made


def _note(proof: str | Path | None, what: str, frame: pl.DataFrame, **more: str) -> None:
    if proof is not None:
        _journal(proof).note(what, stores=frame.to_dicts(), **more)


def _journal(proof: str | Path) -> Journal:
    return Journal(proof, what=said("sqlite.what_erasures"), application=0x7A72_6572, tables="select 1")
