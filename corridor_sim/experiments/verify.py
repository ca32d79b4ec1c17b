"""The check that both engines give the same answers, on a scenario of the user's own."""

from __future__ import annotations

from dataclasses import dataclass

from corridor_sim.compile import compile_scenario
from corridor_sim.draws import Draws
from corridor_sim.engines import engine
from corridor_sim.engines.array import unsupported
from corridor_sim.experiments.executor import Progress
from corridor_sim.experiments.plan import Case
from corridor_sim.model import Model
from corridor_sim.result import Ledger, differences


@dataclass(frozen=True, slots=True)
class Verdict:
    """What came of the check."""

    scenario: str
    replications: int
    refused: str | None
    """What of the scenario the array engine does not support; it is then left to the other one."""
    difference: str | None
    """Where the engines first differ."""
    visits: int
    """How many finished visits were compared."""

    @property
    def equal(self) -> bool:
        """Whether all that was compared is the same."""
        return self.refused is None and self.difference is None

    @property
    def said(self) -> str:
        """`equal`, what is refused, or where they first differ."""
        if self.refused:
            return f"the array engine does not support {self.refused}"
        return self.difference or "equal"


def verified(
    case: Case, *, replications: int = 2, seed: int = 1, progress: Progress = lambda _: None
) -> Verdict:
    """Run replications on both engines and compare all they say, bit by bit."""
    model = compile_scenario(case.scenario, name=case.name)
    if reason := unsupported(model):
        return Verdict(case.name, replications, reason, None, 0)
    draws, numbers = Draws(model, seed), range(replications)
    both = zip(engine("event")(draws, numbers), engine("array")(draws, numbers), strict=True)
    visits = 0
    for expected, found in both:
        visits += int(expected.visits.finish.known.sum())
        if difference := first_difference(model, expected, found):
            return Verdict(case.name, replications, None, difference, visits)
        progress(1)
    return Verdict(case.name, replications, None, None, visits)


def first_difference(model: Model, expected: Ledger, found: Ledger) -> str | None:
    """The earliest visit that differs, in words; else whatever part does; None if all is equal."""
    part = differences(expected, found)
    if part is None:
        return None
    visits = [
        (int(left.at[i, k] if left.known[i, k] else right.at[i, k]), int(i), int(k), name)
        for name in ("arrive", "start", "finish")
        for left, right in [(getattr(expected.visits, name), getattr(found.visits, name))]
        for i, k in zip(
            *((left.at != right.at) | (left.known != right.known)).nonzero(), strict=True
        )
    ]
    at = f"replication {expected.replication}: "
    if not visits:
        return at + part
    tick, i, k, name = min(visits)
    step = model.paths[int(expected.path[i])].steps[k]
    return f"{at}consignment {i} at {step.name} ({name}, tick {tick}): {part}"
