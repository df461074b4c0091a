"""Numbers at the edges of every rule: one digit fewer, one more, and what stands beside them in a column."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from zrtools import phones
from zrtools.errors import InputError
from zrtools.words import label

EDGES = {
    # 070, 080, 090, 060 and the short 020: ten digits after the zero, neither fewer nor more
    "090123456": "too short",
    "0901234567": "too short",
    "090123456789": "too long",
    "80123456": "too short",
    "801234567890": "too long",
    # digits alone, whatever their number: never "other characters"
    "20": "leading zero unclear",
    "20261031": "leading zero unclear",
    "201234567890": "leading zero unclear",
    "020123456": "wrong length",
    "0201234567": "wrong length",
    "020123456789": "wrong length",
    "0201234567890": "wrong length",
    "020123456789012": "wrong length",
    "+81201234567": "wrong length",
    "2012345678": "leading zero unclear",
    "2012345678901": "leading zero unclear",
    # what is no mobile number has eight to ten digits after its zero
    "1234567": "too short",
    "01234567": "too short",
    "12345678": "not a mobile number",
    "012345678": "not a mobile number",
    "0312345678": "not a mobile number",
    "+81312345678": "not a mobile number",
    "1234567890": "not a mobile number",
    "12345678901": "too long",
    "05012345678": "not a mobile number",
    "050123456789": "too long",
    # country codes
    "+82 10 1234 5678": "not Japanese",
    "+7 900 123 4567": "not Japanese",
    "+8": "not Japanese",
    "+80 90 1234 5678": "not Japanese",
    "00": "not Japanese",
    "008": "not Japanese",
    "0012125550100": "not Japanese",
    "010 1 212 555 0100": "not Japanese",
    "+81": "too short",
    "0081": "too short",
    "81": "too short",
    "+": "other characters",
    "++819012345678": "other characters",
    "X09012345678": "other characters",
    "090-1234-5678X": "other characters",
    "+81+9012345678": "other characters",
    # what Excel makes of numbers
    "9.01235E+09": "shortened by Excel",
    "9e9": "digits lost",
    "901234567.5": "fraction",
    "9E9": "shortened by Excel",
    " 9E+9\t": "shortened by Excel",
    "9.0E-9": "other characters",
    "9.01235E+09x": "other characters",
    "9012345678.00": "other characters",
    "9012345678.000": "other characters",
    "nan": "empty",
    "NaN": "empty",
    "NAN": "other characters",
    "'": "empty",
    '=""': "empty",
    "−09012345678": "other characters",
    "（-09012345678）": "other characters",
    "2-090-1234-567": "leading zero unclear",
}
TAKEN = {
    "9012345678．０": "+819012345678",
    "09012345678.0": "+819012345678",
    "090.1234.5.0.0.0": None,
    "9012345678.0000": None,
    "020-1234-5678": "+812012345678",
    "020-1234-5678-901": "+812012345678901",
    "+81-020-1234-5678": "+812012345678",
    "010-81-020-1234-5678": "+812012345678",
    "８１９０１２３４５６７８": "+819012345678",
    "＂09012345678＂": "+819012345678",
    "’09012345678": "+819012345678",
    "[090]〔1234〕5678": "+819012345678",
}


@pytest.mark.parametrize(("written", "reason"), EDGES.items())
def test_one_digit_decides_why_a_number_is_refused(written: str, reason: str) -> None:
    """Too short, too long, another country or another kind of number: each has its own reason."""
    frame = pl.DataFrame({"n": [written]})
    assert frame.select(phones.normalised("n"), phones.problem("n")).row(0) == (None, reason)
    with pytest.raises(InputError) as refused:
        phones.normalise(written)
    assert f"({label(phones.PROBLEMS[reason], 'en')})" in str(refused.value)


@pytest.mark.parametrize(("written", "number"), [(w, n) for w, n in TAKEN.items() if n])
def test_a_number_is_taken_at_the_edge(written: str, number: str) -> None:
    """A float's end, quotes of every kind, the country code before a zero."""
    assert phones.normalise(written) == number
    frame = pl.DataFrame({"n": [written]})
    assert frame.select(phones.normalised("n"), phones.problem("n")).row(0) == (number, None)


def test_a_refusal_is_one_sentence_about_the_masked_number() -> None:
    """What was given, why not, and what would do."""
    with pytest.raises(InputError) as refused:
        phones.normalise("+1 090-1234-5678")
    assert str(refused.value) == (
        "The phone number ****5678 cannot be used (its country code is not Japan's (+81)). "
        "Give a Japanese mobile number such as 090-1234-5678 or +819012345678."
    )
    with pytest.raises(InputError, match=r"phone number \*{4}5678 cannot .*two numbers in one cell"):
        phones.normalise("090-12345-5678")


def test_every_reason_has_its_words_in_both_languages() -> None:
    """Beside each other in one column, with what is fine left null."""
    written = ["09012345678", *EDGES]
    frame = pl.DataFrame({"n": written})
    for lang in ("ja", "en"):
        found = frame.select(phones.problem("n", lang=lang))["problem"].to_list()
        assert found == [None, *(label(phones.PROBLEMS[why], lang) for why in EDGES.values())]
        assert all(isinstance(said, str) and len(said) > 3 for said in found[1:])


def test_columns_keep_their_name_and_say_their_problem() -> None:
    """By name or as an expression; the reason stands in a column `problem`."""
    frame = pl.DataFrame({"電話": ["09012345678", None, "x"]})
    for column in ("電話", pl.col("電話")):
        found = frame.select(phones.normalised(column), phones.problem(column))
        assert found.to_dict(as_series=False) == {
            "電話": ["+819012345678", None, None],
            "problem": [None, "empty", "other characters"],
        }
    assert frame.select(phones.problem("電話", lang="en")).columns == ["problem"]


@pytest.mark.parametrize("numbers", [[], ["09012345678"], [None], ["x", "x"]])
def test_columns_of_any_kind_have_a_reason_for_each_row(numbers: list[str | None]) -> None:
    """Empty, all fine, all null, all wrong: one row each, as text."""
    frame = pl.DataFrame({"n": numbers}, schema={"n": pl.String})
    found = frame.select(phones.problem("n"), phones.normalised("n"))
    assert found.schema == {"problem": pl.String, "n": pl.String}
    assert (found["problem"].is_null() != found["n"].is_null()).all()
    assert found.height == len(numbers)


@pytest.mark.slow
@given(st.lists(st.sampled_from([*EDGES, "09012345678", None]), max_size=30))
def test_a_rows_reason_does_not_depend_on_its_neighbours(numbers: list[str | None]) -> None:
    """Each refused row gets its own reason, wherever it stands."""
    frame = pl.DataFrame({"n": numbers}, schema={"n": pl.String})
    expected = [None if n == "09012345678" else "empty" if n is None else EDGES[n] for n in numbers]
    assert frame.select(phones.problem("n"))["problem"].to_list() == expected
    assert frame.lazy().select(phones.problem("n")).collect()["problem"].to_list() == expected


def test_numbers_of_every_type_are_read_alike() -> None:
    """A number as int, float or text is one number, singly and in a column."""
    for value in (9012345678, 9012345678.0, "9012345678", "9012345678.0"):
        assert phones.normalise(value) == "+819012345678"
    for dtype in (pl.Int64, pl.UInt64, pl.Float64):
        column = pl.DataFrame({"n": pl.Series([9012345678, None], dtype=dtype)})
        assert column.select(phones.normalised("n"))["n"].to_list() == ["+819012345678", None]
    for wrong in (False, True, None, [], b"09012345678"):
        with pytest.raises(InputError, match="there is no number"):
            phones.normalise(wrong)  # type: ignore[arg-type]  # wrong on purpose
