"""The wording of reports."""

from __future__ import annotations

from zrtools.codes import Label

__all__ = ["TEXTS"]

TEXTS: dict[str, Label] = {
    "footer": Label(
        "zrtools で作成。電話番号は伏せています。時刻はすべて日本時間です。",
        "Made with zrtools. Phone numbers are masked. All times are Japan time.",
    ),
    "title": Label("SMS 不達レポート", "SMS failure report"),
    "subtitle": Label("{period}　／　作成 {made}", "{period} / made {made}"),
    "period": Label("{first}〜{last}", "{first} to {last}"),
    "no_period": Label("期間なし", "no period"),
    "headline": Label(
        "確定した{settled}件のうち、{failed}件（{rate}）が届きませんでした。",
        "{failed} of {settled} settled messages ({rate}) were not delivered.",
    ),
    "headline_none": Label(
        "確定した{settled}件は、すべて届きました。", "All {settled} settled messages were delivered."
    ),
    "headline_empty": Label("対象のメッセージがありません。", "There are no messages to report."),
    "headline_unsettled": Label(
        "結果が確定したメッセージがまだありません（未確定 {pending}件）。",
        "No message is settled yet ({pending} pending).",
    ),
    "main_reason": Label(
        "最も多い理由は「{category}」で{failed}件、不達の{share}を占めます。",
        "The most frequent reason is “{category}”: {failed} messages, {share} of all failures.",
    ),
    "worst_carrier": Label(
        "事業者別では{carrier}の不達率が最も高く{rate}です（全体 {whole}）。",
        "By carrier the rate is highest on {carrier}: {rate} (overall {whole}).",
    ),
    "still_pending": Label(
        "ほかに{pending}件の結果がまだ確定していません。確定すると率は変わることがあります。",
        "{pending} more messages have no result yet; the rate may change when they have.",
    ),
    "messages": Label("送信件数", "messages"),
    "messages_note": Label("{days}日間", "in {days} days"),
    "delivered": Label("到達", "delivered"),
    "failed": Label("不達", "not delivered"),
    "failed_note": Label("{numbers}の異なる番号", "{numbers} different numbers"),
    "rate": Label("不達率", "failure rate"),
    "rate_note": Label("95%信頼区間 {low}〜{high}", "95% interval {low} to {high}"),
    "pending": Label("未確定", "pending"),
    "pending_note": Label("率に含めていません", "not in the rate"),
    "of_messages": Label("全体の{share}", "{share} of all"),
    "course": Label("推移", "Over time"),
    "where": Label("どこで、なぜ", "Where and why"),
    "reasons": Label("理由と対応", "Reasons and what to do"),
    "carriers": Label("通信事業者別", "By carrier"),
    "next": Label("次に行うこと", "What to do next"),
    "codes": Label("意味の分からないコード", "Codes that nobody knows"),
    "open": Label("まだ確定していないもの", "What is not settled yet"),
    "method": Label("計算の方法", "How this was computed"),
    "category": Label("理由", "reason"),
    "detailed_code": Label("詳細コード", "detailed code"),
    "pending_share": Label("未確定の割合", "share pending"),
    "code": Label("コード", "code"),
    "share": Label("不達に占める割合", "share of failures"),
    "origin": Label("原因の所在", "where the cause lies"),
    "action": Label("対応", "what to do"),
    "carrier": Label("通信事業者", "carrier"),
    "settled": Label("確定", "settled"),
    "interval": Label("95%信頼区間", "95% interval"),
    "numbers": Label("番号の数", "numbers"),
    "day": Label("日", "day"),
    "total": Label("合計", "total"),
    "course_drawn": Label("日ごとの不達率と件数のグラフ", "Failure rate and messages by day"),
    "where_drawn": Label("事業者と理由別の不達率の表", "Failure rates by carrier and reason"),
    "carriers_drawn": Label("事業者ごとの不達率の推移", "Failure rates over time by carrier"),
    "carriers_note": Label(
        "「不明」は事業者が特定できなかったもので、多くは送達前に失敗しています。",
        "“unknown” is where no carrier could be told; most of these failed before they reached one.",
    ),
    "reasons_note": Label(
        "割合は全事業者の確定件数に対するもの。コードは詳細コードの下3桁。",
        "Rates are of all settled messages. The code is the last three digits of the detailed code.",
    ),
    "next_send": Label(
        "{n}件。輻輳・圏外・電源OFFなど一時的な理由です。時間帯を変えて再送してください。ワンタイムコードなど時刻に意味があるものは再送しないでください。",
        "{n} messages: congestion, out of coverage, powered off. Send again at another time of day, but never "
        "one-time codes and the like.",
    ),
    "next_drop": Label(
        "{n}件。欠番のほか契約者の一時的な事情も含むため、1回では外さず、別の日にも繰り返し、その間に到達がない番号を除外してください。",
        "{n} messages: not in service, or the subscriber's own circumstances, which may pass. Do not drop a number after "
        "one failure; drop it when it fails so on different days with no delivery in between.",
    ),
    "next_other": Label(
        "{n}件。SMSの受信拒否など端末側の設定が理由です。再送では届かないため、電話・メールなどほかの手段を使ってください。",
        "{n} messages: handsets that refuse SMS and the like. Sending again does not help; use another channel.",
    ),
    "next_look": Label(
        "{n}件。公開の表にないコードです。増えている場合は、コードと日時を添えて提供元に問い合わせてください。",
        "{n} messages with codes in no public table. Where they grow, ask the vendor, giving code and time.",
    ),
    "codes_intro": Label(
        "公開のコード表にないか、5桁の形をしていない詳細コードです。不達の{share}にあたります。",
        "Detailed codes that are in no public table, or not of five digits: {share} of all failures.",
    ),
    "codes_none": Label("ありません。", "None."),
    "codes_more": Label("ほかに{n}種類のコードがあります。", "{n} more codes are not shown."),
    "code_missing": Label("（なし）", "(none)"),
    "first_seen": Label("最初", "first"),
    "last_seen": Label("最後", "last"),
    "open_none": Label(
        "すべての日で、未確定は1%未満です。", "On every day less than 1% of the messages is pending."
    ),
    "open_intro": Label(
        "次の日は送信件数の1%以上が未確定です。au の不達は約20分遅れて届くことがあり、直近の日の値は最終ではありません。",
        "On these days 1% or more of the messages is pending. Failures on au can take about 20 minutes to be reported, "
        "so a recent day is never final.",
    ),
    "open_more": Label("ほかに{n}日あります。", "{n} more days are not shown."),
    "method_rate": Label(
        "不達率＝不達÷確定（到達＋不達）。送信中・不明は未確定として別に数え、率に含めません。",
        "Failure rate = failed / settled (delivered + failed). Sending and unknown are counted apart as pending, never in "
        "the rate.",
    ),
    "method_interval": Label(
        "区間は Wilson の95%信頼区間で、各メッセージを独立とみなします。同じ配信のメッセージは運命を共にしやすいため、実際の不確かさはこれより大きいことがあります。",
        "Intervals are Wilson's at 95% and take messages as independent. Messages of one campaign tend to share their fate, "
        "so the real uncertainty can be larger.",
    ),
    "method_reason": Label(
        "理由は詳細コードの下3桁で決めています。上2桁（モジュール）の事業者は、番号ポータビリティなどにより実際の事業者と異なることがあります。",
        "The reason is told by the last three digits of the detailed code. The carrier of its first two digits can differ "
        "from the real one, for example for ported numbers.",
    ),
    "method_days_send_date": Label("日は送信日です。", "Days are days of sending."),
    "method_days_date_time": Label(
        "送信日が不明のため、日は状況を受信した日です。",
        "The day of sending is not known: days are those on which the status was received.",
    ),
    "method_days_mixed": Label(
        "日は送信日で、不明なものは状況を受信した日です。",
        "Days are days of sending, and where that is not known the day on which the status was received.",
    ),
    "method_source": Label(
        "コードの意味の出典：サービスの公開API仕様（絶対リーチ! SMS）。",
        "Source of the codes' meaning: the service's public API documentation (Zettai Reach SMS).",
    ),
}
