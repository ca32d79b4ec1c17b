"""Sweeps over queues, one customer of every column at a time. Columns stand by falling numbers of
customers, so that each step is a slice.

A sweep returns starts and finishes, step after step; `counts[k]` columns have a k-th customer.
The servers in `free1` are brought up to date with what starts before the end of the window; what
would start later is not served.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from corridor_sim.engines.array.block import Block
from corridor_sim.engines.array.ragged import BIG, Bools, Ints

Served = tuple[Ints, Ints]


def alone(block: Block, columns: Ints, counts: Ints, arrive: Ints, work: Ints) -> Served:
    """Single servers, none shut: who is k-th starts when the latest of those before him came, or
    the server was free, and all work since then is done (Lindley 1952, doi:10.1017/
    S0305004100027638).
    """
    free = block.customers.free1
    step = np.repeat(np.arange(len(counts)), counts)
    at = np.arange(len(step)) - np.repeat(np.cumsum(counts) - counts, counts)
    grid = np.full((2, len(counts), len(columns)), 0)
    grid[0, step, at], grid[1, step, at] = arrive, work
    np.maximum(grid[0, 0], free[columns, 0], out=grid[0, 0])
    done = np.cumsum(grid[1], axis=0)
    start = np.maximum.accumulate(grid[0] - done + grid[1], axis=0) + done - grid[1]
    finish = start + grid[1]
    starts, finishes = start[step, at], finish[step, at]
    goes = starts < block.end
    last = np.bincount(at[goes], minlength=len(columns))
    served = np.flatnonzero(last)
    free[columns[served], 0] = finish[last[served] - 1, served]
    return starts, finishes


def alike(block: Block, columns: Ints, counts: Ints, arrive: Ints, work: Ints) -> Served:
    """Servers that never differ, none shut: only the sorted times at which they are free count."""
    free = _sorted(block, columns)
    start, finish = np.full(len(arrive), BIG), np.full(len(arrive), BIG)
    at = 0
    for many in counts.tolist():
        here = slice(at, at + many)
        at += many
        begin = np.maximum(arrive[here], free[0, :many])
        goes = begin < block.end
        if not goes.any():
            break
        over = begin + work[here]
        start[here], finish[here] = begin, over
        _take(free[:, :many], goes, over)
    block.customers.free1[columns, : len(free)] = free.T
    return start, finish


def _sorted(block: Block, columns: Ints) -> Ints:
    """Times at which the servers are free, in order `[servers, columns]`."""
    most = int(block.layout.servers[columns // block.replications].max())
    free: Ints = np.sort(block.customers.free1[columns, :most], axis=1).T.copy()
    return free


def _take(free: Ints, goes: Bools, over: Ints) -> None:
    """The first of the sorted servers is taken where a customer goes, until it is over."""
    rest = np.where(goes, over, free[0])
    for before, after in pairwise(free):
        np.minimum(rest, after, out=before)
        rest = np.maximum(rest, after)
    free[-1] = rest


def numbered(block: Block, columns: Ints, counts: Ints, arrive: Ints, work: Ints) -> Served:
    """Servers by number, each with its calendar."""
    most = int(block.layout.servers[columns // block.replications].max())
    free = block.customers.free1[columns, :most].T.copy()
    calendar = block.calendar[columns, :most].T.copy()
    shut = block.no_start.between(calendar, block.begin, block.end)
    stops = block.works_until[calendar]
    soonest = stops.min()
    start, finish = np.full(len(arrive), BIG), np.full(len(arrive), BIG)
    among = np.arange(len(columns))
    at = 0
    for many in counts.tolist():
        here = slice(at, at + many)
        at += many
        ready = np.maximum(arrive[here], free[:, :many])
        for closes, opens in shut:
            inside = ready >= closes[:, :many]
            ready = np.where(inside, np.maximum(ready, opens[:, :many]), ready)
        j = ready.argmin(axis=0)
        begin = ready[j, among[:many]]
        goes = begin < block.end
        if not goes.any():
            break
        over = begin + work[here]
        if over.max() > soonest:
            stopped = np.flatnonzero(over > stops[j, among[:many]])
            if len(stopped):
                over[stopped] = block.no_work.worked_off(
                    calendar[j[stopped], stopped], begin[stopped], work[here][stopped]
                )
        start[here], finish[here] = begin, over
        free[j, among[:many]] = np.where(goes, over, free[j, among[:many]])
    block.customers.free1[columns, :most] = free.T
    return start, finish
