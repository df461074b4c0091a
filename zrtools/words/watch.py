"""What `zrtools watch` says."""

from __future__ import annotations

from zrtools.codes import Label

__all__ = ["TEXTS"]

TEXTS: dict[str, Label] = {
    "title_daily": Label("SMS不達の監視 {at}", "SMS failures: watch of {at}"),
    "title_weekly": Label("SMS不達の週次まとめ {at}", "SMS failures: the week, {at}"),
    "week_empty": Label(
        "{first}〜{last}に送信されたメッセージはありません。", "No messages were sent from {first} to {last}."
    ),
    "subtitle": Label(
        "電話番号は伏せています。時刻は日本時間です。", "Phone numbers are masked. Times are Japan's."
    ),
    "lead_nothing": Label("過去7日間のまとめです。", "The last seven days."),
    "lead_watch": Label("注視するもの、または収まったものが{n}件あります。", "{n} to be watched, or over."),
    "lead_incident": Label("新しい異常があります（{n}件）。", "New incidents: {n}."),
    "lead_blind": Label("配信状況を確認できませんでした。", "Delivery statuses could not be looked at."),
    "new": Label("【新規】", "new: "),
    "worse": Label("【悪化】", "worse: "),
    "over": Label("【収束】", "over: "),
    "again": Label(
        "前回は最後まで渡せませんでした。同じ内容が2度届くことがあります（番号 {id}）。",
        "The last run could not deliver this everywhere, so it may come twice (number {id}).",
    ),
    "blind": Label("配信状況を確認できません：{why}", "Delivery statuses cannot be looked at: {why}"),
    "days_missing": Label(
        "取得できなかった日：{days}（{why}）", "Days that could not be fetched: {days} ({why})"
    ),
    "sees_again": Label(
        "再び配信状況を確認できるようになりました。", "Delivery statuses can be looked at again."
    ),
    "reports": Label(
        "配信結果の通知（プッシュ）が届いていません：{start}〜{end}に確定した clientTag 付き{due}件のうち{missing}件。",
        "Pushed delivery reports never came: {missing} of {due} messages with a clientTag that were settled {start} to {end}.",
    ),
    "reports_do": Label(
        "受信サーバー（zrtools receive）が動いているか、届く経路を確認してください。届かなかった通知は再送されませんが、配信状況の照会（sync）で取得できます。",
        "See whether the receiver (zrtools receive) runs and can be reached. What did not come is not pushed again; sync has it.",
    ),
    "not_written": Label(
        "{target} に渡せませんでした（{why}）。次回もう一度渡します。",
        "{target} could not be written ({why}); the next run tries again.",
    ),
    "not_run": Label(
        "プログラム {program} に渡せませんでした（{why}）。次回もう一度渡します。",
        "The program {program} did not take it ({why}); the next run tries again.",
    ),
    "waiting": Label("ほかの watch の終わりを待っています…", "waiting for another watch to end…"),
    "nothing": Label("{at} 新しいことはありません。", "{at} nothing new."),
}
