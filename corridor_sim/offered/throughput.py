"""An upper bound of the throughput of every route, from what its elements can pass at most.

An element with queues beyond it counts with all that it could pass before the measuring part too:
that may still lie beyond it when the measuring part begins. Where only time in motion follows, it
counts from the longest such time before the measuring part.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from corridor_sim.model import DIRECTIONS, Kind, Model, Path, Step
from corridor_sim.offered.capacity import Customer, Key, Span, most_passed
from corridor_sim.offered.pieces import (
    Pieces,
    least_work,
    most_work,
    per_year,
    released,
)


@dataclass(frozen=True, slots=True)
class Passage:
    """What cargo on a path passes at one moment, and the least and longest time that it takes."""

    customers: tuple[tuple[Key, Customer], ...]
    least: int
    most: int
    queues: bool
    """Whether cargo may wait there, or its vehicle."""


@dataclass(frozen=True, slots=True)
class _Demand:
    """What a flow can ask of a path, and its elements with the spans in which they serve it."""

    teu: float
    elements: dict[Key, tuple[Customer, Span]]


def bounds(model: Model) -> dict[tuple[str, str], float]:
    """Upper bound of the expected throughput by (route, direction), TEU a year.

    Throughput is what is delivered within the measuring part, scaled to 365.25 days. For each path:
    never more than its expected releases up to the end of the measuring part, nor more than any of
    its elements could pass if it served nobody else. Paths of one route and direction that share an
    element share what it can pass.

    Where durations and closures are random the bound is of the mean over replications (closures at
    their long-run shares; renewals by Lorden's inequality, doi:10.1214/aoms/1177697092); a single
    replication may exceed it by chance.
    """
    grouped: dict[tuple[str, str], list[_Demand]] = {}
    for number, path in enumerate(model.paths):
        if path.route >= 0:
            direction = DIRECTIONS[model.flows[path.flow].direction]
            grouped.setdefault((model.routes[path.route], direction), []).append(
                _demand(model, number)
            )
    factor = per_year(model)
    return {group: factor * _joint(model, demands) for group, demands in grouped.items()}


def _joint(model: Model, demands: list[_Demand]) -> float:
    """The sum over paths, less what shared elements certainly keep back."""
    alone = [_alone(model, demand) for demand in demands]
    shared: dict[Key, list[int]] = {}
    for i, demand in enumerate(demands):
        for key in demand.elements:
            shared.setdefault(key, []).append(i)
    kept = {
        key: sum(alone[i] for i in users) - _together(model, key, [demands[i] for i in users])
        for key, users in shared.items()
        if len(users) > 1
    }
    total, counted = sum(alone), set[int]()
    for key in sorted(kept, key=lambda key: -kept[key]):
        if kept[key] > 0 and counted.isdisjoint(shared[key]):
            total -= kept[key]
            counted.update(shared[key])
    return total


def _alone(model: Model, demand: _Demand) -> float:
    if demand.teu <= 0:
        return 0.0
    passed = [
        most_passed(model, key, [customer], span)
        for key, (customer, span) in demand.elements.items()
    ]
    return min([demand.teu, *passed])


def _together(model: Model, key: Key, demands: list[_Demand]) -> float:
    used = [demand.elements[key] for demand in demands if demand.teu > 0]
    if not used:
        return 0.0
    first, last = min(span[0] for _, span in used), max(span[1] for _, span in used)
    return most_passed(model, key, [customer for customer, _ in used], (first, last))


def _demand(model: Model, number: int) -> _Demand:
    path = model.paths[number]
    flow = model.flows[path.flow]
    line = passages(model, path)
    least = np.array([passage.least for passage in line], np.int64)
    start, end = model.cohort
    latest = end - int(least.sum())
    teu = 0.0
    if latest > 0:
        pieces = Pieces.of(model, 0, latest)
        teu = float(released(model, pieces)[number].sum()) * flow.size
    elements: dict[Key, tuple[Customer, Span]] = {}
    for k, passage in enumerate(line):
        first, last = int(least[:k].sum()), end - int(least[k + 1 :].sum())
        if not any(later.queues for later in line[k + 1 :]):
            beyond = sum(later.most for later in line[k + 1 :])
            first = max(first, start - beyond)
        for key, customer in passage.customers:
            elements[key] = (customer, (first, max(first, last)))
    return _Demand(teu, elements)


def passages(model: Model, path: Path) -> list[Passage]:
    """All that cargo on a path passes, in order, the chains of its vehicles included."""
    size = model.flows[path.flow].size
    line: list[Passage] = []
    for step in path.steps:
        if step.kind == Kind.BOARD:
            service = model.services[step.target]
            customer = Customer(service.places, size=size, vehicle=True)
            line.append(Passage(((("service", step.target, 0), customer),), 0, 0, True))
            line += [_passage(model, ride, customer) for ride in service.chain]
        elif step.kind == Kind.SAIL:
            line += _sailing(model, step, size)
        else:
            line.append(_passage(model, step, Customer(size, size=size)))
    return line


def _passage(model: Model, step: Step, who: Customer) -> Passage:
    """A station or time in motion."""
    law = model.durations[step.duration]
    least, most = least_work(law, who.scale), most_work(model, law, who.scale)
    if step.kind != Kind.STATION:
        return Passage((), least, most, False)
    customer = replace(who, duration=step.duration)
    return Passage(((("station", step.target, 0), customer),), least, most, True)


def _sailing(model: Model, step: Step, size: int) -> list[Passage]:
    """A leg of a fleet: berth and places, the chain, and the berth where it ends."""
    fleet = model.fleets[step.target]
    call, there = fleet.calls[step.call], fleet.calls[(step.call + 1) % len(fleet.calls)]
    aboard = Customer(int(fleet.places.max()), size=size, vehicle=True)
    full = aboard.places - aboard.places % size
    loading = replace(aboard, work=int(call.unload[0] + call.load[full]))
    unloading = replace(aboard, work=int(there.unload[full] + there.load[0]))
    leg = ("fleet", step.target, step.call), aboard
    return [
        Passage((leg, (("station", call.station, 0), loading)), 1, 1, True),
        *(_passage(model, ride, aboard) for ride in call.chain),
        Passage(((("station", there.station, 0), unloading),), int(there.unload[0]), 0, True),
    ]
