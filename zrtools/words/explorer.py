"""What the failure explorer says."""

from __future__ import annotations

from zrtools.codes import Label

__all__ = ["TEXTS"]

TEXTS: dict[str, Label] = {
    "title": Label("不達を調べる", "Explore failures"),
    "counting": Label("集計しています…", "Counting…"),
    "period": Label("期間", "Period"),
    "unit": Label("単位", "By"),
    "unit_1h": Label("時間（取得時刻）", "hour (received)"),
    "unit_1d": Label("日", "day"),
    "unit_1w": Label("週", "week"),
    "carrier": Label("キャリア", "Carrier"),
    "category": Label("不達の理由", "Reason"),
    "campaign": Label("キャンペーン", "Campaign"),
    "all": Label("（すべて）", "(all)"),
    "others": Label("（その他）", "(others)"),
    "whole": Label("全体", "all"),
    "total": Label("不達 合計", "all failures"),
    "reset": Label("条件を戻す", "Reset"),
    "why": Label("なぜ？", "Why?"),
    "why_tip": Label(
        "直前の同じ日数（なければ後の日）と比べ、不達率が変わった区分を調べます",
        "Compare with as many days just before (else with those after): where did the failure rate change?",
    ),
    "why_working": Label("変化した区分を調べています…", "Looking where it changed…"),
    "why_none": Label(
        "比べられる期間がありません：選んだ期間と、その前（または後）の日の両方に、確定したメッセージが必要です。期間を変えてください。",
        "Nothing to compare with: both the chosen days and those before (or after) them need settled messages. Change the period.",
    ),
    "summary": Label(
        "{what}：確定 {settled}件のうち不達 {failed}件（{rate}、95%信頼区間 {low}〜{high}、キャンペーンごとのばらつきを考慮）",
        "{what}: {failed} of {settled} settled messages failed ({rate}, 95% interval {low} to {high}, allowing for campaigns)",
    ),
    "summary_none": Label("{what}：確定したメッセージはありません", "{what}: nothing is settled"),
    "summary_pending": Label("。未確定 {pending}件", "; {pending} pending"),
    "summary_unplaced": Label(
        "。ほかに未確定 {pending}件（キャリアが決まっていません）", "; {pending} pending on no carrier yet"
    ),
    "few_clusters": Label(
        "。大半が1〜2個のキャンペーンのため、区間は実際より狭い可能性があります",
        "; one or two campaigns hold most of them: the interval may be too narrow",
    ),
    "everything": Label("全体", "Everything"),
    "and": Label("×", " × "),
    "matrix": Label(
        "キャリアと不達の理由（マスを押すと絞り込み、もう一度押すと戻ります）",
        "Carriers and reasons (click a cell to narrow down, again to go back)",
    ),
    "corner": Label("割合 ／ 件数", "rate / number"),
    "count": Label("{n}件", "{n}"),
    "settled": Label("確定 {n}件", "{n} settled"),
    "tip": Label(
        "{category}／{carrier}：確定 {settled}件のうち{failed}件（{rate}）",
        "{category} on {carrier}: {failed} of {settled} settled ({rate})",
    ),
    "tip_unknown": Label(
        "{category}／{carrier}：{failed}件（キャリアが分かる前に不達になったもの）",
        "{category} on {carrier}: {failed} (failed before a carrier was known)",
    ),
    "failed_only": Label("不達のみ{n}件", "{n}, all failed"),
    "unknown_note": Label(
        "「キャリア不明」の{n}件は、キャリアが分かる前に不達になったものです。到達したものはキャリアが分かるため、率は示しません。",
        "“unknown carrier”: {n} messages that failed before a carrier was known. What is delivered has a carrier, so these have no rate.",
    ),
    "semicolon": Label("；", "; "),
    "course_few": Label(
        "薄い点：{few}件未満（目盛に含めません）", "pale: under {few} messages, which set no axis"
    ),
    "course": Label("推移（棒を押すとその日に絞り込み）", "Over time (click to narrow down to a day)"),
    "course_drawn": Label("不達率と件数の推移", "Failure rate and messages over time"),
    "course_tip": Label(
        "{when}\n不達率 {rate}（{low}〜{high}）\n不達 {failed}件、確定 {settled}件、未確定 {pending}件",
        "{when}\nfailure rate {rate} ({low} to {high})\n{failed} failed, {settled} settled, {pending} pending",
    ),
    "course_note": Label(
        "縦線：95%信頼区間（キャンペーンごとのばらつきを考慮）　▲・矢印：目盛の外　白抜き：未確定1%以上",
        "lines: 95% interval, allowing for campaigns; arrows: beyond the scale; hollow: 1% or more pending",
    ),
    "course_1w": Label(
        "日ごとは800日まで表示できます。週ごとに表示しました。",
        "Days can be shown for up to 800 days; weeks are shown instead.",
    ),
    "course_1d": Label(
        "時間ごとは31日まで表示できます。日ごとに表示しました。",
        "Hours can be shown for up to 31 days; days are shown instead.",
    ),
    "delivered": Label("到達", "delivered"),
    "failed": Label("不達", "failed"),
    "pending": Label("未確定", "pending"),
    "campaigns": Label("不達の多いキャンペーン", "Campaigns with the most failures"),
    "campaigns_corner": Label("割合 ／ 件数", "rate / number"),
    "rows": Label(
        "不達のメッセージ {n}件（新しい順に{shown}件を表示）",
        "{n} failed messages (the newest {shown} are shown)",
    ),
    "rows_none": Label("条件に合う不達はありません。", "No failures match."),
    "date_time": Label("配信結果の取得日時", "Received"),
    "phone_number": Label("電話番号", "Number"),
    "code": Label("コード", "Code"),
    "client_tag": Label("clientTag（管理タグ）", "Client tag"),
    "message": Label("本文", "Message"),
    "unmasked": Label("電話番号を伏せずに出力する", "Export numbers unmasked"),
    "csv": Label("CSV で保存", "Save as CSV"),
    "excel": Label("Excel で保存", "Save as Excel"),
    "exported": Label("{name} を出力しました（{n}件）。", "Exported {name} ({n} rows)."),
    "too_many": Label(
        "Excel に出力できるのは{most}件までです（{n}件あります）。期間や条件を絞るか、CSV で出力してください。",
        "Excel takes up to {most} rows, these are {n}: narrow the choice down, or save as CSV.",
    ),
    "nothing": Label("対象のメッセージがありません。", "There are no messages to show."),
}
