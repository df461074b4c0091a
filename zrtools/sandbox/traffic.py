"""Simulated traffic: a day at a time, decided by the plan, as arrays first and as the service's JSON when asked."""

from __future__ import annotations

import calendar
import re
import threading
from collections import OrderedDict
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any

import numpy as np
import polars as pl

from zrtools.codes import CARRIERS, CATEGORIES
from zrtools.sandbox.bodies import FILLINGS, TEMPLATES, templates_of
from zrtools.sandbox.clock import TOKYO
from zrtools.sandbox.people import CARRIER_IDS, CARRIER_NAMES, CATEGORY_CODES, People
from zrtools.sandbox.plan import STREAMS, Incident, Plan
from zrtools.sandbox.rawdata import (
    DOCOMO_CODES,
    DOCOMO_REFUSALS,
    RAW_AT,
    RAW_DELIVERED,
    RAW_FAILED,
    SOFTBANK_ERRORS,
)

__all__ = ["Day", "Traffic"]

Ints = np.ndarray[Any, np.dtype[np.int64]]
Floats = np.ndarray[Any, np.dtype[np.float64]]
Flags = np.ndarray[Any, np.dtype[np.bool_]]

_BASE = np.array(
    [
        # 721, 732, 821, 823, 824, 833, 834: chance of failing beside numbers that are out of service
        [0.0010, 0.0030, 0.0010, 0.0060, 0.0050, 0.0150, 0.0040],  # au
        [0.0010, 0.0020, 0.0010, 0.0040, 0.0120, 0.0070, 0.0050],  # docomo
        [0.0012, 0.0030, 0.0015, 0.0080, 0.0090, 0.0100, 0.0060],  # SoftBank
        [0.0020, 0.0040, 0.0015, 0.0160, 0.0080, 0.0120, 0.0050],  # Rakuten Mobile
        [0.0010, 0.0100, 0.0010, 0.0050, 0.0050, 0.0050, 0.0050],  # unknown
    ]
)
_EVENING = np.array(
    [1.25, 1.3, 1.3, 1.3, 1.25, 1.2, 1.1, 1, 1.05, 1, 1, 1, 1, 1, 1, 1, 1, 1.05, 1.05, 1, 1, 1, 1.05, 1.15]
)
"""Handsets are out of reach more often at night and on the way to and from work."""

_MODULES = (("11", "12", "13", "14"), ("31", "32"), ("51", "52"), ("61", "62"))
_ODD = ("12832", "3", "51999", "31700", "99732", "E0001", "61845", "0")
"""Codes that no table holds."""

_JUNK = (
    '"carrierId":null,"carrierName":null,"statusId":{},',
    '"carrierId":"999","carrierName":"unknown","statusId":{},',
    '"carrierId":"103","carrierName":"NTT Docomo","statusId":{},',
    '"carrierId":"","carrierName":"","statusId":{},',
)
_JUNK_END = (
    '"detailedStatusId":null,"separatedSuccessCount":0,"rawdata":null}',
    '"detailedStatusId":"0","separatedSuccessCount":99,"rawdata":[]}',
    '"detailedStatusId":"undefined","separatedSuccessCount":-1,"rawdata":null}',
    '"detailedStatusId":"51732","separatedSuccessCount":1,"rawdata":[{"carrier":"105","type":"2","data":null}]}',
)

_MEMORY = 96 * 1024 * 1024
"""How many bytes of days, as arrays and as JSON, are kept at most (a single larger day is kept all the same)."""


_POOL: list[str] = []
_POOL_AT: dict[str, tuple[int, int]] = {}
for _name, _texts in FILLINGS.items():
    _POOL_AT[_name] = (len(_POOL), len(_texts))
    _POOL += _texts
_GAP_AT = np.array([[_POOL_AT[g][0] for g in t.gaps] for t in TEMPLATES])
_GAP_SIZE = np.array([[_POOL_AT[g][1] for g in t.gaps] for t in TEMPLATES])
_FIXED_LENGTH = np.array([sum(map(len, t.pieces)) for t in TEMPLATES])
_POOL_LENGTH = np.array([len(text) for text in _POOL])


@dataclass(slots=True)
class Day:
    """All messages of one day of sending, in order of time: one array a column."""

    date: date
    stream: Ints
    campaign: Ints
    names: list[str]
    serial: Ints
    sent: Ints
    settles: Ints
    person: Ints
    phone: Ints
    carrier: Ints
    no_id: Flags
    template: Ints
    fill_one: Ints
    fill_two: Ints
    parts: Ints
    failed: Flags
    undefined: Flags
    code: Ints
    codes: list[str]
    raw: Ints
    incident: Ints
    would_fail: Flags

    @property
    def size(self) -> int:
        """Say about how many bytes it takes."""
        return 130 * len(self.sent)

    def reached(self, seen: datetime) -> int:
        """Say how many milliseconds of this day, counted from its midnight, have passed."""
        midnight = datetime(self.date.year, self.date.month, self.date.day, tzinfo=seen.tzinfo)
        return int((seen - midnight).total_seconds() * 1000)


class Traffic:
    """The simulated messages of the months that are kept."""

    def __init__(
        self,
        *,
        root: int,
        today: date,
        messages_per_day: int,
        first: date,
        incidents: bool | str,
        senders: list[str],
        people: People,
    ) -> None:
        self.people = people
        self.first = first
        self.senders = senders
        self.plan = Plan(
            root=root,
            today=today,
            messages_per_day=messages_per_day,
            first=first,
            incidents=incidents,
            senders=len(senders),
        )
        self._lock = threading.RLock()
        self._kept: OrderedDict[tuple[Any, ...], tuple[Any, int]] = OrderedDict()
        self._sums: dict[tuple[Any, ...], dict[str, int]] = {}

    def day(self, day: date) -> Day:
        """Make the messages of a day, or take them from memory."""
        with self._lock:
            kept = self._get(("day", day))
            if kept is None:
                kept = self._made(day)
                self._put(("day", day), kept, kept.size)
            made: Day = kept
            return made

    def holds(self, day: date, seen: datetime) -> bool:
        """Say whether the service still has, and already has, statuses of a day."""
        return self.first <= day <= seen.date()

    def json(self, day: date, seen: datetime) -> bytes:
        """Write the statuses of a day as they are seen at a moment: the rows, comma-separated, without brackets."""
        if not self.holds(day, seen):
            return b""
        with self._lock:
            key = ("json", day, seen)
            kept = self._get(key)
            if kept is None:
                kept = self._written(self.day(day), seen, None)
                self._put(key, kept, len(kept))
            text: bytes = kept
            return text

    def json_of_tag(self, tag: str, seen: datetime) -> bytes:
        """Write the status of the simulated message with that client tag, or nothing."""
        day = self._day_of_tag(tag, seen)
        if day is None:
            return b""
        made = self.day(day)
        name, _, serial = tag.split("-")
        rows = np.flatnonzero((made.campaign == made.names.index(name)) & (made.serial == int(serial)))
        return self._written(made, seen, rows)

    def has_tag(self, tag: str, seen: datetime) -> bool:
        """Say whether a simulated message up to now has used that client tag."""
        return self.json_of_tag(tag, seen) != b""

    def _day_of_tag(self, tag: str, seen: datetime) -> date | None:
        """Read the day from a tag that has the form of a campaign of that day."""
        found = re.fullmatch(r"([a-z0-9]+)-([0-9]{8})-[0-9]{6,9}", tag)
        if found is None:
            return None
        try:
            day = date.fromisoformat(found[2])
        except ValueError:
            return None
        if not self.holds(day, seen):
            return None
        tagged = (*(s.name for s in STREAMS[:-1] if s.tagged), *(c.name for c in self.plan.campaigns(day)))
        return day if found[1] in tagged else None

    def counts(self, month: date, seen: datetime, rule: str) -> dict[str, int]:
        """Add up the billable parts of a month by carrier id, up to the day before `seen`.

        `rule` is "settled" (delivered and failed messages by month of sending) or "delivered".
        """
        totals = dict.fromkeys(CARRIER_IDS, 0)
        for n in range(calendar.monthrange(month.year, month.month)[1]):
            day = month.replace(day=n + 1)
            if self.holds(day, seen) and day < seen.date():
                for carrier, parts in self._counts_of(day, seen, rule).items():
                    totals[carrier] += parts
        return totals

    def _counts_of(self, day: date, seen: datetime, rule: str) -> dict[str, int]:
        with self._lock:
            # nothing takes longer than four days to settle
            final = seen.date() - day > timedelta(5)
            key = (day, rule, None if final else seen)
            if key not in self._sums:
                made = self.day(day)
                counted = (made.settles <= made.reached(seen)) & ~made.undefined
                if rule == "delivered":
                    counted &= ~made.failed
                sums = np.bincount(made.carrier[counted], made.parts[counted], minlength=5)
                self._sums[key] = {c: int(sums[n]) for n, c in enumerate(CARRIER_IDS)}
            return self._sums[key]

    def incidents(self, seen: datetime) -> pl.DataFrame:
        """List the planted incidents with what they did, counted in the generated messages."""
        rows = []
        for number, incident in enumerate(self.plan.incidents):
            if incident.start.replace(tzinfo=seen.tzinfo) <= seen:
                rows.append({**self._described(incident), **self._counted(number, incident)})
        zone = pl.Datetime("ms", "Asia/Tokyo")
        schema: dict[str, Any] = {
            "kind": pl.String,
            "carrier_id": pl.String,
            "carrier": pl.String,
            "category": pl.String,
            "failure_category": pl.String,
            "sms_code": pl.String,
            "campaign": pl.String,
            "start": zone,
            "end": zone,
            "seen_start": zone,
            "seen_end": zone,
            "strength": pl.Float64,
            "messages": pl.Int64,
            "failures": pl.Int64,
            "expected_failures": pl.Int64,
            "excess_failures": pl.Int64,
            "rate_multiplier": pl.Float64,
        }
        return pl.DataFrame(rows, schema=schema)

    def _described(self, incident: Incident) -> dict[str, Any]:
        return {
            "kind": incident.kind,
            "carrier_id": None if incident.carrier is None else CARRIER_IDS[incident.carrier],
            "carrier": None if incident.carrier is None else CARRIERS[CARRIER_IDS[incident.carrier]].name,
            "category": incident.categories[0][0],
            "failure_category": CATEGORIES[incident.categories[0][0]].name,
            "sms_code": None if incident.sender is None else self.senders[incident.sender],
            "campaign": incident.campaign,
            "start": incident.start.replace(tzinfo=TOKYO),
            "end": incident.end.replace(tzinfo=TOKYO),
            "strength": incident.strength,
        }

    def _counted(self, number: int, incident: Incident) -> dict[str, Any]:
        messages = failures = expected = excess = 0
        moments: list[datetime] = []
        day = incident.start.date()
        while day <= incident.end.date():
            made = self.day(day)
            inside = self._inside(made, incident) & ~made.undefined
            hit = made.incident == number
            messages += int(inside.sum())
            failures += int((inside & made.failed).sum())
            expected += int((inside & made.would_fail).sum())
            excess += int((hit & inside).sum())
            if hit.any():
                midnight = datetime(day.year, day.month, day.day, tzinfo=TOKYO)
                times = made.settles[hit]
                moments += [
                    midnight + timedelta(milliseconds=int(q)) for q in np.quantile(times, (0.025, 0.975))
                ]
            day += timedelta(1)
        return {
            "seen_start": min(moments, default=None),
            "seen_end": max(moments, default=None),
            "messages": messages,
            "failures": failures,
            "expected_failures": expected,
            "excess_failures": excess,
            "rate_multiplier": failures / expected if expected else None,
        }

    @staticmethod
    def _inside(made: Day, incident: Incident) -> Flags:
        midnight = datetime(made.date.year, made.date.month, made.date.day)  # noqa: DTZ001 - plans tell Japan time
        start = (incident.start - midnight).total_seconds() * 1000
        end = (incident.end - midnight).total_seconds() * 1000
        if incident.campaign is not None:
            return np.asarray(made.campaign == made.names.index(incident.campaign))
        inside = (made.sent >= start) & (made.sent < end)
        if incident.carrier is not None:
            inside &= made.carrier == incident.carrier
        if incident.sender is not None:
            inside &= np.array([s.sender for s in STREAMS])[made.stream] == incident.sender
        return np.asarray(inside)

    def _get(self, key: tuple[Any, ...]) -> Any:
        if key not in self._kept:
            return None
        self._kept.move_to_end(key)
        return self._kept[key][0]

    def _put(self, key: tuple[Any, ...], value: Any, size: int) -> None:
        self._kept[key] = (value, size)
        while len(self._kept) > 1 and sum(s for _, s in self._kept.values()) > _MEMORY:
            self._kept.popitem(last=False)

    # making a day

    def _made(self, day: date) -> Day:
        plan, people = self.plan, self.people
        rng = plan.random(6, day.toordinal())
        volumes = plan.volumes(day)
        campaigns = plan.campaigns(day)
        midnight = datetime(day.year, day.month, day.day)  # noqa: DTZ001 - plans tell Japan time

        names = [s.name for s in STREAMS[:-1]] + [c.name for c in campaigns]
        sizes = np.array([*volumes[:-1], *(c.size for c in campaigns)])
        total = int(sizes.sum())
        campaign = np.repeat(np.arange(len(names)), sizes)
        stream = np.minimum(campaign, len(STREAMS) - 1)
        order_in = np.arange(total) - np.repeat(np.cumsum(sizes) - sizes, sizes)

        # when it is sent
        sent = np.empty(total)
        template = np.empty(total, dtype=np.int64)
        begin = 0
        for n, size in enumerate(sizes):
            part = slice(begin, begin + size)
            begin += size
            if n < len(STREAMS) - 1:
                hours = np.cumsum(STREAMS[n].hours)
                at = np.searchsorted(hours / hours[-1], rng.random(size))
                sent[part] = (np.minimum(at, 23) + rng.random(size)) * 3600
                template[part] = rng.choice(templates_of(STREAMS[n].name), size)
            else:
                c = campaigns[n - len(STREAMS) + 1]
                sent[part] = np.minimum(c.start + rng.random(size) * c.hours, 23.99) * 3600
                template[part] = c.template
        sent_ms = (sent * 1000).astype(np.int64)

        # to whom: some people often, and no one twice in a campaign
        person = (people.count * rng.random(total) ** 1.5).astype(np.int64)
        listed = stream == len(STREAMS) - 1
        offsets = rng.integers(0, people.count, len(names))
        person = np.where(listed, (offsets[campaign] + order_in * 65_536) % people.count, person)
        stale = people.out_of_service(person, day)
        levels = np.ones(len(names))
        levels[len(STREAMS) - 1 :] = [c.level for c in campaigns]
        keeps = np.array([s.stale for s in STREAMS])[stream] * levels[campaign]
        moved = stale & (rng.random(total) > keeps)
        person = np.where(moved, (person + 1 + rng.integers(0, 997, total)) % people.count, person)
        stale = people.out_of_service(person, day)

        # how it ends, without incidents
        carrier = people.carriers(person)
        failing = np.array([s.failing for s in STREAMS])[stream] * levels[campaign]
        chances = _BASE[carrier] * failing[:, None]
        chances[:, 3:6] *= _EVENING[np.minimum(sent_ms // 3_600_000, 23)][:, None]
        reach = np.cumsum(chances, axis=1)
        draw = rng.random(total)
        category = (draw[:, None] >= reach).sum(axis=1)
        category[stale] = 1
        category[(carrier == 4) & (category == 7)] = 1
        would_fail = category < 7

        # what goes wrong on top
        hit = np.full(total, -1, dtype=np.int64)
        made = Day(
            date=day, stream=stream, campaign=campaign, names=names, serial=person, sent=sent_ms, settles=sent_ms,
            person=person, phone=person, carrier=carrier, no_id=stale, template=template, fill_one=person,
            fill_two=person, parts=person, failed=would_fail, undefined=stale, code=category, codes=[],
            raw=category, incident=hit, would_fail=would_fail,
        )  # fmt: skip
        for number, incident in enumerate(plan.incidents):
            if incident.end < midnight or incident.start >= midnight + timedelta(1):
                continue
            draws = rng.random(total)
            struck = self._inside(made, incident) & (category == 7) & (draws < incident.strength)
            hit[struck] = number
            weights = np.cumsum([w for _, w in incident.categories])
            which = np.searchsorted(weights, draws[struck] / incident.strength)
            numbers = np.array([CATEGORY_CODES.index(c) for c, _ in incident.categories])
            category[struck] = numbers[np.minimum(which, len(numbers) - 1)]
            if incident.campaign is not None:
                # those numbers belong to nobody any more: they fail whenever they are tried again
                person[struck] = people.count + person[struck]
        made.failed = category < 7
        made.undefined = rng.random(total) < 0.0012
        made.person = person
        made.phone = people.phones(person)

        made.settles = sent_ms + self._delays(rng, carrier, category)
        made.no_id = rng.random(total) < 0.5
        made.fill_one, made.fill_two = (
            _GAP_AT[template, g] + rng.integers(0, 1 << 40, total) % _GAP_SIZE[template, g] for g in (0, 1)
        )
        length = _FIXED_LENGTH[template] + _POOL_LENGTH[made.fill_one] + _POOL_LENGTH[made.fill_two]
        made.parts = np.where(length <= 70, 1, -(-length // np.where(carrier == 1, 70, 67)))
        made.parts = np.where(carrier == 4, 0, made.parts)
        self._codes(rng, made, category)

        order = np.argsort(sent_ms, kind="stable")
        for name in made.__slots__:
            values = getattr(made, name)
            if isinstance(values, np.ndarray):
                setattr(made, name, values[order])
        # numbered in order of time within each campaign
        grouped = np.argsort(made.campaign, kind="stable")
        made.serial = np.empty(total, dtype=np.int64)
        made.serial[grouped] = order_in + 1
        return made

    @staticmethod
    def _delays(rng: np.random.Generator, carrier: Ints, category: Ints) -> Ints:
        """Draw how long it takes, in milliseconds, until the service gets the final status."""
        total = len(category)
        seconds = np.exp(rng.normal(1.6, 0.9, total))
        out_of_reach = (category >= 3) & (category <= 5)
        seconds = np.where(out_of_reach, np.minimum(np.exp(rng.normal(6.0, 0.7, total)), 7200), seconds)
        seconds = np.where((category == 0) | (category == 2), np.exp(rng.normal(4.8, 0.5, total)), seconds)
        # au reports failures after about twenty minutes
        late = (carrier == 0) & (category < 7)
        seconds = np.where(late, np.clip(rng.normal(1200, 70, total), 900, 1700), seconds)
        slow = rng.random(total) < np.where(out_of_reach, 0.2, np.where(category == 7, 0.02, 0.0))
        seconds = np.where(slow, np.minimum(1800 + rng.exponential(43_200, total), 3 * 86_400), seconds)
        return (seconds * 1000).astype(np.int64) + 300

    @staticmethod
    def _codes(rng: np.random.Generator, made: Day, category: Ints) -> None:
        """Give each message its detailed code and its raw data."""
        total = len(category)
        codes = ["2", *_ODD]
        at = np.empty((4, 4, 7), dtype=np.int64)
        for c in range(4):
            for m in range(4):
                for k, three in enumerate(CATEGORY_CODES):
                    at[c, m, k] = len(codes)
                    codes.append(_MODULES[c][m % len(_MODULES[c])] + three)
        own = np.minimum(made.carrier, 3)
        # a number that was carried to another network fails with the old one's module now and then
        ported = rng.random(total) < 0.015
        module_of = np.where(ported | (made.carrier == 4), (own + 1 + rng.integers(0, 3, total)) % 4, own)
        # one module of a carrier is far commoner than the others
        module = np.searchsorted([0.7, 0.9, 0.97], rng.random(total))
        listed = at[module_of, module, np.minimum(category, 6)]
        odd = rng.random(total) < np.where(made.carrier == 4, 0.5, 0.012)
        strange = np.where(
            (made.carrier == 2) & (rng.random(total) < 0.5), 1, 1 + rng.integers(0, len(_ODD), total)
        )
        made.code = np.where(category == 7, 0, np.where(odd, strange, listed))
        made.codes = codes
        # docomo tells which of the parts failed, or that the request itself did; SoftBank a state and an error
        spread = rng.integers(0, 1 << 30, total)
        split = (np.clip(made.parts, 1, 10) - 1) * DOCOMO_CODES + spread % DOCOMO_CODES
        docomo = np.where(spread % 9 == 0, 10 * DOCOMO_CODES + spread % DOCOMO_REFUSALS, split)
        softbank = spread % SOFTBANK_ERRORS
        within = np.where(made.carrier == 1, docomo, np.where(made.carrier == 2, softbank, 0))
        made.raw = np.where(
            category == 7, len(RAW_FAILED) + made.carrier, np.array(RAW_AT)[made.carrier] + within
        )

    # writing a day

    @cached_property
    def _pieces(self) -> dict[str, pl.Series]:
        """Hold the fixed texts that rows are put together from."""
        one, two, three = ([t.pieces[n] for t in TEMPLATES] for n in range(3))
        known = [
            f'"carrierId":"{c}","carrierName":"{n}",' for c, n in zip(CARRIER_IDS, CARRIER_NAMES, strict=True)
        ]
        carriers = [*known, '"carrierId":null,"carrierName":null,', '"carrierId":"999","carrierName":null,']
        return {
            "one": pl.Series(one),
            "two": pl.Series(two),
            "three": pl.Series(three),
            "pool": pl.Series(_POOL),
            "sender": pl.Series([f'","smsCode":{self.senders[s.sender]},' for s in STREAMS]),
            "carrier": pl.Series([*(c + f'"statusId":{s},' for s in (2, 3) for c in carriers)]),
            "junk": pl.Series([j.format(s) for s in (0, 1) for j in _JUNK]),
            "junk_end": pl.Series(_JUNK_END),
            "raw": pl.Series([*RAW_FAILED, *RAW_DELIVERED]),
        }

    def _written(self, made: Day, seen: datetime, rows: Ints | None) -> bytes:
        now = made.reached(seen)
        chosen = (
            np.flatnonzero(made.sent + 1000 <= now) if rows is None else rows[made.sent[rows] + 1000 <= now]
        )
        if len(chosen) == 0:
            return b""

        def taken(name: str) -> Any:
            return getattr(made, name)[chosen]

        def text(piece: str, index: Any) -> pl.Series:
            return self._pieces[piece].gather(pl.Series(index.astype(np.uint32)))

        settled = (taken("settles") <= now) & ~taken("undefined")
        moment = np.where(settled, taken("settles"), taken("sent") + 1000)
        days = moment // 86_400_000
        within = moment % 86_400_000
        clock = (
            within // 3_600_000 * 10_000_000
            + within // 60_000 % 60 * 100_000
            + within // 1000 % 60 * 1000
            + within % 1000
            + 1_000_000_000
        )
        dates = pl.Series([f"{made.date + timedelta(n):%Y%m%d}" for n in range(int(days.max()) + 1)])
        names = pl.Series(
            [
                f'"clientTag":"{name}-{made.date:%Y%m%d}-' if n >= len(STREAMS) or STREAMS[n].tagged else ""
                for n, name in enumerate(made.names)
            ]
        )
        template, carrier, failed = taken("template"), taken("carrier"), taken("failed")
        status = pl.Series(settled)
        shown_carrier = np.where((carrier == 4) & taken("no_id"), 5, carrier) + 6 * failed
        # an id that nobody has settled yet is 1, one that never will be is 0
        junk = taken("serial") % len(_JUNK) + len(_JUNK) * ~taken("undefined")
        frame = pl.DataFrame(
            {
                "day": dates.gather(pl.Series(days.astype(np.uint32))),
                "clock": pl.Series(clock).cast(pl.String).str.slice(1),
                "phone": pl.Series(taken("phone")),
                "one": text("one", template),
                "fill_one": text("pool", taken("fill_one")),
                "two": text("two", template),
                "fill_two": text("pool", taken("fill_two")),
                "three": text("three", template),
                "sender": text("sender", taken("stream")),
                "status": status,
                "carrier": text("carrier", shown_carrier),
                "junk": text("junk", junk),
                "tag": names.gather(pl.Series(taken("campaign").astype(np.uint32))),
                "serial": pl.Series(taken("serial") + 1_000_000).cast(pl.String).str.slice(1),
                "code": pl.Series(made.codes).gather(pl.Series(taken("code").astype(np.uint32))),
                "parts": pl.Series(taken("parts")),
                "raw": text("raw", taken("raw")),
                "junk_end": text("junk_end", taken("serial") % len(_JUNK_END)),
            }
        )
        end = pl.concat_str(
            pl.lit('"detailedStatusId":"'), "code", pl.lit('","separatedSuccessCount":'), "parts",
            pl.lit(',"rawdata":'), "raw", pl.lit("}"),
        )  # fmt: skip
        tag = pl.concat_str("tag", "serial", pl.lit('",'))
        lines = frame.select(
            pl.concat_str(
                pl.lit('{"dateTime":"'), "day", pl.lit(" "), "clock", pl.lit('","phoneNumber":"+'), "phone",
                pl.lit('","message":"'), "one", "fill_one", "two", "fill_two", "three", "sender",
                pl.when("status").then("carrier").otherwise("junk"),
                pl.when(pl.col("tag") == "").then(pl.lit('"clientTag":"",')).otherwise(tag),
                pl.when("status").then(end).otherwise("junk_end"),
            )
            .str.join(",")
            .cast(pl.Binary)
        )  # fmt: skip
        whole: bytes = lines.item()
        return whole
