"""Compare what is installed with the published advisories: `python proof/audit.py [pip-audit's options]`.

pip-audit asks PyPI, so that this is none of the tests. It says in plain words when it could not be asked: an audit that
saw nothing must not look like one that found nothing. Leaves with 0 when nothing is known against any package, 1 when
something is, 2 when the audit could not be made or left packages out.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence

__all__ = ["audit"]

_WITHOUT_NETWORK = ("ConnectionError", "NameResolution", "ProxyError", "Max retries", "timed out", "SSLError")


def audit(options: Sequence[str]) -> int:
    """Run pip-audit, print what it found, and give the exit code."""
    command = [sys.executable, "-m", "pip_audit", "--format", "json", "--progress-spinner", "off", *options]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if "No module named" in done.stderr:
        return _said('pip-audit is not installed: pip install "zrtools[dev]".')
    try:
        packages = json.loads(done.stdout)["dependencies"]
    except ValueError:
        last = (done.stderr.strip().splitlines() or [f"it left with {done.returncode}"])[-1]
        if any(sign in done.stderr for sign in _WITHOUT_NETWORK):
            return _said(
                f"PyPI cannot be reached, so nothing was audited: run this where there is a network. ({last})"
            )
        return _said(f"pip-audit could not audit: {last}")
    left_out = [p for p in packages if "skip_reason" in p]
    audited = [p for p in packages if "skip_reason" not in p]
    known = [(p, v) for p in audited for v in p["vulns"]]
    for package, found in known:
        mended = ", ".join(found["fix_versions"]) or "no version yet"
        print(f"{package['name']} {package['version']}: {found['id']}, mended in {mended}")
    print(f"{len(audited)} packages audited, {len(known)} advisories.")
    if left_out:
        names = ", ".join(p["name"] for p in left_out)
        return _said(f"Not audited, since PyPI said nothing of them: {names}.")
    return 1 if known else 0


def _said(problem: str) -> int:
    print(problem, file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(audit(sys.argv[1:] or ["--skip-editable"]))
