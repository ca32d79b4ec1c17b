"""Ledgers -> sums and counts (a tally) -> tidy rows with intervals."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

from corridor_sim.measures.cargo import Cargo
from corridor_sim.measures.cells import Cells, Steps
from corridor_sim.measures.conservation import check_conservation
from corridor_sim.measures.days import Daily
from corridor_sim.measures.elements import Elements
from corridor_sim.measures.money import Money
from corridor_sim.measures.quoted import Quoted
from corridor_sim.measures.rows import Tally
from corridor_sim.measures.way import Segment
from corridor_sim.model import Model
from corridor_sim.result import Ledger

__all__ = ["Segment", "Tally", "tallying"]


class Family(Protocol):
    """A family of measures; it plans for a model when it is made."""

    def add(self, cells: Cells, tally: Tally) -> None:
        """Add what it measures of a replication."""


def tallying(
    model: Model,
    *,
    segments: Sequence[Segment] = (),
    by_month: bool = False,
    daily: bool = False,
) -> Callable[[Ledger], Tally]:
    """What takes the sums and counts of replications of a model, after their conservation checks.

    All that depends on the model alone is done here, once. The function raises RunError where a
    conservation check fails.
    """
    steps = Steps(model)
    families: list[Family] = [
        Cargo(model, segments, by_month=by_month), Money(model), Elements(model),
    ]  # fmt: skip
    if model.quotes is not None:
        families.append(Quoted(model))
    if daily:
        families.append(Daily(model))

    def tally_of(ledger: Ledger) -> Tally:
        cells = Cells.of(steps, ledger)
        check_conservation(model, cells)
        tally = Tally(ledger.replication)
        for family in families:
            family.add(cells, tally)
        return tally

    return tally_of
