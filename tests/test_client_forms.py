"""Forms that act, where the service does not: what failed stands in red, and a stop does not wait."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Callable

import pytest

import zrtools as zr

RED, GREEN = 'data-state="bad"', 'data-state="good"'


def connected_form(sandbox, lang: str, **given: str) -> zr.forms.ConnectForm:
    """Fill the form in and press its button."""
    account = {"token": sandbox.token, "client_id": sandbox.client_id, "sms_code": "", "url": sandbox.url}
    account |= given
    form = zr.forms.connect(base_url=account["url"], lang=lang)
    form.token.fill(account["token"])
    form.client_id.value = account["client_id"]
    form.sms_code.value = account["sms_code"]
    form.connect.click()
    return form


def rows(form: zr.forms.ConnectForm) -> list[tuple[str, list[str]]]:
    """Read the shown table: each row's attributes and cells."""
    found = re.findall(r"<tr([^>]*)>(.*?)</tr>", form.result.value)
    return [(style, re.findall(r"<td[^>]*>(.*?)</td>", cells)) for style, cells in found][1:]


FAULTS: dict[str, tuple[dict[str, str], dict[str, object] | None]] = {
    "refused token": ({"token": "z" * 32}, None),
    "wrong client id": ({"client_id": "999999"}, None),
    "no network": ({"url": "http://127.0.0.1:9"}, None),
    "throttled": ({}, {"kind": "http", "status": 503}),
    "asked to wait": ({}, {"kind": "http", "status": 429, "retry_after": 3600}),
    "forbidden": ({}, {"kind": "http", "status": 403}),
    "sign-in page": ({}, {"kind": "html"}),
    "elsewhere": ({}, {"kind": "redirect"}),
    "gone": ({}, {"kind": "drop_before"}),
}


@pytest.mark.parametrize("lang", ["ja", "en"])
@pytest.mark.parametrize("fault", FAULTS)
def test_connect_form_shows_what_failed_in_red_first_and_once(own, monkeypatch, fault, lang):
    """Nothing is called connected where no call works: the reason stands first, in red, once."""
    monkeypatch.setattr("zrtools.client.retry._FIRST", 0.001)
    given, strikes = FAULTS[fault]
    if strikes:
        own.faults.add(times=None, **strikes)
    form = connected_form(own, lang, **given)
    assert RED in form.note.value
    assert GREEN not in form.note.value
    (style, first), *others = rows(form)
    assert RED in style
    assert form.result.value.count(first[2]) == 1
    assert not any(RED in style for style, _ in others)
    assert first[2] not in form.note.value
    with pytest.raises(zr.ConfigurationError, match="Not connected"):
        _ = form.client


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_connect_form_gives_a_client_where_only_an_option_is_missing(own, lang):
    """A call that is not in the contract does not keep the others from working; it stands first, in red."""
    own.faults.add("http", "clean", status=403, times=None)
    form = connected_form(own, lang, sms_code=own.sms_code)
    assert GREEN in form.note.value
    (style, first), *_ = rows(form)
    assert RED in style
    assert "403" in first[2]
    assert form.client.templates().height > 0
    form.client.close()


def test_connect_form_is_all_green_where_all_works(own):
    """Without a failure nothing is red."""
    form = connected_form(own, "en", sms_code=own.sms_code)
    assert GREEN in form.note.value
    assert RED not in form.note.value + form.result.value
    form.client.close()


def test_second_attempt_mends_the_first(own):
    """After a refused token the right one connects, and nothing of the first attempt is left."""
    form = connected_form(own, "ja", token="z" * 32)
    form.token.fill(own.token)
    form.connect.click()
    assert GREEN in form.note.value
    assert "110" not in form.result.value
    form.client.close()


async def until(reached: Callable[[], bool], seconds: float = 30.0) -> None:
    """Wait for something to be so."""
    ending = time.monotonic() + seconds
    while not reached():
        assert time.monotonic() < ending, "it did not become so in time"
        await asyncio.sleep(0.02)


@pytest.mark.parametrize(("lang", "said"), [("ja", "まで待機"), ("en", "waiting for the service until")])
def test_stop_button_does_not_wait_for_the_service(own, connected, lang, said):
    """While a cleaning waits for the service its form says until when, and the stop button ends it at once."""
    own.faults.add(
        "http", "clean", status=429, retry_after=120, when=lambda f: f["phoneNumber"].endswith("5")
    )
    client = connected(at_once=1)

    async def run() -> tuple[zr.forms.CleanForm, float]:
        form = zr.forms.clean(client, lang=lang)
        form.numbers.fill("\n".join(f"0901234{n:04d}" for n in range(10)))
        form.reference.value = client.now().date()
        form.run.click()
        form.go.click()
        await until(lambda: said in form.note.value)
        pressed = time.monotonic()
        form.stop.click()
        await until(lambda: not form.busy)
        return form, time.monotonic() - pressed

    form, seconds = asyncio.run(run())
    assert seconds < 2
    assert form.result["status"].count() == 5
    assert RED not in form.note.value
