"""Days, months, times and figures as people and Excel write them into the cells of a table, read in one way everywhere.

Each function takes a text column and gives null where a cell cannot be read in exactly one way: blank ones too, which
`unread` tells apart. Years lie between 2000 and 2100; times mean Japan.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from typing import Literal

import polars as pl

from zrtools.texts import Said, said

__all__ = [
    "advice",
    "carrier_names",
    "carriers",
    "days",
    "figures",
    "folded",
    "identifiers",
    "moments",
    "months",
    "unread",
]


def advice(kind: Literal["day", "month", "time", "figure", "status"]) -> Said:
    """Say how to write what cannot be read."""
    return said(f"cells.{kind}")


_ERAS = {"令和": 2018, "r": 2018, "平成": 1988, "h": 1988}
_ERA = "(?:(令和|平成|[rh])([0-9]{1,2})|([0-9]{4}))"
_WEEKDAY = r"(?:\s*\(.曜?日?\))?"
_CLOCK = (
    r"(?:(?:\s+|t)(午前|午後|[ap]m)?\s*([0-9]{1,2})[:時]\s*([0-9]{1,2})?(?:[:分]\s*(?:([0-9]{1,2})(?:\.([0-9]{1,9}))?)?)?[秒分]?"
    r"(?:\s*([ap]m))?\s*(z|[+-][0-9]{2}:?[0-9]{2})?)?"
)
# every way to write a day, its groups: era, year of era, year, month, day, and those of _CLOCK
_DAY = f"^{_ERA}" + r"[-/.年]\s*([0-9]{1,2})[-/.月]\s*([0-9]{1,2})日?" + _WEEKDAY + _CLOCK + "$"
_SHORT = r"^([0-9]{2})/([0-9]{1,2})/([0-9]{1,2})" + _WEEKDAY + _CLOCK + "$"
_CLOSE = r"^([0-9]{4})([0-9]{2})([0-9]{2})(?:[\st]?([0-9]{2})([0-9]{2})(?:([0-9]{2})([0-9]{3})?)?)?$"
_SERIAL = r"^([0-9]{5})(?:\.([0-9]+))?$"
# 2026.1 may be October that lost its zero
_MONTH = f"^{_ERA}" + r"(?:[-/年]\s*([0-9]{1,2})|\.([0-9]{2}))月?(?:ご?利用)?(?:分|度)?$"
_CLOSE_MONTH = r"^([0-9]{4})([0-9]{2})$"

_UNITS = r"(?:円|通|件|本|人|回|名)?(?:\((?:税抜き?|税込み?|税別|内税|外税)\))?"
_MINUS = "-▲△\u2212\u2010\u2011\u2012\u2013\u2014\uff0d"
_FIGURE = r"(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(?:\.[0-9]+)?"


def folded(name: str) -> str:
    """Fold a heading for comparison: composed, half-width, without case and blanks."""
    return "".join(unicodedata.normalize("NFKC", name).casefold().split())


def days(text: pl.Expr) -> pl.Expr:
    """Read days: 2026-10-31, 2026/4/1 0:00, 26/4/1, 20261031, 2026年4月1日, 令和8年4月1日, R8.4.1, Excel's 46296.

    A time behind a day is passed over.
    """
    return moments(text).dt.date()


def moments(text: pl.Expr) -> pl.Expr:
    """Read times of Japan (naive, milliseconds): any day of `days`, with or without a time behind it.

    A time of another zone is converted; 24:00 is the next day's midnight.
    """
    return _batched(text, _moments, pl.Datetime("ms"))


def months(text: pl.Expr) -> pl.Expr:
    """Read months, as their first day: 2026-10, 202610, 2026年10月分, 令和8年10月, R8.10, or any day in them."""
    return _batched(text, _months, pl.Date())


def figures(text: pl.Expr) -> pl.Expr:
    """Read figures as plain decimal text: 1,200, ８．５, ¥500, 500円(税抜), 20通.

    ▲500, △500, (500), −500 and 500- are below 0.

    The result casts to any numeric type without loss.
    """
    return _batched(text, _figures, pl.String())


def identifiers(text: pl.Expr) -> pl.Expr:
    """Read numbers that are names: 11111.0, as pandas writes a column with gaps, is 11111."""
    return text.str.strip_chars().str.replace(r"^([0-9]+)\.0+$", "$1")


def carriers(text: pl.Expr, spellings: dict[str, str]) -> pl.Expr:
    """Read carriers as their numbers, by a table of spellings such as `codes.CARRIER_SPELLINGS`.

    Several names in one cell (ソフトバンク・ワイモバイル, au(UQ含む)) are one carrier where each of them is.
    """
    plain = carrier_names(text)
    each = (
        _carrier(text)
        .str.replace_all("(?:を?含む|含め|込み?)[)\\s]*$", "")
        .str.replace_all(r"[()・/、,+&]", "|")
        .str.split("|")
        .list.eval(pl.element().str.replace_all(r"\s", "").filter(pl.element().str.strip_chars() != ""))
    )
    numbers = each.list.eval(pl.element().replace_strict(spellings, default=None, return_dtype=pl.String))
    alike = (numbers.list.n_unique() == 1) & (numbers.list.len() > 0)
    return pl.coalesce(
        plain.replace_strict(spellings, default=None, return_dtype=pl.String),
        pl.when(alike).then(numbers.list.first()),
    )


def carrier_names(text: pl.Expr) -> pl.Expr:
    """Fold carriers' names as the keys of a table of spellings are."""
    return _carrier(text).str.replace_all(r"[\s()・]", "")


def _carrier(text: pl.Expr) -> pl.Expr:
    return identifiers(text).str.normalize("NFKC").str.to_lowercase().str.replace_all(r"株式会社|\(株\)", "")


def unread(text: pl.Series, read: pl.Series) -> int | None:
    """Give the first row that is filled but could not be read."""
    lost = read.is_null() & (text.fill_null("").str.strip_chars() != "")
    return int(lost.arg_max() or 0) if lost.any() else None


def _batched(text: pl.Expr, read: Callable[[pl.Expr], pl.Expr], dtype: pl.DataType) -> pl.Expr:
    def batch(column: pl.Series) -> pl.Series:
        # a column repeats few days and figures: each is read once
        unique = column.unique()
        plain = unique.str.normalize("NFKC").str.strip_chars().str.to_lowercase().str.replace("元年", "1年")
        table = pl.DataFrame({"text": unique}).with_columns(
            plain.alias("plain").to_frame().select(read(pl.col("plain")).alias("read"))
        )
        return (
            column.alias("text")
            .to_frame()
            .join(table, on="text", how="left", nulls_equal=True, maintain_order="left")["read"]
            .alias(column.name)
        )

    return text.map_batches(batch, return_dtype=dtype, is_elementwise=True)


def _moments(text: pl.Expr) -> pl.Expr:
    long, short, close, serial = (text.str.extract_groups(p) for p in (_DAY, _SHORT, _CLOSE, _SERIAL))

    def group(found: pl.Expr, n: int) -> pl.Expr:
        return found.struct.field(str(n))

    def either(a: int, b: int, c: int) -> pl.Expr:
        return pl.coalesce(group(long, a), group(short, b), group(close, c))

    year = pl.coalesce(_year(long), _number("20" + group(short, 1)), _number(group(close, 1)))
    day = _date(year, _number(either(4, 2, 2)), _number(either(5, 3, 3)))
    half = pl.coalesce(*(group(f, n) for f, n in ((long, 6), (long, 11), (short, 4), (short, 9))))
    hour, minute = _number(either(7, 5, 4)), _number(either(8, 6, 5)).fill_null(0)
    second = _number(either(9, 7, 6)).fill_null(0)
    twelve = half.is_in(["am", "午前", "pm", "午後"]).fill_null(value=False)
    later = half.is_in(["pm", "午後"]).fill_null(value=False)
    # noon is 12 pm and 午後0時, midnight 12 am
    clock = (
        pl.when(twelve).then(hour % 12 + pl.when(later).then(12).otherwise(0)).otherwise(hour).fill_null(0)
    )
    fraction = either(10, 8, 7).str.pad_end(3, "0").str.head(3)
    zone = pl.coalesce(group(long, 12), group(short, 10))
    ahead = _number(zone.str.extract(r"^[+-]([0-9]{2})")) * 60 + _number(zone.str.extract("([0-9]{2})$"))
    shift = 540 - pl.when(zone == "z").then(0).when(zone.str.starts_with("-")).then(-ahead).otherwise(ahead)
    right = (
        pl.when(twelve).then(hour.is_between(0, 12)).otherwise(clock.is_between(0, 23))
        & minute.is_between(0, 59)
        & second.is_between(0, 59)
    ) | ((hour == 24) & (minute == 0) & (second == 0) & ~twelve)
    written = day.cast(pl.Datetime("ms")) + pl.duration(
        hours=clock,
        minutes=minute + shift.fill_null(0),
        seconds=second,
        milliseconds=_number(fraction).fill_null(0),
        time_unit="ms",
    )
    counted = text.str.extract(_SERIAL, 0).cast(pl.Float64, strict=False)
    # Excel counts days from here; a part of a day is rounded to the second, as Excel shows it
    since_1900 = pl.date(1899, 12, 30).cast(pl.Datetime("ms")) + pl.duration(
        seconds=(counted * 86400).round().cast(pl.Int64), time_unit="ms"
    )
    found = pl.coalesce(
        pl.when(right).then(written), pl.when(serial.struct.field("1").is_not_null()).then(since_1900)
    )
    return pl.when(found.dt.year().is_between(2000, 2100)).then(found)


def _months(text: pl.Expr) -> pl.Expr:
    # with an era in front no zero can have been lost
    text = text.str.replace(r"^(令和|平成|[rh])([0-9]{1,2})\.", "${1}${2}/")
    written, close = text.str.extract_groups(_MONTH), text.str.extract_groups(_CLOSE_MONTH)
    year = pl.coalesce(_year(written), _number(close.struct.field("1")))
    number = _number(pl.coalesce(*(written.struct.field(str(n)) for n in (4, 5)), close.struct.field("2")))
    found = pl.coalesce(
        _date(year, number, pl.lit(1)),
        _moments(text.str.replace(r"(?:分|度)$", "")).dt.date().dt.month_start(),
    )
    return pl.when(found.dt.year().is_between(2000, 2100)).then(found)


def _figures(text: pl.Expr) -> pl.Expr:
    plain = text.str.replace_all(r"[\s\x{3000}]", "").str.replace_all(f"[{_MINUS}]", "-")
    below = plain.str.contains(r"^\(.*\)$|^[¥\\]?-|-$")
    twice = plain.str.count_matches("-", literal=True) + plain.str.contains(r"^\(.*\)$").cast(pl.UInt32) > 1
    bare = (
        plain.str.replace(r"^\((.*)\)$", "$1")
        .str.replace(r"^-?[¥\\]?-?", "")
        .str.replace("-$", "")
        .str.replace(_UNITS + "$", "")
        .str.replace("-$", "")
    )
    figure = bare.str.extract(f"^({_FIGURE})$").str.replace_all(",", "", literal=True)
    signed = pl.when(below).then(pl.concat_str(pl.lit("-"), figure)).otherwise(figure)
    # 1200.00 is a whole number as well
    whole = signed.str.replace(r"\.0+$", "")
    return pl.when(~twice).then(whole)


def _year(found: pl.Expr) -> pl.Expr:
    era = found.struct.field("1").replace_strict(_ERAS, default=None, return_dtype=pl.Int32)
    return pl.coalesce(_number(found.struct.field("3")), era + _number(found.struct.field("2")))


def _date(year: pl.Expr, month: pl.Expr, day: pl.Expr) -> pl.Expr:
    written = pl.format(
        "{}-{}-{}", year, month.cast(pl.String).str.zfill(2), day.cast(pl.String).str.zfill(2)
    )
    return pl.when(year.is_between(2000, 2100)).then(written.str.to_date("%Y-%m-%d", strict=False))


def _number(text: pl.Expr) -> pl.Expr:
    return text.cast(pl.Int32, strict=False)
