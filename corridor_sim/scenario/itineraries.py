"""Checks on what vehicles pass: chains that join their ends, stations that can work on a
vehicle.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from corridor_sim.scenario.tree import KeyPath

if TYPE_CHECKING:
    from corridor_sim.scenario.schema import Scenario

Found = tuple[KeyPath, str, str | None]


def vehicle_problems(scenario: Scenario) -> Iterator[Found]:
    """Key, rule and value given of everything wrong with the ways of trains and vessels."""
    for name, service in scenario.services.items():
        keys: KeyPath = ("services", name, "chain")
        yield from _chain(scenario, keys, service.chain, service.origin, service.destination)
    for name, fleet in scenario.fleets.items():
        for i, call in enumerate(fleet.calls):
            there = fleet.calls[(i + 1) % len(fleet.calls)].place
            at: KeyPath = ("fleets", name, "calls", i)
            yield from _chain(scenario, (*at, "chain"), call.chain, call.place, there)
            if scenario.stations[call.berths].berth is None:
                yield (*at, "berths"), "must be a station with `berth`", call.berths
            if scenario.stations[call.berths].place != call.place:
                yield (*at, "berths"), f"must stand at {call.place}", call.berths
        places = [call.place for call in fleet.calls]
        for place in {place for place in places if places.count(place) > 1}:
            yield ("fleets", name, "calls"), "a fleet calls at a place once a round", place
        for vessel, words in fleet.vessels.items():
            for i, window in enumerate(words.absences):
                if window.start >= window.end:
                    keys = ("fleets", name, "vessels", vessel, "absences", i)
                    yield keys, "must end after it starts", None


def _chain(
    scenario: Scenario, keys: KeyPath, chain: Sequence[str], origin: str, destination: str
) -> Iterator[Found]:
    here = origin
    berths = {call.berths for fleet in scenario.fleets.values() for call in fleet.calls}
    for i, element in enumerate(chain):
        at = (*keys, i)
        if element in scenario.links:
            ends = scenario.links[element].ends
            if here not in ends:
                yield (
                    at,
                    f"the link joins {ends[0]} and {ends[1]}, the vehicle is at {here}",
                    element,
                )
                return
            here = ends[1] if ends[0] == here else ends[0]
            continue
        if scenario.stops[element] != here:
            yield at, f"stands at {scenario.stops[element]}, the vehicle is at {here}", element
            return
        station = scenario.stations.get(element)
        if element in berths:
            yield at, "is a station of berths: only fleets and cargo use it", element
        elif station and station.work_h_per_customer is None:
            yield at, "works on vehicles, so it needs `work_h_per_customer`", element
    if here != destination:
        yield keys, f"must end at {destination}, but ends at {here}", None
