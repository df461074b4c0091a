"""Wording of the client: progress bars, what cleaning will cost, and what `check` finds."""

from __future__ import annotations

from zrtools.codes import Label

__all__ = ["TEXTS"]

TEXTS: dict[str, Label] = {
    "days": Label("日別の状況", "days"),
    "tags": Label("clientTag（管理タグ）別の状況", "client tags"),
    "months": Label("月別の通数", "months"),
    "numbers": Label("番号クリーニング", "numbers"),
    "messages": Label("送信", "messages"),
    "noun.days": Label("日", "days"),
    "noun.tags": Label("件のclientTag（管理タグ）", "client tags"),
    "noun.months": Label("か月", "months"),
    "noun.numbers": Label("件の番号", "numbers"),
    "failed": Label("失敗 {count:,}", "{count:,} failed"),
    "waiting": Label(
        "サービスの指定により {until}（日本時間）まで待機中", "waiting for the service until {until} (Japan)"
    ),
    "cost": Label(
        "番号クリーニング（有料）：{calls:,} 件を照会します（入力 {given:,} 件、重複 {repeated:,} 件、"
        "無効 {invalid:,} 件、回答済み {known:,} 件）。",
        "Number cleaning (billed): {calls:,} calls will be made ({given:,} given, {repeated:,} repeated, "
        "{invalid:,} invalid, {known:,} answered before).",
    ),
    "cleaned": Label(
        "{rows:,} 件：本人 {same:,}、別人 {other:,}、判定不能 {unknown:,}、番号エラー {none:,}",
        "{rows:,} numbers: {same:,} the same person's, {other:,} another's, {unknown:,} cannot be judged, "
        "{none:,} not usable",
    ),
    "written": Label(
        "結果：{out}\n回答の保存先（電話番号を含みます）：{store}",
        "result: {out}\nanswers kept in (holds phone numbers): {store}",
    ),
    "again": Label(
        "回答済みの分は {store} に保存しました。同じコマンドをもう一度実行すると、残りだけを照会します。",
        "What was answered is kept in {store}: run the same command again, and only the rest is asked.",
    ),
    "check.reachable": Label("接続", "reachable"),
    "check.tls": Label("TLS", "TLS"),
    "check.token": Label("アクセスキーとクライアントID", "token and client id"),
    "check.clock": Label("時計", "clock"),
    "check.status": Label("配信状況の照会", "status"),
    "check.counts": Label("通数の照会", "counts"),
    "check.templates": Label("テンプレート", "templates"),
    "check.cleaning": Label("番号クリーニング", "number cleaning"),
    "check.send": Label("送信", "send"),
    "check.reservations": Label("予約の照会", "reservations"),
    "check.short_url": Label("短縮URL", "short URL"),
    "answers": Label("応答あり：{url}", "answers: {url}"),
    "tls": Label("{version}、証明書は有効", "{version}, certificate valid"),
    "local": Label("この端末内のため不要", "on this machine: not needed"),
    "clock": Label("サービスとの差 {seconds:.0f} 秒", "{seconds:.0f} s apart from the service"),
    "clock_off": Label(
        "サービスとの差 {seconds:.0f} 秒：この端末の時計を合わせてください",
        "{seconds:.0f} s apart from the service: set this machine's clock",
    ),
    "clock_unknown": Label(
        "確認できません（応答に時刻がありません）", "not checked: the answer tells no time"
    ),
    "usable": Label("利用できます（照会のみ）", "usable (only asked)"),
    "refused_as_meant": Label(
        "利用できます（必須項目を欠く要求で確認。送信・課金なし）",
        "usable (asked without a required field: nothing sent, nothing billed)",
    ),
    "no_sms_code": Label(
        "送信者番号がありません：ZRTOOLS_SMS_CODE または sms_code= を設定してください",
        "there is no sender code: set ZRTOOLS_SMS_CODE or sms_code=",
    ),
}
"""By key, as `words.text("client.key", lang)` takes it."""
