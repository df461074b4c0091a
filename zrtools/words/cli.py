"""What the command line says of itself: help by command and option, click's own words, and what goes on.

`TEXTS` has a command's help under its name ("report.usage"), its first line for the list of commands; examples and
exit codes under "….notes"; an option under "command.option", or "option.option" where several commands have it.
"""

from __future__ import annotations

from zrtools.codes import Label

__all__ = ["CLICK", "PYTHON", "TEXTS"]

TEXTS: dict[str, Label] = {
    "usage": Label("使い方：", "Usage: "),
    "options": Label("[オプション]", "[OPTIONS]"),
    "commands": Label("コマンド [引数]...", "COMMAND [ARGS]..."),
    # what goes on
    "see": Label("使い方：{command} --help", "Usage: {command} --help"),
    "interrupted": Label("中断しました。", "interrupted."),
    "disk": Label(
        "{why}{where}。別の場所を指定するか、使えるようにしてください",
        "{why}{where}. Choose another place or free it.",
    ),
    "seconds": Label("{n}秒", "{n} s"),
    "fetching": Label(
        "{first}〜{last}の配信状況を取得しています…", "Fetching the statuses of {first} to {last}…"
    ),
    "counting": Label("通数を取得しています…", "Fetching the counts…"),
    "reading": Label("アーカイブを読んでいます…", "Reading the archive…"),
    "analysing": Label("分析しています…", "Analysing…"),
    "writing": Label("レポートを書き出しています…", "Writing the report…"),
    "writing_each": Label(
        "契約クライアントごとのレポートを書き出しています…", "Writing a report for each client…"
    ),
    "drawing": Label("図を書き出しています…", "Drawing the pictures…"),
    "erasing": Label("保存先を調べています…", "Going through the stores…"),
    # options of several commands
    "option.help": Label("この説明を表示して終了", "Show this message and exit."),
    "option.version": Label("バージョンを表示して終了", "Show the version and exit."),
    "option.lang": Label(
        "表示の言語  [既定：ZRTOOLS_LANG、次にシステムの言語、次に ja]",
        "Language.  [default: ZRTOOLS_LANG, then the system's, then ja]",
    ),
    "option.profile": Label(
        "使うアカウント（zrtools profile で保存した名前）  [既定：ZRTOOLS_PROFILE]",
        "The account, as kept by zrtools profile.  [default: ZRTOOLS_PROFILE]",
    ),
    "option.sandbox": Label(
        "内蔵のサンドボックスで試す（契約も通信も不要）",
        "Use the embedded sandbox: no credentials, no network.",
    ),
    "option.place": Label("アーカイブ。フォルダまたは s3://…", "The archive: a folder, or s3://…"),
    "option.archive": Label("アーカイブ。フォルダまたは s3://…", "The archive: a folder, or s3://…"),
    "option.outbox": Label("送信一覧（zr.Outbox）のファイル", "The journal of messages sent."),
    "option.answers": Label(
        "電話番号クリーニングの回答の保存先（zrtools clean --store）",
        "The store of cleaned numbers (zrtools clean --store).",
    ),
    "option.reports": Label(
        "配信結果通知の保存先フォルダ（zrtools receive を止めてから）",
        "The receiver's folder; stop the receiver first.",
    ),
    "option.proof": Label("実行した内容の記録を書き出すファイル", "File that records what was done."),
    "option.seed": Label("模擬データの種。変えると別のデータになる", "Which simulated traffic."),
    "option.month": Label(
        "対象の月（YYYY-MM）  [既定：直近の完了した月]",
        "The month to report, YYYY-MM.  [default: the last complete one]",
    ),
    "option.min_excess": Label(
        "異常とみなす、通常より多い不達の件数  [既定：1日の件数の2%（15〜80）]",
        "Failures more than usual from which an incident is told.  [default: 2% of a day, 15 to 80]",
    ),
    "option.sheet": Label(
        "読み込むシート  [既定：内容のある、ただ1つの表示シート]",
        "The sheet.  [default: the only visible one that holds anything]",
    ),
    "option.header_row": Label(
        "見出しの行  [既定：内容のある最初の行]",
        "The row of the headings.  [default: the first filled one]",
    ),
    "option.clients": Label(
        "契約クライアントの名前の表（列 client_id と client）",
        "Names of clients, as a table of client_id and client.",
    ),
    "option.verbose": Label("行ったことも表示", "Say what was done."),
    # zrtools
    "root": Label(
        "絶対リーチ！SMSの配信状況の分析、電話番号クリーニング、配信結果通知の受信\n\n"
        "契約なしで試す：\n  zrtools demo\n\n"
        "自分のアカウントで使う（ZRTOOLS_TOKEN と ZRTOOLS_CLIENT_ID を設定）：\n"
        "  zrtools check\n  zrtools report failures --from 2026-10",
        "Work with 絶対リーチ! SMS: failures, usage, cleaning, delivery reports.\n\n"
        "To try it without an account:\n  zrtools demo\n\n"
        "With your own (set ZRTOOLS_TOKEN and ZRTOOLS_CLIENT_ID):\n"
        "  zrtools check\n  zrtools report failures --from 2026-10",
    ),
    "root.notes": Label(
        "各コマンドの例とオプションは zrtools コマンド --help で表示します。\n"
        "終了コード：0 完了、1 失敗、2 指定の誤り、130 中断",
        "Each command has examples: zrtools COMMAND --help.\n"
        "Exit codes: 0 done, 1 failed, 2 used wrongly, 130 interrupted.",
    ),
    # zrtools check
    "check": Label(
        "接続・アクセスキー・時計と、アカウントで使える API の確認\n\n"
        "--report で書き出すファイルには秘密の情報も電話番号も含まれず、サービスの窓口にそのまま送れます。",
        "Find out what works: connection, TLS, token, clock and each call.\n\n"
        "What --report writes holds no secret and no phone number: it is safe to send to the vendor.",
    ),
    "check.notes": Label(
        "例：\n  zrtools check\n  zrtools check --report report.txt\n\n"
        "課金も変更も発生しません。\n終了コード：0 すべて使える、1 使えないものがある、2 指定の誤り",
        "Examples:\n  zrtools check\n  zrtools check --report report.txt\n\n"
        "Spends and changes nothing.\nExit codes: 0 all works, 1 something does not, 2 used wrongly.",
    ),
    "check.file": Label(
        "バージョン、秘密を除いた設定、確認の結果、通常と異なる応答の形もファイルに書き出す",
        "Also write versions, settings without secrets, what works, and the shapes of odd answers.",
    ),
    # zrtools clean
    "clean": Label(
        "番号の持ち主が変わったかを調べる電話番号クリーニング（課金あり）\n\n"
        "CSV か Excel のファイルを読み、各行に正規化した番号、基準日、判定（T 他人名義、N 本人、ERROR 判定不可）、"
        "判定がない理由を加えて書き出します。実在しないはずの番号や、読む人のいない番号には備考が付きます。"
        "アクセスキーは ZRTOOLS_TOKEN と ZRTOOLS_CLIENT_ID から読みます。",
        "Ask which numbers of a file changed hands since a day (billed).\n\n"
        "Writes the rows of a CSV or Excel file with the normalised number, the reference date, the status (T now "
        "another person's, N the same person's, ERROR cannot be judged), why a number has none, and, where the file "
        "has such, a remark on numbers that are given to nobody or read by nobody. Credentials come from "
        "ZRTOOLS_TOKEN and ZRTOOLS_CLIENT_ID.",
    ),
    "clean.notes": Label(
        "例：\n  zrtools clean list.xlsx --date 2026-04-01\n"
        "  zrtools clean list.csv --column 携帯 --date-column 取得日 --out done.csv\n"
        "  zrtools clean list.xlsx --date 2026-04-01 --sandbox\n\n"
        "回答は届くたびに保存します。Ctrl-C や通信の切断で止まったら、同じコマンドをもう一度実行すると残りだけを照会します。"
        "保存先と結果には電話番号が含まれます。\n"
        "終了コード：0 すべてに回答、1 未回答の番号あり、2 指定の誤り、130 中断",
        "Examples:\n  zrtools clean list.xlsx --date 2026-04-01\n"
        "  zrtools clean list.csv --column mobile --date-column taken --out done.csv\n"
        "  zrtools clean list.xlsx --date 2026-04-01 --sandbox\n\n"
        "Answers are kept in the store as they come: after Ctrl-C, a crash or a lost connection run the same command "
        "again, and only the rest is asked. The store and the result hold phone numbers.\n"
        "Exit codes: 0 all numbers settled, 1 some are not, 2 used wrongly, 130 interrupted.",
    ),
    "clean.file": Label(
        "電話番号のある CSV か Excel のファイル", "CSV or Excel file with the phone numbers."
    ),
    "clean.column": Label(
        "電話番号の列  [既定：電話番号 または phone_number]",
        "The column of numbers.  [default: 電話番号 or phone_number]",
    ),
    "clean.day": Label(
        "基準日。どの番号も本人のものだと分かっていた日",
        "The reference date: when all numbers were known to be right.",
    ),
    "clean.date_column": Label(
        "番号ごとの基準日の列  [既定：基準日 または reference_date]",
        "The column of such days, one for each number.  [default: 基準日 or reference_date]",
    ),
    "clean.out": Label(
        "結果のファイル（.xlsx、.csv、.tsv）  [既定：FILE-cleaned.xlsx]",
        "Where to: .xlsx, .csv or .tsv.  [default: FILE-cleaned.xlsx]",
    ),
    "clean.store": Label(
        "回答の保存先  [既定：--out の隣]", "Where answers are kept.  [default: beside --out]"
    ),
    "clean.max_requests": Label(
        "課金される照会の上限。超えるときは照会しない", "Refuse to make more billed calls than these."
    ),
    "clean.encoding": Label(
        "CSV の文字コード  [既定：UTF-8、読めなければ CP932]", "Of a CSV file.  [default: UTF-8, else CP932]"
    ),
    "clean.take_doubtful": Label(
        "090-0000-0000 のような、実在しないはずの番号も照会する",
        "Ask numbers, too, that are given to nobody, such as 090-0000-0000.",
    ),
    "clean.hidden_rows": Label(
        "シートの非表示の行も照会する", "Ask the rows, too, that are hidden in the sheet."
    ),
    "clean.raw": Label(
        "=1+1 のような文字列に ' を付けず、そのまま CSV に書き出す",
        "Write texts such as =1+1 into CSV as they are, without an apostrophe.",
    ),
    # zrtools demo
    "demo": Label(
        "模擬データで不達レポートを作るデモ（契約も通信も不要）\n\n"
        "サンドボックスを起動し、1か月分の配信状況をクライアントで取得して、キャリア・理由別の不達を表示し、"
        "HTML のレポートと図2枚を書き出します。",
        "Make a failure report from simulated traffic, without an account.\n\n"
        "Starts the sandbox, fetches a month of delivery statuses through the client, prints failures by carrier and "
        "category, and writes an HTML report and two pictures.",
    ),
    "demo.notes": Label(
        "例：\n  zrtools demo\n  zrtools demo --month 2026-09 --seed 2 --out demo-09\n\n"
        "終了コード：0 完了、1 メッセージがない、または失敗、2 指定の誤り",
        "Examples:\n  zrtools demo\n  zrtools demo --month 2026-09 --seed 2 --out demo-09\n\n"
        "Exit codes: 0 done, 1 no messages or failed, 2 used wrongly.",
    ),
    "demo.month": Label(
        "対象の月（YYYY-MM）  [既定：サンドボックスの今日の前月]",
        "The month to report, YYYY-MM.  [default: the month before the sandbox's today]",
    ),
    "demo.out": Label("レポートと図を置くフォルダ", "Folder for the report and the pictures."),
    "demo.messages_per_day": Label("1日あたりの平均の件数", "How much traffic, on an average day."),
    # zrtools erase
    "erase": Label(
        "一人分のデータを、指定したすべての保存先から消去\n\n"
        "元には戻せません。番号はコマンドの履歴に残らないよう、実行後に尋ねます（パイプでは1行目）。"
        "ハッシュ化した番号の鍵は ZRTOOLS_HASH_KEY から読みます。",
        "Take one phone number out of the stores that are named, for good.\n\n"
        "The number is asked for, so that it stands in no shell's history; from a pipe it is the first line. The key "
        "of hashed numbers comes from ZRTOOLS_HASH_KEY.",
    ),
    "erase.notes": Label(
        "例：\n  zrtools erase --archive archive --outbox outbox.db --proof erased.txt\n\n"
        "終了コード：0 完了、1 失敗、2 指定の誤り、130 中断",
        "Example:\n  zrtools erase --archive archive --outbox outbox.db --proof erased.txt\n\n"
        "Exit codes: 0 done, 1 failed, 2 used wrongly, 130 interrupted.",
    ),
    "erase.suppressions": Label(
        "配信停止リスト。載っていること自体は残る",
        "The list of suppressed numbers; that it is on it stays.",
    ),
    # zrtools forget
    "forget": Label(
        "決めた日数より古いデータを、指定したすべての保存先から削除\n\n"
        "元には戻せません。cron での定期実行に向きます。アーカイブでは送信日、送信一覧では確定したメッセージ、"
        "配信停止リストでは履歴だけ、回答と通知では受け取った日が、それより古いものを削除します。",
        "Remove what is older than so many days from the named stores.\n\n"
        "For good; from cron, for example. Of an archive days of sending, of a journal settled messages, of a list of "
        "suppressed numbers its history alone, of answers and reports those that came before.",
    ),
    "forget.notes": Label(
        "例：\n  zrtools forget --days 400 --archive archive --reports reports\n\n"
        "終了コード：0 完了、1 失敗、2 指定の誤り、130 中断",
        "Example:\n  zrtools forget --days 400 --archive archive --reports reports\n\n"
        "Exit codes: 0 done, 1 failed, 2 used wrongly, 130 interrupted.",
    ),
    "forget.days": Label("今日からさかのぼって残す日数", "How many days before today stay."),
    "forget.suppressions": Label(
        "配信停止リスト。載っている番号は残る", "The list of suppressed numbers; what is on it stays."
    ),
    # zrtools mcp
    "mcp": Label(
        "アーカイブについてアシスタント（MCP）の質問に答えるサーバー\n\n"
        "読み取り専用です。電話番号は伏せ、本文は渡しません。アシスタントのプログラムが起動します。"
        "設定は docs/assistants.ja.md を見てください。",
        "Answer assistants (Model Context Protocol) from an archive.\n\n"
        "Read-only, phone numbers masked, no bodies. An assistant's program starts it; docs/assistants.md shows how "
        "it is set up.",
    ),
    "mcp.notes": Label(
        "例：\n  zrtools mcp --archive archive --prices prices.toml\n\n"
        "送信も、サービスへの照会も、通信も行いません。\n"
        "終了コード：0 標準入力が閉じた、1 開始できない、2 指定の誤り、130 中断",
        "Example:\n  zrtools mcp --archive archive --prices prices.toml\n\n"
        "It sends nothing, asks the service nothing, and opens no connection.\n"
        "Exit codes: 0 standard input was closed, 1 it cannot begin, 2 used wrongly, 130 interrupted.",
    ),
    "mcp.place": Label("アーカイブのフォルダ", "The archive, a folder."),
    "mcp.prices": Label(
        "単価のファイル（zrtools report usage と同じ形式）。usage_cost が使えるようになる",
        "A price file, as zrtools report usage takes it: gives the tool usage_cost.",
    ),
    "mcp.drafts": Label(
        "再送リストを書き出すフォルダ（番号と本文を含む）。省くと書き出さない",
        "A folder for lists to send again, which hold numbers and texts; without it none are written.",
    ),
    "mcp.tags": Label(
        "clientTag をそのまま見せる。省くとキャンペーン名だけを見せる",
        "Show client tags; else only the campaign that a tag names.",
    ),
    # zrtools profile
    "profile": Label(
        "アカウントを名前で保存（--profile NAME で使う）",
        "Keep several accounts by name, for --profile.",
    ),
    "profile.notes": Label(
        "例：\n  zrtools profile set client-a\n  zrtools check --profile client-a",
        "Examples:\n  zrtools profile set client-a\n  zrtools check --profile client-a",
    ),
    "profile.set": Label(
        "アカウントの保存、またはアクセスキーの更新\n\nアクセスキーはコマンドの引数では受け取りません。",
        "Keep an account, or replace the token of one that is kept.\n\n"
        "A token is never taken from the command line.",
    ),
    "profile.set.notes": Label(
        "例：\n  zrtools profile set client-a\n  zrtools profile set client-a --client-id 10001 --token-file key.txt",
        "Examples:\n  zrtools profile set client-a\n"
        "  zrtools profile set client-a --client-id 10001 --token-file key.txt",
    ),
    "profile.set.client_id": Label(
        "契約クライアントID  [既定：尋ねる]", "The client id.  [default: it is asked for]"
    ),
    "profile.set.sms_code": Label(
        "送信元SMSコード  [既定：尋ねる]", "A sender code.  [default: it is asked for]"
    ),
    "profile.set.base_url": Label("サービスのものとは別の接続先", "Another address than the service's own."),
    "profile.set.token_file": Label(
        "アクセスキーを読み込むファイル  [既定：尋ねる（表示しない）]",
        "Read the token from a file.  [default: it is asked for, hidden]",
    ),
    "profile.set.keyring": Label(
        "アクセスキーの保存先。システムのキーリングか、自分だけが読めるファイル  [既定：キーリング（あれば）]",
        "Where the token is kept: the system's keyring, or a file that only you can read.  [default: the keyring, if "
        "there is one]",
    ),
    "profile.list": Label("保存したアカウントの一覧", "List the accounts that are kept."),
    "profile.list.notes": Label("例：\n  zrtools profile list", "Example:\n  zrtools profile list"),
    "profile.remove": Label("アカウントとアクセスキーの削除", "Forget an account and its token."),
    "profile.remove.notes": Label(
        "例：\n  zrtools profile remove client-a", "Example:\n  zrtools profile remove client-a"
    ),
    "option.name": Label("アカウントの名前", "The account's name."),
    # zrtools receive
    "receive": Label(
        "サービスから届く配信結果通知の受信\n\n"
        "SIGTERM か Ctrl-C で終わるまで受信し、フォルダに保存します。通知には、ディスクに書き終えてから 200 を返します。"
        "受信中も Python の zr.receiver.Store(reports).scan() で読めます。"
        "サービスは HTTPS で送信するため、--cert と --key を指定するか、前段にプロキシを置いてください。",
        "Take the delivery reports that the service pushes, and keep them.\n\n"
        "Runs until SIGTERM or Ctrl-C. A report is answered with 200 only after it is safe on disk. Read them "
        "meanwhile with zr.receiver.Store(folder).scan(). The service pushes to HTTPS: give --cert and --key, or put "
        "a proxy in front.",
    ),
    "receive.notes": Label(
        "例：\n  zrtools receive --store reports --cert cert.pem --key key.pem --host 0.0.0.0\n"
        "  zrtools receive --store reports --proxy 127.0.0.1\n\n"
        "終了コード：0 終了、1 失敗、2 指定の誤り",
        "Examples:\n  zrtools receive --store reports --cert cert.pem --key key.pem --host 0.0.0.0\n"
        "  zrtools receive --store reports --proxy 127.0.0.1\n\n"
        "Exit codes: 0 ended, 1 failed, 2 used wrongly.",
    ),
    "receive.folder": Label(
        "通知を保存するフォルダ（なければ作る）", "Folder that keeps the reports; made when it is not there."
    ),
    "receive.host": Label(
        "待ち受けるアドレス。0.0.0.0 ですべて", "Address to listen on; 0.0.0.0: every one."
    ),
    "receive.port": Label("待ち受けるポート", "Port to listen on."),
    "receive.path": Label(
        "URL の推測されないパス  [既定：ZRTOOLS_RECEIVER_PATH、なければ一度だけ作りフォルダに保存]",
        "Secret path of the URL.  [default: ZRTOOLS_RECEIVER_PATH, else made once and kept in the folder]",
    ),
    "receive.allow": Label(
        "受け入れる IP アドレスかネットワーク（複数指定可）",
        "IP address or network to let in; repeat for more.",
    ),
    "receive.user": Label(
        "Basic 認証のユーザー名。パスワードは ZRTOOLS_RECEIVER_PASSWORD から読む",
        "Ask for basic authentication; the password comes from ZRTOOLS_RECEIVER_PASSWORD.",
    ),
    "receive.cert": Label("TLS の証明書（PEM）", "TLS certificate, PEM."),
    "receive.key": Label("その秘密鍵（PEM）", "Its key, PEM."),
    "receive.proxy": Label(
        "X-Forwarded-For を信用するリバースプロキシ（複数指定可）",
        "Reverse proxy whose X-Forwarded-For is believed; repeat for more.",
    ),
    "receive.limit_mb": Label("受け取る本文の上限（メガバイト）", "Largest body taken, in megabytes."),
    "receive.per_address": Label(
        "1つのアドレスからの接続と、同時リクエストの上限",
        "Connections, and requests at a time, of one address.",
    ),
    # zrtools report
    "report": Label("レポートの作成（不達、または利用）", "Write a report: what failed, or what was used."),
    "report.notes": Label(
        "例：\n  zrtools report failures --from 2026-10\n  zrtools report usage --out usage.xlsx",
        "Examples:\n  zrtools report failures --from 2026-10\n  zrtools report usage --out usage.xlsx",
    ),
    "report.failures": Label(
        "不達レポート：何が届かなかったか、理由、変化、推奨対応\n\n"
        "電話番号は伏せます。直前の同じ長さの期間の配信状況があれば、比較します。2つのリストは、--plain-numbers "
        "を付けると、配信停止リスト（Suppressions.add）と送信一覧（Outbox.add）にそのまま使えます。",
        "Write the failure report: what failed, why, what changed, what to do.\n\n"
        "Numbers are masked. Compares with the period just before where its statuses are there to be had. The two "
        "lists go straight into a suppression list (Suppressions.add) and an outbox (Outbox.add), with "
        "--plain-numbers.",
    ),
    "report.failures.notes": Label(
        "例：\n  zrtools report failures --from 2026-10 --archive archive\n"
        "  zrtools report failures --from 2026-10-01 --to 2026-10-15 --no-compare\n"
        "  zrtools report failures --drop-list drop.csv --resend-list resend.csv\n\n"
        "ファイルは一度に置き換えます。\n"
        "終了コード：0 完了、1 作れない、または欠けた日がある（レポートは作り、その旨を書く）、2 指定の誤り、130 中断",
        "Examples:\n  zrtools report failures --from 2026-10 --archive archive\n"
        "  zrtools report failures --from 2026-10-01 --to 2026-10-15 --no-compare\n"
        "  zrtools report failures --drop-list drop.csv --resend-list resend.csv\n\n"
        "The file is replaced in one step.\nExit codes: 0 the report is whole, 1 it could not be made or days are "
        "missing (it is written and says so), 2 used wrongly, 130 interrupted.",
    ),
    "report.failures.start": Label(
        "最初の日、または月  [既定：先月]", "The first day, or a month.  [default: last month]"
    ),
    "report.failures.end": Label(
        "最後の日、または月  [既定：--from と同じ]", "The last day, or a month.  [default: as --from]"
    ),
    "report.failures.compare_from": Label(
        "比較する期間の最初の日  [既定：直前の同じ長さの期間]",
        "The first day to compare with.  [default: the period just before]",
    ),
    "report.failures.compare_to": Label("比較する期間の最後の日", "The last day to compare with."),
    "report.failures.no_compare": Label("比較しない", "Compare with nothing."),
    "report.failures.place": Label(
        "配信状況を取得せずに使うアーカイブ", "Take the statuses from an archive."
    ),
    "report.failures.names": Label(
        "コードの独自の名前の表。列 code と category の CSV か Excel",
        "CSV or Excel file with your own names of codes: columns code and category.",
    ),
    "report.failures.keep_for": Label(
        "再送する意味がある時間（時間単位）", "For how many hours a message is worth sending again."
    ),
    "report.failures.drop_list": Label(
        "除外する番号のリストを書き出すファイル（.csv か .xlsx）",
        "Write the numbers to drop to a file, .csv or .xlsx.",
    ),
    "report.failures.resend_list": Label(
        "再送するメッセージと日時のリストを書き出すファイル（.csv か .xlsx）",
        "Write the messages to send again, with their times, to such a file.",
    ),
    "report.failures.plain_numbers": Label(
        "この2つのリストの電話番号を伏せない", "Do not mask the phone numbers in these two files."
    ),
    "report.failures.encoding": Label(
        "この2つのリストの文字コード（.csv のとき）", "Of these two files, where they are .csv."
    ),
    "report.failures.out": Label(
        "レポートのファイル（.html）  [既定：failures-最初の日-最後の日.html]",
        "The file, .html.  [default: failures-FIRST-LAST.html]",
    ),
    # zrtools report usage
    "report.usage": Label(
        "月次の利用レポート：件数、課金通数、費用、見込み\n\n"
        "キャリア別・契約クライアント別の件数・到達・課金通数・費用と、請求との突合、今月の見込みを、"
        "Excel、HTML、PDF に書き出します。",
        "Write the monthly usage report: sent, delivered, billed, at what cost.\n\n"
        "As Excel, HTML or PDF: by carrier and client what was sent, delivered and billed, at what cost, reconciled "
        "with the invoice, with a forecast of the running month.",
    ),
    "report.usage.notes": Label(
        "例：\n  zrtools report usage --out usage.xlsx\n"
        "  zrtools report usage --month 2026-10 --prices prices.toml --out usage.pdf\n"
        "  zrtools report usage --all-clients --settings report.toml --each-client out\n\n"
        "ファイルは1つずつ、一度に置き換えます。\n"
        "終了コード：0 完了、1 作れない、または使えない表を除いて作った（その旨を表示）、2 指定の誤り、130 中断",
        "Examples:\n  zrtools report usage --out usage.xlsx\n"
        "  zrtools report usage --month 2026-10 --prices prices.toml --out usage.pdf\n"
        "  zrtools report usage --all-clients --settings report.toml --each-client out\n\n"
        "Each file is replaced in one step.\nExit codes: 0 the report is whole, 1 it could not be made, or was made "
        "without a table that could not be used (which it says), 2 used wrongly, 130 interrupted.",
    ),
    "report.usage.months": Label(
        "表示する月数（--month まで）", "How many months the report shows, ending with --month."
    ),
    "report.usage.place": Label(
        "通数と配信状況を取得せずに使うアーカイブ", "Take counts and statuses from an archive."
    ),
    "report.usage.archives": Label(
        "契約クライアントごとの配信状況。契約クライアントIDを名前とするアーカイブのフォルダか、列 client_id と archive の表",
        "Where each client's statuses are: a folder of archives named by client id, or a table of client_id and "
        "archive.",
    ),
    "report.usage.settings": Label(
        "宛名・作成者・ロゴ・コメント・単価・契約クライアント・予算・締め日を書いた report.toml",
        "A report.toml: addressee, author, logo, comment, prices, clients, budget, closing day.",
    ),
    "report.usage.prices": Label("単価の TOML か表", "Prices, as TOML or a table."),
    "report.usage.invoice": Label("請求明細の表", "Invoice lines, as a table."),
    "report.usage.columns": Label(
        "請求明細のどの列が month、carrier、quantity、amount か（複数指定可）",
        "Which column of the invoice is month, carrier, quantity or amount; once for each.",
    ),
    "report.usage.client_columns": Label(
        "契約クライアントの表のどの列が client_id、client か（複数指定可）",
        "Which column of the clients' table is client_id or client; once for each.",
    ),
    "report.usage.sheets": Label(
        "invoice、prices、clients、archives の表があるシート。例：invoice=東日本（複数指定可）  "
        "[既定：内容のある、ただ1つの表示シート]",
        "On which sheet the table of invoice, prices, clients or archives is, such as invoice=東日本; once for each.  "
        "[default: the only visible one that holds anything]",
    ),
    "report.usage.header_rows": Label(
        "それらの表の見出しの行。例：invoice=3（複数指定可）  [既定：内容のある最初の行]",
        "In which row the headings of such a file stand, such as invoice=3; once for each.  [default: the first "
        "filled one]",
    ),
    "report.usage.all_clients": Label(
        "全契約クライアントの通数を取得する（代理店）", "Ask the service for all clients' counts (agencies)."
    ),
    "report.usage.client_id": Label(
        "この契約クライアントだけのレポートにする", "Report about this client alone."
    ),
    "report.usage.each_client": Label(
        "契約クライアントごとのレポートを書き出すフォルダ", "Write a report for each client into a folder."
    ),
    "report.usage.formats": Label(
        "--each-client のファイルの種類（複数指定可）  [既定：xlsx]",
        "The files of --each-client; once for each.  [default: xlsx]",
    ),
    "report.usage.statuses_of": Label(
        "通数が複数の契約クライアントのとき、配信状況がどれのものか  [既定：ZRTOOLS_CLIENT_ID]",
        "The client whose statuses they are, where counts are of several.  [default: ZRTOOLS_CLIENT_ID]",
    ),
    "report.usage.tolerance": Label(
        "突合で許す差。通数、または1未満なら割合",
        "Gaps to let pass: a number of messages, or below 1 a part of the figure.",
    ),
    "report.usage.with_statuses": Label(
        "配信状況と突合する  [既定：アーカイブとサンドボックスではする。サービスからは指定したときだけ]",
        "Reconcile with statuses.  [default: from an archive and the sandbox; from the service only when asked]",
    ),
    "report.usage.out": Label("レポートのファイル（.xlsx、.html、.pdf）", "The file, .xlsx, .html or .pdf."),
    # zrtools sandbox
    "sandbox": Label(
        "サービスの API と同じ動きをする、手元のサンドボックスの起動\n\n"
        "Ctrl-C で終わるまで動き、模擬データを返します。接続先、アクセスキー、試すための curl の行を表示します。"
        "同じオプションなら、アクセスキーも含めて同じサンドボックスになります。",
        "Run the service's whole API on this machine, with simulated traffic.\n\n"
        "Runs until it is interrupted. Prints where it listens, what to identify with, and a curl line to try. The "
        "same options make the same sandbox, its token included.",
    ),
    "sandbox.notes": Label(
        "例：\n  zrtools sandbox\n  zrtools sandbox --port 8700 --dlr-url http://127.0.0.1:8443/secret",
        "Examples:\n  zrtools sandbox\n  zrtools sandbox --port 8700 --dlr-url http://127.0.0.1:8443/secret",
    ),
    "sandbox.port": Label("待ち受けるポート（この端末内のみ）。0 で空いているもの", "Loopback port; 0: any."),
    "sandbox.today": Label(
        "サンドボックスの日付（日本時間10時に始まる）  [既定：決まった日]",
        "The sandbox's day, at 10:00 in Japan.  [default: one fixed day]",
    ),
    "sandbox.messages_per_day": Label("1日あたりの平均の件数", "How much traffic, on an average day."),
    "sandbox.dlr_url": Label(
        "clientTag 付きメッセージの配信結果通知を送る URL", "Push delivery reports of tagged messages there."
    ),
    "sandbox.dlr_format": Label("配信結果通知の形式", "Format of pushed reports."),
    # zrtools sync
    "sync": Label(
        "配信状況と通数をアーカイブに保存（手動でも cron でも）\n\n"
        "アーカイブにない日と、まだ変わりうる日だけを取得します。失敗がなければ何も表示しません。"
        "アクセスキーは ZRTOOLS_TOKEN と ZRTOOLS_CLIENT_ID、ハッシュ化した番号の鍵は ZRTOOLS_HASH_KEY から読みます。",
        "Keep statuses and counts in an archive, by hand or from cron.\n\n"
        "Fetches what the archive lacks or what may still change. Says nothing unless something failed. Credentials "
        "come from ZRTOOLS_TOKEN and ZRTOOLS_CLIENT_ID, the key of hashed numbers from ZRTOOLS_HASH_KEY.",
    ),
    "sync.notes": Label(
        "例：\n  zrtools sync --archive archive --from 2026-04-01\n  zrtools sync --archive archive --verbose\n\n"
        "同時に2つ実行しても問題ありません。\n"
        "終了コード：0 完了、1 取得できない日や月がある、またはアーカイブを使えない、2 指定の誤り、130 中断",
        "Examples:\n  zrtools sync --archive archive --from 2026-04-01\n  zrtools sync --archive archive --verbose\n\n"
        "Running it twice at once is harmless.\nExit codes: 0 all went well, 1 a day or month failed or was refused or "
        "the archive cannot be used, 2 used wrongly, 130 interrupted.",
    ),
    "sync.start": Label(
        "最初の日  [既定：保存済みの最初の日]", "The first day.  [default: the first one archived]"
    ),
    "sync.end": Label("最後の日  [既定：今日]", "The last day.  [default: today]"),
    "sync.numbers": Label(
        "新しいアーカイブでの電話番号の保存方法  [既定：plain（そのまま）]",
        "How a new archive keeps phone numbers.  [default: plain]",
    ),
    "sync.messages": Label(
        "新しいアーカイブに本文を保存するか  [既定：する]",
        "Of a new archive: keep the bodies.  [default: keep]",
    ),
    "sync.rawdata": Label(
        "新しいアーカイブに、キャリアのエラーの生データも保存する",
        "Of a new archive: keep the carriers' raw error data.",
    ),
    "sync.counts": Label(
        "月別の通数も保存するか  [既定：する]", "Keep the monthly counts too.  [default: keep]"
    ),
    "sync.force": Label(
        "確定済みの日も取得し直し、行数が減っても置き換える",
        "Ask again for settled days too, and take fewer rows.",
    ),
    # zrtools watch
    "watch": Label(
        "不達の監視：新しい異常だけを知らせる（cron 向け）\n\n"
        "アーカイブを最新にして、直近の1日と進行中の時間帯をそれまでの数週間と比べます。同じ異常は一度だけ、"
        "端末・ファイル・プログラムに知らせます（途中で止められても）。電話番号は伏せます。",
        "Sync, look at the last day, and tell what is new; made for cron.\n\n"
        "Compares the last day and the running hours with the weeks before. An alert is told once, to the terminal, "
        "files and a program, also when the run is killed. Numbers are masked.",
    ),
    "watch.notes": Label(
        "例：\n  zrtools watch --archive archive --out alert.html\n"
        "  zrtools watch --archive archive --weekly --out week.html\n\n"
        "新しいことがなければ何も表示しません。\n"
        "終了コード：0 新しいことなし、3 注視または収束、4 異常、または届かなかった配信結果通知、"
        "1 確認できない、または渡せない、2 指定の誤り、130 中断",
        "Examples:\n  zrtools watch --archive archive --out alert.html\n"
        "  zrtools watch --archive archive --weekly --out week.html\n\n"
        "Says nothing when nothing is new.\nExit codes: 0 nothing is new, 3 something is to be watched or is over, "
        "4 an incident or pushed reports that never came, 1 it could not look or not deliver, 2 used wrongly, "
        "130 interrupted.",
    ),
    "watch.state": Label(
        "知らせたことを記録するファイル  [既定：アーカイブの隣の DIR-watch.sqlite]",
        "The file that keeps what was told.  [default: DIR-watch.sqlite beside the archive]",
    ),
    "watch.receiver": Label(
        "配信結果通知の保存先フォルダ。届かなかった通知も知らせる",
        "The receiver's folder: tells which pushed reports never came.",
    ),
    "watch.out": Label(
        "新しいことを書き出すファイル（.html、.md、.txt。複数指定可）",
        "Write what is new to a file, .html, .md or .txt; repeat for more.",
    ),
    "watch.program": Label(
        "新しいことを Markdown で標準入力に渡すプログラム",
        "Give what is new to a program, as Markdown on its standard input.",
    ),
    "watch.of_week": Label(
        "代わりに過去7日間のまとめを作る（週に1回）",
        "The digest of the last seven days instead, once a week.",
    ),
    "watch.no_sync": Label(
        "取得せず、保存済みのものだけを見る", "Look at what is archived, and fetch nothing."
    ),
    "watch.quiet": Label("新しいことを端末に表示しない", "Do not write to the terminal what is new."),
    "watch.wait": Label("ほかの watch の終わりを待つ秒数", "Seconds to wait for another watch."),
    "watch.verbose": Label("新しいことがないときも、その旨を表示", "Say also that nothing is new."),
}

# what click says, by its English
CLICK: dict[str, str] = {
    "Options": "オプション",
    "Commands": "コマンド",
    "Positional arguments": "引数",
    "default: {default}": "既定：{default}",
    "env var: {var}": "環境変数：{var}",
    "required": "必須",
    "(dynamic)": "（実行時に決まる）",
    "deprecated": "非推奨",
    "Show this message and exit.": "この説明を表示して終了",
    "Show the version and exit.": "バージョンを表示して終了",
    "%(prog)s, version %(version)s": "%(prog)s %(version)s",
    "Confirm the action without prompting.": "確認せずに実行",
    "Do you want to continue?": "続けますか？",
    "Repeat for confirmation": "確認のためもう一度",
    "Press any key to continue...": "何かキーを押すと続けます…",
    "Aborted!": "中断しました。",
    "Error: {message}": "エラー：{message}",
    "Error: invalid input": "エラー：入力が正しくありません",
    "Error: The two entered values do not match.": "エラー：2回の入力が一致しません",
    "Try '{command} {option}' for help.": "使い方：{command} {option}",
    "Missing command.": "コマンドを指定してください",
    "Missing argument": "引数を指定してください：",
    "Missing option": "オプションを指定してください：",
    "Missing parameter": "指定が足りません：",
    "Missing {param_type}": "指定が足りません：{param_type}",
    "Missing parameter: {param_name}": "指定が足りません：{param_name}",
    "No such option {name!r}.": "オプション {name} はありません。",
    "No such command {name!r}.": "コマンド {name} はありません。",
    "Did you mean {possibility}?": "{possibility} ですか？",
    "(Did you mean one of: {possibilities}?)": "次のいずれかですか：{possibilities}",
    "Invalid value: {message}": "指定した値が正しくありません：{message}",
    "Invalid value for {param_hint}: {message}": "{param_hint} の値が正しくありません：{message}",
    "Choose from:\n\t{choices}": "次から選んでください：\n\t{choices}",
    "{value!r} is not {choice}.": "{value} ではなく {choice} を指定してください",
    "{value!r} is not one of {choices}.": "{value} ではなく、{choices} のいずれかを指定してください",
    "{value!r} does not match the format {format}.": "{value} は {format} の形ではありません",
    "{value!r} does not match the formats {formats}.": "{value} は {formats} のいずれの形でもありません",
    "{value!r} is not a valid {number_type}.": "{value} は数値ではありません",
    "{value!r} is not a valid boolean. Recognized values: {states}": "{value} は真偽値ではありません。使える値：{states}",
    "{value} is not in the range {range}.": "{value} は範囲 {range} の外です",
    "{value!r} is not a valid UUID.": "{value} は UUID ではありません",
    "{len_type} values are required, but {len_value} was given.": "値は{len_type}個必要ですが、{len_value}個です",
    "{len_type} values are required, but {len_value} were given.": "値は{len_type}個必要ですが、{len_value}個です",
    "Takes {nargs} values but 1 was given.": "値は{nargs}個必要ですが、1個です",
    "Takes {nargs} values but {len} were given.": "値は{nargs}個必要ですが、{len}個です",
    "Value must be an iterable.": "値は複数個を指定してください",
    "Argument {name!r} takes {nargs} values.": "引数 {name} には値が{nargs}個必要です",
    "Option {name!r} does not take a value.": "オプション {name} に値は付けられません",
    "Option {name!r} requires an argument.": "オプション {name} には値が必要です",
    "Option {name!r} requires {nargs} arguments.": "オプション {name} には値が{nargs}個必要です",
    "Got unexpected extra argument ({args})": "余分な引数があります：{args}",
    "Got unexpected extra arguments ({args})": "余分な引数があります：{args}",
    "unknown error": "不明なエラー",
    "Could not open file {filename!r}: {message}": "{filename} を開けません：{message}",
    "{name} {filename!r} does not exist.": "{filename} がありません",
    "{name} {filename!r} is a file.": "{filename} はファイルです",
    "{name} {filename!r} is a directory.": "{filename} はフォルダです",
    "{name} {filename!r} is not readable.": "{filename} を読めません",
    "{name} {filename!r} is not writable.": "{filename} に書き込めません",
    "{name} {filename!r} is not executable.": "{filename} は実行できません",
}

# how errors of calls in Python are said of a command: where it has the option, or has not
PYTHON: tuple[tuple[str, str, str], ...] = (
    ("", r"\b\w+= ?（(--[\w-]+)）", r"\1 "),
    ("", r"\b\w+= ?\((--[\w-]+)\)", r"\1"),
    ("", r'doubtful="take"(?:、コマンドでは |, or )', ""),
    ("", r"archive\.sync\(client\)", "zrtools sync"),
    ("suppressions", r"(?<=[ ：])(archive|outbox|suppressions|answers|reports)(?=[,.]|$)", r"--\1"),
    ("sandbox", r"zr\.Client\.sandbox\(\)", "--sandbox"),
    ("profile", r"Client\(token=\.\.\.\) または Client\(profile=\.\.\.\) で渡して", "--profile で指定して"),
    ("profile", r"Client\(token=\.\.\.\) or Client\(profile=\.\.\.\)", "--profile"),
    ("profile", r"を設定するか、Client\(client_id=\.\.\.\) で渡して", "を設定して"),
    ("profile", r" or give Client\(client_id=\.\.\.\)", ""),
    ("profile", r"\w+= (?:または|か|or) (?=ZRTOOLS_)", ""),
    ("day", r"reference_date (?=[はが])", "基準日（--date、--date-column）"),
    ("day", r"^reference_date(?= )", "The reference date (--date, --date-column)"),
)
