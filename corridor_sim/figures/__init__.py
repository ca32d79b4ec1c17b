"""Tables and results -> matplotlib Axes: `plot_x(data, *, ax=None) -> Axes`.

Importing the figures imports matplotlib; nothing else in the package does.
"""

from corridor_sim.figures.calibration import plot_calibration
from corridor_sim.figures.differences import plot_differences
from corridor_sim.figures.heat import plot_heat, plot_sweep
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
from corridor_sim.figures.shares import plot_shares
from corridor_sim.figures.space_time import plot_space_time
from corridor_sim.figures.staircase import plot_cost_distance, plot_time_distance
from corridor_sim.figures.tornado import plot_sobol, plot_tornado
from corridor_sim.figures.transit import plot_transit
from corridor_sim.figures.utilisation import plot_utilisation
from corridor_sim.figures.warm_up import plot_warm_up
from corridor_sim.figures.waterfall import plot_waterfall
from corridor_sim.figures.worth import plot_worth

__all__ = [
    "FIGURES", "Choice", "plot_calibration", "plot_cost_distance", "plot_cumulative",
    "plot_differences", "plot_fleet", "plot_heat", "plot_map", "plot_queue", "plot_recovery",
    "plot_scenarios", "plot_shares", "plot_sobol", "plot_space_time", "plot_sweep",
    "plot_time_distance", "plot_tornado", "plot_transit", "plot_utilisation", "plot_warm_up",
    "plot_waterfall", "plot_worth", "plot_x", "plot_yards",
]  # fmt: skip
