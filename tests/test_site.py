"""The documentation site: built strictly in both languages, whole, searchable offline, readable on a phone."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
from lab import browser
from needs import need

__all__ = ["browser"]

ROOT = Path(__file__).parent.parent
pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site as `poe site` builds it: a warning ends the build."""
    need(
        all(map(importlib.util.find_spec, ("sphinx", "furo", "pagefind"))), "the extra docs is not installed"
    )
    folder = tmp_path_factory.mktemp("site")
    built = subprocess.run(
        [sys.executable, ROOT / "docs" / "site" / "build.py", folder],
        capture_output=True,
        text=True,
        check=False,
    )
    assert built.returncode == 0, built.stderr
    return folder


@pytest.fixture(scope="module")
def address(site: Path) -> Iterator[str]:
    """The site on a server of this machine."""

    class Silent(SimpleHTTPRequestHandler):
        def log_message(self, *args: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Silent, directory=site)) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def test_every_page_is_whole_on_a_phone(site: Path, address: str, browser: Any) -> None:
    """No page is wider than a phone, lacks a picture, links to nothing, asks another host, or has a script fail."""
    page = browser.new_page(viewport={"width": 390, "height": 844})
    wrong: list[str] = []
    page.on("response", lambda answer: answer.status >= 400 and wrong.append(answer.url))
    page.on("request", lambda asked: asked.url.startswith((address, "data:")) or wrong.append(asked.url))
    page.on("pageerror", lambda error: wrong.append(str(error)))
    targets: dict[str, str] = {}
    anchors: set[str] = set()
    for file in sorted(p.relative_to(site).as_posix() for p in site.glob("*/**/*.html")):
        page.goto(f"{address}/{file}")
        found = page.evaluate(
            """() => ({
                wide: document.documentElement.scrollWidth,
                missing: [...document.images].filter(i => i.loading !== "lazy" && !i.naturalWidth).map(i => i.src),
                links: [...document.links].map(a => a.href),
                anchors: [...document.querySelectorAll("[id]")].map(e => e.id),
            })"""
        )
        wrong += [f"{file}: {found['wide']} px wide"] * (found["wide"] > 390) + found["missing"]
        anchors |= {f"{address}/{file}", *(f"{address}/{file}#{name}" for name in found["anchors"])}
        targets |= {link: file for link in found["links"] if link.startswith(address)}
    page.close()
    for target, file in targets.items():
        path = unquote(target).removeprefix(f"{address}/")
        if unquote(target) not in anchors and not path.endswith("#") and not (site / path).is_file():
            wrong.append(f"{file} links to {path}")
    assert wrong == []


@pytest.mark.parametrize(
    ("home", "words", "wanted"),
    [
        ("ja/README.ja.html", "到達率", "usage.ja"),
        ("ja/README.ja.html", "電話番号クリーニング", "connecting.ja"),
        ("en/README.html", "reservation", "outbox"),
    ],
)
def test_search_finds_words_of_both_languages(
    address: str, browser: Any, home: str, words: str, wanted: str
) -> None:
    """What is typed into the search leads to the guide, in the language of the page."""
    page = browser.new_page(locale=f"{home[:2]}-JP")
    page.goto(f"{address}/{home}")
    page.locator("#find input").fill(words)
    page.locator(f"#find a[href*='{home[:2]}/docs/{wanted}']").first.wait_for()
    page.close()


def test_the_first_page_leads_to_the_readers_language(address: str, browser: Any) -> None:
    """Japanese, unless the browser asks for English; and from every guide to its other half."""
    for locale, title in (
        ("ja-JP", "ja/README.ja.html"),
        ("fr-FR", "ja/README.ja.html"),
        ("en-GB", "en/README.html"),
    ):
        page = browser.new_page(locale=locale)
        page.goto(address)
        page.wait_for_url(f"{address}/{title}")
        page.close()
    page = browser.new_page()
    page.goto(f"{address}/en/docs/connecting.html")
    page.get_by_role("link", name="日本語").first.click()
    page.wait_for_url(f"{address}/ja/docs/connecting.ja.html")
    page.close()
