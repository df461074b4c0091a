"""The monthly usage report as an Excel workbook, with Excel's own charts, for a screen and for A4 paper."""

from __future__ import annotations

import unicodedata
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import polars as pl

from zrtools import tables, words
from zrtools import usage as room
from zrtools.charts import style
from zrtools.privacy import mask_text

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from zrtools.reports.usage import UsageReport

__all__ = ["fill"]

_FONT = "Yu Gothic"
_INK, _MUTED, _ACCENT, _SOFT, _LINE = "#1F2933", "#52606D", "#0072B2", "#EAF3F8", "#C9D2DA"
_COUNT, _CHANGE, _RATE, _PART = "#,##0", "+#,##0;-#,##0;0", "+0.0%;-0.0%;0.0%", "0.0%"
_MOST_CLIENTS = 8
_WIDE = 730
"""As wide as the summary's seven columns, in pixels."""
_MONTH, _DAY = "yyyy/mm", "yyyy/mm/dd"


def fill(report: UsageReport, path: Path) -> None:
    """Write the workbook to a path: summary, months x carriers, clients, reconciliation, cost, notes."""
    import xlsxwriter

    with xlsxwriter.Workbook(
        path,
        tables.EXCEL_OPTIONS
        | {"default_format_properties": {"font_name": _FONT, "font_size": 10, "font_color": _INK}},
    ) as book:
        book.set_properties({"title": report.say("title", month=report.name_month(report.month))})
        made = _Book(book, report)
        # the summary stands first, and its charts draw from the sheet that is filled before it
        summary = _Sheet(made, "summary", landscape=False, pages=1)
        ranges = _by_carrier(
            _Sheet(made, "by_carrier", landscape=False, pages=1 if report.months <= 13 else 0)
        )
        _summary(summary, ranges)
        _clients(_Sheet(made, "clients"))
        _reconciliation(_Sheet(made, "reconciliation"))
        _cost(_Sheet(made, "cost", landscape=False))
        _notes(_Sheet(made, "notes", landscape=False))
        summary.sheet.activate()


class _Book:
    """The workbook with its formats, each made once."""

    def __init__(self, book: Any, report: UsageReport) -> None:
        self.book = book
        self.report = report
        self._formats: dict[tuple[tuple[str, Any], ...], Any] = {}

    def form(self, **look: Any) -> Any:
        key = tuple(sorted(look.items()))
        if key not in self._formats:
            self._formats[key] = self.book.add_format({"valign": "vcenter", **look})
        return self._formats[key]


class _Sheet:
    """A sheet that is filled from the top, set up for A4."""

    def __init__(self, book: _Book, name: str, *, landscape: bool = True, pages: int = 0) -> None:
        self.book = book
        self.report = book.report
        self.name = self.report.say(name)
        self.sheet = book.book.add_worksheet(self.name)
        self.row = 0
        self._widths: dict[int, float] = {}
        sheet = self.sheet
        sheet.hide_gridlines(2)
        sheet.set_paper(9)
        sheet.set_landscape() if landscape else sheet.set_portrait()
        sheet.set_margins(left=0.5, right=0.5, top=0.6, bottom=0.7)
        # a page wide, and as many high as it takes where `pages` is 0
        sheet.fit_to_pages(1, pages)
        sheet.center_horizontally()
        sheet.set_footer(
            f"&L&8{book.report.say('title', month=_plain(book.report))}&C&8{self.name}&R&8&P / &N"
        )

    def title(self, text: str, below: str = "") -> None:
        self.sheet.set_row(self.row, 26)
        self.sheet.write_string(self.row, 0, text, self.book.form(bold=True, font_size=16, font_color=_INK))
        self.row += 1
        if below:
            self.sheet.write_string(self.row, 0, below, self.book.form(font_color=_MUTED))
            self.row += 1

    def heading(self, text: str) -> None:
        look = self.book.form(bold=True, font_size=12, font_color=_ACCENT)
        self.sheet.set_row(self.row, 20)
        self.sheet.write_string(self.row, 0, text[:1].upper() + text[1:], look)
        self.row += 1

    def text(self, text: str, columns: int, *, soft: bool = False, indent: int = 0) -> None:
        """Write a paragraph over several columns, as high as it needs to be."""
        look: dict[str, Any] = {"text_wrap": True, "indent": indent}
        if soft:
            look |= {"bg_color": _SOFT}
        room_for = sum(self._widths.get(n, 8.43) for n in range(columns)) - 3 - 2 * indent
        lines = sum(max(1, -(-int(_width(part)) // max(int(room_for), 10))) for part in text.split("\n"))
        self.sheet.set_row(self.row, 17 * lines + 2)
        self.sheet.merge_range(self.row, 0, self.row, columns - 1, mask_text(text), self.book.form(**look))
        self.row += 1

    def widths(self, *widths: float) -> None:
        for column, width in enumerate(widths):
            self._widths[column] = width
            self.sheet.set_column(column, column, width)

    def table(
        self,
        frame: pl.DataFrame,
        columns: Mapping[str, tuple[str, str | None]],
        *,
        bold_last: bool = False,
        wrap: str | None = None,
        freeze: bool = False,
        alone: bool = False,
    ) -> tuple[int, int]:
        """Write a frame as a table: each column with its heading and number format; give its first and last row.

        Columns without any value are left out. The header of a table that is `alone` on its sheet is printed on
        every page; a frozen one stays while scrolling.
        """
        columns = {
            c: look
            for n, (c, look) in enumerate(columns.items())
            if n == 0 or not frame.height or frame[c].count()
        }
        labels = _unique([label for label, _ in columns.values()])
        shown = frame.select(*columns).rename(dict(zip(columns, labels, strict=True)))
        shown = shown.with_columns(
            pl.col(c).map_elements(mask_text, pl.String) for c, t in shown.schema.items() if t == pl.String
        )
        formats: Any = {}
        for (key, (_, number)), label in zip(columns.items(), labels, strict=True):
            left = {"align": "left", "indent": 0 if label == labels[0] else 1}
            formats[label] = {"valign": "vcenter", **({"num_format": number} if number else left)}
            if number in (_MONTH, _DAY):
                formats[label] |= {"align": "left"}
            if key == wrap:
                formats[label] |= {"text_wrap": True}
        top = self.row
        if shown.height:
            shown.write_excel(
                workbook=self.book.book,
                worksheet=self.sheet,
                position=(top, 0),
                table_style={"style": "Table Style Light 1", "first_column": False},
                column_formats=formats,
                header_format={
                    "bold": True,
                    "bg_color": _SOFT,
                    "bottom": 1,
                    "bottom_color": _ACCENT,
                    "text_wrap": True,
                    "valign": "vcenter",
                },
                autofilter=False,
            )
            for n, (label, (_, number)) in enumerate(zip(labels, columns.values(), strict=True)):
                # a heading stands where its figures stand
                aside = "left" if number in (None, _MONTH, _DAY) else "right"
                look = {
                    "bold": True,
                    "bg_color": _SOFT,
                    "bottom": 1,
                    "bottom_color": _ACCENT,
                    "text_wrap": True,
                }
                indent = 1 if number is None and n else 0
                self.sheet.write_string(top, n, label, self.book.form(**look, align=aside, indent=indent))
        else:
            for n, label in enumerate(labels):
                self.sheet.write_string(top, n, label, self.book.form(bold=True, bg_color=_SOFT))
        # room for a heading of two lines
        narrow = any(_width(label) > self._widths.get(n, 99) - 1 for n, label in enumerate(labels))
        self.sheet.set_row(top, 30 if narrow else 18)
        for n, label in enumerate(labels):
            if n not in self._widths:
                self._widths[n] = _fit(shown[label], label)
            # write_excel may have set widths of its own
            self.sheet.set_column(n, n, self._widths[n])
        last = top + shown.height
        if bold_last and shown.height:
            look = self.book.book.add_format({"bold": True, "top": 1, "top_color": _INK})
            self.sheet.conditional_format(
                last, 0, last, len(labels) - 1, {"type": "no_errors", "format": look}
            )
        if wrap is not None:
            self._heights(shown, labels[list(columns).index(wrap)], top)
        if freeze:
            self.sheet.freeze_panes(top + 1, 1)
        if alone:
            self.sheet.repeat_rows(top)
        self.row = last + 2
        return top + 1, last

    def _heights(self, shown: pl.DataFrame, label: str, top: int) -> None:
        room_for = self._widths[shown.columns.index(label)] - 2
        for n, text in enumerate(shown[label], top + 1):
            lines = max(1, -(-int(_width(text or "")) // max(int(room_for), 8)))
            if lines > 1:
                self.sheet.set_row(n, 16.5 * lines)


def _by_carrier(sheet: _Sheet) -> dict[str, Any]:
    """Fill months x carriers, and say where the charts find their figures."""
    report, say = sheet.report, sheet.report.say
    wide = report.wide()
    names = [c for c in wide.columns if c != "month"]
    sheet.widths(11, *[13.0] * max(len(names), 9))
    sheet.title(say("by_carrier"), _counted(report))
    sheet.heading(say("counts_section"))
    month: dict[str, tuple[str, str | None]] = {"month": (say("month"), _MONTH)}
    counts = sheet.table(wide, month | {c: (c, _COUNT) for c in names}, freeze=True)
    sheet.heading(say("shares_section"))
    shares = sheet.table(report.wide("share"), month | {c: (c, _PART) for c in names})
    sheet.heading(say("changes_section"))
    looks = {
        "count": _COUNT,
        "previous": _COUNT,
        "change": _CHANGE,
        "change_rate": _RATE,
        "year_before": _COUNT,
        "year_change": _CHANGE,
        "year_change_rate": _RATE,
    }
    sums = report.sums().with_columns(
        state=pl.Series(
            [
                say("complete") if whole else say("running", day=report.name_day(through))
                for whole, through in report.sums().select("complete", "through").iter_rows()
            ],
            dtype=pl.String,
        )
    )
    sheet.table(
        sums, month | {c: (say(c), look) for c, look in looks.items()} | {"state": (say("status"), None)}
    )
    ranges: dict[str, Any] = {"sheet": sheet.name, "names": names[:-1], "counts": counts, "shares": shares}
    if report.forecast.height:
        heading = report.heading()
        sheet.heading(say("forecast_title", month=report.name_month(report.forecast["month"][0])))
        looks = dict.fromkeys(("counted", "expected", "forecast", "low", "high"), _COUNT)
        ranges["heading"] = sheet.table(heading, month | {c: (say(c), look) for c, look in looks.items()})
        ranges["last"] = heading.row(-1, named=True)
    return ranges


def _summary(sheet: _Sheet, ranges: dict[str, Any]) -> None:
    report, say = sheet.report, sheet.report.say
    columns = 7
    sheet.widths(17, *[13.5] * (columns - 1))
    period = say(
        "subtitle",
        first=report.name_month(report.first),
        last=report.name_month(report.month),
        made=f"{report.made:%Y-%m-%d}",
    )
    sheet.title(say("title", month=report.name_month(report.month)), period)
    for sentence in report.headline():
        sheet.text(sentence, columns, soft=True)
    sheet.row += 1
    if report.problems:
        sheet.heading(say("problems"))
        for problem in report.problems:
            sheet.text(f"・{problem}" if report.lang == "ja" else f"• {problem}", columns)
        sheet.row += 1
    table = report.by_carrier()
    if table.height:
        sheet.heading(f"{say('count')} {report.name_month(report.month)}")
        looks = {
            "count": _COUNT,
            "share": _PART,
            "change": _CHANGE,
            "change_rate": _RATE,
            "year_change": _CHANGE,
            "year_change_rate": _RATE,
        }
        sheet.table(
            table,
            {"carrier": (say("carrier"), None)} | {c: (say(c), look) for c, look in looks.items()},
            bold_last=True,
        )
    if report.forecast.height:
        sheet.heading(say("forecast_title", month=report.name_month(report.forecast["month"][0])))
        rows = report.forecast.with_columns(carrier=report.name_carriers(report.forecast))
        looks = dict.fromkeys(("counted", "forecast", "low", "high"), _COUNT)
        sheet.table(
            rows,
            {"carrier": (say("carrier"), None)} | {c: (say(c), look) for c, look in looks.items()},
            bold_last=True,
        )
    bill = report.bill.filter(pl.col("month") == report.month)
    if bill.height > _MOST_CLIENTS:
        # the cost sheet lists them all; the summary stays on one page
        bill = bill.select(
            pl.lit(say("total")).alias("client"), pl.col("quantity", "net", "tax", "gross").sum()
        )
    if bill.height:
        sheet.heading(f"{say('cost')} {report.name_month(report.month)}")
        look = _yen(report)
        sheet.table(
            _floats(bill, "net", "tax", "gross"),
            {"client": (say("client"), None), "quantity": (say("quantity"), _COUNT)}
            | {c: (say(c), look) for c in ("net", "tax", "gross")},
        )
    if not report.monthly["separated_success_count"].sum():
        return
    _charts(sheet, ranges)


def _charts(sheet: _Sheet, ranges: dict[str, Any]) -> None:
    report, say = sheet.report, sheet.report.say
    book, source = sheet.book.book, ranges["sheet"]
    face = {"size": 9, "name": _FONT, "color": _INK}
    small = face | {"size": 8}
    first, last = ranges["counts"]

    def series(rows: tuple[int, int], name: str, at: int, **more: Any) -> dict[str, Any]:
        return {
            "name": name,
            "categories": [source, rows[0], 0, rows[1], 0],
            "values": [source, rows[0], at, rows[1], at],
            **more,
        }

    def finished(chart: Any, title: str, number: str, left: int = 0, width: int = _WIDE) -> None:
        chart.set_title({"name": title, "name_font": face | {"size": 11, "bold": True}, "overlay": False})
        chart.set_legend({"position": "bottom", "font": face})
        chart.set_x_axis(
            {
                "num_font": small,
                "num_format": "yy/mm",
                "text_axis": True,
                "line": {"color": _LINE},
            }
        )
        chart.set_y_axis(
            {
                "num_font": small,
                "num_format": number,
                "major_gridlines": {"visible": True, "line": {"color": "#E4E7EB"}},
                "line": {"none": True},
                "min": 0,
            }
        )
        chart.set_size({"width": width, "height": 250})
        sheet.sheet.insert_chart(
            sheet.row,
            0,
            chart,
            {"x_offset": 2 + left, "y_offset": 4, "description": title, "object_position": 1},
        )

    colours = _colours(report)
    stacked = book.add_chart({"type": "column", "subtype": "stacked"})
    for n, name in enumerate(ranges["names"], 1):
        stacked.add_series(series((first, last), name, n, fill={"color": colours[name]}, gap=45))
    finished(stacked, say("months_title"), _COUNT)
    sheet.row += 14
    half = _WIDE // 2 - 4 if "heading" in ranges else _WIDE
    shares = book.add_chart({"type": "line"})
    for n, name in enumerate(ranges["names"], 1):
        look = {
            "line": {"color": colours[name], "width": 2.25},
            "marker": {"type": "circle", "size": 5}
            | {k: {"color": colours[name]} for k in ("fill", "border")},
        }
        shares.add_series(series(ranges["shares"], name, n, **look))
    finished(shares, say("shares_title"), "0%", width=half)
    if "heading" in ranges:
        rows, row = ranges["heading"], ranges["last"]
        heading = book.add_chart({"type": "column", "subtype": "stacked"})
        heading.add_series(series(rows, say("counted"), 1, fill={"color": style.DELIVERED}, gap=45))
        heading.add_series(series(rows, say("expected"), 2, fill={"color": "#9CC7E3"}))
        ends = book.add_chart({"type": "line"})
        for name, at in (("high", 5), ("low", 4)):
            dash = {"type": "long_dash", "size": 12, "fill": {"color": _INK}, "border": {"color": _INK}}
            ends.add_series(series(rows, say(name), at, line={"none": True}, marker=dash))
        heading.combine(ends)
        finished(
            heading, say("forecast_title", month=report.name_month(row["month"])), _COUNT, half + 8, half
        )


def _clients(sheet: _Sheet) -> None:
    report, say = sheet.report, sheet.report.say
    across = _largest_first(room.pivot(report.monthly, rows=["client", "client_id"], columns="month"))
    months = [c for c in across.columns if c not in ("client", "client_id")]
    across = across.with_columns(
        client=pl.coalesce(
            "client", pl.when(pl.int_range(pl.len()) == pl.len() - 1).then(pl.lit(say("total")))
        )
    )
    sheet.widths(24, 14, *[11.0] * max(len(months), 6))
    sheet.title(say("clients"), _counted(report))
    sheet.heading(say("clients_section"))
    names: dict[str, tuple[str, str | None]] = {
        "client": (say("client"), None),
        "client_id": (say("client_id"), None),
    }
    looks: dict[str, tuple[str, str | None]] = {
        c: (say("total") if c == "total" else c.replace("-", "/"), _COUNT) for c in months
    }
    sheet.table(across, names | looks, bold_last=True, freeze=True)
    rows = report.this_month
    if rows.height:
        sheet.heading(say("clients_month", month=report.name_month(report.month)))
        wide = _largest_first(room.pivot(rows, rows=["client", "client_id"]))
        wide = wide.with_columns(
            client=pl.coalesce(
                "client", pl.when(pl.int_range(pl.len()) == pl.len() - 1).then(pl.lit(say("total")))
            )
        )
        carriers: dict[str, tuple[str, str | None]] = {
            c: (
                say("total") if c == "total" else words.carrier(None if c == "unknown" else c, report.lang),
                _COUNT,
            )
            for c in wide.columns
            if c not in names
        }
        sheet.table(wide, names | carriers, bold_last=True)


def _largest_first(pivot: pl.DataFrame) -> pl.DataFrame:
    """Sort by total, the row of sums staying last."""
    return pl.concat([pivot.head(-1).sort("total", descending=True, maintain_order=True), pivot.tail(1)])


def _reconciliation(sheet: _Sheet) -> None:
    report, say = sheet.report, sheet.report.say
    sheet.widths(10, 16, *[10.5] * 8)
    sheet.title(say("reconciliation"))
    frame = report.explained()
    if not frame.height:
        sheet.text(say("no_statuses"), 6)
        return
    sheet.text(say("basis_is", basis=say(f"basis {frame['basis'][0]}")), 10)
    sheet.text(say("how_invoice"), 10)
    sheet.row += 1
    looks: dict[str, str | None] = {
        "carrier": None,
        "counts": _COUNT,
        "statuses": _COUNT,
        "delivered_count": _COUNT,
        "failed_count": _COUNT,
        "difference": _CHANGE,
        "pending": _COUNT,
        "days_missing": _COUNT,
        "invoice": _COUNT,
        "invoice_difference": _CHANGE,
        "verdict": None,
        "why": None,
    }
    columns = {"month": (say("month"), _MONTH)} | {
        c: (say({"verdict": "agrees", "why": "reasons"}.get(c, c)), look) for c, look in looks.items()
    }
    # a column less, where nothing is missing or billed, must not shift the widths
    columns = {c: look for c, look in columns.items() if c == "month" or frame[c].count()}
    sheet.widths(10, 16, *[10.5] * (len(columns) - 4), 11, 44)
    first, last = sheet.table(frame, columns, wrap="why", freeze=True, alone=True)
    at = list(columns).index("verdict")
    odd = sheet.book.book.add_format({"bold": True, "font_color": "#A84300"})
    sheet.sheet.conditional_format(
        first, at, last, at, {"type": "cell", "criteria": "==", "value": f'"{say("no")}"', "format": odd}
    )


def _cost(sheet: _Sheet) -> None:
    report, say = sheet.report, sheet.report.say
    sheet.widths(22, 16, *[13.0] * 5, 18)
    sheet.title(say("cost"))
    if not report.cost.height:
        sheet.text(say("no_prices"), 6)
        return
    look = _yen(report)
    sheet.heading(say("bill_section"))
    bill = report.bill.with_columns(
        state=pl.when(pl.col("final")).then(pl.lit(say("final"))).otherwise(pl.lit(say("no_final")))
    )
    sheet.table(
        _floats(bill, "net", "tax", "gross"),
        {
            "client": (say("client"), None),
            "month": (say("month"), _MONTH),
            "quantity": (say("quantity"), _COUNT),
            "unpriced": (say("unpriced"), _COUNT),
            **{c: (say(c), look) for c in ("net", "tax", "gross")},
            "state": (say("status"), None),
        },
        freeze=True,
    )
    sheet.heading(say("lines_section", month=report.name_month(report.month)))
    # a price without a first day holds since ever
    since = pl.when(pl.col("since") > date(2000, 1, 1)).then(pl.col("since")).alias("since")
    priced = report.priced().with_columns(since)
    sheet.table(
        _floats(priced, "unit_price", "amount"),
        {
            "client": (say("client"), None),
            "carrier": (say("carrier"), None),
            "since": (say("since"), _DAY),
            "over": (say("over"), _COUNT),
            "quantity": (say("quantity"), _COUNT),
            "unit_price": (say("unit_price"), "¥#,##0.00##"),
            "amount": (say("amount"), "¥#,##0.00##"),
            "problem": (say("problem"), None),
        },
    )


def _notes(sheet: _Sheet) -> None:
    report = sheet.report
    sheet.widths(*[13.5] * 7)
    sheet.title(report.say("notes"))
    for heading, sentences in report.notes():
        sheet.heading(heading)
        for sentence in sentences:
            sheet.text(f"・{sentence}" if report.lang == "ja" else f"• {sentence}", 7)
        sheet.row += 1


def _counted(report: UsageReport) -> str:
    """Say that the months are billable messages, and which of them is not over."""
    parts = [
        report.say("partial", month=report.name_month(row["month"]), day=report.name_day(row["through"]))
        for row in report.sums().filter(~pl.col("complete")).iter_rows(named=True)
    ]
    return "　".join([report.say("count"), *parts])


def _colours(report: UsageReport) -> dict[str, str]:
    plain = sorted({c for c in report.monthly["carrier"] if c is not None})
    spare = iter(style.OTHERS * 8)
    made = {words.carrier(c, report.lang): style.CARRIERS.get(c) or next(spare) for c in plain}
    return made | {words.carrier(None, report.lang): style.PENDING}


def _yen(report: UsageReport) -> str:
    decimals = report.prices.decimals if report.prices else 0
    return "¥#,##0" + (f".{'0' * decimals}" if decimals else "")


def _floats(frame: pl.DataFrame, *columns: str) -> pl.DataFrame:
    """Give money to Excel as its own numbers: the sums are made, and Excel knows no decimals."""
    return frame.with_columns(pl.col(columns).cast(pl.Float64))


def _plain(report: UsageReport) -> str:
    return report.name_month(report.month).replace("&", "&&")


def _unique(labels: list[str]) -> list[str]:
    """Excel's tables want every heading once."""
    seen: dict[str, int] = {}
    made = []
    for label in labels:
        seen[label] = seen.get(label, 0) + 1
        made.append(label if seen[label] == 1 else f"{label} ({seen[label]})")
    return made


def _fit(column: pl.Series, label: str) -> float:
    texts = [str(v) for v in column if v is not None and not isinstance(v, (float, Decimal))]
    return min(max([_width(label) + 3, 9.0, *(_width(t) + 2 for t in texts)]), 48.0)


def _width(text: str) -> float:
    return sum(1.9 if unicodedata.east_asian_width(c) in "WF" else 1.0 for c in text)
