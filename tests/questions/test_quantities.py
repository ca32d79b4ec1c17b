"""Quantities and targets by name, and single numbers that a search can use."""

from __future__ import annotations

import math
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from small import corridor, delays, options, train
from worlds import station

from corridor_sim.errors import UsageError
from corridor_sim.experiments.observations import observations
from corridor_sim.experiments.quantities import (
    Quantity,
    by_replication,
    estimated,
    in_unit_of_table,
    jackknife_covariance,
    overloaded,
    quantity,
    settled,
)
from corridor_sim.experiments.run import Run, simulate
from corridor_sim.experiments.targets import confidence, target, verdict, wilson

MEAN = Quantity(measure="transit_mean")
BASE = delays(stay={"value": 10, "low": 5, "high": 20})
WORDS = BASE.scenario


@cache
def calm() -> Run:
    return simulate([BASE], options(12))[0]


@cache
def jammed() -> Run:
    """4 TEU a day come, 2 can pass; half of the cargo is left at the end."""
    desk = {"desk": station(hours=24)}
    base = corridor(["desk", "train"], teu_a_day=4, days=30, out=5, stations=desk, services=train())
    return simulate([base], options(4))[0]


def test_a_quantity_is_read_as_it_is_written() -> None:
    found = quantity("r/westbound/transit_p90", WORDS)
    assert found == Quantity(measure="transit_p90", routes=("r",), direction="westbound")
    assert str(found) == "r/westbound/transit_p90"
    assert quantity("a:b/on_time", WORDS).segment == "a:b"
    assert quantity("train/load_factor", WORDS).element == "train"
    assert quantity("transit_mean", WORDS, routes=["r"]).routes == ("r",)


@pytest.mark.parametrize(
    ("text", "cure"),
    [("transit_p95", "transit_p90"), ("midle/transit_mean", "midle"), ("utilisation", "ELEMENT/")],
)
def test_a_wrong_name_is_an_error_with_a_cure(text: str, cure: str) -> None:
    with pytest.raises(UsageError, match=cure):
        quantity(text, WORDS)


def test_numbers_come_in_the_unit_of_the_table() -> None:
    assert in_unit_of_table(MEAN, 48, "h") == 2
    assert in_unit_of_table(quantity("on_time", WORDS), 5, "%") == 0.05
    assert in_unit_of_table(quantity("wait@train", WORDS), 2, "d") == 48
    assert in_unit_of_table(quantity("throughput_teu", WORDS), 7, "TEU") == 7
    with pytest.raises(UsageError, match="in d, not in USD"):
        in_unit_of_table(MEAN, 1, "USD")


def test_a_quantity_is_what_the_table_of_measures_says() -> None:
    table = {(*row.group, row.measure): row.estimate.estimate for row in calm().rows()}
    for measure in ("transit_mean", "transit_p90", "transit_p90_p50", "on_time", "wait@train"):
        given = Quantity(measure=measure, direction="westbound")
        truth = table["all", "westbound", "all", measure]
        assert settled(calm(), given) == pytest.approx(truth)
        assert estimated(calm(), given).estimate.estimate == pytest.approx(truth)


def test_each_replication_alone_has_its_own_number() -> None:
    each = by_replication(calm(), MEAN)
    assert len(each) == 12
    assert len(set(each)) == 12
    assert each.mean() == pytest.approx(settled(calm(), MEAN), rel=0.02)


def test_unfinished_cargo_counts_and_no_number_is_missing() -> None:
    run = jammed()
    assert overloaded(run, MEAN)
    assert not overloaded(calm(), MEAN)
    finished = estimated(run, MEAN).estimate.estimate
    assert finished is not None
    # Of all cargo min(time, 5 d) is known: the run-out is 5 days long.
    assert 3 < settled(run, MEAN) < 5
    assert settled(run, Quantity(measure="transit_p90")) >= 5
    assert all(map(math.isfinite, by_replication(run, Quantity(measure="transit_p90"))))


def test_the_covariance_of_estimates_is_that_of_the_mean() -> None:
    each = by_replication(calm(), MEAN)
    ((variance,),) = jackknife_covariance(calm(), [MEAN])
    assert variance == pytest.approx(float(np.var(each, ddof=1)) / 12, rel=0.1)


def test_a_target_is_read_and_judged() -> None:
    aim = target("transit_p90 <= 3 d", WORDS)
    assert (aim.at_most, aim.limit) == (True, 3)
    assert target("on_time>=90%", WORDS).limit == pytest.approx(0.9)
    assert target("throughput_teu >= 1e3 TEU", WORDS).limit == 1000
    p90 = settled(calm(), Quantity(measure="transit_p90"))
    sure, unsure, lost = (
        verdict(calm(), target(f"transit_p90 <= {limit} d", WORDS))
        for limit in (2 * p90, p90 * 1.001, p90 / 2)
    )
    assert sure.confidence > 0.999
    assert 0.4 < unsure.confidence < 0.7
    assert lost.confidence < 0.001
    assert (sure.met, lost.met) == (True, False)
    assert (sure.years_met, lost.years_met) == (12, 0)


def test_opposite_targets_have_opposite_confidence() -> None:
    mean = settled(calm(), MEAN) * 1.01
    below = confidence(calm(), target(f"transit_mean <= {mean} d", WORDS))
    above = confidence(calm(), target(f"transit_mean >= {mean} d", WORDS))
    assert below + above == pytest.approx(1)


@pytest.mark.parametrize("text", ["transit_p90 < 3 d", "transit_p90 <= many d", "<= 3 d"])
def test_what_is_no_target_is_an_error(text: str) -> None:
    with pytest.raises(UsageError):
        target(text, WORDS)


def test_the_interval_of_a_share_holds_it_and_stays_inside() -> None:
    assert wilson(0, 10)[0] == 0
    assert wilson(10, 10)[1] == pytest.approx(1)
    low, high = wilson(5, 10)
    assert (low, high) == pytest.approx((0.2366, 0.7634), abs=1e-4)


def test_observations_are_read_with_their_units(tmp_path: Path) -> None:
    file = tmp_path / "seen.csv"
    file.write_text(
        "measure,route,direction,value,sd,low,high,unit,source\n"
        "transit_mean,r,westbound,48,,44.1,51.9,h,x\non_time,,,90,2,,,%,\n"
    )
    first, second = observations(file, WORDS)
    assert (first.value, round(first.sd, 3), first.quantity.routes) == (2, 0.083, ("r",))
    assert (second.value, second.sd) == (0.9, 0.02)


def test_wrong_observations_are_told_all_at_once(tmp_path: Path) -> None:
    file = tmp_path / "seen.csv"
    file.write_text("measure,value,sd\ntransit_men,1,1\ntransit_mean,x,1\ntransit_mean,1,0\n")
    with pytest.raises(UsageError) as error:
        observations(file, WORDS)
    assert [f":{line}:" in str(error.value) for line in (2, 3, 4)] == [True] * 3
