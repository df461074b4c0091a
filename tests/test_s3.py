"""An archive on an object store: the same promises as in a folder, over S3's own protocol on loopback."""

from __future__ import annotations

import importlib.util
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import polars as pl
import pytest
from archive_service import Service
from needs import need
from polars.testing import assert_frame_equal

import zrtools as zr
from zrtools import schemas
from zrtools.archive import Archive


@pytest.fixture(scope="module")
def endpoint(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A loopback S3 server in a process of its own, with a bucket."""
    need(importlib.util.find_spec("moto"), "moto is not installed: pip install 'zrtools[test]'")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    log = tmp_path_factory.mktemp("moto") / "log"
    command = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)]
    with log.open("wb") as output, subprocess.Popen(command, stdout=output, stderr=output) as server:
        try:
            url = f"http://127.0.0.1:{port}"
            _make_bucket(url, log)
            yield url
        finally:
            server.kill()


def _make_bucket(url: str, log: Path) -> None:
    for _ in range(300):
        try:
            urllib.request.urlopen(urllib.request.Request(f"{url}/bucket", method="PUT"), timeout=10).close()
            return
        except OSError:
            time.sleep(0.1)
    pytest.fail(f"The S3 server did not start: {log.read_text()}")


@pytest.fixture
def options(endpoint: str) -> dict[str, str]:
    """Storage options as users give them."""
    return {
        "AWS_ENDPOINT_URL": endpoint,
        "AWS_ALLOW_HTTP": "true",
        "AWS_ACCESS_KEY_ID": "key",
        "AWS_SECRET_ACCESS_KEY": "secret",
        "AWS_REGION": "ap-northeast-1",
    }


@pytest.mark.slow
def test_archive_on_s3_gives_back_what_the_service_answered(options: dict[str, str]) -> None:
    """Sync, scan, days and counts need no folder."""
    service = Service()
    service.totals[date(2026, 10, 1)] = 500
    archive = Archive("s3://bucket/whole", storage_options=options)
    report = archive.sync(service, "2026-10-25", "2026-10-31")
    assert set(report["action"]) == {"fetched"}
    assert_frame_equal(archive.scan().collect(), service.frames("2026-10-25", "2026-10-31"))
    assert archive.scan("2026-10-26").select(pl.len()).collect().item() == 20
    assert archive.files("2026-10-26")[0].startswith("s3://bucket/whole/statuses/send_date=2026-10-26/")
    assert archive.days()["state"].to_list() == ["settled"] * 5 + ["open"] * 2
    assert set(archive.sync(service, "2026-10-25", "2026-10-31")["action"]) == {"kept", "replaced"}
    archive.sync_counts(service, "2026-10")
    assert archive.counts().schema == schemas.COUNTS
    assert archive.counts().height == 4
    archive.compact()
    again = Archive("s3://bucket/whole/", storage_options=options)
    assert again.scan().select(pl.len()).collect().item() == 140
    with pytest.raises(zr.ArchiveError, match="numbers="):
        Archive("s3://bucket/whole", numbers="hashed", storage_options=options)


@pytest.mark.slow
def test_two_writers_on_s3_lose_nothing(options: dict[str, str]) -> None:
    """Both syncs finish, and every day stands once and whole."""
    services = [Service(rows=30), Service(rows=30)]
    spans = [("2026-10-20", "2026-10-27"), ("2026-10-23", "2026-10-29")]
    reports: list[pl.DataFrame] = []

    def sync(n: int) -> None:
        archive = Archive("s3://bucket/two", storage_options=options)
        reports.append(archive.sync(services[n], *spans[n], progress=False))

    writers = [threading.Thread(target=sync, args=(n,)) for n in range(2)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join(120)
    assert len(reports) == 2
    archive = Archive("s3://bucket/two", storage_options=options)
    assert_frame_equal(archive.scan().collect(), services[0].frames("2026-10-20", "2026-10-29"))


@pytest.mark.slow
def test_forgotten_days_leave_the_bucket(options: dict[str, str], endpoint: str) -> None:
    """No object of a forgotten day stays, older versions included."""
    archive = Archive("s3://bucket/forget", storage_options=options)
    archive.sync(Service(), "2026-10-25", "2026-10-27")
    archive.sync(Service(rows=30), "2026-10-25", force=True)
    archive.forget(before="2026-10-27")
    with urllib.request.urlopen(
        f"{endpoint}/bucket?list-type=2&prefix=forget/statuses/send_date", timeout=10
    ) as answer:
        listing = answer.read().decode()
    assert listing.count(".parquet") == 1
    assert "send_date=2026-10-27" in listing
    assert archive.scan().collect()["send_date"].unique().to_list() == [date(2026, 10, 27)]


def test_missing_bucket_says_so(options: dict[str, str]) -> None:
    """A misspelt bucket is an error that tells what to check, before anything is fetched."""
    service = Service()
    with pytest.raises(zr.ArchiveError, match="bucket or folder does not exist"):
        Archive("s3://bukcet/a", storage_options=options).sync(service, "2026-10-25")
    assert service.asked == []


def test_store_that_does_not_answer_says_so(options: dict[str, str]) -> None:
    """A wrong address is an error that tells what to check, without waiting for ever."""
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        options["AWS_ENDPOINT_URL"] = f"http://127.0.0.1:{nobody.getsockname()[1]}"
        options["max_retries"] = "0"
        with pytest.raises(zr.ArchiveError, match="did not answer"):
            Archive("s3://bucket/a", storage_options=options)


def test_denied_access_says_so(options: dict[str, str]) -> None:
    """What a bucket's policy refuses is named as such."""
    import http.server

    class Denied(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(403)
            self.end_headers()
            self.wfile.write(b"<Error><Code>AccessDenied</Code></Error>")

        do_PUT = do_HEAD = do_GET  # noqa: N815 - the names that the server looks for

        def log_message(self, *_: object) -> None: ...

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Denied) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        options["AWS_ENDPOINT_URL"] = f"http://127.0.0.1:{server.server_port}"
        with pytest.raises(zr.ArchiveError, match="Access was denied: check the keys") as refused:
            Archive("s3://bucket/a", storage_options=options)
        server.shutdown()
    assert "secret" not in str(refused.value)
