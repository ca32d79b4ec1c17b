"""Stations: parallel servers with one queue, and calendars of closure."""

from __future__ import annotations

from bisect import bisect_right, insort
from collections import deque
from collections.abc import Callable, Sequence

import simpy

from corridor_sim.draws import Calendar
from corridor_sim.engines.event.kernel import Settled
from corridor_sim.engines.order import Phase
from corridor_sim.model import Ticks
from corridor_sim.result import NEVER


class Windows:
    """Closed windows of one server, for look-up."""

    def __init__(self, windows: Ticks) -> None:
        self._from: list[int] = windows[:, 0].tolist()
        self._to: list[int] = windows[:, 1].tolist()

    def __bool__(self) -> bool:
        return bool(self._from)

    def next_open(self, tick: int) -> int:
        """First instant from `tick` on that is in no window."""
        at = bisect_right(self._from, tick) - 1
        return self._to[at] if at >= 0 and tick < self._to[at] else tick

    def worked_off(self, start: int, work: int) -> int:
        """First instant at which the open time since `start` is `work`."""
        now = self.next_open(start)
        at = bisect_right(self._from, now)
        while at < len(self._from) and self._from[at] < now + work:
            work -= self._from[at] - now
            now = self._to[at]
            at += 1
        return now + work


class Station(Settled):
    """Customers are keys; whoever asks is told by `begin(key, server)` when its work starts."""

    def __init__(
        self,
        env: simpy.Environment,
        calendars: Sequence[Calendar],
        phase: Phase,
        begin: Callable[[int, int, Station], None],
    ) -> None:
        super().__init__(env, phase)
        self._starts = [Windows(c.starts) for c in calendars]
        self._work = [Windows(c.work) for c in calendars]
        self._closes = any(self._starts)
        self._free = list(range(len(calendars)))
        self._queue: deque[int] = deque()
        self._arrived: list[int] = []
        self._begin = begin

    def join(self, key: int) -> None:
        """A customer joins the queue now."""
        self._arrived.append(key)
        if not self._stirred:
            self.stir()

    def release(self, server: int) -> None:
        """A server is free again."""
        insort(self._free, server)
        if (self._queue or self._arrived) and not self._stirred:
            self.stir()

    def next_start(self, server: int, tick: int) -> int:
        """First instant from `tick` on at which a server may start, or a vessel at it may sail."""
        return self._starts[server].next_open(tick)

    def worked_off(self, server: int, start: int, work: int) -> int:
        """When work begun at `start` is done."""
        windows = self._work[server]
        return windows.worked_off(start, work) if windows else start + work

    def settle(self, now: int) -> None:
        """Start customers while a server is free and open, lowest first."""
        arrived, queue, free = self._arrived, self._queue, self._free
        if arrived:
            if len(arrived) > 1:
                arrived.sort()
            queue.extend(arrived)
            arrived.clear()
        while queue and free:
            at = self._open(now) if self._closes else 0
            if at is None:
                soonest = min(self._starts[j].next_open(now) for j in free)
                if soonest < NEVER:
                    self.stir_at(soonest)
                return
            server = free.pop(at)
            self._begin(queue.popleft(), server, self)

    def _open(self, now: int) -> int | None:
        return next(
            (i for i, j in enumerate(self._free) if self._starts[j].next_open(now) == now), None
        )
