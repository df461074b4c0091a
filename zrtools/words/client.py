"""Wording of the client: progress bars, what cleaning will cost, and what `check` finds."""

from __future__ import annotations

from zrtools.codes import Label

__all__ = ["TEXTS"]

TEXTS: dict[str, Label] = {
    "days": Label("日別の配信状況", "days"),
    "tags": Label("clientTag（管理タグ）別の配信状況", "client tags"),
    "months": Label("月別の通数", "months"),
    "numbers": Label("電話番号クリーニング", "numbers"),
    "messages": Label("送信", "messages"),
    "noun.days": Label("日", "days"),
    "noun.tags": Label("件のclientTag（管理タグ）", "client tags"),
    "noun.months": Label("か月", "months"),
    "noun.numbers": Label("件の番号", "numbers"),
    "failed": Label("失敗 {count:,}", "{count:,} failed"),
    "waiting": Label(
        "サービスの指定により {until}（日本時間）まで待機中", "waiting for the service until {until} (Japan)"
    ),
    "cost": Label(
        "電話番号クリーニング（有料）：{calls:,}件を照会します（入力 {given:,}件、重複 {repeated:,}件、"
        "入力不備 {invalid:,}件、回答済み{known:,}件）。",
        "Number cleaning (billed): {calls:,} calls will be made ({given:,} given, {repeated:,} repeated, "
        "{invalid:,} invalid, {known:,} answered before).",
    ),
    "doubtful": Label(
        '存在しない番号の可能性があるため照会しない番号が{count:,}件あります（照会するには doubtful="take"、コマンドでは --take-doubtful）。',
        '{count:,} numbers are probably no one\'s, and are not asked (doubtful="take", or --take-doubtful, asks them).',
    ),
    "machines": Label(
        "照会する番号のうち{count:,}件は020の番号（M2M）です。SMSを読む人がいません。",
        "{count:,} of the numbers are 020 numbers (M2M): nobody reads there.",
    ),
    "cleaned": Label(
        "{rows:,}件：本人 {same:,}、他人名義 {other:,}、判定不可 {unknown:,}、入力不備 {none:,}",
        "{rows:,} numbers: {same:,} the same person's, {other:,} another's, {unknown:,} cannot be judged, "
        "{none:,} not usable",
    ),
    "written": Label(
        "結果：{out}\n回答の保存先（電話番号を含みます）：{store}",
        "result: {out}\nanswers kept in (holds phone numbers): {store}",
    ),
    "again": Label(
        "回答済みの分は {store} に保存しました。同じコマンドをもう一度実行すると、残りだけを照会します。",
        "What was answered is kept in {store}: run the same command again, and only the rest is asked.",
    ),
    "failure.no_token": Label(
        "アクセスキーがありません。ZRTOOLS_TOKEN を設定するか、Client(token=...) または Client(profile=...) で渡してください。"
        "契約なしで試すには zr.Client.sandbox() を使います",
        "There is no access token: set ZRTOOLS_TOKEN, or give Client(token=...) or Client(profile=...). "
        "To try without an account use zr.Client.sandbox().",
    ),
    "failure.token": Label(
        "アクセスキーは半角英数字32文字ですが、渡されたものは違います。管理画面の「アカウント情報」から全体をコピーし直し、"
        "引用符・空白・改行を入れないでください",
        "The access token must be 32 letters and digits, and what was given is not: copy it again from the admin "
        "screen (アカウント情報), whole, without quotes, spaces or line ends.",
    ),
    "failure.no_client_id": Label(
        "契約クライアントIDがありません。ZRTOOLS_CLIENT_ID を設定するか、Client(client_id=...) で渡してください"
        "（管理画面の「クライアント情報」にあります）",
        "There is no client id: set ZRTOOLS_CLIENT_ID or give Client(client_id=...); the admin screen shows it "
        "(クライアント情報).",
    ),
    "failure.client_id": Label(
        "契約クライアントIDは半角数字です。client_id= または ZRTOOLS_CLIENT_ID を直してください（管理画面の「クライアント情報」）",
        "The client id must be digits: correct client_id= or ZRTOOLS_CLIENT_ID (クライアント情報 in the admin screen).",
    ),
    "failure.sms_code": Label(
        "送信元SMSコードは半角数字5桁か6桁です。sms_code= または ZRTOOLS_SMS_CODE を直してください（管理画面の「クライアント情報」）",
        "The sender code must be 5 or 6 digits: correct sms_code= or ZRTOOLS_SMS_CODE (クライアント情報 in the admin "
        "screen).",
    ),
    "failure.http_url": Label(
        "http:// はアクセスキーが見えてしまうため、この端末内に限ります。base_url= または ZRTOOLS_BASE_URL を直してください",
        "http:// is taken for this machine only, since it would show the token. Correct base_url= or ZRTOOLS_BASE_URL.",
    ),
    "failure.proxy_setting": Label(
        "プロキシの設定を読み取れません。HTTPS_PROXY は http://ホスト名:ポート番号 か http://ユーザー名:パスワード@ホスト名:ポート番号 の形で、"
        "引用符を付けずに書いてください。ユーザー名とパスワードの記号 \\ # @ : / は %5C %23 %40 %3A %2F と書きます",
        "The proxy setting cannot be read: write HTTPS_PROXY as http://host:port or http://user:password@host:port, "
        "without quotes; signs in user name and password, such as \\ # @ : /, as %5C %23 %40 %3A %2F.",
    ),
    "failure.certificate": Label(
        "サーバー証明書を信頼できません。社内のプロキシが TLS を復号している場合は、その認証局の証明書ファイルを SSL_CERT_FILE"
        "（または REQUESTS_CA_BUNDLE）に指定してください",
        "The server's certificate is not trusted: where a proxy opens TLS, name the file with its authority in "
        "SSL_CERT_FILE (or REQUESTS_CA_BUNDLE); else check base_url.",
    ),
    "failure.certificate_date": Label(
        "サーバー証明書が有効期間外です。この端末の時計（日付）を確かめてください",
        "The server's certificate is not valid now: check this machine's clock and date; else ask who runs base_url.",
    ),
    "failure.certificate_name": Label(
        "サーバー証明書が別のホスト名のものです。base_url（ZRTOOLS_BASE_URL）とプロキシを確かめてください",
        "The server's certificate is for another host: check base_url (ZRTOOLS_BASE_URL) and HTTPS_PROXY.",
    ),
    "failure.dns": Label(
        "ホスト名を解決できません。ネットワークの接続を確かめ、プロキシを通す環境では HTTPS_PROXY を設定してください",
        "The host's name cannot be found: check the network and base_url; where only a proxy leads out, set HTTPS_PROXY.",
    ),
    "failure.tls": Label(
        "TLS で接続できません（1.2 以降が必要です）。base_url と HTTPS_PROXY を確かめてください",
        "No TLS connection could be made (1.2 or newer is needed): check base_url and HTTPS_PROXY.",
    ),
    "failure.refused": Label(
        "接続できません。ネットワーク、HTTPS_PROXY、管理画面の「API 限定 IP 設定」でこの端末の IP アドレスが許可されているかを"
        "確かめてください",
        "No connection could be made: check the network, HTTPS_PROXY, and whether the account allows this machine's IP "
        "address (API 限定 IP 設定 in the admin screen).",
    ),
    "failure.connect_timeout": Label(
        "接続が時間切れになりました。ネットワーク、HTTPS_PROXY、管理画面の「API 限定 IP 設定」を確かめてください",
        "The connection timed out: check the network, HTTPS_PROXY, and whether the account allows this machine's IP "
        "address (API 限定 IP 設定 in the admin screen).",
    ),
    "failure.proxy_gone": Label(
        "プロキシに接続できません。HTTPS_PROXY のホスト名とポート番号を直してください",
        "The proxy cannot be reached: correct host and port in HTTPS_PROXY.",
    ),
    "failure.proxy_407": Label(
        "プロキシが認証を求めています（407）。HTTPS_PROXY を http://ユーザー名:パスワード@ホスト:ポート の形にし、記号は %40 のように"
        "書いてください",
        "The proxy asks for a user name and password (407): write HTTPS_PROXY as http://user:password@host:port, signs in "
        "them as %40 and the like.",
    ),
    "failure.proxy_refused": Label(
        "プロキシがこの接続を許していません（{status}）。{host} への接続を許可してもらうか、HTTPS_PROXY を直してください",
        "The proxy does not let this connection through ({status}): have it allow {host}, or correct HTTPS_PROXY.",
    ),
    "failure.timeout": Label(
        "時間内に応答がありませんでした。時間をおくか、timeout= を延ばしてください",
        "No answer came in time: try again later, or give a longer timeout.",
    ),
    "failure.broken_off": Label(
        "応答が途中で切れました。もう一度お試しください", "The answer broke off: try again later."
    ),
    "failure.lost": Label(
        "応答の前に接続が切れました。もう一度お試しください",
        "The connection was lost before an answer came: try again later.",
    ),
    "failure.no_http": Label(
        "応答が HTTP ではありません（{kind}）。base_url を直してください",
        "The answer is no HTTP that can be read ({kind}): check base_url.",
    ),
    "failure.page": Label(
        "応答がこの API のものではなく、Web ページです（ネットワークのサインイン画面、プロキシの画面、メンテナンスの案内など）。ブラウザーで任意の"
        "ページを開いてサインインするか、base_url と HTTPS_PROXY を直すか、時間をおいてください",
        "The answer is a web page: open any page in a browser and sign in; correct base_url or HTTPS_PROXY; else try "
        "again later.",
    ),
    "failure.asked_to_wait": Label(
        "サービスが {until}（日本時間）まで待つよう求めたため、要求していません。その後でもう一度お試しください",
        "The service asked to wait until {until} (Japan), so this was not sent: try again then.",
    ),
    "failure.http": Label(
        "サービスの応答：HTTP {status}{said}。{advice}", "The service answered HTTP {status}{said}. {advice}"
    ),
    "failure.http_wait": Label(
        "{until}（日本時間）まで待つよう求めています。その後でもう一度お試しください",
        "It asks to wait until {until} (Japan): try again then.",
    ),
    "failure.http_throttled": Label(
        "流量制限中です。時間をおくか、pace= を下げてください",
        "The service is throttling: try again later, or give a smaller pace.",
    ),
    "failure.http_closed": Label(
        "サービスかその手前が停止中（メンテナンスなど）です。時間をおいてもう一度お試しください",
        "The service, or what stands before it, is closed, for maintenance perhaps: try again later.",
    ),
    "failure.http_redirect": Label(
        "別の場所へ転送されましたが、転送には従いません。ネットワークのサインインが必要ならブラウザーで済ませ、そうでなければ base_url を"
        "直してください",
        "It points elsewhere, and redirects are not followed: sign in to the network with a browser if it asks for that, "
        "else correct base_url.",
    ),
    "failure.http_forbidden": Label(
        "アクセスキー（管理画面の「アカウント情報」）、契約クライアントID（「クライアント情報」）、IP アドレスの許可（「API 限定 IP 設定」）を"
        "確かめてください。ほかの機能が使えるなら、契約にない機能かもしれません",
        "Check the token (アカウント情報 in the admin screen), the client id (クライアント情報) and whether your IP address is "
        "allowed (API 限定 IP 設定); where other calls work, this one may not be in your contract.",
    ),
    "failure.http_elsewhere": Label("base_url を直してください", "Check base_url."),
    "failure.http_else": Label(
        "時間をおいてもう一度お試しください。続くときは提供元にお問い合わせください",
        "Try again later; if it goes on, ask the vendor.",
    ),
    "check.reachable": Label("接続", "reachable"),
    "check.tls": Label("TLS", "TLS"),
    "check.token": Label("アクセスキーと契約クライアントID", "token and client id"),
    "check.clock": Label("時計", "clock"),
    "check.status": Label("配信状況の照会", "status"),
    "check.counts": Label("通数集計", "counts"),
    "check.templates": Label("定型文", "templates"),
    "check.cleaning": Label("電話番号クリーニング", "number cleaning"),
    "check.send": Label("送信", "send"),
    "check.reservations": Label("予約の照会", "reservations"),
    "check.short_url": Label("ショートURL（短縮URL）", "short URL"),
    "answers": Label("応答あり：{url}", "answers: {url}"),
    "tls": Label("{version}、証明書は有効", "{version}, certificate valid"),
    "local": Label("この端末内のため不要", "on this machine: not needed"),
    "clock": Label("サービスとの差 {seconds:.0f}秒", "{seconds:.0f} s apart from the service"),
    "clock_off": Label(
        "サービスとの差 {seconds:.0f}秒：この端末の時計を合わせてください",
        "{seconds:.0f} s apart from the service: set this machine's clock",
    ),
    "clock_unknown": Label(
        "確認できません（応答に時刻がありません）", "not checked: the answer tells no time"
    ),
    "usable": Label("利用できます（照会のみ）", "usable (only asked)"),
    "refused_as_meant": Label(
        "利用できます（必須項目を欠く要求で確認。送信・課金なし）",
        "usable (asked without a required field: nothing sent, nothing billed)",
    ),
    "profile.token": Label(
        "アクセスキー（管理画面の「アカウント情報」）", "access token (アカウント情報 in the admin screen)"
    ),
    "profile.client_id": Label("契約クライアントID（「クライアント情報」）", "client id (クライアント情報)"),
    "profile.sms_code": Label(
        "送信元SMSコード（「クライアント情報」、なければ空欄）",
        "sender code (クライアント情報; may stay blank)",
    ),
    "profile.saved": Label(
        "プロファイル {name} を保存しました（アクセスキーの保存先：{where}）。",
        "Profile {name} is kept (its token in: {where}).",
    ),
    "profile.removed": Label("プロファイル {name} を削除しました。", "Profile {name} is removed."),
    "profile.none": Label("プロファイルはありません。", "There are no profiles."),
    "keyring": Label("OS のキーリング", "the system's keyring"),
    "report_written": Label(
        "{file} に書きました（アクセスキー、ID、番号、本文は入っていません）。",
        "Written to {file}: no token, id, number or text stands in it.",
    ),
    "tls_proxy": Label("確認していません（プロキシ経由のため）", "not tested: a proxy is used"),
    "no_option": Label(
        "契約に含まれていないと思われます（ほかの機能は使えます）：{said}",
        "not in your contract, it seems, since other calls work: {said}",
    ),
    "no_sms_code": Label(
        "送信元SMSコードがありません：ZRTOOLS_SMS_CODE または sms_code= を設定してください",
        "there is no sender code: set ZRTOOLS_SMS_CODE or sms_code=",
    ),
}
"""By key, as `words.text("client.key", lang)` takes it."""
