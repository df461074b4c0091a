"""Reports: files that stand on their own, for people who will never open a notebook."""

from __future__ import annotations

from zrtools.reports.failures import failures
from zrtools.reports.usage import usage

__all__ = ["failures", "usage"]
