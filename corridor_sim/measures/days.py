"""Cargo day by day: what a look at the warm-up needs."""

from __future__ import annotations

import numpy as np

from corridor_sim.measures.cargo import groups_of
from corridor_sim.measures.cells import Cells, Ints
from corridor_sim.measures.rows import Days, Tally
from corridor_sim.model import DAY, NONE, Model


class Daily:
    """Adds all routed cargo to tallies, by day of the whole run.

    Groups are all routes and each, by direction. Every transit time counts as at most the run-out,
    so that cargo released late is not cut shorter than cargo released early.
    """

    def __init__(self, model: Model) -> None:
        self._model = model
        self._paths = [
            (
                p,
                model.flows[path.flow].size,
                [g for g in groups_of(model, path) if g.segment == "all"],
            )
            for p, path in enumerate(model.paths)
            if path.route != NONE
        ]

    def add(self, cells: Cells, tally: Tally) -> None:
        """Add that of a replication."""
        gone = np.where(cells.delivered.known, cells.delivered.at, self._model.end)
        for p, size, groups in self._paths:
            own = slice(*cells.bounds[p : p + 2])
            found = _days(self._model, cells.release[own], gone[own], size)
            for group in groups:
                old = tally.days.get(group)
                tally.days[group] = found if old is None else old + found


def _days(model: Model, released: Ints, gone: Ints, size: int) -> Days:
    count = model.end // DAY
    day = np.minimum(released // DAY, count - 1)
    longest = model.end - model.cohort[1]
    ticks = np.zeros(count, np.int64)
    np.add.at(ticks, day, np.minimum(gone - released, longest))
    midnights = np.arange(count) * DAY
    came, left = (
        np.searchsorted(np.sort(times), midnights, side="right") for times in (released, gone)
    )
    begun = np.bincount(day, minlength=count)
    return Days(begun, size * begun, ticks, size * (came - left).astype(np.int64))
