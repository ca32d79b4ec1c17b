"""What cargo costs beside its price, on a world small enough to be worked by hand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from conftest import Engine, event_engine
from worlds import Part, cargo, fixed, link, route, timetable

from corridor_sim.intervals import resampled_cost, resampled_standard_deviation
from corridor_sim.laws import carbon_cost_usd_per_feu, reliability_cost_usd, time_cost_usd
from corridor_sim.measures import Tally, tallying
from corridor_sim.measures.rows import Group
from corridor_sim.measures.table import Sample, compared, rows

WEST = Group("r", "westbound", "all")
EMISSIONS = {
    "tonnes_per_teu": 10, "electric_kwh_per_t_km": 0.02, "diesel_g_per_t_km": 20,
    "upstream_factor": 1, "grid_g_per_kwh": {"KZ": 800}, "handling_kg_per_box": 0,
    "carbon_usd_per_t": 100,
}  # fmt: skip
GOODS = {
    "cargo_value_usd_per_feu": 24_000, "value_of_time_pct_per_day": 1,
    "value_of_reliability_pct_per_day": 0.5,
}  # fmt: skip


def two_trains(
    goods: Part = GOODS, *, days: int = 3, engine: Engine = event_engine, **more: Part
) -> Tally:  # fmt: skip
    """Two boxes released at 0 h; trains of one box leave at 5 h and 25 h and take 3 h."""
    given = cargo("ab", [0, 0])
    world = fixed(
        days=days,
        links={
            "a-b": link(
                "ab", hours=3, emission_g_per_t_km=20,
                tariff_usd_per_feu={"westbound": 100, "eastbound": 100},
            )
        },
        services={"t": timetable("ab", places=2, headway_h=20, offset_h=5, chain=["a-b"])},
        routes={"r": route(westbound=["t"])},
        flows={"w": replace(given, words={**given.words, **goods})},
        **more,
    )  # fmt: skip
    return tallying(world.model)(engine(world, 0))


def found(tally: Tally, group: Group = WEST) -> dict[str, float | None]:
    sample = Sample("toy", [tally, replace(tally, replication=1)])
    return {row.measure: row.estimate.estimate for row in rows(sample) if row.group == group}


def test_laws_by_hand() -> None:
    assert time_cost_usd(usd_per_day=240.0, days=0.75) == 180
    assert reliability_cost_usd(usd_per_sd_day=120.0, sd_days=0.5) == 60
    assert carbon_cost_usd_per_feu(kg_per_teu=20.0, carbon_usd_per_t=100) == 4


@pytest.mark.parametrize("route_name", ["r", "all"])
def test_costs_of_8_and_28_hours(route_name: str, engine: Engine) -> None:
    cost = found(two_trains(engine=engine, emissions=EMISSIONS), WEST._replace(route=route_name))
    assert cost["cost_usd_per_feu"] == 100
    assert cost["time_cost_usd_per_feu"] == pytest.approx(18 / 24 * 240)
    assert cost["carbon_cost_usd_per_feu"] == pytest.approx(4)
    assert cost["reliability_cost_usd_per_feu"] == pytest.approx(10 / 24 * 120)
    assert cost["generalised_cost_usd_per_feu"] == pytest.approx(100 + 180 + 4 + 50)
    assert cost["logistics_cost_usd_per_yr"] == pytest.approx(2 * 334 * 365.25 / 3)


def test_goods_in_transit_are_littles_law() -> None:
    value = found(two_trains())["goods_in_transit_usd"]
    assert value == pytest.approx((8 + 28) / 72 * 24_000)
    per_hour, mean_h = 2 * 24_000 / 72, 18
    assert value == pytest.approx(per_hour * mean_h)


def test_unfinished_cargo_costs_time_to_the_end_of_the_run() -> None:
    cost = found(two_trains(days=1))
    assert cost["time_cost_usd_per_feu"] == pytest.approx((8 + 24) / 2 / 24 * 240)


def test_no_carbon_price_no_row_and_no_value_no_cost() -> None:
    assert "carbon_cost_usd_per_feu" not in found(two_trains())
    assert "generalised_cost_usd_per_feu" not in found(two_trains({}))


def test_time_without_value_costs_nothing() -> None:
    cost = found(two_trains({**GOODS, "value_of_time_pct_per_day": 0}))
    assert cost["time_cost_usd_per_feu"] == 0
    assert cost["generalised_cost_usd_per_feu"] == pytest.approx(100 + 50)


def test_differences_of_costs_are_paired() -> None:
    tallies = [replace(two_trains(), replication=r) for r in range(2)]
    both = compared(Sample("x", tallies), Sample("y", tallies))
    told = [row for row in both if row.measure == "generalised_cost_usd_per_feu"]
    assert len(told) == 4
    assert {row.difference.diff for row in told if row.difference} == {0}


def test_one_part_without_amounts_is_a_standard_deviation() -> None:
    rng = np.random.Generator(np.random.Philox(1))
    n, total = rng.integers(5, 9, 6).astype(float), rng.uniform(50, 90, 6)
    squares = total**2 / n + rng.uniform(9, 30, 6)
    one = resampled_cost(
        np.zeros(6), np.ones(6), weight=np.full((1, 6), 2.0), n=n[None], total=total[None],
        squares=squares[None],
    )  # fmt: skip
    spread = resampled_standard_deviation(n, total, squares)
    assert one.value == pytest.approx(2 * spread.value)
    assert one.resamples == pytest.approx(2 * spread.resamples)


def test_parts_are_not_pooled() -> None:
    """Two places that are each reached to the hour cost nothing, however far apart they are."""
    n, total = np.array([[4.0, 4.0], [4.0, 4.0]]), np.array([[40.0, 40.0], [400.0, 400.0]])
    parts = {"n": n, "total": total, "squares": total**2 / n, "weight": np.ones((2, 2))}
    assert resampled_cost(np.ones(2), np.ones(2), **parts).value == 1
