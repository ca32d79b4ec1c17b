"""Cargo by week of release, and its moving mean of transit time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from corridor_sim.intervals import FloatArray
from corridor_sim.model import DAY, Model
from corridor_sim.result import Ledger, Mask

WEEK: Final = 7 * DAY
MEAN_OVER: Final = 4
"""Weeks of the moving mean, the last one included."""


@dataclass(frozen=True, slots=True)
class Weeks:
    """Sums by week of release, the last axis; the first may be paths or replications."""

    released: FloatArray
    """TEU."""
    finished: FloatArray
    """TEU of them that were delivered."""
    days: FloatArray
    """TEU x days in transit of these."""

    def of(self, chosen: Mask) -> Weeks:
        """Those of some paths together."""
        tables = (self.released, self.finished, self.days)
        return Weeks(*(table[chosen].sum(axis=0) for table in tables))

    @property
    def mean(self) -> FloatArray:
        """Mean transit time of each week, d; nan where nothing was delivered."""
        return _divided(self.days, self.finished)

    @property
    def moving(self) -> FloatArray:
        """The same over `MEAN_OVER` weeks; nan before there are so many."""
        return _divided(together(self.days), together(self.finished))


def weekly(model: Model, ledger: Ledger) -> Weeks:
    """Cargo of every path `[paths, weeks]`; a last week that is cut off is left out."""
    count = (len(model.paths), model.end // WEEK)
    known = ledger.release.known & (ledger.release.at < count[1] * WEEK)
    path, begun = ledger.path[known], ledger.release.at[known]
    done = ledger.delivered.known[known]
    size = np.array([model.flows[path.flow].size for path in model.paths])[path]
    days = np.where(done, ledger.delivered.at[known] - begun, 0) / DAY
    at = path * count[1] + begun // WEEK
    cells = count[0] * count[1]
    sums = [
        np.bincount(at, given, cells).reshape(count).astype(np.float64)
        for given in (size, size * done, size * days)
    ]
    return Weeks(*sums)


def together(weeks: FloatArray) -> FloatArray:
    """Sums of `MEAN_OVER` weeks along the last axis, up to each; nan before there are so many."""
    found = np.full(weeks.shape, np.nan)
    if weeks.shape[-1] >= MEAN_OVER:
        windows = np.lib.stride_tricks.sliding_window_view(weeks, MEAN_OVER, axis=-1)
        found[..., MEAN_OVER - 1 :] = windows.sum(axis=-1)
    return found


def _divided(above: FloatArray, below: FloatArray) -> FloatArray:
    found = np.full(above.shape, np.nan)
    np.divide(above, below, out=found, where=below > 0)
    return found
