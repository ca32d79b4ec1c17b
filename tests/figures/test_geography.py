"""Ways on the map: sea links stay on water, lengths are near those of the scenario."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from worlds import cargo, link, route, scenario, when_full

from corridor_sim.errors import ScenarioError
from corridor_sim.reference.coastlines import on_land
from corridor_sim.scenario.geography import Points, geography, length_km
from corridor_sim.scenario.load import load
from corridor_sim.scenario.schema import Scenario
from corridor_sim.scenario.tree import Tree
from corridor_sim.scenario.validate import validated

BASELINE = load("baseline-2024")
SEA = [name for name, link in BASELINE.links.items() if link.mode == "sea" and name != "van-tatvan"]
PORT_KM = 30
STRAITS = {
    "Suez Canal": (32.2, 29.9, 32.7, 31.4), "Dardanelles": (26.1, 40.0, 26.8, 40.5),
    "Bosporus": (28.9, 40.9, 29.3, 41.3),
}  # fmt: skip
"""Narrower than the coastlines show; lake Van is not on them at all."""


def sampled(way: Points, *, step_km: float) -> Points:
    """Points along a way."""
    parts = [
        np.linspace(a, b, max(2, int(length_km(np.array([a, b])) / step_km)))
        for a, b in pairwise(way)
    ]
    return np.concatenate(parts)


def dry(way: Points) -> Points:
    """Points of a way on land, away from its ends and from straits."""
    at = sampled(way, step_km=5)
    on = at[on_land(at)]
    kept = [
        p
        for p in on
        if all(length_km(np.array([p, end])) > PORT_KM for end in (way[0], way[-1]))
        and not any(w <= p[0] <= e and s <= p[1] <= n for w, s, e, n in STRAITS.values())
    ]
    return np.array(kept).reshape(-1, 2)


@pytest.mark.parametrize("name", SEA)
def test_sea_links_stay_on_water(name: str) -> None:
    assert len(dry(geography(BASELINE).ways[name])) == 0


def test_a_sea_link_without_waypoints_would_cross_land() -> None:
    """Negative control: the straight way from Aktau to Alat crosses Absheron."""
    way = geography(BASELINE).ways["shanghai-poti-suez"][[0, -1]]
    assert len(dry(way)) > 100


@pytest.mark.parametrize("name", list(BASELINE.links))
def test_ways_are_about_as_long_as_their_links(name: str) -> None:
    """Straight stretches are shorter than rails; at sea both are the same way."""
    stated = BASELINE.links[name].length_km.value
    if stated < 100:
        return
    ratio = length_km(geography(BASELINE).ways[name]) / stated
    low, high = (0.9, 1.1) if BASELINE.links[name].mode == "sea" else (0.6, 1.05)
    assert low < ratio < high


def test_a_quarter_of_the_equator_is_ten_thousand_kilometres() -> None:
    assert length_km(np.array([[0.0, 0], [30, 0], [90, 0]])) == pytest.approx(10_007.5, abs=0.1)


def toy(waypoints: object) -> Scenario:
    words = scenario(
        days=2,
        links={"a-b": link("ab", hours=3, waypoints=waypoints)},
        services={"train": when_full("ab", places=4, max_wait_h=5, chain=["a-b"])},
        routes={"r": route(westbound=["train"])},
        flows={"w": cargo("ab", [0]).words},
    )
    return validated(Scenario, Tree(words, {}, "toy"))


def test_waypoints_lie_between_the_ends_latitude_first() -> None:
    way = geography(toy([[41, 50.5], [42, 50.75]])).ways["a-b"]
    assert way.tolist() == [[50, 40], [50.5, 41], [50.75, 42], [51, 40]]


@pytest.mark.parametrize("wrong", [[[91, 0]], [[0, 181]], [[1]], [["north", 2]]])
def test_wrong_waypoints_are_refused_with_their_place(wrong: object) -> None:
    with pytest.raises(ScenarioError, match=r"links\.a-b\.waypoints"):
        toy(wrong)
