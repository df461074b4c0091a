"""zrtools: typed polars frames and failure investigation for 絶対リーチ! SMS communicationPlatform.

>>> import zrtools as zr
>>> zr.mask("+819012345678")
'+8190****5678'
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from zrtools import (
        archive,
        charts,
        client,
        codes,
        display,
        dlr,
        errors,
        failures,
        forms,
        messages,
        outbox,
        periods,
        phones,
        privacy,
        receiver,
        reports,
        sandbox,
        schemas,
        tables,
        usage,
        words,
    )
    from zrtools.archive import Archive
    from zrtools.client import Client, SendReceipt, ShortUrl
    from zrtools.display import show
    from zrtools.erasure import erase
    from zrtools.errors import (
        ApiError,
        ArchiveError,
        ConfigurationError,
        InputError,
        Interrupted,
        PartialResultError,
        TransportError,
        UnexpectedResponseError,
        ZrtoolsError,
    )
    from zrtools.failures import classify, investigate
    from zrtools.outbox import Outbox, Suppressions
    from zrtools.privacy import mask

_HOMES = {
    "ApiError": "errors",
    "Archive": "archive",
    "ArchiveError": "errors",
    "Client": "client",
    "ConfigurationError": "errors",
    "InputError": "errors",
    "Interrupted": "errors",
    "Outbox": "outbox",
    "PartialResultError": "errors",
    "SendReceipt": "client",
    "ShortUrl": "client",
    "Suppressions": "outbox",
    "TransportError": "errors",
    "UnexpectedResponseError": "errors",
    "ZrtoolsError": "errors",
    "classify": "failures",
    "erase": "erasure",
    "investigate": "failures",
    "mask": "privacy",
    "show": "display",
}
_ROOMS = frozenset(
    (
        "archive",
        "charts",
        "client",
        "codes",
        "display",
        "dlr",
        "erasure",
        "errors",
        "failures",
        "forms",
        "messages",
        "outbox",
        "periods",
        "phones",
        "privacy",
        "receiver",
        "reports",
        "sandbox",
        "schemas",
        "tables",
        "usage",
        "words",
    )
)

__version__ = "0.1.0"
__all__ = [
    "ApiError",
    "Archive",
    "ArchiveError",
    "Client",
    "ConfigurationError",
    "InputError",
    "Interrupted",
    "Outbox",
    "PartialResultError",
    "SendReceipt",
    "ShortUrl",
    "Suppressions",
    "TransportError",
    "UnexpectedResponseError",
    "ZrtoolsError",
    "archive",
    "charts",
    "classify",
    "client",
    "codes",
    "display",
    "dlr",
    "erase",
    "erasure",
    "errors",
    "failures",
    "forms",
    "investigate",
    "mask",
    "messages",
    "outbox",
    "periods",
    "phones",
    "privacy",
    "receiver",
    "reports",
    "sandbox",
    "schemas",
    "show",
    "tables",
    "usage",
    "words",
]


def __getattr__(name: str) -> Any:
    """Load a room, or a name out of one, when it is first used: `import zrtools` stays light."""
    if name in _ROOMS:
        return import_module(f"zrtools.{name}")
    if name in _HOMES:
        value = getattr(import_module(f"zrtools.{_HOMES[name]}"), name)
        globals()[name] = value
        return value
    raise AttributeError(f"module 'zrtools' has no attribute {name!r}")


def __dir__() -> list[str]:
    return __all__
