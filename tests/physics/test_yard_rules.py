"""Yards: stock, embargoes announced at a review, in force from the next one on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from conftest import Engine
from worlds import (
    B_CALL,
    TICK,
    Cargo,
    FixedDraws,
    Hours,
    Part,
    call,
    cargo,
    changing,
    dwell,
    fixed,
    hours,
    link,
    route,
    sea,
    station,
    timetable,
    when_full,
)

FULL = {"b": {"place": "b", "limit_teu": 4, "resume_teu": 2}}


def through_b(
    *,
    feeder: Part,
    release: Sequence[Hours],
    onward: Sequence[Hours],
    days: int = 6,
    **yard: Any,
) -> FixedDraws:
    """From a by the service `in`, a haul of 1 h, to the yard at b, and on by `out` when told."""
    return fixed(
        days=days,
        links={"a-b": link("ab", hours=1), "b-c": link("bc", hours=1)},
        services={
            "in": feeder,
            "out": timetable("bc", places=2, headway_h=24, chain=["b-c"]),
        },
        yards={"b": {**FULL["b"], **yard}},
        routes={"r": route(westbound=["in", "out"])},
        flows={"w": cargo("ac", release)},
        slots={"out": onward},
    )


EVERY_6H = timetable("ab", places=2, headway_h=6, chain=["a-b"])
"""From a at 0, 6, 12 and so on, one box each."""
AT_ONCE = when_full("ab", places=2, max_wait_h=1000, chain=["a-b"])


def test_an_embargo_is_announced_at_a_review_and_in_force_from_the_next(engine: Engine) -> None:
    # Two boxes are at b at 1 and 7: the limit is found at 24 and in force in [48, 96). The boxes of
    # 24 and 42 still come, that of 48 is the first to wait. One leaves at 50, two at 60: at 72 only
    # two TEU are left, the resume level, and loading starts again at 96.
    world = through_b(feeder=EVERY_6H, release=[0, 6, 24, 42, 48, 72], onward=[50, 60, 60])
    ledger = engine(world, 0)
    assert ledger.reviews.stock.tolist() == [[0, 4, 8, 2, 2, 6]]
    assert ledger.reviews.announced.tolist() == [[False, True, True, False, False, True]]
    assert hours(ledger.visits.finish, 0) == [0, 6, 24, 42, 96, 102]


def test_a_timetable_leaves_empty_while_an_embargo_is_in_force(engine: Engine) -> None:
    world = through_b(feeder=EVERY_6H, release=[0, 6, 48], onward=[60, 60], days=5)
    trains = engine(world, 0).departures[0]
    assert trains.number.tolist() == list(range(20))
    assert trains.teu[8:16].tolist() == [0] * 8
    assert trains.teu[16] == 2


def test_a_service_that_leaves_when_full_waits_for_the_end_of_an_embargo(engine: Engine) -> None:
    # A box leaves at once, till the instant before the embargo; at its end all that wait leave.
    release: list[Hours] = [0, 6, 48 - TICK, 48, 70]
    world = through_b(feeder=AT_ONCE, release=release, onward=[60, 60, 60])
    ledger = engine(world, 0)
    assert hours(ledger.visits.finish, 0) == [0, 6, 48 - TICK, 96, 96]


def test_cargo_aboard_arrives_though_an_embargo_is_in_force(engine: Engine) -> None:
    slow = timetable("ab", places=8, headway_h=6, chain=["a-b"])
    world = fixed(
        days=4,
        links={"a-b": link("ab", hours=changing(1, {1: 30}))},
        services={"in": slow},
        yards=FULL,
        dwells={"b-stay": dwell(hours=1000, place="b")},
        routes={"r": route(westbound=["in", "b-stay"])},
        flows={"w": cargo("ab", [0, 0, 42, 42])},
    )
    ledger = engine(world, 0)
    assert hours(ledger.visits.arrive, 1) == [1, 1, 72, 72]
    assert ledger.reviews.stock.tolist() == [[0, 4, 4, 8]]


@pytest.mark.parametrize(("shortest_d", "lifted"), [(0, 2), (1, 2), (2, 3), (3, 4)])
def test_an_embargo_has_a_shortest_length(engine: Engine, shortest_d: int, lifted: int) -> None:
    # Announced on day 1; the yard is empty from 30 on.
    world = through_b(
        feeder=EVERY_6H, release=[0, 6], onward=[30, 30], days=6, shortest_d=shortest_d
    )
    announced = engine(world, 0).reviews.announced[0].tolist()
    assert announced == [1 <= day < lifted for day in range(6)]


@pytest.mark.parametrize(("limit", "announced"), [(4, True), (5, False)])
def test_the_limit_itself_is_too_much(engine: Engine, limit: int, announced: bool) -> None:
    world = through_b(feeder=EVERY_6H, release=[0, 6], onward=[100], days=2, limit_teu=limit)
    assert engine(world, 0).reviews.announced.tolist() == [[False, announced]]


@pytest.mark.parametrize(("resume", "announced"), [(2, False), (1, True)])
def test_the_resume_level_itself_is_little_enough(
    engine: Engine, resume: int, announced: bool
) -> None:
    world = through_b(
        feeder=EVERY_6H, release=[0, 6], onward=[30], days=3, limit_teu=4, resume_teu=resume
    )
    assert engine(world, 0).reviews.announced.tolist() == [[False, True, announced]]


def test_a_review_looks_after_all_else_of_its_instant(engine: Engine) -> None:
    # One box comes to b at 24, another leaves at 24: only the first is in stock then.
    world = through_b(feeder=EVERY_6H, release=[0, 18], onward=[24], days=2)
    assert engine(world, 0).reviews.stock.tolist() == [[0, 2]]
    late = fixed(
        days=2,
        yards={"a": {"place": "a", "limit_teu": 4, "resume_teu": 2}},
        stations={"desk": station(hours=1)},
        routes={"r": route(westbound=["desk"])},
        flows={"w": cargo("aa", [0, 23, 24])},
    )
    assert engine(late, 0).reviews.stock.tolist() == [[2, 2]]


def test_released_there_is_stock_until_delivered_there(engine: Engine) -> None:
    # In the yard from its release on: at the desk in [20, 26) and at the papers in [26, 50).
    world = fixed(
        days=4,
        yards={"a": {"place": "a", "limit_teu": 100, "resume_teu": 2}},
        stations={"desk": station(hours=6)},
        dwells={"papers": dwell(hours=24)},
        routes={"r": route(westbound=["desk", "papers"])},
        flows={"w": cargo("aa", [20], lot=6)},
    )
    assert engine(world, 0).reviews.stock.tolist() == [[0, 6, 6, 0]]


def shipped(flow: Cargo, *, max_wait_h: float = 1000, days: int = 6) -> FixedDraws:
    """By a vessel to b, where 6 TEU lie from 0 to 60: an embargo is in force in [24, 96)."""
    to_b = call("a", berths="quay-a", min_load=4, max_wait_h=max_wait_h, chain=["a-b"])
    return sea(
        vessels={"v": 20},
        calls=(to_b, B_CALL),
        yards={**FULL, "a": {"place": "a", "limit_teu": 100, "resume_teu": 0}},
        dwells={"stay": dwell(place="b", hours=60)},
        routes={"stay": route(westbound=["stay"])},
        flows={"w": flow, "lying": cargo("bb", [0], lot=6, route="stay")},
        days=days,
    )


def test_cargo_under_embargo_counts_for_no_load_list(engine: Engine) -> None:
    ledger = engine(shipped(cargo("ab", [30, 31])), 0)
    assert ledger.reviews.stock[0].tolist() == [6, 6, 6, 0, 0, 0]
    assert ledger.reviews.announced[0].tolist() == [True, True, True, False, False, False]
    assert hours(ledger.visits.start, 0)[:2] == [96, 96]


def test_a_list_closes_empty_after_its_longest_wait_under_embargo(engine: Engine) -> None:
    ledger = engine(shipped(cargo("ab", [30, 31]), max_wait_h=40, days=2), 0)
    assert hours(ledger.calls[0].listed)[0] == 40
    assert ledger.calls[0].teu_on[0] == 0
    assert hours(ledger.visits.start, 0)[:2] == [None, None]


def test_cargo_listed_before_an_embargo_sails_and_is_stock_until_then(engine: Engine) -> None:
    ledger = engine(shipped(cargo("ab", [23, 24 - TICK])), 0)
    assert hours(ledger.visits.start, 0)[:2] == [24 - TICK, 24 - TICK]
    assert hours(ledger.visits.finish, 0)[:2] == [26 - TICK, 26 - TICK]
    assert ledger.reviews.stock[1].tolist() == [0, 4, 0, 0, 0, 0]


def test_what_comes_at_the_instant_an_embargo_begins_does_not_board(engine: Engine) -> None:
    ledger = engine(shipped(cargo("ab", [23, 24])), 0)
    assert hours(ledger.visits.start, 0)[:2] == [96, 96]


def test_an_embargo_on_a_yard_does_not_bar_what_leaves_it(engine: Engine) -> None:
    # The vessel comes to b at 51 with an empty hold and takes the box home.
    world = shipped(cargo("ba", [40], direction="eastbound"), max_wait_h=40)
    ledger = engine(world, 0)
    assert hours(ledger.visits.start, 1)[0] == 40 + TICK + 10
