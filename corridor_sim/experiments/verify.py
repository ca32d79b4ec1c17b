"""The check that both engines give the same answers, on a scenario of the user's own."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from corridor_sim.compile import compile_scenario
from corridor_sim.draws import Draws
from corridor_sim.engines import block_size, engine
from corridor_sim.errors import UsageError
from corridor_sim.experiments.disagreement import Disagreement, first_disagreement
from corridor_sim.experiments.executor import Progress
from corridor_sim.experiments.plan import Case
from corridor_sim.model import Model
from corridor_sim.result import Ledger, differences


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What came of the check.

    `compared`: visits, vehicle movements (departures and calls) and reviews of the event engine
    that were compared, by name; `disagreement`: the first difference, None if all is equal.
    """

    scenario: str
    seed: int
    replications: tuple[int, ...]
    compared: dict[str, int]
    disagreement: Disagreement | None

    @property
    def equal(self) -> bool:
        """Whether the engines agree in every bit."""
        return self.disagreement is None

    def __str__(self) -> str:
        if self.disagreement is not None:
            return f"{self.scenario}: different: {self.disagreement}"
        counts = ", ".join(f"{count:,} {what}" for what, count in self.compared.items())
        numbers = len(self.replications)
        return f"{self.scenario}: equal in {numbers} replication{'s'[: numbers > 1]}: {counts}"


def verify(
    given: Case, *, replications: Sequence[int] = range(3), seed: int = 1,
    progress: Progress = lambda _: None,
) -> Verdict:  # fmt: skip
    """Run replications on both engines and compare all they say, bit by bit, up to a difference.

    Raises
    ------
    UsageError
        Where there is no replication, or the array engine does not support the scenario; it is
        then left to the event engine, and there is nothing to compare.
    """
    if not replications:
        raise UsageError("no replication is given to be compared")
    model = compile_scenario(given.scenario, name=given.name)
    draws, start = Draws(model, seed), np.datetime64(given.scenario.span.start, "s")
    compared: Counter[str] = Counter()
    found = None
    for numbers in _blocks(model, replications):
        both = zip(engine("array")(draws, numbers), engine("event")(draws, numbers), strict=True)
        for ours, reference in both:
            compared.update(_counts(reference))
            found = _disagreement(model, reference, ours, start)
            progress(1)
            if found is not None:
                break
        if found is not None:
            break
    return Verdict(
        scenario=given.name, seed=seed, replications=tuple(replications), compared=dict(compared),
        disagreement=found,
    )  # fmt: skip


def _blocks(model: Model, replications: Sequence[int]) -> list[Sequence[int]]:
    size = block_size(model, "array")
    return [replications[i : i + size] for i in range(0, len(replications), size)]


def _counts(ledger: Ledger) -> dict[str, int]:
    moved = [len(trains.number) for trains in ledger.departures]
    moved += [len(calls.vessel) for calls in ledger.calls]
    return {
        "visits": int(ledger.visits.arrive.known.sum()),
        "vehicle movements": sum(moved),
        "reviews": ledger.reviews.stock.size,
    }


def _disagreement(
    model: Model, reference: Ledger, ours: Ledger, start: np.datetime64
) -> Disagreement | None:
    part = differences(reference, ours)
    if part is None:
        return None
    # What no table shows (a type, an unknown entry that is not 0) is named as it is in memory.
    return first_disagreement(model, reference, ours, start=start) or Disagreement(
        replication=reference.replication, kind="ledger", element="", who="", what=part,
        event=None, array=None,
    )  # fmt: skip
