"""One replication twice, on the same luck: what became of each consignment, and what it cost."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from corridor_sim.intervals import FloatArray
from corridor_sim.measures.money import feu_of, prices_of
from corridor_sim.measures.rows import Group
from corridor_sim.model import DAY, DIRECTIONS, NONE, TICK_H, Flow, Model
from corridor_sim.result import Ledger, Mask, Numbers

LATE: Final = DAY
"""What arrives later by more than that is delayed."""


@dataclass(frozen=True, slots=True)
class Sums:
    """Sums over the consignments of the twin's cohort, by path in the twin `[paths]`."""

    teu: FloatArray
    delayed: FloatArray
    """TEU that arrive by the same route, more than `LATE` later."""
    hastened: FloatArray
    """TEU that arrive by the same route, more than `LATE` earlier."""
    diverted: FloatArray
    """TEU that take another route."""
    unfinished: FloatArray
    """TEU that are delivered in the twin only."""
    late: FloatArray
    """TEU x days later, whatever the route; earlier counts below zero."""
    price: FloatArray
    """USD more for prices; so for time and carbon."""
    time: FloatArray
    carbon: FloatArray
    weight: FloatArray
    """USD per hour of standard deviation of the time."""
    own: FloatArray
    """Of the delivered: consignments, hours and squares of hours `[3, paths]`."""
    twin: FloatArray


@dataclass(frozen=True, slots=True)
class Change:
    """What a replication and its twin make of the same consignments."""

    sums: Sums
    gained: FloatArray
    """TEU that come from other routes, by path `[own paths]`."""


class Pair:
    """Two models, and the consignments that both have: flow, lot, year and number are the same."""

    def __init__(self, own: Model, twin: Model) -> None:
        self._own, self._twin = own, twin
        self._rows = matched(own, twin)
        self._prices = [_prices(model) for model in (own, twin)]
        goods = [twin.flows[path.flow].goods for path in twin.paths]
        self._feu = np.array([feu_of(twin.flows[path.flow]) for path in twin.paths])
        self._per_day = np.array([g.usd_per_day if g else 0.0 for g in goods]) * self._feu
        self._per_sd_h = np.array([g.usd_per_sd_day if g else 0.0 for g in goods]) / 24 * self._feu
        self._routed = np.array([path.route != NONE for path in twin.paths])
        self._route = [
            np.array([model.routes[path.route] if path.route != NONE else "" for path in model.paths])
            for model in (own, twin)
        ]

    def change(self, own: Ledger, twin: Ledger) -> Change:
        """What changed for the cohort of the twin."""
        mine, its = self._rows
        first, last = self._twin.cohort
        released = twin.release.at[its]
        cohort = (
            own.release.known[mine] & twin.release.known[its]
            & (released >= first) & (released < last) & self._routed[twin.path[its]]
        )  # fmt: skip
        mine, its = mine[cohort], its[cohort]
        paths = own.path[mine], twin.path[its]
        moved = self._route[0][paths[0]] != self._route[1][paths[1]]
        size = 2 * self._feu[paths[1]]
        gained = np.bincount(paths[0], size * moved, len(self._own.paths))
        return Change(self._sums(own, twin, mine, its, paths, moved), gained)

    def _sums(
        self, own: Ledger, twin: Ledger, mine: Numbers, its: Numbers,
        paths: tuple[Numbers, Numbers], moved: Mask,
    ) -> Sums:  # fmt: skip
        took = _took(self._own, own, mine), _took(self._twin, twin, its)
        done = own.delivered.known[mine], twin.delivered.known[its]
        late = took[0] - took[1]
        feu = self._feu[paths[1]]
        more = self._prices[0][:, paths[0]] - self._prices[1][:, paths[1]]
        days = late / DAY

        def by_path(amount: FloatArray) -> FloatArray:
            return np.bincount(paths[1], amount, len(self._twin.paths))

        def spread(ticks: Numbers, known: Mask) -> FloatArray:
            hours = ticks / TICK_H
            return np.array([by_path(known * part) for part in (hours**0, hours, hours**2)])

        return Sums(
            teu=by_path(2 * feu), delayed=by_path(2 * feu * (~moved & (late > LATE))),
            hastened=by_path(2 * feu * (~moved & (late < -LATE))), diverted=by_path(2 * feu * moved),
            unfinished=by_path(2 * feu * (done[1] & ~done[0])), late=by_path(2 * feu * days),
            price=by_path(feu * more[0]), carbon=by_path(feu * more[1]),
            time=by_path(self._per_day[paths[1]] * days), weight=by_path(self._per_sd_h[paths[1]]),
            own=spread(took[0], done[0]), twin=spread(took[1], done[1]),
        )  # fmt: skip


def matched(own: Model, twin: Model) -> tuple[Numbers, Numbers]:
    """Rows of the consignments that two models share, in both."""
    others = {flow.name: flow for flow in twin.flows}
    pairs = [
        rows for flow in own.flows if flow.name in others
        for rows in _matched(flow, others[flow.name])
    ]  # fmt: skip
    none = np.empty(0, np.int64)
    mine, its = zip(*pairs, strict=True) if pairs else ((none,), (none,))
    return np.concatenate(mine), np.concatenate(its)


def _matched(flow: Flow, other: Flow) -> list[tuple[Numbers, Numbers]]:
    if (flow.size, flow.direction) != (other.size, other.direction):
        return []
    starts = [f.first + np.cumsum(f.counts) - f.counts for f in (flow, other)]
    places = [dict(zip(f.years.tolist(), range(len(f.years)), strict=True)) for f in (flow, other)]
    found = []
    for year, i in places[0].items():
        j = places[1].get(year)
        if j is not None:
            numbers = np.arange(min(flow.counts[i], other.counts[j]))
            found.append((starts[0][i] + numbers, starts[1][j] + numbers))
    return found


def _took(model: Model, ledger: Ledger, rows: Numbers) -> Numbers:
    """Ticks on the way, to the end of the run for what is not delivered."""
    gone = np.where(ledger.delivered.known[rows], ledger.delivered.at[rows], model.end)
    return gone - ledger.release.at[rows]


def _prices(model: Model) -> FloatArray:
    """Price and cost of carbon by path, USD per FEU `[2, paths]`."""
    return np.array([prices_of(model, p) for p in range(len(model.paths))]).T


def groups(model: Model) -> dict[Group, Mask]:
    """Paths `[paths]` of all cargo and of each route, by direction."""
    found: dict[Group, Mask] = {}
    for p, path in enumerate(model.paths):
        if path.route == NONE:
            continue
        direction = DIRECTIONS[model.flows[path.flow].direction]
        for route in ("all", model.routes[path.route]):
            group = Group(route, direction, "all")
            found.setdefault(group, np.zeros(len(model.paths), np.bool_))[p] = True
    return dict(sorted(found.items(), key=lambda pair: pair[0].route != "all"))
