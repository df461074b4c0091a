"""What was found and told so far, on disk: an alert is told once, whatever happens to the process."""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from datetime import date, datetime, timedelta
from pathlib import Path
from sqlite3 import Cursor
from typing import Any

from zrtools import words
from zrtools.arguments import checked
from zrtools.errors import ArchiveError, InputError
from zrtools.sqlite import Database, stamp
from zrtools.texts import said
from zrtools.watch.digest import LEVELS, Digest, Finding
from zrtools.watch.looking import japan

__all__ = ["State"]

_TABLES = """
create table alerts (
    id integer primary key, level text not null, dimension text not null, names text not null, kind text not null,
    began text not null, ended text not null, excess real not null, is_over integer not null
);
create table digests (id text primary key, made_at text not null, body text not null);
create table delivered (digest text not null, target text not null, primary key (digest, target));
create table facts (name text primary key, value text not null);
"""
_COLUMNS = "level, dimension, names, kind, began, ended, excess, is_over"
_KEPT = timedelta(days=40)
# the same incident, seen again with more data: near in time, or the same time under another name
_NEAR = timedelta(hours=3)
_SAME_TIME = 0.5
_WORSE = 2.0
_GRAVITY = {level: n for n, level in enumerate(LEVELS)}


class State:
    """Alerts that were told, digests that are still to be delivered, and the last look."""

    @checked
    def __init__(self, path: str | Path) -> None:
        with _damage_told():
            self._file = Database(
                path, what=said("sqlite.what_watch"), application=0x7A72_7774, tables=_TABLES
            )
        self.path = self._file.path

    def close(self) -> None:
        """Refuse further use."""
        self._file.close()

    def since(self) -> date | None:
        """Tell the day of the last look."""
        found = self._fact("looked")
        with _damage_told():
            return None if found is None else date.fromisoformat(found)

    def pending(self) -> list[Digest]:
        """Give the digests that were not delivered everywhere they were meant to go, the oldest first."""
        with self._reading() as run:
            rows = run("select body from digests order by made_at, id").fetchall()
            return [Digest.read(body, again=True) for (body,) in rows]

    @checked
    def record(
        self,
        found: Sequence[Finding],
        now: datetime,
        lang: words.Lang,
        *,
        looked: bool,
        targets: Sequence[str] = (),
    ) -> Digest | None:
        """Keep what was found, and what of it is to be told and where, in one step; None where nothing is new."""
        now = japan(now)
        with self._writing() as run:
            for table, column in (("alerts", "ended"), ("digests", "made_at")):
                run(f"delete from {table} where {column} < ?", (stamp(now - _KEPT),))  # noqa: S608 - constants
            run("delete from delivered where digest not in (select id from digests)")
            if looked:
                run("insert or replace into facts values ('looked', ?)", (now.date().isoformat(),))
            items = self._noted(run, found, lang, sees=looked)
            return self._put("daily", items, now, lang, targets) if items else None

    @checked
    def has_week(self, now: datetime) -> bool:
        """Tell whether the week of a day, from Monday, had its digest."""
        return (self._fact("week") or "") >= _week(now)

    @checked
    def record_week(
        self,
        now: datetime,
        lines: Sequence[str],
        found: Sequence[Finding],
        lang: words.Lang,
        targets: Sequence[str] = (),
    ) -> Digest | None:
        """Keep the digest of a week and what keeps one from seeing it all; None where this week had one."""
        with self._writing() as run:
            if self.has_week(now):
                return None
            run("insert or replace into facts values ('week', ?)", (_week(now),))
            items = self._noted(run, found, lang, sees=not found)
            items += [{"what": "", "sentence": line, "level": "nothing"} for line in lines]
            return self._put("weekly", items, now, lang, targets)

    @checked
    def is_delivered(self, digest: Digest, target: str) -> bool:
        """Tell whether a digest went to a target."""
        with self._reading() as run:
            return (
                run("select 1 from delivered where digest = ? and target = ?", (digest.id, target)).fetchone()
                is not None
            )

    @checked
    def delivered(self, digest: Digest, target: str) -> None:
        """Note that a digest went to a target."""
        with self._writing() as run:
            run("insert or ignore into delivered values (?, ?)", (digest.id, target))

    @checked
    def done(self, digest: Digest) -> None:
        """Forget a digest that went everywhere."""
        with self._writing() as run:
            had = {name for (name,) in run("select target from delivered where digest = ?", (digest.id,))}
            if had >= {*digest.targets}:
                run("delete from digests where id = ?", (digest.id,))
                run("delete from delivered where digest = ?", (digest.id,))

    def _noted(
        self, run: Callable[..., Cursor], found: Sequence[Finding], lang: words.Lang, *, sees: bool
    ) -> list[dict[str, Any]]:
        """Bring the alerts up to what was found, and give what of it is to be told."""
        rows = run(f"select id, {_COLUMNS} from alerts order by id").fetchall()  # noqa: S608 - constants
        known = [dict(zip(("id", *_COLUMNS.split(", ")), row, strict=True)) for row in rows]
        items = []
        # the gravest first: each known alert is one finding's
        ordered = sorted(found, key=lambda f: (-_GRAVITY[f.level], -f.excess))
        for finding, same in _paired(ordered, known):
            what = _news(same, finding)
            values = _row(finding, same, told=what is not None)
            if same is not None:
                run("delete from alerts where id = ?", (same["id"],))
            run(f"insert into alerts ({_COLUMNS}) values (?, ?, ?, ?, ?, ?, ?, ?)", values)  # noqa: S608 - constants
            if what is not None:
                items.append({"what": what, **_shown(finding)})
        if sees:
            for blind in (a for a in known if a["level"] == "blind" and not a["is_over"]):
                run("update alerts set is_over = 1 where id = ?", (blind["id"],))
                said = words.text("watch.sees_again", lang)
                items.append({"what": "over", "sentence": said, "level": "watch"})
        return items

    def _put(
        self,
        kind: str,
        items: list[dict[str, Any]],
        now: datetime,
        lang: words.Lang,
        targets: Sequence[str],
    ) -> Digest:
        level = max((item["level"] for item in items), key=lambda name: _GRAVITY[name], default="nothing")
        digest = Digest(secrets.token_hex(4), stamp(now), kind, level, lang, items, [*targets])
        with self._writing() as run:
            run("insert into digests values (?, ?, ?)", (digest.id, digest.made_at, digest.kept()))
        return digest

    def _fact(self, name: str) -> str | None:
        with self._reading() as run:
            row = run("select value from facts where name = ?", (name,)).fetchone()
        return None if row is None else str(row[0])

    @contextmanager
    def _reading(self) -> Iterator[Callable[..., Cursor]]:
        with _damage_told(), self._file.reading() as run:
            yield run

    @contextmanager
    def _writing(self) -> Iterator[Callable[..., Cursor]]:
        with _damage_told(), self._file.transaction() as run:
            yield run


def _week(now: datetime) -> str:
    return "{}-{:02}".format(*japan(now).isocalendar())


@contextmanager
def _damage_told() -> Iterator[None]:
    """Say of a state that cannot be read that nothing is lost with it."""
    try:
        yield
    except (ValueError, TypeError, KeyError, InputError) as error:
        raise ArchiveError(said("watch.deleted", why=said("watch.unreadable"))) from error
    except ArchiveError as error:
        if "damaged" in str(error) and "deleted" not in str(error):
            raise ArchiveError(said("watch.deleted", why=error)) from None
        raise


def _paired(
    found: Sequence[Finding], known: list[dict[str, Any]]
) -> Iterator[tuple[Finding, dict[str, Any] | None]]:
    """Give each finding with the alert that it is, taken out of `known`: one of its own name before one of another."""
    pairs: dict[int, dict[str, Any]] = {}
    for alike in (True, False):
        for number, finding in enumerate(found):
            if number in pairs:
                continue
            for alert in known:
                if (alert["dimension"] == finding.dimension) == alike and _is_same(alert, finding):
                    pairs[number] = alert
                    known.remove(alert)
                    break
    for number, finding in enumerate(found):
        yield finding, pairs.get(number)


def _row(finding: Finding, same: dict[str, Any] | None, *, told: bool) -> tuple[Any, ...]:
    """Write a finding as an alert; of one that is not told anew the size stays that which was told."""
    began, ended, excess, level, is_over = (
        stamp(finding.start),
        stamp(finding.end),
        finding.excess,
        finding.level,
        finding.is_over,
    )
    if same is not None:
        began, ended = min(began, same["began"]), max(ended, same["ended"])
        is_over = is_over or bool(same["is_over"])
        if not told:
            excess, level = same["excess"], same["level"]
        level = max(level, same["level"], key=lambda name: _GRAVITY[name])
        excess = max(excess, same["excess"])
    names = json.dumps(finding.values, ensure_ascii=False)
    return level, finding.dimension, names, finding.group, began, ended, excess, int(is_over)


def _shown(finding: Finding) -> dict[str, Any]:
    kept = asdict(finding)
    return {key: kept[key] for key in ("sentence", "cause", "ticket", "level")}


def _news(same: dict[str, Any] | None, finding: Finding) -> str | None:
    """Say what is new about a finding: all of it, that it is worse, that it is over; None for nothing."""
    if same is None:
        return "new"
    if _GRAVITY[finding.level] > _GRAVITY[same["level"]] or finding.excess >= _WORSE * max(same["excess"], 1):
        return "worse"
    return "over" if finding.is_over and not same["is_over"] else None


def _is_same(alert: dict[str, Any], finding: Finding) -> bool:
    """Tell whether a finding is an alert that was known before."""
    began, ended = (datetime.fromisoformat(alert[c]) for c in ("began", "ended"))
    start, end = (datetime.fromisoformat(stamp(t)) for t in (finding.start, finding.end))
    if finding.dimension in ("blind", "reports") or alert["dimension"] in ("blind", "reports"):
        open_ = not alert["is_over"]
        return alert["dimension"] == finding.dimension and (open_ or _overlap(began, ended, start, end) > 0)
    if alert["kind"] != finding.group:
        return False
    if alert["dimension"] == finding.dimension:
        shared = bool(set(json.loads(alert["names"])) & set(finding.values)) or finding.dimension == "all"
        return shared and start <= ended + _NEAR and began <= end + _NEAR
    return _overlap(began, ended, start, end) >= _SAME_TIME


def _overlap(began: datetime, ended: datetime, start: datetime, end: datetime) -> float:
    """Give intersection over union of two stretches of time."""
    whole = (max(end, ended) - min(start, began)).total_seconds()
    return max((min(end, ended) - max(start, began)).total_seconds(), 0.0) / whole if whole else 1.0
