"""`zrtools demo`: a failure report from simulated traffic, over real HTTP."""

from __future__ import annotations

from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING

import click

from zrtools import words
from zrtools.cli import console
from zrtools.cli.options import Command, language

if TYPE_CHECKING:
    import polars as pl

__all__ = ["command"]

_ROWS = 20


@click.command(cls=Command)
@click.option("--month", metavar="MONTH")
@click.option(
    "--out", type=click.Path(file_okay=False, path_type=Path), default=Path("zrtools-demo"), show_default=True
)
@language
@click.option("--seed", type=int, default=0, show_default=True)
@click.option("--messages-per-day", type=click.IntRange(1, 200_000))
def command(month: str | None, out: Path, lang: str | None, seed: int, messages_per_day: int | None) -> None:
    """Make a failure report from the embedded sandbox: no credentials, no network."""
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

    with console.step("writing", lang):
        report = zr.reports.failures(classified, out / f"failures-{first:%Y-%m}.html", lang=lang)
    say("report", path=report)
    for name in ("failures", "failures_over_time"):
        picture = out / f"{name.replace('_', '-')}-{first:%Y-%m}.png"
        try:
            with console.step("drawing", lang):
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

    def named(key: str, **values: object) -> str:
        return words.text(f"demo.{key}", lang, **values)

    heads = ("carrier", "category", "failed", "settled", "rate", "interval", "share")
    made = console.table(
        [named(head) for head in heads],
        [
            (
                words.carrier(row["carrier"], lang),
                words.category(row["failure_category"], lang),
                f"{row['failed']:,}",
                f"{row['settled']:,}",
                words.percent(row["failure_rate"]),
                words.between(words.percent(row["rate_low"]), words.percent(row["rate_high"]), lang=lang),
                words.percent(row["share_of_failures"]),
            )
            for row in breakdown.head(_ROWS).iter_rows(named=True)
        ],
        texts=2,
        # settled, interval, share
        spare=(3, 5, 6),
    )
    rest = breakdown.height - _ROWS
    return f"{made}\n{named('rest', rest=rest)}" if rest > 0 else made
