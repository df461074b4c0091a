"""Forms at their edges: what a message line never shows, and which buttons can be pressed when."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from ipywidgets import Widget

import zrtools as zr
from zrtools.words.forms import TEXTS

NUMBER = "080-5555-1234"


@pytest.fixture(scope="module")
def client() -> Iterator[zr.Client]:
    """A client of one sandbox for the whole file."""
    with zr.Client.sandbox(seed=11, messages_per_day=20, months=1) as made:
        yield made


@pytest.fixture(autouse=True)
def quiet(client: zr.Client) -> Iterator[None]:
    """Let no fault outlive its test."""
    yield
    assert client.embedded is not None
    client.embedded.faults.clear()


def filled(client: zr.Client, message: str = "See you at three.", lang: str = "en") -> zr.forms.SendForm:
    """Give a send form with a number and a message."""
    form = zr.forms.send(client, lang=lang)
    form.number.fill(NUMBER)
    form.message.fill(message)
    return form


def shown(form: zr.forms.SendForm) -> dict[str, bool]:
    """Tell which parts of the form are shown."""
    _, editor, asked, _, after = form.children
    return {
        name: part.layout.display != "none"
        for name, part in (("editor", editor), ("asked", asked), ("after", after))
    }


@pytest.mark.parametrize(
    ("said", "seen"),
    [
        ("No route to 090-1234-5678 & +819012345678.", "No route to 090****5678 &amp; +8190****5678."),
        ("<b>０９０ー１２３４ー５６７８</b>\nsecond", "&lt;b&gt;０９０****５６７８&lt;/b&gt;<br>second"),
    ],
)
def test_a_message_line_masks_numbers_and_writes_no_markup(
    client: zr.Client, monkeypatch: pytest.MonkeyPatch, said: str, seen: str
) -> None:
    """Whatever an error holds, the line shows no whole number, and text stays text."""
    form = filled(client)

    def failing(*_: object, **__: object) -> None:
        error = zr.TransportError(said)
        error.sent = False
        raise error

    monkeypatch.setattr(client, "send", failing)
    form.review.click()
    form.go.click()
    assert seen in form.note.value
    assert 'role="status"' in form.note.value


def test_what_nobody_foresaw_is_named_by_its_kind_alone(
    client: zr.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its text may hold anything, so it is not shown, and the message's fate is not known."""
    form = filled(client)

    def failing(*_: object, **__: object) -> None:
        raise ZeroDivisionError(f"{NUMBER} secret")

    monkeypatch.setattr(client, "send", failing)
    form.review.click()
    form.go.click()
    assert "ZeroDivisionError" in form.note.value
    assert "secret" not in form.note.value
    assert form.receipt is None
    assert shown(form) == {"editor": False, "asked": False, "after": True}


@pytest.mark.parametrize(("sent", "stage"), [(False, "editor"), (None, "after")])
def test_a_failure_leads_back_only_where_nothing_was_sent(
    client: zr.Client, monkeypatch: pytest.MonkeyPatch, sent: bool | None, stage: str
) -> None:
    """Surely not sent: the form can be corrected. Not known: it offers to look, not to send again."""
    form = filled(client)

    def failing(*_: object, **__: object) -> None:
        error = zr.TransportError("No answer.")
        error.sent = sent
        raise error

    monkeypatch.setattr(client, "send", failing)
    form.review.click()
    assert shown(form) == {"editor": False, "asked": True, "after": False}
    form.go.click()
    assert shown(form) == {name: name == stage for name in ("editor", "asked", "after")}
    assert form.go.disabled
    assert form.check.disabled is False


def test_buttons_can_be_pressed_in_their_stage_alone(client: zr.Client) -> None:
    """Review while editing, send and back while confirming, check and another afterwards."""
    form = zr.forms.send(client, lang="en")
    assert (form.review.disabled, form.go.disabled, form.back.disabled) == (True, True, True)
    form.number.fill(NUMBER)
    assert form.review.disabled
    form.message.fill("x")
    assert not form.review.disabled
    form.number.clear()
    assert form.review.disabled
    assert form.number.hint == ""
    form.number.fill(NUMBER)
    form.back.click()
    assert shown(form)["editor"]
    form.review.click()
    assert (form.go.disabled, form.back.disabled) == (False, False)
    form.review.click()
    form.back.click()
    assert shown(form) == {"editor": True, "asked": False, "after": False}
    assert form.note.value == ""
    form.review.click()
    form.go.click()
    assert shown(form) == {"editor": False, "asked": False, "after": True}
    first = form.receipt
    assert first is not None
    # a receipt, not a doubt
    assert 'data-state="good"' in form.note.value
    assert "+8180****1234" in form.note.value
    form.another.click()
    assert (form.number.text, form.message.text, form.note.value) == ("", "", "")
    assert shown(form)["editor"]
    assert form.review.disabled
    assert form.receipt is first


def test_the_confirmation_shows_what_goes_out_as_it_leaves_and_on_the_page_alone(client: zr.Client) -> None:
    """To whom, how many parts, when, from which sender code, through which carrier, and the text, numbers whole."""
    form = filled(client, "Call 090-9876-4321 <now>")
    form.carrier.value = "103"
    form.review.click()
    told = form.confirmation.value
    for part in (NUMBER, client.sms_code, "docomo", "now", "090-9876-4321 &lt;now&gt;"):
        assert part in told
    assert "090-9876-4321 &lt;now&gt;" in form.preview.value
    assert not re.search("5555-1234|9876-4321", json.dumps(Widget.get_manager_state(), default=repr))
    assert form.go.description == "Send"
    form.go.click()
    assert client.embedded is not None
    assert client.embedded.accepted[-1].message == "Call 090-9876-4321 <now>"


@pytest.mark.parametrize(("outcome", "lang"), [(3, "ja"), (2, "en")])
def test_a_look_at_the_status_tells_the_outcome_and_the_time(
    client: zr.Client, outcome: int, lang: str
) -> None:
    """What became of this very message, as of the service's clock."""
    form = filled(client, f"look {outcome}", lang)
    form.review.click()
    form.go.click()
    sandbox = client.embedded
    assert sandbox is not None
    form.check.click()
    assert zr.words.day(client.now(), lang) in form.note.value
    sandbox.faults.add("http", "status", status=403, message="no 090-1234-5678")
    form.check.click()
    assert "403" in form.note.value
    assert "1234-5678" not in form.note.value
    assert not form.check.disabled


@pytest.mark.parametrize(
    ("typed", "state"), [("", "plain"), ("090", "bad"), (NUMBER, "good"), ("+1 415 555 0100", "bad")]
)
@pytest.mark.parametrize("lang", ["ja", "en"])
def test_a_number_is_judged_while_it_is_typed(client: zr.Client, typed: str, state: str, lang: str) -> None:
    """Good, bad or nothing yet, in the form's language, and never repeated whole."""
    form = zr.forms.send(client, lang=lang)
    form.number.fill(NUMBER)
    form.number.fill(typed)
    assert form.number.state == state
    assert (form.number.hint == "") == (typed == "")
    assert "5555" not in form.number.hint
    if typed:
        assert bool(re.search("[ぁ-んァ-ン一-龥]", form.number.hint)) == (lang == "ja")


@pytest.mark.parametrize("path", sorted(Path(zr.forms.__path__[0]).glob("*.py")), ids=lambda p: p.stem)
def test_every_wording_that_a_form_asks_for_is_there(path: Path) -> None:
    """A key that nobody worded would show a person an error in the place of a sentence."""
    asked = {
        constant.value
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Call) and getattr(node.func, "attr", None) == "t" and node.args
        for key in [node.args[0]]
        for constant in ([key.body, key.orelse] if isinstance(key, ast.IfExp) else [key])
        if isinstance(constant, ast.Constant)
    }
    assert asked <= set(TEXTS), asked - set(TEXTS)


def test_a_new_view_is_told_what_the_kernel_holds_and_a_secret_is_forgotten(
    client: zr.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The answer goes to the view that asked, typing to the others; a secret to none, and it says that it is gone."""
    sent: list[dict[str, object]] = []
    form, login = zr.forms.send(client, lang="en"), zr.forms.connect(base_url=client.base_url, lang="en")
    for field in (form.number, login.token):
        monkeypatch.setattr(field, "send", sent.append)
        field._receive(field, {"text": NUMBER, "view": "first"}, [])
        field._receive(field, {"view": "second"}, [])
    assert sent == [{"text": NUMBER, "by": "first"}, {"text": NUMBER, "to": "second"}, {"text": ""}]
    assert (form.number.text, login.token.text) == (NUMBER, "")
    assert "type it again" in login.token.hint
    assert login.connect.disabled


def test_a_template_that_cannot_be_used_is_shown_and_keeps_the_next_step_off(client: zr.Client) -> None:
    """Braces that are no placeholder: the text stays in sight, and the reason beside the button."""
    form = filled(client)
    form._templates["broken"] = "code {{%x%} here"
    form.template.options = (*form.template.options, "broken")
    form.template.value = "broken"
    assert "code {{%x%} here" in form.preview.value
    assert "braces" in form.hurdle.value
    assert form.review.disabled
