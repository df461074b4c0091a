"""The audit of dependencies: what it says and how it leaves, whatever pip-audit does."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parent.parent / "proof" / "audit.py"
FOUND = '{"id": "PYSEC-1", "fix_versions": ["2.0"]}'


@pytest.mark.parametrize(
    ("printed", "complained", "code", "said"),
    [
        (
            '{"dependencies": [{"name": "a", "version": "1.0", "vulns": []}]}',
            "",
            0,
            "1 packages audited, 0 advisories",
        ),
        (
            '{"dependencies": [{"name": "a", "version": "1.0", "vulns": [' + FOUND + "]}]}",
            "Found 1 known vulnerability",
            1,
            "a 1.0: PYSEC-1, mended in 2.0",
        ),
        ('{"dependencies": [{"name": "a", "skip_reason": "not on PyPI"}]}', "", 2, "Not audited"),
        (
            "",
            "requests.exceptions.ConnectionError: NameResolutionError",
            2,
            "PyPI cannot be reached, so nothing was",
        ),
        ("", "ERROR: bad option", 2, "could not audit: ERROR: bad option"),
        ("", "No module named pip_audit", 2, "not installed"),
    ],
)
def test_an_audit_that_saw_nothing_looks_like_none(
    tmp_path: Path, printed: str, complained: str, code: int, said: str
) -> None:
    """Found, nothing found, left out, no network and not installed each have their words and exit code."""
    (tmp_path / "pip_audit.py").write_text(
        f"import sys\nprint({printed!r})\nprint({complained!r}, file=sys.stderr)\nsys.exit({int(code > 0)})\n",
        "utf-8",
    )
    environment = {**os.environ, "PYTHONPATH": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, str(SCRIPT)], capture_output=True, text=True, env=environment, check=False
    )
    assert (done.returncode, said in done.stdout + done.stderr) == (code, True), done
