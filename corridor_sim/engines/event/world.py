"""One replication: everything wired together, and its ledger at the end."""

from __future__ import annotations

import numpy as np
import simpy

from corridor_sim.draws import Luck
from corridor_sim.engines.event.boarding import Leave, Loading, Timetable, WhenFull
from corridor_sim.engines.event.cargo import Cargo, Queue
from corridor_sim.engines.event.records import CallRecord, Passing, TrainRecord
from corridor_sim.engines.event.stations import Station
from corridor_sim.engines.event.vehicles import Roads, Vessel, train
from corridor_sim.engines.event.yards import Embargo
from corridor_sim.engines.order import Phase
from corridor_sim.model import DAY, NONE, Fleet, Kind, Model, Service, Step
from corridor_sim.result import Calls, Departures, Ledger, Passage, Reviews, Times, Visits

_PER_SOURCE = 2**32


class World:
    """A replication of a model."""

    def __init__(self, model: Model, luck: Luck) -> None:
        self.env = simpy.Environment()
        self.model = model
        self.luck = luck
        self.cargo = Cargo(self.env, model, luck)
        self.roads = Roads(self.env, model, luck, self.cargo.commitments)
        self.roads.stations = [
            Station(self.env, calendars, Phase.BERTH if s.berth else Phase.START, self._begin)
            for s, calendars in zip(model.stations, luck.calendars, strict=True)
        ]
        self.embargoes = [
            Embargo(self.env, yard, self.cargo.stock, i) for i, yard in enumerate(model.yards)
        ]
        self.trains: list[list[TrainRecord]] = [[] for _ in model.services]
        rides: dict[tuple[Kind, int, int], Queue] = {}
        for s in range(len(model.services)):
            rides[Kind.BOARD, s, NONE] = self._service(s)
        self.vessels = [self._fleet(f, fleet, rides) for f, fleet in enumerate(model.fleets)]
        self.cargo.lay(model, luck, self.roads.stations, rides)
        self._release()

    def _begin(self, key: int, server: int, station: Station) -> None:
        if key < self.cargo.count:
            self.cargo.begin(key, server, station)
        else:
            self.roads.begin(key, server)

    def _embargo(self, yard: int) -> Embargo | None:
        return self.embargoes[yard] if yard != NONE else None

    def _service(self, number: int) -> Queue:
        service: Service = self.model.services[number]
        slots, embargo = self.luck.slots[number], self._embargo(service.feeds)
        leave = self._leaving(service, number)
        if slots is None:
            return WhenFull(self.cargo, service, self.luck.shut[number], embargo, leave)
        return Timetable(self.cargo, service, slots, embargo, leave)

    def _leaving(self, service: Service, source: int) -> Leave:
        def leave(number: int, taken: list[int], teu: int, timed_out: bool) -> None:
            now = int(self.env.now)
            passing = Passing.of(len(service.chain))
            self.trains[source].append(TrainRecord(number, now, teu, timed_out, passing))
            for consignment in taken:
                self.cargo.listed(consignment, now, number)
                self.cargo.departed(consignment, now)
            key = (source + 1) * _PER_SOURCE + number
            self.env.process(
                train(
                    self.roads, self.cargo, service.chain, passing, key, number, taken, source, teu
                )
            )

        return leave

    def _fleet(
        self, number: int, fleet: Fleet, rides: dict[tuple[Kind, int, int], Queue]
    ) -> list[Vessel]:
        ports = []
        for p, call in enumerate(fleet.calls):
            port = Loading(self.cargo, fleet, call, self._embargo(call.feeds))
            rides[Kind.SAIL, number, p] = port
            ports.append(port)
        source = len(self.model.services) + number + 1
        before = self.model.fleets[:number]
        carrier = len(self.model.services) + sum(len(fleet.calls) for fleet in before)
        vessels = [
            Vessel(self.roads, self.cargo, fleet, v, source * _PER_SOURCE + v, ports, carrier)
            for v in range(len(fleet.vessels))
        ]
        for vessel in vessels:
            self.env.process(vessel.sail())
        return vessels

    def _release(self) -> None:
        release = self.luck.release
        inside = np.flatnonzero((release >= 0) & (release < self.model.end))
        inside = inside[np.argsort(release[inside], kind="stable")]
        order = list(zip(release[inside].tolist(), inside.tolist(), strict=True))
        self.env.process(self.cargo.released(order))

    def ledger(self) -> Ledger:
        """What happened, with everything at or after the end missing."""
        model, cargo, end = self.model, self.cargo, self.model.end
        shape = (cargo.count, cargo.steps)
        days = (len(model.yards), -(-end // DAY))
        start = Times.before(np.reshape(cargo.start, shape), end)
        release = self.luck.release
        exists = (release >= 0) & (release < end)
        return Ledger(
            replication=self.luck.replication,
            release=Times(np.where(exists, release, 0), exists),
            path=np.array(cargo.path, np.int64),
            visits=Visits(
                arrive=Times.before(np.reshape(cargo.arrive, shape), end),
                start=start,
                finish=Times.before(np.reshape(cargo.finish, shape), end),
                vehicle=np.where(start.known, np.reshape(cargo.vehicle, shape), 0),
            ),
            delivered=Times.before(cargo.delivered, end),
            departures=tuple(
                _departures(trains, service.chain, end)
                for trains, service in zip(self.trains, model.services, strict=True)
            ),
            calls=tuple(
                _calls(vessels, fleet, end)
                for vessels, fleet in zip(self.vessels, model.fleets, strict=True)
            ),
            reviews=Reviews(
                stock=np.reshape([e.stocks for e in self.embargoes], days).astype(np.int64),
                announced=np.reshape([e.announced for e in self.embargoes], days).astype(np.bool_),
                quotes=self._quotes(days[1]),
            ),
        )

    def _quotes(self, days: int) -> np.ndarray:
        choosing = self.cargo.choosing
        if choosing is None:
            return np.zeros((0, days), np.int64)
        return np.array(choosing.quotes, np.int64).T


def _passage(passings: list[Passing], steps: int, end: int) -> Passage:
    shape = (len(passings), steps)
    return Passage(
        *(
            Times.before(
                np.array([getattr(p, name) for p in passings], np.int64).reshape(shape), end
            )
            for name in ("arrive", "start", "finish")
        )
    )


def _departures(trains: list[TrainRecord], chain: tuple[Step, ...], end: int) -> Departures:
    trains = sorted(trains, key=lambda t: t.number)
    return Departures(
        number=np.array([t.number for t in trains], np.int64),
        left=np.array([t.left for t in trains], np.int64),
        teu=np.array([t.teu for t in trains], np.int64),
        timed_out=np.array([t.timed_out for t in trains], np.bool_),
        passage=_passage([t.passing for t in trains], len(chain), end),
    )


def _calls(vessels: list[Vessel], fleet: Fleet, end: int) -> Calls:
    records: list[CallRecord] = [record for vessel in vessels for record in vessel.records]
    steps = max(len(call.chain) for call in fleet.calls)
    for record in records:
        for times in (record.passing.arrive, record.passing.start, record.passing.finish):
            times += Passing.of(steps - len(times)).arrive

    def numbers(name: str) -> np.ndarray:
        return np.array([getattr(record, name) for record in records], np.int64)

    berthed, listed = Times.before(numbers("berthed"), end), Times.before(numbers("listed"), end)
    return Calls(
        vessel=numbers("vessel"),
        call=numbers("call"),
        sailing=numbers("sailing"),
        arrive=Times.before(numbers("arrive"), end),
        berthed=berthed,
        berth=np.where(berthed.known, numbers("berth"), 0),
        unloaded=Times.before(numbers("unloaded"), end),
        listed=listed,
        closed_by=np.where(listed.known, numbers("closed_by"), 0),
        loaded=Times.before(numbers("loaded"), end),
        cast_off=Times.before(numbers("cast_off"), end),
        teu_off=numbers("teu_off"),
        teu_on=np.where(listed.known, numbers("teu_on"), 0),
        passage=_passage([record.passing for record in records], steps, end),
    )
