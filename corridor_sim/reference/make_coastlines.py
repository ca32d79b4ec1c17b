"""Makes `coastlines.json` out of Natural Earth, as `npm pack world-atlas` brings it.

    python -m corridor_sim.reference.make_coastlines world-atlas-2.0.2.tgz

Natural Earth (naturalearthdata.com) is in the public domain; world-atlas carries its 1:50 million
countries as TopoJSON. Land is cut to the box of the corridor and its rivals. Arcs, which neighbours
share, are simplified one by one (Douglas and Peucker, Cartographica 10(2), 1973,
doi:10.3138/FM57-6770-U75U-7727), more gently about the Caspian, the Caucasus and the Black Sea,
and so coasts and borders still meet. The Caspian is a hole in the land; other lakes are not in the
package.
"""

from __future__ import annotations

import json
import sys
import tarfile
from collections.abc import Iterator, Sequence
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

BOX = (-26.0, -42.0, 150.0, 75.0)
"""West, south, east, north; degrees."""
FINE_BOX = (26.0, 35.0, 57.0, 49.0)
"""Where arcs keep more of their points and small islands stay."""
COARSE_DEG, FINE_DEG = 0.12, 0.02
"""How far a simplified line may lie off, degrees."""
COARSE_ISLAND, FINE_ISLAND = 0.15, 0.002
"""Rings of less area than this are left out, square degrees."""
DECIMALS = 2
MEMBER = "package/countries-50m.json"


def make(archive: Path) -> dict[str, object]:
    """Land and borders of an archive of world-atlas, as `coastlines.json` has them."""
    with tarfile.open(archive) as packed:
        member = packed.extractfile(MEMBER)
        if member is None:
            raise SystemExit(f"{archive} holds no {MEMBER}; is it made by `npm pack world-atlas`?")
        topology = json.load(member)
    return cut(topology)


def cut(topology: dict[str, Any]) -> dict[str, object]:
    """Land (rings) and borders (lines) of a topology with objects `land` and `countries`."""
    arcs = [simplified(arc, tolerance(arc)) for arc in absolute(topology)]
    land = topology["objects"]["land"]["geometries"]
    rings = [ring(arcs, ids) for ids in chain.from_iterable(map(rings_of, land))]
    clipped = [clip_ring(points, BOX) for points in rings]
    lines = [
        written(part)
        for arc in borders(topology["objects"]["countries"])
        for part in inside(arcs[arc], BOX)
    ]
    return {
        "source": "Natural Earth 1:50m (public domain), by npm world-atlas; see make_coastlines.py",
        "unit": "degrees, longitude then latitude; rings of land are filled even-odd",
        "box": BOX,
        "land": [written(points) for points in clipped if large(points)],
        "borders": [line for line in lines if len(line) > 1],
    }


def absolute(topology: dict[str, Any]) -> Iterator[Floats]:
    """Arcs `[n, 2]` in degrees: the file has steps on a grid (TopoJSON 1.0, 2.1.2 and 2.1.3)."""
    scale, origin = topology["transform"]["scale"], topology["transform"]["translate"]
    for arc in topology["arcs"]:
        yield np.cumsum(np.array(arc, float), axis=0) * scale + origin


def rings_of(geometry: dict[str, Any]) -> list[list[int]]:
    """Rings of a geometry, as numbers of arcs."""
    polygons = geometry["arcs"] if geometry["type"] == "MultiPolygon" else [geometry["arcs"]]
    return [ids for polygon in polygons for ids in polygon]


def ring(arcs: Sequence[Floats], ids: Sequence[int]) -> Floats:
    """The points of a ring; ~i means arc i backwards, and each arc begins where one ends.

    Longitudes run on past 180 degrees, so that Russia stays in one piece.
    """
    parts = [arcs[i] if i >= 0 else arcs[~i][::-1] for i in ids]
    points = np.concatenate([part[:-1] for part in parts])
    east = np.unwrap(points[:, 0], period=360)
    return np.column_stack([east + 360 * (east.min() < -180), points[:, 1]])


def borders(countries: dict[str, Any]) -> list[int]:
    """Arcs that two countries share."""
    owners: dict[int, set[int]] = {}
    for number, country in enumerate(countries["geometries"]):
        for i in chain.from_iterable(rings_of(country)):
            owners.setdefault(i if i >= 0 else ~i, set()).add(number)
    return sorted(arc for arc, of in owners.items() if len(of) > 1)


def tolerance(arc: Floats) -> float:
    """How far the simplified arc may lie off, degrees."""
    return FINE_DEG if _within(arc, FINE_BOX).any() else COARSE_DEG


def simplified(line: Floats, off: float) -> Floats:
    """The line `[n, 2]` with as few of its points as keep it within `off`; both ends stay."""
    keep = np.zeros(len(line), bool)
    keep[[0, -1]] = True
    open_spans = [(0, len(line) - 1)]
    while open_spans:
        first, last = open_spans.pop()
        if last - first < 2:
            continue
        away = _distance(line[first + 1 : last], line[first], line[last])
        if away.max() > off:
            middle = first + 1 + int(away.argmax())
            keep[middle] = True
            open_spans += [(first, middle), (middle, last)]
    return line[keep]


def _distance(points: Floats, start: Floats, end: Floats) -> Floats:
    """Distance of points `[n, 2]` from the stretch between two others."""
    way = end - start
    length = float(way @ way)
    share = np.clip((points - start) @ way / length, 0, 1) if length else np.zeros(len(points))
    return np.asarray(np.linalg.norm(points - start - share[:, None] * way, axis=1))


def clip_ring(points: Floats, box: tuple[float, float, float, float]) -> Floats:
    """What of a ring lies in a box (Sutherland and Hodgman, Commun. ACM 17(1), 1974,
    doi:10.1145/360767.360802); may be empty.
    """
    for axis, limit, sign in ((0, box[0], 1), (1, box[1], 1), (0, box[2], -1), (1, box[3], -1)):
        kept: list[Floats] = []
        for a, b in zip(np.roll(points, 1, axis=0), points, strict=True):
            of_a, of_b = sign * (a[axis] - limit), sign * (b[axis] - limit)
            if (of_a >= 0) != (of_b >= 0):
                kept.append(a + (b - a) * of_a / (of_a - of_b))
            if of_b >= 0:
                kept.append(b)
        points = np.array(kept).reshape(-1, 2)
    return points


def inside(line: Floats, box: tuple[float, float, float, float]) -> list[Floats]:
    """The stretches of a line whose points lie in a box."""
    within = _within(line, box)
    cuts = np.flatnonzero(np.diff(within)) + 1
    parts = zip(np.split(line, cuts), np.split(within, cuts), strict=True)
    return [part for part, shown in parts if shown[0] and len(part) > 1]


def _within(points: Floats, box: tuple[float, float, float, float]) -> npt.NDArray[np.bool_]:
    west, south, east, north = box
    x, y = points[:, 0], points[:, 1]
    return (x >= west) & (x <= east) & (y >= south) & (y <= north)


def large(points: Floats) -> bool:
    """Whether a ring is large enough to be seen."""
    if len(points) < 3:
        return False
    x, y = points[:, 0], points[:, 1]
    area = abs(float(x @ np.roll(y, 1) - y @ np.roll(x, 1))) / 2
    return area > (FINE_ISLAND if _within(points, FINE_BOX).any() else COARSE_ISLAND)


def written(points: Floats) -> list[list[float]]:
    """Points as they are written, without those that rounding makes equal to the one before."""
    rounded: list[list[float]] = np.round(points, DECIMALS).tolist()
    return [b for a, b in zip([None, *rounded], rounded, strict=False) if a != b]


if __name__ == "__main__":
    if len(sys.argv) != 2:
        raise SystemExit("usage: python -m corridor_sim.reference.make_coastlines ARCHIVE.tgz")
    text = json.dumps(make(Path(sys.argv[1])), separators=(",", ":"))
    Path(__file__).with_name("coastlines.json").write_text(text + "\n")
