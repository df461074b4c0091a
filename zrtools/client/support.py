"""What whoever helps needs to know, safe to send to the vendor."""

from __future__ import annotations

import os
import platform
from datetime import datetime
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING

from zrtools import __version__
from zrtools.periods import TOKYO
from zrtools.privacy import mask_text

if TYPE_CHECKING:
    import polars as pl

    from zrtools.client.settings import Settings

__all__ = ["written"]

_LIBRARIES = ("polars", "httpx", "aiohttp", "httpx-aiohttp", "msgspec", "deltalake", "altair", "ipywidgets")
_LONG = 4
_VARIABLES = (
    "ZRTOOLS_PROFILE", "ZRTOOLS_TOKEN", "ZRTOOLS_CLIENT_ID", "ZRTOOLS_SMS_CODE", "ZRTOOLS_BASE_URL", "ZRTOOLS_LANG",
    "HTTPS_PROXY", "NO_PROXY", "SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE",
)  # fmt: skip


def written(checks: pl.DataFrame, settings: Settings, odd: list[tuple[str, str]]) -> str:
    """Write the report; no token, client id, sender code, number or text of a message stands in it."""
    own = settings.client_id
    lines = [
        f"zrtools {__version__}, {datetime.now(TOKYO):%Y-%m-%d %H:%M} (Japan)",
        f"Python {platform.python_version()}, {platform.system()} {platform.release()} ({platform.machine()})",
        ", ".join(f"{name} {_version(name)}" for name in _LIBRARIES),
        "",
        f"base_url: {settings.base_url}",
        f"client id: {len(own)} digits, sender code: {len(settings.sms_code or '') or 'no'} digits",
        f"timeout: {settings.timeout:g} s, pace: {settings.pace}, at once: {settings.at_once}",
        f"profile: {'yes' if settings.profile else 'no'}",
        f"set in the environment: {', '.join(filter(os.environ.get, _VARIABLES)) or 'nothing'}",
        "",
        *(
            f"{ {True: 'works', False: 'FAILS', None: 'unknown'}[works]:8} {check}: {_clean(detail, own)}"
            for check, works, detail in checks.iter_rows()
        ),
        "",
        f"odd answers: {len(odd) or 'none'}",
        *(f"{call}: {_clean(shape, own)}" for call, shape in odd),
    ]
    return "\n".join(lines) + "\n"


def _clean(text: str, client_id: str) -> str:
    # a shorter one stands in many other figures, and is no secret
    if len(client_id) >= _LONG:
        text = text.replace(client_id, "*" * len(client_id))
    return mask_text(text)


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "–"
