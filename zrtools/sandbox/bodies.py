"""The texts of simulated messages: what each stream of traffic says, with two gaps to fill."""

from __future__ import annotations

from dataclasses import dataclass

from zrtools.codes import OPT_OUT_URL

__all__ = ["FILLINGS", "TEMPLATES", "Template", "templates_of"]

_NAMES = (
    *(
        "佐藤",
        "鈴木",
        "高橋",
        "田中",
        "伊藤",
        "渡辺",
        "山本",
        "中村",
        "小林",
        "加藤",
        "吉田",
        "山田",
        "佐々木",
    ),
    *(
        "山口",
        "松本",
        "井上",
        "木村",
        "林",
        "斎藤",
        "清水",
        "五十嵐",
        "長谷川",
        "森",
        "池田",
        "橋本",
        "小笠原",
    ),
)

FILLINGS: dict[str, list[str]] = {
    "nothing": [""],
    "digits": [f"{(n * 611_953 + 104_729) % 900_000 + 100_000}" for n in range(20_000)],
    "time": [f"{h}:{m:02d}" for h in range(9, 20) for m in (0, 15, 30, 45)],
    "amount": [f"{(n * 7_919 + 1_280) % 29_000 + 800:,}" for n in range(2_000)],
    "name": list(_NAMES),
    "day": [f"{m}/{d}" for m in range(1, 13) for d in range(1, 29)],
}
"""What may stand in a gap. Nothing here needs escaping in JSON."""


@dataclass(frozen=True, slots=True)
class Template:
    """A body in three fixed pieces with two gaps between them; what it may hold needs no escape in JSON."""

    stream: str
    pieces: tuple[str, str, str]
    gaps: tuple[str, str] = ("nothing", "nothing")


def _made(stream: str, text: str, *gaps: str) -> Template:
    first, _, rest = text.partition("{}")
    second, _, third = rest.partition("{}")
    one, two = (*gaps, "nothing", "nothing")[:2]
    return Template(stream, (first, second, third), (one, two))


_OFFERS = (
    "秋の感謝祭を開催中です。対象商品が最大30%OFF。",
    "会員様限定クーポンをお届けします。お会計時にこの画面をご提示ください。",
    "新作が入荷しました。数量限定のため、お早めにご覧ください。",
    "ポイントの有効期限が近づいています。月末までにぜひご利用ください。",
    "オンラインセミナーを開催します。参加費は無料、録画の視聴もできます。",
    "お客様アンケートへのご協力をお願いします。回答は3分ほどで終わります。",
)
_MORE = (
    "",
    "店舗・オンラインのどちらでもご利用いただけます。他の割引との併用はできません。",
    (
        "期間中は送料が無料です。さらに、アプリから初めてご注文の方には500ポイントを進呈します。"
        "詳しい条件は特設ページをご確認ください。お問い合わせは平日10時から18時まで承ります。"
    ),
    (
        "なお、店舗により営業時間が異なります。ご来店の前に各店舗のページをご確認ください。"
        "ご予約のお客様を優先してご案内しますので、混み合う週末は事前のご予約をおすすめします。"
        "キャンセルは前日の18時まで、マイページからお手続きいただけます。本メールへの返信はできません。"
        "お心当たりのない方は、お手数ですが下記より配信を停止してください。"
    ),
)


def _campaigns() -> list[Template]:
    made = []
    for n, offer in enumerate(_OFFERS):
        for m, more in enumerate(_MORE):
            link = f"https://shop.example.jp/c{n}{m}"
            made.append(
                _made("campaign", f"【すずらん堂】{{}}様 {offer}{more} {link} 配信停止 {OPT_OUT_URL}", "name")
            )
    return made


TEMPLATES: list[Template] = [
    _made("otp", "【すずらん銀行】認証コード: {} 有効期限は10分です。他人に教えないでください。", "digits"),
    _made("otp", "{} はあなたの確認コードです。", "digits"),
    _made("otp", "Your verification code is {}. It expires in 10 minutes.", "digits"),
    _made(
        "reminder",
        "【すずらん歯科】{}様 明日{}のご予約をお待ちしています。変更は 0312345678 まで",
        "name",
        "time",
    ),
    _made("reminder", "【美容室りんどう】{} {}にご予約を承っています。", "day", "time"),
    _made(
        "reminder",
        "【すずらん自動車】{}様 車検の期限が近づいています。ご希望の日時に整備士の空きがございます。"
        "ご都合のよい時間を下記からお選びください。所要時間はおよそ2時間です。 https://car.example.jp/r/{}",
        "name",
        "digits",
    ),
    _made("delivery", "【りんどう運輸】お荷物（伝票番号 {}）を本日{}頃お届けします。", "digits", "time"),
    _made(
        "delivery",
        "【りんどう運輸】ご不在のため持ち帰りました。再配達: https://parcel.example.jp/{}",
        "digits",
    ),
    _made(
        "delivery",
        "【すずらん通販】ご注文 {} を発送しました。お届け予定日は {} です。配送状況は下記のページでご確認いただけます。"
        "置き配をご希望の場合は、お届け前日の20時までに設定してください。 https://shop.example.jp/orders",
        "digits",
        "day",
    ),
    _made("invoice", "【すずらん電力】今月のご請求額は{}円です。お支払期限は{}です。", "amount", "day"),
    _made(
        "invoice",
        "【すずらんカード】{}様 今月のお引き落とし額は{}円です。前日までに口座の残高をご確認ください。"
        "明細は会員ページでご覧いただけます。 https://card.example.jp/bill",
        "name",
        "amount",
    ),
    _made(
        "alert", "【すずらん銀行】{}円のお取引がありました。お心当たりのない場合はご連絡ください。", "amount"
    ),
    _made("alert", "【社内連絡】{}の点検は{}に始まります。", "day", "time"),
    *_campaigns(),
]


def templates_of(stream: str) -> list[int]:
    """List the positions in `TEMPLATES` of a stream's bodies."""
    return [n for n, template in enumerate(TEMPLATES) if template.stream == stream]
