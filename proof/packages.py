"""Build the packages as they would be published, and run the tests against the installed wheel.

    python proof/packages.py                       on Python 3.11 and 3.13, newest dependencies
    python proof/packages.py --python 3.11 --lowest   with every dependency at its lower bound

The wheel is built from the sdist, its contents are compared with the source tree, and it is installed into an
empty environment. The tests run in a copy of tests and documents beside which no source lies.
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tarfile
import tempfile
import time
import tomllib
import venv
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "zrtools"
# what the tests read beside the package; benchmarks/ because some tests kill what it starts
BESIDE = ("tests", "docs", "benchmarks", "proof", "notebooks", "pyproject.toml", "LICENSE")
TESTS = (
    "-p",
    "no:nbval",
    "-o",
    "addopts=-ra",
    "-q",
    "-n",
    "auto",
    "--dist",
    "loadfile",
    "-m",
    "not browser and not spark",
)
IN_SDIST = (
    "README.md",
    "README.ja.md",
    "CHANGELOG.md",
    "CONTRIBUTING.md",
    "LICENSE",
    "pyproject.toml",
    "tests",
    "docs",
)
ROUNDS = 9
BINARIES = "Scripts" if sys.platform == "win32" else "bin"


def main() -> None:
    """Build, look into the wheel, and test it on each Python; fail where anything failed."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else None)
    parser.add_argument("--python", nargs="+", default=["3.11", "3.13"], metavar="VERSION")
    parser.add_argument("--lowest", action="store_true", help="install every dependency at its lower bound")
    parser.add_argument("--build-only", action="store_true", help="build and look into the packages, no more")
    parser.add_argument("tests", nargs="*", help="further arguments of pytest, after --")
    given = parser.parse_args()
    failed: list[str] = []
    with tempfile.TemporaryDirectory(prefix="packages-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        uv = tool(folder / "tools")
        run(uv, "build", "--quiet", "--out-dir", folder / "dist", ROOT)
        sdist, wheel = *(folder / "dist").glob("*.tar.gz"), *(folder / "dist").glob("*.whl")
        failed += [f"wheel: {wrong}" for wrong in wrong_in_wheel(wheel)]
        failed += [f"sdist: {wrong}" for wrong in wrong_in_sdist(sdist)]
        for built in (sdist, wheel):
            print(f"{built.name}: {built.stat().st_size / 1024:,.0f} KiB")
        for version in () if given.build_only else given.python:
            if (interpreter := find(version)) is None:
                print(f"Python {version}: skipped, it is not on this machine")
                continue
            failed += [
                f"Python {version}: {wrong}"
                for wrong in tested(uv, folder, wheel, version, interpreter, given)
            ]
    sys.exit("\n".join(failed) or 0)


def tool(folder: Path) -> Path:
    """Make an environment with uv, which builds and installs."""
    venv.create(folder, with_pip=True)
    run(folder / BINARIES / "python", "-m", "pip", "install", "-q", "uv")
    return folder / BINARIES / "uv"


def find(version: str) -> str | None:
    """Find an interpreter: on the path, by Windows' launcher, or among pyenv's."""
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    commands = [
        [f"python{version}"],
        ["py", f"-{version}"],
        *([str(p)] for p in pyenv.glob(f"{version}.*/bin/python")),
    ]
    for command in commands:
        try:
            told = subprocess.run(
                [*command, "-c", "import sys; print(sys.executable)"],
                check=False,
                capture_output=True,
                text=True,
                timeout=60,
            )
        except OSError:
            continue
        if told.returncode == 0:
            return told.stdout.strip()
    return None


def tested(
    uv: Path, folder: Path, wheel: Path, version: str, interpreter: str, given: argparse.Namespace
) -> Iterator[str]:
    """Install the wheel into an empty environment, run the tests, and measure the import; tell what is wrong."""
    place = folder / f"python-{version}"
    python = place / BINARIES / "python"
    run(uv, "venv", "--quiet", "--python", interpreter, place)
    install = (uv, "pip", "install", "--quiet", "--python", python)
    began = time.perf_counter()
    if given.lowest:
        # from the file, since of a wheel only the wheel itself is direct
        run(*install, "--resolution", "lowest-direct", "-r", ROOT / "pyproject.toml", "--extra", "test")
        run(*install, "--no-deps", wheel)
        wanted = bounds(uv, python)
        print("\n".join(f"  {line}" for line in wanted))
    else:
        run(*install, f"zrtools[test] @ {wheel.as_uri()}")
    print(f"Python {version}: installed in {time.perf_counter() - began:.0f} s", flush=True)
    copy = folder / f"copy-{version}"
    copy.mkdir()
    for name in (*BESIDE, *(page.name for page in ROOT.glob("*.md"))):
        if (ROOT / name).is_dir():
            shutil.copytree(
                ROOT / name, copy / name, ignore=shutil.ignore_patterns("__pycache__", ".ipynb_checkpoints")
            )
        else:
            shutil.copy(ROOT / name, copy / name)
    where = output(python, "-c", "import zrtools; print(zrtools.__file__)", cwd=copy)
    if place.resolve() not in Path(where).resolve().parents:
        yield f"zrtools was imported from {where}, not from the installed wheel"
        return
    began = time.perf_counter()
    code = run(python, "-m", "pytest", *TESTS, *given.tests, "tests", cwd=copy, check=False)
    print(f"Python {version}: tests ended with {code} after {time.perf_counter() - began:.0f} s", flush=True)
    if code:
        yield f"the tests ended with {code}"
    print(f"Python {version}: {imports(python, copy)}", flush=True)


def bounds(uv: Path, python: Path) -> list[str]:
    """List what is installed of the dependencies that pyproject.toml names."""
    import tomllib

    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    named = {line.partition(">")[0].strip().lower() for line in project["dependencies"]}
    frozen = output(uv, "pip", "freeze", "--python", python).splitlines()
    return [line for line in frozen if line.partition("==")[0].lower() in named]


def imports(python: Path, cwd: Path) -> str:
    """Measure what importing zrtools costs beside importing polars: processes of their own, one after the other."""
    first_use = "zrtools; zrtools.Client"
    seconds: dict[str, list[float]] = {"zrtools": [], first_use: [], "polars": []}
    for turn in range(ROUNDS + 1):
        for name, found in seconds.items():
            code = (
                f"import time; began = time.perf_counter(); import {name}; print(time.perf_counter() - began)"
            )
            took = float(output(python, "-c", code, cwd=cwd))
            if turn:  # the first of each warms the disk
                found.append(took)
    ours, used, theirs = (statistics.median(found) for found in seconds.values())
    return (
        f"import zrtools {ours * 1000:.0f} ms, until its client is there {used * 1000:.0f} ms, import polars "
        f"{theirs * 1000:.0f} ms: ratios {ours / theirs:.2f} and {used / theirs:.2f} (medians of {ROUNDS})"
    )


def wrong_in_wheel(wheel: Path) -> Iterator[str]:
    """Compare the wheel with the source tree, file by file."""
    with zipfile.ZipFile(wheel) as packed:
        names = set(packed.namelist())
        info = next(name.partition("/")[0] for name in names if ".dist-info/" in name)
        entries = packed.read(f"{info}/entry_points.txt").decode()
    there = {
        path.relative_to(ROOT).as_posix()
        for path in PACKAGE.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    # the guides come from docs/
    targets = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["hatch"]["build"]["targets"]
    there |= set(targets["wheel"]["force-include"].values())
    inside = {name for name in names if not name.startswith(f"{info}/")}
    yield from (f"{name} is missing" for name in sorted(there - inside))
    yield from (f"{name} does not belong there" for name in sorted(inside - there))
    if "zrtools/py.typed" not in inside:
        yield "zrtools/py.typed is missing, so types would not be seen"
    if f"{info}/licenses/LICENSE" not in names:
        yield "the licence is missing"
    if "zrtools = zrtools.cli:main" not in entries:
        yield "the command zrtools is missing"


def wrong_in_sdist(sdist: Path) -> Iterator[str]:
    """Look for what a reader of the sources needs and for what nobody should get."""
    with tarfile.open(sdist) as packed:
        names = {name.partition("/")[2] for name in packed.getnames()}
    for wanted in (*IN_SDIST, *BESIDE):
        if not any(name == wanted or name.startswith(f"{wanted}/") for name in names):
            yield f"{wanted} is missing"
    for name in sorted(names):
        if {"__pycache__", ".ipynb_checkpoints", ".hypothesis", ".venv"} & set(name.split("/")):
            yield f"{name} does not belong there"


def run(*command: str | Path, cwd: Path | None = None, check: bool = True) -> int:
    """Run a command with nothing of the source tree on its path; give its exit code."""
    return subprocess.run(
        [str(part) for part in command], cwd=cwd, check=check, env=clean(), timeout=3600
    ).returncode


def output(*command: str | Path, cwd: Path | None = None) -> str:
    """Run a command in the same way and give what it prints."""
    parts: Sequence[str] = [str(part) for part in command]
    done = subprocess.run(
        parts, cwd=cwd, check=True, env=clean(), timeout=600, capture_output=True, text=True
    )
    return done.stdout.strip()


def clean() -> dict[str, str]:
    """Give the environment without what would lead Python to the source tree or to another environment."""
    return {k: v for k, v in os.environ.items() if k not in ("PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV")}


if __name__ == "__main__":
    main()
