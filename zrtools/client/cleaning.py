"""Number cleaning over many numbers: each (number, date) asked once, and nothing paid for lost."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from zrtools import phones, schemas, wire
from zrtools.client import retry
from zrtools.client.engine import Run
from zrtools.client.sending import unproven
from zrtools.client.store import Store, Verdict
from zrtools.errors import ApiError, ArchiveError, InputError, TransportError, ZrtoolsError
from zrtools.periods import day
from zrtools.privacy import mask_text
from zrtools.texts import said

if TYPE_CHECKING:
    from zrtools.client.engine import Engine

__all__ = ["Cleaning", "Pair", "prepared"]

Pair = tuple[str, date]

_KEYS = ["phone_number", "reference_date"]
_OF_A_NUMBER = ("phoneNumber", "referenceDate")
_OF_THE_ACCOUNT = re.compile(
    r"token|client ?id|contract|option|permi|authori|契約|オプション|権限", re.IGNORECASE
)
_WRONG_FIELD = (100, 110, 120)
_OVER_QUOTA = 300
_ANSWERS = pl.Schema({**{k: schemas.CLEANING[k] for k in _KEYS}, "status": pl.String(), "error": pl.String()})
_ALIKE = 5  # so many refusals in a row that name nothing are the account's, not the numbers'
_GONE = 5  # so many numbers in a row without any answer: the service is gone
_POLL = 0.5  # seconds between two looks at what another process is asking


def prepared(
    numbers: object, reference_date: object, today: date, doubtful: phones.Doubtful = "leave out"
) -> pl.DataFrame:
    """Bring numbers and dates to a frame: `input`, `phone_number`, `reference_date`, `error` (if it is not asked).

    Raises `InputError` for what is no list of numbers, and for a date that the service does not take.
    """
    given = _numbers(numbers)
    frame = given.to_frame("input").select(
        "input",
        phones.normalised(pl.col("input")).alias("phone_number"),
        _dates(reference_date, given.len(), today).alias("reference_date"),
        phones.problem(pl.col("input")).cast(pl.String).alias("error"),
    )
    nobody = pl.lit(doubtful == "leave out") & (phones.remark("phone_number") == "doubtful")
    return frame.with_columns(
        pl.when(pl.col("phone_number").is_null()).then(pl.col("error")).when(nobody).then(pl.lit("doubtful"))
    )


def _numbers(numbers: object) -> pl.Series:
    if isinstance(numbers, str | int) and not isinstance(numbers, bool):
        numbers = [numbers]
    if isinstance(numbers, pl.Series):
        return phones.as_text(numbers).alias("input")
    if isinstance(numbers, Iterable) and not isinstance(numbers, bytes | Mapping | pl.DataFrame):
        return pl.Series(
            "input", [None if n is None else phones.as_text(n) for n in numbers], dtype=pl.String
        )
    raise InputError(said("client.numbers", kind=type(numbers).__name__))


def _dates(reference_date: object, count: int, today: date) -> pl.Series:
    if isinstance(reference_date, date | str):
        only = _day(reference_date, today, None)
        return (
            pl.Series("reference_date", [only], dtype=pl.Date)
            .extend_constant(only, max(count - 1, 0))
            .head(count)
        )
    if not isinstance(reference_date, Iterable):
        raise InputError(said("client.reference_date"))
    given = list(reference_date)
    if len(given) != count:
        raise InputError(said("client.as_many_dates", count=count, count2=len(given)))
    read: dict[object, date] = {}
    for row, value in enumerate(given):
        if value not in read:
            read[value] = _day(value, today, row)
    return pl.Series("reference_date", [read[value] for value in given], dtype=pl.Date)


def _day(value: object, today: date, row: int | None) -> date:
    try:
        if not isinstance(value, date | str):
            raise InputError(said("client.reference_day", value=mask_text(repr(value))))
        read = day(value, "reference_date")
        # builds a request only to have the date checked
        wire.clean("+819000000000", read, today=today)
    except InputError as error:
        problem = InputError(error.args[0], row=row)
    else:
        return read
    raise problem


class Cleaning:
    """One run over the distinct (number, date) pairs of a prepared frame."""

    def __init__(self, frame: pl.DataFrame, store: str | Path | None, origin: str) -> None:
        self._known = pl.DataFrame(schema=_ANSWERS)
        self._store = None if store is None else Store(store, origin)
        if self._store is not None:
            usable = frame.filter(pl.col("phone_number").is_not_null())
            known = self._store.known(usable["reference_date"].unique().to_list())
            self._known = known.join(usable, on=_KEYS, how="semi")
        # what was paid for once is given, though it would not be asked now
        flags = self._known.select(*_KEYS, paid=pl.lit(value=True))
        self._frame = (
            frame.join(flags, on=_KEYS, how="left", maintain_order="left")
            .with_columns(error=pl.when(pl.col("paid").is_null()).then("error"))
            .drop("paid")
        )
        taken = self._frame.filter(pl.col("error").is_null())
        pairs = taken.select(_KEYS).unique(maintain_order=True)
        self.given = frame.height
        self.invalid = frame["phone_number"].null_count()
        self.doubtful = int((self._frame["error"] == "doubtful").sum())
        self.machines = int((taken.select(phones.remark("phone_number")).to_series() == "M2M").sum())
        self.repeated = taken.height - pairs.height
        asked = pairs.join(self._known, on=_KEYS, how="anti", maintain_order="left")
        self.run: Run[Pair, Verdict] = Run(list(asked.iter_rows()))
        self._positions = {pair: n for n, pair in enumerate(self.run.items)}
        self._theirs: list[int] = []
        self._suspects: dict[int, ApiError] = {}
        self._unanswered = 0

    @property
    def known(self) -> int:
        """Pairs that the store had answers for."""
        return self._known.height

    def frame(self) -> pl.DataFrame:
        """Give a row for each input that is settled, in the caller's order, as `schemas.CLEANING`."""
        rows = [(*self.run.items[n], v.status, v.error) for n, v in sorted(self.run.results.items())]
        came = pl.concat([self._known, pl.DataFrame(rows, schema=_ANSWERS, orient="row")])
        joined = self._frame.join(
            came.with_columns(pl.lit(value=True).alias("came")), on=_KEYS, how="left", maintain_order="left"
        )
        return joined.filter(pl.col("came").fill_null(value=False) | pl.col("error").is_not_null()).select(
            "input", *_KEYS, "status", pl.coalesce("error", "error_right").alias("error")
        )

    async def work(self, engine: Engine, width: int) -> None:
        """Ask all that is to be asked."""
        if self._store is not None:
            self._store.start()
        positions: list[int] | None = None
        while True:
            await self.run.side_by_side(
                lambda pair: self._one(engine, pair),
                width=width,
                fatal=self._fatal,
                positions=positions,
                billed=True,
            )
            if not self._theirs or self.run.stopped:
                break
            # another process is asking these: its answers come through the store, or its claims lapse
            await asyncio.sleep(_POLL)
            positions, self._theirs = self._theirs, []
        if len(self._suspects) > 1 and len(self._suspects) == len(self.run.results):
            self._accuse()

    def close(self) -> None:
        """Close the store."""
        if self._store is not None:
            self._store.close()

    async def _one(self, engine: Engine, pair: Pair) -> Verdict | None:
        store = self._store
        if store is not None:
            claim = await store.claim(pair)
            if isinstance(claim, Verdict):
                return claim
            if claim == "theirs":
                self._theirs.append(self._positions[pair])
                return None
        try:
            verdict, final = await self._ask(engine, pair)
        except ZrtoolsError:
            if store is not None:
                await store.release(pair)
            raise
        if store is not None:
            try:
                await (store.keep(pair, verdict) if final else store.release(pair))
            except ArchiveError:
                # the answer is paid for: it stays in the result, and no further one is bought
                self.run.results[self._positions[pair]] = verdict
                raise
        return verdict

    async def _ask(self, engine: Engine, pair: Pair) -> tuple[Verdict, bool]:
        """Ask one number; an answer is final unless another day may bring another one."""
        number, reference_date = pair
        try:
            answer = await engine.ask(wire.clean(number, reference_date), retry.cleaning)
            status = answer.read(wire.cleaning)
        except ApiError as error:
            if _is_the_accounts(error):
                raise
            final = error.field in _OF_A_NUMBER
            # an answer, if a refusal: the service is there
            self._unanswered = 0
            if final:
                self._suspects.clear()
            else:
                self._suspects[self._positions[pair]] = error
                if len(self._suspects) >= _ALIKE:
                    raise
            refused = f"{error.code} {error.message}".strip()
            if unproven(error, number):
                refused = f"{refused} {said('client.unproven')}"
            return Verdict(None, refused), final
        self._suspects.clear()
        self._unanswered = 0
        return Verdict(status, None), True

    def _fatal(self, error: ZrtoolsError) -> bool:
        if isinstance(error, ApiError) and self._suspects:
            self._accuse()
        if isinstance(error, ApiError | ArchiveError):
            return True
        if isinstance(error, TransportError) and (error.status_code in (401, 403) or error.retry_after):
            return True
        self._unanswered += 1
        return self._unanswered >= _GONE

    def _accuse(self) -> None:
        # refusals that name no field, one after the other: they concern the account, so no row is answered by them
        for n, error in self._suspects.items():
            self.run.results.pop(n, None)
            self.run.failures[n] = error


def _is_the_accounts(error: ApiError) -> bool:
    if error.field is not None:
        return error.field not in _OF_A_NUMBER
    return error.code in (*_WRONG_FIELD, _OVER_QUOTA) or bool(_OF_THE_ACCOUNT.search(error.message))
