"""One replication twice, on the same luck: what became of each consignment, and what it cost."""

from __future__ import annotations

from collections.abc import Sequence
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


AMOUNTS: Final = {
    "teu": "TEU of the cohort",
    "delayed": "TEU that arrive by the same route, more than `LATE` later",
    "hastened": "TEU that arrive by the same route, more than `LATE` earlier",
    "diverted": "TEU that take another route",
    "unfinished": "TEU that are delivered in the twin only",
    "late": "TEU x days later, whatever the route; earlier counts below zero",
    "price": "USD more for prices",
    "time": "USD more for time on the way",
    "carbon": "USD more for CO2e",
    "weight": "USD per hour of standard deviation of the time",
}
"""What is added up over consignments."""


@dataclass(frozen=True, slots=True)
class Change:
    """What a replication and its twin make of the consignments of the twin's cohort.

    amounts `[AMOUNTS, paths]`: by path in the twin. own, twin `[3, paths]`: of the delivered,
    consignments, hours and squares of hours, by path in the twin. gained `[own paths]`: TEU that
    come from other routes.
    """

    amounts: FloatArray
    own: FloatArray
    twin: FloatArray
    gained: FloatArray


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
            np.array(
                [model.routes[path.route] if path.route != NONE else "" for path in model.paths]
            )
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
        path, before = own.path[mine], twin.path[its]
        took, took_then = _took(self._own, own, mine), _took(self._twin, twin, its)
        done, done_then = own.delivered.known[mine], twin.delivered.known[its]
        moved = self._route[0][path] != self._route[1][before]
        late, teu = took - took_then, 2 * self._feu[before]
        price, carbon = (self._prices[0][:, path] - self._prices[1][:, before]) * teu / 2
        amounts = {
            "teu": teu, "delayed": teu * (~moved & (late > LATE)),
            "hastened": teu * (~moved & (late < -LATE)), "diverted": teu * moved,
            "unfinished": teu * (done_then & ~done), "late": teu * late / DAY, "price": price,
            "time": self._per_day[before] * late / DAY, "carbon": carbon,
            "weight": self._per_sd_h[before],
        }  # fmt: skip
        count = len(self._twin.paths)
        return Change(
            amounts=_by_path(before, [amounts[name] for name in AMOUNTS], count),
            own=_spread(before, took, done, count),
            twin=_spread(before, took_then, done_then, count),
            gained=_by_path(path, [teu * moved], len(self._own.paths))[0],
        )


def _by_path(path: Numbers, amounts: Sequence[FloatArray], count: int) -> FloatArray:
    """Sums `[amounts, paths]`."""
    return np.array([np.bincount(path, amount, count) for amount in amounts], np.float64)


def _spread(path: Numbers, took: Numbers, done: Mask, count: int) -> FloatArray:
    hours = took / TICK_H
    return _by_path(path, [done * hours**power for power in range(3)], count)


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
            numbers = np.arange(min(int(flow.counts[i]), int(other.counts[j])))
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
