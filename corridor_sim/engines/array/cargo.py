"""What is known of the cargo of a block before its first window."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from corridor_sim.draws import Luck
from corridor_sim.engines.array.layout import Layout
from corridor_sim.engines.array.ragged import Ints
from corridor_sim.model import Model


def passed(model: Model, layout: Layout, lucks: Sequence[Luck]) -> tuple[Ints, Ints]:
    """How many consignments pass each station `[S, R]` and wait in each queue `[Q, R]`; at most, of
    those that choose.
    """
    taken = np.zeros((len(model.paths), len(lucks)), np.int64)
    for r, luck in enumerate(lucks):
        exists = (luck.release >= 0) & (luck.release < model.end)
        taken[:, r] = np.bincount(luck.path[exists], minlength=len(model.paths))
    found = np.zeros((layout.elements, len(lucks)), np.int64)
    for flow in model.flows:
        ways = [taken[p] * _times(model, layout, p)[:, None] for p in flow.paths if taken[p].any()]
        if flow.choice:  # any of them may take the way that passes an element most often
            who = taken[flow.paths[0]]
            most = np.max([_times(model, layout, p) for p in flow.paths], axis=0)
            ways = [who * most[:, None]]
        found += sum(ways, np.zeros_like(found))
    return found[: layout.stations], found[layout.stations : layout.stations + layout.queues]


def _times(model: Model, layout: Layout, path: int) -> Ints:
    """How often cargo of a path is a customer of each element."""
    words = model.paths[path]
    times = np.zeros(layout.elements, np.int64)
    if not int(model.flows[words.flow].counts.sum()):
        return times
    first = layout.flow_base[words.flow] + layout.slot[path]
    elem = layout.elem[layout.row[first : first + len(words.steps)]]
    np.add.at(times, elem[elem >= 0], 1)
    return times


def costs(lucks: Sequence[Luck]) -> dict[int, Ints]:
    """By flow that chooses: what paths cost `[R, n, paths]`."""
    return {
        f: np.stack([cost for luck in lucks if (cost := luck.costs[f]) is not None])
        for f, drawn in enumerate(lucks[0].costs)
        if drawn is not None
    }


def first_nodes(model: Model, layout: Layout) -> Ints:
    """By consignment: its first node, whatever its path."""
    counts = [int(flow.counts.sum()) for flow in model.flows]
    flow = np.repeat(np.arange(len(model.flows)), counts)
    number = np.arange(model.consignments) - np.repeat([f.first for f in model.flows], counts)
    nodes: Ints = layout.flow_base[flow] + number * layout.flow_stride[flow]
    return nodes
