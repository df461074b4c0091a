"""Days, months and times at their edges: what is read, what is refused, and what lies just before."""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta, timezone
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

import zrtools as zr
from zrtools import periods

DATES = st.dates(date(1999, 12, 1), date(2101, 1, 31))
MONTHS = DATES.map(lambda d: d.replace(day=1))


# the period just before


@pytest.mark.parametrize(
    ("first", "last", "before"),
    [
        # a whole month: the month before, however long
        ("2026-10-01", "2026-10-31", ("2026-09-01", "2026-09-30")),
        ("2026-03-01", "2026-03-31", ("2026-02-01", "2026-02-28")),
        ("2026-02-01", "2026-02-28", ("2026-01-01", "2026-01-31")),
        ("2028-03-01", "2028-03-31", ("2028-02-01", "2028-02-29")),
        ("2026-01-01", "2026-01-31", ("2025-12-01", "2025-12-31")),
        # the first days of a month, or all but one: as many days
        ("2026-10-01", "2026-10-10", ("2026-09-21", "2026-09-30")),
        ("2026-10-01", "2026-10-30", ("2026-09-01", "2026-09-30")),
        ("2028-02-01", "2028-02-28", ("2028-01-04", "2028-01-31")),
        ("2026-10-02", "2026-10-31", ("2026-09-02", "2026-10-01")),
        # two months are no whole month: as many days
        ("2026-09-01", "2026-10-31", ("2026-07-02", "2026-08-31")),
        ("2026-10-05", "2026-10-05", ("2026-10-04", "2026-10-04")),
    ],
)
def test_a_whole_month_is_preceded_by_a_month_and_days_by_as_many_days(
    first: str, last: str, before: tuple[str, str]
) -> None:
    """1-10 October is compared with ten days, never with all of September."""
    found = periods.just_before(date.fromisoformat(first), date.fromisoformat(last))
    assert tuple(map(str, found)) == before


@given(DATES, st.integers(0, 400))
def test_what_lies_just_before_ends_the_day_before(first: date, more: int) -> None:
    """It ends on the day before, and has as many days unless a whole month was asked for."""
    last = first + timedelta(more)
    start, end = periods.just_before(first, last)
    assert end + timedelta(1) == first
    if (first.day, last) == (1, periods.month_end(first)):
        assert (start, periods.month_end(start)) == (end.replace(day=1), end)
    else:
        assert end - start == last - first


# days


@given(DATES, st.integers(0, 70))
def test_days_are_every_day_with_both_ends(first: date, more: int) -> None:
    """No day is left out, none stands twice, and they stand in order."""
    last = first + timedelta(more)
    found = periods.days(first, f"{last:%Y%m%d}")
    assert (found[0], found[-1], len(found)) == (first, last, more + 1)
    assert {b - a for a, b in pairwise(found)} <= {timedelta(1)}


def test_a_day_alone_is_one_day_and_a_month_alone_its_days() -> None:
    """Without an end the period is what start says."""
    assert periods.days("2026-10-31") == [date(2026, 10, 31)]
    assert len(periods.days("2028-02")) == 29
    assert len(periods.days("202602")) == 28


def test_a_month_at_the_end_means_its_last_day_and_at_the_start_its_first() -> None:
    """Months and days may be mixed."""
    found = periods.days("2026-09", "202610")
    assert (found[0], found[-1], len(found)) == (date(2026, 9, 1), date(2026, 10, 31), 61)
    assert periods.days("2026-09-30", "2026-10")[-1] == date(2026, 10, 31)
    assert periods.days("2026-09", "2026-10-01")[-1] == date(2026, 10, 1)


def test_a_date_of_the_first_is_a_day_not_a_month() -> None:
    """Only text can name a month: a date is that day."""
    assert periods.days(date(2026, 10, 1)) == [date(2026, 10, 1)]


# months


@given(MONTHS, st.integers(0, 40))
def test_months_are_every_month_with_both_ends(first: date, more: int) -> None:
    """Each month once, by its first day, over the turn of years."""
    last = first
    for _ in range(more):
        last = periods.month_end(last) + timedelta(1)
    found = periods.months(f"{first:%Y-%m}", last)
    assert (found[0], found[-1], len(found)) == (first, last, more + 1)
    assert found == sorted({d.replace(day=1) for d in periods.days(first, last)})
    assert periods.months_before(last, more) == first


def test_a_month_alone_is_one_month_whatever_day_names_it() -> None:
    """Any date or time of a month means the month."""
    october = [date(2026, 10, 1)]
    assert periods.months(date(2026, 10, 31)) == october
    assert periods.months(datetime(2026, 9, 30, 15, tzinfo=UTC)) == october
    assert periods.months("2026-10", date(2026, 10, 1)) == october


@given(DATES)
def test_the_end_of_a_month_is_the_day_before_the_next(day: date) -> None:
    """It lies in the month, and the next day does not."""
    end = periods.month_end(day)
    assert (end.month, end.year) == (day.month, day.year)
    assert (end + timedelta(1)).day == 1
    assert end.day == calendar.monthrange(day.year, day.month)[1]


# a day and a month as they are written


@pytest.mark.parametrize(
    ("read", "value", "meant"),
    [
        (periods.day, "2028-02-29", date(2028, 2, 29)),
        (periods.day, "20281231", date(2028, 12, 31)),
        (periods.day, "2026-1031", date(2026, 10, 31)),
        (periods.day, datetime(2026, 10, 31, 23, 59), date(2026, 10, 31)),
        (periods.day, datetime(2026, 10, 31, 14, 59, tzinfo=UTC), date(2026, 10, 31)),
        (periods.day, datetime(2026, 10, 31, 15, 0, tzinfo=UTC), date(2026, 11, 1)),
        (periods.month, " 2026-12\n", date(2026, 12, 1)),
        (periods.month, datetime(2026, 9, 30, 15, tzinfo=UTC), date(2026, 10, 1)),
        (periods.month, date(2026, 1, 31), date(2026, 1, 1)),
    ],
)
def test_days_and_months_are_read_at_their_edges(
    read: Callable[[object], date], value: object, meant: date
) -> None:
    """Leap days, the last of the year, blanks around, and midnight in Japan."""
    found = read(value)
    assert (type(found), found) == (date, meant)


@pytest.mark.parametrize(
    ("read", "kind"),
    [(periods.day, "a day"), (periods.month, "a month"), (periods.time, "a time in Japan")],
)
@pytest.mark.parametrize(
    "value",
    [
        "",
        "x2026-10-31 09:30",
        "2026-10-31 09:30x",
        "２０２６-１０-３１",
        "２０２６-１０",
        "２０２６-１０-３１ ０９:３０",
        "2026-10-31\n2026-10-31",
        "02026-10",
        "2026-10-311",
        "0000-01-01",
        "0000-01",
        "0000-01-01 00:00",
        20261031,
        b"2026-10-31",
    ],
)
def test_what_cannot_be_read_is_refused_with_what_was_given(
    read: Callable[[object], object], kind: str, value: object
) -> None:
    """The error shows the value, so that it can be found in a list, and a good example."""
    with pytest.raises(zr.InputError, match=f'must be {kind} such as "2026-10') as refused:
        read(value)
    assert str(refused.value).endswith(f", not {value!r}.")


@pytest.mark.parametrize("read", [periods.day, periods.month, periods.time])
def test_an_error_shows_no_number_that_was_given_for_a_date(read: Callable[[object], object]) -> None:
    """Two cells of a list swapped: the number is masked."""
    with pytest.raises(zr.InputError, match=re.escape("090****5678")):
        read("09012345678")


def test_errors_name_what_they_are_about() -> None:
    """Each reader names its own kind of value, or what it was called by, to the letter."""
    for read, name in ((periods.day, "date"), (periods.month, "month"), (periods.time, "schedule_time")):
        with pytest.raises(zr.InputError, match=rf"^{name} must be"):
            read("?")
        with pytest.raises(zr.InputError, match=r"^since must be"):
            read("?", "since")
    for listed in (periods.days, periods.months):
        with pytest.raises(zr.InputError, match=r"^start must be"):
            listed("?")
        with pytest.raises(zr.InputError, match=r"^start must be"):
            listed("2026-13", "2026-10")
        with pytest.raises(zr.InputError, match=r"^end must be"):
            listed("2026-10", "?")
        with pytest.raises(zr.InputError, match=r"^end must be"):
            listed("2026-10", "2026-13")
    with pytest.raises(zr.InputError, match=r"^start must be"):
        periods.days("2026-13")


def test_a_reversed_period_says_both_ends() -> None:
    """Both ends stand in the error; a period of one day or one month is not reversed."""
    with pytest.raises(zr.InputError, match=r"start is 2026-10-02, end is 2026-10-01\. Swap them"):
        periods.days("2026-10-02", "2026-10-01")
    with pytest.raises(zr.InputError, match=r"start is 2026-10, end is 2026-09\. Swap them"):
        periods.months("2026-10", "2026-09")
    assert periods.days("2026-10-02", "2026-10-02") == [date(2026, 10, 2)]


# times


@pytest.mark.parametrize(
    "text",
    [
        "2026-10-31 09:30",
        "2026-10-31T09:30",
        "2026-10-31 09:30:00",
        " 2026-10-31T09:30:59.999 ",
        datetime(2026, 10, 31, 9, 30, 59, 999),
        datetime(2026, 10, 31, 0, 30, 1, tzinfo=UTC),
    ],
)
def test_a_time_reads_the_same_however_it_is_written(text: str | datetime) -> None:
    """Blank or T between; seconds are left out, of text as of a datetime: the service takes minutes."""
    assert periods.time(text).isoformat() == "2026-10-31T09:30:00+09:00"


@pytest.mark.parametrize(
    ("given", "meant"),
    [
        (datetime(2026, 10, 31, 9, 30), "2026-10-31T09:30:00+09:00"),
        (datetime(2026, 10, 31, 23, 59, tzinfo=timezone(timedelta(hours=-5))), "2026-11-01T13:59:00+09:00"),
        ("2026-01-01 00:00", "2026-01-01T00:00:00+09:00"),
        ("2026-12-31 23:59", "2026-12-31T23:59:00+09:00"),
    ],
)
def test_a_naive_time_is_japans_and_an_aware_one_is_converted(given: datetime | str, meant: str) -> None:
    """The instant stays, and it is told in Japan's time."""
    found = periods.time(given)
    assert (found.isoformat(), found.tzinfo) == (meant, periods.TOKYO)


@pytest.mark.parametrize(
    "text", ["2026-10-31 09:30:60", "2026-10-31 9:30", "2026-10-31 09:60", "2026-10-31  09:30"]
)
def test_what_is_no_time_is_refused(text: str) -> None:
    """Neither a second nor a minute 60, nor an hour of one digit."""
    with pytest.raises(zr.InputError, match="must be a time in Japan"):
        periods.time(text)
