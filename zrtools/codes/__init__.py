"""What the service's numbers mean: carriers, statuses, detailed codes and result codes.

The tables hold main values only; the service may add to them at any time, so whoever looks something up
keeps what it does not find. Source of every table: https://doc.aossms.com/zettai-reach/openapi.html and the
service's API specification 1.47.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal, get_args

from zrtools.arguments import checked
from zrtools.errors import InputError
from zrtools.texts import joined, said

__all__ = [
    "ACTIONS",
    "CARRIERS",
    "CARRIER_SPELLINGS",
    "CATEGORIES",
    "DLR_STATUSES",
    "MESSAGE_KINDS",
    "MODULES",
    "OPT_OUT_URL",
    "ORIGINS",
    "OUTCOMES",
    "RESULTS",
    "SOURCE",
    "UNLISTED",
    "UNRECOGNISED",
    "Carrier",
    "Category",
    "Label",
    "MessageKind",
    "Origin",
    "Outcome",
    "Result",
    "read",
]

SOURCE = "https://doc.aossms.com/zettai-reach/openapi.html"

OPT_OUT_URL = "https://ai9.jp/0PT0UT"
"""In a message the service replaces this text with each recipient's own opt-out link: it must never change."""

Outcome = Literal["delivered", "failed", "sending", "unknown"]
Origin = Literal["handset", "carrier or handset", "unlisted"]
MessageKind = Literal["advertisement", "notice", "one-time code"]


@dataclass(frozen=True, slots=True)
class Label:
    """A wording in Japanese and in English."""

    ja: str
    en: str


MESSAGE_KINDS: dict[str, Label] = {
    "advertisement": Label("広告・宣伝", "advertisement"),
    "notice": Label("連絡", "notice"),
    "one-time code": Label("認証コード", "one-time code"),
}
"""What a campaign is for: advertisements are held against what the law asks of them, codes are never sent again."""


@dataclass(frozen=True, slots=True)
class Carrier:
    """A mobile carrier as the service numbers it; `sendable` ones may be named in a send."""

    id: str
    name: str
    label: Label
    sendable: bool = True


@dataclass(frozen=True, slots=True)
class Category:
    """A failure category: the last three digits of a detailed code."""

    code: str | None
    name: str
    label: Label
    origin: Origin
    action: str


@dataclass(frozen=True, slots=True)
class Result:
    """A responseCode: what it means and what a person does about it."""

    code: int
    label: Label
    advice: Label


CARRIERS: dict[str, Carrier] = {
    c.id: c
    for c in (
        Carrier("101", "au", Label("au", "au")),
        Carrier(
            "102",
            "Y!mobile",
            Label("旧ウィルコム（PHS、2021年終了）", "Willcom (PHS, ended in 2021)"),
            sendable=False,
        ),
        Carrier("103", "docomo", Label("ドコモ", "docomo")),
        Carrier("105", "SoftBank", Label("ソフトバンク", "SoftBank")),
        Carrier("106", "Rakuten Mobile", Label("楽天モバイル", "Rakuten Mobile")),
    )
}
"""By carrierId. 102 stands only in old raw data: its network ended on 2021-01-31."""

CARRIER_SPELLINGS: dict[str, str] = {
    spelling: carrier
    for carrier, spellings in {
        # sub-brands count as the carrier whose network they are
        "101": (
            *("au", "kddi", "エーユー", "au/kddi", "kddiau", "aukddi"),
            *("uq", "uqmobile", "uqモバイル", "povo", "povo2.0", "ポヴォ"),
        ),
        "102": (
            *("y!mobile旧ウィルコム", "y!mobileformerlywillcom", "willcom", "ウィルコム", "旧ウィルコム"),
            *("旧ウィルコムphs、2021年終了", "willcomphs,endedin2021"),  # as reports name it
        ),
        "103": (
            *("docomo", "nttdocomo", "ドコモ", "nttドコモ", "エヌ・ティ・ティ・ドコモ", "エヌティティドコモ"),
            *("ahamo", "アハモ", "irumo", "イルモ", "eximo"),
        ),
        "105": (
            *("softbank", "ソフトバンク", "sb", "sbm"),
            *("y!mobile", "ymobile", "ワイモバイル", "linemo", "ラインモ"),
        ),
        "106": ("rakutenmobile", "rakuten", "楽天モバイル", "楽天"),
    }.items()
    for spelling in (carrier, *spellings)
}
"""The carrierId of each way to write a carrier, half-width, in small letters, without blanks, brackets and dots.

Sub-brands stand with the network that carries them; Y!mobile is SoftBank's since the network of 102 ended in 2021.
"""

OUTCOMES: dict[int, Outcome] = {0: "unknown", 1: "sending", 2: "delivered", 3: "failed"}
"""By statusId."""

DLR_STATUSES: dict[int, str] = {
    0: "Unknown",
    1: "Message is Sending",
    2: "Message delivered",
    3: "Message delivery failed",
}
"""statusDescription of a delivery report, by statusId."""

MODULES: dict[str, str] = {
    "11": "au",
    "12": "au",
    "13": "au",
    "14": "au",
    "31": "docomo",
    "32": "docomo",
    "51": "SoftBank",
    "52": "SoftBank",
    "61": "Rakuten Mobile",
    "62": "Rakuten Mobile",
}
"""The carrier's name by the first two digits of a detailed code. It can contradict carrierId."""

ACTIONS: dict[str, Label] = {
    "send again later": Label("時間をおいて再送", "send again later"),
    "drop the number": Label(
        "番号を見直し（繰り返す場合は除外）", "review the number, drop it after repeats"
    ),
    "use another channel": Label("別の手段で連絡", "use another channel"),
    "look into it": Label("個別に調査", "look into it"),
}

ORIGINS: dict[str, Label] = {
    "handset": Label("送信先端末", "recipient's handset"),
    "carrier or handset": Label("キャリアまたは送信先端末", "carrier or recipient's handset"),
    "unlisted": Label("原因不明（未掲載コード）", "unknown cause (unlisted code)"),
}

CATEGORIES: dict[str, Category] = {
    c.code: c
    for c in (
        Category("721", "congestion", Label("輻輳", "congestion"), "carrier or handset", "send again later"),
        Category(
            "732",
            "not in service",
            Label("欠番・顧客都合", "not in service, or subscriber's circumstances"),
            "handset",
            "drop the number",
        ),
        Category(
            "821",
            "handset congestion",
            Label("輻輳（端末側）", "handset congestion"),
            "handset",
            "send again later",
        ),
        Category(
            "823",
            "network",
            Label(
                "ネットワーク起因（圏外・電源OFF含む）", "network (out of coverage and powered off included)"
            ),
            "carrier or handset",
            "send again later",
        ),
        Category(
            "824",
            "out of reach",
            Label("圏外・電源OFF等", "out of coverage or powered off"),
            "handset",
            "send again later",
        ),
        Category(
            "833",
            "out of reach or busy",
            Label("圏外・話中・電源OFF等", "out of coverage, in a call or powered off"),
            "handset",
            "send again later",
        ),
        Category(
            "834",
            "handset error",
            Label("端末側エラー（SMS拒否設定等）", "handset error, e.g. set to refuse SMS"),
            "handset",
            "use another channel",
        ),
    )
    if c.code is not None
}
"""By the last three digits of a detailed code, whatever its module."""

UNLISTED = Category(None, "unlisted", Label("未掲載コード", "unlisted code"), "unlisted", "look into it")
"""Any other five-digit code."""

UNRECOGNISED = Category(
    None,
    "unrecognised",
    Label("形式外のコード（5桁でない・なし）", "unrecognised code (not five digits)"),
    "unlisted",
    "look into it",
)
"""Anything that is not five digits, a missing code included."""

RESULTS: dict[int, Result] = {
    r.code: r
    for r in (
        Result(0, Label("受け付けました", "accepted"), Label("対応は不要です", "nothing to do")),
        Result(
            100,
            Label("必須項目がありません", "a required field is missing"),
            Label("示された項目を指定してください", "give the field that is named"),
        ),
        Result(
            110,
            Label("項目の内容が正しくありません", "a field's content is wrong"),
            Label(
                "示された項目を直してください（token は管理画面の「アカウント情報」、clientId・smsCode は「クライアント情報」）",
                "correct the field that is named (token: see アカウント情報 in the admin screen; clientId, smsCode: "
                "クライアント情報)",
            ),
        ),
        Result(
            120,
            Label("項目が長すぎます", "a field is over its length"),
            Label("示された項目を短くしてください", "shorten the field that is named"),
        ),
        Result(
            130,
            Label("すでに送信済みです", "that message has gone out"),
            Label(
                "取消はできません。配信状況の照会で結果を確認してください",
                "it cannot be cancelled; ask its status",
            ),
        ),
        Result(
            140,
            Label("過去の日時です", "the time is in the past"),
            Label("未来の日時を指定してください（日本時間）", "give a time in the future (Japan time)"),
        ),
        Result(
            300,
            Label("契約プランの送信可能件数の上限を超えました", "over the plan's sending limit"),
            Label("契約プランの上限を確認してください", "check the plan's sending limit"),
        ),
        Result(
            400,
            Label("clientTag が使用済みです", "that clientTag was used before"),
            Label(
                "その clientTag の配信状況を照会してください。別の clientTag で送り直さないでください",
                "ask the status of that clientTag; do not send again under another one before you know",
            ),
        ),
        Result(
            500,
            Label("サービス側のエラーです", "an error inside the service"),
            Label(
                "時間をおいて再度お試しください。続く場合は提供元へ",
                "try again later; if it goes on, ask the vendor",
            ),
        ),
    )
}
"""By responseCode. Any other code may come: keep its number and message."""


@checked
def read(path: str | Path, *, sheet: str | None = None, header: int | None = None) -> dict[str, Category]:
    """Read names for codes of one's own from a CSV or Excel file, for `classify(frame, codes=...)`.

    A CSV file is UTF-8 or CP932, as Excel saves it in Japan. The first filled line names the columns. `code` is a whole
    detailed code, or the last three digits of five-digit ones; `category` its name, which is shown as it is in
    either language. Optional: `origin` (handset, carrier or handset, unlisted; else unlisted) and `action` (one of
    `ACTIONS`; else look into it). `sheet` and `header` as in `tables.read`.

    Raises `InputError`, with the row where there is one, for a file that cannot be read, lacks those columns, or
    has a wrong or repeated value.
    """
    from zrtools import tables  # only here: a table of names needs no polars

    table = tables.load(path, sheet=sheet, header=header, empty=True)
    table.warn()
    rows, name = table.frame, table.name
    missing = [column for column in ("code", "category") if column not in rows.columns]
    if missing:
        raise InputError(said("codes.no_column", name=name, names=joined(missing, " and no column ")))
    found: dict[str, Category] = {}
    for n, row in enumerate(rows.iter_rows(named=True)):
        cells = {column: (value or "").strip() for column, value in row.items()}
        # 11111.0, as pandas writes a column of codes with gaps
        code, category = cells["code"].removesuffix(".0"), cells["category"]
        if not any(cells.values()):
            continue
        origin, action = cells.get("origin") or "unlisted", cells.get("action") or "look into it"
        where = f"{name}, row {table.line(n)}"
        if not code or not category:
            raise InputError(said("codes.both", where=where))
        if code in found:
            raise InputError(said("codes.twice", where=where, code=code))
        if origin not in get_args(Origin):
            raise InputError(
                said("codes.origin", where=where, names=", ".join(get_args(Origin)), origin=origin)
            )
        if action not in ACTIONS:
            raise InputError(said("codes.action", where=where, names=", ".join(ACTIONS), action=action))
        found[code] = Category(code, category, Label(category, category), origin, action)  # type: ignore[arg-type] # checked just above
    return found
