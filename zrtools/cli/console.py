"""What the command line writes to a terminal: characters of two widths, lines and tables that fit, no lost letters."""

from __future__ import annotations

import codecs
import re
import shutil
import sys
import threading
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from time import monotonic

import click
from wcwidth import ljust, rjust, width

from zrtools import words

__all__ = ["Formatter", "columns", "step", "table", "whole", "wrap"]

_LIKE = {"–": "-", "—": "-", "‑": "-", "−": "-", "±": "+/-", "×": "x", "·": ".", "•": "*", "〜": "～"}
_OPEN = r"（「『［【〔(\["
_CLOSE = r",.;:!?、。，．：；！？）」』］】〕)\]〜ー々…ぁぃぅぇぉっゃゅょァィゥェォッャュョ"
# where a line may end: between words and Japanese characters, not within a word in katakana, nor before a full stop
_PIECES = re.compile(
    rf"\s+|\[[^\[\]\s]{{1,28}}\]?|[{_OPEN}]*(?:[ァ-ヺ][ァ-ヿ]{{0,11}}|[\u2e80-\uffef]|[^\s\u2e80-\uffef]+|.)[{_CLOSE}]*"
)


def _instead(error: UnicodeError) -> tuple[str, int]:
    """Write what a console's encoding lacks as what is like it, else as its code; never as a question mark."""
    assert isinstance(error, UnicodeEncodeError)  # noqa: S101 - nothing is read with it
    made = ""
    for letter in error.object[error.start : error.end]:
        plain = unicodedata.normalize("NFKD", letter).encode("ascii", "ignore").decode()
        for like in (_LIKE.get(letter, ""), plain):
            if like and like.encode(error.encoding, "ignore"):
                made += like
                break
        else:
            made += letter.encode("ascii", "backslashreplace").decode()
    return made, error.end


def whole() -> None:
    """Make sure that no letter turns to a question mark, and that none ends a command."""
    # a Windows console in CP932 cannot show every character, and a report must not die of it
    codecs.register_error("zrtools", _instead)
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="zrtools")


def columns() -> int:
    """Tell how many columns the terminal has."""
    return max(shutil.get_terminal_size().columns, 20)


@contextmanager
def step(key: str, lang: str | None = None, **facts: object) -> Iterator[None]:
    """Say on stderr what is being done, on a terminal also for how long, until it is done."""
    told, begun, done = words.text(f"cli.{key}", lang, **facts), monotonic(), threading.Event()
    if sys.stderr is None or not sys.stderr.isatty():
        click.echo(told, err=True)
        yield
        return

    def tick() -> None:
        while True:
            seconds = words.text("cli.seconds", lang, n=int(monotonic() - begun))
            click.echo(f"\r{told} {seconds}", nl=False, err=True)
            if done.wait(1):
                return

    ticking = threading.Thread(target=tick, daemon=True)
    ticking.start()
    try:
        yield
    finally:
        done.set()
        ticking.join()
        click.echo(err=True)


def wrap(text: str, columns: int) -> list[str]:
    """Break a text into lines that fit; a Japanese character takes two columns."""
    lines = [""]
    for piece in (
        one for found in _PIECES.findall(text) for one in ([found] if width(found) <= columns else found)
    ):
        if lines[-1] and width((lines[-1] + piece).rstrip()) > columns:
            lines[-1] = lines[-1].rstrip()
            lines.append("")
        lines[-1] += piece if lines[-1] else piece.lstrip()
    return [*lines[:-1], lines[-1].rstrip()]


def table(
    heads: Sequence[str], rows: Iterable[Sequence[str]], *, texts: int, spare: Sequence[int] = ()
) -> str:
    """Write a table as wide as the terminal at most: the first `texts` columns wrap, the others align right.

    The columns of `spare` are left out, one after the other, where the texts would get too little room.
    """
    cells = [list(heads), *map(list, rows)]
    # figures stay whole, their headings need not
    widths = [
        max(map(width, column)) if n < texts else max(min(width(column[0]), 10), *map(width, column[1:]), 0)
        for n, column in enumerate(zip(*cells, strict=True))
    ]
    shown, left_out = list(range(len(widths))), list(spare)

    def room() -> int:
        return columns() - 1 - sum(widths[n] + 2 for n in shown if n >= texts) - 2 * (texts - 1)

    while left_out and room() < sum(min(wide, 20) for wide in widths[:texts]):
        shown.remove(left_out.pop(0))
    while sum(widths[:texts]) > max(room(), 4 * texts):
        widths[widths.index(max(widths[:texts]))] -= 1
    lines = []
    for row in cells:
        parts = {n: wrap(row[n], widths[n]) for n in shown}
        for at in range(max(map(len, parts.values()))):
            line = [
                (ljust if n < texts else rjust)(part[at] if at < len(part) else "", widths[n])
                for n, part in parts.items()
            ]
            lines.append("  ".join(line).rstrip())
    return "\n".join(lines)


class Formatter(click.HelpFormatter):
    """Help in lines that fit, also in Japanese: click takes every character for one column."""

    def __init__(
        self, indent_increment: int = 2, width: int | None = None, max_width: int | None = None
    ) -> None:
        super().__init__(indent_increment, width or min(columns(), max_width or 80) - 1, max_width)

    def write_text(self, text: str) -> None:
        """Write paragraphs, one a line; a line that is indented is an example and stays whole."""
        for line in text.splitlines():
            margin = " " * (self.current_indent + len(line) - len(line.lstrip()))
            fitting = [line.strip()] if line.startswith(" ") else wrap(line, self.width - len(margin))
            self.write("".join(f"{margin}{one}".rstrip() + "\n" for one in fitting))

    def write_dl(self, rows: Iterable[tuple[str, str]], col_max: int = 30, col_spacing: int = 2) -> None:
        """Write terms with what they mean beside them."""
        rows = list(rows)
        most = col_max if self.width > 60 else self.width // 4
        room = min(max((width(term) for term, _ in rows), default=0), most) + col_spacing
        for term, meaning in rows:
            margin = " " * (self.current_indent + room)
            lines = [margin + line for line in wrap(meaning, self.width - len(margin))] if meaning else []
            first = " " * self.current_indent + term
            if lines and width(term) + col_spacing <= room:
                lines[0] = ljust(first, len(margin)) + lines[0][len(margin) :]
            else:
                lines.insert(0, first)
            self.write("".join(line.rstrip() + "\n" for line in lines))

    def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
        """Write how a command is called."""
        lines = wrap(f"{prefix or words.text('cli.usage')}{prog} {args}", self.width - 4)
        self.write("\n    ".join(lines) + "\n")

    def write_heading(self, heading: str) -> None:
        """Write a heading."""
        self.write(f"{heading}{'：' if width(heading) > len(heading) else ':'}\n")
