"""Queues of cargo for rides: departures of services and load lists of fleets."""

from __future__ import annotations

from bisect import bisect_right
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

import simpy

from corridor_sim.draws import Slots
from corridor_sim.engines.event.cargo import Cargo
from corridor_sim.engines.event.kernel import Settled, Wake
from corridor_sim.engines.event.records import CallRecord
from corridor_sim.engines.event.stations import Windows
from corridor_sim.engines.event.yards import Embargo
from corridor_sim.engines.order import Phase
from corridor_sim.model import Call, Fleet, Service, Ticks

MIN_LOAD, CAPACITY, LONGEST_WAIT = 0, 1, 2
"""Why a load list closed."""


class Waiting(Settled):
    """Cargo that waits for a ride, by (ready time, number)."""

    def __init__(self, cargo: Cargo, phase: Phase, embargo: Embargo | None) -> None:
        super().__init__(cargo.env, phase)
        self.cargo = cargo
        self.embargo = embargo
        self.teu = 0
        self.queue: deque[int] = deque()
        self._ready: list[int] = []
        if embargo is not None:
            embargo.feeders.append(self)

    def join(self, consignment: int) -> None:
        """A consignment is ready to board."""
        self._ready.append(consignment)
        self.teu += self.cargo.size[consignment]
        self.stir()

    @property
    def barred(self) -> bool:
        """Whether an embargo is in force on the yard that the ride feeds."""
        return self.embargo is not None and self.embargo.in_force

    def line_up(self) -> None:
        """Those that became ready since join the queue by (ready time, number)."""
        cargo = self.cargo
        if len(self._ready) > 1:
            self._ready.sort(key=lambda i: (cargo.arrive[i * cargo.steps + cargo.step[i]], i))
        self.queue.extend(self._ready)
        self._ready.clear()

    def take(self, places: int) -> tuple[list[int], int]:
        """The longest prefix of the queue that fits, strictly in order, and its TEU."""
        taken: list[int] = []
        teu = 0
        while self.queue and teu + self.cargo.size[self.queue[0]] <= places:
            consignment = self.queue.popleft()
            teu += self.cargo.size[consignment]
            taken.append(consignment)
        self.teu -= teu
        return taken, teu


Leave = Callable[[int, list[int], int, bool], None]
"""Called with number, cargo, TEU and whether it was timed out when a departure leaves."""


class WhenFull(Waiting):
    """Departures when full, or after the longest wait of the first in the queue."""

    def __init__(
        self, cargo: Cargo, service: Service, shut: Ticks, embargo: Embargo | None, leave: Leave
    ) -> None:
        super().__init__(cargo, Phase.DEPART, embargo)
        self._service = service
        self._shut = Windows(shut)
        self._leave = leave
        self._count = 0

    def settle(self, now: int) -> None:
        """Full ones leave as long as one more is full; then one that has waited long enough."""
        self.line_up()
        opens = self._shut.next_open(now)
        if opens > now:
            self.stir_at(opens)
        if self.barred or opens > now or not self.queue:
            return
        service = self._service
        while self.teu >= service.places:
            self._go(timed_out=False)
        if not self.queue:
            return
        cargo, first = self.cargo, self.queue[0]
        due = cargo.arrive[first * cargo.steps + cargo.step[first]] + service.max_wait
        if now >= due:
            self._go(timed_out=True)
        else:
            self.stir_at(due)

    def _go(self, *, timed_out: bool) -> None:
        taken, teu = self.take(self._service.places)
        self._count += 1
        self._leave(self._count - 1, taken, teu, timed_out)


class Timetable(Waiting):
    """Departures at known slots; they run even when empty."""

    def __init__(
        self, cargo: Cargo, service: Service, slots: Slots, embargo: Embargo | None, leave: Leave
    ) -> None:
        super().__init__(cargo, Phase.DEPART, embargo)
        self._service = service
        self._leave = leave
        times: list[int] = slots.times.tolist()
        for number in sorted(range(len(times)), key=times.__getitem__):
            if not slots.cancelled[number]:
                Wake(self.env, times[number], Phase.DEPART, self._slot(number))

    def _slot(self, number: int) -> Callable[[simpy.Event], None]:
        def go(_: simpy.Event) -> None:
            self.line_up()
            taken, teu = ([], 0) if self.barred else self.take(self._service.places)
            self._leave(number, taken, teu, False)

        return go

    def stir(self) -> None:
        """Nothing leaves between the slots."""


@dataclass(frozen=True, slots=True)
class LoadList:
    """The load list of a vessel at berth."""

    record: CallRecord
    closed: simpy.Event
    """Succeeds with the cargo listed."""


class Loading(Waiting):
    """Cargo at a port of call, and the load lists of the vessels at berth, one open at a time."""

    def __init__(self, cargo: Cargo, fleet: Fleet, call: Call, embargo: Embargo | None) -> None:
        super().__init__(cargo, Phase.BERTH, embargo)
        self._call = call
        self._starts: list[int] = fleet.starts.tolist()
        self._places: list[list[int]] = fleet.places.tolist()
        self._lists: deque[LoadList] = deque()
        for tick in self._starts[1:]:
            if tick >= 0:
                self.stir_at(tick)

    def open(self, load_list: LoadList) -> None:
        """A vessel has berthed; its list opens when those before it have closed."""
        self._lists.append(load_list)
        self.stir()

    def settle(self, now: int) -> None:
        """Lists close in order, as long as the first of them may."""
        self.line_up()
        while self._lists:
            record = self._lists[0].record
            places = self._places[record.vessel][bisect_right(self._starts, now) - 1]
            waiting = 0 if self.barred else self.teu
            if waiting >= min(self._call.min_load, places):
                why = MIN_LOAD if self._call.min_load <= places else CAPACITY
            elif now >= record.berthed + self._call.max_wait:
                why = LONGEST_WAIT
            else:
                self.stir_at(record.berthed + self._call.max_wait)
                return
            taken, teu = ([], 0) if self.barred else self.take(places)
            sailing = record.sailing * len(self._places) + record.vessel
            for consignment in taken:
                self.cargo.listed(consignment, now, sailing)
            record.listed, record.closed_by, record.teu_on = now, why, teu
            self._lists.popleft().closed.succeed(taken)
