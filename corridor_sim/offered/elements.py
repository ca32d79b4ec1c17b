"""Sentences about what stands and what runs: all elements of a scenario, one by one."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence

from corridor_sim.model import DAY, Model
from corridor_sim.offered.loads import WHOLE, offered
from corridor_sim.offered.phrases import (
    amount,
    clock,
    counted,
    day_of,
    listed,
    measured,
    said,
)
from corridor_sim.scenario.network import (
    AnyClosure,
    Dated,
    Delayed,
    Dwell,
    Facility,
    Line,
    Seasonal,
    Station,
)
from corridor_sim.scenario.schema import Scenario
from corridor_sim.scenario.shocks import dates_of


def element_sentences(scenario: Scenario, model: Model) -> Iterator[str]:
    """One sentence or two about every element of a scenario."""
    opened = {
        offer.element: offer.capacity
        for offer in offered(model)
        if offer.month == WHOLE and offer.unit == "servers"
    }
    yield from _services(scenario)
    yield from _fleets(scenario)
    for name, station in scenario.stations.items():
        yield _station(scenario, model, name, station, opened[name])
    for name, line in scenario.lines.items():
        yield _line(scenario, name, line, opened[name])
    for name, link in scenario.links.items():
        ends = listed(link.ends)
        yield (
            f"The {link.mode} link {name} between {ends} ({amount(link.length_km.value)} km) takes "
            f"{_delay(scenario, link)}."
        )
    for name, dwell in scenario.dwells.items():
        who = _befalls(scenario, dwell)
        yield f"At {dwell.place}, {name} takes {_delay(scenario, dwell)}{who}."
    for name, yard in scenario.yards.items():
        yield (
            f"The yard {name} at {yard.place} announces an embargo at "
            f"{amount(yard.limit_teu.value)} TEU and lifts it at "
            f"{amount(yard.resume_teu.value)} TEU, not before "
            f"{amount(yard.shortest_d.value)} days have passed."
        )
    for name, closure in scenario.closures.items():
        yield _closure(scenario, name, closure)
    for name in scenario.shocks:
        yield _shock(scenario, name)


def _services(scenario: Scenario) -> Iterator[str]:
    for name, service in scenario.services.items():
        yield (
            f"The service {name} ({amount(service.places_teu.value)} TEU) runs from "
            f"{service.origin} to {service.destination} over {listed(service.chain)}."
        )


def _fleets(scenario: Scenario) -> Iterator[str]:
    for name, fleet in scenario.fleets.items():
        alike: dict[str, list[str]] = {}
        for vessel, words in fleet.each():
            away = counted(len(words.absences), "absence", "absences") if words.absences else ""
            places = f"of {amount(words.places_teu.value)} TEU{' with ' if away else ''}{away}"
            alike.setdefault(places, []).append(vessel)
        vessels = [f"{_names(names)} {places}" for places, names in alike.items()]
        calls = [f"{call.place} ({call.berths}; then {listed(call.chain)})" for call in fleet.calls]
        count = counted(len(fleet.each()), "vessel", "vessels")
        yield f"The fleet {name} has {count}: {'; '.join(vessels)}. It calls at {listed(calls)}."


def _names(names: list[str]) -> str:
    return listed(names) if len(names) < 5 else f"{names[0]} to {names[-1]}, {len(names)} in all,"


def _station(scenario: Scenario, model: Model, name: str, station: Station, opened: float) -> str:
    day = measured(scenario)[0]
    noun = ("berth", "berths") if station.berth else ("server", "servers")
    _, bracket, changes = said(scenario, station.servers, "").partition(" (")
    servers = counted(int(station.servers.at(day)), *noun) + bracket + changes
    parts = [f"At {station.place}, {name} has {servers}{_hours(station)}"]
    if amount(opened) != amount(station.servers.at(day)):
        parts.append(f"{amount(opened)} open on average")
    if station.work_h_per_feu:
        per_day = opened * 24 / _hours_per_feu(station, day) * 2
        parts.append(f"{_work(scenario, station)}, {amount(per_day)} TEU a day in all")
    if station.work_h_per_customer:
        work = said(scenario, station.work_h_per_customer, " h")
        per_day = opened * 24 / station.work_h_per_customer.at(day)
        parts.append(f"{work} per customer, {amount(per_day)} customers a day in all")
    if station.berth:
        parts.append(_calls(model, name, station, opened))
    return "; ".join(parts) + "."


def _hours_per_feu(station: Station, day: dt.date) -> float:
    assert station.work_h_per_feu is not None
    paper = station.work_h_per_feu.at(day)
    if station.digital is None:
        return paper
    share = station.digital.share.at(day)
    return share * station.digital.work_h_per_feu.at(day) + (1 - share) * paper


def _work(scenario: Scenario, station: Station) -> str:
    assert station.work_h_per_feu is not None
    work = f"{said(scenario, station.work_h_per_feu, ' h')} per FEU"
    if station.digital is None:
        return work
    share = said(scenario, station.digital.share, " %", factor=100)
    fast = said(scenario, station.digital.work_h_per_feu, " h")
    return f"{work} on paper and {fast} for {share} with digital documents"


def _calls(model: Model, name: str, station: Station, opened: float) -> str:
    """What berths do in a day: calls of the largest vessel that unloads and loads in full."""
    assert station.berth is not None
    fixed = f"a call takes {amount(station.berth.fixed_h.value)} h"
    if station.berth.cranes_per_berth and station.berth.moves_per_crane_h:
        rate = station.berth.cranes_per_berth.value * station.berth.moves_per_crane_h.value
        fixed += f" and its boxes {amount(rate)} moves an hour"
    visits = [
        (int(fleet.places.max()), int(call.unload[-1] + call.load[-1]))
        for fleet in model.fleets
        for call in fleet.calls
        if model.stations[call.station].name == name
    ]
    if not visits:
        return fixed
    most, work = max(visits)
    return (
        f"{fixed}, {amount(opened * DAY / work)} calls a day in all if vessels unload and load "
        f"{amount(most)} TEU"
    )


def _line(scenario: Scenario, name: str, line: Line, opened: float) -> str:
    paths = said(scenario, line.paths_per_day, " paths a day")
    share = opened * 24 / (line.open_to_h.value - line.open_from_h.value)
    lost = f", of which {amount(100 * share)} % are open on average" if share < 0.9999 else ""
    return f"At {line.place}, the line {name} has {paths} for all trains{_hours(line)}{lost}."


def _hours(facility: Facility) -> str:
    opens, closes = facility.open_from_h.value, facility.open_to_h.value
    return "" if closes - opens == 24 else f" from {clock(opens)} to {clock(closes)}"


def _delay(scenario: Scenario, element: Delayed) -> str:
    least = said(scenario, element.min_h, " h")
    if not any(element.delay_mean_h.every()):
        return least
    return f"{least} and {said(scenario, element.delay_mean_h, ' h')} more on average"


def _befalls(scenario: Scenario, dwell: Dwell) -> str:
    if dwell.share.every() == [1.0]:
        return ""
    return f", for {said(scenario, dwell.share, ' %', factor=100)} of its customers"


def _closure(scenario: Scenario, name: str, closure: AnyClosure) -> str:
    taken = "shuts"
    if closure.servers is not None:
        count = counted(int(closure.servers.value), "server", "servers")
        taken = f"takes {count} of"
    elif closure.share.value < 1:
        taken = f"cancels {amount(100 * closure.share.value)} % of the departures of"
    ending = ""
    if not scenario.services.keys() >= set(closure.on):
        ending = f"; work under way {'stands still' if closure.stops == 'work' else 'is finished'}"
    return f"The closure {name} {taken} {listed(closure.on)} {_when(closure)}{ending}."


def _shock(scenario: Scenario, name: str) -> str:
    shock = scenario.shocks[name]
    first, last = dates_of(scenario, name)
    share = 100 * shock.open_share.value
    left = f", but for {amount(share)} % of the capacity" if share else ""
    if shock.open_servers is not None:
        left = f", but for {amount(shock.open_servers.value)} servers"
    ramp = shock.ramp_up_d.value
    back = f"; it comes back over {amount(ramp)} days" if ramp else ""
    chance = shock.probability.value
    odds = f" with a probability of {amount(100 * chance)} %" if chance < 1 else ""
    cause = f" if {shock.after.shock} happens" if shock.after else ""
    when = f"from {day_of(first)} until {day_of(last)}"
    return f"The shock {name} shuts {listed(shock.on)}{left} {when}{odds}{cause}{back}."


def _when(closure: AnyClosure) -> str:
    if isinstance(closure, Dated):
        return listed([f"from {day_of(w.start)} until {day_of(w.end)}" for w in closure.windows])
    if isinstance(closure, Seasonal):
        shares = [100 * share.value for share in closure.closed_share]
        spells = [spell.value for spell in closure.mean_spell_h]
        return (
            f"for {_range(shares, ' %')} of the time by month, in spells of {_range(spells, ' h')}"
        )
    between, repair = closure.mean_time_between_h.value, closure.mean_repair_h.value
    return f"after {amount(between)} h on average, for {amount(repair)} h on average"


def _range(numbers: Sequence[float], unit: str) -> str:
    low, high = amount(min(numbers)), amount(max(numbers))
    return f"{low}{unit}" if low == high else f"{low} to {high}{unit}"
