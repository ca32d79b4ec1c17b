"""Tariffs and CO2e of a way by rail and sea, worked by hand, in both directions."""

from __future__ import annotations

import pytest
from conftest import event_engine
from worlds import Part, berths, call, cargo, dwell, fixed, fleet, link, route, timetable

from corridor_sim.measures import tallying
from corridor_sim.measures.rows import Group, Key, Tally

EMISSIONS: Part = {
    "tonnes_per_teu": 10, "electric_kwh_per_t_km": 0.02, "diesel_g_per_t_km": 30,
    "upstream_factor": 1.25, "grid_g_per_kwh": {"KZ": 800, "AZ": 600}, "handling_kg_per_box": 8,
}  # fmt: skip
RAIL: Part = {
    "tariff_usd_per_feu": {"westbound": 700, "eastbound": 400},
    "traction": {"electric_share": 0.5, "grids": {"KZ": 0.25, "AZ": 0.75}, "slope_factor": 1.2},
}
SEA: Part = {
    "tariff_usd_per_feu": {"westbound": 300, "eastbound": 200}, "emission_g_per_t_km": 40,
}  # fmt: skip
RAIL_G = 1.2 * (0.5 * 0.02 * (0.25 * 800 + 0.75 * 600) * 1.25 + 0.5 * 30)  # 27.75 g per t-km
MOVED_KG = (RAIL_G + 40) * 100 * 10 / 1000  # two links of 100 km at 10 t a TEU
HANDLED_KG = 2 * 8 / 2  # two rides, each half a handling at both ends; a box is two TEU


def train_and_ship(**sections: Part) -> Tally:
    """A train from a to b and a ship from b to c, westbound and back; a terminal at b."""
    quays = [call(place, berths=f"quay-{place}", chain=["b-c"]) for place in "bc"]
    world = fixed(
        days=9,
        links={
            "a-b": link("ab", hours=3, **RAIL),
            "b-c": link("bc", hours=4, mode="sea", **SEA),
        },
        dwells={"terminal": dwell(place="b", hours=1, handling_usd_per_feu=50)},
        stations={f"quay-{place}": berths(place=place, fixed_h=1) for place in "bc"},
        services={
            "out": timetable("ab", places=8, headway_h=24, chain=["a-b"]),
            "back": timetable("ba", places=8, headway_h=24, chain=["a-b"]),
        },
        fleets={"f": fleet(quays, vessels={"v": 4})},
        routes={
            "r": route(westbound=["out", "terminal", "f"], eastbound=["f", "terminal", "back"])
        },
        flows={"w": cargo("ac", [0, 0]), "e": cargo("ca", [0], direction="eastbound")},
        **sections,
    )
    return tallying(world.model)(event_engine(world, 0))


def mean(tally: Tally, direction: str, measure: str, unit: str) -> float:
    segment = "a to c" if direction == "westbound" else "c to a"
    top, bottom = tally.ratios[Key(Group("r", direction, segment), measure, unit)]
    return top / bottom


@pytest.mark.parametrize(("direction", "tariffs"), [("westbound", 1000), ("eastbound", 600)])
def test_cost_is_tariffs_of_the_direction_and_handling(direction: str, tariffs: int) -> None:
    tally = train_and_ship(emissions=EMISSIONS)
    assert mean(tally, direction, "cost_usd_per_feu", "USD/FEU") == tariffs + 50


@pytest.mark.parametrize("direction", ["westbound", "eastbound"])
def test_emission_is_factor_times_distance_and_handling_on_one_weight(direction: str) -> None:
    tally = train_and_ship(emissions=EMISSIONS)
    found = mean(tally, direction, "co2e_kg_per_teu", "kg/TEU")
    assert found == pytest.approx(MOVED_KG + HANDLED_KG, rel=1e-12)


def test_twice_the_weight_is_twice_the_emission_of_every_mode() -> None:
    heavy = train_and_ship(emissions={**EMISSIONS, "tonnes_per_teu": 20})
    found = mean(heavy, "westbound", "co2e_kg_per_teu", "kg/TEU")
    assert found == pytest.approx(2 * MOVED_KG + HANDLED_KG, rel=1e-12)


def test_without_factors_there_is_no_measure_of_emission() -> None:
    measures = {key.measure for key in train_and_ship().ratios}
    assert "cost_usd_per_feu" in measures
    assert "co2e_kg_per_teu" not in measures
