"""What a run would take, before it is run: a few replications of each case are measured."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from time import perf_counter
from typing import Final

import pandas as pd

from corridor_sim.compile import compile_scenario
from corridor_sim.engines import MEMORY_MB
from corridor_sim.experiments.executor import HERE, Progress, Where
from corridor_sim.experiments.plan import Case, Options, with_engine
from corridor_sim.experiments.shown import framed
from corridor_sim.experiments.store import Store, opened
from corridor_sim.experiments.task import Task, blocks_of, prepare, run_block, tasks_of

MEASURED: Final = 8
"""Replications that are measured at most."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """A case before it is run: replications asked for, those kept already, seconds for one on one
    process of this machine, and for all that are left.
    """

    scenario: str
    replications: int
    kept: int
    seconds_each: float
    seconds: float


@dataclass(frozen=True, slots=True)
class Forecast:
    """All cases, and the processes that share them."""

    cases: Sequence[Expected]
    jobs: int

    @property
    def seconds(self) -> float:
        """Expected time of all that is left, on all processes; a cluster may be faster."""
        return sum(case.seconds for case in self.cases) / self.jobs

    def table(self) -> pd.DataFrame:
        """One row a case, columns as `Expected`."""
        names = Expected.__slots__
        return pd.DataFrame([{name: getattr(c, name) for name in names} for c in self.cases])

    def _repr_html_(self) -> str:
        title = f"About {self.seconds:,.0f} s on {self.jobs} processes"
        return framed(title, {"": self.table()})


def forecast(
    cases: Sequence[Case], options: Options, *, where: Where = HERE,
    progress: Progress = lambda _: None,
) -> Forecast:  # fmt: skip
    """Run the first replications of each case in this process, and say what all would take.

    As many as the engine is best given at once, at most 8. What was run is put into the store, if
    there is one. Compiling is left out: it is done once a process and case.

    Raises
    ------
    UsageError, RunError, StoreError
        As `simulate`.
    """
    store = None if where.store is None else opened(where.store)
    found = []
    for case in cases:
        model = compile_scenario(case.scenario, name=case.name)
        tasks = tasks_of([case], [with_engine(options, model)], visits=[None])
        kept = _kept(tasks, store, resume=where.resume)
        prepare(tasks[0])
        begun = perf_counter()
        memory = where.memory_mb or MEMORY_MB
        block = blocks_of(tasks, workers=where.jobs, memory_mb=memory)[0][:MEASURED]
        pieces = run_block(block)
        each = (perf_counter() - begun) / len(block)
        if store is not None:
            for task, piece in zip(block, pieces, strict=True):
                store.put(task, piece)
        left = each * (len(tasks) - kept)
        found.append(
            Expected(
                scenario=case.name, replications=len(tasks), kept=kept, seconds_each=each,
                seconds=left,
            )
        )  # fmt: skip
        progress(1)
    return Forecast(found, where.jobs)


def shared(given: Forecast, parts: Mapping[str, int]) -> Forecast:
    """What parts of a question would take, by their number of cases, each as the first case."""
    (base,) = given.cases
    return Forecast(
        [
            Expected(
                scenario=part, replications=count * base.replications, kept=0,
                seconds_each=base.seconds_each,
                seconds=count * base.replications * base.seconds_each,
            )
            for part, count in parts.items()
        ],
        given.jobs,
    )  # fmt: skip


def _kept(tasks: Sequence[Task], store: Store | None, *, resume: bool) -> int:
    if store is None or not resume:
        return 0
    return sum(store.get(task) is not None for task in tasks)
