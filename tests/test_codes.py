"""The published tables, typed once more: what each number of the service means."""

from __future__ import annotations

import polars as pl

import zrtools as zr
from zrtools import codes

# https://doc.aossms.com/zettai-reach/openapi.html and the service's API specification 1.47
CARRIERS = {"101": "au", "102": "Y!mobile", "103": "docomo", "105": "SoftBank", "106": "Rakuten Mobile"}
MODULES = {
    "au": ("11", "12", "13", "14"),
    "docomo": ("31", "32"),
    "SoftBank": ("51", "52"),
    "Rakuten Mobile": ("61", "62"),
}
HANDSET, EITHER = "handset", "carrier or handset"
CATEGORIES = {
    "721": ("congestion", "輻輳", EITHER, "send again later"),
    "732": ("not in service", "欠番・顧客都合", HANDSET, "drop the number"),
    "821": ("handset congestion", "輻輳（端末側）", HANDSET, "send again later"),
    "823": ("network", "ネットワーク起因（圏外・電源OFF含む）", EITHER, "send again later"),
    "824": ("out of reach", "圏外・電源OFF等", HANDSET, "send again later"),
    "833": ("out of reach or busy", "圏外・話中・電源OFF等", HANDSET, "send again later"),
    "834": ("handset error", "端末側エラー（SMS拒否設定等）", HANDSET, "use another channel"),
}
RESULTS = {
    0: "accepted",
    100: "a required field is missing",
    110: "a field's content is wrong",
    120: "a field is over its length",
    130: "that message has gone out",
    140: "the time is in the past",
    300: "over the plan's sending limit",
    400: "that clientTag was used before",
    500: "an error inside the service",
}


def test_carriers_are_those_of_the_service() -> None:
    """Every carrierId has its carrier; all but the network that ended may be named in a send."""
    assert {key: carrier.name for key, carrier in codes.CARRIERS.items()} == CARRIERS
    assert all(carrier.id == key for key, carrier in codes.CARRIERS.items())
    assert [c.id for c in codes.CARRIERS.values() if not c.sendable] == ["102"]


def test_modules_are_those_of_the_service() -> None:
    """The first two digits of a code name its carrier, and no others do."""
    assert {module: name for name, modules in MODULES.items() for module in modules} == codes.MODULES


def test_categories_are_those_of_the_service() -> None:
    """The last three digits: what happened, where the cause lies, what to do next."""
    found = {
        code: (c.name, c.label.ja, c.origin, c.action)
        for code, c in codes.CATEGORIES.items()
        if c.code == code
    }
    assert found == CATEGORIES
    for other in (codes.UNLISTED, codes.UNRECOGNISED):
        assert (other.code, other.origin, other.action) == (None, "unlisted", "look into it")
    assert (codes.UNLISTED.name, codes.UNRECOGNISED.name) == ("unlisted", "unrecognised")


def test_results_and_statuses_are_those_of_the_service() -> None:
    """The numbers of responseCode and statusId, a delivery report's description included."""
    assert {code: r.label.en for code, r in codes.RESULTS.items() if r.code == code} == RESULTS
    assert codes.OUTCOMES == {0: "unknown", 1: "sending", 2: "delivered", 3: "failed"}
    assert codes.DLR_STATUSES == {
        0: "Unknown",
        1: "Message is Sending",
        2: "Message delivered",
        3: "Message delivery failed",
    }
    assert codes.OPT_OUT_URL == "https://ai9.jp/0PT0UT"


def test_every_listed_code_is_classified_as_the_tables_say() -> None:
    """The first two digits give the carrier; the last three the category, where the cause lies and what to do."""
    every = [(m, name, c) for name, modules in MODULES.items() for m in modules for c in CATEGORIES]
    frame = pl.DataFrame(
        {"detailed_status_id": [module + category for module, _, category in every]}
    ).with_columns(pl.lit(3, pl.Int16).alias("status_id"))
    found = zr.failures.classify(frame).select(
        "failure_module",
        "failure_carrier",
        "failure_code",
        "failure_category",
        "failure_origin",
        "failure_action",
    )
    assert found.rows() == [
        (module, name, code, CATEGORIES[code][0], *CATEGORIES[code][2:]) for module, name, code in every
    ]
