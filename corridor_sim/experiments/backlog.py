"""Cargo that waits, by element and day: for a server, for a ride, or aboard a train or vessel that
waits.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from corridor_sim.experiments.twins import groups
from corridor_sim.intervals import FloatArray
from corridor_sim.measures.rows import Group
from corridor_sim.measures.timeline import pieces, times
from corridor_sim.model import DAY, NONE, Model
from corridor_sim.result import Ledger, Times

Waiting = dict[tuple[Group, str], FloatArray]


@dataclass(frozen=True, slots=True)
class Backlog:
    """The most TEU that wait more than in the twin: at which element, on which day of the run."""

    teu: float
    element: str
    day: int


def waiting(model: Model, ledger: Ledger) -> Waiting:
    """TEU that wait at 00:00 of each day of the run, by group and element."""
    days = model.end // DAY
    found: Waiting = {}
    member = groups(model)
    for p, path in enumerate(model.paths):
        rows = np.flatnonzero(ledger.release.known & (ledger.path == p))
        if path.route == NONE or not len(rows):
            continue
        size = model.flows[path.flow].size
        own = [group for group, paths in member.items() if paths[p]]
        for piece in pieces(model, path):
            if piece.kind != "wait":
                continue
            begin, end = (times(model, ledger, path, m, rows) for m in (piece.start, piece.end))
            stock = size * _stock(begin, end, days)
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


def worst(own: Mapping[tuple[Group, str], FloatArray], twin: Waiting) -> dict[Group, Backlog]:
    """By group, the worst backlog beside the twin; none where nothing waits more."""
    found: dict[Group, Backlog] = {}
    for (group, element), stock in own.items():
        other = twin.get((group, element))
        more = stock if other is None else stock - other
        day = int(np.argmax(more))
        best = found.get(group)
        if more[day] > (best.teu if best else 0):
            found[group] = Backlog(float(more[day]), element, day)
    return found
