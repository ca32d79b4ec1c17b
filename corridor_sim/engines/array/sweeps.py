"""Sweeps over queues, one customer of every column at a time. Columns stand by falling numbers of
customers, so that each step is a slice.

A sweep returns starts and finishes, step after step; `counts[k]` columns have a k-th customer.
The servers in `free1` are brought up to date with what starts before the end of the window; what
would start later is not served.
"""

from __future__ import annotations

import numpy as np

from corridor_sim.engines.array.block import Block
from corridor_sim.engines.array.ragged import BIG, Ints

Served = tuple[Ints, Ints]


def alike(block: Block, columns: Ints, counts: Ints, arrive: Ints, work: Ints) -> Served:
    """Servers that never differ, none shut: only the sorted times at which they are free count."""
    most = int(block.servers[columns // block.replications].max())
    free = np.sort(block.customers.free1[columns, :most], axis=1).T.copy()
    start, finish = np.full(len(arrive), BIG), np.full(len(arrive), BIG)
    at = 0
    for many in counts.tolist():
        here = slice(at, at + many)
        at += many
        begin = np.maximum(arrive[here], free[0, :many])
        over = begin + work[here]
        goes = begin < block.end
        if not goes.any():
            break
        start[here], finish[here] = begin, over
        rest = np.where(goes, over, free[0, :many])
        for j in range(1, most):
            other = free[j, :many]
            free[j - 1, :many] = np.minimum(rest, other)
            rest = np.maximum(rest, other)
        free[most - 1, :many] = rest
    block.customers.free1[columns, :most] = free.T
    return start, finish


def numbered(block: Block, columns: Ints, counts: Ints, arrive: Ints, work: Ints) -> Served:
    """Servers by number, none shut."""
    most = int(block.servers[columns // block.replications].max())
    free = block.customers.free1[columns, :most].T.copy()
    start, finish = np.full(len(arrive), BIG), np.full(len(arrive), BIG)
    among = np.arange(len(columns))
    at = 0
    for many in counts.tolist():
        here = slice(at, at + many)
        at += many
        free_now = np.maximum(arrive[here], free[:, :many])
        j = free_now.argmin(axis=0)
        begin = free_now[j, among[:many]]
        goes = begin < block.end
        if not goes.any():
            break
        over = begin + work[here]
        start[here], finish[here] = begin, over
        free[j, among[:many]] = np.where(goes, over, free[j, among[:many]])
    block.customers.free1[columns, :most] = free.T
    return start, finish


def shut(block: Block, columns: Ints, counts: Ints, arrive: Ints, work: Ints) -> Served:
    """Servers by number, each with its calendar."""
    most = int(block.servers[columns // block.replications].max())
    free = block.customers.free1[columns, :most].T.copy()
    calendar = block.calendar[columns, :most].T.copy()
    start, finish = np.full(len(arrive), BIG), np.full(len(arrive), BIG)
    among = np.arange(len(columns))
    at = 0
    for many in counts.tolist():
        here = slice(at, at + many)
        at += many
        ready = np.maximum(arrive[here], free[:, :many])
        free_now = block.no_start.next_open(calendar[:, :many].ravel(), ready.ravel())
        free_now = free_now.reshape(most, many)
        j = free_now.argmin(axis=0)
        begin = free_now[j, among[:many]]
        goes = begin < block.end
        if not goes.any():
            break
        over = block.no_work.worked_off(calendar[j, among[:many]], begin, work[here])
        start[here], finish[here] = begin, over
        free[j, among[:many]] = np.where(goes, over, free[j, among[:many]])
    block.customers.free1[columns, :most] = free.T
    return start, finish
