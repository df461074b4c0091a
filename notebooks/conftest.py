"""Which notebooks need more than every machine has: there they are skipped with a reason, in CI they fail."""

from __future__ import annotations

import importlib.util
import os
import shutil

import pytest

CLUSTER = "07_on_a_cluster.ipynb"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the notebook that needs Spark, and skip it where Spark cannot run."""
    lacking = [
        what
        for what, there in (
            ("duckdb", importlib.util.find_spec("duckdb")),
            ("pyspark", importlib.util.find_spec("pyspark")),
            ("Java", shutil.which("java") or os.environ.get("JAVA_HOME")),
        )
        if not there
    ]
    for item in items:
        if item.path.name == CLUSTER:
            item.add_marker(pytest.mark.spark)
            if lacking and not os.environ.get("ZRTOOLS_TEST_ALL"):
                item.add_marker(pytest.mark.skip(reason=f"it needs {', '.join(lacking)}"))
