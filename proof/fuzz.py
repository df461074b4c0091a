"""Read generated answers and notifications with every decoder: each gives its schema or a ZrtoolsError.

    python proof/fuzz.py --cases 1000000 --seed 0     all of it, on all cores
    python proof/fuzz.py --seed 0 --only 4711         one case again, with what it reads and what comes of it

Each case starts from an answer of tests/answers, or from a delivery report, and changes its structure, its bytes
or both. Case n of a seed is always the same. Wrong is any other exception, another schema, and an error whose text,
attributes or causes hold a whole phone number or anything like a token.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import random
import re
import sys
import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import quote, quote_plus

# one process a core is quicker than one process with threads, for answers as small as these
os.environ.setdefault("POLARS_MAX_THREADS", "1")

import polars as pl

from zrtools import dlr, schemas, wire
from zrtools.errors import ZrtoolsError
from zrtools.privacy import DIGITS, SEPARATORS

ANSWERS = Path(__file__).parent.parent / "tests" / "answers"
CHUNK = 2_000
DAY, MONTH = date(2026, 10, 30), date(2026, 10, 1)
TOKENS = ("S3cretS3cretS3cretS3cretS3cret99", "0123456789abcdefABCDEF0123456789")
NUMBERS = (
    "+819048151623",
    "09048151623",
    "090-4815-1623",
    "０９０４８１５１６２３",
    "81 90 4815 1623",
    "02048151623421",
    "8190 4815 1623",
    "+81 (0)90 4815 1623",
)
SAYING = (
    "Invalid phoneNumber {}.",
    "Required token={}.",
    "{}",
    "x{}y",
    "{0}{0}",
    "受信者 {} は{}です。",
    "clientTag\n{}",
)
ODD: tuple[Any, ...] = (
    *(None, True, False, 0, 1, 2, 3, -1, 110, 2**31, 2**63, -(2**63) - 1, 10**400, 1.0, 2.5, 1e300, 1e-300),
    *(
        float("nan"),
        float("inf"),
        "",
        " ",
        "null",
        "0",
        "00",
        "2.0",
        "2e0",
        "1_000",
        "²",
        "٣",
        "NaN",
        "999",
        "101",
    ),
    *(
        "20261030 093015123",
        "2026/10/30 09:30:15",
        "2026-10-30 09:30",
        "19490401 000000000",
        "00000000 000000000",
    ),
    *(
        "20261332 256199999",
        "00000101 000000000",
        "0 093015123",
        "99991231 235959999",
        "+12345-01-01 00:00",
        "0001/01/01 00:00:00",
        "+9999-99-99 99:99",
        "\x00",
        "\ud800",
        "\udc00\ud800",
        "\ufffe",
        "\U0001f600",
        "\u2028",
    ),
    *(
        "12832",
        "E-12",
        "a" * 300,
        "<b>",
        "]]>",
        "&amp;",
        "{",
        "[1,",
        "http://ai9.jp/x",
        [],
        {},
        [[]],
        [None],
        {"": None},
    ),
    *([{"parameter_name": "氏名"}], {"parameter_name": None}, ["x", 1, None], {"carrier": "101", "data": {}}),
)
REPORT = {
    "type": "DLR",
    "dateTime": "2026/10/30 09:30:15",
    "messageId": "abcdef-0123-4567-89ab",
    "phoneNumber": "+819048151623",
    "smsCode": "51234",
    "carrierId": "103",
    "carrierName": "NTT Docomo",
    "messageText": "ご予約の確認です & <1+1>",
    "clientId": "123",
    "clientTag": "clinic-0001",
    "statusId": "3",
    "statusDescription": "Message delivery failed",
    "detailedStatusId": 31823,
    "separatedSuccessCount": 3,
    "rawdata": {"carrier": "103", "type": 2, "data": {"code": "13", "msgState": None}},
}

# a whole number with nothing, or anything that people put there, between its digits
_WHOLE = re.compile(r"(?<![0-9０-９])(?:\+?81|0)0?(?:[6789]0[0-9]{8}|20[0-9]{11})(?![0-9０-９])")
_TOKEN = re.compile(r"(?<![0-9A-Za-z])[0-9A-Za-z]{32}(?![0-9A-Za-z])")
_PLAIN = str.maketrans({**DIGITS, "＋": "+"} | dict.fromkeys(SEPARATORS, ""))

Json = Any


@dataclass(frozen=True)
class Case:
    """What is read, by which decoder, with which options."""

    decoder: str
    body: bytes
    options: dict[str, Any]


@dataclass
class Findings:
    """What came of cases: how often which outcome, what was wrong, and which took longest."""

    outcomes: Counter[tuple[str, str]] = field(default_factory=Counter)
    wrong: list[tuple[int, str]] = field(default_factory=list)
    slowest: tuple[float, int] = (0.0, -1)

    def add(self, other: Findings) -> None:
        """Take in what another process found."""
        self.outcomes += other.outcomes
        self.wrong += other.wrong
        self.slowest = max(self.slowest, other.slowest)


# ------------------------------------------------------------------------------------------------- decoders


def _frame(schema: pl.Schema, read: Callable[..., pl.DataFrame]) -> Callable[..., str]:
    def check(body: bytes, **options: Any) -> str:
        wanted = schema
        if options.get("rawdata"):
            wanted = pl.Schema({**schema, "rawdata": pl.String()})
        frame = read(body, **options)
        if frame.schema != wanted:
            raise AssertionError(f"the schema is {frame.schema}")
        frame.rows()  # every cell can be handed to Python
        return "frame"

    return check


def _texts(read: Callable[[bytes], object]) -> Callable[..., str]:
    def check(body: bytes) -> str:
        answer = read(body)
        if isinstance(answer, wire.ShortUrl):
            answer = (answer.short_url, answer.name)
        for value in answer if isinstance(answer, tuple) else (answer,):
            if not (value is None or isinstance(value, str)):
                raise AssertionError(f"{type(value).__name__} where text was promised")
        return "value"

    return check


def _error_message(body: bytes) -> str:
    said = wire.http_error_message(body)
    # it becomes part of an error's text, so it must be as harmless as one
    if said is not None and (shown := leak(said)):
        raise AssertionError(f"the message shows {shown}")
    return "nothing" if said is None else "message"


DECODERS: dict[str, Callable[..., str]] = {
    "status_frame": _frame(schemas.STATUS, wire.status_frame),
    "counts_frame": _frame(schemas.COUNTS, wire.counts_frame),
    "reservations_frame": _frame(schemas.RESERVATIONS, wire.reservations_frame),
    "templates_frame": _frame(schemas.TEMPLATES, wire.templates_frame),
    "cleaning": _texts(wire.cleaning),
    "send_answer": _texts(wire.send_answer),
    "short_url": _texts(wire.short_url),
    "accepted": _texts(wire.accepted),
    "http_error_message": _error_message,
    "dlr.parse": _frame(schemas.DLR, dlr.parse),
}
FROM = {
    "status_frame": ("status",),
    "counts_frame": ("counts",),
    "reservations_frame": ("reservations",),
    "templates_frame": ("templates",),
    "cleaning": ("clean",),
    "send_answer": ("send",),
    "short_url": ("shorten",),
    "accepted": ("cancel", "cancel_all"),
    "http_error_message": ("other", "send"),
}
"""The folders of tests/answers that each decoder's cases start from."""
_WEIGHTS = (16, 6, 6, 6, 10, 10, 10, 8, 12, 16)


def leak(text: str) -> str | None:
    """Find what an error may not show: a whole phone number, in any spelling, or anything like a token."""
    for found in (_WHOLE.search(text), _TOKEN.search(text), _WHOLE.search(text.translate(_PLAIN))):
        if found:
            return found[0]
    return None


def outcome(case: Case) -> str:
    """Read one case; give what came of it, or raise AssertionError saying what is wrong."""
    try:
        return DECODERS[case.decoder](case.body, **case.options)
    except ZrtoolsError as error:
        current: BaseException | None = error
        while current is not None:
            if shown := leak(f"{current}\n{vars(current)}"):
                raise AssertionError(f"{type(current).__name__} shows {shown}: {current}") from None
            current = current.__cause__ or current.__context__
        return type(error).__name__
    except AssertionError:
        raise
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # noqa: BLE001 - polars' panics are no Exception
        raise AssertionError("".join(traceback.format_exception(error)[-6:])) from None


# ------------------------------------------------------------------------------------------------ generator


def case(seed: int, number: int) -> Case:
    """Make one case, always the same for the same seed and number."""
    dice = random.Random(seed << 40 | number)
    decoder = dice.choices(tuple(DECODERS), _WEIGHTS)[0]
    if decoder == "dlr.parse":
        return _notification(dice)
    folder = dice.choice(FROM[decoder]) if dice.random() < 0.95 else dice.choice(tuple(_files()))
    name, body, content = dice.choice(_files()[folder])
    how = dice.random()
    if content is not None and how < 0.85:
        content = _copy(dice, content, 3 if name != "day.json" else 2)
        for _ in range(dice.randint(0, 4)):
            _change(dice, content)
        if dice.random() < 0.15 and isinstance(content, dict):
            content["responseCode"] = dice.choice((100, "110", 120, 300, 400, 500, 7, *ODD))
            content["responseMessage"] = content["message"] = _said(dice)
        body = _spelt(dice, content)
    if how > 0.6:
        body = _damaged(dice, body)
    return Case(decoder, body, _options(dice, decoder))


def _options(dice: random.Random, decoder: str) -> dict[str, Any]:
    if decoder == "status_frame":
        return {"send_date": dice.choice((DAY, None)), "rawdata": dice.random() < 0.3}
    return {"month": MONTH, "through": DAY} if decoder == "counts_frame" else {}


@cache
def _files() -> dict[str, list[tuple[str, bytes, Json]]]:
    found: dict[str, list[tuple[str, bytes, Json]]] = {}
    for path in sorted(ANSWERS.glob("*/*")):
        body = path.read_bytes()
        found.setdefault(path.parent.name, []).append((path.name, body[:4000], wire.read_json(body)))
    return found


def _copy(dice: random.Random, value: Json, most: int) -> Json:
    """Copy a JSON value with at most so many of each list, for a small answer is read as a large one is."""
    if isinstance(value, dict):
        return {name: _copy(dice, item, most) for name, item in value.items()}
    if isinstance(value, list):
        start = dice.randrange(max(1, len(value) - most + 1))
        return [_copy(dice, item, most) for item in value[start : start + most]]
    return value


def _said(dice: random.Random) -> str:
    return dice.choice(SAYING).format(*(dice.choice((*NUMBERS, *TOKENS)) for _ in range(2)))


def _change(dice: random.Random, content: Json) -> None:
    """Change one place of a JSON value: put, take away, rename, repeat, wrap or swap."""
    places = list(_places(content))
    if not places:
        return
    parent, key = dice.choice(places)
    how = dice.randrange(8)
    if how < 4:
        parent[key] = _value(dice)
    elif how == 4:
        del parent[key]
    elif how == 5:
        if isinstance(parent, list):
            parent.insert(key, parent[key])
        else:
            parent[dice.choice((key.upper(), f"{key} ", "phoneNumber", "responseCode", "new", "104", ""))] = (
                parent.pop(key)
            )
    elif how == 6:
        parent[key] = dice.choice(([parent[key]], {"x": parent[key]}, json.dumps(parent[key], default=str)))
    else:
        other, name = dice.choice(places)
        if isinstance(parent[key], (dict, list)) or isinstance(other, list):
            return
        other[name] = parent[key]


def _places(value: Json) -> Iterator[tuple[Any, Any]]:
    for key in (
        list(value) if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ()
    ):
        yield value, key
        yield from _places(value[key])


def _value(dice: random.Random) -> Json:
    kind = dice.randrange(6)
    if kind == 0:
        return _said(dice)
    if kind == 1:
        return dice.randrange(-10, 100_000)
    if kind == 2:
        return "".join(
            chr(dice.choice((dice.randrange(128), dice.randrange(0x3000, 0x30FF)))) for _ in range(8)
        )
    odd = dice.choice(ODD)
    return json.loads(json.dumps(odd)) if isinstance(odd, (dict, list)) else odd


def _spelt(dice: random.Random, content: Json) -> bytes:
    """Write JSON in one of the ways in which it may come."""
    text = json.dumps(
        content,
        ensure_ascii=dice.random() < 0.4,
        indent=2 if dice.random() < 0.2 else None,
        separators=(",", ":") if dice.random() < 0.5 else None,
    )
    if dice.random() < 0.1:
        # a field named twice
        text = text.replace("{", '{"statusId": 2, "message": "x", "responseCode": 0, ', 1)
    return text.encode("utf-8", "surrogatepass")


def _damaged(dice: random.Random, body: bytes) -> bytes:
    """Damage bytes: cut, drop, repeat, flip, put in between, or write in another encoding."""
    for _ in range(dice.randint(1, 3)):
        size = len(body)
        at = dice.randrange(size + 1)
        upto = min(size, at + dice.randrange(12))
        how = dice.randrange(8)
        if how == 0:
            body = body[:at]
        elif how == 1:
            body = body[:at] + body[upto:]
        elif how == 2:
            body = body[:upto] + body[at:]
        elif how == 3:
            body = body[:at] + dice.randbytes(dice.randrange(1, 5)) + body[upto:]
        elif how == 4 and size:
            at = min(at, size - 1)
            body = body[:at] + bytes((body[at] ^ 1 << dice.randrange(8),)) + body[at + 1 :]
        elif how == 5:
            put = dice.choice(
                (
                    b'"',
                    b"\\",
                    b"{",
                    b"}",
                    b"[",
                    b"]",
                    b",",
                    b":",
                    b"\x00",
                    b"\xff",
                    b"\\ud800",
                    b"\n",
                    b"1e999",
                )
            )
            body = body[:at] + put + body[at:]
        elif how == 6:
            body = body[:at] + dice.choice((*NUMBERS, *TOKENS)).encode() + body[at:]
        else:
            body = dice.choice(
                (b"\xef\xbb\xbf" + body, b"\xff\xfe" + body, b" \r\n" + body, body[::-1], body.upper())
            )
    return body


def _notification(dice: random.Random) -> Case:
    """Make a delivery report: XML or JSON, as a form field or raw, in any encoding."""
    reports: Json = [dict(REPORT) for _ in range(dice.choice((1, 1, 1, 2, 3)))]
    content: Json = {"eventNotifications": reports}
    for _ in range(dice.randint(0, 4)):
        _change(dice, content)
    xml = dice.random() < 0.5
    text = _xml(dice, reports) if xml else _spelt(dice, content).decode("utf-8", "surrogatepass")
    encoding = dice.choice(("utf-8", "utf-8", "utf-8", "utf-8", "cp932", "utf-16", "iso2022_jp"))
    body = text.encode(encoding, "surrogatepass" if encoding.startswith("utf") else "replace")
    damage = dice.random()
    if damage < 0.3:
        body = _damaged(dice, body)
    field_name = b"xml=" if xml else b"json="
    how = dice.random()
    if how < 0.4:
        body = field_name + dice.choice((quote, quote_plus))(body).encode()
    elif how < 0.5:
        body = b"a=b&" + field_name + body + b"&c=d"
    if 0.3 < damage < 0.5:
        body = _damaged(dice, body)
    kinds = (None, "application/json", "text/xml; charset=utf-8", "application/json; charset=shift_jis")
    forms = (
        "application/x-www-form-urlencoded",
        "text/plain; charset=idna",
        "charset=utf-16",
        "charset=\x00",
    )
    return Case("dlr.parse", body, {"content_type": dice.choice(kinds + forms)})


def _xml(dice: random.Random, reports: Json) -> str:
    parts = ["<eventNotifications>"]
    for report in reports if isinstance(reports, list) else [reports]:
        parts.append(f'<eventNotification type="{dice.choice(("DLR", "DLR", "DLR", "dlr ", "", "MO"))}">')
        for name, value in report.items() if isinstance(report, dict) else ():
            text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
            parts.append(
                f"<{name}><![CDATA[{text}]]></{name}>" if dice.random() < 0.9 else f"<{name}>{text}</{name}>"
            )
        parts.append("</eventNotification>")
    text = "".join((*parts, "</eventNotifications>"))
    how = dice.random()
    if how < 0.2:
        return (
            f'<?xml version="1.0" encoding="{dice.choice(("UTF-8", "Shift_JIS", "rot13", "utf-16"))}"?>{text}'
        )
    if how < 0.23:
        return f'<!DOCTYPE x [<!ENTITY a "{"b" * 50}">]>{text.replace("clinic", "&a;")}'
    return text


# --------------------------------------------------------------------------------------------------- running


def search(seed: int, numbers: range) -> Findings:
    """Read cases and note what came of each."""
    findings = Findings()
    for number in numbers:
        made = case(seed, number)
        began = time.perf_counter()
        try:
            came = outcome(made)
        except AssertionError as error:
            came = "WRONG"
            findings.wrong.append((number, str(error)))
        findings.outcomes[made.decoder, came] += 1
        findings.slowest = max(findings.slowest, (time.perf_counter() - began, number))
    return findings


def show(seed: int, number: int) -> str:
    """Write down one case and what comes of it."""
    made = case(seed, number)
    try:
        came = outcome(made)
    except AssertionError as error:
        came = f"WRONG: {error}"
    return f"case {number} of seed {seed}: {made.decoder} {made.options}\n{made.body!r}\n{came}"


def table(outcomes: Counter[tuple[str, str]]) -> str:
    """Write the outcomes as a table of decoders."""
    kinds = sorted({kind for _, kind in outcomes})
    lines = [f"| decoder | {' | '.join(kinds)} |", f"|---|{'---:|' * len(kinds)}"]
    lines += [
        f"| `{decoder}` | {' | '.join(f'{outcomes[decoder, kind]:,}' for kind in kinds)} |"
        for decoder in DECODERS
    ]
    return "\n".join(lines)


def main() -> None:
    """Run all cases, print how many gave what, and fail where anything was wrong."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else None)
    parser.add_argument("--cases", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--processes", type=int, default=os.cpu_count())
    parser.add_argument("--only", type=int, metavar="CASE", help="run and show this case alone")
    given = parser.parse_args()
    if given.only is not None:
        print(show(given.seed, given.only))
        return
    began = time.perf_counter()
    found, done = Findings(), 0
    # fresh processes, since polars' threads do not survive a fork
    with ProcessPoolExecutor(given.processes, mp_context=multiprocessing.get_context("spawn")) as pool:
        chunks = [range(start, min(start + CHUNK, given.cases)) for start in range(0, given.cases, CHUNK)]
        waiting = {pool.submit(search, given.seed, chunk): chunk for chunk in chunks}
        for future in as_completed(waiting):
            try:
                came = future.result()
            except Exception:
                print(f"lost: cases {waiting[future]} of seed {given.seed}", file=sys.stderr)
                raise
            found.add(came)
            for number, _ in came.wrong:
                print(show(given.seed, number), file=sys.stderr, flush=True)
            done += len(waiting[future])
            if done * 50 // given.cases > (done - len(waiting[future])) * 50 // given.cases:
                pace = done / (time.perf_counter() - began)
                print(
                    f"{done:,} cases, {pace:,.0f} a second, {len(found.wrong)} wrong",
                    file=sys.stderr,
                    flush=True,
                )
    seconds = time.perf_counter() - began
    print(table(found.outcomes))
    print(
        f"{given.cases:,} cases of seed {given.seed} in {seconds:,.0f} s ({given.cases / seconds:,.0f} a second), "
        f"slowest {found.slowest[0] * 1000:,.0f} ms (case {found.slowest[1]}), wrong: {len(found.wrong)}"
    )
    for number, _ in found.wrong[:5]:
        print(f"\n{show(given.seed, number)}")
    sys.exit(1 if found.wrong else 0)


if __name__ == "__main__":
    main()
