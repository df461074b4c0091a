"""Faults on demand: what the sandbox does wrong, for which call, how often."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from zrtools.errors import InputError
from zrtools.texts import joined, said

__all__ = ["CALLS", "KINDS", "Fault", "Faults", "Kind"]

Kind = Literal[
    "bad_type",
    "code",
    "cut",
    "delay",
    "drop_after",
    "drop_before",
    "echo_token",
    "html",
    "http",
    "no_code",
    "not_json",
    "redirect",
]

CALLS = ("send", "reservations", "cancel", "cancel_all", "status", "shorten", "templates", "clean", "counts")
"""The names of the nine calls, wherever the sandbox names them."""

KINDS: dict[str, str] = {
    "bad_type": "the true answer, announced as text/plain",
    "code": "a refusal under HTTP 200 with `response_code` and `message`, shaped as the call shapes it",
    "cut": "the true answer, cut in the middle of its body",
    "delay": "the true answer, after `seconds`",
    "drop_after": "the request takes effect, then the connection is cut without an answer",
    "drop_before": "the connection is cut before the request takes effect",
    "echo_token": "HTTP `status` (500) whose JSON message repeats the request with its token",
    "html": "HTTP `status` (200) with a page of HTML",
    "http": "HTTP `status` (503) with JSON {code, message}, and Retry-After when `retry_after` is given",
    "no_code": "JSON without a responseCode",
    "not_json": "a body announced as JSON that is none",
    "redirect": "HTTP `status` (302) to `location`",
}
"""What each kind of fault does. Those that give the true answer let the request take effect, the rest do not."""

_TAKES_EFFECT = frozenset(("bad_type", "cut", "delay", "drop_after"))


@dataclass(slots=True)
class Fault:
    """One fault: `left` is how many times it still strikes, None for always."""

    kind: Kind
    call: str
    left: int | None
    probability: float
    effect: bool
    seconds: float
    status: int
    retry_after: str | None
    location: str
    response_code: int
    message: str
    when: Callable[[dict[str, str]], bool] | None


class Faults:
    """The faults that are switched on; the first one that fits a request strikes, delays beside it."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)
        self._lock = threading.Lock()
        self._faults: list[Fault] = []
        self.struck: dict[str, int] = {}
        """How often each kind struck so far."""

    def add(
        self,
        kind: Kind,
        call: str = "*",
        *,
        times: int | None = 1,
        probability: float = 1.0,
        effect: bool | None = None,
        seconds: float = 0.0,
        status: int | None = None,
        retry_after: float | str | None = None,
        location: str = "http://elsewhere.invalid/",
        response_code: int = 500,
        message: str = "System error.",
        when: Callable[[dict[str, str]], bool] | None = None,
    ) -> Fault:
        """Switch on a fault of one of `KINDS` for one of `CALLS`, or "*" for all of them.

        It strikes `times` times (None: always), each time with a `probability`, and only requests whose fields
        (without the token) please `when`. `effect` says whether the request takes effect all the same. Raises
        `InputError`.
        """
        if kind not in KINDS:
            raise InputError(said("sandbox.fault", kind=kind, known=joined(KINDS)))
        if call not in (*CALLS, "*"):
            raise InputError(said("sandbox.call", call=call, known=joined(CALLS)))
        if not 0 <= probability <= 1:
            raise InputError(said("sandbox.probability", probability=probability))
        fault = Fault(
            kind=kind,
            call=call,
            left=times,
            probability=probability,
            effect=kind in _TAKES_EFFECT if effect is None else effect,
            seconds=seconds,
            status=status or {"http": 503, "echo_token": 500, "redirect": 302}.get(kind, 200),
            retry_after=None if retry_after is None else str(retry_after),
            location=location,
            response_code=response_code,
            message=message,
            when=when,
        )
        with self._lock:
            self._faults.append(fault)
        return fault

    def clear(self) -> None:
        """Switch every fault off."""
        with self._lock:
            self._faults.clear()

    def pick(self, call: str, fields: dict[str, str]) -> tuple[float, Fault | None]:
        """Take what strikes this request: the seconds to wait, and at most one fault that is not a delay."""
        if not self._faults:
            return 0.0, None
        wait, struck = 0.0, None
        with self._lock:
            for fault in self._faults:
                if fault.call not in (call, "*") or (struck is not None and fault.kind != "delay"):
                    continue
                if fault.when is not None and not fault.when(fields):
                    continue
                if fault.probability < 1 and self._random.random() >= fault.probability:
                    continue
                if fault.left is not None:
                    fault.left -= 1
                self.struck[fault.kind] = self.struck.get(fault.kind, 0) + 1
                wait += fault.seconds
                if fault.kind != "delay":
                    struck = fault
            self._faults = [f for f in self._faults if f.left is None or f.left > 0]
        return wait, struck
