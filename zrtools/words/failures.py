"""What investigations of failures say."""

from __future__ import annotations

from zrtools.codes import Label

__all__ = ["TEXTS"]

TEXTS: dict[str, Label] = {
    "no_tag": Label("（タグなし）", "(no tag)"),
    "and": Label(" × ", " x "),
    "whole": Label("全体", "everything"),
    "changed_both": Label(
        "{segment}：不達率 {rate_before} → {rate_after}、件数の割合 {share_before} → {share_after}。{effect}（不達率の変化による分 {rate_part}、構成比の変化による分 {share_part}、95%信頼区間 {low}〜{high}）。",
        "{segment}: failure rate {rate_before} → {rate_after}, share of messages {share_before} → {share_after}. It {effect} (by its own rate {rate_part}, by its share of messages {share_part}; 95% interval {low} to {high}).",
    ),
    "changed_after": Label(
        "{segment}：後の期間にだけあります（件数の割合 {share_after}、不達率 {rate_after}）。{effect}（95%信頼区間 {low}〜{high}）。",
        "{segment}: only in the period after (share of messages {share_after}, failure rate {rate_after}). It {effect} (95% interval {low} to {high}).",
    ),
    "changed_before": Label(
        "{segment}：前の期間にだけあります（件数の割合 {share_before}、不達率 {rate_before}）。なくなった影響で、{effect}（95%信頼区間 {low}〜{high}）。",
        "{segment}: only in the period before (share of messages {share_before}, failure rate {rate_before}). Its absence {effect} (95% interval {low} to {high}).",
    ),
    "raised": Label(
        "全体の不達率を{points}ポイント押し上げました", "raised the overall failure rate by {points} points"
    ),
    "lowered": Label(
        "全体の不達率を{points}ポイント押し下げました", "lowered the overall failure rate by {points} points"
    ),
    "chance": Label(
        "統計的に有意な差ではありません（偶然のばらつきの範囲）。",
        "Not statistically significant: it may be chance.",
    ),
    "or": Label("または", " or "),
    "column_carrier": Label("キャリア", "carrier"),
    "column_sms_code": Label("送信元コード", "sender"),
    "column_campaign": Label("キャンペーン", "campaign"),
    "column_template": Label("文面", "template"),
    "column_parts": Label("通数", "parts"),
    "column_hour": Label("配信結果の取得時間帯", "hour of the status"),
    "column_weekday": Label("曜日", "weekday"),
    "column_url_host": Label("リンク先", "host of the link"),
    "column_failure_module": Label("詳細コードの先頭", "first digits of the code"),
    "column_failure_category": Label("不達の理由", "reason"),
    "where": Label("{column}={value}", "{column} = {value}"),
    "where_carrier": Label("{value}", "{value}"),
    "where_sms_code": Label("送信元コード {value}", "sender {value}"),
    "where_campaign": Label("キャンペーン「{value}」", "campaign {value}"),
    "where_template": Label("文面「{value}」", "template “{value}”"),
    "where_parts": Label("{value}通分の長さ", "messages of {value} parts"),
    "where_hour": Label("{value}時台に配信結果を取得", "status received in hour {value}"),
    "where_weekday": Label("{value}", "{value}"),
    "where_url_host": Label("リンク先 {value}", "links to {value}"),
    "where_failure_module": Label("詳細コードの先頭 {value}", "codes that begin with {value}"),
    "where_failure_carrier": Label("返したキャリア {value}", "reported by {value}"),
    "where_failure_category": Label("不達の理由「{value}」", "reason {value}"),
    "group_happened": Label("何が起きたか", "What happened"),
    "group_compared": Label("前の期間と比べて", "Compared with before"),
    "group_next": Label("次にすること", "What next"),
    "weekday_1": Label("月曜", "Monday"),
    "weekday_2": Label("火曜", "Tuesday"),
    "weekday_3": Label("水曜", "Wednesday"),
    "weekday_4": Label("木曜", "Thursday"),
    "weekday_5": Label("金曜", "Friday"),
    "weekday_6": Label("土曜", "Saturday"),
    "weekday_7": Label("日曜", "Sunday"),
    "located_more": Label(
        "{segment}：不達率 {rate_before}（{settled_before}件中{failed_before}件）→ {rate_after}（{settled_after}件中{failed_after}件）。前の率のままの場合より不達が約{excess}件多くなりました（調べた組み合わせの数とキャンペーンごとのばらつきを考慮した95%信頼区間 {low}〜{high}件）。",
        "{segment}: failure rate {rate_before} ({failed_before} of {settled_before}) → {rate_after} ({failed_after} of {settled_after}), about {excess} failures more than at the rate before (95% interval {low} to {high}, allowing for all combinations looked at and for campaigns).",
    ),
    "located_fewer": Label(
        "{segment}：不達率 {rate_before}（{settled_before}件中{failed_before}件）→ {rate_after}（{settled_after}件中{failed_after}件）。前の率のままの場合より不達が約{excess}件少なくなりました（調べた組み合わせの数とキャンペーンごとのばらつきを考慮した95%信頼区間 {low}〜{high}件）。",
        "{segment}: failure rate {rate_before} ({failed_before} of {settled_before}) → {rate_after} ({failed_after} of {settled_after}), about {excess} failures fewer than at the rate before (95% interval {low} to {high}, allowing for all combinations looked at and for campaigns).",
    ),
    "located_new_more": Label(
        "{segment}：後の期間にだけあります。不達率 {rate_after}（{settled_after}件中{failed_after}件）で、ほかの区分からの見込みより不達が約{excess}件多くなっています（調べた組み合わせの数とキャンペーンごとのばらつきを考慮した95%信頼区間 {low}〜{high}件）。",
        "{segment}: only in the period after. Failure rate {rate_after} ({failed_after} of {settled_after}), about {excess} failures more than expected from the rest (95% interval {low} to {high}, allowing for all combinations looked at and for campaigns).",
    ),
    "located_new_fewer": Label(
        "{segment}：後の期間にだけあります。不達率 {rate_after}（{settled_after}件中{failed_after}件）で、ほかの区分からの見込みより不達が約{excess}件少なくなっています（調べた組み合わせの数とキャンペーンごとのばらつきを考慮した95%信頼区間 {low}〜{high}件）。",
        "{segment}: only in the period after. Failure rate {rate_after} ({failed_after} of {settled_after}), about {excess} failures fewer than expected from the rest (95% interval {low} to {high}, allowing for all combinations looked at and for campaigns).",
    ),
    "within": Label(
        "その内訳：{segment}に集中しています（不達率 {before} → {after}）。",
        "Within it: on {segment} (failure rate {before} → {after}).",
    ),
    "within_share": Label(
        "その内訳：増えた分の{share}が{segment}に集中しています（不達率 {before} → {after}）。",
        "Within it: {share} of the rise on {segment} (failure rate {before} → {after}).",
    ),
    "located_share": Label("全体の変化の{share}にあたります。", "That is {share} of the whole change."),
    "located_all": Label(
        "全体の変化をすべて説明します（ほかは変わらないか、逆に動いています）。",
        "That is all of the change, or more: the rest stayed, or went the other way.",
    ),
    "located_some": Label(
        "不達率は{before}から{after}へ変わりました。{columns}のすべての組み合わせのうち、{n}つの区分に変化が集中しています。",
        "The failure rate went from {before} to {after}. Segments that explain it, of all combinations of {columns}: {n}.",
    ),
    "located_even": Label(
        "不達率は{before}から{after}へ変わりましたが、変化は全体に広がっています。{columns}のどこにも偏っていません。",
        "The failure rate went from {before} to {after}, but the change is spread evenly: no segment of {columns} stands out.",
    ),
    "located_little": Label(
        "データが少なすぎます：両期間の不達は合わせて{failed}件です（{before} → {after}）。どの区分で変わったかは分かりません。",
        "Too little data: {failed} failures in both periods together ({before} → {after}). Where they changed cannot be told.",
    ),
    "located_none": Label(
        "変化は見つかりませんでした：不達率は{before}から{after}で、{columns}のどの組み合わせにも、統計的に有意な差はありません（偶然のばらつきの範囲）。",
        "No change was found: the failure rate went from {before} to {after}, and for no combination of {columns} is the difference statistically significant.",
    ),
    "segment_all": Label("全キャリア・全送信元", "all carriers and senders"),
    "segment_carrier": Label("{value}", "{value}"),
    "segment_sms_code": Label("送信元コード {value}", "sender {value}"),
    "segment_campaign": Label("キャンペーン「{value}」", "campaign {value}"),
    "incident": Label(
        "{segment}：{when} の送信分で「{category}」が通常より約{excess}件多く発生しました（不達率 {rate}、通常 {usual}）。",
        "{segment}: of the messages sent {when} about {excess} more than usual failed ({category}; failure rate {rate}, usually {usual}).",
    ),
    "incident_open": Label(
        "{segment}：{start} から続いており、{end}時点で収まっていません。この間の送信分で「{category}」が通常より約{excess}件多く発生しました（不達率 {rate}、通常 {usual}）。",
        "{segment}: since {start}, not over at {end}; of the messages sent about {excess} more than usual failed ({category}; failure rate {rate}, usually {usual}).",
    ),
    "list": Label("・", ", "),
    "comma": Label("、", ", "),
    "code_count": Label("{code}（{n}件）", "{code} x{n}"),
    "watch": Label(
        "件数は少ないものの、偶然のばらつきとは考えにくい増加（注視するもの）が{n}件あります：{named}。",
        "To be watched, small but unlikely to be chance ({n}): {named}.",
    ),
    "watched": Label("{segment} {start}〜（約{excess}件）", "{segment} from {start} (about {excess})"),
    "title_watch": Label(
        "注視するもの（件数は少ないが、偶然のばらつきとは考えにくい増加）",
        "Watch list: small, but unlikely to be chance",
    ),
    "title": Label("不達の調査 {period}", "Failures, {period}"),
    "covered": Label(
        "{period}の{days}日間（うち最終の日 {final}日）、{messages}件。未確定は{pending}件です。",
        "{period}: {days} days ({final} of them final), {messages} messages, {pending} pending.",
    ),
    "missing": Label(
        "送信のない、または取得していない日が{n}日あります（{days}）。",
        "{n} days have no messages or were not fetched ({days}).",
    ),
    "open": Label(
        "未確定が1%以上残る日：{days}。率はまだ変わることがあります。",
        "Days of which 1% or more is pending: {days}. Their rates may still change.",
    ),
    "basis_date_time": Label(
        "送信日がないため、日は配信結果の取得日です。",
        "There is no day of sending: days are those on which the status was received.",
    ),
    "basis_mixed": Label(
        "一部は送信日がないため、配信結果の取得日で数えています。",
        "Some messages have no day of sending and count on the day their status was received.",
    ),
    "summary": Label(
        "確定 {settled}件のうち不達 {failed}件、不達率 {rate}（95%信頼区間 {low}〜{high}、キャンペーンごとのばらつきを考慮）。不達の番号は{numbers}件です。",
        "{failed} of {settled} settled messages failed: {rate} (95% interval {low} to {high}, allowing for campaigns), {numbers} different numbers.",
    ),
    "campaigns_read": Label(
        "キャンペーンはclientTagから読み取りました（例：{tag} → {campaign}）。{n}個、1個あたり平均{size}件です。",
        "Campaigns were read from the client tags (for example {tag} → {campaign}): {n}, of {size} messages each on average.",
    ),
    "campaigns_many": Label(
        'キャンペーンの数がメッセージの数に近く、キャンペーン単位のばらつきを考慮できません。campaign= でタグの読み方を指定してください（例：campaign="-" は最初のハイフンより前）。',
        'There are about as many campaigns as messages, so intervals cannot allow for campaigns: say with campaign= how a tag names its campaign (campaign="-": what stands before the first hyphen).',
    ),
    "few_clusters": Label(
        "メッセージの大半が1〜2個のキャンペーンに集中しているため、信頼区間は実際より狭い可能性があります。",
        "One or two campaigns hold most of the messages: the interval may be too narrow.",
    ),
    "few_clusters_of": Label(
        "{named}ではメッセージの大半が1〜2個のキャンペーンに集中しているため、その信頼区間は実際より狭い可能性があります。",
        "{named}: one or two campaigns hold most of the messages there, and that interval may be too narrow.",
    ),
    "largest": Label(
        "最も多いのは「{segment}」の{failed}件で、不達の{share}を占めます。",
        "Most failures: {segment}, {failed}, which is {share} of all.",
    ),
    "no_incidents": Label("異常（不達の急増）は検知されませんでした。", "No incident was found."),
    "change": Label(
        "{period}と比べると、不達率は{before}から{after}へ{change}ポイント変わりました（95%信頼区間 {low}〜{high}、最終の日どうしの比較）。",
        "Against {period} the failure rate went from {before} to {after}, {change} points (95% interval {low} to {high}; final days only).",
    ),
    "left_out": Label(
        "比較から除いた未確定の日：{days}。",
        "Days left out of the comparison, since they are not final: {days}.",
    ),
    "growing": Label(
        "仕様書に記載のないコード {code} が増えています（直近7日 {recent}件、それ以前 {earlier}件）。",
        "Code {code}, which is not documented, is increasing ({recent} in the last 7 days, {earlier} before).",
    ),
    "step": Label(
        "{step}：{messages}件・番号{numbers}件（{reason}）",
        "{step}: {messages} messages, {numbers} numbers ({reason})",
    ),
    "step leave": Label("対応不要", "leave"),
    "step send again later": Label("時間をおいて再送", "send again later"),
    "step use another channel": Label("別の手段で連絡", "use another channel"),
    "step expired": Label("期限切れ（再送しない）", "expired: not sent again"),
    "step stop the list and clean it": Label("リストを止めてクリーニング", "stop the list and clean it"),
    "step ask the vendor first": Label("先に提供元へ確認", "ask the vendor first"),
    "step drop the number": Label("番号を除外", "drop the number"),
    "step look into it": Label("個別に調査", "look into it"),
    "reason delivered since": Label("その後到達", "delivered since"),
    "reason a later try is pending": Label("再送分が未確定", "a later try is pending"),
    "reason tried again since": Label("その後再送済み", "tried again since"),
    "reason opted out": Label("配信停止", "opted out"),
    "reason one-time code": Label("認証コード（再送しない）", "one-time code (not sent again)"),
    "reason no number": Label("番号なし", "no number"),
    "reason not in service on two days or more": Label(
        "別の日に2回以上欠番、以後到達なし", "not in service on two days or more, no delivery since"
    ),
    "reason not in service for the first time": Label(
        "欠番・顧客都合は初回", "not in service for the first time"
    ),
    "reason refused by the handset": Label("端末側で拒否", "refused by the handset"),
    "reason may be reached later": Label("一時的な不達", "may be reached later"),
    "reason too late by then": Label("送れる時刻には期限切れ", "too late when it could be sent"),
    "reason incident not over": Label(
        "障害が続いている（収まってから再計画）", "its incident is not over: plan again then"
    ),
    "reason not in service on a stale list": Label("古いリストの欠番", "not in service, on a stale list"),
    "reason sender or text blocked": Label("送信元・文面のブロックの疑い", "sender or text probably blocked"),
    "reason unknown code in an incident": Label("未掲載コードの集中", "a run of an unknown code"),
    "reason not in service in a fault": Label(
        "障害中の欠番（誤りの疑い）", "not in service during a fault: doubtful"
    ),
    "reason fault of the service": Label("サービス側の障害が続いている", "fault of the service, not over"),
    "adjusted": Label(
        "異常（不達の急増、{n}件）を除いた不達率は{rate}（95%信頼区間 {low}〜{high}）です。",
        "Without the {n} incident(s) the failure rate is {rate} (95% interval {low} to {high}).",
    ),
    "explained": Label(
        "前の期間（{period}）の{before}から{after}への変化{change}ポイントのうち、{explained}ポイント（95%信頼区間 {low}〜{high}）は異常（不達の急増）によるものです。それを除くと{adjusted_before}から{adjusted_after}で、{verdict}",
        "Of the change of {change} points ({before} in the period before, {period}, to {after}) incidents account for {explained} points (95% interval {low} to {high}); without them it is {adjusted_before} to {adjusted_after}: {verdict}",
    ),
    "rest_chance": Label(
        "残りの{rest}ポイント（{low}〜{high}）は統計的に有意な差ではありません（偶然のばらつきの範囲）。",
        "the remaining {rest} points ({low} to {high}) are not statistically significant.",
    ),
    "rest_up": Label(
        "ほかにも{rest}ポイント（{low}〜{high}）上がっています。",
        "the rest rose, too, by {rest} points ({low} to {high}).",
    ),
    "rest_down": Label(
        "ほかは{rest}ポイント（{low}〜{high}）下がっています。",
        "the rest fell by {rest} points ({low} to {high}).",
    ),
    "later": Label(
        "不達{failed}件のうち、その後同じ文面が届いたものが{same}件、同じ番号に別のメッセージだけが届いたものが{other}件あります。残りは{left}件です。",
        "Of {failed} failed messages {same} were delivered later with the same text, and for {other} another message reached the number; {left} are left.",
    ),
    "reached_all": Label(
        "不達の後、同じ番号に次のメッセージが届いたのは、1時間以内{h1}、24時間以内{h24}、7日以内{d7}です（その期間を観察できた不達が対象。その後の送信がない番号については分かりません）。",
        "After a failure another message reached the same number within an hour in {h1}, within a day in {h24} and within seven days in {d7} of the failures that lie far enough back; where nothing more was sent, nothing is known.",
    ),
    "reached_one": Label(
        "{segment}（{failed}件）：24時間以内{h24}、7日以内{d7}（95%信頼区間 {low}〜{high}）。",
        "{segment} ({failed}): {h24} within a day, {d7} within seven days (95% interval {low} to {high}).",
    ),
    "title_causes": Label("原因と対応", "Causes, and who acts"),
    "head_cause": Label("推定原因", "probable cause"),
    "head_owner": Label("対応者", "who acts"),
    "head_sure": Label("確度", "how sure"),
    "head_to_do": Label("今すること", "what to do now"),
    "reason unknown code": Label("未掲載のコード", "unknown code"),
    "title_breakdown": Label("キャリア×不達の理由（多い順）", "Carrier and reason, most first"),
    "title_incidents": Label("異常検知（不達の急増）", "Incidents"),
    "title_changes": Label("不達率の増減要因（ポイント）", "What changed, in points"),
    "title_unknown": Label("仕様書に記載のないコード", "Undocumented codes"),
    "title_steps": Label("推奨対応", "Next steps"),
    "head_carrier": Label("キャリア", "carrier"),
    "head_category": Label("不達の理由", "category"),
    "head_failed": Label("不達", "failed"),
    "head_settled": Label("確定", "settled"),
    "head_rate": Label("不達率（95%信頼区間）", "rate (95% interval)"),
    "head_share": Label("割合", "share"),
    "head_numbers": Label("対象番号数", "numbers"),
    "head_segment": Label("区分", "segment"),
    "head_start": Label("開始", "start"),
    "head_end": Label("終了", "end"),
    "head_excess": Label("通常より多い件数", "excess"),
    "head_rate_usual": Label("不達率（通常）", "rate (usual)"),
    "head_codes": Label("コード", "codes"),
    "head_before": Label("前の期間", "before"),
    "head_after": Label("後の期間", "after"),
    "head_contribution": Label("寄与（ポイント）", "contribution"),
    "head_interval": Label("95%信頼区間", "95% interval"),
    "head_code": Label("コード", "code"),
    "head_recent": Label("直近7日／それ以前", "last 7 days / before"),
    "head_step": Label("対応", "step"),
    "head_reason": Label("理由", "reason"),
    "head_messages": Label("件数", "messages"),
}
