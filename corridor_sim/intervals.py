"""From sums and counts per replication to estimates with intervals: the one place where it is done.

Cargo that shares a train shares its delay, so consignments are not independent; replications are.
Every interval here is therefore built from whole replications:

- what is smooth in its sums (means, shares, totals, standard deviations): delete-one jackknife and
  Student's t with R - 1 degrees of freedom. Efron & Tibshirani (1993), An Introduction to the
  Bootstrap, ch. 11.
- a quantile: the interval of the share of cargo below it, by that jackknife, read back through the
  pooled distribution. Woodruff (1952), doi:10.1080/01621459.1952.10483443. An end that would lie
  outside the data is open. The delete-one jackknife of the quantile itself is inconsistent: Shao &
  Wu (1989), doi:10.1214/aos/1176347263.
- a distance or a difference between quantiles: bootstrap of whole replications, the same ones on
  both sides, standard error times Student's t. Davison & Hinkley (1997), Bootstrap Methods, 3.8.

`benchmarks/coverage.py` measures what these intervals cover.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from corridor_sim.cohort import Cohort

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]
Ends = tuple[float | None, float | None]


@dataclass(frozen=True, slots=True)
class Estimate:
    """One number with its interval, and its spread between replications; None where undefined.

    n: replications. estimate: from all replications together. ci_low, ci_high: None where the end
    is open or n < 2. sd, rep_p10, rep_p50, rep_p90: of the values of single replications, those
    without a cohort left out. beyond: set if the estimate falls among the unfinished (estimate is
    then None): it is longer than this.
    """

    n: int
    estimate: float | None
    sd: float | None
    ci_low: float | None
    ci_high: float | None
    rep_p10: float | None
    rep_p50: float | None
    rep_p90: float | None
    beyond: float | None = None


@dataclass(frozen=True, slots=True)
class Difference:
    """Scenario minus baseline on the same n replications; diff_pct is in per cent of the baseline.

    None where a side is undefined or falls among the unfinished, or where n < 2 (the interval).
    """

    n: int
    diff: float | None
    diff_ci_low: float | None
    diff_ci_high: float | None
    diff_pct: float | None


@dataclass(frozen=True, slots=True, eq=False)
class Resampled:
    """A value and the same value on resamples of the replications: what a comparison needs.

    value: from all replications; nan: no cohort; inf: among the unfinished, longer than `beyond`.
    resamples: float64[K], the replications deleted or drawn depending on R alone.
    inflation: the variance of value is inflation x the mean squared deviation of resamples.
    per_replication: float64[R].
    """

    value: float
    resamples: FloatArray
    inflation: float
    per_replication: FloatArray
    beyond: float | None = None


def ratio(numerator: FloatArray, denominator: FloatArray, *, level: float = 0.95) -> Estimate:
    """Ratio of sums over replications: mean, share, or total a year (denominator: years).

    numerator, denominator: float64[R]. ValueError: shapes differ, not finite, denominator < 0.
    """
    return summary(resampled_ratio(numerator, denominator), level=level)


def standard_deviation(
    n: FloatArray, total: FloatArray, squares: FloatArray, *, level: float = 0.95
) -> Estimate:
    """Standard deviation (divisor n) of the pooled cohort.

    n, total, squares: float64[R], consignments, sum of x, sum of x^2 of each replication.
    """
    return summary(resampled_standard_deviation(n, total, squares), level=level)


def coefficient_of_variation(
    n: FloatArray, total: FloatArray, squares: FloatArray, *, level: float = 0.95
) -> Estimate:
    """Standard deviation / mean of the pooled cohort; arguments as `standard_deviation`."""
    return summary(resampled_coefficient_of_variation(n, total, squares), level=level)


def quantile(cohort: Cohort, *, q: float, level: float = 0.95) -> Estimate:
    """Quantile, in hours, of the cohort pooled over replications; the unfinished rank last.

    Linear inside an hour. ValueError: q or level not in (0, 1).
    """
    _check_share(q, name="q")
    _check_share(level, name="level")
    value = cohort.quantile(q)
    beyond = cohort.longest() if math.isinf(value) else None
    ends = _woodruff(cohort, at=min(value, cohort.last), q=q, level=level)
    return _estimate(value, ends, per_replication=cohort.quantiles(q), beyond=beyond)


def quantile_range(
    cohort: Cohort, *, low: float = 0.5, high: float = 0.9, level: float = 0.95
) -> Estimate:
    """Distance of two quantiles (P90 - P50) of the pooled cohort, hours; as `quantile`."""
    return summary(resampled_quantile_range(cohort, low=low, high=high), level=level)


def difference(scenario: Resampled, baseline: Resampled, *, level: float = 0.95) -> Difference:
    """Scenario minus baseline: both must be the same functional on the same replications.

    ValueError: numbers of replications differ, or level not in (0, 1).
    """
    _check_share(level, name="level")
    n = scenario.per_replication.size
    if n != baseline.per_replication.size or scenario.resamples.size != baseline.resamples.size:
        sizes = f"the scenario has {n}, the baseline {baseline.per_replication.size}"
        raise ValueError(f"a comparison needs the same replications on both sides: {sizes}")
    if not (math.isfinite(scenario.value) and math.isfinite(baseline.value)):
        return Difference(n, None, None, None, None)
    diff = scenario.value - baseline.value
    with np.errstate(invalid="ignore"):  # inf - inf: unfinished on both sides, an open interval
        resamples = scenario.resamples - baseline.resamples
    half = _half_width(resamples, inflation=scenario.inflation, n=n, level=level)
    low, high = (None, None) if half is None else (diff - half, diff + half)
    percent = 100.0 * diff / baseline.value if baseline.value != 0 else None
    return Difference(n, diff, low, high, percent)


def resampled_ratio(numerator: FloatArray, denominator: FloatArray) -> Resampled:
    """The resamples of `ratio`."""
    return _jackknife(_divide, numerator=numerator, denominator=denominator)


def resampled_standard_deviation(
    n: FloatArray, total: FloatArray, squares: FloatArray
) -> Resampled:
    """The resamples of `standard_deviation`."""
    return _jackknife(_deviation, denominator=n, total=total, squares=squares)


def resampled_coefficient_of_variation(
    n: FloatArray, total: FloatArray, squares: FloatArray
) -> Resampled:
    """The resamples of `coefficient_of_variation`."""
    return _jackknife(_variation, denominator=n, total=total, squares=squares)


def resampled_cost(
    amount: FloatArray, denominator: FloatArray, *, weight: FloatArray, n: FloatArray,
    total: FloatArray, squares: FloatArray,
) -> Resampled:  # fmt: skip
    """The resamples of (sum of `amount` + over P parts weight x standard deviation) / denominator.

    amount, denominator: float64[R]. The others float64[P, R]; n, total, squares as of
    `standard_deviation`, pooled part by part. A part of which nothing is known adds nothing.
    """
    given = {"n": n, "total": total, "squares": squares, "weight": weight}
    return _jackknife(_cost, amount=amount, denominator=denominator, **given)


def _cost(
    amount: FloatArray, denominator: FloatArray, weight: FloatArray, n: FloatArray,
    total: FloatArray, squares: FloatArray,
) -> FloatArray:  # fmt: skip
    spread = np.nan_to_num(weight * _deviation(n, total, squares))
    return _divide(amount + spread.sum(axis=0), denominator)


def resampled_quantile(cohort: Cohort, *, q: float) -> Resampled:
    """The resamples of `quantile`, for `difference`."""
    _check_share(q, name="q")
    found = cohort.quantile(q), cohort.resampled_quantiles(q), cohort.quantiles(q)
    return _bootstrapped(*found, beyond=cohort.longest())


def resampled_quantile_range(cohort: Cohort, *, low: float = 0.5, high: float = 0.9) -> Resampled:
    """The resamples of `quantile_range`. ValueError: also if low is not below high."""
    _check_share(low, name="low")
    _check_share(high, name="high")
    if low >= high:
        raise ValueError(f"low must be below high, not {low} and {high}")
    value = float(_distance(cohort.quantile(low), cohort.quantile(high)))
    resamples = _distance(cohort.resampled_quantiles(low), cohort.resampled_quantiles(high))
    each = _distance(cohort.quantiles(low), cohort.quantiles(high))
    beyond = max(cohort.longest() - cohort.quantile(low), 0.0)
    return _bootstrapped(value, resamples, each, beyond=beyond)


def _distance(near: FloatArray | float, far: FloatArray | float) -> FloatArray:
    return far - np.where(np.isinf(near), 0.0, near)


def _bootstrapped(
    value: float, resamples: FloatArray, each: FloatArray, *, beyond: float
) -> Resampled:
    return Resampled(
        value=value,
        resamples=resamples,
        inflation=each.size / max(each.size - 1.0, 1.0),
        per_replication=each,
        beyond=beyond if math.isinf(value) else None,
    )


def _woodruff(cohort: Cohort, *, at: float, q: float, level: float) -> Ends:
    """Where the share below, q give or take its half width, is reached; `at` is the estimate."""
    if math.isnan(at):
        return None, None
    share = resampled_ratio(cohort.below_at(at), cohort.size)
    half = _half_width(share.resamples, inflation=share.inflation, n=cohort.size.size, level=level)
    if half is None:
        return None, None
    low = cohort.quantile(q - half) if q > half else None
    high = cohort.quantile(q + half) if q + half <= 1 else math.inf
    if low is not None and math.isinf(low):
        low = cohort.longest()
    return low, None if math.isinf(high) else high


def _jackknife(functional: Callable[..., FloatArray], **sums: FloatArray) -> Resampled:
    """Leave out each replication in turn, the last axis; `functional` works on sums over it."""
    r = _check_sums(sums)
    everything = {name: numbers.sum(axis=-1, keepdims=True) for name, numbers in sums.items()}
    without = {name: everything[name] - numbers for name, numbers in sums.items()}
    return Resampled(
        value=float(functional(**everything)[0]),
        resamples=functional(**without),
        inflation=r - 1.0,
        per_replication=functional(**sums),
    )


def _divide(numerator: FloatArray, denominator: FloatArray) -> FloatArray:
    empty = np.full_like(denominator, np.nan, dtype=np.float64)
    return np.divide(numerator, denominator, out=empty, where=denominator > 0)


def _deviation(denominator: FloatArray, total: FloatArray, squares: FloatArray) -> FloatArray:
    mean = _divide(total, denominator)
    # rounding can leave a variance of zero just below it
    return np.sqrt(np.maximum(_divide(squares, denominator) - mean**2, 0.0))


def _variation(denominator: FloatArray, total: FloatArray, squares: FloatArray) -> FloatArray:
    return _divide(_deviation(denominator, total, squares), _divide(total, denominator))


def _half_width(resamples: FloatArray, *, inflation: float, n: int, level: float) -> float | None:
    """Student's t x standard error; None where it is not defined."""
    if n < 2 or not np.isfinite(resamples).all():
        return None
    variance = inflation * float(np.mean((resamples - resamples.mean()) ** 2))
    return _student(n - 1, level) * math.sqrt(variance)


@lru_cache
def _student(freedom: int, level: float) -> float:
    from scipy.special import stdtrit  # here, so that importing the module stays cheap

    return float(stdtrit(freedom, 0.5 + level / 2))


def summary(resampled: Resampled, *, level: float = 0.95) -> Estimate:
    """The estimate of what was resampled; its interval is the value give or take a half width."""
    _check_share(level, name="level")
    value, each = resampled.value, resampled.per_replication
    half = _half_width(resampled.resamples, inflation=resampled.inflation, n=each.size, level=level)
    closed = half is not None and math.isfinite(value)
    ends = (value - half, value + half) if half is not None and closed else (None, None)
    return _estimate(value, ends, per_replication=each, beyond=resampled.beyond)


def _estimate(
    value: float, ends: Ends, *, per_replication: FloatArray, beyond: float | None
) -> Estimate:
    each = np.sort(per_replication[~np.isnan(per_replication)])
    some = each.size >= 2 and bool(np.isfinite(each[-1]))
    return Estimate(
        n=per_replication.size,
        estimate=value if math.isfinite(value) else None,
        sd=float(each.std(ddof=1)) if some else None,
        ci_low=ends[0],
        ci_high=ends[1],
        rep_p10=_at_rank(each, 0.1),
        rep_p50=_at_rank(each, 0.5),
        rep_p90=_at_rank(each, 0.9),
        beyond=beyond,
    )


def _at_rank(ordered: FloatArray, q: float) -> float | None:
    """As numpy.quantile, but None if it falls among the infinite ones, and no warning."""
    if ordered.size == 0:
        return None
    place = q * (ordered.size - 1)
    near, far = ordered[math.floor(place)], ordered[math.ceil(place)]
    if math.isinf(far):
        return None
    return float(near + (place - math.floor(place)) * (far - near))


def _check_share(share: float, *, name: str) -> None:
    if not 0.0 < share < 1.0:
        raise ValueError(f"{name} must lie between 0 and 1, not {share}")


def _check_sums(sums: dict[str, FloatArray]) -> int:
    shapes = {name: numbers.shape for name, numbers in sums.items()}
    r = sums["denominator"].size
    if r < 1 or any(shape[-1:] != (r,) for shape in shapes.values()):
        raise ValueError(f"sums must be one number for each replication, not of shapes {shapes}")
    if not all(np.isfinite(numbers).all() for numbers in sums.values()):
        raise ValueError("sums must be finite")
    if sums["denominator"].min() < 0:
        raise ValueError(f"counts must not be negative: {sums['denominator'].min()}")
    return r
