"""Load lists of vessels: when they open and close, and what they take."""

from __future__ import annotations

import pytest
from conftest import Engine
from worlds import (
    B_CALL,
    TICK,
    Hours,
    Part,
    berths,
    call,
    cargo,
    changing,
    hours,
    nth,
    sea,
    shut,
)

MIN_LOAD, CAPACITY, LONGEST_WAIT = 0, 1, 2


def at_a(*, min_load: int, max_wait_h: float) -> tuple[Part, Part]:
    return (
        call("a", berths="quay-a", min_load=min_load, max_wait_h=max_wait_h, chain=["a-b"]),
        B_CALL,
    )


def test_a_list_closes_at_the_minimum_load_and_takes_all_that_fits(engine: Engine) -> None:
    # Three boxes at one instant exceed the minimum; all of them are listed.
    calls = at_a(min_load=4, max_wait_h=50)
    flows = {"w": cargo("ab", [3, 7, 7, 7.5])}
    ledger = engine(sea(vessels={"v": 20}, calls=calls, flows=flows, days=1), 0)
    assert hours(ledger.visits.start, 0) == [7, 7, 7, None]
    assert ledger.calls[0].closed_by[0] == MIN_LOAD


def test_a_full_vessel_closes_its_list_and_leaves_the_rest(engine: Engine) -> None:
    calls = at_a(min_load=100, max_wait_h=50)
    flows = {"w": cargo("ab", [3, 7, 7])}
    ledger = engine(sea(vessels={"v": 4}, calls=calls, flows=flows, days=1), 0)
    assert hours(ledger.visits.start, 0) == [7, 7, None]
    assert ledger.calls[0].closed_by[0] == CAPACITY
    assert ledger.calls[0].teu_on[0] == 4


def test_a_list_closes_after_the_longest_wait_since_berthing(engine: Engine) -> None:
    # What arrives at that instant is on it.
    calls = at_a(min_load=100, max_wait_h=9)
    flows = {"w": cargo("ab", [3, 9, 10])}
    ledger = engine(sea(vessels={"v": 20}, calls=calls, flows=flows, days=1), 0)
    assert hours(ledger.visits.start, 0) == [9, 9, None]
    assert ledger.calls[0].closed_by[0] == LONGEST_WAIT


def test_without_any_wait_what_waits_is_taken_at_once(engine: Engine) -> None:
    # The list closes when the vessel is berthed; the box that comes during the unloading stays.
    calls = at_a(min_load=100, max_wait_h=0)
    flows = {"w": cargo("ab", [0, 0.5])}
    ledger = engine(sea(vessels={"v": 20}, calls=calls, flows=flows, days=1), 0)
    assert hours(ledger.visits.start, 0) == [0, None]
    assert hours(ledger.visits.finish, 0) == [2, None]
    assert ledger.calls[0].closed_by[0] == LONGEST_WAIT


def test_without_a_minimum_an_empty_list_closes_when_it_opens(engine: Engine) -> None:
    calls = at_a(min_load=0, max_wait_h=50)
    flows = {"w": cargo("ab", [1])}
    ledger = engine(sea(vessels={"v": 20}, calls=calls, flows=flows, days=1), 0)
    assert hours(ledger.calls[0].listed)[0] == 0
    assert ledger.calls[0].teu_on[0] == 0


def test_one_list_at_a_time_and_the_longest_wait_counts_from_berthing(engine: Engine) -> None:
    # v1 and v3 are berthed at 0. v1 gets the first two boxes; v3 the third, when its own wait ends.
    calls = at_a(min_load=4, max_wait_h=12)
    quay = berths(place="a", fixed_h=1, box_h=1, servers=2)
    flows = {"w": cargo("ab", [1, 10, 11, 13])}
    world = sea(vessels={"v1": 8, "v2": 8, "v3": 8}, calls=calls, quay_a=quay, flows=flows, days=1)
    ledger = engine(world, 0)
    made = ledger.calls[0]
    assert hours(ledger.visits.start, 0)[:3] == [10, 10, 12]
    assert [hours(made.listed)[nth(made, v)] for v in (0, 2)] == [10, 12]
    assert [int(made.closed_by[nth(made, v)]) for v in (0, 2)] == [MIN_LOAD, LONGEST_WAIT]


def test_the_next_list_may_open_and_close_in_the_same_instant(engine: Engine) -> None:
    # Five boxes at 1: two fill v1, two fill v3, one is left.
    calls = at_a(min_load=4, max_wait_h=100)
    quay = berths(place="a", fixed_h=1, box_h=1, servers=2)
    flows = {"w": cargo("ab", [1] * 5)}
    world = sea(vessels={"v1": 4, "v2": 4, "v3": 4}, calls=calls, quay_a=quay, flows=flows, days=1)
    ledger = engine(world, 0)
    assert hours(ledger.visits.start, 0)[:4] == [1, 1, 1, 1]
    assert [int(ledger.calls[0].teu_on[nth(ledger.calls[0], v)]) for v in (0, 2)] == [4, 4]


def test_a_list_that_waited_too_long_behind_another_closes_with_it(engine: Engine) -> None:
    # Both have waited 12 h at 12: the first takes all there is, the second is empty.
    calls = at_a(min_load=100, max_wait_h=12)
    quay = berths(place="a", fixed_h=1, box_h=1, servers=2)
    flows = {"w": cargo("ab", [1, 2])}
    world = sea(vessels={"v1": 8, "v2": 8, "v3": 8}, calls=calls, quay_a=quay, flows=flows, days=1)
    made = engine(world, 0).calls[0]
    assert [hours(made.listed)[nth(made, v)] for v in (0, 2)] == [12, 12]
    assert [int(made.teu_on[nth(made, v)]) for v in (0, 2)] == [4, 0]


def test_lists_go_in_the_order_in_which_berths_were_given(engine: Engine) -> None:
    # v2 has been at b since 0, v1 comes at 11; the storm ends at 20 and both get a berth. The list
    # of v2 goes first, though v1 has the lower number.
    to_b = call("b", berths="quay-b", min_load=4, max_wait_h=20, chain=["a-b"])
    world = sea(
        vessels={"v1": 8, "v2": 8},
        calls=(call("a", berths="quay-a", chain=["a-b"]), to_b),
        quay_b=berths(place="b", fixed_h=1, box_h=1, servers=2),
        closures={"storm": shut("quay-b")},
        windows={"storm": [(0, 20)]},
        flows={"e": cargo("ba", [0, 20], direction="eastbound")},
        days=2,
    )
    made = engine(world, 0).calls[0]
    both = [nth(made, 1), nth(made, 0, 1)]
    assert [hours(made.berthed)[i] for i in both] == [20, 20]
    assert [int(made.berth[i]) for i in both] == [0, 1]
    assert [hours(made.listed)[i] for i in both] == [21, 40]
    assert [int(made.teu_on[i]) for i in both] == [4, 0]


def test_boarding_of_a_vessel_stops_at_the_first_that_does_not_fit(engine: Engine) -> None:
    # Ten TEU wait and close the list, though only the first box fits before the big lot.
    calls = at_a(min_load=6, max_wait_h=100)
    flows = {"small": cargo("ab", [1, 3]), "big": cargo("ab", [2], lot=6)}
    ledger = engine(sea(vessels={"v": 6}, calls=calls, flows=flows, days=3), 0)
    small, last, big = hours(ledger.visits.start, 0)
    assert small == 2
    assert ledger.calls[0].teu_on[0] == 2
    assert big is not None
    assert big > 20
    assert last is None or last > big


@pytest.mark.parametrize("release", [[5, 3], [3, 3]])
def test_who_was_ready_first_is_listed_first(engine: Engine, release: list[int]) -> None:
    calls = at_a(min_load=4, max_wait_h=100)
    flows = {"big": cargo("ab", release[:1], lot=4), "small": cargo("ab", release[1:])}
    ledger = engine(sea(vessels={"v": 5}, calls=calls, flows=flows, days=1), 0)
    taken = [at is not None for at in hours(ledger.visits.start, 0)]
    assert taken == ([False, True] if release[0] > release[1] else [True, False])


@pytest.mark.parametrize("late", [24, 25])
def test_a_list_closes_when_the_places_fall_to_what_waits(engine: Engine, late: int) -> None:
    # 80 t at 10 t a TEU, from day 1 on half of it. A box that comes then finds no place.
    calls = at_a(min_load=6, max_wait_h=100)
    world = sea(
        vessels={"v": {"places_teu": 20, "payload_t": 80}},
        draught_factor=changing(1.0, {1: 0.5}),
        calls=calls,
        flows={"w": cargo("ab", [1, 2, late])},
        days=2,
    )
    ledger = engine(world, 0)
    assert hours(ledger.visits.start, 0) == [24, 24, None]
    assert ledger.calls[0].closed_by[0] == CAPACITY


@pytest.mark.parametrize(("at", "taken"), [(24 - TICK, 4), (24, 8)])
def test_the_places_are_those_of_the_day_on_which_the_list_closes(
    engine: Engine, at: Hours, taken: int
) -> None:
    world = sea(
        vessels={"v": {"places_teu": 20, "payload_t": 80}},
        draught_factor=changing(0.5, {1: 1.0}),
        calls=at_a(min_load=10, max_wait_h=100),
        flows={"w": cargo("ab", [at] * 5)},
        days=2,
    )
    assert engine(world, 0).calls[0].teu_on[0] == taken


def test_places_that_rise_do_not_wait_for_the_next_vessel(engine: Engine) -> None:
    # Four TEU fill the vessel of day 0 at 5, before the depth of day 1 comes.
    world = sea(
        vessels={"v": {"places_teu": 20, "payload_t": 80}},
        draught_factor=changing(0.5, {1: 1.0}),
        calls=at_a(min_load=10, max_wait_h=100),
        flows={"w": cargo("ab", [5, 5, 5])},
        days=1,
    )
    ledger = engine(world, 0)
    assert hours(ledger.visits.start, 0) == [5, 5, None]
    assert ledger.calls[0].closed_by[0] == CAPACITY
