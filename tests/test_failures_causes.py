"""Causes and owners of incidents, the rate without them, and texts to send."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import polars as pl
import pytest
from failures_frames import statuses

import zrtools as zr
from zrtools import codes, schemas
from zrtools.codes import causes as rules
from zrtools.periods import TOKYO

CARRIERS = ("au", "docomo", "SoftBank", "Rakuten Mobile")
FIRST = datetime(2026, 10, 1, tzinfo=TOKYO)
STRUCK = FIRST + timedelta(days=5, hours=12)


def month(code: str, hit: dict[str, list[str]], *, days: int = 8, every: int = 2) -> pl.DataFrame:
    """Make days of even traffic, four carriers by three senders of two campaigns; for six hours a segment fails."""
    rows: list[dict[str, Any]] = []
    for minute in range(0, days * 24 * 60, every):
        when = FIRST + timedelta(minutes=minute)
        for sender, campaign in (("51000", "news"), ("51000", "sale"), ("52000", "login"), ("53000", "bill")):
            carrier = CARRIERS[len(rows) % 4 if len(rows) % 9 else 1]
            own = {"carrier": carrier, "sms_code": sender, "campaign": campaign}
            inside = STRUCK <= when < STRUCK + timedelta(hours=6) and all(own[k] in v for k, v in hit.items())
            failed = (inside and len(rows) % 5 < 3) or len(rows) % 41 == 0
            usual = ("721", "732", "823", "824", "834")[len(rows) % 5]
            rows.append(
                {
                    "send_date": when.date(),
                    "date_time": when,
                    "phone_number": f"+8190{len(rows):08d}",
                    "carrier": carrier,
                    "sms_code": sender,
                    "client_tag": f"{campaign}-{len(rows):06d}",
                    "status_id": 3 if failed else 2,
                    "detailed_status_id": f"31{code if inside else usual}" if failed else "2",
                }
            )
    return statuses(rows)


CASES = {
    "carrier fault": ("823", {"carrier": ["docomo"]}, "carrier and vendor"),
    "service fault": ("721", {}, "vendor"),
    "sender or text blocked": ("834", {"sms_code": ["51000"]}, "vendor"),
    "stale list": ("732", {"campaign": ["bill"]}, "list owner"),
    "handset side": ("824", {}, "nobody"),
    "unknown code": ("799", {"carrier": ["docomo"]}, "vendor"),
}


@pytest.fixture(scope="module")
def worlds() -> dict[str, tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]]:
    """Give the traffic, the incidents and their causes of each case."""
    made = {}
    for cause, (code, hit, _) in CASES.items():
        frame = month(code, hit)
        found = zr.failures.incidents(frame, lang="en")
        made[cause] = frame, found, zr.failures.causes(frame, found, lang="en")
    return made


@pytest.mark.slow
@pytest.mark.parametrize("cause", CASES)
def test_shape_and_reasons_of_an_incident_tell_its_cause_and_owner(worlds: Any, cause: str) -> None:
    """One incident of each cause, in traffic that is even otherwise: named, with who acts and what to write."""
    _, found, told = worlds[cause]
    assert found.height == told.height == 1
    assert dict(told.schema) == dict(schemas.CAUSES)
    row = told.row(0, named=True)
    assert (row["cause"], row["owner"]) == (cause, CASES[cause][2])
    assert (row["ticket"] is None) == (row["owner"] == "nobody")
    assert row["to_do"]
    assert row["to_tell"]


@pytest.mark.slow
def test_the_ticket_holds_what_the_vendor_asks_for(worlds: Any) -> None:
    """Time, sender, codes, count and ten sample tags, which are tags of that incident's failures."""
    frame, found, told = worlds["sender or text blocked"]
    ticket, incident = told["ticket"][0], found.row(0, named=True)
    assert zr.words.moment(incident["start"], "en") in ticket
    assert "Sender codes: 51000\n" in ticket
    assert f"{incident['failed']:,} of {incident['settled']:,}" in ticket
    assert "31834 x" in ticket
    tags = ticket.partition("Sample clientTags: ")[2].partition("\n")[0].split(", ")
    hit = frame.filter(pl.col("client_tag").is_in(tags))
    assert hit.height == len(tags) == 10
    assert set(hit["detailed_status_id"]) == {"31834"}
    assert hit["date_time"].max() - hit["date_time"].min() > timedelta(hours=4)
    assert set(hit["sms_code"]) == {"51000"}
    japanese = zr.failures.causes(frame, found, lang="ja")["ticket"][0]
    assert "送信元SMSコード：51000" in japanese
    assert all(tag in japanese for tag in tags)


@pytest.mark.slow
def test_located_segments_are_held_against_the_period_before(worlds: Any) -> None:
    """What locate finds between a quiet week and one with a stale list is the stale list."""
    frame, _, _ = worlds["stale list"]
    quiet = month("732", {"carrier": []})
    located = zr.failures.locate(quiet, frame, ["carrier", "sms_code", "campaign"], lang="en")
    told = zr.failures.causes(frame, located, history=quiet, lang="en")
    assert told.select("of", "cause").row(0) == ("located", "stale list")
    with pytest.raises(zr.InputError, match="Give the period before as history"):
        zr.failures.causes(frame, located)
    with pytest.raises(zr.InputError, match="incidents, watch_list or locate"):
        zr.failures.causes(frame, frame)


@pytest.mark.slow
def test_without_its_incident_a_week_is_like_the_one_before(worlds: Any) -> None:
    """The whole change is the incident's; the rest is not significant, and both make up the change."""
    frame, _, _ = worlds["carrier fault"]
    before = month("823", {"carrier": []}).with_columns(
        pl.col("date_time") - timedelta(days=8), pl.col("send_date") - timedelta(days=8)
    )
    days = (FIRST.date(), (FIRST + timedelta(days=7)).date())
    found = zr.investigate(pl.concat([before, frame]), days, lang="en")
    now, past = found.overview.rows(named=True)
    assert (now["incidents"], past["incidents"]) == (1, 0)
    assert now["adjusted_low"] <= now["adjusted_rate"] <= now["adjusted_high"] < now["failure_rate"]
    assert past["adjusted_rate"] == past["failure_rate"]
    assert now["adjusted_rate"] == pytest.approx(past["failure_rate"], abs=0.004)
    assert now["explained_low"] > 0
    assert now["rest_low"] < 0 < now["rest_high"]
    assert now["explained"] + now["rest"] == pytest.approx(now["failure_rate"] - past["failure_rate"])
    said = " ".join(found.sentences)
    assert "are not statistically significant" in said
    assert "Who acts: carrier (its notices) and vendor" in said
    assert found.causes.filter(of="incident")["cause"].to_list() == ["carrier fault"]


def test_numbers_within_tags_are_masked_in_tickets_unless_asked_for() -> None:
    """A tag may hold the number it was sent to."""
    frame = month("732", {"campaign": ["bill"]}, days=7, every=3).with_columns(
        client_tag=pl.when(pl.col("client_tag").str.starts_with("bill"))
        .then(pl.format("bill-{}", pl.col("phone_number").str.replace(r"^\+81", "0")))
        .otherwise("client_tag")
    )
    found = zr.failures.incidents(frame, min_excess=15)
    assert found.height
    masked = zr.failures.causes(frame, found)["ticket"].str.join("")
    assert not masked.str.contains(r"bill-090\d{8}").any()
    assert zr.failures.causes(frame, found, mask=False)["ticket"].str.contains(r"bill-090\d{8}").any()


def test_rules_name_what_there_is() -> None:
    """Each rule's cause, shape and group exist, each category has one group, and no rule hides another."""
    assert {r.cause for r in rules.RULES} | {"unclear"} == set(rules.CAUSES)
    assert {c.owner for c in rules.CAUSES.values()} <= set(rules.OWNERS)
    assert {r.shape for r in rules.RULES} <= set(rules.SHAPES)
    assert {r.group for r in rules.RULES} <= {*rules.GROUPS, "mixed"}
    known = {c.name for c in (*codes.CATEGORIES.values(), codes.UNLISTED, codes.UNRECOGNISED)}
    listed = [name for names in rules.GROUPS.values() for name in names]
    assert sorted(listed) == sorted(known)
    assert len({(r.group, r.shape) for r in rules.RULES}) == len(rules.RULES)
