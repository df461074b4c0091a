"""What some tests need and not every machine has: there they skip with a reason, in CI they fail."""

from __future__ import annotations

import os

import pytest

__all__ = ["need"]


def need(present: object, reason: str) -> None:
    """Skip the test unless what it needs is present; with ZRTOOLS_TEST_ALL set, fail it instead."""
    if not present:
        if os.environ.get("ZRTOOLS_TEST_ALL"):
            pytest.fail(f"{reason}, and ZRTOOLS_TEST_ALL asks for every test")
        pytest.skip(reason)
