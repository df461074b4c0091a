"""Charts: frame in, chart out.

Every function sums its frame first and returns an altair chart, worded in Japanese or English. Nothing of altair's
global settings changes unless `use` is called.
"""

from __future__ import annotations

from zrtools.charts import style, typeface
from zrtools.charts.abnormal import incident, incidents
from zrtools.charts.changes import contributions
from zrtools.charts.course import failures_by_carrier, failures_over_time
from zrtools.charts.failures import failures
from zrtools.charts.latency import latency
from zrtools.charts.located import located
from zrtools.charts.style import FONTS, save, svg, use
from zrtools.charts.usage import usage_forecast, usage_gaps, usage_months, usage_shares

__all__ = [
    "FONTS",
    "contributions",
    "failures",
    "failures_by_carrier",
    "failures_over_time",
    "incident",
    "incidents",
    "latency",
    "located",
    "save",
    "style",
    "svg",
    "typeface",
    "usage_forecast",
    "usage_gaps",
    "usage_months",
    "usage_shares",
    "use",
]
