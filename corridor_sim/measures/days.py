"""Cargo day by day: what a look at the warm-up needs."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from corridor_sim.measures.cargo import groups_of
from corridor_sim.measures.rows import Days, Group, Tally
from corridor_sim.model import DAY, NONE, Model
from corridor_sim.result import Ledger


def days(model: Model, ledger: Ledger, tally: Tally) -> None:
    """Add all routed cargo of a replication to its tally, by day of the whole run.

    Groups are all routes and each, by direction. Every transit time counts as at most the run-out,
    so that cargo released late is not cut shorter than cargo released early.
    """
    for p, path in enumerate(model.paths):
        if path.route == NONE:
            continue
        rows = np.flatnonzero((ledger.path == p) & ledger.release.known)
        released = ledger.release.at[rows]
        gone = np.where(ledger.delivered.known[rows], ledger.delivered.at[rows], model.end)
        own = _days(model, released, gone, model.flows[path.flow].size)
        for group in groups_of(model, path):
            if group.segment == "all":
                _add(tally, group, own)


def _days(
    model: Model, released: npt.NDArray[np.int64], gone: npt.NDArray[np.int64], size: int
) -> Days:
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


def _add(tally: Tally, group: Group, own: Days) -> None:
    old = tally.days.get(group)
    tally.days[group] = own if old is None else old + own
