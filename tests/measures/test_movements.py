"""One replication as tables, worked by hand: a train from a to b, vessels between a and b."""

from __future__ import annotations

import numpy as np
import pytest
from conftest import Engine
from worlds import FixedDraws, cargo, fixed, link, route, sea, station, ticks, when_full

from corridor_sim.measures.movements import (
    at_station,
    carried,
    for_ride,
    rides,
    utilisation,
    waits,
)  # fmt: skip
from corridor_sim.model import DAY, YEAR_D, Kind

DAYS = 2
A_YEAR = YEAR_D / DAYS


def train_world() -> FixedDraws:
    """Lots of 2 TEU pass a gate of 1 h from 0, 1 and 2 h; a train of 4 TEU leaves when full, or
    after 5 h.
    """
    return fixed(
        days=DAYS,
        links={"a-b": link("ab", hours=3)},
        stations={"gate": station(hours=1)},
        services={"train": when_full("ab", places=4, max_wait_h=5, chain=["a-b"])},
        routes={"r": route(westbound=["gate", "train"])},
        flows={"w": cargo("ab", [0, 1, 2])},
    )


def test_rides_of_trains(engine: Engine) -> None:
    world = train_world()
    table = rides(world.model, engine(world, 0))
    assert table.element.tolist() == ["train", "train"]
    assert table.left.tolist() == [ticks(2), ticks(8)]
    assert table.reached.tolist() == [ticks(5), ticks(11)]
    assert table.arrived.tolist() == [True, True]
    assert table.teu.tolist() == [4, 2]
    assert table.places.tolist() == [4, 4]
    assert table.delay.tolist() == [0, 0]
    assert set(zip(table.link, table.origin, table.destination, strict=True)) == {("a-b", "a", "b")}


def test_a_ride_that_outlasts_the_run_ends_with_it(engine: Engine) -> None:
    world = fixed(
        days=1,
        links={"a-b": link("ab", hours=30)},
        services={"train": when_full("ab", places=2, max_wait_h=5, chain=["a-b"])},
        routes={"r": route(westbound=["train"])},
        flows={"w": cargo("ab", [1])},
    )
    (row,) = rides(world.model, engine(world, 0)).itertuples()
    assert (row.left, row.reached, row.arrived, row.delay) == (ticks(1), DAY, False, 0)


def test_delay_is_what_comes_beyond_the_minimum(engine: Engine) -> None:
    world = fixed(
        days=DAYS,
        links={"a-b": link("ab", hours=3, delay_mean_h=1)},
        services={"train": when_full("ab", places=2, max_wait_h=5, chain=["a-b"])},
        routes={"r": route(westbound=["train"])},
        flows={"w": cargo("ab", [0, 1])},
        durations={"a-b/train": [5, 3]},
    )
    assert rides(world.model, engine(world, 0)).delay.tolist() == [ticks(2), 0]


def test_rides_of_vessels_with_and_without_cargo(engine: Engine) -> None:
    """Two boxes: berthed at 0, unloaded at 1 (1 h for the call), loaded at 3, at b at 13."""
    world = sea(vessels={"v": 6}, flows={"w": cargo("ab", [0, 0])}, days=DAYS)
    table = rides(world.model, engine(world, 0))
    assert table.vehicle.unique().tolist() == ["v"]
    there, back = table.itertuples()
    assert (there.origin, there.left, there.reached, there.teu) == ("a", ticks(3), ticks(13), 4)
    assert (back.origin, back.teu, back.places) == ("b", 0, 6)
    assert back.left == ticks(16) + 1  # a call of 1 h, two boxes out, and a tick to load nothing


def test_cargo_on_links_is_what_departed(engine: Engine) -> None:
    world = train_world()
    table = carried(world.model, engine(world, 0))
    assert table.to_dict("list") == {
        "link": ["a-b"], "route": ["r"], "teu_per_yr": [pytest.approx(6 * A_YEAR)]
    }  # fmt: skip


def test_what_waits_for_a_train(engine: Engine) -> None:
    """Through the gate at 1, 2 and 3 h; gone at 2 and 8 h."""
    world = train_world()
    stays = for_ride(world.model, engine(world, 0), Kind.BOARD, 0)
    at = np.array([ticks(h) for h in (0, 1, 2, 3, 7, 8, 9)])
    assert stays.waiting(at).tolist() == [0, 2, 0, 2, 2, 0, 0]


def test_what_waits_for_a_vessel_is_counted_by_call(engine: Engine) -> None:
    world = sea(vessels={"v": 6}, flows={"w": cargo("ab", [0, 5, 6])}, days=DAYS)
    ledger = engine(world, 0)
    here, there = (for_ride(world.model, ledger, Kind.SAIL, 0, call) for call in (0, 1))
    assert here.waiting(np.array([0, ticks(4), ticks(5), ticks(6)])).tolist() == [2, 2, 0, 2]
    assert len(there.arrive) == 0


def test_use_of_a_station_and_the_waits_at_its_place(engine: Engine) -> None:
    """3 h of 48; at the gate nobody waits, for the train they wait 1, 0 and 5 h."""
    world = train_world()
    ledger = engine(world, 0)
    assert utilisation(world.model, ledger, 0) == pytest.approx(3 / 48)
    assert len(at_station(world.model, ledger, 0).arrive) == 3
    (row,) = waits(world.model, ledger).itertuples()
    assert row.place == "a"
    assert row.wait_h == pytest.approx(2)
    assert row.teu_per_yr == pytest.approx(6 * A_YEAR)


def test_berths_are_used_while_a_vessel_lies_there(engine: Engine) -> None:
    world = sea(vessels={"v": 6}, flows={"w": cargo("ab", [0, 0])}, days=1)
    ledger = engine(world, 0)
    assert utilisation(world.model, ledger, 0) == pytest.approx(3 / 24)
    assert utilisation(world.model, ledger, 1) == pytest.approx(3 / 24, abs=2 / DAY)
