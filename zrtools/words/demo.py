"""What `zrtools demo` says."""

from zrtools.codes import Label

__all__ = ["TEXTS"]

TEXTS: dict[str, Label] = {
    "begin": Label(
        "サンドボックスを起動しました（{url}）。{month}の配信状況を取得します。",
        "The sandbox is up at {url}. Fetching the delivery status of {month}.",
    ),
    "fetched": Label(
        "{days}日分、{rows:,}件を{seconds:.1f}秒で取得しました。不達 {failed:,}件（不達率 {rate}）、未確定 {pending:,}件。",
        "{rows:,} messages of {days} days in {seconds:.1f} s. {failed:,} failed (failure rate {rate}), {pending:,} pending.",
    ),
    "table": Label("キャリア×不達の理由（多い順）", "Carrier and reason, most failures first"),
    "carrier": Label("キャリア", "carrier"),
    "category": Label("不達の理由", "reason"),
    "failed": Label("不達（件）", "failed"),
    "settled": Label("確定（件）", "settled"),
    "rate": Label("不達率", "failure rate"),
    "interval": Label("95%信頼区間", "95% interval"),
    "share": Label("構成比", "share of failures"),
    "rest": Label("（ほか{rest:,}行はレポートにあります）", "({rest:,} more rows stand in the report)"),
    "report": Label("レポート：{path}", "Report: {path}"),
    "picture": Label("図：{path}", "Picture: {path}"),
    "no_picture": Label("図（PNG）は作りませんでした：{why}", "No PNG was made: {why}"),
    "nothing": Label(
        "{month} にはメッセージがありません。別の --month を指定してください（サンドボックスにあるのは直近4か月と今月です）。",
        "There are no messages in {month}: give another --month (the sandbox holds the last four and the running one).",
    ),
    "next": Label(
        "次に：\n  レポート {path} をブラウザで開く\n  zrtools check               自分のアカウントで何が使えるかを調べる\n"
        "  zrtools sync --archive DIR  配信状況を手元に保存する\n  zrtools report failures     自分のデータでレポートを作る（--help で例）",
        "Next:\n  open {path} in a browser\n  zrtools check               see what works with your own account\n"
        "  zrtools sync --archive DIR  keep the delivery statuses\n  zrtools report failures     make the report of your own data (see --help)",
    ),
    "end": Label("所要時間 {seconds:.1f}秒。", "Done in {seconds:.1f} s."),
}
