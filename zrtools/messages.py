"""Message bodies: length, characters that can be sent, parts, and templates filled row by row.

Lengths count UTF-16 units, as SMS does: a character outside the basic plane (an emoji, 𠮷) counts two.
The service sends what ISO-2022-JP holds, and replaces the opt-out link: so says the vendor's public FAQ. The length is
of https://doc.aossms.com/zettai-reach/openapi.html
"""

from __future__ import annotations

import re
import threading
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache, partial
from typing import Literal, overload

import polars as pl

from zrtools import words
from zrtools.arguments import checked
from zrtools.cells import folded
from zrtools.codes import OPT_OUT_URL
from zrtools.errors import InputError
from zrtools.texts import said

__all__ = [
    "EACH_PART",
    "FIRST_PART",
    "LIMIT",
    "LINT",
    "Lint",
    "Problem",
    "check",
    "fields",
    "lint",
    "mended",
    "parts",
    "parts_of_length",
    "render",
]

FIRST_PART, EACH_PART = 70, 67
"""The usual Japanese table: so many characters are one part, and of a longer text each part holds so many."""

LIMIT = 660
"""The longest message that the service takes, in characters, full- and half-width alike."""

_PROBLEM = pl.Struct(
    {
        "kind": pl.String(),
        "position": pl.Int32(),
        "character": pl.String(),
        "name": pl.String(),
        "suggestion": pl.String(),
    }
)
LINT = pl.Struct(
    {
        "characters": pl.Int32(),
        "parts": pl.Int32(),
        "opt_out": pl.Boolean(),
        "urls": pl.List(pl.String()),
        "problems": pl.List(_PROBLEM),
        "ok": pl.Boolean(),
    }
)
"""What `lint` says of a column, a field each.

`characters` in UTF-16 units; `parts` estimated; `opt_out`: the opt-out link is in it, whose length on the handset
differs; `urls`; `problems`: each with its kind, its position (1 is the first character), the character, its
Unicode name and a suggestion, null where there is none; `ok`: nothing keeps it from being sent. A null message
is empty.
"""

Kind = Literal["empty", "too long", "cannot be sent", "opt-out link altered", "placeholder not filled"]

# one unit for the eye: a character with what combines with it (accents, variation selectors, joined emoji, ﾞ ﾟ)
_UNIT = (
    r"(?s).(?:\x{200D}.|[\x{0300}-\x{036F}\x{3099}\x{309A}\x{20E3}\x{FE00}-\x{FE0F}\x{FF9E}\x{FF9F}\x{1F3FB}-\x{1F3FF}"
    r"\x{E0020}-\x{E007F}\x{E0100}-\x{E01EF}])*"
)
_ASTRAL = r"[\x{10000}-\x{10FFFF}]"
_URL = r"https?://[0-9A-Za-z\-._~:/?#\[\]@!$&'()*+,;=%]*[0-9A-Za-z/_~#=&%+-]"
_OPT_OUT = (
    r"(?i)(?:[hｈ]?[tｔ]{2}[pｐ][sｓ]?[:：][/／]{2})?[aａ][iｉ][9９][.．。][jｊ][pｐ][/／]"
    r"[0oO０ｏ○〇][pｐ][tｔ][0oO０ｏ○〇][uｕ][tｔ][0-9A-Za-z]*"
)
# with the braces and the percent sign of a Japanese keyboard, too
_PLACEHOLDER = re.compile(r"[{｛]{2}(?:[%％]([^{}｛｝%％]+)[%％]|([^{}｛｝%％]+)[%％])[}｝]{2}")
_BRACES = re.compile(r"[{｛]{2}|[}｝]{2}")
_OPEN = r"[{｛]{2}[^{}｛｝]*[}｝]{2}"
# what Excel and pandas write where there is no value
_NO_VALUE = (
    r"(?i)^\s*(?:[#＃](?:N/A|NULL!|DIV/0!|VALUE!|REF!|NAME\?|NUM!|SPILL!|CALC!|FIELD!|BLOCKED!|CONNECT!|BUSY!|UNKNOWN!|EXTERNAL!"
    r"|PYTHON!|GETTING_DATA)|nan|none|null|nat|<na>)\s*$"
)

_PAID_OPTION = threading.Lock()  # held from when the option was named on: that is said once

_REPLACEMENTS = {
    "～": "〜",
    "－": "−",
    "—": "―",
    "–": "-",
    "∥": "‖",
    "￤": "|",
    "¦": "|",
    "•": "・",
    "∙": "・",
    "◦": "・",
    "⋯": "…",
    "∑": "Σ",
    "№": "No.",
    "℡": "TEL",
    "☎": "TEL",
    "☏": "TEL",
    "㏍": "(株)",
    "©": "(C)",
    "®": "(R)",
    "™": "(TM)",
    "€": "ユーロ",
    "ß": "ss",
    "æ": "ae",
    "Æ": "AE",
    "ø": "o",
    "Ø": "O",
    "ł": "l",
    "Ł": "L",
    "„": "”",
    "«": "《",
    "»": "》",
    "〝": "“",
    "〟": "”",
    "〞": "”",
    "ﾞ": "゛",
    "ﾟ": "゜",
    "ゔ": "ヴ",
    "ゕ": "ヵ",
    "ゖ": "ヶ",
    "➡": "→",
    "➜": "→",
    "➔": "→",
    "⬅": "←",
    "⬆": "↑",
    "⬇": "↓",
    "↔": "⇔",
    "✕": "×",
    "✖": "×",
    "❌": "×",
    "⭕": "○",
    "⭐": "★",
    "🌟": "★",
    "♬": "♪",
    "♫": "♪",
    "🎵": "♪",
    "◾": "■",
    "▪": "■",
    "⚫": "●",
    "‼": "!!",
    "⁉": "!?",
    "❗": "!",
    "❓": "?",
    "髙": "高",
    "﨑": "崎",
    "𠮷": "吉",
    "濵": "浜",
    "栁": "柳",
    "德": "徳",
    "瀨": "瀬",
    "增": "増",
    "寬": "寛",
    "橫": "横",
    "淸": "清",
    "綠": "緑",
    "緖": "緒",
    "薰": "薫",
    "賴": "頼",
    "郞": "郎",
    "鄕": "郷",
    "靑": "青",
    "黑": "黒",
    "悅": "悦",
    "敎": "教",
    "昻": "昂",
    "閒": "間",
    "桒": "桑",
    "曻": "昇",
    "凬": "風",
    "冝": "宜",
    "凞": "熙",
    "槗": "橋",
    "𣘺": "橋",
    "𡈽": "土",
    "𠮟": "叱",
    "蔣": "蒋",
    "俠": "侠",
    "啞": "唖",
    "噓": "嘘",
    "嚙": "噛",
    "囊": "嚢",
    "塡": "填",
    "屛": "屏",
    "搔": "掻",
    "摑": "掴",
    "攢": "攅",
    "瀆": "涜",
    "焰": "焔",
    "瘦": "痩",
    "簞": "箪",
    "繡": "繍",
    "繫": "繋",
    "萊": "莱",
    "蟬": "蝉",
    "蠟": "蝋",
    "軀": "躯",
    "醬": "醤",
    "醱": "醗",
    "頰": "頬",
    "顚": "顛",
    "驒": "騨",
    "鷗": "鴎",
    "麴": "麹",
    "麵": "麺",
    "剝": "剥",
}


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that keeps a message from being sent as it is.

    `position` counts characters from 1, None where the whole message is meant; `suggestion` is None where there
    is none and empty where the character is best left out.
    """

    kind: Kind
    position: int | None
    character: str | None
    name: str | None
    suggestion: str | None

    @property
    def in_a_name(self) -> bool:
        """It is a kanji with a suggestion, and so mostly of a person's name: replaced only when that is asked for."""
        return bool(self.suggestion) and self.kind == "cannot be sent" and _is_kanji(self.character or "")

    def words(self, lang: str | None = None) -> str:
        """Say it for people."""
        kind: str = self.kind
        if kind == "cannot be sent" and self.suggestion is not None:
            kind = "can be written" if self.suggestion else "can be left out"
            if self.in_a_name:
                kind = "name can be written"
        name = self.name
        if name is not None and words.language(lang) == "ja":
            # the English name of a kanji says no more than its number
            name = name.replace("CJK UNIFIED IDEOGRAPH-", "U+")
        return words.text(
            f"messages.{kind}",
            lang,
            at=self.position,
            found=self.character,
            name=name,
            better=self.suggestion,
        )


@dataclass(frozen=True, slots=True)
class Lint:
    """What `lint` found in one message.

    `characters` in UTF-16 units; `parts` estimated; `opt_out`: the opt-out link is in it, whose length on the
    handset differs; `ok`: nothing keeps it from being sent.
    """

    characters: int
    parts: int
    opt_out: bool
    urls: tuple[str, ...]
    problems: tuple[Problem, ...]

    @property
    def ok(self) -> bool:
        """Nothing keeps the message from being sent."""
        return not self.problems


def check(message: str) -> str:
    """Give back a message that may be sent: text of 1 to 660 characters.

    Raises `InputError` that says how long it is.
    """
    given: object = message
    if not isinstance(given, str):
        raise InputError(said("messages.text", kind=type(given).__name__))
    _whole(message)
    length = _units(message)
    if not message.strip():
        raise InputError(said("messages.empty"))
    if length > LIMIT:
        wide = length - len(message)
        counted = said("messages.counted", wide=wide) if wide else ""
        raise InputError(said("messages.too_long", length=length, counted=counted, limit=LIMIT))
    return message


@overload
def parts(text: str) -> int: ...
@overload
def parts(text: pl.Series) -> pl.Series: ...
@overload
def parts(text: pl.Expr) -> pl.Expr: ...
@checked
def parts(text: str | pl.Series | pl.Expr) -> int | pl.Series | pl.Expr:
    """Estimate the billable messages (通数) of a text by the usual Japanese table: 70 characters, 134, 201, ….

    An estimate: the vendor's own table, and how it differs by carrier, is not public, and the bill is right.
    An empty text has none, a null stays null.

    Examples
    --------
    >>> import zrtools as zr
    >>> [zr.messages.parts("あ" * length) for length in (70, 71, 135)]
    [1, 2, 3]
    """
    if isinstance(text, str):
        return parts_of_length(_units(text))
    if isinstance(text, pl.Series):
        return text.to_frame("_").select(parts_of_length(_length(pl.col("_")))).to_series().alias(text.name)
    return parts_of_length(_length(text))


@overload
def parts_of_length(length: int) -> int: ...
@overload
def parts_of_length(length: pl.Expr) -> pl.Expr: ...
@checked
def parts_of_length(length: int | pl.Expr) -> int | pl.Expr:
    """Estimate the billable messages (通数) of a text of so many characters, as `parts` does."""
    if isinstance(length, int):
        return min(length, 1) if length <= FIRST_PART else -(-length // EACH_PART)
    long = ((length + EACH_PART - 1) // EACH_PART).cast(pl.Int32)
    return pl.when(length <= FIRST_PART).then(length.clip(upper_bound=1)).otherwise(long)


@overload
def lint(text: str) -> Lint: ...
@overload
def lint(text: pl.Series) -> pl.DataFrame: ...
@overload
def lint(text: pl.Expr) -> pl.Expr: ...
@checked
def lint(text: str | pl.Series | pl.Expr) -> Lint | pl.DataFrame | pl.Expr:
    """Say what keeps a text from being sent, and how many parts it may be billed as.

    One text gives a `Lint`; a Series a frame of the fields of `LINT`; an expression one struct column of that
    type (`frame.with_columns(lint=lint(pl.col("message")))`). Nothing is changed: `mended` does that when asked.
    That the opt-out link needs a paid option of the contract is said once, as a line of output.
    Raises `InputError` for a text with half a character in it.

    Examples
    --------
    >>> import zrtools as zr
    >>> zr.messages.lint("①時にお届けします").problems[0].suggestion
    '(1)'
    """
    if isinstance(text, pl.Expr):
        return text.map_batches(
            lambda column: _lint(column).to_struct(column.name), return_dtype=LINT, is_elementwise=True
        )
    if isinstance(text, pl.Series):
        return _lint(text)
    row = _lint(pl.Series([_whole(text)])).row(0, named=True)
    problems = tuple(Problem(**problem) for problem in row["problems"])
    return Lint(row["characters"], row["parts"], row["opt_out"], tuple(row["urls"]), problems)


@overload
def mended(text: str, *, names: bool = False) -> str: ...
@overload
def mended(text: pl.Series, *, names: bool = False) -> pl.Series: ...
@overload
def mended(text: pl.Expr, *, names: bool = False) -> pl.Expr: ...
@checked
def mended(text: str | pl.Series | pl.Expr, *, names: bool = False) -> str | pl.Series | pl.Expr:
    """Replace every character that cannot be sent by the suggestion `lint` makes; those without one stay.

    Never done by itself: look at the result. The opt-out link stays as it is, and so do kanji such as 髙, which mostly
    stand in a person's name, and are part of it: with `names` they are replaced (高), too.
    """
    if isinstance(text, pl.Expr):
        return text.map_batches(partial(_mended, names=names), return_dtype=pl.String, is_elementwise=True)
    if isinstance(text, pl.Series):
        return _mended(text, names=names)
    return str(_mended(pl.Series([_whole(text)]), names=names).item())


@checked
def fields(template: str) -> list[str]:
    """List the placeholders of a template, `{{%name%}}` or `{{name%}}`, each once, in their order.

    Full-width braces and percent signs, as a Japanese keyboard writes them, are taken as well.

    Raises `InputError` for braces that are neither.
    """
    rest = _PLACEHOLDER.sub("", _whole(template))
    if _BRACES.search(rest):
        raise InputError(said("messages.braces"))
    return list(dict.fromkeys(_name(found) for found in _PLACEHOLDER.finditer(template)))


@overload
def render(template: str, values: Mapping[str, object], *, allow_blank: bool = False) -> str: ...
@overload
def render(
    template: str,
    values: pl.DataFrame,
    *,
    allow_blank: bool = False,
    missing: Literal["refuse", "null"] = "refuse",
) -> pl.DataFrame: ...
@checked
def render(
    template: str,
    values: Mapping[str, object] | pl.DataFrame,
    *,
    allow_blank: bool = False,
    missing: Literal["refuse", "null"] = "refuse",
) -> str | pl.DataFrame:
    """Fill a template's placeholders from a frame's columns of the same names, into a column `message`.

    A mapping of names to values gives one text, and must hold no other name. Whole floats are written as
    integers, others with up to 15 digits, dates as 2026-10-31, times as 2026-10-31 09:30. Names are compared without
    width and case where none is the same. Raises `InputError` that names missing fields (and the columns that fill
    nothing), or the first row (`.row`) whose value is null, one of the words that programs write for nothing (#N/A and
    Excel's other errors, nan, None, NULL) or, unless `allow_blank`, blank (with `missing="null"` the message of such a
    row is null instead): nothing is ever half filled.
    """
    names = fields(template)
    if isinstance(values, pl.DataFrame):
        if "message" in values.columns:
            raise InputError(said("messages.column_taken"))
        return values.with_columns(message=_rendered(template, names, values, allow_blank, missing))
    if extra := [name for name in values if name not in names]:
        raise InputError(said("messages.extra", extra=_list(extra), names=_list(names)))
    for name, value in values.items():
        if isinstance(value, str):
            _whole(value)
        elif not isinstance(value, int | float | Decimal | date | None):
            raise InputError(said("messages.value_kind", name=name, kind=type(value).__name__))
    frame = (
        pl.DataFrame({name: [value] for name, value in values.items()})
        if values
        else pl.DataFrame({"": [None]})
    )
    return str(_rendered(template, names, frame, allow_blank, "refuse").item())


def _rendered(
    template: str, names: list[str], frame: pl.DataFrame, allow_blank: bool, missing_value: str
) -> pl.Series:
    columns = {name: _column(frame, name) for name in names}
    if missing := [name for name, column in columns.items() if column is None]:
        unused = [c for c in frame.columns if c and c not in columns.values()]
        hint = said("messages.unused", names=_list(unused)) if unused else ""
        raise InputError(said("messages.missing", missing=_list(missing), hint=hint))
    values = frame.select(
        _written(column, frame.schema[column]).alias(name)
        for name, column in columns.items()
        if column is not None
    )
    for name in names:
        text = values[name]
        bad = text.is_null() | text.str.contains(_NO_VALUE).fill_null(value=False)
        if not allow_blank:
            bad |= (text.str.strip_chars() == "").fill_null(value=False)
        count = int(bad.sum())
        if count and missing_value == "null":
            # a null makes the whole message null
            values = values.with_columns(pl.when(~bad).then(pl.col(name)).alias(name))
        elif count:
            row = int(bad.arg_max() or 0)
            raise InputError(
                said("messages.nothing_for", count=count, height=frame.height, name=name, row=row),
                row=row,
            )
    pieces: list[pl.Expr] = []
    end = 0
    for found in _PLACEHOLDER.finditer(template):
        pieces += [pl.lit(template[end : found.start()]), pl.col(_name(found))]
        end = found.end()
    pieces.append(pl.lit(template[end:]))
    if not names:
        return pl.Series("message", [template] * frame.height, dtype=pl.String)
    return values.select(pl.concat_str(pieces).alias("message")).to_series()


def _written(name: str, dtype: pl.DataType) -> pl.Expr:
    column = pl.col(name)
    if dtype.is_float():
        whole = column.is_finite() & (column == column.round()) & (column.abs() < 1e15)
        text = pl.when(whole).then(pl.when(whole).then(column).cast(pl.Int64).cast(pl.String))
        # a Float64 has 15 digits that are meant: 0.1 + 0.2 is 0.3, a Float32 has 6
        digits = column.round_sig_figs(15 if dtype == pl.Float64 else 6)
        return text.otherwise(pl.when(column.is_finite()).then(digits.cast(pl.String))).alias(name)
    if isinstance(dtype, pl.Datetime):
        return column.dt.strftime("%Y-%m-%d %H:%M")
    if dtype.is_nested() or dtype in (pl.Object, pl.Binary):
        raise InputError(said("messages.column_kind", name=name, dtype=dtype))
    return column.cast(pl.String)


def _column(frame: pl.DataFrame, name: str) -> str | None:
    """Find the column of a placeholder: the same name, else the only one that differs in width, case or blanks."""
    if name in frame.columns:
        return name
    alike = [column for column in frame.columns if folded(column) == folded(name)]
    return alike[0] if len(alike) == 1 else None


def _name(found: re.Match[str]) -> str:
    return str(found[1] or found[2]).strip()


def _list(names: list[str]) -> str:
    return ", ".join(repr(name) for name in names) or "none"


def _whole(text: str) -> str:
    try:
        text.encode("utf-8")
    except UnicodeEncodeError as error:
        raise InputError(said("messages.half_character", number=error.start + 1)) from None
    return text


def _units(text: str) -> int:
    return len(text) + sum(character > "\uffff" for character in text)


def _length(text: pl.Expr) -> pl.Expr:
    return (text.str.len_chars() + text.str.count_matches(_ASTRAL)).cast(pl.Int32)


def _lint(messages: pl.Series) -> pl.DataFrame:
    text = pl.col("text")
    frame = (
        messages.cast(pl.String)
        .fill_null("")
        .to_frame("text")
        .with_row_index("row")
        .with_columns(characters=_length(text))
    )
    found = pl.concat(
        [
            frame.filter(text.str.strip_chars() == "").select("row", _found("empty")),
            frame.filter(pl.col("characters") > LIMIT).select("row", _found("too long")),
            _placed(frame, text.str.contains(_OPEN), f"(?s){_OPEN}|.")
            .filter(pl.col("unit").str.len_chars() > 1)
            .select("row", _found("placeholder not filled", "position", "unit")),
            _placed(frame, text.str.contains(_OPT_OUT), f"{_OPT_OUT}|(?s:.)")
            .filter(pl.col("unit").str.contains(f"^(?:{_OPT_OUT})$"), pl.col("unit") != OPT_OUT_URL)
            .select("row", _found("opt-out link altered", "position", "unit", suggestion=OPT_OUT_URL)),
            _unsendable(frame),
        ]
    )
    linked = text.str.contains(OPT_OUT_URL, literal=True)
    if frame.select(linked.any()).item() and _PAID_OPTION.acquire(blocking=False):
        words.notice(words.text("messages.opt-out option"))
    return (
        frame.join(
            found.sort("row", pl.col("problem").struct.field("position"), maintain_order=True)
            .group_by("row", maintain_order=True)
            .agg(problems=pl.col("problem")),
            on="row",
            how="left",
            maintain_order="left",
        )
        .with_columns(pl.col("problems").fill_null(pl.lit([], pl.List(_PROBLEM))))
        .select(
            "characters",
            parts=parts_of_length(pl.col("characters")),
            opt_out=linked,
            urls=text.str.extract_all(_URL),
            problems="problems",
            ok=pl.col("problems").list.len() == 0,
        )
    )


def _found(
    kind: Kind,
    position: str | int | None = None,
    character: str | None = None,
    *,
    suggestion: str | None = None,
) -> pl.Expr:
    at = pl.col(position) if isinstance(position, str) else pl.lit(position)
    return pl.struct(
        pl.lit(kind).alias("kind"),
        at.cast(pl.Int32).alias("position"),
        (pl.lit(None, pl.String) if character is None else pl.col(character)).alias("character"),
        pl.lit(None, pl.String).alias("name"),
        pl.lit(suggestion, pl.String).alias("suggestion"),
    ).alias("problem")


def _placed(frame: pl.DataFrame, where: pl.Expr, units: str) -> pl.DataFrame:
    """Cut the rows that matter into units, each with its position."""
    length = pl.col("unit").str.len_chars().cast(pl.Int32)
    return (
        frame.filter(where)
        .select("row", unit=pl.col("text").str.extract_all(units))
        .explode("unit", empty_as_null=False)
        .with_columns(position=(length.cum_sum() - length).over("row") + 1)
    )


def _unsendable(frame: pl.DataFrame) -> pl.DataFrame:
    bad = _outside()
    units = _placed(frame, pl.col("text").str.contains(bad), _UNIT).filter(pl.col("unit").str.contains(bad))
    unique = units["unit"].unique()
    table = pl.DataFrame(
        {
            "unit": unique,
            "name": [_unicode_name(u) for u in unique],
            "suggestion": [_suggestion(u) for u in unique],
        },
        schema={"unit": pl.String, "name": pl.String, "suggestion": pl.String},
    )
    return units.join(table, on="unit", how="left", maintain_order="left").select(
        "row",
        pl.struct(
            pl.lit("cannot be sent").alias("kind"),
            "position",
            pl.col("unit").alias("character"),
            "name",
            "suggestion",
        ).alias("problem"),
    )


def _mended(messages: pl.Series, *, names: bool) -> pl.Series:
    bad = _outside()
    frame = messages.cast(pl.String).to_frame("text").with_row_index("row")
    units = _placed(frame, pl.col("text").str.contains(bad), _UNIT)
    unique = units.filter(pl.col("unit").str.contains(bad))["unit"].unique()
    better = {u: s for u in unique if (names or not _is_kanji(u)) and (s := _suggestion(u)) is not None}
    new = (
        units.with_columns(pl.col("unit").replace(better))
        .group_by("row", maintain_order=True)
        .agg(new=pl.col("unit").str.join(""))
    )
    return (
        frame.join(new, on="row", how="left", maintain_order="left")
        .select(pl.coalesce("new", "text").alias(messages.name))
        .to_series()
    )


@cache
def _sendable() -> frozenset[str]:
    """Gather what ISO-2022-JP holds: ASCII, JIS X 0201's ¥ and ‾, JIS X 0208."""
    found = {*map(chr, range(0x20, 0x7F)), "\t", "\r", "\n", "¥", "‾"}
    for row in range(0x21, 0x75):
        for cell in range(0x21, 0x7F):
            try:
                found.add(bytes((0x1B, 0x24, 0x42, row, cell, 0x1B, 0x28, 0x42)).decode("iso2022_jp"))
            except UnicodeDecodeError:
                continue
    return frozenset(found)


@cache
def _outside() -> str:
    """Write the class of characters that ISO-2022-JP does not hold, for the regular expressions of polars."""
    ranges: list[list[int]] = []
    for point in sorted(map(ord, _sendable())):
        if ranges and ranges[-1][1] == point - 1:
            ranges[-1][1] = point
        else:
            ranges.append([point, point])
    return "[^" + "".join(f"\\x{{{first:X}}}-\\x{{{last:X}}}" for first, last in ranges) + "]"


def _is_kanji(unit: str) -> bool:
    return unicodedata.name(unit[:1], "").startswith("CJK ") and "IDEOGRAPH" in unicodedata.name(unit[0])


def _unicode_name(unit: str) -> str:
    return " + ".join(unicodedata.name(character, f"U+{ord(character):04X}") for character in unit)


def _suggestion(unit: str) -> str | None:
    """Find something sendable that means the same; the empty text for what is not seen anyway."""
    sendable = _sendable()
    for candidate in (_REPLACEMENTS.get(unit), _enclosed(unit), unicodedata.normalize("NFKC", unit)):
        if candidate and sendable.issuperset(candidate):
            return candidate
    single = [
        _REPLACEMENTS.get(c) or _enclosed(c) or unicodedata.normalize("NFKC", c)
        for c in unicodedata.normalize("NFC", unit)
        if unicodedata.category(c) not in ("Cf", "Cc", "Mn", "Me")
    ]
    plain = "".join(single)
    if sendable.issuperset(plain):
        return plain
    bare = "".join(c for c in unicodedata.normalize("NFKD", plain) if unicodedata.category(c) != "Mn")
    return bare if sendable.issuperset(bare) else None


def _enclosed(unit: str) -> str | None:
    """Read ① as (1), ㊤ as (上): circled and parenthesised characters, by what Unicode says they hold."""
    if len(unit) != 1:
        return None
    name = unicodedata.name(unit, "")
    if (
        name.startswith(("CIRCLED ", "NEGATIVE CIRCLED ", "DOUBLE CIRCLED ", "DINGBAT "))
        and "CIRCLED" in name
    ):
        number = unicodedata.numeric(unit, None)
        inner = f"{number:g}" if number is not None else unicodedata.normalize("NFKC", unit)
        return f"({inner})" if inner != unit else None
    return None
