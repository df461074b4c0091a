"""One run of sending: what leaves, in which order, and what each answer means for the journal."""

from __future__ import annotations

import json
import sqlite3
import threading
import time
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
from zrtools.outbox.guards import is_night
from zrtools.outbox.lease import Lease, alive
from zrtools.sqlite import stamp
from zrtools.texts import said
from zrtools.words import notice, text

if TYPE_CHECKING:
    import polars as pl

    from zrtools.client import Client
    from zrtools.outbox.journal import Journal
    from zrtools.outbox.suppressions import Suppressions

__all__ = ["CAPS", "Run", "bind", "caps_of", "room"]

CAPS = ("per_day", "per_campaign")

_BATCH = 64  # messages that are journalled as leaving in one transaction
_KEEP = 0.05  # seconds between two transactions of answers
_TRIES = 3  # of one message in one run
_BACKOFF = 1.0
_LONGEST = 60.0  # seconds that no pause between two tries of a message reaches
_GONE = 5  # failures of the service in a row that end the run
_LOOK = 0.2
_PATIENCE = 5.0  # seconds of waiting for another run until that is said
_QUOTA, _USED_BEFORE, _SYSTEM = 300, 400, 500
_OF_THE_ACCOUNT = frozenset(("token", "clientId", "smsCode"))

_SPENT = "sending_state in ('leaving', 'accepted', 'unsettled')"
_FIELDS = "id, phone_number, message, client_tag, carrier_id, schedule_time, group_tag, sending_state, overridden, run"
# an advertisement does not leave at night, unless somebody said why
_AWAKE = "not (:night and kind is 'advertisement' and schedule_time is null and not at_night)"
# a pause that is longer than any that is written comes from a clock that was ahead
_MINE = f"{_AWAKE} and (:campaign is null or campaign = :campaign) and (wait_until <= :now or wait_until > :longest)"
_DEAD = "(run is null or (run <> :run and run not in (select run from runs where until between :now and :furthest)))"
_DOUBTFUL = f"""
select {_FIELDS} from messages where {_MINE} and (
    (sending_state = 'leaving' and {_DEAD}) or (sending_state = 'unsettled' and held is not :run))
order by id limit :limit
"""  # noqa: S608 - constants
_QUEUED = f"""
select {_FIELDS} from messages where {_MINE} and sending_state = 'queued' and held is not :run
and campaign not in (select value from json_each(:full)) order by id limit :limit
"""  # noqa: S608 - constants
_ASLEEP = f"""
select count(*) from messages where not ({_AWAKE}) and (:campaign is null or campaign = :campaign)
and (sending_state in ('queued', 'unsettled') or (sending_state = 'leaving' and {_DEAD}))
"""  # noqa: S608 - constants
_LEAVE = (
    "update messages set sending_state = 'leaving', run = :run, attempts = attempts + 1, settled_at = :moment, "
    "left_at = coalesce(left_at, :moment) where id = :id"
)
# what is queued again surely was not taken: it has not left yet
_LEFT = "left_at = case when :state = 'queued' then null else left_at end"
# only what this run has on its way is its own: another may have taken it over, a status may have settled it
_OWN = "id = :id and run = :run and sending_state = 'leaving'"
_BACK = f"""
update messages set sending_state = :state, run = null, attempts = attempts - 1, {_LEFT},
settled_at = case when :state = 'queued' then null else settled_at end where {_OWN}
"""  # noqa: S608 - constants
_BECOME = f"""
update messages set sending_state = :state, run = :run, settled_at = :moment, result_code = :code, error = :error,
held = :held, wait_until = :until, {_LEFT}
"""  # noqa: S608 - constants
_ANSWER = f"{_BECOME} where {_OWN}"
_CHOICE = f"{_BECOME} where id = :id"

_Execute = Callable[..., sqlite3.Cursor]


def bind(file: Journal, account: str) -> None:
    """Tie a journal to the first account that it sends from.

    Raises `InputError` for another one: a message of unknown fate would be sent twice.
    """
    with file.transaction() as run:
        run("insert into facts values ('account', ?) on conflict do nothing", (account,))
        owner = run("select value from facts where name = 'account'").fetchone()[0]
    if owner != account:
        raise InputError(said("outbox.other_account", owner=owner, account=account))


def caps_of(run: _Execute) -> dict[str, int]:
    """Read the caps that are set in a journal."""
    found = run("select name, value from facts where name in (?, ?)", CAPS).fetchall()
    return {name: int(value) for name, value in found}


def room(run: _Execute, day: str, campaign: str | None) -> tuple[int | None, list[str]]:
    """Tell how many messages may leave on a day under the journal's caps, and which campaigns are at theirs.

    The number is that of one campaign where one is given; None where there is no cap.
    """
    caps = caps_of(run)
    left: list[int] = []
    full: list[str] = []
    if "per_day" in caps:
        gone = run(
            f"select count(*) from messages where {_SPENT} and substr(left_at, 1, 10) = ?",  # noqa: S608 - constant
            (day,),
        ).fetchone()[0]
        left.append(caps["per_day"] - gone)
    if "per_campaign" in caps:
        cap = caps["per_campaign"]
        spent = dict(
            run(
                f"select campaign, count(*) from messages where {_SPENT} and (? is null or campaign = ?) group by 1",  # noqa: S608 - constant
                (campaign, campaign),
            ).fetchall()
        )
        full = [name for name, count in spent.items() if count >= cap]
        open_still = [cap - count for count in spent.values() if count < cap]
        # of several campaigns no more than the fullest may have, so that none goes over its own
        left.append(0 if campaign in full else min([cap, *open_still]))
    return (max(0, min(left)) if left else None), full


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
        night: tuple[int, int] | None = None,
    ) -> None:
        self._night = night
        self._file = file
        self._client = client
        self._suppressions = suppressions
        self._campaign = campaign
        self._stop = stop
        self._ready: deque[_Taken] = deque()
        self._back: list[_Taken] = []
        self._out: dict[str, _Taken] = {}
        self._answers: list[dict[str, Any]] = []
        self._kept = 0.0
        self._tries: Counter[int] = Counter()
        self._failures = 0
        self._ended: ZrtoolsError | None = None
        self._broken: ArchiveError | None = None
        self.done: Counter[str] = Counter()
        self._account = account
        self._lease = Lease(file)

    def go(self, frame: Callable[[str], pl.DataFrame], *, progress: bool) -> pl.DataFrame:
        """Send until nothing is left to send, and give the frame of what was taken up."""
        try:
            bind(self._file, self._account)
            self._lease.start()
            with bar(self._left(), "messages", self._told, shown=progress) as look:
                self._work(look, progress)
        except KeyboardInterrupt:
            self._finish()
            raise Interrupted(
                said("outbox.send_interrupted"),
                frame=frame(self._lease.name),
                missing=self._open(),
            ) from None
        finally:
            self._finish()
        if self._lease.lost:
            raise PartialResultError(
                said("outbox.taken_over", done=self.done["accepted"]),
                frame=frame(self._lease.name),
                missing=self._open(),
            )
        if self._ended is not None:
            missing = self._open()
            partial = PartialResultError(
                said(
                    "outbox.stopped",
                    count=len(missing),
                    done=self.done["accepted"],
                    ended=self._ended,
                ),
                frame=frame(self._lease.name),
                missing=missing,
            )
            partial.retry_after = self._ended.retry_after
            raise partial from self._ended
        if (asleep := self._asleep()) and self._night is not None and not self._halted():
            raise PartialResultError(
                said("outbox.asleep", count=asleep, first=self._night[0], last=self._night[1]),
                frame=frame(self._lease.name),
                missing=self._open(),
            )
        return frame(self._lease.name)

    # --------------------------------------------------------------------------------------- inner

    def _work(self, look: Callable[[], None], progress: bool) -> None:
        idle, told = 0.0, not progress
        while True:
            for outgoing, outcome in self._client.send_each(self._leaving(), stopped=self._halted):
                self._answered(self._out.pop(outgoing.client_tag), outcome)
                look()
                idle = 0.0
            if self._broken is not None:
                raise self._broken
            self._keep()
            wait = None if self._halted() else self._wait()
            if wait is None:
                return
            look()
            wait = min(wait, _LOOK)
            idle += wait
            if idle > _PATIENCE and not told:
                notice(text("outbox.waiting"))
                told = True
            self._pause(wait)

    def _is_night(self) -> bool:
        return self._night is not None and is_night(self._client.now(), self._night)

    def _asleep(self) -> int:
        """Count the advertisements that wait for the morning."""
        if not self._is_night():
            return 0
        with self._file.reading() as run:
            return int(
                run(
                    _ASLEEP, {"campaign": self._campaign, "night": True, "run": self._lease.name, **alive()}
                ).fetchone()[0]
            )

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
        if stopped or self._ended is not None or self._broken is not None:
            return True
        try:
            return not self._lease.sure()
        except ArchiveError as error:
            self._broken = error
            return True

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
                if not self._lease.held(run):
                    return
                values = {
                    "campaign": self._campaign,
                    "night": self._is_night(),
                    "run": self._lease.name,
                    "limit": _BATCH,
                    "longest": time.time() + _LONGEST,
                    **alive(),
                }
                rows = run(_DOUBTFUL, values).fetchall()
                rows += self._queued(run, {**values, "limit": _BATCH - len(rows)})
                if not rows:
                    return
                # whose messages are taken over may write no more
                dead = {(owner,) for *_, state, _, owner in rows if state == "leaving"}
                self._file.write("delete from runs where run = ?", dead)
                taken, notes = self._chosen(rows)
                self._file.write(_CHOICE, notes)
                moment = stamp(self._client.now())
                self._file.write(
                    _LEAVE, [{"run": self._lease.name, "moment": moment, "id": one.id} for one in taken]
                )
            self.done.update(note["state"] for note in notes)
            self._ready.extend(taken)

    def _queued(self, run: _Execute, values: dict[str, Any]) -> list[tuple[Any, ...]]:
        """Give the next messages that wait, no more of them than the journal's caps allow; at a cap the run ends."""
        left, full = room(run, f"{self._client.now():%Y-%m-%d}", self._campaign)
        limit = values["limit"] if left is None else min(left, values["limit"])
        rows = run(_QUEUED, {**values, "limit": limit, "full": json.dumps(full)}).fetchall()
        if (
            left is not None
            and not rows
            and values["limit"]
            and run(_QUEUED, {**values, "full": "[]"}).fetchone()
        ):
            self._ended = self._ended or InputError(said("outbox.cap_reached"))
        return rows

    def _chosen(self, rows: list[tuple[Any, ...]]) -> tuple[list[_Taken], list[dict[str, Any]]]:
        """Leave out, with a note, what may not go: suppressed since it was added, or too late for its reservation."""
        minute = self._client.now().strftime("%Y-%m-%d %H:%M")
        listed = {} if self._suppressions is None else self._suppressions.among({row[1] for row in rows})
        taken, notes = [], []
        for key, number, message, tag, carrier, when, group, state, overridden, _ in rows:
            repeat = state != "queued"
            why = None if overridden else listed.get(number)
            if why is not None:
                # one whose fate is open may not be sent again either: it can only be asked about
                become = "unsettled" if repeat else "suppressed"
                notes.append(self._noted(key, become, None, f"The number is suppressed: {why}", hold=True))
            elif when is not None and when <= minute and not repeat:
                passed = f"The schedule time {when} (Japan) has passed: nothing was sent."
                notes.append(self._noted(key, "refused", None, passed))
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
        return taken, notes

    def _answered(self, taken: _Taken, outcome: SendReceipt | ZrtoolsError) -> None:
        """Find out what an answer means, and keep it."""
        self._tries[taken.id] += 1
        if isinstance(outcome, SendReceipt):
            self._failures = 0
            self._answers.append(self._noted(taken.id, "accepted", 0, None))
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
        unanswered = isinstance(error, TransportError) and error.status_code is None and not error.retry_after
        if unanswered and error.sent is False and self._halted():
            # given back before it left: as if it had never been taken up
            self._back.append(taken)
            return
        more = self._tries[taken.id] < _TRIES
        fatal = _of_the_account(error) or bool(error.retry_after)
        gone = fatal or code == _SYSTEM or not isinstance(error, ApiError | InputError)
        self._failures = self._failures + 1 if gone else 0
        if fatal or self._failures >= _GONE:
            self._ended = self._ended or error
        hold = wait = False
        if error.sent is not False:
            state, hold, wait = "unsettled", not more, True
        elif code == _USED_BEFORE and not taken.outgoing.repeat:
            # sent from elsewhere under the same tag, then: asked about like one whose answer was lost
            state, hold = "unsettled", not more
        elif gone:
            state, hold, wait = "queued", not (more or fatal), not fatal
        else:
            state = "refused"
        self._answers.append(self._noted(taken.id, state, code, str(error), hold=hold, wait=wait))

    def _noted(
        self,
        key: int,
        state: str,
        code: int | None,
        error: str | None,
        *,
        hold: bool = False,
        wait: bool = False,
    ) -> dict[str, Any]:
        """Say what became of a message, as `_BECOME` takes it."""
        return {
            "state": state,
            "run": self._lease.name,
            "moment": stamp(self._client.now()),
            "code": code,
            "error": error,
            "held": self._lease.name if hold else None,
            "until": time.time() + _BACKOFF * 2.0 ** (self._tries[key] - 1) if wait else 0.0,
            "id": key,
        }

    def _keep(self) -> None:
        """Put the answers so far on disk, as far as the messages are still this run's."""
        if self._answers:
            with self._file.transaction() as run:
                changed = self._written(run)
            self.done.update(changed)
            self._answers = []
        self._kept = time.monotonic()

    def _written(self, run: _Execute) -> list[str]:
        """Write the answers within a transaction, and list what became of the messages that are settled by it."""
        if not self._lease.held(run):
            return []
        return [
            note["state"]
            for note in self._answers
            # a status that came first has settled it as well
            if run(_ANSWER, note).rowcount and (note["held"] or note["state"] in ("accepted", "refused"))
        ]

    def _wait(self) -> float | None:
        """Tell how long until there may be something to send; None when all is done."""
        now = time.time()
        values = {
            "campaign": self._campaign,
            "night": self._is_night(),
            "longest": now + _LONGEST,
            "run": self._lease.name,
        }
        with self._file.reading() as run:
            soonest = run(
                f"select min(case when wait_until > :longest then 0 else wait_until end) from messages where {_AWAKE} "  # noqa: S608 - constants
                "and sending_state in ('queued', 'unsettled') "
                "and held is not :run and (:campaign is null or campaign = :campaign)",
                values,
            ).fetchone()[0]
            others = run(
                f"select count(*) from messages where {_AWAKE} and sending_state = 'leaving' "  # noqa: S608 - constants
                "and (:campaign is null or campaign = :campaign)",
                values,
            ).fetchone()[0]
        if soonest is not None:
            return max(0.0, float(soonest) - now)
        # what another run has on its way is waited for: it may end before its answers come
        return _LOOK if others else None

    def _left(self) -> int:
        with self._file.reading() as run:
            count = run(
                "select count(*) from messages where sending_state in ('queued', 'unsettled', 'leaving') "
                "and (? is null or campaign = ?)",
                (self._campaign, self._campaign),
            ).fetchone()[0]
        return int(count)

    def _open(self) -> list[str]:
        with self._file.reading() as run:
            rows = run(
                "select client_tag from messages where sending_state in ('queued', 'leaving') "
                "and (? is null or campaign = ?) order by id",
                (self._campaign, self._campaign),
            ).fetchall()
        return [tag for (tag,) in rows]

    def _finish(self) -> None:
        """Keep what came, give back what did not leave, and own nothing any more."""
        if not self._lease.stop():
            return
        with self._file.transaction() as run:
            self.done.update(self._written(run))
            if not self._lease.lost:
                mine = {"run": self._lease.name}
                self._file.write(
                    _BACK, [{"state": one.state, "id": one.id, **mine} for one in (*self._ready, *self._back)]
                )
                run(
                    "update messages set error = :error where run = :run and sending_state = 'leaving'",
                    {"error": _LOST, **mine},
                )
                run("delete from runs where run = :run", mine)
            self._file.note(
                "send", run=self._lease.name, campaign=self._campaign, lost=self._lease.lost, **self.done
            )
        self._answers = []
        self._ready.clear()
        self._back.clear()


_LOST = "The run ended before the answer came: the next send settles it under the same tag."


def _of_the_account(error: ZrtoolsError) -> bool:
    if isinstance(error, ApiError):
        return error.code == _QUOTA or error.field in _OF_THE_ACCOUNT
    if isinstance(error, TransportError):
        return error.status_code in (401, 403, 404)
    return isinstance(error, ConfigurationError)
