"""The treaty: on random worlds over the whole feature set the array engine says what the event
engine says, in every bit, whatever the block and the window.
"""

from __future__ import annotations

from collections import Counter

import pytest
from bites import bites, too_few
from conftest import array_engine
from pairs import difference, first_difference, reference, world
from worlds import Part, captive, fixed, shut, station

from corridor_sim.engines import event
from corridor_sim.model import DAY, TICK_H

FEW, MANY = range(12), range(1000, 1200)


@pytest.mark.parametrize("number", FEW)
def test_a_random_world_is_the_same_on_both_engines(number: int) -> None:
    for block in (1, 3):
        assert first_difference(number, block=block, compared=3) is None


@pytest.mark.slow
def test_many_random_worlds_are_the_same_and_every_rule_bites_in_them() -> None:
    counts: Counter[str] = Counter()
    for number in MANY:
        for block in (1, 3, 64):
            assert first_difference(number, block=block, compared=3) is None
        draws = world(number)
        bitten = [bites(draws.model, draws.replication(r), reference(number, r)) for r in range(3)]
        counts.update(set().union(*bitten))
    assert too_few(counts, models=len(MANY)) == {}


@pytest.mark.parametrize("window_h", [1, 5, 12, 24, 240])
def test_answers_do_not_depend_on_the_window(window_h: int) -> None:
    for number in range(20, 23):
        window = window_h * TICK_H
        assert first_difference(number, block=3, compared=3, window=window) is None


def test_a_replication_alone_is_the_same_as_in_a_block() -> None:
    alone = array_engine(world(30), 2)
    assert (alone.delivered.at == reference(30, 2).delivered.at).all()
    assert first_difference(30, block=3, compared=3, window=DAY) is None


@pytest.mark.parametrize("order", [["one", "two", "many"], ["many", "one", "two"]])
def test_stations_passed_in_one_order_are_the_same_by_the_month(order: list[str]) -> None:
    work: Part = {"hours": 6, "work_law": "exponential", "work_cv": 1}
    draws = fixed(
        days=75,
        stations={
            "one": station(**work),
            "two": station(servers=2, **work),
            "many": station(servers=12, **work),
        },
        closures={"all": shut("one", "two", stops="work"), "some": shut("two", servers=1)},
        windows={"all": [(700, 730), (1500, 1510)], "some": [(40, 90), (719, 800)]},
        flows={
            "w": captive(order, [7 * n % 1790 for n in range(300)]),
            "v": captive(order[1:], [11 * n % 1790 for n in range(90)]),
        },
    )
    references = list(event.simulate(draws, range(3)))
    assert difference(draws, references, block=3, window=None) is None
