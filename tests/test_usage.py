"""Monthly usage: sums, shares, changes, pivots, on every engine; what messages of a length were billed as."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import zrtools as zr
from zrtools import usage
from zrtools.periods import TOKYO, month_end
from zrtools.schemas import COUNTS, DAILY_USAGE, DLR, FRAMES, MONTHLY, PARTS, STATUS, empty

CARRIERS = {"101": "au", "103": "docomo", "105": "SoftBank", "106": "Rakuten Mobile"}


def counts(cells: dict[tuple[str, str, str], int], *, through: dict[str, date] | None = None) -> pl.DataFrame:
    """Make COUNTS from {(month, client, carrier id): count}."""
    rows = [
        (first, client, carrier, CARRIERS.get(carrier), count, (through or {}).get(month, month_end(first)))
        for (month, client, carrier), count in cells.items()
        for first in [date.fromisoformat(f"{month}-01")]
    ]
    return pl.DataFrame(rows, schema=COUNTS, orient="row")


def statuses(*rows: tuple[str, str | None, int, int | None], **columns: Any) -> pl.DataFrame:
    """Make STATUS from (day sent, carrier id, status id, billable count); received at noon of the same day."""
    made = [
        {
            "send_date": date.fromisoformat(day),
            "date_time": datetime.fromisoformat(f"{day}T12:00").replace(tzinfo=TOKYO),
            "phone_number": "+819012345678",
            "message": "あ" * 10,
            "sms_code": "12345",
            "carrier_id": carrier,
            "carrier": CARRIERS.get(carrier or ""),
            "status_id": status,
            "client_tag": None,
            "detailed_status_id": None,
            "separated_success_count": count,
        }
        for day, carrier, status, count in rows
    ]
    return pl.DataFrame(made, schema=STATUS).with_columns(**columns)


def test_shares_and_changes_are_as_computed_by_hand() -> None:
    """200 of 800 is a quarter; 200 after 160 is 40 more, that is 25 %; 200 a year after 100 is 100 %."""
    frame = usage.monthly(
        counts(
            {
                ("2025-10", "7", "101"): 100,
                ("2025-10", "7", "103"): 0,
                ("2026-09", "7", "101"): 160,
                ("2026-09", "7", "103"): 600,
                ("2026-10", "7", "101"): 200,
                ("2026-10", "7", "103"): 600,
            }
        )
    )
    assert frame.schema == MONTHLY
    au, docomo = frame.filter(pl.col("month") == date(2026, 10, 1)).to_dicts()
    assert (au["share"], docomo["share"]) == (0.25, 0.75)
    assert (au["previous"], au["change"], au["change_rate"]) == (160, 40, 0.25)
    assert (au["year_before"], au["year_change"], au["year_change_rate"]) == (100, 100, 1.0)
    assert (docomo["change"], docomo["change_rate"]) == (0, 0.0)
    # from nothing to something is a change, but no rate
    assert (docomo["year_before"], docomo["year_change"], docomo["year_change_rate"]) == (0, 600, None)


def test_month_that_nobody_has_is_not_a_zero() -> None:
    """Without September there is no change to September."""
    frame = usage.monthly(counts({("2026-08", "7", "101"): 5, ("2026-10", "7", "101"): 9}))
    assert frame["previous"].to_list() == [None, None]
    assert frame["change"].to_list() == [None, None]


def test_client_that_others_months_name_was_at_zero() -> None:
    """A client that is absent in a month in which another client has rows sent nothing in it."""
    frame = usage.monthly(
        counts({("2026-09", "7", "101"): 5, ("2026-10", "7", "101"): 6, ("2026-10", "8", "101"): 4}),
        clients={"7": "北店"},
    )
    new = frame.filter(pl.col("client_id") == "8").row(0, named=True)
    assert (new["previous"], new["change"], new["change_rate"]) == (0, 4, None)
    assert new["client"] == "8"
    assert frame["client"].to_list() == ["北店", "北店", "8"]
    assert frame["share"].to_list() == [1.0, 1.0, 1.0]
    assert frame["share_of_month"].to_list() == [1.0, 0.6, 0.4]


def test_running_month_is_not_compared() -> None:
    """Half a month against a whole one says nothing, so there is no change."""
    frame = usage.monthly(
        counts(
            {("2026-10", "7", "101"): 100, ("2026-11", "7", "101"): 50},
            through={"2026-11": date(2026, 11, 15)},
        )
    )
    running = frame.row(1, named=True)
    assert (running["complete"], running["previous"], running["change"]) == (False, 100, None)


def test_month_without_messages_has_no_shares() -> None:
    """0 of 0 is null, not a division error."""
    frame = usage.monthly(counts({("2026-10", "7", "101"): 0, ("2026-10", "7", "103"): 0}))
    assert frame["share"].to_list() == [None, None]
    assert frame["share_of_month"].to_list() == [None, None]


def test_newest_snapshot_counts() -> None:
    """Of two snapshots the later one stands, whole: what it leaves out does not come from the older one."""
    old = counts({("2026-10", "7", "101"): 5, ("2026-10", "7", "102"): 1})
    new = counts({("2026-10", "7", "101"): 9})
    taken = [datetime(2026, 11, d, 3, tzinfo=TOKYO) for d in (1, 2)]
    history = pl.concat(
        f.with_columns(pl.lit(t).cast(pl.Datetime("ms", "Asia/Tokyo")).alias("taken"))
        for f, t in zip((old, new), taken, strict=True)
    )
    assert usage.monthly(history)["separated_success_count"].to_list() == [9]


def test_the_same_count_twice_is_refused() -> None:
    """Two answers of one month would be added up silently."""
    twice = pl.concat([counts({("2026-10", "7", "101"): 5})] * 2)
    with pytest.raises(zr.InputError, match="2026-10, client 7, carrier 101 stand there more than once"):
        usage.monthly(twice)


def test_neither_counts_nor_statuses_is_refused() -> None:
    """Another frame is named for what it is not."""
    with pytest.raises(zr.InputError, match="neither a COUNTS nor a STATUS frame"):
        usage.monthly(pl.DataFrame({"a": [1]}))
    with pytest.raises(zr.InputError, match="No column date_time, carrier_id"):
        usage.daily(pl.DataFrame({"status_id": [2]}))
    with pytest.raises(zr.InputError, match="not list"):
        usage.daily([1])  # type: ignore[arg-type]  # the wrong kind is the test


def test_statuses_are_added_up_with_what_is_pending_kept_apart() -> None:
    """Delivered, failed and pending messages of a day stand apart, and so do their billable counts."""
    frame = usage.daily(
        statuses(
            ("2026-10-30", "101", 2, 3),
            ("2026-10-30", "101", 3, 2),
            ("2026-10-30", None, 1, None),
            ("2026-10-31", "101", 2, 1),
        )
    )
    assert frame.schema == DAILY_USAGE
    first = frame.row(0, named=True)
    assert (first["messages"], first["delivered"], first["failed"], first["pending"]) == (2, 1, 1, 0)
    assert (first["delivered_count"], first["failed_count"]) == (3, 2)
    waiting = frame.row(1, named=True)
    assert (waiting["carrier_id"], waiting["pending"], waiting["delivered_count"]) == (None, 1, 0)
    assert frame["messages"].sum() == 4


def test_statuses_that_came_a_month_later_are_told() -> None:
    """A message of the 31st whose status came on the 1st may be counted in either month."""
    later = datetime(2026, 11, 1, 0, 5, tzinfo=TOKYO)
    frame = usage.daily(
        statuses(
            ("2026-10-31", "101", 2, 3),
            ("2026-10-31", "101", 3, 2),
            date_time=pl.lit(later).cast(STATUS["date_time"]),
        )
    )
    assert frame.select("late_delivered_count", "late_failed_count").row(0) == (3, 2)


def test_day_comes_from_the_status_where_no_sending_day_is_known() -> None:
    """Statuses asked by tag have no send_date: their date_time's date in Japan stands in."""
    early = datetime(2026, 10, 31, 0, 30, tzinfo=TOKYO)
    frame = usage.daily(
        statuses(
            ("2026-10-01", "101", 2, 1),
            send_date=pl.lit(None, dtype=pl.Date),
            date_time=pl.lit(early).cast(STATUS["date_time"]),
        )
    )
    assert frame["send_date"].to_list() == [date(2026, 10, 31)]


def test_times_of_another_zone_are_refused() -> None:
    """A month in UTC is not a month in Japan."""
    other = statuses(("2026-10-01", "101", 2, 1)).with_columns(
        pl.col("date_time").dt.convert_time_zone("UTC")
    )
    with pytest.raises(zr.InputError, match="convert the column to Asia/Tokyo"):
        usage.daily(other)


def test_monthly_from_statuses_follows_the_basis() -> None:
    """Failed messages' billable counts are in by default and out on request."""
    frame = statuses(("2026-10-01", "101", 2, 3), ("2026-10-31", "101", 3, 2), ("2026-10-31", None, 0, None))
    both = usage.monthly(frame)
    assert both["separated_success_count"].to_list() == [5]
    assert both["complete"].to_list() == [True]
    assert usage.monthly(frame, basis="delivered")["separated_success_count"].to_list() == [3]


def test_last_month_of_statuses_reaches_as_far_as_told() -> None:
    """A quiet month's end is no gap when the caller says how far the statuses reach."""
    frame = statuses(("2026-10-29", "101", 2, 1))
    assert usage.monthly(frame)["through"].to_list() == [date(2026, 10, 29)]
    for end in (date(2026, 10, 31), "2026-10-31", "20261031"):
        assert usage.monthly(frame, through=end)["complete"].to_list() == [True]


def test_delivery_reports_say_nothing_about_failed_ones() -> None:
    """Pushed reports bill only delivered messages, so the failed count is unknown, not 0."""
    row = {
        "date_time": datetime(2026, 10, 5, 12, tzinfo=TOKYO),
        "carrier_id": "101",
        "carrier": "au",
        "client_id": "7",
        "status_id": 2,
        "separated_success_count": 2,
    }
    frame = pl.DataFrame([row, row | {"status_id": 3, "separated_success_count": None}], schema=DLR)
    day = usage.daily(frame).row(0, named=True)
    assert (day["client_id"], day["delivered_count"], day["failed"], day["failed_count"]) == ("7", 2, 1, None)
    assert usage.monthly(frame)["separated_success_count"].to_list() == [2]


@pytest.mark.parametrize("frame", [empty(COUNTS), empty(STATUS), empty(STATUS).lazy(), empty(DLR)])
def test_nothing_in_gives_an_empty_frame_of_the_same_schema(frame: pl.DataFrame) -> None:
    """An empty month is a frame without rows, never an error."""
    made = usage.monthly(frame)
    assert made.schema == MONTHLY
    assert made.height == 0
    assert usage.pivot(made).height == 0


def test_pivot_has_totals_both_ways() -> None:
    """Months down, carriers across in the service's order, with sums at both ends."""
    frame = usage.pivot(
        counts(
            {
                ("2026-09", "7", "103"): 2,
                ("2026-09", "7", "101"): 1,
                ("2026-10", "7", "101"): 4,
                ("2026-10", "8", "101"): 8,
                ("2026-10", "8", "777"): 16,
            }
        )
    )
    assert frame.columns == ["month", "au", "docomo", "unknown", "total"]
    assert frame.rows() == [
        (date(2026, 9, 1), 1, 2, 0, 3),
        (date(2026, 10, 1), 12, 0, 16, 28),
        (None, 13, 2, 16, 31),
    ]


def test_pivot_turns_to_clients_and_shares() -> None:
    """Clients down and months across; shares are parts of the row's total."""
    data = counts({("2026-09", "7", "101"): 1, ("2026-10", "7", "101"): 3, ("2026-10", "8", "101"): 8})
    wide = usage.pivot(data, rows="client", columns="month", clients={"7": "北店", "8": "南店"})
    assert wide.rows() == [("北店", 1, 3, 4), ("南店", 0, 8, 8), (None, 1, 11, 12)]
    assert wide.columns == ["client", "2026-09", "2026-10", "total"]
    assert usage.pivot(data, values="share", totals=False)["total"].to_list() == [1.0, 1.0]
    with pytest.raises(zr.InputError, match="both down and across"):
        usage.pivot(data, rows="carrier")


_CELLS = st.dictionaries(
    st.tuples(
        st.sampled_from(["2026-08", "2026-09", "2026-10"]),
        st.sampled_from(["1", "2"]),
        st.sampled_from([*CARRIERS, "999"]),
    ),
    st.integers(0, 10**9),
    min_size=1,
)


@settings(max_examples=30, deadline=None)
@given(_CELLS)
def test_parts_sum_to_the_whole(cells: dict[tuple[str, str, str], int]) -> None:
    """Shares of a client's month sum to 1, and the pivot's total is everything that was counted."""
    frame = usage.monthly(counts(cells))
    sums = frame.group_by("month", "client_id").agg(
        pl.col("share").sum(), pl.col("separated_success_count").sum()
    )
    assert all(abs(s - 1) < 1e-9 for s in sums.filter(pl.col("separated_success_count") > 0)["share"])
    of_months = frame.group_by("month").agg(
        pl.col("share_of_month").sum(), pl.col("separated_success_count").sum()
    )
    assert all(
        abs(s - 1) < 1e-9 for s in of_months.filter(pl.col("separated_success_count") > 0)["share_of_month"]
    )
    assert usage.pivot(frame)["total"][-1] == sum(cells.values())


@settings(max_examples=20, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.integers(0, 60),
            st.sampled_from([*CARRIERS, None]),
            st.sampled_from([0, 1, 2, 3]),
            st.integers(0, 10),
        ),
        max_size=40,
    ),
    st.integers(0, 40),
)
def test_splitting_statuses_and_adding_up_gives_the_same(rows: list[Any], cut: int) -> None:
    """Days added up from two halves are the days added up from the whole."""
    frame = statuses(*((str(date(2026, 9, 1) + timedelta(d)), c, s, n) for d, c, s, n in rows))
    keys = ["send_date", "client_id", "carrier_id", "carrier"]
    halves = pl.concat([usage.daily(frame.head(cut)), usage.daily(frame.slice(cut))])
    most = pl.col("most_parts").max()
    added = halves.group_by(keys).agg(pl.exclude("most_parts").sum(), most).select(DAILY_USAGE.names())
    assert added.sort(keys, nulls_last=True).equals(usage.daily(frame).sort(keys, nulls_last=True))
    assert usage.daily(frame)["messages"].sum() == len(rows)


def test_duckdb_gives_the_same_months() -> None:
    """The heavy half runs inside DuckDB and its result is that of polars."""
    duckdb = pytest.importorskip("duckdb")
    frame = statuses(
        ("2026-09-30", "101", 2, 3),
        ("2026-10-01", None, 1, None),
        ("2026-10-01", "103", 3, 2),
        ("2026-10-01", None, 2, 1),
    )
    # as an archive stores times: in Japan, without a zone
    stored = frame.with_columns(pl.col("date_time").dt.replace_time_zone(None))
    with duckdb.connect() as connection:
        relation = connection.from_arrow(stored.to_arrow())
        assert usage.monthly(relation).equals(usage.monthly(frame))
        assert usage.monthly(frame.lazy()).equals(usage.monthly(frame))
        assert usage.fit_parts(relation).equals(usage.fit_parts(frame))


def test_parts_are_learnt_by_length_with_doubt() -> None:
    """What most messages of a length were billed as stands, with how many agree and how sure that makes it."""
    frame = pl.concat(
        [
            statuses(*[("2026-10-01", "101", 2, 1)] * 100, message=pl.lit("あ" * 70)),
            statuses(
                *[("2026-10-01", "101", 2, 2)] * 9, ("2026-10-01", "101", 2, 3), message=pl.lit("あ" * 71)
            ),
            statuses(("2026-10-01", "101", 3, 9), ("2026-10-01", None, 1, None), message=pl.lit("あ" * 71)),
        ]
    )
    parts = usage.fit_parts(frame)
    assert parts.schema == PARTS
    short, long = parts.to_dicts()
    assert (short["message_length"], short["parts"], short["agreeing"], short["estimate"]) == (70, 1, 100, 1)
    assert short["sure"] == pytest.approx(0.9630065, abs=1e-7)  # 100 / (100 + 1.959964 squared)
    assert (long["message_length"], long["parts"], long["messages"], long["agreeing"]) == (71, 2, 10, 9)
    assert long["sure"] == pytest.approx(0.595850, abs=1e-6)  # Wilson, 9 of 10


def test_limits_lie_between_what_was_seen() -> None:
    """The longest message billed as one part, and the shortest billed as more, enclose the limit."""
    frame = pl.concat(
        statuses(("2026-10-01", "103", 2, n), message=pl.lit("あ" * length))
        for length, n in ((20, 1), (64, 1), (80, 2), (140, 3))
    )
    limits = usage.part_limits(usage.fit_parts(frame))
    assert limits.select("parts", "longest_seen", "shortest_longer", "usual").rows() == [
        (1, 64, 80, 70),
        (2, 80, 140, 134),
        (3, 140, None, 201),
    ]


def test_clients_table_is_read_in_either_encoding(tmp_path: Path) -> None:
    """The small table may be UTF-8 or CP932, with the user's own headings."""
    for encoding in ("utf-8-sig", "cp932"):
        path = tmp_path / f"{encoding}.csv"
        path.write_text("ID,店名\n7,北店\n8,髙橋商店\n".replace("髙", "高"), encoding)
        names = usage.read_clients(path, {"client_id": "ID", "client": "店名"})
        assert names.rows() == [("7", "北店"), ("8", "高橋商店")]
    with pytest.raises(zr.InputError, match=r"has no column client_id, client; it has ID, 店名"):
        usage.read_clients(path)
    with pytest.raises(zr.InputError, match="two names"):
        usage.monthly(empty(COUNTS), clients=pl.DataFrame({"client_id": ["7", "7"], "client": ["a", "b"]}))


def test_frames_of_usage_are_declared() -> None:
    """Every frame that usage gives is in the data dictionary."""
    assert {
        "MONTHLY",
        "DAILY_USAGE",
        "FORECAST",
        "RECONCILIATION",
        "COST",
        "BILL",
        "PRICES",
        "INVOICE",
        "PARTS",
        "PART_LIMITS",
        "INCREMENTS",
    } <= set(FRAMES)
    learnt = usage.part_limits(usage.fit_parts(statuses(("2026-10-01", "101", 2, 1))))
    assert learnt.schema == FRAMES["PART_LIMITS"]
    assert usage.part_limits(empty(PARTS)).schema == FRAMES["PART_LIMITS"]
    taken = pl.lit(datetime(2026, 10, 3, tzinfo=TOKYO)).cast(FRAMES["COUNTS_HISTORY"]["taken"])
    history = counts({("2026-10", "7", "101"): 20}, through={"2026-10": date(2026, 10, 2)})
    assert usage.increments(history.with_columns(taken=taken)).schema == FRAMES["INCREMENTS"]


def test_estimate_is_that_of_messages() -> None:
    """The usual table stands in one place only as far as its figures go: both give the same for every length."""
    frame = pl.concat(
        statuses(("2026-10-01", "101", 2, 1), message=pl.lit("あ" * length)) for length in range(1, 661)
    )
    parts = usage.fit_parts(frame)
    assert parts["estimate"].to_list() == [zr.messages.parts("あ" * length) for length in range(1, 661)]
