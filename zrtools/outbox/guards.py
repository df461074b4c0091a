"""What an advertisement needs in Japan before it may go, and who said that it may go all the same.

Senders of advertisements need consent, of which they keep a record, and name themselves and a way to opt out
(特定電子メール法, which covers SMS); that none goes out at night is custom. Source: https://www.soumu.go.jp/main_sosiki/joho_tsusin/d_syohi/m_mail.html
"""

from __future__ import annotations

import getpass
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

import polars as pl

from zrtools import cells, phones, words
from zrtools.codes import MESSAGE_KINDS, MessageKind
from zrtools.errors import InputError
from zrtools.periods import TOKYO
from zrtools.privacy import mask_text
from zrtools.texts import said

__all__ = ["GUARDS", "NIGHT", "Guards", "at_night", "despite_of", "is_night", "night_of", "who"]

GUARDS = ("opt-out link", "sender", "consent", "night")
"""What is asked of an advertisement; the keys of `despite`."""

NIGHT = (21, 8)
"""The hours of the day between which no advertisement goes out (Japan)."""

_ADVERTISEMENT: MessageKind = "advertisement"
_LIST = ("phone_number", "date", "source")
_BLANK = r"[\s\u3000]+"


@dataclass(frozen=True, slots=True)
class Guards:
    """What is known of a campaign that its messages are held against.

    `consent` has `phone_number`, `date` and `source`; without it the frame's own `consent_date` and `consent_source`
    count.
    """

    kind: MessageKind | None = None
    sender: str | None = None
    consent: pl.DataFrame | None = None
    despite: Mapping[str, str] = field(default_factory=dict)
    night: tuple[int, int] = NIGHT

    def __post_init__(self) -> None:
        """Refuse what does not fit together."""
        object.__setattr__(self, "despite", despite_of(self.despite))
        if self.kind is not None and self.kind not in MESSAGE_KINDS:
            raise InputError(
                said("outbox.kind", kind=repr(self.kind), kinds=", ".join(map(repr, MESSAGE_KINDS)))
            )
        of_it = {"sender": self.sender, "consent": self.consent, "despite": self.despite or None}
        given = [f"{name}=" for name, value in of_it.items() if value is not None]
        if given and self.kind != _ADVERTISEMENT:
            raise InputError(said("outbox.for_advertisements", names=", ".join(given)))
        if self.sender is not None and not _plain(self.sender):
            raise InputError(said("outbox.sender"))
        if self.consent is not None and (lacks := [n for n in _LIST if n not in self.consent.columns]):
            raise InputError(said("outbox.consent", lacks=", ".join(lacks)))

    def failing(self, frame: pl.DataFrame, found: pl.DataFrame) -> pl.Series:
        """List for each row which guards it fails; none where the messages are no advertisement.

        `found` has `phone_number`, `message`, `opt_out` and `schedule_time` of the rows of `frame`.
        """
        if self.kind != _ADVERTISEMENT:
            return pl.Series("guards", [[]], dtype=pl.List(pl.String)).new_from_index(0, found.height)
        named = pl.lit(value=False)
        if self.sender is not None:
            text = pl.col("message").str.normalize("NFKC").str.to_lowercase().str.replace_all(_BLANK, "")
            named = text.str.contains(_plain(self.sender), literal=True)
        hour = pl.col("schedule_time").str.slice(11, 2).cast(pl.Int64, strict=False)
        fails = {
            "opt-out link": ~pl.col("opt_out"),
            "sender": ~named,
            "consent": ~pl.lit(self._agreed(frame, found)),
            "night": at_night(hour, self.night),
        }
        each = [
            pl.when(fails[name].fill_null(value=name != "night")).then(pl.lit(name))
            for name in GUARDS
            if name not in self.despite
        ]
        if not each:
            return Guards().failing(frame, found)
        return found.select(guards=pl.concat_list(each).list.drop_nulls()).to_series()

    def words(self, lang: str) -> dict[str, str]:
        """Say of each guard what is missing."""
        night = {"first": self.night[0], "last": self.night[1]}
        return {
            name: words.text(f"outbox.guard {name}", lang, sender=self.sender or "–", **night)
            for name in GUARDS
        }

    def _agreed(self, frame: pl.DataFrame, found: pl.DataFrame) -> pl.Series:
        """Tell of whom a consent with its day, not ahead, and its source is recorded."""
        if self.consent is not None:
            numbers = self.consent.filter(_recorded(self.consent, "date", "source")).select(
                phones.normalised("phone_number")
            )
            return found["phone_number"].is_in(numbers.to_series().implode())
        if not {"consent_date", "consent_source"} <= set(frame.columns):
            return pl.Series([False]).new_from_index(0, found.height)
        return frame.select(_recorded(frame, "consent_date", "consent_source").alias("agreed")).to_series()


def at_night(hour: pl.Expr, night: tuple[int, int]) -> pl.Expr:
    """Tell whether an hour of the day lies in the night."""
    return (hour - night[0]) % 24 < (night[1] - night[0]) % 24


def is_night(moment: datetime, night: tuple[int, int]) -> bool:
    """Tell whether a time (Japan) lies in the night."""
    return (moment.hour - night[0]) % 24 < (night[1] - night[0]) % 24


def night_of(night: tuple[int, int]) -> tuple[int, int]:
    """Give the hours of the night.

    Raises `InputError` for what are none.
    """
    first, last = night
    if not (0 <= first <= 23 and 0 <= last <= 24) or first == last % 24:
        raise InputError(said("outbox.night", night=night))
    return first, last % 24


def despite_of(despite: Mapping[str, str] | None) -> dict[str, str]:
    """Give what may go all the same, and why.

    Raises `InputError` for a guard that is none, and for one without words.
    """
    given = {name: str(why).strip() for name, why in (despite or {}).items()}
    if unknown := [name for name in given if name not in GUARDS]:
        raise InputError(
            said("outbox.despite", names=mask_text(", ".join(map(str, unknown))), guards=", ".join(GUARDS))
        )
    if silent := [name for name, why in given.items() if not why]:
        raise InputError(said("outbox.despite_why", guard=silent[0]))
    return given


def who() -> str | None:
    """Name the user of this computer, None where it has no name."""
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):
        return None


def _plain(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).lower().split())


def _recorded(frame: pl.DataFrame, date: str, source: str) -> pl.Expr:
    day = pl.col(date)
    if not frame.schema[date].is_temporal():
        day = cells.days(day.cast(pl.String))
    today = datetime.now(TOKYO).date()
    named = pl.col(source).cast(pl.String).str.strip_chars().str.len_chars() > 0
    return (named & (day.cast(pl.Date) <= today)).fill_null(value=False)
