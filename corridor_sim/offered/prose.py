"""The corridor in words: what is compiled, in plain sentences to be checked by a reader."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from itertools import groupby

from corridor_sim.model import DIRECTIONS, NONE, Kind, Model, Path, Step
from corridor_sim.offered.elements import element_sentences
from corridor_sim.offered.loads import OVERLOADED, WHOLE, Offer, offered
from corridor_sim.offered.phrases import amount, day_of, listed, measured, said
from corridor_sim.scenario.schema import Scenario
from corridor_sim.scenario.traffic import Timetable


def sentences(scenario: Scenario, model: Model) -> list[str]:
    """The compiled corridor in plain English, one paragraph per entry.

    The period; each origin and destination on each route with all that its cargo passes; captive
    traffic; what every service, fleet, station, line, link and dwell is and can do in a day; yards
    and closures; and what is asked of the elements that are asked most. Amounts that change at
    dates are those of the first measured day, with the changes within the measuring part.
    """
    return [
        _period(scenario),
        *_journeys(scenario, model),
        *_captive(scenario, model),
        *element_sentences(scenario, model),
        _most_asked(model),
    ]


def _period(scenario: Scenario) -> str:
    span, (first, last) = scenario.span, measured(scenario)
    days = f"{amount(span.warm_up_d.value)} days of warm-up"
    after = f"{amount(span.run_out_d.value)} days of run-out"
    return (
        f"{scenario.title}. The run begins on {day_of(span.start)} with {days}; "
        f"{amount(span.measure_d.value)} days are measured, from {day_of(first)} to "
        f"{day_of(last - dt.timedelta(days=1))}; {after} follow. "
        f"Shippers are promised {amount(scenario.promise_d.value)} days."
    )


def _journeys(scenario: Scenario, model: Model) -> Iterator[str]:
    """A paragraph for all flows that take the same way between the same places."""
    ways: dict[tuple[int, int, int, int, tuple[str, ...]], list[Path]] = {}
    for path in model.paths:
        if path.route != NONE:
            flow, elements = model.flows[path.flow], tuple(step.name for step in path.steps)
            key = (flow.direction, path.route, flow.origin, flow.destination, elements)
            ways.setdefault(key, []).append(path)
    for (direction, route, origin, destination, _), paths in ways.items():
        flows = "; ".join(_flow(scenario, model, path) for path in paths)
        steps = listed([*_steps(scenario, model, paths[0]), "is delivered"])
        yield (
            f"{DIRECTIONS[direction].capitalize()} on {model.routes[route]}, cargo from "
            f"{model.places[origin]} to {model.places[destination]} ({flows}) {steps}."
        )


def _flow(scenario: Scenario, model: Model, path: Path) -> str:
    name = model.flows[path.flow].name
    asked = f"{name}: {_demand(scenario, model, path.flow)}"
    if model.flows[path.flow].choice is not None:
        return f"{asked}, if they choose it"
    share = scenario.flows[name].routes[model.routes[path.route]]
    if share.every() == [1.0]:
        return asked
    return f"{asked}, of which {said(scenario, share, ' %', factor=100)} this way"


def _demand(scenario: Scenario, model: Model, number: int) -> str:
    """Demand of the calendar years that the measuring part touches."""
    flow, (first, last) = model.flows[number], measured(scenario)
    words = scenario.flows[flow.name]
    teu = {
        int(year): amount(int(count) * flow.size)
        for year, count in zip(flow.years, flow.counts, strict=True)
        if first.year <= year <= (last - dt.timedelta(days=1)).year
    }
    asked = [f"{teu[min(teu)]} TEU a year"]
    if len(set(teu.values())) > 1:
        asked = [f"{size} TEU in {year}" for year, size in teu.items()]
    profile = f" by the profile {words.profile}" if words.profile else ""
    return f"{listed(asked)} of {words.cargo} in lots of {flow.size} TEU{profile}"


def _steps(scenario: Scenario, model: Model, path: Path) -> Iterator[str]:
    for kind, run in groupby(path.steps, key=lambda step: step.kind):
        steps = list(run)
        if kind in (Kind.STATION, Kind.HAUL):
            verb = "passes" if kind == Kind.STATION else "stays for"
            yield f"{verb} {listed([step.name for step in steps])}"
        for step in steps:
            if kind == Kind.BOARD:
                yield f"boards {step.name} ({_departures(scenario, step.name)})"
            elif kind == Kind.SAIL:
                yield f"boards {step.name} at {_call(scenario, model, step)}"


def _call(scenario: Scenario, model: Model, step: Step) -> str:
    call = scenario.fleets[step.name].calls[step.call]
    way = f"{call.place} for {model.places[step.to]}"
    if not call.max_wait_h.value:
        return f"{way} (takes what waits when it reaches {call.berths})"
    least, wait = amount(call.min_load_teu.value), amount(call.max_wait_h.value)
    return f"{way} (loads when {least} TEU wait, or after {wait} h at {call.berths})"


def _departures(scenario: Scenario, name: str) -> str:
    service = scenario.services[name]
    places = f"{amount(service.places_teu.value)} TEU"
    if isinstance(service, Timetable):
        missing = service.cancelled_share.value
        cancelled = f", {amount(100 * missing)} % cancelled" if missing else ""
        return f"{places}, leaves every {amount(service.headway_h.value)} h{cancelled}"
    return f"{places}, leaves when full or after {amount(service.max_wait_h.value)} h"


def _captive(scenario: Scenario, model: Model) -> Iterator[str]:
    for path in model.paths:
        if path.route == NONE:
            flow, asked = model.flows[path.flow], _demand(scenario, model, path.flow)
            used, way = listed([step.name for step in path.steps]), DIRECTIONS[flow.direction]
            yield f"{way.capitalize()}, {flow.name} ({asked}) only uses {used}."


def _most_asked(model: Model) -> str:
    """What is asked of the elements that are asked most, and which are asked too much."""
    offers = offered(model)
    rows = [offer for offer in offers if offer.month == WHOLE]
    most = [f"{o.element} ({_share(o)})" for o in rows[:5]]
    too_much = sorted({o.element for o in rows if o.share > OVERLOADED})
    peaks: dict[str, Offer] = {}
    for offer in offers:
        if offer.month != WHOLE and offer.share > OVERLOADED and offer.element not in too_much:
            peaks.setdefault(offer.element, offer)
    parts = (
        [f"Asked most of what they can do, with everyone served: {listed(most)}."] if most else []
    )
    if too_much:
        parts.append(f"Overloaded over the measuring part as a whole: {listed(too_much)}.")
    else:
        parts.append("Nothing is overloaded over the measuring part as a whole.")
    if peaks:
        months = [f"{name} ({_share(o)} in {o.month})" for name, o in peaks.items()]
        parts.append(f"Overloaded in single months, at worst: {listed(months)}.")
    return " ".join(parts)


def _share(offer: Offer) -> str:
    way = "" if offer.direction == "both" else f" {offer.direction}"
    return f"{amount(100 * offer.share)} %{way}"
