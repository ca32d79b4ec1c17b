"""`corridor-sim plot`: files from a run folder, and bad input."""

from __future__ import annotations

from pathlib import Path

import pytest
from console import said, tiny


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run folder."""
    here = tmp_path_factory.mktemp("plot")
    assert said("run", tiny(here), "-n", "1", "-j", "1", "--out", here / "results").code == 0
    (made,) = (here / "results" / "tiny").iterdir()
    return made


@pytest.mark.parametrize(
    ("ending", "begins"), [("svg", b"<?xml"), ("png", b"\x89PNG"), ("pdf", b"%PDF")]
)
def test_a_figure_is_written_as_its_ending_says(
    folder: Path, tmp_path: Path, ending: str, begins: bytes
) -> None:
    file = tmp_path / f"fleet.{ending}"
    ended = said("plot", "fleet", folder, "-o", file, "--column")
    assert ended.code == 0
    assert ended.out == ""
    assert f"saved: {file}" in ended.err
    assert file.read_bytes().startswith(begins)


def test_help_lists_the_figures() -> None:
    told = said("plot", "--help").out
    assert "space-time" in told
    assert "flows in their true geography" in told


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("spacetime", "."), "no figure is called 'spacetime'; did you mean space-time?"),
        (("map", "nowhere"), "nowhere is no run folder"),
        (("map", ".", "-o", "map.gif"), "map.gif does not end in one of .svg, .png, .pdf"),
        (("map",), "Missing argument 'FOLDER...'"),
    ],
)  # fmt: skip
def test_bad_input_is_told_with_its_cure(words: tuple[str, ...], told: str) -> None:
    ended = said("plot", *words)
    assert ended.code == 2
    assert told in " ".join(ended.err.split())


def test_what_the_scenario_lacks_or_cannot_be_written_is_told(folder: Path, tmp_path: Path) -> None:
    wrong = said("plot", "queue", folder, "--element", "aktau-custom")
    assert wrong.code == 2
    assert "has no element 'aktau-custom'; did you mean aktau-customs?" in wrong.err
    away = said("plot", "yards", folder, "-o", tmp_path / "no" / "yards.svg")
    assert away.code == 2
    assert "cannot be written: No such file or directory" in away.err
