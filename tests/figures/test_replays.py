"""Replications seen over time: from a run folder again, and tables that agree with the ledger."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import numpy as np
import pytest
from looked import small, small_case

from corridor_sim.errors import UsageError
from corridor_sim.experiments.executor import Where
from corridor_sim.experiments.histories import cumulative, fleet, queue, space_time, yards
from corridor_sim.experiments.plan import Options
from corridor_sim.experiments.recorded import recorded
from corridor_sim.experiments.replay import replayed
from corridor_sim.experiments.traffic import traffic
from corridor_sim.measures.movements import rides
from corridor_sim.model import DAY
from corridor_sim.result import differences


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    options = Options(replications=(0, 1), seed=3)
    out = tmp_path_factory.mktemp("results")
    where = Where(jobs=1)
    return recorded([small_case(), small_case("more", teu_a_day=9)], options, out=out, where=where)[
        2
    ]


def test_a_replication_of_a_folder_is_the_same_to_the_bit(folder: Path) -> None:
    again = replayed(folder)
    assert again.case.name == "small"
    assert differences(again.ledger, small().ledger) is None
    other = replayed(folder, replication=1)
    assert differences(other.ledger, small().ledger) is not None


def test_one_of_a_comparison_is_found_by_name(folder: Path) -> None:
    assert replayed(folder, scenario="more").model.consignments > small().model.consignments


def test_what_a_folder_lacks_is_told(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="'mor'; did you mean more"):
        replayed(folder, scenario="mor")
    with pytest.raises(UsageError, match=r"no replication 7; its numbers are 0 to 1"):
        replayed(folder, replication=7)
    with pytest.raises(UsageError, match="no run folder"):
        replayed(tmp_path)


def test_dates_follow_the_calendar_of_the_scenario() -> None:
    assert small().dates(90_061) == np.datetime64("2024-01-02T01:01:01")
    assert small().ticks(dt.date(2024, 1, 3)) == 2 * DAY


def test_rides_along_a_route_lie_where_their_places_do() -> None:
    data = space_time(small(), days=10)
    assert data.stops.place.tolist() == ["a", "b", "c", "d"]
    assert data.stops.km.tolist() == [0, 100, 200, 300]
    seen = set(zip(data.table.link, data.table.km_left, data.table.km_reached, strict=True))
    assert seen == {
        ("a-b", 0, 100), ("a-b", 100, 0), ("b-c", 100, 200), ("b-c", 200, 100), ("c-d", 200, 300)
    }  # fmt: skip
    every = rides(small().model, small().ledger)
    assert len(data.table) == int((every.left < 10 * DAY).sum())
    assert data.table.teu.sum() == every[every.left < 10 * DAY].teu.sum()


def test_a_window_leaves_out_what_is_over_or_has_not_begun() -> None:
    data = space_time(small(), first_day=5, days=3)
    begin, end = data.window
    assert (data.table.left < end).all()
    assert (data.table.reached > begin).all()
    assert (end - begin) == np.timedelta64(3, "D")


def test_queues_agree_with_the_visits_of_the_ledger() -> None:
    """TEU at 6 h steps, counted consignment by consignment."""
    of = small()
    data = queue(of, element="train")
    ledger, model = of.ledger, of.model
    service = [s.name for s in model.services].index("train")
    k = next(k for k, s in enumerate(model.paths[0].steps) if s.name == "train")
    rows = np.flatnonzero(ledger.release.known & (ledger.path == 0))
    arrive, left = ledger.visits.arrive, ledger.visits.start
    for at, waiting in enumerate(data.table.waiting):
        tick = at * 6 * 3600
        here = sum(
            arrive.known[row, k]
            and arrive.at[row, k] <= tick
            and not (left.known[row, k] and left.at[row, k] <= tick)
            for row in rows
        )
        assert waiting == 2 * here
    assert (data.unit, service) == ("TEU", 0)


def test_queues_of_stations_count_customers_and_a_wrong_name_is_told() -> None:
    assert queue(small(), element="quay-b").unit == "customers"
    with pytest.raises(UsageError, match="no element 'quay'"):
        queue(small(), element="quay")


def test_yards_are_as_reviewed() -> None:
    table = yards(small()).table
    assert table.stock_teu.to_numpy().tolist() == small().ledger.reviews.stock[0].tolist()
    assert set(table.limit_teu) == {30}


def test_a_vessel_does_one_thing_at_a_time_without_a_gap() -> None:
    data = fleet(small(), days=20)
    assert set(data.table.vessel) == {"one", "two"}
    for _, own in data.table.groupby("vessel"):
        assert (own.begin.to_numpy()[1:] == own.end.to_numpy()[:-1]).all()
        assert own.begin.iloc[0] == np.datetime64("2024-01-01")
        assert own.end.iloc[-1] == np.datetime64("2024-01-21")
    assert set(data.table.doing) <= {"waiting", "berth", "under way"}
    assert data.table.vessel.drop_duplicates().tolist() == ["one", "two"]
    with pytest.raises(UsageError, match="did you mean ships"):
        fleet(small(), element="ship")


def test_cargo_released_and_delivered_adds_up() -> None:
    table, ledger = cumulative(small()).table, small().ledger
    last = table.iloc[-1]
    assert last.released_teu == 2 * ledger.release.known.sum()
    assert last.delivered_teu == 2 * ledger.delivered.known.sum()
    assert (table.released_teu.diff().dropna() >= 0).all()
    assert (table.released_teu >= table.delivered_teu).all()


def test_traffic_of_the_small_corridor() -> None:
    data = traffic(small())
    flows = data.flows.set_index("link").teu_per_yr
    assert set(flows.index) == {"a-b", "b-c", "c-d"}
    every = rides(small().model, small().ledger)
    for name, own in every.groupby("link"):
        aboard = own.teu.sum() * 365.25 / 40
        assert flows[str(name)] == pytest.approx(aboard, rel=1e-9)
        assert data.links.use[str(name)] == pytest.approx(own.teu.sum() / own.places.sum())
    assert data.places.station["a"] == "gate"
    assert (data.places.use.dropna() <= 1).all()
