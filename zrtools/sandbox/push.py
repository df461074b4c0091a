"""Delivery reports: pushed to the customer's URL for each new status of a tagged message, as the service does."""

from __future__ import annotations

import http.client
import json
import ssl
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from heapq import heappop, heappush
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import quote, urlsplit

from zrtools.codes import DLR_STATUSES
from zrtools.errors import InputError
from zrtools.sandbox.clock import TOKYO
from zrtools.sandbox.people import CARRIER_IDS, CARRIER_NAMES
from zrtools.sandbox.rawdata import RAW_FIELDS, raw_of
from zrtools.texts import said

if TYPE_CHECKING:
    from zrtools.sandbox.service import Message, Service

__all__ = ["Pusher", "report_json", "report_xml"]

_TRIES = 4
_TIME_OUT = 10.0


def _fields(message: Message, status: int, client_id: str) -> dict[str, Any]:
    moment = (message.due if status == 1 else message.settles).astimezone(TOKYO)
    return {
        "dateTime": f"{moment:%Y/%m/%d %H:%M:%S}",
        "messageId": message.id,
        "phoneNumber": message.phone_number,
        "smsCode": message.sms_code,
        "carrierId": "999" if status == 1 else CARRIER_IDS[message.carrier],
        "carrierName": "" if status == 1 else CARRIER_NAMES[message.carrier],
        "messageText": message.message,
        "clientId": client_id,
        "clientTag": message.client_tag,
        "statusId": str(status),
        "statusDescription": DLR_STATUSES[status],
        "detailedStatusId": "0" if status == 1 else message.code(status),
        # told for delivered messages alone; else whatever stands there means nothing
        "separatedSuccessCount": message.parts if status == 2 else 0,
    }


def report_json(message: Message, status: int, client_id: str) -> dict[str, Any]:
    """Write a report as JSON has it: ids as text, the detailed code and the billable count as numbers."""
    fields = _fields(message, status, client_id)
    raw: Any = None
    if status == 2:
        raw = {"carrier": fields["carrierId"], "type": "", "data": dict.fromkeys(RAW_FIELDS, "")}
    elif status == 3:
        raw = json.loads(raw_of(message.carrier, message.parts, failed=True))[0]
    return {"type": "DLR", **fields, "detailedStatusId": int(fields["detailedStatusId"]), "rawdata": raw}


def report_xml(message: Message, status: int, client_id: str) -> str:
    """Write a report as XML has it: all as CDATA, what does not exist empty, or the text null when it failed."""
    missing = "null" if status == 3 else ""

    def element(name: str, value: Any) -> str:
        text = missing if value is None else str(value)
        return f"<{name}><![CDATA[{text.replace(']]>', ']]]]><![CDATA[>')}]]></{name}>"

    body = "".join(element(name, value) for name, value in _fields(message, status, client_id).items())
    if status == 2:
        body += "<rawdata>" + element("carrier", CARRIER_IDS[message.carrier]) + element("type", None)
        body += f"<data>{''.join(element(name, None) for name in RAW_FIELDS)}</data></rawdata>"
    elif status == 3:
        raw = json.loads(raw_of(message.carrier, message.parts, failed=True))[0]
        data = "".join(element(name, value) for name, value in raw["data"].items())
        body += "<rawdata>" + element("carrier", raw["carrier"]) + element("type", raw["type"])
        body += f"<data>{data}</data></rawdata>"
    return (
        '<?xml version="1.0" encoding="UTF-8"?><eventNotifications><eventNotification type="DLR">'
        f"{body}</eventNotification></eventNotifications>"
    )


class Pusher:
    """Watch the accepted messages and push a report whenever one of them has a new status."""

    def __init__(self, service: Service, url: str | None, form: Literal["json", "xml"], retry: float) -> None:
        parts = urlsplit(url or "")
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise InputError(said("sandbox.dlr_url", url=url))
        self._service = service
        self._url = parts
        self._form = form
        self._retry = retry
        self._stop = threading.Event()
        self._open: set[http.client.HTTPConnection] = set()
        self._watcher = threading.Thread(target=self._watch, name="zrtools-sandbox-reports", daemon=True)
        self._senders = ThreadPoolExecutor(8, thread_name_prefix="zrtools-sandbox-report")
        self.pushed: list[dict[str, Any]] = []

    def start(self) -> None:
        """Begin to watch, in threads of its own."""
        self._watcher.start()

    def close(self) -> None:
        """Stop, and cut what is still being sent."""
        if self._stop.is_set():
            return
        self._stop.set()
        with self._service.clock.changed:
            self._service.clock.changed.notify_all()
        self._watcher.join()
        for connection in list(self._open):
            connection.close()
        self._senders.shutdown(wait=True, cancel_futures=True)

    def _watch(self) -> None:
        clock, accepted = self._service.clock, self._service.accepted
        begin = 0
        # when something becomes known of a message: that it went out, then how it ended
        coming: list[tuple[datetime, int, bool]] = []
        while not self._stop.is_set():
            for message in accepted[begin:]:
                begin += 1
                if message.client_tag is not None:
                    heappush(coming, (message.due, message.number, False))
                    heappush(coming, (message.settles, message.number, True))
            now = clock.now()
            while coming and coming[0][0] <= now:
                _, number, settled = heappop(coming)
                message = accepted[number]
                if not message.cancelled:
                    self._senders.submit(self._push, message, message.outcome if settled else 1)
            with clock.changed:
                if len(accepted) == begin and not self._stop.is_set():
                    wait = (coming[0][0] - clock.now()) / timedelta(seconds=1) if coming else 3600.0
                    clock.changed.wait(min(max(wait, 0.0), 3600.0))

    def _push(self, message: Message, status: int) -> None:
        client = self._service.client_id
        if self._form == "json":
            fields = report_json(message, status, client)
            whole = json.dumps({"eventNotifications": [fields]}, ensure_ascii=False)
        else:
            fields = {**_fields(message, status, client)}
            whole = report_xml(message, status, client)
        body = f"{self._form}={quote(whole, safe='')}".encode()
        record: dict[str, Any] = {**fields, "attempts": 0, "answer": None}
        self.pushed.append(record)
        for attempt in range(_TRIES):
            if attempt and self._stop.wait(self._retry):
                return
            record["attempts"] += 1
            answer = self._post(body)
            if answer is not None and 200 <= answer < 300:
                record["answer"] = answer
                return

    def _post(self, body: bytes) -> int | None:
        url = self._url
        kind: Any = http.client.HTTPConnection
        more: dict[str, Any] = {}
        if url.scheme == "https":
            kind = http.client.HTTPSConnection
            more["context"] = ssl.create_default_context()
        connection = kind(url.hostname, url.port, timeout=_TIME_OUT, **more)
        self._open.add(connection)
        try:
            target = (url.path or "/") + (f"?{url.query}" if url.query else "")
            connection.request("POST", target, body, {"Content-Type": "application/x-www-form-urlencoded"})
            response = connection.getresponse()
            response.read()
        except (OSError, http.client.HTTPException, ValueError):
            return None
        else:
            return int(response.status)
        finally:
            self._open.discard(connection)
            connection.close()
