"""One replication over time, as figures show it: rides along a route, queues, yards, fleets, cargo.

Dates are by the calendar of the scenario, without a zone.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from corridor_sim.errors import UsageError, did_you_mean, one_of
from corridor_sim.experiments.replay import Replay
from corridor_sim.measures.movements import Stays, at_station, chain_of, for_ride, rides
from corridor_sim.model import DAY, NONE, TICK_H, Fleet, Kind, Model, Path
from corridor_sim.result import Calls

STEP = 6 * TICK_H
"""Between two points of a queue's history."""


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """A table, what it is about (`of`), the unit of its amounts, and what it comes from (`told`).

    `measured`: begin and end of the measuring part.
    """

    table: pd.DataFrame
    of: str
    unit: str
    told: str
    measured: tuple[np.datetime64, np.datetime64]


@dataclass(frozen=True, slots=True, kw_only=True)
class SpaceTime:
    """Rides along a route. table: element, vehicle, link, mode, left, reached (dates), km_left,
    km_reached, teu, places. stops: place, label, km, in order along the longest way of its cargo.
    """

    table: pd.DataFrame
    stops: pd.DataFrame
    route: str
    told: str
    window: tuple[np.datetime64, np.datetime64]


def space_time(
    of: Replay, *, route: str | None = None, first_day: int = 0, days: int = 42
) -> SpaceTime:
    """Rides of the services and fleets of a route that fall into a window.

    The window begins `first_day` days into the measuring part. By default the first route that
    carried something.

    Raises
    ------
    UsageError
        For a route that the scenario does not have, or that carried nothing.
    """
    model = of.model
    teu = teu_by_path(of)
    name = _named(route, model.routes, "route", model, _first(teu, model))
    paths = [p for p, path in enumerate(model.paths) if _route(model, path) == name]
    if not sum(teu[p] for p in paths):
        raise UsageError(f"{name} carried nothing in replication {of.ledger.replication}")
    ways = [_stops(model, model.paths[p]) for p in paths if teu[p]]
    km = max(ways, key=lambda way: max(way.values()))
    used = {step.name for p in paths for step in model.paths[p].steps if chain_of(model, step)}
    table = rides(model, of.ledger)
    begin = model.cohort[0] + first_day * DAY
    inside = (table.left < begin + days * DAY) & (table.reached > begin)
    along = table.origin.isin(km) & table.destination.isin(km) & table.element.isin(used)
    table = table[inside & along]
    links, places = of.case.scenario.links, of.case.scenario.places
    shown = pd.DataFrame({
        "element": table.element, "vehicle": table.vehicle, "link": table.link,
        "mode": [links[link].mode for link in table.link],
        "left": of.dates(table.left), "reached": of.dates(table.reached),
        "km_left": table.origin.map(km), "km_reached": table.destination.map(km),
        "teu": table.teu, "places": table.places,
    })  # fmt: skip
    labels = [places[place].label or place for place in km]
    stops = pd.DataFrame({"place": list(km), "label": labels, "km": list(km.values())})
    first, last = of.dates([begin, begin + days * DAY])
    return SpaceTime(table=shown, stops=stops, route=name, told=of.told, window=(first, last))


def _stops(model: Model, path: Path) -> dict[str, float]:
    """Places along a path and their distance from its origin, km."""
    found: dict[str, float] = {}
    far = 0.0
    for leg in path.legs:
        if leg.km and leg.to != leg.place:
            found.setdefault(model.places[leg.place], far)
            far += leg.km
            found.setdefault(model.places[leg.to], far)
    return found


def teu_by_path(of: Replay) -> list[int]:
    """Cargo of each path that was released, TEU."""
    rows = of.ledger.path[of.ledger.release.known]
    count = np.bincount(rows, minlength=len(of.model.paths))
    sizes = (of.model.flows[path.flow].size for path in of.model.paths)
    return [int(n) * size for n, size in zip(count, sizes, strict=True)]


def _first(teu: list[int], model: Model) -> str | None:
    """The first route that carried something."""
    with_cargo = {path.route for path, amount in zip(model.paths, teu, strict=True) if amount}
    return next((name for r, name in enumerate(model.routes) if r in with_cargo), None)


def _route(model: Model, path: Path) -> str | None:
    return None if path.route == NONE else model.routes[path.route]


def known_route(model: Model, route: str) -> str:
    """The route, if the model has it.

    Raises
    ------
    UsageError
        Where it has not, with the nearest name.
    """
    return _named(route, model.routes, "route", model, None)


def _named(
    given: str | None, names: tuple[str, ...], what: str, model: Model, default: str | None
) -> str:
    """The name asked for, or the default."""
    if given is None:
        if default is None:
            raise UsageError(f"{model.name} has no {what} to show")
        return default
    if given not in names:
        cure = did_you_mean(given, names) or one_of(names)
        raise UsageError(f"{model.name} has no {what} {given!r}; {cure}")
    return given


def queue(of: Replay, *, element: str | None = None) -> History:
    """What waits at an element every 6 h: customers of a station or line, TEU for a service or a
    call of a fleet (`fleet@place`). By default where cargo waits the longest in all.

    table: date, waiting.

    Raises
    ------
    UsageError
        For an element that the scenario does not have.
    """
    model = of.model
    waiting = rides_waited_for(of)
    first, last = model.cohort
    stations = {station.name: s for s, station in enumerate(model.stations)}
    default = max(waiting, key=lambda n: _waited(waiting[n], first, last), default=None)
    name = _named(element, (*waiting, *stations), "element", model, default)
    stays = waiting.get(name)
    unit = "TEU" if stays is not None else "customers"
    found = at_station(model, of.ledger, stations[name]) if stays is None else stays
    at = np.arange(0, model.end, STEP)
    table = pd.DataFrame({"date": of.dates(at), "waiting": found.waiting(at)})
    return _history(of, table, of_what=name, unit=unit)


def _waited(stays: Stays, first: int, last: int) -> int:
    """TEU-ticks of waiting within a window."""
    inside = np.minimum(stays.start, last) - np.maximum(stays.arrive, first)
    return int((inside.clip(0) * stays.amount).sum())


def rides_waited_for(of: Replay) -> dict[str, Stays]:
    """Cargo that waits, by service or call of a fleet."""
    model = of.model
    found = {
        service.name: for_ride(model, of.ledger, Kind.BOARD, s)
        for s, service in enumerate(model.services)
    }
    return found | {
        call.name: for_ride(model, of.ledger, Kind.SAIL, f, c)
        for f, fleet in enumerate(model.fleets)
        for c, call in enumerate(fleet.calls)
    }


def yards(of: Replay) -> History:
    """Stock of the yards at each daily review. table: date, yard, stock_teu, limit_teu, announced
    (whether an embargo is, after the review).
    """
    reviews = of.ledger.reviews
    days = np.arange(reviews.stock.shape[1]) * DAY
    parts = [
        pd.DataFrame({
            "date": of.dates(days), "yard": yard.name, "stock_teu": reviews.stock[y],
            "limit_teu": yard.limit, "announced": reviews.announced[y],
        })
        for y, yard in enumerate(of.model.yards)
    ]  # fmt: skip
    columns = ["date", "yard", "stock_teu", "limit_teu", "announced"]
    table = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=columns)
    return _history(of, table, of_what="yards", unit="TEU")


def fleet(of: Replay, *, element: str | None = None, first_day: int = 0, days: int = 60) -> History:
    """What the vessels of a fleet do in a window; by default of the fleet with the most cargo.

    table: vessel, doing (`waiting` for a berth, at `berth`, `under way`, `away`), place (of the
    call; for what is under way the one before), begin, end, teu (aboard when under way).

    Raises
    ------
    UsageError
        For a fleet that the scenario does not have.
    """
    model = of.model
    carried = [int(calls.teu_on.sum()) for calls in of.ledger.calls]
    names = tuple(one.name for one in model.fleets)
    default = names[int(np.argmax(carried))] if names else None
    name = _named(element, names, "fleet", model, default)
    f = names.index(name)
    table = _doings(model, model.fleets[f], of.ledger.calls[f])
    begin = model.cohort[0] + first_day * DAY
    table = table[(table.begin < begin + days * DAY) & (table.end > begin)]
    table = table.assign(
        begin=of.dates(table.begin.clip(begin)),
        end=of.dates(table.end.clip(upper=begin + days * DAY)),
    )
    return _history(of, table.reset_index(drop=True), of_what=name, unit="")


def _doings(model: Model, fleet: Fleet, calls: Calls) -> pd.DataFrame:
    """All that vessels do; what did not end within the run ends with it."""
    ends = [np.where(t.known, t.at, model.end) for t in (calls.arrive, calls.berthed)]
    left = np.where(calls.cast_off.known, calls.cast_off.at, model.end)
    following = np.append(calls.arrive.at[1:], model.end)
    same = np.append((calls.vessel[1:] == calls.vessel[:-1]) & calls.arrive.known[1:], False)
    back = np.where(same, following, model.end)
    vessel = np.array(fleet.vessels)[calls.vessel]
    place = np.array([model.places[call.place] for call in fleet.calls])[calls.call]
    sailed = calls.sailing >= 0
    after = np.where(sailed, "under way", "away")
    stages = (("waiting", *ends), ("berth", ends[1], left), (after, left, back))
    table = pd.concat([
        pd.DataFrame({
            "number": calls.vessel, "vessel": vessel, "doing": doing, "place": place,
            "begin": a, "end": b,
            "teu": np.where(sailed, calls.teu_on, 0) if doing is after else 0,
        })
        for doing, a, b in stages
    ], ignore_index=True)  # fmt: skip
    return table[table.end > table.begin].sort_values(["number", "begin"]).drop(columns="number")


def cumulative(of: Replay, *, routes: tuple[str, ...] = ()) -> History:
    """Cargo released and delivered by the end of each day, by route; TEU since the run began.

    table: date, route, released_teu, delivered_teu.

    Raises
    ------
    UsageError
        For a route that the scenario does not have.
    """
    model, ledger = of.model, of.ledger
    for route in routes:
        known_route(model, route)
    days = np.arange(DAY, model.end + 1, DAY)
    of_path = np.array([path.route for path in model.paths] or [NONE])
    sizes = np.array([model.flows[path.flow].size for path in model.paths] or [0])
    route_of, teu = of_path[ledger.path], sizes[ledger.path]
    parts = []
    for r, name in enumerate(model.routes):
        counts = [
            _by_day(times.at[rows], teu[rows], days)
            for times in (ledger.release, ledger.delivered)
            for rows in [(route_of == r) & times.known & ledger.release.known]
        ]
        if (not routes or name in routes) and counts[0][-1:].sum():
            columns = {"released_teu": counts[0], "delivered_teu": counts[1]}
            parts.append(pd.DataFrame({"date": of.dates(days), "route": name, **columns}))
    empty = pd.DataFrame(columns=["date", "route", "released_teu", "delivered_teu"])
    table = pd.concat(parts, ignore_index=True) if parts else empty
    return _history(of, table, of_what="cargo", unit="TEU")


def _by_day(
    at: npt.NDArray[np.int64], teu: npt.NDArray[np.int64], days: npt.NDArray[np.int64]
) -> npt.NDArray[np.int64]:
    """TEU before the end of each day."""
    order = np.argsort(at, kind="stable")
    total = np.concatenate([[0], np.cumsum(teu[order])])
    return np.asarray(total[np.searchsorted(at[order], days, side="left")])


def _history(of: Replay, table: pd.DataFrame, *, of_what: str, unit: str) -> History:
    first, last = of.dates(list(of.model.cohort))
    return History(table=table, of=of_what, unit=unit, told=of.told, measured=(first, last))
