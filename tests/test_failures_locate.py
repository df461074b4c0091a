"""Where exactly a failure rate changed."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import numpy as np
import polars as pl
import pytest
from failures_frames import kinds, statuses
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

import zrtools as zr
from zrtools.periods import TOKYO
from zrtools.schemas import LOCATED

CARRIERS = ["au", "docomo", "SoftBank", "Rakuten Mobile"]
CAMPAIGNS = ["billing", "coupon", "news", "notice", "survey"]
BY = ["carrier", "campaign", "parts"]


def traffic(
    seed: int,
    cause: dict[str, list[Any]] | None = None,
    *,
    times: float = 5,
    size: int = 12_000,
    base: float = 0.03,
) -> pl.DataFrame:
    """Make a week of messages of which those of a cause fail so many times as often."""
    rng = np.random.default_rng(seed)
    frame = pl.DataFrame(
        {
            "carrier": rng.choice(CARRIERS, size, p=[0.3, 0.4, 0.2, 0.1]),
            "campaign": rng.choice(CAMPAIGNS, size),
            "parts": rng.choice([1, 2, 3], size, p=[0.5, 0.3, 0.2]),
            "client_tag": [f"{n:06d}" for n in rng.integers(0, 1_000_000, size)],
            "shift": rng.choice(["early", "late", "night"], size),
            "day": rng.integers(0, 7, size),
        }
    )
    chance = np.full(size, base) * (1 + 0.5 * (frame["carrier"] == "au").to_numpy())
    if cause:
        struck = frame.select(pl.all_horizontal(pl.col(c).is_in(v) for c, v in cause.items())).to_series()
        chance = np.where(struck.to_numpy(), np.minimum(chance * times, 0.9), chance)
    failed = rng.random(size) < chance
    start = date(2026, 10, 1)
    days = pl.lit(start) + pl.duration(days=pl.col("day"))
    return frame.with_columns(
        send_date=days.cast(pl.Date),
        day=days.cast(pl.Date),
        date_time=pl.lit(datetime(2026, 10, 1, 12, tzinfo=TOKYO)).cast(pl.Datetime("ms", "Asia/Tokyo")),
        status_id=pl.Series(np.where(failed, 3, 2), dtype=pl.Int16),
        detailed_status_id=pl.Series(np.where(failed, "12721", "2")),
    )


def places(found: pl.DataFrame) -> list[set[tuple[str, str | None]]]:
    """Give each row's columns and values."""
    return [{(one["column"], one["value"]) for one in where} for where in found["where"].to_list()]


def test_a_cause_that_shows_in_no_column_alone_is_found() -> None:
    """A hundredth of the traffic is named exactly, with figures that can be counted again."""
    cause = {"carrier": ["au"], "campaign": ["survey"], "parts": [3]}
    before, after = traffic(1), traffic(2, cause, times=9, size=20_000)
    found, why = zr.failures.locate(before, after, BY, lang="en", explain=True)
    assert found.schema == LOCATED
    assert places(found) == [{("carrier", "au"), ("campaign", "survey"), ("parts", "3")}]
    row = found.row(0, named=True)
    for name, frame in (("before", before), ("after", after)):
        here = frame.filter(carrier="au", campaign="survey", parts=3)
        assert row[f"settled_{name}"] == here.height
        assert row[f"failed_{name}"] == here.filter(status_id=3).height
        assert row[f"rate_{name}"] == pytest.approx(row[f"failed_{name}"] / here.height)
    assert row["excess_failures"] == pytest.approx(
        row["failed_after"] - row["settled_after"] * row["rate_before"]
    )
    assert 0 < row["low"] < row["excess_failures"] < row["high"]
    assert row["p_value"] < 1e-4
    rates = [zr.failures.breakdown(f, [])["failure_rate"].item() for f in (before, after)]
    whole = after.height * (rates[1] - rates[0])
    assert row["share_of_change"] == pytest.approx(min(row["excess_failures"] / whole, 1))
    assert "au x campaign survey x messages of 3 parts" in row["sentence"]
    assert why.endswith(": 1.")


@pytest.mark.parametrize(
    ("cause", "seed", "times"),
    [
        ({"carrier": ["docomo"]}, 3, 5),
        ({"campaign": ["coupon", "news"]}, 3, 5),
        ({"carrier": ["au", "SoftBank"], "campaign": ["notice"]}, 3, 5),
        # weak ones: a part of the campaign is as before, and effects that differ would explain that, too
        ({"carrier": ["au", "SoftBank"], "campaign": ["news"]}, 80, 3),
        ({"carrier": ["au"], "campaign": ["coupon", "news"]}, 90, 3),
    ],
)
def test_either_of_two_values_is_one_segment(cause: dict[str, list[str]], seed: int, times: float) -> None:
    """One value or several of a column are named, each once, in one row."""
    found = zr.failures.locate(traffic(seed), traffic(seed + 1, cause, times=times), BY)
    assert places(found) == [{(column, value) for column, values in cause.items() for value in values}]


@pytest.mark.parametrize(
    ("traffic_at_11", "struck_at_11", "late", "hours"),
    [
        (1.0, 0.0, 0.3, ["10"]),
        # nearly nothing else comes at that hour: of what comes most has failed
        (0.07, 0.0, 0.15, ["10"]),
        # late ones cannot be more than those on time: the next hour is struck, too, if less so
        (4.0, 0.12, 0.0, ["10", "11"]),
        # the last of a run may have little traffic
        (0.3, 0.25, 0.0, ["10", "11"]),
    ],
    ids=["as usual", "alone", "more of them", "fewer of them"],
)
def test_hours_of_late_reports_are_no_part_of_it(
    traffic_at_11: float, struck_at_11: float, late: float, hours: list[str]
) -> None:
    """Failures that are reported in the next hour neither add that hour to a segment nor make a row of their own."""
    periods = []
    for seed in (70, 71):
        rng = np.random.default_rng(seed + 1000)
        weights = np.ones(12)
        weights[3] = traffic_at_11
        hour = rng.choice(np.arange(8, 20), 24_000, p=weights / weights.sum())
        frame = traffic(seed, size=24_000)
        if seed == 71:
            chance = np.where(hour == 10, 0.25, np.where(hour == 11, struck_at_11, 0))
            struck = (frame["carrier"] == "au").to_numpy() & (rng.random(24_000) < chance)
            frame = frame.with_columns(
                status_id=pl.Series(np.where(struck, 3, frame["status_id"]), dtype=pl.Int16)
            )
            hour = np.where(struck & (hour == 10) & (rng.random(24_000) < late), 11, hour)
        periods.append(frame.with_columns(hour=pl.Series(hour)))
    before, after = periods
    later = after.filter(carrier="au", hour=11)["status_id"].eq(3).sum()
    assert later > 1.5 * before.filter(carrier="au", hour=11)["status_id"].eq(3).sum()
    expected = [{("carrier", "au"), *(("hour", hour) for hour in hours)}]
    assert places(zr.failures.locate(before, after, ["carrier", "campaign", "hour"])) == expected
    padded = [f.with_columns(pl.col("hour").cast(pl.String).str.zfill(2)) for f in periods]
    assert places(zr.failures.locate(*padded, ["carrier", "campaign", "hour"])) == expected


def test_a_fall_is_located_too() -> None:
    """Fewer failures than before are explained in the same way."""
    cause = {"carrier": ["docomo"], "campaign": ["billing"]}
    found = zr.failures.locate(traffic(5, cause), traffic(6), BY, lang="en")
    assert places(found) == [{("carrier", "docomo"), ("campaign", "billing")}]
    assert found["excess_failures"].item() < 0
    assert found["low"].item() < found["excess_failures"].item() < found["high"].item() < 0
    assert "fewer" in found["sentence"].item()


def test_two_causes_are_two_rows() -> None:
    """What the first segment leaves unexplained is searched again; `most` bounds it."""
    before, after = traffic(7), traffic(8, {"carrier": ["docomo"], "campaign": ["news"]}, times=7)
    other = traffic(9, {"carrier": ["au"], "campaign": ["survey"]}, times=7)
    mixed = pl.concat([after.filter(pl.col("campaign") != "survey"), other.filter(campaign="survey")])
    found = zr.failures.locate(before, mixed, BY)
    assert sorted(map(sorted, places(found))) == [
        [("campaign", "news"), ("carrier", "docomo")],
        [("campaign", "survey"), ("carrier", "au")],
    ]
    assert found["excess_failures"].is_sorted(descending=True)
    assert zr.failures.locate(before, mixed, BY, most=1).height == 1


def test_values_of_very_different_changes_are_two_rows() -> None:
    """Either of two values means the same change: nine times as often is not told together with 2.6 times."""
    before, after = traffic(310, size=60_000), traffic(311, {"campaign": ["coupon"]}, times=9, size=60_000)
    other = traffic(312, {"campaign": ["news"]}, times=2.6, size=60_000)
    mixed = pl.concat([after.filter(pl.col("campaign") != "news"), other.filter(campaign="news")])
    found = zr.failures.locate(before, mixed, [*BY, "shift"])
    assert places(found) == [{("campaign", "coupon")}, {("campaign", "news")}]


@pytest.mark.parametrize(
    ("after", "said", "japanese"),
    [
        (traffic(11), "No change was found", "変化は見つかりませんでした"),
        (traffic(12, {"carrier": CARRIERS}, times=2.5), "spread evenly", "全体に広がって"),
        (traffic(13, size=60), "Too little data", "データが少なすぎます"),
    ],
    ids=["no change", "evenly", "little"],
)
def test_nothing_is_named_where_nothing_stands_out(after: pl.DataFrame, said: str, japanese: str) -> None:
    """No rows, and with explain=True the reason."""
    before = traffic(10, size=60 if after.height < 100 else 12_000)
    found, why = zr.failures.locate(before, after, BY, lang="en", explain=True)
    assert found.is_empty()
    assert found.schema == LOCATED
    assert said in why
    assert japanese in zr.failures.locate(before, after, BY, lang="ja", explain=True)[1]


@pytest.mark.slow
def test_chance_is_rarely_named() -> None:
    """Campaigns whose level differs from day to day are not taken for a change in more than 1 of 20 quiet weeks."""
    said = 0
    for seed in range(40):
        rng = np.random.default_rng(seed)
        weeks = []
        for week in (0, 1):
            level = {(c, d): rng.lognormal(0, 0.3) for c in CAMPAIGNS for d in range(7)}
            base = traffic(1000 + 2 * seed + week)
            day = base["day"].dt.day() - 1
            chance = [0.03 * level[c, d] for c, d in zip(base["campaign"], day, strict=True)]
            failed = rng.random(base.height) < np.array(chance)
            weeks.append(base.with_columns(status_id=pl.Series(np.where(failed, 3, 2), dtype=pl.Int16)))
        said += zr.failures.locate(*weeks, BY).height > 0
    assert said <= 2


@settings(max_examples=8, deadline=None)
@given(st.integers(0, 10**6), st.permutations(BY), st.permutations(CAMPAIGNS))
def test_order_of_rows_columns_and_values_does_not_matter(seed: int, by: list[str], names: list[str]) -> None:
    """Shuffled rows, other names in another order and columns named in another order give the same segments."""
    cause = {"carrier": ["docomo"], "campaign": ["coupon"]}
    before, after = traffic(14), traffic(15, cause, times=4)
    plain = zr.failures.locate(before, after, BY)
    shuffled = zr.failures.locate(before.sample(fraction=1, shuffle=True, seed=seed), after.reverse(), by)
    assert_frame_equal(plain, shuffled, rel_tol=1e-9)
    new = dict(zip(CAMPAIGNS, [f"{n}-{name}" for n, name in enumerate(names)], strict=True))
    renamed = [f.with_columns(pl.col("campaign").replace_strict(new)) for f in (before, after)]
    assert places(zr.failures.locate(*renamed, by)) == [
        {(c, new.get(v or "", v)) for c, v in place} for place in places(plain)
    ]


@pytest.mark.parametrize("seed", [20, 30, 40])
def test_an_irrelevant_column_changes_nothing(seed: int) -> None:
    """A column that has nothing to do with it is not named, and does not change what is."""
    cause = {"carrier": ["SoftBank"], "campaign": ["news"]}
    before, after = traffic(seed), traffic(seed + 1, cause, times=5)
    expected = [{("carrier", "SoftBank"), ("campaign", "news")}]
    assert places(zr.failures.locate(before, after, BY)) == expected
    assert places(zr.failures.locate(before, after, [*BY, "shift"])) == expected
    # of columns that divide the messages alike the usual one is named, whatever comes first
    copies = [f.with_columns(copied=pl.col("campaign"), a_copy=pl.col("campaign")) for f in (before, after)]
    assert places(zr.failures.locate(*copies, ["a_copy", *BY, "copied"])) == expected


def test_many_values_neither_break_nor_win() -> None:
    """200,000 tags, a message or two each, are searched and not named."""
    cause = {"carrier": ["docomo"]}
    before, after = traffic(50, size=200_000), traffic(51, cause, times=2, size=200_000)
    found = zr.failures.locate(before, after, ["client_tag", "carrier"])
    assert places(found) == [{("carrier", "docomo")}]
    quiet = traffic(52, size=200_000)
    assert zr.failures.locate(before, quiet, ["client_tag"]).is_empty()


def test_null_is_a_value_and_texts_are_given() -> None:
    """A segment of messages without a carrier is named with null; whole numbers and truths become text."""
    before, after = traffic(53), traffic(54, {"carrier": ["au"]})
    unknown = [
        f.with_columns(carrier=pl.when(pl.col("carrier") != "au").then("carrier"), new=pl.col("parts") == 1)
        for f in (before, after)
    ]
    found = zr.failures.locate(*unknown, ["carrier", "new"], lang="en")
    assert places(found) == [{("carrier", None)}]
    assert found["sentence"].item().startswith("unknown")


def test_columns_of_any_kind_of_names_are_taken() -> None:
    """Categories, days, truths, null alone, and hours that are none: each is searched, none is in the way."""
    number = pl.int_range(pl.len())
    columns = {
        "kind": pl.col("shift").cast(pl.Categorical),
        "on": pl.col("send_date"),
        "even": number % 2 == 0,
        "nothing": pl.lit(None),
        "hour": pl.when(number % 3 > 0).then(pl.lit("９時")),
        "huge": pl.lit(2**64 - 1, pl.UInt64) - (number % 2).cast(pl.UInt64),
    }
    before, after = (f.with_columns(**columns) for f in (traffic(53), traffic(54, {"carrier": ["docomo"]})))
    found = zr.failures.locate(before, after, ["carrier", *columns])
    assert places(found) == [{("carrier", "docomo")}]


def test_reasons_of_failure_are_columns_too() -> None:
    """Only one code of one carrier rises: it is named, its rate is over all that settled there."""
    before, after = traffic(55), traffic(56)
    struck = (pl.col("carrier") == "docomo") & (pl.col("parts") == 2) & (pl.int_range(pl.len()) % 8 == 0)
    after = after.with_columns(
        status_id=pl.when(struck).then(3).otherwise("status_id").cast(pl.Int16),
        detailed_status_id=pl.when(struck).then(pl.lit("31823")).otherwise("detailed_status_id"),
    )
    before = before.with_columns(
        detailed_status_id=pl.when((pl.col("status_id") == 3) & (pl.int_range(pl.len()) % 5 == 0))
        .then(pl.lit("31823"))
        .otherwise("detailed_status_id")
    )
    found = zr.failures.locate(before, after, [*BY, "failure_category"], lang="en")
    assert ("failure_category", "network") in places(found)[0]
    assert ("carrier", "docomo") in places(found)[0]
    assert ("parts", "2") in places(found)[0]
    row = found.row(0, named=True)
    assert row["settled_after"] == after.filter(carrier="docomo", parts=2).height


def test_every_engine_gives_the_same() -> None:
    """Eager, lazy and DuckDB frames are counted where they are, and located alike."""
    before, after = traffic(57), traffic(58, {"carrier": ["au"], "parts": [2]})
    columns = ["send_date", "date_time", "carrier", "parts", "campaign", "status_id", "detailed_status_id"]
    expected = zr.failures.locate(before, after, BY)
    assert expected.height == 1
    for name, frame in kinds(before.select(columns)).items():
        other = kinds(after.select(columns))[name]
        assert_frame_equal(zr.failures.locate(frame, other, BY), expected, rel_tol=1e-9)


def test_columns_are_chosen_where_none_are_named() -> None:
    """Carrier, sender, campaign, template, parts, hour, weekday, host and module are looked at."""
    body = "お知らせです。https://a.example/x"
    before, after = (
        f.with_columns(
            client_tag=pl.col("campaign") + "-" + pl.col("client_tag"),
            message=pl.lit(body),
            sms_code=pl.lit("51000"),
        ).drop("campaign", "parts", "day")
        for f in (traffic(59), traffic(60, {"campaign": ["survey"]}))
    )
    found, why = zr.failures.locate(before, after, lang="en", explain=True)
    assert places(found) == [{("campaign", "survey")}]
    for column in (
        "carrier",
        "sender",
        "template",
        "parts",
        "hour",
        "weekday",
        "host of the link",
        "first digits of the code",
    ):
        assert column in why


def test_numbers_in_values_are_masked_where_people_read() -> None:
    """A sentence shows no whole phone number."""
    before, after = (
        f.with_columns(
            list=pl.when(pl.col("campaign") == "news").then(pl.lit("+819012345678")).otherwise("campaign")
        )
        for f in (traffic(61), traffic(62, {"campaign": ["news"]}))
    )
    found = zr.failures.locate(before, after, ["list"])
    assert places(found) == [{("list", "+819012345678")}]
    assert "9012345678" not in found["sentence"].item()


@pytest.mark.parametrize(
    ("by", "message"),
    [
        (["carrier", "nothing"], "No column 'nothing'"),
        ([], "at least one"),
        (["carrier", "carrier"], "each once"),
        (["price"], "price holds Float64"),
        (["date_time"], "date_time holds Datetime"),
        ([f"c{n}" for n in range(11)], "at most 10"),
        (["status_id"], "says what became of a message"),
        (["messages"], "rename it first"),
        (["#carrier", "carrier"], "rename it first"),
    ],
)
def test_columns_that_cannot_be_searched_are_refused(by: list[str], message: str) -> None:
    """Unknown, repeated, fractional, timed and too many columns: the error says which and what to do."""
    frame = traffic(63, size=100).with_columns(price=pl.lit(1.5), **{f"c{n}": pl.lit("x") for n in range(11)})
    with pytest.raises(zr.InputError, match=message):
        zr.failures.locate(frame, frame, by)


def test_an_empty_period_and_open_days_are_refused() -> None:
    """A period without settled messages, days not final and a wrong `most` say what to do."""
    frame = traffic(64, size=200)
    with pytest.raises(zr.InputError, match="period after has no settled message"):
        zr.failures.locate(frame, frame.clear(), BY)
    with pytest.raises(zr.InputError, match="no column in common"):
        zr.failures.locate(frame.select("status_id", "detailed_status_id"), statuses([]).select("status_id"))
    pending = frame.with_columns(status_id=pl.lit(1, pl.Int16)).head(50)
    with pytest.raises(zr.InputError, match="pending"):
        zr.failures.locate(frame, pl.concat([frame, pending]), BY)
    assert zr.failures.locate(frame, pl.concat([frame, pending]), BY, unsettled_days=True).is_empty()
    for most in (0, True, 1.5):
        with pytest.raises(zr.InputError, match="most"):
            zr.failures.locate(frame, frame, BY, most=most)  # type: ignore[arg-type]  # the mistake is the point


@pytest.mark.slow
def test_ten_columns_of_a_million_cells_come_back() -> None:
    """Nearly every message is a cell of its own: the planted pair is found all the same."""
    rng = np.random.default_rng(1)
    periods = []
    for after in (False, True):
        size = 500_000
        frame = pl.DataFrame({f"c{n}": rng.integers(0, 10, size) for n in range(10)})
        chance = np.where(after & (frame["c3"] == 4).to_numpy() & (frame["c7"] == 2).to_numpy(), 0.12, 0.03)
        failed = rng.random(size) < chance
        periods.append(
            frame.with_columns(
                send_date=pl.lit(date(2026, 10, 1) + timedelta(after)),
                date_time=pl.lit(datetime(2026, 10, 1, 12, tzinfo=TOKYO)).cast(
                    pl.Datetime("ms", "Asia/Tokyo")
                ),
                status_id=pl.Series(np.where(failed, 3, 2), dtype=pl.Int16),
                detailed_status_id=pl.lit("2"),
            )
        )
    found = zr.failures.locate(*periods, [f"c{n}" for n in range(10)])
    assert places(found) == [{("c3", "4"), ("c7", "2")}]
