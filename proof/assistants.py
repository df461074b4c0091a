"""Call the server for assistants at random, over pipes: every call ends in an answer or in a sentence.

    python proof/assistants.py --calls 100000 --seed 0

Wrong is a call that ends in anything else, a raw error, a phone number of the archive or a filled-in body in an
answer, and a server that dies or grows beyond `--memory`. The calls are those of tests/assistant_lab.py.
"""

from __future__ import annotations

import argparse
import os
import random
import sys
import tempfile
import time
from pathlib import Path

import polars as pl

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))

from assistant_lab import asking, fill, random_call, wrong

import zrtools as zr

ONCE = 4


def main() -> int:
    """Fill an archive, call, and tell what was wrong."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else None)
    parser.add_argument("--calls", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--memory", type=float, default=1500, help="megabytes that the server may take")
    wanted = parser.parse_args()
    chance = random.Random(wanted.seed)
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / "archive"
        fill(place)
        whole = zr.failures.features(zr.Archive(place).scan()).collect()
        numbers = {number[-10:] for number in whole["phone_number"].drop_nulls()}
        bodies = whole.filter(pl.col("message") != pl.col("template"))["message"].unique().to_list()
        answers = refusals = 0
        most = 0.0
        bad: list[str] = []
        began = time.monotonic()
        with asking(place) as server:
            for number in range(0, wanted.calls, ONCE):
                asked = [random_call(chance) for _ in range(ONCE)]
                for call, result in zip(asked, server.together(asked), strict=True):
                    said = result.content[0].text
                    answers += not result.is_error
                    refusals += result.is_error
                    # the text of a call that is answered is long: bodies are looked for in some
                    if (what := wrong(said, numbers)) or (
                        number % 400 == 0 and any(b in said for b in bodies)
                    ):
                        bad.append(f"{call}: {what or 'a body'}")
                if number % 1_000 == 0:
                    most = max(most, peak())
                    took = time.monotonic() - began
                    print(f"{number:,} calls, {len(bad)} wrong, {took:,.0f} s, {most:,.0f} MB", flush=True)
            most = max(most, peak())
    print(
        f"{answers + refusals:,} calls (seed {wanted.seed}): {answers:,} answers, {refusals:,} refusals, "
        f"{len(bad)} wrong; {time.monotonic() - began:,.0f} s, the server took {most:,.0f} MB at most"
    )
    print(*bad[:20], sep="\n")
    return 1 if bad or most > wanted.memory else 0


def peak() -> float:
    """Give the most memory that a child took, in megabytes; 0 where the system does not tell while it runs."""
    found = 0.0
    for status in Path("/proc").glob("[0-9]*/status"):
        try:
            text = status.read_text()
            command = status.with_name("cmdline").read_bytes()
        except OSError:
            continue
        mine = f"PPid:\t{os.getpid()}\n" in text
        if mine and b"zrtools\0mcp" in command:
            found = max(found, int(text.partition("VmHWM:")[2].split()[0]) / 1024)
    return found


if __name__ == "__main__":
    sys.exit(main())
