"""The model beside observations: every row stays, and says how it came out."""

from __future__ import annotations

from pathlib import Path

import pytest
from small import corridor, options, train, written

from corridor_sim.errors import UsageError
from corridor_sim.experiments.backtest import Backtest, backtest
from corridor_sim.experiments.observations import (
    COLUMNS,
    USES,
    lines,
    observations,
    read,
    shipped_observations,
)
from corridor_sim.experiments.plan import case
from corridor_sim.experiments.quantities import quantity

HEAD = "scenario,route,direction,segment,month,measure,low,high,unit,use,missing\n"


@pytest.fixture(scope="module")
def looked(tmp_path_factory: pytest.TempPathFactory) -> Backtest:
    """One lot of 2 TEU a day rides 10 h as soon as it is released."""
    folder = tmp_path_factory.mktemp("backtest")
    name = written(corridor(["train"], teu_a_day=4, services=train()), folder)
    rows = [
        f"{name},r,westbound,,,transit_mean,9,11,h,test,\n",
        f"{name},r,westbound,,,transit_mean,1,2,d,test,trains wait for a driver\n",
        f"{name},r,westbound,,,transit_p90,0,0.1,d,claim,a run for show\n",
        f"{name},r,westbound,a:b,,transit_mean,9,11,h,test,\n",
        f"{name},r,westbound,a to b,2024-01,transit_mean,9,11,h,fitted,\n",
        f"{name},r,westbound,a to b,2033-01,transit_mean,9,11,h,test,\n",
        f"{name},,,train,,carried_teu,1400,1500,TEU/yr,input,\n",
    ]
    file = folder / "seen.csv"
    file.write_text(HEAD + "".join(rows))
    return backtest(lines(file), options(2))


def test_each_row_says_how_it_came_out(looked: Backtest) -> None:
    said = [v.said for v in looked.verdicts]
    assert said == [
        "inside", "below", "above", "inside", "inside", "no cargo", "inside",
    ]  # fmt: skip


def test_the_error_is_of_what_was_observed(looked: Backtest) -> None:
    first, second, *_ = looked.verdicts
    assert first.error_pct == pytest.approx(0, abs=1e-9)
    assert second.error_pct == pytest.approx(100 * (10 / 36 - 1))


def test_only_rows_for_a_test_are_its_score(looked: Backtest) -> None:
    assert [(s.use, s.inside, s.of) for s in looked.scores()] == [
        ("test", 2, 4), ("fitted", 1, 1), ("claim", 0, 1), ("input", 1, 1),
    ]  # fmt: skip


def test_what_is_missing_stands_beside_rows_that_are_missed_only(looked: Backtest) -> None:
    table = looked.table()
    assert list(table["missing"][:3]) == ["", "trains wait for a driver", "a run for show"]
    assert len(table) == len(looked.verdicts)


def test_a_fit_sees_only_the_rows_it_may_see(tmp_path: Path) -> None:
    own = corridor(["train"], teu_a_day=4, services=train())
    file = tmp_path / "seen.csv"
    row = "r,westbound,,,transit_mean,9,11,h"
    file.write_text(f"{HEAD}small,{row},fitted,\nsmall,{row},test,\nelse,{row},fitted,\n,{row},,\n")
    assert len(observations(file, own.scenario, name="small")) == 2
    file.write_text(f"{HEAD}small,{row},test,\n")
    with pytest.raises(UsageError, match="no observation that small is fitted to"):
        observations(file, own.scenario, name="small")


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("small,r,,,,transit_mean,3,2,d,,", "low 3 is above high 2"),
        ("small,r,,,,transit_mean,,2,d,,", "needs `low` and `high`"),
        ("small,r,,,,transit_mean,1,2,d,tset,", "did you mean test"),
        ("small,r,,,,transit_mean,1,2,kg,,", "is in d, not in kg"),
        ("small,s,,,,transit_mean,1,2,d,,", "there is no route 's'"),
        ("small,r,,,,transit_mena,1,2,d,,", "did you mean transit_mean"),
    ],
)
def test_a_wrong_row_is_told_with_its_line(tmp_path: Path, row: str, said: str) -> None:
    file = tmp_path / "seen.csv"
    file.write_text(HEAD + row + "\n")
    with pytest.raises(UsageError) as error:
        read(lines(file), corridor(["train"], teu_a_day=4, services=train()).scenario)
    assert f"{file}:2: " in str(error.value)
    assert said in str(error.value)


def test_a_row_of_no_scenario_cannot_be_looked_at(tmp_path: Path) -> None:
    file = tmp_path / "seen.csv"
    file.write_text(f"{HEAD},r,,,,transit_mean,1,2,d,,\n")
    with pytest.raises(UsageError, match=r"seen\.csv:2: says no scenario"):
        backtest(lines(file), options(2))


def test_the_shipped_rows_can_be_read_and_name_their_facts() -> None:
    given = lines(shipped_observations())
    assert set(given[0].words) == set(COLUMNS)
    for name in {line.scenario for line in given}:
        rows = read([line for line in given if line.scenario == name], case(name).scenario)
        assert all(row.source and row.unit and row.use in USES for row in rows)


def test_a_pair_of_places_is_not_the_segment_between_them() -> None:
    scenario = case("baseline-2024").scenario
    pair = quantity("middle-poti/westbound/xian to absheron/2025-12/transit_mean", scenario)
    assert pair.groups()[0].segment == "xian to absheron, released 2025-12"
    part = quantity("middle-poti/westbound/xian:absheron/transit_mean", scenario)
    assert part.groups()[0].segment == "xian:absheron"


def test_elements_joined_are_pooled() -> None:
    scenario = case("baseline-2024").scenario
    both = quantity("poti-quay+poti-feeder-quay/customers", scenario)
    assert [group.segment for group in both.groups()] == ["poti-quay", "poti-feeder-quay"]
