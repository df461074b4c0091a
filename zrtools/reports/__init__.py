"""Reports: files that stand on their own, for people who will never open a notebook."""

from __future__ import annotations

from zrtools.reports.failures import failures
from zrtools.reports.handover import Handover, read_handover
from zrtools.reports.usage import usage, usage_each

__all__ = ["Handover", "failures", "read_handover", "usage", "usage_each"]
