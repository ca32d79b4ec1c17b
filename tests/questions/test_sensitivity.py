"""Sensitivity: the plumbing against functions whose indices are known, then small corridors."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from small import case, corridor, delays, options, train
from worlds import dwell, station

from corridor_sim.errors import UsageError
from corridor_sim.experiments.factors import Factor, Part
from corridor_sim.experiments.quantities import Quantity
from corridor_sim.experiments.sensitivity import (
    Answers,
    Floats,
    Question,
    analysed,
    cost,
    noise_of,
    plan,
    sensitivity,
    sobol_shares,
)
from corridor_sim.scenario.values import Bounds, Value

MEAN = Quantity(measure="transit_mean")
A, B = 7.0, 0.1
"""The constants of Ishigami & Homma (1990), doi:10.1109/ISUMA.1990.151285."""


def factor(name: str) -> Factor:
    return Factor(name, (Part(name, Value(value=0), -np.pi, np.pi, Bounds()),))


FACTORS = [factor(name) for name in ("x1", "x2", "x3", "idle-1", "idle-2")]


def ishigami(shares: Floats, factors: Sequence[Factor]) -> Floats:
    at = {f.name: np.array([f.parts[0].at(u) for u in shares[:, i]]) for i, f in enumerate(factors)}
    x1, x2, x3 = (at.get(name, np.zeros(len(shares))) for name in ("x1", "x2", "x3"))
    return np.asarray(np.sin(x1) + A * np.sin(x2) ** 2 + B * x3**4 * np.sin(x1))


def twice(shares: Floats, factors: Sequence[Factor]) -> Answers:
    found = ishigami(shares, factors)
    return Answers(found, found)


def test_the_indices_of_ishigami_are_found() -> None:
    """S1, ST in closed form: Saltelli et al., Global Sensitivity Analysis (2008), 4.6."""
    question = Question(quantity=MEAN, trajectories=40, keep=3, base_samples=2048)
    found = analysed(FACTORS, question, twice)
    kept = {effect.factor for effect in found.effects if effect.kept}
    assert kept == {"x1", "x2", "x3"}
    assert {e.factor: e.mu_star for e in found.effects if not e.kept} == {"idle-1": 0, "idle-2": 0}
    alone = {"x1": (1 + B * np.pi**4 / 5) ** 2 / 2, "x2": A**2 / 8, "x3": 0.0}
    shared = 8 * B**2 * np.pi**8 / 225
    whole = sum(alone.values()) + shared
    for index in found.indices:
        total = alone[index.factor] + (shared if index.factor in ("x1", "x3") else 0.0)
        assert index.s1 == pytest.approx(alone[index.factor] / whole, abs=0.03)
        assert index.st == pytest.approx(total / whole, abs=0.03)
        assert index.st_low < total / whole < index.st_high
        assert index.noise == 0
    assert found.sd**2 == pytest.approx(whole, rel=0.05)


def test_what_is_luck_alone_is_not_kept_and_its_share_is_told() -> None:
    rng = np.random.default_rng(1)

    def lucky(shares: Floats, factors: Sequence[Factor]) -> Answers:
        signal = ishigami(shares, factors)
        first, second = rng.normal(scale=3, size=(2, len(signal)))
        return Answers(signal + first, signal + second)

    question = Question(quantity=MEAN, trajectories=100, keep=4, base_samples=1024)
    found = analysed(FACTORS, question, lucky)
    effects = {effect.factor: effect for effect in found.effects}
    for name in ("idle-1", "idle-2"):
        assert effects[name].noise / effects[name].mu_star == pytest.approx(1, abs=0.3)
        assert not effects[name].kept
    assert effects["x2"].kept
    assert effects["x2"].noise < effects["x2"].mu_star_low
    signal = found.sd**2 - 9
    for index in found.indices:
        assert index.noise == pytest.approx(9 / (signal + 9), rel=0.15)


def test_the_noise_floor_is_the_variance_that_seeds_do_not_share() -> None:
    shares = sobol_shares(2, 512, seed=1)
    rng = np.random.default_rng(2)
    first, second = rng.normal(size=(2, len(shares)))
    assert noise_of(Answers(first, second), 2) == pytest.approx([1, 1], rel=0.15)
    assert noise_of(Answers(first, first), 2) == [0, 0]


def test_an_output_that_does_not_vary_has_no_indices_but_is_no_error() -> None:
    def flat(shares: Floats, factors: Sequence[Factor]) -> Answers:
        return Answers(np.ones(len(shares)), np.ones(len(shares)))

    found = analysed(FACTORS[:2], Question(quantity=MEAN, keep=2, base_samples=8), flat)
    assert [(i.s1, i.st) for i in found.indices] == [(0, 0), (0, 0)]


def test_the_wider_of_two_stays_matters_more() -> None:
    base = delays(
        wide={"value": 20, "low": 5, "high": 35}, narrow={"value": 20, "low": 18, "high": 22}
    )
    question = Question(quantity=MEAN, trajectories=4, keep=1, base_samples=16)
    told: list[str] = []
    found = sensitivity(base, options(3), question, tell=told.append)
    wide, narrow = found.effects
    assert (wide.factor, wide.kept, narrow.kept) == ("dwells.wide.delay_mean_h", True, False)
    # Stays follow one another: 30 h more on average are 30 h more of transit time.
    assert wide.mu == pytest.approx(30 / 24, rel=0.1)
    assert narrow.mu == pytest.approx(4 / 24, rel=0.1)
    (index,) = found.indices
    assert index.st == pytest.approx(1, abs=0.2)
    assert index.noise < 0.02
    assert [line.partition(":")[0] for line in told] == ["Morris", "Sobol"]
    assert found.cases == sum(cost(2, question))


def test_overloaded_cases_are_results() -> None:
    desk = station(hours={"value": 6, "low": 4, "high": 30})
    base = corridor(
        ["desk", "train"], teu_a_day=4, days=30, out=5, stations={"desk": desk}, services=train()
    )
    found = sensitivity(base, options(2), Question(quantity=MEAN, keep=1, base_samples=8))
    assert found.effects == []
    assert found.cases == 2 * 8 * 3
    assert 0 < found.overloaded < found.cases / 2
    assert found.unfinished > 0
    assert found.indices[0].st > 0.5


def test_ranges_that_do_not_fit_together_are_refused_by_name() -> None:
    words = delays(stay={"value": 10, "low": 5, "high": 20}).scenario.model_dump(
        mode="json", exclude_unset=True
    )
    words["dwells"]["stay"]["delay_mean_h"].pop("low")
    words["yards"] = {
        "b": {"place": "b", "limit_teu": {"value": 300, "low": 100, "high": 400},
              "resume_teu": {"value": 90, "low": 50, "high": 290}},
    }  # fmt: skip
    base = case(words)
    question = Question(quantity=MEAN, keep=2, base_samples=16)
    with pytest.raises(UsageError, match=r"do not fit together.*--except"):
        sensitivity(base, options(2), question)


def test_what_is_not_varied_is_told() -> None:
    base = corridor(
        ["stay", "train"], teu_a_day=4, services=train(),
        dwells={"stay": dwell(hours={"value": 10, "low": 5, "high": 20})},
    )  # fmt: skip
    words = base.scenario.model_dump(mode="json", exclude_unset=True)
    words["places"]["a"]["lon"] = {"value": 50, "low": 49, "high": 51}
    planned = plan(case(words), Question(quantity=MEAN))
    assert [factor.name for factor in planned.factors] == ["dwells.stay.min_h"]
    assert planned.unfelt == ["places.a.lon"]
    with pytest.raises(UsageError, match="no number with a range is left"):
        plan(case(words), Question(quantity=MEAN, without=("dwells.*",)))
