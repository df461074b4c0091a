"""What is shown to the person about to send, as it leaves: numbers whole, gaps and doubled words marked."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING

from zrtools import messages
from zrtools.errors import InputError

if TYPE_CHECKING:
    import polars as pl

__all__ = ["DOUBLED", "doubled", "filled", "gaps", "in_rows", "labelled", "number"]

# a unit or a form of address that stands in the value and once more in the template
DOUBLED = "円円|[¥￥][¥￥]|様[様殿]|殿様|さん様|さんさん|様さん|御中御中|御中様|[%％][%％]|件件|名名|回回"
_OPEN, _CLOSE = "\ue000", "\ue001"  # no message holds these: nothing that can be sent does


def number(given: str) -> str:
    """Write a Japanese number as people read it."""
    return f"0{given[3:5]}-{given[5:9]}-{given[9:]}" if re.fullmatch(r"\+81\d{10}", given) else given


def doubled(text: str) -> list[str]:
    """List what stands twice where a value meets the text around it, such as 円円."""
    return list(dict.fromkeys(re.findall(DOUBLED, text)))


def gaps(template: str) -> list[str]:
    """List the placeholders of a template, none of one that cannot be used."""
    try:
        return messages.fields(template)
    except InputError:
        return []


def filled(template: str, values: Mapping[str, str]) -> str:
    """Write a template with the values that are there, its gaps marked, as HTML."""
    names = gaps(template)
    if not names:
        return html.escape(template)
    parts = {name: values.get(name) or f"{_OPEN}{name}{_CLOSE}" for name in names}
    text = html.escape(messages.render(template, parts))
    return text.replace(_OPEN, '<mark class="zrtools-gap">').replace(_CLOSE, "</mark>")


def labelled(label: str, body: str) -> str:
    """Set a message, as HTML, beside its label."""
    return (
        f'<div class="zrtools-labelled"><div>{html.escape(label)}</div>'
        f'<div class="zrtools-message">{body}</div></div>'
    )


def in_rows(message: pl.Expr) -> pl.Expr:
    """Give the first thing that stands twice in each message, null where none does."""
    return message.str.extract(f"({DOUBLED})")
