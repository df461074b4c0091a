"""The monthly usage report as an Excel workbook, with Excel's own charts, for a screen and for A4 paper."""

from __future__ import annotations

import unicodedata
from datetime import date
from decimal import Decimal
from io import BytesIO
from typing import TYPE_CHECKING, Any

import polars as pl

from zrtools import tables, words
from zrtools import usage as room
from zrtools.charts import style
from zrtools.periods import months_before
from zrtools.privacy import mask_text
from zrtools.reports.usage import closed_of, limits, money_text, moved_of, quarters_of

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from zrtools.reports.monthly import UsageReport

__all__ = ["fill"]

_FONT = "Yu Gothic"
_INK, _MUTED, _ACCENT, _SOFT, _LINE = "#1F2933", "#52606D", "#0072B2", "#EAF3F8", "#C9D2DA"
_COUNT, _CHANGE, _RATE, _PART = "#,##0", "+#,##0;-#,##0;0", "+0.0%;-0.0%;0.0%", "0.0%"
_MOST_CLIENTS = 8
_WIDE = 730
"""As wide as the summary's seven columns, in pixels."""
_MONTH, _DAY = "yyyy/mm", "yyyy/mm/dd"


def fill(report: UsageReport, path: Path) -> None:
    """Write the workbook to a path: the month as it is handed over, sheet by sheet."""
    look = {"font_name": _FONT, "font_size": 10, "font_color": _INK}
    with tables.excel(path, {"default_format_properties": look}) as book:
        book.set_properties({"title": report.say("title", month=report.name_month(report.month))})
        made = _Book(book, report)
        # the summary stands first, and its charts draw from the sheet that is filled before it
        summary = _Sheet(made, "summary", pages=1)
        deliveries = _Sheet(made, "deliveries")
        days = _Sheet(made, "by_day") if report.delivery() is not None else None
        ranges = _by_carrier(_Sheet(made, "by_carrier", pages=1 if report.months <= 13 else 0))
        _summary(summary, ranges)
        _deliveries(deliveries)
        if days is not None:
            _days(days)
        _terms(_Sheet(made, "terms"))
        if report.client is None:
            _clients(_Sheet(made, "clients"))
        if report.movers.height:
            _agency(_Sheet(made, "agency"))
        _reconciliation(_Sheet(made, "reconciliation"))
        _cost(_Sheet(made, "cost"))
        _notes(_Sheet(made, "notes"))
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

    def __init__(self, book: _Book, name: str, *, pages: int = 0) -> None:
        self.book = book
        self.report = book.report
        self.name = self.report.say(name)
        self.sheet = book.book.add_worksheet(self.name)
        self.row = 0
        self._widths: dict[int, float] = {}
        sheet = self.sheet
        sheet.hide_gridlines(2)
        sheet.set_paper(9)
        sheet.set_portrait()
        # the sheet's title stands on each of its pages
        sheet.repeat_rows(0)
        sheet.set_margins(left=0.5, right=0.5, top=0.6, bottom=0.7)
        # a page wide, and as many high as it takes where `pages` is 0
        sheet.fit_to_pages(1, pages)
        sheet.center_horizontally()
        sheet.set_footer(f"&L&8{_plain(book.report)}&C&8{self.name}&R&8&P / &N")

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
        sums: Mapping[str, Any] | None = None,
    ) -> tuple[int, int]:
        """Write a frame as a table: each column with its heading and number format; give its first and last row.

        Columns without any value are left out. The header of a table that is `alone` on its sheet is printed on
        every page; a frozen one stays while scrolling. `sums` names the columns that a row of totals below adds up,
        each with what it comes to, as formulas that a reader can check; or a formula of its own beside it, with {row}
        for that row and {of_…} for the columns' letters.
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
            if number in (_MONTH, _DAY) or (number and "yyyy" in number):
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
                aside = "left" if number is None or "yyyy" in number else "right"
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
        # room for a heading of several lines
        lines = max(-(-_width(label) // (self._widths.get(n, 99) - 1)) for n, label in enumerate(labels))
        self.sheet.set_row(top, 18 if lines == 1 else 15 * lines)
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
        if sums is not None and shown.height:
            last += 1
            self._sums(top + 1, last, columns, sums)
        self.row = last + 2
        return top + 1, top + shown.height

    def _sums(
        self,
        first: int,
        row: int,
        columns: Mapping[str, tuple[str, str | None]],
        sums: Mapping[str, Any],
    ) -> None:
        letters = {
            c: chr(ord("A") + n) if n < 26 else f"A{chr(ord('A') + n - 26)}" for n, c in enumerate(columns)
        }
        look: dict[str, Any] = {"bold": True, "top": 1, "top_color": _INK}
        for n, (column, (_, number)) in enumerate(columns.items()):
            form = self.book.form(**look, **({"num_format": number} if number else {}))
            if n == 0:
                self.sheet.write_string(row, n, self.report.say("total"), self.book.form(**look))
            elif column not in sums:
                self.sheet.write_blank(row, n, None, form)
            else:
                value = sums[column]
                formula, value = (
                    value if isinstance(value, tuple) else ("=SUM({here}{first}:{here}{last})", value)
                )
                places = {"here": letters[column], "first": first + 1, "last": row, "row": row + 1}
                written = formula.format(**places, **{f"of_{c}": letter for c, letter in letters.items()})
                self.sheet.write_formula(row, n, written, form, float(value) if value is not None else "")

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
    counts = sheet.table(
        wide, month | {c: (c, _COUNT) for c in names}, freeze=True, sums={c: wide[c].sum() for c in names}
    )
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
    sheet.widths(25, *[12.2] * (columns - 1))
    period = say(
        "subtitle",
        first=report.name_month(report.first),
        last=report.name_month(report.month),
        made=report.name_day(report.made),
    )
    sheet.title(say("title", month=report.name_month(report.month)), period)
    _cover(sheet, columns)
    for sentence in report.headline():
        sheet.text(sentence, columns, soft=True)
    sheet.row += 1
    if report.problems:
        sheet.heading(say("problems"))
        for problem in report.problems:
            sheet.text(f"・{problem}" if report.lang == "ja" else f"• {problem}", columns)
        sheet.row += 1
    sent = report.delivery()
    if sent is not None:
        sheet.heading(f"{say('deliveries')} {report.name_month(report.month)}")
        outcome = _outcome_looks(report)
        rates = {
            key: (report.delivery(months_before(report.month, back)) or {}).get("rate")
            for key, back in (("previous_rate", 1), ("year_rate", 12))
        }
        sheet.table(
            pl.DataFrame([sent | rates], schema_overrides=dict.fromkeys(rates, pl.Float64)),
            {
                column: outcome[column]
                for column in ("messages", "delivered", "rate", "failed", "pending", *rates)
            },
        )
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
        total = table.row(-1, named=True)
        ends = {c: total[c] for c in ("count", "change", "year_change") if total[c] is not None}
        for rate, change in (("change_rate", "change"), ("year_change_rate", "year_change")):
            if total[rate] is not None:
                base = f"({{of_count}}{{row}}-{{of_{change}}}{{row}})"
                ends[rate] = (f'=IF({base}=0,"",{{of_{change}}}{{row}}/{base})', total[rate])
        sheet.table(
            table.head(-1),
            {"carrier": (say("carrier"), None)} | {c: (say(c), look) for c, look in looks.items()},
            sums=ends | {"share": total["share"]},
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
    sums = across.row(-1, named=True) if across.height else {}
    money = _money_by_month(report)
    # as narrow as the largest sums allow: a year stands side by side on A4
    written = [f"{value:,}" for value in (sums.get(c) for c in months) if value is not None]
    written += [money_text(money[c].sum(), report) for c in money.columns if c in months]
    sheet.widths(22, 9, *[max([8.5, *(len(w) + 1.5 for w in written)])] * max(len(months), 6))
    sheet.title(say("clients"), _counted(report))
    sheet.heading(say("clients_section"))
    names: dict[str, tuple[str, str | None]] = {
        "client": (say("client"), None),
        "client_id": (say("client_id"), None),
    }
    looks: dict[str, tuple[str, str | None]] = {
        c: (say("total") if c == "total" else c.replace("-", "/"), _COUNT) for c in months
    }
    sheet.table(
        across.head(-1), names | looks, freeze=True, sums={c: sums[c] for c in looks} if sums else None
    )
    if report.bill.height:
        sheet.heading(say("clients_money"))
        kept = {
            c: (say("total") if c == "total" else c.replace("-", "/"), _yen(report))
            for c in months
            if c in money
        }
        sheet.table(money, names | kept, sums={c: money[c].sum() for c in kept})
    rows = report.this_month
    if rows.height:
        sheet.heading(say("clients_month", month=report.name_month(report.month)))
        wide = _largest_first(room.pivot(rows, rows=["client", "client_id"]))
        last = wide.row(-1, named=True)
        wide = wide.head(-1)
        carriers: dict[str, tuple[str, str | None]] = {
            c: (
                say("total") if c == "total" else words.carrier(None if c == "unknown" else c, report.lang),
                _COUNT,
            )
            for c in wide.columns
            if c not in names
        }
        sheet.table(wide, names | carriers, sums={c: last[c] for c in carriers})


def _largest_first(pivot: pl.DataFrame) -> pl.DataFrame:
    """Sort by total, the row of sums staying last."""
    return pl.concat([pivot.head(-1).sort("total", descending=True, maintain_order=True), pivot.tail(1)])


def _reconciliation(sheet: _Sheet) -> None:
    report, say = sheet.report, sheet.report.say
    sheet.widths(10, 13, *[9.5] * 8)
    sheet.title(say("reconciliation"))
    frame = report.explained()
    if not (has_reasons := frame["why"].ne("").any()):
        frame = frame.with_columns(why=None)
    if not frame.height:
        sheet.text(say("no_statuses"), 6)
        return
    if report.whose:
        sheet.text(report.whose, 10)
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
    sheet.widths(10, 13, *[9.5] * (len(columns) - 2 - 2 * has_reasons), *([9.5, 36] if has_reasons else []))
    first, last = sheet.table(frame, columns, wrap="why" if has_reasons else None, freeze=True, alone=True)
    at = list(columns).index("verdict")
    odd = sheet.book.book.add_format({"bold": True, "font_color": "#A84300"})
    sheet.sheet.conditional_format(
        first, at, last, at, {"type": "cell", "criteria": "==", "value": f'"{say("no")}"', "format": odd}
    )


def _cost(sheet: _Sheet) -> None:
    report, say = sheet.report, sheet.report.say
    # the remark stands last, and needs room
    sheet.widths(24, *[14.0] * (3 if report.client else 4), 28, 14)
    sheet.title(say("cost"))
    if not report.cost.height:
        sheet.text(say("no_prices"), 6)
        return
    money = {c: (say(c), _yen(report)) for c in ("net", "tax", "gross")}
    counted: dict[str, tuple[str, str | None]] = {
        "quantity": (say("quantity"), _COUNT),
        "unpriced": (say("unpriced"), _COUNT),
    }
    added = ("quantity", "unpriced", "net", "tax", "gross")

    def shown(frame: pl.DataFrame, first: dict[str, tuple[str, str | None]]) -> None:
        state = pl.when(pl.col("final")).then(pl.lit(say("final"))).otherwise(pl.lit(say("no_final")))
        # missing prices are seldom
        unpriced = pl.when(pl.col("unpriced").sum() > 0).then("unpriced")
        rows = _floats(frame, "net", "tax", "gross").with_columns(unpriced, state=state)
        looks = first | counted | money | {"state": (say("status"), None)}
        sheet.table(rows, looks, sums={c: frame[c].sum() for c in added})

    sheet.heading(say("bill_section"))
    by_month = report.bill.group_by("month").agg(pl.col(added).sum(), pl.col("final").all()).sort("month")
    shown(by_month, {"month": (say("month"), _MONTH)})
    month = report.name_month(report.month)
    if report.client is None:
        sheet.heading(say("clients_cost", month=month))
        shown(report.bill.filter(pl.col("month") == report.month), {"client": (say("client"), None)})
    sheet.heading(say("lines_section", month=month))
    lines: dict[str, tuple[str, str | None]] = {
        "client": (say("client"), None),
        "carrier": (say("carrier"), None),
        "since": (say("since"), _DAY),
        "over": (say("over"), _COUNT),
        "quantity": (say("quantity"), _COUNT),
        "unit_price": (say("unit_price"), "¥#,##0.00##"),
        "amount": (say("amount"), "¥#,##0.00##"),
        "problem": (say("problem"), None),
    }
    # a price without a first day holds since ever, and tiers are seldom
    priced = report.priced().with_columns(
        pl.when(pl.col("since") > date(2000, 1, 1)).then("since"),
        pl.when(pl.col("over").fill_null(0).max() > 0).then("over"),
    )
    if report.client is not None:
        del lines["client"]
    lines = {c: look for n, (c, look) in enumerate(lines.items()) if n == 0 or priced[c].count()}
    sheet.table(
        _floats(priced, "unit_price", "amount"),
        lines,
        sums={"quantity": priced["quantity"].sum(), "amount": priced["amount"].sum()},
        wrap="problem" if "problem" in lines else None,
    )
    _exact_amounts(sheet, priced, list(lines))


def _notes(sheet: _Sheet) -> None:
    report = sheet.report
    sheet.widths(*[13.5] * 7)
    sheet.title(report.say("notes"))
    for heading, sentences in report.notes():
        sheet.heading(heading)
        for sentence in sentences:
            sheet.text(f"・{sentence}" if report.lang == "ja" else f"• {sentence}", 7)
        sheet.row += 1


def _exact_amounts(sheet: _Sheet, priced: pl.DataFrame, columns: list[str]) -> None:
    """Write each line's amount as quantity times price."""
    if not {"quantity", "unit_price", "amount"} <= set(columns):
        return
    at = {c: columns.index(c) for c in ("quantity", "unit_price", "amount")}
    # rows above: the lines, their sum, and an empty one
    first = sheet.row - 2 - priced.height
    form = sheet.book.form(num_format="¥#,##0.00##")
    letters = {c: chr(ord("A") + n) for c, n in at.items()}
    for n, amount in enumerate(priced["amount"]):
        if amount is not None:
            row = first + n
            formula = f"={letters['quantity']}{row + 1}*{letters['unit_price']}{row + 1}"
            sheet.sheet.write_formula(row, at["amount"], formula, form, float(amount))


def _money_by_month(report: UsageReport) -> pl.DataFrame:
    """Lay the clients' cost out by month, largest first."""
    if report.bill.is_empty():
        return pl.DataFrame()
    wide = (
        report.bill.with_columns(pl.col("month").dt.strftime("%Y-%m"), pl.col("net").cast(pl.Float64))
        .pivot(
            "month", index=["client", "client_id"], values="net", aggregate_function="sum", sort_columns=True
        )
        .fill_null(0.0)
    )
    months = [c for c in wide.columns if c not in ("client", "client_id")]
    return wide.with_columns(total=pl.sum_horizontal(months)).sort("total", descending=True)


def _cover(sheet: _Sheet, columns: int) -> None:
    """Say whom the report is about, for whom and by whom, with the logo and words of one's own."""
    report = sheet.report
    logo = report.handover.picture()
    if logo is not None:
        sheet.sheet.insert_image(
            0, columns - 2, "logo.png", {"image_data": BytesIO(logo), **_fitted(logo, 180, 64), "x_offset": 6}
        )
    for name, text in report.cover:
        sheet.sheet.write_string(sheet.row, 0, name, sheet.book.form(font_color=_MUTED))
        sheet.sheet.merge_range(
            sheet.row, 1, sheet.row, columns - 1, mask_text(text), sheet.book.form(bold=True, text_wrap=True)
        )
        if _width(text) > 80:
            sheet.sheet.set_row(sheet.row, 17 * (int(_width(text)) // 80 + 1))
        sheet.row += 1
    for line in filter(None, (line.strip() for line in report.handover.comment.splitlines())):
        sheet.text(line, columns)
    sheet.row += 1


def _fitted(logo: bytes, width: int, height: int) -> dict[str, float]:
    """Scale a PNG into a box; its size stands in its head."""
    size = (int.from_bytes(logo[16:20]), int.from_bytes(logo[20:24]))
    scale = min(1.0, width / max(size[0], 1), height / max(size[1], 1))
    return {"x_scale": scale, "y_scale": scale}


def _deliveries(sheet: _Sheet) -> None:
    """Say what became of the month's messages, why some failed, what was unusual, and how the days went."""
    report, say = sheet.report, sheet.report.say
    sheet.widths(26, *[11.5] * 8)
    sheet.title(say("deliveries"), report.name_month(report.month))
    outcomes = report.outcomes()
    if not outcomes.height:
        sheet.text(say("no_deliveries"), 8)
        return
    sheet.text(say("deliveries_gloss"), 8)
    if report.whose:
        sheet.text(report.whose, 8)
    sheet.row += 1
    looks = _outcome_looks(report)
    sheet.table(outcomes, {"carrier": (say("carrier"), None)} | looks, sums=_outcome_sums(outcomes))
    sheet.heading(say("reasons_section"))
    reasons = report.failed_for()
    if reasons.height:
        shown = {c: (say("total") if c == "total" else c, _COUNT) for c in reasons.columns if c != "reason"}
        added = {c: reasons[c].sum() for c in shown}
        sheet.table(reasons, {"reason": (say("reason"), None), **shown}, sums=added, wrap="reason")
    else:
        sheet.text(say("no_failures"), 8)
        sheet.row += 1
    sheet.heading(say("incidents_section"))
    for sentence in report.incidents["sentence"].to_list() or [say("no_incidents")]:
        sheet.text(f"・{sentence}" if report.lang == "ja" else f"• {sentence}", 8)


def _outcome_looks(report: UsageReport) -> dict[str, tuple[str, str | None]]:
    say = report.say
    return {
        "messages": (say("messages"), _COUNT),
        "delivered": (say("delivered"), _COUNT),
        "failed": (say("failed"), _COUNT),
        "pending": (say("pending_messages"), _COUNT),
        "rate": (say("rate"), _PART),
        "parts": (say("parts"), _COUNT),
        "previous_rate": (say("previous_rate"), _PART),
        "year_rate": (say("year_rate"), _PART),
    }


def _outcome_sums(frame: pl.DataFrame) -> dict[str, Any]:
    settled = "({of_delivered}{row}+{of_failed}{row})"
    counted = {c: int(frame[c].sum()) for c in ("messages", "delivered", "failed", "pending", "parts")}
    whole = counted["delivered"] + counted["failed"]
    rate = counted["delivered"] / whole if whole else None
    return counted | {"rate": (f'=IF({settled}=0,"",{{of_delivered}}{{row}}/{settled})', rate)}


def _days(sheet: _Sheet) -> None:
    """List the month's days, on a sheet of their own: its headings stand on each page."""
    report, say = sheet.report, sheet.report.say
    days, looks = report.by_day(), _outcome_looks(report)
    sheet.widths(26, *[12.5] * 7)
    sheet.title(say("by_day"))
    by_day = {c: look for c, look in looks.items() if c in days.columns}
    sheet.table(
        days,
        {"send_date": (say("date"), _weekdays(report))} | by_day,
        sums=_outcome_sums(days),
        freeze=True,
        alone=True,
    )


def _terms(sheet: _Sheet) -> None:
    """Set the month into its fiscal year, against budget and plan, and count up to a closing day."""
    report, say = sheet.report, sheet.report.say
    sheet.widths(32, *[12.5] * 6)
    sheet.title(say("terms"), say("count"))
    quarters = quarters_of(report)
    if quarters.height:
        sheet.heading(say("fiscal_section", year=quarters["fiscal_year"][0]))
        sheet.table(
            quarters,
            {
                "quarter": (say("quarter"), None),
                "separated_success_count": (say("count"), _COUNT),
                "to_date": (say("to_date"), _COUNT),
                "year_before": (say("period_before"), _COUNT),
                "year_change_rate": (say("period_change_rate"), _RATE),
            },
            wrap="quarter",
        )
    for sentence in limits(report):
        sheet.text(sentence, 6)
    if report.budget.height:
        yen = report.handover.budget_in == "yen"
        sheet.heading(say("budget_section", unit=say("yen" if yen else "parts_unit")))
        look = "¥#,##0" if yen else _COUNT
        shown: dict[str, tuple[str, str | None]] = {
            name: (say("expected_end" if name == "forecast" else name), number)
            for name, number in {
                "month": _MONTH,
                "budget": look,
                "actual": look,
                "difference_to_budget": "+#,##0;-#,##0;0",
                "used": _PART,
                "forecast": look,
                "forecast_used": _PART,
                "budget_to_date": look,
                "actual_to_date": look,
                "used_to_date": _PART,
            }.items()
        }
        to_date = {c: shown.pop(c) for c in ("budget_to_date", "actual_to_date", "used_to_date")}
        ends = {c: float(report.budget[c].sum()) for c in ("budget", "actual", "difference_to_budget")}
        whole = ends["actual"] / ends["budget"] if ends["budget"] else None
        used = ('=IF({of_budget}{row}=0,"",{of_actual}{row}/{of_budget}{row})', whole)
        sheet.table(report.budget, shown, sums=ends | {"used": used})
        # side by side they were too small to read on paper
        known = report.budget.filter(pl.col("budget_to_date").is_not_null())
        if known.height:
            sheet.heading(say("budget_to_date_section"))
            sheet.table(known, {"month": shown["month"]} | to_date)
    closed = closed_of(report)
    if closed.height:
        sheet.heading(say("closed_section", day=report.handover.closing_day))
        money = [c for c in ("net", "tax", "gross") if c in closed.columns]
        sheet.table(
            _floats(closed, *money),
            {
                "closed_period": (say("closed_period"), None),
                "parts": (say("parts"), _COUNT),
                **{c: (say(c), _yen(report)) for c in money},
                "status": (say("status"), None),
            },
            wrap="closed_period",
        )


def _agency(sheet: _Sheet) -> None:
    """List the clients that moved, and those without traffic."""
    report, say = sheet.report, sheet.report.say
    sheet.widths(28, 14, 20, *[10.5] * 4)
    sheet.title(say("agency"), report.name_month(report.month))
    names: dict[str, tuple[str, str | None]] = {
        "client": (say("client"), None),
        "client_id": (say("client_id"), None),
    }
    moved = moved_of(report)
    if moved.height:
        sheet.heading(say("movers_section"))
        sheet.table(
            moved,
            names
            | {
                "movement": (say("movement"), None),
                "separated_success_count": (say("count"), _COUNT),
                "previous": (say("previous"), _COUNT),
                "change": (say("change"), _CHANGE),
                "change_rate": (say("change_rate"), _RATE),
            },
        )
    silent = report.movers.filter(pl.col("movement").is_in(["silent", "stopped"]))
    if silent.height:
        sheet.heading(say("silent_section"))
        sheet.table(silent, names | {"last_month": (say("last_month"), _MONTH)})


def _weekdays(report: UsageReport) -> str:
    """Write a day with its weekday, in the report's language whatever the reader's Excel speaks."""
    # the numbers of languages, not their names: LibreOffice and older Excels know only these
    return '[$-411]yyyy"年"m"月"d"日（"aaa"）"' if report.lang == "ja" else '[$-409]yyyy-mm-dd "("ddd")"'


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
    name = report.say("title", month=report.name_month(report.month))
    return (f"{name}　{report.client[1]}" if report.client else name).replace("&", "&&")[:120]


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
