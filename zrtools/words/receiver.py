"""What `zrtools receive` says."""

from zrtools.codes import Label

__all__ = ["TEXTS"]

TEXTS: dict[str, Label] = {
    "begin": Label(
        "配信結果通知を {url} で受信し、{folder} に保存します。Ctrl-C で終了します。",
        "Taking delivery reports at {url}, keeping them in {folder}. Ctrl-C ends.",
    ),
    "no_tls": Label(
        "TLS なしで待ち受けています。サービスは HTTPS で送信するため、--cert と --key を指定するか、前段にプロキシを置いてください。",
        "Listening without TLS. The service pushes to HTTPS: give --cert and --key, or put a proxy in front.",
    ),
    "odd": Label(
        "日時または状態が読み取れない通知が{odd:,}件あります。通知は保存済みです。store.scan() で確認してください。",
        "{odd:,} reports have no time that can be read, or no known status. They are kept: look at store.scan().",
    ),
    "end": Label(
        "終了しました。受信 {bodies:,}件、通知 {reports:,}件（重複 {repeats:,}件）、隔離 {quarantined:,}件、保存失敗 {failed:,}件。",
        "Ended. {bodies:,} bodies taken, {reports:,} reports in them ({repeats:,} repeats), "
        "{quarantined:,} in quarantine, {failed:,} not kept.",
    ),
}
