"""Numbers from analysts' files: what is taken, what is refused, and why."""

from __future__ import annotations

import re

import polars as pl
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from zrtools import phones
from zrtools.errors import InputError
from zrtools.privacy import SEPARATORS

TAKEN = {
    "09012345678": "+819012345678",
    "060-1234-5678": "+816012345678",
    "070 1234 5678": "+817012345678",
    "02012345678": "+812012345678",
    "02012345678901": "+812012345678901",
    "09001234567": "+819001234567",
    "+819012345678": "+819012345678",
    "+812012345678901": "+812012345678901",
    "０９０ー１２３４ー５６７８": "+819012345678",
    "０９０−１２３４‐５６７８": "+819012345678",
    "090　1234　5678": "+819012345678",
    "(090)1234-5678": "+819012345678",
    "（０９０）１２３４・５６７８": "+819012345678",
    "090.1234.5678": "+819012345678",
    "090.1234.0000": "+819012340000",
    "+81 (0)90-1234-5678": "+819012345678",
    "（＋81）90 1234 5678": "+819012345678",
    "81 90 1234 5678": "+819012345678",
    "0081-90-1234-5678": "+819012345678",
    "010 81 90 1234 5678": "+819012345678",
    "9012345678": "+819012345678",
    "9012345678.0": "+819012345678",
    "819012345678.0": "+819012345678",
    "'09012345678": "+819012345678",
    '="09012345678"': "+819012345678",
    "\u202a090-1234-5678\u202c": "+819012345678",
}
REFUSED = {
    "": "empty",
    " \u3000": "empty",
    "NaN": "empty",
    "9.01235E+09": "shortened by Excel",
    "-9012345678": "other characters",
    "090-1234-5678 内線3": "other characters",
    "090+12345678": "other characters",
    "２０２６/10/10": "other characters",
    "+1 415 555 0100": "not Japanese",
    "0044 7700 900123": "not Japanese",
    "2012345678": "leading zero unclear",
    "2012345678901": "leading zero unclear",
    "03-1234-5678": "not a mobile number",
    "050-1234-5678": "not a mobile number",
    "0120-123-456": "not a mobile number",
    "090-1234-567": "too short",
    "901234567": "too short",
    "901234567.0": "too short",
    "901234567.00": "other characters",
    "(20)1234-5678": "leading zero unclear",
    "81901234567": "too short",
    "110": "too short",
    "090-1234-56789": "too long",
    "090-1234-5678 080-1111-2222": "too long",
    "020-1234-56789": "wrong length",
    "+81 20 1234 5678 90": "wrong length",
}


@pytest.mark.parametrize(("written", "number"), TAKEN.items())
def test_every_usual_way_to_write_a_number_is_taken(written: str, number: str) -> None:
    """A number is found whatever an analyst's file put around its digits."""
    assert phones.normalise(written) == number


@pytest.mark.parametrize(("written", "reason"), REFUSED.items())
def test_a_number_that_is_wrong_or_ambiguous_is_refused_with_its_reason(written: str, reason: str) -> None:
    """What cannot be read in exactly one way is refused, and the reason is named."""
    frame = pl.DataFrame({"n": [written]})
    assert frame.select(phones.normalised("n"), phones.problem("n")).row(0) == (None, reason)
    with pytest.raises(InputError):
        phones.normalise(written)


def test_integers_and_floats_as_excel_makes_them_are_taken() -> None:
    """A column that Excel turned into numbers is read without its lost zeros."""
    for column in ([9012345678, 819012345678], [9012345678.0, 819012345678.0]):
        found = pl.DataFrame({"n": column}).select(phones.normalised("n"))["n"].to_list()
        assert found == ["+819012345678"] * 2
        assert [phones.normalise(n) for n in column] == found


@pytest.mark.parametrize(
    "nonsense", [True, None, b"09012345678", "\ud800", float("nan"), float("inf"), -9012345678]
)
def test_what_is_not_a_number_at_all_is_an_input_error(nonsense: object) -> None:
    """Whatever is given, nothing but an InputError leaves."""
    with pytest.raises(InputError):
        phones.normalise(nonsense)  # type: ignore[arg-type]  # wrong on purpose


def test_a_refusal_says_why_and_never_shows_the_whole_number() -> None:
    """The message of a refusal has the reason and what to do, and a masked number."""
    with pytest.raises(InputError, match="digits are missing") as caught:
        phones.normalise("090-1234-567")
    assert "1234" not in str(caught.value).split("Give")[0]
    assert "090-1234-5678 or" in str(caught.value)


def test_reasons_come_in_the_language_asked_for() -> None:
    """People read the reason in Japanese or English."""
    frame = pl.DataFrame({"n": ["03-1234-5678", "09012345678"]})
    assert frame.select(phones.problem("n", lang="ja")).to_series().to_list() == [
        phones.PROBLEMS["not a mobile number"].ja,
        None,
    ]
    assert "landline" in frame.select(phones.problem("n", lang="en")).item(0, 0)
    with pytest.raises(InputError, match="language"):
        phones.problem("n", lang="fr")


_separator = st.text(SEPARATORS, max_size=2)
_digits = st.sampled_from(["0123456789", "０１２３４５６７８９"])


@st.composite
def _written(draw: st.DrawFn) -> tuple[str, str]:
    national = draw(st.from_regex(r"[26789]0[0-9]{8}|20[0-9]{11}", fullmatch=True))
    prefix = draw(st.sampled_from(["0", "+81", "+810", "81", "0081", "01081", "810"]))
    glyphs = draw(_digits)
    body = "".join(draw(_separator) + glyphs[int(c)] for c in national)
    return prefix + body, "+81" + national


@given(_written())
def test_separators_and_widths_never_change_which_number_is_read(case: tuple[str, str]) -> None:
    """Whatever separators stand between the digits, the same number comes out."""
    written, number = case
    # a dot before one to three last zeros may be the end of a float, which is refused
    assume(not re.search(r"[.．][0０]{1,3}$", written))
    assert phones.normalise(written) == number


@pytest.mark.slow
@given(st.text(alphabet="0123456789+-() .'=\"eE８０ー", max_size=20) | st.text(max_size=12))
def test_each_value_has_either_a_number_or_a_reason(written: str) -> None:
    """Column and single value agree, and every refusal has its words in the table."""
    frame = pl.DataFrame({"n": [written]}).select(
        number=phones.normalised("n"), why=phones.problem("n"), ja=phones.problem("n", lang="ja")
    )
    number, why, ja = frame.row(0)
    assert (number is None) == (why is not None) == (ja is not None)
    if number is None:
        assert why in phones.PROBLEMS
        with pytest.raises(InputError):
            phones.normalise(written)
    else:
        assert number == phones.normalise(written)
        assert pl.Series([number]).str.contains(r"^\+81(?:[26789]0[0-9]{8}|20[0-9]{11})$").item()
        assert phones.normalise(number) == number


def test_lazy_frames_give_the_same() -> None:
    """The expressions work in a streaming query as well."""
    frame = pl.LazyFrame({"n": [*TAKEN, *REFUSED]})
    found = frame.select(number=phones.normalised("n"), why=phones.problem("n")).collect()
    assert found["number"].to_list() == [*TAKEN.values(), *[None] * len(REFUSED)]
    assert found["why"].to_list() == [*[None] * len(TAKEN), *REFUSED.values()]
