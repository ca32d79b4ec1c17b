"""Peak memory of the array engine is that of a block, however many replications go through."""

from __future__ import annotations

import tracemalloc
from collections.abc import Iterator

import pytest
from pairs import world

from corridor_sim.engines import array, block_size
from corridor_sim.engines.array import memory_of
from corridor_sim.measures import tallying
from corridor_sim.result import Ledger

MB = 1_000_000
WORLD = world(1001)
SMALL = 4 * memory_of(WORLD.model) // MB + 1
"""Megabytes into which a few replications of the world go."""


def ledgers(count: int) -> Iterator[Ledger]:
    """Replications in blocks that fit into little memory."""
    size = block_size(WORLD.model, "array", memory_mb=SMALL)
    assert 1 < size < 8
    for first in range(0, count, size):
        yield from array.simulate(WORLD, range(first, min(first + size, count)))


def peak(count: int, *, keep: bool) -> int:
    """Bytes at the peak, beyond what was there before; ledgers are kept, or counted and dropped."""
    tally_of, kept = tallying(WORLD.model), []
    tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0]
    tracemalloc.reset_peak()
    for ledger in ledgers(count):
        tally_of(ledger)
        kept += [ledger] if keep else []
    found = tracemalloc.get_traced_memory()[1] - before
    tracemalloc.stop()
    return found


@pytest.mark.slow
def test_peak_memory_is_flat_in_the_number_of_replications() -> None:
    peak(4, keep=False)  # what is made once is there from now on
    few, many, kept = peak(4, keep=False), peak(16, keep=False), peak(16, keep=True)
    # The luck of some blocks takes more than that of others.
    assert many - few < 0.25 * (kept - few)


@pytest.mark.parametrize("replications", [1, 16])
def test_a_block_takes_no_more_memory_than_is_said(replications: int) -> None:
    tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0]
    for _ in array.simulate(WORLD, range(replications)):
        pass
    taken = tracemalloc.get_traced_memory()[1] - before
    tracemalloc.stop()
    assert taken < replications * memory_of(WORLD.model)
