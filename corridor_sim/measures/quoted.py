"""What contestable cargo was told when it chose, and how long it then took."""

from __future__ import annotations

import numpy as np

from corridor_sim.engines.quoting import quoted
from corridor_sim.measures.cells import Cells, Ints
from corridor_sim.measures.rows import Group, Key, Tally
from corridor_sim.measures.twins import routed_groups
from corridor_sim.model import DAY, Model

QUOTED, EXPERIENCED = "quoted_d", "experienced_d"
QUOTE = "chosen in "
"""What the segment of a row by quarter of release begins with."""


class Quoted:
    """Adds, for the cohort of contestable flows, the time that was quoted for the path it took when
    it chose it, and the time it took; by route and direction, in all and by quarter of release.

    Unfinished cargo counts to the end of the run.
    """

    def __init__(self, model: Model) -> None:
        self._model = model
        self._quotes = model.quotes
        labels = [f"{label[:4]}-Q{(int(label[5:]) + 2) // 3}" for label in model.month_labels]
        self._quarters = list(dict.fromkeys(labels))
        self._quarter_of = np.array([self._quarters.index(label) for label in labels], np.int64)
        self._groups = routed_groups(model)

    def add(self, cells: Cells, tally: Tally) -> None:
        """Add those of a replication."""
        if self._quotes is None:
            return
        first, last = self._model.cohort
        nothing = np.zeros((self._quotes.passes.shape[1], 1), np.int64)
        before = quoted(self._quotes, now=-DAY, committed=nothing)
        # column d: in force on day d of the run, as the review of the day before said
        in_force = np.hstack([before, cells.ledger.reviews.quotes])
        gone = np.where(cells.delivered.known, cells.delivered.at, self._model.end)
        for row, p in enumerate(self._quotes.paths.tolist()):
            own = slice(*cells.bounds[p : p + 2])
            release = cells.release[own]
            cohort = (release >= first) & (release < last)
            release, took = release[cohort], (gone[own] - release)[cohort]
            self._path(tally, p, release, in_force[row, release // DAY], took)

    def _path(self, tally: Tally, path: int, release: Ints, told: Ints, took: Ints) -> None:
        month = np.searchsorted(self._model.month_starts, release, side="right") - 1
        quarter = self._quarter_of[month]
        for q in np.unique(quarter).tolist():
            here = quarter == q
            for group in self._groups[path]:
                for name, times in ((QUOTED, told), (EXPERIENCED, took)):
                    days, n = float(times[here].sum()) / DAY, float(here.sum())
                    tally.add(Key(group, name, "d"), days, n)
                    at = group._replace(segment=f"{QUOTE}{self._quarters[q]}")
                    tally.add(Key(at, name, "d"), days, n)


def quarter_of(group: Group) -> str | None:
    """The quarter that a row of quotes is about, or None."""
    found = group.segment.removeprefix(QUOTE)
    return found if found != group.segment else None
