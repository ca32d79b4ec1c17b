"""Services: departures in step; trains that arrive."""

from __future__ import annotations

import numpy as np

from corridor_sim.engines.array.block import Block
from corridor_sim.engines.array.ragged import BIG, Bools, Ints, groups, joined, ranges, row_search
from corridor_sim.engines.array.routing import Entries, enter, leave_yard


def enqueue(block: Block, column: Ints, at: Ints, node: Ints) -> None:
    """Cargo, sorted by column, time and node, joins the queues for its rides."""
    if not len(column):
        return
    boarding = block.boarding
    first, count = groups(column)
    queue = column[first]
    place = boarding.first[column] + boarding.tail0[column]
    place += np.arange(len(column)) - np.repeat(first, count)
    boarding.node[place] = node
    boarding.ready[place] = at
    size = block.layout.size[block.layout.row[node]]
    total = np.cumsum(size)
    before = boarding.teu[boarding.first[queue] + boarding.tail0[queue]]
    boarding.teu[place + 1] = total + np.repeat(before - (total - size)[first], count)
    boarding.tail1[queue] = boarding.tail0[queue] + count


def fitting(block: Block, queues: Ints, head: Ints, tail: Ints, places: Ints, at: Ints) -> Ints:
    """How many of each queue, ready by `at`, fit: the longest prefix."""
    boarding = block.boarding
    first = boarding.first[queues]
    low = first + head
    fit = reaching(block, queues, low, first + tail, places, right=True) - 1
    count: Ints = row_search(boarding.ready, low, fit, at, right=True) - low
    return count


def reaching(
    block: Block, queues: Ints, low: Ints, end: Ints, teu: Ints, *, right: bool = False
) -> Ints:
    """First place of a queue so many TEU (right: more) behind `low`, else `end` + 1."""
    before = block.boarding.teu
    high = np.minimum(end, low + teu // block.boarding.least[queues] + 1) + 1
    return row_search(before, low, high, before[low] + teu, right=right)


def solve(
    block: Block, columns: Ints, column: Ints, at: Ints, node: Ints, out: list[Entries]
) -> None:
    """Departures of these columns in the window."""
    boarding, rides = block.boarding, block.rides
    boarding.head1[columns] = boarding.head0[columns]
    boarding.tail1[columns] = boarding.tail0[columns]
    enqueue(block, column, at, node)
    rides.head1[columns] = rides.head0[columns]
    service = columns // block.replications - block.layout.stations
    timed = block.timetabled[service]
    gone: list[tuple[Ints, ...]] = []
    if timed.any():
        _timetables(block, columns[timed], service[timed], gone)
    if not timed.all():
        _when_full(block, columns[~timed], service[~timed], gone)
    _trains(block, gone, out)


def _timetables(block: Block, columns: Ints, service: Ints, gone: list[tuple[Ints, ...]]) -> None:
    boarding, rides = block.boarding, block.rides
    while len(columns):
        row = rides.first[columns] + rides.head1[columns]
        at = rides.at[row].astype(np.int64)
        goes = at < block.end
        columns, service, row, at = (x[goes] for x in (columns, service, row, at))
        head = boarding.head1[columns]
        count = fitting(
            block, columns, head, boarding.tail1[columns], block.service_places[service], at
        )
        count[block.embargo[columns]] = 0
        rides.cargo[row], rides.count[row] = head, count
        boarding.head1[columns] = head + count
        rides.head1[columns] += 1
        gone.append((columns, service, rides.number[row].astype(np.int64), at, head, count))


def _when_full(block: Block, columns: Ints, service: Ints, gone: list[tuple[Ints, ...]]) -> None:
    boarding, rides = block.boarding, block.rides
    free = ~block.embargo[columns] & (boarding.head1[columns] < boarding.tail1[columns])
    columns, service = columns[free], service[free]
    last = np.full(len(columns), block.begin)
    while len(columns):
        head, tail = boarding.head1[columns], boarding.tail1[columns]
        at, full = _next_full(block, columns, service, head, tail, last)
        goes = at < block.end
        columns, service, head, tail, at, full = (
            x[goes] for x in (columns, service, head, tail, at, full)
        )
        count = fitting(block, columns, head, tail, block.service_places[service], at)
        number = rides.head1[columns]
        row = rides.first[columns] + number
        rides.at[row], rides.cargo[row], rides.count[row] = at, head, count
        rides.why[row] = ~full
        boarding.head1[columns] = head + count
        rides.head1[columns] += 1
        gone.append((columns, service, number, at, head, count))
        more = head + count < tail
        columns, service, last = columns[more], service[more], at[more]


def _next_full(
    block: Block, columns: Ints, service: Ints, head: Ints, tail: Ints, last: Ints
) -> tuple[Ints, Bools]:
    """When the next train leaves, and whether it is full."""
    boarding = block.boarding
    low, end = boarding.first[columns] + head, boarding.first[columns] + tail
    full = reaching(block, columns, low, end, block.service_places[service])
    when_full = np.where(full <= end, boarding.ready[np.minimum(full, end) - 1], BIG)
    waited = boarding.ready[low] + block.service_wait[service]
    at = np.maximum(last, np.minimum(when_full, waited))
    at = block.shut.next_open(service * block.replications + block.replication[columns], at)
    return at, when_full <= at


def _trains(block: Block, gone: list[tuple[Ints, ...]], out: list[Entries]) -> None:
    every = joined(gone)
    if every is None:
        return
    columns, service, number, at, head, count = every
    if block.layout.yards:
        place, k = ranges(block.boarding.first[columns] + head, count)
        cause = columns[k]
        leave_yard(
            block, cause, block.replication[cause], at[k],
            block.boarding.node[place].astype(np.int64), out,
        )  # fmt: skip
    node = block.layout.train_base[service] + number * block.layout.train_stride[service]
    enter(block, columns, block.replication[columns], at, node, out)


def arrive(
    block: Block, columns: Ints, column: Ints, at: Ints, node: Ints, out: list[Entries]
) -> None:
    """Trains arrive, and their cargo goes on."""
    if not len(column):
        return
    layout, rides = block.layout, block.rides
    service = column // block.replications - layout.arrivals_from
    queue = column - layout.queues * block.replications
    number = layout.number[node - layout.trains_from]
    row = number.astype(np.int64)
    timed = block.timetabled[service]
    row[timed] = rides.of_slot[rides.slot_first[queue[timed]] + number[timed]]
    row += rides.first[queue]
    place, k = ranges(block.boarding.first[queue] + rides.cargo[row], rides.count[row])
    cause = column[k]
    cargo = block.boarding.node[place].astype(np.int64)
    enter(block, cause, block.replication[cause], at[k], cargo + 1, out)
