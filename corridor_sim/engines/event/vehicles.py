"""Trains and vessels as processes."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Generator
from dataclasses import dataclass, field
from typing import Any

import simpy

from corridor_sim.draws import Luck
from corridor_sim.engines.event.boarding import Loading, LoadList
from corridor_sim.engines.event.cargo import Cargo
from corridor_sim.engines.event.choice import Commitments
from corridor_sim.engines.event.records import CallRecord, Passing
from corridor_sim.engines.event.stations import Station
from corridor_sim.model import Fleet, Kind, Model, Step

Process = Generator[simpy.Event, Any, None]


class Roads:
    """What vehicles pass: stations where they ask for a server by key, and time in motion."""

    def __init__(
        self, env: simpy.Environment, model: Model, luck: Luck, commitments: Commitments
    ) -> None:
        self.env = env
        self._luck = luck
        self._commitments = commitments
        self._starts = [duration.starts.tolist() for duration in model.durations]
        self._asked: dict[int, simpy.Event] = {}
        self.stations: list[Station] = []

    def begin(self, key: int, server: int) -> None:
        """A station gives a server to a vehicle."""
        self._asked.pop(key).succeed(server)

    def ask(self, station: Station, key: int) -> simpy.Event:
        """Join the queue of a station; the event succeeds with the server."""
        asked = self._asked[key] = self.env.event()
        station.join(key)
        return asked

    def ride(
        self, chain: tuple[Step, ...], passing: Passing, key: int, name: str, number: int,
        carrier: int, teu: int,
    ) -> Process:  # fmt: skip
        """Pass a chain with some TEU; `number` counts the trains of a service, or the sailings of
        the vessel `name`, `carrier` services and calls.
        """
        env = self.env
        for c, step in enumerate(chain):
            passing.arrive[c] = int(env.now)
            works = self._luck.vehicle(step.duration, name, number)
            if step.kind == Kind.STATION:
                station = self.stations[step.target]
                server = yield self.ask(station, key)
                now = int(env.now)
                done = station.worked_off(server, now, self._now(works, step, now))
                passing.start[c], passing.finish[c] = now, done
                self._commitments.passed(step.target, carrier, teu)
                yield env.timeout(done - now)
                station.release(server)
            else:
                now = int(env.now)
                work = self._now(works, step, now)
                passing.start[c], passing.finish[c] = now, now + work
                yield env.timeout(work)

    def _now(self, works: list[int], step: Step, now: int) -> int:
        return works[bisect_right(self._starts[step.duration], now) - 1]


def train(
    roads: Roads, cargo: Cargo, chain: tuple[Step, ...], passing: Passing, key: int, number: int,
    aboard: list[int], service: int, teu: int,
) -> Process:  # fmt: skip
    """A train: its chain, then all aboard go on together."""
    yield from roads.ride(chain, passing, key, "", number, service, teu)
    for consignment in aboard:
        cargo.go_on(consignment)


@dataclass(slots=True)
class Vessel:
    """A vessel of a fleet, for ever on its round."""

    roads: Roads
    cargo: Cargo
    fleet: Fleet
    number: int
    key: int
    ports: list[Loading]
    first_carrier: int
    """Number of the first call of its fleet among services and calls."""
    records: list[CallRecord] = field(default_factory=list)
    _aboard: list[int] = field(default_factory=list)
    _teu: int = 0
    _sailings: int = 0

    def sail(self) -> Process:
        """Call, load, sail, and again."""
        calls = self.fleet.calls
        at = self.number % len(calls)
        while True:
            call = calls[at]
            record = CallRecord(
                self.number, at, Passing.of(len(call.chain)), int(self.roads.env.now), self._teu
            )
            self.records.append(record)
            sailed = yield from self._call(record)
            if sailed:
                yield from self.roads.ride(
                    call.chain,
                    record.passing,
                    self.key,
                    self.fleet.vessels[self.number],
                    record.sailing,
                    self.first_carrier + at,
                    self._teu,
                )
                at = (at + 1) % len(calls)

    def _call(self, record: CallRecord) -> Generator[simpy.Event, Any, bool]:
        env, call = self.roads.env, self.fleet.calls[record.call]
        station = self.roads.stations[call.station]
        record.berth = yield self.roads.ask(station, self.key)
        record.berthed = int(env.now)
        back = self._away_until(record.berthed)
        closed = None if back is not None else self._open_list(record)
        yield from self._work(record, int(call.unload[self._teu]))
        record.unloaded = int(env.now)
        for consignment in self._aboard:
            self.cargo.go_on(consignment)
        self._aboard, self._teu = [], 0
        if closed is not None:
            yield from self._load(record, closed)
        yield from self._cast_off(record, station)
        if back is None:
            return True
        if back > int(env.now):
            yield env.timeout(back - int(env.now))
        return False

    def _open_list(self, record: CallRecord) -> simpy.Event:
        record.sailing = self._sailings
        self._sailings += 1
        closed = self.roads.env.event()
        self.ports[record.call].open(LoadList(record, closed))
        return closed

    def _load(self, record: CallRecord, closed: simpy.Event) -> Process:
        self._aboard = yield closed
        self._teu = record.teu_on
        yield from self._work(record, int(self.fleet.calls[record.call].load[self._teu]))
        record.loaded = int(self.roads.env.now)

    def _work(self, record: CallRecord, work: int) -> Process:
        env = self.roads.env
        now = int(env.now)
        station = self.roads.stations[self.fleet.calls[record.call].station]
        yield env.timeout(station.worked_off(record.berth, now, work) - now)

    def _cast_off(self, record: CallRecord, station: Station) -> Process:
        env = self.roads.env
        now = int(env.now)
        opens = station.next_start(record.berth, now)
        if opens > now:
            yield env.timeout(opens - now)
        record.cast_off = int(env.now)
        station.release(record.berth)
        for consignment in self._aboard:
            self.cargo.departed(consignment, record.cast_off)

    def _away_until(self, tick: int) -> int | None:
        for start, end in self.fleet.absences[self.number].tolist():
            if start <= tick < end:
                return int(end)
        return None
