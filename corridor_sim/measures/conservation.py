"""Checks that every replication must pass."""

from __future__ import annotations

import numpy as np

from corridor_sim.errors import RunError
from corridor_sim.measures.cells import Cells
from corridor_sim.model import Model


def check_conservation(model: Model, cells: Cells) -> None:
    """Released = delivered + inside, and the integral of the stock = the sum of the times inside,
    to the tick; visits are on the way of their consignment, and in order.

    The stock is counted by events (Little's law as an identity on a sample path: Stidham,
    Operations Research 22, 1974, doi:10.1287/opre.22.2.417).

    Raises
    ------
    RunError
        Where one of them fails; it names the replication.
    """
    released, delivered = cells.release, cells.delivered
    ledger, visits = cells.ledger, cells.ledger.visits
    if np.count_nonzero(ledger.delivered.known) > np.count_nonzero(delivered.known):
        raise _error(model, cells, "cargo was delivered that had not been released")
    leaves = np.where(delivered.known, delivered.at, model.end)
    if (leaves < released).any():
        raise _error(model, cells, "cargo was delivered before it was released")
    times = np.concatenate([released, leaves])
    order = np.argsort(times)
    stock = np.cumsum(np.where(order < len(released), 1, -1))
    integral = int((stock[:-1] * np.diff(times[order])).sum()) if len(times) else 0
    if integral != int((leaves - released).sum()):
        raise _error(model, cells, "the integral of the stock is not the sum of the times inside")
    for earlier, later, whole, what in (
        (cells.arrive, cells.start, visits.start, "started before it arrived"),
        (cells.start, cells.finish, visits.finish, "was done before it started"),
    ):
        if (later.known & (~earlier.known | (later.at < earlier.at))).any():
            raise _error(model, cells, f"a consignment {what}")
        if np.count_nonzero(whole.known) > np.count_nonzero(later.known):
            raise _error(model, cells, "a consignment was seen off its path")


def _error(model: Model, cells: Cells, what: str) -> RunError:
    return RunError(f"{model.name}, replication {cells.ledger.replication}: {what}")
