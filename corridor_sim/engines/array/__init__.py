"""The array engine (numpy): all replications of a block at once, with the answers of the event
engine, bit for bit.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import corridor_sim.engines.array.windows as windows
from corridor_sim.draws import Draws
from corridor_sim.engines.array.block import block_of
from corridor_sim.engines.array.ledgers import ledgers
from corridor_sim.engines.array.support import memory_of, unsupported
from corridor_sim.errors import UsageError
from corridor_sim.result import Ledger

__all__ = ["memory_of", "simulate", "unsupported"]


def simulate(
    draws: Draws, replications: Sequence[int], *, window: int | None = None
) -> Iterator[Ledger]:
    """Run replications of a model from 0 to its end, all together.

    `window` is the most ticks that are solved at once, by default what suits the model; answers do
    not depend on it.

    Raises
    ------
    UsageError
        For a model that it does not support, with the reason.
    """
    reason = unsupported(draws.model)
    if reason:
        raise UsageError(f"the array engine does not support {reason}; take `--engine event`")
    block = block_of(draws, replications)
    yards, choosing = windows.run(block, window=window)
    yield from ledgers(block, yards, choosing)
