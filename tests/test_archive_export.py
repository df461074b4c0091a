"""The admin screen's export, cell by cell: every word for a status and a carrier, every way to write a time."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Any

import polars as pl
import pytest

import zrtools as zr
from zrtools import schemas
from zrtools.periods import TOKYO

DAY = "2026-10-01"


def read(tmp_path: Path, rows: list[dict[str, Any]], **options: Any) -> pl.DataFrame:
    """Write rows under the names of STATUS itself, and read them as an export."""
    file = tmp_path / "export.csv"
    full = [{"send_date": DAY, "status_id": "2", **row} for row in rows]
    pl.DataFrame(full, infer_schema_length=None).write_csv(file)
    columns = options.pop("columns", {name: name for name in full[0]})
    return zr.archive.read_export(file, columns, **options)


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (0, ["0", "０", "unknown", "UNKNOWN", "不明"]),
        (1, ["1", "Message is Sending", "sending", "送信中", "配信中", "処理中"]),
        (
            2,
            [
                "2",
                " 2 ",
                "Message delivered",
                "delivered",
                "Success",
                "送達",
                "到達",
                "成功",
                "送信成功",
                "配信済",
                "配信済み",
            ],
        ),
        (3, ["3", "Message delivery failed", "failed", "不達", "失敗", "送信失敗", "配信失敗", "エラー"]),
        (9, ["9"]),
    ],
)
def test_every_word_for_a_status_is_known(tmp_path: Path, number: int, words: list[str]) -> None:
    """In capitals or not, with blanks around, as figures of either width; unknown figures are kept."""
    frame = read(tmp_path, [{"status_id": word} for word in words])
    assert frame.schema == schemas.STATUS
    assert frame["status_id"].to_list() == [number] * len(words)


@pytest.mark.parametrize(
    ("carrier", "number", "words"),
    [
        ("au", "101", ["au", "AU", "101", "KDDI", "kddi"]),
        (
            "Y!mobile",
            "102",
            ["ウィルコム", "102", "Y!mobile（旧ウィルコム）", "旧ウィルコム（PHS、2021年終了）"],
        ),
        ("docomo", "103", ["docomo", "103", "ドコモ", "NTT Docomo"]),
        ("SoftBank", "105", ["softbank", "105", "ソフトバンク"]),
        ("Rakuten Mobile", "106", ["Rakuten Mobile", "106", "楽天モバイル", "楽天"]),
        ("Nova", None, ["Nova"]),
    ],
)
def test_every_word_for_a_carrier_is_known(
    tmp_path: Path, carrier: str, number: str | None, words: list[str]
) -> None:
    """By number or name; its number is found from its name, and the other way round; new ones keep their name."""
    frame = read(tmp_path, [{"carrier": word} for word in words])
    assert frame.select("carrier", "carrier_id").unique().rows() == [(carrier, number)]
    if number is not None:
        frame = read(tmp_path, [{"carrier_id": number}])
        assert frame.select("carrier", "carrier_id").rows() == [(carrier, number)]
        both = read(tmp_path, [{"carrier_id": "107", "carrier": words[0]}])
        assert both.select("carrier", "carrier_id").rows() == [(carrier, "107")]


@pytest.mark.parametrize(
    ("written", "read_as"),
    [
        ("2026-10-31", "2026-10-31 00:00:00.000"),
        ("2026/1/5", "2026-01-05 00:00:00.000"),
        ("2026.01.05", "2026-01-05 00:00:00.000"),
        ("2026年1月5日", "2026-01-05 00:00:00.000"),
        ("2026年 1月 5日（月） 9時3分", "2026-01-05 09:03:00.000"),
        ("2026年1月5日(月)9時30分15秒", None),
        ("2026年1月5日(月) 9時30分15秒", "2026-01-05 09:30:15.000"),
        ("２０２６/１０/３１ ９:３０", "2026-10-31 09:30:00.000"),
        ("2026-10-31 00:00", "2026-10-31 00:00:00.000"),
        ("2026-10-31 23:59:59", "2026-10-31 23:59:59.000"),
        ("2026-10-31T09:30:15.1", "2026-10-31 09:30:15.100"),
        ("2026-10-31T09:30:15.123", "2026-10-31 09:30:15.123"),
        ("20261031", "2026-10-31 00:00:00.000"),
        ("20261031 0930", "2026-10-31 09:30:00.000"),
        ("20261031T093015", "2026-10-31 09:30:15.000"),
        ("20261031 093015007", "2026-10-31 09:30:15.007"),
        # what is no time
        ("2026-10-31 09:60", None),
        ("2026-10-31 09:30:60", None),
        ("2026-02-29", None),
        ("2026-13-01", None),
        ("2026-10-32", None),
        ("26-10-31", None),
        ("2026-10-31 09", None),
        ("today", None),
    ],
)
def test_a_time_is_read_as_people_write_it_or_refused(
    tmp_path: Path, written: str, read_as: str | None
) -> None:
    """To the millisecond, in Japan; its day is the day of sending; what is no time names its row and never rounds."""
    rows = [{"date_time": DAY}, {"date_time": written, "send_date": DAY}]
    if read_as is None:
        with pytest.raises(
            zr.InputError, match=r"date_time .* in row 3 of export.csv cannot be read"
        ) as refused:
            read(tmp_path, rows)
        assert refused.value.row == 1
        return
    meant = datetime.strptime(read_as, "%Y-%m-%d %H:%M:%S.%f").replace(tzinfo=TOKYO)
    assert read(tmp_path, rows)["date_time"].to_list()[1] == meant
    assert read(tmp_path, [{"send_date": written}])["send_date"].to_list() == [meant.date()]


def test_what_a_pending_message_does_not_have_is_null(tmp_path: Path) -> None:
    """Carrier, code and count mean something once the status is settled, and not before."""
    row = {
        "carrier": "au",
        "carrier_id": "101",
        "detailed_status_id": "11721",
        "separated_success_count": "２",
        "phone_number": "090-1234-5678",
        "message": " a ",
        "sms_code": "12345",
        "client_tag": "t",
    }
    frame = read(tmp_path, [{**row, "status_id": str(status)} for status in (0, 1, 2, 3)])
    assert frame.select("carrier_id", "carrier", "detailed_status_id", "separated_success_count").rows() == [
        (None,) * 4,
        (None,) * 4,
        ("101", "au", "11721", 2),
        ("101", "au", "11721", 2),
    ]
    assert frame.select("phone_number", "message", "sms_code", "client_tag").unique().rows() == [
        ("+819012345678", "a", "12345", "t")
    ]
    assert frame["send_date"].unique().to_list() == [date(2026, 10, 1)]


def test_what_is_no_mobile_number_is_null_and_never_a_guess(tmp_path: Path) -> None:
    """A landline is no number to send to."""
    frame = read(tmp_path, [{"phone_number": "03-1234-5678"}, {"phone_number": "090-1234-5678"}])
    assert frame["phone_number"].to_list() == [None, "+819012345678"]


@pytest.mark.parametrize(
    ("rows", "options", "says", "row"),
    [
        ([{}, {"status_id": "gone"}], {}, r"status_id 'gone' in row 3 .*give statuses=", 1),
        ([{}, {"send_date": ""}], {}, r"no send_date in row 3 of export.csv", 1),
        ([{"status_id": "tel 090-1234-5678"}], {}, r"status_id 'tel 090\*{4}5678' in row 2", 0),
        (
            [{}],
            {"columns": {"send_date": "send_date", "status_id": "state"}},
            r"no column 'state'. It has: send_date",
            None,
        ),
        ([{}], {"columns": {"send_date": "send_date"}}, r'"send_date" and "status_id"', None),
        ([{}], {"columns": {"status_id": "status_id"}}, r'"send_date" and "status_id"', None),
        ([{}], {"columns": {"tel": "x"}}, r"'tel' is no column of STATUS: use send_date, date_time", None),
    ],
)
def test_what_cannot_be_read_says_where(
    tmp_path: Path, rows: list[dict[str, Any]], options: dict[str, Any], says: str, row: int | None
) -> None:
    """The row as a person counts it, numbers masked, and the row for a program."""
    with pytest.raises(zr.InputError, match=says) as refused:
        read(tmp_path, rows, **options)
    assert getattr(refused.value, "row", None) == row


def test_words_of_ones_own_come_before_the_known_ones(tmp_path: Path) -> None:
    """In any case and with blanks around."""
    frame = read(
        tmp_path, [{"status_id": "Done"}, {"status_id": "failed"}], statuses={" DONE ": 2, "failed": 2}
    )
    assert frame["status_id"].to_list() == [2, 2]
