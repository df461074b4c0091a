"""What is going to happen: the volume of a day, its campaigns, and the incidents that are planted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cached_property, lru_cache

import numpy as np

from zrtools.sandbox.bodies import templates_of
from zrtools.sandbox.calendar import is_five_ten_day, is_holiday, is_month_end
from zrtools.sandbox.people import CARRIER_SHARES

__all__ = ["STREAMS", "Campaign", "Incident", "Plan", "Stream"]


@dataclass(frozen=True, slots=True)
class Stream:
    """A kind of traffic: its share of an average day, its sender, and how it follows the calendar and the clock."""

    name: str
    share: float
    sender: int
    week: tuple[float, ...]
    hours: tuple[float, ...]
    holiday: float = 1.0
    five_ten: float = 1.0
    month_end: float = 1.0
    failing: float = 1.0
    stale: float = 1.0
    tagged: bool = True


_OFFICE = (
    *(0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 1.2, 1.6, 1.3),
    *(0.6, 1.0, 1.1, 1.2, 1.1, 0.9, 0.5, 0.2, 0.0, 0.0, 0.0, 0.0),
)
_ALL_DAY = (
    *(0.35, 0.22, 0.14, 0.1, 0.12, 0.25, 0.5, 0.8, 0.95, 1.0, 1.05, 1.1),
    *(1.35, 1.1, 1.0, 1.0, 1.05, 1.15, 1.25, 1.4, 1.5, 1.45, 1.2, 0.75),
)
_PARCELS = (
    *(0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.6, 1.4, 1.5, 1.2, 1.1),
    *(0.8, 1.0, 1.2, 1.1, 1.1, 1.0, 1.1, 1.0, 0.5, 0.0, 0.0, 0.0),
)

STREAMS: tuple[Stream, ...] = (
    Stream("otp", 0.24, 0, (1.0, 1.0, 1.0, 1.0, 1.05, 1.0, 0.95), _ALL_DAY, failing=0.7, stale=0.25),
    Stream(
        "reminder",
        0.16,
        1,
        (1.2, 1.15, 1.1, 1.15, 1.2, 0.8, 0.4),
        _OFFICE,
        holiday=0.4,
        five_ten=1.1,
        stale=0.8,
    ),
    Stream("delivery", 0.15, 1, (1.05, 1.0, 1.0, 1.0, 1.1, 1.0, 0.85), _PARCELS, holiday=0.9, stale=0.6),
    Stream(
        "invoice",
        *(0.08, 2, (1.3, 1.2, 1.2, 1.2, 1.5, 0.35, 0.25), _OFFICE),
        holiday=0.25,
        five_ten=1.8,
        month_end=2.4,
    ),
    Stream("alert", 0.06, 0, (1.0,) * 7, _ALL_DAY, holiday=0.9, failing=0.9, stale=0.5, tagged=False),
    Stream(
        "campaign",
        *(0.31, 3, (0.85, 1.0, 1.0, 1.05, 1.45, 1.05, 0.6), _OFFICE),
        holiday=0.6,
        five_ten=1.25,
        month_end=1.2,
        failing=1.15,
        stale=1.3,
    ),
)
_CAMPAIGN = STREAMS[-1]
_SERIES = ("news", "coupon", "sale", "event", "survey", "member", "point", "app", "seminar")
_STARTS = (9.5, 10.0, 10.0, 11.0, 12.0, 12.0, 14.0, 15.0, 17.0, 18.0, 19.0)


@dataclass(frozen=True, slots=True)
class Campaign:
    """One sending to a list: `level` multiplies its failures."""

    name: str
    size: int
    start: float
    hours: float
    level: float
    template: int


@dataclass(frozen=True, slots=True)
class Incident:
    """Something that goes wrong: each message of its segment sent in its window fails with `strength` more."""

    kind: str
    start: datetime
    end: datetime
    strength: float
    categories: tuple[tuple[str, float], ...]
    carrier: int | None = None
    sender: int | None = None
    campaign: str | None = None
    share: float = 0.0


class Plan:
    """What happens on which day, decided by the root number alone."""

    def __init__(
        self,
        *,
        root: int,
        today: date,
        messages_per_day: int,
        first: date,
        incidents: bool | str,
        senders: int,
    ) -> None:
        self.root = root
        self.today = today
        self.messages_per_day = messages_per_day
        self.first = first
        self.senders = senders
        self._wanted = incidents
        self.campaigns = lru_cache(maxsize=512)(self._campaigns)

    def random(self, *path: int) -> np.random.Generator:
        """Make the random numbers that belong to a path, always the same ones."""
        return np.random.default_rng([self.root & 0xFFFFFFFF, self.root >> 32, *path])

    def volumes(self, day: date) -> list[int]:
        """Say how many messages of each of `STREAMS` are sent on a day."""
        rng = self.random(1, day.toordinal())
        noise = rng.lognormal(0.0, 0.05, len(STREAMS))
        noise[-1] = rng.lognormal(-0.03, 0.25)
        factors = []
        for stream in STREAMS:
            factor = stream.week[day.weekday()] / (sum(stream.week) / 7)
            if is_holiday(day):
                factor *= stream.holiday
            elif is_month_end(day):
                factor *= stream.month_end
            elif is_five_ten_day(day):
                factor *= stream.five_ten
            factors.append(factor)
        return [
            int(self.messages_per_day * s.share * f * n + 0.5)
            for s, f, n in zip(STREAMS, factors, noise, strict=True)
        ]

    def _campaigns(self, day: date) -> tuple[Campaign, ...]:
        """List the campaigns of a day: few are large, most are small."""
        rng = self.random(2, day.toordinal())
        planted = [i for i in self.incidents if i.campaign is not None and i.start.date() == day]
        count = int(2 + rng.poisson(3 + min(4.0, np.log10(max(self.messages_per_day, 10)) / 2)))
        weights = rng.pareto(1.15, count) + 0.08
        sizes = np.maximum((weights / weights.sum() * self.volumes(day)[-1]).astype(int), 1)
        free = [name for name in _SERIES if all(i.campaign != name for i in planted)]
        series = list(rng.permutation(free))
        bodies = templates_of("campaign")
        made = []
        for n in range(count):
            regular = bool(rng.random() < 0.55) and bool(series)
            name = str(series.pop()) if regular else f"cp{day:%m%d}{chr(97 + n)}"
            level = float(rng.lognormal(0, 0.14)) * (
                self._level(name) if regular else float(rng.lognormal(0, 0.2))
            )
            body = self._body(name) if regular else int(rng.choice(bodies))
            made.append(
                Campaign(
                    name=name,
                    size=int(sizes[n]),
                    start=float(rng.choice(_STARTS)) + float(rng.random()) * 0.1,
                    hours=self._sending_hours(int(sizes[n])),
                    level=level,
                    template=body,
                )
            )
        for incident in planted:
            size = max(60, int(incident.share * self.messages_per_day))
            assert incident.campaign is not None  # noqa: S101 - only such ones were picked, and types need to know
            begin = incident.start
            made.append(
                Campaign(
                    name=incident.campaign,
                    size=size,
                    start=begin.hour + begin.minute / 60,
                    hours=(incident.end - begin).total_seconds() / 3600,
                    level=self._level(incident.campaign),
                    template=self._body(incident.campaign),
                )
            )
        return tuple(made)

    def _sending_hours(self, size: int) -> float:
        return float(min(3.0, 0.15 + 1.2 * size / max(self.messages_per_day * 0.1, 1)))

    def _level(self, name: str) -> float:
        return float(self.random(3, *name.encode()).lognormal(0, 0.12))

    def _body(self, name: str) -> int:
        return int(self.random(4, *name.encode()).choice(templates_of("campaign")))

    @cached_property
    def incidents(self) -> tuple[Incident, ...]:
        """List what goes wrong, up to the day before yesterday, in order of time."""
        if not self._wanted:
            return ()
        made: list[Incident] = []
        month = self.first
        while month <= self.today:
            made += self._incidents_of(month)
            month = (month + timedelta(32)).replace(day=1)
        return tuple(sorted(made, key=lambda i: i.start))

    def _incidents_of(self, month: date) -> list[Incident]:
        rng = self.random(5, month.year, month.month)
        quiet = rng.random() < 0.2
        # some months are quiet, but not the one that a first look is at: the last whole one
        if quiet and month != (self.today.replace(day=1) - timedelta(1)).replace(day=1):
            return []
        last = min((month + timedelta(32)).replace(day=1) - timedelta(1), self.today - timedelta(3))
        # the first days of the history stay quiet, so that there is something to compare with
        begin = max(month, self.first + timedelta(10))
        days = [begin + timedelta(n) for n in range((last - begin).days + 1)]
        makers = [self._congestion, self._network, self._stale_list, self._refusal]
        wanted = round((3 + min(3, rng.poisson(1.0))) * min(1.0, len(days) / 28))
        order = [*rng.permutation(4), *rng.permutation(4)][:wanted]
        made: list[Incident] = []
        for which in order:
            free = [d for d in days if all(abs((d - i.start.date()).days) > 3 for i in made)]
            if not free:
                break
            made.append(makers[which](rng, free[int(rng.integers(len(free)))]))
        return made + self._subtle(month, days, made)

    def _subtle(self, month: date, days: list[date], made: list[Incident]) -> list[Incident]:
        """Plant what is harder to see: weak, everywhere, for days, or of several categories."""
        if self._wanted != "subtle":
            return []
        rng = self.random(6, month.year, month.month)
        # two to four times the usual rate, which is about four of a hundred
        strength = 0.04 * (float(np.exp(rng.uniform(np.log(2), np.log(4)))) - 1)
        mixed = (("721", 0.3), ("732", 0.25), ("823", 0.25), ("824", 0.2))
        kind, hours, carrier, categories = (
            ("weak network fault", 12, self._carrier(rng, 0.6)[0], (("823", 1.0),)),
            ("national fault", 6, None, (("823", 0.6), ("721", 0.4))),
            ("lasting fault", 120, self._carrier(rng, 0.6)[0], (("824", 1.0),)),
            ("mixed fault", 24, self._carrier(rng, 0.6)[0], mixed),
        )[int(rng.integers(4))]
        free = [
            d
            for d in days[: -(hours // 24 + 1)]
            if all((d - i.end.date()).days > 3 or (i.start.date() - d).days > 3 + hours // 24 for i in made)
        ]
        if not free:
            return []
        start = datetime.combine(free[int(rng.integers(len(free)))], time(9))
        return [Incident(kind, start, start + timedelta(hours=hours), strength, categories, carrier=carrier)]

    def _strength(self, rng: np.random.Generator, expected: float, low: float, high: float) -> float:
        """Draw how strong an incident is: where traffic is thin, strong enough to touch more than a handful."""
        strength = max(float(rng.uniform(low, high)), float(rng.uniform(0.9, 1.8)) * 110 / max(expected, 1.0))
        return min(strength, 0.7)

    def _carrier(self, rng: np.random.Generator, share_of_day: float) -> tuple[int, float]:
        order = rng.choice(4, size=4, replace=False, p=np.array(CARRIER_SHARES[:4]) / sum(CARRIER_SHARES[:4]))
        for carrier in order:
            expected = CARRIER_SHARES[carrier] * share_of_day * self.messages_per_day
            if expected * 0.6 > 110:
                return int(carrier), expected
        return 1, CARRIER_SHARES[1] * share_of_day * self.messages_per_day

    def _congestion(self, rng: np.random.Generator, day: date) -> Incident:
        start = datetime.combine(day, time(17)) + timedelta(minutes=int(rng.integers(0, 6)) * 15)
        hours = float(rng.choice([2.5, 3.0, 3.5, 4.0, 4.5]))
        carrier, expected = self._carrier(rng, 0.055 * hours)
        return Incident(
            "congestion",
            start,
            start + timedelta(hours=hours),
            self._strength(rng, expected, 0.12, 0.45),
            (("721", 0.85), ("821", 0.15)),
            carrier=carrier,
        )

    def _network(self, rng: np.random.Generator, day: date) -> Incident:
        start = datetime.combine(day, time(8)) + timedelta(minutes=int(rng.integers(0, 37)) * 15)
        hours = float(rng.choice([2.0, 3.0, 4.0, 5.0, 6.0]))
        carrier, expected = self._carrier(rng, 0.065 * hours)
        return Incident(
            "network fault",
            start,
            start + timedelta(hours=hours),
            self._strength(rng, expected, 0.15, 0.6),
            (("823", 0.9), ("824", 0.1)),
            carrier=carrier,
        )

    def _stale_list(self, rng: np.random.Generator, day: date) -> Incident:
        share = float(rng.uniform(0.06, 0.16))
        share = max(share, min(0.25, 320 / max(self.messages_per_day, 1)))
        start = datetime.combine(day, time(10)) + timedelta(minutes=int(rng.integers(0, 15)) * 30)
        hours = self._sending_hours(int(share * self.messages_per_day))
        name = (
            str(rng.choice(_SERIES))
            if rng.random() < 0.5
            else f"cp{day:%m%d}{chr(97 + int(rng.integers(14, 26)))}"
        )
        return Incident(
            "stale list",
            start,
            start + timedelta(minutes=round(hours * 60)),
            self._strength(rng, share * self.messages_per_day, 0.18, 0.5),
            (("732", 1.0),),
            campaign=name,
            share=share,
        )

    def _refusal(self, rng: np.random.Generator, day: date) -> Incident:
        sender = int(rng.integers(self.senders))
        start = datetime.combine(day, time(int(rng.integers(8, 16))))
        hours = float(rng.choice([9.0, 24.0, 30.0, 48.0]))
        share = sum(s.share for s in STREAMS if s.sender == sender)
        return Incident(
            "sender refused",
            start,
            start + timedelta(hours=hours),
            self._strength(rng, share * self.messages_per_day * min(1.0, hours / 18), 0.08, 0.25),
            (("834", 1.0),),
            sender=sender,
        )
