"""What each leg of an itinerary costs and emits."""

from __future__ import annotations

from collections.abc import Iterator
from math import nan

from corridor_sim.compile.context import Context
from corridor_sim.laws import co2e_kg_per_teu, handling_kg_per_teu, rail_g_per_t_km
from corridor_sim.model import NONE, Kind, Leg, Step
from corridor_sim.scenario.network import Link
from corridor_sim.scenario.schema import Emissions
from corridor_sim.scenario.traffic import Flow


def legs(context: Context, flow: Flow, steps: tuple[Step, ...]) -> tuple[Leg, ...]:
    """Hauls, handlings and the margin of an itinerary, in order.

    A ride is handled at both ends, half a handling each: a box that changes from train to ship
    counts one.
    """
    found = [leg for step in steps for leg in _of_step(context, flow, step)]
    start = steps[0].place
    margin = Leg("margin", start, start, 0.0, flow.margin_usd_per_feu.value, 0.0)
    return (margin, *found)


def _of_step(context: Context, flow: Flow, step: Step) -> Iterator[Leg]:
    if step.kind not in (Kind.BOARD, Kind.SAIL):
        yield from _handled(context, step)
        return
    factors = context.scenario.emissions
    half = (
        handling_kg_per_teu(handling_kg_per_box=factors.handling_kg_per_box.value) / 2
        if factors
        else nan
    )
    yield Leg(f"{step.name}: loading", step.place, step.place, 0.0, 0.0, half)
    here = step.place
    for name in _chain(context, step):
        if name not in context.scenario.links:
            continue
        link = context.scenario.links[name]
        ends = [context.places[end] for end in link.ends]
        there = ends[1] if ends[0] == here else ends[0]
        price = link.tariff_usd_per_feu
        usd = 0.0
        if price is not None:
            usd = (price.westbound if flow.direction == "westbound" else price.eastbound).value
        yield Leg(name, here, there, link.length_km.value, usd, _emitted(link, factors))
        here = there
    yield Leg(f"{step.name}: unloading", here, here, 0.0, 0.0, half)


def _chain(context: Context, step: Step) -> list[str]:
    words = context.scenario
    if step.call == NONE:
        return list(words.services[step.name].chain)
    return list(words.fleets[step.name].calls[step.call].chain)


def _handled(context: Context, step: Step) -> Iterator[Leg]:
    words = context.scenario
    holder = words.dwells.get(step.name) or words.stations.get(step.name)
    if holder is not None and holder.handling_usd_per_feu is not None:
        yield Leg(step.name, step.place, step.place, 0.0, holder.handling_usd_per_feu.value, 0.0)


def _emitted(link: Link, factors: Emissions | None) -> float:
    if factors is None:
        return nan
    intensity = nan
    if link.emission_g_per_t_km is not None:
        intensity = link.emission_g_per_t_km.value
    elif link.traction is not None:
        grid = sum(
            share.value * factors.grid_g_per_kwh[name].value
            for name, share in link.traction.grids.items()
        )
        intensity = rail_g_per_t_km(
            electric_share=link.traction.electric_share.value,
            kwh_per_t_km=factors.electric_kwh_per_t_km.value,
            grid_g_per_kwh=grid,
            upstream_factor=factors.upstream_factor.value,
            diesel_g_per_t_km=factors.diesel_g_per_t_km.value,
            slope_factor=link.traction.slope_factor.value,
        )
    return co2e_kg_per_teu(
        length_km=link.length_km.value,
        g_per_t_km=intensity,
        tonnes_per_teu=factors.tonnes_per_teu.value,
    )
