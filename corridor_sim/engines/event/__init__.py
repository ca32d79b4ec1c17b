"""The event engine (SimPy): plain and complete, the reference. Vehicles are processes, cargo is
records.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from corridor_sim.draws import Draws
from corridor_sim.engines.event.world import World
from corridor_sim.result import Ledger

__all__ = ["simulate"]


def simulate(draws: Draws, replications: Sequence[int]) -> Iterator[Ledger]:
    """Run replications of a model from 0 to its end, one after the other."""
    for replication in replications:
        world = World(draws.model, draws.replication(replication))
        world.env.run(until=draws.model.end)
        yield world.ledger()
