"""Land and borders of Eurasia and Africa, to draw maps on; made by `make_coastlines`.

Natural Earth, 1:50 million, public domain. Borders are those that hold in fact, as Natural Earth
draws them; they say nothing on their status. Lakes are missing, save the Caspian Sea.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from importlib import resources

import numpy as np
import numpy.typing as npt

Points = npt.NDArray[np.float64]
"""Longitudes and latitudes `[n, 2]`, degrees."""


@dataclass(frozen=True, slots=True)
class Coastlines:
    """`box` is west, south, east, north, degrees: beyond it nothing is known."""

    box: tuple[float, float, float, float]
    land: tuple[Points, ...]
    """Rings, the last point not repeated; filled even-odd, and holes run the other way round."""
    borders: tuple[Points, ...]
    """Lines between countries."""


@cache
def coastlines() -> Coastlines:
    """The shipped coastlines, read once."""
    text = resources.files(__package__).joinpath("coastlines.json").read_text(encoding="utf-8")
    data = json.loads(text)
    west, south, east, north = data["box"]
    return Coastlines(
        box=(west, south, east, north),
        land=tuple(np.array(ring) for ring in data["land"]),
        borders=tuple(np.array(line) for line in data["borders"]),
    )


def on_land(points: Points) -> npt.NDArray[np.bool_]:
    """Which points `[n, 2]` lie on land: those with an odd number of coasts to the west of them."""
    crossings = np.zeros(len(points), np.int64)
    x, y = points[:, 0, None], points[:, 1, None]
    for ring in coastlines().land:
        ends = np.roll(ring, -1, axis=0)
        between = (ring[:, 1] <= y) != (ends[:, 1] <= y)
        rise = np.where(ends[:, 1] == ring[:, 1], 1.0, ends[:, 1] - ring[:, 1])
        at = ring[:, 0] + (y - ring[:, 1]) / rise * (ends[:, 0] - ring[:, 0])
        crossings += (between & (at < x)).sum(axis=1)
    return np.asarray(crossings % 2 == 1)
