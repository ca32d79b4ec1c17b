"""Shipped scenarios on both engines: time and peak memory, each time in a process of its own."""

from __future__ import annotations

import json
import platform
import resource
import statistics
import subprocess
import sys
from collections.abc import Iterator, Sequence
from functools import partial
from typing import Any

from benchmarks.engines.rounds import in_turn, seconds
from benchmarks.engines.same_work import run
from corridor_sim.compile import compile_scenario
from corridor_sim.draws import Draws
from corridor_sim.scenario.load import load

SCENARIOS = ("baseline-2024", "demand-2030")
COUNTS = (1, 16, 64, 256, 1024)
QUICK = {"span.warm_up_d": 5, "span.measure_d": 20, "span.run_out_d": 15}
QUICK_COUNTS = (1, 8)


def measured(*, quick: bool, rounds: int, counts: Sequence[int] | None) -> dict[str, Any]:
    """For each scenario and number of replications, both engines side by side.

    The event engine runs one replication a round, as it takes them one by one; its memory at the
    largest number is measured once.
    """
    sizes = counts or (QUICK_COUNTS if quick else COUNTS)
    return {name: _scenario(name, sizes, quick, rounds) for name in SCENARIOS}


def _scenario(name: str, counts: Sequence[int], quick: bool, rounds: int) -> dict[str, Any]:
    found = {}
    for count in counts:
        said: dict[str, list[dict[str, Any]]] = {"event": [], "array": []}
        calls = {
            "event": partial(_apart, said["event"], name, "event", 1, quick),
            "array": partial(_apart, said["array"], name, "array", count, quick),
        }
        times = in_turn(calls, rounds=rounds)
        visits = statistics.mean(one["visits"] / one["replications"] for one in said["array"])
        ratios = [slow / fast for slow, fast in zip(times["event"], times["array"], strict=True)]
        found[str(count)] = {
            "seconds": times,
            "visits": visits,
            "event_us_per_visit": statistics.median(times["event"]) / visits * 1e6,
            "array_us_per_visit": statistics.median(times["array"]) / visits * 1e6,
            "event_over_array": statistics.median(ratios),
            "event_peak_mb": max(one["peak_mb"] for one in said["event"]),
            "array_peak_mb": max(one["peak_mb"] for one in said["array"]),
        }
        print(
            f"{name}, {count}: {found[str(count)]['event_over_array']:.3g} times", file=sys.stderr
        )
    return found


def _apart(said: list[dict[str, Any]], *words: object) -> float:
    """Run `alone` in a new process; seconds a replication."""
    line = [sys.executable, "-m", "benchmarks.engines.shipped", json.dumps(words)]
    done = subprocess.run(line, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(done.stderr)
    said.append(json.loads(done.stdout))
    return float(said[-1]["seconds"]) / int(said[-1]["replications"])


def alone(scenario: str, name: str, count: int, quick: bool) -> dict[str, Any]:
    """Time of replications, draws included and compiling not, visits, and peak memory."""
    words = load(scenario, QUICK if quick else None)
    draws = Draws(compile_scenario(words, name=scenario), 1)
    visits = 0

    def all_of_them() -> None:
        nonlocal visits
        for ledger in run(draws, name, range(count)):
            visits += int(ledger.visits.finish.known.sum())

    took = seconds(all_of_them)
    unit = 1 if platform.system() == "Darwin" else 1024
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 1e6
    return {"seconds": took, "replications": count, "visits": visits, "peak_mb": peak}


def lines(part: dict[str, Any]) -> Iterator[str]:
    """The table as Markdown."""
    yield "Shipped scenarios; peak memory is that of the whole process"
    yield ""
    yield (
        "| scenario | replications | event, us a visit | array, us a visit | event / array"
        " | event, MB | array, MB |"
    )
    yield "|---|---:|---:|---:|---:|---:|---:|"
    for name, sizes in part.items():
        for count, row in sizes.items():
            yield (
                f"| {name} | {count} | {row['event_us_per_visit']:.3g}"
                f" | {row['array_us_per_visit']:.3g} | {row['event_over_array']:.3g}"
                f" | {row['event_peak_mb']:.0f} | {row['array_peak_mb']:.0f} |"
            )
    yield ""


if __name__ == "__main__":
    print(json.dumps(alone(*json.loads(sys.argv[1]))))
