"""The state of a block of replications: ledgers as flat arrays, a stretch per column, and pointers.

What ends in 0 is committed, what ends in 1 belongs to the window that is being solved.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import numpy.typing as npt

import corridor_sim.engines.array.cargo as cargo
from corridor_sim.draws import Draws, Luck, Slots, merged
from corridor_sim.engines.array.calendars import Calendars
from corridor_sim.engines.array.layout import Layout, laid_out, most_trains
from corridor_sim.engines.array.luck import Works, works
from corridor_sim.engines.array.ragged import BIG, Bools, Ints
from corridor_sim.model import Kind, Model, Station, Ticks

_FEW: Final = 10
"""Servers that are kept in order; of more the first free one is looked for."""

_LARGEST: Final = 1 << 20
"""Stands for the smallest consignment of a queue in which none ever waits."""

Narrow = npt.NDArray[np.int32]


@dataclass
class Customers:
    """Customers of stations: a stretch for each column, in the order of the queue."""

    first: Ints
    node: Narrow
    arrive: Narrow
    start: Narrow
    finish: Narrow
    server: npt.NDArray[np.int16]
    head0: Ints
    tail0: Ints
    head1: Ints
    tail1: Ints
    free0: Ints
    """When each server is free `[columns of stations, servers]`; BIG where it is not."""
    free1: Ints
    unloaded: Narrow
    """Of vessels at berth: when unloading ends."""
    listing: Narrow
    """Of vessels at berth: row of the load list, or -1."""


@dataclass
class Boarding:
    """Cargo that waits for rides: a stretch for each column, in the order of the queue."""

    first: Ints
    node: Narrow
    ready: Narrow
    teu: Narrow
    """TEU before each, and one more at the end."""
    least: Ints
    """By column: TEU of the smallest consignment."""
    head0: Ints
    tail0: Ints
    head1: Ints
    tail1: Ints


@dataclass
class Rides:
    """Departures of services and load lists of calls: a stretch for each column."""

    first: Ints
    at: Narrow
    """When it leaves, or when the list closes."""
    cargo: Narrow
    """First of its cargo in the stretch of the queue."""
    count: Narrow
    number: Narrow
    """Number of the departure of a timetable."""
    why: npt.NDArray[np.int8]
    """Whether a departure timed out; why a list closed."""
    node: Narrow
    berthed: Narrow
    server: Narrow
    customer: Narrow
    """Where the vessel stands among the customers of the berth."""
    unloaded: Narrow
    teu: Narrow
    loaded: Narrow
    cast_off: Narrow
    head0: Ints
    tail0: Ints
    head1: Ints
    tail1: Ints
    of_sailing: Narrow
    """Row of each sailing `[R, vessels, sailings]`."""
    slot_first: Ints
    """By column: first place in `of_slot`."""
    of_slot: Narrow
    """Row of each slot of a timetable."""


@dataclass(frozen=True)
class Handling:
    """What is done at calls, by queue for vessels."""

    first: Ints
    """First place of the tables of a call, by TEU."""
    unload: Ints
    load: Ints
    least: Ints
    """Minimum load."""
    wait: Ints
    queues_at: tuple[tuple[int, ...], ...]
    """By station: its queues for vessels."""


@dataclass
class Block:
    """A block of replications of a model."""

    model: Model
    lucks: Sequence[Luck]
    layout: Layout
    works: Works
    replications: int
    columns: int
    owner: Ints
    """By column: the column that solves it."""
    replication: Ints
    """By column."""
    path: Narrow
    """Path `[R, S]` of every consignment; of those that choose it is known at their release."""
    costs: dict[int, Ints]
    """By flow that chooses: what paths cost `[R, n, paths]` beside quoted time."""
    first_node: Ints
    """By consignment: its first node, whatever its path."""
    customers: Customers
    boarding: Boarding
    rides: Rides
    calendar: Ints
    """Number of the calendar `[columns of stations, servers]`."""
    no_start: Calendars
    no_work: Calendars
    shut: Calendars
    """By service and replication."""
    absence: Calendars
    """By vessel."""
    embargo: Bools
    """By column: whether nothing boards."""
    places: Ints
    """By vessel, now."""
    timetabled: Bools
    """By service."""
    service_places: Ints
    service_wait: Ints
    handling: Handling
    next_shut: Ints
    """By column of a station: begin of the next window that takes a server; now if in one."""
    starts_until: Ints
    """By calendar: begin of the next window without starts; now if in one."""
    works_until: Ints
    """By calendar: begin of the next window in which work stands still; now if in one."""
    alike: Bools
    """By column of a station: whether its servers never differ."""
    any_shut: Calendars
    """By column of a station: when any of its servers is shut."""
    begin: int = 0
    """Of the window that is being solved."""
    end: int = 0


def block_of(draws: Draws, replications: Sequence[int]) -> Block:
    """The state of a block before its first window."""
    model, count = draws.model, len(replications)
    lucks = [draws.replication(r) for r in replications]
    layout = laid_out(model, [_most_trains(model, lucks, v) for v in range(len(model.services))])
    columns = layout.elements * count
    calendar, no_start, no_work = _calendars(model, layout, lucks)
    durations = works(draws, layout, lucks)
    visits, waits = cargo.passed(model, layout, lucks)
    return Block(
        model=model, lucks=[replace(luck, works=(), costs=()) for luck in lucks], layout=layout,
        works=durations, replications=count, columns=columns,
        owner=(layout.owner[:, None] * count + np.arange(count)).ravel(),
        replication=np.tile(np.arange(count), layout.elements),
        path=np.stack([luck.path for luck in lucks]).astype(np.int32),
        costs=cargo.costs(lucks), first_node=cargo.first_nodes(model, layout),
        customers=_customers(model, layout, visits, columns),
        boarding=_boarding(layout, waits, columns),
        rides=_rides(model, layout, lucks, waits, columns),
        calendar=calendar, no_start=no_start, no_work=no_work,
        shut=Calendars.of([luck.shut[v] for v in range(layout.services) for luck in lucks]),
        absence=Calendars.of([windows for fleet in model.fleets for windows in fleet.absences]),
        embargo=np.zeros(columns, bool), places=np.zeros(len(layout.vessel_base), np.int64),
        timetabled=np.array([s.headway > 0 for s in model.services], bool),
        service_places=np.array([s.places for s in model.services], np.int64),
        service_wait=np.array([min(s.max_wait, BIG // 2) for s in model.services], np.int64),
        handling=_handling(model, layout), next_shut=np.zeros(layout.stations * count, np.int64),
        starts_until=np.zeros(0, np.int64), works_until=np.zeros(0, np.int64),
        alike=np.repeat([_alike(station) for station in model.stations], count),
        any_shut=_any_shut(lucks, layout.stations),
    )  # fmt: skip


def _most_trains(model: Model, lucks: Sequence[Luck], service: int) -> int:
    if not model.services[service].headway:
        return most_trains(model, service)
    slots = [luck.slots[service] for luck in lucks]
    return max(len(s.times) for s in slots if s is not None) + 1


def _stretches(rows: Ints, columns: int, start: int) -> tuple[Ints, int]:
    """First place of each column, given rows `[elements, R]` of the elements from `start` on."""
    flat = rows.ravel()
    first = np.zeros(columns, np.int64)
    first[start : start + len(flat)] = np.cumsum(flat) - flat
    return first, int(flat.sum())


def _customers(model: Model, layout: Layout, visits: Ints, columns: int) -> Customers:
    rows = visits.copy()
    for v, service in enumerate(model.services):
        trains = (
            layout.train_base[v + 1] if v + 1 < layout.services else layout.vessels_from
        ) - layout.train_base[v]
        for step in service.chain:
            if step.kind == Kind.STATION:
                rows[step.target] += trains // layout.train_stride[v]
    for f, fleet in enumerate(model.fleets):
        again = sum(len(windows) for windows in fleet.absences)
        most = _most_calls(model, layout, f)
        for call in fleet.calls:
            rows[call.station] += most + again
            for step in call.chain:
                if step.kind == Kind.STATION:
                    rows[step.target] += most
    first, total = _stretches(rows, columns, 0)
    widest = layout.servers.max(initial=1)
    free = np.where(np.arange(widest) < layout.servers[:, None], 0, BIG)
    free = np.repeat(free, rows.shape[1], axis=0)
    berths = any(s.berth for s in model.stations)
    none = np.zeros(total if berths else 0, np.int32)
    return Customers(
        first=first, node=np.zeros(total, np.int32), arrive=np.zeros(total, np.int32),
        start=np.zeros(total, np.int32), finish=np.zeros(total, np.int32),
        server=np.zeros(total, np.int16), free0=free, free1=free.copy(), unloaded=none,
        listing=none.copy(), **_pointers(columns),
    )  # fmt: skip


def _most_calls(model: Model, layout: Layout, fleet: int) -> int:
    """More than the calls at a port of a fleet."""
    vessels, calls = len(model.fleets[fleet].vessels), len(model.fleets[fleet].calls)
    return layout.sailings_of(fleet) * vessels // calls + vessels


def _pointers(columns: int) -> dict[str, Ints]:
    return {name: np.zeros(columns, np.int64) for name in ("head0", "tail0", "head1", "tail1")}


def _boarding(layout: Layout, waits: Ints, columns: int) -> Boarding:
    start = layout.stations * waits.shape[1]
    first, total = _stretches(waits + 1, columns, start)
    least = np.ones(layout.elements, np.int64)
    for q in range(layout.stations, layout.stations + layout.queues):
        least[q] = layout.size[layout.elem == q].min(initial=_LARGEST)
    return Boarding(
        first=first, node=np.zeros(total, np.int32), ready=np.zeros(total, np.int32),
        teu=np.zeros(total, np.int32), least=np.repeat(least, waits.shape[1]), **_pointers(columns),
    )  # fmt: skip


def _rides(model: Model, layout: Layout, lucks: Sequence[Luck], waits: Ints, columns: int) -> Rides:
    rows = waits + 1
    for v in range(layout.services):
        rows[v] = np.minimum(rows[v], most_trains(model, v) + 1)
    kept = {
        (v, r): _kept(slots, model.end)
        for v in range(layout.services)
        for r, luck in enumerate(lucks)
        if (slots := luck.slots[v]) is not None
    }
    for (v, r), numbers in kept.items():
        rows[v, r] = len(numbers) + 1
    for q, (f, _) in enumerate(layout.calls):
        rows[layout.services + q] = _most_calls(model, layout, f) + 1
    first, total = _stretches(rows, columns, layout.stations * len(lucks))
    made = Rides(
        first=first, why=np.zeros(total, np.int8),
        of_sailing=np.zeros((len(lucks), len(layout.vessel_base), layout.sailings), np.int32),
        **{name: np.zeros(total, np.int32) for name in _RIDE}, **_pointers(columns),
        slot_first=np.zeros(columns, np.int64),
        of_slot=np.zeros(0, np.int32),
    )  # fmt: skip
    made.at[:] = BIG
    _fill_slots(made, layout, lucks, kept)
    return made


def _fill_slots(
    made: Rides, layout: Layout, lucks: Sequence[Luck], kept: dict[tuple[int, int], Ints]
) -> None:
    rows: list[Narrow] = [np.zeros(0, np.int32)]
    filled = 0
    for (v, r), numbers in kept.items():
        slots = lucks[r].slots[v]
        assert slots is not None
        column = (layout.stations + v) * len(lucks) + r
        here = slice(made.first[column], made.first[column] + len(numbers))
        made.number[here] = numbers
        made.at[here] = slots.times[numbers]
        of_slot = np.zeros(len(slots.times), np.int32)
        of_slot[numbers] = np.arange(len(numbers))
        made.slot_first[column] = filled
        filled += len(of_slot)
        rows.append(of_slot)
    made.of_slot = np.concatenate(rows)


_RIDE = (
    "at", "cargo", "count", "number", "node", "berthed", "server", "customer", "unloaded", "teu",
    "loaded", "cast_off",
)  # fmt: skip


def _kept(slots: Slots, end: int) -> Ints:
    """Numbers of the departures of a timetable that take place, in order of time."""
    order = np.argsort(slots.times, kind="stable")
    return order[~slots.cancelled[order] & (slots.times[order] < end)]


def _calendars(
    model: Model, layout: Layout, lucks: Sequence[Luck]
) -> tuple[Ints, Calendars, Calendars]:
    """Number of the calendar of each server `[S x R, servers]`; 0 is always open."""
    widest = layout.servers.max(initial=1)
    numbers = np.zeros((len(model.stations) * len(lucks), widest), np.int64)
    known: dict[int, int] = {}
    starts: list[Ticks] = [np.zeros((0, 2), np.int64)]
    work: list[Ticks] = [np.zeros((0, 2), np.int64)]
    for s, station in enumerate(model.stations):
        if not station.shuts:
            continue
        for r, luck in enumerate(lucks):
            for j, calendar in enumerate(luck.calendars[s]):
                at = known.get(id(calendar))
                if at is None and len(calendar.starts):
                    at = known[id(calendar)] = len(starts)
                    starts.append(calendar.starts)
                    work.append(calendar.work)
                numbers[s * len(lucks) + r, j] = at or 0
    return numbers, Calendars.of(starts), Calendars.of(work)


def _alike(station: Station) -> bool:
    whole = all(abs(shut.servers) == station.servers for shut in station.shuts)
    return whole and not station.berth and station.servers <= _FEW


def _any_shut(lucks: Sequence[Luck], stations: int) -> Calendars:
    return Calendars.of(
        [
            merged([c.starts for c in {id(c): c for c in luck.calendars[s]}.values()])
            for s in range(stations)
            for luck in lucks
        ]
    )


def _handling(model: Model, layout: Layout) -> Handling:
    calls = [model.fleets[f].calls[p] for f, p in layout.calls]
    sizes = [len(call.unload) for call in calls]
    none = np.zeros(0, np.int64)
    return Handling(
        first=np.cumsum([0, *sizes])[:-1],
        unload=np.concatenate([none, *(np.minimum(call.unload, BIG // 2) for call in calls)]),
        load=np.concatenate([none, *(np.minimum(call.load, BIG // 2) for call in calls)]),
        least=np.array([call.min_load for call in calls], np.int64),
        wait=np.array([min(call.max_wait, BIG // 2) for call in calls], np.int64),
        queues_at=tuple(
            tuple(q for q, call in enumerate(calls) if call.station == s)
            for s in range(layout.stations)
        ),
    )
