"""The server for assistants: what it answers is what Python answers, masked, bounded, and never an order."""

from __future__ import annotations

import json
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import anyio
import polars as pl
import pytest
from assistant_lab import BEFORE, ORDERS, PERIOD, Asking, asking, fill, random_call, texts, wrong
from mcp import Client

import zrtools as zr
from zrtools import assistant
from zrtools.assistant import guides

# they share an archive and a server
pytestmark = pytest.mark.slow
DAYS = tuple(PERIOD.split("/"))
PAST = tuple(BEFORE.split("/"))
PRICES = 'plan = "delivered"\n[[price]]\ncarrier = "*"\nunit_price = "8.5"\n'


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Keep the archive that all tests ask about, and a price file and names of clients beside it."""
    folder = tmp_path_factory.mktemp("asked")
    fill(folder / "archive")
    clients = zr.Archive(folder / "archive").counts()["client_id"].unique()
    names = pl.DataFrame({"client_id": clients, "client": [ORDERS[0]] * clients.len()})
    (folder / "clients.csv").write_bytes(zr.tables.as_csv(names))
    (folder / "prices.toml").write_text(PRICES, "utf-8")
    return folder / "archive"


@pytest.fixture(scope="module")
def archive(place: Path) -> zr.Archive:
    """Open the same archive in this process."""
    return zr.Archive(place)


@pytest.fixture(scope="module")
def asked(place: Path) -> Iterator[Asking]:
    """Serve it over pipes, to the SDK's own client."""
    beside = place.parent
    options = ("--prices", str(beside / "prices.toml"), "--clients", str(beside / "clients.csv"))
    with asking(place, *options, ZRTOOLS_TOKEN="s3cr3ttokens3cr3ttokens3cr3ttoken") as server:
        yield server


@pytest.fixture(scope="module")
def every(asked: Asking) -> dict[str, dict[str, Any]]:
    """Ask each tool once."""
    calls: dict[str, tuple[str, dict[str, Any]]] = {
        "coverage": ("archive_coverage", {"rows": 200}),
        "breakdown": ("failure_breakdown", {"period": PERIOD, "rows": 200}),
        "campaigns": ("failure_breakdown", {"period": PERIOD, "by": ["campaign"], "rows": 200}),
        "templates": ("failure_breakdown", {"period": PERIOD, "by": ["template"], "rows": 200}),
        "trend": ("failure_trend", {"period": PERIOD, "by": ["carrier"], "rows": 200}),
        "incidents": ("failure_incidents", {"period": PERIOD, "history_days": 7}),
        "investigate": ("investigate", {"period": PERIOD, "compare_to": BEFORE}),
        "locate": ("locate_change", {"before": BEFORE, "after": PERIOD, "by": ["carrier", "campaign"]}),
        "plan": ("retry_plan", {"period": PERIOD}),
        "unknown": ("unknown_codes", {"period": PERIOD}),
        "codes": ("code_dictionary", {}),
        "months": ("monthly_usage", {"rows": 200}),
        "reconcile": ("reconcile_usage", {"rows": 200}),
        "forecast": ("forecast_usage", {}),
        "cost": ("usage_cost", {"rows": 200}),
        "text": ("check_text", {"text": f"{ORDERS[0]} ① https://example.jp"}),
    }
    return {key: asked.answer(name, **given) for key, (name, given) in calls.items()}


def named(group: list[dict[str, Any]]) -> list[Any]:
    """Give the values of a group."""
    return [value["text"] for value in group]


def seen(text: str | None) -> str | None:
    """Write a value as an answer does: masked, cut, nothing invisible. Written anew, to be compared."""
    if text is None:
        return None
    text = zr.privacy.mask_text(text)
    text = text if len(text) <= 160 else text[:159] + "…"
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


def pooled(rows: list[dict[str, Any]], size: Callable[[dict[str, Any]], int]) -> list[dict[str, Any]]:
    """Leave out what is pooled: groups under 5, and the next smallest while those come to under 5. Written anew."""
    order = sorted((n for n, row in enumerate(rows) if size(row) > 0), key=lambda n: (size(rows[n]), n))
    hidden: list[int] = []
    for n in order:
        small = any(size(rows[m]) < 5 for m in order)
        if size(rows[n]) < 5 or (small and sum(size(rows[m]) for m in hidden) < 5):
            hidden.append(n)
    return [row for n, row in enumerate(rows) if n not in hidden]


def figures(row: dict[str, Any], *columns: str) -> list[Any]:
    """Give figures as an answer does, to six digits."""
    return [float(f"{row[c]:.6g}") if isinstance(row[c], float) else row[c] for c in columns]


def rated(row: dict[str, Any]) -> tuple[Any, ...]:
    """Give a rate of the library as a rate of an answer reads."""
    return tuple(figures(row, "failed", "settled", "failure_rate", "rate_low", "rate_high"))


def told(rate: dict[str, Any]) -> tuple[Any, ...]:
    """Give a rate of an answer."""
    return rate["failed"], rate["settled"], rate["rate"], rate["low"], rate["high"]


def test_server_says_what_it_is_and_types_every_tool(asked: Asking) -> None:
    """Initialise and list: instructions, input and output of each tool, and that none of them acts."""
    assert asked.client.server_info.name == "zrtools"
    assert "95% interval" in asked.client.instructions
    tools = asked.portal.call(asked.client.list_tools).tools
    assert {tool.name for tool in tools} == {t.name for t in assistant.TOOLS} - {"draft_resend_list"}
    for tool in tools:
        assert tool.annotations.read_only_hint
        assert not tool.annotations.open_world_hint
        assert tool.input_schema["additionalProperties"] is False
        assert {"said", "time_zone", "cut", "pooled", "names", "next"} <= set(
            tool.output_schema["required"]
        ) | {"time_zone"}
    rates = [tool.output_schema["$defs"]["Rate"] for tool in tools if "Rate" in tool.output_schema["$defs"]]
    assert len(rates) > 8
    # who reads a rate is given its interval, whether it was asked for or not
    assert all({"rate", "low", "high", "within_chance"} <= set(rate["required"]) for rate in rates)


@pytest.mark.parametrize(
    ("key", "by", "reasons"),
    [
        ("breakdown", ["carrier", "failure_category"], True),
        ("campaigns", ["campaign"], False),
        ("templates", ["template"], False),
    ],
)
def test_breakdown_is_what_python_gives(
    every: dict[str, Any], archive: zr.Archive, key: str, by: list[str], reasons: bool
) -> None:
    """Each cell of a breakdown is that of `failures.breakdown`, after the same masking, cutting and pooling."""
    cluster = None if by == ["campaign"] else "campaign"
    frame = zr.failures.breakdown(archive.scan(*DAYS), by, cluster=cluster)
    size = (lambda r: r["failed"]) if reasons else (lambda r: r["settled"] + r["pending"])
    rows = pooled(frame.to_dicts(), size)
    answer = every[key]
    assert answer["rows_in_all"] == len(rows)
    shown = answer["rows"]
    assert 0 < len(shown) <= 200
    for mine, row in zip(shown, rows, strict=False):
        assert named(mine["group"]) == [seen(row[column]) for column in by]
        assert told(mine["failures"]) == rated(row)
        rest = ("share_of_failures", "numbers", "pending", "few_clusters")
        assert [mine[c] for c in rest] == figures(row, *rest)
    assert len(shown) == len(rows) or any("rows" in said for said in answer["cut"])
    if len(rows) < frame.height:
        assert answer["pooled"]["groups"] == frame.height - len(rows)
    whole = zr.failures.breakdown(archive.scan(*DAYS), [], cluster="campaign").row(0, named=True)
    assert told(answer["overall"]) == rated(whole)


def test_trend_coverage_plan_and_codes_are_what_python_gives(
    every: dict[str, Any], archive: zr.Archive
) -> None:
    """The same for the other frames of failures."""
    trend = zr.failures.trend(archive.scan(*DAYS), "1d", "carrier", cluster="campaign").to_dicts()
    rows = pooled(trend, lambda r: r["settled"] + r["pending"])
    assert [
        (r["start"][:10], named(r["group"])[0], *told(r["failures"])) for r in every["trend"]["rows"]
    ] == [(str(row["start"].date()), row["carrier"], *rated(row)) for row in rows]
    days = archive.days().sort("send_date", descending=True)
    assert [(r["day"], r["state"], r["messages"], r["pending"]) for r in every["coverage"]["rows"]] == [
        (str(day), state, n, pending)
        for day, state, n, pending in days.select("send_date", "state", "rows", "pending").iter_rows()
    ]
    until = date.fromisoformat(DAYS[1]) + timedelta(7)
    plan = zr.failures.retry_plan(archive.scan(DAYS[0], until)).filter(
        pl.col("send_date") <= date.fromisoformat(DAYS[1])
    )
    steps = plan.group_by("step", "reason").agg(n=pl.len(), people=pl.col("phone_number").n_unique())
    rows = pooled(steps.to_dicts(), lambda r: r["n"])
    assert {(r["step"], r["reason"], r["messages"], r["numbers"]) for r in every["plan"]["rows"]} == {
        (r["step"], r["reason"], r["n"], r["people"]) for r in rows
    }
    unknown = pooled(zr.failures.unknown_codes(archive.scan(*DAYS)).to_dicts(), lambda r: r["failed"])
    assert unknown
    assert [
        (r["code"]["text"], r["failed"], r["p_value"], r["is_growing"]) for r in every["unknown"]["rows"]
    ] == [(seen(r["detailed_status_id"]), r["failed"], r["p_value"], r["is_growing"]) for r in unknown]
    labels = {(r["code"], r["name"]): r["label_ja"] for r in every["codes"]["rows"] if r["kind"] == "failure"}
    assert labels[("721", "congestion")] == zr.codes.CATEGORIES["721"].label.ja


def test_findings_are_what_python_gives_with_names_for_strangers_words(
    every: dict[str, Any], archive: zr.Archive
) -> None:
    """Incidents, their causes, located segments and sentences: the library's, its values behind names."""
    now, past = archive.scan(*DAYS), archive.scan(*PAST)
    found = zr.failures.incidents(now, history=past, lang="en")
    why = zr.failures.causes(now, found, history=past, lang="en")
    assert found.height
    answer = every["incidents"]
    assert len(answer["rows"]) == found.height
    for mine, row, cause in zip(answer["rows"], found.to_dicts(), why.to_dicts(), strict=True):
        values = (
            [] if row["dimension"] == "all" else row["values"] if len(row["values"]) > 1 else [row["segment"]]
        )
        assert named(mine["segment"]) == [seen(value) for value in values]
        assert [mine["excess"][k] for k in ("value", "low", "high")] == figures(
            row, "excess", "excess_low", "excess_high"
        )
        assert mine["failures"]["low"] <= mine["failures"]["rate"] <= mine["failures"]["high"]
        rest = ("cause", "owner", "how_sure", "why", "p_value")
        assert [mine[k] for k in rest] == figures({**row, **cause}, *rest)
        said = row["sentence"]
        for value in mine["segment"]:
            if value["name"]:
                assert value["name"] in mine["sentence"]
                assert {"name": value["name"], "column": value["column"], "text": value["text"]} in answer[
                    "names"
                ]
                said = said.replace(zr.privacy.mask_text(str(values[0])), value["name"])
        assert mine["sentence"] == said
    whole = zr.investigate(archive, DAYS, compare_to=PAST, lang="en")
    answer = every["investigate"]
    row = whole.overview.row(0, named=True)
    assert told(answer["overall"]) == rated({**row, "settled": row["failed"] + row["delivered"]})
    change = whole.changes.row(0, named=True)
    assert answer["change"]["value"] == pytest.approx(
        change["total_after"] - change["total_before"], rel=1e-5
    )
    assert answer["change"]["within_chance"] is (change["change_low"] <= 0 <= change["change_high"])
    plain = [sentence for sentence in answer["said"] if "#" not in sentence and "not shown" not in sentence]
    assert len(plain) > 5
    assert set(plain) <= set(whole.sentences)
    small = [step["messages"] for step in whole.steps.to_dicts() if step["messages"] < assistant.LEAST]
    assert small
    assert not [said for n in small for said in answer["said"] if f": {n} messages" in said]
    located, why_not = zr.failures.locate(past, now, ["carrier", "campaign"], lang="en", explain=True)
    assert every["locate"]["explained"] == why_not
    assert [[seen(v["value"]) for v in row["where"]] for row in located.to_dicts()] == [
        named(r["where"]) for r in every["locate"]["rows"]
    ]


def test_usage_is_what_python_gives(every: dict[str, Any], archive: zr.Archive, place: Path) -> None:
    """Months, forecast, reconciliation and cost, to the yen."""
    clients = zr.usage.read_clients(place.parent / "clients.csv")
    history = archive.counts_history()
    monthly = zr.usage.monthly(history, clients=clients).sort("month", descending=True, maintain_order=True)
    assert [
        (r["month"], named(r["client"]), r["carrier"], r["billable_messages"], r["change"], r["complete"])
        for r in every["months"]["rows"]
    ] == [
        (
            f"{r['month']:%Y-%m}",
            [r["client_id"], r["client"]],
            r["carrier"],
            r["separated_success_count"],
            r["change"],
            r["complete"],
        )
        for r in monthly.to_dicts()
    ]
    forecast = zr.usage.forecast(history, archive.scan())
    assert [
        [r["forecast"][k] for k in ("value", "low", "high", "level")] for r in every["forecast"]["rows"]
    ] == [[r[k] for k in ("forecast", "low", "high", "level")] for r in forecast.to_dicts()]
    agreed = zr.usage.reconcile(history, archive.scan(), coverage=archive.days())
    assert {(r["month"], r["carrier"], r["counts"], r["statuses"]) for r in every["reconcile"]["rows"]} == {
        (f"{r['month']:%Y-%m}", r["carrier"], r["counts"], r["statuses"]) for r in agreed.to_dicts()
    }
    cost = zr.usage.cost(history, place.parent / "prices.toml", clients=clients)
    assert sum(float(r["amount"]) for r in every["cost"]["rows"]) == float(cost["amount"].sum())
    assert sum(r["billable_messages"] for r in every["cost"]["bills"]) == cost["quantity"].sum()


def test_no_number_no_body_and_no_token_in_any_answer(every: dict[str, Any], archive: zr.Archive) -> None:
    """Whatever is asked: phone numbers, bodies with what was filled in, tags and the token stay where they are."""
    whole = archive.scan().select("phone_number", "message", "client_tag").collect()
    numbers = {number[-10:] for number in whole["phone_number"].drop_nulls()}
    said = json.dumps(every, ensure_ascii=False)
    assert len(said) > 50_000
    assert numbers.isdisjoint(re.findall(r"(?=(\d{10}))", said))
    assert "1234-5678" not in said
    assert "****-5678" in said or "****5678" in said
    assert "s3cr3t" not in said
    templates = zr.failures.features(archive.scan()).select("message", "template").collect().unique()
    filled = templates.filter(pl.col("message") != pl.col("template"))["message"].to_list()
    assert len(filled) > 300
    assert [body for body in filled if body in said] == []
    tags = {tag for tag in whole["client_tag"].drop_nulls() if re.search(r"\d{3}", tag)}
    assert len(tags) > 500
    assert [tag for tag in tags if tag in said] == []


def test_orders_in_tags_texts_and_names_come_back_as_data_alone(every: dict[str, Any]) -> None:
    """What strangers wrote stands in fields called text, nothing in it invisible, and in no sentence."""
    parts = list(texts(every))
    marks = (
        "ignore your",
        "無視して",
        "<system>",
        "SYSTEM",
        "[INST]",
        "yebo",
        "onerror",
        "javascript:",
        "is innocent",
    )
    marks += ("{segment}",)
    inside = {mark: {field for field, text in parts if mark in text} for mark in marks}
    assert set().union(*inside.values()) == {"text"}
    assert sum(bool(fields) for fields in inside.values()) == len(marks)
    assert [text for _, text in parts if not text.replace("\n", "").isprintable()] == []
    assert {"\\u202e", "\\x1b", "\\n"} <= {m for _, t in parts for m in re.findall(r"\\u202e|\\x1b|\\n", t)}
    assert any("campaign#" in sentence for sentence in every["investigate"]["said"])


def test_every_answer_is_small_and_says_what_was_cut(asked: Asking, every: dict[str, Any]) -> None:
    """At most so many rows and bytes, and a sentence that says how to have the rest."""
    for answer in every.values():
        assert len(json.dumps(answer, ensure_ascii=False).encode()) <= assistant.MOST_BYTES + 2000
    few = asked.answer("failure_breakdown", period=PERIOD, by=["campaign", "day"], rows=3)
    assert len(few["rows"]) == 3
    assert few["rows_in_all"] > 3
    assert f"rows: 3 of {few['rows_in_all']} rows" in few["cut"][0]
    assert "shorten the period" in few["cut"][0]


def test_charts_are_pictures(asked: Asking) -> None:
    """A chart comes as PNG beside its sentence; one that needs a period says so."""
    for chart, given_ in (
        ("failures", {"period": PERIOD}),
        ("usage_months", {}),
    ):
        result = asked.call("draw_chart", chart=chart, **given_)
        assert not result.is_error
        assert [part.type for part in result.content] == ["text", "image"]
        assert result.content[1].data.startswith("iVBORw0KGgo")
        assert result.structured_content["chart"]["width"] > 300
    assert "needs a period" in asked.refusal("draw_chart", chart="failures")


@pytest.mark.parametrize(
    ("name", "given_", "sentence"),
    [
        ("failure_breakdown", {"period": "2025-01"}, "which holds 2026-10-11 – 2026-10-26"),
        ("failure_breakdown", {"period": "yesterday"}, "Give period as a month 2026-10"),
        ("failure_breakdown", {"period": "2026-10-20/2026-10-12"}, "reversed"),
        ("failure_breakdown", {}, "period is missing"),
        ("failure_breakdown", {"period": PERIOD, "by": ["shoe size"]}, "by: Input should be 'carrier'"),
        (
            "failure_breakdown",
            {"period": PERIOD, "by": ["client_tag"]},
            "client_tag is not shown: use campaign",
        ),
        ("failure_breakdown", {"period": PERIOD, "send": True}, "There is no such argument. There are: rows"),
        ("failure_breakdown", {"period": PERIOD, "by": ["carrier"] * 1000}, "by: List should have at most 4"),
        ("monthly_usage", {"last": "1999-01"}, "No counts of these months: there are 202"),
        ("draft_resend_list", {"period": PERIOD}, "There is no such tool. There are: archive_coverage"),
        ("send_message", {"to": "+819012345678"}, "There is no such tool"),
        ("check_text", {"text": "x" * 2001}, "text: String should have at most 2000"),
    ],
)
def test_what_cannot_be_answered_is_said_in_a_sentence(
    asked: Asking, name: str, given_: dict[str, Any], sentence: str
) -> None:
    """An assistant is told what to do instead, and never what it sent."""
    said = asked.refusal(name, **given_)
    assert sentence in said
    assert "Traceback" not in said
    assert "shoe size" not in said
    assert "9012345678" not in said


@pytest.fixture(params=["missing", "empty", "damaged", "newer", "a file"])
def broken(request: pytest.FixtureRequest, place: Path, tmp_path: Path) -> tuple[str, Path]:
    """Give an archive that cannot answer."""
    where = tmp_path / "archive"
    if request.param == "empty":
        zr.Archive(where).add(zr.schemas.empty(zr.schemas.STATUS))
    elif request.param == "a file":
        where.write_text("no archive", "utf-8")
    elif request.param in ("damaged", "newer"):
        shutil.copytree(place, where)
        if request.param == "damaged":
            for file in where.rglob("*.parquet"):
                file.write_bytes(b"PAR1" + b"\0" * 50)
        else:
            for log in (where / "statuses" / "_delta_log").glob("*.json"):
                log.write_text(
                    log.read_text("utf-8").replace('"zrtools.archive":"', '"zrtools.archive":"9'), "utf-8"
                )
    return request.param, where


def test_an_archive_that_cannot_be_read_is_said_in_a_sentence(broken: tuple[str, Path]) -> None:
    """Missing, empty, damaged, newer or no archive at all: the server starts, and says what a person must do."""
    kind, where = broken
    sentence = {
        "missing": "Ask a person to run: zrtools sync --archive",
        "empty": "Ask a person to run: zrtools sync --archive",
        "damaged": "damaged",
        "newer": "newer",
        "a file": "",
    }[kind]
    settings = assistant.Settings(archive=where, lang="en")

    async def ask() -> str:
        async with Client(assistant.build(settings)) as client:
            result = await client.call_tool("failure_breakdown", {"period": PERIOD})
            assert result.is_error
            text: str = result.content[0].text
            return text

    said = anyio.run(ask)
    assert sentence in said
    assert "inside the server" not in said
    assert "Traceback" not in said


SPY = """
import os, runpy, sys
def watch(event, args):
    if event in ("socket.connect", "socket.bind", "socket.sendto", "socket.getaddrinfo", "subprocess.Popen"):
        os.write(2, f"FORBIDDEN {event}\\n".encode()); os._exit(9)
    if event == "socket.__new__" and args[1] in (2, 10):
        os.write(2, b"FORBIDDEN socket\\n"); os._exit(9)
sys.addaudithook(watch)
sys.argv = ["zrtools", "mcp", "--archive", sys.argv[1], "--lang", "en"]
try:
    runpy.run_module("zrtools", run_name="__main__")
finally:
    bad = [m for m in sys.modules if m.startswith(("zrtools.client", "zrtools.sandbox", "zrtools.outbox", "httpx."))]
    bad += [m for m in ("httpx", "aiohttp") if m in sys.modules]
    print("LOADED", bad, "KEPT", [n for n in os.environ if n.startswith("ZRTOOLS_")], file=sys.stderr)
"""


def lines(*requests: dict[str, Any]) -> bytes:
    """Write requests as they go over the pipe, after the handshake."""
    hello = {"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": {"name": "t", "version": "1"}}
    first = {"jsonrpc": "2.0", "id": 0, "method": "initialize", "params": hello}
    ready = {"jsonrpc": "2.0", "method": "notifications/initialized"}
    return b"".join(json.dumps(one).encode() + b"\n" for one in (first, ready, *requests))


def tool(number: int, name: str, **given_: Any) -> dict[str, Any]:
    """Make a request that calls a tool."""
    return {
        "jsonrpc": "2.0",
        "id": number,
        "method": "tools/call",
        "params": {"name": name, "arguments": given_},
    }


class Raw:
    """A server whose pipes are written and read by hand."""

    def __init__(self, place: Path, *options: str, code: str | None = None) -> None:
        start = [
            sys.executable,
            *(["-c", code, str(place)] if code else ["-m", "zrtools", "mcp", "--archive"]),
        ]
        if code is None:
            start += [str(place), "--lang", "en", *options]
        secrets = ("TOKEN", "TOKEN_2", "HASH_KEY", "PROFILE", "PROFILES", "RECEIVER_SECRET")
        env = {**os.environ, **{f"ZRTOOLS_{name}": "s3cr3t" * 6 for name in secrets}, "ZRTOOLS_LANG": "en"}
        pipe = subprocess.PIPE
        self.process = subprocess.Popen(start, stdin=pipe, stdout=pipe, stderr=pipe, env=env)
        # whoever waits for an answer that never comes is told, not kept
        self.timer = threading.Timer(180, self.process.kill)
        self.timer.start()

    def ask(self, body: bytes, wanted: set[int]) -> dict[int, dict[str, Any]]:
        """Write, then read until the answers with these numbers have come; give all by their number."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(body)
        self.process.stdin.flush()
        came: dict[int, dict[str, Any]] = {}
        while wanted - set(came):
            line = self.process.stdout.readline()
            assert line, self.process.stderr.read() if self.process.stderr else ""
            answer = json.loads(line)
            if "id" in answer:
                came[answer["id"]] = answer
        return came

    def __enter__(self) -> Raw:
        return self

    def __exit__(self, *_: object) -> None:
        self.timer.cancel()
        self.process.kill()
        self.process.communicate()

    def end(self) -> tuple[int, str]:
        """Close its standard input, and give how it left and what it wrote beside."""
        _, err = self.process.communicate(timeout=60)
        return self.process.returncode, err.decode("utf-8", "replace")


def test_it_opens_no_connection_imports_no_client_and_drops_the_token(place: Path) -> None:
    """A process in which any connection kills it answers all the same, and has no client and no token in it."""
    body = lines(
        tool(1, "failure_breakdown", period=PERIOD),
        tool(2, "draw_chart", chart="usage_months"),
        tool(3, "failure_incidents", period=PERIOD),
        tool(4, "forecast_usage"),
    )
    with Raw(place, code=SPY) as server:
        came = server.ask(body, {1, 2, 3, 4})
        code, err = server.end()
    assert [came[n]["result"].get("isError", False) for n in (1, 2, 3, 4)] == [False] * 4
    assert "LOADED [] KEPT ['ZRTOOLS_LANG']" in err
    assert code == 0


def test_garbage_and_floods_on_standard_input_change_nothing(place: Path) -> None:
    """Neither half a message, nor noise, nor ten megabytes, nor the end of input leave a traceback or a dead server."""
    noise = b"\xff\xfe\x00garbage +819012345678\n{\n[]\n{}\nnull\n" + b"[" * 5000 + b"\n\n"
    huge = json.dumps(tool(7, "check_text", text="x" * 10_000_000)).encode() + b"\n"
    deep = b'{"jsonrpc":"2.0","id":8,"method":"tools/call","params":{"name":"check_text","arguments":{"text":'
    deep += b"[" * 900 + b"]" * 900 + b"}}}\n"
    sound = json.dumps(tool(9, "code_dictionary", code="721")).encode() + b"\n"
    with Raw(place) as server:
        came = server.ask(noise + lines() + noise + huge + deep + noise + sound, {7, 8, 9})
        code, err = server.end()
    assert "too large" in came[7]["result"]["content"][0]["text"]
    assert "cannot be read as JSON" in came[8]["result"]["content"][0]["text"]
    assert came[9]["result"]["structuredContent"]["rows"][0]["name"] == "congestion"
    assert (code, err) == (0, "")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is full")
def test_an_output_that_cannot_be_written_is_said_without_a_traceback(place: Path) -> None:
    """A full disk behind standard output ends the server with a sentence."""
    start = [sys.executable, "-m", "zrtools", "mcp", "--archive", str(place), "--lang", "en"]
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            start, check=False, input=lines(), stdout=full, stderr=subprocess.PIPE, timeout=120
        )
    assert done.returncode == 1
    assert done.stderr.startswith(b"zrtools: Standard output cannot be written")
    assert b"Traceback" not in done.stderr


def test_killed_and_started_again_it_answers_the_same(place: Path) -> None:
    """Nothing is kept between two lives of the server, so nothing can be lost."""
    question = lines(tool(1, "archive_coverage"))
    with Raw(place) as first:
        before = first.ask(question, {1})[1]
        first.process.kill()
    with Raw(place) as second:
        assert second.ask(question, {1})[1] == before
        assert second.end()[0] == 0


def test_several_calls_at_once_progress_and_cancel(place: Path) -> None:
    """Calls run side by side, a long one tells that it is at work, and one that is cancelled keeps nobody waiting."""
    server = assistant.build(assistant.Settings(archive=place, lang="en"), quiet=0.05)
    told_: list[str | None] = []

    async def hear(progress: float, total: float | None, message: str | None) -> None:
        told_.append(message)

    async def run() -> None:
        long = {"period": PERIOD}
        done: list[str] = []

        async def ask(client: Client, name: str, **given_: Any) -> None:
            result = await client.call_tool(name, given_)
            assert not result.is_error
            done.append(name)

        async with Client(server) as client:
            async with anyio.create_task_group() as group:
                group.start_soon(lambda: ask(client, "failure_incidents", **long))
                for _ in range(8):
                    group.start_soon(lambda: ask(client, "code_dictionary"))
            assert done.count("code_dictionary") == 8
            await client.call_tool("failure_incidents", long, progress_callback=hear)
            with anyio.move_on_after(0.3) as scope:
                await client.call_tool("failure_incidents", long)
            assert scope.cancelled_caught
            result = await client.call_tool("code_dictionary", {"code": "721"})
            assert result.structured_content["rows"]

    anyio.run(run)
    assert any(message and "at work" in message for message in told_)


def test_drafts_are_files_for_a_person_and_only_where_asked_for(place: Path, tmp_path: Path) -> None:
    """The list to send again goes into the folder of --drafts, its owner's alone; the answer holds a count."""
    folder = tmp_path / "drafts"
    settings = assistant.Settings(archive=place, lang="en", drafts=folder)

    async def ask() -> tuple[Any, Any]:
        async with Client(assistant.build(settings)) as client:
            given_ = {"period": "2026-10-20/2026-10-26", "keep_for_hours": 720}
            climbing = await client.call_tool("draft_resend_list", {**given_, "file": "../../etc/passwd"})
            return await client.call_tool("draft_resend_list", given_), climbing

    result, climbing = anyio.run(ask)
    answer = result.structured_content
    assert not result.is_error
    assert climbing.is_error
    (path,) = folder.iterdir()
    assert path.name == answer["file"] == "resend-20261020-20261026.csv"
    frame = zr.tables.read(path)
    assert frame.height == answer["messages"] > 0
    assert frame["phone_number"].str.starts_with("+81").all()
    assert "+81" not in result.content[0].text
    assert "zr.forms.campaign" in answer["next"][0]["command"]
    if os.name == "posix":
        assert path.stat().st_mode & 0o077 == 0
    wanted = zr.investigate(
        zr.Archive(place), ("2026-10-20", "2026-10-26"), compare_to=False, keep_for=720, mask=False
    ).to_resend
    assert frame["phone_number"].to_list() == wanted["phone_number"].to_list()


def test_tags_come_only_where_the_person_allowed_them(place: Path) -> None:
    """With --tags a client tag is a column like any other; its numbers are masked all the same."""
    settings = assistant.Settings(archive=place, lang="en", tags=True)

    async def ask() -> Any:
        async with Client(assistant.build(settings)) as client:
            return await client.call_tool(
                "failure_breakdown", {"period": PERIOD, "by": ["client_tag"], "rows": 200}
            )

    result = anyio.run(ask)
    # each tag is a group of one: pooled, every one of them
    assert not result.is_error
    assert result.structured_content["pooled"]["groups"] > 100


def test_guides_and_prompts_come_in_both_languages(asked: Asking) -> None:
    """Guides are read by heading, and a prompt names the month it is about."""
    listed = asked.portal.call(asked.client.list_resources).resources
    assert [str(one.uri) for one in listed] == [f"zrtools://guides/{name}" for name in guides.GUIDES]
    for name in guides.GUIDES:
        outline = asked.portal.call(asked.client.read_resource, f"zrtools://guides/{name}").contents[0].text
        links = re.findall(r"\((zrtools://[^)]+)\)", outline)
        assert links or len(guides.sections(name)) == 1
    link = "zrtools://guides/dictionary/breakdown"
    part = asked.portal.call(asked.client.read_resource, link).contents[0].text
    assert part.startswith("## BREAKDOWN\n")
    assert "`failure_rate`" in part
    for address in (
        "zrtools://guides/../../etc/passwd",
        "file:///etc/passwd",
        "zrtools://guides/failures/nowhere",
    ):
        with pytest.raises(Exception, match="no such page"):
            asked.portal.call(asked.client.read_resource, address)
    for name in ("explain_failures", "monthly_summary"):
        for lang, word in (("ja", "95%区間"), ("en", "95% interval")):
            prompt = asked.portal.call(asked.client.get_prompt, name, {"lang": lang, "month": "2026-09"})
            assert word in prompt.messages[0].content.text
            assert "2026-09" in prompt.messages[0].content.text
    newest = asked.portal.call(asked.client.get_prompt, "explain_failures", {})
    assert "2026-10" in newest.messages[0].content.text


def test_random_calls_end_in_an_answer_or_a_sentence(asked: Asking, archive: zr.Archive) -> None:
    """A thousand calls, valid or not: never a raw error, a number or a body."""
    chance = random.Random(29)
    numbers = {number[-10:] for number in archive.scan().collect()["phone_number"].drop_nulls()}
    good = 0
    for _ in range(100):
        calls = [random_call(chance) for _ in range(10)]
        for call, result in zip(calls, asked.together(calls), strict=True):
            good += not result.is_error
            assert wrong(result.content[0].text, numbers) is None, call
    assert 150 < good < 850


@pytest.mark.skipif(os.name != "posix", reason="signals as POSIX has them")
@pytest.mark.parametrize(("sent", "code"), [(None, 0), (signal.SIGINT, 130)])
def test_it_leaves_at_once_in_the_middle_of_a_call(place: Path, sent: int | None, code: int) -> None:
    """An assistant that is closed, or Ctrl-C, ends a server that is at work, without a word of Python's."""
    with Raw(place) as server:
        server.ask(lines(tool(1, "code_dictionary")), {1})
        assert server.process.stdin is not None
        server.process.stdin.write(json.dumps(tool(2, "failure_incidents", period=PERIOD)).encode() + b"\n")
        server.process.stdin.flush()
        time.sleep(0.2)
        if sent is not None:
            server.process.send_signal(sent)
        left, err = server.end()
    assert left == code
    assert err in ("", "\nzrtools: interrupted.\n")
