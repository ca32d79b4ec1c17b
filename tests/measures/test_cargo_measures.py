"""Measures of cargo on worlds small enough to be worked by hand."""

from __future__ import annotations

import pytest
from conftest import event_engine
from worlds import Part, berths, call, captive, cargo, fixed, fleet, link, route, station, timetable

from corridor_sim.measures import Segment, tallying
from corridor_sim.measures.rows import Group, Key, Tally
from corridor_sim.measures.table import Sample, compared, rows

WEST = Group("r", "westbound", "a to c")
YEARS = 3 / 365.25


def two_legs(**more: Part) -> Tally:
    """Two boxes: a desk of 1 h each at a, a train at 5 h, 3 h to b, another at 12 h, 2 h to c."""
    world = fixed(
        days=3,
        links={"a-b": link("ab", hours=3), "b-c": link("bc", hours=2)},
        stations={"desk": station(hours=1)},
        services={
            "first": timetable("ab", places=8, headway_h=240, offset_h=5, chain=["a-b"]),
            "second": timetable("bc", places=8, headway_h=240, offset_h=12, chain=["b-c"]),
        },
        routes={"r": route(westbound=["desk", "first", "second"])},
        flows={"w": cargo("ac", [0, 0])},
        **more,
    )
    parts = [Segment("a", "b"), Segment("b", "c"), Segment("b", "c", stays=True)]
    return tallying(world.model, segments=parts, by_month=True)(event_engine(world, 0))


def mean_h(tally: Tally, group: Group, of: str = "transit") -> float:
    spread = tally.spreads[group, of]
    return spread.total_h / float(spread.counts.sum())


def test_transit_runs_from_release_to_delivery() -> None:
    assert mean_h(two_legs(), WEST) == 14


def test_by_train_runs_from_the_first_departure_to_the_last_box() -> None:
    tally = two_legs()
    assert mean_h(tally, WEST, "train_transit") == 14 - 5
    assert tally.vehicles[WEST] == 1


def test_a_segment_runs_from_leaving_to_reaching() -> None:
    tally = two_legs()
    whole = Group("r", "westbound", "a:b")
    assert mean_h(tally, whole) == 8  # from the release, as a is the origin
    assert mean_h(tally, whole._replace(segment="b:c")) == 2
    assert mean_h(tally, whole._replace(segment="b..c")) == 6


def test_the_pieces_of_the_way_sum_to_the_transit_mean() -> None:
    tally = two_legs()
    pieces = {
        key.measure: top / bottom
        for key, (top, bottom) in tally.ratios.items()
        if key.group == WEST and "@" in key.measure
    }
    assert pieces == {
        "wait@desk": 0.5, "work@desk": 1, "wait@first": 3.5, "haul@a-b": 3, "wait@second": 4,
        "haul@b-c": 2,
    }  # fmt: skip
    assert sum(pieces.values()) == mean_h(tally, WEST)


def test_throughput_counts_what_is_delivered_in_the_measuring_part() -> None:
    top, bottom = two_legs().ratios[Key(WEST, "throughput_teu", "TEU/yr")]
    assert top == 4
    assert bottom == pytest.approx(YEARS)


def test_rows_of_all_routes_count_every_route() -> None:
    tally = two_legs()
    assert mean_h(tally, Group("all", "westbound", "all")) == 14


def test_months_of_release_have_rows_of_their_own() -> None:
    groups = [group for group, _ in two_legs().spreads if group.segment.startswith("released")]
    assert groups


def test_what_is_not_delivered_is_counted_as_unfinished() -> None:
    world = fixed(
        days=1,
        links={"a-b": link("ab", hours=30)},
        services={"train": timetable("ab", places=8, headway_h=240, chain=["a-b"])},
        routes={"r": route(westbound=["train"])},
        flows={"w": cargo("ab", [0])},
    )
    tally = tallying(world.model)(event_engine(world, 0))
    group = Group("r", "westbound", "a to b")
    assert tally.ratios[Key(group, "unfinished", "share")] == (1, 1)
    found = {row.measure: row for row in rows(Sample("toy", [tally])) if row.group == group}
    assert found["transit_mean"].estimate.estimate is None
    assert found["transit_p50"].estimate.estimate is None
    assert found["transit_p50"].mark == "thin, overloaded" or "thin" in found["transit_p50"].mark


def test_a_vessel_is_reached_at_its_berth_and_unloaded() -> None:
    world = fixed(
        days=3,
        links={"a-b": link("ab", hours=10, mode="sea")},
        stations={
            "quay-a": berths(place="a", fixed_h=1),
            "quay-b": berths(place="b", fixed_h=1, box_h=2),
        },
        fleets={
            "f": fleet(
                [
                    call("a", berths="quay-a", chain=["a-b"]),
                    call("b", berths="quay-b", chain=["a-b"]),
                ],
                vessels={"v": 4},
            )
        },
        routes={"r": route(westbound=["f"])},
        flows={"w": cargo("ab", [0, 0])},
    )
    tally = tallying(world.model)(event_engine(world, 0))
    group = Group("r", "westbound", "a to b")
    pieces = {
        key.measure: round(top / bottom, 2)
        for key, (top, bottom) in tally.ratios.items()
        if key.group == group and "@" in key.measure
    }
    # unloading 1 h while the list is closed at once, loading one tick, 10 h at sea, 1 + 2 x 2 h
    assert pieces == {
        "wait@f": 0.0, "work@f": 1.0, "haul@a-b": 10.0, "wait@quay-b": 0.0, "work@quay-b": 5.0
    }  # fmt: skip


def test_utilisation_and_waits_of_a_station() -> None:
    world = fixed(
        days=1,
        stations={"desk": station(hours=6, servers=2)},
        flows={"w": captive(["desk"], [0, 0, 0])},
    )
    ratios = tallying(world.model)(event_engine(world, 0)).ratios
    group = Group("all", "both", "desk")
    busy, offered = ratios[Key(group, "utilisation", "share")]
    assert busy / offered == 18 / 48
    assert ratios[Key(group, "wait", "h")] == (6, 3)
    queue, length = ratios[Key(group, "queue", "customers")]
    assert queue / length == 6 / 24


def test_a_comparison_with_itself_is_exactly_zero() -> None:
    sample = Sample("toy", [two_legs(), two_legs()])
    for row in compared(sample, sample):
        assert row.difference is not None
        if row.difference.diff is not None:
            assert row.difference.diff == 0
            assert row.difference.diff_ci_low in (0, None)
            assert row.difference.diff_ci_high in (0, None)
