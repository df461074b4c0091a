"""The wording of reports."""

from __future__ import annotations

from zrtools.codes import Label

__all__ = ["TEXTS"]

TEXTS: dict[str, Label] = {
    "footer": Label(
        "zrtools で作成。電話番号は伏せています。時刻はすべて日本時間です。",
        "Made with zrtools. Phone numbers are masked. All times are Japan time.",
    ),
    "contents": Label("目次", "Contents"),
    "written": Label("レポートを書き出しました：{path}", "Report written: {path}"),
    "days_missing": Label(
        "{n}日分を取得できませんでした（{days}）。レポートには含まれていません。時間をおいて再度お試しください。",
        "{n} days could not be fetched ({days}) and are not in the report. Try again later.",
    ),
    "title": Label("SMS 不達レポート", "SMS failure report"),
    "subtitle": Label("{period}　／　作成 {made}", "{period} / made {made}"),
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
    "still_pending": Label(
        "ほかに{pending}件の結果がまだ確定していません。確定すると率は変わることがあります。",
        "{pending} more messages have no result yet; the rate may change when they have.",
    ),
    "messages": Label("送信件数", "messages"),
    "messages_note": Label("{days}日間", "in {days} days"),
    "delivered": Label("到達", "delivered"),
    "failed": Label("不達", "not delivered"),
    "failed_note": Label("番号 {numbers}件（重複を除く）", "{numbers} different numbers"),
    "rate": Label("不達率", "failure rate"),
    "rate_note": Label("95%信頼区間 {low}〜{high}", "95% interval {low} to {high}"),
    "pending": Label("未確定", "pending"),
    "pending_note": Label("率には含まず", "not in the rate"),
    "of_settled": Label("到達率 {share}", "delivery rate {share}"),
    "rate_before": Label("前の期間", "before"),
    "rate_after": Label("この期間", "now"),
    "change_up": Label(
        "前の期間（{period}）の{before}から{after}へ、{change}ポイント上がりました。",
        "Up {change} points: {before} in the period before ({period}), {after} now.",
    ),
    "change_down": Label(
        "前の期間（{period}）の{before}から{after}へ、{change}ポイント下がりました。",
        "Down {change} points: {before} in the period before ({period}), {after} now.",
    ),
    "change_same": Label(
        "前の期間（{period}）は{before}でした。この{change}ポイントの差は統計的に有意ではありません（偶然のばらつきの範囲）。",
        "In the period before ({period}) it was {before}; the difference of {change} points is not statistically significant.",
    ),
    "incidents": Label("異常検知（不達の急増）", "Incidents"),
    "incidents_none": Label("異常（不達の急増）は検知されませんでした。", "No incident was found."),
    "incidents_found": Label(
        "異常（不達の急増）を{n}件検知しました（通常より多い分は不達の{share}）。最大のものは次のとおりです。",
        "Incidents found: {n}; their failures beyond the usual are {share} of all. The largest:",
    ),
    "incidents_said": Label(
        "{period}の送信分で、不達が通常より約{excess}件（{interval}件）多く発生しました。不達率は{rate}、通常は{usual}です。",
        "Sent {period}: about {excess} ({interval}) more failures than usual, a rate of {rate}, usually {usual}.",
    ),
    "incidents_rest": Label(
        "ほかに{n}件あります。すべてを「{where}」に示します。", "{n} more stand, with these, under “{where}”."
    ),
    "incident_drawn": Label(
        "{name}：不達率の1時間ごとの推移。{said}", "{name}: the failure rate by the hour. {said}"
    ),
    "cause_sure": Label("{cause}（{sure}）", "{cause} ({sure})"),
    "drawn_number": Label("図", "no."),
    "incidents_note": Label(
        "時刻は送信時刻。「通常より多い件数」は、通常の水準を上回った不達の件数と、その95%信頼区間です。",
        "Times are times of sending. The excess is the number of failures above the usual level, with its 95% interval.",
    ),
    "watch_note": Label(
        "件数が少ないか、偶然のばらつきの可能性が残るもの。異常としては数えていません。",
        "Too small, or not certain enough, to count as incidents.",
    ),
    "peaks": Label(
        "期間全体の不達率の区間より高い日が{n}日ありますが（{days}）、異常とは判定していません。キャンペーンや日ごとのばらつきで説明できるか、件数が少ないためです。",
        "{n} days lie above the interval of the whole period ({days}) without being incidents: they are few failures, or differences between campaigns and days explain them.",
    ),
    "segment": Label("区分", "where"),
    "start": Label("開始", "start"),
    "end": Label("終了", "end"),
    "excess": Label("通常より多い件数", "excess"),
    "usual": Label("通常の不達率", "usual rate"),
    "changes": Label("前の期間からの変化", "What changed"),
    "changes_drawn": Label(
        "不達率が{before}から{after}になった増減要因。続く表と同じ内容。",
        "Contributions to the change of the failure rate from {before} to {after}; the table below says the same.",
    ),
    "by_segment": Label("キャリア×理由", "carrier × reason"),
    "by_campaign": Label("キャンペーン", "campaign"),
    "contribution": Label("寄与（ポイント）", "contribution (points)"),
    "rate_part": Label("不達率の変化による分", "by its own rate"),
    "share_part": Label("構成比の変化による分", "by its share"),
    "changes_note": Label(
        "寄与は全体の不達率への影響（ポイント）で、不達率の変化による分と構成比の変化による分の合計です。区間が0をまたぐものは、統計的に有意ではありません（偶然のばらつきの範囲）。",
        "The contribution is in points of the overall failure rate: what the segment adds by its own rate and by its share of the "
        "messages. Where the interval contains 0 it is not statistically significant.",
    ),
    "left_out": Label(
        "比較から除いた未確定の日：{days}", "Days left out of the comparison, not final yet: {days}"
    ),
    "mismatch": Label(
        "不達のうち{n}件は、コードのキャリアが実際のキャリアと異なります（番号ポータビリティまたは経路によるもの）。",
        "In {n} failures the code belongs to another carrier than the message's: ported numbers, or routing.",
    ),
    "plan_heading": Label("再送計画", "The plan, message by message"),
    "plan": Label(
        "1件ごとの再送計画の集計です。時刻は営業日の9〜20時で、作成時刻より前にはなりません。",
        "Message by message this comes to the following. Times lie between 9:00 and 20:00 of working days, never before now.",
    ),
    "step": Label("対応", "step"),
    "step_reason": Label("理由", "because"),
    "earliest": Label("最も早い時刻", "earliest"),
    "often": Label("連続して不達の番号", "Numbers that keep failing"),
    "often_intro": Label(
        "最後の到達の後、2回以上連続して不達の番号は{n}件、そのうち除外の候補は{drop}件です（別の日に2回以上「欠番・顧客都合」で、その後の到達なし）。",
        "{n} numbers failed twice or more since their last delivery; {drop} of them may be dropped (not in service on two "
        "days or more with no delivery since).",
    ),
    "number": Label("電話番号", "number"),
    "failed_since": Label("連続不達回数", "failures in a row"),
    "failed_days": Label("不達の日数", "days"),
    "last_category": Label("最後の理由", "last reason"),
    "advice": Label("推奨", "advice"),
    "advice_drop": Label("除外の候補", "drop"),
    "advice_use another channel": Label("別の手段で連絡", "use another channel"),
    "advice_keep": Label("継続", "keep"),
    "advice_watch": Label("経過観察", "watch"),
    "codes_growing": Label(
        "直近7日間に増えているコード：{codes}。提供元への問い合わせをお勧めします。",
        "Increasing in the last 7 days: {codes}. We advise asking the vendor.",
    ),
    "recent": Label("直近7日間", "last 7 days"),
    "open_missing": Label(
        "送信のない、または取得していない日が{n}日あります（{days}）。",
        "{n} days have no messages or were not fetched ({days}).",
    ),
    "method_incidents": Label(
        "異常は、キャリア・時刻・曜日・祝日・送信元コード・キャンペーンごとの通常の水準（比較期間があればそこから）から期待される数と比べて探し、"
        "日やキャンペーンのばらつきと、多数の区間を同時に調べることを考慮しています（全体で誤報5%以内）。",
        "Incidents are found against what is usual for carrier, hour, weekday, holidays, sender and campaign (from the period before, "
        "where there is one), allowing for how days and campaigns differ and for the many windows looked at (5% false alarms over all).",
    ),
    "method_changes": Label(
        "増減要因は北川の方法（中点の形）で分解したもので、合計は不達率の差に一致します。区間はキャンペーンごとのばらつきを考慮しています。",
        "The change is taken apart by Kitagawa's midpoint form, whose parts sum to the difference exactly; intervals allow for "
        "campaigns.",
    ),
    "course": Label("推移", "Over time"),
    "where": Label("不達の内訳（キャリア×理由）", "Failures by carrier and reason"),
    "carriers": Label("キャリア別", "By carrier"),
    "next": Label("推奨対応", "Next steps"),
    "codes": Label("仕様書に記載のないコード", "Undocumented codes"),
    "open": Label("未確定の配信", "Messages still pending"),
    "method": Label("算出方法", "How this was computed"),
    "category": Label("理由", "reason"),
    "detailed_code": Label("詳細コード", "detailed code"),
    "pending_share": Label("未確定の割合", "share pending"),
    "share": Label("不達に占める割合", "share of failures"),
    "origin": Label("起因箇所", "where the cause lies"),
    "action": Label("対応", "what to do"),
    "carrier": Label("キャリア", "carrier"),
    "settled": Label("確定", "settled"),
    "interval": Label("95%信頼区間", "95% interval"),
    "numbers": Label("対象番号数", "numbers"),
    "day": Label("日", "day"),
    "total": Label("合計", "total"),
    "course_drawn": Label(
        "期間中の不達率と件数の推移。全体の不達率は{rate}。",
        "The failure rate and the messages over the period; {rate} over all.",
    ),
    "where_drawn": Label(
        "キャリアと理由ごとの不達率。最も多いのは{category}（{failed}件）。続く表と同じ内容。",
        "Failure rates by carrier and reason; the most frequent is {category} ({failed}). The table below says the same.",
    ),
    "carriers_drawn": Label(
        "キャリアごとの不達率の推移：{rates}。", "Failure rates over time by carrier: {rates}."
    ),
    "carriers_note": Label(
        "「キャリア不明」は、キャリアが分かる前に不達になったものです。",
        "“unknown carrier”: these failed before a carrier was known.",
    ),
    "reasons_note": Label(
        "率は全キャリアの確定件数に対するもの。数字は詳細コードの下3桁。",
        "Rates are of all settled messages. Three digits in front of a reason are the last ones of its detailed code.",
    ),
    "next_send": Label(
        "{n}件。輻輳・圏外・電源OFFなど一時的な理由で、まだ期限内のものです。下の時刻以降、営業日の日中に再送してください。",
        "{n} messages: congestion, out of coverage, powered off, and not too late yet. Send again by day on a working day, not "
        "before the time below.",
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
        "{n}件。仕様書に記載のないコードです。増えている場合は、コードと日時を添えて提供元に問い合わせてください。",
        "{n} messages with undocumented codes. Where these increase, ask the vendor, giving code and time.",
    ),
    "listed": Label("{path} に{n}件を書き出しました。", "{n} listed in {path}."),
    "next_ask": Label(
        "{n}件。送信元・文面のブロックや未掲載コードなど、提供元に確認するまで再送も除外もしないものです。上の問い合わせ文をお使いください。",
        "{n} messages: a blocked sender or text, an unknown code, a fault of the service. Neither send again nor drop numbers "
        "before the vendor has answered; the text to send stands above.",
    ),
    "next_clean": Label(
        "{n}件。古いリストの「欠番・顧客都合」です。リストへの配信を止め、電話番号クリーニングにかけてください。",
        "{n} messages to numbers of a stale list. Stop sending to it and have its numbers cleaned.",
    ),
    "next_expired": Label(
        "{n}件。次に送れる時刻には期限が過ぎているもの（既定で送信から48時間、キャンペーン・文面ごとに指定できます）です。再送しないでください。",
        "{n} messages that would be too late when they could be sent (48 hours after sending unless said otherwise by campaign "
        "or template). Do not send them again.",
    ),
    "next_leave": Label(
        "{n}件。その後届いたもの、再送済み、認証コード、障害が続いているものなどです。",
        "{n} messages: delivered or tried again since, one-time codes, incidents that are not over.",
    ),
    "codes_intro": Label(
        "仕様書に記載がないか、5桁でない詳細コードです。不達の{share}を占めます。",
        "Detailed codes that are not documented, or not five digits: {share} of all failures.",
    ),
    "codes_none": Label("ありません。", "None."),
    "codes_more": Label("ほかに{n}種類のコードがあります。", "{n} more codes are not shown."),
    "code_missing": Label("（なし）", "(none)"),
    "first_seen": Label("初回発生", "first"),
    "last_seen": Label("最終発生", "last"),
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
        "到達＝送達（ステータス2）、不達＝配信失敗（3）、未確定＝配信中（1）・状態不明（0）。不達率＝不達÷確定（到達＋不達）。未確定は別に数え、率に含めません。",
        "Delivered is status 2, failed 3, pending sending (1) or unknown (0). Failure rate = failed / settled (delivered + failed); "
        "pending messages are counted apart and never in the rate.",
    ),
    "method_interval": Label(
        "率の区間は、同じキャンペーンのメッセージは結果が似やすいことを考慮した95%信頼区間です（キャンペーン単位のばらつきを入れたウィルソンの区間）。",
        "Intervals of rates (95%) allow for messages of one campaign sharing their fate: Wilson's, with campaigns as clusters.",
    ),
    "method_reason": Label(
        "理由は詳細コードの下3桁で決めています。上2桁（モジュール）のキャリアは、番号ポータビリティなどにより実際のキャリアと異なることがあります。",
        "The reason is told by the last three digits of the detailed code. The carrier of its first two digits can differ "
        "from the real one, for example for ported numbers.",
    ),
    "method_days_send_date": Label("日は送信日です。", "Days are days of sending."),
    "method_days_date_time": Label(
        "送信日がないため、日は配信結果の取得日です。",
        "The day of sending is not known: days are those on which the status was received.",
    ),
    "method_days_mixed": Label(
        "日は送信日で、送信日がないものは配信結果の取得日です。",
        "Days are days of sending, and where that is not known the day on which the status was received.",
    ),
    "method_source": Label(
        "コードの意味の出典：サービスの公開API仕様（絶対リーチ! SMS）。",
        "Source of the codes' meaning: the service's public API documentation (Zettai Reach SMS).",
    ),
}
