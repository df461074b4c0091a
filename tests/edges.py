"""Every public call with arguments that fit, and values that fit nowhere: what the sweep of edges is made of."""

from __future__ import annotations

import sqlite3
import warnings
from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl
from failures_frames import ODD, statuses

import zrtools as zr
from zrtools import schemas, watch
from zrtools.periods import TOKYO


def odd_values(frame: pl.DataFrame) -> dict[str, Any]:
    """Name values that people hand over by mistake."""
    import numpy as np
    import pandas as pd

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        pandas = frame.to_pandas()
    return {
        "None": None,
        "a float": 2.5,
        "NaN": float("nan"),
        "a negative number": -1,
        "a huge number": 10**400,
        "True": True,
        "an empty text": "",
        "blanks": "  ",
        "a word": "nonsense",
        "a long text": "x" * 5000,
        "a text with a null": "a\0b",
        "bytes": b"\xff\xfe",
        "an object": object(),
        "a function": len,
        "an empty list": [],
        "a list of numbers": [1, 2.5],
        "one name twice": ["carrier", "carrier"],
        "a list of None": [None],
        "a list of dicts": frame.head(2).to_dicts(),
        "a dict": {"a": 1},
        "a set": {"carrier"},
        "NaT": pd.NaT,
        "a date": date(2026, 10, 1),
        "a date far away": date(9999, 12, 31),
        "a time": datetime(2026, 10, 1, 12),
        "Decimal NaN": Decimal("NaN"),
        "an array": np.array([1, 2]),
        "a pandas frame": pandas,
        "a pandas series": pandas["carrier"],
        "an Arrow table": frame.to_arrow(),
        "a LazyFrame": frame.lazy(),
        "another frame": pl.DataFrame({"x": [1], "y": ["a"]}),
        "no columns": pl.DataFrame(),
        "all null": frame.with_columns(pl.lit(None).alias(c) for c in frame.columns),
        "all text": frame.with_columns(pl.all().cast(pl.String)),
        "a series": frame["carrier"],
        "an expression": pl.col("carrier"),
    }


class Given:
    """Arguments that fit, made once."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        days = [
            statuses(ODD).with_columns(
                send_date=pl.lit(date(2026, 10, n)),
                date_time=pl.lit(datetime(2026, 10, n, 12, tzinfo=TOKYO)).cast(schemas.TIME),
                client_tag=pl.lit(f"spring-{n:03d}"),
                separated_success_count=pl.lit(1, pl.Int32),
            )
            for n in (1, 2, 3)
        ]
        self.frame = pl.concat(days)
        self.client = zr.Client.sandbox(seed=3, messages_per_day=20, today="2026-10-20")
        self.counts = self.client.counts("2026-08", "2026-10", progress=False)
        self.prices = zr.usage.Prices(
            pl.DataFrame(
                [{"client_id": None, "carrier": None, "since": None, "over": 0, "unit_price": Decimal(10)}],
                schema=schemas.PRICES,
            )
        )
        self.costs = zr.usage.cost(self.counts, self.prices)
        self.bill = zr.usage.bill(self.costs, self.prices)
        self.settings = folder / "report.toml"
        self.settings.write_text('author = "one"\n', "utf-8")
        self.parts = zr.usage.fit_parts(self.frame)
        self.found = zr.failures.incidents(self.frame)
        self.comparison = zr.failures.compare(self.frame, self.frame, unsettled_days=True)
        self.reconciliation = zr.usage.reconcile(self.counts, self.frame)
        self.forecast = zr.usage.forecast(self.counts, today="2026-10-20")
        self.archive = zr.Archive(folder / "archive")
        self.archive.add(self.frame)
        self.outbox = zr.Outbox(folder / "outbox.sqlite")
        self.store = zr.receiver.Store(folder / "store")
        with self.store:
            self.store.add(b'{"eventNotifications": []}', "application/json").result(30)
        self.pushed = b'{"eventNotifications": [{"type": "DLR", "messageId": "1", "statusId": "2"}]}'
        self.suppressions = zr.Suppressions(folder / "stop.sqlite")
        self.messages = pl.DataFrame({"phone_number": ["+819012345678"], "message": ["hello"]})
        self.export = folder / "export.csv"
        self.export.write_text("day,number,status\n2026-10-01,09012345678,ok\n", "utf-8")
        self.names = folder / "names.csv"
        self.names.write_text("code,category\n999,ours\n", "utf-8")
        self.price_list = folder / "prices.csv"
        self.price_list.write_text("carrier,unit_price\n*,10\n", "utf-8")

    def close(self) -> None:
        """Let go of all that is open."""
        self.client.close()
        self.outbox.close()
        self.suppressions.close()


def calls(g: Given) -> dict[str, tuple[Callable[..., Any], dict[str, Any]]]:
    """Give every public call with arguments that fit; sends and files go where nobody is harmed."""
    out = g.folder / "out"
    out.mkdir(exist_ok=True)
    frame, counts = {"frame": g.frame}, {"counts_or_statuses": g.counts}
    row = {
        **dict.fromkeys(schemas.INCIDENTS),
        "dimension": "carrier",
        "segment": "au",
        "failure_category": "network",
        "start": datetime(2026, 10, 1, tzinfo=TOKYO),
        "end": datetime(2026, 10, 2, tzinfo=TOKYO),
        "excess": 1.0,
        "failure_rate": 0.1,
        "usual_rate": 0.1,
        "codes": "",
    }
    chart = zr.charts.failures(g.frame, lang="en")
    client, outbox, store, archive, stop = g.client, g.outbox, g.store, g.archive, g.suppressions
    table = zr.tables.load(g.export)
    outbox.add(g.messages.with_columns(client_tag=pl.lit("t")))

    def keep(body: Any, content_type: Any) -> None:
        with store:
            store.add(body, content_type).result(30)

    def cancel(client_tag: Any) -> None:
        if isinstance(client_tag, str) and client_tag == "reserved":
            client_tag = client.send(
                "09012345678", "hello", schedule_time=client.now() + timedelta(days=1)
            ).client_tag
        client.cancel(client_tag)

    def decide(client_tag: Any, accepted: Any, why: Any) -> None:
        with sqlite3.connect(outbox.path) as file:
            file.execute("update messages set sending_state = 'unsettled' where client_tag = 't'")
        file.close()
        outbox.decide(client_tag, accepted=accepted, why=why)

    def sandbox(**given: Any) -> None:
        zr.Client.sandbox(**given).close()

    def send_each(outgoing: Any, stopped: Any) -> None:
        # a function that is no question is the caller's own mistake
        list(client.send_each(outgoing, stopped=None if stopped is len else stopped))

    def remove_profile(name: Any) -> None:
        zr.client.save_profile("kept", token="t" * 32, client_id=1, keyring=False)
        zr.client.remove_profile(name)

    def record(proof: Any) -> None:
        zr.erasure.forget("2020-01-01", outbox=outbox, proof=out / "proof.sqlite")
        zr.erasure.record(proof)

    return {
        "failures.breakdown": (zr.failures.breakdown, {**frame, "by": ["carrier"], "cluster": "campaign"}),
        "failures.carrier_mismatch": (zr.failures.carrier_mismatch, frame),
        "failures.classify": (zr.classify, {**frame, "codes": {}}),
        "failures.compare": (
            zr.failures.compare,
            {
                "before": g.frame,
                "after": g.frame,
                "by": "carrier",
                "cluster": None,
                "unsettled_days": True,
                "lang": "en",
            },
        ),
        "failures.coverage": (zr.failures.coverage, {**frame, "start": "2026-10-01", "end": "2026-10-03"}),
        "failures.features": (zr.failures.features, {**frame, "campaign": "-"}),
        "failures.incidents": (
            zr.failures.incidents,
            {**frame, "history": g.frame, "min_excess": 80, "min_ratio": 2, "lang": "en"},
        ),
        "failures.watch_list": (
            zr.failures.watch_list,
            {**frame, "history": g.frame, "min_excess": 80, "min_ratio": 2, "lang": "en"},
        ),
        "failures.investigate": (
            zr.investigate,
            {
                "source": g.frame,
                "period": "2026-10-03",
                "compare_to": "2026-10-01",
                "min_excess": 80,
                "campaign": "-",
                "codes": {},
                "now": "2026-10-05 10:00",
                "keep_for": 48,
                "expires": {"spring": 24},
                "mask": True,
                "lang": "en",
            },
        ),
        "failures.locate": (
            zr.failures.locate,
            {
                "before": g.frame,
                "after": g.frame,
                "by": ["carrier"],
                "most": 2,
                "unsettled_days": True,
                "lang": "en",
                "explain": False,
            },
        ),
        "failures.numbers": (zr.failures.numbers, {**frame, "least": 1, "mask": True}),
        "failures.causes": (
            zr.failures.causes,
            {**frame, "found": g.found, "history": g.frame, "lang": "en", "mask": True},
        ),
        "failures.latency": (
            zr.failures.latency,
            {"sent": zr.schemas.empty(zr.schemas.SENT), "statuses": g.frame, "by": "carrier"},
        ),
        "failures.reached_later": (zr.failures.reached_later, {**frame, "by": ["carrier"]}),
        "failures.retry_evidence": (zr.failures.retry_evidence, frame),
        "failures.retry_plan": (
            zr.failures.retry_plan,
            {
                **frame,
                "now": "2026-10-05 10:00",
                "opted_out": ["+819000000001"],
                "hours": (9, 20),
                "on_rest_days": False,
                "keep_for": 48,
                "expires": {"spring": 24},
                "kinds": {"spring": "notice"},
                "incidents": g.found,
                "mask": True,
            },
        ),
        "failures.trend": (
            zr.failures.trend,
            {**frame, "every": "1d", "by": "carrier", "cluster": "campaign"},
        ),
        "failures.unknown_codes": (zr.failures.unknown_codes, {**frame, "recent_days": 2}),
        "usage.Prices": (
            zr.usage.Prices,
            {
                "table": g.prices.table,
                "tax_rate": Decimal("0.1"),
                "decimals": 0,
                "plan": "delivered",
                "tiers": "each",
                "rounding": "down",
                "tax_included": False,
                "source": "prices.csv",
                "bill_by": "client",
                "tier_by": "carrier",
            },
        ),
        "usage.Prices.on": (g.prices.on, {"day": date(2026, 10, 1), "client_id": None}),
        "reports.Handover.for_client": (zr.reports.Handover(addressee="ours").for_client, {"client_id": "1"}),
        "usage.bill": (
            zr.usage.bill,
            {"costs": g.costs, "prices": g.prices, "whole": zr.usage.monthly(g.counts)},
        ),
        "usage.cost": (
            zr.usage.cost,
            {**counts, "prices": g.prices, "clients": {"1": "one"}, "closing_day": None},
        ),
        "usage.daily": (zr.usage.daily, {"statuses": g.frame}),
        "usage.fit_parts": (zr.usage.fit_parts, {"statuses": g.frame}),
        "usage.forecast": (
            zr.usage.forecast,
            {"counts": g.counts, "statuses": g.frame, "today": "2026-10-20", "level": 0.8},
        ),
        "usage.accounting": (
            zr.usage.accounting,
            {
                "bill": g.bill,
                "path": out / "entries.csv",
                "account": "通信費",
                "tax_class": "課税仕入10%",
                "text": "{month}",
                "columns": {"date": "日付"},
                "encoding": "cp932",
                "closing_day": None,
                "dated": None,
            },
        ),
        "usage.allocate": (
            zr.usage.allocate,
            {"statuses": g.frame, "by": "campaign", "prices": g.prices, "bill": None, "separator": None},
        ),
        "usage.budget": (
            zr.usage.budget,
            {"actual": g.counts, "planned": 5, "forecast": g.forecast, "begins": 4},
        ),
        "usage.fiscal": (zr.usage.fiscal, {**counts, "by": "half", "begins": 4, "clients": None}),
        "usage.movers": (zr.usage.movers, {**counts, "month": "2026-09", "clients": None, "least": 0.2}),
        "usage.increments": (
            zr.usage.increments,
            {
                "history": g.counts.with_columns(
                    taken=pl.lit(datetime(2026, 10, 20, tzinfo=TOKYO)).cast(schemas.TIME)
                )
            },
        ),
        "usage.monthly": (
            zr.usage.monthly,
            {
                **counts,
                "clients": {"1": "one"},
                "basis": "delivered",
                "through": "2026-10-20",
                "closing_day": None,
            },
        ),
        "usage.part_limits": (zr.usage.part_limits, {"parts": g.parts}),
        "usage.pivot": (
            zr.usage.pivot,
            {
                **counts,
                "rows": "month",
                "columns": "carrier",
                "values": "share",
                "totals": True,
                "clients": None,
            },
        ),
        "usage.read_clients": (
            zr.usage.read_clients,
            {
                "sheet": None,
                "header": 1,
                "path": g.export,
                "columns": {"client_id": "day", "client": "number"},
            },
        ),
        "usage.read_invoice": (
            zr.usage.read_invoice,
            {
                "sheet": None,
                "header": 1,
                "path": g.export,
                "columns": {"month": "day", "quantity": "number"},
                "carriers": None,
            },
        ),
        "usage.read_prices": (zr.usage.read_prices, {"path": g.price_list, "sheet": None, "header": 1}),
        "usage.reconcile": (
            zr.usage.reconcile,
            {
                "counts": g.counts,
                "statuses": g.frame,
                "invoice": None,
                "coverage": [date(2026, 10, 1)],
                "tolerance": 0,
                "client_id": None,
                "basis": "delivered",
            },
        ),
        "charts.contributions": (
            zr.charts.contributions,
            {"comparison": g.comparison, "most": 3, "lang": "en"},
        ),
        "charts.failures": (zr.charts.failures, {**frame, "lang": "en"}),
        "charts.failures_by_carrier": (zr.charts.failures_by_carrier, {**frame, "every": "1d", "lang": "en"}),
        "charts.failures_over_time": (zr.charts.failures_over_time, {**frame, "every": "1d", "lang": "en"}),
        "charts.incident": (zr.charts.incident, {**frame, "row": row, "lang": "en"}),
        "charts.incidents": (
            zr.charts.incidents,
            {**frame, "found": g.found, "named": True, "lang": "en"},
        ),
        "charts.latency": (zr.charts.latency, {"found": zr.schemas.empty(zr.schemas.LATENCY), "lang": "en"}),
        "charts.located": (zr.charts.located, {"found": zr.schemas.empty(zr.schemas.LOCATED), "lang": "en"}),
        "charts.save": (zr.charts.save, {"chart": chart, "path": out / "a.svg", "scale": 1.0}),
        "charts.svg": (zr.charts.svg, {"chart": chart}),
        "charts.usage_forecast": (zr.charts.usage_forecast, {"forecast": g.forecast, **counts, "lang": "en"}),
        "charts.usage_gaps": (zr.charts.usage_gaps, {"reconciliation": g.reconciliation, "lang": "en"}),
        "charts.usage_months": (zr.charts.usage_months, {**counts, "lang": "en"}),
        "charts.usage_shares": (zr.charts.usage_shares, {**counts, "lang": "en"}),
        "charts.use": (zr.charts.use, {"renderer": "svg", "font_folder": out}),
        "reports.failures": (
            zr.reports.failures,
            {
                "source": g.frame,
                "path": out / "a.html",
                "period": "2026-10-03",
                "compare_to": False,
                "min_excess": 80,
                "campaign": "-",
                "codes": {},
                "now": "2026-10-05 10:00",
                "keep_for": 48,
                "expires": {"spring": 24},
                "lang": "en",
            },
        ),
        "reports.usage": (
            zr.reports.usage,
            {
                "counts": g.counts,
                "path": out / "a.xlsx",
                "month": "2026-09",
                "months": 2,
                "statuses": g.frame,
                "coverage": [date(2026, 9, 1)],
                "prices": g.prices,
                "invoice": None,
                "invoice_columns": None,
                "clients": {"1": "one"},
                "client_id": None,
                "statuses_of": None,
                "settings": g.settings,
                "tolerance": 0,
                "today": "2026-10-20",
                "lang": "en",
            },
        ),
        "reports.read_handover": (zr.reports.read_handover, {"path": g.settings}),
        "reports.usage_each": (
            zr.reports.usage_each,
            {
                "counts": g.counts,
                "folder": out / "each",
                "formats": ["xlsx"],
                "month": "2026-09",
                "months": 2,
                "statuses": None,
                "statuses_of": None,
                "prices": g.prices,
                "clients": None,
                "settings": None,
                "today": "2026-10-20",
                "lang": "en",
            },
        ),
        "forms.campaign": (
            zr.forms.campaign,
            {
                "client": client,
                "frame": g.messages,
                "outbox": out / "o.sqlite",
                "column": "phone_number",
                "name": "c",
                "template": "t",
                "schedule_time": "2030-01-01 09:00",
                "group_tag": None,
                "prices": 10,
                "type_above": 10,
                "by": "me",
                "kind": "notice",
                "sender": "zrtools",
                "consent": pl.DataFrame({"phone_number": [], "date": [], "source": []}),
                "lang": "en",
            },
        ),
        "forms.clean": (
            zr.forms.clean,
            {"client": client, "store": out / "c.sqlite", "price": 3, "lang": "en"},
        ),
        "forms.connect": (zr.forms.connect, {"base_url": "http://127.0.0.1:1", "lang": "en"}),
        "forms.failures": (
            zr.forms.failures,
            {
                "source": g.frame,
                "start": "2026-10-01",
                "end": "2026-10-02",
                "campaign": "-",
                "codes": {},
                "lang": "en",
            },
        ),
        "forms.reservations": (zr.forms.reservations, {"client": client, "lang": "en"}),
        "forms.send": (
            zr.forms.send,
            {
                "client": client,
                "template": "t",
                "schedule_time": "2030-01-01 09:00",
                "group_tag": None,
                "lang": "en",
            },
        ),
        "archive.Archive": (
            zr.Archive,
            {
                "path": out / "archive",
                "numbers": "plain",
                "messages": True,
                "rawdata": False,
                "key": None,
                "storage_options": {},
                "settle_after": 2,
                "close_after": 14,
            },
        ),
        "archive.Archive.add": (archive.add, {**frame, "force": False}),
        "archive.Archive.days": (archive.days, {"start": "2026-10-01", "end": "2026-10-02"}),
        "archive.Archive.files": (archive.files, {"start": "2026-10-01", "end": "2026-10-02"}),
        "archive.Archive.forget": (archive.forget, {"before": "2020-01-01"}),
        "archive.Archive.scan": (archive.scan, {"start": "2026-10-01", "end": "2026-10-02"}),
        "archive.Archive.sync": (
            archive.sync,
            {"client": client, "start": "2026-10-18", "end": "2026-10-19", "force": False, "progress": False},
        ),
        "archive.Archive.sync_counts": (
            archive.sync_counts,
            {
                "client": client,
                "start": "2026-09",
                "end": "2026-09",
                "client_id": None,
                "force": False,
                "progress": False,
            },
        ),
        "archive.read_export": (
            zr.archive.read_export,
            {
                "sheet": None,
                "header": 1,
                "path": g.export,
                "columns": {"send_date": "day", "phone_number": "number", "status_id": "status"},
                "encoding": "utf-8",
                "statuses": {"ok": 2},
            },
        ),
        "archive.Archive.erase": (archive.erase, {"number": "09000000000"}),
        "receiver.Store": (zr.receiver.Store, {"path": out / "store", "log_bytes": 1000}),
        "receiver.Store.add": (keep, {"body": g.pushed, "content_type": "application/json"}),
        "receiver.Store.erase": (store.erase, {"number": "+819000000000"}),
        "receiver.Store.forget": (store.forget, {"before": "2020-01-01"}),
        "receiver.Store.join": (store.join, {"statuses": g.frame}),
        "receiver.Store.scan": (store.scan, {"start": "2026-10-01", "end": "2026-10-02", "received": True}),
        "receiver.app": (
            zr.receiver.app,
            {
                "per_address": 4,
                "store": store,
                "path": "/",
                "addresses": ["127.0.0.1"],
                "username": "a",
                "password": "b" * 12,
                "limit": 1000,
                "patience": 8.0,
            },
        ),
        "dlr.parse": (zr.dlr.parse, {"body": g.pushed, "content_type": "application/json"}),
        "dlr.records": (zr.dlr.records, {"body": g.pushed, "content_type": "application/json"}),
        "dlr.frame": (zr.dlr.frame, {"reports": []}),
        "dlr.odd": (zr.dlr.odd, {"reports": []}),
        "outbox.Outbox": (zr.Outbox, {"path": out / "p.sqlite", "suppressions": None, "night": (21, 8)}),
        "outbox.Outbox.add": (
            outbox.add,
            {
                "frame": g.messages,
                "campaign": "c",
                "template": None,
                "schedule_time": None,
                "group_tag": None,
                "skip_invalid": False,
                "unsendable": "refuse",
                "doubtful": "leave out",
                "kind": "advertisement",
                "sender": "zrtools",
                "consent": pl.DataFrame({"phone_number": [], "date": [], "source": []}),
                "despite": {"opt-out link": "told", "sender": "told", "consent": "told"},
                "sent_since": None,
                "dry_run": True,
                "lang": "en",
            },
        ),
        "outbox.Outbox.cap": (outbox.cap, {"per_day": 10, "per_campaign": None, "by": "me"}),
        "outbox.Outbox.confirmed": (
            outbox.confirmed,
            {"campaign": "c", "by": "me", "what": {"messages": 1}},
        ),
        "outbox.Outbox.room": (outbox.room, {"campaign": "c", "client": client}),
        "outbox.Outbox.cancel_suppressed": (
            outbox.cancel_suppressed,
            {"client": client, "campaign": "c", "progress": False},
        ),
        "outbox.Outbox.copy": (outbox.copy, {"to": out / "copy.sqlite"}),
        "outbox.Outbox.erase": (outbox.erase, {"number": "09000000000"}),
        "outbox.Outbox.forget": (outbox.forget, {"before": "2020-01-01"}),
        "outbox.Outbox.suppressed_reservations": (
            outbox.suppressed_reservations,
            {"client": client, "campaign": "c"},
        ),
        "outbox.Outbox.campaigns": (outbox.campaigns, {"numbers": ["09012345678"]}),
        "outbox.Outbox.counts": (outbox.counts, {"campaign": "c"}),
        "outbox.Outbox.decide": (decide, {"client_tag": "t", "accepted": True, "why": "told"}),
        "outbox.Outbox.frame": (outbox.frame, {"campaign": "c"}),
        "outbox.Outbox.override": (outbox.override, {"numbers": ["09012345678"], "why": "told"}),
        "outbox.Outbox.preview": (outbox.preview, {"prices": 10, "campaign": "c", "client_id": None}),
        "outbox.Outbox.send": (
            outbox.send,
            {
                "client": client,
                "campaign": "c",
                "stop": None,
                "despite": {"night": "told"},
                "progress": False,
            },
        ),
        "outbox.Outbox.settle": (outbox.settle, {"client": client}),
        "outbox.Outbox.status": (outbox.status, {"source": g.frame, "campaign": "c"}),
        "outbox.Outbox.withdraw": (outbox.withdraw, {"campaign": "c"}),
        "outbox.Suppressions": (zr.Suppressions, {"path": out / "s.sqlite"}),
        "outbox.Suppressions.copy": (stop.copy, {"to": out / "stop.sqlite"}),
        "outbox.Suppressions.erase": (stop.erase, {"number": "09000000000"}),
        "outbox.Suppressions.forget": (stop.forget, {"before": "2020-01-01"}),
        "outbox.Suppressions.add": (
            stop.add,
            {"numbers": ["09012345678"], "reason": "asked", "date": "2026-10-01", "skip_invalid": False},
        ),
        "outbox.Suppressions.among": (stop.among, {"numbers": ["09012345678"]}),
        "outbox.Suppressions.remove": (stop.remove, {"numbers": ["09012345678"], "why": "asked"}),
        "client.Client": (
            zr.Client,
            {
                "token": "t" * 32,
                "client_id": 1,
                "sms_code": 12345,
                "base_url": "http://127.0.0.1:1",
                "timeout": 1.0,
                "pace": 10.0,
                "at_once": 2,
                "now": None,
                "answer_limit": 1 << 20,
                "profile": None,
            },
        ),
        "client.Client.cancel": (cancel, {"client_tag": "reserved"}),
        "client.Client.cancel_all": (
            client.cancel_all,
            {"start": "2026-10-18", "end": "2026-10-19", "group_tag": "none", "everything": False},
        ),
        "client.Client.sandbox": (
            sandbox,
            {
                "seed": 1,
                "today": "2026-10-01",
                "messages_per_day": 5,
                "timeout": 5.0,
                "pace": None,
                "at_once": 2,
                "months": 1,
            },
        ),
        "client.Client.replace_token": (g.client.replace_token, {"token": g.client.embedded.token}),
        "client.Client.send_each": (send_each, {"outgoing": [], "stopped": None}),
        "client.Client.support_report": (client.support_report, {"lang": "en"}),
        "client.remove_profile": (remove_profile, {"name": "kept"}),
        "client.save_profile": (
            zr.client.save_profile,
            {
                "name": "kept",
                "token": "t" * 32,
                "client_id": 1,
                "sms_code": 12345,
                "base_url": None,
                "keyring": False,
            },
        ),
        "client.Client.check": (client.check, {"lang": "en"}),
        "client.Client.clean": (
            client.clean,
            {
                "numbers": ["09012345678"],
                "reference_date": "2026-10-01",
                "max_requests": 2,
                "store": None,
                "doubtful": "take",
                "progress": False,
                "lang": "en",
                "stop": None,
            },
        ),
        "client.Client.counts": (
            client.counts,
            {"start": "2026-09", "end": "2026-09", "client_id": None, "progress": False},
        ),
        "client.Client.reservations": (
            client.reservations,
            {
                "start": "2026-10-18",
                "end": "2026-10-19",
                "schedule_time": None,
                "client_tag": None,
                "group_tag": None,
            },
        ),
        "client.Client.send": (
            client.send,
            {
                "phone_number": "09012345678",
                "message": "hello",
                "client_tag": None,
                "carrier_id": None,
                "schedule_time": None,
                "group_tag": None,
            },
        ),
        "client.Client.shorten": (
            client.shorten,
            {"long_url": "https://example.com/", "name": None, "domain": None},
        ),
        "client.Client.status": (
            client.status,
            {
                "start": "2026-10-18",
                "end": "2026-10-18",
                "client_tag": None,
                "rawdata": False,
                "progress": False,
                "exact": True,
            },
        ),
        "client.Outgoing": (
            zr.client.Outgoing,
            {
                "phone_number": "09012345678",
                "message": "hello",
                "client_tag": "t",
                "carrier_id": None,
                "schedule_time": None,
                "group_tag": None,
                "repeat": False,
            },
        ),
        "phones.as_text": (zr.phones.as_text, {"numbers": ["09012345678"]}),
        "phones.normalise": (zr.phones.normalise, {"number": "09012345678"}),
        "phones.normalised": (zr.phones.normalised, {"numbers": "phone_number"}),
        "phones.problem": (zr.phones.problem, {"numbers": "phone_number", "lang": "en"}),
        "phones.remark": (zr.phones.remark, {"numbers": "phone_number", "lang": "en"}),
        "messages.lint": (zr.messages.lint, {"text": "hello"}),
        "messages.check": (zr.messages.check, {"message": "hello"}),
        "messages.render": (
            zr.messages.render,
            {
                "template": "hello {{name%}}",
                "values": {"name": "x"},
                "allow_blank": False,
                "missing": "refuse",
            },
        ),
        "messages.parts": (zr.messages.parts, {"text": "hello"}),
        "messages.parts_of_length": (zr.messages.parts_of_length, {"length": 70}),
        "messages.fields": (zr.messages.fields, {"template": "hello {{name%}}"}),
        "messages.mended": (zr.messages.mended, {"text": "hello", "names": False}),
        "privacy.mask": (
            zr.mask,
            {"value": g.frame, "columns": ["client_tag"], "messages": "masked", "keep": []},
        ),
        "privacy.touched": (
            zr.privacy.touched,
            {"frame": g.frame, "columns": [], "messages": "masked", "keep": []},
        ),
        "privacy.mask_text": (zr.privacy.mask_text, {"text": "09012345678"}),
        "privacy.mask_within": (zr.privacy.mask_within, {"expr": pl.col("message")}),
        "privacy.hashed": (zr.privacy.hashed, {"value": g.frame, "key": b"k" * 32}),
        "display.show": (zr.show, {"frame": g.frame, "lang": "en", "most": 3}),
        "tables.read": (
            zr.tables.read,
            {
                "source": g.export,
                "name": None,
                "encoding": "utf-8",
                "sheet": None,
                "header": None,
                "hidden_rows": False,
                "empty": False,
            },
        ),
        "tables.load": (
            zr.tables.load,
            {
                "source": g.export,
                "name": None,
                "encoding": "utf-8",
                "sheet": None,
                "header": None,
                "hidden_rows": False,
                "empty": False,
            },
        ),
        "tables.write": (
            zr.tables.write,
            {"frame": g.frame, "path": out / "a.csv", "encoding": "utf-8", "defuse": True},
        ),
        "tables.as_csv": (zr.tables.as_csv, {"frame": g.frame, "encoding": "utf-8", "defuse": True}),
        "tables.as_excel": (
            zr.tables.as_excel,
            {"frame": g.frame.drop("rawdata", strict=False), "sheet": "a"},
        ),
        "tables.decode": (zr.tables.decode, {"body": b"a,b", "name": "a.csv", "encoding": None}),
        "codes.read": (zr.codes.read, {"path": g.names, "sheet": None, "header": 1}),
        "periods.day": (zr.periods.day, {"value": "2026-10-01", "name": "value"}),
        "periods.days": (zr.periods.days, {"start": "2026-10-01", "end": "2026-10-02"}),
        "periods.just_before": (
            zr.periods.just_before,
            {"first": date(2026, 10, 1), "last": date(2026, 10, 2)},
        ),
        "periods.month_end": (zr.periods.month_end, {"first": date(2026, 10, 1)}),
        "periods.months_before": (zr.periods.months_before, {"first": date(2026, 10, 1), "count": 2}),
        "periods.month": (zr.periods.month, {"value": "2026-10", "name": "value"}),
        "periods.months": (zr.periods.months, {"start": "2026-10", "end": "2026-11"}),
        "periods.time": (zr.periods.time, {"value": "2026-10-01 10:00", "name": "value"}),
        "erasure.erase": (
            zr.erase,
            {
                "number": "09000000000",
                "archive": archive,
                "outbox": outbox,
                "suppressions": stop,
                "answers": None,
                "reports": None,
                "proof": None,
                "key": b"k" * 32,
            },
        ),
        "erasure.forget": (
            zr.erasure.forget,
            {
                "before": "2020-01-01",
                "days": None,
                "archive": None,
                "outbox": outbox,
                "suppressions": None,
                "answers": None,
                "reports": None,
                "proof": out / "proof.sqlite",
            },
        ),
        "erasure.record": (record, {"proof": out / "proof.sqlite"}),
        "tables.Table.find": (table.find, {"name": "day"}),
        "tables.Table.headed": (table.headed, {"name": "day"}),
        "tables.Table.line": (table.line, {"row": 0}),
        "tables.Table.place": (table.place, {"row": 0}),
        "outbox.Preview.rows": (outbox.preview().rows, {"lang": "en"}),
        "messages.Problem.words": (zr.messages.lint("😀").problems[0].words, {"lang": "en"}),
        "sandbox.Sandbox": (
            zr.sandbox.Sandbox,
            {
                "seed": 1,
                "today": date(2026, 10, 1),
                "messages_per_day": 5,
                "months": 1,
                "port": 0,
                "incidents": True,
                "quota": None,
                "settle_after": 2.0,
                "counts_follow": "settled",
                "counts_off": None,
                "dlr_url": None,
                "dlr_format": "json",
                "dlr_retry": 1.0,
                "domain": None,
            },
        ),
        **watching(g),
    }


def watching(g: Given) -> dict[str, tuple[Callable[..., Any], dict[str, Any]]]:
    """Give the calls of the watch."""
    now, place = datetime(2026, 10, 4, 10, tzinfo=TOKYO), g.folder / "watch.sqlite"
    state = watch.State(place)
    digest = state.record([], now, "en", looked=True) or watch.Digest("1", "", "daily", "nothing", "en")
    look = {"archive": g.archive, "now": now}

    def alone(**arguments: Any) -> None:
        with watch.alone(**arguments):
            pass

    return {
        "watch.Digest.read": (watch.Digest.read, {"text": digest.kept(), "again": False}),
        "watch.State": (watch.State, {"path": place}),
        "watch.State.record": (
            state.record,
            {"found": [], "now": now, "lang": "en", "looked": True, "targets": ["program"]},
        ),
        "watch.State.record_week": (
            state.record_week,
            {"now": now, "lines": ["said"], "found": [], "lang": "en", "targets": []},
        ),
        "watch.State.has_week": (state.has_week, {"now": now}),
        "watch.State.is_delivered": (state.is_delivered, {"digest": digest, "target": "program"}),
        "watch.State.delivered": (state.delivered, {"digest": digest, "target": "program"}),
        "watch.State.done": (state.done, {"digest": digest}),
        "watch.alone": (alone, {"path": place, "patience": 0.0, "waiting": list}),
        "watch.look": (
            watch.look,
            {**look, "since": date(2026, 10, 3), "store": g.store, "min_excess": 5.0, "lang": "en"},
        ),
        "watch.weekly": (watch.weekly, {**look, "lang": "en"}),
        "watch.go_round": (
            lambda **arguments: watch.go_round(sync=None, **arguments),
            {
                **look,
                "state": state,
                "store": g.store,
                "show": None,
                "out": [],
                "program": None,
                "min_excess": None,
                "of_week": False,
                "lang": "en",
            },
        ),
    }
