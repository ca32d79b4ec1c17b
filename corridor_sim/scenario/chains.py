"""Routes as chains of elements: sections unfolded, and the part that a flow uses."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from corridor_sim.scenario.schema import Scenario


def unfold(
    scenario: Scenario, chain: Iterable[str], _within: tuple[str, ...] = ()
) -> Iterator[str]:
    """The elements of a chain, with named sections replaced by what they hold.

    Raises
    ------
    ValueError
        Where a section holds itself.
    """
    for name in chain:
        if name in _within:
            raise ValueError(f"section {name!r} holds itself")
        if name in scenario.sections:
            yield from unfold(scenario, scenario.sections[name], (*_within, name))
        else:
            yield name


def ends(scenario: Scenario, element: str, here: str | None) -> tuple[str, str] | None:
    """Places before and after an element of a route; None where it cannot follow from `here`."""
    if element in scenario.services:
        service = scenario.services[element]
        span = (service.origin, service.destination)
    elif element in scenario.fleets:
        calls = [call.place for call in scenario.fleets[element].calls]
        if here not in calls:
            return None
        at = calls.index(here)
        span = (here, calls[(at + 1) % len(calls)])
    else:
        place = scenario.stops.get(element)
        if place is None:
            return None
        span = (place, place)
    return span if here in (None, span[0]) else None


def places_along(scenario: Scenario, elements: Sequence[str]) -> list[tuple[str, str]] | int:
    """Places before and after each element of a route, or the index of the first that does not
    follow.

    A chain that begins with a fleet begins at the first of its calls from which all the rest
    follows.
    """
    tries = list(_tries(scenario, elements))
    return next((spans for spans in tries if not isinstance(spans, int)), tries[0])


def _tries(scenario: Scenario, elements: Sequence[str]) -> Iterator[list[tuple[str, str]] | int]:
    if elements[0] not in scenario.fleets:
        yield _along(scenario, elements, None)
        return
    for call in scenario.fleets[elements[0]].calls:
        yield _along(scenario, elements, call.place)


def _along(
    scenario: Scenario, elements: Sequence[str], here: str | None
) -> list[tuple[str, str]] | int:
    spans: list[tuple[str, str]] = []
    for i, element in enumerate(elements):
        span = ends(scenario, element, here)
        if span is None:
            return i
        spans.append(span)
        here = span[1]
    return spans


def part_used(
    scenario: Scenario, route: str, direction: str, origin: str, destination: str
) -> tuple[str, ...]:
    """The elements that cargo between two places passes on a route.

    The first chain of the route in this direction that joins them is cut: from its first element
    at the origin to its last at the destination, stations at both ends included.

    Raises
    ------
    ValueError
        Where no chain of the route joins the two places in this direction.
    """
    words = scenario.routes[route]
    for chain in words.westbound if direction == "westbound" else words.eastbound:
        elements = tuple(unfold(scenario, chain))
        for spans in _tries(scenario, elements):
            if isinstance(spans, int):
                continue
            starts = [i for i, (before, _) in enumerate(spans) if before == origin]
            finishes = [i for i, (_, after) in enumerate(spans) if after == destination]
            if starts and finishes and starts[0] <= finishes[-1]:
                return elements[starts[0] : finishes[-1] + 1]
    raise ValueError(
        f"no {direction} chain of route {route!r} leads from {origin!r} to {destination!r}"
    )
