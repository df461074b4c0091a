"""The simulated traffic: realistic, deterministic, with the service's oddities, and incidents that are true."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import urllib.request
from datetime import date, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import numpy as np
import polars as pl
import pytest

from zrtools import schemas
from zrtools.codes import CARRIERS, CATEGORIES, MODULES, OPT_OUT_URL
from zrtools.errors import InputError
from zrtools.sandbox import Sandbox, calendar
from zrtools.sandbox.people import FATES, People

if TYPE_CHECKING:
    from zrtools.sandbox.traffic import Traffic

OCTOBER = [date(2026, 10, 1) + timedelta(n) for n in range(31)]


@lru_cache(maxsize=8)
def made(seed: int = 0, messages_per_day: int = 2000, incidents: bool = True) -> Sandbox:
    """Make a sandbox that is never started, for its traffic."""
    return Sandbox(seed=seed, messages_per_day=messages_per_day, incidents=incidents)


def traffic(box: Sandbox) -> Traffic:
    """Take the traffic of a sandbox."""
    return box.service.traffic


@lru_cache(maxsize=1)
def rows() -> list[dict[str, Any]]:
    """Read a week of statuses as they are served."""
    box = made()
    days = [json.loads(b"[" + traffic(box).json(day, box.clock.seen()) + b"]") for day in OCTOBER[:7]]
    return [row for day in days for row in day]


def month(box: Sandbox, name: str) -> np.ndarray[Any, Any]:
    """Put one column of October together."""
    return np.concatenate([getattr(traffic(box).day(day), name) for day in OCTOBER])


# ---- the calendar


def test_holidays_are_those_of_the_kept_library() -> None:
    """The rules agree with an independent list, year after year."""
    holidays = pytest.importorskip("holidays")
    for year in range(2022, 2036):
        expected = set(holidays.country_holidays("JP", years=year))
        assert calendar._holidays(year) == expected


def test_five_ten_days_and_month_ends_move_to_business_days() -> None:
    """A date at rest is paid on the business day before it."""
    october = [d.day for d in OCTOBER if calendar.is_five_ten_day(d)]
    assert october == [5, 9, 15, 20, 23, 30]  # the 10th is a Saturday, the 25th a Sunday
    assert [d.day for d in OCTOBER if calendar.is_month_end(d)] == [29, 30]
    assert calendar.is_holiday(date(2026, 12, 31))
    assert calendar.is_month_end(date(2026, 12, 29))
    assert not calendar.is_business_day(date(2026, 11, 3))


# ---- shape


def test_volume_follows_weekday_holiday_and_month_end() -> None:
    """Weekends and holidays are low, 五十日 and month-ends high, and the average is what was asked for."""
    days = [date(2026, 8, 1) + timedelta(n) for n in range(92)]
    size = {d: float(np.mean([sum(traffic(made(s)).plan.volumes(d)) for s in range(6)])) for d in days}
    plain = [d for d in days if calendar.is_business_day(d) and not calendar.is_five_ten_day(d)]

    def mean(chosen: list[date]) -> float:
        return float(np.mean([size[d] for d in chosen]))

    usual = mean([d for d in plain if not calendar.is_month_end(d)])
    assert mean([d for d in days if d.weekday() == 6]) < 0.8 * usual
    assert mean([d for d in days if calendar.is_holiday(d) and d.weekday() < 5]) < 0.8 * usual
    assert mean([d for d in days if calendar.is_five_ten_day(d)]) > 1.05 * usual
    assert mean([d for d in days if calendar.is_month_end(d)]) > 1.1 * usual
    assert 1900 < mean(days) < 2200


def test_carriers_have_realistic_shares_and_failure_rates() -> None:
    """Shares are near the market's, rates differ by carrier between three and eight per cent."""
    carrier, failed = month(made(), "carrier"), month(made(), "would_fail")
    shares = np.bincount(carrier) / len(carrier)
    assert np.abs(shares[:4] - [0.284, 0.372, 0.224, 0.112]).max() < 0.015
    assert 0.003 < shares[4] < 0.015
    rates = [failed[carrier == c].mean() for c in range(4)]
    assert all(0.03 < rate < 0.08 for rate in rates)
    assert rates[3] == max(rates)


def test_campaigns_are_heavy_tailed_and_differ_in_failures() -> None:
    """A few campaigns make most of the volume, and their rates spread more than chance alone would make them."""
    sizes, rates, spreads = [], [], []
    for day in OCTOBER:
        one = traffic(made(0, 20_000)).day(day)
        for n, _ in list(enumerate(one.names))[5:]:
            failed = one.would_fail[one.campaign == n]
            sizes.append(len(failed))
            if len(failed) > 1500:
                rates.append(failed.mean())
                spreads.append(failed.mean() * (1 - failed.mean()) / len(failed))
    top = sorted(sizes, reverse=True)
    assert sum(top[: len(top) // 10]) > 0.4 * sum(top)
    assert np.median(sizes) < 0.5 * np.mean(sizes)
    assert np.var(rates) > 2 * np.mean(spreads)


def test_people_get_more_than_one_message_and_no_campaign_twice() -> None:
    """Recipients recur over the month, but a list holds each of them once."""
    phones = month(made(), "phone")
    _, times = np.unique(phones, return_counts=True)
    assert (times > 1).mean() > 0.3
    one = traffic(made()).day(OCTOBER[4])
    for n in range(5, len(one.names)):
        listed = one.phone[one.campaign == n]
        assert len(np.unique(listed)) == len(listed)


def test_numbers_out_of_service_keep_failing_across_days() -> None:
    """Whoever failed as not in service on several days was mostly never reached between."""
    frame = pl.DataFrame(
        {
            "phone": month(made(), "phone"),
            "failed": month(made(), "would_fail"),
            "gone": np.concatenate([_gone(day) for day in OCTOBER]),
        }
    )
    often = (
        frame.group_by("phone")
        .agg(pl.len(), pl.col("failed").sum(), pl.col("gone").any())
        .filter(pl.col("len") > 3)
    )
    gone = often.filter("gone")
    assert gone.height > 20
    assert (gone["failed"] / gone["len"]).mean() > 0.8
    assert often.filter(~pl.col("gone"))["failed"].mean() / often["len"].mean() < 0.08


def _gone(day: date) -> np.ndarray[Any, Any]:
    one = traffic(made()).day(day)
    return traffic(made()).people.out_of_service(one.person, day)


def test_au_reports_failures_after_about_twenty_minutes() -> None:
    """The others' failures are known much earlier."""
    box = made()
    late = month(box, "settles") - month(box, "sent")
    carrier, failed = month(box, "carrier"), month(box, "failed")
    au = np.median(late[(carrier == 0) & failed]) / 60_000
    assert 18 < au < 22
    assert all(np.median(late[(carrier == c) & failed]) / 60_000 < 10 for c in (1, 2, 3))
    assert np.median(late[~failed]) < 15_000


def test_recent_days_are_partly_pending_and_old_ones_are_not() -> None:
    """A fresh day is not final; after five days everything has settled but what is unknown for good."""
    box = made(0, 20_000)
    now = box.clock.seen()

    def pending(ago: int) -> float:
        one = traffic(box).day(box.today - timedelta(ago))
        return float((one.settles > one.reached(now)).mean())

    assert 0.001 < pending(1) < 0.03
    assert pending(1) > pending(3) >= pending(6) == 0


# ---- what is served


def test_every_row_has_the_tabled_types() -> None:
    """Each field is there with its type, the times within four days, the numbers international."""
    assert len(rows()) > 10_000
    for row in rows():
        assert list(row) == [
            *(
                "dateTime",
                "phoneNumber",
                "message",
                "smsCode",
                "carrierId",
                "carrierName",
                "statusId",
                "clientTag",
            ),
            *("detailedStatusId", "separatedSuccessCount", "rawdata"),
        ]
        assert re.fullmatch(r"202610\d\d [0-2]\d[0-5]\d[0-5]\d\d{3}", row["dateTime"])
        assert re.fullmatch(r"\+81[6-9]0\d{8}", row["phoneNumber"])
        assert isinstance(row["smsCode"], int)
        assert isinstance(row["separatedSuccessCount"], int)
        assert row["statusId"] in (0, 1, 2, 3)
        if row["statusId"] > 1:
            assert isinstance(row["detailedStatusId"], str)
            assert (row["rawdata"] is None) == (row["carrierId"] in (None, "999") and row["statusId"] == 3)
    assert {row["smsCode"] for row in rows()} == {int(code) for code in made().sms_codes}


def test_messages_read_like_those_of_a_business() -> None:
    """Codes, reminders, delivery notices, long ones, links and opt-out links, tagged by campaign and untagged."""
    texts = [row["message"] for row in rows()]
    assert any("認証コード" in t for t in texts)
    assert any("ご予約" in t for t in texts)
    assert any("お荷物" in t for t in texts)
    tagged = [row for row in rows() if row["clientTag"]]
    assert 0.02 < 1 - len(tagged) / len(rows()) < 0.12
    assert all(re.fullmatch(r"[a-z0-9]+-202610\d\d-\d{6}", row["clientTag"]) for row in tagged)
    campaigns = {row["clientTag"].split("-")[0] for row in tagged} - {
        "otp",
        "reminder",
        "delivery",
        "invoice",
    }
    assert len(campaigns) > 10
    for row in tagged:
        marketing = row["clientTag"].split("-")[0] in campaigns
        assert (OPT_OUT_URL in row["message"]) == marketing
    assert 0.2 < np.mean([len(t) > 70 for t in texts]) < 0.6
    assert max(map(len, texts)) <= 660


def test_billable_parts_differ_a_little_by_carrier() -> None:
    """Docomo splits every 70 characters, the others by the usual table; unknown carriers are not billed."""
    for row in rows():
        length, carrier = len(row["message"]), row["carrierId"]
        if row["statusId"] < 2:
            continue
        if carrier in (None, "999"):
            assert row["separatedSuccessCount"] == 0
        elif length <= 70:
            assert row["separatedSuccessCount"] == 1
        else:
            assert row["separatedSuccessCount"] == -(-length // (70 if carrier == "103" else 67))


def test_the_services_oddities_are_there() -> None:
    """Unknown carriers, undefined statuses with junk, unlisted codes, and modules that contradict the carrier."""
    assert {row["carrierId"] for row in rows() if row["statusId"] > 1} == {
        "101",
        "103",
        "105",
        "106",
        "999",
        None,
    }
    undefined = [row for row in rows() if row["statusId"] == 0]
    assert undefined
    assert (
        len(
            {
                json.dumps([r["carrierId"], r["separatedSuccessCount"], r["detailedStatusId"]])
                for r in undefined
            }
        )
        > 2
    )
    failed = [row for row in rows() if row["statusId"] == 3]
    codes = {row["detailedStatusId"] for row in failed}
    assert {"3", "12832"} <= codes
    assert {c[2:] for c in codes if len(c) == 5 and c[2:] in CATEGORIES} == set(CATEGORIES)
    assert {row["detailedStatusId"] for row in rows() if row["statusId"] == 2} == {"2"}
    owner = {"101": "au", "103": "docomo", "105": "SoftBank", "106": "Rakuten Mobile"}
    listed = [r for r in failed if r["carrierId"] in owner and r["detailedStatusId"][:2] in MODULES]
    wrong = [r for r in listed if MODULES[r["detailedStatusId"][:2]] != owner[r["carrierId"]]]
    assert 0.002 < len(wrong) / len(listed) < 0.06


def test_raw_data_has_the_form_of_its_carrier() -> None:
    """A failure tells what its carrier tells; a delivered message tells nothing."""
    seen: dict[str, set[str]] = {}
    for row in rows():
        if row["statusId"] < 2 or row["rawdata"] is None:
            continue
        [raw] = row["rawdata"]
        if row["statusId"] == 2:
            assert raw == {"carrier": row["carrierId"], "type": None, "data": None}
            continue
        assert raw["type"] in ("1", "2")
        assert raw["carrier"] == row["carrierId"]
        data = raw["data"]
        assert data["status"] is data["commandStatus"] is data["networkErrorCode"] is None
        given = {key for key, value in data.items() if value is not None}
        seen.setdefault(raw["carrier"], set()).update(given)
        if raw["carrier"] == "103":
            assert ("code" in given) != ("submission_status" in given)
            assert given in ({"sepmaxnum", "sepseqnum", "code"}, {"submission_status"})
            if "code" in given:
                assert int(data["sepmaxnum"]) == row["separatedSuccessCount"]
    assert seen["101"] == seen["106"] == set()
    assert seen["103"] == {"sepmaxnum", "sepseqnum", "code", "submission_status"}
    assert seen["105"] == {"msgState", "ntwkErr", "submission_err_code"}


def test_a_day_does_not_depend_on_what_was_asked_before() -> None:
    """Days are made one by one, in any order, with the same result."""
    one, two = made(3, 50), Sandbox(seed=3, messages_per_day=50)
    days = OCTOBER[:6]
    first = [traffic(one).json(day, one.clock.seen()) for day in days]
    second = [traffic(two).json(day, two.clock.seen()) for day in reversed(days)]
    assert first == second[::-1]
    assert all(first)


def test_memory_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """Days that do not fit any more are made again, the same."""
    box = Sandbox(messages_per_day=500)
    before = traffic(box).json(OCTOBER[0], box.clock.seen())
    monkeypatch.setattr("zrtools.sandbox.traffic._MEMORY", 700_000)
    for day in OCTOBER[1:]:
        traffic(box).json(day, box.clock.seen())
    assert sum(size for _, size in traffic(box)._kept.values()) <= 700_000
    assert traffic(box).json(OCTOBER[0], box.clock.seen()) == before


def test_a_large_day_arrives_whole() -> None:
    """A body of several megabytes goes out in slices, the last one included."""
    with Sandbox(messages_per_day=8000) as box:
        query = urlencode({"token": box.token, "clientId": box.client_id, "date": "20261014"})
        with urllib.request.urlopen(f"{box.url}/p5/api/status.json?{query}", timeout=20) as answer:
            body = answer.read()
        assert len(body) > 3 << 20
        day = traffic(box).day(date(2026, 10, 14))
        assert len(json.loads(body)["status"]) == len(day.sent)


# ---- people


def test_people_are_the_same_on_columns_and_one_by_one() -> None:
    """The two ways of telling number, carrier and service agree."""
    people = People(root=123_456_789, today=date(2026, 11, 16), messages_per_day=500)
    person = np.arange(0, people.count + 500, 7, dtype=np.int64)
    numbers = [f"+{n}" for n in people.phones(person)]
    assert [people.person_of(n) for n in numbers] == person.tolist()
    # as Japan's number plan has it: no number has a 0 after 090, 080, 070, 060
    assert {n[:6] for n in numbers} <= {f"+81{a}0{b}" for a in "6789" for b in "123456789"}
    assert people.person_of("+819001234567") is None
    carriers = people.carriers(person)
    assert all(people.carrier_of(n) == c for n, c in zip(numbers, carriers, strict=True) if c < 4)
    for day in (date(2026, 7, 1), date(2026, 11, 16)):
        gone = people.out_of_service(person, day)
        assert [people.gone_since(n, day) is not None for n in numbers] == gone.tolist()
    assert people.person_of("+812012345678901") is None


def test_a_number_out_of_service_fails_when_sent_to_and_cleans_as_changed() -> None:
    """Traffic, sends and cleaning tell the same story of a number."""
    box = made()
    people, today = traffic(box).people, box.today
    person = np.arange(people.count, dtype=np.int64)
    gone = [f"+{n}" for n in people.phones(person[people.out_of_service(person, today)])]
    assert len(gone) > 100
    fates = [people.fate_of(n, today) for n in gone if n[-4:] not in FATES]
    assert set(fates) == {"732"}
    judged = [box.service.judged(n, today - timedelta(700)) for n in gone]
    assert judged.count("T") > 0.9 * len(gone)
    assert {people.fate_of(f"+81901234{tail}", today) for tail in FATES} == set(CATEGORIES)


# ---- incidents


def test_incidents_are_of_four_kinds_and_differ_by_seed() -> None:
    """Each names its segment, window and strength; another seed plants others."""
    frames = [made(seed, 4000).incidents() for seed in range(4)]
    assert set(pl.concat(frames)["kind"]) == {"congestion", "network fault", "stale list", "sender refused"}
    for frame in frames:
        assert 3 <= frame.height <= 26
        assert (frame["start"] < frame["end"]).all()
        assert frame["start"].is_sorted()
        segment = {"congestion": "carrier_id", "network fault": "carrier_id", "stale list": "campaign"}
        for row in frame.iter_rows(named=True):
            named = segment.get(row["kind"], "sms_code")
            assert row[named] is not None
            assert [c for c in ("carrier_id", "sms_code", "campaign") if row[c] is not None] == [named]
            assert row["failure_category"] == CATEGORIES[row["category"]].name
            assert row["carrier"] == (CARRIERS[row["carrier_id"]].name if row["carrier_id"] else None)
        october = frame.filter(pl.col("start").dt.month() == 10)
        assert october.height >= 2, "the last whole month always has something to find"
    assert len({str(frame["start"].to_list()) for frame in frames}) == 4


@pytest.mark.slow
def test_some_months_are_quiet_and_a_quiet_sandbox_can_be_asked_for() -> None:
    """Without incidents the same traffic goes on, so that false alarms can be counted."""
    quiet, loud = made(0, 2000, False), made(0, 2000, True)
    assert quiet.incidents().height == 0
    assert quiet.incidents().schema == loud.incidents().schema == schemas.PLANTED
    assert quiet.token == loud.token
    months = [set(made(seed).incidents()["start"].dt.month().to_list()) for seed in range(8)]
    assert any(not {7, 8, 9} <= found for found in months)


def test_excess_failures_are_true() -> None:
    """What the list says is what the statuses show, message by message, beside the same traffic without incidents."""
    loud, quiet = made(0, 4000, True), made(0, 4000, False)
    frame = loud.incidents().filter(pl.col("campaign").is_null())
    assert frame.height > 3
    for row in frame.iter_rows(named=True):
        counts = []
        for box in (loud, quiet):
            failed = total = 0
            day = row["start"].date()
            while day <= row["end"].date():
                one = traffic(box).day(day)
                begin = (row["start"].replace(tzinfo=None) - _midnight(day)) / timedelta(milliseconds=1)
                end = (row["end"].replace(tzinfo=None) - _midnight(day)) / timedelta(milliseconds=1)
                inside = (one.sent >= begin) & (one.sent < end) & ~one.undefined
                if row["carrier_id"] is not None:
                    inside &= one.carrier == ["101", "103", "105", "106"].index(row["carrier_id"])
                if row["sms_code"] is not None:
                    inside &= np.isin(one.stream, _streams(box, row["sms_code"]))
                total += int(inside.sum())
                failed += int((one.failed & inside).sum())
                day += timedelta(1)
            counts.append((total, failed))
        assert counts[0] == (row["messages"], row["failures"])
        assert row["excess_failures"] == row["failures"] - row["expected_failures"]
        assert abs(counts[1][1] - row["expected_failures"]) <= 6 * row["expected_failures"] ** 0.5 + 6
        assert row["rate_multiplier"] > 1.5


def _midnight(day: date) -> Any:
    from datetime import datetime, time

    return datetime.combine(day, time())


def _streams(box: Sandbox, sms_code: str) -> list[int]:
    from zrtools.sandbox.plan import STREAMS

    return [n for n, s in enumerate(STREAMS) if box.sms_codes[s.sender] == sms_code]


def test_most_incidents_are_large_enough_to_be_found() -> None:
    """At the default volume most of them double the rate and fail a hundred messages more."""
    frame = pl.concat([made(seed, 4000).incidents() for seed in range(4)])
    large = frame.filter((pl.col("rate_multiplier") >= 2) & (pl.col("excess_failures") >= 100))
    assert large.height > 0.6 * frame.height
    assert (frame["seen_start"] >= frame["start"]).all()


def test_a_stale_list_fails_as_not_in_service() -> None:
    """Its excess stands in its campaign, in the statuses, under that category."""
    box = made(0, 4000)
    [row] = box.incidents().filter(pl.col("kind") == "stale list").head(1).iter_rows(named=True)
    day = row["start"].date()
    statuses = json.loads(b"[" + traffic(box).json(day, box.clock.seen()) + b"]")
    own = [r for r in statuses if r["clientTag"].startswith(row["campaign"] + "-")]
    assert sum(r["statusId"] > 0 for r in own) == row["messages"]
    gone = sum(r["statusId"] == 3 and r["detailedStatusId"].endswith("732") for r in own)
    assert gone > 0.9 * row["excess_failures"]


# ---- the command


def test_the_command_says_what_to_use_and_ends_cleanly() -> None:
    """It prints the account, a curl line and settings for a shell that work, and a signal ends it with 0."""
    run = subprocess.Popen(
        [
            *(sys.executable, "-m", "zrtools", "sandbox"),
            *("--port", "0", "--messages-per-day", "50", "--lang", "en"),
        ],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    )
    try:
        assert run.stdout is not None
        lines: list[str] = []
        while not any("Ctrl-C" in line for line in lines):
            line = run.stdout.readline()
            assert line, (run.stderr.read() if run.stderr else "", lines)
            lines.append(line)
        said = "".join(lines)
        token = re.search(r"^token +(\w{32})$", said, re.MULTILINE)
        curl = re.search(r'^curl "(.+)"$', said, re.MULTILINE)
        assert token is not None
        assert curl is not None
        assert token[1] in curl[1]
        with urllib.request.urlopen(curl[1], timeout=20) as answer:
            assert json.load(answer)["status"]
        given = dict(re.findall(r'ZRTOOLS_(\w+) ?= ?"?([^\s";]+)', said))
        assert given["BASE_URL"] in curl[1]
        assert given["TOKEN"] == token[1]
        assert f"clientId={given['CLIENT_ID']}&" in curl[1]
        assert re.search(rf"^smsCode +{given['SMS_CODE']}$", said, re.MULTILINE)
        run.send_signal(signal.SIGTERM)
        out, err = run.communicate(timeout=20)
    finally:
        run.kill()
        run.wait()
    if os.name == "posix":
        assert (run.returncode, err) == (0, "")
        assert "has ended" in out


def test_subtle_incidents_are_planted_beside_the_others_on_request() -> None:
    """Weak, national, lasting and mixed ones come on top; what is planted without them stays."""
    planted = {}
    for kind in (True, "subtle"):
        with Sandbox(seed=3, today="2026-11-20", messages_per_day=300, months=12, incidents=kind) as sandbox:
            planted[kind] = sandbox.incidents()
    keys = ["kind", "carrier", "sms_code", "campaign", "start", "end", "strength"]
    more = (
        planted["subtle"].select(keys).join(planted[True].select(keys), on=keys, how="anti", nulls_equal=True)
    )
    assert more.height == planted["subtle"].height - planted[True].height > 3
    assert set(more["kind"]) <= {"weak network fault", "national fault", "lasting fault", "mixed fault"}
    assert (more["strength"] < 0.13).all()
    national = more.filter(kind="national fault").select("carrier", "sms_code", "campaign")
    assert national.null_count().row(0) == (national.height,) * 3 > (0,) * 3
    with pytest.raises(InputError, match="subtle"):
        Sandbox(incidents="hidden")
