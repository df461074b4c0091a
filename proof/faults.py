"""Run every call against every fault and write down what a person sees: the table of docs/reliability.md.

    python proof/faults.py            prints the table
    python proof/faults.py --write    and puts it into the page

Each cell is one run on a sandbox of its own clock: the fault strikes once, then always. A cell says what came of
the call, after how many requests, and for calls that change something how often they took effect.
"""

from __future__ import annotations

import argparse
import re
import sys
import traceback
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import zrtools as zr
from zrtools.sandbox import KINDS, Sandbox

PAGE = Path(__file__).parent.parent / "docs" / "reliability.md"
NUMBER = "090-1234-5678"
EXTRA = {"code": {"response_code": 500}, "delay": {"seconds": 0.3}}

Call = Callable[[zr.Client, str], object]
CALLS: dict[str, Call] = {
    "status": lambda c, _: c.status(c.now().date() - timedelta(days=9), progress=False),
    "counts": lambda c, _: c.counts(c.now().date()),
    "templates": lambda c, _: c.templates(),
    "reservations": lambda c, _: c.reservations(c.now().date(), c.now().date()),
    "clean": lambda c, tag: c.clean([f"0901111{int(tag, 16) % 10000:04}"], c.now().date(), progress=False),
    "send": lambda c, tag: c.send(NUMBER, "proof", client_tag=tag),
    "cancel": lambda c, tag: c.cancel(tag),
    "cancel_all": lambda c, tag: c.cancel_all(group_tag=tag),
    "shorten": lambda c, tag: c.shorten(f"https://example.com/{tag}"),
}
CHANGING = ("send", "cancel", "cancel_all", "shorten")


def connected(sandbox: Sandbox, *, timeout: float) -> zr.Client:
    """Make a client of the sandbox by its clock."""
    return zr.Client(
        token=sandbox.token,
        client_id=sandbox.client_id,
        sms_code=sandbox.sms_code,
        base_url=sandbox.url,
        timeout=timeout,
        pace=None,
        now=sandbox.now,
    )


def warm(client: zr.Client, call: str, tag: str) -> None:
    """Make one call that nothing disturbs."""
    reserve(client, call, tag)
    CALLS[call](client, tag)


def reserve(client: zr.Client, call: str, tag: str) -> None:
    """Make the reservation that a call of cancelling needs."""
    if call in ("cancel", "cancel_all"):
        when = client.now() + timedelta(hours=1)
        client.send(NUMBER, "proof", client_tag=tag, group_tag=tag, schedule_time=when)


def run(sandbox: Sandbox, client: zr.Client, call: str, kind: str, times: int | None, tag: str) -> str:
    """Run one call under one fault and say what came of it."""
    reserve(client, call, tag)
    sent, asked = len(sandbox.accepted), len(sandbox.requests)
    sandbox.faults.add(kind, call, times=times, **EXTRA.get(kind, {}))
    try:
        answer = CALLS[call](client, tag)
        seen = "answer"
        if call == "clean" and answer["error"][0] is not None:
            seen = "error in its row"
    except zr.ZrtoolsError as error:
        seen = f"`{type(error).__name__}`"
        text = "".join(traceback.format_exception(error)) + repr(vars(error))
        for secret in (sandbox.token, "1234-5678", "12345678"):
            if secret in text:
                seen += " **shows a secret**"
        if call == "send":
            seen += {False: " (not sent)", None: " (unsettled)", True: " (sent)"}[error.sent]
    finally:
        sandbox.faults.clear()
    tries = sum(r.call == call for r in list(sandbox.requests)[asked:])
    cell = f"{seen}, {tries}x"
    if call == "send":
        cell += f", {len(sandbox.accepted) - sent} sent"
    elif call in ("cancel", "cancel_all"):
        cell += (
            ", cancelled"
            if any(m.cancelled and m.client_tag == tag for m in sandbox.accepted)
            else ", still waits"
        )
    return cell


def table(times: int | None) -> tuple[str, list[str]]:
    """Run all calls against all faults; give the table and what must not be in it."""
    wrong: list[str] = []
    lines = [f"| fault | {' | '.join(CALLS)} |", f"|{'---|' * (len(CALLS) + 1)}"]
    with Sandbox(seed=3, messages_per_day=30) as sandbox:
        # what is made when first asked for would look like a time-out
        with connected(sandbox, timeout=60) as client:
            for place, call in enumerate(CALLS):
                warm(client, call, f"{place:x}{'b' * 7}")
        for number, kind in enumerate(KINDS):
            cells = []
            for place, call in enumerate(CALLS):
                with connected(sandbox, timeout=0.8) as client:
                    tag = f"{(times or 0) + 1:x}{number:x}{place:x}{'a' * 5}"
                    cell = run(sandbox, client, call, kind, times, tag)
                cells.append(cell)
                if "secret" in cell or (call == "send" and not re.search(r", [01] sent$", cell)):
                    wrong.append(f"{kind} x {call}: {cell}")
            lines.append(f"| {kind} | {' | '.join(cells)} |")
            print(lines[-1], file=sys.stderr, flush=True)
    return "\n".join(lines), wrong


def main() -> None:
    """Print the tables, put them into the page if asked, and fail where something went wrong."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else None)
    parser.add_argument("--write", action="store_true", help="put the tables into docs/reliability.md")
    write = parser.parse_args().write
    wrong: list[str] = []
    for name, times in (("once", 1), ("always", None)):
        made, bad = table(times)
        wrong += bad
        print(made)
        if write:
            page = PAGE.read_text("utf-8")
            page = re.sub(
                f"(<!-- faults {name} -->\n).*?(\n<!-- end -->)",
                lambda m, made=made: m[1] + made + m[2],
                page,
                flags=re.DOTALL,
            )
            PAGE.write_text(page, encoding="utf-8", newline="\n")
    sys.exit("\n".join(wrong) or 0)


if __name__ == "__main__":
    main()
