"""Run folders that reports are made from, each made once."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from console import said, tiny
from hostile import hostile

if TYPE_CHECKING:
    from corridor_sim.report.content import Content
    from corridor_sim.report.reading import Told

FAST = (
    "schema_version: 1\nextends: tiny.yaml\ntitle: Fast ships\nlinks:\n  aktau-alat: {min_h: 10}\n"
)


def fast(folder: Path) -> Path:
    """A scenario beside the tiny one whose ships are 8 h faster on every crossing."""
    path = folder / "fast.yaml"
    path.write_text(FAST, "utf-8")
    return path


@pytest.fixture(scope="session")
def comparison(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a comparison of the tiny corridor with one of faster ships."""
    here = tmp_path_factory.mktemp("comparison")
    made: list[str | Path] = [
        "compare",
        tiny(here),
        fast(here),
        "-n",
        "10",
        "-j",
        "1",
        "--out",
        here / "results",
    ]
    assert said(*made, "--segment", "xian:alat").code == 0
    return _folder(here, "compare")


@pytest.fixture(scope="session")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of one run."""
    here = tmp_path_factory.mktemp("run")
    made: list[str | Path] = ["run", tiny(here), "-n", "2", "-j", "1", "--out", here / "results"]
    assert said(*made).code == 0
    return _folder(here, "tiny")


@pytest.fixture(scope="session")
def hostile_comparison(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a comparison of scenarios with hostile texts."""
    here = tmp_path_factory.mktemp("hostile")
    made: list[str | Path] = [
        "compare",
        *hostile(here),
        "-n",
        "2",
        "-j",
        "1",
        "--out",
        here / "results",
    ]
    assert said(*made).code == 0
    return _folder(here, "compare")


@pytest.fixture(scope="session")
def told(comparison: Path) -> Told:
    """The comparison, read."""
    from corridor_sim.report.reading import read

    (found,) = read([comparison])
    return found


@pytest.fixture(scope="session")
def gathered(comparison: Path) -> Content:
    """All that a report of the comparison says."""
    from corridor_sim.report.content import content

    return content([comparison])


def _folder(here: Path, kind: str) -> Path:
    (made,) = (path for path in (here / "results" / kind).iterdir() if path.is_dir())
    return made
