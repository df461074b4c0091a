"""What `zrtools sandbox` says."""

from zrtools.codes import Label

__all__ = ["TEXTS"]

TEXTS: dict[str, Label] = {
    "url": Label("URL        {value}", "base URL   {value}"),
    "token": Label("token      {value}", "token      {value}"),
    "client_id": Label("clientId   {value}", "clientId   {value}"),
    "sms_code": Label("smsCode    {value}", "smsCode    {value}"),
    "now": Label("現在       {value}（日本時間）", "now        {value} (Japan)"),
    "try": Label("\n試すには：", "\nTry:"),
    "set": Label(
        "\nzrtools からこのサンドボックスを使うには、別のターミナルで：",
        "\nTo use it from zrtools, in another terminal:",
    ),
    "stop": Label("\n終了するには Ctrl-C を押してください。", "\nPress Ctrl-C to stop."),
    "ended": Label("サンドボックスを終了しました。", "The sandbox has ended."),
}
