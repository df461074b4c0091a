"""Charts of failures hold the figures of the analyses, whatever the frame."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest

import zrtools as zr
from zrtools import charts, schemas
from zrtools.charts import style

if TYPE_CHECKING:
    from altair.typing import ChartType

DAY = date(2026, 10, 1)


def statuses(*groups: tuple[int, str | None, int, str | None, int], day: date = DAY) -> pl.DataFrame:
    """Make a STATUS frame from (messages, carrier, status_id, code, days after the first)."""
    ids = {"au": "101", "docomo": "103", "SoftBank": "105", "Rakuten Mobile": "106"}
    rows = [
        {
            "send_date": day + timedelta(days=after),
            "date_time": datetime.combine(
                day + timedelta(days=after), datetime.min.time().replace(hour=n % 24)
            ),
            "phone_number": f"+8190{n:08d}",
            "message": "お知らせ",
            "carrier_id": ids.get(carrier or "", "999" if carrier else None),
            "carrier": carrier,
            "status_id": status,
            "detailed_status_id": code,
        }
        for count, carrier, status, code, after in groups
        for n in range(count)
    ]
    frame = pl.DataFrame(rows, schema_overrides={"date_time": pl.Datetime("ms")}, infer_schema_length=None)
    if frame.is_empty():
        return schemas.empty(schemas.STATUS)
    frame = frame.with_columns(pl.col("date_time").dt.replace_time_zone("Asia/Tokyo"))
    absent = [pl.lit(None, t).alias(c) for c, t in schemas.STATUS.items() if c not in frame.columns]
    return frame.with_columns(absent).select(pl.col(c).cast(t) for c, t in schemas.STATUS.items())


MONTH = statuses(
    (90, "au", 2, "2", 0),
    (10, "au", 3, "11721", 0),
    (195, "docomo", 2, "2", 1),
    (5, "docomo", 3, "31732", 1),
    (4, None, 3, "99999", 1),
    (30, None, 1, None, 3),
)


def rows(chart: ChartType) -> list[dict[str, Any]]:
    """Collect every row that a chart draws."""
    return [row for data in chart.to_dict()["datasets"].values() for row in data]


def said(chart: ChartType) -> str:
    """Collect a chart's title and the lines under it."""
    title = chart.to_dict()["title"]
    return "\n".join([title["text"], *title["subtitle"]])


def texts(chart: ChartType) -> str:
    """Draw a chart and give what is written in it."""
    return charts.svg(chart)


def test_cells_hold_rates_and_counts() -> None:
    """A cell is one reason's failures on one carrier, as a share of all settled on that carrier."""
    chart = charts.failures(MONTH, lang="en")
    cells = {(r["carrier_name"], r["category_name"]): r for r in rows(chart)}
    au = cells["au", "721 congestion"]
    assert (au["failed"], au["settled"], au["failure_rate"]) == (10, 100, 0.1)
    assert cells["au", "732 not in service, or subscriber's circumstances"]["failed"] == 0
    assert cells["all", "all failures"]["failed"] == 19
    assert cells["all", "all failures"]["settled"] == 304
    assert "19 of 304 settled messages failed (6.2%); 30 pending" in said(chart)


def test_sums_of_the_matrix_fit() -> None:
    """Rows, columns and cells add up to the same."""
    found = rows(charts.failures(MONTH))
    inner = sum(r["failed"] for r in found if not r["is_sum"])
    assert inner == 19
    assert sum(r["failed"] for r in found if r["is_sum"]) == 3 * inner


@pytest.mark.parametrize(("lang", "unknown"), [("ja", "キャリア不明"), ("en", "unknown carrier")])
def test_null_carrier_is_shown_as_unknown(lang: str, unknown: str) -> None:
    """Failures without a carrier have a column with a name."""
    assert unknown in {r["carrier_name"] for r in rows(charts.failures(MONTH, lang=lang))}


def test_unknown_carrier_does_not_set_the_colours() -> None:
    """What has no carrier has all failed; the others keep the whole range of colours."""
    scale = charts.failures(MONTH).to_dict()["layer"][0]["encoding"]["color"]["scale"]
    assert scale["domain"] == [0, 0.1]
    assert scale["clamp"]


@pytest.mark.slow
@pytest.mark.parametrize("make", [charts.failures, charts.failures_over_time, charts.failures_by_carrier])
@pytest.mark.parametrize("kind", ["lazy", "classified", "shuffled", "enum"])
def test_kind_and_order_of_the_frame_do_not_matter(make: Any, kind: str) -> None:
    """A lazy, classified or shuffled frame makes the same chart, and so does one whose carriers are an enum."""
    same = {
        "lazy": MONTH.lazy(),
        "classified": zr.classify(MONTH),
        "shuffled": MONTH.sample(fraction=1, shuffle=True, seed=1),
        "enum": MONTH.with_columns(pl.col("carrier").cast(pl.Enum(["docomo", "au"]))),
    }[kind]
    assert rows(make(same)) == rows(make(MONTH))


@pytest.mark.slow
@pytest.mark.parametrize("make", [charts.failures, charts.failures_over_time, charts.failures_by_carrier])
@pytest.mark.parametrize(
    ("frame", "text"),
    [
        (statuses(), "There are no messages to show"),
        (statuses((7, None, 1, None, 0)), "Nothing is settled yet (7 pending)"),
    ],
    ids=["empty", "pending"],
)
def test_chart_of_nothing_says_so(make: Any, frame: pl.DataFrame, text: str) -> None:
    """A frame without anything to draw makes a chart that tells why."""
    assert text in texts(make(frame, lang="en"))


def test_no_failures_is_said() -> None:
    """A period in which all arrived is not an empty drawing."""
    assert "No failures in this period (5 settled)" in texts(
        charts.failures(statuses((5, "au", 2, "2", 0)), lang="en")
    )


@pytest.mark.slow
def test_four_rows_make_a_chart() -> None:
    """The smallest frames are drawn too."""
    few = statuses((3, "au", 2, "2", 0), (1, "au", 3, "11721", 0))
    for make in (charts.failures, charts.failures_over_time, charts.failures_by_carrier):
        assert "25.0%" in texts(make(few))


def test_days_carry_rate_interval_and_pending() -> None:
    """Each day has its rate with interval; days without messages have none; pending stands apart."""
    days = {r["when"]: r for r in rows(charts.failures_over_time(MONTH, lang="en")) if "failure_rate" in r}
    first = days["2026-10-01 (Thu)"]
    assert first["failure_rate"] == 0.1
    assert first["rate_low"] < 0.1 < first["rate_high"]
    assert days["2026-10-03 (Sat)"]["failure_rate"] is None
    assert days["2026-10-04 (Sun)"]["pending"] == 30


def test_open_days_are_marked() -> None:
    """A day of which 1 % or more is pending is hollow, and a line under the title says what that means."""
    frame = statuses((98, "au", 2, "2", 0), (2, None, 1, None, 0), (100, "au", 2, "2", 1))
    chart = charts.failures_over_time(frame, lang="en")
    days = {r["when"]: r["is_open"] for r in rows(chart) if "is_open" in r}
    assert days == {"2026-10-01 (Thu)": True, "2026-10-02 (Fri)": False}
    assert "Hollow points" in said(chart)
    assert "Hollow points" not in said(charts.failures_over_time(statuses((9, "au", 2, "2", 0)), lang="en"))


@pytest.mark.slow
def test_axis_says_what_a_day_is() -> None:
    """Days of sending and days of receiving the status are labelled as such."""
    received = MONTH.with_columns(send_date=pl.lit(None, pl.Date))
    assert "day of sending (Japan time)" in texts(charts.failures_over_time(MONTH, lang="en"))
    assert "day the status was received (Japan time)" in texts(charts.failures_over_time(received, lang="en"))
    assert "hour the status was received (Japan time)" in texts(
        charts.failures_over_time(MONTH, every="1h", lang="en")
    )


def test_delivery_reports_are_drawn_too() -> None:
    """A DLR frame, which has no day of sending, makes the same kinds of charts."""
    reports = MONTH.drop("send_date")
    assert "2026-10-01 to 2026-10-04" in said(charts.failures(reports, lang="en"))
    assert charts.failures_by_carrier(reports).to_dict()["concat"]


def test_a_year_of_hours_is_summed_to_days_and_says_so() -> None:
    """More points than a picture can show are summed, never dropped, and far below altair's limit."""
    year = pl.concat([statuses((24, "au", 3, "11721", n), (24, "au", 2, "2", n)) for n in range(0, 366, 5)])
    chart = charts.failures_over_time(year, every="1h", lang="en")
    assert "summed to days" in said(chart)
    drawn = [r for r in rows(chart) if "failure_rate" in r]
    assert sum(r["failed"] for r in drawn) == year.height / 2
    assert len(rows(chart)) < 5000


def test_sparse_hours_show_no_rate() -> None:
    """A rate of two messages is left out where most hours have many, and the chart says so."""
    frame = statuses((960, "au", 2, "2", 0), (2, "au", 3, "11721", 1))
    chart = charts.failures_over_time(frame, every="1h", lang="en")
    assert max(r["failure_rate"] or 0 for r in rows(chart) if "failure_rate" in r) == 0
    assert "No rate is drawn where fewer than 30 messages are settled" in said(chart)


def test_unknown_unit_is_refused() -> None:
    """A unit of time that is none says which there are."""
    with pytest.raises(zr.InputError, match="1w"):
        charts.failures_over_time(MONTH, every="1y")  # type: ignore[arg-type] # that is the test


def test_frame_without_statuses_is_refused() -> None:
    """Another frame is refused with the columns that are missing."""
    with pytest.raises(zr.InputError, match="status_id"):
        charts.failures(pl.DataFrame({"a": [1]}))


def test_small_carrier_gets_a_scale_of_its_own() -> None:
    """A few messages that all failed do not flatten the panels of the large carriers."""
    frame = statuses(
        (980, "docomo", 2, "2", 0), (20, "docomo", 3, "31732", 0), (30, "Rakuten Mobile", 3, "99999", 0)
    )
    chart = charts.failures_by_carrier(frame, lang="en").to_dict()
    titles = {panel["title"]["text"]: panel["title"]["subtitle"] for panel in chart["concat"]}
    assert titles == {
        "docomo": "2.0% (20 / 1,000)",
        "Rakuten Mobile": "100.0% (30 / 30)  on a scale of its own",
    }


@pytest.mark.parametrize(
    ("group", "note"),
    [
        ((30, None, 3, "99999", 0), "30 messages that failed before they had a carrier (unknown carrier)"),
        ((3, "au", 2, "2", 0), "au is not drawn: too few settled messages at each point (3 in all)"),
    ],
)
def test_carrier_without_a_rate_to_draw_is_named(group: Any, note: str) -> None:
    """What fails by definition, or has too few messages, has no panel; the chart says so."""
    frame = statuses(
        (980, "docomo", 2, "2", 0), (20, "docomo", 3, "31732", 0), (50, "docomo", 2, "2", 1), group
    )
    chart = charts.failures_by_carrier(frame, lang="en")
    assert [panel["title"]["text"] for panel in chart.to_dict()["concat"]] == ["docomo"]
    assert note in said(chart)


BEFORE = statuses((90, "au", 2, "2", 0), (10, "au", 3, "11721", 0), (100, "docomo", 2, "2", 0))
AFTER = statuses(
    (70, "au", 2, "2", 9), (30, "au", 3, "11721", 9), (99, "docomo", 2, "2", 9), (1, "docomo", 3, "31732", 9)
)


def test_steps_lead_from_before_to_after() -> None:
    """The contributions stand end to end between the two rates."""
    compared = zr.failures.compare(BEFORE, AFTER, ["carrier"])
    steps = rows(charts.contributions(compared, lang="en"))
    assert [s["name"] for s in steps] == ["before", "au", "docomo", "after"]
    assert steps[0]["to"] == pytest.approx(0.05)
    assert steps[-1]["to"] == pytest.approx(0.155)
    ends = [(s["from"], s["to"]) for s in steps[1:-1]]
    assert ends[0][0] == pytest.approx(0.05)
    assert ends[0][1] == pytest.approx(ends[1][0])
    assert ends[1][1] == pytest.approx(0.155)


def test_steps_beyond_the_largest_are_summed() -> None:
    """What is not shown by name is in others, so the steps still meet."""
    compared = zr.failures.compare(BEFORE, AFTER, ["carrier"])
    steps = rows(charts.contributions(compared, most=1, lang="en"))
    assert [s["name"] for s in steps] == ["before", "au", "others (1 segments)", "after"]
    assert steps[2]["to"] == pytest.approx(steps[3]["to"])


def test_only_a_comparison_is_taken_apart() -> None:
    """Another frame is refused by name."""
    with pytest.raises(zr.InputError, match="COMPARISON"):
        charts.contributions(MONTH)
    with pytest.raises(zr.InputError, match="most=0"):
        charts.contributions(zr.failures.compare(BEFORE, AFTER), most=0)


@pytest.mark.slow
def test_words_are_japanese_unless_asked_otherwise(monkeypatch: pytest.MonkeyPatch) -> None:
    """Japanese is the default, ZRTOOLS_LANG changes it, lang= overrules both."""
    monkeypatch.delenv("ZRTOOLS_LANG", raising=False)
    assert "キャリア別・理由別の不達" in said(charts.failures(MONTH))
    monkeypatch.setenv("ZRTOOLS_LANG", "en")
    assert "Failures by carrier" in said(charts.failures(MONTH))
    assert "不達" in said(charts.failures(MONTH, lang="ja"))


@pytest.mark.parametrize(("days", "lang"), [(1, "ja"), (3, "en"), (20, "ja"), (200, "en"), (700, "ja")])
def test_axis_words_suit_the_stretch(days: int, lang: str) -> None:
    """From hours to years the time axis can be drawn and has words."""
    frame = statuses((40, "au", 2, "2", 0), (40, "au", 3, "11721", days - 1))
    assert (
        texts(charts.failures_over_time(frame, every="1h" if days < 4 else "1d", lang=lang)).count("<text")
        > 10
    )


def test_colours_of_carriers_are_the_tables() -> None:
    """Every carrier that can be sent to has its colour."""
    assert {c.name for c in zr.codes.CARRIERS.values()} <= set(style.CARRIERS)


INCIDENT = {
    "dimension": "carrier",
    "segment": "au",
    "failure_category": "congestion",
    "start": datetime(2026, 10, 1, 5),
    "end": datetime(2026, 10, 1, 9),
    "hours": 4.0,
    "failed": 30,
    "settled": 60,
    "failure_rate": 0.5,
    "usual_rate": 0.05,
    "expected": 3.0,
    "excess": 27.4,
    "excess_low": 20.0,
    "excess_high": 34.0,
    "ratio": 10.0,
    "codes": "11721 x30",
    "p_value": 1e-9,
    "sentence": "…",
}


def incidents_of(*changes: dict[str, Any]) -> pl.DataFrame:
    """Make an INCIDENTS frame of rows that differ from the usual one."""
    naive = {**schemas.INCIDENTS, "start": pl.Datetime("ms"), "end": pl.Datetime("ms")}
    frame = pl.DataFrame([{**INCIDENT, **change} for change in changes], schema=naive)
    return frame.with_columns(pl.col("start", "end").dt.replace_time_zone("Asia/Tokyo"))


BUSY = statuses((240, "au", 2, "2", 0), (48, "au", 3, "11721", 0), (240, "docomo", 2, "2", 0))


def test_incidents_are_shaded_and_told() -> None:
    """Each incident has its number, its place and its figures, in order of time."""
    late = {"segment": "docomo", "start": datetime(2026, 10, 1, 20), "end": datetime(2026, 10, 1, 23)}
    chart = charts.incidents(BUSY, incidents_of(late, {}), lang="en")
    told = {r["label"]: r for r in rows(chart) if "label" in r}
    assert list(told) == ["1. au × congestion", "2. docomo × congestion"]
    first = told["1. au × congestion"]
    assert (
        first["said"]
        == "sent 10-01 (Thu) 05:00 to 09:00: about 27 more than usual (rate 50.0%, usually 5.0%)"
    )
    assert first["start"].startswith("2026-10-01T05:00")


def test_no_incidents_are_said() -> None:
    """A quiet month is drawn and said to be quiet."""
    assert "No incident was found" in said(charts.incidents(BUSY, incidents_of(), lang="en"))


@pytest.mark.parametrize(
    ("change", "settled"),
    [
        ({}, 288),
        ({"dimension": "all", "segment": None}, 528),
        ({"dimension": "sms_code", "segment": "12345"}, 528),
        ({"dimension": "campaign", "segment": "fair"}, 528),
    ],
    ids=["carrier", "all", "sender", "campaign"],
)
def test_incident_is_drawn_from_its_own_messages(change: dict[str, Any], settled: int) -> None:
    """The close view holds the segment's messages, hour by hour, and what is usual."""
    frame = BUSY.with_columns(sms_code=pl.lit("12345"), client_tag=pl.lit("fair-20261001-000123"))
    chart = charts.incident(frame, incidents_of(change).row(0, named=True), lang="en")
    hours = [r for r in rows(chart) if "failure_rate" in r]
    assert sum(r["settled"] for r in hours) == settled
    assert "usual rate" in texts(chart)


def test_incident_without_messages_says_so() -> None:
    """A segment of which the frame has nothing is told."""
    row = incidents_of({"segment": "SoftBank"}).row(0, named=True)
    assert "There are no messages to show" in texts(charts.incident(BUSY, row, lang="en"))


def test_only_incidents_are_drawn_as_such() -> None:
    """Other frames and rows are refused with what is wrong."""
    with pytest.raises(zr.InputError, match="INCIDENTS"):
        charts.incidents(BUSY, BUSY)
    with pytest.raises(zr.InputError, match="dimension"):
        charts.incident(BUSY, {"start": 1})
    with pytest.raises(zr.InputError, match="polars frame"):
        charts.incident(1, incidents_of({}).row(0, named=True))


@pytest.mark.slow
def test_parts_of_an_investigation_are_drawn_as_the_frame_is() -> None:
    """A breakdown and a trend make the drawings that their statuses make."""
    by_cell = zr.failures.breakdown(MONTH)
    cells = {(r["carrier_name"], r["category_name"]): r["failed"] for r in rows(charts.failures(MONTH))}
    again = {(r["carrier_name"], r["category_name"]): r["failed"] for r in rows(charts.failures(by_cell))}
    assert again == cells
    assert rows(charts.failures_over_time(zr.failures.trend(MONTH))) == rows(charts.failures_over_time(MONTH))


def axes(spec: Any) -> list[dict[str, Any]]:
    """Collect every axis of a drawing."""
    if isinstance(spec, list):
        return [axis for part in spec for axis in axes(part)]
    if not isinstance(spec, dict):
        return []
    found = [spec["axis"]] if isinstance(spec.get("axis"), dict) else []
    return found + [axis for part in spec.values() for axis in axes(part)]


@pytest.mark.slow
def test_day_of_an_incident_is_labelled_under_its_point() -> None:
    """Days stand at their noon among incidents, and so do their names."""
    month = pl.concat(
        [BUSY, *(statuses((99, "au", 2, "2", n), (1, "au", 3, "11721", n)) for n in range(1, 31))]
    )
    chart = charts.incidents(month, incidents_of({}), lang="ja")
    marks = {r["at"] for r in rows(chart) if "failure_rate" in r}
    assert "2026-10-05T12:00:00" in {mark[:19] for mark in marks}
    named = [axis["values"] for axis in axes(chart.to_dict()) if "values" in axis]
    assert named
    for values in named:
        assert len(values) == 31
        assert {(v["hours"], v["minutes"]) for v in values} == {(12, 0)}


@pytest.mark.slow
@pytest.mark.parametrize(
    ("lang", "note"),
    [
        ("ja", "（「キャリア不明」の列は色の上限を超えることがある）"),
        ("en", "(the “unknown carrier” column may go beyond the scale)"),
    ],
)
def test_scale_that_ends_below_a_cell_says_so(lang: str, note: str) -> None:
    """Where the unknown column is darker than the scale can show, the note says so; else it does not."""
    assert note in said(charts.failures(MONTH, lang=lang))
    within = statuses((90, "au", 2, "2", 0), (10, "au", 3, "11721", 0))
    assert note not in said(charts.failures(within, lang=lang))


def test_origin_and_action_come_from_the_breakdown_where_it_has_them() -> None:
    """Own codes keep what their file says of them; a breakdown without it tells neither."""
    label = zr.codes.Label("x", "x")
    own = {"999": zr.codes.Category("999", "mine", label, "handset", "use another channel")}
    keys = ["carrier", "failure_category"]
    explained = zr.classify(MONTH, codes=own)
    told = rows(
        charts.failures(
            zr.failures.breakdown(explained, [*keys, "failure_origin", "failure_action"]), lang="en"
        )
    )
    mine = next(r for r in told if r["category_name"] == "mine" and r["failed"])
    assert (mine["origin"], mine["action"]) == ("recipient's handset", "use another channel")
    bare = rows(charts.failures(zr.failures.breakdown(explained, keys), lang="en"))
    assert {r["origin"] for r in bare} == {"–"}


@pytest.mark.slow
def test_change_of_nothing_is_written_as_none() -> None:
    """A difference that rounds to nothing has no sign, and ticks have as many decimals as one another."""
    chart = charts.contributions(zr.failures.compare(BEFORE, BEFORE), lang="en")
    assert "5.0% → 5.0% (±0.00 points" in said(chart)
    assert "−0.00 pt" not in texts(chart)
    formats = {axis["format"] for axis in axes(chart.to_dict()) if "format" in axis}
    assert formats <= {".1%", ".2%"}
    falling = charts.contributions(zr.failures.compare(AFTER, BEFORE), lang="en")
    assert "15.5% → 5.0% (−10.50 points" in said(falling)
