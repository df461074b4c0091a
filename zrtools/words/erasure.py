"""What `zrtools erase` says."""

from __future__ import annotations

from zrtools.codes import Label

__all__ = ["TEXTS"]

TEXTS: dict[str, Label] = {
    "number": Label("消去する電話番号", "Phone number to erase"),
    "removed": Label(
        "{store}（{place}）：{removed}件を消去しました。", "{store} ({place}): {removed} removed."
    ),
}
