"""Departures of services: timetables, and trains that leave when full."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from conftest import Engine
from worlds import (
    TICK,
    Cargo,
    FixedDraws,
    Hours,
    Part,
    cargo,
    changing,
    dwell,
    fixed,
    hours,
    link,
    route,
    shut,
    timetable,
    when_full,
)


def ab(train: Part, *, days: int = 5, haul: Part | None = None, **more: Any) -> FixedDraws:
    """Cargo from a to b by the service `train`, a haul of 3 h."""
    return fixed(
        days=days,
        links={"a-b": haul or link("ab", hours=3)},
        services={"train": train},
        routes={"r": {"title": "R", "westbound": [["train"]]}},
        **more,
    )


def every(headway_h: float, *, places: int, offset_h: float = 5, **more: Any) -> Part:
    return timetable(
        "ab", places=places, headway_h=headway_h, offset_h=offset_h, chain=["a-b"], **more
    )


def full(*, places: int, max_wait_h: float) -> Part:
    return when_full("ab", places=places, max_wait_h=max_wait_h, chain=["a-b"])


def flow(*release: Hours) -> dict[str, Cargo]:
    return {"w": cargo("ab", release)}


# timetables


def test_a_timetable_takes_what_fits_in_order_and_leaves_the_rest(engine: Engine) -> None:
    ledger = engine(ab(every(10, places=4), days=1, flows=flow(0, 0, 0, 6)), 0)
    assert hours(ledger.visits.arrive, 0) == [0, 0, 0, 6]
    assert hours(ledger.visits.start, 0) == [5, 5, 15, 15]
    assert hours(ledger.visits.finish, 0) == [5, 5, 15, 15]
    assert ledger.visits.vehicle[:, 0].tolist() == [0, 0, 1, 1]
    assert hours(ledger.delivered) == [8, 8, 18, 18]


def test_what_is_ready_at_the_instant_of_a_departure_is_aboard(engine: Engine) -> None:
    ledger = engine(ab(every(10, places=4), flows=flow(5, 5 + TICK)), 0)
    assert hours(ledger.visits.finish, 0) == [5, 15]


def test_a_timetable_runs_even_when_empty(engine: Engine) -> None:
    trains = engine(ab(every(10, places=4), days=1, flows=flow(6)), 0).departures[0]
    assert trains.number.tolist() == [0, 1]
    assert trains.teu.tolist() == [0, 2]
    assert trains.timed_out.tolist() == [False, False]
    assert hours(trains.passage.finish, 0) == [8, 18]


def test_who_was_ready_first_boards_before_a_lower_number(engine: Engine) -> None:
    ledger = engine(ab(every(10, places=4), flows=flow(3, 1, 2)), 0)
    assert hours(ledger.visits.finish, 0) == [15, 5, 5]


def test_a_cancelled_slot_keeps_its_number_and_is_no_train(engine: Engine) -> None:
    world = ab(
        every(10, places=4, cancelled_share=0.5),
        days=1,
        flows=flow(0),
        luck={"train:cancelled": [0.4, 0.5]},
    )
    ledger = engine(world, 0)
    assert ledger.departures[0].number.tolist() == [1]
    assert hours(ledger.visits.finish, 0) == [15]


def test_two_slots_at_one_instant_leave_in_order_of_their_number(engine: Engine) -> None:
    world = ab(every(10, places=4), flows=flow(0, 1, 2, 3), slots={"train": [5, 5]})
    ledger = engine(world, 0)
    assert ledger.visits.vehicle[:, 0].tolist() == [0, 0, 1, 1]
    assert hours(ledger.visits.finish, 0) == [5, 5, 5, 5]


def test_slots_leave_in_order_of_time_whatever_their_number(engine: Engine) -> None:
    world = ab(every(10, places=2), flows=flow(0, 1), slots={"train": [7, 5]})
    ledger = engine(world, 0)
    assert ledger.visits.vehicle[:, 0].tolist() == [1, 0]
    assert hours(ledger.visits.finish, 0) == [5, 7]
    assert ledger.departures[0].number.tolist() == [0, 1]


def test_a_partial_closure_cancels_the_slots_with_the_lowest_luck(engine: Engine) -> None:
    # Slots 5, 15, 25, 35; shut by half in [5, 25). Slot 3 has bad luck, but lies outside.
    world = ab(
        every(10, places=4),
        days=2,
        flows=flow(0),
        closures={"works": shut("train", share=0.5)},
        windows={"works": [(5, 25)]},
        luck={"train:cancelled": [0.4, 0.6, 0.6, 0.4, 0.4]},
    )
    assert engine(world, 0).departures[0].number.tolist() == [1, 2, 3, 4]


def test_a_full_closure_cancels_all_slots_inside(engine: Engine) -> None:
    world = ab(
        every(10, places=4),
        days=2,
        flows=flow(0),
        closures={"works": shut("train")},
        windows={"works": [(5, 25)]},
    )
    ledger = engine(world, 0)
    assert ledger.departures[0].number.tolist() == [2, 3, 4]
    assert hours(ledger.visits.finish, 0) == [25]


# both rules


def test_boarding_stops_at_the_first_that_does_not_fit(engine: Engine) -> None:
    flows = {"small": cargo("ab", [0, 2]), "big": cargo("ab", [1], lot=6)}
    ledger = engine(ab(every(10, places=6), days=1, flows=flows), 0)
    assert hours(ledger.visits.finish, 0) == [5, None, 15]
    assert ledger.departures[0].teu.tolist() == [2, 6]


def test_two_of_which_the_second_does_not_fit_are_two_full_trains(engine: Engine) -> None:
    flows = {"small": cargo("ab", [0, 2]), "big": cargo("ab", [1], lot=6)}
    ledger = engine(ab(full(places=6, max_wait_h=10), flows=flows), 0)
    assert hours(ledger.visits.finish, 0) == [1, 12, 1]
    assert ledger.departures[0].teu.tolist() == [2, 6, 2]
    assert ledger.departures[0].timed_out.tolist() == [False, False, True]


@pytest.mark.parametrize("train", [every(10, places=4), full(places=4, max_wait_h=10)])
def test_all_aboard_share_the_delay_of_their_train(engine: Engine, train: Part) -> None:
    world = ab(
        train,
        haul=link("ab", hours=1, delay_mean_h=4),
        flows=flow(5, 5, 15, 15),
        durations={"a-b/train": [7, 2]},
    )
    ledger = engine(world, 0)
    assert hours(ledger.visits.finish, 0) == [5, 5, 15, 15]
    assert hours(ledger.delivered) == [12, 12, 17, 17]


def test_trains_may_overtake_on_their_way(engine: Engine) -> None:
    world = ab(
        every(5, places=2),
        haul=link("ab", hours=1, delay_mean_h=4),
        flows=flow(0, 0),
        durations={"a-b/train": [20, 2]},
    )
    assert hours(engine(world, 0).delivered) == [25, 12]


def test_the_haul_of_a_train_is_that_of_the_day_on_which_it_begins(engine: Engine) -> None:
    haul = link("ab", hours=changing(8, {1: 2}))
    world = ab(every(19, places=2), haul=haul, flows=flow(0, 0))
    assert hours(engine(world, 0).delivered) == [13, 26]


# when full


def test_a_train_leaves_when_it_is_full(engine: Engine) -> None:
    ledger = engine(ab(full(places=4, max_wait_h=100), flows=flow(0, 3, 5)), 0)
    assert hours(ledger.visits.finish, 0) == [3, 3, 105]
    assert ledger.departures[0].timed_out.tolist() == [False, True]
    assert ledger.departures[0].teu.tolist() == [4, 2]


def test_full_trains_leave_at_one_instant_as_long_as_one_more_is_full(engine: Engine) -> None:
    ledger = engine(ab(full(places=4, max_wait_h=10), flows=flow(*[3] * 5)), 0)
    assert ledger.visits.vehicle[:, 0].tolist() == [0, 0, 1, 1, 2]
    assert hours(ledger.visits.finish, 0) == [3, 3, 3, 3, 13]


def test_a_train_that_is_full_because_the_next_does_not_fit_leaves(engine: Engine) -> None:
    flows = {"small": cargo("ab", [0]), "big": cargo("ab", [1], lot=4)}
    ledger = engine(ab(full(places=5, max_wait_h=10), flows=flows), 0)
    assert hours(ledger.visits.finish, 0) == [1, 11]
    assert ledger.departures[0].timed_out.tolist() == [False, True]


def test_after_the_longest_wait_of_the_first_all_leave(engine: Engine) -> None:
    ledger = engine(ab(full(places=8, max_wait_h=10), flows=flow(1, 4, 11, 12)), 0)
    assert hours(ledger.visits.finish, 0) == [11, 11, 11, 22]
    assert ledger.departures[0].timed_out.tolist() == [True, True]


def test_a_train_full_at_the_instant_of_its_longest_wait_is_full(engine: Engine) -> None:
    trains = engine(ab(full(places=4, max_wait_h=5), flows=flow(0, 5)), 0).departures[0]
    assert trains.left.tolist() == [5 * 3600]
    assert trains.timed_out.tolist() == [False]


def test_full_ones_leave_before_one_that_has_waited_long_enough(engine: Engine) -> None:
    # At 5: a full train of the first two, and what is left has waited since 5, not since 0.
    ledger = engine(ab(full(places=4, max_wait_h=5), flows=flow(0, 5, 5)), 0)
    assert hours(ledger.visits.finish, 0) == [5, 5, 10]


def test_a_train_is_never_empty(engine: Engine) -> None:
    assert len(engine(ab(full(places=4, max_wait_h=5), flows=flow(1)), 0).departures[0].number) == 1


@pytest.mark.parametrize(
    ("release", "left"),
    [
        pytest.param([0, 2, 9], [10, 10, 14], id="full at the start of the window"),
        pytest.param([3] * 7, [10] * 7, id="three full ones and the rest at its end"),
        pytest.param([4], [10], id="timed out inside it"),
        pytest.param([7, 10], [10, 10], id="full when it opens"),
        pytest.param([10 - TICK], [15 - TICK], id="not yet due when it opens"),
    ],
)
def test_a_service_that_was_shut_catches_up_when_it_opens(
    engine: Engine, release: Sequence[Hours], left: Sequence[Hours]
) -> None:
    world = ab(
        full(places=4, max_wait_h=5),
        flows=flow(*release),
        closures={"works": shut("train")},
        windows={"works": [(2, 10)]},
    )
    assert hours(engine(world, 0).visits.finish, 0) == left


@pytest.mark.parametrize("train", [every(10, places=2), full(places=2, max_wait_h=10)])
def test_who_is_ready_at_one_instant_boards_by_number(engine: Engine, train: Part) -> None:
    # Number 1 begins its papers at 0, number 0 at 1; both are done at 4 and one of them fits.
    world = fixed(
        days=2,
        links={"a-b": link("ab", hours=3)},
        dwells={"papers": dwell(hours=1, delay_mean_h=3)},
        services={"train": train},
        routes={"r": route(westbound=["papers", "train"])},
        flows=flow(1, 0),
        durations={"papers/w": [3, 4]},
    )
    assert engine(world, 0).visits.vehicle[:, 1].tolist() == [0, 1]
