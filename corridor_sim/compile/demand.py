"""Flows and the itineraries of their consignments."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from corridor_sim.compile.choosing import choice
from corridor_sim.compile.context import Context, numbered
from corridor_sim.compile.costs import legs
from corridor_sim.model import NONE, Floats, Flow, Goods, Kind, Path, Step, Ticks
from corridor_sim.scenario.chains import part_used
from corridor_sim.scenario.traffic import Flow as FlowWords
from corridor_sim.scenario.values import Value


def flows_and_paths(context: Context) -> tuple[tuple[Flow, ...], tuple[Path, ...]]:
    """All flows in file order, and the paths that they may take."""
    flows: list[Flow] = []
    paths: list[Path] = []
    first = 0
    for name, words in context.scenario.flows.items():
        own = _paths(context, name, words, len(flows))
        flow = _flow(context, name, words, range(len(paths), len(paths) + len(own)), first)
        flow = replace(flow, choice=choice(context, words, own))
        first += int(flow.counts.sum())
        flows.append(flow)
        paths += own
    return tuple(flows), tuple(paths)


def _paths(context: Context, name: str, words: FlowWords, number: int) -> list[Path]:
    if words.chain is not None:
        steps = tuple(
            context.stop(element, who, vehicle=False)
            for element, who in numbered(words.chain, name)
        )
        return [Path(number, NONE, steps, ())]
    itineraries = [(route, _itinerary(context, name, words, route)) for route in words.ways]
    return [
        Path(number, context.routes[route], steps, legs(context, words, steps))
        for route, steps in itineraries
    ]


def _itinerary(context: Context, name: str, words: FlowWords, route: str) -> tuple[Step, ...]:
    assert words.origin is not None, "`check` holds it"
    assert words.destination is not None, "`check` holds it"
    elements = part_used(context.scenario, route, words.direction, words.origin, words.destination)
    here, steps = words.origin, []
    for element, who in numbered(elements, name):
        step = _element(context, element, here, who)
        here = list(context.places)[step.to] if step.to != NONE else here
        steps.append(step)
    return _marked(context, steps)


def _element(context: Context, element: str, here: str, flow: str) -> Step:
    words = context.scenario
    if element in words.services:
        to = context.places[words.services[element].destination]
        return Step(
            Kind.BOARD, element, context.places[here], target=context.services[element], to=to
        )
    if element in words.fleets:
        calls = [call.place for call in words.fleets[element].calls]
        at = calls.index(here)
        to = context.places[calls[(at + 1) % len(calls)]]
        return Step(
            Kind.SAIL, element, context.places[here], target=context.fleets[element], call=at, to=to
        )
    return context.stop(element, flow, vehicle=False)


def _marked(context: Context, steps: Sequence[Step]) -> tuple[Step, ...]:
    """Mark where cargo joins and leaves the stock of a yard: the first and last step of its stay
    there.
    """
    marked = []
    for k, step in enumerate(steps):
        yard = context.yard_at.get(step.place, NONE)
        first = k == 0 or steps[k - 1].place != step.place
        last = k + 1 == len(steps) or steps[k + 1].place != step.place
        marked.append(replace(step, enters=yard if first else NONE, leaves=yard if last else NONE))
    return tuple(marked)


def _flow(context: Context, name: str, words: FlowWords, paths: range, first: int) -> Flow:
    years = context.clock.years()
    size = int(words.lot_teu.value)
    starts, shares = _shares(context, words)
    return Flow(
        name=name,
        direction=0 if words.direction == "westbound" else 1,
        origin=context.places[words.origin] if words.origin else NONE,
        destination=context.places[words.destination] if words.destination else NONE,
        size=size,
        years=np.array(years, np.int64),
        counts=np.array([round(words.teu_in(year) / size) for year in years], np.int64),
        months=np.array([_month_ticks(context, year) for year in years], np.int64),
        cumulated=np.array([_cumulated(context, words.profile, year) for year in years]),
        paths=tuple(paths),
        share_starts=starts,
        shares=shares,
        first=first,
        goods=_goods(words),
    )


def _goods(words: FlowWords) -> Goods | None:
    if words.cargo_value_usd_per_feu is None:
        return None
    return Goods(
        usd=words.cargo_value_usd_per_feu.value,
        usd_per_day=words.usd_per_day(words.value_of_time_pct_per_day),
        usd_per_sd_day=words.usd_per_day(words.value_of_reliability_pct_per_day),
    )


def _shares(context: Context, words: FlowWords) -> tuple[Ticks, Floats]:
    values = list(words.routes.values()) or [Value(value=1.0)]
    if words.choice:
        values = [Value(value=1.0 / len(words.ways))] * len(words.ways)
    starts, days = context.clock.periods(values)
    shares = np.cumsum([[value.at(day) for value in values] for day in days], axis=1)
    shares[:, -1] = 1.0
    return starts, shares


def _month_ticks(context: Context, year: int) -> list[int]:
    firsts = [dt.date(year, month, 1) for month in range(1, 13)] + [dt.date(year + 1, 1, 1)]
    return [context.clock.tick(day) for day in firsts]


def _cumulated(context: Context, profile: str | None, year: int) -> Floats:
    if profile is None:
        weights = np.diff(_month_ticks(context, year)).astype(np.float64)
    else:
        words = context.scenario.profiles[profile]
        weights = np.array([w.value for w in words.years.get(year, words.weights)])
    cumulated: Floats = np.concatenate([[0.0], np.cumsum(weights)]) / weights.sum()
    return cumulated
