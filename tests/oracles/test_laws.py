"""Formulas against hand calculations, published figures and SciPy."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from corridor_sim.laws import (
    QUANTILES,
    co2e_kg_per_teu,
    failure_rate,
    handling_kg_per_teu,
    load_limit_teu,
    path_hours,
    quantile,
    quantile_table,
    rail_g_per_t_km,
)
from corridor_sim.reference import fact
from corridor_sim.scenario.load import load

CV = 0.6
SIGMA2 = np.log1p(CV**2)
LAWS = {
    "exponential": stats.expon(),
    "gamma": stats.gamma(1 / CV**2, scale=CV**2),
    "lognormal": stats.lognorm(np.sqrt(SIGMA2), scale=np.exp(-SIGMA2 / 2)),
    "normal": stats.norm(),
}


@pytest.mark.parametrize("law", LAWS)
def test_quantiles_are_those_of_the_law(law: str) -> None:
    table = quantile_table(law, cv=CV)
    asked = [0.001, 0.1, 0.5, 0.9, 0.999]
    found = np.interp(asked, QUANTILES, table)
    np.testing.assert_allclose(found, LAWS[law].ppf(asked), rtol=5e-3, atol=1e-12)


@pytest.mark.parametrize("law", LAWS)
def test_guides_lead_to_the_bits_of_plain_interpolation(law: str) -> None:
    table = quantile_table(law, cv=CV)
    inner = QUANTILES[:-1]
    u = np.concatenate(
        [
            inner, np.nextafter(inner, 1), np.nextafter(inner[1:], 0), np.arange(8192) / 8192,
            np.random.default_rng(1).random(100_000), [5e-324, np.nextafter(1, 0)],
        ]
    )  # fmt: skip
    assert np.array_equal(quantile(table, u), np.interp(u, QUANTILES, table))
    assert quantile(table, u[:14].reshape(2, 7)).shape == (2, 7)


@pytest.mark.parametrize("law", ["exponential", "gamma", "lognormal"])
def test_delays_have_a_mean_of_one_and_their_variation(law: str) -> None:
    table = quantile_table(law, cv=CV)
    assert np.trapezoid(table, QUANTILES) == pytest.approx(1, rel=1e-12)
    low, high = table[:-1], table[1:]
    square = np.sum(np.diff(QUANTILES) * (low**2 + low * high + high**2) / 3)
    expected = 1 if law == "exponential" else CV
    assert np.sqrt(square - 1) == pytest.approx(expected, rel=0.01)


@pytest.mark.parametrize(("law", "cv"), [("gamma", 0), ("gamma", -1), ("weibull", 1)])
def test_what_is_no_law_is_refused(law: str, cv: float) -> None:
    with pytest.raises(ValueError, match=r"variation|unknown law"):
        quantile_table(law, cv=cv)


def test_a_path_takes_its_share_of_the_open_hours() -> None:
    assert path_hours(open_h_per_day=24, paths_per_day=6) == 4
    assert path_hours(open_h_per_day=5, paths_per_day=4) == 1.25


def test_failures_close_the_share_that_is_asked_for() -> None:
    rate = failure_rate(closed_share=0.2, mean_spell=30)
    assert rate == pytest.approx(1 / 120)
    assert 30 / (30 + 1 / rate) == pytest.approx(0.2)
    with pytest.raises(ValueError, match="no open time"):
        failure_rate(closed_share=1, mean_spell=30)


def test_emission_of_rail_is_that_of_the_wire_and_of_the_diesel() -> None:
    words = {"kwh_per_t_km": 0.02, "upstream_factor": 1.1, "diesel_g_per_t_km": 30}
    electric = 0.02 * 500 * 1.1  # kWh per t-km x g per kWh x upstream = 11 g
    found = rail_g_per_t_km(electric_share=0.75, grid_g_per_kwh=500, slope_factor=1.2, **words)
    assert found == pytest.approx(1.2 * (0.75 * electric + 0.25 * 30))
    assert rail_g_per_t_km(
        electric_share=0, grid_g_per_kwh=500, slope_factor=1, **words
    ) == pytest.approx(30)


def test_grams_per_tonne_kilometre_become_kilograms_per_teu() -> None:
    assert co2e_kg_per_teu(length_km=1000, g_per_t_km=20, tonnes_per_teu=10) == 200
    assert handling_kg_per_teu(handling_kg_per_box=9) == 4.5


def test_an_electric_train_in_europe_emits_what_the_framework_says() -> None:
    """With the energy of the scenarios and the German grid, within half of GLEC's European mix."""
    factors = load("baseline-2024").emissions
    assert factors is not None
    found = rail_g_per_t_km(
        electric_share=0.9,
        kwh_per_t_km=factors.electric_kwh_per_t_km.value,
        grid_g_per_kwh=factors.grid_g_per_kwh["DE"].value,
        upstream_factor=factors.upstream_factor.value,
        diesel_g_per_t_km=factors.diesel_g_per_t_km.value,
        slope_factor=1,
    )
    mix = fact("em-rail-eu-avg").value_low
    assert 0.5 * mix < found < 1.5 * mix


def test_factors_per_teu_kilometre_are_brought_to_tonnes_by_ten() -> None:
    """GLEC's ocean trade lanes are stated per TEU-km at 10 t a TEU."""
    links = load("baseline-2024").links.values()
    given = [
        link.emission_g_per_t_km
        for link in links
        if link.emission_g_per_t_km and link.emission_g_per_t_km.source == "em-oc-asia-neu"
    ]
    assert given
    for factor in given:
        assert 10 * factor.value == pytest.approx(fact("em-oc-asia-neu").value_low, rel=0.01)


def test_a_vessel_takes_its_places_or_its_payload() -> None:
    ship = {"places_teu": 350.0, "payload_t": 5900.0}
    assert load_limit_teu(**ship, draught_factor=1, gross_t_per_teu=16) == 350
    assert load_limit_teu(**ship, draught_factor=0.7, gross_t_per_teu=16) == 258  # 258.1
    assert load_limit_teu(
        places_teu=350, payload_t=None, draught_factor=0.1, gross_t_per_teu=16
    ) == 350  # fmt: skip
