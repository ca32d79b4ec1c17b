"""Ledgers -> sums and counts (a tally) -> tidy rows with intervals."""

from __future__ import annotations

from collections.abc import Sequence

from corridor_sim.measures.cargo import Segment, cargo
from corridor_sim.measures.conservation import check_conservation
from corridor_sim.measures.days import days
from corridor_sim.measures.elements import elements
from corridor_sim.measures.rows import Tally
from corridor_sim.model import Model
from corridor_sim.result import Ledger

__all__ = ["Segment", "Tally", "tally_of"]


def tally_of(
    model: Model,
    ledger: Ledger,
    *,
    segments: Sequence[Segment] = (),
    by_month: bool = False,
    daily: bool = False,
) -> Tally:
    """The sums and counts of a replication, after its conservation checks.

    Raises
    ------
    RunError
        Where a conservation check fails.
    """
    check_conservation(model, ledger)
    tally = Tally(ledger.replication)
    cargo(model, ledger, tally, segments, by_month=by_month)
    elements(model, ledger, tally)
    if daily:
        days(model, ledger, tally)
    return tally
