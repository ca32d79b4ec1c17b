"""The replication on the map against its ledger."""

from __future__ import annotations

import numpy as np
import pytest

from corridor_sim.draws import Draws
from corridor_sim.experiments.replay import Replay
from corridor_sim.measures.movements import for_ride, rides
from corridor_sim.model import TICK_H, Kind
from corridor_sim.report.content import Content
from corridor_sim.report.moving import STEP_H, Record, moving, queues, window


@pytest.fixture(scope="module")
def of(gathered: Content) -> Replay:
    """The replication of the baseline."""
    return gathered.replays[0]


@pytest.fixture(scope="module")
def shown(of: Replay) -> Record:
    """What the map shows of it."""
    return moving(of)


@pytest.mark.parametrize("hour", [0, 31, 100, 150])
def test_vehicles_under_way_are_those_of_the_ledger(of: Replay, shown: Record, hour: int) -> None:
    found = [
        (one["element"], one["link"], teu)
        for one in shown["rides"]
        for left, took, teu in zip(np.cumsum(one["left"]), one["took"], one["teu"], strict=True)
        if left <= hour < left + took
    ]
    table = rides(of.model, of.ledger)
    begin = window(of.model).begin
    # On whole hours of the map: rounded as there, and at least an hour long.
    left = np.rint((table["left"] - begin) / TICK_H)
    reached = np.maximum(left + 1, np.rint((table["reached"] - begin) / TICK_H))
    expected = table[(left <= hour) & (hour < reached)]
    own = expected[["element", "link", "teu"]].itertuples(index=False, name=None)
    assert sorted(found) == sorted(own)


def test_something_moves_both_ways_at_some_time(shown: Record) -> None:
    assert {(one["mode"], one["back"]) for one in shown["rides"]} >= {
        ("rail", False), ("rail", True), ("sea", False), ("sea", True),
    }  # fmt: skip
    assert all(one["routes"] == ["middle"] for one in shown["rides"])


def test_what_waits_at_a_place_is_what_waits_for_its_departures(of: Replay, shown: Record) -> None:
    grid = window(of.model).grid
    first = for_ride(of.model, of.ledger, Kind.BOARD, 0).waiting(grid)
    assert shown["waits"]["xian"]["teu"] == first.tolist()
    assert first.any()
    assert shown["step"] == STEP_H


def test_storms_shut_both_ports_in_their_windows(of: Replay, shown: Record) -> None:
    (storms,) = (one for one in shown["shut"] if one["name"] == "storms")
    assert storms["kind"] == "seasonal"
    assert storms["places"] == ["aktau", "alat"]
    part = window(of.model)
    windows = Draws(of.model, of.seed).windows(of.model.closures[0], of.ledger.replication)
    hours = part.hours(windows)
    inside = hours[(hours[:, 0] < shown["hours"]) & (hours[:, 1] > 0)].clip(0, shown["hours"])
    assert storms["hours"] == inside.tolist()


def test_a_short_window_holds_what_falls_into_it(of: Replay) -> None:
    few = moving(of, days=2)
    assert few["hours"] == 48
    for one in few["rides"]:
        left = np.cumsum(one["left"])
        assert (left < 48.5).all()
        assert (left + np.array(one["took"]) >= 0).all()


def test_queues_are_those_of_the_day(of: Replay) -> None:
    found = {(one["element"], one["unit"]): one["waiting"] for one in queues(of)}
    days = np.arange(0, of.model.end, 24 * TICK_H)
    expected = for_ride(of.model, of.ledger, Kind.BOARD, 0).waiting(days)
    assert found["xian-train", "TEU"] == expected.tolist()
