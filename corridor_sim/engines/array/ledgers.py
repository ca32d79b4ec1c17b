"""Ledgers of the replications of a block, read from its state at the end."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from corridor_sim.engines.array.block import Block
from corridor_sim.engines.array.layout import HAUL
from corridor_sim.engines.array.ragged import Ints, ranges
from corridor_sim.engines.array.yards import Yards
from corridor_sim.model import NONE
from corridor_sim.result import (
    NEVER,
    Calls,
    Departures,
    Ledger,
    Passage,
    Reviews,
    Times,
    Visits,
)

Freed = dict[int, Ints]
"""By queue for rides: when the cargo of each departure is off it."""

_NEVER = np.int64(NEVER)


@dataclass
class Grid:
    """Times of customers by step, flat: customer x steps + step."""

    steps: int
    arrive: Ints
    start: Ints
    finish: Ints

    @classmethod
    def of(cls, customers: int, steps: int) -> Grid:
        """Nothing known yet."""
        return cls(steps, *(np.full(customers * steps, NEVER) for _ in range(3)))

    def times(self, end: int) -> tuple[Times, Times, Times]:
        """Arrive, start, finish `[customers, steps]`, before the end."""
        shape = (len(self.arrive) // self.steps if self.steps else 0, self.steps)
        arrive, start, finish = (
            Times.before(x.reshape(shape), end) for x in (self.arrive, self.start, self.finish)
        )
        return arrive, start, finish


@dataclass
class Seen:
    """Visits at stations in one replication: node, and times."""

    node: Ints
    arrive: Ints
    start: Ints
    finish: Ints
    place: Ints


def ledgers(block: Block, yards: Yards) -> Iterator[Ledger]:
    """One after the other."""
    for r in range(block.replications):
        yield _ledger(block, yards, r)


def _ledger(block: Block, yards: Yards, r: int) -> Ledger:
    model, luck, end = block.model, block.lucks[r], block.model.end
    exists = (luck.release >= 0) & (luck.release < end)
    release = np.where(exists, luck.release, 0)
    seen = _seen(block, r)
    freed: Freed = {}
    departures = tuple(_departures(block, r, v, seen, freed) for v in range(len(model.services)))
    calls = tuple(_calls(block, r, f, seen, freed) for f in range(len(model.fleets)))
    visits, delivered = _visits(block, r, seen, freed, np.where(exists, release, NEVER))
    return Ledger(
        replication=luck.replication,
        release=Times(release, exists),
        path=luck.path.astype(np.int64),
        visits=visits,
        delivered=Times.before(delivered, end),
        departures=departures,
        calls=calls,
        reviews=Reviews(stock=yards.stock[:, r].copy(), announced=yards.announced[:, r].copy()),
    )


def _seen(block: Block, r: int) -> Seen:
    customers = block.customers
    columns = np.arange(block.layout.stations) * block.replications + r
    place, k = ranges(customers.first[columns], customers.tail0[columns])
    begun = place - customers.first[columns][k] < customers.head0[columns][k]
    return Seen(
        node=customers.node[place].astype(np.int64),
        arrive=customers.arrive[place].astype(np.int64),
        start=np.where(begun, customers.start[place], _NEVER),
        finish=np.where(begun, customers.finish[place], _NEVER),
        place=place,
    )


def _visits(block: Block, r: int, seen: Seen, freed: Freed, release: Ints) -> tuple[Visits, Ints]:
    model, layout, end = block.model, block.layout, block.model.end
    steps = max((len(path.steps) for path in model.paths), default=0)
    grid = Grid.of(model.consignments, steps)
    vehicle = np.zeros(model.consignments * steps, np.int64)
    ours = seen.node < layout.trains_from
    _fill(grid, _cell(block, seen.node[ours], steps), seen, ours)
    off = np.full(len(vehicle), NEVER)
    _rides_into(block, r, grid, vehicle, freed, off)
    delivered = _hauls_into(block, r, grid, off, release)
    arrive, start, finish = grid.times(end)
    shape = (model.consignments, steps)
    known = np.where(start.known, vehicle.reshape(shape), 0)
    return Visits(arrive=arrive, start=start, finish=finish, vehicle=known), delivered


def _cell(block: Block, node: Ints, steps: int) -> Ints:
    layout = block.layout
    return layout.consignment[node].astype(np.int64) * steps + layout.step[layout.row[node]]


def _fill(grid: Grid, cell: Ints, seen: Seen, which: Ints) -> None:
    grid.arrive[cell] = seen.arrive[which]
    grid.start[cell] = seen.start[which]
    grid.finish[cell] = seen.finish[which]


def _rides_into(block: Block, r: int, grid: Grid, vehicle: Ints, freed: Freed, off: Ints) -> None:
    """Fill in the rides of cargo, their vehicles, and when cargo is off them."""
    layout, boarding, rides = block.layout, block.boarding, block.rides
    for q in range(layout.queues):
        column = (layout.stations + q) * block.replications + r
        first = boarding.first[column]
        here = slice(first, first + boarding.tail0[column])
        cell = _cell(block, boarding.node[here].astype(np.int64), grid.steps)
        grid.arrive[cell] = boarding.ready[here]
        row = rides.first[column] + np.arange(rides.head0[column])
        place, k = ranges(rides.cargo[row].astype(np.int64), rides.count[row])
        cell = cell[place]
        grid.start[cell] = rides.at[row][k]
        off[cell] = freed[q][k]
        if q < layout.services:
            grid.finish[cell] = rides.at[row][k]
            number = rides.number[row] if block.timetabled[q] else np.arange(len(row))
            vehicle[cell] = number[k]
        else:
            grid.finish[cell] = rides.cast_off[row][k]
            vessel, sailing, _ = layout.vessel_at(rides.node[row].astype(np.int64))
            vessels = len(block.model.fleets[layout.calls[q - layout.services][0]].vessels)
            vehicle[cell] = (sailing * vessels + layout.vessel_number[vessel])[k]


def _hauls_into(block: Block, r: int, grid: Grid, off: Ints, release: Ints) -> Ints:
    """Hauls follow from what was before them; returns deliveries."""
    layout, model, luck = block.layout, block.model, block.lucks[r]
    delivered = np.full(model.consignments, NEVER)
    for p, path in enumerate(model.paths):
        flow = model.flows[path.flow]
        number = np.arange(int(flow.counts.sum()))
        number = number[luck.path[flow.first + number] == p]
        who = flow.first + number
        node = layout.flow_base[path.flow] + number * layout.flow_stride[path.flow]
        node += layout.slot[p]
        delivered[who] = _chain(
            block, r, grid, who * grid.steps, node, release[who], len(path.steps), off
        )
    return delivered


def _chain(
    block: Block, r: int, grid: Grid, cell: Ints, node: Ints, ready: Ints, steps: int,
    off: Ints | None = None,
) -> Ints:  # fmt: skip
    """Fill in the hauls of customers whose nodes and cells come one after the other from `node` and
    `cell` on; returns when the last step is over. `off`: when rides end, by cell.
    """
    layout, end = block.layout, block.model.end
    for k in range(steps):
        row = layout.row[node + k]
        hauls = np.flatnonzero((layout.elem[row] == HAUL) & (ready < end))
        at = ready[hauls]
        grid.arrive[cell[hauls] + k] = grid.start[cell[hauls] + k] = at
        grid.finish[cell[hauls] + k] = at + block.works.of(
            np.full(len(hauls), r), node[hauls] + k, at
        )
        ready = grid.finish[cell + k]
        if off is not None:
            rode = layout.elem[row] >= layout.stations
            ready = np.where(rode, off[cell + k], ready)
    return ready


def _departures(block: Block, r: int, v: int, seen: Seen, freed: Freed) -> Departures:
    layout, rides, service = block.layout, block.rides, block.model.services[v]
    column = (layout.stations + v) * block.replications + r
    row = rides.first[column] + np.arange(rides.head0[column])
    number = rides.number[row].astype(np.int64) if block.timetabled[v] else np.arange(len(row))
    order = np.argsort(number)
    row, number = row[order], number[order]
    base, stride = layout.train_base[v], layout.train_stride[v]
    steps = len(service.chain)
    grid = Grid.of(len(row), steps)
    ours = np.flatnonzero((seen.node >= base) & (seen.node < base + stride * _trains(block, v)))
    train, step = np.divmod(seen.node[ours] - base, stride)
    _fill(grid, np.searchsorted(number, train) * steps + step, seen, ours)
    left = rides.at[row].astype(np.int64)
    arrived = _chain(
        block, r, grid, np.arange(len(row)) * steps, base + number * stride, left, steps
    )
    freed[v] = np.empty(len(row), np.int64)
    freed[v][order] = arrived
    first = block.boarding.first[column] + rides.cargo[row].astype(np.int64)
    teu = block.boarding.teu[first + rides.count[row]] - block.boarding.teu[first]
    return Departures(
        number=number, left=left, teu=teu.astype(np.int64),
        timed_out=rides.why[row].astype(np.bool_), passage=Passage(*grid.times(block.model.end)),
    )  # fmt: skip


def _trains(block: Block, v: int) -> int:
    layout = block.layout
    bases = [*layout.train_base.tolist(), layout.vessels_from]
    return int((bases[v + 1] - bases[v]) // layout.train_stride[v])


def _calls(block: Block, r: int, f: int, seen: Seen, freed: Freed) -> Calls:
    layout, end = block.layout, block.model.end
    customers, rides = block.customers, block.rides
    vessels = np.flatnonzero(layout.vessel_fleet == f)
    low, stride = layout.vessel_base[vessels[0]], layout.vessel_stride[vessels[0]]
    high = layout.vessel_base[vessels[-1]] + layout.sailings_of(f) * stride
    ours = np.flatnonzero((seen.node >= low) & (seen.node < high))
    vessel, sailing, slot = layout.vessel_at(seen.node[ours])
    is_call = layout.step[layout.row[seen.node[ours]]] == NONE
    at, who, n = ours[is_call], vessel[is_call], sailing[is_call]
    order = np.lexsort((seen.arrive[at], who))
    at, who, n, again = at[order], who[order], n[order], slot[is_call][order]
    place = seen.place[at]
    berthed = Times.before(seen.start[at], end)
    listing = np.where(berthed.known, customers.listing[place], NONE)
    has, row = listing != NONE, np.maximum(listing, 0)
    closed = has & (rides.at[row] < end)
    laden = (n > 0) & (again == 0)
    before = rides.of_sailing[r, who, np.maximum(n - 1, 0)]

    unloaded = np.where(berthed.known, customers.unloaded[place], _NEVER)
    _free(block, r, f, who[laden], n[laden], unloaded[laden], freed)

    def times(known: Ints, values: Ints) -> Times:
        return Times.before(np.where(known, values, _NEVER), end)

    listed = times(closed, rides.at[row])
    cast_off = times(berthed.known, customers.finish[place])
    return Calls(
        vessel=layout.vessel_number[who],
        call=layout.call_of(who, n) - layout.first_call[who],
        sailing=np.where(has, n, -1),
        arrive=Times.before(seen.arrive[at], end),
        berthed=berthed,
        berth=np.where(berthed.known, customers.server[place], 0).astype(np.int64),
        unloaded=times(berthed.known, customers.unloaded[place]),
        listed=listed,
        closed_by=np.where(listed.known, rides.why[row], 0).astype(np.int64),
        loaded=times(listed.known, rides.loaded[row]),
        cast_off=cast_off,
        teu_off=np.where(laden, rides.teu[before], 0).astype(np.int64),
        teu_on=np.where(listed.known, rides.teu[row], 0).astype(np.int64),
        passage=_sailings(
            block, r, f, seen, ours[~is_call], who, n, has & cast_off.known, cast_off
        ),
    )


def _free(
    block: Block, r: int, f: int, vessel: Ints, sailing: Ints, unloaded: Ints, freed: Freed
) -> None:
    """When the cargo of each list of a fleet is free."""
    layout, rides = block.layout, block.rides
    row = rides.of_sailing[r, vessel, sailing - 1]
    call = layout.call_of(vessel, sailing - 1)
    for c, (fleet, _) in enumerate(layout.calls):
        if fleet == f:
            queue = layout.services + c
            column = (layout.stations + queue) * block.replications + r
            freed[queue] = np.full(rides.head0[column], NEVER)
            freed[queue][row[call == c] - rides.first[column]] = unloaded[call == c]


def _sailings(
    block: Block, r: int, f: int, seen: Seen, chain: Ints, who: Ints, n: Ints, sails: Ints,
    cast_off: Times,
) -> Passage:  # fmt: skip
    """What the vessels did on their chains, by call."""
    layout, fleet = block.layout, block.model.fleets[f]
    steps = max(len(call.chain) for call in fleet.calls)
    grid = Grid.of(len(who), steps)
    of = np.full((len(layout.vessel_base), layout.sailings), NONE)
    of[who[sails], n[sails]] = np.flatnonzero(sails)
    vessel, sailing, _ = layout.vessel_at(seen.node[chain])
    step = layout.step[layout.row[seen.node[chain]]]
    _fill(grid, of[vessel, sailing] * steps + step, seen, chain)
    lengths = np.array([len(call.chain) for call in fleet.calls])
    call = layout.call_of(who, n)
    start = layout.vessel_base[who] + n * layout.vessel_stride[who] + layout.chain_at[call]
    length = lengths[call - layout.first_call[who]]
    for steps_here in np.unique(length).tolist():
        which = np.flatnonzero(sails & (length == steps_here))
        _chain(block, r, grid, which * steps, start[which], cast_off.at[which], steps_here)
    return Passage(*grid.times(block.model.end))
