"""The end of a run: a time at or after it is missing, each time of a record by itself."""

from __future__ import annotations

from conftest import Engine
from worlds import (
    B_CALL,
    TICK,
    call,
    captive,
    cargo,
    dwell,
    fixed,
    hours,
    link,
    route,
    sea,
    shut,
    station,
    timetable,
)


def test_a_time_at_the_end_is_missing_and_the_instant_before_is_not(engine: Engine) -> None:
    world = fixed(
        days=1,
        stations={"desk": station(hours=4, servers=3)},
        flows={"w": captive(["desk"], [20 - TICK, 20, 24 - TICK])},
    )
    ledger = engine(world, 0)
    assert hours(ledger.visits.start, 0) == [20 - TICK, 20, 24 - TICK]
    assert hours(ledger.visits.finish, 0) == [24 - TICK, None, None]
    assert hours(ledger.delivered) == [24 - TICK, None, None]


def test_who_still_waits_has_arrived_and_not_started(engine: Engine) -> None:
    world = fixed(
        days=1,
        stations={"desk": station(hours=15), "gate": station(hours=1)},
        flows={"w": captive(["desk", "gate"], [0, 1, 2])},
    )
    visits = engine(world, 0).visits
    assert hours(visits.arrive, 0) == [0, 1, 2]
    assert hours(visits.start, 0) == [0, 15, None]
    assert hours(visits.finish, 0) == [15, None, None]
    assert hours(visits.arrive, 1) == [15, None, None]


def test_what_is_released_at_the_end_or_before_the_start_does_not_exist(engine: Engine) -> None:
    world = fixed(
        days=1,
        dwells={"papers": dwell(hours=1)},
        flows={"w": captive(["papers"], [-1, 24, 100, 24 - TICK, 0])},
    )
    ledger = engine(world, 0)
    assert hours(ledger.release) == [None, None, None, 24 - TICK, 0]
    assert hours(ledger.visits.arrive, 0) == [None, None, None, 24 - TICK, 0]


def test_a_closure_that_reaches_beyond_the_end_tells_nothing_of_later(engine: Engine) -> None:
    world = fixed(
        days=1,
        stations={"desk": station(hours=2)},
        closures={"storm": shut("desk", stops="work")},
        windows={"storm": [(1, 30)]},
        flows={"w": captive(["desk"], [0, 0.5])},
    )
    visits = engine(world, 0).visits
    assert hours(visits.start, 0) == [0, None]
    assert hours(visits.finish, 0) == [None, None]


def test_a_train_under_way_is_half_known(engine: Engine) -> None:
    world = fixed(
        days=1,
        links={"a-b": link("ab", hours=10), "b-c": link("bc", hours=10)},
        services={"train": timetable("ac", places=2, headway_h=12, chain=["a-b", "b-c"])},
        routes={"r": route(westbound=["train"])},
        flows={"w": cargo("ac", [0, 0, 12])},
    )
    ledger = engine(world, 0)
    train = ledger.departures[0]
    assert hours(ledger.visits.finish, 0) == [0, 12, None]
    assert hours(ledger.delivered) == [20, None, None]
    assert hours(train.passage.finish, 0) == [10, 22]
    assert hours(train.passage.arrive, 1) == [10, 22]
    assert hours(train.passage.start, 1) == [10, 22]
    assert hours(train.passage.finish, 1) == [20, None]


def test_cargo_listed_and_not_cast_off_is_listed(engine: Engine) -> None:
    waits = call("a", berths="quay-a", min_load=4, max_wait_h=100, chain=["a-b"])
    world = sea(
        vessels={"v": 8}, calls=(waits, B_CALL), flows={"w": cargo("ab", [5, 22, 23])}, days=1
    )
    ledger = engine(world, 0)
    made = ledger.calls[0]
    assert hours(ledger.visits.start, 0) == [22, 22, None]
    assert hours(ledger.visits.finish, 0) == [None, None, None]
    assert made.teu_on.tolist() == [4]
    assert hours(made.listed) == [22]
    assert hours(made.loaded) == [None]
    assert hours(made.cast_off) == [None]
    assert hours(made.passage.arrive, 0) == [None]


def test_a_list_still_open_at_the_end_is_no_list(engine: Engine) -> None:
    waits = call("a", berths="quay-a", min_load=4, max_wait_h=24, chain=["a-b"])
    world = sea(vessels={"v": 8}, calls=(waits, B_CALL), flows={"w": cargo("ab", [5])}, days=1)
    ledger = engine(world, 0)
    made = ledger.calls[0]
    assert hours(made.berthed) == [0]
    assert hours(made.unloaded) == [1]
    assert hours(made.listed) == [None]
    assert made.teu_on.tolist() == [0]
    assert made.closed_by.tolist() == [0]
    assert hours(ledger.visits.start, 0) == [None]


def test_every_day_of_the_run_has_a_review(engine: Engine) -> None:
    world = fixed(
        days=3,
        yards={"a": {"place": "a", "limit_teu": 4, "resume_teu": 2}},
        dwells={"papers": dwell(hours=1000)},
        routes={"r": route(westbound=["papers"])},
        flows={"w": cargo("aa", [0])},
    )
    reviews = engine(world, 0).reviews
    assert reviews.stock.tolist() == [[2, 2, 2]]
    assert reviews.announced.shape == (1, 3)


def test_a_run_without_yards_has_no_reviews_of_any_day(engine: Engine) -> None:
    world = fixed(days=3, dwells={"papers": dwell(hours=1)}, flows={"w": captive(["papers"], [0])})
    reviews = engine(world, 0).reviews
    assert reviews.stock.shape == (0, 3)
    assert reviews.announced.shape == (0, 3)
