"""The questions as plain functions: the answers of the experiments, that show themselves."""

from __future__ import annotations

from pathlib import Path

import pytest
from small import corridor, delays, desks, options, train
from worlds import station

import corridor_sim as cs

FIRST, SERVERS = "stations.first.servers", "stations.desk.servers"
RANGE = {"value": 10, "low": 4, "high": 40}


def busy_desk() -> cs.Case:
    desk = station(hours=9.6, work_law="exponential", work_cv=1)
    return corridor(["desk", "train"], teu_a_day=4, services=train(), stations={"desk": desk})


def test_bottlenecks_say_in_words_and_show_what_binds() -> None:
    found = cs.bottlenecks(desks(9.6, 5.0), options(8), steps=1, more=["unit"])
    assert "first binds now" in found.in_words()[0]
    assert found.table()["element"][0] == "first"
    assert found.time()["share"].sum() == pytest.approx(1)
    shown = found._repr_html_()
    assert "<td>servers 1 -&gt; 2</td>" in shown
    assert "first binds now" in shown


def test_a_sweep_is_a_grid_or_a_hypercube() -> None:
    base = desks(9.6, 5.0)
    table = cs.sweep(base, {FIRST: [1, 2], "stations.second.servers": [1, 2]}, options(2))
    assert table["case"].nunique() == 4
    heat = cs.heat(table, x=FIRST, y="stations.second.servers", measure="transit_mean")
    assert (heat[2.0] < heat[1.0]).all()
    cases = cs.latin_hypercube(base, {FIRST: (1, 4)}, count=4)
    assert {case[FIRST] for case in cases} == {1, 2, 3, 4}


def test_sensitivity_is_a_table_a_method() -> None:
    base = delays(first=RANGE, second={**RANGE, "high": 12})
    found = cs.sensitivity(base, "transit_mean", options(2), base_samples=8)
    sobol = found.tables()["sobol"].set_index("factor")
    assert sobol["st"].idxmax() == "dwells.first.delay_mean_h"
    assert "dwells.first.delay_mean_h" in found._repr_html_()


def test_a_fit_and_a_goal_give_cases_that_run(tmp_path: Path) -> None:
    observed = tmp_path / "observed.csv"
    observed.write_text("measure,value,sd,unit\ntransit_mean,1.4,0.05,d\n")
    fit = cs.calibrate(
        delays(first=RANGE), {"dwells.first.delay_mean_h": None}, observed, options(3),
        most_trials=10,
    )  # fmt: skip
    assert fit.tables()["parameters"]["told"].all()
    assert "dwells.first.delay_mean_h" in fit._repr_html_()
    goal = cs.goal_seek(busy_desk(), {SERVERS: (1, 4)}, ["transit_mean <= 1.1 d"], options(5))
    assert goal.reached
    assert goal.values == {SERVERS: 2}
    assert f"{SERVERS} = 2" in goal._repr_html_()
    assert goal.found is not None
    (run,) = cs.simulate([goal.found], options(5))
    assert run.table().query("measure == 'transit_mean'")["mean"].max() <= 1.1


def test_many_scenarios_and_precision_are_tables() -> None:
    cases = [desks(9.6, 5.0), desks(5.0, 5.0)]
    runs = cs.simulate(cases, options(8))
    best = cs.best(runs, "transit_mean")
    assert list(best["may_be"]) == [False, True]
    assert cs.simultaneous(runs, "transit_mean")["diff_ci_high"][0] < 0
    found = cs.precise(cases[1:], options(1), "transit_mean=50%")
    assert found.reached
    assert "Precision reached" in found._repr_html_()


def test_the_time_that_runs_would_take_is_told() -> None:
    found = cs.forecast([busy_desk()], options(30))
    assert found.table()["replications"][0] == 30
    assert "on 1 process" in found._repr_html_()
