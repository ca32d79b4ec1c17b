"""Consignments as records: where each is on its path, and its visits."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Generator
from dataclasses import dataclass
from typing import Protocol

import simpy

from corridor_sim.draws import Luck
from corridor_sim.engines.event.choice import Choosing, Commitments
from corridor_sim.engines.event.kernel import End
from corridor_sim.engines.event.stations import Station
from corridor_sim.model import NONE, Kind, Model
from corridor_sim.result import NEVER


class Queue(Protocol):
    """Where cargo waits for a ride."""

    def join(self, consignment: int) -> None:
        """A consignment is ready to board."""


@dataclass(frozen=True, slots=True)
class Plan:
    """A step of a path as the engine uses it."""

    kind: Kind
    station: Station | None
    queue: Queue | None
    works: list[list[int]]
    """Durations [P][n] by number in the flow."""
    starts: list[int]
    """Starts of the periods."""
    element: int
    """Element of quotes, where it is one."""
    enters: int
    leaves: int


class Cargo:
    """All consignments of a replication. Visits lie in flat lists: consignment x steps + step."""

    def __init__(self, env: simpy.Environment, model: Model, luck: Luck) -> None:
        self.env = env
        self.count = model.consignments
        self.steps = max((len(path.steps) for path in model.paths), default=0)
        self.path: list[int] = luck.path.tolist()
        self.size = [flow.size for flow in model.flows for _ in range(int(flow.counts.sum()))]
        self.first = [flow.first for flow in model.flows for _ in range(int(flow.counts.sum()))]
        self.step = [-1] * self.count
        self.server = [0] * self.count
        cells = self.count * self.steps
        self.arrive, self.start, self.finish = ([NEVER] * cells for _ in range(3))
        self.vehicle = [0] * cells
        self.delivered = [NEVER] * self.count
        self.stock = [0] * len(model.yards)
        self.plans: list[list[Plan]] = []
        self.commitments = Commitments(model)
        self.choosing = (
            Choosing(env, model, model.quotes, luck, self.commitments) if model.quotes else None
        )

    def lay(
        self,
        model: Model,
        luck: Luck,
        stations: list[Station],
        rides: dict[tuple[Kind, int, int], Queue],
    ) -> None:
        """Lay the paths over the stations and queues."""
        laid: dict[int, list[list[int]]] = {}
        for path in model.paths:
            plans = []
            for step in path.steps:
                works, starts = [[0]], [0]
                if step.duration != NONE:
                    drawn = luck.works[step.duration]
                    assert drawn is not None
                    works = laid.setdefault(step.duration, drawn.tolist())
                    starts = model.durations[step.duration].starts.tolist()
                station = stations[step.target] if step.kind == Kind.STATION else None
                queue = (
                    rides[step.kind, step.target, step.call]
                    if step.kind in (Kind.BOARD, Kind.SAIL)
                    else None
                )
                element = model.element(step, model.flows[path.flow].direction)
                plans.append(
                    Plan(
                        step.kind, station, queue, works, starts, element, step.enters, step.leaves
                    )
                )  # fmt: skip
            self.plans.append(plans)

    def released(self, order: list[tuple[int, int]]) -> Generator[simpy.Event, None, None]:
        """The process that releases consignments, given (time, consignment) in order of time."""
        timeout = self.env.timeout
        for tick, consignment in order:
            wait = tick - int(self.env.now)
            if wait:
                yield timeout(wait)
            if self.choosing is not None:
                self._choose(self.choosing, consignment)
            self.go_on(consignment)

    def _choose(self, choosing: Choosing, i: int) -> None:
        chosen = choosing.path(i)
        if chosen is not None:
            self.path[i] = chosen
        self.commitments.released(self.path[i], self.size[i])

    def go_on(self, i: int) -> None:
        """A consignment is ready for its next step, now."""
        now = int(self.env.now)
        k = self.step[i] = self.step[i] + 1
        plans = self.plans[self.path[i]]
        if k == len(plans):
            self.delivered[i] = now
            return
        plan = plans[k]
        at = i * self.steps + k
        self.arrive[at] = now
        if plan.enters >= 0:
            self.stock[plan.enters] += self.size[i]
        if plan.station is not None:
            plan.station.join(i)
        elif plan.queue is not None:
            plan.queue.join(i)
        else:
            work = self._work(plan, i, now)
            self.start[at] = now
            self.finish[at] = now + work
            End(self.env, work, i, self._hauled)

    def begin(self, i: int, server: int, station: Station) -> None:
        """A station starts the work of a consignment."""
        now = int(self.env.now)
        k = self.step[i]
        at = i * self.steps + k
        plan = self.plans[self.path[i]][k]
        done = station.worked_off(server, now, self._work(plan, i, now))
        self.start[at] = now
        self.finish[at] = done
        self.server[i] = server
        if self.choosing is not None:
            self.commitments.served(plan.element, self.size[i])
        End(self.env, done - now, i, self._worked)

    def listed(self, i: int, now: int, vehicle: int) -> None:
        """A consignment is on the list of a vehicle."""
        at = i * self.steps + self.step[i]
        self.start[at] = now
        self.vehicle[at] = vehicle

    def departed(self, i: int, now: int) -> None:
        """Its vehicle leaves."""
        self.finish[i * self.steps + self.step[i]] = now
        if self.choosing is not None:
            element = self.plans[self.path[i]][self.step[i]].element
            self.commitments.served(element, self.size[i])
        self._leave(i)

    def _work(self, plan: Plan, i: int, now: int) -> int:
        works = plan.works
        period = bisect_right(plan.starts, now) - 1 if len(works) > 1 else 0
        return works[period][i - self.first[i]]

    def _hauled(self, event: simpy.Event) -> None:
        i: int = event.consignment  # type: ignore[attr-defined]
        self._leave(i)
        self.go_on(i)

    def _worked(self, event: simpy.Event) -> None:
        i: int = event.consignment  # type: ignore[attr-defined]
        station = self.plans[self.path[i]][self.step[i]].station
        assert station is not None
        station.release(self.server[i])
        self._leave(i)
        self.go_on(i)

    def _leave(self, i: int) -> None:
        yard = self.plans[self.path[i]][self.step[i]].leaves
        if yard >= 0:
            self.stock[yard] -= self.size[i]
