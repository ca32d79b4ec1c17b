"""A scenario beside its undisturbed twin, replication by replication on the same luck."""

from __future__ import annotations

import datetime as dt
import multiprocessing
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np

from corridor_sim.compile import compile_scenario
from corridor_sim.draws import Draws
from corridor_sim.engines import block_size, engine
from corridor_sim.errors import UsageError
from corridor_sim.experiments.backlog import Backlog, waiting, worst
from corridor_sim.experiments.executor import Progress
from corridor_sim.experiments.plan import Case, Options
from corridor_sim.experiments.processes import started
from corridor_sim.experiments.run import check_alike
from corridor_sim.experiments.twins import Change, Pair
from corridor_sim.experiments.weeks import Weeks, weekly
from corridor_sim.measures.rows import Group
from corridor_sim.model import DAY, Model
from corridor_sim.scenario.schema import Scenario
from corridor_sim.scenario.shocks import dates_of


@dataclass(frozen=True, slots=True)
class Reading:
    """What is kept of a replication and its twin."""

    change: Change
    own: Weeks
    twin: Weeks
    backlog: dict[Group, Backlog]


@dataclass(frozen=True, slots=True, kw_only=True)
class Shocked:
    """A scenario and its twin, both run on the same luck; readings by number of replication."""

    case: Case
    twin: Case
    models: tuple[Model, Model]
    options: Options
    readings: Sequence[Reading]

    @property
    def begin(self) -> int:
        """Tick at which the first shock begins; without one, that of the measuring part."""
        scenario = self.case.scenario
        days = [dates_of(scenario, name)[0] for name in scenario.shocks]
        if not days:
            return self.models[0].cohort[0]
        return (min(days) - scenario.span.start).days * DAY

    def date(self, day: int) -> dt.date:
        """The date of a day of the run."""
        return self.case.scenario.span.start + dt.timedelta(days=day)


def undisturbed(case: Case) -> Case:
    """The twin of a case: the same without its shocks.

    Raises
    ------
    UsageError
        Where it has none.
    """
    if not case.scenario.shocks:
        raise UsageError(f"{case.name} has no `shocks`; name what it is held against")
    scenario = case.scenario.model_copy(update={"shocks": {}})
    bare = Scenario.model_validate(scenario.model_dump(mode="json", exclude_unset=True))
    return Case(f"{case.name} without shocks", bare, bare.model_dump_json(exclude_unset=True))


def shock(
    case: Case, options: Options, *, against: Case | None = None, jobs: int = 1,
    progress: Progress = lambda _: None,
) -> Shocked:  # fmt: skip
    """Run a case and its twin (by default the same without its shocks) and read them in pairs.

    Raises
    ------
    UsageError
        Where there is no twin, its numbers do not mean the same, or the engine is unknown.
    """
    twin = against or undisturbed(case)
    check_alike(case, twin)
    engine(options.engine)
    models = (_model(case.text), _model(twin.text))
    size = min(block_size(model, options.engine) for model in models)
    size = max(1, min(size, -(-len(options.replications) // jobs)))
    numbers = options.replications
    blocks = [
        (case.text, twin.text, replace(options, replications=numbers[i : i + size]))
        for i in range(0, len(numbers), size)
    ]
    readings: list[Reading] = []
    for found in _mapped(blocks, jobs):
        readings += found
        progress(2 * len(found))
    return Shocked(case=case, twin=twin, models=models, options=options, readings=readings)


_Block = tuple[str, str, Options]


def _mapped(blocks: Sequence[_Block], jobs: int) -> Iterator[list[Reading]]:
    if jobs <= 1 or len(blocks) == 1:
        yield from map(_read, blocks)
        return
    spawn = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(jobs, mp_context=spawn, initializer=started) as pool:
        yield from pool.map(_read, blocks)


def _read(block: _Block) -> list[Reading]:
    """The readings of a block of replications."""
    own, twin, options = block
    models = _model(own), _model(twin)
    pair = Pair(*models)
    first, second = (
        engine(options.engine)(Draws(model, options.seed), options.replications) for model in models
    )
    found = []
    for ledger, other in zip(first, second, strict=True):
        stocks = [waiting(model, of) for model, of in zip(models, (ledger, other), strict=True)]
        found.append(
            Reading(
                pair.change(ledger, other), weekly(models[0], ledger), weekly(models[1], other),
                worst(*stocks),
            )
        )  # fmt: skip
    return found


@lru_cache(maxsize=4)
def _model(text: str) -> Model:
    return compile_scenario(Scenario.model_validate_json(text), name="")


def stacked(weeks: Sequence[Weeks], chosen: np.ndarray) -> Weeks:
    """Weeks of some paths together, `[R, W]`."""
    each = [one.of(chosen) for one in weeks]
    return Weeks(
        np.array([w.released for w in each]), np.array([w.finished for w in each]),
        np.array([w.days for w in each]),
    )  # fmt: skip
