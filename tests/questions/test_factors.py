"""Which numbers are varied, and how."""

from __future__ import annotations

import pytest
from small import case, corridor, delays, train
from worlds import station

from corridor_sim.errors import UsageError
from corridor_sim.experiments.factors import bounds_of, chosen, felt, ranged
from corridor_sim.scenario.load import load

STAY = {"value": 10, "low": 5, "high": 20}


def test_whole_numbers_have_equal_parts_of_their_range() -> None:
    desk = station(hours=1, servers={"value": 2, "low": 1, "high": 4})
    base = corridor(["desk", "train"], teu_a_day=1, stations={"desk": desk}, services=train())
    (factor,) = ranged(base.scenario, ["*.servers"])
    assert factor.whole
    values = [factor.at(i / 100)["stations.desk.servers"] for i in range(101)]
    assert {v: values.count(v) for v in values} == {1: 25, 2: 25, 3: 25, 4: 26}
    for number in (1, 2, 3, 4):
        assert factor.at(factor.share_of(number)) == {"stations.desk.servers": number}


def test_a_number_with_fractions_goes_from_low_to_high() -> None:
    (factor,) = ranged(delays(stay=STAY).scenario)
    assert factor.name == "dwells.stay.delay_mean_h"
    path = "dwells.stay.delay_mean_h"
    assert [factor.at(u)[path] for u in (0, 0.5, 1)] == [5, 12.5, 20]
    assert factor.share_of(12.5) == 0.5


def test_dated_changes_keep_their_ratio() -> None:
    base = delays(stay={**STAY, "changes": {"2024-02-01": 20}})
    (factor,) = ranged(base.scenario)
    change = factor.at(1.0)["dwells.stay.delay_mean_h"]
    assert change == {"value": 20, "changes": {"2024-02-01": 40}}
    assert base.scenario.replace({"dwells.stay.delay_mean_h": change}) != base.scenario


def test_the_months_of_a_year_are_one_factor() -> None:
    scenario = load("baseline-2024")
    (factor,) = ranged(scenario, ["closures.caspian-weather.closed_share"])
    assert len(factor.parts) == 12
    assert scenario.replace(factor.at(1.0)) != scenario


def test_a_number_that_the_model_does_not_feel_is_told() -> None:
    words = delays(stay=STAY).scenario.model_dump(mode="json", exclude_unset=True)
    words["places"]["a"]["lat"] = {"value": 40, "low": 39, "high": 41}
    words["links"]["a-b"]["tariff_usd_per_feu"] = {
        "westbound": {"value": 9, "low": 5, "high": 10}, "eastbound": 5,
    }  # fmt: skip
    scenario = case(words).scenario
    factors = ranged(scenario)
    tariff = "links.a-b.tariff_usd_per_feu.westbound"
    found = felt(scenario, factors, prices=False)
    assert [factor.name for factor in found.factors] == ["dwells.stay.delay_mean_h"]
    assert set(found.unfelt) == {"places.a.lat", tariff}
    assert tariff in [factor.name for factor in felt(scenario, factors, prices=True).factors]


def test_what_only_quotes_feel_is_felt_and_processes_agree() -> None:
    scenario = load("baseline-2024")
    factors = ranged(
        scenario, ["flows.cn-az-machinery.*", "links.aktau-alat.*", "flows.cn-az-sea.*"]
    )
    found = felt(scenario, factors, prices=False)
    assert "flows.cn-az-machinery.value_of_reliability_pct_per_day" in [
        factor.name for factor in found.factors
    ]
    assert found.unfelt  # prices
    assert "flows.cn-az-sea.routes.suez" in found.bound
    assert felt(scenario, factors, prices=False, jobs=2) == found


def test_bounds_are_those_of_the_field() -> None:
    scenario = load("baseline-2024")
    assert bounds_of(scenario, "stations.alat-berths.servers").whole
    assert bounds_of(scenario, "closures.caspian-weather.closed_share.3").le == 1
    assert not bounds_of(scenario, "links.xian-altynkol.min_h").whole


def test_a_path_or_pattern_that_fits_nothing_is_an_error() -> None:
    scenario = load("baseline-2024")
    with pytest.raises(UsageError, match="alat-berths"):
        chosen(scenario, "stations.alat-berth.servers", low=1, high=2)
    with pytest.raises(UsageError, match="no range"):
        chosen(scenario, "stations.alat-berths.servers", low=3, high=3)
    with pytest.raises(UsageError, match="is no number"):
        chosen(scenario, "stations.alat-berths", low=1, high=3)
    with pytest.raises(UsageError, match="no number with a range"):
        ranged(scenario, ["bridges.*"])
