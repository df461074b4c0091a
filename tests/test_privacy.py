"""No whole number and no body is seen where it need not be."""

from __future__ import annotations

import re

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
    """Number columns, bodies and tags are masked, in eager and lazy frames alike; the rest stays."""
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
        "09012345678",
        "12345",
    )
    assert masked.row(1) == (None,) * 6
    assert_frame_equal(privacy.mask(frame.lazy()).collect(), masked)
    assert privacy.mask(frame, columns=["電話"])["電話"].to_list() == ["090****5678", None]
    assert privacy.mask(frame, messages="hidden")["message"].to_list() == ["****", None]


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
    assume(not re.search(r"[.．][0０]{1,3}$", number))
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
    frame = numbers.to_frame().with_columns(message=pl.lit("x"))
    assert privacy.hashed(frame.lazy(), KEY).collect()["phone_number"].to_list() == found.to_list()
    assert frame.select(privacy.hashed(pl.col("phone_number"), KEY)).to_series().to_list() == found.to_list()


def test_a_short_key_is_refused() -> None:
    """A key that could be guessed is no key."""
    with pytest.raises(InputError, match="16 bytes"):
        privacy.hashed("+819012345678", b"short")
