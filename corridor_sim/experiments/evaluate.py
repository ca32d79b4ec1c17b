"""Many cases of one scenario, each read as soon as it is finished: what is kept is small."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Final, TypeVar

from corridor_sim.experiments.executor import HERE, Progress, Where, Workers, workers
from corridor_sim.experiments.plan import Case, Options
from corridor_sim.experiments.run import Run, simulate

Read = TypeVar("Read")
TALLIES_AT_ONCE: Final = 256
"""Replications held at a time; one of the shipped corridor takes about 1 MB."""


def varied(base: Case, changes: Mapping[str, object], *, name: str) -> Case:
    """A case with changes by dotted path.

    Raises
    ------
    ScenarioError
        Where the outcome is not valid.
    """
    scenario = base.scenario.replace(changes)
    return Case(name, scenario, scenario.model_dump_json(exclude_unset=True))


def evaluated(
    cases: Sequence[Case], options: Options, read: Callable[[Run], Read], *,
    where: Where | Workers = HERE, progress: Progress = lambda _: None,
) -> list[Read]:  # fmt: skip
    """What `read` makes of the run of each case; all cases on the same luck.

    Raises
    ------
    UsageError, RunError
        As `simulate`.
    """
    size = max(1, TALLIES_AT_ONCE // len(options.replications))
    found: list[Read] = []
    with workers(where) as here:
        for first in range(0, len(cases), size):
            runs = simulate(cases[first : first + size], options, where=here, progress=progress)
            found += map(read, runs)
    return found


def itself(run: Run) -> Run:
    """A run, where all of it is wanted."""
    return run
