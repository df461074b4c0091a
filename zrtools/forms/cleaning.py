"""A form that cleans pasted or uploaded numbers: what it costs first, then run, then download."""

from __future__ import annotations

import html
import threading
from collections.abc import Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import ipywidgets as w
import polars as pl

from zrtools import phones, schemas, tables, words, workbooks
from zrtools.arguments import checked
from zrtools.client.cleaning import Cleaning, prepared
from zrtools.errors import InputError, Interrupted, PartialResultError, ZrtoolsError
from zrtools.forms.panel import Panel, heading, side_by_side, table
from zrtools.forms.private import PrivateDownload, PrivateText
from zrtools.texts import said

if TYPE_CHECKING:
    from zrtools.client import Client
else:
    from zrtools.arguments import Client

__all__ = ["CleanForm", "clean"]

# so many numbers are asked before the form looks whether someone pressed Stop
_AT_A_TIME = 100


@checked
def clean(
    client: Client,
    *,
    store: str | Path | None = None,
    price: Decimal | int | str | None = None,
    lang: str | None = None,
) -> CleanForm:
    """Show a form that judges pasted or uploaded numbers by the service's number cleaning.

    Before any billed request leaves it asks: which list, how many requests, at what cost where the `price` of one (yen)
    is given. What a form has asked it never asks again, and with `store` no other does: answers are kept there as they
    come. `form.result` is the frame afterwards (`schemas.CLEANING`). Numbers are no widget state: they are typed,
    uploaded and downloaded in messages.
    Raises `InputError` for a price that is none.
    """
    return CleanForm(client, store=store, price=price, lang=lang)


class CleanForm(Panel):
    """A form for number cleaning; `result` is the frame of the last run."""

    def __init__(
        self,
        client: Client,
        *,
        store: str | Path | None = None,
        price: Decimal | int | str | None = None,
        lang: str | None = None,
    ) -> None:
        super().__init__(lang)
        self._client = client
        self._store = store
        self._price = None if price is None else _price(price)
        self._confirming = False
        self._known = schemas.empty(schemas.CLEANING)
        self._file: tuple[str, pl.DataFrame] | None = None
        self._upload: tuple[str, bytes] | None = None
        self._stop = threading.Event()
        self.result = schemas.empty(schemas.CLEANING)
        self._numbers = self.result.select("input", "phone_number", "error")
        self._to_ask = self.result["phone_number"]
        self._wrong: list[str] = []
        self._shown: tuple[pl.DataFrame, date] | None = None

        self.numbers = PrivateText(
            description=self.t("numbers"), placeholder=self.t("numbers_example"), lines=6
        )
        self.file = w.FileUpload(
            description=self.t("file"),
            accept=",".join((".csv", ".tsv", ".txt", *workbooks.ENDINGS)),
            layout=w.Layout(width="max-content", margin="2px 0 2px 138px"),
        )
        self.sheet = w.Dropdown(description=self.t("sheet"), options=[])
        self.header = w.Text(
            description=self.t("header"),
            placeholder=self.t("header_auto"),
            continuous_update=False,
        )
        self.column = w.Dropdown(description=self.t("column"), options=[])
        self.reference = w.DatePicker(description=self.t("reference_date"))
        self.cost = w.HTML()
        self.run = w.Button(button_style="primary", layout=w.Layout(width="auto"))
        self.confirmation = w.HTML()
        self.go = w.Button(button_style="danger", layout=w.Layout(width="auto"))
        self.back = w.Button(description=self.t("back"))
        self._asked = w.VBox([self.confirmation, side_by_side(self.go, self.back)])
        self.stop = w.Button(description=self.t("stop"))
        self.progress = w.IntProgress()
        self.summary = w.HTML()
        self.download = PrivateDownload(self._workbook, description=self.t("download"))
        self.children = (
            heading(self.t("clean_title")),
            self.numbers,
            self.file,
            self.sheet,
            self.header,
            self.column,
            self.reference,
            w.HTML(f'<div class="zrtools-indent">{html.escape(self.t("reference_help"))}</div>'),
            self.cost,
            side_by_side(self.run, self.hurdle),
            self._asked,
            self.stop,
            self.progress,
            self.note,
            self.summary,
            self.download,
        )
        self.numbers.on_text(self.react(self._typed))
        self.file.observe(self.react(self._uploaded), "value")
        self.sheet.observe(self.react(self._chosen), "value")
        self.header.observe(self.react(self._chosen), "value")
        self.column.observe(self.react(self._count), "value")
        self.reference.observe(self.react(self._count), "value")
        self.run.on_click(self.react(self._ask))
        self.go.on_click(self.react(self._run))
        self.back.on_click(self.react(self._back))
        self.stop.on_click(self.react(self._stop.set))
        self._count()

    # -------------------------------------------------------------------------------------------- numbers

    def _typed(self) -> None:
        if self.numbers.text:
            self._file = self._upload = None
            self.column.options = []
        self._count()

    def _uploaded(self) -> None:
        if not self.file.value:
            return
        upload = self.file.value[0]
        body, name = bytes(upload["content"]), str(upload["name"])
        # the upload is widget state until it is emptied
        self.file.value = ()
        self.working(self.t("doing_file", name=name))
        self._read(name, body, fresh=True)

    def _chosen(self) -> None:
        if self._upload is not None:
            self._read(*self._upload)

    def _read(self, name: str, body: bytes, *, fresh: bool = False) -> None:
        """Read a file, from the sheet and row that are chosen unless it is a new one."""
        sheet, row = (None, "") if fresh else (self.sheet.value or None, self.header.value.strip())
        if row and not (row.isdecimal() and int(row)):
            self._undecided(self.t("header_number"))
            return
        try:
            table = tables.load(body, name=name, sheet=sheet, header=int(row) if row else None)
        except InputError as error:
            sheets = error.choices.get("sheet", ())
            if fresh or sheets:
                # a file that cannot be used leaves nothing behind that could be taken for its list
                self._take(name, body if error.choices else None, sheets, None)
            self._undecided(
                self.t("sheet_needed", name=name, count=len(sheets))
                if sheets
                else self.t("header_needed", name=name)
                if "header" in error.choices
                else self.t("failed", error=self.told(error))
            )
            return
        if fresh or not self.sheet.options:
            self._take(name, body, table.sheets, table.sheet)
        self.numbers.clear()
        read = table.frame
        self._file = (name, read)
        # what was left out stands before the cost
        self.say(
            " ".join([self.t("file_read", name=name, count=read.height), *words.left_out(table, self.lang)])
        )
        self.column.options = self._file[1].columns
        self.column.value = max(self._file[1].columns, key=self._share_of_numbers)
        self._count()

    def _take(self, name: str, body: bytes | None, sheets: Sequence[str], chosen: str | None) -> None:
        # whoever looks at these widgets must not read the file again for it
        self._upload = None
        if len(sheets) > 1:
            blank = [] if chosen else [(self.t("sheet_choose"), "")]
            self.sheet.options = [*blank, *((one, one) for one in sheets)]
            self.sheet.value = chosen or ""
        else:
            self.sheet.options = []
        self.header.value = ""
        self._upload = None if body is None else (name, body)

    def _undecided(self, said: str) -> None:
        """Say what is to be chosen; no other list may be asked meanwhile."""
        self.say(said, "bad")
        self.numbers.clear()
        self._file = None
        self.column.options = []
        self._count()

    def _share_of_numbers(self, column: str) -> float:
        assert self._file is not None  # noqa: S101 - asked for a file's columns only
        head = self._file[1].head(200)
        return float(head.select(phones.normalised(column).is_not_null().mean()).item() or 0)

    def _given(self) -> pl.Series:
        if self._file is not None and self.column.value is not None:
            return self._file[1].get_column(str(self.column.value)).rename("input")
        return pl.Series(
            "input", [n for line in self.numbers.text.splitlines() if (n := line.strip())], pl.String
        )

    def _count(self) -> None:
        """Count what would be asked; a question that was put belongs to what stood there before."""
        self._confirming = False
        given = self._given().to_frame()
        nobody = pl.when(phones.remark("input") == "doubtful").then(pl.lit("doubtful"))
        self._numbers = given.with_columns(
            phones.normalised("input").alias("phone_number"),
            pl.coalesce(phones.problem("input").cast(pl.String), nobody).alias("error"),
        )
        valid = self._numbers.filter(pl.col("error").is_null())["phone_number"]
        doubtful = int((self._numbers["error"] == "doubtful").sum())
        self._to_ask = self._unknown(valid.unique(maintain_order=True))
        text = self.t(
            "requests",
            given=given.height,
            valid=valid.len(),
            repeated=valid.len() - valid.n_unique(),
            invalid=given.height - valid.len() - doubtful,
            requests=self._requests(),
        )
        text += self.t("requests_doubtful", count=doubtful) if doubtful else ""
        known = valid.n_unique() - self._requests()
        text += self.t("requests_known", count=known) if known else ""
        self.cost.value = f'<div class="zrtools-indent">{html.escape(text)}</div>' if given.height else ""
        self.refresh()

    def _unknown(self, numbers: pl.Series) -> pl.Series:
        """Give the numbers to which neither this form nor its store has an answer for the day."""
        self._wrong, day = [], self.reference.value
        if day is None:
            return numbers
        known = self._known.filter(reference_date=day)["phone_number"]
        numbers = numbers.filter(~numbers.is_in(known.implode()))
        try:
            asking = Cleaning(
                prepared(numbers, day, self._client.now().date()), self._store, self._client.origin
            )
        except ZrtoolsError as error:
            self._wrong = [self.told(error)]
            return numbers.clear()
        asking.close()
        return pl.Series("phone_number", [number for number, _ in asking.run.items], pl.String)

    def _answered(self, day: date | None) -> bool:
        """Tell whether the result that is shown is that of this list and day."""
        return self._shown is not None and self._shown[1] == day and self._shown[0].equals(self._numbers)

    def _requests(self) -> int:
        return self._to_ask.len()

    def _source(self) -> str:
        return self.t("numbers_typed") if self._file is None else f"{self._file[0]} / {self.column.value}"

    # ------------------------------------------------------------------------------------------ the run

    def _ask(self) -> None:
        """Say what will be billed, and wait for a yes."""
        if self.busy or self.run.disabled:
            return
        requests, self._confirming = self._requests(), True
        if not requests:
            # all of it is answered: nothing is billed
            self._run()
            return
        cost = self.t("cost_unknown")
        if self._price is not None:
            cost = self.t("cost_known", price=f"{self._price:,}", cost=f"{self._price * requests:,}")
        figures = {
            "list": self._source(),
            "reference_date": words.day(self.reference.value, self.lang),
            "billed": f"{requests:,}",
            "cost": cost,
        }
        self.confirmation.value = f"<b>{html.escape(self.t('clean_confirm'))}</b>" + table(
            [self.t("what"), self.t("detail")],
            ((self.t(key), value) for key, value in figures.items()),
            figures=False,
        )
        self.go.description = self.t("run_confirmed", requests=requests)
        self.say("")
        self.refresh()

    def _back(self) -> None:
        self._confirming = False
        self.refresh()

    def _run(self) -> None:
        day = self.reference.value
        if self.busy or day is None or not self._confirming:
            return
        self._confirming = False
        numbers, asked, source = self._numbers, self._to_ask, self._source()
        known = self._known.filter(reference_date=day)
        valid = numbers.filter(pl.col("error").is_null())["phone_number"].unique(maintain_order=True)
        self._stop.clear()
        self.progress.max, self.progress.value = asked.len(), 0
        self.working(self.t("doing_clean", count=asked.len()))
        show = self.shower()

        def work() -> tuple[pl.DataFrame, Exception | None]:
            answers, problem = [known], None
            # what the store has costs nothing, and what this form has is not asked for again
            rest = valid.filter(~valid.is_in(known["phone_number"].implode()))
            for part in rest.to_frame().iter_slices(_AT_A_TIME):
                if self._stop.is_set():
                    break
                try:
                    answers.append(
                        self._client.clean(
                            part["phone_number"], day, store=self._store, progress=False, stop=self._stop
                        )
                    )
                except ZrtoolsError as error:
                    if isinstance(error, PartialResultError):
                        answers.append(error.frame)
                    problem = error
                    break
                done = sum(frame.height for frame in answers) - known.height
                show(partial(self.progress.set_trait, "value", min(done, asked.len())))
            return _together(numbers, pl.concat(answers), day), problem

        def done(found: tuple[pl.DataFrame, Exception | None]) -> None:
            self.result, problem = found
            judged = self.result.filter(pl.col("status").is_not_null())
            self._known = pl.concat([self._known, judged.unique("phone_number")]).unique(
                ["phone_number", "reference_date"], keep="last", maintain_order=True
            )
            self._shown = (numbers, day)
            self._count()
            if problem is not None and not isinstance(problem, Interrupted):
                self.fail(problem)
            elif self._stop.is_set():
                self.say(self.t("stopped", count=judged.height))
            else:
                self.say(self.t("cleaned", count=judged.height), "good")
            named = self.t("result_of", source=source, day=words.day(day, self.lang))
            self.summary.value = f"<p>{html.escape(named)}</p>{self._table()}"

        self.act(work, done, self.t("doing_clean", count=asked.len()))

    def _table(self) -> str:
        names = {key: self.t(f"status_{key}") for key in ("T", "N", "ERROR")}
        other = self.t("status_other")
        counts = (
            self.result.group_by(pl.col("status").replace_strict(names, default=other).fill_null(other))
            .agg(pl.len())
            .sort("len", "status", descending=[True, False])
        )
        return table(
            [self.t(key) for key in ("result", "people", "share")],
            ((name, f"{count:,}", f"{count / self.result.height:.1%}") for name, count in counts.iter_rows()),
        )

    def _workbook(self) -> tuple[str, bytes]:
        return f"cleaned-{self._client.now():%Y%m%d-%H%M}.xlsx", tables.as_excel(self.result)

    def refresh(self) -> None:
        """Show and enable what fits the form's stage."""
        requests, day, asking = self._requests(), self.reference.value, self._confirming
        valid = self._numbers["error"].null_count()
        self.column.layout.display = None if self._file is not None else "none"
        self.sheet.layout.display = None if self._upload is not None and self.sheet.options else "none"
        self.header.layout.display = None if self._upload is not None else "none"
        self.run.description = self.t("run_free" if valid and not requests else "run", requests=requests)
        missing = [] if valid else [self.t("needs_numbers")]
        missing += [] if day else [self.t("needs_day")]
        self.run.disabled = self.busy or bool(missing or self._wrong)
        finished = bool(valid) and not requests and self._answered(day)
        self.run.layout.display = "none" if asking or finished or self.busy else None
        self.hold([] if asking or finished or self.busy else missing, self._wrong)
        self._asked.layout.display = None if asking else "none"
        self.stop.layout.display = None if self.busy else "none"
        self.go.disabled = self.back.disabled = self.busy
        for one in (self.file, self.numbers, self.sheet, self.header, self.column, self.reference):
            one.disabled = self.busy or asking
        self.progress.layout.display = None if self.busy else "none"
        self.download.disabled = self.busy or self.result.is_empty()
        self.download.layout.display = "none" if self.result.is_empty() else None


def _price(given: Decimal | int | str) -> Decimal:
    try:
        price = Decimal(given)
    except (InvalidOperation, TypeError):
        price = Decimal(-1)
    if not (price.is_finite() and price >= 0):
        raise InputError(said("forms.price"))
    return price


def _together(numbers: pl.DataFrame, answers: pl.DataFrame, day: date) -> pl.DataFrame:
    """Put the answers beside each number that was given, in its order."""
    return numbers.join(
        answers.select("phone_number", "status", pl.col("error").alias("_error")),
        on="phone_number",
        how="left",
        maintain_order="left",
    ).select(
        "input",
        "phone_number",
        pl.lit(day, pl.Date()).alias("reference_date"),
        "status",
        pl.coalesce("error", "_error").alias("error"),
    )
