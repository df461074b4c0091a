"""One run of sending: what leaves, in which order, and what each answer means for the journal."""

from __future__ import annotations

import threading
import time
import uuid
from collections import Counter, deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from zrtools.client import Outgoing, SendReceipt
from zrtools.client.progress import bar
from zrtools.errors import (
    ApiError,
    ArchiveError,
    ConfigurationError,
    InputError,
    Interrupted,
    PartialResultError,
    TransportError,
    ZrtoolsError,
)
from zrtools.sqlite import stamp

if TYPE_CHECKING:
    import polars as pl

    from zrtools.client import Client
    from zrtools.outbox.journal import Journal
    from zrtools.outbox.suppressions import Suppressions

__all__ = ["Run", "bind"]

_BATCH = 64  # messages that are journalled as leaving in one transaction
_LEASE, _RENEWAL = 4.0, 1.0  # seconds for which a run owns what it took up, and between its signs of life
_KEEP = 0.05  # seconds between two transactions of answers
_TRIES = 3  # of one message in one run
_BACKOFF = 1.0
_GONE = 5  # failures of the service in a row that end the run
_LOOK = 0.2
_QUOTA, _USED_BEFORE, _SYSTEM = 300, 400, 500
_OF_THE_ACCOUNT = frozenset(("token", "clientId", "smsCode"))

_FIELDS = (
    "id, phone_number, message, client_tag, carrier_id, schedule_time, group_tag, sending_state, overridden"
)
_MINE = "(:campaign is null or campaign = :campaign) and wait_until <= :now"
_DOUBTFUL = f"""
select {_FIELDS} from messages where {_MINE} and (
    (sending_state = 'leaving' and (run is null or run not in (select run from runs where until >= :now)))
    or (sending_state = 'unsettled' and held is not :run))
order by id limit :limit
"""  # noqa: S608 - constants
_QUEUED = f"""
select {_FIELDS} from messages where {_MINE} and sending_state = 'queued' and held is not :run
order by id limit :limit
"""  # noqa: S608 - constants
_LEAVE = (
    "update messages set sending_state = 'leaving', run = :run, attempts = attempts + 1, settled_at = :moment, "
    "left_at = coalesce(left_at, :moment) where id = :id"
)
# what is queued again surely was not taken: it has not left yet
_LEFT = "left_at = case when :state = 'queued' then null else left_at end"
_BACK = (
    f"update messages set sending_state = :state, run = null, attempts = attempts - 1, {_LEFT} where id = :id"  # noqa: S608 - constants
)
_ANSWER = f"""
update messages set sending_state = :state, run = :run, settled_at = :moment, result_code = :code, error = :error,
held = :held, wait_until = :until, {_LEFT} where id = :id
"""  # noqa: S608 - constants


def bind(file: Journal, account: str) -> None:
    """Tie a journal to the first account that it sends from.

    Raises `InputError` for another one: a message of unknown fate would be sent twice.
    """
    with file.transaction() as run:
        run("insert into facts values ('account', ?) on conflict do nothing", (account,))
        owner = run("select value from facts where name = 'account'").fetchone()[0]
    if owner != account:
        raise InputError(
            f"This outbox sends from the account {owner!r}, and the client is of {account!r}: use the client of that "
            "account, or another outbox."
        )


@dataclass(frozen=True, slots=True)
class _Taken:
    """A message that the journal says is leaving; `state` is what it was before."""

    id: int
    state: str
    outgoing: Outgoing


class Run:
    """One run of `Outbox.send`."""

    def __init__(
        self,
        file: Journal,
        client: Client,
        account: str,
        suppressions: Suppressions | None,
        campaign: str | None,
        stop: threading.Event | None,
    ) -> None:
        self._file = file
        self._client = client
        self._suppressions = suppressions
        self._campaign = campaign
        self._stop = stop
        self._name = uuid.uuid4().hex
        self._ready: deque[_Taken] = deque()
        self._out: dict[str, _Taken] = {}
        self._answers: list[dict[str, Any]] = []
        self._kept = 0.0
        self._tries: Counter[int] = Counter()
        self._failures = 0
        self._ended: ZrtoolsError | None = None
        self._broken: ArchiveError | None = None
        self.done: Counter[str] = Counter()
        bind(file, account)

    def go(self, frame: Callable[[str], pl.DataFrame], *, progress: bool) -> pl.DataFrame:
        """Send until nothing is left to send, and give the frame of what was taken up."""
        with self._file.transaction() as run:
            run("delete from runs where until < ?", (time.time(),))
            run("insert into runs values (?, ?, ?)", (self._name, time.time() + _LEASE, stamp()))
        alive = threading.Event()
        heart = threading.Thread(target=self._beat, args=(alive,), name="zrtools-outbox", daemon=True)
        heart.start()
        try:
            with bar(self._left(), "messages", self._told, shown=progress) as look:
                self._work(look)
        except KeyboardInterrupt:
            self._finish(alive, heart)
            raise Interrupted(
                "Sending was interrupted: what is queued stays queued, and what was on its way is settled by the next "
                "send.",
                frame=frame(self._name),
                missing=self._open(),
            ) from None
        finally:
            self._finish(alive, heart)
        if self._ended is not None:
            missing = self._open()
            raise PartialResultError(
                f"Sending stopped with {len(missing):,} messages still queued or on their way, and "
                f"{self.done['accepted']:,} accepted "
                f"in this run. {self._ended} Then call send again: nothing goes out twice.",
                frame=frame(self._name),
                missing=missing,
            ) from self._ended
        return frame(self._name)

    # --------------------------------------------------------------------------------------- inner

    def _work(self, look: Callable[[], None]) -> None:
        while True:
            for outgoing, outcome in self._client.send_each(self._leaving()):
                self._answered(self._out.pop(outgoing.client_tag), outcome)
                look()
            if self._broken is not None:
                raise self._broken
            self._keep()
            wait = None if self._halted() else self._wait()
            if wait is None:
                return
            self._pause(min(wait, _LOOK))

    def _told(self) -> tuple[int, int]:
        failed = self.done["refused"] + self.done["unsettled"]
        return self.done["accepted"] + failed, failed

    def _pause(self, seconds: float) -> None:
        if self._stop is None:
            time.sleep(seconds)
        else:
            self._stop.wait(seconds)

    def _halted(self) -> bool:
        stopped = self._stop is not None and self._stop.is_set()
        return stopped or self._ended is not None or self._broken is not None

    def _leaving(self) -> Iterator[Outgoing]:
        """Give messages one by one, each on disk as leaving before it is given."""
        while not self._halted():
            if not self._ready:
                self._take()
                if not self._ready:
                    return
            taken = self._ready.popleft()
            self._out[taken.outgoing.client_tag] = taken
            yield taken.outgoing

    def _take(self) -> None:
        """Journal the next messages as leaving."""
        while not self._ready:
            self._keep()
            with self._file.transaction() as run:
                values = {"campaign": self._campaign, "now": time.time(), "run": self._name, "limit": _BATCH}
                rows = run(_DOUBTFUL, values).fetchall()
                rows += run(_QUEUED, {**values, "limit": _BATCH - len(rows)}).fetchall()
                if not rows:
                    return
                taken = self._chosen(rows)
                moment = stamp(self._client.now())
                self._file.write(
                    _LEAVE, [{"run": self._name, "moment": moment, "id": one.id} for one in taken]
                )
                notes = self._answers
                self._file.write(_ANSWER, notes)
            self._answers = []
            self._ready.extend(taken)

    def _chosen(self, rows: list[tuple[Any, ...]]) -> list[_Taken]:
        """Leave out what may not go: suppressed since it was added, or too late for its reservation."""
        minute = self._client.now().strftime("%Y-%m-%d %H:%M")
        listed = {} if self._suppressions is None else self._suppressions.among({row[1] for row in rows})
        taken = []
        for key, number, message, tag, carrier, when, group, state, overridden in rows:
            repeat = state != "queued"
            why = None if overridden else listed.get(number)
            if why is not None:
                # one whose fate is open may not be sent again either: it can only be asked about
                become = "unsettled" if repeat else "suppressed"
                self._note(key, become, None, f"The number is suppressed: {why}", hold=True)
            elif when is not None and when <= minute and not repeat:
                self._note(
                    key, "refused", None, f"The schedule time {when} (Japan) has passed: nothing was sent."
                )
            else:
                outgoing = Outgoing(
                    phone_number=number,
                    message=message,
                    client_tag=tag,
                    carrier_id=carrier,
                    schedule_time=when,
                    group_tag=group,
                    repeat=repeat,
                )
                taken.append(_Taken(key, state, outgoing))
        return taken

    def _answered(self, taken: _Taken, outcome: SendReceipt | ZrtoolsError) -> None:
        """Find out what an answer means, and keep it."""
        self._tries[taken.id] += 1
        if isinstance(outcome, SendReceipt):
            self._failures = 0
            self._note(taken.id, "accepted", 0, None)
        else:
            self._failed(taken, outcome)
        if time.monotonic() - self._kept > _KEEP and self._broken is None:
            try:
                self._keep()
            except ArchiveError as error:
                # nothing more leaves; what is on its way is still heard, and written if there is room by then
                self._broken = error

    def _failed(self, taken: _Taken, error: ZrtoolsError) -> None:
        code = error.code if isinstance(error, ApiError) else None
        more = self._tries[taken.id] < _TRIES
        fatal = _of_the_account(error)
        gone = fatal or code == _SYSTEM or not isinstance(error, ApiError | InputError)
        self._failures = self._failures + 1 if gone else 0
        if fatal or self._failures >= _GONE:
            self._ended = self._ended or error
        if error.sent is not False:
            self._note(taken.id, "unsettled", code, str(error), hold=not more, wait=True)
        elif code == _USED_BEFORE and not taken.outgoing.repeat:
            # sent from elsewhere under the same tag, then: asked about like one whose answer was lost
            self._note(taken.id, "unsettled", code, str(error), hold=not more)
        elif gone:
            self._note(taken.id, "queued", code, str(error), hold=not (more or fatal), wait=not fatal)
        else:
            self._note(taken.id, "refused", code, str(error))

    def _note(
        self,
        key: int,
        state: str,
        code: int | None,
        error: str | None,
        *,
        hold: bool = False,
        wait: bool = False,
    ) -> None:
        """Remember what became of a message; `_keep` writes it."""
        self._answers.append(
            {
                "state": state,
                "run": self._name,
                "moment": stamp(self._client.now()),
                "code": code,
                "error": error,
                "held": self._name if hold else None,
                "until": time.time() + _BACKOFF * 2.0 ** (self._tries[key] - 1) if wait else 0.0,
                "id": key,
            }
        )
        if hold or state in ("accepted", "refused"):
            self.done[state] += 1

    def _keep(self) -> None:
        """Put the answers so far on disk."""
        if self._answers:
            self._file.write(_ANSWER, self._answers)
            self._answers = []
        self._kept = time.monotonic()

    def _wait(self) -> float | None:
        """Tell how long until there may be something to send; None when all is done."""
        now = time.time()
        values = {"campaign": self._campaign, "now": now, "run": self._name}
        with self._file.transaction() as run:
            soonest = run(
                "select min(wait_until) from messages where sending_state in ('queued', 'unsettled') "
                "and held is not :run and (:campaign is null or campaign = :campaign)",
                values,
            ).fetchone()[0]
            others = run(
                "select count(*) from messages where sending_state = 'leaving' "
                "and (:campaign is null or campaign = :campaign)",
                values,
            ).fetchone()[0]
        if soonest is not None:
            return max(0.0, float(soonest) - now)
        # what another run has on its way is waited for: it may end before its answers come
        return _LOOK if others else None

    def _left(self) -> int:
        with self._file.transaction() as run:
            count = run(
                "select count(*) from messages where sending_state in ('queued', 'unsettled', 'leaving') "
                "and (? is null or campaign = ?)",
                (self._campaign, self._campaign),
            ).fetchone()[0]
        return int(count)

    def _open(self) -> list[str]:
        with self._file.transaction() as run:
            rows = run(
                "select client_tag from messages where sending_state in ('queued', 'leaving') "
                "and (? is null or campaign = ?) order by id",
                (self._campaign, self._campaign),
            ).fetchall()
        return [tag for (tag,) in rows]

    def _beat(self, ended: threading.Event) -> None:
        """Say now and then that this run lives."""
        while not ended.wait(_RENEWAL):
            try:
                with self._file.transaction() as run:
                    run("update runs set until = ? where run = ?", (time.time() + _LEASE, self._name))
            except ZrtoolsError:
                # the run itself meets the same trouble, and tells it
                continue

    def _finish(self, alive: threading.Event, heart: threading.Thread) -> None:
        """Keep what came, give back what did not leave, and own nothing any more."""
        if alive.is_set():
            return
        alive.set()
        heart.join()
        with self._file.transaction() as run:
            self._keep()
            self._file.write(_BACK, [{"state": one.state, "id": one.id} for one in self._ready])
            self._ready.clear()
            run(
                "update messages set error = ? where run = ? and sending_state = 'leaving'",
                (_LOST, self._name),
            )
            run("delete from runs where run = ?", (self._name,))
            self._file.note("send", run=self._name, campaign=self._campaign, **self.done)


_LOST = "The run ended before the answer came: the next send settles it under the same tag."


def _of_the_account(error: ZrtoolsError) -> bool:
    if isinstance(error, ApiError):
        return error.code == _QUOTA or error.field in _OF_THE_ACCOUNT
    if isinstance(error, TransportError):
        return error.status_code in (401, 403, 404)
    return isinstance(error, ConfigurationError)
