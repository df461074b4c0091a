"""The small tables that a user keeps: clients, prices, invoices."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any, Literal, get_args

import polars as pl

from zrtools import cells, tables
from zrtools.arguments import checked
from zrtools.codes import CARRIER_SPELLINGS, CARRIERS
from zrtools.errors import InputError
from zrtools.periods import month as month_of
from zrtools.privacy import mask_text
from zrtools.schemas import INVOICE, PRICES
from zrtools.texts import said
from zrtools.usage.source import ALL

__all__ = [
    "Plan",
    "Prices",
    "Rounding",
    "budget_of",
    "client_names",
    "holding",
    "offered",
    "read_clients",
    "read_invoice",
    "read_prices",
    "units_of",
]

Plan = Literal["delivered", "accepted"]
Rounding = Literal["down", "half up", "up"]

_ROUNDINGS: dict[str, Rounding] = {
    "down": "down",
    "half up": "half up",
    "up": "up",
    "切捨て": "down",
    "切り捨て": "down",
    "四捨五入": "half up",
    "切上げ": "up",
    "切り上げ": "up",
}
_CARRIERS = CARRIER_SPELLINGS | dict.fromkeys((ALL, "all", "すべて", "全キャリア", "合計"), ALL)
# of a line of no carrier, which is none of ours to guess
_NO_CARRIER = dict.fromkeys(("999", "不明", "キャリア不明", "unknown", "判定不可"), "")
_HEADINGS: dict[str, tuple[str, ...]] = {
    "client_id": (
        *("契約クライアントID", "クライアントID", "クライアントID(取引先)"),
        *("取引先ID", "取引先コード", "顧客ID", "顧客コード"),
    ),
    "client": (
        *("取引先名", "取引先", "契約クライアント名", "クライアント名"),
        *("顧客名", "会社名", "社名", "名称", "名前"),
    ),
    "month": (
        "利用月",
        "利用年月",
        "ご利用月",
        "ご利用年月",
        "対象月",
        "対象年月",
        "請求月",
        "請求対象月",
        "年月",
        "月",
    ),
    "carrier": (
        "キャリア",
        "キャリア名",
        "通信会社",
        "通信事業者",
        "携帯会社",
        "携帯電話会社",
        "回線",
        "事業者",
    ),
    "quantity": (
        "課金通数",
        "通数",
        "数量",
        "利用通数",
        "ご利用通数",
        "ご利用件数",
        "配信通数",
        "送信通数",
        "件数",
    ),
    "amount": ("金額", "金額(税抜)", "請求金額", "ご請求金額", "請求額", "ご請求額", "利用料金"),
    "unit_price": ("単価", "単価(税抜)", "単価(円)"),
    "since": ("適用日", "適用開始日", "適用開始", "単価の適用日"),
    "prefix": ("タグ", "タグの先頭", "接頭辞", "クライアントタグ", "client_tag"),
    "unit": ("部署", "部門", "部署名", "部門名", "担当部署"),
    "budget": ("予算", "予算額", "予算(税抜)"),
    "over": ("段階", "段階(超)", "適用段階", "超"),
}
"""Headings that people write for each column, tried in this order where no mapping names one."""

_CLIENTS = pl.Schema({"client_id": pl.String(), "client": pl.String()})
_UNITS = pl.Schema({"prefix": pl.String(), "unit": pl.String()})
_BUDGET = pl.Schema({"month": pl.Date(), "budget": pl.Float64()})


@checked
@dataclass(frozen=True, slots=True)
class Prices:
    """What a message costs, and how the bill is made from it.

    `table` has the schema PRICES; `carrier` there is a carrier's number or `*` for every carrier without a price
    of its own, `client_id` a client or `*`. `plan`: billed per billable message (`delivered`, from counts or from
    statuses), or per message that the service took, whatever became of it (`accepted`, from statuses). `tiers`:
    each tier's price for the messages in it (`each`), or the reached tier's price for all of them (`all`).
    `tier_by`: what is added up to find the tier: a client's messages on one `carrier`, a `client`'s on all
    carriers, or the whole `account`'s. `tax_rate` with `tax_included` telling whether prices hold it already,
    `rounding` of amounts and tax to `decimals` places, once for each invoice: `bill_by` a `client`'s month, or the
    whole `account`'s, as the vendor bills an agency.
    """

    table: pl.DataFrame
    plan: Plan = "delivered"
    tax_rate: Decimal = Decimal("0.10")
    tax_included: bool = False
    rounding: Rounding = "down"
    decimals: int = 0
    tiers: Literal["each", "all"] = "each"
    tier_by: Literal["carrier", "client", "account"] = "carrier"
    bill_by: Literal["client", "account"] = "client"
    source: str = field(default="", compare=False)

    def __post_init__(self) -> None:
        if self.plan not in get_args(Plan):
            raise InputError(said("usage.plan", plan=self.plan))
        if self.rounding not in get_args(Rounding):
            raise InputError(said("usage.rounding", names=", ".join(_ROUNDINGS), rounding=self.rounding))
        if self.tiers not in ("each", "all") or self.tier_by not in ("carrier", "client", "account"):
            raise InputError(said("usage.tiers"))
        if self.tiers == "each" and self.tier_by != "carrier":
            raise InputError(said("usage.tiers_each", tier_by=self.tier_by))
        if self.bill_by not in ("client", "account"):
            raise InputError(said("usage.bill_by"))
        if not 0 <= self.tax_rate < 1:
            raise InputError(said("usage.tax_rate", tax_rate=self.tax_rate))
        if not 0 <= self.decimals <= 4:
            raise InputError(said("usage.decimals", decimals=self.decimals))
        if self.table.schema != PRICES:
            raise InputError(said("usage.prices_schema"))
        if self.table.select("client_id", "carrier", "since", "over").is_duplicated().any():
            raise InputError(said("usage.price_twice"))
        if self.table.height and (low := self.table["unit_price"].min()) is not None and low < 0:  # type: ignore[operator]  # a Decimal
            raise InputError(said("usage.price_negative"))
        if (self.table["over"] < 0).any():
            raise InputError(said("usage.tier_negative"))

    @checked
    def on(self, day: date, client_id: str | None = None) -> dict[str, Decimal]:
        """Give each carrier's price on a day for a client, of its first tier; `*` is any carrier without its own."""
        carriers = self.table["carrier"].unique().sort().to_list()
        lines = pl.DataFrame(
            {"carrier_id": carriers, "client_id": client_id, "day": day},
            schema_overrides={"client_id": pl.String},
        )
        held = holding(offered(lines.with_row_index("line"), self.table)).select(
            "carrier_id", client_id="of_client", carrier="of_carrier", since="since"
        )
        first = self.table.sort("over").unique(["client_id", "carrier", "since"], keep="first")
        priced = held.join(first, on=["client_id", "carrier", "since"]).sort("carrier_id")
        return dict(priced.select("carrier_id", "unit_price").iter_rows())


def offered(lines: pl.DataFrame, table: pl.DataFrame) -> pl.DataFrame:
    """List for each line (`line`, `day`, `client_id`, `carrier_id`) the prices that could be meant, ranked."""
    pair = ["client_id", "carrier_id"]
    starts = table.select(of_client="client_id", of_carrier="carrier", since="since").unique()
    any_client, any_carrier = pl.col("of_client") == ALL, pl.col("of_carrier") == ALL
    # a null carrier equals none, so it can only meet the price for all
    offers = (
        lines.select(pair)
        .unique()
        .join(starts, how="cross")
        .filter(any_client | (pl.col("of_client") == pl.col("client_id")))
        .filter(any_carrier | (pl.col("of_carrier") == pl.col("carrier_id")))
        .with_columns(rank=any_client.cast(pl.Int8) * 2 + any_carrier.cast(pl.Int8))
    )
    return lines.join(offers, on=pair, how="inner", nulls_equal=True)


def holding(match: pl.DataFrame) -> pl.DataFrame:
    """Take for each line the price that holds on its day: the most special one's newest."""
    return (
        match.filter(pl.col("since") <= pl.col("day"))
        .sort("line", "rank", pl.col("since"), descending=[False, False, True])
        .unique("line", keep="first", maintain_order=True)
    )


@checked
def read_prices(path: str | Path, *, sheet: str | None = None, header: int | None = None) -> Prices:
    """Read prices from a small TOML file or table (CSV, Excel).

    TOML: `plan`, `tax_rate`, `tax_included`, `rounding` (切捨て, 四捨五入, 切上げ or down, half up, up),
    `decimals`, `tiers`, `tier_by`, `bill_by`, and one `[[price]]` each with `carrier` (number, name or `*`),
    `unit_price` (better quoted, so that it stays exact), and where needed `since` (a day), `over` (tier) and
    `client_id`. A table: the columns `carrier`, `unit_price`, and where needed `since`, `over`, `client_id` (with
    `sheet` and `header` as in `tables.read`); the rest keeps its defaults. Days and figures may be written as in
    docs/files.md.

    Raises `InputError` that names the entry.
    """
    path = Path(path)
    if path.suffix.lower() == ".toml":
        if sheet is not None or header is not None:
            raise InputError(said("usage.toml_sheets", name=path.name))
        try:
            # a price is a decimal from the first character on: no float in between
            data = tomllib.loads(tables.decode(path.read_bytes(), name=path.name), parse_float=Decimal)
        except OSError as error:
            raise InputError(said("tables.unreadable", name=path.name, why=error.strerror)) from None
        except tomllib.TOMLDecodeError as error:
            raise InputError(said("reports.toml", name=path.name, error=error)) from None
        entries = data.pop("price", [])
        if not isinstance(entries, list) or not all(isinstance(e, dict) for e in entries):
            raise InputError(said("usage.price_lines", name=path.name))
        settings, places = data, [f"{path.name}, price {n}" for n in range(1, len(entries) + 1)]
    else:
        settings = {}
        table = _read(path, sheet, header, empty=True)
        found = _columns(table, None, ("carrier", "unit_price"), ("since", "over", "client_id"))
        if strange := sorted({*table.frame.columns} - {*found.values()}):
            raise InputError(said("usage.unknown_key", name=path.name, names=mask_text(", ".join(strange))))
        entries = table.frame.rename({theirs: ours for ours, theirs in found.items()}).to_dicts()
        places = [table.place(n) for n in range(len(entries))]
    if not any(value not in (None, "") for entry in entries for value in entry.values()):
        raise InputError(said("usage.no_price", name=path.name))
    known = {"plan", "tax_rate", "tax_included", "rounding", "decimals", "tiers", "tier_by", "bill_by"}
    if unknown := sorted(set(settings) - known):
        raise InputError(
            said(
                "usage.no_setting", name=path.name, names=", ".join(unknown), names2=", ".join(sorted(known))
            )
        )
    prices = pl.DataFrame(
        [
            _price(place, entry)
            for place, entry in zip(places, entries, strict=True)
            # Excel saves rows that were once used as rows of commas
            if any(value not in (None, "") for value in entry.values())
        ],
        schema=PRICES,
        orient="row",
    )
    if "tax_rate" in settings:
        settings["tax_rate"] = _decimal(settings["tax_rate"], f"{path.name}: tax_rate")
    if "rounding" in settings:
        settings["rounding"] = _ROUNDINGS.get(str(settings["rounding"]), settings["rounding"])
    for name, kind in (("tax_included", bool), ("decimals", int)):
        if name in settings and type(settings[name]) is not kind:
            raise InputError(
                said(
                    "usage.must_be",
                    name=path.name,
                    name2=name,
                    either=said("usage.true_or_false" if kind is bool else "arguments.int"),
                )
            )
    return Prices(table=prices, source=path.name, **settings)


@checked
def read_invoice(
    path: str | Path,
    columns: Mapping[str, str] | None = None,
    *,
    sheet: str | None = None,
    header: int | None = None,
    carriers: Mapping[str, str] | None = None,
) -> pl.DataFrame:
    """Read invoice lines from a table (CSV in UTF-8 or CP932, Excel) into the schema INVOICE.

    `columns` says which of the file's columns is `month`, `quantity` and, where there are such, `carrier` and
    `amount`; left out, these names and usual Japanese ones (利用月, 通数, キャリア, 金額) are looked for. `sheet` and
    `header` as in `tables.read`. Months and figures may be written as in docs/files.md, amounts below 0 too; carriers
    are numbers or usual names, sub-brands being those of their network, and without that column a line means all
    carriers (`*`). A name that is not known is asked about: `carriers` says what it is, `{"格安SIM": "docomo"}`. A
    carrier that the invoice itself does not know (不明) is null.

    Raises `InputError` that names the column or the cell that does not fit.
    """
    spellings = _CARRIERS | _NO_CARRIER
    for name, meant in (carriers or {}).items():
        known = _plain(meant, partial(cells.carriers, spellings=spellings))
        if known is None:
            raise InputError(said("usage.meant", meant=meant))
        spellings[_plain(name, cells.carrier_names)] = known
    table = _read(path, sheet, header)
    if wrong := sorted(set(columns or {}) - {"month", "carrier", "quantity", "amount"}):
        raise InputError(said("usage.invoice_columns", names=", ".join(wrong)))
    names = _columns(table, columns, ("month", "quantity"), ("carrier", "amount"))
    raw = table.frame
    carrier = pl.lit(ALL) if "carrier" not in names else cells.identifiers(pl.col(names["carrier"]))
    number = cells.carriers(carrier, spellings)
    # a new number of the service's is one, a new name is a question
    number = pl.coalesce(number, pl.when(carrier.str.contains(r"^[0-9]{3}$")).then(carrier))
    quantity = cells.figures(pl.col(names["quantity"]))
    amount = pl.lit(None, pl.String) if "amount" not in names else cells.figures(pl.col(names["amount"]))
    frame = raw.with_row_index("row").select(
        "row",
        cells.months(pl.col(names["month"])).alias("month"),
        number.alias("carrier_id"),
        quantity.cast(pl.Int64, strict=False).alias("quantity"),
        amount.cast(INVOICE["amount"], strict=False).alias("amount"),
        blank=pl.all_horizontal(pl.exclude("row").fill_null("").str.strip_chars() == ""),
    )
    for column in ("month", "quantity", "amount"):
        if column in names:
            how = cells.advice("month" if column == "month" else "figure")
            table.refuse(names[column], frame[column], column, said("usage.no_sums", how=how))
    if "carrier" in names:
        row = cells.unread(raw[names["carrier"]], frame["carrier_id"])
        if row is not None:
            name = mask_text(repr(raw[names["carrier"]][row]))
            raise InputError(
                said("usage.which_carrier", place=table.place(row), name=name),
                row=row,
            )
    frame = frame.filter(~pl.col("blank")).with_columns(
        pl.when(pl.col("carrier_id") != "").then("carrier_id").alias("carrier_id")
    )
    for column in ("month", "quantity"):
        if (bad := frame.filter(pl.col(column).is_null())).height:
            row = bad["row"][0]
            raise InputError(
                said("usage.nothing_there", place=table.place(row), column=column),
                row=row,
            )
    return (
        frame.with_columns(
            carrier=pl.coalesce(
                pl.col("carrier_id").replace_strict(
                    {**{c.id: c.name for c in CARRIERS.values()}, ALL: ALL},
                    default=None,
                    return_dtype=pl.String,
                ),
                "carrier_id",
            )
        )
        .group_by("month", "carrier_id", "carrier")
        .agg(
            pl.col("quantity").sum(),
            pl.when(pl.col("amount").count() > 0).then(pl.col("amount").sum()).alias("amount"),
        )
        .select(pl.col(c).cast(t) for c, t in INVOICE.items())
        .sort("month", "carrier_id", nulls_last=True)
    )


@checked
def read_clients(
    path: str | Path,
    columns: Mapping[str, str] | None = None,
    *,
    sheet: str | None = None,
    header: int | None = None,
) -> pl.DataFrame:
    """Read the clients' names from a table (CSV in UTF-8 or CP932, Excel): columns `client_id` and `client`.

    `columns` says which of the file's columns they are; left out, usual Japanese headings (契約クライアントID,
    取引先名) are known too. `sheet` and `header` as in `tables.read`. Raises `InputError`.
    """
    return client_names(_names(path, columns, sheet, header))


def _names(
    path: str | Path,
    columns: Mapping[str, str] | None = None,
    sheet: str | None = None,
    header: int | None = None,
) -> pl.DataFrame:
    table = _read(path, sheet, header)
    found = _columns(table, columns, ("client_id", "client"), ())
    return table.frame.select(
        client_id=cells.identifiers(pl.col(found["client_id"])),
        client=pl.col(found["client"]).str.strip_chars(),
    ).filter(pl.col("client_id") != "")


def _read(path: str | Path, sheet: str | None, header: int | None, *, empty: bool = False) -> tables.Table:
    table = tables.load(path, sheet=sheet, header=header, empty=empty)
    table.warn()
    return table


def _columns(
    table: tables.Table, given: Mapping[str, str] | None, needed: Iterable[str], optional: Iterable[str]
) -> dict[str, str]:
    """Find the file's column for each of ours.

    Raises `InputError` that names those that are not there, and those of which there are several.
    """
    wanted = dict(given or {})
    found = {ours: there for ours, theirs in wanted.items() if (there := table.find(theirs)) is not None}
    doubtful: dict[str, list[str]] = {}
    for ours in (*needed, *(optional if given is None else ())):
        for heading in () if ours in wanted else (ours, *_HEADINGS[ours]):
            if headed := [c for c in table.headed(heading) if c not in found.values()]:
                found[ours] = headed[0]
                if len(headed) > 1:
                    doubtful[ours] = headed
                break
    if absent := [wanted.get(name, name) for name in (*needed, *wanted) if name not in found]:
        shown = ", ".join(f'"{name}": "…"' for name in (*needed, *optional))
        raise InputError(
            said(
                "usage.no_columns",
                name=table.name,
                names=", ".join(dict.fromkeys(absent)),
                columns=table.columns(),
                shown=shown,
            )
        )
    for ours, headed in doubtful.items():
        shown = ", ".join(f'"{name}": "{there}"' for name, there in (found | {ours: headed[-1]}).items())
        raise InputError(
            said(
                "usage.which_column",
                name=table.name,
                column=ours,
                names=mask_text(", ".join(headed)),
                shown=mask_text(shown),
            )
        )
    return found


def client_names(
    clients: pl.DataFrame | Mapping[str, str] | str | Path | None,
    *,
    of: pl.Series | None = None,
    columns: Mapping[str, str] | None = None,
    sheet: str | None = None,
    header: int | None = None,
) -> pl.DataFrame:
    """Take clients' names in any of the ways a user may give them, those alone whose ids stand in `of`.

    Raises `InputError` when one id has two names.
    """
    if clients is None:
        return pl.DataFrame(schema=_CLIENTS)
    if isinstance(clients, (str, Path)):
        clients = _names(clients, columns, sheet, header)
    if isinstance(clients, Mapping):
        clients = pl.DataFrame(
            {"client_id": [str(k) for k in clients], "client": list(clients.values())}, schema=_CLIENTS
        )
    if missing := [c for c in _CLIENTS if c not in clients.columns]:
        raise InputError(said("usage.clients_columns", names=", ".join(missing)))
    frame = clients.select(pl.col(c).cast(t).str.strip_chars() for c, t in _CLIENTS.items())
    # one without a name is called by its id
    name = pl.when(pl.col("client") != "").then("client").otherwise("client_id")
    frame = frame.with_columns(client=name).unique(maintain_order=True)
    if of is not None:
        frame = frame.filter(pl.col("client_id").is_in(of.unique().implode()))
    if (twice := frame.filter(pl.col("client_id").is_duplicated())).height:
        raise InputError(said("usage.client_twice", twice=mask_text(twice["client_id"][0])))
    return frame


def units_of(table: Mapping[str, str] | pl.DataFrame | str | Path) -> pl.DataFrame:
    """Take which prefix of a tag is whose. Raises `InputError`, also when one prefix is of two."""
    if isinstance(table, Mapping):
        table = pl.DataFrame({"prefix": list(table), "unit": list(table.values())}, schema=_UNITS)
    if (read := _as_read(table, "the table of units")) is not None:
        found = _columns(read, None, ("prefix", "unit"), ())
        table = read.frame.select(pl.col(found[c]).str.strip_chars().alias(c) for c in _UNITS)
    assert not isinstance(table, (str, Path))  # noqa: S101 - types need to know that it was read
    if missing := [c for c in _UNITS if c not in table.columns]:
        raise InputError(said("usage.units_columns", names=", ".join(missing)))
    frame = table.select(pl.col(c).cast(pl.String) for c in _UNITS).filter(pl.col("prefix") != "").unique()
    if (twice := frame.filter(pl.col("prefix").is_duplicated())).height:
        raise InputError(said("usage.prefix_twice", twice=mask_text(twice["prefix"][0])))
    return frame


def _as_read(
    table: Any, name: str, sheet: str | None = None, header: int | None = None
) -> tables.Table | None:
    """Read a file, or take a frame as `tables.read` gives it, which is all text; None for anything else."""
    if isinstance(table, (str, Path)):
        return _read(table, sheet, header)
    if isinstance(table, pl.DataFrame) and set(table.dtypes) == {pl.String()}:
        return tables.Table(table, name)
    return None


def budget_of(
    planned: float | Mapping[str, float] | pl.DataFrame | str | Path,
    *,
    sheet: str | None = None,
    header: int | None = None,
) -> pl.DataFrame | None:
    """Take a budget by month, None where it is one figure for every month. Raises `InputError`."""
    if (read := _as_read(planned, "the budget", sheet, header)) is not None:
        found = _columns(read, None, ("month", "budget"), ())
        month = cells.months(pl.col(found["month"]))
        figure = cells.figures(pl.col(found["budget"])).cast(pl.Float64, strict=False)
        frame = read.frame.select(month=month, budget=figure)
        for column in ("month", "budget"):
            read.refuse(
                found[column], frame[column], column, cells.advice("month" if column == "month" else "figure")
            )
        frame = frame.drop_nulls()
    elif isinstance(planned, Mapping):
        frame = pl.DataFrame(
            {
                "month": [month_of(m, "planned") for m in planned],
                "budget": [float(v) for v in planned.values()],
            },
            schema=_BUDGET,
        )
    elif isinstance(planned, pl.DataFrame):
        if missing := [c for c in _BUDGET if c not in planned.columns]:
            raise InputError(said("usage.budget_columns", names=", ".join(missing)))
        frame = planned.select(pl.col(c).cast(t) for c, t in _BUDGET.items())
    else:
        assert not isinstance(planned, (str, Path))  # noqa: S101 - the same
        if not planned >= 0:
            raise InputError(said("usage.budget_figure", planned=planned))
        return None
    if (frame["budget"] < 0).any() or frame["budget"].is_nan().any():
        raise InputError(said("usage.budget_negative"))
    if frame["month"].is_duplicated().any():
        raise InputError(said("usage.budget_twice"))
    return frame


def _price(where: str, entry: dict[str, Any]) -> tuple[str, str, date, int, Decimal]:
    if unknown := sorted(set(entry) - {"carrier", "unit_price", "since", "over", "client_id"}):
        raise InputError(said("usage.unknown_key_at", where=where, names=mask_text(", ".join(unknown))))
    carrier = _plain(entry.get("carrier") or ALL, cells.identifiers)
    known = _plain(carrier, partial(cells.carriers, spellings=_CARRIERS))
    found = known or (carrier if carrier.isdigit() else None)
    if found is None:
        raise InputError(said("usage.no_carrier_at", where=where, carrier=mask_text(carrier)))
    if entry.get("unit_price") in (None, ""):
        raise InputError(said("usage.no_unit_price", where=where))
    price = _decimal(entry["unit_price"], f"{where}: unit_price")
    if price != round(price, 4):
        raise InputError(said("usage.price_decimals", where=where, price=price))
    since = entry.get("since") or date(2000, 1, 1)
    if not isinstance(since, date):
        since = _plain(since, cells.days)
        if since is None:
            raise InputError(
                said(
                    "usage.since",
                    where=where,
                    entry=mask_text(str(entry["since"])),
                    advice=cells.advice("day"),
                )
            )
    over = entry.get("over") or 0
    written = str(over) if isinstance(over, int) else _plain(over, cells.figures)
    if written is None or "." in written or isinstance(over, bool):
        raise InputError(said("usage.over", where=where, over=over))
    return _plain(entry.get("client_id") or ALL, cells.identifiers), found, since, int(written), price


def _decimal(value: object, what: str) -> Decimal:
    if isinstance(value, int | Decimal) and not isinstance(value, bool):
        made = Decimal(value)
    else:
        figure = _plain(value, cells.figures)
        made = Decimal("NaN" if figure is None else figure)
    if not made.is_finite():
        raise InputError(said("usage.number", what=what, value=value))
    return made


def _plain(value: object, read: Callable[[pl.Expr], pl.Expr]) -> Any:
    """Read one value as a column of such values is read."""
    return pl.select(read(pl.lit(str(value), pl.String))).item()
