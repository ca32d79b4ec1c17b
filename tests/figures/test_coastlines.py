"""The shipped coastlines: what is land and what is water, and how they are made."""

from __future__ import annotations

import json
from importlib import resources

import numpy as np
import pytest

from corridor_sim.reference.coastlines import coastlines, on_land
from corridor_sim.reference.make_coastlines import BOX, clip_ring, cut, inside, simplified

LAND = {
    "Xi'an": (109.06, 34.36), "Almaty": (76.95, 43.34), "Tbilisi": (44.83, 41.69),
    "inland of Baku": (49.0, 40.5), "inland of Aktau": (52.5, 43.6), "Ashgabat": (58.4, 37.9),
    "Crimea": (34.3, 45.2), "Ankara": (32.9, 39.9), "Moscow": (37.6, 55.8),
    "Chukotka's side of Siberia": (140.0, 68.0), "Berlin": (13.4, 52.5), "Nairobi": (36.8, -1.3),
    "Lesotho": (28.2, -29.6), "Delhi": (77.2, 28.6), "Perth's hinterland": (120.0, -30.0),
}  # fmt: skip
WATER = {
    "south Caspian": (51.0, 38.5), "middle Caspian": (50.5, 42.0), "north Caspian": (50.0, 45.8),
    "off Alat": (49.9, 39.9), "Black Sea": (34.0, 43.0), "off Poti": (41.0, 42.2),
    "Azov": (36.5, 46.0), "Mediterranean": (18.0, 35.0), "Red Sea": (38.0, 20.0),
    "Cape": (18.0, -36.0), "Bay of Biscay": (-5.0, 45.5), "Malacca": (98.0, 5.9),
    "East China Sea": (125.0, 29.0), "Marmara": (28.2, 40.75), "Channel": (-2.0, 50.0),
}  # fmt: skip


@pytest.mark.parametrize(("places", "land"), [(LAND, True), (WATER, False)])
def test_known_points_lie_on_land_or_in_water(
    places: dict[str, tuple[float, float]], land: bool
) -> None:
    found = on_land(np.array(list(places.values())))
    wrong = [name for name, here in zip(places, found, strict=True) if here != land]
    assert not wrong


def test_the_file_is_small_and_within_its_box() -> None:
    file = resources.files("corridor_sim.reference").joinpath("coastlines.json")
    assert len(file.read_text()) < 120_000
    shapes = coastlines()
    assert shapes.box == BOX
    for points in (*shapes.land, *shapes.borders):
        assert len(points) >= 2
        assert (points >= [BOX[0], BOX[1]]).all()
        assert (points <= [BOX[2], BOX[3]]).all()
        assert np.array_equal(points, np.round(points, 2))


def test_the_caspian_is_a_hole_that_runs_the_other_way_round() -> None:
    def area(ring: np.ndarray[tuple[int, ...], np.dtype[np.float64]]) -> float:
        x, y = ring.T
        return float(x @ np.roll(y, -1) - y @ np.roll(x, -1)) / 2

    largest, *_ = sorted(coastlines().land, key=lambda ring: -abs(area(ring)))
    (caspian,) = [r for r in coastlines().land if area(r) * area(largest) < 0]
    assert (
        35 < abs(area(caspian)) < 50
    )  # 371,000 km2 (Britannica) at 41.5 N: about 40 square degrees
    assert caspian.min(axis=0) == pytest.approx([46.7, 36.6], abs=0.2)


def test_simplifying_keeps_ends_and_corners_only() -> None:
    line = np.array([[0, 0], [1, 0.01], [2, 0], [2, 1], [2.01, 2], [2, 3]])
    assert simplified(line, 0.05).tolist() == [[0, 0], [2, 0], [2, 3]]
    assert len(simplified(line, 0.004)) == 6


def test_a_ring_is_clipped_to_its_box() -> None:
    square = np.array([[-2.0, 1], [2, 1], [2, 5], [-2, 5]])
    clipped = clip_ring(square, (0, 0, 4, 4))
    assert {tuple(p) for p in clipped.tolist()} == {(0, 1), (2, 1), (2, 4), (0, 4)}
    assert clip_ring(square, (10, 10, 11, 11)).size == 0


def test_a_line_is_cut_where_it_leaves_the_box() -> None:
    line = np.array([[1.0, 1], [2, 1], [9, 1], [3, 1], [3, 2]])
    assert [part.tolist() for part in inside(line, (0, 0, 4, 4))] == [
        [[1, 1], [2, 1]], [[3, 1], [3, 2]],
    ]  # fmt: skip


def test_a_small_world_keeps_its_lake_and_the_border_of_its_two_countries() -> None:
    """A square of 20 by 20 degrees in two halves, the eastern one with a lake."""
    topology = json.loads("""{
      "transform": {"scale": [1, 1], "translate": [0, 0]},
      "arcs": [[[10, 0], [0, 20]], [[10, 20], [-10, 0], [0, -20], [10, 0]],
               [[10, 0], [10, 0], [0, 20], [-10, 0]], [[14, 8], [0, 4], [4, 0], [0, -4], [-4, 0]]],
      "objects": {
        "countries": {"geometries": [
          {"type": "Polygon", "arcs": [[0, 1]]},
          {"type": "MultiPolygon", "arcs": [[[2, -1], [3]]]}]},
        "land": {"geometries": [{"type": "Polygon", "arcs": [[1, 2], [3]]}]}}}""")
    made = cut(topology)
    assert made["borders"] == [[[10, 0], [10, 20]]]
    land = made["land"]
    assert isinstance(land, list)
    assert [len(ring) for ring in land] == [6, 4]
    assert sorted(land[1]) == [[14, 8], [14, 12], [18, 8], [18, 12]]
