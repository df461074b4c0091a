"""What a tool takes, as types; what does not fit is told in a sentence that does not repeat it."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from zrtools import words

__all__ = [
    "AskBreakdown",
    "AskChart",
    "AskCodes",
    "AskCost",
    "AskCoverage",
    "AskDraft",
    "AskIncidents",
    "AskInvestigation",
    "AskLocate",
    "AskMonths",
    "AskPlan",
    "AskStatus",
    "AskText",
    "AskTrend",
    "Asked",
    "Column",
    "refusal",
]

Days = Annotated[
    str,
    Field(
        max_length=40,
        description="Days of sending in Japan: a month 2026-10, a day 2026-10-05, or the first and the last day, both "
        "included, 2026-10-01/2026-10-15.",
    ),
]
Month = Annotated[str, Field(max_length=10, description="A month, 2026-10.")]
Column = Literal[
    "carrier",
    "failure_category",
    "failure_origin",
    "failure_action",
    "failure_carrier",
    "failure_module",
    "failure_code",
    "sms_code",
    "campaign",
    "template",
    "url_host",
    "parts",
    "day",
    "weekday",
    "hour",
    "client_tag",
]
_By = Annotated[
    list[Column],
    Field(
        max_length=4,
        description="Columns to break down by. failure_* say why it failed; sms_code is the sender code; campaign is "
        "read off the client tag; template is the body with its fields masked; hour (0-23) is when the status was "
        "received, not when the message was sent; weekday is 1 Monday to 7 Sunday; client_tag only where the server "
        "was started with --tags.",
    ),
]


class Asked(BaseModel):
    """What every tool takes."""

    model_config = ConfigDict(extra="forbid")

    rows: Annotated[int, Field(ge=1, le=200, description="How many rows at most, of each list.")] = 20


class AskCoverage(Asked):
    """Which days to list."""

    period: Days | None = None


class AskStatus(Asked):
    """Which days to look at."""

    period: Days


class AskBreakdown(AskStatus):
    """Failures by group."""

    by: _By = ["carrier", "failure_category"]


class AskTrend(AskStatus):
    """Failures over time."""

    every: Annotated[
        Literal["1h", "1d", "1w"],
        Field(description="Hours (in which the status was received), days, or weeks."),
    ] = "1d"
    by: _By = []


class AskIncidents(AskStatus):
    """Incidents of a period."""

    history_days: Annotated[
        int, Field(ge=0, le=92, description="Days before the period that tell what is usual.")
    ] = 28


class AskInvestigation(AskStatus):
    """A whole investigation."""

    compare_to: Annotated[
        Days | None, Field(description="The period before; left out, the month or days just before.")
    ] = None


class AskLocate(Asked):
    """Where a change lies."""

    before: Days
    after: Days
    by: Annotated[
        list[Column],
        Field(
            min_length=1,
            max_length=8,
            description="Columns whose values and combinations are looked at: as in failure_breakdown, without "
            "client_tag. Each further one takes longer: with seven it is a minute.",
        ),
    ] = ["carrier", "sms_code", "campaign", "failure_module"]


class AskPlan(AskStatus):
    """The retry plan."""

    keep_for_hours: Annotated[
        float, Field(gt=0, le=720, description="For how long after sending a message is worth sending again.")
    ] = 48


class AskDraft(AskPlan):
    """A list for a person to look at."""


class AskCodes(Asked):
    """Which codes."""

    kind: Literal["all", "failure", "module", "carrier", "status", "result"] = "all"
    code: Annotated[
        str | None,
        Field(max_length=12, description="A detailed code of 5 digits, its last three, or a name."),
    ] = None


class AskMonths(Asked):
    """Which months, both included; left out, as far as the counts reach."""

    first: Month | None = None
    last: Month | None = None


class AskCost(AskMonths):
    """Cost of which months."""


class AskChart(Asked):
    """Which chart."""

    chart: Literal[
        "failures_over_time",
        "failures_by_carrier",
        "failures",
        "incidents",
        "contributions",
        "located",
        "usage_months",
        "usage_shares",
        "usage_forecast",
        "usage_gaps",
    ] = Field(
        description="failures_over_time, failures_by_carrier, failures (carrier x reason) and incidents need a period; "
        "contributions and located a period and compare_to; usage_* none (the counts)."
    )
    period: Days | None = None
    compare_to: Days | None = None
    every: Literal["1h", "1d", "1w"] = "1d"


class AskText(Asked):
    """A message text or template to check."""

    text: Annotated[
        str, Field(max_length=2000, description="The text to check; it is not kept and not repeated.")
    ]


def refusal(asked: type[Asked], error: ValidationError, lang: words.Lang) -> str:
    """Say what does not fit, by the names of the schema and never by what was given."""
    known = asked.model_json_schema()["properties"]
    said = []
    for one in error.errors(include_url=False, include_input=False)[:5]:
        name = str(one["loc"][0]) if one["loc"] else ""
        if one["type"] == "extra_forbidden" or name not in known:
            said.append(words.text("assistant.no_argument", lang, known=", ".join(known)))
        elif one["type"] == "missing":
            said.append(words.text("assistant.missing", lang, name=name, what=_what(known[name])))
        else:
            said.append(words.text("assistant.wrong", lang, name=name, what=one["msg"]))
    return " ".join(dict.fromkeys(said))


def _what(schema: dict[str, object]) -> str:
    return str(schema.get("description", schema.get("type", "")))
