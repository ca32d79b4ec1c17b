"""One replication as the map shows it: vehicles under way, what waits, what is shut.

Hours count from the start of the window; all is on whole hours, waiting on a grid of `STEP_H`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from corridor_sim.draws import Draws, merged
from corridor_sim.experiments.histories import rides_waited_for, teu_by_path
from corridor_sim.experiments.replay import Replay
from corridor_sim.measures.movements import Stays, at_station, rides
from corridor_sim.model import DAY, NONE, TICK_H, Kind, Model, Ticks
from corridor_sim.scenario.schema import Scenario

STEP_H: Final = 12
DAYS: Final = 120
"""Longest window of the map, from the start of the measuring part."""
MOST_QUEUES: Final = 10
"""Queues over time that are kept, of cargo for departures and of customers at stations each."""
SILENT: Final = ("/hours", "/servers")
"""Endings of closures that are no events: opening hours, changes of capacity."""

Record = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """What part of the run is shown, in ticks."""

    begin: int
    end: int

    @property
    def grid(self) -> Ticks:
        """Where waiting is looked at."""
        return np.arange(self.begin, self.end + 1, STEP_H * TICK_H)

    def hours(self, ticks: npt.ArrayLike) -> npt.NDArray[np.int64]:
        """Whole hours since it began."""
        return np.asarray(np.rint((np.asarray(ticks) - self.begin) / TICK_H), np.int64)


def window(model: Model, *, days: int = DAYS) -> Window:
    """The first days of the measuring part."""
    first, last = model.cohort
    return Window(begin=first, end=min(last, first + days * DAY))


def moving(of: Replay, *, days: int = DAYS) -> Record:
    """What moves in a replication: `rides`, `waits` by place, `shut`, all within the window."""
    part = window(of.model, days=days)
    return {
        "start": str(of.dates(part.begin)),
        "hours": int(part.hours(part.end)),
        "step": STEP_H,
        "rides": _rides(of, part),
        "waits": _waits(of, part),
        "shut": [*_closures(of, part), *_embargoes(of, part)],
        "told": of.told,
    }


def queues(of: Replay) -> list[Record]:
    """What waits over the whole run, for the elements where most waits: TEU or customers."""
    model = of.model
    grid = np.arange(0, model.end, DAY)
    stations = {s.name: at_station(model, of.ledger, i) for i, s in enumerate(model.stations)}
    found = []
    for unit, stays in (("TEU", rides_waited_for(of)), ("customers", stations)):
        waiting = {name: one.waiting(grid) for name, one in stays.items()}
        most = sorted(waiting, key=lambda name: -int(waiting[name].sum()))[:MOST_QUEUES]
        found += [
            {"element": name, "unit": unit, "waiting": waiting[name].tolist()}
            for name in most
            if waiting[name].any()
        ]
    return found


def _rides(of: Replay, part: Window) -> list[Record]:
    """Rides by element and link: hours when they left (each from the one before), how long they
    took, TEU aboard, and the routes whose cargo the element carries, by their TEU.
    """
    table = rides(of.model, of.ledger)
    table = table[(table["left"] < part.end) & (table["reached"] > part.begin)]
    routes = _routes(of)
    found = []
    for keys, own in table.groupby(["element", "link", "origin"], sort=True):
        element, link, origin = map(str, keys)
        words = of.case.scenario.links[link]
        left = part.hours(own["left"])
        found.append({
            "element": element, "link": link, "mode": words.mode,
            "back": origin != words.ends[0], "routes": routes.get(element, []),
            "left": np.diff(left, prepend=0).tolist(),
            "took": (part.hours(own["reached"]) - left).clip(1).tolist(),
            "teu": own["teu"].tolist(),
        })  # fmt: skip
    return found


def _routes(of: Replay) -> dict[str, list[str]]:
    """By service and fleet the routes of its cargo, the one with the most first."""
    model, amounts = of.model, teu_by_path(of)
    sums: dict[str, dict[str, int]] = {}
    for path, amount in zip(model.paths, amounts, strict=True):
        if path.route == NONE or not amount:
            continue
        for step in path.steps:
            if step.kind in (Kind.BOARD, Kind.SAIL):
                of_fleet = step.kind == Kind.SAIL
                name = (model.fleets if of_fleet else model.services)[step.target].name
                own = sums.setdefault(name, {})
                route = model.routes[path.route]
                own[route] = own.get(route, 0) + amount
    return {name: sorted(own, key=lambda route: -own[route]) for name, own in sums.items()}


def _waits(of: Replay, part: Window) -> Record:
    """By place: TEU that wait for departures, and customers (of any kind) in queues of stations."""
    model = of.model
    origins = {s.name: s.origin for s in model.services} | {
        call.name: call.place for fleet in model.fleets for call in fleet.calls
    }
    found: dict[str, dict[str, npt.NDArray[np.int64]]] = {}

    def add(place: int, unit: str, stays: Stays) -> None:
        own = found.setdefault(model.places[place], {})
        own[unit] = own.get(unit, 0) + stays.waiting(part.grid)

    for name, stays in rides_waited_for(of).items():
        add(origins[name], "teu", stays)
    for s, station in enumerate(model.stations):
        add(station.place, "customers", at_station(model, of.ledger, s))
    return {
        place: {unit: amount.tolist() for unit, amount in own.items() if amount.any()}
        for place, own in found.items()
        if any(amount.any() for amount in own.values())
    }


def _closures(of: Replay, part: Window) -> Iterator[Record]:
    """Named closures with their windows, at the places of what they shut."""
    model, scenario = of.model, of.case.scenario
    draws = Draws(model, of.seed)
    shut: dict[str, list[Ticks]] = {}
    for closure in model.closures:
        if not closure.name.endswith(SILENT):
            windows = draws.windows(closure, of.ledger.replication)
            shut.setdefault(closure.name, []).append(windows)
    for name, found in shut.items():
        inside = _inside(merged(found), part)
        if inside:
            kind = scenario.closures[name].kind if name in scenario.closures else "shock"
            yield {"name": name, "kind": kind, "places": _places(scenario, name), "hours": inside}


def _embargoes(of: Replay, part: Window) -> Iterator[Record]:
    for yard, announced in zip(of.model.yards, of.ledger.reviews.announced, strict=True):
        days = np.flatnonzero(announced).astype(np.int64)[:, None] + np.array([[1, 2]])
        inside = _inside(merged([days * DAY]), part)
        if inside:
            place = of.model.places[yard.place]
            yield {"name": yard.name, "kind": "embargo", "places": [place], "hours": inside}


def _inside(windows: Ticks, part: Window) -> list[list[int]]:
    own = windows[(windows[:, 0] < part.end) & (windows[:, 1] > part.begin)]
    hours: list[list[int]] = part.hours(own.clip(part.begin, part.end)).tolist()
    return [[begin, max(end, begin + 1)] for begin, end in hours]


def _places(scenario: Scenario, name: str) -> list[str]:
    """Where a closure or shock is seen."""
    one = scenario.closures.get(name) or scenario.shocks[name]
    found: list[str] = []
    for given in one.on:
        if given in scenario.places:
            found.append(given)
        elif given in scenario.links:
            found += scenario.links[given].ends
        elif given in scenario.services:
            found.append(scenario.services[given].origin)
        else:
            found.append(scenario.stops[given])
    return list(dict.fromkeys(found))
