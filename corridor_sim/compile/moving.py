"""Services, fleets and yards in numbers."""

from __future__ import annotations

import numpy as np

from corridor_sim.compile.context import Context
from corridor_sim.compile.shocking import parts
from corridor_sim.compile.timing import hours
from corridor_sim.draws import merged
from corridor_sim.model import NONE, TICK_H, Call, Fleet, Service, Ticks, Yard
from corridor_sim.scenario.traffic import Call as CallWords
from corridor_sim.scenario.traffic import Departures, Timetable, Vessel, WhenFull
from corridor_sim.scenario.traffic import Fleet as FleetWords


def services(context: Context) -> tuple[Service, ...]:
    """All services."""
    return tuple(service(context, name, s) for name, s in context.scenario.services.items())


def service(context: Context, name: str, words: Departures) -> Service:
    """A service in numbers."""
    timetable = words if isinstance(words, Timetable) else None
    jitter = hours(timetable.jitter_sd_h.value) if timetable else 0
    destination = context.places[words.destination]
    scenario = context.scenario
    shares = [
        *((closure.on, closure.share.value) for closure in scenario.closures.values()),
        *(([part.element], part.share) for part in parts(context)),
    ]
    return Service(
        name=name,
        origin=context.places[words.origin],
        destination=destination,
        places=int(words.places_teu.value),
        chain=context.ride(words.chain, words.origin, name),
        headway=max(1, hours(timetable.headway_h.value)) if timetable else 0,
        offset=hours(timetable.offset_h.value) if timetable else 0,
        jitter=float(jitter),
        jitter_table=context.table("normal", 1.0) if jitter else NONE,
        cancelled=timetable.cancelled_share.value if timetable else 0.0,
        max_wait=hours(words.max_wait_h.value) if isinstance(words, WhenFull) else 0,
        closures=tuple((i, share) for i, (on, share) in enumerate(shares) if name in on),
        feeds=context.yard_at.get(destination, NONE),
    )


def fleets(context: Context) -> tuple[Fleet, ...]:
    """All fleets."""
    return tuple(fleet(context, name, f) for name, f in context.scenario.fleets.items())


def fleet(context: Context, name: str, words: FleetWords) -> Fleet:
    """A fleet in numbers; a vessel's places change with the draught factor."""
    starts, days = context.clock.periods([words.draught_factor])
    places = np.array(
        [
            [words.load_limit(v, words.draught_factor.at(day)) for day in days]
            for _, v in words.each()
        ],
        np.int64,
    )
    return Fleet(
        name=name,
        vessels=tuple(name for name, _ in words.each()),
        calls=tuple(
            _call(context, name, words, p, int(places.max())) for p in range(len(words.calls))
        ),
        starts=starts,
        places=places,
        absences=tuple(_absences(context, vessel) for _, vessel in words.each()),
    )


def _absences(context: Context, vessel: Vessel) -> Ticks:
    days = [(context.clock.tick(w.start), context.clock.tick(w.end)) for w in vessel.absences]
    return merged([np.array(days, np.int64).reshape(-1, 2)])


def _call(context: Context, fleet: str, words: FleetWords, at: int, most_teu: int) -> Call:
    here: CallWords = words.calls[at]
    there = context.places[words.calls[(at + 1) % len(words.calls)].place]
    berth = context.scenario.stations[here.berths].berth
    assert berth is not None, "fleets call at berths; `check` holds it"
    moves = (
        berth.cranes_per_berth.value * berth.moves_per_crane_h.value
        if berth.cranes_per_berth and berth.moves_per_crane_h
        else np.inf
    )
    box_ticks = np.arange(most_teu + 1) / 2 / moves * TICK_H
    return Call(
        name=f"{fleet}@{here.place}",
        place=context.places[here.place],
        station=context.stations[here.berths],
        unload=np.maximum(1, np.rint(hours(berth.fixed_h.value) + box_ticks)).astype(np.int64),
        load=np.maximum(1, np.rint(box_ticks)).astype(np.int64),
        min_load=int(here.min_load_teu.value),
        max_wait=hours(here.max_wait_h.value),
        chain=context.ride(here.chain, here.place, f"{fleet}@{here.place}"),
        feeds=context.yard_at.get(there, NONE),
    )


def yards(context: Context) -> tuple[Yard, ...]:
    """All yards."""
    return tuple(
        Yard(
            name=name,
            place=context.places[yard.place],
            limit=int(yard.limit_teu.value),
            resume=int(yard.resume_teu.value),
            shortest_days=int(yard.shortest_d.value),
        )
        for name, yard in context.scenario.yards.items()
    )
