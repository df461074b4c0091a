"""`zrtools demo`: a failure report from simulated traffic, over real HTTP."""

from __future__ import annotations

from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING

import click

from zrtools import words
from zrtools.cli.options import language

if TYPE_CHECKING:
    import polars as pl

__all__ = ["command"]

_ROWS = 20


@click.command()
@click.option(
    "--month", help="The month to report, YYYY-MM.  [default: the month before the sandbox's today]"
)
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("zrtools-demo"),
    show_default=True,
    help="Folder for the report and the pictures.",
)
@language
@click.option("--seed", type=int, default=0, show_default=True, help="Which simulated traffic.")
@click.option("--messages-per-day", type=click.IntRange(1, 200_000), help="How much traffic.")
def command(month: str | None, out: Path, lang: str | None, seed: int, messages_per_day: int | None) -> None:
    """Make a failure report from the embedded sandbox: no credentials, no network.

    Starts the sandbox, fetches a month of delivery statuses through the client, prints failures by carrier
    and category, and writes an HTML report and two pictures.
    """
    from datetime import timedelta

    import zrtools as zr

    def say(key: str, **values: object) -> None:
        click.echo(words.text(f"demo.{key}", lang, **values))

    start = monotonic()
    words.language(lang)
    out.mkdir(parents=True, exist_ok=True)
    with zr.Client.sandbox(seed=seed, messages_per_day=messages_per_day) as client:
        before = client.now().date().replace(day=1) - timedelta(days=1)
        first = zr.periods.month(month or before)
        say("begin", url=client.base_url, month=words.month(first, lang))
        fetching = monotonic()
        statuses = client.status(f"{first:%Y-%m}")
        seconds = monotonic() - fetching

    if statuses.is_empty():
        raise click.ClickException(words.text("demo.nothing", lang, month=words.month(first, lang)))
    classified = zr.classify(statuses)
    outcomes = dict(classified["outcome"].value_counts().iter_rows())
    failed, delivered = outcomes.get("failed", 0), outcomes.get("delivered", 0)
    say(
        "fetched",
        days=statuses["send_date"].n_unique(),
        rows=statuses.height,
        seconds=seconds,
        failed=failed,
        rate=words.percent(failed / max(failed + delivered, 1)),
        pending=statuses.height - failed - delivered,
    )
    click.echo()
    say("table")
    click.echo(table(zr.failures.breakdown(classified), lang))
    click.echo()

    say("drawing")
    report = zr.reports.failures(classified, out / f"failures-{first:%Y-%m}.html", lang=lang)
    say("report", path=report)
    for name in ("failures", "failures_over_time"):
        picture = out / f"{name.replace('_', '-')}-{first:%Y-%m}.png"
        try:
            zr.charts.save(getattr(zr.charts, name)(classified, lang=lang), picture)
        except zr.ConfigurationError as why:
            say("no_picture", why=why)
            break
        say("picture", path=picture)
    say("end", seconds=monotonic() - start)
    click.echo()
    say("next", path=report)


def table(breakdown: pl.DataFrame, lang: str | None = None) -> str:
    """Write a breakdown by carrier and failure category as a table for a terminal."""
    import polars as pl

    def named(key: str) -> str:
        return words.text(f"demo.{key}", lang)

    top = breakdown.head(_ROWS)

    def percent(column: str) -> pl.Series:
        return pl.Series([words.percent(rate) for rate in top[column]])

    intervals = zip(percent("rate_low"), percent("rate_high"), strict=True)
    rows = pl.DataFrame(
        {
            named("carrier"): [words.carrier(c, lang) for c in top["carrier"]],
            named("category"): [words.category(c, lang) for c in top["failure_category"]],
            named("failed"): top["failed"],
            named("settled"): top["settled"],
            named("rate"): percent("failure_rate"),
            named("interval"): pl.Series([words.between(*ends, lang=lang) for ends in intervals]),
            named("share"): percent("share_of_failures"),
        }
    )
    with pl.Config(
        tbl_rows=-1,
        tbl_cols=-1,
        tbl_width_chars=140,
        fmt_str_lengths=60,
        thousands_separator=",",
        tbl_formatting="NOTHING",
        tbl_hide_dataframe_shape=True,
        tbl_hide_column_data_types=True,
        tbl_cell_numeric_alignment="RIGHT",
    ):
        rest = breakdown.height - top.height
        return str(rows) + ("\n" + words.text("demo.rest", lang, rest=rest) if rest else "")
