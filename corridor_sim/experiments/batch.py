"""Replications that are kept as they come: what ends a run early does not take them away."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from corridor_sim.compile import compile_scenario
from corridor_sim.experiments.executor import Progress, Where, Workers, workers
from corridor_sim.experiments.plan import Case, Options, check_segments, with_engine
from corridor_sim.experiments.run import Run
from corridor_sim.experiments.task import tasks_of
from corridor_sim.measures import Tally


@dataclass(frozen=True, slots=True)
class Batch:
    """Runs of the replications that were finished, and what stopped the others, if anything."""

    runs: Sequence[Run]
    stopped: BaseException | None

    @property
    def finished(self) -> int:
        """Replications finished, of all scenarios."""
        return len(self.runs[0].tallies)


def prepared(cases: Sequence[Case], options: Options) -> list[Run]:
    """Runs of nothing yet, after all checks that need no replication.

    Raises
    ------
    UsageError
        For an unknown engine, or a segment between places that a scenario does not have.
    """
    for case in cases:
        check_segments(case, options.segments)
    models = [compile_scenario(case.scenario, name=case.name) for case in cases]
    return [
        Run(case, model, with_engine(options, model), ())
        for case, model in zip(cases, models, strict=True)
    ]


def batch(
    runs: Sequence[Run], *, where: Where | Workers, visits: Sequence[Path | None],
    progress: Progress,
) -> Batch:  # fmt: skip
    """Run the replications of prepared runs.

    An interrupt, a failed check or any other error ends it, and is returned with the replications
    that were finished for all scenarios.
    """
    tasks = tasks_of([run.case for run in runs], [run.options for run in runs], visits=visits)
    found: dict[tuple[int, int], Tally] = {}
    stopped: BaseException | None = None
    try:
        with workers(where) as here:
            for i, tally in here.finished(tasks):
                found[tasks[i].replication, i % len(runs)] = tally
                progress(1)
    except (Exception, KeyboardInterrupt) as error:
        stopped = error
    asked = runs[0].options.replications
    whole = tuple(n for n in asked if all((n, c) in found for c in range(len(runs))))
    return Batch(
        [
            replace(
                run,
                options=replace(run.options, replications=whole),
                tallies=[found[number, c] for number in whole],
            )
            for c, run in enumerate(runs)
        ],
        stopped,
    )
