"""SimPy with the phases of an instant as event priorities."""

from __future__ import annotations

from collections.abc import Callable

import simpy
from simpy.events import EventPriority

from corridor_sim.engines.order import Phase

Callback = Callable[[simpy.Event], None]


class Wake(simpy.Event):
    """An event at a tick and phase that calls one function.

    SimPy takes events of one time by priority, so phases are priorities. Its own timeouts have the
    priority of END and its process starts that of CHANGE: a train that leaves begins its chain
    before stations start.
    """

    def __init__(self, env: simpy.Environment, delay: int, phase: Phase, call: Callback) -> None:
        self.env = env
        self.callbacks = [call]
        self._value = None
        self._ok = True
        env.schedule(self, EventPriority(phase), delay)


class End(simpy.Event):
    """The end of the work or haul of a consignment."""

    def __init__(
        self, env: simpy.Environment, delay: int, consignment: int, call: Callback
    ) -> None:
        self.env = env
        self.callbacks = [call]
        self._value = None
        self._ok = True
        self.consignment = consignment
        env.schedule(self, _END, delay)


_END = EventPriority(Phase.END)


class Settled:
    """Something that settles once in its phase of every instant in which it was stirred."""

    def __init__(self, env: simpy.Environment, phase: Phase) -> None:
        self.env = env
        self._phase = phase
        self._stirred = False
        self._alarms: set[int] = set()

    def stir(self) -> None:
        """Have it settle in this instant."""
        if not self._stirred:
            self._stirred = True
            Wake(self.env, 0, self._phase, self._settle)

    def stir_at(self, tick: int) -> None:
        """Have it settle at a later instant."""
        if tick not in self._alarms:
            self._alarms.add(tick)
            Wake(self.env, tick - int(self.env.now), self._phase, self._alarm)

    def settle(self, now: int) -> None:
        """What there is to do; to be overridden."""
        raise NotImplementedError

    def _settle(self, _: simpy.Event) -> None:
        self._stirred = False
        self.settle(int(self.env.now))

    def _alarm(self, _: simpy.Event) -> None:
        now = int(self.env.now)
        self._alarms.discard(now)
        self.settle(now)
