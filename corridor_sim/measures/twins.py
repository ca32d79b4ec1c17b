"""One replication twice, on the same luck: what became of each consignment, what it cost, and how
much waited.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from typing import Final

import numpy as np
import numpy.typing as npt

from corridor_sim.intervals import FloatArray
from corridor_sim.measures.cargo import groups_of
from corridor_sim.measures.cells import Cells, Steps
from corridor_sim.measures.conservation import check_conservation
from corridor_sim.measures.money import feu_of, prices_of
from corridor_sim.measures.rows import Group, Key, Tally
from corridor_sim.measures.waiting import Waiting, waiting
from corridor_sim.model import DAY, NONE, TICK_H, Flow, Model
from corridor_sim.result import Ledger, Numbers

LATE: Final = DAY
"""What arrives later by more than that is delayed."""
WEEK: Final = 7 * DAY
AMOUNTS: Final = {
    "cohort_teu": "TEU", "delayed_teu": "TEU", "hastened_teu": "TEU", "diverted_teu": "TEU",
    "gained_teu": "TEU", "lost_teu": "TEU", "unfinished_teu": "TEU", "delay_teu_d": "TEU d",
    "shock_cost_price_usd": "USD", "shock_cost_time_usd": "USD", "shock_cost_carbon_usd": "USD",
}  # fmt: skip
"""Amounts of a replication, and their units."""
SPREADS: Final = ("own_spread", "twin_spread")
"""Of a route and pair of places, by the way in the twin: hours and consignments of the delivered;
squares of hours, and USD per hour of standard deviation."""
TRANSITS: Final = ("transit_d", "twin_transit_d")
"""TEU x days on the way, and TEU, of what is released in a week."""
LEFT: Final = ("left_teu", "twin_left_teu")
"""TEU of them that are not delivered before the end of the run."""
WAITING: Final = ("waiting_teu", "twin_waiting_teu")
"""TEU that wait, the mean over the midnights of a week."""
BACKLOG: Final = ("backlog_teu", "backlog_day")
"""The most TEU that wait at an element more than in the twin, and on which day of the run."""


def in_week(group: Group, week: int) -> Group:
    """What of a group belongs to a week of the run, by its number."""
    return group._replace(segment=f"week {week}")


def twinned(own: Model, twin: Model) -> Callable[[Ledger, Ledger], Tally]:
    """What sets a replication beside its twin, after the conservation checks of both.

    Its tallies have ratios alone, by route in the twin and direction: `AMOUNTS` and `delay_d` of
    the cohort; `SPREADS` by pair of places; `BACKLOG` by element; `TRANSITS`, `LEFT` and `WAITING`
    by week of the run, of all cargo, by its own route. Unfinished cargo counts to the end.
    """
    pair, steps = _Pair(own, twin), (Steps(own), Steps(twin))

    def tally_of(first: Ledger, second: Ledger) -> Tally:
        for model, step, ledger in zip((own, twin), steps, (first, second), strict=True):
            check_conservation(model, Cells.of(step, ledger))
        return pair.tally(first, second)

    return tally_of


class _Pair:
    """Two models, and the consignments that both have: flow, lot, year and number are the same."""

    def __init__(self, own: Model, twin: Model) -> None:
        self._models = (own, twin)
        self._rows = matched(own, twin)
        self._groups = [routed_groups(model) for model in self._models]
        self._prices = [_prices(model) for model in self._models]
        goods = [twin.flows[path.flow].goods for path in twin.paths]
        self._feu = np.array([feu_of(twin.flows[path.flow]) for path in twin.paths])
        self._per_day = np.array([g.usd_per_day if g else 0.0 for g in goods]) * self._feu
        self._per_sd_h = np.array([g.usd_per_sd_day if g else 0.0 for g in goods]) / 24 * self._feu
        self._routed = np.array([path.route != NONE for path in twin.paths])
        self._route = [_routes(model) for model in self._models]

    def tally(self, own: Ledger, twin: Ledger) -> Tally:
        """What became of the cohort, and of all cargo week by week."""
        tally = Tally(own.replication)
        self._cohort(tally, own, twin)
        stocks = []
        for side, ledger in enumerate((own, twin)):
            model, groups = self._models[side], self._groups[side]
            stocks.append(waiting(model, ledger, groups))
            _weekly(tally, model, ledger, groups, side)
            _waiting_weekly(tally, stocks[side], WAITING[side])
        _backlogs(tally, *stocks)
        return tally

    def _cohort(self, tally: Tally, own: Ledger, twin: Ledger) -> None:
        mine, its = self._rows
        first, last = self._models[1].cohort
        released = twin.release.at[its]
        cohort = (
            own.release.known[mine] & twin.release.known[its]
            & (released >= first) & (released < last) & self._routed[twin.path[its]]
        )  # fmt: skip
        mine, its = mine[cohort], its[cohort]
        sides = (own, mine), (twin, its)
        path, before = own.path[mine], twin.path[its]
        took, took_then = (
            _took(model, *side) for model, side in zip(self._models, sides, strict=True)
        )
        done, done_then = own.delivered.known[mine], twin.delivered.known[its]
        moved = self._route[0][path] != self._route[1][before]
        late, teu = took - took_then, 2 * self._feu[before]
        price, carbon = (self._prices[0][:, path] - self._prices[1][:, before]) * teu / 2
        count = len(self._routed)
        amounts = {
            "cohort_teu": teu, "delayed_teu": teu * (~moved & (late > LATE)),
            "hastened_teu": teu * (~moved & (late < -LATE)), "diverted_teu": teu * moved,
            "lost_teu": teu * moved, "unfinished_teu": teu * (done_then & ~done),
            "delay_teu_d": teu * late / DAY, "shock_cost_price_usd": price,
            "shock_cost_time_usd": self._per_day[before] * late / DAY,
            "shock_cost_carbon_usd": carbon,
        }  # fmt: skip
        sums = {name: _by_path(before, amount, count) for name, amount in amounts.items()}
        gained = _by_path(path, teu * moved, len(self._models[0].paths))
        self._add_amounts(tally, sums, gained)
        weight = np.bincount(before, self._per_sd_h[before], count)
        for name, hours, known in zip(
            SPREADS, (took / TICK_H, took_then / TICK_H), (done, done_then), strict=True
        ):
            n, total, squares = (np.bincount(before, known * hours**k, count) for k in range(3))
            self._add_spread(tally, name, np.array([total, n, squares, weight]))

    def _add_amounts(
        self, tally: Tally, sums: Mapping[str, FloatArray], gained: FloatArray
    ) -> None:
        """Amounts of paths of the twin, and what came to paths of the other from other routes."""
        for p, groups in self._groups[1].items():
            for group in groups:
                for name, amount in sums.items():
                    tally.total(Key(group, name, AMOUNTS[name]), float(amount[p]), 1.0)
                late, teu = float(sums["delay_teu_d"][p]), float(sums["cohort_teu"][p])
                tally.add(Key(group, "delay_d", "d"), late, teu)
        for p, groups in self._groups[0].items():
            for group in groups:
                tally.total(Key(group, "gained_teu", "TEU"), float(gained[p]), 1.0)
                tally.total(Key(group, "lost_teu", "TEU"), -float(gained[p]), 1.0)

    def _add_spread(self, tally: Tally, name: str, sums: FloatArray) -> None:
        twin = self._models[1]
        for p in self._groups[1]:
            part = groups_of(twin, twin.paths[p])[-1]
            total, n, squares, weight = sums[:, p].tolist()
            tally.add(Key(part, f"{name}_h", "h"), total, n)
            tally.add(Key(part, f"{name}_h2", "h2"), squares, weight)


def _by_path(path: Numbers, amount: npt.ArrayLike, count: int) -> FloatArray:
    return np.bincount(path, amount, count).astype(np.float64)


def routed_groups(model: Model) -> dict[int, list[Group]]:
    """By path with a route: all cargo of its direction, and that of its route."""
    return {
        p: [group for group in groups_of(model, path) if group.segment == "all"]
        for p, path in enumerate(model.paths)
        if path.route != NONE
    }


def _routes(model: Model) -> npt.NDArray[np.str_]:
    names = [model.routes[path.route] if path.route != NONE else "" for path in model.paths]
    return np.array(names)


def _prices(model: Model) -> FloatArray:
    """Price and cost of carbon by path, USD per FEU `[2, paths]`."""
    return np.array([prices_of(model, p) for p in range(len(model.paths))]).T


def _took(model: Model, ledger: Ledger, rows: Numbers) -> Numbers:
    """Ticks on the way, to the end of the run for what is not delivered."""
    gone = np.where(ledger.delivered.known[rows], ledger.delivered.at[rows], model.end)
    return gone - ledger.release.at[rows]


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


def _weekly(
    tally: Tally, model: Model, ledger: Ledger, groups: Mapping[int, Sequence[Group]], side: int
) -> None:
    """Transit and unfinished cargo by week of release."""
    count = model.end // WEEK
    known = ledger.release.known & (ledger.release.at < count * WEEK)
    path, begun, done = ledger.path[known], ledger.release.at[known], ledger.delivered.known[known]
    days = (np.where(done, ledger.delivered.at[known], model.end) - begun) / DAY
    at = path * count + begun // WEEK
    shape = (len(model.paths), count)
    sums = [
        _by_path(at, given, shape[0] * count).reshape(shape) for given in (days, days**0, ~done)
    ]
    found: dict[Group, FloatArray] = defaultdict(lambda: np.zeros((3, count)))
    for p, own in groups.items():
        size = model.flows[model.paths[p].flow].size
        for group in own:
            found[group] += size * np.array([each[p] for each in sums])
    for group, table in found.items():
        for week, (total, teu, left) in enumerate(table.T.tolist()):
            at_week = in_week(group, week)
            tally.ratios[Key(at_week, TRANSITS[side], "d")] = total, teu
            if left:
                tally.ratios[Key(at_week, LEFT[side], "TEU")] = left, 1.0


def _waiting_weekly(tally: Tally, stocks: Waiting, name: str) -> None:
    whole: dict[Group, FloatArray] = {}
    for (group, _), stock in stocks.items():
        whole[group] = whole[group] + stock if group in whole else stock
    for group, stock in whole.items():
        weeks = stock[: len(stock) // 7 * 7].reshape(-1, 7).mean(axis=1)
        for week, teu in enumerate(weeks.tolist()):
            tally.ratios[Key(in_week(group, week), name, "TEU")] = teu, 1.0


def _backlogs(tally: Tally, own: Waiting, twin: Waiting) -> None:
    for (group, element), stock in own.items():
        other = twin.get((group, element))
        more = stock if other is None else stock - other
        day = int(np.argmax(more))
        if more[day] > 0:
            at = group._replace(segment=element)
            for name, unit, value in zip(BACKLOG, ("TEU", "d"), (more[day], day), strict=True):
                tally.ratios[Key(at, name, unit)] = float(value), 1.0
