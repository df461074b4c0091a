"""The wording of monthly usage: charts, reports and the command."""

from __future__ import annotations

from zrtools.codes import Label

__all__ = ["TEXTS"]

TEXTS: dict[str, Label] = {
    # charts and headings
    "month": Label("月", "month"),
    "carrier": Label("キャリア", "carrier"),
    "client": Label("契約クライアント（取引先）", "client"),
    "client_id": Label("契約クライアントID", "client ID"),
    "count": Label("課金通数", "billable messages"),
    "total": Label("合計", "total"),
    "share": Label("構成比", "share"),
    "previous": Label("前月", "previous month"),
    "change": Label("前月差", "change"),
    "change_rate": Label("前月比（増減率）", "change on previous month"),
    "year_before": Label("前年同月", "same month last year"),
    "year_change": Label("前年同月差", "difference from last year"),
    "year_change_rate": Label("前年同月比（増減率）", "change on same month last year"),
    "counted": Label("実績", "counted"),
    "expected": Label("見込み（残り）", "still expected"),
    "forecast": Label("月末見込み", "forecast"),
    "interval": Label("{level}予測区間", "{level} interval"),
    "low": Label("下限", "low"),
    "high": Label("上限", "high"),
    "method": Label("算出方法", "method"),
    "method statuses": Label("日別の配信状況から", "from statuses by day"),
    "method snapshots": Label("日別の通数の増分から", "from daily growth of the counts"),
    "method months": Label(
        "過去の月から（日別の記録が足りないため）", "from past months (too few days at hand)"
    ),
    "difference": Label("差", "difference"),
    "partial_more": Label("ほか{n}か月も月の途中までの実績です", "{n} more months are counted in part"),
    "partial": Label("{month}は{day}までの実績です", "{month} is counted to {day}"),
    "months_title": Label("月別・キャリア別の課金通数", "Billable messages by month and carrier"),
    "shares_title": Label("キャリアの構成比の推移", "Share of each carrier over time"),
    "forecast_title": Label("{month}の月末見込み", "Where {month} is heading"),
    "forecast_note": Label(
        "{day}までの実績 {counted}通、月末見込み{forecast}通（{level}予測区間 {low}〜{high}通）",
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
    "reason pending statuses": Label("未確定の配信がある", "some messages are still pending"),
    "reason unknown carrier": Label("キャリア不明の配信がある", "messages whose carrier is not known"),
    "reason no statuses": Label("この月の配信状況がない", "no statuses of this month at hand"),
    "reason month not kept": Label(
        "この月の通数が提供されていない", "the counts of this month are not kept any more"
    ),
    "reason several clients": Label(
        "複数の契約クライアントの通数を含む", "the counts are of several clients"
    ),
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
        "delivered and failed (the same as delivered only here)",
    ),
    # the report
    "title": Label("月次利用レポート {month}", "Monthly usage report {month}"),
    "subtitle": Label("対象期間 {first}〜{last}　作成日 {made}", "Period {first} to {last}, made on {made}"),
    "headline": Label(
        "{month}の課金通数は{count}通でした{previous}。", "{count} billable messages in {month}{previous}."
    ),
    "headline_running": Label(
        "{month}の課金通数は{day}までで{count}通です。",
        "{count} billable messages in {month}, counted to {day}.",
    ),
    "headline_none": Label("{month}の課金通数の記録はありません。", "There are no counts of {month}."),
    "headline_previous": Label("（前月比 {rate}）", ", {rate} on the month before"),
    "headline_year": Label(
        "（前月比 {rate}、前年同月比 {year}）", ", {rate} on the month before and {year} on the year before"
    ),
    "largest": Label(
        "最も多いのは{carrier}で{count}通（{share}）です。", "Most went to {carrier}: {count} ({share})."
    ),
    "agree": Label("通数と配信状況は一致しています。", "Counts and statuses agree."),
    "agree_invoice": Label("通数、配信状況、請求書は一致しています。", "Counts, statuses and invoice agree."),
    "disagree": Label(
        "突合で{n}件の差があります。「突合」をご確認ください。",
        "Gaps found: {n}. See “Reconciliation”.",
    ),
    "figure": Label("{n}通", "{n}"),
    "messages_figure": Label("{n}件", "{n}"),
    "gap": Label("{n}件", "{n} gap"),
    "gaps": Label("{n}件", "{n} gaps"),
    "summary": Label("概要", "Summary"),
    "by_carrier": Label("月別・キャリア別", "Months x carriers"),
    "clients": Label("契約クライアント", "Clients"),
    "reconciliation": Label("突合", "Reconciliation"),
    "cost": Label("費用", "Cost"),
    "notes": Label("注記", "Notes"),
    "problems": Label("ご確認ください", "Please look at this"),
    "counts_section": Label("課金通数", "Billable messages"),
    "shares_section": Label("構成比", "Shares"),
    "changes_section": Label("増減", "Changes"),
    "clients_section": Label("契約クライアント別の課金通数", "Billable messages by client"),
    "clients_month": Label(
        "{month}の契約クライアント別・キャリア別の課金通数",
        "Billable messages by client and carrier, {month}",
    ),
    "status": Label("状態", "state"),
    "complete": Label("確定", "complete"),
    "running": Label("{day}まで", "to {day}"),
    "statuses": Label("配信状況", "statuses"),
    "counts": Label("通数", "counts"),
    "delivered_count": Label("うち到達", "delivered"),
    "failed_count": Label("うち不達", "failed"),
    "pending": Label("未確定", "pending"),
    "days_missing": Label("データ欠損日数", "days missing"),
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
    "over": Label("適用段階（通超）", "tier over"),
    "quantity": Label("課金通数", "quantity"),
    "unit_price": Label("単価", "unit price"),
    "amount": Label("金額", "amount"),
    "problem": Label("備考", "remark"),
    "no price": Label("単価がありません", "no price"),
    "price_changes": Label(
        "月内に単価が変わるため、月初の単価で計算",
        "the price changes within the month: taken as on the first day",
    ),
    "unpriced": Label("単価未設定の通数", "without a price"),
    "net": Label("税抜", "net"),
    "tax": Label("消費税", "tax"),
    "gross": Label("税込", "gross"),
    "final": Label("確定", "final"),
    "no_final": Label("未確定", "not final"),
    "bill_section": Label("月別の合計", "Totals by month"),
    "clients_cost": Label("{month}の契約クライアント別", "By client, {month}"),
    "lines_section": Label("{month}の内訳", "Lines of {month}"),
    "others_agree": Label("ほかの{n}行は一致しています。", "The other {n} rows agree."),
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
        "「{client}」は{month}に課金通数がありません。",
        "Client {client} has no billable messages in {month}.",
    ),
    "unpriced_carriers": Label(
        "次のキャリアには単価がなく、費用に含まれていません：{carriers}",
        "No price for these carriers, whose cost is left out: {carriers}",
    ),
    "problem_prices": Label("単価表を使えませんでした：{why}", "The prices could not be used: {why}"),
    "problem_invoice": Label("請求書を使えませんでした：{why}", "The invoice could not be used: {why}"),
    "problem_clients": Label(
        "契約クライアントの一覧を使えませんでした：{why}", "The table of clients could not be used: {why}"
    ),
    "problem_reconcile": Label("突合できませんでした：{why}", "The reconciliation could not be made: {why}"),
    "problem_forecast": Label("見込みを計算できませんでした：{why}", "The forecast could not be made: {why}"),
    "problem_cost": Label("費用を計算できませんでした：{why}", "The cost could not be computed: {why}"),
    # how it was computed
    "how": Label("算出方法", "How it was computed"),
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
        "突合では、通数と、配信状況の課金通数の合計とを、通数が数えた日まで比べます。キャリア不明のものは按分しません。",
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
    "not_final": Label("未確定のもの", "What is not final"),
    "not_final_month": Label("{month}は{day}までの値です。", "{month} is counted to {day} only."),
    "not_final_pending": Label("未確定の配信が{n}件あります。", "{n} messages are still pending."),
    "all_final": Label("対象期間の値はすべて確定しています。", "Everything in this period is final."),
    # the month as it is handed over
    "cover": Label("表紙", "Cover"),
    "addressee": Label("宛先", "to"),
    "account": Label("契約", "contract"),
    "sender_codes": Label("送信元SMSコード", "sender codes"),
    "period": Label("対象期間", "period"),
    "author": Label("作成", "by"),
    "made": Label("作成日", "made on"),
    "comment": Label("コメント", "Comment"),
    "deliveries": Label("配信結果", "Deliveries"),
    "deliveries_gloss": Label(
        "到達＝送達（ステータス2）、不達＝配信失敗（3）、未確定＝配信中（1）・状態不明（0）。到達率は、到達÷（到達＋不達）。",
        "Delivered is status 2, failed 3, pending sending (1) or unknown (0). The delivery rate is delivered over delivered and failed.",
    ),
    "messages": Label("送信（件）", "sent"),
    "delivered": Label("到達（件）", "delivered"),
    "failed": Label("不達（件）", "failed"),
    "pending_messages": Label("未確定（件）", "pending"),
    "rate": Label("到達率", "delivery rate"),
    "previous_rate": Label("到達率（前月）", "rate, month before"),
    "year_rate": Label("到達率（前年同月）", "rate, year before"),
    "parts": Label("課金通数（通）", "billable messages"),
    "by_day": Label("日別", "By day"),
    "date": Label("日付", "day"),
    "reasons_section": Label("不達の内訳（キャリア×理由）", "Why messages failed"),
    "reason": Label("理由", "reason"),
    "share_of_failures": Label("構成比", "share"),
    "no_failures": Label("不達はありません。", "Nothing failed."),
    "incidents_section": Label("異常検知（不達の急増）", "Incidents"),
    "no_incidents": Label("異常は検知されませんでした。", "Nothing unusual was found."),
    "no_deliveries": Label(
        "配信状況（ステータス）がないため、送信件数、到達率、不達の理由、異常検知はありません。課金通数だけを報告します。",
        "There are no statuses, so messages sent, delivery rate, reasons and incidents are missing: only counts are reported.",
    ),
    "only_counts": Label(
        "この月の配信状況（ステータス）がないため、送信件数、到達率、不達の理由、異常検知、突合を含みません。",
        "There are no statuses of this month: messages sent, delivery rate, reasons, incidents and reconciliation are missing.",
    ),
    "compared": Label(
        "突合したのは、配信状況のある{clients}（{of}社中{n}社）だけです。ほかの契約クライアントは比べていません。",
        "Only the clients with statuses were reconciled: {clients} ({n} of {of}). The others were not compared.",
    ),
    "terms": Label("年度・予算", "Fiscal year"),
    "fiscal_section": Label("{year}年度の四半期", "Quarters of fiscal {year}"),
    "quarter": Label("四半期", "quarter"),
    "quarter_name": Label("第{n}四半期（{first}〜{last}）", "Q{n} ({first} to {last})"),
    "period_before": Label("前年同期", "a year before"),
    "period_change_rate": Label("前年同期比（増減率）", "change on a year before"),
    "last_months": Label(
        "直近{n}か月です。全期間は Excel にあります。", "The last {n} months; the workbook has them all."
    ),
    "to_date": Label("年度累計", "year to date"),
    "budget_section": Label("予算比（{unit}）", "Against the budget ({unit})"),
    "budget_to_date_section": Label("予算比（年度累計）", "Against the budget, year to date"),
    "yen": Label("円・税抜", "yen before tax"),
    "parts_unit": Label("通", "billable messages"),
    "budget": Label("予算", "budget"),
    "actual": Label("実績", "actual"),
    "difference_to_budget": Label("予算差", "difference"),
    "used": Label("消化率", "used"),
    "expected_end": Label("着地見込み", "heading for"),
    "forecast_used": Label("着地見込みの消化率", "heading for, used"),
    "budget_to_date": Label("予算（累計）", "budget to date"),
    "actual_to_date": Label("実績（累計）", "actual to date"),
    "used_to_date": Label("消化率（累計）", "used to date"),
    "limit": Label(
        "契約プランの上限 {limit}通に対して{month}は{count}通（{share}）です。",
        "{month} used {count} of the plan's {limit} ({share}).",
    ),
    "limit_forecast": Label(
        "{month}の着地見込みは{count}通で、上限 {limit}通の{share}です。",
        "{month} is heading for {count}, {share} of the plan's {limit}.",
    ),
    "over_limit": Label("上限を超えています。", "That is over the limit."),
    "closed_section": Label("{day}日締め", "Closing on the {day}th"),
    "closed_period": Label("締め期間", "period"),
    "agency": Label("増減と休止", "Movers"),
    "movers_section": Label(
        "増減の大きい契約クライアント（前月比）", "Large movers against the month before"
    ),
    "silent_section": Label("利用のない契約クライアント", "Clients without traffic"),
    "movement": Label("動き", "movement"),
    "movement up": Label("増加", "up"),
    "movement down": Label("減少", "down"),
    "movement started": Label("利用開始", "started"),
    "movement stopped": Label("利用なし（前月あり）", "stopped"),
    "movement silent": Label("利用なし", "silent"),
    "last_month": Label("最終利用月", "last used"),
    "clients_money": Label("契約クライアント別の金額（税抜）", "Cost by client, before tax"),
    "how_messages": Label(
        "件数はメッセージの数、通数は課金の単位です（長文SMS 1件が複数の通になることがあります）。",
        "Messages are counted once whatever their length; billable messages are their parts (one long SMS may be several).",
    ),
    "how_brands": Label(
        "キャリアは回線の事業者で数えます：UQ mobile・povo は au、ahamo・irumo は NTTドコモ、ワイモバイル・LINEMO はソフトバンク、格安SIM（MVNO）は回線を提供する事業者に含まれます。",
        "Carriers are networks: UQ mobile and povo count as au, ahamo and irumo as NTT docomo, Y!mobile and LINEMO as SoftBank, MVNOs as their host network.",
    ),
    "how_bill client": Label(
        "端数処理と消費税の計算は、契約クライアントごとに月1回です。",
        "Rounding and tax are done once for each client and month.",
    ),
    "how_bill account": Label(
        "端数処理と消費税の計算は、全契約クライアントの合計に対して月1回です。各契約クライアントの金額は最大剰余法で按分し、合計は1円まで一致します。",
        "Rounding and tax are done once a month for all clients together; each client's amount is its share by largest remainder, and they sum to the yen.",
    ),
    "how_print": Label(
        "印刷・PDF：ブラウザで開き、印刷（Ctrl+P）で用紙 A4・縦を選び「PDFに保存」。",
        "To print or make a PDF: open it in a browser, print (Ctrl+P), A4, portrait, “Save as PDF”.",
    ),
    "problem_deliveries": Label(
        "配信結果を集計できませんでした：{why}", "The deliveries could not be counted: {why}"
    ),
    "problem_budget": Label("予算と比べられませんでした：{why}", "The budget could not be used: {why}"),
    "problem_closing": Label(
        "締め日別に集計できませんでした：{why}", "The closing day could not be used: {why}"
    ),
    "no_closing": Label(
        "{day}日締めの集計には配信状況（ステータス）が必要です。",
        "Periods that close on the {day}th need statuses: there are none.",
    ),
    "no_budget": Label(
        "予算が円で指定されていますが、単価表がないため比べていません。",
        "The budget is in yen, and there are no prices to compare with.",
    ),
    # the command
    "cli_written": Label("レポート：{path}", "Report: {path}"),
    "cli_problem": Label("注意：{problem}", "Note: {problem}"),
    "cli_client": Label("{client}：{problem}", "{client}: {problem}"),
    "cli_whose": Label(
        "保存された配信状況がどの契約クライアントのものか分からないため、使いません。--client-id で指定してください。",
        "The statuses are left out, since it is not known which client they are of: say so with --client-id.",
    ),
    "cli_each": Label("{n}社分のレポートを {folder} に作成しました。", "Reports of {n} clients: {folder}"),
    "cli_clients": Label("{n}社（{clients}）", "{n} clients ({clients})"),
    "cli_absent": Label(
        "課金通数にないためレポートがない契約クライアント（設定や一覧にはあります）：{clients}",
        "In the settings or the table of clients, but not in the counts, so without a report: {clients}",
    ),
}
