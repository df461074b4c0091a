"""The ground that every room stands on: errors, codes, words, schemas, periods."""

from __future__ import annotations

import importlib.util
import pickle
import re
from datetime import UTC, date, datetime
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

import zrtools as zr
from zrtools import codes, errors, formats, periods, schemas, words

ROOT = Path(__file__).parent.parent


def test_exception_tree_is_drawn_as_it_is() -> None:
    """The drawing in the docstring names every exception, and every one is a ZrtoolsError."""
    for name in errors.__all__:
        assert f" {name} " in (errors.__doc__ or "")
        assert issubclass(getattr(errors, name), zr.ZrtoolsError)
    assert issubclass(zr.InputError, ValueError)
    assert issubclass(zr.Interrupted, KeyboardInterrupt)


@pytest.mark.parametrize(
    "error",
    [
        zr.InputError("no", row=3),
        zr.ApiError("no", code=110, message="Invalid token.", field="token"),
        zr.TransportError("no", status_code=503),
        zr.PartialResultError("no", frame=schemas.empty(zr.schemas.COUNTS), missing=[date(2026, 10, 1)]),
        zr.Interrupted("no", frame=schemas.empty(zr.schemas.COUNTS), missing=[]),
    ],
    ids=lambda e: type(e).__name__,
)
def test_errors_survive_a_pickle(error: zr.ZrtoolsError) -> None:
    """An error from another process keeps its facts."""
    error.client_tag = "tag-1"
    again = pickle.loads(pickle.dumps(error))
    assert type(again) is type(error)
    assert again.args == error.args
    assert again.client_tag == "tag-1"
    assert set(vars(again)) == set(vars(error))


def test_every_carrier_of_a_module_is_listed() -> None:
    """A module never names a carrier that the carrier table does not know."""
    assert set(codes.MODULES.values()) <= {c.name for c in codes.CARRIERS.values()}


def test_every_category_has_a_labelled_action_and_origin() -> None:
    """What a category points at has wordings in both languages."""
    for category in (*codes.CATEGORIES.values(), codes.UNLISTED, codes.UNRECOGNISED):
        assert category.action in codes.ACTIONS
        assert category.origin in codes.ORIGINS


def test_dictionary_page_is_what_schemas_and_codes_say() -> None:
    """The data dictionary is generated: `poe dictionary` writes it anew."""
    spec = importlib.util.spec_from_file_location("dictionary", ROOT / "docs" / "dictionary.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    for path, ja in module.PAGES.items():
        assert path.read_text("utf-8") == module.page(ja)


def test_every_code_is_documented() -> None:
    """Each code of each table stands on the dictionary page."""
    page = (ROOT / "docs" / "dictionary.md").read_text("utf-8")
    for table in (codes.CARRIERS, codes.OUTCOMES, codes.MODULES, codes.CATEGORIES, codes.RESULTS):
        for code in table:
            assert f"| {code} |" in page


def test_every_column_is_explained_once() -> None:
    """No schema has a column without a meaning, and no meaning lacks its column."""
    used = {column for schema in schemas.FRAMES.values() for column in schema}
    assert used | {"rawdata"} == set(schemas.COLUMNS)


def test_every_column_is_explained_in_japanese() -> None:
    """Each column has its meaning in Japanese, too."""
    assert set(schemas.COLUMNS) - set(schemas.COLUMNS_JA) == set()
    assert set(schemas.COLUMNS_JA) - set(schemas.COLUMNS) == set()


@pytest.mark.parametrize("name", schemas.FRAMES)
def test_empty_frame_has_its_schema(name: str) -> None:
    """An empty frame is told from another one by its columns and types."""
    frame = schemas.empty(schemas.FRAMES[name])
    assert frame.schema == schemas.FRAMES[name]
    assert frame.height == 0


def test_schema_mismatch_says_got_and_expected() -> None:
    """A wrong frame is refused in terms of its columns."""
    frame = schemas.empty(schemas.COUNTS).with_columns(pl.col("month").cast(pl.String)).drop("through")
    with pytest.raises(
        zr.InputError, match="month: expected Date, got String; through: expected Date, got no such"
    ):
        schemas.check(frame, schemas.COUNTS, "COUNTS")


@given(st.dates(date(2000, 1, 1), date(2099, 12, 31)))
def test_a_day_reads_the_same_however_it_is_written(day: date) -> None:
    """A date, both spellings and a time on that day are one day."""
    for value in (
        day,
        f"{day:%Y-%m-%d}",
        f"{day:%Y%m%d}",
        f" {day:%Y%m%d} ",
        datetime(day.year, day.month, day.day, 23, 59),
    ):
        assert periods.day(value) == day
    assert periods.days(f"{day:%Y-%m}") == periods.days(day.replace(day=1), periods.month_end(day))
    assert (
        periods.month(f"{day:%Y%m}")
        == periods.month(f"{day:%Y-%m}")
        == periods.month(day)
        == day.replace(day=1)
    )


def test_an_aware_time_means_its_day_in_japan() -> None:
    """Late evening in UTC is the next day in Japan."""
    assert periods.day(datetime(2026, 10, 31, 20, 0, tzinfo=UTC)) == date(2026, 11, 1)
    assert periods.time(datetime(2026, 10, 31, 20, 0, tzinfo=UTC)).isoformat() == "2026-11-01T05:00:00+09:00"
    assert periods.time("2026-10-31 09:30") == periods.time(datetime(2026, 10, 31, 9, 30))


@pytest.mark.parametrize(
    "value", ["2026-13-01", "2026-02-30", "26-01-01", "2026/01/01", "", "２０２６０１０１", 20261001, None]
)
def test_what_is_not_a_day_is_refused(value: object) -> None:
    """A day that cannot be read is never guessed."""
    with pytest.raises(zr.InputError, match="must be a day"):
        periods.day(value)  # type: ignore[arg-type]


@pytest.mark.parametrize("value", ["2026-13", "2026-00", "202613", "October", "2026-10-01", None])
def test_what_is_not_a_month_is_refused(value: object) -> None:
    """A month that cannot be read is never guessed."""
    with pytest.raises(zr.InputError, match="must be a month"):
        periods.month(value)  # type: ignore[arg-type]


@pytest.mark.parametrize("value", ["2026-10-31", "2026-10-31 24:00", "09:30", "2026-02-30 10:00", None, 5])
def test_what_is_not_a_time_is_refused(value: object) -> None:
    """A time that cannot be read is never guessed."""
    with pytest.raises(zr.InputError, match="must be a time"):
        periods.time(value)  # type: ignore[arg-type]


def test_reversed_periods_are_refused() -> None:
    """An end before the start says so."""
    with pytest.raises(zr.InputError, match="reversed"):
        periods.days("2026-10-02", "2026-10-01")
    with pytest.raises(zr.InputError, match="reversed"):
        periods.months("2026-10", "2026-09")


def test_months_cross_the_year() -> None:
    """December is followed by January."""
    assert periods.months("2026-11", "202702") == [
        date(2026, 11, 1),
        date(2026, 12, 1),
        date(2027, 1, 1),
        date(2027, 2, 1),
    ]


@given(
    first=st.dates(date(1900, 1, 1), date(2100, 12, 31)).map(lambda d: d.replace(day=1)),
    count=st.integers(0, 600),
)
def test_months_before_counts_back_over_years(first: date, count: int) -> None:
    """From so many months before a month, as many more months lead to it."""
    before = periods.months_before(first, count)
    assert before.day == 1
    assert len(periods.months(before, first)) == count + 1
    assert periods.months_before(date(2027, 1, 1), 1) == date(2026, 12, 1)


def test_language_is_given_then_set_then_japanese(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is asked for wins over the environment, which wins over Japanese."""
    monkeypatch.delenv("ZRTOOLS_LANG", raising=False)
    assert words.language() == "ja"
    monkeypatch.setenv("ZRTOOLS_LANG", "en")
    assert words.language() == "en"
    assert words.language("ja") == "ja"
    with pytest.raises(zr.InputError, match="ZRTOOLS_LANG"):
        words.language("fr")


def test_unknown_carrier_is_named_and_new_ones_stay() -> None:
    """Null is an unknown carrier; a carrier that is not listed keeps its name."""
    assert words.carrier(None, "ja") == "キャリア不明"
    assert words.carrier(None, "en") == "unknown carrier"
    assert words.carrier("au", "ja") == "au"
    assert words.carrier("Nova", "ja") == "Nova"


def _fields(text: str) -> set[str]:
    from string import Formatter

    return {name.split(".")[0].split("[")[0] for _, name, _, _ in Formatter().parse(text) if name}


@pytest.mark.parametrize("path", sorted((ROOT / "zrtools" / "words").glob("[a-z]*.py")), ids=lambda p: p.stem)
def test_wordings_say_the_same_in_both_languages(path: Path) -> None:
    """Each wording has both languages, with the same fields to fill."""
    texts = importlib.import_module(f"zrtools.words.{path.stem}").TEXTS
    assert texts
    for key, label in texts.items():
        assert label.ja.strip(), key
        assert label.en.strip(), key
        assert _fields(label.ja) == _fields(label.en), key


@pytest.mark.parametrize(
    ("kind", "value", "ja", "en"),
    [
        ("count", -1234.4, "−1,234", "−1,234"),
        ("change", 5, "+5", "+5"),
        ("change", -1200, "−1,200", "−1,200"),
        ("rate", 0.0587, "5.9%", "5.9%"),
        ("rate_change", -0.021, "−2.1%", "−2.1%"),
        ("points", -0.0012, "−0.12", "−0.12"),
        ("month", date(2026, 10, 1), "2026年10月", "2026-10"),
        ("day", date(2026, 10, 4), "10/4（日）", "10-04 (Sun)"),
        ("time", datetime(2026, 10, 4, 9, 5), "10/4（日）09:05", "10-04 (Sun) 09:05"),
        ("count", None, "–", "–"),
        ("rate", float("nan"), "–", "–"),
    ],
)
def test_values_are_written_one_way(kind: formats.Kind, value: object, ja: str, en: str) -> None:
    """One table says how numbers, months, days and moments are written, with real minus signs, in both languages."""
    assert (formats.write(value, kind, "ja"), formats.write(value, kind, "en")) == (ja, en)


_JA = "[\u3040-\u30ff\u4e00-\u9fff々〆]"
STYLE = {
    "a half-width colon": rf"{_JA}: |: {_JA}",
    "half-width brackets around Japanese": rf"{_JA}\({_JA}[^()]*\)|\({_JA}[^()]*{_JA}\){_JA}",
    "a half-width comma, question or exclamation mark": rf"{_JA}[,!?]{_JA}|{_JA}\?$",
    "a full stop of English": rf"{_JA}\.(?:\s|$)",
    "a range with a dash or the other wave": r"～|[}0-9] ?[–—] ?[{0-9]",
    "a space before its unit": r"[}0-9] (?:件|通|円|日|時間|分|秒|行|文字|か月|個|回|枚|種類|つ|桁|バイト|年|社)",
}


@pytest.mark.parametrize(("fault", "pattern"), STYLE.items(), ids=list(STYLE))
def test_japanese_wording_has_one_style(fault: str, pattern: str) -> None:
    """Punctuation is full-width, a range has 〜, a unit no space: the rules of CONTRIBUTING that can be tested."""
    found = []
    for path in sorted((ROOT / "zrtools" / "words").glob("[a-z]*.py")):
        texts = importlib.import_module(f"zrtools.words.{path.stem}").TEXTS
        found += [(path.stem, key) for key, label in texts.items() if re.search(pattern, label.ja)]
    assert found == []


def test_days_periods_and_times_are_written_in_one_way() -> None:
    """A day has its weekday, a period names what its ends share once, a time stands after its day."""
    sunday, end = datetime(2026, 10, 4, 12, 30), datetime(2026, 10, 4, 15, 15)
    first, last = date(2026, 10, 1), date(2026, 10, 31)
    for lang, said in {
        "ja": (
            *(
                "2026年10月4日（日）",
                "10/4（日）",
                "2026年10月",
                "10/4（日）12:30",
                "2026年10月4日（日）12:30",
            ),
            *("10/4（日）12:30〜15:15", "10/4（日）12:30〜10/5（月）00:30"),
            *(
                "2026年10月1日〜31日",
                "2026年10月1日〜11月2日",
                "2026年10月1日〜2027年1月1日",
                "2026年10月1日",
            ),
            "10/1（木）、–、…",
        ),
        "en": (
            *("2026-10-04 (Sun)", "10-04 (Sun)", "2026-10", "10-04 (Sun) 12:30", "2026-10-04 (Sun) 12:30"),
            *("10-04 (Sun) 12:30 to 15:15", "10-04 (Sun) 12:30 to 10-05 (Mon) 00:30"),
            *(
                "2026-10-01 to 2026-10-31",
                "2026-10-01 to 2026-11-02",
                "2026-10-01 to 2027-01-01",
                "2026-10-01",
            ),
            "10-01 (Thu), –, …",
        ),
    }.items():
        assert (
            words.day(sunday, lang),
            words.day(sunday, lang, short=True),
            words.month(first, lang),
            words.moment(sunday, lang),
            words.moment(sunday, lang, short=False),
            words.stretch(sunday, end, lang),
            words.stretch(sunday, datetime(2026, 10, 5, 0, 30), lang),
            words.span(first, last, lang),
            words.span(first, date(2026, 11, 2), lang),
            words.span(first, date(2027, 1, 1), lang),
            words.span(first, first, lang),
            words.days([first, None, last], 2, lang),
        ) == said


# words that were given up, with what is said instead
RETIRED = {
    "ja": r"送信者番号|テンプレート|(?<!電話)番号クリーニング|(?<!配信)停止リスト|別人|判定不能|(?<!契約)クライアントID"
    r"|動かし|揺れ|意味の分からない",
    "en": r"told from chance|on (?:its|the) way|in the mean\b|hardly chance|lets expect",
}


def test_no_word_that_was_given_up_comes_back() -> None:
    """The vendor's names, and plain words: neither calques nor private words."""
    found = []
    for path in sorted((ROOT / "zrtools" / "words").glob("[a-z]*.py")):
        texts = importlib.import_module(f"zrtools.words.{path.stem}").TEXTS
        for key, label in texts.items():
            found += [
                (path.stem, key) for lang, worn in RETIRED.items() if re.search(worn, getattr(label, lang))
            ]
    assert found == []


def test_an_error_is_english_for_logs_and_carries_its_japanese(monkeypatch: pytest.MonkeyPatch) -> None:
    """The text is English; whoever asks gets the Japanese, also after a pickle; a notebook shows it below."""
    monkeypatch.delenv("ZRTOOLS_LANG", raising=False)
    with pytest.raises(zr.InputError) as caught:
        zr.failures.breakdown(3)
    for error in (caught.value, pickle.loads(pickle.dumps(caught.value))):
        assert str(error).startswith("frame must be a polars DataFrame")
        assert words.told(error, "en") == str(error)
        assert "polars の DataFrame" in words.told(error, "ja")
        assert not hasattr(error, "__notes__")
    monkeypatch.setattr("zrtools.errors.in_notebook", lambda: True)
    for lang, notes in (("ja", [words.told(caught.value, "ja")]), ("en", [])):
        monkeypatch.setenv("ZRTOOLS_LANG", lang)
        with pytest.raises(zr.InputError) as caught:
            zr.failures.breakdown(3)
        assert getattr(caught.value, "__notes__", []) == notes
