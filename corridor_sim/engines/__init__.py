"""Engines: Model + Draws -> Ledger; no words, no randomness of their own; one order of an
instant.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Final

from corridor_sim.draws import Draws
from corridor_sim.errors import UsageError, nearest
from corridor_sim.result import Ledger

Engine = Callable[[Draws, int], Ledger]
"""Runs one replication, given the draws and its number."""

ENGINES: Final = ("event",)


def engine(name: str) -> Engine:
    """The engine of a name; it is imported only now.

    Raises
    ------
    UsageError
        For a name that is not in `ENGINES`.
    """
    if name not in ENGINES:
        close = nearest(name, ENGINES)
        raise UsageError(f"unknown engine {name!r}; there is {close or ', '.join(ENGINES)}")
    found: Engine = import_module(f"corridor_sim.engines.{name}").simulate
    return found
