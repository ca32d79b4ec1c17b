"""Estimates and intervals against closed forms, numpy, and measured coverage."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.stats import t as student

from corridor_sim import intervals as iv
from corridor_sim.cohort import RESAMPLES, Cohort

NO_COHORT = iv.Estimate(5, None, None, None, None, None, None, None)
cohorts = arrays(np.int64, (4, 12), elements=st.integers(0, 6))
shares = st.floats(0.01, 0.99)


def clustered(seed: int, *, replications: int = 30) -> iv.IntArray:
    """Hourly counts of 8 trains of 50 boxes a replication, all boxes of a train within 5 hours."""
    rng = np.random.default_rng(seed)
    hours = rng.gamma(2.0, 40.0, (replications, 8, 1)) + rng.uniform(0, 5, (replications, 8, 50))
    return counted(hours.reshape(replications, -1))


def counted(hours: iv.FloatArray, *, bins: int = 800) -> iv.IntArray:
    return np.stack([np.bincount(row.astype(np.int64), minlength=bins)[:bins] for row in hours])


# means and ratios


def test_the_interval_of_a_mean_is_the_classical_t_interval() -> None:
    x = np.random.default_rng(1).gamma(2.0, 5.0, 17)
    got = iv.ratio(x, np.ones(17), level=0.9)
    low, high = student.interval(0.9, 16, loc=x.mean(), scale=x.std(ddof=1) / math.sqrt(17))
    assert (got.estimate, got.ci_low, got.ci_high) == pytest.approx((x.mean(), low, high))
    assert got.n == 17
    assert got.sd == pytest.approx(x.std(ddof=1))
    quantiles = np.quantile(x, [0.1, 0.5, 0.9])
    assert [got.rep_p10, got.rep_p50, got.rep_p90] == pytest.approx(list(quantiles))


def test_a_ratio_weighs_replications_by_their_size() -> None:
    got = iv.ratio(np.array([10.0, 0.0, 2.0]), np.array([1.0, 0.0, 5.0]))
    assert got.estimate == 2.0
    assert got.sd == pytest.approx(np.std([10.0, 0.4], ddof=1))


def test_the_interval_of_a_ratio_agrees_with_the_delta_method() -> None:
    rng = np.random.default_rng(2)
    size = rng.poisson(400, 200).astype(float)
    total = size * rng.normal(30, 3, 200)
    got = iv.ratio(total, size)
    mean = total.sum() / size.sum()
    error = math.sqrt(np.sum((total - mean * size) ** 2) * 200 / 199) / size.sum()
    assert got.ci_low is not None
    # two estimates of one standard error, which differ by terms of order 1 / R
    assert mean - got.ci_low == pytest.approx(student.ppf(0.975, 199) * error, rel=0.01)


def test_standard_deviation_and_variation_are_those_of_the_pooled_cohort() -> None:
    x = np.random.default_rng(3).gamma(3.0, 20.0, (12, 100))
    sums = (np.full(12, 100.0), x.sum(axis=1), (x**2).sum(axis=1))
    deviation, variation = iv.standard_deviation(*sums), iv.coefficient_of_variation(*sums)
    assert deviation.estimate == pytest.approx(x.std())
    assert variation.estimate == pytest.approx(x.std() / x.mean())
    assert deviation.ci_low is not None
    # kurtosis of this gamma law: 3 + 6 / 3; at R = 12, 3 standard errors are 60 %
    theory = x.std() * math.sqrt((3 + 6 / 3 - 1) / (4 * 1200)) * student.ppf(0.975, 11)
    assert x.std() - deviation.ci_low == pytest.approx(theory, rel=0.6)


def covered(*, clusters: bool) -> float:
    """Share of 4000 intervals of a mean that hold it; a replication's 10 values share much luck."""
    rng = np.random.default_rng(4)
    hits = 0
    for _ in range(4000):
        x = rng.normal(size=(8, 1)) + rng.normal(size=(8, 10))
        totals, sizes = (x.sum(axis=1), np.full(8, 10.0)) if clusters else (x.ravel(), np.ones(80))
        got = iv.ratio(totals, sizes)
        assert got.ci_low is not None
        assert got.ci_high is not None
        hits += got.ci_low <= 0 <= got.ci_high
    return hits / 4000


BINOMIAL_ERROR = math.sqrt(0.95 * 0.05 / 4000)


def test_the_95_percent_interval_of_a_mean_covers_95_percent() -> None:
    assert covered(clusters=True) == pytest.approx(0.95, abs=4 * BINOMIAL_ERROR)


def test_control_an_interval_that_ignores_clusters_fails_the_coverage_check() -> None:
    assert covered(clusters=False) < 0.95 - 40 * BINOMIAL_ERROR


# quantiles


@pytest.mark.parametrize("q", [0.07, 0.1, 0.5, 0.9, 0.99])
def test_a_quantile_is_in_the_hour_of_the_consignment_of_that_rank(q: float) -> None:
    hours = np.random.default_rng(5).gamma(2.0, 60.0, (6, 150))
    got = iv.quantile(Cohort.of(counted(hours), np.zeros(6, dtype=np.int64)), q=q)
    exact = np.quantile(hours, q, method="inverted_cdf")
    assert got.estimate is not None
    assert math.floor(exact) <= got.estimate <= math.floor(exact) + 1


def test_a_quantile_is_linear_inside_its_hour() -> None:
    counts, none = np.array([[0, 4, 0, 4]]), np.array([0])
    found = [iv.quantile(Cohort.of(counts, none), q=q).estimate for q in (0.125, 0.25, 0.5, 0.75)]
    assert found == [1.25, 1.5, 2.0, 3.5]


def holds(low: float | None, true: float, high: float | None) -> bool:
    return (low is None or low <= true) and (high is None or true <= high)


def test_quantile_intervals_of_clustered_cargo_cover_and_binomial_ones_do_not() -> None:
    rng = np.random.default_rng(6)
    true = float(np.quantile(rng.gamma(2.0, 40.0, 10**6) + rng.uniform(0, 5, 10**6), 0.9))
    ours, control, none = 0, 0, np.zeros(30, dtype=np.int64)
    for seed in range(400):
        counts = clustered(seed)
        got = iv.quantile(Cohort.of(counts, none), q=0.9)
        ours += holds(got.ci_low, true, got.ci_high)
        half = 1.96 * math.sqrt(0.09 / counts.sum())
        low, high = (
            iv.quantile(Cohort.of(counts, none), q=0.9 + z).estimate for z in (-half, half)
        )
        control += holds(low, true, high)
    error = math.sqrt(0.95 * 0.05 / 400)
    assert ours / 400 == pytest.approx(0.95, abs=3 * error)
    assert control / 400 < 0.95 - 20 * error


def test_an_end_that_the_data_cannot_show_is_open() -> None:
    one_long = np.zeros((5, 40), dtype=np.int64)
    one_long[np.arange(5), [3, 4, 5, 6, 39]] = 50
    got = iv.quantile(Cohort.of(one_long, np.zeros(5, dtype=np.int64)), q=0.9)
    assert got.estimate is not None
    assert got.ci_low is not None
    assert got.ci_high is None


@given(cohorts, arrays(np.int64, 4, elements=st.integers(0, 5)), shares, st.permutations(range(4)))
def test_the_order_of_replications_does_not_matter(
    counts: iv.IntArray, unfinished: iv.IntArray, q: float, order: list[int]
) -> None:
    one = iv.quantile(Cohort.of(counts, unfinished), q=q)
    other = iv.quantile(Cohort.of(counts[order], unfinished[order]), q=q)
    assert (one.estimate, one.beyond, one.rep_p50) == (other.estimate, other.beyond, other.rep_p50)
    ends = [np.array([e.ci_low, e.ci_high], dtype=float) for e in (one, other)]
    np.testing.assert_allclose(ends[0], ends[1], rtol=1e-9, atol=1e-5)


@given(cohorts, shares, st.integers(0, 9))
def test_later_arrival_by_whole_hours_shifts_a_quantile_by_as_much(
    counts: iv.IntArray, q: float, hours: int
) -> None:
    none = np.zeros(4, dtype=np.int64)
    later = np.pad(counts, ((0, 0), (hours, 0)))
    one, other = iv.quantile(Cohort.of(counts, none), q=q), iv.quantile(Cohort.of(later, none), q=q)
    for before, after in ((one.estimate, other.estimate), (one.ci_high, other.ci_high)):
        assert (before is None) == (after is None)
        if before is not None:
            assert after == pytest.approx(before + hours)


@given(cohorts, arrays(np.int64, 4, elements=st.integers(0, 9)), shares)
def test_unfinished_cargo_never_lowers_a_quantile(
    counts: iv.IntArray, unfinished: iv.IntArray, q: float
) -> None:
    before = iv.quantile(Cohort.of(counts, np.zeros(4, dtype=np.int64)), q=q).estimate
    after = iv.quantile(Cohort.of(counts, unfinished), q=q).estimate
    if before is not None and after is not None:
        assert after >= before


# quantiles among the unfinished, and too little cargo


def test_a_quantile_among_the_unfinished_is_beyond_the_longest_finished() -> None:
    counts = np.zeros((4, 100), dtype=np.int64)
    counts[:, 10], counts[:, 60] = 70, 10
    got = iv.quantile(Cohort.of(counts, np.full(4, 20)), q=0.9)
    assert (got.estimate, got.beyond, got.ci_low, got.ci_high) == (None, 60.0, 60.0, None)
    assert (got.rep_p50, got.sd) == (None, None)
    assert iv.quantile(Cohort.of(counts, np.full(4, 20)), q=0.7).estimate == 11.0
    spread = iv.quantile_range(Cohort.of(counts, np.full(4, 20)))
    assert spread.estimate is None
    assert spread.beyond == pytest.approx(60 - (10 + 50 / 70))


def test_an_upper_end_among_the_unfinished_is_open_and_the_lower_end_stays() -> None:
    counts, unfinished = clustered(1, replications=10), np.array([0, 0, 0, 0, 90] * 2)
    got = iv.quantile(Cohort.of(counts, unfinished), q=0.9)
    assert got.estimate is not None
    assert got.ci_low is not None
    assert got.ci_low < got.estimate
    assert got.ci_high is None
    side = iv.resampled_quantile(Cohort.of(counts, unfinished), q=0.9)
    finished = iv.resampled_quantile(Cohort.of(counts, np.zeros(10, dtype=np.int64)), q=0.9)
    found = iv.difference(side, finished)
    assert found.diff is not None
    assert (found.diff_ci_low, found.diff_ci_high) == (None, None)


def test_all_unfinished_is_beyond_zero() -> None:
    nobody = Cohort.of(np.zeros((3, 9), dtype=np.int64), np.array([4, 5, 6]))
    got = iv.quantile(nobody, q=0.5)
    assert (got.estimate, got.beyond) == (None, 0.0)
    side = iv.resampled_quantile(nobody, q=0.5)
    assert iv.difference(side, side) == iv.Difference(3, None, None, None, None)


def test_without_any_cohort_everything_is_undefined() -> None:
    none, zero = np.zeros(5, dtype=np.int64), np.zeros(5)
    assert iv.ratio(zero, zero) == NO_COHORT
    assert iv.coefficient_of_variation(zero, zero, zero) == NO_COHORT
    assert iv.quantile(Cohort.of(np.zeros((5, 9), dtype=np.int64), none), q=0.5) == NO_COHORT
    assert iv.quantile_range(Cohort.of(np.zeros((5, 9), dtype=np.int64), none)) == NO_COHORT


def test_one_replication_has_an_estimate_and_no_interval() -> None:
    single = clustered(2, replications=1), np.zeros(1, dtype=np.int64)
    for got in (
        iv.ratio(np.array([6.0]), np.array([3.0])),
        iv.quantile(Cohort.of(*single), q=0.9),
        iv.quantile_range(Cohort.of(*single)),
    ):
        assert got.estimate is not None
        assert got.rep_p50 == pytest.approx(got.estimate)
        assert (got.n, got.sd, got.ci_low, got.ci_high) == (1, None, None, None)


def test_a_cohort_in_one_replication_alone_has_no_interval() -> None:
    got = iv.ratio(np.array([0.0, 6.0, 0.0]), np.array([0.0, 3.0, 0.0]))
    assert (got.estimate, got.sd, got.ci_low, got.rep_p10) == (2.0, None, None, 2.0)


# comparisons


def sides(seed: int) -> list[iv.Resampled]:
    counts, none = clustered(seed), np.zeros(30, dtype=np.int64)
    x = np.random.default_rng(seed).gamma(2.0, 5.0, (30, 40))
    sums = (np.full(30, 40.0), x.sum(axis=1), (x**2).sum(axis=1))
    return [
        iv.resampled_ratio(sums[1], sums[0]),
        iv.resampled_standard_deviation(*sums),
        iv.resampled_coefficient_of_variation(*sums),
        iv.resampled_quantile(Cohort.of(counts, none), q=0.9),
        iv.resampled_quantile_range(Cohort.of(counts, none)),
    ]


def test_a_comparison_with_itself_is_exactly_zero() -> None:
    for one, again in zip(sides(8), sides(8), strict=True):
        assert iv.difference(one, again) == iv.Difference(30, 0.0, 0.0, 0.0, 0.0)


def test_control_a_comparison_with_other_luck_is_not_zero() -> None:
    for one, other in zip(sides(8), sides(9), strict=True):
        found = iv.difference(one, other)
        assert found.diff != 0
        assert found.diff_ci_low is not None
        assert found.diff_ci_high is not None
        assert found.diff_ci_low < found.diff_ci_high


def test_the_difference_of_means_is_the_paired_t_interval() -> None:
    rng = np.random.default_rng(10)
    a = rng.normal(50, 9, 14)
    b, ones = 0.9 * a + rng.normal(0, 1, 14), np.ones(14)
    found = iv.difference(iv.resampled_ratio(b, ones), iv.resampled_ratio(a, ones))
    d = b - a
    exact = student.interval(0.95, 13, loc=d.mean(), scale=d.std(ddof=1) / math.sqrt(14))
    assert (found.diff_ci_low, found.diff_ci_high) == pytest.approx(exact)
    assert found.diff_pct == pytest.approx(100 * d.mean() / a.mean())


def test_a_shift_by_whole_hours_is_a_certain_difference_of_quantiles() -> None:
    counts, none = clustered(11), np.zeros(30, dtype=np.int64)
    later = np.pad(counts, ((0, 0), (5, 0)))
    found = iv.difference(
        iv.resampled_quantile(Cohort.of(later, none), q=0.9),
        iv.resampled_quantile(Cohort.of(counts, none), q=0.9),
    )
    assert (found.diff, found.diff_ci_low, found.diff_ci_high) == pytest.approx((5, 5, 5))


def test_pairing_replications_narrows_a_difference_and_breaking_the_pairs_does_not() -> None:
    counts, none = clustered(12), np.zeros(30, dtype=np.int64)
    later = np.pad(counts, ((0, 0), (5, 0)))
    baseline = iv.resampled_quantile(Cohort.of(counts, none), q=0.9)
    broken = iv.difference(iv.resampled_quantile(Cohort.of(later[::-1], none), q=0.9), baseline)
    assert broken.diff == pytest.approx(5)
    assert broken.diff_ci_low is not None
    assert broken.diff_ci_low < 0


# what is refused


@pytest.mark.parametrize("level", [0.0, 1.0, 95.0, math.nan])
def test_a_level_outside_0_and_1_is_refused(level: float) -> None:
    ones, side = np.ones(3), iv.resampled_ratio(np.ones(3), np.ones(3))
    counts, none = np.ones((3, 4), dtype=np.int64), np.zeros(3, dtype=np.int64)
    for call in (
        lambda: iv.ratio(ones, ones, level=level),
        lambda: iv.quantile(Cohort.of(counts, none), q=0.5, level=level),
        lambda: iv.difference(side, side, level=level),
    ):
        with pytest.raises(ValueError, match="level must lie between 0 and 1"):
            call()


def test_impossible_sums_and_counts_are_refused() -> None:
    counts, none = np.ones((3, 4), dtype=np.int64), np.zeros(3, dtype=np.int64)
    with pytest.raises(ValueError, match="counts must not be negative"):
        iv.quantile(Cohort.of(counts - 2, none), q=0.5)
    with pytest.raises(ValueError, match="unfinished must not be negative"):
        iv.quantile(Cohort.of(counts, none - 1), q=0.5)
    with pytest.raises(ValueError, match="one number for each of 3 replications"):
        iv.quantile(Cohort.of(counts, none[:2]), q=0.5)
    with pytest.raises(ValueError, match=r"counts must be \[replications, hours\]"):
        iv.quantile(Cohort.of(none, none), q=0.5)
    with pytest.raises(ValueError, match="q must lie between 0 and 1"):
        iv.quantile(Cohort.of(counts, none), q=90)
    with pytest.raises(ValueError, match="low must be below high"):
        iv.quantile_range(Cohort.of(counts, none), low=0.9, high=0.5)
    with pytest.raises(ValueError, match="counts must not be negative"):
        iv.ratio(np.ones(3), -np.ones(3))
    with pytest.raises(ValueError, match="finite"):
        iv.ratio(np.array([1.0, math.nan]), np.ones(2))
    with pytest.raises(ValueError, match="one number for each replication"):
        iv.ratio(np.ones(2), np.ones(3))
    with pytest.raises(ValueError, match="same replications on both sides"):
        iv.difference(
            iv.resampled_ratio(np.ones(2), np.ones(2)), iv.resampled_ratio(np.ones(3), np.ones(3))
        )


@given(cohorts, arrays(np.int64, 4, elements=st.integers(0, 5)), shares)
def test_quantiles_of_resamples_are_those_of_the_drawn_replications_put_together(
    counts: iv.IntArray, unfinished: iv.IntArray, q: float
) -> None:
    drawn = np.random.Generator(np.random.Philox(key=4)).integers(4, size=(RESAMPLES, 4))
    found = Cohort.of(counts, unfinished).resampled_quantiles(q)
    for k in range(0, RESAMPLES, 37):
        own = Cohort.of(counts[drawn[k]], unfinished[drawn[k]])
        assert np.array_equal(found[k], own.quantile(q), equal_nan=True)
