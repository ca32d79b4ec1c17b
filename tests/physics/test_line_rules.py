"""Lines: the paths of a day, shared by both directions and all services."""

from __future__ import annotations

from conftest import Engine
from worlds import captive, cargo, changing, fixed, hours, line, link, route, when_full

ROUTE = {"r": route(westbound=["west"], eastbound=["east"])}


def test_both_directions_share_the_paths_of_a_line(engine: Engine) -> None:
    # A westbound train is at the line at 3, after its haul; two eastbound ones begin there at 3.
    # Twelve paths a day are 2 h each. All come at one instant: services go in file order.
    world = fixed(
        days=1,
        links={"a-b": link("ab", hours=3)},
        lines={"line": line(paths_per_day=12, place="b")},
        services={
            "west": when_full("ab", places=2, max_wait_h=9, chain=["a-b", "line"]),
            "east": when_full("ba", places=2, max_wait_h=9, chain=["line", "a-b"]),
        },
        routes=ROUTE,
        flows={"e": cargo("ba", [3, 3], direction="eastbound"), "w": cargo("ab", [0])},
    )
    ledger = engine(world, 0)
    west, east = ledger.departures
    assert hours(west.passage.start, 1) == [3]
    assert hours(east.passage.arrive, 0) == [3, 3]
    assert hours(east.passage.start, 0) == [5, 7]
    assert hours(ledger.delivered) == [10, 12, 5]


def test_captive_trains_take_paths_by_their_size_and_go_before_others(engine: Engine) -> None:
    # A lot of 212 TEU is two trains of 106, hence two paths of 2 h.
    world = fixed(
        days=1,
        links={"a-b": link("ab", hours=3)},
        lines={"line": line(paths_per_day=12)},
        services={"west": when_full("ab", places=2, max_wait_h=9, chain=["line", "a-b"])},
        routes={"r": route(westbound=["west"])},
        flows={"w": cargo("ab", [1]), "other": captive(["line"], [1], lot=212)},
    )
    ledger = engine(world, 0)
    assert hours(ledger.visits.finish, 0) == [1, 5]
    assert hours(ledger.departures[0].passage.start, 0) == [5]
    assert hours(ledger.departures[0].passage.finish, 1) == [10]


def test_the_paths_of_a_line_that_opens_part_of_the_day_lie_in_it(engine: Engine) -> None:
    # Five paths in five open hours; the last of the night begins before 5.
    world = fixed(
        days=2,
        lines={"line": line(paths_per_day=5, open_to_h=5)},
        flows={"w": captive(["line"], [0] * 7, lot=106)},
    )
    assert hours(engine(world, 0).visits.start, 0) == [0, 1, 2, 3, 4, 24, 25]


def test_paths_that_change_at_a_date_count_from_the_start_of_the_work(engine: Engine) -> None:
    world = fixed(
        days=2,
        lines={"line": line(paths_per_day=changing(12, {1: 24}))},
        flows={"w": captive(["line"], [21] * 4, lot=106)},
    )
    visits = engine(world, 0).visits
    assert hours(visits.start, 0) == [21, 23, 25, 26]
    assert hours(visits.finish, 0) == [23, 25, 26, 27]
