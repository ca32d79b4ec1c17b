"""Flows on the stretches of a map that links have in common."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
import pandas as pd

from corridor_sim.experiments.traffic import Traffic

Ends = tuple[tuple[float, float], tuple[float, float]]
"""Longitude and latitude of both ends."""


@dataclass(slots=True)
class Stretch:
    """A straight way between two points; flows of all links along it are one.

    `routes`: TEU a year by route, empty for captive traffic. `values`: weight and sum of a value of
    the links, to be averaged by flow.
    """

    ends: Ends
    routes: dict[str, float] = field(default_factory=dict)
    weight: float = 0.0
    weighted: float = 0.0

    @property
    def total(self) -> float:
        """Flow of all routes, TEU a year."""
        return sum(self.routes.values())

    @property
    def value(self) -> float:
        """Mean of the links' values by flow; nan where none has one."""
        return self.weighted / self.weight if self.weight else np.nan


def flows_on_map(data: Traffic) -> pd.DataFrame:
    """The flows whose links are on the map: link, route, teu_per_yr."""
    known = data.flows.link.isin(list(data.geography.ways)) & (data.flows.teu_per_yr > 0)
    return data.flows[known]


def stretches(data: Traffic, value: pd.Series[float]) -> list[Stretch]:
    """All stretches with a flow, the largest first; `value` by link."""
    found: dict[Ends, Stretch] = {}
    flows = flows_on_map(data)
    for link, route, teu in zip(flows.link, flows.route, flows.teu_per_yr, strict=True):
        known = float(value.get(link, np.nan))
        points = [(lon, lat) for lon, lat in data.geography.ways[link].tolist()]
        for a, b in pairwise(points):
            ends = (a, b) if a < b else (b, a)
            one = found.setdefault(ends, Stretch(ends))
            one.routes[route] = one.routes.get(route, 0.0) + float(teu)
            if not np.isnan(known):
                one.weight += float(teu)
                one.weighted += float(teu) * known
    return sorted(found.values(), key=lambda one: -one.total)
