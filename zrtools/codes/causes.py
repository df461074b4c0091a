"""Which cause the shape of an incident points to, and who acts on it.

The rules were written before anything was measured with them, from what the codes mean and from who could make such a
shape: a carrier sees all its customers' messages, the vendor all senders and carriers, a list only its own numbers.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from zrtools.codes import Label

__all__ = [
    "CAUSES",
    "CONCENTRATED",
    "GROUPS",
    "MAIN_SHARE",
    "OWNERS",
    "RULES",
    "SHAPES",
    "SURE",
    "Cause",
    "Rule",
    "Shape",
    "Sure",
    "group_of",
]

Shape = Literal["text", "sender", "carrier", "everything"]
Sure = Literal["likely", "possible"]

MAIN_SHARE = 0.6
"""A group of categories names an incident from that share of its additional failures on; else it is mixed."""

CONCENTRATED = 0.8
"""One carrier, sender or text gives a segment its shape when it holds that share of the additional failures and at
most half of the messages."""


@dataclass(frozen=True, slots=True)
class Cause:
    """A probable cause, and who acts on it: one of `OWNERS`."""

    name: str
    label: Label
    owner: str


@dataclass(frozen=True, slots=True)
class Rule:
    """A group of categories on a shape points to a cause; `several` must be touched for it to be `sure`."""

    group: str
    shape: Shape
    cause: str
    sure: Sure
    several: Literal["campaigns", "carriers"] | None = None


SHAPES: dict[str, Label] = {
    "text": Label("1つのキャンペーン・文面", "one campaign or text"),
    "sender": Label("1つの送信元", "one sender"),
    "carrier": Label("特定のキャリア", "particular carriers"),
    "everything": Label("全体", "everything"),
}

SURE: dict[str, Label] = {
    "likely": Label("可能性が高い", "likely"),
    "possible": Label("可能性あり", "possible"),
}

OWNERS: dict[str, Label] = {
    "carrier and vendor": Label(
        "キャリア（障害情報の確認）とサービス提供元", "carrier (its notices) and vendor"
    ),
    "vendor": Label("サービス提供元", "vendor"),
    "list owner": Label("リストの管理者", "list owner"),
    "nobody": Label("対応者なし（自然に回復）", "nobody: it passes"),
    "analyst": Label("分析担当（個別に調査）", "you: look into it"),
}

CAUSES: dict[str, Cause] = {
    c.name: c
    for c in (
        Cause(
            "carrier fault",
            Label("キャリア側の障害・輻輳", "fault or congestion at a carrier"),
            "carrier and vendor",
        ),
        Cause(
            "service fault",
            Label("サービス側・接続経路の障害", "fault of the service or its routes"),
            "vendor",
        ),
        Cause(
            "sender or text blocked", Label("送信元または文面のブロック", "sender or text blocked"), "vendor"
        ),
        Cause("stale list", Label("古いリスト（欠番が多い）", "stale list"), "list owner"),
        Cause("handset side", Label("送信先端末の状態（圏外など）", "handsets out of reach"), "nobody"),
        Cause("unknown code", Label("仕様書に記載のないコード", "unknown code"), "vendor"),
        Cause("unclear", Label("特定できない", "unclear"), "analyst"),
    )
}

GROUPS: dict[str, tuple[str, ...]] = {
    "busy": ("congestion", "network"),
    "unreached": ("handset congestion", "out of reach", "out of reach or busy"),
    "not in service": ("not in service",),
    "refused": ("handset error",),
    "unknown": ("unlisted", "unrecognised"),
}
"""Failure categories that point the same way; `mixed` where none holds `MAIN_SHARE`, `other` for names of one's own."""

RULES: tuple[Rule, ...] = (
    *(
        Rule("unknown", shape, "unknown code", "likely")
        for shape in ("text", "sender", "carrier", "everything")
    ),
    # 721, 823: a carrier's network fails for everybody who writes to it
    Rule("busy", "carrier", "carrier fault", "likely", "campaigns"),
    Rule("busy", "everything", "service fault", "likely", "carriers"),
    Rule("busy", "sender", "service fault", "possible"),
    Rule("busy", "text", "service fault", "possible"),
    # 732: numbers of one list are out of service; a carrier or the service that says so of everybody is wrong
    Rule("not in service", "text", "stale list", "likely"),
    Rule("not in service", "sender", "stale list", "likely", "carriers"),
    Rule("not in service", "carrier", "carrier fault", "possible"),
    Rule("not in service", "everything", "service fault", "possible"),
    # 834: handsets do not begin to refuse together; a filter does
    Rule("refused", "text", "sender or text blocked", "likely", "carriers"),
    Rule("refused", "sender", "sender or text blocked", "likely", "carriers"),
    Rule("refused", "carrier", "sender or text blocked", "possible"),
    Rule("refused", "everything", "sender or text blocked", "possible"),
    # 821, 824, 833: on one carrier alone it is its coverage, else the hour, the weather or where people are
    Rule("unreached", "carrier", "carrier fault", "possible"),
    Rule("unreached", "everything", "handset side", "likely", "carriers"),
    Rule("unreached", "sender", "handset side", "likely", "carriers"),
    Rule("unreached", "text", "handset side", "likely", "carriers"),
    Rule("mixed", "carrier", "carrier fault", "possible", "campaigns"),
    Rule("mixed", "everything", "service fault", "possible", "carriers"),
)
"""The first rule that fits decides; what fits none is `unclear`."""


def group_of(category: str | None) -> str:
    """Tell which of `GROUPS` a failure category belongs to; `other` for a name of one's own."""
    return next((group for group, names in GROUPS.items() if category in names), "other")
