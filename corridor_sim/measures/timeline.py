"""The way of cargo through a ledger, piece by piece: what it does, where, and where in the ledger
stands when.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from corridor_sim.model import Kind, Model, Path, Step
from corridor_sim.result import Calls, Departures, Ledger, Mask, Numbers, Times

Rows = npt.NDArray[np.intp]


class Of(IntEnum):
    """What a time in a ledger is of."""

    VISIT = 0
    """The consignment, at a step of its path."""
    RIDE = 1
    """The vehicle that took it at that step, at a step of its chain."""
    PORT = 2
    """The vessel that took it, at its next call: arrived, berthed, unloaded."""


class Mark(NamedTuple):
    """Where a time stands in a ledger: `time` is 0 for arrive, 1 start, 2 finish."""

    step: int
    of: Of
    time: int
    column: int = 0


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of the way: `kind` is `wait`, `work`, `dwell` or `haul`.

    `place` is where it is spent (for a haul the place of departure, `to` the place reached);
    `name` the element that is waited for, worked at or passed.
    """

    kind: str
    name: str
    place: int
    to: int
    start: Mark
    end: Mark
    km: float = 0.0


def pieces(model: Model, path: Path) -> Iterator[Piece]:
    """All pieces of a path, in order from release to delivery."""
    for k, step in enumerate(path.steps):
        arrive, start, finish = (Mark(k, Of.VISIT, time) for time in range(3))
        here = step.place
        if step.kind == Kind.HAUL:
            yield Piece("dwell", step.name, here, here, arrive, finish)
            continue
        yield Piece("wait", step.name, here, here, arrive, start)
        if step.kind in (Kind.STATION, Kind.SAIL):
            yield Piece("work", step.name, here, here, start, finish)
        if step.kind == Kind.BOARD:
            yield from _ride(k, model.services[step.target].chain)
        elif step.kind == Kind.SAIL:
            yield from _voyage(model, k, step)


def _voyage(model: Model, k: int, step: Step) -> Iterator[Piece]:
    fleet = model.fleets[step.target]
    yield from _ride(k, fleet.calls[step.call].chain)
    berth = fleet.calls[(step.call + 1) % len(fleet.calls)]
    name = model.stations[berth.station].name
    reached, berthed, unloaded = (Mark(k, Of.PORT, time) for time in range(3))
    yield Piece("wait", name, step.to, step.to, reached, berthed)
    yield Piece("work", name, step.to, step.to, berthed, unloaded)


def _ride(k: int, chain: tuple[Step, ...]) -> Iterator[Piece]:
    for c, step in enumerate(chain):
        arrive, start, finish = (Mark(k, Of.RIDE, time, c) for time in range(3))
        if step.kind == Kind.STATION:
            yield Piece("wait", step.name, step.place, step.place, arrive, start)
            yield Piece("work", step.name, step.place, step.place, start, finish)
        else:
            kind = "haul" if step.to != step.place else "dwell"
            yield Piece(kind, step.name, step.place, step.to, start, finish, step.km)


@dataclass(frozen=True, slots=True)
class Stay:
    """When cargo reaches a place and when it leaves it."""

    place: int
    reached: Mark
    left: Mark


def stays(way: list[Piece]) -> list[Stay]:
    """The places on the way, in order: from the first piece there to the haul away."""
    found: list[Stay] = []
    for piece in way:
        if not found or found[-1].place != piece.place:
            found.append(Stay(piece.place, piece.start, piece.start))
        if piece.kind == "haul":
            found[-1] = Stay(piece.place, found[-1].reached, piece.start)
            found.append(Stay(piece.to, piece.end, piece.end))
        else:
            found[-1] = Stay(piece.place, found[-1].reached, piece.end)
    return found


def times(model: Model, ledger: Ledger, path: Path, mark: Mark, rows: Rows) -> Times:
    """The times of consignments `rows` `[n]`, all of one path, at a mark."""
    visits, step = ledger.visits, path.steps[mark.step]
    table = (visits.arrive, visits.start, visits.finish)[mark.time]
    if mark.of == Of.VISIT:
        return _some(table, (rows, mark.step))
    aboard = visits.start.known[rows, mark.step]
    vehicle = visits.vehicle[rows, mark.step]
    if step.kind == Kind.BOARD:
        trains = ledger.departures[step.target]
        return _passed(trains, mark, vehicle_rows(trains, vehicle), aboard)
    calls = ledger.calls[step.target]
    here = sailing_rows(calls, vehicle, vessels=len(model.fleets[step.target].vessels))
    if mark.of == Of.RIDE:
        return _passed(calls, mark, here, aboard)
    then = next_rows(calls, here)
    aboard = aboard & (then > here)
    return _some((calls.arrive, calls.berthed, calls.unloaded)[mark.time], then, aboard)


def _passed(vehicles: Departures | Calls, mark: Mark, rows: Numbers, aboard: Mask) -> Times:
    passage = vehicles.passage
    table = (passage.arrive, passage.start, passage.finish)[mark.time]
    return _some(table, (rows, mark.column), aboard)


def _some(table: Times, at: Numbers | tuple[Numbers, int], aboard: Mask | bool = True) -> Times:
    if not table.at.size:
        nothing = np.zeros(len(at[0] if isinstance(at, tuple) else at), np.int64)
        return Times(nothing, nothing > 0)
    return Times(table.at[at], table.known[at] & aboard)


def vehicle_rows(trains: Departures, vehicle: Numbers) -> Numbers:
    """Rows of departures, by number of the vehicle."""
    return np.searchsorted(trains.number, vehicle) if len(trains.number) else vehicle * 0


def sailing_rows(calls: Calls, vehicle: Numbers, *, vessels: int) -> Numbers:
    """Rows of the calls at which sailings began, by sailing x vessels + vessel."""
    sails = np.flatnonzero(calls.sailing >= 0)
    keys = calls.sailing[sails] * vessels + calls.vessel[sails]
    rows = np.zeros(int(keys.max(initial=0)) + 1, np.int64)
    rows[keys] = sails
    found: Numbers = rows[np.minimum(vehicle, len(rows) - 1)]
    return found


def next_rows(calls: Calls, rows: Numbers) -> Numbers:
    """Rows of the next calls of the same vessels; the same rows where there are none."""
    then = np.minimum(rows + 1, len(calls.vessel) - 1)
    same = calls.vessel[then] == calls.vessel[rows] if len(calls.vessel) else then < 0
    return np.where(same, then, rows)
