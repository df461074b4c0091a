"""A real JupyterLab in a real browser: fixtures that start both and open a notebook made of given cells."""

from __future__ import annotations

import json
import os
import secrets
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat
import pytest
from needs import need

__all__ = ["Lab", "Page", "browser", "lab", "pictures", "set_theme"]

ROOT = Path(__file__).parent.parent
CHROMIUM = next(
    (p for name in ("chromium", "chromium-browser", "google-chrome") if (p := shutil.which(name))), None
)
Page = Any


@dataclass(frozen=True)
class Lab:
    """A running JupyterLab: its address, its key, the folder of its notebooks."""

    url: str
    key: str
    folder: Path
    browser: Any

    def open(
        self,
        name: str,
        *cells: str,
        lang: str = "ja",
        width: int = 1000,
        height: int = 900,
        wait: bool = True,
    ) -> Page:
        """Open a notebook of these cells in a page of its own, as people of a language have it, and run them all."""
        notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
        notebook.metadata.kernelspec = {"name": "python3", "display_name": "Python 3", "language": "python"}
        nbformat.write(notebook, self.folder / f"{name}.ipynb")
        page = self.browser.new_page(
            viewport={"width": width, "height": height},
            locale={"ja": "ja-JP", "en": "en-GB"}[lang],
            timezone_id="Asia/Tokyo",
        )
        page.set_default_timeout(60_000)
        page.goto(f"{self.url}/doc/tree/{name}.ipynb?reset&token={self.key}", wait_until="domcontentloaded")
        page.wait_for_function("window.jupyterapp !== undefined")
        page.wait_for_function(
            """() => {
                const shown = window.jupyterapp.shell.currentWidget;
                const session = shown && shown.sessionContext;
                const kernel = session && session.isReady && session.session && session.session.kernel;
                return !!kernel && kernel.status === "idle";
            }"""
        )
        # while JupyterLab puts its layout back it moves the focus to the notebook, whoever is typing
        page.evaluate("window.jupyterapp.restored.then(() => true)")
        page.evaluate("lang => { document.documentElement.lang = lang }", lang)
        page.evaluate(
            f"{'' if wait else 'void '}window.jupyterapp.commands.execute('notebook:run-all-cells')"
        )
        return page

    def saved(self, page: Page, name: str) -> str:
        """Save the open notebook, widget state included, and give the file's text."""
        page.evaluate("window.jupyterapp.commands.execute('docmanager:save')")
        path = self.folder / f"{name}.ipynb"
        before = time.monotonic()
        while '"execution_count": 1' not in path.read_text("utf-8") and time.monotonic() < before + 20:
            time.sleep(0.2)
        return path.read_text("utf-8")


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """Start Chromium without a window; while it is there an event loop runs, which other tests must not see."""
    need(CHROMIUM, "Chromium is not installed")
    playwright = pytest.importorskip("playwright.sync_api")
    with playwright.sync_playwright() as play:
        started = play.chromium.launch(
            executable_path=CHROMIUM,
            headless=True,
            args=[
                "--no-sandbox",
                "--disable-gpu",
                # date fields follow the page's language: Debian's Chromium itself speaks English only
                "--enable-blink-features=LangAttributeAwareFormControlUI",
                "--disable-quic",
                "--disable-dev-shm-usage",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
                "--no-first-run",
            ],
        )
        yield started
        started.close()


@pytest.fixture(scope="module")
def lab(browser: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """Start JupyterLab on loopback, reading and writing nothing of the user's own settings."""
    pytest.importorskip("jupyterlab")
    root = tmp_path_factory.mktemp("lab")
    folder = root / "work"
    folder.mkdir()
    settings = {
        "@jupyterlab/apputils-extension/notification.jupyterlab-settings": {
            "fetchNews": "false",
            "checkForUpdates": False,
        },
        # what a careful user would fear most: the notebook keeps the state of every widget
        "@jupyter-widgets/jupyterlab-manager/plugin.jupyterlab-settings": {"saveState": True},
    }
    for name, value in settings.items():
        path = root / "settings" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(value), encoding="utf-8")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    key = secrets.token_hex(16)
    inherited = {k: v for k, v in os.environ.items() if not k.startswith(("PYTEST_", "JUPYTER", "ZRTOOLS_"))}
    environment = inherited | {
        "HOME": str(root),
        "IPYTHONDIR": str(root / "ipython"),
        "JUPYTER_CONFIG_DIR": str(root / "config"),
        "JUPYTER_DATA_DIR": str(root / "data"),
        "JUPYTER_RUNTIME_DIR": str(root / "runtime"),
        "JUPYTERLAB_SETTINGS_DIR": str(root / "settings"),
        "JUPYTERLAB_WORKSPACES_DIR": str(root / "workspaces"),
        "JUPYTER_TOKEN": key,
        "PYTHONPATH": str(ROOT),
    }
    command = [
        sys.executable,
        "-m",
        "jupyterlab",
        "--no-browser",
        "--ip=127.0.0.1",
        f"--port={port}",
        "--ServerApp.port_retries=0",
        "--allow-root",
        f"--ServerApp.root_dir={folder}",
        "--expose-app-in-browser",
        "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
        "--LabApp.news_url=",
        "--ServerApp.jpserver_extensions={'jupyter_lsp': False, 'jupyter_server_terminals': False}",
    ]
    with (root / "lab.log").open("w") as log:
        server = subprocess.Popen(command, env=environment, cwd=root, stdout=log, stderr=subprocess.STDOUT)
        url = f"http://127.0.0.1:{port}"
        try:
            _wait(f"{url}/api/status?token={key}", server)
            yield Lab(url, key, folder, browser)
        finally:
            server.terminate()
            try:
                server.wait(20)
            except subprocess.TimeoutExpired:
                server.kill()
                server.wait(20)


@pytest.fixture(scope="session")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Say where pictures go: to the folder named by ZRTOOLS_PICTURES, else away after the tests."""
    named = os.environ.get("ZRTOOLS_PICTURES")
    folder = Path(named) if named else tmp_path_factory.mktemp("pictures")
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _wait(url: str, server: subprocess.Popen[bytes], seconds: float = 90) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if server.poll() is not None:
            raise RuntimeError(f"JupyterLab ended with {server.returncode}")
        try:
            with urllib.request.urlopen(url, timeout=2):
                return
        except OSError:
            time.sleep(0.2)
    raise TimeoutError("JupyterLab did not answer")


def set_theme(page: Page, theme: str) -> None:
    """Give JupyterLab its theme, Light or Dark, and wait for it."""
    page.evaluate(
        "theme => window.jupyterapp.commands.execute('apputils:change-theme', { theme })",
        f"JupyterLab {theme}",
    )
    page.locator(f"body[data-jp-theme-light={str(theme == 'Light').lower()}]").wait_for(state="attached")
