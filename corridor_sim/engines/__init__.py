"""Engines: Model + Draws -> Ledgers; no words, no randomness of their own; one order of an instant.

Their answers are equal in every bit, whatever the block of replications.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from importlib import import_module
from typing import Final

from corridor_sim.draws import Draws
from corridor_sim.errors import UsageError, nearest
from corridor_sim.model import Model
from corridor_sim.result import Ledger

Engine = Callable[[Draws, Sequence[int]], Iterator[Ledger]]
"""Runs a block of replications, given the draws and their numbers; ledgers come in that order."""

ENGINES: Final = ("auto", "array", "event")
"""`auto` is `array` wherever it supports the model and the replications are not too few."""
FEW: Final = 8
"""Replications below which `auto` is `event`: so few are done sooner one by one (shipped baseline).
"""


def _half_of_memory_mb() -> int:
    """Half of the machine's memory; 4 GB where it does not say."""
    try:
        machine = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (AttributeError, ValueError):  # Windows
        return 4000
    return machine // 2_000_000


MEMORY_MB: Final = _half_of_memory_mb()
"""What blocks of replications may take together, unless told otherwise: the more go together, the
less time each of them takes.
"""
_MOST: Final = 256


def engine(name: str) -> Engine:
    """The engine of a name; it is imported only now.

    Raises
    ------
    UsageError
        For a name that is not in `ENGINES`.
    """
    _known(name)
    return _automatic if name == "auto" else _simulate(name)


def chosen(name: str, model: Model, *, replications: int) -> str:
    """Which engine runs so many replications under a name: `auto` becomes `array` or `event`.

    Raises
    ------
    UsageError
        For a name that is not in `ENGINES`.
    """
    _known(name)
    if name != "auto":
        return name
    if replications < FEW:
        return "event"
    from corridor_sim.engines.array import unsupported

    return "event" if unsupported(model) else "array"


def block_size(model: Model, name: str, *, memory_mb: int = MEMORY_MB) -> int:
    """How many replications of a model an engine is best given at once within some memory."""
    if name == "event":
        return 1
    from corridor_sim.engines.array import memory_of, unsupported

    if unsupported(model):
        return 1
    return max(1, min(_MOST, memory_mb * 1_000_000 // memory_of(model)))


def _known(name: str) -> None:
    if name not in ENGINES:
        close = nearest(name, ENGINES)
        raise UsageError(f"unknown engine {name!r}; there is {close or ', '.join(ENGINES)}")


def _automatic(draws: Draws, replications: Sequence[int]) -> Iterator[Ledger]:
    name = chosen("auto", draws.model, replications=len(replications))
    return _simulate(name)(draws, replications)


def _simulate(name: str) -> Engine:
    found: Engine = import_module(f"corridor_sim.engines.{name}").simulate
    return found
