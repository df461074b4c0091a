"""No whole number and no body is seen where it need not be."""

from __future__ import annotations

import hmac
import re
from datetime import datetime
from decimal import Decimal

import polars as pl
import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from zrtools import phones, privacy
from zrtools.errors import InputError

KEY = b"0123456789abcdef"


@pytest.mark.parametrize(
    ("number", "masked"),
    [
        ("+819012345678", "+8190****5678"),
        ("090-1234-5678", "090****5678"),
        ("０９０ー１２３４ー５６７８", "090****5678"),
        ("+81 (0)90 1234 5678", "+8190****5678"),
        ("9012345678", "90****5678"),
        ("02012345678901", "020****8901"),
        ("03-1234-5678", "****5678"),
        ("山田 090-1234-5678", "****5678"),
        ("12345", "****"),
        ("", "****"),
        ("\ud800090-1234-5678", "****5678"),
    ],
)
def test_a_mask_keeps_the_beginning_and_the_last_four(number: str, masked: str) -> None:
    """Enough stays to recognise one's own number, not enough to call it."""
    assert privacy.mask(number) == masked


def test_masking_twice_changes_nothing_more() -> None:
    """A masked frame may be masked again."""
    numbers = pl.Series("phone_number", ["+819012345678", "090-1234-5678", "03-1234-5678", "x", None])
    once = privacy.mask(numbers)
    assert (
        privacy.mask(once).to_list()
        == once.to_list()
        == ["+8190****5678", "090****5678", "****5678", "****", None]
    )


def test_a_frame_is_masked_wherever_a_number_can_stand() -> None:
    """Every text is looked into, whatever its column is called, in eager and lazy frames alike; the rest stays."""
    frame = pl.DataFrame(
        {
            "phone_number": ["+819012345678", None],
            "input": ["090 1234 5678", None],
            "message": ["お電話は080-1111-2222まで", None],
            "client_tag": ["c-09012345678-1", None],
            "電話": ["09012345678", None],
            "sms_code": ["12345", None],
        }
    )
    masked = privacy.mask(frame)
    assert masked.row(0) == (
        "+8190****5678",
        "090****5678",
        "お電話は080****2222まで",
        "c-090****5678-1",
        "090****5678",
        "12345",
    )
    assert masked.row(1) == (None,) * 6
    assert_frame_equal(privacy.mask(frame.lazy()).collect(), masked)
    assert privacy.touched(frame) == ["phone_number", "input", "message", "client_tag", "電話"]
    assert privacy.mask(frame, keep=["電話"])["電話"].to_list() == ["09012345678", None]
    assert (
        privacy.mask(frame.with_columns(電話=pl.lit("03-1234-5678")), columns=["電話"])["電話"][0]
        == "****5678"
    )
    assert privacy.mask(frame, messages="hidden")["message"].to_list() == ["****", None]


NUMBER = 9012345678
HOLDERS = {
    "Int64": pl.Series([NUMBER, 12]),
    "UInt64": pl.Series([NUMBER, 12], dtype=pl.UInt64),
    "negative": pl.Series([-NUMBER, 12]),
    "with country code": pl.Series([819012345678, 12]),
    "Float64": pl.Series([float(NUMBER), 1.5, float("nan")]),
    "Float32": pl.Series([float(NUMBER), 1.5]).cast(pl.Float32),
    "Decimal": pl.Series([Decimal(NUMBER), Decimal(1)]).cast(pl.Decimal(38, 2)),
    "Categorical": pl.Series([f"0{NUMBER}", "a"], dtype=pl.Categorical),
    "Enum": pl.Series([f"0{NUMBER}", "a"], dtype=pl.Enum([f"0{NUMBER}", "a"])),
    "list of text": pl.Series([[f"0{NUMBER}", "a"], [], None]),
    "list of figures": pl.Series([[NUMBER, 1], [], None]),
    "array": pl.Series([[f"0{NUMBER}", "a"], None], dtype=pl.Array(pl.String, 2)),
    "array of figures": pl.Series([[NUMBER, 1], None], dtype=pl.Array(pl.Int64, 2)),
    "struct": pl.Series([{"a": f"0{NUMBER}", "b": NUMBER, "c": 1}, None]),
    "deep": pl.Series([[{"a": [{"b": NUMBER}]}], [], None]),
}


@pytest.mark.parametrize("kind", HOLDERS)
def test_numbers_are_hidden_in_columns_of_every_type(kind: str) -> None:
    """Whatever the type and name of a column, no whole number stays in it, nor anything else goes."""
    frame = pl.DataFrame({"note": HOLDERS[kind], "n": pl.int_range(len(HOLDERS[kind]), eager=True)})
    before = str(frame["note"].to_list())
    masked = privacy.mask(frame)
    assert str(frame["note"].to_list()) == before
    shown = str(masked["note"].to_list())
    assert "0****5678" in shown or "0****6000" in shown
    assert str(NUMBER) not in shown
    assert str(NUMBER)[:7] not in shown
    assert masked["note"].is_null().to_list() == frame["note"].is_null().to_list()
    assert_frame_equal(masked.select("n"), frame.select("n"))
    assert_frame_equal(privacy.mask(frame.lazy()).collect(), masked)
    assert_frame_equal(privacy.mask(masked), masked)
    assert_frame_equal(privacy.mask(frame, keep=["note"]), frame)
    assert privacy.touched(frame) == ["note"]
    assert privacy.touched(masked) == privacy.touched(frame, keep=["note"]) == []


@pytest.mark.parametrize("kind", HOLDERS)
def test_columns_without_numbers_keep_values_and_types(kind: str) -> None:
    """What holds no number comes back as it was, figures as figures."""
    column = HOLDERS[kind].clear(2)
    frame = pl.DataFrame({"note": column, "when": [datetime(2026, 9, 1), None], "yes": [True, None]})
    assert_frame_equal(privacy.mask(frame), frame if kind != "Enum" else frame.cast({"note": pl.String}))
    plain = pl.DataFrame(
        {"i": [1, 5_999_999_999], "f": [0.5, float("nan")], "l": [[1], [2]], "s": [{"a": 1}] * 2}
    )
    assert_frame_equal(privacy.mask(plain), plain)
    assert_frame_equal(privacy.mask(plain.clear()), plain.clear())


@pytest.mark.parametrize(
    "column",
    [
        pl.Series("写し", [b"09012345678"]),
        pl.Series("写し", [object()], dtype=pl.Object),
        pl.Series("写し", [[b"09012345678"]]),
        pl.Series("写し", [{"a": b"09012345678"}]),
    ],
)
def test_a_column_that_cannot_be_looked_into_is_named(column: pl.Series) -> None:
    """Bytes and objects are refused, unless the caller says that they may be shown."""
    frame = column.to_frame().with_columns(phone_number=pl.lit("09012345678"))
    with pytest.raises(InputError, match=r"写し.*keep="):
        privacy.mask(frame)
    with pytest.raises(InputError, match="写し"):
        privacy.touched(frame)
    with pytest.raises(InputError, match="写し"):
        privacy.mask(frame, columns=["写し"])
    assert privacy.mask(frame, keep=["写し"])["phone_number"].item() == "090****5678"


def test_numbers_in_the_names_of_columns_are_hidden() -> None:
    """A file without a head has its first row there."""
    frame = pl.DataFrame({"09012345678": ["a"], "090-1234-5678": ["b"], "090****5678": ["c"]})
    masked = privacy.mask(frame)
    assert masked.columns == ["090****5678*", "090****5678**", "090****5678"]
    assert masked.row(0) == ("a", "b", "c")
    assert privacy.mask(frame, keep=frame.columns).columns == frame.columns
    assert privacy.touched(frame) == ["09012345678", "090-1234-5678"]


@pytest.mark.parametrize("value", [NUMBER, float(NUMBER), Decimal(NUMBER), "9012345678.0"])
def test_a_number_that_became_a_figure_keeps_its_own_last_four(value: object) -> None:
    """The .0 of a float is no digit of the number."""
    assert privacy.mask(pl.Series([value])).to_list() == ["90****5678"]


@pytest.mark.parametrize(
    "text",
    [
        "20261010 12345",
        "20261006 070512345",
        "2026-06-01 2026-07-01 12:30",
        "2026-09-08 09:01:23",
        "20260701123456789",
        "Shorturl-20260901235959999",
        "order 8012345678901234",
        "¥60,000 80件 2026/10/10",
        "https://ai9.jp/0PT0UT 03-1234-5678",
    ],
)
def test_dates_and_other_digits_are_left_as_they_are(text: str) -> None:
    """Masking numbers inside text does not eat what is no mobile number."""
    assert privacy.mask_text(text) == text


ODD = [
    "/",
    "_",
    "＿",
    ",",
    "，",
    "～",
    "〜",
    "\u00ad",
    "\ufe0f",
    "\u2062",
    "\u180e",
    "\u207b",
    "、",
    "x",
    "の",
    "*",
    "\U000e0041",
]


@pytest.mark.parametrize("odd", ODD)
def test_any_one_character_between_the_groups_hides_no_number(odd: str) -> None:
    """However the three groups of a number are parted, nobody can read it in a body or an error."""
    for groups in (
        ("090", "1234", "5678"),
        ("+81", "90", "1234", "5678"),
        ("０９０", "１２３４", "５６７８"),
    ):
        text = "担当 " + odd.join(groups) + "まで"
        masked = privacy.mask_text(text)
        assert "****" in masked
        assert "1234" not in masked.translate(str.maketrans(privacy.DIGITS))
        assert pl.select(privacy.mask_within(pl.lit(text))).item() == masked


_ignored = st.text(
    st.sampled_from(
        "\u00ad\u034f\u061c\u115f\u17b4\u180e\u200b\u2062\u206f\u3164\ufe0f\ufeff\uffa0\U000e0001\U000e0fff"
    ),
    max_size=2,
)


@given(st.data())
def test_characters_that_are_not_seen_count_as_nothing(data: st.DataObject) -> None:
    """Unseen characters anywhere in a number hide it from nobody: it is read, and masked."""
    written = data.draw(st.sampled_from(["09012345678", "+819012345678", "090-1234-5678", "9012345678"]))
    text = "".join(data.draw(_ignored) + c for c in written) + data.draw(_ignored)
    assert phones.normalise(text) == "+819012345678"
    assert pl.DataFrame({"n": [text]}).select(phones.normalised("n")).item() == "+819012345678"
    for masked in (privacy.mask(text), privacy.mask_text(text), privacy.mask_text("担当" + text + "まで")):
        assert "1234" not in "".join(c for c in masked if c.isascii())


def test_numbers_written_together_with_other_digits_are_found() -> None:
    """A tag made of a date and a number does not give the number away."""
    assert privacy.mask_text("2026112309012345678") == "20261123090****5678"
    assert privacy.mask_text("09012345678001") == "090****5678001"
    assert privacy.mask_text("09011112222 08033334444\n07055556666") == "090****2222 080****4444\n070****6666"


_separators = st.text(privacy.SEPARATORS, max_size=3)


@st.composite
def _numbers(draw: st.DrawFn) -> str:
    national = draw(st.from_regex(r"[6-9]0[0-9]{8}|20[0-9]{8}(?:[0-9]{3})?", fullmatch=True))
    prefixes = ["0", "+81", "81", "+810", "0081", "01081", *([""] if national[0] != "2" else [])]
    glyphs = draw(st.sampled_from(["0123456789", "０１２３４５６７８９"]))
    digits = "".join(draw(_separators) + glyphs[int(c)] for c in national)
    # nothing stands before a number's first digit: a dash there is refused, as a minus
    return (draw(st.sampled_from(prefixes)) + digits).lstrip(privacy.SEPARATORS)


@given(_numbers(), st.text(max_size=8), st.text(max_size=8))
@example("090-1234-5678", "8012345 ", "")
def test_no_number_that_could_be_sent_to_survives_inside_text(number: str, before: str, after: str) -> None:
    """Whatever stands around it, a number that the client would take does not stay whole; both ways agree."""
    if re.search(r"\d$", before) or re.search(r"^\d", after):
        before, after = before + "、", "、" + after
    assume(not re.search(r"[.．][0０]{1,3}$", re.sub(f"[{privacy.IGNORED}]", "", number)))
    whole = phones.normalise(number)[3:]
    masked = privacy.mask_text(before + number + after)
    plain = re.sub(r"[^0-9]", "", masked.translate(str.maketrans(privacy.DIGITS)))
    assert whole not in plain
    assert pl.select(privacy.mask_within(pl.lit(before + number + after))).item() == masked
    assert "****" in privacy.mask(number)


def test_hashes_are_the_same_for_the_same_number_and_key_only() -> None:
    """A keyed hash allows counting and joining without the number."""
    numbers = pl.Series("phone_number", ["+819012345678", "+818012345678", "+819012345678", None])
    found = privacy.hashed(numbers, KEY)
    assert found[0] == found[2] == privacy.hashed("+819012345678", KEY) != found[1]
    assert found[3] is None
    assert re.fullmatch("[0-9a-f]{32}", found[0])
    assert privacy.hashed("+819012345678", KEY[::-1]) != found[0]
    for key in (KEY, b"k" * 63, b"k" * 64, b"k" * 65, b"k" * 200):
        assert privacy.hashed("あ", key) == hmac.new(key, "あ".encode(), "sha256").hexdigest()[:32]
    frame = numbers.to_frame().with_columns(message=pl.lit("x"))
    assert privacy.hashed(frame.lazy(), KEY).collect()["phone_number"].to_list() == found.to_list()
    assert frame.select(privacy.hashed(pl.col("phone_number"), KEY)).to_series().to_list() == found.to_list()


def test_a_short_key_is_refused() -> None:
    """A key that could be guessed is no key."""
    with pytest.raises(InputError, match="16 bytes"):
        privacy.hashed("+819012345678", b"short")
