"""The outbox: messages in a journal on disk, each sent once whatever happens to the process."""

from __future__ import annotations

import hashlib
import json
import re
import secrets
import sqlite3
import threading
from collections.abc import Callable, Iterable, Mapping
from contextlib import nullcontext
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import polars as pl

from zrtools import arguments, phones
from zrtools.client import Client
from zrtools.client.progress import bar
from zrtools.codes import MessageKind
from zrtools.errors import (
    ApiError,
    ArchiveError,
    InputError,
    Interrupted,
    PartialResultError,
    TransportError,
    UnexpectedResponseError,
    ZrtoolsError,
)
from zrtools.outbox.adding import UNUSED, Intake, go_on, intake
from zrtools.outbox.guards import NIGHT, Guards, despite_of, night_of, who
from zrtools.outbox.intake import Unsendable, checked, refuse, sorted_out
from zrtools.outbox.journal import Journal
from zrtools.outbox.lease import alive
from zrtools.outbox.preview import Preview, estimate
from zrtools.outbox.run import CAPS, Run, bind, caps_of, room
from zrtools.outbox.suppressions import Suppressions, normalised_all
from zrtools.periods import TOKYO, Day, Time, day
from zrtools.periods import time as time_of
from zrtools.schemas import ADDED, CAMPAIGNS, OUTBOX, SENT, STATUS, TIME, check, empty
from zrtools.sqlite import stamp
from zrtools.texts import said
from zrtools.words import notice, text

if TYPE_CHECKING:
    from zrtools.archive import Archive
    from zrtools.usage import Prices
else:
    from zrtools.arguments import Archive, Prices

__all__ = ["Outbox"]

_TABLES = """
create table messages (
    id integer primary key,
    added_at text not null, campaign text not null, phone_number text not null, message text not null,
    client_tag text not null unique, carrier_id text, schedule_time text, group_tag text, parts integer not null,
    sending_state text not null, attempts integer not null default 0, settled_at text, result_code integer, error text,
    run text, held text, wait_until real not null default 0, overridden integer not null default 0,
    left_at text, kind text, at_night integer not null default 0);
create index messages_by_state on messages (sending_state, id);
create index messages_by_number on messages (phone_number, campaign);
create table runs (run text primary key, until real not null, began_at text not null);
create table facts (name text primary key, value text not null)
"""
_CHANGES = (
    """
alter table messages add column left_at text;
update messages set left_at = settled_at where sending_state in ('leaving', 'accepted', 'unsettled');
update facts set value = replace(value, 'https://', '') where name = 'account'
""",
    """
alter table messages add column kind text;
alter table messages add column at_night integer not null default 0
""",
)
_COLUMNS = (
    "added_at, campaign, phone_number, message, client_tag, carrier_id, schedule_time || ':00', group_tag, parts, "
    "sending_state, attempts, settled_at, result_code, error"
)
_TAKEN = f"""
select client_tag from messages where client_tag in (select value from json_each(?))
and sending_state in ('refused', 'withdrawn') and not ({UNUSED})
"""  # noqa: S608 - constants
_TAGGED = f"""
select i.row, m.sending_state, m.phone_number = i.number and m.message = i.message
from incoming i join messages m on m.client_tag = i.tag and m.sending_state <> 'adding' where not (m.{UNUSED})
"""  # noqa: S608 - constants
_BY_TAG = 100
_PIECE = 50_000  # rows that are looked up in one go
_GONE_OUT, _INVALID = 130, 110
_FATE = [name for name in SENT if name not in OUTBOX]


class Outbox:
    """A journal of messages that are sent exactly once.

    Each message has one client tag for good, made from its campaign, number and text unless given, and the journal
    is on disk before a request leaves. Whatever ends the process, the next `send` goes on: what was on its way is
    sent again under the same tag, which the service takes once only. Several processes may send from one journal.

    It is a file (SQLite, on a local disk), private to its owner where the system can, and holds numbers and
    bodies. `suppressions`, or the path of such a list, names numbers never to be sent to; `night`, the hours between
    which no advertisement goes out (Japan). Raises `ArchiveError` for a file that cannot be used, and `InputError`.
    """

    @arguments.checked
    def __init__(
        self,
        path: str | Path,
        *,
        suppressions: Suppressions | str | Path | None = None,
        night: tuple[int, int] = NIGHT,
    ) -> None:
        self.night = night_of(night)
        self._file = Journal(
            path, what=said("sqlite.what_outbox"), application=0x7A72_6F62, tables=_TABLES, changes=_CHANGES
        )
        self._opened: Suppressions | None = None
        if suppressions is not None and not isinstance(suppressions, Suppressions):
            suppressions = self._opened = Suppressions(suppressions)
        self.suppressions = suppressions
        with self._file.transaction() as run:
            run("insert into facts values ('journal', ?) on conflict do nothing", (secrets.token_hex(16),))
            self._journal = _journal(run)
        go_on(self._file)

    @property
    def path(self) -> Path:
        """Where the journal is kept."""
        return self._file.path

    def close(self) -> None:
        """Close the journal, and the list that was opened with it; what is queued stays in it."""
        self._file.close()
        if self._opened is not None:
            self._opened.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __repr__(self) -> str:
        try:
            states = " ".join(f"{state}={count}" for state, count in self.counts().items())
        except ArchiveError:
            # a repr is asked for where something else is being looked into
            states = "closed"
        return f"<Outbox {self.path} {states or 'empty'}>"

    # ------------------------------------------------------------------------------------- filling

    @arguments.checked
    def add(
        self,
        frame: pl.DataFrame,
        *,
        campaign: str = "",
        template: str | None = None,
        schedule_time: Time | None = None,
        group_tag: str | None = None,
        skip_invalid: bool = False,
        unsendable: Unsendable = "refuse",
        doubtful: phones.Doubtful = "leave out",
        kind: MessageKind | None = None,
        sender: str | None = None,
        consent: pl.DataFrame | None = None,
        despite: Mapping[str, str] | None = None,
        sent_since: Time | None = None,
        dry_run: bool = False,
        lang: str | None = None,
    ) -> pl.DataFrame:
        """Queue a frame of messages, all of it or nothing, and say of each row what became of it: ADDED.

        Columns: `phone_number`, and `message` or those that `template` names; if wanted `client_tag`, `carrier_id`,
        `schedule_time` (Japan) and `group_tag`. The same text to the same number is taken once in a `campaign`,
        however often it is added, unless the service refused it (or it has a `client_tag` of its own): further ones
        are `duplicate`. With `sent_since`, a time, what waits for the same number with the same text under any other
        name, or went to it since then, is a `repeat`, and not queued either. Numbers on the suppression list are kept
        but not sent. `unsendable` says what to do about characters that cannot be sent: refuse the row, take what
        `messages.mended` suggests ("mend": signs alone; "mend names": letters of names, too), or send them as they
        are. Numbers that are given to nobody, such as 090-0000-0000, are `doubtful` and left out unless
        `doubtful="take"`. With `dry_run` nothing is written. `problem` is worded in `lang`.

        `kind` says what the campaign is for. An "advertisement" is `held`, with the `guards` that it fails, where it
        has no opt-out link or does not name its `sender`, where no consent of its number is recorded (`consent`, a
        frame with `phone_number`, `date` and `source`, or the columns `consent_date` and `consent_source`), or where
        its `schedule_time` lies in the night; without one, `send` holds it then. `despite` says, by the guard's name
        ("opt-out link", "sender", "consent", "night"), why it may go all the same: the journal keeps who said what
        (`history`).

        Raises `InputError` (`.row`) when a row is bad or held, unless `skip_invalid`, and when a column is missing;
        `Interrupted` on Ctrl-C.
        """
        going_on: Intake | None = None
        guards = Guards(kind, sender, consent, despite or {}, self.night)
        try:
            rows = checked(
                frame,
                template=template,
                schedule_time=schedule_time,
                group_tag=group_tag,
                unsendable=unsendable,
                guards=guards,
                lang=lang,
            )
            since = None if sent_since is None else stamp(time_of(sent_since, "sent_since"))
            with self._file.kept_open():
                if dry_run:
                    return _added(self._compared(rows, campaign, since, guards, doubtful, lang))
                with self._file.reading() as run:
                    self._make_sure(run)
                with intake(self._file, lang) as going_on:
                    rows = self._compared(rows, campaign, since, guards, doubtful, lang)
                    if not skip_invalid:
                        refuse(rows)
                    new = rows.filter(pl.col("intake").is_in(["queued", "suppressed"]))
                    going_on.take(
                        new.select(
                            pl.lit(stamp()).alias("added_at"),
                            pl.lit(campaign).alias("campaign"),
                            "phone_number",
                            "message",
                            "client_tag",
                            "carrier_id",
                            "schedule_time",
                            "group_tag",
                            "parts",
                            "intake",
                            pl.when(pl.col("intake") == "suppressed").then("problem").alias("problem"),
                            pl.lit(kind, pl.String).alias("kind"),
                            pl.lit(int("night" in guards.despite)).alias("at_night"),
                        ),
                        {
                            "campaign": campaign,
                            "rows": rows.height,
                            **dict(rows.group_by("intake").len().iter_rows()),
                            **({} if kind is None else {"kind": kind}),
                            **_journalled(guards.despite),
                        },
                    )
        except KeyboardInterrupt:
            added = False if going_on is None else going_on.added
            fate = {True: "outbox.all_added", False: "outbox.none_added", None: "outbox.all_or_none"}[added]
            raise Interrupted(
                said("outbox.add_interrupted", said=said(fate)),
                frame=_added(rows) if added else empty(ADDED),
                missing=[],
            ) from None
        return _added(rows)

    @arguments.checked
    def override(self, numbers: str | Iterable[object] | pl.Series, *, why: str) -> int:
        """Queue messages to suppressed numbers all the same, and tell how many; the journal keeps who and why.

        Raises `InputError` for a number that is none, or without a `why`.
        """
        if not why.strip():
            raise InputError(said("outbox.override_why"))
        wanted = sorted(set(normalised_all(numbers)))
        with self._file.transaction() as run:
            count = run(
                "update messages set sending_state = 'queued', overridden = 1, error = null, settled_at = ? "
                "where sending_state = 'suppressed' and phone_number in (select value from json_each(?))",
                (stamp(), json.dumps(wanted)),
            ).rowcount
            self._file.note("override", numbers=wanted, messages=count, why=why, by=who())
        return count

    @arguments.checked
    def cap(
        self, *, per_day: int | None = None, per_campaign: int | None = None, by: str | None = None
    ) -> None:
        """Set how many messages may leave a day, and of one campaign at most, for whoever sends from this journal.

        None takes a cap away. What would go over it stays queued. The history keeps who set what. Raises `InputError`.
        """
        caps = {"per_day": per_day, "per_campaign": per_campaign}
        for name, value in caps.items():
            if value is not None and value < 1:
                raise InputError(said("outbox.cap", name=name))
        with self._file.transaction() as run:
            run("delete from facts where name in (?, ?)", CAPS)
            for name, value in caps.items():
                if value is not None:
                    run("insert into facts values (?, ?)", (name, str(value)))
            self._file.note("cap", **caps, by=by or who())

    def caps(self) -> dict[str, int | None]:
        """Give the caps on messages: `per_day` and `per_campaign`, None where there is none."""
        with self._file.reading() as run:
            found = caps_of(run)
        return {name: found.get(name) for name in CAPS}

    @arguments.checked
    def room(self, campaign: str, *, client: Client | None = None) -> int | None:
        """Tell how many more messages of a campaign may leave today under the caps, None where there is none.

        The day is that of the client's clock, else of this machine's in Japan.
        """
        day = f"{datetime.now(TOKYO) if client is None else client.now():%Y-%m-%d}"
        with self._file.reading() as run:
            return room(run, day, campaign)[0]

    @arguments.checked
    def confirmed(self, campaign: str, *, what: Mapping[str, object], by: str | None = None) -> None:
        """Keep in the history who confirmed that a campaign is sent, and what was shown to them (no numbers)."""
        self._file.note("confirm", campaign=campaign, by=by or who(), **what)

    @arguments.checked
    def withdraw(self, *, campaign: str | None = None) -> int:
        """Take back what is still queued, of one campaign or all, and tell how many messages that were.

        Reservations that the service has are not queued any more: `client.cancel` and `cancel_suppressed` cancel them.
        """
        with self._file.transaction() as run:
            count = run(
                "update messages set sending_state = 'withdrawn', settled_at = ? where sending_state = 'queued' "
                "and (? is null or campaign = ?)",
                (stamp(), campaign, campaign),
            ).rowcount
            self._file.note("withdraw", campaign=campaign, messages=count)
        self._say_reserved(datetime.now(TOKYO), campaign)
        return count

    @arguments.checked
    def suppressed_reservations(
        self, client: Client | None = None, *, campaign: str | None = None
    ) -> pl.DataFrame:
        """Give the reservations that wait for numbers which are on the suppression list since: OUTBOX.

        What waits is told by the client's clock, else this machine's.
        """
        return self._reserved(datetime.now(TOKYO) if client is None else client.now(), campaign)[0]

    @arguments.checked
    def cancel_suppressed(
        self, client: Client, *, campaign: str | None = None, progress: bool = True
    ) -> pl.DataFrame:
        """Cancel the reservations that wait for numbers which are on the suppression list since, and give them: OUTBOX.

        Cancelled ones become `withdrawn`; one that has gone out meanwhile stays `accepted`, and its `error` says so.

        Raises `PartialResultError` (`.missing`: the tags of those that may still wait) when the service refuses or
        cannot be reached, `Interrupted` on Ctrl-C, `InputError` for a client of another account than the journal's.
        """
        bind(self._file, client.origin)
        rows, why = self._reserved(client.now(), campaign)
        tags = rows["client_tag"].to_list()
        done: list[str] = []
        failure: ZrtoolsError | None = None
        interrupted = False
        try:
            with bar(len(tags), "messages", lambda: (len(done), 0), shown=progress):
                for tag, number in rows.select("client_tag", "phone_number").iter_rows():
                    state, error = _cancelled(client, tag)
                    with self._file.transaction() as run:
                        run(
                            "update messages set sending_state = ?, settled_at = ?, error = ? "
                            "where client_tag = ? and sending_state = 'accepted'",
                            (
                                state,
                                stamp(client.now()),
                                f"The number is suppressed: {why[number]}. {error}",
                                tag,
                            ),
                        )
                        self._file.note("cancel", tag=tag, number=number, why=why[number], cancelled=error)
                    done.append(tag)
        except KeyboardInterrupt:
            interrupted = True
        except (ApiError, TransportError, UnexpectedResponseError) as error:
            failure = error
        frame = self._rows("client_tag in (select value from json_each(?))", (json.dumps(tags),))
        if not interrupted and failure is None:
            return frame
        missing = [tag for tag in tags if tag not in set(done)]
        kind = Interrupted if interrupted else PartialResultError
        raise kind(
            f"{len(missing):,} of {len(tags):,} reservations for suppressed numbers may still wait. "
            f"{failure or 'It was interrupted.'} Call cancel_suppressed again.",
            frame=frame,
            missing=missing,
        ) from failure

    # ------------------------------------------------------------------------------------- looking

    @arguments.checked
    def copy(self, to: str | Path) -> Path:
        """Make a copy of the journal, at any time, also while it sends, and give its path.

        Raises `ArchiveError` where a file is there already, or nothing can be written.
        """
        return self._file.copy(to)

    @arguments.checked
    def counts(self, *, campaign: str | None = None) -> dict[str, int]:
        """Count the messages in each state."""
        with self._file.reading() as run:
            return dict(
                run(
                    "select sending_state, count(*) from messages where sending_state <> 'adding' "
                    "and (? is null or campaign = ?) group by 1",
                    (campaign, campaign),
                ).fetchall()
            )

    @arguments.checked
    def campaigns(self, numbers: str | Iterable[object] | pl.Series | None = None) -> pl.DataFrame:
        """List the campaigns, in the order in which they began: CAMPAIGNS, `open` being queued, leaving or unsettled.

        With `numbers`, only those which are that list's: their recipients are all in it, and half of it at least.
        Raises `InputError` for a number that is none.
        """
        listed = None if numbers is None else json.dumps(sorted(set(normalised_all(numbers))))
        return self._file.frame(
            "select campaign, min(added_at), count(distinct phone_number) numbers, count(*), "
            "sum(sending_state in ('queued', 'leaving', 'unsettled')), max(kind) from messages "
            "where sending_state <> 'adding' group by campaign "
            "having :listed is null or (2 * numbers >= json_array_length(:listed) and "
            "numbers = count(distinct case when phone_number in (select value from json_each(:listed)) "
            "then phone_number end)) order by min(id)",
            {"listed": listed},
            schema=CAMPAIGNS,
        )

    @arguments.checked
    def frame(self, *, campaign: str | None = None) -> pl.DataFrame:
        """Give the journal: OUTBOX, in the order in which messages were added. Numbers are not masked."""
        return self._rows("? is null or campaign = ?", (campaign, campaign))

    @arguments.checked
    def erase(self, number: str | int) -> int:
        """Remove the messages of a number for good, what waits for it included, and the number from the history.

        Tells how many messages and events were touched. The same text may then be sent to it again: put it on a list
        of suppressed numbers where it must not be. Raises `InputError` for what is no number, and `ArchiveError` while
        a message to it is on its way.
        """
        normal = phones.normalise(number)
        with self._file.transaction() as run:
            leaving = "select count(*) from messages where phone_number = ? and sending_state = 'leaving'"
            if run(leaving, (normal,)).fetchone()[0]:
                raise ArchiveError(said("outbox.erase_leaving"))
            return self._file.erase(normal, "delete from messages where phone_number = ?")

    @arguments.checked
    def forget(self, before: Day) -> int:
        """Remove messages that were settled before a day, and the history before it, for good; tell how many rows.

        What waits, is reserved, or is not known to be sent stays. What is removed is not known any more, so the same
        text to the same number is taken again: keep at least as long as a list may be added twice. Raises
        `InputError`.
        """
        return self._file.forget(
            day(before, "before"),
            "delete from messages where sending_state in ('accepted', 'refused', 'suppressed', 'withdrawn') "
            "and max(coalesce(schedule_time, ''), coalesce(settled_at, added_at)) < ?",
        )

    def history(self) -> pl.DataFrame:
        """Give what was done with the journal, in order of time: HISTORY, `detail` as JSON."""
        return self._file.history()

    @arguments.checked
    def preview(
        self,
        prices: Prices | Mapping[str, Decimal | int | str] | Decimal | int | str | None = None,
        *,
        campaign: str | None = None,
        client_id: str | None = None,
    ) -> Preview:
        """Say what a send would do now: how many messages, to how many numbers, parts and, with prices, the cost.

        Prices: those of `zr.usage.read_prices` (of them those for all clients and those of `client_id`, else of the
        account that the journal sends from), one price, or one a carrier ("*" for the rest). Parts and cost are
        estimates. Raises `InputError` where a price is missing.
        """
        which = (campaign, campaign)
        with self._file.reading() as run:
            total = run(
                "select count(*), count(distinct phone_number), count(schedule_time), coalesce(sum(parts), 0) from "
                "messages where sending_state = 'queued' and (? is null or campaign = ?)",
                which,
            ).fetchone()
            suppressed = self.counts(campaign=campaign).get("suppressed", 0)
            left_out = [
                json.loads(detail)
                for (detail,) in run("select detail from events where what = 'add'").fetchall()
            ]
            account = run("select value from facts where name = 'account'").fetchone()
            by_carrier = self._file.frame(
                "select carrier_id, count(*), sum(parts) from messages where sending_state = 'queued' and "
                "(? is null or campaign = ?) group by 1",
                which,
                schema=pl.Schema({"carrier_id": pl.String(), "messages": pl.Int64(), "parts": pl.Int64()}),
            )
        out = [event for event in left_out if campaign is None or event["campaign"] == campaign]
        low = high = None
        if prices is not None:
            if client_id is None:
                # known once something was sent
                client_id = account and str(account[0]).rpartition(" ")[2]
            low, high = estimate(by_carrier, prices, datetime.now(TOKYO).date(), client_id)
        messages, numbers, scheduled, parts = total
        return Preview(
            messages=messages,
            numbers=numbers,
            scheduled=scheduled,
            parts=parts,
            duplicates=sum(event.get("duplicate", 0) + event.get("repeat", 0) for event in out),
            invalid=sum(event.get("invalid", 0) for event in out),
            doubtful=sum(event.get("doubtful", 0) for event in out),
            held=sum(event.get("held", 0) for event in out),
            suppressed=suppressed,
            reserved=self._reserved(datetime.now(TOKYO), campaign)[0].height,
            cost_low=low,
            cost_high=high,
        )

    # ------------------------------------------------------------------------------------- sending

    @arguments.checked
    def send(
        self,
        client: Client,
        *,
        campaign: str | None = None,
        stop: threading.Event | None = None,
        despite: Mapping[str, str] | None = None,
        progress: bool = True,
    ) -> pl.DataFrame:
        """Send what is queued, settle what was on its way, and give the messages that this run took up: OUTBOX.

        When `stop` is set, nothing more leaves, what is in flight is waited for, and the rest stays queued; `send`
        again goes on. A message whose answer was lost is settled under its own tag, or stays `unsettled`. A
        reservation whose time has passed is refused before it leaves. An advertisement does not leave at night, unless
        `despite={"night": "why"}` says why: the journal keeps that, and who said it.

        Raises `PartialResultError` (`.missing`: the tags still queued, and those that another run has on their way)
        when the account cannot send any more (quota, token) or the service cannot be reached, and when advertisements
        wait for the morning; `Interrupted` on Ctrl-C; `InputError` for a client of another account than the journal's;
        `ArchiveError` when the journal cannot be written.
        """
        allowed = despite_of(despite)
        if set(allowed) - {"night"}:
            raise InputError(said("outbox.despite_send"))
        listed = nullcontext() if self.suppressions is None else self.suppressions.kept_open()
        with self._file.kept_open(), listed:
            with self._file.reading() as run:
                self._make_sure(run)
            go_on(self._file)
            if progress:
                self._say_reserved(client.now(), campaign)
            if allowed:
                self._file.note("despite", campaign=campaign, **_journalled(allowed))
            sending = Run(
                self._file,
                client,
                client.origin,
                self.suppressions,
                campaign,
                stop,
                None if allowed else self.night,
            )
            return sending.go(self._of_run, progress=progress)

    @arguments.checked
    def settle(self, client: Client) -> pl.DataFrame:
        """Ask what became of the messages that are unsettled or were on their way, sending nothing: OUTBOX.

        A status of its number under its tag, or a reservation that waits or has gone out, makes a message `accepted`,
        even where the text differs: who asks wants to know. The others stay as they are.

        Raises what `client.status` and `client.reservations` raise.
        """
        bind(self._file, client.origin)
        open_rows = self._rows(
            "sending_state = 'unsettled' or (sending_state = 'leaving' and (run is null or run not in "
            "(select run from runs where until between ? and ?)))",
            tuple(alive().values()),
        )
        tags = open_rows["client_tag"].to_list()
        if tags:
            known = self._settled(client, open_rows)
            self._accept(known, client.now())
        return self._rows("client_tag in (select value from json_each(?))", (json.dumps(tags),))

    @arguments.checked
    def decide(self, client_tag: str, *, accepted: bool, why: str) -> None:
        """Settle by hand a message that stayed unsettled, when you know from elsewhere what became of it.

        `accepted=False` lets the same text be added again, under a new tag where the service had said that the old one
        was used: be sure. Raises `InputError` when the message is not unsettled, or without a `why`, which the journal
        keeps.
        """
        if not why.strip():
            raise InputError(said("outbox.decide_why"))
        with self._file.transaction() as run:
            changed = run(
                "update messages set sending_state = ?, settled_at = ?, error = ?, "
                "result_code = case when ? then 0 else result_code end "
                "where client_tag = ? and sending_state = 'unsettled'",
                (
                    "accepted" if accepted else "refused",
                    stamp(),
                    f"Decided by hand: {why}",
                    accepted,
                    client_tag,
                ),
            ).rowcount
            if not changed:
                raise InputError(said("outbox.no_unsettled"))
            self._file.note("decide", tag=client_tag, accepted=accepted, why=why, by=who())

    @arguments.checked
    def status(
        self,
        source: Client | pl.DataFrame | pl.LazyFrame | Archive | None = None,
        *,
        campaign: str | None = None,
    ) -> pl.DataFrame:
        """Give the journal with what became of each message: SENT, which `zr.classify` takes.

        `source` is a client, which is asked (a few by tag, many by their days of sending), a frame of statuses or
        delivery reports, or an archive; without one the journal alone. An unsettled message whose status is found
        becomes `accepted`. The `error` of a reservation that waits for a number which is suppressed since says so.
        Raises `InputError` for a frame that holds no statuses, and what `client.status` raises.
        """
        rows = self.frame(campaign=campaign)
        moment = source.now() if isinstance(source, Client) else datetime.now(TOKYO)
        reserved, why = self._reserved(moment, campaign)
        if reserved.height:
            self._say_reserved(moment, campaign)
            listed = pl.col("phone_number").replace_strict(why, default=None, return_dtype=pl.String)
            rows = rows.with_columns(
                error=pl.when(pl.col("client_tag").is_in(reserved["client_tag"].implode()))
                .then(
                    pl.format(
                        "The number is suppressed: {}. Its reservation waits: cancel_suppressed cancels it.",
                        listed,
                    )
                )
                .otherwise("error")
            )
        if source is None:
            return rows.select(*OUTBOX, *(pl.lit(None, SENT[name]).alias(name) for name in _FATE))
        sent = rows.filter(pl.col("sending_state").is_in(["accepted", "unsettled", "leaving"]))
        statuses = self._statuses(source, sent).select("client_tag", *_FATE, number="phone_number")
        latest = statuses.sort("date_time", nulls_last=False, maintain_order=True).unique(
            "client_tag", keep="last", maintain_order=True
        )
        joined = rows.join(latest, on="client_tag", how="left", maintain_order="left")
        found = joined.filter(
            pl.col("sending_state").is_in(["unsettled", "leaving"])
            & (pl.col("number") == pl.col("phone_number"))
        )["client_tag"]
        if found.len():
            self._accept(found.to_list(), source.now() if isinstance(source, Client) else None)
            joined = joined.with_columns(
                pl.when(pl.col("client_tag").is_in(found.implode()))
                .then(pl.lit("accepted"))
                .otherwise("sending_state")
                .alias("sending_state")
            )
        return joined.select(*SENT)

    # --------------------------------------------------------------------------------------- inner

    def _make_sure(self, run: Callable[..., sqlite3.Cursor]) -> None:
        """Raise `ArchiveError` where another journal was written over the one that was opened."""
        if _journal(run) != self._journal:
            raise ArchiveError(said("outbox.replaced", path=self.path))

    def _reserved(self, moment: datetime, campaign: str | None) -> tuple[pl.DataFrame, dict[str, str]]:
        """Give the reservations that wait for numbers which are suppressed since, and the reasons by number."""
        rows = empty(OUTBOX)
        if self.suppressions is not None:
            rows = self._rows(
                "sending_state = 'accepted' and schedule_time > ? and not overridden and (? is null or campaign = ?)",
                (moment.astimezone(TOKYO).strftime("%Y-%m-%d %H:%M"), campaign, campaign),
            )
        if self.suppressions is None or not rows.height:
            return rows, {}
        why = self.suppressions.among(rows["phone_number"].unique())
        return rows.filter(pl.col("phone_number").is_in(list(why))), why

    def _say_reserved(self, moment: datetime, campaign: str | None) -> None:
        count = self._reserved(moment, campaign)[0].height
        if count:
            notice(text("outbox.reserved_suppressed", count=count))

    def _compared(
        self,
        rows: pl.DataFrame,
        campaign: str,
        since: str | None,
        guards: Guards,
        doubtful: phones.Doubtful,
        lang: str | None,
    ) -> pl.DataFrame:
        """Compare rows with the journal and the list: `client_tag` for all, `intake` and `problem`."""
        good = rows.filter(pl.col("problem").is_null())
        found: list[list[pl.DataFrame]] = [
            self._known(piece, campaign, since) for piece in good.iter_slices(_PIECE)
        ] or [self._known(good, campaign, since)]
        same, tagged, elsewhere = map(pl.concat, zip(*found, strict=True))
        listed = {} if self.suppressions is None else self.suppressions.among(good["phone_number"].unique())
        rows = sorted_out(rows, same, tagged, elsewhere, listed, guards, doubtful, lang)
        return rows.with_columns(
            client_tag=pl.when(pl.col("intake") == "invalid")
            .then("client_tag")
            .otherwise(pl.coalesce("client_tag", self._own_tags(rows, campaign)))
        )

    def _own_tags(self, rows: pl.DataFrame, campaign: str) -> pl.Series:
        """Make each message's tag, the next one where the journal knows that the service has taken the last."""
        made, turn = _tags(rows, campaign or self._journal, campaign, 0), 0
        pending = made.filter(rows["used"].fill_null(value=False))
        while pending.len():
            with self._file.reading() as run:
                taken = run(_TAKEN, (json.dumps(pending.to_list()),)).fetchall()
            known = made.is_in(pl.Series([tag for (tag,) in taken], dtype=pl.String).implode())
            turn += 1
            made = made.zip_with(~known, _tags(rows, campaign or self._journal, campaign, turn))
            pending = made.filter(known)
        return made

    def _known(self, piece: pl.DataFrame, campaign: str, since: str | None) -> list[pl.DataFrame]:
        """Look up what the journal has of some rows: `same`, `tagged` and `elsewhere` as `sorted_out` takes them."""
        with self._file.reading() as run:
            run("create temp table incoming (row integer, number text, message text, tag text)")
            run_many = piece.select("row", "phone_number", "message", "client_tag").iter_rows()
            self._file.write("insert into incoming values (?, ?, ?, ?)", run_many)
            same = self._file.frame(
                "select i.row, max(m.sending_state in ('refused', 'withdrawn')), "
                "max(case when i.tag is null and m.sending_state not in ('refused', 'withdrawn') "
                "then m.sending_state end) from incoming i join messages m "
                "on m.phone_number = i.number and m.campaign = ? and m.message = i.message "
                "and m.sending_state <> 'adding' group by 1",
                (campaign,),
                schema=pl.Schema({"row": pl.Int64(), "used": pl.Boolean(), "known": pl.String()}),
            )
            tagged = self._file.frame(
                _TAGGED,
                schema=pl.Schema({"row": pl.Int64(), "tagged": pl.String(), "alike": pl.Boolean()}),
            )
            # of several the one that was added last
            elsewhere = self._file.frame(
                "select row, campaign, sending_state, substr(at, 1, 10) from (select i.row, m.campaign, "
                "m.sending_state, coalesce(m.schedule_time, m.left_at, m.settled_at, m.added_at) at, max(m.id) "
                "from incoming i join messages m on m.phone_number = i.number and m.message = i.message "
                "and (m.campaign <> :campaign or i.tag is not null) where :since is not null "
                "and (m.sending_state in ('queued', 'leaving') or m.sending_state in ('accepted', 'unsettled') "
                "and coalesce(m.schedule_time, m.left_at, m.settled_at, m.added_at) >= :since) group by i.row)",
                {"campaign": campaign, "since": since},
                schema=pl.Schema(
                    {"row": pl.Int64(), "under": pl.String(), "was": pl.String(), "day": pl.String()}
                ),
            )
            run("drop table incoming")
        return [same, tagged, elsewhere]

    def _rows(self, where: str, values: tuple[Any, ...] = ()) -> pl.DataFrame:
        return self._file.frame(
            f"select {_COLUMNS} from messages where sending_state <> 'adding' and ({where}) order by id",  # noqa: S608 - conditions of this module
            values,
            schema=OUTBOX,
        )

    def _of_run(self, run: str) -> pl.DataFrame:
        return self._rows("run = ?", (run,))

    def _settled(self, client: Client, rows: pl.DataFrame) -> list[str]:
        tags = rows["client_tag"].to_list()
        found = client.status(client_tag=tags, progress=False).select("client_tag", number="phone_number")
        known = rows.join(found, on="client_tag").filter(pl.col("number") == pl.col("phone_number"))[
            "client_tag"
        ]
        reserved = rows.filter(
            pl.col("schedule_time").is_not_null(), ~pl.col("client_tag").is_in(known.implode())
        )
        waiting = [tag for tag in reserved["client_tag"] if _waits(client, tag)]
        return [*known.unique().to_list(), *waiting]

    def _accept(self, tags: list[str], moment: datetime | None) -> None:
        now = stamp(moment)
        with self._file.transaction():
            self._file.write(
                "update messages set sending_state = 'accepted', result_code = 0, error = null, settled_at = ? "
                "where client_tag = ? and sending_state in ('unsettled', 'leaving')",
                [(now, tag) for tag in tags],
            )

    def _statuses(
        self, source: Client | pl.DataFrame | pl.LazyFrame | Archive, sent: pl.DataFrame
    ) -> pl.DataFrame:
        tags = pl.LazyFrame({"client_tag": sent["client_tag"]})
        if isinstance(source, pl.DataFrame | pl.LazyFrame):
            wanted = pl.Schema({name: STATUS[name] for name in ("client_tag", "phone_number", *_FATE)})
            check(source, wanted, "STATUS")
            return source.lazy().select(*wanted).join(tags, on="client_tag", how="semi").collect()
        if not sent.height:
            return empty(STATUS)
        days = self._days(sent)
        if hasattr(source, "scan"):
            return source.scan(days[0], days[-1]).join(tags, on="client_tag", how="semi").collect()
        today = source.now().date()
        if sent.height <= _BY_TAG:
            return source.status(client_tag=sent["client_tag"].to_list(), progress=False)
        frames = [
            source.status(day, progress=False).join(tags.collect(), on="client_tag", how="semi")
            for day in days
            if day <= today
        ]
        found = pl.concat([empty(STATUS), *frames])
        # a day's answer may lack one that the service took long after it left here
        rest = tags.collect().join(found, on="client_tag", how="anti")["client_tag"].to_list()
        if 0 < len(rest) <= _BY_TAG:
            found = pl.concat([found, source.status(client_tag=rest, progress=False)])
        return found

    def _days(self, sent: pl.DataFrame) -> list[date]:
        """List the days on which messages may have gone out, the first one first."""
        left = self._file.frame(
            "select client_tag, left_at from messages where left_at is not null",
            schema=pl.Schema({"client_tag": pl.String(), "left_at": TIME}),
        )
        # one that left more than once may have been taken the first time or the last, and one that left around
        # midnight on the day after
        at_once = pl.col("schedule_time").is_null()
        again = pl.when(at_once, pl.col("attempts") > 1).then("settled_at")
        late = pl.when(at_once).then(pl.col("left_at").dt.offset_by("10m"))
        return (
            sent.join(left, on="client_tag", how="left")
            .select(day=pl.concat_list(pl.coalesce("schedule_time", "left_at", "added_at"), again, late))
            .explode("day")
            .select(pl.col("day").dt.date())
            .drop_nulls()["day"]
            .unique()
            .sort()
            .to_list()
        )


def _journalled(despite: Mapping[str, str]) -> dict[str, Any]:
    """Say in an event what may go in spite of a guard, why, and who said so."""
    return {"despite": dict(despite), "by": who()} if despite else {}


def _added(rows: pl.DataFrame) -> pl.DataFrame:
    """Give what became of the rows as ADDED."""
    return rows.select(
        pl.col("schedule_time").str.to_datetime("%Y-%m-%d %H:%M", time_unit="ms", time_zone=str(TOKYO))
        if name == "schedule_time"
        else name
        for name in ADDED
    )


def _journal(run: Callable[..., sqlite3.Cursor]) -> str:
    """Give the name that a journal has for good."""
    return str(run("select value from facts where name = 'journal'").fetchone()[0])


def _cancelled(client: Client, tag: str) -> tuple[str, str]:
    """Cancel a reservation; give the state of its message, and what came of it.

    Raises `ApiError`, `TransportError`, `UnexpectedResponseError`.
    """
    try:
        client.cancel(tag)
    except ApiError as error:
        if error.code == _GONE_OUT:
            return "accepted", "Its reservation had gone out before it could be cancelled."
        if not _unknown(error):
            raise
        # cancelled earlier, by a try whose answer nobody heard or in the vendor's screens, unless it went out
        try:
            waits = client.reservations(client_tag=tag).height > 0
        except ApiError as said:
            if said.code == _GONE_OUT:
                return "accepted", "Its reservation had gone out before it could be cancelled."
            if not _unknown(said):
                raise
            waits = False
        if waits:
            raise
        return "withdrawn", "No reservation waits for it any more."
    return "withdrawn", "Its reservation was cancelled."


def _unknown(error: ApiError) -> bool:
    return error.code == _INVALID and error.field == "clientTag"


def _waits(client: Client, tag: str) -> bool:
    try:
        return client.reservations(client_tag=tag).height > 0
    except ApiError as error:
        return error.code == _GONE_OUT


def _tags(rows: pl.DataFrame, start: str, campaign: str, turn: int) -> pl.Series:
    """Make each message's tag: the same for the same message of a campaign, in whichever journal."""
    prefix = re.sub(r"[^0-9A-Za-z_.-]+", "", campaign)[:100] or "zr"
    return pl.Series(
        [
            f"{prefix}-{hashlib.sha256(json.dumps([start, *row, turn]).encode()).hexdigest()[:24]}"
            for row in rows.select("phone_number", "message").iter_rows()
        ],
        dtype=pl.String,
    )
