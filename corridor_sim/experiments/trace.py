"""The way of one consignment through a replication: what it did, and why it waited."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from corridor_sim.compile import compile_scenario
from corridor_sim.draws import Draws
from corridor_sim.engines import chosen, engine
from corridor_sim.errors import UsageError, did_you_mean, one_of
from corridor_sim.experiments.plan import Case
from corridor_sim.experiments.reasons import Reasons
from corridor_sim.measures.timeline import pieces, times
from corridor_sim.model import DIRECTIONS, NONE, TICK_H, Flow, Model, Path
from corridor_sim.result import Ledger, Times


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A stretch of the way. `what` is `wait`, `work`, `dwell` or `haul`; `to` is where a haul ends.

    Times are of the calendar of the scenario; `end` and `hours` are None where the run ended first.
    """

    what: str
    element: str
    place: str
    to: str
    begin: dt.datetime
    end: dt.datetime | None
    hours: float | None
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Trace:
    """One consignment. `number` counts in its flow; `transit_h` is None where it did not arrive."""

    scenario: str
    engine: str
    seed: int
    replication: int
    flow: str
    number: int
    size_teu: int
    route: str | None
    direction: str
    origin: str | None
    destination: str | None
    released: dt.datetime
    delivered: dt.datetime | None
    transit_h: float | None
    entries: tuple[Entry, ...]


def trace(
    case: Case,
    *,
    flow: str | None,
    number: int | None,
    seed: int,
    replication: int,
    engine_name: str,
) -> Trace:
    """Follow a consignment; by default the first that its flow releases in the measuring part.

    The flow is by default the first that has a route.

    Raises
    ------
    UsageError
        For a flow, a number or an engine that does not exist, or a consignment not released.
    """
    model = compile_scenario(case.scenario, name=case.name)
    ran = chosen(engine_name, model, replications=1)
    words = _flow(model, flow)
    draws = Draws(model, seed)
    (ledger,) = engine(ran)(draws, [replication])
    row = _row(model, ledger, words, number)
    path = model.paths[int(ledger.path[row])]
    start = dt.datetime.combine(case.scenario.span.start, dt.time())
    reasons = Reasons(model, draws.replication(replication), ledger, path)
    released, delivered = int(ledger.release.at[row]), _tick(ledger.delivered, row)
    return Trace(
        scenario=case.name, engine=ran, seed=seed, replication=replication,
        flow=words.name, number=row - words.first, size_teu=words.size,
        route=None if path.route == NONE else model.routes[path.route],
        direction=DIRECTIONS[words.direction],
        origin=None if path.route == NONE else model.places[words.origin],
        destination=None if path.route == NONE else model.places[words.destination],
        released=_date(start, released),
        delivered=None if delivered is None else _date(start, delivered),
        transit_h=None if delivered is None else (delivered - released) / TICK_H,
        entries=tuple(_entries(model, ledger, path, start, reasons, row)),
    )  # fmt: skip


def _flow(model: Model, name: str | None) -> Flow:
    flows = {flow.name: flow for flow in model.flows}
    if name is None:
        routed = {path.flow for path in model.paths if path.route != NONE}
        return model.flows[min(routed, default=0)]
    if name not in flows:
        cure = did_you_mean(name, flows) or one_of(flows)
        raise UsageError(f"{model.name} has no flow {name!r}; {cure}")
    return flows[name]


def _row(model: Model, ledger: Ledger, flow: Flow, number: int | None) -> int:
    """Row of a consignment in the ledger."""
    own = slice(flow.first, flow.first + int(flow.counts.sum()))
    at, known = ledger.release.at[own], ledger.release.known[own]
    if number is None:
        first, last = model.cohort
        cohort = np.flatnonzero(known & (at >= first) & (at < last))
        if not len(cohort):
            raise UsageError(f"{flow.name} releases nothing in the measuring part")
        return flow.first + int(cohort[np.argmin(at[cohort])])
    if not 0 <= number < len(at):
        raise UsageError(f"{flow.name} has consignments 0 to {len(at) - 1}, none is {number}")
    if not known[number]:
        some = ", ".join(map(str, np.flatnonzero(known)[:5]))
        rule = f"{flow.name} {number} is released outside the run"
        raise UsageError(f"{rule}; inside are, for example, {some}")
    return flow.first + number


def _entries(
    model: Model, ledger: Ledger, path: Path, start: dt.datetime, reasons: Reasons, row: int
) -> Iterator[Entry]:
    for piece in pieces(model, path):
        begin, end = (
            _tick(times(model, ledger, path, mark, np.array([row])), 0)
            for mark in (piece.start, piece.end)
        )
        if begin is None:
            return
        if begin == end:
            continue
        yield Entry(
            what=piece.kind, element=piece.name, place=model.places[piece.place],
            to=model.places[piece.to], begin=_date(start, begin),
            end=None if end is None else _date(start, end),
            hours=None if end is None else (end - begin) / TICK_H,
            why=reasons.of(piece, row, begin, model.end if end is None else end),
        )  # fmt: skip


def _tick(times: Times, row: int) -> int | None:
    return int(times.at[row]) if times.known[row] else None


def _date(start: dt.datetime, tick: int) -> dt.datetime:
    return start + dt.timedelta(seconds=tick)
