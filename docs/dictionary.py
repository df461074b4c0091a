"""Write docs/dictionary.md from the schemas and the code tables: `poe dictionary`."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from zrtools import codes, schemas

if TYPE_CHECKING:
    from zrtools.codes import Label

PAGE = Path(__file__).with_name("dictionary.md")


def table(head: tuple[str, ...], rows: Iterable[tuple[object, ...]]) -> str:
    """Write a Markdown table."""

    def line(cells: Iterable[object]) -> str:
        return "| " + " | ".join(str(cell).replace("|", "\\|") for cell in cells) + " |"

    return "\n".join([line(head), line("---" for _ in head), *map(line, rows)])


def page() -> str:
    """Write the whole page."""
    others = {
        codes.UNLISTED.name: "any other three digits (of a five-digit code)",
        codes.UNRECOGNISED.name: "not five digits, or missing",
    }
    parts = [
        "# Data dictionary",
        "Made from `zrtools.schemas` and `zrtools.codes` by `poe dictionary`; a test holds it against them.",
        f"All times are Japan time, `{schemas.TIME}`. Source of the facts: <{codes.SOURCE}>.",
        "# Frames",
    ]
    for name, schema in schemas.FRAMES.items():
        head: tuple[str, ...] = ("column", "type", "meaning")
        rows: list[tuple[object, ...]] = [
            (f"`{column}`", dtype, schemas.COLUMNS[column]) for column, dtype in schema.items()
        ]
        if schema.keys() <= schemas.COLUMNS_JA.keys():
            head = (*head, "日本語")
            rows = [(*row, schemas.COLUMNS_JA[column]) for row, column in zip(rows, schema, strict=True)]
        parts += [f"## {name}", table(head, rows)]

    def both(label: Label) -> tuple[str, str]:
        return label.ja, label.en

    parts += [
        "# Codes",
        "## carrier_id",
        table(
            ("carrier_id", "carrier", "日本語", "English"),
            ((c.id, c.name, *both(c.label)) for c in codes.CARRIERS.values()),
        ),
        "## status_id",
        table(
            ("status_id", "outcome", "status_description of a delivery report"),
            ((n, o, codes.DLR_STATUSES[n]) for n, o in codes.OUTCOMES.items()),
        ),
        "## failure_module: the first two digits of detailed_status_id",
        table(("failure_module", "failure_carrier"), codes.MODULES.items()),
        "## failure_category: the last three digits of detailed_status_id",
        table(
            ("failure_code", "failure_category", "日本語", "English", "failure_origin", "failure_action"),
            (
                (c.code or others[c.name], c.name, *both(c.label), c.origin, c.action)
                for c in (*codes.CATEGORIES.values(), codes.UNLISTED, codes.UNRECOGNISED)
            ),
        ),
        "## failure_origin",
        table(
            ("failure_origin", "日本語", "English"),
            ((name, *both(label)) for name, label in codes.ORIGINS.items()),
        ),
        "## failure_action",
        table(
            ("failure_action", "日本語", "English"),
            ((name, *both(label)) for name, label in codes.ACTIONS.items()),
        ),
        "## responseCode",
        table(
            ("responseCode", "日本語", "English", "対処", "what to do"),
            ((r.code, *both(r.label), *both(r.advice)) for r in codes.RESULTS.values()),
        ),
    ]
    return "\n\n".join(parts) + "\n"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8", newline="\n")
