"""What `zrtools sync` says."""

from __future__ import annotations

from zrtools.codes import Label

__all__ = ["TEXTS"]

TEXTS: dict[str, Label] = {
    "days": Label(
        "配信状況：{fetched}日分を取得、{kept}日分は確定済み、未確定 {pending}件",
        "statuses: {fetched} days fetched, {kept} settled before, {pending} messages pending",
    ),
    "months": Label("通数：{stored}か月分を記録", "counts: {stored} months recorded"),
    "day": Label("{day}：{action}。{why}", "{day}: {action}. {why}"),
    "failed": Label("取得できませんでした", "failed"),
    "refused": Label(
        "保存済みより行数が少ないため置き換えません", "not replaced, fewer rows came than are kept"
    ),
    "again": Label(
        "{count}件を取り込めませんでした。保存済みのデータはそのままです。もう一度実行してください。",
        "{count} of them could not be taken in; what was stored stays. Run it again.",
    ),
}
