"""What speaks for and against the numbers of a report: conservation, Little's law, weak rows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from corridor_sim.experiments.headlines import headline
from corridor_sim.experiments.replay import Replay
from corridor_sim.experiments.run import Run
from corridor_sim.measures.cells import Cells, Steps
from corridor_sim.measures.conservation import check_conservation
from corridor_sim.measures.rows import Group
from corridor_sim.model import TICK_H, YEAR_D
from corridor_sim.offered import overloaded
from corridor_sim.output import number
from corridor_sim.report.reading import Told

FEW: Final = 100.0
"""Customers within the measuring part and all replications under which edges outweigh the rest."""
TOLERANCE: Final = 0.05
"""How far queue and arrivals x wait may lie apart: the edges of the measuring part."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """What was looked at, what was found, and whether it is good (None: to be weighed)."""

    name: str
    found: str
    good: bool | None


def checks(given: Told, replays: Sequence[Replay]) -> list[Check]:
    """The checks of a folder and of the replications that were simulated once more.

    Raises
    ------
    RunError
        Where such a replication does not pass its conservation checks.
    """
    return [
        _finished(given),
        _conserved(replays),
        *_little(given),
        *(check for run in given.runs for check in _overloaded(run)),
        *(check for run in given.runs for check in _weak(given, run)),
        _engine(given),
    ]


def _finished(given: Told) -> Check:
    asked, done = len(given.manifest.get("replications_asked", ())), given.n
    found = f"{done} of {asked} replications were finished; status {given.manifest.get('status')}"
    return Check(name="Replications", found=found, good=done == asked)


def _conserved(replays: Sequence[Replay]) -> Check:
    for one in replays:
        check_conservation(one.model, Cells.of(Steps(one.model), one.ledger))
    which = f"replication {replays[0].ledger.replication} of each scenario"
    found = (
        "released = delivered + inside, and the integral of the stock = the sum of the times"
        f" inside, to the tick: passed by every replication when it was run, and again by {which}"
    )
    return Check(name="Conservation", found=found, good=True)


def _little(given: Told) -> Iterator[Check]:
    """Mean queue against arrivals x mean wait (Little, Operations Research 9, 1961,
    doi:10.1287/opre.9.3.383), station by station.
    """
    apart: list[tuple[float, str]] = []
    for run in given.runs:
        values: dict[Group, dict[str, float | None]] = {}
        for row in given.of(run):
            values.setdefault(row.group, {})[row.measure] = row.estimate.estimate
        years = (run.model.cohort[1] - run.model.cohort[0]) / (24 * TICK_H * YEAR_D)
        for group, own in values.items():
            queue, wait, came = (own.get(name) for name in ("queue", "wait", "customers"))
            if not queue or not wait or not came or came * years * given.n < FEW:
                continue
            expected = came * wait / (24 * YEAR_D)
            apart.append((abs(queue - expected) / max(1.0, queue), group.segment))
    if apart:
        worst, where = max(apart)
        within = sum(far <= TOLERANCE for far, _ in apart)
        found = (
            f"mean queue = arrivals x mean wait within {100 * TOLERANCE:g} % (or {TOLERANCE:g}"
            f" customers) at {within} of {len(apart)} stations; farthest at {where}:"
            f" {number(100 * worst, 1)} %. They differ by who waits across an edge of the"
            " measuring part"
        )
        yield Check(name="Little's law", found=found, good=None if within < len(apart) else True)


def _overloaded(run: Run) -> Iterator[Check]:
    names = sorted(overloaded(run.model))
    if names:
        found = f"asked for more than 98 % of what they can do: {', '.join(names)}"
        yield Check(name=f"Overloaded, {run.case.name}", found=found, good=None)


def _weak(given: Told, run: Run) -> Iterator[Check]:
    rows = [row for row in given.of(run) if headline(row, run.options.segments)]
    counts = {mark: sum(mark in row.mark for row in rows) for mark in ("thin", "overloaded")}
    found = ", ".join(f"{count} of {len(rows)} rows {mark}" for mark, count in counts.items())
    yield Check(
        name=f"Weak rows, {run.case.name}", found=found, good=None if any(counts.values()) else True
    )


def _engine(given: Told) -> Check:
    names = ", ".join(dict.fromkeys(run.options.engine for run in given.runs))
    found = f"{names}; `corridor-sim verify` compares both engines on a scenario, bit by bit"
    return Check(name="Engine", found=found, good=None)
