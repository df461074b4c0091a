"""Monthly usage: who sent how much to which carrier, at what cost, and whether counts, statuses and bill agree.

>>> import polars as pl
>>> from datetime import date
>>> import zrtools as zr
>>> counts = pl.DataFrame(
...     {
...         "month": [date(2026, 10, 1)] * 2,
...         "client_id": ["77"] * 2,
...         "carrier_id": ["101", "103"],
...         "carrier": ["au", "docomo"],
...         "separated_success_count": [300, 700],
...         "through": [date(2026, 10, 31)] * 2,
...     },
...     schema=zr.schemas.COUNTS,
... )
>>> zr.usage.monthly(counts)["share"].to_list()
[0.3, 0.7]
"""

from __future__ import annotations

from zrtools.usage.agency import accounting, movers
from zrtools.usage.allocation import allocate
from zrtools.usage.costs import bill, cost
from zrtools.usage.inputs import Prices, read_clients, read_invoice, read_prices
from zrtools.usage.lengths import fit_parts, part_limits
from zrtools.usage.months import monthly, pivot
from zrtools.usage.projection import forecast, increments
from zrtools.usage.reconciliation import reconcile
from zrtools.usage.source import ALL, daily
from zrtools.usage.terms import budget, fiscal

__all__ = [
    "ALL",
    "Prices",
    "accounting",
    "allocate",
    "bill",
    "budget",
    "cost",
    "daily",
    "fiscal",
    "fit_parts",
    "forecast",
    "increments",
    "monthly",
    "movers",
    "part_limits",
    "pivot",
    "read_clients",
    "read_invoice",
    "read_prices",
    "reconcile",
]
