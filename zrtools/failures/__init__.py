"""What failed, why, since when, what changed, and what to do about it.

Every function takes STATUS frames and delivery reports; those whose scan is heavy also take DuckDB relations
and PySpark frames. Results are polars frames.
"""

from __future__ import annotations

from zrtools.failures.classes import classify
from zrtools.failures.rates import breakdown

__all__ = ["breakdown", "classify"]
