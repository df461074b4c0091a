"""The archive: which days are kept, which must be asked again, and how one day replaces another."""

from __future__ import annotations

import hmac
import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import polars as pl

from zrtools import periods, phones, privacy, schemas, words
from zrtools.archive.counts import Snapshots, newest
from zrtools.archive.delta import Table, is_remote, telling
from zrtools.archive.layout import (
    Day,
    check_file,
    folder_day,
    mark_name,
    naive,
    odd,
    period,
    prepared,
    runs,
    status_schema,
    with_zone,
)
from zrtools.archive.settings import VERSION, Settings, find_key, fingerprint
from zrtools.arguments import checked
from zrtools.errors import (
    ArchiveError,
    ConfigurationError,
    InputError,
    Interrupted,
    PartialResultError,
    ZrtoolsError,
)
from zrtools.files import create_folder, tighten
from zrtools.texts import said

if TYPE_CHECKING:
    from deltalake import DeltaTable

    from zrtools.client import Client
else:
    from zrtools.arguments import Client

__all__ = ["Archive"]

_FORGOTTEN = "zrtools/forgotten"
_GROUP = 4
_GIVE_UP = 2
_AHEAD = timedelta(days=1)  # an answer from further in the future was noted by a clock that was wrong


@dataclass(frozen=True)
class _Done:
    action: str
    rows: int
    why: str | None = None
    pending: int | None = None


class Archive:
    """Keep every status and every count in Delta tables, in a folder or on s3://.

    `numbers="hashed"` keeps a keyed hash of each phone number (the key from `key`, bytes or a file's path, else from
    ZRTOOLS_HASH_KEY, else from the file that ZRTOOLS_HASH_KEY_FILE names; never inside the archive) and masks
    numbers inside messages and client tags; `messages=False` keeps no bodies; `rawdata=True` keeps the carriers' own
    error data. These are settled when the archive is made; left out, they are as recorded.

    A day with a status 0 or 1, or asked for less than `settle_after` days after it, is asked for again;
    `close_after` days after it, it is closed as it is. `storage_options` are those of deltalake
    (AWS_ENDPOINT_URL, AWS_REGION, …).

    The folder is made by the first sync, readable by its owner alone where the system can do that. Raises
    `ArchiveError` when the place holds something else, a newer archive, or one with other settings, or cannot
    be reached.
    """

    @checked
    def __init__(
        self,
        path: str | os.PathLike[str],
        *,
        numbers: Literal["plain", "hashed"] | None = None,
        messages: bool | None = None,
        rawdata: bool | None = None,
        key: bytes | os.PathLike[str] | None = None,
        storage_options: Mapping[str, str] | None = None,
        settle_after: int = 2,
        close_after: int = 14,
    ) -> None:
        if numbers not in (None, "plain", "hashed"):
            raise InputError(said("archive.numbers", numbers=numbers))
        if not 0 <= settle_after <= close_after:
            raise InputError(said("archive.days_of_closing"))
        text = os.fspath(path)
        if not text:
            raise InputError(said("archive.folder"))
        if is_remote(text) and not text.lower().startswith(("s3://", "s3a://")):
            raise InputError(said("archive.scheme", partition=text.partition("://")[0]))
        self.path = text.rstrip("/") if is_remote(text) else str(Path(text).expanduser().absolute())
        self._key = key
        self._settle_after = timedelta(settle_after)
        self._close_after = timedelta(close_after)
        self._options = dict(storage_options or {})
        self._statuses = Table(self._join("statuses"), self._options)
        self._counts = Snapshots(Table(self._join("counts"), self._options))
        self._wanted: dict[str, Any] = {"numbers": numbers, "messages": messages, "rawdata": rawdata}
        self._settings: Settings | None = None
        with telling(self.path):
            self._look()

    def __repr__(self) -> str:
        state = "new" if self._settings is None else f"numbers={self._settings.numbers!r}"
        return f"<zrtools.Archive {self.path} ({state})>"

    @checked
    def sync(
        self,
        client: Client,
        start: periods.Day | None = None,
        end: periods.Day | None = None,
        *,
        force: bool = False,
        progress: bool = True,
    ) -> pl.DataFrame:
        """Fetch the days that are missing or not settled, and replace each at once or not at all.

        Days from `start` to `end`, both included; `start` alone means that day or month. Without `start` it begins
        with the first day archived (of a new archive: `close_after` days ago); without both it ends today. Days to
        come are left out. A day is never replaced by fewer rows unless `force`, which also asks again for settled,
        closed and forgotten days.

        Returns SYNC: one row a day, with what was done and why; a day that failed stays as it was. May run beside
        other syncs and readers. Raises `InputError`, `ArchiveError`, and `Interrupted` (`.frame` SYNC so far,
        `.missing` days).
        """
        # whoever only reads loads nothing that can speak with the service
        from zrtools.client.progress import bar

        now = client.now()
        with telling(self.path):
            settings = self._make()
            secret = self._secret(settings)
            table = self._statuses.open()
            days = self._days_asked(table, start, end, now.date())
            state = self._state(table, days)
        done: dict[date, _Done] = {}
        todo = []
        for day in days:
            if force or not (kept := self._kept(day, state[day], table, now)):
                todo.append(day)
            else:
                done[day] = kept

        def store(day: date, answer: pl.DataFrame, asked: datetime) -> _Done:
            return self._store(day, prepared(answer, settings, secret), asked, force=force)

        def told() -> tuple[int, int]:
            came = [done[day].action for day in todo if day in done]
            return len(came), came.count("failed")

        try:
            with bar(len(todo), "days", told, shown=progress) as look, self._writing():
                self._fetch_and_store(client, todo, state, done, store, force=force, look=look)
        except KeyboardInterrupt:
            missing = [day for day in todo if day not in done]
            raise Interrupted(
                said("archive.stopped", count=len(missing)),
                frame=self._report(done),
                missing=missing,
            ) from None
        return self._report(done)

    @checked
    def add(self, frame: pl.DataFrame, *, force: bool = False) -> pl.DataFrame:
        """Store whole days of a STATUS frame that came from elsewhere, such as `read_export`.

        Give every row of a day, since the day is stored as one. Days that the service itself has answered stay, and
        no day gets fewer rows, unless `force`. The next sync asks the service for these days too, and closes them as
        they are if it has less. Returns SYNC. Raises `InputError` for another frame, or where `send_date` is null, and
        `ArchiveError`.
        """
        schemas.check(frame, schemas.STATUS, "STATUS")
        if frame["send_date"].null_count():
            raise InputError(said("archive.no_send_date"))
        with self._writing():
            settings = self._make()
            secret = self._secret(settings)
            days: dict[Any, pl.DataFrame] = frame.partition_by("send_date", as_dict=True)
            done = {
                day: self._store(day, prepared(rows, settings, secret), None, force=force)
                for (day,), rows in sorted(days.items())
            }
        return self._report(done)

    @checked
    def scan(self, start: periods.Day | None = None, end: periods.Day | None = None) -> pl.LazyFrame:
        """Give the archived statuses as a LazyFrame with the STATUS schema (and `rawdata` where it is kept).

        Days from `start` to `end`, both included; `start` alone means that day or month. Rows stand in the order
        of days, then as answered. The frame stays on the state of now, whatever syncs do, until `forget`, or
        `compact` a week later. Raises `InputError`, and `ArchiveError` when there is no archive or a file is damaged.
        """
        with telling(self.path):
            settings = self._read()
            schema = status_schema(settings)
            files = self._files(self._statuses.open(), start, end)
            if not files:
                return pl.LazyFrame(schema=schema)
            return (
                pl.scan_parquet(
                    files,
                    hive_partitioning=True,
                    hive_schema={"send_date": pl.Date()},
                    storage_options=self._options or None,
                )
                .with_columns(with_zone("date_time"))
                .select(pl.col(name).cast(dtype) for name, dtype in schema.items())
            )

    @checked
    def files(self, start: periods.Day | None = None, end: periods.Day | None = None) -> list[str]:
        """List the current Parquet files of the days asked for, oldest day first, for any other engine.

        `send_date` stands in each path, as Hive writes it; times are naive and mean Japan. Raises as `scan`.
        """
        with telling(self.path):
            self._read()
            return self._files(self._statuses.open(), start, end)

    @property
    def root(self) -> str:
        """The folder that `files` lie in: what Spark calls basePath."""
        return self._statuses.place

    @checked
    def days(self, start: periods.Day | None = None, end: periods.Day | None = None) -> pl.DataFrame:
        """Show which days are archived, gaps included: DAYS, one row a day.

        From the first to the last day archived, unless `start` or `end` say otherwise. Raises as `scan`.
        """
        with telling(self.path):
            self._read()
            table = self._statuses.open()
            held: list[date] = self._held(table)["send_date"].to_list()
            if start is None and not held:
                return schemas.empty(schemas.DAYS)
            days = period(start, end, held)
            state = self._state(table, days)
            pending = self._pending(table, [day for day in days if state[day].open])
            return pl.DataFrame(
                [
                    (day, self._name(day, one, table), one.rows, pending.get(day, 0), one.fetched)
                    for day, one in state.items()
                ],
                schema=schemas.DAYS,
                orient="row",
            )

    @checked
    def sync_counts(
        self,
        client: Client,
        start: periods.Month | None = None,
        end: periods.Month | None = None,
        *,
        client_id: str | None = None,
        force: bool = False,
        progress: bool = True,
    ) -> pl.DataFrame:
        """Keep today's answer for each month whose counts may still change, as a snapshot.

        Months from `start` to `end`, both included; without `start` from the first month kept (at first: two years
        back). A month is final when its counts were taken `close_after` days after its end. `client_id="all"` for
        agencies. An answer without rows is never stored. Returns COUNTS_SYNC: one row a month. Raises
        `InputError`, `ArchiveError`, and `Interrupted` (`.frame` COUNTS_SYNC so far, `.missing` months).
        """
        with self._writing():
            self._make()
            return self._counts.sync(
                client,
                start,
                end,
                client_id=client_id,
                force=force,
                final_after=self._close_after,
                progress=progress,
            )

    def counts(self) -> pl.DataFrame:
        """Give the newest counts of every month kept: COUNTS, by month, client and carrier. Raises `ArchiveError`."""
        return newest(self.counts_history()).select(schemas.COUNTS.names())

    def counts_history(self) -> pl.DataFrame:
        """Give every snapshot of the counts: COUNTS and `taken`, in the order taken. Raises `ArchiveError`."""
        with telling(self.path):
            self._read()
            return self._counts.history()

    @checked
    def forget(self, before: periods.Day) -> pl.DataFrame:
        """Remove every day before a date for good, at once: rows, older versions and files.

        A LazyFrame or file list taken earlier fails when it is read, and no sync brings the days back unless it
        is forced. Counts stay. Returns SYNC: the days removed. Raises `InputError` and `ArchiveError`.
        """
        limit = periods.day(before, "before")

        def change(table: DeltaTable) -> list[date]:
            gone = self._held(table).filter(pl.col("send_date") < limit)["send_date"].to_list()
            marks = {_FORGOTTEN: max(limit.toordinal(), table.transaction_version(_FORGOTTEN) or 0)}
            if gone:
                self._statuses.remove(table, where=f"send_date < '{limit}'", marks=marks)
            else:
                self._statuses.mark(table, marks)
            return gone

        with self._writing():
            self._read()
            gone = self._statuses.update(change)
            self._statuses.erase(lambda folder: (folder_day(folder) or date.max) < limit)
        why = "removed for good: frames scanned before this fail when they are read"
        return self._report({day: _Done("forgotten", 0, why) for day in gone})

    @checked
    def erase(self, number: str | int) -> int:
        """Remove every row of one phone number for good, from older versions and files too; tell how many rows.

        In an archive of hashed numbers it is found by the key. Frames scanned before fail when they are read. Let no
        sync run beside it; a day that is asked for again brings back what the service still has. Raises
        `InputError` for what is no number, `ConfigurationError` without the key, and `ArchiveError`.
        """
        with self._writing():
            settings = self._read()
            secret = self._secret(settings)
            plain = phones.normalise(number)
            kept = plain if secret is None else privacy.hashed(plain, secret)
            schema = naive(status_schema(settings))
            of_number = pl.col("phone_number").eq_missing(pl.lit(kept))

            def change(day: date) -> Callable[[DeltaTable], int]:
                def without(table: DeltaTable) -> int:
                    rows = self._rows(table, schema, day)
                    mark = table.transaction_version(mark_name(day))
                    rest = rows.filter(~of_number)
                    marks = {} if mark is None else {mark_name(day): mark}
                    if rest.height < rows.height:
                        self._statuses.replace(table, rest, where=f"send_date = '{day}'", marks=marks)
                    return rows.height - rest.height

                return without

            found = self._rows(self._statuses.open(), schema).filter(of_number)
            removed = sum(self._statuses.update(change(day)) for day in found["send_date"].unique().sort())
            self._statuses.erase_old(kept)
        return removed

    def _rows(self, table: DeltaTable, schema: pl.Schema, day: date | None = None) -> pl.DataFrame:
        """Read the rows as they are stored, of one day or all."""
        files = self._files(table, day, day)
        if not files:
            return pl.DataFrame(schema=schema)
        scanned = pl.scan_parquet(
            files,
            hive_partitioning=True,
            hive_schema={"send_date": pl.Date()},
            storage_options=self._options or None,
        )
        chosen = schema.names() if day is not None else ["send_date", "phone_number"]
        return scanned.select(chosen).collect()

    def compact(self) -> None:
        """Write a checkpoint and delete files that no state of the last seven days needs.

        Readers that began within the week are not disturbed. Raises `ArchiveError`.
        """
        with self._writing():
            self._read()
            for table in (self._statuses, self._counts.table):
                if table.exists():
                    opened = table.open()
                    opened.create_checkpoint()
                    # full: files that a killed sync left behind too
                    opened.vacuum(retention_hours=168, dry_run=False, full=True)
                    opened.cleanup_metadata()

    @contextmanager
    def _writing(self) -> Iterator[None]:
        """Word what the storage raises, and take from others what it wrote."""
        try:
            with telling(self.path):
                yield
        finally:
            if not is_remote(self.path):
                tighten(Path(self.path))

    def _join(self, name: str) -> str:
        return f"{self.path}/{name}" if is_remote(self.path) else str(Path(self.path, name))

    def _look(self) -> None:
        """Read the settings if there is an archive, and refuse a place that holds anything else."""
        if not self._statuses.exists():
            if not is_remote(self.path):
                self._refuse_other_content(Path(self.path))
            return
        properties = self._statuses.open().metadata().configuration
        if (version := properties.get("zrtools.archive", "")) != str(VERSION):
            if version.isdecimal():
                raise ArchiveError(said("archive.newer", path=self.path, version=version, version2=VERSION))
            raise ArchiveError(said("archive.other_table", path=self.path))
        settings = Settings.read(properties)
        for name, value in self._wanted.items():
            if value is not None and value != getattr(settings, name):
                raise ArchiveError(
                    said(
                        "archive.other_settings",
                        path=self.path,
                        name=name,
                        getattr=getattr(settings, name),
                        value=value,
                    )
                )
        self._settings = settings

    def _refuse_other_content(self, folder: Path) -> None:
        if folder.exists() and not folder.is_dir():
            raise ArchiveError(said("archive.file", folder=folder))
        if not folder.is_dir():
            return
        # a killed first sync leaves empty folders of ours
        strange = [
            e.name for e in folder.iterdir() if e.name not in ("statuses", "counts") and e.name[0] != "."
        ]
        log = folder / "statuses" / "_delta_log"
        if strange:
            raise ArchiveError(said("archive.strange_folder", folder=folder, strange=strange[0]))
        if log.is_dir() and any(log.iterdir()):
            raise ArchiveError(said("archive.damaged", folder=folder))

    def _read(self) -> Settings:
        if self._settings is None:
            self._look()
        if self._settings is None:
            raise ArchiveError(said("archive.none", path=self.path))
        if not is_remote(self.path) and not Path(self._statuses.place, "_delta_log").is_dir():
            raise ArchiveError(said("archive.gone", path=self.path))
        return self._settings

    def _make(self) -> Settings:
        if self._settings is None:
            self._look()
        if self._settings is None:
            settings = Settings(**{k: v for k, v in self._wanted.items() if v is not None})
            if settings.numbers == "hashed":
                settings = replace(settings, key=fingerprint(find_key(self._key, archive=self.path)))
            if not is_remote(self.path):
                create_folder(Path(self.path))
            schema = naive(status_schema(settings))
            self._statuses.make(schema, partition_by="send_date", properties=settings.properties())
            self._look()
        return self._read()

    def _secret(self, settings: Settings) -> bytes | None:
        if settings.numbers == "plain":
            return None
        key = find_key(self._key, archive=self.path)
        if not hmac.compare_digest(fingerprint(key), settings.key):
            raise ConfigurationError(said("archive.other_key"))
        return key

    def _fetch_and_store(
        self,
        client: Client,
        todo: Sequence[date],
        state: dict[date, Day],
        done: dict[date, _Done],
        store: Callable[[date, pl.DataFrame, datetime], _Done],
        *,
        force: bool,
        look: Callable[[], None],
    ) -> None:
        """Fetch a few days here while the days before them are written over there: a year never lies in memory."""

        def write(answers: dict[date, pl.DataFrame], asked: datetime) -> None:
            for day in sorted(answers):
                done[day] = store(day, answers.pop(day), asked)

        rawdata = self._read().rawdata
        written: Future[None] | None = None
        silent, later = 0, ""
        with ThreadPoolExecutor(1) as writer:
            for group in runs(todo, _GROUP):
                if silent >= _GIVE_UP:
                    why = later or "not asked for, since the days before got no answer: sync again later"
                    done |= {day: _Done("failed", state[day].rows, why) for day in group}
                    continue
                ask = group
                if not force and group[0] != todo[0]:
                    # another sync may have been here meanwhile
                    table = self._statuses.open()
                    state |= self._state(table, group)
                    kept = {
                        day: one for day in group if (one := self._kept(day, state[day], table, client.now()))
                    }
                    done |= kept
                    ask = [day for day in group if day not in kept]
                for days in runs(ask, _GROUP):
                    if later:
                        done |= {day: _Done("failed", state[day].rows, later) for day in days}
                        continue
                    asked = client.now()
                    answers, failures, stopped, later = _fetch(client, days, rawdata)
                    silent = _GIVE_UP if later else 0 if answers else silent + 1
                    if written is not None:
                        written.result()
                    written = writer.submit(write, answers, asked)
                    if stopped:
                        written.result()
                        raise KeyboardInterrupt
                    done |= {day: _Done("failed", state[day].rows, why) for day, why in failures.items()}
                    look()
            if written is not None:
                written.result()

    def _days_asked(
        self, table: DeltaTable, start: periods.Day | None, end: periods.Day | None, today: date
    ) -> list[date]:
        held: list[date] = self._held(table)["send_date"].to_list() or [today - self._close_after]
        days = period(start, end, [*held, today])
        if days[0] > today:
            raise InputError(said("archive.future", days=days[0], today=today))
        return [day for day in days if day <= today]

    def _held(self, table: DeltaTable) -> pl.DataFrame:
        """List the days that have rows: `send_date`, `rows`, `lowest` status."""
        return (
            self._statuses.files(table)
            .group_by(pl.col("partition.send_date").alias("send_date"))
            .agg(pl.col("num_records").sum().alias("rows"), pl.col("min.status_id").min().alias("lowest"))
            .sort("send_date")
            .cast({"send_date": pl.Date, "rows": pl.Int64, "lowest": pl.Int64})
        )

    def _state(self, table: DeltaTable, days: Iterable[date]) -> dict[date, Day]:
        held = {day: (rows, lowest) for day, rows, lowest in self._held(table).iter_rows()}
        return {
            day: Day.of(*held.get(day, (0, None)), table.transaction_version(mark_name(day))) for day in days
        }

    def _is_settled(self, day: date, one: Day) -> bool:
        return one.fetched is not None and not one.open and one.fetched.date() >= day + self._settle_after

    def _is_forgotten(self, day: date, one: Day, table: DeltaTable) -> bool:
        return one.rows == 0 and day.toordinal() < (table.transaction_version(_FORGOTTEN) or 0)

    def _name(self, day: date, one: Day, table: DeltaTable) -> str:
        if self._is_forgotten(day, one, table):
            return "forgotten"
        if not one.known:
            return "missing"
        if one.closed:
            return "closed"
        if not self._is_settled(day, one):
            return "open"
        return "settled" if one.rows else "empty"

    def _kept(self, day: date, one: Day, table: DeltaTable, now: datetime) -> _Done | None:
        """Say why a day is not asked for; None when it must be."""
        reasons = {
            "settled": "settled",
            "empty": "settled: the service named no messages",
            "closed": "closed: it did not settle in time",
            "forgotten": "removed by forget(); force=True would fetch it again",
        }
        name = self._name(day, one, table)
        # a mark of a clock that ran ahead settles nothing
        ahead = one.fetched is not None and one.fetched > now + _AHEAD and name != "forgotten"
        if ahead or name not in reasons:
            return None
        return _Done("forgotten" if name == "forgotten" else "kept", one.rows, reasons[name])

    def _store(self, day: date, frame: pl.DataFrame, asked: datetime | None, *, force: bool) -> _Done:
        """Replace a day, judged against what the archive holds at that very moment."""
        rows = frame.height
        pending = frame.filter(pl.col("status_id") <= 1).height
        strange = frame.filter(odd(day)).height
        overdue = asked is not None and asked.date() >= day + self._close_after

        def change(table: DeltaTable) -> _Done:
            have = self._state(table, [day])[day]
            if not force:
                if self._is_forgotten(day, have, table):
                    return _Done("forgotten", 0, "removed by forget() meanwhile")
                if have.fetched and (
                    asked is None or asked < have.fetched.replace(microsecond=0) <= asked + _AHEAD
                ):
                    why = (
                        "the service's own answer stays"
                        if asked is None
                        else "another sync stored a newer answer"
                    )
                    return _Done("kept", have.rows, why)
                if rows < have.rows:
                    why = f"{rows} rows came, fewer than the {have.rows} kept, which stay"
                    if not overdue:
                        return _Done("refused", have.rows, f"{why}; force=True would replace them")
                    self._statuses.mark(table, {mark_name(day): Day.mark(asked, True)})
                    return _Done("closed", have.rows, f"{why}; the day is not asked for again")
            close = overdue and pending + strange > 0
            # a day with rows that cannot be is none whose answer is known
            marks = {mark_name(day): Day.mark(asked if close or not strange else None, close)}
            self._statuses.replace(table, frame, where=f"send_date = '{day}'", marks=marks)
            new = not have.known or self._is_forgotten(day, have, table)
            action = "closed" if close else "fetched" if new else "replaced"
            return _Done(action, rows, self._why(day, rows, pending, strange, asked, close), pending)

        done = self._statuses.update(change)
        if done.action == "forgotten":
            # what an attempt wrote before it lost the race
            self._statuses.erase(lambda folder: folder_day(folder) == day)
        return done

    def _why(
        self, day: date, rows: int, pending: int, strange: int, asked: datetime | None, close: bool
    ) -> str | None:
        odd_ones = f"{strange} odd: without a known status, or of another time than the day's"
        if close:
            still = [f"{pending} still pending"] if pending else []
            still += [odd_ones] if strange else []
            return f"{'; '.join(still)} after {self._close_after.days} days: it is not asked for again"
        if strange:
            return f"{odd_ones}; kept, and asked for again"
        if asked is None:
            return "from elsewhere: the next sync asks the service too"
        if asked.date() < day + self._settle_after:
            return "young: carriers may still report"
        if pending:
            return f"{pending} pending"
        return None if rows else "the service named no messages: none were sent, or it keeps the day no more"

    def _files(self, table: DeltaTable, start: periods.Day | None, end: periods.Day | None) -> list[str]:
        files = self._statuses.files(table).sort("partition.send_date", "path")
        if start is not None or end is not None:
            if files.is_empty():
                return []
            days = period(start, end, files["partition.send_date"].to_list())
            files = files.filter(pl.col("partition.send_date").is_between(days[0], days[-1]))
        addresses = [self._statuses.address(path) for path in files["path"]]
        if not is_remote(self.path):
            for address, size, day in zip(
                addresses, files["size_bytes"], files["partition.send_date"], strict=True
            ):
                check_file(Path(address), size, day)
        return addresses

    def _pending(self, table: DeltaTable, days: Sequence[date]) -> dict[date, int]:
        """Count the pending messages of some days."""
        if not days:
            return {}
        files = self._statuses.files(table).filter(pl.col("partition.send_date").is_in(list(days)))
        if files.is_empty():
            return {}
        counted = (
            pl.scan_parquet(
                [self._statuses.address(path) for path in files["path"]],
                hive_partitioning=True,
                hive_schema={"send_date": pl.Date()},
                storage_options=self._options or None,
            )
            .filter(pl.col("status_id") <= 1)
            .group_by("send_date")
            .len()
            .collect()
        )
        return dict(counted.iter_rows())

    def _report(self, done: Mapping[date, _Done]) -> pl.DataFrame:
        unknown = [day for day, one in done.items() if one.pending is None and one.rows]
        pending: dict[date, int] = {}
        if unknown:
            # a damaged day must not hide what was done to the others
            with suppress(ArchiveError), telling(self.path):
                table = self._statuses.open()
                state = self._state(table, unknown)
                counted = self._pending(table, [day for day in unknown if state[day].open])
                pending = {day: counted.get(day, 0) for day in unknown}
        return pl.DataFrame(
            [
                (
                    day,
                    one.action,
                    one.rows,
                    (0 if not one.rows else pending.get(day)) if one.pending is None else one.pending,
                    one.why,
                )
                for day, one in sorted(done.items())
            ],
            schema=schemas.SYNC,
            orient="row",
        )


def _fetch(
    client: Client, days: Sequence[date], rawdata: bool
) -> tuple[dict[date, pl.DataFrame], dict[date, str], bool, str]:
    """Ask for some days in a row.

    Gives the answers, why the others failed, whether the person stopped it, and until when the service asks to wait.
    """
    failures: dict[date, str] = {}
    stopped, later = False, ""
    try:
        frame = client.status(days[0], days[-1], rawdata=rawdata, progress=False)
    except PartialResultError as error:
        frame, stopped = error.frame, isinstance(error, KeyboardInterrupt)
        # how the answer could be had in Python is nothing to tell here
        why = words.told(error.__cause__ if isinstance(error.__cause__, ZrtoolsError) else error)
        failures = {periods.day(day): why for day in error.missing}
        later = words.told(error) if error.retry_after else ""
    except (ConfigurationError, InputError):
        raise
    except ZrtoolsError as error:
        return (
            {},
            dict.fromkeys(days, words.told(error)),
            False,
            words.told(error) if error.retry_after else "",
        )
    if not frame["send_date"].is_sorted():
        frame = frame.sort("send_date", maintain_order=True)
    # each day is a slice: nothing is copied
    runs = frame["send_date"].rle().struct.unnest()
    ends = dict(zip(runs["value"], runs["len"].cum_sum(), strict=True))
    sizes = dict(zip(runs["value"], runs["len"], strict=True))
    answers = {
        day: frame.slice(ends[day] - sizes[day], sizes[day]) if day in ends else frame.clear()
        for day in days
        if day not in failures
    }
    return answers, failures, stopped, later
