"""Put small faults into a room and see whether its own tests notice: poe mutants ROOM --sample 150 --seed 1.

mutmut makes the mutants, none of annotations, decorators, docstrings, `__all__` and prose. Its own runner is not
used: it leaves code outside functions alone (the code tables, for one), and it forks after the tests have used
polars, whose threads do not survive that. Here each mutant runs in a copy of the project and a process of its own.

A mutant meets the tests whose coverage touches its statement, as recorded once for a room (kept in .mutants and made
anew when code or tests change), quick ones first, 60 seconds of the processor's time (--seconds) at most. A test that
takes 10 seconds and ten times its usual longer has noticed; tests that do not end within half an hour have not. At
the end the tests that noticed run on the true code: what fails there has noticed nothing. proof/equivalents.toml
lists mutants that change nothing a user could see, and says why.
"""

from __future__ import annotations

import argparse
import ast
import compileall
import contextlib
import difflib
import hashlib
import json
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import tomllib
import traceback
from collections import Counter, defaultdict
from collections.abc import Callable, Generator
from dataclasses import dataclass, field
from functools import partial
from itertools import islice
from pathlib import Path

import coverage
import libcst as cst
import pytest
from libcst.metadata import MetadataWrapper, PositionProvider
from mutmut.mutation.file_mutation import Mutation, MutationVisitor
from mutmut.mutation.mutators import mutation_operators
from mutmut.mutation.pragma_handling import IgnoredCode

HERE = Path(__file__).parent.parent
# a room and the tests that are its own
ROOMS = {
    "archive": ["archive", "s3"],
    "client": ["client", "token"],
    "failures": ["failures"],
    "forms": ["forms"],
    "outbox": ["outbox", "suppressions"],
    "periods": ["periods", "ground"],
    "phones": ["phones"],
    "privacy": ["privacy", "leaks"],
    "receiver": ["receiver", "dlr"],
    "usage": ["usage"],
    "wire": ["wire"],
}
MARKS = "not browser and not spark and not notebook"
# what the tests import, imported once before the forks; none of it may be used before them
PRELOAD = "altair deltalake httpx httpx_aiohttp hypothesis ipywidgets narwhals polars starlette.applications uvicorn"


class Visitor(MutationVisitor):
    """Finds mutants in decorated functions, too, which mutmut's trampolines cannot hold."""

    def _skip_node_and_children(self, node: cst.CSTNode) -> bool:
        return not isinstance(node, cst.FunctionDef) and bool(super()._skip_node_and_children(node))


@dataclass
class Mutant:
    """One changed file, and what became of it."""

    path: str
    line: int
    place: str
    was: str
    now: str
    code: str = field(repr=False)
    lines: range = field(repr=False)
    anywhere: bool = field(repr=False)  # outside functions: what runs at import
    fate: str = "survived"
    by: str = ""
    seconds: float = 0.0


def files_of(room: str) -> list[str]:
    """List the source files of a room."""
    package = HERE / "zrtools" / room
    found = sorted(package.rglob("*.py")) if package.is_dir() else [package.with_suffix(".py")]
    return [p.relative_to(HERE).as_posix() for p in found]


def tests_of(room: str) -> list[str]:
    """List the test files of a room."""
    found = {p for stem in ROOMS[room] for p in (HERE / "tests").glob(f"test_{stem}*.py")}
    return sorted(p.relative_to(HERE).as_posix() for p in found)


def mutants_of(path: str) -> list[Callable[[], Mutant | None]]:
    """List the mutants of a file, each to be made when asked for; None where the change is none."""
    source = (HERE / path).read_text("utf-8")
    wrapper = MetadataWrapper(cst.parse_module(source))
    visitor = Visitor(mutation_operators, IgnoredCode(set(), set(), set()))
    module = wrapper.visit(visitor)
    positions = wrapper.resolve(PositionProvider)
    tree = ast.parse(source)
    true, places = ast.dump(tree), statements(tree)

    def make(mutation: Mutation, line: int) -> Mutant | None:
        code = module.deep_replace(mutation.original_node, mutation.mutated_node).code
        try:
            if ast.dump(ast.parse(code)) == true:
                return None
        except SyntaxError:
            return None
        start, end, place, anywhere = min(
            (p for p in places if p[0] <= line <= p[1]), key=lambda p: (p[1] - p[0], -p[0])
        )
        if place == "__all__" or _prose(mutation):
            return None
        changed = [d for d in difflib.ndiff(source.splitlines(), code.splitlines()) if d[:2] in ("- ", "+ ")]
        was, now = (" ".join(d[2:].strip() for d in changed if d[0] == sign) for sign in "-+")
        return Mutant(path, line, place, was, now, code, range(start, end + 1), anywhere)

    return [partial(make, m, positions[m.original_node].start.line) for m in visitor.mutations]


def _prose(mutation: Mutation) -> bool:
    """Tell whether a mutant changes wording only: text with blanks or outside ASCII. mutmut spares f-strings itself."""
    node, now = mutation.original_node, mutation.mutated_node
    if not (isinstance(node, cst.SimpleString) and isinstance(now, cst.SimpleString)):
        return False
    text = str(node.evaluated_value)
    return bool(re.search(r"[A-Za-z,.:;] [A-Za-z]|[ぁ-ん]", text)) and not re.search(r"[\\%{\[]", text)


def statements(tree: ast.Module) -> list[tuple[int, int, str, bool]]:
    """List all statements, compound ones without their bodies: first line, last line, place, outside functions."""
    found: list[tuple[int, int, str, bool]] = []

    def visit(node: ast.AST, place: str, outside: bool) -> None:
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.stmt | ast.excepthandler | ast.match_case):
                body = getattr(child, "body", None)
                first = child.pattern.lineno if isinstance(child, ast.match_case) else child.lineno
                last = max(first, body[0].lineno - 1) if body else child.end_lineno
                name = f"{place}.{child.name}".lstrip(".") if hasattr(child, "name") and body else place
                if isinstance(child, ast.Assign | ast.AnnAssign) and outside:
                    name = ast.unparse(child.targets[0] if isinstance(child, ast.Assign) else child.target)
                found.append((first, last, name, outside))
            if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                inner = f"{place}.{child.name}".lstrip(".")
                visit(child, inner, outside and isinstance(child, ast.ClassDef))
            else:
                visit(child, place, outside)

    visit(tree, "", True)
    return found


class Selection:
    """Runs chosen tests in the order of their duration, each with a limit of time."""

    def __init__(self, durations: dict[str, float]) -> None:
        self.durations = durations
        self.failed: list[str] = []

    def pytest_collection(self) -> None:
        """Make hypothesis do the same each time, and not look for the smallest example."""
        from hypothesis import Phase, settings

        phases = (Phase.explicit, Phase.generate)
        usual = settings.get_profile("zrtools")
        settings.register_profile("mutants", usual, phases=phases, database=None, derandomize=True)
        settings.load_profile("mutants")

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Keep what was chosen, file by file, quick ones first."""
        items[:] = [i for i in items if i.nodeid in self.durations]
        files: dict[str, list[float]] = defaultdict(list)
        for item in items:
            duration = self.durations[item.nodeid]
            files[item.nodeid.partition("::")[0]].append(duration)
            item.add_marker(pytest.mark.timeout(10 + 10 * duration, method="signal"))
        order = {name: sum(d) / len(d) for name, d in files.items()}
        items.sort(
            key=lambda i: (
                order[i.nodeid.partition("::")[0]],
                i.nodeid.partition("::")[0],
                self.durations[i.nodeid],
            )
        )

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Note what failed."""
        if report.failed:
            self.failed.append(report.nodeid)


class Stopwatch:
    """Notes how long each test took, by the wall's clock and the processor's, and which did not pass."""

    def __init__(self) -> None:
        self.durations: Counter[str] = Counter()
        self.work: dict[str, float] = {}
        self.failed: set[str] = set()

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Generator[None, object, object]:
        """Measure the work of one test, processes that it started included."""
        before = sum(os.times()[:4])
        try:
            return (yield)
        finally:
            self.work[item.nodeid] = sum(os.times()[:4]) - before

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Add one phase of a test."""
        self.durations[report.nodeid] += report.duration
        if not report.passed:
            self.failed.add(report.nodeid)


OPTIONS = [
    "-q",
    "-W",
    "ignore::pytest.PytestAssertRewriteWarning",
    "-o",
    "addopts=",
    "-p",
    "no:nbval",
    "-p",
    "no:cacheprovider",
    "-p",
    "no:randomly",
    "-m",
    MARKS,
]


def in_fork(copy: Path, log: Path, limit: float, work: Callable[[], int]) -> int:
    """Do work in a fork whose children end with it; give its exit code, or -1 when it took too long."""
    pid = os.fork()
    if pid == 0:
        code = 70
        try:
            os.setsid()
            with log.open("wb") as out:
                os.dup2(out.fileno(), 1)
                os.dup2(out.fileno(), 2)
            os.chdir(copy)
            os.environ["PYTHONPATH"] = str(copy)
            sys.path[:] = [str(copy), *(p for p in sys.path if p not in ("", str(HERE), str(HERE / "proof")))]
            code = work()
        except BaseException:  # noqa: BLE001 - a fork must end here, whatever happens
            traceback.print_exc()
        finally:
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(code)
    end = time.monotonic() + limit
    try:
        while time.monotonic() < end:
            if (done := os.waitpid(pid, os.WNOHANG))[0]:
                return os.waitstatus_to_exitcode(done[1])
            time.sleep(0.02)
        os.killpg(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
        return -1
    finally:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(pid, signal.SIGKILL)


def record(room: str, copy: Path) -> dict[str, object]:
    """Run a room's tests once: the duration of each, and the tests that touch each line."""
    data = copy / ".coverage"
    (copy / "coverage.ini").write_text(
        "[run]\nsource = zrtools\npatch = subprocess\nparallel = true\nsigterm = true\n"
        f"data_file = {data}\ncontext = ${{PYTEST_CURRENT_TEST-}}\n"
    )

    def work() -> int:
        watch = Stopwatch()
        options = [
            "--cov",
            "--cov-config=coverage.ini",
            "--cov-context=test",
            "--cov-report=",
            "-W",
            "default",
        ]
        pytest.main([*OPTIONS, *options, *tests_of(room)], plugins=[watch])
        took = {t: [round(d, 3), watch.work[t]] for t, d in watch.durations.items() if t not in watch.failed}
        Path("took.json").write_text(json.dumps([took, sorted(watch.failed)]))
        return 0

    in_fork(copy, copy / "record.log", 3600, work)
    took, failed = json.loads((copy / "took.json").read_text())
    if failed:
        print(f"left out, since they do not pass (or skip) here: {', '.join(failed)}", flush=True)
    measured = coverage.CoverageData(str(data))
    measured.read()
    by_file: dict[str, list[str]] = defaultdict(list)
    for test in took:
        by_file[test.partition("::")[0]].append(test)
    lines: dict[str, dict[int, list[str]]] = {}
    for path in files_of(room):
        lines[path] = {}
        for line, contexts in measured.contexts_by_lineno(str(copy / path)).items():
            # what runs while tests are collected belongs to all of them
            found: set[str] = set(took) if "" in contexts else set()
            setups: dict[str, set[str]] = defaultdict(set)
            for context in contexts:
                test, _, phase = re.sub(r" \((setup|call|teardown)\)$", r"|\1", context).rpartition("|")
                if test in took:
                    found.add(test)
                if phase == "setup":
                    setups[test.partition("::")[0]].add(test)
            for name, tests in setups.items():
                if len(tests) == 1:  # a fixture of the whole file
                    found.update(by_file[name])
            lines[path][line] = sorted(found)
    return {"took": took, "lines": lines}


def project(into: Path) -> str:
    """Copy the project; give the fingerprint of its code and tests."""
    listed = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard"], cwd=HERE, check=True, capture_output=True, text=True
    )
    digest = hashlib.sha256()
    for name in sorted(listed.stdout.splitlines()):
        if not (HERE / name).is_file():
            continue
        target = into / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(HERE / name, target)
        if name.startswith(("zrtools/", "tests/")):
            digest.update(name.encode() + b"\0" + target.read_bytes())
    compileall.compile_dir(into / "zrtools", quiet=2)
    return digest.hexdigest()[:16]


def chosen(mutant: Mutant, known: dict[str, object], limit: float) -> dict[str, float]:
    """Choose the tests of a mutant: those that touch its statement, within the limit of time."""
    took: dict[str, list[float]] = known["took"]  # type: ignore[assignment]
    lines: dict[str, list[str]] = known["lines"][mutant.path]  # type: ignore[index]
    tests = {t for n, found in lines.items() if mutant.anywhere or int(n) in mutant.lines for t in found}
    # what polars calls on threads of its own is not recorded: any test of the file may touch it
    tests = tests or {t for found in lines.values() for t in found}
    kept: dict[str, float] = {}
    total = 0.0
    for test in sorted(tests, key=lambda t: (took[t][1], t)):
        wall, work = took[test]
        if (total := total + work) > limit:
            break
        kept[test] = wall
    return kept


def try_mutant(mutant: Mutant, tests: dict[str, float], copy: Path) -> None:
    """Run a mutant's tests and note its fate."""
    if not tests:
        mutant.fate, mutant.by = "survived", "no test touches its file"
        return
    target, log, notes = copy / mutant.path, copy / "mutant.log", copy / "failed.json"
    true, stat = target.read_bytes(), target.stat()
    notes.unlink(missing_ok=True)
    started = time.monotonic()

    def work() -> int:
        sys.dont_write_bytecode = True
        os.environ["PYTHONDONTWRITEBYTECODE"] = "1"
        selection = Selection(tests)
        names = sorted({t.partition("::")[0] for t in tests})
        try:
            code = int(pytest.main([*OPTIONS, "-x", *names], plugins=[selection]))
        except Exception:  # noqa: BLE001 - a warning that is an error may be raised at the very end
            traceback.print_exc()
            code = 1
        notes.write_text(json.dumps(selection.failed))
        return code

    try:
        target.write_text(mutant.code, encoding="utf-8", newline="\n")
        code = in_fork(copy, log, 1800, work)
    finally:
        target.write_bytes(true)
        os.utime(target, ns=(stat.st_atime_ns, stat.st_mtime_ns))
    mutant.seconds = time.monotonic() - started
    if code == 70:
        raise SystemExit(log.read_text("utf-8", "replace"))
    if code == 0:
        mutant.by = f"{len(tests)} tests"
        return
    failed = json.loads(notes.read_text()) if notes.exists() else []
    mutant.fate = "killed"
    mutant.by = (
        failed[0] if failed else {-1: "no end", 2: "no import", 4: "no import"}.get(code, f"exit {code}")
    )


def check_killers(mutants: list[Mutant], known: dict[str, object], copy: Path) -> None:
    """Run the tests that noticed on the true code: what fails there has noticed nothing."""
    killers = {m.by: known["took"][m.by][0] for m in mutants if m.by in known["took"]}  # type: ignore[index,operator]
    if not killers:
        return
    notes = copy / "failed.json"
    notes.unlink(missing_ok=True)

    def work() -> int:
        selection = Selection(killers)
        pytest.main([*OPTIONS, *sorted({t.partition("::")[0] for t in killers})], plugins=[selection])
        notes.write_text(json.dumps(selection.failed))
        return 0

    in_fork(copy, copy / "killers.log", 1800, work)
    for test in json.loads(notes.read_text()):
        print(f"fails on the true code, too: {test}")
        for mutant in mutants:
            if mutant.by == test:
                mutant.fate, mutant.by = "survived", f"{test}, which fails on the true code, too"


def equivalents() -> dict[tuple[str, str, str, str], str]:
    """Read the list of equivalent mutants."""
    listed = tomllib.loads((HERE / "proof" / "equivalents.toml").read_text("utf-8")).get("mutant", [])
    return {(m["path"], m["place"], m["was"], m["now"]): m["why"] for m in listed}


def main() -> None:
    """Draw mutants, try them and print what became of them."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("room", choices=sorted(ROOMS))
    parser.add_argument("--sample", type=int, default=150)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--seconds", type=float, default=60, help="work of all tests of one mutant, at most")
    parser.add_argument("--only", default="", metavar="TEXT", help="only files whose path holds this text")
    given = parser.parse_args()
    for name in PRELOAD.split():
        __import__(name)
    everything = [m for path in files_of(given.room) if given.only in path for m in mutants_of(path)]
    random.Random(given.seed).shuffle(everything)
    mutants = list(islice((m for make in everything if (m := make())), given.sample))
    print(f"{given.room}: {len(everything)} mutants, {len(mutants)} drawn with seed {given.seed}", flush=True)
    known_equivalents = equivalents()
    with tempfile.TemporaryDirectory(prefix="mutants-") as folder:
        copy = Path(folder).resolve()
        fingerprint = project(copy)
        kept = HERE / ".mutants" / f"{given.room}.json"
        known = json.loads(kept.read_text()) if kept.exists() else {}
        if known.get("of") != fingerprint:
            started = time.monotonic()
            known = json.loads(json.dumps({"of": fingerprint, **record(given.room, copy)}))
            kept.parent.mkdir(exist_ok=True)
            kept.write_text(json.dumps(known))
            print(f"{len(known['took'])} tests recorded in {time.monotonic() - started:.0f} s", flush=True)
        for number, mutant in enumerate(mutants, 1):
            if (mutant.path, mutant.place, mutant.was, mutant.now) in known_equivalents:
                mutant.fate = "equivalent"
            else:
                try_mutant(mutant, chosen(mutant, known, given.seconds), copy)
            print(
                f"{number:4} {mutant.fate:10} {mutant.seconds:5.1f} s "
                f"{mutant.path}:{mutant.line} {mutant.place} ({mutant.by})"
                + ("" if mutant.fate == "killed" else f"\n       - {mutant.was}\n       + {mutant.now}"),
                flush=True,
            )
        check_killers(mutants, known, copy)
    fates = Counter(m.fate for m in mutants)
    share = fates["killed"] / max(1, len(mutants) - fates["equivalent"])
    print(
        f"| {given.room} | {given.seed} | {len(mutants)} of {len(everything)} | {fates['killed']} "
        f"| {fates['survived']} | {fates['equivalent']} | {share:.0%} |"
    )


if __name__ == "__main__":
    main()
