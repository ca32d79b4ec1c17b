"""What a scenario must hold beyond its schema: names that exist, chains that join, work that can
be done.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator
from typing import TYPE_CHECKING, NamedTuple

from corridor_sim.errors import Problem, did_you_mean, one_of
from corridor_sim.laws import DEAREST_DAY_USD
from corridor_sim.scenario.chains import part_used, places_along, unfold
from corridor_sim.scenario.itineraries import vehicle_problems
from corridor_sim.scenario.network import Dated, Seasonal
from corridor_sim.scenario.shocks import unknown_names, wrong_meanings
from corridor_sim.scenario.tree import KeyPath, dotted

if TYPE_CHECKING:
    from corridor_sim.scenario.schema import Scenario
    from corridor_sim.scenario.traffic import Choice, Flow

MOST_CONSIGNMENTS = 1_000_000
LONGEST_D = 3_653
SHORTEST_HEADWAY_H = 0.1
_NEARLY = 1e-9


class Finding(NamedTuple):
    """A problem at a key of the scenario."""

    keys: KeyPath
    rule: str
    given: str | None = None
    cure: str | None = None


def problems(scenario: Scenario) -> list[Problem]:
    """All problems of a scenario; what builds on broken names is not looked at."""
    found = [finding for check in _NAMES for finding in check(scenario)]
    if not found:
        found = [finding for check in _MEANING for finding in check(scenario)]
    return [
        Problem(rule=f.rule, key=dotted(f.keys), given=f.given, cure=f.cure)
        for f in dict.fromkeys(found)
    ]


def _missing(
    keys: KeyPath, name: str | None, names: Collection[str], what: str
) -> Iterator[Finding]:
    if name is not None and name not in names:
        cure = did_you_mean(name, names) or one_of(names)
        yield Finding(keys, f"there is no such {what}", name, cure)


def _one_name_one_thing(scenario: Scenario) -> Iterator[Finding]:
    tables = (
        "links", "dwells", "stations", "lines", "services", "fleets", "sections", "flows",
        "closures", "shocks",
    )  # fmt: skip
    seen: dict[str, str] = {}
    for table in tables:
        for name in getattr(scenario, table):
            if name in seen:
                yield Finding((table, name), f"the name is taken, in `{seen[name]}`")
            seen[name] = table


def _grids(scenario: Scenario) -> Iterator[Finding]:
    for name, link in scenario.links.items():
        if link.traction is None:
            continue
        keys: KeyPath = ("links", name, "traction", "grids")
        if scenario.emissions is not None:
            yield from _all_there(
                keys, link.traction.grids, scenario.emissions.grid_g_per_kwh, "grid"
            )
        total = sum(share.value for share in link.traction.grids.values())
        if abs(total - 1) > _NEARLY:
            yield Finding(keys, "shares must sum to 1", f"{total:g}")


def _places(scenario: Scenario) -> Iterator[Finding]:
    places = scenario.places
    for name, link in scenario.links.items():
        for i, end in enumerate(link.ends):
            yield from _missing(("links", name, "ends", i), end, places, "place")
        if link.ends[0] == link.ends[1]:
            yield Finding(("links", name, "ends"), "a link joins two different places")
    for table in ("dwells", "stations", "lines", "yards"):
        for name, element in getattr(scenario, table).items():
            yield from _missing((table, name, "place"), element.place, places, "place")
    for name, service in scenario.services.items():
        for field in ("origin", "destination"):
            yield from _missing(("services", name, field), getattr(service, field), places, "place")
    for name, fleet in scenario.fleets.items():
        for i, call in enumerate(fleet.calls):
            yield from _missing(("fleets", name, "calls", i, "place"), call.place, places, "place")
    for name, flow in scenario.flows.items():
        for field in ("origin", "destination"):
            yield from _missing(("flows", name, field), getattr(flow, field), places, "place")


def _elements(scenario: Scenario) -> Iterator[Finding]:
    still = {*scenario.links, *scenario.stops}
    what = "link, dwell, station or line"
    for name, service in scenario.services.items():
        yield from _all_there(("services", name, "chain"), service.chain, still, what)
    for name, fleet in scenario.fleets.items():
        for c, call in enumerate(fleet.calls):
            at: KeyPath = ("fleets", name, "calls", c)
            yield from _missing((*at, "berths"), call.berths, scenario.stations, "station")
            yield from _all_there((*at, "chain"), call.chain, still, what)
    shut = {*scenario.stations, *scenario.lines, *scenario.services}
    for name, closure in scenario.closures.items():
        keys: KeyPath = ("closures", name, "on")
        yield from _all_there(keys, closure.on, shut, "station, line or service")
    yield from (Finding(*found) for found in unknown_names(scenario))


def _shocks(scenario: Scenario) -> Iterator[Finding]:
    return (Finding(keys, rule) for keys, rule in wrong_meanings(scenario))


def _all_there(
    keys: KeyPath, names: Iterable[str], known: Collection[str], what: str
) -> Iterator[Finding]:
    for i, name in enumerate(names):
        yield from _missing((*keys, i), name, known, what)


def _ways(scenario: Scenario) -> Iterator[Finding]:
    stops = set(scenario.stops)
    parts = {*stops, *scenario.services, *scenario.fleets, *scenario.sections}
    what = "service, fleet, dwell, station or section"
    for name, section in scenario.sections.items():
        yield from _all_there(("sections", name), section, parts, what)
    for name, route in scenario.routes.items():
        for direction, chains in (("westbound", route.westbound), ("eastbound", route.eastbound)):
            for c, chain in enumerate(chains):
                yield from _all_there(("routes", name, direction, c), chain, parts, what)
    for name, flow in scenario.flows.items():
        yield from _missing(("flows", name, "profile"), flow.profile, scenario.profiles, "profile")
        for way in flow.ways:
            yield from _missing((*_way_keys(flow, name), way), way, scenario.routes, "route")
        keys: KeyPath = ("flows", name, "chain")
        yield from _all_there(keys, flow.chain or (), stops, "dwell, station or line")


def _way_keys(flow: Flow, name: str) -> KeyPath:
    """Where the routes of a flow are written."""
    return ("flows", name, "choice", "routes") if flow.choice else ("flows", name, "routes")


def _circles(scenario: Scenario) -> Iterator[Finding]:
    for name in scenario.sections:
        try:
            list(unfold(scenario, [name]))
        except ValueError as error:
            yield Finding(("sections", name), str(error))


def _span(scenario: Scenario) -> Iterator[Finding]:
    span = scenario.span
    days = span.warm_up_d.value + span.measure_d.value + span.run_out_d.value
    if days > LONGEST_D:
        yield Finding(("span",), f"a run lasts at most {LONGEST_D} days", f"{days:g} days")
    if span.measure_d.value != int(span.measure_d.value):
        yield Finding(("span", "measure_d"), "must be whole days", f"{span.measure_d.value}")


def _stations(scenario: Scenario) -> Iterator[Finding]:
    for name, station in scenario.stations.items():
        keys: KeyPath = ("stations", name)
        both = station.work_h_per_feu is not None and station.work_h_per_customer is not None
        if both:
            yield Finding(keys, "work is given per FEU or per customer, not both")
        if station.digital and station.work_h_per_feu is None:
            yield Finding((*keys, "digital"), "needs `work_h_per_feu` for paper documents")
        berth = station.berth
        if berth and (berth.cranes_per_berth is None) != (berth.moves_per_crane_h is None):
            yield Finding(
                (*keys, "berth"), "`cranes_per_berth` and `moves_per_crane_h` go together"
            )
    for table in ("stations", "lines"):
        for name, facility in getattr(scenario, table).items():
            if facility.open_from_h.value >= facility.open_to_h.value:
                yield Finding((table, name, "open_from_h"), "must be before `open_to_h`")


def _yards(scenario: Scenario) -> Iterator[Finding]:
    at = Counter(yard.place for yard in scenario.yards.values())
    for name, yard in scenario.yards.items():
        if yard.resume_teu.value > yard.limit_teu.value:
            yield Finding(("yards", name, "resume_teu"), "must not be above `limit_teu`")
        if at[yard.place] > 1:
            yield Finding(("yards", name, "place"), "a place has one yard", yard.place)


def _closures(scenario: Scenario) -> Iterator[Finding]:
    for name, closure in scenario.closures.items():
        keys: KeyPath = ("closures", name)
        if isinstance(closure, Dated):
            for i, window in enumerate(closure.windows):
                if window.start >= window.end:
                    yield Finding((*keys, "windows", i), "must end after it starts")
                if window.announced and window.announced > window.start:
                    rule = "must not be after its start"
                    yield Finding((*keys, "windows", i, "announced"), rule, f"{window.announced}")
        if isinstance(closure, Seasonal):
            for m, share in enumerate(closure.closed_share):
                if share.value >= 1:
                    yield Finding((*keys, "closed_share", m), "must be below 1", f"{share.value:g}")
        for element in closure.on:
            full = element in scenario.services and scenario.services[element].rule == "when-full"
            if full and closure.share.value < 1:
                rule = f"{element} leaves when full: it can only be shut as a whole"
                yield Finding((*keys, "share"), rule, f"{closure.share.value:g}")
            servers = _servers(scenario, element)
            if closure.servers and servers is not None and closure.servers.value > servers:
                rule = f"{element} has only {servers} servers"
                yield Finding((*keys, "servers"), rule, f"{closure.servers.value:g}")


def _servers(scenario: Scenario, element: str) -> int | None:
    if element in scenario.stations:
        return int(max(scenario.stations[element].servers.every()))
    return 1 if element in scenario.lines else None


def _services(scenario: Scenario) -> Iterator[Finding]:
    for name, service in scenario.services.items():
        if service.rule == "timetable" and service.headway_h.value < SHORTEST_HEADWAY_H:
            rule = f"must be at least {SHORTEST_HEADWAY_H} h"
            yield Finding(("services", name, "headway_h"), rule, f"{service.headway_h.value:g}")


def _vehicles(scenario: Scenario) -> Iterator[Finding]:
    for keys, rule, given in vehicle_problems(scenario):
        yield Finding(keys, rule, given)


def _chains(scenario: Scenario) -> Iterator[Finding]:
    for name, route in scenario.routes.items():
        for direction in ("westbound", "eastbound"):
            for c, chain in enumerate(getattr(route, direction)):
                elements = list(unfold(scenario, chain))
                along = places_along(scenario, elements)
                if isinstance(along, int):
                    before = elements[along - 1] if along else "the beginning"
                    rule = (
                        f"{elements[along]} does not follow {before}: they do not meet at a place"
                    )
                    yield Finding(("routes", name, direction, c), rule)


def _demand(scenario: Scenario) -> Iterator[Finding]:
    for name, flow in scenario.flows.items():
        keys: KeyPath = ("flows", name)
        captive = flow.chain is not None
        ways = [bool(flow.routes), flow.choice is not None, captive]
        if sum(ways) != 1:
            rule = "needs one of `routes`, a `choice` of them or, for captive traffic, a `chain`"
            yield Finding(keys, rule)
        ends = flow.origin is not None and flow.destination is not None
        if flow.ways and not ends:
            yield Finding(keys, "needs an `origin` and a `destination`")
        if captive and (flow.origin or flow.destination):
            yield Finding(keys, "captive traffic has no `origin` or `destination`")
        years = [flow.teu_per_year, *flow.teu_in_years.values()]
        lots = max(teu.value for teu in years) / flow.lot_teu.value
        if lots > MOST_CONSIGNMENTS:
            rule = f"has more than {MOST_CONSIGNMENTS:,} consignments a year"
            yield Finding((*keys, "lot_teu"), rule, f"{lots:,.0f}", "use larger lots")
        if flow.ways and ends:
            yield from (_choice if flow.choice else _shares)(scenario, name)
            yield from _reach(scenario, name)


def _shares(scenario: Scenario, name: str) -> Iterator[Finding]:
    values = scenario.flows[name].routes.values()
    for day in [dt.date.min, *sorted({day for value in values for day in value.changes})]:
        total = sum(value.at(day) for value in values)
        if abs(total - 1) > _NEARLY:
            when = "" if day == dt.date.min else f" from {day}"
            rule = f"shares must sum to 1{when}"
            yield Finding(("flows", name, "routes"), rule, f"{total:g}")


def _choice(scenario: Scenario, name: str) -> Iterator[Finding]:
    flow, keys = scenario.flows[name], ("flows", name)
    assert flow.choice is not None
    for field in ("cargo_value_usd_per_feu", "value_of_time_pct_per_day"):
        if getattr(flow, field) is None:
            yield Finding((*keys, field), "a choice of route needs it")
    for field in ("value_of_time_pct_per_day", "value_of_reliability_pct_per_day"):
        day = flow.usd_per_day(getattr(flow, field))
        if day > DEAREST_DAY_USD:
            rule = f"a day may cost at most {DEAREST_DAY_USD:,.0f} USD per FEU"
            yield Finding((*keys, field), rule, f"{day:,.0f} USD")
    for route, words in flow.choice.routes.items():
        for i, window in enumerate(words.closed):
            at: KeyPath = (*keys, "choice", "routes", route, "closed", i)
            if window.start >= window.end:
                yield Finding(at, "must end after it starts")
            if window.announced is not None:
                rule = "only closures are announced: who is released meanwhile looks elsewhere"
                yield Finding((*at, "announced"), rule)
    yield from _always_open(flow.choice, (*keys, "choice"))


def _always_open(choice: Choice, keys: KeyPath) -> Iterator[Finding]:
    """At every date one of the routes is open."""
    days = {window.start for route in choice.routes.values() for window in route.closed}
    for day in sorted(days):
        shut = [
            any(w.start <= day < w.end for w in route.closed) for route in choice.routes.values()
        ]
        if all(shut):
            yield Finding((*keys, "routes"), f"no route is open on {day}")
            return


def _reach(scenario: Scenario, name: str) -> Iterator[Finding]:
    flow = scenario.flows[name]
    assert flow.origin is not None
    assert flow.destination is not None
    for route in flow.ways:
        try:
            elements = part_used(scenario, route, flow.direction, flow.origin, flow.destination)
        except ValueError as error:
            yield Finding((*_way_keys(flow, name), route), str(error))
            continue
        yield from _fits(scenario, name, elements)


def _fits(scenario: Scenario, name: str, elements: Collection[str]) -> Iterator[Finding]:
    lot = scenario.flows[name].lot_teu.value
    for element in elements:
        places = _least_places(scenario, element)
        if places is not None and lot > places:
            rule = f"a lot does not fit into {element}, which takes {places:g} TEU at its least"
            yield Finding(("flows", name, "lot_teu"), rule, f"{lot:g}")


def _least_places(scenario: Scenario, element: str) -> float | None:
    if element in scenario.services:
        return scenario.services[element].places_teu.value
    if element not in scenario.fleets:
        return None
    return scenario.fleets[element].least_load_limit()


def _worked(scenario: Scenario) -> Iterator[Finding]:
    for name, flow in scenario.flows.items():
        elements = list(flow.chain or ())
        if flow.origin and flow.destination:
            for route in flow.ways:
                try:
                    elements += part_used(
                        scenario, route, flow.direction, flow.origin, flow.destination
                    )
                except ValueError:
                    continue  # told by another check
        for element in elements:
            station = scenario.stations.get(element)
            if station and not (station.work_h_per_feu or station.work_h_per_customer):
                rule = f"needs `work_h_per_feu` or `work_h_per_customer`: {name} is worked there"
                yield Finding(("stations", element), rule)


def _profiles(scenario: Scenario) -> Iterator[Finding]:
    for name, profile in scenario.profiles.items():
        for year, weights in [(None, profile.weights), *profile.years.items()]:
            if sum(w.value for w in weights) <= 0:
                keys = (
                    ("profiles", name, "weights") if year is None else ("profiles", name, "years")
                )
                yield Finding(keys, "at least one month needs a weight above 0")


Check = Callable[["Scenario"], Iterator[Finding]]
_NAMES: tuple[Check, ...] = (_one_name_one_thing, _places, _elements, _ways, _circles, _grids)
_MEANING: tuple[Check, ...] = (
    _span, _stations, _yards, _closures, _shocks, _services, _vehicles, _chains, _demand, _worked,
    _profiles,
)  # fmt: skip
