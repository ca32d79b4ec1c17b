"""Replications until intervals are narrow enough; what is asked, and what is said of it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from one_gate import OPTIONS, same_tables, small, two

from corridor_sim.errors import RunError, UsageError
from corridor_sim.experiments.executor import Where
from corridor_sim.experiments.plan import Options
from corridor_sim.experiments.precision import (
    Precision,
    look_sizes,
    precise,
    precisions,
    standing,
)
from corridor_sim.experiments.quantities import Quantity
from corridor_sim.experiments.run import simulate

SCENARIO = small().scenario


def test_a_bare_width_is_of_the_mean_transit_time() -> None:
    assert precisions("2%", SCENARIO) == [Precision(Quantity(measure="transit_mean"), 2, "%")]
    assert precisions(" 0.2 d", SCENARIO)[0].unit == "d"


def test_several_measures_are_named_with_routes_and_elements() -> None:
    asked = precisions("r/westbound/transit_p90=0.3d, gate/utilisation=1pp", SCENARIO)
    assert [str(one) for one in asked] == [
        "r/westbound/transit_p90=0.3d", "gate/utilisation=1pp"
    ]  # fmt: skip


@pytest.mark.parametrize("text", ["", "x", "-2%", "0%", "=2%", "transit_p90=", "2%,,"])
def test_what_is_no_precision_is_told(text: str) -> None:
    with pytest.raises(UsageError, match="is not of the form"):
        precisions(text, SCENARIO)


def test_a_misspelt_measure_is_told_with_the_nearest() -> None:
    with pytest.raises(UsageError, match="did you mean transit_p90"):
        precisions("transit_q90=1d", SCENARIO)


def test_looks_begin_at_10_or_20_and_grow_by_a_tenth() -> None:
    mean, p90 = precisions("2%", SCENARIO), precisions("2%,transit_p90=1d", SCENARIO)
    assert list(look_sizes(mean, most=25)) == [10, 11, 13, 15, 17, 19, 21, 24, 25]
    assert list(look_sizes(p90, most=25)) == [20, 22, 25]
    assert list(look_sizes(precisions("transit_p90_p50=1d", SCENARIO), most=20)) == [20]
    with pytest.raises(UsageError, match="first look is at 20 replications, more than the 19"):
        list(look_sizes(p90, most=19))


def test_it_stops_at_the_first_look_at_which_all_are_reached() -> None:
    """Looked at by hand: the same replications, one look after the other."""
    asked = precisions("transit_mean=6%,throughput_teu=5%", SCENARIO)
    sizes = list(look_sizes(asked, most=100))
    for size in sizes:
        runs = simulate(two(), replace(OPTIONS, replications=tuple(range(size))))
        if all(one.reached for one in standing(runs, asked)):
            break
    assert sizes[0] < size < sizes[-1]
    found = precise(two(), OPTIONS, asked, most=100)
    assert found.reached
    assert found.runs[0].options.replications == tuple(range(size))
    assert same_tables(list(found.runs), runs)
    table = found.table()
    assert list(table["scenario"]) == ["small", "small", "slower", "slower"]
    assert (table["half_width"] <= table["wanted"]).all()


def test_widths_are_read_in_the_unit_of_the_measure() -> None:
    (run,) = simulate([small()], OPTIONS)
    day, hours, share, points = standing(
        [run],
        precisions("transit_mean=0.5d,transit_mean=12h,gate/utilisation=1%,on_time=1pp", SCENARIO),
    )
    assert day.wanted == hours.wanted == 0.5
    assert share.estimate is not None
    assert share.wanted == pytest.approx(share.estimate / 100)
    assert points.wanted == 0.01
    (row,) = [
        row for row in run.rows()
        if (row.measure, row.group.route, row.group.segment) == ("transit_mean", "all", "all")
    ]  # fmt: skip
    assert day.estimate == pytest.approx(row.estimate.estimate)
    assert day.unit == "d"
    assert row.estimate.ci_high is not None
    assert row.estimate.estimate is not None
    assert day.half_width == pytest.approx(row.estimate.ci_high - row.estimate.estimate)
    with pytest.raises(UsageError, match="throughput_teu is in TEU/yr, not in d"):
        standing([run], precisions("throughput_teu=1d", SCENARIO))


def test_what_is_not_reached_is_said_and_kept(tmp_path: Path) -> None:
    where = Where(store=tmp_path)
    found = precise([small()], Options(), "transit_mean=0.0001d", most=12, where=where)
    assert not found.reached
    assert found.runs[0].options.replications == tuple(range(12))
    assert len(list(tmp_path.rglob("*.piece"))) == 12


def test_an_open_interval_is_never_narrow_enough() -> None:
    late = small(hours=14)  # much is left at the end of the run
    (one,) = standing(simulate([late], OPTIONS), precisions("transit_p90=99%", late.scenario))
    assert (one.estimate, one.half_width, one.wanted, one.reached) == (None, None, None, False)


def test_a_replication_that_fails_ends_it(monkeypatch: pytest.MonkeyPatch) -> None:
    def failed(_: object) -> bytes:
        raise RunError("no")

    monkeypatch.setattr("corridor_sim.experiments.task.run_task", failed)
    with pytest.raises(RunError):
        precise([small()], Options(), "2%")
