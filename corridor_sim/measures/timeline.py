"""The way of cargo through a ledger, piece by piece: what it did, where, from when to when."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from corridor_sim.model import Kind, Model, Path, Step
from corridor_sim.result import Calls, Departures, Ledger, Numbers, Passage, Times

Rows = npt.NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of time of some consignments `[n]`: `kind` is `wait`, `work`, `dwell` or `haul`.

    `place` is where it was spent (for a haul the place of departure, `to` the place reached);
    `name` the element that was waited for, worked at or passed.
    """

    kind: str
    name: str
    place: int
    to: int
    start: Times
    end: Times
    km: float = 0.0


def pieces(model: Model, ledger: Ledger, path: Path, rows: Rows) -> Iterator[Piece]:
    """All pieces of the consignments `rows` `[n]`, all of one path, in order from release to
    delivery.
    """
    for k, step in enumerate(path.steps):
        arrive, start, finish = (
            at(times, rows, k)
            for times in (ledger.visits.arrive, ledger.visits.start, ledger.visits.finish)
        )
        if step.kind == Kind.HAUL:
            yield Piece("dwell", step.name, step.place, step.place, arrive, finish)
            continue
        here = step.place
        yield Piece("wait", step.name, here, here, arrive, start)
        if step.kind == Kind.STATION:
            yield Piece("work", step.name, here, here, start, finish)
            continue
        vehicle = ledger.visits.vehicle[rows, k]
        if step.kind == Kind.BOARD:
            yield from _train(model, ledger.departures[step.target], step, vehicle, start)
        else:
            yield Piece("work", step.name, here, here, start, finish)
            yield from _vessel(model, ledger.calls[step.target], step, vehicle, start)


def at(times: Times, rows: Rows, column: int) -> Times:
    """Some rows of one column of a table of times."""
    return Times(times.at[rows, column], times.known[rows, column])


def _train(
    model: Model, trains: Departures, step: Step, vehicle: Numbers, aboard: Times
) -> Iterator[Piece]:
    rows = np.searchsorted(trains.number, vehicle) if len(trains.number) else vehicle * 0
    yield from _ride(model.services[step.target].chain, trains.passage, rows, aboard.known)


def _vessel(
    model: Model, calls: Calls, step: Step, sailing: Numbers, listed: Times
) -> Iterator[Piece]:
    fleet = model.fleets[step.target]
    row_of = sailing_rows(calls, len(fleet.vessels))
    rows = np.where(listed.known, row_of[np.minimum(sailing, len(row_of) - 1)], 0)
    yield from _ride(fleet.calls[step.call].chain, calls.passage, rows, listed.known)
    arrived = np.minimum(rows + 1, len(calls.vessel) - 1)
    same = listed.known & (arrived > rows) & (calls.vessel[arrived] == calls.vessel[rows])
    reached, berthed, unloaded = (
        Times(times.at[arrived], times.known[arrived] & same)
        for times in (calls.arrive, calls.berthed, calls.unloaded)
    )
    berth = fleet.calls[(step.call + 1) % len(fleet.calls)]
    name = model.stations[berth.station].name
    yield Piece("wait", name, step.to, step.to, reached, berthed)
    yield Piece("work", name, step.to, step.to, berthed, unloaded)


def _ride(
    chain: tuple[Step, ...], passage: Passage, rows: Numbers, aboard: npt.NDArray[np.bool_]
) -> Iterator[Piece]:
    for c, step in enumerate(chain):
        arrive, start, finish = (
            Times(times.at[rows, c], times.known[rows, c] & aboard)
            if len(times.at)
            else Times(rows * 0, aboard & False)
            for times in (passage.arrive, passage.start, passage.finish)
        )
        if step.kind == Kind.STATION:
            yield Piece("wait", step.name, step.place, step.place, arrive, start)
            yield Piece("work", step.name, step.place, step.place, start, finish)
        else:
            kind = "haul" if step.to != step.place else "dwell"
            yield Piece(kind, step.name, step.place, step.to, start, finish, step.km)


def sailing_rows(calls: Calls, vessels: int) -> Numbers:
    """Row of each sailing, by sailing x vessels + vessel."""
    sails = np.flatnonzero(calls.sailing >= 0)
    keys = calls.sailing[sails] * vessels + calls.vessel[sails]
    rows = np.zeros(int(keys.max(initial=0)) + 1, np.int64)
    rows[keys] = sails
    return rows


@dataclass(frozen=True, slots=True)
class Stay:
    """When consignments `[n]` reached a place and when they left it."""

    place: int
    reached: Times
    left: Times


def stays(steps: list[Piece]) -> list[Stay]:
    """The places on the way, in order: from the first piece there to the haul away."""
    found: list[Stay] = []
    for piece in steps:
        if not found or found[-1].place != piece.place:
            found.append(Stay(piece.place, piece.start, piece.start))
        if piece.kind == "haul":
            found[-1] = Stay(piece.place, found[-1].reached, piece.start)
            found.append(Stay(piece.to, piece.end, piece.end))
        else:
            found[-1] = Stay(piece.place, found[-1].reached, piece.end)
    return found
