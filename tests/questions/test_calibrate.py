"""Calibration: truths that are known are found again, and what cannot be known is said."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
from small import delays, options, written

from corridor_sim.errors import UsageError
from corridor_sim.experiments.calibrate import (
    Calibration,
    calibrate,
    covariance_of,
    optimum,
    pairs_alike,
)
from corridor_sim.experiments.evaluate import varied
from corridor_sim.experiments.factors import ranged
from corridor_sim.experiments.observations import Observation
from corridor_sim.experiments.overlays import overlay
from corridor_sim.experiments.plan import Case
from corridor_sim.experiments.quantities import Quantity, jackknife_covariance, settled
from corridor_sim.experiments.run import simulate
from corridor_sim.scenario.load import load

MEAN = Quantity(measure="transit_mean")
FIRST, SECOND = "dwells.first.delay_mean_h", "dwells.second.delay_mean_h"
RANGE = {"value": 10, "low": 4, "high": 40}


def seen(truth: Case, quantities: list[Quantity], *, seed: int) -> list[Observation]:
    """What is seen of a truth in ten years, with the error of that."""
    (run,) = simulate([truth], options(10, seed=seed))
    sd = np.sqrt(np.diag(jackknife_covariance(run, quantities)))
    return [
        Observation(q, settled(run, q), float(s), "") for q, s in zip(quantities, sd, strict=True)
    ]


def test_a_truth_is_found_again() -> None:
    base = delays(first=RANGE)
    truth = varied(base, {FIRST: 23}, name="truth")
    found = calibrate(
        base, ranged(base.scenario), seen(truth, [MEAN], seed=77), options(6), most_trials=20
    )
    (fitted,) = found.parameters
    assert fitted.ci_low < 23 < fitted.ci_high
    assert fitted.ci_high - fitted.ci_low < (40 - 4) / 3
    assert fitted.told
    assert found.reached
    assert found.chi2 < 1e-2 < found.chi2_before
    assert found.pairs == []


def test_two_stays_in_series_are_not_identifiable() -> None:
    base = delays(first=RANGE, second=RANGE)
    truth = varied(base, {FIRST: 15, SECOND: 25}, name="truth")
    found = calibrate(
        base, ranged(base.scenario), seen(truth, [MEAN], seed=78), options(4), most_trials=25
    )
    (pair,) = found.pairs
    assert {pair.one, pair.other} == {FIRST, SECOND}
    assert pair.correlation < -0.95
    assert not any(fitted.told for fitted in found.parameters)
    assert found.chi2 < 1


def test_they_are_identifiable_when_one_is_seen_alone() -> None:
    base = delays(first=RANGE, second=RANGE)
    truth = varied(base, {FIRST: 15, SECOND: 25}, name="truth")
    observed = seen(truth, [MEAN, Quantity(measure="dwell@first")], seed=79)
    found = calibrate(base, ranged(base.scenario), observed, options(5), most_trials=40)
    assert found.pairs == []
    for fitted, value in zip(found.parameters, (15, 25), strict=True):
        assert fitted.told
        assert fitted.ci_low < value < fitted.ci_high


def test_a_number_that_is_not_seen_keeps_its_range() -> None:
    covariance = covariance_of(np.array([[3.0, 0.0]]), np.array([0.1]), np.zeros((1, 1)))
    assert math.sqrt(covariance[0, 0]) == pytest.approx(0.1 / 3)
    assert covariance[1, 1] > 1e5
    assert pairs_alike(["seen", "unseen"], covariance, [0.1, 1.0]) == []


def test_luck_widens_the_interval() -> None:
    slopes, sd = np.array([[2.0], [1.0]]), np.array([0.1, 0.2])
    exact = covariance_of(slopes, sd, np.zeros((2, 2)))
    assert exact[0, 0] == pytest.approx(1 / (4 / 0.01 + 1 / 0.04))
    same = covariance_of(slopes, sd, np.diag(sd**2))
    assert same[0, 0] == pytest.approx(2 * exact[0, 0])


def test_the_simplex_finds_the_least_of_a_bent_valley() -> None:
    def figures(shares: np.ndarray) -> np.ndarray:
        x, y = shares.T * 4 - 2
        return np.stack([10 * (y - x**2), 1 - x], axis=1)

    observed = [Observation(MEAN, 0.0, 1.0, "")] * 2
    found = optimum(figures, np.array([[0.1, 0.9]]), observed, most_trials=400)
    assert found.shares * 4 - 2 == pytest.approx([1, 1], abs=0.05)


def test_a_model_that_cannot_fit_is_not_reached() -> None:
    base = delays(first=RANGE)
    observed = [Observation(MEAN, 30.0, 0.1, "")]
    found = calibrate(base, ranged(base.scenario), observed, options(4), most_trials=20)
    assert not found.reached
    assert found.p_value < 1e-6
    assert found.parameters[0].value == pytest.approx(40, abs=0.5)


def test_the_fit_is_an_overlay_that_loads(tmp_path: Path) -> None:
    base = delays(first=RANGE)
    path = written(base, tmp_path)
    found = calibrate(
        base, ranged(base.scenario), [Observation(MEAN, 1.5, 0.1, "")], options(3), most_trials=10
    )
    file = tmp_path / "fit.yaml"
    file.write_text(overlay(path, found.found.scenario, title="Fit", question="Does it?"))
    loaded = load(str(file))
    assert loaded.dwells == found.found.scenario.dwells
    assert loaded.dwells["first"].delay_mean_h.value == found.parameters[0].value
    assert (loaded.dwells["first"].delay_mean_h.why or "").startswith("fitted to 1 observation")


def test_nothing_to_fit_is_an_error() -> None:
    base = delays(first=RANGE)
    with pytest.raises(UsageError, match="needs numbers"):
        calibrate(base, [], [Observation(MEAN, 1, 1, "")], options(3))


def _fit(number: int, truths: tuple[float, float]) -> Calibration:
    base = delays(first=RANGE, second=RANGE)
    truth = varied(base, dict(zip((FIRST, SECOND), truths, strict=True)), name="truth")
    observed = seen(truth, [MEAN, Quantity(measure="dwell@first")], seed=1000 + number)
    lucky = options(10, seed=2000 + number)
    return calibrate(base, ranged(base.scenario), observed, lucky, most_trials=35)


@pytest.mark.slow
def test_intervals_hold_the_truth_as_often_as_they_say() -> None:
    """Of 50 truths 95 % intervals miss fewer than 9 with a probability of 0.999 (binomial)."""
    truths = np.random.default_rng(3).uniform(10, 34, size=(50, 2))
    held = np.zeros(2, int)
    reached = narrow = 0
    for number, pair in enumerate(truths):
        found = _fit(number, (float(pair[0]), float(pair[1])))
        held += [p.ci_low <= t <= p.ci_high for p, t in zip(found.parameters, pair, strict=True)]
        narrow += all(p.told for p in found.parameters)
        reached += found.reached
    assert (held >= 42).all(), held
    assert narrow >= 45, narrow
    assert reached >= 42, reached
