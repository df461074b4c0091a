"""A whole investigation in one call."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import polars as pl
import pytest
from failures_frames import ODD, kinds, statuses
from test_failures_incidents import FIRST, traffic

import zrtools as zr
from zrtools import schemas

FAULT = {"carrier": "docomo", "from": 225, "to": 231, "strength": 0.5, "code": "823"}


@pytest.fixture(scope="module")
def frame() -> pl.DataFrame:
    """Make twelve days with a fault on the tenth, which strikes one template."""
    made = traffic(7, fault=FAULT)
    hours = (pl.col("date_time").dt.replace_time_zone(None) - FIRST).dt.total_hours()
    struck = hours.is_between(FAULT["from"], FAULT["to"], closed="left") & (pl.col("carrier") == "docomo")
    failed, number = pl.col("status_id") == 3, pl.int_range(pl.len())
    coupon = pl.when(struck).then(failed | (number % 4 == 0)).otherwise(number % 2 == 0)
    number = pl.format("+8190{}", (pl.int_range(pl.len()) % 9_000 + 10_000_000).cast(pl.String))
    return made.with_columns(
        phone_number=number, message=pl.when(coupon).then(pl.lit("coupon")).otherwise(pl.lit("hello"))
    )


@pytest.fixture(scope="module")
def found(frame: pl.DataFrame) -> zr.failures.Investigation:
    """Investigate the last six days, against the six before."""
    return zr.investigate(frame, (FIRST + timedelta(6), FIRST + timedelta(11)), lang="ja")


def test_parts_are_frames_with_their_schemas(found: zr.failures.Investigation) -> None:
    """Each part can be taken on its own."""
    assert found.overview.schema == schemas.OVERVIEW
    assert found.overview["period"].to_list() == ["this", "before"]
    assert found.coverage.schema == schemas.COVERAGE
    assert found.coverage.height == 6
    assert found.trend.schema == schemas.TREND
    assert found.incidents.select("dimension", "segment", "failure_category").rows() == [
        ("carrier", "docomo", "network")
    ]
    assert found.numbers.schema == schemas.NUMBERS
    assert found.plan.schema == schemas.RETRY_PLAN
    assert found.steps.schema == schemas.NEXT_STEPS
    assert found.steps["messages"].sum() == found.plan.height == found.overview["failed"][0]
    assert found.unknown_codes.schema == schemas.UNKNOWN_CODES
    assert found.carrier_mismatch.schema == schemas.MISMATCH
    assert dict(found.changes.schema) == {
        "carrier": pl.String,
        "failure_category": pl.String,
        **schemas.COMPARISON,
    }
    assert found.changes.row(0, named=True)["failure_category"] == "network"
    assert not found.plan["phone_number"].str.contains(r"^\+8190\d{8}$").any()


def test_it_says_where_exactly_between_the_periods_and_within_each_incident(
    frame: pl.DataFrame, found: zr.failures.Investigation
) -> None:
    """What `locate` finds against the period before, and the template that an incident of a carrier struck."""
    assert found.located.schema == schemas.LOCATED
    first = found.located.row(0, named=True)
    named = {(one["column"], one["value"]) for one in first["where"]}
    assert {("carrier", "docomo"), ("hour", "12")} <= named
    assert first["failed_after"] > 5 * first["failed_before"]
    assert first["sentence"] in found.sentences
    assert "1" in found.where
    assert found.within["incident"].to_list() == [0]
    within = found.within.row(0, named=True)
    assert within["where"] == [{"column": "template", "value": "coupon"}]
    incident = found.incidents.row(0, named=True)
    inside = (pl.col("date_time") >= incident["start"]) & (pl.col("date_time") < incident["end"])
    here = frame.filter(inside, message="coupon", carrier="docomo")
    assert (within["settled_after"], within["failed_after"]) == (here.height, here.filter(status_id=3).height)
    assert any("その内訳" in said and "coupon" in said for said in found.sentences)


def test_it_says_coverage_first_and_next_steps_last(found: zr.failures.Investigation) -> None:
    """The order of the sentences is the order in which an analyst asks."""
    said = found.sentences
    assert "未確定" in said[0]
    assert "不達率" in said[1]
    assert any("ドコモ" in s and "ネットワーク起因" in s for s in said)
    assert any("と比べると" in s for s in said)
    assert said[-1].startswith(
        (
            *("時間をおいて再送", "番号を除外", "対応不要", "別の手段で連絡", "個別に調査", "期限切れ"),
            *("リストを止めて", "先に提供元へ確認"),
        )
    )


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_it_shows_itself_in_both_languages(frame: pl.DataFrame, lang: str) -> None:
    """HTML for notebooks and Markdown for everything else; what comes from the data is escaped."""
    day = frame.filter(pl.col("send_date") == FIRST)
    odd = day.with_columns(carrier=pl.lit("<b>x|y</b>"))
    got = zr.investigate(odd, lang=lang)
    html = got._repr_html_()
    assert "&lt;b&gt;x|y&lt;/b&gt;" in html
    assert "<b>" not in html
    assert "x\\|y" in got._repr_markdown_() == str(got)
    assert ("Failures, 2026-10-01" in html) == (lang == "en")
    assert got.changes.is_empty()
    assert repr(got).startswith("<Investigation 2026-10-01")


def test_a_month_is_compared_to_the_month_before() -> None:
    """Whole months stand against whole months, whatever their lengths."""
    rows: list[dict[str, Any]] = [
        {
            "send_date": date(2026, 9, 1) + timedelta(n),
            "status_id": 3 if n % 3 == 0 else 2,
            "detailed_status_id": "12721",
        }
        for n in range(61)
    ]
    got = zr.investigate(statuses(rows), "2026-10")
    assert got.overview.select("first_day", "last_day").rows() == [
        (date(2026, 10, 1), date(2026, 10, 31)),
        (date(2026, 9, 1), date(2026, 9, 30)),
    ]
    alone = zr.investigate(statuses(rows), "2026-10", compare_to=False)
    assert alone.overview.height == 1
    other = zr.investigate(statuses(rows), "2026-10", compare_to="2026-09-10")
    assert other.overview["first_day"][1] == date(2026, 9, 10)


def test_unsettled_days_are_shown_but_not_compared() -> None:
    """They stand in the coverage and in a sentence, and the comparison goes without them."""
    rows: list[dict[str, Any]] = [
        {"send_date": FIRST + timedelta(n), "status_id": s, "detailed_status_id": "12721"}
        for n in range(4)
        for s in [3, 2, 2, *([1] if n == 3 else [])]
    ]
    got = zr.investigate(statuses(rows), (FIRST + timedelta(2), FIRST + timedelta(3)), lang="en")
    assert got.left_out == [FIRST + timedelta(3)]
    assert got.coverage["is_final"].to_list() == [True, False]
    assert got.changes["settled_after"].sum() == 3
    assert any("left out of the comparison" in s for s in got.sentences)


class Shelf:
    """An archive in all that an investigation asks of one."""

    def __init__(self, frame: pl.DataFrame) -> None:
        self.frame = frame
        self.asked: list[tuple[date, date]] = []

    def days(self) -> pl.DataFrame:
        """List the days."""
        return self.frame.select("send_date").unique().sort("send_date")

    def scan(self, start: date, end: date) -> pl.LazyFrame:
        """Give the days asked for."""
        self.asked.append((start, end))
        return self.frame.lazy().filter(pl.col("send_date").is_between(start, end))


def test_an_archive_is_read_no_further_than_needed() -> None:
    """The period, the one before, and a week in which its failures may be delivered; without a period it asks which."""
    rows = [
        {"send_date": FIRST + timedelta(n), "status_id": 3 - n % 2, "detailed_status_id": "12721"}
        for n in range(20)
    ]
    shelf = Shelf(statuses(rows))
    got = zr.investigate(shelf, (FIRST + timedelta(10), FIRST + timedelta(12)))
    assert shelf.asked == [(FIRST + timedelta(7), FIRST + timedelta(19))]
    assert got.overview["messages"].to_list() == [3, 3]
    with pytest.raises(zr.InputError, match="Say which days of the archive"):
        zr.investigate(shelf)
    with pytest.raises(zr.InputError, match="The archive is empty"):
        zr.investigate(Shelf(statuses(rows).clear()), "2026-10")
    with pytest.raises(zr.InputError, match="There are no messages from 2026-12-01 to 2026-12-31"):
        zr.investigate(shelf, "2026-12")


def test_what_cannot_be_investigated_is_refused() -> None:
    """Each refusal says what to do."""
    with pytest.raises(
        zr.InputError, match="Investigate a polars DataFrame or LazyFrame of statuses, or an archive"
    ):
        zr.investigate(kinds(statuses(ODD))["duckdb"])
    with pytest.raises(zr.InputError, match="There are no messages to investigate"):
        zr.investigate(statuses([]))
    with pytest.raises(zr.InputError, match="There are no messages from 2026-11-01"):
        zr.investigate(statuses(ODD), "2026-11")
    with pytest.raises(zr.InputError, match="a day, a month, or"):
        zr.investigate(statuses(ODD), ("2026-10-01",))
    with pytest.raises(zr.InputError, match="to compare with"):
        zr.investigate(statuses(ODD), "2026-10", compare_to="2026-08")


def test_delivery_reports_are_investigated_by_the_day_of_their_status() -> None:
    """They have no day of sending, and the result says so."""
    reports = statuses(ODD).select(c for c in schemas.DLR if c in schemas.STATUS)
    got = zr.investigate(reports, lang="en")
    assert got.overview["day_basis"].to_list() == ["date_time"]
    assert any("days are those on which the status was received" in s for s in got.sentences)


def test_step_without_a_time_has_none() -> None:
    """A number to drop has nothing to wait for, in the plan and among the steps; a retry has its time."""
    rows: list[dict[str, Any]] = [
        {"send_date": FIRST + timedelta(n), "status_id": 3, "detailed_status_id": "31732", "message": f"{n}"}
        for n in range(3)
    ]
    rows += [
        {"send_date": FIRST, "status_id": 3, "detailed_status_id": "11721", "phone_number": "+819000000009"}
    ]
    got = zr.investigate(statuses(rows))
    times = dict(got.steps.select("step", "at").iter_rows())
    assert times["drop the number"] is None
    assert times["send again later"] is not None
    assert got.plan.filter(step="drop the number")["at"].null_count() == 3


@pytest.mark.parametrize(
    ("dimension", "segment", "ja", "en"),
    [
        ("all", None, "全キャリア・全送信元", "all carriers and senders"),
        ("carrier", "docomo", "ドコモ", "docomo"),
        ("carrier", None, "キャリア不明", "unknown carrier"),
        ("sms_code", None, "送信元コード 不明", "sender unknown"),
        ("campaign", "sale", "キャンペーン「sale」", "campaign sale"),
    ],
)
def test_segment_of_an_incident_has_one_name(
    found: zr.failures.Investigation, dimension: str, segment: str | None, ja: str, en: str
) -> None:
    """The table, the sentence and the chart of an incident call its segment the same."""
    from zrtools.failures.wording import named_incident, named_segment

    assert "09012345678" not in named_segment({"campaign": "09012345678-sale"}, ["campaign"], "en")
    assert named_segment({"campaign": None}, ["campaign"], "ja") == "（タグなし）"

    row = {"dimension": dimension, "segment": segment}
    assert (named_incident(row, "ja"), named_incident(row, "en")) == (ja, en)
    kept = found.incidents.with_columns(dimension=pl.lit(dimension), segment=pl.lit(segment, pl.String)).head(
        1
    )
    assert f"| {ja} |" in replace(found, incidents=kept).markdown


def test_campaigns_of_ones_own_come_from_any_column() -> None:
    """A rule that is an expression may read columns that an investigation does not need."""
    rows = [{"status_id": 3 - n % 2, "detailed_status_id": "11721"} for n in range(8)]
    listed = statuses(rows).with_columns(list_name=pl.lit("spring"))
    before = listed.with_columns(send_date=pl.lit(FIRST - timedelta(1)))
    got = zr.investigate(
        pl.concat([before, listed]),
        FIRST,
        compare_to=FIRST - timedelta(1),
        campaign=pl.col("list_name"),
    )
    assert got.changes_by_campaign["campaign"].to_list() == ["spring"]


def test_classes_that_are_there_stay() -> None:
    """A frame classified with codes of one's own keeps them; codes= classifies anew."""
    label = zr.codes.Label("mine", "mine")
    own = {"721": zr.codes.Category("721", "mine", label, "handset", "use another channel")}
    explained = zr.classify(statuses([{"status_id": 3, "detailed_status_id": "11721"}]), codes=own)
    for frame in (explained, explained.lazy()):
        got = zr.investigate(frame)
        assert got.breakdown["failure_category"].to_list() == ["mine"]
        assert got.steps["step"].to_list() == ["use another channel"]
    assert zr.investigate(explained, codes={}).breakdown["failure_category"].to_list() == ["congestion"]


def test_sentences_tell_how_tags_were_read_and_when_campaigns_say_little() -> None:
    """The rule is shown by an example; as many campaigns as messages, or one that holds nearly all, is warned of."""
    rows = [{"status_id": 3 if n % 9 == 0 else 2, "detailed_status_id": "31732"} for n in range(400)]
    ids = [f"{n * 7919 % 9973:x}q{n * 104729 % 9973:x}" for n in range(400)]
    said = {}
    for name, tags, rule in (
        ("one", [f"news-{n:06}" for n in range(400)], None),
        ("many", ids, "-"),
    ):
        frame = statuses([{**r, "client_tag": t} for r, t in zip(rows, tags, strict=True)])
        said[name] = "\n".join(zr.investigate(frame, campaign=rule, lang="en").sentences)
    assert "news-000000 → news): 1, of 400 messages each" in said["one"]
    assert "One or two campaigns hold most" in said["one"]
    assert "as many campaigns as messages" not in said["one"]
    assert "as many campaigns as messages" in said["many"]
    assert "One or two campaigns" not in said["many"]


@pytest.mark.parametrize(("lang", "named"), [("en", "22222: one or two campaigns"), ("ja", "22222では")])
def test_segments_of_few_campaigns_are_named(lang: str, named: str) -> None:
    """Where one campaign is nearly all that a sender sent, that sender's interval is warned of, and no other's."""
    rows = [
        {
            "status_id": 3 if n % 9 == 0 else 2,
            "detailed_status_id": "31732",
            "sms_code": "22222" if n % 4 == 0 else "11111",
            "client_tag": f"news-{n:06}" if n % 4 == 0 else f"c{n % 11}x-{n:06}",
        }
        for n in range(400)
    ]
    said = "\n".join(zr.investigate(statuses(rows), lang=lang).campaign_notes)
    assert named in said
    assert "11111" not in said
    assert len(zr.investigate(statuses(rows).drop("sms_code"), lang=lang).campaign_notes) == 1
