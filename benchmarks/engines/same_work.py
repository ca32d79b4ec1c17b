"""The same work on plain SimPy, salabim, Ciw, our engines and a loop in numba, one way and two."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any

import numpy as np

from benchmarks.engines.rivals import RIVALS
from benchmarks.engines.rounds import in_turn, median_ratio, seconds
from benchmarks.engines.tandem import Ints, drawn, tandem
from corridor_sim.draws import Draws
from corridor_sim.engines import block_size, engine
from corridor_sim.result import Ledger

BASE = "plain SimPy"
STATIONS, CONSIGNMENTS, REPLICATIONS = 6, 14_000, 256
QUICK_CONSIGNMENTS, QUICK_REPLICATIONS = 2_000, 16
OURS = {"event engine": "event", "array engine": "array"}
LIGHT = 16
"""Replications of the loop in numba in a round; of all others that go one by one there is one."""


def measured(*, quick: bool, rounds: int) -> dict[str, Any]:
    """The table of each direction."""
    size = QUICK_CONSIGNMENTS if quick else CONSIGNMENTS
    count = QUICK_REPLICATIONS if quick else REPLICATIONS
    return {
        way: _one(
            Draws(tandem(stations=STATIONS, consignments=size, two_way=two), 1), count, rounds
        )
        for way, two in (("one way", False), ("two ways", True))
    }


def run(draws: Draws, name: str, replications: Sequence[int]) -> Iterator[Ledger]:
    """Ledgers of an engine, in the blocks that it is best given."""
    size = block_size(draws.model, name)
    for first in range(0, len(replications), size):
        yield from engine(name)(draws, replications[first : first + size])


def _one(draws: Draws, count: int, rounds: int) -> dict[str, Any]:
    agree = _agreement(draws)  # which also compiles and imports all
    calls: dict[str, Callable[[], float]] = {
        name: partial(_rival, draws, name, LIGHT if name == "numba loop" else 1) for name in RIVALS
    }
    calls |= {"event engine": partial(_ours, draws, "event", 1)}
    calls |= {"array engine": partial(_ours, draws, "array", count)}
    found = in_turn(calls, rounds=rounds)
    visits = int(next(run(draws, "event", [0])).visits.finish.known.sum())
    return {
        "consignments": draws.model.consignments,
        "visits": visits,
        "replications of the array engine": count,
        "rounds": rounds,
        "engines": {
            name: {
                "seconds": times,
                "us_per_visit": statistics.median(times) / visits * 1e6,
                "times_plain_simpy": median_ratio(found, BASE, name),
                **agree[name],
            }
            for name, times in found.items()
        },
    }


def _rival(draws: Draws, name: str, count: int) -> float:
    """Seconds a replication, its draws included."""
    took = seconds(lambda: [RIVALS[name](drawn(draws, number)) for number in range(count)])
    return took / count


def _ours(draws: Draws, name: str, count: int) -> float:
    def all_of_them() -> None:
        for _ in run(draws, name, range(count)):
            pass

    return seconds(all_of_them) / count


def _agreement(draws: Draws) -> dict[str, dict[str, float]]:
    """How each agrees with the event engine: share of equal delivery ticks, mean difference."""
    work = drawn(draws, 0)
    answers = {name: rival(work) for name, rival in RIVALS.items()}
    answers |= {name: _delivered(draws, ours) for name, ours in OURS.items()}
    reference = answers["event engine"]
    return {
        name: {
            "same_delivery_tick": float((answer == reference).mean()),
            "mean_difference_s": float((answer - reference).mean()),
        }
        for name, answer in answers.items()
    }


def _delivered(draws: Draws, name: str) -> Ints:
    (ledger,) = run(draws, name, [0])
    return np.where(ledger.delivered.known, ledger.delivered.at, draws.model.end)


def lines(part: dict[str, Any]) -> Iterator[str]:
    """The tables as Markdown."""
    for way, table in part.items():
        yield f"{STATIONS} stations in tandem, {way}: {table['visits']:,} visits a replication"
        yield ""
        yield "| engine | us a visit | times plain SimPy | same delivery second | mean difference |"
        yield "|---|---:|---:|---:|---:|"
        rows = sorted(table["engines"].items(), key=lambda row: -row[1]["us_per_visit"])
        for name, row in rows:
            replications = table["replications of the array engine"]
            shown = f"{name}, {replications} replications" if name == "array engine" else name
            yield (
                f"| {shown} | {row['us_per_visit']:.3g} | {row['times_plain_simpy']:.3g}"
                f" | {row['same_delivery_tick']:.2%} | {row['mean_difference_s']:+.2g} s |"
            )
        yield ""
