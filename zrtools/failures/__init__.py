"""What failed, why, since when, what changed, and what to do about it.

Every function takes STATUS frames and delivery reports; those whose scan is heavy also take DuckDB relations
and PySpark frames. Results are polars frames.
"""

from __future__ import annotations

from zrtools.failures.causes import causes
from zrtools.failures.changes import compare
from zrtools.failures.classes import classify
from zrtools.failures.course import coverage, trend
from zrtools.failures.detector import incidents, watch_list
from zrtools.failures.investigation import Investigation, investigate
from zrtools.failures.latency import latency
from zrtools.failures.locate import locate
from zrtools.failures.oddities import carrier_mismatch, unknown_codes
from zrtools.failures.planning import retry_plan
from zrtools.failures.rates import breakdown
from zrtools.failures.recipients import numbers, reached_later, retry_evidence
from zrtools.failures.traits import features

__all__ = [
    "Investigation",
    "breakdown",
    "carrier_mismatch",
    "causes",
    "classify",
    "compare",
    "coverage",
    "features",
    "incidents",
    "investigate",
    "latency",
    "locate",
    "numbers",
    "reached_later",
    "retry_evidence",
    "retry_plan",
    "trend",
    "unknown_codes",
    "watch_list",
]
