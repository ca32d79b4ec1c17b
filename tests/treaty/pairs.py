"""Random worlds for the treaty, most of which end inside a window, and what the reference says."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from random import Random

import numpy as np
from random_models import random_world

from corridor_sim.draws import Draws
from corridor_sim.engines import array, event
from corridor_sim.model import DAY
from corridor_sim.result import Ledger, differences


@lru_cache(maxsize=300)
def world(number: int) -> Draws:
    """The world of a number; four in five end in the middle of a day."""
    draws = random_world(number).draws()
    rng = Random(number)
    if rng.random() < 0.8:
        draws.model = replace(draws.model, end=draws.model.end - rng.randint(1, DAY - 1))
    return draws


@lru_cache(maxsize=1000)
def reference(number: int, replication: int) -> Ledger:
    """What the event engine says."""
    (ledger,) = event.simulate(world(number), [replication])
    return ledger


def first_difference(
    number: int, *, block: int, compared: int, window: int | None = None
) -> str | None:
    """Where the array engine first differs, given a block of so many replications.

    So many are compared at most, the first and the last of the block among them.
    """
    numbers = np.unique(np.linspace(0, block - 1, compared, dtype=int)).tolist()
    references = [reference(number, r) for r in numbers]
    found = difference(world(number), references, block=block, window=window)
    return None if found is None else f"world {number}, block of {block}: {found}"


def difference(
    draws: Draws, references: list[Ledger], *, block: int, window: int | None
) -> str | None:
    """Where replications of a block first differ from their references."""
    expected = {ledger.replication: ledger for ledger in references}
    for ledger in array.simulate(draws, range(block), window=window):
        number = ledger.replication
        if number in expected and (unequal := differences(expected[number], ledger)):
            return f"replication {number}: {unequal}"
    return None
