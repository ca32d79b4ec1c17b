"""The cargo of a ledger side by side: a stretch for each step of each path, a cell for each
consignment in it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from corridor_sim.model import Kind, Model
from corridor_sim.result import Ledger, Numbers, Times

Ints = npt.NDArray[np.int64]


class Steps:
    """The stretches of a model, path by path."""

    def __init__(self, model: Model) -> None:
        self.lengths = np.array([len(path.steps) for path in model.paths], np.int64)
        self.path = np.repeat(np.arange(len(model.paths)), self.lengths)
        self.first = np.cumsum(self.lengths) - self.lengths
        """First stretch of each path."""
        self.station = np.array(
            [
                step.target if step.kind == Kind.STATION else -1
                for path in model.paths
                for step in path.steps
            ],
            np.int64,
        )
        """The station of a stretch, or -1."""


@dataclass(frozen=True, slots=True)
class Cells:
    """All consignments that exist, by path and number, and their visits."""

    ledger: Ledger
    steps: Steps
    rows: Ints
    """Their rows in the ledger `[N]`."""
    bounds: Ints
    """Where each path begins among them, and the end `[P + 1]`."""
    release: Ints
    delivered: Times
    who: Ints
    """Of each cell: its consignment in `rows`."""
    cell: Ints
    """Of each cell: its place in a flat table of visits, step by step."""
    begins: Ints
    """First cell of each stretch, and the end."""
    arrive: Times
    start: Times
    finish: Times
    vehicle: Numbers

    @classmethod
    def of(cls, steps: Steps, ledger: Ledger) -> Cells:
        """Sort a ledger."""
        exist = np.flatnonzero(ledger.release.known)
        # few paths: sorted as small numbers, which is done by counting
        order = np.argsort(ledger.path[exist].astype(np.uint16), kind="stable")
        rows = exist[order]
        count = np.bincount(ledger.path[rows], minlength=len(steps.lengths))
        bounds = np.concatenate([[0], np.cumsum(count)])
        who, cell = _cells(steps, bounds, rows, len(ledger.path))
        visits = ledger.visits
        arrive, start, finish = (
            Times(t.at.ravel("F")[cell], t.known.ravel("F")[cell])
            for t in (visits.arrive, visits.start, visits.finish)
        )
        delivered = Times(ledger.delivered.at[rows], ledger.delivered.known[rows])
        return cls(
            ledger=ledger, steps=steps, rows=rows, bounds=bounds, release=ledger.release.at[rows],
            delivered=delivered, who=who, cell=cell,
            begins=np.concatenate([[0], np.cumsum(count[steps.path])]),
            arrive=arrive, start=start, finish=finish, vehicle=visits.vehicle.ravel("F")[cell],
        )  # fmt: skip

    @property
    def path(self) -> Ints:
        """The path of each consignment."""
        return np.repeat(np.arange(len(self.bounds) - 1), np.diff(self.bounds))

    def totals(self, values: Ints) -> Ints:
        """Values of cells, added up by stretch."""
        found = np.zeros(len(self.begins) - 1, np.int64)
        some = np.diff(self.begins) > 0
        if some.any():
            found[some] = np.add.reduceat(values, self.begins[:-1][some])
        return found

    def stretch(self, number: int) -> slice:
        """The cells of a stretch."""
        return slice(self.begins[number], self.begins[number + 1])


def _cells(steps: Steps, bounds: Ints, rows: Ints, count: int) -> tuple[Ints, Ints]:
    width = int((np.diff(bounds) * steps.lengths).sum())
    who, cell = np.empty((2, width), np.int64)
    filled = 0
    for first, last, length in zip(bounds[:-1], bounds[1:], steps.lengths, strict=True):
        own = slice(filled, filled := filled + int((last - first) * length))
        shape = (int(length), int(last - first))
        who[own].reshape(shape)[:] = np.arange(first, last)
        cell[own].reshape(shape)[:] = rows[first:last] + np.arange(length)[:, None] * count
    return who, cell
