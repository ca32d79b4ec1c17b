"""Checks that every replication must pass."""

from __future__ import annotations

import numpy as np

from corridor_sim.errors import RunError
from corridor_sim.model import Model
from corridor_sim.result import Ledger


def check_conservation(model: Model, ledger: Ledger) -> None:
    """Released = delivered + inside, and the integral of the stock = the sum of the times inside,
    to the tick.

    The stock is counted by events (Little's law as an identity on a sample path: Stidham,
    Operations Research 22, 1974, doi:10.1287/opre.22.2.417).

    Raises
    ------
    RunError
        Where one of them fails; it names the replication.
    """
    released, delivered = ledger.release, ledger.delivered
    if (delivered.known & ~released.known).any():
        raise _error(model, ledger, "cargo was delivered that had not been released")
    begun = released.known
    leaves = np.where(delivered.known, delivered.at, model.end)[begun]
    if (leaves < released.at[begun]).any():
        raise _error(model, ledger, "cargo was delivered before it was released")
    times = np.concatenate([released.at[begun], leaves])
    steps = np.concatenate([np.ones(len(leaves), np.int64), -np.ones(len(leaves), np.int64)])
    order = np.argsort(times, kind="stable")
    times, stock = times[order], np.cumsum(steps[order])
    integral = int((stock[:-1] * np.diff(times)).sum()) if len(times) else 0
    if integral != int((leaves - released.at[begun]).sum()):
        raise _error(model, ledger, "the integral of the stock is not the sum of the times inside")
    visits = ledger.visits
    for earlier, later, what in (
        (visits.arrive, visits.start, "started before it arrived"),
        (visits.start, visits.finish, "was done before it started"),
    ):
        if (later.known & (~earlier.known | (later.at < earlier.at))).any():
            raise _error(model, ledger, f"a consignment {what}")


def _error(model: Model, ledger: Ledger, what: str) -> RunError:
    return RunError(f"{model.name}, replication {ledger.replication}: {what}")
