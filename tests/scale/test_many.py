"""Several scenarios at once: intervals that hold together, the best, and a subset that holds it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache

import numpy as np
import numpy.typing as npt
import pytest
from one_gate import OPTIONS, small, two
from scipy import stats

from corridor_sim.errors import UsageError
from corridor_sim.experiments import many
from corridor_sim.experiments.plan import Case
from corridor_sim.experiments.quantities import SPREADS, Quantity, estimated
from corridor_sim.experiments.run import Run, caveats, check_alike, compare, simulate
from corridor_sim.measures.rows import Group, Key, Tally
from corridor_sim.model import Model

COST = Quantity(measure="cost_usd_per_feu")
MORE = Quantity(measure="throughput_teu")
TRIALS = 400
SYSTEMS, REPLICATIONS = 5, 15


@lru_cache(maxsize=1)
def model() -> tuple[Case, Model]:
    (run,) = simulate([small()], replace(OPTIONS, replications=(0,)))
    return run.case, run.model


def made_up(values: npt.NDArray[np.float64]) -> list[Run]:
    """Runs `[systems, replications]` whose replications have these costs, and throughputs."""
    case, compiled = model()
    group = Group("all", "westbound", "all")
    cost, more = Key(group, COST.measure, "USD/FEU"), Key(group, MORE.measure, "TEU/yr")
    options = replace(OPTIONS, replications=tuple(range(values.shape[1])))
    return [
        Run(
            replace(case, name=f"s{i}"), compiled, options,
            [Tally(r, ratios={cost: (x, 1.0), more: (x, 1.0)}) for r, x in enumerate(own)],
        )
        for i, own in enumerate(values)
    ]  # fmt: skip


def correlated(rng: np.random.Generator, means: Sequence[float]) -> npt.NDArray[np.float64]:
    """Normal values on common luck: correlation 0.8, other spreads in each system."""
    common = rng.normal(0, 2, REPLICATIONS)
    own = rng.normal(0, 1, (len(means), REPLICATIONS)) * np.linspace(0.5, 1.5, len(means))[:, None]
    return np.asarray(means)[:, None] + common + own + 50


def test_intervals_are_paired_and_share_the_error_by_hand() -> None:
    values = correlated(np.random.default_rng(1), [0, 1, 2])
    found = many.simultaneous(made_up(values), [COST, MORE])
    assert [(one.scenario, one.quantity) for one in found] == [
        ("s1", "cost_usd_per_feu"), ("s1", "throughput_teu"),
        ("s2", "cost_usd_per_feu"), ("s2", "throughput_teu"),
    ]  # fmt: skip
    for one, system in zip(found, (1, 1, 2, 2), strict=True):
        diff = values[system] - values[0]
        half = stats.t.ppf(1 - 0.025 / 4, REPLICATIONS - 1) * stats.sem(diff)
        assert one.level == pytest.approx(1 - 0.05 / 4)
        assert one.diff == pytest.approx(diff.mean())
        assert one.diff_ci_low == pytest.approx(diff.mean() - half)
        assert one.diff_ci_high == pytest.approx(diff.mean() + half)


@pytest.mark.slow
def test_all_intervals_hold_at_once_as_often_as_they_say() -> None:
    rng = np.random.default_rng(2)
    means = [0.0, 0.5, 1.0, 0.0, -1.0]
    together = alone = 0
    for _ in range(TRIALS):
        runs = made_up(correlated(rng, means))
        both = [
            many.simultaneous(runs, [COST]),
            [many.simultaneous([runs[0], run], [COST])[0] for run in runs[1:]],
        ]
        hold = [
            all(
                (one.diff_ci_low or -99) <= truth <= (one.diff_ci_high or 99)
                for one, truth in zip(given, means[1:], strict=True)
            )
            for given in both
        ]
        together, alone = together + hold[0], alone + hold[1]
    three_errors = 3 * np.sqrt(0.05 * 0.95 / TRIALS)
    assert together / TRIALS > 0.95 - three_errors
    assert alone / TRIALS < 0.95 - three_errors, "without the correction they do not hold at once"


def test_who_may_be_the_best_by_hand() -> None:
    values = correlated(np.random.default_rng(4), [0, 0.2, 3, 0.1])
    limit = stats.t.ppf(1 - 0.05 / 3, REPLICATIONS - 1)
    for asked, sign in ((COST, 1), (MORE, -1)):
        by_hand = [
            all(
                sign * (own - other).mean() <= limit * stats.sem(own - other)
                for j, other in enumerate(values)
                if i != j
            )
            for i, own in enumerate(values)
        ]
        assert many.may_be_best(made_up(values), asked) == by_hand
        assert 0 < sum(by_hand) < 4


@pytest.mark.slow
@pytest.mark.parametrize("means", [[0.0] * SYSTEMS, [0.0, 0.3, 0.3, 1.0, 5.0]])
def test_the_subset_holds_the_best_as_often_as_it_says(means: list[float]) -> None:
    rng = np.random.default_rng(5)
    held, sizes = 0, 0
    for _ in range(TRIALS):
        kept = many.may_be_best(made_up(correlated(rng, means)), COST)
        held, sizes = held + kept[0], sizes + sum(kept)
    assert held / TRIALS > 0.95 - 3 * np.sqrt(0.05 * 0.95 / TRIALS)
    if means[-1] > 0:
        assert sizes / TRIALS < 4, "what is far worse is left out"


def test_the_probability_of_being_the_best_by_hand() -> None:
    values = correlated(np.random.default_rng(6), [0, 0.15])
    diff = values[1] - values[0]
    spread = diff.std(ddof=0) / np.sqrt(REPLICATIONS)
    first, second = many.probability_best(made_up(values), COST)
    assert first == pytest.approx(stats.norm.cdf(diff.mean() / spread), abs=0.04)
    assert first + second == pytest.approx(1)
    higher, _ = many.probability_best(made_up(values), MORE)
    assert higher == pytest.approx(second)
    assert list(many.probability_best(made_up(values[[0, 0]]), COST)) == [0.5, 0.5]


@pytest.mark.slow
def test_a_probability_comes_true_as_often_as_it_says() -> None:
    """Differences of either sign: of those called best with 80 to 95 %, as many are."""
    rng = np.random.default_rng(7)
    said, true = [], []
    for _ in range(TRIALS):
        shift = rng.normal(0, 0.6)
        first, _ = many.probability_best(made_up(correlated(rng, [0.0, shift])), COST)
        chance, right = (first, shift > 0) if first > 0.5 else (1 - first, shift < 0)
        if 0.8 < chance < 0.95:
            said.append(chance)
            true.append(right)
    error = np.sqrt(0.88 * 0.12 / len(said))
    assert abs(np.mean(true) - np.mean(said)) < 3 * error + 0.03


def test_a_bootstrap_sample_of_everything_is_the_estimate(monkeypatch: pytest.MonkeyPatch) -> None:
    (run,) = simulate([small()], OPTIONS)
    monkeypatch.setattr(many, "_weights", lambda r: np.ones((1, r)))
    for measure in (*SPREADS, "throughput_teu", "on_time"):
        (value,) = many.drawn(run, Quantity(measure=measure))
        row = estimated(run, Quantity(measure=measure))
        assert value == pytest.approx(row.estimate.estimate, nan_ok=True)


def test_what_falls_among_the_unfinished_is_beaten_and_stays_in_the_subset() -> None:
    runs = simulate([small(), small("late", hours=14)], OPTIONS)
    p90 = Quantity(measure="transit_p90")
    assert list(many.probability_best(runs, p90)) == [1.0, 0.0]
    assert many.may_be_best(runs, p90) == [True, True]


def test_what_is_neither_better_high_nor_low_is_refused() -> None:
    with pytest.raises(UsageError, match="neither better high nor low"):
        many.quantities(["gate/utilisation"], small().scenario)


@pytest.mark.parametrize(
    ("other", "what"),
    [
        (small("o", span={"measure_d": 10}), "look at different periods"),
        (small("o", span={"start": "2024-02-01"}), "look at different periods"),
        (small("o", promise_d=10), "promise different transit times"),
    ],
)
def test_runs_that_do_not_mean_the_same_are_not_compared(other: Case, what: str) -> None:
    runs = simulate([small(), other], replace(OPTIONS, replications=(0, 1)))
    for refuses in (compare, lambda r: many.simultaneous(r, [COST])):
        with pytest.raises(UsageError, match=what):
            refuses(runs)


def test_the_same_days_of_other_years_are_compared() -> None:
    """A leap day more or less does not make it another season."""
    leap = small("leap", span={"start": "2024-01-01", "measure_d": 366})
    plain = small("plain", span={"start": "2030-01-01", "measure_d": 365})
    short = small("short", span={"start": "2030-01-01", "measure_d": 366})
    check_alike(leap, plain)
    with pytest.raises(UsageError, match="look at different periods"):
        check_alike(leap, short)


def test_prices_of_another_year_are_not_compared() -> None:
    """Times are; the difference of what is in USD would be inflation as much as anything."""
    runs = simulate([small(), small("o", price_year=2020)], replace(OPTIONS, replications=(0, 1)))
    assert caveats(*runs) == [
        "small has prices of no stated year, o of 2020: no differences in USD"
    ]
    with pytest.raises(UsageError, match="prices of different years"):
        many.simultaneous(runs, [COST])
    rows = compare(runs).rows()
    priced = [row for row in rows if row.unit.startswith("USD")]
    assert priced
    assert all(row.difference is None and row.baseline is None for row in priced)
    assert any(row.difference for row in rows if row.measure == "transit_mean")
    same = compare(simulate(two(), replace(OPTIONS, replications=(0, 1)))).rows()
    assert all(row.difference for row in same if row.measure == "cost_usd_per_feu")


def test_runs_of_other_versions_of_the_language_are_not_compared() -> None:
    one, other = simulate(two(), replace(OPTIONS, replications=(0, 1)))
    newer = other.case.scenario.model_copy(update={"schema_version": 2})
    with pytest.raises(UsageError, match="different versions of the language"):
        compare([one, replace(other, case=replace(other.case, scenario=newer))])
