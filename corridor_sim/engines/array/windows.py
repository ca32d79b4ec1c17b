"""Windows of time: each is solved again, column by column, until nothing changes any more.

The answer inside a window is the only one, whatever its length, since every way round takes at
least a tick (Chandy and Misra 1979, doi:10.1109/TSE.1979.230182, for what a window may know).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Final

import numpy as np

import corridor_sim.engines.array.berths as berths
import corridor_sim.engines.array.services as services
import corridor_sim.engines.array.stations as stations
from corridor_sim.engines.array.block import Block
from corridor_sim.engines.array.choice import Choosing
from corridor_sim.engines.array.ragged import NONE_YET, Bools, Ints, groups, joined
from corridor_sim.engines.array.routing import Entries, enter
from corridor_sim.engines.array.yards import Yards
from corridor_sim.errors import UsageError
from corridor_sim.model import DAY, NONE, Kind, Model, Ticks

_MONTH: Final = 30 * DAY
_SIX_HOURS: Final = DAY // 4

_KEY_BITS: Final = 63

Solver = Callable[[Block, Ints, Ints, Ints, Ints, list[Entries]], None]
_NOTHING: Entries = (NONE_YET,) * 4


@dataclass
class Batch:
    """Elements that are solved together, and what came of it in this window."""

    solve: Solver
    columns: Ints
    keys: Ints = field(default_factory=lambda: NONE_YET)
    """What came in before the window, packed."""
    inside: list[tuple[Ints, Ints]] = field(default_factory=list)
    """By batch that it goes to: columns that caused entries of this window, and the entries."""
    later: Entries = _NOTHING


@dataclass
class Run:
    """A block on its way through time."""

    block: Block
    batches: list[Batch]
    batch: Ints
    """By column: the batch that solves it; the last one is of yards."""
    yards: Yards
    choosing: Choosing | None
    begins: Ints
    """Of the windows of the run."""
    pool: list[list[Entries]]
    """By window: what has been put off until then."""
    released: Entries
    """Releases in order of time: replication, tick, consignment."""
    upto: int
    """How many of them have come."""
    node_bits: int
    time_bits: int
    """Of a packed entry: column, tick in the window, node."""
    dirty: Bools
    solved: Bools
    now: int = 0
    """Number of the window."""


def run(block: Block, *, window: int | None) -> tuple[Yards, Choosing | None]:
    """Bring a block to its end; what happened is in its ledgers and in what reviews said."""
    spans = windows(block, window or _length(block))
    state = _started(block, spans)
    for state.now, (block.begin, block.end) in enumerate(spans):
        begin = block.begin
        _look(block)
        if begin % DAY == 0:
            state.yards.enforce(block)
            if state.choosing is not None:
                state.choosing.enforce(begin // DAY)
        _window(state)
        if begin % DAY == 0:
            state.yards.review(begin // DAY)
            if state.choosing is not None:
                state.choosing.review(begin // DAY)
    return state.yards, state.choosing


def _length(block: Block) -> int:
    """A day, since within more of it too much comes back; of stations alone a month where nothing
    does, else six hours.
    """
    model = block.model
    if model.services or model.fleets:
        return DAY
    return _SIX_HOURS if _onward(model) is None else _MONTH


def windows(block: Block, window: int) -> list[tuple[int, int]]:
    """Windows of the run; none holds a review or the beginning of a period inside."""
    model = block.model
    cuts: list[Ticks] = [law.starts for law in model.durations] + [f.starts for f in model.fleets]
    known = [np.arange(0, model.end, window), *cuts]
    if model.yards or model.quotes:
        known.append(np.arange(0, model.end, DAY))
    begins = np.unique(np.concatenate(known))
    begins = begins[(begins >= 0) & (begins < model.end)]
    return list(zip(begins.tolist(), [*begins[1:].tolist(), model.end], strict=True))


def _look(block: Block) -> None:
    """What holds in the whole window: places, and when servers are shut next."""
    model, layout = block.model, block.layout
    for vessel, (f, v) in enumerate(
        zip(layout.vessel_fleet.tolist(), layout.vessel_number.tolist(), strict=True)
    ):
        fleet = model.fleets[f]
        period = np.searchsorted(fleet.starts, block.begin, "right") - 1
        block.places[vessel] = fleet.places[v, period]
    block.next_shut = block.any_shut.next_shut(block.begin)
    block.starts_until = block.no_start.next_shut(block.begin)
    block.works_until = block.no_work.next_shut(block.begin)


def _started(block: Block, spans: list[tuple[int, int]]) -> Run:
    layout = block.layout
    batches = _batches(block)
    batch = np.full(block.columns, len(batches))
    for b, made in enumerate(batches):
        batch[made.columns] = b
    batch = batch[block.owner]
    for made in batches:
        made.inside = [(NONE_YET, NONE_YET)] * len(batches)
    node_bits = max(1, layout.nodes.bit_length())
    time_bits = max(end - begin for begin, end in spans).bit_length()
    if block.columns.bit_length() + time_bits + node_bits > _KEY_BITS:
        raise UsageError("too many replications at once for the array engine; take smaller blocks")
    state = Run(
        block=block, batches=batches, batch=batch, yards=Yards.of(block.model, block.replications),
        choosing=Choosing.of(block.model, block.replications),
        begins=np.array([begin for begin, _ in spans]), pool=[[] for _ in spans],
        released=_releases(block), upto=0, node_bits=node_bits, time_bits=time_bits,
        dirty=np.zeros(block.columns, bool), solved=np.zeros(block.columns, bool),
    )  # fmt: skip
    _bank(state, _fleets(block))
    return state


def _batches(block: Block) -> list[Batch]:
    """In the order of a pass: arrivals, berths, stations, services, first stations of trains."""
    model, layout = block.model, block.layout
    berths_ = [s for s, station in enumerate(model.stations) if station.berth]
    entrances = {
        step.target
        for service in model.services
        for step in service.chain
        if step.kind == Kind.STATION
    }
    lines = [s for s in range(layout.stations) if s in entrances and s not in berths_]
    others = [s for s in range(layout.stations) if s not in entrances and s not in berths_]
    order: list[tuple[Solver, list[int]]] = [
        (services.arrive, list(range(layout.arrivals_from, layout.aboard_from))),
        (berths.solve, berths_),
        *((stations.solve, level) for level in _levels(model, others)),
        (services.solve, list(range(layout.stations, layout.stations + layout.services))),
        (stations.solve, lines),
    ]
    each = np.arange(block.replications)
    return [
        Batch(solve, (np.array(elements)[:, None] * block.replications + each).ravel())
        for solve, elements in order
        if elements
    ]


def _levels(model: Model, among: list[int]) -> list[list[int]]:
    """Stations level by level, so that each is solved after those before it; if some cargo comes
    the other way, in two parts, so that what goes on from one part is solved with the other.
    """
    level = _onward(model)
    if level is None:
        level = _sides(model)
    levels = [[s for s in among if level[s] == n] for n in sorted(set(level))]
    return [found for found in levels if found]


def _neighbours(model: Model) -> set[tuple[int, int]]:
    """Stations that cargo passes one directly after the other."""
    found = set()
    for path in model.paths:
        visited = [step for step in path.steps if step.kind != Kind.HAUL]
        for here, there in pairwise(visited):
            if here.kind == there.kind == Kind.STATION:
                found.add((here.target, there.target))
    return found


def _onward(model: Model) -> list[int] | None:
    """By station how many cargo has passed before it at most; None if there is no such order."""
    onward = _neighbours(model)
    level = [0] * len(model.stations)
    for _ in model.stations:
        for before, after in onward:
            level[after] = max(level[after], level[before] + 1)
    return None if any(level[after] <= level[before] for before, after in onward) else level


def _sides(model: Model) -> list[int]:
    """By station 0 or 1, so that neighbours differ where they can (red and black)."""
    beside: list[list[int]] = [[] for _ in model.stations]
    for here, there in sorted(_neighbours(model)):
        beside[here].append(there)
        beside[there].append(here)
    side = [NONE] * len(beside)
    for first in range(len(beside)):
        if side[first] != NONE:
            continue
        side[first], left = 0, [first]
        while left:
            here = left.pop()
            new = [there for there in beside[here] if side[there] == NONE]
            for there in new:
                side[there] = 1 - side[here]
            left += new
    return side


def _fleets(block: Block) -> Entries:
    """Vessels arrive at their first calls."""
    layout, each = block.layout, np.arange(block.replications)
    node = np.repeat(layout.vessel_base, block.replications)
    replication = np.tile(each, len(layout.vessel_base))
    column = layout.elem[layout.row[node]] * block.replications + replication
    return column, column, np.zeros(len(node), np.int64), node


def _releases(block: Block) -> Entries:
    found: list[Entries] = []
    for r, luck in enumerate(block.lucks):
        exists = np.flatnonzero((luck.release >= 0) & (luck.release < block.model.end))
        found.append((np.full(len(exists), r), luck.release[exists], exists))
    every = joined(found) or (NONE_YET,) * 3
    order = np.argsort(every[1], kind="stable")
    return tuple(x[order] for x in every)


def _due(state: Run) -> Entries:
    """Entries of this window: out of the pool, and what is released."""
    block = state.block
    out: list[Entries] = []
    upto = int(np.searchsorted(state.released[1], block.end))
    replication, at, consignment = (x[state.upto : upto] for x in state.released)
    state.upto = upto
    if len(at):
        if state.choosing is not None:
            state.choosing.release(block, replication, at, consignment)
        node = (
            block.first_node[consignment] + block.layout.slot[block.path[replication, consignment]]
        )
        enter(block, replication, replication, at, node, out)
    _bank(state, joined(out))
    due, state.pool[state.now] = joined(state.pool[state.now]), []
    return due or _NOTHING


def _bank(state: Run, entries: Entries | None) -> None:
    """What is not due yet waits for its window; yards take theirs."""
    if entries is None:
        return
    block = state.block
    inside = entries[2] < block.model.end
    to_yard = state.batch[entries[1]] == len(state.batches)
    if to_yard.any():
        state.yards.take(block, tuple(x[inside & to_yard] for x in entries))
        inside &= ~to_yard
    window = np.searchsorted(state.begins, entries[2], "right") - 1
    order = np.argsort(window[inside], kind="stable")
    kept, window = tuple(x[inside][order] for x in entries), window[inside][order]
    for first, count in zip(*groups(window), strict=True):
        state.pool[window[first]].append(tuple(x[first : first + count] for x in kept))


def _window(state: Run) -> None:
    block = state.block
    _, column, at, node = _due(state)
    keys, to = _packed(state, column, at, node), state.batch[column]
    for b, batch in enumerate(state.batches):
        batch.keys = keys[to == b]
        batch.later = _NOTHING
        batch.inside = [(NONE_YET, NONE_YET)] * len(state.batches)
    _stir(state, column)
    again = True
    while again:
        again = False
        for b, batch in enumerate(state.batches):
            columns = batch.columns[state.dirty[batch.columns]]
            if len(columns):
                again = True
                _solve(state, b, columns)
    _bank(state, joined([batch.later for batch in state.batches]))
    if state.choosing is not None:
        state.choosing.served(block)
    _commit(block)


def _stir(state: Run, column: Ints) -> None:
    """What has to be solved at least once: who gets something, waits, or departs."""
    block, dirty = state.block, state.dirty
    dirty[:] = False
    dirty[block.owner[column]] = True
    for queues in (block.customers, block.rides):
        dirty[block.owner[np.flatnonzero(queues.head0 < queues.tail0)]] = True
    services_from = block.layout.stations * block.replications
    columns = services_from + np.arange(block.layout.services * block.replications)
    timed = np.repeat(block.timetabled, block.replications)
    row = block.rides.first[columns] + block.rides.head0[columns]
    waiting = block.boarding.head0[columns] < block.boarding.tail0[columns]
    dirty[columns] |= np.where(timed, block.rides.at[row] < block.end, waiting)


def _packed(state: Run, column: Ints, at: Ints, node: Ints) -> Ints:
    shifted = (column << state.time_bits) | (at - state.block.begin)
    keys: Ints = (shifted << state.node_bits) | node
    return keys


def _solve(state: Run, number: int, columns: Ints) -> None:
    """Solve columns anew; those to which something else goes now are to be solved again."""
    block, batch = state.block, state.batches[number]
    state.dirty[columns] = False
    state.solved[columns] = True
    keys = np.sort(_incoming(state, number))
    to = keys >> (state.time_bits + state.node_bits)
    at = block.begin + ((keys >> state.node_bits) & ((1 << state.time_bits) - 1))
    node = keys & ((1 << state.node_bits) - 1)
    out: list[Entries] = []
    batch.solve(block, columns, to, at, node, out)
    _note(state, batch, joined(out) or _NOTHING)
    if batch.solve is services.solve:
        _remind(state)
    state.solved[columns] = False


def _incoming(state: Run, number: int) -> Ints:
    block = state.block
    parts = [state.batches[number].keys, *(b.inside[number][1] for b in state.batches)]
    found = np.concatenate(parts)
    to = found >> (state.time_bits + state.node_bits)
    ours: Ints = found[state.solved[block.owner[to]]]
    return ours


def _note(state: Run, batch: Batch, made: Entries) -> None:
    """Replace what the solved columns caused before; what differs stirs its columns."""
    block = state.block
    cause, column, at, node = made
    to = state.batch[column]
    now = (at < block.end) & (to < len(state.batches))
    kept = ~state.solved[batch.later[0]]
    batch.later = tuple(
        np.concatenate([old[kept], new[~now]]) for old, new in zip(batch.later, made, strict=True)
    )
    cause, to = cause[now], to[now]
    keys = _packed(state, column[now], at[now], node[now])
    for b, (causes, before) in enumerate(batch.inside):
        here = to == b
        gone = state.solved[causes]
        old, new = (causes[gone], before[gone]), (cause[here], keys[here])
        if np.array_equal(old[1], new[1]) and np.array_equal(old[0], new[0]):
            continue
        differs = np.setxor1d(old[1], new[1], assume_unique=True) if len(old[1]) else new[1]
        stirred = differs >> (state.time_bits + state.node_bits)
        state.dirty[block.owner[stirred]] = True
        batch.inside[b] = (
            np.concatenate([causes[~gone], new[0]]),
            np.concatenate([before[~gone], new[1]]),
        )


def _remind(state: Run) -> None:
    """Trains that leave and arrive in one window: their cargo may differ, their times not."""
    from_ = state.block.layout.queues * state.block.replications
    for b, arrivals in enumerate(state.batches):
        if arrivals.solve is services.arrive:
            for batch in state.batches:
                to = batch.inside[b][1] >> (state.time_bits + state.node_bits)
                state.dirty[to[state.solved[to - from_]]] = True


def _commit(block: Block) -> None:
    for queues in (block.customers, block.boarding, block.rides):
        queues.head0[:] = queues.head1
        queues.tail0[:] = queues.tail1
    block.customers.free0[:] = block.customers.free1
