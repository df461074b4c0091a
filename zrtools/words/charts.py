"""The wording of charts."""

from __future__ import annotations

from zrtools.codes import Label

__all__ = ["TEXTS"]

TEXTS: dict[str, Label] = {
    "all_carriers": Label("全体", "all"),
    "all_failures": Label("不達 合計", "all failures"),
    "carrier": Label("キャリア", "carrier"),
    "category": Label("不達の理由", "why it failed"),
    "code": Label("コード", "code"),
    "action": Label("対応", "what to do"),
    "origin": Label("起因箇所", "where the cause lies"),
    "failed": Label("不達", "failed"),
    "delivered": Label("到達", "delivered"),
    "pending": Label("未確定", "pending"),
    "settled": Label("確定", "settled"),
    "messages": Label("件数", "messages"),
    "rate": Label("不達率", "failure rate"),
    "interval": Label("95%信頼区間", "95% interval"),
    "share": Label("不達に占める割合", "share of failures"),
    "count": Label("{n}件", "{n}"),
    "settled_count": Label("確定 {n}件", "{n} settled"),
    "outcome": Label("結果", "outcome"),
    "period": Label("期間", "period"),
    "failures": Label("キャリア別・理由別の不達", "Failures by carrier and reason"),
    "failures_over_time": Label("不達率の推移", "Failure rate over time"),
    "failures_by_carrier": Label("キャリア別の不達率の推移", "Failure rate over time by carrier"),
    "summary": Label(
        "{period}　確定 {settled}件のうち不達 {failed}件（{rate}）",
        "{period}: {failed} of {settled} settled messages failed ({rate})",
    ),
    "summary_undated": Label(
        "確定 {settled}件のうち不達 {failed}件（{rate}）",
        "{failed} of {settled} settled messages failed ({rate})",
    ),
    "summary_pending": Label("、未確定 {pending}件", "; {pending} pending"),
    "matrix_note": Label(
        "各欄：そのキャリアの確定件数に対する不達の割合と、不達の件数。色が濃いほど割合が高い",
        "Each cell: failures as a share of that carrier's settled messages, and their number. Darker is higher",
    ),
    "matrix_beyond": Label(
        "（「{unknown}」の列は色の上限を超えることがある）",
        " (the “{unknown}” column may go beyond the scale)",
    ),
    "band_note": Label("帯：95%信頼区間", "Band: 95% interval"),
    "lines_note": Label("縦線：95%信頼区間", "Vertical lines: 95% interval"),
    "clustered_note": Label("（キャンペーンごとのばらつきを考慮）", ", allowing for campaigns"),
    "open_note": Label(
        "白抜きの点：未確定が1%以上残り、率はまだ変わりうる",
        "Hollow points: 1% or more still pending, the rate may change",
    ),
    "few_note": Label(
        "確定が{few}件未満の点は率を示さない",
        "No rate is drawn where fewer than {few} messages are settled",
    ),
    "left_out_few": Label(
        "{carrier}は1点あたりの確定が少ないため描いていません（確定{settled}件）",
        "{carrier} is not drawn: too few settled messages at each point ({settled} in all)",
    ),
    "left_out_failed": Label(
        "キャリア{carrier}の{settled}件は、キャリアが決まる前に不達となったため描いていません",
        "Not drawn: {settled} messages that failed before they had a carrier ({carrier})",
    ),
    "own_scale": Label("縦軸の目盛は別", "on a scale of its own"),
    "coarser": Label("点が多いため{unit}にまとめた", "too many points: summed to {unit}"),
    "unit_1h": Label("1時間ごと", "hours"),
    "unit_1d": Label("1日ごと", "days"),
    "unit_1w": Label("1週間ごと", "weeks"),
    "by_send_date": Label("送信日（日本時間）", "day of sending (Japan time)"),
    "by_mixed": Label(
        "送信日、ないものは配信結果の取得日（日本時間）",
        "day of sending, else day the status was received (Japan time)",
    ),
    "by_date_time": Label("配信結果の取得日（日本時間）", "day the status was received (Japan time)"),
    "by_hour": Label("配信結果の取得時刻（日本時間）", "hour the status was received (Japan time)"),
    "no_rows": Label("対象のメッセージがありません", "There are no messages to show"),
    "no_failures": Label(
        "この期間の不達はありません（確定 {settled}件）", "No failures in this period ({settled} settled)"
    ),
    "none_settled": Label(
        "結果が確定したものがまだありません（未確定 {pending}件）",
        "Nothing is settled yet ({pending} pending)",
    ),
    "incidents": Label("異常検知（不達の急増）", "Incidents"),
    "incidents_none": Label("異常は検知されませんでした", "No incident was found"),
    "incidents_note": Label(
        "青い帯：異常のあった送信時間帯（番号は下の一覧）",
        "Blue: when the messages of the incident were sent (numbers as below)",
    ),
    "incidents_more": Label("ほかに{n}件の異常がある", "{n} more incidents are not shown"),
    "incident": Label("異常", "incident"),
    "incident_said": Label(
        "{when} 送信分、通常より約{excess}件多い（不達率 {rate}、通常 {usual}）",
        "sent {when}: about {excess} more than usual (rate {rate}, usually {usual})",
    ),
    "shaded_note": Label(
        "青い帯：異常のあった送信時間帯", "Blue: when the messages of the incident were sent"
    ),
    "usual": Label("通常の不達率", "usual rate"),
    "latency": Label("送信から到達までの時間", "Time from sending to delivery"),
    "latency_none": Label(
        "時間を測れるメッセージがありません。", "There are no messages whose time is known."
    ),
    "latency_note": Label(
        "受付（予約はその時刻）から、サービスが到達を知るまで。端末に届いた時刻ではありません。",
        "From acceptance (or the reserved time) until the service learnt of the delivery, not the handset.",
    ),
    "latency_right": Label(
        "右は30秒以内に到達した割合（件数）。未確定は最も遅いものとして数えます。",
        "At the right the share within 30 seconds (messages). Pending messages count as the slowest.",
    ),
    "latency_axis": Label("時間（対数目盛）", "time (log scale)"),
    "latency_labels": Label(
        "datum.value < 60 ? datum.value + '秒' : datum.value < 3600 ? datum.value / 60 + '分' : datum.value / 3600 + '時間'",
        "datum.value < 60 ? datum.value + ' s' : datum.value < 3600 ? datum.value / 60 + ' min' : datum.value / 3600 + ' h'",
    ),
    "latency_median": Label("中央値", "median"),
    "latency_p90": Label("90%点", "90th percentile"),
    "latency_p95": Label("95%点", "95th percentile"),
    "latency_hour": Label("{hour}時台", "{hour}:00"),
    "latency_said": Label("{share}（{messages}件）", "{share} ({messages})"),
    "located": Label("不達率が変化した区分", "Where the failure rate changed"),
    "located_none": Label("変化が集中している区分はありません。", "No segment explains the change."),
    "located_note": Label(
        "棒は前の率のままの場合との不達件数の差、線は95%信頼区間（調べた組み合わせの数を考慮）、%は全体の変化に占める割合",
        "Bars: failures beyond the rate before; lines: 95% interval, allowing for all combinations searched; %: share of the whole change",
    ),
    "located_excess": Label("前の率との差（不達件数）", "failures beyond the rate before"),
    "located_detail": Label("{rates}（{counts}）", "{rates} ({counts})"),
    "located_said": Label("{excess}件", "{excess}"),
    "located_share": Label("{excess}件（{share}）", "{excess} ({share})"),
    "located_counts": Label(
        "{of_before}件中{before}件 → {of_after}件中{after}件",
        "{before} of {of_before} → {after} of {of_after}",
    ),
    "contributions": Label("不達率の増減要因", "Contributions to the change of the failure rate"),
    "contributions_summary": Label(
        "不達率 {before} → {after}（{change}ポイント、95%信頼区間 {low}〜{high}）",
        "failure rate {before} → {after} ({change} points, 95% interval {low} to {high})",
    ),
    "contributions_note": Label(
        "横棒：各区分の寄与（不達率の変化による分と構成比の変化による分の合計）。細線：95%信頼区間。薄い棒：統計的に有意でない",
        "Bars: contribution of each segment (by its own rate and by its share). Thin lines: 95% interval. Pale: not significant",
    ),
    "segment": Label("区分", "segment"),
    "contribution": Label("寄与（ポイント）", "contribution"),
    "traffic": Label("件数の割合", "share of messages"),
    "before": Label("前の期間", "before"),
    "after": Label("後の期間", "after"),
    "points": Label("pt", " pt"),
    "others_n": Label("その他（{n}区分）", "others ({n} segments)"),
    "others": Label("その他", "others"),
}
