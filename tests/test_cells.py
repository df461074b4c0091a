"""Days, months, times and figures as files hold them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from zrtools import cells

DAYS = {
    "2026-04-01": date(2026, 4, 1),
    "2026/4/1": date(2026, 4, 1),
    "2026.4.1": date(2026, 4, 1),
    "2026/4/1 0:00": date(2026, 4, 1),
    "2026-04-01 00:00:00": date(2026, 4, 1),
    "2026-04-01T00:00:00": date(2026, 4, 1),
    "26/4/1": date(2026, 4, 1),
    "20260401": date(2026, 4, 1),
    "2026年4月1日": date(2026, 4, 1),
    "2026年4月1日(水)": date(2026, 4, 1),
    "２０２６年４月１日": date(2026, 4, 1),
    "２０２６／４／１": date(2026, 4, 1),
    "令和8年4月1日": date(2026, 4, 1),
    "令和元年5月1日": date(2019, 5, 1),
    "平成31年4月1日": date(2019, 4, 1),
    "R8.4.1": date(2026, 4, 1),
    "r8/4/1": date(2026, 4, 1),
    "H31.4.1": date(2019, 4, 1),
    "46296": date(2026, 10, 1),
    "46296.75": date(2026, 10, 1),
    " 2026-04-01 ": date(2026, 4, 1),
}
NO_DAYS = ["", "4/1", "1/4/2026", "04012026", "1926-04-01", "2126-04-01", "4629-06-01", "2026-02-30", "2026-04", "123",
           "99999", "昨日", "8年4月1日", "26.4.1", "2026-04-01x", "2026/4/1 25:00"]  # fmt: skip
MONTHS = {
    "2026-10": date(2026, 10, 1),
    "2026/10": date(2026, 10, 1),
    "2026.10": date(2026, 10, 1),
    "202610": date(2026, 10, 1),
    "2026年10月": date(2026, 10, 1),
    "2026年10月分": date(2026, 10, 1),
    "2026年10月度": date(2026, 10, 1),
    "令和8年10月分": date(2026, 10, 1),
    "R8.10": date(2026, 10, 1),
    "R8.4": date(2026, 4, 1),
    "令和8.4月分": date(2026, 4, 1),
    "46296": date(2026, 10, 1),
    "2026/10/1 0:00": date(2026, 10, 1),
    "2026-10-31": date(2026, 10, 1),
    "２０２６年１０月": date(2026, 10, 1),
}
NO_MONTHS = ["", "10月", "2026", "2026.1", "2026-13", "462906", "4629-06", "99/10", "合計"]
TIMES = {
    "2026/10/31 9:30": datetime(2026, 10, 31, 9, 30),
    "2026/10/31 9:05:07": datetime(2026, 10, 31, 9, 5, 7),
    "2026-10-31 09:30:15.123": datetime(2026, 10, 31, 9, 30, 15, 123_000),
    "2026-10-31T09:30:15Z": datetime(2026, 10, 31, 18, 30, 15),
    "2026-10-31T09:30:15+09:00": datetime(2026, 10, 31, 9, 30, 15),
    "2026-10-31T00:30:00-0500": datetime(2026, 10, 31, 14, 30),
    "2026/10/31 24:00": datetime(2026, 11, 1),
    "2026年10月31日 9時30分": datetime(2026, 10, 31, 9, 30),
    "2026/10/31 午後3:05": datetime(2026, 10, 31, 15, 5),
    "2026/10/31 3:05 PM": datetime(2026, 10, 31, 15, 5),
    "2026/10/31 12:05 AM": datetime(2026, 10, 31, 0, 5),
    "20261031 093015123": datetime(2026, 10, 31, 9, 30, 15, 123_000),
    "46326.396875": datetime(2026, 10, 31, 9, 31, 30),
    "2026/10/31": datetime(2026, 10, 31),
}
FIGURES = {
    "500": "500",
    "1,200": "1200",
    "1,234,567.50": "1234567.50",
    "1200.00": "1200",
    "８．５": "8.5",
    "8.5円": "8.5",
    "¥8.5": "8.5",
    "￥1,200": "1200",
    "\\500": "500",
    "500円(税抜)": "500",
    "500円（税込）": "500",
    "20通": "20",
    "▲500": "-500",
    "△500": "-500",
    "(500)": "-500",
    "（500）": "-500",
    "\u2212500": "-500",
    "－500": "-500",
    "500-": "-500",
    "￥500-": "-500",
    "¥-500": "-500",
    "-¥500": "-500",
    "▲¥1,500円": "-1500",
}
NO_FIGURES = ["", "-", "--5", "(-5)", "12,00", "1,2345", "abc", "1e3", "5%", "1.2.3", "¥", "5 or 6", "１２月"]


def read(how: Callable[[pl.Expr], pl.Expr], text: str | None) -> object:
    """Read one cell."""
    return pl.DataFrame({"c": [text]}, schema={"c": pl.String}).select(how(pl.col("c"))).item()


@pytest.mark.parametrize(("text", "expected"), DAYS.items())
def test_days_are_read_however_they_are_written(text: str, expected: date) -> None:
    """What Excel, programs and people write means the same day everywhere."""
    assert read(cells.days, text) == expected


@pytest.mark.parametrize("text", [*NO_DAYS, None])
def test_what_is_not_exactly_one_day_is_not_read(text: str | None) -> None:
    """Other orders, half days and years outside 2000 to 2100 are refused, never guessed."""
    assert read(cells.days, text) is None


@pytest.mark.parametrize(("text", "expected"), MONTHS.items())
def test_months_are_read_however_they_are_written(text: str, expected: date) -> None:
    """A month is its first day; a day in it will do."""
    assert read(cells.months, text) == expected


@pytest.mark.parametrize("text", NO_MONTHS)
def test_what_is_not_exactly_one_month_is_not_read(text: str) -> None:
    """2026.1 may be October that lost its zero."""
    assert read(cells.months, text) is None


@pytest.mark.parametrize(("text", "expected"), TIMES.items())
def test_times_are_read_however_they_are_written(text: str, expected: datetime) -> None:
    """Times mean Japan, those of another zone are converted, 24:00 is the next midnight."""
    assert read(cells.moments, text) == expected


@pytest.mark.parametrize(("text", "expected"), FIGURES.items())
def test_figures_are_read_however_they_are_written(text: str, expected: str) -> None:
    """Signs of accounting are minus signs, units and taxes are passed over, digits stay."""
    assert read(cells.figures, text) == expected


@pytest.mark.parametrize("text", NO_FIGURES)
def test_what_is_not_exactly_one_figure_is_not_read(text: str) -> None:
    """Commas in odd places and two signs are refused, never guessed."""
    assert read(cells.figures, text) is None


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("電話番号", " 電話\n番号 "),
        ("ﾃﾞｰﾀ", "データ"),
        ("デ", "テ\u3099"),
        ("Client_ID", "ｃｌｉｅｎｔ＿ｉｄ"),
    ],
)
def test_headings_are_compared_without_width_case_and_composition(one: str, other: str) -> None:
    """A heading typed on another machine is the same heading."""
    assert cells.folded(one) == cells.folded(other)


_ALL_DAYS = st.dates(date(2000, 1, 1), date(2100, 12, 31))
_FULL = str.maketrans("0123456789/-.", "０１２３４５６７８９／－．")


@pytest.mark.slow
@given(_ALL_DAYS, st.booleans(), st.booleans())
def test_every_day_comes_back_from_every_way_to_write_it(day: date, full: bool, time: bool) -> None:
    """No way to write a day moves it, between the year 2000 and 2100."""
    clock = " 0:00" if time else ""
    written = [
        f"{day.year}/{day.month}/{day.day}{clock}",
        f"{day:%Y-%m-%d}{clock}",
        f"{day:%Y%m%d}",
        f"{day.year}年{day.month}月{day.day}日{clock}",
        str((day - date(1899, 12, 30)).days),
        *([f"令和{day.year - 2018}年{day.month}月{day.day}日", f"R{day.year - 2018}.{day.month}.{day.day}"]
          if date(2019, 5, 1) <= day < date(2100, 1, 1) else []),
        *([f"{day:%y}/{day.month}/{day.day}"] if day.year < 2100 else []),
    ]  # fmt: skip
    frame = pl.DataFrame({"c": [w.translate(_FULL) if full else w for w in written]})
    found = frame.select(d=cells.days(pl.col("c")), m=cells.months(pl.col("c")))
    assert found["d"].unique().to_list() == [day]
    assert found["m"].unique().to_list() == [day.replace(day=1)]


@pytest.mark.slow
@given(st.datetimes(datetime(2000, 1, 2), datetime(2100, 12, 30)), st.integers(-12, 14))
def test_every_time_comes_back_in_japans_clock(moment: datetime, hours: int) -> None:
    """ISO times of any zone and Excel's fractions of a day mean the same second."""
    whole = moment.replace(microsecond=0)
    there = whole + timedelta(hours=hours - 9)
    serial = (whole - datetime(1899, 12, 30)) / timedelta(days=1)
    assert read(cells.moments, f"{there:%Y-%m-%dT%H:%M:%S}{hours:+03d}:00") == whole
    assert read(cells.moments, f"{serial:.9f}") == whole


@pytest.mark.slow
@given(st.decimals(-(10**12), 10**12, allow_nan=False, places=2))
def test_every_figure_comes_back_from_every_way_to_write_it(value: Decimal) -> None:
    """No way to write a figure changes it."""
    plain = f"{abs(value):,.2f}"
    signs = (
        ["▲{}", "△{}", "({})", "（{}）", "−{}", "{}-", "¥-{}", "-¥{}円"]
        if value < 0
        else ["{}", "¥{}", "{}円(税抜)", "{}通"]
    )
    for sign in signs:
        found = read(cells.figures, sign.format(plain))
        assert Decimal(str(found)) == value
