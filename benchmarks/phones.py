"""How fast a million phone numbers are normalised.

    python benchmarks/phones.py [--numbers 1000000]

Beside a plain Python loop with a regular expression (which takes fewer spellings) and, where it is installed, a
loop over the `phonenumbers` package on a part of the numbers.
"""

from __future__ import annotations

import argparse
import random
import re
import time
from collections.abc import Callable

import polars as pl

from zrtools import phones

FULL = str.maketrans("0123456789", "０１２３４５６７８９")


def written(dice: random.Random) -> str:
    """Write a random number in one of the ways that analysts' files hold."""
    national = dice.choice("6789") + "0" + f"{dice.randrange(10**8):08d}"
    a, b, c = national[:2], national[2:6], national[6:]
    return dice.choice(
        (
            f"0{national}",
            f"0{a}-{b}-{c}",
            f"+81{national}",
            f"+81 (0){a}-{b}-{c}",
            national,
            f"81{national}",
            f"0{a}ー{b}ー{c}".translate(FULL),
            f"（0{a}）{b}　{c}",
            f"0{a}{b}",
        )
    )


def loop(numbers: list[str]) -> list[str | None]:
    """Do it as a notebook would: strip, then match."""
    found: list[str | None] = []
    for number in numbers:
        plain = re.sub(r"[\s\-()（）ー　]", "", number).translate(
            dict(zip(range(0xFF10, 0xFF1A), "0123456789", strict=True))
        )
        match = re.fullmatch(r"(?:\+?810?|0)?([6789]0\d{8})", plain)
        found.append(f"+81{match[1]}" if match else None)
    return found


def best(work: Callable[[], object], times: int = 3) -> float:
    """Measure the best of some runs, in seconds."""
    seconds = []
    for _ in range(times):
        began = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - began)
    return min(seconds)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--numbers", type=int, default=1_000_000)
    count = parser.parse_args().numbers
    dice = random.Random(0)
    numbers = [written(dice) for _ in range(count)]
    frame = pl.DataFrame({"n": numbers})
    assert frame.select(phones.normalised("n"))["n"].to_list() == loop(numbers)

    ours = best(lambda: frame.select(phones.normalised("n")))
    rows = {
        "zrtools, normalised": ours,
        "zrtools, lazily (all cores)": best(lambda: frame.lazy().select(phones.normalised("n")).collect()),
        "zrtools, with reasons": best(
            lambda: frame.lazy().select(phones.normalised("n"), phones.problem("n")).collect()
        ),
        "Python loop": best(lambda: loop(numbers), 1),
    }
    try:
        import phonenumbers
    except ImportError:
        pass
    else:

        def parse() -> None:
            for number in numbers[: count // 20]:
                try:
                    phonenumbers.parse(number, "JP")
                except phonenumbers.NumberParseException:
                    continue

        rows["phonenumbers (from a 20th)"] = best(parse, 1) * 20
    print(f"{count:,} numbers")
    for name, seconds in rows.items():
        print(f"{name:>28}: {seconds:6.2f} s   {seconds / ours:5.1f}x")


if __name__ == "__main__":
    main()
