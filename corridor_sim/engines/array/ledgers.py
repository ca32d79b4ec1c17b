"""Ledgers of the replications of a block, read from its state at the end."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from corridor_sim.engines.array.block import Block
from corridor_sim.engines.array.choice import Choosing
from corridor_sim.engines.array.layout import HAUL
from corridor_sim.engines.array.ragged import BIG, Ints, ranges
from corridor_sim.engines.array.yards import Yards
from corridor_sim.model import DAY, NONE, Kind, Model
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

ARRIVE, START, FINISH = range(3)


class Grid:
    """Times of customers by step, in flat cells; nothing is known at first."""

    def __init__(self, cells: int, end: int) -> None:
        # untouched pages of zeros cost nothing
        self._at = np.zeros((3, cells), np.int64)
        self._known = np.zeros((3, cells), np.bool_)
        self._end = end

    def put(self, kind: int, cell: Ints, times: Ints) -> None:
        """Times of one kind; those that are not before the end stay unknown."""
        known = times < self._end
        self._at[kind][cell] = np.where(known, times, 0)
        self._known[kind][cell] = known

    def over(self, cell: Ints) -> Ints:
        """When steps are finished, or NEVER."""
        return np.where(self._known[FINISH][cell], self._at[FINISH][cell], NEVER)

    def by_customer(self, first: int, customers: int, steps: int) -> tuple[Times, Times, Times]:
        """Arrive, start, finish `[customers, steps]` of cells customer by customer."""
        own, shape = slice(first, first + customers * steps), (customers, steps)
        arrive, start, finish = (
            Times(at[own].reshape(shape), known[own].reshape(shape))
            for at, known in zip(self._at, self._known, strict=True)
        )
        return arrive, start, finish

    def by_step(self, customers: int, steps: int) -> tuple[Times, Times, Times]:
        """Arrive, start, finish `[customers, steps]` of cells step by step."""
        arrive, start, finish = (
            Times(at.reshape(steps, customers).T, known.reshape(steps, customers).T)
            for at, known in zip(self._at, self._known, strict=True)
        )
        return arrive, start, finish


@dataclass
class Seen:
    """Visits at stations in one replication: node, and times; those of vehicles by node."""

    node: Ints
    arrive: Ints
    start: Ints
    finish: Ints
    place: Ints

    def some(self, which: Ints | slice) -> Seen:
        """Some of them."""
        columns = (self.node, self.arrive, self.start, self.finish, self.place)
        return Seen(*(column[which] for column in columns))

    def between(self, low: int, high: int) -> Seen:
        """Those of some nodes, where they are sorted by node."""
        return self.some(slice(*np.searchsorted(self.node, [low, high])))

    def put(self, grid: Grid, cell: Ints) -> None:
        """Write them down."""
        for kind, times in ((ARRIVE, self.arrive), (START, self.start), (FINISH, self.finish)):
            grid.put(kind, cell, times)


@dataclass
class Ridden:
    """All rides of one replication, queue by queue: row, queue, first row of each queue, and when
    the cargo is off.
    """

    row: Ints
    queue: Ints
    first: Ints
    off: Ints


def ledgers(block: Block, yards: Yards, choosing: Choosing | None) -> Iterator[Ledger]:
    """One after the other."""
    for r in range(block.replications):
        yield _ledger(block, yards, choosing, r)


def _ledger(block: Block, yards: Yards, choosing: Choosing | None, r: int) -> Ledger:
    model, luck, end = block.model, block.lucks[r], block.model.end
    exists = (luck.release >= 0) & (luck.release < end)
    cargo, vehicles = _seen(block, r)
    rides = _ridden(block, r)
    departures = tuple(_departures(block, r, vehicles, rides))
    calls = tuple(_calls(block, r, f, vehicles, rides) for f in range(len(model.fleets)))
    visits, delivered = _visits(block, r, cargo, rides, np.where(exists, luck.release, NEVER))
    return Ledger(
        replication=luck.replication,
        release=Times(np.where(exists, luck.release, 0), exists),
        path=block.path[r].astype(np.int64),
        visits=visits,
        delivered=Times.before(delivered, end),
        departures=departures,
        calls=calls,
        reviews=Reviews(
            stock=yards.stock[:, r].copy(),
            announced=yards.announced[:, r].copy(),
            quotes=choosing.record[:, :, r].T.copy() if choosing else _none_quoted(model),
        ),
    )


def _none_quoted(model: Model) -> Ints:
    return np.zeros((0, -(-model.end // DAY)), np.int64)


def _seen(block: Block, r: int) -> tuple[Seen, Seen]:
    """Visits of cargo, and of vehicles."""
    customers = block.customers
    columns = np.arange(block.layout.stations) * block.replications + r
    place, k = ranges(customers.first[columns], customers.tail0[columns])
    begun = place - customers.first[columns][k] < customers.head0[columns][k]
    seen = Seen(
        node=customers.node[place],
        arrive=customers.arrive[place],
        start=np.where(begun, customers.start[place], BIG),
        finish=np.where(begun, customers.finish[place], BIG),
        place=place,
    )
    ours = seen.node < block.layout.trains_from
    theirs = np.flatnonzero(~ours)
    return seen.some(ours), seen.some(theirs[np.argsort(seen.node[theirs])])


def _ridden(block: Block, r: int) -> Ridden:
    layout, rides = block.layout, block.rides
    columns = (layout.stations + np.arange(layout.queues)) * block.replications + r
    count = rides.head0[columns]
    row, queue = ranges(rides.first[columns], count)
    return Ridden(row, queue, np.cumsum(count) - count, np.full(len(row), NEVER))


def _visits(block: Block, r: int, seen: Seen, rides: Ridden, release: Ints) -> tuple[Visits, Ints]:
    model = block.model
    steps = max((len(path.steps) for path in model.paths), default=0)
    shape = (model.consignments, steps)
    grid = Grid(shape[0] * steps, model.end)
    vehicle, off = np.zeros((2, shape[0] * steps), np.int64)
    seen.put(grid, _cell(block, seen.node))
    _rides_into(block, r, grid, rides, vehicle, off)
    delivered = _cargo_hauls(block, r, grid, off, release)
    arrive, start, finish = grid.by_step(*shape)
    return Visits(arrive, start, finish, vehicle.reshape(steps, shape[0]).T), delivered


def _cell(block: Block, node: Ints) -> Ints:
    """Cells of nodes of cargo: step by step, so that one step of all cargo lies together."""
    layout = block.layout
    return layout.step[layout.row[node]] * block.model.consignments + layout.consignment[node]


def _rides_into(block: Block, r: int, grid: Grid, rides: Ridden, vehicle: Ints, off: Ints) -> None:
    """Fill in the rides of cargo, their vehicles, and when cargo is off them (0: never)."""
    layout, boarding, rows = block.layout, block.boarding, block.rides
    columns = (layout.stations + np.arange(layout.queues)) * block.replications + r
    place, _ = ranges(boarding.first[columns], boarding.tail0[columns])
    grid.put(ARRIVE, _cell(block, boarding.node[place]), boarding.ready[place])
    row, queue = rides.row, rides.queue
    first = boarding.first[columns][queue] + rows.cargo[row]
    place, k = ranges(first, rows.count[row])
    cell = _cell(block, boarding.node[place])
    trains = queue < layout.services
    grid.put(START, cell, rows.at[row][k])
    grid.put(FINISH, cell, np.where(trains, rows.at[row], rows.cast_off[row])[k])
    off[cell] = np.where(rides.off < block.model.end, rides.off, 0)[k]
    number = np.where(trains, _numbers(block, rides), 0)
    vessel, sailing, _ = layout.vessel_at(rows.node[row[~trains]].astype(np.int64))
    vessels = np.array([len(fleet.vessels) for fleet in block.model.fleets], np.int64)
    number[~trains] = sailing * vessels[layout.vessel_fleet[vessel]] + layout.vessel_number[vessel]
    number[rows.at[row] >= block.model.end] = 0
    vehicle[cell] = number[k]


def _numbers(block: Block, rides: Ridden) -> Ints:
    """Numbers of the departures of services; of others they mean nothing."""
    timetabled = np.append(block.timetabled, np.zeros(len(block.layout.calls), np.bool_))
    counted = np.arange(len(rides.row)) - rides.first[rides.queue]
    return np.where(timetabled[rides.queue], block.rides.number[rides.row], counted)


def _cargo_hauls(block: Block, r: int, grid: Grid, off: Ints, release: Ints) -> Ints:
    """Hauls follow from what was before them; returns deliveries."""
    layout, model, path_of = block.layout, block.model, block.path[r]
    delivered = np.full(model.consignments, NEVER)
    for p, path in enumerate(model.paths):
        flow = model.flows[path.flow]
        own = slice(flow.first, flow.first + int(flow.counts.sum()))
        number = np.flatnonzero((path_of[own] == p) & (release[own] != NEVER))
        who = flow.first + number
        node = layout.flow_base[path.flow] + number * layout.flow_stride[path.flow]
        node += layout.slot[p]
        ready = release[who]
        for k, step in enumerate(path.steps):
            cell = k * model.consignments + who
            if step.kind == Kind.HAUL:
                _haul(block, r, grid, node + k, cell, ready)
            if k + 1 == len(path.steps) or path.steps[k + 1].kind == Kind.HAUL:
                rode = step.kind in (Kind.BOARD, Kind.SAIL)
                ready = np.where(off[cell] > 0, off[cell], NEVER) if rode else grid.over(cell)
        delivered[who] = ready
    return delivered


def _haul(block: Block, r: int, grid: Grid, node: Ints, cell: Ints, ready: Ints) -> None:
    """Fill in the hauls of customers at `node` that are ready before the end."""
    begun = np.flatnonzero(ready < block.model.end)
    at, cell = ready[begun], cell[begun]
    grid.put(ARRIVE, cell, at)
    grid.put(START, cell, at)
    grid.put(FINISH, cell, at + block.works.of(np.full(len(at), r), node[begun], at))


def _chain(
    block: Block, r: int, grid: Grid, cell: Ints, node: Ints, ready: Ints, steps: Ints
) -> Ints:
    """Fill in the hauls of vehicles whose nodes and cells come one after the other from `node` and
    `cell` on, `steps` of them; returns when the last step is over.
    """
    layout, ready = block.layout, ready.copy()
    for k in range(int(steps.max(initial=0))):
        going = np.flatnonzero(steps > k)
        hauls = going[layout.elem[layout.row[node[going] + k]] == HAUL]
        _haul(block, r, grid, node[hauls] + k, cell[hauls] + k, ready[hauls])
        ready[going] = grid.over(cell[going] + k)
    return ready


def _departures(block: Block, r: int, seen: Seen, rides: Ridden) -> Iterator[Departures]:
    """Those of all services; also when their cargo is off."""
    layout, rows, end = block.layout, block.rides, block.model.end
    count = int(np.searchsorted(rides.queue, layout.services))
    service, numbers = rides.queue[:count], _numbers(block, rides)[:count]
    order = np.lexsort((numbers, service))
    row, number = rides.row[order], numbers[order].astype(np.int64)
    chains = np.array([len(words.chain) for words in block.model.services], np.int64)
    steps = chains[service]
    cell = np.cumsum(steps) - steps
    node = layout.train_base[service] + number * layout.train_stride[service]
    grid = Grid(int(steps.sum()), end)
    trains = seen.between(layout.trains_from, layout.vessels_from)
    which = np.searchsorted(node, trains.node, side="right") - 1
    trains.put(grid, cell[which] + trains.node - node[which])
    left = rows.at[row].astype(np.int64)
    rides.off[order] = _chain(block, r, grid, cell, node, left, steps)
    column = (layout.stations + service) * block.replications + r
    first = block.boarding.first[column] + rows.cargo[row]
    teu = (block.boarding.teu[first + rows.count[row]] - block.boarding.teu[first]).astype(np.int64)
    timed_out = rows.why[row].astype(np.bool_)
    bounds = np.searchsorted(service, np.arange(layout.services + 1)).tolist()
    for chain, a, b in zip(chains.tolist(), bounds, bounds[1:], strict=False):
        begin = int(cell[a]) if a < b else 0
        passage = Passage(*grid.by_customer(begin, b - a, chain))
        yield Departures(number[a:b], left[a:b], teu[a:b], timed_out[a:b], passage)


def _calls(block: Block, r: int, f: int, seen: Seen, rides: Ridden) -> Calls:
    layout, end = block.layout, block.model.end
    customers, rows = block.customers, block.rides
    vessels = np.flatnonzero(layout.vessel_fleet == f)
    low, stride = layout.vessel_base[vessels[0]], layout.vessel_stride[vessels[0]]
    high = layout.vessel_base[vessels[-1]] + layout.sailings_of(f) * stride
    seen = seen.between(low, high)
    is_call = layout.step[layout.row[seen.node]] == NONE
    chain, seen = seen.some(~is_call), seen.some(is_call)
    who, n, again = layout.vessel_at(seen.node.astype(np.int64))
    order = np.lexsort((seen.arrive, who))
    seen, who, n, again = seen.some(order), who[order], n[order], again[order]
    berthed = Times.before(seen.start, end)
    listing = np.where(berthed.known, customers.listing[seen.place], NONE)
    has, row = listing != NONE, np.maximum(listing, 0)
    closed = has & (rows.at[row] < end)
    laden = (n > 0) & (again == 0)
    before = rows.of_sailing[r, who, np.maximum(n - 1, 0)]
    off = np.where(berthed.known, customers.unloaded[seen.place], BIG)
    _free(block, r, rides, before[laden], layout.call_of(who, n - 1)[laden], off[laden])

    def times(known: Ints, values: Ints) -> Times:
        return Times.before(np.where(known, values, BIG), end)

    listed = times(closed, rows.at[row])
    cast_off = times(berthed.known, customers.finish[seen.place])
    return Calls(
        vessel=layout.vessel_number[who],
        call=layout.call_of(who, n) - layout.first_call[who],
        sailing=np.where(has, n, -1),
        arrive=Times.before(seen.arrive, end),
        berthed=berthed,
        berth=np.where(berthed.known, customers.server[seen.place], 0).astype(np.int64),
        unloaded=times(berthed.known, customers.unloaded[seen.place]),
        listed=listed,
        closed_by=np.where(listed.known, rows.why[row], 0).astype(np.int64),
        loaded=times(listed.known, rows.loaded[row]),
        cast_off=cast_off,
        teu_off=np.where(laden, rows.teu[before], 0).astype(np.int64),
        teu_on=np.where(listed.known, rows.teu[row], 0).astype(np.int64),
        passage=_sailings(block, r, f, chain, who, n, has & cast_off.known, cast_off),
    )


def _free(block: Block, r: int, rides: Ridden, row: Ints, call: Ints, unloaded: Ints) -> None:
    """When the cargo of load lists is off; `call` is the queue (among calls) of each."""
    queue = block.layout.services + call
    column = (block.layout.stations + queue) * block.replications + r
    rides.off[rides.first[queue] + row - block.rides.first[column]] = unloaded


def _sailings(
    block: Block, r: int, f: int, seen: Seen, who: Ints, n: Ints, sails: Ints, cast_off: Times
) -> Passage:
    """What the vessels did on their chains, by call."""
    layout, fleet = block.layout, block.model.fleets[f]
    lengths = np.array([len(call.chain) for call in fleet.calls])
    steps = int(lengths.max())
    grid = Grid(len(who) * steps, block.model.end)
    of = np.full((len(layout.vessel_base), layout.sailings), NONE)
    of[who[sails], n[sails]] = np.flatnonzero(sails)
    vessel, sailing, _ = layout.vessel_at(seen.node.astype(np.int64))
    seen.put(grid, of[vessel, sailing] * steps + layout.step[layout.row[seen.node]])
    call = layout.call_of(who, n)
    start = layout.vessel_base[who] + n * layout.vessel_stride[who] + layout.chain_at[call]
    which = np.flatnonzero(sails)
    _chain(
        block, r, grid, which * steps, start[which], cast_off.at[which],
        lengths[call - layout.first_call[who]][which],
    )  # fmt: skip
    return Passage(*grid.by_customer(0, len(who), steps))
