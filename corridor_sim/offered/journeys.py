"""What cargo meets on its way where nothing queues: mean times and their variance, step by step."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import numpy as np

from corridor_sim.laws import LONGEST_QUOTE
from corridor_sim.model import Floats, Flow, Kind, Model, Path, Step
from corridor_sim.offered.loads import usable
from corridor_sim.offered.pieces import (
    Pieces,
    mean_work,
    open_servers,
    released,
    running_share,
    squared_variation,
)
from corridor_sim.offered.rounds import Rounds

_HARDLY: float = 1e-12
"""Lots per tick that are added to every path, so that means over customers always exist."""


@dataclass(frozen=True, slots=True)
class Stage:
    """A part of a journey `[N]` by piece: an element and what comes before the next, in ticks."""

    element: int
    """Element of quotes, or NONE."""
    station: int
    """Station that it is, or where the vessel berths; or NONE."""
    service: int
    """Service that it is, or NONE."""
    time: Floats
    variance: Floats


class Journeys:
    """The paths of a model in the pieces of a span, with the traffic that its shares expect."""

    def __init__(self, model: Model, pieces: Pieces, opening: Callable[[int], Wait]) -> None:
        """`opening` gives the wait for the opening hours of a station."""
        self._model = model
        self._pieces = pieces
        self._opening = opening
        self._ways = carried(model)
        self._lots = released(model, pieces) / pieces.length + _HARDLY
        self._rounds = [Rounds(model, f, pieces) for f in range(len(model.fleets))]
        self._worked: dict[tuple[int, int], Wait] = {}
        self._teu = np.zeros((model.elements, len(pieces.start)))
        self._boarding = np.zeros_like(self._teu)
        for path, lots in zip(model.paths, self._lots, strict=True):
            for step in path.steps:
                if step.kind in (Kind.BOARD, Kind.SAIL):
                    self._teu[model.element(step, 0)] += lots * model.flows[path.flow].size
                    self._boarding[model.element(step, 0)] += lots

    def with_flows(self, flows: tuple[Flow, ...]) -> Journeys:
        """The same with the traffic that other shares expect."""
        other = Journeys(replace(self._model, flows=flows), self._pieces, self._opening)
        other._worked = self._worked  # durations do not depend on traffic
        return other

    def stages(self, path: Path) -> Iterator[Stage]:
        """The stages of a path, in order."""
        flow = self._model.flows[path.flow]
        for step in path.steps:
            if step.kind == Kind.BOARD:
                yield from self._train(step)
            elif step.kind == Kind.SAIL:
                yield from self._vessel(step)
            else:
                yield self._passed(step, flow.size, flow.direction)

    def capacity(self) -> Floats:
        """TEU per tick `[elements, N]` that each element can pass; infinite where trains leave
        when full.

        Stations: open servers over the mean work of a TEU, trains full, shared by the directions
        as the traffic that is expected. Fleets: rounds at best, and what the berths at both ends
        could do for this fleet alone.
        """
        model, stations = self._model, len(self._model.stations)
        found = np.full_like(self._teu, np.inf)
        teu, load = self._loads()
        for s in range(stations):
            if (load[s] > 0).all():
                per_tick = open_servers(model, s, self._pieces) / load[s]
                found[s], found[model.eastbound_from + s] = (
                    per_tick * teu[0, s],
                    per_tick * teu[1, s],
                )
        for v, service in enumerate(model.services):
            if service.headway:
                runs = running_share(model, v, self._pieces) / service.headway
                found[stations + v] = service.places * runs
        element = stations + len(model.services)
        for rounds in self._rounds:
            calls = range(element, element + len(rounds.fleet.calls))
            legs = [self._teu[call] for call in calls]
            for p, call in enumerate(calls):
                found[call] = np.minimum(rounds.capacity(p, legs), self._berths(rounds, p))
            element = calls.stop
        return found

    def _loads(self) -> tuple[Floats, Floats]:
        """TEU per tick through each station `[2, S, N]` by direction, and the servers that they
        keep busy `[S, N]`.
        """
        model, ways = self._model, self._ways
        teu = np.zeros((2, len(model.stations), len(self._pieces.start)))
        load = np.zeros_like(teu[0])

        def put(step: Step, way: int, rate: Floats, size: int, places: Floats | float) -> None:
            if step.kind == Kind.STATION:
                teu[way, step.target] += rate
                load[step.target] += rate * self._work(step, size)[0] / places

        for path, lots in zip(model.paths, self._lots, strict=True):
            flow = model.flows[path.flow]
            for step in path.steps:
                put(step, flow.direction, lots * flow.size, flow.size, flow.size)
        first = len(model.stations)
        for v, service in enumerate(model.services):
            for step in service.chain:
                put(step, ways[v], self._teu[first + v], 1, service.places)
        carrier = len(model.services)
        for rounds in self._rounds:
            for call in rounds.fleet.calls:
                for step in call.chain:
                    put(step, ways[carrier], self._teu[first + carrier], 1, _mean_places(rounds))
                carrier += 1
        return teu, load

    def _berths(self, rounds: Rounds, p: int) -> Floats:
        calls, most = rounds.fleet.calls, np.full(len(self._pieces.start), np.inf)
        for call in (calls[p], calls[(p + 1) % len(calls)]):
            work = float(call.unload[-1] + call.load[-1])
            servers = open_servers(self._model, call.station, self._pieces)
            most = np.minimum(most, servers * _mean_places(rounds) / work)
        return most

    def _work(self, step: Step, size: int) -> Wait:
        key = (step.duration, size)
        if key not in self._worked:
            law = self._model.durations[step.duration]
            mean = mean_work(law, size)
            variance = squared_variation(self._model, law) * mean**2
            period = self._pieces.period(law.starts)
            self._worked[key] = mean[period], variance[period]
        return self._worked[key]

    def _passed(self, step: Step, size: int, way: int) -> Stage:
        mean, variance = self._work(step, size)
        if step.kind == Kind.HAUL:
            return Stage(-1, -1, -1, mean, variance)
        wait, spread = self._opening(step.target)
        element = self._model.element(step, way)
        return Stage(element, step.target, -1, wait + mean, spread + variance)

    def _train(self, step: Step) -> Iterator[Stage]:
        service, element = self._model.services[step.target], self._model.element(step, 0)
        if service.headway:
            wait = self._slots(step.target)
        else:
            wait = _filled(
                self._teu[element] / usable(service.places, 0), self._boarding[element],
                service.max_wait,
            )  # fmt: skip
        yield Stage(element, -1, step.target, *wait)
        for inner in service.chain:
            yield self._passed(inner, 1, self._ways[step.target])

    def _slots(self, number: int) -> Wait:
        """Mean wait for the next of renewals that a share of the slots makes: E[gap2]/(2 E[gap])
        (Ross, Stochastic Processes, 3.6).
        """
        service = self._model.services[number]
        runs = np.maximum(running_share(self._model, number, self._pieces), 1e-6)
        gap = service.headway / runs
        square = service.headway**2 * (2.0 - runs) / runs**2 + 2.0 * service.jitter**2
        wait = np.minimum(square / (2.0 * gap), LONGEST_QUOTE)
        return wait, gap**2 / 12.0

    def _vessel(self, step: Step) -> Iterator[Stage]:
        rounds, element = self._rounds[step.target], self._model.element(step, 0)
        calls = rounds.fleet.calls
        call, there = calls[step.call], calls[(step.call + 1) % len(calls)]
        every = 1.0 / np.maximum(rounds.calls(), 1.0 / LONGEST_QUOTE)
        gap = np.maximum(every, np.minimum(call.min_load / self._teu[element], call.max_wait))
        aboard = np.minimum(self._teu[element] * gap, _mean_places(rounds)).astype(np.int64)
        handled = call.load[aboard]
        yield Stage(element, call.station, -1, gap / 2.0 + handled, gap**2 / 12.0)
        for inner in call.chain:
            yield self._passed(inner, 1, self._ways[self._model.carrier(step)])
        nothing = np.zeros(len(gap))
        yield Stage(-1, there.station, -1, there.unload[aboard] + nothing, nothing)


def carried(model: Model) -> list[int]:
    """Direction in which each service, then each call, carries: that of the first path on it."""
    rides = model.eastbound_from - len(model.stations)
    ways: dict[int, int] = {}
    for path in model.paths:
        for step in path.steps:
            if step.kind in (Kind.BOARD, Kind.SAIL):
                ways.setdefault(model.carrier(step), model.flows[path.flow].direction)
    return [ways.get(ride, 0) for ride in range(rides)]


Wait = tuple[Floats, Floats]
"""Mean and variance."""


def _filled(trains: Floats, lots: Floats, longest: int) -> Wait:
    """Wait in a train that leaves when full or when its first cargo has waited longest; `trains`
    and `lots` per tick.

    Full: half the time that it takes to fill. Timed out: the first waits longest, the others that
    come meanwhile half of it on average.
    """
    fill = 1.0 / trains
    more = lots * longest
    timed_out = longest * (1.0 + more / 2.0) / (1.0 + more)
    wait = np.where(fill <= longest, fill / 2.0, timed_out)
    return wait, np.minimum(fill, longest) ** 2 / 12.0


def _mean_places(rounds: Rounds) -> Floats:
    """Mean places `[N]` of the vessels that are not away, at least 1."""
    there = rounds.present.sum(axis=0)
    total = (rounds.present * rounds.places).sum(axis=0)
    return np.asarray(np.maximum(1.0, total / np.maximum(there, 1e-9)), np.float64)
