"""Where a customer goes when a step is over: hauls are passed at once, the rest are entries.

An entry is (column that caused it, column that it goes to, tick, node); for yards the last is TEU.
"""

from __future__ import annotations

import numpy as np

from corridor_sim.engines.array.block import Block
from corridor_sim.engines.array.layout import HAUL, OVER
from corridor_sim.engines.array.ragged import Bools, Ints, Whole

Entries = tuple[Whole, ...]


def enter(
    block: Block, cause: Ints, replication: Ints, at: Ints, node: Ints, out: list[Entries]
) -> None:
    """Customers come to a node."""
    layout = block.layout
    row = layout.row[node]
    elem = layout.elem[row]
    hauls = np.flatnonzero(elem == HAUL)
    if layout.yards:
        to_yards(block, cause, replication, at, row, layout.enters, 1, out)
    if len(hauls):
        at, node, elem = at.copy(), node.copy(), elem.copy()
    while len(hauls):
        ours = replication[hauls]
        at[hauls] += block.works.of(ours, node[hauls], at[hauls])
        here = layout.row[node[hauls]]
        if layout.yards:
            to_yards(block, cause[hauls], ours, at[hauls], here, layout.leaves, -1, out)
        node[hauls] += 1
        here = layout.row[node[hauls]]
        if layout.yards:
            to_yards(block, cause[hauls], ours, at[hauls], here, layout.enters, 1, out)
        elem[hauls] = layout.elem[here]
        hauls = hauls[elem[hauls] == HAUL]
    going = elem != OVER
    if not going.all():
        cause, replication, at, node, elem = (
            x[going] for x in (cause, replication, at, node, elem)
        )
    out.append((cause, elem * block.replications + replication, at, node))


def leave(
    block: Block, cause: Ints, replication: Ints, at: Ints, node: Ints, out: list[Entries]
) -> None:
    """Customers are done with a node."""
    if not len(node):
        return
    if block.layout.yards:
        leave_yard(block, cause, replication, at, node, out)
    enter(block, cause, replication, at, node + 1, out)


def leave_yard(
    block: Block, cause: Ints, replication: Ints, at: Ints, node: Ints, out: list[Entries]
) -> None:
    """Customers leave the stock of a yard, where their node says so."""
    layout = block.layout
    to_yards(block, cause, replication, at, layout.row[node], layout.leaves, -1, out)


def to_yards(
    block: Block, cause: Ints, replication: Ints, at: Ints, row: Whole, yards: Ints, sign: int,
    out: list[Entries],
) -> None:  # fmt: skip
    """TEU join (1) or leave (-1) the stock of the yards of their rows."""
    yard = yards[row]
    there: Bools = yard >= 0
    if there.any():
        layout = block.layout
        column = (layout.yards_from + yard[there]) * block.replications + replication[there]
        out.append((cause[there], column, at[there], sign * layout.size[row[there]]))
