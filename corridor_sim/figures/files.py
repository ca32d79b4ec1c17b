"""The figures of a question as files in its run folder."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from corridor_sim.experiments.replay import scenarios_of
from corridor_sim.figures import FIGURES, Choice
from corridor_sim.figures.style import canvas, save

OF_RUN: Final = ("transit", "scenarios", "waterfall", "time-distance", "utilisation")
OF_COMPARISON: Final = ("differences", "scenarios", "transit", "utilisation")


def draw(folder: Path) -> list[Path]:
    """Draw the figures of a run or a comparison into `figures/` of its folder, as SVG.

    Only those that its tables hold: none simulates anything once more.

    Raises
    ------
    UsageError
        Where the folder is none of a run.
    """
    here = folder / "figures"
    here.mkdir(exist_ok=True)
    choice = Choice(folders=[folder])
    found = []
    for name in OF_RUN if len(scenarios_of(folder)) == 1 else OF_COMPARISON:
        entry = FIGURES[name]
        found.append(save(entry.plot(entry.read(choice), ax=canvas()), here / f"{name}.svg"))
    return found
