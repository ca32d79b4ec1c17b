"""The event engine (SimPy): plain and complete, the reference. Vehicles are processes, cargo is
records.
"""

from __future__ import annotations

from corridor_sim.draws import Draws
from corridor_sim.engines.event.world import World
from corridor_sim.result import Ledger

__all__ = ["simulate"]


def simulate(draws: Draws, replication: int) -> Ledger:
    """Run one replication of a model from 0 to its end."""
    world = World(draws.model, draws.replication(replication))
    world.env.run(until=draws.model.end)
    return world.ledger()
