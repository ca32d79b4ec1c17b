"""One replication as tables: rides of vehicles, cargo on links, and who was where when.

Times are ticks from the start of the run; one that did not come within the run is its end.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from corridor_sim.model import DAY, NONE, TICK_H, YEAR_D, Fleet, Kind, Model, Path, Step, Ticks
from corridor_sim.result import Calls, Ledger, Numbers, Passage, Times, Visits

RIDES = (
    "element", "vehicle", "link", "origin", "destination", "left", "reached", "arrived", "teu",
    "places", "delay",
)  # fmt: skip
CARRIED = ("link", "route", "teu_per_yr")
Rows = npt.NDArray[np.bool_]


def rides(model: Model, ledger: Ledger) -> pd.DataFrame:
    """Vehicles on links, one row a haul that began.

    `element` is the service or fleet, `vehicle` its train (by number of departure) or vessel (by
    name), `origin` and `destination` are places, `left` and `reached` ticks, `arrived` whether it
    got there within the run, `teu` the cargo aboard of its `places`, `delay` the ticks beyond the
    guaranteed minimum (0 where it did not get there).
    """
    found: list[pd.DataFrame] = []
    for service, trains in zip(model.services, ledger.departures, strict=True):
        aboard = (trains.teu, np.full(len(trains.teu), service.places))
        every = np.ones(len(trains.number), bool)
        names = [str(number) for number in trains.number]
        found += _hauls(model, service.chain, trains.passage, service.name, names, aboard, every)
    for fleet, calls in zip(model.fleets, ledger.calls, strict=True):
        aboard = (calls.teu_on, places_of(fleet, calls))
        names = [fleet.vessels[vessel] for vessel in calls.vessel]
        for c, call in enumerate(fleet.calls):
            rows = calls.call == c
            found += _hauls(model, call.chain, calls.passage, fleet.name, names, aboard, rows)
    table = pd.concat(found, ignore_index=True) if found else pd.DataFrame(columns=list(RIDES))
    return table.sort_values("left", kind="stable", ignore_index=True)


def places_of(fleet: Fleet, calls: Calls) -> Numbers:
    """Places of the vessel at each call `[n]`, on the day its list closed, TEU."""
    period = np.searchsorted(fleet.starts, calls.listed.at, side="right") - 1
    return fleet.places[calls.vessel, period]


def _hauls(
    model: Model, chain: tuple[Step, ...], passage: Passage, element: str, names: list[str],
    aboard: tuple[Numbers, Numbers], rows: Rows,
) -> Iterator[pd.DataFrame]:  # fmt: skip
    for c, step in enumerate(chain):
        if step.kind != Kind.HAUL or step.to == step.place:
            continue
        began = rows & passage.start.known[:, c] if len(rows) else rows
        if not began.any():
            continue
        left, arrived = passage.start.at[began, c], passage.finish.known[began, c]
        reached = np.where(arrived, passage.finish.at[began, c], model.end)
        yield pd.DataFrame({
            "element": element, "vehicle": np.array(names)[began], "link": step.name,
            "origin": model.places[step.place], "destination": model.places[step.to],
            "left": left, "reached": reached, "arrived": arrived,
            "teu": aboard[0][began], "places": aboard[1][began],
            "delay": np.where(arrived, reached - left - _least(model, step, left), 0),
        })  # fmt: skip


def _least(model: Model, step: Step, at: Ticks) -> Ticks:
    """The guaranteed minimum of hauls that begin at some ticks `[n]`."""
    law = model.durations[step.duration]
    period = np.searchsorted(law.starts, at, side="right") - 1
    return np.rint(law.fixed[period]).astype(np.int64)


def carried(model: Model, ledger: Ledger) -> pd.DataFrame:
    """Cargo on each link by route, TEU a year of what departed for it in the measuring part.

    Captive traffic, which has no route, has an empty one.
    """
    first, last = model.cohort
    found: dict[tuple[str, str], float] = {}
    for p, path in enumerate(model.paths):
        size, rows = model.flows[path.flow].size, (ledger.path == p) & ledger.release.known
        route = "" if path.route == NONE else model.routes[path.route]
        for k, step in enumerate(path.steps):
            left = _column(ledger.visits.finish, k, rows)
            teu = size * int((left.known & (left.at >= first) & (left.at < last)).sum())
            for haul in chain_of(model, step):
                if teu and haul.kind == Kind.HAUL and haul.to != haul.place:
                    found[haul.name, route] = found.get((haul.name, route), 0) + teu
    years = (last - first) / (YEAR_D * DAY)
    table = [(*key, teu / years) for key, teu in found.items()]
    return pd.DataFrame(table, columns=list(CARRIED))


def chain_of(model: Model, step: Step) -> tuple[Step, ...]:
    """What a vehicle does on a ride of cargo; empty where the step is no ride."""
    if step.kind == Kind.BOARD:
        return model.services[step.target].chain
    if step.kind == Kind.SAIL:
        return model.fleets[step.target].calls[step.call].chain
    return ()


@dataclass(frozen=True, slots=True)
class Stays:
    """Intervals `[n]` of customers at an element: came, began to be served, were done; and how
    much each counts for (customers: 1, cargo: TEU).
    """

    arrive: Ticks
    start: Ticks
    finish: Ticks
    amount: Numbers

    def waiting(self, at: Ticks) -> Numbers:
        """Amount that waits at some ticks, after all of that instant: `arrive <= at < start`."""
        return _until(self.arrive, self.amount, at) - _until(self.start, self.amount, at)


def _until(times: Ticks, amount: Numbers, at: Ticks) -> Numbers:
    order = np.argsort(times, kind="stable")
    total = np.concatenate([[0], np.cumsum(amount[order])])
    return total[np.searchsorted(times[order], at, side="right")]


def at_station(model: Model, ledger: Ledger, station: int) -> Stays:
    """Customers of a station: consignments, trains and vessels, each one."""
    found = [np.empty((0, 4), np.int64)]
    for p, k, step in _steps(model, Kind.STATION):
        if step.target == station:
            rows = (ledger.path == p) & ledger.release.known
            found.append(_stays(model, ledger.visits, k, rows))
    for service, trains in zip(model.services, ledger.departures, strict=True):
        rows = np.ones(len(trains.number), bool)
        found += _passing(model, service.chain, trains.passage, rows, station)
    for fleet, calls in zip(model.fleets, ledger.calls, strict=True):
        for c, call in enumerate(fleet.calls):
            rows = calls.call == c
            found += _passing(model, call.chain, calls.passage, rows, station)
            if call.station == station:
                found.append(_table(model, (calls.arrive, calls.berthed, calls.cast_off), rows, 1))
    return Stays(*np.concatenate(found).T)


def for_ride(model: Model, ledger: Ledger, kind: Kind, target: int, call: int = NONE) -> Stays:
    """Cargo that waits for a service (`BOARD`) or a call of a fleet (`SAIL`), TEU.

    `start` is when it was taken (the list closed, the train left), `finish` when it departed.
    """
    found = [np.empty((0, 4), np.int64)]
    for p, k, step in _steps(model, kind):
        if (step.target, step.call) == (target, call):
            rows = (ledger.path == p) & ledger.release.known
            found.append(
                _stays(model, ledger.visits, k, rows, model.flows[model.paths[p].flow].size)
            )
    return Stays(*np.concatenate(found).T)


def waits(model: Model, ledger: Ledger) -> pd.DataFrame:
    """Waiting of cargo with a route by place: TEU a year that came, and mean hours it waited there.

    For stations and for departures, of what came in the measuring part; a wait that outlasts the
    run counts to its end.
    """
    first, last = model.cohort
    hours = np.zeros(len(model.places))
    came = np.zeros(len(model.places))
    for p, path in enumerate(model.paths):
        if path.route == NONE:
            continue
        rows = (ledger.path == p) & ledger.release.known
        size = model.flows[path.flow].size
        for place, found in _by_place(model, ledger, path, rows).items():
            inside = (found.arrive >= first) & (found.arrive < last)
            came[place] += size * inside.sum()
            hours[place] += size * float((found.start - found.arrive)[inside].sum()) / TICK_H
    years = (last - first) / (YEAR_D * DAY)
    seen = came > 0
    return pd.DataFrame({
        "place": np.array(model.places)[seen], "teu_per_yr": came[seen] / years,
        "wait_h": hours[seen] / came[seen],
    })  # fmt: skip


def _by_place(model: Model, ledger: Ledger, path: Path, rows: Rows) -> dict[int, Stays]:
    """By place, when each consignment first came and, that much later, all it waited there."""
    first: dict[int, Ticks] = {}
    total: dict[int, Ticks] = {}
    visits, end = ledger.visits, model.end
    for k, step in enumerate(path.steps):
        if step.kind == Kind.HAUL:
            continue
        arrive, start = (_column(t, k, rows) for t in (visits.arrive, visits.start))
        came = np.where(arrive.known, arrive.at, end)
        first.setdefault(step.place, came)
        wait = np.where(start.known, start.at, end) - came
        total[step.place] = total.get(step.place, np.zeros(len(came), np.int64)) + wait
    one = np.ones(int(rows.sum()), np.int64)
    return {
        place: Stays(came, came + total[place], came + total[place], one)
        for place, came in first.items()
    }


def utilisation(model: Model, ledger: Ledger, station: int) -> float:
    """Share of the servers of a station that is busy, over the measuring part."""
    first, last = model.cohort
    stays = at_station(model, ledger, station)
    busy = np.clip(np.minimum(stays.finish, last) - np.maximum(stays.start, first), 0, None)
    return float(busy.sum()) / ((last - first) * model.stations[station].servers)


def _steps(model: Model, kind: Kind) -> Iterator[tuple[int, int, Step]]:
    """Path, number and step of all steps of a kind."""
    for p, path in enumerate(model.paths):
        yield from ((p, k, step) for k, step in enumerate(path.steps) if step.kind == kind)


def _passing(
    model: Model, chain: tuple[Step, ...], passage: Passage, rows: Rows, station: int
) -> Iterator[Ticks]:
    for c, step in enumerate(chain):
        if step.kind == Kind.STATION and step.target == station and len(rows):
            yield _stays(model, passage, c, rows)


def _stays(model: Model, of: Visits | Passage, k: int, rows: Rows, amount: int = 1) -> Ticks:
    times = (of.arrive, of.start, of.finish)
    every = np.ones(int(rows.sum()), bool)
    return _table(model, [_column(t, k, rows) for t in times], every, amount)


def _column(times: Times, k: int, rows: Rows) -> Times:
    return Times(times.at[rows, k], times.known[rows, k])


def _table(model: Model, times: Sequence[Times], rows: Rows, amount: int) -> Ticks:
    """Arrival, start, finish and amount `[n, 4]` of those that came."""
    arrive, start, finish = times
    came = rows & arrive.known
    columns = [np.where(t.known, t.at, model.end)[came] for t in (arrive, start, finish)]
    return np.stack([*columns, np.full(int(came.sum()), amount)], axis=1)
