"""The documents keep their word: examples run, links lead somewhere, every command is there."""

from __future__ import annotations

import doctest
import importlib
import importlib.util
import os
import re
from pathlib import Path
from types import ModuleType
from typing import Any

import click
import pytest
from click.testing import CliRunner

import zrtools as zr
from zrtools import cli

ROOT = Path(__file__).parent.parent
READMES = [ROOT / "README.md", ROOT / "README.ja.md"]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md"), ROOT / "docs" / "llms.txt"])
PACKAGE = Path(zr.__file__).parent
EXAMPLED = sorted(p for p in PACKAGE.rglob("*.py") if ">>> " in p.read_text("utf-8"))
EXAMPLES = [
    pytest.param(code, id=f"{page.name}-{n}")
    for page in PAGES
    if not page.name.endswith(".ja.md")  # their code is that of the English half: test_guides.py
    for n, code in enumerate(
        re.findall(r"^```python\n(.*?)^```", page.read_text("utf-8"), re.MULTILINE | re.DOTALL), 1
    )
]


@pytest.mark.slow
@pytest.mark.parametrize("code", EXAMPLES)
def test_example_runs(code: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every Python example of every page runs as it stands."""
    monkeypatch.chdir(tmp_path)
    before = dict(os.environ)
    try:
        exec(compile(code, "example", "exec"), {"__name__": "example"})
    finally:
        # an example may set a variable, and other tests run in this process
        os.environ.clear()
        os.environ.update(before)


@pytest.mark.slow
@pytest.mark.parametrize("path", EXAMPLED, ids=lambda p: p.relative_to(PACKAGE).as_posix())
def test_docstrings_run(path: Path) -> None:
    """What a docstring shows is what comes out: whoever copies it, a person or an assistant, has working code."""
    module = importlib.import_module(
        ".".join(path.relative_to(PACKAGE.parent).with_suffix("").parts).removesuffix(".__init__")
    )
    done = doctest.testmod(module)
    assert done.attempted or "+SKIP" in path.read_text("utf-8")
    assert not done.failed


@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.name)
def test_links_lead_somewhere(page: Path) -> None:
    """Every relative link and picture of a page exists."""
    targets = re.findall(r"\]\((?!https?:|#)([^)#\s]+)", page.read_text("utf-8"))
    assert [t for t in targets if not (page.parent / t).exists()] == []


@pytest.fixture(scope="module")
def reference() -> Any:
    """The script that writes the reference."""
    spec = importlib.util.spec_from_file_location("reference", ROOT / "docs" / "reference.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_reference_is_what_the_code_says(reference: Any) -> None:
    """The reference is generated: `poe reference` writes it anew."""
    assert (ROOT / "docs" / "reference.md").read_text("utf-8") == reference.page()


def test_reference_has_every_public_room(reference: Any) -> None:
    """What `import zrtools as zr` offers as a module stands in the reference."""
    rooms = [name for name in zr.__all__ if isinstance(getattr(zr, name), ModuleType)]
    assert sorted(reference.ROOMS) == sorted(rooms)


def test_reference_shows_defaults_as_they_are_typed(reference: Any) -> None:
    """A text is told from a name, an empty one from none, and calling a class gives its instance."""
    page = reference.page()
    assert '### `trend(frame: Statuses, every: Every = "1d", by: Sequence[str] | str = ()' in page
    assert (
        '#### `Outbox.add(self, frame: pl.DataFrame, *, campaign: str = "", template: str | None = None'
        in page
    )
    assert (
        "### `Outbox(path: str | Path, *, suppressions: Suppressions | str | Path | None = None, "
        "night: tuple[int, int] = (21, 8))`" in page
    )


def test_tests_that_pages_name_exist() -> None:
    """A page that says which test pins a decision names a test that is there."""
    there = set(
        re.findall(r"def (test_\w+)", "".join(p.read_text("utf-8") for p in (ROOT / "tests").glob("*.py")))
    )
    named = {name for page in PAGES for name in re.findall(r"`(test_\w+)`", page.read_text("utf-8"))}
    assert named
    assert named - there == set()


@pytest.mark.parametrize("name", cli.COMMANDS)
def test_every_command_explains_itself(name: str) -> None:
    """Each command loads, has help, and stands in both READMEs."""
    result = CliRunner().invoke(cli.root, [name, "--help"])
    assert result.exit_code == 0
    assert f"使い方：root {name}" in result.output
    for page in READMES:
        assert f"`zrtools {name}" in page.read_text("utf-8")


@pytest.mark.parametrize("page", READMES, ids=lambda p: p.name)
def test_commands_of_the_readme_can_be_typed_as_they_stand(
    page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No command of "what to use when" lacks an option or argument that it needs."""
    monkeypatch.chdir(tmp_path)
    Path("numbers.csv").touch()
    commands = re.findall(r"\| `zrtools ([^`]+)` \|$", page.read_text("utf-8"), re.MULTILINE)
    assert len(commands) > len(cli.COMMANDS)
    for line in commands:
        command: click.Command | None = cli.root
        words = line.split()
        while isinstance(command, click.Group):
            command = command.get_command(click.Context(command), words.pop(0))
        assert command is not None
        command.make_context(line, words)
