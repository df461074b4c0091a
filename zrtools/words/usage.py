"""The wording of monthly usage: charts, reports and the command."""

from __future__ import annotations

from zrtools.codes import Label

__all__ = ["TEXTS"]

TEXTS: dict[str, Label] = {
    # charts and headings
    "month": Label("月", "month"),
    "carrier": Label("キャリア", "carrier"),
    "client": Label("取引先", "client"),
    "client_id": Label("クライアントID（取引先）", "client ID"),
    "count": Label("課金通数", "billable messages"),
    "total": Label("合計", "total"),
    "share": Label("構成比", "share"),
    "previous": Label("前月", "previous month"),
    "change": Label("前月差", "change"),
    "change_rate": Label("前月比", "change on previous month"),
    "year_before": Label("前年同月", "same month last year"),
    "year_change": Label("前年同月差", "difference from last year"),
    "year_change_rate": Label("前年同月比", "change on same month last year"),
    "counted": Label("実績", "counted"),
    "expected": Label("見込み（残り）", "still expected"),
    "forecast": Label("月末見込み", "forecast"),
    "interval": Label("{level}区間", "{level} interval"),
    "low": Label("下限", "low"),
    "high": Label("上限", "high"),
    "method": Label("方法", "method"),
    "method statuses": Label("日別の配信状況から", "from statuses by day"),
    "method snapshots": Label("日別の通数の増分から", "from daily growth of the counts"),
    "method months": Label(
        "過去の月から（日別の記録が足りないため）", "from past months (too few days at hand)"
    ),
    "difference": Label("差", "difference"),
    "partial": Label("{month}は{day}までの実績です", "{month} is counted to {day}"),
    "months_title": Label("月別・キャリア別の課金通数", "Billable messages by month and carrier"),
    "shares_title": Label("キャリアの構成比の推移", "Share of each carrier over time"),
    "forecast_title": Label("{month}の月末見込み", "Where {month} is heading"),
    "forecast_note": Label(
        "{day}までの実績 {counted} 通、月末見込み {forecast} 通（{level}区間 {low}〜{high}）",
        "{counted} counted to {day}; forecast {forecast} ({level} interval {low} to {high})",
    ),
    "gaps_title": Label("突合の差", "Gaps found in the reconciliation"),
    "gap_counts": Label("通数 − 配信状況の合計（通）", "counts less statuses (billable messages)"),
    "gap_invoice": Label("請求書 − 通数（通）", "invoice less counts (billable messages)"),
    "gaps_note": Label(
        "差のある月とキャリア（大きい順、最大{n}件）",
        "Months and carriers that differ (largest first, {n} at most)",
    ),
    "no_usage": Label("この期間の課金通数はありません", "No billable messages in this period"),
    "no_running": Label("進行中の月はありません", "No month is running"),
    "no_gaps": Label("差はありません", "Everything agrees"),
    "nothing_compared": Label("比べられる月がありません", "There is no month to compare"),
    # reasons
    "reason failed messages counted": Label(
        "不達分が通数に含まれている", "failed messages are in the counts"
    ),
    "reason failed messages not counted": Label(
        "不達分が通数に含まれていない", "failed messages are not in the counts"
    ),
    "reason month boundary": Label(
        "月をまたいで届いた配信結果（差と一致）",
        "statuses that came after the month's end (equal to the gap)",
    ),
    "reason month boundary possible": Label(
        "月をまたいで届いた配信結果の可能性", "perhaps statuses that came after the month's end"
    ),
    "reason days not covered": Label("保存されていない日がある", "days are missing from the archive"),
    "reason pending statuses": Label("未確定の送信がある", "some messages are still pending"),
    "reason unknown carrier": Label("キャリア不明の送信がある", "messages whose carrier is not known"),
    "reason no statuses": Label("この月の配信状況がない", "no statuses of this month at hand"),
    "reason month not kept": Label(
        "この月の通数が提供されていない", "the counts of this month are not kept any more"
    ),
    "reason several clients": Label("複数の取引先の通数を含む", "the counts are of several clients"),
    "reason running month": Label("月の途中のため未確定", "the month is not over"),
    "reason invoice follows statuses": Label("請求書は配信状況と一致", "the invoice follows the statuses"),
    "reason invoice bills failed messages": Label(
        "請求書に不達分が含まれている", "the invoice bills failed messages"
    ),
    "reason invoice leaves failed messages out": Label(
        "請求書に不達分が含まれていない", "the invoice leaves failed messages out"
    ),
    "reason invoice has no such line": Label("請求書に該当する行がない", "the invoice has no such line"),
    "reason invoice is right": Label(
        "提供元の規定により請求書が正", "by the vendor's rule the invoice is right"
    ),
    "reason not explained": Label("原因を特定できない", "not explained"),
    "basis delivered": Label("到達分のみ", "delivered messages only"),
    "basis delivered and failed": Label("到達分と不達分", "delivered and failed messages"),
    "basis undecided": Label(
        "到達分と不達分（到達分のみとの差は判別できず）",
        "delivered and failed (not to be told from delivered only)",
    ),
    # the report
    "title": Label("月次利用レポート {month}", "Monthly usage report {month}"),
    "month_name": Label("{year}年{month}月", "{year}-{month:02d}"),
    "day_name": Label("{year}年{month}月{day}日", "{year}-{month:02d}-{day:02d}"),
    "subtitle": Label("対象期間 {first}〜{last}　作成日 {made}", "Period {first} to {last}, made on {made}"),
    "headline": Label(
        "{month}の課金通数は {count} 通でした{previous}。", "{count} billable messages in {month}{previous}."
    ),
    "headline_running": Label(
        "{month}の課金通数は {day}までで {count} 通です。",
        "{count} billable messages in {month}, counted to {day}.",
    ),
    "headline_none": Label("{month}の課金通数の記録はありません。", "There are no counts of {month}."),
    "headline_previous": Label("（前月比 {rate}）", ", {rate} on the month before"),
    "headline_year": Label(
        "（前月比 {rate}、前年同月比 {year}）", ", {rate} on the month before and {year} on the year before"
    ),
    "largest": Label(
        "最も多いのは{carrier}で {count} 通（{share}）です。", "Most went to {carrier}: {count} ({share})."
    ),
    "agree": Label("通数と配信状況は一致しています。", "Counts and statuses agree."),
    "agree_invoice": Label("通数、配信状況、請求書は一致しています。", "Counts, statuses and invoice agree."),
    "disagree": Label(
        "突合で {n} 件の差があります。「突合」をご確認ください。",
        "Gaps found: {n}. See “Reconciliation”.",
    ),
    "figure": Label("{n} 通", "{n}"),
    "gap": Label("{n}件", "{n} gap"),
    "gaps": Label("{n}件", "{n} gaps"),
    "summary": Label("概要", "Summary"),
    "by_carrier": Label("月×キャリア", "Months x carriers"),
    "clients": Label("取引先", "Clients"),
    "reconciliation": Label("突合", "Reconciliation"),
    "cost": Label("費用", "Cost"),
    "notes": Label("注記", "Notes"),
    "problems": Label("ご確認ください", "Please look at this"),
    "counts_section": Label("課金通数", "Billable messages"),
    "shares_section": Label("構成比", "Shares"),
    "changes_section": Label("増減", "Changes"),
    "clients_section": Label("取引先別の課金通数", "Billable messages by client"),
    "clients_month": Label(
        "{month}の取引先別・キャリア別の課金通数", "Billable messages by client and carrier, {month}"
    ),
    "status": Label("状態", "state"),
    "complete": Label("確定", "complete"),
    "running": Label("{day}まで", "to {day}"),
    "statuses": Label("配信状況", "statuses"),
    "counts": Label("通数", "counts"),
    "delivered_count": Label("うち到達", "delivered"),
    "failed_count": Label("うち不達", "failed"),
    "pending": Label("未確定", "pending"),
    "days_missing": Label("欠けた日", "days missing"),
    "invoice": Label("請求書", "invoice"),
    "invoice_difference": Label("請求との差", "invoice gap"),
    "agrees": Label("判定", "verdict"),
    "yes": Label("一致", "agrees"),
    "no": Label("差あり", "differs"),
    "not_compared": Label("比較不可", "not compared"),
    "reasons": Label("考えられる理由", "likely reasons"),
    "basis_is": Label(
        "配信状況の合計は「{basis}」で比べています（通数に近い方）。",
        "Statuses are summed over {basis}, which the counts are nearer to.",
    ),
    "since": Label("単価の適用日", "price since"),
    "over": Label("段階（超）", "tier over"),
    "quantity": Label("数量", "quantity"),
    "unit_price": Label("単価", "unit price"),
    "amount": Label("金額", "amount"),
    "problem": Label("備考", "remark"),
    "no price": Label("単価がありません", "no price"),
    "price_changes": Label(
        "月内に単価が変わるため、月初の単価で計算",
        "the price changes within the month: taken as on the first day",
    ),
    "unpriced": Label("単価なしの数量", "without a price"),
    "net": Label("税抜", "net"),
    "tax": Label("消費税", "tax"),
    "gross": Label("税込", "gross"),
    "final": Label("確定", "final"),
    "no_final": Label("未確定", "not final"),
    "bill_section": Label("月別の合計", "Totals by month"),
    "clients_cost": Label("{month}の取引先別", "By client, {month}"),
    "lines_section": Label("{month}の内訳", "Lines of {month}"),
    "others_agree": Label("ほかの {n} 行は一致しています。", "The other {n} rows agree."),
    "no_prices": Label(
        "単価表が指定されていないため、費用は計算していません。",
        "No prices were given, so no cost was computed.",
    ),
    "no_statuses": Label(
        "配信状況がないため、突合は行っていません。", "There are no statuses, so nothing was reconciled."
    ),
    # problems
    "missing_month": Label(
        "{months}の通数がありません（提供元の保存期間が過ぎたか、未取得）。ゼロではありません。",
        "There are no counts of {months} (not kept any more, or never fetched). That is not zero.",
    ),
    "silent_client": Label(
        "取引先「{client}」は {month} に課金通数がありません。",
        "Client {client} has no billable messages in {month}.",
    ),
    "unpriced_carriers": Label(
        "次のキャリアには単価がなく、費用に含まれていません：{carriers}",
        "No price for these carriers, whose cost is left out: {carriers}",
    ),
    "problem_prices": Label("単価表を使えませんでした：{why}", "The prices could not be used: {why}"),
    "problem_invoice": Label("請求書を使えませんでした：{why}", "The invoice could not be used: {why}"),
    "problem_clients": Label(
        "取引先の一覧を使えませんでした：{why}", "The table of clients could not be used: {why}"
    ),
    "problem_reconcile": Label("突合できませんでした：{why}", "The reconciliation could not be made: {why}"),
    "problem_forecast": Label("見込みを計算できませんでした：{why}", "The forecast could not be made: {why}"),
    "problem_cost": Label("費用を計算できませんでした：{why}", "The cost could not be computed: {why}"),
    # how it was computed
    "how": Label("計算方法", "How it was computed"),
    "how_counts": Label(
        "課金通数は、提供元の API が返す月ごとの通数です。進行中の月は前日までの値です。",
        "Billable messages are the monthly counts that the service's API answers; the running month reaches to yesterday.",
    ),
    "how_changes": Label(
        "前月比と前年同月比は、両方の月が確定しているときだけ計算します。記録のない月はゼロとみなしません。",
        "Changes are computed only between complete months. A month without a record is not taken as zero.",
    ),
    "how_forecast": Label(
        "月末見込みは、曜日・祝日・五十日・月末の傾向と直近の水準から推計し、区間は過去のばらつきから求めます。",
        "The forecast follows weekdays, holidays, days ending in 5 or 0, month ends and the newest level; its interval the past spread.",
    ),
    "how_reconcile": Label(
        "突合では、通数と、配信状況の課金通数の合計とを、通数が数えた日まで比べます。キャリアが不明のものは按分しません。",
        "Counts are set against the sum of statuses up to the last day counted. Messages of an unknown carrier are never spread.",
    ),
    "how_invoice": Label(
        "通数と請求書が異なる場合、提供元の規定では請求書が正しいものとされます。",
        "Where counts and invoice differ, the vendor holds the invoice to be right.",
    ),
    "how_cost": Label(
        "費用は単価表による試算です（{plan}、{tax}、端数{rounding}）。請求額を保証するものではありません。",
        "The cost is an estimate by the price table ({plan}, {tax}, rounding {rounding}). The bill decides.",
    ),
    "plan delivered": Label("課金通数あたり", "per billable message"),
    "plan accepted": Label("受付1件あたり", "per message accepted"),
    "tax_outside": Label("税抜単価に消費税 {rate}", "tax of {rate} added"),
    "tax_inside": Label("税込単価（うち消費税 {rate}）", "tax of {rate} inside"),
    "rounding down": Label("切捨て", "down"),
    "rounding half up": Label("四捨五入", "half up"),
    "rounding up": Label("切上げ", "up"),
    "not_final": Label("まだ確定していないもの", "What is not final"),
    "not_final_month": Label("{month}は{day}までの値です。", "{month} is counted to {day} only."),
    "not_final_pending": Label("未確定の送信が {n} 件あります。", "{n} messages are still pending."),
    "all_final": Label("対象期間の値はすべて確定しています。", "Everything in this period is final."),
    # the command
    "cli_written": Label("レポート：{path}", "Report: {path}"),
    "cli_problem": Label("注意：{problem}", "Note: {problem}"),
}
