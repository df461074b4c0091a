"""What is about to be sent, before it is: how much, to how many, at what cost."""

from __future__ import annotations

import html
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING

from zrtools import words
from zrtools.errors import InputError
from zrtools.texts import said

if TYPE_CHECKING:
    import polars as pl

    from zrtools.usage import Prices

__all__ = ["Preview", "estimate"]

_ANY = "*"


@dataclass(frozen=True, slots=True)
class Preview:
    """What a send would do now.

    `messages` wait, for `numbers` different recipients, `scheduled` of them as reservations; `parts` is the
    estimate of billable messages (通数). `duplicates`, `invalid`, `suppressed`, `doubtful` (numbers that are given to
    nobody) and `held` (advertisements that fail a guard) were left out. `reserved` are
    reservations that wait at the service for numbers which are suppressed since: `cancel_suppressed` cancels them.
    `cost_low` and `cost_high` are the cost by the cheapest and the dearest carrier where the carrier is not known; null
    without prices. The bill is right, not this.
    """

    messages: int
    numbers: int
    scheduled: int
    parts: int
    duplicates: int
    invalid: int
    suppressed: int
    reserved: int = 0
    cost_low: Decimal | None = None
    cost_high: Decimal | None = None
    doubtful: int = 0
    held: int = 0

    def rows(self, lang: str | None = None) -> list[tuple[str, str]]:
        """Give it as pairs of a heading and a figure, for people."""
        figures = [
            (words.text(f"outbox.preview_{name}", lang), f"{getattr(self, name):,}")
            for name in ("messages", "numbers", "scheduled", "parts", "duplicates", "invalid", "suppressed")
        ]
        figures += [
            (words.text(f"outbox.preview_{name}", lang), f"{getattr(self, name):,}")
            for name in ("doubtful", "held", "reserved")
            if getattr(self, name)
        ]
        if self.cost_low is not None and self.cost_high is not None:
            low, high = f"{self.cost_low:,}", f"{self.cost_high:,}"
            key = "preview_one_cost" if low == high else "preview_cost_range"
            figures.append(
                (
                    words.text("outbox.preview_cost", lang),
                    words.text(f"outbox.{key}", lang, low=low, high=high),
                )
            )
        return figures

    def _repr_html_(self) -> str:
        lines = "".join(
            f"<tr><th style='text-align:left'>{html.escape(heading)}</th>"
            f"<td style='text-align:right'>{html.escape(figure)}</td></tr>"
            for heading, figure in self.rows()
        )
        return f"<table>{lines}</table>"


def estimate(
    by_carrier: pl.DataFrame,
    prices: Prices | Mapping[str, Decimal | int | str] | Decimal | int | str,
    day: date,
    client_id: str | None,
) -> tuple[Decimal, Decimal]:
    """Estimate the lowest and the highest cost of messages, given by `carrier_id`, `messages` and `parts`.

    Prices: those of `zr.usage.read_prices` (their first tier on that day, a client's own before those for all), one
    price, or one a carrier ("*" for the rest). Raises `InputError` where a price is missing or is none.
    """
    per_message = getattr(prices, "plan", None) == "accepted"
    table = _table(prices, day, client_id)
    low = high = Decimal(0)
    for carrier_id, count, parts in by_carrier.select("carrier_id", "messages", "parts").iter_rows():
        quantity = count if per_message else parts
        if carrier_id is None:
            choices = [price for name, price in table.items() if name != _ANY or len(table) == 1]
        elif carrier_id in table or _ANY in table:
            choices = [table.get(carrier_id, table.get(_ANY, Decimal(0)))]
        else:
            raise InputError(said("outbox.no_price", carrier_id=carrier_id, any=_ANY))
        low += quantity * min(choices)
        high += quantity * max(choices)
    return low, high


def _table(
    prices: Prices | Mapping[str, Decimal | int | str] | Decimal | int | str,
    day: date,
    client_id: str | None,
) -> dict[str, Decimal]:
    if isinstance(prices, Mapping):
        given = {str(carrier): price for carrier, price in prices.items()}
    elif isinstance(prices, Decimal | int | str):
        given = {_ANY: prices}
    else:
        given = dict(prices.on(day, client_id))
    if not given:
        raise InputError(
            said("outbox.no_price_today_whose" if client_id is None else "outbox.no_price_today")
        )
    try:
        return {carrier: Decimal(price) for carrier, price in given.items()}
    except (InvalidOperation, TypeError):
        raise InputError(said("outbox.price")) from None
