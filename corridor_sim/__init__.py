"""Simulates freight corridors between China and Europe: scenarios in, paired comparisons out.

    import corridor_sim as cs

    base, phase2 = cs.simulate(
        [cs.case("baseline-2024"), cs.case("alat-phase-2")], cs.Options(replications=range(20))
    )
    cs.compare([base, phase2]).table()
    cs.bottlenecks(cs.case("baseline-2024"), routes=["middle-poti"])

The public names are loaded when they are first used.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from corridor_sim.experiments.dry_run import forecast
    from corridor_sim.experiments.executor import Where, workers
    from corridor_sim.experiments.notebook import (
        backtest,
        best,
        bottlenecks,
        calibrate,
        goal_seek,
        latin_hypercube,
        sensitivity,
        simultaneous,
        sweep,
    )
    from corridor_sim.experiments.overlays import overlay
    from corridor_sim.experiments.plan import Case, Options, case, segment
    from corridor_sim.experiments.precision import precise
    from corridor_sim.experiments.run import Comparison, Run, compare, simulate
    from corridor_sim.experiments.sweep import heat
    from corridor_sim.experiments.verify import Verdict, verify
    from corridor_sim.experiments.visits import visits
    from corridor_sim.experiments.warm_up import warm_up
    from corridor_sim.scenario.load import load, shipped
    from corridor_sim.scenario.schema import Scenario

__version__ = "0.1.0"

_HOMES = {
    "Case": "experiments.plan",
    "Comparison": "experiments.run",
    "Options": "experiments.plan",
    "Run": "experiments.run",
    "Scenario": "scenario.schema",
    "Verdict": "experiments.verify",
    "Where": "experiments.executor",
    "backtest": "experiments.notebook",
    "best": "experiments.notebook",
    "bottlenecks": "experiments.notebook",
    "calibrate": "experiments.notebook",
    "case": "experiments.plan",
    "compare": "experiments.run",
    "forecast": "experiments.dry_run",
    "goal_seek": "experiments.notebook",
    "heat": "experiments.sweep",
    "latin_hypercube": "experiments.notebook",
    "load": "scenario.load",
    "overlay": "experiments.overlays",
    "precise": "experiments.precision",
    "segment": "experiments.plan",
    "sensitivity": "experiments.notebook",
    "shipped": "scenario.load",
    "simulate": "experiments.run",
    "simultaneous": "experiments.notebook",
    "sweep": "experiments.notebook",
    "verify": "experiments.verify",
    "visits": "experiments.visits",
    "warm_up": "experiments.warm_up",
    "workers": "experiments.executor",
}

__all__ = [
    "Case", "Comparison", "Options", "Run", "Scenario", "Verdict", "Where", "__version__",
    "backtest", "best", "bottlenecks", "calibrate", "case", "compare", "forecast", "goal_seek",
    "heat", "latin_hypercube", "load", "overlay", "precise", "segment", "sensitivity",
    "shipped", "simulate", "simultaneous", "sweep", "verify", "visits", "warm_up", "workers",
]  # fmt: skip


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    found: object = getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
    return found


def __dir__() -> list[str]:
    return __all__
