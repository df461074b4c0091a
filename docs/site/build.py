"""Build the documentation site in both languages, with its search: `python docs/site/build.py [FOLDER]`."""

from __future__ import annotations

import argparse
import contextlib
import functools
import http.server
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).parent
ROOT = HERE.parents[1]


def build(site: Path) -> None:
    """Write the pages, strictly, then the index of the search."""
    with tempfile.TemporaryDirectory() as notes:
        for language in ("en", "ja"):
            options = ["-q", "-W", "--keep-going", "-c", HERE, "-d", Path(notes) / language, "-t", language]
            subprocess.run([sys.executable, "-m", "sphinx", *options, ROOT, site / language], check=True)
    shutil.copy(HERE / "index.html", site)
    shutil.copy(ROOT / "docs" / "llms.txt", site)  # for assistants that read the site
    find = ["--site", site, "--root-selector", "article", "--exclude-selectors", ".headerlink", "--quiet"]
    subprocess.run([sys.executable, "-m", "pagefind", *find], check=True)
    shutil.rmtree(site / "jupyter_execute", ignore_errors=True)


def main() -> None:
    """Build the site, and show it if asked."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("folder", nargs="?", type=Path, default=ROOT / "build" / "site")
    options.add_argument("--serve", action="store_true", help="show it at http://127.0.0.1:8000 until Ctrl-C")
    chosen = options.parse_args()
    build(chosen.folder)
    if chosen.serve:
        show = functools.partial(http.server.SimpleHTTPRequestHandler, directory=chosen.folder)
        with http.server.ThreadingHTTPServer(("127.0.0.1", 8000), show) as server:
            print("http://127.0.0.1:8000", flush=True)
            with contextlib.suppress(KeyboardInterrupt):
                server.serve_forever()


if __name__ == "__main__":
    main()
