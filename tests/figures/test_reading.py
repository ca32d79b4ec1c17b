"""Figures of one replication by name, from run folders."""

from __future__ import annotations

from pathlib import Path

import pytest
from looked import seen_texts, small_case

from corridor_sim.errors import UsageError
from corridor_sim.experiments.executor import Where
from corridor_sim.experiments.plan import Options
from corridor_sim.experiments.recorded import recorded
from corridor_sim.figures import FIGURES, Choice
from corridor_sim.figures.style import canvas

OWN = (
    "map", "map-use", "map-delay", "space-time", "queue", "yards", "fleet", "cumulative",
)  # fmt: skip


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A run, and a comparison of two scenarios."""
    out, options = tmp_path_factory.mktemp("results"), Options(replications=(0, 1), seed=3)
    two = [small_case(), small_case("more", teu_a_day=9)]
    run, both = (
        recorded(cases, options, out=out, where=Where(jobs=1))[2] for cases in (two[:1], two)
    )
    return run, both


@pytest.mark.parametrize("name", OWN)
def test_every_figure_is_drawn_from_a_folder(name: str, folders: tuple[Path, Path]) -> None:
    entry = FIGURES[name]
    data = entry.read(Choice(folders=[folders[1]], replication=1))
    ax = entry.plot(data, ax=canvas())
    told = " ".join(text.get_text() for text in seen_texts(ax)).replace("\n", " ")
    assert "replication 1, seed 3" in told
    assert entry.about


def test_what_is_chosen_is_shown(folders: tuple[Path, Path]) -> None:
    chosen = Choice(folders=[folders[0]], element="train", routes=("r",))
    assert FIGURES["queue"].read(chosen).of == "train"
    assert set(FIGURES["cumulative"].read(chosen).table.route) == {"r"}
    assert set(FIGURES["map"].read(chosen).flows.route) == {"r"}
    with pytest.raises(UsageError, match="no route 'x'"):
        FIGURES["map"].read(Choice(folders=[folders[0]], routes=("x",)))
    with pytest.raises(UsageError, match="no fleet 'train'"):
        FIGURES["fleet"].read(chosen)
