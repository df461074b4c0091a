"""The command line: the demo, errors that say what to do, exit codes."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from zrtools import cli


def run(*args: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    """Run the command as a person does, in a process of its own."""
    return subprocess.run(
        [sys.executable, "-W", "error", "-m", "zrtools", *args],
        cwd=cwd,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=600,
        check=False,
    )


@pytest.mark.slow
@pytest.mark.parametrize(
    ("lang", "words"), [("ja", ("不達率", "レポート：")), ("en", ("failure rate", "Report:"))]
)
def test_demo_prints_the_breakdown_and_writes_the_report(
    tmp_path: Path, lang: str, words: tuple[str, ...]
) -> None:
    """The main job: a month over real HTTP, a table, a page that loads nothing from elsewhere, exit code 0."""
    done = run("demo", "--lang", lang, "--messages-per-day", "300", "--out", "報告", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    for word in words:
        assert word in done.stdout
    assert re.search(r"\d%", done.stdout)
    assert " %" not in done.stdout
    page = (tmp_path / "報告" / "failures-2026-10.html").read_text("utf-8")
    assert f'lang="{lang}"' in page
    assert not re.search(r"""(src|href)=["']?(https?:)?//""", page)
    assert not re.search(r"(?<![\d.])(\+81|0)[6789]0\d{8}(?!\d)", page)


@pytest.mark.slow
def test_demo_of_another_month_and_seed_differs(tmp_path: Path) -> None:
    """The options choose the traffic."""
    first = run("demo", "--month", "2026-09", "--messages-per-day", "50", cwd=tmp_path)
    second = run("demo", "--month", "2026-09", "--messages-per-day", "50", "--seed", "2", cwd=tmp_path)
    assert "2026-09" in first.stdout
    assert first.returncode == second.returncode == 0
    assert first.stdout.split("\n\n")[1] != second.stdout.split("\n\n")[1]


def test_wrong_use_is_told_from_failure(tmp_path: Path) -> None:
    """2 for what was called wrongly, 1 for what went wrong, in one form: what is amiss, then where the help is."""
    (tmp_path / "taken").write_text("a file")
    for line, code, said in (
        (
            "demo --xyzzy",
            2,
            "zrtools: オプション --xyzzy はありません。\n使い方：zrtools demo --help\n",
        ),
        ("demo --seed", 2, "zrtools: オプション --seed には値が必要です\n使い方：zrtools demo --help\n"),
        ("demo --month October", 2, 'zrtools: --month は "2026-10"、'),
        ("demo --out taken/inside --messages-per-day 50", 1, "zrtools: "),
    ):
        done = run(*line.split(), cwd=tmp_path)
        assert (done.returncode, done.stderr.startswith(said), done.stdout) == (code, True, ""), done.stderr
        assert "Traceback" not in done.stderr


@pytest.mark.parametrize(("line", "meant"), [("wach", "'watch'"), ("report usge", "'usage'"), ("xyz", "")])
def test_a_command_that_was_probably_meant_is_named(
    line: str, meant: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """A slip of the finger is answered with the right word, in groups too; nonsense is not."""
    with pytest.raises(SystemExit) as ended:
        cli.main(line.split())
    told = capsys.readouterr().err
    assert ended.value.code == 2
    assert ("ですか" in told) == bool(meant)
    assert meant in told


def test_a_console_that_lacks_a_character_gets_one_that_is_like_it() -> None:
    """CP932 has no – and no é: neither they nor an emoji become a question mark."""
    with pytest.raises(SystemExit):
        cli.main(["--version"])
    assert "1.0% – 2%é😀髙〜".encode("cp932", "zrtools") == "1.0% - 2%e\\U0001f600髙～".encode("cp932")
    assert "×±−".encode("ascii", "zrtools") == b"x+/--"


def test_a_month_without_data_is_no_success(tmp_path: Path) -> None:
    """The demo says which months there are, and writes nothing."""
    done = run("demo", "--month", "2020-01", "--messages-per-day", "5", "--lang", "en", cwd=tmp_path)
    assert done.returncode == 1
    assert "There are no messages in 2020-01" in done.stderr
    assert not list((tmp_path / "zrtools-demo").iterdir())


def test_ctrl_c_leaves_with_130(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """An interrupted command says so and tells the shell."""

    def interrupt(**_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(cli.root, "main", interrupt)
    with pytest.raises(SystemExit) as left:
        cli.main([])
    assert left.value.code == 130
    assert "zrtools: 中断しました" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("lang", "told"),
    [
        ("ja", "管理画面の「アカウント情報」から全体をコピーし直し"),
        ("en", "copy it again from the admin screen"),
    ],
)
@pytest.mark.parametrize("command", [["check"], ["clean", "numbers.csv", "--date", "2026-10-01"]])
def test_a_setting_that_cannot_be_used_is_no_wrong_use(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    lang: str,
    told: str,
    command: list[str],
) -> None:
    """It is told in the language that is on, without the options of the command, which would not mend it."""
    monkeypatch.chdir(tmp_path)
    Path("numbers.csv").write_text("phone_number\n09012345678\n", "utf-8")
    for name, value in {"TOKEN": "a" * 20, "CLIENT_ID": "1", "LANG": lang}.items():
        monkeypatch.setenv(f"ZRTOOLS_{name}", value)
    with pytest.raises(SystemExit) as ended:
        cli.main(command)
    said = capsys.readouterr().err
    assert ended.value.code == 1
    assert told in said
    assert "Usage" not in said
    assert "a" * 20 not in said


@pytest.mark.parametrize(
    ("lang", "told"), [("ja", "アクセスキーがありません"), ("en", "There is no access token")]
)
@pytest.mark.parametrize("command", ["watch --archive a", "sync --archive a", "report failures", "check"])
def test_the_language_asked_for_is_that_of_errors_too(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    lang: str,
    told: str,
    command: str,
) -> None:
    """`--lang` goes before the variable, ends with the command, and is no other command's."""
    monkeypatch.chdir(tmp_path)
    for name in ("TOKEN", "CLIENT_ID"):
        monkeypatch.delenv(f"ZRTOOLS_{name}", raising=False)
    monkeypatch.setenv("ZRTOOLS_PROFILES", str(tmp_path / "none.json"))
    monkeypatch.setenv("ZRTOOLS_LANG", other := "en" if lang == "ja" else "ja")
    for options in ([*command.split(), "--lang", lang], command.split()):
        with pytest.raises(SystemExit) as ended:
            cli.main(options)
        said = capsys.readouterr().err
        assert (ended.value.code, told in said) == (1, "--lang" in options), said
        assert os.environ["ZRTOOLS_LANG"] == other


def test_a_language_that_is_none_is_an_error_and_no_traceback(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """ZRTOOLS_LANG=fr ends any command with a sentence: there is no language to say it in but English."""
    monkeypatch.setenv("ZRTOOLS_LANG", "fr")
    with pytest.raises(SystemExit) as left:
        cli.main(["mcp", "--archive", str(tmp_path)])
    assert left.value.code == 1
    assert capsys.readouterr().err.startswith('zrtools: The language must be "ja" or "en", not')
