"""The house: imports run down only, files stay small, engines hold no floating-point time."""

from __future__ import annotations

import ast
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from conftest import Engine
from worlds import cargo, fixed, link, route, when_full

import corridor_sim
from corridor_sim.draws import Draws
from corridor_sim.result import Times

ROOT = Path(corridor_sim.__file__).parent
FILES = sorted(ROOT.rglob("*.py"))
LONGEST_FILE, LONGEST_FUNCTION = 400, 60

ROOMS = (
    ("errors",), ("laws",), ("reference",), ("model",), ("scenario",), ("draws",), ("offered",),
    ("compile",), ("result",), ("engines",), ("cohort",), ("intervals",), ("measures",),
    ("output",), ("experiments",), ("figures",), ("report",), ("cli",), ("__main__",),
)  # fmt: skip
"""From the ground up: a room may use those before it."""
LEVEL = {room: level for level, rooms in enumerate(ROOMS) for room in rooms}


def imports(path: Path) -> set[str]:
    """Rooms of the package that a file imports."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
        elif isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
    return {name.split(".")[1] for name in found if name.startswith("corridor_sim.")}


def room(path: Path) -> str:
    return path.relative_to(ROOT).parts[0].removesuffix(".py")


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(ROOT)))
def test_imports_run_down_only(path: Path) -> None:
    if path == ROOT / "__init__.py":
        return
    here = room(path)
    for other in imports(path) - {here}:
        assert LEVEL[other] < LEVEL[here], f"{here} imports {other}"


def test_there_are_no_cycles_among_files() -> None:
    names = {p: ".".join(p.relative_to(ROOT.parent).with_suffix("").parts) for p in FILES}
    known = {name.removesuffix(".__init__"): p for p, name in names.items()}
    graph = {p: {known[m] for m in _modules(p, known) if known[m] != p} for p in FILES}
    done: set[Path] = set()

    def visit(path: Path, trail: tuple[Path, ...]) -> None:
        assert path not in trail, " -> ".join(names[p] for p in [*trail, path])
        if path not in done:
            for other in graph[path]:
                visit(other, (*trail, path))
            done.add(path)

    for path in FILES:
        visit(path, ())


def _modules(path: Path, known: dict[str, Path]) -> set[str]:
    """Modules that a file needs when it is imported: not those for type checking only."""
    found = set()
    tree = ast.parse(path.read_text())
    skipped = {
        id(inner)
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"
        for inner in ast.walk(node)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module in known and id(node) not in skipped:
            parts = {f"{node.module}.{alias.name}" for alias in node.names}
            found |= {part if part in known else node.module for part in parts}
    return found


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(ROOT)))
def test_files_and_functions_stay_small(path: Path) -> None:
    text = path.read_text()
    assert len(text.splitlines()) <= LONGEST_FILE
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef):
            assert node.end_lineno is not None
            assert node.end_lineno - node.lineno < LONGEST_FUNCTION, node.name


def test_importing_the_package_does_no_work() -> None:
    heavy = {"pandas", "matplotlib", "scipy", "simpy", "pyarrow", "numpy"}
    code = "import sys, corridor_sim; print(*sys.modules)"
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert not heavy & set(out.stdout.split())


def test_no_engine_calls_a_function_of_floating_point() -> None:
    banned = {"exp", "log", "log1p", "expm1", "power", "sqrt", "float64", "float32"}
    for path in sorted((ROOT / "engines").rglob("*.py")):
        used = {
            node.attr if isinstance(node, ast.Attribute) else node.id
            for node in ast.walk(ast.parse(path.read_text()))
            if isinstance(node, ast.Attribute | ast.Name)
        }
        assert not used & banned, path


def test_all_times_of_a_ledger_are_whole_ticks(engine: Engine) -> None:
    world: Draws = fixed(
        days=5,
        links={"a-b": link("ab", hours=3)},
        services={"train": when_full("ab", places=4, max_wait_h=5, chain=["a-b"])},
        routes={"r": route(westbound=["train"])},
        flows={"w": cargo("ab", [0, 1, 2])},
    )
    ledger = engine(world, 0)
    for times in (ledger.release, ledger.delivered, ledger.visits.arrive, ledger.visits.finish):
        assert isinstance(times, Times)
        assert times.at.dtype == np.int64


def test_rooms_are_listed_once_and_exist() -> None:
    assert {room(path) for path in FILES} - {"__init__"} <= set(LEVEL)
    assert all(a != b for a, b in pairwise(sorted(LEVEL)))
