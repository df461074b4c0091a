"""Mobile numbers as analysts' files hold them, brought to the one form +81…, or refused with a reason.

Taken: `0[26789]0` and eight digits, `020` and eleven digits, and both with +81, 81, 0081 or 01081 in front;
full-width digits, hyphens of every kind, dots, spaces and brackets anywhere between them; a leading zero that
Excel dropped (not of 020: such digits may as well be a date); Excel's leading apostrophe and `="…"`; the prefixes
184 and 186 before a zero. Columns may be text, integers, Decimal, Categorical or whole Float64; a Float32 has fewer
digits than a number and is refused. Whatever could be read in two ways is refused, never guessed. Source: https://doc.aossms.com/zettai-reach/openapi.html

Of the numbers that are taken, `remark` marks those that Japan's number plan gives to nobody (`doubtful`) and those of
machines (`M2M`). Source: https://www.soumu.go.jp/main_sosiki/joho_tsusin/top/tel_number/
"""

from __future__ import annotations

import re
from decimal import Decimal
from numbers import Integral, Real
from typing import Literal, overload

import polars as pl

from zrtools.arguments import checked
from zrtools.codes import Label
from zrtools.errors import InputError
from zrtools.privacy import DIGITS, IGNORED, SEPARATORS, mask
from zrtools.texts import in_both, said
from zrtools.words import label, language

__all__ = ["PROBLEMS", "REMARKS", "Doubtful", "as_text", "normalise", "normalised", "problem", "remark"]

Doubtful = Literal["leave out", "take"]

PROBLEMS: dict[str, Label] = {
    "empty": Label("空欄です", "there is no number"),
    "shortened by Excel": Label(
        "Excelで桁が失われています（元のファイルで列を「文字列」にしてください）",
        "Excel has dropped digits: make the column text in the original file",
    ),
    "digits lost": Label(
        "桁が失われた数値です（Float32などの列です。元のデータで列を「文字列」にしてください）",
        "its digits are gone, as in a Float32 column: make the column text where it comes from",
    ),
    "masked": Label(
        "伏せた番号です（mask=False や --plain-numbers で伏せずに出力してください）",
        "it is masked: take it from where it is not (mask=False, --plain-numbers)",
    ),
    "other characters": Label(
        "数字・ハイフン・空白・かっこ以外の文字があります",
        "it holds something other than digits, hyphens, spaces and brackets",
    ),
    "fraction": Label(
        "小数です（電話番号の列を「文字列」にしてください）",
        "it is a number with a fraction: make the column of phone numbers text",
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

REMARKS: dict[str, Label] = {
    "doubtful": Label(
        "存在しない番号の可能性があります（090-0…のように4桁目が0の番号と、0200で始まらない14桁の番号は使われていません）",
        "it is probably no one's: numbers with a 0 after 090 and the like, and 14 digits that do not begin with 0200, "
        "are given to nobody",
    ),
    "M2M": Label(
        "020の番号です（機器の通信用で、SMSを読む人がいません）",
        "it is a 020 number, of a machine: nobody reads there",
    ),
}
"""What is to be known of a number although it is taken, for people; the keys are what `remark` answers."""

# besides separators what Excel puts around text: '090… and ="090…"
_COMPACT = {**DIGITS, "＋": "+", **dict.fromkeys((*SEPARATORS, *"=\"＂'‘’＇`"), "")}
_TRANSLATION = str.maketrans(_COMPACT)
_FROM, _TO = list(_COMPACT), list(_COMPACT.values())
_COUNTRY = r"(?:(?:\+|00|010)?810?|(?:18[46])?0)"
_NUMBER = f"^{_COUNTRY}?" + r"([26789]0[0-9]{8}|20[0-9]{11})$"
# a whole number that went through a float column: the .0 is no digit of the number
_FLOAT = (".0", "．０")
_AHEAD = "[ \t\u3000=\"＂'‘’＇`(（]*"
# what is no number although its digits are those of one: -9012345678, a 20… without its zero, 901234567.00
_NONE = (
    f"^{_AHEAD}(?:[-\u2010\u2011\u2012\u2013\u2014\u2015\u2212\u30fc\uff0d\uff70]|[2２][^0-9０-９]*[0０])"
    "|^[^.．]*[.．][0０]{1,3}[ \t\u3000]*$"
)
_FRACTION = "^[ \t\u3000]*(?:[0０]|[1-9１-９][0-9０-９]*)[.．][0-9０-９]+[ \t\u3000]*$"
_REFUSED = f"{_NONE}|{_FRACTION}"
# of the form +81…: 0A0-0 and 020-0 with 8 digits, and 14 digits that are not 0200
_DOUBTFUL = r"^\+81(?:[26789]00[0-9]{7}|20[1-9][0-9]{10})$"
_MACHINE = r"^\+8120"
_UNSEEN = f"[{IGNORED}]"
# as Excel writes large figures, and those that have all digits of a number
_POWER = r"^[ \t]*[0-9]+(?:\.[0-9]+)?[eE]\+?[0-9]+[ \t]*$"
_WHOLE_POWER = r"^[ \t]*([0-9])\.(?:([0-9]{9})[eE]\+?0?9|([0-9]{11})[eE]\+?11|([0-9]{14})[eE]\+?14)[ \t]*$"
# a Float64 holds every integer up to here
_EXACT = 2**53


def normalise(number: str | float | Decimal) -> str:
    """Bring one number to the form +819012345678.

    Raises `InputError`, the number masked, that says why it is refused and what to do.
    """
    text = re.sub(_WHOLE_POWER, r"\1\2\3\4", re.sub(_UNSEEN, "", value_as_text(number)))
    whole = text.removesuffix(_FLOAT[0]).removesuffix(_FLOAT[1])
    if not re.search(_REFUSED, whole) and (found := re.match(_NUMBER, whole.translate(_TRANSLATION))):
        return "+81" + found[1]
    readable = text.encode("utf-8", "replace").decode()
    why = pl.DataFrame({"number": [readable]}).select(problem("number")).item()
    raise InputError(
        said(
            "phones.unusable", readable=mask(readable), label=in_both(lambda lang: label(PROBLEMS[why], lang))
        )
    )


@checked
def normalised(numbers: pl.Expr | str) -> pl.Expr:
    """Bring a column of numbers (text, integers or floats) to the form +81…, null where it is refused.

    The column keeps its name.
    """
    text = _text(numbers)
    # prefixed by replacing the empty beginning, which keeps the column's name
    found = _compact(text).str.extract(_NUMBER).str.replace("", "+81", literal=True)
    return pl.when(~text.str.contains(_REFUSED)).then(found)


@checked
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


@checked
def remark(numbers: pl.Expr | str, *, lang: str | None = None) -> pl.Expr:
    """Say what is to be known of each number that is taken, as a column `remark` that is null where there is nothing.

    It holds keys of `REMARKS` or, with `lang`, their words: `doubtful` for a number that is given to nobody, such as
    090-0000-0000, which stands for "none" in many lists; `M2M` for one of a machine. The service takes both. Raises
    `InputError` for a language other than "ja" and "en".
    """
    number = normalised(numbers)
    said = {key: key if lang is None else label(words, language(lang)) for key, words in REMARKS.items()}
    return (
        pl.when(number.str.contains(_DOUBTFUL))
        .then(pl.lit(said["doubtful"]))
        .when(number.str.contains(_MACHINE))
        .then(pl.lit(said["M2M"]))
        .alias("remark")
    )


@overload
def as_text(numbers: pl.Expr) -> pl.Expr: ...
@overload
def as_text(numbers: pl.Series) -> pl.Series: ...
@overload
def as_text(numbers: str | float | Decimal) -> str: ...
def as_text(numbers: str | float | Decimal | pl.Series | pl.Expr) -> str | pl.Series | pl.Expr:
    """Write phone numbers of any type as text that says what is known of them, and no digit more.

    Whole floats and decimals lose their `.0`; what stands in a Float32 or Float16, which cannot hold the digits of
    a number, is written as `9.012346e9` and so refused. Text stays as it is; what is no number at all is empty.
    Raises `InputError` for a column of lists, structs or bytes.
    """
    if isinstance(numbers, pl.Expr):
        return numbers.map_batches(_column_as_text, return_dtype=pl.String, is_elementwise=True)
    return _column_as_text(numbers) if isinstance(numbers, pl.Series) else value_as_text(numbers)


def value_as_text(value: object) -> str:
    """Write one value as `as_text` does, whatever it is."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool) or not isinstance(value, Real | Decimal):
        return ""
    if isinstance(value, Integral):
        return str(int(value))
    if isinstance(value, Decimal) and value.is_nan():
        return str(value)
    if isinstance(value, float | Decimal):
        # a Decimal such as 1E+999999 is never written out
        return str(int(value) if abs(value) < _EXACT and value == int(value) else value)
    return f"{float(value):.6e}"


def _column_as_text(numbers: pl.Series) -> pl.Series:
    dtype = numbers.dtype
    if dtype == pl.String:
        return numbers
    value = pl.col("number")
    frame = numbers.alias("number").to_frame()
    if dtype in (pl.Float16, pl.Float32):
        value = value.cast(pl.Float64)
        power = value.abs().log10().floor().cast(pl.Int64, strict=False)
        short = pl.format("{}e{}", (value / 10.0**power).round(6), power)
        done = frame.select(pl.coalesce(short, value.cast(pl.String)))
    elif dtype == pl.Float64:
        whole = (value.abs() < _EXACT) & (value == value.floor())
        done = frame.select(
            pl.when(whole).then(pl.when(whole).then(value).cast(pl.Int64)).cast(pl.String)
        ).with_columns(pl.coalesce(pl.all(), frame["number"].cast(pl.String)))
    elif dtype.is_decimal():
        done = frame.select(value.cast(pl.String).str.replace(r"\.0*$", ""))
    elif dtype.is_nested() or dtype in (pl.Object, pl.Binary):
        raise InputError(said("phones.kind", dtype=dtype, name=numbers.name or "the column"))
    else:
        done = frame.select(value.cast(pl.String))
    return done.to_series().alias(numbers.name)


def _text(numbers: pl.Expr | str) -> pl.Expr:
    text = as_text(pl.col(numbers) if isinstance(numbers, str) else numbers)
    text = text.map_batches(_written_out, return_dtype=pl.String, is_elementwise=True)
    return text.str.strip_suffix(_FLOAT[0]).str.strip_suffix(_FLOAT[1])


def _written_out(text: pl.Series) -> pl.Series:
    """Write 9.012345678E9 as 9012345678 and leave unseen characters out; most columns have neither."""
    if text.str.contains("[eE]").any():
        text = text.str.replace(_WHOLE_POWER, "${1}${2}${3}${4}")
    return text.str.replace_all(_UNSEEN, "") if text.str.contains(_UNSEEN).any() else text


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
            .when(text.str.contains(_POWER))
            .then(
                # Excel writes a capital E, other programs a small one
                pl.when(text.str.contains("E", literal=True))
                .then(pl.lit("shortened by Excel"))
                .otherwise(pl.lit("digits lost"))
            )
            .when(text.str.contains("****", literal=True))
            .then(pl.lit("masked"))
            .when(~compact.str.contains(r"^\+?[0-9]+$"))
            .then(pl.lit("other characters"))
            .when(compact.str.contains(r"^(?:\+|00|010)(?:[^8]|8[^1]|8?$)"))
            .then(pl.lit("not Japanese"))
            .when(compact.str.contains("^20[0-9]*$"))
            .then(pl.lit("leading zero unclear"))
            .when(text.str.contains(_NONE))
            .then(pl.lit("other characters"))
            .when(text.str.contains(_FRACTION))
            .then(pl.lit("fraction"))
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
