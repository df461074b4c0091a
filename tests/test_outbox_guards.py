"""What is left out of a campaign or held back until somebody says why it may go: doubtful numbers, advertisements."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

import polars as pl
import pytest

import zrtools as zr
from zrtools.codes import MESSAGE_KINDS, OPT_OUT_URL
from zrtools.periods import TOKYO

GOOD = f"【あおい商店】秋のセールです。配信停止 {OPT_OUT_URL}"
CONSENT = pl.DataFrame(
    {"phone_number": ["０９０-1234-5678"], "date": ["令和8年4月1日"], "source": ["会員登録"]}
)
WHOLE: dict[str, Any] = {"kind": "advertisement", "sender": "あおい 商店", "consent": CONSENT}


@pytest.fixture
def outbox(tmp_path: Path) -> Iterator[zr.Outbox]:
    """Give an empty outbox."""
    with zr.Outbox(tmp_path / "test.outbox") as made:
        yield made


@pytest.fixture(scope="module")
def client() -> Iterator[zr.Client]:
    """Give a client of a sandbox."""
    with zr.Client.sandbox(messages_per_day=10, months=1) as made:
        yield made


def one(message: str = GOOD, number: str = "09012345678", **columns: Any) -> pl.DataFrame:
    """Make a frame of one message."""
    return pl.DataFrame(
        {"phone_number": [number], "message": [message], **{k: [v] for k, v in columns.items()}}
    )


def consent(**other: Any) -> dict[str, Any]:
    """Say who agreed when and where, with something else in one place."""
    return {"consent": CONSENT.with_columns(**{k: pl.lit(v) for k, v in other.items()})}


NO_LIST = {"consent": None}
CASES: list[tuple[str, pl.DataFrame, dict[str, Any], list[str]]] = [
    ("all is there", one(), {}, []),
    ("no link", one("【あおい商店】秋のセールです。"), {}, ["opt-out link"]),
    ("another link", one("【あおい商店】停止は https://example.com/stop へ"), {}, ["opt-out link"]),
    ("another sender", one(GOOD.replace("あおい", "みどり")), {}, ["sender"]),
    (
        "the sender in other widths",
        one(GOOD.replace("あおい商店", "Ａｏｉ Ｓｈｏｐ")),
        {"sender": "AOI shop"},
        [],
    ),
    ("no sender is said", one(), {"sender": None}, ["sender"]),
    ("no consent", one(number="08012345678"), {}, ["consent"]),
    ("no list of consents", one(), NO_LIST, ["consent"]),
    ("a consent without a day", one(), consent(date=None), ["consent"]),
    ("a consent whose day cannot be read", one(), consent(date="そのうち"), ["consent"]),
    ("a consent on a day to come", one(), consent(date="2999-01-01"), ["consent"]),
    ("a consent without a source", one(), consent(source=" "), ["consent"]),
    ("columns of consent", one(consent_date=date(2026, 4, 1), consent_source="店頭"), NO_LIST, []),
    ("columns with a gap", one(consent_date=date(2026, 4, 1), consent_source=None), NO_LIST, ["consent"]),
    ("Excel's day", one(consent_date=46113, consent_source="店頭"), NO_LIST, []),
    ("late", one(schedule_time="2030-10-31 21:00"), {}, ["night"]),
    ("just before", one(schedule_time="2030-10-31 20:59"), {}, []),
    ("early", one(schedule_time="2030-10-31 07:59"), {}, ["night"]),
    ("in the morning", one(schedule_time="2030-10-31 08:00"), {}, []),
    ("midnight", one(schedule_time=datetime(2030, 10, 31)), {}, ["night"]),
    (
        "all is missing",
        one("秋のセール", "08012345678"),
        {"schedule_time": "2030-10-31 23:30"},
        list(zr.outbox.GUARDS),
    ),
    ("a notice", one("発送しました", "08012345678"), {"kind": "notice", "sender": None, **NO_LIST}, []),
    ("a code", one("認証コード 1234"), {"kind": "one-time code", "sender": None, **NO_LIST}, []),
    ("nothing is said", one("秋のセール"), {"kind": None, "sender": None, **NO_LIST}, []),
]


@pytest.mark.parametrize(
    ("frame", "said", "guards"), [case[1:] for case in CASES], ids=[case[0] for case in CASES]
)
def test_an_advertisement_is_held_by_each_guard_that_it_fails(
    outbox: zr.Outbox, frame: pl.DataFrame, said: dict[str, Any], guards: list[str]
) -> None:
    """Each guard stands for itself, is named, refused where nobody overrides it, and gives way to words alone."""
    said = {**WHOLE, **said}
    shown = outbox.add(frame, dry_run=True, lang="ja", **said)
    assert shown["guards"].to_list() == [guards]
    assert shown["intake"].to_list() == ["held" if guards else "queued"]
    if guards:
        assert shown["problem"][0].count("広告：") == len(guards)
        with pytest.raises(zr.InputError, match="advertisement") as caught:
            outbox.add(frame, **said)
        assert (caught.value.row, outbox.counts()) == (0, {})
        assert guards[0] in str(caught.value)
        assert outbox.add(frame, skip_invalid=True, **said)["intake"].to_list() == ["held"]
        assert (outbox.counts(), outbox.preview().held) == ({}, 1)
        for guard in guards[1:]:
            rest = {other: "部長の承認" for other in guards if other != guard}
            assert outbox.add(frame, dry_run=True, despite=rest, **said)["guards"].to_list() == [[guard]]
        said["despite"] = dict.fromkeys(guards, "法務部の承認 2026-11-28")
    assert outbox.add(frame, **said)["intake"].to_list() == ["queued"]
    assert outbox.campaigns()["kind"].to_list() == [said["kind"]]
    detail = json.loads(outbox.history()["detail"][-1])
    assert detail.get("despite") == said.get("despite")
    assert detail.get("kind") == said["kind"]
    assert ("by" in detail) is bool(guards)


@pytest.mark.parametrize(
    ("said", "match"),
    [
        ({"kind": "advert"}, "kind"),
        ({"kind": None}, 'say kind="advertisement"'),
        ({"kind": "notice", "consent": None}, "sender="),
        ({"sender": "　"}, "sender="),
        ({"consent": CONSENT.drop("source")}, "lacks source"),
        ({"despite": {"nite": "x"}}, "the guards are"),
        ({"despite": {"night": " "}}, "Say why"),
    ],
)
def test_what_does_not_fit_together_is_refused(outbox: zr.Outbox, said: dict[str, Any], match: str) -> None:
    """A slip in what is said of a campaign never makes its guards silent."""
    with pytest.raises(zr.InputError, match=match):
        outbox.add(one(), **{**WHOLE, **said})
    assert outbox.history().is_empty()


def test_an_advertisement_waits_for_the_morning_and_codes_do_not(
    outbox: zr.Outbox, client: zr.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At night what needs no morning leaves, the run says what stays, and words that are journalled let it go."""
    clock = [datetime(2026, 11, 16, 23, 30, tzinfo=TOKYO)]
    monkeypatch.setattr(client, "now", lambda: clock[0])
    outbox.add(one(), campaign="sale", **WHOLE)
    outbox.add(one("認証コード 1234"), kind="one-time code")
    with pytest.raises(zr.PartialResultError, match="it is night") as caught:
        outbox.send(client, progress=False)
    assert caught.value.frame["message"].to_list() == ["認証コード 1234"]
    assert len(caught.value.missing) == 1
    assert "夜間（21:00〜8:00）" in zr.words.told(caught.value, "ja")
    assert outbox.counts() == {"accepted": 1, "queued": 1}
    with pytest.raises(zr.InputError, match="night"):
        outbox.send(client, despite={"consent": "why"}, progress=False)
    assert outbox.send(client, despite={"night": "部長の承認"}, progress=False)[
        "sending_state"
    ].to_list() == ["accepted"]
    noted = outbox.history().filter(pl.col("what") == "despite")["detail"].to_list()
    assert [json.loads(detail)["despite"] for detail in noted] == [{"night": "部長の承認"}]
    outbox.add(one("2" + GOOD), despite={"night": "夜間店舗の案内"}, **WHOLE)
    assert outbox.send(client, progress=False).height == 1
    outbox.add(one("3" + GOOD), **WHOLE)
    with pytest.raises(zr.PartialResultError):
        outbox.send(client, progress=False)
    clock[0] = datetime(2026, 11, 17, 8, tzinfo=TOKYO)
    assert outbox.send(client, progress=False).height == 1


@pytest.mark.parametrize("left", ["unsettled", "leaving"])
def test_what_may_have_gone_is_not_sent_again_at_night_nor_waited_for(
    outbox: zr.Outbox, client: zr.Client, monkeypatch: pytest.MonkeyPatch, left: str
) -> None:
    """An advertisement whose answer was lost waits for the morning, too: to send it again may send it now."""
    monkeypatch.setattr(client, "now", lambda: datetime(2026, 11, 16, 3, tzinfo=TOKYO))
    outbox.add(one(left + GOOD), **WHOLE)
    with outbox._file.transaction() as run:
        run("update messages set sending_state = ?", (left,))
    with pytest.raises(zr.PartialResultError, match="it is night"):
        outbox.send(client, progress=False)
    assert outbox.counts() == {left: 1}


def test_the_night_is_the_users_and_has_an_hour(tmp_path: Path) -> None:
    """Another night may be set, not none by a slip."""
    with zr.Outbox(tmp_path / "a", night=(20, 10)) as outbox:
        for hour, guards in ((19, []), (20, ["night"]), (9, ["night"]), (10, [])):
            shown = outbox.add(one(), schedule_time=f"2030-10-31 {hour:02}:30", dry_run=True, **WHOLE)
            assert shown["guards"].to_list() == [guards]
    for night in ((21, 21), (25, 8), (0, 24), (21, -1)):
        with pytest.raises(zr.InputError, match="night="):
            zr.Outbox(tmp_path / "b", night=night)


def test_a_suppressed_advertisement_is_held_all_the_same(tmp_path: Path) -> None:
    """To let a suppressed number through says nothing about consent: both are asked."""
    with zr.Suppressions(tmp_path / "stop") as stop, zr.Outbox(tmp_path / "a", suppressions=stop) as outbox:
        stop.add("09012345678", "opted out")
        added = outbox.add(one(), skip_invalid=True, **{**WHOLE, **NO_LIST})
        assert added["intake"].to_list() == ["held"]
        assert outbox.override("09012345678", why="asked by phone") == 0
        assert outbox.add(one(), **WHOLE)["intake"].to_list() == ["suppressed"]
        assert outbox.override("09012345678", why="asked by phone") == 1
        assert json.loads(outbox.history()["detail"][-1])["by"]


def test_doubtful_numbers_are_counted_shown_and_left_out_unless_taken(
    outbox: zr.Outbox, client: zr.Client
) -> None:
    """The dummy of an export is never queued by itself; a machine's number is queued and marked."""
    numbers = ["090-0000-0000", "09000000000", "02012345678901", "020-1234-5678", "09012345678"]
    frame = pl.DataFrame({"phone_number": numbers, "message": ["こんにちは"] * 5})
    shown = outbox.add(frame, dry_run=True, lang="ja")
    assert shown["intake"].to_list() == ["doubtful"] * 3 + ["queued"] * 2
    assert [("存在しない番号" in said, "020の番号" in said) for said in shown["problem"].fill_null("")] == [
        *[(True, False)] * 3,
        (False, True),
        (False, False),
    ]
    assert outbox.add(frame)["intake"].to_list() == shown["intake"].to_list()
    assert outbox.frame()["error"].to_list() == [None, None]
    assert (outbox.preview().doubtful, outbox.preview().messages) == (3, 2)
    assert "存在しない番号" in dict(outbox.preview().rows("ja")).__str__()
    taken = outbox.add(frame, doubtful="take")
    assert taken["intake"].to_list() == ["queued", "duplicate", "queued", "duplicate", "duplicate"]
    assert outbox.add(frame)["intake"].to_list() == ["duplicate"] * 5
    assert outbox.send(client, progress=False)["sending_state"].to_list() == ["accepted"] * 4
    assert client.send("090-0123-4567", "こんにちは").phone_number == "+819001234567"


def test_the_next_step_of_a_campaign_follows_its_kind() -> None:
    """What was said of a campaign wins over what its wording looks like: a code is left, a notice is not."""
    frame = pl.DataFrame(
        {
            "send_date": [date(2026, 10, 1)] * 2,
            "date_time": [datetime(2026, 10, 1, 12, tzinfo=TOKYO)] * 2,
            "phone_number": ["+819012345678", "+818012345678"],
            "message": ["お荷物の確認番号は1234です", "合言葉はアサヒです"],
            "client_tag": ["parcel-00001", "login-00001"],
            "carrier": ["docomo"] * 2,
            "status_id": [3, 3],
            "detailed_status_id": ["31721"] * 2,
            "separated_success_count": [1, 1],
        },
        schema_overrides={"status_id": pl.Int16, "separated_success_count": pl.Int32},
    ).with_columns(pl.col("date_time").cast(zr.schemas.TIME))
    moment = "2026-10-01 14:00"

    def steps(**said: Any) -> dict[str, str]:
        plan = zr.failures.retry_plan(frame, now=moment, **said)
        return dict(plan.select("client_tag", "reason").iter_rows())

    assert steps()["parcel-00001"] == "one-time code" != steps()["login-00001"]
    told = steps(kinds={"parcel": "notice", "login": "one-time code"})
    assert told["login-00001"] == "one-time code" != told["parcel-00001"]
    with pytest.raises(zr.InputError, match="kind"):
        steps(kinds={"parcel": "advert"})
    assert set(MESSAGE_KINDS) == {"advertisement", "notice", "one-time code"}
