"""The nine calls: what each answers, and the account's state behind them."""

from __future__ import annotations

import hashlib
import re
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import urlsplit

import msgspec

from zrtools.sandbox.clock import TOKYO, Clock
from zrtools.sandbox.people import CARRIER_IDS, CARRIER_NAMES, People
from zrtools.sandbox.rawdata import parts_of, raw_of
from zrtools.sandbox.rules import Refused, Request, international

if TYPE_CHECKING:
    from zrtools.sandbox.traffic import Traffic

__all__ = ["ROUTES", "CountsRule", "Message", "Service"]

CountsRule = Literal["delivered", "settled"]

ROUTES: dict[str, tuple[str, str]] = {
    "/p5/api/mt.json": ("POST", "send"),
    "/p5/api/checkreservation.json": ("GET", "reservations"),
    "/p5/api/cancelreservation.json": ("GET", "cancel"),
    "/p5/api/cancelreservationall.json": ("GET", "cancel_all"),
    "/p5/api/status.json": ("GET", "status"),
    "/p1/api/shortenurl.json": ("POST", "shorten"),
    "/p5/api/template.json": ("GET", "templates"),
    "/p5/api/numbercleaning.json": ("GET", "clean"),
    "/p5/api/separatedsuccesscount.json": ("GET", "counts"),
}
"""Path -> method and name of the call."""

SHORT_DOMAIN = "https://ai9.jp/"
_PLACEHOLDER = re.compile(r"\{\{%(\w+)%\}\}")
_TEMPLATES = (
    (
        "予約のお知らせ",
        "{{%name%}}様 {{%date%}} {{%time%}}のご予約をお待ちしています。変更は {{%phone%}} まで。",
    ),
    ("認証コード", "認証コード: {{%code%}} 有効期限は10分です。"),
    (
        "お支払いのご案内",
        "【すずらん電力】{{%month%}}分のご請求額は{{%amount%}}円です。お支払期限は{{%limit%}}です。",
    ),
    ("休業のお知らせ", "誠に勝手ながら、年末年始は休業いたします。"),
)


@dataclass(slots=True)
class Message:
    """A message that was accepted through the API; `due` is when it goes out, `result` None while it waits."""

    number: int
    call_time: datetime
    due: datetime
    scheduled: bool
    phone_number: str
    message: str
    sms_code: str
    carrier: int
    client_tag: str | None
    group_tag: str | None
    fate: str | None
    settles: datetime
    id: str
    cancelled: bool = False

    def status(self, now: datetime) -> int | None:
        """Say its statusId at a moment, None while it has not gone out."""
        if self.cancelled or now < self.due:
            return None
        return 1 if now < self.settles else self.outcome

    @property
    def outcome(self) -> int:
        """The statusId that it ends with."""
        return 2 if self.fate is None else 3

    @property
    def parts(self) -> int:
        """Count its billable parts."""
        return parts_of(len(self.message), self.carrier)

    def code(self, status: int) -> str | None:
        """Write its detailed code under a status."""
        if status == 3 and self.fate is not None:
            return ("11", "31", "51", "61")[self.carrier] + self.fate
        return "2" if status == 2 else None


class Service:
    """One account of the service. Every call takes the request's fields and answers with the bytes of a JSON body."""

    def __init__(
        self,
        *,
        seed_text: str,
        token: str,
        client_id: str,
        sms_codes: tuple[str, ...],
        clock: Clock,
        people: People,
        traffic: Callable[[], Traffic],
        quota: int | None,
        counts_follow: CountsRule,
        counts_off: dict[tuple[date, str], int],
        settle_after: float,
        domain: str | None,
    ) -> None:
        self.token = token
        self.client_id = client_id
        self.sms_codes = sms_codes
        self.clock = clock
        self.people = people
        self.quota = quota
        self.counts_follow = counts_follow
        self.counts_off = counts_off
        self.settle_after = settle_after
        self.domain = domain
        self.clients = (client_id, str(int(client_id) + 1), str(int(client_id) + 2))
        self.accepted: list[Message] = []
        self.short_urls: list[dict[str, str]] = []
        self._seed_text = seed_text
        self._traffic = traffic
        self._lock = threading.Lock()
        self._by_tag: dict[str, Message] = {}
        self._waiting: dict[int, Message] = {}

    @cached_property
    def traffic(self) -> Traffic:
        """The simulated traffic, made when it is first asked for."""
        return self._traffic()

    def answer(self, call: str, fields: dict[str, str]) -> bytes:
        """Answer a call, refusals included."""
        request = Request(fields)
        try:
            self._identify(request, any_client=call == "counts")
            body: bytes = getattr(self, f"_{call}")(request)
        except Refused as refused:
            return self.refusal(call, fields, refused.code, refused.message)
        return body

    def heavy(self, call: str, fields: dict[str, str]) -> bool:
        """Say whether answering may take long enough to hold other requests up."""
        return call == "counts" or (call == "status" and fields.get("clientTag") not in self._by_tag)

    def refusal(self, call: str, fields: dict[str, str], code: int, message: str) -> bytes:
        """Write a refusal in the shape that belongs to the call."""
        given = fields.get("phoneNumber")
        shapes: dict[str, dict[str, Any]] = {
            "send": {"phoneNumber": international(given or "") or given, "smsMessage": fields.get("message")},
            "reservations": {"count": "0", "status": []},
            "cancel": {"clientTag": fields.get("clientTag")},
            "cancel_all": {},
            "status": {"status": []},
            "shorten": {"shortUrl": None, "name": None},
            "templates": {"count": 0, "templates": None},
            "clean": {"phoneNumber": None, "referenceDate": None, "status": None},
            "counts": {"separatedSuccessCount": None},
        }
        return _json({"responseCode": code, "responseMessage": message, **shapes[call]})

    def _identify(self, request: Request, *, any_client: bool) -> None:
        request.require("token", "clientId")
        if request.fields["token"] != self.token:
            raise Refused(110, "Invalid token.")
        allowed = (*self.clients, "all") if any_client else (self.client_id,)
        request.one_of("clientId", allowed)

    def _send(self, request: Request) -> bytes:
        request.require("smsCode", "message", "phoneNumber")
        request.one_of("smsCode", self.sms_codes)
        message = request.text("message", 660) or ""
        number = request.phone()
        carrier = request.one_of("carrierId", CARRIER_IDS)
        tag = request.text("clientTag", 200)
        due = request.time("scheduleTime")
        group = request.text("groupTag", 200)
        now = self.clock.now()
        if due is not None and due <= now:
            raise Refused(110, "Invalid scheduleTime.")
        with self._lock:
            # only a request that is accepted uses its tag up
            if tag is not None and (tag in self._by_tag or self._simulated(tag)):
                raise Refused(400, "Duplicate client tag.")
            if self.quota is not None and len(self.accepted) >= self.quota:
                raise Refused(300, "Exceed sending count.")
            self._accept(request.fields["smsCode"], message, number, carrier, tag, due, group, now)
        with self.clock.changed:
            self.clock.changed.notify_all()
        return _json({**_SUCCESS, "phoneNumber": number, "smsMessage": message})

    def _simulated(self, tag: str) -> bool:
        # most tags do not even look like those of the simulated messages, and need no traffic to be made
        return re.search(r"-[0-9]{8}-[0-9]{6,9}$", tag) is not None and self.traffic.has_tag(
            tag, self.clock.seen()
        )

    def _accept(
        self,
        sms_code: str,
        message: str,
        number: str,
        carrier: str | None,
        tag: str | None,
        due: datetime | None,
        group: str | None,
        now: datetime,
    ) -> None:
        goes = now if due is None else due
        count = len(self.accepted)
        accepted = Message(
            number=count,
            call_time=now,
            due=goes,
            scheduled=due is not None,
            phone_number=number,
            message=message,
            sms_code=sms_code,
            carrier=self.people.carrier_of(number) if carrier is None else CARRIER_IDS.index(carrier),
            client_tag=tag,
            group_tag=group,
            fate=self.people.fate_of(number, goes.date()),
            settles=goes + timedelta(seconds=self.settle_after),
            id=hashlib.md5(f"{self._seed_text}|{count}".encode(), usedforsecurity=False).hexdigest(),
        )
        self.accepted.append(accepted)
        if tag is not None:
            self._by_tag[tag] = accepted
        if accepted.scheduled:
            self._waiting[count] = accepted

    def _still_waiting(self, now: datetime) -> list[Message]:
        for number, message in list(self._waiting.items()):
            if message.cancelled or message.due <= now:
                del self._waiting[number]
        return list(self._waiting.values())

    def _reservations(self, request: Request) -> bytes:
        request.require("smsCode")
        request.one_of("smsCode", self.sms_codes)
        tag = request.text("clientTag", 200)
        now = self.clock.now()
        if tag is not None:
            found = self._by_tag.get(tag)
            if found is not None and not found.cancelled and found.due <= now:
                raise Refused(130, "Already send.")
            rows = [found] if found is not None and not found.cancelled else []
        else:
            moment = request.time("scheduleTime")
            day = request.day("scheduleDate") if moment is None else None
            group = request.text("groupTag", 200)
            if moment is None and day is None:
                raise Refused(100, "Required clientTag.")
            if moment is not None and moment < now:
                raise Refused(140, "Past scheduleTime.")
            if day is not None and day < now.date():
                raise Refused(140, "Past scheduleDate.")
            with self._lock:
                rows = [
                    m
                    for m in self._still_waiting(now)
                    if (m.due == moment if moment is not None else m.due.date() == day)
                    and (group is None or m.group_tag == group)
                ]
        rows = sorted(
            (m for m in rows if m.sms_code == request.fields["smsCode"]), key=lambda m: (m.due, m.number)
        )
        status = [
            {
                "scheduleTime": f"{m.due:%Y-%m-%d %H:%M}",
                "phoneNumber": m.phone_number,
                "message": m.message,
                "smsCode": int(m.sms_code),
                "clientTag": m.client_tag or "",
            }
            for m in rows
        ]
        return _json({**_SUCCESS, "count": len(status), "status": status})

    def _cancel(self, request: Request) -> bytes:
        request.require("clientTag")
        tag = request.text("clientTag", 200)
        with self._lock:
            found = self._by_tag.get(tag or "")
            if found is None or found.cancelled:
                raise Refused(110, "Invalid clientTag.")
            if found.due <= self.clock.now():
                raise Refused(130, "Already send.")
            found.cancelled = True
        return _json({**_SUCCESS, "clientTag": tag})

    def _cancel_all(self, request: Request) -> bytes:
        start = request.day("startDate")
        end = request.day("endDate")
        group = request.get("groupTag")
        if group is not None and len(group) > 200:
            # too long is not among the codes of this call
            raise Refused(110, "Invalid groupTag.")
        if start is not None and end is not None and end < start:
            raise Refused(110, "Invalid endDate.")
        with self._lock:
            for message in self._still_waiting(self.clock.now()):
                day = message.due.date()
                if (
                    (start is None or day >= start)
                    and (end is None or day <= end)
                    and (group is None or message.group_tag == group)
                ):
                    message.cancelled = True
        return _json(dict(_SUCCESS))

    def _status(self, request: Request) -> bytes:
        tag = request.text("clientTag", 203)
        day = request.day("date") if tag is None else None
        if tag is None and day is None:
            raise Refused(100, "Required clientTag.")
        now = self.clock.now()
        if tag is not None:
            found = self._by_tag.get(tag)
            sent = [] if found is None else [found]
            simulated = self.traffic.json_of_tag(tag, self.clock.seen()) if found is None else b""
        else:
            assert day is not None  # noqa: S101 - one of both is given, and types need to know
            sent = [m for m in list(self.accepted) if m.due.date() == day]
            simulated = self.traffic.json(day, self.clock.seen())
        own = b",".join(_json(row) for m in sent if (row := _status_row(m, now)) is not None)
        rows = b",".join(part for part in (simulated, own) if part)
        return b'{"responseCode":0,"responseMessage":"Success.","status":[' + rows + b"]}"

    def _shorten(self, request: Request) -> bytes:
        request.require("longUrl")
        long_url = request.text("longUrl", 2048) or ""
        name = request.text("name", 256)
        domain = request.get("domain")
        if domain is not None and domain != self.domain:
            raise Refused(110, "Invalid domain.")
        try:
            parts = urlsplit(long_url)
        except ValueError:
            raise Refused(110, "Invalid longUrl.") from None
        if parts.scheme not in ("http", "https") or not parts.hostname or any(c.isspace() for c in long_url):
            raise Refused(110, "Invalid longUrl.")
        now = self.clock.now()
        with self._lock:
            digest = hashlib.sha256(f"{self._seed_text}|short|{len(self.short_urls)}".encode()).hexdigest()
            base = SHORT_DOMAIN if domain is None else f"https://{domain}/"
            made = {
                "shortUrl": base + digest[:6],
                "name": name or f"Shorturl-{now:%Y%m%d%H%M%S}{now.microsecond // 1000:03d}",
            }
            self.short_urls.append({**made, "longUrl": long_url})
        return _json({**_SUCCESS, **made})

    def _templates(self, request: Request) -> bytes:
        templates = [
            {
                "title": title,
                "default_content": content,
                "parameters": [{"parameter_name": name} for name in _PLACEHOLDER.findall(content)],
            }
            for title, content in _TEMPLATES
        ]
        return _json({**_SUCCESS, "count": len(templates), "templates": templates})

    def _clean(self, request: Request) -> bytes:
        request.require("phoneNumber", "referenceDate")
        number = request.phone()
        day = request.day("referenceDate")
        today = self.clock.now().date()
        if day is None or not _two_years_before(today) <= day <= today:
            raise Refused(110, "Invalid referenceDate.")
        return _json(
            {
                **_SUCCESS,
                "phoneNumber": number,
                "referenceDate": request.fields["referenceDate"],
                "status": self.judged(number, day),
            }
        )

    def judged(self, number: str, day: date) -> str:
        """Judge a number: T changed hands after that day, N did not, ERROR not in the database.

        A number is given to someone else within twenty years, on a day of its own: the older the reference date,
        the more of them read T. One that is out of service in the simulated traffic changed hands when it fell out.
        """
        digest = hashlib.blake2b(f"{self._seed_text}|{number}".encode(), digest_size=8).digest()
        word = int.from_bytes(digest)
        if word % 1000 < 18:
            return "ERROR"
        today = self.clock.opening
        gone = self.people.gone_since(number, today)
        # in days from today; the last change of hands is spread over twenty years
        changed = today.toordinal() + (-(word >> 12) % 7300 - 7300 if gone is None else gone)
        return "T" if changed > day.toordinal() else "N"

    def _counts(self, request: Request) -> bytes:
        request.require("month")
        month = request.month("month")
        assert month is not None  # noqa: S101 - it was required, and types need to know
        wanted = request.fields["clientId"]
        rows = []
        for position, client in enumerate(self.clients):
            if wanted not in ("all", client):
                continue
            sums = self._sums(month) if position == 0 else self._customer(month, position)
            row: dict[str, Any] = {key: value for key, value in sums.items() if value > 0}
            if row:
                rows.append({"clientId": int(client), **row})
        return _json({**_SUCCESS, "separatedSuccessCount": rows})

    def _sums(self, month: date) -> dict[str, int]:
        now, seen = self.clock.now(), self.clock.seen()
        sums = self.traffic.counts(month, seen, self.counts_follow)
        for message in list(self.accepted):
            day = message.due.date()
            status = message.status(now)
            if (day.year, day.month) != (month.year, month.month) or day >= now.date():
                continue
            if status == 2 or (status == 3 and self.counts_follow == "settled"):
                sums[CARRIER_IDS[message.carrier]] += message.parts
        for (off_month, carrier), difference in self.counts_off.items():
            if off_month == month and carrier in sums:
                sums[carrier] = max(0, sums[carrier] + difference)
        return sums

    def _customer(self, month: date, position: int) -> dict[str, int]:
        """Make up the counts of another client of the agency: few carriers, steady, growing with the month."""
        traffic = self.traffic
        seen = self.clock.seen().date()
        end = min((month + timedelta(32)).replace(day=1), seen)
        days = (end - max(month, traffic.first)).days
        if days <= 0 or month < traffic.first:
            return dict.fromkeys(CARRIER_IDS, 0)
        digest = hashlib.sha256(f"{self._seed_text}|{position}|{month}".encode()).digest()
        daily = traffic.plan.messages_per_day / (4 * position)
        shares = (0.28, 0.37, 0.22, 0.0 if position == 2 else 0.11)
        return {
            c: int(days * daily * s * (0.9 + digest[n] / 1280))
            for n, (c, s) in enumerate(zip(CARRIER_IDS, shares, strict=True))
        }


_SUCCESS = {"responseCode": 0, "responseMessage": "Success."}
_json = msgspec.json.Encoder().encode


def _two_years_before(day: date) -> date:
    try:
        return day.replace(year=day.year - 2)
    except ValueError:
        return day.replace(year=day.year - 2, day=28)


def _status_row(message: Message, now: datetime) -> dict[str, Any] | None:
    status = message.status(now)
    if status is None:
        return None
    moment = (message.due if status == 1 else message.settles).astimezone(TOKYO)
    row: dict[str, Any] = {
        "dateTime": f"{moment:%Y%m%d %H%M%S}{moment.microsecond // 1000:03d}",
        "phoneNumber": message.phone_number,
        "message": message.message,
        "smsCode": int(message.sms_code),
        "carrierId": CARRIER_IDS[message.carrier],
        "carrierName": CARRIER_NAMES[message.carrier],
        "statusId": status,
        "clientTag": message.client_tag or "",
        "detailedStatusId": message.code(status),
        "separatedSuccessCount": message.parts,
        "rawdata": msgspec.Raw(raw_of(message.carrier, message.parts, failed=status == 3).encode()),
    }
    if status == 1:
        # undefined while it is on its way: whatever stands there means nothing
        row |= {
            "carrierId": "999",
            "carrierName": None,
            "detailedStatusId": "0",
            "separatedSuccessCount": 0,
            "rawdata": None,
        }
    return row
