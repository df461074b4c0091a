"""Run the outbox through many more sequences of faults than the tests do, and count what happened.

    python proof/states.py                        200 sequences of up to 40 steps
    python proof/states.py --examples 2000 --seed 7

The steps and the promises are those of tests/test_outbox_states.py. A sequence that breaks a promise is printed, step
by step.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter
from pathlib import Path

from hypothesis import Phase, seed, settings
from hypothesis.stateful import run_state_machine_as_test

from zrtools.sandbox import Sandbox

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from test_outbox_states import DONE, Machine, hurry


def main() -> None:
    """Run, and print the table of what was tried."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else None)
    parser.add_argument("--examples", type=int, default=200)
    parser.add_argument("--steps", type=int, default=40)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    seen: Counter[str] = Counter()

    class Counted(Machine):
        """The machine of the tests, with what came of it counted."""

        def teardown(self) -> None:
            """Count what was wanted, and what arrived."""
            super().teardown()
            arrived = self.arrived()
            seen["sequences"] += 1
            seen["messages wanted"] += len(self.wanted)
            seen["arrived"] += arrived.total()
            seen["arrived more than once"] += sum(n > 1 for n in arrived.values())
            seen["lost"] += sum(not arrived[m] and m[0] not in self.opted_out for m in self.wanted)

    hurry(setattr)
    began = time.monotonic()
    with Sandbox(messages_per_day=10, months=1) as sandbox:
        Machine.sandbox = sandbox
        run_state_machine_as_test(
            seed(options.seed)(Counted),
            settings=settings(
                max_examples=options.examples,
                stateful_step_count=options.steps,
                deadline=None,
                database=None,
                phases=[Phase.generate],
            ),
        )
    print(f"in {time.monotonic() - began:.0f} s")
    for what, count in (*seen.items(), *sorted(DONE.items())):
        print(f"{count:>8,}  {what}")


if __name__ == "__main__":
    main()
