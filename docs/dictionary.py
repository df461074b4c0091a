"""Write docs/dictionary.md from the schemas and the code tables: `poe dictionary`."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from zrtools import codes, schemas

if TYPE_CHECKING:
    from zrtools.codes import Label

HERE = Path(__file__).parent


def table(head: tuple[str, ...], rows: Iterable[tuple[object, ...]]) -> str:
    """Write a Markdown table."""

    def line(cells: Iterable[object]) -> str:
        return "| " + " | ".join(str(cell).replace("|", "\\|") for cell in cells) + " |"

    return "\n".join([line(head), line("---" for _ in head), *map(line, rows)])


def page(ja: bool) -> str:
    """Write the whole page in a language."""

    def say(english: str, japanese: str) -> str:
        return japanese if ja else english

    def both(label: Label) -> tuple[str, str]:
        return label.ja, label.en

    others = {
        codes.UNLISTED.name: say(
            "any other three digits (of a five-digit code)", "ほかの3桁（5桁のコードの）"
        ),
        codes.UNRECOGNISED.name: say("not five digits, or missing", "5桁でない、または値がない"),
    }
    meanings = schemas.COLUMNS_JA if ja else schemas.COLUMNS
    labels = ("日本語", "English")
    parts = [
        say("# Data dictionary", "# データ辞書"),
        say("[日本語](dictionary.ja.md)", "[English](dictionary.md)"),
        say(
            "Made from `zrtools.schemas` and `zrtools.codes` by `poe dictionary`; a test holds it against them.",
            "`poe dictionary` が `zrtools.schemas` と `zrtools.codes` から作り、テストで一致を確かめています。",
        ),
        say(
            f"All times are Japan time, `{schemas.TIME}`. Source of the facts: <{codes.SOURCE}>.",
            f"時刻はすべて日本時間（`{schemas.TIME}`）です。仕様の出典：<{codes.SOURCE}>。",
        ),
        say("# Frames", "# データフレーム"),
    ]
    columns = (say("column", "列"), say("type", "型"), say("meaning", "意味"))
    for name, schema in schemas.FRAMES.items():
        rows = ((f"`{column}`", dtype, meanings[column]) for column, dtype in schema.items())
        parts += [f"## {name}", table(columns, rows)]
    parts += [
        say("# Codes", "# コード"),
        "## carrier_id",
        table(
            ("carrier_id", "carrier", *labels),
            ((c.id, c.name, *both(c.label)) for c in codes.CARRIERS.values()),
        ),
        "## status_id",
        table(
            (
                "status_id",
                "outcome",
                say("status_description of a delivery report", "配信結果通知の status_description"),
            ),
            ((n, o, codes.DLR_STATUSES[n]) for n, o in codes.OUTCOMES.items()),
        ),
        say(
            "## failure_module: the first two digits of detailed_status_id",
            "## failure_module：detailed_status_id の先頭2桁",
        ),
        table(("failure_module", "failure_carrier"), codes.MODULES.items()),
        say(
            "## failure_category: the last three digits of detailed_status_id",
            "## failure_category：detailed_status_id の末尾3桁",
        ),
        table(
            ("failure_code", "failure_category", *labels, "failure_origin", "failure_action"),
            (
                (c.code or others[c.name], c.name, *both(c.label), c.origin, c.action)
                for c in (*codes.CATEGORIES.values(), codes.UNLISTED, codes.UNRECOGNISED)
            ),
        ),
        "## failure_origin",
        table(("failure_origin", *labels), ((name, *both(label)) for name, label in codes.ORIGINS.items())),
        "## failure_action",
        table(("failure_action", *labels), ((name, *both(label)) for name, label in codes.ACTIONS.items())),
        "## responseCode",
        table(
            ("responseCode", *labels, "対処", "what to do"),
            ((r.code, *both(r.label), *both(r.advice)) for r in codes.RESULTS.values()),
        ),
    ]
    return "\n\n".join(parts) + "\n"


PAGES = {HERE / "dictionary.md": False, HERE / "dictionary.ja.md": True}

if __name__ == "__main__":
    for path, ja in PAGES.items():
        path.write_text(page(ja), encoding="utf-8", newline="\n")
