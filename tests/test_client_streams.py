"""No stream to write to, as under pythonw or in a service: everything works, and says nothing."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = """
import sys
sys.stdout = sys.stderr = sys.__stdout__ = sys.__stderr__ = None
from pathlib import Path
place = Path(sys.argv[1])
try:
    import polars as pl
    import zrtools as zr
    done = []
    with zr.Client.sandbox(messages_per_day=20, months=1) as client:
        done.append(client.status("2026-11-01", "2026-11-05").height > 0)
        done.append(client.counts("2026-10", "2026-11").height > 0)
        done.append(client.clean(["09012345678", "09012345679", "09012345680"], "2026-05-10").height == 3)
        done.append(client.check()["works"].any())
        archive = zr.Archive(place / "archive")
        done.append(archive.sync(client, "2026-11-01", "2026-11-10").height == 10)
        done.append(archive.sync_counts(client).height > 0)
        messages = pl.DataFrame({"phone_number": ["09012345678", "09012345679"], "message": ["x", "y"]})
        with zr.Outbox(place / "a.outbox") as outbox:
            outbox.add(messages, campaign="a")
            done.append(outbox.send(client).height == 2)
        client.embedded.faults.add("http", "templates", status=503, retry_after=3600)
        try:
            client.templates()
        except zr.TransportError as error:
            done.append(error.retry_after == 3600)
        found = zr.investigate(archive, "2026-11")
        zr.reports.failures(found, place / "failures.html")
        done.append((place / "failures.html").stat().st_size > 0)
    from zrtools import cli
    for args in (["check", "--sandbox"], ["sync", "--sandbox", "--archive", str(place / "b"), "-v"], ["nothing"]):
        try:
            cli.main(args)
        except SystemExit as end:
            done.append(end.code)
    (place / "result").write_text(repr(done))
except BaseException:
    import traceback
    (place / "result").write_text(traceback.format_exc())
"""


@pytest.mark.slow
def test_nothing_needs_a_stream(tmp_path):
    """Calls with their default bars, forms of output, reports and commands work where stdout and stderr are None."""
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[1])}
    subprocess.run(
        [sys.executable, "-c", SCRIPT, str(tmp_path)],
        env=environment,
        timeout=180,
        check=True,
        capture_output=True,
    )
    assert (tmp_path / "result").read_text("utf-8") == repr([True] * 9 + [0, 0, 2])
