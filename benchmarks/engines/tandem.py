"""The work that all engines are given: stations in tandem, passed one way or both ways."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from corridor_sim.compile import compile_scenario
from corridor_sim.draws import Draws
from corridor_sim.model import Model
from corridor_sim.scenario.schema import Scenario

Ints = npt.NDArray[np.int64]
SERVERS, BUSY = 3, 0.8


@dataclass(frozen=True)
class Work:
    """A replication in whole ticks, for engines that know nothing of ours.

    `release[n]` of each consignment, the stations that it passes `way[n, K]` and how long it is
    served there `served[n, K]`; `servers[S]` of the stations.
    """

    release: Ints
    way: Ints
    served: Ints
    servers: Ints
    end: int


def tandem(*, stations: int, consignments: int, two_way: bool) -> Model:
    """A year of consignments that pass so many stations of three servers, which are 80 % busy.

    Two ways: half of them pass the stations in the opposite order.
    """
    names = [f"station-{i}" for i in range(stations)]
    work_h = BUSY * SERVERS * 8760 / consignments
    station = {"place": "here", "servers": SERVERS, "work_h_per_customer": work_h, "work_cv": 1}
    chains = {"westbound": names, "eastbound": names[::-1]}
    ways = list(chains)[: 1 + two_way]
    words = {
        "schema_version": 1,
        "title": "Stations in tandem",
        "span": {"start": "2023-01-01", "warm_up_d": 0, "measure_d": 365, "run_out_d": 0},
        "places": {"here": {"lat": 40, "lon": 50, "country": "AZ"}},
        "stations": dict.fromkeys(names, station),
        "flows": {
            way: {
                "cargo": "containers",
                "direction": way,
                "teu_per_year": 2 * consignments / len(ways),
                "lot_teu": 2,
                "chain": chains[way],
            }
            for way in ways
        },
    }
    return compile_scenario(Scenario.model_validate(words), name="tandem")


def drawn(draws: Draws, replication: int) -> Work:
    """The luck of a replication as work for any engine."""
    model, luck = draws.model, draws.replication(replication)
    ways, served = [], []
    for flow in model.flows:
        steps = model.paths[flow.paths[0]].steps
        count = int(flow.counts.sum())
        ways.append(np.tile([step.target for step in steps], (count, 1)))
        works = [luck.works[step.duration] for step in steps]
        served.append(np.stack([work[0, :count] for work in works if work is not None], axis=1))
    return Work(
        release=luck.release,
        way=np.concatenate(ways),
        served=np.concatenate(served),
        servers=np.array([station.servers for station in model.stations]),
        end=model.end,
    )
