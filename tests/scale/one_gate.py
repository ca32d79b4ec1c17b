"""A corridor that runs in no time, as cases; and what a process that is killed runs."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from worlds import link, route, scenario, station, when_full

from corridor_sim.experiments import task
from corridor_sim.experiments.executor import Where
from corridor_sim.experiments.plan import Case, Options
from corridor_sim.experiments.run import Run, simulate
from corridor_sim.scenario.schema import Scenario

DAYS: Final = 20
OPTIONS: Final = Options(replications=tuple(range(12)))


def small(
    name: str = "small", *, teu: float = 3000, hours: float = 4,
    span: Mapping[str, Any] | None = None, **sections: Any,
) -> Case:  # fmt: skip
    """One station of `hours` a box, then trains; `teu` a year of boxes of 2 TEU."""
    flow = {
        "cargo": "containers", "direction": "westbound", "teu_per_year": teu, "lot_teu": 2,
        "origin": "a", "destination": "b", "routes": {"r": 1},
    }  # fmt: skip
    words = scenario(
        days=DAYS,
        links={"a-b": link("ab", hours=10, delay_mean_h=5)},
        stations={"gate": station(hours=hours, place="a", work_cv=0.5)},
        services={"train": when_full("ab", places=8, max_wait_h=24, chain=["a-b"])},
        routes={"r": route(westbound=["gate", "train"])},
        flows={"w": flow},
    )
    words["span"] = {**words["span"], "run_out_d": 20, **(span or {})}
    return case_of(name, {**words, **sections})


def case_of(name: str, words: Mapping[str, Any]) -> Case:
    whole = Scenario.model_validate(words)
    return Case(name, whole, whole.model_dump_json(exclude_unset=True))


def two() -> list[Case]:
    return [small(), small("slower", hours=5)]


def same_tables(runs: list[Run], others: list[Run]) -> bool:
    """Whether tables are equal to the last bit."""
    return [run.table().to_csv() for run in runs] == [run.table().to_csv() for run in others]


def run_until_killed(store: Path, options: Options, build: str, begun: Any) -> None:
    """The run that is killed, of a build of the package; it says when it has begun."""
    task.build = lambda: build  # type: ignore[assignment]
    simulate(two(), replace(options, replications=(0,)))  # so that the kill does not hit imports
    begun.set()
    simulate(two(), options, where=Where(store=store, resume=True))
    time.sleep(60)
