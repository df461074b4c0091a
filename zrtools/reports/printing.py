"""A page as a PDF, by the Chromium that is at hand."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from contextlib import suppress
from pathlib import Path

from zrtools.errors import ConfigurationError
from zrtools.tables import replace_file
from zrtools.texts import said

__all__ = ["browser", "needed", "print_to"]

_NAMES = (
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "chrome",
    "msedge",
    "microsoft-edge",
)
_PLACES = (
    r"%ProgramFiles%\Google\Chrome\Application\chrome.exe",
    r"%ProgramFiles(x86)%\Google\Chrome\Application\chrome.exe",
    r"%LocalAppData%\Google\Chrome\Application\chrome.exe",
    r"%ProgramFiles(x86)%\Microsoft\Edge\Application\msedge.exe",
    r"%ProgramFiles%\Microsoft\Edge\Application\msedge.exe",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
)
_PATIENCE = 120.0


def browser() -> str | None:
    """Find Chromium, Chrome or Edge: what ZRTOOLS_BROWSER names, else on the path, else in its usual place."""
    named = os.environ.get("ZRTOOLS_BROWSER")
    if named is not None:
        return shutil.which(named)
    found = next((at for name in _NAMES if (at := shutil.which(name))), None)
    return found or next((at for place in _PLACES if Path(at := os.path.expandvars(place)).is_file()), None)


def needed() -> str:
    """Give the browser's path. Raises `ConfigurationError` that says how to print by hand where there is none."""
    command = browser()
    if command is None:
        raise ConfigurationError(said("reports.no_browser", how=said("reports.print_by_hand")))
    return command


def print_to(page: str, path: Path) -> Path:
    """Print a page, given as HTML, into a PDF, all or nothing.

    Raises `ConfigurationError` that says how to print by hand where no browser is at hand, or none that works.
    """
    command = needed()
    with tempfile.TemporaryDirectory(prefix="zrtools-print-", ignore_cleanup_errors=True) as folder:
        source, target = Path(folder, "report.html"), Path(folder, "report.pdf")
        source.write_text(page, "utf-8")
        options = [
            *(
                "--headless",
                "--disable-gpu",
                "--no-first-run",
                "--disable-extensions",
                "--no-pdf-header-footer",
            ),
            *("--disable-background-networking", f"--user-data-dir={Path(folder, 'profile')}"),
        ]
        if getattr(os, "geteuid", lambda: 1)() == 0:
            # Chromium's own sandbox does not run for root; the page is ours and loads nothing
            options.append("--no-sandbox")
        with suppress(OSError, subprocess.TimeoutExpired):
            subprocess.run(  # noqa: S603 - a browser of the user's own, and no shell
                [command, *options, f"--print-to-pdf={target}", source.as_uri()],
                check=False,
                timeout=_PATIENCE,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
        if not target.is_file() or not target.stat().st_size:
            raise ConfigurationError(
                said("reports.no_pdf", name=Path(command).name, how=said("reports.print_by_hand"))
            )
        return replace_file(path, lambda part: Path(shutil.copyfile(target, part)))
