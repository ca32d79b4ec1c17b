"""Closures, opening hours and changes of capacity: windows are half-open, known beforehand."""

from __future__ import annotations

from conftest import Engine
from worlds import TICK, Hours, captive, changing, fixed, hours, shut, station


def test_what_was_begun_is_finished_when_only_starts_are_stopped(engine: Engine) -> None:
    world = fixed(
        days=1,
        stations={"desk": station(hours=4)},
        closures={"strike": shut("desk", stops="starts")},
        windows={"strike": [(2, 6)]},
        flows={"w": captive(["desk"], [0, 1, 7])},
    )
    visits = engine(world, 0).visits
    assert hours(visits.start, 0) == [0, 6, 10]
    assert hours(visits.finish, 0) == [4, 10, 14]


def test_work_under_way_stands_still_when_work_is_stopped(engine: Engine) -> None:
    world = fixed(
        days=1,
        stations={"desk": station(hours=4)},
        closures={"storm": shut("desk", stops="work")},
        windows={"storm": [(2, 6), (9, 11)]},
        flows={"w": captive(["desk"], [0, 1])},
    )
    visits = engine(world, 0).visits
    assert hours(visits.start, 0) == [0, 8]
    assert hours(visits.finish, 0) == [8, 14]


def test_the_start_of_a_window_is_shut_and_its_end_is_open(engine: Engine) -> None:
    release: list[Hours] = [2 - TICK, 2, 4]
    world = fixed(
        days=1,
        stations={"desk": station(hours=1, servers=3)},
        closures={"strike": shut("desk")},
        windows={"strike": [(2, 4)]},
        flows={"w": captive(["desk"], release)},
    )
    assert hours(engine(world, 0).visits.start, 0) == [2 - TICK, 4, 4]


def test_work_done_when_a_window_starts_is_done_then(engine: Engine) -> None:
    world = fixed(
        days=1,
        stations={"desk": station(hours=2)},
        closures={"storm": shut("desk", stops="work")},
        windows={"storm": [(2, 9)]},
        flows={"w": captive(["desk"], [0])},
    )
    assert hours(engine(world, 0).visits.finish, 0) == [2]


def test_windows_that_touch_or_overlap_are_one(engine: Engine) -> None:
    world = fixed(
        days=1,
        stations={"desk": station(hours=1)},
        closures={"storm": shut("desk"), "strike": shut("desk")},
        windows={"storm": [(2, 4), (6, 9)], "strike": [(4, 7)]},
        flows={"w": captive(["desk"], [3])},
    )
    assert hours(engine(world, 0).visits.start, 0) == [9]


def test_a_partial_closure_takes_the_highest_numbered_servers(engine: Engine) -> None:
    # Two of three are shut until 10: server 0 serves alone, and is the one that works on in a
    # fault.
    world = fixed(
        days=1,
        stations={"desk": station(hours=4, servers=3)},
        closures={"works": shut("desk", servers=2)},
        windows={"works": [(0, 10)]},
        flows={"w": captive(["desk"], [0, 0, 0, 0, 0])},
    )
    assert hours(engine(world, 0).visits.start, 0) == [0, 4, 8, 10, 10]


def test_a_partial_closure_stops_the_work_of_its_servers_only(engine: Engine) -> None:
    world = fixed(
        days=1,
        stations={"desk": station(hours=2, servers=3)},
        closures={"fault": shut("desk", servers=1, stops="work")},
        windows={"fault": [(1, 5)]},
        flows={"w": captive(["desk"], [0, 0, 0])},
    )
    assert hours(engine(world, 0).visits.finish, 0) == [2, 2, 6]


def test_who_waits_takes_the_first_server_that_opens(engine: Engine) -> None:
    # All are shut until 2, server 1 until 5: server 0 takes the first two, both take one at 5.
    world = fixed(
        days=1,
        stations={"desk": station(hours=2, servers=2)},
        closures={"storm": shut("desk"), "fault": shut("desk", servers=1)},
        windows={"storm": [(0, 2)], "fault": [(0, 5)]},
        flows={"w": captive(["desk"], [0, 0, 0, 1])},
    )
    assert hours(engine(world, 0).visits.start, 0) == [2, 4, 5, 6]


def test_a_named_closure_shuts_all_its_stations_at_once(engine: Engine) -> None:
    world = fixed(
        days=1,
        stations={"desk": station(hours=1), "gate": station(hours=1, place="b")},
        closures={"storm": shut("desk", "gate")},
        windows={"storm": [(1, 6)]},
        flows={"w": captive(["desk"], [2]), "e": captive(["gate"], [3], direction="eastbound")},
    )
    assert hours(engine(world, 0).visits.start, 0) == [6, 6]


def test_opening_hours_stop_starts_and_let_work_be_finished(engine: Engine) -> None:
    world = fixed(
        days=2,
        stations={"desk": station(hours=4, servers=5, open_from_h=8, open_to_h=20)},
        flows={"w": captive(["desk"], [5, 8, 20 - TICK, 20, 23])},
    )
    visits = engine(world, 0).visits
    assert hours(visits.start, 0) == [8, 8, 20 - TICK, 32, 32]
    assert hours(visits.finish, 0) == [12, 12, 24 - TICK, 36, 36]


def test_more_servers_from_a_date_take_who_waits_at_midnight(engine: Engine) -> None:
    world = fixed(
        days=2,
        stations={"desk": station(hours=10, servers=changing(1, {1: 3}))},
        flows={"w": captive(["desk"], [20, 20, 20, 20])},
    )
    assert hours(engine(world, 0).visits.start, 0) == [20, 24, 24, 30]


def test_fewer_servers_from_a_date_finish_what_they_have(engine: Engine) -> None:
    world = fixed(
        days=3,
        stations={"desk": station(hours=4, servers=changing(3, {2: 1}))},
        flows={"w": captive(["desk"], [45, 45, 45, 47, 47])},
    )
    visits = engine(world, 0).visits
    assert hours(visits.start, 0) == [45, 45, 45, 49, 53]
    assert hours(visits.finish, 0) == [49, 49, 49, 53, 57]


def test_what_never_opens_again_starts_nothing(engine: Engine) -> None:
    world = fixed(
        days=1,
        stations={"desk": station(hours=1)},
        closures={"strike": shut("desk")},
        windows={"strike": [(2, 1000)]},
        flows={"w": captive(["desk"], [1, 2])},
    )
    visits = engine(world, 0).visits
    assert hours(visits.arrive, 0) == [1, 2]
    assert hours(visits.start, 0) == [1, None]
