"""What the command line says of itself: in both languages, in lines that fit, with no letter lost."""

from __future__ import annotations

import ast
import ctypes
import io
import re
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import click
import pytest
from hypothesis import given
from hypothesis import strategies as st
from wcwidth import width

from zrtools import cli
from zrtools.cli import console
from zrtools.cli.options import Context, spoken, worded
from zrtools.words.cli import CLICK, TEXTS

JAPANESE = frozenset(map(chr, [*range(0x3041, 0x3100), *range(0x4E00, 0xA000)]))

# what click says to who writes a command, where zrtools never goes, or what is said in its place
UNSAID = (
    "Argument",
    "Arguments",
    "Boolean",
    "Choice(",
    "Could not determine",
    "Couldn't",
    "DeprecationWarning",
    "Invalid start",
    "Name '",
    "No options defined",
    "Shell",
    "Unknown",
    "Usage:",
    "{editor}",
    "d",
    "file",
    "directory",
    "path",
)


def walk(
    found: click.Command, key: str = "", *parts: str
) -> Iterator[tuple[str, click.Command, click.Context]]:
    """Give every command and group with the name of its texts."""
    context = Context(found, info_name=" ".join(("zrtools", *parts)))
    yield key, found, context
    if isinstance(found, click.Group):
        for name in found.list_commands(context):
            made = found.get_command(context, name)
            assert made is not None
            yield from walk(made, f"{key}.{name}".removeprefix("."), *parts, name)


def test_every_command_argument_and_option_has_both_languages(monkeypatch: pytest.MonkeyPatch) -> None:
    """Help is Japanese in Japanese and English in English, has examples, and is whole in 80 columns."""
    used = set()
    for lang in ("ja", "en"):
        monkeypatch.setenv("ZRTOOLS_LANG", lang)
        for columns in (80, 48):
            monkeypatch.setenv("COLUMNS", f"{columns}")
            for key, command, context in walk(worded(cli.root, "")):
                for text in (command.help, command.epilog, *(p.help for p in command.get_params(context))):
                    # the names that columns have, and the service's
                    plain = re.sub("東日本|電話番号|基準日|絶対リーチ", "", str(text))
                    assert bool(JAPANESE & {*plain}) == (lang == "ja"), (lang, key, text)
                page = command.get_help(context)
                assert ("例：" if lang == "ja" else "Example") in page or key == ""
                # an example stays as it is to be typed
                lines = [line for line in page.splitlines() if not line.startswith("    zrtools")]
                if columns == 80:
                    lines = page.splitlines()
                assert [line for line in lines if width(line) > columns] == [], key
                used |= {f"{key}.{p.name}" for p in command.params} | {
                    key or "root",
                    f"{key or 'root'}.notes",
                }
    assert [key for key in TEXTS if key.split(".")[0] in (*cli.COMMANDS, "root") and key not in used] == []


def test_what_click_says_has_its_japanese() -> None:
    """A new version of click brings no sentence that is English alone."""
    said = set()
    for name in ("core", "decorators", "exceptions", "formatting", "parser", "termui", "types"):
        tree = ast.parse((Path(click.__file__).parent / f"{name}.py").read_text("utf-8"))
        for node in ast.walk(tree):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Name)
                and node.func.id in ("_", "ngettext")
            ):
                said |= {
                    a.value for a in node.args if isinstance(a, ast.Constant) and isinstance(a.value, str)
                }
    assert len(said) > 60
    assert {text for text in said - {*CLICK} if not text.startswith(UNSAID)} == set()


@pytest.mark.parametrize(
    ("args", "variables", "lang"),
    [
        ("--help --lang en", {}, "en"),
        ("--lang en --help", {}, "en"),
        ("--lang=en -h", {}, "en"),
        ("--lang en report usage -h", {}, "en"),
        ("--lang en report usage -h --lang ja", {}, "ja"),
        ("report --lang en -h", {}, "en"),
        ("wach --lang en", {}, "en"),
        ("demo --lang fr", {}, "ja"),
        ("demo --lang fr", {"ZRTOOLS_LANG": "en"}, "en"),
        ("demo --lang", {"LANG": "en_US.UTF-8"}, "en"),
        ("-h --lang en", {"ZRTOOLS_LANG": "fr"}, "en"),
        ("-h", {"ZRTOOLS_LANG": "en", "LANG": "ja_JP.UTF-8"}, "en"),
        ("-h", {"LANG": "en_US.UTF-8"}, "en"),
        ("-h", {"LANG": "ja_JP.UTF-8"}, "ja"),
        ("-h", {"LANG": "en_US.UTF-8", "LC_MESSAGES": "ja_JP.eucJP"}, "ja"),
        ("-h", {"LANG": "ja_JP.UTF-8", "LC_ALL": "en"}, "en"),
        ("-h", {"LANG": "en_US.UTF-8", "LC_ALL": "C"}, "ja"),
        ("-h", {"LANG": "POSIX"}, "ja"),
        ("-h", {"LANG": "fr_FR.UTF-8"}, "ja"),
        ("-h", {"LANG": "eng"}, "ja"),
        ("-h", {"ZRTOOLS_LANG": "", "LANG": "en_GB"}, "en"),
    ],
)
def test_the_language_is_the_one_asked_for(
    args: str,
    variables: dict[str, str],
    lang: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """--lang wherever it stands, then ZRTOOLS_LANG, then the system's where it is one of the two, then Japanese."""
    for name in ("LC_ALL", "LC_MESSAGES", "LANG", "ZRTOOLS_LANG"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(SystemExit):
        cli.main(args.split())
    said = "".join(capsys.readouterr())
    assert ("使い方：zrtools" in said, "Usage: zrtools" in said) == (lang == "ja", lang == "en"), said


@pytest.mark.parametrize(("number", "lang"), [(0x0411, "ja"), (0x0409, "en"), (0x0809, "en"), (0x040C, "ja")])
def test_windows_has_the_language_of_its_surface(
    number: int, lang: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Windows names it by number; a shell's LANG is another program's."""
    monkeypatch.setattr(sys, "platform", "win32")
    kernel = SimpleNamespace(GetUserDefaultUILanguage=lambda: number)
    monkeypatch.setattr(ctypes, "windll", SimpleNamespace(kernel32=kernel), raising=False)
    monkeypatch.setenv("LANG", "en_US.UTF-8" if lang == "ja" else "ja_JP.UTF-8")
    assert spoken([]) == lang


@pytest.mark.parametrize(
    ("line", "ja", "en"),
    [
        ("check", "--sandbox を使います", "use --sandbox."),
        ("report usage --out u.xlsx", "--archive を指定", "name an archive with --archive"),
        ("report failures --from 2026-13", "--from は", "--from must"),
        ("report failures --archive a --sandbox", "--archive と --sandbox", "--archive or --sandbox"),
        ("report failures --drop-list a.txt", "--drop-list の拡張子", "--drop-list must end"),
        ("report failures --archive a --min-excess 0.5", "--min-excess", "--min-excess"),
        ("forget --days 0", "--days", "--days"),
        ("forget --days 3", "--archive, --outbox", "--archive, --outbox"),
        ("report failures --archive a --from 2026-10", "zrtools sync", "zrtools sync"),
        ("clean list.csv --sandbox", "--date、--date-column", "--date or --date-column"),
        ("clean list.csv --sandbox --date x", "--date", "--date"),
        ("clean list.csv --sandbox --column x", "--column", "--column"),
        ("clean list.csv --sandbox --date 2026-05-10 --sheet x", "--sheet を省", "leave --sheet out"),
        ("demo --month x", "--month は", "--month must"),
        ("demo --month 2020-01 --messages-per-day 1", "別の --month", "another --month"),
    ],
)
def test_errors_speak_of_options(
    line: str,
    ja: str,
    en: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Who types a command reads of its options, in the language that is on, and of no call in Python."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ZRTOOLS_PROFILES", str(tmp_path / "none.json"))
    Path("list.csv").write_text("phone_number\n09012345678\n", "utf-8")
    for lang, said in (("ja", ja), ("en", en)):
        with pytest.raises(SystemExit) as ended:
            cli.main([*line.split(), "--lang", lang])
        told = capsys.readouterr().err
        assert ended.value.code in (1, 2)
        assert said in told
        assert bool(JAPANESE & {*told}) == (lang == "ja"), told
        assert "zr." not in told.replace("zrtools", "")


@pytest.mark.slow
def test_a_usage_report_of_a_month_without_counts_is_no_success(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The file is written and says that nothing is there, and a script hears of it, too."""
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SystemExit) as ended:
        cli.main(
            [
                "report",
                "usage",
                "--sandbox",
                "--out",
                "u.html",
                "--month",
                "2019-01",
                "--months",
                "1",
                "--no-statuses",
            ]
        )
    assert ended.value.code == 1
    assert "通数がありません" in capsys.readouterr().err
    assert Path("u.html").exists()


def test_no_letter_of_the_help_is_lost_on_a_console_in_cp932() -> None:
    """Every text can be written in CP932 with letters that are like those it lacks."""
    console.whole()
    for label in TEXTS.values():
        for text in (label.ja, label.en):
            shown = text.encode("cp932", "zrtools").decode("cp932")
            assert "\\u" not in shown
            assert shown.count("?") == text.count("?")


WIDE = st.text(st.sampled_from("あ漢字カタカナー、。「」（）abc-1.5% \u3000é👍"), max_size=60)


@given(WIDE, st.integers(10, 60))
def test_lines_fit_and_hold_the_whole_text(text: str, columns: int) -> None:
    """No line is wider than asked, none begins with a full stop or ends with an opening bracket, nothing is lost."""
    lines = console.wrap(text, columns)
    assert "".join("".join(lines).split()) == "".join(text.split())
    assert [line for line in lines if width(line) > columns] == []


def test_japanese_lines_break_where_japanese_may() -> None:
    """A line begins with no full stop and no closing bracket, and no word in katakana or letters is cut."""
    text = "電話番号は、サンドボックス（模擬データ）で試せます。結果は--outのファイルです。" * 3
    for columns in range(24, 60):
        for line in console.wrap(text, columns):
            assert line[0] not in "、。）"
            assert line[-1] != "（"
            assert not ("サ" in line and "サンドボックス" not in line)


@given(
    st.lists(st.tuples(WIDE, WIDE, st.integers(0, 10**9), st.integers(0, 10**6)), min_size=1, max_size=6),
    st.integers(48, 120),
)
def test_tables_fit_and_align_figures_right(rows: list[tuple[str, str, int, int]], columns: int) -> None:
    """Figures stay whole and end at one column, whatever is wide beside them; no line is wider than the terminal."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("COLUMNS", f"{columns}")
        written = console.table(
            ["キャリア", "理由", "件数", "割合の見出し"],
            [(a, b, f"{n:,}", f"{m:,}") for a, b, n, m in rows],
            texts=2,
            spare=(3,),
        )
    lines = written.splitlines()
    assert [line for line in lines if width(line) >= columns] == []
    ends = {
        width(line[: line.index(f" {n:,}") + len(f" {n:,}")])
        for _, _, n, _ in rows
        for line in lines[1:]
        if f" {n:,}" in line and n > 10**6
    }
    assert len(ends) <= 1


def test_long_work_is_never_silent(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """What is being done is a line in a file or a pipe; a terminal sees for how long, too."""
    with console.step("analysing", "ja"):
        assert capsys.readouterr().err == "分析しています…\n"

    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    monkeypatch.setattr(sys, "stderr", shown := Terminal())
    with console.step("analysing", "en"):
        while "1 s" not in shown.getvalue():
            time.sleep(0.05)
    assert shown.getvalue().startswith("\rAnalysing… 0 s\rAnalysing… 1 s")
    assert shown.getvalue().endswith("\n")
