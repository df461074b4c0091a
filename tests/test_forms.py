"""The forms that act, driven as a kernel without a page would: what they check, send, show and keep."""

from __future__ import annotations

import asyncio
import io
import json
import re
import threading
import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import ipywidgets
import polars as pl
import pytest
import xlsxwriter

import zrtools as zr
from zrtools import tables
from zrtools.forms.private import PrivateDownload

NUMBER = "080-5555-1234"
TAIL = "55551234"


@pytest.fixture
def client() -> Iterator[zr.Client]:
    """A client of a sandbox of its own: forms change what is there."""
    with zr.Client.sandbox(seed=11, messages_per_day=50) as made:
        yield made


def state_of_all_widgets() -> str:
    """Give what a notebook that keeps widget state would save."""
    return json.dumps(ipywidgets.Widget.get_manager_state(), default=repr, ensure_ascii=False)


def filled(client: zr.Client, message: str = "本日15時に伺います。", lang: str = "ja") -> zr.forms.SendForm:
    """Give a send form with a number and a message."""
    form = zr.forms.send(client, lang=lang)
    form.number.fill(NUMBER)
    form.message.fill(message)
    return form


async def until(what: Callable[[], object], seconds: float = 20) -> None:
    """Let the loop run, as a kernel does between two messages of the page, until something is true."""
    end = time.monotonic() + seconds
    while not what() and time.monotonic() < end:
        await asyncio.sleep(0.01)
    assert what()


# ------------------------------------------------------------------------------------------------- send


def test_a_message_goes_out_once_however_often_the_button_is_pressed(client: zr.Client) -> None:
    """A double click, and one more after the receipt, send nothing more."""
    form = filled(client)
    form.review.click()
    for _ in range(3):
        form.go.click()
    assert [m.message for m in client.embedded.accepted] == ["本日15時に伺います。"]
    assert form.receipt is not None
    assert form.receipt.phone_number == "+8180" + TAIL
    assert form.receipt.client_tag in form.note.value


def test_only_a_sendable_message_to_a_mobile_number_can_be_reviewed(client: zr.Client) -> None:
    """The button stays off until number and message are right, and each says what is wrong with it."""
    form = zr.forms.send(client, lang="en")
    assert form.review.disabled
    form.number.fill("03-1234-5678")
    assert form.number.state == "bad"
    assert "cannot be used" in form.number.hint
    form.number.fill(NUMBER)
    assert form.number.state == "good"
    form.message.fill("😀")
    assert form.message.state == "bad"
    assert form.review.disabled
    form.message.fill("a" * 661)
    assert form.review.disabled
    form.message.fill("a" * 660)
    assert "660 of 660" in form.message.hint
    assert "10 part" in form.message.hint
    assert not form.review.disabled


def test_what_cannot_be_sent_is_replaced_when_asked(client: zr.Client) -> None:
    """The suggestions of the check are one press away, and never applied unasked."""
    form = filled(client, "髙橋様①")
    assert form.review.disabled
    assert "「髙」（U+9AD9）は送信できません。人名の場合は本人の表記です。" in form.message.hint
    assert form.message.text == "髙橋様①"
    form.mend.click()
    # a letter of a name is not changed along with a sign: it has a press of its own, which says so
    assert form.message.text == "髙橋様(1)"
    assert form.review.disabled
    assert "人名" in form.mend.description
    form.mend.click()
    assert form.message.text == "高橋様(1)"
    assert not form.review.disabled


@pytest.mark.parametrize(
    ("lang", "said"),
    [("ja", "有料オプションがある場合だけ"), ("en", "only where your contract has that paid option")],
)
def test_what_the_opt_out_link_needs_is_said_beside_it(
    client: zr.Client, tmp_path: Path, lang: str, said: str
) -> None:
    """Both forms say it where the link is used; it keeps nothing from being sent."""
    text = "お知らせ 停止 https://ai9.jp/0PT0UT"
    form = filled(client, text, lang)
    assert said in form.message.hint
    assert not form.review.disabled
    form.message.fill("お知らせ")
    assert said not in form.message.hint
    for message, shown in ((text, True), ("お知らせ", False)):
        form = zr.forms.campaign(
            client,
            pl.DataFrame({"phone_number": [NUMBER], "message": [message]}),
            outbox=tmp_path / f"{shown}.sqlite",
            lang=lang,
        )
        form.dry_run.click()
        assert (said in form.findings.value) == shown
        form.outbox.close()


def test_a_template_asks_for_its_fields_and_sends_nothing_half_filled(client: zr.Client) -> None:
    """A field for each parameter; until all are filled there is nothing to review."""
    form = filled(client, "")
    form.template.value = "認証コード"
    assert [box.description for box in form.fields.children] == ["code"]
    assert '認証コード: <mark class="zrtools-gap">code</mark> 有効期限' in form.preview.value
    assert "入力してください：code" in form.hurdle.value
    assert form.review.disabled
    form.fields.children[0].fill("123456")
    assert not form.review.disabled
    form.review.click()
    form.go.click()
    assert "123456" in client.embedded.accepted[0].message
    assert "{{" not in client.embedded.accepted[0].message


def test_a_time_in_the_past_is_refused_in_japan_time(client: zr.Client) -> None:
    """The sandbox's clock decides what is past, and the form says what time it is."""
    form = filled(client)
    form.schedule.later.value = True
    form.review.click()
    assert "送信日時を指定" in form.note.value
    form.schedule.when.value = datetime(2020, 1, 1, 9, 0)
    form.review.click()
    assert "過去" in form.note.value
    assert zr.words.day(client.now(), "ja") in form.note.value
    assert not client.embedded.accepted


def test_a_reservation_waits_and_then_arrives(client: zr.Client) -> None:
    """Check status says that it waits, and once it is due what became of it."""
    form = filled(client)
    form.schedule.later.value = True
    form.schedule.when.value = (client.now() + timedelta(hours=2)).replace(
        tzinfo=None, second=0, microsecond=0
    )
    form.schedule.group.value = "spring"
    form.review.click()
    assert form.go.description == "予約する"
    form.go.click()
    form.check.click()
    assert "予約中" in form.note.value
    client.embedded.advance(timedelta(hours=3))
    form.check.click()
    assert "時点の配信状況" in form.note.value


@pytest.mark.slow
def test_a_lost_answer_is_not_sent_again_under_another_tag(client: zr.Client) -> None:
    """When nobody knows whether it went out, the form says so, offers the check and takes no second send."""
    form = filled(client)
    form.review.click()
    client.embedded.faults.add("drop_after", "send", times=None)
    client.embedded.faults.add("http", "status", times=None, status=500)
    form.go.click()
    client.embedded.faults.clear()
    assert form.go.disabled
    assert len(client.embedded.accepted) == 1
    form.go.click()
    assert len(client.embedded.accepted) == 1
    form.check.click()
    assert "時点の配信状況" in form.note.value


def test_a_refusal_is_shown_and_the_form_goes_on(client: zr.Client) -> None:
    """An error of the service stands in the form; the next attempt works."""
    form = filled(client)
    form.review.click()
    client.embedded.faults.add("code", "send", response_code=300, message="Exceed sending count.")
    form.go.click()
    assert "300" in form.note.value
    assert not client.embedded.accepted
    form.review.click()
    form.go.click()
    assert len(client.embedded.accepted) == 1


def test_errors_are_worded_in_the_language_of_the_form(client: zr.Client) -> None:
    """Codes of the service, known or not, have Japanese words in a Japanese form, and so has a bad number."""
    said = {}
    for lang, code in (("ja", 300), ("en", 300), ("ja", 999)):
        form = filled(client, lang=lang)
        form.review.click()
        client.embedded.faults.add("code", "send", response_code=code, message="Exceed sending count.")
        form.go.click()
        said[lang, code] = form.note.value
    assert (
        "送信されていません。契約プランの送信可能件数の上限を超えました（300 Exceed sending count）。"
        in said["ja", 300]
    )
    assert "契約プランの上限を確認してください。" in said["ja", 300]
    assert "The service" not in said["ja", 300]
    assert "The service refused the request: 300 Exceed sending count." in said["en", 300]
    assert "受け付けられませんでした（999 Exceed sending count）。この番号の意味を提供元に" in said["ja", 999]
    form.number.fill("03-1234-5678")
    assert form.number.hint.startswith("携帯電話の番号ではありません")


def test_a_closed_client_is_told_and_sends_nothing(client: zr.Client) -> None:
    """A client closed under the form is an error like others: nothing went out, and the form says so."""
    form = filled(client)
    form.review.click()
    client.close()
    form.go.click()
    assert "送信されていません" in form.note.value
    assert "このクライアントは閉じられています" in form.note.value


def test_a_send_that_breaks_unforeseen_is_not_offered_again(
    client: zr.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After an error that nobody foresaw it is open whether the message went out: it can be asked, not repeated."""

    def broken(*_: object, **__: object) -> None:
        raise RuntimeError

    form = filled(client)
    form.review.click()
    monkeypatch.setattr(client, "send", broken)
    form.go.click()
    assert "送信されたか確認できませんでした" in form.note.value
    assert "RuntimeError" in form.note.value
    assert form.go.disabled
    assert form._after.layout.display is None
    form.check.click()
    assert "まだ記録がありません" in form.note.value


def test_templates_that_cannot_be_read_leave_the_rest_working(client: zr.Client) -> None:
    """A form without templates says so and still sends."""
    client.embedded.faults.add("code", "templates", times=None)
    form = filled(client)
    assert "定型文を取得できませんでした" in form.note.value
    form.review.click()
    form.go.click()
    assert len(client.embedded.accepted) == 1


# --------------------------------------------------------------------------------------------- campaign


LIST = pl.DataFrame(
    {
        "氏名": ["甲", "乙", "丙", "丁", "戊"],
        "電話": ["090-1111-0001", "090-1111-0002", "090-1111-0002", "03-1234-5678", NUMBER],
        "code": ["1001", "1002", "1002", "1004", "1005"],
    }
)


def test_a_campaign_is_checked_confirmed_and_sent_once(client: zr.Client, tmp_path: Path) -> None:
    """A dry run says what would happen; a confirmed one sends each message once, however often it is pressed."""
    form = zr.forms.campaign(client, LIST, outbox=tmp_path / "outbox.sqlite", lang="ja")
    assert form.column.value == "電話"
    assert [label for label, _ in form.template.options] == ["認証コード", "休業のお知らせ"]
    assert form.review.disabled
    form.template.value = "認証コード"
    form.dry_run.click()
    assert form.checked is not None
    assert form.checked["intake"].to_list() == ["queued", "queued", "duplicate", "invalid", "queued"]
    assert not client.embedded.accepted
    assert "1001" in form.findings.value
    # rows are counted as a spreadsheet does, from one
    assert re.findall(r">1</td><td[^>]*>(\d)</td>", form.findings.value) == ["3", "4"]
    form.review.click()
    assert "<b>3件を送信します。</b>" in form.confirmation.value
    assert ">今すぐ<" in form.confirmation.value
    form.go.click()
    form.go.click()
    assert "終了しました" in form.note.value
    assert sorted(m.phone_number[-4:] for m in client.embedded.accepted) == ["0001", "0002", "1234"]
    again = zr.forms.campaign(client, LIST, outbox=form.outbox, lang="ja")
    again.template.value = "認証コード"
    again.dry_run.click()
    assert again.review.disabled
    form.check.click()
    assert "受付済み" in form.result.value
    form.outbox.close()


def test_changing_a_setting_takes_the_dry_run_back(client: zr.Client, tmp_path: Path) -> None:
    """What was checked is what is sent: after a change there is nothing to confirm."""
    frame = pl.DataFrame({"phone_number": [NUMBER], "message": ["こんにちは"]})
    form = zr.forms.campaign(client, frame, outbox=tmp_path / "o.sqlite", lang="en")
    form.dry_run.click()
    assert not form.review.disabled
    form.name.value = "another"
    assert form.review.disabled
    form.outbox.close()


def test_a_campaign_that_breaks_off_can_be_resumed(client: zr.Client, tmp_path: Path) -> None:
    """When the quota is used up the rest stays queued, and goes on without sending anything twice."""
    numbers = [f"+81901111{n:04}" for n in range(30)]
    frame = pl.DataFrame({"phone_number": numbers, "message": ["こんにちは"] * 30})
    form = zr.forms.campaign(client, frame, outbox=tmp_path / "o.sqlite", lang="en")
    form.dry_run.click()
    form.review.click()
    fault = {"response_code": 300, "message": "Exceed sending count."}
    client.embedded.faults.add(
        "code", "send", times=None, when=lambda f: f["phoneNumber"][-2:] > "14", **fault
    )
    form.go.click()
    client.embedded.faults.clear()
    assert "300" in form.note.value
    assert not form.resume.disabled
    form.resume.click()
    assert "Done" in form.note.value
    sent = [m.phone_number for m in client.embedded.accepted]
    assert len(sent) == len(set(sent))
    form.outbox.close()


def test_a_campaign_without_a_message_or_a_number_says_what_it_needs(
    client: zr.Client, tmp_path: Path
) -> None:
    """A frame that cannot be sent is refused in the form."""
    form = zr.forms.campaign(
        client, pl.DataFrame({"a": ["x"], "b": ["y"]}), outbox=tmp_path / "o.sqlite", lang="en"
    )
    form.template.value = "休業のお知らせ"
    form.dry_run.click()
    assert "Choose the column" in form.note.value
    assert form.review.disabled
    form.outbox.close()


class Gated(zr.Outbox):
    """An outbox whose `add` waits at a gate, as a large list on a slow disk would."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self.entered, self.gate = threading.Event(), threading.Event()

    def add(self, *given: Any, **named: Any) -> pl.DataFrame:
        """Wait, then add."""
        self.entered.set()
        assert self.gate.wait(20)
        return super().add(*given, **named)


TWO = pl.DataFrame({"phone_number": [NUMBER, "09011112222"], "message": ["こんにちは"] * 2})


@pytest.mark.parametrize("setting", ["name", "mend", "schedule"])
def test_a_change_during_a_dry_run_drops_its_result(client: zr.Client, tmp_path: Path, setting: str) -> None:
    """What was checked before the change is no licence to send what stands in the form after it."""
    outbox = Gated(tmp_path / "o.sqlite")

    async def change() -> zr.forms.CampaignForm:
        form = zr.forms.campaign(client, TWO, outbox=outbox, lang="ja")
        await until(lambda: not form.busy)
        form.dry_run.click()
        form.dry_run.click()
        await until(outbox.entered.is_set)
        if setting == "name":
            form.name.value = "another"
        elif setting == "mend":
            form.mend.value = False
        else:
            form.schedule.later.value = True
        outbox.gate.set()
        await until(lambda: not form.busy)
        return form

    form = asyncio.run(change())
    assert form.checked is None
    assert form.review.disabled
    assert "設定が変わりました" in form.note.value
    form.schedule.later.value = False
    form.dry_run.click()
    assert form.note.value == ""
    assert not form.review.disabled
    outbox.close()


def test_an_advertisement_is_asked_about_and_goes_with_words_that_are_kept(
    client: zr.Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What an advertisement lacks, and that it is night, is said before anything is queued; a reason lets it go."""
    monkeypatch.setattr(client, "now", lambda: datetime(2026, 11, 16, 22, tzinfo=zr.periods.TOKYO))
    frame = TWO.with_columns(message=pl.lit("【あおい商店】髙いテレビのセール ①"))
    form = zr.forms.campaign(client, frame, outbox=tmp_path / "o.sqlite", lang="ja", by="佐藤")
    form.dry_run.click()
    assert form.review.disabled  # a kanji that may be of a name stays
    form.mend_names.value = True
    form.kind.value, form.sender.value = "advertisement", "あおい商店"
    form.dry_run.click()
    assert form.review.disabled
    shown = [guard for guard, box in form.despite.items() if box.layout.display is None]
    assert shown == ["opt-out link", "consent"]
    assert form.checked["intake"].to_list() == ["held"] * 2
    for guard in shown:
        form.despite[guard].value = "店頭で承諾"
    form.dry_run.click()
    assert "朝まで送信されません" in form.findings.value
    assert form.despite["night"].layout.display is None
    form.despite["night"].value = "部長の承認"
    form.dry_run.click()
    assert "朝まで送信されません" not in form.findings.value
    form.review.click()
    assert "店頭で承諾" in form.confirmation.value
    assert "広告・宣伝" in form.confirmation.value
    form.go.click()
    assert form.outbox.counts() == {"accepted": 2}
    [added] = form.outbox.history().filter(pl.col("what") == "add")["detail"]
    why = {"opt-out link": "店頭で承諾", "consent": "店頭で承諾", "night": "部長の承認"}
    assert json.loads(added)["despite"] == why
    assert {m.message for m in client.embedded.accepted} == {"【あおい商店】高いテレビのセール (1)"}
    form.outbox.close()


def test_a_second_click_on_the_dry_run_changes_nothing(client: zr.Client, tmp_path: Path) -> None:
    """The result of the one that runs is shown."""
    outbox = Gated(tmp_path / "o.sqlite")

    async def twice() -> zr.forms.CampaignForm:
        form = zr.forms.campaign(client, TWO, outbox=outbox, lang="ja")
        await until(lambda: not form.busy)
        form.dry_run.click()
        await until(outbox.entered.is_set)
        form.dry_run.click()
        outbox.gate.set()
        await until(lambda: not form.busy)
        return form

    assert not asyncio.run(twice()).review.disabled
    outbox.close()


def test_a_change_after_the_review_takes_the_confirmation_back(client: zr.Client, tmp_path: Path) -> None:
    """The button sends what the question says, or nothing."""
    form = zr.forms.campaign(client, TWO, outbox=tmp_path / "o.sqlite", lang="ja")
    form.dry_run.click()
    form.review.click()
    form.name.value = "another"
    form.go.click()
    assert not client.embedded.accepted
    assert form.outbox.counts() == {}
    assert form.review.disabled
    form.outbox.close()


def test_a_change_while_sending_alters_nothing(client: zr.Client, tmp_path: Path) -> None:
    """What was confirmed goes out and is counted under its own name."""

    async def change() -> zr.forms.CampaignForm:
        form = zr.forms.campaign(client, TWO, outbox=tmp_path / "o.sqlite", lang="ja")
        await until(lambda: not form.busy)
        form.name.value = "first"
        form.dry_run.click()
        await until(lambda: not form.busy)
        form.review.click()
        form.go.click()
        form.go.click()
        form.name.value = "another"
        form.mend.value = False
        await until(lambda: not form.busy)
        return form

    form = asyncio.run(change())
    assert "終了しました" in form.note.value
    assert form.progress.max == form.progress.value == 2
    assert form.outbox.counts(campaign="first") == {"accepted": 2}
    assert form.outbox.counts(campaign="another") == {}
    form.outbox.close()


def test_a_time_that_passes_before_the_confirmation_is_refused(client: zr.Client, tmp_path: Path) -> None:
    """A form left open overnight queues nothing for a time that has gone by."""
    form = zr.forms.campaign(client, TWO, outbox=tmp_path / "o.sqlite", lang="ja")
    form.schedule.later.value = True
    form.schedule.when.value = datetime(2020, 1, 1, 9, 0)
    form.dry_run.click()
    assert "過去" in form.note.value
    at = (client.now() + timedelta(hours=1)).replace(tzinfo=None, second=0, microsecond=0)
    form.schedule.when.value = at
    form.dry_run.click()
    form.review.click()
    assert f"{zr.words.moment(at, 'ja', short=False)}（日本時間）に<" in form.confirmation.value
    client.embedded.advance(timedelta(hours=2))
    form.go.click()
    assert "過去" in form.note.value
    assert form.outbox.counts() == {}
    assert form.review.disabled
    form.outbox.close()


def test_a_new_form_goes_on_with_what_waits_in_the_journal(client: zr.Client, tmp_path: Path) -> None:
    """After a kernel died the same form again finds nothing new, says what waits and sends it once."""
    form = zr.forms.campaign(client, TWO, outbox=tmp_path / "o.sqlite", lang="ja")
    form.dry_run.click()
    form.review.click()
    client.embedded.faults.add("code", "send", times=None, response_code=300, message="Exceed sending count.")
    form.go.click()
    client.embedded.faults.clear()
    assert not client.embedded.accepted
    again = zr.forms.campaign(client, TWO, outbox=form.outbox, lang="ja")
    again.dry_run.click()
    assert "送信待ちが2件あります" in again.note.value
    again.review.click()
    assert "うち前に追加した送信待ち" in again.confirmation.value
    assert again.confirmation.value.count("こんにちは") == 2
    assert again.go.description == "2件を送信する"
    again.go.click()
    assert "終了しました" in again.note.value
    assert len(client.embedded.accepted) == 2
    form.outbox.close()


FORTY = pl.DataFrame(
    {"phone_number": [f"+81901111{n:04}" for n in range(40)], "message": ["こんにちは"] * 40}
)


def confirmed(form: zr.forms.CampaignForm) -> zr.forms.CampaignForm:
    """Press the buttons from the dry run to the sending."""
    form.dry_run.click()
    form.review.click()
    form.go.click()
    return form


def test_the_same_list_after_midnight_keeps_its_name_until_it_is_done(
    client: zr.Client, tmp_path: Path
) -> None:
    """What was broken off yesterday goes on today, and 40 numbers get 40 messages."""
    outbox = zr.Outbox(tmp_path / "o.sqlite")
    client.embedded.faults.add(
        "code",
        "send",
        times=None,
        response_code=300,
        message="Exceed sending count.",
        when=lambda f: f["phoneNumber"][-2:] > "14",
    )
    form = confirmed(zr.forms.campaign(client, FORTY, outbox=outbox, lang="ja"))
    sent = len(client.embedded.accepted)
    assert 0 < sent < 40
    client.embedded.faults.clear()
    client.embedded.advance(timedelta(days=1))
    again = zr.forms.campaign(client, FORTY, outbox=outbox, lang="ja")
    assert again.name.value == form.name.value
    again.dry_run.click()
    assert f"送信待ちが{40 - sent}件あります" in again.note.value
    again.review.click()
    again.go.click()
    assert sorted(m.phone_number for m in client.embedded.accepted) == FORTY["phone_number"].to_list()
    # another list has a name of its own on the same day, a done one a new name on the next
    other = FORTY.with_columns(phone_number=pl.col("phone_number").str.replace("90", "80"))
    assert zr.forms.campaign(client, other, outbox=outbox, lang="ja").name.value != form.name.value
    later = zr.forms.campaign(client, FORTY, outbox=outbox, lang="ja")
    assert later.name.value == f"campaign-{client.now():%Y%m%d}" != form.name.value
    outbox.close()


def test_what_went_lately_under_another_name_is_shown_and_left_out(client: zr.Client, tmp_path: Path) -> None:
    """A list that is done, run again the next day, sends to nobody who has the same text unless that is wanted."""
    outbox = zr.Outbox(tmp_path / "o.sqlite")
    name = confirmed(zr.forms.campaign(client, TWO, outbox=outbox, lang="ja")).name.value
    assert len(client.embedded.accepted) == 2
    client.embedded.advance(timedelta(days=1))
    form = zr.forms.campaign(client, TWO.vstack(FORTY.head(1)), outbox=outbox, lang="ja")
    assert form.name.value != name
    assert form.again.layout.display == "none"
    form.dry_run.click()
    assert form.checked is not None
    assert form.checked["intake"].to_list() == ["repeat", "repeat", "queued"]
    assert name in form.findings.value
    assert "受付済み" in form.findings.value
    form.review.click()
    assert "<b>1件を送信します。</b>" in form.confirmation.value
    assert "：2件" in form.confirmation.value
    form.go.click()
    assert len(client.embedded.accepted) == 3
    wanted = zr.forms.campaign(client, TWO, outbox=outbox, lang="ja")
    wanted.name.value = "on purpose"
    wanted.dry_run.click()
    assert wanted.review.disabled
    wanted.again.value = True
    wanted.review.click()
    assert "同じ本文を最近送った、または送信待ちの2件にも" in wanted.confirmation.value
    wanted.go.click()
    assert len(client.embedded.accepted) == 5
    client.embedded.advance(timedelta(days=8))
    much_later = zr.forms.campaign(client, TWO, outbox=outbox, lang="ja")
    much_later.dry_run.click()
    assert much_later.checked is not None
    assert much_later.checked["intake"].to_list() == ["queued", "queued"]
    outbox.close()


def test_a_wish_to_send_again_holds_for_what_was_shown_alone(client: zr.Client, tmp_path: Path) -> None:
    """After a change the tick is gone with the dry run that it belongs to."""
    outbox = zr.Outbox(tmp_path / "o.sqlite")
    confirmed(zr.forms.campaign(client, TWO, outbox=outbox, lang="ja"))
    form = zr.forms.campaign(client, TWO, outbox=outbox, lang="ja")
    form.name.value = "another"
    form.dry_run.click()
    form.again.value = True
    assert not form.review.disabled
    form.name.value = "a third"
    assert not form.again.value
    form.dry_run.click()
    assert form.review.disabled
    outbox.close()


def test_a_list_that_is_given_up_is_forgotten(client: zr.Client, tmp_path: Path) -> None:
    """What waits is taken back in the form; the list then begins anew, under a name of its day."""
    outbox = zr.Outbox(tmp_path / "o.sqlite")
    client.embedded.faults.add("code", "send", times=None, response_code=300, message="Exceed sending count.")
    first = confirmed(zr.forms.campaign(client, TWO, outbox=outbox, lang="ja"))
    client.embedded.faults.clear()
    client.embedded.advance(timedelta(days=1))
    form = zr.forms.campaign(client, TWO, outbox=outbox, lang="ja")
    assert form.name.value == first.name.value
    assert form.drop.layout.display == "none"
    form.dry_run.click()
    form.drop.click()
    assert "2件を取り下げました" in form.note.value
    assert outbox.counts() == {"withdrawn": 2}
    assert form.review.disabled
    again = confirmed(zr.forms.campaign(client, TWO, outbox=outbox, lang="ja"))
    assert again.name.value != first.name.value
    assert len(client.embedded.accepted) == 2
    outbox.close()


def test_a_form_cancels_what_is_reserved_for_who_opted_out(client: zr.Client, tmp_path: Path) -> None:
    """A dry run says that the reservations wait; one button cancels them and no others."""
    with zr.Outbox(tmp_path / "o.sqlite", suppressions=tmp_path / "stop.list") as outbox:
        outbox.add(TWO, campaign="later", schedule_time=client.now() + timedelta(hours=3))
        outbox.send(client, progress=False)
        assert outbox.suppressions is not None
        outbox.suppressions.add(NUMBER, "opted out")
        form = zr.forms.campaign(client, FORTY, outbox=outbox, lang="ja")
        assert form.cancel.layout.display == "none"
        form.dry_run.click()
        assert "配信停止リストに載った番号への予約が1件" in form.note.value
        assert form.cancel.description == "配信停止リストの予約 1件を取り消す"
        form.cancel.click()
        assert "1件を取り消しました" in form.note.value
        assert form.cancel.layout.display == "none"
        assert outbox.counts() == {"accepted": 1, "withdrawn": 1}
        waiting = client.reservations((client.now() + timedelta(hours=3)).date())
        assert waiting["phone_number"].to_list() == ["+819011112222"]


def test_what_could_not_be_queued_is_queued_when_resumed(client: zr.Client, tmp_path: Path) -> None:
    """When the journal fails at the confirmation, going on does not say done with nothing sent."""

    class Full(zr.Outbox):
        fails = True

        def add(self, *given: Any, **named: Any) -> pl.DataFrame:
            if not named["dry_run"] and self.fails:
                raise zr.ArchiveError("The journal cannot be written: free some space.")
            return super().add(*given, **named)

    outbox = Full(tmp_path / "o.sqlite")
    form = zr.forms.campaign(client, TWO, outbox=outbox, lang="ja")
    form.dry_run.click()
    form.review.click()
    form.go.click()
    assert "free some space" in form.note.value
    outbox.fails = False
    form.resume.click()
    assert "終了しました" in form.note.value
    assert len(client.embedded.accepted) == 2
    outbox.fails = True
    late = zr.forms.campaign(client, TWO, outbox=outbox, lang="ja")
    late.name.value = "late"
    late.schedule.later.value = True
    at = client.now() + timedelta(hours=1)
    late.schedule.when.value = at.replace(tzinfo=None, second=0, microsecond=0)
    late.dry_run.click()
    late.again.value = True
    late.review.click()
    late.go.click()
    outbox.fails = False
    client.embedded.advance(timedelta(hours=2))
    late.resume.click()
    assert "過去" in late.note.value
    assert not late.dry_run.disabled
    assert outbox.counts(campaign="late") == {}
    outbox.close()


def test_the_confirmation_tells_the_times_of_a_lists_own_rows(client: zr.Client, tmp_path: Path) -> None:
    """Rows with a time of their own are not said to go out at once."""
    at = (client.now() + timedelta(hours=3)).replace(tzinfo=None, second=0, microsecond=0)
    late, first = at + timedelta(hours=1), zr.words.moment(at, "ja", short=False)
    for times, said in (
        ([at, at], f"{first}（日本時間）に"),
        ([at, None], f"1件は今すぐ、ほかは{first}"),
        ([at, late], f"{zr.words.stretch(at, late, 'ja')}（日本時間）"),
    ):
        frame = TWO.with_columns(schedule_time=pl.Series(times))
        form = zr.forms.campaign(client, frame, outbox=tmp_path / "o.sqlite", lang="ja")
        form.dry_run.click()
        form.review.click()
        assert said in form.confirmation.value
        form.outbox.close()


@pytest.mark.slow
def test_the_kernel_is_not_held_up_while_a_list_is_queued(client: zr.Client, tmp_path: Path) -> None:
    """Writing a large list locks the journal for seconds: meanwhile the form does not wait for it."""

    class Slow(zr.Outbox):
        def add(self, *given: Any, **named: Any) -> pl.DataFrame:
            if named["dry_run"]:
                return super().add(*given, **named)
            with self._file.transaction():
                time.sleep(2)
                return super().add(*given, **named)

    outbox = Slow(tmp_path / "o.sqlite")

    async def longest_pause() -> float:
        form = zr.forms.campaign(client, TWO, outbox=outbox, lang="ja")
        await until(lambda: not form.busy)
        form.dry_run.click()
        await until(lambda: not form.busy)
        form.review.click()
        form.go.click()
        longest, last = 0.0, time.perf_counter()
        while form.busy:
            await asyncio.sleep(0.01)
            now = time.perf_counter()
            longest, last = max(longest, now - last), now
        assert "終了しました" in form.note.value
        return longest

    assert asyncio.run(longest_pause()) < 1
    outbox.close()


def test_templates_are_offered_with_the_columns_they_need(client: zr.Client, tmp_path: Path) -> None:
    """One whose column is missing is named with it; the column of the numbers may fill a template, too."""
    outbox = zr.Outbox(tmp_path / "o.sqlite")
    form = zr.forms.campaign(client, TWO, outbox=outbox, lang="ja")
    assert [label for label, _ in form.template.options] == ["（message 列を使う）", "休業のお知らせ"]
    assert "認証コード（code）" in form.note.value
    form = zr.forms.campaign(client, pl.DataFrame({"code": [NUMBER]}), outbox=outbox, lang="ja")
    form.template.value = "認証コード"
    form.dry_run.click()
    assert form.checked is not None
    assert form.checked["intake"].to_list() == ["queued"]
    outbox.close()


def test_a_list_as_excel_leaves_it_is_taken(client: zr.Client, tmp_path: Path) -> None:
    """Numbers may be floats with gaps, and other columns may have any name, `row` too."""
    frame = pl.DataFrame({"tel": [8055551234.0, None], "row": [7, 8], "message": ["a", "b"]})
    form = zr.forms.campaign(client, frame, outbox=tmp_path / "o.sqlite", lang="ja")
    assert form.column.value == "tel"
    form.dry_run.click()
    assert form.checked is not None
    assert form.checked["intake"].to_list() == ["queued", "invalid"]
    assert form.checked["phone_number"].to_list() == ["+8180" + TAIL, None]
    form.outbox.close()


def test_frames_that_cannot_be_a_campaign_are_told(client: zr.Client, tmp_path: Path) -> None:
    """No frame, none with columns, none with rows, and a column that holds lists."""
    outbox = zr.Outbox(tmp_path / "o.sqlite")
    with pytest.raises(zr.InputError, match="polars DataFrame, not dict"):
        zr.forms.campaign(client, {"phone_number": [NUMBER]}, outbox=outbox)  # type: ignore[arg-type] # that is tested
    for frame in (pl.DataFrame(), pl.DataFrame({"numbers": [[NUMBER]], "message": ["a"]})):
        form = zr.forms.campaign(client, frame, outbox=outbox, lang="ja")
        form.dry_run.click()
        assert "電話番号の列を選んでください" in form.note.value
    form = zr.forms.campaign(client, TWO.clear(), outbox=outbox, lang="ja")
    form.dry_run.click()
    assert form.note.value == ""
    assert form.review.disabled
    outbox.close()


def test_a_confirmation_says_all_that_a_yes_would_do_and_the_journal_keeps_it(
    client: zr.Client, tmp_path: Path
) -> None:
    """Name, sender, template, times, money, what is left out; three messages whole; the number typed; who said yes."""
    people = pl.DataFrame(
        {
            "phone_number": [*(f"0903333{n:04}" for n in range(12)), "03-1234-5678", "09033330000"],
            "message": ["短い"] * 5 + [f"お電話は {NUMBER} まで" + "。" * 70] + ["普通の長さ"] * 8,
        }
    )
    with zr.Outbox(tmp_path / "o.sqlite") as outbox:
        form = zr.forms.campaign(
            client, people, outbox=outbox, name="秋", prices="8.5", type_above=10, by="佐藤", lang="ja"
        )
        form.dry_run.click()
        form.review.click()
        told = form.confirmation.value
        parts = (
            "秋",
            client.sms_code,
            "（message 列を使う）",
            ">14<",
            "119.0円",
            "13件・宛先 12件",
            "今すぐ",
        )
        assert [part for part in parts if part not in told] == []
        assert "携帯電話の番号ではありません" in told
        assert f"お電話は {NUMBER} まで" in told
        assert told.count('class="zrtools-message"') == 3
        assert TAIL not in state_of_all_widgets().replace("-", "")
        assert form.go.disabled
        form.number.value = "12"
        form.go.click()
        assert not client.embedded.accepted
        form.number.value = "１３"
        form.go.click()
        assert len(client.embedded.accepted) == 13
        (event,) = outbox.history().filter(what="confirm")["detail"]
        kept = json.loads(event)
        assert (kept["campaign"], kept["by"], kept["messages"]) == ("秋", "佐藤", 13)
        assert TAIL not in event.replace("-", "")


def test_a_cap_keeps_the_form_off_and_holds_for_whoever_sends(client: zr.Client, tmp_path: Path) -> None:
    """What goes over a cap of the journal is said before; and a run that meets one leaves the rest queued."""
    with zr.Outbox(tmp_path / "o.sqlite") as outbox:
        outbox.cap(per_day=10, per_campaign=30, by="佐藤")
        form = zr.forms.campaign(client, FORTY, outbox=outbox, lang="ja")
        form.dry_run.click()
        assert form.review.disabled
        assert "あと10件" in form.hurdle.value
        outbox.add(FORTY, campaign="a")
        for day in range(4):
            with pytest.raises(zr.PartialResultError, match=r"cap on messages .* is reached"):
                outbox.send(client, progress=False)
            assert len(client.embedded.accepted) == min(10 * (day + 1), 30)
            client.embedded.advance(timedelta(days=1))
        assert outbox.room("a", client=client) == 0
        assert outbox.room("b", client=client) == 10
        outbox.cap()
        outbox.send(client, progress=False)
        assert len(client.embedded.accepted) == 40
        assert outbox.caps() == {"per_day": None, "per_campaign": None}
        assert json.loads(outbox.history().filter(what="cap")["detail"][0])["by"] == "佐藤"


def test_a_dry_run_counts_reasons_and_hands_over_what_is_left_out(client: zr.Client, tmp_path: Path) -> None:
    """Five equal lines are one with its count; rows, long texts, several texts and doubled words are pointed out."""
    people = pl.DataFrame(
        {
            "phone_number": ["03-1234-5678"] * 29
            + ["09000000000"] * 2
            + ["09011110001"] * 2
            + ["09011110002"],
            "message": ["あ"] * 31 + ["代金 12,000円円です", "別の本文", "長" * 100],
        }
    )
    with zr.Outbox(tmp_path / "o.sqlite") as outbox:
        form = zr.forms.campaign(client, people, outbox=outbox, lang="ja")
        form.dry_run.click()
        assert ">29</td>" in form.findings.value
        assert "割り当てのない番号</td>" in form.findings.value
        assert "1、2、3、4、5…" in form.findings.value
        assert form.findings.value.count("携帯電話の番号ではありません") == 1
        assert "同じ番号に違う本文を送る宛先が1件あります（行 32、33）" in form.findings.value
        assert "1件は長文で、1件が2通分" in form.findings.value
        assert "「円円」" in form.findings.value
        name, body = form._left_out()
        rows = tables.read(body, name=name)
        assert rows.height == 31
        assert rows["行（見出しを除く）"].cast(pl.Int64).to_list() == list(range(1, 32))
        assert rows["電話番号"][0] == "03-1234-5678"


@pytest.mark.parametrize("early", ["argument", "value", "unknown"])
def test_a_wish_for_a_template_is_kept_until_the_templates_are_there(
    client: zr.Client, tmp_path: Path, early: str
) -> None:
    """In one cell, before the thread has answered: chosen when it comes, or told that there is none."""

    async def wish() -> list[Any]:
        title = "ないもの" if early == "unknown" else "認証コード"
        given = {"template": title} if early == "argument" else {}
        people = pl.DataFrame({"phone_number": [NUMBER], "code": ["1"]})
        forms = [
            zr.forms.campaign(client, people, outbox=tmp_path / "o.sqlite", lang="ja", **given),
            zr.forms.send(client, lang="ja", **given),
        ]
        for form in forms:
            if not given:
                form.template.value = title
        await until(lambda: not any(form.busy for form in forms))
        return forms

    forms = asyncio.run(wish())
    for form in forms:
        if early == "unknown":
            assert "定型文「ないもの」はありません" in form.note.value
        else:
            assert form.template.value == "認証コード"
    forms[0].outbox.close()


@pytest.mark.slow
def test_what_takes_over_half_a_second_says_what_it_is_doing(client: zr.Client) -> None:
    """While the templates are read the grey buttons have a reason, which goes away with them."""
    client.embedded.faults.add("delay", "templates", seconds=1.5)

    async def told() -> list[str]:
        form = zr.forms.send(client, lang="ja")
        await until(lambda: form.note.value)
        said = [form.note.value]
        await until(lambda: not form.busy)
        return [*said, form.note.value]

    during, after = asyncio.run(told())
    assert "定型文を読み込んでいます" in during
    assert after == ""


# ----------------------------------------------------------------------------------------- reservations


@pytest.fixture
def booked(client: zr.Client) -> zr.Client:
    """Make three reservations, two of them in a group."""
    for n, group in enumerate(["spring", "spring", None]):
        when = client.now() + timedelta(hours=n + 1)
        client.send(NUMBER, "予約", client_tag=f"tag-{n}", schedule_time=when, group_tag=group)
    return client


def waiting(client: zr.Client) -> list[str]:
    """List the tags that still wait."""
    today = client.now().date()
    return sorted(client.reservations(today, today + timedelta(days=2))["client_tag"])


def test_reservations_are_found_and_the_chosen_ones_cancelled(booked: zr.Client) -> None:
    """Search, choose two, confirm: those two are gone, the third waits."""
    form = zr.forms.reservations(booked, lang="ja")
    form.search.click()
    assert form.found.height == 3
    assert TAIL not in str(form.chosen.rows)
    form.chosen.value = [n for n, tag in enumerate(form.found["client_tag"]) if tag != "tag-1"]
    form.cancel_chosen.click()
    assert "2件" in form.confirmation.value
    # which ones is said, and what was reserved since is not hit
    assert ["tag-1" in form.confirmation.value, "tag-2" in form.confirmation.value] == [False, True]
    assert waiting(booked) == ["tag-0", "tag-1", "tag-2"]
    form.go.click()
    assert waiting(booked) == ["tag-1"]
    assert [cells[2] for cells in form.chosen.rows] == ["tag-1"]
    assert "残り1件" in form.note.value


@pytest.mark.parametrize("lost", [False, True])
def test_a_reservation_made_since_the_search_is_not_cancelled_unseen(booked: zr.Client, lost: bool) -> None:
    """All that were found are cancelled, one by one; the list stays, and says how old it is, where that fails."""
    form = zr.forms.reservations(booked, lang="ja")
    form.search.click()
    booked.send(NUMBER, "後から", client_tag="later", schedule_time=booked.now() + timedelta(hours=5))
    form.cancel_found.click()
    if lost:
        refusal = {"times": None, "response_code": 110, "message": "Invalid token."}
        for call in ("cancel", "reservations"):
            booked.embedded.faults.add("code", call, **refusal)
    form.go.click()
    booked.embedded.faults.clear()
    assert waiting(booked) == (["later", "tag-0", "tag-1", "tag-2"] if lost else ["later"])
    assert form.found.height == (3 if lost else 1)
    assert ("もう一度検索" in form.note.value) == lost
    assert form.cancel_found.disabled == lost


def test_days_are_cancelled_only_as_they_were_searched(booked: zr.Client) -> None:
    """The number that is confirmed belongs to the days on display: changing them takes the button away."""
    form = zr.forms.reservations(booked, lang="en")
    assert form.cancel_found.disabled
    form.search.click()
    assert not form.cancel_found.disabled
    form.end.value = form.end.value + timedelta(days=1)
    assert form.cancel_found.disabled
    form.search.click()
    form.cancel_found.click()
    assert "3 reservation" in form.confirmation.value
    form.go.click()
    assert waiting(booked) == []


def test_a_group_is_cancelled_without_a_number(booked: zr.Client) -> None:
    """The service cannot tell how many a group has, and the form says so."""
    form = zr.forms.reservations(booked, lang="ja")
    form.group.value = "spring"
    form.cancel_group.click()
    assert "件数はサービスから取得できません" in form.confirmation.value
    form.go.click()
    assert waiting(booked) == ["tag-2"]


def test_everything_is_cancelled_only_when_its_name_is_typed(booked: zr.Client) -> None:
    """A click is not enough, nor is another word."""
    form = zr.forms.reservations(booked, lang="ja")
    form.cancel_everything.click()
    assert form.go.disabled
    form.word.value = "はい"
    form.go.click()
    assert len(waiting(booked)) == 3
    form.word.value = "全予約取消"
    assert not form.go.disabled
    form.go.click()
    assert waiting(booked) == []


def test_a_search_by_tag_and_a_missing_day_say_what_they_need(booked: zr.Client) -> None:
    """By tag one reservation is found; without a day the search says what is missing."""
    form = zr.forms.reservations(booked, lang="en")
    form.by.value = "tag"
    assert form.search.disabled
    form.tag.value = "tag-2"
    form.search.click()
    assert form.found["client_tag"].to_list() == ["tag-2"]
    form.by.value = "days"
    form.end.value = None
    form.search.click()
    assert "Give the first and the last day" in form.note.value


# ------------------------------------------------------------------------------------------------ clean


def test_cleaning_says_what_it_costs_before_it_asks(client: zr.Client) -> None:
    """Duplicates are asked once, invalid ones not at all, and nothing leaves before the button."""
    form = zr.forms.clean(client, lang="ja")
    form.numbers.fill(f"{NUMBER}\n080 5555 1234\n03-1234-5678\n090-1111-2222\n")
    assert "入力 4件：有効 3（うち重複 1）、入力不備 1。照会（有料）は2回" in form.cost.value
    assert form.run.disabled
    form.reference.value = client.now().date() - timedelta(days=200)
    assert not form.run.disabled
    assert not [r for r in client.embedded.requests if r.call == "clean"]
    form.run.click()
    form.go.click()
    assert len([r for r in client.embedded.requests if r.call == "clean"]) == 2
    assert form.result.schema == zr.schemas.CLEANING
    assert form.result["input"].to_list() == [NUMBER, "080 5555 1234", "03-1234-5678", "090-1111-2222"]
    assert form.result["status"].is_null().to_list() == [False, False, True, False]
    assert form.result["error"].is_not_null().to_list() == [False, False, True, False]


def upload(name: str, body: bytes, when: datetime) -> tuple[dict[str, object], ...]:
    """Give what the page sends when a file is chosen."""
    one = {"name": name, "type": "", "size": len(body), "content": memoryview(body), "last_modified": when}
    return (one,)


def test_a_file_of_numbers_is_read_and_forgotten_by_the_widget(client: zr.Client, tmp_path: Path) -> None:
    """The column with the numbers is found, and the upload is no state any more."""
    frame = pl.DataFrame({"氏名": ["甲", "乙"], "電話番号": [NUMBER, "09011112222"]})
    path = tables.write(frame, tmp_path / "名簿.csv", encoding="cp932")
    form = zr.forms.clean(client, lang="ja")
    form.file.value = (
        {
            "name": path.name,
            "type": "text/csv",
            "size": 1,
            "content": memoryview(path.read_bytes()),
            "last_modified": client.now(),
        },
    )
    assert form.file.value == ()
    assert form.column.value == "電話番号"
    assert "照会（有料）は2回" in form.cost.value
    form.reference.value = client.now().date()
    form.run.click()
    form.file.value = upload("x.xlsx", b"no", client.now())
    assert "x.xlsx" in form.note.value
    assert (form.cost.value, form.column.layout.display, form.run.disabled) == ("", "none", True)
    # nor does the question that was put for the other file stand any more
    assert form._asked.layout.display == "none"
    form.go.click()
    assert not [r for r in client.embedded.requests if r.call == "clean"]


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_a_sheet_and_the_row_of_headings_are_chosen_in_the_form(client: zr.Client, lang: str) -> None:
    """Several sheets and a title above the headings are asked about; until then no list is there to be billed."""
    file = io.BytesIO()
    with xlsxwriter.Workbook(file) as book:
        for name, numbers in {"東日本": [NUMBER], "西日本": ["09011112222", "09011113333"]}.items():
            sheet = book.add_worksheet(name)
            for row, cells in enumerate([["名簿"], ["氏名", "電話番号"], *(["甲", n] for n in numbers)]):
                sheet.write_row(row, 0, cells)
    form = zr.forms.clean(client, lang=lang)
    form.numbers.fill("08011112222")
    form.file.value = upload("名簿.xlsx", file.getvalue(), client.now())
    assert {"ja": "読み込むシートを選んでください", "en": "choose the one to read"}[lang] in form.note.value
    assert [value for _, value in form.sheet.options] == ["", "東日本", "西日本"]
    assert (form.numbers.text, form.cost.value, form.run.disabled) == ("", "", True)
    form.sheet.value = "西日本"
    assert {"ja": "何行目かを入力", "en": "give their row"}[lang] in form.note.value
    form.header.value = "２"
    assert (form.column.value, form.header.layout.display) == ("電話番号", None)
    assert f"{2:,}" in form.cost.value
    for wrong in ("0", "title", "9"):
        form.header.value = wrong
        assert (form.cost.value, form.run.disabled) == ("", True)
    form.header.value = "2"
    form.sheet.value = "東日本"
    form.reference.value = client.now().date()
    form.run.click()
    form.go.click()
    assert form.result["phone_number"].to_list() == ["+8180" + TAIL]
    form.file.value = upload("一覧.csv", b"phone_number\n09011112222\n", client.now())
    assert (form.sheet.layout.display, form.header.value) == ("none", "")
    form.header.value = "x"
    form.numbers.fill(NUMBER)
    assert form.header.layout.display == "none"
    assert not form.run.disabled


def test_nothing_is_billed_twice_and_a_yes_belongs_to_one_list(client: zr.Client, tmp_path: Path) -> None:
    """A click asks, a yes bills once, a change takes the question back; what is answered is never asked again."""
    calls = lambda: len([r for r in client.embedded.requests if r.call == "clean"])  # noqa: E731 - short
    form = zr.forms.clean(client, price="3.5", store=tmp_path / "answers.db", lang="ja")
    assert "番号を入力するか" in form.hurdle.value
    form.numbers.fill(f"{NUMBER}\n090-1111-2222")
    assert "基準日を選んで" in form.hurdle.value
    form.reference.value = client.now().date() - timedelta(days=1000)
    assert form.run.disabled
    assert 'data-state="bad"' in form.hurdle.value
    form.reference.value = client.now().date()
    form.run.click()
    for part in ("7.0円（1回 3.5円）", "入力欄の番号", zr.words.day(client.now(), "ja"), ">2<"):
        assert part in form.confirmation.value
    assert form.go.description == "2回照会する（有料）"
    form.numbers.fill(f"{NUMBER}\n090-0000-0000")
    form.go.click()
    assert calls() == 0
    assert "1件は誰にも割り当てられていない番号" in form.cost.value
    form.numbers.fill(NUMBER)
    form.run.click()
    for _ in range(3):
        form.go.click()
        form.run.click()
    assert calls() == 1
    assert form.run.layout.display == "none"
    assert "入力欄の番号（基準日" in form.summary.value
    # of a longer list only the rest; another form reads the store
    form.numbers.fill(f"{NUMBER}\n090-1111-2222")
    assert "1件は回答済みのため照会しません" in form.cost.value
    form.run.click()
    form.go.click()
    assert calls() == 2
    assert form.result["status"].null_count() == 0
    other = zr.forms.clean(client, store=tmp_path / "answers.db", lang="en")
    other.numbers.fill(f"{NUMBER}\n090-1111-2222")
    other.reference.value = client.now().date()
    other.run.click()
    assert calls() == 2
    assert other.result["status"].null_count() == 0


def test_an_account_error_keeps_the_answers_that_came(client: zr.Client) -> None:
    """When the account is refused halfway, the run ends, says so, and what was paid for is there."""
    form = zr.forms.clean(client, lang="en")
    form.numbers.fill("\n".join(f"0901111{n:04}" for n in range(130)))
    form.reference.value = client.now().date()
    late = {f"+8190111{n:05}" for n in range(10100, 10130)} | {f"0901111{n:04}" for n in range(100, 130)}
    client.embedded.faults.add(
        "code",
        "clean",
        times=None,
        response_code=110,
        message="Invalid token.",
        when=lambda fields: fields["phoneNumber"] in late,
    )
    form.run.click()
    form.go.click()
    assert "token" in form.note.value
    assert form.result.height == 130
    assert form.result["status"].is_not_null().sum() == 100


def test_the_result_is_downloaded_without_becoming_state(client: zr.Client) -> None:
    """A click hands the workbook over in a message."""
    form = zr.forms.clean(client, lang="ja")
    form.numbers.fill(NUMBER)
    form.reference.value = client.now().date()
    form.run.click()
    form.go.click()
    sent: list[object] = []
    assert isinstance(form.download, PrivateDownload)
    form.download.send = lambda content, buffers=None: sent.append((content, buffers))  # type: ignore[method-assign]
    form.download._receive(None, {"wanted": True}, [])
    ((content, (body,)),) = sent
    assert content["name"].endswith(".xlsx")
    assert tables.read(body, name="x.xlsx")["phone_number"].to_list() == ["+8180" + TAIL]


# ---------------------------------------------------------------------------------------------- connect


def test_connecting_checks_and_keeps_the_token_out_of_sight(client: zr.Client) -> None:
    """The field is blank as soon as the button is pressed; the client works; no widget holds the token."""
    sandbox = client.embedded
    form = zr.forms.connect(base_url=sandbox.url, lang="ja")
    with pytest.raises(zr.ConfigurationError, match="Not connected"):
        _ = form.client
    form.token.fill(sandbox.token)
    form.client_id.value = sandbox.client_id
    form.sms_code.value = sandbox.sms_code
    form.connect.click()
    assert form.token.text == ""
    assert form.client.templates().height > 0
    assert "利用可" in form.result.value
    assert "不明" not in form.result.value  # the sandbox tells its time, too
    assert sandbox.token not in state_of_all_widgets()
    form.client.close()


def test_a_second_click_on_connect_keeps_the_connection(client: zr.Client) -> None:
    """It finds the field blank, and neither closes the client nor tries without a token."""
    sandbox = client.embedded
    form = zr.forms.connect(base_url=sandbox.url, lang="ja")
    form.token.fill(sandbox.token)
    form.client_id.value = sandbox.client_id
    form.connect.click()
    form.connect.click()
    assert form.client.templates().height > 0
    assert "接続しました" in form.note.value
    form.client.close()


def test_what_is_typed_while_connecting_belongs_to_the_next_attempt(client: zr.Client) -> None:
    """The credentials are those that stood in the form when the button was pressed."""
    sandbox = client.embedded

    async def change() -> zr.forms.ConnectForm:
        form = zr.forms.connect(base_url=sandbox.url, lang="ja")
        form.token.fill(sandbox.token)
        form.client_id.value = sandbox.client_id
        form.sms_code.value = sandbox.sms_code
        form.connect.click()
        form.client_id.value = form.sms_code.value = ""
        await until(lambda: not form.busy)
        return form

    form = asyncio.run(change())
    assert form.client.sms_code == sandbox.sms_code
    assert form.client.templates().height > 0
    form.client.close()


def test_a_wrong_token_is_shown_and_can_be_corrected(client: zr.Client) -> None:
    """The table says that the token does not work, without showing it, and no client is handed out."""
    sandbox = client.embedded
    form = zr.forms.connect(base_url=sandbox.url, lang="en")
    wrong = "z" * 32
    form.token.fill(wrong)
    form.client_id.value = sandbox.client_id
    form.connect.click()
    assert "does not" in form.result.value
    assert wrong not in state_of_all_widgets()
    with pytest.raises(zr.ConfigurationError, match="Not connected"):
        _ = form.client


# ---------------------------------------------------------------------------------------------- privacy


def test_no_form_leaves_a_number_in_widget_state(client: zr.Client) -> None:
    """After sending, cleaning and searching, what a notebook would save holds no whole number."""
    form = filled(client, f"お問い合わせは {NUMBER} まで")
    form.schedule.later.value = True
    form.schedule.when.value = (client.now() + timedelta(hours=2)).replace(tzinfo=None)
    form.review.click()
    form.go.click()
    form.check.click()
    cleaning = zr.forms.clean(client, lang="ja")
    cleaning.numbers.fill(NUMBER)
    cleaning.reference.value = client.now().date()
    cleaning.run.click()
    cleaning.go.click()
    search = zr.forms.reservations(client, lang="ja")
    search.search.click()
    assert search.found.height == 1
    state = state_of_all_widgets().replace(
        search.start.placeholder if hasattr(search.start, "placeholder") else "", ""
    )
    for trace in (TAIL, NUMBER, "5555-1234", "5555 1234"):
        assert trace not in state
