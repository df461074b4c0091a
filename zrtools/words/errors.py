"""Why something was refused or could not be done, by the room that says it; `texts.said` looks it up."""

from __future__ import annotations

from zrtools.codes import Label

__all__ = ["TEXTS"]

TEXTS = {
    "tables.cell": Label(
        "{place}：{value} は{what}ではありません（列 {column}）。{advice}",
        "{place}: {value} is not a {what} (column {column}): {advice}.",
    ),
    "tables.unreadable": Label(
        "{name} を読めません（{why}）。パスを確かめてください",
        "{name} cannot be read ({why}): check the path.",
    ),
    "tables.header_row": Label(
        "header には見出しの行を1から数えて指定してください（{header} ではなく）",
        "header must be the row of the headings, counted from 1, not {header}.",
    ),
    "tables.no_sheets": Label(
        "{name} にシートはありません。sheet=（--sheet）を省いてください",
        "{name} has no sheets: leave sheet= (--sheet) out.",
    ),
    "tables.workbook_as_text": Label(
        "{name} はテキストではなく、ブックか圧縮ファイルです。拡張子を .xlsx（または .xls）にするか、展開してください",
        "{name} is a workbook or an archive, not text: give it the ending .xlsx (or .xls), or unpack it.",
    ),
    "tables.ending": Label(
        "{name} の拡張子は .csv、.tsv、.xlsx のいずれかにしてください",
        "{name} must end in .csv, .tsv or .xlsx.",
    ),
    "tables.not_text": Label(
        "{name} は {names} のテキストではありません。UTF-8 の CSV で保存してください",
        "{name} is not text in {names}: save it as CSV in UTF-8.",
    ),
    "tables.empty": Label(
        "{name} は空です。見出し行のある表を指定してください",
        "{name} is empty: give a table with a header line.",
    ),
    "tables.too_few_lines": Label(
        "{name} は{header}行に足りません。{header}行目を見出しにはできません",
        "{name} has fewer than {header} lines: the headings cannot stand in line {header}.",
    ),
    "tables.irregular": Label(
        "{name} は表として読めません。見出しより多くのセルをもつ行があるか、引用符が閉じていません。CSV で保存し直してください。見出しの上に題名があるときは、見出しの行を header=（--header-row）で指定してください",
        "{name} is not a regular table: a row has more cells than the header, or a quotation mark stays open. Save it as CSV again; where a title stands above the headings, say in which line they are with header= (--header-row).",
    ),
    "tables.nothing_in_row": Label(
        "{name} のシート {name2} の{first}行目には何もありません。見出しの行を指定してください",
        "{name}, sheet {name2} has nothing in row {first}: name the row of the headings.",
    ),
    "tables.title": Label(
        "{name}：{where}には {title!r} しかなく、題名のようです。見出しの行を header=（--header-row）で指定してください",
        "{name}: {where} holds only {title!r}, which looks like a title: say in which row the headings stand with header= (--header-row).",
    ),
    "tables.no_rows": Label(
        "{name} は{where}に見出し{more}があるだけで、その下に行がありません{left}。ファイルは正しいですか",
        "{name} has headings in {where}{more} and no rows below them{left}: is it the right file?",
    ),
    "tables.column_kind": Label(
        "列 {name!r} の型は {dtype} です。文字列にするか、除いてください",
        "The column {name!r} holds {dtype}: make it text, or leave it out.",
    ),
    "tables.too_large": Label(
        "表は{height:,}行 {width:,}列ですが、シートには{most_rows:,}行 {most_columns:,}列までしか入りません。.csv で書き出すか、分けてください",
        "The table has {height:,} rows and {width:,} columns; a sheet holds {most_rows:,} and {most_columns:,}: write it as .csv, or in parts.",
    ),
    "tables.cell_too_long": Label(
        "列 {name!r} に{longest:,}文字の文字列があります。セルには{most_characters:,}文字までしか入りません。.csv で書き出すか、この列を除いてください",
        "The column {name!r} has a text of {longest:,} characters; a cell holds {most_characters:,}: write it as .csv, or leave the column out.",
    ),
    "tables.sheet_name": Label(
        "シート名は1〜31文字で、[ ] : * ? / \\ を含まず、両端が ' でないものにしてください",
        "sheet must have 1 to 31 characters, none of them [ ] : * ? / \\, and no ' at either end: choose another.",
    ),
    "tables.encoding": Label(
        "文字コード {encoding!r} はありません。utf-8-sig、utf-8、cp932 のいずれかを指定してください",
        "There is no encoding {encoding!r}: use utf-8-sig, utf-8 or cp932.",
    ),
    "workbooks.protected_or_none": Label(
        "{name} はパスワードで保護されているか、拡張子どおりのブックではありません。パスワードなしの .xlsx で保存してください",
        "{name} is protected by a password, or is no workbook of its ending: save it as .xlsx, without one.",
    ),
    "workbooks.no_sheet": Label(
        "{name} にシート {sheet!r} はありません。あるのは {found} です。sheet=（--sheet）で選んでください",
        "{name} has no sheet {sheet!r}; it has: {found}. Choose one of them with sheet= (--sheet).",
    ),
    "workbooks.several_sheets": Label(
        "{name} には内容のあるシートが{count}枚あります：{it}。sheet=（--sheet）で選んでください",
        "{name} has {count} sheets that hold something: {it}. Say which one with sheet= (--sheet).",
    ),
    "workbooks.hidden_sheets": Label(
        "{name} の内容は非表示のシートにしかありません：{hidden}。sheet=（--sheet）で選んでください",
        "{name} holds something in hidden sheets only: {hidden}. Say which one with sheet= (--sheet).",
    ),
    "workbooks.protected": Label(
        "{name} はパスワードで保護されています。開いて、パスワードなしで保存してください",
        "{name} is protected by a password: open it and save it without the password.",
    ),
    "workbooks.unreadable": Label(
        "{name} を Excel として読めません（{why}）。.xlsx か CSV で保存してください",
        "{name} cannot be read as Excel ({why}): save it as .xlsx or CSV.",
    ),
    "workbooks.too_large": Label(
        "{name} は大きすぎて安全に読めません：{what}。不要な部分を消して保存し直すか、CSV で保存するか、zrtools.workbooks.{setting} を大きくしてください",
        "{name} is too large to be read safely: {what}. Delete what is not needed and save it again, save it as CSV, or raise zrtools.workbooks.{setting}.",
    ),
    "sqlite.read_only": Label(
        "{what} {path} に書き込めません。書き込める場所にコピーするか、別のファイルを指定してください",
        "The {what} {path} cannot be written: copy it to where it may be written, or name another file.",
    ),
    "sqlite.damaged_value": Label(
        "{what} {path} は使えません。中の値が元と変わっています。{damaged}",
        "The {what} {path} cannot be used: a value in it is not what it was. {damaged}",
    ),
    "sqlite.copy_exists": Label(
        "{target} はすでにあります。コピー先に別のファイルを指定してください",
        "{target} is there already: name another file for the copy.",
    ),
    "sqlite.closed": Label(
        "{what} {path} は閉じられています。もう一度開いてください",
        "The {what} {path} was closed. Open it again.",
    ),
    "sqlite.gone": Label(
        "{what} {path} がなくなっています（{why}）。元に戻すか、別のファイルを開いてください",
        "The {what} {path} is gone ({why}): put it back, or open another one.",
    ),
    "sqlite.empty": Label(
        "{what} {path} は空で、壊れています。コピーから戻すか、別のファイルを指定してください",
        "The {what} {path} is empty, so it was damaged: restore a copy, or choose another file.",
    ),
    "sqlite.other": Label(
        "{path} は{what}ではありません。別のファイルを指定してください",
        "{path} is no {what}: choose another file.",
    ),
    "sqlite.newer": Label(
        "{path} は、より新しい zrtools の{what}です（版 {have}、この zrtools は {version} まで）。zrtools を更新するか、別のファイルを指定してください",
        "{path} is a {what} of a newer zrtools (version {have}, this one knows {version}): update zrtools, or choose another file.",
    ),
    "sqlite.unusable": Label(
        "{what} {path} は使えません：{reason}",
        "The {what} {path} cannot be used: {reason}",
    ),
    "sqlite.unwritable": Label(
        "{what} {target} に書き込めません（{why}）。別のファイルを指定してください",
        "The {what} {target} cannot be written ({why}): name another file.",
    ),
    "wire.carrier_id": Label(
        "carrier_id は {known} のいずれかです（{carrier_id} ではなく）。省けば、サービスが判定します",
        "carrier_id must be one of {known}, not {carrier_id}. Leave it out to let the service find it.",
    ),
    "periods.reversed": Label(
        "期間が逆です（開始 {start}、終了 {end}）。入れ替えてください",
        "The period is reversed: start is {start}, end is {end}. Swap them.",
    ),
    "wire.reference_date": Label(
        "reference_date は {oldest} から {today} までの日です（{reference_date} ではなく）。その番号が本人のものと最後に分かっていた日を指定してください",
        "reference_date must lie between {oldest} and {today}, not on {reference_date}: give the day on which the number was last known to be right.",
    ),
    "wire.text": Label(
        "{name} は文字列にしてください（{kind} ではなく）",
        "{name} must be text, not {kind}: give a str.",
    ),
    "wire.length": Label(
        "{name} は 1〜{limit}文字です（{count}文字ではなく）。{advice}",
        "{name} must have 1 to {limit} characters, not {count}: {advice}.",
    ),
    "wire.half_character": Label(
        "{name} の位置 {where} に、半分だけの文字（単独のサロゲート）があります。取り除いてください",
        "{name} holds half of a character (a lone surrogate) at position {where}: remove it.",
    ),
    "wire.sms_code": Label(
        "sms_code は5桁か6桁の数字です（{value} ではなく）。契約の送信元SMSコードを指定してください",
        "sms_code must have 5 or 6 digits, not {value}: give the sender code assigned to the account.",
    ),
    "wire.phone_number": Label(
        "phone_number は日本の携帯電話番号（090… または +8190…）です（{value!r} ではなく）。直してください",
        "phone_number must be a Japanese mobile number (090… or +8190…), not {value!r}: correct it.",
    ),
    "wire.exactly_one": Label(
        "{names} のうち1つだけを指定してください（指定されたのは {got}）",
        "Give exactly one of {names}: {got} given.",
    ),
    "wire.no_short_url": Label(
        "サービスは受け付けましたが、ショートURL を返しませんでした。もう一度頼む前に、管理画面で探してください",
        "The service accepted the request and sent no short URL. Look for it in the admin screen before asking again.",
    ),
    "wire.no_code": Label(
        "応答は JSON ですが、使える responseCode がなく、この API のものではありません。base_url を確かめ、サービスの代わりにプロキシが応答していないかを確かめてください",
        "The answer is JSON without a usable responseCode, so it is not one of this API. Check base_url, and that no proxy answers in the service's place.",
    ),
    "wire.web_page": Label(
        "応答（{count:,}バイト）は Web ページか XML で、この API のものではありません。ネットワークのサインイン画面、プロキシの画面、メンテナンスの案内のいずれかです。ブラウザーで任意のページを開いてサインインするか、base_url か HTTPS_PROXY を直してください。それ以外は、時間をおいて実行してください",
        "The answer ({count:,} bytes) is a web page or XML, so it is not one of this API: the sign-in page of the network, a proxy's page, or one of maintenance. Open any page in a browser and sign in; correct base_url or HTTPS_PROXY; else try again later.",
    ),
    "wire.other_body": Label(
        "応答（{count:,}バイト）は{kind}、この API のものではありません。もう一度実行し、変わらなければ base_url を確かめ、サービスの代わりにプロキシが応答していないかを確かめてください",
        "The answer ({count:,} bytes) {kind}, so it is not one of this API. Try again; if it stays so, check base_url, and that no proxy answers in the service's place.",
    ),
    "wire.no_list": Label(
        "サービスの応答は成功なのに、{name} が{either}、行を読めません（0件とは扱いません）。もう一度問い合わせ、変わらなければ提供元に確認してください",
        "{name} is {either} in the service's answer although it says success, so its rows cannot be read, and are not taken for none. Ask again; if it stays so, ask the vendor.",
    ),
    "wire.no_fields": Label(
        "サービスの応答の {name} のどの行にも、この API の項目がなく、何も読めません。もう一度問い合わせ、変わらなければ、項目名が変わっていないか提供元に確認してください",
        "No row of {name} in the service's answer has a field of this API, so nothing can be read of them. Ask again; if it stays so, ask the vendor whether fields were renamed.",
    ),
    "dlr.refused": Label(
        "配信結果通知ではありません：{why}。本文を残し、契約上送られるはずのものと比べてください",
        "This is no delivery report: {why}. Keep the body and compare it with what the contract says is pushed.",
    ),
    "engines.empty_archive": Label(
        "アーカイブは空です。先に、必要な日を更新（sync）してください",
        "The archive is empty: sync the days first.",
    ),
    "engines.source": Label(
        "{wanted}（{kind} ではなく）。ほかのエンジンからは、先に必要な日を取り出してください。{refused}",
        "{wanted}, not {kind}. From another engine, collect the days in question first. {refused}",
    ),
    "engines.column_kind": Label(
        "列 {name} は {kind} にしてください（{names} ではなく）。先に変換してください",
        "The column {name} must be a {kind}, not {names}: convert it first.",
    ),
    "engines.small_letters": Label(
        "{names} は、zr.schemas.STATUS のとおり小文字で書いてください",
        "Write {names} in small letters, as zr.schemas.STATUS does.",
    ),
    "engines.no_column": Label(
        "列 {names} がありません。あるのは {names2} です。client.status(...) か archive.scan(...) の結果を渡してください",
        "No column {names}. There are: {names2}. Give what client.status(...) or archive.scan(...) return.",
    ),
    "engines.status_id": Label(
        "status_id は整数です（{schema} ではなく）。先に Int16 に変換してください",
        "status_id must be a whole number, not {schema}: cast it to Int16 first.",
    ),
    "engines.detailed_status_id": Label(
        "detailed_status_id は文字列です（{schema} ではなく）。String に変換してください。数値では5桁でないものが失われるため、できればデータを読むところで変換してください",
        "detailed_status_id must be text, not {schema}: cast it to String, better where the data is read, since a number loses what is not five digits.",
    ),
    "engines.send_date": Label(
        "send_date は日付です（{schema} ではなく）。先に Date に変換してください",
        "send_date must be a date, not {schema}: cast it to Date first.",
    ),
    "engines.date_time": Label(
        "date_time は日時です（{schema} ではなく）。先に Datetime に変換してください",
        "date_time must be a date with a time, not {schema}: cast it to Datetime first.",
    ),
    "engines.zone": Label(
        "date_time のタイムゾーンは {zone} ですが、日と時は日本時間です。先に列を {zone2} に変換してください（DuckDB では SET TimeZone = '{zone2}'、Spark では spark.sql.session.timeZone）",
        "date_time is in {zone}, but days and hours mean Japan's: convert the column to {zone2} first (in DuckDB: SET TimeZone = '{zone2}', in Spark: spark.sql.session.timeZone).",
    ),
    "erasure.before_or_days": Label(
        "残す最初の日 before= か、残す日数 days= のどちらか1つを指定してください",
        "Give either before=, the first day that stays, or days=, how many days stay.",
    ),
    "erasure.days": Label(
        "days は 1 以上です（{days} ではなく）",
        "days must be 1 or more, not {days}.",
    ),
    "erasure.no_record": Label(
        "{proof} に記録がありません。パスを確かめてください",
        "There is no record at {proof}: check the path.",
    ),
    "erasure.no_store": Label(
        "保存先を1つ以上指定してください：{names}",
        "Name at least one store: {names}.",
    ),
    "erasure.missing": Label(
        "{one} に {name} がありません。パスを確かめてください",
        "There is no {name} at {one}: check the path.",
    ),
    "periods.day": Label(
        '{name} は "2026-10-31"、"20261031"、または日付です（{value} ではなく）',
        '{name} must be a day such as "2026-10-31", "20261031" or a date, not {value}.',
    ),
    "periods.month": Label(
        '{name} は "2026-10"、"202610"、または日付です（{value} ではなく）',
        '{name} must be a month such as "2026-10", "202610" or a date, not {value}.',
    ),
    "periods.too_long": Label(
        "{first} から {last} までは100年を超えます。開始か終了を直してください",
        "From {first} to {last} is more than a hundred years: mend start or end.",
    ),
    "periods.nothing_before": Label(
        "{first} の前に、同じ長さの期間がありません。最初か最後を直してください",
        "There is nothing as long before {first}: mend first or last.",
    ),
    "periods.time": Label(
        '{name} は "2026-10-31 09:30" のような日本時間か datetime です（{value} ではなく）',
        '{name} must be a time in Japan such as "2026-10-31 09:30" or a datetime, not {value}.',
    ),
    "phones.unusable": Label(
        "電話番号 {readable} は使えません（{label}）。090-1234-5678 や +819012345678 のような日本の携帯電話番号を指定してください",
        "The phone number {readable} cannot be used ({label}). Give a Japanese mobile number such as 090-1234-5678 or +819012345678.",
    ),
    "phones.kind": Label(
        "電話番号は文字列か整数です（{dtype} ではなく）。{name} を文字列にしてください",
        "Phone numbers must be text or whole numbers, not {dtype}: make {name} text.",
    ),
    "messages.text": Label(
        "本文は文字列です（{kind} ではなく）",
        "The message must be text, not {kind}.",
    ),
    "messages.empty": Label(
        "本文が空です。1〜660文字で書いてください",
        "The message is empty: write 1 to 660 characters.",
    ),
    "messages.too_long": Label(
        "本文は{length}文字です{counted}。{limit}文字以内にしてください",
        "The message has {length} characters{counted}: shorten it to {limit} or fewer.",
    ),
    "messages.braces": Label(
        "定型文に、差し込み項目でない波かっこがあります。両側を2つずつ、{{{{%名前%}}}} のように書いてください",
        "The template has braces that are no placeholder: write {{{{%name%}}}} with both pairs of braces.",
    ),
    "messages.column_taken": Label(
        "データにすでに列 'message' があります。名前を変えるか除いてください（定型文が作る列です）",
        "The data already has a column 'message': rename or drop it, the template makes one.",
    ),
    "messages.extra": Label(
        "定型文に差し込み項目 {extra} はありません。あるのは {names} です",
        "The template has no placeholder for {extra}: it has {names}.",
    ),
    "messages.value_kind": Label(
        "{name!r} は {kind} です。差し込み項目には、文字列、数値、日付を入れてください",
        "{name!r} is a {kind}: fill a placeholder with text, a number or a date.",
    ),
    "messages.missing": Label(
        "定型文には {missing} が必要ですが、データにありません。{hint}",
        "The template needs {missing}, which the data does not have.{hint}",
    ),
    "messages.nothing_for": Label(
        "{height}行のうち{count}行に {name!r} の値がありません（最初は{row}行目、0から数えて）。値を入れるか、その行を除いてください",
        "{count} of {height} rows have nothing for {name!r}, the first is row {row} (counted from 0): fill it in, or leave those rows out.",
    ),
    "messages.column_kind": Label(
        "列 {name!r} の型は {dtype} です。差し込み項目に入るのは1つの値なので、文字列にしてください",
        "The column {name!r} holds {dtype}: a placeholder is filled with one value, make it text.",
    ),
    "messages.half_character": Label(
        "本文の{number}文字目が半分だけの文字です。もう一度貼り付けてください",
        "Character {number} of the message is half of a character: paste the text again.",
    ),
    "privacy.key": Label(
        "ハッシュの鍵は16バイト以上です。secrets.token_bytes(32) で作ってください",
        "The hashing key needs at least 16 bytes: make one with secrets.token_bytes(32).",
    ),
    "privacy.column": Label(
        "列 {where!r} の型は {dtype} で、電話番号を探せません。この列を除くか、表示してよければ keep= に指定してください",
        "The column {where!r} holds {dtype}, which cannot be searched for phone numbers: leave it out, or name it in keep= where it may be shown.",
    ),
    "doors.network": Label(
        "{text!r} は IP アドレスでも 203.0.113.0/24 のようなネットワークでもありません。直してください",
        "{text!r} is neither an IP address nor a network such as 203.0.113.0/24: correct it.",
    ),
    "doors.listen": Label(
        "{host} のポート {port} で待ち受けられません（{why}）。別のポートかホストを指定してください",
        "Cannot listen on {host} port {port} ({why}): choose another port or host.",
    ),
    "codes.no_column": Label(
        "{name} に列 {names} がありません。1行目に列の名前を書いてください",
        "{name} has no column {names}: name the columns in its first line.",
    ),
    "codes.both": Label(
        "{where}：コードと分類の両方を書いてください",
        "{where}: give both a code and a category.",
    ),
    "codes.twice": Label(
        "{where}：コード {code} が2回あります。どちらかを残してください",
        "{where}: code {code} stands twice. Keep one of them.",
    ),
    "codes.origin": Label(
        "{where}：origin は {names} のいずれかです（{origin!r} ではなく）",
        "{where}: origin must be one of {names}, not {origin!r}.",
    ),
    "codes.action": Label(
        "{where}：action は {names} のいずれかです（{action!r} ではなく）",
        "{where}: action must be one of {names}, not {action!r}.",
    ),
    "client.no_sms_code": Label(
        "送信元SMSコードがありません。ZRTOOLS_SMS_CODE か Client(sms_code=...) に5桁か6桁で指定してください。管理画面の「クライアント情報」にあります",
        "There is no sender code: set ZRTOOLS_SMS_CODE or give Client(sms_code=...), 5 or 6 digits; the admin screen shows it (クライアント情報).",
    ),
    "client.not_pickled": Label(
        "クライアントはアクセスキーと接続を持つため、pickle もコピーもできません。必要なところで新しく作ってください",
        "A client is not pickled or copied: it holds a token and open connections. Make a new one where it is needed.",
    ),
    "client.days_or_tag": Label(
        "日（start、end）か client_tag のどちらか1つを指定してください",
        "Give exactly one of days (start, end) and client_tag.",
    ),
    "client.end_beside_tag": Label(
        "end は日と一緒に使います。client_tag で問い合わせるときは省いてください",
        "end belongs to days: leave it out when asking by client_tag.",
    ),
    "client.client_id": Label(
        'client_id は数字、代理店なら "all" です',
        'client_id must be digits, or "all" for agencies.',
    ),
    "client.max_requests": Label(
        "課金される照会が{calls:,}回になり、max_requests の{max_requests:,}回を超えます。上限を上げるか、リストを短くしてください。まだ何も照会していません",
        "This would make {calls:,} billed calls, and max_requests is {max_requests:,}. Raise it or shorten the list; nothing was asked.",
    ),
    "client.days_time_or_tag": Label(
        "日（start、end）、schedule_time、client_tag のどれか1つを指定してください",
        "Give exactly one of days (start, end), schedule_time and client_tag.",
    ),
    "client.end_without_start": Label(
        "end は日と一緒に使います。start も指定するか、end を省いてください",
        "end belongs to days: give start too, or leave end out.",
    ),
    "client.group_beside_tag": Label(
        "group_tag は日か時刻を絞り込むものです。client_tag で問い合わせるときは省いてください",
        "group_tag narrows days or a time: leave it out beside client_tag.",
    ),
    "client.no_profile": Label(
        "このクライアントには、アクセスキーを読むプロファイルがありません。新しいアクセスキーを渡してください",
        "This client has no profile to read a token from: give the new one.",
    ),
    "client.interrupted": Label(
        "中断しました。{many:,}件の{noun}のうち{number:,}件が届いています。届いた分は .frame、残りは .missing にあります。残りをもう一度問い合わせてください",
        "Interrupted: {number:,} of {many:,} {noun} came. They are in .frame, the rest is listed in .missing: ask for that again.",
    ),
    "client.partial": Label(
        "{many:,}件の{noun}のうち{count:,}件が届きませんでした。届いた分は .frame、残りは .missing にあります。残りをもう一度問い合わせてください。最後の失敗：{failure}",
        "{count:,} of {many:,} {noun} did not come. What came is in .frame, the rest is listed in .missing: ask for that again. The last failure: {failure}",
    ),
    "client.numbers": Label(
        "numbers は、1つの番号、番号のリスト、polars の Series のいずれかです（{kind} ではなく）",
        "numbers must be one number, a list of numbers or a polars Series, not {kind}.",
    ),
    "client.reference_date": Label(
        "reference_date は1つの日か、番号ごとの日です。その番号が本人のものと分かっていた日を指定してください",
        "reference_date must be a day, or one day for each number: the day on which the number was known to be that person's.",
    ),
    "client.as_many_dates": Label(
        "番号は{count}件、基準日は{count2}件です。番号ごとに1つの日を指定してください",
        "There are {count} numbers and {count2} reference dates: give one date for each number.",
    ),
    "client.reference_day": Label(
        "reference_date は日付です（{value} ではなく）。値を入れるか、その番号を除いてください",
        "reference_date must be a day, not {value}: fill it in or leave that number out.",
    ),
    "client.forked": Label(
        "このクライアントは別のプロセスで作られたもので、複製（fork）したプロセスでは使えません。プロセスごとに zr.Client() を作ってください",
        "This client was made in another process, which a fork does not copy whole: make a new zr.Client() in each process.",
    ),
    "client.certificates": Label(
        "信頼する証明書を読めません（{why}）。SSL_CERT_FILE、SSL_CERT_DIR、REQUESTS_CA_BUNDLE を直してください",
        "The trusted certificates cannot be read ({why}): correct SSL_CERT_FILE, SSL_CERT_DIR or REQUESTS_CA_BUNDLE.",
    ),
    "client.profile_name": Label(
        "プロファイルの名前は1〜64文字で、空白、スラッシュ、コロンを含まないものにしてください",
        "A profile's name has 1 to 64 characters, and no space, slash or colon: choose another.",
    ),
    "client.keyring_empty": Label(
        "キーリングに、プロファイル {name!r} のアクセスキーがもうありません。zrtools profile set {name} を実行してください",
        "The keyring holds no token of the profile {name!r} any more: run zrtools profile set {name}.",
    ),
    "client.profile_unknown": Label(
        "プロファイル {name!r} はありません（{known}）。zrtools profile set {name} で作ってください",
        "There is no profile {name!r} ({known}): make it with zrtools profile set {name}.",
    ),
    "client.keyring": Label(
        "システムのキーリング：{problem}。ロックを解除するか、zrtools profile set 名前 --no-keyring で、自分だけが読めるファイルに保存してください",
        "The system's keyring: {problem}. Unlock it, or keep the token in a file that only you can read: zrtools profile set NAME --no-keyring.",
    ),
    "client.profiles_open": Label(
        "アクセスキーが入っているかもしれない {file} を、ほかの人が読めます。chmod 600 とし、見られた可能性があれば、管理画面の「アカウント情報」でアクセスキーを再発行してください",
        "Others than you can read {file}, which may hold tokens: chmod 600 it, and replace them in the admin screen (アカウント情報) if others could have looked.",
    ),
    "client.profiles_unreadable": Label(
        "{file} のプロファイルを読めません（{problem}）。ファイルを直すか、削除してください",
        "The profiles in {file} cannot be read ({problem}): mend the file or remove it.",
    ),
    "client.stopped_waiting": Label(
        "応答が届く前に停止しました。この clientTag の配信状況を問い合わせてください",
        "Stopped before the answer came: ask the status of this tag.",
    ),
    "client.stopped_before": Label(
        "送る前に停止しました。もう一度送ってください",
        "Stopped before this was sent: send it again.",
    ),
    "client.token_not_pickled": Label(
        "アクセスキーは pickle もコピーもできません。必要なところで読み直してください",
        "An access token is not pickled or copied: read it again where it is needed.",
    ),
    "client.base_url_unreadable": Label(
        "base_url を読めません。{advice}",
        "The base URL cannot be read. {advice}",
    ),
    "client.base_url_shape": Label(
        "base_url は {base_url} の形です。{advice}",
        "The base URL must look like {base_url}. {advice}",
    ),
    "client.base_url_bare": Label(
        "base_url には、ユーザー名、クエリ、フラグメントを含めないでください。{advice}",
        "The base URL must hold no user name, query or fragment. {advice}",
    ),
    "client.timeout": Label(
        "timeout は0より大きく3600秒以下です",
        "timeout must be more than 0 and at most 3600 seconds.",
    ),
    "client.pace_unlimited": Label(
        "pace=None（無制限）は、このマシンのサービスにだけ使えます。数を指定してください",
        "pace=None (unlimited) is for a service on this machine only: give a number.",
    ),
    "client.pace": Label(
        "pace は0より大きく、1秒あたり{max_pace:.0f}件以下です",
        "pace must be more than 0 and at most {max_pace:.0f} requests a second.",
    ),
    "client.answer_limit": Label(
        "answer_limit は 65,536 以上の整数（バイト）です",
        "answer_limit must be a whole number of bytes, 65,536 or more.",
    ),
    "client.at_once": Label(
        "at_once は1から 1024 までの整数です",
        "at_once must be a whole number from 1 to 1024.",
    ),
    "client.other_answers": Label(
        "{path} には、別のアカウントかサンドボックスの回答が入っています。別のファイルを指定してください",
        "{path} holds the answers of another account or of a sandbox: name another file.",
    ),
    "client.other_host": Label(
        "アクセスキーはこのクライアントの接続先にだけ送ります。このリクエストは送っていません",
        "The token goes to the client's own host alone: this request was not sent.",
    ),
    "client.garbled": Label(
        "応答が壊れていて、圧縮を展開できません",
        "The answer came garbled: its compression cannot be undone.",
    ),
    "client.large_answer": Label(
        "応答が{limit:,}バイトを超えています。通常の応答ではありません。必要な大きさなら Client(answer_limit=...) で許可し、そうでなければ base_url とプロキシを確かめてください",
        "The answer is larger than {limit:,} bytes: it is no usual one. Where it must be that large, allow it with Client(answer_limit=...); else check base_url and the proxy.",
    ),
    "client.encoding": Label(
        "応答は {name} とされていますが、そのようには読めません。もう一度実行するか、提供元に確認してください",
        "The answer says that it is in {name}, and cannot be read as that: try again, or ask the vendor.",
    ),
    "archive.counts_stopped": Label(
        "通数の更新を、残り{count}か月で停止しました。もう一度実行してください。保存した分は残っています",
        "The sync of counts was stopped with {count} months to go. Run it again: what is stored stays.",
    ),
    "archive.no_gap": Label(
        "ほかの書き手が {place} を絶え間なく変更しており、この変更の入る隙がありませんでした。失われたものはありません。書き手が少ないときに、もう一度実行してください",
        "Others changed {place} without a pause and this change found no gap; nothing was lost. Run it again when fewer writers are at work.",
    ),
    "archive.no_status_column": Label(
        "{strange!r} は STATUS の列ではありません。使えるのは {names} です",
        "{strange!r} is no column of STATUS: use {names}.",
    ),
    "archive.columns": Label(
        'columns には "send_date" と "status_id" の見出しが必要です。ないと配信状況になりません',
        'columns must name the headers of "send_date" and "status_id": without them a status is none.',
    ),
    "archive.no_column": Label(
        "ファイルに列 {missing!r} がありません。あるのは {columns} です。{hint}",
        "The file has no column {missing!r}. It has: {columns}.{hint}",
    ),
    "archive.cell": Label(
        "{name2} の{line}行目の {name} {value} を読めません。{advice}",
        "{name} {value} in row {line} of {name2} cannot be read: {advice}.",
    ),
    "archive.no_date": Label(
        "{name} の{line}行目に send_date がありません。値を入れるか、その行を除いてください",
        "There is no send_date in row {line} of {name}: fill it in or leave the row out.",
    ),
    "archive.numbers": Label(
        'numbers は "plain" か "hashed" です（{numbers!r} ではなく）',
        'numbers must be "plain" or "hashed", not {numbers!r}.',
    ),
    "archive.days_of_closing": Label(
        "settle_after と close_after は日数で、前者は後者以下です",
        "settle_after and close_after are days, and the first is at most the second.",
    ),
    "archive.folder": Label(
        "アーカイブのフォルダーか、s3://bucket/archive のようなアドレスを指定してください",
        "Give the archive's folder, or an address such as s3://bucket/archive.",
    ),
    "archive.scheme": Label(
        "{partition}:// のアーカイブには対応していません。フォルダー（必要ならマウントしたもの）か、s3:// のアドレス（Amazon S3、またはその互換）を指定してください",
        "An archive on {partition}:// is not supported: give a folder, a mounted one if need be, or an address on s3:// (Amazon S3, or what speaks as it does).",
    ),
    "archive.stopped": Label(
        "更新を、残り{count}日で停止しました。もう一度実行してください。保存した分は残っています",
        "The sync was stopped with {count} days to go. Run it again: what is stored stays.",
    ),
    "archive.no_send_date": Label(
        "send_date のない行は、アーカイブに入れられません。値を入れるか、除いてください",
        "Rows without a send_date have no place in the archive: fill it or filter them out.",
    ),
    "archive.newer": Label(
        "{path} のアーカイブは、より新しい zrtools で作られています（版 {version}、この zrtools は {version2} まで）。zrtools を更新してください。何も変更していません",
        "The archive at {path} was made by a newer zrtools (its version is {version}, this one knows {version2}): update zrtools. Nothing was changed.",
    ),
    "archive.other_table": Label(
        "{path} の Delta テーブルは、zrtools のアーカイブではありません。別のフォルダーを指定してください",
        "The Delta table at {path} is not an archive of zrtools: give another folder.",
    ),
    "archive.other_settings": Label(
        "{path} のアーカイブは {name}={getattr!r} で作られています（{value!r} ではなく）。{name} を省いてそのまま使うか、別のフォルダーに新しいアーカイブを作ってください",
        "The archive at {path} was made with {name}={getattr!r}, not {value!r}. Leave {name} out to use it as it is, or make another archive in another folder.",
    ),
    "archive.file": Label(
        "{folder} はファイルで、アーカイブではありません。フォルダーを指定してください",
        "{folder} is a file, not an archive: give a folder.",
    ),
    "archive.strange_folder": Label(
        "{folder} はアーカイブではありません。{strange!r} があり、statuses がありません。アーカイブのフォルダーか、空のフォルダー、新しいフォルダーを指定してください",
        "{folder} is not an archive: it holds {strange!r} and no statuses. Give the archive's own folder, or an empty or new one.",
    ),
    "archive.damaged": Label(
        "{folder} のアーカイブは壊れています。ログを最初から読めません。statuses/_delta_log をバックアップから戻すか、サービスがその日々を保持しているうちに、フォルダーを移して取得し直してください",
        "The archive at {folder} is damaged: its log cannot be read from the start. Put statuses/_delta_log back from a backup, or move the folder away and sync again while the service still has the days.",
    ),
    "archive.none": Label(
        "{path} にアーカイブはまだありません。archive.sync(client) で取得してください",
        "There is no archive at {path} yet: fill it with archive.sync(client).",
    ),
    "archive.gone": Label(
        "{path} のアーカイブがなくなっています。フォルダーを元に戻すか、今ある場所を指定してください。何も書き込んでいません",
        "The archive at {path} is not there any more: put its folder back, or open it where it is now. Nothing was written.",
    ),
    "archive.other_key": Label(
        "アーカイブの番号をハッシュ化した鍵と違います。同じ番号が同じハッシュになるよう、元の鍵を指定してください",
        "This is not the key that the archive's numbers were hashed with: give that one, so that one number keeps one hash.",
    ),
    "archive.future": Label(
        "{days} はまだ来ていません。アーカイブに入れられるのは今日（{today}）までです",
        "{days} has not come yet: the archive keeps days up to today, {today}.",
    ),
    "archive.damaged_day": Label(
        'アーカイブが壊れています。{day} のファイルが{what}。サービスがその日を保持している間は archive.sync(client, "{day}", force=True) で取得し直せます。そうでなければ {file} をバックアップから戻してください。ほかの日は元のままです',
        'The archive is damaged: the file of {day} {what}. While the service still has the day, fetch it anew with archive.sync(client, "{day}", force=True); else put {file} back from a backup. Other days are as they were.',
    ),
    "archive.no_key": Label(
        '番号のハッシュ化には、16バイト以上の鍵を、アーカイブとは別の場所に置いて使います。ZRTOOLS_HASH_KEY、ZRTOOLS_HASH_KEY_FILE、または key= で指定してください。鍵は python -c "import secrets; print(secrets.token_hex(32))" で作れます',
        'Hashed numbers need a key of at least 16 bytes, kept away from the archive: set ZRTOOLS_HASH_KEY, or ZRTOOLS_HASH_KEY_FILE, or give key=. Make one with python -c "import secrets; print(secrets.token_hex(32))".',
    ),
    "archive.key_inside": Label(
        "鍵のファイルがアーカイブの中にあります。データとは別の場所に置いてください",
        "The key file lies inside the archive: keep it elsewhere, away from the data.",
    ),
    "archive.key_unreadable": Label(
        "鍵のファイル {file} を読めません（{why}）。パスを確かめてください",
        "The key file {file} cannot be read ({why}): check its path.",
    ),
    "archive.short_key": Label(
        "ハッシュの鍵が16バイトに足りません。secrets.token_hex(32) で、より長い鍵を作ってください",
        "The hashing key has fewer than 16 bytes: make a longer one with secrets.token_hex(32).",
    ),
    "receiver.unwritable": Label(
        "保存先 {path} に書き込めません（{why}）。空きを作るか、別のフォルダーを指定してください",
        "The store {path} cannot be written ({why}): free space, or choose another folder.",
    ),
    "receiver.unfinished": Label(
        "{path} のログをまだ完了できません。空きを作り、保存先を一度開いてから、もう一度実行してください",
        "A log in {path} cannot be finished yet: free space, open the store once, then try again.",
    ),
    "receiver.none": Label(
        "{path} に配信結果通知の保存先はありません。フォルダーの名前を確かめてください",
        "There is no store of delivery reports in {path}: check the folder's name.",
    ),
    "receiver.not_written": Label(
        "通知を {path} に書き込めませんでした（{why}）。空きを作るか、ディスクを直してください",
        "The report could not be written to {path} ({why}): free space or mend the disk.",
    ),
    "receiver.lock": Label(
        "ロック {path} が壊れています。すべての受信プロセスを止めてから、削除してください",
        "The lock {path} is damaged: stop all receivers, then delete it.",
    ),
    "receiver.another": Label(
        "別の受信プロセスが保存先 {parent} に書き込み中です。先に止めるか、別のフォルダーを指定してください",
        "Another receiver writes to the store {parent}: stop it first, or choose another folder.",
    ),
    "receiver.version_unreadable": Label(
        "{number} を読めません（{why}）。権限を確かめてください",
        "{number} cannot be read ({why}): check its rights.",
    ),
    "receiver.version_damaged": Label(
        "{number} が壊れています。バックアップから戻してください",
        "{number} is damaged: put it back from a backup.",
    ),
    "receiver.newer": Label(
        "{path} は、より新しい zrtools の配信結果通知の保存先です（版 {found}、この zrtools は {version} まで）。zrtools を更新するか、別のフォルダーを指定してください",
        "{path} is a store of delivery reports of a newer zrtools (version {found}, this one knows {version}): update zrtools, or choose another folder.",
    ),
    "receiver.damaged": Label(
        "{file} が壊れています。バックアップから戻すか、ほかの内容を読むために別の場所に移してください",
        "{file} is damaged: put it back from a backup, or move it away to read what else there is.",
    ),
    "receiver.basic": Label(
        "ベーシック認証には、ユーザー名とパスワードの両方が必要です。両方を指定するか、どちらも省いてください",
        "Basic authentication takes both a username and a password: give both or none.",
    ),
    "receiver.key_alone": Label(
        "鍵には証明書が必要です。両方の PEM ファイルを指定してください",
        "A key needs its certificate: give both PEM files.",
    ),
    "receiver.certificate": Label(
        "証明書 {certificate} かその鍵を使えません（{why}）。対になる PEM ファイルを指定してください",
        "The certificate {certificate} or its key cannot be used ({why}): give PEM files that belong together.",
    ),
    "tables.line": Label(
        "{line}行目",
        "line {line}",
    ),
    "tables.row": Label(
        "{line}行目",
        "row {line}",
    ),
    "tables.of_sheet": Label(
        "（シート {sheet} のもの）",
        " (those of sheet {sheet})",
    ),
    "tables.hidden": Label(
        "（{rows}行は非表示）",
        "; {rows} rows are hidden",
    ),
    "tables.place": Label(
        "{name} の{line}行目",
        "{name}, line {line}",
    ),
    "tables.place_sheet": Label(
        "{name} のシート {sheet} の{line}行目",
        "{name}, sheet {sheet}, row {line}",
    ),
    "workbooks.unpacked": Label(
        "展開すると {mib:,.0f} MiB あります",
        "unpacked it has {mib:,.0f} MiB",
    ),
    "workbooks.memory": Label(
        "メモリーが足りず読み込みを中止しました",
        "the reader gave up for lack of memory",
    ),
    "sqlite.replaced": Label(
        "{what} {path} は、ここで開いたファイルではなくなっています。正しいファイルがあることを確かめて、もう一度開いてください",
        "The {what} {path} is not the file any more that was opened here: make sure that the right one lies there, then open it again.",
    ),
    "sqlite.damaged": Label(
        "ファイルが壊れています。コピーから戻すか、別のファイルを使い、このファイルは残しておいてください",
        "The file is damaged: restore a copy, or choose another file and keep this one.",
    ),
    "sqlite.no_text": Label(
        "中の文字列が文字列でなくなっています。{damaged}",
        "a text in it is no text any more. {damaged}",
    ),
    "sqlite.full": Label(
        "{problem}。空きを作って続けてください。書き込んだ分は残っています",
        "{problem}. Free some space and go on: what is written stands.",
    ),
    "sqlite.locked": Label(
        "{problem}。使用中のプログラムを閉じて、もう一度実行してください",
        "{problem}. Close the program that holds it, then try again.",
    ),
    "sqlite.rights": Label(
        "{problem}。ファイルとフォルダーに書き込め、ローカルのディスクにあることを確かめてください",
        "{problem}. Make sure that the file and its folder may be written and are on a local disk.",
    ),
    "sqlite.else": Label(
        "{problem}。{damaged}",
        "{problem}. {damaged}",
    ),
    "sqlite.what_watch": Label(
        "監視の記録",
        "watch state",
    ),
    "sqlite.what_erasures": Label(
        "削除の記録",
        "record of erasures",
    ),
    "sqlite.what_suppressions": Label(
        "配信停止リスト",
        "list of suppressed numbers",
    ),
    "sqlite.what_outbox": Label(
        "送信一覧",
        "outbox",
    ),
    "sqlite.what_cleaned": Label(
        "クリーニング結果の保存先",
        "store of cleaned numbers",
    ),
    "wire.advice_message": Label(
        "短くするか、2通に分けてください",
        "shorten the text or send it in two messages",
    ),
    "wire.advice_url": Label(
        "サービスは、これより長いものを短縮しません",
        "the service shortens no longer ones",
    ),
    "wire.advice_name": Label(
        "短い名前にするか、省いてください",
        "choose a shorter name or leave it out",
    ),
    "wire.advice_domain": Label(
        "ドメインだけを指定してください",
        "give the domain alone",
    ),
    "wire.advice_shorter": Label(
        "短くしてください",
        "choose a shorter one",
    ),
    "wire.advice_give": Label(
        "指定してください",
        "give one",
    ),
    "wire.is_empty": Label(
        "空なので",
        "is empty",
    ),
    "wire.broken_json": Label(
        "壊れているか途中で切れた JSON なので",
        "is JSON that is broken, cut short or no object",
    ),
    "wire.not_json": Label(
        "JSON ではないので",
        "is not JSON",
    ),
    "wire.missing": Label(
        "なく",
        "missing",
    ),
    "wire.not_list": Label(
        "リストではなく",
        "no list",
    ),
    "dlr.encoding": Label(
        "XML でも JSON でもないか、読める文字コードではありません",
        "it is neither XML nor JSON in an encoding that can be read",
    ),
    "dlr.entities": Label(
        "通知に必要のない実体か文書型を定義しています",
        "it defines entities or a document type, which no report needs",
    ),
    "dlr.broken_xml": Label(
        "壊れているか途中で切れた XML です",
        "it is XML that is broken or cut short",
    ),
    "dlr.no_xml": Label(
        "XML に eventNotifications がありません",
        "its XML holds no eventNotifications",
    ),
    "dlr.else_xml": Label(
        "XML に eventNotification 以外のものがあります",
        "its XML holds something else beside eventNotification",
    ),
    "dlr.broken_json": Label(
        "壊れているか途中で切れた JSON です",
        "it is JSON that is broken or cut short",
    ),
    "dlr.no_json": Label(
        "JSON に eventNotifications がありません",
        "its JSON holds no eventNotifications",
    ),
    "dlr.type": Label(
        "DLR 以外の種類の通知です",
        "it is a notification of another type than DLR",
    ),
    "dlr.no_field": Label(
        "配信結果通知の項目が1つもない通知があります",
        "it holds a notification without any field of a delivery report",
    ),
    "messages.counted": Label(
        "（うち{wide}文字は絵文字などで、2文字と数えます）",
        " ({wide} of them, such as emoji, count as 2)",
    ),
    "messages.unused": Label(
        "使われていない列：{names}",
        " Columns that fill nothing: {names}.",
    ),
    "schemas.frame": Label(
        "{name} のデータフレームではありません。{wrong}",
        "This is not a {name} frame. {wrong}.",
    ),
    "schemas.wrong": Label(
        "{column} は {dtype} のはずが {got} です",
        "{column}: expected {dtype}, got {got}",
    ),
    "schemas.no_column": Label(
        "{column}（{dtype}）がありません",
        "{column}: expected {dtype}, got no such column",
    ),
    "client.everything": Label(
        "この指定では、アカウントのすべての予約が取り消されます。start、end、group_tag のどれか、または everything=True を指定してください",
        "This would cancel every reservation of the account: give start, end or group_tag, or everything=True.",
    ),
    "client.everything_alone": Label(
        "everything=True は、ほかの条件と一緒には使えません。どちらかを省いてください",
        "everything=True takes no filter beside it: leave one of both out.",
    ),
    "client.closed": Label(
        "このクライアントは閉じられています。zr.Client() で新しく作ってください",
        "This client is closed: make a new one with zr.Client().",
    ),
    "client.advice_base_url": Label(
        "base_url= か ZRTOOLS_BASE_URL を直してください",
        "Correct base_url= or ZRTOOLS_BASE_URL.",
    ),
    "client.keyring_missing": Label(
        "インストールされていません（pip install zrtools[keyring]）",
        "it is not installed: pip install zrtools[keyring]",
    ),
    "client.keyring_none": Label(
        "このマシンに使えるものがありません",
        "this machine has none that can be used",
    ),
    "client.keyring_error": Label(
        "使えません（{kind}）",
        "it cannot be used ({kind})",
    ),
    "client.profiles_changed": Label(
        "書かれたとおりではありません",
        "not as it was written",
    ),
    "client.no_profiles": Label(
        "1つもありません",
        "there is none",
    ),
    "archive.which": Label(
        "columns= で対応を指定してください",
        " Say which is which with columns=.",
    ),
    "archive.other_size": Label(
        "記録と違う大きさです",
        "has another size than recorded",
    ),
    "archive.missing": Label(
        "ありません",
        "is missing",
    ),
    "archive.full": Label(
        "ディスクがいっぱいです。空きを作って、もう一度実行してください",
        "The disk is full: free space, then run it again.",
    ),
    "archive.rights": Label(
        "読み書きできません。フォルダーとこのユーザーの権限を確かめてください",
        "It may not be read or written: check the rights of the folder and of this user.",
    ),
    "archive.newer_program": Label(
        "より新しいプログラムが必要です。zrtools と deltalake を更新してください",
        "It needs a newer program: update zrtools and deltalake.",
    ),
    "archive.no_bucket": Label(
        "バケットかフォルダーがありません。アドレスとリージョンを確かめてください",
        "The bucket or folder does not exist: check the address and the region.",
    ),
    "archive.no_answer": Label(
        "ストレージが応答しません。ネットワーク、AWS_ENDPOINT_URL、リージョンを確かめてください",
        "The storage did not answer: check the network, AWS_ENDPOINT_URL and the region.",
    ),
    "archive.denied": Label(
        "アクセスが拒否されました。storage_options か AWS_… 変数の鍵と、バケットのポリシーを確かめてください",
        "Access was denied: check the keys in storage_options or the AWS_… variables, and the bucket's policy.",
    ),
    "archive.damaged_file": Label(
        "中のファイルが壊れているか、なくなっています。バックアップから戻すか、サービスがその日々を保持しているうちに、フォルダーを移して取得し直してください",
        "A file in it is damaged or missing: put it back from a backup, or move the folder away and sync again while the service still has the days.",
    ),
    "archive.no_reason": Label(
        "理由なし",
        "no reason given",
    ),
    "archive.unusable": Label(
        "{place} のアーカイブは、このままでは使えません。{advice}。保存済みの内容は元のままです（{first}）",
        "The archive at {place} cannot be used as it is. {advice} What was stored stays as it was. ({first})",
    ),
    "arguments.any": Label(
        "任意の値",
        "anything",
    ),
    "arguments.str": Label(
        "文字列",
        "a text",
    ),
    "arguments.bool": Label(
        "True か False",
        "True or False",
    ),
    "arguments.int": Label(
        "整数",
        "a whole number",
    ),
    "arguments.float": Label(
        "数",
        "a number",
    ),
    "arguments.bytes": Label(
        "バイト列",
        "bytes",
    ),
    "arguments.date": Label(
        "日付",
        "a date",
    ),
    "arguments.datetime": Label(
        "日時",
        "a datetime",
    ),
    "arguments.none": Label(
        "None",
        "None",
    ),
    "arguments.path": Label(
        "パス",
        "a path",
    ),
    "arguments.mapping": Label(
        "マッピング",
        "a mapping",
    ),
    "arguments.function": Label(
        "関数",
        "a function",
    ),
    "arguments.client": Label(
        "zr.Client",
        "a zr.Client",
    ),
    "arguments.archive": Label(
        "zr.Archive",
        "a zr.Archive",
    ),
    "arguments.prices": Label(
        "zr.usage.read_prices の単価",
        "prices of zr.usage.read_prices",
    ),
    "arguments.chart": Label(
        "図",
        "a chart",
    ),
    "arguments.refused": Label(
        "{name} には{wanted}を指定してください（{came} ではなく）。{advice}",
        "{name} must be {wanted}, not {came}.{advice}",
    ),
    "arguments.place": Label(
        "使えるファイルかフォルダーのパス",
        "the path of a file or folder that can be",
    ),
    "arguments.values": Label(
        "{count}個の値（{names}）",
        "{count} values ({names})",
    ),
    "arguments.list": Label(
        "リスト（それぞれ{wanted}）",
        "a list ({wanted} each)",
    ),
    "arguments.polars": Label(
        "polars の {name}",
        "a polars {name}",
    ),
    "arguments.class": Label(
        "{name}",
        "a {name}",
    ),
    "arguments.else": Label(
        "ほかのもの",
        "something else",
    ),
    "arguments.or": Label(
        "{most}または{last}",
        "{most} or {last}",
    ),
    "arguments.one_of": Label(
        "次のいずれか",
        "one of these",
    ),
    "arguments.frame": Label(
        "polars の DataFrame か LazyFrame、DuckDB のリレーション、PySpark の DataFrame",
        "a polars DataFrame or LazyFrame, a DuckDB relation or a PySpark DataFrame",
    ),
    "arguments.language": Label(
        '"ja"、"en"、None のいずれか',
        '"ja", "en" or None',
    ),
    "arguments.pandas": Label(
        "pandas のデータフレームは polars.from_pandas(frame) で変換できます",
        " A pandas frame becomes a polars one with polars.from_pandas(frame).",
    ),
    "arguments.arrow": Label(
        "Arrow の表は polars.from_arrow(table) で変換できます",
        " An Arrow table becomes a polars frame with polars.from_arrow(table).",
    ),
    "arguments.lazy": Label(
        "LazyFrame は .collect() で DataFrame になります",
        " A LazyFrame becomes a DataFrame with .collect().",
    ),
    "arguments.rows": Label(
        "辞書のリストは polars.DataFrame(rows) で変換できます",
        " A list of dicts becomes a frame with polars.DataFrame(rows).",
    ),
    "words.language": Label(
        'lang= か ZRTOOLS_LANG は "ja" か "en" にしてください（{chosen!r} ではなく）',
        'The language must be "ja" or "en", not {chosen!r}: correct lang= or ZRTOOLS_LANG.',
    ),
    "engines.investigate": Label(
        "polars の DataFrame か LazyFrame の配信状況、またはアーカイブを渡してください",
        "Investigate a polars DataFrame or LazyFrame of statuses, or an archive",
    ),
    "cells.day": Label(
        "2026-10-31 のように書いてください",
        "write it as 2026-10-31",
    ),
    "cells.month": Label(
        "2026-10 のように書いてください",
        "write it as 2026-10",
    ),
    "cells.time": Label(
        "2026-10-31 09:30:00 のように書いてください",
        "write it as 2026-10-31 09:30:00",
    ),
    "cells.figure": Label(
        "1200 や -8.5 のような数で書いてください",
        "write a plain number such as 1200 or -8.5",
    ),
    "cells.status": Label(
        'statuses={{"文字列": 0 状態不明、1 配信中、2 到達、3 不達}} を指定してください',
        'give statuses={{"word": 0 unknown, 1 sending, 2 delivered, 3 failed}}',
    ),
    "arguments.polars_frame": Label(
        "polars の DataFrame か LazyFrame（polars でだけ計算します）",
        "a polars DataFrame or LazyFrame (this is worked out on polars frames only)",
    ),
    "usage.allocate": Label(
        "割り振るのは、polars の DataFrame か LazyFrame の配信状況、またはアーカイブです",
        "Allocate a polars DataFrame or LazyFrame of statuses, or an archive",
    ),
    "forms.explore": Label(
        "エクスプローラーに渡せるのは、polars のデータフレームかアーカイブです",
        "The explorer takes a polars frame or an archive",
    ),
    "usage.no_sums": Label(
        "{how}。合計の行なら除いてください",
        "{how}, or remove lines that are sums",
    ),
    "tables.unwritable_character": Label(
        "{lost!r}（U+{code:04X}、{where}）は {encoding} で書けません。別の文字にするか、utf-8-sig か .xlsx で書き出してください",
        "{lost!r} (U+{code:04X}; {where}) cannot be written in {encoding}: write it otherwise, or write the file in utf-8-sig or as .xlsx.",
    ),
    "tables.a_heading": Label(
        "見出し",
        "a heading",
    ),
    "tables.where_cell": Label(
        "列 {column}、0から数えて{row}行目",
        "column {column}, row {row} counted from 0",
    ),
    "outbox.kind": Label(
        "kind={kind} は使えません。{kinds} のいずれかにしてください",
        "kind={kind}: choose one of {kinds}.",
    ),
    "outbox.kinds": Label(
        "kinds= の種類は {kinds} のいずれかにしてください",
        "A kind in kinds= is none: choose of {kinds}.",
    ),
    "outbox.for_advertisements": Label(
        '{names} は広告のためのものです。kind="advertisement" も指定してください',
        '{names} is for advertisements: say kind="advertisement", too.',
    ),
    "outbox.sender": Label(
        "sender= が空です。本文にある送信者名を指定してください",
        "sender= is empty: give the name that the messages say they come from.",
    ),
    "outbox.consent": Label(
        "consent= に列 {lacks} がありません。phone_number、date（同意した日）、source（取得元）を指定してください",
        "consent= lacks {lacks}: give phone_number, date (on which the person agreed) and source (where).",
    ),
    "outbox.night": Label(
        "night={night} は使えません。広告を送らない時間帯を (21, 8) のように指定してください",
        "night={night}: give the hour from which no advertisement goes out and the one that ends it: (21, 8).",
    ),
    "outbox.despite": Label(
        "despite= に {names} は使えません。使えるのは {guards} です",
        "despite= has {names}: the guards are {guards}.",
    ),
    "outbox.despite_why": Label(
        '理由を入力してください（記録に残ります）：despite={{"{guard}": "…"}}',
        'Say why, for the journal: despite={{"{guard}": "…"}}.',
    ),
    "outbox.despite_send": Label(
        'ほかの確認は追加するときに済んでいます。send で使えるのは despite={{"night": "…"}} だけです',
        'What is queued was asked about when it was added: send takes despite={{"night": "…"}} alone.',
    ),
    "outbox.held": Label(
        "広告 {rows:,}件のうち{count:,}件が確認待ちです。最初は{row}行目（0から数えて）：{problem}。何も追加していません。直すか、"
        'skip_invalid=True で除くか、そのまま送る理由を despite={{"{guard}": "…"}} で指定してください（理由は記録に残ります）',
        "{count:,} of {rows:,} rows are advertisements that are held, the first is row {row} (counted from 0; {problem}). "
        "Nothing was added: mend them, leave them out with skip_invalid=True, or say, for the journal, why they may go "
        'all the same: despite={{"{guard}": "…"}}.',
    ),
    "outbox.asleep": Label(
        "夜間（{first}:00〜{last}:00）のため、広告 {count:,}件は送信待ちのままです。{last}:00以降にもう一度送信するか、予約日時を付けて追加してください。"
        '夜間に送る理由がある場合は send(client, despite={{"night": "…"}}) で指定してください（理由は記録に残ります）',
        "{count:,} advertisements stay queued: it is night ({first}:00 to {last}:00 in Japan). Call send again from "
        "{last}:00, or add them with a schedule_time; to send them all the same say why, for the journal: "
        'send(client, despite={{"night": "…"}}).',
    ),
    "failures.found": Label(
        "found には incidents、watch_list、locate の結果を渡してください",
        "Give what incidents, watch_list or locate gave as found.",
    ),
    "failures.history": Label(
        "変化した区分は前の期間と比べるため、history に前の期間を渡してください",
        "Give the period before as history: located segments are held against it.",
    ),
    "failures.no_carrier": Label(
        "列 carrier がありません。client.status(...) の配信状況を渡してください",
        "No column carrier: give delivery statuses as client.status(...) returns them.",
    ),
    "failures.named": Label(
        "{name}：{error}",
        "{name}: {error}",
    ),
    "failures.nothing_settled": Label(
        "期間 {name} に確定したメッセージがありません。送信のあった日を指定してください",
        "The period {name} has no settled message: give days on which messages were sent.",
    ),
    "failures.pending_days": Label(
        "期間 {name} に、未確定が 1% 以上の日があります（{days}）。その日を除くか、待って取得し直すか、確定した分だけを比べる unsettled_days=True を指定してください",
        "The period {name} has days of which 1 % or more is pending ({days}): leave them out, wait and fetch them again, or give unsettled_days=True to compare what has settled so far.",
    ),
    "failures.codes": Label(
        "codes は、zr.codes.read(path) のように、コードから zr.codes.Category への対応です（{code!r} が違います）",
        "codes must map codes to zr.codes.Category, as zr.codes.read(path) does; {code!r} does not.",
    ),
    "failures.same_category": Label(
        "コード {code!r} の分類 {name!r} は、ほかの箇所と起因箇所か対処が違います。別の名前にしてください",
        "The category {name!r} of code {code!r} has another origin or action elsewhere: give it another name.",
    ),
    "failures.start_and_end": Label(
        "start と end は両方指定するか、どちらも省いてください。coverage はその間の日を埋めます",
        "Give both start and end, or neither: coverage fills the days between them.",
    ),
    "failures.min_excess": Label(
        "min_excess は 1 以上、min_ratio は1より大きい数です",
        "min_excess must be at least 1 and min_ratio more than 1.",
    ),
    "failures.which_days": Label(
        'アーカイブのどの日かを指定してください：investigate(archive, "2026-10")',
        'Say which days of the archive: investigate(archive, "2026-10").',
    ),
    "failures.no_messages": Label(
        "{span} から {span2} までのメッセージがありません。別の期間を指定するか、先に更新してください",
        "There are no messages from {span} to {span2}: choose another period, or sync it first.",
    ),
    "failures.nothing_to_compare": Label(
        "比べる {days} から {days2} までのメッセージがありません",
        "There are no messages from {days} to {days2} to compare with.",
    ),
    "failures.period": Label(
        "{name} は、日、月、または (最初, 最後) で指定してください",
        "Give {name} as a day, a month, or (first, last).",
    ),
    "failures.nothing": Label(
        "調べるメッセージがありません",
        "There are no messages to investigate.",
    ),
    "failures.no_column": Label(
        "列 {names} がありません。client.status(...) の配信状況を渡してください",
        "No column {names}: give statuses as client.status(...) returns them.",
    ),
    "failures.by_one_of": Label(
        "by={keys}：{names} は {names2} のどれでもありません",
        "by={keys}: {names} is none of {names2}.",
    ),
    "failures.needs_column": Label(
        "{name} に列 {names} がありません。{hint}を渡してください",
        "{name} has no column {names}: give {hint}.",
    ),
    "failures.most": Label(
        "most={most!r}：区分の数を 1 以上で指定してください",
        "most={most!r}: give the number of segments, 1 or more.",
    ),
    "failures.nothing_in_common": Label(
        "2つの期間に共通する列がありません。両方にある列を by=[...] で指定してください",
        "The two periods have no column in common to look at: name columns that both have in by=[...].",
    ),
    "failures.columns_once": Label(
        "調べる列を by=[...] に1回ずつ、1つ以上指定してください",
        "Name the columns to look at in by=[...], each once, at least one.",
    ),
    "failures.too_many_columns": Label(
        "by= に {count}列が指定されています。{most_columns}列までにしてください。ほぼ同じ内容の列（template と campaign など）は省けます",
        "by= names {count} columns: give at most {most_columns}. Columns that hold much the same (template and campaign) can be left out.",
    ),
    "failures.column_kind": Label(
        "期間 {name} の {key} は {kind} です。名前か整数の列にしてください（丸める、範囲に分けて文字列にするなど）",
        "{key} holds {kind} in the period {name}: give a column of names or whole numbers, for example rounded, or cut into ranges as text.",
    ),
    "failures.recent_days": Label(
        "recent_days={recent_days}：1 以上 {most_days} 以下で指定してください",
        "recent_days={recent_days}: give at least 1, and at most {most_days}.",
    ),
    "failures.hours": Label(
        "hours={hours}：送信を始める時と終える時を、(9, 20) のように指定してください",
        "hours={hours}: give the first hour and the hour that ends sending, for example (9, 20).",
    ),
    "failures.keep_for": Label(
        "{mask_text}={value!r}：0から10年までの時間数を、48 のように指定してください",
        "{mask_text}={value!r}: give hours from 0 to ten years, for example 48.",
    ),
    "failures.plan_incidents": Label(
        "incidents には failures.incidents の結果を渡してください",
        "Give what failures.incidents gave as incidents.",
    ),
    "failures.masked": Label(
        "この計画の番号は伏せてあり、宛先が分かりません。計画または調査を mask=False で行ってください",
        "The numbers of this plan are masked, and nobody can be found by them: plan or investigate with mask=False.",
    ),
    "failures.least": Label(
        "least={least}：一覧に載せるのは、1回以上不達になった番号です",
        "least={least}: a number must have failed at least once to be listed.",
    ),
    "failures.no_by": Label(
        "内訳に使う列 {names} がありません。あるのは {names2} です",
        "No column {names} to break down by. There are: {names2}.",
    ),
    "failures.by_once": Label(
        "by={keys}：それぞれの列を1回ずつ指定し、結果の列（{names}）は使わないでください",
        "by={keys}: Name each column once, and none of the result's own columns: {names}.",
    ),
    "failures.polars_only": Label(
        "{names} は polars のデータフレームでだけ計算します。エンジン側で列を加えるか、必要な日を取り出してください",
        "{names} is worked out on polars frames only: add the column on your engine, or collect the days in question.",
    ),
    "failures.prefix_length": Label(
        "campaign={rule!r}：先頭の文字数を 1 以上で指定してください",
        "campaign={rule!r}: give the length of the prefix, 1 or more.",
    ),
    "failures.separator": Label(
        'campaign=""：キャンペーン名の後の区切りを、campaign="-" のように指定してください',
        'campaign="": give the separator after the campaign, for example campaign="-".',
    ),
    "failures.prefixes": Label(
        "campaign=[...]：先頭の文字列を1つ以上指定してください",
        "campaign=[...]: give the prefixes as texts, at least one.",
    ),
    "failures.pattern": Label(
        "campaign={pattern!r}：polars で読めない正規表現です（先読み・後読みと後方参照は列に使えません）：{splitlines}",
        "campaign={pattern!r}: polars cannot read this expression (look-around and back-references are not for columns): {splitlines}",
    ),
    "charts.incident": Label(
        "INCIDENTS の行ではありません（{missing} がありません）。found.row(0, named=True) を渡してください",
        "This is not a row of INCIDENTS: there is no {missing}. Give found.row(0, named=True).",
    ),
    "charts.dimension": Label(
        "dimension は {names} のいずれかです（{dimension!r} ではなく）",
        "dimension must be one of {names}, not {dimension!r}.",
    ),
    "files.most": Label(
        "most={most}：1行以上を表示してください",
        "most={most}: show at least one row.",
    ),
    "charts.most": Label(
        "most={most}：1つ以上の区分を表示してください",
        "most={most}: show at least one segment.",
    ),
    "charts.one_key": Label(
        "found は {names} で分けられています。図に使えるのは1つだけです",
        "found is broken down by {names}: a chart takes one of them.",
    ),
    "charts.ending": Label(
        "図の拡張子は .png、.svg、.html のいずれかです（{suffix!r} ではなく）",
        "A chart is written as .png, .svg or .html, not {suffix!r}: change the file's ending.",
    ),
    "charts.folder": Label(
        "フォルダー {folder} がありません。フォントのファイルがあるフォルダーを指定してください",
        "There is no folder {folder}: give the folder that holds the font files.",
    ),
    "outbox.held_up": Label(
        "追加の途中で処理が止まり（プロセスの停止、スリープなど）、別のプロセスが送信一覧に追加しています。この追加は1件も行われていません。もう一度追加してください",
        "Adding was held up (the process paused, the computer asleep), and another process adds to the outbox now: nothing of this was added. Add it again.",
    ),
    "outbox.no_numbers": Label(
        "データに列 'phone_number' がありません（あるのは {names}）。番号の列の名前を変えてください",
        "The frame has no column 'phone_number' (it has {names}): rename the one that holds the numbers.",
    ),
    "outbox.given_twice": Label(
        "{name} が列と引数の両方で指定されています。どちらかを省いてください",
        "{name} is given twice, as a column and as an argument: leave one of both out.",
    ),
    "outbox.no_message": Label(
        "データに列 'message' がありません。列を加えるか、template= を指定してください",
        "The frame has no column 'message': add one, or give template=.",
    ),
    "outbox.invalid": Label(
        "{height2:,}行のうち{height:,}行は送れません（最初は{row}行目、0から数えて。{problem}）。1件も追加していません。直すか（dry_run=True で一覧）、skip_invalid=True で除いてください",
        "{height:,} of {height2:,} rows cannot be sent, the first is row {row} (counted from 0; {problem}). Nothing was added: correct them (dry_run=True lists them all), or leave them out with skip_invalid=True.",
    ),
    "outbox.add_interrupted": Label(
        "追加を中断しました：{said}",
        "Adding was interrupted: {said}",
    ),
    "outbox.override_why": Label(
        '配信停止の番号に送ってよい理由を override(numbers, why="…") に書いてください',
        'Say why a suppressed number may be sent to: override(numbers, why="…").',
    ),
    "outbox.erase_leaving": Label(
        "この番号へのメッセージが送信中です。送信が終わってから消してください",
        "A message to this number is being sent: erase it when the run has ended.",
    ),
    "outbox.decide_why": Label(
        'どのように確かめたかを decide(tag, accepted=False, why="…") に書いてください',
        'Say how you know: decide(tag, accepted=False, why="…").',
    ),
    "outbox.no_unsettled": Label(
        "この clientTag の未解決のメッセージはありません。frame() で正しいものを探してください",
        "No unsettled message has this client tag: look at frame() for the right one.",
    ),
    "outbox.replaced": Label(
        "{path} は、ここで開いた後に別の送信一覧で上書きされています。正しいものを置いて、もう一度開いてください",
        "Another outbox was written over {path} since it was opened here: make sure that the right one lies there, then open it again.",
    ),
    "outbox.no_price": Label(
        "キャリア {carrier_id} の単価がありません。加えるか、{any!r} の単価を書いてください",
        "There is no price for carrier {carrier_id}: add it, or one for {any!r}.",
    ),
    "outbox.price": Label(
        '単価は Decimal("8.5") や "8.5" のような数です',
        'A price must be a decimal such as Decimal("8.5") or "8.5".',
    ),
    "outbox.other_account": Label(
        "この送信一覧はアカウント {owner!r} から送るもので、クライアントは {account!r} のものです。そのアカウントのクライアントか、別の送信一覧を使ってください",
        "This outbox sends from the account {owner!r}, and the client is of {account!r}: use the client of that account, or another outbox.",
    ),
    "outbox.send_interrupted": Label(
        "送信を中断しました。待っているものは待ったままで、送信中だったものは次の送信で確認します",
        "Sending was interrupted: what is queued stays queued, and what was being sent is settled by the next send.",
    ),
    "outbox.taken_over": Label(
        "送信の途中で処理が止まり（プロセスの停止、スリープなど）、送信中だったものは別の送信が引き継ぎました。この送信で受け付けられたのは{done:,}件で、その後は何も変更していません。もう一度 send を呼んでください。二重には送られません",
        "Sending was held up (the process paused, the computer asleep), and another run has taken over what was being sent: this one, which had {done:,} messages accepted, has changed nothing since. Call send again: nothing goes out twice.",
    ),
    "outbox.stopped": Label(
        "送信を停止しました。{count:,}件が送信待ちか送信中で、この送信で{done:,}件が受け付けられました。{ended} その後、もう一度 send を呼んでください。二重には送られません",
        "Sending stopped with {count:,} messages still queued or on their way, and {done:,} accepted in this run. {ended} Then call send again: nothing goes out twice.",
    ),
    "outbox.suppress_why": Label(
        '配信停止の理由を add(numbers, "opted out") のように書いてください',
        'Say why the numbers are suppressed: add(numbers, "opted out").',
    ),
    "outbox.remove_why": Label(
        '再び送ってよい理由を remove(numbers, "asked for it by mail") のように書いてください',
        'Say why the numbers may be sent to again: remove(numbers, "asked for it by mail").',
    ),
    "outbox.no_number_column": Label(
        "データに列 'phone_number' がありません。番号の列の名前を変えてください",
        "The frame has no column 'phone_number': rename the column that holds the numbers.",
    ),
    "outbox.bad_row": Label(
        "{row}行目（0から数えて。{height}行のうち{int}行は番号ではありません）：{error}",
        "Row {row} (counted from 0; {int} of {height} are no numbers): {error}",
    ),
    "forms.campaign_frame": Label(
        "キャンペーンに渡せるのは polars の DataFrame です（{kind} ではなく）",
        "A campaign takes a polars DataFrame, not {kind}.",
    ),
    "forms.price": Label(
        'price は1件の照会の料金で、"3.5" のような数です',
        'price must be that of one request, a decimal such as "3.5".',
    ),
    "forms.not_connected": Label(
        "まだ接続していません。フォームに記入してボタンを押してください",
        "Not connected yet: fill in the form and press the button.",
    ),
    "forms.group_tag": Label(
        "group_tag は予約に付けるものです。schedule_time も指定してください",
        "group_tag belongs to a reservation: give schedule_time, too.",
    ),
    "watch.lock": Label(
        "ロック {place} を使えません（{why}）。削除するか、--state で別のファイルを指定してください",
        "The lock {place} cannot be used ({why}): remove it, or name another --state.",
    ),
    "watch.busy": Label(
        "{path} を使うほかの watch が{seconds:.0f}秒たっても終わりません。終わるのを待つか、止めてください",
        "Another watch of {path} has been going on for {seconds:.0f} seconds: wait for it, or end it.",
    ),
    "watch.empty": Label(
        "アーカイブは空です。先に sync で取得してください",
        "The archive is empty: sync it first.",
    ),
    "watch.unreadable": Label(
        "watch の記録に読めない内容があります。",
        "The watch state holds what cannot be read.",
    ),
    "watch.deleted": Label(
        "{why}watch の記録は削除しても構いません。続いているものがもう一度知らされるだけです",
        "{why} A watch state may also be deleted: what still goes on is then told once more.",
    ),
    "watch.text": Label(
        "text は、お知らせの kept() が書いたものではありません",
        "text is not what kept() of a digest wrote.",
    ),
    "reports.has_already": Label(
        "調査にはすでに {names} があります。代わりに{either}を investigate に渡してください",
        "The investigation has its {names} already: give {either} to investigate instead.",
    ),
    "reports.other_language": Label(
        '調査は "{lang}" で行われています。lang="{lang2}" でもう一度調べてください',
        'The investigation is in "{lang}": investigate again with lang="{lang2}".',
    ),
    "usage.closing_day": Label(
        "closing_day は 1〜27 です（20 など。{closing_day} ではなく）",
        "closing_day must be 1 to 27, such as 20, not {closing_day}.",
    ),
    "reports.fiscal_year": Label(
        "fiscal_year_begins は 1〜12 の月です（{fiscal_year_begins} ではなく）",
        "fiscal_year_begins must be a month from 1 to 12, not {fiscal_year_begins}.",
    ),
    "reports.plan_limit": Label(
        "plan_limit は 1 以上です（{plan_limit} ではなく）",
        "plan_limit must be 1 or more messages, not {plan_limit}.",
    ),
    "reports.places": Label(
        "places に書けるのは {names} のシートと見出しです（{name} ではなく）：{names2}",
        "places says the sheet and header of {names}, not {name}: {names2}.",
    ),
    "reports.budget_in": Label(
        'budget_in は "yen" か "parts" です（{budget_in!r} ではなく）',
        'budget_in must be "yen" or "parts", not {budget_in!r}.',
    ),
    "reports.logo_unreadable": Label(
        "ロゴ {name} を読めません（{why}）。パスを確かめてください",
        "The logo {name} cannot be read ({why}): check the path.",
    ),
    "reports.logo_png": Label(
        "ロゴ {name} は PNG ではありません。PNG で保存してください",
        "The logo {name} is no PNG: save it as one.",
    ),
    "reports.logo_cut": Label(
        "ロゴ {name} は途中で切れています。コピーし直すか、保存し直してください",
        "The logo {name} is not whole: copy it again, or save it anew.",
    ),
    "reports.logo_large": Label(
        "ロゴ {name} は{count:,}バイトあります。{most_logo:,}バイトより小さくしてください",
        "The logo {name} has {count:,} bytes: make it smaller than {most_logo:,}.",
    ),
    "reports.toml": Label(
        "{name} は TOML ではありません：{error}",
        "{name} is not TOML: {error}.",
    ),
    "reports.of_one_client": Label(
        '{name}：1社分の設定は [client."11111"] の下に書いてください',
        '{name}: write what is one client\'s under [client."11111"].',
    ),
    "reports.of_all_clients": Label(
        '{name}：{names} は全社に共通です。client."{number}" の外に書いてください',
        '{name}: {names} is the same for all clients: move it out of client."{number}".',
    ),
    "reports.kind": Label(
        "{name}：{where}{key}.{name2} は{what}です",
        "{name}: {where}{key}.{name2} must be {what}.",
    ),
    "reports.names_and_texts": Label(
        "{name}：{where}{key}.{name2} は名前と文字列の組です：{{ a = 'b' }}",
        "{name}: {where}{key}.{name2} must be names and texts: {{ a = 'b' }}.",
    ),
    "reports.no_setting_within": Label(
        "{name}：{where}{key}.{names} という設定はありません",
        "{name}: {where}{key}.{names} is not a setting.",
    ),
    "reports.no_setting": Label(
        "{name}：{where}{key} という設定はありません。あるのは {names} と client です",
        "{name}: {where}{key} is not a setting; these are: {names}, and client.",
    ),
    "reports.text": Label(
        "{name}：{where}{key} は引用符で囲んだ文字列です",
        "{name}: {where}{key} must be a text in quotes.",
    ),
    "reports.path": Label(
        "{name}：{where}{key} は引用符で囲んだファイルのパスです",
        "{name}: {where}{key} must be the path of a file, in quotes.",
    ),
    "reports.number": Label(
        "{name}：{where}{key} は整数です",
        "{name}: {where}{key} must be a whole number.",
    ),
    "reports.budget": Label(
        '{name}：{where}budget は、数か、月ごとの数です："2026-10" = 500000',
        '{name}: {where}budget must be a figure, or figures by month: "2026-10" = 500000.',
    ),
    "reports.months": Label(
        "months は 1 以上です（{months} ではなく）",
        "months must be 1 or more, not {months}.",
    ),
    "reports.most_months": Label(
        "months は {most_months} までです（{months} ではなく）",
        "months must be {most_months} at most, not {months}.",
    ),
    "reports.no_client": Label(
        "契約クライアント {client_id} の通数がありません。あるのは {has} です",
        "There are no counts of client {client_id}; there are of: {has}.",
    ),
    "reports.no_line": Label(
        "{first:%Y-%m} から {target:%Y-%m} までの行がありません。あるのは {has} です",
        "It has no line of {first:%Y-%m} to {target:%Y-%m}; its months are {has}.",
    ),
    "reports.not_begun": Label(
        "{chosen:%Y-%m} はまだ始まっていません。{latest:%Y-%m} までの月を指定してください",
        "{chosen:%Y-%m} has not begun: report a month up to {latest:%Y-%m}.",
    ),
    "reports.year": Label(
        "{year}年は指定できません。{earliest:%Y-%m} 以降の月を指定してください",
        "The year {year} cannot be meant: report a month from {earliest:%Y-%m} on.",
    ),
    "reports.no_counts": Label(
        "通数がなく、報告する月が決まりません。month= で指定してください",
        "There are no counts, so there is no month to report: name one with month=.",
    ),
    "reports.no_browser": Label(
        "PDF は Chromium、Chrome、Edge のいずれかで作りますが、見つかりません。{how}",
        "A PDF is made by Chromium, Chrome or Edge, and none was found. {how}",
    ),
    "reports.no_pdf": Label(
        "{name} で PDF を作れませんでした。{how}",
        "{name} did not make a PDF. {how}",
    ),
    "reports.no_client_id": Label(
        '通数に契約クライアントがありません。client.counts(..., client_id="all") で取得してください',
        'The counts name no client: ask for them with client.counts(..., client_id="all").',
    ),
    "reports.whose": Label(
        '配信状況が誰のものかを statuses_of="11111" で指定するか、契約クライアントID ごとに {{"11111": statuses}} のように渡してください',
        'Say whose the statuses are: statuses_of="11111", or give them by client id, {{"11111": statuses}}.',
    ),
    "reports.of_client": Label(
        "契約クライアント {client_id}：{error}",
        "Client {client_id}: {error}",
    ),
    "reports.same_name": Label(
        "契約クライアント {client_id} と別の1社が、どちらも {min} になります。名前を変えてください",
        "Client {client_id} and another would both be {min}: name one otherwise.",
    ),
    "reports.ending": Label(
        "レポートの拡張子は .xlsx、.html、.pdf のいずれかです（{either} ではなく）",
        "A report must end in .xlsx, .html or .pdf, not {either}.",
    ),
    "usage.least": Label(
        "least は 0 以上です（20% なら 0.2）",
        "least must be 0 or more, such as 0.2 for 20 %.",
    ),
    "usage.no_counts": Label(
        "通数がなく、対象の月が決まりません。month= で指定してください",
        "There are no counts, so there is no month to look at: name one with month=.",
    ),
    "usage.any_closing_day": Label(
        "closing_day は 1〜31 です（{closing_day} ではなく）",
        "closing_day must be 1 to 31, not {closing_day}.",
    ),
    "usage.csv_encoding": Label(
        'encoding は "cp932" か "utf-8-sig" です',
        'encoding must be "cp932" or "utf-8-sig".',
    ),
    "usage.column_names": Label(
        "columns に書けるのは {names} です（{names2} ではなく）",
        "columns names {names}, not {names2}.",
    ),
    "usage.bill_needs_prices": Label(
        "請求額は単価で割り振ります。prices も指定してください",
        "A bill is shared out by prices: give prices, too.",
    ),
    "usage.by": Label(
        'by={by}："campaign"、"template"、"tag"、列（{names}）、文字数、または prefix と unit の表を指定してください',
        'by={by}: use "campaign", "template", "tag", a column ({names}), a length, or a table of prefix and unit.',
    ),
    "usage.no_owner": Label(
        "配信状況に、誰のものかを示す列 {column} がありません",
        "The statuses have no column {column}, which tells whose they are.",
    ),
    "usage.calendar_months": Label(
        "通数は暦月のものです。締め日には配信状況を渡してください",
        "Counts are of calendar months: for a closing day give statuses.",
    ),
    "usage.accepted": Label(
        'plan = "accepted" はサービスが受け付けたすべてのメッセージに課金しますが、通数には含まれません。配信状況を渡してください',
        'The plan "accepted" bills every message that the service took, and counts do not hold these: give statuses.',
    ),
    "usage.plan": Label(
        'plan は "delivered" か "accepted" です（{plan!r} ではなく）',
        'plan must be "delivered" or "accepted", not {plan!r}.',
    ),
    "usage.rounding": Label(
        "rounding は {names} のいずれかです（{rounding!r} ではなく）",
        "rounding must be one of {names}, not {rounding!r}.",
    ),
    "usage.tiers": Label(
        'tiers は "each" か "all"、tier_by は "carrier"、"client"、"account" のいずれかです',
        'tiers must be "each" or "all", and tier_by "carrier", "client" or "account".',
    ),
    "usage.tiers_each": Label(
        'tiers "each" では、どのメッセージがどの段階かが決まるのは tier_by "carrier" だけです。tier_by {tier_by!r} には tiers "all" を使ってください',
        'With tiers "each" only tier_by "carrier" says which message falls into which tier: use tiers "all" with tier_by {tier_by!r}.',
    ),
    "usage.bill_by": Label(
        'bill_by は "client" か "account" です',
        'bill_by must be "client" or "account".',
    ),
    "usage.tax_rate": Label(
        "tax_rate は 0.10 のような割合です（{tax_rate} ではなく）",
        "tax_rate must be a part such as 0.10, not {tax_rate}.",
    ),
    "usage.decimals": Label(
        "decimals は 0〜4 です（{decimals} ではなく）",
        "decimals must be 0 to 4, not {decimals}.",
    ),
    "usage.prices_schema": Label(
        "単価表の列は PRICES のとおりです。read_prices で読んでください",
        "The table of prices must have the schema PRICES: read it with read_prices.",
    ),
    "usage.price_twice": Label(
        "契約クライアント・キャリア・日・段階が同じ単価が2つあります。1つにしてください",
        "A price stands there twice for the same client, carrier, day and tier: remove one.",
    ),
    "usage.price_negative": Label(
        "負の単価があります。直してください",
        "A price is negative: correct it.",
    ),
    "usage.tier_negative": Label(
        "0より小さい段階があります。`over` は、その前にある通数です",
        "A tier begins below 0: `over` is how many messages come before it.",
    ),
    "usage.toml_sheets": Label(
        "{name} は TOML で、シートも見出しもありません。指定を省いてください",
        "{name} is TOML, which has no sheets and no headings: leave them out.",
    ),
    "usage.price_lines": Label(
        "{name}：単価はそれぞれ [[price]] の行の下に書いてください",
        "{name}: write each price under a line [[price]].",
    ),
    "usage.unknown_key": Label(
        "{name}：{names} は使えません。使えるのは carrier、unit_price、since、over、client_id です",
        "{name}: {names} is not known; use carrier, unit_price, since, over, client_id.",
    ),
    "usage.no_price": Label(
        "{name} に単価がありません。1つ以上書いてください",
        "{name} holds no price: write at least one.",
    ),
    "usage.no_setting": Label(
        "{name}：{names} という設定はありません。あるのは {names2} です",
        "{name}: {names} is not a setting; these are: {names2}.",
    ),
    "usage.must_be": Label(
        "{name}：{name2} は{either}です",
        "{name}: {name2} must be {either}.",
    ),
    "usage.meant": Label(
        "carriers：{meant!r} はキャリアではありません。番号か、docomo のような名前を使ってください",
        "carriers: {meant!r} is no carrier; use a number or a name such as docomo.",
    ),
    "usage.invoice_columns": Label(
        "columns に書けるのは month、carrier、quantity、amount です（{names} ではなく）",
        "columns names month, carrier, quantity and amount, not {names}.",
    ),
    "usage.which_carrier": Label(
        '{place}：{name} はどのキャリアですか。carriers={{{name}: "docomo"}}（report.toml では [invoice.carriers] の下）で答えるか、その行を直してください',
        '{place}: which carrier is {name}? Say so with carriers={{{name}: "docomo"}} (in report.toml under [invoice.carriers]), or correct the line.',
    ),
    "usage.nothing_there": Label(
        "{place}：{column} がありません。書くか、合計や備考の行なら除いてください",
        "{place}: there is no {column}. Write it, or remove lines that are sums or remarks.",
    ),
    "usage.no_columns": Label(
        "{name} に列 {names} がありません。あるのは {columns} です。columns={{{shown}}} で対応を指定するか、列の名前を変えてください",
        "{name} has no column {names}; it has {columns}. Say which is which: columns={{{shown}}}, or rename them.",
    ),
    "usage.which_column": Label(
        "{name} には {column} にあたる列がいくつもあります（{names}）。どれを使うか、columns={{{shown}}}（report.toml では columns、コマンドでは --invoice-column などの指定）で答えるか、見出しを直してください",
        "{name} has several columns that could be {column} ({names}). Say which one: columns={{{shown}}} (columns in report.toml, --invoice-column and the like on the command line), or head them differently.",
    ),
    "usage.clients_columns": Label(
        "契約クライアントの表に列 {names} がありません。client_id と client が必要です",
        "The table of clients has no column {names}: it needs client_id and client.",
    ),
    "usage.client_twice": Label(
        "契約クライアントの表で、{twice} に名前が2つあります。1つにしてください",
        "Client {twice} has two names in the table of clients: keep one.",
    ),
    "usage.units_columns": Label(
        "部署の表に列 {names} がありません。prefix と unit が必要です",
        "The table of units has no column {names}: it needs prefix and unit.",
    ),
    "usage.prefix_twice": Label(
        "先頭の文字列 {twice} が2つの部署にあります。1つにしてください",
        "The prefix {twice} is of two units: keep one.",
    ),
    "usage.budget_columns": Label(
        "予算に列 {names} がありません。month と budget が必要です",
        "The budget has no column {names}: it needs month and budget.",
    ),
    "usage.budget_figure": Label(
        "予算は 0 以上です（{planned} ではなく）",
        "A budget is 0 or more, not {planned}.",
    ),
    "usage.budget_negative": Label(
        "予算は 0 以上です。直してください",
        "A budget is 0 or more: correct it.",
    ),
    "usage.budget_twice": Label(
        "予算に同じ月が2つあります。1つにしてください",
        "The budget has a month twice: keep one.",
    ),
    "usage.unknown_key_at": Label(
        "{where}：{names} は使えません。使えるのは carrier、unit_price、since、over、client_id です",
        "{where}: {names} is not known; use carrier, unit_price, since, over, client_id.",
    ),
    "usage.no_carrier_at": Label(
        "{where}：キャリア {carrier!r} はありません。番号か名前、またはすべてを表す * を使ってください",
        "{where}: there is no carrier {carrier!r}; use its number, its name, or * for all.",
    ),
    "usage.no_unit_price": Label(
        "{where}：unit_price がありません",
        "{where}: unit_price is missing.",
    ),
    "usage.price_decimals": Label(
        "{where}：unit_price {price} は小数点以下が4桁を超えています",
        "{where}: unit_price {price} has more than 4 decimal places.",
    ),
    "usage.since": Label(
        "{where}：since は日付です（{entry!r} ではなく）。{advice}",
        "{where}: since must be a day, not {entry!r}: {advice}.",
    ),
    "usage.over": Label(
        "{where}：over は整数の通数です（{over!r} ではなく）",
        "{where}: over must be a whole number of messages, not {over!r}.",
    ),
    "usage.number": Label(
        "{what}は 8.5 のような数です（{value!r} ではなく）",
        "{what} must be a number such as 8.5, not {value!r}.",
    ),
    "usage.monthly_frame": Label(
        "MONTHLY を polars の DataFrame で渡してください（先に collect）",
        "Give a MONTHLY frame as a polars DataFrame: collect it first.",
    ),
    "usage.pivot": Label(
        "行と列に使えるのは month、client、client_id、carrier です（{names} ではなく）",
        "Rows and columns may be month, client, client_id or carrier, not {names}.",
    ),
    "usage.pivot_twice": Label(
        "{columns} を行と列の両方には使えません。行に別のものを選んでください",
        "{columns} cannot stand both down and across: choose another for rows.",
    ),
    "usage.level": Label(
        "level は 0.5 以上 1 未満です（0.8 など。{level} ではなく）",
        "level must be from 0.5 to below 1, such as 0.8, not {level}.",
    ),
    "usage.today": Label(
        "today={now}：{number} より前の日を指定してください",
        "today={now}: give a day before {number}.",
    ),
    "usage.snapshots": Label(
        "日ごとの増加にはスナップショットが必要です。列 taken のある archive.counts_history() を渡してください",
        "Growth by day needs snapshots: give archive.counts_history(), which has a column taken.",
    ),
    "usage.tolerance": Label(
        "tolerance は 0 以上です（1 未満なら割合、それ以外は通数）",
        "tolerance must be 0 or more: messages, or a part of the figure when below 1.",
    ),
    "usage.coverage": Label(
        "coverage に列 send_date がありません。archive.days() か日のリストを渡してください",
        "The coverage has no column send_date: give archive.days(), or a list of days.",
    ),
    "usage.neither": Label(
        "COUNTS でも STATUS でもないデータフレームです。client.counts(...)、client.status(...)、archive.counts()、archive.scan(...) の結果を渡してください",
        "This is neither a COUNTS nor a STATUS frame: give what client.counts(...), client.status(...), archive.counts() or archive.scan(...) return.",
    ),
    "usage.counts_twice": Label(
        "{first:%Y-%m}、契約クライアント {first2}、キャリア {first22} の通数が2つ以上あります。1か月に1つの答えか、列 `taken` のあるスナップショットを渡してください",
        "The counts of {first:%Y-%m}, client {first2}, carrier {first22} stand there more than once: give one answer a month, or snapshots with their column `taken`.",
    ),
    "usage.closing_day_month_end": Label(
        "closing_day は 1〜27 です（20 など。{closing_day} ではなく）。省くと月末です",
        "closing_day must be 1 to 27, such as 20, not {closing_day}; left out it is the month's end.",
    ),
    "usage.begins": Label(
        "begins は 1〜12 の月です（{begins} ではなく）",
        "begins must be a month from 1 to 12, not {begins}.",
    ),
    "outbox.all_added": Label(
        "すべて追加されました",
        "all of it was added.",
    ),
    "outbox.none_added": Label(
        "1件も追加されていません",
        "nothing was added.",
    ),
    "outbox.all_or_none": Label(
        "すべて追加されたか、1件も追加されていないかのどちらかです。counts() で確かめてください",
        "all of it was added or nothing, see counts().",
    ),
    "reports.nobody": Label(
        "なし",
        "nobody",
    ),
    "reports.print_by_hand": Label(
        ".html で書き出し、ブラウザーで開いて、印刷（Ctrl+P、A4、縦）で PDF に保存してください",
        "Write the report as .html, open it in a browser, and print it (Ctrl+P, A4, portrait) to a PDF.",
    ),
    "reports.sheet": Label(
        "引用符で囲んだシートの名前",
        "the name of a sheet, in quotes",
    ),
    "reports.header": Label(
        "見出しの行",
        "the row of the headings",
    ),
    "reports.nothing": Label(
        "拡張子なし",
        "nothing",
    ),
    "usage.true_or_false": Label(
        "true か false",
        "true or false",
    ),
    "outbox.no_price_today_whose": Label(
        "今日有効な単価がありません。加えるか、誰の単価かを client_id= で指定してください",
        "There is no price that holds today: add one, or say with client_id= whose prices hold.",
    ),
    "outbox.no_price_today": Label(
        "今日有効な単価がありません。加えてください",
        "There is no price that holds today: add one.",
    ),
    "failures.hint_sent": Label(
        "配信状況と合わせた outbox.frame()、または SENT ",
        "outbox.frame() with statuses, or SENT",
    ),
    "failures.hint_statuses": Label(
        "client.status(...) か dlr のデータフレーム",
        "client.status(...) or dlr frames",
    ),
    "client.unsettled": Label(
        "送信が受け付けられたか確認できていません。後で client.status(client_tag=...) で確かめ、分かるまで別の clientTag で送らないでください",
        "It is not settled whether the message was accepted: ask client.status(client_tag=...) later, and do not send it under another tag before you know.",
    ),
    "client.not_sure_cancelled": Label(
        "予約が取り消されたか確認できていません。後で client.reservations(client_tag=...) で確かめてください",
        "It is not settled whether the reservation was cancelled: ask client.reservations(client_tag=...) later.",
    ),
    "client.not_sure_what_was_cancelled": Label(
        "何が取り消されたか確認できていません。続ける前に client.reservations(...) で確かめてください",
        "It is not settled what was cancelled: ask client.reservations(...) before you go on.",
    ),
    "client.not_sure_shortened": Label(
        "ショートURL が作られたか確認できていません。もう一度頼む前に、管理画面で探してください",
        "It is not settled whether a short URL was made: look for it in the admin screen before you ask again.",
    ),
    "wire.ask_meaning": Label(
        "この番号の意味を提供元に確認してください",
        "ask the vendor what this code means",
    ),
    "wire.not_accepted": Label(
        "受け付けられませんでした",
        "not accepted",
    ),
    "wire.refused": Label(
        "{meaning}。{advice}。",
        "The service refused the request: {meaning}. What to do: {advice}.",
    ),
    "reports.them": Label(
        "それら",
        "them",
    ),
    "reports.it": Label(
        "それ",
        "it",
    ),
    "forms.no_number_column": Label(
        "番号の入る列 {column!r} がありません",
        "The frame has no column {column!r} that can hold numbers.",
    ),
    "failures.column_of_outcome": Label(
        "{key} はメッセージの結果を表す列で、変化の所在にはなりません。除くか、不達の理由なら failure_category か failure_module を指定してください",
        "{key} says what became of a message, so it cannot say where: leave it out, or give failure_category or failure_module for the reasons of failure.",
    ),
    "failures.column_of_counts": Label(
        "列 {key!r} は件数の列と名前が重なるため調べられません。先に名前を変えてください",
        "A column {key!r} cannot be looked at beside the counts: rename it first.",
    ),
    "arguments.receiver_store": Label(
        "zr.receiver.Store（配信結果通知の保存先）",
        "a zr.receiver.Store",
    ),
    "client.unproven": Label(
        "060の番号を受け付けるかどうかは未確認です（2023年版の仕様書は070・080・090のみ）。提供元に確認してください。",
        "Whether the service takes 060 numbers yet is not known (its specification of 2023 names 070, 080 and 090 alone): "
        "ask the vendor.",
    ),
    "outbox.cap": Label(
        "{name} は 1 以上、上限なしなら None です",
        "{name} must be 1 or more, or None for no cap.",
    ),
    "outbox.cap_reached": Label(
        "この記録に設定された、1日またはキャンペーンの件数の上限に達しました。caps() で確かめ、変えるには cap() を使ってください",
        "The journal's cap on messages a day or a campaign is reached: see caps(), and set another with cap().",
    ),
    "sandbox.clock": Label(
        "時計は進めることしかできません。正の時間を指定してください（{by} ではなく）",
        "The clock only goes forward: give a positive step, not {by}.",
    ),
    "sandbox.fault": Label(
        "障害 {kind!r} はありません。{known} のいずれかを指定してください",
        "There is no fault {kind!r}. Choose one of {known}.",
    ),
    "sandbox.call": Label(
        "API {call!r} はありません。{known}、または * を指定してください",
        "There is no call {call!r}. Choose one of {known}, or *.",
    ),
    "sandbox.probability": Label(
        "probability は 0 以上 1 以下で指定してください（{probability} ではなく）",
        "probability must lie between 0 and 1, not {probability}.",
    ),
    "sandbox.dlr_url": Label(
        "dlr_url は http か https の URL で指定してください（{url!r} ではなく）",
        "dlr_url must be an http or https URL, not {url!r}.",
    ),
    "sandbox.messages_per_day": Label(
        "messages_per_day は 1 以上 1,000,000 以下で指定してください（{given} ではなく）",
        "messages_per_day must lie between 1 and 1,000,000, not {given}.",
    ),
    "sandbox.months": Label(
        "months は 1 以上 24 以下で指定してください（{months} ではなく）",
        "months must lie between 1 and 24, not {months}.",
    ),
    "sandbox.counts_follow": Label(
        'counts_follow は "settled" か "delivered" で指定してください（{given!r} ではなく）',
        'counts_follow must be "settled" or "delivered", not {given!r}.',
    ),
    "sandbox.incidents": Label(
        'incidents は True、False、"subtle" のいずれかで指定してください（{given!r} ではなく）',
        'incidents must be True, False or "subtle", not {given!r}.',
    ),
    "sandbox.dlr_format": Label(
        'dlr_format は "json" か "xml" で指定してください（{given!r} ではなく）',
        'dlr_format must be "json" or "xml", not {given!r}.',
    ),
    "sandbox.not_started": Label(
        "サンドボックスが起動していません。start() を呼ぶか、with 文で使ってください",
        "The sandbox is not started: call start(), or use it in a with block.",
    ),
    "sandbox.today": Label(
        'today は日付か "YYYY-MM-DD" で指定してください（{given!r} ではなく）',
        'today must be a date or "YYYY-MM-DD", not {given!r}.',
    ),
    "sandbox.counts_off": Label(
        'counts_off の月は "2026-10" のように書いてください（{given!r} ではなく）',
        'A month of counts_off must look like "2026-10", not {given!r}.',
    ),
    "cli.out_ending": Label(
        "{option} の拡張子は {known} のいずれかにしてください（{name} ではなく）",
        "{option} must end in {known}, not be {name}.",
    ),
    "cli.out_is_file": Label(
        "--out には、読み込むファイルとは別の名前を指定してください",
        "--out must be another file than the one that is read.",
    ),
    "cli.one_of": Label(
        "{first} と {second} はどちらか一方だけ指定してください",
        "Give {first} or {second}, not both.",
    ),
    "cli.too_many_rows": Label(
        "{name} は {rows:,}行あり、シートには {most:,}行までしか入りません。--out に .csv の名前を指定してください",
        "{name} has {rows:,} rows, and a sheet holds {most:,}: give --out a name in .csv.",
    ),
    "cli.no_column": Label(
        "列 {name} はありません。{option} で選んでください。ファイルにある列：{columns}",
        "There is no column {name}: choose another with {option}. The file has: {columns}.",
    ),
    "cli.which_column": Label(
        "{options} を指定してください。ファイルにある列：{columns}",
        "Give {options}: the file has the columns {columns}.",
    ),
    "cli.in_place": Label("{error}（{place}）", "{error} It stands in {place}."),
    "cli.password": Label(
        "--user にはパスワードが必要です。環境変数 ZRTOOLS_RECEIVER_PASSWORD に設定してください",
        "--user needs a password: set ZRTOOLS_RECEIVER_PASSWORD.",
    ),
    "cli.secret_path": Label(
        "推測されないパス（--path、または {file} の内容）に使えるのは、半角英数字と - _ . ~ / だけです",
        "The secret path (--path, or the one in {file}) must be letters, digits and any of - _ . ~ /.",
    ),
    "cli.secret_path_empty": Label(
        "{file} が空です。パスを書き込むか、ファイルを削除して新しく作らせてください",
        "{file} is empty: write the secret path into it, or delete it to have one made.",
    ),
    "cli.plain_numbers": Label(
        "--plain-numbers は --drop-list か --resend-list と一緒に指定してください（レポートの電話番号は常に伏せます）",
        "--plain-numbers is of --drop-list and --resend-list; the report is always masked.",
    ),
    "cli.encoding": Label("{name}（--encoding）：{error}", "{name} (--encoding): {error}"),
    "cli.where_to": Label(
        "出力先を指定してください。1つなら --out FILE、契約クライアントごとなら --each-client DIR",
        "Say where it goes: --out FILE, or --each-client DIR for a file for each client.",
    ),
    "cli.of_one_report": Label(
        "--client と --invoice は1つのレポートのためのものです。--each-client と一緒には指定できません",
        "--client and --invoice are of one report: leave them out with --each-client.",
    ),
    "cli.format_of_each": Label(
        "--format は --each-client のためのものです。--out では拡張子で種類を指定してください",
        "--format is for --each-client: the ending of --out says the kind.",
    ),
    "cli.equals": Label(
        "{option} は等号でつないで書いてください（例：{option} {example}）",
        "Write {option} with an equals sign, for example {option} {example}.",
    ),
    "cli.place": Label(
        "{option} は {example} のように書いてください。ファイルは {names} のいずれかです（{given} ではなく）",
        "Write {option} {example}; the file is one of {names}, not {given}.",
    ),
    "cli.place_without_file": Label(
        "{option} {given}：{name} のファイルがありません。--{name} で指定してください",
        "{option} {given}: there is no file of {name}; give --{name}.",
    ),
    "cli.no_archives": Label(
        "{place} に、この契約クライアントのアーカイブがありません。フォルダの名前を {example} のように契約クライアントIDにしてください",
        "{place} holds no archive of these clients: name each folder by its client id, such as {example}.",
    ),
    "cli.or_archive": Label(
        "{error}。アーカイブから作るには --archive を指定します",
        "{error} Or name an archive with --archive.",
    ),
    "cli.state": Label(
        "アーカイブが別の場所にあるため、--state でこのコンピューター上のファイルを指定してください",
        "Give --state a file on this computer: the archive lies elsewhere.",
    ),
    "cli.program": Label(
        "--program がコマンドになっていないか、引用符が閉じていません。直してください",
        "--program is no command, or a quotation mark in it stays open: correct it.",
    ),
}
