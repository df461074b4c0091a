"""Wording about what is to be sent."""

from __future__ import annotations

from zrtools.codes import Label

__all__ = ["TEXTS"]

TEXTS: dict[str, Label] = {
    "number": Label("電話番号：{why}", "phone_number: {why}"),
    "message": Label("本文：{why}", "message: {why}"),
    "missing_value": Label("本文：差し込む値がありません", "message: a placeholder has no value"),
    "schedule_time": Label(
        "予約日時：2026-10-31 09:30 の形（日本時間）ではありません",
        "schedule_time: not a time such as 2026-10-31 09:30 (Japan)",
    ),
    "carrier_id": Label(
        "キャリア：101・103・105・106 のいずれでもありません", "carrier_id: none of 101, 103, 105, 106"
    ),
    "group_tag": Label("グループタグ：1〜200文字ではありません", "group_tag: not 1 to 200 characters"),
    "client_tag": Label(
        "clientTag（管理タグ）：1〜200文字ではありません", "client_tag: not 1 to 200 characters"
    ),
    "tag_taken": Label(
        "clientTag（管理タグ）：別のメッセージで使用済みです", "client_tag: used for another message already"
    ),
    "twice": Label("同じ宛先・同じ本文の行がほかにあります", "another row has the same number and message"),
    "known": Label(
        "同じキャンペーンに同じ宛先・同じ本文があります（{state}）",
        "the campaign has the same number and message already ({state})",
    ),
    "elsewhere": Label(
        "別の名前で同じ宛先に同じ本文があります：{campaign}（{state}、{day}）",
        "the same number and message stand under another name: {campaign} ({state}, {day})",
    ),
    "suppressed": Label("配信停止リストの番号です（{why}）", "the number is on the suppression list ({why})"),
    "state_queued": Label("送信待ち", "queued"),
    "state_leaving": Label("送信中", "being sent"),
    "state_accepted": Label("受付済み", "accepted"),
    "state_refused": Label("受付不可", "refused"),
    "state_unsettled": Label("結果不明", "unsettled"),
    "state_withdrawn": Label("取り下げ", "withdrawn"),
    "state_suppressed": Label("配信停止リスト", "suppressed"),
    "waiting": Label(
        "別の実行が送信しているメッセージの結果を待っています。",
        "Waiting for messages that another run is sending.",
    ),
    "other_intake": Label(
        "別のプロセスが送信待ちに追加しています。終わるまで待ちます。",
        "Another process is adding to the outbox: waiting until it is done.",
    ),
    "preview_messages": Label("送信待ち", "queued"),
    "preview_numbers": Label("宛先数", "numbers"),
    "preview_parts": Label("課金通数（推定）", "billable parts (estimate)"),
    "preview_scheduled": Label("うち予約", "scheduled"),
    "preview_duplicates": Label("重複（追加せず）", "duplicates (not added)"),
    "preview_invalid": Label("無効（追加せず）", "invalid (not added)"),
    "preview_suppressed": Label("配信停止リスト（送信せず）", "suppressed (not sent)"),
    "preview_doubtful": Label("存在しない番号の可能性（追加せず）", "probably no one's number (not added)"),
    "preview_held": Label("広告の確認待ち（追加せず）", "advertisements held back (not added)"),
    "guard opt-out link": Label(
        "広告：配信停止リンク https://ai9.jp/0PT0UT がありません",
        "advertisement: there is no opt-out link https://ai9.jp/0PT0UT",
    ),
    "guard sender": Label(
        "広告：本文に送信者名（{sender}）がありません",
        "advertisement: the message does not name its sender ({sender})",
    ),
    "guard consent": Label(
        "広告：同意の記録（同意日と取得元）がない番号です",
        "advertisement: no consent with its day and source is recorded for this number",
    ),
    "guard night": Label(
        "広告：夜間（{first}:00〜{last}:00）の予約です",
        "advertisement: it would go out at night ({first}:00 to {last}:00)",
    ),
    "preview_reserved": Label(
        "配信停止リストの番号への予約（取消が必要）", "reserved for suppressed numbers (to be cancelled)"
    ),
    "reserved_suppressed": Label(
        "予約後に配信停止リストに載った番号への予約が{count:,}件あります。"
        "outbox.cancel_suppressed(client) で取り消せます。",
        "{count:,} reservation(s) wait for numbers that are on the suppression list since: "
        "outbox.cancel_suppressed(client) cancels them.",
    ),
    "preview_cost": Label("費用（推定・税の扱いは単価どおり）", "cost (estimate, as the prices are given)"),
    "preview_one_cost": Label("{low}円", "¥{low}"),
    "preview_cost_range": Label("{low}〜{high}円", "¥{low} to ¥{high}"),
}
