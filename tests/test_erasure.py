"""Taking one person out of every store: no byte of the number stays, and all else does."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote

import polars as pl
import pytest
from click.testing import CliRunner

import zrtools as zr
from zrtools import periods
from zrtools.cli.erase import command
from zrtools.cli.forget import command as forget
from zrtools.errors import ArchiveError, InputError
from zrtools.schemas import ERASED, STATUS

GONE, STAYS = "+819012345678", "+819087654321"
KEY = b"k" * 32


def statuses(day: int, times: int = 1) -> pl.DataFrame:
    """Make a day of STATUS: both numbers, and one that is null."""
    rows = {
        "send_date": date(2026, 10, day),
        "phone_number": [GONE, STAYS, None] * times,
        "message": "x",
        "status_id": 2,
    }
    frame = pl.DataFrame(rows, schema_overrides={"status_id": pl.Int16})
    return pl.concat([pl.DataFrame(schema=STATUS), frame], how="diagonal_relaxed").cast(dict(STATUS))


def holds(place: Path, *texts: str) -> list[Path]:
    """Name the files that hold one of some texts, Parquet files by what they say."""
    found = []
    for file in sorted(p for p in [place, *place.rglob("*")] if p.is_file()):
        content = file.read_bytes()
        if file.suffix == ".parquet":
            content += str(pl.read_parquet(file, hive_partitioning=False).rows()).encode()
        if any(text.encode() in content for text in texts):
            found.append(file)
    return found


@pytest.fixture
def client() -> Iterator[zr.Client]:
    """A client of a small sandbox."""
    with zr.Client.sandbox(messages_per_day=20, months=1) as made:
        yield made


@pytest.fixture
def stores(tmp_path: Path, client: zr.Client) -> dict[str, Path]:
    """Every kind of store, with both numbers in it."""
    archive = zr.Archive(tmp_path / "archive")
    for day in (1, 2):
        archive.add(statuses(day))
    archive.add(statuses(1, times=2))  # an older version holds the number, too
    with zr.Outbox(tmp_path / "outbox.sqlite") as outbox:
        texts = pl.DataFrame(
            {"phone_number": [GONE, STAYS] * 40, "message": [f"m{n // 2}" for n in range(80)]}
        )
        outbox.add(texts)
        outbox.send(client, progress=False)
    with zr.Suppressions(tmp_path / "list.sqlite") as listed:
        listed.add([GONE, STAYS], "opted out")
    client.clean([GONE, STAYS], "2026-01-01", store=tmp_path / "answers.sqlite", progress=False)
    with zr.receiver.Store(tmp_path / "reports", log_bytes=100) as reports:
        for n in range(5):
            for number in (GONE, STAYS):
                body = json.dumps({"messageId": f"{number}-{n}"[-6:], "statusId": "2", "to": number})
                reports.add(body.replace('"to"', '"phoneNumber"').encode()).result(20)
        for broken in (f"broken {GONE}", "broken 090-1234-5678", quote("{" + GONE), f"broken {STAYS}"):
            reports.add(broken.encode()).result(20)
    return {
        "archive": tmp_path / "archive",
        "outbox": tmp_path / "outbox.sqlite",
        "suppressions": tmp_path / "list.sqlite",
        "answers": tmp_path / "answers.sqlite",
        "reports": tmp_path / "reports",
    }


def test_a_number_is_taken_out_of_every_store(stores: dict[str, Path], tmp_path: Path) -> None:
    """No file of any store holds it afterwards, what is suppressed aside; everybody else is as before."""
    everywhere = GONE, GONE[3:], "090-1234-5678"
    assert {name for name, place in stores.items() if holds(place, *everywhere)} == set(stores)
    done = zr.erase("090-1234-5678", **stores, proof=tmp_path / "proof.sqlite", key=KEY)  # type: ignore[arg-type]  # each takes a path
    assert done.schema == ERASED
    assert done["removed"].min() > 0
    assert {name for name, place in stores.items() if holds(place, *everywhere)} == {"suppressions"}
    assert zr.Archive(stores["archive"]).scan().collect()["phone_number"].to_list() == [STAYS, None] * 3
    assert zr.Archive(stores["archive"]).days()["rows"].to_list() == [4, 2]
    with zr.Outbox(stores["outbox"]) as outbox:
        assert outbox.frame()["phone_number"].to_list() == [STAYS] * 40
    with zr.Suppressions(stores["suppressions"]) as listed:
        assert set(listed.among([GONE, STAYS])) == {GONE, STAYS}
        assert GONE not in str(listed.history()["detail"].to_list())
        assert STAYS in str(listed.history()["detail"].to_list())
    reports = zr.receiver.Store(stores["reports"])
    assert set(reports.scan().collect()["phone_number"]) == {STAYS}
    assert reports.quarantine()["body"].to_list() == [f"broken {STAYS}".encode()]
    assert zr.erase(GONE, **{n: p for n, p in stores.items() if n != "suppressions"})["removed"].sum() == 0  # type: ignore[arg-type]  # as above


def test_the_record_says_what_was_done_and_not_of_whom(stores: dict[str, Path], tmp_path: Path) -> None:
    """When, in which stores and how much stand there; the number only as a hash for who has the key."""
    proof = tmp_path / "proof.sqlite"
    done = zr.erase(GONE, archive=stores["archive"], answers=stores["answers"], proof=proof, key=KEY)
    detail = json.loads(zr.erasure.record(proof)["detail"][0])
    assert detail == {"stores": done.to_dicts(), "hash": zr.privacy.hashed(GONE, KEY)}
    assert holds(proof, GONE, GONE[3:]) == []


def test_a_hashed_archive_is_found_by_its_key(tmp_path: Path) -> None:
    """The hash that stands for the number is gone; without the key nothing is done."""
    kept = zr.Archive(tmp_path / "archive", numbers="hashed", key=KEY)
    kept.add(statuses(1))
    assert kept.erase(GONE) == 1
    assert zr.privacy.hashed(GONE, KEY) not in kept.scan().collect()["phone_number"].to_list()
    assert holds(tmp_path / "archive", zr.privacy.hashed(GONE, KEY)) == []
    with pytest.raises(zr.ConfigurationError, match="key"):
        zr.erase(STAYS, archive=tmp_path / "archive")


def test_nothing_is_erased_where_something_is_wrong(stores: dict[str, Path], tmp_path: Path) -> None:
    """No number, no store, a misspelt path: refused before anything is touched, and nothing is made."""
    for wrong in ({"number": "123"}, {"answers": tmp_path / "tpyo"}, {"archive": None}):
        with pytest.raises(InputError):
            zr.erase(**{"number": GONE, "archive": stores["archive"], **wrong})  # type: ignore[arg-type]  # that is the test
    assert not (tmp_path / "tpyo").exists()
    assert zr.Archive(stores["archive"]).scan().collect().height == 9


def test_a_receiver_that_runs_is_not_disturbed(stores: dict[str, Path]) -> None:
    """While a receiver writes to the store, its reports stay and the error says to stop it."""
    with zr.receiver.Store(stores["reports"]) as running:
        running.open()
        with pytest.raises(ArchiveError, match="stop it first"):
            zr.erase(GONE, reports=stores["reports"])


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_the_command_asks_for_the_number(stores: dict[str, Path], tmp_path: Path, lang: str) -> None:
    """It stands on no command line; what was removed is told, the number is not."""
    options = [item for name, place in stores.items() for item in (f"--{name}", str(place))]
    options += ["--proof", str(tmp_path / "proof.sqlite"), "--lang", lang]
    done = CliRunner().invoke(command, options, input="090-1234-5678\n")
    assert done.exit_code == 0, done.output
    assert done.stdout.count("\n") == 5
    assert "5678" not in done.stdout
    assert holds(stores["archive"], GONE) == []
    assert CliRunner().invoke(command, options, input="12\n").exit_code == 2


def test_what_is_older_is_forgotten_and_the_rest_stays(stores: dict[str, Path], tmp_path: Path) -> None:
    """Days, settled messages, answers, reports and history go; what waits and what is suppressed stays."""
    with zr.Outbox(stores["outbox"]) as outbox:
        outbox.add(pl.DataFrame({"phone_number": [GONE], "message": ["waits"]}))
    today = datetime.now(periods.TOKYO).date()
    kept = {name: place for name, place in stores.items() if name != "archive"}
    assert zr.erasure.forget("2026-10-01", **kept)["removed"].sum() == 0
    assert zr.erasure.forget("2026-10-02", archive=stores["archive"])["removed"].to_list() == [1]
    assert zr.Archive(stores["archive"]).scan().collect()["send_date"].unique().to_list() == [
        date(2026, 10, 2)
    ]
    done = zr.erasure.forget(today + timedelta(1), **kept, proof=tmp_path / "proof.sqlite")
    assert done["removed"].min() > 0
    with zr.Outbox(stores["outbox"]) as outbox:
        assert outbox.frame()["message"].to_list() == ["waits"]
    with zr.Suppressions(stores["suppressions"]) as listed:
        assert set(listed.among([GONE, STAYS])) == {GONE, STAYS}
        assert listed.history().height == 0
    reports = zr.receiver.Store(stores["reports"])
    assert (reports.scan().collect().height, reports.quarantine().height) == (0, 0)
    assert holds(stores["answers"], GONE, STAYS) == []
    assert json.loads(zr.erasure.record(tmp_path / "proof.sqlite")["detail"][0])["before"] == str(
        today + timedelta(1)
    )


@pytest.mark.parametrize(
    "given", [{}, {"before": "2026-10-01", "days": 3}, {"days": 0}, {"before": "tomorrow"}]
)
def test_retention_needs_one_day_that_can_be_read(given: dict[str, Any], stores: dict[str, Path]) -> None:
    """Neither, both, or no day at all: refused, and nothing is removed."""
    with pytest.raises(InputError):
        zr.erasure.forget(**given, **stores)
    assert zr.Archive(stores["archive"]).days().height == 2


def test_the_command_forgets_by_days(stores: dict[str, Path]) -> None:
    """Everything here is of today, the archive aside."""
    options = [
        "--days",
        "3",
        "--archive",
        str(stores["archive"]),
        "--reports",
        str(stores["reports"]),
        "--lang",
        "en",
    ]
    done = CliRunner().invoke(forget, options)
    assert done.exit_code == 0, done.output
    assert done.stdout.splitlines()[1].endswith(": 0 removed.")
    assert zr.Archive(stores["archive"]).days().height == 0
