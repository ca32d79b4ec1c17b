"""Which rules bit in a replication, and which bit too seldom in many."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np

from corridor_sim.draws import Luck
from corridor_sim.model import DAY, Kind, Model
from corridor_sim.result import Calls, Ledger

RULES = {
    "an embargo in force",
    "a list closed by minimum load",
    "a list closed by capacity",
    "a list closed by the longest wait",
    "a wait for a berth",
    "a vessel held in port",
    "an absence of a vessel",
    "a start delayed by a closure",
    "work stopped by a closure",
    "a full departure",
    "a departure timed out",
    "two departures at one instant",
    "ties at a queue",
    "the end inside a window",
    "a quote that changed a route",
    "congestion in a quote",
    "a closure in a quote",
}
AT_LEAST = 20
"""Models in which a rule is to bite."""


def too_few(counts: Mapping[str, int], *, models: int) -> dict[str, int]:
    """Rules that bit in fewer models than they should: 20, and most that end inside a window."""
    least = dict.fromkeys(RULES, AT_LEAST) | {"the end inside a window": models // 2 + 1}
    return {rule: counts.get(rule, 0) for rule in RULES if counts.get(rule, 0) < least[rule]}


def bites(model: Model, luck: Luck, ledger: Ledger) -> set[str]:
    """The rules that bit."""
    found = set(_services(model, ledger)) | set(_stations(model, luck, ledger))
    for calls in ledger.calls:
        found |= set(_fleet(calls))
    if ledger.reviews.announced[:, :-1].any():
        found.add("an embargo in force")
    if model.end % 86400:
        found.add("the end inside a window")
    found |= set(_quotes(model, luck, ledger))
    return found


def _quotes(model: Model, luck: Luck, ledger: Ledger) -> Iterator[str]:
    quotes, told = model.quotes, ledger.reviews.quotes
    if quotes is None:
        return
    now = np.arange(told.shape[1]) * DAY
    period = np.searchsorted(quotes.starts, now, side="right") - 1
    shut = np.zeros_like(told)
    left = quotes.shut[:, 2, None] - now - quotes.shut_reach[period].T
    begun = quotes.shut[:, 1, None] - now <= quotes.shut_reach[period].T
    known = quotes.shut[:, 0, None] <= now
    np.add.at(shut, quotes.shut_row, np.maximum(0, left) * begun * known)
    if shut.any():
        yield "a closure in a quote"
    if (told > quotes.free[period].T + shut).any():
        yield "congestion in a quote"
    row = {path: q for q, path in enumerate(quotes.paths.tolist())}
    for flow, costs in zip(model.flows, luck.costs, strict=True):
        if costs is None or flow.choice is None:
            continue
        who = np.flatnonzero(ledger.release.known[flow.first : flow.first + len(costs)])
        at = [row[path] for path in flow.paths]
        free = costs[who] + quotes.free[0][at] * flow.choice.per_day // DAY
        if (np.array(flow.paths)[free.argmin(axis=1)] != ledger.path[flow.first + who]).any():
            yield "a quote that changed a route"


def _fleet(calls: Calls) -> Iterator[str]:
    for why, name in enumerate(("minimum load", "capacity", "the longest wait")):
        if (calls.listed.known & (calls.closed_by == why)).any():
            yield f"a list closed by {name}"
    if (calls.berthed.known & (calls.berthed.at > calls.arrive.at)).any():
        yield "a wait for a berth"
    if (calls.cast_off.known & calls.loaded.known & (calls.cast_off.at > calls.loaded.at)).any():
        yield "a vessel held in port"
    if (calls.berthed.known & (calls.sailing < 0)).any():
        yield "an absence of a vessel"


def _services(model: Model, ledger: Ledger) -> Iterator[str]:
    pairs = list(zip(model.services, ledger.departures, strict=True))
    for service, trains in pairs:
        if not service.headway and (~trains.timed_out).any():
            yield "a full departure"
        if trains.timed_out.any():
            yield "a departure timed out"
    left = np.concatenate([trains.left for _, trains in pairs])
    if len(np.unique(left)) < len(left):
        yield "two departures at one instant"


def _stations(model: Model, luck: Luck, ledger: Ledger) -> Iterator[str]:
    visits = ledger.visits
    queues: dict[int, dict[int, int]] = {}
    for p, path in enumerate(model.paths):
        who = np.flatnonzero(ledger.path == p)
        for k, step in enumerate(path.steps):
            if step.kind != Kind.STATION:
                continue
            there = who[visits.start.known[who, k]]
            arrive, start = visits.arrive.at[there, k], visits.start.at[there, k]
            ends = np.concatenate([c.starts[:, 1] for c in luck.calendars[step.target]])
            if (np.isin(start, ends) & (start > arrive)).any():
                yield "a start delayed by a closure"
            works = luck.works[step.duration]
            assert works is not None
            period = np.searchsorted(model.durations[step.duration].starts, start, "right") - 1
            work = works[period, there - model.flows[path.flow].first]
            done = visits.finish.known[there, k]
            if (visits.finish.at[there, k] - start > work)[done].any():
                yield "work stopped by a closure"
            # Who comes at one instant and does not start at one instant: the order is seen.
            queue = queues.setdefault(step.target, {})
            for came, began in zip(arrive.tolist(), start.tolist(), strict=True):
                if queue.setdefault(came, began) != began:
                    yield "ties at a queue"
                    break
