"""What the array engine can take, and what it costs in memory."""

from __future__ import annotations

from typing import Final

from corridor_sim.engines.array.ragged import BIG
from corridor_sim.model import DAY, Kind, Model

_PER_VISIT: Final = 36
_PER_CONSIGNMENT: Final = 60
_FIXED: Final = 2_000_000


def unsupported(model: Model) -> str | None:
    """What of a model the array engine does not support, in words; None if all is well."""
    if model.end >= BIG // 2:
        return f"runs of more than {BIG // 2 // DAY} days"
    for service in model.services:
        step = service.chain[0]
        if step.kind == Kind.STATION and model.stations[step.target].berth:
            return f"trains of {service.name} that leave into berths ({step.name})"
    return None


def memory_of(model: Model) -> int:
    """Bytes that a replication of a block takes, about."""
    visits = sum(
        int(model.flows[path.flow].counts.sum()) * len(path.steps) // len(flow.paths)
        for path in model.paths
        for flow in [model.flows[path.flow]]
    )
    return _FIXED + _PER_CONSIGNMENT * model.consignments + _PER_VISIT * visits
