"""Sweeps: what they run, and that each case is what a run of it alone is."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from small import corridor, options, train, written
from worlds import dwell, station

from corridor_sim.errors import ScenarioError, UsageError
from corridor_sim.experiments.factors import chosen
from corridor_sim.experiments.plan import case
from corridor_sim.experiments.run import simulate
from corridor_sim.experiments.sweep import grid, heat, latin_hypercube, listed, sweep, two_paths

SERVERS, STAY = "stations.desk.servers", "dwells.stay.min_h"
KEPT = ["scenario", "route", "direction", "segment", "measure", "unit", "n", "mean", "sd",
        "ci_low", "ci_high", "rep_p10", "rep_p50", "rep_p90", "beyond", "mark"]  # fmt: skip


def world(folder: Path) -> str:
    """A file with a desk and a stay before a train."""
    desk = station(hours=9, servers={"value": 1, "low": 1, "high": 2}, work_cv=1)
    stay = dwell(hours={"value": 20, "low": 15, "high": 25})
    base = corridor(
        ["desk", "stay", "train"], teu_a_day=4, days=30, stations={"desk": desk},
        dwells={"stay": stay}, services=train(),
    )  # fmt: skip
    return written(base, folder)


def test_every_case_of_a_grid_is_what_a_run_of_it_alone_is(tmp_path: Path) -> None:
    path = world(tmp_path)
    cases = grid({SERVERS: [1, 2], STAY: [15, 22.5]})
    table = sweep(case(path), cases, options(3), every_row=True)
    assert list(table.columns) == ["case", SERVERS, STAY, *KEPT]
    for number, own in enumerate(cases):
        (alone,) = simulate([case(path, own)], options(3))
        rows = table[table["case"] == number].reset_index(drop=True)
        pd.testing.assert_frame_equal(
            rows[KEPT], alone.table(), check_exact=True, check_dtype=False
        )


def test_the_short_table_is_a_part_of_the_whole_one(tmp_path: Path) -> None:
    base = case(world(tmp_path))
    short, whole = (sweep(base, [{SERVERS: 2}], options(2), every_row=e) for e in (False, True))
    keys = ["route", "direction", "segment", "measure"]
    both = short.merge(whole, on=keys, suffixes=("", "_whole"))
    assert len(both) == len(short) < len(whole)
    pd.testing.assert_series_equal(both["mean"], both["mean_whole"], check_names=False)


def test_a_sweep_survives_its_file(tmp_path: Path) -> None:
    table = sweep(case(world(tmp_path)), [{SERVERS: 1}, {STAY: 20}], options(2))
    table.to_parquet(tmp_path / "sweep.parquet")
    pd.testing.assert_frame_equal(pd.read_parquet(tmp_path / "sweep.parquet"), table)
    assert table[SERVERS].isna().any()
    assert table[STAY].isna().any()


def test_a_table_over_two_paths_is_ready_for_a_heat_map(tmp_path: Path) -> None:
    cases = grid({SERVERS: [1, 2], STAY: [15, 20, 25]})
    table = sweep(case(world(tmp_path)), cases, options(2))
    found = heat(table, x=STAY, y=SERVERS, measure="transit_mean")
    assert found.shape == (2, 3)
    assert (found.diff(axis="columns").iloc[:, 1:] > 0).all(axis=None)
    assert two_paths(cases) == (SERVERS, STAY)
    with pytest.raises(UsageError, match="does not vary"):
        heat(table, x="promise_d", y=SERVERS, measure="transit_mean")


def test_a_latin_hypercube_fills_every_range_evenly(tmp_path: Path) -> None:
    words = case(world(tmp_path)).scenario
    factors = [chosen(words, path, low=None, high=None) for path in (SERVERS, STAY)]
    cases = latin_hypercube(factors, count=10, seed=1)
    assert sorted(float(c[SERVERS]) for c in cases) == [1] * 5 + [2] * 5  # type: ignore[arg-type]
    assert sorted(int(float(c[STAY])) for c in cases) == list(range(15, 25))  # type: ignore[arg-type]
    assert cases == latin_hypercube(factors, count=10, seed=1)
    assert cases != latin_hypercube(factors, count=10, seed=2)


def test_cases_of_a_file_leave_what_they_do_not_name(tmp_path: Path) -> None:
    file = tmp_path / "cases.csv"
    file.write_text(f"case,{SERVERS},{STAY}\nsmall,1,\nlarge,2,17.5\n")
    assert listed(file) == [{SERVERS: 1}, {SERVERS: 2, STAY: 17.5}]
    file.write_text("case\n")
    with pytest.raises(UsageError, match="no case"):
        listed(file)


def test_a_case_that_is_not_valid_stops_the_sweep_before_it_runs(tmp_path: Path) -> None:
    base = case(world(tmp_path))
    with pytest.raises(ScenarioError, match="at least 1"):
        sweep(base, [{SERVERS: 1}, {SERVERS: 0}], options(2))
    with pytest.raises(UsageError, match="nothing is varied"):
        sweep(base, [], options(2))
