"""Stations: one queue, parallel servers, hand-worked to the hour."""

from __future__ import annotations

from conftest import Engine
from worlds import TICK, captive, changing, dwell, fixed, hours, shut, station


def test_customers_are_served_in_order_of_arrival(engine: Engine) -> None:
    world = fixed(
        days=1, stations={"desk": station(hours=2)}, flows={"w": captive(["desk"], [3, 0, 1])}
    )
    visits = engine(world, 0).visits
    assert hours(visits.arrive, 0) == [3, 0, 1]
    assert hours(visits.start, 0) == [4, 0, 2]
    assert hours(visits.finish, 0) == [6, 2, 4]


def test_ties_go_by_flow_then_number_whatever_the_direction(engine: Engine) -> None:
    east = captive(["desk"], [0, 0], direction="eastbound")
    west = captive(["desk"], [0, 0])
    world = fixed(days=1, stations={"desk": station(hours=2)}, flows={"e": east, "w": west})
    assert hours(engine(world, 0).visits.start, 0) == [0, 2, 4, 6]


def test_an_earlier_arrival_goes_before_a_lower_number(engine: Engine) -> None:
    world = fixed(
        days=1,
        stations={"desk": station(hours=4)},
        flows={"w": captive(["desk"], [2, 0]), "e": captive(["desk"], [1])},
    )
    assert hours(engine(world, 0).visits.start, 0) == [8, 0, 4]


def test_ties_of_those_freed_at_one_instant_go_by_number(engine: Engine) -> None:
    # Both walk in at 3: number 0 was freed by the slow desk, the other is released then.
    world = fixed(
        days=1,
        stations={"slow": station(hours=3), "desk": station(hours=2)},
        flows={"w": captive(["slow", "desk"], [0]), "e": captive(["desk"], [3])},
    )
    visits = engine(world, 0).visits
    assert hours(visits.arrive, 1) == [3, None]
    assert hours(visits.start, 1) == [3, None]
    assert hours(visits.start, 0) == [0, 5]


def test_a_server_freed_at_an_instant_takes_an_arrival_of_that_instant(engine: Engine) -> None:
    world = fixed(
        days=1, stations={"desk": station(hours=2)}, flows={"w": captive(["desk"], [0, 2])}
    )
    assert hours(engine(world, 0).visits.start, 0) == [0, 2]


def test_the_lowest_free_server_is_taken(engine: Engine) -> None:
    # Server 1 stands still in [3, 10). Both are free again at 2; the third customer gets server 0.
    world = fixed(
        days=1,
        stations={"desk": station(hours=2, servers=2)},
        closures={"fault": shut("desk", servers=1, stops="work")},
        windows={"fault": [(3, 10)]},
        flows={"w": captive(["desk"], [0, 0, 2, 2])},
    )
    visits = engine(world, 0).visits
    assert hours(visits.start, 0) == [0, 0, 2, 2]
    assert hours(visits.finish, 0) == [2, 2, 4, 11]


def test_the_lowest_free_server_is_taken_though_another_was_free_first(engine: Engine) -> None:
    # Server 1 is free from 1, server 0 from 2; who arrives at 3 gets server 0 and is not stopped
    # at 4.
    world = fixed(
        days=1,
        stations={"desk": station(hours=1, servers=2)},
        closures={"fault": shut("desk", servers=1, stops="work")},
        windows={"fault": [(4, 10)]},
        durations={"desk/w": [2, 1, 4]},
        flows={"w": captive(["desk"], [0, 0, 3])},
    )
    assert hours(engine(world, 0).visits.finish, 0) == [2, 1, 7]


def test_work_per_feu_grows_with_the_size(engine: Engine) -> None:
    desk = {"place": "a", "servers": 3, "work_h_per_feu": 3}
    world = fixed(
        days=1,
        stations={"desk": desk},
        flows={f"w{lot}": captive(["desk"], [0], lot=lot) for lot in (1, 2, 6)},
    )
    assert hours(engine(world, 0).visits.finish, 0) == [1.5, 3, 9]


def test_work_per_customer_does_not_grow_with_the_size(engine: Engine) -> None:
    world = fixed(
        days=1,
        stations={"desk": station(hours=3, servers=3)},
        flows={f"w{lot}": captive(["desk"], [0], lot=lot) for lot in (1, 2, 6)},
    )
    assert hours(engine(world, 0).visits.finish, 0) == [3, 3, 3]


def test_the_digital_share_is_worked_on_faster(engine: Engine) -> None:
    desk = {
        "place": "a", "servers": 4, "work_h_per_feu": 4,
        "digital": {"share": changing(0.5, {1: 1.0}), "work_h_per_feu": 1},
    }  # fmt: skip
    world = fixed(
        days=2,
        stations={"desk": desk},
        flows={"w": captive(["desk"], [0, 0, 0, 24])},
        luck={"desk/w?": [0.4, 0.5, 0.9, 0.9]},
    )
    assert hours(engine(world, 0).visits.finish, 0) == [1, 4, 4, 25]


def test_the_inspected_share_stays_and_the_others_pass_at_once(engine: Engine) -> None:
    world = fixed(
        days=1,
        dwells={"inspection": dwell(hours=12, share=0.25)},
        flows={"w": captive(["inspection"], [0, 0, 1])},
        luck={"inspection/w?": [0.2, 0.25, 0.1]},
    )
    assert hours(engine(world, 0).visits.finish, 0) == [12, TICK, 13]


def test_a_dwell_has_no_queue_and_leads_to_the_next_step_at_its_end(engine: Engine) -> None:
    world = fixed(
        days=1,
        dwells={"papers": dwell(hours=5)},
        stations={"desk": station(hours=2)},
        flows={"w": captive(["papers", "desk"], [0, 0, 1])},
    )
    ledger = engine(world, 0)
    assert hours(ledger.visits.start, 0) == [0, 0, 1]
    assert hours(ledger.visits.arrive, 1) == [5, 5, 6]
    assert hours(ledger.visits.start, 1) == [5, 7, 9]
    assert hours(ledger.delivered) == [7, 9, 11]


def test_a_duration_is_that_of_the_day_on_which_it_starts(engine: Engine) -> None:
    # One desk: 4 h each, 1 h from day 1 on. The second starts at 22 and keeps its 4 h.
    world = fixed(
        days=2,
        stations={"desk": station(hours=changing(4, {1: 1}))},
        flows={"w": captive(["desk"], [18, 18, 18])},
    )
    visits = engine(world, 0).visits
    assert hours(visits.start, 0) == [18, 22, 26]
    assert hours(visits.finish, 0) == [22, 26, 27]


def test_a_dwell_is_that_of_the_day_on_which_it_begins(engine: Engine) -> None:
    world = fixed(
        days=2,
        dwells={"papers": dwell(hours=changing(10, {1: 2}))},
        flows={"w": captive(["papers"], [24 - TICK, 24])},
    )
    assert hours(engine(world, 0).visits.finish, 0) == [34 - TICK, 26]


def test_lot_sizes_leave_the_offered_work_unchanged(engine: Engine) -> None:
    for lot in (1, 2, 4, 12):
        world = fixed(
            days=3,
            stations={"desk": {"place": "a", "servers": 1, "work_h_per_feu": 1}},
            flows={"w": captive(["desk"], [0] * (24 // lot), lot=lot)},
        )
        ends = [at for at in hours(engine(world, 0).delivered) if at is not None]
        assert max(ends) == 12
