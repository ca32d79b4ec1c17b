"""Stations: customers first come, first served (Kiefer and Wolfowitz 1955, doi:10.1090/
S0002-9947-1955-0066556-4), all columns in step.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

import corridor_sim.engines.array.sweeps as sweeps
from corridor_sim.engines.array.block import Block
from corridor_sim.engines.array.ragged import BIG, Bools, Ints, groups, ranges
from corridor_sim.engines.array.routing import Entries, leave

Sweep = Callable[[Block, Ints, Ints, Ints, Ints], sweeps.Served]

_AT_ONCE = 64


def enqueue(block: Block, column: Ints, at: Ints, node: Ints) -> None:
    """Customers, sorted by column, time and node, join the queues of their stations."""
    if not len(column):
        return
    customers = block.customers
    first, count = groups(column)
    place = customers.first[column] + customers.tail0[column]
    place += np.arange(len(column)) - np.repeat(first, count)
    customers.node[place] = node
    customers.arrive[place] = at
    customers.tail1[column[first]] = customers.tail0[column[first]] + count


def solve(
    block: Block, columns: Ints, column: Ints, at: Ints, node: Ints, out: list[Entries]
) -> None:
    """Serve these columns from the beginning of the window to its end."""
    customers = block.customers
    customers.head1[columns] = customers.head0[columns]
    customers.tail1[columns] = customers.tail0[columns]
    customers.free1[columns] = customers.free0[columns]
    enqueue(block, column, at, node)
    live = columns[customers.head0[columns] < customers.tail1[columns]]
    if not len(live):
        return
    shuts = block.next_shut[live]
    closes = shuts < block.end
    _served(block, live, closes)
    later = live[block.alike[live] & ~closes & (shuts < BIG)]
    stopped = later[~_undisturbed(block, later)]
    if len(stopped):
        customers.free1[stopped] = customers.free0[stopped]
        _served(block, stopped, np.ones(len(stopped), bool))
    place, k = ranges(
        customers.first[live] + customers.head0[live], customers.head1[live] - customers.head0[live]
    )
    cause = live[k]
    leave(
        block, cause, block.replication[cause], customers.finish[place].astype(np.int64),
        customers.node[place].astype(np.int64), out,
    )  # fmt: skip


def _served(block: Block, columns: Ints, closes: Bools) -> None:
    """Serve columns, those that close by the calendars of their servers."""
    alike = block.alike[columns] & ~closes
    single = alike & (block.layout.servers[columns // block.replications] == 1)
    for part, sweep in (
        (columns[single], sweeps.alone),
        (columns[alike & ~single], sweeps.alike),
        (columns[~alike], sweeps.numbered),
    ):
        if len(part):
            serve(block, part, sweep)


def _undisturbed(block: Block, columns: Ints) -> Bools:
    """Whether all that was begun in this window is over before anything shuts."""
    customers = block.customers
    latest = np.where(customers.free1[columns] < BIG, customers.free1[columns], 0).max(axis=1)
    undisturbed: Bools = latest <= block.next_shut[columns]
    return undisturbed


def serve(block: Block, columns: Ints, sweep: Sweep) -> None:
    """Serve columns in portions of their queues."""
    customers = block.customers
    head = customers.head0[columns]
    while len(columns):
        waiting = np.minimum(customers.tail1[columns] - head, _AT_ONCE)
        order = np.argsort(-waiting, kind="stable")
        columns, head, waiting = columns[order], head[order], waiting[order]
        went = _portion(block, columns, head, waiting, sweep)
        head = head + went
        customers.head1[columns] = head
        more = (went == waiting) & (head < customers.tail1[columns])
        columns, head = columns[more], head[more]


def _portion(block: Block, columns: Ints, head: Ints, waiting: Ints, sweep: Sweep) -> Ints:
    """Serve the next so many of each column; columns come by falling numbers."""
    customers = block.customers
    valid = np.arange(waiting[0])[:, None] < waiting
    step, k = np.nonzero(valid)
    place = (customers.first[columns] + head)[k] + step
    node = customers.node[place].astype(np.int64)
    begin = np.full(len(node), block.begin)
    work = block.works.of(block.replication[columns][k], node, begin)
    ready = np.maximum(customers.arrive[place], begin)  # what waits could not start before
    start, finish = sweep(block, columns, valid.sum(axis=1), ready, work)
    goes = start < block.end
    customers.start[place[goes]] = start[goes]
    customers.finish[place[goes]] = finish[goes]
    return np.bincount(k[goes], minlength=len(columns))
