"""Wording about message bodies."""

from __future__ import annotations

from zrtools.codes import Label

__all__ = ["TEXTS"]

TEXTS: dict[str, Label] = {
    "empty": Label("本文が空です。", "The message is empty."),
    "too long": Label(
        "本文が660文字を超えています（絵文字や一部の漢字は2文字と数えます）。",
        "The message has more than 660 characters (an emoji or a rare kanji counts as 2).",
    ),
    "opt-out link altered": Label(
        "{at}文字目：配信停止リンク「{found}」が正しい形ではありません。https://ai9.jp/0PT0UT をそのまま使ってください。",
        "Character {at}: the opt-out link “{found}” is not as it must be. Use https://ai9.jp/0PT0UT exactly.",
    ),
    "opt-out option": Label(
        "配信停止リンク https://ai9.jp/0PT0UT が受信者ごとのリンクに置き換わるのは、契約に有料オプションがある場合だけです。"
        "ない場合は、どの受信者にも本人のものではないリンクが届きます。",
        "The opt-out link https://ai9.jp/0PT0UT becomes each recipient's own only where your contract has that paid option: "
        "without it every recipient gets a link that is not theirs.",
    ),
    "placeholder not filled": Label(
        "{at}文字目：差し込み項目「{found}」が埋まっていません。",
        "Character {at}: the placeholder “{found}” is not filled.",
    ),
    "cannot be sent": Label(
        "{at}文字目：「{found}」（{name}）は送信できません。別の表現にしてください。",
        "Character {at}: “{found}” ({name}) cannot be sent. Write it differently.",
    ),
    "can be left out": Label(
        "{at}文字目：見えない文字（{name}）は送信できません。削除してください。",
        "Character {at}: an unseen character ({name}) cannot be sent. Leave it out.",
    ),
    "name can be written": Label(
        "{at}文字目：「{found}」（{name}）は送信できません。人名の場合は本人の表記です。「{better}」への置き換えは、確認のうえ指定してください。",
        "Character {at}: “{found}” ({name}) cannot be sent. In a name it is how the person writes it: that “{better}” stands "
        "there instead has to be asked for.",
    ),
    "can be written": Label(
        "{at}文字目：「{found}」（{name}）は送信できません。「{better}」に置き換えられます。",
        "Character {at}: “{found}” ({name}) cannot be sent. It can be written “{better}”.",
    ),
}
