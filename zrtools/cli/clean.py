"""`zrtools clean`: which numbers of a file changed hands, paid for once."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from zrtools import cells, tables, words
from zrtools.cli.options import language, profile

if TYPE_CHECKING:
    import polars as pl

__all__ = ["command"]

_NUMBER_COLUMNS = ("電話番号", "phone_number")
_DATE_COLUMNS = ("基準日", "reference_date")
_RESULTS = ("phone_number", "reference_date", "status", "error", "remark")
# below the heading; what is paid for must have its place
_MOST_ROWS = tables.MOST_ROWS
_PATH = click.Path(dir_okay=False, path_type=Path)


@click.command(
    epilog="Answers are kept in the store as they come: after Ctrl-C, a crash or a lost connection run the same "
    "command again, and only the rest is asked. The store and the result hold phone numbers. Leaves with 0 when all "
    "numbers are settled, 1 when some are not, 2 when used wrongly, 130 when interrupted."
)
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--column", metavar="NAME", help="The column of numbers.  [default: 電話番号 or phone_number]")
@click.option("--date", "day", metavar="DAY", help="The day on which all numbers were known to be right.")
@click.option(
    "--date-column",
    metavar="NAME",
    help="The column of such days, one for each number.  [default: 基準日 or reference_date]",
)
@click.option("--out", type=_PATH, help="Where to: .xlsx, .csv or .tsv.  [default: FILE-cleaned.xlsx]")
@click.option("--store", type=_PATH, help="Where answers are kept.  [default: beside --out]")
@click.option("--max-requests", type=click.IntRange(0), help="Refuse to make more billed calls than these.")
@click.option("--encoding", help="Of a CSV file.  [default: UTF-8, else CP932]")
@click.option(
    "--sheet", metavar="NAME", help="The sheet.  [default: the only visible one that holds anything]"
)
@click.option(
    "--header-row", type=click.IntRange(1), help="The row of the headings.  [default: the first filled one]"
)
@click.option(
    "--take-doubtful", is_flag=True, help="Ask numbers, too, that are given to nobody, such as 090-0000-0000."
)
@click.option("--hidden-rows", is_flag=True, help="Ask the rows, too, that are hidden in the sheet.")
@click.option(
    "--raw", is_flag=True, help="Write texts such as =1+1 into CSV as they are, without an apostrophe."
)
@click.option(
    "--sandbox", is_flag=True, help="Ask the embedded sandbox: no credentials, no network, no cost."
)
@profile
@language
def command(
    file: Path,
    column: str | None,
    day: str | None,
    date_column: str | None,
    out: Path | None,
    store: Path | None,
    max_requests: int | None,
    encoding: str | None,
    sheet: str | None,
    header_row: int | None,
    take_doubtful: bool,
    hidden_rows: bool,
    raw: bool,
    sandbox: bool,
    lang: str | None,
) -> None:
    """Ask which numbers of FILE (CSV or Excel) changed hands since they were known to be right. This is billed.

    Writes the file's rows with the normalised number, the reference date, the status (T now another person's, N the
    same person's, ERROR cannot be judged), why a number has none, and, where the file has such, a remark on numbers
    that are given to nobody or read by nobody. Credentials come from ZRTOOLS_TOKEN and ZRTOOLS_CLIENT_ID.
    """
    import zrtools as zr

    words.language(lang)
    out = out or file.with_name(f"{file.stem}-cleaned.xlsx")
    store = store or out.with_name(f"{out.name}.answers.db")
    if out.suffix.lower() not in (".xlsx", ".csv", ".tsv"):
        raise click.UsageError("--out must end in .xlsx, .csv or .tsv.")
    if out.resolve() == file.resolve():
        raise click.UsageError("--out must be another file than the one that is read.")
    if day is not None and date_column is not None:
        raise click.UsageError("Give --date or --date-column, not both.")
    table = None
    try:
        table = tables.load(file, encoding=encoding, sheet=sheet, header=header_row, hidden_rows=hidden_rows)
        given = table.frame
        if out.suffix.lower() == ".xlsx" and given.height > _MOST_ROWS:
            raise click.UsageError(
                f"{file.name} has {given.height:,} rows, and a sheet holds {_MOST_ROWS:,}: give --out a name in .csv."
            )
        numbers = given.get_column(_column(table, column, _NUMBER_COLUMNS, "--column"))
        dates: str | pl.Series = (
            _day(day)
            if day is not None
            else _days(given, _column(table, date_column, _DATE_COLUMNS, "--date"))
        )
        for said in words.left_out(table, lang):
            click.echo(said, err=True)
        with zr.Client.sandbox() if sandbox else zr.Client() as client:
            cleaned = client.clean(
                numbers,
                dates,
                max_requests=max_requests,
                store=store,
                doubtful="take" if take_doubtful else "leave out",
                lang=lang,
            )
    except zr.InputError as error:
        where = "" if error.row is None or table is None else f" It stands in {table.place(error.row)}."
        raise click.UsageError(f"{error}{where}") from None
    except zr.PartialResultError:
        click.echo(words.text("client.again", lang, store=store), err=True)
        raise
    cleaned = cleaned.with_columns(zr.phones.remark("phone_number", lang=lang))
    if cleaned["remark"].null_count() == cleaned.height:
        cleaned = cleaned.drop("remark")
    written = tables.write(_beside(given, cleaned), out, defuse=not raw)
    counted = dict(cleaned["status"].value_counts().iter_rows())
    click.echo(
        words.text(
            "client.cleaned",
            lang,
            rows=cleaned.height,
            same=counted.get("N", 0),
            other=counted.get("T", 0),
            unknown=cleaned.height - counted.get("N", 0) - counted.get("T", 0) - counted.get(None, 0),
            none=counted.get(None, 0),
        )
    )
    click.echo(words.text("client.written", lang, out=written, store=store))


def _column(table: tables.Table, name: str | None, usual: tuple[str, ...], option: str) -> str:
    if name is not None:
        if (found := table.find(name)) is not None:
            return found
        raise click.UsageError(f"There is no column {name}. The file has: {table.columns()}.")
    there = [column for column in map(table.find, usual) if column is not None]
    if len(there) == 1:
        return there[0]
    # a file without a head has its first number there
    more = " or --date-column" if option == "--date" else ""
    raise click.UsageError(f"Give {option}{more}: the file has the columns {table.columns()}.")


def _day(text: str) -> str:
    import polars as pl

    return str(_days(pl.DataFrame({"day": [text]}), "day").item() or text)


def _days(given: pl.DataFrame, name: str) -> pl.Series:
    """Read days as files write them; what cannot be read stays as it is, to be refused with its row."""
    import polars as pl

    read = cells.days(pl.col(name)).dt.to_string("%Y-%m-%d")
    return given.select(pl.coalesce(read, pl.col(name).str.strip_chars())).to_series()


def _beside(given: pl.DataFrame, cleaned: pl.DataFrame) -> pl.DataFrame:
    """Put what was found beside the file's own columns, under names that are free."""
    import polars as pl

    names = {name: name for name in _RESULTS}
    for name in _RESULTS:
        while names[name] in given.columns:
            names[name] = f"cleaned_{names[name]}"
    return pl.concat(
        [given, cleaned.select(c for c in _RESULTS if c in cleaned.columns).rename(names, strict=False)],
        how="horizontal",
    )
