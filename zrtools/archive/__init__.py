"""Statuses kept by day, counts kept by snapshot: Delta tables that fill themselves and that every engine reads."""

from __future__ import annotations

from zrtools.archive.export import read_export
from zrtools.archive.keeper import Archive

__all__ = ["Archive", "read_export"]
