"""Mobile numbers as analysts' files hold them, brought to the one form +81…, or refused with a reason.

Taken: `0[26789]0` and eight digits, `020` and eleven digits, and both with +81, 81, 0081 or 01081 in front;
full-width digits, hyphens of every kind, dots, spaces and brackets anywhere between them; a leading zero that
Excel dropped (not of 020: such digits may as well be a date); Excel's leading apostrophe and `="…"`. Whatever
could be read in two ways is refused, never guessed. Source: https://doc.aossms.com/zettai-reach/openapi.html
"""

from __future__ import annotations

import re

import polars as pl

from zrtools.codes import Label
from zrtools.errors import InputError
from zrtools.privacy import DIGITS, SEPARATORS, mask
from zrtools.words import label, language

__all__ = ["PROBLEMS", "normalise", "normalised", "problem"]

PROBLEMS: dict[str, Label] = {
    "empty": Label("空欄です", "there is no number"),
    "shortened by Excel": Label(
        "Excelで桁が失われています（元のファイルで列を「文字列」にしてください）",
        "Excel has dropped digits: make the column text in the original file",
    ),
    "other characters": Label(
        "数字・ハイフン・空白・かっこ以外の文字があります",
        "it holds something other than digits, hyphens, spaces and brackets",
    ),
    "not Japanese": Label("日本（+81）以外の国番号です", "its country code is not Japan's (+81)"),
    "leading zero unclear": Label(
        "先頭の0がなく、020の番号か日付などか判断できません（0から入力してください）",
        "without its leading zero it may be a 020 number or something else: write the zero",
    ),
    "not a mobile number": Label(
        "携帯電話の番号ではありません（固定・IP・フリーダイヤルなど）",
        "it is not a mobile number: landline, IP phone or toll-free",
    ),
    "too short": Label("桁が足りません", "digits are missing"),
    "too long": Label(
        "桁が多すぎます（1つの欄に2つの番号がないか確認してください）",
        "it has too many digits: are there two numbers in one cell?",
    ),
    "wrong length": Label("020の番号は11桁か14桁です", "a 020 number has 11 or 14 digits"),
}
"""Why a number is refused, for people; the keys are what `problem` answers."""

# besides separators what Excel puts around text: '090… and ="090…"
_COMPACT = {**DIGITS, "＋": "+", **dict.fromkeys((*SEPARATORS, *"=\"＂'‘’＇`"), "")}
_TRANSLATION = str.maketrans(_COMPACT)
_FROM, _TO = list(_COMPACT), list(_COMPACT.values())
_COUNTRY = r"(?:(?:\+|00|010)?810?|0)"
_NUMBER = f"^{_COUNTRY}?" + r"([26789]0[0-9]{8}|20[0-9]{11})$"
# a whole number that went through a float column: the .0 is no digit of the number
_FLOAT = (".0", "．０")
_AHEAD = "[ \t\u3000=\"＂'‘’＇`(（]*"
# what is no number although its digits are those of one: -9012345678, a 20… without its zero, 901234567.00
_NONE = (
    f"^{_AHEAD}(?:[-\u2010\u2011\u2012\u2013\u2014\u2015\u2212\u30fc\uff0d\uff70]|[2２][^0-9０-９]*[0０])"
    "|^[^.．]*[.．][0０]{1,3}[ \t\u3000]*$"
)


def normalise(number: str | int | float) -> str:
    """Bring one number to the form +819012345678.

    Raises `InputError`, the number masked, that says why it is refused and what to do.
    """
    given: object = number
    text = str(given) if isinstance(given, str | int | float) and not isinstance(given, bool) else ""
    whole = text.removesuffix(_FLOAT[0]).removesuffix(_FLOAT[1])
    if not re.search(_NONE, whole) and (found := re.match(_NUMBER, whole.translate(_TRANSLATION))):
        return "+81" + found[1]
    readable = text.encode("utf-8", "replace").decode()
    why = pl.DataFrame({"number": [readable]}).select(problem("number")).item()
    raise InputError(
        f"The phone number {mask(readable)} cannot be used ({label(PROBLEMS[why], 'en')}). "
        "Give a Japanese mobile number such as 090-1234-5678 or +819012345678."
    )


def normalised(numbers: pl.Expr | str) -> pl.Expr:
    """Bring a column of numbers (text, integers or floats) to the form +81…, null where it is refused.

    The column keeps its name.
    """
    text = _text(numbers)
    # prefixed by replacing the empty beginning, which keeps the column's name
    found = _compact(text).str.extract(_NUMBER).str.replace("", "+81", literal=True)
    return pl.when(~text.str.contains(_NONE)).then(found)


def problem(numbers: pl.Expr | str, *, lang: str | None = None) -> pl.Expr:
    """Say why each number of a column is refused, as a column `problem` that is null where it is fine.

    It holds keys of `PROBLEMS` or, with `lang`, their words. Raises `InputError` for a language other than
    "ja" and "en".
    """
    # only the refused ones are looked at again, and they are few
    reason = (
        _text(numbers).map_batches(_problems, return_dtype=pl.String, is_elementwise=True).alias("problem")
    )
    if lang is None:
        return reason
    chosen = language(lang)
    wording = {key: label(words, chosen) for key, words in PROBLEMS.items()}
    return reason.replace_strict(wording, return_dtype=pl.String)


def _text(numbers: pl.Expr | str) -> pl.Expr:
    text = (pl.col(numbers) if isinstance(numbers, str) else numbers).cast(pl.String)
    return text.str.strip_suffix(_FLOAT[0]).str.strip_suffix(_FLOAT[1])


def _compact(text: pl.Expr) -> pl.Expr:
    return text.str.replace_many(_FROM, _TO)


def _problems(numbers: pl.Series) -> pl.Series:
    frame = numbers.alias("text").to_frame()
    rows = frame.select(normalised("text").is_null().arg_true()).to_series()
    none = pl.repeat(None, numbers.len(), dtype=pl.String, eager=True).alias(numbers.name)
    return none.scatter(rows, _reasons(frame[rows])) if rows.len() else none


def _reasons(frame: pl.DataFrame) -> pl.Series:
    """Say of refused numbers why they are."""
    text, compact, national = pl.col("text"), pl.col("compact"), pl.col("national")
    length = national.str.len_chars()
    prefixed = compact.str.contains(r"^(?:\+|0|81)")
    mobile = national.str.contains(r"^[26789]0")
    return (
        frame.with_columns(compact=_compact(text))
        .with_columns(national=compact.str.replace(f"^{_COUNTRY}", ""))
        .select(
            pl.when(text.is_null() | compact.is_in(["", "NaN", "nan"]))
            .then(pl.lit("empty"))
            .when(text.str.contains(r"^[ \t]*[0-9]+(?:\.[0-9]+)?[eE]\+?[0-9]+[ \t]*$"))
            .then(pl.lit("shortened by Excel"))
            .when(~compact.str.contains(r"^\+?[0-9]+$"))
            .then(pl.lit("other characters"))
            .when(compact.str.contains(r"^(?:\+|00|010)(?:[^8]|8[^1]|8?$)"))
            .then(pl.lit("not Japanese"))
            .when(compact.str.contains(r"^20[0-9]{8}(?:[0-9]{3})?$"))
            .then(pl.lit("leading zero unclear"))
            .when(text.str.contains(_NONE))
            .then(pl.lit("other characters"))
            .when(prefixed & national.str.contains("^20"))
            .then(pl.lit("wrong length"))
            .when(length < pl.when(mobile).then(10).otherwise(8))
            .then(pl.lit("too short"))
            .when(mobile | (length > 10))
            .then(pl.lit("too long"))
            .otherwise(pl.lit("not a mobile number"))
        )
        .to_series()
    )
