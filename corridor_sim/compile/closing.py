"""Closures, opening hours and changes of capacity: all become windows that shut servers."""

from __future__ import annotations

import numpy as np

from corridor_sim.compile.context import Context
from corridor_sim.compile.shocking import parts
from corridor_sim.compile.timing import hours
from corridor_sim.laws import failure_rate
from corridor_sim.model import DAY, Closure, Shut, Station, Ticks
from corridor_sim.scenario.network import AnyClosure, Dated, Facility, Seasonal
from corridor_sim.scenario.network import Station as StationWords

NO_WINDOWS: Ticks = np.empty((0, 2), np.int64)


def closures_and_stations(context: Context) -> tuple[tuple[Closure, ...], tuple[Station, ...]]:
    """The closures of a scenario, and its stations with what shuts them."""
    words = context.scenario
    closures = [closure(context, name, given) for name, given in words.closures.items()]
    shocks = parts(context)
    closures += [part.closure for part in shocks]
    stations = []
    berths = {call.berths for fleet in words.fleets.values() for call in fleet.calls}
    for name in context.stations:
        facility = context.facility(name)
        servers = _most_servers(facility)
        shuts = [
            Shut(i, servers if c.servers is None else int(c.servers.value), c.stops == "work")
            for i, c in enumerate(words.closures.values())
            if name in c.on
        ]
        shuts += [
            Shut(i, part.servers, part.work)
            for i, part in enumerate(shocks, len(words.closures))
            if part.element == name
        ]
        for extra, taken in [
            *_opening_hours(context, name, facility),
            *_fewer(context, name, facility),
        ]:
            shuts.append(Shut(len(closures), taken, False))
            closures.append(extra)
        stations.append(
            Station(
                name=name, place=context.places[facility.place], servers=servers,
                shuts=tuple(shuts), berth=name in berths, line=name in words.lines,
            )
        )  # fmt: skip
    return tuple(closures), tuple(stations)


def closure(context: Context, name: str, given: AnyClosure) -> Closure:
    """A closure in numbers."""
    if isinstance(given, Dated):
        days = [(context.clock.tick(w.start), context.clock.tick(w.end)) for w in given.windows]
        return Closure(name, np.array(days, np.int64))
    if isinstance(given, Seasonal):
        spell = np.array([hours(s.value) for s in given.mean_spell_h], np.float64)
        rate = np.array(
            [
                failure_rate(closed_share=share.value, mean_spell=mean)
                for share, mean in zip(given.closed_share, spell, strict=True)
            ]
        )
        cv = given.spell_cv.value
    else:
        rate = np.full(12, 1.0 / hours(given.mean_time_between_h.value))
        spell = np.full(12, float(hours(given.mean_repair_h.value)))
        cv = given.repair_cv.value
    return Closure(name, NO_WINDOWS, rate, spell, context.table("gamma", cv))


def _most_servers(facility: Facility) -> int:
    if not isinstance(facility, StationWords):
        return 1
    return int(max(facility.servers.every()))


def _opening_hours(context: Context, name: str, facility: Facility) -> list[tuple[Closure, int]]:
    opens, closes = hours(facility.open_from_h.value), hours(facility.open_to_h.value)
    if opens == 0 and closes == DAY:
        return []
    midnights = np.arange(-DAY, context.clock.horizon + DAY, DAY)
    windows = np.stack([midnights + closes, midnights + DAY + opens], axis=1)
    return [(Closure(f"{name}/hours", windows), _most_servers(facility))]


def _fewer(context: Context, name: str, facility: Facility) -> list[tuple[Closure, int]]:
    """Servers that are not there yet, or no longer: the lowest-numbered ones.

    So a partial closure, which takes the highest-numbered, takes servers that are there.
    """
    if not isinstance(facility, StationWords) or not facility.servers.changes:
        return []
    starts, days = context.clock.periods([facility.servers])
    ends = np.append(starts[1:], context.clock.horizon + DAY)
    most = _most_servers(facility)
    return [
        (Closure(f"{name}/servers", np.array([[start, end]], np.int64)), servers - most)
        for start, end, day in zip(starts, ends, days, strict=True)
        if (servers := int(facility.servers.at(day))) < most
    ]
