"""Taking one person out of every store, with a record that does not name them."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from zrtools import phones, privacy
from zrtools.errors import InputError
from zrtools.schemas import ERASED

if TYPE_CHECKING:
    from zrtools.archive import Archive
    from zrtools.outbox import Outbox, Suppressions
    from zrtools.outbox.journal import Journal
    from zrtools.receiver import Store

__all__ = ["erase", "record"]


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
    given = {
        "archive": archive,
        "outbox": outbox,
        "suppressions": suppressions,
        "answers": answers,
        "reports": reports,
    }
    stores = {name: store for name, store in given.items() if store is not None}
    if not stores:
        raise InputError("Name at least one store: archive, outbox, suppressions, answers or reports.")
    for name, store in stores.items():
        if isinstance(store, str | Path) and "://" not in str(store) and not Path(store).exists():
            raise InputError(f"There is no {name} at {store}: check the path.")
    rows = []
    for name, store in stores.items():
        rows.append((name, str(getattr(store, "path", store)), _FROM[name](store, normal)))
    frame = pl.DataFrame(rows, schema=ERASED, orient="row")
    if proof is not None:
        whose = {} if key is None else {"hash": privacy.hashed(normal, key)}
        _journal(proof).note("erase", stores=frame.to_dicts(), **whose)
    return frame


def record(proof: str | Path) -> pl.DataFrame:
    """Read a record of erasures: HISTORY, `detail` as JSON. Raises `InputError`, `ArchiveError`."""
    if not Path(proof).exists():
        raise InputError(f"There is no record at {proof}: check the path.")
    return _journal(proof).history()


def _journal(proof: str | Path) -> Journal:
    from zrtools.outbox.journal import Journal

    return Journal(proof, what="record of erasures", application=0x7A72_6572, tables="select 1")


def _from_archive(archive: Archive | str | Path, number: str) -> int:
    from zrtools.archive import Archive

    return (archive if isinstance(archive, Archive) else Archive(archive)).erase(number)


def _from_outbox(outbox: Outbox | str | Path, number: str) -> int:
    from zrtools.outbox import Outbox

    if isinstance(outbox, Outbox):
        return outbox.erase(number)
    with Outbox(outbox) as opened:
        return opened.erase(number)


def _from_suppressions(suppressions: Suppressions | str | Path, number: str) -> int:
    from zrtools.outbox import Suppressions

    if isinstance(suppressions, Suppressions):
        return suppressions.erase(number)
    with Suppressions(suppressions) as opened:
        return opened.erase(number)


def _from_answers(answers: str | Path, number: str) -> int:
    from zrtools.client import store

    return store.erase(answers, number)


def _from_reports(reports: Store | str | Path, number: str) -> int:
    from zrtools.receiver import Store

    if isinstance(reports, Store):
        return reports.erase(number)
    with closing(Store(reports)) as opened:
        return opened.erase(number)


_FROM: dict[str, Callable[..., int]] = {
    "archive": _from_archive,
    "outbox": _from_outbox,
    "suppressions": _from_suppressions,
    "answers": _from_answers,
    "reports": _from_reports,
}
