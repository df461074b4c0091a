"""What a carrier tells of a message beside its code: billable parts, and the deprecated raw data."""

from __future__ import annotations

import json

from zrtools.sandbox.people import CARRIER_IDS

__all__ = [
    "DOCOMO_CODES",
    "DOCOMO_REFUSALS",
    "RAW_AT",
    "RAW_DELIVERED",
    "RAW_FAILED",
    "RAW_FIELDS",
    "SOFTBANK_ERRORS",
    "parts_of",
    "raw_of",
]

_DOCOMO_CODES = ("03", "05", "06", "11", "21", "50", "51")
_DOCOMO_REFUSALS = (10003, 10205, 20001)
RAW_FIELDS = (
    *("sepmaxnum", "sepseqnum", "code", "submission_status", "msgState", "ntwkErr", "submission_err_code"),
    *("status", "commandStatus", "networkErrorCode"),
)


def _raw(carrier: str | None, kind: int | None, **data: object) -> str:
    told = None if kind is None else {name: data.get(name) for name in RAW_FIELDS}
    return json.dumps([{"carrier": carrier, "type": kind and str(kind), "data": told}], separators=(",", ":"))


_DOCOMO = (
    *(
        _raw("103", 2, sepmaxnum=str(parts), sepseqnum=str(n % parts + 1), code=code)
        for parts in range(1, 11)
        for n, code in enumerate(_DOCOMO_CODES)
    ),
    *(_raw("103", 1, submission_status=code) for code in _DOCOMO_REFUSALS),
)
_SOFTBANK = (
    *(
        _raw("105", 2, msgState=state, ntwkErr=error)
        for state in ("EXPIRED", "UNDELIV", "REJECTD")
        for error in ("0000001B", "00000006", "0000000D", "00000020")
    ),
    *(_raw("105", 1, submission_err_code=code) for code in (10011, 10088)),
)

RAW_DELIVERED = tuple(_raw(carrier, None) for carrier in (*CARRIER_IDS, None))
"""By carrier, the unknown one last."""

RAW_FAILED = (_raw("101", 2), *_DOCOMO, *_SOFTBANK, _raw("106", 2), "null")
RAW_AT = (0, 1, 1 + len(_DOCOMO), len(RAW_FAILED) - 2, len(RAW_FAILED) - 1)
"""Where in `RAW_FAILED` a carrier begins: docomo with seven codes for each number of parts, then its refusals."""

DOCOMO_CODES, DOCOMO_REFUSALS = len(_DOCOMO_CODES), len(_DOCOMO_REFUSALS)
SOFTBANK_ERRORS = len(_SOFTBANK)


def parts_of(length: int, carrier: int) -> int:
    """Count the billable parts of a text of that length: docomo splits every 70, the others bill by 67 from 71 on."""
    return 1 if length <= 70 else -(-length // (70 if carrier == 1 else 67))


def raw_of(carrier: int, parts: int, *, failed: bool) -> str:
    """Write the raw data, as JSON text, of a message that was sent through the API."""
    if not failed:
        return RAW_DELIVERED[carrier]
    return RAW_FAILED[RAW_AT[carrier] + (DOCOMO_CODES * (parts - 1) if carrier == 1 else 0)]
