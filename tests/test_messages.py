"""Message bodies: length, characters, parts, templates."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import date, datetime
from decimal import Decimal
from typing import get_args

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from zrtools import messages
from zrtools.codes import OPT_OUT_URL
from zrtools.errors import InputError
from zrtools.words.messages import TEXTS


def sendable(text: str) -> bool:
    """Ask Python's own codec, by which nothing in the library is computed."""
    try:
        text.encode("iso2022_jp")
    except UnicodeEncodeError:
        return False
    return not any(c == "\x7f" or (c < " " and c not in "\t\r\n") for c in text)


@pytest.mark.parametrize("text", ["a", "あ" * 660, "😀" * 330])
def test_one_to_660_characters_may_be_sent(text: str) -> None:
    """Full- and half-width count alike, what lies outside the basic plane twice."""
    assert messages.check(text) == text


@pytest.mark.parametrize(
    ("text", "why"), [("", "empty"), ("a" * 661, "661"), ("😀" * 331, "662"), ("\ud83d", "half")]
)
def test_any_other_length_is_refused(text: str, why: str) -> None:
    """The refusal says what is wrong."""
    with pytest.raises(InputError, match=why):
        messages.check(text)
    with pytest.raises(InputError, match="NoneType"):
        messages.check(None)  # type: ignore[arg-type]  # wrong on purpose


@pytest.mark.parametrize(
    ("length", "parts"),
    [
        (0, 0),
        (1, 1),
        (70, 1),
        (71, 2),
        (134, 2),
        (135, 3),
        (201, 3),
        (268, 4),
        (536, 8),
        (603, 9),
        (604, 10),
        (660, 10),
    ],
)
def test_parts_follow_the_usual_japanese_table(length: int, parts: int) -> None:
    """70 characters are one part, then 134, 201, …; one text, a Series and a column agree."""
    text = "あ" * length
    assert messages.parts(text) == parts
    assert messages.parts(pl.Series("m", [text, None])).to_list() == [parts, None]
    assert pl.DataFrame({"m": [text]}).select(messages.parts(pl.col("m"))).item() == parts


@pytest.mark.parametrize(
    ("character", "suggestion"),
    [
        ("髙", "高"),
        ("﨑", "崎"),
        ("𠮷", "吉"),
        ("①", "(1)"),
        ("⑳", "(20)"),
        ("❶", "(1)"),
        ("㊤", "(上)"),
        ("㈱", "(株)"),
        ("～", "〜"),
        ("－", "−"),
        ("—", "―"),
        ("№", "No."),
        ("㎏", "kg"),
        ("Ⅲ", "III"),
        ("㋿", "令和"),
        ("ｱ", "ア"),
        ("ｶﾞ", "ガ"),
        ("か\u3099", "が"),
        ("あﾞ", "あ゛"),
        ("葛\U000e0100", "葛"),
        ("é", "e"),
        ("\u200b", ""),
        ("\ufeff", ""),
        ("\x1b", ""),
        ("😀", None),
        ("❤️", None),
        ("👨‍👩‍👧", None),
        ("하", None),
    ],
)
def test_a_character_that_cannot_be_sent_is_named_placed_and_given_a_suggestion(
    character: str, suggestion: str | None
) -> None:
    """Each such character is one finding with its place, its name and what to write instead."""
    found = messages.lint(f"お知らせ{character}です").problems
    assert [(p.kind, p.position, p.character, p.suggestion) for p in found] == [
        ("cannot be sent", 5, character, suggestion)
    ]
    assert found[0].name
    assert not sendable(character)
    assert sendable(suggestion or "")
    for lang in ("ja", "en"):
        assert "5" in found[0].words(lang)


def test_every_replacement_is_sendable_and_needed() -> None:
    """No suggestion suggests something that cannot be sent, nor replaces what can."""
    for character, replacement in messages._REPLACEMENTS.items():
        assert sendable(replacement), replacement
        assert not sendable(character), character


def test_every_kind_of_problem_has_its_words() -> None:
    """Nothing that lint can say is without a wording."""
    said = {
        *get_args(messages.Kind),
        "can be written",
        "name can be written",
        "can be left out",
        "opt-out option",
    }
    assert said == TEXTS.keys()


@pytest.mark.parametrize(
    "altered", ["https://ai9.jp/OPTOUT", "http://ai9.jp/0PT0UT", "ｈttps：//ai9.jp/0PT0UT", "ai9.jp/0pt0ut"]
)
def test_an_altered_opt_out_link_is_found(altered: str) -> None:
    """A link that the service would not replace is a finding; its right form is the suggestion."""
    [problem] = [p for p in messages.lint(f"停止は{altered} まで").problems if p.kind != "cannot be sent"]
    assert (problem.kind, problem.position, problem.character) == ("opt-out link altered", 4, altered)
    assert problem.suggestion == OPT_OUT_URL


def test_the_opt_out_link_is_seen_and_never_touched() -> None:
    """The right link is no problem, and mending leaves it alone."""
    text = f"髙橋様 停止は{OPT_OUT_URL}\u200bまで https://example.jp/a?b=1。"
    lint = messages.lint(text)
    assert lint.opt_out
    assert lint.urls == (OPT_OUT_URL, "https://example.jp/a?b=1")
    assert [p.kind for p in lint.problems] == ["cannot be sent"] * 2
    assert messages.mended(text, names=True) == f"高橋様 停止は{OPT_OUT_URL}まで https://example.jp/a?b=1。"


@pytest.mark.parametrize(
    ("text", "signs", "names"),
    [
        ("髙橋様①", "髙橋様(1)", "高橋様(1)"),
        ("\ufa19谷様～", "\ufa19谷様〜", "神谷様〜"),
        ("葛\U000e0100城様™", "葛\U000e0100城様(TM)", "葛城様(TM)"),
        ("𠮷野家 ㈱", "𠮷野家 (株)", "吉野家 (株)"),
        ("〆切№5", "〆切No.5", "〆切No.5"),
    ],
)
def test_letters_of_names_are_replaced_only_when_that_is_asked_for(text: str, signs: str, names: str) -> None:
    """Signs are mended without them; the words of such a letter say that it is how the person writes it."""
    for column in (text, pl.Series([text])):
        found = [messages.mended(column), messages.mended(column, names=True)]
        assert [f if isinstance(f, str) else f.item() for f in found] == [signs, names]
    lazy = pl.LazyFrame({"m": [text]}).select(messages.mended(pl.col("m"), names=True))
    assert lazy.collect().item() == names
    kept = [p for p in messages.lint(signs).problems if p.suggestion]
    assert all(p.in_a_name and "人名" in p.words("ja") and "name" in p.words("en") for p in kept)
    assert bool(kept) is (signs != names)


_LINTS = """
import polars as pl, zrtools as zr
texts = pl.DataFrame({"message": ["停止 https://ai9.jp/0PT0UT"] * 3 + ["お知らせです"]})
zr.messages.lint(texts["message"][3])
print("so far nothing")
for _ in range(2):
    texts.select(zr.messages.lint(pl.col("message")))
    zr.messages.lint(texts["message"])
    zr.messages.lint(texts["message"][0])
"""


@pytest.mark.slow
@pytest.mark.parametrize(
    ("lang", "said"), [("ja", "有料オプションがある場合だけ"), ("en", "has that paid option")]
)
def test_the_paid_option_behind_the_opt_out_link_is_named_once(lang: str, said: str) -> None:
    """However many messages are looked at, and in whichever way, one line says what the link needs."""
    environment = {**os.environ, "ZRTOOLS_LANG": lang, "PYTHONUTF8": "1"}
    done = subprocess.run(
        [sys.executable, "-c", _LINTS], check=False, capture_output=True, text=True, env=environment
    )
    assert (done.returncode, done.stdout) == (0, "so far nothing\n")
    [line] = done.stderr.splitlines()
    assert said in line


def test_empty_long_and_unfilled_texts_are_problems() -> None:
    """What the service refuses, and a template sent by mistake, is found."""
    assert [p.kind for p in messages.lint("").problems] == ["empty"]
    assert [p.kind for p in messages.lint("a" * 661).problems] == ["too long"]
    [problem] = messages.lint("{{%氏名%}}様").problems
    assert (problem.kind, problem.position, problem.character) == ("placeholder not filled", 1, "{{%氏名%}}")
    assert messages.lint("お知らせです").ok


def test_a_column_is_linted_as_each_of_its_texts() -> None:
    """Series, expression and single text say the same, rows in their order, nulls as empty."""
    texts = ["髙い①", None, "よい", "a" * 661, f"{OPT_OUT_URL} ～～", ""]
    frame = messages.lint(pl.Series("m", texts))
    assert pl.Schema({f.name: f.dtype for f in messages.LINT.fields}) == frame.schema
    assert [len(p) for p in frame["problems"]] == [2, 1, 0, 1, 2, 1]
    for row, text in zip(frame.iter_rows(named=True), texts, strict=True):
        one = messages.lint(text or "")
        assert (one.characters, one.parts, one.opt_out, list(one.urls), one.ok) == (
            row["characters"],
            row["parts"],
            row["opt_out"],
            row["urls"],
            row["ok"],
        )
        assert [messages.Problem(**p) for p in row["problems"]] == list(one.problems)
    lazy = pl.LazyFrame({"m": texts}).with_columns(lint=messages.lint(pl.col("m")))
    assert lazy.collect_schema()["lint"] == messages.LINT
    assert_frame_equal(lazy.collect().select("lint").unnest("lint"), frame)
    assert messages.lint(pl.Series("m", [], dtype=pl.String)).schema == frame.schema


@pytest.mark.slow
@given(st.text(max_size=30))
def test_lint_finds_exactly_what_the_codec_refuses(text: str) -> None:
    """A text is free of such findings if and only if ISO-2022-JP can hold it, and mending never makes it worse."""
    found = [p for p in messages.lint(text).problems if p.kind == "cannot be sent"]
    assert (not found) == sendable(text)
    for problem in found:
        assert problem.position
        assert text[problem.position - 1 :].startswith(problem.character or "?")
    better = messages.mended(text, names=True)
    left = [p for p in messages.lint(better).problems if p.kind == "cannot be sent"]
    assert len(left) <= len(found)
    assert all(p.suggestion is None for p in left)
    if sendable(text):
        assert better == text


@pytest.mark.parametrize("nonsense", ["\ud800", "a\udfff"])
def test_half_a_character_is_an_input_error(nonsense: str) -> None:
    """A lone surrogate is refused in words, not by an encoder."""
    for call in (messages.lint, messages.mended):
        with pytest.raises(InputError, match="half"):
            call(nonsense)


def test_placeholders_are_listed_in_both_spellings() -> None:
    """Both ways in which the service writes a placeholder are read."""
    assert messages.fields("{{%氏名%}}様 {{日付%}} {{% 氏名 %}}") == ["氏名", "日付"]
    with pytest.raises(InputError, match="braces"):
        messages.fields("{{氏名}}様")
    with pytest.raises(InputError, match="braces"):
        messages.fields("{{%氏名%}様")


def test_a_template_is_filled_row_by_row() -> None:
    """Each row gets its own text; numbers, dates and times are written as people write them."""
    frame = pl.DataFrame(
        {
            "phone_number": ["090", "080"],
            "氏名": ["{{%額%}}", "佐藤"],
            "額": [3000.0, 1.5],
            "日": [date(2026, 10, 31), date(2026, 11, 1)],
            "時": [datetime(2026, 10, 31, 9, 30), datetime(2026, 11, 1, 10, 0)],
            "D": [Decimal("10.50"), Decimal("2.00")],
        }
    )
    filled = messages.render("{{%氏名%}}様 {{額%}}円 {{%日%}} {{%時%}} {{%D%}} {{%氏名%}}", frame)
    assert filled.columns == [*frame.columns, "message"]
    assert filled["message"].to_list() == [
        "{{%額%}}様 3000円 2026-10-31 2026-10-31 09:30 10.50 {{%額%}}",
        "佐藤様 1.5円 2026-11-01 2026-11-01 10:00 2.00 佐藤",
    ]
    assert messages.render("本日", frame)["message"].to_list() == ["本日"] * 2
    assert messages.render("{{%a%}}{{%b%}}", {"a": "x", "b": 2}) == "x2"
    assert messages.render("本日", {}) == "本日"


def test_missing_and_extra_fields_are_named() -> None:
    """A wrong name is seen at once, with the names that fill nothing beside it."""
    with pytest.raises(InputError, match=r"'氏名'.*'名前'"):
        messages.render("{{%氏名%}}様", pl.DataFrame({"名前": ["佐藤"]}))
    with pytest.raises(InputError, match=r"no placeholder for '名前'"):
        messages.render("{{%氏名%}}様", {"氏名": "佐藤", "名前": "佐藤"})
    with pytest.raises(InputError, match="already"):
        messages.render("x", pl.DataFrame({"message": ["y"]}))


def test_nothing_is_half_filled() -> None:
    """A missing value is refused with its row; a blank one unless that was asked for."""
    for hole in (None, " ", "　"):
        with pytest.raises(InputError, match="1 of 3 rows") as caught:
            messages.render("{{%a%}}様", pl.DataFrame({"a": ["x", hole, "y"]}))
        assert caught.value.row == 1
    blank = messages.render("{{%a%}}様", pl.DataFrame({"a": ["x", ""]}), allow_blank=True)
    assert blank["message"].to_list() == ["x様", "様"]
    for hole in (None, float("nan")):
        with pytest.raises(InputError, match="row 0"):
            messages.render("{{%a%}}", {"a": hole}, allow_blank=True)


@pytest.mark.parametrize("value", [["a"], b"a", object(), "\ud800"])
def test_values_that_are_no_text_are_refused(value: object) -> None:
    """A list or bytes in a message is a mistake."""
    with pytest.raises(InputError):
        messages.render("{{%a%}}", {"a": value})
    if not isinstance(value, str):
        with pytest.raises(InputError, match="'a'"):
            messages.render("{{%a%}}", pl.DataFrame({"a": [value]}))


@pytest.mark.parametrize(
    "word",
    ["#N/A", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#NULL!", "#SPILL!", "＃N/A", "nan", "NaN", "None",
     "NULL", "null", "NaT", "<NA>", " #N/A "],
)  # fmt: skip
@pytest.mark.parametrize("allow_blank", [False, True])
def test_words_for_nothing_are_never_sent(word: str, allow_blank: bool) -> None:
    """What Excel and pandas write where there is no value is refused like a null."""
    with pytest.raises(InputError, match="have nothing for 'v'"):
        messages.render("{{%v%}}様", {"v": word}, allow_blank=allow_blank)
    frame = pl.DataFrame({"v": ["佐藤", word]})
    assert messages.render("{{%v%}}様", frame, missing="null")["message"].to_list() == ["佐藤様", None]
    with pytest.raises(InputError) as caught:
        messages.render("{{%v%}}様", frame)
    assert caught.value.row == 1
    assert messages.render("{{%v%}}", {"v": f"部屋 {word.strip()}号"}) == f"部屋 {word.strip()}号"


@pytest.mark.parametrize(
    "template",
    ["｛｛%v%｝｝様", "｛｛％v％｝｝様", "{{％v％}}様", "{｛v％}｝様", "｛{ %v% }｝様".replace(" ", "")],
)
def test_braces_of_a_japanese_keyboard_are_braces(template: str) -> None:
    """Full-width braces and percent signs are filled; a body that still has them is not sent."""
    assert messages.fields(template) == ["v"]
    assert messages.render(template, {"v": "佐藤"}) == "佐藤様"
    assert [p.kind for p in messages.lint(template).problems][:1] == ["placeholder not filled"]


@pytest.mark.parametrize("template", ["｛｛%v", "｛｛v｝｝", "%v%｝｝", "{{％v%}様", "｛｛｝｝"])
def test_half_braces_of_a_japanese_keyboard_are_refused(template: str) -> None:
    """Neither width lets a half placeholder through."""
    with pytest.raises(InputError, match="braces"):
        messages.fields(template)


def test_figures_are_written_as_they_were_meant() -> None:
    """0.1 + 0.2 is 0.3 in a message, in a column as alone."""
    frame = pl.DataFrame({"v": [0.1 + 0.2, 8.5, 1e-3, 1234567.89, 3.0]})
    assert messages.render("{{%v%}}", frame)["message"].to_list() == [
        "0.3",
        "8.5",
        "0.001",
        "1234567.89",
        "3",
    ]
    assert messages.render("{{%v%}}", frame.select(pl.col("v").cast(pl.Float32)))["message"][1] == "8.5"
    assert messages.render("{{%v%}}", {"v": 1.1 * 3}) == "3.3"


def test_placeholders_find_columns_of_another_width() -> None:
    """A heading typed on another machine is the same name; two that are alike are not guessed between."""
    assert messages.render("{{%ＩＤ%}}", pl.DataFrame({" id": ["7"]}))["message"].item() == "7"
    assert messages.render("{{%ガ%}}", pl.DataFrame({"カ\u3099": ["7"]}))["message"].item() == "7"
    with pytest.raises(InputError, match="ＩＤ"):
        messages.render("{{%ＩＤ%}}", pl.DataFrame({"id": ["7"], "Id": ["8"]}))


def test_a_long_message_says_what_is_counted() -> None:
    """659 letters and an emoji are 661 characters: the emoji counts two."""
    with pytest.raises(InputError, match=r"661 characters \(1 of them, such as emoji, count as 2\)"):
        messages.check("あ" * 659 + "😀")
    with pytest.raises(InputError, match="has 661 characters: shorten"):
        messages.check("あ" * 661)
