"""Why a consignment waited, read from the ledger and the luck of a replication."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from corridor_sim.draws import Luck
from corridor_sim.measures.elements import customers
from corridor_sim.measures.timeline import Piece
from corridor_sim.model import DAY, NONE, TICK_H, Kind, Model, Path, Step, Ticks
from corridor_sim.output import number
from corridor_sim.result import Calls, Departures, Ledger

CLOSED_BY = ("minimum load", "a full vehicle", "the longest wait")
"""What closed a load list, by its code in the ledger."""


class Reasons:
    """Reasons along one path of a replication."""

    def __init__(self, model: Model, luck: Luck, ledger: Ledger, path: Path) -> None:
        self._model, self._luck, self._ledger = model, luck, ledger
        self._stations = {station.name: s for s, station in enumerate(model.stations)}
        self._rides = {
            (step.name, step.place): (k, step)
            for k, step in enumerate(path.steps)
            if step.kind in (Kind.BOARD, Kind.SAIL)
        }

    def of(self, piece: Piece, row: int, begin: int, end: int) -> str:
        """Why `piece` of consignment `row` lasted from tick `begin` to tick `end`."""
        ride = self._rides.get((piece.name, piece.place))
        if ride is not None and piece.kind == "wait":
            return "; ".join(self._for_ride(*ride, row, begin, end))
        if ride is not None and piece.kind == "work" and ride[1].kind == Kind.SAIL:
            return "; ".join(self._loading(ride[1], begin, end))
        if piece.kind in ("wait", "work") and piece.name in self._stations:
            station = self._stations[piece.name]
            return "; ".join(self._at_station(station, begin, end, waits=piece.kind == "wait"))
        return ""

    def _at_station(self, station: int, begin: int, end: int, *, waits: bool) -> Iterator[str]:
        shut = list(self._closed(station, begin, end, starts=waits))
        if waits:
            came = customers(self._model, self._ledger).at(station)
            # What arrived with it and started earlier had the lower number.
            before = (came.arrive <= begin) & (came.start >= begin) & (came.start < end)
            servers = self._model.stations[station].servers
            if before.any():
                yield f"{int(before.sum())} before it in the queue of {_count(servers, 'server')}"
            elif not shut:
                yield "the server was busy" if servers == 1 else f"all {servers} servers were busy"
        yield from shut

    def _closed(self, station: int, begin: int, end: int, *, starts: bool) -> Iterator[str]:
        """Hours in which every server was shut; servers that are shut alone are not told."""
        calendars = self._luck.calendars[station]
        windows = calendars[0].starts if starts else calendars[0].work
        for calendar in calendars[1:]:
            windows = _common(windows, calendar.starts if starts else calendar.work)
        shut = _overlap(windows, begin, end)
        if shut:
            yield f"{self._model.stations[station].name} was closed {_hours(shut)} of it"

    def _embargo(self, yard: int, begin: int, end: int) -> Iterator[str]:
        if yard == NONE:
            return
        announced = self._ledger.reviews.announced[yard]
        days = np.flatnonzero(announced).astype(np.int64)[:, None] + np.array([[1, 2]])
        barred = _overlap(days * DAY, begin, end)
        if barred:
            name = self._model.yards[yard].name
            yield f"an embargo for yard {name} was in force {_hours(barred)} of it"

    def _for_ride(self, k: int, step: Step, row: int, begin: int, end: int) -> Iterator[str]:
        visits = self._ledger.visits
        if not visits.start.known[row, k]:
            yield "nothing took it before the end of the run"
            vehicle = NONE
        else:
            vehicle = int(visits.vehicle[row, k])
        if step.kind == Kind.BOARD:
            yield from self._train(step, vehicle, begin, end)
        else:
            yield from self._ship(step, vehicle, begin, end)

    def _train(self, step: Step, train: int, begin: int, end: int) -> Iterator[str]:
        service, trains = self._model.services[step.target], self._ledger.departures[step.target]
        if train != NONE:
            yield from _left(trains, train, service.places, timetable=bool(service.headway))
        before = int(((trains.left >= begin) & (trains.left < end)).sum())
        if before:
            yield f"{_count(before, 'departure')} left without it"
        slots = self._luck.slots[step.target]
        if slots is not None:
            inside = (slots.times >= begin) & (slots.times < end) & slots.cancelled
            if inside.any():
                yield f"{_count(int(inside.sum()), 'departure')} cancelled"
        else:
            shut = _overlap(self._luck.shut[step.target], begin, end)
            if shut:
                yield f"{service.name} was closed {_hours(shut)} of it"
        yield from self._embargo(service.feeds, begin, end)

    def _ship(self, step: Step, sailing: int, begin: int, end: int) -> Iterator[str]:
        fleet, calls = self._model.fleets[step.target], self._ledger.calls[step.target]
        call = fleet.calls[step.call]
        if sailing != NONE:
            vessel, turn = sailing % len(fleet.vessels), sailing // len(fleet.vessels)
            own = int(np.flatnonzero((calls.vessel == vessel) & (calls.sailing == turn))[0])
            at_once = call.min_load == 0
            yield from _listed(calls, own, fleet.vessels[vessel], begin, at_once=at_once)
        gone = (calls.call == step.call) & (calls.sailing >= 0) & calls.listed.known
        missed = int((gone & (calls.listed.at >= begin) & (calls.listed.at < end)).sum())
        if missed:
            yield f"{_count(missed, 'list')} closed before without it"
        yield from self._closed(call.station, begin, end, starts=True)
        yield from self._embargo(call.feeds, begin, end)

    def _loading(self, step: Step, begin: int, end: int) -> Iterator[str]:
        yield "unloading and loading, until it cast off"
        station = self._model.fleets[step.target].calls[step.call].station
        yield from self._closed(station, begin, end, starts=True)


def _left(trains: Departures, train: int, places: int, *, timetable: bool) -> Iterator[str]:
    row = int(np.searchsorted(trains.number, train))
    load = f"with {int(trains.teu[row])} of {places} TEU"
    if timetable:
        yield f"departure {train} of the timetable left {load}"
    elif trains.timed_out[row]:
        yield f"departure {train} left after the longest wait of its first, {load}"
    else:
        yield f"departure {train} left when full, {load}"


def _listed(calls: Calls, row: int, vessel: str, begin: int, *, at_once: bool) -> Iterator[str]:
    why = "at once" if at_once else f"by {CLOSED_BY[int(calls.closed_by[row])]}"
    yield f"list of {vessel} closed {why} with {int(calls.teu_on[row])} TEU"
    berthed = int(calls.berthed.at[row])
    if berthed > begin:
        yield f"{vessel} berthed {_hours(berthed - begin)} into it"
        queued = _overlap(np.array([[calls.arrive.at[row], berthed]]), begin, berthed)
        if queued:
            yield f"{vessel} waited {_hours(queued)} of it for a berth"


def _common(left: Ticks, right: Ticks) -> Ticks:
    """The windows `[W, 2]` that two sets of disjoint, sorted windows share."""
    start = np.maximum(left[:, None, 0], right[None, :, 0]).ravel()
    end = np.minimum(left[:, None, 1], right[None, :, 1]).ravel()
    return np.stack([start, end], axis=1)[start < end]


def _overlap(windows: Ticks, begin: int, end: int) -> int:
    """Ticks of [begin, end) that lie in disjoint windows `[W, 2]`."""
    inside = np.minimum(windows[:, 1], end) - np.maximum(windows[:, 0], begin)
    return int(inside.clip(0).sum())


def _hours(ticks: int) -> str:
    return f"{number(ticks / TICK_H)} h"


def _count(amount: int, noun: str) -> str:
    return f"{amount} {noun}{'' if amount == 1 else 's'}"
