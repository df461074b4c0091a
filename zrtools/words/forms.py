"""What the forms say."""

from zrtools.codes import Label

__all__ = ["TEXTS"]

TEXTS: dict[str, Label] = {
    # every form
    "failed": Label("エラー：{error}", "Error: {error}"),
    "refused": Label("{label}（{said}）。{advice}。", "{label} ({said}). {advice}."),
    "comma": Label("、", ", "),
    "bug": Label(
        "予期しないエラー（{kind}）です。入力はそのまま残っています。もう一度お試しください。",
        "An unexpected error ({kind}). What you typed is still here: try again.",
    ),
    "working": Label("処理中…", "Working…"),
    "doing": Label("{what}（{seconds} 秒経過）", "{what} ({seconds} seconds so far)"),
    "doing_templates": Label("テンプレートを読み込んでいます…", "Reading the templates…"),
    "doing_file": Label("{name} を読み込んでいます…", "Reading {name}…"),
    "back": Label("戻る", "Back"),
    "none": Label("なし", "none"),
    "now": Label("今すぐ", "now"),
    "at": Label("{time}（日本時間）に", "{time} (Japan time)"),
    # send
    "send_title": Label("SMS を 1 通送る", "Send one SMS"),
    "number": Label("電話番号", "Phone number"),
    "number_example": Label("例 090-1234-5678", "e.g. 090-1234-5678"),
    "number_good": Label("宛先 {number}", "To {number}"),
    "template": Label("テンプレート", "Template"),
    "template_none": Label("（使わない）", "(none)"),
    "template_failed": Label(
        "テンプレートを取得できませんでした（本文は直接入力できます）：{error}",
        "The templates could not be read (you can still type the message): {error}",
    ),
    "template_unknown": Label(
        "テンプレート「{title}」はありません。一覧から選んでください。",
        "There is no template “{title}”: choose one of the list.",
    ),
    "fields_empty": Label("入力してください：{names}", "Fill in: {names}"),
    "needs_number": Label("電話番号を入力してください。", "Type the phone number."),
    "wrong_number": Label("電話番号を直してください。", "Correct the phone number."),
    "needs_message": Label("本文を入力してください。", "Type the message."),
    "doubled": Label(
        "「{found}」と続いています。差し込んだ値とテンプレートの両方に同じ語がないか確かめてください。",
        "“{found}” stands there: look whether the value repeats a word of the template.",
    ),
    "message": Label("本文", "Message"),
    "message_example": Label("660 文字まで", "up to 660 characters"),
    "count": Label(
        "{characters:,} / {limit:,} 文字・推定 {parts} 通分",
        "{characters:,} of {limit:,} characters, about {parts} part(s)",
    ),
    "mend": Label("送れない文字を候補に置き換える", "Replace what cannot be sent"),
    "carrier": Label("キャリア", "Carrier"),
    "carrier_auto": Label("自動判定", "found by the service"),
    "schedule": Label("日時を指定して予約", "Schedule for later"),
    "when": Label("送信日時（日本時間）", "Time (Japan)"),
    "when_missing": Label("送信日時を指定してください。", "Give the time of sending."),
    "when_past": Label(
        "送信日時が過去です。現在 {now}（日本時間）。", "That time is past: it is {now} in Japan now."
    ),
    "group": Label("グループタグ", "Group tag"),
    "preview": Label("プレビュー", "Preview"),
    "preview_empty": Label("（本文がここに表示されます）", "(the message appears here)"),
    "review": Label("確認へ進む", "Review"),
    "confirm": Label(
        "{number} へ 1 通（推定 {parts} 通分の課金）を、{when}送信します。送信者番号 {sms_code}、キャリア {carrier}。",
        "One message (about {parts} billable part(s)) goes to {number}, {when}. Sender code {sms_code}, carrier: {carrier}.",
    ),
    "send": Label("送信する", "Send"),
    "reserve": Label("予約する", "Schedule"),
    "sent": Label(
        "受け付けられました。宛先 {number}、clientTag（管理タグ）{tag}。",
        "Accepted. To {number}, client tag {tag}.",
    ),
    "unsettled": Label(
        "送信されたか確認できませんでした。clientTag（管理タグ）は {tag} です。送り直さず「状況を確認」を押してください。\n{error}",
        "It is not known whether this went out (client tag {tag}). Do not send again: press “Check status”.\n{error}",
    ),
    "not_sent": Label("送信されていません。{error}", "Nothing was sent. {error}"),
    "check": Label("状況を確認", "Check status"),
    "status_is": Label("{time} 時点の状況：{outcome}{carrier}", "Status as of {time}: {outcome}{carrier}"),
    "status_waiting": Label(
        "予約中です。{time}（日本時間）に送信されます。", "Scheduled: it goes out at {time} (Japan time)."
    ),
    "status_none": Label(
        "まだ記録がありません。少し待ってからもう一度確認してください。",
        "The service has no record of it yet: wait a little and check again.",
    ),
    "another": Label("別の 1 通を作る", "Write another"),
    # reservations
    "reservations_title": Label("予約を探す・取り消す", "Find and cancel reservations"),
    "from": Label("開始日", "From"),
    "to": Label("終了日", "To"),
    "tag": Label("clientTag（管理タグ）", "Client tag"),
    "by": Label("探し方", "Search by"),
    "by_days": Label("日付", "days"),
    "by_tag": Label("clientTag", "client tag"),
    "days_missing": Label("開始日と終了日を指定してください。", "Give the first and the last day."),
    "search": Label("検索", "Search"),
    "found": Label("{count:,} 件の予約があります。", "{count:,} reservation(s) wait."),
    "found_none": Label("条件に合う予約はありません。", "No reservation matches."),
    "choose": Label("予約（複数選択可）", "Reservations (select one or more)"),
    "cancel_selected": Label("選んだ {count:,} 件を取り消す", "Cancel the {count:,} selected"),
    "cancel_found": Label("期間内の {count:,} 件をすべて取り消す", "Cancel all {count:,} of these days"),
    "cancel_group": Label(
        "このグループの予約をすべて取り消す（件数不明）", "Cancel this whole group (number unknown)"
    ),
    "cancel_everything": Label(
        "アカウントの全予約を取り消す（件数不明）", "Cancel every reservation of the account (number unknown)"
    ),
    "confirm_selected": Label(
        "{count:,} 件の予約を取り消します。元に戻せません。",
        "{count:,} reservation(s) will be cancelled. This cannot be undone.",
    ),
    "confirm_group": Label(
        "グループ「{group}」の予約をすべて取り消します。件数はサービスから取得できません。元に戻せません。",
        "Every reservation of the group “{group}” will be cancelled. The service cannot tell how many. This cannot be undone.",
    ),
    "confirm_everything": Label(
        "アカウントの全予約を取り消します。件数はサービスから取得できません。続けるには下の欄に「{word}」と入力してください。",
        "Every reservation of the account will be cancelled. The service cannot tell how many. To go on, type “{word}” below.",
    ),
    "everything_word": Label("全予約取消", "cancel everything"),
    "type_word": Label("確認の入力", "Type to confirm"),
    "do_cancel": Label("取り消す", "Cancel them"),
    "cancelled": Label("{count:,} 件を取り消しました。", "{count:,} cancelled."),
    "cancelled_some": Label(
        "{count:,} 件を取り消しました。{failed:,} 件は取り消せませんでした：{error}",
        "{count:,} cancelled; {failed:,} could not be: {error}",
    ),
    "cancelled_unknown": Label("取消が受け付けられました。", "The cancellation was accepted."),
    # clean
    "clean_title": Label("電話番号のクリーニング", "Clean phone numbers"),
    "numbers": Label("番号", "Numbers"),
    "numbers_example": Label("1 行に 1 件、または下でファイルを選択", "one a line, or choose a file below"),
    "file": Label("ファイルを選択", "Choose a file"),
    "file_read": Label("{name}：{count:,} 行", "{name}: {count:,} rows"),
    "sheet": Label("シート", "Sheet"),
    "sheet_choose": Label("（選んでください）", "(choose one)"),
    "sheet_needed": Label(
        "{name} には中身のあるシートが {count:,} 枚あります。読み込むシートを選んでください。",
        "{name} has {count:,} sheets that hold something: choose the one to read.",
    ),
    "header": Label("見出しの行", "Row of headings"),
    "header_auto": Label("自動", "automatic"),
    "header_needed": Label(
        "{name} の見出しの行が分かりません。上に表題があるときは、見出しが何行目かを入力してください。",
        "It cannot be told in which row of {name} the headings stand: where a title is above them, give their row.",
    ),
    "header_number": Label(
        "見出しの行は 1 以上の数で入力してください。", "Give the row of the headings as a number from 1 on."
    ),
    "column": Label("番号の列", "Column"),
    "reference_date": Label("基準日", "Reference date"),
    "reference_help": Label(
        "その番号が本人のものだと分かっていた日（2 年前まで）。それ以降に持ち主が変わったかを判定します。",
        "The day on which the numbers were known to be right (at most two years ago); the answer says who changed since.",
    ),
    "requests": Label(
        "入力 {given:,} 件：有効 {valid:,}（うち重複 {repeated:,}）、無効 {invalid:,}。照会（有料）は {requests:,} 回です。",
        "{given:,} given: {valid:,} valid ({repeated:,} of them repeated), {invalid:,} invalid. This makes {requests:,} billed requests.",
    ),
    "requests_known": Label(
        " {count:,} 件は回答済みのため照会しません（無料）。",
        " {count:,} are answered already and cost nothing.",
    ),
    "run": Label("{requests:,} 回の照会を確認する", "Review {requests:,} requests"),
    "clean_confirm": Label("有料の照会を始めます。", "These requests are billed."),
    "run_confirmed": Label("{requests:,} 回照会する（有料）", "Make {requests:,} billed requests"),
    "list": Label("一覧", "List"),
    "numbers_typed": Label("入力欄の番号", "the numbers typed above"),
    "billed": Label("照会（有料）", "Billed requests"),
    "cost": Label("費用（推定）", "Cost (estimate)"),
    "cost_unknown": Label("契約の単価 × 回数", "your contract’s price for each"),
    "cost_known": Label("{cost} 円（1 回 {price} 円）", "¥{cost} (¥{price} each)"),
    "needs_numbers": Label("番号を入力するか、ファイルを選んでください。", "Type numbers, or choose a file."),
    "needs_day": Label("基準日を選んでください。", "Choose the reference date."),
    "run_free": Label("回答済みの結果を表示する（無料）", "Show the answers that are there (free)"),
    "result_of": Label("結果：{source}（基準日 {day}）", "Result: {source} (reference date {day})"),
    "stop": Label("中止", "Stop"),
    "stopped": Label(
        "中止しました。得られた {count:,} 件の結果は下にあります。",
        "Stopped. The {count:,} answers that came are below.",
    ),
    "cleaned": Label("{count:,} 件の判定が終わりました。", "{count:,} number(s) judged."),
    "status_T": Label("別人の番号になった（T）", "now another person's (T)"),
    "status_N": Label("本人のまま（N）", "still that person's (N)"),
    "status_ERROR": Label("判定できない（ERROR）", "cannot be judged (ERROR)"),
    "status_other": Label("未照会・無効・エラー", "not asked, invalid or failed"),
    "result": Label("結果", "Result"),
    "people": Label("件数", "Numbers"),
    "share": Label("割合", "Share"),
    "download": Label("結果をダウンロード", "Download the result"),
    # connect
    "connect_title": Label("サービスに接続する", "Connect to the service"),
    "token": Label("アクセスキー", "Access token"),
    "token_example": Label("32 文字の英数字（保存されません）", "32 letters and digits (never saved)"),
    "token_there": Label("入力済み（ここには表示しません）", "typed; never shown here"),
    "token_gone": Label(
        "画面が開き直されたため、アクセスキーを消去しました。もう一度入力してください。",
        "The page was opened anew, so the token was forgotten: type it again.",
    ),
    "token_taken": Label("受け取りました（入力欄は消去済み）", "taken; the field is blank again"),
    "client_id": Label("クライアントID", "Client ID"),
    "sms_code": Label("送信者番号", "Sender code"),
    "connect": Label("接続して確認", "Connect and check"),
    "connected": Label("接続しました。form.client で使えます。", "Connected: use form.client."),
    "not_connected": Label(
        "接続できませんでした。赤い行を直してから、アクセスキーを入力し直してください。",
        "Not connected: mend what stands in red, then type the token again.",
    ),
    "works": Label("利用可", "works"),
    "fails": Label("利用不可", "does not"),
    "what": Label("項目", "What"),
    "detail": Label("詳細", "Detail"),
    "unknown": Label("不明", "not known"),
    # campaign
    "campaign_title": Label("一覧から送る", "Send to a list"),
    "campaign_rows": Label("{count:,} 行", "{count:,} rows"),
    "campaign_name": Label("キャンペーン名", "Campaign"),
    "column_missing": Label("電話番号の列を選んでください。", "Choose the column of the phone numbers."),
    "template_lacks": Label("{title}（{names}）", "{title} ({names})"),
    "template_unusable": Label(
        "この表では使えないテンプレート（埋められない項目）：{names}",
        "Templates that cannot be used with this frame (what cannot be filled): {names}",
    ),
    "template_column": Label("（message 列を使う）", "(the column message)"),
    "template_missing": Label(
        "テンプレートを選ぶか、message 列のある表を渡してください。",
        "Choose a template, or give a frame with a column message.",
    ),
    "intake_queued": Label("送信できる", "can be sent"),
    "intake_duplicate": Label("重複", "duplicate"),
    "intake_invalid": Label("無効", "invalid"),
    "intake_suppressed": Label("停止リスト", "suppressed"),
    "intake_repeat": Label(
        "別の名前で同じ本文（最近送信・送信待ち）", "same text under another name (went lately, or waits)"
    ),
    "again": Label("それでも {count:,} 件に送る", "Send to these {count:,} all the same"),
    "parts_estimate": Label("課金通数（推定）", "billable parts (estimate)"),
    "row": Label("行（見出しを除く）", "Row (without the heading)"),
    "problem": Label("問題", "Problem"),
    "first_message": Label("最初の 1 通", "The first message"),
    "outcome": Label("結果", "Outcome"),
    "dry_run": Label("送らずに確認する", "Dry run"),
    "campaign_start": Label("{count:,} 通を送信する", "Send {count:,} messages"),
    "at_own_times": Label("各行の日時に", "each at the time of its row"),
    "campaign_confirm": Label(
        "{count:,} 通（推定 {parts:,} 通分の課金）を{when}送信します。重複 {duplicates:,} 件・無効 {invalid:,} 件・停止リスト {suppressed:,} 件は送りません。",
        "{count:,} messages (about {parts:,} billable parts) go out, {when}. Not sent: {duplicates:,} duplicates, {invalid:,} invalid, {suppressed:,} suppressed.",
    ),
    "campaign_confirm_waiting": Label(
        "前に追加した送信待ちの {count:,} 通を送信します。",
        "{count:,} message(s) added before and still waiting go out.",
    ),
    "campaign_confirm_left": Label(
        "同じ本文を最近送った、または送信待ちの {count:,} 件は送りません。",
        "{count:,} that got the same text lately, or for which it waits, are left out.",
    ),
    "campaign_confirm_again": Label(
        "同じ本文を最近送った、または送信待ちの {count:,} 件にも、もう一度送信します。",
        "{count:,} of them got the same text lately, or it waits for them: they get it once more.",
    ),
    "drop": Label("送信待ちを取り下げる", "Take back what waits"),
    "campaign_reserved": Label(
        "予約後に停止リストに載った番号への予約が {count:,} 件あります。このままでは送信されます。",
        "{count:,} reservation(s) wait for numbers that are on the suppression list since: they will go out unless cancelled.",
    ),
    "cancel_suppressed": Label(
        "停止リストの予約 {count:,} 件を取り消す", "Cancel these {count:,} reservations"
    ),
    "dropped": Label("{count:,} 通を取り下げました。", "{count:,} message(s) taken back."),
    "campaign_waiting": Label(
        "このキャンペーンには、前に追加した送信待ちが {count:,} 通あります。「確認へ進む」から続けられます。",
        "{count:,} message(s) of this campaign, added before, still wait: “Review” goes on with them.",
    ),
    "changed_meanwhile": Label(
        "確認中に設定が変わりました。もう一度「送らずに確認する」を押してください。",
        "A setting changed during the dry run: press “Dry run” again.",
    ),
    "pause": Label("一時停止", "Pause"),
    "resume": Label("再開", "Resume"),
    "paused": Label("一時停止中です。残り {left:,} 通。", "Paused, {left:,} left."),
    "sending_progress": Label("{done:,} / {total:,} 通", "{done:,} of {total:,}"),
    "campaign_done": Label("終了しました。", "Done."),
    "state": Label("状態", "State"),
}
