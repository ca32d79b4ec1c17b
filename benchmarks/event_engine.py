"""Visits per second of the event engine, beside plain SimPy on the same work, on this machine.

The work: six stations in tandem, 14,000 consignments a year, the same releases and durations.
Plain SimPy serves those that come at one tick in the order of its events, so delivery ticks agree
but for what follows from such ties. The two are run in turn, and medians are printed. Then the
shipped baseline, whose visits also wait for trains and vessels.

    python benchmarks/event_engine.py
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterator

import numpy as np
import simpy

from corridor_sim.compile import compile_scenario
from corridor_sim.draws import Draws, Luck
from corridor_sim.engines.event import simulate
from corridor_sim.model import Model
from corridor_sim.scenario.load import load
from corridor_sim.scenario.schema import Scenario

STATIONS, CONSIGNMENTS, ROUNDS = 6, 14_000, 5


def tandem() -> Scenario:
    """Six stations with three servers each, about 80 % busy."""
    names = [f"station-{i}" for i in range(STATIONS)]
    work_h = 0.8 * 3 * 8760 / CONSIGNMENTS
    station = {"place": "here", "servers": 3, "work_h_per_customer": work_h, "work_cv": 1}
    return Scenario.model_validate(
        {
            "schema_version": 1,
            "title": "Six stations in tandem",
            "span": {"start": "2023-01-01", "warm_up_d": 0, "measure_d": 365, "run_out_d": 0},
            "places": {"here": {"lat": 40, "lon": 50, "country": "AZ"}},
            "stations": dict.fromkeys(names, station),
            "flows": {
                "cargo": {
                    "cargo": "containers",
                    "direction": "westbound",
                    "teu_per_year": 2 * CONSIGNMENTS,
                    "lot_teu": 2,
                    "chain": names,
                }
            },
        }
    )


def plain_simpy(model: Model, luck: Luck) -> list[int]:
    """Delivery ticks with SimPy's own resources, one process per consignment."""
    env = simpy.Environment()
    stations = [simpy.Resource(env, station.servers) for station in model.stations]
    works = [work[0].tolist() for work in luck.works if work is not None]
    delivered = [model.end] * CONSIGNMENTS

    def consignment(i: int, release: int) -> Iterator[simpy.Event]:
        yield env.timeout(release)
        for station, work in zip(stations, works, strict=True):
            with station.request() as request:
                yield request
                yield env.timeout(work[i])
        delivered[i] = int(env.now)

    for i, release in enumerate(luck.release.tolist()):
        env.process(consignment(i, release))  # type: ignore[arg-type]
    env.run(until=model.end)
    return delivered


def seconds(call: Callable[[], object]) -> float:
    """Wall time of a call."""
    start = time.perf_counter()
    call()
    return time.perf_counter() - start


def main() -> None:
    """Print the table."""
    model = compile_scenario(tandem(), name="tandem")
    draws = Draws(model, 1)
    ours = next(simulate(draws, [0])).delivered
    theirs = np.array(plain_simpy(model, draws.replication(0)))
    agree = (np.where(ours.known, ours.at, model.end) == theirs).mean()
    shift = (np.where(ours.known, ours.at, model.end) - theirs).mean()
    pairs = [
        (
            seconds(lambda: next(simulate(draws, [0]))),
            seconds(lambda: plain_simpy(model, draws.replication(0))),
        )
        for _ in range(ROUNDS)
    ]
    visits = STATIONS * CONSIGNMENTS
    print(f"six stations in tandem, {visits:,} visits")
    print(f"  same delivery tick: {agree:.1%}; mean difference {shift:.1f} s")
    for name, times in zip(("event engine", "plain SimPy"), zip(*pairs, strict=True), strict=True):
        print(f"  {name:14} {visits / statistics.median(times):>10,.0f} visits/s")
    ratio = statistics.median(plain / event for event, plain in pairs)
    print(f"  event engine / plain SimPy: {ratio:.2f} times as fast (median of {ROUNDS} pairs)")
    base = Draws(compile_scenario(load("baseline-2024"), name="baseline-2024"), 1)
    runs = [seconds(lambda: next(simulate(base, [0]))) for _ in range(ROUNDS)]
    count = int(next(simulate(base, [0])).visits.finish.known.sum())
    print(f"baseline-2024, {count:,} visits: {count / statistics.median(runs):,.0f} visits/s")


if __name__ == "__main__":
    main()
