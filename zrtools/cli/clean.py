"""`zrtools clean`: which numbers of a file changed hands, paid for once."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from zrtools import cells, tables, words
from zrtools.cli.options import Command, language, profile
from zrtools.errors import InputError
from zrtools.texts import joined, said

if TYPE_CHECKING:
    import polars as pl

__all__ = ["command"]

_NUMBER_COLUMNS = ("電話番号", "phone_number")
_DATE_COLUMNS = ("基準日", "reference_date")
_RESULTS = ("phone_number", "reference_date", "status", "error", "remark")
# below the heading; what is paid for must have its place
_MOST_ROWS = tables.MOST_ROWS
_PATH = click.Path(dir_okay=False, path_type=Path)


@click.command(cls=Command)
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--column", metavar="NAME")
@click.option("--date", "day", metavar="DAY")
@click.option("--date-column", metavar="NAME")
@click.option("--out", type=_PATH)
@click.option("--store", type=_PATH)
@click.option("--max-requests", type=click.IntRange(0))
@click.option("--encoding", metavar="NAME")
@click.option("--sheet", metavar="NAME")
@click.option("--header-row", type=click.IntRange(1))
@click.option("--take-doubtful", is_flag=True)
@click.option("--hidden-rows", is_flag=True)
@click.option("--raw", is_flag=True)
@click.option("--sandbox", is_flag=True)
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
    """Ask which numbers of FILE (CSV or Excel) changed hands since they were known to be right. This is billed."""
    import zrtools as zr

    words.language(lang)
    out = out or file.with_name(f"{file.stem}-cleaned.xlsx")
    store = store or out.with_name(f"{out.name}.answers.db")
    if out.suffix.lower() not in (".xlsx", ".csv", ".tsv"):
        raise zr.InputError(
            said("cli.out_ending", option="--out", known=joined([".xlsx", ".csv", ".tsv"]), name=out.name)
        )
    if out.resolve() == file.resolve():
        raise zr.InputError(said("cli.out_is_file"))
    if day is not None and date_column is not None:
        raise zr.InputError(said("cli.one_of", first="--date", second="--date-column"))
    table = None
    try:
        table = tables.load(file, encoding=encoding, sheet=sheet, header=header_row, hidden_rows=hidden_rows)
        given = table.frame
        if out.suffix.lower() == ".xlsx" and given.height > _MOST_ROWS:
            raise zr.InputError(said("cli.too_many_rows", name=file.name, rows=given.height, most=_MOST_ROWS))
        numbers = given.get_column(_column(table, column, _NUMBER_COLUMNS, "--column"))
        dates: str | pl.Series = (
            _day(day)
            if day is not None
            else _days(given, _column(table, date_column, _DATE_COLUMNS, "--date"))
        )
        for told in words.left_out(table, lang):
            click.echo(told, err=True)
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
        if error.row is None or table is None:
            raise
        raise zr.InputError(said("cli.in_place", error=error, place=table.place(error.row))) from None
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
        raise InputError(said("cli.no_column", name=name, option=option, columns=table.columns()))
    there = [column for column in map(table.find, usual) if column is not None]
    if len(there) == 1:
        return there[0]
    # a file without a head has its first number there
    asked = [option, "--date-column"] if option == "--date" else [option]
    raise InputError(said("cli.which_column", options=joined(asked, " or "), columns=table.columns()))


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
