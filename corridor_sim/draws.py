"""Luck: every random number is a function of (seed, name, replication, index).

One counter-based generator (Philox 4x64; Salmon et al., Parallel Random Numbers: As Easy as 1, 2,
3, SC'11, doi:10.1145/2063384.2063405). The key comes from the seed and the name of the stream; the
counter from the index, a lane (calendar year, or 0) and the replication. Adding a place, flow,
vessel, year or replication changes no other number. Draws are made per stream and replication, so
that they do not depend on blocks or workers.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Final

import numpy as np
import numpy.typing as npt

from corridor_sim.laws import MICRO, quantile
from corridor_sim.model import (
    DAY,
    NONE,
    Closure,
    Duration,
    Floats,
    Flow,
    Model,
    Service,
    Station,
    Ticks,
)

CHUNK: Final = 256
NOT_OPEN: Final = 2**61
"""Cost of a path that is not open; with the dearest quoted time it is still an int64."""
_PER_BLOCK: Final = 4
_LEAST: Final = 2.0**-53


class Streams:
    """Uniform numbers in [0, 1) by (name, replication, lane, index)."""

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self._philox = np.random.Philox(0)
        self._generator = np.random.Generator(self._philox)
        self._keys: dict[str, npt.NDArray[np.uint64]] = {}

    def uniform(
        self, name: str, replication: int, *, count: int, lane: int = 0, chunk: int = 0
    ) -> Floats:
        """`count` numbers from index `chunk` x 256 on."""
        key = self._keys.get(name)
        if key is None:
            digest = blake2b(f"{self._seed}/{name}".encode(), digest_size=16).digest()
            key = self._keys[name] = np.frombuffer(digest, dtype="<u8").astype(np.uint64)
        block = chunk * (CHUNK // _PER_BLOCK)
        self._philox.state = {
            "bit_generator": "Philox",
            "state": {"counter": np.array([block, lane, replication, 0], np.uint64), "key": key},
            "buffer": np.zeros(_PER_BLOCK, np.uint64),
            "buffer_pos": _PER_BLOCK,
            "has_uint32": 0,
            "uinteger": 0,
        }
        return self._generator.random(count)


@dataclass(frozen=True, slots=True)
class Calendar:
    """When a server is shut: windows `[W, 2]` in which it may not start, and in which work stands
    still.
    """

    starts: Ticks
    work: Ticks


@dataclass(frozen=True, slots=True)
class Slots:
    """Departures of a timetable `[n]`, by number."""

    times: Ticks
    cancelled: npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Luck:
    """All that chance decides in one replication."""

    replication: int
    release: Ticks
    """Release `[S]` of every consignment; outside [0, end) it does not exist in the run."""
    path: npt.NDArray[np.int32]
    """Path `[S]` of every consignment; the first of its flow where it chooses at release."""
    costs: tuple[Ticks | None, ...]
    """By flow that chooses: what each path costs each consignment beside quoted time `[n, paths]`,
    luck included, millionths of a USD per FEU; `NOT_OPEN` where it is not open at its release."""
    works: tuple[Ticks | None, ...]
    """Durations `[P, n]` of consignments, by duration; None where vehicles own it."""
    calendars: tuple[tuple[Calendar, ...], ...]
    """One per station and server."""
    slots: tuple[Slots | None, ...]
    """One per service; None for departures when full."""
    shut: tuple[Ticks, ...]
    """Windows `[W, 2]` in which a service that leaves when full may not leave."""
    _draws: Draws = field(repr=False)
    _chunks: dict[tuple[int, str, int], list[list[int]]] = field(repr=False)

    def vehicle(self, duration: int, vehicle: str, number: int) -> list[int]:
        """Durations by period of a vehicle: of `number` among those called `vehicle` (empty for
        trains).
        """
        at = (duration, vehicle, number // CHUNK)
        chunk = self._chunks.get(at)
        if chunk is None:
            drawn = self._draws.vehicles([self.replication], *at)
            chunk = self._chunks[at] = drawn[:, 0].T.tolist()
        return chunk[number % CHUNK]


class Draws:
    """The luck of a model under a seed."""

    def __init__(self, model: Model, seed: int) -> None:
        self.model = model
        self.seed = seed
        self._streams = Streams(seed)
        self._owner = {
            step.duration: path.flow
            for path in model.paths
            for step in path.steps
            if step.duration != NONE
        }

    def replication(self, number: int) -> Luck:
        """The luck of one replication."""
        model = self.model
        release = [self._release(flow, number) for flow in model.flows]
        path = [self._path(flow, number, at) for flow, at in zip(model.flows, release, strict=True)]
        windows = [self.windows(closure, number) for closure in model.closures]
        return Luck(
            replication=number,
            release=np.concatenate(release),
            path=np.concatenate(path),
            costs=tuple(
                self._costs(flow, number, at) for flow, at in zip(model.flows, release, strict=True)
            ),
            works=tuple(self._works(i, number) for i in range(len(model.durations))),
            calendars=tuple(calendars(station, windows) for station in model.stations),
            slots=tuple(self._slots(service, windows, number) for service in model.services),
            shut=tuple(merged([windows[c] for c, _ in s.closures]) for s in model.services),
            _draws=self,
            _chunks={},
        )

    def vehicles(
        self, replications: Sequence[int], duration: int, vehicle: str, chunk: int
    ) -> Ticks:
        """Durations `[P, R, 256]` of a chunk of vehicles of one name (empty: trains)."""
        law = self.model.durations[duration]
        name = f"{law.name}/{vehicle}" if vehicle else law.name

        def uniform(stream: str) -> Floats:
            drawn = [
                self._streams.uniform(stream, replication, count=CHUNK, chunk=chunk)
                for replication in replications
            ]
            return np.concatenate(drawn)

        u = uniform(name) if law.table != NONE else None
        v = uniform(f"{name}?") if is_mixed(law) else None
        shape = (len(law.starts), len(replications), CHUNK)
        flat = np.broadcast_to(ticks(law, self.model.tables, u, v, 1), (shape[0], shape[1] * CHUNK))
        return flat.reshape(shape)

    def _release(self, flow: Flow, replication: int) -> Ticks:
        parts = [
            np.interp(
                self._streams.uniform(
                    f"{flow.name}:release", replication, count=int(count), lane=int(year)
                ),
                flow.cumulated[y],
                flow.months[y].astype(np.float64),
            )
            for y, (year, count) in enumerate(zip(flow.years, flow.counts, strict=True))
        ]
        release: Ticks = np.floor(np.concatenate(parts)).astype(np.int64)
        return release

    def _per_consignment(self, flow: Flow, name: str, replication: int) -> Floats:
        return np.concatenate(
            [
                self._streams.uniform(name, replication, count=int(count), lane=int(year))
                for year, count in zip(flow.years, flow.counts, strict=True)
            ]
        )

    def _path(self, flow: Flow, replication: int, release: Ticks) -> npt.NDArray[np.int32]:
        paths = np.array(flow.paths, np.int32)
        if len(paths) == 1 or flow.choice:
            return np.full(len(release), paths[0], np.int32)
        u = self._per_consignment(flow, f"{flow.name}:route", replication)
        period = np.searchsorted(flow.share_starts, release, side="right") - 1
        chosen: npt.NDArray[np.int32] = paths[(u[:, None] >= flow.shares[period, :-1]).sum(axis=1)]
        return chosen

    def _costs(self, flow: Flow, replication: int, release: Ticks) -> Ticks | None:
        choice, routes = flow.choice, self.model.routes
        if choice is None:
            return None
        costs = np.empty((len(release), len(flow.paths)), np.int64)
        period = np.maximum(0, np.searchsorted(flow.share_starts, release, side="right") - 1)
        for p, path in enumerate(flow.paths):
            name = f"{flow.name}:route:{routes[self.model.paths[path].route]}"
            u = self._per_consignment(flow, name, replication)
            usd = choice.parts[period, p].sum(axis=1) - choice.scale * gumbel(u)
            costs[:, p] = np.rint(usd * MICRO)
            costs[within(choice.closed[p], release), p] = NOT_OPEN
        return costs

    def _works(self, index: int, replication: int) -> Ticks | None:
        if index not in self._owner:
            return None
        law, flow = self.model.durations[index], self.model.flows[self._owner[index]]
        u = self._per_consignment(flow, law.name, replication) if law.table != NONE else None
        v = self._per_consignment(flow, f"{law.name}?", replication) if is_mixed(law) else None
        count = int(flow.counts.sum())
        work = ticks(law, self.model.tables, u, v, flow.size)
        return np.broadcast_to(work, (len(law.starts), count))

    def windows(self, closure: Closure, replication: int) -> Ticks:
        """When a closure is in force in a replication, `[W, 2]`, sorted and disjoint."""
        if not all(self._happens(name, p, replication) for name, p in closure.events):
            return closure.windows[:0]
        if closure.rate is None or closure.spell is None:
            return closure.windows
        spells = self._spells(closure, closure.rate, closure.spell, replication)
        return merged([closure.windows, np.array(spells, np.int64).reshape(-1, 2)])

    def _happens(self, event: str, probability: float, replication: int) -> bool:
        return (
            float(self._streams.uniform(f"{event}:happens", replication, count=1)[0]) < probability
        )

    def _spells(
        self, closure: Closure, rate: Floats, spell: Floats, replication: int
    ) -> list[tuple[int, int]]:
        model, now, chunk = self.model, 0, 0
        spells: list[tuple[int, int]] = []
        while True:
            u = self._streams.uniform(f"{closure.name}:open", replication, count=CHUNK, chunk=chunk)
            v = self._streams.uniform(f"{closure.name}:shut", replication, count=CHUNK, chunk=chunk)
            hazard = -np.log1p(-u)
            length = quantile(model.tables[closure.table], v)
            for n in range(CHUNK):
                start = _hazard_reached(model, rate, now, float(hazard[n]))
                if start is None:
                    return spells
                month = int(np.searchsorted(model.month_starts, start, side="right")) - 1
                mean = float(spell[model.month_of[month]])
                now = start + max(1, round(mean * float(length[n])))
                spells.append((start, now))
            chunk += 1

    def _slots(self, service: Service, windows: Sequence[Ticks], replication: int) -> Slots | None:
        if not service.headway:
            return None
        normal = self.model.tables[service.jitter_table] if service.jitter else np.zeros(1)
        early = round(service.jitter * float(normal[-1]))  # a later slot may come before the end
        count = max(0, -(-(self.model.end + early - service.offset) // service.headway))
        nominal = service.offset + service.headway * np.arange(count)
        shift = np.zeros(count)
        if service.jitter:
            u = self._streams.uniform(f"{service.name}:jitter", replication, count=count)
            shift = service.jitter * quantile(normal, u)
        times = np.maximum(0, nominal + np.rint(shift).astype(np.int64))
        share = np.full(count, service.cancelled)
        for closure, cancels in service.closures:
            inside = within(windows[closure], times)
            share = np.where(inside, np.maximum(share, cancels), share)
        luck = self._streams.uniform(f"{service.name}:cancelled", replication, count=count)
        return Slots(times=times, cancelled=luck < share)


def gumbel(u: Floats) -> Floats:
    """Standard Gumbel variates of uniform ones."""
    inner: Floats = -np.log(-np.log(np.clip(u, _LEAST, 1.0 - _LEAST)))
    return inner


def is_mixed(law: Duration) -> bool:
    """Whether a share of the customers has another duration."""
    return bool((law.share < 1.0).any())


def ticks(law: Duration, tables: Floats, u: Floats | None, v: Floats | None, size: int) -> Ticks:
    """Durations `[P, n]` in whole ticks, at least 1; `[P, 1]` where chance has no part in them."""
    amount = law.fixed[:, None]
    if law.table != NONE and u is not None:
        amount = amount + law.spread[:, None] * quantile(tables[law.table], u)
    if is_mixed(law) and v is not None:
        amount = np.where(v < law.share[:, None], amount, amount * law.otherwise[:, None])
    if law.per_teu:
        amount = amount * size
    return np.maximum(1, np.rint(amount)).astype(np.int64)


def merged(parts: Sequence[Ticks]) -> Ticks:
    """The union of windows `[W, 2]`, sorted and disjoint; windows that touch become one."""
    windows = np.concatenate([np.empty((0, 2), np.int64), *parts])
    windows = windows[windows[:, 1] > windows[:, 0]]
    if not len(windows):
        return windows
    windows = windows[np.argsort(windows[:, 0], kind="stable")]
    reach = np.maximum.accumulate(windows[:, 1])
    first = np.concatenate([[True], windows[1:, 0] > reach[:-1]])
    last = np.concatenate([first[1:], [True]])
    return np.stack([windows[first, 0], reach[last]], axis=1)


def within(windows: Ticks, times: Ticks) -> npt.NDArray[np.bool_]:
    """Whether each time lies in one of the disjoint, sorted, half-open windows."""
    if not len(windows):
        return np.zeros(len(times), bool)
    at = np.searchsorted(windows[:, 0], times, side="right") - 1
    inside: npt.NDArray[np.bool_] = (at >= 0) & (times < windows[np.maximum(at, 0), 1])
    return inside


def calendars(station: Station, windows: Sequence[Ticks]) -> tuple[Calendar, ...]:
    """The calendar of each server of a station."""
    found = []
    for server in range(station.servers):
        hit = [s for s in station.shuts if s.takes(server, of=station.servers)]
        found.append(
            Calendar(
                starts=merged([windows[s.closure] for s in hit]),
                work=merged([windows[s.closure] for s in hit if s.work]),
            )
        )
    return tuple(found)


def _hazard_reached(model: Model, rate: Floats, now: int, hazard: float) -> int | None:
    """First tick at which the cumulated hazard since `now` reaches `hazard`; None after the run."""
    at = now
    while at < model.end:
        month = int(np.searchsorted(model.month_starts, at, side="right")) - 1
        here = float(rate[model.month_of[month]])
        until = (
            int(model.month_starts[month + 1]) if month + 1 < len(model.month_starts) else model.end
        )
        until = min(until, model.end)
        if here * (until - at) >= hazard:
            return min(at + int(hazard / here), until - 1) if here > 0 else None
        hazard -= here * (until - at)
        at = until
    return None


__all__ = [
    "CHUNK",
    "DAY",
    "Calendar",
    "Draws",
    "Luck",
    "Slots",
    "Streams",
    "calendars",
    "merged",
    "within",
]
