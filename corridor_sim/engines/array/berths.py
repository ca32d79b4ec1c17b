"""Berths: vessels and other customers first come, first served. The whole call of a vessel is
solved when it berths; a column of a berth holds the load lists of the calls at it.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

import corridor_sim.engines.array.services as services
import corridor_sim.engines.array.stations as stations
from corridor_sim.engines.array.block import Block
from corridor_sim.engines.array.ragged import BIG, Bools, Ints, joined, ranges
from corridor_sim.engines.array.routing import Entries, enter, leave, leave_yard
from corridor_sim.model import NONE

MIN_LOAD, CAPACITY, LONGEST_WAIT = 0, 1, 2
"""Why a load list closed."""


@dataclass
class Done:
    """What happened at the berths in a window."""

    sailed: list[tuple[Ints, ...]] = field(default_factory=list)
    """Berth, queue, vessel's node, cast off, first and number of the cargo."""
    freed: list[tuple[Ints, ...]] = field(default_factory=list)
    """Berth, queue and row in which the cargo was listed, when unloading ends."""
    back: list[tuple[Ints, ...]] = field(default_factory=list)
    """Entries of vessels that come back from absence."""
    served: list[tuple[Ints, ...]] = field(default_factory=list)
    """Berth, place among its customers, of customers that are no vessels."""


def solve(
    block: Block, columns: Ints, column: Ints, at: Ints, node: Ints, out: list[Entries]
) -> None:
    """Calls at these berths in the window."""
    customers, boarding, rides = block.customers, block.boarding, block.rides
    customers.head1[columns] = customers.head0[columns]
    customers.tail1[columns] = customers.tail0[columns]
    customers.free1[columns] = customers.free0[columns]
    queues = _queues(block, columns)
    for pointers in (boarding, rides):
        pointers.head1[queues] = pointers.head0[queues]
        pointers.tail1[queues] = pointers.tail0[queues]
    asks = column < block.layout.arrivals_from * block.replications  # the rest is what is aboard
    column, at, node = column[asks], at[asks], node[asks]
    cargo = column >= block.layout.stations * block.replications
    services.enqueue(block, column[cargo], at[cargo], node[cargo])
    stations.enqueue(block, column[~cargo], at[~cargo], node[~cargo])
    done = Done()
    _close_in_turn(block, queues[rides.head1[queues] < rides.tail1[queues]], done)
    _give(block, columns, done)
    _emit(block, done, out)


def _queues(block: Block, columns: Ints) -> Ints:
    """Columns of the queues for vessels at berths."""
    station, replication = columns // block.replications, block.replication[columns]
    from_ = block.layout.stations + block.layout.services
    return np.concatenate(
        [
            (from_ + q) * block.replications + replication[station == s]
            for s in np.unique(station).tolist()
            for q in block.handling.queues_at[s]
        ]
        or [columns[:0]]
    )


def _close_in_turn(block: Block, queues: Ints, done: Done) -> None:
    rides = block.rides
    while len(queues):
        queues = queues[_close(block, queues, done)]
        queues = queues[rides.head1[queues] < rides.tail1[queues]]


def _close(block: Block, queues: Ints, done: Done) -> Bools:
    """Close the first open list of each queue; whether it closes in this window."""
    boarding, rides, layout = block.boarding, block.rides, block.layout
    call = queues // block.replications - layout.stations - layout.services
    row = rides.first[queues] + rides.head1[queues]
    vessel = layout.vessel_at(rides.node[row])[0]
    before = np.where(rides.head1[queues] > 0, rides.at[np.maximum(row - 1, 0)], 0)
    opened = np.maximum(np.maximum(rides.berthed[row], before), block.begin)
    places = block.places[vessel]
    loaded = _loaded(block, queues, np.minimum(block.handling.least[call], places), opened)
    at = np.maximum(opened, np.minimum(loaded, rides.berthed[row] + block.handling.wait[call]))
    goes: Bools = at < block.end
    if not goes.all():
        queues, call, row, places, loaded, at = (
            x[goes] for x in (queues, call, row, places, loaded, at)
        )
    head = boarding.head1[queues]
    first, tail = boarding.first[queues], boarding.tail1[queues]
    count = services.fitting(block, queues, head, tail, places, at)
    count[block.embargo[queues]] = 0
    rides.at[row], rides.cargo[row], rides.count[row] = at, head, count
    rides.teu[row] = boarding.teu[first + head + count] - boarding.teu[first + head]
    filled = np.where(block.handling.least[call] <= places, MIN_LOAD, CAPACITY)
    rides.why[row] = np.where(loaded <= at, filled, LONGEST_WAIT)
    boarding.head1[queues] = head + count
    rides.head1[queues] += 1
    _load(block, queues, call, row, done)
    return goes


def _loaded(block: Block, queues: Ints, need: Ints, opened: Ints) -> Ints:
    """When so many TEU wait, at the earliest when the list is open."""
    boarding = block.boarding
    low = boarding.first[queues] + boarding.head1[queues]
    end = boarding.first[queues] + boarding.tail1[queues]
    there = services.reaching(block, queues, low, end, need)
    ready = boarding.ready[np.maximum(np.minimum(there, end) - 1, 0)]
    at = np.where(there <= end, np.where(there == low, opened, ready), BIG)
    barred = np.where(need <= 0, opened, BIG)
    loaded: Ints = np.maximum(opened, np.where(block.embargo[queues], barred, at))
    return loaded


def _load(block: Block, queues: Ints, call: Ints, row: Ints, done: Done) -> None:
    """Vessels whose list has closed are loaded and cast off."""
    customers, rides = block.customers, block.rides
    berth, server = block.owner[queues], rides.server[row]
    begin = np.maximum(rides.unloaded[row], rides.at[row]).astype(np.int64)
    calendar = block.calendar[berth, server]
    work = block.handling.load[block.handling.first[call] + rides.teu[row]]
    over = _worked_off(block, calendar, begin, work)
    sails = _cast_off(block, calendar, over)
    rides.loaded[row], rides.cast_off[row] = over, sails
    customers.free1[berth, server] = sails
    customers.finish[rides.customer[row]] = sails
    done.sailed.append((berth, queues, rides.node[row], sails, rides.cargo[row], rides.count[row]))


def _worked_off(block: Block, calendar: Ints, begin: Ints, work: Ints) -> Ints:
    """When work is done; only what does not end before the berth closes is looked up."""
    over = begin + work
    late = np.flatnonzero(over > block.works_until[calendar])
    if len(late):
        over[late] = block.no_work.worked_off(calendar[late], begin[late], work[late])
    return over


def _cast_off(block: Block, calendar: Ints, ready: Ints) -> Ints:
    """When vessels that are ready may leave."""
    sails = ready.copy()
    late = np.flatnonzero(ready >= block.starts_until[calendar])
    if len(late):
        sails[late] = block.no_start.next_open(calendar[late], ready[late])
    return sails


def _give(block: Block, columns: Ints, done: Done) -> None:
    """Give berths in order of arrival, all columns in step."""
    customers = block.customers
    live = columns[customers.head0[columns] < customers.tail1[columns]]
    berths_from = block.layout.vessels_from
    while len(live):
        place = customers.first[live] + customers.head1[live]
        free = _free(block, live, customers.arrive[place])
        server = free.argmin(axis=1)
        begin = free[np.arange(len(live)), server]
        goes = begin < block.end
        live, place, server, begin = (x[goes] for x in (live, place, server, begin))
        customers.start[place], customers.server[place] = begin, server
        node = customers.node[place]
        calls = node >= berths_from
        calls[calls] = _berthing(block, node[calls])
        if not calls.all():
            _ordinary(block, live[~calls], place[~calls], begin[~calls], server[~calls], done)
        if calls.any():
            _vessels(block, live[calls], place[calls], begin[calls], server[calls], done)
        customers.head1[live] += 1
        live = live[customers.head1[live] < customers.tail1[live]]


def _free(block: Block, columns: Ints, arrive: Ints) -> Ints:
    """When each berth is free for who has come."""
    # what waits could not berth before the window
    ready = np.maximum(arrive, block.begin)
    free: Ints = np.maximum(ready[:, None], block.customers.free1[columns])
    closes = np.flatnonzero(block.next_shut[columns] < block.end)
    if len(closes):
        calendar, of = block.calendar[columns[closes]], free[closes]
        free[closes] = block.no_start.next_open(calendar.ravel(), of.ravel()).reshape(of.shape)
    return free


def _berthing(block: Block, node: Ints) -> Bools:
    """Which nodes of vessels are calls, rather than steps of a chain."""
    found: Bools = block.layout.step[block.layout.row[node]] == NONE
    return found


def _ordinary(
    block: Block, columns: Ints, place: Ints, begin: Ints, server: Ints, done: Done
) -> None:
    customers = block.customers
    node = customers.node[place].astype(np.int64)
    work = block.works.of(block.replication[columns], node, begin)
    over = _worked_off(block, block.calendar[columns, server], begin, work)
    customers.finish[place] = over
    customers.free1[columns, server] = over
    done.served.append((columns, place))


def _vessels(
    block: Block, columns: Ints, place: Ints, begin: Ints, server: Ints, done: Done
) -> None:
    """Vessels berth: unloading, and a load list unless they are absent."""
    customers, layout = block.customers, block.layout
    node, replication = customers.node[place].astype(np.int64), block.replication[columns]
    vessel, sailing, again = layout.vessel_at(node)
    call = layout.call_of(vessel, sailing)
    teu = np.zeros(len(node), np.int64)
    laden = np.flatnonzero((again == 0) & (sailing > 0))
    row = block.rides.of_sailing[replication[laden], vessel[laden], sailing[laden] - 1]
    teu[laden] = block.rides.teu[row]
    work = block.handling.unload[block.handling.first[call] + teu]
    unloaded = _worked_off(block, block.calendar[columns, server], begin, work)
    customers.unloaded[place] = unloaded
    if len(laden):
        queue = layout.call_of(vessel[laden], sailing[laden] - 1)
        queue = (layout.stations + layout.services + queue) * block.replications
        done.freed.append((columns[laden], queue + replication[laden], row, unloaded[laden]))
    ends = block.absence.end_of_window(vessel, begin)
    away = ends >= 0
    if away.any():
        _absent(
            block, columns[away], place[away], server[away], unloaded[away], ends[away],
            node[away] - again[away], done,
        )  # fmt: skip
    stays = ~away
    if stays.any():
        _open_lists(
            block, columns[stays], place[stays], begin[stays], server[stays], unloaded[stays],
            vessel[stays], sailing[stays], call[stays], done,
        )  # fmt: skip


def _absent(
    block: Block, columns: Ints, place: Ints, server: Ints, unloaded: Ints, ends: Ints,
    node: Ints, done: Done,
) -> None:  # fmt: skip
    customers = block.customers
    sails = _cast_off(block, block.calendar[columns, server], unloaded)
    customers.free1[columns, server] = sails
    customers.finish[place] = sails
    customers.listing[place] = NONE
    done.back.append((columns, columns, np.maximum(sails, ends), node + 1))


def _open_lists(
    block: Block, columns: Ints, place: Ints, begin: Ints, server: Ints, unloaded: Ints,
    vessel: Ints, sailing: Ints, call: Ints, done: Done,
) -> None:  # fmt: skip
    customers, rides, layout = block.customers, block.rides, block.layout
    replication = block.replication[columns]
    queues = (layout.stations + layout.services + call) * block.replications + replication
    row = rides.first[queues] + rides.tail1[queues]
    rides.node[row], rides.berthed[row] = customers.node[place], begin
    rides.server[row], rides.customer[row], rides.unloaded[row] = server, place, unloaded
    rides.at[row] = rides.cast_off[row] = rides.loaded[row] = BIG
    rides.of_sailing[replication, vessel, sailing] = row
    customers.listing[place] = row
    customers.free1[columns, server] = BIG
    customers.finish[place] = BIG
    first = rides.head1[queues] == rides.tail1[queues]
    rides.tail1[queues] += 1
    if first.any():
        _close(block, queues[first], done)


def _emit(block: Block, done: Done, out: list[Entries]) -> None:
    customers, boarding = block.customers, block.boarding
    out += done.back
    if (served := joined(done.served)) is not None:
        columns, place = served
        leave(
            block, columns, block.replication[columns], customers.finish[place].astype(np.int64),
            customers.node[place].astype(np.int64), out,
        )  # fmt: skip
    if (freed := joined(done.freed)) is not None:
        columns, queue, row, at = freed
        place, k = ranges(boarding.first[queue] + block.rides.cargo[row], block.rides.count[row])
        cargo = boarding.node[place].astype(np.int64)
        enter(block, columns[k], block.replication[columns[k]], at[k], cargo + 1, out)
    if (sailed := joined(done.sailed)) is not None:
        _sail(block, sailed, out)


def _sail(block: Block, sailed: tuple[Ints, ...], out: list[Entries]) -> None:
    """Vessels that have cast off go on; ports that they reach in this window are told what is
    aboard, as their times do not tell.
    """
    berth, queue, node, at, head, count = sailed
    boarding, layout = block.boarding, block.layout
    vessel, sailing, _ = layout.vessel_at(node)
    start = layout.vessel_base[vessel] + sailing * layout.vessel_stride[vessel]
    start += layout.chain_at[layout.call_of(vessel, sailing)]
    replication = block.replication[berth]
    enter(block, berth, replication, at, start, out)
    # vessels always go on somewhere, so that the last entries are theirs, one each
    soon = np.flatnonzero(out[-1][2] < block.end)
    if layout.yards:
        place, k = ranges(boarding.first[queue] + head, count)
        cargo = boarding.node[place].astype(np.int64)
        leave_yard(block, berth[k], replication[k], at[k], cargo, out)
    if len(soon):
        place, k = ranges(boarding.first[queue[soon]] + head[soon], count[soon])
        of, tells = soon[k], layout.aboard_from - layout.stations - layout.services
        to = queue[of] + tells * block.replications
        out.append((berth[of], to, at[of], boarding.node[place].astype(np.int64)))
