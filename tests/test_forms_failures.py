"""The failure explorer without a browser: what it answers, what it exports, what it never shows."""

from __future__ import annotations

import asyncio
import io
import itertools
import re
import time
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

import zrtools as zr
from zrtools.charts import style
from zrtools.forms.cube import OTHERS, Choice, build
from zrtools.forms.drawing import course_svg, shade

if TYPE_CHECKING:
    from zrtools.forms.exploring import ExploreForm


@pytest.fixture(scope="module")
def statuses() -> pl.DataFrame:
    """Fetch two weeks of simulated traffic."""
    with zr.Client.sandbox(seed=2, messages_per_day=300) as client:
        return client.status("2026-10-05", "2026-10-18", progress=False)


@pytest.fixture
def form(statuses: pl.DataFrame) -> ExploreForm:
    """Open the explorer on it."""
    return zr.forms.failures(statuses, lang="en")


def failed(statuses: pl.DataFrame) -> pl.DataFrame:
    """Give the failures with day and campaign."""
    return zr.failures.features(zr.classify(statuses)).filter(pl.col("outcome") == "failed")


def test_cells_are_those_of_breakdown(statuses: pl.DataFrame) -> None:
    """The cube's cells hold what breakdown counts."""
    cube = build(statuses)
    cells = cube.cells(Choice(cube.days[0], cube.days[-1])).drop_nulls("failure_category")
    truth = zr.failures.breakdown(statuses).select("carrier", "failure_category", "failed", "settled")
    keys = ["carrier", "failure_category"]
    assert cells.select(truth.columns).sort(keys).equals(truth.sort(keys))


def test_classes_that_are_there_stay(statuses: pl.DataFrame) -> None:
    """A frame classified with codes of one's own shows them, also where it lacks bodies and tags."""
    own = {
        "833": zr.codes.Category(
            "833", "tunnel", zr.codes.Label("tunnel", "tunnel"), "handset", "send again later"
        )
    }
    frame = zr.classify(statuses, codes=own).drop("message", "client_tag")
    cube = build(frame)
    assert "tunnel" in cube.cells(Choice(cube.days[0], cube.days[-1]))["failure_category"].to_list()


CHOICES: dict[str, dict[str, object]] = {
    "everything": {},
    "carrier": {"carrier": "au"},
    "unknown carrier": {"carrier": None},
    "category": {"failure_category": "not in service"},
    "cell": {"carrier": "docomo", "failure_category": "not in service"},
    "campaign": {"campaign": "otp"},
    "no campaign": {"campaign": None, "carrier": "SoftBank"},
}


@pytest.mark.parametrize("chosen", CHOICES.values(), ids=CHOICES)
@pytest.mark.parametrize("days", [(5, 18), (8, 9)])
def test_numbers_and_intervals_are_those_of_the_analyses(
    statuses: pl.DataFrame, days: tuple[int, int], chosen: dict[str, object]
) -> None:
    """Whatever is chosen, rate and interval are those of `breakdown` and `trend` by campaigns; pending follows, too."""
    first, last = (date(2026, 10, day) for day in days)
    cube = build(statuses)
    asked = Choice(first, last, **{k.removeprefix("failure_"): v for k, v in chosen.items()})
    frame = zr.failures.features(zr.classify(statuses)).filter(pl.col("day").is_between(first, last))
    if "campaign" in chosen:
        frame = frame.filter(pl.col("campaign").eq_missing(pl.lit(chosen["campaign"])))
    by = [key for key in chosen if key != "campaign"]
    kept = pl.all_horizontal(pl.lit(value=True), *(pl.col(k).eq_missing(pl.lit(chosen[k])) for k in by))
    truth = zr.failures.breakdown(frame, by, cluster="campaign").filter(kept).row(0, named=True)
    summed = cube.summary(asked)
    for name in ("failed", "settled", "pending", "failure_rate", "rate_low", "rate_high", "few_clusters"):
        assert summed[name] == pytest.approx(truth[name]), name
    assert summed["pending"] + summed["unplaced"] == frame.filter(pl.col("status_id") < 2).height
    if "failure_category" not in chosen:
        over_time = zr.failures.trend(frame, by=by, cluster="campaign").filter(kept)
        found = cube.course(asked)
        same = ["start", "failed", "settled", "pending", "failure_rate", "rate_low", "rate_high"]
        truth_over_time = over_time.with_columns(pl.col("start").dt.replace_time_zone(None)).select(same)
        assert_frame_equal(
            found.filter(pl.col("settled") + pl.col("pending") > 0).select(same), truth_over_time
        )


@pytest.mark.slow
def test_explorer_report_and_investigation_say_the_same(statuses: pl.DataFrame, tmp_path: Path) -> None:
    """The same month has one rate and one interval, and its method's name, in all three."""
    form = zr.forms.failures(statuses, lang="ja")
    found = zr.investigate(statuses, "2026-10", compare_to=False, lang="ja")
    row = found.overview.row(0, named=True)
    rate, low, high = (zr.words.percent(row[c]) for c in ("failure_rate", "rate_low", "rate_high"))
    said = f"（{rate}、95%信頼区間 {low}〜{high}、キャンペーンごとのばらつきを考慮）"
    assert said in form.summary.value
    assert f"{rate}（95%信頼区間 {low}〜{high}、キャンペーンごとのばらつきを考慮）" in str(found)
    page = zr.reports.failures(found, tmp_path / "report.html").read_text("utf-8")
    assert f"95%信頼区間 {low}〜{high}" in page
    form.carrier.value = "au"
    au = (
        zr.failures.breakdown(found.counted, ["carrier"], cluster="campaign")
        .filter(carrier="au")
        .row(0, named=True)
    )
    ends = [zr.words.percent(au[c]) for c in ("rate_low", "rate_high")]
    assert f"95%信頼区間 {'〜'.join(ends)}" in form.summary.value
    assert "〜".join(ends) in page


def test_pending_counts_follow_the_filter(statuses: pl.DataFrame) -> None:
    """What is pending has no carrier yet: a carrier has none of it, and the form says how many are on no carrier."""
    late = pl.col("send_date") > pl.date(2026, 10, 16)
    pending = statuses.with_columns(
        status_id=pl.when(late).then(1).otherwise("status_id").cast(pl.Int16),
        carrier=pl.when(~late).then("carrier"),
    )
    count = pending.filter(pl.col("status_id") < 2).height
    form = zr.forms.failures(pending, lang="en")
    assert f"; {count} pending" in form.summary.value
    form.carrier.value = "au"
    assert f"{count} pending on no carrier yet" in form.summary.value


def test_every_filter_narrows_the_rows(form: ExploreForm, statuses: pl.DataFrame) -> None:
    """Carrier, reason, campaign and period each leave exactly the rows that fit."""
    every = failed(statuses)
    assert form.rows.height == every.height
    form.carrier.value = "au"
    assert form.rows.height == every.filter(carrier="au").height
    form.category.value = "not in service"
    both = every.filter(carrier="au", failure_category="not in service")
    assert form.rows.height == both.height
    form.campaign.value = both["campaign"].drop_nulls()[0]
    assert form.rows.height == both.filter(campaign=form.campaign.value).height
    days = [day for _, day in form.period.options]
    form.reset.click()
    form.period.value = (days[2], days[4])
    assert form.rows.height == every.filter(pl.col("day").is_between(days[2], days[4])).height


def test_unknown_carrier_can_be_chosen(form: ExploreForm, statuses: pl.DataFrame) -> None:
    """Null carriers are an entry of their own, not all."""
    form.carrier.value = None
    assert form.rows.height == failed(statuses)["carrier"].null_count()
    assert "unknown carrier:" in form.summary.value


def test_cell_is_picked_and_put_back(form: ExploreForm) -> None:
    """A click on a cell sets both filters, another takes them back, a click on a sum sets one."""
    form.matrix.pick([0, 1])
    assert form.carrier.value == "au"
    assert form.category.value is not ...
    assert form.matrix.picked == [0, 1]
    assert form.rows["carrier"].unique().to_list() == ["au"]
    form.matrix.pick([0, 1])
    assert (form.carrier.value, form.category.value, form.matrix.picked) == (..., ..., [])
    form.matrix.pick([len(form.matrix.rows) - 1, 0])
    assert (form.carrier.value, form.category.value) == ("docomo", ...)


def test_day_and_campaign_are_picked(form: ExploreForm) -> None:
    """A click on a day shows its hours, one on a campaign leaves that campaign."""
    form.course.pick(3)
    assert form.unit.value == "1h"
    assert form.period.value[0] == form.period.value[1] == form.period.options[3][1]
    form.reset.click()
    form.campaigns.pick([0, 0])
    assert form.campaign.value in set(form.rows["campaign"])


def test_numbers_are_masked_in_sight_and_export(form: ExploreForm, statuses: pl.DataFrame) -> None:
    """No widget holds a whole number; files do only when the box is ticked."""
    numbers = failed(statuses)["phone_number"].drop_nulls().unique().to_list()
    shown = form.table.value + form.summary.value + form.course.svg + str(form.matrix.cells)
    assert not [n for n in numbers if n in shown]
    name, body = form.export("csv")
    assert name == "failures-2026-10-05-2026-10-18.csv"
    assert body.startswith(b"\xef\xbb\xbf")
    assert not [n for n in numbers if n in body.decode()]
    form.unmasked.value = True
    assert set(pl.read_csv(form.export("csv")[1], infer_schema=False)["phone_number"]) == set(numbers)


def test_excel_holds_the_chosen_rows(form: ExploreForm) -> None:
    """The workbook has one row a failure, in the choice."""
    form.carrier.value = "docomo"
    name, body = form.export("excel")
    assert name.endswith(".xlsx")
    assert pl.read_excel(io.BytesIO(body)).height == form.rows.height


def test_archive_is_explored(statuses: pl.DataFrame, tmp_path: Path) -> None:
    """An archive is read between the days asked for."""
    archive = zr.Archive(tmp_path / "archive")
    archive.add(statuses)
    form = zr.forms.failures(archive, start="2026-10-06", end="2026-10-07", lang="ja")
    assert [f"{day}" for _, day in form.period.options] == ["2026-10-06", "2026-10-07"]
    assert "件のうち不達" in form.summary.value


@pytest.mark.parametrize("kept", ["frame", "lazy", "archive"])
def test_start_and_end_mean_the_same_for_frame_and_archive(
    statuses: pl.DataFrame, tmp_path: Path, kept: str
) -> None:
    """`end` alone is everything up to it, `start` alone that day or month, both are both included."""
    source: object = statuses if kept == "frame" else statuses.lazy()
    if kept == "archive":
        source = zr.Archive(tmp_path / "archive")
        source.add(statuses)
    for asked, days in (
        ({"end": "2026-10-07"}, ["2026-10-05", "2026-10-07"]),
        ({"start": "2026-10-07"}, ["2026-10-07", "2026-10-07"]),
        ({"start": "2026-10-07", "end": "2026-10-08"}, ["2026-10-07", "2026-10-08"]),
        ({"start": "2026-10"}, ["2026-10-05", "2026-10-18"]),
        ({"end": "2026-10"}, ["2026-10-05", "2026-10-18"]),
    ):
        shown = [f"{day}" for _, day in zr.forms.failures(source, lang="en", **asked).period.options]
        assert [shown[0], shown[-1]] == days


def test_frame_without_the_columns_is_refused_in_words(statuses: pl.DataFrame) -> None:
    """Also where days are asked for, the form says which columns are missing."""
    for frame in (statuses.drop("status_id"), statuses.select("phone_number")):
        for end in (None, "2026-10-07"):
            form = zr.forms.failures(frame, end=end, lang="en")
            assert "status_id" in form.note.value
            assert form.csv.disabled


def test_file_holds_what_was_shown_at_the_click(statuses: pl.DataFrame) -> None:
    """What is changed while a file is made is neither in the file nor forgotten afterwards."""
    sent: list[tuple[dict[str, str], list[bytes]]] = []

    async def change() -> ExploreForm:
        form = zr.forms.failures(statuses, lang="en")
        end = time.monotonic() + 30
        while form.busy and time.monotonic() < end:
            await asyncio.sleep(0.01)
        form.csv.send = lambda content, buffers=None: sent.append((content, buffers))
        form.csv._receive(None, {"wanted": True}, [])
        form.unmasked.value = True
        form.carrier.value = "au"
        while (form.busy or not sent) and time.monotonic() < end:
            await asyncio.sleep(0.01)
        while form.busy and time.monotonic() < end:
            await asyncio.sleep(0.01)
        return form

    form = asyncio.run(change())
    ((_, (body,)),) = sent
    assert body.count(b"****") >= failed(statuses).height
    assert form.rows["carrier"].unique().to_list() == ["au"]
    assert "au:" in form.summary.value


def test_problems_are_shown_in_the_form() -> None:
    """Nothing to show and a wrong source are told, not raised."""
    assert "no messages" in zr.forms.failures(zr.schemas.empty(zr.schemas.STATUS), lang="en").note.value
    assert "polars frame or an archive" in zr.forms.failures(42, lang="en").note.value


def test_rare_campaigns_are_put_together(statuses: pl.DataFrame) -> None:
    """Beyond 300 campaigns the rest is one entry, and nothing is lost."""
    many = statuses.with_columns(campaign=pl.int_range(pl.len()).cast(pl.String))
    cube = build(many, campaign=pl.col("campaign"))
    assert cube.counts["campaign"].n_unique() == 301
    assert OTHERS in set(cube.counts["campaign"])
    assert cube.counts["messages"].sum() == statuses.height


def test_last_choice_wins(statuses: pl.DataFrame) -> None:
    """Changes made while an answer is on its way are answered by one more, the last."""

    async def change() -> ExploreForm:
        form = zr.forms.failures(statuses, lang="en")
        end = time.monotonic() + 30
        while form.busy and time.monotonic() < end:
            await asyncio.sleep(0.01)
        for carrier in ("au", "docomo", "SoftBank"):
            form.carrier.value = carrier
        while (
            form.busy or form.rows["carrier"].unique().to_list() != ["SoftBank"]
        ) and time.monotonic() < end:
            await asyncio.sleep(0.01)
        return form

    form = asyncio.run(change())
    assert form.rows["carrier"].unique().to_list() == ["SoftBank"]
    assert "SoftBank:" in form.summary.value


def bright(colour: str) -> float:
    """Give the relative luminance of a colour, as WCAG 2 defines it."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@given(st.floats(0, 1))
def test_ink_is_read_on_every_shade(rate: float) -> None:
    """Cells have the charts' colours, and their text a contrast of 4.5 at least."""
    fill, ink = shade(rate, 1.0)
    light, dark = sorted((bright(fill), bright(ink)), reverse=True)
    assert (light + 0.05) / (dark + 0.05) >= 4.5
    assert shade(0, 0.1)[0] == style.SEQUENCE[0].upper()
    assert shade(0.1, 0.1) == (style.SEQUENCE[-1].upper(), "#FFFFFF")
    assert shade(0.5, 0)[0] == style.SEQUENCE[0].upper()


def course(*times: tuple[int, int, float, float]) -> pl.DataFrame:
    """Make a course of hours: failed, settled and the ends of the interval."""
    start = datetime(2026, 10, 5)
    return pl.DataFrame(
        [
            {
                "start": start + timedelta(hours=n),
                "failed": failed,
                "settled": settled,
                "pending": 0,
                "failure_rate": failed / settled if settled else None,
                "rate_low": low if settled else None,
                "rate_high": high if settled else None,
                "is_final": True,
            }
            for n, (failed, settled, low, high) in enumerate(times)
        ],
        schema_overrides=dict.fromkeys(("failure_rate", "rate_low", "rate_high"), pl.Float64),
    )


def drawn(frame: pl.DataFrame, width: int = 900) -> str:
    """Draw a course without words."""
    names = [str(n) for n in range(frame.height)]
    told = {"delivered": "d", "failed": "f", "pending": "p"}
    return course_svg(frame, names, names, described="x", words=told, width=width)


def percents(svg: str) -> list[float]:
    """Read the axis of rates."""
    return [float(value) for value in re.findall(r">([-\d.]+)%<", svg)]


def test_hours_of_few_messages_set_no_axis() -> None:
    """One failure among three messages is a pale arrow at the edge beside hours of thousands, and joins no line."""
    usual = [(20, 1000, 0.012, 0.03)] * 5
    svg = drawn(course(*usual, (1, 3, 0.06, 0.8), *usual))
    assert max(percents(svg)) < 5
    assert svg.count('<g opacity="0.4">') == 1
    assert svg.count('class="beyond"') == 1
    assert svg.count("<polyline") == 2
    # where no hour has more they are drawn as they are
    few = drawn(course(*[(1, 3, 0.06, 0.8)] * 5, (0, 40, 0.0, 0.01), *[(9, 12, 0.5, 0.9)] * 8))
    assert max(percents(few)) > 70
    few = drawn(course(*[(1, 3, 0.06, 0.8)] * 5))
    assert 'opacity="0.4"' not in few
    assert few.count("<polyline") == 1


@settings(max_examples=40)
@given(
    st.lists(
        st.tuples(st.integers(0, 50), st.integers(0, 500), st.floats(0, 1), st.floats(0, 1)),
        min_size=1,
        max_size=40,
    ),
    st.integers(280, 1400),
)
def test_axes_stay_between_none_and_all(times: list[tuple[int, int, float, float]], width: int) -> None:
    """Whatever is drawn lies inside the drawing, the axis of rates between 0 and 100 %, and labels never overlap."""
    rows = [(min(f, n), n, min(low, high, min(f, n) / (n or 1)), max(low, high)) for f, n, low, high in times]
    svg = drawn(course(*rows), width)
    assert min(percents(svg)) == 0
    assert max(percents(svg)) <= 100
    across = [float(x) for x in re.findall(r' (?:x|x1|x2|cx)="([-\d.]+)"', svg)]
    assert min(across) >= 0
    assert max(across) <= width
    assert len(re.findall(r'text-anchor="end">[\d,]+<', svg)) >= 2 or max(n for _, n, _, _ in rows) == 0
    labels = [float(x) for x in re.findall(r'<text x="([\d.]+)" y="[\d.]+" text-anchor="middle"', svg)]
    assert all(b - a > 7 for a, b in itertools.pairwise(labels))


def test_what_reaches_beyond_the_scale_is_seen() -> None:
    """An interval or a rate beyond the scale ends in an arrow; one inside does not."""
    inside = drawn(course(*[(20, 1000, 0.012, 0.03)] * 5))
    assert "beyond" not in inside
    beyond = drawn(course(*[(20, 1000, 0.012, 0.03)] * 20, (40, 100, 0.1, 0.9)))
    assert beyond.count('class="beyond"') == 1
    # where nothing failed the intervals set the axis
    assert "beyond" not in drawn(course(*[(0, 100, 0.0, 0.04)] * 5))


def test_carriers_unknown_because_they_failed_have_no_rate(statuses: pl.DataFrame) -> None:
    """Their column is counts without a colour, and says why; where some were delivered it is one like any other."""
    form = zr.forms.failures(statuses, lang="en")
    place = form.matrix.columns.index(next(c for c in form.matrix.columns if c.startswith("unknown carrier")))
    assert "all failed" in form.matrix.columns[place]
    assert "before a carrier was known" in form.matrix_note.value
    assert all(not row[place]["fill"] and "%" not in row[place]["text"] for row in form.matrix.cells)
    some = pl.int_range(pl.len()) % 10 == 0
    mixed = statuses.with_columns(carrier=pl.when(~some).then("carrier"))
    form = zr.forms.failures(mixed, lang="en")
    assert form.matrix_note.value == ""
    assert any(row[place]["fill"] and "%" in row[place]["text"] for row in form.matrix.cells)


def test_years_are_drawn_by_weeks(statuses: pl.DataFrame) -> None:
    """Beyond 800 days a course of days would be unreadable: weeks stand there, said so, and a click takes a week."""
    old = statuses.head(50).with_columns(send_date=pl.date(2016, 1, 4))
    form = zr.forms.failures(pl.concat([old, statuses]), lang="en")
    assert "weeks are shown" in form.note.value
    assert form.course.svg.count("data-pick") < 600
    form.course.pick(0)
    assert [f"{day}" for day in form.period.value] == ["2016-01-04", "2016-01-10"]


def test_course_is_drawn_for_its_room(form: ExploreForm) -> None:
    """What the page says of its width is the drawing's; nonsense changes nothing."""
    for width, drawn_for in ((700, 700), (560, 560), (1, 280), ("x", 280), (99999, 2000)):
        form.course._receive(None, {"width": width}, [])
        assert f'width="{drawn_for}"' in form.course.svg


def test_why_says_where_the_choice_changed(statuses: pl.DataFrame) -> None:
    """The button compares what is chosen with the days before, and a new choice takes the answer away."""
    struck = (pl.col("carrier") == "docomo") & (pl.col("send_date") > pl.date(2026, 10, 15))
    struck &= pl.int_range(pl.len()) % 3 == 0
    raised = statuses.with_columns(
        status_id=pl.when(struck).then(3).otherwise("status_id").cast(pl.Int16),
        detailed_status_id=pl.when(struck).then(pl.lit("31823")).otherwise("detailed_status_id"),
    )
    cube = build(raised)
    choice = Choice(cube.days[-3], cube.days[-1])
    found, why = cube.why(choice, "en")
    assert {one["value"] for one in found["where"][0]} >= {"docomo"}
    assert "Segments that explain it" in why
    network, _ = cube.why(Choice(choice.first, choice.last, category="network"), "en")
    assert network["failed_after"][0] == found["failed_after"][0] or network.height
    for lang, said in (("en", "Change the period"), ("ja", "期間を変えてください")):
        with pytest.raises(zr.InputError, match=said):
            cube.why(Choice(cube.days[0], cube.days[-1]), lang)
    form = zr.forms.failures(raised, lang="en")
    form.period.value = (choice.first, choice.last)
    form.why.click()
    assert "docomo" in form.reason.value
    assert "<svg" in form.reason.value
    form.unit.value = "1w"
    assert form.reason.value == ""
