"""Cargo that waits, by element and day: for a server, for a ride, or aboard a train or vessel that
waits.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from corridor_sim.intervals import FloatArray
from corridor_sim.measures.rows import Group
from corridor_sim.measures.timeline import pieces, times
from corridor_sim.model import DAY, Model
from corridor_sim.result import Ledger, Times

Waiting = dict[tuple[Group, str], FloatArray]


def waiting(model: Model, ledger: Ledger, groups: Mapping[int, Sequence[Group]]) -> Waiting:
    """TEU that wait at 00:00 of each day of the run `[D]`, by group and element.

    `groups`: of each path.
    """
    found: Waiting = {}
    for p, own in groups.items():
        rows = np.flatnonzero(ledger.release.known & (ledger.path == p))
        if not len(rows):
            continue
        path = model.paths[p]
        for piece in pieces(model, path):
            if piece.kind != "wait":
                continue
            begin, end = (times(model, ledger, path, m, rows) for m in (piece.start, piece.end))
            stock = model.flows[path.flow].size * _stock(begin, end, model.end // DAY)
            for group in own:
                key = (group, piece.name)
                found[key] = found[key] + stock if key in found else stock
    return found


def _stock(begin: Times, end: Times, days: int) -> FloatArray:
    """How many are between begin and end at 00:00 of each day; what has no end stays."""
    change = np.zeros(days + 1)
    for given, sign in ((begin, 1), (end, -1)):
        at = given.at[given.known & begin.known]
        change += sign * np.bincount(-(-at // DAY), minlength=days + 1)[: days + 1]
    return np.cumsum(change)[:days]
