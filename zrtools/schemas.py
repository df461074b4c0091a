"""One schema a frame, every column explained once.

All text is `String`; all times are `Datetime("ms", "Asia/Tokyo")`. A frame has its schema whatever came, an
empty answer included.
"""

from __future__ import annotations

import polars as pl

__all__ = [
    "ACCOUNTING",
    "ADDED",
    "ALLOCATION",
    "BILL",
    "BREAKDOWN",
    "BUDGET",
    "CAMPAIGNS",
    "CAUSES",
    "CHECK",
    "CLASSIFIED",
    "CLEANING",
    "COLUMNS",
    "COLUMNS_JA",
    "COMPARISON",
    "COST",
    "COUNTS",
    "COUNTS_HISTORY",
    "COUNTS_SYNC",
    "COVERAGE",
    "DAILY_USAGE",
    "DAYS",
    "DLR",
    "ERASED",
    "FEATURES",
    "FISCAL",
    "FORECAST",
    "FRAMES",
    "HISTORY",
    "INCIDENTS",
    "INCREMENTS",
    "INVOICE",
    "LATENCY",
    "LOCATED",
    "MISMATCH",
    "MONTHLY",
    "MOVERS",
    "NEXT_STEPS",
    "NUMBERS",
    "OUTBOX",
    "OVERVIEW",
    "PARTS",
    "PART_LIMITS",
    "PLANTED",
    "PRICES",
    "PUSHED",
    "QUARANTINE",
    "REACHED_LATER",
    "RECONCILIATION",
    "RESERVATIONS",
    "RETRY_EVIDENCE",
    "RETRY_PLAN",
    "SENT",
    "STATUS",
    "SUPPRESSIONS",
    "SYNC",
    "TEMPLATES",
    "TIME",
    "TREND",
    "UNKNOWN_CODES",
    "ZONE",
    "check",
    "empty",
]

ZONE = "Asia/Tokyo"
TIME = pl.Datetime("ms", ZONE)

STATUS = pl.Schema(
    {
        "send_date": pl.Date(),
        "date_time": TIME,
        "phone_number": pl.String(),
        "message": pl.String(),
        "sms_code": pl.String(),
        "carrier_id": pl.String(),
        "carrier": pl.String(),
        "status_id": pl.Int16(),
        "client_tag": pl.String(),
        "detailed_status_id": pl.String(),
        "separated_success_count": pl.Int32(),
    }
)

COUNTS = pl.Schema(
    {
        "month": pl.Date(),
        "client_id": pl.String(),
        "carrier_id": pl.String(),
        "carrier": pl.String(),
        "separated_success_count": pl.Int64(),
        "through": pl.Date(),
    }
)

COUNTS_HISTORY = pl.Schema({**COUNTS, "taken": TIME})

CLEANING = pl.Schema(
    {
        "input": pl.String(),
        "phone_number": pl.String(),
        "reference_date": pl.Date(),
        "status": pl.String(),
        "error": pl.String(),
    }
)

RESERVATIONS = pl.Schema(
    {
        "schedule_time": TIME,
        "phone_number": pl.String(),
        "message": pl.String(),
        "sms_code": pl.String(),
        "client_tag": pl.String(),
    }
)

TEMPLATES = pl.Schema({"title": pl.String(), "content": pl.String(), "parameters": pl.List(pl.String())})

DLR = pl.Schema(
    {
        "date_time": TIME,
        "message_id": pl.String(),
        "phone_number": pl.String(),
        "message": pl.String(),
        "sms_code": pl.String(),
        "carrier_id": pl.String(),
        "carrier": pl.String(),
        "client_id": pl.String(),
        "client_tag": pl.String(),
        "status_id": pl.Int16(),
        "status_description": pl.String(),
        "detailed_status_id": pl.String(),
        "separated_success_count": pl.Int32(),
    }
)

DAILY_USAGE = pl.Schema(
    {
        "send_date": pl.Date(),
        "client_id": pl.String(),
        "carrier_id": pl.String(),
        "carrier": pl.String(),
        "messages": pl.Int64(),
        "delivered": pl.Int64(),
        "failed": pl.Int64(),
        "pending": pl.Int64(),
        "delivered_count": pl.Int64(),
        "failed_count": pl.Int64(),
        "late_delivered_count": pl.Int64(),
        "late_failed_count": pl.Int64(),
        "most_parts": pl.Int64(),
    }
)

MONTHLY = pl.Schema(
    {
        "month": pl.Date(),
        "client_id": pl.String(),
        "client": pl.String(),
        "carrier_id": pl.String(),
        "carrier": pl.String(),
        "separated_success_count": pl.Int64(),
        "share": pl.Float64(),
        "share_of_month": pl.Float64(),
        "previous": pl.Int64(),
        "change": pl.Int64(),
        "change_rate": pl.Float64(),
        "year_before": pl.Int64(),
        "year_change": pl.Int64(),
        "year_change_rate": pl.Float64(),
        "through": pl.Date(),
        "complete": pl.Boolean(),
    }
)

FORECAST = pl.Schema(
    {
        "month": pl.Date(),
        "carrier_id": pl.String(),
        "carrier": pl.String(),
        "through": pl.Date(),
        "days_left": pl.Int32(),
        "counted": pl.Int64(),
        "forecast": pl.Int64(),
        "low": pl.Int64(),
        "high": pl.Int64(),
        "level": pl.Float64(),
        "method": pl.String(),
    }
)

RECONCILIATION = pl.Schema(
    {
        "month": pl.Date(),
        "carrier_id": pl.String(),
        "carrier": pl.String(),
        "counts": pl.Int64(),
        "delivered_count": pl.Int64(),
        "failed_count": pl.Int64(),
        "basis": pl.String(),
        "statuses": pl.Int64(),
        "difference": pl.Int64(),
        "pending": pl.Int64(),
        "days_missing": pl.Int32(),
        "invoice": pl.Int64(),
        "invoice_difference": pl.Int64(),
        "agrees": pl.Boolean(),
        "reasons": pl.List(pl.String()),
        "invoice_reasons": pl.List(pl.String()),
        "through": pl.Date(),
    }
)

PRICES = pl.Schema(
    {
        "client_id": pl.String(),
        "carrier": pl.String(),
        "since": pl.Date(),
        "over": pl.Int64(),
        "unit_price": pl.Decimal(38, 4),
    }
)

INVOICE = pl.Schema(
    {
        "month": pl.Date(),
        "carrier_id": pl.String(),
        "carrier": pl.String(),
        "quantity": pl.Int64(),
        "amount": pl.Decimal(38, 4),
    }
)

COST = pl.Schema(
    {
        "month": pl.Date(),
        "client_id": pl.String(),
        "client": pl.String(),
        "carrier_id": pl.String(),
        "carrier": pl.String(),
        "since": pl.Date(),
        "over": pl.Int64(),
        "quantity": pl.Int64(),
        "unit_price": pl.Decimal(38, 4),
        "amount": pl.Decimal(38, 4),
        "problem": pl.String(),
    }
)

BILL = pl.Schema(
    {
        "month": pl.Date(),
        "client_id": pl.String(),
        "client": pl.String(),
        "quantity": pl.Int64(),
        "unpriced": pl.Int64(),
        "net": pl.Decimal(38, 4),
        "tax": pl.Decimal(38, 4),
        "gross": pl.Decimal(38, 4),
        "final": pl.Boolean(),
    }
)

ALLOCATION = pl.Schema(
    {
        "month": pl.Date(),
        "unit": pl.String(),
        "messages": pl.Int64(),
        "delivered": pl.Int64(),
        "failed": pl.Int64(),
        "pending": pl.Int64(),
        "quantity": pl.Int64(),
        "share_of_month": pl.Float64(),
        "net": pl.Decimal(38, 4),
        "tax": pl.Decimal(38, 4),
        "gross": pl.Decimal(38, 4),
    }
)

FISCAL = pl.Schema(
    {
        "fiscal_year": pl.Int32(),
        "period_of_year": pl.Int32(),
        "first": pl.Date(),
        "last": pl.Date(),
        "client_id": pl.String(),
        "client": pl.String(),
        "separated_success_count": pl.Int64(),
        "to_date": pl.Int64(),
        "year_before": pl.Int64(),
        "year_change_rate": pl.Float64(),
        "months": pl.Int32(),
        "complete": pl.Boolean(),
    }
)

BUDGET = pl.Schema(
    {
        "month": pl.Date(),
        "budget": pl.Float64(),
        "actual": pl.Float64(),
        "difference_to_budget": pl.Float64(),
        "used": pl.Float64(),
        "forecast": pl.Float64(),
        "forecast_used": pl.Float64(),
        "budget_to_date": pl.Float64(),
        "actual_to_date": pl.Float64(),
        "used_to_date": pl.Float64(),
        "complete": pl.Boolean(),
    }
)

MOVERS = pl.Schema(
    {
        "month": pl.Date(),
        "client_id": pl.String(),
        "client": pl.String(),
        "movement": pl.String(),
        "separated_success_count": pl.Int64(),
        "previous": pl.Int64(),
        "change": pl.Int64(),
        "change_rate": pl.Float64(),
        "last_month": pl.Date(),
    }
)

ACCOUNTING = pl.Schema(
    {
        "date": pl.Date(),
        "client_id": pl.String(),
        "client": pl.String(),
        "account": pl.String(),
        "tax_class": pl.String(),
        "net": pl.Decimal(38, 4),
        "tax": pl.Decimal(38, 4),
        "gross": pl.Decimal(38, 4),
        "text": pl.String(),
    }
)

PARTS = pl.Schema(
    {
        "carrier_id": pl.String(),
        "carrier": pl.String(),
        "message_length": pl.Int32(),
        "messages": pl.Int64(),
        "parts": pl.Int32(),
        "agreeing": pl.Int64(),
        "sure": pl.Float64(),
        "estimate": pl.Int32(),
    }
)

PART_LIMITS = pl.Schema(
    {
        "carrier_id": pl.String(),
        "carrier": pl.String(),
        "parts": pl.Int32(),
        "longest_seen": pl.Int32(),
        "shortest_longer": pl.Int32(),
        "messages": pl.Int64(),
        "against": pl.Int64(),
        "usual": pl.Int32(),
    }
)
"""What `usage.part_limits` gives."""

INCREMENTS = pl.Schema(
    {
        "day": pl.Date(),
        "carrier_id": pl.String(),
        "carrier": pl.String(),
        "separated_success_count": pl.Float64(),
        "days_between": pl.Int32(),
    }
)
"""What `usage.increments` gives."""

SYNC = pl.Schema(
    {
        "send_date": pl.Date(),
        "action": pl.String(),
        "rows": pl.Int64(),
        "pending": pl.Int64(),
        "why": pl.String(),
    }
)

DAYS = pl.Schema(
    {
        "send_date": pl.Date(),
        "state": pl.String(),
        "rows": pl.Int64(),
        "pending": pl.Int64(),
        "fetched": TIME,
    }
)

COUNTS_SYNC = pl.Schema(
    {
        "month": pl.Date(),
        "action": pl.String(),
        "rows": pl.Int64(),
        "why": pl.String(),
    }
)

CLASSIFIED = pl.Schema(
    {
        "outcome": pl.String(),
        "failure_module": pl.String(),
        "failure_carrier": pl.String(),
        "failure_code": pl.String(),
        "failure_category": pl.String(),
        "failure_origin": pl.String(),
        "failure_action": pl.String(),
    }
)
"""What `classify` adds to a STATUS or DLR frame."""

FEATURES = pl.Schema(
    {
        "day": pl.Date(),
        "day_basis": pl.String(),
        "weekday": pl.Int8(),
        "hour": pl.Int8(),
        "campaign": pl.String(),
        "template": pl.String(),
        "parts": pl.Int32(),
        "url_host": pl.String(),
        "message_length": pl.Int32(),
    }
)
"""What `failures.features` adds to a STATUS or DLR frame."""

BREAKDOWN = pl.Schema(
    {
        "failed": pl.Int64(),
        "settled": pl.Int64(),
        "failure_rate": pl.Float64(),
        "rate_low": pl.Float64(),
        "rate_high": pl.Float64(),
        "share_of_failures": pl.Float64(),
        "numbers": pl.Int64(),
        "pending": pl.Int64(),
        "few_clusters": pl.Boolean(),
    }
)
"""What `failures.breakdown` gives after the columns asked for."""

TREND = pl.Schema(
    {
        "start": TIME,
        "day_basis": pl.String(),
        "failed": pl.Int64(),
        "settled": pl.Int64(),
        "failure_rate": pl.Float64(),
        "rate_low": pl.Float64(),
        "rate_high": pl.Float64(),
        "pending": pl.Int64(),
        "is_final": pl.Boolean(),
    }
)
"""What `failures.trend` gives after the columns asked for."""

COVERAGE = pl.Schema(
    {
        "day": pl.Date(),
        "day_basis": pl.String(),
        "messages": pl.Int64(),
        "delivered": pl.Int64(),
        "failed": pl.Int64(),
        "pending": pl.Int64(),
        "is_final": pl.Boolean(),
    }
)
"""What `failures.coverage` gives."""

COMPARISON = pl.Schema(
    {
        "presence": pl.String(),
        "failed_before": pl.Int64(),
        "settled_before": pl.Int64(),
        "rate_before": pl.Float64(),
        "share_before": pl.Float64(),
        "failed_after": pl.Int64(),
        "settled_after": pl.Int64(),
        "rate_after": pl.Float64(),
        "share_after": pl.Float64(),
        "rate_part": pl.Float64(),
        "share_part": pl.Float64(),
        "contribution": pl.Float64(),
        "contribution_low": pl.Float64(),
        "contribution_high": pl.Float64(),
        "total_before": pl.Float64(),
        "total_after": pl.Float64(),
        "change_low": pl.Float64(),
        "change_high": pl.Float64(),
        "sentence": pl.String(),
    }
)
"""What `failures.compare` gives after the columns asked for."""

LOCATED = pl.Schema(
    {
        "where": pl.List(pl.Struct({"column": pl.String(), "value": pl.String()})),
        "settled_before": pl.Int64(),
        "failed_before": pl.Int64(),
        "settled_after": pl.Int64(),
        "failed_after": pl.Int64(),
        "rate_before": pl.Float64(),
        "rate_after": pl.Float64(),
        "excess_failures": pl.Float64(),
        "share_of_change": pl.Float64(),
        "low": pl.Float64(),
        "high": pl.Float64(),
        "p_value": pl.Float64(),
        "sentence": pl.String(),
    }
)
"""What `failures.locate` gives: a row a segment, strongest first."""

NUMBERS = pl.Schema(
    {
        "phone_number": pl.String(),
        "carrier": pl.String(),
        "failed": pl.Int64(),
        "delivered": pl.Int64(),
        "pending": pl.Int64(),
        "failed_days": pl.Int64(),
        "failed_since": pl.Int64(),
        "not_in_service_days": pl.Int64(),
        "first_failure": TIME,
        "last_failure": TIME,
        "last_delivery": TIME,
        "last_category": pl.String(),
        "advice": pl.String(),
        "history": pl.String(),
    }
)
"""What `failures.numbers` gives."""

RETRY_PLAN = pl.Schema(
    {
        "send_date": pl.Date(),
        "date_time": TIME,
        "phone_number": pl.String(),
        "client_tag": pl.String(),
        "message": pl.String(),
        "carrier": pl.String(),
        "failure_category": pl.String(),
        "step": pl.String(),
        "reason": pl.String(),
        "at": TIME,
        "reached_at": TIME,
        "chance": pl.Float64(),
        "chance_low": pl.Float64(),
        "chance_high": pl.Float64(),
        "evidence": pl.Int64(),
    }
)
"""What `failures.retry_plan` gives."""

RETRY_EVIDENCE = pl.Schema(
    {
        "failure_category": pl.String(),
        "wait": pl.String(),
        "tries": pl.Int64(),
        "delivered": pl.Int64(),
        "chance": pl.Float64(),
        "chance_low": pl.Float64(),
        "chance_high": pl.Float64(),
    }
)
"""What `failures.retry_evidence` gives."""

REACHED_LATER = pl.Schema(
    {
        "failed": pl.Int64(),
        "within": pl.String(),
        "watched": pl.Int64(),
        "reached": pl.Int64(),
        "chance": pl.Float64(),
        "chance_low": pl.Float64(),
        "chance_high": pl.Float64(),
    }
)
"""What `failures.reached_later` gives after the columns asked for."""

LATENCY = pl.Schema(
    {
        "messages": pl.Int64(),
        "delivered": pl.Int64(),
        "pending": pl.Int64(),
        "untimed": pl.Int64(),
        "median": pl.Float64(),
        "p90": pl.Float64(),
        "p95": pl.Float64(),
        "within_30s": pl.Float64(),
        "within_30s_low": pl.Float64(),
        "within_30s_high": pl.Float64(),
    }
)
"""What `failures.latency` gives after the columns asked for: seconds."""

CAUSES = pl.Schema(
    {
        "of": pl.String(),
        "row": pl.Int64(),
        "cause": pl.String(),
        "owner": pl.String(),
        "how_sure": pl.String(),
        "why": pl.String(),
        "to_do": pl.String(),
        "to_tell": pl.String(),
        "ticket": pl.String(),
    }
)
"""What `failures.causes` gives: a row for each incident or located segment, in their order."""

MISMATCH = pl.Schema(
    {
        "carrier": pl.String(),
        "failure_carrier": pl.String(),
        "failed": pl.Int64(),
        "listed": pl.Int64(),
        "rate": pl.Float64(),
        "rate_low": pl.Float64(),
        "rate_high": pl.Float64(),
        "numbers": pl.Int64(),
        "codes": pl.String(),
    }
)
"""What `failures.carrier_mismatch` gives."""

UNKNOWN_CODES = pl.Schema(
    {
        "detailed_status_id": pl.String(),
        "failure_category": pl.String(),
        "failed": pl.Int64(),
        "share_of_failures": pl.Float64(),
        "numbers": pl.Int64(),
        "carriers": pl.String(),
        "first_day": pl.Date(),
        "last_day": pl.Date(),
        "recent": pl.Int64(),
        "recent_settled": pl.Int64(),
        "earlier": pl.Int64(),
        "earlier_settled": pl.Int64(),
        "growth": pl.Float64(),
        "p_value": pl.Float64(),
        "is_growing": pl.Boolean(),
    }
)
"""What `failures.unknown_codes` gives."""

INCIDENTS = pl.Schema(
    {
        "dimension": pl.String(),
        "segment": pl.String(),
        "values": pl.List(pl.String()),
        "failure_category": pl.String(),
        "start": TIME,
        "end": TIME,
        "is_over": pl.Boolean(),
        "hours": pl.Float64(),
        "failed": pl.Int64(),
        "settled": pl.Int64(),
        "failure_rate": pl.Float64(),
        "usual_rate": pl.Float64(),
        "expected": pl.Float64(),
        "excess": pl.Float64(),
        "excess_low": pl.Float64(),
        "excess_high": pl.Float64(),
        "ratio": pl.Float64(),
        "codes": pl.String(),
        "p_value": pl.Float64(),
        "sentence": pl.String(),
    }
)
"""What `failures.incidents` gives."""

ADDED = pl.Schema(
    {
        "row": pl.Int64(),
        "phone_number": pl.String(),
        "message": pl.String(),
        "client_tag": pl.String(),
        "schedule_time": TIME,
        "parts": pl.Int32(),
        "intake": pl.String(),
        "problem": pl.String(),
        "guards": pl.List(pl.String()),
    }
)
"""What `Outbox.add` gives: what became of each row of the frame."""

CAMPAIGNS = pl.Schema(
    {
        "campaign": pl.String(),
        "added_at": TIME,
        "numbers": pl.Int64(),
        "messages": pl.Int64(),
        "open": pl.Int64(),
        "kind": pl.String(),
    }
)
"""What `Outbox.campaigns` gives."""

OUTBOX = pl.Schema(
    {
        "added_at": TIME,
        "campaign": pl.String(),
        "phone_number": pl.String(),
        "message": pl.String(),
        "client_tag": pl.String(),
        "carrier_id": pl.String(),
        "schedule_time": TIME,
        "group_tag": pl.String(),
        "parts": pl.Int32(),
        "sending_state": pl.String(),
        "attempts": pl.Int64(),
        "settled_at": TIME,
        "result_code": pl.Int64(),
        "error": pl.String(),
    }
)
"""The messages of an outbox."""

SENT = pl.Schema(
    {
        **OUTBOX,
        "date_time": TIME,
        "carrier": pl.String(),
        "status_id": pl.Int16(),
        "detailed_status_id": pl.String(),
        "separated_success_count": pl.Int32(),
    }
)
"""The messages of an outbox with what became of them; null while the service names no status."""

SUPPRESSIONS = pl.Schema(
    {"phone_number": pl.String(), "reason": pl.String(), "suppressed_on": pl.Date(), "added_at": TIME}
)

OVERVIEW = pl.Schema(
    {
        "period": pl.String(),
        "first_day": pl.Date(),
        "last_day": pl.Date(),
        "day_basis": pl.String(),
        "days": pl.Int64(),
        "final_days": pl.Int64(),
        "messages": pl.Int64(),
        "delivered": pl.Int64(),
        "failed": pl.Int64(),
        "pending": pl.Int64(),
        "failure_rate": pl.Float64(),
        "rate_low": pl.Float64(),
        "rate_high": pl.Float64(),
        "numbers": pl.Int64(),
        "incidents": pl.Int64(),
        "adjusted_rate": pl.Float64(),
        "adjusted_low": pl.Float64(),
        "adjusted_high": pl.Float64(),
        "explained": pl.Float64(),
        "explained_low": pl.Float64(),
        "explained_high": pl.Float64(),
        "rest": pl.Float64(),
        "rest_low": pl.Float64(),
        "rest_high": pl.Float64(),
    }
)
"""What an investigation gives as `overview`: the period, and the one it is compared to."""

NEXT_STEPS = pl.Schema(
    {
        "step": pl.String(),
        "reason": pl.String(),
        "messages": pl.Int64(),
        "numbers": pl.Int64(),
        "at": TIME,
    }
)
"""What an investigation gives as `steps`: the retry plan, counted."""

PUSHED = pl.Schema(
    {
        "client_tag": pl.String(),
        "came": pl.String(),
        "phone_number": pl.String(),
        "carrier": pl.String(),
        "message_id": pl.String(),
        "push_status_id": pl.Int16(),
        "status_id": pl.Int16(),
        "push_time": TIME,
        "status_time": TIME,
        "lag": pl.Duration("ms"),
        "agree": pl.Boolean(),
    }
)
"""Delivery reports that were pushed beside statuses that were asked for, a row a client tag."""

QUARANTINE = pl.Schema(
    {"received_at": TIME, "content_type": pl.String(), "reason": pl.String(), "body": pl.Binary()}
)
"""Pushed bodies that could not be read."""

CHECK = pl.Schema({"check": pl.String(), "works": pl.Boolean(), "detail": pl.String()})
"""What `Client.check` gives."""

HISTORY = pl.Schema({"at": TIME, "what": pl.String(), "detail": pl.String()})
"""What `Outbox.history` and `Suppressions.history` give."""

ERASED = pl.Schema({"store": pl.String(), "place": pl.String(), "removed": pl.Int64()})
"""What `erase` gives."""

PLANTED = pl.Schema(
    {
        "kind": pl.String(),
        "carrier_id": pl.String(),
        "carrier": pl.String(),
        "category": pl.String(),
        "failure_category": pl.String(),
        "sms_code": pl.String(),
        "campaign": pl.String(),
        "start": TIME,
        "end": TIME,
        "seen_start": TIME,
        "seen_end": TIME,
        "strength": pl.Float64(),
        "messages": pl.Int64(),
        "failures": pl.Int64(),
        "expected_failures": pl.Int64(),
        "excess_failures": pl.Int64(),
        "rate_multiplier": pl.Float64(),
    }
)
"""What `Sandbox.incidents` gives: the sandbox declares it by itself, as it does everything, and a test compares."""

FRAMES: dict[str, pl.Schema] = {
    "STATUS": STATUS,
    "COUNTS": COUNTS,
    "CLEANING": CLEANING,
    "RESERVATIONS": RESERVATIONS,
    "TEMPLATES": TEMPLATES,
    "DLR": DLR,
    "DAILY_USAGE": DAILY_USAGE,
    "MONTHLY": MONTHLY,
    "FORECAST": FORECAST,
    "RECONCILIATION": RECONCILIATION,
    "PRICES": PRICES,
    "INVOICE": INVOICE,
    "COST": COST,
    "BILL": BILL,
    "ALLOCATION": ALLOCATION,
    "FISCAL": FISCAL,
    "BUDGET": BUDGET,
    "MOVERS": MOVERS,
    "ACCOUNTING": ACCOUNTING,
    "PARTS": PARTS,
    "PART_LIMITS": PART_LIMITS,
    "INCREMENTS": INCREMENTS,
    "SYNC": SYNC,
    "DAYS": DAYS,
    "COUNTS_SYNC": COUNTS_SYNC,
    "COUNTS_HISTORY": COUNTS_HISTORY,
    "CLASSIFIED": CLASSIFIED,
    "FEATURES": FEATURES,
    "BREAKDOWN": BREAKDOWN,
    "TREND": TREND,
    "COVERAGE": COVERAGE,
    "COMPARISON": COMPARISON,
    "LOCATED": LOCATED,
    "NUMBERS": NUMBERS,
    "RETRY_PLAN": RETRY_PLAN,
    "RETRY_EVIDENCE": RETRY_EVIDENCE,
    "REACHED_LATER": REACHED_LATER,
    "LATENCY": LATENCY,
    "CAUSES": CAUSES,
    "MISMATCH": MISMATCH,
    "UNKNOWN_CODES": UNKNOWN_CODES,
    "INCIDENTS": INCIDENTS,
    "ADDED": ADDED,
    "CAMPAIGNS": CAMPAIGNS,
    "OUTBOX": OUTBOX,
    "SENT": SENT,
    "SUPPRESSIONS": SUPPRESSIONS,
    "OVERVIEW": OVERVIEW,
    "NEXT_STEPS": NEXT_STEPS,
    "PUSHED": PUSHED,
    "QUARANTINE": QUARANTINE,
    "CHECK": CHECK,
    "HISTORY": HISTORY,
    "ERASED": ERASED,
    "PLANTED": PLANTED,
}

COLUMNS: dict[str, str] = {
    "store": "which kind of store: archive, outbox, suppressions, answers or reports",
    "place": "where the store is",
    "removed": "how many rows, bodies and events were removed, or had the number taken out",
    "send_date": "the day of sending that was asked for; null when asked by client tag",
    "date_time": "when the service got this status from the carrier: not when the message was sent",
    "phone_number": "the recipient in international form, +81…; null where it is not a mobile number",
    "message": "the body",
    "sms_code": "the sender code, 5 or 6 digits",
    "carrier_id": (
        "the carrier's number; null or 999 when unknown; in frames of statuses also null while unknown or sending; "
        "in FORECAST, RECONCILIATION and INVOICE * for all carriers together"
    ),
    "carrier": (
        "the plain name of carrier_id; null if not known. In PRICES the carrier's number, or * for every carrier "
        "without a price of its own"
    ),
    "status_id": "0 unknown, 1 sending, 2 delivered, 3 failed",
    "client_tag": "the sender's own name for the message; null when none was given",
    "detailed_status_id": "the carrier's detailed code; undefined, so null, while unknown or sending",
    "separated_success_count": (
        "billable messages (通数): of one message in STATUS (delivered and failed) and DLR "
        "(delivered only), of the month in COUNTS, added by the day in INCREMENTS, where what several days added is "
        "shared out evenly"
    ),
    "rawdata": "the carrier's own error data as JSON text; deprecated by the service",
    "month": "the first day of the month",
    "client_id": "the client whose messages these are",
    "through": "the last day counted: the month's end, or yesterday for the running month",
    "input": "the number as it was given",
    "reference_date": "the day on which the number was known to be that person's",
    "status": "T now another person's, N still that person's, ERROR cannot be judged, null no answer (error says why)",
    "error": "why there is no status, or why a message was not accepted; null if none",
    "schedule_time": "when the message is to go out",
    "title": "the template's name",
    "content": "the template's text, placeholders as {{%name%}}",
    "parameters": "the names of the placeholders",
    "message_id": "the service's own id of the message",
    "status_description": "status_id in the service's words",
    "day": (
        "send_date, and where there is none the date of date_time (Japan); in INCREMENTS the day that was counted"
    ),
    "day_basis": "which date `day` is: send_date, date_time, or mixed where a row sums up both",
    "weekday": "the day of the week of `day`, 1 Monday to 7 Sunday",
    "hour": "the hour, 0 to 23 in Japan, in which the status was received",
    "campaign": (
        "what client_tag names, without its counters and dates; null where there is no tag. In an outbox the name "
        "under which the message was added, empty where none was given"
    ),
    "template": "the body's shape: URLs, dates, times, names before 様 and numbers masked",
    "url_host": "the host of the body's first URL; null if none",
    "is_final": "whether less than 1% of the messages of its days is still pending",
    "start": "when the stretch of time begins (Japan)",
    "where": (
        "the segment: one column twice means either value, different columns mean all of them; values as text, null is "
        "null"
    ),
    "share_of_change": "excess_failures by those of the whole change, at most 1; null where that went the other way",
    "presence": "in which period the segment has settled messages: both, before only, after only",
    "failed_before": "failed messages in the period before",
    "settled_before": "settled messages in the period before",
    "rate_before": "failed_before / settled_before; null where nothing is settled",
    "share_before": "the segment's part of all settled messages before",
    "failed_after": "failed messages in the period after",
    "settled_after": "settled messages in the period after",
    "rate_after": "failed_after / settled_after; null where nothing is settled",
    "share_after": "the segment's part of all settled messages after",
    "rate_part": "what the segment's own rate added to the change of the whole rate",
    "share_part": "what the segment's part of the traffic added to it, against the whole rate",
    "contribution": "rate_part + share_part; over all segments they sum to the change of the whole rate",
    "contribution_low": "lower end of the contribution's 95% interval",
    "contribution_high": "upper end of the contribution's 95% interval",
    "total_before": "the whole failure rate before, the same in every row",
    "total_after": "the whole failure rate after, the same in every row",
    "change_low": "lower end of the 95% interval of total_after - total_before",
    "change_high": "upper end of the 95% interval of total_after - total_before",
    "sentence": "the row in plain words, in the language asked for",
    "failed_days": "different days on which a message to the number failed",
    "failed_since": "messages that failed since the number was last reached",
    "not_in_service_days": "different days since the number was last reached on which it was not in service",
    "first_failure": "when the first failure was received",
    "last_failure": "when the last failure was received",
    "last_delivery": "when a delivery was last received; null if never",
    "last_category": "failure_category of the last failure",
    "advice": "drop, use another channel, keep or watch",
    "history": "the number's last messages, oldest first: day and outcome or failure category",
    "step": (
        "leave, expired, send again later, use another channel, drop the number, stop the list and clean it, "
        "ask the vendor first or look into it"
    ),
    "within": "how soon after the failure: 1h, 24h or 7d",
    "watched": "failures that lie so far back that this could be seen; one-time codes are among them",
    "reached": "of those, how many numbers got another message in that time",
    "untimed": "delivered messages of which the time of sending or of the status is not known, or contradicts it",
    "median": "seconds from acceptance (or the reserved time) to the status, of delivered and pending messages",
    "p90": "the 90th percentile of the same; null where so many are pending",
    "p95": "the 95th percentile of the same; null where so many are pending",
    "within_30s": "share of delivered and pending messages whose status came within 30 seconds",
    "within_30s_low": "lower end of its 95% interval (Wilson)",
    "within_30s_high": "upper end of its 95% interval (Wilson)",
    "incidents": "how many incidents were found in the period",
    "adjusted_rate": "failure rate without what incidents added to the failures",
    "adjusted_low": "lower end of its 95% interval, which allows for campaigns and for the excess",
    "adjusted_high": "upper end of its 95% interval",
    "explained": "part of the change of the rate that the incidents of both periods make; null without a comparison",
    "explained_low": "lower end of its 95% interval",
    "explained_high": "upper end of its 95% interval",
    "rest": "the rest of the change: with explained it is the whole of it; null without a comparison",
    "rest_low": "lower end of its 95% interval, which allows for campaigns; with 0 in it the rest may be chance",
    "rest_high": "upper end of its 95% interval",
    "of": "what the cause is of: incident or located",
    "cause": "the probable cause, one of codes.causes.CAUSES",
    "owner": "who acts on it, one of codes.causes.OWNERS",
    "how_sure": "likely or possible",
    "to_do": "what to do now, in words",
    "to_tell": "what to say to the customer, in words",
    "ticket": "a message to who acts, ready to copy; null where nobody does",
    "reason": "why that step; why the number is suppressed; why the body could not be read",
    "at": "when to take the step, null where there is nothing to time; in HISTORY when it was done",
    "chance": "share of next messages to the same number that were delivered, after the same category and a like wait",
    "chance_low": "lower end of the 95% interval of chance",
    "chance_high": "upper end of the 95% interval of chance",
    "evidence": "how many next messages chance rests on",
    "wait": "how long after the failure the next message's status came",
    "reached_at": "when the next message to the same number after the failure was delivered; null if none was",
    "tries": "next messages to the same number after that wait",
    "listed": "failures of the carrier whose module is listed",
    "rate": "failed / listed",
    "codes": "detailed codes with how often each stood, most frequent first",
    "carriers": "carriers with how many failures each, most first",
    "first_day": "the first day of the period; in UNKNOWN_CODES the first day on which the code stood",
    "last_day": "the last day of the period; in UNKNOWN_CODES the last day on which the code stood",
    "recent": "failures with it in the last days of the frame",
    "recent_settled": "settled messages in the last days of the frame",
    "earlier": "failures with it before",
    "earlier_settled": "settled messages before",
    "growth": "the recent rate over the earlier one; null where there was none earlier",
    "p_value": (
        "how probable as much or more would be if nothing were unusual; in LOCATED all segments looked at allowed for"
    ),
    "is_growing": "whether it grew beyond chance, all codes tested together (5% false discoveries)",
    "few_clusters": (
        "whether so few clusters hold the messages that the interval cannot allow for them; null without cluster="
    ),
    "dimension": "which column the segment belongs to: carrier, sms_code, campaign, or all",
    "segment": (
        "the segment's value in that column, several as in au, docomo; null for all, and where that value is unknown"
    ),
    "values": "the segment's values in that column, sorted; none for all",
    "is_over": "false where it still goes on at the end of the frame",
    "end": "when it ends (Japan)",
    "hours": "from start to end",
    "usual_rate": "the failure rate that was to be expected there and then",
    "expected": "failures, of all categories, that were to be expected",
    "excess": "failures, of all categories, beyond what was to be expected",
    "excess_low": "lower end of the 95% interval of excess",
    "excess_high": "upper end of the 95% interval of excess",
    "ratio": "failure_rate / usual_rate",
    "period": "this period, or the one before it that it is compared to",
    "days": "days of the period",
    "final_days": "days of which less than 1% is pending",
    "outcome": "delivered, failed, sending, or unknown (any other or missing status_id included)",
    "failure_module": "the first two digits of the detailed code; null unless it is five digits",
    "failure_carrier": "the module's carrier, null if not listed; it may contradict carrier",
    "failure_code": "the last three digits of the detailed code; null unless it is five digits",
    "failure_category": "why it failed, by failure_code; unlisted or unrecognised where no table has it",
    "failure_origin": "where the cause lies: handset, carrier or handset, or unlisted",
    "failure_action": "what to do: send again later, drop the number, use another channel, or look into it",
    "settled": "delivered or failed messages that share the group's keys other than failure_*",
    "failure_rate": "failed / settled; null where nothing is settled",
    "rate_low": "lower end of the 95% interval of the rate beside it",
    "rate_high": "upper end of the 95% interval of the rate beside it",
    "share_of_failures": "failed / all failures in the frame; null where nothing failed",
    "numbers": (
        "different phone numbers, among the failures where the frame is of failures; null where it has no phone_number"
    ),
    "client": "the client's name from the user's own table, else its id",
    "messages": "messages, each counted once whatever its length",
    "delivered": "messages delivered",
    "failed": "messages failed",
    "pending": "messages not settled yet: unknown or sending, so without a carrier or a billable count",
    "delivered_count": "billable messages (通数) of delivered messages",
    "failed_count": "billable messages (通数) of failed messages; null where the source does not tell (DLR)",
    "late_delivered_count": "the part of delivered_count whose status came in a later month than the sending",
    "most_parts": "the most that one of these messages counts for: as billed, or while pending by the usual table",
    "late_failed_count": "the part of failed_count whose status came in a later month than the sending",
    "share": "the part of the client's month, 0 to 1; null when the month has none",
    "share_of_month": "the part of the month of all clients together, 0 to 1; null when the month has none",
    "previous": "separated_success_count one month before; null when that month is not in the data",
    "change": "separated_success_count less previous; null unless both months are complete",
    "change_rate": "change over previous; null when previous is 0",
    "year_before": "separated_success_count one year before; null when that month is not in the data",
    "year_change": "separated_success_count less year_before; null unless both months are complete",
    "year_change_rate": "year_change over year_before; null when year_before is 0",
    "complete": "whether through is the month's end",
    "days_left": "days of the month after through",
    "counted": "billable messages (通数) counted up to through",
    "forecast": "billable messages (通数) expected at the month's end",
    "low": "lower end of the interval; in LOCATED of excess_failures",
    "high": "upper end of the interval; in LOCATED of excess_failures",
    "level": "how often the interval should hold the truth, 0 to 1",
    "method": "what the days' shape was taken from: statuses, snapshots, or months (too few days at hand)",
    "counts": "billable messages (通数) as the counts say; null when the month is not in them",
    "basis": "which sum of statuses the counts follow: delivered, delivered and failed, or undecided",
    "statuses": "billable messages (通数) from statuses on that basis; null when none are at hand",
    "difference": "counts less statuses",
    "days_missing": "days up to through that the statuses do not cover; null when the coverage is not given",
    "invoice": "billable messages (通数) on the invoice; null when it has no such line",
    "invoice_difference": "invoice less counts (less statuses where there are no counts)",
    "agrees": "whether every difference that can be taken is within the tolerance",
    "reasons": "why counts and statuses differ, likeliest first; empty when they agree",
    "invoice_reasons": "why the invoice differs, likeliest first; empty when it agrees",
    "since": "the first day on which the price holds",
    "over": "the tier: the price holds for billable messages beyond this many in the month",
    "unit_price": "price of one billable message, before tax unless the prices say that it is in",
    "quantity": "billable messages (通数), or messages accepted, as the plan bills",
    "amount": "quantity times unit_price, not rounded in COST; as printed in INVOICE",
    "problem": (
        "why a line could not be priced, or was priced with a reservation; why a row was not queued, "
        "or what is to be known of its number; null if none"
    ),
    "unpriced": "billable messages without a price, which net, tax and gross leave out",
    "net": "amount without tax, rounded",
    "tax": "tax, rounded",
    "gross": "amount with tax",
    "unit": "who or what the messages are put down to: 部署, campaign, template; null for those of none",
    "fiscal_year": "the year in which the fiscal year begins",
    "first": "the first day of the period",
    "last": "the last day of the period",
    "period_of_year": "number of the quarter, half or month within the fiscal year, from 1",
    "to_date": "billable messages (通数) from the fiscal year's beginning to here; null when a month of it is missing",
    "months": "months of the period that have counts",
    "budget": "what was planned for the month, in the unit of actual",
    "actual": "what the month came to so far: money before tax where a BILL is given, else billable messages (通数)",
    "difference_to_budget": "actual less budget",
    "used": "actual over budget",
    "forecast_used": "forecast over budget",
    "budget_to_date": "the budget from the fiscal year's first month to this one; null when that is missing",
    "actual_to_date": "actual from the fiscal year's first month to this one; null when that is missing",
    "used_to_date": "actual_to_date over budget_to_date",
    "movement": "up, down, started (none the month before), stopped (none this month), silent (none in either)",
    "last_month": "the last month in which the client had billable messages; null if never",
    "date": "the day of the entry: the month's last, or its closing day",
    "account": "the account of the bookkeeping (勘定科目)",
    "tax_class": "the tax class of the bookkeeping (税区分)",
    "text": "the entry's text (摘要)",
    "final": "whether every day of the month is in and every line has its price",
    "message_length": (
        "characters of the message: in PARTS as people count them, in FEATURES UTF-16 units, as SMS counts (an emoji "
        "is 2)"
    ),
    "parts": (
        "billable parts (通数): in PARTS what most messages of that length were billed as, elsewhere an estimate"
    ),
    "agreeing": "messages of that length billed like that",
    "sure": "lower end of the 95% interval (Wilson) of agreeing over messages",
    "estimate": "what the usual Japanese table says, in 通数",
    "action": (
        "what a sync did. Days: fetched, replaced, kept, closed (as it is, not asked again), refused (fewer rows), "
        "failed, forgotten. Months: stored, unchanged, kept, empty, failed"
    ),
    "rows": "rows that the archive now holds of the day or month",
    "why": "the reason for the action or for what is left open; null if nothing needs saying",
    "state": (
        "of an archived day: settled, open (asked again by the next sync), closed (as it is, not asked again), "
        "empty (the service named no messages), missing, forgotten"
    ),
    "fetched": "when the day's rows were asked for; null if never, or if they came from elsewhere",
    "taken": "when the snapshot of the counts was taken",
    "row": "the row of the frame that was added, in CAUSES of the incidents or segments, from 0",
    "intake": (
        "what became of an added row: queued, duplicate, suppressed, invalid, or repeat: the same text waits for the "
        "number, or went to it lately, under another name; doubtful: a number that is given to nobody; held: an "
        "advertisement that fails one of its guards"
    ),
    "added_at": "when it was added; in CAMPAIGNS the first message",
    "open": "messages that are queued, leaving or unsettled",
    "group_tag": "the name of a batch of reservations; null when none was given",
    "sending_state": (
        "queued (waits), leaving (on its way, or was when the process ended), accepted, refused (surely not "
        "accepted), unsettled (not known; settled under the same tag by the next send), suppressed, withdrawn"
    ),
    "attempts": "how often the message was taken up for sending",
    "settled_at": "when the state last changed: by the client's clock, else, where no client had part in it, this "
    "machine's",
    "result_code": "the service's responseCode: 0 accepted; null while there is no answer",
    "suppressed_on": "the day of the opt-out, the failure or the answer that put the number on the list",
    "came": "how the report came: both, push or status",
    "push_status_id": "status_id as it was pushed",
    "push_time": "the time in the pushed report",
    "status_time": "the time in the status that was asked for",
    "lag": "status_time less push_time",
    "agree": "whether both ways tell the same status_id",
    "received_at": "when the report came to the receiver",
    "content_type": "the content type as it came",
    "body": "the bytes as they came",
    "longest_seen": "the longest message, in characters, that was billed as so many parts",
    "shortest_longer": "the next length that was billed as more, null if none: the limit lies between",
    "against": "messages up to longest_seen that were billed otherwise",
    "usual": "the longest message for so many parts by the usual Japanese table",
    "days_between": "how many days the growth between two snapshots was shared out over: 1 where the day is known",
    "check": "what was tried",
    "works": "whether it works",
    "detail": "what was found, in words; in HISTORY as JSON",
    "what": "what was done with the journal",
    "kind": "what a campaign is for: advertisement, notice, one-time code, or null; in INCIDENTS what was planted",
    "guards": "the guards that an advertisement fails: opt-out link, sender, consent, night",
    "category": "the main failure_code of a planted incident",
    "seen_start": "from when on 95% of the excess failures were reported (Japan)",
    "seen_end": "until when they were reported (Japan)",
    "strength": "the chance with which a message that would have been delivered failed",
    "failures": "failed messages in the incident's segment and window, as if all had settled",
    "expected_failures": "failures that there would have been without the incident",
    "excess_failures": (
        "failures because of the incident; in LOCATED those beyond the segment's rate before, and where fewer "
        "than 30 settled before beyond what its values let expect"
    ),
    "rate_multiplier": "failures over expected_failures; null where none were expected",
}

COLUMNS_JA: dict[str, str] = {
    "send_date": "照会した送信日。clientTag（管理タグ）で照会したときは null",
    "date_time": "サービスがキャリアからこの状況を受け取った日時。送信日時ではありません",
    "phone_number": "宛先。国際形式（+81…）。携帯電話の番号でなければ null",
    "message": "本文",
    "sms_code": "送信元SMSコード。5〜6桁",
    "carrier_id": "キャリアの番号。不明なら null か 999。状態不明・配信中の間は null",
    "carrier": "carrier_id の名前。分からなければ null",
    "status_id": "0 状態不明、1 配信中、2 到達（送達）、3 不達（配信失敗）",
    "client_tag": "送信者が1件ごとに付けた clientTag（管理タグ）。なければ null",
    "detailed_status_id": "キャリアの詳細コード。状態不明・配信中の間は定まらないため null",
    "separated_success_count": (
        "課金通数（通数）。STATUS では 1件分（到達と不達）、DLR では 1件分（到達だけ）、"
        "COUNTS ではその月の合計"
    ),
    "month": "その月の1日",
    "client_id": "送信した契約クライアントのID",
    "through": "集計の最終日。月末、または当月なら前日",
    "input": "入力されたままの番号",
    "reference_date": "基準日。その番号が本人のものと分かっていた日",
    "status": "T 他人名義、N 本人、ERROR 判定不可、null 回答なし（理由は error）",
    "error": "status がない理由、または受け付けられなかった理由。なければ null",
    "schedule_time": "送信する予定の日時",
    "message_id": "サービスが付けた、メッセージの ID",
    "status_description": "status_id のサービスによる表記",
    "outcome": "結果。delivered 到達、failed 不達、sending 配信中、unknown 状態不明（それ以外の値や値なしを含む）",
    "failure_module": "詳細コードの先頭2桁。5 桁でなければ null",
    "failure_carrier": "failure_module のキャリア。表になければ null。carrier と食い違うことがあります",
    "failure_code": "詳細コードの末尾3桁。5 桁でなければ null",
    "failure_category": "不達の理由（failure_code による）。どの表にもなければ unlisted か unrecognised",
    "failure_origin": "起因箇所。端末、キャリアか端末、または原因不明",
    "failure_action": "次にすること。時間をおいて再送、番号を除く、別の手段、調べる",
    "failed": "不達の件数",
    "settled": "確定（到達か不達）の件数。failure_* 以外の区分が同じもの",
    "failure_rate": "不達率（failed / settled）。確定がなければ null",
    "rate_low": "不達率の95%信頼区間の下限",
    "rate_high": "不達率の95%信頼区間の上限",
    "share_of_failures": "全体の不達に占める割合。不達がなければ null",
    "numbers": "不達になった異なる電話番号の数。phone_number がなければ null",
    "few_clusters": "まとまり（cluster）が少なすぎて区間を信用できないか。cluster を指定しないときは null",
    "pending": "未確定（状態不明か配信中）の件数。キャリアも課金通数もまだありません",
    "rawdata": "キャリアのエラー情報（そのまま）",
    "account": "勘定科目",
    "action": "更新で行ったこと。日：fetched 取得、replaced 置き換え、kept 保持、closed そのまま締めた、refused 断った（行が減る）、failed 失敗、forgotten 削除済み。月：stored 保存、unchanged 変化なし、kept、empty、failed",
    "actual": "これまでの実績。BILL を渡したときは税抜金額、ほかは課金通数",
    "actual_to_date": "年度の最初の月からこの月までの実績の累計。最初の月のデータがなければ null",
    "added_at": "追加した日時。CAMPAIGNS では最初のメッセージの追加日時",
    "adjusted_high": "その95%信頼区間の上限",
    "adjusted_low": "その95%信頼区間の下限。キャンペーンのばらつきと増加分の不確かさを含みます",
    "adjusted_rate": "異常による増加分を除いた不達率",
    "advice": "推奨。drop 除外、use another channel 別の手段、keep 継続、watch 経過観察",
    "against": "longest_seen 以下の長さで、違う通数で課金された件数",
    "agree": "両方の status_id が一致するか",
    "agreeing": "その長さで、その通数どおりに課金された件数",
    "agrees": "比べられる差がすべて許容範囲内か",
    "amount": "数量×単価。COST では丸める前、INVOICE では請求書の記載どおり",
    "at": "対応する時刻。時刻を決める必要がなければ null。HISTORY では行われた日時",
    "attempts": "送信のために取り出した回数",
    "basis": "通数がどの集計に一致するか。delivered 到達分、delivered and failed 到達と不達、undecided 判定できない",
    "body": "受信したままのバイト列",
    "budget": "その月の予算。単位は actual と同じ",
    "budget_to_date": "年度の最初の月からこの月までの予算の累計。最初の月がなければ null",
    "came": "届いた方法。both 両方、push 通知だけ、status 配信状況だけ",
    "campaign": "clientTag から連番と日付を除いたもの。clientTag がなければ null。送信一覧では追加時の名前（指定がなければ空）",
    "carriers": "キャリアごとの不達件数。多い順",
    "category": "仕込んだ異常の主な failure_code",
    "cause": "推定原因（codes.causes.CAUSES のどれか）",
    "chance": "同じ理由の不達から同じくらい待った後、同じ番号への次のメッセージが到達した割合",
    "chance_high": "chance の95%信頼区間の上限",
    "chance_low": "chance の95%信頼区間の下限",
    "change": "前月からの増減（separated_success_count − previous）。どちらかの月が揃っていなければ null",
    "change_high": "total_after − total_before の95%信頼区間の上限",
    "change_low": "total_after − total_before の95%信頼区間の下限",
    "change_rate": "増減率（change / previous）。previous が 0 なら null",
    "check": "確かめた項目",
    "client": "契約クライアントの名前（お手元の表による）。なければ契約クライアントID",
    "codes": "詳細コードと件数。多い順",
    "complete": "through が月末か",
    "content": "定型文の本文。差し込み項目は {{%名前%}}",
    "content_type": "受信時の Content-Type",
    "contribution": "寄与（rate_part + share_part）。すべての区分を合計すると全体の不達率の変化になります",
    "contribution_high": "寄与の95%信頼区間の上限",
    "contribution_low": "寄与の95%信頼区間の下限",
    "counted": "through までの課金通数",
    "counts": "通数集計による課金通数。その月がなければ null",
    "date": "仕訳の日付。月末日または締め日",
    "day": "送信日（send_date）。なければ date_time の日付（日本時間）。INCREMENTS では集計の日",
    "day_basis": "day がどの日付か。send_date、date_time、両方を含む行は mixed",
    "days": "期間の日数",
    "days_between": "2つのスナップショットの間の増加を何日に割り振ったか。日が分かっていれば 1",
    "days_left": "through より後の、月の残り日数",
    "days_missing": "through までで、配信状況のない日数（データ欠損日数）。coverage を渡さなければ null",
    "delivered": "到達の件数",
    "delivered_count": "到達したメッセージの課金通数",
    "detail": "分かったこと（文）。HISTORY では JSON",
    "difference": "counts − statuses",
    "difference_to_budget": "actual − budget",
    "dimension": "区分がどの列のものか。carrier、sms_code、campaign、または all（全体）",
    "earlier": "それ以前の、そのコードの不達件数",
    "earlier_settled": "それ以前の確定件数",
    "end": "終了の日時（日本時間）",
    "estimate": "日本の一般的な文字数表による通数",
    "evidence": "chance のもとになった次のメッセージの件数",
    "excess": "見込みを超えた不達の件数（すべての理由）",
    "excess_failures": "異常による不達の件数。LOCATED では、その区分の前の不達率を超えた件数（前の確定が30件未満なら、値ごとの見込みを超えた件数）",
    "excess_high": "excess の95%信頼区間の上限",
    "excess_low": "excess の95%信頼区間の下限",
    "expected": "見込まれた不達の件数（すべての理由）",
    "expected_failures": "異常がなければ見込まれた不達の件数",
    "explained": "不達率の変化のうち、両期間の異常による分。比較がなければ null",
    "explained_high": "explained の95%信頼区間の上限",
    "explained_low": "explained の95%信頼区間の下限",
    "failed_after": "後の期間の不達件数",
    "failed_before": "前の期間の不達件数",
    "failed_count": "不達メッセージの課金通数。分からない取得元（DLR）では null",
    "failed_days": "その番号への不達があった日数",
    "failed_since": "最後に到達した後の連続不達回数",
    "failures": "異常の区分と時間帯の不達件数（すべて確定したものとして）",
    "fetched": "その日の行を問い合わせた日時。問い合わせていないか、ほかから得た日なら null",
    "final": "月のすべての日が揃い、すべての行に単価があるか",
    "final_days": "未確定が1%未満の日数",
    "first": "期間の最初の日",
    "first_day": "期間の最初の日。UNKNOWN_CODES ではそのコードが最初に現れた日",
    "first_failure": "最初の不達を受け取った日時",
    "fiscal_year": "年度（始まる年）",
    "forecast": "月末の課金通数の見込み",
    "forecast_used": "forecast / budget",
    "gross": "税込金額",
    "group_tag": "予約のまとまりの名前。なければ null",
    "growth": "最近の率 ÷ それ以前の率。以前になければ null",
    "high": "区間の上限。LOCATED では excess_failures の区間",
    "history": "その番号への最近のメッセージ（古い順）。日付と、結果または不達の理由",
    "hour": "配信結果を受け取った時（日本時間、0〜23）",
    "hours": "開始から終了までの時間数",
    "how_sure": "確かさ。likely 可能性が高い、possible 可能性がある",
    "incidents": "期間に見つかった異常の数",
    "intake": "追加した行の扱い。queued 追加、duplicate 重複、suppressed 配信停止、invalid 無効、repeat 同じ本文が別の名前でその番号を待っているか、最近送られた、"
    "doubtful 存在しない番号の可能性、held 広告の確認待ち",
    "invoice": "請求書の課金通数。その行がなければ null",
    "invoice_difference": "invoice − counts（counts がなければ statuses）",
    "invoice_reasons": "請求書と違う理由。可能性の高い順。一致すれば空",
    "is_final": "その日々のメッセージの未確定が1%未満か",
    "is_growing": "偶然のばらつきを超えて増えたか。すべてのコードをまとめて検定（誤検出率5%）",
    "is_over": "終わったか。データの終わりでまだ続いていれば false",
    "guards": "広告で満たされていない確認項目。opt-out link 配信停止リンク、sender 送信者名、consent 同意の記録、night 夜間",
    "kind": "キャンペーンの種類。advertisement 広告・宣伝、notice 連絡、one-time code 認証コード。INCIDENTS では仕込んだ異常の種類",
    "lag": "status_time − push_time",
    "last": "期間の最後の日",
    "last_category": "最後の不達の理由",
    "last_day": "期間の最後の日。UNKNOWN_CODES ではそのコードが最後に現れた日",
    "last_delivery": "最後に到達した日時。なければ null",
    "last_failure": "最後の不達を受け取った日時",
    "last_month": "その契約クライアントに課金通数があった最後の月。なければ null",
    "late_delivered_count": "delivered_count のうち、結果が送信の翌月以降に届いた分",
    "late_failed_count": "failed_count のうち、結果が送信の翌月以降に届いた分",
    "level": "区間に真の値が入るべき割合（0〜1）",
    "listed": "failure_module が表にあるキャリアの不達件数",
    "longest_seen": "その通数で課金された最も長いメッセージの文字数",
    "low": "区間の下限。LOCATED では excess_failures の区間",
    "median": "受付（または予約時刻）から結果までの秒数の中央値。到達と未確定のメッセージ",
    "message_length": "本文の文字数。PARTS では人が数える文字数、FEATURES では SMS の数え方（UTF-16。絵文字は 2）",
    "messages": "メッセージの件数（長さによらず1件）",
    "method": "日ごとの形を何から求めたか。statuses、snapshots、months（日数が足りない）",
    "months": "期間のうち、通数のある月数",
    "most_parts": "1件のメッセージの最大の通数。課金どおり、未確定なら一般的な文字数表による",
    "movement": "動き。up 増加、down 減少、started 前月なし、stopped 今月なし、silent どちらもなし",
    "net": "税抜金額（丸めた後）",
    "not_in_service_days": "最後に到達した後、「欠番・顧客都合」だった日数",
    "of": "何の原因か。incident 異常、located 変化の区分",
    "open": "送信待ち、送信中、未解決の件数",
    "over": "適用段階。その月のこの通数を超えた分からの単価",
    "owner": "対応者（codes.causes.OWNERS のどれか）",
    "p90": "同じく90パーセンタイル。未確定が多すぎて決まらなければ null",
    "p95": "同じく95パーセンタイル。未確定が多すぎて決まらなければ null",
    "p_value": "異常がなくてもこれ以上になる確率。LOCATED では調べたすべての区分を考慮",
    "parameters": "差し込み項目の名前",
    "parts": "課金通数。PARTS ではその長さの多くのメッセージの課金どおり、ほかでは推定",
    "period": "この期間か、比較する前の期間か",
    "period_of_year": "年度の中の四半期・半期・月の番号（1 から）",
    "place": "保存先の場所",
    "presence": "確定したメッセージのある期間。both 両方、before only 前だけ、after only 後だけ",
    "previous": "前月の separated_success_count。データになければ null",
    "problem": "単価が付かなかった理由、または留保。送信待ちにならなかった理由、番号についての注意。なければ null",
    "push_status_id": "通知された status_id",
    "push_time": "通知の中の日時",
    "quantity": "課金通数。契約によっては受付件数",
    "rate": "failed / listed",
    "rate_after": "failed_after / settled_after。確定がなければ null",
    "rate_before": "failed_before / settled_before。確定がなければ null",
    "rate_multiplier": "failures ÷ expected_failures。見込みが 0 なら null",
    "rate_part": "その区分の不達率の変化による分",
    "ratio": "failure_rate / usual_rate",
    "reached": "そのうち、その時間内に別のメッセージが届いた番号の数",
    "reached_at": "不達の後、同じ番号への次のメッセージが到達した日時。なければ null",
    "reason": "その対応の理由。その番号が配信停止になった理由。本文を読めなかった理由",
    "reasons": "通数と配信状況が違う理由。可能性の高い順。一致すれば空",
    "received_at": "通知を受信した日時",
    "recent": "データの最後の数日の、そのコードの不達件数",
    "recent_settled": "データの最後の数日の確定件数",
    "removed": "取り除いた、または番号を消した行・本文・記録の数",
    "rest": "変化の残り。explained と合わせて全体になります。比較がなければ null",
    "rest_high": "rest の95%信頼区間の上限",
    "rest_low": "rest の95%信頼区間の下限。キャンペーンのばらつきを含みます。区間に0を含めば統計的に有意ではありません",
    "result_code": "サービスの responseCode。0 は受付。応答がないうちは null",
    "row": "追加したデータフレームの行。CAUSES では異常または区分の行（0 から）",
    "rows": "アーカイブにあるその日または月の行数",
    "seen_end": "それらが報告された最後の日時（日本時間）",
    "seen_start": "増加分の95%が報告され始めた日時（日本時間）",
    "segment": "その列の値。複数なら au, docomo のように並べます。全体、または値が不明なら null",
    "sending_state": "送信の状態。queued 送信待ち、leaving 送信中（またはプロセス終了時に送信中だった）、accepted 受付済み、refused 受け付けられなかった、unsettled 未解決（次の送信で同じ clientTag により確認）、suppressed 配信停止、withdrawn 取り下げ",
    "sentence": "その行を、選んだ言語の文で表したもの",
    "settled_after": "後の期間の確定件数",
    "settled_at": "状態が最後に変わった日時。client の時計、client が関わらない場合はこのマシンの時計",
    "settled_before": "前の期間の確定件数",
    "share": "その契約クライアントの月に占める割合（0〜1）。その月に何もなければ null",
    "share_after": "後の期間の確定全体に占める割合",
    "share_before": "前の期間の確定全体に占める割合",
    "share_of_change": "変化全体に占める excess_failures の割合（1 まで）。全体が逆向きなら null",
    "share_of_month": "全契約クライアントの月に占める割合（0〜1）。その月に何もなければ null",
    "share_part": "構成比の変化による分（全体の不達率を基準）",
    "shortest_longer": "より多い通数で課金された次の長さ。なければ null。境目はこの間にあります",
    "since": "単価の適用開始日",
    "start": "開始の日時（日本時間）",
    "state": "アーカイブの日の状態。settled 確定、open 次の更新で問い合わせる、closed そのまま締めた、empty メッセージなし、missing 欠け、forgotten 削除済み",
    "status_time": "照会した配信状況の日時",
    "statuses": "その集計による、配信状況の課金通数。なければ null",
    "step": "対応。leave そのまま、expired 期限切れ、send again later 時間をおいて再送、use another channel 別の手段で連絡、drop the number 番号を除外、stop the list and clean it リストを止めてクリーニング、ask the vendor first 先に提供元へ確認、look into it 個別に調査",
    "store": "保存先の種類。archive、outbox、suppressions、answers、reports",
    "strength": "到達するはずだったメッセージが不達になった確率",
    "suppressed_on": "その番号が一覧に入るもとになった、配信停止の申し出・不達・回答の日",
    "sure": "agreeing / messages の95%信頼区間（Wilson）の下限",
    "taken": "通数のスナップショットを取った日時",
    "tax": "税額（丸めた後）",
    "tax_class": "税区分",
    "template": "本文の型。URL・日付・時刻・「様」の前の名前・数字を伏せたもの",
    "text": "摘要",
    "ticket": "対応者への問い合わせ文（そのまま使えます）。対応者がいなければ null",
    "title": "定型文の名前",
    "to_date": "年度の初めからの課金通数の累計。月が欠けていれば null",
    "to_do": "今すること（文）",
    "to_tell": "お客様への説明（文）",
    "total_after": "後の期間の全体の不達率。どの行も同じ",
    "total_before": "前の期間の全体の不達率。どの行も同じ",
    "tries": "それだけ待った後の、同じ番号への次のメッセージの件数",
    "unit": "割り振り先。部署、キャンペーン、定型文。どれでもないものは null",
    "unit_price": "1通の単価。単価表に税込とない限り税抜",
    "unpriced": "単価未設定の通数。税抜・税額・税込に含まれません",
    "untimed": "送信または結果の時刻が分からないか矛盾する、到達メッセージの件数",
    "url_host": "本文の最初の URL のホスト名。なければ null",
    "used": "actual / budget",
    "used_to_date": "actual_to_date / budget_to_date",
    "usual": "一般的な文字数表で、その通数になる最も長い文字数",
    "usual_rate": "その時間帯・区分で見込まれた不達率",
    "values": "その列の値（並べ替え済み）。全体なら空",
    "wait": "不達から次のメッセージの結果までの時間",
    "watched": "この時間の経過を確かめられるほど前の不達件数（認証コードを含む）",
    "weekday": "day の曜日（1 月曜〜7 日曜）",
    "what": "記録に対して行ったこと",
    "where": "区分。同じ列が2つあればどちらかの値、違う列ならすべて満たすもの。値は文字列、null は null",
    "why": "扱いの理由、または残っている理由。言うことがなければ null",
    "within": "不達からの時間。1h、24h、7d",
    "within_30s": "結果が30秒以内に届いた割合（到達と未確定のメッセージ）",
    "within_30s_high": "within_30s の95%信頼区間（Wilson）の上限",
    "within_30s_low": "within_30s の95%信頼区間（Wilson）の下限",
    "works": "使えるか",
    "year_before": "前年同月の separated_success_count。データになければ null",
    "year_change": "前年同月からの増減。どちらかの月が揃っていなければ null",
    "year_change_rate": "前年同月比の増減率（year_change / year_before）。year_before が 0 なら null",
}
"""The same in Japanese."""


def empty(schema: pl.Schema) -> pl.DataFrame:
    """Make a frame without rows."""
    return pl.DataFrame(schema=schema)


def check(frame: pl.DataFrame | pl.LazyFrame, schema: pl.Schema, name: str) -> None:
    """Make sure that a frame has the columns of a schema, more being allowed.

    Raises `InputError` that names what was expected and what was got.
    """
    from zrtools.errors import InputError
    from zrtools.texts import joined, said

    got = frame.collect_schema()
    wrong = [
        said("schemas.wrong", column=column, dtype=dtype, got=got[column])
        if column in got
        else said("schemas.no_column", column=column, dtype=dtype)
        for column, dtype in schema.items()
        if got.get(column) != dtype
    ]
    if wrong:
        raise InputError(said("schemas.frame", name=name, wrong=joined(wrong, "; ")))
