"""The one door: small groups pooled, rows and bytes cut, names in sentences for strangers' words, and the mask last."""

from __future__ import annotations

import json
import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from math import isfinite
from typing import TYPE_CHECKING, Any

import polars as pl

from zrtools import words
from zrtools.assistant.models import Answer, Estimate, Name, Pooled, Rate, Value
from zrtools.codes import ACTIONS, CARRIERS, CATEGORIES, ORIGINS, UNLISTED, UNRECOGNISED
from zrtools.failures.traffic import plain
from zrtools.intervals import CONFIDENCE, share, wilson
from zrtools.privacy import mask_text

if TYPE_CHECKING:
    from zrtools.assistant.desk import Desk

__all__ = [
    "LEAST",
    "MOST_BYTES",
    "Names",
    "estimate",
    "few",
    "fitted",
    "last",
    "pool",
    "rate",
    "with_interval",
]

LEAST = 5
"""Groups of fewer messages are pooled."""

MOST_BYTES = 32_000
"""Of one answer's JSON, which goes out twice: as data, and as text for clients that read nothing else."""

_LONGEST = 2_000
_HAN = "〇一二三四五六七八九"
_DIGITS = 6
_OF_STRANGERS = 160
_CODES = frozenset(
    (
        "sms_code",
        "client_id",
        "detailed_status_id",
        "failure_detail",
        "failure_module",
        "failure_code",
        "codes",
    )
)
_PLAIN = frozenset(
    ("hour", "weekday", "day", "parts", "message_length", "carrier_id", "status_id", "send_date")
)
_OURS = frozenset(
    (
        *(carrier.name for carrier in CARRIERS.values()),
        *(category.name for category in (*CATEGORIES.values(), UNLISTED, UNRECOGNISED)),
        *ACTIONS,
        *ORIGINS,
    )
)
_CODE = re.compile(r"[0-9A-Za-z]{1,8}", re.ASCII)
_NUMBER = re.compile(r"[0-9:T+ -]{1,25}", re.ASCII)


class Names:
    """Names for words that came out of the archive: sentences hold `campaign#1`, the text stands in a field of data."""

    def __init__(self, *, tags: bool, lang: words.Lang) -> None:
        self._tags = tags
        self._lang = lang
        self._given: dict[tuple[str, str], str] = {}
        self._count: Counter[str] = Counter()

    def __call__(self, column: str, value: str) -> str | None:
        """Name a value for a sentence; None where it is one of our own words, a code or a figure."""
        if (
            value in _OURS
            or (column in _CODES and _CODE.fullmatch(value))
            or (column in _PLAIN and _NUMBER.fullmatch(value))
        ):
            return None
        if column == "client_tag" and not self._tags:
            return words.text("assistant.tag_hidden", self._lang)
        column = re.sub(r"\W", "_", column)[:30]
        key = (column, value)
        if key not in self._given:
            self._count[column] += 1
            self._given[key] = f"{column}#{self._count[column]}"
        return self._given[key]

    def value(self, column: str, value: object) -> Value:
        """Give a value as data, with the name that sentences use for it."""
        text = None if value is None else str(value)
        return Value(column=column, text=text, name=None if text is None else self(column, text))

    def values(self, row: Mapping[str, Any], columns: Sequence[str]) -> list[Value]:
        """Give the values of some columns."""
        return [self.value(column, row[column]) for column in columns]

    def listed(self, said: str | None) -> list[Name]:
        """Tell what the names in some text stand for; without one, all names."""
        used = set(self._given.values() if said is None else re.findall(r"\w+#[0-9]+", said))
        return [
            Name(name=name, column=column, text=text)
            for (column, text), name in self._given.items()
            if name in used
        ]


def rate(
    row: Mapping[str, Any],
    failed: str = "failed",
    settled: str = "settled",
    value: str = "failure_rate",
    ends: tuple[str, str] = ("rate_low", "rate_high"),
    *,
    overall: Rate | None = None,
) -> Rate:
    """Read a rate with its interval, and whether the overall rate lies in it."""
    low, high = row[ends[0]], row[ends[1]]
    told = None
    if overall is not None and overall.rate is not None and low is not None and high is not None:
        told = low <= overall.rate <= high
    return Rate(
        failed=row[failed], settled=row[settled], rate=row[value], low=low, high=high, within_chance=told
    )


def with_interval(
    frame: pl.DataFrame, failed: str, settled: str, names: tuple[str, str, str]
) -> pl.DataFrame:
    """Add a rate and its interval (Wilson, 95%) where a result has counts alone."""
    part = share(pl.col(failed), pl.col(settled))
    low, high = wilson(part, pl.col(settled))
    return frame.with_columns(part.alias(names[0]), low.alias(names[1]), high.alias(names[2]))


def estimate(
    value: float | None,
    low: float | None,
    high: float | None,
    *,
    level: float = CONFIDENCE,
    difference: bool = True,
) -> Estimate:
    """Give a value with its interval; a difference is within chance where that holds 0."""
    told = low <= 0 <= high if difference and low is not None and high is not None else None
    return Estimate(value=value, low=low, high=high, level=level, within_chance=told)


def few(*columns: str) -> pl.Expr:
    """Tell whether one of some counts is of somebody, but of fewer than may be shown."""
    return pl.any_horizontal(pl.col(*columns).is_between(1, LEAST - 1).fill_null(value=False))


def pool(
    frame: pl.DataFrame, count: pl.Expr, *, rates: Sequence[str] | None = None, within: Sequence[str] = ()
) -> tuple[pl.DataFrame, Pooled | None]:
    """Take the groups of fewer than `LEAST` messages out, and say what they come to together.

    As many of the next smallest go with them as are needed for that many; where there is no more, nothing is said of
    them. So a total less the rows that are shown gives no small group away, nor do the totals of `within`, where the
    answer gives such. `rates` are the keys of a frame with `failed` and `settled`, whose pooled rate is given too.
    """
    # nobody is in a group without messages
    sized = frame.with_row_index("_row").with_columns(_size=count.cast(pl.Int64).fill_null(0), _all=0)
    each = [*within, "_all"]
    some = (
        sized.filter(pl.col("_size") > 0)
        .sort("_size", "_row")
        .with_columns(_before=pl.col("_size").cum_sum().over(each) - pl.col("_size"))
    )
    small = some.filter(pl.col("_size") < LEAST)
    if small.is_empty():
        return frame, None
    # the next smallest, too, where there is a small one
    near = some.filter(pl.col("_before") < LEAST).join(small, on=each, how="semi", nulls_equal=True)
    hidden = pl.concat([small, near]).unique("_row")
    rest = sized.join(hidden.select("_row"), on="_row", how="anti").sort("_row").drop("_row", "_size", "_all")
    messages = int(hidden["_size"].sum())
    told = messages >= LEAST
    both: Rate | None = None
    if told and rates is not None:
        settled = (hidden.unique(plain(rates)) if plain(rates) else hidden.head(1))["settled"].sum()
        sums = pl.DataFrame({"failed": [int(hidden["failed"].sum())], "settled": [int(settled)]})
        names = ("failure_rate", "rate_low", "rate_high")
        both = rate(with_interval(sums, "failed", "settled", names).row(0, named=True))
    return rest, Pooled(groups=hidden.height, messages=messages if told else None, rate=both)


def fitted(answer: Answer, desk: Desk, most: int) -> dict[str, Any]:
    """Cut an answer's rows to `most`, and further until it fits, and say what was cut and how to narrow."""
    made: dict[str, Any] = _clean(answer.model_dump(mode="json"))
    parts = {
        name: desk.had.get(name, len(part))
        for name, part in made.items()
        if isinstance(part, list) and part and isinstance(part[0], dict) and name not in ("names", "next")
    }
    for name in parts:
        made[name] = made[name][:most]
    spare = 1.0
    while True:
        # of a picture nobody knows what stands in it
        said = None if desk.picture is not None else json.dumps({**made, "names": []}, ensure_ascii=False)
        names = desk.names.listed(said)
        made["names"] = _clean([one.model_dump() for one in names[: int(len(names) * spare)]])
        if _size(made) <= MOST_BYTES:
            break
        longest = max(parts, key=lambda name: _size(made[name]) if made[name] else 0, default=None)
        if longest is not None and made[longest]:
            made[longest] = made[longest][: len(made[longest]) * 3 // 4]
        elif len(made["said"]) > 1:
            made["said"] = made["said"][: len(made["said"]) // 2]
        elif spare > 1 / MOST_BYTES:
            spare /= 2
        else:
            break
    for name, had in parts.items():
        if (shown := len(made[name])) < had:
            how = desk.say("narrow" if shown == most else "narrow_bytes", most=MOST_BYTES)
            made["cut"].append(desk.say("cut", part=name, shown=shown, had=had, narrow=how))
    return made


def last(value: Any) -> Any:
    """Mask what leaves: every phone number in every text of an answer, whatever it is and however it came there."""
    return _each(value, _masked)


def _masked(text: str) -> str:
    """Mask a text; one that holds a number in digits of another kind (①, ², 九, ٩) is given in plain ones."""
    text = mask_text(text)
    if text.isascii():
        return text
    plain = "".join(_digit(c) for c in text)
    hidden = mask_text(plain)
    return text if hidden == plain else hidden


def _digit(c: str) -> str:
    digit = unicodedata.digit(c, _HAN.find(c))
    return c if digit < 0 else str(digit)


def _size(value: Any) -> int:
    return len(json.dumps(value, ensure_ascii=False).encode())


def _clean(value: Any) -> Any:
    """Write out what cannot be seen, and cut what is long; what strangers wrote is cut shorter, figures to 6 digits."""
    if isinstance(value, dict):
        strange = "column" in value and "text" in value
        return {
            key: _visible(part, _OF_STRANGERS)
            if strange and key == "text" and isinstance(part, str)
            else _clean(part)
            for key, part in value.items()
        }
    if isinstance(value, list):
        return [_clean(part) for part in value]
    if isinstance(value, float):
        return float(f"{value:.{_DIGITS}g}") if isfinite(value) else None
    return _visible(value, _LONGEST) if isinstance(value, str) else value


def _visible(text: str, most: int) -> str:
    # a number that is cut in two would be no number any more, and one that is written out neither
    text = _masked(text)
    if len(text) > most:
        text = text[: most - 1] + "…"
    if text.isprintable():
        return text
    return "".join(
        c
        if c.isprintable() or (c == "\n" and most == _LONGEST)
        else c.encode("unicode_escape").decode("ascii")
        for c in text
        if unicodedata.category(c) != "Cs"
    )


def _each(value: Any, change: Callable[[str], str]) -> Any:
    if isinstance(value, str):
        return change(value)
    if isinstance(value, Mapping):
        # base64 of a picture holds digits, too
        whole = value.get("type") == "image"
        return {key: part if whole and key == "data" else _each(part, change) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [_each(part, change) for part in value]
    return value
