"""Wall time of a sweep on one process, on two, and on a Dask cluster of two workers.

Cases of a corridor that takes milliseconds, so that what is seen is the overhead.

Run: python benchmarks/executors.py [--cases 200] [--replications 50] [--store FOLDER]
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from time import perf_counter, sleep

from corridor_sim.experiments.executor import Where, workers
from corridor_sim.experiments.plan import Case, Options, case
from corridor_sim.experiments.run import simulate

SCENARIO = """\
schema_version: 1
title: A gate
span: {start: 2024-01-01, warm_up_d: 0, measure_d: 20, run_out_d: 20}
places: {a: {lat: 40, lon: 50, country: KZ}, b: {lat: 40, lon: 51, country: KZ}}
links: {a-b: {ends: [a, b], mode: rail, length_km: 100, min_h: 10, delay_mean_h: 5}}
stations: {gate: {place: a, servers: 1, work_h_per_customer: 4, work_cv: 0.5}}
services:
  train:
    {rule: when-full, origin: a, destination: b, places_teu: 8, max_wait_h: 24, chain: [a-b]}
routes: {r: {title: R, westbound: [[gate, train]]}}
flows:
  w: {cargo: containers, direction: westbound, teu_per_year: 3000, lot_teu: 2, origin: a,
      destination: b, routes: {r: 1}}
"""


def cases(count: int) -> list[Case]:
    """Cases that differ in the work at the gate."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "gate.yaml"
        path.write_text(SCENARIO, "utf-8")
        name = "stations.gate.work_h_per_customer"
        return [case(str(path), {name: 3 + i / count}) for i in range(count)]


@contextmanager
def cluster() -> Iterator[str]:
    """A scheduler and two workers of one thread on this machine: the address."""
    started = []
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "scheduler.json"
        parts = (["scheduler", "--host", "127.0.0.1", "--port", "0"],) + (
            ["worker", "--nthreads", "1", "--no-nanny"],
        ) * 2
        try:
            for words in parts:
                line = [sys.executable, "-m", "dask", *words, "--no-dashboard"]
                line += ["--scheduler-file", str(file)]
                quiet = subprocess.DEVNULL
                started.append(subprocess.Popen(line, cwd=folder, stdout=quiet, stderr=quiet))
            while not file.exists():
                sleep(0.1)
            yield str(json.loads(file.read_text())["address"])
        finally:
            for process in started:
                process.kill()
                process.wait()


def measured(given: list[Case], options: Options, where: Where) -> float:
    """Seconds for all; processes are started, and have imported the package, before."""
    with workers(where) as here:
        simulate(given[:1], replace(options, replications=(999_998, 999_999)), where=here)
        begun = perf_counter()
        simulate(given, options, where=here)
        return perf_counter() - begun


def main() -> None:
    """Print seconds in all, and for one replication."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=200)
    parser.add_argument("--replications", type=int, default=50)
    parser.add_argument("--store", type=Path)
    asked = parser.parse_args()
    given, options = cases(asked.cases), Options(replications=tuple(range(asked.replications)))
    total = asked.cases * asked.replications
    print(f"{asked.cases} cases x {asked.replications} replications")
    with cluster() as address:
        for name, where in (
            ("-j 1", Where(store=asked.store)),
            ("-j 2", Where(jobs=2, store=asked.store)),
            ("Dask, 2 workers", Where(cluster=address, store=asked.store)),
        ):
            seconds = measured(given, options, where)
            print(f"{name:16} {seconds:8.1f} s  {1000 * seconds / total:6.2f} ms a replication")


if __name__ == "__main__":
    main()
