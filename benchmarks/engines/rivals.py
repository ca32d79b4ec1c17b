"""The same work on other engines: delivery ticks `[n]` of a replication, in the ways of each.

All are given the same releases and durations. None knows our order of an instant, so that who is
first among those that come at one tick may differ, but for the loop in numba.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterator
from typing import Any, Final

import ciw
import numba
import numpy as np
import salabim
import simpy

from benchmarks.engines.tandem import Ints, Work

Engine = Callable[[Work], Ints]


def plain_simpy(work: Work) -> Ints:
    """SimPy's resources, a process for each consignment."""
    env = simpy.Environment()
    stations = [simpy.Resource(env, count) for count in work.servers.tolist()]
    way, served = work.way.tolist(), work.served.tolist()
    delivered = [work.end] * len(way)

    def consignment(i: int) -> Iterator[simpy.Event]:
        for station, duration in zip(way[i], served[i], strict=True):
            with stations[station].request() as request:
                yield request
                yield env.timeout(duration)
        delivered[i] = int(env.now)

    def source() -> Iterator[simpy.Event]:
        for i, wait in _arrivals(work):
            yield env.timeout(wait)
            env.process(consignment(i))  # type: ignore[arg-type]

    env.process(source())  # type: ignore[arg-type]
    env.run(until=work.end)
    return np.array(delivered)


def with_salabim(work: Work) -> Ints:
    """Resources of salabim without their monitors, a component for each consignment."""
    env: Any = salabim.Environment(trace=False, yieldless=False)
    stations = [
        salabim.Resource(capacity=count, monitor=False, env=env) for count in work.servers.tolist()
    ]
    way, served = work.way.tolist(), work.served.tolist()
    delivered = [work.end] * len(way)

    class Consignment(salabim.Component):
        def setup(self, i: int) -> None:
            self.i = i

        def process(self) -> Iterator[Any]:
            for station, duration in zip(way[self.i], served[self.i], strict=True):
                yield self.request(stations[station])
                yield self.hold(duration)
                self.release()
            delivered[self.i] = int(env.now())

    class Source(salabim.Component):
        def process(self) -> Iterator[Any]:
            for i, wait in _arrivals(work):
                yield self.hold(wait)
                Consignment(i=i)

    Source()
    env.run(till=work.end)
    return np.array(delivered)


def with_ciw(work: Work) -> Ints:
    """Ciw's nodes, a class of customers for each first node; what was drawn is replayed."""
    nodes = range(len(work.servers))
    served = work.served.tolist()
    firsts = np.unique(work.way[:, 0]).tolist()
    own = {node: np.flatnonzero(work.way[:, 0] == node) for node in firsts}
    order = {
        node: some[np.argsort(work.release[some], kind="stable")] for node, some in own.items()
    }
    coming = {str(node): iter(some.tolist()) for node, some in order.items()}

    class Replayed(ciw.dists.Distribution):
        """Durations of each customer, who is known by its place among those of its class."""

        def sample(self, t: Any = None, ind: Any = None) -> int:
            if not hasattr(ind, "row"):
                ind.row, ind.step = next(coming[ind.customer_class]), 0
            ind.step += 1
            return int(served[ind.row][ind.step - 1])

    def gaps(first: int) -> list[Any]:
        waits = np.diff(work.release[order[first]], prepend=0).tolist()
        replayed = ciw.dists.Sequential([*waits, float("inf")])
        return [replayed if node == first else None for node in nodes]

    def route(first: int) -> Any:
        rest = (work.way[own[first][0], 1:] + 1).tolist()
        return ciw.routing.ProcessBased(lambda *_: list(rest))

    network = ciw.create_network(
        arrival_distributions={str(first): gaps(first) for first in firsts},
        service_distributions={str(first): [Replayed() for _ in nodes] for first in firsts},
        routing={str(first): route(first) for first in firsts},
        number_of_servers=work.servers.tolist(),
    )
    simulation = ciw.Simulation(network)
    simulation.simulate_until_max_time(work.end)
    delivered = np.full(len(served), work.end)
    for individual in simulation.nodes[-1].all_individuals:
        delivered[individual.row] = individual.data_records[-1].exit_date
    return delivered


def _arrivals(work: Work) -> Iterator[tuple[int, int]]:
    """Consignments by release, each with the ticks since the one before."""
    order = np.argsort(work.release, kind="stable")
    order = order[work.release[order] < work.end]
    waits = np.diff(work.release[order], prepend=0)
    return zip(order.tolist(), waits.tolist(), strict=True)


def with_numba(work: Work) -> Ints:
    """A loop over a heap of ends, written by hand for this work and compiled: what can be had."""
    return np.asarray(_compiled(work.release, work.way, work.served, work.servers, work.end))


def _loop(release: Ints, way: Ints, served: Ints, servers: Ints, end: int) -> Ints:
    """Ends of an instant by number, then starts: the order of our engines."""
    n, steps = way.shape
    bits = 1
    while 1 << bits <= n:
        bits += 1
    # A heap of end << bits | number; a release is the end of step -1.
    heap = [(end << bits) | n]
    for i in range(n):
        if release[i] < end:
            heap.append((release[i] << bits) | i)
    heapq.heapify(heap)
    step = np.full(n, -1, np.int64)
    after = np.full(n, -1, np.int64)
    head, tail = np.full(len(servers), -1, np.int64), np.full(len(servers), -1, np.int64)
    free = servers.copy()
    delivered = np.full(n, end, np.int64)
    now = heap[0] >> bits
    while now < end:
        while heap[0] >> bits == now:
            i = heapq.heappop(heap) & ((1 << bits) - 1)
            if step[i] >= 0:
                free[way[i, step[i]]] += 1
            step[i] += 1
            if step[i] == steps:
                delivered[i] = now
                continue
            s = way[i, step[i]]
            if head[s] < 0:
                head[s] = i
            else:
                after[tail[s]] = i
            tail[s] = i
            after[i] = -1
        for s in range(len(servers)):
            while free[s] and head[s] >= 0:
                i = head[s]
                head[s] = after[i]
                free[s] -= 1
                heapq.heappush(heap, ((now + served[i, step[i]]) << bits) | i)
        now = heap[0] >> bits
    return delivered


_compiled: Any = numba.njit(_loop)

RIVALS: Final[dict[str, Engine]] = {
    "plain SimPy": plain_simpy,
    "salabim": with_salabim,
    "Ciw": with_ciw,
    "numba loop": with_numba,
}
