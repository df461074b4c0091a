"""What a report is handed over with: addressee, author, logo, comment, prices, budget, from a small `report.toml`."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal

from zrtools import tables
from zrtools.arguments import checked
from zrtools.errors import InputError
from zrtools.texts import said

__all__ = ["Handover", "file_name", "handover_of", "read_handover"]

_PNG = b"\x89PNG\r\n\x1a\n"
_MOST_LOGO = 2_000_000
_TEXTS = ("addressee", "author", "account", "comment", "name")
_PATHS = ("logo", "prices", "clients", "invoice", "archives")
_TABLES: dict[str, dict[str, str]] = {
    "invoice": {"columns": "invoice_columns", "carriers": "invoice_carriers"},
    "clients": {"columns": "client_columns"},
    "prices": {},
    "archives": {},
    "budget": {},
}
_PLACE: dict[str, type] = {"sheet": str, "header": int}
_FORBIDDEN = re.compile(r'[\\/:*?"<>|\x00-\x1f]+')
_RESERVED = re.compile(r"^(con|prn|aux|nul|com\d|lpt\d)$", re.IGNORECASE)


@checked
@dataclass(frozen=True, slots=True)
class Handover:
    """What stands on a report's cover, and the files and figures that a month's report is made with.

    `addressee`, `author`, `account` (the contract), `comment` and `logo` (a PNG) are shown; `prices`, `clients` and
    `invoice` are files as `reports.usage` takes them, `invoice_columns` and `invoice_carriers` as in
    `usage.read_invoice`. `archives` is a folder that holds an archive for each client, named by its id, or a table of
    `client_id` and `archive`. `places` says of a file by its name here on which sheet, or below which row of
    headings, its table is: `{"invoice": {"sheet": "請求", "header": 3}}`. `budget` is a figure for every month, a
    mapping or a table, in "yen" or "parts" (`budget_in`); `plan_limit` is how many billable messages a month the
    plan holds; `closing_day` (20) and `fiscal_year_begins` (4) say how months and years are counted. `of` holds
    what differs for a client, by its id.
    """

    addressee: str = ""
    author: str = ""
    account: str = ""
    comment: str = ""
    name: str = ""
    logo: Path | None = None
    prices: Path | None = None
    clients: Path | None = None
    invoice: Path | None = None
    archives: Path | None = None
    invoice_columns: Mapping[str, str] | None = None
    invoice_carriers: Mapping[str, str] | None = None
    client_columns: Mapping[str, str] | None = None
    places: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    budget: float | Mapping[str, float] | Path | None = None
    budget_in: Literal["yen", "parts"] = "yen"
    plan_limit: int | None = None
    closing_day: int | None = None
    fiscal_year_begins: int = 4
    of: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.closing_day is not None and not 1 <= self.closing_day <= 27:
            raise InputError(said("usage.closing_day", closing_day=self.closing_day))
        if not 1 <= self.fiscal_year_begins <= 12:
            raise InputError(said("reports.fiscal_year", fiscal_year_begins=self.fiscal_year_begins))
        if self.plan_limit is not None and self.plan_limit < 1:
            raise InputError(said("reports.plan_limit", plan_limit=self.plan_limit))
        for name, place in self.places.items():
            if name not in _TABLES or set(place) - set(_PLACE):
                raise InputError(
                    said("reports.places", names=", ".join(_TABLES), name=name, names2=", ".join(place))
                )
        if self.budget_in not in ("yen", "parts"):
            raise InputError(said("reports.budget_in", budget_in=self.budget_in))

    @checked
    def for_client(self, client_id: str) -> Handover:
        """Give what holds for one client, without a word about others.

        Where clients have settings of their own, the addressee, budget, limit and invoice that stand for all are the
        agency's, and go to none of them.
        """
        shared = self.without_the_agencys() if self.of else self
        own = dict(self.of.get(client_id, {}))
        # a sheet is that of one file, and goes where the file goes
        places = {name: place for name, place in shared.places.items() if name not in own}
        own["places"] = {**places, **own.get("places", {})}
        return replace(shared, **own, of={})

    def without_the_agencys(self) -> Handover:
        """Leave out what is about all clients together."""
        places = {name: place for name, place in self.places.items() if name not in ("budget", "invoice")}
        return replace(self, addressee="", budget=None, plan_limit=None, invoice=None, places=places)

    def picture(self) -> bytes | None:
        """Read the logo. Raises `InputError` when it is no PNG, or too large."""
        if self.logo is None:
            return None
        try:
            data = self.logo.read_bytes()
        except OSError as error:
            raise InputError(
                said("reports.logo_unreadable", name=self.logo.name, why=error.strerror)
            ) from None
        if not data.startswith(_PNG):
            raise InputError(said("reports.logo_png", name=self.logo.name))
        if data[12:16] != b"IHDR" or b"IEND" not in data[-16:]:
            raise InputError(said("reports.logo_cut", name=self.logo.name))
        if len(data) > _MOST_LOGO:
            raise InputError(
                said("reports.logo_large", name=self.logo.name, count=len(data), most_logo=_MOST_LOGO)
            )
        return data


@checked
def read_handover(path: str | Path) -> Handover:
    r"""Read a `report.toml`.

    Parameters
    ----------
    path
        A TOML file whose keys are those of `Handover`; paths in it are taken from the file's own folder. `[invoice]`,
        `[clients]`, `[prices]`, `[archives]` and `[budget]` may be tables with `file`, `sheet` and `header` (the row
        of the headings), the first two with `columns`, the invoice with `carriers`; `[client."11111"]` holds what
        differs for that client: addressee, author, account, comment, name, logo, prices, invoice, budget,
        plan_limit.

    Raises
    ------
    InputError
        For a file that cannot be read, an unknown key, and a value of another kind; it names the key.

    Examples
    --------
    >>> import zrtools as zr
    >>> from pathlib import Path
    >>> import tempfile
    >>> folder = Path(tempfile.mkdtemp())
    >>> _ = (folder / "report.toml").write_text('author = "SMS運用チーム"\nclosing_day = 20\n', "utf-8")
    >>> zr.reports.read_handover(folder / "report.toml").closing_day
    20
    """
    path = Path(path)
    try:
        data = tomllib.loads(tables.decode(path.read_bytes(), name=path.name), parse_float=Decimal)
    except OSError as error:
        raise InputError(said("tables.unreadable", name=path.name, why=error.strerror)) from None
    except tomllib.TOMLDecodeError as error:
        raise InputError(said("reports.toml", name=path.name, error=error)) from None
    clients = data.pop("client", {})
    if not isinstance(clients, dict) or not all(isinstance(c, dict) for c in clients.values()):
        raise InputError(said("reports.of_one_client", name=path.name))
    own = {str(number): _settings(entry, path, f'client."{number}".') for number, entry in clients.items()}
    for number, entry in own.items():
        if wrong := sorted(
            {*entry} & {"clients", "archives", "closing_day", "fiscal_year_begins", "client_columns"}
        ):
            raise InputError(
                said("reports.of_all_clients", name=path.name, names=", ".join(wrong), number=number)
            )
    shared = _settings(data, path, "")
    try:
        return Handover(**shared, of=own)
    except InputError as error:
        raise InputError(said("failures.named", name=path.name, error=error)) from None


def handover_of(given: Handover | str | Path | None) -> Handover:
    """Take the settings of a report in any of the ways a user may give them."""
    return Handover() if given is None else given if isinstance(given, Handover) else read_handover(given)


def _settings(data: Mapping[str, Any], path: Path, where: str) -> dict[str, Any]:
    known = {f.name for f in fields(Handover)} - {"of", "places"}
    made: dict[str, Any] = {}
    for key, given in data.items():
        value = given
        if key in _TABLES and isinstance(value, dict) and (key != "budget" or "file" in value):
            extra = _TABLES[key]
            place = {name: value[name] for name in _PLACE if name in value}
            for name, one in place.items():
                if type(one) is not _PLACE[name]:
                    what = said("reports.sheet" if name == "sheet" else "reports.header")
                    raise InputError(
                        said("reports.kind", name=path.name, where=where, key=key, name2=name, what=what)
                    )
            if place:
                made.setdefault("places", {})[key] = place
            for name, target in extra.items():
                if name in value:
                    if not isinstance(value[name], dict) or not all(
                        isinstance(v, str) for v in value[name].values()
                    ):
                        raise InputError(
                            said("reports.names_and_texts", name=path.name, where=where, key=key, name2=name)
                        )
                    made[target] = dict(value[name])
            if unknown := sorted(set(value) - {"file", *extra, *_PLACE}):
                raise InputError(
                    said(
                        "reports.no_setting_within",
                        name=path.name,
                        where=where,
                        key=key,
                        names=", ".join(unknown),
                    )
                )
            if "file" not in value:
                continue
            value = value["file"]
        if key not in known:
            raise InputError(
                said(
                    "reports.no_setting", name=path.name, where=where, key=key, names=", ".join(sorted(known))
                )
            )
        if key in _TEXTS and not isinstance(value, str):
            raise InputError(said("reports.text", name=path.name, where=where, key=key))
        if key in _PATHS or (key == "budget" and isinstance(value, str)):
            if not isinstance(value, str) or not value.strip():
                raise InputError(said("reports.path", name=path.name, where=where, key=key))
            value = path.parent / value
        elif key == "budget":
            value = _budget(value, path, where)
        elif key in ("plan_limit", "closing_day", "fiscal_year_begins") and type(value) is not int:
            raise InputError(said("reports.number", name=path.name, where=where, key=key))
        made[key] = value
    return made


def _budget(value: Any, path: Path, where: str) -> float | dict[str, float]:
    figures = value if isinstance(value, dict) else {"": value}
    for figure in figures.values():
        if (
            isinstance(figure, bool)
            or not isinstance(figure, int | Decimal)
            or not Decimal(figure).is_finite()
            or figure < 0
        ):
            raise InputError(said("reports.budget", name=path.name, where=where))
    return {k: float(v) for k, v in value.items()} if isinstance(value, dict) else float(value)


def file_name(month: date, ending: str, client_id: str | None = None, client: str | None = None) -> str:
    """Make a file's name of client and month, one that every system takes."""
    parts = [client_id or "all", "" if client in (None, client_id) else str(client)]
    plain = [
        _FORBIDDEN.sub("_", "".join(c for c in p if unicodedata.category(c) != "Cf")).strip(" ._")
        for p in parts
    ]
    # a name may be 255 bytes long, of which an emoji takes four
    plain = [p.encode()[:100].decode(errors="ignore")[:60] for p in plain]
    plain = [p + "_" if _RESERVED.match(p) else p for p in plain]
    return "_".join([*filter(None, plain), f"{month:%Y-%m}"]) + ending
