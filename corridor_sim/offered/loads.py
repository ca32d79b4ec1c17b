"""Offered load: what demand asks of every element per unit of time, with everyone served.

Cargo is counted at every element in the month of its release. Trains that leave when full are as
few as can be, fleets make as few rounds as carry the demand, full on the leg that asks most, and
nobody waits: a best case, so that a share above one is certainly overloaded.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from math import gcd
from typing import Final, Literal

import numpy as np

from corridor_sim.model import DAY, DIRECTIONS, Floats, Kind, Model, Step
from corridor_sim.offered.pieces import (
    Pieces,
    mean_work,
    open_servers,
    released,
    running_share,
)
from corridor_sim.offered.rounds import Rounds

OVERLOADED: Final = 0.98
WHOLE: Final = "year"

OfferKind = Literal["station", "line", "berth", "service", "fleet"]


@dataclass(frozen=True, slots=True)
class Offer:
    """What is asked of an element in a month, or in the measuring part as a whole (`year`)."""

    element: str
    kind: OfferKind
    direction: str
    """`westbound`, `eastbound` or `both`."""
    month: str
    """`2024-03` (the part of it that is measured), or `year`."""
    load: float
    capacity: float
    share: float
    """Load over capacity; infinite where there is load and no capacity."""
    unit: str
    """`servers` (busy, against open) or `TEU a day`."""


@dataclass(slots=True)
class _Ride:
    """Cargo that boards a service or a call, per tick."""

    lots: Floats
    teu: Floats
    directions: set[int] = field(default_factory=set)
    sizes: int = 0
    """Greatest common divisor of the lots: what is aboard is a multiple of it."""


def offered(model: Model) -> list[Offer]:
    """Loads and capacities of all stations, lines, berths, timetables and fleets, highest share
    first.

    Rows of each month that the measuring part touches, and of the measuring part as a whole
    (`year`).
    """
    look = _Look(model, Pieces.of(model, *model.cohort))
    offers = [*look.stations(), *look.timetables(), *look.fleets()]
    return sorted(offers, key=lambda offer: -offer.share)


def overloaded(model: Model) -> set[str]:
    """Names of the elements that are offered more than 98 % of their capacity in the measuring
    part.
    """
    return {o.element for o in offered(model) if o.month == WHOLE and o.share > OVERLOADED}


class _Look:
    """Demand on a model in the pieces of its measuring part."""

    def __init__(self, model: Model, pieces: Pieces) -> None:
        self._model = model
        self._pieces = pieces
        self._lots = released(model, pieces) / pieces.length
        self._none = np.zeros(len(pieces.start))
        self._rides = self._board()
        self._rounds = [Rounds(model, f, pieces) for f in range(len(model.fleets))]

    def _board(self) -> dict[tuple[Kind, int, int], _Ride]:
        rides: dict[tuple[Kind, int, int], _Ride] = {}
        for path, lots in zip(self._model.paths, self._lots, strict=True):
            flow = self._model.flows[path.flow]
            for step in path.steps:
                if step.kind in (Kind.BOARD, Kind.SAIL):
                    key = (step.kind, step.target, step.call)
                    ride = rides.setdefault(key, _Ride(self._none.copy(), self._none.copy()))
                    ride.lots += lots
                    ride.teu += lots * flow.size
                    ride.directions.add(flow.direction)
                    ride.sizes = gcd(ride.sizes, flow.size)
        return rides

    def stations(self) -> Iterator[Offer]:
        """Rows of stations, lines and berths: busy servers against open ones."""
        loads = [self._none.copy() for _ in self._model.stations]
        directions: list[set[int]] = [set() for _ in self._model.stations]
        for step, rate, size, ways in self._customers():
            if step.kind == Kind.STATION:
                law = self._model.durations[step.duration]
                work = mean_work(law, size)[self._pieces.period(law.starts)]
                loads[step.target] += rate * work
                directions[step.target] |= ways
        for rounds, calls, teu in self._sailings():
            for p, call in enumerate(rounds.fleet.calls):
                before = teu[(p - 1) % len(rounds.fleet.calls)]
                loads[call.station] += rounds.berth_time(p, calls, unloaded=before, loaded=teu[p])
                directions[call.station] |= {0, 1}
        for s, station in enumerate(self._model.stations):
            kind: OfferKind = "berth" if station.berth else "line" if station.line else "station"
            capacity = open_servers(self._model, s, self._pieces)
            yield from self._rows(station.name, kind, directions[s], loads[s], capacity, "servers")

    def _customers(self) -> Iterator[tuple[Step, Floats, int, set[int]]]:
        """Steps of consignments, trains and vessels: customers per tick, TEU of a lot,
        directions.
        """
        model = self._model
        for path, lots in zip(model.paths, self._lots, strict=True):
            flow = model.flows[path.flow]
            for step in path.steps:
                yield step, lots, flow.size, {flow.direction}
        for s, service in enumerate(model.services):
            ride = self._rides.get((Kind.BOARD, s, -1))
            for step in service.chain:
                yield step, self._trains(s, ride), 1, ride.directions if ride else set()
        for rounds, calls, _ in self._sailings():
            for call in rounds.fleet.calls:
                for step in call.chain:
                    yield step, calls, 1, {0, 1}

    def _trains(self, number: int, ride: _Ride | None) -> Floats:
        """Departures per tick: slots that run; or full ones, at least one per longest wait."""
        service = self._model.services[number]
        if service.headway:
            return running_share(self._model, number, self._pieces) / service.headway
        if ride is None:
            return self._none
        full = ride.teu / usable(service.places, ride.sizes)
        with np.errstate(divide="ignore"):
            seldom = 1.0 / (service.max_wait + 1.0 / ride.lots)
        return np.maximum(full, seldom)

    def _sailings(self) -> Iterator[tuple[Rounds, Floats, list[Floats]]]:
        """Each fleet with the rounds that it makes per tick and the TEU per tick on each leg."""
        for f, rounds in enumerate(self._rounds):
            legs = [self._rides.get((Kind.SAIL, f, p)) for p in range(len(rounds.fleet.calls))]
            teu = [leg.teu if leg else self._none for leg in legs]
            yield rounds, rounds.needed(teu), teu

    def timetables(self) -> Iterator[Offer]:
        """Rows of services with a timetable: TEU a day against places of the slots that run."""
        for s, service in enumerate(self._model.services):
            if service.headway:
                ride = self._rides.get((Kind.BOARD, s, -1))
                places = usable(service.places, ride.sizes if ride else 0)
                capacity = DAY * places * self._trains(s, ride)
                load = DAY * ride.teu if ride else self._none
                ways = ride.directions if ride else set()
                yield from self._rows(service.name, "service", ways, load, capacity, "TEU a day")

    def fleets(self) -> Iterator[Offer]:
        """Rows of fleets by direction: the most loaded leg against the rounds that are possible."""
        weight = self._pieces.length
        for f, (rounds, _, teu) in enumerate(self._sailings()):
            seen: dict[frozenset[int], int] = {}
            for p in sorted(range(len(teu)), key=lambda p: -float((teu[p] * weight).sum())):
                ride = self._rides.get((Kind.SAIL, f, p))
                if ride or (not seen and p == len(teu) - 1):
                    seen.setdefault(frozenset(ride.directions if ride else ()), p)
            for ways, p in seen.items():
                capacity = DAY * rounds.capacity(p, teu)
                yield from self._rows(
                    rounds.fleet.name, "fleet", set(ways), DAY * teu[p], capacity, "TEU a day"
                )

    def _rows(
        self,
        element: str,
        kind: OfferKind,
        ways: set[int],
        load: Floats,
        capacity: Floats,
        unit: str,
    ) -> Iterator[Offer]:
        direction = DIRECTIONS[next(iter(ways))] if len(ways) == 1 else "both"
        for label, weight in self._spans():
            asked, offers = float(weight @ load), float(weight @ capacity)
            share = asked / offers if offers > 0 else (np.inf if asked > 0 else 0.0)
            yield Offer(element, kind, direction, label, asked, offers, share, unit)

    def _spans(self) -> Iterator[tuple[str, Floats]]:
        """Labels and the weights `[N]` of the pieces in their mean."""
        length = self._pieces.length.astype(np.float64)
        yield WHOLE, length / length.sum()
        for month in np.unique(self._pieces.month):
            part = np.where(self._pieces.month == month, length, 0.0)
            yield self._model.month_labels[month], part / part.sum()


def usable(places: int, sizes: int) -> int:
    """Places that lots can fill, when all are multiples of `sizes` (0: no lots)."""
    return places - places % sizes if 0 < sizes <= places else places
