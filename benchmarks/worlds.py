"""Traffic to judge analyses with, made apart from the sandbox, together with what was planted in it.

    python benchmarks/worlds.py --seed 3            # says what a world is and what was planted

Nothing here comes from `zrtools`: a misreading must not stand on both sides. Three kinds of worlds:

- `world(seed)`: STATUS frames of days with incidents (and quiet days before, and quiet worlds), for `incidents`
- `change(seed)`: two periods between which a cause of one to three columns sets in, for `locate`
- `volumes(seed, kind)`: messages and parts by day and carrier, for forecasts

The same seed gives the same world. Seeds 0 to 99 are for building, those from 1000 on for judging once.
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import combinations
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import polars as pl
from scipy import stats

__all__ = ["KINDS", "SERIES", "Change", "World", "change", "crowd", "volumes", "world"]

Array = np.ndarray[Any, Any]
ZONE = "Asia/Tokyo"
CARRIERS = ("au", "docomo", "SoftBank", "Rakuten Mobile")
CARRIER_IDS = ("101", "103", "105", "106")
MODULES = ("12", "31", "51", "61")
CATEGORIES = {
    "721": "congestion",
    "732": "not in service",
    "821": "handset congestion",
    "823": "network",
    "824": "out of reach",
    "833": "out of reach or busy",
    "834": "handset error",
}
CODES = tuple(CATEGORIES)
KINDS = (
    *(
        "plain",
        "office",
        "night batches",
        "month-end bursts",
        "growth",
        "a sender stops",
        "lists",
        "uneven lists",
    ),
    *("random tags", "no tags", "Japanese tags", "drift", "weekly rhythm", "daily maintenance", "new codes"),
    *("days without rows", "late reports"),
)
SERIES = ("growth", "decline", "shift", "month-end burst", "biller", "office", "nights", "holidays")
TRUTH = pl.Schema(
    {
        "kind": pl.String(),
        "dimension": pl.String(),
        "segment": pl.String(),
        "values": pl.List(pl.String()),
        "category": pl.String(),
        "start": pl.Datetime("ms", ZONE),
        "end": pl.Datetime("ms", ZONE),
        "strength": pl.Float64(),
        "expected": pl.Float64(),
        "excess": pl.Int64(),
        "is_over": pl.Boolean(),
        "p_value": pl.Float64(),
        "ahead": pl.Float64(),
    }
)
"""`p_value`: how probable the excess is for one who knows all rates, but not how good a list of few days is.

`ahead`: log likelihood by which, all rates and the interval known, the segment explains failures better than others.
"""
FIRST = date(2026, 10, 1)
HOLIDAYS = {date(2026, 9, 21), date(2026, 9, 22), date(2026, 9, 23), date(2026, 10, 12), date(2026, 11, 3)}

_HOURS = {
    "all day": (4, 2, 1, 1, 1, 3, 6, 9, 10, 10, 10, 11, 14, 11, 10, 10, 11, 12, 13, 14, 15, 15, 12, 8),
    "office": (0, 0, 0, 0, 0, 0, 0, 0, 2, 12, 16, 13, 6, 10, 11, 12, 11, 9, 4, 1, 0, 0, 0, 0),
    "night": (20, 30, 25, 10, 4, 0, 0, 0, 0, 1, 1, 1, 0, 1, 1, 1, 1, 0, 0, 0, 0, 1, 5, 12),
}
_WEEK = {
    "all day": (1, 1, 1, 1, 1.05, 1, 0.95),
    "office": (1.2, 1.15, 1.1, 1.15, 1.25, 0.2, 0.1),
    "night": (1, 1.1, 1.1, 1.1, 1.1, 0.8, 0.8),
}


@dataclass(frozen=True, slots=True)
class World:
    """A world: its statuses, quiet days before them, and a row for each planted incident."""

    seed: int
    kind: str
    facts: dict[str, Any]
    frame: pl.DataFrame
    history: pl.DataFrame
    truth: pl.DataFrame


@dataclass(frozen=True, slots=True)
class Change:
    """Two periods and what set in between them: columns and their values; none where nothing did.

    `excess` are the failures of it, `least` those of the value in which fewest fell.
    """

    seed: int
    before: pl.DataFrame
    after: pl.DataFrame
    where: dict[str, list[str]]
    excess: int
    least: int


@dataclass(slots=True)
class _Traffic:
    """Messages as arrays, before anything is planted."""

    days: int
    day: Array
    second: Array
    carrier: Array
    sender: Array
    campaign: Array
    chance: Array
    names: list[str]
    senders: list[str]
    listed: Array
    level: Array
    """How much each campaign fails beside what it should, and how much such levels vary (variance)."""
    spread: float

    @property
    def at(self) -> Array:
        """Give the second since the first midnight at which each message was sent."""
        return self.day * 86_400 + self.second


def world(
    seed: int,
    kind: str | None = None,
    *,
    days: int = 30,
    history_days: int = 0,
    per_day: int | None = None,
    quiet: bool = False,
    small: bool = False,
    lasting: int | None = None,
    national: bool = False,
) -> World:
    """Make a world; its kind goes round with the seed where none is given.

    `small` plants excesses of 20 to 100 failures, else it is 120 and more; `lasting` plants one carrier's incident
    of so many days that is not over, `national` all carriers' for some hours, at 3 times each.
    """
    rng = np.random.default_rng([seed, 77])
    kind = kind or KINDS[seed % len(KINDS)]
    if per_day is None:
        low, high = (300, 1500) if small else (1500, 100_000 if rng.random() < 0.08 else 12_000)
        per_day = int(np.exp(rng.uniform(np.log(low), np.log(high))))
    base = float(np.exp(rng.uniform(np.log(0.005), np.log(0.3)) * 0.6 + np.log(0.03) * 0.4))
    base = float(np.exp(rng.uniform(np.log(0.005), np.log(0.3)))) if rng.random() < 0.25 else base
    traffic = _traffic(rng, kind, days + history_days, history_days, per_day, base)
    # random ends of four kinds
    style = seed // len(KINDS) % 4 if kind == "random tags" else None
    if style == 3:
        owner = dict(zip(traffic.campaign.tolist(), traffic.sender.tolist(), strict=True))
        traffic.names = [f"部署{owner.get(n, 0) + 1}_{name}" for n, name in enumerate(traffic.names)]
    late = 4.0 if kind == "late reports" else 1.0
    total = len(traffic.day)
    failed = rng.random(total) < traffic.chance
    mixes = rng.dirichlet(np.array([1, 4, 0.7, 3, 2, 2, 2]) * 3, len(CARRIERS))
    code = _coded(rng, mixes, traffic.carrier)
    if kind == "new codes":
        begin = int(rng.integers(history_days, history_days + days))
        code = np.where((traffic.day >= begin) & (rng.random(total) < 0.06), 7 + traffic.carrier % 2, code)
    rows: list[dict[str, Any]] = []
    if not quiet:
        plan = _Plan(rng, traffic, history_days, small=small, tagged=kind != "no tags")
        if lasting is not None:
            plan.one(lasting * 86_400, lasting * 86_400 + 1, "carrier", to_end=True)
        elif national:
            plan.one(3 * 3600, 7 * 3600, "all")
        else:
            plan.fill(int(rng.integers(2, 5)))
        failed, code, rows = _planted(rng, plan.made, traffic, failed, code)
    frame = _statuses(
        rng, traffic, failed, code, late, FIRST - timedelta(history_days), style, tagged=kind != "no tags"
    )
    here = pl.col("send_date") >= FIRST
    truth = pl.DataFrame(rows, schema=TRUTH).with_columns(
        (pl.col("start") - timedelta(days=history_days)), (pl.col("end") - timedelta(days=history_days))
    )
    facts = {"per_day": per_day, "base": round(base, 4), "days": days, "senders": len(traffic.senders)}
    return World(seed, kind, facts, frame.filter(here), frame.filter(~here), truth)


def _traffic(
    rng: np.random.Generator, kind: str, days: int, before: int, per_day: int, base: float
) -> _Traffic:
    """Decide who sends what when, and each message's chance to fail."""
    n_senders = int(rng.integers(1, 7))
    kinds = [
        str(rng.choice(["all day", "office", "lists", "night"], p=[0.35, 0.3, 0.3, 0.05]))
        for _ in range(n_senders)
    ]
    if kind == "office":
        kinds = ["office"] * n_senders
    if kind == "night batches":
        kinds[0] = "night"
    if kind in ("lists", "uneven lists"):
        kinds = ["lists"] * max(n_senders - 1, 1) + (["all day"] if n_senders > 1 else [])
    shares = rng.dirichlet(np.full(n_senders, 2.5))
    likeness = 0.08 if kind == "uneven lists" else float(rng.uniform(0.001, 0.012))
    names: list[str] = []
    parts: list[tuple[Array, ...]] = []
    listed: list[bool] = []
    stop = int(rng.integers(before + days // 3, before + days)) if kind == "a sender stops" else 10_000
    gone = (
        set(rng.choice(days, max(days // 10, 1), replace=False).tolist())
        if kind == "days without rows"
        else set()
    )
    for s, (of, share) in enumerate(zip(kinds, shares, strict=True)):
        week = _WEEK.get(of, _WEEK["office"])
        own = len(names)
        names.append(f"{_word(rng, kind)}{s}")
        listed.append(False)
        series = [names[own]]
        if of == "lists":
            # some lists are written to again and again, the others once
            series = [f"{_word(rng, kind)}{s}{n}" for n in range(3)]
            names += series
            listed += [True] * 3
        hours = np.array(_HOURS.get(of, _HOURS["office"]), dtype=float)
        for d in range(days):
            today = FIRST - timedelta(before) + timedelta(d)
            if d in gone or (s == 0 and d >= stop):
                continue
            factor = week[6 if today in HOLIDAYS else today.weekday()] * rng.lognormal(0, 0.08)
            if kind == "growth":
                factor *= 3 ** (d / days) / 1.8
            if kind == "month-end bursts" and (today + timedelta(2)).month != today.month:
                factor *= 4
            size = int(rng.poisson(per_day * share * factor))
            if not size:
                continue
            if of != "lists":
                hour = rng.choice(24, size, p=hours / hours.sum())
                parts.append(
                    (
                        np.full(size, d),
                        hour * 3600 + rng.integers(0, 3600, size),
                        np.full(size, s),
                        np.full(size, own),
                    )
                )
                continue
            count = int(rng.integers(1, 5))
            weights = rng.pareto(1.3, count) + 0.15
            for piece in np.maximum((weights / weights.sum() * size).astype(int), 1):
                if rng.random() < 0.4:
                    which = names.index(series[int(rng.integers(3))])
                else:
                    which = len(names)
                    names.append(f"{_word(rng, kind)}{s}{_letters(d)}{_letters(which)}")
                    listed.append(True)
                start = int(rng.integers(9 * 4, 18 * 4)) * 900
                length = min(600 + piece / per_day * 40_000 * float(rng.uniform(0.5, 2)), 4 * 3600)
                parts.append(
                    (
                        np.full(piece, d),
                        start + (rng.random(piece) * length).astype(int),
                        np.full(piece, s),
                        np.full(piece, which),
                    )
                )
    day, second, sender, campaign = (np.concatenate([p[n] for p in parts]) for n in range(4))
    carrier_shares = rng.dirichlet(np.array([29, 38, 23, 10]) * 4)
    carrier = rng.choice(4, len(day), p=carrier_shares)
    # levels of carriers, senders, campaigns, hours and days
    chance = base * rng.lognormal(0, 0.3, 4)[carrier] * rng.lognormal(0, 0.3, n_senders)[sender]
    level = np.ones(len(names))
    spread = likeness * (1 - base) / base
    is_list = np.array(listed)
    level[is_list] = rng.gamma(1 / spread, spread, int(is_list.sum()))
    if kind == "uneven lists":
        strength = max(1 / likeness - 1, 1e-3)
        level[is_list] = rng.beta(base * strength, (1 - base) * strength, int(is_list.sum())) / base
    chance *= level[campaign]
    # a list that is written to again differs a little each time; so do days
    chance *= rng.lognormal(0, 0.05, days)[day]
    chance *= (1 + rng.uniform(0, 0.25) * np.sin(np.arange(24) / 24 * 2 * np.pi + rng.uniform(0, 6)))[
        second // 3600
    ]
    if kind == "drift":
        chance *= np.exp(np.linspace(0, float(rng.choice([-1, 1])) * rng.uniform(0.2, 0.4), days))[day]
    if kind == "weekly rhythm":
        weekday = np.array([(FIRST - timedelta(before) + timedelta(n)).weekday() for n in range(days)])
        chance *= np.where(weekday >= 5, rng.uniform(1.5, 4.2), 1.0)[day]
    if kind == "daily maintenance":
        at = int(rng.integers(22, 36)) * 1800
        hit = (second >= at) & (second < at + 1800) & (carrier == int(rng.integers(4)))
        chance = np.where(hit, np.minimum(chance * 6, 0.9), chance)
    return _Traffic(
        days,
        day,
        second,
        carrier,
        sender,
        campaign,
        np.minimum(chance, 0.95),
        names,
        [str(51000 + 7 * n) for n in range(n_senders)],
        is_list,
        level,
        spread,
    )


def _letters(number: int) -> str:
    """Write a number as letters, which no rule takes for a counter."""
    text = ""
    number += 26
    while number:
        text = chr(97 + number % 26) + text
        number //= 26
    return text


def _word(rng: np.random.Generator, kind: str) -> str:
    if kind == "Japanese tags":
        return str(
            rng.choice(
                ["営業部_春の案内", "総務課_お知らせ", "秋セール", "会員様ご優待", "請求のご連絡", "予約確認"]
            )
        )
    return str(
        rng.choice(["news", "coupon", "sale", "member", "survey", "notice", "billing", "reserve", "login"])
    )


def _coded(rng: np.random.Generator, mixes: Array, carrier: Array) -> Array:
    edges = mixes.cumsum(axis=1)
    return np.minimum((rng.random(len(carrier))[:, None] > edges[carrier]).sum(axis=1), 6)


@dataclass(slots=True)
class _Incident:
    kind: str
    dimension: str
    values: list[int]
    start: int
    end: int
    strength: float
    ramp: bool
    code: int | None


class _Plan:
    """Draws incidents that are strong enough to count; strengths are log-uniform from 2 to 6 (some up to 10)."""

    def __init__(
        self, rng: np.random.Generator, traffic: _Traffic, before: int, *, small: bool, tagged: bool
    ) -> None:
        self.rng, self.traffic, self.small, self.tagged = rng, traffic, small, tagged
        self.first, self.last = before * 86_400, traffic.days * 86_400
        self.at = traffic.at
        self.made: list[_Incident] = []

    def fill(self, wanted: int) -> None:
        """Plant several, mostly apart from each other; each strength waits for a place where it is enough."""
        for _ in range(wanted):
            strength = self._strength()
            dimensions = ["carrier", "carriers", "sms_code", "campaign", "all", "category"]
            for dimension in self.rng.choice(
                dimensions, 3, replace=False, p=[0.26, 0.14, 0.2, 0.2, 0.1, 0.1]
            ):
                if any(self._tried(str(dimension), strength) for _ in range(30)):
                    break

    def _tried(self, dimension: str, strength: float) -> bool:
        hours = np.exp(self.rng.uniform(np.log(0.34), np.log(120)))
        return self._added(int(hours * 3600), dimension, strength, to_end=bool(self.rng.random() < 0.1))

    def one(self, low: float, high: float, dimension: str, *, to_end: bool = False) -> None:
        """Plant one of 3 times for so many seconds."""
        for _ in range(100):
            if self._added(int(self.rng.uniform(low, high)), dimension, 3.0, to_end=to_end):
                return

    def _strength(self) -> float:
        return float(np.exp(self.rng.uniform(np.log(2), np.log(10 if self.rng.random() < 0.1 else 6))))

    def _added(self, duration: int, dimension: str, strength: float, *, to_end: bool) -> bool:
        """Plant an incident where it is strong enough, and say whether it was."""
        rng, traffic = self.rng, self.traffic
        latest = max(self.last - duration, self.first + 1)
        start = self.last - duration if to_end else int(rng.integers(self.first, latest))
        start = max(start // 300 * 300, self.first)
        end = min(start + max(duration // 300, 4) * 300, self.last)
        values = self._values(dimension, start, end)
        if values is None:
            return False
        if dimension == "campaign":
            own = self.at[(traffic.campaign == values[0]) & (traffic.day == start // 86_400)]
            start, end = int(own.min()) // 300 * 300, (int(own.max()) // 300 + 1) * 300
        length = "short" if end - start <= 3600 else "days" if end - start > 86_400 else "hours"
        kind = {"carrier": "to the end" if to_end else length, "carriers": "set"}.get(dimension, dimension)
        ramp = bool(rng.random() < 0.1) and dimension != "campaign"
        of = {"carriers": "carrier", "category": "carrier"}.get(dimension, dimension)
        incident = _Incident(kind, of, values, start, end, strength, ramp, None)
        if dimension != "all" and (dimension == "category" or rng.random() < 0.7):
            incident.code = {"sms_code": 6, "campaign": 1}.get(of, int(rng.choice([0, 3])))
        apart = all(end + 3 * 3600 < i.start or i.end + 3 * 3600 < start for i in self.made)
        if not apart and rng.random() < 0.9:
            return False
        hit = _hit(incident, traffic, self.at)
        chance = traffic.chance[hit]
        extra = float((np.minimum(chance * strength, 0.97) - chance).sum())
        if len(chance) == 0 or extra < (strength - 1) * 0.85 * chance.sum():
            return False
        if not (26 <= extra <= 95 if self.small else 120 <= extra <= 5000):
            return False
        if self._ambiguous(incident, hit):
            return False
        self.made.append(incident)
        return True

    def _ambiguous(self, incident: _Incident, hit: Array) -> bool:
        """Tell whether another segment names about the same messages of that time: then the cause has no one name."""
        traffic = self.traffic
        inside = (self.at >= incident.start) & (self.at < incident.end)
        more = (incident.strength - 1) * traffic.chance
        least = min(8.0, 0.25 * float(more[hit].sum()))
        others = [inside]
        for dimension, column in (("sms_code", traffic.sender), ("campaign", traffic.campaign)):
            if incident.dimension != dimension:
                values, counts = np.unique(column[hit], return_counts=True)
                others.append(inside & (column == values[counts.argmax()]))
        if incident.dimension == "all":
            others[0] = inside & (
                traffic.carrier != np.bincount(traffic.carrier[inside], minlength=4).argmin()
            )
        return any(float(more[hit ^ other].sum()) < least for other in others)

    def _values(self, dimension: str, start: int, end: int) -> list[int] | None:
        rng, traffic = self.rng, self.traffic
        if dimension == "all":
            return []
        if dimension == "sms_code":
            return [int(rng.integers(len(traffic.senders)))] if len(traffic.senders) > 1 else None
        if dimension == "carriers":
            return sorted(rng.choice(4, int(rng.integers(2, 4)), replace=False).tolist())
        if dimension == "campaign":
            if not self.tagged:
                return None
            here = traffic.campaign[(traffic.day == start // 86_400) & traffic.listed[traffic.campaign]]
            return [int(rng.choice(here))] if len(here) else None
        return [int(rng.integers(4))]


def _hit(incident: _Incident, traffic: _Traffic, at: Array) -> Array:
    """Tell which messages an incident struck."""
    inside = (at >= incident.start) & (at < incident.end)
    if incident.dimension == "all":
        return inside
    column = {"carrier": traffic.carrier, "sms_code": traffic.sender, "campaign": traffic.campaign}[
        incident.dimension
    ]
    return inside & np.isin(column, incident.values)


def _planted(
    rng: np.random.Generator,
    incidents: list[_Incident],
    traffic: _Traffic,
    failed: Array,
    code: Array,
) -> tuple[Array, Array, list[dict[str, Any]]]:
    """Fail more messages, and say what was done."""
    at, rows = traffic.at, []
    midnight = datetime.combine(FIRST, datetime.min.time())
    for i in incidents:
        hit = np.flatnonzero(_hit(i, traffic, at))
        chance = traffic.chance[hit]
        strength = np.full(len(hit), i.strength)
        if i.ramp:
            strength = 1 + (i.strength - 1) * 2 * (at[hit] - i.start) / (i.end - i.start)
        more = np.minimum((strength - 1) * chance / np.maximum(1 - chance, 0.05), 0.97)
        struck = hit[(rng.random(len(hit)) < more) & ~failed[hit]]
        failed[struck] = True
        if i.code is not None:
            code[struck] = i.code
        dimension = i.dimension
        values = {
            "all": lambda _: "",
            "carrier": lambda v: CARRIERS[v],
            "sms_code": lambda v: traffic.senders[v],
            "campaign": lambda v: traffic.names[v],
        }[dimension]
        texts = sorted(values(v) for v in i.values)
        rows.append(
            {
                "kind": i.kind + (" (ramp)" if i.ramp else ""),
                "dimension": dimension,
                "segment": ", ".join(texts) if texts else None,
                "values": texts,
                "category": None if i.code is None else CATEGORIES[CODES[i.code]],
                "start": (midnight + timedelta(seconds=i.start)),
                "end": (midnight + timedelta(seconds=i.end)),
                "strength": 1 + len(struck) / max(float(chance.sum()), 1e-9),
                "expected": float(chance.sum()),
                "excess": len(struck),
                "is_over": i.end < traffic.days * 86_400,
                "p_value": _p_value(i, traffic, hit, len(struck)),
            }
        )
    for i, row in zip(incidents, rows, strict=True):
        row["ahead"] = _ahead(i, traffic, failed)
    return failed, code, [{**r, **{k: _zoned(r[k]) for k in ("start", "end")}} for r in rows]


def _ahead(incident: _Incident, traffic: _Traffic, failed: Array) -> float:
    """Tell how much better a segment explains the failures of its interval than the best other one (log likelihood)."""
    inside = np.flatnonzero((traffic.at >= incident.start) & (traffic.at < incident.end))
    f, m = failed[inside].astype(float), traffic.chance[inside]
    sets = [c for n in range(1, 4) for c in combinations(range(4), n)]
    sums: dict[tuple[str, tuple[int, ...]], tuple[float, float]] = {("all", ()): (f.sum(), m.sum())}
    by = [np.bincount(traffic.carrier[inside], w, 4) for w in (f, m)]
    sums |= {("carrier", c): (by[0][list(c)].sum(), by[1][list(c)].sum()) for c in sets}
    for name, column in (("sms_code", traffic.sender[inside]), ("campaign", traffic.campaign[inside])):
        by = [np.bincount(column, w) for w in (f, m)]
        sums |= {(name, (int(v),)): (by[0][v], by[1][v]) for v in np.unique(column)}
    scores = {k: x * np.log(x / y) - (x - y) if x > y else 0.0 for k, (x, y) in sums.items()}
    own = scores.pop((incident.dimension, tuple(incident.values)))
    return float(own - max(scores.values()))


def _p_value(incident: _Incident, traffic: _Traffic, hit: Array, more: int) -> float:
    """Tell how probable so many failures are where levels of lists of fewer than four days are not known."""
    campaign, chance = traffic.campaign[hit], traffic.chance[hit]
    days = np.bincount(np.unique(traffic.campaign * 1000 + traffic.day) // 1000, minlength=len(traffic.names))
    unknown = traffic.listed[campaign] & (days[campaign] < 4)
    if incident.dimension == "carrier":
        # the same lists on other carriers tell their level
        unknown[:] = False
    seen = float(chance.sum()) + more
    chance = np.where(unknown, chance / np.maximum(traffic.level[campaign], 1e-6), chance)
    by_list = np.bincount(campaign[unknown], chance[unknown]) if unknown.any() else np.zeros(1)
    mean = float(chance.sum())
    extra = traffic.spread * float((by_list**2).sum()) / mean**2
    if extra < 1e-9:
        return float(stats.poisson.sf(seen - 1, mean))
    return float(stats.nbinom.sf(seen - 1, 1 / extra, 1 / (1 + extra * mean)))


def _zoned(when: datetime) -> datetime:
    return when.replace(tzinfo=ZoneInfo(ZONE))


def _statuses(
    rng: np.random.Generator,
    traffic: _Traffic,
    failed: Array,
    code: Array,
    late: float,
    first: date,
    style: int | None = None,
    *,
    tagged: bool = True,
) -> pl.DataFrame:
    """Write the statuses as they stand at the end of the last day: what is reported later is pending."""
    total = len(failed)
    delay = np.exp(rng.normal(1.6, 0.8, total))
    au = failed & (traffic.carrier == 0) & (rng.random(total) < 0.7)
    delay = np.where(au, rng.uniform(700, 1500, total), delay)
    reach = failed & np.isin(code, [4, 5]) & (rng.random(total) < min(0.25 * late, 0.8))
    delay = np.where(reach, np.minimum(1800 + rng.exponential(8000 * late, total), 72 * 3600), delay)
    slow = rng.random(total) < 0.01 * late
    delay = np.where(slow, 600 + rng.exponential(7200, total), delay)
    at = traffic.at + delay
    pending = at >= traffic.days * 86_400
    settled = ~pending
    status = np.where(pending, 1, np.where(failed, 3, 2)).astype(np.int16)
    kinds = pl.Series([*CODES, "799", "845"], dtype=pl.String)
    modules = pl.Series(MODULES, dtype=pl.String)
    number = rng.integers(0, 90_000_000, total)
    names = pl.Series(traffic.names, dtype=pl.String)
    tag = _tags(rng, traffic, names, style, tagged=tagged)
    start = datetime.combine(first, datetime.min.time())
    body = pl.Series(
        [
            f"【{n}】ご案内です。詳しくは https://ai9.jp/{_letters(k)} をご覧ください。"
            for k, n in enumerate(traffic.names)
        ]
    )
    frame = pl.DataFrame(
        {
            "send_date": pl.Series(traffic.day.astype(np.int32)),
            "date_time": pl.Series((at * 1000).astype(np.int64)),
            "phone_number": pl.Series(number),
            "message": body.gather(traffic.campaign),
            "sms_code": pl.Series(traffic.senders).gather(traffic.sender),
            "carrier_id": pl.Series(CARRIER_IDS).gather(traffic.carrier),
            "carrier": pl.Series(CARRIERS).gather(traffic.carrier),
            "status_id": pl.Series(status),
            "client_tag": tag,
            "detailed_status_id": modules.gather(traffic.carrier) + kinds.gather(code),
            "_settled": pl.Series(settled),
        }
    )
    received = (pl.lit(start) + pl.col("date_time").cast(pl.Duration("ms"))).cast(pl.Datetime("ms"))
    detail = pl.when(pl.col("status_id") == 3).then("detailed_status_id")
    return frame.select(
        (pl.lit(first) + pl.duration(days=pl.col("send_date"))).alias("send_date"),
        received.dt.replace_time_zone(ZONE).alias("date_time"),
        pl.format("+8190{}", pl.col("phone_number").cast(pl.String).str.zfill(8)).alias("phone_number"),
        "message",
        "sms_code",
        pl.when("_settled").then("carrier_id"),
        pl.when("_settled").then("carrier"),
        "status_id",
        "client_tag",
        detail.when(pl.col("status_id") == 2).then(pl.lit("2")).alias("detailed_status_id"),
        pl.when("_settled").then(pl.lit(1, pl.Int32)).alias("separated_success_count"),
    ).sort("date_time")


def _tags(
    rng: np.random.Generator, traffic: _Traffic, names: pl.Series, style: int | None, *, tagged: bool
) -> pl.Series:
    total = len(traffic.day)
    name = names.gather(traffic.campaign)
    if not tagged:
        return pl.Series([None], dtype=pl.String).new_from_index(0, total)
    if style is None:
        return name + "-" + pl.Series(np.arange(100_000, 100_000 + total)).cast(pl.String)
    alphabet = np.array(list("abcdefghijkmnopqrstuvwxyz"))

    def letters(count: int) -> pl.Series:
        return pl.Series(alphabet[rng.integers(0, 25, (total, count))].view(f"<U{count}").ravel())

    if style == 0:
        return name + "-" + letters(3) + "-" + letters(5)
    if style == 1:
        # ULIDs: digits and capitals
        crockford = np.array(list("0123456789ABCDEFGHJKMNPQRSTVWXYZ"))
        return name + "_" + pl.Series(crockford[rng.integers(0, 32, (total, 26))].view("<U26").ravel())
    if style == 2:
        hexadecimal = np.array(list("0123456789abcdef"))
        raw = [
            pl.Series(hexadecimal[rng.integers(0, 16, (total, n))].view(f"<U{n}").ravel())
            for n in (8, 4, 4, 4, 12)
        ]
        return name + "/" + raw[0] + "-" + raw[1] + "-" + raw[2] + "-" + raw[3] + "-" + raw[4]
    wide = np.array(list("０１２３４５６７８９"))
    return name + "_" + pl.Series(wide[rng.integers(0, 10, (total, 6))].view("<U6").ravel())


def change(
    seed: int, *, columns: int | None = None, days: int = 7, per_day: int = 8000, quiet: bool = False
) -> Change:
    """Make two periods of equal length; in the second more of the messages of one segment fail.

    The segment is one or two values in each of one to three of carrier, sms_code, campaign and hour; campaigns and days
    differ by more than chance (clustered noise).
    """
    rng = np.random.default_rng([seed, 78])
    base = float(np.exp(rng.uniform(np.log(0.01), np.log(0.1))))
    traffic = _traffic(rng, "plain", 2 * days, days, per_day, base)
    total = len(traffic.day)
    # clusters of their own each day
    cluster = traffic.campaign * traffic.days + traffic.day
    chance = np.minimum(traffic.chance * rng.lognormal(0, 0.1, int(cluster.max()) + 1)[cluster], 0.95)
    failed = rng.random(total) < chance
    code = _coded(rng, rng.dirichlet(np.array([1, 4, 0.7, 3, 2, 2, 2]) * 3, 4), traffic.carrier)
    where: dict[str, list[str]] = {}
    excess = least = 0
    after = traffic.day >= days
    columns_of: dict[str, tuple[Array, Any]] = {
        "carrier": (traffic.carrier, lambda v: CARRIERS[v]),
        "sms_code": (traffic.sender, lambda v: traffic.senders[v]),
        "campaign": (traffic.campaign, lambda v: traffic.names[v]),
        "hour": (traffic.second // 3600, str),
    }
    stacked = np.stack([*(column for column, _ in columns_of.values()), after])
    cells, of = np.unique(stacked, axis=1, return_inverse=True)
    of = of.ravel()
    sizes, expected = np.bincount(of), np.bincount(of, chance)
    values_of = dict(zip(columns_of, cells, strict=False))
    late = cells[-1] == 1
    wanted = int(columns or rng.integers(1, 4))
    for _ in range(0 if quiet else 3000):
        names = sorted(rng.choice(list(columns_of), wanted, replace=False).tolist())
        hit = late.copy()
        chosen: dict[str, list[str]] = {}
        picked: dict[str, Array] = {}
        for name in names:
            # what was there before, too: of what is new nobody can say that it changed
            there = np.intersect1d(values_of[name][hit], values_of[name][~late])
            count = int(rng.integers(1, 3))
            if len(there) <= count:
                break
            values = rng.choice(there, count, replace=False)
            hit &= np.isin(values_of[name], values)
            picked[name] = values
            chosen[name] = sorted(columns_of[name][1](int(v)) for v in values)
        strength = float(np.exp(rng.uniform(np.log(2), np.log(8))))
        extra = (strength - 1) * expected[hit].sum()
        if (
            len(chosen) < len(names)
            or not 100 <= extra <= 3000
            or _ambiguous(hit, late, sizes, values_of, names)
        ):
            continue
        at = np.flatnonzero(hit[of])
        struck = at[(rng.random(len(at)) < np.minimum((strength - 1) * chance[at], 0.9)) & ~failed[at]]
        failed[struck] = True
        where, excess = chosen, len(struck)
        least = min(
            int((columns_of[name][0][struck] == v).sum()) for name, some in picked.items() for v in some
        )
        break
    frame = _statuses(rng, traffic, failed, code, 0.0, FIRST - timedelta(days))
    early = pl.col("send_date") < FIRST
    return Change(seed, frame.filter(early), frame.filter(~early), where, excess, least)


def _ambiguous(hit: Array, after: Array, sizes: Array, values_of: dict[str, Array], names: list[str]) -> bool:
    """Tell whether another choice of columns names about the same messages: then the cause has no one name."""
    inside = {name: after & np.isin(column, np.unique(column[hit])) for name, column in values_of.items()}
    for size in range(1, len(values_of) + 1):
        for others in combinations(values_of, size):
            if sorted(others) == names or set(others) > set(names):
                continue
            there = np.logical_and.reduce([inside[name] for name in others])
            if sizes[hit].sum() > 0.8 * sizes[there].sum():
                return True
    return False


def crowd(rows: int, *, campaigns: int, senders: int, days: int) -> pl.DataFrame:
    """Make many campaigns of one afternoon each, or many senders, to see how long an analysis takes.

    docomo fails more for three hours in the middle.
    """
    rng = np.random.default_rng(1)
    campaign = rng.integers(0, campaigns, rows)
    short = campaigns >= 100
    begins = rng.integers(9 * 3600, 17 * 3600, campaigns)
    day = rng.integers(0, days, campaigns)[campaign] if short else rng.integers(0, days, rows)
    second = (
        begins[campaign] + rng.integers(0, 3 * 3600, rows) if short else rng.integers(28_800, 75_600, rows)
    )
    sender = campaign % senders if campaigns > senders else rng.integers(0, senders, rows)
    carrier = rng.choice(4, rows, p=[0.3, 0.4, 0.2, 0.1])
    struck = (day == days // 2) & (carrier == 1) & (second >= 43_200) & (second < 54_000)
    failed = rng.random(rows) < np.where(struck, 0.23, 0.04)
    code = rng.integers(0, 7, rows)
    numbers = pl.Series(campaign).cast(pl.String)
    first = datetime.combine(FIRST, datetime.min.time())
    return pl.DataFrame(
        {
            "send_date": pl.Series(day.astype(np.int32)),
            "date_time": pl.Series((day * 86_400 + second) * 1000),
            "sms_code": pl.Series((50_000 + sender).astype(np.int32)).cast(pl.String),
            "carrier": pl.Series(CARRIERS).gather(carrier),
            "status_id": np.where(failed, 3, 2).astype(np.int16),
            "client_tag": "camp"
            + numbers
            + "x-"
            + pl.Series(np.arange(100_000, 100_000 + rows)).cast(pl.String),
            "detailed_status_id": pl.Series(MODULES).gather(carrier) + pl.Series(CODES).gather(code),
        }
    ).with_columns(
        (pl.lit(FIRST) + pl.duration(days=pl.col("send_date"))).alias("send_date"),
        (pl.lit(first) + pl.col("date_time").cast(pl.Duration("ms")))
        .cast(pl.Datetime("ms"))
        .dt.replace_time_zone(ZONE)
        .alias("date_time"),
    )


def volumes(seed: int, kind: str, *, months: int = 15) -> pl.DataFrame:
    """Make messages and billable parts by day and carrier: `day`, `carrier_id`, `carrier`, `messages`, `parts`."""
    rng = np.random.default_rng([seed, 79, SERIES.index(kind)])
    first = date(2025, 8, 1)
    months_all = [
        (first.year + (first.month - 1 + m) // 12, (first.month - 1 + m) % 12 + 1) for m in range(months + 1)
    ]
    last = date(months_all[-1][0], months_all[-1][1], 1)
    days = [first + timedelta(n) for n in range((last - first).days)]
    weekday = np.array([d.weekday() for d in days])
    rest = np.isin(weekday, (5, 6)) | np.array([_at_rest(d) for d in days])
    left = np.array([((d.replace(day=1) + timedelta(32)).replace(day=1) - d).days for d in days])
    t = np.arange(len(days))
    level = np.full(len(days), float(np.exp(rng.uniform(np.log(300), np.log(20_000)))))
    level *= rng.lognormal(0, 0.07, len(days))
    if kind in ("growth", "decline"):
        level *= (1 + rng.uniform(0.03, 0.1) * (1 if kind == "growth" else -1)) ** (t / 30.4)
    elif kind == "shift":
        at = months_all[-2] if rng.random() < 0.5 else months_all[-3]
        level *= np.where(t >= (date(*at, 1) - first).days, float(rng.choice([0.5, 2.0])), 1.0)
    elif kind == "month-end burst":
        level *= np.where(left <= 4, rng.uniform(3, 6), 1.0)
    elif kind == "biller":
        due = int(rng.integers(5, 26))
        level *= np.where(np.isin([d.day for d in days], (due, due + 1)), rng.uniform(8, 20), 0.5)
    elif kind == "nights":
        level *= np.where(weekday >= 5, 1.2, 1.0)
    if kind in ("office", "holidays", "month-end burst"):
        level *= np.where(rest, 0.15 if kind != "holidays" else rng.uniform(1.5, 2.5), 1.0)
    shares = rng.dirichlet(np.array([29, 38, 23, 10]) * 4)
    length = rng.uniform(1.0, 2.5)
    frames = []
    for c, share in enumerate(shares):
        messages = rng.poisson(level * share)
        parts = (
            messages
            + rng.binomial(messages, min(length - 1, 1) * 0.9)
            + rng.binomial(messages, max(length - 2, 0))
        )
        frames.append(
            pl.DataFrame(
                {
                    "day": days,
                    "carrier_id": CARRIER_IDS[c],
                    "carrier": CARRIERS[c],
                    "messages": messages,
                    "parts": parts,
                }
            )
        )
    return pl.concat(frames).sort("day", "carrier_id")


def _at_rest(day: date) -> bool:
    """Tell days of rest that are no weekend: the holidays of 2025-08 to 2026-12, and New Year."""
    fixed = {
        (8, 11),
        (11, 3),
        (11, 23),
        (11, 24),
        (12, 30),
        (12, 31),
        (1, 1),
        (1, 2),
        (1, 3),
        (2, 11),
        (2, 23),
    }
    moved = {(2025, 9, 15), (2025, 9, 23), (2025, 10, 13), (2026, 1, 12), (2026, 3, 20), (2026, 7, 20)}
    spring = {(4, 29), (5, 3), (5, 4), (5, 5), (5, 6)}
    return (
        (day.month, day.day) in fixed | spring or (day.year, day.month, day.day) in moved or day in HOLIDAYS
    )


def main() -> None:
    """Say what a world is."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--kind", choices=KINDS)
    parser.add_argument("--small", action="store_true")
    options = parser.parse_args()
    made = world(options.seed, options.kind, small=options.small)
    print(f"{made.kind}, {made.facts}, {made.frame.height:,} statuses")
    with pl.Config(tbl_rows=-1, tbl_cols=-1, fmt_str_lengths=60, tbl_width_chars=200):
        print(made.truth)
    caused = change(options.seed)
    print(f"a change of {caused.excess} failures at {caused.where}")


if __name__ == "__main__":
    main()
