"""How often the 95 % intervals of a P90 hold the truth, for cargo that shares its trains.

A made-up route: 8 trains a year with 50 boxes each. All boxes of a train share its delay (gamma),
each adds a little of its own. The scenario has the same luck scaled and shifted, plus some luck of
its own. The truth is read from a huge sample.

Run: python benchmarks/coverage.py [--trials 2000] [--trains 8] [--q 0.9]
"""

from __future__ import annotations

import argparse
import math
from collections.abc import Iterator
from time import perf_counter

import numpy as np
import numpy.typing as npt
from scipy.stats import t as student

from corridor_sim.cohort import Cohort
from corridor_sim.intervals import difference, quantile, resampled_quantile

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]
Ends = tuple[float | None, float | None]

BOXES, HOURS = 50, 1500
REPLICATIONS = (10, 20, 50, 100)
METHODS = ("intervals.py", "delete-one jackknife", "mean of yearly")


def hours_of_boxes(
    rng: np.random.Generator, *, trains: int, boxes: int
) -> tuple[FloatArray, FloatArray]:
    """Transit times, hours, [trains, boxes], of the baseline and of the scenario."""
    delay = rng.gamma(1.5, 64.0, (trains, 1))
    own_luck = rng.exponential(8.0, (trains, 1))
    box = rng.exponential(4.0, (trains, boxes))
    return 240.0 + delay + box, 264.0 + 0.8 * delay + own_luck + box


def hourly_counts(hours: FloatArray, *, replications: int) -> IntArray:
    """int64[replications, HOURS]."""
    bins = np.minimum(hours.reshape(replications, -1).astype(np.int64), HOURS - 1)
    rows = np.arange(replications)[:, None] * HOURS
    counts = np.bincount((bins + rows).ravel(), minlength=replications * HOURS)
    return counts.reshape(replications, HOURS)


def truth(*, q: float) -> tuple[float, float]:
    """The baseline's quantile and the difference, hours, from 4 million trains."""
    a, b = hours_of_boxes(np.random.default_rng(1), trains=4_000_000, boxes=1)
    baseline = float(np.quantile(a, q))
    return baseline, float(np.quantile(b, q)) - baseline


def around(values: FloatArray, *, centre: float, inflation: float) -> Ends:
    """Student's t interval; the variance is inflation x the mean squared deviation of values."""
    half = student.ppf(0.975, values.size - 1) * math.sqrt(inflation * values.var())
    return centre - half, centre + half


def delete_one(counts: IntArray, *, q: float) -> FloatArray:
    """The pooled quantile without each replication in turn."""
    without = counts.sum(axis=0) - counts
    return Cohort.of(without, np.zeros(len(counts), dtype=np.int64)).quantiles(q)


def intervals(a: IntArray, b: IntArray, *, q: float) -> Iterator[tuple[Ends, Ends]]:
    """The interval of the baseline's quantile and of the difference, by each of METHODS."""
    r, none = len(a), np.zeros(len(a), dtype=np.int64)
    cohorts = [Cohort.of(counts, none) for counts in (a, b)]
    single = quantile(cohorts[0], q=q)
    base, new = (resampled_quantile(cohort, q=q) for cohort in cohorts)
    paired = difference(new, base)
    yield (single.ci_low, single.ci_high), (paired.diff_ci_low, paired.diff_ci_high)
    one, other = delete_one(a, q=q), delete_one(b, q=q)
    yield (
        around(one, centre=base.value, inflation=r - 1),
        around(other - one, centre=new.value - base.value, inflation=r - 1),
    )
    one, other = base.per_replication, new.per_replication
    yield (
        around(one, centre=one.mean(), inflation=1 / (r - 1)),
        around(other - one, centre=(other - one).mean(), inflation=1 / (r - 1)),
    )


def judged(ends: Ends, *, true: float) -> tuple[bool, float]:
    """Whether the interval holds the truth, and its half width, hours; nan if an end is open."""
    low, high = ends
    holds = (low is None or low <= true) and (high is None or true <= high)
    return holds, math.nan if low is None or high is None else (high - low) / 2


def measured(
    r: int, *, trials: int, trains: int, q: float, true: tuple[float, float]
) -> FloatArray:
    """[trials, method, single or paired, (holds, half width)]."""
    rng = np.random.default_rng([2, r])
    rows = []
    for _ in range(trials):
        hours = hours_of_boxes(rng, trains=r * trains, boxes=BOXES)
        a, b = (hourly_counts(side, replications=r) for side in hours)
        rows.append(
            [
                [judged(ends, true=value) for ends, value in zip(pair, true, strict=True)]
                for pair in intervals(a, b, q=q)
            ]
        )
    return np.array(rows, dtype=np.float64)


def line(name: str, results: FloatArray) -> str:
    """Coverage with its binomial standard error, mean closed half width and open share."""
    text = f"  {name:22}"
    for holds, half in (results[:, side].T for side in (0, 1)):
        share, closed = holds.mean(), half[~np.isnan(half)]
        error = math.sqrt(share * (1 - share) / holds.size)
        width = closed.mean() if closed.size else math.nan
        open_share = 1 - closed.size / half.size
        text += f" {share:7.1%} +- {error:4.1%} {width:7.1f} h {open_share:6.1%}  "
    return text


def main() -> None:
    """Measure every number of replications and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--trials", type=int, default=2000)
    parser.add_argument("--trains", type=int, default=8, help="trains a year")
    parser.add_argument("--q", type=float, default=0.9)
    chosen = parser.parse_args()
    began = perf_counter()
    true = truth(q=chosen.q)
    print(f"P{100 * chosen.q:g}, {chosen.trains} trains a year of {BOXES} boxes")
    print(f"true: {true[0]:.1f} h, difference {true[1]:.1f} h; {chosen.trials} trials each")
    print(f"{'':24} single: coverage, half width, open   paired: the same")
    for r in REPLICATIONS:
        results = measured(r, trials=chosen.trials, trains=chosen.trains, q=chosen.q, true=true)
        print(f"R = {r}")
        for number, name in enumerate(METHODS):
            print(line(name, results[:, number]), flush=True)
    print(f"{perf_counter() - began:.0f} s")


if __name__ == "__main__":
    main()
