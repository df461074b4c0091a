"""Make one small file of each kind as the present version writes it, with what this version reads in it.

    python tests/old_files.py        makes tests/files/VERSION, once for each version, before it is changed

`tests/test_old_files.py` opens the files of every version with the present code: they go on, and read the same.
"""

from __future__ import annotations

import json
import shutil
import sqlite3
import sys
import tempfile
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import polars as pl
from archive_service import Service

import zrtools as zr
from zrtools import receiver
from zrtools.archive import Archive

KEY = b"0123456789abcdef0123456789abcdef"
DAY = date(2026, 10, 20)


def rows(frame: pl.DataFrame) -> list[dict[str, Any]]:
    """Write a frame's rows as JSON has them."""
    return json.loads(json.dumps(frame.rows(named=True), default=str))


def people(first: int, count: int, text: str) -> pl.DataFrame:
    """Make a list of so many recipients."""
    numbers = [f"090{n:08d}" for n in range(first, first + count)]
    return pl.DataFrame({"phone_number": numbers, "message": [text] * count})


def outbox(folder: Path) -> dict[str, Any]:
    """Make a journal with a message in each state, and the list beside it."""
    path = folder / "outbox.sqlite"
    with (
        zr.Client.sandbox(messages_per_day=10, months=1) as client,
        zr.Suppressions(folder / "suppressions.sqlite") as listed,
        zr.Outbox(path, suppressions=listed) as made,
    ):
        listed.add(["09000000000", "09000000001"], "opted out", "2026-10-01")
        listed.add("09000000002", "changed hands", "2026-10-02")
        listed.remove("09000000001", "asked for it")
        made.add(people(0, 3, "送信済み"), campaign="spring")
        made.add(people(9, 1, "予約"), campaign="later", schedule_time=client.now() + timedelta(days=1))
        made.send(client, progress=False)
        made.add(people(3, 1, "受付不可"), campaign="spring")
        client.embedded.faults.add("code", "send", response_code=110, message="Invalid message.")
        made.send(client, progress=False)
        made.add(people(4, 1, "取り下げ"), campaign="autumn")
        made.withdraw(campaign="autumn")
        made.add(people(5, 2, "結果不明"), campaign="spring")
        client.embedded.faults.add(
            "code", "send", times=None, response_code=400, message="Duplicate client tag."
        )
        made.send(client, progress=False)
        with sqlite3.connect(path) as file:
            file.execute("pragma wal_checkpoint(truncate)")
        file.close()
        made.add(people(7, 3, "送信待ち"), campaign="spring", group_tag="g")
        # as a process that is gone left it
        with sqlite3.connect(path) as file:
            file.execute("insert into runs values ('gone', 1, '2026-10-31 10:00:00.000')")
            file.execute(
                "update messages set sending_state = 'leaving', run = 'gone', attempts = 1, left_at = added_at "
                "where phone_number = '+819000000007'"
            )
        file.close()
        answers = {
            "outbox": {"frame": rows(made.frame()), "counts": made.counts(), "history": rows(made.history())},
            "suppressions": {"frame": rows(listed.frame()), "history": rows(listed.history())},
        }
        # a file is also what a killed process leaves: what came last stands beside it, in the write-ahead log
        for kind in ("", "-wal"):
            shutil.copy(f"{path}{kind}", folder / f"killed.sqlite{kind}")
    return answers


def cleaned(folder: Path) -> dict[str, Any]:
    """Make a store of cleaned numbers."""
    with zr.Client.sandbox(messages_per_day=10, months=1) as client:
        numbers = [f"090{n:08d}" for n in range(20)]
        found = client.clean(numbers, "2026-10-01", store=folder / "cleaned.sqlite", progress=False)
    return {"cleaned": rows(found)}


def archives(folder: Path) -> dict[str, Any]:
    """Make an archive with plain numbers and one with hashed ones."""
    answers = {}
    for numbers in ("plain", "hashed"):
        archive = Archive(folder / numbers, numbers=numbers, key=KEY if numbers == "hashed" else None)
        service = Service()
        service.pending[DAY] = 2
        service.totals = {date(2026, 9, 1): 30, date(2026, 10, 1): 20}
        archive.sync(service, DAY - timedelta(1), DAY, progress=False)
        archive.sync_counts(service, "2026-09", "2026-10", progress=False)
        for log in (folder / numbers).rglob("_delta_log/*.json"):
            # where it was made is nobody's business
            text = log.read_text("utf-8").replace(folder.as_uri(), "file:///archives")
            log.write_text(text, encoding="utf-8", newline="\n")
        answers[numbers] = {
            "scan": rows(archive.scan().collect()),
            "days": rows(archive.days()),
            "counts": rows(archive.counts_history()),
        }
    return answers


def received(folder: Path) -> dict[str, Any]:
    """Make a receiver's store as a killed process leaves it: full logs and one that is not full."""
    path = folder / "received"
    with (
        tempfile.TemporaryDirectory() as place,
        receiver.Store(Path(place) / "store", log_bytes=400) as store,
    ):
        for n in range(7):
            fields = {"messageId": f"m-{n}", "statusId": "2", "dateTime": f"2026/10/30 09:30:{n:02}"}
            body = json.dumps({"eventNotifications": [{"type": "DLR", **fields, "clientTag": f"tag-{n}"}]})
            store.add(body.encode(), "application/json").result(30)
        store.add(b"hello", "application/json").result(30)
        shutil.copytree(store.path, path)
    store = receiver.Store(path)
    return {
        "received": {
            "scan": rows(store.scan(received=True).collect()),
            "quarantine": rows(store.quarantine().select("received_at", "reason")),
        }
    }


def main() -> None:
    """Make the files of the present version."""
    folder = Path(__file__).parent / "files" / zr.__version__
    if folder.exists():
        sys.exit(f"{folder} is there: it stays as it was made.")
    folder.mkdir()
    answers = outbox(folder) | cleaned(folder) | archives(folder) | received(folder)
    (folder / "answers.json").write_text(
        json.dumps(answers, ensure_ascii=False, indent=1) + "\n", encoding="utf-8", newline="\n"
    )


if __name__ == "__main__":
    main()
