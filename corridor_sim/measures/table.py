"""Tallies of replications -> tidy rows with intervals."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field

import numpy as np

from corridor_sim.intervals import (
    Difference,
    Estimate,
    Resampled,
    coefficient_of_variation,
    difference,
    quantile,
    quantile_range,
    ratio,
    resampled_coefficient_of_variation,
    resampled_quantile,
    resampled_quantile_range,
    resampled_ratio,
    resampled_standard_deviation,
    standard_deviation,
)
from corridor_sim.measures.rows import Group, Key, Spread, Tally, counts_table, merged_keys

DAY_H = 24.0
FEW_REPLICATIONS, FEW_VEHICLES = 10, 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A row of the table of measures; `estimate` is printed as `mean`, None where it is not
    reached.
    """

    scenario: str
    group: Group
    measure: str
    unit: str
    estimate: Estimate
    mark: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ComparedRow(Row):
    """A row with its difference from the baseline."""

    baseline: float | None = None
    difference: Difference | None = None


@dataclass(frozen=True, slots=True)
class Sample:
    """Tallies of a scenario, by number of replication, and the elements of it that are
    overloaded.
    """

    scenario: str
    tallies: Sequence[Tally]
    overloaded: frozenset[Group] = field(default_factory=frozenset)
    level: float = 0.95


@dataclass(frozen=True, slots=True)
class _Measure:
    """How a measure of durations is estimated, in hours, from a cohort's spreads."""

    name: str
    unit: str
    estimate: Callable[[_Cohort, float], Estimate]
    resampled: Callable[[_Cohort], Resampled]
    scale: float = DAY_H


class _Cohort:
    """The spreads of one group in all replications, as arrays."""

    def __init__(self, spreads: Sequence[Spread | None]) -> None:
        self.counts, self.unfinished = counts_table(spreads)
        given = [
            (s.size - s.unfinished, s.total_h, s.squares_h) if s else (0, 0.0, 0.0) for s in spreads
        ]
        self.n, self.total, self.squares = np.array(given, np.float64).T


def _quantile(name: str, q: float) -> _Measure:
    return _Measure(
        name,
        "d",
        lambda c, level: quantile(c.counts, c.unfinished, q=q, level=level),
        lambda c: resampled_quantile(c.counts, c.unfinished, q=q),
    )


MEASURES: tuple[_Measure, ...] = (
    _Measure(
        "mean",
        "d",
        lambda c, level: ratio(c.total, c.n, level=level),
        lambda c: resampled_ratio(c.total, c.n),
    ),
    _quantile("p10", 0.1),
    _quantile("p50", 0.5),
    _quantile("p90", 0.9),
    _Measure(
        "p90_p50",
        "d",
        lambda c, level: quantile_range(c.counts, c.unfinished, level=level),
        lambda c: resampled_quantile_range(c.counts, c.unfinished),
    ),
    _Measure(
        "sd",
        "d",
        lambda c, level: standard_deviation(c.n, c.total, c.squares, level=level),
        lambda c: resampled_standard_deviation(c.n, c.total, c.squares),
    ),
    _Measure(
        "cv",
        "1",
        lambda c, level: coefficient_of_variation(c.n, c.total, c.squares, level=level),
        lambda c: resampled_coefficient_of_variation(c.n, c.total, c.squares),
        scale=1.0,
    ),
)
"""Measures of durations; a mean, a spread and a variation are of the finished."""


def rows(sample: Sample) -> list[Row]:
    """All rows of a scenario; those of all routes first."""
    found = []
    for (group, of), cohort in _cohorts(sample).items():
        for measure in MEASURES:
            estimate = _scaled(measure.estimate(cohort, sample.level), 1 / measure.scale)
            found.append(_row(sample, group, f"{of}_{measure.name}", measure.unit, estimate))
    for key in merged_keys([tally.ratios for tally in sample.tallies]):
        estimate = ratio(*_sums(sample, key), level=sample.level)
        found.append(_row(sample, key.group, key.measure, key.unit, estimate))
    return sorted(found, key=lambda row: _order(row.group))


def compared(sample: Sample, baseline: Sample) -> list[ComparedRow]:
    """The rows of a scenario with paired differences from a baseline on the same luck.

    Rows that the baseline lacks have no difference.
    """
    known = {(row.group, row.measure): row for row in rows(baseline)}
    differences = _differences(sample, baseline)
    return [
        ComparedRow(
            scenario=row.scenario, group=row.group, measure=row.measure, unit=row.unit,
            estimate=row.estimate, mark=_joined(row.mark, known[at].mark if at in known else ""),
            baseline=known[at].estimate.estimate if at in known else None,
            difference=differences.get(at),
        )
        for row in rows(sample)
        for at in [(row.group, row.measure)]
    ]  # fmt: skip


def _differences(sample: Sample, baseline: Sample) -> dict[tuple[Group, str], Difference]:
    found = {}
    left, right = _cohorts(sample), _cohorts(baseline)
    for at in left.keys() & right.keys():
        for measure in MEASURES:
            found[at[0], f"{at[1]}_{measure.name}"] = _shrunk(
                difference(
                    measure.resampled(left[at]), measure.resampled(right[at]), level=sample.level
                ),
                1 / measure.scale,
            )
    keys = merged_keys([tally.ratios for tally in sample.tallies])
    for key in set(keys) & set(merged_keys([tally.ratios for tally in baseline.tallies])):
        found[key.group, key.measure] = difference(
            resampled_ratio(*_sums(sample, key)),
            resampled_ratio(*_sums(baseline, key)),
            level=sample.level,
        )
    return found


def _cohorts(sample: Sample) -> dict[tuple[Group, str], _Cohort]:
    keys = dict.fromkeys(key for tally in sample.tallies for key in tally.spreads)
    return {key: _Cohort([tally.spreads.get(key) for tally in sample.tallies]) for key in keys}


def _sums(sample: Sample, key: Key) -> tuple[np.ndarray, np.ndarray]:
    pairs = np.array([tally.ratios.get(key, (0.0, 0.0)) for tally in sample.tallies])
    return pairs[:, 0], pairs[:, 1]


def _row(sample: Sample, group: Group, measure: str, unit: str, estimate: Estimate) -> Row:
    return Row(
        scenario=sample.scenario, group=group, measure=measure, unit=unit, estimate=estimate,
        mark=_mark(sample, group),
    )  # fmt: skip


def _mark(sample: Sample, group: Group) -> str:
    vehicles = [tally.vehicles[group] for tally in sample.tallies if group in tally.vehicles]
    few = bool(vehicles) and sum(vehicles) < FEW_VEHICLES * len(sample.tallies)
    thin = "thin" if len(sample.tallies) < FEW_REPLICATIONS or few else ""
    return _joined(thin, "overloaded" if group in sample.overloaded else "")


def _joined(left: str, right: str) -> str:
    return ", ".join(dict.fromkeys(part for part in f"{left}, {right}".split(", ") if part))


def _order(group: Group) -> tuple[bool, bool]:
    return group.route != "all", group.segment != "all"


def _scaled(estimate: Estimate, factor: float) -> Estimate:
    values = asdict(estimate)
    return Estimate(**{k: v if k == "n" or v is None else v * factor for k, v in values.items()})


def _shrunk(given: Difference, factor: float) -> Difference:
    values = asdict(given)
    kept = ("n", "diff_pct")
    return Difference(**{k: v if k in kept or v is None else v * factor for k, v in values.items()})
