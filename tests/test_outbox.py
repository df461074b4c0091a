"""The outbox: each message exactly once, whatever happens."""

from __future__ import annotations

import _thread
import errno
import importlib.util
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import partial
from pathlib import Path

import polars as pl
import pytest

import zrtools as zr
from zrtools import schemas
from zrtools.client import sending
from zrtools.codes import OPT_OUT_URL
from zrtools.failures import features
from zrtools.outbox import lease, run
from zrtools.usage import Prices

ROOT = Path(__file__).parent.parent


def people(count: int, text: str = "お知らせです") -> pl.DataFrame:
    """Make a frame of so many different recipients."""
    return pl.DataFrame(
        {"phone_number": [f"0901{n:07d}" for n in range(count)], "message": [text] * count},
        schema={"phone_number": pl.String, "message": pl.String},
    )


@pytest.fixture
def client() -> Iterator[zr.Client]:
    """Give a client of a sandbox of its own."""
    with zr.Client.sandbox(messages_per_day=10, months=1) as made:
        yield made


@pytest.fixture
def outbox(tmp_path: Path) -> Iterator[zr.Outbox]:
    """Give an empty outbox."""
    with zr.Outbox(tmp_path / "test.outbox") as made:
        yield made


@pytest.fixture
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let settling and backing off take no time."""
    monkeypatch.setattr(sending, "_LOOKS", (0.0,))
    monkeypatch.setattr(run, "_BACKOFF", 0.0)


def arrived(client: zr.Client) -> list[str]:
    """List the numbers that the sandbox accepted a message for."""
    assert client.embedded is not None
    return sorted(message.phone_number for message in client.embedded.accepted)


def account(client: zr.Client) -> dict[str, str]:
    """Give what a second client of the same account needs."""
    sandbox = client.embedded
    assert sandbox is not None
    return {
        "token": sandbox.token,
        "client_id": sandbox.client_id,
        "sms_code": sandbox.sms_code,
        "base_url": sandbox.url,
    }


def numbers(count: int) -> list[str]:
    """List the numbers of `people` in the form +81…."""
    return [f"+81901{n:07d}" for n in range(count)]


# ------------------------------------------------------------------------------------------ filling


def test_a_frame_is_queued_whole_or_not_at_all(outbox: zr.Outbox) -> None:
    """One bad row keeps all of them out, and is named."""
    bad = pl.concat([people(3), pl.DataFrame({"phone_number": ["03-1234-5678"], "message": ["x"]})])
    with pytest.raises(zr.InputError, match=r"1 of 4 rows.*row 3") as caught:
        outbox.add(bad, lang="en")
    assert caught.value.row == 3
    assert outbox.counts() == {}
    added = outbox.add(bad, skip_invalid=True, lang="en")
    assert added.schema == schemas.ADDED
    assert added["intake"].to_list() == ["queued"] * 3 + ["invalid"]
    assert added["problem"][3] == "phone_number: it is not a mobile number: landline, IP phone or toll-free"
    assert outbox.counts() == {"queued": 3}
    assert outbox.frame().schema == schemas.OUTBOX


@pytest.mark.parametrize("dtype", [pl.Float32, pl.Float16])
def test_numbers_whose_digits_are_gone_are_never_queued(outbox: zr.Outbox, dtype: pl.DataType) -> None:
    """9012345678 in a Float32 is somebody else's number: the row says that its digits are gone."""
    frame = pl.DataFrame({"phone_number": [9012345678.0], "message": ["x"]})
    added = outbox.add(frame.cast({"phone_number": dtype}), skip_invalid=True, lang="en")
    assert added["intake"].to_list() == ["invalid"]
    assert outbox.add(frame)["phone_number"].to_list() == ["+819012345678"]


def test_a_frame_may_have_columns_named_as_the_journal_names_its_own(outbox: zr.Outbox) -> None:
    """What people call `row` or `parts` is theirs, and says nothing about where a row stands."""
    added = outbox.add(people(2).with_columns(row=pl.Series([7, 7]), parts=pl.lit("x")), campaign="spring")
    assert added["row"].to_list() == [0, 1]
    assert added["parts"].to_list() == [1, 1]


def test_every_kind_of_bad_row_has_its_reason(outbox: zr.Outbox) -> None:
    """Number, body, time, carrier and tags are checked, and said in Japanese and English."""
    good = {"phone_number": "09012345678", "message": "x"}
    frame = pl.DataFrame(
        [
            {**good, "message": "髙橋様"},
            {**good, "message": None},
            {**good, "message": "a" * 661},
            {**good, "message": "{{%氏名%}}様"},
            {**good, "message": f"停止 {OPT_OUT_URL.lower()}"},
            {**good, "schedule_time": "2026/10/31"},
            {**good, "carrier_id": "102"},
            {**good, "group_tag": "g" * 201},
            {**good, "client_tag": "t" * 201},
            {**good, "phone_number": None},
        ],
        infer_schema_length=None,
    )
    english = outbox.add(frame, dry_run=True, lang="en")["problem"].to_list()
    for problem, words in zip(
        english,
        ["“高”", "empty", "660", "not filled", "0PT0UT", "schedule", "101", "group", "client", "no number"],
        strict=True,
    ):
        assert words in problem
    japanese = outbox.add(frame, dry_run=True)["problem"].to_list()
    assert japanese[0].startswith("本文：1文字目：「髙」")
    assert outbox.counts() == {}


def test_characters_that_cannot_be_sent_are_refused_mended_or_sent_as_asked(outbox: zr.Outbox) -> None:
    """Nothing is replaced unless the person says so."""
    frame = people(1, "髙橋様")
    assert outbox.add(frame, dry_run=True)["intake"].to_list() == ["invalid"]
    assert outbox.add(frame, dry_run=True, unsendable="mend")["intake"].to_list() == ["invalid"]
    assert outbox.add(frame, dry_run=True, unsendable="mend names")["message"].to_list() == ["高橋様"]
    assert outbox.add(people(1, "①〜③"), dry_run=True, unsendable="mend")["message"].to_list() == ["(1)〜(3)"]
    assert outbox.add(frame, dry_run=True, unsendable="send")["message"].to_list() == ["髙橋様"]
    with pytest.raises(zr.InputError, match="unsendable"):
        outbox.add(frame, unsendable="guess")  # type: ignore[arg-type]  # wrong on purpose


def test_a_frame_without_its_columns_is_refused(outbox: zr.Outbox) -> None:
    """The message names the column that is missing or given twice."""
    with pytest.raises(zr.InputError, match=r"'phone_number'.*電話"):
        outbox.add(pl.DataFrame({"電話": ["090"], "message": ["x"]}))
    with pytest.raises(zr.InputError, match="'message'"):
        outbox.add(people(1).drop("message"))
    with pytest.raises(zr.InputError, match="schedule_time is given twice"):
        outbox.add(
            people(1).with_columns(schedule_time=pl.lit("2026-10-31 09:30")), schedule_time="2026-10-31 09:30"
        )


def test_the_same_frame_added_twice_is_seen(outbox: zr.Outbox, tmp_path: Path) -> None:
    """Running a cell again does not send again; another campaign or another text does."""
    assert set(outbox.add(people(3), campaign="spring")["intake"]) == {"queued"}
    again = outbox.add(people(4), campaign="spring", lang="en")
    assert again["intake"].to_list() == ["duplicate"] * 3 + ["queued"]
    assert "already (queued)" in again["problem"][0]
    assert set(outbox.add(people(3), campaign="summer")["intake"]) == {"queued"}
    assert set(outbox.add(people(3, "別の文"), campaign="spring")["intake"]) == {"queued"}
    twice = outbox.add(pl.concat([people(2), people(2)]), campaign="autumn")
    assert twice["intake"].to_list() == ["queued", "queued", "duplicate", "duplicate"]
    assert outbox.preview().duplicates == 5


@pytest.mark.slow
def test_a_large_campaign_added_twice_at_once_is_taken_once(outbox: zr.Outbox) -> None:
    """Two at work on one journal wait for each other: what the first queues is a duplicate to the second."""
    frame = people(20_000)

    def add(_: int) -> dict[str, int]:
        with zr.Outbox(outbox.path) as own:
            return dict(own.add(frame, campaign="large")["intake"].value_counts().iter_rows())

    with ThreadPoolExecutor(2) as both:
        found = sorted(both.map(add, range(2)), key=str)
    assert found == [{"duplicate": 20_000}, {"queued": 20_000}]
    assert outbox.counts() == {"queued": 20_000}
    # with room for its indexes in memory alone a campaign of 200,000 is added well within the time that others wait
    with outbox._file.reading() as run:
        assert run("pragma cache_size").fetchone()[0] <= -64 * 1024


def test_the_same_text_under_another_name_is_a_repeat_where_asked(
    outbox: zr.Outbox, client: zr.Client
) -> None:
    """What waits, or went since a time, to the same number with the same text is not queued again."""
    now = client.now()
    week = now - timedelta(days=7)
    outbox.add(people(2), campaign="spring")
    outbox.send(client, progress=False)
    outbox.add(people(3).tail(1), campaign="waits")
    outbox.add(people(4).tail(1), campaign="later", schedule_time=now + timedelta(days=30))
    outbox.send(client, campaign="later", progress=False)
    outbox.add(people(5).tail(1), campaign="gone")
    outbox.withdraw(campaign="gone")
    frame = pl.concat([people(6), people(1, "別の文")])
    found = outbox.add(frame, campaign="new", sent_since=week, dry_run=True, lang="en")
    assert found["intake"].to_list() == ["repeat"] * 4 + ["queued"] * 3
    assert found["problem"][0] == (
        f"the same number and message stand under another name: spring (accepted, {now:%Y-%m-%d})"
    )
    assert "waits (queued, " in found["problem"][2]
    assert f"later (accepted, {now + timedelta(days=30):%Y-%m-%d})" in found["problem"][3]
    assert set(outbox.add(frame, campaign="new", dry_run=True)["intake"]) == {"queued"}
    # what went before that time says nothing, what waits always does
    late = outbox.add(people(3), campaign="new", sent_since=now + timedelta(days=1), dry_run=True)
    assert late["intake"].to_list() == ["queued", "queued", "repeat"]
    # a message with a tag of its own is the same to who gets it
    own = people(1).with_columns(client_tag=pl.lit("own"))
    assert outbox.add(own, campaign="spring", sent_since=week)["intake"].to_list() == ["repeat"]
    assert outbox.add(own, campaign="spring")["intake"].to_list() == ["queued"]
    assert outbox.preview().duplicates == 1
    outbox.add(frame, campaign="new", sent_since=week)
    outbox.send(client, progress=False)
    assert len(arrived(client)) == len(set(arrived(client))) + 2


def test_the_journal_lists_its_campaigns(outbox: zr.Outbox, client: zr.Client) -> None:
    """With what is open in each; asked with numbers, those that went or go to a list of just these."""
    assert outbox.campaigns().schema == schemas.CAMPAIGNS
    outbox.add(people(4), campaign="spring")
    outbox.send(client, progress=False)
    outbox.add(people(6, "もう一度"), campaign="spring")
    outbox.add(people(3), campaign="summer")
    outbox.add(people(2), campaign="gone")
    outbox.withdraw(campaign="gone")
    found = outbox.campaigns()
    assert found.select("campaign", "numbers", "messages", "open").rows() == [
        ("spring", 6, 10, 6),
        ("summer", 3, 3, 3),
        ("gone", 2, 2, 0),
    ]
    assert found["added_at"].to_list() == sorted(found["added_at"])
    assert outbox.campaigns(people(6)["phone_number"])["campaign"].to_list() == ["spring", "summer"]
    # of a list of five it is not, and of one of seven it is too small a part
    assert outbox.campaigns(people(5)["phone_number"])["campaign"].to_list() == ["summer"]
    assert outbox.campaigns(people(7)["phone_number"])["campaign"].to_list() == ["spring"]
    assert outbox.campaigns([]).is_empty()


def test_tags_name_the_campaign_and_are_the_same_in_another_journal(
    outbox: zr.Outbox, tmp_path: Path
) -> None:
    """If a journal is lost, the tags of a named campaign still keep its messages from going out twice."""
    tags = outbox.add(people(2), campaign="spring-sale")["client_tag"].to_list()
    unnamed = outbox.add(people(2))["client_tag"].to_list()
    with zr.Outbox(tmp_path / "other.outbox") as other:
        assert other.add(people(2), campaign="spring-sale")["client_tag"].to_list() == tags
        assert not set(other.add(people(2))["client_tag"]) & set(unnamed)
    named = features(
        pl.DataFrame({"client_tag": tags, "message": "x", "date_time": None}, schema_overrides=schemas.STATUS)
    )
    assert set(named["campaign"]) == {"spring-sale"}


def test_a_message_taken_back_before_it_left_keeps_its_tag(
    outbox: zr.Outbox, client: zr.Client, tmp_path: Path
) -> None:
    """Withdrawn and added again it has the tag that a new journal would give it: if this one is lost, it goes once."""
    first = outbox.add(people(3), campaign="spring")["client_tag"].to_list()
    outbox.withdraw()
    assert outbox.add(people(3), campaign="spring")["client_tag"].to_list() == first
    outbox.withdraw()
    assert outbox.add(people(3), campaign="spring")["client_tag"].to_list() == first
    assert outbox.counts() == {"queued": 3, "withdrawn": 6}
    outbox.send(client, progress=False)
    with zr.Outbox(tmp_path / "new.outbox") as new:
        new.add(people(3), campaign="spring")
        new.send(client, progress=False)
        assert new.counts() == {"accepted": 3}
    assert arrived(client) == numbers(3)


def test_own_tags_are_kept_and_never_taken_twice(outbox: zr.Outbox) -> None:
    """A tag of the analyst's own makes the message; the same tag for another one is a mistake."""
    frame = people(2).with_columns(client_tag=pl.Series(["a", "b"]))
    assert outbox.add(frame)["client_tag"].to_list() == ["a", "b"]
    assert outbox.add(frame)["intake"].to_list() == ["duplicate"] * 2
    clash = outbox.add(
        people(2, "別").with_columns(client_tag=pl.Series(["a", "c"])), skip_invalid=True, lang="en"
    )
    assert clash["intake"].to_list() == ["invalid", "queued"]
    assert "client_tag" in clash["problem"][0]
    shared = pl.concat([people(1), people(1, "別")]).with_columns(client_tag=pl.lit("d"))
    assert outbox.add(shared, dry_run=True)["intake"].to_list() == ["invalid"] * 2


def test_templates_are_filled_from_the_frame(outbox: zr.Outbox) -> None:
    """A row with nothing for a placeholder is invalid, and nothing half filled is queued."""
    frame = people(3).drop("message").with_columns(氏名=pl.Series(["佐藤", None, " "]))
    added = outbox.add(frame, template="{{%氏名%}}様", skip_invalid=True, lang="en")
    assert added["message"].to_list() == ["佐藤様", None, None]
    assert added["problem"].to_list() == [None] + ["message: a placeholder has no value"] * 2
    assert outbox.counts() == {"queued": 1}


def test_times_are_read_as_japan_writes_them(outbox: zr.Outbox) -> None:
    """Text, naive and aware times mean the same minute."""
    moment = datetime(2026, 10, 31, 9, 30)
    for given in (
        "2026-10-31 09:30",
        "2026-10-31T09:30",
        moment,
        moment.replace(tzinfo=UTC) - timedelta(hours=9),
    ):
        frame = people(1).with_columns(schedule_time=pl.lit(given))
        added = outbox.add(frame, dry_run=True)
        assert added["schedule_time"].dt.strftime("%F %R %Z").to_list() == ["2026-10-31 09:30 JST"]
    assert (
        outbox.add(people(1), schedule_time=moment, dry_run=True)["schedule_time"][0]
        == added["schedule_time"][0]
    )


def test_the_preview_says_what_a_send_would_do(outbox: zr.Outbox) -> None:
    """Counts, parts and, with prices, the cost as decimals; a range where carriers differ."""
    outbox.add(people(3, "あ" * 71), campaign="a", schedule_time="2099-01-01 09:00")
    outbox.add(people(1).with_columns(carrier_id=pl.lit("103")), campaign="b")
    assert outbox.preview() == zr.outbox.Preview(
        messages=4, numbers=3, scheduled=3, parts=7, duplicates=0, invalid=0, suppressed=0
    )
    assert outbox.preview("8.5").cost_low == Decimal("59.5")
    ranged = outbox.preview({"103": "8", "101": "10", "*": "9"})
    assert (ranged.cost_low, ranged.cost_high) == (Decimal(6 * 8 + 8), Decimal(6 * 10 + 8))
    table = pl.DataFrame(
        {
            "client_id": ["*"] * 3,
            "carrier": ["*"] * 3,
            "since": [date(2020, 1, 1), date(2021, 1, 1), date(2021, 1, 1)],
            "over": [0, 0, 1000],
            "unit_price": [Decimal(9), Decimal(8), Decimal(7)],
        },
        schema=schemas.PRICES,
    )
    assert outbox.preview(Prices(table)).cost_high == Decimal(56)
    assert outbox.preview(Prices(table, plan="accepted"), campaign="a").cost_high == Decimal(24)
    assert "56" in outbox.preview(Prices(table))._repr_html_()
    with pytest.raises(zr.InputError, match="103"):
        outbox.preview({"101": "8"})
    with pytest.raises(zr.InputError, match="decimal"):
        outbox.preview("free")


def test_the_preview_takes_the_accounts_own_prices(outbox: zr.Outbox, client: zr.Client) -> None:
    """Another client's special price counts for nothing; this one's comes before the price for all."""
    mine, others = client.client_id, "777"
    table = pl.DataFrame(
        [
            ("*", "103", date(2020, 1, 1), 0, Decimal(9)),
            ("*", "*", date(2020, 1, 1), 0, Decimal(9)),
            (others, "103", date(2024, 1, 1), 0, Decimal(1)),
            (mine, "103", date(2020, 1, 1), 0, Decimal(7)),
        ],
        schema=schemas.PRICES,
        orient="row",
    )
    outbox.add(people(1).with_columns(carrier_id=pl.lit("103")))
    # before the first send the journal belongs to no account
    assert outbox.preview(Prices(table)).cost_high == Decimal(9)
    assert outbox.preview(Prices(table), client_id=mine).cost_high == Decimal(7)
    assert outbox.preview(Prices(table), client_id=others).cost_high == Decimal(1)
    with pytest.raises(zr.InputError, match="client_id="):
        outbox.preview(Prices(table.filter(pl.col("client_id") != "*")))
    outbox.send(client, progress=False)
    outbox.add(people(1, "もう一つ").with_columns(carrier_id=pl.lit("103")))
    assert outbox.preview(Prices(table)).cost_high == Decimal(7)
    for_all_carriers = pl.DataFrame(
        [(mine, "*", date(2020, 1, 1), 0, Decimal(5))], schema=schemas.PRICES, orient="row"
    )
    special = pl.concat([table.filter(pl.col("client_id") == "*"), for_all_carriers])
    assert outbox.preview(Prices(special)).cost_high == Decimal(5)


# ------------------------------------------------------------------------------------------ sending


def test_each_message_is_sent_once(outbox: zr.Outbox, client: zr.Client) -> None:
    """All are accepted, and a second send has nothing to do."""
    outbox.add(people(100))
    sent = outbox.send(client)
    assert sent.schema == schemas.OUTBOX
    assert set(sent["sending_state"]) == {"accepted"}
    assert set(sent["attempts"]) == {1}
    assert arrived(client) == numbers(100)
    assert outbox.send(client, progress=False).height == 0
    assert client.embedded is not None
    assert client.embedded.calls["send"] == 100


def test_a_message_is_on_disk_before_it_leaves(outbox: zr.Outbox, client: zr.Client) -> None:
    """Whenever a request arrives, another reader of the journal sees it as leaving."""
    outbox.add(people(20))
    seen: list[str] = []

    def look(fields: dict[str, str]) -> bool:
        with sqlite3.connect(outbox.path) as other:
            seen.extend(
                other.execute(
                    "select sending_state from messages where client_tag = ?", (fields["clientTag"],)
                ).fetchone()
            )
        other.close()
        return False

    assert client.embedded is not None
    client.embedded.faults.add("delay", "send", when=look)
    outbox.send(client, progress=False)
    assert seen == ["leaving"] * 20


def test_lost_answers_are_settled_under_the_same_tag(outbox: zr.Outbox, client: zr.Client) -> None:
    """Connections cut before and after a message took effect lead to one message each."""
    assert client.embedded is not None
    client.embedded.faults.add("drop_after", "send", times=6)
    client.embedded.faults.add("drop_before", "send", times=6)
    outbox.add(people(30))
    sent = outbox.send(client, progress=False)
    assert set(sent["sending_state"]) == {"accepted"}
    assert arrived(client) == numbers(30)


def test_an_answer_that_stays_unknown_is_unsettled_until_it_is_known(
    outbox: zr.Outbox, client: zr.Client, hasty: None
) -> None:
    """While nobody can tell, the message is shown as unsettled; the next send settles it, without a second message."""
    assert client.embedded is not None
    faults = client.embedded.faults
    # it takes effect, but is refused as used before, and its status is not found
    faults.add("code", "send", times=None, effect=True, response_code=400, message="Duplicate client tag.")
    faults.add("code", "status", times=None, response_code=500)
    outbox.add(people(1))
    sent = outbox.send(client, progress=False)
    assert sent.select("sending_state", "attempts", "result_code").row(0) == ("unsettled", 3, 400)
    assert outbox.add(people(1))["intake"].to_list() == ["duplicate"]
    faults.clear()
    assert outbox.send(client, progress=False)["sending_state"].to_list() == ["accepted"]
    assert arrived(client) == numbers(1)


def test_unsettled_messages_are_settled_by_asking_alone(
    outbox: zr.Outbox, client: zr.Client, hasty: None
) -> None:
    """`settle` asks status and reservations and sends nothing."""
    assert client.embedded is not None
    faults = client.embedded.faults
    faults.add("code", "send", times=None, effect=True, response_code=400, message="Duplicate client tag.")
    for call in ("status", "reservations"):
        faults.add("code", call, times=None, response_code=500)
    later = client.now() + timedelta(hours=2)
    outbox.add(people(1), campaign="now")
    outbox.add(people(1), campaign="later", schedule_time=later)
    outbox.send(client, progress=False)
    assert outbox.counts() == {"unsettled": 2}
    sends = client.embedded.calls["send"]
    faults.clear()
    assert outbox.settle(client)["sending_state"].to_list() == ["accepted"] * 2
    assert client.embedded.calls["send"] == sends


def test_a_person_may_decide_what_stays_unsettled(outbox: zr.Outbox, client: zr.Client, hasty: None) -> None:
    """Decided as not sent, the same text may be added again, under another tag; the journal keeps why."""
    assert client.embedded is not None
    client.embedded.faults.add("code", "send", times=None, response_code=400, message="Duplicate client tag.")
    [tag] = outbox.add(people(1))["client_tag"]
    outbox.send(client, progress=False)
    with pytest.raises(zr.InputError, match="how you know"):
        outbox.decide(tag, accepted=False, why="")
    outbox.decide(tag, accepted=False, why="asked the vendor")
    with pytest.raises(zr.InputError, match="No unsettled"):
        outbox.decide(tag, accepted=False, why="asked the vendor")
    added = outbox.add(people(1))
    assert added["intake"].to_list() == ["queued"]
    assert added["client_tag"].to_list() != [tag]
    assert "asked the vendor" in outbox.history().filter(pl.col("what") == "decide")["detail"][0]


def test_a_refused_message_may_be_added_again(outbox: zr.Outbox, client: zr.Client) -> None:
    """What was surely not accepted goes only when it is added anew."""
    assert client.embedded is not None
    client.embedded.faults.add("code", "send", response_code=110, message="Invalid message.")
    [tag] = outbox.add(people(1))["client_tag"]
    sent = outbox.send(client, progress=False)
    assert sent.select("sending_state", "result_code").row(0) == ("refused", 110)
    assert outbox.send(client, progress=False).height == 0
    assert outbox.add(people(1)).select("intake", "client_tag").row(0) == ("queued", tag)
    outbox.send(client, progress=False)
    assert arrived(client) == numbers(1)


@pytest.mark.parametrize("ended", ["refused", "withdrawn", "passed", "decided"])
@pytest.mark.parametrize("own", [False, True])
def test_what_the_service_never_took_keeps_its_tag(
    outbox: zr.Outbox, client: zr.Client, hasty: None, tmp_path: Path, ended: str, own: bool
) -> None:
    """Tried in vain and added again it has the tag that a new journal would give it, so it goes once."""
    box = client.embedded
    assert box is not None
    frame = people(3).with_columns(client_tag=pl.Series(["a", "b", "c"])) if own else people(3)
    when = client.now() - timedelta(hours=1) if ended == "passed" else None
    first = outbox.add(frame, campaign="spring", schedule_time=when)["client_tag"].to_list()
    if ended == "refused":
        box.faults.add("code", "send", times=None, response_code=110, message="Invalid message.")
    elif ended == "withdrawn":
        box.faults.add("code", "send", times=None, response_code=300, message="Exceed sending count.")
    elif ended == "decided":
        box.faults.add("html", "send", times=None, effect=True)
        box.faults.add("html", "status", times=None)
    with suppress(zr.PartialResultError):
        outbox.send(client, progress=False)
    box.faults.clear()
    if ended == "withdrawn":
        outbox.withdraw()
    for tag in first if ended == "decided" else []:
        # a mistake: they did arrive
        outbox.decide(tag, accepted=False, why="nobody saw them")
    taken = arrived(client)
    assert taken == (numbers(3) if ended == "decided" else [])
    added = outbox.add(frame, campaign="spring")
    assert added.select("intake", "client_tag").rows() == [("queued", tag) for tag in first]
    outbox.send(client, progress=False)
    assert (
        outbox.frame().filter(pl.col("client_tag").is_in(first))["sending_state"].to_list()
        == ["accepted"] * 3
    )
    with zr.Outbox(tmp_path / "new.outbox") as new:
        new.add(frame, campaign="spring")
        new.send(client, progress=False)
        assert new.counts() == {"accepted": 3}
    assert arrived(client) == numbers(3)


def test_a_tag_that_the_service_has_taken_is_followed_by_another(
    outbox: zr.Outbox, client: zr.Client, hasty: None
) -> None:
    """Of a cancelled reservation, and where it is known from elsewhere; also when the first was forgotten."""
    box = client.embedded
    assert box is not None
    tags = []
    listed = zr.Suppressions(outbox.path.with_name("list"))
    later = client.now() + timedelta(days=1)
    with zr.Outbox(outbox.path, suppressions=listed) as same:
        for _ in range(3):
            [tag] = same.add(people(1), campaign="spring", schedule_time=later)["client_tag"]
            same.send(client, progress=False)
            listed.add(numbers(1), "opted out")
            assert same.cancel_suppressed(client, progress=False)["sending_state"].to_list() == ["withdrawn"]
            listed.remove(numbers(1), "asked for it")
            tags.append(tag)
        with same._file.transaction() as run:
            long_ago = ("2020-01-01 00:00:00.000", "2020-01-01 00:00", tags[0])
            run("update messages set settled_at = ?, schedule_time = ? where client_tag = ?", long_ago)
        same.forget("2021-01-01")
        assert same.frame()["client_tag"].to_list() == tags[1:]
        [tag] = same.add(people(1), campaign="spring", dry_run=True)["client_tag"]
        # what is forgotten is tried again, and then asked about; what is known is not
        assert tag == tags[0]
        box.faults.add("code", "send", times=None, response_code=400, message="Duplicate client tag.")
        same.add(people(1), campaign="spring")
        same.send(client, progress=False)
        box.faults.clear()
        same.decide(tag, accepted=False, why="asked the vendor")
        [last] = same.add(people(1), campaign="spring")["client_tag"]
        assert last not in tags
        same.send(client, progress=False)
        assert same.add(people(1), campaign="spring")["client_tag"].to_list() == [last]
    listed.close()
    assert [m.client_tag for m in box.accepted if not m.cancelled] == [last]


def test_the_quota_stops_the_run_and_keeps_the_rest(outbox: zr.Outbox, client: zr.Client) -> None:
    """Over the plan's limit nothing is marked as refused: the rest waits, and goes on later."""
    assert client.embedded is not None
    client.embedded.faults.add(
        "code", "send", times=None, response_code=300, message="Exceed sending count.", when=_from(40)
    )
    outbox.add(people(100))
    with pytest.raises(zr.PartialResultError, match="still queued") as caught:
        outbox.send(client, progress=False)
    assert isinstance(caught.value.__cause__, zr.ApiError)
    accepted = outbox.counts()["accepted"]
    assert outbox.counts() == {"accepted": accepted, "queued": 100 - accepted}
    assert len(caught.value.missing) == 100 - accepted
    assert accepted >= 40
    client.embedded.faults.clear()
    outbox.send(client, progress=False)
    assert arrived(client) == numbers(100)


def _from(first: int):  # type: ignore[no-untyped-def]  # a closure for faults
    return lambda fields: int(fields["phoneNumber"][-7:]) >= first


@pytest.mark.parametrize(
    ("code", "message"), [(110, "Invalid token."), (110, "Invalid clientId."), (100, "Required smsCode.")]
)
def test_a_wrong_account_stops_at_once(outbox: zr.Outbox, client: zr.Client, code: int, message: str) -> None:
    """A token that is not taken costs a few requests, not one for each message."""
    assert client.embedded is not None
    client.embedded.faults.add("code", "send", times=None, response_code=code, message=message)
    outbox.add(people(200))
    with pytest.raises(zr.PartialResultError):
        outbox.send(client, progress=False)
    assert outbox.counts() == {"queued": 200}
    assert client.embedded.calls["send"] <= 40


def test_errors_that_pass_are_tried_again(outbox: zr.Outbox, client: zr.Client, hasty: None) -> None:
    """An error inside the service leads to another try of that message in the same run."""
    assert client.embedded is not None
    client.embedded.faults.add("code", "send", times=3, response_code=500)
    outbox.add(people(10))
    assert set(outbox.send(client, progress=False)["sending_state"]) == {"accepted"}
    assert arrived(client) == numbers(10)


def test_a_service_that_is_gone_stops_the_run(
    outbox: zr.Outbox, client: zr.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When nothing answers, the run ends, says so, and everything is still there."""
    monkeypatch.setattr("zrtools.client.retry.TRIES", 1)
    assert client.embedded is not None
    client.embedded.close()
    outbox.add(people(50))
    with pytest.raises(zr.PartialResultError, match="send again"):
        outbox.send(client, progress=False)
    assert outbox.counts() == {"queued": 50}


@pytest.mark.parametrize(("status", "open_state"), [(429, "queued"), (503, "unsettled")])
def test_a_service_that_asks_to_wait_for_long_ends_the_run_as_ctrl_c_does(
    outbox: zr.Outbox, client: zr.Client, monkeypatch: pytest.MonkeyPatch, status: int, open_state: str
) -> None:
    """Asked to wait for an hour it ends at once, says until when, keeps all, and the next send finishes."""
    # the pace, and with it the questions what became of a 503, is held for so long at most
    monkeypatch.setattr("zrtools.client.pace.LONGEST", 0.5)
    assert client.embedded is not None
    client.embedded.faults.add("http", "send", times=None, status=status, retry_after=3600, when=_from(20))
    outbox.add(people(150))
    began = time.monotonic()
    with pytest.raises(zr.PartialResultError, match=r"wait until \d\d:\d\d") as caught:
        outbox.send(client, progress=False)
    assert time.monotonic() - began < 20
    assert caught.value.retry_after is not None
    assert 3000 < caught.value.retry_after <= 3600
    states = outbox.frame()
    assert set(states["sending_state"]) == {"accepted", "queued", open_state}
    assert len(caught.value.missing) == states.filter(pl.col("sending_state") == "queued").height
    # what had not left when the run ended is as if it had never been taken up
    assert (states.filter(pl.col("sending_state") == "queued")["attempts"] == 0).sum() >= 86
    client.embedded.faults.clear()
    with zr.Client(**account(client), pace=None) as later:
        outbox.send(later, progress=False)
    assert outbox.counts() == {"accepted": 150}
    assert arrived(client) == numbers(150)


def test_a_set_event_stops_the_run_and_the_next_one_goes_on(outbox: zr.Outbox, client: zr.Client) -> None:
    """Pause lets what is in flight finish, and the rest stays queued."""
    stop = threading.Event()
    assert client.embedded is not None

    def after_ten(fields: dict[str, str]) -> bool:
        if client.embedded is not None and len(client.embedded.accepted) >= 10:
            stop.set()
        return False

    client.embedded.faults.add("delay", "send", times=None, when=after_ten)
    outbox.add(people(150))
    outbox.send(client, stop=stop, progress=False)
    counts = outbox.counts()
    assert counts["accepted"] + counts["queued"] == 150
    assert 10 <= counts["accepted"] <= 60
    stop.clear()
    client.embedded.faults.clear()
    outbox.send(client, stop=stop, progress=False)
    assert arrived(client) == numbers(150)


@pytest.mark.slow
def test_ctrl_c_stops_and_nothing_goes_out_twice(outbox: zr.Outbox, client: zr.Client) -> None:
    """An interrupted run says what it left, and the next one finishes the campaign."""
    assert client.embedded is not None
    client.embedded.faults.add("delay", "send", times=None, probability=0.3, seconds=0.2)
    outbox.add(people(300))
    timer = threading.Timer(0.8, _thread.interrupt_main)
    timer.start()
    with pytest.raises(zr.Interrupted) as caught:
        outbox.send(client, progress=False)
    timer.join()
    assert caught.value.missing
    assert caught.value.frame.schema == schemas.OUTBOX
    # what had not left is as if it had never been taken up
    waiting = outbox.frame().filter(pl.col("sending_state") == "queued")
    assert waiting.height
    assert set(waiting["attempts"]) == {0}
    assert waiting["settled_at"].null_count() == waiting.height
    client.embedded.faults.clear()
    outbox.send(client, progress=False)
    assert outbox.counts() == {"accepted": 300}
    assert arrived(client) == numbers(300)


def test_two_senders_share_a_journal_without_repeating(outbox: zr.Outbox, client: zr.Client) -> None:
    """Each message is taken up by one of them."""
    sandbox = client.embedded
    assert sandbox is not None
    outbox.add(people(200))

    def other() -> None:
        with zr.Client(**account(client), pace=None) as second, zr.Outbox(outbox.path) as same:
            same.send(second, progress=False)

    thread = threading.Thread(target=other)
    thread.start()
    outbox.send(client, progress=False)
    thread.join(60)
    assert outbox.counts() == {"accepted": 200}
    assert arrived(client) == numbers(200)
    assert sandbox.calls["send"] == 200


def test_what_a_dead_process_left_is_taken_up_as_a_repeat(outbox: zr.Outbox, client: zr.Client) -> None:
    """Messages journalled as leaving by a process that is gone are settled, not sent anew."""
    outbox.add(people(4))
    first = outbox.frame()
    # two of four were accepted before the process died
    for tag, number, text in first.select("client_tag", "phone_number", "message").head(2).iter_rows():
        client.send(number, text, client_tag=tag)
    with sqlite3.connect(outbox.path) as journal:
        journal.execute("insert into runs values ('dead', 1, '')")
        journal.execute("update messages set sending_state = 'leaving', run = 'dead'")
    journal.close()
    assert set(outbox.send(client, progress=False)["sending_state"]) == {"accepted"}
    assert arrived(client) == numbers(4)


_SENDER = """
import sys, threading
import zrtools as zr
from zrtools.outbox import lease
lease.LENGTH, lease.RENEWAL = {lease}
stop = threading.Event()
threading.Thread(target=lambda: (sys.stdin.readline(), stop.set()), daemon=True).start()
with zr.Client(**{account}, pace=20) as client, zr.Outbox({path!r}) as outbox:
    try:
        sent = outbox.send(client, stop=stop, progress=False)
        print("ended with", sent.height)
    except zr.ZrtoolsError as error:
        print(type(error).__name__, error)
"""


@pytest.mark.skipif(not hasattr(signal, "SIGSTOP"), reason="the system cannot pause a process")
@pytest.mark.slow
def test_a_paused_process_gives_nothing_back_that_another_has_sent(
    outbox: zr.Outbox, client: zr.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Stopped for longer than its lease and woken, a sender changes nothing, ends, and says why."""
    monkeypatch.setattr(lease, "LENGTH", 1.0)
    monkeypatch.setattr(lease, "RENEWAL", 0.2)
    outbox.add(people(64), campaign="spring")
    paused = subprocess.Popen(
        [
            sys.executable,
            "-c",
            _SENDER.format(lease=(1.0, 0.2), account=account(client), path=str(outbox.path)),
        ],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    while len(arrived(client)) < 3:
        time.sleep(0.02)
    os.kill(paused.pid, signal.SIGSTOP)
    outbox.send(client, progress=False)
    assert outbox.counts() == {"accepted": 64}
    assert paused.stdin is not None
    paused.stdin.write("stop\n")
    paused.stdin.flush()
    os.kill(paused.pid, signal.SIGCONT)
    said, _ = paused.communicate(timeout=60)
    assert said.startswith("PartialResultError")
    assert "another run has taken over" in said
    assert outbox.counts() == {"accepted": 64}
    assert outbox.withdraw() == 0
    assert set(outbox.add(people(64), campaign="spring")["intake"]) == {"duplicate"}
    outbox.send(client, progress=False)
    assert arrived(client) == numbers(64)


@pytest.mark.parametrize("ending", ["stopped", "woken"])
@pytest.mark.slow
def test_a_run_that_lost_its_lease_changes_nothing_and_says_so(
    outbox: zr.Outbox, client: zr.Client, monkeypatch: pytest.MonkeyPatch, ending: str
) -> None:
    """A run held up for longer than its lease ends once another has taken over, whether it is told to stop or not."""
    monkeypatch.setattr(lease, "LENGTH", 0.5)
    monkeypatch.setattr(lease, "RENEWAL", 60.0)
    stop, held_up = threading.Event(), threading.Event()

    def hold(_: dict[str, str]) -> bool:
        # the answers of the first run come when the second one has sent everything
        held_up.set()
        return True

    assert client.embedded is not None
    client.embedded.faults.add("delay", "send", times=2, seconds=4.0, when=hold)
    outbox.add(people(64), campaign="spring")
    failures: list[zr.ZrtoolsError] = []

    def first() -> None:
        with zr.Client(**account(client), pace=4, at_once=2) as own, zr.Outbox(outbox.path) as same:
            try:
                same.send(own, stop=stop, progress=False)
            except zr.ZrtoolsError as error:
                failures.append(error)

    thread = threading.Thread(target=first)
    thread.start()
    assert held_up.wait(20)
    time.sleep(0.6)
    outbox.send(client, progress=False)
    if ending == "stopped":
        stop.set()
    thread.join(60)
    [error] = failures
    assert isinstance(error, zr.PartialResultError)
    assert "another run has taken over" in str(error)
    assert outbox.counts() == {"accepted": 64}
    assert outbox.withdraw() == 0
    assert arrived(client) == numbers(64)


@pytest.mark.parametrize("ahead", [3600, 86400])
def test_a_clock_that_was_ahead_and_is_right_again_holds_nothing_up(
    outbox: zr.Outbox, client: zr.Client, monkeypatch: pytest.MonkeyPatch, ahead: int
) -> None:
    """Leases and pauses that were written then lie in the future: they are none, and the next send goes on at once."""
    stop, sandbox = threading.Event(), client.embedded
    assert sandbox is not None
    real = time.time

    def killed(_: dict[str, str]) -> bool:
        # once a pause is written, the files are as a process would leave them that ends here
        with sqlite3.connect(outbox.path) as look:
            pauses = look.execute("select count(*) from messages where wait_until > 0").fetchone()[0]
        look.close()
        if pauses:
            shutil.copyfile(outbox.path, left)
            shutil.copyfile(f"{outbox.path}-wal", f"{left}-wal")
            stop.set()
        return bool(pauses)

    left = outbox.path.with_name("left.outbox")
    outbox.add(people(100), campaign="spring")
    with monkeypatch.context() as wrong:
        wrong.setattr(time, "time", lambda: real() + ahead)
        sandbox.faults.add("code", "send", times=3, response_code=500)
        sandbox.faults.add("drop_after", "send", when=killed, times=1)
        sandbox.faults.add("delay", "send", times=None, seconds=0.02)
        outbox.send(client, stop=stop, progress=False)
    with zr.Outbox(left) as after:
        assert {"leaving", "queued"} <= set(after.counts())
        sandbox.faults.clear()
        began = time.monotonic()
        after.send(client, progress=False)
        assert time.monotonic() - began < 30
        assert after.counts() == {"accepted": 100}
    outbox.send(client, progress=False)
    assert outbox.counts() == {"accepted": 100}
    assert arrived(client) == numbers(100)


def test_what_a_status_settled_stays_settled(outbox: zr.Outbox, client: zr.Client) -> None:
    """A message that another found accepted while it was on its way is not told otherwise by a late answer."""
    assert client.embedded is not None
    [tag] = outbox.add(people(1))["client_tag"]
    known = pl.DataFrame(
        {"client_tag": [tag], "phone_number": numbers(1), "status_id": [2]}, schema_overrides=schemas.STATUS
    )
    found = (
        schemas.empty(schemas.STATUS)
        .clear(1)
        .with_columns(
            *(pl.lit(known[name][0]).cast(schemas.STATUS[name]).alias(name) for name in known.columns)
        )
    )

    def look(_: dict[str, str]) -> bool:
        with zr.Outbox(outbox.path) as other:
            assert other.status(found)["sending_state"].to_list() == ["accepted"]
        return True

    client.embedded.faults.add("code", "send", response_code=110, message="Invalid message.", when=look)
    outbox.send(client, progress=False)
    assert outbox.counts() == {"accepted": 1}


def test_a_run_never_takes_over_from_itself(
    outbox: zr.Outbox, client: zr.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its own lease lapsed, while a lock was waited for, what it has on its way is not taken up a second time."""
    monkeypatch.setattr(lease, "LENGTH", 0.0)
    monkeypatch.setattr(lease, "RENEWAL", 60.0)
    assert client.embedded is not None
    client.embedded.faults.add("delay", "send", times=None, seconds=0.05)
    outbox.add(people(150))
    outbox.send(client, progress=False)
    assert outbox.counts() == {"accepted": 150}
    assert set(outbox.frame()["attempts"]) == {1}
    assert client.embedded.calls["send"] == 150


def test_reservations_are_made_and_past_ones_refused_before_they_leave(
    outbox: zr.Outbox, client: zr.Client
) -> None:
    """A time in the future is a reservation; one that has passed costs no request."""
    now = client.now()
    outbox.add(people(2), campaign="later", schedule_time=now + timedelta(hours=3), group_tag="g")
    outbox.add(people(1), campaign="past", schedule_time=now - timedelta(minutes=1))
    sent = outbox.send(client, progress=False)
    assert sent["sending_state"].to_list() == ["accepted", "accepted", "refused"]
    assert "has passed" in sent["error"][2]
    waiting = client.reservations(group_tag="g", start=(now + timedelta(hours=3)).date())
    assert waiting["client_tag"].sort().to_list() == sent["client_tag"].head(2).sort().to_list()


def test_campaigns_are_sent_and_withdrawn_one_by_one(outbox: zr.Outbox, client: zr.Client) -> None:
    """A campaign that was taken back does not go out, and may be added anew."""
    outbox.add(people(3), campaign="a")
    outbox.add(people(2, "b"), campaign="b")
    assert outbox.send(client, campaign="b", progress=False).height == 2
    assert outbox.withdraw(campaign="a") == 3
    assert outbox.send(client, progress=False).height == 0
    assert outbox.counts() == {"accepted": 2, "withdrawn": 3}
    assert set(outbox.add(people(3), campaign="a")["intake"]) == {"queued"}


def test_a_journal_sends_from_one_account(outbox: zr.Outbox, client: zr.Client) -> None:
    """Another account could not know what the first one sent."""
    outbox.add(people(1))
    outbox.send(client, progress=False)
    with zr.Client.sandbox(seed=1, messages_per_day=10, months=1) as other:
        with pytest.raises(zr.InputError, match="another outbox"):
            outbox.send(other, progress=False)
        with pytest.raises(zr.InputError, match="another outbox"):
            outbox.settle(other)


def test_status_joins_what_became_of_each_message(outbox: zr.Outbox, client: zr.Client) -> None:
    """Asked by tag or by day, or joined with a frame, each message has its status; the rest is null."""
    outbox.add(people(120))
    outbox.send(client, progress=False)
    assert client.embedded is not None
    client.embedded.advance(timedelta(hours=1))
    outbox.add(people(1, "まだ"))
    by_day = outbox.status(client)
    assert by_day.schema == schemas.SENT
    assert by_day["status_id"].is_in([2, 3]).sum() == 120
    assert by_day["status_id"].tail(1).to_list() == [None]
    statuses = client.status(client.now().date(), progress=False)
    assert outbox.status(statuses).equals(by_day)
    assert outbox.status(statuses.lazy()).equals(by_day)
    assert set(zr.classify(by_day)["outcome"]) <= {"delivered", "failed", "unknown"}
    assert outbox.status()["status_id"].null_count() == 121
    with zr.Outbox(outbox.path.with_name("few.outbox")) as few:
        few.add(people(2, "少し"))
        few.send(client, progress=False)
        client.embedded.advance(timedelta(hours=1))
        assert few.status(client)["status_id"].is_in([2, 3]).all()
    with pytest.raises(zr.InputError, match="STATUS"):
        outbox.status(people(1))


def test_a_status_settles_what_was_unsettled(outbox: zr.Outbox, client: zr.Client, hasty: None) -> None:
    """A message found in the statuses was accepted."""
    assert client.embedded is not None
    client.embedded.faults.add(
        "code", "send", times=None, effect=True, response_code=400, message="Duplicate client tag."
    )
    client.embedded.faults.add("code", "status", times=None, response_code=500)
    outbox.add(people(1))
    outbox.send(client, progress=False)
    assert outbox.counts() == {"unsettled": 1}
    client.embedded.faults.clear()
    assert outbox.status(client)["sending_state"].to_list() == ["accepted"]
    assert outbox.counts() == {"accepted": 1}


@pytest.mark.slow
def test_the_day_of_leaving_stays_when_a_message_is_settled_later(
    outbox: zr.Outbox, client: zr.Client, hasty: None
) -> None:
    """Messages whose answers were lost are found under the day on which they left, however late that is settled."""
    assert client.embedded is not None
    faults = client.embedded.faults
    faults.add("code", "send", times=None, effect=True, response_code=400, message="Duplicate client tag.")
    faults.add("code", "status", times=None, response_code=500)
    outbox.add(people(120))
    outbox.send(client, progress=False)
    assert outbox.counts() == {"unsettled": 120}
    faults.clear()
    client.embedded.advance(timedelta(days=3))
    outbox.settle(client)
    assert outbox.counts() == {"accepted": 120}
    assert set(outbox.frame()["settled_at"].dt.date()) == {client.now().date()}
    asked = client.embedded.calls["status"]
    assert outbox.status(client)["status_id"].is_in([2, 3]).sum() == 120
    assert client.embedded.calls["status"] - asked <= 2


def test_a_message_queued_again_has_not_left_yet(
    outbox: zr.Outbox, client: zr.Client, monkeypatch: pytest.MonkeyPatch, hasty: None
) -> None:
    """What surely was not taken on one day and goes out on another is found under the other."""
    assert client.embedded is not None
    outbox.add(people(120))
    client.embedded.service.quota = 0
    with pytest.raises(zr.PartialResultError):
        outbox.send(client, progress=False)
    client.embedded.service.quota = None
    client.embedded.advance(timedelta(days=2))
    outbox.send(client, progress=False)
    client.embedded.advance(timedelta(hours=1))
    left = outbox._file.frame(
        "select distinct substr(left_at, 1, 10) from messages", schema=pl.Schema({"day": pl.String()})
    )
    assert left["day"].to_list() == [str(client.now().date())]
    assert outbox.status(client)["status_id"].is_in([2, 3]).sum() == 120


def test_a_status_settles_by_the_clients_clock(outbox: zr.Outbox, client: zr.Client, hasty: None) -> None:
    """A client that is asked tells the time, too; a frame has none."""
    assert client.embedded is not None
    client.embedded.faults.add(
        "code", "send", times=None, effect=True, response_code=400, message="Duplicate client tag."
    )
    client.embedded.faults.add("code", "status", times=None, response_code=500)
    outbox.add(people(1))
    outbox.send(client, progress=False)
    client.embedded.faults.clear()
    client.embedded.advance(timedelta(days=1))
    outbox.status(client)
    assert outbox.frame()["settled_at"].dt.date().to_list() == [client.now().date()]


# ------------------------------------------------------------------------------------------- the file


def test_a_journal_of_the_first_version_goes_on(tmp_path: Path, client: zr.Client) -> None:
    """It is brought to the present version when it is opened, with the days of leaving as far as they are known."""
    path = tmp_path / "old.outbox"
    with zr.Outbox(path) as outbox:
        outbox.add(people(2))
        outbox.send(client, progress=False)
        outbox.add(people(1, "まだ"))
        before = outbox.frame()
    with sqlite3.connect(path) as made:
        for column in ("left_at", "kind", "at_night"):
            made.execute(f"alter table messages drop column {column}")
        made.execute("update facts set value = 'https://sms-api.aossms.com 100' where name = 'account'")
        made.execute("pragma user_version = 1")
    made.close()
    with zr.Outbox(path) as outbox:
        assert outbox.frame().equals(before)
        left = outbox._file.frame(
            "select left_at from messages order by id", schema=pl.Schema({"left_at": schemas.TIME})
        )["left_at"]
        assert left.to_list() == before["settled_at"].to_list()
        other = zr.Client(token="t" * 32, client_id=100, sms_code=12345)
        assert other.origin == "sms-api.aossms.com 100"
        assert outbox.settle(other).height == 0
        other.close()
    zr.Outbox(path).close()


def test_the_journal_is_private(outbox: zr.Outbox) -> None:
    """Only its owner may read the numbers and bodies in it."""
    outbox.add(people(1))
    if os.name == "posix":
        for path in outbox.path.parent.iterdir():
            assert path.stat().st_mode & 0o077 == 0, path.name
    assert "0000000" not in repr(outbox)


def test_files_of_another_kind_or_newer_are_refused(tmp_path: Path) -> None:
    """What is no outbox of this version is left alone."""
    text = tmp_path / "text.outbox"
    text.write_bytes(b"phone_number,message\n" * 100)
    with pytest.raises(zr.ArchiveError, match="damaged"):
        zr.Outbox(text)
    assert text.read_bytes() == b"phone_number,message\n" * 100
    other = tmp_path / "other.db"
    with sqlite3.connect(other) as made:
        made.execute("create table t (a)")
    made.close()
    with pytest.raises(zr.ArchiveError, match="no outbox"):
        zr.Outbox(other)
    newer = tmp_path / "newer.outbox"
    zr.Outbox(newer).close()
    with sqlite3.connect(newer) as made:
        made.execute("pragma user_version = 99")
    made.close()
    with pytest.raises(zr.ArchiveError, match="newer zrtools"):
        zr.Outbox(newer)
    with pytest.raises(zr.ArchiveError, match="cannot be written"):
        zr.Outbox(tmp_path)


def test_a_journal_that_cannot_be_used_says_what_to_do(
    outbox: zr.Outbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A closed one is to be opened again, one in a read-only place copied, and a new one belongs elsewhere."""
    outbox.close()
    with pytest.raises(zr.ArchiveError, match=r"closed\. Open it again"):
        outbox.counts()

    def refuse(*_: object) -> int:
        raise OSError(errno.EROFS, "Read-only file system")

    with monkeypatch.context() as read_only:
        read_only.setattr(os, "access", lambda *_: False)
        with pytest.raises(zr.ArchiveError, match="cannot be written: copy it to where it may be written"):
            zr.Outbox(outbox.path)
    monkeypatch.setattr(os, "open", refuse)
    with pytest.raises(zr.ArchiveError, match=r"Read-only file system\): name another file"):
        zr.Outbox(outbox.path.with_name("new.outbox"))


def test_a_damaged_journal_is_said_to_be_damaged(outbox: zr.Outbox) -> None:
    """A file that was overwritten in the middle ends in an error with advice, not in a wrong answer."""
    outbox.add(people(500))
    outbox.close()
    body = bytearray(outbox.path.read_bytes())
    body[4096 * 3 : 4096 * 8] = b"\xff" * 4096 * 5
    outbox.path.write_bytes(bytes(body))
    with pytest.raises(zr.ArchiveError, match="damaged"):
        zr.Outbox(outbox.path)


def test_a_full_disk_stops_before_anything_leaves_unjournalled(outbox: zr.Outbox, client: zr.Client) -> None:
    """Without room for the journal nothing more is sent; with room again the campaign is finished, each once."""
    outbox.add(people(400))
    with outbox._file.kept_open():
        with outbox._file.reading() as run:
            limit = run("pragma page_count").fetchone()[0]
        set_up = outbox._file._connection.execute
        set_up("pragma wal_autocheckpoint = 1")
        set_up(f"pragma max_page_count = {limit}")
        with pytest.raises(zr.ArchiveError, match="Free some space"):
            outbox.add(people(3000, "もっと"))
        assert outbox.counts() == {"queued": 400}
        set_up("pragma max_page_count = 1000000")
        set_up(
            "create temp trigger full before update of run on messages when new.id > 150 "
            "begin select raise(abort, 'database or disk is full'); end"
        )
        with pytest.raises(zr.ArchiveError, match="Free some space"):
            outbox.send(client, progress=False)
        # two whole batches left; of the third, which found no room, nothing
        assert arrived(client) == numbers(128)
        assert outbox.counts() == {"accepted": 128, "queued": 272}
    outbox.send(client, progress=False)
    assert arrived(client) == numbers(400)


def test_answers_that_found_no_room_are_kept_once_there_is_some(
    outbox: zr.Outbox, client: zr.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing more leaves, but what is on its way is heard to its end, and told as it was when the run ends."""

    class Full(sqlite3.Connection):
        failures = 1

        def execute(self, statement: str, *values: object) -> sqlite3.Cursor:
            if "held = :held" in statement and Full.failures:
                Full.failures -= 1
                raise sqlite3.OperationalError("database or disk is full")
            return super().execute(statement, *values)

    assert client.embedded is not None
    outbox.add(people(8))
    client.embedded.faults.add("delay", "send", times=None, seconds=0.3)
    monkeypatch.setattr(sqlite3, "connect", partial(sqlite3.connect, factory=Full))
    with pytest.raises(zr.ArchiveError, match="Free some space"):
        outbox.send(client, progress=False)
    assert Full.failures == 0
    assert arrived(client) == numbers(8)
    assert outbox.counts() == {"accepted": 8}


@pytest.mark.slow
def test_killed_at_random_moments_a_campaign_arrives_whole_and_once() -> None:
    """A share of the benchmark: kill -9, cut connections, and still 0 doubled, 0 lost."""
    spec = importlib.util.spec_from_file_location("outbox_benchmark", ROOT / "benchmarks" / "outbox.py")
    assert spec is not None
    assert spec.loader is not None
    benchmark = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(benchmark)
    found = benchmark.killed(kills=5, messages=200, seed=1, quiet=True)
    assert (found["arrived"], found["doubled"], found["lost"]) == (200, 0, 0)
    assert found["ended by itself"]
    assert found["states"] == {"accepted": 200}
