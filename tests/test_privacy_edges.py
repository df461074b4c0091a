"""Masks and hashes at their edges: how much stays, in which column, of which kind of frame."""

from __future__ import annotations

import hashlib
import hmac
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from zrtools import privacy
from zrtools.errors import InputError

KEY = b"0123456789abcdef"


@pytest.mark.parametrize(
    ("value", "masked"),
    [
        # what is no mobile number: the last four from nine digits on
        ("12345678", "****"),
        ("123456789", "****6789"),
        ("1-2-3-4-5-6-7-8-9", "****6789"),
        ("x１２３４５６７８９", "****6789"),
        ("+1 415 555 0100", "****0100"),
        ("1000000000", "****0000"),
        # mobile numbers in every form
        ("06012345678", "060****5678"),
        ("07012345678", "070****5678"),
        ("08012345678", "080****5678"),
        ("02012345678", "020****5678"),
        ("0201234567890", "****7890"),
        ("+812012345678901", "+8120****8901"),
        ("819012345678", "8190****5678"),
        ("0081 90 1234 5678", "008190****5678"),
        ("01081-90-1234-5678", "0108190****5678"),
        ("＋８１９０１２３４５６７８", "+8190****5678"),
        ('="09012345678"', "090****5678"),
        ("'09012345678", "090****5678"),
        ("05012345678", "****5678"),
        ("090123456789", "****6789"),
        ("0901234567", "****4567"),
        # masked already
        ("****", "****"),
        ("****5678", "****5678"),
        ("090****5678", "090****5678"),
        ("90****5678", "90****5678"),
        ("+8190****5678", "+8190****5678"),
        ("008190****5678", "008190****5678"),
        ("0108190****5678", "0108190****5678"),
        # what only looks masked is masked
        ("****56789", "****"),
        ("***5678", "****"),
        ("+8190****5678 09011112222", "****2222"),
        ("0901234****5678", "****5678"),
    ],
)
def test_a_mask_leaves_the_prefix_and_four_digits_at_most(value: str, masked: str) -> None:
    """Singly, in a Series and in a frame the same."""
    assert privacy.mask(value) == masked
    assert privacy.mask(pl.Series("n", [value])).to_list() == [masked]
    assert pl.DataFrame({"n": [value]}).select(privacy.mask(pl.col("n"))).item() == masked
    assert privacy.mask(masked) == masked


@given(st.text(max_size=20) | st.from_regex(r"[0-9*+ -]{0,16}", fullmatch=True))
def test_no_more_than_prefix_and_four_digits_are_ever_left(value: str) -> None:
    """Whatever is given, what stays is a mask."""
    assert (
        privacy.mask(pl.Series([privacy.mask(value)]))
        .str.contains(r"^(?:(?:(?:\+|00|010)?81|0)?0?[26789]0)?\*{4}[0-9]{0,4}$")
        .item()
    )


def test_nothing_stays_nothing_and_names_stay() -> None:
    """None and null are no numbers; a Series keeps its name."""
    assert privacy.mask(None) is None
    masked = privacy.mask(pl.Series("電話", [None, "09012345678"]))
    assert (masked.name, masked.to_list()) == ("電話", [None, "090****5678"])
    hashed = privacy.hashed(pl.Series("電話", [None, "09012345678"]), KEY)
    assert (hashed.name, hashed[0]) == ("電話", None)
    assert privacy.mask(pl.Series("n", [9012345678])).to_list() == ["90****5678"]


def frame(lazy: bool = False) -> Any:
    """Make a frame with a number in every column."""
    made = pl.DataFrame(
        {
            name: ["09012345678"]
            for name in ("phone_number", "input", "message", "client_tag", "own", "sms_code")
        }
    )
    return made.lazy() if lazy else made


def seen(masked: Any) -> dict[str, str]:
    """Give the one row of a frame."""
    return dict(masked.lazy().collect().row(0, named=True))


@pytest.mark.parametrize("lazy", [False, True])
def test_a_number_is_masked_in_every_column_but_those_kept(lazy: bool) -> None:
    """Whatever the column is called; `keep` alone leaves one as it is, and a body may be hidden whole."""
    masked = dict.fromkeys(frame().columns, "090****5678")
    assert seen(privacy.mask(frame(lazy))) == masked
    assert seen(privacy.mask(frame(lazy), keep=["own", "input", "no such"])) == {
        **masked,
        "own": "09012345678",
        "input": "09012345678",
    }
    assert seen(privacy.mask(frame(lazy), messages="hidden")) == {**masked, "message": "****"}
    assert seen(privacy.mask(frame(lazy), messages="hidden", keep=["message"])) == {
        **masked,
        "message": "09012345678",
    }
    assert isinstance(privacy.mask(frame(lazy)), type(frame(lazy)))


@pytest.mark.parametrize("lazy", [False, True])
def test_a_column_of_numbers_shows_nothing_else(lazy: bool) -> None:
    """In the two usual columns and those named what is no mobile number is hidden; elsewhere it is text and stays."""
    told = frame(lazy).with_columns(pl.lit("landline 03-1234-5678").alias(name) for name in frame().columns)
    text, hidden = "landline 03-1234-5678", "****5678"
    assert seen(privacy.mask(told)) == {
        name: hidden if name in ("phone_number", "input") else text for name in frame().columns
    }
    assert seen(privacy.mask(told, columns=["own", "no such"]))["own"] == hidden
    assert seen(privacy.mask(told, columns=["own"], keep=["own"]))["own"] == text


def test_a_frame_with_one_of_the_columns_is_masked_too() -> None:
    """What is not there is not asked for."""
    for name in frame().columns:
        assert privacy.mask(frame().select(name)).item() == "090****5678"


def test_a_hidden_body_leaves_nothing_of_any_line() -> None:
    """Lines, blanks and empty bodies all become the same; no body stays none."""
    bodies = pl.DataFrame({"message": ["a\nb", "", " ", "****", None]})
    assert privacy.mask(bodies, messages="hidden")["message"].to_list() == ["****"] * 4 + [None]


@pytest.mark.parametrize("lazy", [False, True])
def test_only_number_columns_are_hashed(lazy: bool) -> None:
    """The two columns of numbers, and no other."""
    digest = hmac.new(KEY, b"09012345678", hashlib.sha256).hexdigest()[:32]
    made = seen(privacy.hashed(frame(lazy), KEY))
    assert {name for name, value in made.items() if value == digest} == {"phone_number", "input"}
    assert {value for value in made.values() if value != digest} == {"09012345678"}


@pytest.mark.parametrize("number", ["+819012345678", "", "電話", "a\ud800"])
def test_a_hash_is_the_first_half_of_an_hmac_sha256(number: str) -> None:
    """Anybody can compute it again with the key; half a character does not stop it."""
    expected = hmac.new(KEY, number.encode("utf-8", "replace"), hashlib.sha256).hexdigest()[:32]
    assert privacy.hashed(number, KEY) == expected
    if number.isprintable():
        assert privacy.hashed(pl.Series([number, number]), KEY).to_list() == [expected] * 2


def test_a_key_has_sixteen_bytes_at_least() -> None:
    """Sixteen will do, fifteen will not, whatever is to be hashed."""
    privacy.hashed("x", b"x" * 16)
    for value in ("x", pl.Series(["x"]), pl.col("x"), frame(), frame(lazy=True)):
        with pytest.raises(InputError, match="at least 16 bytes"):
            privacy.hashed(value, b"x" * 15)


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        # a number is found whatever stands beside it, and twice where it shares a neighbour
        ("090-1234-5678", "090****5678"),
        ("a09012345678b", "a090****5678b"),
        ("09012345678,08011112222,07033334444", "090****5678,080****2222,070****4444"),
        ("９０１２３４５６７８", "９０****５６７８"),
        ("9012345678", "90****5678"),
        ("19012345678", "19012345678"),
        ("81 90 1234 5678", "81 90****5678"),
        ("+81 (0)20-1234-5678", "+81 (0)20****5678"),
        ("02012345678901", "020****8901"),
        ("020123456789012", "020123456789012"),
        ("2012345678", "2012345678"),
        # inside longer digits
        ("20261123 09012345678", "20261123 090****5678"),
        ("2026112309012345678", "20261123090****5678"),
        ("x8180123456789", "x8180****56789"),
        # what is a time stays
        ("20260701123456789", "20260701123456789"),
        ("20261231235959999", "20261231235959999"),
        ("20260701123456789 09012345678", "20260701123456789 090****5678"),
        # what is none does not
        ("20261301090123456789", "20261301090****56789"),
    ],
)
def test_numbers_inside_text_are_masked_and_nothing_else_is(text: str, masked: str) -> None:
    """The same for one text and for a column; a second time changes nothing more."""
    assert privacy.mask_text(text) == masked
    assert pl.select(privacy.mask_within(pl.lit(text))).item() == masked
    assert privacy.mask_text(masked) == masked
