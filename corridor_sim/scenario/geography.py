"""Where the places and links of a scenario lie, for maps."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from corridor_sim.scenario.schema import Scenario

Points = npt.NDArray[np.float64]
"""Longitudes and latitudes `[n, 2]`, degrees."""
EARTH_KM = 6371.0
"""Mean radius (IUGG)."""


@dataclass(frozen=True, slots=True)
class Geography:
    """Points of places, ways of links from their first end to the second, and names to print."""

    places: dict[str, Points]
    """One point `[2]` each."""
    ways: dict[str, Points]
    labels: dict[str, str]


def geography(scenario: Scenario) -> Geography:
    """The geography of a scenario."""
    places = {
        name: np.array([place.lon.value, place.lat.value])
        for name, place in scenario.places.items()
    }
    return Geography(
        places=places,
        ways={
            name: np.array([
                places[link.ends[0]],
                *([lon, lat] for lat, lon in link.waypoints),
                places[link.ends[1]],
            ])
            for name, link in scenario.links.items()
        },
        labels={name: place.label or name for name, place in scenario.places.items()},
    )  # fmt: skip


def length_km(way: Points) -> float:
    """Length of a way on the sphere (haversines), km."""
    lon, lat = np.radians(way).T
    half = np.sin(np.diff(lat) / 2) ** 2
    half += np.cos(lat[:-1]) * np.cos(lat[1:]) * np.sin(np.diff(lon) / 2) ** 2
    return float(2 * EARTH_KM * np.arcsin(np.sqrt(half)).sum())
