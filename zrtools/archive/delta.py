"""One Delta table: opened, made, and changed only from the state that was looked at.

Every change is a single commit, made only when nobody else has committed since the table was opened; else the
table is opened and judged again. So a killed process leaves the old state or the new one, and two writers lose
nothing. What must be known about a day beside its rows (when it was fetched, whether it is closed) travels in
the same commit, as the protocol's transaction numbers, which stay in checkpoints.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from random import uniform
from typing import TYPE_CHECKING, Any, TypeVar

import polars as pl

from zrtools.errors import ArchiveError, ZrtoolsError
from zrtools.privacy import mask_text
from zrtools.texts import said

if TYPE_CHECKING:
    from deltalake import DeltaTable

__all__ = ["Table", "is_remote", "telling"]

_T = TypeVar("_T")
_ATTEMPTS = 60


def is_remote(place: str) -> bool:
    """Tell an object store's address from a folder."""
    return re.match(r"[A-Za-z][A-Za-z0-9+.-]+://", place) is not None


@contextmanager
def telling(place: str) -> Iterator[None]:
    """Turn whatever the storage raises into an `ArchiveError` that says what to do."""
    from deltalake.exceptions import DeltaError

    try:
        yield
    except ZrtoolsError:
        raise
    except (DeltaError, OSError, ValueError, pl.exceptions.PolarsError) as error:
        # the storage's own chain names numbers and keys: only its masked first line is shown
        raise ArchiveError(_advice(place, str(error))) from None


@dataclass(frozen=True)
class Table:
    """A Delta table at a place, with the options of its storage."""

    place: str
    options: Mapping[str, str] | None = None

    @property
    def _storage(self) -> dict[str, str] | None:
        return dict(self.options) if self.options else None

    def exists(self) -> bool:
        """Look whether a table is there.

        Raises what the storage raises when the place cannot be looked at; `telling` words it.
        """
        from deltalake.exceptions import TableNotFoundError

        if not is_remote(self.place) and not (Path(self.place) / "_delta_log").is_dir():
            return False
        try:
            self.open()
        except TableNotFoundError:
            return False
        return True

    def open(self) -> DeltaTable:
        """Open the newest state."""
        from deltalake import DeltaTable

        return DeltaTable(self.place, storage_options=self._storage)

    def make(self, schema: pl.Schema, *, partition_by: str | None, properties: Mapping[str, str]) -> None:
        """Make the table unless another writer has just done so."""
        from deltalake import DeltaTable
        from deltalake.exceptions import DeltaError

        try:
            DeltaTable.create(
                self.place,
                schema=_arrow(schema.to_frame()).schema,
                mode="error",
                partition_by=[partition_by] if partition_by else None,
                configuration=dict(properties),
                storage_options=self._storage,
                raise_if_key_not_exists=False,
            )
        except DeltaError:
            if not self.exists():
                raise

    def update(self, change: Callable[[DeltaTable], _T]) -> _T:
        """Run a change on the newest state, again from the start whenever another writer was faster."""
        from deltalake.exceptions import CommitFailedError

        for attempt in range(_ATTEMPTS):
            table = self.open()
            seen = table.version()
            try:
                return change(table)
            except CommitFailedError:
                if self.open().version() == seen:
                    raise
            time.sleep(uniform(0, min(0.02 * 2**attempt, 2.0)))
        raise ArchiveError(said("archive.no_gap", place=self.place))

    def replace(
        self, table: DeltaTable, frame: pl.DataFrame, *, where: str, marks: Mapping[str, int]
    ) -> None:
        """Replace the rows that a predicate names by those of a frame, in one commit with its marks."""
        from deltalake import write_deltalake

        write_deltalake(
            table,
            _arrow(frame),
            mode="overwrite",
            predicate=where,
            writer_properties=_writing(),
            commit_properties=_properties(marks),
        )

    def append(self, table: DeltaTable, frame: pl.DataFrame) -> None:
        """Add the rows of a frame."""
        from deltalake import write_deltalake

        write_deltalake(
            table,
            _arrow(frame),
            mode="append",
            writer_properties=_writing(),
            commit_properties=_properties({}),
        )

    def mark(self, table: DeltaTable, marks: Mapping[str, int]) -> None:
        """Commit marks alone."""
        table.create_write_transaction(
            actions=[],
            mode="append",
            schema=table.schema(),
            partition_by=table.metadata().partition_columns,
            commit_properties=_properties(marks),
        )

    def remove(self, table: DeltaTable, *, where: str, marks: Mapping[str, int]) -> None:
        """Remove the rows that a predicate names; the files stay until they are erased or vacuumed."""
        table.delete(where, commit_properties=_properties(marks))

    def erase(self, unwanted: Callable[[str], bool]) -> None:
        """Delete the files of the partitions whose folder name is unwanted, whatever state they belong to."""
        import pyarrow.fs
        from deltalake.fs import DeltaStorageHandler

        files = pyarrow.fs.PyFileSystem(DeltaStorageHandler(self.place, self._storage))
        for entry in files.get_file_info(pyarrow.fs.FileSelector("", recursive=False)):
            if unwanted(entry.base_name):
                files.delete_dir(entry.path)

    def erase_old(self, number: str) -> None:
        """Delete the files that belong to no current state and hold a number."""
        import pyarrow.fs
        from deltalake.fs import DeltaStorageHandler

        current = set(self.files(self.open())["path"])
        files = pyarrow.fs.PyFileSystem(DeltaStorageHandler(self.place, self._storage))
        for entry in files.get_file_info(pyarrow.fs.FileSelector("", recursive=True)):
            if entry.extension != "parquet" or entry.path in current or entry.path.startswith("_delta_log"):
                continue
            held = pl.scan_parquet(self.address(entry.path), storage_options=self._storage)
            if held.filter(pl.col("phone_number") == number).select(pl.len()).collect().item():
                files.delete_file(entry.path)

    def files(self, table: DeltaTable) -> pl.DataFrame:
        """List the current files: `path` within the table, `size_bytes`, `num_records`, partitions, statistics."""
        actions = pl.from_arrow(table.get_add_actions(flatten=True))
        return actions.struct.unnest() if isinstance(actions, pl.Series) else actions

    def address(self, path: str) -> str:
        """Give the full address of one of the table's files."""
        return (
            f"{self.place.rstrip('/')}/{path}"
            if is_remote(self.place)
            else str(Path(self.place, *path.split("/")))
        )


def _arrow(frame: pl.DataFrame) -> Any:
    # string_view, which polars would write, is not read by every engine
    return frame.to_arrow(compat_level=pl.CompatLevel.oldest())


def _writing() -> Any:
    from deltalake import ColumnProperties, WriterProperties

    # a dictionary of values that hardly repeat is built and thrown away
    plain = ColumnProperties(dictionary_enabled=False)
    return WriterProperties(
        compression="ZSTD",
        compression_level=1,
        column_properties={"date_time": plain, "phone_number": plain, "client_tag": plain},
    )


def _properties(marks: Mapping[str, int]) -> Any:
    from deltalake import CommitProperties, Transaction

    # no retry of its own: a commit must fit the very state that was judged
    return CommitProperties(
        max_commit_retries=0, app_transactions=[Transaction(k, v) for k, v in marks.items()] or None
    )


_ADVICE = (
    (
        r"No space left|os error 28\b|StorageFull|QuotaExceeded|File too large|os error 27\b|os error 112\b|disk full",
        "full",
    ),
    (
        r"Permission denied|os error 13\b|os error 5\b|Read-only|os error 30\b",
        "rights",
    ),
    (
        r"(unsupported|unknown) (reader|writer|table) feature|(reader|writer) (protocol )?version",
        "newer_program",
    ),
    (
        r"NoSuchBucket|bucket does not exist|404 Not Found",
        "no_bucket",
    ),
    # without keys a machine in the cloud is asked for them, at this address
    (r"169\.254\.169\.254", "denied"),
    (
        r"error sending request|HTTP error|timed out|dns error|Connection refused|connect error",
        "no_answer",
    ),
    (
        # a bare 403 may be a place in a damaged file
        r"AccessDenied|Forbidden|status:? (code )?40[13]\b|Unauthorized|InvalidAccessKey|SignatureDoesNot|credential",
        "denied",
    ),
)


def _advice(place: str, problem: str) -> str:
    # what stands in brackets are values of the frame
    first = re.sub(r"\[.*\]", "[…]", mask_text(problem.strip().partition("\n")[0]))[:300] or said(
        "archive.no_reason"
    )
    advice = next(
        (why for pattern, why in _ADVICE if re.search(pattern, problem, re.IGNORECASE)), "damaged_file"
    )
    return said("archive.unusable", place=place, advice=said(f"archive.{advice}"), first=first)
