"""Several scenarios on the same luck: differences that hold together, and which may be the best."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Final

import numpy as np
import pandas as pd

from corridor_sim.errors import UsageError
from corridor_sim.experiments.quantities import (
    ALL,
    SPREADS,
    Quantity,
    pooled_sample,
    quantity,
)
from corridor_sim.experiments.run import Run, compare, same_prices
from corridor_sim.intervals import FloatArray, resampled_ratio
from corridor_sim.measures.rows import Spread, counts_table
from corridor_sim.measures.table import MEASURES, ComparedRow, Durations, Sample, compared
from corridor_sim.scenario.schema import Scenario

HEADLINES: Final = ("transit_mean", "transit_p90", "on_time", "throughput_teu")
"""What is compared by default, over all routes and both directions."""
HIGHER: Final = frozenset(
    {"on_time", "throughput_teu", "carried_teu", "load_factor", "tfi4_swod", "tfi4_swd"}
)
"""Measures of which more is better; of others less is, or neither."""
NEITHER: Final = frozenset({"utilisation", "customers", "trains", "sailings", "released_teu"})
DRAWS: Final = 2000
"""Bootstrap samples: a probability repeats to 1.1 points at worst."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Together:
    """A difference from the baseline, whose interval holds together with all the others.

    `level`: of this interval alone, so that all hold at once at the level asked. None where a side
    is undefined or falls among the unfinished.
    """

    scenario: str
    baseline: str
    quantity: str
    unit: str
    diff: float | None
    diff_ci_low: float | None
    diff_ci_high: float | None
    level: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How a scenario stands among all on a quantity.

    `probability`: that its estimate is the best when the replications are drawn again. `may_be`:
    whether it belongs to the subset that holds the best at the level asked.
    """

    scenario: str
    quantity: str
    unit: str
    estimate: float | None
    better: str
    probability: float
    may_be: bool


def quantities(texts: Sequence[str], scenario: Scenario) -> list[Quantity]:
    """Quantities as they are written, by default the headlines, that are better high or low.

    Raises
    ------
    UsageError
        As `quantities.quantity`; or where one is neither.
    """
    found = [quantity(text, scenario) for text in texts or HEADLINES]
    for one in found:
        _sign(one)
    return found


def simultaneous(runs: Sequence[Run], asked: Sequence[Quantity]) -> list[Together]:
    """Paired differences of runs from the first, all intervals right at once.

    Each has the level 1 - a / m, a = 1 - `options.level`, m = scenarios (the baseline not counted)
    x quantities: Bonferroni's inequality, which asks nothing of how they depend on each other.

    Raises
    ------
    UsageError
        As `run.compare`, or where a quantity is not in one of them.
    """
    compare(runs)
    base, *others = runs
    level = 1 - (1 - base.options.level) / (len(others) * len(asked))
    return [_together(run, base, one, level) for run in others for one in asked]


def standings(runs: Sequence[Run], asked: Sequence[Quantity]) -> list[Standing]:
    """Which of the runs may be the best on each quantity, the baseline among them.

    Raises
    ------
    UsageError
        As `run.compare`; where a quantity is not in one of them, or is neither better high nor low.
    """
    compare(runs)
    found = []
    for one in asked:
        chances, kept = probability_best(runs, one), may_be_best(runs, one)
        better = "higher" if _sign(one) < 0 else "lower"
        for run, chance, may_be in zip(runs, chances, kept, strict=True):
            row = _row(run, run, one, run.options.level)
            found.append(
                Standing(
                    scenario=run.case.name, quantity=str(one), unit=row.unit,
                    estimate=row.estimate.estimate, better=better, probability=float(chance),
                    may_be=may_be,
                )
            )  # fmt: skip
    return found


def probability_best(runs: Sequence[Run], asked: Quantity) -> FloatArray:
    """Share of 2000 bootstrap samples of whole replications, `[runs]`, in which each is the best.

    The same replications are drawn in every run, so the pairing is kept; equals share a sample.
    What falls among the unfinished is beaten by all that does not. With few replications it is too
    sure of itself: the spread of a bootstrap sample is sqrt(1 - 1 / R) of the true one. Davison &
    Hinkley (1997), Bootstrap Methods and their Application, ch. 2.

    Raises
    ------
    UsageError
        Where the quantity is not in one of them, or is neither better high nor low.
    """
    sign = _sign(asked)
    values = np.array([sign * drawn(run, asked) for run in runs])
    values = np.where(np.isnan(values), np.inf, values)
    best = values == values.min(axis=0)
    return np.asarray((best / best.sum(axis=0)).mean(axis=1), np.float64)


def may_be_best(runs: Sequence[Run], asked: Quantity) -> list[bool]:
    """Whether each run belongs to a subset that holds the best with the probability asked.

    A run is left out where another is better by more than chance explains: the paired difference is
    worse than zero on one side at 1 - a / (k - 1), k runs. The screening step of Nelson, Swann,
    Goldsman & Song (2001), Operations Research 49(6), 950-963, doi:10.1287/opre.49.6.950.10019,
    with paired differences, as common luck needs, and no zone of indifference. A run that cannot be
    compared (it falls among the unfinished) stays.

    Raises
    ------
    UsageError
        As `probability_best`.
    """
    sign = _sign(asked)
    alpha = (1 - runs[0].options.level) / max(1, len(runs) - 1)
    level = 1 - 2 * alpha  # one-sided
    kept = []
    for run in runs:
        others = [_row(run, other, asked, level) for other in runs if other is not run]
        kept.append(not any(_is_worse(row, sign) for row in others))
    return kept


def drawn(run: Run, asked: Quantity) -> FloatArray:
    """A quantity in bootstrap samples of its replications, `[2000]`, in the unit of its row.

    inf: among the unfinished; nan: no cohort. The replications drawn depend on their number alone.
    """
    sample = pooled_sample(run, asked)
    weights = _weights(len(run.tallies))
    if asked.measure in SPREADS:
        return _drawn_spread(sample, asked.measure, weights)
    pairs = np.array([_pair(sample, i, asked.measure) for i in range(len(sample.tallies))])
    above, below = (weights @ pairs).T
    return resampled_ratio(above, below).per_replication


def frame(records: Sequence[Together] | Sequence[Standing]) -> pd.DataFrame:
    """Records as a table."""
    return pd.DataFrame([{name: getattr(r, name) for name in r.__slots__} for r in records])


def _drawn_spread(sample: Sample, measure: str, weights: FloatArray) -> FloatArray:
    of = "train_transit" if measure.startswith("train_") else "transit"
    how = next(m for m in MEASURES if measure == f"{of}_{m.name}")
    empty = Spread(np.zeros(1, np.int64), 0, 0.0, 0.0)
    spreads = [tally.spreads.get((ALL, of), empty) for tally in sample.tallies]
    counts, unfinished = counts_table(spreads)
    sums = np.array([(s.total_h, s.squares_h) for s in spreads])
    times = weights.astype(np.int64)
    found = [
        Spread(row, int(left), float(total), float(squares))
        for row, left, (total, squares) in zip(
            times @ counts, times @ unfinished, weights @ sums, strict=True
        )
    ]
    return how.resampled(Durations(found)).per_replication / how.scale


def _pair(sample: Sample, replication: int, measure: str) -> tuple[float, float]:
    ratios = sample.tallies[replication].ratios
    return next((pair for key, pair in ratios.items() if key.measure == measure), (0.0, 0.0))


@lru_cache(maxsize=4)
def _weights(r: int) -> FloatArray:
    """How often each of r replications is drawn, `[2000, r]`."""
    rng = np.random.Generator(np.random.Philox(key=r))
    weights = rng.multinomial(r, np.full(r, 1 / r), size=DRAWS).astype(np.float64)
    weights.flags.writeable = False
    return weights


def _together(run: Run, base: Run, asked: Quantity, level: float) -> Together:
    row = _row(run, base, asked, level)
    given = row.difference
    return Together(
        scenario=run.case.name, baseline=base.case.name, quantity=str(asked), unit=row.unit,
        diff=given.diff if given else None, level=level,
        diff_ci_low=given.diff_ci_low if given else None,
        diff_ci_high=given.diff_ci_high if given else None,
    )  # fmt: skip


def _row(run: Run, other: Run, asked: Quantity, level: float) -> ComparedRow:
    """The row of a quantity, with the difference from another run at a level.

    Raises
    ------
    UsageError
        Where the run does not have it, or it is in USD of different years.
    """
    mine, its = (replace(pooled_sample(each, asked), level=level) for each in (run, other))
    for row in compared(mine, its):
        if row.measure == asked.measure:
            if row.unit.startswith("USD") and not same_prices(run, other):
                names = f"{run.case.name} and {other.case.name}"
                raise UsageError(f"{asked}: {names} have prices of different years")
            return row
    raise UsageError(f"{run.case.name} has no {asked}")


def _is_worse(row: ComparedRow, sign: int) -> bool:
    """Whether a run is told to be worse: its difference lies above zero, in units of worse."""
    given = row.difference
    if given is None or given.diff_ci_low is None or given.diff_ci_high is None:
        return False
    return (given.diff_ci_low if sign > 0 else -given.diff_ci_high) > 0


def _sign(asked: Quantity) -> int:
    """1 where less is better, -1 where more is."""
    if asked.measure in NEITHER:
        raise UsageError(f"{asked.measure} is neither better high nor low; name another measure")
    return -1 if asked.measure in HIGHER else 1
