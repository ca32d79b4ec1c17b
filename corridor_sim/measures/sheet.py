"""Ratios that a family of measures will add up: planned once for a model, filled in for every
replication.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import numpy.typing as npt

from corridor_sim.measures.rows import Key

Slots = npt.NDArray[np.int64]


class Sheet:
    """Places for amounts. Those of one key are added up, in the order in which they were planned;
    so are the rows of the table. `totals` are measures whose denominator is `years`, however many
    amounts there are.
    """

    def __init__(self, *, totals: frozenset[str] = frozenset(), years: float = 0.0) -> None:
        self.totals, self.years = totals, years
        self.keys: list[Key] = []
        self._number: dict[Key, int] = {}
        self._key: list[int] = []

    def slot(self, key: Key) -> int:
        """A place more for a key."""
        if key not in self._number:
            self._number[key] = len(self.keys)
            self.keys.append(key)
        self._key.append(self._number[key])
        return len(self._key) - 1

    def slots(self, keys: Iterable[Key]) -> list[int]:
        """A place more for each of some keys."""
        return [self.slot(key) for key in keys]

    def filled(self) -> Filled:
        """The sheet for one replication, empty."""
        return Filled(self, np.array(self._key, np.int64))


class Filled:
    """The amounts of one replication."""

    def __init__(self, sheet: Sheet, key: Slots) -> None:
        self._sheet, self._key = sheet, key
        self._top, self._bottom = np.zeros((2, len(key)))
        self._there = np.zeros(len(key), np.bool_)

    def put(
        self, slots: Slots, top: npt.ArrayLike, bottom: npt.ArrayLike, there: npt.ArrayLike = True
    ) -> None:
        """Numerators and denominators of some slots `[..., n]`, and whether there are any."""
        self._top[slots] = top
        self._bottom[slots] = bottom
        self._there[slots] = there

    def sums(self) -> dict[Key, tuple[float, float]]:
        """Numerator and denominator of every key that has any, in order."""
        at = np.flatnonzero(self._there)
        key, sheet = self._key[at], self._sheet
        top = np.bincount(key, self._top[at], len(sheet.keys)).tolist()
        bottom = np.bincount(key, self._bottom[at], len(sheet.keys)).tolist()
        present = [(sheet.keys[k], top[k], bottom[k]) for k in dict.fromkeys(key.tolist())]
        years, totals = sheet.years, sheet.totals
        return {key: (a, years if key.measure in totals else b) for key, a, b in present}
