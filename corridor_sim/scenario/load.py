"""Scenarios by name: shipped ones, files, and several joined by `+`."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import resources
from pathlib import Path

from corridor_sim.errors import Problem, ScenarioError, UsageError, did_you_mean, one_of
from corridor_sim.scenario.extends import SUFFIXES, compose
from corridor_sim.scenario.overlay import set_paths
from corridor_sim.scenario.schema import Scenario
from corridor_sim.scenario.text import read_text
from corridor_sim.scenario.tree import Tree
from corridor_sim.scenario.validate import validated


def shipped() -> dict[str, Path]:
    """The scenarios that come with the package, by name."""
    packed = Path(str(resources.files("corridor_sim"))) / "shipped"
    folder = packed if packed.is_dir() else packed.parent.parent / "scenarios"
    return {path.stem: path for path in sorted(folder.glob("*.yaml"))}


def load(name: str, changes: Mapping[str, object] | None = None) -> Scenario:
    """A scenario: a shipped name, a path to a file, or several joined by `+`, the first as the
    base.

    `changes` are laid on top by dotted path, e.g. `{"stations.alat-berths.servers": 4}`.

    Raises
    ------
    UsageError
        For a name that is neither shipped nor a file.
    ScenarioError
        For an invalid scenario; all problems at once, with file and line.
    """
    tree = compose([_read(part) for part in parts(name)], _find)
    return validated(Scenario, set_paths(tree, changes) if changes else tree)


def parts(name: str) -> list[str]:
    """The names joined by `+` (a path that exists is never taken apart)."""
    return [name] if Path(name).is_file() else [part.strip() for part in name.split("+")]


def _read(part: str) -> Tree:
    path = _path(part)
    if path is None:
        raise UsageError(f"no scenario and no file is called {part!r}; {_cure(part)}")
    return read_text(path)


def _find(target: str) -> Tree:
    path = _path(target)
    if path is None:
        rule = "no scenario and no file is called that"
        raise ScenarioError([Problem(rule, key="extends", given=target, cure=_cure(target))])
    return read_text(path)


def _path(name: str) -> Path | None:
    """A shipped name, or a file; what looks like a path is taken as one, even if nothing is
    there.
    """
    found = shipped().get(name)
    if found is not None:
        return found
    path = Path(name)
    return path if path.exists() or path.suffix in SUFFIXES else None


def _cure(name: str) -> str | None:
    return did_you_mean(name, shipped()) or one_of(shipped())
