"""Each form as a person meets it: JupyterLab in Chromium, typed and clicked, in Japanese."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from lab import Lab, browser, lab, pictures

import zrtools as zr
from zrtools.sandbox import Sandbox

__all__ = ["browser", "lab", "pictures"]

pytestmark = pytest.mark.browser

NUMBER = "080-5555-1234"
TRACES = ("5555-1234", "55551234")


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    """Run a sandbox in this process, so that the test sees what arrives."""
    with Sandbox(seed=5, messages_per_day=50) as made:
        yield made


@pytest.fixture(scope="module")
def connected(sandbox: Sandbox) -> str:
    """Give the cell that connects a notebook to the sandbox."""
    return (
        "import zrtools as zr\n"
        "from datetime import datetime, timedelta\n"
        f"client = zr.Client(token={sandbox.token!r}, client_id={sandbox.client_id!r}, "
        f"sms_code={sandbox.sms_code!r}, base_url={sandbox.url!r}, "
        f"now=lambda: datetime.fromisoformat({sandbox.now().isoformat()!r}))"
    )


def eventually(what: Callable[[], Any], seconds: float = 20) -> Any:
    """Wait until something is true, and give it."""
    end = time.monotonic() + seconds
    while not (found := what()) and time.monotonic() < end:
        time.sleep(0.1)
    assert found
    return found


def button(page: Any, name: str) -> Any:
    """Find a button by its words."""
    return page.get_by_role("button", name=name, exact=True)


def picture(page: Any, folder: Path, name: str) -> None:
    """Take the form's picture, without the notebook around it."""
    # a date field that was made before it had its place is drawn anew, in the page's language
    page.evaluate(
        "document.querySelectorAll('input[type=date]').forEach(i => { i.type = 'text'; i.type = 'date' })"
    )
    page.locator(".jp-OutputArea-output").last.screenshot(path=folder / f"{name}.png")


def test_send_form(lab: Lab, sandbox: Sandbox, connected: str, pictures: Path) -> None:
    """Type, be told what is wrong, mend it, confirm, double-click: one message arrives, no trace is saved."""
    page = lab.open("send", connected, 'form = zr.forms.send(client, lang="ja")\nform')
    before = len(sandbox.accepted)
    page.get_by_label("電話番号").press_sequentially("03-1111-2222")
    page.get_by_text("携帯電話の番号ではありません").or_(page.get_by_text("not a mobile number")).wait_for()
    # what keeps the next step off stands beside its button
    page.get_by_text("電話番号を直してください").wait_for()
    page.get_by_text("本文を入力してください").wait_for()
    page.get_by_label("定型文").select_option("認証コード")
    assert page.locator("mark.zrtools-gap").inner_text() == "code"
    page.get_by_text("入力してください：code").wait_for()
    picture(page, pictures, "form-send-template-ja")
    page.get_by_label("定型文").select_option("（使わない）")
    page.get_by_label("電話番号").fill(NUMBER)
    page.get_by_text("宛先 +8180****1234").wait_for()
    page.get_by_label("本文").fill("髙橋様、本日15時にお伺いします。")
    page.get_by_text("送信できません").first.wait_for()
    picture(page, pictures, "form-send-check-ja")
    button(page, "人名の字も置き換える（髙→高など）").click()
    page.get_by_text("推定 1通分").first.wait_for()
    button(page, "確認へ進む").click()
    page.get_by_text(f"{NUMBER} へ1件").wait_for()
    button(page, "送信する").dblclick()
    page.get_by_text("受け付けられました").wait_for()
    picture(page, pictures, "form-send-receipt-ja")
    assert [m.message for m in sandbox.accepted[before:]] == ["高橋様、本日15時にお伺いします。"]
    button(page, "配信状況を確認").click()
    page.get_by_text("時点の配信状況").wait_for()
    saved = lab.saved(page, "send")
    assert "application/vnd.jupyter.widget-state+json" in saved
    assert not [trace for trace in TRACES if trace in saved]
    page.close()


def test_send_form_by_keyboard_in_english(lab: Lab, sandbox: Sandbox, connected: str, pictures: Path) -> None:
    """Without a mouse: Tab moves through the form, Space presses its buttons."""
    page = lab.open("keys", connected, 'form = zr.forms.send(client, lang="en")\nform', lang="en")
    before = len(sandbox.accepted)
    page.get_by_label("Phone number").focus()
    page.keyboard.type(NUMBER)
    page.get_by_text("To +8180****1234").wait_for()
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.type("See you at three.")
    page.get_by_text("17 of 660").wait_for()
    picture(page, pictures, "form-send-en")
    button(page, "Review").focus()
    page.keyboard.press("Space")
    page.get_by_text(f"goes to {NUMBER}, now").wait_for()
    button(page, "Send").focus()
    page.keyboard.press("Space")
    page.get_by_text("Accepted.").wait_for()
    assert [m.message for m in sandbox.accepted[before:]] == ["See you at three."]
    page.close()


def test_every_view_shows_what_the_kernel_holds(
    lab: Lab, sandbox: Sandbox, connected: str, pictures: Path
) -> None:
    """Two views of a form and a reloaded page show number and message; a token is forgotten; a wait says what for."""
    sandbox.faults.add("delay", "templates", seconds=2.5)
    token = "t" * 32
    page = lab.open(
        "views",
        connected,
        'form = zr.forms.send(client, lang="ja")\nform',
        "form",
        f'login = zr.forms.connect(base_url={sandbox.url!r}, lang="ja")\nlogin',
    )
    page.get_by_text("定型文を読み込んでいます").first.wait_for()
    numbers, texts = page.get_by_label("電話番号"), page.get_by_label("本文")
    numbers.nth(0).press_sequentially(NUMBER)
    texts.nth(1).fill(f"お電話は {NUMBER} まで")

    def same() -> bool:
        return [numbers.nth(n).input_value() for n in (0, 1)] == [NUMBER] * 2 and [
            texts.nth(n).input_value() for n in (0, 1)
        ] == [f"お電話は {NUMBER} まで"] * 2

    eventually(same)
    # what will leave is what is shown
    page.locator(".zrtools-message", has_text=f"お電話は {NUMBER} まで").first.wait_for()
    page.get_by_label("アクセスキー").fill(token)
    page.get_by_text("入力済み（ここには表示しません）").wait_for()
    saved = lab.saved(page, "views")
    assert not [trace for trace in (*TRACES, token) if trace in saved]
    page.reload(wait_until="domcontentloaded")
    page.get_by_text("アクセスキーを消去しました").wait_for()
    assert page.get_by_label("アクセスキー").input_value() == ""
    eventually(same)
    button(page, "確認へ進む").first.click()
    page.get_by_text(f"{NUMBER} へ1件").first.wait_for()
    page.locator(".zrtools-message:visible", has_text=f"お電話は {NUMBER} まで").first.wait_for()
    page.locator(".jp-OutputArea-output").nth(0).screenshot(path=pictures / "form-send-confirm-ja.png")
    page.close()


def test_keys_typed_as_soon_as_the_form_appears_arrive(lab: Lab, connected: str) -> None:
    """Who is in the field from its first moment loses no key, though the cells after it still run."""
    later = ["import time; time.sleep(2)", *["for n in range(30): print(n)"] * 8]
    page = lab.open(
        "first", connected, 'form = zr.forms.send(client, lang="en")\nform', *later, lang="en", wait=False
    )
    page.evaluate(
        """() => new Promise((done) => {
            const look = () => {
                const field = document.querySelector(".zrtools-private input");
                if (!field) return requestAnimationFrame(look);
                field.focus();
                done();
            };
            look();
        })"""
    )
    typed = NUMBER * 8
    page.keyboard.type(typed, delay=50)
    assert page.get_by_label("Phone number").input_value() == typed
    page.close()


def test_campaign_form(lab: Lab, sandbox: Sandbox, connected: str, pictures: Path) -> None:
    """Dry run, confirm, pause halfway, resume: each message arrives once."""
    rows = 60
    cell = (
        "import polars as pl\n"
        f"numbers = [f'090-2222-{{n:04}}' for n in range({rows})] + ['03-1234-5678', '090-2222-0000']\n"
        "people = pl.DataFrame({'電話番号': numbers, 'code': [f'{n + 1000}' for n in range(len(numbers))]})\n"
        "people = people.with_columns(code=pl.when(pl.int_range(pl.len()) == pl.len() - 1)"
        ".then(pl.lit('1000')).otherwise('code'))\n"
        "form = zr.forms.campaign(client, people, outbox='campaign.sqlite', prices='8.5', type_above=50, lang='ja')\n"
        # a wish that comes before the templates do
        "form.template.value = '認証コード'\nform"
    )
    before = len(sandbox.accepted)
    page = lab.open("campaign", connected, cell)
    page.get_by_text("まず「送らずに確認する」を押してください").wait_for()
    eventually(lambda: page.get_by_label("定型文").evaluate("e => e.selectedOptions[0].text") == "認証コード")
    button(page, "送らずに確認する").click()
    page.get_by_text("最初の1件").wait_for()
    picture(page, pictures, "form-campaign-check-ja")
    with page.expect_download() as download:
        button(page, "送らない行の一覧をダウンロード").click()
    left_out = zr.tables.read(Path(download.value.path()).read_bytes(), name="x.xlsx")
    assert left_out["行（見出しを除く）"].to_list() == ["61", "62"]
    button(page, "確認へ進む").click()
    page.get_by_text(f"{rows}件を送信します。").wait_for()
    confirmation = page.locator(".jp-OutputArea-output").last.inner_text()
    for part in (
        "campaign-",
        sandbox.sms_code,
        "認証コード: 1000 有効",
        "510.0円",
        "今すぐ",
        "090-2222-0000",
    ):
        assert part in confirmation
    assert page.locator(".zrtools-message:visible").count() == 3
    assert button(page, f"{rows}件を送信する").is_disabled()
    page.get_by_label("件数の入力").fill(f"{rows}")
    page.get_by_label("件数の入力").press("Tab")
    picture(page, pictures, "form-campaign-confirm-ja")
    sandbox.faults.add("delay", "send", times=None, seconds=0.8)
    button(page, f"{rows}件を送信する").dblclick()
    eventually(lambda: len(sandbox.accepted) > before)
    button(page, "一時停止").click()
    page.get_by_text("一時停止中です").wait_for()
    picture(page, pictures, "form-campaign-paused-ja")
    paused = len(sandbox.accepted) - before
    assert 0 < paused < rows
    sandbox.faults.clear()
    button(page, "再開").click()
    page.get_by_text("終了しました").wait_for()
    picture(page, pictures, "form-campaign-done-ja")
    numbers = [m.phone_number for m in sandbox.accepted[before:]]
    assert len(numbers) == len(set(numbers)) == rows
    saved = lab.saved(page, "campaign")
    assert not [n for n in numbers if n in saved or n[-8:] in saved]
    page.close()


def test_reservations_form(lab: Lab, sandbox: Sandbox, connected: str, pictures: Path) -> None:
    """Find three reservations, cancel one of them, then everything by typing its name."""
    client = zr.Client(
        token=sandbox.token,
        client_id=sandbox.client_id,
        sms_code=sandbox.sms_code,
        base_url=sandbox.url,
        now=sandbox.now,
    )
    with client:
        for n in range(3):
            when = sandbox.now() + timedelta(hours=n + 2)
            client.send(NUMBER, f"ご予約の確認 {n}", client_tag=f"book-{n}", schedule_time=when)
    page = lab.open("reservations", connected, 'form = zr.forms.reservations(client, lang="ja")\nform')
    button(page, "検索").click()
    page.get_by_text("3件の予約があります").wait_for()
    page.get_by_label("book-1").check()
    picture(page, pictures, "form-reservations-ja")
    button(page, "選んだ1件を取り消す").click()
    page.get_by_text("1件の予約を取り消します").wait_for()
    picture(page, pictures, "form-reservations-confirm-ja")
    assert "book-1" in page.locator(".widget-html:visible", has_text="1件の予約を取り消します").inner_text()
    button(page, "取り消す").click()
    page.get_by_text("1件を取り消しました。 残り2件").wait_for()
    assert page.locator(".zrtools-ticks tbody tr").count() == 2
    assert [m.cancelled for m in sandbox.accepted if (m.client_tag or "").startswith("book-")] == [
        False,
        True,
        False,
    ]
    button(page, "アカウントの全予約を取り消す（件数不明）").click()
    page.get_by_text("続けるには下の欄に").wait_for()
    picture(page, pictures, "form-reservations-everything-ja")
    page.get_by_label("確認の入力").fill("全予約取消")
    button(page, "取り消す").click()
    page.get_by_text("取消が受け付けられました").wait_for()
    assert all(m.cancelled for m in sandbox.accepted if (m.client_tag or "").startswith("book-"))
    saved = lab.saved(page, "reservations")
    assert not [trace for trace in TRACES if trace in saved]
    page.close()


def test_clean_form(lab: Lab, sandbox: Sandbox, connected: str, pictures: Path) -> None:
    """Paste numbers, see the cost, run, download a workbook; the saved notebook holds none of them."""
    page = lab.open("clean", connected, 'form = zr.forms.clean(client, lang="ja")\nform')
    numbers = [NUMBER, "080 5555 1234", "03-1234-5678", *(f"090-1111-{n:04}" for n in range(30))]
    page.get_by_label("番号", exact=True).fill("\n".join(numbers))
    page.get_by_text("照会（有料）は31回").wait_for()
    day = sandbox.now().date() - timedelta(days=400)
    page.get_by_label("基準日").fill(day.isoformat())
    page.get_by_label("基準日").press("Tab")
    button(page, "31回の照会を確認する").dblclick()
    page.get_by_text("有料の照会を始めます").wait_for()
    assert "clean" not in {r.call for r in sandbox.requests}
    button(page, "31回照会する（有料）").click()
    page.get_by_text("32件の判定が終わりました").wait_for()
    picture(page, pictures, "form-clean-ja")
    with page.expect_download() as download:
        button(page, "結果をダウンロード").click()
    frame = zr.tables.read(Path(download.value.path()).read_bytes(), name="x.xlsx")
    assert frame["input"].to_list() == numbers
    assert frame["status"].is_not_null().sum() == 32
    saved = lab.saved(page, "clean")
    assert not [trace for trace in (*TRACES, "1111-0001", "11110001") if trace in saved]
    page.close()


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_clean_form_asks_for_sheet_and_headings(
    lab: Lab, sandbox: Sandbox, connected: str, pictures: Path, tmp_path: Path, lang: str
) -> None:
    """Choose a workbook of two sheets with a title above the headings: the form asks, then reads what was chosen."""
    path = tmp_path / "名簿.xlsx"
    with xlsxwriter.Workbook(path) as book:
        for name, tail in {"東日本": "1", "西日本": "2"}.items():
            sheet = book.add_worksheet(name)
            for row, cells in enumerate([["名簿"], ["氏名", "電話番号"], ["甲", f"0905555000{tail}"]]):
                sheet.write_row(row, 0, cells)
    say = {
        "ja": (
            "ファイルを選択",
            "シート",
            "見出しの行",
            "読み込むシートを選んでください",
            "何行目かを入力",
            "照会（有料）は1回",
        ),
        "en": (
            "Choose a file",
            "Sheet",
            "Row of headings",
            "choose the one to read",
            "give their row",
            "makes 1 billed",
        ),
    }[lang]
    cell = f'form = zr.forms.clean(client, lang="{lang}")\nform'
    page = lab.open(f"clean-file-{lang}", connected, cell, lang=lang)
    with page.expect_file_chooser() as chooser:
        button(page, f"{say[0]} (0)").or_(page.get_by_role("button", name=say[0])).first.click()
    chooser.value.set_files(path)
    page.get_by_text(say[3]).wait_for()
    picture(page, pictures, f"form-clean-sheet-{lang}")
    page.get_by_label(say[1], exact=True).select_option("西日本")
    page.get_by_text(say[4]).wait_for()
    picture(page, pictures, f"form-clean-headings-{lang}")
    page.get_by_label(say[2], exact=True).fill("2")
    page.get_by_label(say[2], exact=True).press("Tab")
    page.get_by_text(say[5]).wait_for()
    picture(page, pictures, f"form-clean-read-{lang}")
    page.get_by_label({"ja": "基準日", "en": "Reference date"}[lang]).fill(sandbox.now().date().isoformat())
    page.get_by_label({"ja": "基準日", "en": "Reference date"}[lang]).press("Tab")
    button(page, {"ja": "1回の照会を確認する", "en": "Review 1 requests"}[lang]).click()
    page.get_by_text("名簿.xlsx / 電話番号").wait_for()
    picture(page, pictures, f"form-clean-confirm-{lang}")
    button(page, {"ja": "戻る", "en": "Back"}[lang]).click()
    path.with_name("壊れた一覧.xlsx").write_bytes(b"no workbook")
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name=say[0]).first.click()
    chooser.value.set_files(path.with_name("壊れた一覧.xlsx"))
    page.get_by_text("壊れた一覧.xlsx").first.wait_for()
    # nothing of the first list can be billed under the name of the second
    page.get_by_text(say[5]).wait_for(state="hidden")
    assert button(page, {"ja": "0回の照会を確認する", "en": "Review 0 requests"}[lang]).is_disabled()
    picture(page, pictures, f"form-clean-refused-{lang}")
    saved = lab.saved(page, f"clean-file-{lang}")
    assert not [trace for trace in ("5555-0002", "55550002", "55550001") if trace in saved]
    page.close()


def test_connect_form(lab: Lab, sandbox: Sandbox, pictures: Path) -> None:
    """Type the token, connect, see what works; neither widget state nor notebook holds the token."""
    cell = f'import zrtools as zr\nform = zr.forms.connect(base_url={sandbox.url!r}, lang="ja")\nform'
    page = lab.open("connect", cell, "form.client")
    page.get_by_label("アクセスキー").fill(sandbox.token)
    page.get_by_label("契約クライアントID").fill(sandbox.client_id)
    page.get_by_label("送信元SMSコード").fill(sandbox.sms_code)
    page.get_by_label("送信元SMSコード").press("Tab")
    button(page, "接続して確認").click()
    page.get_by_text("接続しました").wait_for()
    assert page.get_by_label("アクセスキー").input_value() == ""
    page.locator(".jp-OutputArea-output").first.screenshot(path=pictures / "form-connect-ja.png")
    assert sandbox.token not in lab.saved(page, "connect")
    page.close()


def test_an_error_leaves_the_form_working(lab: Lab, sandbox: Sandbox, connected: str, pictures: Path) -> None:
    """A refusal of the service stands below the form, and the next attempt goes through."""
    page = lab.open("error", connected, 'form = zr.forms.send(client, lang="ja")\nform')
    page.get_by_label("電話番号").fill(NUMBER)
    page.get_by_label("本文").fill("もう一度")
    sandbox.faults.add("code", "send", response_code=300, message="Exceed sending count.")
    before = len(sandbox.accepted)
    button(page, "確認へ進む").click()
    button(page, "送信する").click()
    page.get_by_text("送信されていません").wait_for()
    picture(page, pictures, "form-send-error-ja")
    assert len(sandbox.accepted) == before
    button(page, "確認へ進む").click()
    button(page, "送信する").click()
    page.get_by_text("受け付けられました").wait_for()
    eventually(lambda: len(sandbox.accepted) == before + 1)
    page.close()
