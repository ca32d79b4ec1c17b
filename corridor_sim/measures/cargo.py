"""Measures of cargo: throughput, transit times, costs and emissions by route, direction, pair of
places and month of release.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

import numpy as np

from corridor_sim.measures.cells import Cells, Ints
from corridor_sim.measures.rows import Group, Key, Spread, Tally, spreads, years_of
from corridor_sim.measures.sheet import Filled, Sheet
from corridor_sim.measures.way import RIDES, Segment, Ways
from corridor_sim.model import DIRECTIONS, NONE, Model, Path
from corridor_sim.result import Mask, Times

FLOWS = (("throughput_teu", "TEU/yr"), ("released_teu", "TEU/yr"))
SHARES = (("unfinished", "share"), ("on_time", "share"))
COSTS = (("cost_usd_per_feu", "USD/FEU"), ("co2e_kg_per_teu", "kg/TEU"))


class Cargo:
    """Adds the measures of all routed cargo of a model to tallies.

    What counts together is a unit: a path, or a path and a month of release. Each counts in some
    groups.
    """

    def __init__(self, model: Model, segments: Sequence[Segment], *, by_month: bool) -> None:
        self._model = model
        self._months = model.month_labels if by_month else ()
        self._routed = [p for p, path in enumerate(model.paths) if path.route != NONE]
        paths = [model.paths[p] for p in self._routed]
        self._groups = [groups_of(model, path) for path in paths]
        self._monthly_groups = [
            [released(group, month) for group in groups]
            for groups in self._groups
            for month in self._months
        ]
        self._size = np.array([model.flows[path.flow].size for path in paths], np.int64)
        self._usd = np.array([sum(leg.usd_per_feu for leg in path.legs) for path in paths])
        self._kg = np.array([sum(leg.kg_per_teu for leg in path.legs) for path in paths])
        self._sheet = Sheet(totals=frozenset(name for name, _ in FLOWS), years=years_of(model))
        self._ways = Ways(model, segments)
        self._plan()

    def _plan(self) -> None:
        flows, shares, costs, monthly = [], [], [], []
        months = iter(self._monthly_groups)
        for p, groups in zip(self._routed, self._groups, strict=True):
            flows.append(self._slots(groups, FLOWS))
            shares.append(self._slots(groups, SHARES))
            costs.append(self._slots(groups, COSTS))
            monthly += [self._slots(next(months), SHARES) for _ in self._months]
            self._ways.plan(self._sheet, p, groups)
        self._flows, self._shares, self._costs, self._monthly = (
            np.array(slots, np.int64).reshape(-1, 4, 2) for slots in (flows, shares, costs, monthly)
        )

    def _slots(
        self, groups: Iterable[Group], measures: Sequence[tuple[str, str]]
    ) -> list[list[int]]:
        """Slots `[groups, measures]`."""
        return [self._sheet.slots(Key(g, *words) for words in measures) for g in groups]

    def add(self, cells: Cells, tally: Tally) -> None:
        """Add those of a replication."""
        sheet = self._sheet.filled()
        first, last = self._model.cohort
        number = np.full(len(self._model.paths), NONE)
        number[self._routed] = np.arange(len(self._routed))
        path = number[cells.path]
        cohort = (path != NONE) & (cells.release >= first) & (cells.release < last)
        self._amounts(cells, path, cohort, sheet)
        self._durations(cells, path, cohort, sheet, tally)
        hours = self._ways.add(cells, cohort, sheet)
        tally.ratios.update(sheet.sums() | hours)

    def _amounts(self, cells: Cells, path: Ints, cohort: Mask, sheet: Filled) -> None:
        """Flows in TEU; price and CO2e of the cohort, by TEU."""
        first, last = self._model.cohort
        delivered = cells.delivered
        arrived = (path != NONE) & delivered.known & (delivered.at >= first)
        done, released = (
            self._size * np.bincount(path[which], minlength=len(self._size))
            for which in (arrived & (delivered.at < last), cohort)
        )
        sheet.put(self._flows[..., 0].T, done, 0.0)
        sheet.put(self._flows[..., 1].T, released, 0.0)
        sheet.put(self._costs[..., 0].T, self._usd * released, released)
        weighed = ~np.isnan(self._kg)
        kg = (self._kg * released)[weighed]
        sheet.put(self._costs[weighed, :, 1].T, kg, released[weighed])

    def _durations(
        self, cells: Cells, path: Ints, cohort: Mask, sheet: Filled, tally: Tally
    ) -> None:
        """Transit times: of paths, of their months, of segments."""
        at = np.flatnonzero(cohort)
        trains = _Trains.of(cells, self._model, self._routed)
        every = _Units(at, path[at], np.ones(len(self._groups), np.bool_))
        month = np.searchsorted(self._model.month_starts, cells.release[at], side="right") - 1
        unit = path[at] * len(self._months) + month
        order = np.argsort(unit, kind="stable") if self._months else at[:0]
        count = np.bincount(unit[order], minlength=len(self._monthly_groups))
        monthly = _Units(at[order], unit[order], count > 0)
        self._shared(cells, every, self._shares, sheet)
        self._shared(cells, monthly, self._monthly, sheet)
        found = zip(self._groups, _transit(cells, every), trains.spreads(cells, every), strict=True)
        by_month = zip(
            self._monthly_groups, monthly.some, _transit(cells, monthly),
            trains.spreads(cells, monthly), strict=True,
        )  # fmt: skip
        segments = self._ways.segments(cells, cohort)
        for (groups, transit, train), parts in zip(found, segments, strict=True):
            _add(tally, groups, transit, train)
            for names, some, took, by_train in islice(by_month, len(self._months)):
                if some:
                    _add(tally, names, took, by_train)
            for group, spread in parts:
                tally.add_spread(group, "transit", spread)

    def _shared(self, cells: Cells, units: _Units, slots: Ints, sheet: Filled) -> None:
        """Shares of units that are unfinished, and that arrive within the promise."""
        known, delivered = cells.delivered.known[units.at], cells.delivered.at[units.at]
        on_time = known & (delivered - cells.release[units.at] <= self._model.promise)
        size, unfinished, in_time = (
            np.bincount(units.unit[which], minlength=len(units.some))[units.some]
            for which in (slice(None), ~known, on_time)
        )
        sheet.put(slots[units.some, :, 0].T, unfinished, size)
        sheet.put(slots[units.some, :, 1].T, in_time, size)


@dataclass(frozen=True, slots=True)
class _Units:
    """Consignments `[n]` by place among the cells, sorted by unit, and which units there are."""

    at: Ints
    unit: Ints
    some: Mask


@dataclass(frozen=True, slots=True)
class _Trains:
    """The first vehicle of each consignment `[N]`, and when it left."""

    rides: Mask
    """By routed path: whether it has any ride."""
    aboard: Mask
    vehicle: Ints
    left: Times

    @classmethod
    def of(cls, cells: Cells, model: Model, routed: Sequence[int]) -> _Trains:
        """Of the cargo of routed paths."""
        count = len(cells.rows)
        aboard, known = np.zeros((2, count), np.bool_)
        vehicle, left = np.zeros((2, count), np.int64)
        rides = [_first_ride(model.paths[p]) for p in routed]
        for p, k in zip(routed, rides, strict=True):
            if k == NONE:
                continue
            here = slice(cells.bounds[p], cells.bounds[p + 1])
            own = cells.stretch(cells.steps.first[p] + k)
            aboard[here], known[here] = cells.start.known[own], cells.finish.known[own]
            left[here] = cells.finish.at[own]
            vehicle[here] = cells.vehicle[own]
        return cls(np.array(rides) != NONE, aboard, vehicle, Times(left, known))

    def spreads(self, cells: Cells, units: _Units) -> Iterator[tuple[Spread, int] | None]:
        """From the departure of vehicles to the last delivery of their cargo, and how many there
        are, by unit; None where there are no rides.
        """
        own = self.aboard[units.at]
        at, unit = units.at[own], units.unit[own]
        order = np.lexsort((self.vehicle[at], unit))
        at, unit = at[order], unit[order]
        vehicle = self.vehicle[at]
        new = np.ones(len(at), np.bool_)
        new[1:] = (unit[1:] != unit[:-1]) | (vehicle[1:] != vehicle[:-1])
        first = np.flatnonzero(new)
        left, arrived = (_together(times, at, first) for times in (self.left, cells.delivered))
        count = np.bincount(unit[first], minlength=len(units.some)).tolist()
        rides = np.repeat(self.rides, len(units.some) // max(1, len(self.rides))).tolist()
        found = spreads(left, arrived, unit[first], units=len(units.some))
        for spread, trains, any_ in zip(found, count, rides, strict=True):
            yield (spread, trains) if any_ else None


def groups_of(model: Model, path: Path) -> list[Group]:
    """The groups that the cargo of a path counts in: its pair of places and all, on its route and
    all.
    """
    flow = model.flows[path.flow]
    direction = DIRECTIONS[flow.direction]
    pair = f"{model.places[flow.origin]} to {model.places[flow.destination]}"
    return [
        Group(route, direction, segment)
        for route in ("all", model.routes[path.route])
        for segment in ("all", pair)
    ]


def released(group: Group, month: str) -> Group:
    """The group of what was released in a month (`2025-12`) of another."""
    label = f"released {month}"
    both = label if group.segment == "all" else f"{group.segment}, {label}"
    return group._replace(segment=both)


def _first_ride(path: Path) -> int:
    return next((k for k, step in enumerate(path.steps) if step.kind in RIDES), NONE)


def _transit(cells: Cells, units: _Units) -> Iterator[Spread]:
    at = units.at
    begin = Times(cells.release[at], np.ones(len(at), np.bool_))
    end = Times(cells.delivered.at[at], cells.delivered.known[at])
    return spreads(begin, end, units.unit, units=len(units.some))


def _together(times: Times, at: Ints, first: Ints) -> Times:
    """The latest of those at places `at`, group by group, known where all of the group are."""
    if not len(first):
        return Times(at, at > 0)
    return Times(
        np.maximum.reduceat(times.at[at], first), np.logical_and.reduceat(times.known[at], first)
    )


def _add(
    tally: Tally, groups: Iterable[Group], transit: Spread, trains: tuple[Spread, int] | None
) -> None:
    for group in groups:
        tally.add_spread(group, "transit", transit)
        if trains is not None:
            tally.add_spread(group, "train_transit", trains[0])
            tally.vehicles[group] = tally.vehicles.get(group, 0) + trains[1]
