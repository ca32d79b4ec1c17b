"""What is the same in every replication: elements, nodes and what a node means.

Elements: stations, then queues for rides (services, calls of fleets), then arrivals of trains, then
what is aboard of vessels, then yards. A column is element x replications + replication. A node is
one step of one customer: consignments < trains < vessels, so that a node is also the tie-break of
its customer. `row[node]` leads to what all nodes of a kind share.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np
import numpy.typing as npt

from corridor_sim.engines.array.ragged import Ints
from corridor_sim.model import NONE, Call, Fleet, Kind, Model, Step

HAUL: Final = -1
"""Element of a node that is time in motion."""
OVER: Final = -2
"""Element of a node after the last step of a consignment."""


@dataclass
class Rows:
    """Rows while they are laid."""

    elem: list[int] = field(default_factory=list)
    duration: list[int] = field(default_factory=list)
    size: list[int] = field(default_factory=list)
    enters: list[int] = field(default_factory=list)
    leaves: list[int] = field(default_factory=list)
    step: list[int] = field(default_factory=list)
    """Number of the step on its path or chain."""

    def put(
        self, elem: int, step: int, *, duration: int = NONE, size: int = 0, enters: int = NONE,
        leaves: int = NONE,
    ) -> None:  # fmt: skip
        """One row more."""
        for column, value in (
            (self.elem, elem), (self.step, step), (self.duration, duration), (self.size, size),
            (self.enters, enters), (self.leaves, leaves),
        ):  # fmt: skip
            column.append(value)


@dataclass(frozen=True, slots=True)
class Layout:
    """Tables by row, by node, by flow, service, vessel and call."""

    stations: int
    servers: Ints
    """By station: as many as can be busy at once."""
    services: int
    calls: tuple[tuple[int, int], ...]
    """(fleet, call) of each queue for vessels."""
    yards: int
    owner: Ints
    """By element: the station that solves it (of a call), else itself."""
    elem: Ints
    duration: Ints
    size: Ints
    enters: Ints
    leaves: Ints
    step: Ints
    row: npt.NDArray[np.int32]
    consignment: npt.NDArray[np.int32]
    """By node of a consignment: its number in the model."""
    flow_base: Ints
    flow_stride: Ints
    slot: Ints
    """By path: its first node among those of a consignment."""
    train_base: Ints
    train_stride: Ints
    trains_from: int
    """First node of a train."""
    vessels_from: int
    """First node of a vessel."""
    number: npt.NDArray[np.int32]
    """By node of a train or vessel, from `trains_from` on: number of the train, or sailing."""
    vessel_base: Ints
    vessel_stride: Ints
    vessel_fleet: Ints
    vessel_number: Ints
    vessel_calls: Ints
    """How many calls the fleet of a vessel has."""
    first_call: Ints
    """By vessel: the queue of the first call of its fleet, counted among calls."""
    chain_at: Ints
    """By call: where its chain begins among the nodes of a sailing."""
    row_vessel: Ints
    """By row: vessel, or NONE."""
    sailings: int
    """More than any vessel can make."""
    fleet_sailings: tuple[int, ...]
    """More than a vessel of each fleet can make."""
    nodes: int

    @property
    def queues(self) -> int:
        """Queues for rides."""
        return self.services + len(self.calls)

    @property
    def elements(self) -> int:
        """Stations, queues, arrivals of trains and yards."""
        return self.yards_from + self.yards

    @property
    def arrivals_from(self) -> int:
        """First element of the arrivals of trains."""
        return self.stations + self.queues

    @property
    def aboard_from(self) -> int:
        """First element of what tells the next port what is aboard, by call."""
        return self.arrivals_from + self.services

    @property
    def yards_from(self) -> int:
        """First element of the yards."""
        return self.aboard_from + len(self.calls)

    def sailings_of(self, fleet: int) -> int:
        """More than a vessel of a fleet can make."""
        return self.fleet_sailings[fleet]

    def vessel_at(self, node: Ints) -> tuple[Ints, Ints, Ints]:
        """Vessel, sailing and slot of nodes of vessels."""
        vessel = self.row_vessel[self.row[node]]
        sailing, slot = np.divmod(node - self.vessel_base[vessel], self.vessel_stride[vessel])
        return vessel, sailing, slot

    def call_of(self, vessel: Ints, sailing: Ints) -> Ints:
        """The queue (counted among calls) at which a vessel loads for a sailing."""
        at = (self.vessel_number[vessel] + sailing) % self.vessel_calls[vessel]
        queue: Ints = self.first_call[vessel] + at
        return queue


def laid_out(model: Model, trains: Sequence[int]) -> Layout:
    """The layout of a model whose services have so many trains at most."""
    calls = tuple((f, p) for f, fleet in enumerate(model.fleets) for p in range(len(fleet.calls)))
    stations, services = len(model.stations), len(model.services)
    owner = np.arange(stations + 2 * services + 2 * len(calls) + len(model.yards))
    for q, (f, p) in enumerate(calls):
        ports = model.fleets[f].calls
        owner[stations + services + q] = ports[p].station
        owner[stations + 2 * services + len(calls) + q] = ports[(p + 1) % len(ports)].station
    elements = _elements(model, calls)
    rows = Rows()
    cargo = _cargo_nodes(model, rows, elements)
    running = _train_nodes(model, rows, elements, cargo.end, trains)
    vessels = _vessel_nodes(model, rows, elements, running.end)
    row_vessel = np.full(len(rows.elem), NONE)
    for vessel, (first, count) in enumerate(vessels.rows):
        row_vessel[first : first + count] = vessel
    fleets = [f for f, fleet in enumerate(model.fleets) for _ in fleet.vessels]
    firsts = [calls.index((f, 0)) for f in fleets]
    return Layout(
        stations=stations,
        servers=np.array([_servers(model, s) for s in range(stations)], np.int64),
        services=services, calls=calls, yards=len(model.yards), owner=owner,
        elem=np.array(rows.elem, np.int64), duration=np.array(rows.duration, np.int64),
        size=np.array(rows.size, np.int64), enters=np.array(rows.enters, np.int64),
        leaves=np.array(rows.leaves, np.int64), step=np.array(rows.step, np.int64),
        row=np.concatenate([*cargo.nodes, *running.nodes, *vessels.nodes, np.zeros(0, np.int32)]),
        consignment=np.concatenate(
            [
                np.repeat(np.arange(flow.first, flow.first + n, dtype=np.int32), stride)
                for flow, stride in zip(model.flows, cargo.stride, strict=True)
                for n in [int(flow.counts.sum())]
            ]
            or [np.zeros(0, np.int32)]
        ),
        flow_base=np.array(cargo.base, np.int64), flow_stride=np.array(cargo.stride, np.int64),
        slot=np.array(cargo.slot, np.int64), train_base=np.array(running.base, np.int64),
        train_stride=np.array(running.stride, np.int64), trains_from=cargo.end,
        vessels_from=running.end,
        number=np.concatenate([np.zeros(0, np.int32), *running.numbers, *vessels.numbers]),
        vessel_base=np.array(vessels.base, np.int64),
        vessel_stride=np.array(vessels.stride, np.int64),
        vessel_fleet=np.array(fleets, np.int64),
        vessel_number=np.array([v for f in model.fleets for v in range(len(f.vessels))], np.int64),
        vessel_calls=np.array([len(model.fleets[f].calls) for f in fleets], np.int64),
        first_call=np.array(firsts, np.int64),
        chain_at=np.array(
            [_stride(model.fleets[f]) - len(model.fleets[f].calls[p].chain) for f, p in calls],
            np.int64,
        ),
        row_vessel=row_vessel, sailings=max(vessels.sailings, default=0),
        fleet_sailings=tuple(vessels.sailings), nodes=vessels.end,
    )  # fmt: skip


def _servers(model: Model, station: int) -> int:
    """Servers that can be busy at once: of tracks without end for a few trainsets only the first
    are ever taken.
    """
    words = model.stations[station]
    chains = [path.steps for path in model.paths] + [service.chain for service in model.services]
    if words.shuts or any(_passes(chain, station) for chain in chains):
        return words.servers
    callers = sum(
        len(fleet.vessels)
        for fleet in model.fleets
        if any(call.station == station or _passes(call.chain, station) for call in fleet.calls)
    )
    return max(1, min(words.servers, callers))


def _passes(chain: Sequence[Step], station: int) -> bool:
    return any(step.kind == Kind.STATION and step.target == station for step in chain)


@dataclass
class Nodes:
    """Nodes of one kind of customer while they are laid."""

    end: int
    base: list[int] = field(default_factory=list)
    stride: list[int] = field(default_factory=list)
    nodes: list[npt.NDArray[np.int32]] = field(default_factory=list)
    numbers: list[npt.NDArray[np.int32]] = field(default_factory=list)
    """By node: number of its customer among those put together, or sailing."""
    slot: list[int] = field(default_factory=list)
    rows: list[tuple[int, int]] = field(default_factory=list)
    sailings: list[int] = field(default_factory=list)

    def put(self, count: int, first_row: int, stride: int) -> None:
        """`count` customers with the rows from `first_row` on."""
        self.base.append(self.end)
        self.stride.append(stride)
        self.nodes.append(np.tile(np.arange(first_row, first_row + stride, dtype=np.int32), count))
        self.numbers.append(np.repeat(np.arange(count, dtype=np.int32), stride))
        self.end += count * stride


Elements = dict[tuple[Kind, int, int], int]


def _elements(model: Model, calls: tuple[tuple[int, int], ...]) -> Elements:
    stations, services = len(model.stations), len(model.services)
    found: Elements = {(Kind.STATION, s, NONE): s for s in range(stations)}
    found |= {(Kind.BOARD, v, NONE): stations + v for v in range(services)}
    return found | {(Kind.SAIL, f, p): stations + services + q for q, (f, p) in enumerate(calls)}


def _element(elements: Elements, step: Step) -> int:
    if step.kind == Kind.HAUL:
        return HAUL
    return elements[step.kind, step.target, step.call if step.kind == Kind.SAIL else NONE]


def _cargo_nodes(model: Model, rows: Rows, elements: Elements) -> Nodes:
    made = Nodes(0, slot=[0] * len(model.paths))
    for flow in model.flows:
        first = len(rows.elem)
        for p in flow.paths:
            made.slot[p] = len(rows.elem) - first
            for k, step in enumerate(model.paths[p].steps):
                rows.put(
                    _element(elements, step), k, duration=step.duration, size=flow.size,
                    enters=step.enters, leaves=step.leaves,
                )  # fmt: skip
            rows.put(OVER, len(model.paths[p].steps), size=flow.size)
        made.put(int(flow.counts.sum()), first, len(rows.elem) - first)
    return made


def most_trains(model: Model, service: int) -> int:
    """More than the trains that a service can have which leaves when full.

    One that is full lacks less than a consignment; between two that time out lies the wait.
    """
    words = model.services[service]
    flows = [
        model.flows[path.flow]
        for path in model.paths
        for step in path.steps
        if step.kind == Kind.BOARD and step.target == service
    ]
    largest = max((flow.size for flow in flows), default=0)
    teu = sum(flow.size * int(flow.counts.sum()) for flow in flows)
    full = teu // max(1, words.places - largest + 1)
    each = sum(int(flow.counts.sum()) for flow in flows)
    return min(each + 1, full + model.end // max(1, words.max_wait) + 2)


def _train_nodes(
    model: Model, rows: Rows, elements: Elements, start: int, most: Sequence[int]
) -> Nodes:
    made = Nodes(start)
    arrivals = len(elements)
    for v, service in enumerate(model.services):
        first = len(rows.elem)
        for c, step in enumerate(service.chain):
            rows.put(_element(elements, step), c, duration=step.duration)
        rows.put(arrivals + v, len(service.chain))
        made.put(most[v], first, len(service.chain) + 1)
    return made


def _stride(fleet: Fleet) -> int:
    """Nodes of a sailing: at the berth from sea, at the berth again, and the longest chain."""
    return 2 + max(len(call.chain) for call in fleet.calls)


def shortest(model: Model, call: Call) -> int:
    """Fewest ticks from casting off at a call to the next arrival."""
    least = 0
    for step in call.chain:
        law = model.durations[step.duration]
        amount = law.fixed if law.table != NONE else law.fixed + law.spread
        mixed = np.minimum(amount, amount * law.otherwise)
        least += max(1, int(np.where(law.share < 1, mixed, amount).min()))
    return least


def _vessel_nodes(model: Model, rows: Rows, elements: Elements, start: int) -> Nodes:
    made = Nodes(start)
    for fleet in model.fleets:
        stride = _stride(fleet)
        berthed = sum(int(call.unload.min() + call.load.min()) for call in fleet.calls)
        round_trip = berthed + sum(shortest(model, call) for call in fleet.calls)
        sailings = len(fleet.calls) * (model.end // round_trip + 2)
        made.sailings.append(sailings)
        for v in range(len(fleet.vessels)):
            first = len(rows.elem)
            for call in fleet.calls:
                _call_rows(rows, elements, call, stride)
            turns = (v + np.arange(sailings)) % len(fleet.calls)
            made.rows.append((first, len(rows.elem) - first))
            made.base.append(made.end)
            made.stride.append(stride)
            made.nodes.append(
                (first + turns[:, None] * stride + np.arange(stride)).ravel().astype(np.int32)
            )
            made.numbers.append(np.repeat(np.arange(sailings, dtype=np.int32), stride))
            made.end += sailings * stride
    return made


def _call_rows(rows: Rows, elements: Elements, call: Call, stride: int) -> None:
    for _ in range(stride - len(call.chain)):
        rows.put(call.station, NONE)
    for c, step in enumerate(call.chain):
        rows.put(_element(elements, step), c, duration=step.duration)
