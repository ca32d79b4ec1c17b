"""Tables and results -> matplotlib Axes: `plot_x(data, *, ax=None) -> Axes`.

Importing the figures imports matplotlib; nothing else in the package does.
"""

from corridor_sim.figures.differences import plot_differences
from corridor_sim.figures.map import plot_map
from corridor_sim.figures.over_time import (
    plot_cumulative,
    plot_fleet,
    plot_queue,
    plot_recovery,
    plot_yards,
)  # fmt: skip
from corridor_sim.figures.registry import FIGURES, Choice
from corridor_sim.figures.scenarios import plot_scenarios
from corridor_sim.figures.space_time import plot_space_time
from corridor_sim.figures.transit import plot_transit

__all__ = [
    "FIGURES", "Choice", "plot_cumulative", "plot_differences", "plot_fleet", "plot_map",
    "plot_queue", "plot_recovery", "plot_scenarios", "plot_space_time", "plot_transit",
    "plot_yards",
]  # fmt: skip
